//! Import as a whole: invented documents in three layouts, bytes of every kind, hostile sizes, and the product's sample documents.

use std::path::Path;
use std::time::{Duration, Instant};

use dagsorden_shared::api::Finding;
use dagsorden_shared::meeting_json::{AttachmentStatus, BlockJson, ItemJson, Kind, ListJson, MeetingJson, SectionKind};

use super::{Imported, MAX_BYTES, read};

mod cases;
pub(crate) mod law;
mod samples;

fn fixture(name: &str) -> Imported {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/import").join(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    read(&bytes, Some(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn numbers(meeting: &MeetingJson) -> Vec<&str> {
    meeting.items.iter().filter_map(|item| item.number.as_deref()).collect()
}

fn headings(item: &ItemJson) -> Vec<(&str, SectionKind)> {
    item.sections.iter().map(|section| (section.heading.as_deref().unwrap_or(""), section.kind)).collect()
}

fn attachments(item: &ItemJson) -> Vec<(Option<&str>, &str, AttachmentStatus)> {
    item.attachments.iter().map(|file| (file.number.as_deref(), file.title.as_str(), file.status)).collect()
}

fn lists(item: &ItemJson, section: usize) -> Vec<(ListJson, u8, &str)> {
    let line = |block| match block {
        &BlockJson::ListItem { list, level, ref text, .. } => Some((list, level, text.as_str())),
        _ => None,
    };
    item.sections[section].blocks.iter().filter_map(line).collect()
}

#[test]
fn an_export_with_headings_in_capitals_is_read() {
    use AttachmentStatus::{Omtalt, Vedlagt};
    use SectionKind::{Case, Decision, MunicipalRemarks, Recommendation, Resume};
    let Imported { meeting, findings, .. } = fixture("pdf_export.txt");
    assert_eq!((meeting.forum.as_str(), meeting.kind), ("Kystdirektørkredsen", Kind::Minutes));
    assert_eq!((meeting.date.as_deref(), meeting.start.as_deref(), meeting.end.as_deref()), (Some("2026-05-08"), Some("09:00"), None));
    assert_eq!(meeting.place.as_deref(), Some("Havnehuset, Havnby"));
    assert_eq!(numbers(&meeting), ["1", "2", "3"]);
    let [first, second, third] = &meeting.items[..] else { panic!("three items") };

    assert_eq!(headings(first), [("REFERAT", Decision), ("RESUMÉ", Resume), ("INDSTILLING", Recommendation), ("SAGSFREMSTILLING", Case)]);
    assert_eq!(first.sections[2].from.as_deref(), Some("Formandskabet for Kystdirektørkredsen"));
    assert_eq!(first.sections[2].to.as_deref(), Some("Kystdirektørkredsen"));
    assert_eq!(
        attachments(first),
        [
            (None, "Takstblad 2027.pdf", Vedlagt),
            (None, "Udkast til brev.docx", Vedlagt),
            (None, "Takstbladet for 2027", Omtalt),
            (None, "Brev fra havnefogeden", Omtalt)
        ]
    );
    let [heading, text, table, last_heading, last] = &first.sections[3].blocks[..] else { panic!("{:?}", first.sections[3].blocks) };
    assert!(matches!(heading, BlockJson::Heading { text, .. } if text == "Baggrund"), "{heading:?}");
    assert!(
        matches!(text, BlockJson::Paragraph { text, .. } if text.contains("er der behov for") && text.ends_with("vægt på at ingen kommune betaler mere end i dag.")),
        "{text:?}"
    );
    assert!(
        matches!(table, BlockJson::Table { rows, .. } if rows.len() == 3 && rows.iter().all(|row| row.len() == 3) && rows[0][0].is_empty()),
        "{table:?}"
    );
    assert!(matches!(last_heading, BlockJson::Heading { text, .. } if text == "Proces"), "{last_heading:?}");
    assert_eq!(last, &BlockJson::paragraph("Taksterne gælder fra nytår."));

    assert!(second.title.ends_with("frem til 2030"), "{}", second.title);
    assert_eq!(second.alt_title.as_deref(), Some("Drøftelse af fælles beredskab ved stormflod"));
    assert_eq!(
        headings(second),
        [("REFERAT", Decision), ("KOMMUNALE BEMÆRKNINGER", MunicipalRemarks), ("INDSTILLING", Recommendation), ("SAGSFREMSTILLING", Case)]
    );
    assert_eq!((second.sections[2].from.as_deref(), second.sections[2].to.as_deref()), (None, Some("Strategiske Kyststyregruppe")));
    let BlockJson::Paragraph { text, marks, .. } = &second.sections[3].blocks[0] else { panic!("a paragraph") };
    assert_eq!(text, "Se planen og https://kyst.test/plan.");
    assert_eq!((marks.len(), marks[0].start, marks[0].link.as_deref()), (1, 13, Some("https://kyst.test/plan")));

    assert_eq!(headings(third), [("REFERAT", Decision)]);
    assert!(third.sections[0].blocks.is_empty());
    let joined = findings.iter().filter(|finding| matches!(finding, Finding::JoinedParagraph { number, .. } if number == "1")).count();
    assert_eq!(joined, 2, "{findings:?}");
    assert!(findings.contains(&Finding::DeadLink { number: "2".into(), words: "planen".into() }));
    assert!(findings.contains(&Finding::EmptyItem { number: "3".into() }));
}

#[test]
fn minutes_of_a_word_processor_are_read() {
    use AttachmentStatus::{Eftersendes, Vedlagt};
    use ListJson::Bullet;
    use SectionKind::{Case, Decision, Recommendation};
    let Imported { meeting, findings, .. } = fixture("word_minutes.txt");
    assert_eq!((meeting.forum.as_str(), meeting.kind), ("Havnenes Arbejdsudvalg", Kind::AgendaAndMinutes));
    assert_eq!(
        (meeting.date.as_deref(), meeting.start.as_deref(), meeting.end.as_deref()),
        (Some("2026-05-07"), Some("14:30"), Some("16:00"))
    );
    assert_eq!(meeting.place.as_deref(), Some("Lokale 4, Strandvej 2, 9999 Havnby"));
    let people: Vec<&str> = meeting.participants.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(people, ["Bo Lund", "Ida von Holm", "Per Dam", "Eva Kjær"]);
    assert_eq!(numbers(&meeting), ["1", "2", "3"]);
    let [first, second, third] = &meeting.items[..] else { panic!("three items") };

    assert_eq!(headings(first), [("", Case), ("Indstilling:", Recommendation), ("Referat:", Decision)]);
    assert_eq!(
        lists(first, 0),
        [
            (Bullet, 0, "Kystmøde 9. april"),
            (Bullet, 0, "Havnedag 24. april"),
            (Bullet, 1, "Program – hvem gør hvad?"),
            (Bullet, 1, "Vejret"),
            (Bullet, 0, "Skippermøde")
        ]
    );
    assert!(
        first.sections[0]
            .blocks
            .iter()
            .any(|block| matches!(block, BlockJson::Paragraph { level: 2, text, .. } if text.starts_with("Dagen holdes")))
    );
    assert!(
        first.sections[0]
            .blocks
            .iter()
            .any(|block| matches!(block, BlockJson::ListItem { marks, .. } if marks.len() == 1 && marks[0].italic))
    );
    assert_eq!(first.sections[1].to.as_deref(), Some("Havnenes Arbejdsudvalg"));
    assert_eq!(attachments(first), [(Some("1"), "Program for havnedagen", Vedlagt), (Some("2"), "Vejrudsigt", Eftersendes)]);
    assert_eq!(first.sections[2].blocks.len(), 2, "{:?}", first.sections[2].blocks);

    assert_eq!(second.title, "Forberedelse af 2. møde i Kystforum 23. august");
    assert!(matches!(&second.sections[0].blocks[0], BlockJson::Paragraph { text, .. } if text.starts_with("23. August mødes")));
    assert_eq!(second.sections[1].to.as_deref(), Some("Havnenes Arbejdsudvalg"));
    assert_eq!(second.sections[2].blocks, [BlockJson::paragraph("Per Dam skriver.")]);
    assert_eq!(lists(third, 0).len(), 2);
    assert_eq!(
        findings,
        [Finding::JoinedParagraph { number: "1".into(), words: " kan findes penge til det (jf. budgettet for 2027).".into() }]
    );
}

#[test]
fn a_web_publication_is_read() {
    use AttachmentStatus::Vedlagt;
    use ListJson::{Bullet, Ordered};
    use SectionKind::{Background, Case, Decision, Recommendation};
    let Imported { meeting, findings, .. } = fixture("web_publication.txt");
    assert_eq!((meeting.forum.as_str(), meeting.title.as_str()), ("Kystforum", "Møde i Kystforum den 20. marts 2026"));
    assert_eq!(
        (meeting.date.as_deref(), meeting.start.as_deref(), meeting.end.as_deref()),
        (Some("2026-03-20"), Some("08:30"), Some("10:00"))
    );
    assert_eq!((meeting.place.as_deref(), meeting.published.as_deref()), (Some("Online"), Some("2026-03-21")));
    assert_eq!((meeting.kind, numbers(&meeting)), (Kind::AgendaAndMinutes, vec!["1", "2", "5", "6"]));
    assert_eq!(findings, [Finding::NumberGap { missing: vec!["3".into(), "4".into()] }]);
    let [first, second, third, fourth] = &meeting.items[..] else { panic!("four items") };

    assert_eq!(headings(first), [("Beslutning", Decision), ("Baggrund", Background), ("Indstilling", Recommendation)]);
    assert_eq!(first.sections[1].blocks, [BlockJson::paragraph("Referatet fra sidste møde er vedlagt.")]);
    assert_eq!((first.sections[2].from.as_deref(), first.sections[2].to.as_deref()), (Some("Forretningsudvalget"), Some("Kystforum")));
    let expected = [
        ("Beslutning", Decision),
        ("", Case),
        ("Baggrund", Background),
        ("Baggrund", Background),
        ("Indstilling", Recommendation),
        ("Baggrund", Background),
        ("Indstilling", Recommendation),
    ];
    assert_eq!(headings(second), expected);
    assert!(matches!(&second.sections[3].blocks[0], BlockJson::Heading { text, .. } if text == "Ny kaj"));
    let expected = [
        (Ordered, 0, "Træet er råddent."),
        (Ordered, 0, "Stenene er løse."),
        (Bullet, 0, "Havnefogeden ser på træet"),
        (Bullet, 0, "Kommunen ser på stenene"),
    ];
    assert_eq!(lists(second, 5), expected);
    assert_eq!((second.sections[4].from.as_deref(), second.sections[6].to.as_deref()), (None, None));
    assert_eq!(attachments(third), [(None, "Rapport om kysterne", Vedlagt), (None, "Brev fra ministeren – om kyster", Vedlagt)]);
    assert_eq!(headings(fourth), [("Beslutning", Decision)]);
}

#[test]
fn a_file_cut_anywhere_is_read_or_refused_and_never_worse() {
    for name in ["pdf_export.txt", "word_minutes.txt", "web_publication.txt"] {
        let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/import").join(name)).expect("fixture");
        let whole = read(&bytes, None).expect("whole").meeting;
        let mut most = 0;
        for end in (0..bytes.len()).step_by(7) {
            let Ok(cut) = read(&bytes[..end], None) else { continue };
            assert!(cut.meeting.items.len() <= whole.items.len(), "{name} cut at {end}");
            most = most.max(cut.meeting.items.len());
        }
        assert_eq!(most, whole.items.len(), "{name}");
    }
}

#[test]
fn arbitrary_bytes_and_arbitrary_agenda_lines_never_panic() {
    arbtest::arbtest(|u| {
        let bytes: Vec<u8> = u.arbitrary()?;
        let _ = read(&bytes, None);
        Ok(())
    })
    .budget_ms(1_000);
    const PIECES: [&str; 44] = [
        "\n",
        "\n\n",
        " ",
        "\t",
        "\u{a0}",
        "\r\n",
        "\u{c}",
        "- ",
        " - ",
        "• ",
        "1. ",
        "2. ",
        "a) ",
        "Punkt 1: ",
        "Punkt 2: ",
        "Punkt 3",
        "3. ",
        "Baggrund",
        "Baggrund:",
        "INDSTILLING",
        "Beslutning: ",
        "Bilag",
        "Bilag 1: ",
        "Bilag 2 (eftersendes): ",
        "fil.pdf",
        "Side 1 af 2",
        "Kystforum",
        "Kystforum indstiller til Kystforum, at ",
        "PUNKTER",
        "Indhold.....\t3",
        "[x](#)",
        "[x](https://x.test)",
        "<https://x.test>",
        "*",
        "**",
        "😀",
        "fæl-",
        "les",
        "Tid: den 8. maj kl. 9-",
        "Deltagere:\t",
        "Bo Lund, (A og B), og ",
        "(",
        ")",
        "{\"items\":[",
    ];
    arbtest::arbtest(|u| {
        let mut text = String::new();
        for _ in 0..u.int_in_range(0..=120)? {
            text.push_str(u.choose(&PIECES)?);
        }
        if let Ok(imported) = read(text.as_bytes(), None) {
            check_shape(&imported.meeting);
        }
        Ok(())
    })
    .budget_ms(2_000);
}

/// What the rest of the program relies on: marks lie inside their text, and text is one line.
fn check_shape(meeting: &MeetingJson) {
    for section in meeting.items.iter().flat_map(|item| &item.sections) {
        for block in &section.blocks {
            let (text, marks) = match block {
                BlockJson::Paragraph { text, marks, .. }
                | BlockJson::Heading { text, marks, .. }
                | BlockJson::ListItem { text, marks, .. }
                | BlockJson::Quote { text, marks } => (text, marks),
                BlockJson::Table { rows, .. } => {
                    assert!(rows.iter().flatten().all(|cell| !cell.contains('\n')), "{rows:?}");
                    continue;
                }
            };
            let units = text.encode_utf16().count() as u32;
            assert!(marks.iter().all(|mark| mark.start < mark.end && mark.end <= units), "{block:?}");
            assert!(!text.contains(['\n', '\r', '\t']), "{block:?}");
        }
    }
    assert!(meeting.items.iter().all(|item| !item.title.contains(['\n', '\t'])));
}

#[test]
fn hostile_files_are_read_or_refused_in_one_pass() {
    let fill = |part: &str| part.repeat(MAX_BYTES / part.len());
    let head = |part: &str| format!("Punkt 1: Kajer\n\n{}", part.repeat((MAX_BYTES - 20) / part.len()));
    // As many lines as are read at all.
    let most = |part: &str| {
        format!("Punkt 1: Kajer\n\n{}", part.repeat((super::MAX_LINES - 1) / part.lines().filter(|line| !line.is_empty()).count()))
    };
    for (name, text) in [
        ("one line", fill("a")),
        ("one line of words", head("ord og ")),
        ("short lines", fill("a\n")),
        ("short lines of an item", head("a\n")),
        ("numbered lines", fill("1. a\n\n")),
        ("rising numbers", (1..400_000).map(|number| format!("{}. a\n\n", number % 999)).collect()),
        ("items", fill("Punkt 1: a\n\n")),
        ("cut words", head("ab-\n\n")),
        ("cut sentences", head("en ret lang linje som ikke er slut endnu og går videre\n\n")),
        ("list marks", head("- a\n")),
        ("deep lists", head("- a\n - b\n  - c\n   - d\n")),
        ("tables", head("a\tb\n")),
        ("links", head("[a](b")),
        ("stars", head("*a ")),
        ("page numbers", fill("Side 1 af 9\n")),
        ("attachments", head("Bilag\n\na\n\n")),
        ("headings", head("Baggrund\n")),
        ("most short lines", most("a\n")),
        ("most items", most("Punkt 1: a\n\n")),
        ("most numbers", (1..super::MAX_LINES).map(|number| format!("{}. a\n\n", number % 999)).collect()),
        ("most cut words", most("ab-\n\n")),
        ("most cut sentences", most("en ret lang linje som ikke er slut endnu og går videre\n\n")),
        ("most list marks", most("- a\n - b\n  - c\n")),
        ("most tables", most("a\tb\n")),
        ("most page numbers", most("a\nSide 1 af 9\n")),
        ("most attachments", most("Bilag\n\na\n\n")),
        ("most file names", most("Bilag\n\na.pdf\n\nBilag\nb c d e f\n")),
        ("most headings", most("Baggrund\n")),
        ("most titles", most("Kajer\n\n")),
        ("people", format!("Deltagere: {}\n\n1. Kajer\n\nJa.", "Bo Lund og Ida, ".repeat(300_000))),
        ("json", "{\"items\":[".repeat(500_000)),
    ] {
        let started = Instant::now();
        let result = read(text.as_bytes(), None);
        let took = started.elapsed();
        eprintln!("{name}: {took:?} {}", result.as_ref().err().map_or_else(|| "read".to_owned(), ToString::to_string));
        assert!(took < Duration::from_secs(10), "{name} took {took:?}, unoptimised; a quadratic step takes minutes");
    }
    assert!(matches!(read(&vec![b'a'; MAX_BYTES + 1], None), Err(super::ImportError::TooLarge { .. })));
}
