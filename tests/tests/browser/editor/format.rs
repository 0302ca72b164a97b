//! Marks, links, and what a pending one does.

use anyhow::{Result, ensure};
use serde_json::json;

use super::cases::Case;
use super::cases::Do::{Press, Run, See, Type};
use super::sheet::Sheet;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    ("15 bold and back", "[ab]c⏎", &[Press("Control+b"), See("*[ab*]c⏎"), Press("Control+b")], "[ab]c⏎"),
    ("italic", "a[b]⏎", &[Press("Control+i")], "a_[b_]⏎"),
    ("bold over lines", "[a⏎b b]⏎ x⏎", &[Run("bold")], "*[a*⏎b *b*]⏎ x⏎"),
    ("half bold becomes bold", "[a*b*]⏎", &[Run("bold")], "*[ab*]⏎"),
    ("16 typing at a bold end", "a*b*|⏎", &[Type("X")], "a*bX*|⏎"),
    ("typing at a bold start of a line", "*|b*⏎", &[Type("X")], "*X|b*⏎"),
    ("typing before bold", "a*|b*⏎", &[Type("X")], "aX*|b*⏎"),
    ("17 typing at a link's end", "{ab}(https://x.test)|⏎", &[Type("X")], "{ab}(https://x.test)X|⏎"),
    ("typing in a link", "{a|b}(https://x.test)⏎", &[Type("X")], "{aX|b}(https://x.test)⏎"),
    ("18 a pending format", "|⏎", &[Press("Control+b"), Type("x"), Press("Control+b"), Type("y")], "*x*y|⏎"),
    ("a pending format is forgotten when the caret moves", "ab|⏎", &[Press("Control+b ArrowLeft"), Type("x")], "ax|b⏎"),
    ("bold off in bold", "*ab*|⏎", &[Press("Control+b"), Type("x")], "*ab*x|⏎"),
    ("a pending format is forgotten at Enter", "|⏎", &[Press("Control+b Enter"), Type("x")], "⏎ x|⏎"),
    ("two pending formats", "|⏎", &[Press("Control+b Control+i"), Type("x")], "*_x_*|⏎"),
    ("a pending format taken back", "|⏎", &[Press("Control+b Control+b"), Type("x")], "x|⏎"),
    ("a pending format within a word", "a|b⏎", &[Press("Control+b"), Type("xy")], "a*xy*|b⏎"),
    ("a pending format begins a step", "|⏎", &[Type("a"), Press("Control+b"), Type("b"), Press("Control+z")], "a|⏎"),
    ("bold ends with its line", "*ab*|⏎", &[Press("Enter"), Type("x")], "*ab*⏎ x|⏎"),
    ("20 a script is no link", "[ab]⏎", &[Run("link:javascript:1")], "[ab]⏎"),
    ("a link", "[ab]c⏎", &[Run("link:https://x.test")], "{[ab}(https://x.test)]c⏎"),
    ("mail is a link", "[ab]c⏎", &[Run("link:mailto:a@x.test")], "{[ab}(mailto:a@x.test)]c⏎"),
    ("clear", "*[a**_b_*{c}(https://x.test)]⏎b", &[Run("clear")], "[abc]⏎"),
    ("undo of bold", "[ab]c⏎", &[Press("Control+b Control+z")], "[ab]c⏎"),
    ("strike and underline", "[ab]⏎", &[Run("strike"), Run("underline"), Run("strike"), Run("underline")], "[ab]⏎"),
    ("a bold heading split", "*a|b*⏎h2", &[Press("Enter"), Type("x")], "*a*⏎h2 *x|b*⏎h2"),
    ("bold over a link", "[a{b}(https://x.test)c]⏎", &[Run("bold")], "*[a*{*b*}(https://x.test)*c*]⏎"),
    ("a link within a word", "a[b]c⏎", &[Run("link:https://x.test"), Press("ArrowRight"), Type("X")], "a{b}(https://x.test)X|c⏎"),
    ("typing at the start of a line's link", "{|ab}(https://x.test)⏎", &[Type("X")], "{X|ab}(https://x.test)⏎"),
    ("typing before a link", "a{|b}(https://x.test)⏎", &[Type("X")], "aX{|b}(https://x.test)⏎"),
    ("a link over lines", "[a⏎b b]⏎", &[Run("link:https://x.test")], "{[a}(https://x.test)⏎b {b}(https://x.test)]⏎"),
    ("a link in place of another", "[a{b}(https://x.test)]⏎", &[Run("link:tel:+4512345678")], "{[ab}(tel:+4512345678)]⏎"),
    ("Enter in a link", "{a|b}(https://x.test)⏎", &[Press("Enter")], "{a}(https://x.test)⏎ {|b}(https://x.test)⏎"),
    ("Enter at a link's end", "{ab}(https://x.test)|⏎", &[Press("Enter"), Type("X")], "{ab}(https://x.test)⏎ X|⏎"),
    ("a typed address", "|⏎", &[Type("til ida@x.test, tak")], "til {ida@x.test}(mailto:ida@x.test), tak|⏎"),
    ("a typed address at a line's end", "|⏎", &[Type("www.x.test"), Press("Enter"), Type("x")], "{www.x.test}(https://www.x.test)⏎ x|⏎"),
    ("undo of a typed address", "|⏎", &[Type("ida@x.test "), Press("Control+z")], "ida@x.test |⏎"),
    ("a mail address is one of a mail", "[ab]c⏎", &[Run("link:ida@x.test")], "{[ab}(mailto:ida@x.test)]c⏎"),
    ("clear at a caret", "*a*|⏎", &[Run("clear"), Type("x")], "*a*x|⏎"),
    ("typing between bold and italic", "*a*_|b_⏎", &[Type("X")], "*aX*_|b_⏎"),
];

pub(super) async fn others(sheet: &Sheet) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, done) in [
        ("1 the second letter joins the first one's text node", one_node(sheet).await),
        ("20 a refused link is told", refused_link(sheet).await),
        ("15 underline and strike are written as such", attributes(sheet).await),
        ("numbers that do not follow", numbers(sheet).await),
    ] {
        wrong.extend(done.err().map(|error| format!("  format: {name}: {error:#}")));
    }
    wrong
}

/// The style sheet counts from the number that a line says, in every place of the number and on every level.
async fn numbers(sheet: &Sheet) -> Result<()> {
    const COUNTED: &str = r#"
        return [...document.querySelectorAll(`[data-section-id="${arguments[0]}"] li`)].map((line) => getComputedStyle(line).counterSet.split(" n")[0]);
    "#;
    sheet.given("a|⏎o=9 b⏎o=40 c⏎o1=307 d⏎o8=6 e⏎o=9876").await?;
    let counted = sheet.window().run(COUNTED, vec![json!(sheet.section)]).await?;
    ensure!(counted == json!(["n0 9", "n0 40", "n1 307", "n8 6", "n0 9876"]), "counted {counted}");
    sheet.given("a|⏎o=12 b⏎o").await?;
    sheet.tell("cmd", &[json!("list-bullet")]).await?;
    sheet.expect("a|⏎b b⏎o=12").await?;
    let counted = sheet.window().run(COUNTED, vec![json!(sheet.section)]).await?;
    ensure!(counted == json!(["n0 0", "n0 12"]), "counted {counted}");
    Ok(())
}

async fn one_node(sheet: &Sheet) -> Result<()> {
    const KEEP: &str = r#"
        const line = document.querySelector(`[data-section-id="${arguments[0]}"] [data-line]`);
        const node = document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode();
        window.__kept ??= node;
        return window.__kept === node && node.data;
    "#;
    sheet.given("|⏎").await?;
    sheet.window().run("delete window.__kept", Vec::new()).await?;
    for (letter, text) in [("H", "H"), ("i", "Hi"), ("!", "Hi!")] {
        sheet.window().write(letter).await?;
        sheet.expect(&format!("{text}|⏎")).await?;
        let kept = sheet.window().run(KEEP, vec![json!(sheet.section)]).await?;
        ensure!(kept == json!(text), "after {text} the line holds another text node, or {kept}");
    }
    Ok(())
}

async fn refused_link(sheet: &Sheet) -> Result<()> {
    const SEEN: &str = r#"return [...document.querySelectorAll("[role=alert],[role=status]")]
        .some((element) => element.textContent.trim() && element.checkVisibility({ visibilityProperty: true }))"#;
    sheet.given("[ab]⏎").await?;
    sheet.tell("cmd", &[json!("link:javascript:alert(1)")]).await?;
    sheet.hold("a message is seen", SEEN).await?;
    sheet.window().strike("Escape").await?;
    sheet.expect("[ab]⏎").await
}

async fn attributes(sheet: &Sheet) -> Result<()> {
    for (command, attributes) in [
        ("underline", json!({ "underline": true })),
        ("strike", json!({ "strike": true })),
        ("link:https://x.test/a?b=c#d", json!({ "link": "https://x.test/a?b=c#d" })),
        ("bold", json!({ "bold": true })),
    ] {
        sheet.given("[ab]⏎").await?;
        sheet.tell("cmd", &[json!(command)]).await?;
        let ops = sheet.page().await?.ops;
        ensure!(ops == json!([{ "insert": "ab", "attributes": attributes }, { "insert": "\n" }]), "{command} gives {ops}");
    }
    for (command, attributes) in [
        ("header-3", json!({ "header": 3 })),
        ("list-ordered", json!({ "list": "ordered" })),
        ("blockquote", json!({ "blockquote": true })),
    ] {
        sheet.given("a|⏎").await?;
        sheet.tell("cmd", &[json!(command)]).await?;
        let ops = sheet.page().await?.ops;
        ensure!(ops == json!([{ "insert": "a" }, { "insert": "\n", "attributes": attributes }]), "{command} gives {ops}");
    }
    Ok(())
}
