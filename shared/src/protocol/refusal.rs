//! Why the relay refuses a message: the codes of extension 101.

/// Why a message was refused. The numbers are part of the wire and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCode {
    /// 1: not an update.
    Malformed,
    /// 2: an update above a budget: bytes, structs, clients, nesting or text length.
    TooLarge,
    /// 3: it builds on something the server never got, and came again after the server asked.
    Gap,
    /// 4: it writes under a client id of another user.
    NotYourClient,
    /// 5: it holds something a meeting document may not contain.
    Content,
    /// 6: its sender may not write in the document now.
    NotAllowed,
    /// 7: the disk of the server is full; nothing was stored. The connection is closed with 1013: come back later.
    NoSpace,
    /// A code of a newer server.
    Other(u64),
}

impl RefusalCode {
    /// The number on the wire.
    pub fn number(self) -> u64 {
        match self {
            Self::Malformed => 1,
            Self::TooLarge => 2,
            Self::Gap => 3,
            Self::NotYourClient => 4,
            Self::Content => 5,
            Self::NotAllowed => 6,
            Self::NoSpace => 7,
            Self::Other(number) => number,
        }
    }

    /// The code of a number on the wire.
    pub fn from_number(number: u64) -> Self {
        [Self::Malformed, Self::TooLarge, Self::Gap, Self::NotYourClient, Self::Content, Self::NotAllowed, Self::NoSpace]
            .into_iter()
            .find(|code| code.number() == number)
            .unwrap_or(Self::Other(number))
    }

    /// A short name for logs and for the reason of the close frame.
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::TooLarge => "too_large",
            Self::Gap => "gap",
            Self::NotYourClient => "not_your_client",
            Self::Content => "content",
            Self::NotAllowed => "not_allowed",
            Self::NoSpace => "no_space",
            Self::Other(_) => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_keep_their_numbers() {
        let numbers: Vec<u64> = (1..=8).map(|number| RefusalCode::from_number(number).number()).collect();
        assert_eq!(numbers, (1..=8).collect::<Vec<u64>>());
        assert_eq!(RefusalCode::from_number(8), RefusalCode::Other(8));
        assert_eq!(RefusalCode::from_number(7), RefusalCode::NoSpace);
    }
}
