//! Marks of threads stay on their words, whatever two people do to the text around and inside them.

use anyhow::{Context, Result, ensure};
use dagsorden_tests::browser::{Kind, Stage, Window};
use dagsorden_tests::fixture;
use serde_json::{Value, json};

use super::section;

/// The mark, what is painted of it and as the one in hand, and how many poles stand where words are gone.
const SEEN: &str = "const painted = (name) => [...(CSS.highlights.get(name) ?? [])].map((range) => range.toString()); \
    const { marks, renewed, moved } = window.__editorTest.marks(); \
    return { ...marks[0], renewed, moved, painted: painted('talk'), hand: painted('talk-on'), poles: document.querySelectorAll('.talk-gone').length }";

/// What one sees of the mark in the end.
async fn see(window: &Window, who: &str, state: &str, words: &str) -> Result<Value> {
    let painted = if words.is_empty() { json!([]) } else { json!([words]) };
    let script = format!(
        "const seen = (() => {{ {SEEN} }})(); \
         return seen.state === '{state}' && seen.words === {} && JSON.stringify(seen.painted) === JSON.stringify({painted}) && seen.top !== null && seen",
        json!(words)
    );
    let seen = window.wait(&format!("{state} {words:?} for {who}"), &script).await;
    match seen {
        Ok(seen) => Ok(seen),
        Err(error) => Err(error.context(format!("{who} sees {}", window.run(SEEN, Vec::new()).await?))),
    }
}

async fn both(windows: [&Window; 2], state: &str, words: &str) -> Result<[Value; 2]> {
    Ok([see(windows[0], "Anna", state, words).await?, see(windows[1], "Bo", state, words).await?])
}

#[tokio::test]
async fn a_mark_stays_on_its_words() -> Result<()> {
    marked(Kind::Chromium).await
}

#[tokio::test]
async fn a_mark_stays_on_its_words_in_firefox() -> Result<()> {
    marked(Kind::Firefox).await
}

async fn marked(kind: Kind) -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let (anna, bo) = (stage.window_in(kind, "Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    let windows = [&anna, &bo];
    let place = section(&anna.shown().await?, 1, 0)?;
    let id = json!(place);

    // Kredsen drøftede [i efteråret] en fælles vagtordning.
    let anchor = anna.editor("anchor", vec![id.clone(), json!(17), json!(28)]).await?;
    for window in windows {
        let mark = json!([{ "thread": "t1", "id": id, "anchor": anchor }]);
        ensure!(window.editor("showMarks", vec![mark]).await? == json!(true), "it is not shown");
    }
    let [first, _] = both(windows, "here", "i efteråret").await?;

    // Before and after the words, also close to them.
    bo.type_at(&place, 0, "Nyt: ").await?;
    anna.wait_text("Nyt: Kredsen").await?;
    anna.type_at(&place, 33, ", ").await.context("after the words")?;
    both(windows, "here", "i efteråret").await?;

    // A line above: the mark has moved down, and both are told.
    bo.put_caret(&place, 5).await?;
    bo.press("\u{e007}").await?;
    both(windows, "here", "i efteråret").await?;
    let top = |seen: &Value| seen["top"].as_f64().context("a top");
    anna.wait("the mark to move", &format!("return window.__editorTest.marks().marks[0].top > {} + 10", top(&first)?)).await?;
    let moved = see(&anna, "Anna", "here", "i efteråret").await?;
    ensure!(moved["moved"].as_u64() > first["moved"].as_u64(), "nobody was told: {moved}");

    // What is at a point of the window, and the thread in hand.
    let hit = "const box = [...CSS.highlights.get('talk')][0].getBoundingClientRect(); \
        const at = (x) => window.__editorTest.marksAt(x, box.top + box.height / 2); \
        return [at(box.left + 5), at(box.right + 60)?.threads, window.__editorTest.marks().marks[0].top, box.top + scrollY]";
    let found = bo.run(hit, Vec::new()).await?;
    ensure!(found[0]["threads"] == json!(["t1"]) && found[1] == json!([]), "{found}");
    ensure!((found[2].as_f64().context("a top")? - found[3].as_f64().context("a top")?).abs() < 8.0, "{found}");
    bo.editor("markInHand", vec![json!("t1")]).await?;
    ensure!(see(&bo, "Bo", "here", "i efteråret").await?["hand"] == json!(["i efteråret"]), "it is not in hand");

    // Inside the words.
    let inside = "i eftXeråret";
    anna.type_at(&place, 28, "X").await?;
    both(windows, "edited", inside).await?;
    ensure!(see(&bo, "Bo", "edited", inside).await?["hand"] == json!([inside]), "it is no longer in hand");

    // Deleted by the one, and brought back by their undo: the other waits for the anchor that the one renews.
    bo.editor("select", vec![id.clone(), json!(23), json!(35)]).await?;
    bo.press("\u{e017}").await?;
    let [gone, _] = both(windows, "gone", "").await?;
    ensure!(gone["poles"] == json!(1), "{gone}");
    bo.editor("undo", Vec::new()).await?;
    let back = see(&bo, "Bo", "edited", inside).await?;
    anna.wait_text(inside).await?;
    let hers = anna.run(SEEN, Vec::new()).await?;
    ensure!(hers["words"] != json!(inside), "should every page resolve old positions after another's undo, renewing could go: {hers}");
    let renewed = &back["renewed"][0];
    ensure!(renewed["thread"] == json!("t1") && renewed["anchor"]["quote"] == json!("i efteråret"), "{back}");
    let mark = json!([{ "thread": "t1", "id": id, "anchor": renewed["anchor"] }]);
    for window in windows {
        window.editor("showMarks", vec![mark.clone()]).await?;
    }
    both(windows, "edited", inside).await?;

    // Words that are selected make an anchor of the same kind.
    anna.editor("select", vec![id.clone(), json!(23), json!(35)]).await?;
    let own = anna.editor("selectedAnchor", Vec::new()).await?;
    ensure!(own["quote"] == json!(inside) && own["start"] == renewed["anchor"]["start"], "{own} and {renewed}");
    for window in windows {
        window.editor("showMarks", vec![json!([])]).await?;
        window.wait("that nothing is marked", "return ![...(CSS.highlights.get('talk') ?? [])].length").await?;
        let complaints = window.complaints().await?;
        ensure!(complaints.is_empty(), "{complaints:?}");
    }
    Ok(())
}
