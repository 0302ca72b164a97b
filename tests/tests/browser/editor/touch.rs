//! Input that no key tells of: keyboards of touch screens that change the page by themselves, and programs that send events of their own.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::composition::begin;
use super::sheet::Sheet;

pub(super) async fn all(sheet: &Sheet) -> Vec<String> {
    let mut wrong = Vec::new();
    for (told, case) in [false, true].into_iter().flat_map(|told| CASES.iter().map(move |case| (told, case))) {
        let error = change(sheet, told, case).await.err();
        wrong.extend(error.map(|error| format!("  touch: {} (told of: {told}): {}\n        {error:#}", case.name, case.before)));
    }
    for case in SENT {
        wrong.extend(sent(sheet, case).await.err().map(|error| format!("  touch: {}: {}\n        {error:#}", case.name, case.before)));
    }
    wrong.extend(while_composing(sheet).await.err().map(|error| format!("  touch: a change beside a composition: {error:#}")));
    wrong
}

/// A change of the page: `line` is the first line's element, `put(node, offset)` puts the caret.
struct Case {
    name: &'static str,
    before: &'static str,
    change: &'static str,
    after: &'static str,
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case { name: "a letter", before: "ab|⏎ x⏎", change: "line.firstChild.data = 'abc'; put(line.firstChild, 3);", after: "abc|⏎ x⏎" },
    Case { name: "a letter like those around it", before: "a|aa⏎ x⏎", change: "line.firstChild.insertData(1, 'a'); put(line.firstChild, 2);", after: "aa|aa⏎ x⏎" },
    Case { name: "a word for another", before: "teh| x⏎", change: "line.firstChild.replaceData(0, 3, 'the'); put(line.firstChild, 3);", after: "the| x⏎" },
    Case { name: "a letter in an empty line", before: "|⏎b x⏎", change: "line.replaceChildren('a'); put(line.firstChild, 1);", after: "a|⏎b x⏎" },
    Case { name: "the last letter goes", before: "a|⏎ x⏎", change: "line.replaceChildren(document.createElement('br')); put(line, 0);", after: "|⏎ x⏎" },
    Case { name: "Enter splits the element", before: "ab|cd⏎b x⏎", change: "const next = line.cloneNode(); next.append('cd'); line.firstChild.data = 'ab'; line.after(next); put(next.firstChild, 0);", after: "ab⏎b |cd⏎b x⏎" },
    Case { name: "Enter at the end", before: "ab|⏎h2 x⏎", change: "const next = line.cloneNode(); next.append(document.createElement('br')); line.after(next); put(next, 0);", after: "ab⏎h2 |⏎ x⏎" },
    Case { name: "Enter writes a break", before: "ab|cd⏎ x⏎", change: "const rest = line.firstChild.splitText(2); rest.before(document.createElement('br')); put(rest, 0);", after: "ab⏎ |cd⏎ x⏎" },
    Case { name: "Enter writes a break at the end", before: "ab|⏎q x⏎", change: "line.append(document.createElement('br'), document.createElement('br')); put(line, 2);", after: "ab⏎q |⏎q x⏎" },
    Case { name: "Enter writes a block", before: "ab|cd⏎ x⏎", change: "const rest = line.firstChild.splitText(2); const block = document.createElement('div'); rest.before(block); block.append(rest); put(rest, 0);", after: "ab⏎ |cd⏎ x⏎" },
    Case { name: "Enter in a cell goes down", before: "A|B⏎r1c1 C⏎r2c1 ⏎", change: "const rest = line.firstChild.splitText(1); const block = document.createElement('div'); rest.before(block); block.append(rest); put(rest, 0);", after: "AB⏎r1c1 |C⏎r2c1 ⏎" },
    Case { name: "a word and Enter", before: "teh|⏎ x⏎", change: "const next = line.cloneNode(); next.append(document.createElement('br')); line.firstChild.data = 'the'; line.after(next); put(next, 0);", after: "the⏎ |⏎ x⏎" },
    Case { name: "Backspace joins the elements", before: "ab⏎h2 |cd⏎b x⏎", change: "const next = lines[1]; line.firstChild.appendData('cd'); next.remove(); put(line.firstChild, 2);", after: "ab|cd⏎h2 x⏎" },
    Case { name: "Backspace joins to an empty one", before: "⏎ |cd⏎q x⏎", change: "const next = lines[1]; line.replaceChildren('cd'); next.remove(); put(line.firstChild, 0);", after: "|cd⏎q x⏎" },
];

const CHANGE: &str = r#"
    const [id, told] = arguments;
    const host = document.querySelector(`[data-section-id="${id}"]`);
    const lines = [...host.querySelectorAll("[data-line]")];
    const line = lines[0];
    const put = (node, offset) => getSelection().collapse(node, offset);
    {CHANGE}
    if (told) { host.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true })); }
"#;

async fn change(sheet: &Sheet, told: bool, case: &Case) -> Result<()> {
    sheet.given(case.before).await?;
    sheet.window().run(&CHANGE.replace("{CHANGE}", case.change), vec![json!(sheet.section), json!(told)]).await?;
    sheet.expect(case.after).await?;
    sheet.window().write("!").await?;
    sheet.expect(&case.after.replace('|', "!|")).await
}

/// An event that a program sends, as those that check the spelling do. The browser does nothing for it.
struct Sent {
    name: &'static str,
    before: &'static str,
    kind: &'static str,
    data: &'static str,
    after: &'static str,
}

#[rustfmt::skip]
const SENT: &[Sent] = &[
    Sent { name: "a replacement within plain text", before: "a [teh] b⏎", kind: "insertReplacementText", data: "the", after: "a the| b⏎" },
    Sent { name: "a replacement within bold text", before: "*a [teh] b*⏎", kind: "insertReplacementText", data: "the", after: "*a the| b*⏎" },
    Sent { name: "a replacement in a cell", before: "a [teh] b⏎r1c1 ⏎r1c2 ⏎", kind: "insertReplacementText", data: "the", after: "a the| b⏎r1c1 ⏎r1c2 ⏎" },
    Sent { name: "a replacement by two lines in a cell", before: "[a]⏎r1c1 ⏎r1c2 ⏎", kind: "insertReplacementText", data: "b\nc", after: "b c|⏎r1c1 ⏎r1c2 ⏎" },
    Sent { name: "text", before: "a|b⏎", kind: "insertText", data: "xy", after: "axy|b⏎" },
    Sent { name: "text over text", before: "a[bc]d⏎", kind: "insertText", data: "x", after: "ax|d⏎" },
    Sent { name: "a deletion", before: "a[bc]d⏎", kind: "deleteContentBackward", data: "", after: "a|d⏎" },
];

async fn sent(sheet: &Sheet, case: &Sent) -> Result<()> {
    const SEND: &str = r#"
        const [id, inputType, data] = arguments;
        const host = document.querySelector(`[data-section-id="${id}"]`);
        return host.dispatchEvent(new InputEvent("beforeinput", { inputType, data: data || null, bubbles: true, cancelable: true, composed: true }));
    "#;
    sheet.given(case.before).await?;
    let left = sheet.window().run(SEND, vec![json!(sheet.section), json!(case.kind), json!(case.data)]).await?;
    ensure!(left == Value::Bool(false), "it is left to the browser, which does nothing");
    sheet.expect(case.after).await
}

async fn while_composing(sheet: &Sheet) -> Result<()> {
    const OTHER: &str = "document.querySelectorAll(`[data-section-id=\"${arguments[0]}\"] [data-line]`)[1].firstChild.data = 'changed'";
    sheet.given("a|b⏎ x⏎").await?;
    begin(sheet, "に").await?;
    sheet.window().run(OTHER, vec![json!(sheet.section)]).await?;
    sheet.window().compose("日本").await?;
    sheet.window().commit("日").await?;
    sheet.expect("a日|b⏎ changed⏎").await
}
