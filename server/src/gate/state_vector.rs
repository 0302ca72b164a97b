//! State vectors of clients, checked before yrs computes a difference from them.

use std::collections::HashMap;

use dagsorden_shared::id::ClientId;

use super::limits::MAX_CLIENTS;
use super::reader::Reader;
use super::refusal::{Budget, Refusal};

/// A state vector of a client, checked: for each client id the first clock that the sender lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateVector {
    entries: HashMap<ClientId, u32>,
}

impl StateVector {
    /// Client ids and the first clocks not known, each id once, in no particular order.
    pub fn entries(&self) -> impl Iterator<Item = (ClientId, u32)> {
        self.entries.iter().map(|(client, clock)| (*client, *clock))
    }

    /// The first clock not known of `client`.
    pub fn get(&self, client: ClientId) -> u32 {
        self.entries.get(&client).copied().unwrap_or(0)
    }
}

/// Reads the state vector of a sync step 1. Of two entries for one client the lower counts: too much is sent rather than too little.
pub fn parse_state_vector(bytes: &[u8]) -> Result<StateVector, Refusal> {
    let mut reader = Reader::new(bytes);
    let count = reader.count(2)?;
    if count > MAX_CLIENTS {
        return Err(Budget::StateVector.into());
    }
    let mut entries = HashMap::with_capacity(count);
    for _ in 0..count {
        let (client, clock) = (reader.client()?, reader.clock()?);
        entries.entry(client).and_modify(|known: &mut u32| *known = clock.min(*known)).or_insert(clock);
    }
    reader.finish()?;
    Ok(StateVector { entries })
}

#[cfg(test)]
mod tests {
    use super::super::refusal::Malformed;
    use super::*;

    #[test]
    fn a_state_vector_is_read_and_its_doubles_are_settled() {
        let client = |id| ClientId::new(id).unwrap();
        let vector = parse_state_vector(&[3, 5, 9, 6, 1, 5, 4]).unwrap();
        assert_eq!((vector.get(client(5)), vector.get(client(6)), vector.get(client(7))), (4, 1, 0));
        assert_eq!(parse_state_vector(&[0]), Ok(StateVector::default()));
    }

    #[test]
    fn huge_counts_and_numbers_are_refused() {
        assert!(matches!(parse_state_vector(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Err(Refusal::Malformed(Malformed::Count(_)))));
        assert_eq!(parse_state_vector(&[1, 5, 0xff, 0xff, 0xff, 0xff, 0x0f]), Err(Malformed::Number.into()));
        assert_eq!(parse_state_vector(&[0, 0]), Err(Malformed::Trailing(1).into()));
        let mut many = vec![0x81, 0x20];
        many.extend((0..4_097u32).flat_map(|_| [1, 1]));
        assert_eq!(parse_state_vector(&many), Err(Budget::StateVector.into()));
    }
}
