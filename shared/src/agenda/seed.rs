//! First content of a document, from Meeting JSON. Done once, by the server: a second seed would double the text.

use yrs::{Map, Transact, TransactionMut};

use super::edit::{FieldValue, NewSection, item_prelim, set};
use super::schema::{HeaderKey, ItemKey, Origin, SectionKey, item};
use super::snapshot::Numbering;
use super::write::write_delta;
use super::{Agenda, blocks, order, read};
use crate::id::{ItemId, SectionId};
use crate::meeting_json::{ItemJson, MeetingJson};
use crate::richtext::attributes::Attributes;
use crate::richtext::delta::Delta;

impl Agenda {
    /// Writes a whole meeting into this empty document in one transaction. `random` gives 128 random bits a call, for ids.
    /// Returns the ids of the items in their order, for rows such as attachments.
    pub fn seed(&self, meeting: &MeetingJson, random: &mut impl FnMut() -> u128) -> Vec<ItemId> {
        let mut txn = self.doc().transact_mut_with(Origin::Seed.as_str());
        for (key, value) in header_values(meeting) {
            set(&self.meeting, &mut txn, key.as_str(), value.filter(|text| !text.is_empty()).map(FieldValue::Text).as_ref());
        }
        self.write_items(&mut txn, &meeting.items, random)
    }

    /// Writes items without a meeting into this empty document, to be put into another by [`Agenda::append`]. Returns as [`Agenda::seed`].
    pub fn seed_items(&self, items: &[ItemJson], random: &mut impl FnMut() -> u128) -> Vec<ItemId> {
        let mut txn = self.doc().transact_mut_with(Origin::Seed.as_str());
        self.write_items(&mut txn, items, random)
    }

    fn write_items(&self, txn: &mut TransactionMut, items: &[ItemJson], random: &mut impl FnMut() -> u128) -> Vec<ItemId> {
        let places = order::sequence(items.len());
        let mut ids = Vec::with_capacity(items.len());
        for ((json, place), fixed) in items.iter().zip(places).zip(fixed_numbers(items)) {
            let id = ItemId::from_random(random());
            let sections: Vec<NewSection> = json
                .sections
                .iter()
                .map(|section| NewSection { id: SectionId::from_random(random()), kind: section.kind, heading: section.heading.clone() })
                .collect();
            let map = self.items.insert(txn, id.as_str(), item_prelim(&place, &sections, false));
            if let Some(title) = read::text(&map, &*txn, item::TITLE) {
                let line = json.title.replace('\n', " ");
                write_delta(&title, txn, &Delta::new().insert(line, Attributes::new()), false);
            }
            let mut value = |key: ItemKey, value: Option<FieldValue>| set(&map, txn, key.as_str(), value.as_ref());
            value(ItemKey::AltTitle, json.alt_title.clone().map(FieldValue::Text));
            value(ItemKey::Kind, json.kind.clone().map(FieldValue::Text));
            value(ItemKey::Presenter, json.presenter.clone().map(FieldValue::Text));
            value(ItemKey::Minutes, json.minutes.map(FieldValue::Number));
            value(ItemKey::Guests, (!json.guests.is_empty()).then(|| FieldValue::List(json.guests.clone())));
            if json.closed {
                map.insert(txn, item::CLOSED, true);
            }
            if let Some(number) = fixed {
                map.insert(txn, item::NUMBER, number);
            }
            for (new, section) in sections.iter().zip(&json.sections) {
                let Ok(map) = self.section_map(&*txn, &id, &new.id) else { continue };
                set(&map, txn, SectionKey::From.as_str(), section.from.clone().map(FieldValue::Text).as_ref());
                set(&map, txn, SectionKey::To.as_str(), section.to.clone().map(FieldValue::Text).as_ref());
                if let Some(text) = read::text(&map, &*txn, super::schema::section::BODY) {
                    let delta = blocks::to_delta(&section.blocks, random);
                    if !delta.is_empty() {
                        // The body's own newline goes: the blocks bring theirs.
                        write_delta(&text, txn, &delta.delete(1), true);
                    }
                }
            }
            ids.push(id);
        }
        ids
    }
}

/// The number of each item that does not follow from the order: a number is fixed only there.
pub fn fixed_numbers(items: &[ItemJson]) -> Vec<Option<&str>> {
    let mut numbering = Numbering::default();
    let mut numbers = Vec::with_capacity(items.len());
    for item in items {
        let derived = numbering.next(None);
        let fixed = item.number.as_deref().filter(|number| *number != derived);
        if let Some(number) = fixed {
            numbering.next(Some(number.to_owned()));
        }
        numbers.push(fixed);
    }
    numbers
}

fn header_values(meeting: &MeetingJson) -> [(HeaderKey, Option<String>); 11] {
    [
        (HeaderKey::Title, Some(meeting.title.clone())),
        (HeaderKey::Forum, Some(meeting.forum.clone())),
        (HeaderKey::Kind, Some(meeting.kind.as_str().to_owned())),
        (HeaderKey::Date, meeting.date.clone()),
        (HeaderKey::Start, meeting.start.clone()),
        (HeaderKey::End, meeting.end.clone()),
        (HeaderKey::Place, meeting.place.clone()),
        (HeaderKey::CaseId, meeting.case_id.clone()),
        (HeaderKey::DocumentId, meeting.document_id.clone()),
        (HeaderKey::DocumentDate, meeting.document_date.clone()),
        (HeaderKey::Published, meeting.published.clone()),
    ]
}
