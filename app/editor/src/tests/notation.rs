//! Text with the caret in it: `ab|cd⏎h2` is a heading with the caret after `ab`.
//!
//! `⏎` ends a line and is followed by its format: `h2` heading, `b`/`o` bullet and ordered with an optional indent, `p1` indented paragraph, `q`
//! quote, `r1c2` cell (`r1` without column). One space then separates the next line. `[..]` is a selection, `*bold*`, `_italic_`, `{text}(url)` a link.

use dagsorden_shared::richtext::attributes::name;
use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_shared::richtext::{Block, Body, Line, LineFormat, ListKind, Marks, Run};

use crate::{CommandName, EditorState, FieldKind, Selection, Transaction};

/// A section from its notation.
pub(crate) fn section(notation: &str) -> EditorState {
    let (lines, selection) = parse(notation);
    let mut state = EditorState::new(Body::from_lines(lines), FieldKind::Section);
    state.select(selection);
    state
}

/// A title from its notation, without any line end.
pub(crate) fn title(notation: &str) -> EditorState {
    let (lines, selection) = parse(notation);
    let text = lines[0].text();
    let mut state = EditorState::new(Body::from_inserts([(text.as_str(), Default::default())]), FieldKind::Title);
    state.select(selection);
    state
}

/// A state in the notation.
pub(crate) fn print(state: &EditorState) -> String {
    let mut shown = String::new();
    let mut at = 0;
    let lines = state.body().lines();
    for (index, line) in lines.iter().enumerate() {
        let mut marks = Marks::default();
        for (run, character) in line.runs.iter().flat_map(|run| run.text.chars().map(move |character| (run, character))) {
            let next = run.marks();
            switch(&mut shown, &mut marks, &next);
            caret(&mut shown, state, at);
            shown.push(character);
            at += u32::try_from(character.len_utf16()).expect("small");
        }
        // The caret at a line's end stands outside the marks, as in `a*bX*|`.
        switch(&mut shown, &mut marks, &Marks::default());
        caret(&mut shown, state, at);
        if state.kind() == FieldKind::Section && (state.body().is_closed() || index + 1 < lines.len()) {
            shown.push('⏎');
            shown.push_str(&suffix(&line.format()));
            at += 1;
            if index + 1 < lines.len() {
                shown.push(' ');
            }
        }
    }
    shown
}

/// Runs a command and applies what it answers as the document would; `None` leaves the state.
pub(crate) fn run(state: &EditorState, command: impl FnOnce(&EditorState) -> Option<Transaction>) -> EditorState {
    let mut next = state.clone();
    if let Some(transaction) = command(state) {
        next.apply(&transaction.delta, Some(&transaction));
    }
    next
}

/// One command turns one notation into another.
#[track_caller]
pub(crate) fn check(command: impl FnOnce(&EditorState) -> Option<Transaction>, before: &str, after: &str) {
    assert_eq!(print(&run(&section(before), command)), after, "from {before}");
}

fn caret(shown: &mut String, state: &EditorState, at: u32) {
    let Some(selection) = state.selection() else { return };
    if selection.is_caret() {
        if selection.head == at {
            shown.push('|');
        }
    } else if selection.from() == at {
        shown.push('[');
    } else if selection.to() == at {
        shown.push(']');
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

fn suffix(format: &LineFormat) -> String {
    let indent = if format.indent > 0 { format.indent.to_string() } else { String::new() };
    match &format.block {
        Block::Paragraph if format.indent > 0 => format!("p{indent}"),
        Block::Paragraph => String::new(),
        Block::Heading(level) => format!("h{level}"),
        Block::ListItem(ListKind::Bullet) => format!("b{indent}"),
        Block::ListItem(ListKind::Ordered) => format!("o{indent}"),
        Block::Quote => "q".into(),
        Block::Cell { row, column } => format!("{}{}", short(row), short(column.as_deref().unwrap_or_default())),
    }
}

/// Ids made from [`counting`] bits are shown as `R1`, `C2`.
fn short(id: &str) -> String {
    let made = |prefix, sign: &str| id.strip_prefix(prefix)?.strip_suffix("000000000").map(|number| format!("{sign}{number}"));
    made("row-", "R").or_else(|| made("c-", "C")).unwrap_or_else(|| id.to_owned())
}

/// Bits for new ids: 1, 2, 3 and so on.
pub(crate) fn counting() -> impl FnMut() -> u128 {
    let mut last = 0;
    move || {
        last += 1;
        last
    }
}

/// A command by its name.
pub(crate) fn named(name: &str) -> impl Fn(&EditorState) -> Option<Transaction> {
    let name: CommandName = name.parse().expect("known");
    move |state| name.run(state, &mut counting()).expect("not refused")
}

fn parse(notation: &str) -> (Vec<Line>, Option<Selection>) {
    let mut lines = vec![Line::default()];
    let (mut anchor, mut head, mut at) = (None, None, 0u32);
    let (mut marks, mut link_start) = (Marks::default(), None::<usize>);
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
            '{' => link_start = Some(line.runs.len()),
            '}' => {
                let end = rest.find(')').expect("a link's address");
                for run in &mut line.runs[link_start.take().expect("an open link")..] {
                    run.attributes.insert(name::LINK.into(), rest[1..end].into());
                }
                rest = &rest[end + 1..];
                // What follows must not join the link's run.
                marks.link = None;
            }
            '⏎' => {
                let end = rest.find([' ', '[', ']', '|']).unwrap_or(rest.len());
                line.attributes = read_suffix(&rest[..end]).attributes();
                rest = rest[end..].strip_prefix(' ').unwrap_or(&rest[end..]);
                at += 1;
                lines.push(Line::default());
            }
            other => {
                let attributes = marks.attributes();
                let opens_link = link_start == Some(line.runs.len());
                match line.runs.last_mut() {
                    Some(run) if run.attributes == attributes && !opens_link => run.text.push(other),
                    _ => line.runs.push(Run { text: other.into(), attributes: attributes.clone() }),
                }
                at += utf16_len(&other.to_string());
            }
        }
    }
    if lines.len() > 1 {
        lines.pop();
    }
    (lines, anchor.zip(head).map(|(anchor, head)| Selection { anchor, head }))
}

fn read_suffix(suffix: &str) -> LineFormat {
    let mut characters = suffix.chars();
    let kind = characters.next();
    let number = characters.as_str().parse::<u8>().unwrap_or(0);
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
    LineFormat { block, indent }
}
