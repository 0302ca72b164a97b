//! One room per document: found, or loaded once however many ask at the same time.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use dagsorden_shared::agenda::{Agenda, Edit, MeetingSnapshot};
use dagsorden_shared::event::Event;
use dagsorden_shared::id::{DocumentId, ItemId, MeetingId};
use dagsorden_shared::protocol::ServerMessage;
use dagsorden_shared::protocol::close_code::{self, CloseCode};
use futures_channel::mpsc;
use futures_util::StreamExt;
use tokio::sync::{OnceCell, Semaphore, oneshot};
use tokio::time::Instant;
use yrs::{ReadTxn, StateVector, Transact};

use super::RoomError;
use super::connection::{Backlog, ConnectionId, Incoming, Member, Outgoing};
use super::document::{MovedBack, MovedOut, RoomDocument};
use super::door::Door;
use super::state::{Operation, Work};
use super::task::{Join, Message, RoomTask};
use crate::rights::Access;
use crate::store::{Batch, DocumentState, NewItemDocument, ReturnedItem, Store, StoreError};

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

/// How often a meeting is read anew because an item moved between documents meanwhile.
const TRIES: u32 = 5;

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

    /// What a meeting says, as committed: its own document, with the items that live in documents of their own in their places.
    ///
    /// # Errors
    /// As [`Registry::join`]; the document of an item is not there.
    pub async fn meeting(&self, document: &DocumentId) -> Result<MeetingSnapshot, RoomError> {
        let mut tries = 1;
        loop {
            let mut meeting = self.read(document, Agenda::snapshot).await?;
            let places: Vec<ItemId> = meeting.places().cloned().collect();
            for item in &places {
                match self.read(&self.document_of(document, item), Agenda::only_item).await {
                    Ok(words) => words.into_iter().for_each(|words| meeting.put(words)),
                    Err(RoomError::Unknown(_) | RoomError::Deleted(_)) => {}
                    Err(error) => return Err(error),
                }
            }
            let missing = meeting.places().next().cloned();
            match missing {
                None => return Ok(meeting),
                // An item moved between the two looks.
                Some(_) if tries < TRIES => tries += 1,
                Some(item) => return Err(no_document(document, &item)),
            }
        }
    }

    /// The document that holds the words of an item, by the rows as they are now.
    fn document_of(&self, document: &DocumentId, item: &ItemId) -> DocumentId {
        let rights = self.inner.store.rights_now();
        let place = rights.meetings.documents.get(document).and_then(|meeting| rights.meetings.meetings.get(meeting));
        place.map_or_else(|| document.clone(), |place| place.document_of(item).clone())
    }

    /// As [`Registry::operate`], on all documents of a meeting: none of them admits anything meanwhile, and `plan` gets what the meeting says.
    ///
    /// # Errors
    /// As [`Registry::operate`].
    pub async fn operate_meeting<T, F>(
        &self,
        document: &DocumentId,
        plan: impl FnOnce(MeetingSnapshot) -> F + Send + 'static,
    ) -> Result<T, RoomError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let places: Vec<ItemId> = self.read(document, Agenda::snapshot).await?.places().cloned().collect();
        // The items first and in the order of their documents, the meeting last, like all who hold several.
        let mut documents: Vec<DocumentId> = places.iter().map(|item| self.document_of(document, item)).collect();
        documents.sort();
        let mut held = Vec::new();
        for own in documents.iter().filter(|own| *own != document) {
            held.push(self.hold(own, Agenda::only_item).await?);
        }
        let (words, _held): (Vec<_>, Vec<_>) = held.into_iter().unzip();
        let done = self.operate(document, move |agenda| {
            let mut meeting = agenda.snapshot();
            words.into_iter().flatten().for_each(|words| meeting.put(words));
            // An item that moved since they were held is asked for again.
            let is_whole = meeting.places().next().is_none();
            let stored = is_whole.then(|| plan(meeting));
            async move {
                match stored {
                    Some(stored) => stored.await.map(Some),
                    None => Ok(None),
                }
            }
        });
        done.await?.ok_or(RoomError::Closing)
    }

    /// Moves an item of a meeting to a document of its own. Its place stays in the meeting's document. Pages are told to ask where it is.
    ///
    /// # Errors
    /// As [`Registry::join`]; there is no such item, or it has moved already. Nothing was changed.
    pub async fn move_out(&self, document: &DocumentId, item: &ItemId, own: DocumentId) -> Result<(), RoomError> {
        let meeting = self.meeting_of(document)?;
        let (store, item) = (self.inner.store.clone(), item.clone());
        self.change(document, move |room| {
            let MovedOut { first, found, left, left_state, left_found, withdrawn, carry } = room.move_out(&item, own)?;
            let frame = frame_of(&left);
            Ok((frame, async move {
                let verified = tokio::task::spawn_blocking(move || left_state.verified()).await;
                let damaged = || StoreError::Unreadable { place: "state", value: left.document.to_string() };
                let left_state = verified.ok().flatten().ok_or_else(damaged)?;
                store.move_out(NewItemDocument { meeting, item, first, found, left, left_state, left_found, withdrawn, carry }).await
            }))
        })
        .await?;
        self.tell_moved(document);
        Ok(())
    }

    /// Moves an item from its own document back into the meeting's. Its own document ends, and with it its id.
    ///
    /// # Errors
    /// As [`Registry::join`]; the item has no document of its own. Nothing was changed.
    pub async fn move_back(&self, document: &DocumentId, item: &ItemId) -> Result<(), RoomError> {
        let own = self.document_of(document, item);
        if own == *document {
            return Err(RoomError::NoItem(item.clone()));
        }
        let (meeting, sought) = (self.meeting_of(document)?, item.clone());
        let ((words, agenda), held) = self.hold(&own, move |agenda| (agenda.words(&sought), agenda.clone())).await?;
        let words = words.ok_or_else(|| RoomError::NoItem(item.clone()))?;
        let (store, item, ended) = (self.inner.store.clone(), item.clone(), own.clone());
        self.change(document, move |room| {
            let MovedBack { batch, found, withdrawn, carry } = room.move_back(&item, &words, agenda)?;
            let frame = frame_of(&batch);
            Ok((frame, store.move_back(ReturnedItem { meeting, item, own: ended, back: batch, found, withdrawn, carry })))
        })
        .await?;
        // From here on nobody may write in it: what waits there is refused, and whoever has it open is sent away.
        drop(held);
        self.close_document(&own, close_code::GONE).await;
        self.tell_moved(document);
        Ok(())
    }

    /// Has the server change a document while its room admits nothing: `change` answers the frame for all who have it open, and what stores it.
    async fn change<F>(
        &self,
        document: &DocumentId,
        change: impl FnOnce(&mut RoomDocument) -> Result<(Bytes, F), RoomError> + Send + 'static,
    ) -> Result<(), RoomError>
    where
        F: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        let room = self.room(document).await?;
        let (sender, answer) = oneshot::channel();
        let operation: Operation = Box::new(move |room| {
            let changed = change(room);
            Work(Box::pin(async move {
                let (frame, store) = match changed {
                    Ok(changed) => changed,
                    Err(error) => {
                        // The client may have gone.
                        let _ = sender.send(Err(error));
                        return Ok(None);
                    }
                };
                let stored = store.await;
                let _ = sender.send(stored.clone().map_err(RoomError::from));
                stored.map(|()| Some(frame))
            }))
        });
        room.inbox.unbounded_send(Message::Operate(operation)).map_err(|_| RoomError::Closing)?;
        answer.await.map_err(|_| RoomError::Closing)?
    }

    fn meeting_of(&self, document: &DocumentId) -> Result<MeetingId, RoomError> {
        let rights = self.inner.store.rights_now();
        rights.meetings.documents.get(document).cloned().ok_or_else(|| RoomError::Unknown(document.clone()))
    }

    /// An item has another document now: the rows of the meeting say which.
    fn tell_moved(&self, document: &DocumentId) {
        let rights = self.inner.store.rights_now();
        let place = rights.meetings.documents.get(document).and_then(|meeting| rights.meetings.meetings.get(meeting));
        if let Some(place) = place {
            self.publish(document, Event::Meeting { phase: place.phase });
            self.publish(document, Event::Talk);
        }
    }

    /// Has the room of an item admit nothing as long as what is answered lives; answers what is read of the item then.
    async fn hold<T: Send + 'static>(
        &self,
        document: &DocumentId,
        read: impl FnOnce(&Agenda) -> T + Send + 'static,
    ) -> Result<(T, oneshot::Sender<()>), RoomError> {
        let room = self.room(document).await?;
        let (sender, answer) = oneshot::channel();
        let (holder, released) = oneshot::channel::<()>();
        let operation: Operation = Box::new(move |room| {
            // Whoever asked may have gone; then it is released already.
            let _ = sender.send(read(room.agenda()));
            Work(Box::pin(async move {
                // Nothing is ever sent: it ends when the holder is dropped.
                let _ = released.await;
                Ok(None)
            }))
        });
        room.inbox.unbounded_send(Message::Operate(operation)).map_err(|_| RoomError::Closing)?;
        Ok((answer.await.map_err(|_| RoomError::Closing)?, holder))
    }

    /// Hands an event to all who have a document open. Nothing is loaded for it.
    pub fn publish(&self, document: &DocumentId, event: Event) {
        let slot = lock(&self.inner.slots).get(document).map(Arc::clone);
        if let Some(room) = slot.as_ref().and_then(|slot| slot.get()) {
            // A room that has ended has nobody to tell.
            let _ = room.inbox.unbounded_send(Message::Rows(event));
        }
    }

    /// Does something with the committed document while its room admits nothing else: `plan` says, from the document as it is on disk, what is to be
    /// stored. Frames that come in meanwhile are judged under the rights that are there afterwards.
    ///
    /// # Errors
    /// As [`Registry::join`], and what the store says; then nothing was changed.
    pub async fn operate<T, F>(&self, document: &DocumentId, plan: impl FnOnce(&Agenda) -> F + Send + 'static) -> Result<T, RoomError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let room = self.room(document).await?;
        let (sender, answer) = oneshot::channel();
        let operation: Operation = Box::new(move |room| {
            let stored = plan(room.agenda());
            Work(Box::pin(async move {
                // The client may have gone; what is stored stands all the same, and the document is as it was.
                let _ = sender.send(stored.await);
                Ok(None)
            }))
        });
        room.inbox.unbounded_send(Message::Operate(operation)).map_err(|_| RoomError::Closing)?;
        // A room that ends first has done nothing; it is there again for the next try.
        Ok(answer.await.map_err(|_| RoomError::Closing)??)
    }

    /// Writes edits of the server's own into a document: `plan` makes them from the document as it is on disk, `store` has them stored, in one
    /// transaction with whatever belongs to them. All who have the document open get them like any other change. False: there was nothing to write.
    ///
    /// # Errors
    /// As [`Registry::join`]; the edits do not fit; what the store says. Nothing was changed.
    pub async fn write<F>(
        &self,
        document: &DocumentId,
        plan: impl FnOnce(&Agenda) -> Vec<Edit> + Send + 'static,
        store: impl FnOnce(Batch) -> F + Send + 'static,
    ) -> Result<bool, RoomError>
    where
        F: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        let room = self.room(document).await?;
        let (sender, answer) = oneshot::channel();
        let operation: Operation = Box::new(move |room| {
            let edits = plan(room.agenda());
            let batch = room.write(&edits);
            Work(Box::pin(async move {
                let batch = match batch {
                    Ok(Some(batch)) => batch,
                    unwritten => {
                        // The client may have gone.
                        let _ = sender.send(unwritten.map(|_| false));
                        return Ok(None);
                    }
                };
                let frame = frame_of(&batch);
                let stored = store(batch).await;
                let _ = sender.send(stored.clone().map(|()| true).map_err(RoomError::from));
                stored.map(|()| Some(frame))
            }))
        });
        room.inbox.unbounded_send(Message::Operate(operation)).map_err(|_| RoomError::Closing)?;
        answer.await.map_err(|_| RoomError::Closing)?
    }

    /// As [`Registry::write`], for edits that follow from rows: `rows` reads them, `plan` makes edits of them and the document as it is on disk, or says
    /// why not, and `store` is shown the document with the edits. From `rows` on no other such edit of this document is under way. Where nothing is
    /// to be written `store` gets no batch.
    ///
    /// # Errors
    /// As [`Registry::write`]; inside, what `rows` and `plan` say.
    pub async fn edit<R, P, E, F>(
        &self,
        document: &DocumentId,
        rows: impl Future<Output = Result<R, E>>,
        plan: impl FnOnce(&Agenda, R) -> Result<(Vec<Edit>, P), E> + Send + 'static,
        store: impl FnOnce(&Agenda, P, Option<Batch>) -> F + Send + 'static,
    ) -> Result<Result<(), E>, RoomError>
    where
        R: Send + 'static,
        P: Send + 'static,
        E: Send + 'static,
        F: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        let room = self.room(document).await?;
        let _turn = room.editing.lock().await;
        let rows = match rows.await {
            Ok(rows) => rows,
            Err(error) => return Ok(Err(error)),
        };
        let (sender, answer) = oneshot::channel();
        let operation: Operation = Box::new(move |room| {
            let written = plan(room.agenda(), rows).map(|(edits, planned)| room.write(&edits).map(|batch| (planned, batch)));
            let (planned, batch) = match written {
                Ok(Ok(written)) => written,
                unwritten => {
                    // The client may have gone.
                    let _ = sender.send(unwritten.map(|room| room.map(drop)).map_or_else(|error| Ok(Err(error)), |room| room.map(Ok)));
                    return Work(Box::pin(async { Ok(None) }));
                }
            };
            let frame = batch.as_ref().map(frame_of);
            let stored = store(room.agenda(), planned, batch);
            Work(Box::pin(async move {
                let stored = stored.await;
                let _ = sender.send(stored.clone().map(Ok).map_err(RoomError::from));
                // What was not written leaves the document as it is on disk.
                if frame.is_none() { Ok(None) } else { stored.map(|()| frame) }
            }))
        });
        room.inbox.unbounded_send(Message::Operate(operation)).map_err(|_| RoomError::Closing)?;
        answer.await.map_err(|_| RoomError::Closing)?
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

/// An update as all who have the document open get it.
fn frame_of(batch: &Batch) -> Bytes {
    ServerMessage::Update(&batch.update).encode().into()
}

fn no_document(document: &DocumentId, item: &ItemId) -> RoomError {
    RoomError::Unreadable { document: document.clone(), cause: format!("the document of item {item} is not there").into() }
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
