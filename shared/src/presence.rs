//! Who is where: the JSON of a presence state.
//!
//! A page sends `at` and `selection`; `user` is written by the server from the session, so nobody speaks in another's name. Carried as
//! an awareness state of [`crate::protocol`]. Knows no room and no socket; sticky positions are opaque text here.

use serde::Serialize;
use serde_json::Value;

use crate::api::Person;
use crate::id::ItemId;

/// Largest state a client may send, in bytes of JSON.
pub const MAX_BYTES: usize = 2_048;

/// One client's presence.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Presence {
    /// Who it is, as the server knows them. What a client sends here is ignored.
    pub user: Person,
    /// Where they are.
    pub at: At,
    /// What they have selected, if they write in a field.
    pub selection: Option<PresenceSelection>,
    /// The cursor of a stock Yjs editor (y-quill, y-prosemirror), passed on unread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Value>,
}

/// The place a person is at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct At {
    /// The item in view.
    pub item: Option<ItemId>,
    /// The field that has the focus: `title:ITEM` or `section:ITEM:SECTION`.
    pub field: Option<String>,
}

/// A selection in a field, by sticky positions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PresenceSelection {
    /// `title:ITEM` or `section:ITEM:SECTION`.
    pub field: String,
    /// Where it began.
    pub anchor: String,
    /// Where the caret stands.
    pub head: String,
}

/// A text of an object; absent if it is none.
fn text(object: &Value, key: &str) -> Option<String> {
    object.get(key)?.as_str().map(str::to_owned)
}

fn person(value: &Value) -> Option<Person> {
    let hue = value.get("hue").and_then(Value::as_u64).and_then(|hue| u8::try_from(hue).ok()).unwrap_or_default();
    Some(Person { name: text(value, "name")?, organisation: text(value, "organisation").unwrap_or_default(), hue })
}

fn selection(value: &Value) -> Option<PresenceSelection> {
    Some(PresenceSelection { field: text(value, "field")?, anchor: text(value, "anchor")?, head: text(value, "head")? })
}

impl Presence {
    /// Reads a state. `None` if it is no JSON object or above [`MAX_BYTES`]; misshaped fields are read as absent.
    pub fn parse(json: &str) -> Option<Self> {
        if json.len() > MAX_BYTES {
            return None;
        }
        let value: Value = serde_json::from_str(json).ok()?;
        if !value.is_object() {
            return None;
        }
        Some(Self::read(&value))
    }

    /// Reads a state the server wrote, whatever its length.
    pub fn parse_rewritten(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        value.is_object().then(|| Self::read(&value))
    }

    /// Field by field: one odd field of a stock client does not cost the others.
    fn read(value: &Value) -> Self {
        let at = value.get("at");
        Self {
            user: value.get("user").and_then(person).unwrap_or_default(),
            at: At { item: at.and_then(|at| text(at, "item")?.parse().ok()), field: at.and_then(|at| text(at, "field")) },
            selection: value.get("selection").and_then(selection),
            cursor: value.get("cursor").filter(|cursor| !cursor.is_null()).cloned(),
        }
    }

    /// The state as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Presence {
        Presence {
            user: Person { name: "Bo Holm".into(), organisation: "Aaby".into(), hue: 3 },
            at: At { item: Some("a1".parse().unwrap()), field: Some("section:a1:s1".into()) },
            selection: Some(PresenceSelection { field: "section:a1:s1".into(), anchor: "x".into(), head: "y".into() }),
            cursor: None,
        }
    }

    #[test]
    fn a_state_reads_back_as_it_was_written() {
        assert_eq!(Presence::parse(&written().to_json()), Some(written()));
        assert_eq!(Presence::parse_rewritten(&written().to_json()), Some(written()));
    }

    #[test]
    fn a_stock_state_is_read_and_its_odd_fields_are_absent() {
        let presence =
            Presence::parse(r##"{"user":{"color":"#f00"},"at":7,"selection":"x","cursor":{"anchor":{"item":1}},"zoom":2}"##).unwrap();
        assert_eq!(presence.user, Person::default());
        assert_eq!(presence.at, At::default());
        assert_eq!(presence.selection, None);
        assert!(presence.cursor.is_some());
        assert!(!presence.to_json().contains("zoom"), "unknown fields are not passed on");
    }

    #[test]
    fn what_is_no_object_or_too_large_is_no_presence() {
        assert_eq!(Presence::parse("[]"), None);
        assert_eq!(Presence::parse("7"), None);
        assert_eq!(Presence::parse(&format!("{{\"x\":\"{}\"}}", "x".repeat(MAX_BYTES))), None);
        assert_eq!(Presence::parse(&"[".repeat(2_000)), None, "nesting beyond the reader's limit is refused, not followed");
    }
}
