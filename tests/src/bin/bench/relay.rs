//! The relay under load: how soon a change is acknowledged, and how many reach everybody.
//!
//! An acknowledgement waits for the disk, so its floor is an append and its fdatasync in the same file system. For the delivery a room is full
//! of writers that always have a few changes under way, and listeners that count what arrives.

use std::cell::Cell;
use std::fmt::{self, Display, Formatter};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use dagsorden_shared::agenda::Field;
use dagsorden_shared::api::Created;
use dagsorden_shared::id::ClientId;
use dagsorden_shared::meeting_json::{ItemJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_shared::protocol::{ClientMessage, ServerMessage};
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::{Heard, SyncClient};
use dagsorden_tests::wait::{in_time, until};
use futures_util::future::try_join_all;
use futures_util::{SinkExt, StreamExt};
use tokio::task::LocalSet;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ReadTxn, StateVector, Transact, Update};

use crate::figures::{Table, median, percentile};

const RUNS: usize = 3;
const ACKNOWLEDGEMENTS: usize = 300;
const CLIENTS: usize = 50;
const WRITERS: usize = 5;
/// Changes that a writer has under way: more than a person's, so that the relay is never idle.
const WINDOW: u64 = 8;
const WRITING: Duration = Duration::from_secs(4);

/// What was measured.
pub(crate) struct Relay {
    acknowledged: Table,
    delivered: f64,
    accepted: f64,
    frames: f64,
}

impl Display for Relay {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "  one writer, one change at a time, milliseconds\n{}", self.acknowledged)?;
        writeln!(formatter, "  one room, {CLIENTS} clients, {WRITERS} of them writing")?;
        write!(
            formatter,
            "  {:.0} updates/s accepted, {:.0} updates/s delivered in {:.0} frames/s",
            self.accepted, self.delivered, self.frames
        )
    }
}

/// Acknowledgements, then deliveries; medians over the runs.
pub(crate) async fn measure(server: &TestServer) -> Result<Relay> {
    let (mut floor, mut acknowledged, mut rates) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let percentiles = |times: &[f64]| [percentile(times, 50.0), percentile(times, 99.0)];
        floor.push(percentiles(&sync_times(&server.data())?));
        acknowledged.push(percentiles(&acknowledgement_times(server).await?));
        rates.push(LocalSet::new().run_until(deliver(server)).await?);
    }
    let middle = |runs: &[[f64; 2]]| (0..2).map(|at| median(&runs.iter().map(|run| run[at]).collect::<Vec<_>>())).collect::<Vec<_>>();
    let mut table = Table::new(&["p50", "p99"], 0);
    table.row("append and fdatasync", middle(&floor));
    table.row("acknowledged", middle(&acknowledged));
    let rate = |read: fn(&Rates) -> f64| median(&rates.iter().map(read).collect::<Vec<_>>());
    Ok(Relay {
        acknowledged: table,
        delivered: rate(|rates| rates.delivered),
        accepted: rate(|rates| rates.accepted),
        frames: rate(|rates| rates.frames),
    })
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

/// What the disk takes for as many bytes as the write-ahead log of a small change.
fn sync_times(folder: &Path) -> Result<Vec<f64>> {
    const PAGES: [u8; 3 * 4_120] = [7; 3 * 4_120];
    let path = folder.join("bench.tmp");
    let mut file = File::create(&path).context("cannot make a file beside the database")?;
    let times = (0..ACKNOWLEDGEMENTS).map(|_| {
        let start = Instant::now();
        file.write_all(&PAGES)?;
        file.sync_data()?;
        Ok(milliseconds(start))
    });
    let times = times.collect::<Result<_>>();
    std::fs::remove_file(&path).context("cannot remove it again")?;
    times
}

/// A meeting with an empty section for each writer.
async fn room(server: &TestServer) -> Result<Created> {
    let section = || SectionJson { kind: SectionKind::Background, ..SectionJson::default() };
    let item = ItemJson { title: "Fælles skrivning".into(), sections: (0..WRITERS).map(|_| section()).collect(), ..ItemJson::default() };
    server.import(&MeetingJson { forum: "Kystkredsen".into(), items: vec![item], ..MeetingJson::default() }).await
}

fn field(client: &SyncClient, place: usize) -> Result<Field> {
    let item = client.agenda().snapshot().items.into_iter().next().context("the meeting has no item")?;
    let section = item.sections.into_iter().nth(place).context("the item has too few sections")?;
    Ok(Field::Section(item.id, section.id))
}

async fn acknowledgement_times(server: &TestServer) -> Result<Vec<f64>> {
    let meeting = room(server).await?;
    let mut client = SyncClient::connect(server.address(), &meeting.document, fixture::client(1)).await?;
    let field = field(&client, 0)?;
    let mut times = Vec::with_capacity(ACKNOWLEDGEMENTS);
    for offset in 0..u32::try_from(ACKNOWLEDGEMENTS)? {
        let start = Instant::now();
        client.type_at(&field, offset, "a").await?;
        client.wait_saved().await?;
        times.push(milliseconds(start));
    }
    Ok(times)
}

/// What one run of the full room gave, each a second.
struct Rates {
    /// Updates committed.
    accepted: f64,
    /// Updates that reached a client, its own included, as the relay sends them to all.
    delivered: f64,
    /// Frames they came in.
    frames: f64,
}

async fn deliver(server: &TestServer) -> Result<Rates> {
    let meeting = room(server).await?;
    let listeners = try_join_all((WRITERS..CLIENTS).map(|_| Listener::connect(server, &meeting))).await?;
    let mut writers = Vec::new();
    for place in 0..WRITERS {
        let id = fixture::client(u64::try_from(place)? + 1);
        let client = SyncClient::connect(server.address(), &meeting.document, id).await?;
        let field = field(&client, place)?;
        writers.push((client, field, id));
    }
    let before: u64 = listeners.iter().map(|listener| listener.frames.get()).sum();
    let start = Instant::now();
    let writers = try_join_all(writers.into_iter().map(|(client, field, id)| write(client, field, id))).await?;
    let updates: u64 = writers.iter().map(|written| written.updates).sum();
    let units: u64 = writers.iter().map(|written| u64::from(written.clock)).sum();
    until("everything to arrive everywhere", async || {
        if let Some(lost) = listeners.iter().find(|listener| listener.task.is_finished()) {
            bail!("a listener was hung up on after {} frames", lost.frames.get());
        }
        Ok(listeners.iter().all(|listener| listener.units.get() >= units).then_some(()))
    })
    .await?;
    let seconds = start.elapsed().as_secs_f64();
    let frames = listeners.iter().map(|listener| listener.frames.get()).sum::<u64>() - before;
    listeners.iter().for_each(|listener| listener.task.abort());
    Ok(Rates {
        accepted: updates as f64 / seconds,
        delivered: (updates * CLIENTS as u64) as f64 / seconds,
        frames: frames as f64 / seconds * CLIENTS as f64 / listeners.len() as f64,
    })
}

/// What a writer has done.
struct Written {
    /// Units of content the writer has ever made.
    clock: u32,
    updates: u64,
}

/// Types for a while, with a few changes under way, and stays until all of them are acknowledged.
async fn write(mut client: SyncClient, field: Field, id: ClientId) -> Result<Written> {
    let start = Instant::now();
    let (mut offset, already) = (0, client.sent());
    while start.elapsed() < WRITING {
        if client.sent() - client.saved() < WINDOW {
            client.type_at(&field, offset, "a").await?;
            offset += 1;
        } else if let Heard::Closed(code) = client.hear().await? {
            bail!("a writer was hung up on with {code:?}");
        }
    }
    let updates = client.sent() - already;
    client.wait_saved().await?;
    let clock = client.agenda().doc().transact().state_vector().get(&yrs::ClientID::new(id.get()));
    Ok(Written { clock, updates })
}

/// A client that counts what arrives, and keeps no document.
struct Listener {
    /// Units of content that arrived in updates.
    units: Rc<Cell<u64>>,
    frames: Rc<Cell<u64>>,
    task: tokio::task::JoinHandle<Result<()>>,
}

impl Listener {
    async fn connect(server: &TestServer, meeting: &Created) -> Result<Self> {
        let address = format!("ws://{}/sync/{}?v=1", server.address(), meeting.document);
        let (mut socket, _) = in_time("a socket", connect_async(address)).await??;
        let nothing = StateVector::default().encode_v1();
        socket.send(Message::binary(ClientMessage::SyncStep1(&nothing).encode())).await?;
        let (units, frames) = (Rc::<Cell<u64>>::default(), Rc::<Cell<u64>>::default());
        let (seen, counted) = (Rc::clone(&units), Rc::clone(&frames));
        let task = tokio::task::spawn_local(async move {
            while let Some(frame) = socket.next().await {
                let Message::Binary(frame) = frame? else { continue };
                if let ServerMessage::Update(update) = ServerMessage::decode(&frame)? {
                    counted.set(counted.get() + 1);
                    let inserted = Update::decode_v1(update)?.insertions(true);
                    let lengths = inserted.iter().flat_map(|(_, ranges)| ranges.iter()).map(|range| u64::from(range.end - range.start));
                    seen.set(seen.get() + lengths.sum::<u64>());
                }
            }
            Ok(())
        });
        Ok(Self { units, frames, task })
    }
}
