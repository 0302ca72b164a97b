//! Dates and times as people read them, from the ISO 8601 text the documents hold.
//!
//! Computes weekdays, knows no clock and no time zone. Numbers and their words are tied by no-break spaces, so that a line never
//! ends inside a date. What cannot be read is shown as it was written.

use crate::catalogue::Catalogue;

/// A day of the calendar, 1583 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

/// A time of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    hour: u8,
    minute: u8,
}

impl Date {
    /// Reads `YYYY-MM-DD`; a time after a `T` or a space is ignored. `None` if there is no such day.
    pub fn parse(text: &str) -> Option<Self> {
        let day = text.trim().get(..10)?;
        if text.trim().get(10..).is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['T', ' '])) {
            return None;
        }
        let mut parts = day.split('-');
        let mut number = |length: usize| parts.next().filter(|part| part.len() == length && is_digits(part))?.parse::<i16>().ok();
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        let known = (1583..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        known.then_some(Self { year, month, day })
    }

    /// Day of the week, 0 for Monday to 6 for Sunday.
    pub fn weekday(self) -> usize {
        // Sakamoto's method; it counts from Sunday.
        const SHIFT: [i32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
        let year = i32::from(self.year) - i32::from(self.month < 3);
        let sunday = year + year / 4 - year / 100 + year / 400 + SHIFT[usize::from(self.month - 1)] + i32::from(self.day);
        usize::try_from((sunday + 6).rem_euclid(7)).unwrap_or(0)
    }

    /// Day of the month.
    pub fn day(self) -> u8 {
        self.day
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// Name of the month.
    pub fn month_name(self, catalogue: &Catalogue) -> &'static str {
        catalogue.dates.months[usize::from(self.month - 1)]
    }

    /// Name of the weekday.
    pub fn weekday_name(self, catalogue: &Catalogue) -> &'static str {
        catalogue.dates.weekdays[self.weekday()]
    }

    /// „torsdag den 14. januar 2027“.
    pub fn full(self, catalogue: &Catalogue) -> String {
        (catalogue.dates.full)(self.weekday_name(catalogue), self.day, self.month_name(catalogue), self.year)
    }

    /// „14. januar 2027“.
    pub fn long(self, catalogue: &Catalogue) -> String {
        (catalogue.dates.date)(self.day, self.month_name(catalogue), self.year)
    }
}

impl Time {
    /// Reads `HH:MM`; seconds are ignored. `None` if there is no such time.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split(':');
        let mut number = || parts.next().filter(|part| (1..=2).contains(&part.len()) && is_digits(part))?.parse::<u8>().ok();
        let (hour, minute) = (number()?, number()?);
        (hour < 24 && minute < 60).then_some(Self { hour, minute })
    }

    /// Minutes since midnight.
    pub fn minutes(self) -> u32 {
        u32::from(self.hour) * 60 + u32::from(self.minute)
    }

    /// The time so many minutes later; past midnight it starts at 00:00.
    #[must_use]
    pub fn plus(self, minutes: u32) -> Self {
        let total = (self.minutes().saturating_add(minutes)) % (24 * 60);
        Self { hour: u8::try_from(total / 60).unwrap_or(0), minute: u8::try_from(total % 60).unwrap_or(0) }
    }

    /// „9.00“.
    pub fn short(self, catalogue: &Catalogue) -> String {
        (catalogue.dates.time)(self.hour, self.minute)
    }
}

/// The day with its weekday, or the text as written.
pub fn full(text: &str, catalogue: &Catalogue) -> String {
    Date::parse(text).map_or_else(|| text.to_owned(), |date| date.full(catalogue))
}

/// The day, or the text as written.
pub fn long(text: &str, catalogue: &Catalogue) -> String {
    Date::parse(text).map_or_else(|| text.to_owned(), |date| date.long(catalogue))
}

/// „kl. 9.00“ or „kl. 9.00–12.00“; `None` if neither is stated.
pub fn span(start: Option<&str>, end: Option<&str>, catalogue: &Catalogue) -> Option<String> {
    let short = |text: &str| Time::parse(text).map_or_else(|| text.to_owned(), |time| time.short(catalogue));
    let times = match (start.filter(|text| !text.is_empty()), end.filter(|text| !text.is_empty())) {
        (Some(start), Some(end)) => format!("{}–{}", short(start), short(end)),
        (Some(start), None) => short(start),
        (None, Some(end)) => format!("–{}", short(end)),
        (None, None) => return None,
    };
    Some((catalogue.dates.at)(&times))
}

/// The first letter in upper case, as at the start of a line.
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn days_in(year: i16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Language;

    #[test]
    fn dates_name_their_weekday_and_never_break() {
        let (da, en) = (Catalogue::of(Language::Da), Catalogue::of(Language::En));
        assert_eq!(full("2027-01-14", da), "torsdag den\u{a0}14.\u{a0}januar\u{a0}2027");
        assert_eq!(full("2027-01-14", en), "Thursday 14\u{a0}January\u{a0}2027");
        assert_eq!(long("2024-02-29", da), "29.\u{a0}februar\u{a0}2024");
        assert_eq!(long("2023-02-29", da), "2023-02-29");
        assert_eq!(long("14. januar", da), "14. januar");
    }

    #[test]
    fn weekdays_follow_the_calendar() {
        for (day, weekday) in [("2000-02-29", 1), ("1999-12-31", 4), ("2024-03-22", 4), ("2023-01-01", 6), ("1900-03-01", 3)] {
            assert_eq!(Date::parse(day).map(Date::weekday), Some(weekday), "{day}");
        }
    }

    #[test]
    fn spans_of_time_read_as_in_the_language() {
        let (da, en) = (Catalogue::of(Language::Da), Catalogue::of(Language::En));
        assert_eq!(span(Some("09:00"), Some("12:00"), da).as_deref(), Some("kl.\u{a0}9.00–12.00"));
        assert_eq!(span(Some("14:30"), None, da).as_deref(), Some("kl.\u{a0}14.30"));
        assert_eq!(span(Some("9:05"), Some(""), en).as_deref(), Some("at\u{a0}9:05"));
        assert_eq!(span(None, None, da), None);
        assert_eq!(span(Some("om morgenen"), None, da).as_deref(), Some("kl.\u{a0}om morgenen"));
    }

    #[test]
    fn times_add_up_past_midnight() {
        let late = Time::parse("23:30").expect("a time");
        assert_eq!(late.plus(45).minutes(), 15);
        assert_eq!(late.plus(u32::MAX).minutes(), late.plus(u32::MAX).minutes() % 1440);
        assert_eq!(Time::parse("24:00"), None);
    }

    #[test]
    fn strangers_texts_do_not_panic() {
        arbtest::arbtest(|u| {
            let text: String = u.arbitrary()?;
            let catalogue = Catalogue::of(Language::Da);
            let _ = (full(&text, catalogue), span(Some(&text), Some(&text), catalogue), capitalised(&text));
            Ok(())
        });
    }
}
