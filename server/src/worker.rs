//! Work on files from outside, in a process of its own: what a file does to the reader costs one answer and never the server.
//!
//! The worker is this same binary, started as `dagsorden work KIND`: it limits its own memory and time before it reads, takes the file on
//! stdin and writes one answer to stdout: JSON, or a picture. Owns both ends. Two work at a time; one that takes too long is killed. A stack
//! overflow, an abort or a memory bomb ends the worker and becomes a problem that says what to do.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use clap::ValueEnum;
use futures_util::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::error::CliError;
use crate::files::first_page;
use crate::import::{self, ImportError, Imported};

/// Address space of a worker, in bytes.
const MEMORY: u64 = 512 << 20;

/// CPU time of a worker, in seconds.
const CPU: u64 = 10;

/// How long a worker may take.
const TIME: Duration = Duration::from_secs(15);

/// How long a file waits for its turn.
const TURN: Duration = Duration::from_secs(30);

/// The longest answer, in bytes.
const LONGEST_ANSWER: u64 = 64 << 20;

/// Workers at a time.
static PLACES: Semaphore = Semaphore::const_new(2);

/// What a worker can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Reads a file into a meeting
    Import,
    /// Draws the first page of a PDF
    FirstPage,
}

impl Kind {
    /// The largest file it takes, in bytes.
    fn limit(self) -> u64 {
        match self {
            Self::Import => import::MAX_BYTES as u64,
            Self::FirstPage => first_page::MAX_BYTES,
        }
    }
}

/// What a worker answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Read(Box<Imported>),
    Refused(ImportError),
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WorkError {
    /// The worker ended without one: a crash, or more memory or time than it may have.
    #[error(
        "the file cannot be read: reading it took more memory or time than any agenda does; open it in Word, save it under a new name and \
         import that"
    )]
    Ended,
    /// No turn came.
    #[error("other files are being read; try again in a while")]
    Busy,
    /// No worker could be started.
    #[error("the program that reads files cannot be started: {0}")]
    Start(String),
}

/// Why a file was not read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// What the file is.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// What became of the worker.
    #[error(transparent)]
    Work(#[from] WorkError),
}

/// Reads a file into a meeting: a Word file in a worker, text and Meeting JSON here, on a thread that may be busy.
///
/// # Errors
/// [`ReadError`], whose message can be shown as it is.
pub async fn import(bytes: Bytes, name: Option<String>) -> Result<Imported, ReadError> {
    if bytes.len() > import::MAX_BYTES {
        return Err(ImportError::TooLarge { bytes: bytes.len() }.into());
    }
    if import::is_office(&bytes) {
        return match read(&ask(&mut program(Kind::Import), whole(bytes), TIME).await?)? {
            Answer::Read(imported) => Ok(*imported),
            Answer::Refused(error) => Err(error.into()),
        };
    }
    let read = tokio::task::spawn_blocking(move || import::read(&bytes, name.as_deref())).await;
    read.map_err(|error| WorkError::Start(error.to_string()))?.map_err(ReadError::from)
}

/// Draws the first page of a PDF, as PNG. `None` if that cannot be done with this file.
///
/// # Errors
/// No worker could be had: it may be tried again.
pub async fn first_page<E>(file: impl Stream<Item = Result<Bytes, E>>) -> Result<Option<Bytes>, WorkError> {
    match ask(&mut program(Kind::FirstPage), file, TIME).await {
        Ok(picture) => Ok(first_page::is_picture(&picture).then(|| picture.into())),
        Err(WorkError::Ended) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The worker's end: limits itself, reads stdin, answers on stdout.
///
/// # Errors
/// No limits, or nobody to answer.
pub fn work(kind: Kind) -> Result<(), CliError> {
    limit().map_err(|error| CliError::Failed(format!("cannot limit the worker: {error}")))?;
    let mut bytes = Vec::new();
    let failed = |error: io::Error| CliError::Failed(error.to_string());
    io::stdin().lock().take(kind.limit() + 1).read_to_end(&mut bytes).map_err(failed)?;
    let answer = match kind {
        Kind::Import => {
            let answer = import::read(&bytes, None).map_or_else(Answer::Refused, |imported| Answer::Read(Box::new(imported)));
            serde_json::to_vec(&answer).map_err(|error| CliError::Failed(error.to_string()))?
        }
        Kind::FirstPage => first_page::draw(bytes).ok_or_else(|| CliError::Failed("there is no page that can be drawn".to_owned()))?,
    };
    io::stdout().lock().write_all(&answer).map_err(failed)
}

#[cfg(unix)]
fn limit() -> io::Result<()> {
    use rlimit::{Resource, setrlimit};
    // A crash needs no image of itself on the disk.
    [(Resource::AS, MEMORY), (Resource::CPU, CPU), (Resource::CORE, 0)].into_iter().try_for_each(|(resource, limit)| {
        // Not every system has every limit; those without one have the time-out.
        if resource.is_supported() { setrlimit(resource, limit, limit) } else { Ok(()) }
    })
}

#[cfg(not(unix))]
fn limit() -> io::Result<()> {
    Ok(())
}

/// This binary, as a worker. It inherits neither settings nor open files.
fn program(kind: Kind) -> Command {
    // The link stays right when the file was replaced by a newer version while the server runs.
    let own = PathBuf::from("/proc/self/exe");
    let own = if own.exists() { own } else { std::env::current_exe().unwrap_or_else(|_| "dagsorden".into()) };
    let mut command = Command::new(own);
    command.arg("work").args(kind.to_possible_value().map(|value| value.get_name().to_owned())).env_clear();
    command
}

/// A file that is in memory already.
fn whole(bytes: Bytes) -> impl Stream<Item = Result<Bytes, io::Error>> {
    stream::once(std::future::ready(Ok(bytes)))
}

/// An answer in JSON.
fn read(answer: &[u8]) -> Result<Answer, WorkError> {
    serde_json::from_slice(answer).map_err(|error| {
        tracing::warn!(%error, "a worker ended without an answer");
        WorkError::Ended
    })
}

/// Starts a worker, gives it a file and waits for its answer.
async fn ask<E>(command: &mut Command, file: impl Stream<Item = Result<Bytes, E>>, time: Duration) -> Result<Vec<u8>, WorkError> {
    let turn = timeout(TURN, PLACES.acquire()).await;
    let _turn = turn.map_err(|_| WorkError::Busy)?.map_err(|_| WorkError::Busy)?;
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| WorkError::Start(error.to_string()))?;
    let answer = timeout(time, talk(&mut child, file)).await;
    if answer.is_err() {
        tracing::warn!("a worker took too long and was killed");
        // It may have ended just now; else it is killed when it is dropped.
        let _ = child.start_kill();
    }
    let status = child.wait().await;
    match answer {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            tracing::warn!(?status, %error, "a worker could not be talked to");
            Err(WorkError::Ended)
        }
        Err(_) => Err(WorkError::Ended),
    }
}

async fn talk<E>(child: &mut Child, file: impl Stream<Item = Result<Bytes, E>>) -> io::Result<Vec<u8>> {
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else { return Ok(Vec::new()) };
    let give = async move {
        let mut file = std::pin::pin!(file);
        while let Some(portion) = file.next().await {
            // Of half a file nothing is to be said.
            let portion = portion.map_err(|_| io::Error::other("the file could not be read"))?;
            // A worker that refuses early reads no further; its answer says why.
            if stdin.write_all(&portion).await.is_err() {
                break;
            }
        }
        let _ = stdin.shutdown().await;
        Ok(())
    };
    let mut answer = Vec::new();
    let mut stdout = stdout.take(LONGEST_ANSWER);
    let (given, read) = tokio::join!(give, stdout.read_to_end(&mut answer));
    given.and(read).map(|_| answer)
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::Instant;

    use super::*;

    async fn shell(script: &str, time: Duration) -> Result<Answer, WorkError> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        read(&ask(&mut command, whole(Bytes::from_static(b"file")), time).await?)
    }

    #[tokio::test]
    async fn an_answer_comes_back_whatever_the_worker_reads() {
        let refused = serde_json::to_string(&Answer::Refused(ImportError::Empty)).expect("JSON");
        for script in [format!("cat > /dev/null; echo '{refused}'"), format!("echo '{refused}'")] {
            let answer = shell(&script, TIME).await.expect("an answer");
            assert!(matches!(answer, Answer::Refused(ImportError::Empty)), "{answer:?}");
        }
    }

    #[tokio::test]
    async fn a_crash_half_an_answer_and_silence_are_one_problem() {
        for script in ["kill -ABRT $$", "echo '{\"read\":'", "exit 3", "ulimit -v 20000; head -c 90000000 /dev/zero | tail -n 1"] {
            assert_eq!(shell(script, TIME).await.map(|_| ()), Err(WorkError::Ended), "{script}");
        }
    }

    #[tokio::test]
    async fn a_worker_that_takes_too_long_is_killed() {
        let started = Instant::now();
        assert_eq!(shell("exec sleep 600", Duration::from_millis(200)).await.map(|_| ()), Err(WorkError::Ended));
        assert!(started.elapsed() < Duration::from_secs(60));
    }

    #[tokio::test]
    async fn of_a_file_that_breaks_off_nothing_is_said() {
        let broken = stream::iter([Ok(Bytes::from_static(b"half")), Err(())]);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "cat"]);
        assert_eq!(ask(&mut command, broken, TIME).await, Err(WorkError::Ended));
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_told() {
        let asked = ask(&mut Command::new("/no/such/program"), whole(Bytes::new()), TIME).await;
        assert!(matches!(asked, Err(WorkError::Start(_))));
    }
}
