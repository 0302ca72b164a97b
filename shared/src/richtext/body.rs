//! A whole text as lines, changed by deltas.
//!
//! The one structure behind the editor's state, the snapshot and the renderer. It follows yrs by deltas alone and never re-reads the document.

use super::attributes::{Attributes, compose};
use super::delta::{Delta, Op, byte_at, utf16_len};
use super::line::{Line, Run};

/// Lines of a text. Never without a line; the last line's newline may be missing in the document (a foreign client broke
/// the rule that a text ends in a newline), and is then shown as if it were there. So is the plain line below a table that the document ends in.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    lines: Vec<Line>,
    /// Where each line begins, and where the one after the last would: asked many times for each key, so nobody counts a text again.
    starts: Vec<u32>,
    /// Whether the last line ends in a real newline.
    closed: bool,
}

/// Which lines a delta touched: old lines `first..first + removed` became new lines `first..first + added`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Index of the first touched line, the same before and after.
    pub first: usize,
    /// Lines before.
    pub removed: usize,
    /// Lines after.
    pub added: usize,
}

impl Default for Body {
    fn default() -> Self {
        Self::new(vec![Line::default()], false)
    }
}

impl Body {
    fn new(lines: Vec<Line>, closed: bool) -> Self {
        let added = lines.len();
        let mut body = Self { lines, starts: vec![0], closed };
        body.count(Change { first: 0, removed: 0, added });
        body
    }

    /// Counts where lines begin after this change of `lines`; those after it move along.
    fn count(&mut self, Change { first, removed, added }: Change) {
        let (mut start, end) = (self.starts[first], self.starts[first + removed]);
        let counted: Vec<u32> = self.lines[first..first + added]
            .iter()
            .map(|line| {
                start += line.len() + 1;
                start
            })
            .collect();
        for after in &mut self.starts[first + removed + 1..] {
            *after = *after - end + start;
        }
        self.starts.splice(first + 1..=first + removed, counted);
    }

    /// The text whose only content is these insertions.
    pub fn from_inserts<'a>(inserts: impl IntoIterator<Item = (&'a str, Attributes)>) -> Self {
        let mut builder = Builder::default();
        for (text, attributes) in inserts {
            builder.insert(text, &attributes);
        }
        let mut lines = builder.lines;
        let closed = builder.open.is_none();
        lines.extend(builder.open.map(|runs| Line { runs, attributes: Attributes::new() }));
        let closed = closed && !show_unwritten(&mut lines);
        Self::new(lines, closed)
    }

    /// A text of given lines, ended by a newline.
    pub fn from_lines(lines: Vec<Line>) -> Self {
        Self::new(if lines.is_empty() { vec![Line::default()] } else { lines }, true)
    }

    /// The lines, at least one.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The lines that stand in the document: without the last one if it is only shown, see [`Body`].
    pub fn written_lines(&self) -> &[Line] {
        let unwritten = usize::from(self.shows_unwritten());
        &self.lines[..self.lines.len() - unwritten]
    }

    fn shows_unwritten(&self) -> bool {
        !self.closed && self.lines.last().is_some_and(Line::is_empty)
    }

    /// Units of the text in the document, newlines included.
    #[expect(clippy::len_without_is_empty, reason = "a text always has a line; `is_blank` is the question to ask")]
    pub fn len(&self) -> u32 {
        self.line_start(self.lines.len()) - u32::from(!self.closed)
    }

    /// Whether nothing is written: one line without text.
    pub fn is_blank(&self) -> bool {
        self.lines.iter().all(Line::is_empty)
    }

    /// Whether the last line stands in the document with its newline. Not so where the newline is missing, nor where the last line is only shown
    /// below a table: that text does end in a newline, the last cell's.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// The largest caret offset: before the last newline.
    pub fn end(&self) -> u32 {
        self.len() - u32::from(self.closed)
    }

    /// The whole text with newlines.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (index, line) in self.lines.iter().enumerate() {
            line.runs.iter().for_each(|run| text.push_str(&run.text));
            if self.closed || index + 1 < self.lines.len() {
                text.push('\n');
            }
        }
        text
    }

    /// Line and offset in it of a text offset; past the end gives the end.
    pub fn locate(&self, offset: u32) -> (usize, u32) {
        let last = self.lines.len() - 1;
        let line = self.starts[1..].partition_point(|next| *next <= offset).min(last);
        (line, offset.min(self.starts[line + 1] - 1) - self.starts[line])
    }

    /// Text offset of a line's start; that of the line after the last is one past the text with its last newline.
    pub fn line_start(&self, line: usize) -> u32 {
        self.starts[line]
    }

    /// The insertions that rebuild this text.
    pub fn to_delta(&self) -> Delta {
        let mut delta = Delta::new();
        for (index, line) in self.lines.iter().enumerate() {
            for run in &line.runs {
                delta = delta.insert(run.text.clone(), run.attributes.clone());
            }
            if self.closed || index + 1 < self.lines.len() {
                delta = delta.insert("\n", line.attributes.clone());
            }
        }
        delta
    }

    /// The delta that makes this text of another one. What both begin and end with is kept, so that positions in it stay.
    pub fn delta_from(&self, old: &Self) -> Delta {
        let (old, new) = (old.to_delta(), self.to_delta());
        let (old, new) = (letters(&old), letters(&new));
        let head = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
        let (old_rest, new_rest) = (&old[head..], &new[head..]);
        let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
        let units = |letters: &[(char, &Attributes)]| utf16_len(&letters.iter().map(|letter| letter.0).collect::<String>());
        let kept = Delta::new().retain(units(&old[..head]));
        let written = &new_rest[..new_rest.len() - tail];
        let made = written.iter().fold(kept, |delta, (letter, attributes)| delta.insert(*letter, (*attributes).clone()));
        made.delete(units(&old_rest[..old_rest.len() - tail]))
    }

    /// Applies a delta in place and says which lines it touched; `None` if it changes nothing.
    /// Operations past the end are ignored, so a stranger's delta cannot panic.
    pub fn apply(&mut self, delta: &Delta) -> Option<Change> {
        let mut position = 0u32;
        let mut start = None;
        for op in &delta.0 {
            match op {
                Op::Retain { len, attributes } if attributes.is_empty() => position += len,
                _ => {
                    start = Some(position);
                    break;
                }
            }
        }
        let start = start?;
        // After the final newline a new line begins; `locate` knows only carets, which never stand there.
        let (first, inside) = if self.closed && start >= self.len() { (self.lines.len(), 0) } else { self.locate(start) };
        let mut source = Source { lines: &self.lines, line: first, offset: 0, closed: self.closed };
        let mut builder = Builder::default();
        source.take(inside, |text, attributes| builder.insert(text, attributes));
        let mut skipped = false;
        for op in &delta.0 {
            match op {
                // The leading retain, which `locate` has walked already.
                Op::Retain { attributes, .. } if !skipped && attributes.is_empty() => {}
                Op::Retain { len, attributes } => source.take(*len, |text, old| {
                    let mut set = old.clone();
                    compose(&mut set, attributes);
                    builder.insert(text, &set);
                }),
                Op::Insert { text, attributes } => {
                    let mut set = Attributes::new();
                    compose(&mut set, attributes);
                    builder.insert(text, &set);
                }
                Op::Delete(len) => source.take(*len, |_, _| {}),
            }
            skipped = true;
        }
        // Finish the line the last operation ended in.
        if builder.open.is_some() || source.offset > 0 {
            source.take_rest_of_line(|text, attributes| builder.insert(text, attributes));
        }
        // What is written takes the place of a line that stands in no document.
        let end = if source.line < self.written_lines().len() { source.line } else { self.lines.len() };
        let reached_end = end == self.lines.len();
        let complete = builder.open.is_none();
        let mut added = builder.lines;
        // Where the end was not reached, only a line whose newline was kept can stay open; `take_rest_of_line` closed it.
        added.extend(builder.open.map(|runs| Line { runs, attributes: Attributes::new() }));
        let mut change = Change { first, removed: end - first, added: added.len() };
        self.lines.splice(first..end, added);
        if reached_end {
            self.closed = complete && !show_unwritten(&mut self.lines);
            change.added = self.lines.len() - first;
        }
        self.count(change);
        Some(change)
    }
}

/// Adds the line that is shown though it stands in no document, where one has to be. Answers whether it did.
fn show_unwritten(lines: &mut Vec<Line>) -> bool {
    let missing = lines.last().is_none_or(Line::is_cell);
    if missing {
        lines.push(Line::default());
    }
    missing
}

/// Reads a text unit by unit without copying what it passes.
struct Source<'a> {
    lines: &'a [Line],
    line: usize,
    /// Units into the line; `len` is before its newline.
    offset: u32,
    closed: bool,
}

impl Source<'_> {
    fn has_newline(&self) -> bool {
        self.closed || self.line + 1 < self.lines.len()
    }

    fn take(&mut self, mut len: u32, mut sink: impl FnMut(&str, &Attributes)) {
        while len > 0 && self.line < self.lines.len() {
            let line = &self.lines[self.line];
            let mut passed = 0;
            for run in &line.runs {
                let size = utf16_len(&run.text);
                if self.offset < passed + size && len > 0 {
                    let from = self.offset - passed;
                    let count = len.min(size - from);
                    sink(&run.text[byte_at(&run.text, from)..byte_at(&run.text, from + count)], &run.attributes);
                    self.offset += count;
                    len -= count;
                }
                passed += size;
            }
            if len > 0 {
                if self.has_newline() {
                    sink("\n", &line.attributes);
                    len -= 1;
                } else {
                    // Past the end of a text without a final newline.
                    len = 0;
                }
                self.line += 1;
                self.offset = 0;
            }
        }
    }

    fn take_rest_of_line(&mut self, sink: impl FnMut(&str, &Attributes)) {
        if let Some(line) = self.lines.get(self.line) {
            let rest = line.len() - self.offset + 1;
            self.take(rest, sink);
        }
    }
}

#[derive(Default)]
struct Builder {
    lines: Vec<Line>,
    open: Option<Vec<Run>>,
}

impl Builder {
    fn insert(&mut self, text: &str, attributes: &Attributes) {
        let mut pieces = text.split('\n').peekable();
        while let Some(piece) = pieces.next() {
            if !piece.is_empty() {
                let runs = self.open.get_or_insert_default();
                match runs.last_mut() {
                    Some(last) if last.attributes == *attributes => last.text.push_str(piece),
                    _ => runs.push(Run { text: piece.to_owned(), attributes: attributes.clone() }),
                }
            }
            if pieces.peek().is_some() {
                self.lines.push(Line { runs: self.open.take().unwrap_or_default(), attributes: attributes.clone() });
            }
        }
    }
}

/// The letters that a delta inserts, with their attributes.
fn letters(delta: &Delta) -> Vec<(char, &Attributes)> {
    let inserts = delta.0.iter().filter_map(|op| match op {
        Op::Insert { text, attributes } => Some((text, attributes)),
        _ => None,
    });
    inserts.flat_map(|(text, attributes)| text.chars().map(move |letter| (letter, attributes))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::richtext::attributes::Value;

    fn bold() -> Attributes {
        Attributes::from([("bold".to_owned(), Value::Bool(true))])
    }

    fn body(text: &str) -> Body {
        Body::from_inserts([(text, Attributes::new())])
    }

    #[test]
    fn a_delta_touches_only_its_lines() {
        let mut text = body("one\ntwo\nthree\n");
        let change = text.apply(&Delta::new().retain(5).insert("x", Attributes::new()));
        assert_eq!(change, Some(Change { first: 1, removed: 1, added: 1 }));
        assert_eq!(text.text(), "one\ntxwo\nthree\n");
    }

    #[test]
    fn splitting_and_joining_lines() {
        let mut text = body("hello world\nend\n");
        assert_eq!(text.apply(&Delta::new().retain(5).insert("\n", Attributes::new())), Some(Change { first: 0, removed: 1, added: 2 }));
        assert_eq!(text.text(), "hello\n world\nend\n");
        assert_eq!(text.apply(&Delta::new().retain(5).delete(1)), Some(Change { first: 0, removed: 2, added: 1 }));
        assert_eq!(text.text(), "hello world\nend\n");
    }

    #[test]
    fn a_missing_final_newline_is_shown_as_if_it_were_there() {
        let mut text = body("ab");
        assert!(!text.is_closed());
        assert_eq!((text.len(), text.lines().len()), (2, 1));
        text.apply(&Delta::new().retain(2).insert("\n", Attributes::new()));
        assert!(text.is_closed());
        assert_eq!((text.len(), text.lines().len(), text.text().as_str()), (3, 1, "ab\n"));
        text.apply(&Delta::new().delete(3));
        assert_eq!((text.len(), text.lines().len(), text.is_closed()), (0, 1, false));
        let change = text.apply(&Delta::new().insert("ab\n", Attributes::new()));
        assert_eq!(change, Some(Change { first: 0, removed: 1, added: 1 }));
        assert_eq!((text.len(), text.lines().len(), text.is_closed()), (3, 1, true));
    }

    #[test]
    fn a_table_that_the_document_ends_in_is_shown_with_a_line_below() {
        let cell = || Attributes::from([("table".to_owned(), Value::from("r1"))]);
        let mut text = Body::from_inserts([("a\nA", Attributes::new()), ("\n", cell())]);
        assert_eq!((text.lines().len(), text.written_lines().len(), text.len(), text.text().as_str()), (3, 2, 4, "a\nA\n"));
        assert_eq!((text.locate(4), text.end(), text.is_closed()), ((2, 0), 4, false));
        let steps = [
            (Delta::new().retain(3).insert("x", Attributes::new()), Change { first: 1, removed: 2, added: 2 }, 5, false),
            (Delta::new().retain(5).insert("b\n", Attributes::new()), Change { first: 2, removed: 1, added: 1 }, 7, true),
            (Delta::new().retain(5).delete(2), Change { first: 2, removed: 1, added: 1 }, 5, false),
            (Delta::new().retain(2).delete(3), Change { first: 1, removed: 2, added: 0 }, 2, true),
        ];
        for (delta, change, len, closed) in steps {
            assert_eq!(text.apply(&delta), Some(change), "{delta:?}");
            assert_eq!((text.len(), text.is_closed()), (len, closed), "{delta:?}");
        }
    }

    #[test]
    fn deltas_past_the_end_do_not_panic() {
        let mut text = body("ab\n");
        text.apply(&Delta::new().retain(90).insert("x", Attributes::new()).delete(9));
        assert_eq!(text.text(), "ab\nx");
        text.apply(&Delta::new().delete(900));
        assert_eq!(text.text(), "");
    }

    #[test]
    fn the_difference_of_two_texts_keeps_what_both_begin_and_end_with() {
        let delta = |old: &str, new: &str| body(new).delta_from(&body(old));
        assert_eq!(delta("ab 😀 d\n", "ab 😁x d\n"), Delta::new().retain(3).insert("😁x", Attributes::new()).delete(2));
        assert_eq!(delta("aa\n", "aaa\n"), Delta::new().retain(2).insert("a", Attributes::new()));
        assert!(delta("a\nb\n", "a\nb\n").is_empty());
        let marked = Body::from_inserts([("a", Attributes::new()), ("b", bold()), ("c\n", Attributes::new())]);
        assert_eq!(marked.delta_from(&body("abc\n")), Delta::new().retain(1).insert("b", bold()).delete(1));
    }

    /// The law the editor lives by: following deltas equals rebuilding from the insertions.
    #[test]
    fn following_deltas_equals_rebuilding() {
        let format = |key: &str, value| Attributes::from([(key.to_owned(), value)]);
        let formats = [bold(), format("bold", Value::Null), format("table", Value::from("r1")), format("table", Value::Null)];
        arbtest::arbtest(|u| {
            let mut text = body("start\n");
            for _ in 0..u.int_in_range(1..=12)? {
                let mut delta = Delta::new();
                let mut left = text.len();
                while left > 0 && u.ratio(3, 4)? {
                    let len = u.int_in_range(1..=left)?;
                    left -= len;
                    delta = match u.int_in_range(0..=3)? {
                        0 => delta.retain(len),
                        1 => delta.format(len, u.choose(&formats)?.clone()),
                        2 => delta.delete(len),
                        _ => delta
                            .insert(*u.choose(&["x", "\n", "æ\nb", "\n\n"])?, if u.arbitrary()? { bold() } else { Attributes::new() })
                            .retain(len),
                    };
                }
                if u.arbitrary()? {
                    delta = delta.retain(left).insert(*u.choose(&["x", "\n", "x\n"])?, Attributes::new());
                }
                let mut rebuilt: Vec<(String, Attributes)> = Vec::new();
                naive_apply(&text, &delta, &mut rebuilt);
                let before = text.clone();
                let change = text.apply(&delta);
                let expected = Body::from_inserts(rebuilt.iter().map(|(text, set)| (text.as_str(), set.clone())));
                assert_eq!(text, expected, "{before:?} {delta:?}");
                let mut made = before.clone();
                made.apply(&text.delta_from(&before));
                assert_eq!(made, text, "{before:?}");
                let at = u.int_in_range(0..=text.len() + 2)?;
                assert_eq!(text.locate(at), naive_locate(&text, at), "{at} in {text:?}");
                if let Some(change) = change {
                    assert_eq!(before.lines()[..change.first], text.lines()[..change.first]);
                    assert_eq!(before.lines()[change.first + change.removed..], text.lines()[change.first + change.added..]);
                } else {
                    assert_eq!(before, text);
                }
            }
            Ok(())
        });
    }

    fn naive_locate(text: &Body, offset: u32) -> (usize, u32) {
        let mut rest = offset;
        for (index, line) in text.lines().iter().enumerate() {
            if rest <= line.len() {
                return (index, rest);
            }
            rest -= line.len() + 1;
        }
        (text.lines().len() - 1, text.lines().last().map_or(0, Line::len))
    }

    fn naive_apply(text: &Body, delta: &Delta, out: &mut Vec<(String, Attributes)>) {
        let mut units: Vec<(char, Attributes)> = Vec::new();
        for op in text.to_delta().0 {
            if let Op::Insert { text, attributes } = op {
                units.extend(text.chars().map(|c| (c, attributes.clone())));
            }
        }
        let mut units = units.into_iter();
        for op in &delta.0 {
            match op {
                Op::Retain { len, attributes } => {
                    for (c, mut set) in units.by_ref().take(*len as usize) {
                        compose(&mut set, attributes);
                        out.push((c.to_string(), set));
                    }
                }
                Op::Insert { text, attributes } => out.push((text.clone(), attributes.clone())),
                Op::Delete(len) => drop(units.by_ref().take(*len as usize).count()),
            }
        }
        out.extend(units.map(|(c, set)| (c.to_string(), set)));
    }
}
