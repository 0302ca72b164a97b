//! Who is asking: the one place where an identity comes from.
//!
//! Where there are accounts it is a session's cookie or a token for programs. In open mode, without any account, it is a cookie the server
//! signed: a random user key, and the name and organisation the person gave once; the key that signs lives in the store's settings. A request
//! in open mode without the cookie (a stock provider, a script) is an unnamed guest with all rights; such requests share one user key, so that a
//! stock provider that connects again is still the owner of its client id.

use std::fmt;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dagsorden_shared::access::{Role, Roles, Verb};
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{TokenId, base36};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::ApiError;
pub use crate::gate::UserKey;
use crate::intake::random_bits;
use crate::rights::{Actor, Rights, Via};
use crate::store::{Act, On, email_key};

/// What the cookie's name begins with. The rest tells installations apart: a browser sends the cookies of all ports of a machine to each.
pub const COOKIE: &str = "dagsorden_person";

/// What the name of a session's cookie begins with. The prefix binds it to this host and to secure origins, loopback among them.
const SESSION_COOKIE: &str = "__Host-dagsorden";

/// What every token begins with.
const TOKEN_PREFIX: &str = "dgs_";

/// Name shown for a person who has not said theirs.
pub const GUEST_NAME: &str = "Gæst";

/// Bytes of the seal of a number.
const SEAL: usize = 8;

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
    /// How they came in.
    pub via: Via,
}

impl Identity {
    /// A person who said nothing.
    pub fn guest() -> Self {
        Self::unnamed(UserKey::shared())
    }

    /// A browser that has a key, and whose person has not said their name.
    pub fn unnamed(user: UserKey) -> Self {
        let person = Person { name: GUEST_NAME.to_owned(), organisation: String::new(), hue: hue_of_user(&user) };
        Self { user, person, named: false, via: Via::Open(Roles::ALL) }
    }

    /// A stranger, where there are accounts.
    pub fn stranger() -> Self {
        Self { via: Via::Nothing, ..Self::guest() }
    }

    /// Who acts, without what others see of them.
    pub fn actor(&self) -> Actor {
        Actor { user: self.user.clone(), via: self.via.clone() }
    }

    /// What they do to `object`, to be judged and noted by the store.
    pub fn act(&self, verb: Verb, on: On, object: impl Into<String>) -> Act {
        Act { actor: self.actor(), person: self.person.clone(), verb, on, object: object.into() }
    }

    /// A person who has not said their name, in a browser that has no key yet. `bits` are random.
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

    /// The one role they look at the example with. `None`: all of them, or an account's.
    pub fn role(&self) -> Option<Role> {
        match self.via {
            Via::Open(roles) if roles != Roles::ALL => roles.highest(),
            _ => None,
        }
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
    /// The role one looks at the example with; all of them if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
}

/// Makes and reads identities. Cheap to clone.
#[derive(Clone)]
pub struct Identities {
    key: Arc<[u8]>,
    cookie: Arc<str>,
    session: Arc<str>,
    request: Arc<str>,
    device: Arc<str>,
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
        let installation = format!("{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2]);
        let cookie = format!("{COOKIE}_{installation}");
        let session = format!("{SESSION_COOKIE}-{installation}");
        let (request, device) = (format!("{session}-ask"), format!("{session}-known"));
        Self { key: key.into(), cookie: cookie.into(), session: session.into(), request: request.into(), device: device.into() }
    }

    /// The header `Set-Cookie` that says `identity`, for a year.
    pub fn set_cookie(&self, identity: &Identity) -> HeaderValue {
        let value = self.sign(identity);
        HeaderValue::try_from(format!("{}={value}; Path=/; Max-Age={YEAR_SECONDS}; HttpOnly; SameSite=Lax", self.cookie))
            .expect("base64 and digits fit a header")
    }

    fn sign(&self, identity: &Identity) -> String {
        let person = identity.named.then(|| identity.person.clone());
        let payload = Payload { user: identity.user.as_str().to_owned(), person, role: identity.role() };
        let payload = serde_json::to_vec(&payload).expect("strings and a number are JSON");
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&payload), URL_SAFE_NO_PAD.encode(self.mac(&payload).finalize().into_bytes()))
    }

    /// `None` if the value was not signed by us.
    pub fn read(&self, value: &str) -> Option<Identity> {
        let (payload, signature) = value.split_once('.')?;
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        self.mac(&payload).verify_slice(&signature).ok()?;
        let Payload { user, person, role } = serde_json::from_slice(&payload).ok()?;
        let via = Via::Open(role.map_or(Roles::ALL, Roles::from));
        let unnamed = Identity { via, ..Identity::unnamed(UserKey::new(user)) };
        Some(match person {
            Some(person) => Identity { person, named: true, ..unnamed },
            None => unnamed,
        })
    }

    /// Who sent a request: in open mode by the signed cookie, else by a session's cookie or a token for programs. `now` in milliseconds since
    /// 1970.
    pub fn of(&self, headers: &HeaderMap, token: Option<&str>, rights: &Rights, now: i64) -> Identity {
        let jar = CookieJar::from_headers(headers);
        if rights.is_open() {
            return jar.get(&self.cookie).and_then(|cookie| self.read(cookie.value())).unwrap_or_else(Identity::guest);
        }
        let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(|value| value.strip_prefix("Bearer "));
        // A program that shows a token is nobody else: its cookies are ignored.
        let secret = match (bearer, token) {
            (Some(bearer), _) => bearer.and_then(token_secret),
            (None, Some(token)) => token_secret(token),
            (None, None) => jar.get(&self.session).map(|cookie| cookie.value()),
        };
        secret.and_then(|secret| Self::by_secret(secret, rights, now)).unwrap_or_else(Identity::stranger)
    }

    fn by_secret(secret: &str, rights: &Rights, now: i64) -> Option<Identity> {
        let pass = rights.passes.by_secret.get(&secret_hash(secret))?;
        let account = rights.people.accounts.get(&pass.account).filter(|account| account.active && now < pass.until)?;
        let user = UserKey::new(pass.account.as_str());
        Some(Identity { user, person: account.person.clone(), named: true, via: pass.via.clone() })
    }

    /// A number as a client may carry it: hidden, so that nobody learns from it how much happened, and bound to a `place`.
    pub fn seal_number(&self, number: i64, place: &str) -> String {
        let nonce = random_bits().to_le_bytes();
        let mut sealed = nonce.to_vec();
        let hidden = number.to_le_bytes().into_iter().zip(self.stream(&nonce, place)).map(|(byte, key)| byte ^ key);
        sealed.extend(hidden);
        let mut mac = self.mac(&sealed);
        mac.update(place.as_bytes());
        sealed.extend_from_slice(&mac.finalize().into_bytes()[..SEAL]);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// The number that was sealed for this place. `None` for anything else.
    pub fn open_number(&self, sealed: &str, place: &str) -> Option<i64> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok().filter(|bytes| bytes.len() == 16 + 8 + SEAL)?;
        let (content, seal) = bytes.split_at(16 + 8);
        let mut mac = self.mac(content);
        mac.update(place.as_bytes());
        mac.verify_truncated_left(seal).ok()?;
        let (nonce, hidden) = content.split_at(16);
        let mut number = [0; 8];
        for (byte, (hidden, key)) in number.iter_mut().zip(hidden.iter().zip(self.stream(nonce, place))) {
            *byte = hidden ^ key;
        }
        Some(i64::from_le_bytes(number))
    }

    /// Bytes that hide a number, others for each nonce.
    fn stream(&self, nonce: &[u8], place: &str) -> Vec<u8> {
        let mut mac = self.mac(b"stream ");
        mac.update(nonce);
        mac.update(place.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    /// The name of the cookie that holds a session's secret.
    pub fn session_cookie(&self) -> &str {
        &self.session
    }

    /// The name of the cookie of a browser that asked for a link.
    pub fn request_cookie(&self) -> &str {
        &self.request
    }

    /// The name of the cookie of a browser that was signed in to an account before.
    pub fn device_cookie(&self) -> &str {
        &self.device
    }

    /// What that cookie holds for the account with this address.
    pub fn device_mark(&self, email: &str) -> String {
        let text = format!("device of {}", email_key(email));
        URL_SAFE_NO_PAD.encode(self.mac(text.as_bytes()).finalize().into_bytes())
    }

    fn mac(&self, payload: &[u8]) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        mac.update(payload);
        mac
    }
}

/// A new secret, 256 random bits: what a cookie or a link holds. Only its hash is stored.
pub fn new_secret() -> String {
    let bytes: Vec<u8> = [random_bits(), random_bits()].iter().flat_map(|bits| bits.to_le_bytes()).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is stored of a secret.
pub fn secret_hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// A token as a program sends it: a prefix that scanners of secrets know, its id, its secret.
pub fn token_text(id: &TokenId, secret: &str) -> String {
    format!("{TOKEN_PREFIX}{id}_{secret}")
}

fn token_secret(token: &str) -> Option<&str> {
    token.trim().strip_prefix(TOKEN_PREFIX)?.split_once('_').map(|(_, secret)| secret)
}

/// A colour for a person without an organisation, always the same.
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
        Identity { person, named: true, ..Identity::unnamed(UserKey::new("u7")) }
    }

    #[test]
    fn what_was_signed_is_read_back() {
        let identities = Identities::new(&[1; 32]);
        for identity in [signe(), Identity::unnamed(UserKey::new("u9"))] {
            assert_eq!(identities.read(&identities.sign(&identity)), Some(identity));
        }
    }

    #[test]
    fn a_sealed_number_says_nothing_and_is_good_in_its_place_alone() {
        let identities = Identities::new(&[1; 32]);
        for number in [0, 1, 7_654, i64::MAX] {
            let sealed = identities.seal_number(number, "u1 m1");
            assert_eq!(identities.open_number(&sealed, "u1 m1"), Some(number));
            assert_eq!(identities.open_number(&sealed, "u2 m1"), None);
            assert_ne!(identities.seal_number(number, "u1 m1"), sealed, "two of one number differ");
        }
        for forged in ["", "AAAA", "!", &"A".repeat(43)] {
            assert_eq!(identities.open_number(forged, "u1 m1"), None, "{forged}");
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
