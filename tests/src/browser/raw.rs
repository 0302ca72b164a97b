//! A command of the WebDriver protocol as it stands in the specification.

use reqwest::Method;
use serde_json::Value;
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::{RequestData, SessionId};

/// A command of this session.
#[derive(Debug)]
pub(super) struct Raw {
    path: &'static str,
    body: Value,
}

impl Raw {
    pub(super) fn post(path: &'static str, body: Value) -> Self {
        Self { path, body }
    }
}

impl FormatRequestData for Raw {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(Method::POST, format!("session/{session}/{}", self.path)).add_body(self.body.clone())
    }
}
