//! Dates and times as Danish agendas write them, to ISO 8601.
//!
//! Knows `22-03-2024`, `20.01.2023`, `9/6 2022`, `2023-01-20 08:30`, `Fredag d. 22. marts 2024`, `Den 3. november` (without a year) and the
//! times `kl. 09:00`, `kl. 14.30-16.00`, `9 til 11`. Says nothing about which date is which.

use super::words;

/// A day, perhaps without its year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    year: Option<u32>,
    month: u32,
    day: u32,
}

impl Day {
    fn new(year: Option<u32>, month: u32, day: u32) -> Option<Self> {
        let year = match year {
            Some(short @ 0..=99) => Some(2000 + short),
            other => other,
        };
        let leap = year.is_none_or(|year| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(())?;
        year.is_none_or(|year| (1900..=2200).contains(&year)).then_some(Self { year, month, day })
    }

    /// `YYYY-MM-DD`, if the year is known.
    pub(super) fn iso(self) -> Option<String> {
        self.year.map(|year| format!("{year:04}-{:02}-{:02}", self.month, self.day))
    }

    /// This day in the year of another, unless it has its own.
    pub(super) fn or_year_of(self, other: Option<Self>) -> Self {
        Self { year: self.year.or(other.and_then(|other| other.year)), ..self }
    }
}

/// What a text says about when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct When {
    /// The first day.
    pub(super) day: Option<Day>,
    /// Minutes since midnight.
    pub(super) start: Option<u32>,
    /// Minutes since midnight.
    pub(super) end: Option<u32>,
    /// Bytes of the text before the day, or all of it.
    pub(super) before: usize,
    /// Bytes of the text up to the end of day and times.
    pub(super) after: usize,
}

/// `HH:MM`.
pub(super) fn clock(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Reads the first day and the first times of a short text; only its first 300 bytes are looked at.
pub(super) fn read(text: &str) -> When {
    let text = words::head(text, 300);
    let tokens = tokens(text);
    let mut when = When { before: text.len(), ..When::default() };
    let (mut first_of_day, mut rest) = (0, 0);
    for at in 0..tokens.len() {
        if let Some((day, used)) = day(&tokens[at..]) {
            let first = introduced(&tokens, at);
            when.day = Some(day);
            when.before = tokens[first].from;
            when.after = tokens[at + used - 1].to;
            (first_of_day, rest) = (at, at + used);
            break;
        }
    }
    // Times mostly follow the day; without one after it, before it.
    let found = times(&tokens[rest..]).or_else(|| times(&tokens[..first_of_day]));
    if let Some((start, end, to)) = found {
        when.start = Some(start);
        when.end = end.filter(|end| *end > start);
        when.after = when.after.max(to);
    }
    when
}

/// A number, a word or one other character.
#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    number: Option<u32>,
    from: usize,
    to: usize,
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let length = if c.is_ascii_digit() {
            rest.bytes().take_while(u8::is_ascii_digit).count()
        } else if c.is_alphabetic() {
            rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len())
        } else {
            c.len_utf8()
        };
        if !c.is_whitespace() {
            tokens.push(Token { text: &rest[..length], number: rest[..length].parse().ok(), from: at, to: at + length });
        }
        at += length;
    }
    tokens
}

/// The day that begins at the first token, and how many tokens it is.
fn day(tokens: &[Token<'_>]) -> Option<(Day, usize)> {
    let number = |at: usize| tokens.get(at).and_then(|token| token.number);
    let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.text == text);
    let touches = |at: usize| at > 0 && tokens.get(at).zip(tokens.get(at - 1)).is_some_and(|(token, before)| token.from == before.to);
    let first = number(0)?;
    // 2023-01-20
    if (1900..=2200).contains(&first) && is(1, "-") && is(3, "-") {
        return Day::new(Some(first), number(2)?, number(4)?).map(|day| (day, 5));
    }
    // 22-03-2024, 20.01.2023, 3/5/22, 9/6 2022
    let separators = ["-", "–", ".", "/"];
    if tokens.get(1).is_some_and(|token| separators.contains(&token.text)) && touches(2) && number(2).is_some() {
        let separator = tokens[1].text;
        if is(3, separator) && number(4).is_some() && touches(4) && matches!(tokens[4].text.len(), 2 | 4) {
            return Day::new(number(4), number(2)?, first).map(|day| (day, 5));
        }
        if separator == "/" {
            let year = number(3).filter(|year| (1900..=2200).contains(year));
            return Day::new(year, number(2)?, first).map(|day| (day, if year.is_some() { 4 } else { 3 }));
        }
    }
    // 22. marts 2024, 22 marts
    let month_at = if is(1, ".") { 2 } else { 1 };
    let month = words::month(tokens.get(month_at)?.text)?;
    let year_at = if is(month_at + 1, ".") || is(month_at + 1, ",") { month_at + 2 } else { month_at + 1 };
    let year = number(year_at).filter(|year| (1900..=2200).contains(year));
    Day::new(year, month, first).map(|day| (day, if year.is_some() { year_at + 1 } else { month_at + 1 }))
}

/// The first token of a day together with the weekday and the words that lead to it.
fn introduced(tokens: &[Token<'_>], at: usize) -> usize {
    let mut first = at;
    while first > 0 {
        let word = words::fold(tokens[first - 1].text);
        let leads = matches!(word.as_str(), "d" | "den" | "d." | "." | "," | "-" | "–" | "(") || word.ends_with("dag");
        if !leads {
            break;
        }
        first -= 1;
    }
    first
}

/// Start, end and where they end in the text. A bare number is a time only after `kl`.
fn times(tokens: &[Token<'_>]) -> Option<(u32, Option<u32>, usize)> {
    (0..tokens.len()).find_map(|at| {
        let is_kl = |token: &Token<'_>| matches!(words::fold(token.text).as_str(), "kl" | "klokken");
        let after_kl = at > 0 && (is_kl(&tokens[at - 1]) || (tokens[at - 1].text == "." && at > 1 && is_kl(&tokens[at - 2])));
        let (start, used) = time(&tokens[at..], after_kl)?;
        let mut to = at + used;
        let mut end = None;
        if tokens.get(to).is_some_and(|token| matches!(token.text, "-" | "–" | "—" | "til")) {
            let skipped = tokens[to + 1..].iter().take_while(|token| is_kl(token) || token.text == ".").count();
            if let Some((minutes, used)) = time(&tokens[to + 1 + skipped..], true) {
                end = Some(minutes);
                to += 1 + skipped + used;
            }
        }
        (after_kl || end.is_some() || used > 1).then(|| (start, end, tokens[to - 1].to))
    })
}

/// Minutes since midnight, and how many tokens. `whole` allows an hour by itself.
fn time(tokens: &[Token<'_>], whole: bool) -> Option<(u32, usize)> {
    let first = tokens.first()?;
    let hour = first.number.filter(|hour| *hour < 24 && first.text.len() <= 2)?;
    if let [_, separator, minutes, ..] = tokens
        && matches!(separator.text, ":" | ".")
        && minutes.text.len() == 2
        && minutes.from == separator.to
        && let Some(minutes) = minutes.number.filter(|minutes| *minutes < 60)
    {
        return Some((hour * 60 + minutes, 3));
    }
    whole.then_some((hour * 60, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, date: Option<&str>, start: Option<&str>, end: Option<&str>) {
        let when = read(text);
        assert_eq!(when.day.and_then(Day::iso).as_deref(), date, "{text}");
        assert_eq!(when.start.map(clock).as_deref(), start, "{text}");
        assert_eq!(when.end.map(clock).as_deref(), end, "{text}");
    }

    #[test]
    fn all_forms_of_a_date_are_read() {
        for text in [
            "2026-05-08",
            "08-05-2026",
            "8.5.2026",
            "8/5 2026",
            "8/5/26",
            "8. maj 2026",
            "Fredag d. 8. maj 2026",
            "fredag den 8. maj, 2026",
            "8 maj 2026",
        ] {
            check(text, Some("2026-05-08"), None, None);
        }
        check("32-05-2026", None, None, None);
        check("29. februar 2025", None, None, None);
    }

    #[test]
    fn times_are_read_with_and_without_minutes_and_end() {
        check("Torsdag den 7. maj 2026 kl. 14.30-16.00", Some("2026-05-07"), Some("14:30"), Some("16:00"));
        check("2026-05-07 08:30", Some("2026-05-07"), Some("08:30"), None);
        check("2026-05-07T08:30", Some("2026-05-07"), Some("08:30"), None);
        check("kl. 9-11", None, Some("09:00"), Some("11:00"));
        check("kl. 9 til kl. 11.15, tirsdag den 5. maj 2026", Some("2026-05-05"), Some("09:00"), Some("11:15"));
        check("kl. 10:00 – 09:00", None, Some("10:00"), None);
        check("Lokale 7, etage 2", None, None, None);
        check("18.08.2026", Some("2026-08-18"), None, None);
    }

    #[test]
    fn a_day_without_a_year_takes_it_from_another() {
        let day = read("Den 7. maj kl. 10").day.expect("a day");
        assert_eq!(day.iso(), None);
        assert_eq!(day.or_year_of(read("8. maj 2026").day).iso().as_deref(), Some("2026-05-07"));
    }

    #[test]
    fn what_stands_around_a_day_can_be_cut_off() {
        let text = "Referat Kystforum, fredag den 8. maj 2026 kl. 9.00, Havnen";
        let when = read(text);
        assert_eq!((&text[..when.before], &text[when.after..]), ("Referat Kystforum", ", Havnen"));
    }
}
