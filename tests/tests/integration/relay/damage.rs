//! Disks that fail and files that are damaged: what was said to be stored stays, and what is broken is named.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};
use dagsorden::store::{FILE, Store};
use dagsorden_shared::api::Created;
use dagsorden_shared::protocol::close_code;
use dagsorden_tests::fixture;
use dagsorden_tests::server::{Setup, TestServer, command};
use dagsorden_tests::sync_client::{Heard, SyncClient};
use dagsorden_tests::wait::{in_time, until};

use super::{field, fresh, text};

/// Exit code after the disk has failed.
const DISK_FAILURE: i32 = 74;

/// Writes long words until the connection ends, or until `most` are stored; answers those that were said to be stored.
async fn write(server: &TestServer, created: &Created, name: &str, most: usize) -> Result<BTreeSet<String>> {
    let mut stored = BTreeSet::new();
    // A server that is about to end may not even take the connection.
    let Ok(mut client) = SyncClient::connect(server.address(), &created.document, fresh()).await else { return Ok(stored) };
    let place = field(client.agenda(), 1, 0)?;
    for number in 0..most {
        let word = format!("{name}{number};");
        if client.type_at(&place, 0, &format!("{word}{}", "x".repeat(20_000))).await.is_err() {
            break;
        }
        let sent = client.sent();
        loop {
            match client.hear().await {
                Ok(Heard::Saved(count)) if count == sent => break,
                Ok(Heard::Closed(_)) | Err(_) => return Ok(stored),
                _ => {}
            }
        }
        stored.insert(word);
    }
    Ok(stored)
}

/// A fresh replica finds all these words.
async fn check(server: &TestServer, created: &Created, words: &BTreeSet<String>) -> Result<()> {
    let fresh = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let stored = text(fresh.agenda(), &field(fresh.agenda(), 1, 0)?);
    let lost: Vec<_> = words.iter().filter(|word| !stored.contains(word.as_str())).collect();
    ensure!(lost.is_empty(), "lost of {} stored words: {lost:?}", words.len());
    Ok(())
}

/// Waits until the document has a snapshot on disk.
async fn wait_for_snapshot(server: &TestServer, created: &Created) -> Result<()> {
    let store = Store::open(&server.data())?;
    let found = until("a snapshot on disk", async || Ok(store.load(&created.document).await?.and_then(|loaded| loaded.snapshot))).await;
    store.close().await;
    found.map(drop)
}

#[tokio::test]
async fn a_kill_at_any_point_of_replacing_the_log_loses_nothing() -> Result<()> {
    for point in ["snapshot-verified", "snapshot-stored", "rows-dropped", "snapshot-committed"] {
        let dies = Setup { environment: vec![("DAGSORDEN_TEST_KILL_AT".to_owned(), point.to_owned())], ..Setup::default() };
        let mut server = TestServer::start_with(dies.clone())?;
        let created = server.import(&fixture::meeting()).await?;
        // 14 of these words make the log long enough to be replaced.
        let mut words = write(&server, &created, "a", 40).await?;
        ensure!(!server.ended()?.success() && words.len() > 5, "it died at {point}, after {} words", words.len());
        server.restart_with(Setup::default())?;
        check(&server, &created, &words).await.with_context(|| format!("first snapshot, killed at {point}"))?;
        wait_for_snapshot(&server, &created).await?;
        // The second snapshot is the first that drops anything.
        server.kill9()?;
        server.restart_with(dies)?;
        words.extend(write(&server, &created, "b", 40).await?);
        ensure!(!server.ended()?.success(), "it died at {point} again");
        server.restart_with(Setup::default())?;
        words.extend(write(&server, &created, "c", 2).await?);
        check(&server, &created, &words).await.with_context(|| format!("second snapshot, killed at {point}"))?;
        server.kill9()?;
        server.restart()?;
        check(&server, &created, &words).await.with_context(|| format!("at the end, killed at {point}"))?;
    }
    Ok(())
}

/// Has each sync of the disk fail from the 30th of a thread on.
fn failing_disk() -> Setup {
    let arguments =
        ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "--trace=fdatasync,fsync", "--inject=fdatasync,fsync:error=EIO:when=30+"];
    Setup { wrapper: arguments.map(str::to_owned).to_vec(), ..Setup::default() }
}

#[tokio::test]
async fn a_disk_that_fails_to_sync_stops_the_server_before_anything_more_is_acknowledged() -> Result<()> {
    let mut server = TestServer::start_with(failing_disk())?;
    let created = server.import(&fixture::meeting()).await?;
    let words = in_time("the disk to fail", write(&server, &created, "a", 100)).await??;
    let ended = server.ended()?;
    assert_eq!(ended.code(), Some(DISK_FAILURE), "{ended}, {} words\n{}", words.len(), server.log());
    assert!(server.log().contains("the disk failed while writing"), "{}", server.log());
    assert!(words.len() > 3, "{} words were stored before", words.len());
    server.restart_with(Setup::default())?;
    check(&server, &created, &words).await
}

#[tokio::test]
async fn a_damaged_document_is_named_and_stays_closed_while_others_open() -> Result<()> {
    const MARK: &[u8] = b"her-bliver-beskadiget";
    let mut server = TestServer::start()?;
    let (broken, whole) = (server.import(&fixture::meeting()).await?, server.import(&fixture::meeting()).await?);
    let mut writer = SyncClient::connect(server.address(), &broken.document, fresh()).await?;
    let place = field(writer.agenda(), 1, 0)?;
    writer.type_at(&place, 0, std::str::from_utf8(MARK)?).await?;
    writer.wait_saved().await?;
    server.terminate()?;
    flip_a_bit_of(&server, MARK)?;
    server.restart()?;
    for _ in 0..2 {
        let refused = SyncClient::connect(server.address(), &broken.document, fresh()).await.err().context("it opened")?;
        let refused = format!("{refused:#}");
        assert!(refused.contains(&close_code::DAMAGED.to_string()), "{refused}");
    }
    let log = server.log();
    assert!(log.contains(broken.document.as_str()) && log.contains("the update at revision 2"), "{log}");
    assert!(!log.contains("bliver"), "no text of a document in the log: {log}");
    let answer = server.http().get(server.url(&format!("/api/meetings/{}/export?format=json", broken.meeting))).send().await?;
    let (status, problem) = (answer.status(), answer.text().await?);
    assert!(status == 500 && problem.contains("\"damaged\""), "{status} {problem}");
    let mut other = SyncClient::connect(server.address(), &whole.document, fresh()).await?;
    other.append(&place_of(&other)?, " videre").await?;
    other.wait_saved().await?;
    assert_eq!(server.meetings().await?.len(), 2);
    Ok(())
}

/// Damages the stored bytes where this stands. The server is not running.
fn flip_a_bit_of(server: &TestServer, mark: &[u8]) -> Result<()> {
    let file = server.data().join(FILE);
    let mut bytes = fs::read(&file)?;
    // It stands in the log, and among the words that are searched.
    let places: Vec<usize> = (0..bytes.len().saturating_sub(mark.len())).filter(|at| bytes[*at..].starts_with(mark)).collect();
    ensure!(!places.is_empty(), "the text stands in the file");
    places.into_iter().for_each(|at| bytes[at] ^= 1);
    fs::write(&file, bytes)?;
    Ok(())
}

fn place_of(client: &SyncClient) -> Result<dagsorden_shared::agenda::Field> {
    field(client.agenda(), 1, 1)
}

#[tokio::test]
async fn what_came_before_the_damage_is_taken_out_and_made_a_meeting_of() -> Result<()> {
    const MARK: &[u8] = b"her-bliver-beskadiget";
    let mut server = TestServer::start()?;
    let broken = server.import(&fixture::meeting()).await?;
    let mut writer = SyncClient::connect(server.address(), &broken.document, fresh()).await?;
    let place = field(writer.agenda(), 1, 0)?;
    for words in ["det kan reddes. ", std::str::from_utf8(MARK)?, "det er tabt. "] {
        writer.type_at(&place, 0, words).await?;
        writer.wait_saved().await?;
    }
    server.terminate()?;
    flip_a_bit_of(&server, MARK)?;
    server.restart()?;
    let saved = server.data().join("reddet.json");
    let saved = saved.to_str().context("a path in UTF-8")?;
    let output = command(&server.data(), &["salvage", broken.document.as_str(), "-o", saved])?;
    let said = String::from_utf8(output.stderr)?;
    assert!(output.status.success() && said.contains("up to revision 2 of 4, 2 after it lost"), "{said}");
    let written = fs::read_to_string(saved)?;
    assert!(written.contains("det kan reddes. ") && !written.contains("det er tabt"), "{written}");
    let imported = command(&server.data(), &["import", saved])?;
    let said = String::from_utf8(imported.stdout)?;
    let meeting = said.split_whitespace().nth(1).with_context(|| format!("import said {said:?}"))?;
    // What the command line writes is seen by the running server within half a second.
    let again = until("the meeting that was imported", async || Ok(server.export(meeting).await.ok())).await?;
    assert_eq!(serde_json::to_value(again)?, serde_json::from_str::<serde_json::Value>(&written)?);
    let unknown = command(&server.data(), &["salvage", "findes-ikke"])?;
    assert_eq!(unknown.status.code(), Some(2), "{}", String::from_utf8_lossy(&unknown.stderr));
    Ok(())
}
