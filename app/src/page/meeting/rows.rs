//! What the meeting's rows say, as signals: the forum's name, the phase, participants, attachments, and what one may do.
//!
//! Filled from the page's start values, then from the server whenever it says that something changed. Knows no element.

use std::cell::Cell;
use std::rc::Rc;

use dagsorden_shared::access::Verb;
use dagsorden_shared::api::MeetingDetail;
use dagsorden_shared::event::Event;
use dagsorden_shared::id::MeetingId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Meeting;
use crate::json;
use crate::sync::http;

/// The rows. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    pub(super) detail: RwSignal<MeetingDetail>,
    /// Whether one may write in the meeting now.
    pub(super) write: RwSignal<bool>,
    /// Whether the server's disk is full.
    pub(super) full: RwSignal<bool>,
}

impl Rows {
    pub(super) fn of(detail: MeetingDetail) -> Self {
        let write = may(&detail, Verb::Write);
        Self { detail: RwSignal::new(detail), write: RwSignal::new(write), full: RwSignal::new(false) }
    }

    /// The meeting, which stays the same.
    pub(super) fn id(self) -> MeetingId {
        self.detail.with_untracked(|detail| detail.id.clone())
    }

    /// Whether one may do this now. Followed where it is read in a part.
    pub(super) fn may(self, verb: Verb) -> bool {
        self.detail.with(|detail| may(detail, verb))
    }
}

fn may(detail: &MeetingDetail, verb: Verb) -> bool {
    detail.may.iter().any(|may| may == verb.as_str())
}

/// Follows the server's events for as long as the page is open.
pub(super) fn follow(meeting: Meeting) {
    let rows = meeting.rows;
    // Whether the rows are being asked for, and whether they have changed since.
    let (asking, again) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(false)));
    let ask = move || {
        if asking.replace(true) {
            again.set(true);
            return;
        }
        let (asking, again) = (Rc::clone(&asking), Rc::clone(&again));
        spawn_local(async move {
            loop {
                again.set(false);
                // Without an answer the rows stay as they are; the next connection asks again.
                if let Ok(detail) = http::get::<MeetingDetail>(&format!("/api/meetings/{}", rows.id())).await
                    && !again.get()
                {
                    rows.write.set(may(&detail, Verb::Write));
                    meeting.with(|parts| parts.documents.follow(&detail.item_documents));
                    if rows.detail.with_untracked(|old| *old != detail) {
                        rows.detail.set(detail);
                        // What one may say and decide goes by the phase.
                        meeting.refresh_talk();
                    }
                }
                if !again.get() {
                    break;
                }
            }
            asking.set(false);
        });
    };
    let listener = Rc::new(move |event: &str| match json::read::<Event>(event) {
        Some(Event::Storage { full }) => rows.full.set(full),
        Some(Event::Rights { write }) => {
            rows.write.set(write);
            ask();
        }
        Some(Event::Meeting { .. }) => {
            ask();
            meeting.refresh_files();
        }
        Some(Event::Again) => {
            ask();
            meeting.refresh_files();
            meeting.refresh_talk();
        }
        Some(Event::Talk) => meeting.refresh_talk(),
        // A connection begins, or a newer server says something of its own.
        None => {
            rows.full.set(false);
            ask();
            meeting.refresh_files();
            meeting.refresh_talk();
        }
    });
    meeting.with(|parts| parts.documents.on_event(listener));
}
