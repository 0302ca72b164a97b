//! What other clients and other programs in the page do: texts outside of our rules, changes without an event.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::sheet::Sheet;

pub(super) async fn all(sheet: &Sheet) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, done) in [
        ("a text without its last line end gets it with the next edit", unfinished(sheet).await),
        ("a text that was emptied is written anew", emptied(sheet).await),
        ("a table without a line below it is shown with one", unfinished_table(sheet).await),
        ("a line's format on a letter is none", line_format_on_text(sheet).await),
        ("values out of bounds", out_of_bounds(sheet).await),
        ("heading and list at once are a list", two_kinds(sheet).await),
        ("a row with a missing cell", ragged(sheet).await),
        ("a new column beside a new row", column_beside_row(sheet).await),
        ("two columns deleted at once", two_columns(sheet).await),
        ("text put into the page by another program", foreign_text(sheet).await),
        ("a program that writes on and on", tireless(sheet).await),
        ("a translator's wrapping", wrapped(sheet).await),
        ("an element of another program", foreign_element(sheet).await),
        ("lines that do not change keep their elements", kept_elements(sheet).await),
        ("a range in a line survives what others write there", live_range(sheet).await),
        ("a foreign command of the browser", exec_command(sheet).await),
    ] {
        wrong.extend(done.err().map(|error| format!("  foreign: {name}: {error:#}")));
    }
    wrong
}

/// Somebody else's edit.
async fn remote(sheet: &Sheet, ops: Value) -> Result<()> {
    let fork = sheet.tell("fork", &[json!(1)]).await?;
    ensure!(sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), ops]).await? == json!(true), "the edit is none");
    ensure!(sheet.tell("merge", &[fork]).await? == json!(true), "the merge failed");
    Ok(())
}

/// Tags of the lines and the containers around them, from the outside in.
async fn tags(sheet: &Sheet) -> Result<Value> {
    const TAGS: &str = r#"
        const host = document.querySelector(`[data-section-id="${arguments[0]}"]`);
        return [...host.querySelectorAll("[data-line]")].map((line) => {
            const path = [];
            for (let at = line; at !== host; at = at.parentElement) { path.unshift(at.localName); }
            return path.join(" ");
        });
    "#;
    sheet.window().run(TAGS, vec![json!(sheet.section)]).await
}

async fn unfinished(sheet: &Sheet) -> Result<()> {
    sheet.given("ab|⏎").await?;
    remote(sheet, json!([{ "retain": 2 }, { "delete": 1 }])).await?;
    sheet.expect("ab|").await?;
    ensure!(sheet.page().await?.ops == json!([{ "insert": "ab" }]), "nothing is written on receipt");
    sheet.window().write("c").await?;
    sheet.expect("abc|⏎").await?;
    // Who writes in another line leaves it alone.
    sheet.given("ab⏎ cd|⏎").await?;
    remote(sheet, json!([{ "retain": 5 }, { "delete": 1 }])).await?;
    sheet.call("select", &[json!(1)]).await?;
    sheet.window().write("x").await?;
    sheet.expect("ax|b⏎ cd").await
}

async fn emptied(sheet: &Sheet) -> Result<()> {
    sheet.given("ab|⏎").await?;
    remote(sheet, json!([{ "delete": 3 }])).await?;
    sheet.window().write("x").await?;
    sheet.expect("x|⏎").await?;
    sheet.given("a⏎ b|⏎").await?;
    remote(sheet, json!([{ "delete": 4 }])).await?;
    remote(sheet, json!([{ "insert": "y\nz\n" }])).await?;
    sheet.expect("y⏎ z⏎").await
}

async fn unfinished_table(sheet: &Sheet) -> Result<()> {
    let cells = json!([{ "insert": "A" }, CELL("r1", "c1"), { "insert": "B" }, CELL("r1", "c2")]);
    sheet.tell("setDelta", &[json!(sheet.section), cells.clone()]).await?;
    ensure!(tags(sheet).await? == json!(["table tbody tr td", "table tbody tr td", "p"]), "{}", tags(sheet).await?);
    ensure!(sheet.page().await?.ops == cells, "nothing is written on receipt");
    sheet.call("select", &[json!(3)]).await?;
    for key in ["ArrowDown", "ArrowUp", "ArrowDown"] {
        sheet.window().strike(key).await?;
    }
    ensure!(sheet.page().await?.ops == cells, "nor by walking there");
    sheet.window().write("x").await?;
    sheet.expect("A⏎r1c1 B⏎r1c2 x|⏎").await
}

async fn line_format_on_text(sheet: &Sheet) -> Result<()> {
    sheet.given("ab|⏎ c⏎").await?;
    remote(sheet, json!([{ "retain": 2 }, { "insert": " x", "attributes": { "indent": 1, "list": "bullet", "header": 1 } }])).await?;
    sheet.expect("ab| x⏎ c⏎").await?;
    ensure!(tags(sheet).await? == json!(["p", "p"]), "{}", tags(sheet).await?);
    // And a mark on a line end is none either.
    remote(sheet, json!([{ "retain": 4 }, { "retain": 1, "attributes": { "bold": true } }])).await?;
    sheet.expect("ab| x⏎ c⏎").await?;
    sheet.window().strike("End").await?;
    sheet.window().write("y").await?;
    sheet.expect("ab xy|⏎ c⏎").await
}

async fn out_of_bounds(sheet: &Sheet) -> Result<()> {
    sheet.given("a|⏎ b⏎ c⏎ d⏎").await?;
    let line = |attributes: Value| json!({ "retain": 1, "attributes": attributes });
    let (header, indent) = (line(json!({ "header": 9 })), line(json!({ "list": "bullet", "indent": 99 })));
    let (odd, kind) = (line(json!({ "header": "x", "blockquote": 7 })), line(json!({ "list": "checked" })));
    remote(sheet, json!([{ "retain": 1 }, header, { "retain": 1 }, indent, { "retain": 1 }, odd, { "retain": 1 }, kind])).await?;
    let shown = tags(sheet).await?;
    ensure!(shown.as_array().is_some_and(|lines| lines.len() == 4), "{shown}");
    ensure!(shown[0].as_str().is_some_and(|tag| tag.starts_with('h') || tag == "p"), "{shown}");
    ensure!(!shown.to_string().contains("undefined"), "{shown}");
    sheet.window().write("x").await?;
    ensure!(sheet.page().await?.written.lines() == ["ax", "b", "c", "d"], "one writes on");
    Ok(())
}

async fn two_kinds(sheet: &Sheet) -> Result<()> {
    sheet.given("a|⏎").await?;
    let fork = sheet.tell("fork", &[json!(1)]).await?;
    let ops = json!([{ "retain": 1 }, { "retain": 1, "attributes": { "list": "bullet", "header": null } }]);
    sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), ops]).await?;
    sheet.tell("cmd", &[json!("header-2")]).await?;
    sheet.tell("merge", &[fork]).await?;
    sheet.expect("a|⏎b").await?;
    ensure!(tags(sheet).await? == json!(["ul li"]), "{}", tags(sheet).await?);
    Ok(())
}

const CELL: fn(&str, &str) -> Value = |row, column| json!({ "insert": "\n", "attributes": { "table": row, "col": column } });

async fn ragged(sheet: &Sheet) -> Result<()> {
    sheet.given("|⏎").await?;
    let ops = json!([
        { "insert": "A1" }, CELL("row-one", "c-one"), { "insert": "B1" }, CELL("row-one", "c-two"),
        { "insert": "A2" }, { "insert": "\n", "attributes": { "table": "row-two" } }, { "insert": "end\n" },
    ]);
    ensure!(sheet.call("setDelta", &[ops]).await? == json!(true), "no text");
    const TABLE: &str = r#"
        const rows = [...document.querySelectorAll(`[data-section-id="${arguments[0]}"] tr`)];
        return rows.map((row) => [...row.children].map((cell) => cell.textContent.trim()));
    "#;
    let shown = sheet.window().run(TABLE, vec![json!(sheet.section)]).await?;
    ensure!(shown == json!([["A1", "B1"], ["A2", ""]]), "a missing cell is shown as an empty one: {shown}");
    let lines = sheet.page().await?.written.lines();
    ensure!(lines == ["A1", "B1", "A2", "end"], "and not written: {lines:?}");
    Ok(())
}

async fn column_beside_row(sheet: &Sheet) -> Result<()> {
    for client in [1_u64, (1 << 53) - 1] {
        sheet.given("A|⏎r1c1 B⏎r1c2 end⏎").await?;
        let fork = sheet.tell("fork", &[json!(client)]).await?;
        let row = json!([{ "retain": 4 }, { "insert": "C" }, CELL("rnew", "c1"), { "insert": "D" }, CELL("rnew", "c2")]);
        sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), row]).await?;
        sheet.tell("cmd", &[json!("table-col-right")]).await?;
        sheet.window().write("x").await?;
        sheet.tell("merge", &[fork]).await?;
        let table = r#"
            const rows = [...document.querySelectorAll(`[data-section-id="${arguments[0]}"] tr`)];
            return rows.map((row) => [...row.children].map((cell) => cell.textContent.trim()).join("|")).join(" / ");
        "#;
        let shown = sheet.window().run(table, vec![json!(sheet.section)]).await?;
        ensure!(shown == json!("A|x|B / C||D") || shown == json!("Ax||B / C||D"), "every text stays in its column: {shown}");
    }
    Ok(())
}

async fn two_columns(sheet: &Sheet) -> Result<()> {
    sheet.given("A1|⏎r1c1 B1⏎r1c2 C1⏎r1c3 A2⏎r2c1 B2⏎r2c2 C2⏎r2c3 end⏎").await?;
    let fork = sheet.tell("fork", &[json!(1)]).await?;
    let ops = json!([{ "retain": 3 }, { "delete": 3 }, { "retain": 6 }, { "delete": 3 }]);
    sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), ops]).await?;
    sheet.tell("cmd", &[json!("table-col-delete")]).await?;
    sheet.tell("merge", &[fork]).await?;
    sheet.expect("C1⏎r1c1 C2⏎r2c1 end⏎").await
}

async fn foreign_text(sheet: &Sheet) -> Result<()> {
    const CHANGE: &str = r#"
        const line = document.querySelectorAll(`[data-section-id="${arguments[0]}"] [data-line]`)[1];
        document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode().data = "changed";
    "#;
    sheet.given("one⏎ two⏎b |three⏎").await?;
    sheet.window().run(CHANGE, vec![json!(sheet.section)]).await?;
    sheet.expect("one⏎ changed⏎b |three⏎").await
}

async fn tireless(sheet: &Sheet) -> Result<()> {
    const WRITE_ON: &str = r#"
        const line = document.querySelector(`[data-section-id="${arguments[0]}"] [data-line]`);
        const task = () => new Promise((next) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = next; port2.postMessage(0); });
        return (async () => {
            for (let letter = 0; letter < 60; letter += 1) {
                document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode().appendData("x");
                await task();
            }
        })();
    "#;
    sheet.given("a⏎ |b⏎").await?;
    sheet.window().run(WRITE_ON, vec![json!(sheet.section)]).await?;
    sheet.expect(&format!("a{}⏎ b⏎", "x".repeat(60))).await
}

async fn wrapped(sheet: &Sheet) -> Result<()> {
    const WRAP: &str = r#"
        const line = document.querySelectorAll(`[data-section-id="${arguments[0]}"] [data-line]`)[0];
        const font = document.createElement("font");
        font.append("ett");
        line.firstChild.replaceWith(font);
    "#;
    sheet.given("one⏎ |two⏎").await?;
    sheet.window().run(WRAP, vec![json!(sheet.section)]).await?;
    sheet.hold("the wrapping is gone", "return document.querySelector(`[data-section-id=\"${arguments[0]}\"] font`) === null").await?;
    sheet.expect("ett⏎ two⏎").await?;
    // Around the word the caret is in.
    const AROUND: &str = r#"
        const text = document.querySelector(`[data-section-id="${arguments[0]}"] [data-line]`).firstChild.splitText(4);
        const font = document.createElement("font");
        text.before(font);
        font.append(text);
    "#;
    sheet.given("one tw|o⏎").await?;
    sheet.window().run(AROUND, vec![json!(sheet.section)]).await?;
    sheet.hold("the wrapping is gone", "return document.querySelector(`[data-section-id=\"${arguments[0]}\"] font`) === null").await?;
    sheet.expect("one tw|o⏎").await?;
    sheet.window().write("x").await?;
    sheet.expect("one twx|o⏎").await
}

async fn foreign_element(sheet: &Sheet) -> Result<()> {
    const ADD: &str = r#"
        const host = document.querySelector(`[data-section-id="${arguments[0]}"]`);
        const alien = document.createElement("alien-overlay");
        alien.textContent = "Fix";
        host.append(alien);
    "#;
    sheet.given("one|⏎").await?;
    sheet.window().run(ADD, vec![json!(sheet.section)]).await?;
    sheet.window().write("x").await?;
    sheet.expect("onex|⏎").await?;
    sheet.given("a|⏎").await?;
    sheet.expect("a|⏎").await
}

async fn kept_elements(sheet: &Sheet) -> Result<()> {
    const KEEP: &str = r#"
        window.__lines = [...document.querySelectorAll(`[data-section-id="${arguments[0]}"] [data-line]`)];
    "#;
    const KEPT: &str = r#"
        const lines = new Set(document.querySelectorAll(`[data-section-id="${arguments[0]}"] [data-line]`));
        return window.__lines.map((line) => lines.has(line));
    "#;
    sheet.given("one⏎ tw|o⏎ three⏎b A⏎r1c1 B⏎r1c2 end⏎").await?;
    sheet.window().run(KEEP, vec![json!(sheet.section)]).await?;
    sheet.window().strike("Enter").await?;
    sheet.expect("one⏎ tw⏎ |o⏎ three⏎b A⏎r1c1 B⏎r1c2 end⏎").await?;
    remote(sheet, json!([{ "insert": "zero\n" }])).await?;
    sheet.expect("zero⏎ one⏎ tw⏎ |o⏎ three⏎b A⏎r1c1 B⏎r1c2 end⏎").await?;
    let kept = sheet.window().run(KEPT, vec![json!(sheet.section)]).await?;
    let all = kept.as_array().is_some_and(|kept| kept.iter().enumerate().all(|(line, kept)| line == 1 || *kept == json!(true)));
    ensure!(all, "{kept}");
    Ok(())
}

async fn live_range(sheet: &Sheet) -> Result<()> {
    const MARK: &str = r#"
        const line = document.querySelector(`[data-section-id="${arguments[0]}"] [data-line]`);
        const node = document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode();
        window.__range = document.createRange();
        window.__range.setStart(node, 4);
        window.__range.setEnd(node, 7);
    "#;
    sheet.given("one two three|⏎").await?;
    sheet.window().run(MARK, vec![json!(sheet.section)]).await?;
    remote(sheet, json!([{ "insert": "zero " }])).await?;
    remote(sheet, json!([{ "retain": 13 }, { "delete": 5 }, { "insert": "3" }])).await?;
    sheet.expect("zero one two 3⏎").await?;
    let text = sheet.window().run("return window.__range.toString()", Vec::new()).await?;
    ensure!(text == json!("two"), "the range holds {text}");
    Ok(())
}

async fn exec_command(sheet: &Sheet) -> Result<()> {
    sheet.given("a|b⏎").await?;
    sheet.window().run("document.execCommand('insertText', false, 'xy')", Vec::new()).await?;
    sheet.expect("axy|b⏎").await
}
