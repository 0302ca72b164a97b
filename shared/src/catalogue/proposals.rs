//! The texts of proposals: a catalogue of their own, since what stands in the app's catalogue is downloaded before one can write.

#![allow(missing_docs, reason = "each field is named after the place its text stands in")]

use super::Language;

/// All texts of proposals in one language.
#[derive(Debug)]
pub struct Texts {
    pub propose: &'static str,
    /// Of this title or section.
    pub propose_in: fn(&str) -> String,
    /// Of this organisation or person, at so many places.
    pub from: fn(&str, u32) -> String,
    pub own: fn(u32) -> String,
    /// So many proposals for the same words.
    pub rivals: fn(u32) -> String,
    /// Of this organisation or person.
    pub rival_of: fn(&str) -> String,
    pub taken_instead: fn(&str) -> String,
    /// For those who hear the page.
    pub removed: &'static str,
    pub added: &'static str,
    pub formatted: &'static str,
    pub moved: &'static str,
    pub table: &'static str,
    pub newline: &'static str,
    pub accept: &'static str,
    pub reject: &'static str,
    pub accept_all: &'static str,
    pub reject_all: &'static str,
    pub use_proposal: &'static str,
    pub keep: &'static str,
    pub change: &'static str,
    pub change_label: &'static str,
    pub take: &'static str,
    pub revoke: &'static str,
    pub withdraw: &'static str,
    pub support: &'static str,
    pub unsupport: &'static str,
    /// How many, and the first of them.
    pub supported_by: fn(u32, &str) -> String,
    pub not_supported_by: fn(u32, &str) -> String,
    pub supporters: fn(u32) -> String,
    pub fold: &'static str,
    /// By whom, when.
    pub accepted: fn(&str, &str) -> String,
    pub rejected: fn(&str, &str) -> String,
    pub done: &'static str,
    pub conflict: &'static str,
    pub gone: &'static str,
    pub field_gone: &'static str,
    pub was: &'static str,
    pub now: &'static str,
    pub nothing: &'static str,
    pub proposed: &'static str,
    /// Open, accepted and rejected parts.
    pub tally: fn(u32, u32, u32) -> String,
    pub closed: &'static str,
    pub draft: fn(&str) -> String,
    pub draft_text: &'static str,
    pub note: &'static str,
    pub send: &'static str,
    pub cancel: &'static str,
    pub same: &'static str,
    pub sent: &'static str,
    pub put_away: &'static str,
    pub back: &'static str,
    pub not_sent: fn(&str) -> String,
    pub said_accepted: &'static str,
    pub said_rejected: &'static str,
    pub said_revoked: &'static str,
    pub said_withdrawn: &'static str,
    pub said_supported: &'static str,
    pub said_unsupported: &'static str,
    pub text_changed: &'static str,
}

impl Texts {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Da => &DA,
            Language::En => &EN,
        }
    }
}

fn places(count: u32) -> String {
    match count {
        1 => "ét sted".to_owned(),
        2 => "to steder".to_owned(),
        3 => "tre steder".to_owned(),
        _ => format!("{count} steder"),
    }
}

fn places_en(count: u32) -> String {
    format!("{count} {}", if count == 1 { "place" } else { "places" })
}

fn tally(parts: [(u32, &str); 3]) -> String {
    let said: Vec<String> = parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    said.join(", ")
}

static DA: Texts = Texts {
    propose: "Foreslå ændring",
    propose_in: |name| format!("Foreslå ændring i {name}"),
    from: |who, count| format!("Ændringsforslag fra {who}, {}", places(count)),
    own: |count| format!("Dit ændringsforslag, {}", places(count)),
    rivals: |count| format!("{count} forslag til de samme ord"),
    rival_of: |who| format!("De samme ord som i forslaget fra {who}"),
    taken_instead: |who| format!("Forslaget fra {who} er indarbejdet her"),
    removed: "slettet: ",
    added: "indsat: ",
    formatted: "Anden formatering",
    moved: "Flyttet",
    table: "Tabellen får andre rækker eller kolonner",
    newline: "linjeskift",
    accept: "Indarbejd",
    reject: "Afvis",
    accept_all: "Indarbejd alle",
    reject_all: "Afvis alle",
    use_proposal: "Brug forslaget",
    keep: "Behold",
    change: "Ret selv",
    change_label: "Ordene, som de skal stå",
    take: "Indsæt",
    revoke: "Fortryd",
    withdraw: "Træk forslaget tilbage",
    support: "Støt forslaget",
    unsupport: "Støt ikke længere",
    supported_by: |count, names| format!("Støttes af {count}: {names}"),
    not_supported_by: |count, names| format!("Støttes ikke af {count}: {names}"),
    supporters: |count| format!("støttes af {count}"),
    fold: "Fold sammen",
    accepted: |who, when| format!("Indarbejdet af {who}, {when}"),
    rejected: |who, when| format!("Afvist af {who}, {when}"),
    done: "Står allerede i teksten",
    conflict: "Teksten er ændret, siden forslaget blev stillet",
    gone: "Ordene er slettet, siden forslaget blev stillet",
    field_gone: "Afsnittet er slettet. Forslaget kan stadig læses.",
    was: "Da forslaget blev stillet",
    now: "Nu",
    nothing: "intet",
    proposed: "Foreslået",
    tally: |open, accepted, rejected| {
        tally([(open, if open == 1 { "åben" } else { "åbne" }), (accepted, "indarbejdet"), (rejected, "afvist")])
    },
    closed: "Referatet er godkendt. Forslag afgøres ikke mere.",
    draft: |name| format!("Dit forslag til {name}"),
    draft_text: "Teksten, som du foreslår den",
    note: "Begrundelse (kan udelades)",
    send: "Send forslag",
    cancel: "Luk",
    same: "Der er ikke ændret noget endnu.",
    sent: "Forslaget er sendt",
    put_away: "Forslaget er ikke sendt",
    back: "Åbn igen",
    not_sent: |why| format!("Ikke sendt: {why} Din tekst er her."),
    said_accepted: "Indarbejdet i teksten",
    said_rejected: "Afvist",
    said_revoked: "Fortrudt",
    said_withdrawn: "Forslaget er trukket tilbage",
    said_supported: "I støtter forslaget",
    said_unsupported: "I støtter det ikke længere",
    text_changed: "Teksten er ændret imens. Se på ordene, og vælg igen.",
};

static EN: Texts = Texts {
    propose: "Propose a change",
    propose_in: |name| format!("Propose a change in {name}"),
    from: |who, count| format!("Proposal from {who}, {}", places_en(count)),
    own: |count| format!("Your proposal, {}", places_en(count)),
    rivals: |count| format!("{count} proposals for the same words"),
    rival_of: |who| format!("The same words as in the proposal from {who}"),
    taken_instead: |who| format!("The proposal from {who} was accepted here"),
    removed: "deleted: ",
    added: "inserted: ",
    formatted: "Formatted otherwise",
    moved: "Moved",
    table: "The table gets other rows or columns",
    newline: "line break",
    accept: "Accept",
    reject: "Reject",
    accept_all: "Accept all",
    reject_all: "Reject all",
    use_proposal: "Use the proposal",
    keep: "Keep",
    change: "Edit myself",
    change_label: "The words as they are to stand",
    take: "Insert",
    revoke: "Undo",
    withdraw: "Withdraw the proposal",
    support: "Support the proposal",
    unsupport: "Stop supporting it",
    supported_by: |count, names| format!("Supported by {count}: {names}"),
    not_supported_by: |count, names| format!("Not supported by {count}: {names}"),
    supporters: |count| format!("supported by {count}"),
    fold: "Fold",
    accepted: |who, when| format!("Accepted by {who}, {when}"),
    rejected: |who, when| format!("Rejected by {who}, {when}"),
    done: "Stands in the text already",
    conflict: "The text has changed since this was proposed",
    gone: "The words were deleted since this was proposed",
    field_gone: "The section was deleted. The proposal can still be read.",
    was: "When it was proposed",
    now: "Now",
    nothing: "nothing",
    proposed: "Proposed",
    tally: |open, accepted, rejected| tally([(open, "open"), (accepted, "accepted"), (rejected, "rejected")]),
    closed: "The minutes are approved. Proposals are not decided any more.",
    draft: |name| format!("Your proposal for {name}"),
    draft_text: "The text as you propose it",
    note: "Reason (may be left out)",
    send: "Send proposal",
    cancel: "Close",
    same: "Nothing is changed yet.",
    sent: "The proposal was sent",
    put_away: "The proposal was not sent",
    back: "Open again",
    not_sent: |why| format!("Not sent: {why} Your text is here."),
    said_accepted: "Written into the text",
    said_rejected: "Rejected",
    said_revoked: "Undone",
    said_withdrawn: "The proposal was withdrawn",
    said_supported: "Your organisation supports the proposal",
    said_unsupported: "Your organisation does not support it any more",
    text_changed: "The text has changed meanwhile. Look at the words and choose again.",
};
