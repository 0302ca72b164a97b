//! A small menu: a button and a native popover below it.
//!
//! The popover closes on Escape and on a click outside by itself. Entries are plain buttons in reading order, reached by Tab and arrows.

use std::sync::atomic::{AtomicUsize, Ordering};

use dagsorden_shared::render::icon::Icon;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::icon::icon;

static NEXT: AtomicUsize = AtomicUsize::new(0);

/// An icon button named `label` that opens a menu of `children`.
#[component]
pub fn Menu(
    /// Name of the button, for those who do not see the icon.
    #[prop(into)]
    label: Signal<String>,
    /// Its icon.
    #[prop(default = Icon::More)]
    symbol: Icon,
    /// A word beside the icon.
    #[prop(optional, into)]
    word: Option<String>,
    /// The entries: buttons and links of class `entry`.
    children: Children,
) -> impl IntoView {
    let id = format!("menu-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let target = id.clone();
    let class = if word.is_some() { "link" } else { "btn plain icon" };
    let label = move || label.get();
    let name = if word.is_some() { None } else { Some(label) };
    view! {
        <span class="menu">
            <button class=class type="button" popovertarget=target aria-haspopup="true" aria-label=name.map(|name| name())>
                {icon(symbol, word.is_some())}
                {word}
            </button>
            <div class="menu-list" id=id popover="auto" on:click=close on:keydown=walk on:toggle=place>
                {children()}
            </div>
        </span>
    }
}

fn list(event: &web_sys::Event) -> Option<web_sys::HtmlElement> {
    event.current_target()?.dyn_into().ok()
}

/// An entry was chosen: the menu has done its work.
fn close(event: web_sys::MouseEvent) {
    if let Some(list) = list(&event) {
        // Fails only if it is closed already.
        drop(list.hide_popover());
    }
}

/// Places the list below its button, within the window: popovers are in the top layer and know no neighbours.
fn place(event: web_sys::Event) {
    let Some(list) = list(&event) else { return };
    let Some(button) = list.previous_element_sibling() else { return };
    let rect = button.get_bounding_client_rect();
    let (width, height) = (f64::from(list.offset_width()), f64::from(list.offset_height()));
    let window = leptos::prelude::window();
    let size = |value: Result<wasm_bindgen::JsValue, _>| value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0);
    let left = rect.left().min(size(window.inner_width()) - width - 8.0).max(8.0);
    let below = rect.bottom() + 4.0;
    let top = if below + height > size(window.inner_height()) { (rect.top() - height - 4.0).max(8.0) } else { below };
    let style = list.style();
    // A style set through the object model is not an inline style in the sense of the content security policy.
    drop(style.set_property("left", &format!("{left}px")));
    drop(style.set_property("top", &format!("{top}px")));
    if let Some(first) = entries(&list).first() {
        drop(first.focus());
    }
}

fn entries(list: &web_sys::HtmlElement) -> Vec<web_sys::HtmlElement> {
    let Ok(nodes) = list.query_selector_all(".entry:not([disabled])") else { return Vec::new() };
    (0..nodes.length()).filter_map(|index| nodes.get(index)?.dyn_into().ok()).collect()
}

fn walk(event: web_sys::KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    let Some(list) = list(&event) else { return };
    let entries = entries(&list);
    let focused = document().active_element();
    let at = entries.iter().position(|entry| focused.as_ref().is_some_and(|focused| focused.is_same_node(Some(entry))));
    let count = i32::try_from(entries.len()).unwrap_or(0);
    if count > 0 {
        event.prevent_default();
        let next = (at.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1) + step).rem_euclid(count);
        if let Some(entry) = usize::try_from(next).ok().and_then(|next| entries.get(next)) {
            drop(entry.focus());
        }
    }
}
