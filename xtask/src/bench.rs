//! `cargo xtask bench`: the measures that the product is held against.

use anyhow::Result;

use crate::web;

/// Prints the sizes of what a browser downloads; the budget on the wasm is checked on the way.
pub(crate) fn bench() -> Result<()> {
    web::build_release()
}
