//! Texts of taking a file in: of the dialog on the front page and of the one in a meeting. Parts of the app alone use them, so they are in no page's
//! first download.

#![allow(missing_docs, reason = "each field is named after what it says; the Danish text is the description")]

use super::Language;
use super::text::{Count, With};
use crate::api::Finding;

/// Reading a file in.
#[derive(Debug)]
pub struct Import {
    pub title: &'static str,
    pub reading: With,
    pub storing: &'static str,
    /// File name, items.
    pub source: fn(&str, u32) -> String,
    /// Items, sections, tables read without doubt.
    pub certain: fn(u32, u32, u32) -> String,
    /// What a finding says, and the line below it.
    pub finding: fn(&Finding) -> (String, &'static str),
    /// Heading of what was left out.
    pub left_out: &'static str,
    /// Why words were left out, by the reason's name in JSON.
    pub left_out_why: fn(&str) -> &'static str,
    pub show: &'static str,
    pub hide: &'static str,
    pub create: &'static str,
    pub discard: &'static str,
    pub pasted: &'static str,
    pub failed: &'static str,
    pub nothing_stored: &'static str,
    pub other_file: &'static str,
    pub paste_title: &'static str,
    pub paste_help: &'static str,
    pub paste_label: &'static str,
    pub paste_submit: &'static str,
    /// Heading of the dialog that brings items into a meeting that is there.
    pub into_title: &'static str,
    pub into_help: &'static str,
    pub into_store: &'static str,
    pub into_storing: &'static str,
    /// Takes along what the file says beside its items; a list of that follows.
    pub also: &'static str,
    pub title_of: With,
    pub people: Count,
    pub added: Count,
}

impl Import {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Da => &DANISH,
            Language::En => &ENGLISH,
        }
    }
}

fn count(number: u32, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

static DANISH: Import = Import {
    title: "Tjek importen",
    reading: |file| format!("Læser {file}"),
    storing: "Opretter mødet",
    source: |file, items| format!("{file}, {}", count(items, "punkt", "punkter")),
    certain: |items, sections, tables| {
        let (items, sections) = (count(items, "punkt", "punkter"), count(sections, "afsnit", "afsnit"));
        match tables {
            0 => format!("{items} og {sections} er læst"),
            tables => format!("{items}, {sections} og {} er læst", count(tables, "tabel", "tabeller")),
        }
    },
    finding: |finding| match finding {
        Finding::NumberGap { missing } => match missing.as_slice() {
            [one] => (format!("Nummer {one} mangler i teksten"), "Det ligner et lukket punkt. Numrene flyttes ikke."),
            many => (format!("Numrene {} mangler i teksten", many.join(", ")), "Det ligner lukkede punkter. Numrene flyttes ikke."),
        },
        Finding::EmptyItem { number } => (format!("Punkt {number} har ingen tekst"), "Det kommer med, med titel alene."),
        Finding::JoinedParagraph { number, words } => {
            (format!("Et afsnit i punkt {number} var delt og er samlet: »{words}«"), "Et sideskift skilte det ad. Ordene er de samme.")
        }
        Finding::DeadLink { number, words } => {
            (format!("Et link i punkt {number} fører ingen steder hen: »{words}«"), "Ordene er beholdt som almindelig tekst.")
        }
        Finding::NoDate => ("Der står ingen mødedato".to_owned(), "Den kan skrives på mødets side."),
        Finding::Comment { author, words, text } => {
            let about = if words.is_empty() { String::new() } else { format!(" til »{words}«") };
            (format!("{author} har skrevet en kommentar{about}: {text}"), "Kommentarer i Word-filen kommer ikke med i mødet.")
        }
        Finding::TrackedChanges { count: changes } => (
            format!("Word har sporet {}", count(*changes, "rettelse", "rettelser")),
            "De er skrevet ind: det nye er med, det slettede er ikke.",
        ),
        Finding::Pictures { count: pictures } => {
            (format!("Der er {} i filen", count(*pictures, "billede", "billeder")), "Billeder kommer ikke med. Læg dem ved som bilag.")
        }
        Finding::InnerFiles { count: files } => (
            format!("Der ligger {} inde i filen", count(*files, "anden fil", "andre filer")),
            "Teksten i dem er ikke læst. Sæt den ind i Word, og gem igen.",
        ),
    },
    show: "Vis dem",
    hide: "Skjul dem",
    create: "Opret mødet",
    discard: "Fortryd importen",
    pasted: "Indsat tekst",
    failed: "Filen kunne ikke læses ind.",
    left_out: "Ikke brugt",
    left_out_why: |why| match why {
        "page" => "Sidetal, sidehoved og sidefod",
        "contents" => "Indholdsfortegnelsen",
        "label" => "Ledeord; det, de indleder, er med",
        "date" => "Datoer og tider; mødet har dem som datoer",
        "repeated" => "Trykt to gange",
        "contact" => "Adresser og telefonnumre",
        "attachment" => "Andre navne for bilag, der er med",
        "link" => "Adresser, der ikke kan følges",
        "cut" => "Delte ord, der er samlet",
        "meeting" => "Står anderledes i mødet, som beholder sit eget",
        "number" => "Numre; punkterne tælles med mødets",
        "before" => "Tekst før første punkt",
        _ => "Uden plads i mødet",
    },
    nothing_stored: "Intet er gemt.",
    other_file: "Vælg en anden fil",
    paste_title: "Indsæt en dagsorden",
    paste_help: "Kopiér hele teksten og sæt den ind her. Punkter, afsnit, lister og bilag findes af sig selv.",
    paste_label: "Dagsordenens tekst",
    paste_submit: "Læs teksten",
    into_title: "Hent punkter ind i mødet",
    into_help: "Punkterne kommer til sidst i dagsordenen, før Eventuelt. Det, der står, bliver stående.",
    into_store: "Hent ind i mødet",
    into_storing: "Henter ind i mødet",
    also: "Tag det med, som mødet mangler",
    title_of: |title| format!("titlen »{title}«"),
    people: |people| count(people, "deltager", "deltagere"),
    added: |items| format!("{} hentet ind.", count(items, "punkt", "punkter")),
};

static ENGLISH: Import = Import {
    title: "Check the import",
    reading: |file| format!("Reading {file}"),
    storing: "Creating the meeting",
    source: |file, items| format!("{file}, {}", count(items, "item", "items")),
    certain: |items, sections, tables| {
        let (items, sections) = (count(items, "item", "items"), count(sections, "section", "sections"));
        match tables {
            0 => format!("{items} and {sections} were read"),
            tables => format!("{items}, {sections} and {} were read", count(tables, "table", "tables")),
        }
    },
    finding: |finding| match finding {
        Finding::NumberGap { missing } => match missing.as_slice() {
            [one] => (format!("Number {one} is missing in the text"), "It looks like a closed item. Numbers are not moved."),
            many => (format!("Numbers {} are missing in the text", many.join(", ")), "They look like closed items. Numbers are not moved."),
        },
        Finding::EmptyItem { number } => (format!("Item {number} has no text"), "It comes along with its title alone."),
        Finding::JoinedParagraph { number, words } => {
            (format!("A paragraph in item {number} was cut and is joined: “{words}”"), "A page break parted it. The words are the same.")
        }
        Finding::DeadLink { number, words } => {
            (format!("A link in item {number} leads nowhere: “{words}”"), "The words are kept as plain text.")
        }
        Finding::NoDate => ("There is no date of the meeting".to_owned(), "It can be written on the meeting's page."),
        Finding::Comment { author, words, text } => {
            let about = if words.is_empty() { String::new() } else { format!(" on “{words}”") };
            (format!("{author} wrote a comment{about}: {text}"), "Comments of the Word file do not come along.")
        }
        Finding::TrackedChanges { count: changes } => (
            format!("Word tracked {}", count(*changes, "change", "changes")),
            "They are accepted: what is new is in, what was deleted is not.",
        ),
        Finding::Pictures { count: pictures } => {
            (format!("The file has {}", count(*pictures, "picture", "pictures")), "Pictures do not come along. Attach them as files.")
        }
        Finding::InnerFiles { count: files } => (
            format!("There is {} inside the file", count(*files, "another file", "other files")),
            "Its text was not read. Paste it in Word and save again.",
        ),
    },
    show: "Show them",
    hide: "Hide them",
    create: "Create the meeting",
    discard: "Discard the import",
    pasted: "Pasted text",
    failed: "The file could not be read in.",
    left_out: "Not used",
    left_out_why: |why| match why {
        "page" => "Page numbers, heads and feet",
        "contents" => "The table of contents",
        "label" => "Labels; what they introduce is there",
        "date" => "Dates and times; the meeting has them as dates",
        "repeated" => "Printed twice",
        "contact" => "Addresses and telephone numbers",
        "attachment" => "Other names of attachments that are there",
        "link" => "Addresses that cannot be followed",
        "cut" => "Cut words that were joined",
        "meeting" => "Stands otherwise in the meeting, which keeps its own",
        "number" => "Numbers; the items are counted with the meeting's",
        "before" => "Text before the first item",
        _ => "No place in the meeting",
    },
    nothing_stored: "Nothing is stored.",
    other_file: "Choose another file",
    paste_title: "Paste an agenda",
    paste_help: "Copy the whole text and paste it here. Items, sections, lists and attachments are found by themselves.",
    paste_label: "Text of the agenda",
    paste_submit: "Read the text",
    into_title: "Bring items into the meeting",
    into_help: "The items come at the end of the agenda, before Any other business. What is there stays.",
    into_store: "Bring into the meeting",
    into_storing: "Bringing into the meeting",
    also: "Take along what the meeting lacks",
    title_of: |title| format!("the title “{title}”"),
    people: |people| count(people, "participant", "participants"),
    added: |items| format!("{} brought in.", count(items, "item", "items")),
};
