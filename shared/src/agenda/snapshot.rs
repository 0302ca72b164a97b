//! The document as a plain tree, for rendering, export, tests and the page's first sight of it.

use crate::id::{ItemId, SectionId};
use crate::meeting_json::{Kind, SectionKind};
use crate::richtext::body::Body;

/// A meeting as shown: deleted entries left out, everything in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MeetingSnapshot {
    /// The header.
    pub header: Header,
    /// Items in order.
    pub items: Vec<ItemSnapshot>,
}

impl MeetingSnapshot {
    /// Ids of the items whose words are in documents of their own and not here yet.
    pub fn places(&self) -> impl Iterator<Item = &ItemId> {
        self.items.iter().filter(|item| item.own_document).map(|item| &item.id)
    }

    /// Puts the words of an item in its place: place, number and what others may see of it stay those of the meeting's document. Nothing is done
    /// where the meeting has no place for it.
    pub fn put(&mut self, words: ItemSnapshot) {
        if let Some(place) = self.items.iter_mut().find(|place| place.id == words.id) {
            place.put(words);
        }
    }
}

/// The header's values; `None` and empty are both "not stated".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// Title as written; may be empty.
    pub title: String,
    /// Name of the forum as written in the document.
    pub forum: String,
    /// What it is.
    pub kind: Kind,
    /// `YYYY-MM-DD`.
    pub date: Option<String>,
    /// `HH:MM`.
    pub start: Option<String>,
    /// `HH:MM`.
    pub end: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// Case number.
    pub case_id: Option<String>,
    /// Document number.
    pub document_id: Option<String>,
    /// Date of the document.
    pub document_date: Option<String>,
    /// Date of publication.
    pub published: Option<String>,
}

impl Header {
    /// Whether the paper says since when it is public. What was brought in as such is no draft, whatever phase it is in here.
    pub fn is_published(&self) -> bool {
        self.published.as_deref().is_some_and(|published| !published.trim().is_empty())
    }
}

/// An item as shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemSnapshot {
    /// Its id.
    pub id: ItemId,
    /// Number as shown: fixed by an import, else one more than the item before.
    pub number: String,
    /// One line.
    pub title: Body,
    /// A second title.
    pub alt_title: Option<String>,
    /// For decision, discussion, information, as written.
    pub kind: Option<String>,
    /// Who presents.
    pub presenter: Option<String>,
    /// Guests of this item.
    pub guests: Vec<String>,
    /// Planned length in whole minutes.
    pub minutes: Option<u32>,
    /// Closed item.
    pub closed: bool,
    /// What others may see of a closed item.
    pub public_heading: Option<String>,
    /// Whether this is the place of an item that lives in a document of its own: its words are there.
    pub own_document: bool,
    /// Sections in order.
    pub sections: Vec<SectionSnapshot>,
}

impl ItemSnapshot {
    /// Whether the words are the same, wherever they stand.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let words = |item: &Self| Self { number: String::new(), closed: false, public_heading: None, own_document: false, ..item.clone() };
        words(self) == words(other)
    }

    /// Puts the words of this item in its place. Nothing is done where the words are here.
    pub fn put(&mut self, words: Self) {
        if self.own_document {
            *self = Self {
                id: self.id.clone(),
                number: std::mem::take(&mut self.number),
                closed: self.closed,
                public_heading: self.public_heading.take(),
                own_document: false,
                ..words
            };
        }
    }
}

/// A section as shown.
#[derive(Debug, Clone, PartialEq)]
pub struct SectionSnapshot {
    /// Its id.
    pub id: SectionId,
    /// What it is.
    pub kind: SectionKind,
    /// As written; `None` for text before the first heading.
    pub heading: Option<String>,
    /// Who recommends.
    pub from: Option<String>,
    /// To whom.
    pub to: Option<String>,
    /// The text.
    pub body: Body,
}

/// Derives shown numbers: a fixed one stands as written and, where it is a whole number, the next item counts on from it.
#[derive(Debug, Default)]
pub(super) struct Numbering(u32);

impl Numbering {
    pub(super) fn next(&mut self, fixed: Option<String>) -> String {
        match fixed {
            Some(number) => {
                self.0 = number.parse().unwrap_or(self.0);
                number
            }
            None => {
                self.0 = self.0.saturating_add(1);
                self.0.to_string()
            }
        }
    }
}
