//! Positions of letters in rows: words that are commented, parts of proposals and what takes a decision back. When an item moves its letters get new
//! ids, so these are written anew, in the transaction that moves it.

use dagsorden_shared::id::{DocumentId, ItemId, MeetingId};
use rusqlite::params;
use rusqlite::types::ToSql;
use serde_json::Value;

use super::StoreError;
use super::connection::Database;
use super::talk::next_seq;

/// Where a position of a field is in the document that the field moved to: field and position, as they stand in rows. `None` if it is nowhere.
pub type Carry = Box<dyn Fn(&str, &str) -> Option<String> + Send>;

/// Keys under which positions stand.
const KEYS: [&str; 4] = ["start", "end", "after_start", "before_end"];

/// What holds positions: the columns that name a row (id and number), its field and its JSON; and what writes that JSON.
const KEPT: [(&str, &str); 3] = [
    (
        "SELECT id, 0, field, anchor FROM thread WHERE document = ?1 AND item = ?2 AND field IS NOT NULL AND anchor IS NOT NULL",
        "UPDATE thread SET anchor = ?3 WHERE id = ?1 AND ?2 = 0",
    ),
    (
        "SELECT proposal.id, proposal_part.ordinal, proposal.field, proposal_part.edits FROM proposal_part
         JOIN proposal ON proposal.id = proposal_part.proposal WHERE proposal.document = ?1 AND proposal.item = ?2",
        "UPDATE proposal_part SET edits = ?3 WHERE proposal = ?1 AND ordinal = ?2",
    ),
    (
        "SELECT decision.id, 0, proposal.field, decision.inverse FROM decision
         JOIN proposal ON proposal.id = decision.proposal WHERE proposal.document = ?1 AND proposal.item = ?2",
        "UPDATE decision SET inverse = ?3 WHERE id = ?1 AND ?2 = 0",
    ),
];

/// Writes the positions of an item's rows anew, now that its words are in `document`. A row with a position that is nowhere stays as it is: its words
/// are found by their quote, or not at all.
pub(super) fn carry(
    database: &Database<'_>,
    (meeting, item, document): (&MeetingId, &ItemId, &DocumentId),
    carry: &Carry,
) -> Result<(), StoreError> {
    let error = database.error("moving what people said with its words");
    let of_item: [&dyn ToSql; 2] = [&document.as_str(), &item.as_str()];
    for (select, update) in KEPT {
        let mut select = database.connection.prepare(select).map_err(&error)?;
        let mut update = database.connection.prepare(update).map_err(&error)?;
        let rows = select.query_map(of_item, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).map_err(&error)?;
        let rows: Vec<(String, u32, String, String)> = rows.collect::<Result<_, _>>().map_err(&error)?;
        for (id, number, field, text) in rows {
            let Ok(mut json) = serde_json::from_str(&text) else { continue };
            if carried(&mut json, &|position| carry(&field, position)) {
                update.execute(params![id, number, json.to_string()]).map_err(&error)?;
            }
        }
    }
    // Pages ask for what is new.
    let seq = next_seq(database, meeting)?;
    for table in ["thread", "proposal"] {
        let update = format!("UPDATE {table} SET version = version + 1, seq = ?3 WHERE document = ?1 AND item = ?2");
        database.connection.execute(&update, params![document.as_str(), item.as_str(), seq]).map_err(&error)?;
    }
    Ok(())
}

/// Replaces all positions in a value. False: one of them is nowhere.
fn carried(value: &mut Value, carry: &impl Fn(&str) -> Option<String>) -> bool {
    match value {
        Value::Array(values) => values.iter_mut().all(|value| carried(value, carry)),
        Value::Object(entries) => entries.iter_mut().all(|(key, value)| match value {
            Value::String(position) if KEYS.contains(&key.as_str()) => carry(position).map(|carried| *position = carried).is_some(),
            Value::Array(_) | Value::Object(_) => carried(value, carry),
            _ => true,
        }),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn positions_are_replaced_wherever_they_stand_and_nothing_else_is() {
        let mut edits = json!([{ "start": "a", "end": null, "after_start": "b", "old": [{ "insert": "start" }], "before": "x" }]);
        assert!(carried(&mut edits, &|position| Some(position.to_uppercase())));
        assert_eq!(edits, json!([{ "start": "A", "end": null, "after_start": "B", "old": [{ "insert": "start" }], "before": "x" }]));
        let mut inverse = json!([{ "ordinal": 0, "edit": { "start": "a", "before_end": "gone" } }]);
        assert!(!carried(&mut inverse, &|position| (position != "gone").then(|| "new".to_owned())));
    }
}
