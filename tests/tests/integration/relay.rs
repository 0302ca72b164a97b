//! The relay, from outside: a real server process and clients of its protocol.

mod audit;
mod bad_input;
mod damage;
mod disk_full;
mod durability;
mod events;
mod kill;
mod live;
mod load;
mod logs;
mod one_socket;
mod phases;
mod restart;
mod slow;
mod stock;
mod under_fire;

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result};
use dagsorden_shared::agenda::{Agenda, Field};
use dagsorden_shared::id::{ClientId, ItemId, SectionId};

/// A client id that no other test of this run uses.
pub(crate) fn fresh() -> ClientId {
    static NEXT: AtomicU64 = AtomicU64::new(1_000_000);
    dagsorden_tests::fixture::client(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A section of an item by their places.
pub(crate) fn section(agenda: &Agenda, item: usize, section: usize) -> Result<(ItemId, SectionId)> {
    let snapshot = agenda.snapshot();
    let item = snapshot.items.get(item).context("too few items")?;
    Ok((item.id.clone(), item.sections.get(section).context("too few sections")?.id.clone()))
}

pub(crate) fn field(agenda: &Agenda, item: usize, place: usize) -> Result<Field> {
    section(agenda, item, place).map(|(item, section)| Field::Section(item, section))
}

pub(crate) fn text(agenda: &Agenda, field: &Field) -> String {
    agenda.body(field).map(|body| body.text()).unwrap_or_default()
}
