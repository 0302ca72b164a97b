//! Writing an update (format V1) from what the gate accepted. These bytes are all that yrs ever reads.

use super::reader::Id;
use super::schema::Kind;
use super::update::{Content, Deletion, HAS_KEY, HAS_ORIGIN, HAS_RIGHT_ORIGIN, Parent, Struct, TYPE_MAP, TYPE_TEXT, Update};
use super::writer::Writer;

const REPLACEMENT: &str = "\u{fffd}";

/// The bytes of `update`. Its deletions are sorted by client and start, and none touches another.
pub(super) fn encode(update: &Update<'_>, capacity: usize) -> Vec<u8> {
    let mut writer = Writer::with_capacity(capacity);
    writer.count(update.sections.len());
    for section in &update.sections {
        writer.count(section.structs.len());
        writer.client(section.client);
        writer.number(section.structs.first().map_or(0, |first| u64::from(first.clock)));
        for item in &section.structs {
            write_struct(&mut writer, item);
        }
    }
    let clients = || update.deletions.chunk_by(|a, b| a.client == b.client);
    writer.count(clients().count());
    for ranges in clients() {
        if let Some(first) = ranges.first() {
            writer.client(first.client);
        }
        writer.count(ranges.len());
        for Deletion { start, end, .. } in ranges {
            writer.number(u64::from(*start));
            writer.number(u64::from(end - start));
        }
    }
    writer.into_bytes()
}

fn write_struct(writer: &mut Writer, item: &Struct<'_>) {
    let flag = |id: Option<Id>, bit| if id.is_some() { bit } else { 0 };
    let neighbours = flag(item.origin, HAS_ORIGIN) | flag(item.right_origin, HAS_RIGHT_ORIGIN);
    let key = if item.key.is_some() { HAS_KEY } else { 0 };
    writer.byte(item.content.tag() | neighbours | key);
    for id in [item.origin, item.right_origin].into_iter().flatten() {
        writer.id(id);
    }
    match item.parent {
        Parent::Neighbours => {}
        Parent::Root(name) => {
            writer.number(1);
            writer.text(name);
        }
        Parent::Type(id) => {
            writer.number(0);
            writer.id(id);
        }
    }
    if let Some(key) = item.key {
        writer.text(key);
    }
    match &item.content {
        Content::Collected | Content::Deleted => writer.number(u64::from(item.length)),
        Content::Text { text, replaced: false } => writer.text(text),
        Content::Text { text, replaced: true } => {
            writer.count(REPLACEMENT.len() + text.len());
            writer.bytes(REPLACEMENT.as_bytes());
            writer.bytes(text.as_bytes());
        }
        Content::Format { key, value } => {
            writer.text(key);
            writer.text(value);
        }
        Content::Type(Kind::Map) => writer.number(u64::from(TYPE_MAP)),
        Content::Type(Kind::Text) => writer.number(u64::from(TYPE_TEXT)),
        Content::Values(values) => {
            writer.number(u64::from(values.count));
            values.write(writer);
        }
    }
}
