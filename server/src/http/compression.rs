//! Compression of what is made anew for each request and asks for it: pages and states. Built files are compressed when they are built.
//!
//! A page holds no secret beside text that a stranger could put into the same page, so its compressed length tells nothing. Keep it so.

use axum::Extension;
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate, SizeAbove};

/// Shorter bodies gain nothing.
const SHORTEST: u64 = 1024;
/// The largest page takes a few milliseconds at this level, and a hundred times as long at the highest for a tenth less.
const LEVEL: CompressionLevel = CompressionLevel::Precise(4);

/// Marks an answer as worth compressing.
#[derive(Clone, Copy)]
pub(super) struct Compress;

/// What an answer carries to be compressed.
pub(super) const COMPRESS: Extension<Compress> = Extension(Compress);

type Asks = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// Compresses what asks for it, with brotli, or with gzip where the browser knows only that.
pub(super) fn layer() -> CompressionLayer<And<SizeAbove, Asks>> {
    let asks: Asks = |_, _, _, extensions| extensions.get::<Compress>().is_some();
    CompressionLayer::new().quality(LEVEL).compress_when(SizeAbove::new(SHORTEST).and(asks))
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, header};
    use axum::routing::get;
    use tower::ServiceExt;

    async fn answer(path: &str, accepted: &str) -> (Option<String>, usize) {
        let text = || "dagsorden ".repeat(1000);
        let router = Router::new().route("/page", get(async move || (super::COMPRESS, text()))).route("/file", get(async move || text()));
        let request = Request::get(path).header(header::ACCEPT_ENCODING, accepted).body(Body::empty()).unwrap();
        let response = router.layer(super::layer()).oneshot(request).await.unwrap();
        let coding = response.headers().get(header::CONTENT_ENCODING).map(|coding| coding.to_str().unwrap().to_owned());
        assert_eq!(
            coding.is_some(),
            response.headers().get(header::VARY).is_some_and(|vary| vary == "accept-encoding") && accepted != "identity"
        );
        (coding, to_bytes(response.into_body(), 1 << 20).await.unwrap().len())
    }

    #[tokio::test]
    async fn the_browser_gets_what_it_takes() {
        for (accepted, coding) in [("gzip, deflate, br, zstd", Some("br")), ("gzip", Some("gzip")), ("identity", None)] {
            let (given, length) = answer("/page", accepted).await;
            assert_eq!(given.as_deref(), coding, "{accepted}");
            assert_eq!(length < 500, coding.is_some(), "{accepted}: {length}");
        }
        assert_eq!(answer("/file", "br").await, (None, 10_000), "it does not ask");
    }
}
