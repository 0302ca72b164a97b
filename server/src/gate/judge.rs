//! Whether the new structs of an update fit the document, and where each of them stands.
//!
//! Structs may build on structs of other clients in the same update, so the sections are gone through side by side: each as far as what
//! it builds on is there, then on when that has come.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use dagsorden_shared::id::ClientId;

use super::index::{Index, Size};
use super::limits::{
    FEW_CONFLICTS, MAX_CLIENTS, MAX_CLOCKS, MAX_CONFLICTS, MAX_CONTENT_BYTES, MAX_PLACES, MAX_SEGMENTS, MAX_STEPS, MAX_UPDATE_CONFLICTS,
};
use super::order::{Bounds, PlaceId};
use super::reader::Id;
use super::refusal::{Misplaced, Refusal};
use super::schema::Node;
use super::update::{Content, Deletion, Known, Parent, Source, Struct, Update};

/// What an update of a client may cost.
const BOUNDS: Bounds = Bounds { steps: MAX_STEPS, conflicts: MAX_UPDATE_CONFLICTS, all_conflicts: MAX_CONFLICTS, few: FEW_CONFLICTS };

/// What the judgement came to, beside a refusal.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Something it builds on is not there. The index is as before.
    Gap,
    /// It fits. The index holds it; the update's deletions are sorted and joined.
    Fits,
}

/// Puts `update` into the index, or leaves the index as it was.
pub(super) fn judge(index: &mut Index, update: &mut Update<'_>, source: Source) -> Result<Verdict, Refusal> {
    if update.gap {
        return Ok(Verdict::Gap);
    }
    let mark =
        index.begin(update.sections.iter().map(|section| section.client), if source == Source::Client { BOUNDS } else { Bounds::NONE });
    let verdict = attempt(index, update, source);
    if verdict == Ok(Verdict::Fits) {
        for deletion in &update.deletions {
            index.delete(*deletion);
        }
    } else {
        index.go_back(mark);
    }
    verdict
}

fn attempt(index: &mut Index, update: &mut Update<'_>, source: Source) -> Result<Verdict, Refusal> {
    // First what costs nothing: an update that cannot fit must not keep the room busy.
    if builds_on_what_nobody_has(index, update) {
        return Ok(Verdict::Gap);
    }
    let mut rows = Vec::new();
    let verdict = integrate(index, update, source, &mut rows)?;
    join(&mut update.deletions);
    if verdict == Verdict::Gap || update.deletions.iter().any(|deletion| deletion.end > index.end(deletion.client)) {
        return Ok(Verdict::Gap);
    }
    if source == Source::Client {
        check_size(index.size())?;
        check_rows(&update.deletions, &rows)?;
        if !update.deletions.is_empty() && index.any_guarded(|id| covers(&update.deletions, id.client, id.clock, id.clock + 1)) {
            return Err(Misplaced::ServerOnly.into());
        }
    }
    Ok(Verdict::Fits)
}

/// Whether the update names or deletes units that are neither here nor in it.
fn builds_on_what_nobody_has(index: &Index, update: &Update<'_>) -> bool {
    let end = |item: &Struct<'_>| item.clock.saturating_add(item.length);
    let new: HashMap<ClientId, u32> =
        update.sections.iter().map(|section| (section.client, section.structs.last().map_or(0, end))).collect();
    let end = |client: ClientId| index.end(client).max(new.get(&client).copied().unwrap_or(0));
    let deleted = update.deletions.iter().any(|deletion| deletion.end > end(deletion.client));
    deleted || update.sections.iter().flat_map(|section| &section.structs).any(|item| named(item).any(|id| id.clock >= end(id.client)))
}

pub(super) fn check_size(size: Size) -> Result<(), Refusal> {
    let full = size.clients > MAX_CLIENTS
        || size.places > MAX_PLACES
        || size.clocks > MAX_CLOCKS
        || size.segments > MAX_SEGMENTS
        || size.bytes > MAX_CONTENT_BYTES;
    if full { Err(Refusal::DocumentFull) } else { Ok(()) }
}

/// Several values of one map key in one item are older values, so they are deleted by the update that brings them. If they
/// were not, yrs would leave some of them alive when the map is deleted.
fn check_rows(deletions: &[Deletion], rows: &[Deletion]) -> Result<(), Misplaced> {
    let is_deleted = |row: &Deletion| covers(deletions, row.client, row.start, row.end);
    if rows.iter().all(is_deleted) { Ok(()) } else { Err(Misplaced::Content) }
}

/// Whether one of the deletions, which are joined, holds all these clocks.
fn covers(deletions: &[Deletion], client: ClientId, start: u32, end: u32) -> bool {
    let after = deletions.partition_point(|deletion| (Reverse(deletion.client), deletion.start) <= (Reverse(client), start));
    let around = after.checked_sub(1).and_then(|at| deletions.get(at));
    around.is_some_and(|around| around.client == client && end <= around.end)
}

/// Puts the structs into the index as far as they fit, and names those with several values of one map key.
fn integrate(index: &mut Index, update: &Update<'_>, source: Source, rows: &mut Vec<Deletion>) -> Result<Verdict, Refusal> {
    let mut done = vec![0; update.sections.len()];
    // The last is taken first: in the order in which yrs reads, which begins with the highest client id.
    let mut ready: Vec<usize> = (0..update.sections.len()).collect();
    ready.sort_unstable_by_key(|at| update.sections.get(*at).map(|section| section.client));
    let mut waiting: HashMap<ClientId, BinaryHeap<Reverse<(u32, usize)>>> = HashMap::new();
    while let Some(at) = ready.pop() {
        let Some((section, done)) = update.sections.get(at).zip(done.get_mut(at)) else { continue };
        while let Some(item) = section.structs.get(*done) {
            if let Some(missing) = missing(index, item) {
                waiting.entry(missing.client).or_default().push(Reverse((missing.clock, at)));
                break;
            }
            rows.extend(take(index, section.client, item, source)?);
            *done += 1;
        }
        if let Some(waiting) = waiting.get_mut(&section.client) {
            let end = index.end(section.client);
            while waiting.peek().is_some_and(|Reverse((clock, _))| *clock < end) {
                ready.extend(waiting.pop().map(|Reverse((_, at))| at));
            }
        }
    }
    let all = update.sections.iter().zip(done).all(|(section, done)| section.structs.len() == done);
    Ok(if all { Verdict::Fits } else { Verdict::Gap })
}

/// What this struct builds on and the document lacks.
fn missing(index: &Index, item: &Struct<'_>) -> Option<Id> {
    named(item).find(|id| !index.holds(*id))
}

/// The units that this struct builds on.
fn named(item: &Struct<'_>) -> impl Iterator<Item = Id> {
    let parent = match item.parent {
        Parent::Type(id) => Some(id),
        Parent::Neighbours | Parent::Root(_) => None,
    };
    [item.origin, item.right_origin, parent].into_iter().flatten()
}

/// Puts one struct into the index; what it builds on is there. Returns its clocks if it holds several values of one map key.
fn take(index: &mut Index, client: ClientId, item: &Struct<'_>, source: Source) -> Result<Option<Deletion>, Refusal> {
    let first = Id { client, clock: item.clock };
    let run = Deletion { client, start: item.clock, end: item.clock.saturating_add(item.length) };
    let place = place(index, item)?;
    if source == Source::Client && is_lost(index, item, place) {
        return Err(Refusal::Moved);
    }
    let mut child = None;
    let (mut is_server_only, mut is_item, mut own_document) = (false, false, false);
    if let Some((node, key)) = index.describe(place) {
        node.accepts(key, &item.content)?;
        if source == Source::Client {
            node.permits(key, &item.content)?;
            if !node.is_place(key) && index.is_in_place(place) {
                return Err(Misplaced::ServerOnly.into());
            }
        }
        (is_server_only, is_item, own_document) = (node.is_server_only(key), node == Node::Items, node.is_own_document(key));
        if let Content::Type(kind) = &item.content {
            child = Some(node.child(key, *kind));
        }
    }
    if source == Source::Client && is_item && index.is_guarded(place) {
        return Err(Misplaced::ServerOnly.into());
    }
    index.append(first, item.length, place, [item.origin, item.right_origin])?;
    index.add_bytes(item.content.size());
    match &item.content {
        Content::Collected | Content::Deleted => index.empty(run),
        Content::Type(_) => {
            child.into_iter().for_each(|node| index.add_type(first, node));
            if is_server_only {
                index.fix(first);
            }
        }
        // A single value; several are older ones and deleted.
        Content::Values(values) if values.count == 1 && is_server_only => index.guard(first, place, own_document),
        Content::Values(values) if values.count > 1 && place != PlaceId::NOWHERE => return Ok(Some(run)),
        _ => {}
    }
    Ok(None)
}

/// Whether new content would stand in what moved to another document, where nobody would ever see it. Of an item's place nothing is lost: the
/// meeting's document has it still.
fn is_lost(index: &Index, item: &Struct<'_>, place: PlaceId) -> bool {
    let is_content = !matches!(item.content, Content::Collected | Content::Deleted);
    let is_place = || index.describe(place).is_some_and(|(node, key)| node == Node::Item && node.is_place(key));
    is_content && named(item).any(|id| index.is_withdrawn(id)) && !is_place()
}

/// Where a struct stands.
fn place(index: &mut Index, item: &Struct<'_>) -> Result<PlaceId, Refusal> {
    let container = match item.parent {
        Parent::Neighbours => {
            let left = item.origin.and_then(|id| index.place_of(id));
            let right = item.right_origin.and_then(|id| index.place_of(id));
            return match (left, right) {
                (Some(left), Some(right)) if left != right => Err(Misplaced::Neighbours.into()),
                // Only collected structs have no neighbours and no parent.
                (left, right) => Ok(left.or(right).unwrap_or(PlaceId::NOWHERE)),
            };
        }
        Parent::Root(name) => index.root(name).ok_or(Misplaced::Root)?,
        Parent::Type(id) => match index.container_of(id) {
            Some(container) => container,
            None if index.is_emptied(id) => return Ok(PlaceId::NOWHERE),
            // yrs would stop half-way through the update.
            None => return Err(Misplaced::Parent.into()),
        },
    };
    let node = index.node(container).ok_or(Misplaced::Parent)?;
    node.accepts(item.key, &item.content)?;
    Ok(index.place_in(container, item.key))
}

/// Sorts deletions as they are written, and joins those that touch.
fn join(deletions: &mut Vec<Deletion>) {
    deletions.sort_unstable_by_key(|deletion| (Reverse(deletion.client), deletion.start));
    deletions.dedup_by(|next, last| {
        let joined = next.client == last.client && next.start <= last.end;
        if joined {
            last.end = last.end.max(next.end);
        }
        joined
    });
}
