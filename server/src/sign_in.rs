//! The ways in: asking for a link by mail, and passwords with their delays. What a page asks for is only put into a queue; looking the address
//! up and writing the mail happen behind it, so that known and unknown addresses get the same answer in the same time. Knows no HTTP.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dagsorden_shared::catalogue::Language;
use dagsorden_shared::catalogue::served::Served;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use crate::identity::{new_secret, secret_hash};
use crate::intake::random_bits;
use crate::password::{Passwords, Verdict};
use crate::site::Site;
use crate::store::{KnownAccount, NewLink, NewMail, NewSession, Purpose, Refused, Store, StoreError, email_key};
use dagsorden_shared::id::{AccountId, SessionId};

/// Requests for a link that wait at most. What comes above is forgotten, with the same answer.
const WAITING: usize = 256;
/// Wrong passwords that cost nothing.
const FREE: u32 = 5;
/// Longest delay after wrong passwords.
const LONGEST: Duration = Duration::from_secs(60);
/// Addresses whose wrong passwords are remembered, and for how long.
const REMEMBERED: usize = 10_000;
const MEMORY: Duration = Duration::from_hours(1);

/// Someone asks for a link.
#[derive(Debug)]
pub struct Asked {
    /// The address they typed.
    pub email: String,
    /// What the cookie of their browser holds: the code is good there alone.
    pub request: String,
    /// The language of the page.
    pub language: Language,
}

/// What came of a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// They are signed in.
    Begun(AccountId, SessionId),
    /// Address or password is wrong; which is not told.
    Wrong,
    /// Too many were wrong: so long to wait.
    Wait(Duration),
}

/// Takes requests to come in. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk {
    queue: mpsc::Sender<Asked>,
    passwords: Passwords,
    wrong: Arc<Mutex<HashMap<(String, bool), Wrong>>>,
}

#[derive(Debug, Clone, Copy)]
struct Wrong {
    times: u32,
    last: Instant,
}

impl Desk {
    /// A desk, and what works behind it.
    pub fn open(store: Store, site: Arc<Site>) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (queue, mut asked) = mpsc::channel(WAITING);
        let work = async move {
            while let Some(asked) = asked.recv().await {
                if let Err(error) = send_link(&store, &site, &asked).await {
                    tracing::error!(%error, "a link could not be sent");
                }
            }
        };
        (Self { queue, passwords: Passwords::default(), wrong: Arc::default() }, work)
    }

    /// Asks for a link. Never waits, and never says whether the address is known.
    pub fn ask(&self, asked: Asked) {
        if self.queue.try_send(asked).is_err() {
            tracing::warn!("more links are asked for than can be sent");
        }
    }

    /// Hashes passwords.
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// Signs in by a password. `known` is whether the browser was signed in to this account before: it has tries of its own, so that nobody can
    /// shut out the person behind an address.
    ///
    /// # Errors
    /// The database could not be used.
    pub async fn enter(&self, store: &Store, email: &str, password: String, known: bool, new: NewSession) -> Result<Entry, StoreError> {
        let key = (email_key(email), known);
        if let Some(wait) = self.delay(&key) {
            return Ok(Entry::Wait(wait));
        }
        let account = store.known_account(email.to_owned()).await?.filter(|account| account.state == "active");
        let stored = match &account {
            Some(account) => store.password(account.id.clone()).await?,
            None => None,
        };
        let verdict = self.passwords.verify(password, stored).await;
        if verdict == Verdict::Wrong {
            self.note(key);
            // What was typed as an address is not written down where no account has it: it may be a password in the wrong field.
            let (user, person) = account.map(|account| (account.id.to_string(), account.person())).unwrap_or_default();
            store.note_refused(Refused { document: None, user, person, code: "password" });
            return Ok(Entry::Wrong);
        }
        let Some(account) = account else { return Ok(Entry::Wrong) };
        self.lock().remove(&key);
        if let Verdict::Renew(renewed) = verdict {
            store.renew_password(account.id.clone(), renewed).await?;
        }
        let begun = store.begin_session(account.id.clone(), new).await?;
        Ok(begun.map_or(Entry::Wrong, |session| Entry::Begun(account.id, session)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(String, bool), Wrong>> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn delay(&self, key: &(String, bool)) -> Option<Duration> {
        let wrong = self.lock().get(key).copied()?;
        let wait = delay_after(wrong.times).checked_sub(wrong.last.elapsed())?;
        (!wait.is_zero()).then_some(wait)
    }

    fn note(&self, key: (String, bool)) {
        let mut wrong = self.lock();
        if wrong.len() >= REMEMBERED {
            wrong.retain(|_, wrong| wrong.last.elapsed() < MEMORY);
        }
        if wrong.len() >= REMEMBERED {
            return;
        }
        let entry = wrong.entry(key).or_insert(Wrong { times: 0, last: Instant::now() });
        *entry = Wrong { times: entry.times.saturating_add(1), last: Instant::now() };
    }
}

/// How long to wait after so many wrong passwords: nothing, then 1, 2, 4 … 60 s.
fn delay_after(times: u32) -> Duration {
    match times.checked_sub(FREE) {
        None => Duration::ZERO,
        Some(more) => Duration::from_secs(1 << more.min(6)).min(LONGEST),
    }
}

async fn send_link(store: &Store, site: &Site, asked: &Asked) -> Result<(), StoreError> {
    let Some(account) = store.known_account(asked.email.clone()).await?.filter(|account| account.state != "disabled") else {
        return Ok(());
    };
    let (secret, code) = (new_secret(), new_code());
    let link = NewLink {
        secret: secret_hash(&secret),
        purpose: Purpose::SignIn,
        account: account.id.clone(),
        request: Some(secret_hash(&asked.request)),
        code: Some(code_hash(&asked.request, &code)),
    };
    let texts = &Served::of(language_of(&account, asked.language)).mail;
    let mail = NewMail {
        account: Some(account.id.clone()),
        kind: "sign_in",
        recipient: account.email.clone(),
        subject: texts.sign_in_subject.to_owned(),
        body: (texts.sign_in)(&link_address(site, &secret), &spaced(&code)),
        about: None,
    };
    store.send_link(link, mail).await.map(drop)
}

/// The language a person gets mail in: the one they chose, else `otherwise`.
pub fn language_of(account: &KnownAccount, otherwise: Language) -> Language {
    account.locale.as_deref().and_then(Language::parse).unwrap_or(otherwise)
}

/// The link that holds a secret. It stands in the fragment: no server's log gets it.
pub fn link_address(site: &Site, secret: &str) -> String {
    site.url(&format!("/ind#t={secret}"))
}

/// Eight digits.
fn new_code() -> String {
    format!("{:08}", random_bits() % 100_000_000)
}

/// Two groups are easier to read over.
fn spaced(code: &str) -> String {
    let (first, last) = code.split_at(4);
    format!("{first} {last}")
}

/// What is stored of a code: without the cookie of the browser that asked nobody can try all of them.
pub fn code_hash(request: &str, code: &str) -> String {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    URL_SAFE_NO_PAD.encode(Sha256::digest([b"code ", request.as_bytes(), b" ", digits.as_bytes()].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_passwords_delay_and_never_lock() {
        let seconds: Vec<u64> = (0..14).map(|times| delay_after(times).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn a_code_is_read_with_and_without_its_gap() {
        let code = new_code();
        assert_eq!(code.len(), 8);
        assert_eq!(code_hash("r", &code), code_hash("r", &spaced(&code)));
        assert_ne!(code_hash("r", &code), code_hash("s", &code));
    }
}
