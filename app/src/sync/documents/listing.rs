//! What the documents of a meeting say together, as if they were one.

use dagsorden_shared::agenda::authors::Run;
use dagsorden_shared::agenda::{Deleted, Field, Header, ItemSnapshot, MeetingSnapshot, Part};
use dagsorden_shared::id::ItemId;
use dagsorden_shared::richtext::Body;

use super::Documents;

impl Documents {
    /// The header.
    pub fn header(&self) -> Header {
        self.main.agenda().header()
    }

    /// Ids and shown numbers of the items in order.
    pub fn outline(&self) -> Vec<(ItemId, String)> {
        self.main.agenda().outline()
    }

    /// The item that a new one stands behind, as [`Agenda::last_before_closing`](dagsorden_shared::agenda::Agenda::last_before_closing) says.
    pub fn last_before_closing(&self) -> Option<ItemId> {
        self.main.agenda().last_before_closing()
    }

    /// The whole meeting. An item whose words are on their way is a place.
    pub fn snapshot(&self) -> MeetingSnapshot {
        let mut meeting = self.main.agenda().snapshot();
        meeting.items.iter_mut().for_each(|item| self.fill(item));
        meeting
    }

    /// One item, with an empty number. `None` if it is not there or deleted.
    pub fn item(&self, id: &ItemId) -> Option<ItemSnapshot> {
        let mut item = self.main.agenda().item(id)?;
        self.fill(&mut item);
        Some(item)
    }

    fn fill(&self, place: &mut ItemSnapshot) {
        if place.own_document
            && let Some(words) = self.agenda_of(&place.id).and_then(|own| own.item(&place.id))
        {
            place.put(words);
        }
    }

    /// A field's text as lines.
    pub fn body(&self, field: &Field) -> Option<Body> {
        self.text_home_of(field.item())?.agenda().body(field)
    }

    /// Who speaks in a section, and to whom, where that is stated.
    pub fn names(&self, field: &Field) -> [Option<String>; 2] {
        self.text_home_of(field.item()).map(|home| home.agenda().names(field)).unwrap_or_default()
    }

    /// A position that follows its letter through other people's edits.
    pub fn sticky(&self, field: &Field, offset: u32, before: bool) -> Option<String> {
        self.text_home_of(field.item())?.agenda().sticky(field, offset, before)
    }

    /// Where such a position of this field is now.
    pub fn offset(&self, field: &Field, sticky: &str) -> Option<u32> {
        self.text_home_of(field.item())?.agenda().offset(field, sticky)
    }

    /// Whether a part is shown: neither it nor the item it is in is deleted. Where the words are on their way, all of them are.
    pub fn is_shown(&self, part: &Part) -> bool {
        let whole = Part { item: part.item.clone(), section: None };
        self.main.agenda().is_shown(&whole) && self.agenda_of(&part.item).is_none_or(|own| own.is_shown(part))
    }

    /// Everything deleted that can be brought back, the latest first.
    pub fn deleted(&self) -> Vec<Deleted> {
        let mut all = self.main.agenda().deleted();
        for item in self.main.agenda().apart() {
            let Some(own) = self.agenda_of(&item) else { continue };
            let title = own.body(&Field::Title(item.clone())).map(|title| title.text()).unwrap_or_default();
            all.iter_mut().filter(|entry| entry.part.item == item).for_each(|entry| entry.title.clone_from(&title));
            // Sections of a deleted item come back with it.
            if self.main.agenda().is_shown(&Part { item, section: None }) {
                own.deleted().into_iter().for_each(|entry| entry.put_into(&mut all));
            }
        }
        all
    }

    /// Who wrote the letters of these fields, in order.
    pub fn authors(&self, fields: &[Field]) -> Vec<Vec<Run>> {
        let mut all = self.main.agenda().authors(fields);
        for item in self.main.agenda().apart() {
            let Some(own) = self.agenda_of(&item) else { continue };
            let (places, of_item): (Vec<usize>, Vec<Field>) =
                fields.iter().enumerate().filter(|(_, field)| *field.item() == item).map(|(at, field)| (at, field.clone())).unzip();
            places.into_iter().zip(own.authors(&of_item)).for_each(|(at, runs)| all[at] = runs);
        }
        all
    }
}
