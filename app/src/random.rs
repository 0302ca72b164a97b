//! Random bits from the browser, for ids. The only place that asks for them.

/// 128 random bits.
///
/// # Panics
/// Never in a browser: `crypto.getRandomValues` is there wherever wasm runs.
pub(crate) fn bits() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("every browser that runs wasm has crypto.getRandomValues");
    u128::from_le_bytes(bytes)
}
