//! The editor core: what a title or a section looks like while it is written, and what every key does to it.
//!
//! Values in, values out. A command reads an [`EditorState`] and answers with a [`Transaction`]; the transaction's delta is run on the
//! document by its owner, and the state changes only by the delta that comes back, one path for local, remote and undo.
//! Knows no DOM, no signal, no socket and no yrs. All offsets are UTF-16 units of the field's text, newlines included.

pub mod autoformat;
pub mod autolink;
pub mod clipboard;
pub mod command;
pub mod difference;
pub mod find;
pub mod ids;
pub mod keymap;
pub mod numbering;
pub mod selection;
pub mod state;
pub mod text;
pub mod transaction;

pub use command::{Command, CommandName, Refusal};
pub use selection::Selection;
pub use state::{EditorState, FieldKind};
pub use transaction::{Cause, Group, Transaction};

#[cfg(test)]
mod tests;
