//! The tree that files are written from: a meeting as it is read on paper.
//!
//! Owns what is shown and in which order: labels, headings without gaps in their levels, lists nested in one another, which row of a table is
//! its head. Text is clean here (no control characters, no line ends), links are safe, and empty sections are left out, so
//! that a format only writes. Knows no format.

use dagsorden_shared::access::Phase;
use dagsorden_shared::agenda::Header;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::meeting_json::{
    AttachmentJson, AttachmentStatus, BlockJson, ItemJson, ListJson, MarkJson, MeetingJson, SectionJson, SectionKind,
};
use dagsorden_shared::render::meeting as render;
use dagsorden_shared::richtext::Marks;
use dagsorden_shared::richtext::attributes::safe_link;
use dagsorden_shared::richtext::cells;
use dagsorden_shared::richtext::delta::{byte_at, utf16_len};
use dagsorden_shared::richtext::line::number;

use super::Facts;

/// Deepest list or indent.
pub(super) const MAX_LEVEL: u8 = 8;

/// A meeting.
#[derive(Debug)]
pub(super) struct Paper<'a> {
    /// Words for what the meeting does not say itself.
    pub(super) catalogue: &'a Catalogue,
    /// Whether it is a draft, which each page says.
    pub(super) draft: bool,
    /// Who meets.
    pub(super) forum: String,
    /// As written, or made of kind and date.
    pub(super) title: String,
    /// `Referat`, where the title does not say it.
    pub(super) kind: Option<&'static str>,
    /// Labels and values: time, place, people.
    pub(super) facts: Vec<(&'static str, String)>,
    /// In their order.
    pub(super) items: Vec<Item>,
}

/// An item.
#[derive(Debug)]
pub(super) struct Item {
    /// As written.
    pub(super) number: String,
    /// One line, never empty.
    pub(super) title: String,
    /// A second title.
    pub(super) alt_title: Option<String>,
    /// What is said about it: for decision, minutes, who presents, guests; or that it is closed.
    pub(super) facts: Vec<String>,
    /// In their order.
    pub(super) sections: Vec<Section>,
    /// In their order.
    pub(super) files: Vec<Attachment>,
}

/// A section with text.
#[derive(Debug)]
pub(super) struct Section {
    /// `None` for text before the first heading.
    pub(super) heading: Option<String>,
    /// Its text.
    pub(super) blocks: Vec<Block>,
}

/// An attachment.
#[derive(Debug)]
pub(super) struct Attachment {
    /// As written; may be empty.
    pub(super) number: String,
    /// As written.
    pub(super) title: String,
    /// Whether it is there.
    pub(super) status: AttachmentStatus,
    /// That it comes later, or is only mentioned.
    pub(super) note: Option<&'static str>,
}

/// A block of text.
#[derive(Debug, PartialEq)]
pub(super) enum Block {
    /// Running text, indented by `level`.
    Paragraph { level: u8, runs: Vec<Run> },
    /// A heading; an item's is depth 1, a section's depth 2. No depth is skipped.
    Heading { depth: u8, runs: Vec<Run> },
    /// A list with the lists in it.
    List(List),
    /// A quotation.
    Quote(Vec<Run>),
    /// A table.
    Table(Table),
}

/// A list of one kind.
#[derive(Debug, PartialEq)]
pub(super) struct List {
    /// Marked or numbered.
    pub(super) kind: ListJson,
    /// How deep it stands, 0 to [`MAX_LEVEL`]; a list in a list is deeper, perhaps by more than one.
    pub(super) level: u8,
    /// Its first number.
    pub(super) start: u16,
    /// Its lines.
    pub(super) items: Vec<ListItem>,
}

/// A line of a list.
#[derive(Debug, PartialEq)]
pub(super) struct ListItem {
    /// Its text.
    pub(super) runs: Vec<Run>,
    /// The lists under it.
    pub(super) lists: Vec<List>,
}

/// A table. All rows have the same number of cells, at least one.
#[derive(Debug, PartialEq)]
pub(super) struct Table {
    /// Rows of cells.
    pub(super) rows: Vec<Vec<Vec<Run>>>,
    /// Whether the first row is the head.
    pub(super) head: bool,
    /// By column: whether all cells below the head are figures.
    pub(super) numeric: Vec<bool>,
}

/// Text with the same marks. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// The text.
    pub(super) text: String,
    /// Its marks.
    pub(super) marks: Marks,
}

impl<'a> Paper<'a> {
    /// The paper of a meeting.
    pub(super) fn new(meeting: &MeetingJson, about: &Facts, catalogue: &'a Catalogue) -> Self {
        let header = header(meeting);
        let title = clean(&render::heading(&header, catalogue));
        let kind = (catalogue.meeting.kind)(meeting.kind);
        let facts = render::facts(&header, &meeting.participants, catalogue);
        let mut facts: Vec<(&'static str, String)> = facts.into_iter().map(|(label, value)| (label, clean(&value.join(" ")))).collect();
        if let Some(published) = meeting.published.as_deref().filter(|date| !date.trim().is_empty()) {
            let date = dagsorden_shared::date::long(published, catalogue);
            facts.push((catalogue.export.published, clean(&date)));
        }
        Self {
            catalogue,
            draft: about.phase == Phase::Draft && !header.is_published(),
            forum: clean(&meeting.forum),
            kind: (!title.to_lowercase().contains(&kind.to_lowercase())).then_some(kind),
            title,
            facts,
            items: meeting.items.iter().map(|json| item(json, catalogue)).collect(),
        }
    }
}

impl Item {
    /// `4 Kajer`, or the title alone where there is no number.
    pub(super) fn heading(&self) -> String {
        if self.number.is_empty() { self.title.clone() } else { format!("{} {}", self.number, self.title) }
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

fn filled(text: Option<&str>) -> Option<String> {
    text.map(clean).filter(|text| !text.is_empty())
}

fn item(json: &ItemJson, catalogue: &Catalogue) -> Item {
    let texts = &catalogue.meeting;
    let number = json.number.as_deref().map(clean).unwrap_or_default();
    // As on the page: a closed item of which nothing is shown keeps its number and place.
    if json.closed && json.sections.is_empty() {
        let facts = vec![texts.closed_note.to_owned()];
        return Item { number, title: texts.closed_item.to_owned(), alt_title: None, facts, sections: Vec::new(), files: Vec::new() };
    }
    let mut facts = Vec::new();
    facts.extend(json.closed.then(|| texts.closed_mark.to_owned()));
    facts.extend(filled(json.kind.as_deref()));
    facts.extend(json.minutes.map(texts.minutes));
    facts.extend(filled(json.presenter.as_deref()).map(|name| (texts.presenter)(&name)));
    let guests: Vec<String> = json.guests.iter().filter_map(|guest| filled(Some(guest))).collect();
    facts.extend((!guests.is_empty()).then(|| (texts.item_guests)(&guests.join("; "))));
    // An import reads guests from a line that stays in the text.
    facts.retain(|fact| !json.sections.iter().take(1).flat_map(|section| &section.blocks).any(|block| says(block, fact)));
    Item {
        number,
        title: filled(Some(&json.title)).unwrap_or_else(|| texts.untitled_item.to_owned()),
        alt_title: filled(json.alt_title.as_deref()),
        facts,
        sections: json.sections.iter().filter_map(|json| section(json, catalogue)).collect(),
        files: json.attachments.iter().map(|json| attachment(json, catalogue)).collect(),
    }
}

/// Whether a paragraph says the same words.
fn says(block: &BlockJson, words: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    matches!(block, BlockJson::Paragraph { text, .. } if text.len() < 2 * words.len() + 8 && letters(text) == letters(words))
}

/// `None` without text: a heading alone tells nothing.
fn section(json: &SectionJson, catalogue: &Catalogue) -> Option<Section> {
    let heading =
        filled(json.heading.as_deref()).or_else(|| (json.kind != SectionKind::Case).then(|| catalogue.section_kind(json.kind).to_owned()));
    let blocks = blocks(&json.blocks, if heading.is_some() { 3 } else { 2 });
    (!blocks.is_empty()).then_some(Section { heading, blocks })
}

fn attachment(json: &AttachmentJson, catalogue: &Catalogue) -> Attachment {
    let note = match json.status {
        AttachmentStatus::Vedlagt => None,
        AttachmentStatus::Eftersendes => Some(catalogue.meeting.attachment_later),
        AttachmentStatus::Omtalt => Some(catalogue.meeting.attachment_named),
    };
    Attachment { number: json.number.as_deref().map(clean).unwrap_or_default(), title: clean(&json.title), status: json.status, note }
}

/// Blocks with text. Headings begin at depth `first`.
fn blocks(blocks: &[BlockJson], first: u8) -> Vec<Block> {
    let mut made: Vec<Block> = Vec::new();
    let mut had_heading = false;
    let mut at = 0;
    while let Some(block) = blocks.get(at) {
        at += 1;
        match block {
            BlockJson::Paragraph { text, marks, level } => {
                let runs = runs(text, marks);
                if !runs.is_empty() {
                    made.push(Block::Paragraph { level: (*level).min(MAX_LEVEL), runs });
                }
            }
            BlockJson::Heading { text, marks, level } => {
                let runs = runs(text, marks);
                if !runs.is_empty() {
                    let depth = first + u8::from(*level > 2 && had_heading);
                    had_heading = true;
                    made.push(Block::Heading { depth, runs });
                }
            }
            BlockJson::Quote { text, marks } => {
                let runs = runs(text, marks);
                if !runs.is_empty() {
                    made.push(Block::Quote(runs));
                }
            }
            BlockJson::ListItem { .. } => {
                let count = blocks[at..].iter().take_while(|block| matches!(block, BlockJson::ListItem { .. })).count();
                made.extend(lists(&blocks[at - 1..at + count]).into_iter().map(Block::List));
                at += count;
            }
            BlockJson::Table { rows, cell_marks, head } => made.extend(table(rows, cell_marks, *head).map(Block::Table)),
        }
    }
    made
}

/// Lists inside lines of lists. A numbered list goes on behind a deeper one, and ends where another kind, or a number that does not follow,
/// stands at its depth.
fn lists(lines: &[BlockJson]) -> Vec<List> {
    let mut done = Vec::new();
    // Outermost first.
    let mut open: Vec<List> = Vec::new();
    for line in lines {
        let BlockJson::ListItem { list: kind, level, start, text, marks } = line else { continue };
        let level = (*level).min(MAX_LEVEL);
        while open.len() > 1 && open[open.len() - 2].level >= level {
            close(&mut open, &mut done);
        }
        let start = start.filter(|_| *kind == ListJson::Ordered).and_then(|start| number(start.into()));
        if open.last().is_some_and(|list| list.level >= level && (list.kind != *kind || start.is_some())) {
            close(&mut open, &mut done);
        }
        let item = ListItem { runs: runs(text, marks), lists: Vec::new() };
        match open.last_mut() {
            Some(list) if list.level >= level => {
                list.level = level;
                list.items.push(item);
            }
            _ => open.push(List { kind: *kind, level, start: start.unwrap_or(1), items: vec![item] }),
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut done);
    }
    done
}

/// Puts the innermost open list under the last line of the one around it, or among the finished ones.
fn close(open: &mut Vec<List>, done: &mut Vec<List>) {
    let Some(inner) = open.pop() else { return };
    match open.last_mut().and_then(|outer| outer.items.last_mut()) {
        Some(item) => item.lists.push(inner),
        None => done.push(inner),
    }
}

/// `None` without any cell.
fn table(rows: &[Vec<String>], marks: &[Vec<Vec<MarkJson>>], head: Option<bool>) -> Option<Table> {
    let columns = rows.iter().map(Vec::len).max().filter(|columns| *columns > 0)?;
    let cell = |row: usize, column: usize| {
        let marks = marks.get(row).and_then(|row| row.get(column)).map_or(&[][..], Vec::as_slice);
        runs(rows[row].get(column).map_or("", String::as_str), marks)
    };
    let rows: Vec<Vec<Vec<Run>>> = (0..rows.len()).map(|row| (0..columns).map(|column| cell(row, column)).collect()).collect();
    let texts: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| plain(cell)).collect()).collect();
    let head = cells::has_head(head, &texts[0], texts.len());
    let numeric = (0..columns).map(|column| cells::are_figures(texts.iter().skip(1).map(|row| &row[column]))).collect();
    Some(Table { rows, head, numeric })
}

/// A line cut into runs; blank text has none.
fn runs(text: &str, marks: &[MarkJson]) -> Vec<Run> {
    let end = utf16_len(text);
    let mut cuts: Vec<u32> = marks.iter().flat_map(|mark| [mark.start.min(end), mark.end.min(end)]).chain([0, end]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut runs: Vec<Run> = Vec::new();
    for pair in cuts.windows(2) {
        let mut set = Marks::default();
        for mark in marks.iter().filter(|mark| mark.start <= pair[0] && mark.end >= pair[1]) {
            // Each mark by name, so that a new one does not compile here.
            let MarkJson { start: _, end: _, bold, italic, underline, strike, link } = mark;
            set.bold |= bold;
            set.italic |= italic;
            set.underline |= underline;
            set.strike |= strike;
            set.link = link.as_deref().and_then(safe_link).map(str::to_owned).or(set.link);
        }
        let text: String = text[byte_at(text, pair[0])..byte_at(text, pair[1])].chars().filter_map(visible).collect();
        match runs.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.marks == set => last.text.push_str(&text),
            _ => runs.push(Run { text, marks: set }),
        }
    }
    if runs.iter().all(|run| run.text.trim().is_empty()) {
        return Vec::new();
    }
    if let Some(first) = runs.first_mut() {
        first.text = first.text.trim_start().to_owned();
    }
    if let Some(last) = runs.last_mut() {
        last.text = last.text.trim_end().to_owned();
    }
    runs.retain(|run| !run.text.is_empty());
    runs
}

/// The text of runs without their marks.
pub(super) fn plain(runs: &[Run]) -> String {
    runs.iter().map(|run| run.text.as_str()).collect()
}

/// One line without control characters, trimmed.
fn clean(text: &str) -> String {
    text.chars().filter_map(visible).collect::<String>().trim().to_owned()
}

/// A line end or tab becomes a space; what no XML may hold goes.
fn visible(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{fffe}' | '\u{ffff}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}
