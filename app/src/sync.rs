//! The page's replicas of a meeting's documents: kept on the device, in step with the relay, undone step by step.
//!
//! [`Documents`] is what the rest of the app sees; each of its documents is a `replica`. `session` holds the rules of a connection and knows no socket; `socket` and `offline`
//! know no rules. Knows no component and nothing of how a document looks.

pub mod documents;
pub mod http;
pub mod peers;
pub mod service_worker;

mod backoff;
mod copy;
mod document;
mod event_stream;
mod offline;
mod replica;
mod save_state;
mod session;
mod set_aside;
mod socket;
mod transport;
mod undo;

pub use copy::OwnCopy;
pub use documents::Documents;
pub use offline::Author;
pub use peers::Peer;
pub use save_state::SaveState;
pub use set_aside::SetAside;
pub use undo::{UndoGroup, UndoMeta, UndoSelection};
