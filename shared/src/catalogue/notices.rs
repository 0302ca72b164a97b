//! Texts of the mails about what concerns a person: who did what where, and the link. What was written is read in Dagsorden alone, so no mail says it.
//!
//! They stand apart from [`super::Catalogue`], since everything that one names is in the browser's download; these are not.

#![allow(missing_docs, reason = "each field is named after what it says; the Danish text is the description")]

use super::Language;
use super::text::With;

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// All of it was taken.
    Taken,
    /// Some of it was taken.
    Partly,
    /// Nothing of it was taken.
    Refused,
    /// Some of it is not decided yet.
    Begun,
}

/// All texts of these mails in one language.
#[derive(Debug)]
pub struct Notices {
    /// An item by its number and title; of a closed one the title is empty.
    pub item: fn(&str, &str) -> String,
    /// Several items by their numbers.
    pub items: fn(&[&str]) -> String,
    /// The forum's name, and the day.
    pub meeting: fn(&str, Option<&str>) -> String,
    /// Items, meeting.
    pub talk_subject: fn(&str, &str) -> String,
    pub proposal_subject: fn(&str, &str) -> String,
    /// What became of one's own proposal, or of one that one supports; items, meeting.
    pub decision_subject: fn(bool, Fate, &str, &str) -> String,
    pub greeting: With,
    /// Who, items, meeting.
    pub mention: fn(&str, &str, &str) -> String,
    pub reply: fn(&str, &str, &str) -> String,
    pub proposal: fn(&str, &str, &str) -> String,
    /// Whether it is one's own; what became of it; who, items, meeting.
    pub decision: fn(bool, Fate, &str, &str, &str) -> String,
    pub read: &'static str,
    pub why_talk: &'static str,
    pub why_proposal: &'static str,
    pub why_decision: &'static str,
    /// Before the address where such mails are turned off.
    pub turn_off: &'static str,
    /// Whose deed the mail tells of, as its sender.
    pub via: With,
}

impl Notices {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Da => &DA,
            Language::En => &EN,
        }
    }
}

/// „2“, „2 og 5“, „2, 3 og 5“.
fn listed(numbers: &[&str], and: &str) -> String {
    match numbers {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} {and} {last}", most.join(", ")),
    }
}

fn fate_da(fate: Fate) -> &'static str {
    match fate {
        Fate::Taken => "taget med",
        Fate::Partly => "delvist taget med",
        Fate::Refused => "ikke taget med",
        Fate::Begun => "delvist afgjort",
    }
}

fn fate_en(fate: Fate) -> &'static str {
    match fate {
        Fate::Taken => "taken",
        Fate::Partly => "taken in part",
        Fate::Refused => "not taken",
        Fate::Begun => "decided in part",
    }
}

static DA: Notices = Notices {
    item: |number, title| match title {
        "" => format!("punkt {number}"),
        title => format!("punkt {number} »{title}«"),
    },
    items: |numbers| format!("punkt {}", listed(numbers, "og")),
    meeting: |forum, day| match day {
        Some(day) => format!("{forum} {day}"),
        None => forum.to_owned(),
    },
    talk_subject: |items, meeting| format!("Samtale om {items} ({meeting})"),
    proposal_subject: |items, meeting| format!("Ændringsforslag til {items} ({meeting})"),
    decision_subject: |own, fate, items, meeting| {
        let whose = if own { "Dit ændringsforslag er" } else { "Et forslag, I støtter, er" };
        format!("{whose} {}: {items} ({meeting})", fate_da(fate))
    },
    greeting: |name| format!("Kære {name}"),
    mention: |who, items, meeting| format!("{who} har nævnt dig i samtalen om {items} ({meeting})."),
    reply: |who, items, meeting| format!("{who} har svaret i samtalen om {items} ({meeting})."),
    proposal: |who, items, meeting| format!("{who} foreslår en ændring af {items} ({meeting})."),
    decision: |own, fate, who, items, meeting| {
        let whose = if own { "dit ændringsforslag" } else { "et ændringsforslag, som I støtter," };
        format!("{who} har afgjort {whose} til {items} ({meeting}). Det er {}.", fate_da(fate))
    },
    read: "Se det i Dagsorden:",
    why_talk: "Du får denne mail, fordi du er nævnt eller har skrevet i samtalen. Hvad der er skrevet, læses i Dagsorden.",
    why_proposal: "Du får denne mail, fordi du kan afgøre ændringsforslag til mødet.",
    why_decision: "Du får denne mail, fordi du har stillet eller støttet forslaget.",
    turn_off: "Vælg, hvad du får mail om:",
    via: |name| format!("{name} via Dagsorden"),
};

static EN: Notices = Notices {
    item: |number, title| match title {
        "" => format!("item {number}"),
        title => format!("item {number} “{title}”"),
    },
    items: |numbers| format!("items {}", listed(numbers, "and")),
    meeting: |forum, day| match day {
        Some(day) => format!("{forum}, {day}"),
        None => forum.to_owned(),
    },
    talk_subject: |items, meeting| format!("Discussion of {items} ({meeting})"),
    proposal_subject: |items, meeting| format!("Proposed changes to {items} ({meeting})"),
    decision_subject: |own, fate, items, meeting| {
        let whose = if own { "Your proposal was" } else { "A proposal you support was" };
        format!("{whose} {}: {items} ({meeting})", fate_en(fate))
    },
    greeting: |name| format!("Dear {name}"),
    mention: |who, items, meeting| format!("{who} mentioned you in the discussion of {items} ({meeting})."),
    reply: |who, items, meeting| format!("{who} answered in the discussion of {items} ({meeting})."),
    proposal: |who, items, meeting| format!("{who} proposes a change to {items} ({meeting})."),
    decision: |own, fate, who, items, meeting| {
        let whose = if own { "your proposal" } else { "a proposal that you support" };
        format!("{who} has decided on {whose} for {items} ({meeting}). It was {}.", fate_en(fate))
    },
    read: "See it in Dagsorden:",
    why_talk: "You get this mail because you are mentioned, or have written, in the discussion. What was written is read in Dagsorden.",
    why_proposal: "You get this mail because you can decide on proposals for this meeting.",
    why_decision: "You get this mail because you made or support the proposal.",
    turn_off: "Choose what you get mail about:",
    via: |name| format!("{name} via Dagsorden"),
};
