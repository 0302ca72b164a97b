//! What a person reads stands still while others write above it.
//!
//! Browsers see to that themselves (scroll anchoring), and best: whatever moved it, and before anything is painted. Safari does not, and Firefox
//! stops for good after ten moves in half a second that nearly cancel each other out. There the page does it. Knows no document.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::{document, request_animation_frame, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::dom;
use crate::pause::AfterPaint;

/// What the bar takes of the window, as the style sheet's `scroll-padding` has it: browsers hold what comes below it.
const BAR: f64 = 80.0;
/// Pixels from one look for a line to the next; no line is less high.
const STEP: f64 = 10.0;
/// Milliseconds between two looks at whether the browser holds.
const REST: f64 = 1_000.0;
/// Fewer pixels are rounding.
const MOVED: f64 = 2.0;

/// The line that is held, one for all changes of a frame.
struct Held {
    line: Element,
    top: f64,
    scrolled: f64,
}

impl Held {
    /// The first line in view. At the very top of the page none is held: what comes in there is seen coming.
    fn find() -> Option<Self> {
        let scrolled = window().scroll_y().ok().filter(|scrolled| *scrolled > 0.0)?;
        let height = window().inner_height().ok()?.as_f64()?;
        let paper = document().query_selector(".paper").ok()??.get_bounding_client_rect();
        let middle = paper.left() + paper.width() / 2.0;
        let spots = std::iter::successors(Some(BAR), |y| Some(y + STEP)).take_while(|y| *y < height);
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a window")]
        let line = spots
            .map(|y| document().element_from_point(middle as f32, y as f32))
            .find_map(|found| found?.closest("[data-line]").ok()?)?;
        let top = line.get_bounding_client_rect().top();
        Some(Self { line, top, scrolled })
    }

    /// How far it moved in the window; nothing once it is gone, or the person went elsewhere.
    fn moved(&self) -> f64 {
        let stays = window().scroll_y().is_ok_and(|scrolled| (scrolled - self.scrolled).abs() < 1.0);
        if self.line.is_connected() && stays { self.line.get_bounding_client_rect().top() - self.top } else { 0.0 }
    }
}

/// Holds what is read, where the browser does not.
pub(super) struct ReadingPlace {
    place: Rc<Place>,
    /// Looks whether the browser held it: that happens while the frame is made.
    look: AfterPaint,
}

struct Place {
    browser_holds: Cell<bool>,
    held: RefCell<Option<Held>>,
    /// When the browser was last looked at, in milliseconds.
    looked: Cell<f64>,
}

impl ReadingPlace {
    pub(super) fn new() -> Self {
        let place = Rc::new(Place { browser_holds: Cell::new(browser_can_hold()), held: RefCell::default(), looked: Cell::new(0.0) });
        let looked_at = Rc::clone(&place);
        Self { place, look: AfterPaint::new(move || looked_at.put_back()) }
    }

    /// Somebody else is about to change what the page shows.
    pub(super) fn hold(&self) {
        let place = &self.place;
        // A page that nobody sees draws no frame, and its browser holds nothing until then.
        if place.held.borrow().is_some() || document().hidden() {
            return;
        }
        if !place.browser_holds.get() {
            *place.held.borrow_mut() = Held::find();
            let place = Rc::clone(place);
            request_animation_frame(move || place.put_back());
            return;
        }
        let now = js_sys::Date::now();
        if now - place.looked.get() >= REST {
            place.looked.set(now);
            *place.held.borrow_mut() = Held::find();
            self.look.ask();
        }
    }

    /// The person is led elsewhere.
    pub(super) fn let_go(&self) {
        *self.place.held.borrow_mut() = None;
    }
}

impl Place {
    fn put_back(&self) {
        let moved = self.held.borrow_mut().take().map_or(0.0, |held| held.moved());
        if moved.abs() < MOVED {
            return;
        }
        if self.browser_holds.replace(false) {
            // It does not, or does so no more. One of the two is to hold it.
            if let Some(root) = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok()) {
                drop(root.style().set_property("overflow-anchor", "none"));
            }
        }
        window().scroll_by_with_x_and_y(0.0, moved);
    }
}

fn browser_can_hold() -> bool {
    let css = js_sys::Reflect::get(&js_sys::global(), &"CSS".into());
    let answer = css.ok().and_then(|css| dom::call(&css, "supports", &["overflow-anchor".into(), "auto".into()]));
    answer.is_some_and(|answer| answer.is_truthy())
}
