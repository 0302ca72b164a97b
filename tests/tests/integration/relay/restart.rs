//! A server that is told to stop sends everybody away with a time of their own to come back.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use dagsorden_shared::agenda::{Edit, Origin};
use dagsorden_shared::protocol::close_code;
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use dagsorden_tests::fixture;
use dagsorden_tests::load::size;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::SyncClient;
use futures_util::future::try_join_all;

use super::{field, fresh};

/// Stops a server that has so many connections to each of two documents, and answers when they are to come back, the soonest first.
async fn waits(each: usize) -> Result<BTreeSet<Duration>> {
    let mut server = TestServer::start()?;
    let mut clients = Vec::new();
    for _ in 0..2 {
        let document = server.import(&fixture::meeting()).await?.document;
        clients.extend(try_join_all((0..each).map(|_| SyncClient::connect(server.address(), &document, fresh()))).await?);
    }
    assert!(server.terminate()?.success());
    let mut waits = BTreeSet::new();
    for client in &mut clients {
        assert_eq!(client.wait_closed().await?, Some(close_code::RESTART));
        waits.insert(close_code::return_after(client.reason()).with_context(|| format!("no time in {:?}", client.reason()))?);
    }
    assert_eq!(waits.len(), clients.len(), "each has a time of its own");
    Ok(waits)
}

#[tokio::test]
async fn all_who_are_sent_away_come_back_one_after_the_other_and_a_few_almost_at_once() -> Result<()> {
    let (few, many) = (waits(2).await?, waits(60).await?);
    let window = |waits: &BTreeSet<Duration>| waits.last().zip(waits.first()).map(|(last, first)| *last - *first).context("nobody waits");
    assert!(few.last() < Some(&Duration::from_millis(500)), "{few:?}");
    assert!(window(&many)? > 20 * window(&few)?, "the time grows with the number: {few:?}, {many:?}");
    let gaps = many.iter().zip(many.iter().skip(1)).map(|(one, next)| *next - *one);
    assert!(gaps.max() <= Some(Duration::from_millis(10)), "evenly: {many:?}");
    Ok(())
}

#[tokio::test]
async fn writers_who_come_back_when_they_were_told_are_in_sync_soon() -> Result<()> {
    const IN_A_ROOM: usize = 20;
    let mut server = TestServer::start()?;
    let mut clients = Vec::new();
    for _ in 0..size(100, 2_000) / IN_A_ROOM {
        let document = server.import(&fixture::meeting()).await?.document;
        let come =
            (0..IN_A_ROOM).map(async |_| anyhow::Ok((document.clone(), SyncClient::connect(server.address(), &document, fresh()).await?)));
        clients.extend(try_join_all(come).await?);
    }
    assert!(server.terminate()?.success());
    let mut away = Vec::new();
    for (document, mut client) in clients {
        let code = client.wait_closed().await?;
        let wait = close_code::return_after(client.reason()).with_context(|| format!("{code:?} without a time to come back"))?;
        // While the server is away each writes a word.
        let agenda = client.agenda().clone();
        let delta = Delta::new().insert("borte ", Attributes::new());
        agenda.apply(&[Edit::Text { field: field(&agenda, 1, 0)?, delta }], Origin::Local)?;
        away.push((document, agenda, wait));
    }
    server.restart()?;
    let (start, address, many) = (Instant::now(), server.address(), away.len());
    let back = away.into_iter().map(async |(document, agenda, wait)| {
        tokio::time::sleep(wait).await;
        let mut client = SyncClient::connect_with(address, &document, agenda).await?;
        client.wait_saved().await?;
        anyhow::Ok(client)
    });
    let mut clients = try_join_all(back).await?;
    let taken = start.elapsed();
    for room in clients.chunks_mut(IN_A_ROOM) {
        let place = field(room[0].agenda(), 1, 0)?;
        for client in room {
            let words = |client: &SyncClient| super::text(client.agenda(), &place).matches("borte ").count();
            client.wait_until("everybody's word", |client| words(client) == IN_A_ROOM).await?;
        }
    }
    eprintln!("{many} writers were back in sync after {} ms", taken.as_millis());
    assert!(taken < Duration::from_secs(30), "{taken:?}");
    Ok(())
}
