//! Inserting and deleting tables, rows and columns.
//!
//! Every command writes or deletes exactly the characters and newlines of the cells it is about, so that what others do to other cells at the
//! same time stays. New cells stand beside the cells they are new to; a cell that a row lacks stays unwritten until a letter is typed in it.

use dagsorden_shared::render::lines;
use dagsorden_shared::richtext::attributes::name;
use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_shared::richtext::table::{Table, head_value};
use dagsorden_shared::richtext::{Attributes, Block, LineFormat};

use super::{Spot, place, read};
use crate::command::block::set_format;
use crate::ids::{self, RandomBits};
use crate::selection::Selection;
use crate::state::{EditorState, FieldKind};
use crate::text;
use crate::transaction::{Cause, Edits, Group, Transaction};

/// What can be done to the table around the caret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableCommand {
    /// A row above the caret's.
    RowAbove,
    /// A row below the caret's.
    RowBelow,
    /// A column left of the caret's.
    ColumnLeft,
    /// A column right of the caret's.
    ColumnRight,
    /// Deletes the selected rows.
    DeleteRow,
    /// Deletes the selected columns.
    DeleteColumn,
    /// Deletes the whole table.
    Delete,
    /// Makes the first row the table's head, or no longer.
    Head,
}

/// Most rows and columns of a table that is inserted at once.
pub const MAX_INSERTED: (u8, u8) = (99, 20);

/// A new table at the end of the selection: in place of an empty line, before or after a line at its ends, else between the line's halves.
/// The caret goes to its first cell. `None` in a table and in a title.
pub fn insert(state: &EditorState, rows: u8, columns: u8, bits: RandomBits<'_>) -> Option<Transaction> {
    let caret = state.selection()?.to();
    let (index, inside) = state.locate(caret);
    if state.kind() == FieldKind::Title || state.is_cell(index) {
        return None;
    }
    let line = state.line(index);
    let start = state.body().line_start(index);
    let mut edits = Edits::default();
    let at = if inside > 0 && inside == line.len() { start + inside + 1 } else { caret };
    let mut before = false;
    if at == start {
        // Two tables without a line between them would be one.
        before = index > 0 && state.is_cell(index - 1);
        if before {
            edits.newline(at, Attributes::new());
        }
    } else if at == caret {
        before = true;
        edits.newline(at, line.format().attributes());
    }
    let names: Vec<String> = (0..columns).map(|_| ids::column(bits)).collect();
    for _ in 0..rows {
        let row = ids::row(bits);
        names.iter().for_each(|column| new_cell(&mut edits, at, &row, Some(column)));
    }
    if line.is_empty() {
        set_format(&mut edits, state, index, &LineFormat::PARAGRAPH);
    }
    let after = index + 1;
    if at > caret && (after == state.body().lines().len() || state.is_cell(after)) {
        edits.newline(at, Attributes::new());
    }
    Some(step(edits, state, Selection::caret(at + u32::from(before))))
}

/// Does something to the table the caret is in; `None` outside tables.
pub fn run(state: &EditorState, command: TableCommand, bits: RandomBits<'_>) -> Option<Transaction> {
    let grid = Grid::around(state, state.locate(state.selection()?.head).0)?;
    match command {
        TableCommand::RowAbove => Some(grid.insert_row(state, grid.row, bits)),
        TableCommand::RowBelow => Some(grid.insert_row(state, grid.row + 1, bits)),
        TableCommand::ColumnLeft => Some(grid.insert_column(state, false, bits)),
        TableCommand::ColumnRight => Some(grid.insert_column(state, true, bits)),
        TableCommand::DeleteRow => {
            let rows = grid.selected(state, |(row, _)| row);
            Some(grid.delete(state, &|row, _| rows.contains(&row)))
        }
        TableCommand::DeleteColumn => {
            let columns = grid.selected(state, |(_, column)| column);
            Some(grid.delete(state, &|_, column| columns.contains(&column)))
        }
        TableCommand::Delete => Some(grid.delete(state, &|_, _| true)),
        TableCommand::Head => Some(grid.toggle_head(state)),
    }
}

/// Whether the table the caret is in has a head.
pub fn has_head(state: &EditorState) -> bool {
    let caret = state.selection().map(|selection| state.locate(selection.head).0);
    caret.and_then(|line| Grid::around(state, line)).is_some_and(|grid| lines::has_head(state.body().lines(), &grid.table))
}

/// A new last row of the table around a line, with the caret in its first cell: Tab in the last cell.
pub(super) fn append_row(state: &EditorState, line: usize, bits: RandomBits<'_>) -> Option<Transaction> {
    let grid = Grid::around(state, line)?;
    let added = grid.insert_row(state, grid.table.rows.len(), bits);
    Some(Transaction { selection: Some(Selection::caret(state.body().line_start(grid.end))), ..added })
}

/// Text typed into a cell that a row lacks: only now the cell is written. The place is a row and a column of the table around a line,
/// as [`dagsorden_shared::richtext::table::read`] gives them. `None` if there is such a cell or no such place.
pub fn write_missing(state: &EditorState, spot: Spot, typed: &str) -> Option<Transaction> {
    let Spot { line: inside, row, column } = spot;
    if !state.is_cell(inside) {
        return None;
    }
    let (first, end) = state.table_around(inside);
    let table = read(state, first, end);
    let cells = table.rows.get(row)?;
    if !cells.get(column)?.is_empty() {
        return None;
    }
    let line_after = |line: &usize| state.body().line_start(*line) + state.line(*line).len() + 1;
    let left = cells[..column].iter().rev().find_map(|stack| stack.last()).map(line_after);
    let at = left.or_else(|| cells[column..].iter().find_map(|stack| stack.first()).map(|line| state.body().line_start(*line)))?;
    let typed = text::single_line(typed);
    let id = &table.column_ids[column];
    let mut edits = Edits::default();
    // A cell without a column is shown in the first free one: those before it are written too.
    let mut before = 0;
    for free in (0..column).filter(|free| id.is_none() && cells[*free].is_empty()) {
        new_cell(&mut edits, at, &table.row_ids[row], table.column_ids[free].as_ref());
        before += 1;
    }
    edits.insert(at, typed.as_str(), state.pending().map(|marks| marks.attributes()).unwrap_or_default());
    new_cell(&mut edits, at, &table.row_ids[row], id.as_ref());
    let selection = Selection::caret(at + before + utf16_len(&typed));
    Some(Transaction { cause: Cause::Type, ..step(edits, state, selection) })
}

/// The table around a line, and the line's place in it.
struct Grid {
    first: usize,
    end: usize,
    table: Table,
    row: usize,
    column: usize,
}

impl Grid {
    fn around(state: &EditorState, line: usize) -> Option<Self> {
        if !state.is_cell(line) {
            return None;
        }
        let (first, end) = state.table_around(line);
        let table = read(state, first, end);
        let (row, column) = place(&table, line)?;
        Some(Self { first, end, table, row, column })
    }

    /// Rows or columns that the selection touches.
    fn selected(&self, state: &EditorState, which: fn((usize, usize)) -> usize) -> Vec<usize> {
        let Some(selection) = state.selection() else { return Vec::new() };
        let (from, to) = (state.locate(selection.from()).0.max(self.first), state.locate(selection.to()).0.min(self.end - 1));
        (from..=to).filter_map(|line| place(&self.table, line)).map(which).collect()
    }

    /// Says in every cell of the first row whether it is of the head.
    fn toggle_head(&self, state: &EditorState) -> Transaction {
        let said = !lines::has_head(state.body().lines(), &self.table);
        let mut edits = Edits::default();
        for line in self.table.rows.iter().take(1).flatten().flatten() {
            let newline = state.body().line_start(*line) + state.line(*line).len();
            edits.format(newline, newline + 1, Attributes::from([(name::HEAD.to_owned(), head_value(said))]));
        }
        self.keep_selection(edits, state)
    }

    /// A row that comes before row number `before`, with a cell for every column.
    fn insert_row(&self, state: &EditorState, before: usize, bits: RandomBits<'_>) -> Transaction {
        // Rows stand in the order in which they first appear, whatever lies between their cells.
        let next = self.table.rows.get(before).and_then(|cells| cells.iter().flatten().min());
        let at = state.body().line_start(*next.unwrap_or(&self.end));
        let row = ids::row(bits);
        let mut edits = Edits::default();
        self.table.column_ids.iter().for_each(|column| new_cell(&mut edits, at, &row, column.as_ref()));
        self.keep_selection(edits, state)
    }

    /// A column beside the caret's, in every row that has a cell there: so it first appears just beside it, and the order of columns is that of
    /// first appearance.
    fn insert_column(&self, state: &EditorState, right: bool, bits: RandomBits<'_>) -> Transaction {
        let mut edits = Edits::default();
        let added = ids::column(bits);
        for (row, cells) in self.table.rows.iter().enumerate() {
            let beside = if right { cells[self.column].last() } else { cells[self.column].first() };
            if let Some(line) = beside {
                let at = state.body().line_start(*line) + if right { state.line(*line).len() + 1 } else { 0 };
                new_cell(&mut edits, at, &self.table.row_ids[row], Some(&added));
            }
        }
        // Last: an empty cell's newline is where the cell before it was just inserted.
        self.name_columns(&mut edits, state, bits);
        self.keep_selection(edits, state)
    }

    /// Cells that Quill wrote have no column id. Beside a named column they would move, so each gets the one it is shown in.
    fn name_columns(&self, edits: &mut Edits, state: &EditorState, bits: RandomBits<'_>) {
        for (column, id) in self.table.column_ids.iter().enumerate() {
            let new = id.is_none().then(|| ids::column(bits));
            for (row, cells) in self.table.rows.iter().enumerate() {
                let unnamed =
                    cells[column].iter().filter(|line| matches!(state.line(**line).format().block, Block::Cell { column: None, .. }));
                for line in unnamed {
                    let column = id.clone().or_else(|| new.clone());
                    let block = Block::Cell { row: self.table.row_ids[row].clone(), column };
                    set_format(edits, state, *line, &LineFormat::of(block));
                }
            }
        }
    }

    /// Deletes the cells of some rows or columns. The caret goes to the nearest cell that stays: to the right or below, else to the left or above;
    /// without any to the line after the table.
    fn delete(&self, state: &EditorState, goes: &dyn Fn(usize, usize) -> bool) -> Transaction {
        let mut edits = Edits::default();
        let mut target = (usize::MAX, state.body().line_start(self.end));
        for (row, cells) in self.table.rows.iter().enumerate() {
            for (column, stack) in cells.iter().enumerate() {
                for line in stack {
                    let start = state.body().line_start(*line);
                    if goes(row, column) {
                        edits.delete(start, start + state.line(*line).len() + 1);
                        continue;
                    }
                    // Behind the caret counts as further than ahead of it.
                    let distance = |at: usize, own: usize| if at >= own { (at - own) * 2 } else { (own - at) * 2 + 1 };
                    let far = distance(row, self.row).saturating_add(distance(column, self.column));
                    if far < target.0 {
                        target = (far, start);
                    }
                }
            }
        }
        let delta = edits.into_delta(state);
        let selection = Some(Selection::caret(delta.map_offset(target.1, false)));
        Transaction { delta, selection, pending: None, cause: Cause::Format, group: Group::Step }
    }

    fn keep_selection(&self, edits: Edits, state: &EditorState) -> Transaction {
        let mut made = step(edits, state, Selection::caret(0));
        made.selection = state.selection().map(|selection| {
            let map = |offset| made.delta.map_offset(offset, false);
            Selection::new(map(selection.anchor), map(selection.head))
        });
        made
    }
}

fn new_cell(edits: &mut Edits, at: u32, row: &str, column: Option<&String>) {
    let block = Block::Cell { row: row.to_owned(), column: column.cloned() };
    edits.newline(at, LineFormat::of(block).attributes());
}

fn step(edits: Edits, state: &EditorState, selection: Selection) -> Transaction {
    Transaction { delta: edits.into_delta(state), selection: Some(selection), pending: None, cause: Cause::Format, group: Group::Step }
}
