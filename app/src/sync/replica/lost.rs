//! Words that the server will not take, since their item moved to another document: set aside when what moves it takes them out of this one. The
//! server may never hear of them: what is taken out is no text any more when its turn comes.

use dagsorden_shared::agenda::{Agenda, Field, MeetingSnapshot, schema};

use super::{News, Replica};
use crate::sync::set_aside::{self, SetAside};

/// Texts as they were, with a place in each that is found as long as the text is the same.
pub(super) struct Before {
    meeting: MeetingSnapshot,
    places: Vec<(Field, String)>,
}

impl Before {
    /// These fields of a document as they are.
    pub(super) fn of(agenda: &Agenda, fields: &[Field]) -> Self {
        let place = |field: &Field| Some((field.clone(), agenda.sticky(field, 0, false)?));
        Self { meeting: agenda.snapshot(), places: fields.iter().filter_map(place).collect() }
    }

    /// The text of those that are not in the document any more, or are others by now.
    fn lost_in(&self, agenda: &Agenda) -> String {
        let is_lost = |(field, place): &&(Field, String)| agenda.offset(field, place).is_none();
        let lost: Vec<Field> = self.places.iter().filter(is_lost).map(|(field, _)| field.clone()).collect();
        set_aside::text_of(&self.meeting, &lost)
    }
}

impl Replica {
    /// What is to be looked at again after an update of the server. Only one that may move an item can take a text away.
    pub(super) fn before(&self, update: &[u8], complete: bool) -> Option<Before> {
        let key = schema::item::OWN_DOCUMENT.as_bytes();
        let fields = self.unsaved_fields.borrow();
        let moves = update.windows(key.len()).any(|window| window == key);
        (moves || complete && !fields.is_empty()).then(|| Before::of(&self.agenda, &fields))
    }

    /// Sets aside what is not here any more.
    pub(super) fn keep_lost(&self, before: Before) {
        let lost = before.lost_in(&self.agenda);
        if !lost.is_empty() {
            self.keep_aside(&SetAside::moved(lost));
            self.tell(News::State);
        }
        self.left.replace(Some(before.meeting));
    }

    /// The document before the last update that may have moved an item, once.
    pub(in crate::sync) fn take_left(&self) -> Option<MeetingSnapshot> {
        self.left.take()
    }

    /// Texts with something that is not acknowledged.
    pub(in crate::sync) fn unsaved_fields(&self) -> Vec<Field> {
        self.unsaved_fields.borrow().clone()
    }
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::agenda::{Edit, Origin};
    use dagsorden_shared::id::{ClientId, ItemId};
    use dagsorden_shared::richtext::Delta;
    use dagsorden_shared::richtext::attributes::Attributes;

    use super::*;

    #[test]
    fn words_of_an_item_that_left_are_kept_and_no_others() {
        let agenda = Agenda::new(ClientId::new(3).unwrap());
        let items: Vec<ItemId> = ["a", "b"].iter().map(|id| id.parse().unwrap()).collect();
        let titles: Vec<Field> = items.iter().map(|item| Field::Title(item.clone())).collect();
        for (item, title) in items.iter().zip(&titles) {
            agenda.apply(&[Edit::CreateItem { item: item.clone(), after: None, sections: Vec::new() }], Origin::Local).unwrap();
            let delta = Delta::new().insert(format!("Om {item}"), Attributes::new());
            agenda.apply(&[Edit::Text { field: title.clone(), delta }], Origin::Local).unwrap();
        }
        let before = Before::of(&agenda, &titles);
        assert_eq!(before.lost_in(&agenda), "");
        let words = agenda.words(&items[0]).unwrap();
        agenda.leave_place(&items[0]).unwrap();
        assert_eq!(before.lost_in(&agenda), "2. Om a");
        agenda.fill_place(&items[0], &words).unwrap();
        assert_eq!(before.lost_in(&agenda), "2. Om a", "what came back is another text");
    }
}
