//! The files of attachments: bytes under their SHA-256, in a folder of the data folder, through `object_store`.
//!
//! A file is written while it arrives, under a name of its own, hashed on the way, looked at ([`kind`]), and only then gets its name: each step reaches the
//! disk before the next, and the row is stored last, so no row ever names a file that is not there. Nothing is ever whole in memory. Files that
//! nothing names are swept away. What a file looks like is kept beside it ([`preview`]). Knows no row, no right and no route.

pub mod first_page;
pub mod kind;
pub mod name;
pub mod preview;

use std::io;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use dagsorden_shared::meeting_json::FileJson;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedRwLockReadGuard, RwLock, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use crate::intake::random_bits;
use crate::store::Store;
use dagsorden_shared::id::base36;
use kind::Refusal;

/// The folder in the data folder.
pub const FOLDER: &str = "files";

/// Where files stand while they arrive.
const INCOMING: &str = "incoming";

/// Files that arrive at a time.
const UPLOADS: usize = 16;
/// Bytes that are written at once.
const PORTION: usize = 1 << 20;
/// Portions that wait for the disk.
const WAITING: usize = 4;
/// How long one may send nothing.
const STALLED: Duration = Duration::from_secs(30);
/// The slowest that one may send, in bytes a second.
const SLOWEST: u64 = 8 << 10;
/// What is read and thrown away of a file that is too large, so that its sender hears why.
const DISCARDED: u64 = 128 << 20;
/// How old a file must be to be swept away: its row may be about to be stored.
const YOUNG: Duration = Duration::from_secs(60 * 60);

/// Why a file was not taken. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is larger than is taken.
    #[error("the file is larger than {} MiB", .0 >> 20)]
    TooLarge(u64),
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is of a kind that is not taken.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It did not arrive whole.
    #[error("the file did not arrive whole")]
    Cut,
    /// It did not arrive in time.
    #[error("the file did not arrive in time")]
    Late,
    /// Too many arrive at the same time.
    #[error("too many files arrive at the same time")]
    Busy,
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// It is not there, though a row names it.
    #[error("the file {0} is not on the disk")]
    Missing(String),
    /// The disk or the folder failed.
    #[error("the folder of files failed: {0}")]
    Store(object_store::Error),
}

impl From<object_store::Error> for FileError {
    fn from(error: object_store::Error) -> Self {
        match &error {
            object_store::Error::NotFound { path, .. } => Self::Missing(path.clone()),
            error if is_full(error) => Self::Full,
            _ => Self::Store(error),
        }
    }
}

/// Whether the system said somewhere below that there is no room.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut at = Some(error);
    while let Some(error) = at {
        if let Some(kind) = error.downcast_ref::<io::Error>().map(io::Error::kind) {
            return matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        }
        at = error.source();
    }
    false
}

/// The folder of files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Files {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    data: PathBuf,
    store: LocalFileSystem,
    limit: u64,
    uploads: Semaphore,
    /// Read while a file has its name and its row is being stored, written while a file is swept away.
    naming: Arc<RwLock<()>>,
    drawing: preview::Drawing,
}

/// A file that has arrived and may be kept. It is thrown away unless it gets its name.
#[derive(Debug)]
pub struct Received {
    file: FileJson,
    place: Path,
    on_disk: PathBuf,
}

impl Drop for Received {
    fn drop(&mut self) {
        // Gone already if it got its name; what stays after a crash is swept away.
        let _ = std::fs::remove_file(&self.on_disk);
    }
}

/// A file that has its name. While this lives, it is not swept away: store the row.
#[derive(Debug)]
pub struct Kept {
    /// The file.
    pub file: FileJson,
    _naming: OwnedRwLockReadGuard<()>,
}

/// Where the bytes of this hash stand below the folder. `None` if it is no SHA-256 in hex.
pub(crate) fn place(sha256: &str) -> Option<String> {
    let is_hash = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
    is_hash.then(|| format!("{}/{}", &sha256[..2], &sha256[2..]))
}

fn path(sha256: &str) -> Result<Path, FileError> {
    place(sha256).map(Path::from).ok_or_else(|| FileError::Missing(sha256.to_owned()))
}

/// A hash in hex.
pub(crate) fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Files {
    /// Opens the folder of files in a data folder, made if it is missing; a file may have `limit` bytes. The caller holds the data folder.
    ///
    /// # Errors
    /// The folder cannot be made or written.
    pub fn open(data: &FilePath, limit: u64) -> io::Result<Self> {
        let folder = data.join(FOLDER);
        std::fs::create_dir_all(&folder)?;
        // Left behind by a server that was killed.
        match std::fs::remove_dir_all(folder.join(INCOMING)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // What is written reaches the disk, with its name, before the answer.
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(io::Error::other)?.with_fsync(true);
        let (uploads, drawing) = (Semaphore::new(UPLOADS), preview::Drawing::default());
        Ok(Self { inner: Arc::new(Inner { data: data.to_owned(), store, limit, uploads, naming: Arc::default(), drawing }) })
    }

    /// The largest file that is taken, in bytes.
    pub fn limit(&self) -> u64 {
        self.inner.limit
    }

    /// Takes in a file that is called `name`, as it arrives. `announced` is its length, if it was said.
    ///
    /// # Errors
    /// Too large, of a kind that is not taken, or it did not come. Nothing is kept.
    pub async fn receive(
        &self,
        name: &str,
        announced: Option<u64>,
        mut body: impl Stream<Item = Result<Bytes, FileError>> + Unpin,
    ) -> Result<Received, FileError> {
        let result = self.take(name, announced, &mut body).await;
        if matches!(result, Err(FileError::TooLarge(_) | FileError::Busy)) {
            discard(body, announced).await;
        }
        result
    }

    async fn take(
        &self,
        name: &str,
        announced: Option<u64>,
        body: &mut (impl Stream<Item = Result<Bytes, FileError>> + Unpin),
    ) -> Result<Received, FileError> {
        let limit = self.inner.limit;
        if announced.is_some_and(|length| length > limit) {
            return Err(FileError::TooLarge(limit));
        }
        let _turn = self.inner.uploads.try_acquire().map_err(|_| FileError::Busy)?;
        let place = Path::from(format!("{INCOMING}/{}", base36(random_bits())));
        // Dropped before it is finished, it takes away what it wrote.
        let mut writing = WriteMultipart::new_with_chunk_size(self.inner.store.put_multipart(&place).await?, PORTION);
        let deadline = deadline(announced.unwrap_or(limit));
        let mut digest = Sha256::new();
        let mut size = 0_u64;
        while let Some(chunk) = timeout_at(deadline.min(Instant::now() + STALLED), body.next()).await.map_err(|_| FileError::Late)? {
            let chunk = chunk?;
            size += chunk.len() as u64;
            if size > limit {
                writing.abort().await?;
                return Err(FileError::TooLarge(limit));
            }
            digest.update(&chunk);
            writing.wait_for_capacity(WAITING).await?;
            writing.put(chunk);
        }
        if announced.is_some_and(|length| length != size) {
            return Err(FileError::Cut);
        }
        if size == 0 {
            return Err(FileError::Empty);
        }
        writing.finish().await?;
        let on_disk = self.inner.store.path_to_filesystem(&place)?;
        let file = FileJson { sha256: hex(&digest.finalize()), size, ..FileJson::default() };
        let mut received = Received { file, place, on_disk };
        let (on_disk, called) = (received.on_disk.clone(), name.to_owned());
        // A file that the reader of archives cannot bear is broken, whatever it does to that thread.
        let kind = tokio::task::spawn_blocking(move || kind::of(&on_disk, &called)).await.unwrap_or(Err(Refusal::Broken))?;
        received.file.media_type = kind.media_type().to_owned();
        received.file.name = name::clean(name, kind);
        Ok(received)
    }

    /// Gives a file its name, on disk. Store its row while the answer lives.
    ///
    /// # Errors
    /// The disk failed.
    pub async fn keep(&self, received: Received) -> Result<Kept, FileError> {
        let naming = Arc::clone(&self.inner.naming).read_owned().await;
        // The same content may be there already: then the same bytes take its place, and are young again.
        self.inner.store.rename(&received.place, &path(&received.file.sha256)?).await?;
        Ok(Kept { file: received.file.clone(), _naming: naming })
    }

    /// The bytes of a file, or a range of them.
    ///
    /// # Errors
    /// It is not there.
    pub async fn read(
        &self,
        sha256: &str,
        range: Option<std::ops::Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes, object_store::Error>>, FileError> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        Ok(self.inner.store.get_opts(&path(sha256)?, options).await?.into_stream())
    }

    /// Whether a file is there.
    pub async fn has(&self, sha256: &str) -> bool {
        match path(sha256) {
            Ok(path) => self.inner.store.head(&path).await.is_ok(),
            Err(_) => false,
        }
    }

    /// Removes what nothing names any more, if it is not young, and answers how many files that were. Nothing is removed while the database is still
    /// kept that stood here before a restore: it may name what this one does not.
    ///
    /// # Errors
    /// Folder or database failed. What is left stays for the next time.
    pub async fn sweep(&self, store: &Store) -> Result<u32, SweepError> {
        let before = format!("{}.before-", crate::store::FILE);
        let mut beside = std::fs::read_dir(&self.inner.data).map_err(SweepError::Folder)?.flatten();
        if beside.any(|entry| entry.file_name().to_string_lossy().starts_with(&before)) {
            return Ok(0);
        }
        self.sweep_older(store, YOUNG).await
    }

    pub(crate) async fn sweep_older(&self, store: &Store, age: Duration) -> Result<u32, SweepError> {
        let before = chrono_time(age);
        let mut all = self.inner.store.list(None);
        let mut removed = 0;
        while let Some(found) = all.try_next().await? {
            if found.last_modified.timestamp() > before {
                continue;
            }
            let parts: Vec<_> = found.location.parts().map(|part| part.as_ref().to_owned()).collect();
            let is_incoming = parts.first().is_some_and(|part| part == INCOMING);
            let hash = preview::file_of(&parts.concat()).to_owned();
            // What is not ours stays.
            if !is_incoming && place(&hash).is_none() {
                continue;
            }
            let _naming = self.inner.naming.write().await;
            let is_named = !is_incoming && store.names_file(hash).await?;
            // It may have been brought again meanwhile.
            let is_young = self.inner.store.head(&found.location).await.is_ok_and(|now| now.last_modified.timestamp() > before);
            if !is_named && !is_young {
                self.inner.store.delete(&found.location).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// Seconds since 1970, so long ago.
fn chrono_time(age: Duration) -> i64 {
    let age = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
    jiff::Timestamp::now().as_second().saturating_sub(age)
}

/// Why nothing more was swept away.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The folder failed.
    #[error("the folder of files failed: {0}")]
    Files(#[from] object_store::Error),
    /// The data folder cannot be read.
    #[error("the data folder failed: {0}")]
    Folder(io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

/// By when so many bytes must have arrived.
fn deadline(bytes: u64) -> Instant {
    Instant::now() + STALLED + Duration::from_secs(bytes / SLOWEST)
}

/// Reads a body to its end and throws it away, up to a bound: a browser that is still sending would else see a broken connection instead of the reason.
pub async fn discard<E>(mut body: impl Stream<Item = Result<Bytes, E>> + Unpin, announced: Option<u64>) {
    if announced.is_some_and(|length| length > DISCARDED) {
        return;
    }
    let mut read = 0_u64;
    let deadline = deadline(announced.unwrap_or(DISCARDED));
    while let Ok(Some(Ok(chunk))) = timeout_at(deadline, timeout(STALLED, body.next())).await.unwrap_or(Ok(None)) {
        read += chunk.len() as u64;
        if read > DISCARDED {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
