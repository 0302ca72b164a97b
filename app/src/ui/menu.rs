//! A small menu: a button and a native popover below it.
//!
//! The popover closes on Escape and on a click outside by itself. Its entries are made when it opens: a page of sixty items has hundreds
//! of menus, and hardly one of them is ever opened.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{self, Icon};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::drawn;

static NEXT: AtomicUsize = AtomicUsize::new(0);

/// One line of a menu.
pub(crate) enum Entry {
    /// Does something.
    Run(Cow<'static, str>, Box<dyn Fn()>),
    /// Leads somewhere.
    Link(Element),
    /// Parts what stands above from what stands below.
    Line,
}

impl Entry {
    /// An entry that runs `action`.
    pub(crate) fn run(label: impl Into<Cow<'static, str>>, action: impl Fn() + 'static) -> Self {
        Self::Run(label.into(), Box::new(action))
    }

    /// A link of class `entry`.
    pub(crate) fn link(address: impl Into<Cow<'static, str>>, label: impl Into<Cow<'static, str>>) -> Element {
        element("a").class("entry").attribute("href", address).text(label)
    }
}

/// What a menu's button shows and its menu holds. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Menu {
    /// Name of the button, for those who do not see the icon.
    pub(crate) label: Signal<String>,
    /// Its icon.
    pub(crate) symbol: Icon,
    /// Whether its name stands beside the icon where there is room.
    pub(crate) named: bool,
    /// Makes the entries, each time the menu opens.
    pub(crate) entries: Rc<dyn Fn() -> Vec<Entry>>,
}

/// Directive: makes the host a menu.
#[expect(clippy::needless_pass_by_value, reason = "a directive is given its element")]
pub(crate) fn menu(host: web_sys::Element, menu: Menu) {
    let id = format!("menu-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let button = element("button")
        .class(if menu.named { "btn plain named" } else { "btn plain icon" })
        .attribute("type", "button")
        .attribute("popovertarget", id.clone())
        .child(icon::icon(menu.symbol))
        .children(menu.named.then(|| element("span").text(menu.label.get_untracked())));
    let list = element("div").class("menu-list").attribute("id", id).attribute("popover", "auto");
    let (Some(button), Some(list)) = (drawn::node(&button), drawn::node(&list)) else { return };
    drop(host.class_list().add_1("menu"));
    // Appending to a live element does not fail.
    drop(host.append_with_node_2(&button, &list));
    let label = menu.label;
    let effect = RenderEffect::new(move |_| drop(button.set_attribute("aria-label", &label.get())));
    StoredValue::new_local(effect);
    let Ok(list) = list.dyn_into::<web_sys::HtmlElement>() else { return };
    let on = |name: &str, handle: Box<dyn Fn(web_sys::Event)>| {
        // The listener lives as long as the element.
        let closure = Closure::wrap(handle).into_js_value();
        drop(list.add_event_listener_with_callback(name, closure.unchecked_ref()));
    };
    let opening = list.clone();
    on(
        "beforetoggle",
        Box::new(move |event| {
            let next = js_sys::Reflect::get(&event, &"newState".into()).ok().and_then(|next| next.as_string());
            // On closing the entries stay, so that the browser finds the focus in them and gives it back to the button.
            if next.as_deref() != Some("open") {
                return;
            }
            fill(&opening, (menu.entries)());
            let list = opening.clone();
            // Its size is known once it is shown.
            request_animation_frame(move || place(&list));
        }),
    );
    // An entry was chosen: the menu has done its work. Closing fails only if it is closed already.
    let chosen = list.clone();
    on("click", Box::new(move |_| drop(chosen.hide_popover())));
    // Tab past the last entry leaves the menu.
    let left = list.clone();
    on(
        "focusout",
        Box::new(move |event| {
            let to = event.dyn_ref::<web_sys::FocusEvent>().and_then(web_sys::FocusEvent::related_target);
            let to = to.and_then(|to| to.dyn_into::<web_sys::Node>().ok());
            if to.is_some_and(|to| !left.contains(Some(&to))) {
                drop(left.hide_popover());
            }
        }),
    );
    let walked = list.clone();
    on("keydown", Box::new(move |event| walk(&walked, &event)));
}

fn fill(list: &web_sys::HtmlElement, entries: Vec<Entry>) {
    list.replace_children_with_node(&js_sys::Array::new());
    for entry in entries {
        let (shape, action) = match entry {
            Entry::Run(label, action) => (element("button").class("entry").attribute("type", "button").text(label), Some(action)),
            Entry::Link(link) => (link, None),
            Entry::Line => (element("hr"), None),
        };
        let Some(node) = drawn::node(&shape) else { continue };
        if let Some(action) = action {
            let closure = Closure::<dyn Fn()>::wrap(action).into_js_value();
            drop(node.add_event_listener_with_callback("click", closure.unchecked_ref()));
        }
        drop(list.append_child(&node));
    }
}

/// Places the list below its button, within the window: popovers are in the top layer and know no neighbours.
fn place(list: &web_sys::HtmlElement) {
    let Some(button) = list.previous_element_sibling() else { return };
    let rect = button.get_bounding_client_rect();
    let (width, height) = (f64::from(list.offset_width()), f64::from(list.offset_height()));
    let size = |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
    // Without the scroll bar, under which the list would lie.
    let room = document().document_element().map_or(0.0, |page| f64::from(page.client_width()));
    let left = rect.left().min(room - width - 8.0).max(8.0);
    let below = rect.bottom() + 4.0;
    let top = if below + height > size(window().inner_height()) { (rect.top() - height - 4.0).max(8.0) } else { below };
    #[expect(clippy::cast_possible_truncation, reason = "places in a window are small, and a cast saturates")]
    let pixels = |value: f64| format!("{}px", value as i32);
    // A style set through the object model is no inline style in the sense of the content security policy.
    drop(list.style().set_property("left", &pixels(left)));
    drop(list.style().set_property("top", &pixels(top)));
    if let Some(first) = entries(list).first() {
        drop(first.focus());
    }
}

fn entries(list: &web_sys::HtmlElement) -> Vec<web_sys::HtmlElement> {
    let Ok(nodes) = list.query_selector_all(".entry") else { return Vec::new() };
    (0..nodes.length()).filter_map(|index| nodes.get(index)?.dyn_into().ok()).collect()
}

fn walk(list: &web_sys::HtmlElement, event: &web_sys::Event) {
    let step = match event.dyn_ref::<web_sys::KeyboardEvent>().map(web_sys::KeyboardEvent::key).as_deref() {
        Some("ArrowDown") => 1,
        Some("ArrowUp") => -1,
        _ => return,
    };
    event.prevent_default();
    let entries = entries(list);
    let focused = document().active_element();
    let at = entries.iter().position(|entry| focused.as_ref().is_some_and(|focused| focused.is_same_node(Some(entry))));
    let count = i32::try_from(entries.len()).unwrap_or(0).max(1);
    let next = (at.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1) + step).rem_euclid(count);
    if let Some(entry) = usize::try_from(next).ok().and_then(|next| entries.get(next)) {
        drop(entry.focus());
    }
}
