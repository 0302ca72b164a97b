//! What the server says to be stored is on the disk by then: its system calls are traced.

use std::fs;

use anyhow::Result;
use dagsorden_tests::fixture;
use dagsorden_tests::server::{Setup, TestServer};
use dagsorden_tests::sync_client::SyncClient;
use dagsorden_tests::trace;
use dagsorden_tests::wait::until;

use super::{field, fresh};

const UPDATES: u64 = 40;

/// A traced run: one person writes and waits for each `saved`, another looks on. Answers what the trace says.
async fn traced_run(synchronous: Option<&str>) -> Result<Result<u64>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("trace");
    let environment = synchronous.map(|value| ("DAGSORDEN_TEST_SYNCHRONOUS".to_owned(), value.to_owned())).into_iter().collect();
    let mut server = TestServer::start_with(Setup { environment, wrapper: trace::tracer(&file) })?;
    let created = server.import(&fixture::meeting()).await?;
    let mut writer = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let mut reader = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let place = field(writer.agenda(), 1, 0)?;
    for number in 0..UPDATES {
        let word = format!("{number};");
        writer.append(&place, &word).await?;
        writer.wait_saved().await?;
        // Else it may still be on its way to the reader while the next is written to the log.
        reader.wait_until("the word has arrived", |reader| super::text(reader.agenda(), &place).contains(&word)).await?;
    }
    let process = server.process().to_string();
    server.kill9()?;
    let text = until("the end of the trace", async || {
        let text = fs::read_to_string(&file)?;
        let over = text.lines().any(|line| line.starts_with(&process) && line.contains("+++ killed by"));
        Ok(over.then_some(text))
    })
    .await?;
    Ok(trace::check(&trace::read(&text)))
}

#[tokio::test]
async fn no_saved_and_no_broadcast_leaves_before_its_commit_is_on_disk() -> Result<()> {
    let saved = traced_run(None).await??;
    assert!(saved >= UPDATES, "all {UPDATES} updates were said to be saved, not {saved}");
    Ok(())
}

/// The test above can fail: without syncing, the same run is caught.
#[tokio::test]
async fn a_store_that_does_not_sync_is_caught() -> Result<()> {
    assert!(traced_run(Some("OFF")).await?.is_err());
    Ok(())
}
