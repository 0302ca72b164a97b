//! Cutting a proposed text into parts that can be taken one by one.
//!
//! Lines first, then words in lines that are alike. A part never holds half a row of a table: where a table's rows or columns differ, the whole table
//! is one part. Between two parts that write there is always a letter that both texts have, so that none of them moves another's place.

use std::ops::Range;

use super::letters::{Letters, change};
use super::{Insert, PartKind};
use crate::difference::{Hunk, hunks};
use crate::richtext::attributes::{Attributes, name};
use crate::richtext::body::Body;

/// Letters that a line must have so that it counts as moved and not as gone here and new there.
const MOVED: usize = 20;
/// Units of the base shown on either side of an edit.
const CONTEXT: u32 = 48;

/// One stretch that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Where, in the base.
    pub at: Range<u32>,
    /// What stands there in the base.
    pub old: Vec<Insert>,
    /// What is proposed instead.
    pub new: Vec<Insert>,
    /// What stands before it in the base.
    pub before: String,
    /// What stands after it in the base.
    pub after: String,
}

/// Stretches that are taken together.
#[derive(Debug, Clone, PartialEq)]
pub struct Cut {
    /// What it does.
    pub kind: PartKind,
    /// In order.
    pub pieces: Vec<Piece>,
}

/// The parts that make `proposed` of `base`, in order of their first stretch.
pub fn cut(base: &Body, proposed: &Body) -> Vec<Cut> {
    let (old, new) = (Letters::of(base), Letters::of(proposed));
    let tables = Tables { old: tables(base), new: tables(proposed) };
    let mut found = hunks(&base.text(), &proposed.text());
    found.extend(other_cells(&found, &old, &new));
    found.sort_by_key(|hunk| (hunk.before.start, hunk.after.start));
    let found = tables.whole(join(found), &old, &new);
    let mut cuts: Vec<Cut> = Vec::new();
    for hunk in &found {
        let piece = Piece {
            at: hunk.before.clone(),
            old: old.inserts(&hunk.before),
            new: new.inserts(&hunk.after),
            before: context_before(&old, hunk.before.start),
            after: context_after(&old, hunk.before.end),
        };
        let kind = if tables.crosses(hunk, &old, &new) { PartKind::Table } else { PartKind::Words };
        cuts.push(Cut { kind, pieces: vec![piece] });
    }
    pair_moved(&mut cuts);
    cuts.extend(formats(&found, &old, &new));
    cuts.sort_by_key(|cut| cut.pieces.first().map_or(0, |piece| piece.at.start));
    cuts
}

/// What stands before an offset on its line.
pub(super) fn context_before(text: &Letters, at: u32) -> String {
    let near = text.words(&(at.saturating_sub(CONTEXT)..at));
    // Half a letter at the far end is none.
    near.trim_start_matches('\u{fffd}').to_owned()
}

pub(super) fn context_after(text: &Letters, at: u32) -> String {
    let near = text.words(&(at..at.saturating_add(CONTEXT)));
    near.trim_end_matches('\u{fffd}').to_owned()
}

/// Makes one of those that touch or overlap.
fn join(found: Vec<Hunk>) -> Vec<Hunk> {
    let mut joined: Vec<Hunk> = Vec::new();
    for hunk in found {
        match joined.last_mut() {
            Some(last) if last.before.end >= hunk.before.start || last.after.end >= hunk.after.start => {
                last.before.end = last.before.end.max(hunk.before.end);
                last.after.end = last.after.end.max(hunk.after.end);
            }
            _ => joined.push(hunk),
        }
    }
    joined
}

/// The stretches that both texts have, by where they begin in each, and how long they are.
fn kept(found: &[Hunk], old_len: u32) -> Vec<(u32, u32, u32)> {
    let (mut at, mut to) = (0, 0);
    let mut kept = Vec::new();
    for hunk in found {
        kept.push((at, to, hunk.before.start - at));
        (at, to) = (hunk.before.end, hunk.after.end);
    }
    kept.push((at, to, old_len.saturating_sub(at)));
    kept
}

/// Newlines that both texts have and that end another cell in each.
fn other_cells(found: &[Hunk], old: &Letters, new: &Letters) -> Vec<Hunk> {
    let cell = |attributes: &Attributes| (attributes.get(name::TABLE).cloned(), attributes.get(name::COLUMN).cloned());
    let mut cells = Vec::new();
    for (at, to, len) in kept(found, old.len()) {
        for step in 0..len {
            let (at, to) = (at + step, to + step);
            if is_newline(old, at) && cell(old.attributes(at)) != cell(new.attributes(to)) {
                cells.push(Hunk { before: at..at + 1, after: to..to + 1 });
            }
        }
    }
    cells
}

fn is_newline(text: &Letters, at: u32) -> bool {
    text.units(&(at..at + 1)) == [u16::from(b'\n')]
}

/// Where the tables of a text stand, with the newlines of their last cells.
fn tables(body: &Body) -> Vec<Range<u32>> {
    let mut tables: Vec<Range<u32>> = Vec::new();
    for (index, line) in body.written_lines().iter().enumerate() {
        if line.is_cell() {
            let (start, end) = (body.line_start(index), body.line_start(index + 1));
            match tables.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ => tables.push(start..end),
            }
        }
    }
    tables
}

struct Tables {
    old: Vec<Range<u32>>,
    new: Vec<Range<u32>>,
}

/// Whether a stretch has letters in a range, or stands between two of its letters.
fn overlaps(stretch: &Range<u32>, range: &Range<u32>) -> bool {
    if stretch.is_empty() {
        range.start < stretch.start && stretch.start < range.end
    } else {
        stretch.start < range.end && range.start < stretch.end
    }
}

/// The stretch with all ranges that it has letters of.
fn with_whole(stretch: &Range<u32>, ranges: &[Range<u32>]) -> Range<u32> {
    let touched = ranges.iter().filter(|range| overlaps(stretch, range));
    touched.fold(stretch.clone(), |whole, range| whole.start.min(range.start)..whole.end.max(range.end))
}

impl Tables {
    /// Whether a difference is about more of a table than words in one of its cells.
    fn crosses(&self, hunk: &Hunk, old: &Letters, new: &Letters) -> bool {
        let lines = |text: &Letters, range: &Range<u32>| text.units(range).contains(&u16::from(b'\n'));
        let touches = |stretch: &Range<u32>, ranges: &[Range<u32>]| ranges.iter().any(|range| overlaps(stretch, range));
        (lines(old, &hunk.before) || lines(new, &hunk.after)) && (touches(&hunk.before, &self.old) || touches(&hunk.after, &self.new))
    }

    /// The differences, such that each holds a table whole or only words in one of its cells.
    fn whole(&self, mut found: Vec<Hunk>, old: &Letters, new: &Letters) -> Vec<Hunk> {
        loop {
            let grown = found.iter().enumerate().find_map(|(index, hunk)| {
                if !self.crosses(hunk, old, new) {
                    return None;
                }
                let (before, after) = (with_whole(&hunk.before, &self.old), with_whole(&hunk.after, &self.new));
                (before != hunk.before || after != hunk.after).then_some((index, before, after))
            });
            let Some((index, before, after)) = grown else { return found };
            // Letters that both texts have are taken in on both sides; other differences in reach are taken in as they are.
            let (mut first, mut last) = (index, index);
            let (mut left, mut right) = (found[index].clone(), found[index].clone());
            loop {
                let need = left.before.start.saturating_sub(before.start).max(left.after.start.saturating_sub(after.start));
                let Some(next) = first.checked_sub(1).map(|next| found[next].clone()).filter(|_| need > 0) else {
                    (left.before.start, left.after.start) = (left.before.start - need, left.after.start - need);
                    break;
                };
                if need < left.before.start - next.before.end {
                    (left.before.start, left.after.start) = (left.before.start - need, left.after.start - need);
                    break;
                }
                (left, first) = (next, first - 1);
            }
            loop {
                let need = before.end.saturating_sub(right.before.end).max(after.end.saturating_sub(right.after.end));
                let Some(next) = found.get(last + 1).cloned().filter(|_| need > 0) else {
                    (right.before.end, right.after.end) = (right.before.end + need, right.after.end + need);
                    break;
                };
                if need < next.before.start - right.before.end {
                    (right.before.end, right.after.end) = (right.before.end + need, right.after.end + need);
                    break;
                }
                (right, last) = (next, last + 1);
            }
            let whole = Hunk { before: left.before.start..right.before.end, after: left.after.start..right.after.end };
            found.splice(first..=last, [whole]);
        }
    }
}

/// A line that is gone here and new there is one part: half a move would double it or lose it.
fn pair_moved(cuts: &mut Vec<Cut>) {
    let line = |inserts: &[Insert]| -> String { inserts.iter().map(|piece| piece.insert.as_str()).collect() };
    let mut index = 0;
    while index < cuts.len() {
        let piece = &cuts[index].pieces[0];
        let (gone, come) = (line(&piece.old), line(&piece.new));
        let moved = if come.is_empty() { &gone } else { &come };
        let whole = cuts[index].kind == PartKind::Words
            && (gone.is_empty() || come.is_empty())
            && moved.ends_with('\n')
            && moved.chars().count() > MOVED;
        let other = (index + 1..cuts.len()).find(|other| {
            let piece = &cuts[*other].pieces[0];
            whole && cuts[*other].kind == PartKind::Words && line(&piece.new) == gone && line(&piece.old) == come
        });
        if let Some(other) = other {
            let other = cuts.remove(other);
            cuts[index].kind = PartKind::Moved;
            cuts[index].pieces.extend(other.pieces);
        }
        index += 1;
    }
}

/// Letters that stay and get other attributes. The same change on neighbouring lines is one part.
fn formats(found: &[Hunk], old: &Letters, new: &Letters) -> Vec<Cut> {
    let mut cuts: Vec<(Cut, Attributes)> = Vec::new();
    for (at, to, len) in kept(found, old.len()) {
        let mut step = 0;
        while step < len {
            let change_at = |step: u32| change(old.attributes(at + step), new.attributes(to + step));
            let needed = change_at(step);
            let end = (step..len).find(|next| change_at(*next) != needed).unwrap_or(len);
            if !needed.is_empty() {
                let range = at + step..at + end;
                let piece = Piece {
                    old: old.inserts(&range),
                    new: new.inserts(&(to + step..to + end)),
                    before: context_before(old, range.start),
                    after: context_after(old, range.end),
                    at: range.clone(),
                };
                let goes_on = cuts.last().is_some_and(|(cut, same)| {
                    let last = cut.pieces.last().map_or(0, |piece| piece.at.end);
                    let between = old.units(&(last..range.start));
                    let lines = between.iter().all(|unit| *unit == u16::from(b'\n'));
                    let next_line = is_newline(old, range.start) && !between.contains(&u16::from(b'\n'));
                    *same == needed && (lines || next_line)
                });
                match cuts.last_mut().filter(|_| goes_on) {
                    Some((cut, _)) => cut.pieces.push(piece),
                    None => cuts.push((Cut { kind: PartKind::Format, pieces: vec![piece] }, needed)),
                }
            }
            step = end;
        }
    }
    cuts.into_iter().map(|(cut, _)| cut).collect()
}

/// Where stretches of a base are in a text that came of it, by what differs between the two: the same place that a position sticking to the letters
/// would have.
#[derive(Debug)]
pub struct Moves(Vec<Hunk>);

impl Moves {
    /// From one text to the other.
    pub fn between(base: &str, live: &str) -> Self {
        Self(hunks(base, live))
    }

    /// Where a stretch of the base is now.
    pub fn range(&self, at: &Range<u32>) -> Range<u32> {
        let (mut start, mut end) = (at.start, at.end);
        for Hunk { before, after } in &self.0 {
            let shift = |offset: u32| (offset + after.end).saturating_sub(before.end);
            if before.end < at.start || before.end == at.start && !at.is_empty() {
                start = shift(at.start);
            } else if before.start <= at.start && before.end >= at.start {
                start = after.start;
            }
            if before.end <= at.end && (before.start < at.end || at.is_empty()) {
                end = shift(at.end);
            } else if before.start < at.end && before.end > at.end {
                end = after.end;
            }
        }
        start..end.max(start)
    }
}
