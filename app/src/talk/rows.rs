//! The rows of what was said: as the server has them, and those that wait to be sent. Knows no element.

use dagsorden_shared::agenda::Anchor;
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{CommentId, ItemId, ThreadId};
use dagsorden_shared::json::Json;
use dagsorden_shared::talk::{Comment, Talk, Thread};

use super::outbox::{Entry, Said};
use crate::json::{FromJson, list, number, text};

/// All threads and comments that one may see.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) threads: Vec<Thread>,
    pub(super) comments: Vec<Comment>,
    pub(super) cursor: Option<String>,
}

impl Rows {
    /// Takes in what the server says. A row is taken only if its version is higher.
    pub(super) fn take(&mut self, talk: Talk) {
        if talk.reset {
            self.threads.clear();
            self.comments.clear();
        }
        for thread in talk.threads {
            match self.threads.iter_mut().find(|known| known.id == thread.id) {
                Some(known) if known.version > thread.version => {}
                Some(known) => *known = thread,
                None => self.threads.push(thread),
            }
        }
        for comment in talk.comments {
            match self.comments.iter_mut().find(|known| known.id == comment.id) {
                Some(known) if known.version > comment.version => {}
                Some(known) => *known = comment,
                None => self.comments.push(comment),
            }
        }
        self.threads.retain(|thread| !talk.gone.contains(&thread.id));
        self.comments.retain(|comment| !talk.gone.contains(&comment.thread));
        self.cursor = Some(talk.cursor);
    }

    /// Shows what waits in the outbox as if the server had it. Version 0 says that it has not.
    pub(super) fn show_waiting(&mut self, entries: &[Entry], me: &Person) {
        self.threads.retain(|thread| thread.version > 0);
        self.comments.retain(|comment| comment.version > 0);
        for entry in entries {
            let Said { thread, comment, begins, body, .. } = &entry.said;
            if let Some((item, field, anchor)) = begins.clone().filter(|_| self.thread(thread).is_none()) {
                self.threads.push(waiting_thread(thread.clone(), (item, field, anchor), me));
            }
            if !self.comments.iter().any(|known| known.id == *comment) {
                self.comments.push(waiting_comment(comment.clone(), thread.clone(), body, me));
            }
        }
    }

    pub(super) fn thread(&self, id: &ThreadId) -> Option<&Thread> {
        self.threads.iter().find(|thread| thread.id == *id)
    }

    /// The comments of a thread, oldest first.
    pub(super) fn of(&self, thread: &ThreadId) -> Vec<&Comment> {
        self.comments.iter().filter(|comment| comment.thread == *thread && (!comment.deleted || comment.version == 0)).collect()
    }

    /// For each item with open threads: how many, and how many comments of them are unread.
    pub(super) fn counts(&self) -> Vec<(ItemId, u32, u32)> {
        let mut counts: Vec<(ItemId, u32, u32)> = Vec::new();
        for thread in self.threads.iter().filter(|thread| !thread.resolved) {
            match counts.iter_mut().find(|count| count.0 == thread.item) {
                Some(count) => (count.1, count.2) = (count.1 + 1, count.2 + thread.unread),
                None => counts.push((thread.item.clone(), 1, thread.unread)),
            }
        }
        counts
    }
}

fn waiting_thread(id: ThreadId, (item, field, anchor): (ItemId, Option<String>, Option<Anchor>), me: &Person) -> Thread {
    Thread {
        id,
        item,
        field,
        anchor,
        author: me.clone(),
        mine: true,
        created: i64::MAX,
        resolved: false,
        resolved_by: None,
        unread: 0,
        version: 0,
    }
}

fn waiting_comment(id: CommentId, thread: ThreadId, body: &str, me: &Person) -> Comment {
    Comment {
        id,
        thread,
        author: me.clone(),
        mine: true,
        on_behalf: None,
        body: body.to_owned(),
        mentions: Vec::new(),
        mentioned: Vec::new(),
        created: i64::MAX,
        edited: None,
        deleted: false,
        version: 0,
    }
}

fn flag(value: &Json, key: &str) -> bool {
    matches!(value.get(key), Some(Json::Bool(true)))
}

fn small(value: &Json, key: &str) -> Option<u32> {
    u32::try_from(number(value, key)?).ok()
}

fn person(value: &Json, key: &str) -> Option<Person> {
    Person::from_json(value.get(key)?)
}

fn thread(value: &Json) -> Option<Thread> {
    Some(Thread {
        id: value.get("id")?.as_text()?.parse().ok()?,
        item: value.get("item")?.as_text()?.parse().ok()?,
        field: text(value, "field"),
        anchor: value.get("anchor").and_then(Anchor::from_json),
        author: person(value, "author")?,
        mine: flag(value, "mine"),
        created: value.get("created")?.as_whole()?,
        resolved: flag(value, "resolved"),
        resolved_by: person(value, "resolved_by"),
        unread: small(value, "unread").unwrap_or_default(),
        version: small(value, "version")?,
    })
}

fn comment(value: &Json) -> Option<Comment> {
    Some(Comment {
        id: value.get("id")?.as_text()?.parse().ok()?,
        thread: value.get("thread")?.as_text()?.parse().ok()?,
        author: person(value, "author")?,
        mine: flag(value, "mine"),
        on_behalf: text(value, "on_behalf"),
        body: text(value, "body").unwrap_or_default(),
        mentions: list(value, "mentions", |account| account.as_text()?.parse().ok()),
        mentioned: list(value, "mentioned", |name| name.as_text().map(str::to_owned)),
        created: value.get("created")?.as_whole()?,
        edited: value.get("edited").and_then(Json::as_whole),
        deleted: flag(value, "deleted"),
        version: small(value, "version")?,
    })
}

impl FromJson for Talk {
    fn from_json(value: &Json) -> Option<Self> {
        Some(Self {
            cursor: text(value, "cursor")?,
            reset: flag(value, "reset"),
            threads: list(value, "threads", thread),
            comments: list(value, "comments", comment),
            gone: list(value, "gone", |id| id.as_text()?.parse().ok()),
            // Their own parts read them.
            positions: Vec::new(),
            outcomes: Vec::new(),
            proposals: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server_thread(id: &str, version: u32, unread: u32) -> Thread {
        let me = Person { name: "Ida".into(), ..Person::default() };
        let waiting = waiting_thread(id.parse().unwrap(), ("i".parse().unwrap(), None, None), &me);
        Thread { created: 5, version, unread, mine: false, ..waiting }
    }

    #[test]
    fn what_the_server_writes_is_what_the_page_reads() {
        let me = Person { name: "Ida \"Æ\"".into(), organisation: "Havn".into(), hue: 3 };
        let (mentions, mentioned) = (vec!["a".parse().unwrap()], vec!["Åse".to_owned()]);
        let comment = Comment {
            created: 7,
            version: 2,
            mentions,
            mentioned,
            ..waiting_comment("c".parse().unwrap(), "t".parse().unwrap(), "Hej\nder", &me)
        };
        let threads = vec![Thread { resolved: true, resolved_by: Some(me), ..server_thread("t", 3, 2) }];
        let gone = vec!["x".parse().unwrap()];
        let comments = vec![comment];
        let talk = Talk { cursor: "k".into(), reset: true, threads, comments, gone, ..Talk::default() };
        let json = serde_json::to_string(&talk).unwrap();
        assert_eq!(crate::json::read::<Talk>(&json), Some(talk));
    }

    #[test]
    fn an_older_row_never_replaces_a_newer_one_and_what_is_gone_goes() {
        let mut rows = Rows::default();
        rows.take(Talk { threads: vec![server_thread("a", 3, 0), server_thread("b", 1, 2)], reset: true, ..Talk::default() });
        rows.take(Talk { threads: vec![server_thread("a", 2, 9)], ..Talk::default() });
        assert_eq!(rows.counts(), [("i".parse().unwrap(), 2, 2)]);
        rows.take(Talk { gone: vec!["b".parse().unwrap()], ..Talk::default() });
        assert_eq!(rows.counts(), [("i".parse().unwrap(), 1, 0)]);
    }
}
