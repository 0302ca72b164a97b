//! Input methods and dead keys, alone and while others write; replacements of the spelling checker.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::sheet::Sheet;

/// Keeps the line and its text node, and counts compositions.
const WATCH: &str = r#"
    const [id, index] = arguments;
    const line = document.querySelectorAll(`[data-section-id="${id}"] [data-line]`)[index];
    const node = document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode();
    window.__line = line;
    window.__node = node;
    window.__starts = 0;
    window.__watch ??= addEventListener("compositionstart", () => { window.__starts += 1; }, true) ?? true;
"#;

/// What is left of them.
const WATCHED: &str = r#"
    const index = arguments[1];
    const line = document.querySelectorAll(`[data-section-id="${arguments[0]}"] [data-line]`)[index];
    const node = document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode();
    return [line === window.__line, node === window.__node, window.__starts];
"#;

pub(super) async fn all(sheet: &Sheet) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, done) in [
        ("28 a word of two steps", word(sheet).await),
        ("a dead key", dead_key(sheet).await),
        ("into an empty line", empty_line(sheet).await),
        ("with a pending format", pending(sheet).await),
        ("over a range", over_range(sheet).await),
        ("over lines", over_lines(sheet).await),
        ("given up", given_up(sheet).await),
        ("one step of undo", undo(sheet).await),
        ("in a cell", cell(sheet).await),
        ("at the end of a link", at("{ab}(https://x.test)|⏎", "{ab}(https://x.test)日|⏎", sheet).await),
        ("at the end of bold", at("a*b*|⏎", "a*b日*|⏎", sheet).await),
        ("over cells", at("[A⏎r1c1 B]⏎r1c2 ⏎", "日|⏎r1c1 ⏎r1c2 ⏎", sheet).await),
        ("over all", at("[a⏎h1 b⏎b A⏎r1c1 B⏎r1c2 c]⏎", "日|⏎", sheet).await),
        ("at the start of bold in a line", at("a⏎ |*b*⏎", "a⏎ *日|b*⏎", sheet).await),
        ("Enter after it", then_enter(sheet).await),
        ("commands of the browser's own menu", menu(sheet).await),
        ("a replacement over two runs", replacement_over_runs(sheet).await),
        ("32 somebody writes in another line", other_line(sheet).await),
        ("somebody adds a line above", line_above(sheet).await),
        ("somebody writes before it in the line", same_line(sheet, 0, "XXa日本|bc⏎").await),
        ("somebody writes behind it in the line", same_line(sheet, 3, "a日本|bcXX⏎").await),
        ("somebody deletes the line", deleted_line(sheet).await),
        ("somebody splits the line before it", beside(r#"[{"retain":1},{"insert":"\n"}]"#, "ab|cd⏎", "a⏎ b日|cd⏎", sheet).await),
        ("somebody splits the line behind it", beside(r#"[{"retain":3},{"insert":"\n"}]"#, "ab|cd⏎", "ab日|c⏎ d⏎", sheet).await),
        (
            "somebody makes the line a heading",
            beside(r#"[{"retain":4},{"retain":1,"attributes":{"header":2}}]"#, "ab|cd⏎", "ab日|cd⏎h2", sheet).await,
        ),
        (
            "somebody makes a word of the line bold",
            beside(r#"[{"retain":3},{"retain":1,"attributes":{"bold":true}}]"#, "ab|cd⏎", "ab日|c*d*⏎", sheet).await,
        ),
        ("somebody joins the line to the one above", beside(r#"[{"retain":1},{"delete":1}]"#, "x⏎ ab|cd⏎", "xab日|cd⏎", sheet).await),
        ("somebody joins the line below to it", beside(r#"[{"retain":4},{"delete":1}]"#, "ab|cd⏎ x⏎", "ab日|cdx⏎", sheet).await),
        ("somebody deletes letters around it", beside(r#"[{"retain":1},{"delete":2}]"#, "ab|cd⏎", "a日|d⏎", sheet).await),
        ("somebody writes at its place", at_its_place(sheet).await),
        ("somebody writes letter by letter", letter_by_letter(sheet).await),
        ("31 a replacement over a bold word", replacement(sheet).await),
        ("a replacement without a target", replacement_without_target(sheet).await),
    ] {
        wrong.extend(done.err().map(|error| format!("  composition: {name}: {error:#}")));
    }
    wrong
}

async fn watch(sheet: &Sheet, line: usize) -> Result<()> {
    sheet.window().run(WATCH, vec![json!(sheet.section), json!(line)]).await.map(drop)
}

async fn watched(sheet: &Sheet, line: usize) -> Result<Value> {
    sheet.window().run(WATCHED, vec![json!(sheet.section), json!(line)]).await
}

/// Waits until the page shows a text in a line, as while composing the document does not say it yet.
async fn line_shows(sheet: &Sheet, line: usize, text: &str) -> Result<()> {
    let script = format!(
        "return document.querySelectorAll(`[data-section-id=\"${{arguments[0]}}\"] [data-line]`)[{line}]?.textContent === {}",
        json!(text)
    );
    sheet.hold(&format!("line {line} shows {text:?}"), &script).await
}

pub(super) async fn compose(sheet: &Sheet, steps: &[&str], end: &str) -> Result<()> {
    for step in steps {
        sheet.window().compose(step).await?;
    }
    sheet.window().commit(end).await
}

/// Begins a composition and waits until it is seen: Firefox hands it from process to process, and what a scenario does meanwhile would come before it.
pub(super) async fn begin(sheet: &Sheet, text: &str) -> Result<()> {
    sheet.window().compose(text).await?;
    sheet.hold("the composed text is seen", &shows(text)).await
}

/// Asks whether this text stands in the section.
pub(super) fn shows(text: &str) -> String {
    format!("return document.querySelector(`[data-section-id=\"${{arguments[0]}}\"]`).textContent.includes({})", json!(text))
}

async fn word(sheet: &Sheet) -> Result<()> {
    sheet.given("a|bc⏎").await?;
    watch(sheet, 0).await?;
    compose(sheet, &["に", "日本"], "日本").await?;
    sheet.expect("a日本|bc⏎").await?;
    ensure!(watched(sheet, 0).await? == json!([true, true, 1]), "line and text node are the same, in one composition");
    sheet.window().write("x").await?;
    sheet.expect("a日本x|bc⏎").await
}

async fn dead_key(sheet: &Sheet) -> Result<()> {
    sheet.given("caf|⏎h2").await?;
    compose(sheet, &["´"], "é").await?;
    sheet.expect("café|⏎h2").await
}

async fn empty_line(sheet: &Sheet) -> Result<()> {
    sheet.given("a⏎ |⏎b c⏎").await?;
    compose(sheet, &["に", "にほ"], "日").await?;
    sheet.expect("a⏎ 日|⏎b c⏎").await
}

async fn pending(sheet: &Sheet) -> Result<()> {
    sheet.given("a|⏎").await?;
    sheet.window().strike("Control+b").await?;
    compose(sheet, &["に"], "日本").await?;
    sheet.expect("a*日本*|⏎").await
}

async fn over_range(sheet: &Sheet) -> Result<()> {
    sheet.given("a[bc]d⏎").await?;
    compose(sheet, &["に"], "日").await?;
    sheet.expect("a日|d⏎").await
}

async fn over_lines(sheet: &Sheet) -> Result<()> {
    sheet.given("a[b⏎h2 c⏎b d]e⏎").await?;
    compose(sheet, &["に"], "日").await?;
    sheet.expect("a日|e⏎h2").await
}

async fn given_up(sheet: &Sheet) -> Result<()> {
    sheet.given("a|b⏎").await?;
    sheet.window().compose("に").await?;
    line_shows(sheet, 0, "aにb").await?;
    sheet.window().compose("").await?;
    sheet.window().commit("").await?;
    sheet.expect("a|b⏎").await
}

async fn undo(sheet: &Sheet) -> Result<()> {
    sheet.given("a|b⏎").await?;
    compose(sheet, &["に", "日本"], "日本").await?;
    sheet.expect("a日本|b⏎").await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect("a|b⏎").await
}

async fn cell(sheet: &Sheet) -> Result<()> {
    sheet.given("|⏎r1c1 B⏎r1c2 ⏎").await?;
    compose(sheet, &["に"], "日").await?;
    sheet.expect("日|⏎r1c1 B⏎r1c2 ⏎").await
}

async fn at(before: &str, after: &str, sheet: &Sheet) -> Result<()> {
    sheet.given(before).await?;
    compose(sheet, &["に"], "日").await?;
    sheet.expect(after).await
}

async fn then_enter(sheet: &Sheet) -> Result<()> {
    sheet.given("a|b⏎b").await?;
    compose(sheet, &["に"], "日").await?;
    sheet.expect("a日|b⏎b").await?;
    sheet.window().strike("Enter").await?;
    sheet.window().write("x").await?;
    sheet.expect("a日⏎b x|b⏎b").await
}

/// Input events that no key makes here: of menus, of touch bars, of other systems' keys.
async fn menu(sheet: &Sheet) -> Result<()> {
    for (kind, before, after) in [
        ("formatBold", "[ab]⏎", "*[ab*]⏎"),
        ("formatItalic", "[ab]⏎", "_[ab_]⏎"),
        ("insertParagraph", "a|b⏎b", "a⏎b |b⏎b"),
        ("insertLineBreak", "a|b⏎", "a⏎ |b⏎"),
        ("insertOrderedList", "a|⏎", "a|⏎o"),
        ("insertUnorderedList", "a|⏎", "a|⏎b"),
        ("insertHorizontalRule", "a|b⏎", "a|b⏎"),
        ("deleteContentBackward", "a[b⏎ c]d⏎", "a|d⏎"),
    ] {
        const SEND: &str = r#"
            const host = document.querySelector(`[data-section-id="${arguments[0]}"]`);
            const event = new InputEvent("beforeinput", { inputType: arguments[1], bubbles: true, cancelable: true, composed: true });
            return host.dispatchEvent(event);
        "#;
        sheet.given(before).await?;
        let native = sheet.window().run(SEND, vec![json!(sheet.section), json!(kind)]).await?;
        ensure!(native == json!(false), "{kind} is left to the browser");
        sheet.expect(after).await.map_err(|error| error.context(kind))?;
    }
    Ok(())
}

async fn replacement_over_runs(sheet: &Sheet) -> Result<()> {
    sheet.given("|a te*h* b⏎").await?;
    let native = sheet.window().run(REPLACE, vec![json!(sheet.section), json!(2), json!(5), json!("the")]).await?;
    ensure!(native == json!(false), "the page replaces it by itself");
    sheet.expect("a the| b⏎").await
}

/// Somebody else's edit, made while this page composes.
pub(super) async fn remote(sheet: &Sheet, ops: Value) -> Result<()> {
    let fork = sheet.tell("fork", &[json!(1)]).await?;
    ensure!(sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), ops]).await? == json!(true), "the edit is none");
    ensure!(sheet.tell("merge", &[fork]).await? == json!(true), "the merge failed");
    Ok(())
}

async fn other_line(sheet: &Sheet) -> Result<()> {
    sheet.given("a|bc⏎ def⏎").await?;
    watch(sheet, 0).await?;
    sheet.window().compose("に").await?;
    line_shows(sheet, 0, "aにbc").await?;
    remote(sheet, json!([{ "retain": 7 }, { "insert": "XX" }])).await?;
    line_shows(sheet, 1, "defXX").await?;
    compose(sheet, &["日本"], "日本").await?;
    sheet.expect("a日本|bc⏎ defXX⏎").await?;
    ensure!(watched(sheet, 0).await? == json!([true, true, 1]), "the composition went on");
    Ok(())
}

async fn line_above(sheet: &Sheet) -> Result<()> {
    sheet.given("one⏎ a|bc⏎").await?;
    watch(sheet, 1).await?;
    sheet.window().compose("に").await?;
    line_shows(sheet, 1, "aにbc").await?;
    remote(sheet, json!([{ "retain": 1 }, { "insert": "XX\n" }])).await?;
    line_shows(sheet, 0, "oXX").await?;
    compose(sheet, &["日本"], "日本").await?;
    sheet.expect("oXX⏎ ne⏎ a日本|bc⏎").await?;
    ensure!(watched(sheet, 2).await? == json!([true, true, 1]), "the composition went on");
    Ok(())
}

async fn same_line(sheet: &Sheet, at: u32, after: &str) -> Result<()> {
    sheet.given("a|bc⏎").await?;
    watch(sheet, 0).await?;
    sheet.window().compose("に").await?;
    line_shows(sheet, 0, "aにbc").await?;
    let ops = if at == 0 { json!([{ "insert": "XX" }]) } else { json!([{ "retain": at }, { "insert": "XX" }]) };
    remote(sheet, ops).await?;
    compose(sheet, &["日本"], "日本").await?;
    sheet.expect(after).await?;
    ensure!(watched(sheet, 0).await?[2] == json!(1), "the composition went on");
    Ok(())
}

async fn deleted_line(sheet: &Sheet) -> Result<()> {
    sheet.given("one⏎ a|bc⏎ two⏎").await?;
    sheet.window().compose("に").await?;
    line_shows(sheet, 1, "aにbc").await?;
    remote(sheet, json!([{ "retain": 4 }, { "delete": 4 }])).await?;
    compose(sheet, &["日本"], "日本").await?;
    sheet.expect("one⏎ 日本|two⏎").await
}

/// Somebody's edit comes between two steps of a composition.
async fn beside(ops: &str, before: &str, after: &str, sheet: &Sheet) -> Result<()> {
    sheet.given(before).await?;
    begin(sheet, "に").await?;
    remote(sheet, serde_json::from_str(ops)?).await?;
    compose(sheet, &["日本"], "日").await?;
    sheet.expect(after).await
}

async fn at_its_place(sheet: &Sheet) -> Result<()> {
    // Which of the two comes first depends on the replicas' ids.
    sheet.given("ab|cd⏎").await?;
    begin(sheet, "に").await?;
    remote(sheet, json!([{ "retain": 2 }, { "insert": "X" }])).await?;
    compose(sheet, &["日本"], "日").await?;
    sheet.hold("it is written", "return window.__editorTest.delta(arguments[0]).some((op) => op.insert.includes('日'))").await?;
    let first = sheet.page().await?.written.print(false).starts_with("ab日");
    sheet.expect(if first { "ab日|Xcd⏎" } else { "abX日|cd⏎" }).await
}

async fn letter_by_letter(sheet: &Sheet) -> Result<()> {
    sheet.given("ab|cd⏎").await?;
    sheet.window().compose("に").await?;
    line_shows(sheet, 0, "abにcd").await?;
    let fork = sheet.tell("fork", &[json!(1)]).await?;
    for (at, letter) in ["x", "y", "z"].into_iter().enumerate() {
        let ops = if at == 0 { json!([{ "insert": letter }]) } else { json!([{ "retain": at }, { "insert": letter }]) };
        sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), ops]).await?;
        sheet.tell("merge", std::slice::from_ref(&fork)).await?;
        sheet.window().compose(["にほ", "にほん", "日本"][at]).await?;
    }
    sheet.window().commit("日本").await?;
    sheet.expect("xyzab日本|cd⏎").await
}

/// What a spelling checker does when a correction is picked.
const REPLACE: &str = r#"
    const [id, from, to, text] = arguments;
    const host = document.querySelector(`[data-section-id="${id}"]`);
    const walker = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
    const place = (offset) => {
        walker.currentNode = host;
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            if (offset <= node.length && offset >= 0) { return [node, offset]; }
            offset -= node.length;
        }
    };
    const targetRanges = [];
    if (from !== null) {
        const [startContainer, startOffset] = place(from + 0.5);
        const [endContainer, endOffset] = place(to);
        targetRanges.push(new StaticRange({ startContainer, startOffset: Math.floor(startOffset), endContainer, endOffset }));
    }
    const dataTransfer = new DataTransfer();
    dataTransfer.setData("text/plain", text);
    const event = new InputEvent("beforeinput", { inputType: "insertReplacementText", data: null, dataTransfer, targetRanges, bubbles: true, cancelable: true, composed: true });
    return host.dispatchEvent(event);
"#;

async fn replacement(sheet: &Sheet) -> Result<()> {
    sheet.given("|a *teh* b⏎").await?;
    let native = sheet.window().run(REPLACE, vec![json!(sheet.section), json!(2), json!(5), json!("the")]).await?;
    ensure!(native == json!(false), "the page replaces it by itself");
    sheet.expect("a *the*| b⏎").await
}

async fn replacement_without_target(sheet: &Sheet) -> Result<()> {
    sheet.given("a *[teh*] b⏎").await?;
    let native = sheet.window().run(REPLACE, vec![json!(sheet.section), Value::Null, Value::Null, json!("the")]).await?;
    ensure!(native == json!(false), "the page replaces it by itself");
    sheet.expect("a *the*| b⏎").await
}
