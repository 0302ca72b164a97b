//! Plain text read as lines, and lines written as plain text.

use dagsorden_shared::richtext::{Block, Line, LineFormat, ListKind, Numbers, Run};

use crate::text::{is_month, normalise};

/// What the first line of a paste becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstLine {
    /// It joins a line that has text: a leading `-` or `1.` is part of the sentence and kept.
    Joins,
    /// It stands alone and may be a list item.
    Stands,
}

/// Each text line a line; a run of blank lines one empty line; a leading bullet or `1.` a list item, indented by two spaces or a tab a level.
/// A list may begin at another number where it goes on with one above, or where its next line does; else a number such as that of a date
/// stays text. The newline that ends the text makes no line. Spaces alone are what they are.
pub fn read_lines(text: &str, first: FirstLine) -> Vec<Line> {
    let text = normalise(text);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let mut lines: Vec<Line> = Vec::new();
    let mut blank = false;
    // The last number of each level, also from above other text.
    let mut last = [0u16; 9];
    let mut numbers = Numbers::default();
    let all: Vec<&str> = text.split('\n').collect();
    for (index, raw) in all.iter().copied().enumerate() {
        let next = || all[index + 1..].iter().map(|raw| list_item(raw)).find(|next| next.as_ref().is_none_or(|next| !next.is_below(raw)));
        let goes_on = |item: &Item<'_>| item.number == last[item.level] + 1 || next().flatten().is_some_and(|next| next.follows(item));
        let item = list_item(raw).filter(|_| index > 0 || first == FirstLine::Stands).filter(|item| item.number <= 1 || goes_on(item));
        let mut start = None;
        match &item {
            Some(item) => {
                last[item.level] = item.number;
                last[item.level + 1..].fill(0);
                start = numbers.said(&item.format(), item.number.into());
            }
            None => _ = numbers.next(&LineFormat::PARAGRAPH),
        }
        let before = std::mem::replace(&mut blank, raw.trim().is_empty() && text.contains('\n'));
        if blank {
            if !before {
                lines.push(Line::default());
            }
            continue;
        }
        let (content, format) = item.map_or((raw, LineFormat::PARAGRAPH), |item| (item.content, LineFormat { start, ..item.format() }));
        let run = (!content.is_empty()).then(|| Run { text: content.to_owned(), attributes: Default::default() });
        lines.push(Line { runs: run.into_iter().collect(), attributes: format.attributes() });
    }
    lines
}

/// A line that begins like a list item.
struct Item<'a> {
    kind: ListKind,
    /// Up to 8.
    level: usize,
    /// None of a bullet's: 0.
    number: u16,
    /// May be empty.
    content: &'a str,
}

impl Item<'_> {
    fn format(&self) -> LineFormat {
        LineFormat { indent: u8::try_from(self.level).unwrap_or(8), ..LineFormat::of(Block::ListItem(self.kind)) }
    }

    /// Whether it stands on the same level with the next number.
    fn follows(&self, other: &Self) -> bool {
        self.level == other.level && self.number == other.number + 1
    }

    /// Whether it is set in further than this line.
    fn is_below(&self, raw: &str) -> bool {
        list_item(raw).is_some_and(|above| self.level > above.level)
    }
}

fn list_item(raw: &str) -> Option<Item<'_>> {
    let line = raw.trim_start();
    let indent: usize = raw[..raw.len() - line.len()].chars().map(|space| if space == '\t' { 2 } else { 1 }).sum();
    let (marker, content) = line.split_once([' ', '\t'])?;
    let (kind, number) = match marker {
        "•" | "-" | "*" | "–" => (ListKind::Bullet, 0),
        _ => {
            let digits = marker.strip_suffix('.').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            if is_month(content.trim_start().split(' ').next().unwrap_or_default()) {
                return None;
            }
            (ListKind::Ordered, digits.parse().ok().filter(|number| (1..=999).contains(number))?)
        }
    };
    Some(Item { kind, level: (indent / 2).min(8), number, content: content.trim_start() })
}

/// Lines as plain text: `- ` and `1. `, two spaces an indent, cells by tab, lines by `\n`.
pub fn write_lines(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut numbers = Numbers::default();
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
        text.push_str(&"  ".repeat(format.indent.into()));
        match numbers.next(&format) {
            Some(number) => text.push_str(&format!("{number}. ")),
            None if format.block == Block::ListItem(ListKind::Bullet) => text.push_str("- "),
            None => {}
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
            shown("• a\r\n  – b\n\n \n1. c\n-d\n", FirstLine::Stands),
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
    fn a_number_begins_a_list_where_another_follows_or_comes_before() {
        let items = |text: &str, first| -> String {
            let sign = |block| if block == Block::Paragraph { 'p' } else { 'o' };
            shown(text, first).into_iter().map(|(_, block, _)| sign(block)).collect()
        };
        assert_eq!(items("12. juni\n13. juni", FirstLine::Stands), "pp");
        assert_eq!(items("2. maj er fri.\n\n4. halvår", FirstLine::Stands), "ppp");
        assert_eq!(items("1. a\n2. b\n  1. c\n  2. d\n3. e\n5. f", FirstLine::Stands), "ooooop");
        assert_eq!(items("1. a\nb\n2. c\n1. d", FirstLine::Stands), "opoo");
        assert_eq!(items("7. a\n  - b\n8. c\n10. d", FirstLine::Stands), "ooop");
        assert_eq!(items("1. a\n2. b", FirstLine::Joins), "pp", "the first is part of a sentence, so the second is no second");
        assert_eq!(items("+1. a\n0. b\n1000. c", FirstLine::Stands), "ppp");
        assert_eq!(shown("12. juni", FirstLine::Stands)[0].0, "12. juni");
    }

    #[test]
    fn lists_survive_the_round_trip_through_plain_text() {
        let text = "Intro\n- a\n  - b\n1. c\n2. d\n  1. e\n3. f\nEnd\n4. g\n1. h\nMore\n7. i\n  3. j\n  4. k\n8. l";
        assert_eq!(write_lines(&read_lines(text, FirstLine::Stands)), text);
    }
}
