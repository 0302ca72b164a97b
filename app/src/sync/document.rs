//! The yrs document of a replica: what other code may ask of it and do to it, and what its observers heard.
//!
//! A second transaction while one is alive would end the page, so observers only write down what happened; [`Heard`] is read after the
//! transaction is over. Knows no socket and no store.

use std::cell::RefCell;
use std::rc::Rc;

use dagsorden_shared::agenda::{Agenda, Change, Edit, Field, NewSection, Origin};
use dagsorden_shared::id::ItemId;
use dagsorden_shared::protocol::varint::Reader;
use dagsorden_shared::richtext::Body;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ReadTxn, StateVector, Transact, Update};

use super::session::Document;

/// Names the observers of this module in the document.
const OBSERVER: &str = "replica";

/// What the observers of a document heard since it was last asked.
#[derive(Clone, Default)]
pub(super) struct Heard(Rc<RefCell<Notes>>);

#[derive(Default)]
struct Notes {
    updates: Vec<Vec<u8>>,
    changes: Vec<Change>,
}

impl Heard {
    /// Listens to `agenda` from now on. `None` if the document lets nobody listen, which a new one does.
    pub(super) fn of(agenda: &Agenda) -> Option<Self> {
        let heard = Self::default();
        let (updates, changes) = (heard.clone(), heard.clone());
        let listening = agenda.doc().observe_update_v1(OBSERVER, move |_, event| updates.0.borrow_mut().updates.push(event.update.clone()));
        agenda.observe(OBSERVER, move |_, heard| changes.0.borrow_mut().changes.extend(heard));
        listening.is_ok().then_some(heard)
    }

    /// The updates of the transactions since, in order.
    pub(super) fn take_updates(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.0.borrow_mut().updates)
    }

    /// What they changed.
    pub(super) fn take_changes(&self) -> Vec<Change> {
        std::mem::take(&mut self.0.borrow_mut().changes)
    }
}

/// Bytes that are no update.
#[derive(Debug, thiserror::Error)]
#[error("the update cannot be read")]
pub(super) struct UnreadableUpdate;

/// Applies an update of the server or of this device.
pub(super) fn apply(agenda: &Agenda, update: &[u8]) -> Result<(), UnreadableUpdate> {
    let update = Update::decode_v1(update).map_err(|_| UnreadableUpdate)?;
    agenda.doc().transact_mut_with(Origin::Remote.as_str()).apply_update(update).map_err(|_| UnreadableUpdate)
}

/// The whole document as one update, with what still waits for missing parts.
pub(super) fn whole_state(agenda: &Agenda) -> Vec<u8> {
    agenda.doc().transact().encode_state_as_update_v1(&StateVector::default())
}

/// Writes an item with these texts into a document that has none of its name. Whether it could.
pub(super) fn write_item(agenda: &Agenda, item: &ItemId, title: &Body, sections: &[(NewSection, &Body)]) -> bool {
    let new = sections.iter().map(|(section, _)| section.clone()).collect();
    let mut texts = vec![Edit::Text { field: Field::Title(item.clone()), delta: title.to_delta() }];
    texts.extend(sections.iter().map(|(section, body)| {
        // A new body has its newline.
        Edit::Text { field: Field::Section(item.clone(), section.id.clone()), delta: body.to_delta().delete(1) }
    }));
    let create = Edit::CreateItem { item: item.clone(), after: None, sections: new };
    agenda.apply(&[create], Origin::Seed).is_ok() && agenda.apply(&texts, Origin::Seed).is_ok()
}

/// Whether there is anything to show.
pub(super) fn has_content(agenda: &Agenda) -> bool {
    !agenda.doc().transact().state_vector().is_empty()
}

impl Document for Agenda {
    fn state_vector(&self) -> Vec<u8> {
        self.doc().transact().state_vector().encode_v1()
    }

    fn diff(&self, state_vector: &[u8]) -> Option<Vec<u8>> {
        // yrs reserves what the count declares: a count beyond what the bytes can hold is refused first.
        let mut reader = Reader::new(state_vector);
        let entries = usize::try_from(reader.number().ok()?).ok()?;
        if entries > reader.remaining() / 2 {
            return None;
        }
        let state_vector = StateVector::decode_v1(state_vector).ok()?;
        Some(self.doc().transact().encode_diff_v1(&state_vector))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dagsorden_shared::id::ClientId;
    use dagsorden_shared::richtext::attributes::Attributes;
    use dagsorden_shared::richtext::delta::Delta;

    fn item() -> ItemId {
        "a".parse().unwrap()
    }

    fn agenda(client: u64) -> Agenda {
        Agenda::new(ClientId::new(client).unwrap())
    }

    fn create_item(agenda: &Agenda) {
        agenda.apply(&[Edit::CreateItem { item: item(), after: None, sections: Vec::new() }], Origin::Local).unwrap();
    }

    #[test]
    fn what_one_replica_hears_brings_another_to_the_same_state() {
        let (one, other) = (agenda(3), agenda(4));
        let (said, heard) = (Heard::of(&one).unwrap(), Heard::of(&other).unwrap());
        create_item(&one);
        let delta = Delta::new().insert("Budget", Attributes::new());
        one.apply(&[Edit::Text { field: Field::Title(item()), delta: delta.clone() }], Origin::Local).unwrap();
        let updates = said.take_updates();
        assert_eq!(updates.len(), 3, "a creation is two transactions");
        for update in &updates {
            apply(&other, update).unwrap();
        }
        assert_eq!(other.snapshot(), one.snapshot());
        assert!(heard.take_changes().contains(&Change::Text { field: Field::Title(item()), delta }));
        assert_eq!(heard.take_updates().len(), 3, "the device keeps what others wrote as well");
        assert!(said.take_updates().is_empty() && heard.take_changes().is_empty());
    }

    #[test]
    fn the_diff_to_a_state_vector_is_what_its_owner_lacks() {
        let (one, other) = (agenda(3), agenda(4));
        create_item(&one);
        apply(&other, &one.diff(&other.state_vector()).unwrap()).unwrap();
        assert_eq!(other.snapshot(), one.snapshot());
        assert_eq!(Document::state_vector(&other), Document::state_vector(&one));
        assert!(has_content(&other) && !has_content(&agenda(5)));
    }

    #[test]
    fn the_whole_state_holds_what_waits_for_missing_parts() {
        let one = agenda(3);
        let said = Heard::of(&one).unwrap();
        create_item(&one);
        one.apply(&[Edit::DeleteItem { item: item(), deleted: true }], Origin::Local).unwrap();
        let updates = said.take_updates();
        let early = agenda(4);
        apply(&early, &updates[1]).unwrap();
        let later = agenda(5);
        apply(&later, &whole_state(&early)).unwrap();
        apply(&later, &updates[0]).unwrap();
        apply(&later, &updates[2]).unwrap();
        assert_eq!(Document::state_vector(&later), Document::state_vector(&one));
    }

    #[test]
    fn bytes_that_are_no_update_or_state_vector_are_told() {
        let one = agenda(3);
        assert!(apply(&one, &[1, 2, 3]).is_err());
        assert!(apply(&one, &[]).is_err());
        assert_eq!(one.diff(&[]), None);
        assert_eq!(one.diff(&[0xff, 0xff, 0xff, 0xff, 0x0f]), None, "five bytes must not reserve gigabytes");
        assert_eq!(one.diff(&[2, 1, 1]), None);
    }
}
