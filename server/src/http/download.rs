//! A meeting as a file to keep: which format was asked for, and the headers that a download carries.

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use dagsorden_shared::agenda::MeetingSnapshot;
use dagsorden_shared::api::{MeetingDetail, VersionRow};
use dagsorden_shared::catalogue::{Catalogue, Language};
use tokio::sync::Semaphore;

use super::guard;
use crate::error::ApiError;
use crate::export::{self, Facts, Format};

/// A PDF takes all cores while its pages are set, so only so many are set at a time.
static PDF_TURNS: Semaphore = Semaphore::const_new(2);

/// The format of this name.
///
/// # Errors
/// There is none: the answer lists them all.
pub(super) fn format(name: Option<&str>) -> Result<Format, ApiError> {
    name.and_then(Format::parse).ok_or_else(|| {
        let known = Format::ALL.map(|format| format!("`{}`", format.as_str())).join(", ");
        ApiError::new(StatusCode::BAD_REQUEST, "format", "There is no such format to export a meeting in.")
            .detail(format!("Use one of {known}, such as `?format={}`.", Format::Docx.as_str()))
    })
}

/// The file, with its name in both forms that browsers read.
pub(super) async fn answer(
    format: Format,
    snapshot: &MeetingSnapshot,
    rows: &MeetingDetail,
    newest: Option<VersionRow>,
    language: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let meeting = snapshot.to_json(rows);
    let catalogue = Catalogue::of(language.and_then(Language::parse).unwrap_or_default());
    let address = guard::host(headers, &Uri::default()).map(|host| format!("http://{host}/m/{}", rows.id));
    let about = Facts::new(rows, newest, address, jiff::Timestamp::now());
    // Held until the file is written, even if nobody waits for it any more; others wait here and hold no thread.
    let turn = match format {
        Format::Pdf => Some(PDF_TURNS.acquire().await.map_err(|error| ApiError::internal(&error))?),
        _ => None,
    };
    // A long meeting takes a while: not on the threads that carry everybody's keystrokes.
    let file = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        export::write(format, &meeting, &about, catalogue)
    })
    .await;
    let file = file.map_err(|error| ApiError::internal(&error))??;
    let name = HeaderValue::try_from(disposition(&file.name)).map_err(|error| ApiError::internal(&error))?;
    let kind = HeaderValue::from_static(file.media_type);
    let cache = HeaderValue::from_static("private, no-store");
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name), (header::CACHE_CONTROL, cache)];
    Ok((headers, file.bytes).into_response())
}

/// A download of this name: in plain letters for old programs, and as it is (RFC 8187).
pub(super) fn disposition(name: &str) -> String {
    let plain = name.replace('æ', "ae").replace('ø', "oe").replace('å', "aa").replace('Æ', "Ae").replace('Ø', "Oe").replace('Å', "Aa");
    let plain: String = plain.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ' ') { c } else { '_' }).collect();
    let mut coded = String::with_capacity(name.len() * 2);
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => coded.push(char::from(byte)),
            byte => coded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{coded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_in_a_header_whatever_the_forum_is_called() {
        assert_eq!(
            disposition("Børn & \"unge\" 2027.docx"),
            "attachment; filename=\"Boern _ _unge_ 2027.docx\"; filename*=UTF-8''B%C3%B8rn%20%26%20%22unge%22%202027.docx"
        );
        assert!(HeaderValue::try_from(disposition("漢\r\nx: y")).is_ok());
    }
}
