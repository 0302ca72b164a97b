//! A list of elements by key that never moves the element which holds the focus.
//!
//! Taking an element out of the page and putting it back elsewhere costs whoever writes in it their caret and their composition, so when
//! somebody else reorders, the others are moved around the one with the focus. New entries are mounted, gone ones unmounted, all else stays.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// One entry: its element and what keeps its view alive.
struct Entry {
    element: web_sys::HtmlElement,
    _view: Box<dyn Any>,
}

/// Fills `container` with one `tag` element per key, in the order of `keys`, and follows `keys` from then on.
/// `dress` sets attributes of a new element, `view` draws what is in it. Lives as long as the current owner.
pub(crate) fn stable_list<K, V>(
    container: web_sys::Element,
    tag: &'static str,
    keys: Signal<Vec<K>>,
    dress: impl Fn(&K, &web_sys::HtmlElement) + 'static,
    view: impl Fn(K) -> V + 'static,
) where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let entries: RefCell<HashMap<K, Entry>> = RefCell::default();
    let view = Rc::new(view);
    let effect = RenderEffect::new(move |_| {
        let keys = keys.get();
        let mut entries = entries.borrow_mut();
        entries.retain(|key, entry| {
            let stays = keys.contains(key);
            if !stays {
                entry.element.remove();
            }
            stays
        });
        for key in &keys {
            if !entries.contains_key(key)
                && let Some(entry) = mount(tag, key, &dress, &view)
            {
                entries.insert(key.clone(), entry);
            }
        }
        let order: Vec<&web_sys::HtmlElement> = keys.iter().filter_map(|key| Some(&entries.get(key)?.element)).collect();
        arrange(&container, &order);
    });
    // The effect follows the keys for as long as the page part that made the list.
    StoredValue::new_local(effect);
}

fn mount<K: Clone + 'static, V: IntoView + 'static>(
    tag: &str,
    key: &K,
    dress: &impl Fn(&K, &web_sys::HtmlElement),
    view: &Rc<impl Fn(K) -> V + 'static>,
) -> Option<Entry> {
    let element: web_sys::HtmlElement = document().create_element(tag).ok()?.dyn_into().ok()?;
    dress(key, &element);
    let (key, view) = (key.clone(), Rc::clone(view));
    let handle = untrack(|| mount_to(element.clone(), move || view(key)));
    Some(Entry { element, _view: Box::new(handle) })
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
