//! Lines to a meeting: the order in which the other modules are asked, and what only the whole document can say.
//!
//! Owns the kind of the document, gaps in the numbers and the findings about whole items. A plain text and a file with layout come to one
//! and the same rules; of the latter each line brings a hint.

use dagsorden_shared::api::{Finding, LeftOutWhy as Why};
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, Kind, SectionJson, SectionKind};

use super::account::{Account, Pool, Reasons};
use super::blocks::{self, Wrapping};
use super::furniture::Furniture;
use super::header::{self, Header};
use super::lines::{self, Line};
use super::sections::{self, Habits, Section};
use super::{ImportError, Imported, MAX_ITEMS, MAX_LINES, furniture, inline, items, recommendation, words};

/// Nobody looks at more.
const MOST_FINDINGS: usize = 500;

/// Numbers that are listed one by one; a greater gap is another way of counting.
const WIDEST_GAP: u32 = 20;

/// Reads a text.
///
/// # Errors
/// [`ImportError::NoItems`], or [`ImportError::TooMany`] items.
pub(super) fn read(text: &str) -> Result<Imported, ImportError> {
    let (lines, total) = lines::split(text, MAX_LINES);
    if lines.len() > MAX_LINES {
        return Err(too_many_lines(1 + text.bytes().filter(|byte| *byte == b'\n').count()));
    }
    let (lines, taken) = furniture::without(lines);
    read_lines(&lines, &taken, total)
}

/// The refusal of so many lines.
pub(super) fn too_many_lines(count: usize) -> ImportError {
    ImportError::TooMany { what: "lines".into(), count, limit: MAX_LINES }
}

/// Reads lines whose furniture is taken out already. `total` is how many the file has, blank ones too.
///
/// # Errors
/// [`ImportError::NoItems`], or [`ImportError::TooMany`] items.
pub(super) fn read_lines(lines: &[Line<'_>], taken: &Furniture<'_>, total: usize) -> Result<Imported, ImportError> {
    let mut found = items::find(lines);
    if found.starts.is_empty() {
        return Err(ImportError::NoItems { lines: total });
    }
    if found.starts.len() > MAX_ITEMS {
        return Err(ImportError::TooMany { what: "items".into(), count: found.starts.len(), limit: MAX_ITEMS });
    }
    let mut reasons = Reasons::default();
    let mut account = Account::default();
    account.leave(&taken.all, Why::Page);
    account.leave(&taken.contents, Why::Contents);
    account.leave(found.repeated.iter().map(|at| &lines[*at]), Why::Repeated);
    let (mut head, contents) = header_lines(lines, &found);
    account.leave(&contents, Why::Contents);
    let mut bodies = bodies(lines, &mut found);
    move_case_numbers(&mut head, &mut bodies);
    let Header { mut meeting, says_agenda, says_minutes } = header::read(&head, &taken.foot, &mut reasons);
    account.settle(&head, Pool::of_header(&meeting), &reasons, Why::Before);

    let habits = sections::habits(found.starts.iter().zip(&bodies).map(|(start, body)| (start.title.as_str(), body.lines.as_slice())));
    let wrapping = blocks::wrapping(lines);
    let mut findings = Vec::new();
    if meeting.date.is_none() {
        findings.push(Finding::NoDate);
    }
    findings.extend(gaps(&found.starts));
    for (at, (start, body)) in found.starts.iter().zip(&bodies).enumerate() {
        // An item without a number is named by its place.
        let called = if start.number.is_empty() { (at + 1).to_string() } else { start.number.clone() };
        let (item, only_mentioned) = item(start, &called, &body.lines, habits, wrapping, &mut findings, &mut reasons);
        body.heading.iter().for_each(|line| reasons.part(line, Why::Label));
        account.settle(body.heading.iter().chain(&body.lines), Pool::of_item(&item, only_mentioned), &reasons, Why::NoPlace);
        meeting.items.push(item);
    }
    findings.truncate(MOST_FINDINGS);
    meeting.kind = kind(&meeting.items, says_agenda, says_minutes);
    Ok(Imported { meeting, findings, left_out: account.close() })
}

/// The lines of an item.
#[derive(Debug, Default)]
struct Body<'a> {
    /// Number and title.
    heading: Vec<Line<'a>>,
    /// All others.
    lines: Vec<Line<'a>>,
}

/// What stands before the first item, and of that the table of contents.
fn header_lines<'a>(lines: &[Line<'a>], found: &items::Found) -> (Vec<Line<'a>>, Vec<Line<'a>>) {
    let end = found.starts.first().map_or(lines.len(), |start| start.line);
    let (from, to) = found.contents;
    let repeated = |at: usize| found.repeated.binary_search(&at).is_ok();
    let own = |range: std::ops::Range<usize>| range.filter(|at| !repeated(*at)).map(|at| lines[at].clone());
    let (from, to) = (from.min(end), to.min(end));
    (own(0..from).chain(own(to..end)).collect(), own(from..to).collect())
}

/// The lines of each item. A title that goes on in small letters on the next line takes it.
fn bodies<'a>(lines: &[Line<'a>], found: &mut items::Found) -> Vec<Body<'a>> {
    let ends: Vec<usize> = found.starts.iter().skip(1).map(|start| start.line).chain([lines.len()]).collect();
    let mut repeated = found.repeated.iter().copied().peekable();
    let mut bodies = Vec::with_capacity(ends.len());
    for (start, end) in found.starts.iter_mut().zip(ends) {
        let mut from = start.line + 1;
        let mut heading = vec![lines[start.line].clone()];
        if let Some(line) = lines
            .get(from)
            .filter(|line| from < end && !line.gap && line.hint.is_none() && words::starts_lowercase(&line.text) && line.text.len() < 200)
            && !words::ends_sentence(&start.title)
        {
            start.title = format!("{} {}", start.title, line.text);
            heading.push(line.clone());
            from += 1;
        }
        let mut body = Vec::with_capacity(end - from);
        for (at, line) in lines.iter().enumerate().take(end).skip(from) {
            while repeated.peek().is_some_and(|line| *line < at) {
                repeated.next();
            }
            if repeated.peek() != Some(&at) {
                body.push(line.clone());
            }
        }
        bodies.push(Body { heading, lines: body });
    }
    bodies
}

/// Some print the case number of an item above its title. It then stands last in what belongs to the item before, or to the header; were it
/// the habit to print it last, the last item would have it there too.
fn move_case_numbers<'a>(head: &mut Vec<Line<'a>>, bodies: &mut [Body<'a>]) {
    let is_last = |lines: &[Line<'_>]| lines.last().is_some_and(|line| line.gap && is_case_number(&line.text));
    let Some((last, others)) = bodies.split_last() else { return };
    if is_last(&last.lines) || !others.iter().any(|body| is_last(&body.lines)) {
        return;
    }
    let mut moved = is_last(head).then(|| head.pop()).flatten();
    for body in bodies {
        let next = is_last(&body.lines).then(|| body.lines.pop()).flatten();
        if let Some(line) = moved {
            body.lines.insert(0, line);
        }
        moved = next;
    }
}

/// `Sagsnr.: 12-26`.
fn is_case_number(line: &str) -> bool {
    let Some((label, number)) = words::head(line, 80).split_once(':') else { return false };
    let label: String = label.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    matches!(label.as_str(), "sagnr" | "sagsnr" | "sagsnummer" | "sagid" | "sagsid" | "journalnr" | "journalnummer")
        && number.len() < 40
        && number.bytes().any(|byte| byte.is_ascii_digit())
}

/// The item, and whether its attachments are only mentioned in its text.
fn item(
    start: &items::Start,
    number: &str,
    body: &[Line<'_>],
    habits: Habits,
    wrapping: Wrapping,
    findings: &mut Vec<Finding>,
    reasons: &mut Reasons,
) -> (ItemJson, bool) {
    let parts = sections::cut(&start.title, body, habits, reasons);
    let mut guests = Vec::new();
    let mut sections: Vec<SectionJson> = Vec::with_capacity(parts.sections.len());
    for part in &parts.sections {
        let section = section(part, wrapping, number, findings);
        if section.heading.is_none() {
            guests.extend(named_guests(&section.blocks));
        }
        if section.heading.is_some() || !section.blocks.is_empty() {
            sections.push(section);
        }
    }
    if sections.iter().all(|section| section.blocks.is_empty()) {
        findings.push(Finding::EmptyItem { number: number.to_owned() });
    }
    let title = inline::parse(&start.title).text;
    let item = ItemJson {
        number: Some(start.number.clone()).filter(|number| !number.is_empty()),
        closed: is_closed(&title),
        title,
        alt_title: parts.alt_title.map(|title| inline::parse(&title).text),
        guests,
        sections,
        attachments: parts.attachments,
        ..ItemJson::default()
    };
    (item, parts.only_mentioned)
}

fn section(part: &Section<'_>, wrapping: Wrapping, number: &str, findings: &mut Vec<Finding>) -> SectionJson {
    let blocks = blocks::read(&part.lines, part.kind, wrapping, number, findings);
    let mut section = SectionJson { heading: part.heading.clone(), kind: part.kind, blocks, ..SectionJson::default() };
    if part.kind == SectionKind::Recommendation {
        let paragraph = match section.blocks.first() {
            Some(BlockJson::Paragraph { text, .. }) => Some(text.as_str()),
            _ => None,
        };
        let list_line = section.blocks.iter().find_map(|block| match block {
            BlockJson::ListItem { text, .. } => Some(text.as_str()),
            _ => None,
        });
        let parties = recommendation::parties(paragraph, list_line);
        (section.from, section.to) = (parties.from, parties.to);
    }
    section
}

/// Guests that a line `Gæster: …` above the first heading names.
fn named_guests(blocks: &[BlockJson]) -> Vec<String> {
    let named = blocks.iter().find_map(|block| match block {
        BlockJson::Paragraph { text, .. } => text.strip_prefix("Gæst:").or_else(|| text.strip_prefix("Gæster:")),
        _ => None,
    });
    named
        .map(|names| {
            names.split([',', ';']).map(|name| name.trim().trim_end_matches('.').to_owned()).filter(|name| !name.is_empty()).collect()
        })
        .unwrap_or_default()
}

/// `Lukket punkt`, `Kajer (lukket)`.
fn is_closed(title: &str) -> bool {
    let title = words::fold(title);
    title.starts_with("lukket punkt")
        || title.starts_with("lukket sag")
        || title.starts_with("lukket:")
        || title.ends_with("(lukket)")
        || title == "lukket"
}

/// What a document calls itself; if it holds decisions as well as cases it is both, whatever its agenda's title says.
fn kind(items: &[ItemJson], says_agenda: bool, says_minutes: bool) -> Kind {
    let has =
        |decision: bool| items.iter().flat_map(|item| &item.sections).any(|section| (section.kind == SectionKind::Decision) == decision);
    match (says_agenda, says_minutes) {
        (true, true) => Kind::AgendaAndMinutes,
        (false, true) => Kind::Minutes,
        (true, false) if has(true) => Kind::AgendaAndMinutes,
        (true, false) => Kind::Agenda,
        (false, false) if has(true) && has(false) => Kind::AgendaAndMinutes,
        (false, false) if has(true) => Kind::Minutes,
        (false, false) => Kind::Agenda,
    }
}

/// Numbers that are left out between others.
fn gaps(starts: &[items::Start]) -> Option<Finding> {
    let whole = |start: &items::Start| start.number.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse::<u32>().ok();
    let numbers: Vec<u32> = starts.iter().filter_map(whole).collect();
    let missing: Vec<String> = numbers
        .windows(2)
        .filter(|pair| pair[1] > pair[0] && pair[1] - pair[0] <= WIDEST_GAP)
        .flat_map(|pair| pair[0] + 1..pair[1])
        .map(|number| number.to_string())
        .collect();
    (!missing.is_empty()).then_some(Finding::NumberGap { missing })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meeting(text: &str) -> Imported {
        read(text).expect("an agenda")
    }

    #[test]
    fn gaps_in_the_numbers_stay_and_are_told() {
        let imported = meeting("1. Velkomst\n\nJa.\n\n2. Kajer\n\nJa.\n\n5. Slut\n\nJa.");
        assert_eq!(imported.meeting.items.iter().filter_map(|item| item.number.as_deref()).collect::<Vec<_>>(), ["1", "2", "5"]);
        assert!(imported.findings.contains(&Finding::NumberGap { missing: vec!["3".into(), "4".into()] }));
    }

    #[test]
    fn the_kind_follows_the_title_and_what_is_there() {
        for (text, kind) in [
            ("Dagsorden\n\n1. Kajer\n\nTekst.", Kind::Agenda),
            ("Dagsorden\n\n1. Kajer\n\nTekst.\n\nReferat:\n\nJa.", Kind::AgendaAndMinutes),
            ("REFERAT Kystforum\n\n1. Kajer\n\nBaggrund\n\nTekst.\n\nBeslutning\n\nJa.", Kind::Minutes),
            ("Møde i Kystforum\n\n1. Kajer\n\nBaggrund\n\nTekst.\n\nBeslutning\n\nJa.", Kind::AgendaAndMinutes),
        ] {
            assert_eq!(meeting(text).meeting.kind, kind, "{text}");
        }
    }

    #[test]
    fn titles_over_two_lines_empty_items_and_closed_ones() {
        let imported = meeting(
            "Punkt 1: Udbygning af den\ngamle havn\n\nTekst.\n\nPunkt 2: Lukket punkt\n\nPunkt 3: Slut\n\nGæster: Bo Lund, Ida Holm.\n\nTekst.",
        );
        let items = &imported.meeting.items;
        assert_eq!(items[0].title, "Udbygning af den gamle havn");
        assert_eq!((items[1].closed, items[2].closed), (true, false));
        assert_eq!(items[2].guests, ["Bo Lund", "Ida Holm"]);
        assert_eq!(imported.findings, [Finding::NoDate, Finding::EmptyItem { number: "2".into() }]);
    }

    #[test]
    fn a_case_number_above_a_title_goes_with_it() {
        let texts = |text: &str| -> Vec<Vec<String>> {
            let blocks = |item: &ItemJson| item.sections.iter().flat_map(|section| section.blocks.clone()).collect::<Vec<_>>();
            let words = |block: BlockJson| match block {
                BlockJson::Paragraph { text, .. } | BlockJson::Heading { text, .. } => text,
                other => panic!("{other:?}"),
            };
            meeting(text).meeting.items.iter().map(|item| blocks(item).into_iter().map(words).collect()).collect()
        };
        assert_eq!(
            texts("Sagsnr.: 4-26\n\n1. Kajer\n\nBeslutning\n\nJa.\n\nSagsnr.: 5-26\n\n2. Moler\n\nBeslutning\n\nNej."),
            [["Sagsnr.: 4-26", "Ja."], ["Sagsnr.: 5-26", "Nej."]]
        );
        assert_eq!(
            texts("1. Kajer\n\nJa.\n\nSagsnr.: 4-26\n\n2. Moler\n\nNej.\n\nSagsnr.: 5-26"),
            [["Ja.", "Sagsnr.: 4-26"], ["Nej.", "Sagsnr.: 5-26"]]
        );
    }

    #[test]
    fn a_text_without_items_is_refused() {
        assert_eq!(read("Kære alle\n\nVi ses på tirsdag.\n"), Err(ImportError::NoItems { lines: 4 }));
    }
}
