//! Scenarios, laws and merges of the editor core. Helpers write the caret into the text, see [`notation`].

mod concurrent;
mod edges;
mod foreign;
pub(crate) mod notation;
mod numbers;
mod person;
mod properties;
mod scenarios;
mod tables;
mod undo;
