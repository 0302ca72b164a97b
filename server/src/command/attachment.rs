//! Attachments of items: brought, filled, changed, moved, removed and brought back.
//!
//! A file is on disk under its name before its row is stored. A row without a file is a place that is held.

use axum::http::StatusCode;
use bytes::Bytes;
use dagsorden_shared::attachment::{AttachmentRow, ChangedAttachment, MAX_NUMBER, MAX_TITLE, NewAttachment};
use dagsorden_shared::id::{AttachmentId, ItemId};
use dagsorden_shared::meeting_json::AttachmentStatus;
use futures_util::{Stream, StreamExt};

use super::Commands;
use super::talk::Saying;
use crate::error::{ApiError, SOON};
use crate::files::FileError;
use crate::files::kind::Refusal;
use crate::store::{AttachmentDraft, StoreError, Stored};

/// A file as it is sent.
#[derive(Debug)]
pub struct Sent<S> {
    /// What it is called.
    pub name: String,
    /// The title it gets; without one, its name.
    pub title: Option<String>,
    /// Its length, if that was said.
    pub announced: Option<u64>,
    /// Its bytes.
    pub body: S,
}

impl Commands {
    /// Takes in a file as an attachment of an item, or as the file of one that has none. Sent twice it happens once.
    ///
    /// # Errors
    /// Not allowed; no such item; the file is not taken, and why.
    pub async fn attach_file<E>(
        &self,
        saying: Saying,
        item: ItemId,
        id: AttachmentId,
        sent: Sent<impl Stream<Item = Result<Bytes, E>> + Unpin>,
    ) -> Result<(Stored, AttachmentRow), ApiError> {
        let Sent { name, title, announced, body } = sent;
        let refused = match self.may_attach(&saying, &item).await {
            Ok(()) => title.as_deref().map(title_of).transpose().err(),
            Err(error) => Some(error),
        };
        if let Some(refused) = refused {
            crate::files::discard(body, announced).await;
            return Err(refused);
        }
        // The room that is kept free is not for files.
        let full = self.store.full();
        let body = body.map(move |chunk| if *full.borrow() { Err(FileError::Full) } else { chunk.map_err(|_| FileError::Cut) });
        let received = self.files.receive(&name, announced, body).await?;
        let kept = self.files.keep(received).await?;
        let title = title.as_deref().map(title_of).transpose()?.unwrap_or_else(|| kept.file.name.clone());
        let file = Some(kept.file.clone());
        let draft =
            AttachmentDraft { id, meeting: saying.meeting.clone(), item, number: None, title, status: AttachmentStatus::Vedlagt, file };
        self.attach(saying, draft).await
    }

    /// Holds a place for an attachment that is to follow, or names one that is only mentioned. Sent twice it happens once.
    ///
    /// # Errors
    /// Not allowed; no such item; the words cannot be taken.
    pub async fn hold_place(
        &self,
        saying: Saying,
        item: ItemId,
        id: AttachmentId,
        new: NewAttachment,
    ) -> Result<(Stored, AttachmentRow), ApiError> {
        let title = title_of(&new.title)?;
        let number = new.number.as_deref().map(number_of).transpose()?.filter(|number| !number.is_empty());
        self.may_attach(&saying, &item).await?;
        let draft = AttachmentDraft { id, meeting: saying.meeting.clone(), item, number, title, status: new.status, file: None };
        self.attach(saying, draft).await
    }

    async fn attach(&self, saying: Saying, draft: AttachmentDraft) -> Result<(Stored, AttachmentRow), ApiError> {
        let stored = self.store.attach(saying.act.clone(), saying.speaker(), draft).await?;
        self.rows_changed(&saying.meeting);
        Ok(stored)
    }

    /// Whether there is such an item, and room for what is to come.
    async fn may_attach(&self, saying: &Saying, item: &ItemId) -> Result<(), ApiError> {
        if *self.store.full().borrow() {
            return Err(StoreError::Full { path: self.store.path().to_owned() }.into());
        }
        let item = item.clone();
        let is_there = self.registry.read(&saying.place.document, move |agenda| agenda.item(&item).is_some()).await?;
        if is_there { Ok(()) } else { Err(ApiError::not_found("item")) }
    }

    /// Changes title, number, status or place of an attachment.
    ///
    /// # Errors
    /// Not allowed; no such attachment; 412 where it has changed meanwhile.
    pub async fn change_attachment(
        &self,
        saying: Saying,
        item: ItemId,
        id: AttachmentId,
        changed: ChangedAttachment,
    ) -> Result<AttachmentRow, ApiError> {
        let title = changed.title.as_deref().map(title_of).transpose()?;
        let number = changed.number.as_deref().map(number_of).transpose()?;
        let changed = ChangedAttachment { title, number, ..changed };
        let row = self.store.change_attachment(saying.act, saying.meeting.clone(), item, id, changed).await?;
        self.rows_changed(&saying.meeting);
        Ok(row)
    }

    /// Removes an attachment, or brings it back.
    ///
    /// # Errors
    /// Not allowed; no such attachment.
    pub async fn set_attachment_deleted(
        &self,
        saying: Saying,
        item: ItemId,
        id: AttachmentId,
        deleted: bool,
    ) -> Result<AttachmentRow, ApiError> {
        let row = self.store.set_attachment_deleted(saying.act, saying.meeting.clone(), item, id, deleted).await?;
        self.rows_changed(&saying.meeting);
        Ok(row)
    }
}

/// A title on one line.
fn title_of(title: &str) -> Result<String, ApiError> {
    line(title, MAX_TITLE, "title")
        .and_then(|title| if title.is_empty() { Err(ApiError::invalid("The title is empty.")) } else { Ok(title) })
}

fn number_of(number: &str) -> Result<String, ApiError> {
    line(number, MAX_NUMBER, "number")
}

fn line(text: &str, most: usize, what: &str) -> Result<String, ApiError> {
    let text = text.trim();
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(ApiError::invalid(format!("The {what} of an attachment has at most {most} characters on one line.")));
    }
    Ok(text.to_owned())
}

impl From<FileError> for ApiError {
    fn from(error: FileError) -> Self {
        let refused = |status, code| Self::new(status, code, "The file was not taken.").detail(format!("Nothing was stored: {error}."));
        match &error {
            FileError::TooLarge(_) => refused(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large"),
            FileError::Empty => refused(StatusCode::UNPROCESSABLE_ENTITY, "file_empty"),
            FileError::Refused(Refusal::Kind) => refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "file_kind"),
            FileError::Refused(Refusal::Macros) => refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "file_macros"),
            FileError::Refused(Refusal::Old) => refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "file_old"),
            FileError::Refused(Refusal::Broken) => refused(StatusCode::UNPROCESSABLE_ENTITY, "file_broken"),
            FileError::Cut => refused(StatusCode::BAD_REQUEST, "body_cut"),
            FileError::Late => refused(StatusCode::REQUEST_TIMEOUT, "body_late"),
            FileError::Busy => refused(StatusCode::SERVICE_UNAVAILABLE, "busy").retry_after(SOON),
            FileError::Full => refused(StatusCode::INSUFFICIENT_STORAGE, "storage_full"),
            FileError::Missing(_) => {
                tracing::error!(%error, "a file that a row names cannot be read");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "damaged", "This file is not on the server's disk any more.")
                    .detail("It comes back from a backup; `dagsorden verify` lists what is missing.")
            }
            FileError::Store(_) => Self::internal(&error),
        }
    }
}
