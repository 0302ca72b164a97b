//! Names of things: newtypes over short, URL-safe strings, and the client id of a replica.
//!
//! Owns what an id may look like. Does not know where random bits come from: the caller brings them,
//! so this crate stays pure.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Longest accepted id, in bytes. Ids made here have [`RANDOM_LENGTH`] characters; stock clients may bring longer keys.
pub const MAX_LENGTH: usize = 64;

/// Characters of an id made from random bits: 20 in base 36, about 103 bits.
pub const RANDOM_LENGTH: usize = 20;

/// Why a string is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Empty, or longer than [`MAX_LENGTH`].
    #[error("an id has 1 to {MAX_LENGTH} characters, found {0}")]
    Length(usize),
    /// A character other than ASCII letters, digits, `-` and `_`.
    #[error("an id has letters, digits, `-` and `_` only, found {0:?}")]
    Character(char),
}

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() || text.len() > MAX_LENGTH {
        return Err(IdError::Length(text.len()));
    }
    match text.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))) {
        Some(character) => Err(IdError::Character(character)),
        None => Ok(()),
    }
}

/// [`RANDOM_LENGTH`] base-36 digits of `bits`, lowest first.
pub fn base36(mut bits: u128) -> String {
    (0..RANDOM_LENGTH)
        .map(|_| {
            let digit = u32::try_from(bits % 36).unwrap_or(0);
            bits /= 36;
            char::from_digit(digit, 36).unwrap_or('0')
        })
        .collect()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
        pub struct $name(Arc<str>);

        impl $name {
            /// A new id from 128 random bits of the caller.
            pub fn from_random(bits: u128) -> Self {
                Self(base36(bits).into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                check(text)?;
                Ok(Self(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

id!(
    /// A forum: the body that meets.
    ForumId
);
id!(
    /// A meeting, as it stands in the address of its page.
    MeetingId
);
id!(
    /// A synced document. One id names one history for ever.
    DocumentId
);
id!(
    /// An agenda item: its key in the map `items`.
    ItemId
);
id!(
    /// A section of an item: its key in the item's map `sections`.
    SectionId
);
id!(
    /// A point of a recommendation: a line attribute of its newline.
    PointId
);
id!(
    /// A thread of comments.
    ThreadId
);
id!(
    /// A comment in a thread.
    CommentId
);
id!(
    /// Someone who takes part in a meeting, or sent apologies.
    ParticipantId
);
id!(
    /// An attachment of an item.
    AttachmentId
);
id!(
    /// A proposal of changed wording.
    ProposalId
);
id!(
    /// A decision about parts of a proposal.
    DecisionId
);
id!(
    /// A person's account.
    AccountId
);
id!(
    /// A session, as lists name it. Not the secret in the cookie.
    SessionId
);
id!(
    /// A token for programs, as lists name it. Not the secret itself.
    TokenId
);

/// The id of one replica in the document's history: 1 to 2^53 − 1, as JavaScript can hold.
/// Each page load takes a new one; it is never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClientId(u64);

impl ClientId {
    /// The largest client id.
    pub const MAX: u64 = (1 << 53) - 1;

    /// `None` outside `1..=ClientId::MAX`.
    pub fn new(value: u64) -> Option<Self> {
        (1..=Self::MAX).contains(&value).then_some(Self(value))
    }

    /// A client id from 64 random bits of the caller.
    pub fn from_random(bits: u64) -> Self {
        Self((bits & Self::MAX).max(1))
    }

    /// The number as it stands in updates.
    pub fn get(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_refuse_what_would_not_fit_an_address() {
        assert_eq!("".parse::<ItemId>(), Err(IdError::Length(0)));
        assert_eq!("a/b".parse::<ItemId>(), Err(IdError::Character('/')));
        assert!("x".repeat(65).parse::<ItemId>().is_err());
        assert_eq!(ItemId::from_random(u128::MAX).as_str().len(), RANDOM_LENGTH);
    }

    #[test]
    fn client_ids_stay_within_what_javascript_can_hold() {
        assert_eq!(ClientId::from_random(u64::MAX).get(), ClientId::MAX);
        assert_eq!(ClientId::from_random(0).get(), 1);
        assert_eq!(ClientId::new(0), None);
    }
}
