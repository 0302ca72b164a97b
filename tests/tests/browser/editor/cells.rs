//! Cells that two people, Quill or nobody wrote: missing ones, several in one place, cells without a column; and cells under the mouse and on the
//! clipboard.

use anyhow::{Context, Result, ensure};
use dagsorden_tests::browser::{Kind, Mouse, Point};
use serde_json::{Value, json};

use super::sheet::Sheet;

pub(super) async fn all(sheet: &Sheet) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, done) in [
        ("typing in a missing cell writes it", typed(sheet).await),
        ("keys lead into missing cells", keys(sheet).await),
        ("a missing cell holds nothing to delete", nothing_to_delete(sheet).await),
        ("Enter in a missing cell goes down", enter(sheet).await),
        ("pasting into a missing cell", pasted(sheet).await),
        ("composing in a missing cell", composed(sheet).await),
        ("a remote edit leaves the caret in a missing cell", remote(sheet).await),
        ("two write the same missing cell", written_twice(sheet).await),
        ("two cells in one place", stacked(sheet).await),
        ("cells in one place become headings", stacked_headings(sheet).await),
        ("a table of Quill's", quills(sheet).await),
        ("a table at the very end of a foreign text", unfinished(sheet).await),
        ("ArrowUp from the first row leads out of the field", up_and_out(sheet).await),
        ("cells selected with the mouse", mouse(sheet).await),
        ("a triple click in a cell", triple_click(sheet).await),
        ("cells copied, cut and pasted", clipboard(sheet).await),
        ("a table pasted beside a table", beside(sheet).await),
    ] {
        wrong.extend(done.err().map(|error| format!("  cells: {name}: {error:#}")));
    }
    wrong
}

/// A cell as Quill writes it, or with a column as we do.
fn cell(text: &str, row: &str, column: Option<&str>) -> Vec<Value> {
    let mut attributes = json!({ "table": row });
    if let Some(column) = column {
        attributes["col"] = json!(column);
    }
    let newline = json!({ "insert": "\n", "attributes": attributes });
    if text.is_empty() { vec![newline] } else { vec![json!({ "insert": text }), newline] }
}

/// The section becomes these cells and a last line, with the caret at an offset.
async fn given(sheet: &Sheet, cells: &[(&str, &str, Option<&str>)], caret: u32) -> Result<()> {
    let mut ops: Vec<Value> = cells.iter().flat_map(|(text, row, column)| cell(text, row, *column)).collect();
    ops.push(json!({ "insert": "end\n" }));
    sheet.given("|⏎").await?;
    ensure!(sheet.call("setDelta", &[json!(ops)]).await? == json!(true), "no text");
    sheet.call("select", &[json!(caret)]).await?;
    sheet.tell("endUndoGroup", &[]).await.map(drop)
}

/// Two rows, the second of which lacks its second cell.
async fn ragged(sheet: &Sheet, caret: u32) -> Result<()> {
    given(sheet, &[("A1", "r1", Some("c1")), ("B1", "r1", Some("c2")), ("A2", "r2", Some("c1"))], caret).await
}

/// Places of the caret in [`ragged`]: at the ends of its cells.
const A1: u32 = 2;
const B1: u32 = 5;
const A2: u32 = 8;

const WHOLE: &str = "A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 x|⏎r2c2 end⏎";
const LACKING: &str = "A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 end⏎";

/// The middle of a cell in the window.
async fn middle(sheet: &Sheet, row: usize, column: usize) -> Result<Point> {
    const MIDDLE: &str = r#"
        const [id, row, column] = arguments;
        const host = document.querySelector(`[data-section-id="${id}"]`);
        host.scrollIntoView({ block: "center" });
        const box = host.querySelectorAll("tr")[row].children[column].getBoundingClientRect();
        return [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    "#;
    let said = sheet.window().run(MIDDLE, vec![json!(sheet.section), json!(row), json!(column)]).await?;
    Ok(Point { x: said[0].as_f64().context("no cell")?, y: said[1].as_f64().context("no cell")? })
}

async fn click(sheet: &Sheet, row: usize, column: usize) -> Result<()> {
    let at = middle(sheet, row, column).await?;
    sheet.window().mouse(&[Mouse::To(at), Mouse::Down, Mouse::Up]).await
}

/// What the table shows, by rows.
async fn shown(sheet: &Sheet) -> Result<Value> {
    const ROWS: &str = r#"
        const rows = [...document.querySelectorAll(`[data-section-id="${arguments[0]}"] tr`)];
        return rows.map((row) => [...row.children].map((cell) => cell.innerText.trim().replaceAll("\n", "+")).join("|")).join(" / ");
    "#;
    sheet.window().run(ROWS, vec![json!(sheet.section)]).await
}

/// The browser's caret stands in a cell that holds no line.
async fn in_missing(sheet: &Sheet) -> Result<()> {
    const ASTRAY: &str = r#"
        const node = getSelection().focusNode;
        const cell = (node?.nodeType === 1 ? node : node?.parentElement)?.closest("td,th");
        return Boolean(cell) && cell.closest(`[data-section-id="${arguments[0]}"]`) !== null && !cell.matches("[data-line]") && !cell.querySelector("[data-line]");
    "#;
    sheet.hold("the caret is in the missing cell", ASTRAY).await
}

async fn typed(sheet: &Sheet) -> Result<()> {
    ragged(sheet, A1).await?;
    click(sheet, 1, 1).await?;
    in_missing(sheet).await?;
    sheet.window().write("x").await?;
    sheet.expect(WHOLE).await?;
    sheet.window().write("y").await?;
    sheet.expect("A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 xy|⏎r2c2 end⏎").await?;
    ensure!(shown(sheet).await? == json!("A1|B1 / A2|xy"), "{}", shown(sheet).await?);
    sheet.window().strike("Control+z Control+z").await?;
    sheet.expect(LACKING).await
}

async fn keys(sheet: &Sheet) -> Result<()> {
    for (caret, keys) in
        [(A2, "Tab"), (B1, "Enter"), (B1, "ArrowDown"), (A2, "ArrowRight"), (9, "ArrowUp ArrowRight ArrowRight ArrowRight")]
    {
        ragged(sheet, caret).await?;
        sheet.window().strike(keys).await?;
        in_missing(sheet).await.with_context(|| keys.to_owned())?;
        sheet.expect(LACKING).await?;
        sheet.window().write("x").await?;
        sheet.expect(WHOLE).await?;
    }
    for (keys, after) in [
        ("Shift+Tab", "A1⏎r1c1 B1⏎r1c2 A2x|⏎r2c1 end⏎"),
        ("Tab", "A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 x|⏎r3c1 ⏎r3c2 end⏎"),
        ("ArrowLeft", "A1⏎r1c1 B1⏎r1c2 A2x|⏎r2c1 end⏎"),
        ("ArrowUp", "A1⏎r1c1 x|B1⏎r1c2 A2⏎r2c1 end⏎"),
        ("ArrowDown", "A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 x|end⏎"),
        ("ArrowRight", "A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 x|end⏎"),
    ] {
        ragged(sheet, A2).await?;
        sheet.window().strike("Tab").await?;
        in_missing(sheet).await?;
        sheet.window().strike(keys).await?;
        sheet.window().write("x").await?;
        sheet.expect(after).await.with_context(|| keys.to_owned())?;
    }
    Ok(())
}

async fn nothing_to_delete(sheet: &Sheet) -> Result<()> {
    for keys in ["Backspace", "Delete", "Control+Backspace", "Control+Delete"] {
        ragged(sheet, A2).await?;
        sheet.window().strike("Tab").await?;
        sheet.window().strike(keys).await?;
        in_missing(sheet).await.with_context(|| keys.to_owned())?;
        sheet.expect(LACKING).await.with_context(|| keys.to_owned())?;
    }
    Ok(())
}

async fn enter(sheet: &Sheet) -> Result<()> {
    ragged(sheet, A2).await?;
    sheet.window().strike("Tab Enter").await?;
    sheet.expect("A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 |end⏎").await
}

async fn pasted(sheet: &Sheet) -> Result<()> {
    sheet.given("[p⏎ q]⏎").await?;
    sheet.window().strike("Control+c").await?;
    ragged(sheet, A2).await?;
    sheet.window().strike("Tab Control+v").await?;
    sheet.expect("A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 p q|⏎r2c2 end⏎").await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect(LACKING).await
}

async fn composed(sheet: &Sheet) -> Result<()> {
    ragged(sheet, A2).await?;
    sheet.window().strike("Tab").await?;
    sheet.window().compose("に").await?;
    sheet.window().compose("日本").await?;
    sheet.window().commit("日").await?;
    sheet.expect("A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 日|⏎r2c2 end⏎").await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect(LACKING).await
}

async fn fork(sheet: &Sheet, client: u64, ops: Value) -> Result<Value> {
    let fork = sheet.tell("fork", &[json!(client)]).await?;
    ensure!(sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), ops]).await? == json!(true), "the edit is none");
    Ok(fork)
}

async fn remote(sheet: &Sheet) -> Result<()> {
    ragged(sheet, A2).await?;
    let fork = fork(sheet, 1, json!([{ "insert": "Y" }, { "retain": 9 }, { "insert": "Z" }])).await?;
    sheet.window().strike("Tab").await?;
    sheet.tell("merge", &[fork]).await?;
    sheet.expect("YA1⏎r1c1 B1⏎r1c2 A2⏎r2c1 Zend⏎").await?;
    in_missing(sheet).await?;
    sheet.window().write("x").await?;
    sheet.expect("YA1⏎r1c1 B1⏎r1c2 A2⏎r2c1 x|⏎r2c2 Zend⏎").await
}

async fn written_twice(sheet: &Sheet) -> Result<()> {
    for client in [1_u64, (1 << 53) - 1] {
        ragged(sheet, A2).await?;
        let ops = json!([{ "retain": 9 }, { "insert": "their" }, { "insert": "\n", "attributes": { "table": "r2", "col": "c2" } }]);
        let fork = fork(sheet, client, ops).await?;
        sheet.window().strike("Tab").await?;
        sheet.window().write("mine").await?;
        sheet.tell("merge", &[fork]).await?;
        sheet
            .hold(
                "both texts are in the one cell",
                r#"
            const cell = document.querySelector(`[data-section-id="${arguments[0]}"] tr:nth-child(2) > td:nth-child(2)`);
            return [...cell?.querySelectorAll("[data-line]") ?? []].map((line) => line.textContent).sort().join("+") === "mine+their";
        "#,
            )
            .await?;
        sheet.window().write("!").await?;
        let lines = sheet.page().await?.written.lines();
        ensure!(lines.contains(&"mine!".to_owned()) && lines.contains(&"their".to_owned()), "{lines:?}");
    }
    Ok(())
}

async fn stacked_headings(sheet: &Sheet) -> Result<()> {
    const TAGS: &str = r#"
        const lines = [...document.querySelectorAll(`[data-section-id="${arguments[0]}"] [data-line]`)];
        return lines.map((line) => line.localName).join() === "h4,h4,p";
    "#;
    given(sheet, &[("A1", "r1", Some("c1")), ("B1", "r1", Some("c1"))], 2).await?;
    let fork = sheet.tell("fork", &[json!(1)]).await?;
    let heading = json!({ "retain": 1, "attributes": { "table": null, "col": null, "header": 2 } });
    let ops = json!([{ "retain": 2 }, heading, { "retain": 2 }, heading]);
    ensure!(sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), ops]).await? == json!(true), "the edit is none");
    sheet.tell("merge", &[fork]).await?;
    sheet.expect("A1|⏎h2 B1⏎h2 end⏎").await?;
    sheet.hold("they are headings", TAGS).await
}

async fn stacked(sheet: &Sheet) -> Result<()> {
    const CELLS: [(&str, &str, Option<&str>); 4] =
        [("A1", "r1", Some("c1")), ("B1", "r1", Some("c2")), ("C1", "r1", Some("c2")), ("A2", "r2", Some("c1"))];
    given(sheet, &CELLS, 5).await?;
    ensure!(shown(sheet).await? == json!("A1|B1+C1 / A2|"), "{}", shown(sheet).await?);
    sheet.window().write("x").await?;
    sheet.expect("A1⏎r1c1 B1x|⏎r1c2 C1⏎r1c2 A2⏎r2c1 end⏎").await?;
    sheet.window().strike("ArrowDown").await?;
    sheet.window().write("y").await?;
    sheet.expect("A1⏎r1c1 B1x⏎r1c2 C1y|⏎r1c2 A2⏎r2c1 end⏎").await?;
    sheet.window().strike("ArrowUp Delete Home Backspace Delete").await?;
    sheet.expect("A1⏎r1c1 |1x⏎r1c2 C1y⏎r1c2 A2⏎r2c1 end⏎").await?;
    sheet.tell("cmd", &[json!("table-col-delete")]).await?;
    sheet.expect("A1⏎r1c1 A2⏎r2c1 end⏎").await
}

async fn quills(sheet: &Sheet) -> Result<()> {
    const CELLS: [(&str, &str, Option<&str>); 4] =
        [("A", "row-aaaa", None), ("B", "row-aaaa", None), ("C", "row-bbbb", None), ("", "row-bbbb", None)];
    given(sheet, &CELLS, 1).await?;
    ensure!(shown(sheet).await? == json!("A|B / C|"), "{}", shown(sheet).await?);
    sheet.window().strike("Enter").await?;
    sheet.window().write("x").await?;
    sheet.window().strike("Tab").await?;
    sheet.window().write("y").await?;
    sheet.expect("A⏎r1 B⏎r1 xC⏎r2 y|⏎r2 end⏎").await?;
    sheet.window().strike("Tab").await?;
    sheet.window().write("z").await?;
    sheet.expect("A⏎r1 B⏎r1 xC⏎r2 y⏎r2 z|⏎r3 ⏎r3 end⏎").await?;
    sheet.tell("cmd", &[json!("table-col-delete")]).await?;
    sheet.expect("B⏎r1 y⏎r2 |⏎r3 end⏎").await?;
    sheet.tell("cmd", &[json!("table-col-right")]).await?;
    ensure!(shown(sheet).await? == json!("B| / y| / |"), "{}", shown(sheet).await?);
    Ok(())
}

async fn unfinished(sheet: &Sheet) -> Result<()> {
    sheet.given("|⏎").await?;
    let ops: Vec<Value> = [cell("A", "r1", Some("c1")), cell("B", "r1", Some("c2"))].concat();
    sheet.call("setDelta", &[json!(ops)]).await?;
    sheet.call("select", &[json!(3)]).await?;
    // The line below is shown and stands in no document.
    sheet.expect("A⏎r1c1 B|⏎r1c2 ").await?;
    sheet.window().write("x").await?;
    sheet.expect("A⏎r1c1 Bx|⏎r1c2 ⏎").await?;
    sheet.window().strike("Enter").await?;
    sheet.window().write("y").await?;
    sheet.expect("A⏎r1c1 Bx⏎r1c2 y|⏎").await
}

async fn up_and_out(sheet: &Sheet) -> Result<()> {
    for start in ["A|1⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎", "A1⏎r1c1 B|1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎"] {
        sheet.given(start).await?;
        sheet.window().strike("ArrowUp").await?;
        sheet.hold("the caret is in the title", "return window.__editorTest.selection()?.id.startsWith('title:')").await?;
        sheet.window().strike("ArrowDown").await?;
        sheet.hold("and back in the section", "return window.__editorTest.selection()?.id === arguments[0]").await?;
    }
    Ok(())
}

/// Before the first letter of a cell, or behind its last one.
async fn edge(sheet: &Sheet, (row, column): (usize, usize), end: bool) -> Result<Point> {
    const EDGE: &str = r#"
        const [id, row, column, end] = arguments;
        const range = document.createRange();
        range.selectNodeContents(document.querySelectorAll(`[data-section-id="${id}"] tr`)[row].children[column]);
        const box = range.getBoundingClientRect();
        return [end ? box.right + 3 : box.left + 1, (box.top + box.bottom) / 2];
    "#;
    let said = sheet.window().run(EDGE, vec![json!(sheet.section), json!(row), json!(column), json!(end)]).await?;
    Ok(Point { x: said[0].as_f64().context("no cell")?, y: said[1].as_f64().context("no cell")? })
}

async fn mouse(sheet: &Sheet) -> Result<()> {
    const TABLE: &str = "x⏎ A1|⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎";
    // Firefox selects whole cells, from corner to corner.
    let across = match sheet.kind() {
        Kind::Chromium => "x⏎ A1⏎r1c1 z|⏎r1c2 ⏎r2c1 B2⏎r2c2 ⏎",
        Kind::Firefox => "x⏎ z|⏎r1c1 ⏎r1c2 ⏎r2c1 ⏎r2c2 ⏎",
    };
    for (from, to, after) in [((0, 0), (0, 1), "x⏎ z|⏎r1c1 ⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎"), ((0, 1), (1, 0), across)] {
        sheet.given(TABLE).await?;
        middle(sheet, 0, 0).await?;
        let (from, to) = (edge(sheet, from, false).await?, edge(sheet, to, true).await?);
        sheet.window().mouse(&[Mouse::To(from), Mouse::Down, Mouse::To(to), Mouse::Up]).await?;
        sheet.hold("cells are selected as one range", "return getSelection().rangeCount === 1 && !getSelection().isCollapsed").await?;
        sheet.window().write("z").await?;
        sheet.expect(after).await?;
        sheet.window().strike("Control+z").await?;
        sheet.expect(&TABLE.replace('|', "")).await?;
    }
    Ok(())
}

async fn triple_click(sheet: &Sheet) -> Result<()> {
    sheet.given("x|⏎ one⏎r1c1 two⏎r1c2 ⏎").await?;
    let at = middle(sheet, 0, 0).await?;
    let press = [Mouse::Down, Mouse::Up];
    let movements: Vec<Mouse> = std::iter::once(Mouse::To(at)).chain(press.into_iter().cycle().take(6)).collect();
    sheet.window().mouse(&movements).await?;
    sheet.expect("x⏎ [one]⏎r1c1 two⏎r1c2 ⏎").await?;
    sheet.window().strike("Delete").await?;
    sheet.expect("x⏎ |⏎r1c1 two⏎r1c2 ⏎").await
}

async fn clipboard(sheet: &Sheet) -> Result<()> {
    const LISTEN: &str = r#"
        addEventListener(arguments[0], (event) => {
            window.__copied = [event.clipboardData.getData("text/plain"), event.clipboardData.getData("text/html")];
        }, { once: true });
    "#;
    const TABLE: &str = "x⏎ [A⏎r1c1 *B*⏎r1c2 C⏎r2c1 D]⏎r2c2 end⏎";
    sheet.given(TABLE).await?;
    sheet.window().run(LISTEN, vec![json!("cut")]).await?;
    sheet.window().strike("Control+x").await?;
    let said = sheet.window().run("return window.__copied", Vec::new()).await?;
    ensure!(said[0] == json!("A\tB\nC\tD"), "as text: {}", said[0]);
    let html = said[1].as_str().unwrap_or_default();
    ensure!(
        html.contains("<table")
            && html.matches("<tr").count() == 2
            && html.matches("<th ").count() == 2
            && html.matches("<td").count() == 2,
        "{html}"
    );
    sheet.expect("x⏎ |⏎r1c1 ⏎r1c2 ⏎r2c1 ⏎r2c2 end⏎").await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect(TABLE).await?;
    sheet.given("|⏎").await?;
    sheet.window().strike("Control+v").await?;
    sheet.expect("A⏎r1c1 *B*⏎r1c2 C⏎r2c1 D⏎r2c2 |⏎").await?;
    // Into a cell comes text alone; over cells, after they were emptied.
    sheet.given("P[⏎r1c1 Q]⏎r1c2 end⏎").await?;
    sheet.window().strike("Control+v").await?;
    sheet.expect("PA B C D|⏎r1c1 ⏎r1c2 end⏎").await
}

async fn beside(sheet: &Sheet) -> Result<()> {
    sheet.given("[A⏎r1c1 B]⏎r1c2 end⏎").await?;
    sheet.window().strike("Control+c").await?;
    for (before, after) in [
        ("P⏎r1c1 Q⏎r1c2 |⏎", "P⏎r1c1 Q⏎r1c2 ⏎ A⏎r2c3 B⏎r2c4 |⏎"),
        ("x|⏎ P⏎r1c1 Q⏎r1c2 ⏎", "x⏎ A⏎r1c1 B⏎r1c2 |⏎ P⏎r2c3 Q⏎r2c4 ⏎"),
        ("x|y⏎q", "x⏎q A⏎r1c1 B⏎r1c2 |y⏎q"),
    ] {
        sheet.given(before).await?;
        sheet.window().strike("Control+v").await?;
        sheet.expect(after).await.with_context(|| before.to_owned())?;
        sheet.window().strike("Control+z").await?;
        sheet.expect(before).await?;
    }
    Ok(())
}
