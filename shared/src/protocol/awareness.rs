//! The awareness part of y-protocols: presence states by client id, each with a clock and a JSON text.
//!
//! Owns the bytes; what the JSON means is [`crate::presence`]. Outside `protocol` the word is presence.

use super::ProtocolError;
use super::varint::{Reader, Writer};
use crate::id::ClientId;

/// States in one message at most. A stock provider sends back all it was sent, so this bounds the people in a room as well.
pub const MAX_STATES: usize = 2_048;

/// One client's state as it stands on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwarenessState<'a> {
    /// Whose state.
    pub client: ClientId,
    /// Grows with every change of the state; receivers take a state only with a higher clock, or a removal with the same.
    pub clock: u32,
    /// The state; `None` (JSON `null` on the wire) means gone.
    pub json: Option<&'a str>,
}

/// Reads the payload of an awareness message.
///
/// # Errors
/// [`ProtocolError`] if it is not exactly a list of at most [`MAX_STATES`] states.
pub fn decode(payload: &[u8]) -> Result<Vec<AwarenessState<'_>>, ProtocolError> {
    let mut reader = Reader::new(payload);
    let found = reader.number()?;
    let count = usize::try_from(found).unwrap_or(usize::MAX);
    if count > MAX_STATES {
        return Err(ProtocolError::Entries { found, limit: MAX_STATES });
    }
    // A state takes three bytes at least: nothing is reserved for states that cannot be there.
    let mut states = Vec::with_capacity(count.min(reader.remaining() / 3));
    for _ in 0..count {
        let client = reader.number()?;
        let client = ClientId::new(client).ok_or(ProtocolError::Client(client))?;
        let clock = u32::try_from(reader.number()?).map_err(|_| ProtocolError::Number)?;
        let json = reader.text()?;
        states.push(AwarenessState { client, clock, json: (json != "null").then_some(json) });
    }
    reader.end()?;
    Ok(states)
}

/// The payload of an awareness message.
pub fn encode(states: &[AwarenessState<'_>]) -> Vec<u8> {
    let mut writer = Writer::new().number(states.len() as u64);
    for state in states {
        writer = writer.number(state.client.get()).number(u64::from(state.clock)).text(state.json.unwrap_or("null"));
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_without_states_reserves_nothing_and_is_refused() {
        assert_eq!(decode(&[0x80, 0x08]), Err(ProtocolError::Truncated));
        assert_eq!(decode(&[0xff, 0xff, 0x7f]), Err(ProtocolError::Entries { found: 0x1f_ffff, limit: MAX_STATES }));
    }

    #[test]
    fn client_zero_is_refused() {
        assert_eq!(decode(&[1, 0, 0, 2, b'{', b'}']), Err(ProtocolError::Client(0)));
    }
}
