//! The page's replica of a meeting document: kept on the device, in step with the relay, undone step by step.
//!
//! [`Replica`] is what the rest of the app sees. `session` holds the rules of a connection and knows no socket; `socket` and `offline`
//! know no rules. Knows no component and nothing of how a document looks.

pub mod http;
pub mod peers;
pub mod replica;
pub mod service_worker;

mod backoff;
mod copy;
mod document;
mod event_stream;
mod offline;
mod save_state;
mod session;
mod set_aside;
mod socket;
mod transport;
mod undo;

pub use copy::OwnCopy;
pub use offline::Author;
pub use peers::Peer;
pub use replica::Replica;
pub use save_state::SaveState;
pub use set_aside::SetAside;
pub use undo::{UndoGroup, UndoMeta, UndoSelection};
