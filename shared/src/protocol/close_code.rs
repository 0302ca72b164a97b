//! The close codes of the relay: the one place that names them.
//!
//! 4400 to 4499 mean "do not come back": stock providers stop, our page shows why. All other codes mean "come back, with patience".

/// A close code of the websocket protocol, with its meaning here.
pub type CloseCode = u16;

/// The server is going down or was told to; come back.
pub const RESTART: CloseCode = 1012;
/// A slow reader, a failed commit, a full disk: come back later.
pub const TRY_LATER: CloseCode = 1013;
/// A frame that is no message: text, an unknown type, cut bytes, too large.
pub const BAD_FRAME: CloseCode = 4400;
/// The request carries no session that is valid here.
pub const NOT_SIGNED_IN: CloseCode = 4401;
/// The session may not read this document.
pub const NOT_ALLOWED: CloseCode = 4403;
/// No document has this id.
pub const UNKNOWN_DOCUMENT: CloseCode = 4404;
/// An update was refused; this replica has ended, its unsent text is the page's to keep.
pub const REFUSED: CloseCode = 4409;
/// The document was deleted, or its id is gone for good.
pub const GONE: CloseCode = 4410;
/// The document is damaged on the server's disk; others are not. It opens again only from a backup, under another id.
pub const DAMAGED: CloseCode = 4422;

/// Whether a client should connect again, later and with jitter.
pub fn may_return(code: CloseCode) -> bool {
    !(4400..4500).contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_get_better_keeps_clients_away() {
        assert!([RESTART, TRY_LATER, 1000, 1006].into_iter().all(may_return));
        assert!(![BAD_FRAME, NOT_SIGNED_IN, NOT_ALLOWED, UNKNOWN_DOCUMENT, REFUSED, GONE, DAMAGED].into_iter().any(may_return));
    }
}
