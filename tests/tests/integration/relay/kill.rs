//! The server ends as in a power cut, again and again, while people write.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use dagsorden_shared::agenda::Field;
use dagsorden_shared::api::Created;
use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_tests::fixture;
use dagsorden_tests::load::size;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::{Heard, SyncClient};
use dagsorden_tests::wait::{PATIENCE, in_time};
use tokio::sync::Notify;
use tokio::task::LocalSet;

use super::{field, fresh, text};

/// Messages a writer sends ahead of what is said to be stored.
const AHEAD: usize = 4;

/// How many kills, and under how many writers.
#[derive(Clone, Copy)]
struct Extent {
    meetings: usize,
    /// Kills of each meeting: enough for its log to grow over several lives of the server.
    rounds: usize,
    writers: usize,
    /// What a start may take. The modest one is of a server that is not optimised, among other tests.
    start: Duration,
}

/// Words that the server has said to be stored.
#[derive(Default)]
struct Acknowledged {
    words: RefCell<BTreeSet<String>>,
    more: Notify,
}

/// Writes words until the connection ends, and keeps those that were acknowledged.
async fn write(mut client: SyncClient, place: Field, name: String, acknowledged: Rc<Acknowledged>) -> Result<()> {
    let mut waiting: BTreeMap<u64, String> = BTreeMap::new();
    let mut last = String::new();
    for number in 0.. {
        let word = format!("{name}n{number};");
        // Behind one's own last word, as people write.
        let before = text(client.agenda(), &place);
        let end = before.find(&last).context("one's own word is gone")? + last.len();
        if client.type_at(&place, utf16_len(&before[..end]), &word).await.is_err() {
            return Ok(());
        }
        last.clone_from(&word);
        waiting.insert(client.sent(), word);
        // In turns: where the server is quick one writer would have words enough for the round before the others have begun.
        tokio::task::yield_now().await;
        while waiting.len() >= AHEAD {
            match client.hear().await? {
                Heard::Saved(count) => {
                    let later = waiting.split_off(&(count + 1));
                    acknowledged.words.borrow_mut().extend(std::mem::replace(&mut waiting, later).into_values());
                    acknowledged.more.notify_one();
                }
                Heard::Closed(_) => return Ok(()),
                _ => {}
            }
        }
    }
    Ok(())
}

/// One round: everybody writes until `enough` more words are acknowledged, then the server is gone.
async fn round(server: &mut TestServer, created: &Created, round: usize, count: usize, acknowledged: &Rc<Acknowledged>) -> Result<()> {
    let before = acknowledged.words.borrow().len();
    // A different moment in each round.
    let enough = before + 1 + (round * 37) % 50;
    let mut writers = Vec::new();
    for writer in 0..count {
        let client = SyncClient::connect(server.address(), &created.document, fresh()).await?;
        let place = field(client.agenda(), 1, 0)?;
        writers.push(tokio::task::spawn_local(write(client, place, format!("r{round}w{writer}"), Rc::clone(acknowledged))));
    }
    in_time("acknowledged words", async {
        while acknowledged.words.borrow().len() < enough {
            acknowledged.more.notified().await;
        }
    })
    .await?;
    server.kill9()?;
    for writer in writers {
        in_time("a writer to see the end", writer).await???;
    }
    ensure!(acknowledged.words.borrow().len() > before, "nothing was acknowledged in round {round}");
    Ok(())
}

/// All acknowledged words are stored, and no word twice. A fresh replica looks: those of the writers would bring back what the server had lost.
async fn check(server: &TestServer, created: &Created, acknowledged: &Acknowledged) -> Result<()> {
    let fresh = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let stored = text(fresh.agenda(), &field(fresh.agenda(), 1, 0)?);
    let mut once = BTreeSet::new();
    let twice: Vec<_> = stored.split_inclusive(';').filter(|word| word.ends_with(';') && !once.insert(*word)).collect();
    ensure!(twice.is_empty(), "stored twice: {twice:?}");
    let words = acknowledged.words.borrow();
    let lost: Vec<_> = words.iter().filter(|word| !once.contains(word.as_str())).collect();
    ensure!(lost.is_empty(), "lost {} of {} acknowledged words: {lost:?}", lost.len(), words.len());
    Ok(())
}

#[tokio::test]
async fn kills_under_writers_lose_no_acknowledged_word_and_double_none() -> Result<()> {
    let extent = size(
        Extent { meetings: 5, rounds: 5, writers: 10, start: PATIENCE },
        Extent { meetings: 25, rounds: 20, writers: 20, start: Duration::from_secs(2) },
    );
    let everything = async {
        let mut server = TestServer::start()?;
        let mut finished = Vec::new();
        let mut slowest = Duration::ZERO;
        for _ in 0..extent.meetings {
            let created = server.import(&fixture::meeting()).await?;
            let acknowledged: Rc<Acknowledged> = Rc::default();
            for number in 0..extent.rounds {
                round(&mut server, &created, number, extent.writers, &acknowledged).await?;
                let killed = Instant::now();
                server.restart().with_context(|| format!("after the kill of round {number}"))?;
                slowest = slowest.max(killed.elapsed());
                check(&server, &created, &acknowledged).await.with_context(|| format!("round {number}"))?;
            }
            let words = acknowledged.words.borrow().len();
            eprintln!("{} kills of meeting {}: {words} words acknowledged, all there", extent.rounds, finished.len() + 1);
            finished.push((created, acknowledged));
        }
        let mut words = 0;
        for (created, acknowledged) in finished {
            check(&server, &created, &acknowledged).await.context("at the very end")?;
            words += acknowledged.words.borrow().len();
        }
        let Extent { meetings, rounds, writers, start } = extent;
        eprintln!(
            "{} kills under {writers} writers: {words} words acknowledged, none lost, none stored twice; slowest start {} ms",
            meetings * rounds,
            slowest.as_millis()
        );
        ensure!(slowest < start, "a start took {slowest:?}");
        Ok(())
    };
    LocalSet::new().run_until(everything).await
}

#[tokio::test]
async fn a_server_that_is_asked_to_end_stores_all_and_ends_well() -> Result<()> {
    let mut server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let mut one = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let place = field(one.agenda(), 1, 1)?;
    one.append(&place, " til sidst").await?;
    one.wait_saved().await?;
    let ended = server.terminate()?;
    assert!(ended.success(), "SIGTERM drains and exits 0, not {ended}");
    let code = one.wait_closed().await?;
    assert!(code.is_none_or(dagsorden_shared::protocol::close_code::may_return), "clients may come back after a restart, not {code:?}");
    server.restart()?;
    let two = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    assert!(text(two.agenda(), &place).contains(" til sidst"));
    Ok(())
}
