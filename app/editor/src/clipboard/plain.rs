//! Plain text read as lines, and lines written as plain text.

use dagsorden_shared::richtext::{Block, Line, LineFormat, ListKind, Run};

use crate::text::normalise;

/// What the first line of a paste becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstLine {
    /// It joins a line that has text: a leading `-` or `1.` is part of the sentence and kept.
    Joins,
    /// It stands alone and may be a list item.
    Stands,
}

/// Each text line a line; a run of blank lines one empty line; a leading bullet or `1.` a list item, indented by two spaces or a tab a level.
/// The newline that ends the text makes no line. Spaces alone are what they are.
pub fn read_lines(text: &str, first: FirstLine) -> Vec<Line> {
    let text = normalise(text);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let mut lines: Vec<Line> = Vec::new();
    let mut blank = false;
    for (index, raw) in text.split('\n').enumerate() {
        let item = list_item(raw).filter(|_| index > 0 || first == FirstLine::Stands);
        let before = std::mem::replace(&mut blank, raw.trim().is_empty() && text.contains('\n'));
        if blank {
            if !before {
                lines.push(Line::default());
            }
            continue;
        }
        let (content, format) = item.unwrap_or((raw, LineFormat::PARAGRAPH));
        let run = (!content.is_empty()).then(|| Run { text: content.to_owned(), attributes: Default::default() });
        lines.push(Line { runs: run.into_iter().collect(), attributes: format.attributes() });
    }
    lines
}

/// The text and format of a line that begins like a list item, which may have no text.
fn list_item(raw: &str) -> Option<(&str, LineFormat)> {
    let line = raw.trim_start();
    let indent: usize = raw[..raw.len() - line.len()].chars().map(|space| if space == '\t' { 2 } else { 1 }).sum();
    let (marker, content) = line.split_once([' ', '\t'])?;
    let digits =
        marker.strip_suffix('.').is_some_and(|number| (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()));
    let kind = match marker {
        "•" | "-" | "*" | "–" => ListKind::Bullet,
        _ if digits => ListKind::Ordered,
        _ => return None,
    };
    let indent = u8::try_from((indent / 2).min(8)).unwrap_or(8);
    Some((content.trim_start(), LineFormat { block: Block::ListItem(kind), indent }))
}

/// Lines as plain text: `- ` and `1. `, two spaces an indent, cells by tab, lines by `\n`.
pub fn write_lines(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut counters = [0u32; 9];
    let mut row_before: Option<String> = None;
    for (index, line) in lines.iter().enumerate() {
        let format = line.format();
        let row = match &format.block {
            Block::Cell { row, .. } => Some(row.clone()),
            _ => None,
        };
        if index > 0 {
            text.push(if row.is_some() && row == row_before { '\t' } else { '\n' });
        }
        let level = usize::from(format.indent);
        let ordered = format.block == Block::ListItem(ListKind::Ordered);
        if !ordered && level == 0 || !matches!(format.block, Block::ListItem(_)) {
            counters = [0; 9];
        }
        text.push_str(&"  ".repeat(level));
        if let Block::ListItem(kind) = format.block {
            counters[level + 1..].fill(0);
            if kind == ListKind::Ordered {
                counters[level] += 1;
                text.push_str(&format!("{}. ", counters[level]));
            } else {
                counters[level] = 0;
                text.push_str("- ");
            }
        }
        line.runs.iter().for_each(|run| text.push_str(&run.text));
        row_before = row;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, first: FirstLine) -> Vec<(String, Block, u8)> {
        let line = |line: &Line| (line.text(), line.format().block, line.format().indent);
        read_lines(text, first).iter().map(line).collect()
    }

    #[test]
    fn markers_become_lists_and_blank_runs_one_line() {
        let bullet = Block::ListItem(ListKind::Bullet);
        let ordered = Block::ListItem(ListKind::Ordered);
        assert_eq!(
            shown("• a\r\n  – b\n\n \n10. c\n-d\n", FirstLine::Stands),
            [
                ("a".into(), bullet.clone(), 0),
                ("b".into(), bullet.clone(), 1),
                (String::new(), Block::Paragraph, 0),
                ("c".into(), ordered, 0),
                ("-d".into(), Block::Paragraph, 0)
            ]
        );
        assert_eq!(shown("1. juli\n- x", FirstLine::Joins)[0], ("1. juli".into(), Block::Paragraph, 0));
    }

    #[test]
    fn lists_survive_the_round_trip_through_plain_text() {
        let text = "Intro\n- a\n  - b\n1. c\n2. d\n  1. e\n3. f\nEnd\n1. g";
        assert_eq!(write_lines(&read_lines(text, FirstLine::Stands)), text);
    }
}
