//! Laws that hold whatever is done: the text stays well formed, the selection stays inside, and deltas say all that changed.

use arbtest::arbitrary::{Result, Unstructured};
use dagsorden_shared::richtext::attributes::name;
use dagsorden_shared::richtext::{Block, Delta};

use super::notation::{counting, print, section, to_line};
use crate::autoformat::autoformat;
use crate::clipboard::paste::paste_text;
use crate::command::delete::{delete_selection, join_backward, join_forward};
use crate::command::insert::{insert_text, replace_range};
use crate::command::split::split_line;
use crate::command::table::{self, Arrow, Step};
use crate::numbering::settled;
use crate::{Cause, CommandName, EditorState, Selection, Transaction};

const STARTS: [&str; 5] = [
    "|⏎",
    "Hej 😀⏎h1 *et* to⏎b {tre}(https://x.test)⏎b1 |⏎q",
    "a⏎ A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 b⏎ C⏎r3 D⏎r3 E⏎r4 |⏎",
    "en⏎o to⏎o1 tre⏎o2 |fire⏎p2",
    "en⏎o=3 to⏎o |⏎ tre⏎o=5 a⏎o1=2 fire⏎o",
];

const NAMES: [&str; 23] = [
    "bold",
    "italic",
    "underline",
    "strike",
    "link:https://x.test",
    "unlink",
    "clear",
    "header-1",
    "header-3",
    "plain",
    "list-bullet",
    "list-ordered",
    "indent",
    "outdent",
    "blockquote",
    "table-insert:2x2",
    "table-row-above",
    "table-row-below",
    "table-col-left",
    "table-col-right",
    "table-row-delete",
    "table-col-delete",
    "table-delete",
];

/// A text of any lines in any order; a table is always followed by a line.
pub(crate) fn random_start(u: &mut Unstructured<'_>) -> Result<String> {
    if u.ratio(1, 3)? {
        return Ok((*u.choose(&STARTS)?).to_owned());
    }
    let mut text = String::new();
    for _ in 0..u.int_in_range(0..=7)? {
        text.push_str(u.choose(&["", "a", "to ord", "*fed* og _skrå_", "{her}(https://x.test)", "😀x😀", "æ", "1. "])?);
        text.push('⏎');
        text.push_str(
            u.choose(&["", "", "h1", "h3", "b", "b1", "o", "o=7", "o1=3", "o8", "q", "p2", "r1c1", "r1c2", "r2c1", "r2c2", "r3"])?,
        );
        text.push(' ');
    }
    text.push_str(u.choose(&["", "slut"])?);
    text.push_str(u.choose(&["⏎", "⏎q", "⏎h2"])?);
    Ok(text)
}

pub(crate) fn random_command(state: &EditorState, u: &mut Unstructured<'_>) -> Result<Option<Transaction>> {
    let texts = ["x", " ", "- ", "3. ", "😀", "to ord", "a\nb", "- en\n- to\n\nslut", "4. a\n5. b", "\u{A0}", "\r\n"];
    Ok(match u.int_in_range(0..=14)? {
        0..=2 => insert_text(state, u.choose(&texts)?),
        3 => split_line(state),
        4 => join_backward(state),
        5 => join_forward(state),
        6 => delete_selection(state, Cause::DeleteBackward),
        7 => paste_text(state, u.choose(&texts)?),
        8 => autoformat(state),
        9 => to_line(table::go(state, None, Step::Arrow(*u.choose(&[Arrow::Left, Arrow::Right, Arrow::Up, Arrow::Down])?))),
        10 => replace_range(state, u.int_in_range(0..=state.body().end())?, u.int_in_range(0..=state.body().end())?, u.choose(&texts)?),
        11 => to_line(table::tab(state, None, u.arbitrary()?, &mut counting())),
        _ => {
            let name: CommandName = u.choose(&NAMES)?.parse().expect("known");
            name.run(state, &mut counting()).expect("allowed")
        }
    })
}

pub(crate) fn check_invariants(state: &EditorState) {
    check_text(state);
    let body = state.body();
    assert!(body.is_closed() && !state.is_cell(body.lines().len() - 1), "a plain line follows every table, and is written");
    let selection = state.selection().expect("there is a caret");
    assert_eq!(selection.clamp(body), selection, "the selection stands between characters");
    for line in body.lines() {
        assert!(line.attributes.keys().all(|key| name::LINE.contains(&key.as_str())), "{line:?}");
        assert!(line.runs.iter().all(|run| run.attributes.keys().all(|key| name::INLINE.contains(&key.as_str()))), "{line:?}");
        assert_eq!(line.format().attributes(), line.attributes, "one block type on each newline");
    }
}

/// What holds also after two people's edits met.
pub(crate) fn check_text(state: &EditorState) {
    let body = state.body();
    assert!(body.text().ends_with('\n'), "ends in a newline");
    assert!(body.text().chars().all(|character| character == '\n' || !character.is_control()), "{:?}", body.text());
    assert!(!body.text().contains('\u{FFFD}'), "no pair was split");
}

#[test]
fn random_commands_keep_the_text_well_formed() {
    arbtest::arbtest(|u| {
        let mut state = section(&random_start(u)?);
        for _ in 0..u.int_in_range(1..=20)? {
            let end = state.body().end();
            let anchor = u.int_in_range(0..=end)?;
            let head = if u.arbitrary()? { anchor } else { u.int_in_range(0..=end)? };
            state.select(Some(Selection { anchor, head }));
            let before = state.clone();
            if let Some(transaction) = random_command(&state, u)? {
                let transaction = settled(&state, transaction);
                assert!(transaction.delta.base_len() <= before.body().len(), "{:?} on {}", transaction, print(&before));
                let change = state.apply(&transaction.delta, Some(&transaction));
                if change.is_none() {
                    assert_eq!(before.body(), state.body());
                }
                check_invariants(&state);
            }
        }
        Ok(())
    })
    .budget_ms(1_000);
}

/// Rows and columns are only ever deleted on purpose, or with all of their table.
#[test]
fn deleting_a_range_keeps_the_cells_of_tables_it_reaches_into() {
    arbtest::arbtest(|u| {
        let mut state = section("x⏎ A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 en⏎h2 to⏎ C⏎r3c3 D⏎r3c4 y⏎");
        let end = state.body().end();
        let selection = Selection { anchor: u.int_in_range(0..=end)?, head: u.int_in_range(0..=end)? };
        state.select(Some(selection));
        let cells = |state: &EditorState| -> Vec<_> {
            state.body().lines().iter().filter(|line| matches!(line.format().block, Block::Cell { .. })).map(|line| line.format()).collect()
        };
        let whole = |(first, last): (u32, u32)| selection.from() < first && selection.to() > last;
        let tables = [(2, 13), (20, 23)].map(|table| !whole(table));
        let mut expected = cells(&state);
        if !tables[1] {
            expected.truncate(4);
        }
        if !tables[0] {
            expected.drain(..4);
        }
        if let Some(transaction) = delete_selection(&state, Cause::DeleteBackward) {
            state.apply(&transaction.delta, Some(&transaction));
            if selection.from() > 0 || selection.to() < end {
                assert_eq!(cells(&state), expected, "{selection:?}");
            }
            check_invariants(&state);
        }
        Ok(())
    });
}

#[test]
fn a_foreign_selection_keeps_its_neighbours_through_any_change() {
    arbtest::arbtest(|u| {
        let state = section(&random_start(u)?);
        let mut writer = state.clone();
        let end = state.body().end();
        writer.select(Some(Selection { anchor: u.int_in_range(0..=end)?, head: u.int_in_range(0..=end)? }));
        let delta = random_command(&writer, u)?.map_or(Delta::new(), |transaction| transaction.delta);
        let mut reader = state;
        let caret = u.int_in_range(0..=end)?;
        reader.select(Some(Selection::caret(caret)));
        let caret = reader.selection().expect("set").head;
        let text: Vec<u16> = reader.body().text().encode_utf16().collect();
        reader.apply(&delta, None);
        let after: Vec<u16> = reader.body().text().encode_utf16().collect();
        let moved = reader.selection().expect("kept").head as usize;
        assert!(moved <= after.len());
        // Untouched text before the caret is still before it: the part that survives on the left has the same length.
        if delta.0.iter().all(|op| !matches!(op, dagsorden_shared::richtext::Op::Delete(_))) && caret > 0 {
            assert_eq!(text[caret as usize - 1], after[moved - 1]);
        }
        Ok(())
    });
}
