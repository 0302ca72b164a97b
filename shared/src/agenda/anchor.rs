//! Words of a text that something outside it, such as a comment, is about.
//!
//! A pair of sticky positions that stay tight around the words, with the words themselves and what stood around them. A page resolves all anchors of a
//! field once and then lets them follow the deltas; where a delta touches an edge the sticky positions alone know on which side of it the letters
//! are, so it is resolved again. Once text was deleted and brought back by an undo, only the client that undid still resolves the old
//! positions: it makes the anchor again for the others. What nobody renews is found by its words (`search`), or not at all: never at a wrong place.

mod search;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use yrs::{TextRef, Transact};

use super::field::Field;
use super::{Agenda, read, sticky};
use crate::richtext::delta::{Delta, Op};

/// Letters kept of what stands on either side.
pub const CONTEXT: usize = 32;
/// Letters kept of the words; of longer ones the head and the tail.
pub const QUOTE: usize = 400;
/// Stands between head and tail.
const CUT: char = '…';
/// Letters of the head; the tail has one less.
const HEAD: usize = QUOTE / 2;

/// Words of a field, so that they are found again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Anchor {
    /// Sticks to the first letter: a relative position of Yjs, as JSON.
    pub start: String,
    /// Sticks to the last letter.
    pub end: String,
    /// The words; of more than 400 letters the first 200, an ellipsis and the last 199.
    pub quote: String,
    /// UTF-16 units of the words.
    pub quote_len: u32,
    /// Tells longer words apart that begin and end alike; only where the quote is cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote_hash: Option<String>,
    /// What stood before them, up to 32 letters.
    pub before: String,
    /// What stood after them, up to 32 letters.
    pub after: String,
}

/// What became of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AnchorState {
    /// They stand there as they were.
    Here,
    /// Letters of them remain, but the words are others.
    Edited,
    /// None of their letters is left: this is where they stood.
    Gone,
    /// Their letters have not arrived.
    Waiting,
}

/// Where an anchor is now, in UTF-16 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchored {
    /// What became of the words.
    pub state: AnchorState,
    /// The first letter, or where it was.
    pub start: u32,
    /// After the last letter, or the same as `start`.
    pub end: u32,
}

/// How an anchor followed a change of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// Its words are as they were.
    Same,
    /// Letters came or went between them: compare them with the quote ([`Anchor::state_of`]).
    Inside,
    /// An edge was touched: resolve it again.
    Touched,
}

impl Anchor {
    /// An anchor around a range of a text; `stick` makes a position that sticks to the letter on the right of an offset, or on the left (`true`).
    /// `None` if there is no such range.
    pub fn around(text: &[u16], start: u32, end: u32, stick: impl Fn(u32, bool) -> Option<String>) -> Option<Self> {
        let (from, to) = (start as usize, end as usize);
        let (quote, quote_hash) = quote(text.get(from..to)?);
        let (before, after) = context(text, from, to);
        Some(Self { start: stick(start, false)?, end: stick(end, true)?, quote, quote_len: end - start, quote_hash, before, after })
    }

    /// Where it is in a text; `offset` says where a position is in it now, and nothing while its letter has not arrived.
    pub fn resolve(&self, text: &[u16], offset: impl Fn(&str) -> Option<u32>) -> Anchored {
        let waiting = Anchored { state: AnchorState::Waiting, start: 0, end: 0 };
        let Some((start, end)) = offset(&self.start).zip(offset(&self.end)) else { return waiting };
        let end = end.max(start);
        let words = text.get(start as usize..end as usize);
        words.map_or(waiting, |words| Anchored { state: self.state_of(words), start, end })
    }

    /// The same words with new positions, where the letters that stand there now are others than those it sticks to: after an undo or a paste of this
    /// client, which alone resolves the old ones. `None` if there is nothing to renew, or no letter.
    pub fn renewed(&self, text: &[u16], at: Anchored, stick: impl Fn(u32, bool) -> Option<String>) -> Option<Self> {
        let fresh = Self::around(text, at.start, at.end, stick).filter(|_| at.start < at.end)?;
        let other = (&fresh.start, &fresh.end) != (&self.start, &self.end);
        let Self { quote, quote_len, quote_hash, .. } = self.clone();
        other.then_some(Self { quote, quote_len, quote_hash, ..fresh })
    }

    /// Whether it is what [`Agenda::anchor`] makes, as far as can be seen without the document; for what comes from a client.
    pub fn is_sound(&self) -> bool {
        let fits = |text: &str, most: usize| text.chars().count() <= most;
        let whole = self.quote_len as usize == self.quote.encode_utf16().count();
        let cut = || self.quote_len as usize > QUOTE && self.quote.chars().count() == QUOTE && self.quote.chars().nth(HEAD) == Some(CUT);
        [&self.start, &self.end].iter().all(|position| sticky::read(position).is_some())
            && fits(&self.before, CONTEXT)
            && fits(&self.after, CONTEXT)
            && fits(&self.quote, QUOTE)
            && if self.quote_hash.is_some() { cut() } else { whole }
    }

    /// Whether these words are the ones it was made for.
    pub fn is_about(&self, words: &[u16]) -> bool {
        if self.quote_len as usize != words.len() {
            return false;
        }
        match &self.quote_hash {
            Some(known) => *known == hash(words),
            None => self.quote.encode_utf16().eq(words.iter().copied()),
        }
    }

    /// What became of the words, where these stand in their place.
    pub fn state_of(&self, words: &[u16]) -> AnchorState {
        match words.is_empty() {
            true if self.quote_len > 0 => AnchorState::Gone,
            _ if self.is_about(words) => AnchorState::Here,
            _ => AnchorState::Edited,
        }
    }

    /// Whether the words at a new place may take the place of those at the old one: they are the quote, or at least as like it.
    pub fn accepts(&self, new: &[u16], old: &[u16]) -> bool {
        self.is_about(new) || !new.is_empty() && !self.is_about(old) && self.likeness(new) >= self.likeness(old)
    }

    /// How many letters the words have in common with the head and the tail of the quote.
    fn likeness(&self, words: &[u16]) -> usize {
        let (head, tail) = self.ends();
        let first = same(head.iter(), words.iter());
        first + same(tail.iter().rev(), words[first..].iter().rev())
    }

    /// The head and the tail of the quote; without a cut both are the whole.
    fn ends(&self) -> (Vec<u16>, Vec<u16>) {
        let units = |text: &str| text.encode_utf16().collect();
        match self.quote_hash.as_ref().and_then(|_| self.quote.char_indices().nth(HEAD)) {
            Some((at, cut)) => (units(&self.quote[..at]), units(&self.quote[at + cut.len_utf8()..])),
            None => (units(&self.quote), units(&self.quote)),
        }
    }
}

impl Anchored {
    /// Follows a change of the text, unless it touches an edge.
    pub fn follow(&mut self, delta: &Delta) -> Followed {
        if self.state == AnchorState::Waiting {
            return Followed::Touched;
        }
        let (mut at, mut start, mut end) = (0u32, self.start, self.end);
        let mut followed = Followed::Same;
        for op in &delta.0 {
            // What is changed of the old text, and how much longer it becomes.
            let (to, added, removed) = match op {
                Op::Retain { len, .. } => {
                    at += len;
                    continue;
                }
                Op::Insert { text, .. } => (at, crate::richtext::delta::utf16_len(text), 0),
                Op::Delete(len) => (at + len, 0, *len),
            };
            let touches = |edge: u32| at <= edge && edge <= to;
            if touches(self.start) || touches(self.end) {
                return Followed::Touched;
            }
            if to < self.start {
                start = start + added - removed;
                end = end + added - removed;
            } else if at < self.end {
                end = end + added - removed;
                followed = Followed::Inside;
            }
            at = to;
        }
        (self.start, self.end) = (start, end);
        followed
    }
}

impl Agenda {
    /// An anchor around a range of a field. `None` if there is no such field, or no such range in it.
    pub fn anchor(&self, field: &Field, start: u32, end: u32) -> Option<Anchor> {
        Anchor::around(&self.units(field)?, start, end, |offset, before| self.sticky(field, offset, before))
    }

    /// Where anchors of a field are now, by their letters alone: the same on every replica that has the same letters, and undid none of them.
    pub fn resolve_anchors<'a>(&self, field: &Field, anchors: impl IntoIterator<Item = &'a Anchor>) -> Vec<Anchored> {
        let txn = self.doc().transact();
        let text = self.text_ref(&txn, field);
        let words = text.as_ref().map(|text| units(&read::plain(text, &txn))).unwrap_or_default();
        let offset = |position: &str| {
            let offset = sticky::read(position)?.get_offset(&txn)?;
            (Some(TextRef::from(offset.branch)) == text).then_some(offset.index)
        };
        anchors.into_iter().map(|anchor| anchor.resolve(&words, offset)).collect()
    }

    /// Where an anchor of a field is now; where its letters are gone, where the same words stand in its surroundings. `None` if there is no such field.
    pub fn find_anchor(&self, field: &Field, anchor: &Anchor) -> Option<Anchored> {
        let found = *self.resolve_anchors(field, [anchor]).first()?;
        let place = match found.state {
            AnchorState::Here | AnchorState::Edited => return Some(found),
            AnchorState::Gone => Some(found.start),
            AnchorState::Waiting => None,
        };
        Some(search::find(&self.units(field)?, anchor, place).unwrap_or(found))
    }

    /// Where the words of an anchor whose letters are gone stand in this field, if one place is theirs beyond doubt. `place` is where they were, if that
    /// was here.
    pub fn find_words(&self, field: &Field, anchor: &Anchor, place: Option<u32>) -> Option<Anchored> {
        search::find(&self.units(field)?, anchor, place)
    }

    /// The same words with new positions, as [`Anchor::renewed`] makes them.
    pub fn renew_anchor(&self, field: &Field, anchor: &Anchor, at: Anchored) -> Option<Anchor> {
        anchor.renewed(&self.units(field)?, at, |offset, before| self.sticky(field, offset, before))
    }

    /// A field's text in UTF-16 units.
    pub fn units(&self, field: &Field) -> Option<Vec<u16>> {
        let txn = self.doc().transact();
        Some(units(&read::plain(&self.text_ref(&txn, field)?, &txn)))
    }
}

fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// The words as they are kept, and their hash where they are cut.
fn quote(words: &[u16]) -> (String, Option<String>) {
    let text = String::from_utf16_lossy(words);
    let letters = text.chars().count();
    if letters <= QUOTE {
        return (text, None);
    }
    let head = text.chars().take(HEAD);
    let tail = text.chars().skip(letters - (QUOTE - HEAD - 1));
    (head.chain([CUT]).chain(tail).collect(), Some(hash(words)))
}

/// Up to 32 letters on either side of a range.
fn context(text: &[u16], from: usize, to: usize) -> (String, String) {
    // A letter is at most two units, and half of one at the far end is none.
    let near = String::from_utf16_lossy(&text[from.saturating_sub(2 * CONTEXT)..from]);
    let start = near.char_indices().rev().nth(CONTEXT - 1).map_or(0, |(at, _)| at);
    let after = String::from_utf16_lossy(&text[to..text.len().min(to + 2 * CONTEXT)]);
    (near[start..].to_owned(), after.chars().take(CONTEXT).collect())
}

/// FNV-1a: it tells texts apart and keeps no secret.
pub(crate) fn hash(words: &[u16]) -> String {
    let hash = words.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, unit| (hash ^ u64::from(*unit)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// How many units two texts have in common from their start.
fn same<'a>(one: impl Iterator<Item = &'a u16>, other: impl Iterator<Item = &'a u16>) -> usize {
    one.zip(other).take_while(|(one, other)| one == other).count()
}
