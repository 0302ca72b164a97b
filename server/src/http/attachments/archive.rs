//! All files of a meeting's attachments as one ZIP, written while it is sent: a folder for each item, and a list of what is missing.
//!
//! What is packed already is not packed again. Closed items are not even counted.

use std::io::{self, Write};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use dagsorden_shared::api::{ItemAttachment, Problem};
use dagsorden_shared::catalogue::{Catalogue, Language};
use dagsorden_shared::meeting_json::AttachmentStatus;
use dagsorden_shared::render;
use futures_util::StreamExt;
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::super::access::MeetingAccess;
use super::super::download::disposition;
use super::super::{AppState, meetings};
use crate::error::ApiError;
use crate::files::name::{Names, part};
use crate::files::{FileError, Files};

/// Archives that are written at a time; each takes a thread.
const ARCHIVES: usize = 4;
/// Bytes that are sent at once.
const PORTION: usize = 64 << 10;
/// How long a reader may take nothing.
const STALLED: Duration = Duration::from_secs(30);

/// One file of the archive.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    path: String,
    sha256: String,
    size: u64,
}

/// In which language the names of the archive are.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Parameters {
    lang: Option<String>,
}

/// All files of a meeting's attachments as one ZIP: `NN Title/Bilag N - name`. What is promised or missing stands in `mangler.txt`.
#[utoipa::path(
    get,
    path = "/api/meetings/{meeting}/attachments.zip",
    params(("meeting" = String, Path), ("lang" = Option<String>, Query, description = "`da` (the default) or `en`")),
    responses((status = 200, content((Vec<u8> = "application/zip"))), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn all(
    State(state): State<AppState>,
    access: MeetingAccess,
    Query(parameters): Query<Parameters>,
) -> Result<Response, ApiError> {
    let rows = meetings::find(&state, &access).await?;
    let snapshot = meetings::snapshot(&state, &access).await?;
    let catalogue = Catalogue::of(parameters.lang.as_deref().and_then(Language::parse).unwrap_or_default());
    let attachments = snapshot.numbered(&rows.attachments);
    let items: Vec<(String, String, Vec<&ItemAttachment>)> = snapshot
        .items
        .iter()
        .filter(|item| !item.closed)
        .map(|item| {
            let own = attachments.iter().filter(|row| row.item == item.id).collect();
            (item.number.clone(), item.title.text(), own)
        })
        .collect();
    let (members, missing) = plan(&items);
    let name = format!("{} {}.zip", render::meeting::short_name(&snapshot.header, catalogue), catalogue.meeting.attachments.to_lowercase());
    let name = HeaderValue::try_from(disposition(&name)).map_err(|error| ApiError::internal(&error))?;
    let turn = turns().try_acquire_owned().map_err(|_| ApiError::from(FileError::Busy))?;
    let (sender, receiver) = mpsc::channel(4);
    let files = state.files.clone();
    let sending = Sending { sender, handle: Handle::current(), portion: Vec::with_capacity(PORTION), _turn: turn };
    tokio::task::spawn_blocking(move || {
        let mut sending = sending;
        let (sender, handle) = (sending.sender.clone(), sending.handle.clone());
        let written = write(&mut sending, &files, &members, missing).and_then(|()| sending.flush());
        if let Err(error) = written {
            // The reader sees a file that was cut, not one that looks whole. A reader that has gone gets nothing.
            let _ = handle.block_on(timeout(STALLED, sender.send(Err(error))));
        }
    });
    let body = futures_util::stream::unfold(receiver, |mut receiver: mpsc::Receiver<io::Result<Bytes>>| async move {
        receiver.recv().await.map(|portion| (portion, receiver))
    });
    let kind = HeaderValue::from_static("application/zip");
    let cache = HeaderValue::from_static("private, no-store");
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name), (header::CACHE_CONTROL, cache)];
    Ok((headers, Body::from_stream(body)).into_response())
}

fn turns() -> std::sync::Arc<Semaphore> {
    static TURNS: std::sync::OnceLock<std::sync::Arc<Semaphore>> = std::sync::OnceLock::new();
    std::sync::Arc::clone(TURNS.get_or_init(|| std::sync::Arc::new(Semaphore::new(ARCHIVES))))
}

/// What goes into the archive under which name, and the lines of what is missing. An item is its number, its title and its attachments.
pub(super) fn plan(items: &[(String, String, Vec<&ItemAttachment>)]) -> (Vec<Member>, Vec<String>) {
    let (mut members, mut missing, mut folders) = (Vec::new(), Vec::new(), Names::default());
    for (number, title, own) in items.iter().filter(|(.., own)| !own.is_empty()) {
        let number: String = if number.len() == 1 { format!("0{number}") } else { number.clone() };
        let folder = folders.free(&part(&format!("{number} {title}"), "Punkt"), "");
        let mut names = Names::default();
        for ItemAttachment { attachment, .. } in own {
            let label = attachment.number.as_ref().map(|number| format!("Bilag {number} - ")).unwrap_or_default();
            let Some(file) = &attachment.file else {
                if attachment.status != AttachmentStatus::Omtalt {
                    missing.push(format!("{folder}: {label}{}", attachment.title));
                }
                continue;
            };
            let (stem, ending) =
                file.name.rsplit_once('.').map_or((file.name.as_str(), String::new()), |(stem, end)| (stem, format!(".{end}")));
            let name = names.free(&part(&format!("{label}{stem}"), "Bilag"), &ending);
            members.push(Member { path: format!("{folder}/{name}"), sha256: file.sha256.clone(), size: file.size });
        }
    }
    (members, missing)
}

/// Writes the archive. A file that is not there is a line in the list of what is missing.
fn write(sending: &mut Sending, files: &Files, members: &[Member], mut missing: Vec<String>) -> io::Result<()> {
    let handle = sending.handle.clone();
    let mut archive = ZipWriter::new_stream(sending);
    for Member { path, sha256, size } in members {
        let Ok(mut bytes) = handle.block_on(files.read(sha256, None)) else {
            missing.push(path.clone());
            continue;
        };
        let options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(*size > u64::from(u32::MAX / 2));
        archive.start_file(path.as_str(), options).map_err(io::Error::other)?;
        while let Some(portion) = handle.block_on(bytes.next()) {
            archive.write_all(&portion.map_err(io::Error::other)?)?;
        }
    }
    if !missing.is_empty() || members.is_empty() {
        archive.start_file("mangler.txt", SimpleFileOptions::default()).map_err(io::Error::other)?;
        let lines: String = missing.iter().map(|line| format!("{line}\r\n")).collect();
        // With a mark that says it is UTF-8: Windows would take it for something else.
        archive.write_all(format!("\u{feff}{lines}").as_bytes())?;
    }
    archive.finish().map(drop).map_err(io::Error::other)
}

/// What is written is sent, a portion at a time; who takes nothing for long is given up.
struct Sending {
    sender: mpsc::Sender<io::Result<Bytes>>,
    handle: Handle,
    portion: Vec<u8>,
    _turn: OwnedSemaphorePermit,
}

impl Write for Sending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.portion.extend_from_slice(bytes);
        if self.portion.len() >= PORTION {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.portion.is_empty() {
            return Ok(());
        }
        let portion = Bytes::from(std::mem::replace(&mut self.portion, Vec::with_capacity(PORTION)));
        let sent = self.handle.block_on(timeout(STALLED, self.sender.send(Ok(portion))));
        match sent {
            Ok(Ok(())) => Ok(()),
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::meeting_json::{AttachmentJson, FileJson};

    use super::*;

    fn row(number: Option<&str>, title: &str, file: Option<&str>, status: AttachmentStatus) -> ItemAttachment {
        let file = file.map(|name| FileJson { name: name.into(), size: 1, sha256: "00".repeat(32), ..FileJson::default() });
        ItemAttachment::new("i".parse().unwrap(), AttachmentJson { number: number.map(Into::into), title: title.into(), status, file })
    }

    #[test]
    fn every_file_has_a_place_of_its_own_and_what_is_missing_is_listed() {
        let rows = [
            row(Some("2.1"), "Notat", Some("Notat.pdf"), AttachmentStatus::Vedlagt),
            row(None, "Kort", Some("kort.png"), AttachmentStatus::Vedlagt),
            row(None, "Kort igen", Some("Kort.png"), AttachmentStatus::Vedlagt),
            row(Some("2.4"), "Svar", None, AttachmentStatus::Eftersendes),
            row(None, "Brev", None, AttachmentStatus::Omtalt),
        ];
        let items = vec![
            ("1".to_owned(), "Uden bilag".to_owned(), Vec::new()),
            ("2".to_owned(), "Kajer / havn: \"nu\"\u{202e}".to_owned(), rows.iter().collect()),
        ];
        let (members, missing) = plan(&items);
        let paths: Vec<&str> = members.iter().map(|member| member.path.as_str()).collect();
        let folder = "02 Kajer _ havn_ _nu_";
        assert_eq!(paths, [format!("{folder}/Bilag 2.1 - Notat.pdf"), format!("{folder}/kort.png"), format!("{folder}/Kort (2).png")]);
        assert_eq!(missing, [format!("{folder}: Bilag 2.4 - Svar")]);
    }
}
