//! SQL of what the server keeps for itself: settings, and the colours of organisations.

use rusqlite::{OptionalExtension, params};

use super::StoreError;
use super::connection::Database;

/// Colours to tell organisations apart; after the last the first comes again.
pub const HUES: u8 = 24;

pub(super) fn get_or_insert(database: &Database<'_>, key: &str, value: &[u8]) -> Result<Vec<u8>, StoreError> {
    let error = database.error("reading a setting");
    database
        .connection
        .execute("INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING", params![key, value])
        .map_err(&error)?;
    database.connection.query_row("SELECT value FROM setting WHERE key = ?1", params![key], |row| row.get(0)).map_err(&error)
}

pub(super) fn find_hue(database: &Database<'_>, organisation: &str) -> Result<Option<u8>, StoreError> {
    let position: Option<i64> = database
        .connection
        .query_row("SELECT position FROM organisation WHERE name = ?1", params![organisation], |row| row.get(0))
        .optional()
        .map_err(database.error("looking up an organisation"))?;
    Ok(position.map(hue_at))
}

pub(super) fn hue_of(database: &Database<'_>, organisation: &str) -> Result<u8, StoreError> {
    let position: i64 = database
        .connection
        .query_row(
            "INSERT INTO organisation (name, position) SELECT ?1, COALESCE(MAX(position), 0) + 1 FROM organisation WHERE TRUE
             ON CONFLICT (name) DO UPDATE SET name = name RETURNING position",
            params![organisation],
            |row| row.get(0),
        )
        .map_err(database.error("storing an organisation"))?;
    Ok(hue_at(position))
}

/// Positions count from 1.
pub(super) fn hue_at(position: i64) -> u8 {
    u8::try_from((position - 1).rem_euclid(i64::from(HUES)) + 1).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hues_wrap_after_the_last() {
        assert_eq!((hue_at(1), hue_at(24), hue_at(25)), (1, 24, 1));
    }
}
