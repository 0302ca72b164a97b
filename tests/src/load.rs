//! Clients that cost next to nothing, so that one process can be a crowd: they keep clocks instead of documents and speak websocket by hand.
//!
//! Knows no server: what a frame is wrapped in, and how a room is called, is told by who uses it.

pub mod process;
pub mod raw_socket;
pub mod typist;
