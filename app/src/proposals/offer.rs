//! The buttons that offer to propose, one for each title and section, and where those stand on the page.

use dagsorden_shared::agenda::Field;
use dagsorden_shared::catalogue::proposals::Texts;
use dagsorden_shared::render::element::element;
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;

use crate::ui::drawn::node;

/// Names the field that a button offers.
const OFFERS: &str = "data-propose";

fn host_of(field: &str) -> Option<web_sys::Element> {
    document().query_selector(&format!("[data-field='{field}']")).ok()?
}

/// Pixels from the page's top to a title or section; 0 if it is not there.
pub(super) fn top_of(field: &str) -> f64 {
    let scrolled = window().scroll_y().unwrap_or_default();
    host_of(field).map_or(0.0, |host| host.get_bounding_client_rect().top() + scrolled)
}

/// How a title or section is called.
pub(super) fn name_of(field: &str) -> Option<String> {
    host_of(field)?.get_attribute("aria-label")
}

/// Sets a button beside each title and section that has none yet; where one may not propose, takes them away.
pub(super) fn offer(may: bool, text: &Texts) {
    let all = |selector: &str| {
        let found = document().query_selector_all(selector).ok();
        let count = found.as_ref().map_or(0, web_sys::NodeList::length);
        (0..count).filter_map(move |index| found.as_ref()?.item(index)?.dyn_into::<web_sys::Element>().ok()).collect::<Vec<_>>()
    };
    if !may {
        all("[data-propose]").iter().for_each(web_sys::Element::remove);
        all("[data-offered]").iter().for_each(|host| drop(host.remove_attribute("data-offered")));
        return;
    }
    for host in all(".paper [data-field]:not([data-offered])") {
        let Some(field) = host.get_attribute("data-field") else { continue };
        // A title stands in a heading, which is no place for buttons; a section's host is followed by what belongs to it.
        let place = if field.starts_with("title:") { host.closest(".item-head").ok().flatten() } else { host.parent_element() };
        let Some(place) = place else { continue };
        let name = host.get_attribute("aria-label").unwrap_or_default();
        let button = element("button")
            .class("link soft propose")
            .attribute("type", "button")
            .attribute(OFFERS, field)
            .attribute("aria-label", (text.propose_in)(&name))
            .text(text.propose);
        if let Some(button) = node(&button) {
            drop(place.append_child(&button));
            drop(host.set_attribute("data-offered", ""));
        }
    }
}

/// The field of the button that was pressed.
pub(super) fn pressed(target: &web_sys::Element) -> Option<Field> {
    target.closest("[data-propose]").ok()??.get_attribute(OFFERS)?.parse().ok()
}
