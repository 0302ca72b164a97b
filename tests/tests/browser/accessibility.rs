//! axe-core finds nothing on any page, in light and dark, wide and narrow. Each page leaves a picture in `target/screens`.

use anyhow::{Result, ensure};
use dagsorden_shared::catalogue::{Catalogue, Language};
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::fixture;
use dagsorden_tests::server::command;
use serde_json::json;

const LOOKS: [(&str, Look); 5] = [
    ("1440-light", Look::DESKTOP),
    ("1440-dark", Look::DESKTOP.dark()),
    ("1024-light", Look { width: 1024, height: 768, dark: false }),
    ("390-light", Look::PHONE),
    ("390-dark", Look::PHONE.dark()),
];

/// The app has taken over from the first paint: its menus are there.
const MENU: &str = "return document.querySelector('.menu > button') !== null";

/// What lies outside the window: the page itself, or an open menu or dialog, in CSS pixels.
const OUTSIDE: &str = r#"
    const { clientWidth, scrollWidth } = document.documentElement;
    const open = [...document.querySelectorAll(".menu-list:popover-open, dialog[open]")].map((element) => element.getBoundingClientRect());
    return Math.ceil(Math.max(scrollWidth - clientWidth, ...open.flatMap(({ left, right }) => [-left, right - clientWidth])));
"#;

/// What is broken on the page in one look.
async fn broken_in(window: &Window, page: &str) -> Result<Vec<String>> {
    window.screenshot(page).await?;
    let mut broken = Vec::new();
    let outside = window.run(OUTSIDE, Vec::new()).await?;
    if outside.as_i64() > Some(0) {
        broken.push(format!("{page}: {outside} px lie outside the window"));
    }
    for violation in window.accessibility_violations().await? {
        broken.push(format!("{page}: {} ({})\n    {}", violation.id, violation.help, violation.nodes.join("\n    ")));
    }
    Ok(broken)
}

/// Looks at the page in every look, each time after `prepare`, and says what is broken.
pub(super) async fn check_after(window: &Window, page: &str, prepare: impl AsyncFn() -> Result<()>) -> Result<()> {
    let mut broken = Vec::new();
    for (name, look) in LOOKS {
        window.look(look).await?;
        prepare().await?;
        broken.extend(broken_in(window, &format!("{page}-{name}")).await?);
    }
    window.look(Look::DESKTOP).await?;
    ensure!(broken.is_empty(), "{}", broken.join("\n"));
    Ok(())
}

/// Looks at the page as it is in every look.
pub(super) async fn check(window: &Window, page: &str) -> Result<()> {
    check_after(window, page, async || Ok(())).await
}

#[tokio::test]
async fn the_front_page_is_accessible_empty_and_full() -> Result<()> {
    let stage = Stage::set().await?;
    let window = Window::open("Anna", Look::DESKTOP).await?;
    window.go(&stage.server.url("/")).await?;
    window.wait("the page with the app in it", MENU).await?;
    check(&window, "home-empty").await?;
    stage.import(&fixture::meeting()).await?;
    window.reload().await?;
    window.wait("the page with the app in it", MENU).await?;
    window.wait("the meeting in the list", "return document.querySelector('a[href^=\"/m/\"]') !== null").await?;
    check(&window, "home").await
}

#[tokio::test]
async fn a_meeting_is_accessible_alone_and_with_others_in_it() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let anna = stage.window("Anna Holm", &meeting).await?;
    check(&anna, "meeting").await?;
    let bo = stage.window("Bo Lind", &meeting).await?;
    let place = super::section(&bo.shown().await?, 1, 0)?;
    bo.type_at(&place, 0, "Her ").await?;
    anna.wait_text("Her Kredsen").await?;
    anna.wait("the other's caret", "return document.querySelector('[data-peer-caret]') !== null").await?;
    check(&anna, "meeting-two").await
}

/// Opens the menu of this button, as a person does with a click.
async fn open_menu(window: &Window, button: &str) -> Result<()> {
    window.find(button).await?;
    window.run(&format!("document.querySelector({button:?}).click()"), Vec::new()).await?;
    window
        .wait(&format!("the menu of {button}"), "return document.querySelector('.menu-list:popover-open .entry') !== null")
        .await
        .map(drop)
}

/// Clicks on what a script finds, looks at the dialog that opens, and closes it.
async fn check_dialog(window: &Window, dialog: &str, opener: &str) -> Result<()> {
    let open = format!("return document.querySelector('dialog#{dialog}[open]') !== null");
    window
        .wait(&format!("what opens the dialog {dialog}"), &format!("const opener = {opener}; opener?.click(); return Boolean(opener)"))
        .await?;
    window.wait(&format!("the dialog {dialog}"), &open).await?;
    check(window, &format!("dialog-{dialog}")).await?;
    window.press(thirtyfour::Key::Escape + "").await?;
    window.wait(&format!("the dialog {dialog} closed"), &open.replace("!==", "===")).await.map(drop)
}

const CLOSE_MENU: &str = "document.querySelector('.menu-list:popover-open')?.hidePopover()";
const BAR_MENU: &str = "header.bar .menu:nth-last-child(2) > button";
const EXPORT_MENU: &str = "header.bar .menu > .named";
const ITEM_MENU: &str = "article.item .menu > button";
const SECTION_MENU: &str = ".sec .menu > button";

#[tokio::test]
async fn every_dialog_is_accessible() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let window = stage.window("Anna Holm", &meeting).await?;
    let text = Catalogue::of(Language::default());
    for (menu, dialog, name) in [
        (BAR_MENU, "meeting-details", text.meeting.meeting_details),
        (ITEM_MENU, "item-details", text.meeting.item_details),
        (BAR_MENU, "identity", text.identity.change),
        (BAR_MENU, "keyboard", text.meeting.shortcuts),
        (BAR_MENU, "deleted", text.deleted.title),
    ] {
        open_menu(&window, menu).await?;
        let entry = format!("[...document.querySelectorAll('.menu-list .entry')].find((entry) => entry.textContent.trim() === {name:?})");
        check_dialog(&window, dialog, &entry).await?;
    }
    window.go(&stage.server.url("/")).await?;
    window.wait("the page with the app in it", MENU).await?;
    for (dialog, action) in [("new-forum", "new-forum"), ("paste", "paste-text")] {
        check_dialog(&window, dialog, &format!("document.querySelector('[data-action={action}]')")).await?;
    }
    Ok(())
}

#[tokio::test]
async fn every_menu_is_accessible() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let window = stage.window("Anna Holm", &meeting).await?;
    for (name, button) in [("bar", BAR_MENU), ("export", EXPORT_MENU), ("item", ITEM_MENU), ("section", SECTION_MENU)] {
        // Opened anew in each look: a menu finds its place when it opens.
        let open = async || {
            window.run(CLOSE_MENU, Vec::new()).await?;
            open_menu(&window, button).await
        };
        check_after(&window, &format!("menu-{name}"), open).await?;
        window.run(CLOSE_MENU, Vec::new()).await?;
    }
    Ok(())
}

/// Where the caret is put so that the toolbar comes: in a cell, or over words.
async fn point_at(window: &Window, anchor: u32, head: u32) -> Result<()> {
    let section = super::section(&window.shown().await?, 1, 0)?;
    window.editor("select", vec![json!(section), json!(anchor), json!(head)]).await?;
    window.wait("the toolbar", "return document.querySelector('[role=toolbar]')?.checkVisibility()").await.map(drop)
}

/// A place in the table of the section that [`point_at`] is about, and a word in it.
const CELL: (u32, u32) = (63, 63);
const WORD: (u32, u32) = (0, 7);

#[tokio::test]
async fn what_floats_over_the_paper_is_accessible() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let window = stage.window("Anna Holm", &meeting).await?;
    let section = super::section(&window.shown().await?, 1, 0)?;
    window.type_at(&section, 0, "x").await?;
    check_after(&window, "tools-table", async || {
        point_at(&window, CELL.0, CELL.1).await?;
        window
            .wait("the commands of tables", "return document.querySelector('[role=toolbar]').classList.contains('in-table')")
            .await
            .map(drop)
    })
    .await?;
    check_after(&window, "tools-selection", async || point_at(&window, WORD.0, WORD.1).await).await?;
    check_after(&window, "tools-full", async || {
        point_at(&window, WORD.0, WORD.1).await?;
        window.strike("Alt+F10").await?;
        window.wait("all commands", "return document.querySelector('[role=toolbar]').classList.contains('full')").await.map(drop)
    })
    .await?;
    check_after(&window, "tools-link", async || {
        point_at(&window, WORD.0, WORD.1).await?;
        window.strike("Control+k").await?;
        window.wait("the address", "return document.activeElement.matches('[role=toolbar] input')").await.map(drop)
    })
    .await?;
    window.strike("Escape").await?;
    window.strike("Control+h").await?;
    window.write("havnsted").await?;
    window.wait("what was found", "return CSS.highlights.has('found')").await?;
    check(&window, "find").await?;
    window.strike("Escape").await?;
    super::authors::ask(&window).await?;
    window.wait("the legend", "return document.querySelectorAll('.authors li').length === 2").await?;
    check(&window, "authors").await
}

/// Where the system allows few colours, lines and borders tell what colours told.
#[tokio::test]
async fn few_colours_are_enough() -> Result<()> {
    const SEEN: &str = r#"
        const style = (element, pseudo) => getComputedStyle(element, pseudo);
        const canvas = style(document.body).backgroundColor;
        const [caret, flag, legend, swatch] = ["[data-peer-caret]", ".peer-flag", ".authors", ".swatch"].map((css) => document.querySelector(css));
        const text = document.querySelector("[data-section-id]");
        const wrong = {
            caret: style(caret).backgroundColor === canvas,
            flag: style(flag).backgroundColor === style(flag).color,
            legend: style(legend).borderTopStyle !== "solid",
            swatch: style(swatch).borderBottomColor === style(swatch).backgroundColor,
            tint: !style(text, "::highlight(author-1)").textDecorationLine.includes("underline"),
            selected: style(text, "::highlight(peer-1)").backgroundColor === canvas,
        };
        return Object.entries(wrong).filter(([, wrong]) => wrong).map(([name]) => name);
    "#;
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let window = stage.window("Anna Holm", &meeting).await?;
    let section = super::section(&window.shown().await?, 1, 0)?;
    window.type_at(&section, 0, "Mit ").await?;
    let fork = window.editor("fork", vec![json!(1)]).await?;
    window.editor("peerSelect", vec![fork, json!(section), json!(6), json!(12), json!("Bo Lind")]).await?;
    super::authors::ask(&window).await?;
    window.wait("the legend", "return document.querySelectorAll('.authors li').length === 2").await?;
    window.force_colours().await?;
    window.wait("the caret of somebody else", "return document.querySelector('[data-peer-caret]') !== null").await?;
    let broken = broken_in(&window, "few-colours").await?;
    ensure!(broken.is_empty(), "{}", broken.join("\n"));
    let wrong = window.run(SEEN, Vec::new()).await?;
    ensure!(wrong == json!([]), "not to be seen: {wrong}");
    Ok(())
}

/// Signing in with a mail's link and all the pages of people behind it, as a person goes through them.
#[tokio::test]
async fn the_pages_of_people_are_accessible() -> Result<()> {
    const MAIL: &str = "maren@havnsted.example";
    const LIST: &str =
        "Bo Ravnkilde, chefkonsulent (Mosbæk), bo@mosbaek.example\nNy direktør i Østermark (navn følger)\nBirthe birthe@gmail.com";
    let stage = Stage::set().await?;
    stage.import(&fixture::meeting()).await?;
    let data = stage.server.data();
    let run = |arguments: &[&str]| -> Result<String> {
        let output = command(&data, arguments)?;
        ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    };
    let member = |role: &str| format!("{}={role}", fixture::meeting().forum);
    run(&["user", "add", MAIL, "--name", "Maren Thygesen", "--organisation", "Havnsted", "--admin", "--member", &member("secretariat")])?;
    for (name, organisation, role) in
        [("Inge Winther", "Vesterfjord", "chair"), ("Signe Ravnholt", "Lindhøj", "editor"), ("Mads Elkjær", "Lindhøj", "commenter")]
    {
        let mail = format!("{}@{role}.example", name.split(' ').next().unwrap_or_default());
        run(&["user", "add", &mail, "--name", name, "--organisation", organisation, "--member", &member(role)])?;
    }
    run(&["user", "invite", "ida@lindhoej.example", "--name", "Ida Solvang", "--organisation", "Lindhøj", "--member", &member("reader")])?;
    stage.server.wait_for_page("/ind", "id=\"link\"").await?;

    let window = Window::open("Maren", Look::DESKTOP).await?;
    let at = |path: &str| stage.server.url(path);
    window.go(&at("/")).await?;
    window.wait("the sign-in", "return document.querySelector('form[action=\"/ind\"]') !== null").await?;
    check(&window, "signin").await?;
    window.find("#mail").await?.send_keys(MAIL).await?;
    window.click("form[action='/ind'] button").await?;
    window.wait("the code's form", "return document.querySelector('form[action=\"/ind/kode\"]') !== null").await?;
    check(&window, "signin-sent").await?;
    let link = run(&["user", "link", MAIL])?;
    let secret = link.trim().rsplit_once("#t=").map(|(_, secret)| secret).unwrap_or_default();
    window.run(&format!("location.hash = 't={secret}'"), Vec::new()).await?;
    window.wait("the link's form", "return document.querySelector('#link')?.checkVisibility() && location.pathname === '/ind'").await?;
    // Another browser than this one asked for it: the command line.
    window.click("#link button").await?;
    window.wait("the address asked for", "return document.querySelector('#link input[type=email]') !== null").await?;
    check(&window, "signin-link").await?;
    window.find("#link input[type=email]").await?.send_keys(MAIL).await?;
    window.click("#link button").await?;
    window.wait("the front page", MENU).await?;

    window.go(&at("/konto")).await?;
    check(&window, "account").await?;
    let forum = window.run("return document.querySelector('a[href^=\"/forum/\"]').href", Vec::new()).await?;
    let forum = forum.as_str().unwrap_or_default().to_owned();
    window.go(&format!("{forum}/medlemmer")).await?;
    check(&window, "people").await?;
    window
        .run("[...document.querySelectorAll('.pers a')].find((link) => link.textContent === 'Signe Ravnholt').click()", Vec::new())
        .await?;
    window.wait("her role in words", "return document.querySelector('.hand .may') !== null").await?;
    window.run("document.querySelector('#lines').value = arguments[0]", vec![json!(LIST)]).await?;
    check(&window, "people-hand").await?;
    window.click("#inviter button[type=submit]").await?;
    window.wait("the list as it was read", "return document.querySelectorAll('.rev li').length === 3").await?;
    check(&window, "people-review").await?;
    for (path, name) in [("/konti", "accounts"), ("/udbakke", "outbox"), ("/ind?ud", "signed-out")] {
        window.go(&at(path)).await?;
        check(&window, name).await?;
    }
    ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    Ok(())
}

#[tokio::test]
async fn a_page_that_is_not_there_is_accessible() -> Result<()> {
    let stage = Stage::set().await?;
    let window = Window::open("Anna", Look::DESKTOP).await?;
    window.go(&stage.server.url("/m/findes-ikke")).await?;
    check(&window, "missing").await
}

/// The agenda is readable before the wasm has arrived: with scripts off, the text is there.
#[tokio::test]
async fn the_first_paint_needs_no_script() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let page = stage.server.wait_for_page(&format!("/m/{}", meeting.meeting), "Fælles vagtordning").await?;
    for text in ["Kredsen drøftede i efteråret", "at ordningen prøves i et år", "Havnsted", "Notat om praksis.pdf"] {
        ensure!(page.contains(text), "{text:?} stands in the page as it is sent");
    }
    Ok(())
}
