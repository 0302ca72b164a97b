//! The close codes of the relay: the one place that names them.
//!
//! 4400 to 4499 mean "do not come back": stock providers stop, our page shows why. All other codes mean "come back, with patience";
//! the reason may say when.

use std::time::Duration;

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

/// What stands before the milliseconds in a reason that says when to come back.
const RETRY_AFTER: &str = "; retry-after-ms=";

/// The reason of a close frame that says when to come back: 65 seconds at most.
pub fn reason_to_return(why: &str, after: Duration) -> String {
    let millis = u16::try_from(after.as_millis()).unwrap_or(u16::MAX);
    format!("{why}{RETRY_AFTER}{millis}")
}

/// When to come back, if the reason of a close frame says so.
pub fn return_after(reason: &str) -> Option<Duration> {
    let (_, millis) = reason.rsplit_once(RETRY_AFTER)?;
    millis.parse::<u16>().ok().map(|millis| Duration::from_millis(millis.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_when_to_come_back_or_nothing() {
        for millis in [0, 1, 65_535] {
            let reason = reason_to_return("the server restarts", Duration::from_millis(millis));
            assert_eq!(return_after(&reason), Some(Duration::from_millis(millis)), "{reason}");
        }
        assert_eq!(return_after(&reason_to_return("x", Duration::MAX)), Some(Duration::from_millis(65_535)));
        for reason in
            ["", "the server restarts", "; retry-after-ms=", "; retry-after-ms=-1", "; retry-after-ms=65536", "; retry-after-ms=5 s"]
        {
            assert_eq!(return_after(reason), None, "{reason}");
        }
    }

    #[test]
    fn only_what_cannot_get_better_keeps_clients_away() {
        assert!([RESTART, TRY_LATER, 1000, 1006].into_iter().all(may_return));
        assert!(![BAD_FRAME, NOT_SIGNED_IN, NOT_ALLOWED, UNKNOWN_DOCUMENT, REFUSED, GONE, DAMAGED].into_iter().any(may_return));
    }
}
