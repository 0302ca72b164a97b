//! Tables read from a run of cell lines.
//!
//! A table is a maximal run of lines whose newline carries a row id. Cells are grouped by row id, rows in order of first appearance and not by
//! adjacency: a cell appended to row 1 can land after a row inserted there at the same time. Repairs happen here, at show; the document is never repaired.

use super::attributes::{Value, name};
use super::line::{Block, Line};

/// A table as shown: `rows[r][c]` holds the indexes of the lines stacked in that cell, empty for a missing one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Row ids, in order.
    pub row_ids: Vec<String>,
    /// Column ids, in order; `None` for a column no cell names.
    pub column_ids: Vec<Option<String>>,
    /// Cells by row and column.
    pub rows: Vec<Vec<Vec<usize>>>,
}

/// Reads the table in `lines`, whose first line has index `first` in the section. Lines that are no cells are ignored.
pub fn read(lines: &[Line], first: usize) -> Table {
    let mut table = Table::default();
    let mut cells: Vec<(usize, usize, Option<String>)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if let Block::Cell { row, column } = line.format().block {
            let row = position(&mut table.row_ids, row);
            if let Some(column) = &column {
                position(&mut table.column_ids, Some(column.clone()));
            }
            cells.push((row, first + index, column));
        }
    }
    table.rows = vec![vec![Vec::new(); table.column_ids.len()]; table.row_ids.len()];
    for (row, line, column) in cells.iter().filter(|cell| cell.2.is_some()) {
        if let Some(place) = table.column_ids.iter().position(|id| id == column) {
            table.rows[*row][place].push(*line);
        }
    }
    for (row, line, _) in cells.iter().filter(|cell| cell.2.is_none()) {
        let free = table.rows[*row].iter().position(Vec::is_empty);
        let place = free.unwrap_or_else(|| {
            table.column_ids.push(None);
            table.rows.iter_mut().for_each(|row| row.push(Vec::new()));
            table.column_ids.len() - 1
        });
        table.rows[*row][place].push(*line);
    }
    table
}

/// What a writer has said of the first row of a table read from these lines: whether it is the head. `None` if nothing.
pub fn said_of_head(lines: &[Line], table: &Table) -> Option<bool> {
    match table.rows.first()?.iter().flatten().find_map(|index| lines[*index].attributes.get(name::HEAD))? {
        Value::Text(said) => Some(said == "on"),
        _ => None,
    }
}

/// What a newline of a cell in the first row says for it.
pub fn head_value(said: bool) -> Value {
    Value::from(if said { "on" } else { "off" })
}

fn position<T: PartialEq>(list: &mut Vec<T>, value: T) -> usize {
    list.iter().position(|known| *known == value).unwrap_or_else(|| {
        list.push(value);
        list.len() - 1
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::richtext::line::LineFormat;

    fn cell(row: &str, column: Option<&str>) -> Line {
        let block = Block::Cell { row: row.into(), column: column.map(Into::into) };
        Line { runs: Vec::new(), attributes: LineFormat::of(block).attributes() }
    }

    #[test]
    fn a_cell_that_landed_after_another_row_stays_in_its_own() {
        let lines = [cell("r1", Some("a")), cell("r2", Some("a")), cell("r1", Some("b")), cell("r2", Some("b"))];
        assert_eq!(read(&lines, 10).rows, [[vec![10], vec![12]], [vec![11], vec![13]]]);
    }

    #[test]
    fn cells_without_column_take_the_first_free_one_and_missing_cells_are_empty() {
        let lines = [cell("r1", Some("a")), cell("r1", None), cell("r2", None)];
        assert_eq!(read(&lines, 0).rows, [[vec![0], vec![1]], [vec![2], vec![]]]);
        let twice = [cell("r1", Some("a")), cell("r1", Some("a"))];
        assert_eq!(read(&twice, 0).rows, [[vec![0, 1]]]);
    }
}
