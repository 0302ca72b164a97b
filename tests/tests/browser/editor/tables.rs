//! Tables: rows, columns, cells and the keyboard in them.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::cases::Case;
use super::cases::Do::{Press, Run, See, Type};
use super::sheet::Sheet;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    ("22 a new table", "|⏎", &[Run("table-insert:2x2")], "|⏎r1c1 ⏎r1c2 ⏎r2c1 ⏎r2c2 ⏎"),
    ("undo of a new table", "|⏎", &[Run("table-insert:2x2"), Press("Control+z")], "|⏎"),
    ("23 Tab walks", "|A⏎r1c1 B⏎r1c2 ⏎", &[Press("Tab"), See("A⏎r1c1 |B⏎r1c2 ⏎"), Press("Tab"), See("A⏎r1c1 B⏎r1c2 |⏎r2c1 ⏎r2c2 ⏎"), Press("Shift+Tab"), See("A⏎r1c1 B|⏎r1c2 ⏎r2c1 ⏎r2c2 ⏎"), Press("Shift+Tab")], "A|⏎r1c1 B⏎r1c2 ⏎r2c1 ⏎r2c2 ⏎"),
    ("24 Backspace at a cell's start", "A⏎r1c1 |B⏎r1c2 ⏎", &[Press("Backspace")], "A⏎r1c1 |B⏎r1c2 ⏎"),
    ("24 Delete at a cell's end", "A|⏎r1c1 B⏎r1c2 ⏎", &[Press("Delete")], "A|⏎r1c1 B⏎r1c2 ⏎"),
    ("Delete at the last cell's end", "A⏎r1c1 B|⏎r1c2 x⏎", &[Press("Delete")], "A⏎r1c1 B|⏎r1c2 x⏎"),
    ("Delete before a table", "x|⏎ A⏎r1c1 ⏎", &[Press("Delete")], "x|⏎ A⏎r1c1 ⏎"),
    ("Backspace after a table", "A⏎r1c1 B⏎r1c2 |x⏎", &[Press("Backspace")], "A⏎r1c1 B|⏎r1c2 x⏎"),
    ("Backspace in an empty cell", "A⏎r1c1 |⏎r1c2 ⏎", &[Press("Backspace")], "A⏎r1c1 |⏎r1c2 ⏎"),
    ("25 Enter goes down", "A|1⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎", &[Press("Enter"), Type("x")], "A1⏎r1c1 B1⏎r1c2 xA2⏎r2c1 B2⏎r2c2 ⏎"),
    ("25 Enter in the last row leaves", "A1⏎r1c1 B1|⏎r1c2 end⏎", &[Press("Enter"), Type("x")], "A1⏎r1c1 B1⏎r1c2 x|end⏎"),
    ("26 a column goes", "A1|⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎", &[Run("table-col-delete"), See("B1⏎r1c1 B2⏎r2c1 ⏎"), Run("table-col-delete")], "⏎"),
    ("a row goes", "A1⏎r1c1 B1|⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎", &[Run("table-row-delete")], "A2⏎r1c1 B2⏎r1c2 ⏎"),
    ("the only row goes", "A1⏎r1c1 B1|⏎r1c2 ⏎", &[Run("table-row-delete")], "|⏎"),
    ("a row above", "A|⏎r1c1 B⏎r1c2 ⏎", &[Run("table-row-above")], "⏎r1c1 ⏎r1c2 A⏎r2c1 B⏎r2c2 ⏎"),
    ("a row below", "A|⏎r1c1 B⏎r1c2 ⏎", &[Run("table-row-below")], "A⏎r1c1 B⏎r1c2 ⏎r2c1 ⏎r2c2 ⏎"),
    ("a column left", "A⏎r1c1 B|⏎r1c2 ⏎", &[Run("table-col-left")], "A⏎r1c1 ⏎r1c2 B⏎r1c3 ⏎"),
    ("a column right", "A|⏎r1c1 B⏎r1c2 ⏎", &[Run("table-col-right")], "A⏎r1c1 ⏎r1c2 B⏎r1c3 ⏎"),
    ("a table goes", "x⏎ A|⏎r1c1 B⏎r1c2 y⏎", &[Run("table-delete")], "x⏎ y⏎"),
    ("27 ArrowRight into a table", "ab|⏎ A⏎r1c1 B⏎r1c2 ⏎", &[Press("ArrowRight")], "ab⏎ |A⏎r1c1 B⏎r1c2 ⏎"),
    ("27 ArrowDown in a column", "A1⏎r1c1 |B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎", &[Press("ArrowDown")], "A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 |B2⏎r2c2 ⏎"),
    ("ArrowUp in a column", "A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 |B2⏎r2c2 ⏎", &[Press("ArrowUp")], "A1⏎r1c1 |B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎"),
    ("ArrowRight to the next cell", "A|⏎r1c1 B⏎r1c2 ⏎", &[Press("ArrowRight")], "A⏎r1c1 |B⏎r1c2 ⏎"),
    ("ArrowLeft to the cell before", "A⏎r1c1 |B⏎r1c2 ⏎", &[Press("ArrowLeft")], "A|⏎r1c1 B⏎r1c2 ⏎"),
    ("ArrowRight out of a table", "A⏎r1c1 B|⏎r1c2 x⏎", &[Press("ArrowRight")], "A⏎r1c1 B⏎r1c2 |x⏎"),
    ("ArrowLeft into a table", "A⏎r1c1 B⏎r1c2 |x⏎", &[Press("ArrowLeft")], "A⏎r1c1 B|⏎r1c2 x⏎"),
    ("ArrowDown into a table", "|ab⏎ A⏎r1c1 B⏎r1c2 ⏎", &[Press("ArrowDown"), Type("x")], "ab⏎ x|A⏎r1c1 B⏎r1c2 ⏎"),
    ("cells are emptied", "[A⏎r1c1 B]⏎r1c2 ⏎", &[Press("Backspace")], "|⏎r1c1 ⏎r1c2 ⏎"),
    ("typing over cells", "[A⏎r1c1 B]⏎r1c2 ⏎", &[Type("x")], "x|⏎r1c1 ⏎r1c2 ⏎"),
    ("a table within a range goes", "a[b⏎ A⏎r1c1 B⏎r1c2 c]d⏎", &[Press("Backspace")], "a|d⏎"),
    ("one end in a table", "a[b⏎ A⏎r1c1 B]C⏎r1c2 ⏎", &[Press("Backspace")], "a|⏎ ⏎r1c1 C⏎r1c2 ⏎"),
    ("no list in a cell", "|⏎r1c1 ⏎r1c2 ⏎", &[Type("- x")], "- x|⏎r1c1 ⏎r1c2 ⏎"),
    ("bold in a cell", "[A]⏎r1c1 B⏎r1c2 ⏎", &[Press("Control+b")], "*[A*]⏎r1c1 B⏎r1c2 ⏎"),
    ("a heading stays out of a cell", "A|⏎r1c1 B⏎r1c2 ⏎", &[Run("header-2")], "A|⏎r1c1 B⏎r1c2 ⏎"),
    ("undo of Tab's row", "A⏎r1c1 B|⏎r1c2 ⏎", &[Press("Tab Control+z")], "A⏎r1c1 B|⏎r1c2 ⏎"),
    ("cells of two rows are emptied", "A⏎r1c1 [B⏎r1c2 C]⏎r2c1 D⏎r2c2 ⏎", &[Press("Delete")], "A⏎r1c1 |⏎r1c2 ⏎r2c1 D⏎r2c2 ⏎"),
    ("from a cell to behind the table", "A⏎r1c1 [B⏎r1c2 x]y⏎", &[Press("Delete")], "A⏎r1c1 |⏎r1c2 y⏎"),
    ("Enter over a range in a cell", "a[b]c⏎r1c1 B⏎r1c2 ⏎", &[Press("Enter")], "ac⏎r1c1 B⏎r1c2 |⏎"),
    ("Shift+Tab in the first cell stays or leaves, and writes nothing", "|A⏎r1c1 B⏎r1c2 ⏎", &[Press("Shift+Tab")], "A⏎r1c1 B⏎r1c2 ⏎"),
    ("a table in a list line", "a|⏎b", &[Run("table-insert:1x2"), Type("x")], "a⏎b x|⏎r1c1 ⏎r1c2 ⏎"),
    ("a word goes in a cell", "one two|⏎r1c1 B⏎r1c2 ⏎", &[Press("Control+Backspace")], "one |⏎r1c1 B⏎r1c2 ⏎"),
    ("a word does not reach the next cell", "A|⏎r1c1 B⏎r1c2 ⏎", &[Press("Control+Delete")], "A|⏎r1c1 B⏎r1c2 ⏎"),
    ("Shift+Enter in a cell", "A|⏎r1c1 B⏎r2c1 ⏎", &[Press("Shift+Enter")], "A⏎r1c1 |B⏎r2c1 ⏎"),
    ("undo of typing over cells", "x⏎ [A⏎r1c1 B]⏎r1c2 ⏎", &[Type("x"), Press("Control+z")], "x⏎ [A⏎r1c1 B]⏎r1c2 ⏎"),
    ("undo of a column that went", "A1|⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎", &[Run("table-col-delete"), Press("Control+z")], "A1|⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎"),
    ("undo of a table that went", "x⏎ A|⏎r1c1 *B*⏎r1c2 y⏎", &[Run("table-delete"), See("x⏎ |y⏎"), Press("Control+z")], "x⏎ A|⏎r1c1 *B*⏎r1c2 y⏎"),
    ("a table behind the last line, and on after it", "ab|⏎h2", &[Run("table-insert:1x1"), See("ab⏎h2 |⏎r1c1 ⏎"), Press("Enter"), Type("x")], "ab⏎h2 ⏎r1c1 x|⏎"),
    ("a table between two halves", "a|b⏎q", &[Run("table-insert:1x1")], "a⏎q |⏎r1c1 b⏎q"),
    ("a table on the line after a table", "A⏎r1c1 |⏎", &[Run("table-insert:1x1")], "A⏎r1c1 ⏎ |⏎r2c2 ⏎"),
    ("no table in a cell", "A|⏎r1c1 ⏎", &[Run("table-insert:2x2")], "A|⏎r1c1 ⏎"),
    ("a column left of the first", "A|1⏎r1c1 A2⏎r2c1 ⏎", &[Run("table-col-left"), Press("Shift+Tab"), Type("x")], "x|⏎r1c1 A1⏎r1c2 ⏎r2c1 A2⏎r2c2 ⏎"),
    ("selected rows go", "A[1⏎r1c1 A2]⏎r2c1 A3⏎r3c1 ⏎", &[Run("table-row-delete")], "|A3⏎r1c1 ⏎"),
    ("Shift+ArrowRight over a cell's border", "A|⏎r1c1 B⏎r1c2 ⏎", &[Press("Shift+ArrowRight Shift+ArrowRight"), Type("x")], "Ax|⏎r1c1 ⏎r1c2 ⏎"),
    ("Home and End in a cell", "x⏎ AB|C⏎r1c1 D⏎r1c2 ⏎", &[Press("Home"), Type("x"), Press("End"), Type("y")], "x⏎ xABCy|⏎r1c1 D⏎r1c2 ⏎"),
    ("Delete in an empty cell", "|⏎r1c1 B⏎r1c2 ⏎", &[Press("Delete")], "|⏎r1c1 B⏎r1c2 ⏎"),
    ("Backspace in the very first cell", "|A⏎r1c1 B⏎r1c2 ⏎", &[Press("Backspace")], "|A⏎r1c1 B⏎r1c2 ⏎"),
    ("ArrowLeft in the very first cell", "|A⏎r1c1 B⏎r1c2 ⏎", &[Press("ArrowLeft")], "|A⏎r1c1 B⏎r1c2 ⏎"),
    ("Backspace on the line between two tables", "A⏎r1c1 |⏎ B⏎r2c1 ⏎", &[Press("Backspace")], "A|⏎r1c1 ⏎ B⏎r2c1 ⏎"),
    ("Delete on the line between two tables", "A⏎r1c1 |⏎ B⏎r2c1 ⏎", &[Press("Delete")], "A⏎r1c1 |⏎ B⏎r2c1 ⏎"),
    ("a range from one table into another", "A[1⏎r1c1 x⏎h2 B]1⏎r2c1 ⏎", &[Press("Delete")], "A|⏎r1c1 ⏎ 1⏎r2c1 ⏎"),
    ("Enter over a heading and cells", "a[b⏎h2 A⏎r1c1 B]C⏎r1c2 ⏎", &[Press("Enter")], "a⏎h2 |⏎ ⏎r1c1 C⏎r1c2 ⏎"),
    ("bold over cells", "x⏎ [A⏎r1c1 B]⏎r1c2 ⏎", &[Press("Control+b"), See("x⏎ *[A*⏎r1c1 *B*]⏎r1c2 ⏎"), Press("Control+b")], "x⏎ [A⏎r1c1 B]⏎r1c2 ⏎"),
    ("a list over lines and cells", "[a⏎ A⏎r1c1 b]⏎", &[Run("list-bullet")], "[a⏎b A⏎r1c1 b]⏎b"),
    ("ArrowDown keeps the place in the cell", "AB|C⏎r1c1 D⏎r1c2 EFGH⏎r2c1 I⏎r2c2 ⏎", &[Press("ArrowDown"), See("ABC⏎r1c1 D⏎r1c2 EF|GH⏎r2c1 I⏎r2c2 ⏎"), Press("ArrowUp")], "AB|C⏎r1c1 D⏎r1c2 EFGH⏎r2c1 I⏎r2c2 ⏎"),
    ("ArrowUp from below", "A⏎r1c1 B⏎r1c2 C⏎r2c1 D⏎r2c2 |x⏎", &[Press("ArrowUp"), Type("y")], "A⏎r1c1 B⏎r1c2 yC⏎r2c1 D⏎r2c2 x⏎"),
    ("a pending format in a cell", "|⏎r1c1 ⏎r1c2 ⏎", &[Press("Control+b"), Type("x"), Press("Tab"), Type("y")], "*x*⏎r1c1 y|⏎r1c2 ⏎"),
    ("typing in every cell", "|⏎r1c1 ⏎r1c2 ⏎r2c1 ⏎r2c2 ⏎", &[Type("a"), Press("Tab"), Type("b"), Press("Tab"), Type("c"), Press("Tab"), Type("d"), Press("ArrowUp"), Type("e")], "a⏎r1c1 be|⏎r1c2 c⏎r2c1 d⏎r2c2 ⏎"),
];

pub(super) async fn others(sheet: &Sheet) -> Vec<String> {
    let done = ids(sheet).await;
    done.err().map(|error| format!("  tables: 26 rows keep their ids: {error:#}")).into_iter().collect()
}

/// Row and column ids of the cells, in order.
fn cells(ops: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let ops = ops.as_array().into_iter().flatten().filter(|op| op["attributes"]["table"].is_string());
    ops.map(|op| (text(&op["attributes"]["table"]), text(&op["attributes"]["col"]))).collect()
}

/// New ids are long, and a column that goes leaves the others theirs.
async fn ids(sheet: &Sheet) -> Result<()> {
    sheet.given("|⏎").await?;
    sheet.tell("cmd", &[json!("table-insert:2x2")]).await?;
    let before = cells(&sheet.page().await?.ops);
    ensure!(before.len() == 4, "four cells, each a line: {before:?}");
    let long = |id: &str, prefix: &str| id.strip_prefix(prefix).is_some_and(|rest| rest.len() >= 8);
    ensure!(before.iter().all(|(row, column)| long(row, "row-") && long(column, "c-")), "{before:?}");
    sheet.tell("cmd", &[json!("table-col-delete")]).await?;
    let after = cells(&sheet.page().await?.ops);
    ensure!(after == [before[1].clone(), before[3].clone()], "{before:?} became {after:?}");
    Ok(())
}
