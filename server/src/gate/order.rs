//! In which order content stands: for every clock of every client its place, and its neighbours there.
//!
//! An item says between which two neighbours it was put. Items that were put between the same ones at the same time find their
//! positions by the same steps on every replica ([`Order::find_left`] takes those of Yjs). Text is not kept: what is typed in one go is
//! one segment, whatever its length.

use std::collections::HashMap;
use std::ops::Range;

use dagsorden_shared::id::ClientId;

use super::past::Pasts;
use super::reader::Id;
use super::refusal::{Budget, Misplaced, Refusal};

/// A list of neighbours: a text, or the values that one key of a map has had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PlaceId(pub(super) u32);

impl PlaceId {
    /// Where content stands whose parent is gone. It has no order, and yrs collects what is put beside it.
    pub(super) const NOWHERE: Self = Self(0);
}

/// Index of a segment; [`NONE`] for none.
type SegmentId = u32;

const NONE: SegmentId = SegmentId::MAX;

/// Clocks of one client that stand in a row, each put after the one before it, all before the same right neighbour.
#[derive(Debug, Clone)]
struct Segment {
    first: Id,
    end: u32,
    place: PlaceId,
    origin: Option<Id>,
    right_origin: Option<Id>,
    previous: SegmentId,
    next: SegmentId,
}

/// Where a segment of a client begins.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: u32,
    segment: SegmentId,
}

/// What an update may cost.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Steps to find out where its content belongs.
    pub(super) steps: u64,
    /// Comparisons with concurrent content.
    pub(super) conflicts: u64,
    /// Comparisons that all updates of the document may come to: a reader of the whole document makes them again.
    pub(super) all_conflicts: u64,
    /// Comparisons that it may make when they have come to that.
    pub(super) few: u64,
}

/// Segments that were put right after the same unit.
#[derive(Debug, Clone, Copy)]
struct Siblings {
    count: u32,
    /// Whose the last of them are, and how many: who writes on knows of those.
    last: ClientId,
    run: u32,
}

impl Bounds {
    /// For what is in the document already.
    pub(super) const NONE: Self = Self { steps: u64::MAX, conflicts: u64::MAX, all_conflicts: u64::MAX, few: u64::MAX };
}

/// A change to take back. New segments are taken from the end of the list of segments.
#[derive(Debug)]
enum Undo {
    Extended { segment: SegmentId, end: u32 },
    Added,
    Split,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Order {
    segments: Vec<Segment>,
    /// The segments of each client, by clock; no client is without.
    runs: HashMap<ClientId, Vec<Run>>,
    /// The first segment of each place.
    heads: Vec<SegmentId>,
    undo: Vec<Undo>,
    /// What authors are known to have seen; see `past`.
    pub(super) pasts: Pasts,
    /// What stands beside each unit, or at the beginning of each place.
    siblings: HashMap<(PlaceId, Option<Id>), Siblings>,
    /// Steps that the current update may still cost, and that all have cost.
    steps: u64,
    worked: u64,
    /// Comparisons with concurrent content so far, and how many there may be after the current update.
    conflicts: u64,
    conflicts_bound: u64,
    /// Segments that were walked over to find out where the current one belongs.
    walked: u64,
    clocks: u64,
}

impl Order {
    /// Begins an update; it can be taken back until the next one begins.
    pub(super) fn begin(&mut self, bounds: Bounds) {
        self.undo.clear();
        self.steps = bounds.steps;
        let left = bounds.all_conflicts.saturating_sub(self.conflicts).max(bounds.few);
        self.conflicts_bound = self.conflicts.saturating_add(left.min(bounds.conflicts));
    }

    /// The first clock of `client` that is not here.
    pub(super) fn end(&self, client: ClientId) -> u32 {
        let last = self.runs.get(&client).and_then(|runs| runs.last());
        last.and_then(|run| self.segments.get(run.segment as usize)).map_or(0, |segment| segment.end)
    }

    /// All clients.
    pub(super) fn clients(&self) -> impl ExactSizeIterator<Item = ClientId> {
        self.runs.keys().copied()
    }

    /// How many clocks and segments there are.
    pub(super) fn size(&self) -> (u64, usize) {
        (self.clocks, self.segments.len())
    }

    /// All content: the first unit of each stretch, its end and its place.
    pub(super) fn stretches(&self) -> impl Iterator<Item = (Id, u32, PlaceId)> {
        self.segments.iter().map(|segment| (segment.first, segment.end, segment.place))
    }

    /// Where this unit of content stands, if it is here.
    pub(super) fn place_of(&self, id: Id) -> Option<PlaceId> {
        let segment = self.find(id)?;
        self.segments.get(segment as usize).map(|segment| segment.place)
    }

    /// Puts the next `length` clocks of a client where they belong. Their origins are here and in `place`.
    pub(super) fn insert(&mut self, first: Id, length: u32, place: PlaceId, origins: [Option<Id>; 2]) -> Result<(), Refusal> {
        let [origin, right_origin] = origins;
        let end = first.clock.saturating_add(length);
        let last = self.runs.get(&first.client).and_then(|runs| runs.last()).map(|run| run.segment);
        if let Some(last) = last.filter(|last| self.continues(*last, first, place, origins)) {
            self.undo.push(Undo::Extended { segment: last, end: self.at(last).end });
            self.at_mut(last).end = end;
            self.clocks += u64::from(length);
            return Ok(());
        }
        let mut new = Segment { first, end, place, origin, right_origin, previous: NONE, next: NONE };
        if place != PlaceId::NOWHERE {
            self.walked = 0;
            if !self.were_adjacent(first.client, place, origins)? {
                return Err(Misplaced::Order.into());
            }
            let left = origin.map_or(NONE, |id| self.ending_with(id));
            let right = right_origin.map_or(NONE, |id| self.starting_with(id));
            new.previous = self.find_left(&new, left, right)?;
            new.next = self.after(place, new.previous);
            self.count_conflicts(&new)?;
        }
        self.undo.push(Undo::Added);
        self.push(new);
        self.clocks += u64::from(length);
        Ok(())
    }

    /// Takes back everything since [`Order::begin`]. What it cost stays counted.
    pub(super) fn go_back(&mut self) {
        self.pasts.clear();
        while let Some(undo) = self.undo.pop() {
            match undo {
                Undo::Extended { segment, end } => {
                    self.clocks -= u64::from(self.at(segment).end - end);
                    self.at_mut(segment).end = end;
                }
                Undo::Added => {
                    if let Some(segment) = self.pop() {
                        if let Some(siblings) = self.siblings.get_mut(&(segment.place, segment.origin)) {
                            siblings.count = siblings.count.saturating_sub(1);
                            siblings.run = siblings.run.saturating_sub(1);
                        }
                        self.clocks -= u64::from(segment.end - segment.first.clock);
                    }
                }
                Undo::Split => {
                    if let Some(segment) = self.pop()
                        && segment.previous != NONE
                    {
                        self.at_mut(segment.previous).end = segment.end;
                    }
                }
            }
        }
    }

    /// Whether content goes on where the segment ends, so that it is one with it.
    fn continues(&self, segment: SegmentId, first: Id, place: PlaceId, [origin, right_origin]: [Option<Id>; 2]) -> bool {
        let segment = self.at(segment);
        if segment.place != place || segment.end != first.clock {
            return false;
        }
        let before = Id { client: first.client, clock: first.clock.wrapping_sub(1) };
        let next = if segment.next == NONE { None } else { Some(self.at(segment.next).first) };
        place == PlaceId::NOWHERE || (origin == Some(before) && segment.right_origin == right_origin && next == right_origin)
    }

    /// The segment after which an item belongs, among those that were put between the same neighbours at the same time.
    fn find_left(&mut self, new: &Segment, left: SegmentId, right: SegmentId) -> Result<SegmentId, Budget> {
        let mut found = left;
        let mut at = self.after(new.place, left);
        if at == right {
            return Ok(found);
        }
        // What was passed, in its order, and from where on it is in conflict with the new one.
        let (mut seen, mut conflicting) = (HashMap::new(), 0);
        while at != right && at != NONE {
            self.walk()?;
            seen.insert(at, seen.len());
            let other = self.at(at);
            let goes_left = if other.origin == new.origin {
                if other.first.client > new.first.client && other.right_origin == new.right_origin {
                    break;
                }
                other.first.client < new.first.client
            } else {
                let Some(origin) = other.origin.and_then(|id| self.find(id)).and_then(|origin| seen.get(&origin)) else { break };
                *origin < conflicting
            };
            if goes_left {
                found = at;
                conflicting = seen.len();
            }
            at = self.at(at).next;
        }
        Ok(found)
    }

    /// Counts the comparisons that a segment costs: those made here, or those with all that others wrote at the same spot if these are more. The client that
    /// reads the document may make those, whatever the order in which they came here.
    fn count_conflicts(&mut self, new: &Segment) -> Result<(), Budget> {
        let client = new.first.client;
        let siblings = self.siblings.entry((new.place, new.origin)).or_insert(Siblings { count: 0, last: client, run: 0 });
        if siblings.last != client {
            (siblings.last, siblings.run) = (client, 0);
        }
        let others = siblings.count.saturating_sub(siblings.run);
        // Twice: whether its neighbours were adjacent, and where it belongs between them.
        let compared = (self.walked / 2).max(others.into());
        self.conflicts = self.conflicts.saturating_add(compared);
        if self.conflicts > self.conflicts_bound {
            return Err(Budget::Crowded);
        }
        siblings.count += 1;
        siblings.run += 1;
        Ok(())
    }

    /// Counts a segment that was walked over.
    pub(super) fn walk(&mut self) -> Result<(), Budget> {
        self.walked += 1;
        self.step()
    }

    /// All steps so far.
    pub(super) fn worked(&self) -> u64 {
        self.worked
    }

    /// Counts one step.
    pub(super) fn step(&mut self) -> Result<(), Budget> {
        self.worked += 1;
        self.steps = self.steps.checked_sub(1).ok_or(Budget::Conflicts)?;
        Ok(())
    }

    /// The segments of a client that begin in this range of clocks: the neighbours they were put between.
    pub(super) fn origins(&self, client: ClientId, clocks: Range<u32>) -> impl Iterator<Item = [Option<Id>; 2]> {
        let runs = self.runs.get(&client).map_or(&[][..], Vec::as_slice);
        let runs = &runs[runs.partition_point(|run| run.start < clocks.start)..];
        runs.iter().take_while(move |run| run.start < clocks.end).map(|run| {
            let segment = self.at(run.segment);
            [segment.origin, segment.right_origin]
        })
    }

    /// The unit right after this one, or the first of the place.
    pub(super) fn unit_after(&self, place: PlaceId, unit: Option<Id>) -> Option<Id> {
        let segment = match unit {
            Some(id) => {
                let segment = self.find(id)?;
                if id.clock + 1 < self.at(segment).end {
                    return Some(Id { clock: id.clock + 1, ..id });
                }
                segment
            }
            None => NONE,
        };
        let next = self.after(place, segment);
        (next != NONE).then(|| self.at(next).first)
    }

    /// The last unit of the segment that holds this one.
    pub(super) fn end_of_segment(&self, unit: Id) -> Option<Id> {
        let segment = self.at(self.find(unit)?);
        Some(Id { clock: segment.end - 1, ..unit })
    }

    /// The segment that holds a unit of content.
    fn find(&self, id: Id) -> Option<SegmentId> {
        let runs = self.runs.get(&id.client)?;
        let at = runs.partition_point(|run| run.start <= id.clock).checked_sub(1)?;
        let segment = runs.get(at)?.segment;
        (id.clock < self.at(segment).end).then_some(segment)
    }

    /// The segment that ends with this unit, split off if need be.
    fn ending_with(&mut self, id: Id) -> SegmentId {
        let segment = self.find(id).unwrap_or(NONE);
        if segment != NONE && self.at(segment).end > id.clock + 1 {
            self.split(segment, id.clock + 1);
        }
        segment
    }

    /// The segment that starts with this unit, split off if need be.
    fn starting_with(&mut self, id: Id) -> SegmentId {
        match self.find(id) {
            Some(segment) if self.at(segment).first.clock < id.clock => self.split(segment, id.clock),
            Some(segment) => segment,
            None => NONE,
        }
    }

    fn split(&mut self, segment: SegmentId, clock: u32) -> SegmentId {
        let left = self.at_mut(segment);
        let client = left.first.client;
        let right =
            Segment { first: Id { client, clock }, origin: Some(Id { client, clock: clock - 1 }), previous: segment, ..left.clone() };
        left.end = clock;
        self.undo.push(Undo::Split);
        self.push(right)
    }

    /// The segment after this one, or the first of the place.
    fn after(&self, place: PlaceId, segment: SegmentId) -> SegmentId {
        if segment == NONE { self.heads.get(place.0 as usize).copied().unwrap_or(NONE) } else { self.at(segment).next }
    }

    /// Adds a segment between the neighbours it names.
    fn push(&mut self, new: Segment) -> SegmentId {
        let id = SegmentId::try_from(self.segments.len()).unwrap_or(NONE);
        let runs = self.runs.entry(new.first.client).or_default();
        let at = runs.partition_point(|run| run.start < new.first.clock);
        runs.insert(at, Run { start: new.first.clock, segment: id });
        self.link(&new, id, id);
        self.segments.push(new);
        id
    }

    /// Removes the last segment that was added.
    fn pop(&mut self) -> Option<Segment> {
        let old = self.segments.pop()?;
        self.link(&old, old.next, old.previous);
        if let Some(runs) = self.runs.get_mut(&old.first.client) {
            if let Ok(at) = runs.binary_search_by_key(&old.first.clock, |run| run.start) {
                runs.remove(at);
            }
            if runs.is_empty() {
                self.runs.remove(&old.first.client);
            }
        }
        Some(old)
    }

    /// Makes the neighbours of a segment point at these instead.
    fn link(&mut self, segment: &Segment, next_of_previous: SegmentId, previous_of_next: SegmentId) {
        if segment.place == PlaceId::NOWHERE {
            return;
        }
        if segment.previous == NONE {
            let place = segment.place.0 as usize;
            if self.heads.len() <= place {
                self.heads.resize(place + 1, NONE);
            }
            self.heads[place] = next_of_previous;
        } else {
            self.at_mut(segment.previous).next = next_of_previous;
        }
        if segment.next != NONE {
            self.at_mut(segment.next).previous = previous_of_next;
        }
    }

    // Segments are named by this module alone, and taken back only in reverse.
    fn at(&self, segment: SegmentId) -> &Segment {
        &self.segments[segment as usize]
    }

    fn at_mut(&mut self, segment: SegmentId) -> &mut Segment {
        &mut self.segments[segment as usize]
    }
}

#[cfg(test)]
impl Order {
    /// Comparisons with concurrent content so far.
    pub(super) fn conflicts(&self) -> u64 {
        self.conflicts
    }

    /// All units of a place in order.
    pub(super) fn units(&self, place: PlaceId) -> Vec<Id> {
        std::iter::successors(self.unit_after(place, None), |unit| self.unit_after(place, Some(*unit))).collect()
    }
}
