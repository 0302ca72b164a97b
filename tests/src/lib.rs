//! The harness of the tests: replicas in memory, a real server, clients of its protocol, a browser.
//!
//! Owns how things are started, cut off and waited for. What must hold stands in `tests/`.
//! Modules in reading order.

pub mod action;
pub mod browser;
pub mod event_client;
pub mod fixture;
pub mod load;
pub mod mail_sink;
pub mod network;
pub mod proxy;
pub mod server;
pub mod stock;
pub mod sync_client;
pub mod tagged;
pub mod trace;
pub mod wait;
pub mod wire;
