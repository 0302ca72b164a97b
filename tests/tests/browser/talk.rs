//! What people say beside the text: what is new is marked until it was seen, what is being written is never lost, and every state can be used by all.

use anyhow::{Result, ensure};
use dagsorden_shared::api::Created;
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::fixture;
use dagsorden_tests::wire::Wire;
use serde_json::{Value, json};

use super::accessibility::{check, check_after};
use super::section;

/// The item in the outline that has something new.
const NEW_IN_OUTLINE: &str = "return document.querySelector('.toc .unread')?.closest('a').textContent";

/// Comments on words of the first section of item 2.
async fn comment(window: &Window, from: u32, to: u32, words: &str) -> Result<()> {
    let place = section(&window.shown().await?, 1, 0)?;
    window.editor("select", vec![json!(place), json!(from), json!(to)]).await?;
    window.wait("that one may comment", "return document.querySelector('.offer')?.checkVisibility()").await?;
    window.strike("Alt+Shift+M").await?;
    window.wait("the field", "return document.activeElement.id === 'new-comment'").await?;
    window.write(words).await?;
    window.strike("Control+Enter").await?;
    window.wait("it in the card", &format!("return document.querySelector('.thread.on')?.textContent.includes({words:?})")).await.map(drop)
}

async fn say(stage: &Stage, meeting: &Created, path: &str, body: Value) -> Result<()> {
    let request = stage.server.http().put(stage.server.url(&format!("/api/meetings/{}{path}", meeting.meeting)));
    request.json(&body).send().await?.error_for_status()?;
    Ok(())
}

#[tokio::test]
async fn what_is_new_is_marked_until_it_stood_open_and_for_nobody_else() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    comment(&anna, 0, 7, "Hvilken kreds?").await?;
    bo.wait("the dot in the outline", &format!("{NEW_IN_OUTLINE}?.includes('1 ulæst')",)).await?;
    bo.wait("the dot on the card", "return document.querySelector('.fold .unread + .vh')?.textContent === 'Nyt, '").await?;
    ensure!(anna.run("return document.querySelectorAll('.unread').length", Vec::new()).await? == json!(1), "one's own words are read");

    bo.run("document.activeElement.blur()", Vec::new()).await?;
    bo.strike("Alt+Shift+U").await?;
    bo.wait("the card open", "return document.querySelector('.thread.on')?.textContent.includes('Hvilken kreds?')").await?;
    bo.wait("that it is read", &format!("{NEW_IN_OUTLINE} === undefined")).await?;
    bo.reload().await?;
    bo.wait_ready().await?;
    bo.wait("the card", "return document.querySelector('.fold') !== null").await?;
    ensure!(bo.run("return document.querySelector('.fold .unread, .toc .unread')", Vec::new()).await? == Value::Null, "it stays read");

    // An answer in a card that stands open is new, and then read, without a key.
    let thread = anna.run("return document.querySelector('[data-thread]').dataset.thread", Vec::new()).await?;
    let thread = thread.as_str().unwrap_or_default().to_owned();
    bo.click(".fold").await?;
    bo.click(".reply textarea").await?;
    bo.write("Kyst").await?;
    bo.strike("Control+Enter").await?;
    anna.wait("the answer", "return document.querySelector('.thread.on')?.textContent.includes('Kyst')").await?;
    anna.wait("that it is read", &format!("{NEW_IN_OUTLINE} === undefined")).await?;

    // What is being changed outlives what comes in meanwhile.
    anna.click(".thread.on [data-action=change]").await?;
    anna.wait("the field", "return document.activeElement.id === 'changed-comment'").await?;
    anna.write(" Nord eller syd?").await?;
    let path = format!("/threads/{thread}/comments/c-from-elsewhere");
    say(&stage, &meeting, &path, json!({ "body": "Imens kom dette." })).await?;
    anna.wait("what came meanwhile", "return document.querySelector('.thread.on')?.textContent.includes('Imens kom dette.')").await?;
    let field = "const field = document.getElementById('changed-comment'); return [field.value, document.activeElement === field]";
    ensure!(anna.run(field, Vec::new()).await? == json!(["Hvilken kreds? Nord eller syd?", true]), "it is not lost");
    anna.strike("Control+Enter").await?;
    bo.wait("the change", "return document.querySelector('.thread.on')?.textContent.includes('Nord eller syd?')").await?;
    for window in [&anna, &bo] {
        ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    }
    Ok(())
}

/// Opens the sheet where the talk is one.
const OPEN: &str =
    "const talk = document.getElementById('talk'); if (innerWidth < 1360 && !talk.matches(':popover-open')) talk.showPopover()";
const CLOSE: &str = "const talk = document.getElementById('talk'); if (talk.matches(':popover-open')) talk.hidePopover()";

async fn check_open(window: &Window, page: &str) -> Result<()> {
    check_after(window, page, async || {
        window.run(CLOSE, Vec::new()).await?;
        window.run(OPEN, Vec::new()).await.map(drop)
    })
    .await?;
    window.run(CLOSE, Vec::new()).await.map(drop)
}

#[tokio::test]
async fn every_state_of_the_talk_is_accessible() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let wire = Wire::to(stage.server.address()).await?;
    let (anna, bo) = (stage.window("Anna Holm", &meeting).await?, stage.window_by(wire.address(), "Bo Lind", &meeting).await?);
    check_open(&anna, "talk-empty").await?;
    comment(&anna, 0, 7, "Hvilken kreds?").await?;
    comment(&anna, 17, 28, "Var det ikke i foråret?").await?;
    bo.wait("two new threads", "return document.querySelectorAll('.fold .unread').length === 2").await?;
    check_open(&bo, "talk-unread").await?;
    check_open(&anna, "talk-in-hand").await?;

    let place = section(&anna.shown().await?, 1, 0)?;
    anna.editor("select", vec![json!(place), json!(30), json!(35)]).await?;
    anna.strike("Alt+Shift+M").await?;
    anna.wait("the field", "return document.activeElement.id === 'new-comment'").await?;
    check_open(&anna, "talk-draft").await?;
    anna.run("document.querySelector('[data-action=cancel]')?.click()", Vec::new()).await?;

    wire.cut();
    bo.wait_offline().await?;
    comment(&bo, 30, 35, "Skrevet uden net.").await?;
    bo.wait("that it waits", "return document.querySelector('.thread.on .rest')?.textContent.includes('Venter')").await?;
    check_open(&bo, "talk-offline").await?;
    // The server will never take it: the minutes are approved meanwhile.
    for to in ["sent_out", "in_session", "in_review", "approved"] {
        super::phases::lead_to(&stage, &meeting, to).await?;
    }
    wire.mend();
    bo.wait(
        "that it was refused",
        "return /^Ikke modtaget: [A-ZÆØÅ].* Din tekst er her\\./.test(document.querySelector('.rest.bad')?.textContent)",
    )
    .await?;
    ensure!(!bo.run("return document.querySelector('.rest.bad').textContent", Vec::new()).await?.to_string().contains("You"), "in Danish");
    check_open(&bo, "talk-refused").await?;
    anna.look(Look::PHONE).await?;
    anna.run(OPEN, Vec::new()).await?;
    anna.wait("the sheet", "return document.getElementById('talk').matches(':popover-open')").await?;
    check(&anna, "talk-approved").await
}
