//! What a committed transaction changed, in terms of the agenda.
//!
//! Local, remote and undo alike: the page learns of every change here and never re-reads the document to find out.

use yrs::types::{Event, Events, Path, PathSegment};
use yrs::{DeepObservable, TransactionMut};

use super::field::Field;
use super::schema::{item, section};
use super::{Agenda, read};
use crate::id::ItemId;
use crate::id::SectionId;
use crate::richtext::delta::Delta;

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A title or body changed by this delta.
    Text {
        /// Where.
        field: Field,
        /// Of the text before the transaction.
        delta: Delta,
    },
    /// A value of the header changed.
    Header,
    /// Items were added, removed, moved or renumbered.
    Items,
    /// A value of this item changed, not its title.
    Item(ItemId),
    /// Sections of this item were added, removed or moved.
    Sections(ItemId),
    /// A value of this section changed, not its body.
    Section(ItemId, SectionId),
}

impl Agenda {
    /// Calls `listener` at the end of every transaction that changed something. The listener is inside the transaction:
    /// it must not open another one, so queue what it hears. `key` names the subscription; the same key replaces it.
    pub fn observe(&self, key: &str, listener: impl Fn(&TransactionMut, Vec<Change>) + Clone + 'static) {
        let items = listener.clone();
        self.items.observe_deep(key, move |txn, events| items(txn, item_changes(txn, events)));
        self.meeting.observe_deep(key, move |txn, _| listener(txn, vec![Change::Header]));
    }
}

fn item_changes(txn: &TransactionMut, events: &Events) -> Vec<Change> {
    let mut changes = Vec::new();
    for event in events.iter() {
        let change = match event {
            Event::Text(text) => text_field(&text.path()).map(|field| Change::Text { field, delta: read::delta(text.delta(txn)) }),
            Event::Map(map) => {
                let keys = map.keys(txn);
                let touches = |names: &[&str]| names.iter().any(|name| keys.contains_key(*name));
                map_change(&map.path(), touches)
            }
            _ => None,
        };
        if let Some(change) = change
            && !changes.contains(&change)
        {
            changes.push(change);
        }
    }
    changes
}

fn key(segment: &PathSegment) -> Option<&str> {
    match segment {
        PathSegment::Key(key) => Some(key),
        PathSegment::Index(_) => None,
    }
}

fn keys(path: &Path) -> Vec<&str> {
    path.iter().filter_map(key).collect()
}

fn text_field(path: &Path) -> Option<Field> {
    match keys(path).as_slice() {
        [id, item::TITLE] => Some(Field::Title(id.parse().ok()?)),
        [id, item::SECTIONS, inner, section::BODY] => Some(Field::Section(id.parse().ok()?, inner.parse().ok()?)),
        _ => None,
    }
}

fn map_change(path: &Path, touches: impl Fn(&[&str]) -> bool) -> Option<Change> {
    match keys(path).as_slice() {
        [] => Some(Change::Items),
        [id] => {
            let id: ItemId = id.parse().ok()?;
            // A title or a list of sections that was replaced whole is a new thing: the lists are read again.
            if touches(&[item::ORDER, item::DELETED, item::NUMBER, item::CLOSED, item::OWN_DOCUMENT, item::TITLE, item::SECTIONS]) {
                Some(Change::Items)
            } else {
                Some(Change::Item(id))
            }
        }
        [id, item::SECTIONS] => Some(Change::Sections(id.parse().ok()?)),
        [id, item::SECTIONS, inner] => {
            let id: ItemId = id.parse().ok()?;
            if touches(&[section::ORDER, section::DELETED, section::BODY]) {
                Some(Change::Sections(id))
            } else {
                Some(Change::Section(id, inner.parse().ok()?))
            }
        }
        _ => None,
    }
}
