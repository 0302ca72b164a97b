//! The browser's highlights: colour over ranges of text that changes no node.

use std::cell::Cell;

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Range;

use super::dom;

/// Hues of organisations, counted from 1.
const HUES: u8 = 24;

/// A hue of the style sheet; whoever has none shows the first.
pub(super) fn hue(hue: u8) -> u8 {
    hue.clamp(1, HUES)
}

/// One highlight `name-1` to `name-24` for each hue that has ranges. `shown` holds the hues that have one, as bits.
pub(super) fn show_hues(name: &str, priority: i32, ranges: &[(u8, Range)], shown: &Cell<u32>) {
    let mut now = 0u32;
    for hue in 1..=HUES {
        let of_hue: Vec<Range> = ranges.iter().filter(|(of, _)| *of == hue).map(|(_, range)| range.clone()).collect();
        if !of_hue.is_empty() || shown.get() & (1 << hue) != 0 {
            show(&format!("{name}-{hue}"), priority, &of_hue);
        }
        now |= u32::from(!of_hue.is_empty()) << hue;
    }
    shown.set(now);
}

/// Shows these ranges under a name of the style sheet, or none under it any more; a higher priority lies above. Browsers without highlights
/// show nothing.
pub(super) fn show(name: &str, priority: i32, ranges: &[Range]) {
    let Some((registry, class)) = browser() else { return };
    if ranges.is_empty() {
        dom::call(&registry, "delete", &[name.into()]);
        return;
    }
    if let Some(root) = dom::document().document_element() {
        // From now on the style sheet knows the name; it stays, as a change of it makes all styles anew.
        drop(root.class_list().add_1(&format!("hl-{name}")));
    }
    let ranges: Array = ranges.iter().collect();
    if let Ok(highlight) = Reflect::construct(&class, &ranges) {
        drop(Reflect::set(&highlight, &"priority".into(), &priority.into()));
        dom::call(&registry, "set", &[name.into(), highlight]);
    }
}

/// The registry of highlights and their class.
fn browser() -> Option<(JsValue, Function)> {
    let global = js_sys::global();
    let class = Reflect::get(&global, &"Highlight".into()).ok()?.dyn_into().ok()?;
    let css = Reflect::get(&global, &"CSS".into()).ok()?;
    let registry = Reflect::get(&css, &"highlights".into()).ok()?;
    registry.is_object().then_some((registry, class))
}
