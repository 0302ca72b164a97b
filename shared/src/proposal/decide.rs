//! Decisions: which delta takes the parts, and what takes them back.
//!
//! Planned on the text as it is, without writing: the caller that writes the delta settles the plan on the text that came of it.

use serde::{Deserialize, Serialize};

use super::cut::{context_after, context_before};
use super::letters::Letters;
use super::place::{Replacement, Written, closed, place, replace};
use super::{Action, Condition, Conflict, Edit, Insert, Part, PartDecision, PartKind, PartState, Piece, Standing, hash, words};
use crate::richtext::body::Body;
use crate::richtext::delta::Delta;

/// Why parts are not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// Words have changed where these parts would write, and are not those that were seen.
    Conflict(Vec<Conflict>),
    /// There is no such part.
    NoPart(u32),
    /// It was decided before.
    Decided(u32),
    /// Other words need a part with one edit, and words.
    NoWords(u32),
}

/// One edit that a plan writes.
#[derive(Debug, Clone, PartialEq)]
struct Step {
    ordinal: u32,
    index: usize,
    written: Written,
}

/// What is to be written for a decision or its revocation.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// On the text that was planned for. Empty where nothing is to be written.
    pub delta: Delta,
    steps: Vec<Step>,
}

/// What takes one edit of a part back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inverse {
    /// The part.
    pub ordinal: u32,
    /// Which of its edits.
    pub index: usize,
    /// From what was written to what stood there.
    pub edit: Edit,
}

/// What a person decided about parts, as one delta.
///
/// # Errors
/// Why not; then none of them is taken.
pub fn plan(parts: &[Part], decisions: &[PartDecision], live: &Body, offset: impl Fn(&str) -> Option<u32>) -> Result<Plan, Refused> {
    let letters = Letters::of(live);
    let (mut wanted, mut conflicts) = (Vec::new(), Vec::new());
    for decision in decisions {
        let part = parts.iter().find(|part| part.ordinal == decision.ordinal).ok_or(Refused::NoPart(decision.ordinal))?;
        if part.state != PartState::Open {
            return Err(Refused::Decided(part.ordinal));
        }
        if decision.action == Action::Reject {
            continue;
        }
        let with = match (decision.action, &decision.with, part.edits.as_slice()) {
            (Action::Replace, Some(with), [edit]) if part.kind != PartKind::Table => {
                Some(fitted(with, edit).ok_or(Refused::NoWords(part.ordinal))?)
            }
            (Action::Replace, ..) => return Err(Refused::NoWords(part.ordinal)),
            _ => None,
        };
        let placed = part.place(&letters, &offset);
        let lost = part.edits.iter().any(|edit| edit.find(&letters, &offset).is_none());
        let seen = hash(&placed.words);
        let conflict = placed.condition == Condition::Conflict;
        if lost || conflict && decision.seen.as_ref() != Some(&seen) {
            conflicts.push(Conflict { ordinal: part.ordinal, words: placed.words, seen });
            continue;
        }
        for (index, (edit, (at, standing))) in part.edits.iter().zip(placed.edits).enumerate() {
            if standing == Standing::Done && with.is_none() {
                continue;
            }
            let old = (standing == Standing::Clean && with.is_none()).then(|| edit.old.clone());
            let new = with.as_ref().unwrap_or(&edit.new).clone();
            wanted.push((part.ordinal, index, Replacement { at, old, new }));
        }
    }
    if conflicts.is_empty() { Ok(write(live, &letters, wanted)) } else { Err(Refused::Conflict(conflicts)) }
}

/// What takes a decision back, as one delta: held against the words like any part.
///
/// # Errors
/// Words that were written by it have changed since.
pub fn plan_back(inverses: &[Inverse], live: &Body, offset: impl Fn(&str) -> Option<u32>) -> Result<Plan, Refused> {
    let letters = Letters::of(live);
    let (mut wanted, mut conflicts) = (Vec::new(), Vec::new());
    for Inverse { ordinal, index, edit } in inverses {
        let placed = place(std::slice::from_ref(edit), &letters, &offset);
        match (placed.condition, placed.edits.first()) {
            (Condition::Done, _) => {}
            (Condition::Clean, Some((at, _))) => {
                let replacement = Replacement { at: at.clone(), old: Some(edit.old.clone()), new: edit.new.clone() };
                wanted.push((*ordinal, *index, replacement));
            }
            _ => conflicts.push(Conflict { ordinal: *ordinal, seen: hash(&placed.words), words: placed.words }),
        }
    }
    if conflicts.is_empty() { Ok(write(live, &letters, wanted)) } else { Err(Refused::Conflict(conflicts)) }
}

/// Words of a person in place of the proposed ones. Whole lines stay whole lines; within a line there is no newline.
fn fitted(with: &[Insert], edit: &Edit) -> Option<Vec<Insert>> {
    let text = words(with);
    let newline = [&edit.new, &edit.old].into_iter().filter_map(|pieces| pieces.last()).find(|last| last.insert.ends_with('\n'));
    let mut fitted = with.to_vec();
    match newline {
        Some(last) if !text.is_empty() && !text.ends_with('\n') => {
            fitted.push(Insert { insert: "\n".to_owned(), attributes: last.attributes.clone() });
        }
        None if text.contains('\n') => return None,
        _ => {}
    }
    Some(fitted)
}

fn write(live: &Body, letters: &Letters, wanted: Vec<(u32, usize, Replacement)>) -> Plan {
    let replacements: Vec<Replacement> = wanted.iter().map(|(_, _, replacement)| replacement.clone()).collect();
    let (delta, written) = replace(letters, &replacements);
    let steps = wanted.into_iter().zip(written).map(|((ordinal, index, _), written)| Step { ordinal, index, written });
    Plan { delta: if delta.is_empty() { Delta::new() } else { closed(live, delta) }, steps: steps.collect() }
}

impl Plan {
    /// After its delta was written: what takes it back. `stick` makes positions in the text as it is now.
    pub fn inverses(&self, after: &Body, stick: impl Fn(u32, bool) -> Option<String>) -> Vec<Inverse> {
        let letters = Letters::of(after);
        let inverse = |step: &Step| {
            let at = &step.written.at;
            let piece = Piece {
                at: at.clone(),
                old: letters.inserts(at),
                new: step.written.replaced.clone(),
                before: context_before(&letters, at.start),
                after: context_after(&letters, at.end),
            };
            Inverse { ordinal: step.ordinal, index: step.index, edit: Edit::new(piece, at, letters.len(), &stick) }
        };
        self.steps.iter().map(inverse).collect()
    }

    /// After a decision was taken back: its edits hold on to the letters that stand there again.
    pub fn hold_again(&self, parts: &mut [Part], after: &Body, stick: impl Fn(u32, bool) -> Option<String>) {
        for step in &self.steps {
            let part = parts.iter_mut().find(|part| part.ordinal == step.ordinal);
            if let Some(edit) = part.and_then(|part| part.edits.get_mut(step.index)) {
                edit.stick(&step.written.at, after.len(), &stick);
            }
        }
    }
}

/// The parts of a proposal that was begun on `base`, sticking to the letters of the text as it is now.
pub fn parts(base: &[Insert], proposed: &[Insert], live: &Body, stick: impl Fn(u32, bool) -> Option<String>) -> Vec<Part> {
    let (base, proposed) = (super::body(base), super::body(proposed));
    let moves = super::Moves::between(&base.text(), &live.text());
    let cuts = super::cut(&base, &proposed);
    let part = |(ordinal, cut): (usize, super::Cut)| {
        let edit = |piece: Piece| {
            let at = moves.range(&piece.at);
            Edit::new(piece, &at, live.len(), &stick)
        };
        Part {
            ordinal: u32::try_from(ordinal).unwrap_or(u32::MAX),
            kind: cut.kind,
            edits: cut.pieces.into_iter().map(edit).collect(),
            state: PartState::Open,
            decided_by: None,
            decided_at: None,
            reason: None,
            decision: None,
        }
    };
    cuts.into_iter().enumerate().map(part).collect()
}
