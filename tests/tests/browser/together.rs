//! Two people in one meeting at the same time.

use anyhow::{Context, Result, ensure};
use dagsorden_shared::id::ItemId;
use dagsorden_tests::browser::{Mouse, Point, Stage, Window};
use dagsorden_tests::fixture;
use dagsorden_tests::wait::until;
use serde_json::json;

use super::{assert_all_show_the_same, item, section};

#[tokio::test]
async fn two_people_type_in_the_same_paragraph() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    let place = section(&anna.shown().await?, 1, 0)?;
    anna.put_caret(&place, 0).await?;
    bo.put_caret(&place, 20).await?;
    // Word by word in turns, so that each types while the other's text arrives around the caret.
    let (hers, his) = (["Som ", "aftalt ", "sidst: "], ["(Bo ", "skriver ", "her) "]);
    for (her_word, his_word) in hers.iter().zip(his) {
        let (anna, bo) = tokio::join!(anna.press(*her_word), bo.press(his_word));
        anna?;
        bo?;
    }
    for window in [&anna, &bo] {
        window.wait_text("Som aftalt sidst: ").await?;
        window.wait_text("(Bo skriver her) ").await?;
    }
    let shown = assert_all_show_the_same(&stage, &meeting, &[&anna, &bo]).await?;
    let line = &shown.items[1].sections[0].1[0];
    assert_eq!(line, "Som aftalt sidst: Kredsen drøftede i e(Bo skriver her) fteråret en fælles vagtordning.");
    Ok(())
}

#[tokio::test]
async fn one_reorders_items_while_the_other_types_in_one() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    let before = anna.shown().await?;
    let (moved, place) = (item(&before, 1)?, section(&before, 1, 0)?);
    bo.put_caret(&place, 0).await?;
    for word in ["mens ", "punktet ", "flytter ", "sig: "] {
        let (anna, bo) = tokio::join!(anna.move_item(&moved, word.len() % 2 == 1 || word == "mens "), bo.press(word));
        anna?;
        bo?;
    }
    // Whatever the moves summed up to, the two agree, and what Bo typed is whole and in the item he typed it in.
    bo.wait_text("mens punktet flytter sig: Kredsen").await?;
    let shown = assert_all_show_the_same(&stage, &meeting, &[&anna, &bo]).await?;
    let after = shown.items.iter().find(|item| item.id == moved.as_str());
    let line = after.map(|item| item.sections[0].1[0].as_str());
    assert_eq!(line, Some("mens punktet flytter sig: Kredsen drøftede i efteråret en fælles vagtordning."));
    // One more, alone, so that a move that does nothing is seen.
    let order = shown.order().into_iter().map(str::to_owned).collect::<Vec<_>>();
    let down = order.first().map(String::as_str) == Some(moved.as_str());
    anna.move_item(&moved, down).await?;
    bo.wait_shown("another order", |shown| shown.order() != order).await?;
    Ok(())
}

/// The middle of an item's entry in the outline.
async fn entry(window: &Window, item: &ItemId) -> Result<Point> {
    let script = format!(
        "const box = document.querySelector('nav.outline .toc li[data-item=\"{item}\"]').getBoundingClientRect(); \
         return [box.left + box.width / 2, box.top + box.height / 2]"
    );
    let place = window.run(&script, Vec::new()).await?;
    Ok(Point { x: place[0].as_f64().context("a place")?, y: place[1].as_f64().context("a place")? })
}

#[tokio::test]
async fn one_drags_an_item_while_the_other_types_in_it() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    let before = anna.shown().await?;
    let (moved, last, place) = (item(&before, 1)?, item(&before, 3)?, section(&before, 1, 0)?);
    bo.put_caret(&place, 0).await?;
    bo.write("mens ").await?;
    let from = entry(&anna, &moved).await?;
    anna.mouse(&[Mouse::To(from), Mouse::Down, Mouse::To(Point { y: from.y + 12.0, ..from })]).await?;
    // Marks of who is where come and go while one drags, and move the entries.
    let marked = format!("return document.querySelector('.toc [data-item=\"{last}\"].drop-after') !== null");
    until("the mark where the item will stand", async || {
        let to = entry(&anna, &last).await?;
        anna.mouse(&[Mouse::To(Point { y: to.y + 6.0, ..to })]).await?;
        Ok((anna.run(&marked, Vec::new()).await? == true).then_some(()))
    })
    .await?;
    let (dropped, typed) = tokio::join!(anna.mouse(&[Mouse::Up]), bo.write("punktet trækkes: "));
    dropped?;
    typed?;
    bo.wait_text("mens punktet trækkes: Kredsen").await?;
    let shown = assert_all_show_the_same(&stage, &meeting, &[&anna, &bo]).await?;
    assert_eq!(shown.order().last(), Some(&moved.as_str()), "the item stands where it was dropped");
    let line = &shown.items[3].sections[0].1[0];
    assert_eq!(line, "mens punktet trækkes: Kredsen drøftede i efteråret en fælles vagtordning.");
    Ok(())
}

#[tokio::test]
async fn the_server_is_killed_in_the_middle_and_started_again() -> Result<()> {
    let mut stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    let before = anna.shown().await?;
    let (hers, his) = (section(&before, 1, 0)?, section(&before, 1, 1)?);
    anna.put_caret(&hers, 0).await?;
    bo.put_caret(&his, 0).await?;
    let mut promised = Vec::new();
    for (round, word) in ["et ", "to ", "tre ", "fire "].into_iter().enumerate() {
        let (one, two) = tokio::join!(anna.press(word), bo.press(word));
        one?;
        two?;
        if round == 0 {
            // Who writes on sees no *Gemt*: once there must be one to hold the server to.
            anna.wait_saved().await?;
            bo.wait_saved().await?;
        }
        // What the page shows as saved now must be there for ever.
        for (window, place) in [(&anna, 0), (&bo, 1)] {
            let (saved, shown) = window.saved_and_shown().await?;
            if saved {
                promised.push((place, shown.items[1].sections[place].1[0].clone()));
            }
        }
        if round == 1 {
            stage.server.kill9()?;
        }
        if round == 2 {
            anna.wait_offline().await?;
            bo.wait_offline().await?;
            stage.server.restart()?;
        }
    }
    let shown = assert_all_show_the_same(&stage, &meeting, &[&anna, &bo]).await?;
    let [mine, theirs] = [0, 1].map(|place| shown.items[1].sections[place].1[0].clone());
    ensure!(mine.starts_with("et to tre fire Kredsen"), "{mine}");
    ensure!(theirs.starts_with("et to tre fire at ordningen"), "{theirs}");
    for (place, line) in promised {
        let typed: String = line.split_inclusive(' ').take_while(|word| ["et ", "to ", "tre ", "fire "].contains(word)).collect();
        ensure!([&mine, &theirs][place].starts_with(&typed), "{typed:?} was shown as saved");
    }
    Ok(())
}

#[tokio::test]
async fn forks_of_two_pages_may_ask_for_the_same_client() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    let place = section(&anna.shown().await?, 1, 0)?;
    for (window, text) in [(&anna, "fra Anna "), (&bo, "fra Bo ")] {
        let fork = window.editor("fork", vec![json!(1)]).await?;
        window.editor("forkApply", vec![fork.clone(), json!(place), json!([{ "insert": text }])]).await?;
        window.editor("merge", vec![fork]).await?;
        for window in [&anna, &bo] {
            window.wait_text(text).await?;
        }
    }
    // The server lets a client id belong to one person, and would end the page of the other.
    let shown = assert_all_show_the_same(&stage, &meeting, &[&anna, &bo]).await?;
    ensure!(shown.text().contains("fra Bo fra Anna Kredsen"), "{}", shown.text());
    Ok(())
}
