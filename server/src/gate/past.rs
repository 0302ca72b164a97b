//! What an author must have seen when he wrote: everything he put something beside, and what its authors had seen in turn.
//!
//! An honest replica puts an item between two units that stand side by side in all that it has seen. Between them may only stand what others
//! wrote meanwhile. Were anything else accepted, replicas that receive items in different orders would put them in different positions.
//! Nearly always the two stand side by side here too, and nothing has to be found out.

use std::collections::HashMap;

use dagsorden_shared::id::ClientId;

use super::order::{Order, PlaceId};
use super::reader::Id;
use super::refusal::Budget;

/// How many authors' pasts are kept for the next time.
const KEPT: usize = 32;

/// For each client the first clock not seen.
type Past = HashMap<ClientId, u32>;

/// Pasts of authors, as far as they had to be found out.
#[derive(Debug, Default)]
pub(super) struct Pasts {
    of: HashMap<ClientId, Past>,
}

impl Pasts {
    /// Forgets all: they may hold what was taken back.
    pub(super) fn clear(&mut self) {
        self.of.clear();
    }
}

impl Order {
    /// Whether these two may have stood side by side for this author; a missing one stands for the place's beginning or end.
    pub(super) fn were_adjacent(&mut self, author: ClientId, place: PlaceId, [left, right]: [Option<Id>; 2]) -> Result<bool, Budget> {
        let mut between = self.unit_after(place, left);
        if between == right {
            return Ok(true);
        }
        let past = self.find_past(author, [left, right])?;
        let mut adjacent = right.is_none();
        while let Some(unit) = between {
            self.walk()?;
            if right == Some(unit) {
                adjacent = true;
                break;
            }
            if unit.clock < past.get(&unit.client).copied().unwrap_or(0) {
                adjacent = false;
                break;
            }
            // Nothing of this segment was seen, since what was seen of it would begin it.
            let last = self.end_of_segment(unit);
            between = self.unit_after(place, last);
        }
        if self.pasts.of.len() >= KEPT {
            self.pasts.clear();
        }
        self.pasts.of.insert(author, past);
        Ok(adjacent)
    }

    /// The author's past with these two.
    fn find_past(&mut self, author: ClientId, beside: [Option<Id>; 2]) -> Result<Past, Budget> {
        let mut past = self.pasts.of.remove(&author).unwrap_or_default();
        let own = self.end(author).checked_sub(1).map(|clock| Id { client: author, clock });
        let mut seen: Vec<Id> = beside.into_iter().chain([own]).flatten().collect();
        while let Some(id) = seen.pop() {
            let end = past.entry(id.client).or_insert(0);
            if id.clock < *end {
                continue;
            }
            let new = *end..id.clock + 1;
            *end = new.end;
            let before = seen.len();
            seen.extend(self.origins(id.client, new).flatten().flatten());
            for _ in before..seen.len() + 1 {
                self.step()?;
            }
        }
        Ok(past)
    }
}
