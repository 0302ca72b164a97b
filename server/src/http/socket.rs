//! `GET /sync/{document}`: frames between a websocket and its room.
//!
//! Knows no message but "no binary frame" and "a frame of another document", which `others` takes: what frames say is the room's. A browser cannot read the HTTP status of a refused upgrade, so
//! the upgrade is accepted and the connection closed with a code that says why. Other sites' pages were turned away before (`guard`).

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::close_code::{self, CloseCode};
use dagsorden_shared::protocol::{MAX_MESSAGE, OtherFrame};
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at, timeout};

use super::AppState;
use super::others::Others;
use super::overload::busy;
use crate::identity::Identity;
use crate::metrics::{BYTES, FRAMES};
use crate::room::{Member, Outgoing, Registry, RoomError, RoomReceiver, RoomSender};
use crate::store::StoreError;

/// A reader that takes nothing for this long is given up; a large frame gets more, at [`SLOWEST`] bytes a second.
const STALLED: Duration = Duration::from_secs(30);
const SLOWEST: usize = 16 << 10;
/// How often the other side is asked whether it is there.
const PING: Duration = Duration::from_secs(20);
/// A client that does not answer this many times is gone.
const UNANSWERED: u32 = 3;
/// How long a closing handshake may take.
const GOODBYE: Duration = Duration::from_secs(2);
/// The default buffers would cost 128 KiB a connection before anything is said. What a page sends is small; a longer message gets its room
/// when its length is known.
const READ_BUFFER: usize = 2 << 10;
/// Small frames that are ready together leave as one packet of about this size.
const WRITE_BUFFER: usize = 8 << 10;
/// Longest reason a close frame holds, in bytes.
const MAX_REASON: usize = 120;

/// What a client may ask for in the address. `token` is for stock providers, which cannot set a header.
#[derive(Debug, Deserialize)]
pub(crate) struct SyncParameters {
    /// `1`: send the extensions.
    v: Option<String>,
    /// A token for programs. It is never logged: the log holds routes, not addresses.
    pub(super) token: Option<String>,
}

impl SyncParameters {
    /// How a client connects.
    pub(super) fn member(&self, identity: Identity) -> Member {
        Member { actor: identity.actor(), person: identity.person, extensions: self.v.as_deref() == Some("1") }
    }
}

/// How long it may take to write so much.
pub(super) fn patience(bytes: usize) -> Duration {
    STALLED + Duration::from_secs(u64::try_from(bytes / SLOWEST).unwrap_or(u64::MAX))
}

/// Why a connection ended.
#[derive(Debug)]
enum End {
    /// The other side is gone; nothing to say.
    Gone,
    /// Close with this code.
    Close(CloseCode, String),
}

/// Upgrades to a websocket and joins the document's room.
pub(crate) async fn sync(
    upgrade: WebSocketUpgrade,
    Path(document): Path<String>,
    Query(parameters): Query<SyncParameters>,
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Response {
    let registry = state.registry.clone();
    if registry.is_full() {
        return busy("The server has as many connections as it can take.");
    }
    let member = parameters.member(state.identity(&headers, parameters.token.as_deref()));
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        // Some bytes more: the room refuses a message just above the limit with a reason, and one of another document has its name in front.
        .max_message_size(MAX_MESSAGE + OtherFrame::OVERHEAD)
        .max_frame_size(MAX_MESSAGE + OtherFrame::OVERHEAD)
        .on_upgrade(async move |socket| {
            let via = member.actor.via.clone();
            // Looking at an open page is using the session; nothing is written more often than each few minutes.
            let touch = move || state.store.touch_session(&via);
            serve(socket, &registry, &document, member, touch).await;
        })
}

async fn serve(socket: WebSocket, registry: &Registry, document: &str, member: Member, touch: impl Fn()) {
    let (mut sink, mut stream) = socket.split();
    let (mut others, mut of_others) = Others::new(registry, &member);
    let joined = match document.parse::<DocumentId>() {
        Ok(document) => registry.join(&document, member).await.map_err(|error| {
            let (code, reason) = code_of(&error);
            End::Close(code, reason)
        }),
        Err(_) => Err(End::Close(close_code::UNKNOWN_DOCUMENT, format!("there is no document {document:?}"))),
    };
    // The room knows that this connection is gone once both halves are dropped, whatever happened.
    let (sender, end) = match joined {
        Ok((sender, mut receiver)) => {
            let heard = AtomicBool::new(true);
            let end = tokio::select! {
                end = read(&mut stream, &sender, &mut others, &heard) => end,
                end = write(&mut sink, &mut receiver, &mut of_others, &heard, &touch) => end,
            };
            (Some(sender), end)
        }
        Err(end) => (None, end),
    };
    if let End::Close(code, reason) = end {
        close(&mut sink, &mut stream, code, reason).await;
    }
    // The other documents hear of it, too: what is under way for them is dropped with these.
    drop((sender, others, of_others));
}

/// What a document that cannot be joined is closed with.
pub(super) fn code_of(error: &RoomError) -> (CloseCode, String) {
    let code = match error {
        RoomError::Unknown(_) | RoomError::NoItem(_) | RoomError::NoRoom(_) => close_code::UNKNOWN_DOCUMENT,
        RoomError::Deleted(_) => close_code::GONE,
        RoomError::SignedOut => close_code::NOT_SIGNED_IN,
        RoomError::Closing => close_code::RESTART,
        RoomError::Refused { after } => return (close_code::TRY_LATER, close_code::reason_to_return(&error.to_string(), *after)),
        RoomError::Unreadable { .. } | RoomError::Store(StoreError::Damaged { .. }) => {
            tracing::error!(%error, "a damaged document stays closed; all others open");
            close_code::DAMAGED
        }
        RoomError::Store(_) => {
            tracing::error!(%error, "a document could not be opened");
            return (close_code::TRY_LATER, "the document could not be opened; the server's log says why".to_owned());
        }
    };
    (code, error.to_string())
}

/// Frames from the network to the room, until something ends it.
async fn read(
    stream: &mut (impl Stream<Item = Result<Message, axum::Error>> + Unpin),
    sender: &RoomSender,
    others: &mut Others,
    heard: &AtomicBool,
) -> End {
    loop {
        let next = stream.next().await;
        // A clock for every frame would cost more than the frame.
        heard.store(true, Ordering::Relaxed);
        match next {
            Some(Ok(Message::Binary(frame))) => {
                if let Some(other) = others.frame(&frame) {
                    match other {
                        Ok((document, frame)) => others.send(document, frame).await,
                        Err(error) => return End::Close(close_code::BAD_FRAME, format!("bad frame: {error}")),
                    }
                    continue;
                }
                if !sender.send(frame).await {
                    // Why it ended, and when to come back, is on its way to the other half, which ends the connection.
                    return std::future::pending().await;
                }
            }
            Some(Ok(Message::Text(_))) => {
                return End::Close(close_code::BAD_FRAME, "text frame; this protocol has binary frames only".to_owned());
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_))) | None => return End::Gone,
            Some(Err(error)) if is_too_long(&error) => {
                return End::Close(close_code::BAD_FRAME, format!("message above {MAX_MESSAGE} bytes"));
            }
            Some(Err(_)) => return End::Gone,
        }
    }
}

/// Whether a message was refused for its length; the connection is whole then and can be told so.
fn is_too_long(error: &axum::Error) -> bool {
    error.to_string().starts_with("Space limit exceeded")
}

/// Frames from the room to the network, until the room says to close, the reader stalls or nothing is heard of it.
async fn write(
    sink: &mut (impl Sink<Message> + Unpin),
    receiver: &mut RoomReceiver,
    of_others: &mut mpsc::Receiver<Bytes>,
    heard: &AtomicBool,
    touch: &impl Fn(),
) -> End {
    let mut ping = interval_at(Instant::now() + PING, PING);
    let mut unanswered = 0;
    let mut held = None;
    loop {
        let outgoing = match held.take() {
            Some(outgoing) => outgoing,
            None => tokio::select! {
                outgoing = receiver.next() => match outgoing {
                    Some(outgoing) => outgoing,
                    None => return End::Close(close_code::TRY_LATER, "the room has ended".to_owned()),
                },
                Some(frame) = of_others.recv() => {
                    match timeout(patience(frame.len()), sink.send(Message::Binary(frame))).await {
                        Ok(Ok(())) => continue,
                        Ok(Err(_)) => return End::Gone,
                        Err(_) => return stalled(),
                    }
                }
                _ = ping.tick() => {
                    touch();
                    unanswered = if heard.swap(false, Ordering::Relaxed) { 0 } else { unanswered + 1 };
                    if unanswered == UNANSWERED {
                        return End::Gone;
                    }
                    match timeout(STALLED, sink.send(Message::Ping(Bytes::new()))).await {
                        Ok(Ok(())) => continue,
                        Ok(Err(_)) => return End::Gone,
                        Err(_) => return stalled(),
                    }
                }
            },
        };
        let frame = match outgoing {
            Outgoing::Frame(frame) => frame,
            Outgoing::Close(code, reason) => return End::Close(code, reason),
        };
        match timeout(patience(frame.len()), write_frames(sink, receiver, frame)).await {
            Ok(Ok(next)) => held = next,
            Ok(Err(Gone)) => return End::Gone,
            Err(_) => return stalled(),
        }
    }
}

fn stalled() -> End {
    End::Close(close_code::TRY_LATER, "nothing was read for too long".to_owned())
}

/// The other side is gone.
struct Gone;

/// Sends a frame, together with small ones that are ready. Answers what was taken from the room and belongs to none of these.
async fn write_frames(
    sink: &mut (impl Sink<Message> + Unpin),
    receiver: &mut RoomReceiver,
    first: Bytes,
) -> Result<Option<Outgoing>, Gone> {
    let (mut frames, mut bytes) = (1, first.len());
    sink.feed(Message::Binary(first)).await.map_err(|_| Gone)?;
    let mut held = None;
    while bytes < WRITE_BUFFER {
        match receiver.next_now() {
            Some(Outgoing::Frame(frame)) if frame.len() < WRITE_BUFFER => {
                frames += 1;
                bytes += frame.len();
                sink.feed(Message::Binary(frame)).await.map_err(|_| Gone)?;
            }
            other => {
                held = other;
                break;
            }
        }
    }
    sink.flush().await.map_err(|_| Gone)?;
    receiver.written(frames, bytes);
    metrics::counter!(FRAMES).increment(frames as u64);
    metrics::counter!(BYTES).increment(bytes as u64);
    Ok(held)
}

/// Says why, and reads on until the other side has heard it: closing with unread bytes would make the system throw the reason away.
async fn close(
    sink: &mut (impl Sink<Message> + Unpin),
    stream: &mut (impl Stream<Item = Result<Message, axum::Error>> + Unpin),
    code: CloseCode,
    mut reason: String,
) {
    let cut = (0..=MAX_REASON.min(reason.len())).rev().find(|at| reason.is_char_boundary(*at)).unwrap_or(0);
    reason.truncate(cut);
    let goodbye = async {
        if sink.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await.is_ok() {
            while let Some(Ok(_)) = stream.next().await {}
        }
    };
    // A client that does not answer in time is left alone.
    let _ = timeout(GOODBYE, goodbye).await;
}
