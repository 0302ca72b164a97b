//! A list of elements by key that never moves the element which holds the focus.
//!
//! Taking an element out of the page and putting it back elsewhere costs a writer in it the caret and the composition, so when
//! another person reorders, the others are moved around the one with the focus. New entries are mounted, gone ones unmounted, all else stays.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::later::Later;

/// Sets attributes of the element of this key.
pub(crate) type Dress = Box<dyn Fn(&str, &web_sys::HtmlElement)>;

/// What a list shows. Keys are ids as text.
pub(crate) struct List {
    /// Tag of each entry's element.
    pub(crate) tag: &'static str,
    /// The keys in order; reading a signal in it makes the list follow.
    pub(crate) keys: Box<dyn Fn() -> Vec<String>>,
    /// Sets attributes of a new element.
    pub(crate) dress: Dress,
    /// Draws what is in it.
    pub(crate) view: Rc<dyn Fn(&str) -> AnyView>,
    /// Which entries may be drawn later.
    pub(crate) later: Option<Rc<Later>>,
}

/// One entry: its element and what keeps its view alive.
struct Entry {
    key: String,
    element: web_sys::HtmlElement,
    _view: Box<dyn Any>,
}

/// Fills `container` and follows the keys from then on, as long as the current owner lives.
pub(crate) fn stable_list(container: web_sys::Element, list: List) {
    let entries: RefCell<Vec<Entry>> = RefCell::default();
    // Entries outlive the run of the effect that mounts them: owned by it, all that is in them would end with the next run.
    let owner = Owner::current().unwrap_or_default();
    let effect = RenderEffect::new(move |_| {
        let keys = (list.keys)();
        let mut entries = entries.borrow_mut();
        entries.retain(|entry| {
            let stays = keys.contains(&entry.key);
            if !stays {
                entry.element.remove();
            }
            stays
        });
        for key in &keys {
            if entries.iter().all(|entry| entry.key != *key) {
                entries.extend(owner.with(|| mount(&list, key)));
            }
        }
        let order: Vec<&web_sys::HtmlElement> =
            keys.iter().filter_map(|key| Some(&entries.iter().find(|entry| entry.key == *key)?.element)).collect();
        arrange(&container, &order);
    });
    StoredValue::new_local(effect);
}

fn mount(list: &List, key: &str) -> Option<Entry> {
    let element: web_sys::HtmlElement = document().create_element(list.tag).ok()?.dyn_into().ok()?;
    (list.dress)(key, &element);
    let (view, owned, host) = (Rc::clone(&list.view), key.to_owned(), element.clone());
    let draw = move || -> Box<dyn Any> { Box::new(untrack(|| mount_to(host, move || view(&owned)))) };
    let waits = list.later.as_ref().and_then(|later| Some((later, later.painted(key)?)));
    let Some((later, painted)) = waits else { return Some(Entry { key: key.to_owned(), element, _view: draw() }) };
    let slot: Rc<RefCell<Option<Box<dyn Any>>>> = Rc::default();
    let (entry, owner) = (Rc::downgrade(&slot), Owner::current().unwrap_or_default());
    let draw_late = move || {
        // The entry may be gone by now.
        if let Some(entry) = entry.upgrade() {
            *entry.borrow_mut() = Some(owner.with(draw));
        }
    };
    later.push(key, &element, painted, Box::new(draw_late));
    Some(Entry { key: key.to_owned(), element, _view: Box::new(slot) })
}

/// Puts the elements in this order, moving none that stands right and never the one with the focus.
fn arrange(container: &web_sys::Element, order: &[&web_sys::HtmlElement]) {
    let focused = document().active_element();
    let holds_focus = |element: &web_sys::HtmlElement| focused.as_ref().is_some_and(|focused| element.contains(Some(focused)));
    let pivot = order.iter().position(|element| holds_focus(element));
    let (before, after) = pivot.map_or((&order[..0], order), |pivot| (&order[..pivot], &order[pivot + 1..]));
    let pivot: Option<web_sys::Node> = pivot.map(|pivot| (*order[pivot]).clone().into());
    // Inserting fails only if the container is gone, and then the whole list is.
    let mut next = pivot.clone();
    for element in before.iter().rev() {
        if element.parent_node().as_ref() != Some(container) || element.next_sibling() != next {
            drop(container.insert_before(element, next.as_ref()));
        }
        next = Some((**element).clone().into());
    }
    let mut previous = pivot;
    for element in after {
        let expected = previous.as_ref().map_or_else(|| container.first_child(), web_sys::Node::next_sibling);
        if !expected.as_ref().is_some_and(|expected| expected.is_same_node(Some(element))) {
            drop(container.insert_before(element, expected.as_ref()));
        }
        previous = Some((**element).clone().into());
    }
}
