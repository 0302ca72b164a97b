//! The browser's highlights: colour over ranges of text that changes no node.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Range;

use super::dom;

/// Shows these ranges under a name of the style sheet, or none under it any more. Browsers without highlights show nothing.
pub(super) fn show(name: &str, ranges: &[Range]) {
    let Some((registry, class)) = browser() else { return };
    if ranges.is_empty() {
        dom::call(&registry, "delete", &[name.into()]);
        return;
    }
    let ranges: Array = ranges.iter().collect();
    if let Ok(highlight) = Reflect::construct(&class, &ranges) {
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
