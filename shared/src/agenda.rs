//! The meeting document: typed views over one yrs document, and the only place that knows how it is laid out.
//!
//! Root `items` maps an item id to a map with one key per field that people change independently; root `meeting` holds the header.
//! Only an item's title and a section's body are texts. Callers bring ids and random bits; there is no socket, store, clock or browser here.

pub mod anchor;
pub mod apart;
pub mod authors;
pub mod change;
pub mod deleted;
pub mod edit;
pub mod field;
pub mod schema;
pub mod snapshot;

mod append;
mod blocks;
mod json;
mod order;
mod points;
mod read;
mod seed;
mod sticky;
#[cfg(test)]
mod tests;
mod write;

pub use anchor::{Anchor, AnchorState, Anchored, Followed};
pub use append::AppendError;
pub use change::Change;
pub use deleted::{Deleted, Part};
pub use edit::{Edit, EditError, FieldValue, NewSection};
pub use field::Field;
pub use points::{Point, missing_ids, points};
pub use schema::{HeaderKey, ItemKey, Origin, SectionKey};
pub use seed::fixed_numbers;
pub use snapshot::{Header, ItemSnapshot, MeetingSnapshot, SectionSnapshot};
pub use write::clean_text;

use yrs::{Assoc, Doc, IndexedSequence, Map, MapRef, OffsetKind, Options, Out, ReadTxn, TextRef, Transact};

use crate::id::{ClientId, ItemId, SectionId};
use crate::meeting_json::{Kind, SectionKind};
use crate::richtext::body::Body;
use crate::richtext::delta::Delta;
use order::Place;
use snapshot::Numbering;

/// A replica of a meeting document. Cheap to clone: clones share the document.
#[derive(Clone)]
pub struct Agenda {
    doc: Doc,
    meeting: MapRef,
    items: MapRef,
}

impl Agenda {
    /// An empty replica that writes as `client`.
    pub fn new(client: ClientId) -> Self {
        let mut options = Options::with_client_id(yrs::ClientID::new(client.get()));
        // The browser counts UTF-16. Cleaning up marks would delete others' in the transaction that applies a remote update.
        options.offset_kind = OffsetKind::Utf16;
        options.cleanup_formatting = false;
        options.skip_gc = false;
        let doc = Doc::with_options(options);
        // Roots are fetched once: asking for them inside a transaction would block for ever.
        let meeting = doc.get_or_insert_map(schema::MEETING);
        let items = doc.get_or_insert_map(schema::ITEMS);
        Self { doc, meeting, items }
    }

    /// The yrs document, for sync and undo.
    pub fn doc(&self) -> &Doc {
        &self.doc
    }

    /// The root maps, as the scope of an undo manager.
    pub fn roots(&self) -> [&MapRef; 2] {
        [&self.meeting, &self.items]
    }

    /// Makes these changes as one step: all are checked first, then written in one transaction (before it, creations take an untracked one).
    /// An edit is checked against the document before the step, so edits of one step must not depend on one another;
    /// a new section of a new item belongs into [`Edit::CreateItem`].
    ///
    /// # Errors
    /// The first edit that cannot be made; nothing is written then.
    pub fn apply(&self, edits: &[Edit], origin: Origin) -> Result<(), EditError> {
        self.check(edits)?;
        if edits.iter().any(|edit| matches!(edit, Edit::CreateItem { .. } | Edit::CreateSection { .. })) {
            let mut txn = self.doc.transact_mut_with(Origin::Creation.as_str());
            edits.iter().for_each(|edit| edit.prepare(self, &mut txn));
        }
        let mut txn = self.doc.transact_mut_with(origin.as_str());
        edits.iter().for_each(|edit| edit.write(self, &mut txn));
        Ok(())
    }

    /// Whether these edits can be made as one step.
    ///
    /// # Errors
    /// The first that cannot.
    pub fn check(&self, edits: &[Edit]) -> Result<(), EditError> {
        let txn = self.doc.transact();
        edits.iter().try_for_each(|edit| edit.check(self, &txn))
    }

    /// Writes into a text as any Yjs client may: without seeing to it that a body ends in a newline. For tests.
    ///
    /// # Errors
    /// As [`Agenda::apply`].
    pub fn write_as_stranger(&self, field: &Field, delta: &Delta, origin: Origin) -> Result<(), EditError> {
        let edit = Edit::Text { field: field.clone(), delta: delta.clone() };
        edit.check(self, &self.doc.transact())?;
        let mut txn = self.doc.transact_mut_with(origin.as_str());
        if let Some(text) = self.text_ref(&txn, field) {
            write::write_delta(&text, &mut txn, delta, false);
        }
        Ok(())
    }

    /// The whole document as a plain tree.
    pub fn snapshot(&self) -> MeetingSnapshot {
        let txn = self.doc.transact();
        let mut numbering = Numbering::default();
        let items = self.places(&txn, None).into_iter().filter_map(|(_, id)| {
            let map = read::map(&self.items, &txn, id.as_str())?;
            if read::flag(&map, &txn, schema::item::DELETED) {
                return None;
            }
            let number = numbering.next(read::filled(&map, &txn, schema::item::NUMBER));
            Some(self.read_item(&txn, id, &map, number))
        });
        let items = items.collect();
        MeetingSnapshot { header: self.read_header(&txn), items }
    }

    /// The header.
    pub fn header(&self) -> Header {
        self.read_header(&self.doc.transact())
    }

    /// Ids and shown numbers of the items in order.
    pub fn outline(&self) -> Vec<(ItemId, String)> {
        let txn = self.doc.transact();
        let mut numbering = Numbering::default();
        self.places(&txn, None)
            .into_iter()
            .filter_map(|(_, id)| {
                let map = read::map(&self.items, &txn, id.as_str())?;
                let shown = !read::flag(&map, &txn, schema::item::DELETED);
                shown.then(|| (id, numbering.next(read::filled(&map, &txn, schema::item::NUMBER))))
            })
            .collect()
    }

    /// One item, with an empty number: numbers come from the [`Agenda::outline`]. `None` if it is not there or deleted.
    pub fn item(&self, id: &ItemId) -> Option<ItemSnapshot> {
        let txn = self.doc.transact();
        let map = read::map(&self.items, &txn, id.as_str())?;
        (!read::flag(&map, &txn, schema::item::DELETED)).then(|| self.read_item(&txn, id.clone(), &map, String::new()))
    }

    /// Who speaks in a section, and to whom, where that is stated.
    pub fn names(&self, field: &Field) -> [Option<String>; 2] {
        let Field::Section(item, section) = field else { return [None, None] };
        let txn = self.doc.transact();
        let Ok(map) = self.section_map(&txn, item, section) else { return [None, None] };
        [SectionKey::From, SectionKey::To].map(|key| read::filled(&map, &txn, key.as_str()))
    }

    /// The text behind a field, looked up anew each time: after an undo an old handle may point at dead content.
    pub fn text_ref(&self, txn: &impl ReadTxn, field: &Field) -> Option<TextRef> {
        match field {
            Field::Title(item) => read::text(&self.item_map(txn, item).ok()?, txn, schema::item::TITLE),
            Field::Section(item, section) => read::text(&self.section_map(txn, item, section).ok()?, txn, schema::section::BODY),
        }
    }

    /// A field's text as lines.
    pub fn body(&self, field: &Field) -> Option<Body> {
        let txn = self.doc.transact();
        Some(read::body(&self.text_ref(&txn, field)?, &txn))
    }

    /// A position that follows its letter through other people's edits, as JSON that Yjs understands.
    /// `before` sticks to the letter on the left, else to the one on the right.
    pub fn sticky(&self, field: &Field, offset: u32, before: bool) -> Option<String> {
        let txn = self.doc.transact();
        let text = self.text_ref(&txn, field)?;
        let assoc = if before { Assoc::Before } else { Assoc::After };
        // At the end, and in an empty text, there is no letter on the right.
        let index = text.sticky_index(&txn, offset, assoc).or_else(|| text.sticky_index(&txn, offset, Assoc::Before))?;
        sticky::write(&index)
    }

    /// Where a sticky position of this field is now. `None` if it is none, or belongs to another text.
    pub fn offset(&self, field: &Field, sticky: &str) -> Option<u32> {
        let index = sticky::read(sticky)?;
        let txn = self.doc.transact();
        let text = self.text_ref(&txn, field)?;
        let offset = index.get_offset(&txn)?;
        (TextRef::from(offset.branch) == text).then_some(offset.index)
    }

    fn item_map(&self, txn: &impl ReadTxn, id: &ItemId) -> Result<MapRef, EditError> {
        read::map(&self.items, txn, id.as_str()).ok_or_else(|| EditError::NoItem(id.clone()))
    }

    fn sections_map(&self, txn: &impl ReadTxn, id: &ItemId) -> Result<MapRef, EditError> {
        read::map(&self.item_map(txn, id)?, txn, schema::item::SECTIONS).ok_or_else(|| EditError::NoItem(id.clone()))
    }

    fn section_map(&self, txn: &impl ReadTxn, item: &ItemId, section: &SectionId) -> Result<MapRef, EditError> {
        read::map(&self.sections_map(txn, item)?, txn, section.as_str()).ok_or_else(|| EditError::NoSection(item.clone(), section.clone()))
    }

    /// Places of all items, deleted ones too (they may come back), in order, without `except`.
    fn places(&self, txn: &impl ReadTxn, except: Option<&ItemId>) -> Vec<Place<ItemId>> {
        let entries = self.items.iter(txn).filter_map(|(key, value)| {
            let id: ItemId = key.parse().ok()?;
            let Out::YMap(map) = value else { return None };
            (Some(&id) != except).then(|| (read::string(&map, txn, schema::item::ORDER).unwrap_or_default(), id))
        });
        let mut places = Vec::new();
        entries.for_each(|place| order::insert(&mut places, place));
        places
    }

    fn section_places(&self, txn: &impl ReadTxn, sections: &MapRef, except: Option<&SectionId>) -> Vec<Place<SectionId>> {
        let entries = sections.iter(txn).filter_map(|(key, value)| {
            let id: SectionId = key.parse().ok()?;
            let Out::YMap(map) = value else { return None };
            (Some(&id) != except).then(|| (read::string(&map, txn, schema::section::ORDER).unwrap_or_default(), id))
        });
        let mut places = Vec::new();
        entries.for_each(|place| order::insert(&mut places, place));
        places
    }

    fn read_header(&self, txn: &impl ReadTxn) -> Header {
        let value = |key: HeaderKey| read::filled(&self.meeting, txn, key.as_str());
        Header {
            title: value(HeaderKey::Title).unwrap_or_default(),
            forum: value(HeaderKey::Forum).unwrap_or_default(),
            kind: value(HeaderKey::Kind).and_then(|kind| Kind::parse(&kind)).unwrap_or_default(),
            date: value(HeaderKey::Date),
            start: value(HeaderKey::Start),
            end: value(HeaderKey::End),
            place: value(HeaderKey::Place),
            case_id: value(HeaderKey::CaseId),
            document_id: value(HeaderKey::DocumentId),
            document_date: value(HeaderKey::DocumentDate),
            published: value(HeaderKey::Published),
        }
    }

    fn read_item(&self, txn: &impl ReadTxn, id: ItemId, map: &MapRef, number: String) -> ItemSnapshot {
        let value = |key: ItemKey| read::filled(map, txn, key.as_str());
        let sections = read::map(map, txn, schema::item::SECTIONS).map(|sections| {
            let places = self.section_places(txn, &sections, None);
            places.into_iter().filter_map(|(_, id)| read_section(txn, id.clone(), &read::map(&sections, txn, id.as_str())?)).collect()
        });
        ItemSnapshot {
            id,
            number,
            title: read::text(map, txn, schema::item::TITLE).map(|text| read::body(&text, txn)).unwrap_or_default(),
            alt_title: value(ItemKey::AltTitle),
            kind: value(ItemKey::Kind),
            presenter: value(ItemKey::Presenter),
            guests: read::strings(map, txn, ItemKey::Guests.as_str()),
            minutes: read::integer(map, txn, ItemKey::Minutes.as_str())
                .and_then(|minutes| u32::try_from(minutes).ok())
                .filter(|minutes| (1..=1440).contains(minutes)),
            closed: read::flag(map, txn, schema::item::CLOSED),
            public_heading: read::filled(map, txn, schema::item::PUBLIC_HEADING),
            own_document: read::flag(map, txn, schema::item::OWN_DOCUMENT),
            sections: sections.unwrap_or_default(),
        }
    }
}

fn read_section(txn: &impl ReadTxn, id: SectionId, map: &MapRef) -> Option<SectionSnapshot> {
    if read::flag(map, txn, schema::section::DELETED) {
        return None;
    }
    let value = |key: SectionKey| read::filled(map, txn, key.as_str());
    Some(SectionSnapshot {
        id,
        kind: value(SectionKey::Kind).and_then(|kind| SectionKind::parse(&kind)).unwrap_or_default(),
        heading: value(SectionKey::Heading),
        from: value(SectionKey::From),
        to: value(SectionKey::To),
        body: read::text(map, txn, schema::section::BODY).map(|text| read::body(&text, txn)).unwrap_or_default(),
    })
}
