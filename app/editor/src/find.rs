//! Finding and replacing in one field, and counting its words.
//!
//! Case does not matter unless it is asked for. Letters are folded by a few ranges, as the full tables of Unicode weigh more than all of this crate.

use dagsorden_shared::richtext::Body;

use crate::selection::Selection;
use crate::state::EditorState;
use crate::text;
use crate::transaction::{Cause, Edits, Group, Transaction};

/// What counts as the same text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Matching {
    /// Capitals and small letters differ.
    pub case: bool,
    /// Only whole words.
    pub words: bool,
}

/// A letter as it is compared, and where it stands in the text.
struct Letter {
    folded: char,
    from: u32,
    to: u32,
}

/// Where a text stands in a field, from the start, without overlaps. It is looked for in each line by itself.
pub fn find(body: &Body, wanted: &str, matching: Matching) -> Vec<Selection> {
    let wanted: Vec<char> = letters(wanted.chars(), 0, matching.case).into_iter().map(|letter| letter.folded).collect();
    let mut found = Vec::new();
    let Some(last) = wanted.len().checked_sub(1) else { return found };
    let mut start = 0;
    for line in body.lines() {
        let letters = letters(line.runs.iter().flat_map(|run| run.text.chars()), start, matching.case);
        let ends_word = |at: Option<usize>| !at.and_then(|at| letters.get(at)).is_some_and(|letter| is_letter(letter.folded));
        let mut at = 0;
        while at + last < letters.len() {
            let is = letters[at..].iter().zip(&wanted).all(|(letter, wanted)| letter.folded == *wanted);
            if is && (!matching.words || ends_word(at.checked_sub(1)) && ends_word(Some(at + last + 1))) {
                found.push(Selection::new(letters[at].from, letters[at + last].to));
                at += last;
            }
            at += 1;
        }
        start += line.len() + 1;
    }
    found
}

/// Puts a text in place of each of these ranges, as one step. Each keeps the marks of its first character.
pub fn replace(state: &EditorState, ranges: &[Selection], with: &str) -> Option<Transaction> {
    let with = text::single_line(with);
    let mut edits = Edits::default();
    for range in ranges {
        let (from, to) = (text::clamp(state.body(), range.from()), text::clamp(state.body(), range.to()));
        if from < to && state.locate(from).0 == state.locate(to).0 {
            edits.insert(from, with.as_str(), state.marks_for(from, to).attributes());
            edits.delete(from, to);
        }
    }
    let delta = edits.into_delta(state);
    if delta.is_empty() {
        return None;
    }
    // A field without caret gets none.
    let caret = |last: &Selection| Selection::caret(delta.map_offset(last.to(), false));
    let selection = state.selection().and_then(|_| ranges.iter().max_by_key(|range| range.to()).map(caret));
    Some(Transaction { delta, selection, pending: None, cause: Cause::Type, group: Group::Step })
}

/// Words of a field: what stands between spaces and has a letter or a figure in it.
pub fn count_words(body: &Body) -> usize {
    body.lines().iter().map(|line| line.text().split_whitespace().filter(|word| word.contains(is_letter)).count()).sum()
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || (('À'..'\u{1F000}').contains(&c) && !('\u{2000}'..'\u{2C00}').contains(&c))
}

fn letters(characters: impl Iterator<Item = char>, start: u32, case: bool) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    let mut from = start;
    for character in characters {
        let to = from + text::width(character);
        match letters.last_mut() {
            // Some programs write å in two parts.
            Some(last) if character == '\u{30A}' && matches!(last.folded, 'a' | 'A') => {
                (last.folded, last.to) = (if last.folded == 'a' { 'å' } else { 'Å' }, to);
            }
            _ => letters.push(Letter { folded: fold(character, case), from, to }),
        }
        from = to;
    }
    letters
}

/// The lower case of the letters of Europe's languages, unless their case matters; the spaces as one.
fn fold(character: char, case: bool) -> char {
    let code = u32::from(character);
    let up = match code {
        0xA0 => return ' ',
        _ if case => 0,
        0x41..=0x5A | 0xC0..=0xD6 | 0xD8..=0xDE | 0x391..=0x3A9 | 0x410..=0x42F => 32,
        0x100..=0x137 | 0x14A..=0x177 if code.is_multiple_of(2) => 1,
        0x139..=0x148 | 0x179..=0x17E if !code.is_multiple_of(2) => 1,
        0x400..=0x40F => 80,
        _ => 0,
    };
    char::from_u32(code + up).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::notation::{print, run, section};

    fn places(notation: &str, wanted: &str) -> Vec<(u32, u32)> {
        find(section(notation).body(), wanted, Matching::default()).iter().map(|range| (range.anchor, range.head)).collect()
    }

    #[test]
    fn letters_are_found_in_any_case_and_across_marks() {
        assert_eq!(places("Ærø og *æRØ*⏎ ærØ⏎h2", "ÆRØ"), [(0, 3), (7, 10), (11, 14)]);
        assert_eq!(places("Å*r*lig åRLIG⏎", "årlig"), [(0, 5), (6, 11)]);
        assert_eq!(places("a\u{30A}r ÅR⏎", "år"), [(0, 3), (4, 6)]);
        assert_eq!(places("😀ab😀AB⏎", "ab"), [(2, 4), (6, 8)]);
        assert_eq!(places("aaaa⏎", "aa"), [(0, 2), (2, 4)]);
        assert_eq!(places("a\u{A0}b⏎", "a b"), [(0, 3)]);
        assert_eq!(places("ŽIVOT Ω я⏎", "život ω Я"), [(0, 9)]);
        assert!(places("ab⏎ cd⏎", "bc").is_empty() && places("ab⏎", "").is_empty() && places("ab⏎", "abc").is_empty());
        assert!(places("×⏎", "÷").is_empty(), "signs between the letters have no case");
    }

    #[test]
    fn case_and_whole_words_may_matter() {
        let places = |notation: &str, wanted: &str, case, words| -> Vec<(u32, u32)> {
            find(section(notation).body(), wanted, Matching { case, words }).iter().map(|range| (range.anchor, range.head)).collect()
        };
        assert_eq!(places("Ålen ålen ÅLEN⏎", "ålen", true, false), [(5, 9)]);
        assert_eq!(places("A\u{30A}l ål⏎", "Å", true, false), [(0, 2)]);
        assert_eq!(places("råd rådet, (Råd) forråd⏎ råd⏎", "råd", false, true), [(0, 3), (12, 15), (24, 27)]);
        assert_eq!(places("aa aaa⏎", "aa", false, true), [(0, 2)]);
        assert_eq!(places("§ 5 §5⏎", "§", false, true), [(0, 1)]);
    }

    #[test]
    fn replacing_keeps_marks_and_lines_and_is_one_step() {
        let all = |state: &EditorState| replace(state, &find(state.body(), "ord", Matching::default()), "sag\n");
        let state = run(&section("|ord *Ord*en⏎b ORD⏎"), all);
        assert_eq!(print(&state), "sag *sag*en⏎b sag|⏎");
        assert_eq!(print(&run(&section("ord⏎"), all)), "sag⏎", "no caret comes of it");
        assert_eq!(print(&run(&section("aord|⏎"), |state| replace(state, &find(state.body(), "ord", Matching::default()), ""))), "a|⏎");
        assert_eq!(replace(&section("a|b⏎ c⏎"), &[Selection::new(1, 4), Selection::new(9, 12)], "x"), None);
    }

    #[test]
    fn words_have_letters_or_figures() {
        let count = |notation: &str| count_words(section(notation).body());
        assert_eq!(count("Børne- og ungeområdet – 3 sager⏎ A1⏎r1c1 B1⏎r1c2 ⏎"), 7);
        assert_eq!(count("⏎ - … 😀⏎"), 0);
        assert_eq!(count("*a*b c⏎"), 2);
    }
}
