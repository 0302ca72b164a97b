//! The browser behind a window.

use anyhow::{Result, bail};
use serde_json::{Value, json};
use thirtyfour::WebDriver;

use super::chromium::{Chromium, Look};
use super::firefox::Firefox;

/// Which browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Chromium.
    Chromium,
    /// Firefox.
    Firefox,
}

/// A running browser.
pub(super) enum Program {
    Chromium(Chromium),
    Firefox(Firefox),
}

impl Program {
    pub(super) async fn start(kind: Kind) -> Result<Self> {
        Ok(match kind {
            Kind::Chromium => Self::Chromium(Chromium::start().await?),
            Kind::Firefox => Self::Firefox(Firefox::start().await?),
        })
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Chromium(_) => Kind::Chromium,
            Self::Firefox(_) => Kind::Firefox,
        }
    }

    pub(super) fn driver(&self) -> &WebDriver {
        match self {
            Self::Chromium(chromium) => chromium.driver(),
            Self::Firefox(firefox) => firefox.driver(),
        }
    }

    pub(super) async fn look(&self, look: Look) -> Result<()> {
        match self {
            Self::Chromium(chromium) => chromium.look(look).await,
            Self::Firefox(firefox) => Ok(firefox.driver().set_window_rect(0, 0, look.width, look.height).await?),
        }
    }

    /// A command of Chromium's own protocol.
    pub(super) async fn command(&self, method: &str, parameters: Value) -> Result<Value> {
        match self {
            Self::Chromium(chromium) => chromium.command(method, parameters).await,
            Self::Firefox(_) => bail!("Firefox knows no {method}"),
        }
    }

    /// Runs a script before any of a page's own, from the next page on. Firefox' driver has no such thing.
    pub(super) async fn run_before_pages(&self, script: &str) -> Result<()> {
        match self {
            Self::Chromium(chromium) => {
                chromium.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await.map(drop)
            }
            Self::Firefox(_) => Ok(()),
        }
    }

    /// What an input method does: shows `text` as being composed, or commits it.
    pub(super) async fn compose(&self, text: &str, commit: bool) -> Result<()> {
        match self {
            Self::Chromium(chromium) if commit => chromium.command("Input.insertText", json!({ "text": text })).await.map(drop),
            Self::Chromium(chromium) => {
                let end = text.encode_utf16().count();
                let composition = json!({ "text": text, "selectionStart": end, "selectionEnd": end });
                chromium.command("Input.imeSetComposition", composition).await.map(drop)
            }
            Self::Firefox(firefox) => firefox.run_in_browser(COMPOSE, vec![json!(text), json!(commit)]).await.map(drop),
        }
    }
}

/// The input method of Firefox' own tests.
const COMPOSE: &str = r#"
    const [text, commit] = arguments;
    if (!window.__processor) {
        window.__processor = Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
    }
    const processor = window.__processor;
    if (!processor.beginInputTransactionForTests(window)) { throw new Error("no input transaction"); }
    if (commit) {
        processor.commitCompositionWith(text);
    } else {
        processor.setPendingCompositionString(text);
        if (text) { processor.appendClauseToPendingComposition(text.length, processor.ATTR_RAW_CLAUSE); }
        processor.setCaretInPendingComposition(text.length);
        processor.flushPendingComposition();
    }
"#;
