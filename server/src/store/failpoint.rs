//! Points at which a test may have the process end as a power cut would. Builds for tests only.

/// Ends the process at once if `DAGSORDEN_TEST_KILL_AT` names this point.
pub(crate) fn failpoint(name: &str) {
    if cfg!(debug_assertions) && std::env::var("DAGSORDEN_TEST_KILL_AT").is_ok_and(|point| point == name) {
        std::process::abort();
    }
}
