//! `/healthz` and `/readyz`, for whatever watches over the process.

use axum::extract::State;

use super::AppState;
use crate::error::ApiError;

/// The process answers.
pub(crate) async fn healthy() -> &'static str {
    "ok\n"
}

/// The store answers too.
pub(crate) async fn ready(State(state): State<AppState>) -> Result<&'static str, ApiError> {
    state.store.forums().await.map_err(|error| {
        tracing::error!(%error, "not ready");
        ApiError::new(axum::http::StatusCode::SERVICE_UNAVAILABLE, "not_ready", "The store does not answer.").detail("The server's log says why.")
    })?;
    Ok("ready\n")
}
