//! Texts of the steps of a meeting's life: confirming one, versions, publishing. They stand on pages that the server alone makes, so they are no
//! part of the catalogue that the page downloads.

#![allow(missing_docs, reason = "each field is named after what it says; the Danish text is the description")]

use super::Language;
use super::text::{Count, With};
use crate::access::{Phase, Verb};
use crate::api::{Became, CheckKind};

/// All texts of the steps in one language.
#[derive(Debug)]
pub struct Steps {
    /// What the step is called as a title, by its verb and where it leads.
    pub title: fn(Verb, Phase) -> &'static str,
    /// Sending out, to so many people.
    pub send_out_to: Count,
    /// What the button of the step says.
    pub button: fn(Verb) -> &'static str,
    pub when: &'static str,
    /// What happens, by the verb; the number is of the version that is stored.
    pub effects: fn(Verb, u32) -> Vec<String>,
    pub letters: Count,
    pub wait: &'static str,
    pub checks: &'static str,
    pub found: Count,
    pub nothing_found: &'static str,
    /// What a check says, with the attachment or the section it is about.
    pub check: fn(CheckKind, Option<&str>) -> String,
    pub in_item: With,
    pub go_to_item: With,
    pub recipients: &'static str,
    pub people: Count,
    pub no_recipients: &'static str,
    pub letter: &'static str,
    pub letter_help: &'static str,
    pub letter_words: &'static str,
    pub letter_subject: With,
    pub letter_body: With,
    pub fingerprint: &'static str,
    pub fingerprint_help: &'static str,
    pub stale: &'static str,
    pub to_be_approved: &'static str,
    pub phases: &'static str,
    pub phases_lede: With,
    pub next_steps: &'static str,
    pub no_step: &'static str,
    pub versions: &'static str,
    pub no_versions: &'static str,
    /// Number, phase.
    pub version: fn(u32, &str) -> String,
    /// Date and time, name.
    pub version_by: fn(&str, &str) -> String,
    pub corrects: Count,
    pub is_public: &'static str,
    pub changes: &'static str,
    pub changes_since: Count,
    pub no_changes: With,
    pub show_changes: &'static str,
    pub header_changed: &'static str,
    pub order_changed: &'static str,
    pub facts_changed: &'static str,
    pub form_changed: &'static str,
    pub became: fn(Became) -> &'static str,
    pub publish_title: &'static str,
    pub publish_lede: &'static str,
    pub publish_when: &'static str,
    pub publish_effects: [&'static str; 3],
    pub publish: &'static str,
    pub published_title: &'static str,
    pub published_lede: With,
    pub withdraw: &'static str,
    pub withdraw_help: &'static str,
    pub not_approved_title: &'static str,
    pub not_approved_help: &'static str,
    pub as_public: &'static str,
    pub masked_email: &'static str,
    pub masked_phone: &'static str,
    pub masked_number: &'static str,
    pub published_on: With,
    pub contents: &'static str,
    pub public_gap: &'static str,
    pub approved_by: &'static str,
    /// Date, version.
    pub approved_on: fn(&str, u32) -> String,
    pub public_list: &'static str,
    pub public_none: &'static str,
    pub approve_item: &'static str,
    /// Before the link, the link with the date if it is known, behind the link.
    pub approve_text: fn(Option<&str>) -> [String; 3],
}

impl Steps {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Da => &DA,
            Language::En => &EN,
        }
    }
}

static DA: Steps = Steps {
    title: |verb, to| match (verb, to) {
        (Verb::SendOut, _) => "Udsend dagsordenen",
        (Verb::StartMeeting, _) => "Begynd mødet",
        (Verb::SendMinutes, _) => "Send referatet til godkendelse",
        (Verb::Approve, _) => "Godkend referatet",
        (Verb::Correct, _) => "Ret det godkendte referat",
        (_, Phase::Draft) => "Gør dagsordenen til udkast igen",
        (_, Phase::SentOut) => "Gå tilbage til før mødet",
        _ => "Tag referatet op til mødet igen",
    },
    send_out_to: |n| if n == 1 { "Udsend dagsordenen til 1 person".to_owned() } else { format!("Udsend dagsordenen til {n} personer") },
    button: |verb| match verb {
        Verb::SendOut => "Udsend",
        Verb::StartMeeting => "Begynd mødet",
        Verb::SendMinutes => "Send til godkendelse",
        Verb::Approve => "Godkend",
        Verb::Correct => "Begynd rettelsen",
        _ => "Gå tilbage",
    },
    when: "Når du gør det",
    effects: |verb, version| {
        let kept = format!("Version {version} gemmes, som den er");
        let texts: &[&str] = match verb {
            Verb::SendOut => &["Kun sekretariatet kan rette. Hver rettelse mærkes og kan ses af alle.", "Alle kan stadig kommentere"],
            Verb::StartMeeting => &["Redaktører, sekretariat og formand kan skrive igen", "Punkternes udfald kan sættes"],
            Verb::SendMinutes => &["Kun sekretariatet kan rette", "Medlemmerne kan kommentere referatet"],
            Verb::Approve => &[
                "Ingen kan skrive eller kommentere mere",
                "Forummets næste møde får godkendelsen som punkt 1 med et link hertil",
                "En rettelse bliver en ny version, der henviser til denne",
            ],
            Verb::Correct => &[
                "Den godkendte version består, og det offentliggjorte ændres ikke",
                "Sekretariatet kan rette, og formanden godkender igen",
                "Den næste godkendelse bliver en ny version",
            ],
            _ => &["Teksten ændres ikke", "De versioner, der er gemt, består"],
        };
        let stored = matches!(verb, Verb::SendOut | Verb::SendMinutes | Verb::Approve).then_some(kept);
        stored.into_iter().chain(texts.iter().map(|text| (*text).to_owned())).collect()
    },
    letters: |n| if n == 1 { "1 person får et brev med link nu".to_owned() } else { format!("{n} personer får et brev med link nu") },
    wait: "Vent",
    checks: "Se efter først",
    found: |n| if n == 1 { "1 fund. Intet er rettet.".to_owned() } else { format!("{n} fund. Intet er rettet.") },
    nothing_found: "Der er intet at bemærke.",
    check: |kind, about| {
        let about = about.filter(|about| !about.is_empty());
        match kind {
            CheckKind::Cpr => "Noget ligner et CPR-nummer".to_owned(),
            CheckKind::NoDate => "Mødet har ingen dato".to_owned(),
            CheckKind::NoPlace => "Mødet har intet sted".to_owned(),
            CheckKind::NoItems => "Der er ingen punkter".to_owned(),
            CheckKind::NoTitle => "Et punkt har ingen titel".to_owned(),
            CheckKind::NoOutcome => "Indstillingen har punkter uden udfald".to_owned(),
            CheckKind::PromisedAttachment => format!("Bilaget {} er lovet og ikke kommet", about.unwrap_or_default()),
            CheckKind::EmptySection => about.map_or_else(|| "Et afsnit er tomt".to_owned(), |about| format!("Afsnittet {about} er tomt")),
            CheckKind::Email => "Her står en mailadresse".to_owned(),
            CheckKind::Phone => "Her står et telefonnummer".to_owned(),
        }
    },
    in_item: |number| format!("Punkt {number}"),
    go_to_item: |number| format!("Gå til punkt {number}"),
    recipients: "Modtagere",
    people: |n| if n == 1 { "1 person".to_owned() } else { format!("{n} personer") },
    no_recipients: "Ingen medlemmer har en mailadresse her, så ingen får brev.",
    letter: "Brevet",
    letter_help: "Resten skriver Dagsorden: forum, dato og linket.",
    letter_words: "Et par ord fra dig",
    letter_subject: |meeting| format!("Dagsorden: {meeting}"),
    letter_body: |meeting| format!("Dagsordenen er udsendt: {meeting}."),
    fingerprint: "Fingeraftryk",
    fingerprint_help: "Du godkender præcis den tekst, der har dette fingeraftryk. Retter nogen noget imens, sker der intet, og du ser den nye tekst først.",
    stale: "Teksten er ændret, siden du åbnede siden. Intet er gjort. Her er den, som den er nu.",
    to_be_approved: "Det, du godkender",
    phases: "Mødets fase",
    phases_lede: |phase| format!("Mødet er nu: {phase}."),
    next_steps: "Videre herfra",
    no_step: "Du kan ikke ændre fasen i dette møde.",
    versions: "Versioner",
    no_versions: "Der er ingen versioner endnu. Den første gemmes, når dagsordenen udsendes.",
    version: |number, phase| format!("Version {number}, {phase}"),
    version_by: |at, name| if name.is_empty() { at.to_owned() } else { format!("{at} af {name}") },
    corrects: |n| format!("Erstatter version {n}"),
    is_public: "Offentliggjort",
    changes: "Ændringer",
    changes_since: |n| format!("Ændret siden version {n}"),
    no_changes: |version| format!("Der er ikke ændret noget siden version {version}."),
    show_changes: "Se ændringer siden da",
    header_changed: "Oplysningerne om mødet eller deltagerne er ændret.",
    order_changed: "Punkterne står i en anden rækkefølge.",
    facts_changed: "Punktets oplysninger eller bilag er ændret.",
    form_changed: "Kun formen er ændret.",
    became: |became| match became {
        Became::Added => "Kom til",
        Became::Removed => "Taget ud",
        Became::Changed => "Ændret",
    },
    publish_title: "Offentliggør referatet",
    publish_lede: "Siden vises, præcis som alle vil se den.",
    publish_when: "Når du offentliggør",
    publish_effects: [
        "Siden kan læses af alle, der har adressen",
        "Lukkede punkter vises med nummer alene; deres bilag følger ikke med",
        "Siden kan tages ned igen med det samme. Det skrives i loggen.",
    ],
    publish: "Offentliggør",
    published_title: "Referatet er offentligt",
    published_lede: |since| format!("Siden {since} kan alle læse det."),
    withdraw: "Tag siden ned",
    withdraw_help: "Den kan ikke læses mere fra næste gang, nogen åbner den. Det, andre har kopieret eller skrevet ud, kan ikke hentes tilbage.",
    not_approved_title: "Referatet er ikke godkendt endnu",
    not_approved_help: "Kun en godkendt version kan offentliggøres. Formanden godkender referatet fra mødets fase.",
    as_public: "Sådan bliver siden",
    masked_email: "mailadresse skjult",
    masked_phone: "telefonnummer skjult",
    masked_number: "nummer skjult",
    published_on: |date| format!("Offentliggjort {date}"),
    contents: "Indhold",
    public_gap: "Punktet er ikke offentligt. Nummeret er bevaret.",
    approved_by: "Godkendt",
    approved_on: |date, version| format!("{date}, version {version}"),
    public_list: "Offentlige referater",
    public_none: "Forummet har ikke offentliggjort noget.",
    approve_item: "Godkendelse af referat",
    approve_text: |date| {
        let what = date.map_or_else(|| "referatet af sidste møde".to_owned(), |date| format!("referatet af mødet den {date}"));
        ["Sekretariatet indstiller, at ".to_owned(), what, " godkendes.".to_owned()]
    },
};

static EN: Steps = Steps {
    title: |verb, to| match (verb, to) {
        (Verb::SendOut, _) => "Send out the agenda",
        (Verb::StartMeeting, _) => "Begin the meeting",
        (Verb::SendMinutes, _) => "Send the minutes for approval",
        (Verb::Approve, _) => "Approve the minutes",
        (Verb::Correct, _) => "Correct the approved minutes",
        (_, Phase::Draft) => "Make the agenda a draft again",
        (_, Phase::SentOut) => "Go back to before the meeting",
        _ => "Take the minutes back to the meeting",
    },
    send_out_to: |n| if n == 1 { "Send the agenda to 1 person".to_owned() } else { format!("Send the agenda to {n} people") },
    button: |verb| match verb {
        Verb::SendOut => "Send out",
        Verb::StartMeeting => "Begin the meeting",
        Verb::SendMinutes => "Send for approval",
        Verb::Approve => "Approve",
        Verb::Correct => "Begin the correction",
        _ => "Go back",
    },
    when: "When you do this",
    effects: |verb, version| {
        let kept = format!("Version {version} is kept as it is");
        let texts: &[&str] = match verb {
            Verb::SendOut => &["Only the secretariat can edit. Every edit is marked for all to see.", "Everyone can still comment"],
            Verb::StartMeeting => &["Editors, secretariat and chair can write again", "The outcome of each point can be set"],
            Verb::SendMinutes => &["Only the secretariat can edit", "Members can comment on the minutes"],
            Verb::Approve => &[
                "No one can write or comment any more",
                "The forum's next meeting begins with the approval and a link to here",
                "A correction becomes a new version that names this one",
            ],
            Verb::Correct => &[
                "The approved version stays, and what is public does not change",
                "The secretariat can edit, and the chair approves again",
                "The next approval becomes a new version",
            ],
            _ => &["The text does not change", "Versions that are kept stay"],
        };
        let stored = matches!(verb, Verb::SendOut | Verb::SendMinutes | Verb::Approve).then_some(kept);
        stored.into_iter().chain(texts.iter().map(|text| (*text).to_owned())).collect()
    },
    letters: |n| {
        if n == 1 { "1 person gets a letter with a link now".to_owned() } else { format!("{n} people get a letter with a link now") }
    },
    wait: "Wait",
    checks: "Look at this first",
    found: |n| if n == 1 { "1 finding. Nothing is corrected.".to_owned() } else { format!("{n} findings. Nothing is corrected.") },
    nothing_found: "Nothing to note.",
    check: |kind, about| {
        let about = about.filter(|about| !about.is_empty());
        match kind {
            CheckKind::Cpr => "Something looks like a CPR number".to_owned(),
            CheckKind::NoDate => "The meeting has no date".to_owned(),
            CheckKind::NoPlace => "The meeting has no place".to_owned(),
            CheckKind::NoItems => "There are no items".to_owned(),
            CheckKind::NoTitle => "An item has no title".to_owned(),
            CheckKind::NoOutcome => "The recommendation has points without an outcome".to_owned(),
            CheckKind::PromisedAttachment => format!("The attachment {} is promised and has not come", about.unwrap_or_default()),
            CheckKind::EmptySection => {
                about.map_or_else(|| "A section is empty".to_owned(), |about| format!("The section {about} is empty"))
            }
            CheckKind::Email => "There is a mail address".to_owned(),
            CheckKind::Phone => "There is a telephone number".to_owned(),
        }
    },
    in_item: |number| format!("Item {number}"),
    go_to_item: |number| format!("Go to item {number}"),
    recipients: "Recipients",
    people: |n| if n == 1 { "1 person".to_owned() } else { format!("{n} people") },
    no_recipients: "No member has a mail address here, so no letter is sent.",
    letter: "The letter",
    letter_help: "Dagsorden writes the rest: forum, date and the link.",
    letter_words: "A few words from you",
    letter_subject: |meeting| format!("Agenda: {meeting}"),
    letter_body: |meeting| format!("The agenda is sent out: {meeting}."),
    fingerprint: "Fingerprint",
    fingerprint_help: "You approve exactly the text that has this fingerprint. If anyone edits meanwhile, nothing happens and you see the new text first.",
    stale: "The text has changed since you opened the page. Nothing was done. Here it is as it stands now.",
    to_be_approved: "What you approve",
    phases: "The meeting's phase",
    phases_lede: |phase| format!("The meeting is now: {phase}."),
    next_steps: "From here",
    no_step: "You cannot change the phase of this meeting.",
    versions: "Versions",
    no_versions: "There are no versions yet. The first is kept when the agenda is sent out.",
    version: |number, phase| format!("Version {number}, {phase}"),
    version_by: |at, name| if name.is_empty() { at.to_owned() } else { format!("{at} by {name}") },
    corrects: |n| format!("Takes the place of version {n}"),
    is_public: "Published",
    changes: "Changes",
    changes_since: |n| format!("Changed since version {n}"),
    no_changes: |version| format!("Nothing has changed since version {version}."),
    show_changes: "See changes since then",
    header_changed: "The facts of the meeting or its participants have changed.",
    order_changed: "The items stand in another order.",
    facts_changed: "The facts or attachments of the item have changed.",
    form_changed: "Only the form has changed.",
    became: |became| match became {
        Became::Added => "Added",
        Became::Removed => "Taken out",
        Became::Changed => "Changed",
    },
    publish_title: "Publish the minutes",
    publish_lede: "The page is shown exactly as everyone will see it.",
    publish_when: "When you publish",
    publish_effects: [
        "The page can be read by all who have its address",
        "Closed items are shown by number alone; their attachments stay away",
        "The page can be taken down at once. That is written in the log.",
    ],
    publish: "Publish",
    published_title: "The minutes are public",
    published_lede: |since| format!("Everyone can read them since {since}."),
    withdraw: "Take the page down",
    withdraw_help: "It cannot be read from the next time someone opens it. What others have copied or printed cannot be fetched back.",
    not_approved_title: "The minutes are not approved yet",
    not_approved_help: "Only an approved version can be published. The chair approves the minutes from the meeting's phase.",
    as_public: "How the page will be",
    masked_email: "mail address hidden",
    masked_phone: "telephone number hidden",
    masked_number: "number hidden",
    published_on: |date| format!("Published {date}"),
    contents: "Contents",
    public_gap: "This item is not public. Its number is kept.",
    approved_by: "Approved",
    approved_on: |date, version| format!("{date}, version {version}"),
    public_list: "Public minutes",
    public_none: "The forum has published nothing.",
    approve_item: "Approval of minutes",
    approve_text: |date| {
        let what =
            date.map_or_else(|| "the minutes of the last meeting".to_owned(), |date| format!("the minutes of the meeting on {date}"));
        ["The secretariat recommends that ".to_owned(), what, " be approved.".to_owned()]
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_says_what_it_does() {
        for language in Language::ALL {
            let texts = Steps::of(language);
            for from in Phase::ALL {
                for (to, verb) in Phase::ALL.into_iter().filter_map(|to| Some((to, from.verb_to(to)?))) {
                    assert!(!(texts.title)(verb, to).is_empty() && !(texts.button)(verb).is_empty());
                    assert!((texts.effects)(verb, 2).len() >= 2, "{verb:?}");
                }
            }
            assert!((texts.effects)(Verb::Approve, 7)[0].contains('7'));
        }
    }
}
