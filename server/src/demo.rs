//! The demo: an invented forum of twelve municipalities with an invented agenda, what its people say of it, and the minutes of their last meeting, so
//! that a new server has something to show.
//!
//! The texts are in `demo/`; every person, municipality and case in them is made up. How they are stored is `command/demo.rs`.

use dagsorden_shared::access::Role;
use dagsorden_shared::api::Person;
use dagsorden_shared::meeting_json::MeetingJson;
use dagsorden_shared::talk::Stance;
use jiff::civil::Weekday;
use jiff::{ToSpan, Zoned};
use serde::Deserialize;

const WEEKS_AHEAD: i64 = 2;
const WEEKS_AGO: i64 = 6;

/// What is said of the demo meeting before it.
#[derive(Debug, Deserialize)]
pub struct DemoTalk {
    /// Threads on words, or on a whole item.
    pub threads: Vec<DemoThread>,
    /// Proposals of changed wording.
    pub proposals: Vec<DemoProposal>,
    /// Positions on points of recommendations.
    pub positions: Vec<DemoPosition>,
}

/// A thread.
#[derive(Debug, Deserialize)]
pub struct DemoThread {
    /// Title of the item.
    pub item: String,
    /// The words it is about; `None`: the item.
    pub words: Option<String>,
    /// Its comments in order.
    pub comments: Vec<DemoComment>,
}

/// A comment.
#[derive(Debug, Deserialize)]
pub struct DemoComment {
    /// Name of the participant who wrote it.
    pub by: String,
    /// The comment.
    pub text: String,
}

/// A proposal that replaces words of one section.
#[derive(Debug, Deserialize)]
pub struct DemoProposal {
    /// Title of the item.
    pub item: String,
    /// Name of the participant who made it.
    pub by: String,
    /// Words that stand there.
    pub old: String,
    /// Words instead.
    pub new: String,
    /// Why.
    pub note: String,
}

/// A position.
#[derive(Debug, Deserialize)]
pub struct DemoPosition {
    /// Title of the item.
    pub item: String,
    /// How the point begins.
    pub point: String,
    /// Name of the participant who gave it.
    pub by: String,
    /// What they think.
    pub stance: Stance,
    /// In words.
    pub remark: String,
}

/// The demo meeting, on a Thursday some two weeks from now.
pub fn meeting() -> MeetingJson {
    let meeting = serde_json::from_str(include_str!("demo/meeting.json")).expect("a test reads meeting.json");
    on_thursday(meeting, WEEKS_AHEAD)
}

/// The forum's meeting before it, with its minutes.
pub fn former_meeting() -> MeetingJson {
    let meeting = serde_json::from_str(include_str!("demo/former.json")).expect("a test reads former.json");
    on_thursday(meeting, -WEEKS_AGO)
}

/// What is said of the demo meeting.
pub fn talk() -> DemoTalk {
    serde_json::from_str(include_str!("demo/talk.json")).expect("a test reads talk.json")
}

fn on_thursday(mut meeting: MeetingJson, weeks: i64) -> MeetingJson {
    let day = Zoned::now().date().checked_add(weeks.weeks());
    meeting.date = day.and_then(|day| day.nth_weekday(1, Weekday::Thursday)).ok().map(|day| day.to_string());
    meeting
}

/// Someone of the invented forum who has this role.
pub fn persona(role: Role) -> Person {
    let (name, organisation) = match role {
        Role::Reader => ("Bodil Krag", "Møllevang"),
        Role::Commenter => ("Malthe Bruhn", "Fjordlund"),
        Role::Editor => ("Ida Solvang", "Skovkær"),
        Role::Secretariat => ("Asta Lindeskov", "Engholm"),
        Role::Chair => ("Karen Steensgaard", "Engholm"),
    };
    Person { name: name.to_owned(), organisation: organisation.to_owned(), hue: 0 }
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::meeting_json::BlockJson;

    use super::*;
    use crate::intake::prepare;

    #[test]
    fn the_demo_is_an_agenda_that_can_be_stored_and_shows_what_an_agenda_can_hold() {
        let meeting = meeting();
        assert!(meeting.items.len() >= 8);
        let mut municipalities: Vec<_> =
            meeting.participants.iter().filter(|person| person.role.as_deref().is_some_and(|role| role.contains("direktør"))).collect();
        municipalities.dedup_by(|one, other| one.organisation == other.organisation);
        assert_eq!(municipalities.len(), 12, "a director of each of twelve municipalities");
        let blocks: Vec<_> = meeting.items.iter().flat_map(|item| &item.sections).flat_map(|section| &section.blocks).collect();
        assert!(blocks.iter().any(|block| matches!(block, BlockJson::Table { .. })));
        assert!(blocks.iter().any(|block| matches!(block, BlockJson::ListItem { level: 1, .. })));
        let marked: Vec<_> = blocks
            .iter()
            .filter_map(|block| match block {
                BlockJson::Paragraph { text, marks, .. } => marks.first().and_then(|mark| text.chars().nth(mark.start as usize)),
                _ => None,
            })
            .collect();
        assert!(marked.contains(&'f'), "marks begin where words do: {marked:?}");
        assert!(prepare(meeting, None).is_ok());
    }
}
