//! What browser and server share: the meeting document, its rich text, the wire protocol and Meeting JSON.
//!
//! Pure: no I/O, no clock, no random source, no browser, no async. Builds for wasm32 and native.
//! Read first: `id`, `meeting_json`, `richtext`, `agenda`.

pub mod access;
pub mod agenda;
pub mod api;
pub mod attachment;
pub mod catalogue;
pub mod date;
pub mod difference;
pub mod event;
pub mod id;
pub mod json;
pub mod meeting_json;
pub mod presence;
pub mod proposal;
pub mod protocol;
pub mod render;
pub mod richtext;
pub mod talk;
pub mod template;
