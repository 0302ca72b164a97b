//! What the meeting document may hold where.
//!
//! So far by structure alone: two root maps, nested maps and texts, each with content of its kind. Which keys, attributes and values
//! a map or text may have is to be said here and nowhere else: [`Node`] is what the index remembers of every map and text.

use super::limits::MAX_TYPE_DEPTH;
use super::refusal::{Budget, Misplaced, Refusal};
use super::update::Content;

/// The root types, all maps.
pub(super) const ROOTS: [&str; 2] = ["meeting", "items"];

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
pub(super) struct Node {
    /// Its kind.
    pub(super) kind: Kind,
    /// How many types it is inside.
    depth: u8,
}

impl Node {
    /// A root.
    pub(super) const ROOT: Self = Self { kind: Kind::Map, depth: 0 };

    /// The node of a new type inside this one.
    pub(super) fn child(self, kind: Kind) -> Result<Self, Refusal> {
        if self.depth == MAX_TYPE_DEPTH {
            return Err(Budget::TypeDepth.into());
        }
        Ok(Self { kind, depth: self.depth + 1 })
    }

    /// Whether content may stand here: in a map under a key, in a text without one.
    pub(super) fn accepts(self, key: Option<&str>, content: &Content<'_>) -> Result<(), Misplaced> {
        if key.is_some() != (self.kind == Kind::Map) {
            return Err(Misplaced::Key);
        }
        match (self.kind, content) {
            (_, Content::Deleted)
            | (Kind::Map, Content::Values(_) | Content::Type(_))
            | (Kind::Text, Content::Text { .. } | Content::Format { .. }) => Ok(()),
            _ => Err(Misplaced::Content),
        }
    }
}
