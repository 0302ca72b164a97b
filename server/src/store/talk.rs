//! SQL of threads and comments: created once by ids of the client, changed by their author, counted for those who have not read them.

use dagsorden_shared::access::Why;
use dagsorden_shared::agenda::Anchor;
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{AccountId, CommentId, DocumentId, ItemId, MeetingId, ThreadId};
use dagsorden_shared::talk::{Comment, Talk, Thread};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::account::now;
use super::connection::Database;
use super::meeting::read_id;
use super::{StoreError, notice, points, proposal, search};
use crate::search::{RowKind, SearchRow};

/// Threads of a meeting at most.
const MAX_THREADS: u32 = 2_000;
/// Comments of a thread at most.
const MAX_COMMENTS: u32 = 200;

/// Who says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speaker {
    /// Key of the user; never leaves the server.
    pub user: String,
    /// As others see them.
    pub person: Person,
}

/// A thread that is to be stored, with its first comment.
#[derive(Debug, Clone, PartialEq)]
pub struct ThreadDraft {
    /// Its id.
    pub id: ThreadId,
    /// The meeting it belongs to.
    pub meeting: MeetingId,
    /// The document its words are in.
    pub document: DocumentId,
    /// The item it is about.
    pub item: ItemId,
    /// The field it is about.
    pub field: Option<String>,
    /// The words it is about.
    pub anchor: Option<Anchor>,
}

/// A comment that is to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentDraft {
    /// Its id.
    pub id: CommentId,
    /// Plain text.
    pub body: String,
    /// Whom it mentions.
    pub mentions: Vec<Mention>,
    /// The organisation it is written for.
    pub on_behalf: Option<String>,
}

/// A person whom a comment mentions, with the name as it was then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The account.
    pub account: AccountId,
    /// The name.
    pub name: String,
}

/// Another text for a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentChange {
    /// Plain text.
    pub body: String,
    /// Whom it mentions beside those it did and whose names still stand in it.
    pub mentions: Vec<Mention>,
    /// The version it was written over.
    pub version: u32,
}

/// What a creation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// It is new.
    New,
    /// The same was stored before: the command was sent twice.
    Before,
}

/// The next number of a meeting's count of changes.
pub(super) fn next_seq(database: &Database<'_>, meeting: &MeetingId) -> Result<i64, StoreError> {
    database
        .connection
        .query_row(
            "INSERT INTO talk (meeting, seq) VALUES (?1, 1) ON CONFLICT (meeting) DO UPDATE SET seq = seq + 1 RETURNING seq",
            params![meeting.as_str()],
            |row| row.get(0),
        )
        .map_err(database.error("counting what was said"))
}

pub(super) fn create_thread(
    database: &Database<'_>,
    speaker: &Speaker,
    thread: &ThreadDraft,
    comment: &CommentDraft,
) -> Result<Stored, StoreError> {
    let error = database.error("storing a thread");
    let known: Option<(String, String, Option<String>)> = database
        .connection
        .query_row("SELECT user, meeting, field FROM thread WHERE id = ?1", params![thread.id.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()
        .map_err(&error)?;
    if let Some((user, meeting, field)) = known {
        let same = user == speaker.user && meeting == thread.meeting.as_str() && field == thread.field;
        return if same { create_comment(database, speaker, &thread.id, &thread.meeting, comment) } else { Err(conflict()) };
    }
    let count: u32 = database
        .connection
        .query_row("SELECT COUNT(*) FROM thread WHERE meeting = ?1", params![thread.meeting.as_str()], |row| row.get(0))
        .map_err(&error)?;
    if count >= MAX_THREADS {
        return Err(StoreError::TooMany { what: "threads", limit: MAX_THREADS });
    }
    let anchor = thread.anchor.as_ref().and_then(|anchor| serde_json::to_string(anchor).ok());
    let seq = next_seq(database, &thread.meeting)?;
    let Person { name, organisation, hue } = &speaker.person;
    database
        .connection
        .execute(
            "INSERT INTO thread (id, meeting, document, item, field, anchor, was, user, author, author_org, author_hue, created, version, seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10, ?11, 1, ?12)",
            params![
                thread.id.as_str(),
                thread.meeting.as_str(),
                thread.document.as_str(),
                thread.item.as_str(),
                thread.field,
                anchor,
                speaker.user,
                name,
                organisation,
                hue,
                now(),
                seq
            ],
        )
        .map_err(&error)?;
    create_comment(database, speaker, &thread.id, &thread.meeting, comment)
}

/// Adds a comment. A reply to a resolved thread opens it again.
pub(super) fn create_comment(
    database: &Database<'_>,
    speaker: &Speaker,
    thread: &ThreadId,
    meeting: &MeetingId,
    comment: &CommentDraft,
) -> Result<Stored, StoreError> {
    let error = database.error("storing a comment");
    belongs(database, thread, meeting)?;
    let known: Option<(String, String, String)> = database
        .connection
        .query_row(
            "SELECT user, thread, COALESCE((SELECT body FROM comment_text WHERE comment = comment.id ORDER BY version LIMIT 1), body)
             FROM comment WHERE id = ?1",
            params![comment.id.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()
        .map_err(&error)?;
    if let Some((user, place, body)) = known {
        let same = user == speaker.user && place == thread.as_str() && body == comment.body;
        return if same { Ok(Stored::Before) } else { Err(conflict()) };
    }
    let count: u32 = database
        .connection
        .query_row("SELECT COUNT(*) FROM comment WHERE thread = ?1", params![thread.as_str()], |row| row.get(0))
        .map_err(&error)?;
    if count >= MAX_COMMENTS {
        return Err(StoreError::TooMany { what: "comments", limit: MAX_COMMENTS });
    }
    let seq = next_seq(database, meeting)?;
    let Person { name, organisation, hue } = &speaker.person;
    database
        .connection
        .execute(
            "INSERT INTO comment (id, thread, meeting, user, author, author_org, author_hue, on_behalf, body, created, version, seq, mentions)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11, ?12)",
            params![
                comment.id.as_str(),
                thread.as_str(),
                meeting.as_str(),
                speaker.user,
                name,
                organisation,
                hue,
                comment.on_behalf,
                comment.body,
                now(),
                seq,
                kept(&comment.mentions)?
            ],
        )
        .map_err(&error)?;
    database
        .connection
        .execute(
            "UPDATE thread SET resolved = 0, version = version + 1, seq = ?2 WHERE id = ?1 AND (resolved = 1 OR deleted = 1 OR seq < ?2)",
            params![thread.as_str(), seq],
        )
        .map_err(&error)?;
    find_comment(database, thread, &comment.id, &comment.body)?;
    let place = (meeting, thread.as_str(), comment.id.as_str());
    // Those who are mentioned hear of that alone.
    notice::mentioned(database, speaker, place, comment.mentions.iter().map(|mention| &mention.account))?;
    notice::replied(database, speaker, place)?;
    // What one writes oneself is read.
    mark_read(database, &speaker.user, meeting, std::slice::from_ref(thread), None)?;
    Ok(Stored::New)
}

/// Whether a thread is one of this meeting: an id is looked up through its parent, never alone.
pub(super) fn belongs(database: &Database<'_>, thread: &ThreadId, meeting: &MeetingId) -> Result<(), StoreError> {
    let error = database.error("looking up a thread");
    let mut select =
        database.connection.prepare_cached("SELECT 1 FROM thread WHERE id = ?1 AND meeting = ?2 AND deleted = 0").map_err(&error)?;
    if select.exists(params![thread.as_str(), meeting.as_str()]).map_err(&error)? { Ok(()) } else { Err(StoreError::NotThere) }
}

fn conflict() -> StoreError {
    StoreError::Conflict { what: "what has this id" }
}

/// The author's key and the version of a comment of this meeting that was not deleted.
fn comment_of(database: &Database<'_>, meeting: &MeetingId, comment: &CommentId) -> Result<(String, u32, ThreadId), StoreError> {
    let found: Option<(String, u32, String)> = database
        .connection
        .query_row(
            "SELECT user, version, thread FROM comment WHERE id = ?1 AND meeting = ?2 AND deleted = 0",
            params![comment.as_str(), meeting.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()
        .map_err(database.error("looking up a comment"))?;
    let (user, version, thread) = found.ok_or(StoreError::NotThere)?;
    Ok((user, version, read_id("comment.thread", thread)?))
}

/// Gives a comment of one's own another text; what it said before is kept beside it.
pub(super) fn change_comment(
    database: &Database<'_>,
    speaker: &Speaker,
    meeting: &MeetingId,
    comment: &CommentId,
    change: &CommentChange,
) -> Result<(), StoreError> {
    let error = database.error("changing a comment");
    let (author, found, thread) = comment_of(database, meeting, comment)?;
    if author != speaker.user {
        return Err(StoreError::Forbidden(Why::Role));
    }
    if found != change.version {
        return Err(StoreError::Stale { what: "this comment" });
    }
    database
        .connection
        .execute(
            "INSERT INTO comment_text (comment, version, body, at) SELECT id, version, body, COALESCE(edited, created) FROM comment WHERE id = ?1",
            params![comment.as_str()],
        )
        .map_err(&error)?;
    let mut mentions = change.mentions.clone();
    let before = database
        .connection
        .query_row("SELECT mentions FROM comment WHERE id = ?1", params![comment.as_str()], |row| row.get::<_, String>(0))
        .map_err(&error)?;
    for mention in serde_json::from_str::<Vec<Mention>>(&before).unwrap_or_default() {
        if change.body.contains(&format!("@{}", mention.name)) && mentions.iter().all(|known| known.account != mention.account) {
            mentions.push(mention);
        }
    }
    let seq = next_seq(database, meeting)?;
    database
        .connection
        .execute(
            "UPDATE comment SET body = ?2, edited = ?3, version = version + 1, seq = ?4, mentions = ?5 WHERE id = ?1",
            params![comment.as_str(), change.body, now(), seq, kept(&mentions)?],
        )
        .map_err(&error)?;
    let mentioned = change.mentions.iter().map(|mention| &mention.account);
    notice::mentioned(database, speaker, (meeting, thread.as_str(), comment.as_str()), mentioned)?;
    find_comment(database, &thread, comment, &change.body)
}

fn kept(mentions: &[Mention]) -> Result<String, StoreError> {
    serde_json::to_string(mentions).map_err(|_| StoreError::NotThere)
}

/// Lets a comment be found by its words; an empty one is not found any more.
fn find_comment(database: &Database<'_>, thread: &ThreadId, comment: &CommentId, body: &str) -> Result<(), StoreError> {
    let (document, item): (String, String) = database
        .connection
        .query_row("SELECT document, item FROM thread WHERE id = ?1", params![thread.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(database.error("indexing a comment"))?;
    let row = SearchRow {
        item,
        part: comment.to_string(),
        kind: RowKind::Comment,
        number: String::new(),
        heading: String::new(),
        body: body.to_owned(),
    };
    search::index_comment(database, &read_id("thread.document", document)?, &row)
}

/// Deletes a comment of one's own: the text leaves the row and its history. A thread without comments goes with its last.
pub(super) fn delete_comment(database: &Database<'_>, user: &str, meeting: &MeetingId, comment: &CommentId) -> Result<(), StoreError> {
    let error = database.error("deleting a comment");
    let (author, _, thread) = comment_of(database, meeting, comment)?;
    if author != user {
        return Err(StoreError::Forbidden(Why::Role));
    }
    let seq = next_seq(database, meeting)?;
    find_comment(database, &thread, comment, "")?;
    database.connection.execute("DELETE FROM comment_text WHERE comment = ?1", params![comment.as_str()]).map_err(&error)?;
    database
        .connection
        .execute(
            "UPDATE comment SET body = '', mentions = '[]', deleted = 1, version = version + 1, seq = ?2 WHERE id = ?1",
            params![comment.as_str(), seq],
        )
        .map_err(&error)?;
    database
        .connection
        .execute(
            "UPDATE thread SET deleted = NOT EXISTS (SELECT 1 FROM comment WHERE thread = ?1 AND deleted = 0), version = version + 1, seq = ?2
             WHERE id = ?1",
            params![thread.as_str(), seq],
        )
        .map(drop)
        .map_err(&error)
}

/// The key of who began a thread of this meeting.
pub(super) fn began(database: &Database<'_>, meeting: &MeetingId, thread: &ThreadId) -> Result<String, StoreError> {
    let found: Option<String> = database
        .connection
        .query_row(
            "SELECT user FROM thread WHERE id = ?1 AND meeting = ?2 AND deleted = 0",
            params![thread.as_str(), meeting.as_str()],
            |row| row.get(0),
        )
        .optional()
        .map_err(database.error("looking up a thread"))?;
    found.ok_or(StoreError::NotThere)
}

pub(super) fn set_resolved(
    database: &Database<'_>,
    person: &Person,
    meeting: &MeetingId,
    thread: &ThreadId,
    resolved: bool,
) -> Result<(), StoreError> {
    let seq = next_seq(database, meeting)?;
    let by = resolved.then_some(person);
    database
        .connection
        .execute(
            "UPDATE thread SET resolved = ?2, resolved_by = ?3, resolved_org = ?4, resolved_hue = ?5, resolved_at = ?6, version = version + 1,
             seq = ?7 WHERE id = ?1 AND resolved <> ?2",
            params![
                thread.as_str(),
                resolved,
                by.map(|person| &person.name),
                by.map(|person| &person.organisation),
                by.map(|person| person.hue),
                resolved.then(now),
                seq
            ],
        )
        .map(drop)
        .map_err(database.error("resolving a thread"))
}

/// Stores where a thread's words are now. Its first words are kept.
pub(super) fn move_anchor(
    database: &Database<'_>,
    meeting: &MeetingId,
    thread: &ThreadId,
    (field, anchor): (&str, &Anchor),
    version: u32,
) -> Result<(), StoreError> {
    let error = database.error("moving a thread");
    belongs(database, thread, meeting)?;
    let seq = next_seq(database, meeting)?;
    let json = serde_json::to_string(anchor).map_err(|_| StoreError::NotThere)?;
    let changed = database
        .connection
        .execute(
            "UPDATE thread SET field = ?2, anchor = ?3, version = version + 1, seq = ?5 WHERE id = ?1 AND version = ?4",
            params![thread.as_str(), field, json, version, seq],
        )
        .map_err(&error)?;
    if changed == 0 { Err(StoreError::Stale { what: "this thread" }) } else { Ok(()) }
}

/// Notes that a person has read the comments of these threads; `until` is the count of changes that they had before them.
pub(super) fn mark_read(
    database: &Database<'_>,
    user: &str,
    meeting: &MeetingId,
    threads: &[ThreadId],
    until: Option<i64>,
) -> Result<(), StoreError> {
    let error = database.error("noting what was read");
    let mut insert = database
        .connection
        .prepare_cached(
            "INSERT INTO read_thread (user, thread, seq)
             SELECT ?1, id, (SELECT COALESCE(MAX(seq), 0) FROM comment WHERE thread = ?2 AND seq <= COALESCE(?4, seq)) FROM thread WHERE id = ?2 AND meeting = ?3
             ON CONFLICT (user, thread) DO UPDATE SET seq = MAX(seq, excluded.seq)",
        )
        .map_err(&error)?;
    for thread in threads {
        insert.execute(params![user, thread.as_str(), meeting.as_str(), until]).map_err(&error)?;
    }
    Ok(())
}

/// What was said in a meeting after `since`, and the count it has come to.
pub(super) fn read(database: &Database<'_>, meeting: &MeetingId, user: &str, since: i64) -> Result<(Talk, i64), StoreError> {
    let error = database.error("reading what was said");
    let seq: Option<i64> = database
        .connection
        .query_row("SELECT seq FROM talk WHERE meeting = ?1", params![meeting.as_str()], |row| row.get(0))
        .optional()
        .map_err(&error)?;
    let mut talk = Talk { reset: since == 0, ..Talk::default() };
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT id, item, field, anchor, author, author_org, author_hue, user, created, resolved, resolved_by, resolved_org, resolved_hue,
                 deleted, version,
                 (SELECT COUNT(*) FROM comment WHERE comment.thread = thread.id AND comment.user <> ?2 AND comment.deleted = 0
                     AND comment.seq > COALESCE((SELECT seq FROM read_thread WHERE read_thread.user = ?2 AND read_thread.thread = thread.id), 0))
             FROM thread WHERE meeting = ?1 AND seq > ?3 ORDER BY created, id",
        )
        .map_err(&error)?;
    let mut rows = select.query(params![meeting.as_str(), user, since]).map_err(&error)?;
    while let Some(row) = rows.next().map_err(&error)? {
        let id: ThreadId = read_id("thread.id", row.get(0).map_err(&error)?)?;
        if row.get(13).map_err(&error)? {
            talk.gone.push(id);
        } else {
            talk.threads.push(thread(row, id, user).map_err(&error)??);
        }
    }
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT comment.id, comment.thread, comment.author, comment.author_org, comment.author_hue, comment.user, comment.on_behalf,
                 comment.body, comment.created, comment.edited, comment.deleted, comment.version, comment.mentions
             FROM comment JOIN thread ON thread.id = comment.thread AND thread.deleted = 0
             WHERE comment.meeting = ?1 AND comment.seq > ?2 ORDER BY comment.created, comment.seq",
        )
        .map_err(&error)?;
    let mut rows = select.query(params![meeting.as_str(), since]).map_err(&error)?;
    while let Some(row) = rows.next().map_err(&error)? {
        talk.comments.push(comment(row, user).map_err(&error)??);
    }
    (talk.positions, talk.outcomes) = points::read(database, meeting)?;
    talk.proposals = proposal::read(database, meeting, user, since)?;
    Ok((talk, seq.unwrap_or(0)))
}

fn thread(row: &Row<'_>, id: ThreadId, user: &str) -> rusqlite::Result<Result<Thread, StoreError>> {
    let item: String = row.get(1)?;
    let anchor: Option<String> = row.get(3)?;
    let resolved_by: Option<String> = row.get(10)?;
    let resolved_by = match resolved_by {
        Some(name) => Some(Person { name, organisation: row.get(11)?, hue: row.get(12)? }),
        None => None,
    };
    let person = Person { name: row.get(4)?, organisation: row.get(5)?, hue: row.get(6)? };
    let (field, mine, created, resolved) = (row.get(2)?, row.get::<_, String>(7)? == user, row.get(8)?, row.get(9)?);
    let (version, unread) = (row.get(14)?, row.get(15)?);
    Ok(read_id("thread.item", item).map(|item| Thread {
        id,
        item,
        field,
        // An anchor that a newer version wrote is shown as one about the whole field.
        anchor: anchor.and_then(|anchor| serde_json::from_str(&anchor).ok()),
        author: person,
        mine,
        created,
        resolved,
        resolved_by,
        unread,
        version,
    }))
}

fn comment(row: &Row<'_>, user: &str) -> rusqlite::Result<Result<Comment, StoreError>> {
    let (id, thread): (String, String) = (row.get(0)?, row.get(1)?);
    let author = Person { name: row.get(2)?, organisation: row.get(3)?, hue: row.get(4)? };
    let mine = row.get::<_, String>(5)? == user;
    let (on_behalf, body, created, edited) = (row.get(6)?, row.get(7)?, row.get(8)?, row.get(9)?);
    let (deleted, version) = (row.get(10)?, row.get(11)?);
    // Mentions that a newer version wrote otherwise are left out.
    let mentions: Vec<Mention> = serde_json::from_str(&row.get::<_, String>(12)?).unwrap_or_default();
    let (mentions, mentioned) = mentions.into_iter().map(|mention| (mention.account, mention.name)).unzip();
    let ids = || Ok((read_id("comment.id", id)?, read_id("comment.thread", thread)?));
    Ok(ids().map(|(id, thread)| Comment {
        id,
        thread,
        author,
        mine,
        on_behalf,
        body,
        mentions,
        mentioned,
        created,
        edited,
        deleted,
        version,
    }))
}
