//! What people met who used the page for hours: each check is one sighting of a kind.

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::Created;
use dagsorden_shared::id::ItemId;
use dagsorden_shared::protocol::ClientMessage;
use dagsorden_shared::protocol::awareness::AwarenessState;
use dagsorden_tests::browser::{Kind, Look, Stage, Window};
use dagsorden_tests::fixture;
use dagsorden_tests::sync_client::{Heard, SyncClient};
use dagsorden_tests::wait::{in_time, until};
use serde_json::{Value, json};

use super::{item, section};

/// Opens the menu of a button and chooses the entry of this name.
async fn choose(window: &Window, button: &str, entry: &str) -> Result<()> {
    window.wait(&format!("the button {button}"), &format!("return document.querySelector({button:?}) !== null")).await?;
    window.run("document.querySelector(arguments[0]).click()", vec![json!(button)]).await?;
    let script = format!(
        "const entry = [...document.querySelectorAll('.menu-list:popover-open .entry')].find((entry) => entry.textContent === {entry:?}); \
         entry?.click(); return entry !== undefined"
    );
    window.wait(&format!("the entry {entry}"), &script).await.map(drop)
}

/// The page's own menu follows that of the exports.
const MORE: &str = ".bar-end > .menu ~ .menu > button";

async fn says(window: &Window, words: &str) -> Result<()> {
    let script = format!("return document.querySelector('.bands [role=alert]')?.textContent.includes({words:?})");
    window.wait(&format!("the band {words:?}"), &script).await.map(drop)
}

async fn says_nothing(window: &Window) -> Result<()> {
    window.wait("no band", "return document.querySelector('.bands').childElementCount === 0").await.map(drop)
}

/// Where the focused text stands in the window, and of which section it is.
async fn hand(window: &Window) -> Result<Value> {
    window.run("const at = document.activeElement; return [at.dataset.sectionId, at.getBoundingClientRect().top]", Vec::new()).await
}

async fn deleted_meanwhile(kind: Kind) -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let (anna, bo) = (stage.window_in(kind, "Anna", &meeting).await?, stage.window_in(kind, "Bo", &meeting).await?);
    let before = anna.shown().await?;
    let (whole, place, second) = (item(&before, 1)?, section(&before, 1, 0)?, section(&before, 1, 1)?);
    bo.type_at(&place, 0, "Først ").await?;
    anna.wait_text("Først Kredsen").await?;
    let here = hand(&bo).await?;

    choose(&anna, &format!("#punkt-{whole} .item-tools button"), "Slet punktet").await?;
    says(&bo, "Punkt 2 blev slettet af Anna, mens du skrev.").await?;
    bo.screenshot("meeting-deleted-meanwhile").await?;
    ensure!(hand(&bo).await? == here, "nothing moves, and the caret stays: {here}");
    let listed = format!("return document.querySelector('.toc [data-item=\"{whole}\"]') === null");
    bo.wait("the item gone from the outline", &listed).await?;
    bo.press("så ").await?;
    bo.wait_text("Først så Kredsen").await?;
    bo.wait_saved().await?;
    bo.click(".bands [data-action=bring-back]").await?;
    anna.wait_text("Først så Kredsen").await?;
    says_nothing(&bo).await?;
    bo.press("igen ").await?;
    anna.wait_text("Først så igen Kredsen").await?;

    // A section; and whoever deleted it takes that back.
    bo.type_at(&second, 0, "Her ").await?;
    anna.wait_text("Her at ordningen").await?;
    choose(&anna, &format!("[data-section=\"{second}\"] .sec-tools button"), "Slet afsnittet").await?;
    says(&bo, "Afsnittet Indstilling blev slettet af Anna, mens du skrev.").await?;
    anna.click("#toasts button").await?;
    says_nothing(&bo).await?;
    bo.press("er ").await?;
    anna.wait_text("Her er at ordningen").await?;

    list_of_what_is_deleted(&anna, &bo, &item(&before, 3)?).await?;
    deleted_meeting(&stage, &meeting, &anna, &bo).await
}

#[tokio::test]
async fn what_others_delete_stays_under_the_hands_of_who_writes_in_it_and_comes_back() -> Result<()> {
    deleted_meanwhile(Kind::Chromium).await
}

#[tokio::test]
async fn what_others_delete_stays_under_the_hands_of_who_writes_in_it_and_comes_back_in_firefox() -> Result<()> {
    deleted_meanwhile(Kind::Firefox).await
}

/// Long after, anybody finds what was deleted, by whom and when.
async fn list_of_what_is_deleted(anna: &Window, bo: &Window, last: &ItemId) -> Result<()> {
    choose(anna, &format!("#punkt-{last} .item-tools button"), "Slet punktet").await?;
    bo.wait_shown("the item gone", |shown| !shown.order().contains(&last.as_str())).await?;
    anna.wait("the focus beside it", "return document.activeElement?.closest('.item-tools') !== null").await?;
    choose(bo, MORE, "Slettet").await?;
    let listed = "const row = document.querySelector('dialog#deleted li')?.textContent ?? ''; \
                  return row.includes('„Eventuelt“') && / kl\\.\\s\\d+\\.\\d\\d af Anna/.test(row)";
    bo.wait("who deleted what and when", listed).await?;
    ensure!(bo.accessibility_violations().await?.is_empty(), "{:?}", bo.accessibility_violations().await?);
    bo.click("dialog#deleted li button").await?;
    anna.wait_shown("the item back", |shown| shown.order().last() == Some(&last.as_str())).await?;
    // One is led to it.
    let led = format!("return document.activeElement?.dataset.field === 'title:{last}'");
    bo.wait("the caret in its title", &led).await.map(drop)
}

/// The same for a meeting, from its page and from the front page.
async fn deleted_meeting(stage: &Stage, meeting: &Created, anna: &Window, bo: &Window) -> Result<()> {
    choose(anna, MORE, "Slet mødet").await?;
    says(bo, "Mødet er slettet").await?;
    anna.go(&stage.server.url("/")).await?;
    anna.click(".deleted-meetings summary").await?;
    let row = anna.find(".deleted-meetings li").await?.text().await?;
    anna.screenshot("home-deleted").await?;
    ensure!(row.contains("Kystkredsen, 9. februar 2027") && row.contains("af Anna"), "{row}");
    ensure!(anna.accessibility_violations().await?.is_empty(), "{:?}", anna.accessibility_violations().await?);
    anna.click(".deleted-meetings li button").await?;
    anna.wait_text("Først så igen Kredsen").await?;
    let address = anna.run("return location.pathname", Vec::new()).await?;
    ensure!(address == format!("/m/{}", meeting.meeting), "led to the meeting: {address}");
    Ok(())
}

async fn going(kind: Kind) -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let anna = stage.window_in(kind, "Anna", &meeting).await?;
    let before = anna.shown().await?;
    let items = [item(&before, 0)?, item(&before, 1)?, item(&before, 2)?, item(&before, 3)?];
    let order = |places: [usize; 4]| places.map(|place| items[place].to_string()).to_vec();
    // The window's top shows the first item; the caret is in the third.
    anna.put_caret(&section(&before, 2, 0)?, 3).await?;
    anna.strike("Alt+Shift+ArrowUp").await?;
    let moved = order([0, 2, 1, 3]);
    anna.wait_shown("the caret's item moved", |shown| shown.order() == moved).await?;
    let current = |item: &ItemId| format!("return document.querySelector('.toc .here')?.dataset.item === '{item}'");
    anna.wait("it is the current one", &current(&items[2])).await?;
    anna.write("x").await?;
    anna.wait_text("Gruxppen").await?;

    // Going to an item takes the caret there.
    let in_title = |item: &ItemId| format!("return document.activeElement?.dataset.field === 'title:{item}'");
    anna.strike("Alt+ArrowDown").await?;
    anna.wait("the caret in the next title", &in_title(&items[1])).await?;
    let entry = |item: &ItemId| format!("return document.activeElement === document.querySelector('.toc [data-item=\"{item}\"] a')");
    anna.strike("F6").await?;
    anna.wait("the entry of this item", &entry(&items[1])).await?;
    anna.strike("ArrowDown").await?;
    anna.wait("the entry below", &entry(&items[3])).await?;
    anna.strike("ArrowUp ArrowUp").await?;
    anna.wait("an entry above", &entry(&items[2])).await?;
    anna.strike("Enter").await?;
    anna.wait("the caret in its title", &in_title(&items[2])).await?;
    anna.wait("it is the current one", &current(&items[2])).await?;

    anna.wait_saved().await?;
    anna.strike("Control+s").await?;
    anna.wait("that all is saved, said", "return /^Gemt \\d/.test(document.querySelector('#toasts').textContent)").await?;
    ensure!(anna.run("return document.querySelector('[role=status] .saved')", Vec::new()).await? == Value::Null, "not with every letter");
    anna.strike("Alt+Shift+p").await?;
    let shown = anna.wait_shown("a new item", |shown| shown.items.len() == 5).await?;
    let new = shown.items.iter().find(|item| !before.order().contains(&item.id.as_str())).context("the new item")?;
    anna.wait("the caret in its title", &in_title(&new.id.parse()?)).await.map(drop)
}

#[tokio::test]
async fn one_is_where_ones_caret_is() -> Result<()> {
    going(Kind::Chromium).await
}

#[tokio::test]
async fn one_is_where_ones_caret_is_in_firefox() -> Result<()> {
    going(Kind::Firefox).await
}

#[tokio::test]
async fn a_band_is_in_view_and_moves_nothing() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let anna = stage.window("Anna", &meeting).await?;
    let place = section(&anna.shown().await?, 1, 0)?;
    anna.put_caret(&place, 0).await?;
    anna.run("scrollTo(0, 200)", Vec::new()).await?;
    let top = "return document.activeElement.getBoundingClientRect().top";
    let before = anna.run(top, Vec::new()).await?;
    anna.command("Network.enable", json!({})).await?;
    let offline = |offline: bool| json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    anna.command("Network.emulateNetworkConditions", offline(true)).await?;
    anna.wait_offline().await?;
    let band = "const band = document.querySelector('.bands .strip')?.getBoundingClientRect(); \
                return band && band.top >= document.querySelector('.bar').getBoundingClientRect().bottom - 1 && band.bottom < innerHeight / 3";
    anna.wait("the band under the bar", band).await?;
    ensure!(anna.run(top, Vec::new()).await? == before, "the text moved from {before}");
    // Letters of one text are one change.
    anna.write("fem ord i en tekst ").await?;
    anna.wait("how much waits", "return document.querySelector('.saved').textContent.includes('1 ændring på')").await?;
    anna.command("Network.emulateNetworkConditions", offline(false)).await?;
    anna.wait_saved().await
}

/// What the page would send over its socket waits for `__release()`.
const SLOW: &str = r#"
    const send = WebSocket.prototype.send;
    const released = new Promise((release) => { window.__release = release; });
    WebSocket.prototype.send = function (data) {
        window.__asked = true;
        // The page's memory may hold something else by then.
        const kept = data.slice();
        released.then(() => send.call(this, kept));
    };
"#;

/// Lets the page draw for a while.
const FRAMES: &str = r#"
    const done = arguments[arguments.length - 1];
    let left = 30;
    const next = () => (left-- > 0 ? requestAnimationFrame(next) : done(true));
    next();
"#;

#[tokio::test]
async fn the_first_paint_stays_until_the_device_is_up_to_date() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    let place = section(&anna.shown().await?, 1, 0)?;
    anna.type_at(&place, 0, "Gammelt: ").await?;
    anna.wait_saved().await?;
    anna.go("about:blank").await?;
    bo.type_at(&place, 0, "Nyt: ").await?;
    bo.wait_saved().await?;
    anna.command("Network.enable", json!({})).await?;
    anna.command("Network.setBlockedURLs", json!({ "urls": ["*/state"] })).await?;
    anna.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": SLOW })).await?;
    anna.go(&stage.server.url(&format!("/m/{}", meeting.meeting))).await?;
    anna.wait("the page to ask for what is new", "return window.__asked === true").await?;
    anna.run_async(FRAMES).await?;
    ensure!(anna.shown().await?.text().contains("Nyt: Gammelt: Kredsen"), "{}", anna.shown().await?.text());
    anna.run("window.__release()", Vec::new()).await?;
    anna.wait_ready().await?;
    anna.wait_text("Nyt: Gammelt: Kredsen").await
}

async fn clock(kind: Kind) -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let anna = stage.window_in(kind, "Anna", &meeting).await?;
    let place = section(&anna.shown().await?, 1, 0)?;
    anna.put_caret(&place, 0).await?;
    anna.write("et ").await?;
    // The time of day is set back by an hour; two seconds go by.
    let pass = "const [day, page] = [Date.now, performance.now.bind(performance)]; \
                Date.now = () => day() - 3600000; performance.now = () => page() + 2000";
    anna.run(pass, Vec::new()).await?;
    anna.write("to ").await?;
    anna.wait_text("et to Kredsen").await?;
    anna.strike("Control+z").await?;
    anna.wait_text("et Kredsen").await
}

#[tokio::test]
async fn a_clock_that_is_set_back_joins_no_steps_of_undo() -> Result<()> {
    clock(Kind::Chromium).await
}

#[tokio::test]
async fn a_clock_that_is_set_back_joins_no_steps_of_undo_in_firefox() -> Result<()> {
    clock(Kind::Firefox).await
}

async fn silent(kind: Kind) -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let anna = stage.window_in(kind, "Anna", &meeting).await?;
    let shown = anna.shown().await?;
    // A page that is hidden: the browser holds back its timers, its socket lives.
    let client = fixture::client(77);
    let mut hidden = SyncClient::connect(stage.server.address(), &meeting.document, client).await?;
    let state = AwarenessState { client, clock: 1, json: Some("{}") };
    hidden.send(&ClientMessage::Awareness(vec![state])).await?;
    let here = "return document.querySelectorAll('.people .who').length";
    until("somebody else in the bar", async || Ok((anna.run(here, Vec::new()).await? == 2).then_some(()))).await?;
    anna.run("const now = performance.now.bind(performance); performance.now = () => now() + 45000", Vec::new()).await?;
    let field = format!("section:{}:{}", item(&shown, 2)?, section(&shown, 2, 0)?).parse().ok().context("a field")?;
    hidden.append(&field, " Herfra.").await?;
    anna.wait_text("Herfra.").await?;
    // Where one is goes out, and with it comes the page's own look at the clock.
    anna.put_caret(&section(&shown, 1, 0)?, 0).await?;
    let writes = |json: &str| json.contains("section:");
    in_time("word of where she is", async {
        loop {
            if let Heard::Presence(states) = hidden.hear().await?
                && states.iter().any(|(_, json)| json.as_deref().is_some_and(writes))
            {
                return Ok::<(), anyhow::Error>(());
            }
        }
    })
    .await??;
    anna.run_async(FRAMES).await?;
    ensure!(anna.run(here, Vec::new()).await? == 2, "silence is no absence");
    hidden.close().await?;
    until("she is alone", async || Ok((anna.run(here, Vec::new()).await? == 1).then_some(()))).await
}

#[tokio::test]
async fn who_is_silent_for_long_is_still_here() -> Result<()> {
    silent(Kind::Chromium).await
}

#[tokio::test]
async fn who_is_silent_for_long_is_still_here_in_firefox() -> Result<()> {
    silent(Kind::Firefox).await
}

async fn language(kind: Kind) -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let anna = stage.window_in(kind, "Anna", &meeting).await?;
    let address = |language: &str| stage.server.url(&format!("/m/{}?lang={language}", meeting.meeting));
    anna.go(&address("en")).await?;
    let paper = "const paper = document.querySelector('main.paper'); const of = (css) => paper.querySelector(css)?.textContent; \
                 return [document.documentElement.lang, paper.lang, of('dt'), of('dt ~ dt')]";
    let danish = json!(["en", "da", "Tid", "Sted"]);
    ensure!(anna.run(paper, Vec::new()).await? == danish, "as painted by the server");
    anna.wait_ready().await?;
    ensure!(anna.run(paper, Vec::new()).await? == danish, "and by the page: {}", anna.run(paper, Vec::new()).await?);
    let words = "return [document.querySelector('.addrow').innerText, document.querySelector('[data-section-id]').lang, \
                 [...document.querySelectorAll('.items h2')].map((heading) => heading.textContent)[1]]";
    ensure!(anna.run(words, Vec::new()).await? == json!(["New item", "da", "2. Fælles vagtordning"]), "the page speaks English");
    let files = "const list = document.querySelector('.files.bil'); const part = list?.closest('.sec'); \
                 return part ? [part.querySelector('h3').textContent, list.ariaLabel, part.querySelector('.more-f').lang] : null";
    ensure!(anna.wait("the attachments", files).await? == json!(["Bilag", "Bilag", "en"]), "{}", anna.run(files, Vec::new()).await?);
    ensure!(anna.accessibility_violations().await?.is_empty(), "{:?}", anna.accessibility_violations().await?);

    // Printed for an English reader it is the same Danish paper, and nothing of the page around it.
    if kind == Kind::Chromium {
        anna.command("Emulation.setEmulatedMedia", json!({ "media": "print" })).await?;
        let printed = anna.run("return document.body.innerText", Vec::new()).await?.to_string();
        ensure!(printed.contains("Baggrund") && printed.contains("Bilag"), "{printed}");
        ensure!(["New item", "Saved", "Attach", "Propose", "Items"].iter().all(|word| !printed.contains(word)), "{printed}");
        anna.command("Emulation.setEmulatedMedia", json!({ "media": "" })).await?;
    }

    // A window of 1280 by 1024 at 400 %. Firefox makes no window so small.
    if kind == Kind::Firefox {
        return Ok(());
    }
    anna.go(&address("da")).await?;
    anna.wait_ready().await?;
    anna.look(Look { width: 320, height: 256, ..Look::PHONE }).await?;
    let room = "const high = (css) => { const box = document.querySelector(css).getBoundingClientRect(); \
                return Math.max(0, Math.min(box.bottom, innerHeight) - Math.max(box.top, 0)); }; \
                return innerHeight > 200 && high('.bar') + high('.dock') <= innerHeight / 5";
    anna.wait("most of the window for the text", room).await?;
    anna.run("scrollTo(0, 400)", Vec::new()).await?;
    anna.wait("the same further down", room).await.map(drop)
}

#[tokio::test]
async fn the_paper_keeps_its_language_and_its_room() -> Result<()> {
    language(Kind::Chromium).await
}

#[tokio::test]
async fn the_paper_keeps_its_language_and_its_room_in_firefox() -> Result<()> {
    language(Kind::Firefox).await
}
