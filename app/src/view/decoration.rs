//! Decorations: what a part draws over the text, as data, and how that is painted.
//!
//! Ranges are coloured by the browser's highlights, which change no node; marks are elements that float over the page, outside every editable.

use std::cell::RefCell;

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, Range};

use super::dom;

/// Hues of organisations, counted from 1.
const HUES: u8 = 24;

/// A hue of the style sheet; no hue shows as the first.
pub(super) fn hue(hue: u8) -> u8 {
    hue.clamp(1, HUES)
}

/// Left, top and height in pixels of the page.
pub(super) type Spot = [f64; 3];

/// A name that the style sheet knows: of a family of one for each hue, or alone with hue 0.
pub(super) type Class = (&'static str, u8);

/// Something drawn over the text.
pub(super) enum Decoration {
    /// A range in the colours of a highlight.
    Range(Class, Range),
    /// A floating element.
    Mark(Class, Spot),
}

/// The decorations of one part, as shown.
#[derive(Default)]
pub(super) struct Decorations {
    /// Highlights of a higher priority lie above.
    priority: i32,
    highlights: RefCell<Vec<Class>>,
    marks: RefCell<Vec<Element>>,
}

impl Decorations {
    /// None are shown.
    pub(super) fn new(priority: i32) -> Self {
        Self { priority, ..Self::default() }
    }

    /// Whether none are shown.
    pub(super) fn is_empty(&self) -> bool {
        self.highlights.borrow().is_empty() && self.marks.borrow().is_empty()
    }

    /// Shows these and no others; marks are put into `layer`.
    pub(super) fn show(&self, decorations: &[Decoration], layer: Option<&Element>) {
        self.marks.borrow_mut().drain(..).for_each(|mark| dom::detach(&mark));
        let mut shown: Vec<(Class, Array)> = Vec::new();
        for decoration in decorations {
            match decoration {
                Decoration::Range(class, range) => match shown.iter().find(|(known, _)| known == class) {
                    Some((_, ranges)) => _ = ranges.push(range),
                    None => shown.push((*class, Array::of1(range))),
                },
                Decoration::Mark((name, hue), spot) => {
                    let mark: HtmlElement = dom::create("span").unchecked_into();
                    dom::set(&mark, "class", &format!("{name} hue-{hue}"));
                    move_to(&mark, *spot);
                    if let Some(layer) = layer {
                        dom::append(layer, &mark);
                    }
                    self.marks.borrow_mut().push(mark.into());
                }
            }
        }
        let before = self.highlights.replace(shown.iter().map(|(class, _)| *class).collect());
        for class in before.into_iter().filter(|class| !self.highlights.borrow().contains(class)) {
            show(class, self.priority, &Array::new());
        }
        shown.iter().for_each(|(class, ranges)| show(*class, self.priority, ranges));
    }
}

/// Puts a floating element to its place.
pub(super) fn move_to(element: &HtmlElement, spot: Spot) {
    let style = element.style();
    for (name, value) in ["left", "top", "height"].into_iter().zip(spot) {
        drop(style.set_property(name, &dom::pixels(value)));
    }
}

/// A highlight that stands: its ranges come and go one by one.
pub(super) struct Standing {
    name: &'static str,
    priority: i32,
    highlight: RefCell<Option<JsValue>>,
}

impl Standing {
    /// Without ranges.
    pub(super) fn new(name: &'static str, priority: i32) -> Self {
        Self { name, priority, highlight: RefCell::default() }
    }

    /// Colours a range, too.
    pub(super) fn add(&self, range: &Range) {
        let mut highlight = self.highlight.borrow_mut();
        match &*highlight {
            Some(highlight) => _ = dom::call(highlight, "add", &[range.into()]),
            None => *highlight = register(self.name, self.priority, &Array::of1(range)),
        }
    }

    /// Colours a range no more.
    pub(super) fn remove(&self, range: &Range) {
        if let Some(highlight) = &*self.highlight.borrow() {
            dom::call(highlight, "delete", &[range.into()]);
        }
    }

    /// Colours nothing more.
    pub(super) fn end(&self) {
        if self.highlight.take().is_some() {
            unregister(self.name);
        }
    }
}

/// Shows these ranges under a name of the style sheet, or none under it any more.
fn show((family, hue): Class, priority: i32, ranges: &Array) {
    let name = if hue == 0 { family.to_owned() } else { format!("{family}-{hue}") };
    if ranges.length() == 0 {
        unregister(&name);
    } else {
        register(&name, priority, ranges);
    }
}

/// A highlight of these ranges. Browsers without highlights show nothing.
fn register(name: &str, priority: i32, ranges: &Array) -> Option<JsValue> {
    let (registry, class) = browser()?;
    if let Some(root) = dom::document().document_element() {
        // From now on the style sheet knows the name; it stays, as a change of it makes all styles anew.
        drop(root.class_list().add_1(&format!("hl-{name}")));
    }
    let highlight = Reflect::construct(&class, ranges).ok()?;
    drop(Reflect::set(&highlight, &"priority".into(), &priority.into()));
    dom::call(&registry, "set", &[name.into(), highlight.clone()]);
    Some(highlight)
}

fn unregister(name: &str) {
    if let Some((registry, _)) = browser() {
        dom::call(&registry, "delete", &[name.into()]);
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
