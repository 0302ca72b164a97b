//! The part `tools`: what each of its dialogs is asked for is done here, and nowhere else, so that their code stays out of the main module.

use std::rc::Rc;

use dagsorden_shared::id::{ItemId, SectionId};

use super::frame::Frame;
use super::meeting::Meeting;
use super::{identity, shortcuts};
use crate::parts::Tools;

/// All dialogs of the part.
pub(crate) struct Dialogs;

impl Tools for Dialogs {
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
}
