//! Text with the caret in it, as a scenario writes it: `ab|cd⏎h2` is a heading with the caret after `ab`.
//!
//! `⏎` ends a line and is followed by its format: `h2` heading, `b`/`o` bullet and ordered with an optional indent (and `=3` for its number), `p1` indented paragraph, `q`
//! quote, `r1c2` cell (`r1` without column). One space then separates the next line. `[..]` is a selection, `*bold*`, `_italic_`, `{text}(url)` a
//! link. The scenarios of the editor core and those of the browsers are written in it; it knows neither.

mod deltas;

use dagsorden_shared::richtext::attributes::name;
use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_shared::richtext::{Block, Body, Line, LineFormat, ListKind, Marks, Run};

/// A text and what is selected in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The text.
    pub body: Body,
    /// Anchor and head.
    pub selection: Option<(u32, u32)>,
}

impl Written {
    /// Reads a text.
    ///
    /// # Panics
    /// If it is none: a scenario that cannot be read is a mistake in the test.
    pub fn read(notation: &str) -> Self {
        let (mut lines, selection) = parse(notation);
        assert!(lines.pop().is_some_and(|last| last.runs.is_empty()), "{notation} does not end in a line end");
        Self { body: Body::from_lines(lines), selection }
    }

    /// Reads a text of one line without its end, such as a title.
    ///
    /// # Panics
    /// If there is a line end.
    pub fn read_line(notation: &str) -> Self {
        let (lines, selection) = parse(notation);
        assert!(lines.len() == 1, "{notation} has a line end");
        let runs = lines.iter().flat_map(|line| &line.runs);
        Self { body: Body::from_inserts(runs.map(|run| (run.text.as_str(), run.attributes.clone()))), selection }
    }

    /// The text of each line.
    pub fn lines(&self) -> Vec<String> {
        self.body.lines().iter().map(Line::text).collect()
    }

    /// Whether a line is a cell.
    pub fn has_table(&self) -> bool {
        self.body.lines().iter().any(|line| matches!(line.format().block, Block::Cell { .. }))
    }

    /// The notation; without the selection if `caret` says so. Rows and columns are numbered as they first appear, whatever their ids are.
    pub fn print(&self, caret: bool) -> String {
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        print(&self.body, self.selection.filter(|_| caret), &mut |row, column| {
            let column = column.map(|column| format!("c{}", place(&mut columns, column)));
            format!("r{}{}", place(&mut rows, row), column.unwrap_or_default())
        })
    }
}

/// The notation of a text; `cell` names a cell by the ids of its row and its column.
pub fn print(body: &Body, selection: Option<(u32, u32)>, cell: &mut dyn FnMut(&str, Option<&str>) -> String) -> String {
    let mut shown = String::new();
    let mut at = 0;
    let lines = body.lines();
    for (index, line) in lines.iter().enumerate() {
        let mut marks = Marks::default();
        for (run, character) in line.runs.iter().flat_map(|run| run.text.chars().map(move |character| (run, character))) {
            let next = run.marks();
            switch(&mut shown, &mut marks, &next);
            push_caret(&mut shown, selection, at);
            shown.push(character);
            at += utf16_len(character.encode_utf8(&mut [0; 4]));
        }
        // The caret at a line's end stands outside the marks, as in `a*bX*|`.
        switch(&mut shown, &mut marks, &Marks::default());
        push_caret(&mut shown, selection, at);
        if body.is_closed() || index + 1 < lines.len() {
            shown.push('⏎');
            shown.push_str(&print_format(&line.format(), cell));
            at += 1;
            if index + 1 < lines.len() {
                shown.push(' ');
            }
        }
    }
    shown
}

/// Lines, the last of them without an end, and anchor and head.
fn parse(notation: &str) -> (Vec<Line>, Option<(u32, u32)>) {
    let (mut lines, mut at) = (vec![Line::default()], 0u32);
    let (mut anchor, mut head) = (None, None);
    let (mut marks, mut link) = (Marks::default(), None::<usize>);
    let mut rest = notation;
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        let line = lines.last_mut().expect("never empty");
        match character {
            '|' => (anchor, head) = (Some(at), Some(at)),
            '[' => anchor = Some(at),
            ']' => head = Some(at),
            '*' => marks.bold = !marks.bold,
            '_' => marks.italic = !marks.italic,
            '{' => link = Some(line.runs.len()),
            '}' => {
                let end = rest.find(')').expect("a link's address");
                for run in &mut line.runs[link.take().expect("an open link")..] {
                    run.attributes.insert(name::LINK.into(), rest[1..end].into());
                }
                rest = &rest[end + 1..];
            }
            '⏎' => {
                let end = rest.find([' ', '[', ']', '|']).unwrap_or(rest.len());
                line.attributes = read_format(&rest[..end]).attributes();
                rest = rest[end..].strip_prefix(' ').unwrap_or(&rest[end..]);
                at += 1;
                lines.push(Line::default());
            }
            other => {
                let attributes = marks.attributes();
                let opens_link = link == Some(line.runs.len());
                match line.runs.last_mut() {
                    Some(run) if run.attributes == attributes && !opens_link => run.text.push(other),
                    _ => line.runs.push(Run { text: other.into(), attributes }),
                }
                at += utf16_len(other.encode_utf8(&mut [0; 4]));
            }
        }
    }
    (lines, anchor.zip(head))
}

fn push_caret(shown: &mut String, selection: Option<(u32, u32)>, at: u32) {
    let Some((anchor, head)) = selection else { return };
    let (from, to) = (anchor.min(head), anchor.max(head));
    match (at == from, at == to) {
        (true, true) => shown.push('|'),
        (true, false) => shown.push('['),
        (false, true) => shown.push(']'),
        (false, false) => {}
    }
}

fn switch(shown: &mut String, now: &mut Marks, next: &Marks) {
    if now == next {
        return;
    }
    for (on, sign) in [(now.italic, '_'), (now.bold, '*')] {
        if on {
            shown.push(sign);
        }
    }
    if let Some(link) = &now.link {
        shown.push_str(&format!("}}({link})"));
    }
    if next.link.is_some() {
        shown.push('{');
    }
    for (on, sign) in [(next.bold, '*'), (next.italic, '_')] {
        if on {
            shown.push(sign);
        }
    }
    *now = next.clone();
}

fn place(known: &mut Vec<String>, id: &str) -> usize {
    known.iter().position(|other| other == id).unwrap_or_else(|| {
        known.push(id.to_owned());
        known.len() - 1
    }) + 1
}

fn print_format(format: &LineFormat, cell: &mut dyn FnMut(&str, Option<&str>) -> String) -> String {
    let indent = if format.indent > 0 { format.indent.to_string() } else { String::new() };
    match &format.block {
        Block::Paragraph if format.indent > 0 => format!("p{indent}"),
        Block::Paragraph => String::new(),
        Block::Heading(level) => format!("h{level}"),
        Block::ListItem(ListKind::Bullet) => format!("b{indent}"),
        Block::ListItem(ListKind::Ordered) => {
            let start = format.start.map(|start| format!("={start}")).unwrap_or_default();
            format!("o{indent}{start}")
        }
        Block::Quote => "q".into(),
        Block::Cell { row, column } => cell(row, column.as_deref()),
    }
}

fn read_format(suffix: &str) -> LineFormat {
    let mut characters = suffix.chars();
    let kind = characters.next();
    let (number, start) = characters.as_str().split_once('=').unwrap_or((characters.as_str(), ""));
    let (number, start) = (number.parse::<u8>().unwrap_or(0), start.parse().ok());
    let (block, indent) = match kind {
        None => (Block::Paragraph, 0),
        Some('p') => (Block::Paragraph, number),
        Some('h') => (Block::Heading(number), 0),
        Some('b') => (Block::ListItem(ListKind::Bullet), number),
        Some('o') => (Block::ListItem(ListKind::Ordered), number),
        Some('q') => (Block::Quote, 0),
        Some('r') => {
            let (row, column) = suffix.split_at(suffix.find('c').unwrap_or(suffix.len()));
            (Block::Cell { row: row.into(), column: (!column.is_empty()).then(|| column.into()) }, 0)
        }
        Some(other) => panic!("no line format {other}"),
    };
    LineFormat { block, indent, start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_printed_again() {
        for notation in [
            "|⏎",
            "a[b⏎h2 c⏎b d]e⏎q",
            "a*bX*|⏎",
            "{ab}(https://x.test)|⏎o1",
            "a⏎o=3 |⏎o1=12",
            "A|⏎r1c1 ⏎r1c2 C⏎r2c1 ⏎r2c2 ⏎",
            "😀|⏎p2  ab⏎",
        ] {
            assert_eq!(Written::read(notation).print(true), notation);
        }
        assert_eq!(Written::read_line("a *b|c*").print(true), "a *b|c*");
    }

    #[test]
    fn rows_and_columns_have_the_names_one_asks_for() {
        let written = Written::read("A⏎r7c3 B⏎r7 ⏎");
        let mut ids = |row: &str, column: Option<&str>| format!("{row}/{}", column.unwrap_or("none"));
        assert_eq!(print(&written.body, None, &mut ids), "A⏎r7/c3 B⏎r7/none ⏎");
        assert_eq!(written.print(true), "A⏎r1c1 B⏎r1 ⏎");
    }

    #[test]
    #[should_panic(expected = "does not end in a line end")]
    fn a_text_that_does_not_end_is_a_mistake() {
        Written::read("a⏎ b");
    }
}
