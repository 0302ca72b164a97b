//! What the server tells open pages beside the text: the message `event` of the protocol, as one typed value.
//!
//! Each event is JSON with a `type`. A page ignores types it does not know, so a newer server may say more. Rows travel whole: a page that
//! missed some gets [`Event::Again`], asks again and reads all of them anew.

use serde::{Deserialize, Serialize};

use crate::access::Phase;

/// Something that happened beside the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Whether the server's disk is full.
    Storage {
        /// Nothing can be stored.
        full: bool,
    },
    /// What this connection may do has changed.
    Rights {
        /// Whether it may change the document.
        write: bool,
    },
    /// The connection missed events: ask for the rows of the meeting anew.
    Again,
    /// The rows of the meeting have changed: its forum's name, its phase, its participants or its attachments. Ask for them.
    Meeting {
        /// Where it stands now.
        phase: Phase,
    },
    /// Threads, comments, proposals, positions or outcomes have changed: ask for what is new.
    Talk,
}

impl Event {
    /// The event as it stands in a message.
    pub fn to_json(&self) -> String {
        match self {
            Self::Storage { full } => format!(r#"{{"type":"storage","full":{full}}}"#),
            Self::Rights { write } => format!(r#"{{"type":"rights","write":{write}}}"#),
            Self::Again => r#"{"type":"again"}"#.to_owned(),
            Self::Meeting { phase } => format!(r#"{{"type":"meeting","phase":"{}"}}"#, phase.as_str()),
            Self::Talk => r#"{"type":"talk"}"#.to_owned(),
        }
    }
}
