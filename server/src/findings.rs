//! What in a text should not be public: CPR numbers, mail addresses, telephone numbers. Finds and never corrects. Knows no document.

use std::ops::Range;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal {
    /// Six figures that are a date and four more.
    Cpr,
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
}

/// What stands before figures that are a telephone number, in small letters.
const PHONE_WORDS: [&str; 6] = ["tlf", "tlf.", "telefon", "mobil", "phone", "+45"];

/// Everything personal in a text, in bytes, in order and without overlaps.
pub fn find(text: &str) -> Vec<(Range<usize>, Personal)> {
    let mut found: Vec<(Range<usize>, Personal)> = emails(text).map(|range| (range, Personal::Email)).collect();
    for run in figures(text) {
        let kind = if is_cpr(&text[run.clone()]) {
            Some(Personal::Cpr)
        } else {
            is_phone(&text[..run.start], &text[run.clone()]).then_some(Personal::Phone)
        };
        if let Some(kind) = kind.filter(|_| found.iter().all(|(known, _)| known.end <= run.start || run.end <= known.start)) {
            found.push((run, kind));
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// Runs of figures that single spaces or hyphens hold together.
fn figures(text: &str) -> Vec<Range<usize>> {
    let is_joint = |character: char| matches!(character, ' ' | '\u{a0}' | '-');
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut joint = None;
    for (at, character) in text.char_indices() {
        if character.is_ascii_digit() {
            match runs.last_mut() {
                Some(run) if run.end == at || joint == Some(run.end) => run.end = at + 1,
                _ => runs.push(at..at + 1),
            }
            joint = None;
        } else {
            let ends_run = runs.last().is_some_and(|run| run.end == at);
            joint = (is_joint(character) && ends_run).then_some(at);
        }
    }
    // Part of a word or of a longer number is neither.
    let bounded = |run: &Range<usize>| {
        let before = text[..run.start].chars().next_back();
        let after = text[run.end..].chars().next();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '/') && !after.is_some_and(char::is_alphanumeric)
    };
    runs.retain(bounded);
    runs
}

/// Six figures that are a day, a month and a year, a hyphen or not, and four figures.
fn is_cpr(run: &str) -> bool {
    let figures: String = match run.split_once(['-', ' ', '\u{a0}']) {
        None => run.to_owned(),
        Some((date, rest)) if date.len() == 6 && rest.len() == 4 => format!("{date}{rest}"),
        Some(_) => return false,
    };
    if figures.len() != 10 || !figures.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let number = |range: Range<usize>| figures[range].parse::<u32>().unwrap_or(0);
    let days = match number(2..4) {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&number(0..2))
}

/// Eight figures in pairs, or eight figures after a word that says so.
fn is_phone(before: &str, run: &str) -> bool {
    let groups: Vec<&str> = run.split([' ', '\u{a0}', '-']).collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let (country, lengths) = match lengths.split_first() {
        Some((2, rest)) if groups[0] == "45" && before.ends_with('+') => (true, rest),
        _ => (false, lengths.as_slice()),
    };
    if lengths == [2, 2, 2, 2] {
        return true;
    }
    let word = before.trim_end_matches([' ', '\u{a0}', ':']).rsplit([' ', '\u{a0}', '(', ',']).next().unwrap_or_default().to_lowercase();
    let named = country || PHONE_WORDS.contains(&word.as_str());
    named && (lengths == [8] || lengths == [4, 4] || lengths == [10] && run.starts_with("45"))
}

fn emails(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    text.match_indices('@').filter_map(move |(at, _)| {
        let local = text[..at].trim_end_matches(is_part).len();
        let rest = &text[at + 1..];
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let domain = rest[..length].trim_end_matches(['.', '-']);
        let (_, ending) = domain.rsplit_once('.')?;
        (local < at && ending.chars().count() >= 2).then_some(local..at + 1 + domain.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, Personal)> {
        find(text).into_iter().map(|(range, kind)| (&text[range], kind)).collect()
    }

    #[test]
    fn numbers_that_are_a_date_and_four_figures_are_found() {
        assert_eq!(found("Borger 010190-1234 og 2902001234."), [("010190-1234", Personal::Cpr), ("2902001234", Personal::Cpr)]);
        for other in ["321390-1234", "011390-1234", "sag 010190-12345", "10010190-1234", "x0101901234", "0101901234a", "0101-901234"] {
            assert_eq!(found(other), [], "{other}");
        }
    }

    #[test]
    fn addresses_and_telephone_numbers_are_found() {
        let text = "Skriv til Lone@havnsted.example.dk, ring på tlf. 12345678, +45 87 65 43 21 eller 11 22 33 44.";
        assert_eq!(
            found(text),
            [
                ("Lone@havnsted.example.dk", Personal::Email),
                ("12345678", Personal::Phone),
                ("45 87 65 43 21", Personal::Phone),
                ("11 22 33 44", Personal::Phone)
            ]
        );
    }

    #[test]
    fn amounts_years_and_case_numbers_are_not() {
        for text in ["1.817.977 kr.", "12 345 678 kr.", "i 2024-2025", "2024 2025 2026", "sag 20261184", "@home", "a@b", "3 ud af 22"] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
