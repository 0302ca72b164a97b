//! What browser and server share: the meeting document, its rich text, the wire protocol and Meeting JSON.
//!
//! Pure: no I/O, no clock, no random source, no browser, no async. Builds for wasm32 and native.
//! Modules in reading order.

pub mod id;
pub mod access;
pub mod meeting_json;
pub mod richtext;
pub mod agenda;
pub mod api;
pub mod catalogue;
pub mod date;
pub mod render;
pub mod protocol;
pub mod presence;
