//! The data folder: made if missing, and held by one server or one restore at a time.
//!
//! Owns the file `lock` in it. Other commands need no lock: they add whole rows or read. Knows nothing of what else lies in the folder.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A folder this process alone serves from, until dropped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// The path, or a part of it, is a file.
    #[error("data folder {path}: this is a file, not a folder; name a folder with --data", path = .0.display())]
    NotAFolder(PathBuf),
    /// It cannot be made, read or written.
    #[error("data folder {path}: {cause}; make it writable for this user, or name another with --data", path = .path.display())]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// Another server holds it.
    #[error("data folder {path}: another `dagsorden serve` or `restore` uses it; stop that one, or name another folder with --data", path = .0.display())]
    Busy(PathBuf),
}

impl DataFolder {
    /// Makes the folder if it is missing.
    ///
    /// # Errors
    /// The path is a file, or the folder cannot be made.
    pub fn create(path: &Path) -> Result<(), DataFolderError> {
        fs::create_dir_all(path).map_err(|cause| match cause.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => DataFolderError::NotAFolder(path.to_owned()),
            _ => DataFolderError::Unusable { path: path.to_owned(), cause },
        })
    }

    /// Makes the folder if it is missing and takes the lock. The lock goes with the process, however it ends.
    ///
    /// # Errors
    /// As [`DataFolder::create`]; the folder cannot be written; another server holds it.
    pub fn lock(path: &Path) -> Result<Self, DataFolderError> {
        Self::create(path)?;
        let unusable = |cause| DataFolderError::Unusable { path: path.to_owned(), cause };
        let lock = File::options().create(true).truncate(false).write(true).open(path.join("lock")).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataFolderError::Busy(path.to_owned())),
            Err(TryLockError::Error(cause)) => Err(unusable(cause)),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_holds_a_folder_and_dropping_frees_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        let held = DataFolder::lock(&path).unwrap();
        assert!(matches!(DataFolder::lock(&path), Err(DataFolderError::Busy(_))));
        drop(held);
        assert!(DataFolder::lock(&path).is_ok());
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("note.txt");
        fs::write(&file, "x").unwrap();
        assert!(matches!(DataFolder::lock(&file), Err(DataFolderError::NotAFolder(path)) if path == file));
        assert!(matches!(DataFolder::lock(&file.join("deeper")), Err(DataFolderError::NotAFolder(_))));
    }
}
