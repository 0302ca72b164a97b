//! Reading request bodies: bounded, and every refusal a problem.
//!
//! A body that is too large is read to its end and thrown away, up to a bound, before the answer: a browser that is still sending
//! would else see a broken connection instead of the reason. A body that does not come is given up, for it keeps a turn from others.
//! Knows no route.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::socket::patience;
use crate::error::ApiError;

/// Bound for everything but imports.
pub(crate) const SMALL: usize = 1 << 20;

/// Bound for an imported file.
pub(crate) const IMPORT: usize = 5 << 20;

const DISCARDED: usize = 128 << 20;

/// The whole body, if it has at most `limit` bytes.
///
/// # Errors
/// Too large or too late, or the connection broke.
pub(crate) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, ApiError> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|length| length > DISCARDED) {
        return Err(ApiError::too_large(limit));
    }
    let late = || ApiError::new(StatusCode::REQUEST_TIMEOUT, "body_late", "The body did not arrive in time.").detail("Send it again.");
    timeout(patience(announced.unwrap_or(limit)), collect(body, announced.unwrap_or(0), limit)).await.map_err(|_| late())?
}

async fn collect(body: Body, announced: usize, limit: usize) -> Result<Bytes, ApiError> {
    let mut stream = body.into_data_stream();
    let mut kept = Vec::with_capacity(announced.min(limit));
    let mut received = 0_usize;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| ApiError::new(StatusCode::BAD_REQUEST, "body_cut", "The body did not arrive whole."))?;
        received += chunk.len();
        if received > DISCARDED {
            break;
        }
        if received <= limit {
            kept.extend_from_slice(&chunk);
        }
    }
    if received > limit { Err(ApiError::too_large(limit)) } else { Ok(kept.into()) }
}

/// The media type of a request, lower case, without parameters; empty if it has none.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// `bytes` as JSON of the wanted shape.
///
/// # Errors
/// Not JSON (400), or not of that shape (422); both name line and column.
pub(crate) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(bytes).map_err(|error| {
        let detail = format!("line {}, column {}: {error}", error.line(), error.column());
        match error.classify() {
            serde_json::error::Category::Data => ApiError::invalid("The JSON does not have the form this address takes.").detail(detail),
            _ => ApiError::new(StatusCode::BAD_REQUEST, "not_json", "The body is not JSON.").detail(detail),
        }
    })
}

/// `bytes` as a form of a page.
///
/// # Errors
/// Not of the wanted shape.
pub(crate) fn form<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    serde_urlencoded::from_bytes(bytes)
        .map_err(|error| ApiError::invalid("The form does not have the fields this address takes.").detail(error.to_string()))
}

/// A small JSON body.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let bytes = read(&parts.headers, body, SMALL).await?;
        if media_type(&parts.headers) != "application/json" {
            return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", "This address takes `application/json`."));
        }
        Ok(Self(json(&bytes)?))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::time::Duration;

    use axum::response::IntoResponse;
    use futures_util::stream;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_given_up() {
        let begun = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"{")) });
        let body = Body::from_stream(begun.chain(stream::pending()));
        let started = Instant::now();
        let refused = read(&HeaderMap::new(), body, SMALL).await.unwrap_err();
        assert_eq!(refused.into_response().status(), StatusCode::REQUEST_TIMEOUT);
        assert!(started.elapsed() < Duration::from_mins(2));
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_read_to_its_end() {
        let refused = read(&HeaderMap::new(), Body::from(vec![0; SMALL + 1]), SMALL).await.unwrap_err();
        assert_eq!(refused.into_response().status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(read(&HeaderMap::new(), Body::from(vec![0; SMALL]), SMALL).await.unwrap().len(), SMALL);
    }
}
