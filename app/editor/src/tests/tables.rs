//! Tables: making them, their rows and columns, and what Quill or two people at once may have left of them.

use super::notation::{check, counting, named, print, run, section, to_line};
use crate::command::insert::insert_text;
use crate::command::split::split_line;
use crate::command::table::{self, Arrow, Goal, Spot, Step, edit};
use crate::{EditorState, Transaction};

const TABLE: &str = "A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ";

fn tab(state: &EditorState) -> Option<Transaction> {
    to_line(table::tab(state, None, false, &mut counting()))
}

fn shift_tab(state: &EditorState) -> Option<Transaction> {
    to_line(table::tab(state, None, true, &mut counting()))
}

/// The table above with a caret put into it, and a line after it.
fn table(cell: &str) -> String {
    format!("x⏎ {}y⏎", TABLE.replace(&cell.replace('|', ""), cell))
}

#[test]
fn a_new_table_stands_where_the_caret_is_and_a_line_follows_it() {
    let cells = "|⏎R3C1 ⏎R3C2 ⏎R4C1 ⏎R4C2 ";
    check(named("table-insert:2x2"), "|⏎", &format!("{cells}⏎"));
    check(named("table-insert:2x2"), "|⏎b", &format!("{cells}⏎"));
    check(named("table-insert:2x2"), "ab|⏎", &format!("ab⏎ {cells}⏎"));
    check(named("table-insert:2x2"), "ab|⏎h2 x⏎", &format!("ab⏎h2 {cells}x⏎"));
    check(named("table-insert:2x2"), "|ab⏎q", &format!("{cells}ab⏎q"));
    check(named("table-insert:2x2"), "a|b⏎q", &format!("a⏎q {cells}b⏎q"));
    check(named("table-insert:2x2"), "[ab]⏎q", &format!("ab⏎q {cells}⏎"));
}

#[test]
fn the_head_of_a_table_is_switched_off_and_on_with_the_caret_where_it_is() {
    let has_head = crate::command::table::edit::has_head;
    let state = section(&table("A2|"));
    assert!(has_head(&state));
    let off = run(&state, named("table-head"));
    assert!(!has_head(&off) && print(&off) == print(&state));
    assert!(has_head(&run(&off, named("table-head"))));
    check(named("table-head"), "a|⏎", "a|⏎");
}

#[test]
fn a_new_table_does_not_grow_into_the_one_beside_it() {
    check(named("table-insert:1x1"), "A⏎r1c1 |⏎", "A⏎r1c1 ⏎ |⏎R2C1 ⏎");
    check(named("table-insert:1x1"), "A⏎r1c1 |x⏎", "A⏎r1c1 ⏎ |⏎R2C1 x⏎");
    check(named("table-insert:1x1"), "x|⏎ A⏎r1c1 ⏎", "x⏎ |⏎R2C1 ⏎ A⏎r1c1 ⏎");
    check(named("table-insert:1x1"), "A|⏎r1c1 ⏎", "A|⏎r1c1 ⏎");
}

#[test]
fn rows_are_added_with_a_cell_for_every_column() {
    check(named("table-row-below"), &table("A|1"), "x⏎ A|1⏎r1c1 B1⏎r1c2 ⏎R1c1 ⏎R1c2 A2⏎r2c1 B2⏎r2c2 y⏎");
    check(named("table-row-below"), &table("B|2"), "x⏎ A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 B|2⏎r2c2 ⏎R1c1 ⏎R1c2 y⏎");
    check(named("table-row-above"), &table("|A1"), "x⏎ ⏎R1c1 ⏎R1c2 |A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 y⏎");
    check(named("table-row-above"), &table("B2|"), "x⏎ A1⏎r1c1 B1⏎r1c2 ⏎R1c1 ⏎R1c2 A2⏎r2c1 B2|⏎r2c2 y⏎");
}

#[test]
fn a_row_is_added_after_the_row_as_shown_also_when_its_cells_lie_apart() {
    // B1 landed after the first cell of the second row.
    check(named("table-row-below"), "A|1⏎r1c1 A2⏎r2c1 B1⏎r1c2 ⏎", "A|1⏎r1c1 ⏎R1c1 ⏎R1c2 A2⏎r2c1 B1⏎r1c2 ⏎");
    check(named("table-row-below"), "A1⏎r1c1 A2⏎r2c1 B|1⏎r1c2 ⏎", "A1⏎r1c1 ⏎R1c1 ⏎R1c2 A2⏎r2c1 B|1⏎r1c2 ⏎");
}

#[test]
fn columns_are_added_beside_the_carets() {
    check(named("table-col-right"), &table("A1|"), "x⏎ A1|⏎r1c1 ⏎r1C1 B1⏎r1c2 A2⏎r2c1 ⏎r2C1 B2⏎r2c2 y⏎");
    check(named("table-col-left"), &table("|A1"), "x⏎ ⏎r1C1 |A1⏎r1c1 B1⏎r1c2 ⏎r2C1 A2⏎r2c1 B2⏎r2c2 y⏎");
    check(named("table-col-right"), &table("B|2"), "x⏎ A1⏎r1c1 B1⏎r1c2 ⏎r1C1 A2⏎r2c1 B|2⏎r2c2 ⏎r2C1 y⏎");
    // A row without a cell in the column gets none in the new one either: it is shown as empty there.
    check(named("table-col-right"), "A1⏎r1c1 B|1⏎r1c2 A2⏎r2c1 ⏎", "A1⏎r1c1 B|1⏎r1c2 ⏎r1C1 A2⏎r2c1 ⏎");
}

#[test]
fn a_column_added_to_a_table_of_quills_names_the_others() {
    check(named("table-col-right"), "A|⏎r1 B⏎r1 C⏎r2 ⏎", "A|⏎r1C2 ⏎r1C1 B⏎r1C3 C⏎r2C2 ⏎r2C1 ⏎");
    check(named("table-col-left"), "⏎r1 B|⏎r1 ⏎", "⏎r1C2 ⏎r1C1 B|⏎r1C3 ⏎");
    check(named("table-row-below"), "A|⏎r1 B⏎r1 ⏎", "A|⏎r1 B⏎r1 ⏎R1 ⏎R1 ⏎");
    check(named("table-col-delete"), "A⏎r1 B|⏎r1 C⏎r2 D⏎r2 ⏎", "|A⏎r1 C⏎r2 ⏎");
}

#[test]
fn deleting_a_column_leaves_the_others_as_they_are() {
    check(named("table-col-delete"), &format!("{}⏎", TABLE.replace("A1", "A|1")), "|B1⏎r1c2 B2⏎r2c2 ⏎");
    check(named("table-col-delete"), "B|1⏎r1c2 B2⏎r2c2 y⏎", "|y⏎");
    check(named("table-col-delete"), "A⏎r1c1 B⏎r1c2 C|⏎r1c3 ⏎", "A⏎r1c1 |B⏎r1c2 ⏎");
    check(named("table-col-delete"), "A⏎r1c1 [B⏎r1c2 C]⏎r1c3 D⏎r1c4 ⏎", "A⏎r1c1 |D⏎r1c4 ⏎");
}

#[test]
fn deleting_rows_and_tables() {
    check(named("table-row-delete"), &table("B|1"), "x⏎ A2⏎r2c1 |B2⏎r2c2 y⏎");
    check(named("table-row-delete"), &table("A|2"), "x⏎ |A1⏎r1c1 B1⏎r1c2 y⏎");
    check(named("table-row-delete"), "x⏎ A|1⏎r1c1 y⏎", "x⏎ |y⏎");
    check(named("table-row-delete"), "A1⏎r1c1 A2|⏎r2c1 B1⏎r1c2 ⏎", "|A1⏎r1c1 B1⏎r1c2 ⏎");
    check(named("table-delete"), &table("B|1"), "x⏎ |y⏎");
    check(named("table-delete"), &format!("{}⏎", TABLE.replace("B1", "B1|")), "|⏎");
    for name in
        ["table-row-above", "table-row-below", "table-col-left", "table-col-right", "table-row-delete", "table-col-delete", "table-delete"]
    {
        check(named(name), "x|⏎ A1⏎r1c1 ⏎", "x|⏎ A1⏎r1c1 ⏎");
    }
}

#[test]
fn tab_walks_the_cells_and_adds_a_row_at_the_end() {
    check(tab, &table("|A1"), &table("|B1"));
    check(tab, &table("B|2"), "x⏎ A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 |⏎R1c1 ⏎R1c2 y⏎");
    check(shift_tab, &table("|A1"), &table("|A1"));
    check(shift_tab, &table("A|2"), &table("B1|"));
    assert_eq!(tab(&section("a|⏎ A⏎r1c1 ⏎")), None, "outside tables the focus leaves");
    let state = run(&section("|⏎"), named("table-insert:2x2"));
    let state = (0..3).fold(state, |state, _| run(&state, tab));
    assert_eq!(print(&state), "⏎R3C1 ⏎R3C2 ⏎R4C1 |⏎R4C2 ⏎");
}

#[test]
fn enter_goes_down_and_out() {
    check(split_line, &table("A|1"), &table("|A2"));
    check(split_line, &table("B2|"), &format!("x⏎ {TABLE}|y⏎"));
    // A foreign client left out the line after the table.
    check(split_line, "A1|⏎r1c1", "A1⏎r1c1 |⏎");
    check(|state| insert_text(state, "x"), "A1|⏎r1c1", "A1x|⏎r1c1 ⏎");
}

#[test]
fn a_missing_cell_is_written_when_somebody_types_in_it() {
    let typed = |row, column| move |state: &EditorState| edit::write_missing(state, Spot { line: 0, row, column }, "x\n");
    check(typed(1, 1), "|A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 y⏎", "A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 x|⏎r2c2 y⏎");
    check(typed(1, 0), "|A1⏎r1c1 B1⏎r1c2 B2⏎r2c2 y⏎", "A1⏎r1c1 B1⏎r1c2 x|⏎r2c1 B2⏎r2c2 y⏎");
    check(typed(1, 1), "|A1⏎r1 B1⏎r1 A2⏎r2 y⏎", "A1⏎r1 B1⏎r1 A2⏎r2 x|⏎r2 y⏎");
    // Cells without a column take the first free one: those before it are written with it.
    check(typed(1, 2), "|A1⏎r1 B1⏎r1 C1⏎r1 A2⏎r2 y⏎", "A1⏎r1 B1⏎r1 C1⏎r1 A2⏎r2 ⏎r2 x|⏎r2 y⏎");
    check(typed(1, 2), "|A1⏎r1c1 B1⏎r1 C1⏎r1 B2⏎r2c1 y⏎", "A1⏎r1c1 B1⏎r1 C1⏎r1 B2⏎r2c1 ⏎r2 x|⏎r2 y⏎");
    check(typed(1, 2), "|A1⏎r1c1 B1⏎r1c2 C1⏎r1 B2⏎r2c2 y⏎", "A1⏎r1c1 B1⏎r1c2 C1⏎r1 B2⏎r2c2 ⏎r2c1 x|⏎r2 y⏎");
    check(typed(1, 2), "|A1⏎r1c1 B1⏎r1c2 C1⏎r1c3 A2⏎r2c1 y⏎", "A1⏎r1c1 B1⏎r1c2 C1⏎r1c3 A2⏎r2c1 x|⏎r2c3 y⏎");
    for (row, column) in [(0, 0), (2, 0), (0, 9)] {
        let spot = Spot { line: 0, row, column };
        assert_eq!(edit::write_missing(&section("|A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 y⏎"), spot, "x"), None);
    }
}

#[test]
fn keys_lead_into_missing_cells_and_out_of_them() {
    const RAGGED: &str = "x⏎ A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 C3⏎r3c2 y⏎";
    let (b2, a3) = (Spot { line: 1, row: 1, column: 1 }, Spot { line: 1, row: 2, column: 0 });
    let state = |caret: &str| section(&RAGGED.replace(&caret.replace('|', ""), caret));
    let missing = |goal: Option<Goal>| match goal {
        Some(Goal::Missing(spot)) => Some(spot),
        _ => None,
    };
    let tab = |state: &EditorState, from, back| table::tab(state, from, back, &mut counting());
    assert_eq!(missing(tab(&state("A2|"), None, false)), Some(b2));
    assert_eq!(missing(tab(&state("|C3"), None, true)), Some(a3));
    assert_eq!(missing(table::go(&state("B1|"), None, Step::Enter)), Some(b2));
    for (arrow, caret, spot) in
        [(Arrow::Down, "B|1", b2), (Arrow::Right, "A2|", b2), (Arrow::Left, "|C3", a3), (Arrow::Up, "C|3", b2), (Arrow::Down, "A|2", a3)]
    {
        assert_eq!(missing(table::go(&state(caret), None, Step::Arrow(arrow))), Some(spot), "{arrow:?} from {caret}");
    }
    assert_eq!(missing(tab(&state("|y"), Some(b2), false)), Some(a3), "from one into the next");
    let leads =
        |step, from: Spot, after: &str| check(|state| to_line(table::go(state, Some(from), step)), &RAGGED.replace('y', "|y"), after);
    leads(Step::Arrow(Arrow::Up), b2, "x⏎ A1⏎r1c1 |B1⏎r1c2 A2⏎r2c1 C3⏎r3c2 y⏎");
    leads(Step::Arrow(Arrow::Down), a3, &RAGGED.replace('y', "|y"));
    leads(Step::Arrow(Arrow::Left), b2, "x⏎ A1⏎r1c1 B1⏎r1c2 A2|⏎r2c1 C3⏎r3c2 y⏎");
    leads(Step::Arrow(Arrow::Right), a3, "x⏎ A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 |C3⏎r3c2 y⏎");
    leads(Step::Enter, b2, "x⏎ A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 |C3⏎r3c2 y⏎");
    leads(Step::Enter, a3, &RAGGED.replace('y', "|y"));
    // A missing last cell: Tab goes on to a new row.
    let last = Spot { line: 0, row: 0, column: 2 };
    let wide = "A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 |y⏎";
    check(
        |state| to_line(table::tab(state, Some(Spot { row: 1, column: 1, ..last }), false, &mut counting())),
        wide,
        "A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 |⏎R1c1 ⏎R1c2 y⏎",
    );
}

#[test]
fn lines_that_share_a_cell_lie_above_each_other() {
    const STACKED: &str = "x⏎ A1⏎r1c1 B1⏎r1c2 C1⏎r1c2 A2⏎r2c1 B2⏎r2c2 y⏎";
    let leads = |step, from: &str, to: &str| {
        let at = |caret: &str| STACKED.replace(&caret.replace('|', ""), caret);
        check(|state| to_line(table::go(state, None, step)), &at(from), &at(to));
    };
    leads(Step::Arrow(Arrow::Down), "|B1", "|C1");
    leads(Step::Arrow(Arrow::Down), "C|1", "B|2");
    leads(Step::Arrow(Arrow::Up), "B|2", "C|1");
    leads(Step::Arrow(Arrow::Up), "|C1", "|B1");
    leads(Step::Arrow(Arrow::Up), "|B1", "|x");
    leads(Step::Arrow(Arrow::Right), "B1|", "|C1");
    leads(Step::Tab { back: false }, "A1|", "|B1");
    leads(Step::Tab { back: true }, "|A2", "C1|");
    leads(Step::Enter, "B1|", "|B2");
}

#[test]
fn new_ids_are_long_and_differ() {
    let mut bits = {
        let mut last = 0u128;
        move || {
            last = last.wrapping_mul(0x2545_F491_4F6C_DD1D).wrapping_add(0x9E37_79B9_7F4A_7C15);
            last
        }
    };
    let state = section("|⏎");
    let made = run(&state, |state| edit::insert(state, 9, 9, &mut bits));
    let ids: std::collections::BTreeSet<String> = made.body().lines()[..81]
        .iter()
        .flat_map(|line| match line.format().block {
            dagsorden_shared::richtext::Block::Cell { row, column } => [row, column.expect("named")],
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids.len(), 18);
    for id in ids {
        let random = id.split_once('-').expect("a prefix").1;
        assert!(random.len() >= 8 && random.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase()), "{id}");
    }
}
