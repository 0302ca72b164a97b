//! A calendar entry (iCalendar, RFC 5545): when, where and what about.
//!
//! Times are written in UTC, so that no calendar has to know our time zone. The entry keeps its identity over exports: a calendar replaces
//! the one it has when the version is higher.

use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::date::Date;
use dagsorden_shared::meeting_json::MeetingJson;
use jiff::civil;
use jiff::tz::TimeZone;

use super::paper::Paper;
use super::{ExportError, Facts};

/// The most bytes of a line, without its end.
const LONGEST_LINE: usize = 75;

/// The entry.
///
/// # Errors
/// The meeting has no date.
pub(super) fn write(meeting: &MeetingJson, about: &Facts, catalogue: &Catalogue) -> Result<String, ExportError> {
    let paper = Paper::new(meeting, about, catalogue);
    let day = meeting.date.as_deref().filter(|date| Date::parse(date).is_some()).and_then(|date| date.get(..10));
    let day: civil::Date = day.and_then(|day| day.parse().ok()).ok_or(ExportError::NoDate)?;
    let mut entry = String::new();
    for (name, value) in [("BEGIN", "VCALENDAR"), ("VERSION", "2.0"), ("PRODID", "-//Dagsorden//Dagsorden//DA"), ("BEGIN", "VEVENT")] {
        put(&mut entry, name, value);
    }
    put(&mut entry, "UID", &format!("{}@dagsorden", about.meeting));
    put(&mut entry, "DTSTAMP", &stamp(about.written));
    put(&mut entry, "SEQUENCE", &about.version.to_string());
    let start = meeting.start.as_deref().and_then(time);
    match start {
        Some(start) => {
            put(&mut entry, "DTSTART", &stamp(moment(day, start)));
            // Without a stated end there is none: a guess would fill people's calendars.
            if let Some(end) = meeting.end.as_deref().and_then(time).filter(|end| *end > start) {
                put(&mut entry, "DTEND", &stamp(moment(day, end)));
            }
        }
        None => put(&mut entry, "DTSTART;VALUE=DATE", &day.strftime("%Y%m%d").to_string()),
    }
    let about_forum = paper.forum.is_empty() || paper.title.to_lowercase().contains(&paper.forum.to_lowercase());
    let summary = if about_forum { paper.title.clone() } else { format!("{}: {}", paper.forum, paper.title) };
    put(&mut entry, "SUMMARY", &escaped(&summary));
    if let Some(place) = meeting.place.as_deref().map(str::trim).filter(|place| !place.is_empty()) {
        put(&mut entry, "LOCATION", &escaped(place));
    }
    // The titles as the paper shows them, so that a closed item's stays away.
    let items = paper.items.iter().map(super::paper::Item::heading).collect::<Vec<_>>().join("\n");
    if !items.is_empty() {
        put(&mut entry, "DESCRIPTION", &escaped(&items));
    }
    if let Some(address) = &about.address {
        put(&mut entry, "URL", &address.replace(char::is_control, ""));
    }
    for (name, value) in [("STATUS", "CONFIRMED"), ("END", "VEVENT"), ("END", "VCALENDAR")] {
        put(&mut entry, name, value);
    }
    Ok(entry)
}

fn time(text: &str) -> Option<civil::Time> {
    let minutes = dagsorden_shared::date::Time::parse(text)?.minutes();
    civil::Time::new(i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?, 0, 0).ok()
}

/// A time in Denmark. Where the machine has no table of time zones, by the rule in force.
fn moment(day: civil::Date, time: civil::Time) -> jiff::Timestamp {
    let zone = TimeZone::get("Europe/Copenhagen").or_else(|_| TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3")).unwrap_or(TimeZone::UTC);
    day.to_datetime(time).to_zoned(zone).map_or(jiff::Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

fn stamp(moment: jiff::Timestamp) -> String {
    moment.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A line, folded at 75 bytes but never inside a character.
fn put(entry: &mut String, name: &str, value: &str) {
    let mut room = LONGEST_LINE;
    for c in format!("{name}:{value}").chars() {
        if c.len_utf8() > room {
            entry.push_str("\r\n ");
            room = LONGEST_LINE - 1;
        }
        entry.push(c);
        room -= c.len_utf8();
    }
    entry.push_str("\r\n");
}
