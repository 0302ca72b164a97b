//! What must hold across crates, one module per area.

mod backup;
mod commands;
mod convergence;
mod limits;
mod people;
mod previews;
mod relay;
