//! A modal dialog over the page: the native element, which keeps the focus and closes on Escape.
//!
//! Made when it is opened and gone when it is closed, so a page carries no form that nobody asked for. What stands in it comes from the
//! one renderer; buttons say by `data-action` what they do.

use std::rc::Rc;

use dagsorden_shared::render::element::{Element, element};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::drawn;

/// Takes an event of the browser.
type Handler = Box<dyn Fn(web_sys::Event)>;

/// Is told what happens in a dialog.
type Hear = Rc<dyn Fn(&Dialog, Event)>;

/// What happened in a dialog.
pub(crate) enum Event {
    /// A button with this `data-action` was pressed.
    Action(String),
    /// The form was sent off.
    Submit(Answers),
    /// It was closed, in whatever way.
    Closed,
}

/// What was written in a form.
pub(crate) struct Answers(web_sys::FormData);

impl Answers {
    /// The value of the control of this name, trimmed; empty is absent.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let value = self.0.get(name).as_string()?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    }
}

/// An open dialog. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Dialog {
    dialog: web_sys::HtmlDialogElement,
    body: web_sys::Element,
}

impl Dialog {
    /// Opens a dialog of this heading and content. `hear` is told what happens in it.
    /// `None` if the browser has no dialogs, or one of the same id is open already.
    pub(crate) fn open(id: &'static str, heading: &str, content: &[Element], hear: impl Fn(&Dialog, Event) + 'static) -> Option<Self> {
        if document().get_element_by_id(id).is_some() {
            return None;
        }
        let title = format!("{id}-heading");
        let shell = element("dialog")
            .class("dialog")
            .attribute("id", id)
            .attribute("aria-labelledby", title.clone())
            .child(element("h2").attribute("id", title).text(heading.to_owned()))
            .child(element("div"));
        let dialog: web_sys::HtmlDialogElement = drawn::node(&shell)?.dyn_into().ok()?;
        let body = dialog.last_element_child()?;
        let opened = Self { dialog, body };
        opened.set_content(content);
        opened.listen(Rc::new(hear));
        document().body()?.append_child(&opened.dialog).ok()?;
        opened.dialog.show_modal().ok()?;
        Some(opened)
    }

    /// Replaces what stands below the heading.
    pub(crate) fn set_content(&self, content: &[Element]) {
        drawn::fill(&self.body, content);
        if let Ok(Some(first)) = self.body.query_selector("[autofocus]") {
            first.dyn_into::<web_sys::HtmlElement>().into_iter().for_each(|first| drop(first.focus()));
        }
    }

    /// Says what is wrong below the fields, or takes it back.
    pub(crate) fn set_error(&self, error: &str) {
        if let Ok(Some(place)) = self.body.query_selector(".error") {
            place.set_text_content(Some(error));
        }
    }

    /// Locks the button that sends the form off while its answer is awaited.
    pub(crate) fn set_busy(&self, busy: bool) {
        if let Ok(Some(button)) = self.body.query_selector("[type=submit]") {
            drop(button.toggle_attribute_with_force("disabled", busy));
        }
    }

    /// The dialog's element, for what is particular to one dialog.
    pub(crate) fn element(&self) -> &web_sys::Element {
        &self.dialog
    }

    /// Closes it.
    pub(crate) fn close(&self) {
        self.dialog.close();
    }

    fn listen(&self, hear: Hear) {
        let on = |name: &str, handle: Handler| {
            // The listener lives as long as the element, which is let go when the dialog closes.
            let closure = Closure::wrap(handle).into_js_value();
            drop(self.dialog.add_event_listener_with_callback(name, closure.unchecked_ref()));
        };
        let (this, told) = (self.clone(), Rc::clone(&hear));
        on(
            "click",
            Box::new(move |event| {
                let button = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest("[data-action]").ok()?);
                match button.and_then(|button| button.get_attribute("data-action")).as_deref() {
                    Some(CLOSE) => this.close(),
                    Some(action) => told(&this, Event::Action(action.to_owned())),
                    None => {}
                }
            }),
        );
        let (this, told) = (self.clone(), Rc::clone(&hear));
        on(
            "submit",
            Box::new(move |event| {
                event.prevent_default();
                let form = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
                if let Some(data) = form.and_then(|form| web_sys::FormData::new_with_form(&form).ok()) {
                    told(&this, Event::Submit(Answers(data)));
                }
            }),
        );
        let this = self.clone();
        on(
            "close",
            Box::new(move |_| {
                this.dialog.remove();
                hear(&this, Event::Closed);
            }),
        );
    }
}

/// The action that only closes.
pub(crate) const CLOSE: &str = "close";

/// A labelled control of a form.
pub(crate) fn field(label: &'static str, control: Element) -> Element {
    element("label").class("field").child(element("span").text(label)).child(control)
}

/// A line of text to fill in.
pub(crate) fn input(kind: &'static str, name: &'static str, value: &str) -> Element {
    element("input").attribute("type", kind).attribute("name", name).attribute("maxlength", "300").attribute("value", value.to_owned())
}

/// A button that does `action`.
pub(crate) fn button(class: &'static str, action: &'static str, label: &'static str) -> Element {
    element("button").class(class).attribute("type", "button").attribute("data-action", action).text(label)
}

/// A form of these rows, a place for what is wrong, and its two buttons.
pub(crate) fn form(rows: Vec<Element>, confirm: &'static str, cancel: &'static str) -> Element {
    let confirm = element("button").class("btn main").attribute("type", "submit").text(confirm);
    element("form")
        .flag("novalidate")
        .children(rows)
        .child(element("p").class("error").attribute("role", "alert"))
        .child(element("div").class("acts-r").child(confirm).child(button("btn", CLOSE, cancel)))
}
