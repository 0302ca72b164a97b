//! The byte-flip run: the gate under fire for `DAGSORDEN_HOSTILE_SECONDS` (2 without it, 600 in the long form; `cargo xtask test` says 60), on the
//! stable toolchain.
//!
//! A failure prints the seed that repeats it.

mod check;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arbtest::arbtest;
use dagsorden_tests::load::size;

/// Threads that fire, each at documents of its own.
const THREADS: usize = 2;

#[test]
fn what_the_gate_lets_through_every_replica_reads_the_same() {
    let seconds =
        std::env::var("DAGSORDEN_HOSTILE_SECONDS").map_or(size(2, 600), |seconds| seconds.parse().expect("a whole number of seconds"));
    let (offered, admitted) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                arbtest(|u| {
                    let outcome = check::run(u)?;
                    offered.fetch_add(outcome.offered, Ordering::Relaxed);
                    admitted.fetch_add(outcome.admitted, Ordering::Relaxed);
                    Ok(())
                })
                .budget(Duration::from_secs(seconds));
            });
        }
    });
    let (offered, admitted) = (offered.into_inner(), admitted.into_inner());
    eprintln!("{offered} frames in {seconds} s: {admitted} let through, and every replica read the same");
    assert!(admitted > 0 && admitted < offered, "{admitted} of {offered} frames let through: some are whole and some are not");
}
