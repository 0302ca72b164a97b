//! What a PDF looks like: its first page, drawn on first demand by a worker and kept beside the file under the same hash.
//!
//! A page that cannot be drawn is no error: there is none, and until the server starts again it is not tried once more. One is drawn at a time, so that
//! a place among the workers stays free for imports. Swept away with its file; in no backup, since it can be drawn again.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use tokio::sync::Semaphore;
use tokio::time::{Duration, timeout};

use super::{FileError, Files, first_page, place};
use crate::worker;

/// What the name of a preview ends with.
const ENDING: &str = ".png";

/// How long a page waits for its turn.
const TURN: Duration = Duration::from_secs(20);

/// So many files that cannot be drawn are remembered.
const REMEMBERED: usize = 4096;

/// Who draws, and what cannot be drawn.
#[derive(Debug)]
pub(super) struct Drawing {
    turn: Semaphore,
    none: Mutex<HashSet<String>>,
}

impl Default for Drawing {
    fn default() -> Self {
        Self { turn: Semaphore::new(1), none: Mutex::default() }
    }
}

/// The hash of the file that a name below the folder belongs to.
pub(super) fn file_of(name: &str) -> &str {
    name.strip_suffix(ENDING).unwrap_or(name)
}

impl Files {
    /// The first page of a PDF, as PNG. `None` if it cannot be drawn.
    ///
    /// # Errors
    /// The file is not there, the disk failed, or too many wait.
    pub async fn preview(&self, sha256: &str, size: u64) -> Result<Option<Bytes>, FileError> {
        let missing = || FileError::Missing(sha256.to_owned());
        let beside = Path::from(place(sha256).map(|place| format!("{place}{ENDING}")).ok_or_else(missing)?);
        if let Some(kept) = self.kept(&beside).await? {
            return Ok(Some(kept));
        }
        let drawing = &self.inner.drawing;
        let has_none = || drawing.none.lock().unwrap_or_else(PoisonError::into_inner).contains(sha256);
        if size > first_page::MAX_BYTES || has_none() {
            return Ok(None);
        }
        let _turn = timeout(TURN, drawing.turn.acquire()).await.map_err(|_| FileError::Busy)?.map_err(|_| FileError::Busy)?;
        // Who waited before has drawn it, or has seen that it cannot be drawn.
        if let Some(kept) = self.kept(&beside).await? {
            return Ok(Some(kept));
        }
        if has_none() {
            return Ok(None);
        }
        let drawn = worker::first_page(self.read(sha256, None).await?).await.map_err(|error| {
            tracing::warn!(%error, "no worker to draw a page");
            FileError::Busy
        })?;
        match &drawn {
            Some(picture) => drop(self.inner.store.put(&beside, PutPayload::from_bytes(picture.clone())).await?),
            None => {
                let mut none = drawing.none.lock().unwrap_or_else(PoisonError::into_inner);
                if none.len() >= REMEMBERED {
                    none.clear();
                }
                none.insert(sha256.to_owned());
            }
        }
        Ok(drawn)
    }

    async fn kept(&self, beside: &Path) -> Result<Option<Bytes>, FileError> {
        match self.inner.store.get(beside).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
