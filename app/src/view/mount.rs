//! How an element of the page becomes a field: its attributes, its lock, and the net under it for changes that no event tells of.

use std::rc::Rc;

use dagsorden_editor::{EditorState, FieldKind};
use dagsorden_shared::agenda::Field;
use dagsorden_shared::catalogue::Language;
use dagsorden_shared::render::element;
use leptos::prelude::{Effect, Get, Signal};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement, MutationObserver, MutationObserverInit, MutationRecord};

use super::context::EditorContext;
use super::field::EditorField;
use super::{dom, input};

/// How a field is shown.
#[derive(Clone, Copy)]
pub struct MountOptions {
    /// A title or a section.
    pub kind: FieldKind,
    /// Its name for screen readers.
    pub label: Signal<String>,
    /// What an empty one says.
    pub placeholder: Signal<String>,
}

/// Id of the text that tells of the keys of a field. The field with the focus is described by it when one comes from elsewhere; from field to
/// field it would be said three hundred times.
pub(super) const HELP: &str = "editor-help";

impl EditorContext {
    /// Makes an empty element the editable of a field. What stood in it is replaced.
    pub fn mount(self: &Rc<Self>, host: Element, field: Field, options: MountOptions) {
        let Ok(host) = host.dyn_into::<HtmlElement>() else { return };
        let body = self.port().body(&field).unwrap_or_default();
        let key = field.to_string();
        for (name, value) in [
            ("data-field", key.as_str()),
            ("role", "textbox"),
            ("aria-multiline", if options.kind == FieldKind::Section { "true" } else { "false" }),
            ("spellcheck", "true"),
            ("lang", Language::OF_PAPERS.code()),
            ("translate", "no"),
        ] {
            dom::set(&host, name, value);
        }
        drop(host.class_list().add_1("notranslate"));
        // Without it browsers write no-break spaces.
        drop(host.style().set_property("white-space", "pre-wrap"));
        let (name_host, hint_host) = (host.clone(), host.clone());
        let MountOptions { kind, label, placeholder } = options;
        Effect::new(move |_| dom::set(&name_host, "aria-label", &label.get()));
        Effect::new(move |_| dom::set(&hint_host, "data-placeholder", &placeholder.get()));
        let mounted = Rc::new(EditorField::new(field, host, EditorState::new(body, kind)));
        mounted.set_locked(self.is_read_only());
        self.watch(&mounted);
        self.add_field(key, mounted);
    }

    /// The keys that leave a field and its toolbar, for those who do not see.
    pub(super) fn describe(&self) {
        let help = element("p").attribute("id", HELP).flag("hidden").text(self.text.editor.help);
        if let Some(body) = dom::document().body() {
            dom::append(&body, &dom::build(&help));
        }
    }

    /// The third net: changes of the page without any event, by extensions and translators.
    fn watch(&self, field: &Rc<EditorField>) {
        let (context, watched) = (self.weak(), Rc::downgrade(field));
        let callback = Closure::<dyn FnMut(js_sys::Array)>::new(move |records: js_sys::Array| {
            if let (Some(context), Some(field)) = (context.upgrade(), watched.upgrade()) {
                let records: Vec<MutationRecord> = records.iter().filter_map(|record| record.dyn_into().ok()).collect();
                input::handle_mutations(&context, &field, &records);
            }
        });
        let Ok(observer) = MutationObserver::new(callback.as_ref().unchecked_ref()) else { return };
        let options = MutationObserverInit::new();
        options.set_child_list(true);
        options.set_character_data(true);
        options.set_subtree(true);
        if observer.observe_with_options(&field.host, &options).is_ok() {
            // The observer lives as long as its element; so must the function it calls.
            callback.forget();
            field.observe_with(observer);
        }
    }
}
