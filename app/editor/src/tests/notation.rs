//! States of the core in the notation of the scenarios (see [`dagsorden_notation`]), and commands on them.

use dagsorden_notation::Written;

use crate::command::table::Goal;
use crate::numbering::settled;
use crate::{CommandName, EditorState, FieldKind, Selection, Transaction};

/// A section from its notation.
pub(crate) fn section(notation: &str) -> EditorState {
    state(Written::read(notation), FieldKind::Section)
}

/// A title from its notation, without any line end.
pub(crate) fn title(notation: &str) -> EditorState {
    state(Written::read_line(notation), FieldKind::Title)
}

fn state(written: Written, kind: FieldKind) -> EditorState {
    let mut state = EditorState::new(written.body, kind);
    state.select(written.selection.map(|(anchor, head)| Selection { anchor, head }));
    state
}

/// A state in the notation.
pub(crate) fn print(state: &EditorState) -> String {
    let selection = state.selection().map(|selection| (selection.anchor, selection.head));
    let mut cell = |row: &str, column: Option<&str>| format!("{}{}", short(row), short(column.unwrap_or_default()));
    dagsorden_notation::print(state.body(), selection, &mut cell)
}

/// Runs a command and applies what it answers as the document would; `None` leaves the state.
pub(crate) fn run(state: &EditorState, command: impl FnOnce(&EditorState) -> Option<Transaction>) -> EditorState {
    let mut next = state.clone();
    if let Some(transaction) = command(state) {
        let transaction = settled(state, transaction);
        next.apply(&transaction.delta, Some(&transaction));
    }
    next
}

/// One command turns one notation into another.
#[track_caller]
pub(crate) fn check(command: impl FnOnce(&EditorState) -> Option<Transaction>, before: &str, after: &str) {
    assert_eq!(print(&run(&section(before), command)), after, "from {before}");
}

/// Ids made from [`counting`] bits are shown as `R1`, `C2`.
fn short(id: &str) -> String {
    let made = |prefix, sign: &str| id.strip_prefix(prefix)?.strip_suffix("000000000").map(|number| format!("{sign}{number}"));
    made("row-", "R").or_else(|| made("c-", "C")).unwrap_or_else(|| id.to_owned())
}

/// Bits for new ids: 1, 2, 3 and so on.
pub(crate) fn counting() -> impl FnMut() -> u128 {
    let mut last = 0;
    move || {
        last += 1;
        last
    }
}

/// The line a key leads to in a table; `None` if it leads into a missing cell, or nowhere.
pub(crate) fn to_line(goal: Option<Goal>) -> Option<Transaction> {
    match goal? {
        Goal::Line(transaction) => Some(transaction),
        Goal::Missing(_) => None,
    }
}

/// A command by its name.
pub(crate) fn named(name: &str) -> impl Fn(&EditorState) -> Option<Transaction> {
    let name: CommandName = name.parse().expect("known");
    move |state| name.run(state, &mut counting()).expect("not refused")
}
