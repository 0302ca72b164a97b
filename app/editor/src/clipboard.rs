//! What goes to the clipboard and comes from it, as pure functions over strings and small trees.

pub mod agenda;
pub mod copy;
pub mod html;
pub mod join;
pub mod paste;
pub mod plain;
