//! Lines: the text cut at every kind of line end, each line cleaned, blank ones remembered only as the gap they make.
//!
//! Owns what counts as a blank and how odd blanks and invisible characters are replaced. Knows nothing of what a line means.

use std::borrow::Cow;

/// A line that has text.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    /// As it stands in the file, with its tabs.
    pub(super) raw: &'a str,
    /// Trimmed; every blank a plain space, nothing invisible.
    pub(super) text: Cow<'a, str>,
    /// How many blanks stand before the text, beyond the margin of the whole file.
    pub(super) indent: usize,
    /// A blank line, or the start of the text, comes before it.
    pub(super) gap: bool,
    /// A page break comes before it.
    pub(super) page: bool,
}

impl Line<'_> {
    /// Whether it stands at the very left.
    pub(super) fn at_margin(&self) -> bool {
        self.indent == 0
    }
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
    let indent = raw.chars().take_while(|c| is_blank(*c)).count();
    lines.push(Line { raw, text, indent, gap: std::mem::take(gap), page: std::mem::take(page) });
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
fn is_invisible(c: char) -> bool {
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
    fn odd_blanks_become_plain_spaces_and_invisible_characters_go() {
        assert_eq!(clean("\u{a0}to\u{a0}ord \u{a0}\u{a0}her\u{a0}"), "to ord her");
        assert_eq!(clean("kom\u{ad}mune\u{200b}r"), "kommuner");
        assert_eq!(clean("to  mellemrum"), "to  mellemrum");
        assert_eq!(split("\u{a0}\n\u{feff}", 100).0.len(), 0);
    }
}
