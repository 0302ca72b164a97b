//! The editor in the page: every title and section edited in place.
//!
//! The only home of `contenteditable`. Draws the lines of [`dagsorden_editor`], reads the browser's input back into commands, and hands
//! their deltas to the document through [`DocumentPort`]; what is shown changes only by what the document reports.
//! The children of an editable belong to this module alone. Knows no page, no socket and no yrs.

pub(crate) mod authors;
mod carets;
mod clipboard;
mod composition;
mod context;
mod copy;
mod copy_tools;
mod decoration;
mod dom;
mod field;
pub(crate) mod find;
mod followed;
mod foreign;
mod input;
pub(crate) mod insert;
mod keys;
mod lines;
mod listener;
mod marks;
mod missing;
mod mount;
mod neighbours;
mod part;
mod port;
mod position;
mod proposed;
mod reading_place;
mod setup;
mod stand_in;
#[cfg(feature = "test-hooks")]
mod test_contract;
mod toolbar;

pub(crate) use foreign::lines as foreign_lines;
pub(crate) use stand_in::Asked;
pub(crate) use toolbar::start as start_toolbar;

pub use context::EditorContext;
pub use dagsorden_editor::FieldKind;
pub use marks::{Mark, MarkEvent, MarkHit, MarkPlace, Marks};
pub use mount::MountOptions;
pub use port::DocumentPort;
pub(crate) use proposed::{Proposed, ProposedLayer};
