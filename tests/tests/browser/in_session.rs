//! In the meeting: one item large, outcomes by keyboard, and the drafted decision that all others see.

use anyhow::{Result, ensure};
use dagsorden_shared::api::ForumRow;
use dagsorden_shared::meeting_json::{MeetingJson, SectionJson, SectionKind};
use dagsorden_tests::browser::{Stage, Window};
use dagsorden_tests::fixture;
use serde_json::json;

use super::accessibility::check;
use super::phases::lead_to;

fn with_decision() -> MeetingJson {
    let mut meeting = fixture::meeting();
    let decision = SectionJson { kind: SectionKind::Decision, heading: Some("Beslutning".into()), ..SectionJson::default() };
    meeting.items[1].sections.push(decision);
    meeting
}

async fn focus(window: &Window, css: &str) -> Result<()> {
    window.find(css).await?;
    window.run("document.querySelector(arguments[0]).focus()", vec![json!(css)]).await.map(drop)
}

#[tokio::test]
async fn a_meeting_is_led_by_keyboard_and_all_see_what_was_decided() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&with_decision()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    // The forum's phrases are there once something can be decided.
    let forums: Vec<ForumRow> = stage.server.http().get(stage.server.url("/api/forums")).send().await?.json().await?;
    let template = json!({ "version": 0, "template": { "phrases": ["Drøftet.", "Sekretariatet følger op."] } });
    let set = stage.server.http().put(stage.server.url(&format!("/api/forums/{}/template", forums[0].id))).json(&template);
    ensure!(set.send().await?.status().is_success());
    lead_to(&stage, &meeting, "in_session").await?;
    anna.find(".outcomes .st").await?;
    anna.run("document.activeElement.blur()", Vec::new()).await?;
    anna.strike("Alt+Shift+L").await?;
    let large = |words: &str| {
        format!(
            "const shown = [...document.querySelectorAll('.items > [data-item]')].filter((item) => item.checkVisibility()); \
             return document.querySelector('.livebar') !== null && shown.length === 1 && shown[0].textContent.includes({words:?})"
        )
    };
    anna.wait("the first item alone", &large("Godkendelse af dagsorden")).await?;
    anna.strike("Alt+Shift+N").await?;
    anna.wait("the next item alone", &large("Fælles vagtordning")).await?;
    let called = "return [...document.querySelectorAll('.now .pt-t')].map((point) => getComputedStyle(point, '::before').content).join()";
    let called = anna.run(called, Vec::new()).await?;
    ensure!(called == json!("\"1.\",\"2.\""), "the points have their numbers: {called}");
    check(&anna, "live").await?;

    // What is not decided waits behind a button, and the ruler leads to every item.
    let seen = |css: &str| format!("return document.querySelector('.now {css}')?.checkVisibility()");
    ensure!(anna.run(&seen("[data-kind=background]"), Vec::new()).await? == json!(false), "only what is decided");
    focus(&anna, ".now .unfold button").await?;
    anna.strike("Enter").await?;
    anna.wait("the whole item", &seen("[data-kind=background]")).await?;
    ensure!(anna.run("return document.querySelectorAll('.ruler li').length", Vec::new()).await? == json!(4));
    focus(&anna, ".ruler li:nth-child(4) button").await?;
    anna.strike("Enter").await?;
    anna.wait("the last item", &large("Eventuelt")).await?;
    anna.wait("the focus where it was", "return document.activeElement.matches('.ruler [aria-current=step]')").await?;
    anna.click(".ruler li:nth-child(2) button").await?;
    anna.wait("the item again, folded", &large("Fælles vagtordning")).await?;

    // A press keeps the focus, so that the next one is a key away.
    focus(&anna, ".now li:nth-of-type(1) [data-point-action=outcome][data-value=approved]").await?;
    anna.strike("Enter").await?;
    let pressed = "return document.activeElement.matches('[data-value=approved][aria-pressed=true]')";
    anna.wait("the outcome set, and the focus on it", pressed).await?;
    focus(&anna, ".now li:nth-of-type(2) [data-point-action=outcome][data-value=postponed]").await?;
    anna.strike("Enter").await?;
    let set = "return [...document.querySelectorAll('.pts [aria-pressed=true], .verd')].map((one) => one.textContent).join()";
    bo.wait("both outcomes", &format!("{set} === 'Godkendt,Udsat'")).await?;
    focus(&anna, ".now [data-point-action=decide]").await?;
    anna.strike("Enter").await?;
    bo.wait_text("Ad 1: Godkendt.").await?;
    bo.wait_text("Ad 2: Udsat.").await?;

    // Twice the same words would be one decision too many.
    anna.strike("Enter").await?;
    anna.wait("that nothing was written again", "return document.querySelector('.toast')?.textContent.includes('allerede')").await?;
    // A phrase is a line of its own, also behind what stands there.
    anna.strike("Alt+Shift+2").await?;
    bo.wait_text("Ad 2: Udsat.\nSekretariatet følger op.").await?;
    anna.strike("Alt+Shift+L").await?;
    anna.wait("the whole paper again", "return document.querySelector('.livebar') === null").await?;
    for window in [&anna, &bo] {
        ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    }
    Ok(())
}
