//! Items that are put into a meeting which is there already: behind the others, but before what closes the agenda.

use yrs::error::UpdateError;
use yrs::updates::decoder::Decode;
use yrs::{Map, Transact, Update};

use super::edit::{FieldValue, set, set_item_order};
use super::schema::{HeaderKey, Origin, item};
use super::{Agenda, order, read};
use crate::id::ItemId;

/// Titles of what closes an agenda: new items stand before it.
const CLOSING: [&str; 5] = ["Eventuelt", "Evt.", "Næste møde", "Any other business", "Next meeting"];

/// Why items cannot be put into a document.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The bytes are no update.
    #[error("the items cannot be read: {0}")]
    Unreadable(#[from] yrs::encoding::read::Error),
    /// The update does not fit this document.
    #[error("the items cannot be taken up: {0}")]
    Unfit(#[from] UpdateError),
}

impl Agenda {
    /// The item that a new one stands behind: the last, but for those that close the agenda. `None`: it stands first.
    pub fn last_before_closing(&self) -> Option<ItemId> {
        let items = self.outline();
        let txn = self.doc().transact();
        let closes = |(id, _): &&(ItemId, String)| {
            let title =
                self.item_map(&txn, id).ok().and_then(|map| read::text(&map, &txn, item::TITLE)).map(|title| read::plain(&title, &txn));
            title.is_some_and(|title| CLOSING.iter().any(|closing| closing.eq_ignore_ascii_case(title.trim())))
        };
        let closing = items.iter().rev().take_while(closes).count();
        items[..items.len() - closing].last().map(|(id, _)| id.clone())
    }

    /// Puts items into this document that [`Agenda::seed_items`] wrote into an empty one: `seeded` is all of that, `items` are their ids in their
    /// order. Sets these values of the header with them. Where other items stand, the numbers of the new ones follow from their place. One
    /// transaction.
    ///
    /// # Errors
    /// The bytes are no such document.
    pub fn append(&self, seeded: &[u8], items: &[ItemId], header: &[(HeaderKey, String)]) -> Result<(), AppendError> {
        let update = Update::decode_v1(seeded)?;
        let alone = self.outline().is_empty();
        let mut after = self.last_before_closing();
        let mut txn = self.doc().transact_mut_with(Origin::Seed.as_str());
        let mut places = self.places(&txn, None);
        txn.apply_update(update)?;
        for id in items {
            let Ok(map) = self.item_map(&txn, id) else { continue };
            let behind = after.as_ref().and_then(|after| places.iter().position(|place| place.1 == *after));
            for (moved, key) in order::keys_after(&places, behind, id.clone()) {
                places.retain(|place| place.1 != moved);
                order::insert(&mut places, (key.clone(), moved.clone()));
                set_item_order(self, &mut txn, &moved, key);
            }
            if !alone {
                map.remove(&mut txn, item::NUMBER);
            }
            after = Some(id.clone());
        }
        for (key, value) in header {
            set(&self.meeting, &mut txn, key.as_str(), Some(&FieldValue::Text(value.clone())));
        }
        Ok(())
    }
}
