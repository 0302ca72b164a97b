//! Why the gate refuses bytes, as codes that clients may rely on.
//!
//! Owns the numbers. Does not know what the relay does with a refusal.

use dagsorden_shared::id::ClientId;

/// Why bytes are no update. All of these have the same code: a client cannot do anything about the difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The bytes end inside a value.
    #[error("the bytes end too early")]
    End,
    /// There are bytes after the end.
    #[error("{0} bytes too many")]
    Trailing(usize),
    /// A number that does not fit what it stands for.
    #[error("a number is out of range")]
    Number,
    /// A declared count that the remaining bytes cannot hold.
    #[error("a count of {0} is more than the remaining bytes can hold")]
    Count(u64),
    /// Text that is not UTF-8.
    #[error("text that is not UTF-8")]
    Text,
    /// JSON that does not parse.
    #[error("a value that is not JSON")]
    Json,
    /// A client section, struct or content of length zero.
    #[error("a part of length zero")]
    Empty,
    /// An unknown tag.
    #[error("unknown tag {0}")]
    Tag(u8),
    /// Two sections for one client id.
    #[error("two sections for client {0}")]
    Duplicate(u64),
}

/// Which budget an update exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Budget {
    /// Client ids with new structs in one update.
    #[error("client ids in one update")]
    Clients,
    /// New structs in one update.
    #[error("changes in one update")]
    Structs,
    /// New delete ranges in one update.
    #[error("deletions in one update")]
    Deletions,
    /// The length of one run of deleted or collected content.
    #[error("length of one deleted run")]
    DeletedRun,
    /// The length of a key.
    #[error("length of a key")]
    Key,
    /// The length of a formatting value.
    #[error("length of a formatting value")]
    Format,
    /// The depth of a value.
    #[error("depth of a value")]
    ValueDepth,
    /// Steps to find out where its content belongs among what others wrote at the same time.
    #[error("steps among concurrent changes")]
    Conflicts,
    /// Changes at one spot at the same time, in the whole document.
    #[error("concurrent changes at one spot")]
    Crowded,
}

/// Why a struct has no place in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Misplaced {
    /// A root type that the meeting document does not have.
    #[error("a root that the document does not have")]
    Root,
    /// Its parent is no map and no text.
    #[error("the parent holds nothing")]
    Parent,
    /// Its neighbours are in different places.
    #[error("its neighbours are in different places")]
    Neighbours,
    /// Its neighbours never stood side by side: replicas would disagree about where it belongs.
    #[error("its neighbours never stood side by side")]
    Order,
    /// A map entry without a key, or a text position with one.
    #[error("a key where none belongs, or none where one belongs")]
    Key,
    /// Content of this kind does not belong here.
    #[error("content that does not belong here")]
    Content,
    /// A key that the document does not have, or content inside of one.
    #[error("a key that the document does not have")]
    UnknownKey,
    /// A key that the server alone writes, or an item that holds one.
    #[error("the server alone writes this")]
    ServerOnly,
    /// A value of a type or size that its key does not have.
    #[error("a value that its key cannot have")]
    Value,
    /// A formatting attribute that text does not have, or with a value that it does not have.
    #[error("a formatting attribute that text cannot have")]
    Attribute,
    /// A carriage return or a null character, or a newline in a title.
    #[error("a character that the text cannot have")]
    Character,
}

/// Why the gate refuses an update. Nothing of a refused update reaches the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More bytes than a frame may have.
    #[error("the update is too large: {0} bytes")]
    TooLarge(usize),
    /// Not an update.
    #[error("not a valid update: {0}")]
    Malformed(#[from] Malformed),
    /// A kind of content that the meeting document never holds, by its number in the update format.
    #[error("content of kind {0} is not accepted")]
    Content(u8),
    /// Content or structure where the document cannot have it.
    #[error("misplaced: {0}")]
    Misplaced(#[from] Misplaced),
    /// More of something than one update may bring.
    #[error("too much: {0}")]
    Budget(#[from] Budget),
    /// New content under a client id that belongs to another user.
    #[error("client id {} belongs to another user", .0.get())]
    NotYourClientId(ClientId),
    /// New content from a user who may only read.
    #[error("only reading is allowed")]
    ReadOnly,
    /// The document is as large as a document may be.
    #[error("the document is full")]
    DocumentFull,
    /// New content in an item that has moved to another document: nobody would ever see it here.
    #[error("the item has moved to another document")]
    Moved,
}

impl Refusal {
    /// The stable number of this reason, as it stands in the protocol's `refused` message.
    pub fn code(&self) -> u32 {
        match self {
            Self::TooLarge(_) => 1,
            Self::Malformed(_) => 2,
            Self::Content(_) => 3,
            Self::Misplaced(_) => 4,
            Self::Budget(_) => 5,
            Self::NotYourClientId(_) => 6,
            Self::ReadOnly => 7,
            Self::DocumentFull => 8,
            Self::Moved => 11,
        }
    }
}

/// Why a stored state, or an update the server made itself, does not fit the gate's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// It is not what this server writes.
    #[error("the stored document cannot be read: {0}")]
    Refused(#[from] Refusal),
    /// It builds on content that is not there.
    #[error("the stored document has gaps")]
    Gap,
}
