//! Takes in a whole meeting: an import, a new meeting, the demo. The one way a document begins. Also makes ready what comes into a meeting that is there.
//!
//! Checks what Meeting JSON brings from outside, seeds the document from it, and hands document and rows to the store, which keeps them in one
//! transaction. Knows no HTTP and no file format.

mod fit;
mod items;

use dagsorden_shared::access::Phase;
use dagsorden_shared::agenda::{Agenda, Origin, missing_ids};
use dagsorden_shared::api::ItemAttachment;
use dagsorden_shared::id::{ClientId, DocumentId, ForumId, ItemId, MeetingId};
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, MarkJson, MeetingJson};
use yrs::{ReadTxn, StateVector, Transact};

use crate::import::{MAX_ITEMS, MAX_NAMES};
use crate::search::rows_of;
use crate::store::{ForumChoice, NewMeeting, Summary};

pub use fit::{Standing, fit, header_of};
pub use items::SeededItems;

const MAX_NAME: usize = 200;
const MAX_TITLE: usize = 1000;
const MAX_MARKS: usize = 1000;
const MAX_CELLS: usize = 20_000;
const MAX_LINK: usize = 2000;
/// Bytes of a value such as a heading, as a client may write it.
const MAX_VALUE: usize = 4 << 10;

/// Why a meeting cannot be taken in. Says where; nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// No forum is named.
    #[error("no forum is named; give the name of one")]
    NoForum,
    /// A value has the wrong form.
    #[error("{place}: {found:?} is not {expected}")]
    Form {
        /// Where it stands.
        place: String,
        /// What is there.
        found: String,
        /// What should be.
        expected: &'static str,
    },
    /// There is more of something than is taken.
    #[error("{place}: {found} {what}, at most {limit} are taken")]
    TooMuch {
        /// Where it stands.
        place: String,
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: usize,
        /// How much is taken.
        limit: usize,
    },
}

/// The forum of a meeting whose paper names none, in the language of the papers.
const NO_FORUM: &str = "Uden forum";

/// 128 random bits of the operating system.
pub fn random_bits() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    u128::from_le_bytes(bytes)
}

/// Trims and checks a forum's name.
///
/// # Errors
/// Empty, too long, or with control characters.
pub fn check_forum_name(name: &str) -> Result<String, IntakeError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(IntakeError::NoForum);
    }
    within("forum", "characters", name.chars().count(), MAX_NAME)?;
    let fit = !name.chars().any(char::is_control);
    fit.then(|| name.to_owned()).ok_or_else(|| form("forum", name, "a name on one line"))
}

/// The forum of this name, to be made if there is none.
///
/// # Errors
/// The name cannot be taken.
pub fn forum_named(name: &str) -> Result<ForumChoice, IntakeError> {
    Ok(ForumChoice::Named { id: ForumId::from_random(random_bits()), name: check_forum_name(name)? })
}

/// Checks `meeting` and makes its document: what the store keeps as one. Without a `forum` it goes to the one that the meeting
/// names, or to one for meetings that name none.
///
/// # Errors
/// What cannot be taken, and where it stands.
pub fn prepare(mut meeting: MeetingJson, forum: Option<ForumChoice>) -> Result<NewMeeting, IntakeError> {
    check(&meeting)?;
    let is_named = forum.is_some() || !meeting.forum.trim().is_empty();
    let forum = forum.map_or_else(|| forum_named(if is_named { &meeting.forum } else { NO_FORUM }), Ok)?;
    // What the paper does not say is not written into it: it then shows the name that the forum has.
    if let ForumChoice::Named { name, .. } = &forum
        && !meeting.forum.trim().is_empty()
    {
        meeting.forum.clone_from(name);
    }
    let agenda = Agenda::new(ClientId::from_random(random_bits() as u64));
    let items = agenda.seed(&meeting, &mut random_bits);
    agenda
        .apply(&missing_ids(&agenda.snapshot(), &mut random_bits), Origin::Seed)
        .map_err(|error| form("items", &error.to_string(), "a meeting"))?;
    let update = agenda.doc().transact().encode_state_as_update_v1(&StateVector::default());
    let found = rows_of(&agenda.snapshot());
    let summary = Summary {
        title: meeting.title,
        date: meeting.date,
        start: meeting.start,
        end: meeting.end,
        place: meeting.place,
        items: u32::try_from(items.len()).unwrap_or(u32::MAX),
    };
    let attachments = items::attachments(items, meeting.items);
    Ok(NewMeeting {
        meeting: MeetingId::from_random(random_bits()),
        document: DocumentId::from_random(random_bits()),
        forum,
        phase: Phase::Draft,
        summary,
        participants: meeting.participants,
        attachments,
        update,
        found,
    })
}

/// Makes items ready that come into a meeting that is there, with the attachments that they name.
///
/// # Errors
/// What cannot be taken.
pub fn prepare_items(items: Vec<ItemJson>) -> Result<(SeededItems, Vec<ItemAttachment>), IntakeError> {
    let seeded = SeededItems::of(&items)?;
    let ids: Vec<ItemId> = seeded.items.clone();
    Ok((seeded, items::attachments(ids, items)))
}

/// Checks what a meeting from outside may hold, without storing anything.
///
/// # Errors
/// The first thing that cannot be taken, and where it stands.
pub fn check(meeting: &MeetingJson) -> Result<(), IntakeError> {
    within("meeting", "items", meeting.items.len(), MAX_ITEMS)?;
    within("meeting", "participants", meeting.participants.len(), MAX_NAMES)?;
    within("title", "characters", meeting.title.chars().count(), MAX_TITLE)?;
    within("forum", "characters", meeting.forum.chars().count(), MAX_NAME)?;
    within("place", "bytes", meeting.place.as_deref().unwrap_or_default().len(), MAX_VALUE)?;
    for (place, date) in [("date", &meeting.date), ("document_date", &meeting.document_date), ("published", &meeting.published)] {
        check_form(
            place,
            date.as_deref(),
            |date| date.len() == 10 && date.parse::<jiff::civil::Date>().is_ok(),
            "a date such as 2024-03-22",
        )?;
    }
    for (place, time) in [("start", &meeting.start), ("end", &meeting.end)] {
        check_form(place, time.as_deref(), |time| time.len() == 5 && time.parse::<jiff::civil::Time>().is_ok(), "a time such as 09:00")?;
    }
    for (index, item) in meeting.items.iter().enumerate() {
        let place = format!("items[{index}]");
        within(&place, "characters of title", item.title.chars().count(), MAX_TITLE)?;
        within(&place, "characters of number", item.number.as_deref().unwrap_or_default().chars().count(), 20)?;
        within(&place, "sections", item.sections.len(), MAX_ITEMS)?;
        within(&place, "attachments", item.attachments.len(), MAX_NAMES)?;
        let values = [&item.alt_title, &item.kind, &item.presenter].into_iter().flatten().chain(&item.guests);
        values.into_iter().try_for_each(|value| within(&place, "bytes of a value", value.len(), MAX_VALUE))?;
        for (index, section) in item.sections.iter().enumerate() {
            let place = format!("{place}.sections[{index}]");
            let values = [&section.heading, &section.from, &section.to].into_iter().flatten();
            values.into_iter().try_for_each(|value| within(&place, "bytes of a value", value.len(), MAX_VALUE))?;
            for (index, block) in section.blocks.iter().enumerate() {
                check_block(&format!("{place}.blocks[{index}]"), block)?;
            }
        }
    }
    Ok(())
}

fn check_block(place: &str, block: &BlockJson) -> Result<(), IntakeError> {
    match block {
        BlockJson::Paragraph { marks, .. }
        | BlockJson::Heading { marks, .. }
        | BlockJson::ListItem { marks, .. }
        | BlockJson::Quote { marks, .. } => check_marks(place, marks),
        BlockJson::Table { rows, cell_marks, .. } => {
            // A short row is filled up to the longest, so a few bytes could ask for a huge table.
            let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
            within(place, "cells", rows.len().saturating_mul(columns), MAX_CELLS)?;
            cell_marks.iter().flatten().try_for_each(|marks| check_marks(place, marks))
        }
    }
}

fn check_marks(place: &str, marks: &[MarkJson]) -> Result<(), IntakeError> {
    within(place, "marks", marks.len(), MAX_MARKS)?;
    let longest = marks.iter().filter_map(|mark| mark.link.as_deref()).map(str::len).max().unwrap_or(0);
    within(place, "bytes of link", longest, MAX_LINK)
}

fn check_form(place: &str, value: Option<&str>, fits: impl Fn(&str) -> bool, expected: &'static str) -> Result<(), IntakeError> {
    match value {
        Some(value) if !fits(value) => Err(form(place, value, expected)),
        _ => Ok(()),
    }
}

fn form(place: &str, found: &str, expected: &'static str) -> IntakeError {
    IntakeError::Form { place: place.to_owned(), found: found.chars().take(40).collect(), expected }
}

fn within(place: &str, what: &'static str, found: usize, limit: usize) -> Result<(), IntakeError> {
    if found > limit { Err(IntakeError::TooMuch { place: place.to_owned(), what, found, limit }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::meeting_json::{ItemJson, SectionJson};

    use super::*;

    fn with_block(block: BlockJson) -> MeetingJson {
        let section = SectionJson { blocks: vec![block], ..SectionJson::default() };
        MeetingJson { items: vec![ItemJson { sections: vec![section], ..ItemJson::default() }], ..MeetingJson::default() }
    }

    #[test]
    fn few_bytes_cannot_ask_for_much_work() {
        let mark = |link: Option<String>| MarkJson { end: 1, bold: true, link, ..MarkJson::default() };
        let marked = |marks: Vec<MarkJson>| with_block(BlockJson::Paragraph { text: "x".into(), marks, level: 0 });
        let table = |rows: Vec<Vec<String>>| with_block(BlockJson::Table { rows, cell_marks: Vec::new(), head: None });
        let mut rows = vec![Vec::new(); 10_000];
        rows.push(vec![String::new(); 10_000]);
        for meeting in [marked(vec![mark(None); 1001]), marked(vec![mark(Some("h".repeat(2001)))]), table(rows)] {
            assert!(matches!(check(&meeting), Err(IntakeError::TooMuch { place, .. }) if place == "items[0].sections[0].blocks[0]"));
        }
        assert_eq!(check(&marked(vec![mark(Some("https://example.org".into())); 1000])), Ok(()));
    }

    #[test]
    fn a_date_of_another_form_is_shown_with_its_place() {
        let meeting =
            |date: &str, start: &str| MeetingJson { date: Some(date.into()), start: Some(start.into()), ..MeetingJson::default() };
        assert_eq!(check(&meeting("2024-02-29", "23:59")), Ok(()));
        for (date, start) in
            [("2023-02-29", "09:00"), ("20240229", "09:00"), ("2024-02-29", "9:00"), ("2024-02-29", "24:00"), ("", "09:00")]
        {
            assert!(matches!(check(&meeting(date, start)), Err(IntakeError::Form { .. })), "{date} {start}");
        }
    }

    #[test]
    fn a_meeting_without_a_forum_is_kept_as_written() {
        let meeting = with_block(BlockJson::paragraph("x"));
        let prepared = prepare(meeting.clone(), None).unwrap();
        assert!(matches!(prepared.forum, ForumChoice::Named { name, .. } if name == NO_FORUM));
        let named = prepare(meeting, Some(forum_named(" Kredsen ").unwrap())).unwrap();
        assert!(matches!(named.forum, ForumChoice::Named { name, .. } if name == "Kredsen"));
        assert!(forum_named(" ").is_err() && forum_named("a\nb").is_err());
    }
}
