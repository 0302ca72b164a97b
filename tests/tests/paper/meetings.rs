//! Invented meetings, each with something that has broken a PDF before.

use dagsorden_shared::meeting_json::{
    AttachmentJson, AttachmentStatus, BlockJson, ItemJson, ListJson, MarkJson, MeetingJson, Participant, SectionJson, SectionKind,
};

/// The meeting that the program offers as an example.
pub(crate) fn demo() -> MeetingJson {
    serde_json::from_str(include_str!("../../../server/src/demo/meeting.json")).expect("Meeting JSON")
}

/// All of them by name.
pub(crate) fn all() -> Vec<(&'static str, MeetingJson)> {
    vec![
        ("demo", demo()),
        ("empty", MeetingJson::default()),
        ("markup", markup()),
        ("emoji", emoji()),
        ("characters", characters()),
        ("headings", headings_without_section()),
        ("lists", deep_lists()),
        ("numbers", numbered_lists()),
        ("heads", heads()),
        ("long word", long_word()),
        ("long cell", long_cell()),
        ("long table", long_table()),
        ("wide table", wide_table()),
        ("closed", closed()),
        ("marks", marks()),
        ("nothing in it", empty_parts()),
        ("many items", many_items()),
    ]
}

fn meeting(items: Vec<ItemJson>) -> MeetingJson {
    MeetingJson { forum: "Kystkredsen".into(), date: Some("2027-01-14".into()), items, ..MeetingJson::default() }
}

fn item(number: &str, title: &str, blocks: Vec<BlockJson>) -> ItemJson {
    let section = SectionJson { heading: Some("Sagsfremstilling".into()), kind: SectionKind::Case, blocks, ..SectionJson::default() };
    ItemJson { number: Some(number.into()), title: title.into(), sections: vec![section], ..ItemJson::default() }
}

fn heading(text: &str, level: u8) -> BlockJson {
    BlockJson::Heading { text: text.into(), marks: Vec::new(), level }
}

fn list_item(list: ListJson, level: u8, text: &str) -> BlockJson {
    BlockJson::ListItem { list, level, start: None, text: text.into(), marks: Vec::new() }
}

fn table(rows: Vec<Vec<String>>) -> BlockJson {
    BlockJson::Table { rows, cell_marks: Vec::new(), head: None }
}

/// What typst, JSON and HTML would read as more than text.
pub(crate) fn markup() -> MeetingJson {
    let hostile =
        "#panic(\"x\") *ikke fed* _nej_ @ref <label> // kommentar /* her */ $x^2$ `kode` ~ -- --- ... \\ \\u{41} [a](b) &amp; <b>";
    let mut meeting = meeting(vec![ItemJson {
        alt_title: Some(hostile.into()),
        kind: Some("Til beslutning".into()),
        presenter: Some(hostile.into()),
        minutes: Some(35),
        guests: vec![hostile.into(), "Ida Holm".into()],
        attachments: vec![AttachmentJson { number: None, title: hostile.into(), status: AttachmentStatus::Eftersendes, file: None }],
        ..item(
            "#1",
            hostile,
            vec![
                BlockJson::paragraph("= Ikke en overskrift"),
                BlockJson::paragraph("- ikke en liste"),
                heading(hostile, 2),
                list_item(ListJson::Bullet, 0, hostile),
                table(vec![vec![hostile.into(), "#let x = 1".into()], vec!["1. ikke en liste".into(), "/ ord: ikke et".into()]]),
            ],
        )
    }]);
    meeting.title = format!("Møde {hostile}");
    meeting.participants = vec![Participant { name: hostile.into(), ..Participant::default() }];
    meeting
}

pub(crate) fn emoji() -> MeetingJson {
    let text = "Smil 😀 og 漢字 אבג العربية 👩\u{200d}👧 ✓ ☐ → Ω Ł \u{e000}\u{0}\u{fffe}\u{ffff}\u{1fffe}\u{fdd0}\u{202e}";
    meeting(vec![item(
        "1",
        text,
        vec![
            BlockJson::paragraph(text),
            heading(text, 3),
            BlockJson::Paragraph {
                text: text.into(),
                marks: vec![
                    MarkJson { start: 5, end: 7, bold: true, ..MarkJson::default() },
                    MarkJson { start: 6, end: 30, italic: true, link: Some("https://example.test/?a=😀".into()), ..MarkJson::default() },
                ],
                level: 0,
            },
        ],
    )])
}

/// Each character of the scripts that the fonts have, and of their neighbours; in all cuts.
fn characters() -> MeetingJson {
    let text = |from: u32, to: u32| (from..=to).filter_map(char::from_u32).map(|c| format!("{c} ")).collect::<String>();
    let texts = [(0, 0x52f), (0x1e00, 0x1fff), (0x2000, 0x27bf), (0xf0a0, 0xf0ff), (0xfb00, 0xfb06), (0xfe00, 0xfe0f), (0xfff0, 0xffff)];
    let all = texts.map(|(from, to)| text(from, to)).concat();
    let mark = |bold, italic| MarkJson { start: 0, end: u32::MAX, bold, italic, ..MarkJson::default() };
    let line = |bold, italic| BlockJson::Paragraph { text: all.clone(), marks: vec![mark(bold, italic)], level: 0 };
    let mut meeting = meeting(vec![item("1", &all, vec![line(false, false), line(false, true), line(true, false), line(true, true)])]);
    meeting.title = all;
    meeting
}

/// Sub-headings right below an item, levels in any order, and headings of spaces.
pub(crate) fn headings_without_section() -> MeetingJson {
    let blocks = vec![
        heading("Tredje først", 3),
        BlockJson::paragraph("Tekst"),
        heading("Så første", 1),
        heading("Og anden", 2),
        heading(" \u{a0}\u{200b}", 2),
        heading("Anden igen", 2),
    ];
    let mut bare = item("1", "Uden overskrift", blocks.clone());
    bare.sections[0].heading = None;
    let mut decided = bare.clone();
    decided.sections[0].kind = SectionKind::Decision;
    meeting(vec![bare, item("2", "Med overskrift", blocks), decided])
}

pub(crate) fn deep_lists() -> MeetingJson {
    let kind = |level: u8| if level.is_multiple_of(2) { ListJson::Bullet } else { ListJson::Ordered };
    let mut blocks: Vec<BlockJson> = (0..9).map(|level| list_item(kind(level), level, &format!("Niveau {level}"))).collect();
    blocks.extend([
        list_item(ListJson::Bullet, 0, "Øverst igen"),
        list_item(ListJson::Ordered, 7, "Meget dybt"),
        list_item(ListJson::Ordered, 1, ""),
    ]);
    blocks.push(BlockJson::paragraph("Efter listen"));
    blocks.extend((0..40).map(|number| list_item(ListJson::Ordered, 0, &format!("Nummer {number}"))));
    meeting(vec![item("1", "Lister", blocks)])
}

/// Lists that begin elsewhere, go on below a paragraph and begin again.
pub(crate) fn numbered_lists() -> MeetingJson {
    let line =
        |level, start, text: &str| BlockJson::ListItem { list: ListJson::Ordered, level, start, text: text.into(), marks: Vec::new() };
    let blocks = vec![
        line(0, Some(3), "Tredje"),
        line(1, Some(2), "Under"),
        line(1, None, "Under igen"),
        line(0, None, "Fjerde"),
        BlockJson::paragraph("Og så"),
        line(0, Some(5), "Femte"),
        line(0, Some(1), "Forfra"),
    ];
    meeting(vec![item("1", "Numre", blocks)])
}

/// Tables with a head, without one, and with what a writer has said of it.
pub(crate) fn heads() -> MeetingJson {
    let table = |rows: [[&str; 2]; 2], head| {
        let rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
        BlockJson::Table { rows, cell_marks: Vec::new(), head }
    };
    let blocks = vec![
        table([["Post", "Beløb"], ["Leje", "12"]], None),
        BlockJson::paragraph("og"),
        table([["Løn", "4"], ["Rejser", "2"]], None),
        BlockJson::paragraph("og"),
        table([["Kvartal", "1"], ["Udgift", "7"]], Some(true)),
        BlockJson::paragraph("og"),
        table([["Formand", "Ida"], ["Næstformand", "Bo"]], Some(false)),
    ];
    meeting(vec![item("1", "Tal", blocks)])
}

pub(crate) fn long_word() -> MeetingJson {
    let word = "æ".repeat(300);
    let mut long = item(
        &"9".repeat(60),
        &word,
        vec![
            BlockJson::paragraph(&*word),
            heading(&word, 2),
            list_item(ListJson::Bullet, 8, &word),
            table(vec![vec![word.clone(), "b".into(), "c".into()], vec!["1".into(), word.clone(), "3".into()]]),
            BlockJson::paragraph(format!("https://example.test/{}", "sti/".repeat(100))),
        ],
    );
    long.sections[0].heading = Some("Sundhedsdirektørkredsensbemærkningsfrister".into());
    long.sections[0].from = Some("Sundhedsdirektørkredsensbemærkningsfrister".into());
    long.attachments.push(AttachmentJson { number: Some("1.1".into()), title: word, ..AttachmentJson::default() });
    meeting(vec![long])
}

/// One cell that fills several pages, and a head row that does.
pub(crate) fn long_cell() -> MeetingJson {
    let long = "Meget lang tekst i en celle ".repeat(800);
    meeting(vec![item(
        "1",
        "Lange celler",
        vec![
            table(vec![vec!["A".into(), "B".into()], vec!["kort".into(), long.clone()]]),
            table(vec![vec![long, "B".into()], vec!["kort".into(), "kort".into()]]),
        ],
    )])
}

pub(crate) fn long_table() -> MeetingJson {
    let mut rows = vec![vec!["Kommune".to_owned(), "Navn".into(), "Andel".into()]];
    rows.extend((0..200).map(|row| vec![format!("række {row}"), "x".into(), format!("{row} %")]));
    meeting(vec![item("1", "En lang tabel", vec![table(rows)])])
}

pub(crate) fn wide_table() -> MeetingJson {
    let head = (0..60).map(|column| format!("Kolonne{column}")).collect();
    let rows = (0..5).map(|row| (0..60).map(|column| format!("r{row}c{column}")).collect());
    let wide = table(std::iter::once(head).chain(rows).collect());
    meeting(vec![item("1", "En bred tabel", vec![wide.clone(), BlockJson::paragraph("Imellem"), wide])])
}

pub(crate) fn closed() -> MeetingJson {
    let secret = "Hemmelig";
    let shut = ItemJson {
        closed: true,
        alt_title: Some(secret.into()),
        guests: vec![secret.into()],
        attachments: vec![AttachmentJson { title: secret.into(), ..AttachmentJson::default() }],
        ..item("2", secret, vec![BlockJson::paragraph(secret), table(vec![vec![secret.into(); 20]; 3])])
    };
    let open = |number, title| item(number, title, vec![BlockJson::paragraph("Åben tekst")]);
    meeting(vec![open("1", "Åbent punkt"), shut, open("4", "Et andet åbent punkt")])
}

/// Marks that cut words, overlap, lie outside of the text, and links of all kinds.
pub(crate) fn marks() -> MeetingJson {
    let mark = |start, end| MarkJson { start, end, ..MarkJson::default() };
    let link = |address: &str| MarkJson { link: Some(address.into()), ..mark(0, 9) };
    let text = "Ordsammensætning og mere";
    let line = |marks| BlockJson::Paragraph { text: text.into(), marks, level: 3 };
    meeting(vec![item(
        "1",
        "Mærker",
        vec![
            line(vec![
                MarkJson { bold: true, ..mark(3, 9) },
                MarkJson { italic: true, ..mark(6, 12) },
                MarkJson { strike: true, ..mark(2, 400) },
            ]),
            line(vec![
                MarkJson { underline: true, ..mark(9, 3) },
                MarkJson { underline: true, bold: true, italic: true, strike: true, ..mark(0, 24) },
            ]),
            line(vec![link("https://example.test/æ ø?q=\"#(%")]),
            line(vec![link("javascript:alert(1)")]),
            line(vec![link("mailto:post@example.test")]),
            line(vec![link("tel:+4512345678")]),
            BlockJson::Quote { text: text.into(), marks: vec![MarkJson { bold: true, ..mark(0, 3) }] },
        ],
    )])
}

/// Items, sections, lists and tables without anything in them.
pub(crate) fn empty_parts() -> MeetingJson {
    let blocks = vec![
        BlockJson::paragraph(""),
        heading("", 1),
        list_item(ListJson::Bullet, 3, ""),
        table(Vec::new()),
        table(vec![Vec::new(), vec![String::new()]]),
        table(vec![vec![String::new(); 4]; 4]),
    ];
    let mut bare = item("", "", blocks);
    bare.attachments.push(AttachmentJson::default());
    meeting(vec![ItemJson::default(), bare])
}

pub(crate) fn many_items() -> MeetingJson {
    let text = "Punktet er sat på af sekretariatet og drøftes kort.";
    meeting(
        (1..=500).map(|number| item(&number.to_string(), &format!("Punkt nummer {number}"), vec![BlockJson::paragraph(text)])).collect(),
    )
}
