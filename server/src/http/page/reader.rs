//! Who reads a page, and in which language: an extractor for the handlers of pages.
//!
//! The language is the address's `?lang=`, else the cookie's, else Danish. Knows no page.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum_extra::extract::cookie::CookieJar;
use dagsorden_shared::catalogue::{Catalogue, Language};
use serde::Deserialize;

use crate::error::ApiError;
use crate::http::{AppState, guard};
use crate::identity::Identity;

const LANGUAGE_COOKIE: &str = "lang";

/// Who reads a page, and in which language.
pub(crate) struct Reader {
    pub(crate) identity: Identity,
    pub(crate) language: Language,
    /// They chose it just now, by the address.
    chose: bool,
    host: Option<String>,
}

/// What may stand in the address of every page.
#[derive(Default, Deserialize)]
struct Parameters {
    lang: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let identity = Identity::from_request_parts(parts, state).await?;
        // A language that is named twice, or is none, is not worth refusing a page.
        let parameters = Query::<Parameters>::try_from_uri(&parts.uri).map(|Query(parameters)| parameters).unwrap_or_default();
        Ok(Self::new(identity, parameters.lang.as_deref(), &parts.headers))
    }
}

impl Reader {
    /// The reader of a request by its headers, in a language that the address names.
    pub(super) fn new(identity: Identity, lang: Option<&str>, headers: &HeaderMap) -> Self {
        let jar = CookieJar::from_headers(headers);
        let chosen = lang.and_then(Language::parse);
        let kept = jar.get(LANGUAGE_COOKIE).and_then(|cookie| Language::parse(cookie.value()));
        let language = chosen.or(kept).unwrap_or_default();
        Self { identity, language, chose: chosen.is_some(), host: guard::host(headers, &Uri::default()) }
    }

    /// The reader of a request that no route took.
    pub(crate) fn without_route(state: &AppState, headers: &HeaderMap) -> Self {
        Self::new(state.identity(headers, None), None, headers)
    }

    /// The same reader as a guest, for pages that are the same for all.
    pub(super) fn into_guest(self) -> Self {
        Self { identity: Identity::guest(), ..self }
    }

    /// The words of the page.
    pub(crate) fn catalogue(&self) -> &'static Catalogue {
        Catalogue::of(self.language)
    }

    /// Where the page's socket is.
    pub(super) fn socket(&self, state: &AppState) -> Option<String> {
        let host = self.host.as_deref()?;
        Some(format!("{}://{host}", if state.site.is_https(host) { "wss" } else { "ws" }))
    }

    /// Has the browser remember a language that was chosen just now.
    pub(crate) fn keep_language(&self, headers: &mut HeaderMap) {
        if self.chose {
            headers.extend(language_cookie(self.language).map(|cookie| (header::SET_COOKIE, cookie)));
        }
    }
}

/// The cookie that remembers a language for a year.
pub(crate) fn language_cookie(language: Language) -> Result<HeaderValue, header::InvalidHeaderValue> {
    HeaderValue::try_from(format!("{LANGUAGE_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax", language.code()))
}
