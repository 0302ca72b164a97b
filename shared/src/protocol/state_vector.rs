//! State vectors as they stand in sync step 1: for each client the number of units known.
//!
//! Owns reading them within a budget, since the document library trusts the declared count and five bytes can ask it for gigabytes.

use super::ProtocolError;
use super::varint::Reader;

/// Clients in one state vector at most.
pub const MAX_CLIENTS: usize = 4_096;

/// Reads a state vector: client numbers with their clocks, each client once.
///
/// Client numbers are not narrowed to [`crate::id::ClientId`]: zero is harmless in a question.
///
/// # Errors
/// [`ProtocolError`] if it is not exactly a list of at most [`MAX_CLIENTS`] entries.
pub fn decode(bytes: &[u8]) -> Result<Vec<(u64, u32)>, ProtocolError> {
    let mut reader = Reader::new(bytes);
    let found = reader.number()?;
    let count = usize::try_from(found).unwrap_or(usize::MAX);
    if count > MAX_CLIENTS {
        return Err(ProtocolError::Entries { found, limit: MAX_CLIENTS });
    }
    let mut entries = Vec::with_capacity(count.min(reader.remaining() / 2));
    for _ in 0..count {
        let client = reader.number()?;
        entries.push((client, u32::try_from(reader.number()?).map_err(|_| ProtocolError::Number)?));
    }
    reader.end()?;
    entries.sort_unstable();
    match entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(ProtocolError::Client(pair[0].0)),
        None => Ok(entries),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yrs::updates::encoder::Encode;
    use yrs::{Doc, ReadTxn, Text, Transact};

    #[test]
    fn a_state_vector_of_the_library_is_read_entry_by_entry() {
        let doc = Doc::with_client_id(77);
        let text = doc.get_or_insert_text("t");
        text.push(&mut doc.transact_mut(), "hej");
        let bytes = doc.transact().state_vector().encode_v1();
        assert_eq!(decode(&bytes), Ok(vec![(77, 3)]));
        assert_eq!(decode(&[0]), Ok(vec![]));
    }

    #[test]
    fn a_huge_count_in_five_bytes_is_refused() {
        assert!(matches!(decode(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Err(ProtocolError::Entries { .. })));
    }

    #[test]
    fn a_client_named_twice_is_refused() {
        assert_eq!(decode(&[2, 5, 1, 5, 2]), Err(ProtocolError::Client(5)));
    }
}
