//! So much work for one network address: a client that asks for more gets 429 with the time to come back.
//!
//! Each change counts 1, and 1 more for each 16 KiB that it brings: a meeting made by hand is next to nothing, a file of 5 MiB is hundreds. What is
//! not used is kept for two minutes, so that a whole office, or a program that takes in the meetings of years, may do much at once.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::body;
use super::listener::Peer;
use crate::error::ApiError;

/// Bytes that count as much as one change.
const PORTION: usize = 16 << 10;
/// Minutes for which what is not used is kept.
const KEPT: u32 = 2;
/// Requests after which addresses are forgotten that have all they may have.
const TIDY: u32 = 1_024;

/// What each address has left. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Limits {
    inner: Option<Arc<Inner>>,
}

#[derive(Debug)]
struct Inner {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    most: NonZeroU32,
    asked: AtomicU32,
}

impl Limits {
    /// So much a minute for each address; 0: no limit.
    pub fn new(per_minute: u32) -> Self {
        let inner = NonZeroU32::new(per_minute).map(|per_minute| {
            let most = per_minute.saturating_mul(NonZeroU32::new(KEPT).unwrap_or(NonZeroU32::MIN));
            let limiter = RateLimiter::keyed(Quota::per_minute(per_minute).allow_burst(most));
            Arc::new(Inner { limiter, clock: DefaultClock::default(), most, asked: AtomicU32::new(0) })
        });
        Self { inner }
    }

    /// Takes `work` of what an address has left.
    fn take(&self, address: IpAddr, work: u32) -> Result<(), ApiError> {
        let Some(inner) = &self.inner else { return Ok(()) };
        if inner.asked.fetch_add(1, Ordering::Relaxed) % TIDY == 0 {
            inner.limiter.retain_recent();
        }
        // A limit below the largest file must not keep that out for ever: it takes all there is.
        let work = NonZeroU32::new(work).unwrap_or(NonZeroU32::MIN).min(inner.most);
        match inner.limiter.check_key_n(&one_network(address), work) {
            Ok(Err(not_yet)) => {
                let error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "busy", "Too much was asked for from this network address.");
                Err(error.detail("Nothing was changed. Try again in a while.").retry_after(not_yet.wait_time_from(inner.clock.now())))
            }
            _ => Ok(()),
        }
    }
}

/// What counts as one address: of the newer kind everybody has as many as they like, in one network.
fn one_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}

/// What a change counts. A body of unknown length counts as the largest.
fn work(headers: &HeaderMap) -> u32 {
    let length = headers.get(header::CONTENT_LENGTH).map(|value| value.to_str().ok().and_then(|value| value.parse::<usize>().ok()));
    let bytes = match length {
        Some(Some(length)) => length.min(body::IMPORT),
        None if !headers.contains_key(header::TRANSFER_ENCODING) => 0,
        _ => body::IMPORT,
    };
    1 + u32::try_from(bytes / PORTION).unwrap_or(u32::MAX - 1)
}

/// Lets a change pass if its sender's address has enough left. Reading is not counted.
pub(crate) async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    let address = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(Peer(address))| *address);
    match limits.take(address, work(request.headers())) {
        Ok(()) => next.run(request).await,
        Err(error) => {
            // A browser that is still sending would else see a broken connection instead of the reason.
            let (parts, body) = request.into_parts();
            let _ = body::read(&parts.headers, body, 0).await;
            error.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_gets_two_minutes_worth_at_once_and_others_are_not_concerned() {
        let limits = Limits::new(30);
        let (one, other) = (address("192.0.2.1"), address("192.0.2.2"));
        let taken = (0..100).take_while(|_| limits.take(one, 1).is_ok()).count();
        assert!((60..=61).contains(&taken), "{taken}");
        let refused = limits.take(one, 1).unwrap_err().into_response();
        let after: u64 = refused.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
        assert_eq!((refused.status(), after), (StatusCode::TOO_MANY_REQUESTS, 2), "one more every two seconds");
        assert!(limits.take(other, 60).is_ok());
        assert!(limits.take(address("192.0.2.3"), 1_000).is_ok(), "the largest file passes, if only when nothing else was asked");
        assert!((0..1_000).all(|_| Limits::new(0).take(one, 1_000).is_ok()), "no limit");
    }

    #[test]
    fn a_network_of_the_newer_kind_is_one_address() {
        let limits = Limits::new(1);
        assert!(limits.take(address("2001:db8::1"), 2).is_ok());
        assert!(limits.take(address("2001:db8::ffff:2"), 1).is_err());
        assert!(limits.take(address("2001:db8:0:1::1"), 1).is_ok());
        assert!(limits.take(address("::ffff:192.0.2.1"), 2).is_ok() && limits.take(address("192.0.2.1"), 1).is_err());
    }

    #[test]
    fn a_change_counts_by_what_it_brings() {
        let headers = |name, value| HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
        assert_eq!(work(&HeaderMap::new()), 1);
        for (length, expected) in [("0", 1), ("16383", 1), ("16384", 2), ("5242880", 321), ("99999999999", 321), ("x", 321)] {
            assert_eq!(work(&headers(header::CONTENT_LENGTH, length)), expected, "{length}");
        }
        assert_eq!(work(&headers(header::TRANSFER_ENCODING, "chunked")), 321);
    }
}
