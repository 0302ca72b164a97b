//! The mouse: clicks, selecting, dragging text.

use anyhow::{Context, Result, ensure};
use dagsorden_tests::browser::{Kind, Mouse, Point};
use serde_json::{Value, json};

use super::sheet::Sheet;

/// Where a letter of a line stands in the window: the middle of its left edge.
const SPOT: &str = r#"
    const [id, index, offset] = arguments;
    const host = document.querySelector(`[data-section-id="${id}"]`);
    host.scrollIntoView({ block: "center" });
    const line = host.querySelectorAll("[data-line]")[index];
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    let left = offset;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (left < node.length) {
            range.setStart(node, left);
            range.setEnd(node, left + 1);
            const box = range.getBoundingClientRect();
            return [box.left, (box.top + box.bottom) / 2];
        }
        left -= node.length;
        range.setStart(node, node.length - 1);
        range.setEnd(node, node.length);
    }
    const box = range.getBoundingClientRect();
    return [box.right, (box.top + box.bottom) / 2];
"#;

async fn spot(sheet: &Sheet, line: usize, offset: u32) -> Result<Point> {
    let said = sheet.window().run(SPOT, vec![json!(sheet.section), json!(line), json!(offset)]).await?;
    let (x, y) = (said[0].as_f64().context("no place")?, said[1].as_f64().context("no place")?);
    Ok(Point { x, y })
}

pub(super) async fn all(sheet: &Sheet) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, done) in [
        ("a click puts the caret", click(sheet).await),
        ("a double click takes a word", double_click(sheet).await),
        ("13 a triple click takes the line without its end", triple_click(sheet).await),
        ("selecting over lines", drag_over(sheet).await),
        ("29 text is dragged into another line", drag_text(sheet).await),
        ("text is dragged into another section", drag_to_section(sheet).await),
        ("what others write in dragged text goes with it", drag_grown(sheet).await),
        ("text of another program is dropped", drop_foreign(sheet).await),
        ("a remote edit while the mouse selects", remote_while_selecting(sheet).await),
    ] {
        wrong.extend(done.err().map(|error| format!("  mouse: {name}: {error:#}")));
    }
    wrong
}

async fn click(sheet: &Sheet) -> Result<()> {
    sheet.given("|one⏎ two⏎b").await?;
    let at = spot(sheet, 1, 1).await?;
    sheet.window().mouse(&[Mouse::To(at), Mouse::Down, Mouse::Up]).await?;
    sheet.expect("one⏎ t|wo⏎b").await?;
    sheet.window().write("x").await?;
    sheet.expect("one⏎ tx|wo⏎b").await
}

async fn double_click(sheet: &Sheet) -> Result<()> {
    sheet.given("|one two three⏎").await?;
    let at = spot(sheet, 0, 5).await?;
    sheet.window().mouse(&[Mouse::To(at), Mouse::Down, Mouse::Up, Mouse::Down, Mouse::Up]).await?;
    sheet.expect("one [two] three⏎").await?;
    sheet.window().write("x").await?;
    sheet.expect("one x| three⏎").await
}

async fn triple_click(sheet: &Sheet) -> Result<()> {
    // A table after the line is an island for the browser, which reaches into it.
    for (before, selected, after) in [
        ("one⏎b |two⏎", "[one]⏎b two⏎", "|⏎b two⏎"),
        ("one⏎h2 |⏎ two⏎", "[one]⏎h2 ⏎ two⏎", "|⏎h2 ⏎ two⏎"),
        ("one⏎ A⏎r1c1 B|⏎r1c2 ⏎", "[one]⏎ A⏎r1c1 B⏎r1c2 ⏎", "|⏎ A⏎r1c1 B⏎r1c2 ⏎"),
    ] {
        sheet.given(before).await?;
        let at = spot(sheet, 0, 1).await?;
        let press = [Mouse::Down, Mouse::Up];
        let movements: Vec<Mouse> = std::iter::once(Mouse::To(at)).chain(press.into_iter().cycle().take(6)).collect();
        sheet.window().mouse(&movements).await?;
        sheet.expect(selected).await?;
        sheet.window().strike("Delete").await?;
        sheet.expect(after).await?;
    }
    Ok(())
}

async fn drag_over(sheet: &Sheet) -> Result<()> {
    sheet.given("|one⏎ two⏎b").await?;
    let (from, to) = (spot(sheet, 0, 1).await?, spot(sheet, 1, 2).await?);
    sheet.window().mouse(&[Mouse::To(from), Mouse::Down, Mouse::To(to), Mouse::Up]).await?;
    sheet.expect("o[ne⏎ tw]o⏎b").await?;
    sheet.window().write("x").await?;
    sheet.expect("ox|o⏎").await
}

async fn drag_text(sheet: &Sheet) -> Result<()> {
    sheet.given("[hello] there⏎ world⏎").await?;
    let (from, to) = (spot(sheet, 0, 2).await?, spot(sheet, 1, 5).await?);
    if sheet.kind() == Kind::Chromium {
        let near = Point { x: from.x + 12.0, y: from.y + 4.0 };
        let hover = Point { x: to.x - 3.0, y: to.y };
        let drag = [Mouse::To(from), Mouse::Down, Mouse::To(near), Mouse::To(hover), Mouse::To(to), Mouse::Up];
        sheet.window().mouse(&drag).await?;
    } else {
        // Headless Firefox makes no drop of WebDriver's mouse.
        const DRAG: &str = r#"
            const [from, to] = arguments;
            const dataTransfer = new DataTransfer();
            for (const [type, [clientX, clientY]] of [["dragstart", from], ["dragover", to], ["drop", to], ["dragend", to]]) {
                const event = new DragEvent(type, { bubbles: true, cancelable: true, composed: true, dataTransfer, clientX, clientY });
                document.elementFromPoint(clientX, clientY).dispatchEvent(event);
            }
        "#;
        sheet.window().run(DRAG, vec![json!([from.x, from.y]), json!([to.x, to.y])]).await?;
    }
    sheet.expect(" there⏎ worldhello|⏎").await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect("[hello] there⏎ world⏎").await
}

/// The events of a drag by hand; without a start it comes from another program.
const DROP: &str = r#"
    const [from, to, forms] = arguments;
    const dataTransfer = new DataTransfer();
    for (const [type, text] of Object.entries(forms)) { dataTransfer.setData(type, text); }
    for (const [type, at] of [["dragstart", from], ["dragover", to], ["drop", to], ["dragend", from]].filter(([, at]) => at)) {
        const event = new DragEvent(type, { bubbles: true, cancelable: true, composed: true, dataTransfer, clientX: at[0], clientY: at[1] });
        document.elementFromPoint(...at).dispatchEvent(event);
    }
"#;

async fn drag_to_section(sheet: &Sheet) -> Result<()> {
    const NEXT: &str = r#"
        const ids = window.__editorTest.sections();
        const next = ids[ids.indexOf(arguments[0]) + 1];
        const host = document.querySelector(`[data-section-id="${next}"]`);
        const range = document.createRange();
        range.setStart(document.createTreeWalker(host, NodeFilter.SHOW_TEXT).nextNode(), 0);
        const box = range.getBoundingClientRect();
        return [next, [box.left + 0.5, (box.top + box.bottom) / 2]];
    "#;
    sheet.given("[one] two⏎").await?;
    let from = spot(sheet, 0, 1).await?;
    let next = sheet.window().run(NEXT, vec![json!(sheet.section)]).await?;
    let before = sheet.tell("delta", &[next[0].clone()]).await?;
    sheet.window().run(DROP, vec![json!([from.x, from.y]), next[1].clone(), json!({})]).await?;
    sheet.expect(" two⏎").await?;
    let after = sheet.tell("delta", &[next[0].clone()]).await?;
    let begins = after[0]["insert"].as_str().is_some_and(|text| text.starts_with("one"));
    ensure!(begins, "the words stand in the other section: {after}");
    sheet.window().strike("Control+z").await?;
    sheet.expect("one two⏎").await?;
    ensure!(sheet.tell("delta", &[next[0].clone()]).await? == before, "one step takes back both");
    Ok(())
}

async fn drag_grown(sheet: &Sheet) -> Result<()> {
    const START: &str = r#"
        const [clientX, clientY] = arguments;
        window.__dragged = new DataTransfer();
        const event = new DragEvent("dragstart", { bubbles: true, cancelable: true, composed: true, dataTransfer: window.__dragged, clientX, clientY });
        document.elementFromPoint(clientX, clientY).dispatchEvent(event);
    "#;
    sheet.given("[o*n*e] two⏎ x⏎").await?;
    let from = spot(sheet, 0, 1).await?;
    sheet.window().run(START, vec![json!(from.x), json!(from.y)]).await?;
    let fork = sheet.tell("fork", &[json!(1)]).await?;
    sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), json!([{ "retain": 2 }, { "insert": "NY" }])]).await?;
    sheet.tell("merge", &[fork]).await?;
    sheet.expect("[o*n*NYe] two⏎ x⏎").await?;
    let to = spot(sheet, 1, 1).await?;
    sheet
        .window()
        .run(&START.replace("dragstart", "drop").replace("= new DataTransfer()", "??= null"), vec![json!(to.x), json!(to.y)])
        .await?;
    sheet.expect(" two⏎ xo*n*NYe|⏎").await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect("o*n*NYe two⏎ x⏎").await
}

async fn drop_foreign(sheet: &Sheet) -> Result<()> {
    sheet.given("|one⏎ two⏎b").await?;
    let to = spot(sheet, 1, 1).await?;
    let dropped = json!({ "text/plain": "xy", "text/html": "<b>x</b>y" });
    sheet.window().run(DROP, vec![Value::Null, json!([to.x, to.y]), dropped]).await?;
    sheet.expect("one⏎ t*x*y|wo⏎b").await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect("one⏎ two⏎b").await
}

async fn remote_while_selecting(sheet: &Sheet) -> Result<()> {
    sheet.given("|one⏎ two⏎").await?;
    let (from, to) = (spot(sheet, 0, 1).await?, spot(sheet, 1, 2).await?);
    let fork = sheet.tell("fork", &[json!(1)]).await?;
    sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), json!([{ "retain": 7 }, { "insert": "XX" }])]).await?;
    sheet.window().mouse(&[Mouse::To(from), Mouse::Down, Mouse::To(to)]).await?;
    sheet.tell("merge", &[fork]).await?;
    sheet.window().mouse(&[Mouse::Up]).await?;
    sheet.expect("o[ne⏎ tw]oXX⏎").await
}
