//! The files of attachments in a backup: packed into it, held against their hashes, and put back into their folder.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{BackupError, create_private, put};
use crate::files::{FOLDER, hex, place};
use crate::store::packed;

/// Where a file is in a data folder. `None` if that is no hash.
fn on_disk(data: &Path, hash: &str) -> Option<PathBuf> {
    place(hash).map(|place| data.join(FOLDER).join(place))
}

/// Packs all files that the copy at `partial` names into it. One that is missing is found when the copy is looked through.
pub(super) fn pack(partial: &Path, data: &Path) -> Result<(), BackupError> {
    let hashes = packed::named(partial)?;
    let open = |hash: &str| on_disk(data, hash).and_then(|path| File::open(path).ok()).map(|file| Box::new(file) as Box<dyn Read>);
    Ok(packed::pack(partial, &hashes, open)?)
}

/// What is wrong with the files that a database names: those in its data folder, or without one those that are packed in it.
pub(super) fn look_through(database: &Path, data: Option<&Path>) -> Result<Vec<String>, BackupError> {
    let mut found = BTreeMap::new();
    let named = packed::named(database)?;
    match data {
        Some(data) => {
            for hash in &named {
                if let Some(real) = on_disk(data, hash).and_then(|path| hash_of(&path)) {
                    found.insert(hash.clone(), real);
                }
            }
        }
        None => {
            let mut digests: BTreeMap<String, Sha256> = BTreeMap::new();
            packed::unpack(database, |hash, bytes| {
                digests.entry(hash.to_owned()).or_default().update(bytes);
                Ok::<(), BackupError>(())
            })?;
            found.extend(digests.into_iter().map(|(hash, digest)| (hash, hex(&digest.finalize()))));
        }
    }
    let wrong = |hash: &String| match found.get(hash) {
        None => Some(format!("the file {hash} of an attachment is missing")),
        Some(real) if real != hash => Some(format!("the file {hash} of an attachment is not as it was stored")),
        Some(_) => None,
    };
    Ok(named.iter().filter_map(wrong).collect())
}

/// The hash of what is in a file. `None` if it cannot be read.
fn hash_of(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let mut digest = Sha256::new();
    let mut portion = vec![0; 1 << 16];
    loop {
        match file.read(&mut portion).ok()? {
            0 => return Some(hex(&digest.finalize())),
            read => digest.update(portion.get(..read)?),
        }
    }
}

/// Puts the packed files of the database at `partial` into a data folder and takes them out of the database. What is not as its hash says stays away.
pub(super) fn unpack(partial: &Path, data: &Path) -> Result<(), BackupError> {
    let mut open: Option<Unpacking> = None;
    packed::unpack(partial, |hash, bytes| {
        if open.as_ref().is_none_or(|open| open.hash != hash) {
            if let Some(done) = open.take() {
                done.finish()?;
            }
            open = Unpacking::begin(data, hash)?;
        }
        open.as_mut().map_or(Ok(()), |open| open.write(bytes))
    })?;
    if let Some(done) = open {
        done.finish()?;
    }
    Ok(packed::drop_packed(partial)?)
}

/// A file that is being put back.
struct Unpacking {
    hash: String,
    digest: Sha256,
    path: PathBuf,
    partial: PathBuf,
    file: File,
}

impl Unpacking {
    fn begin(data: &Path, hash: &str) -> Result<Option<Self>, BackupError> {
        let Some(path) = on_disk(data, hash) else { return Ok(None) };
        let error = |cause| BackupError::File { path: path.clone(), cause };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(error)?;
        }
        let partial = path.with_extension("restoring");
        create_private(&partial)?;
        let file = File::options().write(true).open(&partial).map_err(error)?;
        Ok(Some(Self { hash: hash.to_owned(), digest: Sha256::new(), path, partial, file }))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        self.digest.update(bytes);
        self.file.write_all(bytes).map_err(|cause| BackupError::File { path: self.partial.clone(), cause })
    }

    fn finish(self) -> Result<(), BackupError> {
        let error = |cause| BackupError::File { path: self.partial.clone(), cause };
        self.file.sync_all().map_err(error)?;
        if hex(&self.digest.finalize()) != self.hash {
            return fs::remove_file(&self.partial).map_err(error);
        }
        put(&self.partial, &self.path)
    }
}
