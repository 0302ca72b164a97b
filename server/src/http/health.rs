//! `/healthz` and `/readyz`, for whatever watches over the process.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;

use super::AppState;
use crate::error::ApiError;

/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The process answers.
pub(crate) async fn healthy() -> &'static str {
    "ok\n"
}

/// The store reads and commits. Asking twice writes nothing new.
pub(crate) async fn ready(State(state): State<AppState>) -> Result<&'static str, ApiError> {
    let asked = async {
        state.store.forums().await?;
        state.store.setting("ready", b"1".to_vec()).await
    };
    let cause = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(_)) => return Ok("ready\n"),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer in time".to_owned(),
    };
    tracing::error!(%cause, "the store is not ready");
    Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", "The store does not answer.").detail("The server's log says why."))
}
