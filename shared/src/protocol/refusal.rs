//! Why the relay refuses a message: the codes of extension 101.

/// Why a message was refused. The numbers are part of the wire and never change their meaning; 1 to 8 and 11 are the gate's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCode {
    /// 1: more bytes than a message may have.
    TooLarge,
    /// 2: not an update.
    Malformed,
    /// 3: content of a kind that a meeting document never holds.
    Content,
    /// 4: content or structure where the document cannot have it.
    Misplaced,
    /// 5: more of something than one update may bring.
    Budget,
    /// 6: it writes under a client id of another user.
    NotYourClient,
    /// 7: its sender may not write in the document now.
    NotAllowed,
    /// 8: the document is as large as a document may be.
    DocumentFull,
    /// 9: it builds on something the server never got, and came again after the server asked.
    Gap,
    /// 10: the disk of the server is full; nothing was stored. The connection is closed with 1013: come back later.
    NoSpace,
    /// 11: it writes in an item that has moved to another document. The rows of the meeting say to which.
    Moved,
    /// A code of a newer server.
    Other(u64),
}

impl RefusalCode {
    const ALL: [Self; 11] = [
        Self::TooLarge,
        Self::Malformed,
        Self::Content,
        Self::Misplaced,
        Self::Budget,
        Self::NotYourClient,
        Self::NotAllowed,
        Self::DocumentFull,
        Self::Gap,
        Self::NoSpace,
        Self::Moved,
    ];

    /// The number on the wire.
    pub fn number(self) -> u64 {
        match self {
            Self::TooLarge => 1,
            Self::Malformed => 2,
            Self::Content => 3,
            Self::Misplaced => 4,
            Self::Budget => 5,
            Self::NotYourClient => 6,
            Self::NotAllowed => 7,
            Self::DocumentFull => 8,
            Self::Gap => 9,
            Self::NoSpace => 10,
            Self::Moved => 11,
            Self::Other(number) => number,
        }
    }

    /// The code of a number on the wire.
    pub fn from_number(number: u64) -> Self {
        Self::ALL.into_iter().find(|code| code.number() == number).unwrap_or(Self::Other(number))
    }

    /// A short name for logs and for the reason of the close frame.
    pub fn name(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Malformed => "malformed",
            Self::Content => "content",
            Self::Misplaced => "misplaced",
            Self::Budget => "budget",
            Self::NotYourClient => "not_your_client",
            Self::NotAllowed => "not_allowed",
            Self::DocumentFull => "document_full",
            Self::Gap => "gap",
            Self::NoSpace => "no_space",
            Self::Moved => "moved",
            Self::Other(_) => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_keep_their_numbers() {
        let numbers: Vec<u64> = (1..=12).map(|number| RefusalCode::from_number(number).number()).collect();
        assert_eq!(numbers, (1..=12).collect::<Vec<u64>>());
        assert_eq!(RefusalCode::from_number(12), RefusalCode::Other(12));
        assert_eq!(RefusalCode::from_number(11), RefusalCode::Moved);
        assert_eq!(RefusalCode::from_number(10), RefusalCode::NoSpace);
    }
}
