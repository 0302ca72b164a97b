//! Work that must not stand between a key and its paint: done once, in the pause after the next frame.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::{document, request_animation_frame, set_timeout};

/// Work that waits for the pause after the next frame, however often it is asked for.
pub(crate) struct AfterPaint(Rc<Waiting>);

struct Waiting {
    work: Box<dyn Fn()>,
    asked: Cell<bool>,
}

impl AfterPaint {
    /// Nothing is asked for yet.
    pub(crate) fn new(work: impl Fn() + 'static) -> Self {
        Self(Rc::new(Waiting { work: Box::new(work), asked: Cell::new(false) }))
    }

    /// Asks for the work.
    pub(crate) fn ask(&self) {
        if self.0.asked.replace(true) {
            return;
        }
        let waiting = Rc::downgrade(&self.0);
        after_paint(move || waiting.upgrade().into_iter().for_each(|waiting| waiting.settle()));
    }

    /// Does the work now if it was asked for and still waits.
    pub(crate) fn settle(&self) {
        self.0.settle();
    }
}

impl Waiting {
    fn settle(&self) {
        if self.asked.replace(false) {
            (self.work)();
        }
    }
}

/// Does work once in the pause after the next frame. In a hidden page there are no frames: it is done soon.
pub(crate) fn after_paint(work: impl FnOnce() + 'static) {
    let work: Box<dyn FnOnce()> = Box::new(work);
    // A task of its own runs after the frame that is being made.
    if document().hidden() {
        set_timeout(work, Duration::ZERO);
    } else {
        request_animation_frame(move || set_timeout(work, Duration::ZERO));
    }
}
