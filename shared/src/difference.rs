//! What differs between two texts: lines first, then words in lines that are alike.
//!
//! A line that is gone or new is one difference with its own newline, so that lines beginning with the same words keep their bounds; in lines that
//! share enough words the words differ. Used by versions, proposals and reading views, in page and server. Knows no document and no format.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

use crate::richtext::delta::utf16_len;

/// Lines of a text beyond which it is not looked into.
const MAX_LINES: usize = 2_000;
/// Tokens of a line beyond which it is not looked into.
const MAX_TOKENS: usize = 2_000;
/// Pairs of lines in one place that are held against each other.
const MAX_PAIRS: usize = 10_000;
/// Lines are alike if they share this many hundredths of their words.
const ALIKE: usize = 40;
/// Differences are one if at most this many tokens lie between, none of them a longer word than [`SHORT_WORD`].
const NEAR: usize = 3;
const SHORT_WORD: usize = 3;

/// One difference: these letters of the text before became these of the text after. In UTF-16 units, as all offsets in texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// What is gone; empty where something was put in.
    pub before: Range<u32>,
    /// What is new; empty where something was taken out.
    pub after: Range<u32>,
}

/// A run of letters with what became of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// In both texts.
    Same(String),
    /// In the text before alone.
    Removed(String),
    /// In the text after alone.
    Added(String),
}

/// The differences in order. Put in place of their ranges in `before` they give `after`.
pub fn hunks(before: &str, after: &str) -> Vec<Hunk> {
    let mut old = Utf16::of(before);
    let mut new = Utf16::of(after);
    let differences = differences(before, after);
    differences.into_iter().map(|(gone, come)| Hunk { before: old.range(&gone), after: new.range(&come) }).collect()
}

/// Both texts in one, in order, each difference as what is removed and then what is added.
pub fn pieces(before: &str, after: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for (gone, come) in differences(before, after) {
        push(&mut pieces, Piece::Same, &before[done..gone.start]);
        push(&mut pieces, Piece::Removed, &before[gone.clone()]);
        push(&mut pieces, Piece::Added, &after[come]);
        done = gone.end;
    }
    push(&mut pieces, Piece::Same, &before[done..]);
    pieces
}

fn push(pieces: &mut Vec<Piece>, piece: fn(String) -> Piece, text: &str) {
    if !text.is_empty() {
        pieces.push(piece(text.to_owned()));
    }
}

/// Turns offsets in bytes, which only grow, into UTF-16 units.
struct Utf16<'a> {
    text: &'a str,
    bytes: usize,
    units: u32,
}

impl<'a> Utf16<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, bytes: 0, units: 0 }
    }

    fn at(&mut self, byte: usize) -> u32 {
        self.units += utf16_len(&self.text[self.bytes..byte]);
        self.bytes = byte;
        self.units
    }

    fn range(&mut self, bytes: &Range<usize>) -> Range<u32> {
        let start = self.at(bytes.start);
        start..self.at(bytes.end)
    }
}

/// A difference in bytes.
type Bytes = (Range<usize>, Range<usize>);

fn differences(before: &str, after: &str) -> Vec<Bytes> {
    if before == after {
        return Vec::new();
    }
    let (old, new) = (lines(before), lines(after));
    if old.len() > MAX_LINES || new.len() > MAX_LINES {
        return vec![(0..before.len(), 0..after.len())];
    }
    let mut found = Vec::new();
    for (gone, come) in changed(old.iter().map(|line| line.text), new.iter().map(|line| line.text)) {
        // Where the next line that is held against another begins, in both texts.
        let start = |lines: &[Line<'_>], index: usize, whole: &str| lines.get(index).map_or(whole.len(), |line| line.start);
        let (mut at_old, mut at_new) = (gone.start, come.start);
        let whole = |found: &mut Vec<Bytes>, old_to: usize, new_to: usize, at: (usize, usize)| {
            let gone = start(&old, at.0, before)..start(&old, old_to, before);
            let come = start(&new, at.1, after)..start(&new, new_to, after);
            if !gone.is_empty() || !come.is_empty() {
                found.push((gone, come));
            }
        };
        for (i, j) in pairs(&old[gone.clone()], &new[come.clone()]) {
            let (i, j) = (gone.start + i, come.start + j);
            whole(&mut found, i, j, (at_old, at_new));
            found.extend(words_that_differ(&old[i], &new[j]));
            (at_old, at_new) = (i + 1, j + 1);
        }
        whole(&mut found, gone.end, come.end, (at_old, at_new));
    }
    found
}

/// A line with its newline, and where it begins.
#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    start: usize,
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|text| {
            let line = Line { text, start };
            start += text.len();
            line
        })
        .collect()
}

/// The ranges of tokens that differ.
fn changed<'a>(before: impl Iterator<Item = &'a str>, after: impl Iterator<Item = &'a str>) -> Vec<(Range<usize>, Range<usize>)> {
    let mut input = InternedInput::default();
    input.update_before(before);
    input.update_after(after);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    let range = |range: Range<u32>| range.start as usize..range.end as usize;
    diff.hunks().map(|hunk| (range(hunk.before), range(hunk.after))).collect()
}

/// Pairs of lines that are alike, in order, such that they share as many words as they can.
fn pairs(old: &[Line<'_>], new: &[Line<'_>]) -> Vec<(usize, usize)> {
    if old.is_empty() || new.is_empty() || old.len() * new.len() > MAX_PAIRS {
        return Vec::new();
    }
    let words = |lines: &[Line<'_>]| -> Vec<Vec<String>> { lines.iter().map(|line| sorted_words(line.text)).collect() };
    let (old, new) = (words(old), words(new));
    let columns = new.len() + 1;
    // best[i * columns + j]: words shared by the lines from i and j on.
    let mut best = vec![0_usize; (old.len() + 1) * columns];
    let score: Vec<usize> = old.iter().flat_map(|a| new.iter().map(move |b| alike(a, b))).collect();
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            let shared = score[i * new.len() + j];
            let paired = if shared > 0 { shared + best[(i + 1) * columns + j + 1] } else { 0 };
            best[i * columns + j] = paired.max(best[(i + 1) * columns + j]).max(best[i * columns + j + 1]);
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        let shared = score[i * new.len() + j];
        let here = best[i * columns + j];
        if shared > 0 && here == shared + best[(i + 1) * columns + j + 1] {
            found.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if here == best[(i + 1) * columns + j] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

fn sorted_words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = tokens(line).into_iter().filter(|token| is_word(token)).map(str::to_owned).collect();
    words.sort_unstable();
    words
}

/// How many words two lines share, at least one; 0 if they are not alike.
fn alike(a: &[String], b: &[String]) -> usize {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while let (Some(left), Some(right)) = (a.get(i), b.get(j)) {
        match left.cmp(right) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, shared) = (i + 1, j + 1, shared + 1),
        }
    }
    if shared > 0 && shared * 200 >= ALIKE * (a.len() + b.len()) { shared } else { 0 }
}

/// What differs in two lines that are alike, in bytes of the whole texts. The newline is no token.
fn words_that_differ(old: &Line<'_>, new: &Line<'_>) -> Vec<Bytes> {
    let (a, b) = (content(old.text), content(new.text));
    let (left, right) = (tokens(a), tokens(b));
    let mut found: Vec<Bytes> = Vec::new();
    if left.len() > MAX_TOKENS || right.len() > MAX_TOKENS {
        found.push((0..a.len(), 0..b.len()));
    } else {
        let (starts_a, starts_b) = (starts(&left), starts(&right));
        let mut last: Option<(Range<usize>, Range<usize>)> = None;
        let mut joined = Vec::new();
        for (gone, come) in changed(left.iter().copied(), right.iter().copied()) {
            last = match last.take() {
                Some((before, after)) if is_near(&left[before.end..gone.start]) => Some((before.start..gone.end, after.start..come.end)),
                other => {
                    joined.extend(other);
                    Some((gone, come))
                }
            };
        }
        joined.extend(last);
        found.extend(
            joined.into_iter().map(|(gone, come)| (starts_a[gone.start]..starts_a[gone.end], starts_b[come.start]..starts_b[come.end])),
        );
    }
    if a.len() == old.text.len() && b.len() != new.text.len() || a.len() != old.text.len() && b.len() == new.text.len() {
        found.push((a.len()..old.text.len(), b.len()..new.text.len()));
    }
    let shift = |range: Range<usize>, by: usize| range.start + by..range.end + by;
    found.into_iter().map(|(gone, come)| (shift(gone, old.start), shift(come, new.start))).collect()
}

fn content(line: &str) -> &str {
    line.strip_suffix('\n').unwrap_or(line)
}

/// Where each token begins, and where the last one ends.
fn starts(tokens: &[&str]) -> Vec<usize> {
    let mut at = 0;
    let mut starts = vec![0];
    starts.extend(tokens.iter().map(|token| {
        at += token.len();
        at
    }));
    starts
}

fn is_near(between: &[&str]) -> bool {
    between.len() <= NEAR && between.iter().all(|token| !is_word(token) || token.chars().count() <= SHORT_WORD)
}

fn is_word(token: &str) -> bool {
    token.starts_with(char::is_alphanumeric)
}

/// The tokens of a line: words, with marks inside them such as in 1.817.977 and 15-23-årige; runs of spaces; any other sign alone.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_alphanumeric() {
            word_length(rest)
        } else if first.is_whitespace() {
            rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, tail) = rest.split_at(length);
        tokens.push(token);
        rest = tail;
    }
    tokens
}

fn word_length(text: &str) -> usize {
    let mut end = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let inner = matches!(character, '.' | ',' | '-' | '\'' | '’') && characters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        if !character.is_alphanumeric() && !inner {
            break;
        }
        end = at + character.len_utf8();
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[-gone-]` and `{+new+}` in the text that both share.
    fn marked(before: &str, after: &str) -> String {
        pieces(before, after)
            .into_iter()
            .map(|piece| match piece {
                Piece::Same(text) => text,
                Piece::Removed(text) => format!("[-{text}-]"),
                Piece::Added(text) => format!("{{+{text}+}}"),
            })
            .collect()
    }

    #[test]
    fn a_point_that_is_gone_takes_its_own_line_with_it() {
        assert_eq!(marked("at a\nat b\nat c\n", "at a\nat c\n"), "at a\n[-at b\n-]at c\n");
        assert_eq!(marked("at a\nat c\n", "at a\nat b\nat c\n"), "at a\n{+at b\n+}at c\n");
    }

    #[test]
    fn words_differ_in_lines_that_are_alike_and_whole_lines_elsewhere() {
        assert_eq!(
            marked("En plads skal kunne tages i brug inden for fire timer.\n", "En plads skal kunne tages i brug inden for to timer.\n"),
            "En plads skal kunne tages i brug inden for [-fire-]{+to+} timer.\n"
        );
        assert_eq!(marked("Helt andre ord\n", "Noget nyt\n"), "[-Helt andre ord\n-]{+Noget nyt\n+}");
        assert_eq!(marked("Udgiften er 1.817.977 kr.\n", "Udgiften er 1.817.978 kr.\n"), "Udgiften er [-1.817.977-]{+1.817.978+} kr.\n");
        assert_eq!(marked("de 15-23-årige unge\n", "de 15-24-årige unge\n"), "de [-15-23-årige-]{+15-24-årige+} unge\n");
    }

    #[test]
    fn differences_side_by_side_are_one() {
        assert_eq!(
            marked("Kredsen godkender model A i to år nu.\n", "Kredsen godkender model B i tre år nu.\n"),
            "Kredsen godkender model [-A i to-]{+B i tre+} år nu.\n"
        );
    }

    #[test]
    fn a_missing_newline_is_a_difference_too() {
        assert_eq!(marked("a b c", "a b c\n"), "a b c{+\n+}");
        assert_eq!(marked("a b c\n", "a b c"), "a b c[-\n-]");
        assert_eq!(marked("", "a\n"), "{+a\n+}");
        assert!(hunks("a\n", "a\n").is_empty());
    }

    #[test]
    fn offsets_count_as_the_browser_counts() {
        assert_eq!(hunks("😀 en to tre\n", "😀 en fem tre\n"), [Hunk { before: 6..8, after: 6..9 }]);
    }

    #[test]
    fn the_differences_of_one_text_make_the_other() {
        let apply = |before: &str, after: &str| {
            let (old, new): (Vec<u16>, Vec<u16>) = (before.encode_utf16().collect(), after.encode_utf16().collect());
            let (mut made, mut done) = (Vec::new(), 0);
            for Hunk { before, after } in hunks(before, after) {
                made.extend(&old[done..before.start as usize]);
                made.extend(&new[after.start as usize..after.end as usize]);
                done = before.end as usize;
            }
            made.extend(&old[done..]);
            String::from_utf16(&made).expect("whole letters")
        };
        const WORDS: [&str; 9] = ["at ", "a", "æ ", "😀", "\n", "\n", "godkender ", "1.5", ", "];
        arbtest::arbtest(|random| {
            let mut text = || -> arbtest::arbitrary::Result<String> {
                let length = random.int_in_range(0..=40)?;
                (0..length).map(|_| random.choose(&WORDS).copied()).collect()
            };
            let (before, after) = (text()?, text()?);
            assert_eq!(apply(&before, &after), after, "{before:?}");
            let same: String = pieces(&before, &after)
                .into_iter()
                .map(|piece| match piece {
                    Piece::Same(text) | Piece::Removed(text) => text,
                    Piece::Added(_) => String::new(),
                })
                .collect();
            assert_eq!(same, before);
            Ok(())
        });
    }

    #[test]
    fn what_is_too_long_is_one_difference() {
        let long = "a\n".repeat(MAX_LINES + 1);
        assert_eq!(hunks(&long, "b\n").len(), 1);
        let line = format!("{}slut\n", "ord, ".repeat(MAX_TOKENS));
        assert_eq!(hunks(&line, &line.replace("slut", "ende")).len(), 1);
    }
}
