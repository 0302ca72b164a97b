//! Attachments in two windows: files are chosen and dropped, a place is filled, what is removed comes back, what is not taken says why.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use dagsorden_shared::meeting_json::{AttachmentJson, AttachmentStatus, MeetingJson};
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::fixture;

use super::accessibility::check_after;

/// All pages show it within this time.
const SOON: Duration = Duration::from_secs(1);

/// The second item, of whose attachments the tests are.
const ITEM: &str = "main.paper article.item:nth-of-type(2)";

/// Drops a file on the text of the item, as from a folder.
const DROP: &str = r#"
    const data = new DataTransfer();
    data.items.add(new File(["%PDF-1.7 sluppet"], "Sluppet.pdf", { type: "application/pdf" }));
    const target = document.querySelector("main.paper article.item:nth-of-type(2) [data-section-id]");
    const send = (name) => target.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: data }));
    const taken = !send("dragover");
    const shown = document.querySelector(".takes-files .drop-on")?.checkVisibility();
    send("drop");
    return taken && shown === true;
"#;

/// What is pressed on a phone and smaller than a finger.
const SMALL: &str = r#"
    const all = document.querySelectorAll(".bil button, .bil label, .bil summary, .bil a.link, .bil .link, .more-f label, .more-f button");
    return [...all].filter((one) => one.checkVisibility()).map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height])
        .filter(([, height]) => height < 43.5);
"#;

/// Nothing lies over what adds a file or a section to an item that has no file.
const FREE: &str = r#"
    const item = document.querySelector("main.paper article.item:nth-of-type(1)");
    const [file, section] = [".more-f label", "[data-command=section-add]"].map((css) => item.querySelector(css));
    file.scrollIntoView({ block: "center" });
    return [file, section].every((one) => {
        const { x, y, width, height } = one.getBoundingClientRect();
        return [0.1, 0.5, 0.9].every((part) => one.contains(document.elementFromPoint(x + width * part, y + height / 2)));
    });
"#;

/// A meeting whose second item waits for an attachment.
fn meeting() -> MeetingJson {
    let mut meeting = fixture::meeting();
    meeting.items[1].attachments = vec![AttachmentJson {
        number: Some("2.1".into()),
        title: "Svar fra Ungerådet".into(),
        status: AttachmentStatus::Eftersendes,
        file: None,
    }];
    meeting
}

/// Titles of the item's attachments with their numbers; in brackets where there is no file.
async fn listed(window: &Window) -> Result<Vec<String>> {
    let script = format!(
        "return [...document.querySelectorAll('{ITEM} .bil > li')].map((entry) => {{
            const text = (selector) => entry.querySelector(selector)?.textContent ?? '';
            return text('.n') + ' ' + (text('.what > a') || '(' + text('.what > span') + ')');
        }})"
    );
    Ok(serde_json::from_value(window.run(&script, Vec::new()).await?)?)
}

/// Waits until the item has these attachments.
async fn wait_listed(window: &Window, expected: &[&str]) -> Result<()> {
    let found = dagsorden_tests::wait::until(&format!("the attachments {expected:?}"), async || {
        Ok((listed(window).await? == expected).then_some(()))
    })
    .await;
    if found.is_err() {
        anyhow::bail!("{:?} instead of {expected:?}, {:?}", listed(window).await?, window.screenshot("failed-attachments").await?);
    }
    found
}

/// Chooses a file in the control that `css` names.
pub(super) async fn choose(window: &Window, css: &str, file: &Path) -> Result<()> {
    window.find(css).await?.send_keys(file.display().to_string()).await.map_err(Into::into)
}

/// Opens the menu of an attachment and takes an entry.
async fn take(window: &Window, place: usize, entry: &str) -> Result<()> {
    let row = format!("{ITEM} .bil > li:nth-child({place}) .bil-more");
    window.click(&format!("{row} button")).await?;
    let press = format!(
        "const one = [...document.querySelectorAll('{row} .entry')].find((one) => one.textContent === '{entry}'); one?.click(); return one !== undefined"
    );
    window.wait(&format!("the entry {entry}"), &press).await.map(drop)
}

#[tokio::test]
async fn files_are_brought_seen_by_others_removed_and_brought_back() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&meeting()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    let folder = tempfile::tempdir()?;
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).map(|()| path)
    };
    let (notat, svar) = (file("Notat æ.pdf", b"%PDF-1.7 notat")?, file("svar.pdf", b"%PDF-1.7 svar")?);
    wait_listed(&anna, &["2.1 (Svar fra Ungerådet)"]).await?;
    wait_listed(&bo, &["2.1 (Svar fra Ungerådet)"]).await?;

    choose(&anna, &format!("{ITEM} .more-f input"), &notat).await?;
    wait_listed(&anna, &["2.1 (Svar fra Ungerådet)", "2.2 Notat æ.pdf"]).await?;
    let begun = Instant::now();
    wait_listed(&bo, &["2.1 (Svar fra Ungerådet)", "2.2 Notat æ.pdf"]).await?;
    ensure!(begun.elapsed() < SOON, "it took {:?}", begun.elapsed());
    let fetched = bo
        .run_async(&format!(
            "const done = arguments[arguments.length - 1]; fetch(document.querySelector('{ITEM} .what > a').href).then((answer) => answer.text()).then(done)"
        ))
        .await?;
    ensure!(fetched == "%PDF-1.7 notat", "{fetched}");

    // What was promised comes.
    choose(&bo, &format!("{ITEM} .slot input"), &svar).await?;
    for window in [&bo, &anna] {
        wait_listed(window, &["2.1 Svar fra Ungerådet", "2.2 Notat æ.pdf"]).await?;
    }
    take(&anna, 2, "Flyt op").await?;
    for window in [&bo, &anna] {
        wait_listed(window, &["2.2 Notat æ.pdf", "2.1 Svar fra Ungerådet"]).await?;
    }
    take(&anna, 1, "Fjern").await?;
    wait_listed(&bo, &["2.1 Svar fra Ungerådet"]).await?;
    anna.click("#toasts .toast button").await?;
    for window in [&bo, &anna] {
        wait_listed(window, &["2.2 Notat æ.pdf", "2.1 Svar fra Ungerådet"]).await?;
    }

    let dropped = bo.run(DROP, Vec::new()).await?;
    ensure!(dropped == true, "the item takes files");
    wait_listed(&anna, &["2.2 Notat æ.pdf", "2.1 Svar fra Ungerådet", "2.3 Sluppet.pdf"]).await?;

    // What is not taken says why, and stays until it is dismissed.
    let program = file("program.pdf", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0")?;
    choose(&anna, &format!("{ITEM} .more-f input"), &program).await?;
    anna.wait("why not", &format!("return document.querySelector('{ITEM} .bad')?.textContent.includes('tages ikke ind')")).await?;
    check_after(&anna, "attachments", async || {
        anna.run(&format!("document.querySelector('{ITEM} .bil').scrollIntoView({{ block: 'center' }})"), Vec::new()).await.map(drop)
    })
    .await?;
    anna.click(&format!("{ITEM} .bil [data-files=cancel]")).await?;
    wait_listed(&anna, &["2.2 Notat æ.pdf", "2.1 Svar fra Ungerådet", "2.3 Sluppet.pdf"]).await?;
    for window in [&anna, &bo] {
        let complaints = window.complaints().await?;
        let own: Vec<_> = complaints.iter().filter(|text| !text.contains("415")).collect();
        ensure!(own.is_empty(), "{own:?}");
    }
    bo.wait("that files can be added where there are none", FREE).await?;
    bo.look(Look::PHONE).await?;
    bo.wait(
        "that files can be added where there are none, or that one only reads",
        &format!("return document.body.hasAttribute('data-reading') || (() => {{ {FREE} }})()"),
    )
    .await?;
    let small = bo.run(SMALL, Vec::new()).await?;
    ensure!(small == serde_json::json!([]), "{small}");
    Ok(())
}

/// What the previews of the item show: whether each is open, its picture's size and words, and the words in its place.
const SHOWS: &str = r#"
    return [...document.querySelectorAll("main.paper article.item:nth-of-type(2) .shows")].map((shows) => {
        const [picture, words] = [shows.querySelector("img"), shows.querySelector("p")];
        return { open: shows.open, wide: picture.naturalWidth, alt: picture.alt, shown: picture.checkVisibility(), instead: words.checkVisibility() };
    });
"#;

const ASKED: &str = "return performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('/preview')).length";

#[tokio::test]
async fn first_pages_and_pictures_are_shown_on_demand() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    let folder = tempfile::tempdir()?;
    let export = stage.server.url(&format!("/api/meetings/{}/export?format=pdf", meeting.meeting));
    let pdf = stage.server.http().get(export).send().await?.error_for_status()?.bytes().await?;
    std::fs::write(folder.path().join("Notat.pdf"), pdf)?;
    std::fs::write(folder.path().join("Brudt.pdf"), b"%PDF-1.7 brudt")?;
    let picture = anna.screenshot("attachments-picture").await?;
    std::fs::copy(picture, folder.path().join("Kort.png"))?;
    for name in ["Notat.pdf", "Brudt.pdf", "Kort.png"] {
        choose(&anna, &format!("{ITEM} .more-f input"), &folder.path().join(name)).await?;
        anna.wait(
            name,
            &format!("return [...document.querySelectorAll('{ITEM} .what > a')].some((title) => title.textContent === {name:?})"),
        )
        .await?;
    }
    wait_listed(&bo, &[" Notat.pdf", " Brudt.pdf", " Kort.png"]).await?;
    ensure!(bo.run(ASKED, Vec::new()).await? == serde_json::json!(0), "nothing is drawn before it is asked for");

    // By keyboard, each in turn.
    for place in 1..=3 {
        let summary = format!("{ITEM} .bil > li:nth-child({place}) summary");
        bo.run(&format!("document.querySelector('{summary}').focus()"), Vec::new()).await?;
        bo.strike("Enter").await?;
        let done = format!(
            "const shows = document.querySelector('{ITEM} .bil > li:nth-child({place}) .shows'); \
             shows.scrollIntoView({{ block: 'center' }}); \
             return shows.open && (shows.querySelector('img').naturalWidth > 100 || shows.querySelector('p').checkVisibility())"
        );
        bo.wait("what it looks like", &done).await?;
    }
    let shows = bo.run(SHOWS, Vec::new()).await?;
    let page = &shows[0];
    ensure!(page["wide"].as_i64() > Some(1000) && page["alt"] == "Forsiden af Notat.pdf" && page["shown"] == true, "{shows}");
    ensure!(page["instead"] == false, "{shows}");
    ensure!(shows[1]["shown"] == false && shows[1]["instead"] == true, "what cannot be drawn says so: {shows}");
    ensure!(shows[2]["alt"] == "Kort.png" && shows[2]["shown"] == true, "{shows}");
    check_after(&bo, "attachments-preview", async || {
        bo.run(&format!("document.querySelector('{ITEM} .shows').scrollIntoView({{ block: 'start' }})"), Vec::new()).await.map(drop)
    })
    .await?;
    bo.look(Look::PHONE).await?;
    let small = bo.run(SMALL, Vec::new()).await?;
    ensure!(small == serde_json::json!([]), "{small}");
    for window in [&anna, &bo] {
        ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    }
    Ok(())
}
