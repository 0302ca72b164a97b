//! The server of Dagsorden: one process that serves the pages, the HTTP API and the relay, and keeps everything in one data folder.
//!
//! `main.rs` reads the configuration and binds; [`run`] does the rest and returns when it has drained.
//! Modules in reading order: what is asked of it, who asks, what it answers, what it keeps.

pub mod assets;
pub mod config;
pub mod data_folder;
pub mod error;
pub mod gate;
pub mod http;
pub mod identity;
pub mod intake;
pub mod room;
pub mod store;
