//! Attachments of items: the rows that server and page exchange, and how those are numbered that nobody gave a number.
//!
//! A number that an import or a person fixed stays. Others follow from the place: *2.1* of item 2, or *7* over the whole meeting where the paper counts
//! so; none where the paper has none. Knows no file's content.

use serde::{Deserialize, Serialize};

use crate::api::ItemAttachment;
use crate::id::{AttachmentId, ItemId};
use crate::meeting_json::{AttachmentJson, AttachmentStatus, FileJson};

/// Letters of a title at most.
pub const MAX_TITLE: usize = 200;
/// Letters of a number at most.
pub const MAX_NUMBER: usize = 20;

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttachmentRow {
    /// Its id.
    pub id: AttachmentId,
    /// The item it belongs to.
    pub item: ItemId,
    /// The number that was given to it.
    pub number: Option<String>,
    /// Whether its number follows from its place.
    pub numbered: bool,
    /// Title, mostly the name of the file.
    pub title: String,
    /// Whether it is there.
    pub status: AttachmentStatus,
    /// The file, once there is one.
    pub file: Option<FileJson>,
    /// Who brought it, as they were called then; empty for what an import named.
    pub by: String,
    /// When, in milliseconds since 1970 (UTC).
    pub at: i64,
    /// Grows with each change.
    pub version: u32,
}

impl AttachmentRow {
    /// What is shown of it.
    pub fn shown(self) -> ItemAttachment {
        let Self { id, item, number, numbered, title, status, file, .. } = self;
        let href = file.as_ref().map(|_| address(&id));
        ItemAttachment { item, attachment: AttachmentJson { number, title, status, file }, id: Some(id), href, numbered }
    }
}

/// Where the file of an attachment is.
pub fn address(attachment: &AttachmentId) -> String {
    format!("/api/attachments/{attachment}")
}

/// Answer to `GET /api/meetings/{meeting}/attachments`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachments {
    /// The largest file that is taken, in bytes.
    pub limit: u64,
    /// All attachments; those of one item are in their order.
    pub rows: Vec<AttachmentRow>,
}

/// An attachment without a file: a place that is held, or something that is only mentioned. Body of `PUT` and `POST …/attachments` as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewAttachment {
    /// Its title.
    pub title: String,
    /// Its number; without one it follows from the place.
    #[serde(default)]
    pub number: Option<String>,
    /// Whether it is to follow, or only mentioned.
    pub status: AttachmentStatus,
}

/// Body of `PATCH …/attachments/{attachment}`: what is named is changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ChangedAttachment {
    /// The version that this was seen with; without it, whatever stands there is changed.
    pub version: Option<u32>,
    /// Another title.
    pub title: Option<String>,
    /// Another number; empty: it follows from the place.
    pub number: Option<String>,
    /// Whether it is there. One with a file is.
    pub status: Option<AttachmentStatus>,
    /// Its place among those of its item, from 0.
    pub place: Option<u32>,
}

/// How a paper counts its attachments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Count {
    /// Not at all.
    Not,
    /// Within each item: 2.1, 2.2.
    Item,
    /// Over the meeting: 1, 2, 3.
    Meeting,
}

/// How the numbers that are fixed say that the paper counts.
fn count_of(rows: &[ItemAttachment]) -> Count {
    let fixed = || rows.iter().filter(|row| !row.numbered);
    let mut numbers = fixed().filter_map(|row| row.attachment.number.as_deref()).peekable();
    if numbers.peek().is_none() {
        return if fixed().next().is_some() { Count::Not } else { Count::Item };
    }
    if numbers.any(|number| number.contains('.')) { Count::Item } else { Count::Meeting }
}

/// Gives those their number whose number follows from their place. `items` are the items in their order, with their numbers.
pub fn number<'a>(rows: &mut [ItemAttachment], items: impl Iterator<Item = (&'a ItemId, &'a str)>) {
    if rows.iter().all(|row| !row.numbered) {
        return;
    }
    let count = count_of(rows);
    let taken: Vec<String> = rows.iter().filter(|row| !row.numbered).filter_map(|row| row.attachment.number.clone()).collect();
    let mut last = 0_u32;
    for (item, of) in items {
        let prefix = match count {
            Count::Item if !of.is_empty() => format!("{of}."),
            Count::Meeting => String::new(),
            // Without a number of the item there is nothing to count below.
            Count::Item | Count::Not => continue,
        };
        if count == Count::Item {
            last = 0;
        }
        for row in rows.iter_mut().filter(|row| row.item == *item) {
            if row.numbered {
                let free = |number: u32| Some(format!("{prefix}{number}")).filter(|number| !taken.contains(number));
                // One of so many numbers that follow each other is free.
                let next = (last + 1..).zip(0..=taken.len()).find_map(|(at, _)| free(at).map(|number| (at, number)));
                if let Some((at, number)) = next {
                    last = at;
                    row.attachment.number = Some(number);
                }
            } else if let Some(at) = row.attachment.number.as_deref().and_then(|number| number.strip_prefix(&prefix)?.parse().ok()) {
                last = last.max(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(item: &str, number: Option<&str>, numbered: bool) -> ItemAttachment {
        let attachment = AttachmentJson { number: number.map(str::to_owned), title: "Notat.pdf".into(), ..AttachmentJson::default() };
        ItemAttachment { numbered, ..ItemAttachment::new(item.parse().expect("an id"), attachment) }
    }

    fn numbers(mut rows: Vec<ItemAttachment>) -> Vec<String> {
        let (one, two): (ItemId, ItemId) = ("a".parse().expect("an id"), "b".parse().expect("an id"));
        number(&mut rows, [(&one, "1"), (&two, "2")].into_iter());
        rows.into_iter().map(|row| row.attachment.number.unwrap_or_default()).collect()
    }

    #[test]
    fn what_is_new_is_counted_within_its_item() {
        let rows = vec![row("b", None, true), row("a", None, true), row("b", None, true)];
        assert_eq!(numbers(rows), ["2.1", "1.1", "2.2"]);
        let rows = vec![row("b", Some("2.1"), false), row("b", None, true), row("b", Some("2.3"), false), row("b", None, true)];
        assert_eq!(numbers(rows), ["2.1", "2.2", "2.3", "2.4"], "what is fixed stays, and nothing is there twice");
    }

    #[test]
    fn a_paper_that_counts_over_the_meeting_goes_on_so() {
        let rows = vec![row("a", Some("1"), false), row("a", None, true), row("b", Some("2"), false), row("b", None, true)];
        assert_eq!(numbers(rows), ["1", "3", "2", "4"]);
    }

    #[test]
    fn a_paper_without_numbers_gets_none() {
        assert_eq!(numbers(vec![row("a", None, false), row("a", None, true)]), ["", ""]);
        assert_eq!(numbers(vec![row("elsewhere", None, true)]), [""], "its item was deleted");
    }
}
