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
};

static ENGLISH: Attendance = Attendance {
    title: "Participants and apologies",
    nobody: "Nobody is named yet.",
    list: "Participants",
    status: |status| match status {
        ParticipantStatus::Deltager => "Participant",
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
};
