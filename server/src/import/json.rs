//! Meeting JSON from outside: parsed, checked and put into the shape that the rest of the program relies on.
//!
//! Unknown fields are passed over. Dates, times and levels are made regular, text is made one line; what cannot be is an error, not a guess.

use dagsorden_shared::api::Finding;
use dagsorden_shared::meeting_json::{BlockJson, ListJson, MarkJson, MeetingJson};
use dagsorden_shared::richtext::attributes::safe_link;
use dagsorden_shared::richtext::line::number;

use super::dates::{self, Day};
use super::words::shortened;
use super::{ImportError, Imported, MAX_BLOCKS, MAX_ITEMS, MAX_NAMES};

/// Reads Meeting JSON.
///
/// # Errors
/// [`ImportError::Json`] with its place, [`ImportError::Value`] with its field, or [`ImportError::TooMany`].
pub(super) fn read(text: &str) -> Result<Imported, ImportError> {
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('{') {
        return Err(ImportError::Json { line: 1, column: 1, problem: "not Meeting JSON, which begins with {".to_owned() });
    }
    let mut meeting: MeetingJson = serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        // serde_json repeats the place at the end of its message.
        let problem = message.rsplit_once(" at line ").map_or(message.as_str(), |(problem, _)| problem);
        ImportError::Json { line: error.line(), column: error.column(), problem: format!("not Meeting JSON: {}", shortened(problem, 200)) }
    })?;
    if meeting.items.is_empty() && meeting.title.trim().is_empty() && meeting.forum.trim().is_empty() {
        let problem = "JSON, but no Meeting JSON: it has none of the fields forum, title and items".to_owned();
        return Err(ImportError::Json { line: 1, column: 1, problem });
    }
    check_counts(&meeting)?;
    check_header(&mut meeting)?;
    let mut findings = Vec::new();
    if meeting.date.is_none() {
        findings.push(Finding::NoDate);
    }
    for (at, item) in meeting.items.iter_mut().enumerate() {
        one_line(&mut item.title);
        if item.title.trim().is_empty() && item.sections.is_empty() && item.attachments.is_empty() {
            return Err(ImportError::Value { field: format!("items[{at}].title"), value: String::new(), expected: "a title".into() });
        }
        item.number.iter_mut().chain(&mut item.alt_title).chain(&mut item.guests).for_each(one_line);
        item.kind.iter_mut().chain(&mut item.presenter).for_each(one_line);
        if let Some(minutes) = item.minutes.filter(|minutes| !(1..=1440).contains(minutes)) {
            let (field, value) = (format!("items[{at}].minutes"), minutes.to_string());
            return Err(ImportError::Value { field, value, expected: "whole minutes from 1 to 1440".into() });
        }
        item.attachments.iter_mut().for_each(|attachment| {
            one_line(&mut attachment.title);
            attachment.number.iter_mut().for_each(one_line);
        });
        for section in &mut item.sections {
            section.heading.iter_mut().chain(&mut section.from).chain(&mut section.to).for_each(one_line);
            section.blocks.iter_mut().for_each(check_block);
        }
        if item.sections.iter().all(|section| section.blocks.is_empty()) {
            findings.push(Finding::EmptyItem { number: item.number.clone().unwrap_or_default() });
        }
    }
    Ok(Imported { meeting, findings, left_out: Vec::new() })
}

/// Refuses what one meeting cannot hold.
///
/// # Errors
/// [`ImportError::TooMany`].
pub(super) fn check_counts(meeting: &MeetingJson) -> Result<(), ImportError> {
    let sections = || meeting.items.iter().flat_map(|item| &item.sections);
    let rows = |block: &BlockJson| match block {
        BlockJson::Table { rows, .. } => rows.iter().map(|row| row.len().max(1)).sum(),
        _ => 1,
    };
    let blocks = sections().count() + sections().flat_map(|section| &section.blocks).map(rows).sum::<usize>();
    let marks = |block: &BlockJson| match block {
        BlockJson::Paragraph { marks, .. }
        | BlockJson::Heading { marks, .. }
        | BlockJson::ListItem { marks, .. }
        | BlockJson::Quote { marks, .. } => marks.len(),
        BlockJson::Table { cell_marks, .. } => cell_marks.iter().flatten().map(Vec::len).sum(),
    };
    let marks = sections().flat_map(|section| &section.blocks).map(marks).sum();
    let attachments = meeting.items.iter().map(|item| item.attachments.len() + item.guests.len()).sum();
    for (what, count, limit) in [
        ("items", meeting.items.len(), MAX_ITEMS),
        ("paragraphs, list lines and cells", blocks, MAX_BLOCKS),
        ("links and words in bold or italics", marks, MAX_BLOCKS),
        ("attachments and guests", attachments, MAX_NAMES),
        ("participants", meeting.participants.len(), MAX_NAMES),
    ] {
        if count > limit {
            return Err(ImportError::TooMany { what: what.into(), count, limit });
        }
    }
    Ok(())
}

fn check_header(meeting: &mut MeetingJson) -> Result<(), ImportError> {
    let bad = |field: &str, value: &str, expected: &'static str| ImportError::Value {
        field: field.to_owned(),
        value: shortened(value, 60).into_owned(),
        expected: expected.into(),
    };
    for (field, value) in
        [("date", &mut meeting.date), ("document_date", &mut meeting.document_date), ("published", &mut meeting.published)]
    {
        clear_blank(value);
        if let Some(date) = value {
            *date = dates::read(date).day.and_then(Day::iso).ok_or_else(|| bad(field, date, "a date such as 2026-05-08"))?;
        }
    }
    for (field, value) in [("start", &mut meeting.start), ("end", &mut meeting.end)] {
        clear_blank(value);
        if let Some(time) = value {
            *time = clock(time).ok_or_else(|| bad(field, time, "a time such as 09:00"))?;
        }
    }
    for text in [&mut meeting.forum, &mut meeting.title] {
        one_line(text);
    }
    for text in [&mut meeting.place, &mut meeting.case_id, &mut meeting.document_id] {
        clear_blank(text);
        text.iter_mut().for_each(one_line);
    }
    for person in &mut meeting.participants {
        for (field, value) in [("arrived", &mut person.arrived), ("departed", &mut person.departed)] {
            clear_blank(value);
            if let Some(time) = value {
                *time = clock(time).ok_or_else(|| bad(field, time, "a time such as 09:00"))?;
            }
        }
        one_line(&mut person.name);
        person.organisation.iter_mut().chain(&mut person.role).for_each(one_line);
    }
    Ok(())
}

/// A time of day as `HH:MM`.
fn clock(time: &str) -> Option<String> {
    dates::read(&format!("kl. {time}")).start.map(dates::clock)
}

fn clear_blank(value: &mut Option<String>) {
    if value.as_ref().is_some_and(|text| text.trim().is_empty()) {
        *value = None;
    }
}

/// Line ends and control characters become spaces, one for one, so that marks stay where they were.
fn one_line(text: &mut String) {
    let is_bad = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if text.contains(is_bad) {
        *text = text.chars().map(|c| if is_bad(c) { ' ' } else { c }).collect();
    }
}

fn check_block(block: &mut BlockJson) {
    match block {
        BlockJson::Paragraph { text, marks, level } => {
            *level = (*level).min(8);
            check_text(text, marks);
        }
        BlockJson::ListItem { list, level, start, text, marks } => {
            *level = (*level).min(8);
            *start = start.filter(|_| *list == ListJson::Ordered).and_then(|start| number(start.into()));
            check_text(text, marks);
        }
        BlockJson::Heading { text, marks, level } => {
            *level = (*level).clamp(1, 3);
            check_text(text, marks);
        }
        BlockJson::Quote { text, marks } => check_text(text, marks),
        BlockJson::Table { rows, cell_marks, .. } => {
            cell_marks.truncate(rows.len());
            for (row, marks) in rows.iter_mut().zip(cell_marks.iter_mut()) {
                marks.truncate(row.len());
                row.iter_mut().zip(marks).for_each(|(text, marks)| check_text(text, marks));
            }
            rows.iter_mut().flatten().for_each(one_line);
        }
    }
}

/// Marks stay inside the text and between characters; a link that no page may follow goes.
fn check_text(text: &mut String, marks: &mut Vec<MarkJson>) {
    one_line(text);
    if marks.is_empty() {
        return;
    }
    let mut places = Vec::with_capacity(text.len() + 1);
    let mut unit = 0;
    for c in text.chars() {
        places.push(unit);
        unit += c.len_utf16() as u32;
    }
    places.push(unit);
    let place = |unit: u32| places[places.partition_point(|place| *place <= unit).saturating_sub(1)];
    for mark in marks.iter_mut() {
        (mark.start, mark.end) = (place(mark.start), place(mark.end));
        mark.link = mark.link.take().as_deref().and_then(safe_link).map(str::to_owned);
    }
    marks.retain(|mark| mark.start < mark.end && (mark.bold || mark.italic || mark.underline || mark.strike || mark.link.is_some()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_import_prints_is_read_back_as_it_was() {
        let text = "Referat Kystforum 8. maj 2026\n\n1. Kajer\n\nSe *her* <https://x.test>.\n\nÅr\tMeter\n2025\t4\n\nBilag 1: Kort";
        let meeting = super::super::plain::read(text).expect("an agenda").meeting;
        let json = serde_json::to_string(&meeting).expect("JSON");
        assert_eq!(read(&json).expect("read back").meeting, meeting);
    }

    #[test]
    fn unknown_fields_are_passed_over_and_values_made_regular() {
        let json = r#"{"title":"A\nB","date":"8. maj 2026","start":"9.30","new":[{}],"items":[{"title":"K","sections":[{"blocks":[
            {"type":"paragraph","text":"a😀b","level":99,"marks":[{"start":0,"end":2,"bold":true},{"start":9,"end":9},{"start":0,"end":1,"link":"javascript:x"}]}]}]}]}"#;
        let meeting = read(json).expect("Meeting JSON").meeting;
        assert_eq!((meeting.title.as_str(), meeting.date.as_deref(), meeting.start.as_deref()), ("A B", Some("2026-05-08"), Some("09:30")));
        let mark = MarkJson { start: 0, end: 1, bold: true, ..MarkJson::default() };
        assert_eq!(meeting.items[0].sections[0].blocks, [BlockJson::Paragraph { text: "a😀b".into(), marks: vec![mark], level: 8 }]);
    }

    #[test]
    fn broken_json_is_refused_with_its_line_and_column() {
        let error = read("{\"title\": \"A\",\n \"items\": [}").expect_err("broken");
        assert!(matches!(error, ImportError::Json { line: 2, column: 12, .. }), "{error:?}");
        assert!(error.to_string().starts_with("line 2, column 12: not Meeting JSON: "), "{error}");
        assert!(matches!(read("{\"items\": 3}"), Err(ImportError::Json { .. })));
        assert!(matches!(read("{\"name\": \"other\"}"), Err(ImportError::Json { .. })));
        assert!(matches!(read("Punkt 1: Kajer"), Err(ImportError::Json { .. })));
        assert!(matches!(read(&"{\"a\":".repeat(5_000)), Err(ImportError::Json { .. })));
    }

    #[test]
    fn values_that_do_not_fit_are_named() {
        let error = read(r#"{"title":"A","date":"i morgen"}"#).expect_err("no date");
        assert_eq!(error.to_string(), "date is \"i morgen\": write a date such as 2026-05-08");
        let many = format!(r#"{{"items":[{}]}}"#, vec![r#"{"title":"K"}"#; MAX_ITEMS + 1].join(","));
        assert!(matches!(read(&many), Err(ImportError::TooMany { what, .. }) if what == "items"));
    }
}
