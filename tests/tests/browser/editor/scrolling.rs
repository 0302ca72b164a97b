//! What is in the window: the caret of who writes, and the place of who reads.

use anyhow::{Context, Result, ensure};
use dagsorden_tests::browser::Kind;
use serde_json::json;
use tokio::time::{Duration, Instant};

use super::clipboard::load;
use super::composition::remote;
use super::fields::sections;
use super::sheet::Sheet;

/// Two frames later.
const DRAWN: &str = "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))";

pub(super) async fn all(sheet: &Sheet) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, done) in [
        ("the caret stays in view", caret_in_view(sheet).await),
        ("a remote edit above does not scroll", no_scroll(sheet).await),
        ("nor where a list is split above", no_scroll_in_a_split_list(sheet).await),
        ("what is typed shows the caret", typing_shows_the_caret(sheet).await),
        ("what the browser holds is left to it", left_to_the_browser(sheet).await),
        ("nor where the browser does not see to it", no_scroll_without_the_browser(sheet).await),
        ("the caret stays in view where what is above it grows a frame later", caret_in_view_a_frame_later(sheet).await),
    ] {
        wrong.extend(done.err().map(|error| format!("  scrolling: {name}: {error:#}")));
    }
    wrong
}

async fn caret_in_view(sheet: &Sheet) -> Result<()> {
    const SEEN: &str = r#"
        const { anchor } = window.__editorTest.selection();
        const host = document.querySelector(`[data-section-id="${arguments[0]}"]`);
        let left = anchor;
        for (const line of host.querySelectorAll("[data-line]")) {
            if (left <= line.textContent.length) {
                const box = line.getBoundingClientRect();
                return box.top > 50 && box.bottom < innerHeight;
            }
            left -= line.textContent.length + 1;
        }
    "#;
    let lines: String = (0..60).map(|line| format!("{line}\n")).collect();
    sheet.given("a|⏎").await?;
    load(sheet, None, &lines).await?;
    for _ in 0..4 {
        sheet.window().strike(&["Enter"; 12].join(" ")).await?;
        sheet.hold("the caret's line is in the window", SEEN).await?;
    }
    sheet.window().strike("Control+v").await?;
    sheet.hold("so is the end of what is pasted", SEEN).await?;
    sheet.window().strike("Control+Home").await?;
    sheet.hold("and the start", SEEN).await
}

/// In the second after one's own letters the page does not look; a timer set now ends after that one.
async fn rest(sheet: &Sheet) -> Result<()> {
    sheet.window().run("return new Promise((rested) => setTimeout(rested, 1000))", Vec::new()).await?;
    Ok(())
}

async fn no_scroll(sheet: &Sheet) -> Result<()> {
    // Where the line stands in the window is what a reader sees; the page may scroll to keep it.
    const PLACE: &str = r#"
        const lines = document.querySelectorAll(`[data-section-id="${arguments[0]}"] [data-line]`);
        return Math.round([...lines].at(-1).getBoundingClientRect().top);
    "#;
    let lines: String = (0..60).map(|line| format!("{line}⏎ ")).collect();
    // Firefox may have given up in what came before; on a page that is loaded anew it has not.
    sheet.window().reload().await?;
    sheet.window().wait_ready().await?;
    sheet.given(&format!("{lines}e|nd⏎")).await?;
    sheet
        .window()
        .run(
            "document.querySelector(`[data-section-id='${arguments[0]}']`).lastElementChild.scrollIntoView({ block: 'center' })",
            vec![json!(sheet.section)],
        )
        .await?;
    let section = vec![json!(sheet.section)];
    rest(sheet).await?;
    let before = sheet.window().run(PLACE, section.clone()).await?;
    remote(sheet, json!([{ "insert": "x\ny\nz\n" }])).await?;
    let settled = format!("const at = (() => {{ {PLACE} }})(); return Math.abs(at - {before}) <= 2");
    let script = settled.replace("(() => {", "((...arguments) => {").replace("})(); return", "})(...arguments); return");
    sheet.hold("the line stands where it stood", &script).await?;
    // Nor for a reader, where nothing but the space below its text is left of the item that others write in.
    const FOOT: &str = r#"
        document.activeElement.blur();
        const item = document.querySelector(`[data-section-id="${arguments[0]}"]`).closest("[data-item]");
        scrollBy(0, item.getBoundingClientRect().top - 90);
    "#;
    let drawn = format!(
        "const place = (...arguments) => {{ {PLACE} }};
        return {DRAWN}.then(() => place(...arguments))"
    );
    sheet.window().run(FOOT, section.clone()).await?;
    let before = sheet.window().run(&drawn, section.clone()).await?;
    let above = json!(sections(sheet).await?.first().context("a section")?);
    let text = sheet.tell("delta", std::slice::from_ref(&above)).await?;
    let fork = sheet.tell("fork", &[json!(1)]).await?;
    sheet.tell("forkApply", &[fork.clone(), above.clone(), json!([{ "insert": "x\ny\nz\n" }])]).await?;
    sheet.tell("merge", &[fork]).await?;
    let after = sheet.window().run(&drawn, section).await?;
    sheet.tell("setDelta", &[above, text]).await?;
    let moved = after.as_i64().context("a place")? - before.as_i64().context("a place")?;
    ensure!(moved.abs() <= 2, "the line moved by {moved}");
    Ok(())
}

/// A list that is split puts all below the split into a list of its own: Chromium lets go of what it held there, and the page puts it back.
async fn no_scroll_in_a_split_list(sheet: &Sheet) -> Result<()> {
    const PLACE: &str = r#"
        const line = [...document.querySelectorAll(`[data-section-id="${arguments[0]}"] [data-line]`)].find((line) => line.textContent === "line 40");
        const place = () => Math.round(line.getBoundingClientRect().top);
    "#;
    let lines: String = (0..60).map(|line| format!("line {line}⏎b ")).collect();
    sheet.given(&format!("{lines}end|⏎b")).await?;
    let section = vec![json!(sheet.section)];
    let before = sheet.window().run(&format!("{PLACE} scrollBy(0, place() - 300); return place()"), section).await?;
    rest(sheet).await?;
    remote(sheet, json!([{ "retain": 20 }, { "retain": 1, "attributes": { "list": null } }, { "insert": "x\ny\n" }])).await?;
    sheet.hold("the line stands where it stood", &format!("{PLACE} return Math.abs(place() - {before}) <= 2")).await
}

/// What the editor types, since the browser cannot, shows the caret as what the browser types does.
async fn typing_shows_the_caret(sheet: &Sheet) -> Result<()> {
    const LINE: &str =
        "const line = document.querySelectorAll(`[data-section-id=\"${arguments[0]}\"] [data-line]`)[1].getBoundingClientRect();";
    let below: String = (0..60).map(|line| format!(" {line}⏎")).collect();
    for (line, before, keys) in
        [(" |⏎", "", "x"), (" |⏎b", "", "x"), (" a|⏎", "Control+b", "x"), (" a|⏎", "", "Backspace"), (" [a⏎ b]c⏎", "", "x")]
    {
        sheet.given(&format!("start⏎{line}{below}")).await?;
        if !before.is_empty() {
            sheet.window().strike(before).await?;
        }
        sheet.window().run(&format!("{LINE} scrollBy(0, line.bottom + 600)"), vec![json!(sheet.section)]).await?;
        sheet.window().strike(keys).await?;
        sheet
            .hold(&format!("{keys} in {line} shows the caret"), &format!("{LINE} return line.top > 50 && line.bottom < innerHeight"))
            .await?;
    }
    Ok(())
}

/// The list that was split above was put back by the page, once: no reason to take over.
async fn left_to_the_browser(sheet: &Sheet) -> Result<()> {
    let held = sheet.window().run("return document.documentElement.style.overflowAnchor", Vec::new()).await?;
    // Firefox may have given up in what came before.
    ensure!(sheet.kind() == Kind::Firefox || held == json!(""), "the page took over from a browser that holds");
    Ok(())
}

/// As in Safari, which holds nothing, and in a Firefox that has given it up.
async fn no_scroll_without_the_browser(sheet: &Sheet) -> Result<()> {
    const NO_ANCHOR: &str = "document.body.style.overflowAnchor = 'none'";
    const TAKEN_OVER: &str = "return document.documentElement.style.overflowAnchor === 'none'";
    const PLACE: &str = r#"
        const lines = (id) => [...document.querySelectorAll(`[data-section-id="${id}"] [data-line]`)];
        const place = (id) => Math.round(lines(id).find((line) => line.textContent === "line 30").getBoundingClientRect().top);
    "#;
    let lines: String = (0..60).map(|line| format!("line {line}⏎ ")).collect();
    sheet.given(&format!("{lines}e|nd⏎")).await?;
    sheet.window().run(NO_ANCHOR, Vec::new()).await?;
    let section = vec![json!(sheet.section)];
    let show = format!("{PLACE} scrollBy(0, place(arguments[0]) - 300); return place(arguments[0])");
    let before = sheet.window().run(&show, section.clone()).await?;
    // The page sees that nobody holds it; not in the second after one's own letters.
    let start = Instant::now();
    while sheet.window().run(TAKEN_OVER, Vec::new()).await? != json!(true) {
        ensure!(start.elapsed() < Duration::from_secs(10), "nobody holds what is read");
        sheet.window().run(&show, section.clone()).await?;
        remote(sheet, json!([{ "insert": "x\ny\nz\n" }])).await?;
        sheet.window().run(&format!("return {DRAWN}"), Vec::new()).await?;
    }
    let stands = format!("{PLACE} return Math.abs(place(arguments[0]) - {before}) <= 2");
    sheet.hold("the line stands again where it stood", &stands).await?;
    // From now on not one frame shows it elsewhere.
    let watch = format!(
        "{PLACE} const [id] = arguments; const before = lines(id).length; window.__seen = [];
        const look = (came) => {{
            if (came) {{ window.__seen.push(place(id)); }}
            if (window.__seen.length < 5) {{ next(); }}
        }};
        // What a frame shows is to be seen right behind it.
        const next = () => requestAnimationFrame(() => setTimeout(look, 0, lines(id).length > before));
        next()"
    );
    sheet.window().run(&watch, section.clone()).await?;
    remote(sheet, json!([{ "insert": "1\n2\n3\n4\n" }])).await?;
    sheet.hold("five frames are drawn", "return window.__seen.length === 5").await?;
    let seen = sheet.window().run("return window.__seen", Vec::new()).await?;
    let stood: Vec<i64> = serde_json::from_value(seen)?;
    let before = before.as_i64().context("a place")?;
    ensure!(stood.iter().all(|at| (at - before).abs() <= 2), "it stood at {before}, then at {stood:?}");
    // What the person scrolls in the same frame is theirs.
    let fork = sheet.tell("fork", &[json!(1)]).await?;
    sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), json!([{ "insert": "5\n6\n7\n" }])]).await?;
    let both = format!(
        "{PLACE} const [id, fork] = arguments; window.__editorTest.merge(fork); scrollBy(0, 40);
        return {DRAWN}.then(() => place(id))"
    );
    let after = sheet.window().run(&both, vec![json!(sheet.section), fork]).await?;
    ensure!((after.as_i64().context("a place")? - (before - 40)).abs() <= 2, "it stood at {before}, and at {after} after a scroll by 40");
    Ok(())
}

/// Nobody holds what is in view then.
async fn caret_in_view_a_frame_later(sheet: &Sheet) -> Result<()> {
    const GROWS: &str = r#"
        addEventListener("paste", () => requestAnimationFrame(() => { document.querySelector(".paper").style.paddingTop = "500px"; }), { once: true, capture: true });
    "#;
    const SEEN: &str = r#"
        const caret = [...document.querySelectorAll(`[data-section-id="${arguments[0]}"] [data-line]`)].at(-1).getBoundingClientRect();
        return document.querySelector(".paper").style.paddingTop === "500px" && caret.bottom < innerHeight;
    "#;
    sheet.given("a|⏎").await?;
    load(sheet, None, &"line\n".repeat(60)).await?;
    sheet.window().run(GROWS, Vec::new()).await?;
    sheet.window().strike("Control+v").await?;
    let seen = sheet.hold("the end of what is pasted is in view", SEEN).await;
    sheet.window().run("document.querySelector('.paper').style.paddingTop = ''", Vec::new()).await?;
    seen
}
