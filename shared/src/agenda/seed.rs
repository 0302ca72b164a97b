//! First content of a document, from Meeting JSON. Done once, by the server: a second seed would double the text.

use yrs::{Map, Transact};

use super::edit::{FieldValue, NewSection, item_prelim, set};
use super::schema::{HeaderKey, ItemKey, Origin, SectionKey, item};
use super::snapshot::Numbering;
use super::write::write_delta;
use super::{Agenda, blocks, order, read};
use crate::id::{ItemId, SectionId};
use crate::meeting_json::MeetingJson;
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
        let mut numbering = Numbering::default();
        let places = order::sequence(meeting.items.len());
        let mut ids = Vec::with_capacity(meeting.items.len());
        for (json, place) in meeting.items.iter().zip(places) {
            let id = ItemId::from_random(random());
            let sections: Vec<NewSection> = json
                .sections
                .iter()
                .map(|section| NewSection { id: SectionId::from_random(random()), kind: section.kind, heading: section.heading.clone() })
                .collect();
            let map = self.items.insert(&mut txn, id.as_str(), item_prelim(&place, &sections, false));
            if let Some(title) = read::text(&map, &txn, item::TITLE) {
                let line = json.title.replace('\n', " ");
                write_delta(&title, &mut txn, &Delta::new().insert(line, Attributes::new()), false);
            }
            let mut value = |key: ItemKey, value: Option<FieldValue>| set(&map, &mut txn, key.as_str(), value.as_ref());
            value(ItemKey::AltTitle, json.alt_title.clone().map(FieldValue::Text));
            value(ItemKey::Kind, json.kind.clone().map(FieldValue::Text));
            value(ItemKey::Presenter, json.presenter.clone().map(FieldValue::Text));
            value(ItemKey::Minutes, json.minutes.map(FieldValue::Number));
            value(ItemKey::Guests, (!json.guests.is_empty()).then(|| FieldValue::List(json.guests.clone())));
            if json.closed {
                map.insert(&mut txn, item::CLOSED, true);
            }
            // A number is fixed only where it would not follow from the order.
            let derived = numbering.next(None);
            if let Some(number) = json.number.as_ref().filter(|number| **number != derived) {
                map.insert(&mut txn, item::NUMBER, number.as_str());
                numbering.next(Some(number.clone()));
            }
            for (new, section) in sections.iter().zip(&json.sections) {
                let Ok(map) = self.section_map(&txn, &id, &new.id) else { continue };
                set(&map, &mut txn, SectionKey::From.as_str(), section.from.clone().map(FieldValue::Text).as_ref());
                set(&map, &mut txn, SectionKey::To.as_str(), section.to.clone().map(FieldValue::Text).as_ref());
                if let Some(text) = read::text(&map, &txn, super::schema::section::BODY) {
                    let delta = blocks::to_delta(&section.blocks, random);
                    if !delta.is_empty() {
                        // The body's own newline goes: the blocks bring theirs.
                        write_delta(&text, &mut txn, &delta.delete(1), true);
                    }
                }
            }
            ids.push(id);
        }
        ids
    }
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
