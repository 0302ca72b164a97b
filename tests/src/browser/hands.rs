//! Keys, mouse and input method of a window, as WebDriver actions: every event is one the browser makes itself.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::raw::Raw;
use super::window::Window;

/// Keys with a name, as WebDriver numbers them.
const KEYS: [(&str, char); 20] = [
    ("Backspace", '\u{e003}'),
    ("Tab", '\u{e004}'),
    ("Enter", '\u{e007}'),
    ("Shift", '\u{e008}'),
    ("Control", '\u{e009}'),
    ("Alt", '\u{e00a}'),
    ("Escape", '\u{e00c}'),
    ("Space", ' '),
    ("PageUp", '\u{e00e}'),
    ("PageDown", '\u{e00f}'),
    ("End", '\u{e010}'),
    ("Home", '\u{e011}'),
    ("ArrowLeft", '\u{e012}'),
    ("ArrowUp", '\u{e013}'),
    ("ArrowRight", '\u{e014}'),
    ("ArrowDown", '\u{e015}'),
    ("Delete", '\u{e017}'),
    ("F1", '\u{e031}'),
    ("F6", '\u{e036}'),
    ("F10", '\u{e03a}'),
];

fn key(name: &str) -> Result<String> {
    if let Some((_, code)) = KEYS.iter().find(|(known, _)| *known == name) {
        return Ok(code.to_string());
    }
    ensure!(name.chars().count() == 1, "no key is called {name}");
    Ok(name.to_owned())
}

/// A point of the window, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// A movement of the mouse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mouse {
    /// Goes there.
    To(Point),
    /// The left button goes down.
    Down,
    /// It comes up.
    Up,
    /// Waits so many milliseconds, as a hand does.
    Rest(u64),
}

impl Window {
    /// Presses keys one after the other, each with what is held down for it: `Enter`, `Control+Shift+z`.
    ///
    /// # Errors
    /// If there is no such key.
    pub async fn strike(&self, chords: &str) -> Result<()> {
        let mut actions = Vec::new();
        for chord in chords.split(' ') {
            let parts = chord.split('+').map(key).collect::<Result<Vec<_>>>()?;
            actions.extend(parts.iter().map(|key| json!({ "type": "keyDown", "value": key })));
            actions.extend(parts.iter().rev().map(|key| json!({ "type": "keyUp", "value": key })));
        }
        self.perform(json!({ "type": "key", "id": "keyboard", "actions": actions })).await
    }

    /// Types a text key by key.
    ///
    /// # Errors
    /// If the browser refuses.
    pub async fn write(&self, text: &str) -> Result<()> {
        let keys = text.chars().flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key })));
        self.perform(json!({ "type": "key", "id": "keyboard", "actions": keys.collect::<Vec<_>>() })).await
    }

    /// Moves the mouse.
    ///
    /// # Errors
    /// If the browser refuses, as for a point outside the window.
    pub async fn mouse(&self, movements: &[Mouse]) -> Result<()> {
        let actions = movements.iter().map(|movement| match movement {
            Mouse::To(Point { x, y }) => json!({ "type": "pointerMove", "duration": 0, "x": x.round(), "y": y.round() }),
            Mouse::Down => json!({ "type": "pointerDown", "button": 0 }),
            Mouse::Up => json!({ "type": "pointerUp", "button": 0 }),
            Mouse::Rest(duration) => json!({ "type": "pause", "duration": duration }),
        });
        let parameters = json!({ "pointerType": "mouse" });
        let actions = actions.collect::<Vec<_>>();
        self.perform(json!({ "type": "pointer", "id": "mouse", "parameters": parameters, "actions": actions })).await
    }

    /// Shows a text as being composed by the input method.
    ///
    /// # Errors
    /// If the browser refuses.
    pub async fn compose(&self, text: &str) -> Result<()> {
        self.program().compose(text, false).await
    }

    /// Ends the composition with a text.
    ///
    /// # Errors
    /// If the browser refuses.
    pub async fn commit(&self, text: &str) -> Result<()> {
        self.program().compose(text, true).await
    }

    async fn perform(&self, source: Value) -> Result<()> {
        let done = self.program().driver().handle().cmd(Raw::post("actions", json!({ "actions": [source] }))).await;
        done.with_context(|| format!("{}: the browser refuses an input", self.name())).map(drop)
    }
}
