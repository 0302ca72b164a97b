//! The contract for the parts of the view: what draws over the text, such as others' carets, what was found, or the toolbar.
//!
//! A part hears of every update at once and only takes note of it then, since a key may be waiting for its paint. When it asks to be drawn, it
//! reads the layout in `measure` and writes in `draw`: all parts that are due at a moment read first and write afterwards, so that the page is laid
//! out once. What a part colours it says as data ([`Decoration`](super::decoration::Decoration)). This module knows no part; the list of
//! them is made in `setup`, and a part that is rarely needed adds itself when it is asked for.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use dagsorden_editor::Selection;
use dagsorden_shared::agenda::{Change, Field};
use leptos::prelude::{document, request_animation_frame, set_timeout};
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget, Node};

use super::context::EditorContext;
use super::listener::Listener;
use crate::sync::Author;

/// What a part may have to follow.
pub(super) enum Update<'a> {
    /// The document is about to change; `only_text` if nothing but text does.
    WillChange {
        /// Who changed it.
        by: Author,
        /// Neither items nor sections come, go or move.
        only_text: bool,
    },
    /// Others are about to change something of the page that is not the document.
    PageWillChange,
    /// The document changed, and the fields show it.
    Changed {
        /// In their order.
        changes: &'a [Change],
        /// By an edit of this page's editor.
        own: bool,
    },
    /// A field is in the page that was not, or was another.
    Mounted(&'a Field),
    /// The person undid or redid a step; its changes were told before.
    Undone,
    /// The person is about to change the document.
    WillEdit,
    /// The window is about to be scrolled to the caret.
    WillReveal,
    /// The person's selection is another one.
    SelectionMoved,
    /// Others came, went or moved their selections.
    Peers,
    /// The window was scrolled or has another size.
    Viewport,
}

/// What the editor or the page asks of a part.
#[derive(Clone, Copy)]
pub(super) enum Request {
    /// Show the prompt for the address of a link.
    LinkPrompt,
    /// Say that the address of a link was refused.
    LinkRefused,
    /// Take the focus to the toolbar.
    ToolbarFocus,
    /// Hide the toolbar until something else than this is selected.
    ToolbarAway(Option<Selection>),
    /// Open the bar for finding and replacing.
    Find,
}

/// When a part is to be drawn.
#[derive(Clone, Copy)]
pub(super) enum When {
    /// In the next frame.
    Frame = 1,
    /// In the pause after the next frame: a key's paint comes first. In a hidden page there are no frames: soon.
    Pause = 2,
    /// In the first frame after that pause.
    FrameAfterPause = 4,
}

/// What waits for a pause and had its frame is moved up by so many bits.
const READY: u8 = 4;
/// What waits for a pause, before its frame and after it.
const PAUSES: u8 = When::Pause as u8 | When::FrameAfterPause as u8;

/// Something that draws over the text.
pub(super) trait Part {
    /// Its name in the list.
    fn name(&self) -> &'static str;

    /// The page is in place: what stands in it for good is added.
    fn attach(&self, _: &EditorContext) {}

    /// Takes note of an update. Writes nothing that can wait, reads no layout unless it is about to be lost, and asks for a time to draw by
    /// [`EditorContext::schedule`].
    fn update(&self, context: &EditorContext, update: &Update<'_>);

    /// Reads the layout.
    fn measure(&self, _: &EditorContext) {}

    /// Writes.
    fn draw(&self, context: &EditorContext);

    /// Handles an event it listens to ([`EditorContext::listen_for`]).
    fn handle(&self, _: &EditorContext, _: &Event) {}

    /// Does what is asked, if it is its business. Answers whether it did.
    fn answer(&self, _: &EditorContext, _: Request) -> bool {
        false
    }

    /// Whether a node is of something that acts on the text, so that who has the focus there still writes.
    fn holds(&self, _: &Node) -> bool {
        false
    }

    /// Takes what it drew out of the page.
    fn destroy(&self);
}

struct Entry {
    part: Rc<dyn Part>,
    /// When it is to be drawn, as bits.
    due: Cell<u8>,
    listeners: RefCell<Vec<Listener>>,
}

/// The parts of an editor, and the times they are drawn.
#[derive(Default)]
pub(super) struct Parts {
    entries: RefCell<Vec<Entry>>,
    /// A frame is asked for.
    framed: Cell<bool>,
}

impl Parts {
    /// Those that fit, in their order. Copied, since what they do may add and remove parts.
    fn list(&self, fits: impl Fn(&Entry) -> bool) -> Vec<Rc<dyn Part>> {
        self.entries.borrow().iter().filter(|entry| fits(entry)).map(|entry| Rc::clone(&entry.part)).collect()
    }

    fn with<T>(&self, name: &str, act: impl FnOnce(&Entry) -> T) -> Option<T> {
        self.entries.borrow().iter().find(|entry| entry.part.name() == name).map(act)
    }

    /// Those that are due by a bit, which they are not any more.
    fn take(&self, bit: u8) -> Vec<Rc<dyn Part>> {
        self.list(|entry| entry.due.replace(entry.due.get() & !bit) & bit != 0)
    }

    /// What waits for the pause after this frame may go on. Answers whether anything does.
    fn frame_came(&self) -> bool {
        self.entries.borrow().iter().fold(false, |any, entry| {
            let waits = entry.due.get() & PAUSES;
            entry.due.set(entry.due.get() & !PAUSES | waits << READY);
            any || waits != 0
        })
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        self.entries.take().iter().for_each(|entry| entry.part.destroy());
    }
}

impl EditorContext {
    /// Adds a part to the end of the list.
    pub(super) fn add_part(&self, part: Rc<dyn Part>) {
        self.parts.entries.borrow_mut().push(Entry { part, due: Cell::new(0), listeners: RefCell::default() });
    }

    /// Takes a part away, with what it drew.
    pub(super) fn remove_part(&self, name: &str) {
        let mut entries = self.parts.entries.borrow_mut();
        let at = entries.iter().position(|entry| entry.part.name() == name);
        let removed = at.map(|at| entries.remove(at));
        drop(entries);
        if let Some(entry) = removed {
            entry.part.destroy();
        }
    }

    /// Whether there is a part of this name.
    pub(super) fn has_part(&self, name: &str) -> bool {
        self.parts.with(name, |_| ()).is_some()
    }

    /// Tells all parts that the page is in place.
    pub(super) fn attach_parts(&self) {
        self.parts.list(|_| true).iter().for_each(|part| part.attach(self));
    }

    /// Tells all parts of an update.
    pub(super) fn update_parts(&self, update: &Update<'_>) {
        self.parts.list(|_| true).iter().for_each(|part| part.update(self, update));
    }

    /// Asks the parts for something. Answers whether one did it.
    pub(super) fn request(&self, request: Request) -> bool {
        self.parts.list(|_| true).iter().any(|part| part.answer(self, request))
    }

    /// Whether a node is of a part that acts on the text.
    pub(super) fn part_holds(&self, node: &Node) -> bool {
        self.parts.list(|_| true).iter().any(|part| part.holds(node))
    }

    /// Lets a part handle the events of this name at an element.
    pub(super) fn listen_for(&self, part: &'static str, target: &EventTarget, event: &'static str) {
        let this = self.weak();
        let closure = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            let context = this.upgrade();
            let part = context.as_ref().and_then(|context| context.parts.with(part, |entry| Rc::clone(&entry.part)));
            if let Some((context, part)) = context.zip(part) {
                part.handle(&context, &event);
            }
        });
        let listener = Listener::add(target, event, false, closure);
        self.parts.with(part, |entry| entry.listeners.borrow_mut().extend(listener));
    }

    /// Has a part measured and drawn, once, however often it is asked for.
    pub(super) fn schedule(&self, part: &str, when: When) {
        let hidden = !matches!(when, When::Frame) && document().hidden();
        let bit = if hidden { (when as u8) << READY } else { when as u8 };
        let fresh = self.parts.with(part, |entry| entry.due.replace(entry.due.get() | bit) & bit == 0);
        if fresh != Some(true) {
            return;
        }
        if hidden {
            self.pause_soon();
        } else if !self.parts.framed.replace(true) {
            let this = self.weak();
            request_animation_frame(move || this.upgrade().into_iter().for_each(|context| context.frame()));
        }
    }

    fn frame(&self) {
        self.parts.framed.set(false);
        self.pass(When::Frame as u8);
        if self.parts.frame_came() {
            self.pause_soon();
        }
    }

    /// A task of its own runs after the frame that is being made.
    fn pause_soon(&self) {
        let this = self.weak();
        set_timeout(move || this.upgrade().into_iter().for_each(|context| context.pause()), Duration::ZERO);
    }

    fn pause(&self) {
        self.pass((When::Pause as u8) << READY);
        for part in self.parts.take((When::FrameAfterPause as u8) << READY) {
            self.schedule(part.name(), When::Frame);
        }
    }

    /// First all read, then all write.
    fn pass(&self, bit: u8) {
        let due = self.parts.take(bit);
        due.iter().for_each(|part| part.measure(self));
        due.iter().for_each(|part| part.draw(self));
    }
}
