//! The loop around a room: feeds [`RoomState`] and does what it wants done.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use dagsorden_shared::event::Event;
use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::close_code::{self, CloseCode};
use futures_channel::mpsc;
use futures_util::StreamExt;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::connection::{Backlog, ConnectionId, Incoming, Member, Outgoing};
use super::document::{RoomDocument, Snapshot};
use super::door::Door;
use super::state::{CommitFailure, Effect, Input, Operation, Reader, RoomState, Work};
use crate::metrics::COMMIT_SECONDS;
use crate::rights::Rights;
use crate::store::{Refused, Store, StoreError, Summary, failpoint};

/// What others ask of a room.
pub(super) enum Message {
    /// A client connects; answered when the room has admitted it. No answer: the room was about to end, find it again.
    Join(Box<Join>),
    /// A frame came in.
    Received(ConnectionId, Incoming),
    /// A client is gone.
    Left(ConnectionId),
    /// A task wants to read.
    Read(Reader),
    /// Rows of the meeting have changed.
    Rows(Event),
    /// Something is to be done while nothing else is.
    Operate(Operation),
    /// The room is to end. The sender is dropped when it has.
    Close(CloseCode, Option<oneshot::Sender<()>>),
}

/// A client that connects.
pub(super) struct Join {
    pub(super) id: ConnectionId,
    pub(super) member: Member,
    pub(super) backlog: Arc<Backlog>,
    pub(super) outgoing: mpsc::UnboundedSender<Outgoing>,
    pub(super) taken: oneshot::Sender<()>,
}

type Commit = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// Work beside the commits; the room goes on meanwhile, and waits for it before it ends.
enum Side {
    Compacted,
    Summarised,
}

/// Messages taken before the room acts on them: what has arrived together is committed together.
const AT_ONCE: usize = 1_024;

/// A running room.
pub(super) struct RoomTask {
    id: DocumentId,
    store: Store,
    state: RoomState,
    inbox: mpsc::UnboundedReceiver<Message>,
    sockets: HashMap<ConnectionId, mpsc::UnboundedSender<Outgoing>>,
    commit: Option<Commit>,
    operation: Option<Work>,
    side: JoinSet<Side>,
    started: Instant,
    committing_since: Instant,
    /// Who waits for the room's end.
    watched: Vec<oneshot::Sender<()>>,
    present: Arc<AtomicUsize>,
    full: watch::Receiver<bool>,
    rights: watch::Receiver<Arc<Rights>>,
    door: Arc<Door>,
}

impl RoomTask {
    pub(super) fn new(
        id: DocumentId,
        store: Store,
        (document, summary): (RoomDocument, Summary),
        inbox: mpsc::UnboundedReceiver<Message>,
        present: Arc<AtomicUsize>,
        door: Arc<Door>,
    ) -> Self {
        let mut full = store.full();
        if *full.borrow() {
            full.mark_changed();
        }
        let mut rights = store.rights();
        let now = Arc::clone(&rights.borrow_and_update());
        Self {
            id,
            store,
            full,
            rights,
            state: RoomState::new(Duration::ZERO, document, summary, now),
            inbox,
            sockets: HashMap::new(),
            commit: None,
            operation: None,
            side: JoinSet::new(),
            started: Instant::now(),
            committing_since: Instant::now(),
            watched: Vec::new(),
            present,
            door,
        }
    }

    /// Runs until the room is over and all its work is on disk. Answers what tells others of the end when it is dropped: messages that
    /// came too late, and who watches.
    pub(super) async fn run(mut self: Box<Self>) -> (mpsc::UnboundedReceiver<Message>, Vec<oneshot::Sender<()>>) {
        tracing::debug!(document = %self.id, "room opened");
        loop {
            // The inbox does not know of the runtime's turns: a flooded room would never let others have theirs.
            tokio::task::coop::consume_budget().await;
            let input = self.next_input().await;
            let now = self.started.elapsed();
            let Some(input) = input else { continue };
            let mut effects = Vec::new();
            self.state.take(now, input, &mut effects);
            for _ in 1..AT_ONCE {
                let Ok(message) = self.inbox.try_recv() else { break };
                let input = self.message(message);
                self.state.take(now, input, &mut effects);
            }
            self.state.act(now, &mut effects);
            let over = effects.into_iter().any(|effect| self.run_effect(effect));
            self.present.store(self.state.present(), Ordering::Relaxed);
            if over {
                break;
            }
        }
        while self.side.join_next().await.is_some() {}
        tracing::debug!(document = %self.id, "room closed");
        (self.inbox, self.watched)
    }

    async fn next_input(&mut self) -> Option<Input> {
        let wake = self.started + self.state.poll_at(self.started.elapsed());
        tokio::select! {
            // Messages last, or a flood of them would hold up the rest for ever; those that are here are taken with whatever comes first.
            biased;
            Some(result) = finished(self.commit.as_mut()) => {
                self.commit = None;
                metrics::histogram!(COMMIT_SECONDS).record(self.committing_since.elapsed());
                Some(self.committed(result))
            }
            Some(result) = operated(self.operation.as_mut()) => {
                self.operation = None;
                Some(self.operated(result))
            }
            Ok(()) = self.rights.changed() => Some(Input::Rights(Arc::clone(&self.rights.borrow_and_update()))),
            Ok(()) = self.full.changed() => Some(Input::Full(*self.full.borrow_and_update())),
            Some(done) = self.side.join_next(), if !self.side.is_empty() => match done {
                Ok(Side::Summarised) => None,
                // Verifying a snapshot may not panic the room; the log is still there.
                Ok(Side::Compacted) | Err(_) => Some(Input::Compacted),
            },
            Some(message) = self.inbox.next() => Some(self.message(message)),
            () = sleep_until(wake) => Some(Input::Tick),
        }
    }

    fn message(&mut self, message: Message) -> Input {
        match message {
            Message::Join(join) => {
                let Join { id, member, backlog, outgoing, taken } = *join;
                self.sockets.insert(id, outgoing);
                // The task that asked may be gone; the connection's sender says so next.
                let _ = taken.send(());
                Input::Joined(id, member, backlog)
            }
            Message::Received(id, incoming) => Input::Received(id, incoming),
            Message::Left(id) => {
                self.sockets.remove(&id);
                Input::Left(id)
            }
            Message::Read(reader) => Input::Read(reader),
            Message::Rows(event) => Input::Rows(event),
            Message::Operate(operation) => Input::Operate(operation),
            Message::Close(code, watcher) => {
                self.watched.extend(watcher);
                Input::Close(code)
            }
        }
    }

    fn committed(&self, result: Result<(), StoreError>) -> Input {
        match result {
            Ok(()) => Input::Committed,
            Err(error) => {
                tracing::error!(document = %self.id, %error, "a commit failed; the room is dropped and loaded again");
                let full = matches!(error, StoreError::Full { .. });
                Input::CommitFailed(if full { CommitFailure::NoSpace } else { CommitFailure::Other })
            }
        }
    }

    fn operated(&self, result: Result<Option<Bytes>, StoreError>) -> Input {
        match result {
            Ok(frame) => Input::Operated(Some(frame.unwrap_or_default())),
            Err(error) => {
                tracing::error!(document = %self.id, %error, "an operation failed; the room is dropped and loaded again");
                Input::Operated(None)
            }
        }
    }

    /// Does one thing. True if the room is over.
    fn run_effect(&mut self, effect: Effect) -> bool {
        match effect {
            Effect::Commit(batch) => {
                self.commit = Some(Box::pin(self.store.commit(batch)));
                self.committing_since = Instant::now();
            }
            Effect::Operate(work) => self.operation = Some(work),
            Effect::Index(rows) => {
                let id = self.id.clone();
                let indexed = self.store.index(id.clone(), rows);
                self.side.spawn(async move {
                    if let Err(error) = indexed.await {
                        tracing::warn!(document = %id, %error, "what can be found of a document was not brought up to date");
                    }
                    Side::Summarised
                });
            }
            Effect::Send(id, frame) => self.hand_over(id, Outgoing::Frame(frame)),
            Effect::Close(id, code, mut reason) => {
                if code == close_code::RESTART {
                    reason = close_code::reason_to_return(&reason, self.door.next_return());
                }
                self.hand_over(id, Outgoing::Close(code, reason));
                self.sockets.remove(&id);
            }
            Effect::Refused(user, person, code) => {
                self.door.note_refused(Instant::now(), &user);
                let (document, user) = (self.id.clone(), user.as_str().to_owned());
                self.store.note_refused(Refused { document: Some(document), user, person, code: code.name() });
            }
            Effect::Compact(snapshot) => drop(self.side.spawn(compact(self.store.clone(), self.id.clone(), *snapshot))),
            Effect::Summarise(summary) => {
                let id = self.id.clone();
                let update = self.store.update_summary(id.clone(), summary);
                self.side.spawn(async move {
                    if let Err(error) = update.await {
                        tracing::warn!(document = %id, %error, "the list of meetings was not refreshed");
                    }
                    Side::Summarised
                });
            }
            Effect::Evict => return true,
        }
        false
    }

    fn hand_over(&self, id: ConnectionId, outgoing: Outgoing) {
        if let Some(socket) = self.sockets.get(&id) {
            // A socket that is gone says so with `Left`.
            let _ = socket.unbounded_send(outgoing);
        }
    }
}

/// The result of a commit, if one is in flight.
async fn finished(commit: Option<&mut Commit>) -> Option<Result<(), StoreError>> {
    Some(commit?.await)
}

/// The result of an operation, if one is under way.
async fn operated(work: Option<&mut Work>) -> Option<Result<Option<Bytes>, StoreError>> {
    Some((&mut work?.0).await)
}

/// Verifies a snapshot and stores it in place of the log. If anything is wrong the log stays, and nothing is lost.
async fn compact(store: Store, id: DocumentId, snapshot: Snapshot) -> Side {
    let revision = snapshot.revision;
    let verified = tokio::task::spawn_blocking(move || snapshot.is_faithful().then_some(snapshot.bytes)).await;
    match verified {
        Ok(Some(bytes)) => {
            failpoint("snapshot-verified");
            if let Err(error) = store.compact(id.clone(), revision, bytes).await {
                tracing::warn!(document = %id, revision, %error, "the snapshot was not stored; the log is kept");
            }
            failpoint("snapshot-committed");
        }
        Ok(None) => tracing::error!(document = %id, revision, "the snapshot does not read as the document does; the log is kept"),
        Err(error) => tracing::error!(document = %id, revision, %error, "the snapshot could not be verified; the log is kept"),
    }
    Side::Compacted
}
