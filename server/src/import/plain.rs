//! Plain text to a meeting: the order in which the other modules are asked, and what only the whole document can say.
//!
//! Owns the kind of the document, gaps in the numbers and the findings about whole items.

use dagsorden_shared::api::Finding;
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, Kind, SectionJson, SectionKind};

use super::blocks::{self, Wrapping};
use super::header::{self, Header};
use super::lines::{self, Line};
use super::sections::{self, Habits, Section};
use super::{ImportError, Imported, MAX_ITEMS, MAX_LINES, furniture, inline, items, recommendation, words};

/// Nobody looks at more.
const MOST_FINDINGS: usize = 500;

/// Numbers that are told one by one; a greater gap is another way of counting.
const WIDEST_GAP: u32 = 20;

/// Reads a text.
///
/// # Errors
/// [`ImportError::NoItems`], or [`ImportError::TooMany`] items.
pub(super) fn read(text: &str) -> Result<Imported, ImportError> {
    let (lines, total) = lines::split(text, MAX_LINES);
    if lines.len() > MAX_LINES {
        return Err(ImportError::TooMany {
            what: "lines",
            count: 1 + text.bytes().filter(|byte| *byte == b'\n').count(),
            limit: MAX_LINES,
        });
    }
    let (lines, taken) = furniture::without(lines);
    let mut found = items::find(&lines);
    if found.starts.is_empty() {
        return Err(ImportError::NoItems { lines: total });
    }
    if found.starts.len() > MAX_ITEMS {
        return Err(ImportError::TooMany { what: "items", count: found.starts.len(), limit: MAX_ITEMS });
    }
    let Header { meeting, says_agenda, says_minutes } = header::read(&header_lines(&lines, &found), &taken);
    let bodies = bodies(&lines, &mut found);
    let habits = sections::habits(found.starts.iter().zip(&bodies).map(|(start, body)| (start.title.as_str(), body.as_slice())));
    let wrapping = blocks::wrapping(&lines);
    let mut meeting = meeting;
    let mut findings = Vec::new();
    if meeting.date.is_none() {
        findings.push(Finding::NoDate);
    }
    findings.extend(gaps(&found.starts));
    for (start, body) in found.starts.iter().zip(&bodies) {
        meeting.items.push(item(start, body, habits, wrapping, &mut findings));
    }
    findings.truncate(MOST_FINDINGS);
    meeting.kind = kind(&meeting.items, says_agenda, says_minutes);
    Ok(Imported { meeting, findings })
}

/// What stands before the first item, without the table of contents.
fn header_lines<'a>(lines: &[Line<'a>], found: &items::Found) -> Vec<Line<'a>> {
    let end = found.starts.first().map_or(lines.len(), |start| start.line);
    let (from, to) = found.contents;
    let listed = from.min(end)..to.min(end);
    lines[..end].iter().enumerate().filter(|(at, _)| !listed.contains(at)).map(|(_, line)| line.clone()).collect()
}

/// The lines of each item. A title that goes on in small letters on the next line takes it.
fn bodies<'a>(lines: &[Line<'a>], found: &mut items::Found) -> Vec<Vec<Line<'a>>> {
    let ends: Vec<usize> = found.starts.iter().skip(1).map(|start| start.line).chain([lines.len()]).collect();
    let mut repeated = found.repeated.iter().copied().peekable();
    let mut bodies = Vec::with_capacity(ends.len());
    for (start, end) in found.starts.iter_mut().zip(ends) {
        let mut from = start.line + 1;
        if let Some(line) =
            lines.get(from).filter(|line| from < end && !line.gap && words::starts_lowercase(&line.text) && line.text.len() < 200)
            && !words::ends_sentence(&start.title)
        {
            start.title = format!("{} {}", start.title, line.text);
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
        bodies.push(body);
    }
    bodies
}

fn item(start: &items::Start, body: &[Line<'_>], habits: Habits, wrapping: Wrapping, findings: &mut Vec<Finding>) -> ItemJson {
    let parts = sections::cut(&start.title, body, habits);
    let number = start.number.as_str();
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
    ItemJson {
        number: Some(number.to_owned()),
        closed: is_closed(&title),
        title,
        alt_title: parts.alt_title.map(|title| inline::parse(&title).text),
        guests,
        sections,
        attachments: parts.attachments,
        ..ItemJson::default()
    }
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
    fn a_text_without_items_is_refused() {
        assert_eq!(read("Kære alle\n\nVi ses på tirsdag.\n"), Err(ImportError::NoItems { lines: 4 }));
    }
}
