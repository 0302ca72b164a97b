//! Reading JSON in the page.
//!
//! Every text goes through one untyped value first: a reader of text for each type would cost the download several kilobytes apiece.

use serde::de::DeserializeOwned;
use serde_json::{Error, Value};

/// The value that stands in `text`.
///
/// # Errors
/// The text is no JSON, or not of this shape.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_value(serde_json::from_str::<Value>(text)?)
}
