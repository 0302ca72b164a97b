//! Clients that cost next to nothing, so that one process can be a crowd: they keep clocks instead of documents and speak websocket by hand.
//!
//! Knows no server: what a frame is wrapped in, and how a room is called, is told by who uses it.

pub mod process;
pub mod raw_socket;
pub mod typist;

/// How much a test of endurance does: what is modest, or with `DAGSORDEN_TEST_LOAD=full` what the relay is held against. `cargo xtask endure`
/// runs the long forms.
pub fn size<T>(modest: T, full: T) -> T {
    if std::env::var("DAGSORDEN_TEST_LOAD").is_ok_and(|size| size == "full") { full } else { modest }
}
