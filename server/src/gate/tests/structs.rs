//! Updates put together byte by byte, for what no honest replica writes.

use crate::gate::reader::Id;
use crate::gate::writer::Writer;

/// An update in the making. Counts are written as given, right or wrong.
pub(super) struct Bytes(Writer);

/// How many structs [`Bytes::with_body`] writes.
pub(super) const BODY_STRUCTS: u64 = 4;
/// The clock of the text that they hold; its first unit is the next.
pub(super) const BODY: u32 = 3;

/// Where an item says it belongs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Under<'a> {
    Neighbours { left: Option<Id>, right: Option<Id> },
    Root(&'a str, Option<&'a str>),
    Type(Id, Option<&'a str>),
}

impl Bytes {
    /// With `sections` client sections to follow.
    pub(super) fn new(sections: u64) -> Self {
        let mut writer = Writer::default();
        writer.number(sections);
        Self(writer)
    }

    pub(super) fn section(self, structs: u64, client: u64, clock: u32) -> Self {
        self.number(structs).number(client).number(u64::from(clock))
    }

    pub(super) fn number(mut self, number: u64) -> Self {
        self.0.number(number);
        self
    }

    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.bytes(bytes);
        self
    }

    pub(super) fn text(mut self, text: &str) -> Self {
        self.0.text(text);
        self
    }

    pub(super) fn collected(self, length: u64) -> Self {
        self.number(0).number(length)
    }

    pub(super) fn skip(self, length: u64) -> Self {
        self.number(10).number(length)
    }

    /// An item's beginning; its content (number `tag`) is to follow.
    pub(super) fn item(mut self, tag: u8, under: Under<'_>) -> Self {
        let key = |key: Option<&str>| if key.is_some() { 0x20 } else { 0 };
        match under {
            Under::Neighbours { left, right } => {
                let flags = u8::from(left.is_some()) << 7 | u8::from(right.is_some()) << 6;
                self.0.byte(tag | flags);
                left.into_iter().chain(right).for_each(|id| self.0.id(id));
                self
            }
            Under::Root(name, sub) => {
                let item = self.number(u64::from(tag | key(sub))).number(1).text(name);
                sub.into_iter().fold(item, Self::text)
            }
            Under::Type(id, sub) => {
                let mut item = self.number(u64::from(tag | key(sub))).number(0);
                item.0.id(id);
                sub.into_iter().fold(item, Self::text)
            }
        }
    }

    /// A section of one client that begins with an item, its sections, one of them and its text; `more` structs are to follow.
    pub(super) fn with_body(self, client: u64, more: u64) -> Self {
        let id = |clock| Id { client: dagsorden_shared::id::ClientId::new(client).unwrap(), clock };
        self.section(BODY_STRUCTS.saturating_add(more), client, 0)
            .type_in_root("a", 1)
            .item(7, Under::Type(id(0), Some("sections")))
            .number(1)
            .item(7, Under::Type(id(1), Some("s")))
            .number(1)
            .item(7, Under::Type(id(2), Some("body")))
            .number(2)
    }

    /// A text item in the root `items`, where none belongs.
    pub(super) fn text_in_root(self, text: &str) -> Self {
        self.item(4, Under::Root("items", Some("a"))).text(text)
    }

    /// A nested type in the root `items`.
    pub(super) fn type_in_root(self, key: &str, kind: u64) -> Self {
        self.item(7, Under::Root("items", Some(key))).number(kind)
    }

    pub(super) fn no_deletions(self) -> Vec<u8> {
        self.number(0).end()
    }

    pub(super) fn end(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}
