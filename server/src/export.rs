//! Writing a meeting out: the document's snapshot and its rows as Meeting JSON.
//!
//! Knows no HTTP and no file. What is written is what was committed.

use dagsorden_shared::agenda::{Agenda, MeetingSnapshot};
use dagsorden_shared::api::MeetingDetail;
use dagsorden_shared::id::ClientId;
use dagsorden_shared::meeting_json::MeetingJson;
use yrs::updates::decoder::Decode;
use yrs::{Transact, Update};

use crate::intake::random_bits;
use crate::store::Loaded;

/// Stored bytes that are no document. The store checks its checksums, so this is a fault of ours.
#[derive(Debug, thiserror::Error)]
#[error("a stored update cannot be read: {0}")]
pub struct DocumentError(String);

/// The tree of a document as it was loaded from the store.
///
/// # Errors
/// Bytes that are no update.
pub fn snapshot(document: &Loaded) -> Result<MeetingSnapshot, DocumentError> {
    let agenda = Agenda::new(ClientId::from_random(random_bits() as u64));
    document.snapshot.iter().chain(&document.log).try_for_each(|update| apply(&agenda, update))?;
    Ok(agenda.snapshot())
}

/// The tree of a document as far as its updates can be read, and whether that is to their end.
pub fn readable(updates: &[Vec<u8>]) -> (MeetingSnapshot, bool) {
    let agenda = Agenda::new(ClientId::from_random(random_bits() as u64));
    let all = updates.iter().all(|update| apply(&agenda, update).is_ok());
    (agenda.snapshot(), all)
}

fn apply(agenda: &Agenda, update: &[u8]) -> Result<(), DocumentError> {
    let update = Update::decode_v1(update).map_err(|error| DocumentError(error.to_string()))?;
    agenda.doc().transact_mut().apply_update(update).map_err(|error| DocumentError(error.to_string()))
}

/// Meeting JSON as text that a person can read, with a newline at the end.
pub fn json(snapshot: &MeetingSnapshot, rows: &MeetingDetail) -> String {
    let meeting: MeetingJson = snapshot.to_json(rows);
    let mut text = serde_json::to_string_pretty(&meeting).expect("Meeting JSON has string keys only");
    text.push('\n');
    text
}

/// A name for the file: forum and date, in letters that every system takes.
pub fn file_name(meeting: &MeetingSnapshot, rows: &MeetingDetail) -> String {
    let text = format!("{} {}", rows.forum_name, meeting.header.date.as_deref().unwrap_or_default()).to_lowercase();
    let text = text.replace('æ', "ae").replace('ø', "oe").replace('å', "aa");
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name: String = words.join("-").chars().take(80).collect();
    if name.is_empty() { "dagsorden.json".to_owned() } else { format!("{name}.json") }
}
