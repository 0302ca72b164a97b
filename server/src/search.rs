//! Searching: what of a meeting can be found, how words are compared, and which of many hits come first. Knows no SQL and no HTTP.

mod snippet;
mod words;

use dagsorden_shared::agenda::MeetingSnapshot;
use dagsorden_shared::meeting_json::SectionKind;

pub use snippet::{Piece, snippet};
pub use words::{Query, fold, stems_of, words_of};

/// What kind of text a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// The title of an item.
    Title,
    /// Text of an item.
    Text,
    /// What was decided.
    Decision,
    /// A comment.
    Comment,
}

impl RowKind {
    /// As it stands in rows and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Text => "text",
            Self::Decision => "decision",
            Self::Comment => "comment",
        }
    }

    /// `None` for any other word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Title, Self::Text, Self::Decision, Self::Comment].into_iter().find(|kind| kind.as_str() == word)
    }

    /// How much a hit in it weighs.
    fn weight(self) -> f64 {
        match self {
            Self::Title => 3.0,
            Self::Decision => 2.0,
            Self::Text => 1.0,
            Self::Comment => 0.8,
        }
    }
}

/// A text that can be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRow {
    /// The item it is of.
    pub item: String,
    /// The section or comment; empty for a title.
    pub part: String,
    /// What it is.
    pub kind: RowKind,
    /// The item's number, as shown.
    pub number: String,
    /// The section's heading, or the item's title.
    pub heading: String,
    /// The text.
    pub body: String,
}

/// All that can be found in a document of a meeting. Closed items are not in it.
pub fn rows_of(meeting: &MeetingSnapshot) -> Vec<SearchRow> {
    let mut rows = Vec::new();
    for item in meeting.items.iter().filter(|item| !item.closed) {
        let title = item.title.text();
        let row = |part: &str, kind, heading: &str, body: String| SearchRow {
            item: item.id.to_string(),
            part: part.to_owned(),
            kind,
            number: item.number.clone(),
            heading: heading.to_owned(),
            body,
        };
        // The place of an item that lives in a document of its own has no words; its row says that the item is there, and its number.
        if !title.trim().is_empty() || item.own_document {
            rows.push(row("", RowKind::Title, &title, title.clone()));
        }
        for section in &item.sections {
            let body = section.body.text();
            if !body.trim().is_empty() {
                let kind = if section.kind == SectionKind::Decision { RowKind::Decision } else { RowKind::Text };
                rows.push(row(section.id.as_str(), kind, section.heading.as_deref().unwrap_or_default(), body));
            }
        }
    }
    rows
}

/// How well a row answers a query: more for titles and decisions, for words as written, and for words that stand together.
pub fn score(query: &Query, kind: RowKind, body: &str) -> f64 {
    let words = words_of(body);
    let mut score = 0.0;
    for (index, term) in query.terms.iter().enumerate() {
        let is_last = index + 1 == query.terms.len();
        let exact = words.iter().filter(|word| **word == term.word).count();
        let near = words.iter().filter(|word| term.matches(word, is_last && query.open)).count();
        // More of the same says ever less.
        score += 2.0 * (exact as f64).ln_1p() + (near as f64).ln_1p();
    }
    let phrase: Vec<&str> = query.terms.iter().map(|term| term.word.as_str()).collect();
    if phrase.len() > 1 && words.windows(phrase.len()).any(|window| window.iter().map(String::as_str).eq(phrase.iter().copied())) {
        score += 3.0;
    }
    score * kind.weight()
}

#[cfg(test)]
mod tests;
