//! The parts `tools` and `writing`: what they are asked for is done here, and nowhere else, so that its code stays out of the main module.

use std::rc::Rc;

use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::Participant;

use super::frame::Frame;
use super::meeting::{Meeting, Task, run_task};
use super::{identity, shortcuts};
use crate::parts::{Tools, Writing};
use crate::view::{EditorContext, find};

/// All of both parts.
pub(crate) struct All;

impl Tools for All {
    fn shortcuts(&self, frame: Frame) {
        shortcuts::open(frame);
    }

    fn identity(&self, frame: Frame, done: Rc<dyn Fn()>) {
        identity::open(frame, &done);
    }

    fn meeting_details(&self, meeting: Meeting) {
        meeting.open_details();
    }

    fn item_details(&self, meeting: Meeting, item: &ItemId) {
        meeting.open_item_details(item);
    }

    fn heading(&self, meeting: Meeting, item: &ItemId, section: &SectionId) {
        meeting.open_heading(item, section);
    }

    fn find(&self, context: &EditorContext) {
        find::open(context);
    }

    fn authors(&self, meeting: Meeting) {
        meeting.show_authors();
    }

    fn participants(&self, meeting: Meeting, new: Option<Participant>) {
        meeting.open_participants(new);
    }
}

impl Writing for All {
    fn deleted(&self, meeting: Meeting) {
        meeting.open_deleted();
    }

    fn meanwhile(&self, meeting: Meeting) {
        meeting.say_meanwhile();
    }

    fn writing(&self, meeting: Meeting, task: Task) {
        run_task(meeting, task);
    }
}
