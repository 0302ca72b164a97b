//! Somebody who reads too slowly: spared the single updates, told everything in the end, and no burden to the others.

use std::fs;

use anyhow::{Context, Result};
use dagsorden_shared::agenda::Edit;
use dagsorden_shared::richtext::delta::Delta;
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::SyncClient;
use yrs::{ReadTxn, Transact};

use super::{field, fresh, text};

const ROUNDS: usize = 64;
/// More in all rounds than the buffers of both ends of a connection hold, and less than a document may.
const LENGTH: u32 = 200_000;

/// Memory of the server's process, in bytes.
fn memory(server: &TestServer) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the process has memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}

#[tokio::test]
async fn a_reader_that_stops_for_a_while_ends_with_the_same_text_on_the_same_connection() -> Result<()> {
    let server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let mut writer = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let mut slow = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let place = field(writer.agenda(), 1, 0)?;
    let before = memory(&server)?;
    let mut most = before;
    for round in 0..ROUNDS {
        let word = char::from_digit(u32::try_from(round % 10)?, 10).context("a digit")?;
        writer.type_at(&place, 0, &word.to_string().repeat(LENGTH as usize)).await?;
        writer.edit(&[Edit::Text { field: place.clone(), delta: Delta::new().delete(LENGTH) }]).await?;
        writer.wait_saved().await?;
        most = most.max(memory(&server)?);
    }
    writer.type_at(&place, 0, "Til sidst. ").await?;
    writer.wait_saved().await?;
    let known = |client: &SyncClient| client.agenda().doc().transact().state_vector();
    let all = known(&writer);
    slow.wait_until("it knows all", |slow| known(slow) == all).await?;
    assert_eq!(slow.agenda().snapshot(), writer.agenda().snapshot());
    let grown = (most - before) >> 20;
    assert!(grown < 24, "{grown} MiB more while one did not read {} MiB", (ROUNDS * LENGTH as usize) >> 20);
    slow.type_at(&place, 0, "Også her. ").await?;
    slow.wait_saved().await?;
    writer.wait_until("the slow one writes again", |writer| text(writer.agenda(), &place).starts_with("Også her. ")).await?;
    Ok(())
}
