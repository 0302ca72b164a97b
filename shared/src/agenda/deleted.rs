//! What was deleted from a meeting: marked so, never removed, and brought back by taking the mark away.

use yrs::{MapRef, Transact};

use super::schema::{ItemKey, SectionKey, item, section};
use super::{Agenda, Edit, Field, FieldValue, read};
use crate::id::{ClientId, ItemId, SectionId};
use crate::meeting_json::SectionKind;

/// A part of the agenda that can be deleted: an item, or a section of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The item.
    pub item: ItemId,
    /// The section; `None`: the item as a whole.
    pub section: Option<SectionId>,
}

/// Something deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// What.
    pub part: Part,
    /// Title of the item, of which it may be a section. May be empty.
    pub title: String,
    /// Kind and heading, if it is a section.
    pub section: Option<(SectionKind, Option<String>)>,
    /// The replica that deleted it, if it said so.
    pub by: Option<ClientId>,
    /// When, as written (see [`ItemKey::DeletedAt`]).
    pub at: Option<String>,
}

impl Part {
    /// What the field is part of: a title is all of its item.
    pub fn of(field: &Field) -> Self {
        match field {
            Field::Title(item) => Self { item: item.clone(), section: None },
            Field::Section(item, section) => Self { item: item.clone(), section: Some(section.clone()) },
        }
    }

    /// The edits that delete it and note by whom and when, or bring it back. They belong into one step.
    pub fn deletion(&self, note: Option<(ClientId, String)>) -> Vec<Edit> {
        let deleted = note.is_some();
        let (by, at) = note.map(|(by, at)| (by.get().to_string(), at)).unzip();
        let item = self.item.clone();
        match self.section.clone() {
            None => {
                let set = |key, value: Option<String>| Edit::SetItem { item: item.clone(), key, value: value.map(FieldValue::Text) };
                let notes = [set(ItemKey::DeletedBy, by), set(ItemKey::DeletedAt, at)];
                std::iter::once(Edit::DeleteItem { item: item.clone(), deleted }).chain(notes).collect()
            }
            Some(section) => {
                let set = |key, value| Edit::SetSection { item: item.clone(), section: section.clone(), key, value };
                let notes = [set(SectionKey::DeletedBy, by), set(SectionKey::DeletedAt, at)];
                let delete = Edit::DeleteSection { item: item.clone(), section: section.clone(), deleted };
                std::iter::once(delete).chain(notes).collect()
            }
        }
    }
}

impl Deleted {
    /// Puts it among others that stand with the latest first. Sorting them all would be more code for the page to load.
    pub fn put_into(self, others: &mut Vec<Self>) {
        others.insert(others.partition_point(|other| other.at >= self.at), self);
    }
}

impl Agenda {
    /// Whether a part is shown: neither it nor the item it is in is deleted.
    pub fn is_shown(&self, part: &Part) -> bool {
        let txn = self.doc().transact();
        let stands = self.item_map(&txn, &part.item).is_ok_and(|map| !read::flag(&map, &txn, item::DELETED));
        let section_stands = |id| self.section_map(&txn, &part.item, id).is_ok_and(|map| !read::flag(&map, &txn, section::DELETED));
        stands && part.section.as_ref().is_none_or(section_stands)
    }

    /// Everything deleted that can be brought back, the latest first; what says no time comes last. Sections of a deleted item come back with
    /// it. What never had a letter in it is left out: mostly a creation that was undone.
    pub fn deleted(&self) -> Vec<Deleted> {
        let txn = self.doc().transact();
        let mut all = Vec::new();
        for (_, id) in self.places(&txn, None) {
            let Some(map) = read::map(&self.items, &txn, id.as_str()) else { continue };
            let title = read::text(&map, &txn, item::TITLE).map(|text| read::plain(&text, &txn)).unwrap_or_default();
            let sections = read::map(&map, &txn, item::SECTIONS);
            let places = sections.as_ref().map(|sections| self.section_places(&txn, sections, None)).unwrap_or_default();
            let inner = places.into_iter().filter_map(|(_, id)| Some((id.clone(), read::map(sections.as_ref()?, &txn, id.as_str())?)));
            let inner: Vec<_> = inner.collect();
            let is_blank =
                |map: &MapRef| read::text(map, &txn, section::BODY).is_none_or(|text| read::plain(&text, &txn).trim().is_empty());
            let by = |map: &MapRef| read::string(map, &txn, ItemKey::DeletedBy.as_str()).and_then(|by| ClientId::new(by.parse().ok()?));
            let at = |map: &MapRef| read::filled(map, &txn, ItemKey::DeletedAt.as_str());
            let part = |section| Part { item: id.clone(), section };
            if read::flag(&map, &txn, item::DELETED) {
                // What is said elsewhere can be seen there alone.
                let is_apart = read::flag(&map, &txn, item::OWN_DOCUMENT);
                if is_apart || !title.trim().is_empty() || inner.iter().any(|(_, map)| !is_blank(map)) {
                    Deleted { part: part(None), title, section: None, by: by(&map), at: at(&map) }.put_into(&mut all);
                }
                continue;
            }
            for (section_id, map) in inner.iter().filter(|(_, map)| read::flag(map, &txn, section::DELETED) && !is_blank(map)) {
                let kind = read::filled(map, &txn, section::KIND).and_then(|kind| SectionKind::parse(&kind)).unwrap_or_default();
                let named = Some((kind, read::filled(map, &txn, section::HEADING)));
                let part = part(Some(section_id.clone()));
                Deleted { part, title: title.clone(), section: named, by: by(map), at: at(map) }.put_into(&mut all);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agenda::Origin;
    use crate::meeting_json::{BlockJson, ItemJson, MeetingJson, SectionJson};

    fn agenda() -> Agenda {
        let section = |text: &str| SectionJson {
            heading: Some("Sagen".into()),
            blocks: if text.is_empty() { Vec::new() } else { vec![BlockJson::paragraph(text)] },
            ..SectionJson::default()
        };
        let item = |title: &str, sections| ItemJson { title: title.into(), sections, ..ItemJson::default() };
        let items = vec![
            item("Budget", vec![section("Tallene"), section("")]),
            item("Vagtordning", vec![section("Planen")]),
            item("", vec![section("")]),
        ];
        let agenda = Agenda::new(ClientId::new(5).unwrap());
        let mut bits = 0;
        agenda.seed(&MeetingJson { items, ..MeetingJson::default() }, &mut || {
            bits += 1;
            bits
        });
        agenda
    }

    #[test]
    fn what_is_deleted_is_listed_with_who_and_when_and_comes_back_whole() {
        let agenda = agenda();
        let before = agenda.snapshot();
        let (budget, plan, empty) = (&before.items[0], &before.items[1], &before.items[2]);
        let place = |item: &ItemId, section: Option<&SectionId>| Part { item: item.clone(), section: section.cloned() };
        let (text, blank, whole, nothing) = (
            place(&budget.id, Some(&budget.sections[0].id)),
            place(&budget.id, Some(&budget.sections[1].id)),
            place(&plan.id, None),
            place(&empty.id, None),
        );
        let at = |minute: u64| (1_801_000_000_000 + minute * 60_000).to_string();
        for (minute, place) in (10..).zip([&text, &blank, &whole, &nothing]) {
            agenda.apply(&place.deletion(Some((ClientId::new(77).unwrap(), at(minute)))), Origin::Local).unwrap();
            assert!(!agenda.is_shown(place));
        }
        let deleted = agenda.deleted();
        assert_eq!(deleted.iter().map(|entry| &entry.part).collect::<Vec<_>>(), [&whole, &text], "the latest first, and nothing empty");
        assert_eq!((deleted[0].by, deleted[0].at.clone()), (ClientId::new(77), Some(at(12))));
        assert_eq!((deleted[1].title.as_str(), &deleted[1].section), ("Budget", &Some((SectionKind::default(), Some("Sagen".into())))));
        for place in [&text, &blank, &whole, &nothing] {
            agenda.apply(&place.deletion(None), Origin::Local).unwrap();
            assert!(agenda.is_shown(place));
        }
        assert_eq!((agenda.snapshot(), agenda.deleted()), (before, Vec::new()));
    }

    #[test]
    fn sections_of_a_deleted_item_are_not_listed_on_their_own() {
        let agenda = agenda();
        let item = agenda.snapshot().items[0].clone();
        let section = Part { item: item.id.clone(), section: Some(item.sections[0].id.clone()) };
        let whole = Part { item: item.id, section: None };
        // As a stranger's editor would, without a word about who and when.
        let edit = Edit::DeleteSection { item: section.item.clone(), section: section.section.clone().unwrap(), deleted: true };
        agenda.apply(&[edit], Origin::Local).unwrap();
        assert_eq!(agenda.deleted()[0].by, None);
        agenda.apply(&whole.deletion(Some((ClientId::new(7).unwrap(), String::new()))), Origin::Local).unwrap();
        assert_eq!(agenda.deleted().into_iter().map(|entry| entry.part).collect::<Vec<_>>(), [whole]);
    }
}
