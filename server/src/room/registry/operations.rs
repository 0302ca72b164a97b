//! What the server does with a document while its room admits nothing: work on what is committed, and edits of its own.
//!
//! Knows one document at a time.

use bytes::Bytes;
use dagsorden_shared::agenda::{Agenda, Edit, HeaderKey};
use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::ServerMessage;
use tokio::sync::oneshot;

use super::Registry;
use crate::intake::SeededItems;
use crate::room::RoomError;
use crate::room::document::RoomDocument;
use crate::room::state::{Operation, Work};
use crate::room::task::Message;
use crate::store::{Batch, StoreError};

impl Registry {
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
    pub async fn edit<R, P, E, T, F>(
        &self,
        document: &DocumentId,
        rows: impl Future<Output = Result<R, E>>,
        plan: impl FnOnce(&Agenda, R) -> Result<(Vec<Edit>, P), E> + Send + 'static,
        store: impl FnOnce(&Agenda, P, Option<Batch>) -> F + Send + 'static,
    ) -> Result<Result<T, E>, RoomError>
    where
        R: Send + 'static,
        P: Send + 'static,
        E: Send + 'static,
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let written = move |room: &mut RoomDocument, rows| {
            plan(room.agenda(), rows).map(|(edits, planned)| room.write(&edits).map(|batch| (planned, batch)))
        };
        self.change_by(document, rows, written, store).await
    }

    /// As [`Registry::edit`], for items that were made apart: `plan` answers them, and the values of the header that come with them.
    ///
    /// # Errors
    /// As [`Registry::edit`]; the document has no room for them.
    pub async fn append<R, P, E, T, F>(
        &self,
        document: &DocumentId,
        rows: impl Future<Output = Result<R, E>>,
        plan: impl FnOnce(&Agenda, R) -> Result<(SeededItems, Vec<(HeaderKey, String)>, P), E> + Send + 'static,
        store: impl FnOnce(P, Option<Batch>) -> F + Send + 'static,
    ) -> Result<Result<T, E>, RoomError>
    where
        R: Send + 'static,
        P: Send + 'static,
        E: Send + 'static,
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let written = move |room: &mut RoomDocument, rows| {
            plan(room.agenda(), rows).map(|(items, header, planned)| room.append(&items, &header).map(|batch| (planned, Some(batch))))
        };
        self.change_by(document, rows, written, move |_, planned, batch| store(planned, batch)).await
    }

    /// Has a document changed by what follows from rows: `written` plans and writes.
    async fn change_by<R, P, E, T, F>(
        &self,
        document: &DocumentId,
        rows: impl Future<Output = Result<R, E>>,
        written: impl FnOnce(&mut RoomDocument, R) -> Result<Result<(P, Option<Batch>), RoomError>, E> + Send + 'static,
        store: impl FnOnce(&Agenda, P, Option<Batch>) -> F + Send + 'static,
    ) -> Result<Result<T, E>, RoomError>
    where
        R: Send + 'static,
        P: Send + 'static,
        E: Send + 'static,
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let room = self.room(document).await?;
        let _turn = room.editing.lock().await;
        let rows = match rows.await {
            Ok(rows) => rows,
            Err(error) => return Ok(Err(error)),
        };
        let (sender, answer) = oneshot::channel();
        let operation: Operation = Box::new(move |room| {
            let (planned, batch) = match written(room, rows) {
                Ok(Ok(written)) => written,
                unwritten => {
                    // The client may have gone.
                    let _ = match unwritten {
                        Ok(Err(error)) => sender.send(Err(error)),
                        Err(error) => sender.send(Ok(Err(error))),
                        Ok(Ok(_)) => Ok(()),
                    };
                    return Work(Box::pin(async { Ok(None) }));
                }
            };
            let frame = batch.as_ref().map(frame_of);
            let stored = store(room.agenda(), planned, batch);
            Work(Box::pin(async move {
                let (answer, failed) = match stored.await {
                    Ok(value) => (Ok(Ok(value)), None),
                    Err(error) => (Err(RoomError::from(error.clone())), Some(error)),
                };
                let _ = sender.send(answer);
                // What was not written leaves the document as it is on disk.
                match failed {
                    Some(error) if frame.is_some() => Err(error),
                    _ => Ok(frame),
                }
            }))
        });
        room.inbox.unbounded_send(Message::Operate(operation)).map_err(|_| RoomError::Closing)?;
        answer.await.map_err(|_| RoomError::Closing)?
    }
}

/// An update as all who have the document open get it.
pub(super) fn frame_of(batch: &Batch) -> Bytes {
    ServerMessage::Update(&batch.update).encode().into()
}
