//! An item in a document of its own: its words go there whole, and its place stays in the meeting's document.
//!
//! A document of an item has the shape of a meeting's, with this one item and nothing else. Place, number and what others may see of a closed item
//! stand in the meeting's document alone; all other keys, deleted sections among them, in the item's. Knows no room and no store.

use std::sync::Arc;

use yrs::types::AsPrelim;
use yrs::{Any, Assoc, In, Map, MapPrelim, MapRef, ReadTxn, Transact};

use super::schema::{ItemKey, Origin, item};
use super::{Agenda, Edit, EditError, Field, ItemSnapshot, read, sticky};
use crate::id::ItemId;

/// Keys that stay in the meeting's document when an item gets one of its own.
pub const PLACE: [&str; 7] = [
    item::ORDER,
    item::NUMBER,
    item::DELETED,
    ItemKey::DeletedBy.as_str(),
    ItemKey::DeletedAt.as_str(),
    item::CLOSED,
    item::PUBLIC_HEADING,
];

/// All that an item says, with its deleted sections and without its place in the meeting.
#[derive(Debug, Clone)]
pub struct Words(MapPrelim);

impl Agenda {
    /// The words of an item. `None` if they are not in this document.
    pub fn words(&self, id: &ItemId) -> Option<Words> {
        let txn = self.doc().transact();
        let map = read::map(&self.items, &txn, id.as_str()).filter(|map| !read::flag(map, &txn, item::OWN_DOCUMENT))?;
        let keys = map.as_prelim(&txn);
        let words = keys.iter().filter(|(key, _)| !PLACE.contains(&key.as_ref())).map(|(key, value)| (Arc::clone(key), value.clone()));
        Some(Words(words.collect()))
    }

    /// Writes an item into this empty document: it becomes the document of that item.
    pub fn hold(&self, id: &ItemId, words: Words) {
        let mut txn = self.doc().transact_mut_with(Origin::Seed.as_str());
        self.items.insert(&mut txn, id.as_str(), words.0);
    }

    /// Takes the words of an item out of this document: its place is left.
    ///
    /// # Errors
    /// The item is not here; nothing was written.
    pub fn leave_place(&self, id: &ItemId) -> Result<(), EditError> {
        let mut txn = self.doc().transact_mut_with(Origin::Local.as_str());
        let map = self.item_map(&txn, id)?;
        let mut place = place_of(&map, &txn);
        place.push((Arc::from(item::OWN_DOCUMENT), In::Any(Any::Bool(true))));
        self.items.insert(&mut txn, id.as_str(), place.into_iter().collect::<MapPrelim>());
        Ok(())
    }

    /// Puts the words of an item in its place again.
    ///
    /// # Errors
    /// The item has no place here; nothing was written.
    pub fn fill_place(&self, id: &ItemId, words: &Words) -> Result<(), EditError> {
        let mut txn = self.doc().transact_mut_with(Origin::Local.as_str());
        let place = place_of(&self.item_map(&txn, id)?, &txn);
        let all = words.0.iter().map(|(key, value)| (Arc::clone(key), value.clone())).chain(place);
        let all: MapPrelim = all.collect();
        self.items.insert(&mut txn, id.as_str(), all);
        Ok(())
    }

    /// A sticky position of a field as the same place in `to`, where the field's words have been copied. `None` if it is no position of the field.
    pub fn carry(&self, to: &Self, field: &Field, position: &str) -> Option<String> {
        let before = sticky::read(position)?.assoc == Assoc::Before;
        to.sticky(field, self.offset(field, position)?, before)
    }

    /// Whether the words of an item stand in a document of its own.
    pub fn is_apart(&self, id: &ItemId) -> bool {
        let txn = self.doc().transact();
        self.item_map(&txn, id).is_ok_and(|map| read::flag(&map, &txn, item::OWN_DOCUMENT))
    }

    /// Whether the words of an item stand in this document.
    pub fn holds(&self, id: &ItemId) -> bool {
        let txn = self.doc().transact();
        self.item_map(&txn, id).is_ok_and(|map| !read::flag(&map, &txn, item::OWN_DOCUMENT))
    }

    /// The items whose words stand in documents of their own, deleted ones too.
    pub fn apart(&self) -> Vec<ItemId> {
        let txn = self.doc().transact();
        let is_apart = |(key, value): (&str, yrs::Out)| {
            let yrs::Out::YMap(map) = value else { return None };
            read::flag(&map, &txn, item::OWN_DOCUMENT).then(|| key.parse().ok())?
        };
        self.items.iter(&txn).filter_map(is_apart).collect()
    }

    /// The one item of a document that holds one; its number is empty.
    pub fn only_item(&self) -> Option<ItemSnapshot> {
        let id = self.outline().into_iter().next()?.0;
        self.item(&id)
    }
}

impl Edit {
    /// The item whose words an edit changes, wherever they stand. `None` for what the meeting's document alone says, such as where an item stands.
    pub fn of_words(&self) -> Option<&ItemId> {
        match self {
            Self::Text { field, .. } => Some(field.item()),
            Self::SetItem { item, key, .. } => (!PLACE.contains(&key.as_str())).then_some(item),
            Self::CreateSection { item, .. }
            | Self::MoveSection { item, .. }
            | Self::DeleteSection { item, .. }
            | Self::SetSection { item, .. } => Some(item),
            Self::CreateItem { .. } | Self::DeleteItem { .. } | Self::MoveItem { .. } | Self::SetHeader { .. } => None,
        }
    }
}

fn place_of(map: &MapRef, txn: &impl ReadTxn) -> Vec<(Arc<str>, In)> {
    let kept = PLACE.iter().filter_map(|key| match map.get(txn, key) {
        Some(yrs::Out::Any(value)) => Some((Arc::from(*key), In::Any(value))),
        _ => None,
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use yrs::updates::decoder::Decode;
    use yrs::{StateVector, Update};

    use super::*;
    use crate::agenda::{NewSection, Part};
    use crate::id::{ClientId, SectionId};
    use crate::meeting_json::SectionKind;
    use crate::richtext::attributes::{Attributes, Value};
    use crate::richtext::delta::Delta;

    fn agenda(client: u64) -> Agenda {
        Agenda::new(ClientId::new(client).unwrap())
    }

    fn id(name: &str) -> ItemId {
        name.parse().unwrap()
    }

    fn section() -> SectionId {
        "s".parse().unwrap()
    }

    /// Two items, of which the second has text with marks, a value, and a section that was deleted.
    fn meeting() -> Agenda {
        let meeting = agenda(5);
        let new = |name: &str| NewSection { id: name.parse().unwrap(), kind: SectionKind::Case, heading: Some("Sagen".into()) };
        let bold = Attributes::from([("bold".to_owned(), Value::Bool(true))]);
        let list = Attributes::from([("list".to_owned(), Value::from("bullet")), ("point".to_owned(), Value::from("p1"))]);
        let steps = [
            vec![Edit::CreateItem { item: id("a"), after: None, sections: Vec::new() }],
            vec![Edit::CreateItem { item: id("b"), after: Some(id("a")), sections: vec![new("s"), new("t")] }],
            vec![
                Edit::Text { field: Field::Title(id("b")), delta: Delta::new().insert("Løn 😀", Attributes::new()) },
                Edit::Text {
                    field: Field::Section(id("b"), section()),
                    delta: Delta::new().insert("fed", bold).insert(" og jævn", Attributes::new()).insert("\n", list),
                },
                Edit::SetItem { item: id("b"), key: ItemKey::Presenter, value: Some(crate::agenda::FieldValue::Text("Bo".into())) },
            ],
            vec![Edit::Text {
                field: Field::Section(id("b"), "t".parse().unwrap()),
                delta: Delta::new().insert("slettet", Attributes::new()),
            }],
            Part { item: id("b"), section: Some("t".parse().unwrap()) }.deletion(None),
        ];
        for step in steps {
            meeting.apply(&step, Origin::Local).unwrap();
        }
        meeting
    }

    fn moved_out(meeting: &Agenda) -> Agenda {
        let own = agenda(6);
        own.hold(&id("b"), meeting.words(&id("b")).unwrap());
        meeting.leave_place(&id("b")).unwrap();
        own
    }

    #[test]
    fn out_and_back_everything_is_as_it_was_and_the_place_stays() {
        let meeting = meeting();
        let (before, deleted) = (meeting.snapshot(), meeting.deleted());
        let own = moved_out(&meeting);
        let left = meeting.snapshot();
        assert_eq!(left.places().collect::<Vec<_>>(), [&id("b")]);
        assert_eq!((meeting.apart(), meeting.is_apart(&id("b")), meeting.holds(&id("b"))), (vec![id("b")], true, false));
        assert!(own.holds(&id("b")) && !own.holds(&id("a")) && !own.is_apart(&id("b")) && !meeting.is_apart(&id("a")));
        assert!(left.items[1].title.text().trim().is_empty() && left.items[1].sections.is_empty(), "no word is left");
        assert_eq!(left.items[1].number, "2");
        let mut together = left;
        together.put(own.only_item().unwrap());
        assert_eq!(together, before);
        meeting.apply(&[Edit::MoveItem { item: id("b"), after: None }], Origin::Local).unwrap();
        meeting.fill_place(&id("b"), &own.words(&id("b")).unwrap()).unwrap();
        let after = meeting.snapshot();
        assert_eq!(after.items[0], ItemSnapshot { number: "1".into(), ..before.items[1].clone() });
        assert_eq!(meeting.deleted(), deleted);
        assert_eq!(after.places().count(), 0);
    }

    #[test]
    fn the_words_are_gone_from_the_meetings_document() {
        let meeting = meeting();
        drop(moved_out(&meeting));
        let state = meeting.doc().transact().encode_diff_v1(&StateVector::default());
        let holds = |word: &str| state.windows(word.len()).any(|window| window == word.as_bytes());
        assert!(!holds("Løn") && !holds("jævn") && !holds("slettet") && !holds("Sagen"));
        let again = agenda(9);
        again.doc().transact_mut().apply_update(Update::decode_v1(&state).unwrap()).unwrap();
        assert_eq!(again.snapshot(), meeting.snapshot());
    }

    #[test]
    fn a_position_stays_at_its_letter_and_on_its_side() {
        let meeting = meeting();
        let before = agenda(9);
        let state = meeting.doc().transact().encode_diff_v1(&StateVector::default());
        before.doc().transact_mut().apply_update(Update::decode_v1(&state).unwrap()).unwrap();
        let own = moved_out(&meeting);
        let field = Field::Section(id("b"), section());
        for offset in 0..=before.body(&field).unwrap().len() {
            for side in [false, true] {
                let position = before.sticky(&field, offset, side).unwrap();
                let carried = before.carry(&own, &field, &position).unwrap();
                assert_eq!(own.offset(&field, &carried), before.offset(&field, &position));
                assert_eq!(own.sticky(&field, offset, side), Some(carried));
            }
        }
        let other = before.sticky(&Field::Title(id("b")), 2, true).unwrap();
        assert_eq!(before.carry(&own, &field, &other), None);
    }

    #[test]
    fn an_edit_goes_to_the_words_or_to_the_place() {
        let (item, text) = (id("b"), Field::Section(id("b"), section()));
        let section = |deleted| Part { item: item.clone(), section: Some(section()) }.deletion(deleted);
        let whole = Part { item: item.clone(), section: None }.deletion(Some((ClientId::new(7).unwrap(), String::new())));
        let value = Edit::SetItem { item: item.clone(), key: ItemKey::Minutes, value: None };
        assert!(
            section(None)
                .iter()
                .chain([&Edit::Text { field: text, delta: Delta::new() }, &value])
                .all(|edit| edit.of_words() == Some(&item))
        );
        let moved = Edit::MoveItem { item: item.clone(), after: None };
        assert!(whole.iter().chain([&moved]).all(|edit| edit.of_words().is_none()), "who deleted an item stands beside its place");
        // Each goes where the document has room for it.
        let meeting = meeting();
        let own = moved_out(&meeting);
        assert!(whole.iter().chain([&moved]).all(|edit| meeting.check(std::slice::from_ref(edit)).is_ok()));
        assert!(own.check(&section_edits(&item)).is_ok() && meeting.check(&section_edits(&item)).is_err());
        meeting.apply(&whole, Origin::Local).unwrap();
        assert_eq!(meeting.deleted().len(), 1, "an item whose words are elsewhere can be brought back");
    }

    fn section_edits(item: &ItemId) -> Vec<Edit> {
        Part { item: item.clone(), section: Some(section()) }.deletion(None)
    }

    #[test]
    fn what_is_not_here_is_neither_taken_nor_filled() {
        let meeting = meeting();
        assert!(meeting.words(&id("x")).is_none());
        assert!(meeting.leave_place(&id("x")).is_err());
        let words = meeting.words(&id("b")).unwrap();
        assert!(meeting.fill_place(&id("x"), &words).is_err());
        drop(moved_out(&meeting));
        assert!(meeting.words(&id("b")).is_none(), "a place has no words");
    }
}
