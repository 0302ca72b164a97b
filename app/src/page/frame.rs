//! What every page has: its language, messages, and who one is.

use dagsorden_shared::api::Person;
use dagsorden_shared::catalogue::Catalogue;
use leptos::prelude::*;

use crate::ui::announcer::Announcer;
use crate::ui::toast::Toaster;

/// Handed to every part of a page. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    /// All words of the page.
    pub(crate) text: &'static Catalogue,
    /// Says things to screen readers.
    pub(crate) announcer: Announcer,
    /// Shows a message with its undo.
    pub(crate) toaster: Toaster,
    /// Who one is; the name is empty until it was given.
    pub(crate) me: RwSignal<Person>,
    /// Whether the dialog that asks for the name is open.
    pub(crate) asks_name: RwSignal<bool>,
}

impl Frame {
    /// The frame of a page that starts.
    pub(crate) fn new(text: &'static Catalogue, me: Person) -> Self {
        Self { text, announcer: Announcer::new(), toaster: Toaster::new(), me: RwSignal::new(me), asks_name: RwSignal::new(false) }
    }
}
