//! The gate under fire, guided by coverage and under ASan: what it lets through, yrs takes, and every replica reads the same.

#![no_main]

#[path = "../../tests/hostile/check.rs"]
mod check;

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // Too little data means nothing.
    let _ = check::run(&mut Unstructured::new(data));
});
