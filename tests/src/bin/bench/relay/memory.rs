//! Memory of a relay: with nothing to do, for a connection that is silent, for a room that is open.

use std::time::Duration;

use anyhow::Result;
use dagsorden_tests::load::process::memory;
use dagsorden_tests::load::raw_socket::{RawFrame, RawSocket};
use dagsorden_tests::wait::in_time;
use tokio::time::sleep;

use super::subject::{Room, Subject};

const CONNECTIONS: usize = 1_000;
const ROOMS: usize = 1_000;
/// A change in [`PAUSE`] that is none.
const STEADY: u64 = 64 << 10;
const PAUSE: Duration = Duration::from_millis(250);

/// Bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) empty: f64,
    pub(crate) connection: f64,
    pub(crate) room: f64,
}

/// Of a relay that has just been started.
pub(crate) async fn measure(subject: &Subject) -> Result<Memory> {
    let process = subject.process()?;
    let empty = settled(process).await?;
    // The first of each kind brings things that are there once for all.
    let first = subject.room(0).await?;
    let mut sockets = vec![connect(&first).await?];
    let before = settled(process).await?;
    for _ in 0..CONNECTIONS {
        sockets.push(connect(&first).await?);
    }
    let connected = settled(process).await?;
    let connection = (connected - before) / CONNECTIONS as f64;
    let mut rooms = Vec::new();
    for _ in 0..ROOMS {
        rooms.push(subject.room(0).await?);
    }
    let before = settled(process).await?;
    for room in &rooms {
        sockets.push(connect(room).await?);
    }
    let opened = settled(process).await?;
    Ok(Memory { empty, connection, room: (opened - before) / ROOMS as f64 - connection })
}

/// Memory once it no longer changes.
async fn settled(process: u32) -> Result<f64> {
    let mut last = 0;
    loop {
        let now = memory(process)?;
        if now.abs_diff(last) < STEADY {
            return Ok(now as f64);
        }
        last = now;
        sleep(PAUSE).await;
    }
}

/// A connection that has everything and is silent from then on.
async fn connect(room: &Room) -> Result<RawSocket> {
    let mut socket = room.connect().await?;
    in_time("the document", async {
        loop {
            if let RawFrame::Binary(frame) = socket.receiver.next().await?
                && let Some([0, 1, ..]) = frame.get(room.prefix.len()..)
            {
                return anyhow::Ok(());
            }
        }
    })
    .await??;
    Ok(socket)
}
