//! A trace of the server's system calls, and whether anything left the process before it was on disk.
//!
//! Written by `strace -y -xx`: paths and data in hexadecimal, so that a line is easy to take apart.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use dagsorden_shared::protocol::ServerMessage;

/// What the process did, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Wrote to a file; it may be in memory still.
    Wrote(String),
    /// A file's data has reached the disk.
    Synced(String),
    /// Began to send.
    Sent {
        /// The connection.
        to: String,
        /// What.
        bytes: Vec<u8>,
    },
}

/// The program and arguments that trace what they start into `file`. The traced program keeps the process id, the tracer stands aside.
pub fn tracer(file: &Path) -> Vec<String> {
    let calls = "--trace=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg";
    let mut wrapper: Vec<String> = ["strace", "-D", "-f", "-y", "-xx", "-s", "1000000", calls, "-o"].map(str::to_owned).to_vec();
    wrapper.push(file.display().to_string());
    wrapper
}

/// Reads a trace.
pub fn read(trace: &str) -> Vec<Event> {
    let mut events = Vec::new();
    // A sync counts when it has returned, which may be lines later.
    let mut syncing: BTreeMap<&str, String> = BTreeMap::new();
    for line in trace.lines() {
        let Some((process, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        if let Some(resumed) = call.strip_prefix("<... ") {
            if let Some(path) = syncing.remove(process)
                && resumed.starts_with('f')
                && resumed.trim_end().ends_with("= 0")
            {
                events.push(Event::Synced(path));
            }
            continue;
        }
        let Some((name, arguments)) = call.split_once('(') else { continue };
        let path = path(arguments).unwrap_or_default();
        match name {
            "fdatasync" | "fsync" if call.ends_with("= 0") => events.push(Event::Synced(path)),
            "fdatasync" | "fsync" if call.ends_with("<unfinished ...>") => drop(syncing.insert(process, path)),
            "pwrite64" => events.push(Event::Wrote(path)),
            "write" | "writev" | "sendto" | "sendmsg" => events.push(Event::Sent { to: path, bytes: data(arguments) }),
            _ => {}
        }
    }
    events
}

/// The path in `7<\x2f...>, …`.
fn path(arguments: &str) -> Option<String> {
    let (_, rest) = arguments.split_once('<')?;
    let (hex, _) = rest.split_once('>')?;
    String::from_utf8(bytes(hex)).ok()
}

/// All quoted data, joined.
fn data(arguments: &str) -> Vec<u8> {
    arguments.split('"').skip(1).step_by(2).flat_map(bytes).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.split("\\x").skip(1).filter_map(|byte| u8::from_str_radix(byte.get(..2)?, 16).ok()).collect()
}

/// The binary messages in what a websocket server sent; nothing if it is something else.
fn messages(mut sent: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while let [0x82, length, rest @ ..] = sent {
        let (length, rest) = match (length, rest) {
            (126, [a, b, rest @ ..]) => (usize::from(u16::from_be_bytes([*a, *b])), rest),
            (127, [0, 0, 0, 0, a, b, c, d, rest @ ..]) => (u32::from_be_bytes([*a, *b, *c, *d]) as usize, rest),
            (length @ 0..126, rest) => (usize::from(*length), rest),
            _ => break,
        };
        let Some((message, rest)) = rest.split_at_checked(length) else { break };
        all.push(message);
        sent = rest;
    }
    all
}

/// What a run of one writer, who waits for each `saved` before the next update, must look like: every `saved` and every broadcast comes after
/// the write to the log that holds it, and no such write is still on its way to the disk then. Answers the highest `saved`.
///
/// # Errors
/// The first message that left too early.
pub fn check(events: &[Event]) -> Result<u64> {
    let is_log = |path: &str| path.ends_with("-wal");
    let (mut writes, mut unsynced) = (0u64, 0u64);
    // By connection: the last `saved`, and how many writes there were then.
    let mut connections: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for (index, event) in events.iter().enumerate() {
        match event {
            Event::Wrote(path) if is_log(path) => {
                writes += 1;
                unsynced += 1;
            }
            Event::Synced(path) if is_log(path) => unsynced = 0,
            Event::Wrote(_) | Event::Synced(_) => {}
            Event::Sent { to, bytes } => {
                for message in messages(bytes) {
                    match ServerMessage::decode(message).with_context(|| format!("event {index} is no message"))? {
                        ServerMessage::Saved(count) => {
                            let (saved, written) = connections.insert(to, (count, writes)).unwrap_or_default();
                            ensure!(
                                unsynced == 0,
                                "saved {count} left while {unsynced} writes of the log were not on disk (event {index})"
                            );
                            ensure!(count == saved || writes > written, "saved {count} left without a write to the log (event {index})");
                        }
                        ServerMessage::Update(_) => {
                            ensure!(
                                unsynced == 0,
                                "an update was passed on while {unsynced} writes of the log were not on disk (event {index})"
                            );
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    Ok(connections.into_values().map(|(saved, _)| saved).max().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = r"3<\x2f\x64\x2d\x77\x61\x6c>";
    const SAVED_1: &str = r#"8 sendto(9<\x73>, "\x82\x02\x64\x01", 4, 0, NULL, 0) = 4"#;

    fn run(lines: &[&str]) -> Result<u64> {
        check(&read(&lines.iter().map(|line| line.replace("LOG", LOG)).collect::<Vec<_>>().join("\n")))
    }

    #[test]
    fn saved_after_the_sync_of_its_write_is_good() {
        assert_eq!(run(&["7 pwrite64(LOG, \"\\x01\", 1, 0) = 1", "7 fdatasync(LOG) = 0", SAVED_1]).unwrap(), 1);
        let split = ["7 pwrite64(LOG, \"\\x01\", 1, 0) = 1", "7 fdatasync(LOG <unfinished ...>", "7 <... fdatasync resumed>) = 0", SAVED_1];
        assert_eq!(run(&split).unwrap(), 1);
    }

    #[test]
    fn saved_before_the_sync_has_returned_is_seen() {
        assert!(run(&["7 pwrite64(LOG, \"\\x01\", 1, 0) = 1", SAVED_1]).is_err(), "no sync at all");
        let early = ["7 pwrite64(LOG, \"\\x01\", 1, 0) = 1", "7 fdatasync(LOG <unfinished ...>", SAVED_1, "7 <... fdatasync resumed>) = 0"];
        assert!(run(&early).is_err(), "the sync has not returned");
        assert!(run(&["7 pwrite64(LOG, \"\\x01\", 1, 0) = 1", "7 fdatasync(LOG) = -1 EIO", SAVED_1]).is_err(), "the sync failed");
        assert!(run(&["7 fdatasync(LOG) = 0", SAVED_1]).is_err(), "nothing was written");
    }

    #[test]
    fn a_broadcast_before_the_sync_is_seen() {
        let update = r#"8 writev(9<\x73>, [{iov_base="\x82\x05", iov_len=2}, {iov_base="\x00\x02\x02\x00\x00", iov_len=5}], 2) = 7"#;
        assert!(run(&["7 pwrite64(LOG, \"\\x01\", 1, 0) = 1", update]).is_err());
        assert!(run(&["7 pwrite64(LOG, \"\\x01\", 1, 0) = 1", "7 fdatasync(LOG) = 0", update]).is_ok());
    }
}
