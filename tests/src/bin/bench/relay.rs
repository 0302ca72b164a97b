//! The relay under load, beside its peers where they are installed: alternating in one run, so that the same machine is the measure of all.
//!
//! The server has the first processor, its clients the others. What is delivered is told by the clocks in the frames, times the receivers; a
//! writer's own letters do not count. `broadcast` passes frames on and does nothing else: the limit, not a relay.

mod acknowledge;
mod crowd;
mod join;
mod memory;
mod peer;
mod subject;

use std::time::Duration;

use anyhow::{Context, Result};
use dagsorden_tests::load::process::processor_seconds;
use tokio::task::LocalSet;

use crate::comparison::{Better, Comparison, Row};
use crate::figures::percentile;
use crate::report::Report;
use crowd::{Crowd, Pace, Shape};
use subject::{Kind, Subject};

/// What can be measured alone.
pub(crate) const PARTS: [&str; 6] = ["acknowledged", "fan-out", "latency", "join", "memory", "kill"];

const RUNS: usize = 3;
const ONE: Shape = Shape { rooms: 1, clients: 50, writers: 5 };
const MANY: Shape = Shape { rooms: 200, clients: 10, writers: 2 };
/// Letters on their way from each writer: enough that every relay is busy all the time.
const WINDOWS: [u32; 2] = [256, 64];
const WARM: Duration = Duration::from_secs(1);
const TIME: Duration = Duration::from_secs(3);
/// Pause of a writer where latency is measured: 50 letters a second to 49 others.
const PAUSE: Duration = Duration::from_millis(100);
/// Some relays store after ten seconds of writing at the latest: the power cut comes in the middle of the second time.
const UNTIL_KILL: Duration = Duration::from_secs(15);
const JOINS: usize = 10;
const AT_ONCE: usize = 50;

/// Measures the parts that `wants` names, and prints each as soon as it is there.
pub(crate) async fn measure(report: &mut Report, wants: impl Fn(&str) -> bool) {
    let everything = async {
        if wants("acknowledged") {
            report.part("acknowledged", "one writer, one change at a time, milliseconds", acknowledge::measure().await);
        }
        let kinds = Kind::all();
        if kinds.len() == 1 {
            println!("\nthe peers are not installed: npm ci in tests/npm/peers");
        }
        for part in PARTS.into_iter().skip(1).filter(|part| wants(part)) {
            let mut comparison = Comparison::new(kinds.iter().map(|kind| kind.name()));
            let mut failed = None;
            for _ in 0..RUNS {
                for kind in &kinds {
                    match run(part, *kind).await {
                        Ok(rows) => comparison.add(kind.name(), rows),
                        // One that breaks down is shown as having no figure; the others are still compared.
                        Err(error) if *kind == Kind::Ours => failed = Some(error),
                        Err(error) => println!("{} did not get through {part}: {error:#}", kind.name()),
                    }
                }
            }
            report.part(part, part, Ok(comparison));
            if let Some(error) = failed {
                report.failed(part, &error);
            }
        }
    };
    LocalSet::new().run_until(everything).await;
}

/// Our relay with so many threads on the meeting that is written in.
pub(crate) async fn beside_threads(threads: usize) -> Result<Vec<Row>> {
    let measured = async {
        let subject = Subject::start(Kind::Ours).await?;
        let crowd = Crowd::gather(&subject, ONE, Pace::Every(PAUSE)).await?;
        crowd.measure(WARM).await?;
        subject.say(threads).await?;
        crowd.latencies(WARM).await?;
        let times = crowd.latencies(TIME).await?;
        drop(crowd);
        let subject = Subject::start(Kind::Ours).await?;
        let crowd = Crowd::gather(&subject, ONE, Pace::Window(WINDOWS[0])).await?;
        crowd.measure(WARM).await?;
        subject.say(threads).await?;
        crowd.measure(WARM).await?;
        let delivered = crowd.measure(TIME).await?;
        Ok(vec![
            Row::new("relay, 2,450 deliveries/s: p50 ms", percentile(&times, 50.0), Better::Less),
            Row::new("relay, 2,450 deliveries/s: p99 ms", percentile(&times, 99.0), Better::Less),
            Row::new("relay, updates/s delivered", delivered.updates as f64 / delivered.seconds, Better::More),
        ])
    };
    LocalSet::new().run_until(measured).await
}

async fn run(part: &str, kind: Kind) -> Result<Vec<Row>> {
    match part {
        "fan-out" => fan_out(kind).await,
        "latency" => latency(kind).await,
        "join" => join(kind).await,
        "memory" => memory(kind).await,
        _ => kill(kind).await,
    }
}

async fn fan_out(kind: Kind) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (shape, window) in [ONE, MANY].into_iter().zip(WINDOWS) {
        let subject = Subject::start(kind).await?;
        let crowd = Crowd::gather(&subject, shape, Pace::Window(window)).await?;
        crowd.measure(WARM).await?;
        let before = processor_seconds(subject.process()?)?;
        let delivered = crowd.measure(TIME).await?;
        let used = processor_seconds(subject.process()?)? - before;
        // The bare server drops what it cannot send; a relay may not.
        if kind.keeps_documents() {
            crowd.settle().await?;
        }
        let shape = format!("{} x {} x {}", shape.rooms, shape.clients, shape.writers);
        rows.push(Row::new(format!("{shape}: updates/s delivered"), delivered.updates as f64 / delivered.seconds, Better::More));
        rows.push(Row::new(format!("{shape}: CPU s per 100,000"), used / delivered.updates as f64 * 100_000.0, Better::Less));
        rows.push(Row::new(format!("{shape}: updates in a frame"), delivered.updates as f64 / delivered.frames as f64, Better::Neither));
    }
    Ok(rows)
}

async fn latency(kind: Kind) -> Result<Vec<Row>> {
    let subject = Subject::start(kind).await?;
    let crowd = Crowd::gather(&subject, ONE, Pace::Every(PAUSE)).await?;
    crowd.latencies(WARM).await?;
    let times = crowd.latencies(TIME).await?;
    Ok(vec![
        Row::new("2,450 deliveries/s: p50 ms", percentile(&times, 50.0), Better::Less),
        Row::new("2,450 deliveries/s: p99 ms", percentile(&times, 99.0), Better::Less),
    ])
}

async fn join(kind: Kind) -> Result<Vec<Row>> {
    if !kind.keeps_documents() {
        return Ok(Vec::new());
    }
    let subject = Subject::start(kind).await?;
    let room = join::large_room(&subject).await?;
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for _ in 0..JOINS {
        alone.extend(join::join(&room, 1).await?);
    }
    for _ in 0..JOINS / 3 {
        together.extend(join::join(&room, AT_ONCE).await?);
    }
    Ok(vec![
        Row::new("join of 1 MB, one: p50 ms", percentile(&alone, 50.0), Better::Less),
        Row::new("join of 1 MB, 50 at once: p50 ms", percentile(&together, 50.0), Better::Less),
        Row::new("join of 1 MB, 50 at once: p99 ms", percentile(&together, 99.0), Better::Less),
    ])
}

async fn memory(kind: Kind) -> Result<Vec<Row>> {
    let memory = memory::measure(&Subject::start(kind).await?).await?;
    Ok(vec![
        Row::new("memory with nothing in it, MiB", memory.empty / f64::from(1 << 20), Better::Less),
        Row::new("memory of a silent connection, KiB", memory.connection / 1024.0, Better::Less),
        Row::new("memory of an open room, KiB", memory.room / 1024.0, Better::Less),
    ])
}

/// What had reached others and is gone after a power cut, of all that was written.
async fn kill(kind: Kind) -> Result<Vec<Row>> {
    if !kind.keeps_documents() {
        return Ok(Vec::new());
    }
    let mut subject = Subject::start(kind).await?;
    let crowd = Crowd::gather(&subject, Shape { rooms: 1, clients: 6, writers: 5 }, Pace::Every(Duration::from_millis(5))).await?;
    crowd.measure(UNTIL_KILL).await?;
    let (room, seen) = crowd.seen().context("there is a room")?;
    let room = subject.kill_and_restart(room).await?;
    let stored = room.stored_clocks(WARM * 2).await?;
    let kept = |client: u64| stored.iter().filter(|(stored, _)| *stored == client).map(|(_, clock)| *clock).max().unwrap_or(0);
    let lost: u32 = seen.iter().map(|(client, clock)| clock.saturating_sub(kept(*client))).sum();
    let all: u32 = seen.iter().map(|(_, clock)| clock).sum();
    Ok(vec![Row::new("seen by others and lost at kill -9, %", f64::from(lost) / f64::from(all) * 100.0, Better::Less)])
}
