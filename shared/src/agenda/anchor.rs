//! A place in a text that something outside it, such as a comment, is about.
//!
//! A pair of sticky positions that stay tight around the words, with the words themselves and what stood around them: once text was deleted
//! and brought back by an undo, only the client that undid still resolves the old positions, so it makes an anchor anew for the others.

use super::Agenda;
use super::field::Field;
use crate::richtext::delta::{byte_at, utf16_len};

/// Characters kept of what stands on either side.
const CONTEXT: usize = 32;

/// Words of a field, so that they are found again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// Sticks to the first letter.
    pub start: String,
    /// Sticks to the last letter.
    pub end: String,
    /// The words.
    pub quote: String,
    /// What stood before them.
    pub before: String,
    /// What stood after them.
    pub after: String,
}

/// Where an anchor is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchored {
    /// UTF-16 units.
    pub start: u32,
    /// UTF-16 units.
    pub end: u32,
    /// The words are gone: this is where they were, as far as one can tell.
    pub detached: bool,
}

impl Agenda {
    /// An anchor around a range of a field. `None` if there is no such field, or no such range in it.
    pub fn anchor(&self, field: &Field, start: u32, end: u32) -> Option<Anchor> {
        let text = self.body(field)?.text();
        if start > end || end > utf16_len(&text) {
            return None;
        }
        let (from, to) = (byte_at(&text, start), byte_at(&text, end));
        let before = text[..from].char_indices().rev().nth(CONTEXT - 1).map_or(0, |(at, _)| at);
        Some(Anchor {
            start: self.sticky(field, start, false)?,
            end: self.sticky(field, end, true)?,
            quote: text[from..to].to_owned(),
            before: text[before..from].to_owned(),
            after: text[to..].chars().take(CONTEXT).collect(),
        })
    }

    /// Where an anchor of this field is now. `None` if there is no such field.
    pub fn find_anchor(&self, field: &Field, anchor: &Anchor) -> Option<Anchored> {
        let text = self.body(field)?.text();
        let (start, end) = (self.offset(field, &anchor.start), self.offset(field, &anchor.end));
        if let (Some(start), Some(end)) = (start, end)
            && (start < end || anchor.quote.is_empty())
        {
            return Some(Anchored { start, end: end.max(start), detached: false });
        }
        // Nothing is left of it, or it cannot be resolved here: perhaps the same words stand in the same surroundings.
        let place = start.or(end).unwrap_or(0).min(utf16_len(&text));
        let found = find_quote(&text, anchor, byte_at(&text, place));
        Some(match found {
            Some(at) => {
                let start = utf16_len(&text[..at]);
                Anchored { start, end: start + utf16_len(&anchor.quote), detached: false }
            }
            None => Anchored { start: place, end: place, detached: true },
        })
    }
}

/// The byte at which the quote stands in surroundings that are at least half of what they were; nearest to `place` where several do.
fn find_quote(text: &str, anchor: &Anchor, place: usize) -> Option<usize> {
    if anchor.quote.is_empty() {
        return None;
    }
    let known = anchor.before.chars().count() + anchor.after.chars().count();
    let likeness = |at: usize| {
        let before = same(text[..at].chars().rev(), anchor.before.chars().rev());
        before + same(text[at + anchor.quote.len()..].chars(), anchor.after.chars())
    };
    text.match_indices(&anchor.quote)
        .map(|(at, _)| (likeness(at), at))
        .filter(|(likeness, _)| likeness * 2 >= known)
        .max_by_key(|(likeness, at)| (*likeness, std::cmp::Reverse(at.abs_diff(place))))
        .map(|(_, at)| at)
}

/// How many characters two texts have in common from their start.
fn same(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> usize {
    one.zip(other).take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use yrs::undo::{Options, UndoManager};
    use yrs::updates::decoder::Decode;
    use yrs::{ReadTxn, Transact, Update};

    use super::super::{Edit, NewSection, Origin};
    use super::*;
    use crate::id::ClientId;
    use crate::meeting_json::SectionKind;
    use crate::richtext::attributes::Attributes;
    use crate::richtext::delta::Delta;

    fn field() -> Field {
        "section:a:s".parse().unwrap()
    }

    fn write(agenda: &Agenda, delta: Delta) {
        agenda.apply(&[Edit::Text { field: field(), delta }], Origin::Local).unwrap();
    }

    fn agenda(text: &str) -> Agenda {
        let agenda = Agenda::new(ClientId::new(5).unwrap());
        let section = NewSection { id: "s".parse().unwrap(), kind: SectionKind::Case, heading: None };
        agenda.apply(&[Edit::CreateItem { item: "a".parse().unwrap(), after: None, sections: vec![section] }], Origin::Local).unwrap();
        write(&agenda, Delta::new().insert(text, Attributes::new()));
        agenda
    }

    fn fork(of: &Agenda, client: u64) -> Agenda {
        let fork = Agenda::new(ClientId::new(client).unwrap());
        send(of, &fork);
        fork
    }

    fn send(from: &Agenda, to: &Agenda) {
        let update = from.doc().transact().encode_diff_v1(&to.doc().transact().state_vector());
        to.doc().transact_mut_with(Origin::Remote.as_str()).apply_update(Update::decode_v1(&update).unwrap()).unwrap();
    }

    fn found(agenda: &Agenda, anchor: &Anchor) -> (String, bool) {
        let Anchored { start, end, detached } = agenda.find_anchor(&field(), anchor).unwrap();
        let text = agenda.body(&field()).unwrap().text();
        (text[byte_at(&text, start)..byte_at(&text, end)].to_owned(), detached)
    }

    #[test]
    fn an_anchor_stays_tight_around_its_words_wherever_others_write() {
        let one = agenda("the quick fox");
        let other = fork(&one, 9);
        let anchor = one.anchor(&field(), 4, 9).unwrap();
        assert_eq!((anchor.quote.as_str(), anchor.before.as_str(), anchor.after.as_str()), ("quick", "the ", " fox\n"));
        for at in [9, 4, 0] {
            write(&other, Delta::new().retain(at).insert("XX", Attributes::new()));
        }
        send(&other, &one);
        for agenda in [&one, &other] {
            assert_eq!(found(agenda, &anchor), ("quick".to_owned(), false));
        }
        write(&one, Delta::new().retain(10).insert("\n", Attributes::new()));
        assert_eq!(found(&one, &anchor), ("qu\nick".to_owned(), false), "it follows a split line");
    }

    #[test]
    fn an_anchor_reaches_from_the_first_to_the_last_letter_of_a_text() {
        let one = agenda("å😀");
        let whole = one.anchor(&field(), 0, 3).unwrap();
        assert_eq!(found(&one, &whole), ("å😀".to_owned(), false));
        let title: Field = "title:a".parse().unwrap();
        assert_eq!(one.find_anchor(&title, &one.anchor(&title, 0, 0).unwrap()).map(|at| at.detached), Some(false));
        assert_eq!(one.anchor(&field(), 0, 9), None, "past the end");
        assert_eq!(one.anchor(&field(), 2, 1), None);
    }

    #[test]
    fn words_that_are_deleted_leave_a_detached_anchor_in_their_place() {
        let one = agenda("foo bar foo");
        let anchor = one.anchor(&field(), 0, 3).unwrap();
        write(&one, Delta::new().delete(3));
        assert_eq!(one.find_anchor(&field(), &anchor), Some(Anchored { start: 0, end: 0, detached: true }), "the other foo is another");
        write(&one, Delta::new().insert("foo", Attributes::new()));
        assert_eq!(one.find_anchor(&field(), &anchor), Some(Anchored { start: 0, end: 3, detached: false }), "typed again in its place");
    }

    #[test]
    fn after_an_undo_the_one_who_undid_makes_the_anchor_that_all_resolve() {
        let one = agenda("the quick fox");
        let mut undo: UndoManager<()> = UndoManager::with_options(Options {
            capture_timeout_millis: 0,
            tracked_origins: [Origin::Local.as_str().into()].into(),
            capture_transaction: None,
            timestamp: std::sync::Arc::new(|| 0),
            init_undo_stack: Vec::new(),
            init_redo_stack: Vec::new(),
        });
        one.roots().into_iter().for_each(|root| undo.expand_scope(one.doc(), root));
        let other = fork(&one, 9);
        let old = one.anchor(&field(), 4, 9).unwrap();
        write(&one, Delta::new().retain(4).delete(6));
        send(&one, &other);
        for agenda in [&one, &other] {
            assert_eq!(found(agenda, &old), (String::new(), true));
        }
        assert!(undo.undo_blocking());
        // Meanwhile the surroundings change, so that the words alone do not tell.
        write(&one, Delta::new().delete(4).retain(6).delete(3));
        send(&one, &other);
        let Anchored { start, end, detached } = one.find_anchor(&field(), &old).unwrap();
        assert_eq!((start, end, detached), (0, 5, false));
        assert_ne!(found(&other, &old), ("quick".to_owned(), false), "should yrs tell others, this rule could go");
        let new = one.anchor(&field(), start, end).unwrap();
        assert_eq!(found(&other, &new), ("quick".to_owned(), false));
    }
}
