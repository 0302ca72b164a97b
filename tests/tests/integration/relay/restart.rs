//! A server that is told to stop sends everybody away with a time of their own to come back.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result};
use dagsorden_shared::protocol::close_code;
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::SyncClient;
use futures_util::future::try_join_all;

use super::fresh;

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
