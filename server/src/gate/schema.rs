//! What the meeting document may hold where.
//!
//! [`Node`] is what the index remembers of every map and text. What stands in a stored document is taken as it is, so that an older or newer
//! layout still opens ([`Node::accepts`]); what a client brings is held against the whitelist ([`Node::permits`]). The names of keys come from
//! `shared`; what the attributes of text may be is in `attribute`.

use dagsorden_shared::agenda::apart::PLACE;
use dagsorden_shared::agenda::schema::{ITEMS, MEETING, item, section};
use dagsorden_shared::agenda::{HeaderKey, ItemKey, SectionKey};
use dagsorden_shared::id::{ItemId, SectionId};

use super::attribute;
use super::limits::{MAX_NAMES, MAX_ORDER_BYTES, MAX_VALUE_BYTES};
use super::refusal::Misplaced;
use super::update::Content;
use super::value::{Value, Values};

/// What a document is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DocumentKind {
    /// A meeting: its header and its items.
    #[default]
    Meeting,
    /// One item that lives in a document of its own, and nothing else: no header, no other item, no place.
    Item,
}

impl DocumentKind {
    /// The root types, all maps.
    pub(super) fn roots(self) -> [(&'static str, Node); 2] {
        match self {
            Self::Meeting => [(MEETING, Node::Meeting), (ITEMS, Node::Items)],
            Self::Item => [(MEETING, Node::Other(Kind::Map)), (ITEMS, Node::OnlyItem)],
        }
    }
}

/// The kinds of types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Values and types by key.
    Map,
    /// Rich text.
    Text,
}

/// What a map or text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    /// Root: the header.
    Meeting,
    /// Root: the items by id.
    Items,
    /// Root of a document of one item: the item by its id.
    OnlyItem,
    /// One item.
    Item,
    /// The item of a document of its own, without its place.
    Words,
    /// The sections of an item by id.
    Sections,
    /// One section.
    Section,
    /// The title of an item.
    Title,
    /// The text of a section.
    Body,
    /// Stored, but not of this layout. Nobody writes in it.
    Other(Kind),
}

/// What a key of a map is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    Value(Shape),
    Type(Node),
    /// A value that the server alone writes.
    Server,
    /// A type that the server alone makes, and nobody replaces or removes.
    Fixed(Node),
}

/// What a value may be, beside nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Order,
    Flag,
    Minutes,
    Names,
}

impl Node {
    fn kind(self) -> Kind {
        match self {
            Self::Meeting | Self::Items | Self::OnlyItem | Self::Item | Self::Words | Self::Sections | Self::Section => Kind::Map,
            Self::Title | Self::Body => Kind::Text,
            Self::Other(kind) => kind,
        }
    }

    /// Whether it is a text.
    pub(super) fn is_text(self) -> bool {
        self.kind() == Kind::Text
    }

    /// What a new type in this one is for.
    pub(super) fn child(self, key: Option<&str>, kind: Kind) -> Self {
        match key.and_then(|key| self.entry(key)) {
            Some(Entry::Type(node) | Entry::Fixed(node)) if node.kind() == kind => node,
            _ => Self::Other(kind),
        }
    }

    /// Whether content may stand here at all: in a map under a key, in a text without one.
    pub(super) fn accepts(self, key: Option<&str>, content: &Content<'_>) -> Result<(), Misplaced> {
        let kind = self.kind();
        if key.is_some() != (kind == Kind::Map) {
            return Err(Misplaced::Key);
        }
        match (kind, content) {
            (_, Content::Deleted)
            | (Kind::Map, Content::Values(_) | Content::Type(_))
            | (Kind::Text, Content::Text { .. } | Content::Format { .. }) => Ok(()),
            _ => Err(Misplaced::Content),
        }
    }

    /// Whether a client may put this content here.
    pub(super) fn permits(self, key: Option<&str>, content: &Content<'_>) -> Result<(), Misplaced> {
        self.accepts(key, content)?;
        if self.kind() == Kind::Text {
            return self.permits_in_text(content);
        }
        let entry = key.and_then(|key| self.entry(key)).ok_or(Misplaced::UnknownKey)?;
        match (entry, content) {
            (Entry::Server | Entry::Fixed(_), _) => Err(Misplaced::ServerOnly),
            (_, Content::Deleted) => Ok(()),
            (Entry::Type(node), Content::Type(kind)) if node.kind() == *kind => Ok(()),
            (Entry::Value(shape), Content::Values(values)) if values.iter().all(|value| shape.fits(value)) => Ok(()),
            _ => Err(Misplaced::Value),
        }
    }

    fn permits_in_text(self, content: &Content<'_>) -> Result<(), Misplaced> {
        match (self, content) {
            (Self::Other(_), _) => Err(Misplaced::UnknownKey),
            // A carriage return or a null character shows nothing and costs offsets; no editor writes them.
            (_, Content::Text { text, .. }) if text.bytes().any(|byte| byte == b'\r' || byte == 0) => Err(Misplaced::Character),
            (Self::Title, Content::Text { text, .. }) if text.as_bytes().contains(&b'\n') => Err(Misplaced::Character),
            (_, Content::Format { key, value }) => {
                let fits = attribute::fits(key, value, self == Self::Body);
                if fits { Ok(()) } else { Err(Misplaced::Attribute) }
            }
            _ => Ok(()),
        }
    }

    /// Whether the server alone writes this key.
    pub(super) fn is_server_only(self, key: Option<&str>) -> bool {
        matches!(key.and_then(|key| self.entry(key)), Some(Entry::Server | Entry::Fixed(_)))
    }

    /// Whether a client writes this key also in an item whose words are in a document of their own.
    pub(super) fn is_place(self, key: Option<&str>) -> bool {
        self != Self::Item || key.is_some_and(|key| PLACE.contains(&key))
    }

    /// Whether this key says that an item's words are in a document of their own.
    pub(super) fn is_own_document(self, key: Option<&str>) -> bool {
        self == Self::Item && key == Some(item::OWN_DOCUMENT)
    }

    fn entry(self, key: &str) -> Option<Entry> {
        match self {
            Self::Meeting => HeaderKey::ALL.iter().any(|known| known.as_str() == key).then_some(Entry::Value(Shape::Text)),
            Self::Items => key.parse::<ItemId>().is_ok().then_some(Entry::Type(Self::Item)),
            Self::Sections => key.parse::<SectionId>().is_ok().then_some(Entry::Type(Self::Section)),
            Self::OnlyItem => key.parse::<ItemId>().is_ok().then_some(Entry::Fixed(Self::Words)),
            Self::Item => item_entry(key),
            Self::Words => item_entry(key).filter(|_| !PLACE.contains(&key)).filter(|entry| *entry != Entry::Server),
            Self::Section => section_entry(key),
            Self::Title | Self::Body | Self::Other(_) => None,
        }
    }
}

fn item_entry(key: &str) -> Option<Entry> {
    match key {
        item::TITLE => Some(Entry::Type(Node::Title)),
        item::SECTIONS => Some(Entry::Type(Node::Sections)),
        item::CLOSED | item::PUBLIC_HEADING | item::OWN_DOCUMENT => Some(Entry::Server),
        item::ORDER => Some(Entry::Value(Shape::Order)),
        item::DELETED => Some(Entry::Value(Shape::Flag)),
        item::NUMBER => Some(Entry::Value(Shape::Text)),
        _ => ItemKey::ALL.iter().find(|known| known.as_str() == key).map(|known| {
            Entry::Value(match known {
                ItemKey::AltTitle | ItemKey::Kind | ItemKey::Presenter | ItemKey::DeletedBy | ItemKey::DeletedAt => Shape::Text,
                ItemKey::Guests => Shape::Names,
                ItemKey::Minutes => Shape::Minutes,
            })
        }),
    }
}

fn section_entry(key: &str) -> Option<Entry> {
    match key {
        section::BODY => Some(Entry::Type(Node::Body)),
        section::ORDER => Some(Entry::Value(Shape::Order)),
        section::DELETED => Some(Entry::Value(Shape::Flag)),
        _ => SectionKey::ALL.iter().any(|known| known.as_str() == key).then_some(Entry::Value(Shape::Text)),
    }
}

impl Shape {
    /// Nothing fits everywhere: it clears the value.
    fn fits(self, value: Value<'_>) -> bool {
        match (self, value) {
            (_, Value::Nothing) | (Self::Flag, Value::Flag) => true,
            (Self::Text, Value::Text(text)) => is_value(text, MAX_VALUE_BYTES),
            (Self::Order, Value::Text(text)) => is_value(text, MAX_ORDER_BYTES),
            (Self::Minutes, Value::Number(number)) => (0.0..=1e6).contains(&number),
            (Self::Names, Value::List(names)) => is_list_of_names(names),
            _ => false,
        }
    }
}

fn is_list_of_names(names: Values<'_>) -> bool {
    names.count <= MAX_NAMES && names.iter().all(|name| matches!(name, Value::Text(name) if is_value(name, MAX_VALUE_BYTES)))
}

fn is_value(text: &str, most: usize) -> bool {
    text.len() <= most && !text.bytes().any(|byte| byte == b'\r' || byte == 0)
}
