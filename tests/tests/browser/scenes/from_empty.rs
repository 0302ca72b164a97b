//! All that is done in the five scenes: items, an attachment and one that is promised, a comment, a position, changed wording, outcomes, approval,
//! publication. The server is killed in each of them, and nothing that was shown as saved is missing afterwards.

use std::io::{Cursor, Read};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::MeetingState;
use dagsorden_shared::id::{MeetingId, SectionId};
use dagsorden_tests::browser::{Look, Stage, Window};
use serde_json::{Value, json};
use thirtyfour::Key;
use zip::ZipArchive;

use super::{Person, assert_accessible, assert_content, fits, power_cut, run};
use crate::attachments::choose;
use crate::proposals::{open_card, open_copy, press};
use crate::section;

const FORUM: &str = "Kystkredsen";
const TITLE: &str = "Fælles vagtordning";
/// The file that is brought, and the one that was promised.
const FILES: [&str; 2] = ["Notat om vagter", "Svar fra Ungerådet"];

/// Who is there, and about what.
struct Cast {
    stage: Stage,
    /// The secretariat.
    asta: Person,
    /// The chair.
    karen: Person,
    /// A director, on a phone.
    malthe: Person,
    meeting: MeetingId,
    /// The item that they write, as CSS finds it.
    item: String,
    background: SectionId,
}

impl Cast {
    /// Three people and a new meeting with an item of their own.
    async fn enter() -> Result<Self> {
        let stage = Stage::set().await?;
        let asta = Person::enter(&stage, ("Asta Lindeskov", "Engholm"), (FORUM, "secretariat"), Look::DESKTOP).await?;
        let karen = Person::enter(&stage, ("Karen Steensgaard", "Engholm"), (FORUM, "chair"), Look::DESKTOP).await?;
        let malthe = Person::enter(&stage, ("Malthe Bruhn", "Fjordlund"), (FORUM, "commenter"), Look::PHONE).await?;
        asta.window.click(".rail a[href^='/forum/']").await?;
        asta.at("/forum/").await?;
        asta.window.click("a[href$='/nyt']").await?;
        asta.at("/forum/").await?;
        asta.window.run("document.querySelector('[name=date]').value = '2027-02-09'", Vec::new()).await?;
        asta.window.click("form.settings button[type=submit]").await?;
        asta.at("/m/").await?;
        asta.window.wait_saved().await?;
        let meetings = asta.api("GET", "/api/meetings", Value::Null).await?;
        let meeting: MeetingId = meetings[0]["id"].as_str().context("a meeting")?.parse()?;
        asta.window.click("[data-action=new-item]").await?;
        asta.window.wait("the caret in a new title", "return document.activeElement?.closest('article.item h2') !== null").await?;
        asta.window.write(TITLE).await?;
        asta.window.wait_text(TITLE).await?;
        asta.window.wait_saved().await?;
        let shown = asta.window.shown().await?;
        let place = shown.items.iter().position(|item| item.title == TITLE).context("the new item")?;
        let item = format!("article.item[data-item='{}']", shown.items[place].id);
        let background = section(&shown, place, 0)?;
        Ok(Self { stage, asta, karen, malthe, meeting, item, background })
    }

    /// What the item's list of attachments shows: titles, and in brackets those without a file.
    fn listed(&self) -> String {
        let item = &self.item;
        format!(
            "[...document.querySelectorAll(\"{item} .bil > li\")].map((entry) => \
             entry.querySelector('.what > a')?.textContent ?? `(${{entry.querySelector('.what > span')?.textContent}})`).join()"
        )
    }

    async fn wait_listed(&self, people: &[&Person], titles: &str) -> Result<()> {
        for person in people {
            person.window.wait(&format!("the attachments {titles}"), &format!("return {} === {titles:?}", self.listed())).await?;
        }
        Ok(())
    }

    /// The files of the meeting as one ZIP, as a person gets it: names and content.
    async fn archive(&self, person: &Person) -> Result<Vec<(String, Vec<u8>)>> {
        let bytes = person.file(&format!("/api/meetings/{}/attachments.zip", self.meeting)).await?;
        let mut archive = ZipArchive::new(Cursor::new(bytes))?;
        let count = archive.len();
        let entry = |place| -> Result<(String, Vec<u8>)> {
            let mut entry = archive.by_index(place)?;
            let mut content = Vec::new();
            entry.read_to_end(&mut content)?;
            Ok((entry.name()?.into_owned(), content))
        };
        (0..count).map(entry).collect()
    }
}

/// The forum's standing items are there; two write one more between them, bring a file and hold a place for another.
async fn build(cast: &mut Cast, folder: &Path) -> Result<Vec<u8>> {
    cast.karen.open(&cast.stage, &cast.meeting).await?;
    cast.karen.stay().await?;
    power_cut(&mut cast.stage, &[&cast.asta, &cast.karen]).await?;
    let shown = cast.karen.window.shown().await?;
    let place = shown.items.iter().position(|item| item.title == TITLE).context("the new item after the cut")?;
    let recommendation = section(&shown, place, 1)?;
    cast.karen.window.type_at(&recommendation, 0, "- at ordningen prøves i et år").await?;
    cast.asta.window.type_at(&cast.background, 0, "Kredsen drøftede i efteråret en fælles vagtordning.").await?;
    cast.karen.window.press(Key::Enter + "at den evalueres").await?;
    for person in [&cast.asta, &cast.karen] {
        person.window.wait_text("at ordningen prøves i et år").await?;
        person.window.wait_text("at den evalueres").await?;
        person.window.wait_text("en fælles vagtordning.").await?;
        person.window.wait_saved().await?;
    }

    // A real file: the paper as it is now. While there is no server it waits, and is sent once there is one.
    let file = cast.asta.file(&format!("/api/meetings/{}/export?format=pdf", cast.meeting)).await?;
    let path = folder.join(format!("{}.pdf", FILES[0]));
    std::fs::write(&path, &file)?;
    cast.stage.server.kill9()?;
    choose(&cast.karen.window, &format!("{} .more-f input", cast.item), &path).await?;
    cast.karen.sees("that it waits", ".bil .under .warn", "forbindelse").await?;
    cast.stage.server.restart()?;
    let brought = format!("{}.pdf", FILES[0]);
    cast.wait_listed(&[&cast.karen, &cast.asta], &brought).await?;
    cast.asta.window.click(&format!("{} [data-files=hold]", cast.item)).await?;
    cast.asta.window.find("#hold-place[open] [name=title]").await?;
    cast.asta.window.write(FILES[1]).await?;
    cast.asta.window.strike("Enter").await?;
    let both = format!("{brought},({})", FILES[1]);
    cast.wait_listed(&[&cast.asta, &cast.karen], &both).await?;
    power_cut(&mut cast.stage, &[&cast.asta, &cast.karen]).await?;
    cast.wait_listed(&[&cast.asta, &cast.karen], &both).await?;
    Ok(file)
}

/// Sent out; a director on the phone comments, takes a position and proposes other words; the secretariat answers, takes a part and fills the place.
async fn prepare(cast: &mut Cast, folder: &Path) -> Result<Vec<u8>> {
    cast.asta.step(&cast.stage, &cast.meeting, "sent_out").await?;
    cast.asta.stay().await?;
    cast.karen.phase("Udsendt").await?;
    cast.malthe.open(&cast.stage, &cast.meeting).await?;
    cast.malthe.stay().await?;
    let malthe = &cast.malthe.window;
    malthe.editor("select", vec![json!(cast.background), json!(8), json!(16)]).await?;
    malthe.click(".btn.offer").await?;
    malthe.find("#new-comment").await?.send_keys("Hvornår i efteråret?").await?;
    malthe.click(".writing [data-action=send]").await?;
    cast.asta.sees("the comment", "#talk .thread", "Hvornår i efteråret?").await?;
    cast.asta.window.click("#talk .thread .fold").await?;
    cast.asta.window.find("#talk .reply textarea").await?.send_keys("I oktober.").await?;
    cast.asta.window.click("#talk [data-action=reply]").await?;
    cast.malthe.sees("the answer", "#talk .thread", "I oktober.").await?;
    close_talk(malthe).await?;
    malthe.click("[data-point] [data-point-action=stance][data-value=agree]").await?;
    cast.karen.sees("the position", "[data-point] .given", "Fjordlund").await?;

    // The server goes while other words are being written, and again once they were sent.
    open_copy(malthe, &format!("[data-propose$=':{}']", cast.background)).await?;
    malthe.strike("Control+Home").await?;
    malthe.write("Alle 12 kommuner: ").await?;
    power_cut(&mut cast.stage, &[&cast.asta, &cast.karen, &cast.malthe]).await?;
    let malthe = &cast.malthe.window;
    malthe.strike("Control+End").await?;
    malthe.write(" Den evalueres.").await?;
    malthe.click("[data-proposal] [data-action=send]").await?;
    open_card(&cast.asta.window).await?;
    power_cut(&mut cast.stage, &[&cast.asta, &cast.karen, &cast.malthe]).await?;
    cast.karen.sees("the position", "[data-point] .given", "Fjordlund").await?;
    press(&cast.asta.window, 0, "accept").await?;
    for person in [&cast.asta, &cast.karen, &cast.malthe] {
        person.window.wait_text("Alle 12 kommuner: Kredsen drøftede").await?;
    }
    press(&cast.asta.window, 1, "reject").await?;
    open_card(&cast.malthe.window).await?;
    for (part, words) in [(0, "Indarbejdet af Asta"), (1, "Afvist af Asta")] {
        cast.malthe.sees(words, &format!("[data-part='{part}'] .state"), words).await?;
    }
    close_talk(&cast.malthe.window).await?;

    // What was promised comes.
    let file = cast.karen.file(&format!("/api/meetings/{}/export?format=pdf", cast.meeting)).await?;
    let path = folder.join("svar.pdf");
    std::fs::write(&path, &file)?;
    choose(&cast.asta.window, &format!("{} .slot input", cast.item), &path).await?;
    let everybody = [&cast.asta, &cast.karen, &cast.malthe];
    let both = format!("{}.pdf,{}", FILES[0], FILES[1]);
    cast.wait_listed(&everybody, &both).await?;
    power_cut(&mut cast.stage, &[&cast.asta, &cast.karen, &cast.malthe]).await?;
    cast.wait_listed(&[&cast.asta, &cast.karen, &cast.malthe], &both).await?;
    for (part, words) in [(0, "Indarbejdet af Asta"), (1, "Afvist af Asta")] {
        cast.malthe.sees(words, &format!("[data-part='{part}'] .state"), words).await?;
    }
    let text = cast.malthe.window.shown().await?.text();
    ensure!(text.contains("Alle 12 kommuner: Kredsen") && !text.contains("Den evalueres."), "{text}");
    fits(&[&cast.asta, &cast.karen, &cast.malthe], 0).await?;
    Ok(file)
}

/// Each point has its outcome, the decision is drafted from them, and all see it.
async fn meet(cast: &mut Cast) -> Result<()> {
    cast.asta.step(&cast.stage, &cast.meeting, "in_session").await?;
    cast.malthe.phase("I gang").await?;
    for point in [1, 2] {
        cast.asta.window.click(&format!("[data-point]:nth-child({point}) [data-point-action=outcome][data-value=approved]")).await?;
        cast.karen.sees("the outcome", &format!("[data-point]:nth-child({point}) [aria-pressed=true]"), "").await?;
    }
    cast.asta.window.click("[data-point-action=decide]").await?;
    for person in [&cast.karen, &cast.malthe] {
        person.window.wait_text("Godkendt.").await?;
    }
    cast.asta.window.wait_saved().await?;
    power_cut(&mut cast.stage, &[&cast.asta, &cast.karen, &cast.malthe]).await?;
    for person in [&cast.asta, &cast.karen, &cast.malthe] {
        person.window.wait_text("Godkendt.").await?;
    }
    fits(&[&cast.asta, &cast.karen, &cast.malthe], 0).await
}

/// The chair approves what is on the screen. Nobody else's page was loaded anew since it was opened.
async fn approve(cast: &mut Cast) -> Result<MeetingState> {
    cast.asta.step(&cast.stage, &cast.meeting, "in_review").await?;
    cast.karen.assert_stayed().await?;
    cast.karen.step(&cast.stage, &cast.meeting, "approved").await?;
    for person in [&cast.asta, &cast.malthe] {
        person.phase("Godkendt").await?;
    }
    cast.malthe.assert_stayed().await?;
    fits(&[&cast.asta, &cast.karen, &cast.malthe], 0).await?;
    power_cut(&mut cast.stage, &[&cast.asta, &cast.karen, &cast.malthe]).await?;
    run(&cast.stage, &["verify"])?;
    let state = cast.karen.api("GET", &format!("/api/meetings/{}", cast.meeting), Value::Null).await?;
    Ok(serde_json::from_value(state)?)
}

/// Anyone reads the decision and fetches the files, but nothing of what was said about them.
async fn publish(cast: &mut Cast, state: &MeetingState, files: &[Vec<u8>; 2]) -> Result<()> {
    cast.asta.window.go(&cast.stage.server.url(&format!("/m/{}/offentlig", cast.meeting))).await?;
    cast.asta.window.click(".pub-side button.main").await?;
    let public = format!("/offentlig/{}/{}", state.detail.forum, cast.meeting);
    cast.asta.window.wait("the public page", &format!("return location.pathname === {public:?}")).await?;
    cast.stage.server.kill9()?;
    cast.stage.server.restart()?;
    let anyone = Person { window: Window::open("Enhver", Look::PHONE).await? };
    anyone.window.go(&cast.stage.server.url(&public)).await?;
    let text = anyone.window.run("return document.body.textContent", Vec::new()).await?;
    let text = text.as_str().unwrap_or_default();
    ensure!(text.contains("Godkendt.") && text.contains(&state.hash[..4]), "{text}");
    ensure!(text.contains("Alle 12 kommuner: Kredsen"), "the words that were taken: {text}");
    for said in ["Hvornår i efteråret?", "Den evalueres."] {
        ensure!(!text.contains(said), "what was said stays inside: {text}");
    }
    let links = "return [...document.querySelectorAll('a[href*=\"/bilag/\"]')].map((link) => [link.textContent, link.pathname])";
    let links: Vec<(String, String)> = serde_json::from_value(anyone.window.run(links, Vec::new()).await?)?;
    ensure!(links.len() == FILES.len(), "{links:?}");
    let archive = cast.archive(&cast.malthe).await?;
    ensure!(archive.len() == FILES.len(), "{:?}", archive.iter().map(|(name, _)| name).collect::<Vec<_>>());
    for (((title, file), (shown, path)), (name, packed)) in FILES.iter().zip(files).zip(&links).zip(&archive) {
        ensure!(shown.contains(title) && anyone.file(path).await? == *file, "{title} as everyone gets it");
        ensure!(name.contains(TITLE) && packed == file, "{title} in the ZIP: {name}");
    }
    assert_accessible(&cast.malthe.file(&format!("/api/meetings/{}/export?format=pdf", cast.meeting)).await?)
}

/// On a phone the talk lies over the paper.
async fn close_talk(window: &Window) -> Result<()> {
    window
        .run("const talk = document.getElementById('talk'); if (talk.matches(':popover-open')) talk.hidePopover()", Vec::new())
        .await
        .map(drop)
}

#[tokio::test]
async fn an_agenda_goes_from_an_empty_folder_to_the_public_page() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut cast = Cast::enter().await?;
    let files = [build(&mut cast, folder.path()).await?, prepare(&mut cast, folder.path()).await?];
    meet(&mut cast).await?;
    let state = approve(&mut cast).await?;
    publish(&mut cast, &state, &files).await?;
    assert_content(&[&cast.asta, &cast.karen, &cast.malthe]).await
}
