//! Forms of the pages that the server paints: bounded, each field once, and no control characters where there is one line.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;

use super::body;
use crate::error::ApiError;

/// Longest form, in bytes: a pasted list of a thousand people fits.
const LIMIT: usize = 256 << 10;

/// A form as it was sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// A field of one line, trimmed; empty if it was not sent.
    ///
    /// # Errors
    /// It was sent twice, or holds a control character.
    pub(crate) fn line(&self, name: &str) -> Result<String, ApiError> {
        let text = self.text(name)?;
        if text.chars().any(char::is_control) {
            return Err(unfit(name));
        }
        Ok(text.trim().to_owned())
    }

    /// A field as it was sent; empty if it was not.
    ///
    /// # Errors
    /// It was sent twice.
    pub(crate) fn text(&self, name: &str) -> Result<&str, ApiError> {
        let mut found = self.fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        match (found.next(), found.next()) {
            (value, None) => Ok(value.unwrap_or_default()),
            _ => Err(unfit(name)),
        }
    }
}

fn unfit(name: &str) -> ApiError {
    ApiError::invalid(format!("The field {name} cannot be taken.")).detail("Nothing was changed. Send it once, on one line.")
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let bytes = body::read(&parts.headers, body, LIMIT).await?;
        if body::media_type(&parts.headers) != "application/x-www-form-urlencoded" {
            return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", "This address takes a form of its page."));
        }
        Ok(Self { fields: form_urlencoded::parse(&bytes).into_owned().collect() })
    }
}
