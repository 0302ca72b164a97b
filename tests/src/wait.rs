//! Waiting: a condition is asked for again and again until it holds or its time is over. Nothing sleeps for luck.

use std::future::Future;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::time::{Instant, sleep, timeout};

/// How long anything may take on a slow machine before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(30);

const PAUSE: Duration = Duration::from_millis(25);

/// Asks until the answer is there.
///
/// # Errors
/// If it is not there in time, saying what was waited for.
pub async fn until<T, F: Future<Output = Result<Option<T>>>>(what: &str, mut ask: impl FnMut() -> F) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask().await.with_context(|| format!("while waiting for {what}"))? {
            return Ok(answer);
        }
        if start.elapsed() > PATIENCE {
            bail!("waited {} s for {what}", PATIENCE.as_secs());
        }
        sleep(PAUSE).await;
    }
}

/// Gives something its time.
///
/// # Errors
/// If it takes longer, saying what it was.
pub async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> Result<T> {
    timeout(PATIENCE, work).await.with_context(|| format!("waited {} s for {what}", PATIENCE.as_secs()))
}
