//! Backups: taken while the server runs, looked through, and put in place of what is there.
//!
//! A backup is one file with everything, the files of attachments too. A restored document gets a new id, so that a page which has more than the backup never merges it in
//! unseen. Knows no SQL and prints nothing.

mod files;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use dagsorden_shared::api::MeetingDetail;
use dagsorden_shared::id::DocumentId;

use crate::data_folder::{DataFolder, DataFolderError};
use crate::export;
use crate::intake::random_bits;
use crate::room;
use crate::store::{self, FILE, Loaded, StoreError, audit, copy, head};
use crate::version::{self, Version};

/// Why there is no backup, or nothing was restored. What was there is as before.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The data folder has no database.
    #[error("data folder {}: there is no database in it; name the one that `serve` uses with --data", .0.display())]
    NoDatabase(PathBuf),
    /// The file to write is there already.
    #[error("{}: there is such a file already; name a new one", .0.display())]
    Exists(PathBuf),
    /// The file to read is not there.
    #[error("{}: there is no such file; name one that `dagsorden backup` wrote", .0.display())]
    NoFile(PathBuf),
    /// A file cannot be written or moved.
    #[error("{}: {cause}; name a place that can be written", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// The data folder cannot be taken.
    #[error(transparent)]
    Folder(#[from] DataFolderError),
    /// A database cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The backup was asked to be whole and is not.
    #[error("{}: {first} ({count} documents and files in all); nothing was restored; take an older backup, or restore without --verify what is whole", .path.display())]
    Damaged {
        /// The backup.
        path: PathBuf,
        /// The first damage.
        first: String,
        /// How many documents and files are damaged.
        count: usize,
    },
}

/// What was found in a database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Meetings, deleted ones too.
    pub meetings: u32,
    /// Documents.
    pub documents: u32,
    /// What is damaged, a sentence for each document.
    pub damaged: Vec<String>,
    /// What is damaged and could be made up for.
    pub mended: Vec<String>,
    /// Stored versions that do not fit their hash, and approved meetings that say something else than what was approved.
    pub versions: Vec<String>,
    /// Files of attachments that are missing or damaged.
    pub files: Vec<String>,
    /// What is wrong with the audit trail.
    pub audit: Option<String>,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What is in place now.
    pub report: Report,
    /// Where the database is that was there before.
    pub before: Option<PathBuf>,
}

/// Writes everything in the data folder into the new file `file`, and looks through it. The server may run.
///
/// # Errors
/// There is no database; the file cannot be written.
pub fn backup(data: &Path, file: &Path) -> Result<Report, BackupError> {
    let database = database(data)?;
    if file.exists() {
        return Err(BackupError::Exists(file.to_owned()));
    }
    let partial = with_ending(file, ".partial");
    let result = write_backup(&database, data, &partial, file);
    if result.is_err() {
        // What is half written is no backup; that it cannot be removed changes nothing.
        let _ = fs::remove_file(&partial);
    }
    result
}

fn write_backup(database: &Path, data: &Path, partial: &Path, file: &Path) -> Result<Report, BackupError> {
    create_private(partial)?;
    copy::copy(database, partial)?;
    files::pack(partial, data)?;
    let report = look_through(partial, None, None)?;
    put(partial, file)?;
    Ok(report)
}

/// Looks through the database of a data folder, or through a backup: every row is held against its checksum, every document is opened, and the
/// audit trail is followed from its first row.
///
/// # Errors
/// There is none, or it cannot be read as a whole.
pub fn verify(data: &Path, file: Option<&Path>) -> Result<Report, BackupError> {
    match file {
        None => {
            let database = database(data)?;
            // The head first: the trail may grow meanwhile.
            let head = head::read(&database);
            look_through(&database, head.as_ref(), Some(data))
        }
        Some(file) if file.is_file() => look_through(file, None, None),
        Some(file) => Err(BackupError::NoFile(file.to_owned())),
    }
}

/// Puts a backup in place of what is in the data folder, which is kept beside it. All documents get new ids. With `whole`, nothing is done unless
/// every document of the backup is whole and reads the same afterwards.
///
/// # Errors
/// A server uses the folder; the backup is not there, is none or, with `whole`, is damaged; a file cannot be written.
pub fn restore(data: &Path, file: &Path, whole: bool) -> Result<Restored, BackupError> {
    if !file.is_file() {
        return Err(BackupError::NoFile(file.to_owned()));
    }
    let folder = DataFolder::lock(data)?;
    let live = folder.path().join(FILE);
    let partial = folder.path().join(format!("{FILE}.restoring"));
    // Left behind by a restore that did not end.
    let _ = fs::remove_file(&partial);
    let result = fill(file, &live, &partial, whole).and_then(|report| Ok(Restored { report, before: replace(&live, &partial)? }));
    if result.is_err() {
        let _ = fs::remove_file(&partial);
    }
    result
}

/// Makes the new database from the backup.
fn fill(file: &Path, live: &Path, partial: &Path, whole: bool) -> Result<Report, BackupError> {
    create_private(partial)?;
    copy::copy(file, partial)?;
    // What the folder holds now ends as well. Should it be unreadable, that may be why it is restored.
    let gone = if live.exists() { copy::all_ids(live).unwrap_or_default() } else { Vec::new() };
    let renamed = copy::rename_documents(partial, &mut || DocumentId::from_random(random_bits()), &gone)?;
    let mut report = look_through(partial, None, None)?;
    if whole {
        report.damaged.extend(differences(file, partial, &renamed)?);
        let mut damage = report.damaged.iter().chain(&report.files);
        if let Some(first) = damage.next() {
            return Err(BackupError::Damaged { path: file.to_owned(), first: first.clone(), count: 1 + damage.count() });
        }
    }
    // Files first: the database that names them comes last. What another backup or upload left there is the same by its name.
    files::unpack(partial, live.parent().unwrap_or(Path::new(".")))?;
    Ok(report)
}

/// Documents that do not read in the new database as in the backup.
fn differences(file: &Path, partial: &Path, renamed: &[copy::Renamed]) -> Result<Vec<String>, BackupError> {
    let mut before = HashMap::new();
    let text = |loaded: Result<Option<Loaded>, StoreError>| loaded.ok().flatten().and_then(|loaded| export::snapshot(&loaded).ok());
    copy::inspect(file, |id, loaded| drop(before.insert(id.clone(), text(loaded))))?;
    let mut different = Vec::new();
    copy::inspect(partial, |id, loaded| {
        let old = renamed.iter().find(|(_, new)| new == id).map(|(old, _)| old);
        let expected = old.and_then(|old| before.remove(old)).flatten();
        if expected.is_none() || expected != text(loaded) {
            different.push(format!("document {} does not read the same after the restore", old.unwrap_or(id)));
        }
    })?;
    Ok(different)
}

/// Puts the new database in place; the old one keeps all it has under another name.
fn replace(live: &Path, partial: &Path) -> Result<Option<PathBuf>, BackupError> {
    let mut before = None;
    if live.exists() {
        // A damaged one may not be able to; then its log goes with it.
        let _ = copy::empty_log(live);
        let stamp = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC).strftime("%Y%m%d-%H%M%S").to_string();
        let aside = live.with_file_name(format!("{FILE}.before-{stamp}"));
        link(live, &aside)?;
        if with_ending(live, "-wal").exists() {
            link(&with_ending(live, "-wal"), &with_ending(&aside, "-wal"))?;
        }
        before = Some(aside);
    }
    // A log that is left would be taken for the new database's.
    for left in ["-wal", "-shm"].map(|ending| with_ending(live, ending)) {
        match fs::remove_file(&left) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(BackupError::File { path: left, cause }),
            _ => {}
        }
    }
    // The head is of another trail; the next commit writes the new one.
    head::remove(live).map_err(|cause| BackupError::File { path: live.to_owned(), cause })?;
    put(partial, live)?;
    Ok(before)
}

/// `data` is the folder that has the files; without it they are packed in the database.
fn look_through(database: &Path, head: Option<&audit::Head>, data: Option<&Path>) -> Result<Report, BackupError> {
    let mut report = Report { files: files::look_through(database, data)?, ..Report::default() };
    let mut approved = Vec::new();
    store::version::look_through(database, |found| {
        let name = format!("version {} of meeting {}", found.number, found.meeting);
        report.versions.extend(version::misfit(&found.text).map(|wrong| format!("{name}: {wrong}")));
        match Version::read(&found.text) {
            Ok(version) => approved.extend(found.now.map(|(document, rows)| (document, rows, version, name))),
            Err(error) => report.versions.push(format!("{name}: {error}")),
        }
    })?;
    let mut texts = HashMap::new();
    let meetings = copy::inspect(database, |id, loaded| {
        if approved.iter().any(|(_, rows, ..)| rows.documents.contains(id))
            && let Ok(Some(loaded)) = &loaded
            && let Ok(snapshot) = export::snapshot(loaded)
        {
            texts.insert(id.clone(), snapshot);
        }
        report.documents += 1;
        match loaded {
            Err(error) => report.damaged.push(error.to_string()),
            Ok(None) => report.damaged.push(format!("document {id}: no meeting has it")),
            Ok(Some(loaded)) => {
                if let Err(error) = room::check(id, &loaded) {
                    report.damaged.push(error.to_string());
                }
                report.mended.extend(
                    loaded
                        .damage
                        .iter()
                        .map(|row| format!("document {id}: {row} is damaged; what comes before and after it holds the same")),
                );
            }
        }
    })?;
    for (document, rows, version, name) in approved {
        // One that cannot be read is named already.
        let items: Vec<_> = rows.item_documents.iter().filter_map(|item| texts.remove(&item.document)).collect();
        let Some(meeting) = texts.remove(&document).filter(|_| items.len() == rows.item_documents.len()) else { continue };
        // The forum may have another name by now.
        let rows = MeetingDetail { forum_name: version.header.forum.clone(), ..rows };
        if Version::of(&export::compose(meeting, items), &rows) != version {
            report.versions.push(format!("{name} is approved, and the meeting says something else now"));
        }
    }
    report.meetings = meetings;
    report.audit = audit::read(database, head, |_| {})?;
    Ok(report)
}

/// The database of a data folder that `serve` has used.
///
/// # Errors
/// There is none.
pub fn database(data: &Path) -> Result<PathBuf, BackupError> {
    let database = data.join(store::FILE);
    if database.is_file() { Ok(database) } else { Err(BackupError::NoDatabase(data.to_owned())) }
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// An empty file that only its owner can read: it will hold closed items too.
fn create_private(path: &Path) -> Result<(), BackupError> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|cause| BackupError::File { path: path.to_owned(), cause })
}

/// The same file under a second name; a copy where the file system has no links.
fn link(from: &Path, to: &Path) -> Result<(), BackupError> {
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop)).map_err(|cause| BackupError::File { path: to.to_owned(), cause })
}

/// Gives a finished file its name at once, and has the folder on disk know it.
fn put(partial: &Path, file: &Path) -> Result<(), BackupError> {
    let error = |cause| BackupError::File { path: file.to_owned(), cause };
    fs::rename(partial, file).map_err(error)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder).and_then(|folder| folder.sync_all()).map_err(error) } else { Ok(()) }
}
