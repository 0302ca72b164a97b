//! The line of a composition is held still, whatever becomes of its list, its table or its format meanwhile; and titles, steps of undo, long rests.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::composition::{begin, compose, remote, shows};
use super::sheet::Sheet;

pub(super) async fn all(sheet: &Sheet) -> Vec<String> {
    let mut wrong = Vec::new();
    for case in CASES {
        wrong.extend(held(sheet, case).await.err().map(|error| format!("  held: {}: {}\n        {error:#}", case.name, case.before)));
    }
    for (name, done) in [
        ("over lines it is one step of undo", one_step(sheet, "a[b⏎h2 c⏎b d]e⏎", "a日|e⏎h2").await),
        ("over cells it is one step of undo", one_step(sheet, "x⏎ [A⏎r1c1 B]⏎r1c2 ⏎", "x⏎ 日|⏎r1c1 ⏎r1c2 ⏎").await),
        ("typing before it is a step of its own", typing_before(sheet).await),
        ("given up after another changed the line", given_up(sheet).await),
        ("given up for another place", left_for_another(sheet).await),
        ("in a title", title(sheet).await),
        ("a command in the midst of it", command(sheet).await),
        ("one that rests is over", rests(sheet).await),
        ("Enter that a keyboard of a touch screen sends within it", enter(sheet).await),
        ("an accent on a letter that stands there", accent(sheet).await),
    ] {
        wrong.extend(done.err().map(|error| format!("  held: {name}: {error:#}")));
    }
    wrong
}

/// What is written and where, what another person does in the midst of the composition, and what stands there afterwards.
struct Case {
    name: &'static str,
    before: &'static str,
    theirs: &'static str,
    after: &'static str,
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case { name: "a row above the cell's", before: "A1⏎r1c1 B|1⏎r1c2 end⏎", theirs: r#"[{"insert":"N"},{"insert":"\n","attributes":{"table":"new","col":"c1"}},{"insert":"M"},{"insert":"\n","attributes":{"table":"new","col":"c2"}}]"#, after: "N⏎r1c1 M⏎r1c2 A1⏎r2c1 B日|1⏎r2c2 end⏎" },
    Case { name: "a column left of the cell's", before: "A1⏎r1c1 B|1⏎r1c2 end⏎", theirs: r#"[{"retain":3},{"insert":"N"},{"insert":"\n","attributes":{"table":"r1","col":"new"}}]"#, after: "A1⏎r1c1 N⏎r1c2 B日|1⏎r1c3 end⏎" },
    Case { name: "the cell's column goes", before: "A1⏎r1c1 B|1⏎r1c2 A2⏎r2c1 B2⏎r2c2 end⏎", theirs: r#"[{"retain":3},{"delete":3},{"retain":3},{"delete":3}]"#, after: "A1⏎r1c1 日|A2⏎r2c1 end⏎" },
    Case { name: "the whole table goes", before: "x⏎ A1⏎r1c1 B|1⏎r1c2 end⏎", theirs: r#"[{"retain":2},{"delete":6}]"#, after: "x⏎ 日|end⏎" },
    Case { name: "a second text in the cell", before: "A1⏎r1c1 B|1⏎r1c2 end⏎", theirs: r#"[{"retain":6},{"insert":"N"},{"insert":"\n","attributes":{"table":"r1","col":"c2"}}]"#, after: "A1⏎r1c1 B日|1⏎r1c2 N⏎r1c2 end⏎" },
    Case { name: "the second text in the cell goes", before: "A1⏎r1c1 B|1⏎r1c2 N⏎r1c2 end⏎", theirs: r#"[{"retain":6},{"delete":2}]"#, after: "A1⏎r1c1 B日|1⏎r1c2 end⏎" },
    Case { name: "the lines around become a list", before: "a⏎ b|c⏎ d⏎", theirs: r#"[{"retain":1},{"retain":1,"attributes":{"list":"bullet"}},{"retain":2},{"retain":1,"attributes":{"list":"bullet"}},{"retain":1},{"retain":1,"attributes":{"list":"bullet"}}]"#, after: "a⏎b b日|c⏎b d⏎b" },
    Case { name: "the list around becomes lines", before: "a⏎b b|c⏎b d⏎b", theirs: r#"[{"retain":1},{"retain":1,"attributes":{"list":null}},{"retain":2},{"retain":1,"attributes":{"list":null}},{"retain":1},{"retain":1,"attributes":{"list":null}}]"#, after: "a⏎ b日|c⏎ d⏎" },
    Case { name: "two lists become one", before: "a⏎b x⏎ b|c⏎b", theirs: r#"[{"retain":2},{"delete":2}]"#, after: "a⏎b b日|c⏎b" },
    Case { name: "the line is cut around it", before: "ab|cd⏎", theirs: r#"[{"retain":1},{"insert":"\n"},{"retain":2},{"insert":"\n"}]"#, after: "a⏎ b日|c⏎ d⏎" },
    Case { name: "the words around it are deleted and others written", before: "ab|cd⏎ x⏎", theirs: r#"[{"insert":"ny"},{"delete":4}]"#, after: "ny日|⏎ x⏎" },
    Case { name: "in an empty line", before: "a⏎ |⏎ b⏎", theirs: r#"[{"insert":"X"},{"retain":2},{"retain":1,"attributes":{"list":"bullet"}}]"#, after: "Xa⏎ 日|⏎b b⏎" },
    Case { name: "the empty line goes", before: "a⏎ |⏎ b⏎", theirs: r#"[{"retain":2},{"delete":1}]"#, after: "a⏎ 日|b⏎" },
];

/// Counts compositions, and keeps the text node of this one.
const WATCH: &str = r#"
    window.__starts = 0;
    window.__watch ??= addEventListener("compositionstart", () => { window.__starts += 1; }, true) ?? true;
"#;

async fn held(sheet: &Sheet, case: &Case) -> Result<()> {
    sheet.given(case.before).await?;
    sheet.window().run(WATCH, Vec::new()).await?;
    begin(sheet, "に").await?;
    remote(sheet, serde_json::from_str(case.theirs)?).await?;
    sheet.hold("it is seen still", &shows("に")).await?;
    compose(sheet, &["日本"], "日").await?;
    sheet.expect(case.after).await?;
    let starts = sheet.window().run("return window.__starts", Vec::new()).await?;
    ensure!(starts == json!(1), "it went on as one, not as {starts}");
    // No list or table is left of those that are gone.
    sheet
        .hold(
            "every list and table holds lines",
            "return [...document.querySelectorAll(`[data-section-id=\"${arguments[0]}\"] :is(ul, ol, table, tr)`)].every((box) => box.querySelector('[data-line]'))",
        )
        .await
}

async fn one_step(sheet: &Sheet, before: &str, after: &str) -> Result<()> {
    sheet.given(before).await?;
    compose(sheet, &["に", "日本"], "日").await?;
    sheet.expect(after).await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect(before).await?;
    sheet.window().strike("Control+Shift+z").await?;
    sheet.expect(&after.replace('|', "")).await
}

async fn typing_before(sheet: &Sheet) -> Result<()> {
    sheet.given("|⏎").await?;
    sheet.window().write("ab").await?;
    sheet.tell("endUndoGroup", &[]).await?;
    compose(sheet, &["に"], "日本").await?;
    sheet.expect("ab日本|⏎").await?;
    sheet.tell("endUndoGroup", &[]).await?;
    sheet.window().write("c").await?;
    for step in ["ab日本|⏎", "ab|⏎", "|⏎"] {
        sheet.window().strike("Control+z").await?;
        sheet.expect(step).await?;
    }
    Ok(())
}

async fn given_up(sheet: &Sheet) -> Result<()> {
    sheet.given("a|b⏎").await?;
    begin(sheet, "に").await?;
    remote(sheet, json!([{ "insert": "X" }, { "retain": 2 }, { "retain": 1, "attributes": { "header": 1 } }])).await?;
    sheet.window().compose("").await?;
    sheet.window().commit("").await?;
    sheet.expect("Xa|b⏎h1").await?;
    sheet.hold("it is a heading", "return document.querySelector(`[data-section-id=\"${arguments[0]}\"] [data-level]`) !== null").await
}

async fn left_for_another(sheet: &Sheet) -> Result<()> {
    // Keyboards of touch screens take a word up again when the caret comes to it, and let go of it when it is put elsewhere.
    const LEFT: &str = r#"
        const host = document.querySelector(`[data-section-id="${arguments[0]}"]`);
        host.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
        getSelection().collapse(host.querySelectorAll("[data-line]")[1].firstChild, 2);
        host.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
    "#;
    for given in ["a|b⏎", "ab|⏎", "x⏎ |⏎ y⏎b", "A⏎r1c1 |⏎r1c2 ⏎"] {
        sheet.given(given).await?;
        begin(sheet, "に").await?;
        sheet.window().compose("").await?;
        sheet.window().commit("").await?;
        sheet.expect(given).await?;
    }
    sheet.given("a|b⏎ cd⏎").await?;
    sheet.window().run(LEFT, vec![json!(sheet.section)]).await?;
    sheet.expect("ab⏎ cd|⏎").await?;
    sheet.window().write("x").await?;
    sheet.expect("ab⏎ cdx|⏎").await
}

async fn title(sheet: &Sheet) -> Result<()> {
    let field = sheet.title().await?;
    let before = sheet.tell("delta", std::slice::from_ref(&field)).await?;
    for (text, caret, after) in [("", 0, "日本"), ("ab", 1, "a日本b")] {
        let ops = if text.is_empty() { json!([]) } else { json!([{ "insert": text }]) };
        ensure!(sheet.tell("setDelta", &[field.clone(), ops]).await? == json!(true), "a title is a text");
        sheet.tell("select", &[field.clone(), json!(caret)]).await?;
        sheet.tell("endUndoGroup", &[]).await?;
        compose(sheet, &["に", "日本"], "日本").await?;
        let is = |text: &str| {
            format!(
                "return window.__editorTest.delta({field}).map((op) => op.insert).join('') === {} \
                 && document.querySelector(`[data-field={field}]`).textContent === {}",
                json!(text),
                json!(text)
            )
        };
        sheet.hold("the title is composed", &is(after)).await?;
        sheet.window().strike("Control+z").await?;
        sheet.hold("and undone", &is(text)).await?;
    }
    sheet.tell("setDelta", &[field, before]).await.map(drop)
}

/// What is composed is in the text before a command is run on it.
async fn command(sheet: &Sheet) -> Result<()> {
    sheet.given("a|b⏎").await?;
    begin(sheet, "日").await?;
    sheet.tell("cmd", &[json!("header-2")]).await?;
    sheet.expect("a日|b⏎h2").await
}

/// Keyboards of touch screens hold one open over every word. The page's clock is hurried: five seconds pass at once.
async fn rests(sheet: &Sheet) -> Result<()> {
    const HURRY: &str = r#"
        window.__setTimeout ??= window.setTimeout;
        window.setTimeout = (call, rest, ...all) => window.__setTimeout(call, rest === 5000 ? 1 : rest, ...all);
    "#;
    sheet.given("a|b⏎ x⏎").await?;
    sheet.window().run(WATCH, Vec::new()).await?;
    sheet.window().run(HURRY, Vec::new()).await?;
    sheet.window().compose("に").await?;
    let written = sheet.expect("aに|b⏎ x⏎").await;
    sheet.window().run("window.setTimeout = window.__setTimeout", Vec::new()).await?;
    written?;
    // The input method goes on, and what others write is seen at once.
    remote(sheet, json!([{ "insert": "X" }])).await?;
    sheet.expect("Xaに|b⏎ x⏎").await?;
    compose(sheet, &["日本"], "日本").await?;
    sheet.expect("Xa日本|b⏎ x⏎").await?;
    let starts = sheet.window().run("return window.__starts", Vec::new()).await?;
    ensure!(starts == json!(1), "it went on as one, not as {starts}");
    Ok(())
}

async fn enter(sheet: &Sheet) -> Result<()> {
    const SEND: &str = r#"
        const host = document.querySelector(`[data-section-id="${arguments[0]}"]`);
        return host.dispatchEvent(new InputEvent("beforeinput", { inputType: "insertParagraph", bubbles: true, cancelable: true, composed: true }));
    "#;
    sheet.given("a|b⏎b").await?;
    begin(sheet, "日").await?;
    let native = sheet.window().run(SEND, vec![json!(sheet.section)]).await?;
    ensure!(native == Value::Bool(false), "the line is left to the browser");
    sheet.expect("a日⏎b |b⏎b").await
}

/// Holding a key down on a Mac replaces the letter by the accented one.
async fn accent(sheet: &Sheet) -> Result<()> {
    for (before, after) in [("caf[e]⏎", "café|⏎"), ("*caf[e*]r⏎", "*café*|r⏎"), ("[e]⏎r1c1 B⏎r1c2 ⏎", "é|⏎r1c1 B⏎r1c2 ⏎")]
    {
        sheet.given(before).await?;
        compose(sheet, &["´"], "é").await?;
        sheet.expect(after).await?;
        sheet.window().strike("Control+z").await?;
        sheet.expect(before).await?;
    }
    Ok(())
}
