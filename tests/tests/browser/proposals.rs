//! Changed wording: a director proposes on a phone while the secretariat writes in the same section; it takes one part, refuses another and undoes.

use anyhow::{Result, ensure};
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::fixture;
use serde_json::{Value, json};

use super::accessibility::check;
use super::phases::lead_to;
use super::positions::enter;
use super::section;

/// The first line of a section.
pub(super) fn line(section: &str) -> String {
    format!("return document.querySelector(\"[data-section-id='{section}'] [data-line]\")?.textContent.replaceAll('\\u00a0', ' ')")
}

pub(super) async fn become_role(window: &Window, role: &str) -> Result<()> {
    let ask = format!(
        "const done = arguments[arguments.length - 1];
         fetch('/api/me/role', {{ method: 'POST', headers: {{ 'content-type': 'application/json' }}, body: '{{\"role\":\"{role}\"}}' }})
             .then((answer) => done(answer.status));"
    );
    let status = window.run_async(&ask).await?;
    ensure!(status == json!(204) || status == json!(200), "{status}");
    window.reload().await?;
    window.wait_ready().await
}

/// Opens the copy of a text by its offer.
pub(super) async fn open_copy(window: &Window, offer: &str) -> Result<()> {
    window.wait("the offer", &format!("return document.querySelector({offer:?})?.checkVisibility()")).await?;
    window.run("document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })", vec![json!(offer)]).await?;
    window.click(offer).await?;
    window.wait("the copy with the caret in it", "return document.activeElement.matches('.draft')").await.map(drop)
}

/// Opens the card of a proposal, which has two parts.
pub(super) async fn open_card(window: &Window) -> Result<()> {
    window.wait("the card", "return document.querySelector('[data-proposal] .fold, [data-proposal].on')").await?;
    if window.run("return document.querySelector('[data-proposal] .fold') !== null", Vec::new()).await? == json!(true) {
        window.run("document.querySelector('[data-proposal] .fold').click()", Vec::new()).await?;
    }
    window.wait("its parts", "return document.querySelectorAll('[data-proposal].on .place').length === 2").await.map(drop)
}

/// Presses what is done with a part of a proposal.
pub(super) async fn press(window: &Window, place: u32, action: &str) -> Result<()> {
    window.click(&format!("[data-proposal] [data-part='{place}'] [data-action={action}]")).await
}

#[tokio::test]
async fn a_director_proposes_on_a_phone_while_the_secretariat_writes_and_decides() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let secretariat = enter(&stage, ("Signe Ravnholt", "Lindhøj"), Look::DESKTOP, &meeting).await?;
    let director = enter(&stage, ("Asger Lund", "Birkeå"), Look::PHONE, &meeting).await?;
    lead_to(&stage, &meeting, "sent_out").await?;
    become_role(&director, "commenter").await?;

    let place = section(&director.shown().await?, 2, 0)?;
    let offer = format!("[data-propose$=':{place}']");
    open_copy(&director, &offer).await?;
    director.strike("Control+Home").await?;
    director.write("Alle 12 kommuner: ").await?;
    // A page that is loaded anew has what was written.
    director.reload().await?;
    director.wait_ready().await?;
    open_copy(&director, &offer).await?;
    let kept = director.run("return document.querySelector('.draft').textContent", Vec::new()).await?;
    ensure!(kept.to_string().contains("Alle 12 kommuner: Gruppen"), "{kept}");
    // Others write in the same section meanwhile, and nothing of theirs is in the copy.
    let before = secretariat.run(&line(place.as_str()), Vec::new()).await?.as_str().unwrap_or_default().to_owned();
    let middle = u32::try_from(before.find("mødtes").unwrap_or(0))?;
    secretariat.type_at(&place, middle, "altid ").await?;
    director.strike("Control+End").await?;
    director.write(" Den evalueres.").await?;
    director.click("[data-proposal] [data-action=send]").await?;

    open_card(&secretariat).await?;
    let words = "return [...document.querySelectorAll('[data-proposal].on .place ins')].map((word) => word.textContent)";
    let inserted = secretariat.run(words, Vec::new()).await?;
    ensure!(inserted == json!(["indsat: Alle 12 kommuner: ", "indsat:  Den evalueres."]), "{inserted}");
    check(&secretariat, "proposal").await?;
    open_card(&director).await?;
    ensure!(
        director.run("return document.querySelector('.place [data-action=accept]')", Vec::new()).await? == Value::Null,
        "no button that is refused"
    );

    press(&secretariat, 0, "accept").await?;
    for window in [&secretariat, &director] {
        window.wait("the words that were taken", &format!("{}.startsWith('Alle 12 kommuner: Gruppen')", line(place.as_str()))).await?;
        window
            .wait(
                "who took them",
                "return document.querySelector(\"[data-part='0'] .state\")?.textContent.includes('Indarbejdet af Signe')",
            )
            .await?;
    }
    press(&secretariat, 1, "reject").await?;
    for window in [&secretariat, &director] {
        window
            .wait("what was refused", "return document.querySelector(\"[data-part='1'] .state\")?.textContent.includes('Afvist af Signe')")
            .await?;
    }
    check(&director, "proposal-decided").await?;
    press(&secretariat, 0, "revoke").await?;
    for window in [&secretariat, &director] {
        window.wait("the words as they stood", &format!("{}.startsWith('Gruppen')", line(place.as_str()))).await?;
        window.wait("that it is open again", "return document.querySelector(\"[data-part='0'] .state\") === null").await?;
    }

    // Somebody writes just there: the words decide, with the three texts in view.
    secretariat.type_at(&place, 0, "Hele ").await?;
    secretariat.wait("the conflict", "return document.querySelector(\"[data-part='0'] .three\")?.textContent.includes('Hele')").await?;
    check(&secretariat, "proposal-conflict").await?;
    press(&secretariat, 0, "accept").await?;
    let now = format!("{} === arguments[0]", line(place.as_str()));
    let expected = format!("Alle 12 kommuner: {}", before.replace("mødtes", "altid mødtes"));
    for window in [&secretariat, &director] {
        let shown = now.replace("arguments[0]", &json!(expected).to_string());
        window.wait("the same words in both", &shown).await?;
        ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    }
    ensure!(secretariat.shown().await? == director.shown().await?, "both read the same");
    Ok(())
}
