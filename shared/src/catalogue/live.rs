//! Texts of meeting mode. Its part of the app alone uses them, so they are in no page's first download.

#![allow(missing_docs, reason = "each field is named after what it says; the Danish text is the description")]

use super::Language;
use super::text::{Count, With};

/// All texts of meeting mode in one language.
#[derive(Debug)]
pub struct Live {
    /// Place, how many, title.
    pub item_of: fn(u32, u32, &str) -> String,
    pub ruler: &'static str,
    pub reserve: &'static str,
    pub time: &'static str,
    /// Minutes, seconds.
    pub clock: fn(u32, u32) -> String,
    pub over: Count,
    pub planned: &'static str,
    pub expected_end: &'static str,
    pub next: &'static str,
    /// Number of the item.
    pub to_item: With,
    pub back: &'static str,
    pub end: &'static str,
    pub last: &'static str,
    /// With how many attachments.
    pub whole: Count,
    pub less: &'static str,
    pub phrase: &'static str,
}

impl Live {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Da => &DANISH,
            Language::En => &ENGLISH,
        }
    }
}

static DANISH: Live = Live {
    item_of: |at, of, title| format!("{at} af {of}: {title}"),
    ruler: "Mødets punkter og tid",
    reserve: "Reserve",
    time: "Tid på punktet",
    clock: |minutes, seconds| format!("{minutes}.{seconds:02}"),
    over: |n| format!("{n}\u{a0}min. over planen"),
    planned: "Planlagt",
    expected_end: "Mødet ventes slut",
    next: "Næste",
    to_item: |number| if number.is_empty() { "Næste punkt".to_owned() } else { format!("Til punkt {number}") },
    back: "Forrige punkt",
    end: "Afslut visning",
    last: "Det er det sidste punkt.",
    whole: |files| match files {
        0 => "Hele punktet".to_owned(),
        1 => "Hele punktet med 1 bilag".to_owned(),
        n => format!("Hele punktet med {n} bilag"),
    },
    less: "Kun indstilling og beslutning",
    phrase: "Vending i mødevisning",
};

static ENGLISH: Live = Live {
    item_of: |at, of, title| format!("{at} of {of}: {title}"),
    ruler: "The meeting's items and time",
    reserve: "Spare",
    time: "Time on the item",
    clock: |minutes, seconds| format!("{minutes}:{seconds:02}"),
    over: |n| format!("{n}\u{a0}min. over the plan"),
    planned: "Planned",
    expected_end: "The meeting should end",
    next: "Next",
    to_item: |number| if number.is_empty() { "Next item".to_owned() } else { format!("To item {number}") },
    back: "Previous item",
    end: "End meeting mode",
    last: "This is the last item.",
    whole: |files| match files {
        0 => "The whole item".to_owned(),
        1 => "The whole item with 1 attachment".to_owned(),
        n => format!("The whole item with {n} attachments"),
    },
    less: "Recommendation and decision only",
    phrase: "Phrase in meeting mode",
};
