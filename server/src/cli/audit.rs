//! `dagsorden audit`: the audit trail as lines for people, or as JSON, one object a line, for programs.

use std::io::{self, Write};
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use crate::backup::{self, BackupError};
use crate::config::Config;
use crate::error::CliError;
use crate::store::audit::{self, AuditRow};
use crate::store::head;

/// What an audit trail that does not hold together means.
pub(super) const CHANGED: &str = "the audit trail was changed by other hands or is damaged; what stands before that row is as it was written, and an older backup tells the rest";

/// An entry as programs read it.
#[derive(Serialize)]
struct Line<'a> {
    id: i64,
    first: String,
    last: String,
    times: u32,
    user: &'a str,
    name: &'a str,
    organisation: &'a str,
    verb: &'a str,
    document: &'a str,
    meeting: Option<&'a str>,
    result: &'a str,
    phase: &'a str,
    session: &'a str,
    object: &'a str,
}

impl<'a> Line<'a> {
    fn of(row: &'a AuditRow) -> Self {
        let entry = &row.entry;
        Self {
            id: row.id,
            first: time(entry.first),
            last: time(entry.last),
            times: entry.times,
            user: &entry.user,
            name: &entry.person.name,
            organisation: &entry.person.organisation,
            verb: &row.verb,
            document: &entry.document,
            meeting: Some(row.meeting.as_str()).filter(|meeting| !meeting.is_empty()),
            result: &entry.result,
            phase: &row.phase,
            session: &row.session,
            object: &row.object,
        }
    }

    /// One line, whatever people are called.
    fn for_people(&self) -> String {
        let Self { first, last, times, user, name, organisation, verb, document, result, object, .. } = self;
        let repeated = if *times > 1 { format!(" ({times} times until {last})") } else { String::new() };
        let meeting = self.meeting.map(|meeting| format!(" of meeting {meeting}")).unwrap_or_default();
        let document = if document.is_empty() { String::new() } else { format!(" document {document}") };
        let object = if object.is_empty() { String::new() } else { format!(" {object:?}") };
        format!("{first} {verb} {result}{repeated}:{document}{meeting}{object}, user {user} {name:?} {organisation:?}")
    }
}

/// UTC.
fn time(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).map_or_else(|_| milliseconds.to_string(), |time| time.to_string())
}

/// Prints the trail of the data folder, or of a backup, from its beginning.
pub(super) fn print_trail(config: &Config, file: Option<&Path>, json: bool) -> Result<(), CliError> {
    let database = match file {
        None => backup::database(&config.data)?,
        Some(file) if file.is_file() => file.to_owned(),
        Some(file) => return Err(BackupError::NoFile(file.to_owned()).into()),
    };
    // A backup has no head file: its trail ended where it was made.
    let head = if file.is_none() { head::read(&database) } else { None };
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    let mut written = Ok(());
    let wrong = audit::read(&database, head.as_ref(), |row| {
        let line = Line::of(row);
        let text = if json { serde_json::to_string(&line).unwrap_or_default() } else { line.for_people() };
        if written.is_ok() {
            written = writeln!(stdout, "{text}");
        }
    });
    let wrong = wrong.map_err(BackupError::from)?;
    match written.and_then(|()| stdout.flush()) {
        // The reader of the output has stopped reading, as `head` does.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(CliError::Failed(format!("stdout: {error}"))),
        _ => {}
    }
    wrong.map_or(Ok(()), |wrong| Err(CliError::Failed(format!("{wrong}; {CHANGED}"))))
}
