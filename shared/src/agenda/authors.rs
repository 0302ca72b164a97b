//! Who wrote which letters of a text: the client ids in the document's own history.

use yrs::types::text::YChange;
use yrs::{Any, Out, ReadTxn, Snapshot, Text, Transact};

use super::{Agenda, Field};
use crate::id::ClientId;
use crate::richtext::delta::utf16_len;

/// Letters that one replica wrote: from, to (UTF-16 units), and its client id.
pub type Run = (u32, u32, ClientId);

impl Agenda {
    /// Who wrote the letters of these fields, in order; neighbours of one writer are one run. A field that is not there has none.
    pub fn authors(&self, fields: &[Field]) -> Vec<Vec<Run>> {
        // A transaction that may write, since yrs wants one to look at a range of the history. Nothing is changed by it.
        let mut txn = self.doc().transact_mut();
        let (now, nothing) = (txn.snapshot(), Snapshot::default());
        let texts: Vec<_> = fields.iter().map(|field| self.text_ref(&txn, field)).collect();
        let runs = texts.into_iter().map(|text| {
            // Held against nothing at all, every letter is one that was added, and says by whom.
            let pieces = text.map(|text| text.diff_range(&mut txn, Some(&now), Some(&nothing), YChange::identity));
            runs(pieces.unwrap_or_default().into_iter().map(|piece| (len(&piece.insert), piece.ychange)))
        });
        runs.collect()
    }
}

fn runs(pieces: impl Iterator<Item = (u32, Option<YChange>)>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut at = 0;
    for (len, change) in pieces {
        let end = at + len;
        if let Some(client) = change.and_then(|change| ClientId::new(change.id.client.get())) {
            match runs.last_mut() {
                Some((_, to, last)) if *to == at && *last == client => *to = end,
                _ => runs.push((at, end, client)),
            }
        }
        at = end;
    }
    runs
}

/// An embedded object of a foreign client takes one unit.
fn len(value: &Out) -> u32 {
    match value {
        Out::Any(Any::String(text)) => utf16_len(text),
        _ => 1,
    }
}
