//! Who is there: in meeting mode one window says who came late, who left and who stands in, by mouse and by keyboard; all others, the exports and the
//! version say the same.

use anyhow::{Result, ensure};
use dagsorden_shared::api::MeetingState;
use dagsorden_shared::meeting_json::{MeetingJson, Participant, ParticipantStatus};
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::fixture;
use serde_json::json;

use super::accessibility::{check, check_after};
use super::phases::lead_to;

/// A meeting with three people, of whom one sent apologies.
fn meeting() -> MeetingJson {
    let person = |name: &str, organisation: &str, status| Participant {
        name: name.into(),
        organisation: Some(organisation.into()),
        status,
        ..Participant::default()
    };
    let participants = vec![
        person("Karen Solbakke", "Lindhøj", ParticipantStatus::Deltager),
        person("Bo Lind", "Birkeå", ParticipantStatus::Deltager),
        person("Ida Holm", "Havnsted", ParticipantStatus::Afbud),
    ];
    MeetingJson { participants, ..fixture::meeting() }
}

/// What stands on the paper beside a label.
fn fact(label: &str) -> String {
    format!(
        "[...document.querySelectorAll('.meet dt')].find((term) => term.textContent === {label:?})?.nextElementSibling.textContent.replaceAll('\\u00a0', ' ')"
    )
}

async fn wait_fact(window: &Window, label: &str, pattern: &str) -> Result<()> {
    window.wait(&format!("{label}: {pattern}"), &format!("return /{pattern}/.test({} ?? '')", fact(label))).await.map(drop)
}

/// Opens the menu of a person and takes an entry.
async fn take(window: &Window, person: usize, entry: &str) -> Result<()> {
    let button = format!(".pres li:nth-of-type({person}) .menu > button");
    window.run(&format!("document.querySelector({button:?}).scrollIntoView({{ block: 'center' }})"), Vec::new()).await?;
    window.click(&button).await?;
    let press = format!(
        "const one = [...document.querySelectorAll('.menu-list:popover-open .entry')].find((one) => one.textContent.startsWith({entry:?})); \
         one?.click(); return one !== undefined"
    );
    window.wait(&format!("the entry {entry}"), &press).await.map(drop)
}

/// What is pressed in the list and smaller than a finger.
const SMALL: &str = r#"
    const all = document.querySelectorAll(".pres button, .livebar button");
    return [...all].filter((one) => one.checkVisibility()).map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height])
        .filter(([, height]) => height < 43.5);
"#;

#[tokio::test]
async fn who_is_there_is_said_in_two_clicks_and_seen_by_all() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&meeting()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    lead_to(&stage, &meeting, "in_session").await?;
    anna.find(".outcomes .st").await?;
    let state = async || -> Result<MeetingState> {
        let answer = stage.server.http().get(stage.server.url(&format!("/api/meetings/{}", meeting.meeting))).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    };
    let before = state().await?.hash;
    anna.run("document.activeElement.blur()", Vec::new()).await?;
    anna.strike("Alt+Shift+L").await?;
    let count = |words: &str| format!("return document.querySelector('.pres h2')?.textContent === {words:?}");
    anna.wait("who is there", &count("Til stede: 2. Afbud: 1")).await?;

    // Two clicks: a person came late.
    take(&anna, 1, "Kom kl.").await?;
    wait_fact(&bo, "Deltagere", "Karen Solbakke, Lindhøj, kom kl\\. \\d+\\.\\d\\d; Bo Lind, Birkeå$").await?;
    let late = state().await?.hash;
    ensure!(late != before, "what is approved says when a person came");
    // By keyboard: to the list, to the next person, the menu, the second entry. He left.
    anna.strike("Alt+Shift+T").await?;
    anna.wait("the first person", "return document.activeElement.matches('.pres li:nth-of-type(1) button')").await?;
    anna.strike("Tab Enter").await?;
    anna.wait("the menu", "return document.activeElement.matches('.menu-list:popover-open .entry')").await?;
    anna.strike("ArrowDown Enter").await?;
    wait_fact(&bo, "Deltagere", "Bo Lind, Birkeå, gik kl\\. \\d+\\.\\d\\d$").await?;
    anna.wait("fewer", &count("Til stede: 1. Afbud: 1")).await?;
    check(&anna, "attendance").await?;
    // And that is taken back.
    anna.click("#toasts .toast button").await?;
    wait_fact(&bo, "Deltagere", "Bo Lind, Birkeå$").await?;

    // A person stands in for one who sent apologies: what is known stands in the fields already.
    take(&anna, 3, "Stedfortræder").await?;
    anna.wait("the name to be written", "return document.activeElement.matches('#participants[open] [name=name]')").await?;
    anna.write("Eva Kjær").await?;
    anna.strike("Enter").await?;
    wait_fact(&bo, "Stedfortrædere", "^Eva Kjær, Havnsted, for Ida Holm$").await?;
    check(&anna, "dialog-attendance").await?;
    anna.strike("Escape").await?;
    anna.wait("one more", &count("Til stede: 3. Afbud: 1")).await?;
    check_after(&anna, "attendance-menu", async || {
        anna.run("document.querySelector('.menu-list:popover-open')?.hidePopover(); document.querySelector('.pres li:nth-of-type(2)').scrollIntoView({ block: 'center' })", Vec::new()).await?;
        anna.run("document.querySelector('.pres li:nth-of-type(2) .menu > button').click()", Vec::new()).await.map(drop)
    })
    .await?;
    anna.run("document.querySelector('.menu-list:popover-open')?.hidePopover()", Vec::new()).await?;

    // On a phone the list stands below the item, and a finger can press all of it.
    anna.look(Look::PHONE).await?;
    take(&anna, 3, "Er til stede").await?;
    wait_fact(&bo, "Deltagere", "Ida Holm, Havnsted$").await?;
    let small = anna.run(SMALL, Vec::new()).await?;
    ensure!(small == json!([]), "{small}");
    anna.look(Look::DESKTOP).await?;

    // Every way out says the same.
    for (format, needles) in
        [("text", ["kom kl. ", "Stedfortrædere:"]), ("html", ["kom kl.", "Stedfortrædere"]), ("json", ["\"arrived\":", "stedfortræder"])]
    {
        let format = if format == "text" { "txt" } else { format };
        let address = stage.server.url(&format!("/api/meetings/{}/export?format={format}", meeting.meeting));
        let text = stage.server.http().get(address).send().await?.error_for_status()?.text().await?;
        ensure!(needles.iter().all(|needle| text.contains(needle)), "{format}: {text}");
    }
    for window in [&anna, &bo] {
        ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    }
    Ok(())
}
