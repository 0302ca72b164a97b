//! How an editor is put together: its parts, and which event of the browser goes where.

use std::rc::Rc;

use dagsorden_shared::catalogue::Catalogue;
use leptos::prelude::{Effect, Track};
use web_sys::EventTarget;

use super::carets::Carets;
use super::context::EditorContext;
use super::part::Update;
use super::port::DocumentPort;
use super::reading_place::ReadingPlace;
use super::stand_in::StandIn;
use super::{clipboard, composition, dom, input, keys};

impl EditorContext {
    /// An editor over a document, without fields.
    pub fn new<P: DocumentPort + 'static>(port: Rc<P>, text: &'static Catalogue) -> Rc<Self> {
        let context = Self::bare(port, text);
        context.add_part(Rc::new(ReadingPlace::new()));
        context.add_part(Rc::new(Carets::new()));
        context.add_part(Rc::new(StandIn::default()));
        context
    }

    /// Starts to listen, once, when the page is in place.
    pub fn attach(self: &Rc<Self>) {
        self.listen_to_page();
        self.describe();
        self.attach_parts();
        let (context, peers) = (self.weak(), self.port().peers());
        Effect::new(move |_| {
            peers.track();
            if let Some(context) = context.upgrade() {
                context.update_parts(&Update::Peers);
            }
        });
        #[cfg(feature = "test-hooks")]
        super::test_contract::install(self);
    }

    /// What editors of any text listen to.
    pub(super) fn listen_to_page(self: &Rc<Self>) {
        let document: EventTarget = dom::document().into();
        let window: EventTarget = leptos::prelude::window().into();
        self.listen(&document, "beforeinput", false, input::handle_before_input);
        self.listen(&document, "input", false, input::handle_input);
        self.listen(&document, "keydown", false, keys::handle_key_down);
        self.listen(&document, "compositionstart", false, composition::handle_start);
        self.listen(&document, "compositionupdate", false, composition::handle_update);
        self.listen(&document, "compositionend", false, composition::handle_end);
        self.listen(&document, "paste", false, clipboard::handle_paste);
        self.listen(&document, "copy", false, clipboard::handle_copy);
        self.listen(&document, "cut", false, clipboard::handle_cut);
        self.listen(&document, "dragstart", false, clipboard::handle_drag_start);
        self.listen(&document, "drop", false, clipboard::handle_drop);
        self.listen(&document, "mousedown", false, keys::handle_mouse_down);
        self.listen(&document, "mouseup", false, |context, _| context.end_pointing());
        self.listen(&document, "focusin", false, |context, event| context.handle_focus_in(event));
        self.listen(&document, "focusout", false, |context, event| context.handle_focus_out(event));
        self.listen(&document, "selectionchange", false, |context, _| context.handle_selection_change());
        self.listen(&window, "resize", false, |context, _| context.update_parts(&Update::Viewport));
        // Capturing hears of scrolling inside the page too.
        self.listen(&window, "scroll", true, |context, _| {
            context.update_parts(&Update::Viewport);
            context.selection_moved();
        });
    }
}
