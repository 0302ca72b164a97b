//! Who is where: the JSON of a presence state.
//!
//! A page sends `at` and `selection`; `user` is written by the server from the session, so nobody speaks in another's name. Carried as
//! an awareness state of [`crate::protocol`]. Knows no room and no socket; sticky positions are opaque text here.

use crate::api::Person;
use crate::id::ItemId;
use crate::json::Json;

/// Largest state a client may send, in bytes of JSON.
pub const MAX_BYTES: usize = 2_048;

/// One client's presence.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Presence {
    /// Who it is, as the server knows them. What a client sends here is ignored.
    pub user: Person,
    /// Where they are.
    pub at: At,
    /// What they have selected, if they write in a field.
    pub selection: Option<PresenceSelection>,
    /// The cursor of a stock Yjs editor (y-quill, y-prosemirror), passed on unread.
    pub cursor: Option<Json>,
}

/// The place a person is at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct At {
    /// The item in view.
    pub item: Option<ItemId>,
    /// The field that has the focus: `title:ITEM` or `section:ITEM:SECTION`.
    pub field: Option<String>,
}

/// A selection in a field, by sticky positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresenceSelection {
    /// `title:ITEM` or `section:ITEM:SECTION`.
    pub field: String,
    /// Where it began.
    pub anchor: String,
    /// Where the caret stands.
    pub head: String,
}

/// A text of an object; absent if it is none.
fn text(object: &Json, key: &str) -> Option<String> {
    object.get(key)?.as_text().map(str::to_owned)
}

fn person(value: &Json) -> Option<Person> {
    let hue = value.get("hue").and_then(Json::as_whole).and_then(|hue| u8::try_from(hue).ok()).unwrap_or_default();
    Some(Person { name: text(value, "name")?, organisation: text(value, "organisation").unwrap_or_default(), hue })
}

fn selection(value: &Json) -> Option<PresenceSelection> {
    Some(PresenceSelection { field: text(value, "field")?, anchor: text(value, "anchor")?, head: text(value, "head")? })
}

impl Presence {
    /// Reads a state. `None` if it is no JSON object or above [`MAX_BYTES`]; misshaped fields are read as absent.
    pub fn parse(json: &str) -> Option<Self> {
        if json.len() > MAX_BYTES { None } else { Self::parse_rewritten(json) }
    }

    /// Reads a state the server wrote, whatever its length.
    pub fn parse_rewritten(json: &str) -> Option<Self> {
        let value = Json::read(json)?;
        value.is_object().then(|| Self::read(&value))
    }

    /// Field by field: one odd field of a stock client does not cost the others.
    fn read(value: &Json) -> Self {
        let at = value.get("at");
        Self {
            user: value.get("user").and_then(person).unwrap_or_default(),
            at: At { item: at.and_then(|at| text(at, "item")?.parse().ok()), field: at.and_then(|at| text(at, "field")) },
            selection: value.get("selection").and_then(selection),
            cursor: value.get("cursor").filter(|cursor| **cursor != Json::Null).cloned(),
        }
    }

    /// The state as JSON.
    pub fn to_json(&self) -> String {
        let Person { name, organisation, hue } = &self.user;
        let selection = self.selection.as_ref().map_or(Json::Null, |selection| {
            let PresenceSelection { field, anchor, head } = selection;
            Json::object([("field", Json::text(field)), ("anchor", Json::text(anchor)), ("head", Json::text(head))])
        });
        let item = self.at.item.as_ref().map(ToString::to_string);
        let mut fields = vec![
            (
                "user",
                Json::object([("name", Json::text(name)), ("organisation", Json::text(organisation)), ("hue", Json::whole((*hue).into()))]),
            ),
            ("at", Json::object([("item", Json::maybe(item.as_deref())), ("field", Json::maybe(self.at.field.as_deref()))])),
            ("selection", selection),
        ];
        fields.extend(self.cursor.clone().map(|cursor| ("cursor", cursor)));
        Json::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()).write()
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
