//! `dagsorden salvage`: what can still be read of a damaged document, as Meeting JSON that `import` makes a new meeting of.

use std::fs;
use std::io::Write;
use std::path::Path;

use dagsorden_shared::id::DocumentId;

use super::print;
use crate::backup::{self, BackupError};
use crate::config::Config;
use crate::error::CliError;
use crate::export;
use crate::store::salvage;

/// Writes what is sound of a document, up to the first row that is damaged, and says on stderr how far that is.
pub(super) fn salvage(config: &Config, document: &str, output: Option<&Path>) -> Result<(), CliError> {
    let database = backup::database(&config.data)?;
    let unknown = || {
        CliError::Input(format!(
            "{document}: no such document in {}; `dagsorden verify` names those that are damaged",
            config.data.display()
        ))
    };
    let id: DocumentId = document.parse().map_err(|_| unknown())?;
    let found = salvage::salvage(&database, &id).map_err(BackupError::from)?.ok_or_else(unknown)?;
    if found.revision == 0 {
        return Err(CliError::Failed(format!(
            "{document}: nothing of it can be read; restore a backup into another data folder and take it from there"
        )));
    }
    let (snapshot, all) = export::readable(&found.updates);
    let text = export::json(&snapshot, &found.rows);
    match output {
        None => print(&text)?,
        Some(file) => fs::write(file, text)
            .map_err(|error| CliError::Input(format!("{}: {error}; name a file that can be written", file.display())))?,
    }
    let lost = match found.newest - found.revision {
        _ if !all => "not all of that could be read".to_owned(),
        0 => "nothing of it is damaged".to_owned(),
        lost => format!("{lost} after it lost"),
    };
    // A closed stderr leaves nothing to say.
    let _ = writeln!(
        std::io::stderr(),
        "document {document}: read up to revision {} of {}, {lost}; `dagsorden import` makes a new meeting of what was written",
        found.revision,
        found.newest
    );
    Ok(())
}
