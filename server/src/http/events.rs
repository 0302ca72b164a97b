//! The same frames over plain HTTP, for networks that block websockets: one event stream per tab down, frames posted up.
//!
//! `GET /sync/{document}/events` opens the stream and joins the document; its first event names the tab. `POST /sync/{document}/frames/{tab}`
//! takes frames, and joins further documents to the same stream. A tab ends with its last document, or when its stream is gone.
//! Knows no message, as [`super::socket`].

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::MAX_MESSAGE;
use dagsorden_shared::protocol::close_code::{self, CloseCode};
use dagsorden_shared::protocol::varint::Reader;
use futures_util::stream;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::AppState;
use super::others::DOCUMENTS;
use super::overload::busy;
use super::socket::{SyncParameters, code_of, patience};
use crate::error::ApiError;
use crate::intake::random_bits;
use crate::rights::Actor;
use crate::room::{Member, Outgoing, Registry, RoomReceiver, RoomSender};

/// Bytes of one post: the largest message, with its length in front and small ones beside it.
pub(super) const MAX_POST: usize = MAX_MESSAGE + (64 << 10);

/// All tabs with an event stream. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Tabs {
    tabs: Arc<Mutex<HashMap<String, Arc<Tab>>>>,
}

#[derive(Debug)]
struct Tab {
    name: String,
    member: Member,
    /// One event waits here beside the one that is being written: the rest waits in the rooms, which know how to deal with slow readers.
    events: mpsc::Sender<Bytes>,
    documents: Mutex<HashMap<DocumentId, Way>>,
}

/// The way into a room. Frames of one document are taken in their order.
type Way = Arc<tokio::sync::Mutex<RoomSender>>;

impl Tabs {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Tab>>> {
        self.tabs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A tab belongs to the session it was opened in, not to the person.
    fn find(&self, name: &str, actor: &Actor) -> Option<Arc<Tab>> {
        self.lock().get(name).filter(|tab| tab.member.actor == *actor).map(Arc::clone)
    }
}

impl Tab {
    fn documents(&self) -> MutexGuard<'_, HashMap<DocumentId, Way>> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the event stream of a tab, with its first document.
pub(crate) async fn open(
    Path(document): Path<String>,
    Query(parameters): Query<SyncParameters>,
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Response {
    let (registry, tabs) = (state.registry.clone(), state.tabs.clone());
    let identity = state.identity(&headers, parameters.token.as_deref());
    if registry.is_full() {
        return busy("The server has as many connections as it can take.");
    }
    let (events, mut lines) = mpsc::channel(1);
    let tab =
        Arc::new(Tab { name: format!("{:032x}", random_bits()), member: parameters.member(identity), events, documents: Mutex::default() });
    let first = match join(&tabs, &tab, &registry, &document).await {
        Ok(()) => format!("event: tab\ndata: {}\n\n", tab.name),
        // As with a websocket: a page cannot read the status of a stream that did not open.
        Err((code, reason)) => closed(&document, code, &reason),
    };
    drop(tab);
    let mut first = Some(Bytes::from(first));
    let stream = stream::poll_fn(move |context| match first.take() {
        Some(first) => std::task::Poll::Ready(Some(first)),
        None => lines.poll_recv(context),
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform")),
        // Proxies that gather answers would hold the events back.
        (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(futures_util::StreamExt::map(stream, Ok::<_, Infallible>))).into_response()
}

/// Takes frames of one document, each with its length in front, in their order.
pub(crate) async fn post(
    Path((document, tab)): Path<(String, String)>,
    State(state): State<AppState>,
    Query(parameters): Query<SyncParameters>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let (registry, tabs) = (state.registry.clone(), state.tabs.clone());
    let identity = state.identity(&headers, parameters.token.as_deref());
    let body = super::body::read(&headers, body, MAX_POST).await?;
    let gone = || ApiError::new(StatusCode::GONE, "tab_gone", "This event stream has ended.").detail("Open a new one.");
    let tab = tabs.find(&tab, &identity.actor()).ok_or_else(gone)?;
    let id: DocumentId = document.parse().map_err(|_| ApiError::not_found("document"))?;
    let known = tab.documents().get(&id).map(Arc::clone);
    let way = match known {
        Some(way) => way,
        None => {
            join(&tabs, &tab, &registry, &document).await.map_err(|(_, reason)| ApiError::new(StatusCode::CONFLICT, "closed", reason))?;
            tab.documents().get(&id).map(Arc::clone).ok_or_else(gone)?
        }
    };
    let sender = way.lock().await;
    let mut frames = Reader::new(&body);
    while frames.remaining() > 0 {
        let frame = frames.bytes().map_err(|error| ApiError::invalid(format!("These are no frames: {error}.")))?;
        if !sender.send(body.slice_ref(frame)).await {
            return Err(gone());
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Joins a document to a tab.
async fn join(tabs: &Tabs, tab: &Arc<Tab>, registry: &Registry, document: &str) -> Result<(), (CloseCode, String)> {
    let unknown = || (close_code::UNKNOWN_DOCUMENT, format!("there is no document {document:?}"));
    let id: DocumentId = document.parse().map_err(|_| unknown())?;
    if registry.is_full() {
        return Err((close_code::TRY_LATER, "the server has as many connections as it can take".to_owned()));
    }
    let (sender, receiver) = registry.join(&id, tab.member.clone()).await.map_err(|error| code_of(&error))?;
    {
        let mut documents = tab.documents();
        if documents.len() >= DOCUMENTS {
            return Err((close_code::TRY_LATER, format!("a tab has {DOCUMENTS} documents at most")));
        }
        if documents.contains_key(&id) {
            // Two posts at once: the other has joined it.
            return Ok(());
        }
        documents.insert(id.clone(), Arc::new(tokio::sync::Mutex::new(sender)));
        tabs.lock().insert(tab.name.clone(), Arc::clone(tab));
    }
    tokio::spawn(pump(tabs.clone(), Arc::clone(tab), id, receiver));
    Ok(())
}

/// Frames of a room into the stream, until one of them ends.
async fn pump(tabs: Tabs, tab: Arc<Tab>, document: DocumentId, mut receiver: RoomReceiver) {
    loop {
        let outgoing = tokio::select! {
            outgoing = receiver.next() => outgoing,
            () = tab.events.closed() => break,
        };
        let (event, length) = match outgoing {
            Some(Outgoing::Frame(frame)) => (format!("event: {document}\ndata: {}\n\n", STANDARD.encode(&frame)), Some(frame.len())),
            Some(Outgoing::Close(code, reason)) => (closed(document.as_str(), code, &reason), None),
            None => (closed(document.as_str(), close_code::TRY_LATER, "the room has ended"), None),
        };
        let sent = timeout(patience(event.len()), tab.events.send(event.into())).await;
        match (sent, length) {
            (Ok(Ok(())), Some(length)) => receiver.written(1, length),
            _ => break,
        }
    }
    let mut documents = tab.documents();
    documents.remove(&document);
    if documents.is_empty() {
        tabs.lock().remove(&tab.name);
    }
}

/// The event that ends a document: base64 has no such sign.
fn closed(document: &str, code: CloseCode, reason: &str) -> String {
    let reason = reason.replace(['\r', '\n'], " ");
    format!("event: {document}\ndata: !{code} {reason}\n\n")
}
