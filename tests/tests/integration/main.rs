//! What must hold across crates, one module per area.

mod commands;
mod convergence;
mod relay;
