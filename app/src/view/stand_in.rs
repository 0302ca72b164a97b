//! Stands in for the toolbar until its part is loaded.
//!
//! Has the part loaded once a writer is in a section, and keeps what is asked of the toolbar and typed for it until then.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dagsorden_editor::{FieldKind, Selection};
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, KeyboardEvent, Node};

use super::context::EditorContext;
use super::dom;
use super::part::{Part, Request, Update};
use crate::parts;

/// Its name as a part.
pub(super) const NAME: &str = "stand-in";

/// What was asked of the toolbar before it was there.
#[derive(Default)]
pub(crate) struct Asked {
    pub(super) request: Option<Request>,
    /// What has the focus meanwhile, with what was typed.
    pub(super) typed: Option<HtmlInputElement>,
    /// Keys that are no letters of an address.
    pub(super) keys: Vec<String>,
}

/// The stand-in.
#[derive(Default)]
pub(super) struct StandIn(Rc<State>);

#[derive(Default)]
struct State {
    is_loading: Cell<bool>,
    asked: RefCell<Asked>,
}

impl Part for StandIn {
    fn name(&self) -> &'static str {
        NAME
    }

    fn update(&self, context: &EditorContext, update: &Update<'_>) {
        if matches!(update, Update::SelectionMoved) && can_format(context) {
            self.load(context);
        }
    }

    fn draw(&self, _: &EditorContext) {}

    fn handle(&self, context: &EditorContext, event: &Event) {
        let Some(key) = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key) else {
            context.handle_part_focus_out(event);
            return;
        };
        if key == "Escape" {
            event.stop_propagation();
            self.0.give_up(context);
        } else if key != "Tab" && (key == "Enter" || matches!(self.0.asked.borrow().request, Some(Request::ToolbarFocus))) {
            self.0.asked.borrow_mut().keys.push(key);
        } else {
            return;
        }
        event.prevent_default();
    }

    fn answer(&self, context: &EditorContext, request: Request) -> bool {
        if matches!(request, Request::ToolbarAway(_) | Request::Find) || !can_format(context) {
            return false;
        }
        self.0.asked.borrow_mut().request = Some(request);
        if !matches!(request, Request::LinkRefused) {
            self.take_focus(context);
        }
        self.load(context);
        true
    }

    fn holds(&self, node: &Node) -> bool {
        self.0.asked.borrow().typed.as_ref().is_some_and(|typed| dom::same(typed, node))
    }

    fn destroy(&self) {}
}

impl StandIn {
    /// Takes the keys that are meant for the toolbar.
    fn take_focus(&self, context: &EditorContext) {
        let typed: HtmlInputElement = dom::create("input").unchecked_into();
        typed.set_class_name("stand-in");
        dom::set(&typed, "aria-label", context.text.editor.toolbar);
        if let Some(main) = dom::document().query_selector("main").ok().flatten() {
            dom::append(&main, &typed);
        }
        for event in ["keydown", "focusout"] {
            context.listen_for(NAME, &typed, event);
        }
        self.0.asked.borrow_mut().typed = Some(typed.clone());
        drop(typed.focus());
    }

    fn load(&self, context: &EditorContext) {
        if self.0.is_loading.replace(true) {
            return;
        }
        let (state, context) = (Rc::clone(&self.0), context.weak());
        spawn_local(async move {
            let part = parts::toolbar().await;
            let Some(context) = context.upgrade() else { return };
            match part {
                Ok(start) => start(&context, state.asked.take()),
                Err(error) => {
                    state.is_loading.set(false);
                    state.give_up(&context);
                    parts::say_missing(context.text, &error);
                }
            }
        });
    }
}

impl State {
    /// A writer who waits writes on.
    fn give_up(&self, context: &EditorContext) {
        let asked = self.asked.take();
        let Some(typed) = asked.typed else { return };
        if let Some(field) = context.active().filter(|_| dom::has_focus(&typed)) {
            let selection = field.state.borrow().selection();
            field.focus_at(selection.unwrap_or(Selection::caret(0)));
        }
        dom::detach(&typed);
    }
}

/// Whether the toolbar has something to do.
fn can_format(context: &EditorContext) -> bool {
    let field = context.active().filter(|field| field.kind() == FieldKind::Section && !context.is_read_only());
    field.is_some_and(|field| field.state.borrow().selection().is_some())
}
