//! The demo: an invented forum of twelve municipalities with an invented agenda, so that a new server has something to show.
//!
//! The text is `demo.json`; every person, municipality and case in it is made up.

use dagsorden_shared::access::Role;
use dagsorden_shared::api::Person;
use dagsorden_shared::meeting_json::MeetingJson;
use jiff::civil::Weekday;
use jiff::{ToSpan, Zoned};

const WEEKS_AHEAD: i64 = 2;

/// The demo meeting, on a Thursday some two weeks from now.
pub fn meeting() -> MeetingJson {
    let mut meeting: MeetingJson = serde_json::from_str(include_str!("demo.json")).expect("a test reads demo.json");
    let later = Zoned::now().date().checked_add(WEEKS_AHEAD.weeks());
    meeting.date = later.and_then(|day| day.nth_weekday(1, Weekday::Thursday)).ok().map(|day| day.to_string());
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
