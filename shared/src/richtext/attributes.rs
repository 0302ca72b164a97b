//! Attributes of a run or a newline, and the inline marks they mean.
//!
//! Attributes are kept as they were read, also unknown ones; marks are what we show. Reading is tolerant:
//! a value of the wrong shape is shown as absent and kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One attribute value. `Null` stands only in deltas, where it removes the attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Removes the attribute.
    Null,
    /// `true` for marks and quotes.
    Bool(bool),
    /// Header levels, indents and numbers of lists; yrs and JSON know only doubles.
    Number(#[serde(serialize_with = "number")] f64),
    /// Links, list kinds, row and column ids.
    Text(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Levels and indents are whole, and are written as such.
fn number<S: serde::Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    // A cast saturates; what is not the same afterwards is written as it is.
    let whole = *number as i64;
    if whole as f64 == *number { serializer.serialize_i64(whole) } else { serializer.serialize_f64(*number) }
}

/// Attributes by name, in name order so that two equal sets print the same.
pub type Attributes = BTreeMap<String, Value>;

/// Names of the attributes, the only place they are written.
pub mod name {
    #![allow(missing_docs, reason = "each constant is the name it holds")]
    pub const BOLD: &str = "bold";
    pub const ITALIC: &str = "italic";
    pub const UNDERLINE: &str = "underline";
    pub const STRIKE: &str = "strike";
    pub const LINK: &str = "link";
    pub const HEADER: &str = "header";
    pub const LIST: &str = "list";
    pub const INDENT: &str = "indent";
    /// The number of a line of a numbered list that does not follow from the line above.
    pub const START: &str = "start";
    pub const BLOCKQUOTE: &str = "blockquote";
    pub const TABLE: &str = "table";
    pub const COLUMN: &str = "col";
    /// Whether the row of a cell is the table's head, `on` or `off`, where a writer has set it. Read from the first row alone.
    pub const HEAD: &str = "head";
    /// Id of a recommendation's point. It stays on its newline whatever format the line gets.
    pub const POINT: &str = "point";
    /// Attributes of a run of text.
    pub const INLINE: [&str; 5] = [BOLD, ITALIC, UNDERLINE, STRIKE, LINK];
    /// Attributes of a newline.
    pub const LINE: [&str; 7] = [HEADER, LIST, INDENT, START, BLOCKQUOTE, TABLE, COLUMN];
}

/// Applies a delta's attributes to a set: `Null` removes, anything else sets.
pub fn compose(set: &mut Attributes, change: &Attributes) {
    for (key, value) in change {
        if *value == Value::Null {
            set.remove(key);
        } else {
            set.insert(key.clone(), value.clone());
        }
    }
}

/// Inline marks of a run, as shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Marks {
    /// Strong.
    pub bold: bool,
    /// Emphasis.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Struck through.
    pub strike: bool,
    /// Address of a link, of an allowed scheme (see [`safe_link`]).
    pub link: Option<String>,
}

impl Marks {
    /// Reads marks; unknown attributes, wrong shapes and links of other schemes are shown as absent.
    pub fn read(attributes: &Attributes) -> Self {
        let on = |key| attributes.get(key) == Some(&Value::Bool(true));
        Self {
            bold: on(name::BOLD),
            italic: on(name::ITALIC),
            underline: on(name::UNDERLINE),
            strike: on(name::STRIKE),
            link: match attributes.get(name::LINK) {
                Some(Value::Text(link)) => safe_link(link).map(str::to_owned),
                _ => None,
            },
        }
    }

    /// The attributes that set exactly these marks, without `Null`s.
    pub fn attributes(&self) -> Attributes {
        let mut set = Attributes::new();
        for (key, on) in
            [(name::BOLD, self.bold), (name::ITALIC, self.italic), (name::UNDERLINE, self.underline), (name::STRIKE, self.strike)]
        {
            if on {
                set.insert(key.to_owned(), Value::Bool(true));
            }
        }
        if let Some(link) = &self.link {
            set.insert(name::LINK.to_owned(), Value::Text(link.clone()));
        }
        set
    }

    /// No mark at all.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// The link, trimmed, if its scheme is allowed (http, https, mailto, tel); else `None`.
/// Control characters are refused too, since browsers drop them before they look for the scheme.
pub fn safe_link(link: &str) -> Option<&str> {
    let link = link.trim();
    if link.chars().any(char::is_control) {
        return None;
    }
    let (scheme, rest) = link.split_once(':')?;
    let allowed = ["http", "https", "mailto", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    (allowed && !rest.is_empty()).then_some(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_other_schemes_are_shown_as_absent() {
        for bad in ["javascript:1", " JavaScript:alert(1)", "java\nscript:1", "data:text/html,x", "#", "https:", "relative"] {
            assert_eq!(safe_link(bad), None, "{bad}");
        }
        assert_eq!(safe_link(" https://x.test "), Some("https://x.test"));
        assert_eq!(safe_link("mailto:a@b.test"), Some("mailto:a@b.test"));
    }

    #[test]
    fn marks_survive_the_round_trip() {
        let marks = Marks { bold: true, link: Some("https://x.test".into()), ..Marks::default() };
        assert_eq!(Marks::read(&marks.attributes()), marks);
    }
}
