//! What the page says about one's work: saved, on its way, on this device only, or refused.

use dagsorden_shared::protocol::close_code::{self, CloseCode};
use dagsorden_shared::protocol::refusal::RefusalCode;

use super::session::{Session, Status};
use super::set_aside::SetAside;

/// The saved state in the top bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveState {
    /// The page was just opened; nothing is known yet, nothing is unsaved.
    Connecting,
    /// The server has everything on disk.
    Saved {
        /// When it last said so: milliseconds since 1970, as JavaScript's `Date` takes them.
        at: u64,
    },
    /// Changes are on their way.
    Saving,
    /// No connection. Editing goes on.
    Offline {
        /// Changes that only this device has.
        changes: u32,
        /// Whether the device keeps them over a reload; `false` where the browser gives no storage (private window).
        kept: bool,
    },
    /// The server will not take this replica's changes. The text is never lost: it is here to copy.
    Refused(SetAside),
    /// The document does not exist (any more). What is on the page may still be copied.
    Gone,
}

/// What [`SaveState::of`] needs beside the session.
pub(super) struct Facts<'a> {
    /// When the last acknowledgement came, in milliseconds since 1970.
    pub(super) saved_at: u64,
    /// What a person would count as unsaved changes.
    pub(super) changes: u32,
    /// Whether the device keeps what is unsaved.
    pub(super) kept: bool,
    /// Reads the text of the fields changed here and not acknowledged: the whole document is gone through for it.
    pub(super) unsaved_text: &'a dyn Fn() -> String,
}

impl SaveState {
    /// The state of things.
    pub(super) fn of(session: &Session, facts: &Facts<'_>) -> Self {
        match session.status() {
            Status::Connecting => Self::Connecting,
            Status::Saved => Self::Saved { at: facts.saved_at },
            Status::Saving => Self::Saving,
            Status::Offline => Self::Offline { changes: facts.changes, kept: facts.kept },
            Status::Ended(close_code::UNKNOWN_DOCUMENT | close_code::GONE) => Self::Gone,
            Status::Ended(code) => Self::Refused(SetAside { code: reason(code, session.refusal()), text: (facts.unsaved_text)() }),
        }
    }
}

impl SaveState {
    /// What to say of two documents together: nothing is saved before both are.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Refused(one), Self::Refused(other)) => Self::Refused(one.join(Some(other))),
            (Self::Offline { changes, kept }, Self::Offline { changes: more, kept: too }) => {
                Self::Offline { changes: changes.saturating_add(more), kept: kept && too }
            }
            (Self::Saved { at }, Self::Saved { at: later }) => Self::Saved { at: at.max(later) },
            (one, other) => {
                if one.weight() < other.weight() {
                    other
                } else {
                    one
                }
            }
        }
    }

    fn weight(&self) -> u8 {
        match self {
            Self::Saved { .. } => 0,
            Self::Saving => 1,
            Self::Connecting => 2,
            Self::Offline { .. } => 3,
            Self::Gone => 4,
            Self::Refused(_) => 5,
        }
    }
}

/// Why, as one number: the refusal (1 to 99 and up) where the server gave one, else the close code (4400 and up).
fn reason(code: CloseCode, refusal: Option<RefusalCode>) -> u64 {
    refusal.map_or(u64::from(code), RefusalCode::number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_documents_are_saved_when_both_are_and_what_is_missing_is_counted_together() {
        let saved = |at| SaveState::Saved { at };
        let offline = |changes, kept| SaveState::Offline { changes, kept };
        let refused = |text: &str| SaveState::Refused(SetAside { code: 11, text: text.into() });
        assert_eq!(saved(3).and(saved(5)), saved(5));
        for worse in [SaveState::Saving, SaveState::Connecting, offline(0, true), SaveState::Gone, refused("a")] {
            assert_eq!(saved(3).and(worse.clone()), worse);
            assert_eq!(worse.clone().and(saved(3)), worse);
        }
        assert_eq!(offline(1, true).and(offline(2, false)), offline(3, false));
        assert_eq!(refused("b").and(refused("a")), refused("a\n\nb"));
        assert_eq!(offline(1, true).and(SaveState::Saving), offline(1, true));
    }
}
