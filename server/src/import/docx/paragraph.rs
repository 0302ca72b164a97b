//! A paragraph of Word as lines: runs of words with their marks, cut at line breaks and cleaned as text is.

use std::rc::Rc;

use dagsorden_shared::meeting_json::MarkJson;
use dagsorden_shared::richtext::attributes::safe_link;

use crate::import::lines::{is_invisible, units};

/// Marks of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// Strong.
    pub(super) bold: bool,
    /// Emphasis.
    pub(super) italic: bool,
    /// Underlined.
    pub(super) underline: bool,
    /// Struck through.
    pub(super) strike: bool,
    /// Address, as the file has it.
    pub(super) link: Option<Rc<str>>,
}

/// Words with the same marks. A tab is a tab, a line break is a line feed.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// The words.
    pub(super) text: String,
    /// Their marks.
    pub(super) marks: Marks,
}

/// A line of a paragraph.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Piece {
    /// Trimmed, every blank a space.
    pub(super) text: String,
    /// With its tabs.
    pub(super) raw: String,
    /// In UTF-16 units of the text.
    pub(super) marks: Vec<MarkJson>,
    /// All of it is bold.
    pub(super) bold: bool,
}

impl Piece {
    /// Puts words in front.
    pub(super) fn prefix(&mut self, words: &str) {
        let moved = units(words);
        self.text.insert_str(0, words);
        self.raw.insert_str(0, words);
        for mark in &mut self.marks {
            (mark.start, mark.end) = (mark.start + moved, mark.end + moved);
        }
    }

    /// Puts another piece at the end, with a space.
    pub(super) fn append(&mut self, other: &Piece, between: char) {
        if self.text.is_empty() {
            *self = other.clone();
            return;
        }
        self.text.push(' ');
        self.raw.push(between);
        let moved = units(&self.text);
        self.text.push_str(&other.text);
        self.raw.push_str(&other.raw);
        self.bold &= other.bold;
        self.marks.extend(other.marks.iter().map(|mark| MarkJson { start: mark.start + moved, end: mark.end + moved, ..mark.clone() }));
    }
}

/// The lines of a paragraph that have text. In a heading a line break is a space.
pub(super) fn pieces(runs: &[Run], is_heading: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut open = Open::default();
    for run in runs {
        for c in run.text.chars() {
            match c {
                '\n' if !is_heading => pieces.extend(std::mem::take(&mut open).close()),
                c => open.push(c, &run.marks),
            }
        }
    }
    pieces.extend(open.close());
    pieces
}

/// A line being read.
#[derive(Default)]
struct Open<'a> {
    text: String,
    raw: String,
    units: u32,
    spans: Vec<(u32, u32, &'a Marks)>,
    /// The last character was a blank other than a space.
    odd_blank: bool,
    plain: bool,
}

impl<'a> Open<'a> {
    fn push(&mut self, c: char, marks: &'a Marks) {
        if is_invisible(c) || c.is_control() && !c.is_whitespace() {
            return;
        }
        let before = self.text.len();
        if c.is_whitespace() {
            self.blank(c);
        } else {
            self.odd_blank = false;
            self.text.push(c);
            self.raw.push(c);
            self.plain |= !marks.bold;
        }
        let end = self.units + units(&self.text[before..]);
        match self.spans.last_mut() {
            Some((_, last, known)) if *last == self.units && *known == marks => *last = end,
            _ if end > self.units => self.spans.push((self.units, end, marks)),
            _ => {}
        }
        self.units = end;
    }

    fn blank(&mut self, c: char) {
        if self.text.is_empty() {
            return;
        }
        self.raw.push(if c == '\t' { '\t' } else { ' ' });
        let is_odd = c != ' ';
        if !(self.odd_blank || is_odd && self.text.ends_with(' ')) {
            self.text.push(' ');
        }
        self.odd_blank = is_odd;
    }

    fn close(self) -> Option<Piece> {
        let text = self.text.trim_end().to_owned();
        let raw = self.raw.trim_end().to_owned();
        let end = units(&text);
        let marks = self.spans.into_iter().filter_map(|(from, to, marks)| json(from, to.min(end), marks)).collect();
        (!text.is_empty()).then_some(Piece { text, raw, marks, bold: !self.plain })
    }
}

/// Marks as the meeting has them; `None` if there are none.
fn json(start: u32, end: u32, marks: &Marks) -> Option<MarkJson> {
    let link = marks.link.as_deref().and_then(safe_link).map(str::to_owned);
    // What is underlined as a link is so by being one.
    let mark = MarkJson {
        start,
        end,
        bold: marks.bold,
        italic: marks.italic,
        underline: marks.underline && link.is_none(),
        strike: marks.strike,
        link,
    };
    let is_marked = mark.bold || mark.italic || mark.underline || mark.strike || mark.link.is_some();
    (start < end && is_marked).then_some(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, bold: bool) -> Run {
        Run { text: text.into(), marks: Marks { bold, ..Marks::default() } }
    }

    #[test]
    fn words_are_cleaned_and_marks_stay_on_them() {
        let pieces = pieces(&[run(" \t😀\u{a0}", false), run("fed", true), run(" te\u{ad}kst \n", false), run("to", true)], false);
        let seen: Vec<_> = pieces.iter().map(|piece| (piece.text.as_str(), piece.bold)).collect();
        assert_eq!(seen, [("😀 fed tekst", false), ("to", true)]);
        assert_eq!(pieces[0].marks, [MarkJson { start: 3, end: 6, bold: true, ..MarkJson::default() }]);
    }

    #[test]
    fn a_heading_is_one_line() {
        let pieces = pieces(&[run("en\nto", false)], true);
        assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>(), ["en to"]);
    }

    #[test]
    fn marks_move_with_what_stands_before_them() {
        let mut one = pieces(&[run("en", true)], false).remove(0);
        one.prefix("1. ");
        let two = pieces(&[run("to", true)], false).remove(0);
        one.append(&two, '\t');
        assert_eq!((one.text.as_str(), one.raw.as_str()), ("1. en to", "1. en\tto"));
        assert_eq!(one.marks.iter().map(|mark| (mark.start, mark.end)).collect::<Vec<_>>(), [(3, 5), (6, 8)]);
    }
}
