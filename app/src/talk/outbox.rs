//! What was said and is not with the server yet: kept on the device, sent in order, one at a time, until the server has it or says no.
//!
//! Ids are made here and creation is `PUT`, so what is sent twice, by a reload or a second tab, is there once. Entries are kept per person and
//! meeting: another person's are neither shown nor sent. Knows no element.

use dagsorden_shared::agenda::Anchor;
use dagsorden_shared::api::Problem;
use dagsorden_shared::id::{AccountId, CommentId, ItemId, ThreadId};
use dagsorden_shared::json::Json;
use leptos::prelude::window;

use crate::json::{FromJson, ToJson, list, text};
use crate::sync::http::HttpError;

/// A comment, and the thread it begins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub(super) thread: ThreadId,
    pub(super) comment: CommentId,
    /// Item, field and words of a new thread; `None`: a reply.
    pub(super) begins: Option<(ItemId, Option<String>, Option<Anchor>)>,
    pub(super) body: String,
    /// Whom it mentions.
    pub(super) mentions: Vec<AccountId>,
}

impl Said {
    /// Where it goes, behind the meeting's address.
    pub(super) fn path(&self) -> String {
        match &self.begins {
            Some(_) => format!("/threads/{}", self.thread),
            None => format!("/threads/{}/comments/{}", self.thread, self.comment),
        }
    }
}

impl ToJson for Said {
    fn to_json(&self) -> Json {
        let comment = Json::object([
            ("id", Json::text(self.comment.as_str())),
            ("body", Json::text(&self.body)),
            ("mentions", accounts(&self.mentions)),
        ]);
        match &self.begins {
            None => comment,
            Some((item, field, anchor)) => Json::object([
                ("item", Json::text(item.as_str())),
                ("field", Json::maybe(field.as_deref())),
                ("anchor", anchor.as_ref().map_or(Json::Null, ToJson::to_json)),
                ("comment", comment),
            ]),
        }
    }
}

/// An entry of the outbox.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) said: Said,
    /// Why the server will never take it.
    pub(super) refused: Option<String>,
}

impl Entry {
    fn to_kept(&self) -> Json {
        Json::object([
            ("thread", Json::text(self.said.thread.as_str())),
            ("said", self.said.to_json()),
            ("refused", Json::maybe(self.refused.as_deref())),
        ])
    }

    fn from_kept(value: &Json) -> Option<Self> {
        let said = value.get("said")?;
        let comment = said.get("comment").unwrap_or(said);
        let begins = match said.get("item") {
            Some(item) => Some((item.as_text()?.parse().ok()?, text(said, "field"), said.get("anchor").and_then(Anchor::from_json))),
            None => None,
        };
        let said = Said {
            thread: value.get("thread")?.as_text()?.parse().ok()?,
            comment: comment.get("id")?.as_text()?.parse().ok()?,
            begins,
            body: text(comment, "body")?,
            mentions: list(comment, "mentions", |account| account.as_text()?.parse().ok()),
        };
        Some(Self { said, refused: text(value, "refused") })
    }
}

/// Accounts as the server reads them.
pub(super) fn accounts(accounts: &[AccountId]) -> Json {
    Json::List(accounts.iter().map(|account| Json::text(account.as_str())).collect())
}

/// What an answer means for an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The server has it.
    Taken,
    /// Try again later.
    Later,
    /// The server will not take it, and why.
    Refused(String),
}

/// Reads an answer: what passes is tried again, what stays is told as `say` has it.
pub(super) fn outcome(answer: &Result<(), HttpError>, say: impl FnOnce(&HttpError) -> String) -> Outcome {
    match answer {
        Ok(()) => Outcome::Taken,
        Err(HttpError::Unreachable) => Outcome::Later,
        Err(HttpError::Problem(problem)) if problem.code == "text_not_here" => Outcome::Later,
        Err(error @ (HttpError::Unreadable { status } | HttpError::Problem(Problem { status, .. }))) => match status {
            401 | 408 | 429 | 500..=599 => Outcome::Later,
            _ => Outcome::Refused(say(error)),
        },
    }
}

/// The entries of one person in one meeting.
#[derive(Debug)]
pub(super) struct Outbox {
    key: String,
    pub(super) entries: Vec<Entry>,
}

impl Outbox {
    /// What this device has kept.
    pub(super) fn open(key: String) -> Self {
        let kept = storage().and_then(|storage| storage.get_item(&key).ok()?).unwrap_or_default();
        Self { entries: read(&kept), key }
    }

    pub(super) fn add(&mut self, said: Said) {
        self.entries.push(Entry { said, refused: None });
        self.keep();
    }

    /// The first entry that the server may still take. What answers a thread that was refused waits with it.
    pub(super) fn next(&self) -> Option<&Entry> {
        let is_refused = |thread: &ThreadId| self.entries.iter().any(|entry| entry.refused.is_some() && entry.said.thread == *thread);
        self.entries.iter().find(|entry| !is_refused(&entry.said.thread))
    }

    pub(super) fn settle(&mut self, comment: &CommentId, outcome: Outcome) {
        match outcome {
            Outcome::Later => return,
            Outcome::Taken => self.entries.retain(|entry| entry.said.comment != *comment),
            Outcome::Refused(why) => {
                if let Some(entry) = self.entries.iter_mut().find(|entry| entry.said.comment == *comment) {
                    entry.refused = Some(why);
                }
            }
        }
        self.keep();
    }

    /// Takes back what waits or was refused.
    pub(super) fn drop(&mut self, comment: &CommentId) {
        self.settle(comment, Outcome::Taken);
    }

    fn keep(&self) {
        let Some(storage) = storage() else { return };
        if self.entries.is_empty() {
            // What cannot be removed is sent once more, which changes nothing.
            let _ = storage.remove_item(&self.key);
        } else {
            let kept = Json::List(self.entries.iter().map(Entry::to_kept).collect());
            // Without room it is kept as long as the page is open, like in a private window.
            let _ = storage.set_item(&self.key, &kept.write());
        }
    }
}

fn read(kept: &str) -> Vec<Entry> {
    Json::read(kept).map(|list| list.entries().iter().filter_map(Entry::from_kept).collect()).unwrap_or_default()
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok()?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(comment: &str, begins: bool) -> Entry {
        let begins = begins.then(|| ("i".parse().unwrap(), Some("title:i".to_owned()), None));
        let said = Said {
            thread: "t".parse().unwrap(),
            comment: comment.parse().unwrap(),
            begins,
            body: "Hej \"du\"\n".into(),
            mentions: vec!["a".parse().unwrap()],
        };
        Entry { said, refused: None }
    }

    fn problem(status: u16, code: &str) -> Result<(), HttpError> {
        Err(HttpError::Problem(Problem { code: code.into(), title: "Nej.".into(), status, detail: None }))
    }

    #[test]
    fn what_is_kept_is_read_back() {
        let entries = vec![entry("c1", true), Entry { refused: Some("Nej.".into()), ..entry("c2", false) }];
        let kept = Json::List(entries.iter().map(Entry::to_kept).collect()).write();
        assert_eq!(read(&kept), entries);
        assert_eq!(read("{oops"), []);
    }

    #[test]
    fn what_passes_is_tried_again_and_what_stays_is_told() {
        for (answer, expected) in [
            (Ok(()), Outcome::Taken),
            (Err(HttpError::Unreadable { status: 502 }), Outcome::Later),
            (Err(HttpError::Unreachable), Outcome::Later),
            (problem(409, "text_not_here"), Outcome::Later),
            (problem(503, "busy"), Outcome::Later),
            (problem(401, "sign_in"), Outcome::Later),
            (problem(409, "conflict"), Outcome::Refused("Nej.".into())),
            (problem(403, "forbidden"), Outcome::Refused("Nej.".into())),
        ] {
            assert_eq!(outcome(&answer, |_| "Nej.".to_owned()), expected, "{answer:?}");
        }
    }
}
