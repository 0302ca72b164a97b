//! Scenarios, laws and merges of the editor core. Helpers write the caret into the text, see [`notation`].

mod concurrent;
mod notation;
mod properties;
mod scenarios;
mod tables;
