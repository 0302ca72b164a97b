//! An item that lives in a document of its own is like any other on the page, also while it moves there and back.

use anyhow::{Context, Result, ensure};
use dagsorden_shared::agenda::{Agenda, ItemSnapshot};
use dagsorden_shared::api::Created;
use dagsorden_shared::id::{DocumentId, ItemId};
use dagsorden_tests::browser::{Stage, Window};
use dagsorden_tests::fixture;
use dagsorden_tests::proxy::Proxy;
use dagsorden_tests::wait::until;
use dagsorden_tests::wire::Wire;

use super::{assert_all_show_the_same, item, section};

/// A meeting on a server that moves items when the test says so.
struct Moving {
    stage: Stage,
    meeting: Created,
}

impl Moving {
    async fn set() -> Result<Self> {
        let stage = Stage::set_here().await?;
        let meeting = stage.import(&fixture::meeting()).await?;
        Ok(Self { stage, meeting })
    }

    async fn out(&self, item: &ItemId, own: &str) -> Result<DocumentId> {
        let own: DocumentId = own.parse()?;
        self.stage.server.registry()?.move_out(&self.meeting.document, item, own.clone()).await?;
        Ok(own)
    }

    async fn back(&self, item: &ItemId) -> Result<()> {
        Ok(self.stage.server.registry()?.move_back(&self.meeting.document, item).await?)
    }

    /// The words of an item as the server has them in a document of its own.
    async fn words(&self, own: &DocumentId) -> Result<ItemSnapshot> {
        self.stage.server.registry()?.read(own, Agenda::only_item).await?.context("the document holds an item")
    }
}

/// The first line of a section as a window shows it.
async fn line(window: &Window, item: usize, place: usize) -> Result<String> {
    Ok(window.shown().await?.items[item].sections[place].1[0].clone())
}

async fn wait_line(window: &Window, item: usize, place: usize, wanted: &str) -> Result<()> {
    let shown = until(&format!("{wanted:?}"), async || Ok(line(window, item, place).await?.starts_with(wanted).then_some(()))).await;
    shown.with_context(|| format!("in section {place} of item {item}"))
}

const KREDSEN: &str = "Kredsen drøftede i efteråret en fælles vagtordning.";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_write_in_an_item_before_while_and_after_it_moves_out_and_back() -> Result<()> {
    let moving = Moving::set().await?;
    let (stage, meeting) = (&moving.stage, &moving.meeting);
    // His network refuses websockets: the documents share an event stream.
    let proxy = Proxy::to(stage.server.address()).await?;
    let (anna, bo) = (stage.window("Anna", meeting).await?, stage.window_by(proxy.address(), "Bo", meeting).await?);
    let before = anna.shown().await?;
    let (moved, hers, his, other) = (item(&before, 1)?, section(&before, 1, 0)?, section(&before, 1, 1)?, section(&before, 0, 0)?);
    anna.type_at(&hers, 0, "før: ").await?;
    bo.type_at(&his, 0, "også før: ").await?;
    bo.wait_text("før: Kredsen").await?;
    anna.wait_text("også før: ").await?;
    for window in [&anna, &bo] {
        window.wait_saved().await?;
    }

    let own = moving.out(&moved, "own1").await?;
    // Typed at once: wherever the page stands in following the item, no letter is lost.
    anna.type_at(&hers, 0, "x").await?;
    bo.wait_text("xfør: Kredsen").await?;
    bo.wait("the caret of the other in the item", "return document.querySelector('[data-peer-caret]') !== null").await?;
    bo.type_at(&his, 0, "ude: ").await?;
    anna.wait_text("ude: også før: ").await?;
    for window in [&anna, &bo] {
        window.wait_saved().await?;
    }
    let words = moving.words(&own).await?;
    ensure!(words.sections[0].body.text().starts_with("xfør: Kredsen"), "what is saved is there: {words:?}");
    ensure!(words.sections[1].body.text().starts_with("ude: også før: "), "{words:?}");

    // One history over both documents, in the order of time.
    anna.type_at(&other, 0, "et ").await?;
    anna.type_at(&hers, 0, "to ").await?;
    anna.type_at(&other, 0, "tre ").await?;
    wait_line(&anna, 0, 0, "tre et at dagsordenen").await?;
    for (first, second) in [("et at dagsordenen", "to xfør: "), ("et at dagsordenen", "xfør: "), ("at dagsordenen", "xfør: ")] {
        anna.editor("undo", Vec::new()).await?;
        wait_line(&anna, 0, 0, first).await?;
        wait_line(&anna, 1, 0, second).await?;
    }
    for (first, second) in [("et at dagsordenen", "xfør: "), ("et at dagsordenen", "to xfør: "), ("tre et at dagsordenen", "to xfør: ")]
    {
        anna.editor("redo", Vec::new()).await?;
        wait_line(&anna, 0, 0, first).await?;
        wait_line(&anna, 1, 0, second).await?;
    }
    bo.wait_text("to xfør: ").await?;

    // A page that opens now shows the item like any other, and writes in it.
    anna.reload().await?;
    anna.wait_ready().await?;
    wait_line(&anna, 1, 0, "to xfør: Kredsen").await?;
    anna.type_at(&hers, 0, "genindlæst ").await?;
    bo.wait_text("genindlæst to xfør: ").await?;
    anna.wait_saved().await?;
    bo.wait_saved().await?;

    moving.back(&moved).await?;
    bo.type_at(&his, 0, "y").await?;
    anna.wait_text("yude: også før: ").await?;
    anna.type_at(&hers, 0, "hjemme ").await?;
    let shown = assert_all_show_the_same(stage, meeting, &[&anna, &bo]).await?;
    let lines = [0, 1].map(|place| shown.items[1].sections[place].1[0].clone());
    ensure!(lines[0] == format!("hjemme genindlæst to xfør: {KREDSEN}"), "{lines:?}");
    ensure!(lines[1].starts_with("yude: også før: at ordningen"), "{lines:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_typed_while_an_item_moves_is_in_the_text_or_offered_to_be_copied() -> Result<()> {
    let moving = Moving::set().await?;
    let (stage, meeting) = (&moving.stage, &moving.meeting);
    let bo = stage.window("Bo", meeting).await?;
    let shown = bo.shown().await?;
    let (moved, place) = (item(&shown, 1)?, section(&shown, 1, 0)?);
    for round in 0..6 {
        let word = format!("ord{round} ");
        bo.put_caret(&place, 0).await?;
        let own = format!("own{round}");
        let (pressed, moved) = tokio::join!(bo.press(word.as_str()), async {
            if round % 2 == 0 { moving.out(&moved, &own).await.map(drop) } else { moving.back(&moved).await }
        });
        pressed?;
        moved?;
        let settled = "const state = document.querySelector('.saved').dataset.state; return state === 'saved' || document.querySelector('.note') !== null";
        bo.wait("all to be saved or offered", settled).await?;
        let offered =
            bo.run("return [...document.querySelectorAll('.note .kept')].map((note) => note.textContent).join('\\n')", Vec::new()).await?;
        let detail = stage.server.registry()?.meeting(&meeting.document).await?;
        let text = detail.items[1].sections[0].body.text() + offered.as_str().unwrap_or_default();
        let letters = |text: &str, letter: char| text.chars().filter(|other| *other == letter).count();
        let digit = char::from_digit(round, 10).context("a digit")?;
        ensure!(letters(&text, digit) > 0 && text.contains("ord"), "round {round}: {text:?}");
        if offered != "" {
            // What was refused ends the page, or is said beside the text that goes on.
            bo.reload().await?;
            bo.wait_ready().await?;
        }
    }
    assert_all_show_the_same(stage, meeting, &[&bo]).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_in_a_document_of_its_own_is_written_without_a_connection_over_a_reload() -> Result<()> {
    let moving = Moving::set().await?;
    let (stage, meeting) = (&moving.stage, &moving.meeting);
    let wire = Wire::to(stage.server.address()).await?;
    let away = stage.window_by(wire.address(), "Anna", meeting).await?;
    let here = stage.window("Bo", meeting).await?;
    let before = away.shown().await?;
    let (moved, hers, his) = (item(&before, 1)?, section(&before, 1, 0)?, section(&before, 1, 1)?);
    let own = moving.out(&moved, "own1").await?;
    away.type_at(&hers, 0, "Gemt: ").await?;
    here.wait_text("Gemt: ").await?;
    away.wait_saved().await?;
    until("the page to be kept on the device", async || Ok((away.run_async(super::offline::KEPT).await? == true).then_some(()))).await?;

    wire.cut();
    away.wait_offline().await?;
    away.type_at(&hers, 6, "uden net, ").await?;
    away.wait("how many changes wait", "return /\\d/.test(document.querySelector('.saved').textContent)").await?;
    here.type_at(&his, 0, "imens: ").await?;
    here.wait_saved().await?;
    away.reload().await?;
    away.wait_text("Gemt: uden net, ").await?;
    away.wait_offline().await?;
    away.type_at(&hers, 16, "og efter genindlæsning, ").await?;
    away.wait_text("genindlæsning, Kredsen").await?;
    wire.mend();
    here.wait_text("Gemt: uden net, og efter genindlæsning, ").await?;
    away.wait_text("imens: ").await?;
    away.wait_saved().await?;
    let words = moving.words(&own).await?;
    ensure!(words.sections[0].body.text().starts_with("Gemt: uden net, og efter genindlæsning, Kredsen"), "{words:?}");

    // It moves back while she is away: what she wrote there is offered to be copied, and the text goes on.
    wire.cut();
    away.wait_offline().await?;
    away.type_at(&hers, 0, "for sent: ").await?;
    away.wait_text("for sent: Gemt: ").await?;
    moving.back(&moved).await?;
    wire.mend();
    away.wait("her words to be offered", "return document.querySelector('.note .kept')?.textContent.includes('for sent: Gemt: ')").await?;
    away.wait_saved().await?;
    ensure!(!here.shown().await?.text().contains("for sent"), "what was refused is in no text");
    away.type_at(&hers, 0, "igen: ").await?;
    here.wait_text("igen: Gemt: ").await?;
    away.click(".note [data-action=dismiss]").await?;
    away.wait("the note to be gone", "return document.querySelector('.note') === null").await?;
    assert_all_show_the_same(stage, meeting, &[&away, &here]).await?;

    // It moves out while she is away: her words are offered, also after a reload.
    wire.cut();
    away.wait_offline().await?;
    away.type_at(&hers, 0, "også sent: ").await?;
    away.wait_text("også sent: igen: ").await?;
    moving.out(&moved, "own2").await?;
    wire.mend();
    let offered = "return document.querySelector('.note .kept')?.textContent.includes('også sent: igen: ')";
    away.wait("her words to be offered", offered).await?;
    away.wait_saved().await?;
    away.reload().await?;
    away.wait_ready().await?;
    away.wait("her words to be offered after the reload", offered).await?;
    wait_line(&away, 1, 0, "igen: Gemt: ").await?;
    away.type_at(&hers, 0, "til sidst: ").await?;
    here.wait_text("til sidst: igen: ").await?;
    away.wait_saved().await?;
    Ok(())
}
