//! What every page has: its language, and who one is.

use dagsorden_shared::access::Role;
use dagsorden_shared::api::Person;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::render::element::{Element, element};
use leptos::prelude::*;

use crate::ui::{announcer, drawn, toast};

/// Handed to every part of a page. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    /// All words of the page.
    pub(crate) text: &'static Catalogue,
    /// The words that stand on the paper, in the language of the forum.
    pub(crate) paper: &'static Catalogue,
    /// Who one is; the name is empty until it was given.
    pub(crate) me: RwSignal<Person>,
    /// Whether there are no accounts.
    pub(crate) open: bool,
    /// The one role one looks with, in open mode.
    pub(crate) role: Option<Role>,
}

impl Frame {
    /// The frame of a page that starts; puts the places for messages into it.
    pub(crate) fn new((text, paper): (&'static Catalogue, &'static Catalogue), me: Person, open: bool, role: Option<Role>) -> Self {
        let live = |id: &'static str, class: &'static str| -> Element {
            element("div").attribute("id", id).class(class).attribute("role", "status").attribute("aria-live", "polite")
        };
        for place in [live(toast::PLACE, "toasts"), live(announcer::REGION, "vh")] {
            if let (Some(body), Some(place)) = (document().body(), drawn::node(&place)) {
                // The body takes it: the page is loaded.
                drop(body.append_child(&place));
            }
        }
        Self { text, paper, me: RwSignal::new(me), open, role }
    }
}
