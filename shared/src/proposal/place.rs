//! Edits on the text as it is now: where they stand, whether they still fit, and the one delta that takes them.

use std::ops::Range;

use super::letters::{Letters, change, insert};
use super::{Condition, Edit, Part, Standing};
use crate::difference::hunks;
use crate::richtext::attributes::{Attributes, Value};
use crate::richtext::body::Body;
use crate::richtext::delta::{Delta, Op, utf16_len};

impl Edit {
    /// An edit of what stands in a range, sticking to its letters; `stick` makes a position that sticks to the letter on the right of an offset, or on
    /// the left (`true`).
    pub fn new(piece: super::Piece, at: &Range<u32>, len: u32, stick: impl Fn(u32, bool) -> Option<String>) -> Self {
        let super::Piece { old, new, before, after, .. } = piece;
        let mut edit = Self { start: None, end: None, after_start: None, before_end: None, old, new, before, after };
        edit.stick(at, len, stick);
        edit
    }

    /// Lets it stick to other letters.
    pub fn stick(&mut self, at: &Range<u32>, len: u32, stick: impl Fn(u32, bool) -> Option<String>) {
        self.after_start = if at.start == 0 { None } else { stick(at.start, true) };
        self.before_end = if at.end >= len { None } else { stick(at.end, false) };
        // A stretch holds on to its own letters. Where nothing stands there are only the neighbours, or the text's own bounds.
        (self.start, self.end) =
            if at.is_empty() { (self.after_start.clone(), self.before_end.clone()) } else { (stick(at.start, false), stick(at.end, true)) };
    }

    /// Where it is in a text now, and what became of the place; `offset` says where a position is. `None`: its letters are not here.
    pub fn find(&self, live: &Letters, offset: impl Fn(&str) -> Option<u32>) -> Option<(Range<u32>, Standing)> {
        let range = |start: &Option<String>, end: &Option<String>| {
            let start = start.as_deref().map_or(Some(0), &offset)?;
            let end = end.as_deref().map_or(Some(live.len()), &offset)?;
            (start <= live.len() && end <= live.len()).then(|| start..end.max(start))
        };
        let own = range(&self.start, &self.end)?;
        let standing = self.standing(live, &own);
        if matches!(standing, Standing::Clean | Standing::Done) && (!own.is_empty() || self.old.is_empty()) {
            return Some((own, standing));
        }
        // Letters of it were typed over: what stands there now is what stands between its neighbours.
        let between = range(&self.after_start, &self.before_end)?;
        let standing = self.standing(live, &between);
        Some((between, standing))
    }

    fn standing(&self, live: &Letters, at: &Range<u32>) -> Standing {
        let (old, new) = (Letters::read(&self.old), Letters::read(&self.new));
        let (whole, now) = (0..u32::MAX, live.units(at));
        if old.units(&whole) == new.units(&whole) {
            return format_standing(&old, &new, live, at);
        }
        if old.is_empty() && now.is_empty() {
            let (before, after) = live.neighbours(at);
            let same = self.before.chars().next_back() == before && self.after.chars().next() == after;
            return if same { Standing::Clean } else { Standing::Changed };
        }
        if now == new.units(&whole) {
            Standing::Done
        } else if now == old.units(&whole) {
            Standing::Clean
        } else if now.is_empty() {
            Standing::Gone
        } else {
            Standing::Changed
        }
    }
}

/// The letters stand, and only what is to be changed of their attributes counts.
fn format_standing(old: &Letters, new: &Letters, live: &Letters, at: &Range<u32>) -> Standing {
    let now = live.units(at);
    if now != old.units(&(0..u32::MAX)) {
        return if now.is_empty() { Standing::Gone } else { Standing::Changed };
    }
    let (mut clean, mut done) = (true, true);
    for step in 0..old.len() {
        let (from, to, here) = (old.attributes(step), new.attributes(step), live.attributes(at.start + step));
        for key in change(from, to).keys() {
            clean &= here.get(key) == from.get(key);
            done &= here.get(key) == to.get(key);
        }
    }
    match (done, clean) {
        (true, _) => Standing::Done,
        (_, true) => Standing::Clean,
        _ => Standing::Changed,
    }
}

/// How a part stands on the text as it is now, and where its edits are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Whether it can be taken.
    pub condition: Condition,
    /// For each edit where it is and what became of it.
    pub edits: Vec<(Range<u32>, Standing)>,
    /// The words that stand there now, for a person to see and to be named when the conflict is decided.
    pub words: String,
}

impl Part {
    /// How the part stands on a text; `offset` says where a position of it is now.
    pub fn place(&self, live: &Letters, offset: impl Fn(&str) -> Option<u32>) -> Placed {
        place(&self.edits, live, offset)
    }
}

/// How edits that belong together stand on a text.
pub fn place(edits: &[Edit], live: &Letters, offset: impl Fn(&str) -> Option<u32>) -> Placed {
    let placed: Vec<_> = edits.iter().map(|edit| edit.find(live, &offset).unwrap_or((0..0, Standing::Gone))).collect();
    let all = |fits: fn(Standing) -> bool| placed.iter().all(|(_, standing)| fits(*standing));
    let condition = if all(|standing| standing == Standing::Done) {
        Condition::Done
    } else if all(|standing| matches!(standing, Standing::Clean | Standing::Done)) {
        Condition::Clean
    } else {
        Condition::Conflict
    };
    let words: Vec<String> = placed.iter().map(|(at, _)| live.words(at)).collect();
    Placed { condition, edits: placed, words: words.join(" … ") }
}

/// A stretch of a text and what is to stand there.
#[derive(Debug, Clone, PartialEq)]
pub struct Replacement {
    /// Where.
    pub at: Range<u32>,
    /// What stands there in the base, if that stands there now: attributes that it shares with the new text are left as they are.
    pub old: Option<Vec<super::Insert>>,
    /// What is to stand there.
    pub new: Vec<super::Insert>,
}

/// What a replacement came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// Where the new text stands afterwards.
    pub at: Range<u32>,
    /// What stood there before.
    pub replaced: Vec<super::Insert>,
}

/// One delta that makes all replacements of a text, and what it does with each, in the order given. They must not overlap. Only what differs is
/// deleted and inserted, so that positions in the rest stay.
pub fn replace(live: &Letters, replacements: &[Replacement]) -> (Delta, Vec<Written>) {
    let mut order: Vec<usize> = (0..replacements.len()).collect();
    order.sort_by_key(|index| (replacements[*index].at.start, replacements[*index].at.end));
    let mut delta = Delta::new();
    let mut written: Vec<Option<Written>> = vec![None; replacements.len()];
    let (mut done, mut made) = (0, 0);
    for index in order {
        let Replacement { at, old, new } = &replacements[index];
        let at = at.start.max(done)..at.end.max(done);
        delta = delta.retain(at.start - done);
        made += at.start - done;
        let new = Letters::read(new);
        delta = replacement(delta, live, &at, old.as_deref(), &new);
        written[index] = Some(Written { at: made..made + new.len(), replaced: live.inserts(&at) });
        made += new.len();
        done = at.end;
    }
    (delta.chop(), written.into_iter().flatten().collect())
}

fn replacement(mut delta: Delta, live: &Letters, at: &Range<u32>, old: Option<&[super::Insert]>, new: &Letters) -> Delta {
    let here = Letters::read(&live.inserts(at));
    let (words, target) = (here.text(), new.text());
    // What the proposer changed of the attributes, not what others did since.
    let base = old.map(Letters::read).filter(|old| old.text() == words).unwrap_or_else(|| here.clone());
    let keep = |mut delta: Delta, from: Range<u32>, to: u32| {
        let mut step = from.start;
        while step < from.end {
            let change_at = |step: u32| change(base.attributes(step), new.attributes(to + step - from.start));
            let needed = change_at(step);
            let end = (step..from.end).find(|next| change_at(*next) != needed).unwrap_or(from.end);
            delta = delta.format(end - step, needed);
            step = end;
        }
        delta
    };
    let (mut from, mut to) = (0, 0);
    for hunk in hunks(&words, &target) {
        let (before, after) = narrowed(&here, new, hunk.before, hunk.after);
        delta = keep(delta, from..before.start, to);
        delta = insert(delta, new.inserts(&after)).delete(before.end - before.start);
        (from, to) = (before.end, after.end);
    }
    keep(delta, from..here.len(), to)
}

/// Without the letters that both begin and end with.
fn narrowed(old: &Letters, new: &Letters, before: Range<u32>, after: Range<u32>) -> (Range<u32>, Range<u32>) {
    let (gone, come) = (old.words(&before), new.words(&after));
    let common = |one: &mut dyn Iterator<Item = char>, other: &mut dyn Iterator<Item = char>| {
        let same: String = one.zip(other).take_while(|(one, other)| one == other).map(|(letter, _)| letter).collect();
        (utf16_len(&same), same.len())
    };
    let (head, bytes) = common(&mut gone.chars(), &mut come.chars());
    let (tail, _) = common(&mut gone[bytes..].chars().rev(), &mut come[bytes..].chars().rev());
    (before.start + head..before.end - tail, after.start + head..after.end - tail)
}

/// The newline that a text must get, so that it does not end in a table after a delta; see the rules of the rich text.
pub fn closed(live: &Body, delta: Delta) -> Delta {
    let mut after = live.clone();
    after.apply(&delta);
    let ends_in_cell = after.written_lines().last().is_some_and(crate::richtext::line::Line::is_cell);
    if !ends_in_cell {
        return delta;
    }
    let rest = live.len().saturating_sub(delta.base_len());
    delta.retain(rest).insert("\n", Attributes::new())
}

/// Whether a text is one that a person may propose: insertions with attributes that mean something.
pub fn has_nulls(inserts: &[super::Insert]) -> bool {
    inserts.iter().any(|piece| piece.attributes.values().any(|value| *value == Value::Null))
}

/// The insertions of a delta that has nothing else.
pub fn inserts_of(delta: &Delta) -> Option<Vec<super::Insert>> {
    delta
        .0
        .iter()
        .map(|op| match op {
            Op::Insert { text, attributes } => Some(super::Insert { insert: text.clone(), attributes: attributes.clone() }),
            _ => None,
        })
        .collect()
}
