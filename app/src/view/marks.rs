//! The words that threads are about, marked in the text.
//!
//! All marks are resolved once, in slices after the first paint, and then follow the deltas; where a delta touches an edge, or the person undid
//! something, the sticky positions are asked again. They are painted with two standing highlights, `talk` for all and `talk-on` for the one in
//! hand, to which ranges are added and from which they are taken one by one. Where all letters are gone a mark floats at the place. What a thread says, who
//! sees it and where it is kept is no business of this module.

mod painted;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use dagsorden_shared::agenda::{Anchor, AnchorState, Anchored, Change, Field, Followed};
use dagsorden_shared::id::ThreadId;
use web_sys::Element;

pub use self::painted::Mark;
use self::painted::{Ground, Known, NEAR, Painted, Text, covers};
use super::context::EditorContext;
use super::decoration::{Decoration, Decorations, Standing};
use super::part::{Part, Update, When};
use super::{dom, position};

/// Its name as a part.
const NAME: &str = "marks";
/// All marks, the one in hand, and the place of one whose letters are gone.
const ALL: &str = "talk";
const ON: &str = "talk-on";
const GONE: &str = "talk-gone";
/// A slice of resolving takes about so many milliseconds; the clock is looked at after so many marks.
const SLICE: f64 = 8.0;
const AT_ONCE: usize = 16;

/// Where a mark is now.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkPlace {
    /// The thread's id.
    pub thread: ThreadId,
    /// What became of the words.
    pub state: AnchorState,
    /// The top of their first line, in pixels of the page; far from the window that of their item. `None` where they are waited for, or their field is
    /// not in the page.
    pub top: Option<f64>,
}

/// What the marks tell.
pub enum MarkEvent {
    /// Places have changed ([`Marks::places`]), and with `states` what became of some words, too. Told once a frame at most.
    Moved {
        /// Whether not only places are others.
        states: bool,
    },
    /// The person undid or redid something: these threads' letters are others now, which only this page knows. The anchors are to be stored.
    Renewed(Vec<(ThreadId, Anchor)>),
}

/// What stands at a point of the window.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkHit {
    /// Threads whose words are there.
    pub threads: Vec<ThreadId>,
    /// The top of the line, in pixels of the page.
    pub top: f64,
}

/// All marks of a page.
pub struct Marks {
    context: Weak<EditorContext>,
    tell: Box<dyn Fn(MarkEvent)>,
    painted: RefCell<Vec<Painted>>,
    /// The thread in hand.
    on: RefCell<Option<ThreadId>>,
    all: Standing,
    only: Standing,
    gone: Decorations,
    layer: Element,
    /// Fields of the last change, for the undo that may be told of it.
    changed: RefCell<Vec<Field>>,
    /// Fields that were written in since marks were painted.
    written: RefCell<Vec<Field>>,
    /// The person undid something: what is resolved next is to be renewed.
    renews: Cell<bool>,
    renewed: RefCell<Vec<(ThreadId, Anchor)>>,
    /// Something may have become another.
    stale: Cell<bool>,
    /// Places are known that differ from those that were told.
    moved: Cell<bool>,
    /// The same of states.
    restated: Cell<bool>,
    /// Where the marks of gone words float.
    spots: RefCell<Vec<Decoration>>,
}

impl EditorContext {
    /// Marks threads from now on, in place of those marked before; none yet. `tell` hears what becomes of them, and may ask them at once.
    pub fn mark_threads(&self, tell: impl Fn(MarkEvent) + 'static) -> Rc<Marks> {
        self.remove_part(NAME);
        let layer = dom::create("div");
        dom::set(&layer, "class", "talk-marks");
        dom::set(&layer, "aria-hidden", "true");
        if let Some(body) = dom::document().body() {
            dom::append(&body, &layer);
        }
        let marks = Rc::new(Marks {
            context: self.weak(),
            tell: Box::new(tell),
            painted: RefCell::default(),
            on: RefCell::default(),
            all: Standing::new(ALL, 1),
            only: Standing::new(ON, 2),
            gone: Decorations::default(),
            layer,
            changed: RefCell::default(),
            written: RefCell::default(),
            renews: Cell::new(false),
            renewed: RefCell::default(),
            stale: Cell::new(false),
            moved: Cell::new(false),
            restated: Cell::new(false),
            spots: RefCell::default(),
        });
        self.add_part(Rc::clone(&marks) as Rc<dyn Part>);
        marks
    }

    /// An anchor around what the person has selected, and its field. `None` if nothing is.
    pub fn selected_anchor(&self) -> Option<(Field, Anchor)> {
        // Where one may only read there is no field that one writes in.
        let selected = || self.field_at(dom::selection()?.anchor_node().map(Into::into));
        let field = self.active().or_else(selected)?;
        field.read_selection();
        let selection = field.state.borrow().selection().filter(|selection| !selection.is_caret())?;
        let stick = |offset: u32, before: bool| self.port().sticky(&field.field, offset, before);
        let anchor = Anchor::around(&Text::find(self, &field.field)?.units, selection.from(), selection.to(), stick)?;
        Some((field.field.clone(), anchor))
    }
}

impl Marks {
    /// Marks these threads and no others; those with the same anchor stay as they are.
    pub fn set(&self, marks: Vec<Mark>) {
        let gone = |painted: &Painted| !marks.iter().any(|mark| mark.thread == painted.mark.thread);
        let threads: Vec<ThreadId> =
            self.painted.borrow().iter().filter(|painted| gone(painted)).map(|painted| painted.mark.thread.clone()).collect();
        threads.iter().for_each(|thread| self.remove(thread));
        marks.into_iter().for_each(|mark| self.put(mark));
    }

    /// Marks a thread, or marks it elsewhere.
    pub fn put(&self, mark: Mark) {
        let known = self.painted.borrow().iter().any(|painted| painted.mark == mark);
        if !known {
            self.remove(&mark.thread);
            let mut marks = self.painted.borrow_mut();
            // Beside those of its field: what is asked of a field is asked once.
            let at = marks.iter().rposition(|painted| painted.is_in(&mark.field)).map_or(marks.len(), |last| last + 1);
            marks.insert(at, Painted::new(mark));
            drop(marks);
            self.schedule();
        }
    }

    /// Marks a thread no more.
    pub fn remove(&self, thread: &ThreadId) {
        let mut marks = self.painted.borrow_mut();
        if let Some(at) = marks.iter().position(|painted| painted.mark.thread == *thread) {
            self.erase(&mut marks.remove(at));
            drop(marks);
            self.schedule();
        }
    }

    /// Takes a thread in hand, or none.
    pub fn take_in_hand(&self, thread: Option<&ThreadId>) {
        let marks = self.painted.borrow();
        let range =
            |of: Option<&ThreadId>| marks.iter().find(|painted| Some(&painted.mark.thread) == of).and_then(|painted| painted.range.clone());
        let before = self.on.replace(thread.cloned());
        range(before.as_ref()).iter().for_each(|range| self.only.remove(range));
        range(thread).iter().for_each(|range| self.only.add(range));
    }

    /// Where all marks are, as of the last frame.
    pub fn places(&self) -> Vec<MarkPlace> {
        let marks = self.painted.borrow();
        let place = |painted: &Painted| MarkPlace { thread: painted.mark.thread.clone(), state: painted.at.state, top: painted.top };
        marks.iter().map(place).collect()
    }

    /// The words of a thread as they stand. `None` if it is not marked, or they are waited for.
    pub fn words(&self, thread: &ThreadId) -> Option<String> {
        let context = self.context.upgrade()?;
        let marks = self.painted.borrow();
        let painted = marks.iter().find(|painted| painted.mark.thread == *thread)?;
        let text = Text::find(&context, &painted.mark.field).filter(|_| painted.at.state != AnchorState::Waiting)?;
        Some(String::from_utf16_lossy(text.between(painted.at)?))
    }

    /// What stands at a point of the window. `None` if no text does.
    pub fn at_point(&self, x: f64, y: f64) -> Option<MarkHit> {
        let context = self.context.upgrade()?;
        let (node, _) = dom::place_at_point(x, y)?;
        let field = context.field_at(Some(node.clone().into()))?;
        let line = dom::element_at(&node)?.closest("[data-line]").ok()??;
        let marks = self.painted.borrow();
        let here =
            marks.iter().filter(|painted| painted.is_in(&field.field) && painted.range.as_ref().is_some_and(|range| covers(range, x, y)));
        let top = line.get_bounding_client_rect().top() + dom::scrolled()?;
        Some(MarkHit { threads: here.map(|painted| painted.mark.thread.clone()).collect(), top })
    }

    fn schedule(&self) {
        if let Some(context) = self.context.upgrade() {
            self.stale.set(true);
            context.schedule(NAME, When::Pause);
        }
    }

    /// Notes that nothing is known any more of the marks that fit.
    fn forget(&self, fits: impl Fn(&Painted) -> bool) {
        self.painted.borrow_mut().iter_mut().filter(|painted| fits(painted)).for_each(|painted| painted.known = Known::Nothing);
    }

    fn follow(&self, context: &EditorContext, changes: &[Change]) {
        self.changed.borrow_mut().clear();
        for change in changes {
            let (field, delta) = match change {
                Change::Text { field, delta } => (field, delta),
                // Fields may have gone, or have been replaced whole.
                Change::Sections(item) => {
                    self.forget(|painted| painted.mark.field.item() == item);
                    continue;
                }
                _ => {
                    self.forget(|painted| !painted.is_intact());
                    continue;
                }
            };
            self.changed.borrow_mut().push(field.clone());
            self.written.borrow_mut().push(field.clone());
            let written = context.field(&field.to_string()).and_then(|field| field.lines_of(delta));
            for painted in self.painted.borrow_mut().iter_mut().filter(|painted| painted.is_in(field)) {
                let (followed, at) = (painted.at.follow(delta), painted.at);
                painted.known = match (painted.known, followed) {
                    (Known::Nothing, _) | (_, Followed::Touched) => Known::Nothing,
                    (known, Followed::Same) => known,
                    (_, Followed::Inside) => Known::Edges,
                };
                // The browser's own range may have followed to an equal letter beside.
                painted.fresh |= written.as_ref().is_some_and(|(from, to)| *from <= at.end && at.start <= *to);
            }
        }
    }

    /// Finds out what is not known, field by field, until the slice is over. Answers whether all is known.
    fn resolve(&self, context: &EditorContext) -> bool {
        let begun = js_sys::Date::now();
        let mut text: Option<Text> = None;
        let mut done = 0;
        for painted in self.painted.borrow_mut().iter_mut().filter(|painted| painted.known != Known::Place) {
            if done == AT_ONCE {
                if js_sys::Date::now() - begun > SLICE {
                    return false;
                }
                done = 0;
            }
            done += 1;
            let Mark { thread, field, anchor } = &painted.mark;
            if text.as_ref().is_none_or(|text| text.field != *field) {
                text = Text::find(context, field);
            }
            let before = painted.at;
            match (&text, painted.known) {
                (None, _) => painted.at = Painted::WAITING,
                (Some(text), Known::Edges) => {
                    painted.at.state = text.between(before).map_or(AnchorState::Waiting, |words| anchor.state_of(words))
                }
                (Some(text), _) => {
                    painted.at = anchor.resolve(&text.units, |position| context.port().offset(field, position));
                    let stick = |offset: u32, before: bool| context.port().sticky(field, offset, before);
                    let renewed = if self.renews.get() { anchor.renewed(&text.units, painted.at, stick) } else { None };
                    self.renewed.borrow_mut().extend(renewed.map(|renewed| (thread.clone(), renewed)));
                }
            }
            painted.known = Known::Place;
            painted.fresh |= painted.at != before || !painted.is_intact();
            if painted.at.state != before.state {
                self.restated.set(true);
            }
        }
        self.renews.set(false);
        true
    }

    /// Reads where the marks are.
    fn look(&self, context: &EditorContext) {
        let scrolled = dom::scrolled().unwrap_or_default();
        let height = leptos::prelude::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        let mut spots = Vec::new();
        let mut ground: Option<Ground> = None;
        for painted in self.painted.borrow_mut().iter_mut() {
            if ground.as_ref().is_none_or(|ground| !painted.is_in(ground.field())) {
                ground = Ground::find(context, &painted.mark.field, height);
            }
            let here = ground.as_ref().filter(|_| painted.at.state != AnchorState::Waiting);
            let spot = here.and_then(|ground| ground.spot(painted.at)).map(|[left, top, height]| [left, top + scrolled, height]);
            let top = spot.map(|spot| spot[1]);
            let differs = match (top, painted.top) {
                (Some(now), Some(before)) => (now - before).abs() >= NEAR,
                (now, before) => now.is_some() != before.is_some(),
            };
            if differs {
                painted.top = top;
                self.moved.set(true);
            }
            let floats = spot.filter(|spot| spot[2] > 0.0 && painted.at.state == AnchorState::Gone);
            spots.extend(floats.map(|spot| Decoration::Mark((GONE, 0), spot)));
        }
        *self.spots.borrow_mut() = spots;
    }

    fn paint(&self, context: &EditorContext) {
        let written = self.written.take();
        for painted in self.painted.borrow_mut().iter_mut().filter(|painted| painted.known == Known::Place) {
            // Lines beside those that were written in may have been moved.
            let lost = || painted.range.is_some() && written.contains(&painted.mark.field) && !painted.is_intact();
            if !painted.fresh && !lost() {
                continue;
            }
            painted.fresh = false;
            self.erase(painted);
            let Anchored { start, end, .. } = painted.at;
            let field = context.field(&painted.mark.field.to_string()).filter(|field| start < end && field.host.is_connected());
            painted.range = field.and_then(|field| position::range_of(&field.lines.borrow(), &field.state.borrow(), start, end));
            if let Some(range) = &painted.range {
                self.all.add(range);
                if self.on.borrow().as_ref() == Some(&painted.mark.thread) {
                    self.only.add(range);
                }
            }
        }
    }

    fn erase(&self, painted: &mut Painted) {
        if let Some(range) = painted.range.take() {
            self.all.remove(&range);
            self.only.remove(&range);
        }
    }
}

impl Part for Marks {
    fn name(&self) -> &'static str {
        NAME
    }

    fn update(&self, context: &EditorContext, update: &Update<'_>) {
        if self.painted.borrow().is_empty() {
            return;
        }
        match update {
            Update::Changed { changes, .. } => {
                self.follow(context, changes);
                self.schedule();
            }
            // Letters that came back are the old ones for this page alone.
            Update::Undone => {
                let changed = self.changed.borrow();
                self.forget(|painted| changed.contains(&painted.mark.field));
                self.renews.set(true);
                self.schedule();
            }
            Update::Mounted(field) => {
                self.forget(|painted| painted.is_in(field));
                self.schedule();
            }
            Update::Viewport => context.schedule(NAME, When::Pause),
            _ => {}
        }
    }

    /// Resolves what is to be resolved; where it is is read once that is done.
    fn measure(&self, context: &EditorContext) {
        if self.stale.take() && !self.resolve(context) {
            return self.schedule();
        }
        self.look(context);
    }

    fn draw(&self, context: &EditorContext) {
        self.paint(context);
        if self.stale.get() {
            return;
        }
        self.gone.show(&self.spots.take(), Some(&self.layer));
        let renewed = self.renewed.take();
        if !renewed.is_empty() {
            (self.tell)(MarkEvent::Renewed(renewed));
        }
        let (moved, states) = (self.moved.take(), self.restated.take());
        if moved || states {
            (self.tell)(MarkEvent::Moved { states });
        }
    }

    fn destroy(&self) {
        self.all.end();
        self.only.end();
        dom::detach(&self.layer);
    }
}
