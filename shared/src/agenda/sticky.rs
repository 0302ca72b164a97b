//! Positions that follow their letter, as JSON in the form of Yjs' relative positions.

use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{Assoc, ClientID, ID, StickyIndex};

use crate::json::Json;
use crate::protocol::varint::{Reader, Writer};

/// The largest client id: 53 bits, as in JavaScript.
const MAX_CLIENT: u64 = (1 << 53) - 1;
/// How the binary form of a position says that it is about a letter.
const LETTER: u64 = 0;
/// And that it is about a nested type.
const NESTED: u64 = 2;

/// A position as text; `None` for one in a root, where no text of ours stands.
pub(super) fn write(index: &StickyIndex) -> Option<String> {
    // The library's own reader of the parts knows letters only.
    let bytes = index.encode_v1();
    let mut reader = Reader::new(&bytes);
    let scope = match reader.number().ok()? {
        LETTER => "item",
        NESTED => "type",
        _ => return None,
    };
    let mut number = || reader.number().ok().and_then(|number| i64::try_from(number).ok()).map(Json::whole);
    let id = Json::object([("client", number()?), ("clock", number()?)]);
    Some(Json::object([(scope, id), ("assoc", Json::whole(index.assoc as i64))]).write())
}

/// Reads a position; `None` if it is none.
pub(super) fn read(text: &str) -> Option<StickyIndex> {
    let json = Json::read(text)?;
    let assoc = match json.get("assoc").and_then(Json::as_whole) {
        Some(..0) => Assoc::Before,
        _ => Assoc::After,
    };
    // Yjs writes the type beside the letter; the letter is what counts.
    match id(json.get("item")) {
        Some((client, clock)) => Some(StickyIndex::from_id(ID::new(ClientID::new(client), clock), assoc)),
        None => nested(id(json.get("type"))?, assoc),
    }
}

fn id(json: Option<&Json>) -> Option<(u64, u32)> {
    let id = json?;
    let client = u64::try_from(id.get("client")?.as_whole()?).ok().filter(|client| *client <= MAX_CLIENT)?;
    Some((client, u32::try_from(id.get("clock")?.as_whole()?).ok()?))
}

/// Only the binary form names an empty text.
fn nested((client, clock): (u64, u32), assoc: Assoc) -> Option<StickyIndex> {
    let bytes = Writer::new().number(NESTED).number(client).number(clock.into()).number(0).finish();
    let mut index = StickyIndex::decode_v1(&bytes).ok()?;
    index.assoc = assoc;
    Some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_written_as_the_library_writes_them_and_read_back() {
        let letter = StickyIndex::from_id(ID::new(ClientID::new(MAX_CLIENT), 7), Assoc::Before);
        for index in [letter, nested((3, 9), Assoc::Before).unwrap(), nested((MAX_CLIENT, 0), Assoc::After).unwrap()] {
            let written: serde_json::Value = serde_json::from_str(&write(&index).unwrap()).unwrap();
            assert_eq!(written, serde_json::to_value(&index).unwrap());
            assert_eq!(read(&write(&index).unwrap()), Some(index));
        }
    }

    #[test]
    fn what_is_no_position_is_none() {
        for odd in
            ["", "7", "{}", r#"{"item":{"client":-1,"clock":0}}"#, r#"{"item":{"client":9007199254740992,"clock":0}}"#, r#"{"item":7}"#]
        {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
