//! Moving the caret in tables and over their borders; [`edit`] changes them. Cells hold one line each.

pub mod edit;

use dagsorden_shared::richtext::table::{self, Table};

use crate::ids::RandomBits;
use crate::selection::Selection;
use crate::state::EditorState;
use crate::transaction::{Cause, Edits, Group, Transaction};

pub use edit::TableCommand;

/// An arrow key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrow {
    /// To the previous cell.
    Left,
    /// To the next cell.
    Right,
    /// To the same column of the row above.
    Up,
    /// To the same column of the row below.
    Down,
}

/// Arrow keys at the borders of cells and tables; `None` where the browser's own movement is right.
/// `Up` and `Down` expect the caret to be in the first or last visual line of its cell or line.
pub fn move_caret(state: &EditorState, arrow: Arrow) -> Option<Transaction> {
    let caret = state.selection().filter(|selection| selection.is_caret())?.head;
    let (index, inside) = state.locate(caret);
    let at_border = match arrow {
        Arrow::Left => inside == 0,
        Arrow::Right => inside == state.line(index).len(),
        Arrow::Up | Arrow::Down => true,
    };
    if !at_border {
        return None;
    }
    if !state.is_cell(index) {
        return enter(state, index, arrow);
    }
    let (first, end) = state.table_around(index);
    let table = read(state, first, end);
    let (row, column) = place(&table, index)?;
    let target = match arrow {
        Arrow::Left => step(state, first, end, index, Direction::Back),
        Arrow::Right => step(state, first, end, index, Direction::Forward),
        Arrow::Up => (0..row).rev().find_map(|row| table.rows[row][column].first().copied()).or_else(|| first.checked_sub(1)),
        Arrow::Down => (row + 1..table.rows.len())
            .find_map(|row| table.rows[row][column].first().copied())
            .or_else(|| (end < state.body().lines().len()).then_some(end)),
    }?;
    let to_end = arrow == Arrow::Left;
    let vertical = matches!(arrow, Arrow::Up | Arrow::Down);
    Some(put(state, target, if vertical { Some(inside) } else { None }, to_end))
}

/// Tab and Shift+Tab in a table: to the next or previous cell with its text selected; in the last cell Tab adds a row.
/// `None` outside tables.
pub fn tab(state: &EditorState, back: bool, bits: RandomBits<'_>) -> Option<Transaction> {
    let index = state.locate(state.selection()?.head).0;
    if !state.is_cell(index) {
        return None;
    }
    let (first, end) = state.table_around(index);
    let table = read(state, first, end);
    let cells: Vec<usize> = table.rows.iter().flatten().flatten().copied().collect();
    let at = cells.iter().position(|cell| *cell == index)?;
    let target = if back { at.checked_sub(1).map(|at| cells[at]) } else { cells.get(at + 1).copied() };
    Some(match target {
        Some(cell) => {
            let start = state.body().line_start(cell);
            Transaction::selecting(Selection::new(start, start + state.line(cell).len()))
        }
        None if !back => return edit::append_row(state, bits),
        None => Transaction::selecting(state.selection()?),
    })
}

/// Enter in a cell: the same column of the next row, from the last row the line after the table.
pub(crate) fn leave_downwards(state: &EditorState, index: usize) -> Transaction {
    let (first, end) = state.table_around(index);
    let table = read(state, first, end);
    let below =
        place(&table, index).and_then(|(row, column)| (row + 1..table.rows.len()).find_map(|row| table.rows[row][column].first().copied()));
    let target = below.unwrap_or(end);
    if target < state.body().lines().len() {
        return put(state, target, None, false);
    }
    // A foreign client left out the plain line after the table: any edit down here adds it.
    let mut edits = Edits::default();
    let after = state.body().len();
    edits.insert(after, "", Default::default());
    let selection = Some(Selection::caret(after));
    Transaction { delta: edits.into_delta(state), selection, pending: None, cause: Cause::Split, group: Group::Step }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Back,
    Forward,
}

fn read(state: &EditorState, first: usize, end: usize) -> Table {
    table::read(&state.body().lines()[first..end], first)
}

fn place(table: &Table, line: usize) -> Option<(usize, usize)> {
    table.rows.iter().enumerate().find_map(|(row, cells)| {
        let column = cells.iter().position(|stack| stack.contains(&line))?;
        Some((row, column))
    })
}

/// The next or previous cell in reading order, or the line outside the table.
fn step(state: &EditorState, first: usize, end: usize, index: usize, direction: Direction) -> Option<usize> {
    let table = read(state, first, end);
    let cells: Vec<usize> = table.rows.iter().flatten().flatten().copied().collect();
    let at = cells.iter().position(|cell| *cell == index)?;
    match direction {
        Direction::Back if at == 0 => first.checked_sub(1),
        Direction::Back => Some(cells[at - 1]),
        Direction::Forward => cells.get(at + 1).copied().or_else(|| (end < state.body().lines().len()).then_some(end)),
    }
}

/// Into a table from the line before or after it.
fn enter(state: &EditorState, index: usize, arrow: Arrow) -> Option<Transaction> {
    let forward = matches!(arrow, Arrow::Right | Arrow::Down);
    let neighbour = if forward { index + 1 } else { index.checked_sub(1)? };
    if !state.is_cell(neighbour) {
        return None;
    }
    let (first, end) = state.table_around(neighbour);
    let table = read(state, first, end);
    let mut cells = table.rows.iter().flatten().flatten().copied();
    let target = match arrow {
        Arrow::Right | Arrow::Down => cells.next(),
        Arrow::Left => cells.last(),
        Arrow::Up => table.rows.last().and_then(|row| row.iter().flatten().next().copied()),
    }?;
    Some(put(state, target, None, arrow == Arrow::Left))
}

fn put(state: &EditorState, line: usize, inside: Option<u32>, to_end: bool) -> Transaction {
    let start = state.body().line_start(line);
    let len = state.line(line).len();
    let inside = inside.map_or(if to_end { len } else { 0 }, |inside| inside.min(len));
    Transaction::selecting(Selection::caret(start + inside))
}
