//! SQL of the people behind user keys, and of who wrote in a document.

use dagsorden_shared::api::Person;
use dagsorden_shared::id::{ClientId, DocumentId};
use rusqlite::{OptionalExtension, Row, params};

use super::StoreError;
use super::connection::Database;

/// The owner of a client id: their user key, and the person if they ever said who they are.
pub type Author = (ClientId, String, Option<Person>);

/// Stores the person as they last said it.
pub(super) fn set(database: &Database<'_>, user: &str, person: &Person) -> Result<(), StoreError> {
    database
        .connection
        .execute(
            "INSERT INTO person (user, name, organisation, hue) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (user) DO UPDATE SET name = excluded.name, organisation = excluded.organisation, hue = excluded.hue",
            params![user, person.name, person.organisation, person.hue],
        )
        .map(drop)
        .map_err(database.error("storing a person"))
}

pub(super) fn is_known(database: &Database<'_>, user: &str) -> Result<bool, StoreError> {
    let found = database.connection.query_row("SELECT 1 FROM person WHERE user = ?1", params![user], |_| Ok(())).optional();
    found.map(|found| found.is_some()).map_err(database.error("looking up a person"))
}

/// Whose the client ids of a document are.
pub(super) fn authors(database: &Database<'_>, document: &DocumentId) -> Result<Vec<Author>, StoreError> {
    let error = database.error("reading the authors of a document");
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT client.client, client.user, person.name, person.organisation, person.hue
             FROM client LEFT JOIN person ON person.user = client.user WHERE client.document = ?1 ORDER BY client.client",
        )
        .map_err(&error)?;
    let rows = select.query_map(params![document.as_str()], author).map_err(&error)?;
    let mut authors = Vec::new();
    for row in rows {
        authors.extend(row.map_err(&error)?);
    }
    Ok(authors)
}

fn author(row: &Row<'_>) -> rusqlite::Result<Option<Author>> {
    let client = u64::try_from(row.get::<_, i64>(0)?).ok().and_then(ClientId::new);
    let name: Option<String> = row.get(2)?;
    let person = match name {
        Some(name) => Some(Person { name, organisation: row.get(3)?, hue: row.get(4)? }),
        None => None,
    };
    let user = row.get(1)?;
    Ok(client.map(|client| (client, user, person)))
}
