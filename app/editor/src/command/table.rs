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

/// A key that leads from cell to cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// An arrow. `Up` and `Down` expect the caret to be in the first or last visual line of its cell or line.
    Arrow(Arrow),
    /// Tab, or Shift+Tab.
    Tab {
        /// With Shift.
        back: bool,
    },
    /// Enter.
    Enter,
}

/// A cell by its row and column in the table around a line: the only name that a cell has which its row lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// A line of the table.
    pub line: usize,
    /// Counted from 0, as shown.
    pub row: usize,
    /// Counted from 0, as shown.
    pub column: usize,
}

/// Where a step leads.
#[derive(Debug, Clone, PartialEq)]
pub enum Goal {
    /// To a line that is there, or that the transaction makes.
    Line(Transaction),
    /// Into a cell that its row lacks. Nothing is written until a letter is typed there.
    Missing(Spot),
}

/// Where a key leads from a cell, or from a line beside a table into it: `from` names the cell where it is a missing one, else the selection says
/// where the caret is. `None` where the browser's own movement is right, or nothing lies there.
pub fn go(state: &EditorState, from: Option<Spot>, step: Step) -> Option<Goal> {
    let selection = state.selection()?;
    let (index, inside) = state.locate(selection.head);
    if let (Step::Arrow(arrow), None) = (step, from) {
        let at_border = match arrow {
            Arrow::Left => inside == 0,
            Arrow::Right => inside == state.line(index).len(),
            Arrow::Up | Arrow::Down => true,
        };
        if !selection.is_caret() || !at_border {
            return None;
        }
        if !state.is_cell(index) {
            return enter(state, index, arrow).map(Goal::Line);
        }
    }
    let line = from.map_or(index, |spot| spot.line);
    if !state.is_cell(line) {
        return None;
    }
    let (first, end) = state.table_around(line);
    let table = read(state, first, end);
    let (row, column) = from.map_or_else(|| place(&table, line), |spot| Some((spot.row, spot.column)))?;
    let back = matches!(step, Step::Arrow(Arrow::Left | Arrow::Up) | Step::Tab { back: true });
    let to_line = |line: usize| {
        let inside = matches!(step, Step::Arrow(Arrow::Up | Arrow::Down)).then_some(if from.is_none() { inside } else { 0 });
        Goal::Line(put(state, line, inside, back))
    };
    // Lines that share a cell lie above each other.
    let stack = table.rows.get(row)?.get(column)?;
    let own = stack.iter().position(|own| from.is_none() && *own == line);
    let beside = match (own, step) {
        (None, _) | (_, Step::Enter) => None,
        (Some(own), _) if back => own.checked_sub(1),
        (Some(own), _) => Some(own + 1),
    };
    if let Some(line) = beside.and_then(|at| stack.get(at)) {
        return Some(to_line(*line));
    }
    let columns = table.column_ids.len();
    let cell = row * columns + column;
    let next = match step {
        Step::Arrow(Arrow::Left) | Step::Tab { back: true } => cell.checked_sub(1),
        Step::Arrow(Arrow::Right) | Step::Tab { back: false } => Some(cell + 1),
        Step::Arrow(Arrow::Up) => cell.checked_sub(columns),
        Step::Arrow(Arrow::Down) | Step::Enter => Some(cell + columns),
    };
    if let Some(next) = next.filter(|next| *next < table.rows.len() * columns) {
        let (row, column) = (next / columns, next % columns);
        let stack = &table.rows[row][column];
        let line = if back { stack.last() } else { stack.first() };
        return Some(line.map_or(Goal::Missing(Spot { line: first, row, column }), |line| to_line(*line)));
    }
    let outside = if back { first.checked_sub(1) } else { Some(end).filter(|end| *end < state.body().lines().len()) };
    match (step, outside) {
        (Step::Tab { .. }, _) => None,
        (Step::Enter, None) => Some(Goal::Line(end_table(state))),
        (_, outside) => outside.map(to_line),
    }
}

/// Tab and Shift+Tab in a table: to the next or previous cell; in the last cell Tab adds a row. `None` outside tables.
pub fn tab(state: &EditorState, from: Option<Spot>, back: bool, bits: RandomBits<'_>) -> Option<Goal> {
    let selection = state.selection()?;
    let line = from.map_or_else(|| state.locate(selection.head).0, |spot| spot.line);
    if !state.is_cell(line) {
        return None;
    }
    match go(state, from, Step::Tab { back }) {
        None if back => Some(from.map_or_else(|| Goal::Line(Transaction::selecting(selection)), Goal::Missing)),
        None => edit::append_row(state, line, bits).map(Goal::Line),
        goal => goal,
    }
}

/// Enter in a cell: the same column of the next row that has a cell there, from the last row the line after the table.
pub(crate) fn leave_downwards(state: &EditorState) -> Option<Transaction> {
    let mut from = None;
    loop {
        match go(state, from, Step::Enter)? {
            Goal::Line(transaction) => return Some(transaction),
            Goal::Missing(spot) => from = Some(spot),
        }
    }
}

/// A foreign client left out the plain line after the table: any edit down here adds it.
fn end_table(state: &EditorState) -> Transaction {
    let mut edits = Edits::default();
    let after = state.body().len();
    edits.insert(after, "", Default::default());
    let selection = Some(Selection::caret(after));
    Transaction { delta: edits.into_delta(state), selection, pending: None, cause: Cause::Split, group: Group::Step }
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
