//! Plain text in the layout of the papers that our own import reads: a title, labels with values, `Punkt 1: Title`, headings and lists as lines.
//!
//! Owns where a line must differ so that the import takes it for what it is: lists stand one blank in, since a number at the margin begins
//! an item; titles are printed a second time where text follows a section and belongs to none. What a plain line cannot say (underlined and
//! struck words, quotations, how deep a heading is) is its words alone.

use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::date;
use dagsorden_shared::meeting_json::{AttachmentStatus, ListJson, MeetingJson, Participant, ParticipantStatus};
use dagsorden_shared::render::meeting;
use dagsorden_shared::richtext::Marks;

use super::paper::{Attachment, Block, Item, List, Paper, Run, Table, plain};

/// The file.
pub(super) fn write(meeting: &MeetingJson, paper: &Paper<'_>) -> String {
    let mut text = Text::default();
    text.apart(&paper.title);
    if let Some(kind) = paper.kind {
        text.apart(kind);
    }
    text.gap = true;
    for (label, value) in header(meeting, paper) {
        text.line(&format!("{label}: {value}"));
    }
    for status in ParticipantStatus::ALL {
        let people: Vec<String> =
            meeting.participants.iter().filter(|person| person.status == status).filter_map(|one| person(one, paper.catalogue)).collect();
        if !people.is_empty() {
            text.apart(&format!("{}:", paper.catalogue.participants(status)));
            people.iter().for_each(|person| text.line(&format!("- {person}")));
        }
    }
    let repeats = paper.items.iter().any(|item| item.alt_title.is_some() || has_loose_text(item));
    for item in &paper.items {
        write_item(item, repeats, paper.catalogue, &mut text);
    }
    text.out
}

/// Lines and the gaps between them.
#[derive(Default)]
struct Text {
    out: String,
    /// A blank line comes before the next one.
    gap: bool,
}

impl Text {
    fn line(&mut self, line: &str) {
        if std::mem::take(&mut self.gap) && !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(line);
        self.out.push('\n');
    }

    /// A line between blank ones.
    fn apart(&mut self, line: &str) {
        self.gap = true;
        self.line(line);
        self.gap = true;
    }
}

fn header(meeting: &MeetingJson, paper: &Paper<'_>) -> Vec<(&'static str, String)> {
    let catalogue = paper.catalogue;
    let (texts, words) = (&catalogue.meeting, &catalogue.export);
    let stated = |value: &Option<String>| {
        let value = value.as_deref().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        (!value.is_empty()).then_some(value)
    };
    let spaced = |text: String| text.replace('\u{a0}', " ");
    let day = stated(&meeting.date).map(|day| spaced(date::full(&day, catalogue)));
    let (start, end) = (stated(&meeting.start), stated(&meeting.end));
    let hours = start.as_ref().and_then(|start| date::span(Some(start), end.as_deref(), catalogue)).map(spaced);
    let time = day.into_iter().chain(hours).collect::<Vec<_>>().join(" ");
    let alone = if start.is_none() { end } else { None };
    [
        (texts.forum, (!paper.forum.is_empty()).then(|| paper.forum.clone())),
        (texts.time, (!time.is_empty()).then(|| date::capitalised(&time))),
        (words.end, alone.and_then(|end| date::span(Some(&end), None, catalogue)).map(spaced)),
        (texts.place, stated(&meeting.place)),
        (words.published, stated(&meeting.published).map(|day| spaced(date::long(&day, catalogue)))),
        (texts.date, stated(&meeting.document_date).map(|day| spaced(date::long(&day, catalogue)))),
        (words.case_id, stated(&meeting.case_id)),
        (words.document_id, stated(&meeting.document_id)),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label, value?)))
    .collect()
}

/// `Bo Lund, (direktør, Havnby Kommune), kom kl. 9.40`: brackets keep an organisation apart from another name.
fn person(person: &Participant, catalogue: &Catalogue) -> Option<String> {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let stated = |text: &Option<String>| text.as_deref().map(one_line).filter(|text| !text.is_empty());
    let name = one_line(&person.name);
    let words = match (stated(&person.role), stated(&person.organisation)) {
        (Some(role), Some(organisation)) => format!("{name}, ({role}, {organisation})"),
        (Some(role), None) => format!("{name}, {role}"),
        (None, Some(organisation)) => format!("{name}, ({organisation})"),
        (None, None) => name.clone(),
    };
    let times = meeting::times(person, catalogue).map(|time| time.replace('\u{a0}', " "));
    (!name.is_empty()).then(|| std::iter::once(words).chain(times).collect::<Vec<_>>().join(", "))
}

/// Whether text without a heading follows a section with one.
fn has_loose_text(item: &Item) -> bool {
    item.sections.iter().skip(1).any(|section| section.heading.is_none())
}

fn write_item(item: &Item, repeats: bool, catalogue: &Catalogue, text: &mut Text) {
    let word = catalogue.export.item;
    let number = if item.number.is_empty() { word.to_owned() } else { format!("{word} {}", item.number) };
    text.apart(&format!("{number}: {}", item.title));
    let again = item.alt_title.as_ref().unwrap_or(&item.title);
    if repeats && !has_loose_text(item) {
        text.apart(again);
    }
    // Without a full stop the import would take it for the heading of the text below it.
    item.facts.iter().for_each(|fact| text.apart(&if fact.ends_with('.') { fact.clone() } else { format!("{fact}.") }));
    for (at, section) in item.sections.iter().enumerate() {
        match &section.heading {
            Some(heading) => text.apart(heading),
            None if at > 0 => text.apart(again),
            None => {}
        }
        blocks(&section.blocks, text);
    }
    files(item, catalogue, text);
}

fn blocks(blocks: &[Block], text: &mut Text) {
    for (at, block) in blocks.iter().enumerate() {
        match block {
            Block::Paragraph { level, runs } => {
                let is_list = |at: Option<usize>| at.and_then(|at| blocks.get(at)).is_some_and(|block| matches!(block, Block::List(_)));
                // Between lines of a list and without a gap, a paragraph belongs to the line above it.
                if *level > 0 && is_list(at.checked_sub(1)) && is_list(Some(at + 1)) {
                    text.gap = false;
                    text.line(&inline(runs));
                    text.gap = false;
                } else if at > 0 && is_followed(blocks.get(at + 1)) && may_be_heading(&plain(runs)) {
                    text.gap = false;
                    text.line(&inline(runs));
                    text.gap = true;
                } else {
                    text.apart(&inline(runs));
                }
            }
            Block::Heading { depth: _, runs } => text.apart(&inline(runs)),
            Block::Quote(runs) => text.apart(&inline(runs)),
            Block::List(list) => {
                lines(list, text);
                text.gap = true;
            }
            Block::Table(table) => {
                text.gap = true;
                rows(table, text);
                text.gap = true;
            }
        }
    }
}

fn is_followed(next: Option<&Block>) -> bool {
    matches!(next, Some(Block::Paragraph { .. } | Block::Quote(_) | Block::List(_) | Block::Table(_)))
}

/// Whether a line above text would be read as its heading: short, and no sentence. It is not, right below another line.
fn may_be_heading(text: &str) -> bool {
    let ends = text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '"' | '”' | '«' | '*'));
    ends && !text.starts_with(char::is_lowercase) && text.chars().count() <= 120
}

fn lines(list: &List, text: &mut Text) {
    let indent = 1 + 2 * usize::from(list.level);
    for (number, item) in (u32::from(list.start)..).zip(&list.items) {
        let mark = match list.kind {
            ListJson::Bullet => "-".to_owned(),
            ListJson::Ordered => format!("{number}."),
        };
        text.line(&format!("{:indent$}{mark} {}", "", inline(&item.runs)));
        item.lists.iter().for_each(|inner| lines(inner, text));
    }
}

/// Cells between tabs; between strokes where a row would else be taken for a blank, an indented or a list line.
fn rows(table: &Table, text: &mut Text) {
    let cells: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(|cell| inline(cell)).collect()).collect();
    let is_odd = |row: &Vec<String>| {
        let filled = row.iter().filter(|cell| !cell.is_empty()).count();
        let first = row.first().map_or("", String::as_str);
        filled == 0
            || (first.is_empty() && filled < 2)
            || first.starts_with(|c: char| !c.is_alphanumeric())
            || first.split(' ').next().is_some_and(|word| word.len() > 1 && word.ends_with(['.', ')']))
    };
    let strokes = cells.iter().any(is_odd) && !cells.iter().flatten().any(|cell| cell.contains('|'));
    for row in &cells {
        text.line(&if strokes { format!("| {} |", row.join(" | ")) } else { row.join("\t") });
    }
}

/// Two lists: what is enclosed, and what is only mentioned. The import takes a second list for one of mentioned files.
fn files(item: &Item, catalogue: &Catalogue, text: &mut Text) {
    let is_mentioned = |file: &&Attachment| file.status == AttachmentStatus::Omtalt;
    let (mentioned, enclosed): (Vec<_>, Vec<_>) = item.files.iter().partition(is_mentioned);
    let heading = catalogue.meeting.attachments;
    if !enclosed.is_empty() {
        text.apart(heading);
        enclosed.iter().for_each(|file| text.line(&entry(file, heading)));
    }
    if !mentioned.is_empty() && !enclosed.is_empty() {
        text.apart(heading);
        mentioned.iter().for_each(|file| text.line(&entry(file, heading)));
    } else {
        // `Bilag: Title` stands in the text already where it was read from there.
        let said: Vec<String> = item.sections.iter().flat_map(|section| &section.blocks).filter_map(said).collect();
        for file in mentioned {
            let line = format!("{heading}: {}", file.title);
            if !said.contains(&line) {
                text.apart(&line);
            }
        }
    }
    text.gap = true;
}

fn said(block: &Block) -> Option<String> {
    match block {
        Block::Paragraph { runs, .. } | Block::Heading { runs, .. } | Block::Quote(runs) => Some(plain(runs)),
        Block::List(_) | Block::Table(_) => None,
    }
}

fn entry(file: &Attachment, heading: &str) -> String {
    let later = match file.status {
        AttachmentStatus::Eftersendes => " (eftersendes)",
        AttachmentStatus::Vedlagt | AttachmentStatus::Omtalt => "",
    };
    if !file.number.is_empty() {
        return format!("{heading} {}{later}: {}", file.number, file.title);
    }
    // In small letters it would be the rest of the name above it, after a digit a numbered one.
    let is_plain =
        file.title.starts_with(char::is_uppercase) || file.title.contains('.') && file.title.len() > 8 && !file.title.contains(". ");
    format!("{}{}{later}", if is_plain && !file.title.starts_with(char::is_lowercase) { "" } else { "- " }, file.title)
}

/// Runs of text: stars for bold and italic where they will be read as such, links in brackets.
fn inline(runs: &[Run]) -> String {
    let mut out = String::new();
    for (at, run) in runs.iter().enumerate() {
        let Marks { bold, italic, underline: _, strike: _, link } = &run.marks;
        if let Some(link) = link {
            out.push_str(&linked(&run.text, link));
            continue;
        }
        let stars = match (bold, italic) {
            (true, _) => "**",
            (false, true) => "*",
            (false, false) => "",
        };
        let inner = run.text.trim();
        let next = runs.get(at + 1).and_then(|next| next.text.chars().next());
        let before = run.text.starts_with(char::is_whitespace) || out.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '*');
        let after = run.text.ends_with(char::is_whitespace) || next.is_none_or(|c| !c.is_alphanumeric());
        if stars.is_empty() || inner.is_empty() || inner.contains(['*', '[', '<']) || !before || !after {
            out.push_str(&run.text);
            continue;
        }
        let lead = run.text.len() - run.text.trim_start().len();
        out.push_str(&run.text[..lead]);
        out.push_str(stars);
        out.push_str(inner);
        out.push_str(stars);
        out.push_str(&run.text[lead + inner.len()..]);
    }
    out
}

fn linked(text: &str, link: &str) -> String {
    let bare = link.strip_prefix("mailto:").unwrap_or(link);
    if bare == text && !text.contains([' ', '>']) {
        return format!("<{text}>");
    }
    if text.contains(['[', ']']) {
        return format!("{text} ({link})");
    }
    let link = link.replace('(', "%28").replace(')', "%29").replace(' ', "%20");
    let inner = text.trim();
    let lead = text.len() - text.trim_start().len();
    format!("{}[{inner}]({link}){}", &text[..lead], &text[lead + inner.len()..])
}
