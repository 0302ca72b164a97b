//! Pages in networks that refuse websockets, from the start or from some moment on: the same frames go over plain HTTP.

use anyhow::{Result, ensure};
use dagsorden_tests::browser::{Stage, Window};
use dagsorden_tests::fixture;
use dagsorden_tests::proxy::{Proxy, Refuses};
use dagsorden_tests::wire::Wire;

use super::{assert_all_show_the_same, section};

/// How many posts of frames this page has made: none while it has a websocket.
const POSTS: &str = "return performance.getEntriesByType('resource').filter(({ name }) => name.includes('/frames/')).length";

/// Whether frames of this page have gone over HTTP.
async fn goes_over_http(window: &Window) -> Result<bool> {
    Ok(window.run(POSTS, Vec::new()).await?.as_u64().is_some_and(|posts| posts > 0))
}

/// Forgets the posts so far.
async fn forget_posts(window: &Window) -> Result<()> {
    window.run("performance.clearResourceTimings()", Vec::new()).await.map(drop)
}

/// Waits until somebody else is in the bar, and their caret in the text.
async fn wait_for_company(window: &Window, name: &str) -> Result<()> {
    let there = format!(
        "return [...document.querySelectorAll('.people .vh')].some((person) => person.textContent.includes('{name}')) \
         && document.querySelector('[data-peer-caret]') !== null"
    );
    window.wait(&format!("{name} and a caret"), &there).await.map(drop)
}

#[tokio::test]
async fn two_write_together_where_one_network_refuses_websockets() -> Result<()> {
    let mut stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let proxy = Proxy::to(stage.server.address()).await?;
    let (anna, bo) = (stage.window_by(proxy.address(), "Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    ensure!(goes_over_http(&anna).await? && !goes_over_http(&bo).await?, "one has no websocket, the other has one");

    let place = section(&anna.shown().await?, 1, 0)?;
    anna.put_caret(&place, 0).await?;
    bo.put_caret(&place, 20).await?;
    wait_for_company(&anna, "Bo").await?;
    wait_for_company(&bo, "Anna").await?;
    for (her_word, his_word) in [("Uden ", "(Bo "), ("sokkel ", "har "), ("her: ", "en) ")] {
        let (hers, his) = tokio::join!(anna.press(her_word), bo.press(his_word));
        hers?;
        his?;
    }
    for window in [&anna, &bo] {
        window.wait_text("Uden sokkel her: ").await?;
        window.wait_text("(Bo har en) ").await?;
        window.wait_saved().await?;
    }

    // The server goes and comes back; both write while it is away.
    stage.server.kill9()?;
    anna.wait_offline().await?;
    bo.wait_offline().await?;
    anna.press("og uden server ").await?;
    bo.press("(han også) ").await?;
    stage.server.restart()?;
    for window in [&anna, &bo] {
        window.wait_text("Uden sokkel her: og uden server ").await?;
        window.wait_text("(Bo har en) (han også) ").await?;
    }
    forget_posts(&anna).await?;
    anna.press("igen ").await?;
    let shown = assert_all_show_the_same(&stage, &meeting, &[&anna, &bo]).await?;
    ensure!(goes_over_http(&anna).await?, "there is still no websocket");
    let line = &shown.items[1].sections[0].1[0];
    assert_eq!(line, "Uden sokkel her: og uden server igen Kredsen drøftede i e(Bo har en) (han også) fteråret en fælles vagtordning.");
    Ok(())
}

#[tokio::test]
async fn a_network_that_begins_to_refuse_websockets_while_one_writes_is_no_hindrance() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let proxy = Proxy::to(stage.server.address()).await?;
    proxy.refuse(Refuses::Nothing);
    let wire = Wire::to(proxy.address()).await?;
    let (anna, bo) = (stage.window_by(wire.address(), "Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    let place = section(&anna.shown().await?, 1, 0)?;
    anna.put_caret(&place, 0).await?;
    anna.press("Først ").await?;
    anna.wait_saved().await?;
    ensure!(!goes_over_http(&anna).await?, "she has a websocket");

    proxy.refuse(Refuses::Upgrades);
    wire.cut();
    anna.wait_offline().await?;
    anna.press("så uden net, ").await?;
    wire.mend();
    bo.wait_text("Først så uden net, ").await?;
    anna.wait_saved().await?;
    ensure!(goes_over_http(&anna).await?, "there is no websocket any more");

    // In the next network it is the other way round.
    proxy.refuse(Refuses::Streams);
    wire.cut();
    anna.wait_offline().await?;
    forget_posts(&anna).await?;
    anna.press("så igen med ").await?;
    wire.mend();
    bo.wait_text("Først så uden net, så igen med ").await?;
    let shown = assert_all_show_the_same(&stage, &meeting, &[&anna, &bo]).await?;
    ensure!(!goes_over_http(&anna).await?, "she has a websocket again");
    ensure!(shown.items[1].sections[0].1[0].starts_with("Først så uden net, så igen med Kredsen"), "{}", shown.text());
    Ok(())
}
