//! A field: one text of the document that people write in.

use std::fmt;
use std::str::FromStr;

use crate::id::{IdError, ItemId, SectionId};

/// An item's title (one line, plain) or a section's body (rich text).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Title of an item.
    Title(ItemId),
    /// Body of a section.
    Section(ItemId, SectionId),
}

impl Field {
    /// The item it belongs to.
    pub fn item(&self) -> &ItemId {
        match self {
            Self::Title(item) | Self::Section(item, _) => item,
        }
    }
}

/// `title:ITEM` or `section:ITEM:SECTION`, as it stands in presence and in `data-field`.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Title(item) => write!(f, "title:{item}"),
            Self::Section(item, section) => write!(f, "section:{item}:{section}"),
        }
    }
}

/// Why a text names no field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// Neither form.
    #[error("a field is `title:ITEM` or `section:ITEM:SECTION`")]
    Form,
    /// An id in it is none.
    #[error(transparent)]
    Id(#[from] IdError),
}

impl FromStr for Field {
    type Err = FieldError;
    fn from_str(text: &str) -> Result<Self, FieldError> {
        let parts: Vec<&str> = text.splitn(4, ':').collect();
        match parts.as_slice() {
            ["title", item] => Ok(Self::Title(item.parse()?)),
            ["section", item, section] => Ok(Self::Section(item.parse()?, section.parse()?)),
            _ => Err(FieldError::Form),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_reads_back_as_it_was_written() {
        for text in ["title:a1", "section:a1:b2"] {
            assert_eq!(text.parse::<Field>().map(|field| field.to_string()).as_deref(), Ok(text));
        }
        for bad in ["", "title", "title:", "section:a", "section:a:b:c", "other:a"] {
            assert!(bad.parse::<Field>().is_err(), "{bad}");
        }
    }
}
