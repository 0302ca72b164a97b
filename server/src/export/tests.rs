//! Exports as a whole: an invented meeting with everything in it, words in order in every format, and the product's sample documents.

mod calendar;
mod formats;
mod heads;
mod numbers;
mod samples;
mod text;
mod word;

use dagsorden_shared::access::Phase;
use dagsorden_shared::catalogue::{Catalogue, Language};
use dagsorden_shared::meeting_json::{
    AttachmentJson, AttachmentStatus, BlockJson, ItemJson, Kind, ListJson, MarkJson, MeetingJson, Participant, ParticipantStatus,
    SectionJson, SectionKind,
};

use super::{Facts, File, Format, write};

fn facts(phase: Phase) -> Facts {
    Facts {
        meeting: "m1".parse().expect("an id"),
        address: Some("http://127.0.0.1:8080/m/m1".into()),
        phase,
        version: 3,
        hash: None,
        written: "2027-01-02T03:04:05Z".parse().expect("a time"),
    }
}

fn export(format: Format, meeting: &MeetingJson) -> File {
    write(format, meeting, &facts(Phase::Draft), Catalogue::of(Language::Da)).unwrap_or_else(|error| panic!("{format:?}: {error}"))
}

fn exported_text(format: Format, meeting: &MeetingJson) -> String {
    String::from_utf8(export(format, meeting).bytes).expect("UTF-8")
}

fn marked(text: &str, words: &str, mark: MarkJson) -> BlockJson {
    let units = |text: &str| text.encode_utf16().count() as u32;
    let start = units(&text[..text.find(words).expect("the words")]);
    let mark = MarkJson { start, end: start + units(words), ..mark };
    BlockJson::Paragraph { text: text.into(), marks: vec![mark], level: 0 }
}

fn line(list: ListJson, level: u8, text: &str) -> BlockJson {
    BlockJson::ListItem { list, level, start: None, text: text.into(), marks: Vec::new() }
}

fn heading(text: &str, level: u8) -> BlockJson {
    BlockJson::Heading { text: text.into(), marks: Vec::new(), level }
}

fn table(rows: &[&[&str]]) -> BlockJson {
    let rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
    BlockJson::Table { rows, cell_marks: Vec::new(), head: None }
}

fn section(heading: Option<&str>, kind: SectionKind, blocks: Vec<BlockJson>) -> SectionJson {
    SectionJson { heading: heading.map(Into::into), kind, blocks, ..SectionJson::default() }
}

/// The same before it was published.
fn unpublished() -> MeetingJson {
    MeetingJson { published: None, ..meeting() }
}

/// A meeting with every block, mark and status, and text that means something in each of the formats.
fn meeting() -> MeetingJson {
    use ListJson::{Bullet, Ordered};
    let person = |name: &str, role: Option<&str>, organisation: Option<&str>, status| Participant {
        name: name.into(),
        role: role.map(Into::into),
        organisation: organisation.map(Into::into),
        status,
        ..Participant::default()
    };
    let file = |number: Option<&str>, title: &str, status| AttachmentJson {
        number: number.map(Into::into),
        title: title.into(),
        status,
        file: None,
    };
    let first = ItemJson {
        number: Some("1".into()),
        title: "Kajer & <broer> #1 | *to* _tre_ [fire](ftp://x.test) 😀".into(),
        kind: Some("Til beslutning".into()),
        presenter: Some("Bo Lund".into()),
        minutes: Some(35),
        guests: vec!["Ida Holm".into()],
        sections: vec![
            section(None, SectionKind::Case, vec![BlockJson::paragraph("1. januar begynder det, & <b>alt</b> er \"nyt\"\u{7}\u{0}.")]),
            section(
                Some("Baggrund"),
                SectionKind::Background,
                vec![
                    heading("Lille overskrift", 3),
                    marked("Ordet fed står her.", "fed", MarkJson { bold: true, ..MarkJson::default() }),
                    marked("Midt i sammensatteord her.", "satte", MarkJson { italic: true, ..MarkJson::default() }),
                    marked("Her er (tegn)efter.", "(tegn)", MarkJson { bold: true, ..MarkJson::default() }),
                    marked("Noget understreget tekst.", "understreget", MarkJson { underline: true, ..MarkJson::default() }),
                    marked("Noget slettet tekst.", "slettet", MarkJson { strike: true, ..MarkJson::default() }),
                    marked(
                        "😀 se planen nu!",
                        "planen",
                        MarkJson { link: Some("https://x.test/a_(b)?c=1&d".into()), ..MarkJson::default() },
                    ),
                    marked("En fælde for dem.", "fælde", MarkJson { link: Some("javascript:alert(1)".into()), ..MarkJson::default() }),
                    line(Ordered, 0, "først"),
                    line(Bullet, 1, "under"),
                    line(Bullet, 8, "dybt under"),
                    line(Ordered, 0, "dernæst"),
                    BlockJson::paragraph("En liste mere:"),
                    line(Ordered, 0, "forfra"),
                    line(Ordered, 1, "forfra under"),
                    line(Ordered, 0, "til sidst"),
                    BlockJson::Paragraph { text: "Indrykket tekst.".into(), marks: Vec::new(), level: 2 },
                    BlockJson::Quote { text: "Sagt af en anden.".into(), marks: Vec::new() },
                    table(&[&["Kaj", "Meter | fod"], &["A", "1.204"], &["", "12"], &["B"]]),
                    table(&[&["Alene"]]),
                    BlockJson::paragraph("- ikke en liste"),
                    BlockJson::paragraph("+ heller ikke"),
                    BlockJson::paragraph("# ikke en overskrift"),
                    BlockJson::paragraph("x".repeat(300)),
                    BlockJson::paragraph("Linje\u{2028}skift\tog\ntab \u{ffff}slut."),
                ],
            ),
            section(Some("Beslutning"), SectionKind::Decision, Vec::new()),
            section(None, SectionKind::Recommendation, vec![BlockJson::paragraph("Kredsen godkender.")]),
        ],
        attachments: vec![
            file(Some("1"), "Kort over kajer.pdf", AttachmentStatus::Vedlagt),
            file(None, "Svar & <spørgsmål>.docx", AttachmentStatus::Eftersendes),
            file(None, "Brev fra havnefogeden", AttachmentStatus::Omtalt),
        ],
        ..ItemJson::default()
    };
    MeetingJson {
        forum: "Kystkredsen".into(),
        title: "Møde i <Kystkredsen> & venner".into(),
        kind: Kind::AgendaAndMinutes,
        date: Some("2027-07-08".into()),
        start: Some("09:00".into()),
        end: Some("12:15".into()),
        place: Some("Havnsted Rådhus, mødelokale 3; stuen".into()),
        case_id: Some("S-1".into()),
        document_id: Some("D-2".into()),
        document_date: Some("2027-07-01".into()),
        published: Some("2027-07-10".into()),
        participants: vec![
            person("Ane Holt", Some("direktør"), Some("Birkeå Kommune"), ParticipantStatus::Deltager),
            person("Bo Lund", None, None, ParticipantStatus::Deltager),
            person("Kim Friis", None, Some("Havnby Kommune"), ParticipantStatus::Afbud),
            person("Eva Kjær", Some("konsulent"), None, ParticipantStatus::Sekretariat),
        ],
        items: vec![
            first,
            ItemJson { number: Some("4a".into()), title: "Lukket sag om Hemmeligheden".into(), closed: true, ..ItemJson::default() },
            ItemJson { number: Some("5".into()), ..ItemJson::default() },
        ],
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The words of a meeting's items in the order of the paper.
fn expected_words(meeting: &MeetingJson) -> Vec<String> {
    let mut text = String::new();
    let mut add = |part: &str| {
        // What no file can hold is no part of a word.
        text.extend(part.chars().filter(|c| !c.is_control() || c.is_whitespace()).filter(|c| *c != '\u{ffff}'));
        text.push('\n');
    };
    for item in &meeting.items {
        if item.closed && item.sections.is_empty() {
            continue;
        }
        add(&item.title);
        item.alt_title.iter().chain(&item.kind).chain(&item.presenter).chain(&item.guests).for_each(|text| add(text));
        for section in item.sections.iter().filter(|section| !section.blocks.is_empty()) {
            section.heading.iter().for_each(|heading| add(heading));
            for block in &section.blocks {
                match block {
                    BlockJson::Paragraph { text, .. }
                    | BlockJson::Heading { text, .. }
                    | BlockJson::ListItem { text, .. }
                    | BlockJson::Quote { text, .. } => add(text),
                    BlockJson::Table { rows, .. } => rows.iter().flatten().for_each(|cell| add(cell)),
                }
            }
        }
        let (mentioned, enclosed): (Vec<_>, Vec<_>) = item.attachments.iter().partition(|file| file.status == AttachmentStatus::Omtalt);
        // Those that are only mentioned come last in every invented meeting and sample.
        enclosed.iter().chain(&mentioned).for_each(|file| add(&file.title));
    }
    words(&text)
}

/// Words that a format adds: numbers of items and list lines, labels, notes of attachments, names of sections and items that have none.
const ADDED: [&str; 34] = [
    "Punkt",
    "Lukket",
    "punkt",
    "Punktet",
    "behandles",
    "for",
    "lukkede",
    "døre",
    "Nummeret",
    "bevares",
    "uden",
    "titel",
    "Bilag",
    "bilag",
    "eftersendes",
    "omtalt",
    "men",
    "ikke",
    "vedlagt",
    "Indstilling",
    "Beslutning",
    "min",
    "Oplæg",
    "Gæster",
    "Baggrund",
    "Resumé",
    "Sagsfremstilling",
    "Kommunale",
    "bemærkninger",
    "Tekst",
    "a",
    "b",
    "https",
    "x",
];

/// All words of the meeting in their order, and between them only those that a format adds, and those that this one may have `also`.
fn check_words(what: &str, found: &[String], expected: &[String], also: &[String]) {
    let mut next = expected.iter().peekable();
    for (at, word) in found.iter().enumerate() {
        if next.next_if(|wanted| *wanted == word).is_none() {
            let is_number = word.chars().next().is_some_and(|c| c.is_ascii_digit()) && word.len() < 4;
            assert!(
                is_number || ADDED.contains(&word.as_str()) || also.contains(word),
                "{what}: {word:?} is not of the meeting, or {:?} is missing; after {:?}",
                next.peek(),
                &found[at.saturating_sub(8)..at]
            );
        }
    }
    assert_eq!(next.next(), None, "{what}");
}

/// The text of an HTML file's items: tags that stand inside words go, all others part them.
fn html_text(html: &str) -> String {
    let (_, main) = html.split_once("<main>").expect("a main part");
    let text = without_tags(main, &["a", "strong", "em", "u", "s"]);
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", "\u{a0}").replace("&amp;", "&")
}

/// The text of a Word document's items.
fn word_text(xml: &str) -> String {
    let (_, items) = xml.split_once("w:name=\"Punkt_1\"/>").unwrap_or(("", xml));
    let text = without_tags(items, &["w:r", "w:rPr", "w:t", "w:b", "w:i", "w:u", "w:strike", "w:rStyle", "w:hyperlink"]);
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn without_tags(markup: &str, inline: &[&str]) -> String {
    let mut text = String::new();
    for part in markup.split('<') {
        let Some((tag, rest)) = part.split_once('>') else {
            text.push_str(part);
            continue;
        };
        let name = tag.trim_matches('/').split([' ', '/']).next().unwrap_or_default();
        if !inline.contains(&name) {
            text.push(' ');
        }
        text.push_str(rest);
    }
    text
}

/// The text of a Markdown file's items, as a reader shows it.
fn markdown_text(markdown: &str) -> String {
    let (_, items) = markdown.split_once("\n## ").unwrap_or(("", markdown));
    let mut text = String::new();
    let mut rest = items.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.extend(rest.next()),
            '*' => {}
            '<' => drop(rest.by_ref().find(|c| *c == '>')),
            '(' if text.ends_with(']') && rest.as_str().starts_with('<') => {
                text.pop();
                rest.by_ref().take_while(|c| *c != '>').for_each(drop);
            }
            '[' => {}
            c => text.push(c),
        }
    }
    text
}

/// The text of a text file's items, without the addresses of links.
fn plain_text(file: &str) -> String {
    let (_, items) = file.split_once("\nPunkt ").unwrap_or(("", file));
    let mut parts = items.split("](http");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| format!("{text}{}", part.split_once(')').map_or("", |(_, rest)| rest)))
}

/// The document part of a Word file.
fn word_part(file: &File, name: &str) -> String {
    use std::io::Read;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&file.bytes)).expect("an archive");
    let mut text = String::new();
    zip.by_name(name).unwrap_or_else(|error| panic!("{name}: {error}")).read_to_string(&mut text).expect("UTF-8");
    text
}

fn check_all_words(what: &str, meeting: &MeetingJson) {
    let expected = expected_words(meeting);
    let in_word = word_text(&word_part(&export(Format::Docx, meeting), "word/document.xml"));
    check_words(&format!("{what} docx"), &words(&in_word), &expected, &[]);
    check_words(&format!("{what} html"), &words(&html_text(&exported_text(Format::Html, meeting))), &expected, &[]);
    check_words(&format!("{what} md"), &words(&markdown_text(&exported_text(Format::Markdown, meeting))), &expected, &[]);
    // Titles may be printed a second time.
    let titles: Vec<String> = meeting.items.iter().flat_map(|item| words(&item.title)).collect();
    check_words(&format!("{what} txt"), &words(&plain_text(&exported_text(Format::Text, meeting))), &expected, &titles);
}
