//! Invented meetings.

use dagsorden_shared::id::ClientId;
use dagsorden_shared::meeting_json::{AttachmentJson, BlockJson, ItemJson, ListJson, MeetingJson, SectionJson, SectionKind};

/// Random bits that are the same in every run.
pub fn bits(seed: u64) -> impl FnMut() -> u128 {
    let mut state = u128::from(seed) + 1;
    move || {
        state = state.wrapping_mul(0xda94_2042_e4dd_58b5).wrapping_add(0x1405_7b7e_f767_814f);
        state ^ (state >> 64)
    }
}

/// A client id that is a small number, so that failures are easy to read.
///
/// # Panics
/// If `number` is 0.
pub fn client(number: u64) -> ClientId {
    ClientId::new(number).expect("client ids start at 1")
}

/// A small meeting with a bit of everything: marks aside, each kind of block, an empty item, an attachment.
pub fn meeting() -> MeetingJson {
    let section = |kind, heading: &str, blocks: Vec<BlockJson>| SectionJson {
        heading: (!heading.is_empty()).then(|| heading.to_owned()),
        kind,
        blocks,
        ..SectionJson::default()
    };
    let list = |text: &str| BlockJson::ListItem { list: ListJson::Bullet, level: 0, start: None, text: text.into(), marks: Vec::new() };
    let item = |number: &str, title: &str, sections| ItemJson {
        number: Some(number.into()),
        title: title.into(),
        sections,
        ..ItemJson::default()
    };
    MeetingJson {
        forum: "Kystkredsen".into(),
        title: "Møde i Kystkredsen".into(),
        date: Some("2027-02-09".into()),
        start: Some("09:00".into()),
        end: Some("12:00".into()),
        place: Some("Havnsted Rådhus".into()),
        items: vec![
            item(
                "1",
                "Godkendelse af dagsorden",
                vec![section(SectionKind::Recommendation, "Indstilling", vec![list("at dagsordenen godkendes")])],
            ),
            item(
                "2",
                "Fælles vagtordning",
                vec![
                    section(
                        SectionKind::Background,
                        "Baggrund",
                        vec![
                            BlockJson::paragraph("Kredsen drøftede i efteråret en fælles vagtordning."),
                            BlockJson::Heading { text: "Økonomi".into(), marks: Vec::new(), level: 2 },
                            BlockJson::Table {
                                rows: vec![vec!["Kommune".into(), "Timer".into()], vec!["Havnsted".into(), "40".into()]],
                                cell_marks: Vec::new(),
                                head: None,
                            },
                        ],
                    ),
                    section(
                        SectionKind::Recommendation,
                        "Indstilling",
                        vec![list("at ordningen prøves i et år"), list("at den evalueres")],
                    ),
                ],
            ),
            ItemJson {
                attachments: vec![AttachmentJson { title: "Notat om praksis.pdf".into(), ..AttachmentJson::default() }],
                ..item(
                    "3",
                    "Orientering fra arbejdsgruppen",
                    vec![section(SectionKind::Case, "", vec![BlockJson::paragraph("Gruppen har mødtes to gange.")])],
                )
            },
            item("4", "Eventuelt", Vec::new()),
        ],
        ..MeetingJson::default()
    }
}
