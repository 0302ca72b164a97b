//! The law of the import: each word of a file is in its meeting or in the list of what was left out, as often as it stands in the file.

use std::collections::BTreeMap;
use std::path::Path;

use dagsorden_shared::api::LeftOutWhy as Why;
use dagsorden_shared::meeting_json::{BlockJson, MarkJson, MeetingJson};

use crate::import::{Imported, read};

/// Words by how often they stand there: runs of letters and digits, numbers of list lines left out.
type Words = BTreeMap<String, usize>;

/// A word that a soft hyphen cuts is one word, and so is one whose letters and accents stand apart.
fn count(into: &mut Words, text: &str) {
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1 && word.contains(char::is_alphabetic)) {
        *into.entry(word.to_owned()).or_default() += 1;
    }
}

fn of_meeting(meeting: &MeetingJson) -> Words {
    let mut words = Words::new();
    let mut add = |text: &str| count(&mut words, text);
    let MeetingJson { forum, title, place, case_id, document_id, participants, items, .. } = meeting;
    [forum, title].into_iter().chain(place).chain(case_id).chain(document_id).for_each(|text| add(text));
    for person in participants {
        [&person.name].into_iter().chain(&person.organisation).chain(&person.role).for_each(|text| add(text));
    }
    for item in items {
        [&item.title].into_iter().chain(&item.alt_title).chain(&item.number).for_each(|text| add(text));
        item.attachments.iter().for_each(|file| add(&file.title));
        for section in &item.sections {
            section.heading.iter().for_each(|text| add(text));
            let marks = |add: &mut dyn FnMut(&str), marks: &[MarkJson]| marks.iter().filter_map(|mark| mark.link.as_deref()).for_each(add);
            for block in &section.blocks {
                match block {
                    BlockJson::Table { rows, cell_marks, .. } => {
                        rows.iter().flatten().for_each(|text| add(text));
                        cell_marks.iter().flatten().for_each(|cell| marks(&mut add, cell));
                    }
                    BlockJson::Paragraph { text, marks: own, .. }
                    | BlockJson::Heading { text, marks: own, .. }
                    | BlockJson::ListItem { text, marks: own, .. }
                    | BlockJson::Quote { text, marks: own } => {
                        add(text);
                        marks(&mut add, own);
                    }
                }
            }
        }
    }
    words
}

/// Words of the source that are neither in the meeting nor left out.
pub(crate) fn dropped(source: &str, imported: &Imported) -> Vec<String> {
    let mut wanted = Words::new();
    count(&mut wanted, source);
    let mut found = of_meeting(&imported.meeting);
    imported.left_out.iter().for_each(|left| count(&mut found, &left.text));
    wanted.into_iter().filter(|(word, count)| found.get(word).unwrap_or(&0) < count).map(|(word, _)| word).collect()
}

fn check(name: &str, source: &str) -> Imported {
    let imported = read(source.as_bytes(), None).unwrap_or_else(|error| panic!("{name}: {error}"));
    let dropped = dropped(source, &imported);
    assert!(dropped.is_empty(), "{name}: {dropped:?}\n{source}\n{:#?}", imported.left_out);
    imported
}

fn unplaced(imported: &Imported) -> Vec<&str> {
    imported.left_out.iter().filter(|left| left.why == Why::NoPlace).map(|left| left.text.as_str()).collect()
}

#[test]
fn no_word_of_an_agenda_is_dropped_and_each_has_its_place_or_its_reason() {
    for name in ["pdf_export.txt", "word_minutes.txt", "web_publication.txt"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/import").join(name);
        let imported = check(name, &std::fs::read_to_string(path).expect("fixture"));
        assert!(unplaced(&imported).is_empty(), "{name}: {:?}", unplaced(&imported));
    }
}

#[test]
fn no_word_of_a_sample_document_is_dropped() {
    let Some(folder) = super::samples::folder() else { return };
    for name in ["000", "001", "002", "003", "004"] {
        let imported = check(name, &std::fs::read_to_string(folder.join(format!("{name}.txt"))).expect("the document"));
        assert!(unplaced(&imported).is_empty(), "{name}: {:?}", unplaced(&imported));
    }
}

#[test]
fn what_is_left_out_has_its_reason() {
    let source = "REFERAT Kystforum d. 08-05-2026\n\nVed Kaj Bro\n\nMødedato fredag d. 8. maj 2026\n\nE-mail: kyst@kyst.test\n\nIndholdsfortegnelse\n\n\
                  Kajer.....\t3\n\nPunkt 1: Kajer\n\nBilag\n\nPlan for kajer.pdf\n\nKajer\n\nBaggrund\n\nKajerne skal bygges om af den fæl-\n\nles \
                  bygherre [her](javascript:x).\n\nBilag\n\n- Endelig plan for kajer, maj\n\nHavnegade 1\nSide 1 af 2\n\nPunkt 2: Slut\n\nSlut\n\nHavnegade 1\nSide 2 af 2\n";
    let imported = check("all reasons", source);
    let seen: Vec<(&str, Why)> = imported.left_out.iter().map(|left| (left.text.as_str(), left.why)).collect();
    let expected = [
        ("Ved Kaj Bro", Why::Before),
        ("Mødedato fredag d. 8. maj 2026", Why::Date),
        ("E-mail: kyst@kyst.test", Why::Contact),
        ("Indholdsfortegnelse", Why::Contents),
        ("Kajer..... 3", Why::Contents),
        ("Punkt", Why::Label),
        ("Bilag", Why::Label),
        ("Kajer", Why::Repeated),
        ("fæl- les", Why::Cut),
        ("javascript:x", Why::Link),
        ("Bilag", Why::Label),
        ("- Endelig plan for kajer, maj", Why::Attachment),
        ("Havnegade 1", Why::Page),
        ("Side 1 af 2", Why::Page),
        ("Punkt", Why::Label),
        ("Slut", Why::Repeated),
        ("Havnegade 1", Why::Page),
        ("Side 2 af 2", Why::Page),
    ];
    assert_eq!(seen, expected);
}

/// Lines as agendas have them, each with words of its own made by its number.
pub(in crate::import) const SHAPES: [&str; 46] = [
    "Punkt {n}: Emne{n} om kajer",
    "{n}. Emne{n}",
    "Sag nr. {n} - Emne{n}",
    "Baggrund",
    "BESLUTNING",
    "Indstilling:",
    "Beslutning: Godkendt{n} i dag",
    "Referat fra mødet i Kystforum den {n}. maj",
    "Bilag",
    "Vedlagte bilag:",
    "Bilag {n}: Plan{n} for kajer",
    "Bilag {n} (eftersendes): Kort{n}",
    "Bilag: Notat{n}",
    "Notat{n} om kajer.pdf",
    "Ingen bilag",
    "- streg{n} om kajer",
    " - under{n} om både",
    "• prik{n} af en slags",
    "{n}) tal{n} i række",
    "a) bogstav{n} i række",
    "Ord{n} begynder en lang linje om kajer, både og moler, som ikke er slut endnu og derfor",
    "går videre{n} her, til den er slut.",
    "et ord er fæl{n}-",
    "les{n} og slut.",
    "Celle{n}\tto{n}\ttre{n}",
    "| strøg{n} | to{n} |",
    "|---|---|",
    "Se [linket{n}](https://x.test/{n}) her",
    "Se [intet{n}](#) her",
    "Se <https://y.test/{n}> og *skråt{n}* og **fedt{n}**",
    "Titel{n}.....\t{n}",
    "Indholdsfortegnelse",
    "PUNKTER",
    "Mødedato fredag d. {n}. maj 2026 kl. 09:00",
    "Tid og sted: kl. {n}, Havnen{n}",
    "Sted: Havnen{n}",
    "STED",
    "Dato: 0{n}.05.2026",
    "Sagsnr.: {n}-26",
    "E-mail: post{n}@x.test",
    "Deltagere: Bo{n} Lund, Ida Holm (Kyst{n}kommune) og Per Dam, konsulent i Kystforum",
    "Afbud:",
    "Ida{n} Holm",
    "Gæster: Eva{n} Kjær.",
    "Side {n} af 9",
    "Formandskabet indstiller til Kystforum, at kajer{n}",
];

#[test]
fn no_word_of_arbitrary_agenda_lines_is_dropped() {
    arbtest::arbtest(|u| {
        let mut text = String::new();
        for _ in 0..u.int_in_range(1..=40)? {
            let number = u.int_in_range(1..=9)?.to_string();
            text.push_str(&u.choose(&SHAPES)?.replace("{n}", &number));
            text.push_str(u.choose(&["\n", "\n\n", "\n\n", "\n\u{c}\n"])?);
        }
        if let Ok(imported) = read(text.as_bytes(), None) {
            let dropped = dropped(&text, &imported);
            assert!(dropped.is_empty(), "{dropped:?}\n{text}\n{imported:#?}");
        }
        Ok(())
    })
    .budget_ms(4_000);
}
