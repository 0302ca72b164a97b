//! When each connection is to come back after a restart: one after the other, so that a few are back almost at once and thousands do not all
//! come in the same moment. Knows no connection and no clock.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A server is hardly back any sooner.
const FIRST: Duration = Duration::from_millis(300);
/// From one to the next: 500 connections a second.
const STEP: Duration = Duration::from_millis(2);
/// All come within this time, however many they are.
const WIDEST: Duration = Duration::from_secs(20);

/// Hands out the waits.
#[derive(Debug, Default)]
pub(super) struct Spread {
    connections: AtomicUsize,
    handed_out: AtomicUsize,
}

impl Spread {
    /// So many connections are about to be told.
    pub(super) fn begin(&self, connections: usize) {
        self.connections.store(connections, Ordering::Relaxed);
    }

    /// How long the next one is to wait.
    pub(super) fn next(&self) -> Duration {
        let place = self.handed_out.fetch_add(1, Ordering::Relaxed);
        // Who came while the others were being told is one more.
        let all = u32::try_from(self.connections.load(Ordering::Relaxed).max(place + 1)).unwrap_or(u32::MAX);
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let window = STEP.saturating_mul(all).min(WIDEST);
        FIRST + window.mul_f64(f64::from(place) / f64::from(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(connections: u32) -> Vec<Duration> {
        let spread = Spread::default();
        spread.begin(connections as usize);
        (0..connections).map(|_| spread.next()).collect()
    }

    #[test]
    fn a_few_come_back_almost_at_once_and_thousands_one_after_the_other() {
        assert_eq!(waits(1), [FIRST]);
        assert!(waits(20).iter().all(|wait| *wait < FIRST + Duration::from_millis(50)));
        for many in [2_000, 100_000] {
            let waits = waits(many);
            assert!(waits.is_sorted() && waits[waits.len() - 1] < FIRST + WIDEST);
            let halfway = (waits[0] + waits[waits.len() - 1]) / 2;
            let early = waits.iter().filter(|wait| **wait < halfway).count();
            assert!(early.abs_diff(waits.len() / 2) <= 1, "{early} of {many} come in the first half");
        }
        assert_eq!(waits(2_000)[1_000], FIRST + Duration::from_secs(2));
    }

    #[test]
    fn who_comes_in_between_waits_as_long_as_the_last() {
        let spread = Spread::default();
        spread.begin(1);
        assert_eq!(spread.next(), FIRST);
        assert!(spread.next() <= FIRST + STEP);
    }
}
