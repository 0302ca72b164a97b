//! What helps people write: formats where they are looked for, whole items, clean copies, and a phone that reads first.

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::Created;
use dagsorden_tests::browser::{Kind, Look, Mouse, Point, Stage, Window};
use dagsorden_tests::fixture;
use dagsorden_tests::wait::until;
use serde_json::{Value, json};

/// The words of whatever overlaps the toolbar, and whether it leaves the paper.
const COVERED: &str = r#"
    const bar = document.querySelector("[role=toolbar]").getBoundingClientRect();
    const paper = document.querySelector("main.paper").getBoundingClientRect();
    const wrong = bar.left < paper.left || bar.right > paper.right ? ["it leaves the paper"] : [];
    for (const line of document.querySelectorAll("main.paper [data-line], main.paper .side h3")) {
        const range = document.createRange();
        range.selectNodeContents(line);
        for (const rect of range.getClientRects()) {
            const apart = rect.right <= bar.left || rect.left >= bar.right || rect.bottom <= bar.top || rect.top >= bar.bottom;
            if (!apart && rect.width > 0) { wrong.push(line.textContent); }
        }
    }
    return wrong;
"#;
const TOOLBAR: &str = "return document.querySelector('[role=toolbar]')?.checkVisibility()";

async fn section(window: &Window, item: usize, place: usize) -> Result<String> {
    Ok(super::section(&window.shown().await?, item, place)?.to_string())
}

async fn given(window: &Window, section: &str, ops: Value, anchor: u32, head: u32) -> Result<()> {
    window.run("document.activeElement?.blur()", Vec::new()).await?;
    window.editor("setDelta", vec![json!(section), ops]).await?;
    window.editor("select", vec![json!(section), json!(anchor), json!(head)]).await.map(drop)
}

async fn delta(window: &Window, section: &str) -> Result<String> {
    Ok(window.editor("delta", vec![json!(section)]).await?.to_string())
}

/// Opens the menu of an item or section, and chooses the entry of these words.
async fn choose(window: &Window, menu: &str, words: &str) -> Result<()> {
    window.run("document.querySelector(arguments[0]).click()", vec![json!(format!("{menu} > button"))]).await?;
    window.wait("the menu", "return document.querySelector('.menu-list:popover-open .entry') !== null").await?;
    let found = "const entry = [...document.querySelectorAll('.menu-list:popover-open .entry')].find((entry) => entry.textContent === arguments[0]); \
        entry?.click(); return entry !== undefined";
    ensure!(window.run(found, vec![json!(words)]).await? == json!(true), "no entry {words}");
    Ok(())
}

async fn formats(kind: Kind) -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let window = stage.window_in(kind, "Anna", &meeting).await?;
    let text = section(&window, 1, 0).await?;

    // An empty line has a plus, which needs neither toolbar nor keys.
    let lines = json!([{ "insert": "Første linje med ord\nAnden linje med ord\nTredje\n\n" }]);
    given(&window, &text, lines.clone(), 48, 48).await?;
    window.wait("the plus", "return document.querySelector('.line-plus')?.checkVisibility()").await?;
    window.click(".line-plus > button").await?;
    window.screenshot("writing-plus").await?;
    window.click("#insert-list [data-command='table-insert:3x3']").await?;
    ensure!(delta(&window, &text).await?.matches("\"col\"").count() > 0, "there is a table");
    window.wait("the caret in it", "return document.activeElement.dataset.sectionId !== undefined").await?;
    window.wait("no plus", "return !document.querySelector('.line-plus').checkVisibility()").await?;

    // The toolbar covers no words and stays on the paper; what is selected is shown while an address is typed.
    given(&window, &text, lines, 22, 33).await?;
    window.wait("the toolbar", TOOLBAR).await?;
    ensure!(window.run(COVERED, Vec::new()).await? == json!([]), "it covers {}", window.run(COVERED, Vec::new()).await?);
    window.screenshot("writing-toolbar").await?;
    window.strike("Control+k").await?;
    window
        .wait("what is selected", "return CSS.highlights.has('selected') && document.activeElement.matches('[role=toolbar] input')")
        .await?;
    window.screenshot("writing-link").await?;
    ensure!(!window.run(COVERED, Vec::new()).await?.to_string().contains("Første"), "the prompt covers the line above");
    window.strike("Escape").await?;
    window.wait("the prompt gone", "return !CSS.highlights.has('selected')").await?;

    // A format that waits for the next letter is shown.
    given(&window, &text, json!([{ "insert": "ord\n" }]), 3, 3).await?;
    window.wait("no toolbar", "return !document.querySelector('[role=toolbar]')?.checkVisibility()").await?;
    window.strike("Control+b").await?;
    window.wait("the toolbar", TOOLBAR).await?;
    window.wait("bold pressed", "return document.querySelector('[role=toolbar] [data-command=bold]').ariaPressed === 'true'").await?;

    // Undo and redo are in the toolbar.
    given(&window, &text, json!([{ "insert": "ord\n" }]), 0, 3).await?;
    window.strike("Control+b").await?;
    window.wait("the toolbar", TOOLBAR).await?;
    window.click("[role=toolbar] [data-command=undo]").await?;
    ensure!(!delta(&window, &text).await?.contains("bold"), "undone");
    window.click("[role=toolbar] [data-command=redo]").await?;
    ensure!(delta(&window, &text).await?.contains("bold"), "done again");

    // Where all is selected already, as after an undo, Ctrl+A and a letter replace it.
    given(&window, &text, json!([{ "insert": "gammelt\n" }]), 0, 0).await?;
    window.strike("Control+a Backspace Control+z Control+a").await?;
    window.write("x").await?;
    ensure!(delta(&window, &text).await?.contains("\"x\\n\""), "{}", delta(&window, &text).await?);

    // An empty section has the same things in a menu.
    given(&window, &text, json!([{ "insert": "\n" }]), 0, 0).await?;
    choose(&window, &format!("[data-section='{text}'] .sec-tools.plus"), "Punktopstilling").await?;
    window.wait("a list in it", &format!("return document.querySelector('[data-section=\"{text}\"] ul li') !== null")).await?;
    ensure!(window.complaints().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn formats_are_where_one_looks_for_them() -> Result<()> {
    formats(Kind::Chromium).await
}

#[tokio::test]
async fn formats_are_where_one_looks_for_them_in_firefox() -> Result<()> {
    formats(Kind::Firefox).await
}

const TITLES: &str = "return [...document.querySelectorAll('main.paper article.item h2 [data-line]')].map((title) => title.textContent)";

async fn order(kind: Kind) -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let window = stage.window_in(kind, "Anna", &meeting).await?;
    let items = window.shown().await?;
    let second = super::item(&items, 1)?;

    // Before what closes the agenda.
    window.click("main.paper [data-action=new-item]").await?;
    window.wait("the caret in its title", "return document.activeElement?.closest('article h2') !== null").await?;
    window.write("Nyt").await?;
    let titles = window.wait("the item before the last", &format!("{TITLES}.at(-2) === 'Nyt' && (() => {{ {TITLES} }})()")).await?;
    ensure!(titles[4] == json!("Eventuelt"), "{titles}");

    // A copy stands below, with all its text, and goes with one undo.
    let menu = format!("article[data-item='{second}'] .item-tools");
    choose(&window, &menu, "Dublér punktet").await?;
    let copied = "const items = [...document.querySelectorAll('main.paper article.item')].map((item) => [...item.querySelectorAll('[data-line]')].map((line) => line.textContent).join('|')); \
        return items.length === 6 && items[1].length > 40 && items[1] === items[2]";
    window.wait("the copy", copied).await?;
    window.run("document.activeElement?.blur()", Vec::new()).await?;
    window.strike("Control+z").await?;
    window.wait("no copy", "return document.querySelectorAll('main.paper article.item').length === 5").await?;

    choose(&window, &menu, "Nyt punkt herunder").await?;
    window.wait("the caret in its title", "return document.activeElement?.closest('article h2') !== null").await?;
    window.write("Herunder").await?;
    window.wait("it below", &format!("{TITLES}[2] === 'Herunder'")).await?;

    choose(&window, &menu, "Flyt til…").await?;
    window.wait("the places", "return document.querySelector('dialog#move-to[open] select') !== null").await?;
    let last = "const select = document.querySelector('dialog#move-to select'); select.selectedIndex = select.options.length - 1; \
        document.querySelector('dialog#move-to [type=submit]').click()";
    window.run(last, Vec::new()).await?;
    window.wait("it last", &format!("{TITLES}.at(-1) === 'Fælles vagtordning'")).await?;

    // Sections.
    let first = section(&window, 5, 0).await?;
    choose(&window, &format!("[data-section='{first}'] .sec-tools"), "Flyt ned").await?;
    let after = format!("return document.querySelector('[data-item=\"{second}\"] .sec:nth-of-type(2)').dataset.section === '{first}'");
    window.wait("the section second", &after).await?;
    window.wait_saved().await?;
    drag(&window).await?;
    window.wait_saved().await?;
    ensure!(window.complaints().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn items_and_sections_go_where_they_are_meant_to_be() -> Result<()> {
    order(Kind::Chromium).await
}

#[tokio::test]
async fn items_and_sections_go_where_they_are_meant_to_be_in_firefox() -> Result<()> {
    order(Kind::Firefox).await
}

/// The first entry of the outline goes below the third: with the mouse, then with a finger that rests on it.
async fn drag(window: &Window) -> Result<()> {
    const PLACES: &str = "return [...document.querySelectorAll('.toc li')].map((entry) => { const place = entry.getBoundingClientRect(); \
        return [place.left + 60, place.top + place.height / 2, place.bottom]; })";
    const ENTRIES: &str = "[...document.querySelectorAll('.toc li .t')].map((entry) => entry.textContent)";
    let entries = async || window.run(&format!("return {ENTRIES}"), Vec::new()).await;
    let point = |places: &Value, at: usize, edge: usize| -> Result<Point> {
        let place = &places[at];
        Ok(Point { x: place[0].as_f64().context("a place")?, y: place[edge].as_f64().context("a place")? - 4.0 })
    };
    let before = entries().await?;
    let places = window.run(PLACES, Vec::new()).await?;
    let (from, to) = (point(&places, 0, 1)?, point(&places, 2, 2)?);
    window.mouse(&[Mouse::To(from), Mouse::Down, Mouse::Rest(60), Mouse::To(Point { y: from.y + 20.0, ..from }), Mouse::To(to)]).await?;
    window.wait("what is dragged", "return document.querySelector('.ghost')?.textContent.length > 3").await?;
    window.screenshot("writing-drag").await?;
    window.mouse(&[Mouse::To(to), Mouse::Up]).await?;
    window.wait("it below the third", &format!("return {ENTRIES}[2] === {}", before[0])).await?;
    window.wait("nothing dragged", "return document.querySelector('.ghost') === null").await?;

    // WebDriver has no fingers in Firefox on a desktop.
    if window.kind() == Kind::Firefox {
        return Ok(());
    }
    let before = entries().await?;
    let touch = async |kind: &str, at: Option<Point>| {
        let points: Vec<Value> = at.iter().map(|at| json!({ "x": at.x, "y": at.y })).collect();
        window.command("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await
    };
    touch("touchStart", Some(from)).await?;
    window.wait("it held", "return document.querySelector('.ghost') !== null").await?;
    touch("touchMove", Some(Point { y: from.y + 30.0, ..from })).await?;
    touch("touchMove", Some(to)).await?;
    touch("touchEnd", None).await?;
    window.wait("it below the third", &format!("return {ENTRIES}[2] === {}", before[0])).await.map(drop)
}

async fn copies(kind: Kind) -> Result<()> {
    const LISTEN: &str = "addEventListener('copy', (event) => { \
        window.__copied = [event.clipboardData.getData('text/plain'), event.clipboardData.getData('text/html')]; }, { once: true })";
    const READ: &str = "const done = arguments[0]; (async () => { const all = await navigator.clipboard.read(); \
        const read = async (kind) => (await all[0].getType(kind)).text(); return [await read('text/plain'), await read('text/html')]; })() \
        .then(done, (error) => done([String(error), '']));";
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let window = stage.window_in(kind, "Anna", &meeting).await?;
    let text = section(&window, 1, 0).await?;
    let item = super::item(&window.shown().await?, 1)?;
    window.editor("select", vec![json!(text), json!(0), json!(0)]).await?;
    window.strike("Control+a Control+a").await?;
    window.run(LISTEN, Vec::new()).await?;
    window.strike("Control+c").await?;
    let selected = window.wait("a copy", "return window.__copied").await?;
    // Firefox lets no page read the clipboard without a hand on its button.
    let asked = match kind {
        Kind::Chromium => {
            let permissions = json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] });
            window.command("Browser.grantPermissions", permissions).await?;
            choose(&window, &format!("article[data-item='{item}'] .item-tools"), "Kopiér punktet").await?;
            window.wait("that it is copied", "return document.querySelector('#toasts .toast') !== null").await?;
            window.run_async(READ).await?
        }
        Kind::Firefox => Value::Null,
    };
    for copied in [&selected, &asked].into_iter().filter(|copied| !copied.is_null()) {
        let (plain, html) = (copied[0].as_str().unwrap_or_default(), copied[1].as_str().unwrap_or_default());
        ensure!(plain.starts_with("2. Fælles vagtordning\n\nBaggrund\nKredsen drøftede"), "{plain}");
        ensure!(plain.contains("Kommune\tTimer\nHavnsted\t40") && plain.contains("\n\nIndstilling\n"), "{plain}");
        ensure!(html.contains("<h2>2. Fælles vagtordning</h2><h3>Baggrund</h3><p>Kredsen") && html.contains("<table>"), "{html}");
        ensure!(["class=", "style=", "button", "data-"].iter().all(|part| !html.contains(part)), "{html}");
    }
    if kind == Kind::Firefox {
        return Ok(());
    }
    choose(&window, ".bar-end .menu:nth-last-child(2)", "Kopiér hele dagsordenen").await?;
    until("the whole agenda to be copied", async || {
        let all = window.run_async(READ).await?[0].to_string();
        let titles = ["1. Godkendelse", "2. Fælles", "3. Orientering", "4. Eventuelt"];
        Ok(titles.iter().all(|title| all.contains(title)).then_some(()))
    })
    .await?;
    // What is copied is the paper's, whatever language its reader has.
    window.run("navigator.clipboard.writeText('')", Vec::new()).await?;
    window.go(&stage.server.url(&format!("/m/{}?lang=en", meeting.meeting))).await?;
    window.wait_ready().await?;
    choose(&window, ".bar-end .menu:nth-last-child(2)", "Copy the whole agenda").await?;
    until("a copy for an English reader", async || {
        let all = window.run_async(READ).await?[0].as_str().unwrap_or_default().to_owned();
        if !all.contains("4. Eventuelt") {
            return Ok(None);
        }
        ensure!(all.starts_with("Møde 9."), "{all}");
        Ok(Some(()))
    })
    .await
}

#[tokio::test]
async fn items_are_copied_clean_and_with_their_numbers() -> Result<()> {
    copies(Kind::Chromium).await
}

#[tokio::test]
async fn items_are_copied_clean_and_with_their_numbers_in_firefox() -> Result<()> {
    copies(Kind::Firefox).await
}

/// A phone with a touch screen, on the meeting's page.
async fn phone(stage: &Stage, meeting: &Created) -> Result<Window> {
    let window = Window::open("Telefon", Look::PHONE).await?;
    window.command("Emulation.setTouchEmulationEnabled", json!({ "enabled": true, "maxTouchPoints": 5 })).await?;
    window.go(&stage.server.url(&format!("/m/{}", meeting.meeting))).await?;
    window.introduce("Telefon", "Havnsted").await?;
    window.wait_ready().await?;
    Ok(window)
}

#[tokio::test]
async fn a_phone_reads_first_and_keeps_its_keyboard_while_one_writes() -> Result<()> {
    const SHOWN: &str = "const shown = (css) => [...document.querySelectorAll(css)].some((found) => found.checkVisibility()); \
        return [shown('.dock'), shown('.sec-tools, .sec-add, .addrow'), document.querySelector('.text').isContentEditable]";
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let window = phone(&stage, &meeting).await?;
    window.wait("a page to read", &format!("return JSON.stringify((() => {{ {SHOWN} }})()) === '[true,false,false]'")).await?;
    window.screenshot("writing-phone-reads").await?;
    // A tap reads.
    window.click("main.paper article.item .text p, main.paper article.item .text li").await?;
    ensure!(window.run(SHOWN, Vec::new()).await? == json!([true, false, false]), "a tap wrote");
    // Names behind the circles.
    window.click(".people-menu").await?;
    window.wait("the names", "return document.querySelector('#people:popover-open')?.textContent.includes('Telefon, Havnsted')").await?;
    window.strike("Escape").await?;

    window.click(".dock [data-action=write]").await?;
    window.wait("the caret in a text", "return document.activeElement?.matches('.text[contenteditable=true]')").await?;
    window.wait("the toolbar", TOOLBAR).await?;
    window.screenshot("writing-phone-writes").await?;
    let small = "return [...document.querySelectorAll('[role=toolbar] .commands button')].filter((button) => button.offsetParent && \
        (button.offsetWidth < 44 || button.offsetHeight < 44)).length";
    ensure!(window.run(small, Vec::new()).await? == json!(0), "buttons are too small");
    let text = section(&window, 1, 0).await?;
    given(&window, &text, json!([{ "insert": "\n" }]), 0, 0).await?;
    for word in ["en", "to", "tre"] {
        window.write(word).await?;
        window.editor("endUndoGroup", Vec::new()).await?;
    }
    for rest in ["entotre", "ento", "en"] {
        ensure!(delta(&window, &text).await?.contains(&format!("\"{rest}\\n\"")), "{rest} in {}", delta(&window, &text).await?);
        window.click("[role=toolbar] [data-command=undo]").await?;
        window.wait("the focus in the text", "return document.activeElement?.matches('.text[contenteditable=true]')").await?;
    }
    // Over the keyboard.
    window.run("document.documentElement.style.setProperty('--keyboard', '300px')", Vec::new()).await?;
    let bottom =
        window.run("return innerHeight - document.querySelector('[role=toolbar]').getBoundingClientRect().bottom", Vec::new()).await?;
    ensure!(bottom.as_f64().is_some_and(|bottom| (bottom - 300.0).abs() < 2.0), "it stands {bottom} above the window's foot");
    window.run("document.activeElement.blur()", Vec::new()).await?;
    window.click(".dock [data-action=write]").await?;
    window.wait("a page to read", "return !document.querySelector('.text').isContentEditable").await?;
    // A double tap writes.
    let place = "const line = document.querySelector('main.paper .text li, main.paper .text p'); line.scrollIntoView({ block: 'center' }); \
        const place = line.getBoundingClientRect(); return [place.left + 40, place.top + 10]";
    let place = window.run(place, Vec::new()).await?;
    let at = Point { x: place[0].as_f64().context("a place")?, y: place[1].as_f64().context("a place")? };
    window.mouse(&[Mouse::To(at), Mouse::Down, Mouse::Up, Mouse::Down, Mouse::Up]).await?;
    window.wait("the caret in a text", "return document.activeElement?.matches('.text[contenteditable=true]')").await?;
    tablet(&window).await?;
    ensure!(window.complaints().await?.is_empty());
    Ok(())
}

/// So does a tablet, whose dock stays while one writes.
async fn tablet(window: &Window) -> Result<()> {
    const UNDO: &str = ".dock .writes:nth-of-type(4)";
    window.wait_saved().await?;
    let held = json!({ "width": 1024, "height": 768, "deviceScaleFactor": 1, "mobile": true });
    window.command("Emulation.setDeviceMetricsOverride", held).await?;
    window.command("Emulation.setTouchEmulationEnabled", json!({ "enabled": true, "maxTouchPoints": 5 })).await?;
    window.reload().await?;
    window.wait_ready().await?;
    window.wait("a page to read", "return !document.querySelector('.text').isContentEditable").await?;
    window.click(".dock [data-action=write]").await?;
    window.wait("the caret in a text", "return document.activeElement?.matches('.text[contenteditable=true]')").await?;
    let text = section(window, 1, 0).await?;
    given(window, &text, json!([{ "insert": "\n" }]), 0, 0).await?;
    window.write("ord").await?;
    window.screenshot("writing-tablet").await?;
    window.click(UNDO).await?;
    window.wait("the focus in the text", "return document.activeElement?.matches('.text[contenteditable=true]')").await?;
    ensure!(delta(window, &text).await?.contains("\"\\n\""), "{}", delta(window, &text).await?);
    Ok(())
}

#[tokio::test]
async fn wide_tables_scroll_by_themselves_and_break_no_word() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let window = phone(&stage, &meeting).await?;
    let text = section(&window, 1, 0).await?;
    let cell = |text: &str, row: u32, column: u32| {
        [
            json!({ "insert": text }),
            json!({ "insert": "\n", "attributes": { "table": format!("row-{row}"), "col": format!("c-{column}") } }),
        ]
    };
    let words = ["Velfærdsområde", "Genoptræningspladser", "Folkeskolelærere", "Sygeplejersker", "Beredskabsplan", "I alt"];
    let rows = (0..3).flat_map(|row| {
        words.iter().zip(0..).flat_map(move |(word, column)| cell(if row == 0 || column == 0 { word } else { "1.204 kr." }, row, column))
    });
    let ops: Vec<Value> = rows.chain([json!({ "insert": "\n" })]).collect();
    window.editor("setDelta", vec![json!(text), json!(ops)]).await?;
    let state = r#"
        const table = document.querySelector(`[data-section-id="${arguments[0]}"] table`);
        const heads = [...table.querySelectorAll("th")];
        const broken = heads.filter((cell) => { const range = document.createRange(); range.selectNodeContents(cell); return range.getClientRects().length > 1 && !cell.textContent.includes(" "); });
        return { heads: heads.length, broken: broken.map((cell) => cell.textContent), scrolls: table.scrollWidth > table.clientWidth + 1,
            page: document.documentElement.scrollWidth <= innerWidth, right: getComputedStyle(table.querySelector("tr:nth-child(2) td:nth-child(2)")).textAlign };
    "#;
    let state = window.run(state, vec![json!(text)]).await?;
    window.screenshot("writing-phone-table").await?;
    ensure!(state == json!({ "heads": 6, "broken": [], "scrolls": true, "page": true, "right": "right" }), "{state}");
    Ok(())
}
