//! The built pages, embedded in the binary: scripts, wasm, styles, the text face.
//!
//! `build.rs` writes the table. Names carry a hash of the content and are served as immutable; the service worker's name cannot, so it
//! is asked for anew each time. Knows no meeting.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// What pages say when nothing was embedded.
pub const NOT_BUILT: &str = "This server was built without its pages. Run `cargo xtask build` or `cargo xtask serve`.";

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const WORKER_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; script-src 'self'; connect-src 'self'");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// One embedded file.
struct Asset {
    name: &'static str,
    tag: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Addresses of what a page needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The module that starts the app.
    pub boot: String,
    /// The generated script.
    pub script: String,
    /// The app.
    pub wasm: String,
    /// The styles.
    pub style: String,
    /// The text face, if it is a file of its own.
    pub font: Option<String>,
    /// The files of each part of the app that is loaded when it is first needed.
    parts: BTreeMap<String, Vec<String>>,
    boot_text: String,
}

/// What `cargo xtask` says of the folder it made.
#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    parts: BTreeMap<String, Vec<String>>,
    #[serde(flatten)]
    names: BTreeMap<String, String>,
}

/// A script of the server's own.
#[derive(Debug)]
pub struct OwnScript {
    /// Its address, with a hash of its content.
    pub address: String,
    text: &'static str,
}

/// The script of the pages that the server paints alone.
pub static PAGE_SCRIPT: LazyLock<OwnScript> = LazyLock::new(|| {
    let text = include_str!("pages.js");
    OwnScript { address: format!("/assets/pages-{}.js", short_hash(text)), text }
});

fn short_hash(text: &str) -> String {
    Sha256::digest(text).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

static BUILT: LazyLock<Option<Built>> = LazyLock::new(|| find("manifest.json").and_then(|manifest| Built::from_manifest(manifest.plain)));

impl Built {
    /// `None` if the binary was built without pages.
    pub fn get() -> Option<&'static Self> {
        BUILT.as_ref()
    }

    pub(crate) fn from_manifest(manifest: &[u8]) -> Option<Self> {
        let Manifest { parts, names } = serde_json::from_slice(manifest).ok()?;
        let address = |key: &str| names.get(key).map(|name| format!("/assets/{name}"));
        let addresses = |files: Vec<String>| files.into_iter().map(|name| format!("/assets/{name}")).collect();
        let parts = parts.into_iter().map(|(part, files)| (part, addresses(files))).collect();
        let (script, wasm, style) = (address("app.js")?, address("app.wasm")?, address("style.css")?);
        let font = names.values().find(|name| name.ends_with(".woff2")).map(|name| format!("/assets/{name}"));
        let boot_text = format!("import init from {script:?};\ninit({{ module_or_path: {wasm:?} }});\n");
        Some(Self { boot: format!("/assets/boot-{}.js", short_hash(&boot_text)), script, wasm, style, font, parts, boot_text })
    }

    /// The files of one part; none if the build has no such part.
    pub fn part(&self, name: &str) -> &[String] {
        self.parts.get(name).map_or(&[], Vec::as_slice)
    }

    /// The files of all parts, each once.
    pub fn all_parts(&self) -> BTreeSet<&str> {
        self.parts.values().flatten().map(String::as_str).collect()
    }
}

fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.binary_search_by(|asset| asset.name.cmp(name)).ok().map(|index| &ASSETS[index])
}

/// Answers a request for `/assets/{name}`.
pub fn serve(name: &str, request: &HeaderMap) -> Response {
    match (find(name), Built::get()) {
        (Some(asset), _) => asset.response(request, IMMUTABLE),
        _ if PAGE_SCRIPT.address.strip_prefix("/assets/") == Some(name) => {
            ([(header::CONTENT_TYPE, mime(name)), (header::CACHE_CONTROL, IMMUTABLE)], PAGE_SCRIPT.text).into_response()
        }
        (None, Some(built)) if built.boot.strip_prefix("/assets/") == Some(name) => {
            ([(header::CONTENT_TYPE, mime(name)), (header::CACHE_CONTROL, IMMUTABLE)], built.boot_text.clone()).into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Answers a request for `/sw.js`, whose name never changes.
pub fn serve_worker(request: &HeaderMap) -> Response {
    find("sw.js").map_or_else(|| StatusCode::NOT_FOUND.into_response(), |asset| asset.worker_response(request))
}

impl Asset {
    fn response(&self, request: &HeaderMap, cache: HeaderValue) -> Response {
        let (coding, bytes) =
            self.negotiate(request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default());
        let tag = HeaderValue::try_from(format!("\"{}-{}\"", self.tag, coding.unwrap_or("plain"))).expect("a hash fits a header");
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, cache);
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if request.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|known| matches(known, &tag)) {
            headers.insert(header::ETAG, tag);
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(header::ETAG, tag);
        headers.insert(header::CONTENT_TYPE, mime(self.name));
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        (headers, bytes).into_response()
    }

    /// A worker is bound by the policy it came with, not by the page's: it fetches for all pages.
    fn worker_response(&self, request: &HeaderMap) -> Response {
        let mut response = self.response(request, REVALIDATE);
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, WORKER_POLICY);
        response
    }

    /// The smallest form the browser takes; brotli before gzip.
    fn negotiate(&self, accepted: &str) -> (Option<&'static str>, &'static [u8]) {
        [("br", self.brotli), ("gzip", self.gzip)]
            .into_iter()
            .find_map(|(coding, bytes)| Some((Some(coding), bytes.filter(|_| accepts(accepted, coding))?)))
            .unwrap_or((None, self.plain))
    }
}

fn accepts(accepted: &str, coding: &str) -> bool {
    accepted.split(',').any(|part| {
        let (name, parameter) = part.split_once(';').unwrap_or((part, ""));
        let refused =
            parameter.trim().strip_prefix("q=").is_some_and(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0));
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}

fn matches(known: &str, tag: &HeaderValue) -> bool {
    known.split(',').any(|candidate| candidate.trim().trim_start_matches("W/").as_bytes() == tag.as_bytes())
}

fn mime(name: &str) -> HeaderValue {
    HeaderValue::from_static(match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("woff2") => "font/woff2",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASSET: Asset = Asset { name: "app-1.wasm", tag: "abc", plain: b"plain", brotli: Some(b"br"), gzip: Some(b"gz") };

    fn request(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_browser_gets_the_smallest_form_it_takes() {
        assert_eq!(ASSET.negotiate("gzip, deflate, br, zstd"), (Some("br"), b"br".as_slice()));
        assert_eq!(ASSET.negotiate("gzip;q=1.0, br;q=0"), (Some("gzip"), b"gz".as_slice()));
        assert_eq!(ASSET.negotiate(""), (None, b"plain".as_slice()));
        let response = ASSET.response(&request(header::ACCEPT_ENCODING, "br"), IMMUTABLE);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/wasm");
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        assert_eq!(ASSET.response(&request(header::IF_NONE_MATCH, "W/\"abc-plain\""), REVALIDATE).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(ASSET.response(&request(header::IF_NONE_MATCH, "\"abc-br\""), REVALIDATE).status(), StatusCode::OK);
    }

    #[test]
    fn the_worker_may_fetch_and_is_asked_for_anew() {
        let response = ASSET.worker_response(&HeaderMap::new());
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
        assert!(response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("connect-src 'self'"));
    }

    #[test]
    fn the_manifest_names_what_a_page_needs() {
        let built = Built::from_manifest(br#"{"app.js":"app-1.js","app.wasm":"app-1_bg.wasm","style.css":"style-2.css"}"#).unwrap();
        assert_eq!(built.wasm, "/assets/app-1_bg.wasm");
        assert!(built.boot_text.contains("from \"/assets/app-1.js\""));
        assert!(built.part("tools").is_empty() && built.all_parts().is_empty());
        assert_eq!(Built::from_manifest(b"{}"), None);
        let parts =
            br#"{"app.js":"a","app.wasm":"b","style.css":"c","parts":{"home":["part-1.wasm","part-home.wasm"],"tools":["part-1.wasm"]}}"#;
        let built = Built::from_manifest(parts).unwrap();
        assert_eq!(built.part("home"), ["/assets/part-1.wasm", "/assets/part-home.wasm"]);
        assert_eq!(Vec::from_iter(built.all_parts()), ["/assets/part-1.wasm", "/assets/part-home.wasm"], "each file once");
    }
}
