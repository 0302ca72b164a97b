//! One line of a section and the format its newline gives it.

use super::attributes::{Attributes, Marks, Value, name};
use super::delta::utf16_len;

/// Deepest indent of a line.
pub const MAX_INDENT: u8 = 8;

/// Largest number that a line of a list may be given.
pub const MAX_START: u16 = 9_999;

/// A stretch of text with the same attributes. Never empty, never holds a newline.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// As stored; line attributes on text are ignored at show (EDITOR rule: a line's attributes come only from its newline).
    pub attributes: Attributes,
}

impl Run {
    /// The marks as shown.
    pub fn marks(&self) -> Marks {
        Marks::read(&self.attributes)
    }
}

/// A line: its runs and the attributes of the newline that ends it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// Neighbours differ in attributes.
    pub runs: Vec<Run>,
    /// Attributes of the newline as stored.
    pub attributes: Attributes,
}

/// List kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListKind {
    /// Marked by a dash.
    Bullet,
    /// Numbered.
    Ordered,
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Block {
    /// Running text.
    Paragraph,
    /// A heading inside the section, level 1 to 3.
    Heading(u8),
    /// An item of a list.
    ListItem(ListKind),
    /// A quotation.
    Quote,
    /// A cell of a table.
    Cell {
        /// Row id.
        row: String,
        /// Column id; Quill writes none.
        column: Option<String>,
    },
}

/// Block and indent of a line, as shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LineFormat {
    /// What the line is.
    pub block: Block,
    /// 0 to [`MAX_INDENT`]; lists and paragraphs only.
    pub indent: u8,
    /// 1 to [`MAX_START`]: its number, where that does not follow from the lines above; numbered lists only.
    pub start: Option<u16>,
}

impl Line {
    /// UTF-16 units without the newline.
    pub fn len(&self) -> u32 {
        self.runs.iter().map(|run| utf16_len(&run.text)).sum()
    }

    /// No text.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The text without the newline.
    pub fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }

    /// A cell of a table.
    pub fn is_cell(&self) -> bool {
        matches!(self.format().block, Block::Cell { .. })
    }

    /// What the newline's attributes mean. Concurrent edits can leave several exclusive types on one newline;
    /// the fixed order table, list, header, quote makes every peer show the same block.
    pub fn format(&self) -> LineFormat {
        LineFormat::read(&self.attributes)
    }
}

impl LineFormat {
    /// A plain line.
    pub const PARAGRAPH: Self = Self { block: Block::Paragraph, indent: 0, start: None };

    /// A line of this kind without indent.
    pub fn of(block: Block) -> Self {
        Self { block, ..Self::PARAGRAPH }
    }

    /// Reads a newline's attributes; values out of range are clamped, wrong shapes ignored.
    pub fn read(attributes: &Attributes) -> Self {
        let block = block(attributes);
        let indent = match block {
            Block::Paragraph | Block::ListItem(_) => integer(attributes.get(name::INDENT)).map_or(0, |n| n.clamp(0, MAX_INDENT.into())),
            _ => 0,
        };
        let start = match block {
            Block::ListItem(ListKind::Ordered) => attributes.get(name::START).and_then(|start| number(integer(Some(start))?)),
            _ => None,
        };
        Self { block, indent: u8::try_from(indent).unwrap_or(0), start }
    }

    /// The newline attributes that mean exactly this, without `Null`s.
    pub fn attributes(&self) -> Attributes {
        let mut set = Attributes::new();
        let mut put = |key: &str, value| set.insert(key.to_owned(), value);
        match &self.block {
            Block::Paragraph => {}
            Block::Heading(level) => drop(put(name::HEADER, Value::Number(f64::from(*level)))),
            Block::ListItem(kind) => drop(put(name::LIST, kind.value())),
            Block::Quote => drop(put(name::BLOCKQUOTE, Value::Bool(true))),
            Block::Cell { row, column } => {
                put(name::TABLE, Value::Text(row.clone()));
                if let Some(column) = column {
                    put(name::COLUMN, Value::Text(column.clone()));
                }
            }
        }
        if self.indent > 0 {
            put(name::INDENT, Value::Number(f64::from(self.indent)));
        }
        if let (Block::ListItem(ListKind::Ordered), Some(start)) = (&self.block, self.start) {
            put(name::START, Value::Number(f64::from(start)));
        }
        set
    }

    /// The attributes that turn `from` into exactly this: what is set, and `Null` for every other line attribute `from` has.
    pub fn change(&self, from: &Attributes) -> Attributes {
        let mut change = self.attributes();
        change.retain(|key, value| from.get(key) != Some(value));
        let target = self.attributes();
        for key in name::LINE {
            if from.contains_key(key) && !target.contains_key(key) {
                change.insert(key.to_owned(), Value::Null);
            }
        }
        change
    }
}

impl ListKind {
    /// As stored.
    pub fn value(self) -> Value {
        Value::from(match self {
            Self::Bullet => "bullet",
            Self::Ordered => "ordered",
        })
    }
}

/// A number that a line of a list may be given; `None` for any other.
pub fn number(number: i64) -> Option<u16> {
    u16::try_from(number).ok().filter(|number| (1..=MAX_START).contains(number))
}

fn integer(value: Option<&Value>) -> Option<i64> {
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates, and every reader clamps")]
        Some(Value::Number(number)) if number.is_finite() => Some(*number as i64),
        _ => None,
    }
}

fn block(attributes: &Attributes) -> Block {
    if let Some(Value::Text(row)) = attributes.get(name::TABLE) {
        let column = match attributes.get(name::COLUMN) {
            Some(Value::Text(column)) => Some(column.clone()),
            _ => None,
        };
        return Block::Cell { row: row.clone(), column };
    }
    match attributes.get(name::LIST) {
        Some(Value::Text(kind)) if kind == "bullet" => return Block::ListItem(ListKind::Bullet),
        Some(Value::Text(kind)) if kind == "ordered" => return Block::ListItem(ListKind::Ordered),
        _ => {}
    }
    if let Some(level) = integer(attributes.get(name::HEADER)).filter(|level| *level >= 1) {
        return Block::Heading(u8::try_from(level.clamp(1, 3)).unwrap_or(3));
    }
    if attributes.get(name::BLOCKQUOTE) == Some(&Value::Bool(true)) {
        return Block::Quote;
    }
    Block::Paragraph
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(pairs: &[(&str, Value)]) -> Attributes {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
    }

    #[test]
    fn exclusive_types_have_a_fixed_order() {
        let both = set(&[("header", Value::Number(2.0)), ("list", "bullet".into()), ("blockquote", Value::Bool(true))]);
        assert_eq!(LineFormat::read(&both).block, Block::ListItem(ListKind::Bullet));
        let cell = set(&[("table", "row-1".into()), ("list", "bullet".into()), ("indent", Value::Number(3.0))]);
        assert_eq!(LineFormat::read(&cell), LineFormat::of(Block::Cell { row: "row-1".into(), column: None }));
    }

    #[test]
    fn values_out_of_range_are_clamped_or_ignored() {
        let format = |pairs: &[(&str, Value)]| LineFormat::read(&set(pairs));
        assert_eq!(format(&[("header", Value::Number(9.0))]).block, Block::Heading(3));
        assert_eq!(format(&[("header", Value::Number(f64::NAN))]).block, Block::Paragraph);
        assert_eq!(format(&[("header", "2".into())]).block, Block::Paragraph);
        assert_eq!(format(&[("indent", Value::Number(1e300))]).indent, MAX_INDENT);
        assert_eq!(format(&[("indent", Value::Number(-2.0))]).indent, 0);
    }

    #[test]
    fn a_change_of_format_nulls_the_other_types() {
        let from = set(&[("header", Value::Number(2.0))]);
        let change = LineFormat::of(Block::ListItem(ListKind::Ordered)).change(&from);
        assert_eq!(change, set(&[("header", Value::Null), ("list", "ordered".into())]));
    }

    #[test]
    fn a_number_is_read_where_there_are_numbers() {
        let start = |list: &str, start| LineFormat::read(&set(&[("list", list.into()), ("start", start)])).start;
        assert_eq!(start("ordered", Value::Number(3.0)), Some(3));
        assert_eq!(start("bullet", Value::Number(3.0)), None);
        for odd in [Value::Number(0.0), Value::Number(-3.0), Value::Number(10_000.0), Value::Number(f64::NAN), "3".into()] {
            assert_eq!(start("ordered", odd.clone()), None, "{odd:?}");
        }
        let third = LineFormat { start: Some(3), ..LineFormat::of(Block::ListItem(ListKind::Ordered)) };
        assert_eq!(LineFormat::read(&third.attributes()), third);
        let change = LineFormat::of(Block::ListItem(ListKind::Bullet)).change(&third.attributes());
        assert_eq!(change, set(&[("list", "bullet".into()), ("start", Value::Null)]));
    }
}
