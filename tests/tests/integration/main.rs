//! What must hold across crates, one module per area.

mod convergence;
