//! What people do, one function each: judged inside the transaction, stored with its audit row, then told to all who have the meeting open.
//!
//! Routes and the command line call these; they know no HTTP. All SQL is in the store.

pub mod attachment;
pub mod demo;
pub mod forum;
pub mod import;
pub mod meeting;
pub mod participants;
pub mod people;
pub mod phase;
pub mod points;
pub mod proposal;
pub mod talk;
pub mod template;

use dagsorden_shared::event::Event;
use dagsorden_shared::id::MeetingId;

use crate::files::Files;
use crate::room::Registry;
use crate::store::Store;

/// What a command works with. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Commands {
    /// Where rows are kept.
    pub store: Store,
    /// Where events go.
    pub registry: Registry,
    /// Where files are kept.
    pub files: Files,
}

impl Commands {
    /// Tells all who have a meeting open that its rows have changed.
    fn rows_changed(&self, meeting: &MeetingId) {
        if let Some(place) = self.store.rights_now().meetings.meetings.get(meeting) {
            self.registry.publish(&place.document, Event::Meeting { phase: place.phase });
        }
    }

    /// Tells all who have a meeting open that there is something new to read beside its text.
    fn talk_changed(&self, meeting: &MeetingId) {
        if let Some(place) = self.store.rights_now().meetings.meetings.get(meeting) {
            self.registry.publish(&place.document, Event::Talk);
        }
    }
}
