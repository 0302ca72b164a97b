//! Text from outside made fit for the document, and looking at single characters of a body.

use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_shared::richtext::{Attributes, Body, Line, Run};

/// The nearest offset where a caret may stand: inside the text, before its last newline, not inside a surrogate pair.
pub fn clamp(body: &Body, offset: u32) -> u32 {
    let (line, inside) = body.locate(offset.min(body.end()));
    body.line_start(line) + clamp_in_line(&body.lines()[line], inside)
}

fn clamp_in_line(line: &Line, offset: u32) -> u32 {
    let mut passed = 0;
    for run in &line.runs {
        let size = utf16_len(&run.text);
        if offset < passed + size {
            let mut units = passed;
            for character in run.text.chars() {
                let next = units + width(character);
                if next > offset {
                    return units;
                }
                units = next;
            }
        }
        passed += size;
    }
    offset.min(passed)
}

/// UTF-16 units of one character.
pub fn width(character: char) -> u32 {
    if u32::from(character) > 0xFFFF { 2 } else { 1 }
}

/// The attributes of the character that starts at or spans `offset` of a line; `None` at its end.
pub fn attributes_at(line: &Line, offset: u32) -> Option<&Attributes> {
    let mut passed = 0;
    line.runs.iter().find_map(|run| {
        passed += utf16_len(&run.text);
        (offset < passed).then_some(&run.attributes)
    })
}

/// The parts of a line's runs between two offsets.
pub fn slice(line: &Line, from: u32, to: u32) -> Vec<Run> {
    use dagsorden_shared::richtext::delta::byte_at;
    let mut passed = 0;
    let mut runs = Vec::new();
    for run in &line.runs {
        let size = utf16_len(&run.text);
        let (start, end) = (from.max(passed), to.min(passed + size));
        if start < end {
            let text = run.text[byte_at(&run.text, start - passed)..byte_at(&run.text, end - passed)].to_owned();
            if !text.is_empty() {
                runs.push(Run { text, attributes: run.attributes.clone() });
            }
        }
        passed += size;
    }
    runs
}

/// Typed or pasted text without what must never enter the document: carriage returns, control characters, line and paragraph separators, soft
/// hyphens and byte order marks. Every kind of line break becomes `\n`; a single no-break space becomes a space, runs of them are kept.
pub fn normalise(text: &str) -> String {
    clean(text, ' ', None)
}

/// [`normalise`] for a part of a text, by the characters around it.
pub(crate) fn clean(text: &str, before: char, after: Option<char>) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut previous = before;
    while let Some(character) = characters.next() {
        let next = characters.peek().copied().or(after);
        let kept = match character {
            '\r' if next == Some('\n') => None,
            '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\n' | '\t' => Some(character),
            '\u{AD}' | '\u{FEFF}' => None,
            '\u{A0}' if !previous.is_whitespace() && !next.is_some_and(char::is_whitespace) => Some(' '),
            other if other.is_control() => None,
            other => Some(other),
        };
        previous = character;
        clean.extend(kept);
    }
    clean
}

/// [`normalise`]d to one line: breaks and tabs become single spaces. For titles and cells.
pub fn single_line(text: &str) -> String {
    let clean = normalise(text);
    let mut line = String::with_capacity(clean.len());
    for piece in clean.split(['\n', '\t']) {
        if !line.is_empty() && !line.ends_with(' ') && !piece.is_empty() {
            line.push(' ');
        }
        line.push_str(piece);
    }
    line
}

/// Whether a word names a month: a number before it is the day of a date.
pub(crate) fn is_month(word: &str) -> bool {
    const MONTHS: &str = "januar februar marts april maj juni juli august september oktober november december";
    !word.is_empty() && MONTHS.split(' ').any(|month| month == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_made_fit() {
        assert_eq!(normalise("a\r\nb\rc\u{0C}d\u{2028}e"), "a\nb\nc\nd\ne");
        assert_eq!(normalise("so\u{AD}ci\u{FEFF}al\0"), "social");
        assert_eq!(normalise("a\u{A0}b \u{A0}c\u{A0}\u{A0}d"), "a b \u{A0}c\u{A0}\u{A0}d");
        assert_eq!(single_line("a\r\nb\tc\n"), "a b c");
        assert_eq!(single_line(" a"), " a");
    }

    #[test]
    fn a_caret_never_stands_inside_a_pair_or_past_the_end() {
        let body = Body::from_inserts([("a😀\nb\n", Attributes::new())]);
        assert_eq!([1, 2, 3, 4, 5, 6, 99].map(|offset| clamp(&body, offset)), [1, 1, 3, 4, 5, 5, 5]);
    }
}
