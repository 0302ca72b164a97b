//! Errors of the HTTP API in the reader's words: what happened, and what to do.

use dagsorden_shared::catalogue::Catalogue;

use crate::sync::http::HttpError;

/// What happened to the text, and what to do.
pub(crate) fn words(text: &Catalogue, error: &HttpError) -> (&'static str, &'static str) {
    match error {
        HttpError::Unreachable => text.problems.no_connection,
        HttpError::Problem(problem) => (text.problems.by_code)(&problem.code).unwrap_or(text.problems.unknown),
        HttpError::Unreadable { .. } => text.problems.unknown,
    }
}

/// Both in one line.
pub(crate) fn sentence(text: &Catalogue, error: &HttpError) -> String {
    let (what, then) = words(text, error);
    format!("{what} {then}")
}
