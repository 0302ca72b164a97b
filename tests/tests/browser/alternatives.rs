//! Proposals beside one another: two organisations want other words at one place, others support them, and the secretariat takes one. Plus the copy that
//! one writes in, with its buttons and what it keeps, and proposals as they stand over the text.

use anyhow::{Result, ensure};
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::fixture;
use serde_json::{Value, json};

use super::accessibility::check;
use super::phases::lead_to;
use super::positions::enter;
use super::proposals::{become_role, line, open_copy};
use super::section;

/// Struck stretches and marks over the text.
const IN_TEXT: &str =
    "return [[...(CSS.highlights.get('proposed-del') ?? [])].map(String).join(), document.querySelectorAll('.proposed-ins').length]";
const BAR_MENU: &str = "header.bar .menu:nth-last-child(2) > button";

/// Proposes another first word for a section.
async fn propose(window: &Window, offer: &str, word: &str) -> Result<()> {
    open_copy(window, offer).await?;
    window.strike("Control+Home").await?;
    window.strike("Control+Shift+ArrowRight").await?;
    window.write(word).await?;
    window.click("[data-proposal] [data-action=send]").await?;
    window.wait("it sent", "return document.querySelector('[data-proposal].on .place') !== null").await.map(drop)
}

/// Takes the card of both in hand.
async fn open_both(window: &Window) -> Result<()> {
    window.wait("one card for both", "return document.querySelectorAll('[data-proposal]').length === 1").await?;
    window.run("document.querySelector('[data-proposal] .fold')?.click()", Vec::new()).await?;
    window.wait("both in it", "return document.querySelectorAll('[data-proposal].on .rival').length === 2").await.map(drop)
}

async fn in_text(window: &Window, what: &str, struck: &str, marks: u32) -> Result<()> {
    let expected =
        format!("{} === {}", IN_TEXT.replace("return ", "return JSON.stringify(") + ")", json!(json!([struck, marks]).to_string()));
    if let Err(error) = window.wait(what, &expected).await {
        return Err(error.context(format!("over the text: {}", window.run(IN_TEXT, Vec::new()).await?)));
    }
    Ok(())
}

#[tokio::test]
async fn two_proposals_for_the_same_words_are_one_card_and_taking_one_puts_the_other_in_conflict() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let signe = enter(&stage, ("Signe Ravnholt", "Lindhøj"), Look::DESKTOP, &meeting).await?;
    let asger = enter(&stage, ("Asger Lund", "Birkeå"), Look::PHONE, &meeting).await?;
    let tine = enter(&stage, ("Tine Dahl", "Klitborg"), Look::DESKTOP, &meeting).await?;
    lead_to(&stage, &meeting, "sent_out").await?;
    become_role(&asger, "commenter").await?;
    become_role(&tine, "commenter").await?;
    let place = section(&signe.shown().await?, 2, 0)?;
    let offer = format!("[data-propose$=':{place}']");
    propose(&asger, &offer, "Udvalget").await?;
    propose(&tine, &offer, "Kredsen").await?;

    let folded = "return document.querySelector('[data-proposal] .fold .for')?.textContent === '2 forslag til de samme ord'";
    signe.wait("that they are alternatives", folded).await?;
    in_text(&signe, "both over the text", "Gruppen,Gruppen", 2).await?;
    check(&signe, "alternatives-folded").await?;
    open_both(&signe).await?;
    let told = "return [...document.querySelectorAll('.rival .state')].map((line) => line.textContent)";
    let expected = json!(["De samme ord som i forslaget fra Klitborg", "De samme ord som i forslaget fra Birkeå"]);
    ensure!(signe.run(told, Vec::new()).await? == expected, "each names the other: {}", signe.run(told, Vec::new()).await?);

    // Tine supports the other one after all, and the others see it.
    open_both(&tine).await?;
    ensure!(
        tine.run("return document.querySelectorAll('[data-action=support]').length", Vec::new()).await? == json!(1),
        "nobody supports their own"
    );
    tine.click("[data-action=support]").await?;
    for window in [&signe, &asger] {
        open_both(window).await?;
        window
            .wait("who supports it", "return document.querySelector('.supported summary')?.textContent === 'Støttes af 1: Klitborg'")
            .await?;
    }
    asger.click(".supported summary").await?;
    asger.wait("the name behind it", "return document.querySelector('.supported li')?.checkVisibility() && document.querySelector('.supported li').textContent === 'Klitborg, Tine Dahl'").await?;
    check(&signe, "alternatives").await?;
    check(&asger, "alternatives-phone").await?;
    tine.click("[data-action=unsupport]").await?;
    signe.wait("nobody any more", "return document.querySelector('.supported') === null").await?;

    let first = "[data-proposal] .rival:nth-of-type(1) [data-action=accept]";
    signe.click(first).await?;
    for window in [&signe, &asger, &tine] {
        window.wait("the words that were taken", &format!("{}.startsWith('Udvalget har')", line(place.as_str()))).await?;
        window.wait("two cards", "return document.querySelectorAll('[data-proposal]').length === 2").await?;
        in_text(window, "nothing over the text", "", 0).await?;
    }
    signe.run("document.querySelector('[data-proposal] .fold')?.click()", Vec::new()).await?;
    signe
        .run(
            "[...document.querySelectorAll('[data-proposal] .fold')].find((card) => card.textContent.includes('Klitborg'))?.click()",
            Vec::new(),
        )
        .await?;
    signe
        .wait(
            "what stands there instead",
            "return document.querySelector('[data-action=go]')?.textContent === 'Forslaget fra Birkeå er indarbejdet her'",
        )
        .await?;
    check(&signe, "alternatives-conflict").await?;
    signe.click("[data-action=go]").await?;
    signe
        .wait("the one that was taken", "return document.querySelector('[data-proposal].on')?.textContent.includes('Indarbejdet af Signe')")
        .await?;

    // Taken back, both are open; what is refused is nobody's rival.
    signe.click("[data-proposal].on [data-action=revoke]").await?;
    open_both(&signe).await?;
    signe.click("[data-proposal] .rival:nth-of-type(1) [data-action=reject]").await?;
    for window in [&signe, &tine] {
        window.wait("two cards", "return document.querySelectorAll('[data-proposal]').length === 2").await?;
        window.wait("no rival", "return !document.body.textContent.includes('De samme ord som')").await?;
        in_text(window, "the other one over the text", "Gruppen", 1).await?;
        ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    }
    Ok(())
}

#[tokio::test]
async fn the_copy_has_buttons_and_keeps_its_reason_and_proposals_can_be_hidden_from_the_text() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let signe = enter(&stage, ("Signe Ravnholt", "Lindhøj"), Look::DESKTOP, &meeting).await?;
    let asger = enter(&stage, ("Asger Lund", "Birkeå"), Look::PHONE, &meeting).await?;
    lead_to(&stage, &meeting, "sent_out").await?;
    become_role(&asger, "commenter").await?;
    let place = section(&signe.shown().await?, 2, 0)?;
    let offer = format!("[data-propose$=':{place}']");
    // Where a card stands below, it gives way to a copy that grows.
    let item = signe.shown().await?.items[3].id.clone();
    let thread = json!({ "item": item, "comment": { "id": "c-below", "body": "Nedenfor." } });
    let put = stage.server.http().put(stage.server.url(&format!("/api/meetings/{}/threads/t-below", meeting.meeting)));
    put.json(&thread).send().await?.error_for_status()?;
    open_copy(&signe, &offer).await?;
    signe.strike("Control+End").await?;
    for word in ["En.", "To.", "Tre.", "Fire."] {
        signe.strike("Enter").await?;
        signe.write(word).await?;
    }
    let apart =
        "const [copy, below] = ['[data-proposal]', '[data-thread]'].map((card) => document.querySelector(card)?.getBoundingClientRect());
        return copy && below && copy.height > 240 && below.top >= copy.bottom - 1";
    signe.wait("the card below it out of its way", apart).await?;
    signe.click("[data-proposal] [data-action=cancel]").await?;
    open_copy(&asger, &offer).await?;
    asger.strike("Control+Home").await?;
    asger.strike("Control+Shift+ArrowRight").await?;
    asger.click(".copy-tools [data-command=bold]").await?;
    let bold = "return [document.querySelector('.draft strong, .draft b')?.textContent.trim(), document.activeElement.matches('.draft'),
        document.querySelector('.copy-tools [data-command=bold]').getAttribute('aria-pressed')]";
    asger
        .wait("the word in bold", &format!("{} === '[\"Gruppen\",true,\"true\"]'", bold.replace("return ", "return JSON.stringify(") + ")"))
        .await?;
    // By keyboard: the buttons stand before the text, arrows move in them, Enter presses, and the text is where one goes on.
    asger.strike("Shift+Tab").await?;
    asger.wait("the first button", "return document.activeElement.dataset.command === 'bold'").await?;
    asger.strike("ArrowRight Enter").await?;
    asger.wait("italic as well", "return document.querySelector('.draft em, .draft i')?.textContent.trim() === 'Gruppen' && document.activeElement.matches('.draft')").await?;
    asger.strike("Control+End").await?;
    asger.write(" Det er nok.").await?;
    asger.click(".write .kicker textarea").await?;
    asger.write("Fordi der er få.").await?;
    check(&asger, "copy-phone").await?;
    asger.reload().await?;
    asger.wait_ready().await?;
    open_copy(&asger, &offer).await?;
    let kept = "return [document.querySelector('.write .kicker textarea').value, document.querySelector('.draft').textContent]";
    ensure!(
        asger.run(kept, Vec::new()).await? == json!(["Fordi der er få.", "Gruppen har mødtes to gange. Det er nok."]),
        "{}",
        asger.run(kept, Vec::new()).await?
    );
    asger.click("[data-proposal] [data-action=send]").await?;
    signe.run("document.querySelector('[data-proposal] .fold')?.click()", Vec::new()).await?;
    signe.wait("the reason", "document.querySelector('[data-proposal] .fold')?.click(); return document.querySelector('[data-proposal].on .say')?.textContent.includes('Fordi der er få.')").await?;

    in_text(&signe, "what comes at its end", "", 1).await?;
    let caret = signe
        .run("const mark = document.querySelector('.proposed-ins'); return mark.closest('[contenteditable], [data-field]')", Vec::new())
        .await?;
    ensure!(caret == Value::Null, "nothing of it is in the text");
    signe.click(BAR_MENU).await?;
    let entry = |label: &str| {
        format!(
            "const entry = [...document.querySelectorAll('.menu-list:popover-open .entry')].find((entry) => entry.textContent === '{label}');"
        )
    };
    signe.wait("the switch", &format!("{} return entry !== undefined", entry("Skjul forslag i teksten"))).await?;
    signe.run(&format!("{} entry.click()", entry("Skjul forslag i teksten")), Vec::new()).await?;
    in_text(&signe, "nothing over the text", "", 0).await?;
    signe.reload().await?;
    signe.wait_ready().await?;
    signe.wait("the card", "return document.querySelector('[data-proposal]') !== null").await?;
    in_text(&signe, "nothing over the text still", "", 0).await?;
    signe.click(BAR_MENU).await?;
    signe.wait("the switch back", &format!("{} return entry !== undefined", entry("Vis forslag i teksten"))).await?;
    signe.run(&format!("{} entry.click()", entry("Vis forslag i teksten")), Vec::new()).await?;
    in_text(&signe, "it over the text again", "", 1).await?;
    // Others write above it: the mark stays at its place, and follows.
    let tops = "const line = document.querySelector(\"[data-section-id='ID'] [data-line]\").getBoundingClientRect(); const mark = document.querySelector('.proposed-ins')?.getBoundingClientRect();
        return mark && mark.bottom > line.top && mark.top < line.bottom && Math.abs(mark.left - line.left) > 40";
    signe.wait("the mark at its line", &tops.replace("ID", place.as_str())).await?;
    let above = section(&signe.shown().await?, 1, 0)?;
    signe.type_at(&above, 0, "Mere. ").await?;
    signe.strike("Enter Enter").await?;
    signe.wait("the mark at its line still", &tops.replace("ID", place.as_str())).await?;
    for window in [&signe, &asger] {
        ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    }
    Ok(())
}
