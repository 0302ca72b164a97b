//! What a person reads stands still while others write above it.
//!
//! Browsers see to that themselves (scroll anchoring), and best: whatever moved it, and before anything is painted. Safari does not, and Firefox
//! stops for good after ten moves in half a second that nearly cancel each other out. There the page does it, for what others change in the
//! meeting and for nothing else. Knows no document.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::{document, set_timeout, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::context::EditorContext;
use super::dom;
use super::field::BARS;
use super::part::{Part, Update, When};
use crate::sync::Author;

/// Its name as a part.
const NAME: &str = "reading-place";
/// Pixels from one look for a line to the next; no line is less high.
const STEP: f64 = 10.0;
/// So long after one's own letter the page does not look whether the browser holds: the next key's paint comes first.
const REST: Duration = Duration::from_secs(1);
/// Fewer pixels are rounding.
const MOVED: f64 = 2.0;
/// So often in a row the browser held nothing: it does not. Once proves little, since it may hold something else in view.
const MISSES: u32 = 3;
/// Lines that the page holds: the first may go.
const LINES: usize = 3;

/// Lines in view, as they stood.
struct Held {
    lines: Vec<(Element, f64)>,
    scrolled: f64,
}

impl Held {
    /// The first lines in view. At the very top of the page none is held: what comes in there is seen coming.
    fn find(count: usize) -> Option<Self> {
        let scrolled = dom::scrolled().filter(|scrolled| *scrolled >= 1.0)?;
        let height = window().inner_height().ok()?.as_f64()?;
        let paper = document().query_selector(".paper").ok()??.get_bounding_client_rect();
        let middle = paper.left() + paper.width() / 2.0;
        let mut lines: Vec<(Element, f64)> = Vec::new();
        let mut y = BARS;
        while y < height && lines.len() < count {
            #[expect(clippy::cast_possible_truncation, reason = "pixels of a window")]
            let found = document().element_from_point(middle as f32, y as f32);
            let line = found.and_then(|found| found.closest("[data-line]").ok()?);
            if let Some(line) = line.filter(|line| lines.last().is_none_or(|(last, _)| !dom::same(last, line))) {
                let top = line.get_bounding_client_rect().top();
                lines.push((line, top));
            }
            y += STEP;
        }
        (!lines.is_empty()).then_some(Self { lines, scrolled })
    }

    /// How far the first that is left moved in the window.
    fn moved(&self) -> Option<f64> {
        let (line, top) = self.lines.iter().find(|(line, _)| line.is_connected())?;
        Some(line.get_bounding_client_rect().top() - top)
    }

    /// How far the window scrolled since, by the person or by the browser.
    fn scrolled(&self) -> f64 {
        dom::scrolled().map_or(0.0, |scrolled| scrolled - self.scrolled)
    }

    /// Whether something may stand above in the same field. What stands above a field's first line, a heading say, may be what the browser holds.
    fn is_below_a_line(&self) -> bool {
        self.lines.first().is_some_and(|(line, _)| {
            let first = line.closest("[data-field]").ok().flatten().and_then(|host| host.query_selector("[data-line]").ok()?);
            first.is_some_and(|first| !dom::same(&first, line))
        })
    }
}

/// Holds what is read, where the browser does not.
pub(super) struct ReadingPlace {
    browser_holds: Cell<bool>,
    held: RefCell<Option<Held>>,
    /// A look, or a frame of one's own, is asked for.
    asked: Cell<bool>,
    /// The person wrote just now.
    rests: Rc<Cell<bool>>,
    misses: Cell<u32>,
    /// How far what was held moved, and how far the window was scrolled.
    measured: Cell<Option<(f64, f64)>>,
}

impl Part for ReadingPlace {
    fn name(&self) -> &'static str {
        NAME
    }

    /// What is in view is read before it changes: afterwards nobody knows where it was.
    fn update(&self, context: &EditorContext, update: &Update<'_>) {
        match update {
            Update::WillChange { by: Author::Others, only_text } => self.hold(context, *only_text),
            Update::PageWillChange => self.hold_without_browser(context),
            Update::WillChange { by: Author::This, .. } | Update::WillReveal => self.settle(context),
            Update::WillEdit => self.rest(),
            _ => {}
        }
    }

    fn measure(&self, _: &EditorContext) {
        self.asked.set(false);
        let held = self.held.borrow_mut().take();
        self.measured.set(held.and_then(|held| Some((held.moved()?, held.scrolled()))));
    }

    fn draw(&self, _: &EditorContext) {
        let Some((moved, scrolled)) = self.measured.take() else { return };
        if self.browser_holds.get() {
            self.judge_browser(moved, scrolled);
        } else if (moved + scrolled).abs() >= MOVED {
            // What the person scrolls meanwhile is theirs.
            window().scroll_by_with_x_and_y(0.0, moved + scrolled);
        }
    }

    fn destroy(&self) {}
}

impl ReadingPlace {
    pub(super) fn new() -> Self {
        Self {
            browser_holds: Cell::new(browser_can_hold()),
            held: RefCell::default(),
            asked: Cell::new(false),
            rests: Rc::default(),
            misses: Cell::new(0),
            measured: Cell::new(None),
        }
    }

    /// Others are about to change the document: only its text, or more.
    fn hold(&self, context: &EditorContext, only_text: bool) {
        self.hold_without_browser(context);
        // A page that nobody sees draws no frame, and its browser holds nothing until then.
        if self.browser_holds.get() && !document().hidden() {
            if self.asked.get() || !only_text {
                // It may come after the frame and before the look. Where whole items move, the browser may rightly hold another place.
                drop(self.held.borrow_mut().take());
            } else if !self.rests.get() {
                self.asked.set(true);
                *self.held.borrow_mut() = Held::find(1).filter(Held::is_below_a_line);
                // The browser holds it while the frame is made.
                context.schedule(NAME, When::Pause);
            }
        }
    }

    /// Something else is about to change what the page shows. In a hidden page the frame comes when the person is back.
    fn hold_without_browser(&self, context: &EditorContext) {
        if !self.browser_holds.get() && !self.asked.replace(true) {
            *self.held.borrow_mut() = Held::find(LINES);
            context.schedule(NAME, When::Frame);
        }
    }

    /// The person writes.
    fn rest(&self) {
        if !self.rests.replace(true) {
            let rests = Rc::clone(&self.rests);
            set_timeout(move || rests.set(false), REST);
        }
    }

    /// The person is led elsewhere, or is about to change the document: what others changed is to be put right before.
    fn settle(&self, context: &EditorContext) {
        if self.browser_holds.get() {
            drop(self.held.borrow_mut().take());
        } else {
            self.measure(context);
            self.draw(context);
        }
    }

    /// Did the browser hold it?
    fn judge_browser(&self, moved: f64, scrolled: f64) {
        match (moved.abs() >= MOVED, scrolled.abs() >= 1.0) {
            (true, false) => {
                self.misses.set(self.misses.get() + 1);
                if self.misses.get() == MISSES {
                    self.take_over();
                }
                window().scroll_by_with_x_and_y(0.0, moved);
            }
            (false, true) => self.misses.set(0),
            // Nothing came in above, or the person scrolled.
            _ => {}
        }
    }

    /// Only one of the two is to hold it.
    fn take_over(&self) {
        self.browser_holds.set(false);
        if let Some(root) = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok()) {
            drop(root.style().set_property("overflow-anchor", "none"));
        }
    }
}

fn browser_can_hold() -> bool {
    let css = js_sys::Reflect::get(&js_sys::global(), &"CSS".into());
    let answer = css.ok().and_then(|css| dom::call(&css, "supports", &["overflow-anchor".into(), "auto".into()]));
    answer.is_some_and(|answer| answer.is_truthy())
}
