//! Who is asking: the one place where an identity comes from.
//!
//! Until there are accounts that is a cookie the server signed: a random user key, and the name and organisation the person gave
//! once. Accounts will fill [`Identity`] from a session instead; nothing else changes. The key that signs lives in the store's settings.
//! A request without the cookie (a stock provider, a script) is an unnamed guest with all rights; such requests share one user key,
//! so that a stock provider that connects again is still the owner of its client id.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderValue;
use axum::http::request::Parts;
use axum_extra::extract::cookie::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dagsorden_shared::api::Person;
use dagsorden_shared::id::base36;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::ApiError;
pub use crate::gate::UserKey;

/// What the cookie's name begins with. The rest tells installations apart: a browser sends the cookies of all ports of a machine to each.
pub const COOKIE: &str = "dagsorden_person";

/// Name shown for somebody who has not said theirs.
pub const GUEST_NAME: &str = "Gæst";

const MAX_CHARACTERS: usize = 80;
const HUES: u8 = 24;
const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Owner of client ids.
    pub user: UserKey,
    /// As others see them; a guest is called [`GUEST_NAME`] and has no organisation.
    pub person: Person,
    /// Whether they said their name.
    pub named: bool,
}

impl Identity {
    /// Somebody who said nothing.
    pub fn guest() -> Self {
        Self::unnamed(UserKey::shared())
    }

    /// A browser that has a key, and whose person has not said their name.
    pub fn unnamed(user: UserKey) -> Self {
        let person = Person { name: GUEST_NAME.to_owned(), organisation: String::new(), hue: hue_of_user(&user) };
        Self { user, person, named: false }
    }

    /// Somebody who has not said their name, in a browser that has no key yet. `bits` are random.
    pub fn newcomer(bits: u128) -> Self {
        Self::unnamed(UserKey::new(base36(bits)))
    }

    /// A name of this user for the device's own store. The user key cannot be told from it.
    pub fn alias(&self) -> String {
        let digest = Sha256::digest([b"device store ", self.user.as_str().as_bytes()].concat());
        URL_SAFE_NO_PAD.encode(&digest[..12])
    }

    /// Whether this is nobody's browser: no cookie was sent, or one that is not ours.
    pub fn is_guest(&self) -> bool {
        self.user.is_shared()
    }

    /// What the page knows of oneself: the name is empty until it was given.
    pub fn me(&self) -> Person {
        if self.named { self.person.clone() } else { Person::default() }
    }
}

/// What the cookie holds, signed.
#[derive(Serialize, Deserialize)]
struct Payload {
    user: String,
    person: Option<Person>,
}

/// Makes and reads identities. Cheap to clone.
#[derive(Clone)]
pub struct Identities {
    key: Arc<[u8]>,
    cookie: Arc<str>,
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identities")
    }
}

impl Identities {
    /// `key` signs the cookies: 32 random bytes from the store.
    pub fn new(key: &[u8]) -> Self {
        let digest = Sha256::digest([b"name of the cookie ", key].concat());
        let cookie = format!("{COOKIE}_{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2]);
        Self { key: key.into(), cookie: cookie.into() }
    }

    /// The header `Set-Cookie` that says `identity`, for a year.
    pub fn set_cookie(&self, identity: &Identity) -> HeaderValue {
        let value = self.sign(identity);
        HeaderValue::try_from(format!("{}={value}; Path=/; Max-Age={YEAR_SECONDS}; HttpOnly; SameSite=Lax", self.cookie))
            .expect("base64 and digits fit a header")
    }

    fn sign(&self, identity: &Identity) -> String {
        let person = identity.named.then(|| identity.person.clone());
        let payload =
            serde_json::to_vec(&Payload { user: identity.user.as_str().to_owned(), person }).expect("strings and a number are JSON");
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&payload), URL_SAFE_NO_PAD.encode(self.mac(&payload).finalize().into_bytes()))
    }

    /// `None` if the value was not signed by us.
    pub fn read(&self, value: &str) -> Option<Identity> {
        let (payload, signature) = value.split_once('.')?;
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.mac(&payload).verify_slice(&signature).ok()?;
        let Payload { user, person } = serde_json::from_slice(&payload).ok()?;
        let user = UserKey::new(user);
        Some(match person {
            Some(person) => Identity { user, person, named: true },
            None => Identity::unnamed(user),
        })
    }

    /// Identity of a request from its cookies.
    pub fn of(&self, jar: &CookieJar) -> Identity {
        jar.get(&self.cookie).and_then(|cookie| self.read(cookie.value())).unwrap_or_else(Identity::guest)
    }

    fn mac(&self, payload: &[u8]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        mac.update(payload);
        mac
    }
}

impl<S> FromRequestParts<S> for Identity
where
    Identities: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Identities::from_ref(state).of(&CookieJar::from_headers(&parts.headers)))
    }
}

/// A colour for somebody without an organisation, always the same.
pub fn hue_of_user(user: &UserKey) -> u8 {
    1 + Sha256::digest(user.as_str())[0] % HUES
}

/// The person as they may be shown: trimmed, without control characters, of bounded length.
///
/// # Errors
/// Which of the two fields cannot be taken, and why.
pub fn check(person: &Person) -> Result<Person, ApiError> {
    let name = person.name.trim().to_owned();
    let organisation = person.organisation.trim().to_owned();
    if name.is_empty() {
        return Err(ApiError::invalid("A name is needed.").detail("Give 1 to 80 characters."));
    }
    for (field, text) in [("name", &name), ("organisation", &organisation)] {
        if text.chars().count() > MAX_CHARACTERS {
            return Err(ApiError::invalid(format!("The {field} is longer than {MAX_CHARACTERS} characters.")));
        }
        if text.chars().any(is_unfit) {
            return Err(
                ApiError::invalid(format!("The {field} holds a control character.")).detail("Use letters, digits, spaces and punctuation.")
            );
        }
    }
    Ok(Person { name, organisation, hue: 0 })
}

/// Control characters, and those that turn the direction of the text around them.
fn is_unfit(character: char) -> bool {
    character.is_control() || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signe() -> Identity {
        let person = Person { name: "Signe Ravnholt".to_owned(), organisation: "Lindhøj".to_owned(), hue: 3 };
        Identity { user: UserKey::new("u7"), person, named: true }
    }

    #[test]
    fn what_was_signed_is_read_back() {
        let identities = Identities::new(&[1; 32]);
        for identity in [signe(), Identity::unnamed(UserKey::new("u9"))] {
            assert_eq!(identities.read(&identities.sign(&identity)), Some(identity));
        }
    }

    #[test]
    fn a_forged_cookie_is_nobody() {
        let identities = Identities::new(&[1; 32]);
        let signed = identities.sign(&signe());
        let (_, signature) = signed.split_once('.').unwrap();
        let other = Identity { user: UserKey::new("u8"), ..signe() };
        let stranger = Identities::new(&[2; 32]).sign(&other);
        let (payload, _) = stranger.split_once('.').unwrap();
        for value in
            [stranger.clone(), format!("{payload}.{signature}"), format!("{payload}."), payload.to_owned(), String::new(), ".".to_owned()]
        {
            assert_eq!(identities.read(&value), None, "{value}");
        }
    }

    #[test]
    fn names_are_trimmed_and_bounded() {
        let person = |name: &str, organisation: &str| Person { name: name.to_owned(), organisation: organisation.to_owned(), hue: 9 };
        assert_eq!(check(&person("  Bo ", " Havnsted ")), Ok(Person { name: "Bo".into(), organisation: "Havnsted".into(), hue: 0 }));
        assert_eq!(check(&person(&"å".repeat(80), "")).map(|person| person.name.chars().count()), Ok(80));
        for (name, organisation) in
            [("  ", ""), ("Bo\n", "x\ty"), ("B\u{202e}o", ""), (&"å".repeat(81) as &str, ""), ("Bo", &"x".repeat(81) as &str)]
        {
            assert!(check(&person(name, organisation)).is_err(), "{name:?}");
        }
    }
}
