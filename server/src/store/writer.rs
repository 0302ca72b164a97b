//! The thread that writes: everything that waits goes into one transaction, and each is answered once that is on disk.
//!
//! There is no timer: an idle writer commits at once, and what arrives meanwhile shares the next commit.
//! A job that fails is undone alone; the others of its transaction go on. The disk is looked at from time to time, so that everybody hears when it
//! is full or soon will be, and when there is room again.

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{oneshot, watch};

use super::connection::Database;
use super::rights::RightsCache;
use super::space::Space;
use super::{StoreError, audit, head};

/// Jobs in one transaction at most.
const GROUP: usize = 512;

/// How often the disk is looked at, a full one tried, and other processes' changes are taken in.
const LOOK: Duration = Duration::from_millis(500);

/// Bytes that must fit before the disk counts as having room again.
const ROOM: i32 = 256 << 10;

/// Exit code of the process when the disk fails (`EX_IOERR` of sysexits).
const DISK_FAILURE: i32 = 74;

/// Statements of one caller, and whom to tell.
trait Work: Send {
    fn run(&mut self, database: &Database<'_>) -> Result<(), StoreError>;
    /// Says how it ended; what was run is on disk if `result` is good.
    fn answer(self: Box<Self>, result: Result<(), StoreError>);
}

struct Statements<T, F> {
    run: Option<F>,
    value: Option<T>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T: Send, F: FnOnce(&Database<'_>) -> Result<T, StoreError> + Send> Work for Statements<T, F> {
    fn run(&mut self, database: &Database<'_>) -> Result<(), StoreError> {
        if let Some(run) = self.run.take() {
            self.value = Some(run(database)?);
        }
        Ok(())
    }

    fn answer(self: Box<Self>, result: Result<(), StoreError>) {
        let Self { value, caller, .. } = *self;
        // Nobody may be waiting any more; what was committed stands all the same.
        let _ = caller.send(result.and_then(|()| value.ok_or(StoreError::Closed)));
    }
}

enum Job {
    Work(Box<dyn Work>),
    Stop(oneshot::Sender<()>),
}

/// Hands jobs to the thread.
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    thread: JoinHandle<()>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(connection: Connection, path: PathBuf, disk: Disk, rights: Arc<RightsCache>) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel();
        let name = "store-writer".to_owned();
        let thread = thread::Builder::new()
            .name(name)
            .spawn(move || run(connection, &queue, &path, disk, &rights))
            .map_err(|_| StoreError::Closed)?;
        Ok(Self { jobs, thread })
    }

    /// Queues `work` at once; the future ends when its transaction is on disk, or was undone.
    pub(super) fn write<T, F>(&self, work: F) -> impl Future<Output = Result<T, StoreError>> + Send + 'static + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&Database<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (caller, receiver) = oneshot::channel();
        let queued = self.jobs.send(Job::Work(Box::new(Statements { run: Some(work), value: None, caller })));
        async move {
            queued.map_err(|_| StoreError::Closed)?;
            receiver.await.map_err(|_| StoreError::Closed)?
        }
    }

    /// Asks the thread to finish what is queued and close the database.
    pub(super) fn stop(&self) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        if !self.thread.is_finished() {
            // A thread that has ended has closed the database already.
            let _ = self.jobs.send(Job::Stop(sender));
        }
        receiver
    }
}

/// The disk as the thread knows it, and whom to tell.
pub(super) struct Disk {
    pub(super) space: Space,
    pub(super) full: watch::Sender<bool>,
}

impl Disk {
    /// Tells everybody when the disk is full or soon will be, and when there is room again.
    fn look(&mut self, connection: &mut Connection) {
        let was_full = *self.full.borrow();
        let is_full = self.space.is_low() || (was_full && !has_room(connection));
        if is_full == was_full {
            return;
        }
        if is_full {
            tracing::warn!("little room is left on the disk; nothing is taken until there is more");
        } else {
            tracing::info!("there is room on the disk again");
        }
        self.full.send_replace(is_full);
    }
}

fn run(mut connection: Connection, queue: &mpsc::Receiver<Job>, path: &Path, mut disk: Disk, rights: &RightsCache) {
    let mut stopped = None;
    let mut looked = Instant::now();
    let mut others = Others::default();
    let mut heads = Heads::default();
    loop {
        let next = queue.recv_timeout(LOOK);
        if looked.elapsed() >= LOOK {
            disk.look(&mut connection);
            looked = Instant::now();
        }
        if others.have_written(&connection) {
            refresh(&connection, path, rights);
        }
        let first = match next {
            Ok(first) => first,
            Err(mpsc::RecvTimeoutError::Timeout) => continue,
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        };
        let mut group = Vec::new();
        for job in std::iter::once(first).chain(queue.try_iter().take(GROUP - 1)) {
            match job {
                Job::Work(work) => group.push(work),
                Job::Stop(sender) => {
                    stopped = Some(sender);
                    break;
                }
            }
        }
        if !group.is_empty() {
            commit(&mut connection, group, path, &disk.full, rights);
            heads.follow(&connection, path);
        }
        if stopped.is_some() {
            break;
        }
    }
    if let Err((_, error)) = connection.close() {
        tracing::warn!(%error, "the database was not closed in order; nothing is lost");
    }
    drop(stopped);
}

/// Whether another process, such as the command line, has written in the database.
#[derive(Default)]
struct Others {
    version: i64,
}

impl Others {
    /// True if it has since the last call. The number moves with the commits of other connections alone.
    fn have_written(&mut self, connection: &Connection) -> bool {
        let version = connection.query_row("PRAGMA data_version", [], |row| row.get(0)).unwrap_or(self.version);
        std::mem::replace(&mut self.version, version) != version
    }
}

/// Publishes rights that have changed. A failure ends the process: nobody may be judged by rights older than the rows.
fn refresh(connection: &Connection, path: &Path, rights: &RightsCache) {
    if let Err(error) = rights.refresh(&Database { connection, path }) {
        fail_stop(&error);
    }
}

/// Writes something and takes it back. What is asked for goes through the same log as everything else.
fn has_room(connection: &mut Connection) -> bool {
    let attempt = |connection: &mut Connection| -> rusqlite::Result<()> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("INSERT OR REPLACE INTO setting (key, value) VALUES ('room', zeroblob(?1))", [ROOM])?;
        transaction.commit()?;
        connection.execute("DELETE FROM setting WHERE key = 'room'", []).map(drop)
    };
    attempt(connection).is_ok()
}

fn commit(connection: &mut Connection, mut group: Vec<Box<dyn Work>>, path: &Path, full: &watch::Sender<bool>, rights: &RightsCache) {
    let mut alone = Vec::new();
    let result = run_group(connection, &mut group, path, &mut alone);
    // Before anyone is answered: a client that asked for a change of rights finds them changed.
    refresh(connection, path, rights);
    if let Err(error) = &result {
        if error.is_disk_failure() {
            fail_stop(error);
        }
        tracing::error!(%error, "a transaction failed, nothing of it was stored");
    }
    let is_full = |error: &StoreError| matches!(error, StoreError::Full { .. });
    if result.as_ref().is_err_and(is_full) || alone.iter().any(|(_, error)| is_full(error)) {
        full.send_if_modified(|full| !std::mem::replace(full, true));
    }
    for (index, work) in group.into_iter().enumerate() {
        let failed_alone = alone.iter().find(|(failed, _)| *failed == index).map(|(_, error)| error.clone());
        work.answer(match (&result, failed_alone) {
            (Ok(()), Some(error)) => Err(error),
            _ => result.clone(),
        });
    }
}

/// Runs the group in one transaction. Work that failed by itself is undone and named in `alone`.
fn run_group(
    connection: &mut Connection,
    group: &mut [Box<dyn Work>],
    path: &Path,
    alone: &mut Vec<(usize, StoreError)>,
) -> Result<(), StoreError> {
    let error = |cause| StoreError::from_sqlite(path, "writing", cause);
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(error)?;
    for (index, work) in group.iter_mut().enumerate() {
        let savepoint = transaction.savepoint().map_err(error)?;
        match work.run(&Database { connection: &savepoint, path }) {
            Ok(()) => savepoint.commit().map_err(error)?,
            // On a full or failing disk SQLite may have undone the whole transaction: nothing of this group is stored.
            Err(failure) if failure.is_disk_failure() || savepoint.is_autocommit() => return Err(failure),
            // Dropping the savepoint undoes this work alone.
            Err(failure) => alone.push((index, failure)),
        }
    }
    transaction.commit().map_err(error)
}

/// Writes the head file after commits that added to the audit trail. The commit stands all the same if that fails; the log says so.
#[derive(Default)]
struct Heads {
    rows: i64,
}

impl Heads {
    fn follow(&mut self, connection: &Connection, path: &Path) {
        let Ok((rows, hash)) = audit::head(connection) else { return };
        if rows != self.rows {
            self.rows = rows;
            if let Err(error) = head::write(path, &audit::Head { rows, hash }) {
                tracing::warn!(%error, "the head of the audit trail was not written");
            }
        }
    }
}

/// After a failed write or fsync nothing says what the disk holds. Going on would acknowledge what may be lost, so the process ends;
/// the next start reads what is really there.
fn fail_stop(error: &StoreError) -> ! {
    tracing::error!(%error, "the disk failed while writing; stopping, so that nothing is acknowledged that may be lost");
    std::process::exit(DISK_FAILURE);
}
