//! Numbers of list lines.
//!
//! Owns how lines count, for every place that shows or writes a number: each level by itself, again from 1 below a line of a higher level and
//! after anything that is no numbered line of its own level, and elsewhere where a line says so.

use super::attributes::name;
use super::line::{Block, Line, LineFormat, ListKind, MAX_INDENT, number};

/// A line as lists count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// `None` for what is no line of a list.
    pub kind: Option<ListKind>,
    /// 0 to [`MAX_INDENT`].
    pub level: u8,
    /// Its number, where that does not follow.
    pub start: Option<u16>,
}

impl From<&LineFormat> for Item {
    fn from(format: &LineFormat) -> Self {
        let kind = if let Block::ListItem(kind) = format.block { Some(kind) } else { None };
        Self { kind, level: format.indent.min(MAX_INDENT), start: format.start }
    }
}

impl Item {
    /// Whether it has a number.
    pub fn is_numbered(self) -> bool {
        self.kind == Some(ListKind::Ordered)
    }
}

/// How far each level has counted.
#[derive(Debug, Clone, Default)]
pub struct Numbers([u32; MAX_INDENT as usize + 1]);

impl Numbers {
    /// Counts a line, and returns its number if it has one.
    pub fn next(&mut self, item: impl Into<Item>) -> Option<u32> {
        self.count(item.into())
    }

    fn count(&mut self, item: Item) -> Option<u32> {
        let level = usize::from(item.level);
        self.0[if item.kind.is_some() { level + 1 } else { 0 }..].fill(0);
        if !item.is_numbered() {
            self.0[level] = 0;
            return None;
        }
        self.0[level] = item.start.map_or(self.following(item.level), u32::from);
        Some(self.0[level])
    }

    /// The number that a numbered line of this level gets where it says nothing of it.
    pub fn following(&self, level: u8) -> u32 {
        self.0[usize::from(level)].saturating_add(1)
    }

    /// Counts a line that has this number, and returns what it must say for it: nothing where the number follows by itself, or it has none.
    pub fn said(&mut self, item: impl Into<Item>, has: u32) -> Option<u16> {
        let item = item.into();
        let follows = self.following(item.level) == has;
        let start = number(has.into()).filter(|_| item.is_numbered() && !follows);
        self.count(Item { start, ..item });
        start
    }
}

/// Takes out of these lines what they say of their numbers and what follows anyway.
pub fn unsay(lines: &mut [Line]) {
    let mut numbers = Numbers::default();
    for line in lines {
        let format = line.format();
        match format.start {
            Some(start) if numbers.said(&format, start.into()).is_none() => {
                line.attributes.remove(name::START);
            }
            Some(_) => {}
            None => _ = numbers.next(&format),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: Option<ListKind>, indent: u8, start: Option<u16>) -> LineFormat {
        LineFormat { block: kind.map_or(Block::Paragraph, Block::ListItem), indent, start }
    }

    fn counted(lines: &[LineFormat]) -> Vec<u32> {
        let mut numbers = Numbers::default();
        lines.iter().map(|line| numbers.next(line).unwrap_or(0)).collect()
    }

    #[test]
    fn levels_count_by_themselves_and_begin_where_they_are_told() {
        let (o, b) = (Some(ListKind::Ordered), Some(ListKind::Bullet));
        assert_eq!(
            counted(&[line(o, 0, Some(3)), line(o, 1, None), line(o, 1, None), line(o, 0, None), line(o, 1, None)]),
            [3, 1, 2, 4, 1]
        );
        assert_eq!(counted(&[line(o, 0, None), line(b, 1, None), line(o, 0, None), line(b, 0, None), line(o, 0, None)]), [1, 0, 2, 0, 1]);
        assert_eq!(counted(&[line(o, 0, None), line(None, 1, None), line(o, 0, Some(2)), line(o, 0, Some(1))]), [1, 0, 2, 1]);
    }

    #[test]
    fn only_what_does_not_follow_is_said() {
        let ordered = LineFormat::of(Block::ListItem(ListKind::Ordered));
        let mut numbers = Numbers::default();
        assert_eq!([3, 4, 4, 5, 1, 70_000].map(|has| numbers.said(&ordered, has)), [Some(3), None, Some(4), None, Some(1), None]);
        let with = |start| Line { runs: Vec::new(), attributes: LineFormat { start, ..ordered.clone() }.attributes() };
        let mut lines = [with(Some(1)), with(Some(2)), with(Some(7)), with(None), with(Some(9))];
        unsay(&mut lines);
        assert_eq!(lines.map(|line| line.format().start), [None, None, Some(7), None, None]);
    }
}
