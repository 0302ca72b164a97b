//! What goes to the clipboard and comes from it, as pure functions over strings.

pub mod copy;
pub mod paste;
pub mod plain;
