//! What people say beside the text: the part `talk` of the app, loaded once the page is in place.
//!
//! [`rows`] holds threads and comments as the server has them, [`outbox`] what it does not have yet, [`cards`] what they look like, [`place`] where
//! they stand and [`mod@column`] their elements. [`desk`] brings them together; what people do is in [`follow`], [`draft`], [`naming`] and
//! [`act`]. Nothing of it stands in the document.
//!
//! Another kind of card beside the threads is a variant of [`column::Key`], said by [`Desk::wanted`] and acted on in [`act`].

mod act;
mod beside;
mod cards;
mod column;
mod desk;
mod draft;
mod follow;
mod naming;
mod outbox;
mod place;
mod propose;
mod rows;

use std::rc::Rc;

use dagsorden_shared::id::ItemId;
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;

use crate::page::Meeting;
use crate::parts::start_live;
use crate::ui::heard::text_area;
use desk::Desk;

/// Id of the panel's element.
pub(crate) const PANEL_ID: &str = "talk";

/// How wide a window must be for cards to stand beside their words.
const WIDE: f64 = 1360.0;

impl crate::parts::Talk for Rc<Desk> {
    fn refresh(&self) {
        self.ask();
        self.send();
    }

    fn items_came(&self) {
        self.draw_points();
        self.proposals.drawn();
    }

    fn comment(&self) {
        self.begin(self.selection());
    }

    fn comment_item(&self, item: &ItemId) {
        self.begin(Some(draft::Draft::of_item(item.clone())));
    }

    fn step(&self, by: isize) {
        match self.live.borrow().as_ref().filter(|live| live.is_on()) {
            Some(live) => live.step(by),
            None => self.go_on(by),
        }
    }

    fn unread(&self) {
        self.go_to_unread();
    }

    fn proposals_in_text(&self) -> Option<bool> {
        self.proposals.in_text()
    }

    fn toggle_proposals(&self) {
        self.proposals.toggle_in_text();
    }

    fn live(&self) {
        let known = self.live.borrow().clone();
        match known {
            Some(live) => live.toggle(),
            None => {
                let weak = Rc::downgrade(self);
                start_live(self.meeting, move |live| {
                    // Asked for twice before its part is there, it begins once.
                    if let Some(desk) = weak.upgrade().filter(|desk| desk.live.borrow().is_none()) {
                        live.toggle();
                        desk.live.replace(Some(live));
                    }
                });
            }
        }
    }
}

/// Sets the desk up beside the paper. `None` if the page has no place for it.
pub(crate) fn start(meeting: Meeting) -> Option<Rc<Desk>> {
    let desk = Desk::new(meeting)?;
    desk.follow_marks();
    desk.listen();
    desk.ask();
    desk.send();
    Some(desk)
}

/// Pixels from the page's top to an element; 0 if it is not there.
fn top_of(selector: &str) -> f64 {
    let element = document().query_selector(selector).ok().flatten();
    element.map_or(0.0, |element| element.get_bounding_client_rect().top() + scrolled())
}

/// Whole pixels, as styles write them. Writing a float would bring seven kilobytes of code.
fn pixels(value: f64) -> String {
    #[allow(clippy::cast_possible_truncation, reason = "a float cast saturates, and no page is so long")]
    let whole = value.round() as i32;
    format!("{whole}px")
}

fn scrolled() -> f64 {
    window().scroll_y().unwrap_or_default()
}

fn is_wide() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width >= WIDE)
}

/// What was written in the field of a card. `None` if that is nothing.
fn written(host: &web_sys::Element) -> Option<String> {
    text_area(host).map(|area| area.value().trim().to_owned()).filter(|body| !body.is_empty())
}

fn focus_in(host: &web_sys::Element) {
    let target = host.query_selector("textarea,button").ok().flatten().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(target) = target {
        drop(target.focus());
    }
}
