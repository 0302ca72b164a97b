//! The HTTP API from the page: JSON in, JSON out, and one error type that says what to tell the person.
//!
//! Bodies are those of `dagsorden_shared::api`. Knows no route but what it is given.

use std::time::Duration;

use super::replica::sleep_or;
use crate::json::{self, FromJson, ToJson};
use dagsorden_shared::api::Problem;
use dagsorden_shared::id::DocumentId;
use dagsorden_shared::json::Json;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, File, FormData, Headers, RequestInit, Response};

/// An answer takes this long at most; imports of large files are the slowest.
const PATIENCE_MILLIS: u32 = 60_000;
/// A page that waited longer for its document than this opens without it.
const STATE_PATIENCE: Duration = Duration::from_secs(2);

/// Why there is no answer to use.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum HttpError {
    /// No connection, or no answer in time. Nothing is known of what the server did.
    #[error("the server did not answer")]
    Unreachable,
    /// The server said no, and why.
    #[error("{}", .0.title)]
    Problem(Problem),
    /// An answer in a form that this page does not know, such as a proxy's page.
    #[error("the server answered {status} in a form that is not understood")]
    Unreadable {
        /// HTTP status.
        status: u16,
    },
}

/// Reads what is at `path`.
///
/// # Errors
/// Show it; nothing was changed.
pub async fn get<T: FromJson>(path: &str) -> Result<T, HttpError> {
    read(request("GET", path, Body::None).await?).await
}

/// Posts `body` as JSON.
///
/// # Errors
/// Show it; after [`HttpError::Unreachable`] look before trying again.
pub async fn post<T: FromJson>(path: &str, body: &impl ToJson) -> Result<T, HttpError> {
    read(request("POST", path, Body::Json(body.to_json().write())).await?).await
}

/// Puts `body` as JSON.
///
/// # Errors
/// Show it; putting the same again does no harm.
pub async fn put<T: FromJson>(path: &str, body: &impl ToJson) -> Result<T, HttpError> {
    read(request("PUT", path, Body::Json(body.to_json().write())).await?).await
}

/// Changes what is at `path`, with `body` as JSON.
///
/// # Errors
/// Show it; nothing was changed.
pub async fn patch<T: FromJson>(path: &str, body: &impl ToJson) -> Result<T, HttpError> {
    read(request("PATCH", path, Body::Json(body.to_json().write())).await?).await
}

/// Deletes what is at `path`.
///
/// # Errors
/// Show it; deleting again does no harm.
pub async fn delete(path: &str) -> Result<(), HttpError> {
    request("DELETE", path, Body::None).await.map(drop)
}

/// Sends `body`, if there is one, where the answer says only whether it was taken.
///
/// # Errors
/// Show it; what was sent once more does no harm.
pub async fn tell(method: &'static str, path: String, body: Option<Json>) -> Result<(), HttpError> {
    request(method, &path, body.map_or(Body::None, |body| Body::Json(body.write()))).await.map(drop)
}

/// Posts to `path` where neither the body nor the answer says anything, as in `…/restore`.
///
/// # Errors
/// Show it.
pub async fn post_empty(path: &str) -> Result<(), HttpError> {
    request("POST", path, Body::None).await.map(drop)
}

/// Posts pasted text.
///
/// # Errors
/// Show it; nothing was stored.
pub async fn post_text<T: FromJson>(path: &str, text: &str) -> Result<T, HttpError> {
    read(request("POST", path, Body::Text(text)).await?).await
}

/// Posts a file that the person chose or dropped, as the form field `file`.
///
/// # Errors
/// Show it; nothing was stored.
pub async fn post_file<T: FromJson>(path: &str, file: &File) -> Result<T, HttpError> {
    read(request("POST", path, Body::File(file)).await?).await
}

/// The server's state of a document. `None` if it does not come soon: then the device and the relay give it.
pub(crate) async fn state(document: &DocumentId) -> Option<Vec<u8>> {
    let path = format!("/api/documents/{document}/state");
    let answer = sleep_or(STATE_PATIENCE, async move { bytes(&path).await }).await;
    answer.flatten().map(|bytes| js_sys::Uint8Array::new(&bytes).to_vec())
}

/// The bytes at `path`; `None` if there are none to be had. Asked for as the page's preloads are, so that it finds what they fetched.
pub(crate) async fn bytes(path: &str) -> Option<js_sys::ArrayBuffer> {
    let response: Response = JsFuture::from(web_sys::window()?.fetch_with_str(path)).await.ok()?.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.array_buffer().ok()?).await.ok()?.dyn_into().ok()
}

/// Posts frames of the relay's protocol. False if the server did not take them.
pub(super) async fn post_frames(path: &str, frames: &[u8]) -> bool {
    fetch("POST", path, &Body::Frames(frames)).await.is_ok_and(|response| response.ok())
}

/// Whether the server answers over HTTP.
pub(super) async fn is_reachable() -> bool {
    fetch("GET", "/healthz", &Body::None).await.is_ok_and(|response| response.ok())
}

enum Body<'a> {
    None,
    Frames(&'a [u8]),
    Json(String),
    Text(&'a str),
    File(&'a File),
}

impl Body<'_> {
    fn write(&self, init: &RequestInit, headers: &Headers) -> Result<(), JsValue> {
        match self {
            Self::None => {}
            Self::Frames(frames) => init.set_body(&js_sys::Uint8Array::from(*frames)),
            Self::Json(json) => {
                headers.set("Content-Type", "application/json")?;
                init.set_body(&JsValue::from_str(json));
            }
            Self::Text(text) => {
                headers.set("Content-Type", "text/plain; charset=utf-8")?;
                init.set_body(&JsValue::from_str(text));
            }
            Self::File(file) => {
                // The browser writes the content type with the boundary.
                let form = FormData::new()?;
                form.append_with_blob_and_filename("file", file, &file.name())?;
                init.set_body(&form);
            }
        }
        Ok(())
    }
}

/// The answer, if its status is a good one.
async fn request(method: &str, path: &str, body: Body<'_>) -> Result<Response, HttpError> {
    let response = fetch(method, path, &body).await.map_err(|_| HttpError::Unreachable)?;
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    let problem = text(&response).await.and_then(|text| json::read(&text));
    Err(problem.map_or(HttpError::Unreadable { status }, HttpError::Problem))
}

async fn fetch(method: &str, path: &str, body: &Body<'_>) -> Result<Response, JsValue> {
    let init = RequestInit::new();
    let headers = Headers::new()?;
    headers.set("Accept", "application/json")?;
    body.write(&init, &headers)?;
    init.set_method(method);
    init.set_headers(&headers);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_MILLIS)));
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    JsFuture::from(window.fetch_with_str_and_init(path, &init)).await?.dyn_into()
}

async fn read<T: FromJson>(response: Response) -> Result<T, HttpError> {
    let status = response.status();
    let text = text(&response).await.ok_or(HttpError::Unreachable)?;
    json::read(&text).ok_or(HttpError::Unreadable { status })
}

async fn text(response: &Response) -> Option<String> {
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}
