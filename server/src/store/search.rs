//! SQL of the search: rows of text and their words in FTS5. Rights are part of each query.

use dagsorden_shared::id::{DocumentId, ForumId, MeetingId};
use rusqlite::{OptionalExtension, params};

use super::connection::Database;
use super::meeting::read_id;
use super::{Store, StoreError};
use crate::rights::Scope;
use crate::search::{RowKind, SearchRow, stems_of, words_of};

/// Newest matches that are looked at.
const NEWEST: u32 = 500;
/// Rows of one day.
const DAY: i64 = 1 << 20;

/// A row that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Its meeting.
    pub meeting: MeetingId,
    /// The meeting's forum.
    pub forum_name: String,
    /// The meeting's day.
    pub date: Option<String>,
    /// What matches.
    pub row: SearchRow,
}

impl Store {
    /// Brings what can be found of a document up to date. Queued at once.
    ///
    /// # Errors
    /// The index stays as it was.
    pub fn index(
        &self,
        document: DocumentId,
        rows: Vec<SearchRow>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + 'static + use<> {
        self.inner.writer.write(move |database| index(database, &document, &rows))
    }

    /// The newest places that match, in the forums of a scope. `fts` comes from [`crate::search::Query::to_fts`].
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn search(&self, scope: Scope, fts: String) -> Result<Vec<Match>, StoreError> {
        self.read(move |database| find(database, &scope, &fts)).await
    }

    /// Documents of meetings that cannot be found yet: those of an older version's database, and new ones.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn not_indexed(&self) -> Result<Vec<DocumentId>, StoreError> {
        self.read(missing).await
    }
}

/// Brings the rows of a document's text up to date: only what changed is written.
pub(super) fn index(database: &Database<'_>, document: &DocumentId, rows: &[SearchRow]) -> Result<(), StoreError> {
    let error = database.error("indexing a document");
    let connection = database.connection;
    let Some((meeting, forum, day)) = place_of(database, document)? else { return Ok(()) };
    let mut select = connection
        .prepare_cached("SELECT id, item, part, kind, number, heading, body FROM search_row WHERE document = ?1 AND kind <> 'comment'")
        .map_err(&error)?;
    let old = select
        .query_map(params![document.as_str()], |row| {
            Ok((row.get::<_, i64>(0)?, (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?)))
        })
        .map_err(&error)?;
    type Columns = (String, String, String, String, String, String);
    let old: Vec<(i64, Columns)> = old.collect::<Result<_, _>>().map_err(&error)?;
    let columns = |row: &SearchRow| {
        (row.item.clone(), row.part.clone(), row.kind.as_str().to_owned(), row.number.clone(), row.heading.clone(), row.body.clone())
    };
    let new: Vec<Columns> = rows.iter().map(columns).collect();
    let in_day = |id: i64| id / DAY == day;
    for (id, _) in old.iter().filter(|(id, columns)| !in_day(*id) || !new.contains(columns)) {
        remove(database, *id)?;
    }
    let kept: Vec<&Columns> = old.iter().filter(|(id, _)| in_day(*id)).map(|(_, columns)| columns).collect();
    for (row, _) in rows.iter().zip(&new).filter(|(_, columns)| !kept.contains(columns)) {
        add(database, (document, &meeting, &forum, day), row)?;
    }
    connection.execute("INSERT OR IGNORE INTO indexed (document) VALUES (?1)", params![document.as_str()]).map(drop).map_err(&error)
}

/// Brings the row of a comment up to date; an empty text takes it out.
pub(super) fn index_comment(database: &Database<'_>, document: &DocumentId, row: &SearchRow) -> Result<(), StoreError> {
    let error = database.error("indexing a comment");
    let Some((meeting, forum, day)) = place_of(database, document)? else { return Ok(()) };
    let old: Option<i64> = database
        .connection
        .query_row(
            "SELECT id FROM search_row WHERE document = ?1 AND kind = 'comment' AND item = ?2 AND part = ?3",
            params![document.as_str(), row.item, row.part],
            |row| row.get(0),
        )
        .optional()
        .map_err(&error)?;
    if let Some(old) = old {
        remove(database, old)?;
    }
    if row.body.is_empty() { Ok(()) } else { add(database, (document, &meeting, &forum, day), row) }
}

/// Meeting, forum and day of a document. A meeting without a date is of day 0.
fn place_of(database: &Database<'_>, document: &DocumentId) -> Result<Option<(String, String, i64)>, StoreError> {
    database
        .connection
        .query_row(
            "SELECT meeting.id, meeting.forum, COALESCE(CAST(julianday(meeting.date) AS INTEGER), 0)
             FROM document JOIN meeting ON meeting.id = document.meeting WHERE document.id = ?1",
            params![document.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()
        .map_err(database.error("indexing a document"))
}

fn remove(database: &Database<'_>, id: i64) -> Result<(), StoreError> {
    let error = database.error("indexing a document");
    database.connection.execute("DELETE FROM search WHERE rowid = ?1", params![id]).map_err(&error)?;
    database.connection.execute("DELETE FROM search_row WHERE id = ?1", params![id]).map(drop).map_err(&error)
}

fn add(
    database: &Database<'_>,
    (document, meeting, forum, day): (&DocumentId, &str, &str, i64),
    row: &SearchRow,
) -> Result<(), StoreError> {
    let error = database.error("indexing a document");
    let connection = database.connection;
    let last: Option<i64> = connection
        .query_row("SELECT MAX(id) FROM search_row WHERE id BETWEEN ?1 AND ?2", params![day * DAY + 1, (day + 1) * DAY - 1], |row| {
            row.get(0)
        })
        .map_err(&error)?;
    let id = last.unwrap_or(day * DAY) + 1;
    if id / DAY != day {
        // A million rows of one day: what is there can be found, and nothing else is lost.
        return Ok(());
    }
    connection
        .execute(
            "INSERT INTO search_row (id, document, meeting, item, part, kind, number, heading, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![id, document.as_str(), meeting, row.item, row.part, row.kind.as_str(), row.number, row.heading, row.body],
        )
        .map_err(&error)?;
    let words = words_of(&row.body);
    let stems = stems_of(&words);
    connection
        .execute("INSERT INTO search (rowid, acl, words, stems) VALUES (?1, ?2, ?3, ?4)", params![id, acl(forum), words.join(" "), stems])
        .map(drop)
        .map_err(&error)
}

/// The token of a forum: letters and digits alone, or the tokenizer would part it.
fn acl(forum: &str) -> String {
    forum.bytes().fold("f".to_owned(), |token, byte| token + &format!("{byte:02x}"))
}

/// The newest rows that match, in the forums of a scope. `fts` is a query over words and stems.
pub(super) fn find(database: &Database<'_>, scope: &Scope, fts: &str) -> Result<Vec<Match>, StoreError> {
    let error = database.error("searching");
    let query = match scope {
        Scope::All => fts.to_owned(),
        Scope::Forums(forums) if forums.is_empty() => return Ok(Vec::new()),
        Scope::Forums(forums) => {
            let tokens: Vec<String> = forums.iter().map(|forum: &ForumId| acl(forum.as_str())).collect();
            format!("acl : ({}) AND {fts}", tokens.join(" OR "))
        }
    };
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT search_row.meeting, forum.name, meeting.date, search_row.item, search_row.part, search_row.kind,
                 COALESCE(place.number, search_row.number), search_row.heading, search_row.body
             FROM (SELECT rowid AS id FROM search WHERE search MATCH ?1 ORDER BY rowid DESC LIMIT ?2) AS newest
             JOIN search_row ON search_row.id = newest.id
             JOIN meeting ON meeting.id = search_row.meeting AND meeting.deleted_at IS NULL
             JOIN forum ON forum.id = meeting.forum
             JOIN document ON document.id = search_row.document
             LEFT JOIN search_row AS place ON document.kind = 'item' AND search_row.kind <> 'comment' AND place.document = meeting.document
                 AND place.kind = 'title' AND place.item = search_row.item
             WHERE document.kind = 'meeting' OR search_row.kind = 'comment' OR place.id IS NOT NULL
             ORDER BY search_row.id DESC",
        )
        .map_err(&error)?;
    let mut rows = select.query(params![query, NEWEST]).map_err(&error)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(&error)? {
        let read = || -> rusqlite::Result<(String, String, SearchRow, String, Option<String>)> {
            let search_row = SearchRow {
                item: row.get(3)?,
                part: row.get(4)?,
                kind: RowKind::Text,
                number: row.get(6)?,
                heading: row.get(7)?,
                body: row.get(8)?,
            };
            Ok((row.get(0)?, row.get(5)?, search_row, row.get(1)?, row.get(2)?))
        };
        let (meeting, kind, row, forum_name, date) = read().map_err(&error)?;
        let kind = RowKind::parse(&kind).ok_or(StoreError::Unreadable { place: "search_row.kind", value: kind })?;
        found.push(Match { meeting: read_id("search_row.meeting", meeting)?, forum_name, date, row: SearchRow { kind, ..row } });
    }
    Ok(found)
}

/// Documents of meetings that are not in the index yet.
pub(super) fn missing(database: &Database<'_>) -> Result<Vec<DocumentId>, StoreError> {
    let error = database.error("looking what is not indexed");
    let mut select = database
        .connection
        .prepare_cached("SELECT id FROM document WHERE meeting IS NOT NULL AND id NOT IN (SELECT document FROM indexed)")
        .map_err(&error)?;
    let rows = select.query_map([], |row| row.get(0)).map_err(&error)?;
    rows.map(|row| read_id("document.id", row.map_err(&error)?)).collect()
}
