//! Text as the PDF can carry it: cleaned, cut into runs, with places to break where a word is too long.
//!
//! Knows which characters the fonts have (see [`crate::fonts`]); knows no layout.

use dagsorden_shared::meeting_json::MarkJson;
use dagsorden_shared::richtext::attributes::safe_link;
use serde::Serialize;

use crate::fonts;

/// Letters in a row from which on a word gets places to break.
const LONG_WORD: usize = 40;
/// Letters between two such places.
const PIECE: usize = 12;
/// A longer address is shown without being a link.
const LONG_LINK: usize = 2000;
const BREAK: char = '\u{200b}';

/// Text with one set of marks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) underline: bool,
    pub(crate) strike: bool,
    pub(crate) link: Option<String>,
}

/// Plain text for labels and values.
pub(crate) fn plain(text: &str) -> String {
    broken(&clean(text), LONG_WORD, PIECE)
}

/// A line cut where its marks begin and end.
pub(crate) fn runs(text: &str, marks: &[MarkJson]) -> Vec<Run> {
    runs_broken(text, marks, LONG_WORD, PIECE)
}

/// The same with places to break in all words longer than `longest`, every `piece` letters.
pub(crate) fn runs_broken(text: &str, marks: &[MarkJson], longest: usize, piece: usize) -> Vec<Run> {
    let mut cuts: Vec<usize> = marks.iter().flat_map(|mark| [byte_at(text, mark.start), byte_at(text, mark.end)]).collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    cuts.dedup();
    let mut runs: Vec<Run> = Vec::new();
    for pair in cuts.windows(2) {
        let mut run = Run { text: broken(&clean(&text[pair[0]..pair[1]]), longest, piece), ..Run::default() };
        for mark in marks.iter().filter(|mark| byte_at(text, mark.start) <= pair[0] && byte_at(text, mark.end) >= pair[1]) {
            run.bold |= mark.bold;
            run.italic |= mark.italic;
            run.underline |= mark.underline;
            run.strike |= mark.strike;
            run.link = mark.link.as_deref().and_then(safe_link).filter(|link| link.len() <= LONG_LINK).map(str::to_owned).or(run.link);
        }
        match runs.last_mut() {
            _ if run.text.is_empty() => {}
            Some(last) if (Run { text: last.text.clone(), ..run.clone() }) == *last => last.text.push_str(&run.text),
            _ => runs.push(run),
        }
    }
    runs
}

/// Whether there is nothing to see in a text.
pub(crate) fn is_blank(text: &str) -> bool {
    clean(text).trim().is_empty()
}

/// Where the character begins that holds this UTF-16 unit; the end for a unit behind it.
fn byte_at(text: &str, unit: u32) -> usize {
    let mut units = 0;
    for (index, character) in text.char_indices() {
        if units >= unit {
            return index;
        }
        units += u32::try_from(character.len_utf16()).unwrap_or(2);
    }
    text.len()
}

/// The text in characters that the fonts have. A character they lack is written as its number, since PDF/UA refuses an empty box.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => clean.push(' '),
            '\u{2011}' => clean.push('-'),
            // The bullets of the symbol fonts that office programs use.
            '\u{f0b7}' | '\u{f0a7}' => clean.push('•'),
            _ if is_ignored(character) => {}
            _ if fonts::have(character) => clean.push(character),
            _ => clean.push_str(&format!("[U+{:04X}]", u32::from(character))),
        }
    }
    clean
}

/// Control characters, those that are none, and those that show nothing by themselves: directions, joiners, selectors, tags, soft hyphens.
fn is_ignored(character: char) -> bool {
    character.is_control()
        || u32::from(character) & 0xfffe == 0xfffe
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The text with places to break in words longer than `longest`.
fn broken(text: &str, longest: usize, piece: usize) -> String {
    let mut whole = String::with_capacity(text.len());
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            whole.push(' ');
        }
        if word.chars().count() <= longest {
            whole.push_str(word);
            continue;
        }
        for (index, character) in word.chars().enumerate() {
            if index > 0 && index.is_multiple_of(piece) {
                whole.push(BREAK);
            }
            whole.push(character);
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bold(start: u32, end: u32) -> MarkJson {
        MarkJson { start, end, bold: true, ..MarkJson::default() }
    }

    fn shown(text: &str, marks: &[MarkJson]) -> Vec<(String, bool)> {
        runs(text, marks).into_iter().map(|run| (run.text, run.bold)).collect()
    }

    #[test]
    fn marks_cut_a_line_at_utf16_units() {
        assert_eq!(shown("Æble og pære", &[bold(5, 7)]), [("Æble ".into(), false), ("og".into(), true), (" pære".into(), false)]);
        assert_eq!(shown("😀 smil", &[bold(3, 7)]), [("[U+1F600] ".into(), false), ("smil".into(), true)]);
        assert_eq!(shown("kort", &[bold(2, 900), bold(9, 3)]), [("ko".into(), false), ("rt".into(), true)]);
        assert_eq!(shown("", &[bold(0, 3)]), []);
    }

    #[test]
    fn characters_without_a_glyph_are_written_as_numbers() {
        assert_eq!(plain("漢 ✓ Ω Ł → \u{e000}"), "[U+6F22] ✓ Ω Ł → [U+E000]");
        assert_eq!(plain("\u{f0b7} 15\u{2011}23 år"), "• 15-23 år");
        assert_eq!(plain("a\u{200d}b\u{202e}c\u{ad}d\te\nf\u{0}\u{fffe}\u{ffff}"), "abcd e f");
        assert!(is_blank(" \u{200b}\u{a0}\n"));
        assert!(!is_blank("漢"));
    }

    #[test]
    fn only_long_words_get_places_to_break() {
        assert_eq!(plain("Socialdirektørforummets"), "Socialdirektørforummets");
        let long = plain(&"x".repeat(300));
        assert_eq!(long.replace(BREAK, ""), "x".repeat(300));
        assert!(long.split(BREAK).all(|piece| piece.len() <= PIECE));
    }

    #[test]
    fn only_safe_addresses_are_links() {
        let link = |address: &str| MarkJson { start: 0, end: 1, link: Some(address.into()), ..MarkJson::default() };
        assert_eq!(runs("x", &[link("https://x.test")])[0].link.as_deref(), Some("https://x.test"));
        assert_eq!(runs("x", &[link("javascript:alert(1)")])[0].link, None);
        assert_eq!(runs("x", &[link(&format!("https://x.test/{}", "a".repeat(LONG_LINK)))])[0].link, None);
    }
}
