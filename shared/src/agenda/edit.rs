//! Every change a person can make, as data. Checked fully, then written: a yrs transaction commits on drop and cannot roll back.

use std::sync::Arc;

use yrs::{Any, In, Map, MapPrelim, MapRef, ReadTxn, TextPrelim, TransactionMut};

use super::field::Field;
use super::schema::{HeaderKey, ItemKey, SectionKey, item, section};
use super::write::{clean_text, write_delta};
use super::{Agenda, order, read};
use crate::id::{ItemId, SectionId};
use crate::meeting_json::SectionKind;
use crate::richtext::delta::{Delta, Op, utf16_len};

/// A value set whole.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// A text.
    Text(String),
    /// A whole number.
    Number(u32),
    /// A list of texts.
    List(Vec<String>),
}

/// A section to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSection {
    /// Its id, fresh.
    pub id: SectionId,
    /// What it is.
    pub kind: SectionKind,
    /// Its heading.
    pub heading: Option<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Changes a title or a body. Offsets are UTF-16 units of the text before the edit.
    Text {
        /// Where.
        field: Field,
        /// What.
        delta: Delta,
    },
    /// Adds an item with empty sections.
    CreateItem {
        /// Its id, fresh.
        item: ItemId,
        /// Stands right after this one; `None`: first.
        after: Option<ItemId>,
        /// Its sections in order.
        sections: Vec<NewSection>,
    },
    /// Marks an item deleted, or brings it back.
    DeleteItem {
        /// Which.
        item: ItemId,
        /// `false` brings it back.
        deleted: bool,
    },
    /// Moves an item.
    MoveItem {
        /// Which.
        item: ItemId,
        /// Stands right after this one; `None`: first.
        after: Option<ItemId>,
    },
    /// Sets or clears a value of an item.
    SetItem {
        /// Which.
        item: ItemId,
        /// Which value.
        key: ItemKey,
        /// `None` clears.
        value: Option<FieldValue>,
    },
    /// Adds an empty section.
    CreateSection {
        /// In this item.
        item: ItemId,
        /// The section.
        section: NewSection,
        /// Stands right after this one; `None`: first.
        after: Option<SectionId>,
    },
    /// Moves a section within its item.
    MoveSection {
        /// In this item.
        item: ItemId,
        /// Which.
        section: SectionId,
        /// Stands right after this one; `None`: first.
        after: Option<SectionId>,
    },
    /// Marks a section deleted, or brings it back.
    DeleteSection {
        /// In this item.
        item: ItemId,
        /// Which.
        section: SectionId,
        /// `false` brings it back.
        deleted: bool,
    },
    /// Sets or clears a value of a section.
    SetSection {
        /// In this item.
        item: ItemId,
        /// Which.
        section: SectionId,
        /// Which value.
        key: SectionKey,
        /// `None` clears.
        value: Option<String>,
    },
    /// Sets or clears a value of the header.
    SetHeader {
        /// Which value.
        key: HeaderKey,
        /// `None` clears.
        value: Option<String>,
    },
}

/// Why an edit cannot be made. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The item is not in the document.
    #[error("there is no item {0}")]
    NoItem(ItemId),
    /// The section is not in the item.
    #[error("there is no section {1} in item {0}")]
    NoSection(ItemId, SectionId),
    /// An id for something new is taken.
    #[error("the id {0} is taken")]
    Taken(String),
    /// The delta reaches past the end of the text.
    #[error("the edit covers {wanted} units of {field}, which has {len}")]
    PastEnd {
        /// Where.
        field: Field,
        /// Units the delta covers.
        wanted: u32,
        /// Units there are.
        len: u32,
    },
    /// The delta cuts a character in two.
    #[error("the edit of {field} cuts the character at unit {at} in two")]
    InsideCharacter {
        /// Where.
        field: Field,
        /// The unit.
        at: u32,
    },
    /// A title is one line.
    #[error("a title is one line")]
    NewlineInTitle,
}

impl Edit {
    /// Checks the edit against the document as it is.
    pub(super) fn check(&self, agenda: &Agenda, txn: &impl ReadTxn) -> Result<(), EditError> {
        match self {
            Self::Text { field, delta } => {
                let text = agenda.text_ref(txn, field).ok_or_else(|| missing(field))?;
                check_delta(field, delta, &read::plain(&text, txn))
            }
            Self::CreateItem { item, after, .. } => {
                if agenda.items.get(txn, item.as_str()).is_some() {
                    return Err(EditError::Taken(item.to_string()));
                }
                after.as_ref().map_or(Ok(()), |after| agenda.item_map(txn, after).map(drop))
            }
            Self::MoveItem { item, after } => {
                agenda.item_map(txn, item)?;
                after.as_ref().map_or(Ok(()), |after| agenda.item_map(txn, after).map(drop))
            }
            Self::DeleteItem { item, .. } | Self::SetItem { item, .. } => agenda.item_map(txn, item).map(drop),
            Self::CreateSection { item, section, after } => {
                let sections = agenda.sections_map(txn, item)?;
                if sections.get(txn, section.id.as_str()).is_some() {
                    return Err(EditError::Taken(section.id.to_string()));
                }
                after.as_ref().map_or(Ok(()), |after| agenda.section_map(txn, item, after).map(drop))
            }
            Self::DeleteSection { item, section, .. } | Self::SetSection { item, section, .. } => {
                agenda.section_map(txn, item, section).map(drop)
            }
            Self::MoveSection { item, section, after } => {
                agenda.section_map(txn, item, section)?;
                after.as_ref().map_or(Ok(()), |after| agenda.section_map(txn, item, after).map(drop))
            }
            Self::SetHeader { .. } => Ok(()),
        }
    }

    /// The untracked first half of a creation; nothing for other edits.
    pub(super) fn prepare(&self, agenda: &Agenda, txn: &mut TransactionMut) {
        match self {
            Self::CreateItem { item, after, sections } => {
                let places = agenda.places(txn, None);
                let after = after.as_ref().and_then(|after| places.iter().position(|place| place.1 == *after));
                for (id, key) in order::keys_after(&places, after, item.clone()) {
                    if id == *item {
                        agenda.items.insert(txn, item.as_str(), item_prelim(&key, sections, true));
                    } else {
                        set_item_order(agenda, txn, &id, key);
                    }
                }
            }
            Self::CreateSection { item, section, after } => {
                let Ok(map) = agenda.sections_map(txn, item) else { return };
                let places = agenda.section_places(txn, &map, None);
                let after = after.as_ref().and_then(|after| places.iter().position(|place| place.1 == *after));
                for (id, key) in order::keys_after(&places, after, section.id.clone()) {
                    if id == section.id {
                        map.insert(txn, section.id.as_str(), section_prelim(&key, section, true));
                    } else {
                        set_section_order(&map, txn, &id, key);
                    }
                }
            }
            _ => {}
        }
    }

    /// Writes a checked edit; for a creation the tracked second half.
    pub(super) fn write(&self, agenda: &Agenda, txn: &mut TransactionMut) {
        match self {
            Self::Text { field, delta } => {
                if let Some(text) = agenda.text_ref(txn, field) {
                    let body = matches!(field, Field::Section(..));
                    write_delta(&text, txn, delta, body);
                }
            }
            Self::CreateItem { item, .. } => set_deleted(agenda.item_map(txn, item).ok(), txn, false),
            Self::DeleteItem { item, deleted } => set_deleted(agenda.item_map(txn, item).ok(), txn, *deleted),
            Self::CreateSection { item, section, .. } => set_deleted(agenda.section_map(txn, item, &section.id).ok(), txn, false),
            Self::DeleteSection { item, section, deleted } => set_deleted(agenda.section_map(txn, item, section).ok(), txn, *deleted),
            Self::MoveItem { item, after } => {
                let places = agenda.places(txn, Some(item));
                let after = after.as_ref().filter(|after| *after != item);
                let after = after.and_then(|after| places.iter().position(|place| place.1 == *after));
                for (id, key) in order::keys_after(&places, after, item.clone()) {
                    set_item_order(agenda, txn, &id, key);
                }
            }
            Self::MoveSection { item, section, after } => {
                let Ok(map) = agenda.sections_map(txn, item) else { return };
                let places = agenda.section_places(txn, &map, Some(section));
                let after = after.as_ref().filter(|after| *after != section);
                let after = after.and_then(|after| places.iter().position(|place| place.1 == *after));
                for (id, key) in order::keys_after(&places, after, section.clone()) {
                    set_section_order(&map, txn, &id, key);
                }
            }
            Self::SetItem { item, key, value } => {
                if let Ok(map) = agenda.item_map(txn, item) {
                    set(&map, txn, key.as_str(), value.as_ref());
                }
            }
            Self::SetSection { item, section, key, value } => {
                if let Ok(map) = agenda.section_map(txn, item, section) {
                    set(&map, txn, key.as_str(), value.clone().map(FieldValue::Text).as_ref());
                }
            }
            Self::SetHeader { key, value } => {
                set(&agenda.meeting, txn, key.as_str(), value.clone().map(FieldValue::Text).as_ref());
            }
        }
    }
}

fn missing(field: &Field) -> EditError {
    match field {
        Field::Title(item) => EditError::NoItem(item.clone()),
        Field::Section(item, section) => EditError::NoSection(item.clone(), section.clone()),
    }
}

fn check_delta(field: &Field, delta: &Delta, text: &str) -> Result<(), EditError> {
    let len = utf16_len(text);
    if delta.base_len() > len {
        return Err(EditError::PastEnd { field: field.clone(), wanted: delta.base_len(), len });
    }
    // Nearly all text: no character of two units, so every offset is between two characters.
    let all_single = text.bytes().all(|byte| byte < 0xF0);
    let mut position = 0;
    let mut boundaries = text.chars().scan(0u32, |unit, character| {
        *unit += if character.len_utf16() == 2 { 2 } else { 1 };
        Some(*unit)
    });
    let mut boundary = 0;
    for op in &delta.0 {
        match op {
            Op::Retain { len, .. } | Op::Delete(len) => position += len,
            Op::Insert { text, .. } => {
                if matches!(field, Field::Title(_)) && clean_text(text).contains('\n') {
                    return Err(EditError::NewlineInTitle);
                }
            }
        }
        while boundary < position && !all_single {
            boundary = boundaries.next().unwrap_or(u32::MAX);
        }
        if boundary != position && !all_single {
            return Err(EditError::InsideCharacter { field: field.clone(), at: position });
        }
    }
    Ok(())
}

pub(super) fn item_prelim(order: &str, sections: &[NewSection], deleted: bool) -> MapPrelim {
    let keys = order::sequence(sections.len());
    let sections: MapPrelim = sections
        .iter()
        .zip(keys)
        .map(|(section, key)| (Arc::from(section.id.as_str()), In::Map(section_prelim(&key, section, false))))
        .collect();
    MapPrelim::from([
        (item::ORDER, In::Any(Any::from(order))),
        (item::TITLE, In::from(TextPrelim::new(""))),
        (item::DELETED, In::Any(Any::Bool(deleted))),
        (item::SECTIONS, In::Map(sections)),
    ])
}

pub(super) fn section_prelim(order: &str, new: &NewSection, deleted: bool) -> MapPrelim {
    MapPrelim::from([
        (section::ORDER, In::Any(Any::from(order))),
        (section::KIND, In::Any(Any::from(new.kind.as_str()))),
        (section::HEADING, In::Any(new.heading.as_deref().map_or(Any::Null, Any::from))),
        (section::DELETED, In::Any(Any::Bool(deleted))),
        // Created with its final newline: two first typists would otherwise each bring one.
        (section::BODY, In::from(TextPrelim::new("\n"))),
    ])
}

pub(super) fn set_item_order(agenda: &Agenda, txn: &mut TransactionMut, id: &ItemId, key: String) {
    if let Ok(map) = agenda.item_map(txn, id) {
        map.try_update(txn, item::ORDER, key);
    }
}

fn set_section_order(sections: &MapRef, txn: &mut TransactionMut, id: &SectionId, key: String) {
    if let Some(map) = read::map(sections, txn, id.as_str()) {
        map.try_update(txn, section::ORDER, key);
    }
}

fn set_deleted(map: Option<MapRef>, txn: &mut TransactionMut, deleted: bool) {
    if let Some(map) = map {
        map.try_update(txn, item::DELETED, deleted);
    }
}

/// An unchanged value makes no update, so nothing is broadcast.
pub(super) fn set(map: &MapRef, txn: &mut TransactionMut, key: &str, value: Option<&FieldValue>) {
    match value {
        Some(FieldValue::Text(text)) => drop(map.try_update(txn, key, text.as_str())),
        Some(FieldValue::Number(number)) => drop(map.try_update(txn, key, f64::from(*number))),
        Some(FieldValue::List(list)) => {
            if read::strings(map, txn, key) != *list {
                map.insert(txn, key, read::list(list));
            }
        }
        None => drop(map.remove(txn, key)),
    }
}
