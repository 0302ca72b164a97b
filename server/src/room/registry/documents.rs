//! The documents of one meeting: read and held as one, and an item moved to a document of its own and back.
//!
//! Rooms are held in one order, items before the meeting, so that two who hold several never wait for each other. Knows no command.

use bytes::Bytes;
use dagsorden_shared::agenda::{Agenda, MeetingSnapshot};
use dagsorden_shared::event::Event;
use dagsorden_shared::id::{DocumentId, ItemId, MeetingId};
use dagsorden_shared::protocol::close_code;
use tokio::sync::oneshot;

use super::Registry;
use super::operations::frame_of;
use crate::room::RoomError;
use crate::room::document::{MovedBack, MovedOut, RoomDocument};
use crate::room::state::{Operation, Work};
use crate::room::task::Message;
use crate::store::{NewItemDocument, ReturnedItem, StoreError};

/// How often a meeting is read anew because an item moved between documents meanwhile.
const TRIES: u32 = 5;

impl Registry {
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
    pub(super) fn document_of(&self, document: &DocumentId, item: &ItemId) -> DocumentId {
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

    /// Moves an item of a meeting to a document of its own. Its place stays in the meeting's document. Pages get an event and ask where it is.
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
        // From here on nobody may write in it: what waits there is refused, and the connections that have it open are closed.
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
            // The caller may be gone; then it is released already.
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
}

fn no_document(document: &DocumentId, item: &ItemId) -> RoomError {
    RoomError::Unreadable { document: document.clone(), cause: format!("the document of item {item} is not there").into() }
}
