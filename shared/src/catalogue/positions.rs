//! Texts of the page that shows all positions side by side. The server alone makes it, so they are no part of what the app downloads.

#![allow(missing_docs, reason = "each field is named after what it says; the Danish text is the description")]

use super::Language;
use super::text::{Count, With};
use crate::talk::Stance;

/// All texts of the page in one language.
#[derive(Debug)]
pub struct Positions {
    pub title: &'static str,
    /// How many items need time.
    pub need_time: Count,
    pub nothing_yet: &'static str,
    /// How many of how many answered, and the names of those who did not.
    pub answered: fn(usize, usize, &[&str]) -> String,
    pub nobody_asked: &'static str,
    pub table: &'static str,
    pub number: &'static str,
    pub point: &'static str,
    pub time: &'static str,
    pub minutes: Count,
    /// The minutes of all items.
    pub planned: Count,
    pub stance: fn(Stance) -> &'static str,
    /// One letter for each stance.
    pub sign: fn(Stance) -> &'static str,
    pub no_answer: &'static str,
    /// So many of so many points.
    pub some: fn(usize, usize) -> String,
    pub outdated_short: &'static str,
    pub outdated: With,
    pub gone: &'static str,
    /// Who said it, and on which point.
    pub said_by: fn(&str, Option<u32>) -> String,
    pub together: &'static str,
    pub closed: &'static str,
    pub untitled: &'static str,
}

impl Positions {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Da => &DA,
            Language::En => &EN,
        }
    }
}

static DA: Positions = Positions {
    title: "Stillinger",
    need_time: |n| match n {
        0 => "Intet punkt kræver særlig tid".to_owned(),
        1 => "Ét punkt kræver tid".to_owned(),
        2..=12 => format!(
            "{} punkter kræver tid",
            ["To", "Tre", "Fire", "Fem", "Seks", "Syv", "Otte", "Ni", "Ti", "Elleve", "Tolv"][n as usize - 2]
        ),
        _ => format!("{n} punkter kræver tid"),
    },
    nothing_yet: "Ingen har svaret endnu",
    answered: |answered, of, silent| match silent {
        [] => format!("Alle {of} har svaret."),
        _ => format!("{answered} af {of} har svaret. Mangler: {}.", silent.join(", ")),
    },
    nobody_asked: "Forummet har ingen medlemmer, der kan tage stilling.",
    table: "Stillinger til indstillingerne",
    number: "Nummer",
    point: "Indstilling",
    time: "Tid",
    minutes: |n| format!("{n} min."),
    planned: |n| format!("{n} minutter er planlagt"),
    stance: |stance| match stance {
        Stance::Agree => "enig",
        Stance::Remark => "enig med bemærkning",
        Stance::Discuss => "ønsker drøftelse",
        Stance::Disagree => "uenig",
    },
    sign: |stance| match stance {
        Stance::Agree => "E",
        Stance::Remark => "B",
        Stance::Discuss => "D",
        Stance::Disagree => "U",
    },
    no_answer: "intet svar",
    some: |given, of| format!("enig i {given} af {of} punkter"),
    outdated_short: "afgivet, før teksten blev ændret",
    outdated: |wording| format!("Afgivet, før teksten blev ændret. Der stod: »{wording}«."),
    gone: "Punktet er slettet",
    said_by: |name, point| match point {
        Some(point) => format!("{name}, punkt {point}"),
        None => name.to_owned(),
    },
    together: "Kan tages samlet",
    closed: "Lukket punkt",
    untitled: "Uden titel",
};

static EN: Positions = Positions {
    title: "Positions",
    need_time: |n| match n {
        0 => "No item needs extra time".to_owned(),
        1 => "One item needs time".to_owned(),
        _ => format!("{n} items need time"),
    },
    nothing_yet: "Nobody has answered yet",
    answered: |answered, of, silent| match silent {
        [] => format!("All {of} have answered."),
        _ => format!("{answered} of {of} have answered. Missing: {}.", silent.join(", ")),
    },
    nobody_asked: "The forum has no members who can take a position.",
    table: "Positions on the recommendations",
    number: "Number",
    point: "Recommendation",
    time: "Time",
    minutes: |n| format!("{n} min."),
    planned: |n| format!("{n} minutes are planned"),
    stance: |stance| match stance {
        Stance::Agree => "agrees",
        Stance::Remark => "agrees with a remark",
        Stance::Discuss => "wants to discuss",
        Stance::Disagree => "disagrees",
    },
    sign: |stance| match stance {
        Stance::Agree => "A",
        Stance::Remark => "R",
        Stance::Discuss => "D",
        Stance::Disagree => "X",
    },
    no_answer: "no answer",
    some: |given, of| format!("agrees on {given} of {of} points"),
    outdated_short: "given before the text was changed",
    outdated: |wording| format!("Given before the text was changed. It said: “{wording}”."),
    gone: "The point was deleted",
    said_by: |name, point| match point {
        Some(point) => format!("{name}, point {point}"),
        None => name.to_owned(),
    },
    together: "Can be taken together",
    closed: "Closed item",
    untitled: "Untitled",
};
