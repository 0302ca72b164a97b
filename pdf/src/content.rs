//! What stands on the paper, in the order of the paper: Meeting JSON turned into what the template sets.
//!
//! Owns which parts there are and the levels of headings. All text in it is data: the template places it as strings.

use dagsorden_shared::agenda::Header;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::date;
use dagsorden_shared::meeting_json::{
    AttachmentJson, AttachmentStatus, BlockJson, ItemJson, ListJson, MeetingJson, SectionJson, SectionKind,
};
use dagsorden_shared::render::meeting::{facts, heading, kind_or_publication};
use dagsorden_shared::richtext::line::number;
use serde::Serialize;

use crate::Options;
use crate::fonts::{self, MILLIMETRES};
use crate::lists::{Flat, List, nested};
use crate::tables::{Place, Table, planned};
use crate::text::{Run, clean, is_blank, plain, runs};

/// From this many items on there is a list of contents.
const CONTENTS_FROM: usize = 7;
/// Level of an item's heading; the title is the only one above it.
const ITEM_LEVEL: u8 = 2;
/// Millimetres that a word in the margin may take: its column, and half of the gutter.
const SIDE: f32 = 33.0;
/// Figures of the hash in the foot.
const SHORT_HASH: usize = 12;

/// Everything on the paper.
#[derive(Debug, Serialize)]
pub(crate) struct Content {
    language: &'static str,
    /// In the file's properties: forum and title.
    name: String,
    forum: String,
    what: Option<String>,
    title: String,
    facts: Vec<Fact>,
    contents: Option<&'static str>,
    items: Vec<Item>,
    /// What stands in the place of items where there are none.
    no_items: &'static str,
    attachments: &'static str,
    /// What is said of the version at the end.
    version: Vec<Fact>,
    foot: Foot,
    draft: bool,
}

#[derive(Debug, Serialize)]
struct Fact {
    label: String,
    value: String,
    /// A row of figures, to be set as such.
    code: bool,
}

#[derive(Debug, Serialize)]
struct Foot {
    left: String,
    middle: Option<String>,
    page: &'static str,
    of: &'static str,
}

#[derive(Debug, Serialize)]
struct Item {
    number: String,
    title: String,
    closed: bool,
    /// Lines below the title.
    below: Vec<String>,
    sections: Vec<Section>,
    attachments: Vec<Attachment>,
    attachments_level: u8,
}

#[derive(Debug, Serialize)]
struct Section {
    heading: Option<String>,
    level: u8,
    /// A recommendation or a decision, which must be found.
    key: bool,
    between: Option<String>,
    /// Whether a word in the margin is too wide for it.
    hyphenate: bool,
    /// A wide table stands between two pieces of text, on pages of its own.
    pieces: Vec<Piece>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", content = "blocks", rename_all = "lowercase")]
enum Piece {
    Text(Vec<Block>),
    Turned(Vec<Block>),
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Block {
    Paragraph { runs: Vec<Run>, indent: u8 },
    Heading { runs: Vec<Run>, level: u8, rank: u8 },
    List(List),
    Quote { runs: Vec<Run> },
    Table { name: Option<String>, table: Table },
}

#[derive(Debug, Serialize)]
struct Attachment {
    number: String,
    title: String,
    state: Option<&'static str>,
}

impl Content {
    pub(crate) fn new(meeting: &MeetingJson, options: &Options) -> Self {
        let catalogue = Catalogue::of(options.language);
        let header = header(meeting);
        let title = plain(&heading(&header, catalogue));
        let forum = plain(meeting.forum.trim());
        let day = meeting.date.as_deref().map(|day| plain(&date::long(day, catalogue)));
        let short = |hash: &str| spaced(&hash.chars().take(SHORT_HASH).collect::<String>());
        let mark = options.version.as_ref();
        Self {
            language: options.language.code(),
            name: if forum.is_empty() || title.contains(&forum) { title.clone() } else { format!("{forum}: {title}") },
            what: kind_or_publication(&header, catalogue).map(|what| plain(&what)),
            title,
            facts: facts(&header, &meeting.participants, catalogue)
                .into_iter()
                .map(|(label, value)| Fact { label: label.to_owned(), value: plain(&value.join(" ")), code: false })
                .collect(),
            contents: (meeting.items.len() >= CONTENTS_FROM).then_some(catalogue.export.contents),
            items: meeting.items.iter().map(|shown| item(shown, catalogue)).collect(),
            no_items: catalogue.meeting.no_items,
            attachments: catalogue.meeting.attachments,
            version: mark.map_or_else(Vec::new, |mark| {
                let version = (catalogue.export.version)(mark.number, mark.approved);
                vec![
                    Fact { label: catalogue.export.version_label.to_owned(), value: version, code: false },
                    Fact { label: catalogue.export.fingerprint.to_owned(), value: spaced(&mark.hash), code: true },
                ]
            }),
            foot: Foot {
                left: [Some(forum.clone()), day].into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", "),
                middle: mark.map(|mark| format!("{} {} · {}", catalogue.export.version_label, mark.number, short(&mark.hash))),
                page: catalogue.export.page,
                of: catalogue.export.page_of,
            },
            forum,
            draft: options.draft,
        }
    }
}

fn header(meeting: &MeetingJson) -> Header {
    Header {
        title: meeting.title.clone(),
        forum: meeting.forum.clone(),
        kind: meeting.kind,
        date: meeting.date.clone(),
        start: meeting.start.clone(),
        end: meeting.end.clone(),
        place: meeting.place.clone(),
        case_id: meeting.case_id.clone(),
        document_id: meeting.document_id.clone(),
        document_date: meeting.document_date.clone(),
        published: meeting.published.clone(),
    }
}

/// Letters and figures in groups of four.
fn spaced(hash: &str) -> String {
    let clean: Vec<char> = clean(hash).chars().filter(|character| !character.is_whitespace()).collect();
    clean.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn item(item: &ItemJson, catalogue: &Catalogue) -> Item {
    let number = plain(item.number.as_deref().unwrap_or_default().trim());
    if item.closed {
        return Item {
            number,
            title: catalogue.meeting.closed_item.to_owned(),
            closed: true,
            below: vec![catalogue.meeting.closed_note.to_owned()],
            sections: Vec::new(),
            attachments: Vec::new(),
            attachments_level: ITEM_LEVEL + 1,
        };
    }
    let alternative = item.alt_title.as_deref().filter(|title| !is_blank(title)).map(plain);
    let below = alternative.into_iter().chain(about(item, catalogue)).collect();
    Item {
        number,
        title: if is_blank(&item.title) { catalogue.meeting.untitled_item.to_owned() } else { plain(&item.title) },
        closed: false,
        below,
        sections: item.sections.iter().filter_map(|shown| section(shown, catalogue)).collect(),
        attachments: item.attachments.iter().map(|shown| attachment(shown, catalogue)).collect(),
        attachments_level: ITEM_LEVEL + 1,
    }
}

/// What is said about an item on one line: for decision or not, how long, by whom, with which guests.
fn about(item: &ItemJson, catalogue: &Catalogue) -> Option<String> {
    let texts = &catalogue.meeting;
    let guests: Vec<&str> = item.guests.iter().map(String::as_str).filter(|guest| !is_blank(guest)).collect();
    let presenter = item.presenter.as_deref().filter(|name| !is_blank(name));
    let mut facts: Vec<String> = item.kind.iter().cloned().collect();
    facts.extend(item.minutes.map(texts.minutes));
    facts.extend(presenter.map(texts.presenter));
    facts.extend((!guests.is_empty()).then(|| (texts.item_guests)(&guests.join("; "))));
    // An import reads guests from a line that stays in the text.
    let first = item.sections.first().map_or(&[][..], |section| section.blocks.as_slice());
    facts.retain(|fact| !is_blank(fact) && !first.iter().any(|block| says(block, fact)));
    (!facts.is_empty()).then(|| plain(&facts.join("\u{2003}")))
}

/// Whether a paragraph says the same words and little else.
fn says(block: &BlockJson, words: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    matches!(block, BlockJson::Paragraph { text, .. } if text.len() < 2 * words.len() + 8 && letters(text) == letters(words))
}

fn attachment(attachment: &AttachmentJson, catalogue: &Catalogue) -> Attachment {
    Attachment {
        number: plain(attachment.number.as_deref().unwrap_or_default()),
        title: plain(&attachment.title),
        state: match attachment.status {
            AttachmentStatus::Vedlagt => None,
            AttachmentStatus::Eftersendes => Some(catalogue.meeting.attachment_later),
            AttachmentStatus::Omtalt => Some(catalogue.meeting.attachment_named),
        },
    }
}

/// A section; none if it has neither text nor a heading that a writer gave it.
fn section(section: &SectionJson, catalogue: &Catalogue) -> Option<Section> {
    let written = section.heading.as_deref().filter(|heading| !is_blank(heading));
    let heading = match written {
        Some(heading) => Some(plain(heading)),
        None => (section.kind != SectionKind::Case).then(|| catalogue.section_kind(section.kind).to_owned()),
    };
    let level = ITEM_LEVEL + 1;
    let between = (catalogue.meeting.between)(section.from.as_deref(), section.to.as_deref());
    let pieces = pieces(blocks(&section.blocks, if heading.is_some() { level + 1 } else { level }, catalogue));
    // An empty section is a place to write in; on paper it would be a heading without a text.
    if pieces.is_empty() && is_blank(&between) {
        return None;
    }
    let key = matches!(section.kind, SectionKind::Recommendation | SectionKind::Decision);
    let between = (!is_blank(&between)).then(|| plain(&between));
    Some(Section {
        hyphenate: is_wide(heading.as_deref(), key, 9.0) || is_wide(between.as_deref(), false, 8.0),
        heading,
        level,
        key,
        between,
        pieces,
    })
}

/// Whether a word of this size in points would reach from the margin into the text.
fn is_wide(text: Option<&str>, bold: bool, size: f32) -> bool {
    text.is_some_and(|text| text.split(' ').any(|word| fonts::width(word, bold) * size * MILLIMETRES > SIDE))
}

/// The blocks that show something. `first` is the level of the section's highest heading.
fn blocks(blocks: &[BlockJson], first: u8, catalogue: &Catalogue) -> Vec<Block> {
    let mut used: Vec<u8> = blocks.iter().filter_map(heading_level).collect();
    used.sort_unstable();
    used.dedup();
    let mut last = first - 1;
    let mut items: Vec<Flat> = Vec::new();
    let mut shown = Vec::new();
    for block in blocks {
        if let BlockJson::ListItem { list, level, start, text, marks } = block {
            let ordered = *list == ListJson::Ordered;
            items.push(Flat {
                ordered,
                level: *level,
                start: start.filter(|_| ordered).and_then(|start| number(start.into())),
                runs: runs(text, marks),
            });
            continue;
        }
        shown.extend(nested(std::mem::take(&mut items)).into_iter().map(Block::List));
        match block {
            BlockJson::ListItem { .. } => {}
            BlockJson::Paragraph { text, .. } | BlockJson::Quote { text, .. } | BlockJson::Heading { text, .. } if is_blank(text) => {}
            BlockJson::Paragraph { text, marks, level } => {
                shown.push(Block::Paragraph { runs: runs(text, marks), indent: (*level).min(8) })
            }
            BlockJson::Quote { text, marks } => shown.push(Block::Quote { runs: runs(text, marks) }),
            BlockJson::Heading { text, marks, level } => {
                let rank = u8::try_from(used.iter().position(|known| known == level).unwrap_or(0)).unwrap_or(0);
                // PDF/UA refuses a level that is skipped on the way down.
                last = (first + rank).min(last + 1);
                shown.push(Block::Heading { runs: runs(text, marks), level: last, rank });
            }
            BlockJson::Table { rows, cell_marks, head } => {
                shown.extend(
                    planned(rows, cell_marks, *head)
                        .into_iter()
                        .map(|table| Block::Table { name: table.part.map(|(part, of)| (catalogue.export.table_part)(part, of)), table }),
                );
            }
        }
    }
    shown.extend(nested(items).into_iter().map(Block::List));
    shown
}

/// The level of a heading that shows something.
fn heading_level(block: &BlockJson) -> Option<u8> {
    match block {
        BlockJson::Heading { text, level, .. } if !is_blank(text) => Some(*level),
        _ => None,
    }
}

/// Blocks divided where the page must be turned.
fn pieces(blocks: Vec<Block>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for block in blocks {
        let turned = matches!(&block, Block::Table { table, .. } if table.place == Place::Turned);
        match (pieces.last_mut(), turned) {
            (Some(Piece::Turned(all)), true) | (Some(Piece::Text(all)), false) => all.push(block),
            (_, true) => pieces.push(Piece::Turned(vec![block])),
            (_, false) => pieces.push(Piece::Text(vec![block])),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use dagsorden_shared::catalogue::Language;

    fn levels(headings: &[u8], first: u8) -> Vec<u8> {
        let json: Vec<BlockJson> =
            headings.iter().map(|level| BlockJson::Heading { text: "x".into(), marks: Vec::new(), level: *level }).collect();
        blocks(&json, first, Catalogue::of(Language::Da))
            .iter()
            .filter_map(|block| match block {
                Block::Heading { level, .. } => Some(*level),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn heading_levels_are_counted_from_what_is_there() {
        assert_eq!(levels(&[2, 2, 3, 2], 4), [4, 4, 5, 4]);
        assert_eq!(levels(&[3, 2, 1], 3), [3, 4, 3]);
        assert_eq!(levels(&[1, 3, 3], 4), [4, 5, 5]);
        assert_eq!(levels(&[3, 3], 3), [3, 3]);
    }

    #[test]
    fn a_closed_item_gives_its_number_and_nothing_else() {
        let closed = ItemJson {
            number: Some("4".into()),
            title: "Hemmeligt".into(),
            alt_title: Some("Hemmeligt".into()),
            closed: true,
            kind: Some("Hemmeligt".into()),
            presenter: Some("Hemmeligt".into()),
            minutes: Some(35),
            guests: vec!["Hemmeligt".into()],
            sections: vec![SectionJson { blocks: vec![BlockJson::paragraph("Hemmeligt")], ..SectionJson::default() }],
            attachments: vec![AttachmentJson { title: "Hemmeligt".into(), ..AttachmentJson::default() }],
        };
        let shown = serde_json::to_string(&item(&closed, Catalogue::of(Language::Da))).expect("JSON");
        assert!(shown.contains("Lukket punkt") && shown.contains("\"4\"") && !shown.contains("Hemmeligt"), "{shown}");
    }

    #[test]
    fn empty_sections_are_left_out() {
        let catalogue = Catalogue::of(Language::Da);
        let empty = SectionJson { heading: Some("Beslutning".into()), kind: SectionKind::Decision, ..SectionJson::default() };
        assert!(section(&empty, catalogue).is_none());
        let blank = SectionJson { blocks: vec![BlockJson::paragraph(" \u{200b}")], ..empty };
        assert!(section(&blank, catalogue).is_none());
        let named = SectionJson { kind: SectionKind::Decision, blocks: vec![BlockJson::paragraph("Godkendt.")], ..SectionJson::default() };
        assert_eq!(section(&named, catalogue).and_then(|section| section.heading).as_deref(), Some("Beslutning"));
    }

    #[test]
    fn wide_tables_part_the_text() {
        let wide = BlockJson::Table { rows: vec![vec!["Kommunernes".into(); 9]; 2], cell_marks: Vec::new(), head: None };
        let json = [BlockJson::paragraph("a"), wide.clone(), wide, BlockJson::paragraph("b")];
        let pieces = pieces(blocks(&json, 4, Catalogue::of(Language::Da)));
        assert!(matches!(pieces.as_slice(), [Piece::Text(a), Piece::Turned(tables), Piece::Text(b)] if a.len() + b.len() == tables.len()));
    }
}
