//! The calendar entry.

use super::*;
use crate::export::ExportError;

/// Lines put together again.
fn unfolded(meeting: &MeetingJson) -> Vec<String> {
    let text = exported_text(Format::Ics, meeting);
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    text.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

fn has(lines: &[String], line: &str) -> bool {
    lines.iter().any(|found| found == line)
}

#[test]
fn times_are_those_of_denmark_in_utc() {
    let summer = unfolded(&meeting());
    assert!(has(&summer, "DTSTART:20270708T070000Z") && has(&summer, "DTEND:20270708T101500Z"), "{summer:?}");
    let winter = unfolded(&MeetingJson { date: Some("2027-01-14".into()), ..meeting() });
    assert!(has(&winter, "DTSTART:20270114T080000Z"), "{winter:?}");
    let turned = unfolded(&MeetingJson { end: Some("08:00".into()), ..meeting() });
    assert!(!turned.iter().any(|line| line.starts_with("DTEND")), "{turned:?}");
    let day = unfolded(&MeetingJson { start: None, ..meeting() });
    assert!(has(&day, "DTSTART;VALUE=DATE:20270708"), "{day:?}");
}

#[test]
fn the_entry_says_what_where_and_which_version() {
    let lines = unfolded(&meeting());
    for line in [
        "UID:m1@dagsorden",
        "SEQUENCE:3",
        "DTSTAMP:20270102T030405Z",
        "SUMMARY:Møde i <Kystkredsen> & venner",
        "LOCATION:Havnsted Rådhus\\, mødelokale 3\\; stuen",
        "URL:http://127.0.0.1:8080/m/m1",
        "STATUS:CONFIRMED",
        "DESCRIPTION:1 Kajer & <broer> #1 | *to* _tre_ [fire](ftp://x.test) 😀\\n4a Lukket punkt\\n5 Punkt uden titel",
    ] {
        assert!(has(&lines, line), "{line} in {lines:?}");
    }
    assert_eq!((lines.first().map(String::as_str), lines.last().map(String::as_str)), (Some("BEGIN:VCALENDAR"), Some("END:VCALENDAR")));
}

#[test]
fn long_lines_are_folded_between_characters() {
    let lines = unfolded(&MeetingJson { title: "😀æ".repeat(80), ..meeting() });
    assert!(lines.iter().any(|line| line.contains(&"😀æ".repeat(80))), "{lines:?}");
}

#[test]
fn a_meeting_without_a_day_is_no_entry() {
    for date in [None, Some("snart".to_owned()), Some("2027-02-30".to_owned())] {
        let refused = write(Format::Ics, &MeetingJson { date, ..meeting() }, &facts(Phase::Draft), Catalogue::of(Language::Da));
        assert_eq!(refused, Err(ExportError::NoDate));
    }
}
