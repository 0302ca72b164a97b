//! What every request must pass and every answer carries.
//!
//! Requests: other sites must not reach the server through a person's browser. A `Host` that is neither this machine nor the public address is
//! refused (a name rebound to 127.0.0.1), and so is a change or a socket asked for by another origin; one that says by a cookie who sends it must name its origin. Answers: no sniffing, no referrer, no framing. Knows no route.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::ApiError;
use crate::site::Site;

/// Refuses what other sites ask for, and sets the headers every answer carries.
pub(crate) async fn guard(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let secure = host(request.headers(), request.uri()).is_some_and(|host| site.is_https(&host));
    let mut response = match check(&request, site.public_host().as_deref()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    // Only pages run anything; they bring their own policy.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    response
}

/// The host a request names: its header, or the authority of its address.
pub(crate) fn host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let header = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    header.or_else(|| uri.authority().map(axum::http::uri::Authority::as_str)).map(str::to_ascii_lowercase)
}

fn check(request: &Request, public: Option<&str>) -> Result<(), ApiError> {
    let headers = request.headers();
    let host = host(headers, request.uri());
    if host.as_deref().is_some_and(|host| !is_this_machine(host) && public != Some(host)) {
        return Err(ApiError::new(StatusCode::FORBIDDEN, "foreign_host", "This server answers on its own names only.")
            .detail("Use http://127.0.0.1 or http://localhost with the port it printed, or the address that `public_url` names."));
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // An event stream is a connection as a websocket is.
    let connects = headers.contains_key(header::UPGRADE) || request.uri().path().starts_with("/sync/");
    if (changes || connects) && (is_foreign(headers, host.as_deref()) || (is_by_cookie(headers) && !is_own(headers, host.as_deref()))) {
        return Err(ApiError::new(StatusCode::FORBIDDEN, "foreign_origin", "Another site asked for this change.")
            .detail("Changes are taken from this server's own pages and from programs, not from other sites."));
    }
    Ok(())
}

fn is_foreign(headers: &HeaderMap, host: Option<&str>) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if site.is_some_and(|site| site != b"same-origin" && site != b"none") {
        return true;
    }
    headers.get(header::ORIGIN).is_some_and(|origin| {
        // A form of our own pages has the origin `null`, since they send no referrer; the browser vouches for it in the other header.
        if origin == "null" && site == Some(b"same-origin") {
            return false;
        }
        let origin = origin.to_str().unwrap_or_default().to_ascii_lowercase();
        let origin_host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        origin_host.is_none() || origin_host != host
    })
}

/// Whether a request says who sends it by a cookie alone. A program that shows a token needs no origin, and its cookies are ignored.
fn is_by_cookie(headers: &HeaderMap) -> bool {
    headers.contains_key(header::COOKIE) && !headers.contains_key(header::AUTHORIZATION)
}

/// Whether a browser vouches that one of our own pages sends this. A missing header vouches for nothing.
fn is_own(headers: &HeaderMap, host: Option<&str>) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if site == Some(b"same-origin") {
        return true;
    }
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let origin_host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    origin_host.is_some() && origin_host == host
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn answer(method: Method, headers: &[(&str, &str)]) -> Option<ApiError> {
        let mut request = Request::builder().method(method).uri("/api/forums");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check(&request.body(Body::empty()).unwrap(), Some("dagsorden.example.dk")).err()
    }

    #[test]
    fn changes_asked_for_by_other_sites_are_refused() {
        let host = ("host", "127.0.0.1:8080");
        for foreign in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "null"),
            ("origin", "http://127.0.0.1:8081"),
            ("origin", "http://127.0.0.1:8080.example.org"),
            ("origin", "http://example.org"),
        ] {
            assert!(answer(Method::POST, &[host, foreign]).is_some(), "{foreign:?}");
            assert!(answer(Method::GET, &[host, foreign]).is_none(), "reading is harmless: {foreign:?}");
            assert!(answer(Method::GET, &[host, foreign, ("upgrade", "websocket")]).is_some(), "{foreign:?}");
        }
    }

    #[test]
    fn own_pages_and_programs_may_change() {
        let host = ("host", "localhost:8080");
        for own in [("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none"), ("origin", "http://localhost:8080"), ("accept", "*/*")] {
            assert!(answer(Method::POST, &[host, own]).is_none(), "{own:?}");
        }
        let form = [host, ("sec-fetch-site", "same-origin"), ("origin", "null")];
        assert!(answer(Method::POST, &form).is_none(), "a form of a page that sends no referrer");
    }

    #[test]
    fn a_change_by_cookie_needs_an_origin() {
        let (host, cookie) = (("host", "127.0.0.1:8080"), ("cookie", "__Host-dagsorden-1=x"));
        assert!(answer(Method::POST, &[host, cookie]).is_some(), "nobody vouches for it");
        assert!(answer(Method::POST, &[host, cookie, ("sec-fetch-site", "none")]).is_some());
        assert!(answer(Method::GET, &[host, cookie, ("upgrade", "websocket")]).is_some());
        assert!(answer(Method::GET, &[host, cookie]).is_none(), "reading changes nothing");
        assert!(answer(Method::POST, &[host, cookie, ("origin", "http://127.0.0.1:8080")]).is_none());
        assert!(answer(Method::POST, &[host, cookie, ("sec-fetch-site", "same-origin")]).is_none());
        assert!(answer(Method::POST, &[host, cookie, ("authorization", "Bearer dgs_a_b")]).is_none(), "its cookies are ignored");
    }

    #[test]
    fn a_name_rebound_to_this_machine_is_refused() {
        for host in ["example.org", "example.org:8080", "127.0.0.1.example.org", "10.0.0.1:8080", "[2001:db8::1]:8080", ""] {
            assert!(answer(Method::GET, &[("host", host)]).is_some(), "{host}");
        }
        for host in
            ["127.0.0.1:8080", "127.0.0.9", "[::1]:8080", "localhost", "a.localhost:1", "dagsorden.example.dk", "Dagsorden.example.dk"]
        {
            assert!(answer(Method::GET, &[("host", host)]).is_none(), "{host}");
        }
    }
}
