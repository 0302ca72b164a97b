//! Two at once: the page and a fork of its document, each with a lower and a higher client id, and what comments and carets do meanwhile.

use anyhow::{Context, Result, ensure};
use dagsorden_notation::Written;
use serde_json::{Value, json};

use super::cases::Do::{self, Press, Run, Type};
use super::sheet::Sheet;

/// Ids below and above any page's.
const CLIENTS: [u64; 2] = [1, (1 << 53) - 1];

/// What both start from, what one does in the page, what the other does, and what both have then.
struct Meeting {
    name: &'static str,
    before: &'static str,
    mine: &'static [Do],
    theirs: &'static str,
    after: &'static str,
}

#[rustfmt::skip]
const MEETINGS: &[Meeting] = &[
    Meeting { name: "34 split, typing at the end", before: "hello|world⏎", mine: &[Press("Enter")], theirs: r#"[{"retain":10},{"insert":"!!!"}]"#, after: "hello⏎ |world!!!⏎" },
    Meeting { name: "35 split, bold", before: "hello| world⏎", mine: &[Press("Enter")], theirs: r#"[{"retain":6},{"retain":5,"attributes":{"bold":true}}]"#, after: "hello⏎ | *world*⏎" },
    Meeting { name: "36 join, typing at the end", before: "one⏎ |two⏎", mine: &[Press("Backspace")], theirs: r#"[{"retain":7},{"insert":"X"}]"#, after: "one|twoX⏎" },
    Meeting { name: "37 a line goes, typing in it", before: "[one⏎ ]two⏎", mine: &[Press("Delete")], theirs: r#"[{"retain":2},{"insert":"X"}]"#, after: "Xtwo⏎" },
    Meeting { name: "38 both split", before: "ab|cd⏎", mine: &[Press("Enter")], theirs: r#"[{"retain":2},{"insert":"\n"}]"#, after: "ab⏎ ⏎ cd⏎" },
    Meeting { name: "typing at the same place", before: "a|b⏎", mine: &[Type("XX")], theirs: r#"[{"retain":1},{"insert":" "}]"#, after: "" },
    Meeting { name: "a heading, typing in it", before: "ab|⏎", mine: &[Run("header-2")], theirs: r#"[{"retain":1},{"insert":"X"}]"#, after: "aXb|⏎h2" },
    Meeting { name: "Enter at the end, a heading", before: "ab|⏎", mine: &[Press("Enter")], theirs: r#"[{"retain":2},{"retain":1,"attributes":{"header":2}}]"#, after: "" },
    Meeting { name: "list, typing", before: "[a⏎ b]⏎", mine: &[Run("list-bullet")], theirs: r#"[{"retain":3},{"insert":"X"}]"#, after: "[a⏎b b]X⏎b" },
    Meeting { name: "both indent", before: "a⏎b b⏎b c|⏎b", mine: &[Press("Tab")], theirs: r#"[{"retain":3},{"retain":1,"attributes":{"indent":1}}]"#, after: "a⏎b b⏎b1 c|⏎b1" },
    Meeting { name: "the same word deleted twice", before: "a [bc] d⏎", mine: &[Press("Delete")], theirs: r#"[{"retain":2},{"delete":2}]"#, after: "a | d⏎" },
    Meeting { name: "a row, typing in a cell", before: "A|⏎r1c1 B⏎r1c2 ⏎", mine: &[Run("table-row-below")], theirs: r#"[{"retain":3},{"insert":"X"}]"#, after: "A⏎r1c1 BX⏎r1c2 ⏎r2c1 ⏎r2c2 ⏎" },
    Meeting { name: "a row goes, typing elsewhere", before: "A|⏎r1c1 B⏎r1c2 C⏎r2c1 D⏎r2c2 ⏎", mine: &[Run("table-row-delete")], theirs: r#"[{"retain":5},{"insert":"X"}]"#, after: "CX⏎r1c1 D⏎r1c2 ⏎" },
    Meeting { name: "both split, at different places", before: "hello| brave world⏎", mine: &[Press("Enter")], theirs: r#"[{"retain":11},{"insert":"\n"}]"#, after: "hello⏎ | brave⏎  world⏎" },
    Meeting { name: "a row goes, typing in it", before: "A1|⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎", mine: &[Run("table-row-delete")], theirs: r#"[{"retain":2},{"insert":"X"}]"#, after: "XA2⏎r1c1 B2⏎r1c2 ⏎" },
    Meeting { name: "a column goes, typing in it", before: "A1⏎r1c1 B1|⏎r1c2 A2⏎r2c1 B2⏎r2c2 end⏎", mine: &[Run("table-col-delete")], theirs: r#"[{"retain":11},{"insert":"X"}]"#, after: "A1⏎r1c1 A2⏎r2c1 Xend⏎" },
    Meeting { name: "a table goes, typing in it", before: "x⏎ A|⏎r1c1 B⏎r1c2 end⏎", mine: &[Run("table-delete")], theirs: r#"[{"retain":5},{"insert":"X"}]"#, after: "x⏎ Xend⏎" },
    Meeting { name: "a table goes, a row comes", before: "x⏎ A|⏎r1c1 end⏎", mine: &[Run("table-delete")], theirs: r#"[{"retain":4},{"insert":"N"},{"insert":"\n","attributes":{"table":"new","col":"c1"}}]"#, after: "" },
    Meeting { name: "both add a row at the same place", before: "A|⏎r1c1 end⏎", mine: &[Run("table-row-below")], theirs: r#"[{"retain":2},{"insert":"N"},{"insert":"\n","attributes":{"table":"new","col":"c1"}}]"#, after: "" },
    Meeting { name: "a column comes, a row comes", before: "A1|⏎r1c1 end⏎", mine: &[Run("table-col-right")], theirs: r#"[{"retain":3},{"insert":"A2"},{"insert":"\n","attributes":{"table":"new","col":"c1"}}]"#, after: "" },
    Meeting { name: "a row above the caret's cell", before: "A⏎r1c1 B|C⏎r1c2 end⏎", mine: &[], theirs: r#"[{"insert":"N"},{"insert":"\n","attributes":{"table":"new","col":"c1"}}]"#, after: "N⏎r1c1 A⏎r2c1 B|C⏎r2c2 end⏎" },
    Meeting { name: "a column left of the caret's cell", before: "A⏎r1c1 |B⏎r1c2 end⏎", mine: &[], theirs: r#"[{"retain":2},{"insert":"N"},{"insert":"\n","attributes":{"table":"r1","col":"new"}}]"#, after: "" },
    Meeting { name: "the caret's row goes", before: "A⏎r1c1 B|⏎r1c2 C⏎r2c1 D⏎r2c2 end⏎", mine: &[], theirs: r#"[{"delete":4}]"#, after: "|C⏎r1c1 D⏎r1c2 end⏎" },
    Meeting { name: "cells are emptied, typing in one", before: "x⏎ [A⏎r1c1 B]⏎r1c2 end⏎", mine: &[Press("Delete")], theirs: r#"[{"retain":5},{"insert":"X"}]"#, after: "x⏎ ⏎r1c1 X⏎r1c2 end⏎" },
    Meeting { name: "Enter in a list, the list goes", before: "a⏎b b|c⏎b", mine: &[Press("Enter")], theirs: r#"[{"retain":1},{"retain":1,"attributes":{"list":null}},{"retain":2},{"retain":1,"attributes":{"list":null}}]"#, after: "a⏎ b⏎b |c⏎" },
    Meeting { name: "both overlap bold words", before: "[The fox] jumped⏎", mine: &[Press("Control+b")], theirs: r#"[{"retain":4},{"retain":10,"attributes":{"bold":true}}]"#, after: "" },
    Meeting { name: "typing over what somebody changes", before: "a [bcd] e⏎", mine: &[Type("x")], theirs: r#"[{"retain":3},{"insert":"Y"}]"#, after: "a x|Y e⏎" },
    Meeting { name: "somebody takes the final line end", before: "ab|⏎", mine: &[], theirs: r#"[{"retain":2},{"delete":1}]"#, after: "ab|" },
];

pub(super) async fn all(sheet: &Sheet) -> Vec<String> {
    let mut wrong = Vec::new();
    for client in CLIENTS {
        for meeting in MEETINGS {
            if let Err(error) = meet(sheet, client, meeting).await {
                wrong.push(format!("  concurrent: {} with {client}: {}\n        {error:#}", meeting.name, meeting.before));
            }
        }
        for (name, done) in [
            ("39 the caret keeps its neighbours", neighbours(sheet, client).await),
            ("40 undo takes one's own alone", own_undo(sheet, client).await),
            ("a selection keeps its letters", selection(sheet, client).await),
            ("somebody deletes around the caret", deleted_around(sheet, client).await),
            ("comments", comments(sheet, client).await),
            ("a comment over a split and a join", comment_over_lines(sheet, client).await),
            ("a caret in an empty line and in a cell", peer_in_empty(sheet, client).await),
            ("undo after somebody deleted what was typed", undo_of_deleted(sheet, client).await),
            ("undo of a format on words that somebody changed", undo_of_format(sheet, client).await),
            ("a caret of somebody else", peer(sheet, client).await),
            ("two write at one spot", flags(sheet, client).await),
            ("somebody's selection over an empty line and cells", peer_over_lines(sheet, client).await),
            ("a comment's line is split before it", comment_below_split(sheet, client).await),
            ("a comment on cells", comment_on_cells(sheet, client).await),
            ("text typed at a comment's edges", comment_edges(sheet, client).await),
            ("a section goes and comes back with letters in another", section_and_letters(sheet, client).await),
        ] {
            wrong.extend(done.err().map(|error| format!("  concurrent: {name} with {client}: {error:#}")));
        }
    }
    wrong
}

async fn fork(sheet: &Sheet, client: u64) -> Result<Value> {
    let fork = sheet.tell("fork", &[json!(client)]).await?;
    ensure!(fork.is_u64(), "no fork: {fork}");
    Ok(fork)
}

async fn apply(sheet: &Sheet, fork: &Value, ops: Value) -> Result<()> {
    let done = sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), ops]).await?;
    ensure!(done == json!(true), "the fork cannot do that");
    Ok(())
}

/// Both exchange what they have, and have the same.
async fn merge(sheet: &Sheet, fork: &Value) -> Result<()> {
    ensure!(sheet.tell("merge", std::slice::from_ref(fork)).await? == json!(true), "no merge");
    let theirs = sheet.tell("forkDelta", &[fork.clone(), json!(sheet.section)]).await?;
    let mine = sheet.page().await?.ops;
    ensure!(mine == theirs, "the page has {mine}, the fork {theirs}");
    Ok(())
}

async fn meet(sheet: &Sheet, client: u64, meeting: &Meeting) -> Result<()> {
    sheet.given(meeting.before).await?;
    let fork = fork(sheet, client).await?;
    for step in meeting.mine {
        step.done(sheet).await?;
    }
    apply(sheet, &fork, serde_json::from_str(meeting.theirs)?).await?;
    merge(sheet, &fork).await?;
    if !meeting.after.is_empty() {
        return sheet.expect(meeting.after).await;
    }
    // Either order is right; the page must show the one there is.
    let shown = sheet.page().await?.written.print(false);
    sheet.expect(&shown).await
}

async fn neighbours(sheet: &Sheet, client: u64) -> Result<()> {
    const REST: &str = "return [scrollY, document.activeElement?.dataset.sectionId === arguments[0]]";
    sheet.given("one⏎ tw|o⏎").await?;
    let fork = fork(sheet, client).await?;
    let section = vec![json!(sheet.section)];
    let before = sheet.window().run(REST, section.clone()).await?;
    ensure!(before[1] == json!(true), "the section has the focus");
    apply(sheet, &fork, json!([{ "insert": "above\nand " }, { "retain": 4 }, { "insert": "x" }, { "retain": 3 }, { "insert": "y\nz" }]))
        .await?;
    merge(sheet, &fork).await?;
    sheet.expect("above⏎ and one⏎ xtw|oy⏎ z⏎").await?;
    let after = sheet.window().run(REST, section).await?;
    ensure!(after[1] == json!(true), "the focus stays");
    ensure!(after == before, "the page did not scroll: {before} {after}");
    sheet.window().write("!").await?;
    sheet.expect("above⏎ and one⏎ xtw!|oy⏎ z⏎").await
}

async fn own_undo(sheet: &Sheet, client: u64) -> Result<()> {
    sheet.given("|⏎").await?;
    sheet.window().write("one").await?;
    let fork = fork(sheet, client).await?;
    apply(sheet, &fork, json!([{ "retain": 1 }, { "insert": "X" }])).await?;
    merge(sheet, &fork).await?;
    sheet.expect("oXne|⏎").await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect("X⏎").await?;
    sheet.window().strike("Control+Shift+z").await?;
    sheet.expect("oXne⏎").await?;
    merge(sheet, &fork).await
}

async fn selection(sheet: &Sheet, client: u64) -> Result<()> {
    sheet.given("one [two⏎b th]ree⏎").await?;
    let fork = fork(sheet, client).await?;
    apply(sheet, &fork, json!([{ "insert": "x\n" }, { "retain": 6 }, { "insert": "--" }, { "retain": 6 }, { "insert": "z" }])).await?;
    merge(sheet, &fork).await?;
    sheet.expect("x⏎ one [tw--o⏎b th]reze⏎").await
}

async fn deleted_around(sheet: &Sheet, client: u64) -> Result<()> {
    sheet.given("one⏎ tw|o⏎ three⏎").await?;
    let fork = fork(sheet, client).await?;
    apply(sheet, &fork, json!([{ "retain": 1 }, { "delete": 8 }])).await?;
    merge(sheet, &fork).await?;
    sheet.expect("o|hree⏎").await?;
    sheet.window().write("x").await?;
    sheet.expect("ox|hree⏎").await
}

async fn comments(sheet: &Sheet, client: u64) -> Result<()> {
    let section = json!(sheet.section);
    sheet.given("the quick fox|⏎").await?;
    let cid = sheet.call("addComment", &[json!(4), json!(9)]).await?;
    let other = fork(sheet, client).await?;
    let said =
        |comments: &Value| comments.as_array().into_iter().flatten().find(|comment| comment["cid"] == cid).cloned().unwrap_or_default();
    let is = |start: u32, end: u32, text: &str, detached: bool| json!({ "cid": cid, "start": start, "end": end, "text": text, "detached": detached });
    let mine = async || anyhow::Ok(said(&sheet.call("comments", &[]).await?));
    let theirs = async || anyhow::Ok(said(&sheet.tell("forkComments", &[other.clone(), section.clone()]).await?));
    ensure!(mine().await? == is(4, 9, "quick", false), "at first: {}", mine().await?);
    // Typing at either edge stays outside.
    apply(sheet, &other, json!([{ "retain": 4 }, { "insert": "X" }, { "retain": 5 }, { "insert": "Y" }])).await?;
    ensure!(theirs().await? == is(5, 10, "quick", false), "edges in the fork: {}", theirs().await?);
    merge(sheet, &other).await?;
    ensure!(mine().await? == is(5, 10, "quick", false), "edges in the page: {}", mine().await?);
    // Deleted it is detached, undone it is back for everybody.
    sheet.tell("endUndoGroup", &[]).await?;
    sheet.call("select", &[json!(5), json!(10)]).await?;
    sheet.window().strike("Delete").await?;
    merge(sheet, &other).await?;
    ensure!(mine().await? == is(5, 5, "", true), "deleted in the page: {}", mine().await?);
    ensure!(theirs().await? == is(5, 5, "", true), "deleted in the fork: {}", theirs().await?);
    sheet.window().strike("Control+z").await?;
    merge(sheet, &other).await?;
    ensure!(mine().await? == is(5, 10, "quick", false), "undone in the page: {}", mine().await?);
    ensure!(theirs().await? == is(5, 10, "quick", false), "undone in the fork: {}", theirs().await?);
    apply(sheet, &other, json!([{ "delete": 4 }])).await?;
    ensure!(theirs().await? == is(1, 6, "quick", false), "and follows its words: {}", theirs().await?);
    Ok(())
}

async fn comment_over_lines(sheet: &Sheet, client: u64) -> Result<()> {
    sheet.given("ab|cd⏎b ef⏎").await?;
    let cid = sheet.call("addComment", &[json!(1), json!(3)]).await?;
    let other = fork(sheet, client).await?;
    sheet.window().strike("Enter").await?;
    sheet.expect("ab⏎b |cd⏎b ef⏎").await?;
    let mine = async || {
        let all = sheet.call("comments", &[]).await?;
        anyhow::Ok(all.as_array().into_iter().flatten().find(|comment| comment["cid"] == cid).cloned().unwrap_or_default())
    };
    ensure!(mine().await? == json!({ "cid": cid, "start": 1, "end": 4, "text": "b\nc", "detached": false }), "split: {}", mine().await?);
    apply(sheet, &other, json!([{ "retain": 4 }, { "delete": 1 }])).await?;
    merge(sheet, &other).await?;
    sheet.window().strike("Backspace").await?;
    sheet.expect("ab|cdef⏎b").await?;
    ensure!(mine().await? == json!({ "cid": cid, "start": 1, "end": 3, "text": "bc", "detached": false }), "joined: {}", mine().await?);
    Ok(())
}

async fn peer_in_empty(sheet: &Sheet, client: u64) -> Result<()> {
    for (before, at) in [("a|⏎ ⏎ b⏎", 2), ("a|⏎ ⏎r1c1 B⏎r1c2 ⏎", 2), ("a|⏎ ⏎b", 2), ("|⏎", 0)] {
        sheet.given(before).await?;
        let fork = fork(sheet, client).await?;
        let place = [fork.clone(), json!(sheet.section), json!(at), json!(at), json!("Bo Holm")];
        ensure!(sheet.tell("peerSelect", &place).await? == json!(true), "no peer");
        let line = Written::read(before).body.locate(at).0;
        let seen = format!(
            "const caret = document.querySelector('[data-peer-caret]')?.getBoundingClientRect(); \
             const line = document.querySelectorAll(`[data-section-id=\"${{arguments[0]}}\"] [data-line]`)[{line}].getBoundingClientRect(); \
             return Boolean(caret) && (caret.height > 8 && caret.top >= line.top - 6 && caret.bottom <= line.bottom + 6);"
        );
        sheet.hold(&format!("the caret stands in line {line} of {before}"), &seen).await?;
    }
    Ok(())
}

async fn undo_of_deleted(sheet: &Sheet, client: u64) -> Result<()> {
    sheet.given("a|b⏎").await?;
    sheet.window().write("xyz").await?;
    let fork = fork(sheet, client).await?;
    apply(sheet, &fork, json!([{ "retain": 2 }, { "delete": 1 }])).await?;
    merge(sheet, &fork).await?;
    sheet.expect("axz|b⏎").await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect("a|b⏎").await?;
    sheet.window().strike("Control+Shift+z").await?;
    merge(sheet, &fork).await?;
    sheet.page().await.map(drop)
}

async fn undo_of_format(sheet: &Sheet, client: u64) -> Result<()> {
    sheet.given("[one two]⏎").await?;
    sheet.window().strike("Control+b").await?;
    let fork = fork(sheet, client).await?;
    apply(sheet, &fork, json!([{ "retain": 3 }, { "insert": "X", "attributes": { "bold": true } }])).await?;
    merge(sheet, &fork).await?;
    sheet.window().strike("Control+z").await?;
    merge(sheet, &fork).await?;
    ensure!(sheet.page().await?.written.lines() == ["oneX two"], "no letter is lost");
    Ok(())
}

/// What the page and a fork say of a comment.
async fn comment(sheet: &Sheet, fork: &Value, cid: &Value) -> Result<[Value; 2]> {
    let find = |all: Value| all.as_array().into_iter().flatten().find(|comment| comment["cid"] == *cid).cloned().unwrap_or_default();
    let mine = find(sheet.call("comments", &[]).await?);
    let theirs = find(sheet.tell("forkComments", &[fork.clone(), json!(sheet.section)]).await?);
    Ok([mine, theirs])
}

/// Both say this of it.
async fn comment_is(sheet: &Sheet, fork: &Value, cid: &Value, start: u32, end: u32, text: &str) -> Result<()> {
    let is = json!({ "cid": cid, "start": start, "end": end, "text": text, "detached": text.is_empty() });
    let said = comment(sheet, fork, cid).await?;
    ensure!(said == [is.clone(), is.clone()], "{said:?} are not {is}");
    Ok(())
}

async fn comment_below_split(sheet: &Sheet, client: u64) -> Result<()> {
    sheet.given("hello| world⏎").await?;
    let cid = sheet.call("addComment", &[json!(6), json!(11)]).await?;
    let fork = fork(sheet, client).await?;
    sheet.window().strike("Enter").await?;
    apply(sheet, &fork, json!([{ "retain": 11 }, { "insert": "!!!" }])).await?;
    merge(sheet, &fork).await?;
    sheet.expect("hello⏎ | world!!!⏎").await?;
    comment_is(sheet, &fork, &cid, 7, 12, "world").await?;
    // The whole line goes, and comes back for both.
    sheet.call("select", &[json!(5), json!(15)]).await?;
    sheet.window().strike("Delete").await?;
    merge(sheet, &fork).await?;
    comment_is(sheet, &fork, &cid, 5, 5, "").await?;
    sheet.window().strike("Control+z").await?;
    merge(sheet, &fork).await?;
    comment_is(sheet, &fork, &cid, 7, 12, "world").await?;
    sheet.window().strike("Control+Shift+z").await?;
    merge(sheet, &fork).await?;
    comment_is(sheet, &fork, &cid, 5, 5, "").await
}

async fn comment_on_cells(sheet: &Sheet, client: u64) -> Result<()> {
    sheet.given("A1⏎r1c1 B|1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎").await?;
    let cid = sheet.call("addComment", &[json!(6), json!(8)]).await?;
    let fork = fork(sheet, client).await?;
    sheet.tell("cmd", &[json!("table-col-right")]).await?;
    apply(sheet, &fork, json!([{ "insert": "N" }, { "insert": "\n", "attributes": { "table": "new", "col": "c1" } }])).await?;
    merge(sheet, &fork).await?;
    comment_is(sheet, &fork, &cid, 9, 11, "A2").await?;
    sheet.tell("cmd", &[json!("table-delete")]).await?;
    merge(sheet, &fork).await?;
    comment_is(sheet, &fork, &cid, 0, 0, "").await?;
    sheet.tell("undo", &[]).await?;
    merge(sheet, &fork).await?;
    comment_is(sheet, &fork, &cid, 9, 11, "A2").await
}

async fn comment_edges(sheet: &Sheet, client: u64) -> Result<()> {
    sheet.given("a |bc d⏎").await?;
    let cid = sheet.call("addComment", &[json!(2), json!(4)]).await?;
    let fork = fork(sheet, client).await?;
    sheet.window().write("x").await?;
    sheet.window().strike("ArrowRight ArrowRight").await?;
    sheet.window().write("y").await?;
    sheet.expect("a xbcy| d⏎").await?;
    merge(sheet, &fork).await?;
    comment_is(sheet, &fork, &cid, 3, 5, "bc").await?;
    // Inside it grows.
    sheet.window().strike("ArrowLeft ArrowLeft").await?;
    sheet.window().write("z").await?;
    sheet.expect("a xbz|cy d⏎").await?;
    merge(sheet, &fork).await?;
    comment_is(sheet, &fork, &cid, 3, 6, "bzc").await
}

async fn peer_over_lines(sheet: &Sheet, client: u64) -> Result<()> {
    const SEEN: &str = r#"
        const ranges = [...CSS.highlights].filter(([name]) => name.startsWith("peer-")).flatMap(([, ranges]) => [...ranges]);
        const inside = document.querySelectorAll("[contenteditable] :is([data-peer-caret], .peer-stub, .peer-flag)").length;
        return JSON.stringify([ranges.map((range) => range.toString()), document.querySelectorAll(".peer-stub").length, inside]);
    "#;
    for (before, head, seen) in [
        ("|ab⏎ ⏎ cd⏎", 5, json!([["bc"], 1, 0])),
        ("|ab⏎ ⏎r1c1 B⏎r1c2 cd⏎", 5, json!([["bB"], 1, 0])),
        ("|ab⏎ ⏎ ⏎ ⏎", 5, json!([["b"], 2, 0])),
    ] {
        sheet.given(before).await?;
        let fork = fork(sheet, client).await?;
        let place = [fork.clone(), json!(sheet.section), json!(1), json!(head), json!("Bo Holm")];
        ensure!(sheet.tell("peerSelect", &place).await? == json!(true), "no peer");
        let is = format!("return (() => {{ {SEEN} }})() === {}", json!(seen.to_string()));
        sheet.hold(&format!("{seen} is marked in {before}"), &is).await?;
        sheet.expect(before).await?;
        sheet.tell("peerSelect", &[fork]).await?;
    }
    Ok(())
}

async fn peer(sheet: &Sheet, client: u64) -> Result<()> {
    const SEEN: &str = r#"
        const carets = [...document.querySelectorAll("[data-peer-caret]")].filter((caret) => caret.textContent.includes("Bo Holm"));
        return carets.length === 1 && !carets[0].closest("[contenteditable]") && carets[0].getBoundingClientRect().height > 0;
    "#;
    const LEFT: &str = r#"
        const caret = [...document.querySelectorAll("[data-peer-caret]")].find((caret) => caret.textContent.includes("Bo Holm"));
        window.__left ??= null;
        const left = caret ? Math.round(caret.getBoundingClientRect().left) : null;
        const moved = left !== null && window.__left !== null && left > window.__left;
        window.__left ??= left;
        return moved;
    "#;
    sheet.given("one two|⏎").await?;
    let fork = fork(sheet, client).await?;
    let place = [fork.clone(), json!(sheet.section), json!(0), json!(3), json!("Bo Holm")];
    ensure!(sheet.tell("peerSelect", &place).await? == json!(true), "no peer");
    sheet.hold("the caret of somebody else is seen", SEEN).await?;
    sheet.hold("what they selected is marked", "return [...CSS.highlights.keys()].some((name) => name.startsWith('peer-'))").await?;
    sheet.expect("one two|⏎").await?;
    // It moves with its letter.
    sheet.window().run("delete window.__left", Vec::new()).await?;
    sheet.window().run(LEFT, Vec::new()).await?;
    sheet.window().strike("Home").await?;
    sheet.window().write("xxx").await?;
    sheet.hold("it moves with its letter", LEFT).await?;
    sheet.tell("peerSelect", &[fork]).await?;
    sheet.hold("who writes nowhere has no caret", "return document.querySelectorAll('[data-peer-caret]').length === 0").await
}

/// What the page counts, and how many words stand in the other section of the item.
const WORDS: &str = r#"
    const [id] = arguments;
    const item = document.querySelector(`[data-section-id="${id}"]`).closest("[data-item]");
    const other = [...item.querySelectorAll("[data-section-id]")].find((host) => host.dataset.sectionId !== id)?.dataset.field ?? null;
    const menu = document.querySelector("header.bar .menu:nth-last-child(2) .menu-list");
    menu.showPopover();
    [...menu.children].find((entry) => entry.textContent === "Tæl ord").click();
    const said = [...document.querySelectorAll(".toast")].at(-1).textContent;
    const text = other === null ? "" : window.__editorTest.delta(other).map((op) => op.insert).join("");
    return [other, Number(/\d+/.exec(said)[0]), text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length];
"#;

async fn section_and_letters(sheet: &Sheet, client: u64) -> Result<()> {
    const SHOWN: &str = "return window.__editorTest.sections().every((id) => document.querySelector(`[data-section-id='${id}']`))";
    sheet.given("a| b⏎").await?;
    let before = sheet.window().run(WORDS, vec![json!(sheet.section)]).await?;
    let (both, words) = (before[1].as_u64().context("a count")?, before[2].as_u64().context("a count")?);
    ensure!(words > 0, "the other section is empty: {before}");
    for (deleted, after, count) in [(true, "Xa| b⏎", both - words), (false, "XXa| b⏎", both)] {
        // The menu took the focus.
        let caret = after.chars().take_while(|letter| *letter == 'X').count();
        sheet.call("select", &[json!(caret)]).await?;
        let fork = fork(sheet, client).await?;
        let done = sheet.tell("forkDelete", &[fork.clone(), before[0].clone(), json!(deleted)]).await?;
        ensure!(done == json!(true), "the section is not deleted");
        apply(sheet, &fork, json!([{ "insert": "X" }])).await?;
        merge(sheet, &fork).await?;
        sheet.expect(after).await?;
        sheet.hold("every section stands in the page", SHOWN).await?;
        let now = sheet.window().run(WORDS, vec![json!(sheet.section)]).await?;
        ensure!(now[1] == json!(count), "{now} words after {before}");
    }
    Ok(())
}

async fn flags(sheet: &Sheet, client: u64) -> Result<()> {
    const SEEN: &str = r#"
        const boxes = [...document.querySelectorAll(".peer-flag")].map((flag) => flag.getBoundingClientRect());
        const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5;
        const inside = boxes.every((one) => one.left >= 0 && one.right <= document.documentElement.clientWidth);
        return boxes.length === 3 && inside && boxes.every((one, at) => boxes.slice(at + 1).every((other) => apart(one, other)));
    "#;
    // At the page's edge as well: a name may be longer than there is room to the right.
    let long = "Ib Vestergaard ".repeat(13);
    let to_the_edge = format!("{}|⏎", "one two three ".repeat(4));
    for (before, spots) in [("one two three|⏎", [4, 4, 5]), ("one|⏎", [3, 3, 3]), (&to_the_edge, [55, 55, 54])] {
        sheet.given(before).await?;
        let mut forks = Vec::new();
        for (spot, (id, name)) in spots.into_iter().zip([(client, "Bo Holm"), (client ^ 2, "Signe Ravnholt"), (client ^ 4, &long)]) {
            let fork = fork(sheet, id).await?;
            let place = [fork.clone(), json!(sheet.section), json!(spot), json!(spot), json!(name)];
            ensure!(sheet.tell("peerSelect", &place).await? == json!(true), "no peer");
            forks.push(fork);
        }
        sheet.hold(&format!("no flag covers another in {before}"), SEEN).await?;
        for fork in forks {
            sheet.tell("peerSelect", &[fork]).await?;
        }
    }
    Ok(())
}
