//! Plain text: importing it gives the meeting again.

use super::super::paper::Paper;
use super::*;
use crate::import;

/// What the text layout can say: no marks but bold, italic and links, sections that have text, one kind of heading.
fn sayable(mut meeting: MeetingJson) -> MeetingJson {
    meeting.title = Paper::new(&meeting, &facts(Phase::SentOut), Catalogue::of(Language::Da)).title.replace('\u{a0}', " ");
    for item in &mut meeting.items {
        item.sections.retain(|section| !section.blocks.is_empty());
        item.attachments.sort_by_key(|file| file.status == AttachmentStatus::Omtalt);
    }
    meeting
}

pub(super) fn again(meeting: &MeetingJson) -> MeetingJson {
    let text = exported_text(Format::Text, meeting);
    let read = import::read(text.as_bytes(), Some("a.txt")).unwrap_or_else(|error| panic!("{error}: {text}"));
    sayable(read.meeting)
}

/// Holds the two against each other part by part, so that a difference can be read.
pub(super) fn check_same(what: &str, found: &MeetingJson, expected: &MeetingJson) {
    let expected = sayable(expected.clone());
    for (found, expected) in found.items.iter().zip(&expected.items) {
        let at = format!("{what} item {:?}", expected.number);
        for (found, expected) in found.sections.iter().zip(&expected.sections) {
            assert_eq!((&found.heading, found.kind), (&expected.heading, expected.kind), "{at}");
            for (found, expected) in found.blocks.iter().zip(&expected.blocks) {
                assert_eq!(found, expected, "{at}");
            }
            assert_eq!(found, expected, "{at}");
        }
        assert_eq!(found, expected, "{at}");
    }
    assert_eq!(*found, expected, "{what}");
}

fn plain_meeting() -> MeetingJson {
    use ListJson::{Bullet, Ordered};
    let file = |number: Option<&str>, title: &str, status| AttachmentJson {
        number: number.map(Into::into),
        title: title.into(),
        status,
        file: None,
    };
    let mut agenda = meeting();
    agenda.title = "Møde i Kystkredsen".into();
    agenda.items = vec![
        ItemJson {
            number: Some("1".into()),
            title: "Nye kajer i 2028".into(),
            sections: vec![
                section(
                    None,
                    SectionKind::Case,
                    vec![BlockJson::paragraph("Gæster: Ida Holm, Per Dam."), BlockJson::paragraph("Havnefogeden deltager fra kl. 9.")],
                ),
                section(
                    Some("Baggrund"),
                    SectionKind::Background,
                    vec![
                        marked("Kajerne er gamle og slidte.", "gamle", MarkJson { bold: true, ..MarkJson::default() }),
                        marked(
                            "Se også planen for havnen.",
                            "planen",
                            MarkJson { link: Some("https://x.test/plan".into()), ..MarkJson::default() },
                        ),
                        line(Bullet, 0, "træet er råddent"),
                        line(Bullet, 1, "mest mod nord"),
                        line(Bullet, 0, "stenene er løse"),
                        heading("Tal", 2),
                        table(&[&["", "2027", "2028"], &["1. kvartal", "4", ""], &["I alt", "4", "6"]]),
                        BlockJson::paragraph("Der er to muligheder:"),
                        line(Ordered, 0, "at vente"),
                        line(Ordered, 0, "at bygge"),
                    ],
                ),
                SectionJson {
                    from: Some("Formandskabet".into()),
                    to: Some("Kystkredsen".into()),
                    ..section(
                        Some("Indstilling"),
                        SectionKind::Recommendation,
                        vec![BlockJson::paragraph("Formandskabet indstiller til Kystkredsen, at"), line(Bullet, 0, "godkende planen.")],
                    )
                },
                section(Some("Beslutning"), SectionKind::Decision, vec![BlockJson::paragraph("Godkendt.")]),
            ],
            guests: vec!["Ida Holm".into(), "Per Dam".into()],
            attachments: vec![
                file(Some("1"), "Kort over kajer.pdf", AttachmentStatus::Vedlagt),
                file(Some("2"), "Priser", AttachmentStatus::Eftersendes),
                file(None, "brev om takster.docx", AttachmentStatus::Vedlagt),
            ],
            ..ItemJson::default()
        },
        ItemJson { number: Some("4a".into()), title: "Eventuelt".into(), ..ItemJson::default() },
    ];
    agenda
}

#[test]
fn text_out_is_text_in() {
    let agenda = plain_meeting();
    check_same("invented", &again(&agenda), &agenda);
}

#[test]
fn one_item_with_a_numbered_list_stays_one_item() {
    let mut agenda = plain_meeting();
    agenda.items.truncate(1);
    check_same("one item", &again(&agenda), &agenda);
}

#[test]
fn text_below_a_section_that_belongs_to_none_is_read_as_such() {
    let mut agenda = plain_meeting();
    let item = |number: &str, title: &str| ItemJson {
        number: Some(number.into()),
        title: title.into(),
        sections: vec![
            section(Some("Beslutning"), SectionKind::Decision, vec![BlockJson::paragraph("Taget til efterretning.")]),
            section(None, SectionKind::Case, vec![BlockJson::paragraph("Havnefogeden fortalte om kajerne.")]),
        ],
        ..ItemJson::default()
    };
    agenda.items = vec![item("1", "Kajer"), item("2", "Broer og moler")];
    check_same("loose text", &again(&agenda), &agenda);
}

#[test]
fn whatever_stands_in_a_meeting_its_text_is_read_again() {
    let nasty = again(&meeting());
    assert_eq!(nasty.items.iter().filter_map(|item| item.number.as_deref()).collect::<Vec<_>>(), ["1", "4a", "5"]);
    assert_eq!((nasty.date, nasty.start, nasty.end), (meeting().date, meeting().start, meeting().end));
    assert_eq!(nasty.participants, meeting().participants);
}
