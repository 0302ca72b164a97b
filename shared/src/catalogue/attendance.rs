//! Texts of the dialog in which the people of a meeting are changed. A part of the app alone uses them, so they are in no page's first download.

#![allow(missing_docs, reason = "each field is named after what it says; the Danish text is the description")]

use super::Language;
use super::text::With;
use crate::meeting_json::ParticipantStatus;

/// All texts of the dialog in one language.
#[derive(Debug)]
pub struct Attendance {
    pub title: &'static str,
    pub nobody: &'static str,
    pub list: &'static str,
    /// What one person is.
    pub status: fn(ParticipantStatus) -> &'static str,
    pub status_label: &'static str,
    /// The status of a person.
    pub status_of: With,
    pub name: &'static str,
    pub organisation: &'static str,
    pub role: &'static str,
    pub add: &'static str,
    pub edit: &'static str,
    pub edit_of: With,
    pub remove: &'static str,
    pub remove_of: With,
    pub removed: With,
    pub members: &'static str,
    pub no_members: &'static str,
    pub name_missing: &'static str,
    pub changed_meanwhile: &'static str,
    pub close: &'static str,
    pub arrived: &'static str,
    pub departed: &'static str,
    /// Who is there, as a heading of meeting mode.
    pub present: &'static str,
    /// How many are there, and how many sent apologies.
    pub count: fn(u32, u32) -> String,
    /// Opens the dialog.
    pub edit_all: &'static str,
    pub attendance_of: With,
    /// What happens now: with the time.
    pub came: With,
    pub went: With,
    pub is_here: &'static str,
    pub is_here_again: &'static str,
    pub from_start: &'static str,
    pub stand_in: &'static str,
    /// The task of a person who stands in for another.
    pub stands_in_for: With,
}

impl Attendance {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Da => &DANISH,
            Language::En => &ENGLISH,
        }
    }
}

static DANISH: Attendance = Attendance {
    title: "Deltagere og afbud",
    nobody: "Ingen er skrevet på endnu.",
    list: "Deltagere",
    status: |status| match status {
        ParticipantStatus::Deltager => "Deltager",
        ParticipantStatus::Stedfortraeder => "Stedfortræder",
        ParticipantStatus::Gaest => "Gæst",
        ParticipantStatus::Afbud => "Afbud",
        ParticipantStatus::Sekretariat => "Sekretariat",
    },
    status_label: "Er med som",
    status_of: |name| format!("{name} er"),
    name: "Navn",
    organisation: "Kommune eller organisation",
    role: "Titel",
    add: "Tilføj",
    edit: "Ret",
    edit_of: |name| format!("Ret {name}"),
    remove: "Fjern",
    remove_of: |name| format!("Fjern {name}"),
    removed: |name| format!("{name} er fjernet."),
    members: "Tag forummets medlemmer med",
    no_members: "Forummets medlemmer står der allerede, eller det har ingen.",
    name_missing: "Skriv et navn.",
    changed_meanwhile: "En anden har rettet imens. Her er det, der står nu.",
    close: "Luk",
    arrived: "Kom kl.",
    departed: "Gik kl.",
    present: "Fremmøde",
    count: |there, away| if away == 0 { format!("Til stede: {there}") } else { format!("Til stede: {there}. Afbud: {away}") },
    edit_all: "Ret deltagere og afbud",
    attendance_of: |name| format!("Fremmøde for {name}"),
    came: |time| format!("Kom {time}"),
    went: |time| format!("Gik {time}"),
    is_here: "Er til stede",
    is_here_again: "Er her stadig",
    from_start: "Var her fra begyndelsen",
    stand_in: "Stedfortræder …",
    stands_in_for: |name| format!("for {name}"),
};

static ENGLISH: Attendance = Attendance {
    title: "Participants and apologies",
    nobody: "Nobody is named yet.",
    list: "Participants",
    status: |status| match status {
        ParticipantStatus::Deltager => "Participant",
        ParticipantStatus::Stedfortraeder => "Substitute",
        ParticipantStatus::Gaest => "Guest",
        ParticipantStatus::Afbud => "Apologies",
        ParticipantStatus::Sekretariat => "Secretariat",
    },
    status_label: "Takes part as",
    status_of: |name| format!("{name} is"),
    name: "Name",
    organisation: "Municipality or organisation",
    role: "Title",
    add: "Add",
    edit: "Edit",
    edit_of: |name| format!("Edit {name}"),
    remove: "Remove",
    remove_of: |name| format!("Remove {name}"),
    removed: |name| format!("{name} is removed."),
    members: "Add the forum's members",
    no_members: "The forum's members are there already, or it has none.",
    name_missing: "Write a name.",
    changed_meanwhile: "It has been changed meanwhile. This is what stands now.",
    close: "Close",
    arrived: "Came at",
    departed: "Left at",
    present: "Attendance",
    count: |there, away| if away == 0 { format!("Present: {there}") } else { format!("Present: {there}. Apologies: {away}") },
    edit_all: "Edit participants and apologies",
    attendance_of: |name| format!("Attendance of {name}"),
    came: |time| format!("Came {time}"),
    went: |time| format!("Left {time}"),
    is_here: "Is present",
    is_here_again: "Is still here",
    from_start: "Was here from the beginning",
    stand_in: "Substitute …",
    stands_in_for: |name| format!("for {name}"),
};
