//! Items made ready apart from the meeting that they are to come into, so that its room has little to do with them.

use dagsorden_shared::agenda::{Agenda, Origin, missing_ids};
use dagsorden_shared::api::ItemAttachment;
use dagsorden_shared::id::{AttachmentId, ClientId, ItemId};
use dagsorden_shared::meeting_json::{AttachmentJson, ItemJson};
use yrs::{ReadTxn, StateVector, Transact};

use super::{IntakeError, form, random_bits};
use crate::gate::{DocumentKind, Gate};

/// Items in a document of their own.
#[derive(Debug)]
pub struct SeededItems {
    /// The id they were written under.
    pub client: ClientId,
    /// All of the document.
    pub update: Vec<u8>,
    /// The items in their order.
    pub items: Vec<ItemId>,
    /// How much it is.
    pub gate: Gate,
}

impl SeededItems {
    /// Writes the items.
    ///
    /// # Errors
    /// What cannot be taken.
    pub fn of(items: &[ItemJson]) -> Result<Self, IntakeError> {
        let unfit = |error: &dyn std::fmt::Display| form("items", &error.to_string(), "items of a meeting");
        let client = ClientId::from_random(random_bits() as u64);
        let agenda = Agenda::new(client);
        let ids = agenda.seed_items(items, &mut random_bits);
        agenda.apply(&missing_ids(&agenda.snapshot(), &mut random_bits), Origin::Seed).map_err(|error| unfit(&error))?;
        let update = agenda.doc().transact().encode_state_as_update_v1(&StateVector::default());
        let gate = Gate::load(DocumentKind::Meeting, &update).map_err(|error| unfit(&error))?;
        Ok(Self { client, update, items: ids, gate })
    }
}

/// The attachments that items name, as rows of the items with these ids. A paper says which file it means; only an upload brings one.
pub(super) fn attachments(ids: Vec<ItemId>, items: Vec<ItemJson>) -> Vec<ItemAttachment> {
    let of_item = |(id, item): (ItemId, ItemJson)| item.attachments.into_iter().map(move |attachment| (id.clone(), attachment));
    let row = |(item, attachment)| ItemAttachment {
        id: Some(AttachmentId::from_random(random_bits())),
        ..ItemAttachment::new(item, AttachmentJson { file: None, ..attachment })
    };
    ids.into_iter().zip(items).flat_map(of_item).map(row).collect()
}
