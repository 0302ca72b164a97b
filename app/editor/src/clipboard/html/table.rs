//! Foreign tables: spans are taken apart, so that every cell stands in its column.

use dagsorden_shared::richtext::{Block, LineFormat};

use super::style::Style;
use super::{Around, COLUMN_SPAN, Element, Foreign, HIDDEN, ROLE, ROW_SPAN, Reader, STYLE};

/// Most columns a cell may span, and most rows.
const MAX_SPAN: usize = 50;

/// Whether a table is one: not there for the layout, and with more than one cell.
pub(super) fn is_data(table: &Element) -> bool {
    !matches!(table.attribute(ROLE), "presentation" | "none") && rows(table).iter().map(Vec::len).sum::<usize>() > 1
}

/// The cells of a table, by row.
fn rows(table: &Element) -> Vec<Vec<&Element>> {
    let mut rows = Vec::new();
    for part in shown(table) {
        match part.name.as_str() {
            "tr" => rows.push(cells(part)),
            "tbody" | "thead" | "tfoot" => rows.extend(shown(part).filter(|row| row.name == "tr").map(cells)),
            _ => {}
        }
    }
    rows.retain(|row| !row.is_empty());
    rows
}

fn cells(row: &Element) -> Vec<&Element> {
    shown(row).filter(|cell| matches!(cell.name.as_str(), "td" | "th")).collect()
}

fn shown(element: &Element) -> impl Iterator<Item = &Element> {
    element.children.iter().filter_map(|child| match child {
        Foreign::Element(element) => {
            let hidden = element.attributes[HIDDEN].is_some() || Style::read(element.attribute(STYLE)).hidden;
            (!hidden).then_some(element)
        }
        Foreign::Text(_) => None,
    })
}

impl Reader {
    pub(super) fn table(&mut self, table: &Element, around: &Around) {
        // The caption is the line before; two tables need a line between them.
        for caption in shown(table).filter(|part| part.name == "caption") {
            self.element(caption, around);
        }
        if self.lines.ends_in_cell() {
            self.lines.end(LineFormat::PARAGRAPH);
        }
        // Rows that cells from above still reach into, by column.
        let mut covered: Vec<usize> = Vec::new();
        for (row, cells) in rows(table).into_iter().enumerate() {
            let row = row.to_string();
            let mut cells = cells.into_iter();
            let mut column = 0;
            let format = |column: usize| LineFormat::of(Block::Cell { row: row.clone(), column: Some(column.to_string()) });
            loop {
                if let Some(rows) = covered.get_mut(column).filter(|rows| **rows > 0) {
                    *rows -= 1;
                    self.lines.end(format(column));
                    column += 1;
                    continue;
                }
                let Some(cell) = cells.next() else {
                    if column < covered.len() {
                        // Nothing stands here, but a cell from above may further on.
                        self.lines.end(format(column));
                        column += 1;
                        continue;
                    }
                    break;
                };
                let span = |place| cell.attribute(place).parse::<usize>().unwrap_or(1).clamp(1, MAX_SPAN);
                let line = self.single_line(cell, around);
                self.lines.add(line, &format(column));
                for at in column..column + span(COLUMN_SPAN) {
                    if at > column {
                        self.lines.end(format(at));
                    }
                    if covered.len() <= at {
                        covered.push(0);
                    }
                    covered[at] = span(ROW_SPAN) - 1;
                }
                column += span(COLUMN_SPAN);
            }
        }
    }
}
