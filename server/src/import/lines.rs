//! Lines: the text cut at every kind of line end, each line cleaned, blank ones remembered only as the gap they make.
//!
//! Owns what counts as a blank and how odd blanks and invisible characters are replaced, and what a file with layout (Word) says of a line
//! beside its words: [`Hint`]. Knows nothing of what a line means.

use std::borrow::Cow;

use dagsorden_shared::meeting_json::{ListJson, MarkJson};

use super::lists::{self, Marker};

/// A line that has text.
#[derive(Debug, Clone, Default)]
pub(super) struct Line<'a> {
    /// Which line of the file it is, counted from 0; no two have the same.
    pub(super) at: usize,
    /// As it stands in the file, with its tabs.
    pub(super) raw: Cow<'a, str>,
    /// Trimmed; every blank a plain space, nothing invisible.
    pub(super) text: Cow<'a, str>,
    /// How many blanks stand before the text, beyond the margin of the whole file.
    pub(super) indent: usize,
    /// A blank line, or the start of the text, comes before it.
    pub(super) gap: bool,
    /// A page break comes before it.
    pub(super) page: bool,
    /// The halves of words that a soft hyphen at a line end cut, and that were put together here.
    pub(super) halves: Vec<String>,
    /// What the file says of it beside its words. A plain text says nothing.
    pub(super) hint: Option<&'a Hint>,
    /// UTF-16 units of the hinted text that were cut off in front of `text`.
    skipped: u32,
}

/// What a file with layout says of a line.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Hint {
    /// Level of a heading, from 1.
    pub(super) heading: Option<u8>,
    /// It is a line of a list.
    pub(super) list: Option<ListHint>,
    /// It is a row of a table: which table, and its cells.
    pub(super) row: Option<(usize, Vec<Cell>)>,
    /// It is the head of its table.
    pub(super) head: bool,
    /// All of it is bold.
    pub(super) bold: bool,
    /// It is the title of the document.
    pub(super) title: bool,
    /// It is a quotation.
    pub(super) quote: bool,
    /// It is set in from the left.
    pub(super) indented: bool,
    /// Marks of the text, in UTF-16 units.
    pub(super) marks: Vec<MarkJson>,
}

/// A line of a list, numbered by the program that wrote the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListHint {
    /// Which list of the file it is.
    pub(super) id: u32,
    /// Kind of the list.
    pub(super) list: ListJson,
    /// From 0.
    pub(super) level: u8,
    /// Its number; `None` for a bullet.
    pub(super) number: Option<u32>,
    /// Bytes of the line's text that are its number or bullet.
    pub(super) label: usize,
}

/// A cell of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Cell {
    /// One line.
    pub(super) text: String,
    /// Its marks, in UTF-16 units.
    pub(super) marks: Vec<MarkJson>,
}

/// Stands between the paragraphs of one cell in a line's raw text.
pub(super) const CELL_PARAGRAPH: char = '\u{2028}';

impl<'a> Line<'a> {
    /// A line of a file with layout.
    pub(super) fn hinted(at: usize, text: &'a str, raw: &'a str, gap: bool, hint: &'a Hint) -> Self {
        Self { at, raw: Cow::Borrowed(raw), text: Cow::Borrowed(text), gap, hint: Some(hint), ..Self::default() }
    }

    /// The list mark it begins with, and the text after it.
    pub(super) fn marker(&self) -> Option<(Marker, &str)> {
        match self.list() {
            Some(list) => self.text.get(list.label..).map(|text| (list.number.map_or(Marker::Bullet, Marker::Ordered), text)),
            None => lists::marker(&self.text),
        }
    }

    /// What the file says of the list that the line is in, as long as nothing was cut off the line.
    pub(super) fn list(&self) -> Option<&'a ListHint> {
        self.hint.filter(|_| self.skipped == 0)?.list.as_ref()
    }

    /// Level of the heading that the file says it is.
    pub(super) fn heading(&self) -> Option<u8> {
        self.hint?.heading
    }

    /// Number and text, where a tab stands between them, as programs write numbered lines: `4<tab>Title`.
    pub(super) fn tab_number(&self) -> Option<(&str, &str)> {
        let (number, _) = self.raw.split_once('\t').filter(|_| self.hint.is_some())?;
        let number = number.trim_end_matches('.');
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        let is_number = (1..=3).contains(&digits)
            && (number.len() == digits || number.len() == digits + 1 && number.ends_with(|c: char| c.is_ascii_lowercase()));
        let rest = self.text.strip_prefix(number).filter(|_| is_number)?;
        Some((number, rest.trim_start_matches(['.', ' '])))
    }

    /// The row of a table that it is.
    pub(super) fn row(&self) -> Option<&'a (usize, Vec<Cell>)> {
        self.hint?.row.as_ref()
    }

    /// A line of its own that is the end of this one's text, as what follows a heading on its line.
    pub(super) fn tail(&self, rest: &'a str) -> Line<'a> {
        let skipped = self.skipped + units(&self.text) - units(rest);
        Line { at: self.at, raw: Cow::Borrowed(rest), text: Cow::Borrowed(rest), gap: true, hint: self.hint, skipped, ..Self::default() }
    }

    /// The marks of `rest`, the end of the line's text, if the file has marks of its own. In a plain text marks are written as signs.
    pub(super) fn marks(&self, rest: &str) -> Option<Vec<MarkJson>> {
        let hint = self.hint?;
        let skipped = self.skipped + units(&self.text) - units(rest);
        let end = units(rest);
        let moved = hint.marks.iter().map(|mark| MarkJson {
            start: mark.start.saturating_sub(skipped),
            end: mark.end.saturating_sub(skipped).min(end),
            ..mark.clone()
        });
        Some(moved.filter(|mark| mark.start < mark.end).collect())
    }
}

/// UTF-16 units of a text.
pub(super) fn units(text: &str) -> u32 {
    text.chars().map(|c| c.len_utf16() as u32).sum()
}

/// The lines that have text, up to `limit` and one more, and how many lines there are in all.
pub(super) fn split(text: &str, limit: usize) -> (Vec<Line<'_>>, usize) {
    let mut lines = Vec::new();
    let (mut gap, mut page, mut total) = (true, false, 0);
    // The first bytes of all of them; dashes and quotes share one, Danish letters none.
    let has_rare_ends = text.as_bytes().iter().any(|byte| matches!(byte, 0xb..=0xd | 0xc2 | 0xe2));
    for line in text.split('\n') {
        if lines.len() > limit {
            break;
        }
        total += 1;
        let line = line.strip_suffix('\r').unwrap_or(line);
        if !has_rare_ends {
            add(&mut lines, line, &mut gap, &mut page);
            continue;
        }
        let mut rest = line;
        while let Some(at) = rest.find(is_rare_end) {
            let end = rest[at..].chars().next();
            add(&mut lines, &rest[..at], &mut gap, &mut page);
            total += usize::from(end == Some('\r'));
            gap |= end == Some('\u{c}');
            page |= end == Some('\u{c}');
            rest = &rest[at + end.map_or(1, char::len_utf8)..];
        }
        add(&mut lines, rest, &mut gap, &mut page);
    }
    // A margin that all lines share is no indent.
    let margin = lines.iter().map(|line| line.indent).min().unwrap_or_default();
    lines.iter_mut().for_each(|line| line.indent -= margin);
    (lines, total)
}

fn add<'a>(lines: &mut Vec<Line<'a>>, raw: &'a str, gap: &mut bool, page: &mut bool) {
    let text = clean(raw);
    if text.is_empty() {
        *gap = true;
        return;
    }
    if let Some(last) = lines.last_mut()
        && last.raw.trim_end_matches(|c: char| c.is_whitespace()).ends_with('\u{ad}')
        && text.starts_with(char::is_lowercase)
    {
        // A soft hyphen at a line end is there only because the word is cut.
        let half = words_tail(&last.text);
        let other = text.split(' ').next().unwrap_or_default();
        last.halves.push(format!("{half}- {other}"));
        let joined = format!("{}{}", last.raw.trim_end_matches(is_blank), raw.trim_start_matches(is_blank));
        last.raw = Cow::Owned(joined);
        last.text.to_mut().push_str(&text);
        (*gap, *page) = (false, false);
        return;
    }
    let indent = raw.chars().take_while(|c| is_blank(*c)).count();
    let at = lines.last().map_or(0, |last| last.at + 1);
    let raw = Cow::Borrowed(raw);
    lines.push(Line { at, raw, text, indent, gap: std::mem::take(gap), page: std::mem::take(page), ..Line::default() });
}

fn words_tail(text: &str) -> &str {
    text.rsplit(' ').next().unwrap_or_default()
}

/// Line ends of old systems, and those inside a paragraph or a page of a word processor.
fn is_rare_end(c: char) -> bool {
    matches!(c, '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Anything that looks like a blank, such as the no-break spaces of web pages.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// Characters that take no room: soft hyphens, zero-width spaces, byte order marks.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Trimmed, with plain spaces. Blanks of other kinds that stand beside one another become one space; what the writer typed as spaces stays.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains('\t') {
        return Cow::Borrowed(text.trim());
    }
    // No odd blank and nothing invisible begins with another byte than these; Danish letters do not.
    let may_be_odd = |byte: &u8| (*byte < b' ') || matches!(byte, 0x7f | 0xc2 | 0xe1..=0xe3 | 0xef);
    if !text.as_bytes().iter().any(may_be_odd) {
        return Cow::Borrowed(text.trim());
    }
    let text = text.trim_matches(is_blank);
    if !text.chars().any(|c| is_blank(c) && c != ' ') {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut odd_blank = false;
    for c in text.chars() {
        match c {
            c if is_invisible(c) => {}
            ' ' if odd_blank => {}
            c if c.is_whitespace() => {
                let odd = c != ' ';
                if !(odd && cleaned.ends_with(' ')) {
                    cleaned.push(' ');
                }
                odd_blank = odd;
            }
            c => {
                odd_blank = false;
                cleaned.push(c);
            }
        }
    }
    Cow::Owned(cleaned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_cuts_and_blank_lines_leave_a_gap() {
        let (lines, total) = split("a\r\nb\rc\n\n  d\u{b}e\u{c}f", 100);
        let seen: Vec<_> = lines.iter().map(|line| (line.text.as_ref(), line.indent, line.gap, line.page)).collect();
        assert_eq!(
            seen,
            [
                ("a", 0, true, false),
                ("b", 0, false, false),
                ("c", 0, false, false),
                ("d", 2, true, false),
                ("e", 0, false, false),
                ("f", 0, true, true)
            ]
        );
        assert_eq!(total, 5);
    }

    #[test]
    fn a_margin_of_the_whole_text_is_no_indent() {
        let lines = split("  a\n   b\n\n  c", 100).0;
        assert_eq!(lines.iter().map(|line| line.indent).collect::<Vec<_>>(), [0, 1, 0]);
    }

    #[test]
    fn a_word_cut_by_a_soft_hyphen_is_put_together() {
        let lines = split("Kommu\u{ad}\n\nnerne bygger\nmoler", 100).0;
        assert_eq!(lines.iter().map(|line| line.text.as_ref()).collect::<Vec<_>>(), ["Kommunerne bygger", "moler"]);
        assert_eq!(lines[0].halves, ["Kommu- nerne"]);
    }

    #[test]
    fn odd_blanks_become_plain_spaces_and_invisible_characters_go() {
        assert_eq!(clean("\u{a0}to\u{a0}ord \u{a0}\u{a0}her\u{a0}"), "to ord her");
        assert_eq!(clean("kom\u{ad}mune\u{200b}r"), "kommuner");
        assert_eq!(clean("to  mellemrum"), "to  mellemrum");
        assert_eq!(split("\u{a0}\n\u{feff}", 100).0.len(), 0);
    }
}
