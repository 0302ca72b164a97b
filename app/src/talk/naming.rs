//! Mentions in the fields one writes in. What lists the names is fetched when the first `@` is typed.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use dagsorden_shared::id::AccountId;
use wasm_bindgen::JsCast;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

use super::column::Key;
use super::desk::Desk;
use crate::parts::{Mentions, start_mentions};
use crate::ui::heard::target_of;

/// The part, once it is there.
#[derive(Default)]
pub(super) struct Naming {
    part: RefCell<Option<Rc<dyn Mentions>>>,
    fetching: Cell<bool>,
}

impl Desk {
    /// Something was typed in a field, which may begin a name.
    pub(super) fn typed(&self, event: &web_sys::Event) {
        let area = target_of(event).filter(|target| !matches!(Key::around(target), Some(Key::Proposal(_))));
        let Some(area) = area.and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok()) else { return };
        let part = self.naming.part.borrow().clone();
        if let Some(part) = part {
            part.look(&area);
            // The list takes room in its card.
            self.draw();
        } else if area.value().contains('@') && !self.naming.fetching.replace(true) {
            let weak = Weak::clone(&self.weak);
            start_mentions(self.meeting, area, move |part| {
                if let Some(desk) = weak.upgrade() {
                    desk.naming.part.replace(Some(part));
                }
            });
        }
    }

    /// The field was left: no name is chosen in it.
    pub(super) fn left(&self, _: &web_sys::Event) {
        self.naming.part.borrow().iter().for_each(|part| part.leave());
    }

    /// Whether a key was meant for the list of names.
    pub(super) fn names_take(&self, key: &KeyboardEvent) -> bool {
        self.naming.part.borrow().as_ref().is_some_and(|part| part.key(key))
    }

    /// The accounts of those whom a text mentions.
    pub(super) fn mentioned_in(&self, body: &str) -> Vec<AccountId> {
        let part = self.naming.part.borrow();
        let Some(part) = &*part else { return Vec::new() };
        part.leave();
        part.of(body)
    }
}
