//! SQL of what a forum sets for its meetings, and of a forum's end.

use dagsorden_shared::access::Role;
use dagsorden_shared::api::{ForumRow, TemplateRow};
use dagsorden_shared::id::ForumId;
use dagsorden_shared::template::{Template, TemplateSection};
use rusqlite::{OptionalExtension, params};

use super::account::{now, set_role};
use super::connection::Database;
use super::{Act, Store, StoreError, meeting};
use crate::rights::{Via, account_id};

pub(super) fn template(database: &Database<'_>, forum: &ForumId) -> Result<TemplateRow, StoreError> {
    let found: Option<(u32, String, String)> = database
        .connection
        .prepare_cached("SELECT version, template, changed_by FROM forum_template WHERE forum = ?1")
        .and_then(|mut select| select.query_row(params![forum.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional())
        .map_err(database.error("reading a forum's template"))?;
    let Some((version, text, changed_by)) = found else { return Ok(TemplateRow::default()) };
    let template: Template =
        serde_json::from_str(&text).map_err(|_| StoreError::Unreadable { place: "forum_template.template", value: text })?;
    Ok(TemplateRow { version, template, changed_by })
}

/// The sections of a new item, as the forum has set them.
pub(super) fn layout(database: &Database<'_>, forum: &ForumId) -> Result<Vec<TemplateSection>, StoreError> {
    template(database, forum).map(|row| row.template.sections)
}

fn set_template(database: &Database<'_>, forum: &ForumId, seen: u32, new: &Template, by: &str) -> Result<TemplateRow, StoreError> {
    let error = database.error("storing a forum's template");
    let there: bool = database
        .connection
        .query_row("SELECT EXISTS (SELECT 1 FROM forum WHERE id = ?1)", params![forum.as_str()], |row| row.get(0))
        .map_err(&error)?;
    if !there {
        return Err(missing(forum));
    }
    if template(database, forum)?.version != seen {
        return Err(StoreError::Stale { what: "the forum's template" });
    }
    let version = seen + 1;
    let text = serde_json::to_string(new).map_err(|_| StoreError::Conflict { what: "the forum's template" })?;
    database
        .connection
        .execute(
            "INSERT INTO forum_template (forum, version, template, changed_by, at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (forum) DO UPDATE SET version = excluded.version, template = excluded.template,
                 changed_by = excluded.changed_by, at = excluded.at",
            params![forum.as_str(), version, text, by, now()],
        )
        .map_err(&error)?;
    Ok(TemplateRow { version, template: new.clone(), changed_by: by.to_owned() })
}

/// Deletes a forum that never had a meeting, with its memberships and template.
fn delete(database: &Database<'_>, forum: &ForumId) -> Result<(), StoreError> {
    let error = database.error("deleting a forum");
    let used: bool = database
        .connection
        .query_row("SELECT EXISTS (SELECT 1 FROM meeting WHERE forum = ?1)", params![forum.as_str()], |row| row.get(0))
        .map_err(&error)?;
    if used {
        return Err(StoreError::Conflict { what: "the forum" });
    }
    for table in ["forum_template", "membership"] {
        let delete = format!("DELETE FROM {table} WHERE forum = ?1");
        database.connection.execute(&delete, params![forum.as_str()]).map_err(&error)?;
    }
    let deleted = database.connection.execute("DELETE FROM forum WHERE id = ?1", params![forum.as_str()]).map_err(&error)?;
    if deleted == 0 { Err(missing(forum)) } else { Ok(()) }
}

fn missing(forum: &ForumId) -> StoreError {
    StoreError::Missing { what: "forum", id: forum.to_string() }
}

impl Store {
    /// Makes a forum under this id, or answers the id of the one with this name. Its maker becomes its secretariat.
    ///
    /// # Errors
    /// Not allowed. Nothing was stored.
    pub async fn create_forum(&self, act: Act, id: ForumId, name: String) -> Result<ForumId, StoreError> {
        let maker = account_id(&act.actor.user).filter(|_| matches!(act.actor.via, Via::Session(_) | Via::Token(_)));
        self.act(act, move |database| {
            let made = meeting::create_forum(database, id.clone(), &name)?;
            if let Some(maker) = maker.filter(|_| made == id) {
                set_role(database, &made, &maker, Some(Role::Secretariat))?;
            }
            Ok(made)
        })
        .await
    }

    /// Gives a forum another name.
    ///
    /// # Errors
    /// Not allowed; another forum has this name. Nothing was stored.
    pub async fn rename_forum(&self, act: Act, forum: ForumId, name: String) -> Result<(), StoreError> {
        self.act(act, move |database| meeting::rename_forum(database, &forum, &name)).await
    }

    /// All forums by name.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn forums(&self) -> Result<Vec<ForumRow>, StoreError> {
        self.read(meeting::forums).await
    }

    /// What a forum has set; version 0 and nothing while it has not.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn template(&self, forum: &ForumId) -> Result<TemplateRow, StoreError> {
        let forum = forum.clone();
        self.read(move |database| template(database, &forum)).await
    }

    /// Sets a forum's template, if `seen` is still its version.
    ///
    /// # Errors
    /// Not allowed; [`StoreError::Stale`]. Nothing was stored.
    pub async fn set_template(&self, act: Act, forum: ForumId, seen: u32, new: Template) -> Result<TemplateRow, StoreError> {
        let by = act.person.name.clone();
        self.act(act, move |database| set_template(database, &forum, seen, &new, &by)).await
    }

    /// Deletes a forum that never had a meeting.
    ///
    /// # Errors
    /// Not allowed; [`StoreError::Conflict`] if it has or had meetings. Nothing was changed.
    pub async fn delete_forum(&self, act: Act, forum: ForumId) -> Result<(), StoreError> {
        self.act(act, move |database| delete(database, &forum)).await
    }
}
