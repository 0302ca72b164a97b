//! The fields of a page: how they connect, what they are to those who do not see, and new ones.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::clipboard::load;
use super::sheet::Sheet;

pub(super) async fn all(sheet: &Sheet) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, done) in [
        ("each is a named text box", roles(sheet).await),
        ("ArrowDown and ArrowUp lead to the neighbours", arrows(sheet).await),
        ("Control+a twice selects the item", select_item(sheet).await),
        ("a title is one line", title(sheet).await),
        ("the toolbar by the keyboard", toolbar(sheet).await),
        ("Escape arms Tab", escape(sheet).await),
        ("Escape arms one Tab only", escape_once(sheet).await),
        ("what is done is said", announced(sheet).await),
        ("each button says what it is", buttons(sheet).await),
        ("Tab leaves a paragraph", tab_leaves(sheet).await),
        ("Control+a in an empty section", select_nothing(sheet).await),
        ("a link is asked for", ask_for_link(sheet).await),
        ("found and replaced", find_and_replace(sheet).await),
        ("found from the caret on", found_from_the_caret(sheet).await),
        ("what is shown is what is replaced, whatever others write", replace_the_shown(sheet).await),
        ("undo leads back to its place", undo_leads_back(sheet).await),
        ("nothing to undo, something, nothing", can_undo(sheet).await),
        ("a new section", new_section(sheet).await),
    ] {
        wrong.extend(done.err().map(|error| format!("  fields: {name}: {error:#}")));
    }
    wrong
}

async fn roles(sheet: &Sheet) -> Result<()> {
    const ROLES: &str = r#"
        const wrong = [];
        const hosts = [...document.querySelectorAll("main.paper [contenteditable=true]")];
        for (const host of hosts) {
            const has = (name, value) => value === undefined ? Boolean(host.getAttribute(name)?.trim()) : host.getAttribute(name) === value;
            const named = host.getAttribute("aria-label")?.includes("punkt ");
            if (!has("role", "textbox") || !named || !has("aria-multiline") || !has("lang", "da") || !has("aria-readonly", "false")) { wrong.push(host.outerHTML.slice(0, 200)); }
        }
        // The keys are told where one comes to the text, and not again from field to field.
        const helps = () => hosts.map((host) => document.getElementById(host.getAttribute("aria-describedby"))?.textContent).filter(Boolean);
        document.activeElement.blur();
        hosts[0].focus();
        const help = helps();
        if (help.length !== 1 || !/Escape.*Tab.*F10/.test(help[0])) { wrong.push(`helped by ${help}`); }
        hosts[1].focus();
        if (helps().length > 0) { wrong.push(`again helped by ${helps()}`); }
        const ids = [...document.querySelectorAll("[data-section-id]")].map((host) => host.dataset.sectionId);
        const listed = window.__editorTest.sections();
        if (JSON.stringify(ids) !== JSON.stringify(listed)) { wrong.push(`${ids} are not ${listed}`); }
        return [hosts.length, wrong];
    "#;
    let said = sheet.window().run(ROLES, Vec::new()).await?;
    ensure!(said[0].as_u64() > Some(4) && said[1] == json!([]), "{said}");
    Ok(())
}

pub(super) async fn sections(sheet: &Sheet) -> Result<Vec<String>> {
    Ok(serde_json::from_value(sheet.tell("sections", &[]).await?)?)
}

async fn arrows(sheet: &Sheet) -> Result<()> {
    let all = sections(sheet).await?;
    let at = all.iter().position(|id| *id == sheet.section).context("the section is listed")?;
    let next = &all[at + 1];
    sheet.given("one⏎ tw|o⏎").await?;
    sheet.window().strike("ArrowDown").await?;
    let there = format!("return window.__editorTest.selection()?.id === {}", json!(next));
    sheet.hold("the caret is in the next field", &there).await?;
    sheet.window().strike("ArrowUp").await?;
    let line = "const at = window.__editorTest.selection(); return at?.id === arguments[0] && at.anchor >= 4 && at.anchor <= 7";
    sheet.hold("and back in the last line", line).await?;
    sheet.window().strike("ArrowUp ArrowUp").await?;
    sheet.hold("and in the title", "return window.__editorTest.selection()?.id.startsWith('title:')").await
}

async fn select_item(sheet: &Sheet) -> Result<()> {
    sheet.given("one⏎ tw|o⏎b").await?;
    let listen = r#"
        window.__copied = null;
        addEventListener("copy", (event) => { window.__copied = event.clipboardData.getData("text/plain"); }, { once: true });
    "#;
    sheet.window().run(listen, Vec::new()).await?;
    sheet.window().strike("Control+a Control+a Control+c").await?;
    let copied = sheet.window().run("return window.__copied || String(getSelection())", Vec::new()).await?;
    let text = copied.as_str().unwrap_or_default();
    ensure!(text.contains("vagtordning") && text.contains("two") && text.contains("evalueres"), "the whole item is copied, not {text:?}");
    sheet.given("one|⏎").await?;
    sheet.window().write("x").await?;
    sheet.expect("onex|⏎").await
}

async fn title(sheet: &Sheet) -> Result<()> {
    let field = sheet.title().await?;
    let before = sheet.tell("delta", std::slice::from_ref(&field)).await?;
    ensure!(sheet.tell("setDelta", &[field.clone(), json!([{ "insert": "Nyt" }])]).await? == json!(true), "a title is a text");
    sheet.tell("select", &[field.clone(), json!(3)]).await?;
    sheet.window().write(" navn").await?;
    sheet.window().strike("Enter").await?;
    sheet.window().strike("Control+b").await?;
    let after = sheet.tell("delta", std::slice::from_ref(&field)).await?;
    ensure!(after == json!([{ "insert": "Nyt navn" }]), "{after}");
    // Where Enter led, nothing was written; lines that are pasted become one.
    sheet.given("a|⏎").await?;
    load(sheet, None, "e\r\nord\n").await?;
    sheet.tell("select", &[field.clone(), json!(3), json!(8)]).await?;
    sheet.window().strike("Control+v Shift+Enter").await?;
    let after = sheet.tell("delta", std::slice::from_ref(&field)).await?;
    ensure!(after == json!([{ "insert": "Nyte ord" }]), "{after}");
    sheet.tell("select", &[field.clone(), json!(0)]).await?;
    sheet.window().strike("Backspace End Delete Control+a Backspace").await?;
    let after = sheet.tell("delta", std::slice::from_ref(&field)).await?;
    ensure!(after == json!([]), "{after}");
    sheet.window().write("x").await?;
    sheet.window().strike("Control+z").await?;
    let after = sheet.tell("delta", std::slice::from_ref(&field)).await?;
    ensure!(after == json!([{ "insert": "Nyte ord" }]), "{after}");
    sheet.tell("setDelta", &[field, before]).await?;
    Ok(())
}

async fn toolbar(sheet: &Sheet) -> Result<()> {
    const FOCUS: &str = "return document.activeElement.closest('[role=toolbar]') !== null";
    const PRESSED: &str = "return document.querySelector('[role=toolbar] [data-command=bold]').getAttribute('aria-pressed') === 'true'";
    sheet.given("a*b|*⏎").await?;
    sheet.window().strike("Alt+F10").await?;
    sheet.hold("the focus is in the toolbar", FOCUS).await?;
    sheet.hold("bold is pressed", PRESSED).await?;
    sheet.window().strike("Home End Home ArrowRight").await?;
    let command = sheet.window().run("return document.activeElement.dataset.command", Vec::new()).await?;
    ensure!(command == json!("italic"), "the arrows lead to {command}");
    sheet.window().strike("Escape").await?;
    sheet.expect("a*b*|⏎").await?;
    sheet.given("[ab]⏎").await?;
    sheet.window().strike("Alt+F10 Home Enter").await?;
    sheet.hold("the focus is in the text again", "return document.activeElement.dataset.sectionId === arguments[0]").await?;
    sheet.expect("*[ab*]⏎").await?;
    sheet.window().strike("Alt+F10 Shift+Tab").await?;
    sheet.hold("the toolbar left with the focus", "return document.querySelector('[role=toolbar]').hidden").await?;
    let commands = r#"
        const known = "bold italic underline strike clear header-1 header-2 header-3 plain list-bullet list-ordered blockquote indent outdent".split(" ");
        return known.filter((name) => !document.querySelector(`[role=toolbar] [data-command="${name}"]`));
    "#;
    let missing = sheet.window().run(commands, Vec::new()).await?;
    ensure!(missing == json!([]), "no button for {missing}");
    Ok(())
}

async fn escape(sheet: &Sheet) -> Result<()> {
    for (before, keys) in [
        ("a⏎b b|⏎b", "Escape Tab"),
        ("a⏎b b|⏎b1", "Escape Shift+Tab"),
        ("A|⏎r1c1 B⏎r1c2 ⏎", "Escape Tab"),
        ("A⏎r1c1 B|⏎r1c2 ⏎", "Escape Shift+Tab"),
    ] {
        sheet.given(before).await?;
        sheet.window().strike(keys).await?;
        sheet.hold(&format!("{keys} left"), "return document.activeElement?.dataset.sectionId !== arguments[0]").await?;
        sheet.expect(&before.replace('|', "")).await?;
    }
    Ok(())
}

async fn escape_once(sheet: &Sheet) -> Result<()> {
    sheet.given("a⏎b b|⏎b").await?;
    sheet.window().strike("Escape ArrowLeft Tab").await?;
    sheet.expect("a⏎b |b⏎b1").await
}

async fn select_nothing(sheet: &Sheet) -> Result<()> {
    sheet.given("|⏎").await?;
    sheet.window().strike("Control+a").await?;
    sheet.window().write("x").await?;
    sheet.expect("x|⏎").await?;
    sheet.given("|⏎").await?;
    sheet.window().strike("Control+a Control+a").await?;
    sheet.hold("the item is selected", "return String(getSelection()).includes('vagtordning')").await
}

async fn ask_for_link(sheet: &Sheet) -> Result<()> {
    const ASKED: &str = "return document.activeElement.closest('[role=toolbar]') !== null && document.activeElement.localName === 'input'";
    sheet.given("a[b]c⏎").await?;
    sheet.window().strike("Control+k").await?;
    sheet.hold("the address is asked for", ASKED).await?;
    sheet.window().write("javascript:1").await?;
    sheet.window().strike("Enter").await?;
    sheet.hold("it is refused, and asked for again", ASKED).await?;
    sheet.expect("abc⏎").await?;
    sheet.window().strike("Control+a").await?;
    sheet.window().write("x.test/a").await?;
    sheet.window().strike("Enter").await?;
    sheet.expect("a{[b}(https://x.test/a)]c⏎").await?;
    sheet.window().strike("Control+k").await?;
    sheet.hold("its address is there", "return document.activeElement.value === 'https://x.test/a'").await?;
    sheet.window().strike("Escape").await?;
    sheet.expect("a{[b}(https://x.test/a)]c⏎").await
}

async fn find_and_replace(sheet: &Sheet) -> Result<()> {
    sheet.given("a |fugl og Fugl⏎ *fugl*e⏎b").await?;
    sheet.window().strike("Control+h").await?;
    sheet.hold("the bar has the focus", "return document.activeElement?.name === 'wanted'").await?;
    sheet.window().strike("Control+a").await?;
    sheet.window().write("fugl").await?;
    sheet.window().strike("Tab").await?;
    sheet.hold("there is a word to put in", "document.querySelector('[name=with]').focus(); return true").await?;
    sheet.window().write("rovfugl").await?;
    sheet.window().strike("Enter Enter").await?;
    sheet.expect("a rovfugl og rovfugl⏎ *fugl*e⏎b").await?;
    sheet.window().run("document.querySelector('.find [data-action=replace-all]').click()", Vec::new()).await?;
    sheet.expect("a rovrovfugl og rovrovfugl⏎ *rovfugl*e⏎b").await?;
    sheet.window().strike("Control+a").await?;
    sheet.window().run("const wanted = document.querySelector('[name=wanted]'); wanted.focus(); wanted.select()", Vec::new()).await?;
    sheet.window().write("findes ikke").await?;
    sheet.window().strike("Escape").await?;
    sheet.expect("a |rovrovfugl og rovrovfugl⏎ *rovfugl*e⏎b").await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect("a rovfugl og rovfugl⏎ *fugl*e⏎b").await?;
    sheet.window().strike("Control+z Control+z").await?;
    sheet.expect("a fugl og Fugl⏎ *fugl*e⏎b").await
}

async fn found_from_the_caret(sheet: &Sheet) -> Result<()> {
    // Behind the caret, at a selected word, and from the top again where nothing is behind it; the bar stays open meanwhile.
    for (before, wanted, place) in
        [("ugle a |ugle b ugle⏎", "ugle", 2), ("ugle a ugle b [ugle]⏎", "ugle", 3), ("ugle a ugle| b⏎", "ugle", 1)]
    {
        sheet.given(before).await?;
        sheet.window().strike("Control+h").await?;
        if !before.contains('[') {
            sheet.window().strike("Control+a").await?;
            sheet.window().write(wanted).await?;
        }
        let shown = format!("return document.querySelector('.find [role=status]').textContent.startsWith('{place} ')");
        sheet.hold(&format!("place {place} is shown in {before}"), &shown).await?;
    }
    sheet.window().strike("Escape").await
}

async fn replace_the_shown(sheet: &Sheet) -> Result<()> {
    // Settled, or at once: with the place as it stood before.
    for rests in [true, false] {
        sheet.given("|fugl a fugl b fugl⏎").await?;
        sheet.window().strike("Control+h Control+a").await?;
        sheet.window().write("fugl").await?;
        sheet.window().strike("Enter").await?;
        sheet.hold("the second is shown", "return /^2 .* 3$/.test(document.querySelector('.find [role=status]').textContent)").await?;
        let fork = sheet.tell("fork", &[json!(1)]).await?;
        let ops = json!([{ "insert": "fugl " }]);
        ensure!(sheet.tell("forkApply", &[fork.clone(), json!(sheet.section), ops]).await? == json!(true), "the edit is none");
        sheet.window().run("document.querySelector('[name=with]').value = 'X'", Vec::new()).await?;
        if rests {
            sheet.tell("merge", &[fork]).await?;
            sheet.hold("it is the third now", "return /^3 .* 4$/.test(document.querySelector('.find [role=status]').textContent)").await?;
            sheet.window().run("document.querySelector('.find [data-action=replace]').click()", Vec::new()).await?;
        } else {
            const AT_ONCE: &str = "window.__editorTest.merge(arguments[0]); document.querySelector('.find [data-action=replace]').click()";
            sheet.window().run(AT_ONCE, vec![fork]).await?;
        }
        sheet.expect("fugl fugl a X b fugl⏎").await?;
        sheet.window().strike("Escape").await?;
        sheet.expect("fugl fugl a X b [fugl]⏎").await?;
    }
    Ok(())
}

async fn announced(sheet: &Sheet) -> Result<()> {
    const CLEAR: &str = "const region = document.getElementById('announcer'); region.textContent = ''; return region.ariaLive ?? region.getAttribute('role')";
    for (before, keys, said) in [
        ("A⏎r1c1 B|⏎r1c2 ⏎", "Tab", "Række tilføjet"),
        ("a|⏎", "Control+b x Control+z", "Fortrudt"),
        ("a|⏎", "Control+b x Control+z Control+Shift+z", "Gjort igen"),
    ] {
        sheet.given(before).await?;
        ensure!(sheet.window().run(CLEAR, Vec::new()).await? != Value::Null, "no live region");
        sheet.window().strike(keys).await?;
        sheet.hold(said, &format!("return document.getElementById('announcer').textContent.trim() === {}", json!(said))).await?;
    }
    for (command, said) in [
        ("table-row-above", "Række tilføjet"),
        ("table-col-right", "Kolonne tilføjet"),
        ("table-row-delete", "Række slettet"),
        ("table-col-delete", "Kolonne slettet"),
        ("table-delete", "Tabel slettet"),
    ] {
        sheet.given("A|⏎r1c1 B⏎r1c2 C⏎r2c1 D⏎r2c2 ⏎").await?;
        sheet.window().run(CLEAR, Vec::new()).await?;
        sheet.tell("cmd", &[json!(command)]).await?;
        sheet.hold(said, &format!("return document.getElementById('announcer').textContent.trim() === {}", json!(said))).await?;
    }
    Ok(())
}

/// One stop of the Tab key, names, keys and states; and big enough to hit.
async fn buttons(sheet: &Sheet) -> Result<()> {
    const WRONG: &str = r#"
        const bar = document.querySelector("[role=toolbar]");
        const buttons = [...bar.querySelectorAll(".commands button")].filter((button) => button.offsetParent);
        const wrong = buttons.filter((button) => !button.getAttribute("aria-label") || button.offsetWidth < 24 || button.offsetHeight < 24).map((button) => button.outerHTML);
        if (!bar.getAttribute("aria-label")) { wrong.push("the bar has no name"); }
        if (buttons.filter((button) => button.tabIndex === 0).length !== 1) { wrong.push("not one stop"); }
        for (const name of ["bold", "italic", "underline", "strike", "header-1", "header-2", "header-3", "list-bullet", "list-ordered", "blockquote"]) {
            const button = bar.querySelector(`[data-command="${name}"]`);
            const on = ["bold", "header-2"].includes(name);
            if (button?.getAttribute("aria-pressed") !== String(on)) { wrong.push(`${name} is not ${on}`); }
            if (!/^Control[+]/.test(button?.getAttribute("aria-keyshortcuts"))) { wrong.push(`${name} has no keys`); }
        }
        return wrong;
    "#;
    sheet.given("a*b|*⏎h2").await?;
    sheet.window().strike("Alt+F10").await?;
    sheet.hold("the focus is in the toolbar", "return document.activeElement.closest('[role=toolbar]') !== null").await?;
    let wrong = sheet.window().run(WRONG, Vec::new()).await?;
    ensure!(wrong == json!([]), "{wrong}");
    // Round and back again by the arrows.
    sheet.window().strike("End ArrowRight").await?;
    let first = sheet.window().run("return document.activeElement.dataset.command", Vec::new()).await?;
    ensure!(first == json!("bold"), "past the last comes {first}");
    sheet.window().strike("Escape").await?;
    sheet.expect("a*b*|⏎h2").await?;
    // A button of a table that was the stop is none any more when another one is, shown or not.
    const STOPS: &str =
        "return [...document.querySelectorAll('[role=toolbar] .commands button')].filter((button) => button.tabIndex === 0).length";
    sheet.given("A|⏎r1c1 B⏎r1c2 ⏎").await?;
    sheet.window().strike("Alt+F10 End Escape").await?;
    sheet.given("[ab]⏎").await?;
    sheet.window().strike("Alt+F10 ArrowRight").await?;
    let second = sheet.window().run("return document.activeElement.dataset.command", Vec::new()).await?;
    ensure!(second == json!("italic"), "after the first comes {second}");
    let stops = sheet.window().run(STOPS, Vec::new()).await?;
    ensure!(stops == json!(1), "{stops} stops");
    sheet.window().strike("Home Escape").await?;
    // In a cell the commands of tables are there too.
    sheet.given("A|⏎r1c1 B⏎r1c2 ⏎").await?;
    sheet.window().strike("Alt+F10 End Enter").await?;
    sheet.expect("|⏎").await
}

async fn tab_leaves(sheet: &Sheet) -> Result<()> {
    sheet.given("ab|⏎").await?;
    sheet.window().strike("Tab").await?;
    sheet.hold("Tab left", "return document.activeElement?.dataset.sectionId !== arguments[0]").await?;
    sheet.expect("ab⏎").await
}

async fn can_undo(sheet: &Sheet) -> Result<()> {
    sheet.given("a|⏎").await?;
    ensure!(sheet.tell("canUndo", &[]).await? == json!(false), "what a text is made with is no step");
    sheet.window().write("x").await?;
    sheet.expect("ax|⏎").await?;
    ensure!(sheet.tell("canUndo", &[]).await? == json!(true), "a letter is one");
    sheet.tell("undo", &[]).await?;
    sheet.expect("a|⏎").await?;
    ensure!(sheet.tell("canUndo", &[]).await? == json!(false), "it was the only one");
    sheet.tell("redo", &[]).await?;
    sheet.expect("ax|⏎").await
}

async fn undo_leads_back(sheet: &Sheet) -> Result<()> {
    sheet.given("one|⏎ two⏎").await?;
    sheet.window().write("x").await?;
    sheet.expect("onex|⏎ two⏎").await?;
    let other = sections(sheet).await?.into_iter().find(|id| *id != sheet.section).context("another section")?;
    sheet.tell("select", &[json!(other), json!(0)]).await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect("one|⏎ two⏎").await?;
    // Redo too, for whoever went on before the last letter was painted.
    const WRITE_AND_GO: &str = "document.execCommand('insertText', false, 'x'); window.__editorTest.select(arguments[0], 0)";
    sheet.given("one|⏎ two⏎").await?;
    sheet.window().run(WRITE_AND_GO, vec![json!(other)]).await?;
    sheet.expect("onex⏎ two⏎").await?;
    sheet.window().strike("Control+z").await?;
    sheet.expect("one|⏎ two⏎").await?;
    sheet.window().strike("Control+Shift+z").await?;
    sheet.expect("onex|⏎ two⏎").await
}

async fn new_section(sheet: &Sheet) -> Result<()> {
    let before = sections(sheet).await?;
    sheet.window().run("document.querySelector('[data-command=section-add]').click()", Vec::new()).await?;
    let more = format!("return window.__editorTest.sections().length === {}", before.len() + 1);
    sheet.hold("there is a section more", &more).await?;
    let new = sections(sheet).await?.into_iter().find(|id| !before.contains(id)).context("a new section")?;
    let ops = sheet.tell("delta", &[json!(new)]).await?;
    ensure!(ops == json!([{ "insert": "\n" }]), "it begins with its line end: {ops}");
    sheet.hold("the caret is in it", &format!("return window.__editorTest.selection()?.id === {}", json!(new))).await?;
    sheet.window().write("x").await?;
    sheet.window().strike("Control+z").await?;
    let back = sheet.tell("delta", &[json!(new)]).await?;
    ensure!(back == json!([{ "insert": "\n" }]) || back == Value::Null, "undo of the first letter keeps the line end: {back}");
    sheet.window().strike("Control+z").await?;
    sheet.hold("undo takes the section", &more.replace(&format!("=== {}", before.len() + 1), &format!("=== {}", before.len()))).await
}
