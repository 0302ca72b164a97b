//! Words of an item while they move: what is typed then is typed in a copy, and written where they are as soon as that is known.

use std::rc::Rc;

use dagsorden_shared::agenda::{Agenda, Edit, Field, ItemSnapshot, NewSection, Origin};
use dagsorden_shared::id::{ClientId, DocumentId, ItemId};
use dagsorden_shared::richtext::{Body, Delta};

use super::Documents;
use crate::random;
use crate::sync::document;
use crate::sync::replica::Replica;
use crate::sync::undo::UndoGroup;

/// The copy.
pub(super) struct Shelter {
    pub(super) item: ItemId,
    pub(super) replica: Rc<Replica>,
    /// The copy as it was before anything was typed in it.
    state: Vec<u8>,
}

impl Documents {
    /// Makes a copy of the words of an item that has just left the meeting's document.
    pub(super) fn shelter(&self, words: &ItemSnapshot) {
        let replica = self.main.carry(DocumentId::from_random(random::bits()), self.turn.clone());
        let section = |section: &dagsorden_shared::agenda::SectionSnapshot| NewSection {
            id: section.id.clone(),
            kind: section.kind,
            heading: section.heading.clone(),
        };
        let sections: Vec<(NewSection, &Body)> = words.sections.iter().map(|words| (section(words), &words.body)).collect();
        if document::write_item(replica.agenda(), &words.id, &words.title, &sections) {
            replica.forget_heard();
            self.hear(&replica, Some(words.id.clone()));
            let state = document::whole_state(replica.agenda());
            self.shelters.borrow_mut().push(Shelter { item: words.id.clone(), replica, state });
        }
    }

    /// Writes what was typed in the copy where the words of the item are now.
    pub(super) fn leave_shelter(&self, item: &ItemId, home: &Replica) {
        let mut shelters = self.shelters.borrow_mut();
        let Some(at) = shelters.iter().position(|shelter| shelter.item == *item) else { return };
        let shelter = shelters.remove(at);
        drop(shelters);
        self.main.forget_carried(&shelter.replica);
        let edits = shelter.edits_for(home.agenda());
        if !edits.is_empty() {
            // The page shows these words already.
            self.adopting.set(true);
            let written = home.edit(&edits, UndoGroup::Step);
            self.adopting.set(false);
            if let Err(error) = written {
                leptos::logging::warn!("words of item {item} were not written: {error}");
            }
        }
    }
}

impl Shelter {
    fn edits_for(&self, home: &Agenda) -> Vec<Edit> {
        let fields = self.replica.unsaved_fields();
        fields
            .into_iter()
            .filter_map(|field| Some(Edit::Text { delta: typed(&self.state, self.replica.agenda(), home, &field)?, field }))
            .collect()
    }
}

/// What was typed in a field of a copy that began with `state`, for a document whose text may be another by now.
fn typed(state: &[u8], copy: &Agenda, home: &Agenda, field: &Field) -> Option<Delta> {
    let now = home.body(field)?;
    #[expect(clippy::cast_possible_truncation, reason = "any 64 of the 128 random bits do")]
    let both = Agenda::new(ClientId::from_random(random::bits() as u64));
    document::apply(&both, state).ok()?;
    let others = now.delta_from(&both.body(field)?);
    both.apply(&[Edit::Text { field: field.clone(), delta: others }], Origin::Remote).ok()?;
    document::apply(&both, &document::whole_state(copy)).ok()?;
    let typed = both.body(field)?.delta_from(&now);
    (!typed.is_empty()).then_some(typed)
}
