//! Agendas as people have them that went wrong once, each with what must come out.

use dagsorden_shared::meeting_json::{BlockJson, ItemJson, ListJson, MeetingJson, SectionKind};

use crate::import::{Imported, read};

fn imported(text: &str) -> Imported {
    read(text.as_bytes(), Some("møde.txt")).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn titles(meeting: &MeetingJson) -> Vec<(&str, &str)> {
    meeting.items.iter().map(|item| (item.number.as_deref().unwrap_or(""), item.title.as_str())).collect()
}

/// Sections as `Heading: line / line`; a list line has its mark.
fn shown(item: &ItemJson) -> Vec<String> {
    let line = |block: &BlockJson| match block {
        BlockJson::Paragraph { text, .. } | BlockJson::Quote { text, .. } => text.clone(),
        BlockJson::Heading { text, .. } => format!("# {text}"),
        BlockJson::ListItem { list: ListJson::Bullet, text, .. } => format!("- {text}"),
        BlockJson::ListItem { list: ListJson::Ordered, text, .. } => format!("n. {text}"),
        BlockJson::Table { rows, .. } => rows.iter().map(|row| row.join("|")).collect::<Vec<_>>().join(" "),
    };
    let section = |heading: &Option<String>, blocks: &[BlockJson]| {
        format!("{}: {}", heading.as_deref().unwrap_or_default(), blocks.iter().map(line).collect::<Vec<_>>().join(" / "))
    };
    item.sections.iter().map(|part| section(&part.heading, &part.blocks)).collect()
}

#[test]
fn a_case_number_is_no_item() {
    let meeting = imported("1.  Budget\n\nSag 812-2026-31\n\nLukket\n\n2.  Ny bro\n\nSag 812-2026-32\n\nÅbent\n").meeting;
    assert_eq!(titles(&meeting), [("1", "Budget"), ("2", "Ny bro")]);
    assert_eq!(shown(&meeting.items[1]), [": Sag 812-2026-32 / Åbent"]);
}

#[test]
fn the_first_item_needs_no_blank_line_above() {
    let meeting = imported("Beslutningsreferat\n1. Valg\n\nTaget til efterretning.\n\n2. Bro\n\nUdsat.\n").meeting;
    assert_eq!(titles(&meeting), [("1", "Valg"), ("2", "Bro")]);
    assert_eq!(meeting.title, "Beslutningsreferat");
}

#[test]
fn an_item_right_below_the_names_is_no_name() {
    let meeting = imported("Mødedeltagere:\nKaj Bro\nLis Eng\n1. Valg\n\nTaget til efterretning.\n\n2. Bro\n\nUdsat.\n").meeting;
    assert_eq!(titles(&meeting), [("1", "Valg"), ("2", "Bro")]);
    assert_eq!(meeting.participants.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["Kaj Bro", "Lis Eng"]);
}

#[test]
fn a_heading_with_its_number_twice_is_one_item() {
    let meeting = imported("1. Valg\n\n1. Valg\n\nReferat\nTaget.\n\n2. Bro\n\n2. Bro\n\nReferat\nUdsat.\n").meeting;
    assert_eq!(titles(&meeting), [("1", "Valg"), ("2", "Bro")]);
    assert_eq!(shown(&meeting.items[0]), ["Referat: Taget."]);
}

#[test]
fn numbered_names_inside_an_item_are_a_list() {
    let meeting = imported("1. Valg\n\nDeltog:\n\n1. Kaj Bro\n\n2. Lis Eng\n\n3. Ib Vad\n\n2. Bro\n\nUdsat.\n").meeting;
    assert_eq!(titles(&meeting), [("1", "Valg"), ("2", "Bro")]);
    assert_eq!(shown(&meeting.items[0]), [": Deltog: / n. Kaj Bro / n. Lis Eng / n. Ib Vad"]);
}

#[test]
fn a_date_is_no_time_of_day() {
    let meeting = imported("Dato: 11.09.2026\n\n1. Valg\n\nTekst.\n").meeting;
    assert_eq!((meeting.date.as_deref(), meeting.start), (Some("2026-09-11"), None));
}

#[test]
fn a_case_number_above_a_title_is_not_the_decision_before() {
    let meeting = imported("1. Valg\n\nBeslutning\n\nTaget.\n\nSagsnr.: 41-26\n\n2. Bro\n\nBeslutning\n\nUdsat.\n").meeting;
    assert_eq!(shown(&meeting.items[0]), ["Beslutning: Taget."]);
    assert_eq!(shown(&meeting.items[1]), [": Sagsnr.: 41-26", "Beslutning: Udsat."]);
}

#[test]
fn the_word_agenda_is_no_participant() {
    let meeting = imported("Til stede: Kaj Bro, Lis Eng\nDagsorden:\n1. Valg\n2. Bro\n").meeting;
    assert_eq!(titles(&meeting), [("1", "Valg"), ("2", "Bro")]);
    assert_eq!(meeting.participants.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["Kaj Bro", "Lis Eng"]);
}

#[test]
fn a_soft_hyphen_at_a_line_end_joins() {
    let meeting = imported("1. Bro\n\nSty\u{ad}\nrelsen bygger.\n").meeting;
    assert_eq!(shown(&meeting.items[0]), [": Styrelsen bygger."]);
}

#[test]
fn a_sentence_about_attachments_is_text() {
    let meeting = imported("1. Bro\n\nBilag 2-5 kan ses på kontoret.\n").meeting;
    assert!(meeting.items[0].attachments.is_empty());
    assert_eq!(shown(&meeting.items[0]), [": Bilag 2-5 kan ses på kontoret."]);
}

#[test]
fn accents_apart_from_their_letters_make_the_same_heading() {
    let meeting = imported("1. Bro\n\nKort resume\u{301}\n\nBroen er ga\u{30a}et i stykker.\n").meeting;
    assert_eq!(meeting.items[0].sections[0].kind, SectionKind::Resume);
    assert_eq!(shown(&meeting.items[0]), ["Kort resumé: Broen er gået i stykker."]);
}

#[test]
fn an_agenda_indented_below_its_title_is_read() {
    let meeting = imported("Dagsorden for Broforum\n\n    1. Valg\n\n    2. Bro\n").meeting;
    assert_eq!(titles(&meeting), [("1", "Valg"), ("2", "Bro")]);
}

#[test]
fn a_list_that_begins_at_three_keeps_its_numbers() {
    let meeting = imported("1. Bro\n\nTekst om broen.\n3. tredje\n4. fjerde\n").meeting;
    assert_eq!(shown(&meeting.items[0]), [": Tekst om broen. / n. tredje / n. fjerde"]);
    let starts =
        meeting.items[0].sections[0].blocks.iter().map(|block| if let BlockJson::ListItem { start, .. } = block { *start } else { None });
    assert_eq!(starts.collect::<Vec<_>>(), [None, Some(3), None]);
}
