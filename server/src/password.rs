//! Passwords: which are taken, and their hashes (argon2id). Knows no account and no page.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// Shortest and longest, in characters.
pub const LENGTH: std::ops::RangeInclusive<usize> = 12..=128;

/// KiB of memory, passes, lanes.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes that are made at a time: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

/// Words that many passwords are made of; such a word with digits and signs around it is refused.
const COMMON: &str = include_str!("password/common.txt");

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weak {
    /// Shorter than [`LENGTH`].
    Short,
    /// Longer than [`LENGTH`].
    Long,
    /// One that many use, or the name of the product, a forum or an organisation.
    Common,
}

/// Whether a password fits its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It does not.
    Wrong,
    /// It does.
    Right,
    /// It does, and the hash should be replaced by this one, made with today's parameters.
    Renew(String),
}

/// Whether a password can be taken. `names` are those that stand close: the forums' and the organisation's.
///
/// # Errors
/// Why not.
pub fn check(password: &str, names: &[String]) -> Result<(), Weak> {
    match password.chars().count() {
        count if count < *LENGTH.start() => return Err(Weak::Short),
        count if count > *LENGTH.end() => return Err(Weak::Long),
        _ => {}
    }
    let letters = |text: &str| text.to_lowercase().chars().filter(|character| character.is_alphabetic()).collect::<String>();
    let stem = letters(password);
    let repeats = |part: &str| !part.is_empty() && stem.len().is_multiple_of(part.len()) && stem == part.repeat(stem.len() / part.len());
    let mut different: Vec<char> = password.to_lowercase().chars().collect();
    different.sort_unstable();
    different.dedup();
    let known = COMMON.lines().map(str::to_owned).chain(names.iter().map(|name| letters(name))).any(|word| repeats(&word));
    if stem.is_empty() || different.len() < 5 || known { Err(Weak::Common) } else { Ok(()) }
}

fn hasher() -> Result<Argon2<'static>, String> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|error| error.to_string())?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String, String> {
    hasher()?.hash_password(password.as_bytes()).map(|hash: PasswordHash| hash.to_string()).map_err(|error| error.to_string())
}

/// What is tried where there is no hash, so that an unknown address takes as long as a wrong password.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody has this password").unwrap_or_default());

fn verify(password: &str, stored: Option<&str>) -> Verdict {
    let known = stored.unwrap_or(&NOBODY);
    let Ok(parsed) = PasswordHash::new(known) else { return Verdict::Wrong };
    // The parameters are those of the hash, not ours.
    let right = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    if !right || stored.is_none() {
        return Verdict::Wrong;
    }
    let is_ours =
        [("m", MEMORY), ("t", PASSES), ("p", LANES)].into_iter().all(|(name, value)| parsed.params.get_decimal(name) == Some(value));
    if is_ours {
        return Verdict::Right;
    }
    hash(password).map_or(Verdict::Right, Verdict::Renew)
}

/// Makes and tries hashes, two at a time, away from the threads that carry everybody's keystrokes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Passwords {
    /// The hash of a password.
    ///
    /// # Errors
    /// The machine could not make it.
    pub async fn hash(&self, password: String) -> Result<String, String> {
        let _turn = self.turns.acquire().await.map_err(|error| error.to_string())?;
        tokio::task::spawn_blocking(move || hash(&password)).await.map_err(|error| error.to_string())?
    }

    /// Whether a password fits; it takes as long where there is no hash.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Verdict {
        let Ok(_turn) = self.turns.acquire().await else { return Verdict::Wrong };
        tokio::task::spawn_blocking(move || verify(&password, stored.as_deref())).await.unwrap_or(Verdict::Wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_common_ones_are_refused() {
        let names = ["Kystkredsen".to_owned()];
        let refused = |password: &str| check(password, &names).err();
        assert_eq!(refused("elleve tegn"), Some(Weak::Short));
        assert_eq!(refused(&"æ".repeat(129)), Some(Weak::Long));
        for common in
            ["password1234", "Velkommen2026!", "123456789012", "aaaaaaaaaaaa", "passwordpassword", "Kystkredsen2026", "qwertyqwerty12"]
        {
            assert_eq!(refused(common), Some(Weak::Common), "{common}");
        }
        for good in ["tolv tegn er nok", "blå cykel ved havnen", "9fJ3-kk2L-qqW8", &"aBcDe".repeat(25) as &str] {
            assert_eq!(refused(good), None, "{good}");
        }
    }

    #[test]
    fn a_password_fits_its_own_hash_and_old_hashes_are_renewed() {
        let stored = hash("blå cykel ved havnen").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert_eq!(verify("blå cykel ved havnen", Some(&stored)), Verdict::Right);
        assert_eq!(verify("blå cykel ved havnen ", Some(&stored)), Verdict::Wrong);
        assert_eq!(verify("nobody has this password", None), Verdict::Wrong);
        assert_eq!(verify("x", Some("no hash")), Verdict::Wrong);
        let weaker = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8_192, 1, 1, None).unwrap());
        let old: PasswordHash = weaker.hash_password("blå cykel ved havnen".as_bytes()).unwrap();
        let Verdict::Renew(renewed) = verify("blå cykel ved havnen", Some(&old.to_string())) else { panic!("it is old") };
        assert_eq!(verify("blå cykel ved havnen", Some(&renewed)), Verdict::Right);
    }
}
