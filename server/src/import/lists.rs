//! Marks of list lines: bullets of every kind, numbers, and how deep a line is nested.
//!
//! Owns the marks and the levels. Knows nothing of paragraphs.

use dagsorden_shared::meeting_json::ListJson;

use super::words;

/// Characters that mark a bullet when a blank follows.
const BULLETS: [char; 18] = ['-', '•', '–', '—', '*', '·', '▪', '■', '●', '○', '◦', '‣', '⁃', '➢', '✓', '\u{f0b7}', '\u{f0a7}', '\u{f02d}'];

/// A mark at the start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    /// Any bullet.
    Bullet,
    /// A number or a letter, as a number.
    Ordered(u32),
}

impl Marker {
    /// The list it makes.
    pub(super) fn list(self) -> ListJson {
        match self {
            Self::Bullet => ListJson::Bullet,
            Self::Ordered(_) => ListJson::Ordered,
        }
    }
}

/// The mark of a trimmed line, and its text.
pub(super) fn marker(text: &str) -> Option<(Marker, &str)> {
    let first = text.chars().next()?;
    if first.is_uppercase() {
        return None;
    }
    if !first.is_ascii_alphanumeric() && BULLETS.contains(&first) {
        let rest = text[first.len_utf8()..].strip_prefix(' ')?.trim_start();
        return (!rest.is_empty()).then_some((Marker::Bullet, rest));
    }
    if let Some(rest) = text.strip_prefix("o ").filter(|rest| rest.starts_with(char::is_uppercase)) {
        return Some((Marker::Bullet, rest));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=2).contains(&digits) {
        let number = text[..digits].parse().ok()?;
        let rest = text[digits..].strip_prefix(['.', ')'])?.strip_prefix(' ')?.trim_start();
        // "1. maj" is a date.
        let is_date = rest.split(' ').next().is_some_and(|word| words::month(word).is_some());
        return (!rest.is_empty() && !is_date).then_some((Marker::Ordered(number), rest));
    }
    let letter = text.bytes().next().filter(u8::is_ascii_lowercase)?;
    let rest = text[1..].strip_prefix(") ")?.trim_start();
    (!rest.is_empty()).then(|| (Marker::Ordered(u32::from(letter - b'a') + 1), rest))
}

/// Whether a line is a mark and nothing else: what a template leaves where nothing was written.
pub(super) fn is_placeholder(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| BULLETS.contains(&c)) && chars.next().is_none()
}

/// The indents of the lists that are open, outermost first, with the last number of each.
#[derive(Debug, Default)]
pub(super) struct Levels {
    open: Vec<(usize, Option<u32>)>,
    /// Those that other text has ended.
    ended: Vec<(usize, Option<u32>)>,
}

impl Levels {
    /// The most levels that are kept.
    const MOST: usize = 8;

    /// Ends all lists.
    pub(super) fn close(&mut self) {
        if !self.open.is_empty() {
            self.ended = std::mem::take(&mut self.open);
        }
    }

    /// The level of a list line, or `None` if its number neither follows from what stands before nor `begins` a list, so that it is no list line.
    pub(super) fn level(&mut self, indent: usize, marker: Marker, begins: bool) -> Option<u8> {
        let number = match marker {
            Marker::Bullet => None,
            Marker::Ordered(number) => {
                let last =
                    |lists: &[(usize, Option<u32>)]| lists.iter().rev().find(|(known, _)| *known <= indent).and_then(|(_, last)| *last);
                let follows = [last(&self.open), last(&self.ended)].into_iter().flatten().any(|last| number == last + 1);
                if number != 1 && !follows && !begins {
                    return None;
                }
                Some(number)
            }
        };
        while self.open.last().is_some_and(|(known, _)| *known > indent) {
            self.open.pop();
        }
        let depth = self.open.len();
        match self.open.last_mut() {
            Some((known, last)) if *known == indent => *last = number,
            _ if depth > Self::MOST => {}
            _ => self.open.push((indent, number)),
        }
        Some((self.open.len() - 1) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bullets_numbers_and_letters_are_marks() {
        assert_eq!(marker("- tage til efterretning"), Some((Marker::Bullet, "tage til efterretning")));
        assert_eq!(marker("– Havnefogeden"), Some((Marker::Bullet, "Havnefogeden")));
        assert_eq!(marker("• 24. til 25. maj: Seminar"), Some((Marker::Bullet, "24. til 25. maj: Seminar")));
        assert_eq!(marker("2) Økonomi"), Some((Marker::Ordered(2), "Økonomi")));
        assert_eq!(marker("c) Økonomi"), Some((Marker::Ordered(3), "Økonomi")));
    }

    #[test]
    fn dates_times_words_and_lone_marks_are_none() {
        for text in ["-næstformænd", "1. maj holdes der åbent", "9.00-10.30 Møde", "*Kursiv*", "-", "2024. Et år", "i) ", "og - så"] {
            assert_eq!(marker(text), None, "{text}");
        }
        assert!(is_placeholder("-") && is_placeholder("•") && !is_placeholder("x"));
    }

    #[test]
    fn deeper_indents_are_deeper_levels_whatever_the_first_indent_is() {
        let mut levels = Levels::default();
        let seen: Vec<_> = [1, 3, 3, 1, 5, 2].map(|indent| levels.level(indent, Marker::Bullet, false)).into();
        assert_eq!(seen, [Some(0), Some(1), Some(1), Some(0), Some(1), Some(1)]);
    }

    #[test]
    fn a_number_must_follow_the_last_one_or_begin_a_list() {
        let mut levels = Levels::default();
        assert_eq!(levels.level(0, Marker::Ordered(23), false), None);
        assert_eq!(levels.level(0, Marker::Ordered(1), false), Some(0));
        assert_eq!(levels.level(2, Marker::Bullet, false), Some(1));
        assert_eq!(levels.level(0, Marker::Ordered(2), false), Some(0));
        assert_eq!(levels.level(0, Marker::Ordered(9), false), None);
        levels.close();
        levels.close();
        assert_eq!(levels.level(0, Marker::Ordered(3), false), Some(0), "it goes on after other text");
        assert_eq!(levels.level(0, Marker::Ordered(9), true), Some(0));
    }
}
