//! The one place where an error becomes a status and public text: `application/problem+json` over HTTP, one line on the command line.
//!
//! Codes are part of the interface and do not change; titles and details are for people.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dagsorden_shared::access::Why;
use dagsorden_shared::api::Problem;
use dagsorden_shared::proposal::Conflict;

use crate::ServerError;
use crate::backup::BackupError;
use crate::export::ExportError;
use crate::import::ImportError;
use crate::intake::IntakeError;
use crate::room::RoomError;
use crate::store::StoreError;
use crate::worker::{ReadError, WorkError};

/// When to try again what could not be done for reasons that pass.
pub const SOON: Duration = Duration::from_secs(2);

/// An answer that says what went wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    title: String,
    detail: Option<String>,
    retry_after: Option<Duration>,
    /// What the body holds beside the problem: what stands there now, by its name.
    now: Option<Box<(&'static str, serde_json::Value)>>,
}

impl ApiError {
    /// `code` is stable; `title` is one sentence that says what happened.
    pub fn new(status: StatusCode, code: &'static str, title: impl Into<String>) -> Self {
        Self { status, code, title: title.into(), detail: None, retry_after: None, now: None }
    }

    /// Adds why it happened and what to do.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds when to try again, in whole seconds and at least one: the header `Retry-After`.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Nothing of that kind is here, or it was deleted.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}."))
    }

    /// Nobody is signed in, and this needs an account.
    pub fn sign_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "sign_in", "This needs an account.")
            .detail("Sign in at `/ind`, or send a token as `Authorization: Bearer`.")
    }

    /// One sees it and may not do this.
    pub fn forbidden(why: Why) -> Self {
        let detail = match why {
            Why::Role => "Your role in this forum does not allow it. Ask the secretariat.",
            Why::Phase => "The meeting has come to a phase in which this is not done any more, or not yet.",
        };
        Self::new(StatusCode::FORBIDDEN, "forbidden", "You may not do this here.").detail(detail)
    }

    /// Something else stands there than what was looked at: its `hash` stands in the body.
    pub fn stale(hash: String) -> Self {
        let error = Self::new(StatusCode::CONFLICT, "stale", "Something else stands there now than what you looked at.")
            .detail("Nothing was changed. Look at what stands there now; `hash` is its hash.");
        Self { now: Some(Box::new(("hash", hash.into()))), ..error }
    }

    /// It has changed since the one who asks saw it: what stands there now is `now` in the body.
    pub fn changed_meanwhile(what: &'static str, now: &impl serde::Serialize) -> Self {
        let error = Self::from(StoreError::Stale { what });
        Self { now: serde_json::to_value(now).ok().map(|now| Box::new(("now", now))), ..error }
    }

    /// The words where a part of a proposal would write have changed: those that stand there are in the body as `conflicts`.
    pub fn text_changed(conflicts: Vec<Conflict>) -> Self {
        let error = Self::new(StatusCode::CONFLICT, "text_changed", "The text has been changed where the proposal would write.")
            .detail("Nothing was changed. Look at the words in `conflicts`, and send their hash as `seen` if they are to be replaced.");
        Self { now: serde_json::to_value(conflicts).ok().map(|now| Box::new(("conflicts", now))), ..error }
    }

    /// Only what was approved is made public.
    pub fn not_approved() -> Self {
        Self::new(StatusCode::CONFLICT, "not_approved", "No version of this meeting is approved, so there is nothing to publish.")
            .detail("The chair approves the minutes first.")
    }

    /// Something stands against it.
    pub fn conflict(code: &'static str, title: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, title).detail("Nothing was changed. Look at what is there now.")
    }

    /// A value that cannot be taken.
    pub fn invalid(title: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", title)
    }

    /// The body is larger than `limit` bytes.
    pub fn too_large(limit: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", format!("The body is larger than {} MiB.", limit >> 20))
            .detail("Nothing was stored. Send the agenda alone, as text or Meeting JSON, without its attachments.")
    }

    /// Something of ours failed; the cause goes to the log, not to the caller.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The server could not do this.")
            .detail("Nothing was changed. Try again; if it stays, the server's log says why.")
    }

    /// A document that cannot be read from the disk any more; all others can.
    pub fn damaged(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a damaged document was asked for");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "damaged", "This document is damaged on the server's disk.")
            .detail("All other meetings open. This one comes back from a backup; the server's log names what is damaged.")
    }

    /// Stable word for what went wrong.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Status of the answer.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The sentence that says what happened.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The body.
    pub fn problem(&self) -> Problem {
        Problem { code: self.code.to_owned(), title: self.title.clone(), status: self.status.as_u16(), detail: self.detail.clone() }
    }
}

impl From<ImportError> for ApiError {
    fn from(error: ImportError) -> Self {
        let (status, code) = match &error {
            ImportError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            ImportError::Empty => (StatusCode::UNPROCESSABLE_ENTITY, "empty"),
            ImportError::Value { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            other => (StatusCode::UNPROCESSABLE_ENTITY, other.code()),
        };
        Self::new(status, code, "The file was not imported.").detail(error.to_string())
    }
}

impl From<ReadError> for ApiError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Import(error) => error.into(),
            ReadError::Work(WorkError::Busy) => Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The file was not imported.")
                .detail(WorkError::Busy.to_string())
                .retry_after(SOON),
            ReadError::Work(WorkError::Ended) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "broken_word", "The file was not imported.")
                .detail(WorkError::Ended.to_string()),
            ReadError::Work(error) => Self::internal(&error),
        }
    }
}

impl From<ExportError> for ApiError {
    fn from(error: ExportError) -> Self {
        let (status, code) = match &error {
            ExportError::NoDate => (StatusCode::UNPROCESSABLE_ENTITY, "no_date"),
            ExportError::Pdf(_) => (StatusCode::UNPROCESSABLE_ENTITY, "pdf"),
            ExportError::Archive(_) => return Self::internal(&error),
        };
        Self::new(status, code, "The meeting was not exported.").detail(error.to_string())
    }
}

impl From<IntakeError> for ApiError {
    fn from(error: IntakeError) -> Self {
        Self::invalid("The meeting was not stored.").detail(error.to_string())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Full { .. } => Self::new(StatusCode::INSUFFICIENT_STORAGE, "storage_full", "The server's disk is full.")
                .detail("Nothing was stored, and nothing that was stored is harmed. Free some space on the server and try again."),
            StoreError::Busy { .. } | StoreError::Closed => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The server cannot store this now.")
                    .detail("Nothing was stored. Try again in a while.")
                    .retry_after(SOON)
            }
            StoreError::Missing { what, .. } => Self::not_found(what),
            StoreError::NotThere => Self::not_found("address"),
            StoreError::Forbidden(why) => Self::forbidden(*why),
            StoreError::Stale { what } => Self::new(StatusCode::PRECONDITION_FAILED, "stale", format!("Meanwhile {what} has changed."))
                .detail("Nothing was changed. Look at what is there now and try again."),
            StoreError::TooMany { .. } => Self::invalid(format!("It was not stored: {error}.")),
            StoreError::Conflict { what } => Self::new(StatusCode::CONFLICT, "conflict", format!("Another has changed {what}."))
                .detail("Nothing was changed. Look at what is there now and try again."),
            StoreError::Damaged { .. } => Self::damaged(&error),
            _ => Self::internal(&error),
        }
    }
}

impl From<RoomError> for ApiError {
    fn from(error: RoomError) -> Self {
        match error {
            RoomError::Unknown(_) | RoomError::Deleted(_) => Self::not_found("document"),
            RoomError::NoItem(_) => Self::not_found("item"),
            RoomError::NoRoom(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many", "The meeting has no room for it.")
                .detail("Nothing was stored. Begin another meeting."),
            RoomError::SignedOut => Self::sign_in(),
            RoomError::Closing => Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The server restarts.")
                .detail("Try again in a moment.")
                .retry_after(SOON),
            RoomError::Refused { after } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "busy", "Too many updates of yours were refused.").retry_after(after)
            }
            RoomError::Store(error) => error.into(),
            RoomError::Unreadable { .. } => Self::damaged(&error),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = serde_json::to_value(self.problem()).unwrap_or_default();
        if let (Some(body), Some(now)) = (body.as_object_mut(), self.now.as_deref()) {
            let (name, value) = now;
            body.insert((*name).to_owned(), value.clone());
        }
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(after) = self.retry_after {
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        // A browser that follows a link or sends a form gets a page made of it.
        response.extensions_mut().insert(self);
        response
    }
}

/// What a command answers on stderr, and its exit code.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Bad input, a bad setting, a busy folder or port: exit code 2.
    #[error("{0}")]
    Input(String),
    /// Something of ours or of the machine failed: exit code 1.
    #[error("{0}")]
    Failed(String),
}

impl From<ServerError> for CliError {
    fn from(error: ServerError) -> Self {
        match &error {
            ServerError::Folder(_) | ServerError::Store(_) | ServerError::Setting(_) => Self::Input(error.to_string()),
            ServerError::Network(_) => Self::Failed(error.to_string()),
        }
    }
}

impl From<ExportError> for CliError {
    fn from(error: ExportError) -> Self {
        match &error {
            ExportError::NoDate | ExportError::Pdf(_) => Self::Input(error.to_string()),
            ExportError::Archive(_) => Self::Failed(error.to_string()),
        }
    }
}

impl From<BackupError> for CliError {
    fn from(error: BackupError) -> Self {
        match &error {
            BackupError::Damaged { .. } => Self::Failed(error.to_string()),
            BackupError::Store(store) if !store.is_bad_input() => Self::Failed(error.to_string()),
            _ => Self::Input(error.to_string()),
        }
    }
}

impl CliError {
    /// Exit code of the process.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Input(_) => 2,
            Self::Failed(_) => 1,
        }
    }
}
