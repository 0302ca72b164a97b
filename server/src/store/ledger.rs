//! What waits to be written into the audit trail: the first of its kind at once, all further of its kind within some minutes as one entry.
//!
//! So that no flood of refusals can fill the disk or hold up those who write, there are only so many kinds at a time, and what is of none of them
//! is counted together. Knows no SQL and no clock.

use std::collections::HashMap;
use std::mem;
use std::time::Duration;

use dagsorden_shared::api::Person;
use dagsorden_shared::id::DocumentId;
use tokio::time::Instant;

use super::audit::{Entry, SEVERAL};

/// All of a kind within this time is one entry.
const WINDOW: Duration = Duration::from_mins(10);
/// Kinds that are counted separately. With [`WINDOW`] it bounds what a flood can write: some 130 rows in ten minutes, 4 MB a day.
const KINDS: usize = 64;

/// An update that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// In which document; `None`: at the door.
    pub document: Option<DocumentId>,
    /// Key of the user who sent it; empty for a stranger.
    pub user: String,
    /// The user as others see them.
    pub person: Person,
    /// Name of the refusal's code.
    pub code: &'static str,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Kind {
    document: String,
    user: String,
    code: &'static str,
}

#[derive(Debug)]
struct Open {
    person: Person,
    since: Instant,
    /// Whether nothing of it was written yet.
    is_new: bool,
    first: i64,
    last: i64,
    times: u32,
}

/// Refusals that are not written yet.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    open: HashMap<Kind, Open>,
    is_watched: bool,
}

impl Ledger {
    /// Notes a refusal at `time`, in milliseconds since 1970. True if nobody looks after the ledger yet: have it written from time to time until
    /// [`Ledger::is_settled`].
    pub(super) fn note(&mut self, now: Instant, time: i64, refused: Refused) -> bool {
        let Refused { document, user, person, code } = refused;
        let mut kind = Kind { document: document.map_or_else(String::new, |document| document.as_str().to_owned()), user, code };
        let mut person = person;
        if self.open.len() >= KINDS && !self.open.contains_key(&kind) {
            kind = Kind { document: SEVERAL.to_owned(), user: SEVERAL.to_owned(), code };
            person = Person::default();
        }
        let open = self.open.entry(kind).or_insert(Open { person, since: now, is_new: true, first: time, last: time, times: 0 });
        if open.times == 0 {
            open.first = time;
        }
        open.last = time;
        open.times = open.times.saturating_add(1);
        !mem::replace(&mut self.is_watched, true)
    }

    /// Entries that are to be written now; with `all`, everything that is not written.
    pub(super) fn take(&mut self, now: Instant, all: bool) -> Vec<Entry> {
        let mut entries = Vec::new();
        self.open.retain(|kind, open| {
            let over = now >= open.since + WINDOW;
            if open.times > 0 && (open.is_new || over || all) {
                entries.push(Entry {
                    first: open.first,
                    last: open.last,
                    times: mem::take(&mut open.times),
                    user: kind.user.clone(),
                    person: open.person.clone(),
                    document: kind.document.clone(),
                    result: format!("refused:{}", kind.code),
                });
                open.is_new = false;
                if over {
                    open.since = now;
                }
                return true;
            }
            !over
        });
        entries.sort_by(|one, other| (one.first, &one.user).cmp(&(other.first, &other.user)));
        entries
    }

    /// Whether nothing is open. The task that writes the ledger may end then; the next refusal starts another.
    pub(super) fn is_settled(&mut self) -> bool {
        self.is_watched = !self.open.is_empty();
        !self.is_watched
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(user: &str, code: &'static str) -> Refused {
        let person = Person { name: user.to_uppercase(), ..Person::default() };
        Refused { document: "d".parse().ok(), user: user.to_owned(), person, code }
    }

    /// What is written, in short.
    fn written(ledger: &mut Ledger, now: Instant) -> Vec<(String, u32, i64, i64)> {
        ledger
            .take(now, false)
            .into_iter()
            .map(|entry| (format!("{} {}", entry.user, entry.result), entry.times, entry.first, entry.last))
            .collect()
    }

    #[test]
    fn the_first_is_written_at_once_and_the_rest_of_ten_minutes_together() {
        let (mut ledger, start) = (Ledger::default(), Instant::now());
        assert!(ledger.note(start, 1, refused("a", "content")), "a task is to write it");
        assert!(!ledger.note(start, 2, refused("a", "budget")), "a task does");
        assert_eq!(written(&mut ledger, start), [("a refused:content".to_owned(), 1, 1, 1), ("a refused:budget".to_owned(), 1, 2, 2)]);
        for time in 3..1_000 {
            ledger.note(start, time, refused("a", "content"));
        }
        assert_eq!(written(&mut ledger, start + Duration::from_mins(9)), []);
        assert_eq!(written(&mut ledger, start + WINDOW), [("a refused:content".to_owned(), 997, 3, 999)]);
        ledger.note(start + WINDOW, 1_000, refused("a", "content"));
        assert_eq!(written(&mut ledger, start + WINDOW), [], "it goes on: no row of its own for each");
        assert_eq!(ledger.take(start + WINDOW, true).len(), 1, "but all that is left when the server stops");
        assert!(!ledger.is_settled());
        assert_eq!(written(&mut ledger, start + 2 * WINDOW), []);
        assert!(ledger.is_settled());
        assert!(ledger.note(start, 1_001, refused("a", "content")), "a task is to write it again");
    }

    #[test]
    fn a_flood_under_many_names_is_counted_together() {
        let (mut ledger, start) = (Ledger::default(), Instant::now());
        for number in 0..10_000 {
            ledger.note(start, number, refused(&format!("u{number}"), "content"));
        }
        let rows = ledger.take(start, false);
        assert_eq!(rows.len(), KINDS + 1);
        assert_eq!(rows.iter().map(|row| row.times).sum::<u32>(), 10_000, "each is counted");
        let several = rows.iter().find(|row| row.user == SEVERAL).unwrap();
        assert_eq!((several.document.as_str(), several.person.name.as_str()), (SEVERAL, ""));
    }
}
