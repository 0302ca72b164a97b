//! Figures about the process for Prometheus, on an address of their own and only when asked for.
//!
//! What is counted is counted where it happens, through the `metrics` facade, which costs next to nothing while nobody listens. No label
//! names a document or a person.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;

use crate::room::Registry;

/// Seconds from handing a change to the store until it is on disk.
pub const COMMIT_SECONDS: &str = "dagsorden_commit_seconds";
/// Updates that are on disk.
pub const UPDATES: &str = "dagsorden_updates_total";
/// Updates that were refused, by code.
pub const REFUSED: &str = "dagsorden_updates_refused_total";
/// Frames handed to the network.
pub const FRAMES: &str = "dagsorden_frames_sent_total";
/// Bytes of these frames.
pub const BYTES: &str = "dagsorden_bytes_sent_total";
/// How often a reader was too slow for single updates.
pub const LAGGING: &str = "dagsorden_readers_lagging_total";
/// Answers, by class of their status.
pub const ANSWERS: &str = "dagsorden_http_answers_total";
/// Documents that are open.
const ROOMS: &str = "dagsorden_rooms";
/// Connections to documents.
const CONNECTIONS: &str = "dagsorden_connections";

const BUCKETS: [f64; 9] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];

#[derive(Clone)]
struct Figures {
    handle: PrometheusHandle,
    registry: Registry,
}

/// Counts from here on, for the life of the process.
///
/// # Errors
/// The counters are installed already.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(COMMIT_SECONDS.to_owned()), &BUCKETS)?.install_recorder()
}

/// Answers `GET /metrics`.
///
/// # Errors
/// The network failed.
pub async fn serve(listener: TcpListener, handle: PrometheusHandle, registry: Registry) -> std::io::Result<()> {
    let router = Router::new().route("/metrics", get(figures)).with_state(Figures { handle, registry });
    axum::serve(listener, router).await
}

async fn figures(State(Figures { handle, registry }): State<Figures>) -> impl IntoResponse {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let set = |name: &'static str, value: usize| metrics::gauge!(name).set(value as f64);
    set(ROOMS, registry.rooms());
    set(CONNECTIONS, registry.connections());
    handle.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render())
}
