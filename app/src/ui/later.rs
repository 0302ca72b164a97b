//! What of a list is drawn later: entries far from the window keep what the server painted of them until it is their turn.
//!
//! They are drawn a little at a time, at once when one is needed, and all together when all are. A drawn entry is an entry like any
//! other. Knows no meeting.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use web_sys::HtmlElement;

/// So much of a frame is used for what waits.
const SLICE_MILLIS: f64 = 10.0;
/// The browser's own turn between two of them.
const PAUSE: Duration = Duration::from_millis(4);

/// Finds the painted element of a key, if its entry may wait.
pub(crate) type Painted = Box<dyn Fn(&str) -> Option<HtmlElement>>;

/// Draws an entry, unless it is gone by now.
type Draw = Box<dyn FnOnce()>;

struct Waiting {
    key: String,
    /// The element of the list.
    element: HtmlElement,
    painted: HtmlElement,
    draw: Draw,
}

/// The entries that wait. They wait only in the first moments of a page.
pub(crate) struct Later {
    painted: RefCell<Option<Painted>>,
    waiting: RefCell<VecDeque<Waiting>>,
    before: RefCell<Option<Rc<dyn Fn()>>>,
    after: RefCell<Option<Rc<dyn Fn()>>>,
    running: Cell<bool>,
}

impl Later {
    /// Nothing waits. `painted` is asked for each entry until [`Later::adopt`].
    pub(crate) fn new(painted: Painted) -> Rc<Self> {
        Rc::new(Self {
            painted: RefCell::new(Some(painted)),
            waiting: RefCell::default(),
            before: RefCell::default(),
            after: RefCell::default(),
            running: Cell::new(false),
        })
    }

    /// What is done before entries are drawn late, and when they are there.
    pub(crate) fn around(&self, before: impl Fn() + 'static, after: impl Fn() + 'static) {
        *self.before.borrow_mut() = Some(Rc::new(before));
        *self.after.borrow_mut() = Some(Rc::new(after));
    }

    /// The painted element of this key, if its entry may wait.
    pub(super) fn painted(&self, key: &str) -> Option<HtmlElement> {
        self.painted.borrow().as_ref()?(key)
    }

    /// Has an entry wait; until it is drawn it shows what is in `painted`.
    pub(super) fn push(&self, key: &str, element: &HtmlElement, painted: HtmlElement, draw: Draw) {
        self.waiting.borrow_mut().push_back(Waiting { key: key.to_owned(), element: element.clone(), painted, draw });
    }

    /// Takes over what the server painted. Call it when the list is about to be shown in the place of the painted one: nothing may be missing there before.
    pub(crate) fn adopt(&self) {
        self.painted.take();
        for waiting in self.waiting.borrow().iter() {
            while let Some(child) = waiting.painted.first_child() {
                // What was in one element can be in another.
                drop(waiting.element.append_child(&child));
            }
        }
    }

    /// Whether an entry is not drawn yet.
    pub(crate) fn waits(&self, key: &str) -> bool {
        self.waiting.borrow().iter().any(|waiting| waiting.key == key)
    }

    /// Draws an entry at once.
    pub(crate) fn draw(&self, key: &str) {
        let found = {
            let mut waiting = self.waiting.borrow_mut();
            let at = waiting.iter().position(|waiting| waiting.key == key);
            at.and_then(|at| waiting.remove(at))
        };
        if let Some(found) = found {
            self.draw_all([found]);
            self.tell();
        }
    }

    /// Draws this entry and those after it next.
    pub(crate) fn prefer(&self, key: &str) {
        let mut waiting = self.waiting.borrow_mut();
        if let Some(at) = waiting.iter().position(|waiting| waiting.key == key) {
            waiting.rotate_left(at);
        }
    }

    /// Draws everything at once.
    pub(crate) fn complete(&self) {
        let all = self.waiting.take();
        if !all.is_empty() {
            self.draw_all(all);
            self.tell();
        }
    }

    /// Draws what waits, a little at a time.
    pub(crate) fn run(self: &Rc<Self>) {
        if self.running.replace(true) || self.waiting.borrow().is_empty() {
            return;
        }
        self.run_on();
    }

    fn run_on(self: &Rc<Self>) {
        let end = now() + SLICE_MILLIS;
        let next = || Some(()).filter(|()| now() < end).and_then(|()| self.waiting.borrow_mut().pop_front());
        self.draw_all(std::iter::from_fn(next));
        if self.waiting.borrow().is_empty() {
            self.tell();
        } else {
            let this = Rc::clone(self);
            set_timeout(move || this.run_on(), PAUSE);
        }
    }

    fn draw_all(&self, entries: impl IntoIterator<Item = Waiting>) {
        let before = self.before.borrow().clone();
        before.iter().for_each(|before| before());
        for waiting in entries {
            waiting.element.set_text_content(None);
            (waiting.draw)();
        }
    }

    fn tell(&self) {
        let after = self.after.borrow().clone();
        after.iter().for_each(|after| after());
    }
}

fn now() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}
