//! A page that may only be read, as that of a meeting which somebody has deleted meanwhile: one still selects, copies and comments, and nothing else.

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::Created;
use serde_json::{Value, json};

use super::sheet::Sheet;

/// Deletes the meeting, and waits until the page knows. It is the last thing that is done in it.
pub(super) async fn all(sheet: &Sheet, meeting: &Created) -> Vec<String> {
    locked(sheet, meeting).await.err().map(|error| format!("  locked: {error:#}")).into_iter().collect()
}

const TEXT: &str = "one *two*⏎ A⏎r1c1 B⏎r1c2 three⏎b";

async fn locked(sheet: &Sheet, meeting: &Created) -> Result<()> {
    const LOCKED: &str = r#"
        const hosts = [...document.querySelectorAll("main.paper [role=textbox]")];
        return hosts.length > 4 && hosts.every((host) => host.getAttribute("aria-readonly") === "true" && !host.isContentEditable && host.tabIndex === 0);
    "#;
    const COPIED: &str = r#"
        addEventListener(arguments[0], (event) => { window.__copied = event.clipboardData.getData("text/plain"); }, { once: true });
    "#;
    // A step that could be undone.
    sheet.given(&TEXT.replacen("one", "on|", 1)).await?;
    sheet.window().write("e").await?;
    sheet.expect(TEXT).await?;
    sheet.window().wait_saved().await?;
    let delete = format!("fetch('/api/meetings/{}', {{ method: 'DELETE' }})", meeting.meeting);
    sheet.window().run(&delete, Vec::new()).await?;
    sheet.hold("every field may only be read", LOCKED).await?;

    for keys in
        ["z", "Enter", "Backspace", "Delete", "Control+b", "Control+z", "Control+Shift+z", "Control+y", "Tab", "Control+v", "Control+x"]
    {
        sheet.call("select", &[json!(0), json!(3)]).await?;
        sheet.window().strike(keys).await?;
        sheet.expect(TEXT).await.with_context(|| keys.to_owned())?;
        // In a cell, with nothing selected.
        sheet.call("select", &[json!(11)]).await?;
        sheet.window().strike(keys).await?;
        sheet.expect(TEXT).await.with_context(|| format!("{keys} in a cell"))?;
    }
    for command in ["bold", "header-2", "list-bullet", "table-row-below", "table-delete", "table-insert:2x2"] {
        sheet.call("select", &[json!(8), json!(11)]).await?;
        ensure!(sheet.tell("cmd", &[json!(command)]).await? == json!(false), "{command} is made");
    }
    ensure!(sheet.tell("undo", &[]).await? == json!(false), "undone");
    const DROP: &str = r#"
        const line = document.querySelector(`[data-section-id="${arguments[0]}"] [data-line]`);
        const { left, top } = line.getBoundingClientRect();
        const dataTransfer = new DataTransfer();
        dataTransfer.setData("text/plain", "dropped");
        return line.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, composed: true, dataTransfer, clientX: left + 4, clientY: top + 4 }));
    "#;
    let native = sheet.window().run(DROP, vec![json!(sheet.section)]).await?;
    ensure!(native == Value::Bool(false), "a drop is left to the browser");
    sheet.expect(TEXT).await?;

    // What one may do.
    for (keys, event) in [("Control+c", "copy"), ("Control+x", "cut")] {
        sheet.call("select", &[json!(4), json!(11)]).await?;
        sheet.window().run(COPIED, vec![json!(event)]).await?;
        sheet.window().strike(keys).await?;
        let copied = sheet.window().run("return window.__copied", Vec::new()).await?;
        ensure!(copied == json!("two\nA\tB"), "{event} gives {copied}");
    }
    sheet.call("select", &[json!(0)]).await?;
    sheet.window().strike("Control+a").await?;
    let selected = sheet.tell("selection", &[]).await?;
    ensure!(selected["anchor"] == json!(0) && selected["head"] == json!(17), "all is {selected}");
    let cid = sheet.call("addComment", &[json!(4), json!(7)]).await?;
    let comments = sheet.call("comments", &[]).await?;
    let here = comments.as_array().into_iter().flatten().find(|comment| comment["cid"] == cid);
    ensure!(here.is_some_and(|comment| comment["text"] == json!("two")), "{comments}");
    sheet.hold("no toolbar is in the way", "return !document.querySelector('[role=toolbar]')?.checkVisibility()").await?;
    // A link that has the focus may go.
    sheet.given("{ab}(https://x.test/) c⏎").await?;
    sheet.window().run("document.querySelector(`[data-section-id='${arguments[0]}'] a`).focus()", vec![json!(sheet.section)]).await?;
    sheet.hold("the link has the focus", "return document.activeElement.localName === 'a'").await?;
    let fork = sheet.tell("fork", &[json!(1)]).await?;
    let plain = json!([{ "retain": 2, "attributes": { "link": null } }, { "insert": "x" }]);
    ensure!(sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), plain]).await? == json!(true), "the edit is none");
    sheet.tell("merge", &[fork]).await?;
    sheet.expect("abx c⏎").await?;
    sheet.given(TEXT).await?;
    // The focus leaves, cell or not.
    sheet.call("select", &[json!(9)]).await?;
    sheet.window().strike("Tab").await?;
    sheet.hold("Tab left", "return document.activeElement?.dataset.sectionId !== arguments[0]").await
}
