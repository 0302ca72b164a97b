//! Rich text of a title or a section: one linear text in the conventions of the Quill 2 Delta.
//!
//! Owns attributes, marks, line formats, deltas and the text as lines. Does not know yrs (see [`crate::agenda`]),
//! the browser or HTML (see [`crate::render`]). All offsets and lengths are UTF-16 code units, as in the browser and in Yjs.

pub mod attributes;
pub mod body;
pub mod cells;
pub mod delta;
pub mod line;
pub mod numbers;
pub mod quill;
pub mod table;

pub use attributes::{Attributes, Marks, Value};
pub use body::{Body, Change};
pub use delta::{Delta, Op};
pub use line::{Block, Line, LineFormat, ListKind, Run};
pub use numbers::Numbers;
