//! Joining a large document: from the connection to the last byte of it.

use std::time::Instant;

use anyhow::{Result, bail};
use dagsorden_shared::protocol::ClientMessage;
use dagsorden_tests::load::raw_socket::{RawFrame, RawSocket};
use dagsorden_tests::load::typist::{Typist, clocks};
use dagsorden_tests::wait::in_time;
use futures_util::future::try_join_all;

use super::subject::{Room, Subject};

/// Text of the document, in bytes.
const SIZE: usize = 1_000_000;
/// Text of one update.
const CHUNK: usize = 500;

/// A document of a megabyte of text, written in small pieces, each in front of the last: in a row they would be joined to one.
pub(crate) async fn large_room(subject: &Subject) -> Result<Room> {
    let room = subject.room(1).await?;
    let mut typist = Typist::after(&room.first_letters[0])?;
    let RawSocket { mut sender, mut receiver } = room.connect().await?;
    sender.send(&[&room.prefix, &ClientMessage::Update(&room.first_letters[0]).encode()]).await?;
    let words = "ord ".repeat(CHUNK / 4);
    for _ in 0..SIZE / CHUNK {
        sender.send(&[&room.prefix, &ClientMessage::Update(&typist.words_in_front(&words)).encode()]).await?;
    }
    // Some relays answer the question before what was written, some after; the last piece says that all is there.
    in_time("the large document", async {
        let mut other = room.connect().await?;
        loop {
            let frame = tokio::select! {
                frame = receiver.next() => frame?,
                frame = other.receiver.next() => frame?,
            };
            match frame {
                RawFrame::Binary(frame) => {
                    if let Some(update) = room.update_in(frame)
                        && clocks(update)?.contains(&(typist.client(), typist.clock()))
                    {
                        return Ok(());
                    }
                }
                RawFrame::Close(code) => bail!("closed with {code:?}"),
                _ => {}
            }
        }
    })
    .await??;
    Ok(room)
}

/// Milliseconds until each of so many, all at once, has the whole document.
pub(crate) async fn join(room: &Room, clients: usize) -> Result<Vec<f64>> {
    try_join_all((0..clients).map(|_| join_one(room))).await
}

async fn join_one(room: &Room) -> Result<f64> {
    let start = Instant::now();
    let mut socket = room.connect().await?;
    in_time("the document", async {
        loop {
            match socket.receiver.next().await? {
                RawFrame::Binary(frame) if frame.len() > SIZE => return Ok(start.elapsed().as_secs_f64() * 1_000.0),
                RawFrame::Close(code) => bail!("closed with {code:?}"),
                _ => {}
            }
        }
    })
    .await?
}
