//! One room per document: found, or loaded once however many ask at the same time.

mod documents;
mod operations;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use dagsorden_shared::agenda::Agenda;
use dagsorden_shared::event::Event;
use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::close_code::{self, CloseCode};
use futures_channel::mpsc;
use futures_util::StreamExt;
use tokio::sync::{OnceCell, Semaphore, oneshot};
use tokio::time::Instant;
use yrs::{ReadTxn, StateVector, Transact};

use super::RoomError;
use super::connection::{Backlog, ConnectionId, Incoming, Member, Outgoing};
use super::document::RoomDocument;
use super::door::Door;
use super::task::{Join, Message, RoomTask};
use crate::rights::Access;
use crate::store::{DocumentState, Store};

/// Bytes of frames that one connection may have waiting in its room.
const INCOMING_BYTES: u32 = 2 << 20;
/// Connections to all documents together: at about 8 KiB each.
const MAX_CONNECTIONS: usize = 20_000;
/// What a frame weighs beside its bytes.
const FRAME_WEIGHT: u32 = 1 << 10;
/// Documents that are loaded at a time: after a restart all are asked for at once, and each keeps a thread busy.
const LOADS: usize = 16;
/// How long sockets may take to say goodbye when the server stops.
const GOODBYE: Duration = Duration::from_secs(5);

/// All open rooms. Cheap to clone.
#[derive(Clone)]
pub struct Registry {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    /// The slot goes in before anything is awaited, so a document is loaded once.
    slots: Mutex<HashMap<DocumentId, Arc<Slot>>>,
    next_connection: AtomicU64,
    connections: Arc<AtomicUsize>,
    closing: AtomicBool,
    door: Arc<Door>,
    loads: Semaphore,
    rooms: Alive,
    sockets: Alive,
}

type Slot = OnceCell<RoomHandle>;

#[derive(Debug, Clone)]
struct RoomHandle {
    inbox: mpsc::UnboundedSender<Message>,
    present: Arc<AtomicUsize>,
    /// Held while a command makes edits for rows.
    editing: Arc<tokio::sync::Mutex<()>>,
}

type Mark = tokio::sync::mpsc::Sender<()>;

/// Counts what is still running: it ends when all its marks are dropped.
struct Alive {
    mark: Mutex<Option<Mark>>,
    ended: tokio::sync::Mutex<tokio::sync::mpsc::Receiver<()>>,
}

impl Alive {
    fn new() -> Self {
        let (mark, ended) = tokio::sync::mpsc::channel(1);
        Self { mark: Mutex::new(Some(mark)), ended: tokio::sync::Mutex::new(ended) }
    }

    fn mark(&self) -> Option<Mark> {
        lock(&self.mark).clone()
    }

    async fn ended(&self) {
        drop(lock(&self.mark).take());
        // Nothing is ever sent: it ends when the last mark is gone.
        let _ = self.ended.lock().await.recv().await;
    }
}

/// These locks guard plain data that no panic can leave half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A room's place in the registry, given up when the room ends, however it ends.
struct Seat {
    registry: Weak<Inner>,
    document: DocumentId,
    slot: Weak<Slot>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let Some(registry) = self.registry.upgrade() else { return };
        let mut slots = lock(&registry.slots);
        if slots.get(&self.document).is_some_and(|slot| std::ptr::eq(Arc::as_ptr(slot), self.slot.as_ptr())) {
            slots.remove(&self.document);
        }
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Registry {{ rooms: {} }}", lock(&self.inner.slots).len())
    }
}

impl Registry {
    /// No room yet. Rooms run on the tokio runtime of the task that opens them.
    pub fn new(store: Store) -> Self {
        let inner = Inner {
            store,
            slots: Mutex::default(),
            next_connection: AtomicU64::new(1),
            connections: Arc::default(),
            closing: AtomicBool::new(false),
            door: Arc::default(),
            loads: Semaphore::new(LOADS),
            rooms: Alive::new(),
            sockets: Alive::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Connects a client to a document.
    ///
    /// # Errors
    /// There is no such document, it was deleted, it cannot be read, the server is going down, or too much of what they sent was refused.
    pub async fn join(&self, document: &DocumentId, member: Member) -> Result<(RoomSender, RoomReceiver), RoomError> {
        // Rights first, in memory: "not yours" and "not there" take the same path, before anything is loaded.
        match self.inner.store.rights_now().access(&member.actor, document) {
            Access::SignedOut => return Err(RoomError::SignedOut),
            Access::None if self.inner.store.document_state(document).await? == DocumentState::Gone => {
                return Err(RoomError::Deleted(document.clone()));
            }
            Access::None => return Err(RoomError::Unknown(document.clone())),
            Access::Read | Access::Write => {}
        }
        if let Some(after) = self.inner.door.wait(Instant::now(), &member.actor.user) {
            return Err(RoomError::Refused { after });
        }
        loop {
            let room = self.room(document).await?;
            let alive = self.inner.sockets.mark().ok_or(RoomError::Closing)?;
            let id = ConnectionId(self.inner.next_connection.fetch_add(1, Ordering::Relaxed));
            let backlog = Arc::new(Backlog::default());
            let (outgoing, frames) = mpsc::unbounded();
            let (taken, answer) = oneshot::channel();
            let join = Join { id, member: member.clone(), backlog: Arc::clone(&backlog), outgoing, taken };
            let sent = room.inbox.unbounded_send(Message::Join(Box::new(join))).is_ok();
            let weight = Arc::new(Semaphore::new(INCOMING_BYTES as usize));
            self.inner.connections.fetch_add(1, Ordering::Relaxed);
            let connections = Arc::clone(&self.inner.connections);
            let sender = RoomSender { id, inbox: room.inbox, weight, connections, _alive: alive };
            if sent && answer.await.is_ok() {
                return Ok((sender, RoomReceiver { frames, backlog }));
            }
            // The room was ending; its seat is given up in a moment.
            tokio::task::yield_now().await;
        }
    }

    /// How many documents are open.
    pub fn rooms(&self) -> usize {
        lock(&self.inner.slots).len()
    }

    /// How many connections there are, to all documents together.
    pub fn connections(&self) -> usize {
        self.inner.connections.load(Ordering::Relaxed)
    }

    /// Whether no more connections should come.
    pub fn is_full(&self) -> bool {
        self.connections() >= MAX_CONNECTIONS
    }

    /// How many people are in a document now.
    pub fn present(&self, document: &DocumentId) -> u32 {
        let slot = lock(&self.inner.slots).get(document).map(Arc::clone);
        let present = slot.and_then(|slot| slot.get().map(|room| room.present.load(Ordering::Relaxed)));
        u32::try_from(present.unwrap_or(0)).unwrap_or(u32::MAX)
    }

    /// The committed state of a document as an update, whether or not anybody has it open.
    ///
    /// # Errors
    /// As [`Registry::join`].
    pub async fn committed_state(&self, document: &DocumentId) -> Result<Vec<u8>, RoomError> {
        self.read(document, |agenda| agenda.doc().transact().encode_diff_v1(&StateVector::default())).await
    }

    /// Reads the committed document in its room.
    ///
    /// # Errors
    /// As [`Registry::join`].
    pub async fn read<T: Send + 'static>(
        &self,
        document: &DocumentId,
        work: impl Fn(&Agenda) -> T + Clone + Send + 'static,
    ) -> Result<T, RoomError> {
        loop {
            let room = self.room(document).await?;
            let (sender, answer) = oneshot::channel();
            let work = work.clone();
            let reader = Box::new(move |agenda: &Agenda| {
                // The task that asked may be gone.
                let _ = sender.send(work(agenda));
            });
            if room.inbox.unbounded_send(Message::Read(reader)).is_ok()
                && let Ok(value) = answer.await
            {
                return Ok(value);
            }
            tokio::task::yield_now().await;
        }
    }

    /// Hands an event to all who have a document open. Nothing is loaded for it.
    pub fn publish(&self, document: &DocumentId, event: Event) {
        let slot = lock(&self.inner.slots).get(document).map(Arc::clone);
        if let Some(room) = slot.as_ref().and_then(|slot| slot.get()) {
            // A room that has ended has nobody to tell.
            let _ = room.inbox.unbounded_send(Message::Rows(event));
        }
    }

    /// Ends the room of a document, if there is one: what it received is committed, and all connections are closed with `code`. Returns when the room is gone.
    pub async fn close_document(&self, document: &DocumentId, code: CloseCode) {
        let slot = lock(&self.inner.slots).get(document).map(Arc::clone);
        let Some(slot) = slot else { return };
        // A room that is being loaded now is waited for: it may have read the rows before they changed.
        if let Ok(room) = self.in_slot(document, slot).await {
            let (watcher, ended) = oneshot::channel();
            // A room that has ended already needs no telling; either way the watcher is dropped, and nothing is ever sent.
            let _ = room.inbox.unbounded_send(Message::Close(code, Some(watcher)));
            let _ = ended.await;
        }
    }

    /// Takes nobody in any more, commits what was received, tells everybody when to come back, and ends when all rooms are gone.
    pub async fn shutdown(&self) {
        self.inner.closing.store(true, Ordering::SeqCst);
        self.inner.door.begin_restart(self.connections());
        let slots: Vec<Arc<Slot>> = lock(&self.inner.slots).values().map(Arc::clone).collect();
        for room in slots.iter().filter_map(|slot| slot.get()) {
            // A room that has ended already needs no telling.
            let _ = room.inbox.unbounded_send(Message::Close(close_code::RESTART, None));
        }
        drop(slots);
        self.inner.rooms.ended().await;
        if tokio::time::timeout(GOODBYE, self.inner.sockets.ended()).await.is_err() {
            tracing::warn!("some connections did not say goodbye in time");
        }
    }

    async fn room(&self, document: &DocumentId) -> Result<RoomHandle, RoomError> {
        let slot = Arc::clone(lock(&self.inner.slots).entry(document.clone()).or_default());
        self.in_slot(document, slot).await
    }

    /// The room of this slot, loaded if need be.
    async fn in_slot(&self, document: &DocumentId, slot: Arc<Slot>) -> Result<RoomHandle, RoomError> {
        if let Some(room) = slot.get() {
            return Ok(room.clone());
        }
        let (registry, document) = (self.clone(), document.clone());
        // A task of its own: the caller may give up, but a load that was begun goes on and no second one begins.
        let loading = tokio::spawn(async move {
            match slot.get_or_try_init(|| registry.open(&document, &slot)).await {
                Ok(room) => Ok(room.clone()),
                Err(error) => {
                    // A failed load leaves no slot behind, unless another caller holds it and tries again: two slots would be two rooms.
                    // Slots are only cloned under this lock, so two holders are the map and we.
                    let mut slots = lock(&registry.inner.slots);
                    if slots.get(&document).is_some_and(|kept| Arc::ptr_eq(kept, &slot)) && Arc::strong_count(&slot) == 2 {
                        slots.remove(&document);
                    }
                    Err(error)
                }
            }
        });
        // It ends early with the server alone.
        loading.await.unwrap_or(Err(RoomError::Closing))
    }

    async fn open(&self, document: &DocumentId, slot: &Arc<Slot>) -> Result<RoomHandle, RoomError> {
        if self.inner.closing.load(Ordering::SeqCst) {
            return Err(RoomError::Closing);
        }
        let loading = self.inner.loads.acquire().await.map_err(|_| RoomError::Closing)?;
        let Some(loaded) = self.inner.store.load(document).await? else {
            return Err(match self.inner.store.document_state(document).await? {
                DocumentState::Gone => RoomError::Deleted(document.clone()),
                _ => RoomError::Unknown(document.clone()),
            });
        };
        if loaded.deleted {
            return Err(RoomError::Deleted(document.clone()));
        }
        let id = document.clone();
        let unreadable =
            |cause: tokio::task::JoinError| RoomError::Unreadable { document: document.clone(), cause: cause.to_string().into() };
        let room = tokio::task::spawn_blocking(move || RoomDocument::load(&id, &loaded).map(|room| (room, loaded.summary)))
            .await
            .map_err(unreadable)??;
        drop(loading);
        let alive = self.inner.rooms.mark().ok_or(RoomError::Closing)?;
        let (inbox, messages) = mpsc::unbounded();
        let present = Arc::new(AtomicUsize::new(0));
        // Boxed, or the running task would hold it twice: as it was handed over and as it runs.
        let task = Box::new(RoomTask::new(
            document.clone(),
            self.inner.store.clone(),
            room,
            messages,
            Arc::clone(&present),
            Arc::clone(&self.inner.door),
        ));
        let seat = Seat { registry: Arc::downgrade(&self.inner), document: document.clone(), slot: Arc::downgrade(slot) };
        tokio::spawn(async move {
            let late = task.run().await;
            // The seat goes first: a caller that finds the inbox closed finds a new room next.
            drop(seat);
            drop(late);
            drop(alive);
        });
        if self.inner.closing.load(Ordering::SeqCst) {
            // The shutdown may have passed this slot while it was still empty.
            let _ = inbox.unbounded_send(Message::Close(close_code::RESTART, None));
        }
        Ok(RoomHandle { inbox, present, editing: Arc::default() })
    }
}

/// The way into a room for one connection. Dropping it leaves the room.
#[derive(Debug)]
pub struct RoomSender {
    id: ConnectionId,
    inbox: mpsc::UnboundedSender<Message>,
    weight: Arc<Semaphore>,
    connections: Arc<AtomicUsize>,
    _alive: Mark,
}

impl RoomSender {
    /// Hands a frame to the room; waits while too much of this connection is waiting there. False if the room is gone.
    pub async fn send(&self, frame: Bytes) -> bool {
        let weight = u32::try_from(frame.len()).unwrap_or(INCOMING_BYTES).saturating_add(FRAME_WEIGHT).min(INCOMING_BYTES);
        let Ok(weight) = Arc::clone(&self.weight).acquire_many_owned(weight).await else { return false };
        self.inbox.unbounded_send(Message::Received(self.id, Incoming { frame, weight: Some(weight) })).is_ok()
    }
}

impl Drop for RoomSender {
    fn drop(&mut self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
        // A room that has ended knows already.
        let _ = self.inbox.unbounded_send(Message::Left(self.id));
    }
}

/// The way out of a room for one connection.
#[derive(Debug)]
pub struct RoomReceiver {
    frames: mpsc::UnboundedReceiver<Outgoing>,
    backlog: Arc<Backlog>,
}

impl RoomReceiver {
    /// What to do next. `None`: the room has ended without a word.
    pub async fn next(&mut self) -> Option<Outgoing> {
        self.frames.next().await
    }

    /// What else is there already.
    pub fn next_now(&mut self) -> Option<Outgoing> {
        self.frames.try_recv().ok()
    }

    /// So many frames, of this length together, were written to the network.
    pub fn written(&self, frames: usize, bytes: usize) {
        self.backlog.remove(frames, bytes);
    }
}

#[cfg(test)]
mod tests;
