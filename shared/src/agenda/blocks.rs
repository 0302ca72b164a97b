//! Blocks of Meeting JSON to and from the text of a section.

use crate::id::base36;
use crate::meeting_json::{BlockJson, ListJson, MarkJson};
use crate::richtext::attributes::{Attributes, Marks, name};
use crate::richtext::body::Body;
use crate::richtext::delta::{Delta, byte_at, utf16_len};
use crate::richtext::line::{Block, Line, LineFormat, ListKind, MAX_INDENT, number};
use crate::richtext::table;

/// Insertions that hold the blocks, each line with its newline; empty for no blocks. A plain line follows a table that ends the text,
/// and parts two tables in a row, which would else be one.
pub(super) fn to_delta(blocks: &[BlockJson], random: &mut impl FnMut() -> u128) -> Delta {
    let mut delta = Delta::new();
    for (index, block) in blocks.iter().enumerate() {
        delta = match block {
            BlockJson::Paragraph { text, marks, level } => {
                line(delta, text, marks, &LineFormat { indent: (*level).min(MAX_INDENT), ..LineFormat::PARAGRAPH })
            }
            BlockJson::Heading { text, marks, level } => line(delta, text, marks, &LineFormat::of(Block::Heading((*level).clamp(1, 3)))),
            BlockJson::ListItem { list, level, start, text, marks } => {
                let kind = match list {
                    ListJson::Bullet => ListKind::Bullet,
                    ListJson::Ordered => ListKind::Ordered,
                };
                let start = start.and_then(|start| number(start.into()));
                line(delta, text, marks, &LineFormat { block: Block::ListItem(kind), indent: (*level).min(MAX_INDENT), start })
            }
            BlockJson::Quote { text, marks } => line(delta, text, marks, &LineFormat::of(Block::Quote)),
            BlockJson::Table { rows, cell_marks, head } => {
                let delta = rows_to_delta(delta, rows, cell_marks, *head, random);
                match blocks.get(index + 1) {
                    None | Some(BlockJson::Table { .. }) => delta.insert("\n", Attributes::new()),
                    Some(_) => delta,
                }
            }
        };
    }
    delta
}

fn rows_to_delta(
    mut delta: Delta,
    rows: &[Vec<String>],
    marks: &[Vec<Vec<MarkJson>>],
    head: Option<bool>,
    random: &mut impl FnMut() -> u128,
) -> Delta {
    let columns: Vec<String> =
        (0..rows.iter().map(Vec::len).max().unwrap_or(0)).map(|_| format!("c-{}", &base36(random())[..10])).collect();
    for (r, row) in rows.iter().enumerate() {
        let id = format!("row-{}", &base36(random())[..10]);
        for (c, column) in columns.iter().enumerate() {
            let mut attributes = LineFormat::of(Block::Cell { row: id.clone(), column: Some(column.clone()) }).attributes();
            if let Some(head) = head.filter(|_| r == 0) {
                attributes.insert(name::HEAD.to_owned(), table::head_value(head));
            }
            let none = Vec::new();
            let marks = marks.get(r).and_then(|row| row.get(c)).unwrap_or(&none);
            delta = runs(delta, row.get(c).map_or("", String::as_str), marks).insert("\n", attributes);
        }
    }
    delta
}

fn line(delta: Delta, text: &str, marks: &[MarkJson], format: &LineFormat) -> Delta {
    runs(delta, text, marks).insert("\n", format.attributes())
}

fn runs(mut delta: Delta, text: &str, marks: &[MarkJson]) -> Delta {
    let text = text.replace('\n', " ");
    let end = utf16_len(&text);
    let mut cuts: Vec<u32> = marks.iter().flat_map(|mark| [mark.start.min(end), mark.end.min(end)]).chain([0, end]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    for pair in cuts.windows(2) {
        let mut set = Marks::default();
        for mark in marks.iter().filter(|mark| mark.start <= pair[0] && mark.end >= pair[1]) {
            set.bold |= mark.bold;
            set.italic |= mark.italic;
            set.underline |= mark.underline;
            set.strike |= mark.strike;
            set.link = mark.link.clone().or(set.link);
        }
        delta = delta.insert(&text[byte_at(&text, pair[0])..byte_at(&text, pair[1])], set.attributes());
    }
    delta
}

/// The blocks of a text. A blank text has none.
pub(super) fn from_body(body: &Body) -> Vec<BlockJson> {
    let lines = body.lines();
    let mut blocks = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        if lines[index].is_cell() {
            let count = lines[index..].iter().take_while(|line| line.is_cell()).count();
            blocks.push(table_block(&lines[index..index + count]));
            index += count;
        } else {
            blocks.push(line_block(&lines[index]));
            index += 1;
        }
    }
    // The plain line that the rule wants after a table is no content of its own; nor is the one empty line of a blank text.
    if body.lines().last().is_some_and(|line| line.is_empty() && line.format() == LineFormat::PARAGRAPH)
        && (blocks.len() == 1 || matches!(blocks.get(blocks.len().wrapping_sub(2)), Some(BlockJson::Table { .. })))
    {
        blocks.pop();
    }
    blocks
}

fn line_block(line: &Line) -> BlockJson {
    let (text, marks) = (line.text(), marks(line));
    let format = line.format();
    match format.block {
        Block::Heading(level) => BlockJson::Heading { text, marks, level },
        Block::ListItem(kind) => {
            let list = match kind {
                ListKind::Bullet => ListJson::Bullet,
                ListKind::Ordered => ListJson::Ordered,
            };
            BlockJson::ListItem { list, level: format.indent, start: format.start, text, marks }
        }
        Block::Quote => BlockJson::Quote { text, marks },
        Block::Paragraph | Block::Cell { .. } => BlockJson::Paragraph { text, marks, level: format.indent },
    }
}

fn table_block(lines: &[Line]) -> BlockJson {
    let table = table::read(lines, 0);
    let mut rows = Vec::new();
    let mut cell_marks: Vec<Vec<Vec<MarkJson>>> = Vec::new();
    for row in &table.rows {
        let cells = row.iter().map(|stack| stack.iter().map(|line| lines[*line].text()).collect::<Vec<_>>().join(" "));
        rows.push(cells.collect());
        cell_marks.push(row.iter().map(|stack| if let [line] = stack.as_slice() { marks(&lines[*line]) } else { Vec::new() }).collect());
    }
    if cell_marks.iter().flatten().all(Vec::is_empty) {
        cell_marks.clear();
    }
    BlockJson::Table { rows, cell_marks, head: table::said_of_head(lines, &table) }
}

fn marks(line: &Line) -> Vec<MarkJson> {
    let mut start = 0;
    let mut marks = Vec::new();
    for run in &line.runs {
        let end = start + utf16_len(&run.text);
        let set = run.marks();
        if !set.is_plain() {
            let Marks { bold, italic, underline, strike, link } = set;
            marks.push(MarkJson { start, end, bold, italic, underline, strike, link });
        }
        start = end;
    }
    marks
}
