//! The wire: y-protocols messages as a stock y-websocket provider speaks them, and the numbered extensions of this relay.
//!
//! Owns the form of every frame in both directions and its budgets; PROTOCOL.md describes it for people. One frame holds one message.
//! Decoding borrows from the frame and never panics, whatever the bytes. Update bytes are opaque here: the server's gate judges them.
//! Knows no socket, no room and no document.

pub mod awareness;
pub mod close_code;
pub mod refusal;
pub mod state_vector;
pub mod varint;

use awareness::AwarenessState;
use close_code::CloseCode;
use refusal::RefusalCode;
use varint::{Reader, Writer};

/// Largest message the server takes, in bytes. What the server sends may be larger.
pub const MAX_MESSAGE: usize = 1 << 20;

const SYNC: u64 = 0;
const AWARENESS: u64 = 1;
const AUTH: u64 = 2;
const QUERY_AWARENESS: u64 = 3;
const SAVED: u64 = 100;
const REFUSED: u64 = 101;
const EVENT: u64 = 102;
const OTHER: u64 = 103;
const ENDED: u64 = 104;

const STEP_1: u64 = 0;
const STEP_2: u64 = 1;
const UPDATE: u64 = 2;
const PERMISSION_DENIED: u64 = 0;

/// Why a frame is no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// The frame ends before the message does.
    #[error("frame ends in the middle of a message")]
    Truncated,
    /// A number above 2^53 − 1.
    #[error("number larger than 2^53 - 1")]
    Number,
    /// More bytes than the message has.
    #[error("{0} bytes after the end of the message")]
    Trailing(usize),
    /// A message type this side does not take.
    #[error("unknown message type {0}")]
    Type(u64),
    /// A kind of sync message that does not exist.
    #[error("unknown sync message {0}")]
    Sync(u64),
    /// Text that is not UTF-8.
    #[error("text is not UTF-8")]
    Text,
    /// More entries than the budget allows.
    #[error("{found} entries, at most {limit} are taken")]
    Entries {
        /// Entries declared.
        found: u64,
        /// The budget.
        limit: usize,
    },
    /// A client id outside 1 to 2^53 − 1, or named twice.
    #[error("client id {0} is out of range or named twice")]
    Client(u64),
    /// A message above [`MAX_MESSAGE`].
    #[error("message of {0} bytes, at most {MAX_MESSAGE} are taken")]
    Size(usize),
}

/// What a client sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientMessage<'a> {
    /// "This is what I have": a state vector. Answered with step 2 and the server's own step 1.
    SyncStep1(&'a [u8]),
    /// The answer to the server's step 1: an update with all that is unsent.
    SyncStep2(&'a [u8]),
    /// An update made now.
    Update(&'a [u8]),
    /// Presence states; the server takes the sender's own and drops others in silence.
    Awareness(Vec<AwarenessState<'a>>),
    /// "Send me everybody's presence."
    QueryAwareness,
}

/// Extension 103: a frame of another document than the connection's own, as it stands in both directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherFrame<'a> {
    /// The document's id.
    pub document: &'a str,
    /// The frame: one message of that document.
    pub frame: &'a [u8],
}

impl<'a> OtherFrame<'a> {
    /// Bytes that it takes beside the frame, at most.
    pub const OVERHEAD: usize = 80;

    /// Reads one. `None` for every other message: those are of the connection's own document.
    ///
    /// # Errors
    /// [`ProtocolError`] if it begins as one and is none.
    pub fn decode(bytes: &'a [u8]) -> Option<Result<Self, ProtocolError>> {
        let mut reader = Reader::new(bytes);
        if reader.number() != Ok(OTHER) {
            return None;
        }
        let read = || {
            let other = Self { document: reader.text()?, frame: reader.bytes()? };
            reader.end()?;
            Ok(other)
        };
        Some(read())
    }

    /// The bytes of this message.
    pub fn encode(&self) -> Vec<u8> {
        Writer::with_capacity(self.frame.len() + Self::OVERHEAD).number(OTHER).text(self.document).bytes(self.frame).finish()
    }
}

/// Extension 104, from the server: nothing more comes of another document on this connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended<'a> {
    /// The document's id.
    pub document: &'a str,
    /// As a connection of its own would be closed.
    pub code: CloseCode,
    /// Why, in English.
    pub reason: &'a str,
}

impl<'a> Ended<'a> {
    /// Reads one. `None` for every other message.
    pub fn decode(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        reader.number().ok().filter(|kind| *kind == ENDED)?;
        let (document, code) = (reader.text().ok()?, CloseCode::try_from(reader.number().ok()?).ok()?);
        let reason = reader.text().ok()?;
        reader.end().ok().map(|()| Self { document, code, reason })
    }

    /// The bytes of this message.
    pub fn encode(&self) -> Vec<u8> {
        Writer::new().number(ENDED).text(self.document).number(self.code.into()).text(self.reason).finish()
    }
}

impl<'a> ClientMessage<'a> {
    /// Reads one frame.
    ///
    /// # Errors
    /// [`ProtocolError`] for anything but exactly one message; close the connection with [`close_code::BAD_FRAME`].
    pub fn decode(frame: &'a [u8]) -> Result<Self, ProtocolError> {
        if frame.len() > MAX_MESSAGE {
            return Err(ProtocolError::Size(frame.len()));
        }
        let mut reader = Reader::new(frame);
        let message = match reader.number()? {
            SYNC => match reader.number()? {
                STEP_1 => Self::SyncStep1(reader.bytes()?),
                STEP_2 => Self::SyncStep2(reader.bytes()?),
                UPDATE => Self::Update(reader.bytes()?),
                other => return Err(ProtocolError::Sync(other)),
            },
            AWARENESS => Self::Awareness(awareness::decode(reader.bytes()?)?),
            QUERY_AWARENESS => Self::QueryAwareness,
            other => return Err(ProtocolError::Type(other)),
        };
        reader.end()?;
        Ok(message)
    }

    /// The frame of this message.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::SyncStep1(state_vector) => encode_sync(STEP_1, state_vector),
            Self::SyncStep2(update) => encode_sync(STEP_2, update),
            Self::Update(update) => encode_sync(UPDATE, update),
            Self::Awareness(states) => encode_awareness(states),
            Self::QueryAwareness => Writer::new().number(QUERY_AWARENESS).finish(),
        }
    }
}

/// What the server sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerMessage<'a> {
    /// "This is what I have": a state vector. The client answers with step 2.
    SyncStep1(&'a [u8]),
    /// What the client lacks.
    SyncStep2(&'a [u8]),
    /// What was committed just now, the receiver's own edits included.
    Update(&'a [u8]),
    /// Who is where.
    Awareness(Vec<AwarenessState<'a>>),
    /// Sign-in failed; the connection is closed next.
    PermissionDenied(&'a str),
    /// Extension 100: so many step-2 and update messages received on this connection are committed.
    Saved(u64),
    /// Extension 101: a message was refused; the connection is closed next.
    Refused {
        /// Why.
        code: RefusalCode,
        /// Which step-2 or update message of this connection, counted from 1.
        number: u64,
    },
    /// Extension 102: something changed in the rows, as JSON.
    Event(&'a str),
}

impl<'a> ServerMessage<'a> {
    /// Reads one frame.
    ///
    /// # Errors
    /// [`ProtocolError`] for anything but exactly one message. A client may ignore [`ProtocolError::Type`]: a newer server.
    pub fn decode(frame: &'a [u8]) -> Result<Self, ProtocolError> {
        let mut reader = Reader::new(frame);
        let message = match reader.number()? {
            SYNC => match reader.number()? {
                STEP_1 => Self::SyncStep1(reader.bytes()?),
                STEP_2 => Self::SyncStep2(reader.bytes()?),
                UPDATE => Self::Update(reader.bytes()?),
                other => return Err(ProtocolError::Sync(other)),
            },
            AWARENESS => Self::Awareness(awareness::decode(reader.bytes()?)?),
            AUTH => match reader.number()? {
                PERMISSION_DENIED => Self::PermissionDenied(reader.text()?),
                other => return Err(ProtocolError::Type(other)),
            },
            SAVED => Self::Saved(reader.number()?),
            REFUSED => Self::Refused { code: RefusalCode::from_number(reader.number()?), number: reader.number()? },
            EVENT => Self::Event(reader.text()?),
            other => return Err(ProtocolError::Type(other)),
        };
        reader.end()?;
        Ok(message)
    }

    /// The frame of this message.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::SyncStep1(state_vector) => encode_sync(STEP_1, state_vector),
            Self::SyncStep2(update) => encode_sync(STEP_2, update),
            Self::Update(update) => encode_sync(UPDATE, update),
            Self::Awareness(states) => encode_awareness(states),
            Self::PermissionDenied(reason) => Writer::new().number(AUTH).number(PERMISSION_DENIED).text(reason).finish(),
            Self::Saved(count) => Writer::new().number(SAVED).number(*count).finish(),
            Self::Refused { code, number } => Writer::new().number(REFUSED).number(code.number()).number(*number).finish(),
            Self::Event(json) => Writer::new().number(EVENT).text(json).finish(),
        }
    }
}

fn encode_sync(kind: u64, payload: &[u8]) -> Vec<u8> {
    Writer::with_capacity(payload.len() + 8).number(SYNC).number(kind).bytes(payload).finish()
}

fn encode_awareness(states: &[AwarenessState<'_>]) -> Vec<u8> {
    Writer::new().number(AWARENESS).bytes(&awareness::encode(states)).finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ClientId;
    use arbtest::arbtest;

    fn state(client: u64, clock: u32, json: Option<&str>) -> AwarenessState<'_> {
        AwarenessState { client: ClientId::new(client).unwrap(), clock, json }
    }

    #[test]
    fn client_messages_read_back_as_they_were_written() {
        let messages = [
            ClientMessage::SyncStep1(&[0]),
            ClientMessage::SyncStep2(&[0, 0]),
            ClientMessage::Update(&[1, 2, 3]),
            ClientMessage::Awareness(vec![state(7, 3, Some("{\"a\":\"å\"}")), state(ClientId::MAX, u32::MAX, None)]),
            ClientMessage::QueryAwareness,
        ];
        for message in messages {
            assert_eq!(ClientMessage::decode(&message.encode()), Ok(message));
        }
    }

    #[test]
    fn server_messages_read_back_as_they_were_written() {
        let messages = [
            ServerMessage::SyncStep1(&[0]),
            ServerMessage::SyncStep2(&[]),
            ServerMessage::Update(&[9; 300]),
            ServerMessage::Awareness(vec![state(1, 0, None)]),
            ServerMessage::PermissionDenied("nej"),
            ServerMessage::Saved((1 << 53) - 1),
            ServerMessage::Refused { code: RefusalCode::Content, number: 12 },
            ServerMessage::Refused { code: RefusalCode::Other(900), number: 1 },
            ServerMessage::Event("{}"),
        ];
        for message in messages {
            assert_eq!(ServerMessage::decode(&message.encode()), Ok(message));
        }
    }

    #[test]
    fn frames_are_those_of_the_stock_provider() {
        // y-websocket 3 on opening: step 1 of an empty document, then `{}` as presence of client 5.
        assert_eq!(ClientMessage::decode(&[0, 0, 1, 0]), Ok(ClientMessage::SyncStep1(&[0])));
        assert_eq!(ClientMessage::decode(&[1, 6, 1, 5, 0, 2, b'{', b'}']), Ok(ClientMessage::Awareness(vec![state(5, 0, Some("{}"))])));
        assert_eq!(ClientMessage::decode(&[3]), Ok(ClientMessage::QueryAwareness));
    }

    #[test]
    fn anything_but_one_whole_message_is_refused() {
        assert_eq!(ClientMessage::decode(&[]), Err(ProtocolError::Truncated));
        assert_eq!(ClientMessage::decode(&[0, 2, 5, 1]), Err(ProtocolError::Truncated));
        assert_eq!(ClientMessage::decode(&[0, 2, 1, 1, 1]), Err(ProtocolError::Trailing(1)));
        assert_eq!(ClientMessage::decode(&[0, 3, 0]), Err(ProtocolError::Sync(3)));
        assert_eq!(ClientMessage::decode(&[100, 1]), Err(ProtocolError::Type(100)), "extensions go from server to client only");
        assert_eq!(ClientMessage::decode(&vec![0; MAX_MESSAGE + 1]), Err(ProtocolError::Size(MAX_MESSAGE + 1)));
    }

    #[test]
    fn no_bytes_make_the_decoder_panic_and_what_it_takes_reads_the_same_again() {
        arbtest(|u| {
            let frame: Vec<u8> = u.arbitrary()?;
            if let Ok(message) = ClientMessage::decode(&frame) {
                assert_eq!(ClientMessage::decode(&message.encode()), Ok(message));
            }
            if let Ok(message) = ServerMessage::decode(&frame) {
                assert_eq!(ServerMessage::decode(&message.encode()), Ok(message));
            }
            let _ = state_vector::decode(&frame);
            Ok(())
        })
        .budget_ms(500);
    }

    #[test]
    fn every_cut_of_a_message_is_refused() {
        let frame = ClientMessage::Awareness(vec![state(7, 3, Some("{}")), state(8, 1, None)]).encode();
        for length in 0..frame.len() {
            assert!(ClientMessage::decode(&frame[..length]).is_err(), "cut at {length}");
        }
    }
}
