//! How long to wait before connecting again: exponential backoff with full jitter.
//!
//! Full jitter spreads the pages of a whole forum evenly after a restart. Pure: the caller brings the random number.

use std::time::Duration;

/// Window of the first try; it doubles with every further one.
const FIRST: Duration = Duration::from_millis(500);
/// No window is wider.
const CAP: Duration = Duration::from_secs(30);
/// Window of the first try after the server said that it restarts.
const AFTER_RESTART: Duration = Duration::from_secs(3);

/// The wait before try number `attempt` (from 0): `random` (0 to 1) of the window.
pub(super) fn delay(attempt: u32, random: f64) -> Duration {
    let window = FIRST.saturating_mul(2u32.saturating_pow(attempt)).min(CAP);
    part(window, random)
}

/// The wait after the server closed the connection to restart: long enough for it to be back for most.
pub(super) fn delay_after_restart(random: f64) -> Duration {
    part(AFTER_RESTART, random)
}

/// The wait while the browser itself says that there is no network: the upper half of the widest window.
pub(super) fn delay_without_network(random: f64) -> Duration {
    CAP / 2 + part(CAP / 2, random)
}

fn part(window: Duration, random: f64) -> Duration {
    // A random source that gives NaN or leaves 0..1 must not panic in `mul_f64`.
    let random = if random.is_finite() { random.clamp(0.0, 1.0) } else { 0.5 };
    window.mul_f64(random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_double_up_to_thirty_seconds() {
        let windows: Vec<u64> = (0..8).map(|attempt| delay(attempt, 1.0).as_millis() as u64).collect();
        assert_eq!(windows, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        assert_eq!(delay(u32::MAX, 1.0), CAP);
    }

    #[test]
    fn the_whole_window_is_used() {
        assert_eq!(delay(3, 0.0), Duration::ZERO);
        assert_eq!(delay(3, 0.5), Duration::from_secs(2));
        assert_eq!(delay_after_restart(0.5), Duration::from_millis(1_500));
        assert_eq!(delay_without_network(0.0), Duration::from_secs(15));
        assert_eq!(delay(1, f64::NAN), Duration::from_millis(500), "an odd random source gives a wait, not a panic");
    }
}
