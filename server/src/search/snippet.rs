//! The words around a hit, with the hits marked.

use super::words::{Query, fold, pieces};

/// Letters before the first hit, and of the whole.
const BEFORE: usize = 60;
const LENGTH: usize = 220;

/// A piece of a snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is what was looked for.
    pub hit: bool,
}

/// The part of `body` around the first hit, on one line.
pub fn snippet(query: &Query, body: &str) -> Vec<Piece> {
    let line: String = body.split_whitespace().collect::<Vec<_>>().join(" ");
    let hits: Vec<(usize, usize)> = pieces(&line)
        .filter(|(_, word)| {
            let word = fold(word);
            let last = query.terms.len().saturating_sub(1);
            query.terms.iter().enumerate().any(|(index, term)| term.matches(&word, index == last && query.open))
        })
        .map(|(at, word)| (at, at + word.len()))
        .collect();
    let first = hits.first().map_or(0, |(at, _)| *at);
    let from = start_of_word(&line, first);
    let to = line[from..].char_indices().nth(LENGTH).map_or(line.len(), |(at, _)| end_of_word(&line, from + at));
    let mut found = Vec::new();
    let mut push = |text: &str, hit| {
        if !text.is_empty() {
            found.push(Piece { text: text.to_owned(), hit });
        }
    };
    if from > 0 {
        push("… ", false);
    }
    let mut at = from;
    for (start, end) in hits.into_iter().filter(|(start, end)| *start >= from && *end <= to) {
        push(&line[at..start], false);
        push(&line[start..end], true);
        at = end;
    }
    push(&line[at..to], false);
    if to < line.len() {
        push(" …", false);
    }
    found
}

/// Where a snippet begins that shows what stands before `at`: at a word's start.
fn start_of_word(line: &str, at: usize) -> usize {
    let Some((back, _)) = line[..at].char_indices().rev().nth(BEFORE) else { return 0 };
    line[back..at].find(' ').map_or(back, |space| back + space + 1)
}

fn end_of_word(line: &str, at: usize) -> usize {
    line[..at].rfind(' ').unwrap_or(at)
}
