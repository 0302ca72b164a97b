//! What is told about the server: logs without a word of any document, and figures for Prometheus.

use anyhow::{Context, Result};
use dagsorden_tests::fixture;
use dagsorden_tests::server::{Setup, TestServer};
use dagsorden_tests::sync_client::SyncClient;
use dagsorden_tests::wait::until;

use super::{field, fresh};

const CANARY: &str = "kanariefugl";

fn setting(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[tokio::test]
async fn no_text_of_a_document_and_no_query_is_logged() -> Result<()> {
    let environment = vec![setting("DAGSORDEN_LOG", "trace")];
    let mut server = TestServer::start_with(Setup { environment, ..Setup::default() })?;
    let mut meeting = fixture::meeting();
    meeting.title = format!("Møde om en {CANARY}");
    let created = server.import(&meeting).await?;
    let mut client = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let place = field(client.agenda(), 1, 0)?;
    client.type_at(&place, 0, CANARY).await?;
    client.wait_saved().await?;
    // Refused bytes are not logged either.
    client.send_update(CANARY.as_bytes()).await?;
    client.wait_closed().await?;
    server.http().get(server.url(&format!("/sync/{}?token={CANARY}", created.document))).send().await?;
    server.http().post(server.url("/api/meetings/import")).body(format!("{{\"title\":\"{CANARY}\"")).send().await?;
    assert!(server.terminate()?.success());
    let log = server.whole_log()?;
    assert!(log.contains("update refused") && log.contains("request{"), "it logs too little to say anything: {log}");
    let line = log.lines().find(|line| line.contains(CANARY));
    assert_eq!(line, None);
    Ok(())
}

#[tokio::test]
async fn figures_are_told_on_an_address_of_their_own() -> Result<()> {
    let environment = vec![setting("DAGSORDEN_METRICS", "127.0.0.1:0")];
    let server = TestServer::start_with(Setup { environment, ..Setup::default() })?;
    let log = server.whole_log()?;
    let address = log.lines().find_map(|line| line.split_once("figures on ")).context("it did not say where its figures are")?.1;
    let created = server.import(&fixture::meeting()).await?;
    let mut client = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let place = field(client.agenda(), 1, 0)?;
    client.type_at(&place, 0, CANARY).await?;
    client.wait_saved().await?;
    let mut refused = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    refused.send_update(CANARY.as_bytes()).await?;
    refused.wait_closed().await?;
    let figures = until("the figures", async || {
        let figures = server.http().get(address).send().await?.text().await?;
        Ok(figures.contains("\ndagsorden_connections 1\n").then_some(figures))
    })
    .await?;
    for name in [
        "dagsorden_updates_refused_total{code=\"malformed\"} 1",
        "dagsorden_rooms 1",
        "dagsorden_updates_total",
        "dagsorden_commit_seconds_bucket",
        "dagsorden_frames_sent_total",
    ] {
        assert!(figures.contains(name), "no {name} in {figures}");
    }
    assert!(!figures.contains(CANARY) && !figures.contains(created.document.as_str()));
    let public = server.http().get(server.url("/metrics")).send().await?;
    assert_eq!(public.status(), reqwest::StatusCode::NOT_FOUND);
    Ok(())
}
