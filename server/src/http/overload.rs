//! More requests than can be worked on: a few wait for a moment, the rest gets 503 and comes back.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::error::{ApiError, SOON};

/// How long a request may wait for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// Requests that are worked on at a time. A stream of events or a websocket counts only until it has begun.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    turns: Arc<Semaphore>,
}

impl Turns {
    /// So many.
    pub(crate) fn new(turns: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(turns)) }
    }
}

/// Gives a request its turn, or 503.
pub(crate) async fn take_turns(State(turns): State<Turns>, request: Request, next: Next) -> Response {
    match timeout(PATIENCE, turns.turns.acquire()).await {
        Ok(_turn) => next.run(request).await,
        Err(_) => busy("The server has too much to do."),
    }
}

/// Too much is going on: come back later.
pub(crate) fn busy(title: &str) -> Response {
    let error = ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", title).detail("Nothing was changed. Try again in a moment.");
    error.retry_after(SOON).into_response()
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::http::header;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_waits_too_long_is_told_when_to_come_back() {
        let turns = Turns::new(1);
        let router = Router::new().route("/", get(async || "ok")).layer(axum::middleware::from_fn_with_state(turns.clone(), take_turns));
        let ask = || router.clone().oneshot(Request::builder().uri("/").body(Body::empty()).unwrap());
        let taken = turns.turns.acquire().await.unwrap();
        let refused = ask().await.unwrap();
        let after = refused.headers().get(header::RETRY_AFTER).map(|after| after.as_bytes());
        assert_eq!((refused.status(), after), (StatusCode::SERVICE_UNAVAILABLE, Some(b"2".as_slice())));
        drop(taken);
        assert_eq!(ask().await.unwrap().status(), StatusCode::OK);
    }
}
