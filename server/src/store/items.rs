//! SQL of items that come into a meeting that is there: the update of its document with the rows that belong to them, as one.

use dagsorden_shared::api::ItemAttachment;
use dagsorden_shared::id::{MeetingId, ParticipantId};
use dagsorden_shared::meeting_json::Participant;

use super::connection::Database;
use super::{Act, Batch, Store, StoreError, attachment, document, participant};
use crate::intake::random_bits;

/// Items that come into a meeting, written into its document already.
#[derive(Debug, Clone, PartialEq)]
pub struct NewItems {
    /// The meeting.
    pub meeting: MeetingId,
    /// People of a meeting that has none.
    pub participants: Vec<Participant>,
    /// Attachments of the items, in order.
    pub attachments: Vec<ItemAttachment>,
}

impl Store {
    /// Stores items with what belongs to them, in one transaction with what they write into the document.
    ///
    /// # Errors
    /// Not allowed; the meeting has people meanwhile; too many attachments. Nothing was stored, and what was written must be dropped.
    pub fn add_items(
        &self,
        act: Act,
        batch: Option<Batch>,
        new: NewItems,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + 'static + use<> {
        let cache = std::sync::Arc::clone(&self.inner.cache);
        self.inner.writer.write(move |database| {
            act.perform(database, &cache, |database| {
                batch.iter().try_for_each(|batch| document::append(database, batch))?;
                add(database, &new)
            })
        })
    }
}

fn add(database: &Database<'_>, new: &NewItems) -> Result<(), StoreError> {
    let NewItems { meeting, participants, attachments } = new;
    if !participants.is_empty() && !participant::list(database, meeting)?.is_empty() {
        return Err(StoreError::Stale { what: "the list of participants" });
    }
    for (position, person) in (0_u32..).zip(participants) {
        participant::insert(database, meeting, &ParticipantId::from_random(random_bits()), position, person)?;
    }
    attachment::make_room(database, meeting, attachments.len())?;
    attachment::insert_named(database, meeting, attachments)
}
