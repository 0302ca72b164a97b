//! Marks of the contract: threads that have nothing but their anchors.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dagsorden_shared::agenda::Anchor;
use dagsorden_shared::id::ThreadId;
use serde_json::{Value, json};

use super::{Given, Page, field_named};
use crate::view::marks::{Mark, MarkEvent, Marks};

/// The marks of the page, and what they told.
#[derive(Default)]
pub(super) struct Shown {
    marks: RefCell<Option<Rc<Marks>>>,
    moved: Rc<Cell<u32>>,
    renewed: Rc<RefCell<Vec<(ThreadId, Anchor)>>>,
}

/// An anchor around a range, as it is sent.
pub(super) fn anchor(page: &Page, given: &Given) -> Option<Value> {
    let (field, start, end) = (field_named(page, given, 0)?, given.number(1)?, given.number(2)?);
    serde_json::to_value(page.documents().main().anchor(&field, start, end)?).ok()
}

/// An anchor around what is selected.
pub(super) fn selected(page: &Page, _: &Given) -> Option<Value> {
    serde_json::to_value(page.selected_anchor()?.1).ok()
}

/// Marks threads: a list of `{thread, id, anchor}`.
pub(super) fn show(page: &Page, given: &Given) -> Option<Value> {
    let shown = &page.contract.marks;
    let read = |entry: &Value| {
        let field = super::field_of(page, entry["id"].as_str()?)?;
        Some(Mark { thread: entry["thread"].as_str()?.parse().ok()?, field, anchor: serde_json::from_value(entry["anchor"].clone()).ok()? })
    };
    let marks = given.json(0)?.as_array()?.iter().map(read).collect::<Option<Vec<Mark>>>()?;
    let mut known = shown.marks.borrow_mut();
    let on_page = known.get_or_insert_with(|| {
        let (moved, renewed) = (Rc::clone(&shown.moved), Rc::clone(&shown.renewed));
        page.mark_threads(move |event| match event {
            MarkEvent::Moved { .. } => moved.set(moved.get() + 1),
            MarkEvent::Renewed(anchors) => renewed.borrow_mut().extend(anchors),
        })
    });
    on_page.set(marks);
    Some(true.into())
}

/// What the page shows: each mark with its state, words and top, what is painted, how often something moved, and anchors that were renewed.
pub(super) fn list(page: &Page, _: &Given) -> Option<Value> {
    let shown = &page.contract.marks;
    let marks = shown.marks.borrow().clone()?;
    let place = |place: crate::view::MarkPlace| json!({ "thread": place.thread, "state": place.state, "words": marks.words(&place.thread), "top": place.top });
    let renewed: Vec<Value> = shown.renewed.borrow().iter().map(|(thread, anchor)| json!({ "thread": thread, "anchor": anchor })).collect();
    let marks: Vec<Value> = marks.places().into_iter().map(place).collect();
    Some(json!({ "marks": marks, "moved": shown.moved.get(), "renewed": renewed }))
}

/// Takes a thread in hand, or none.
pub(super) fn take(page: &Page, given: &Given) -> Option<Value> {
    page.contract.marks.marks.borrow().as_ref()?.take_in_hand(given.text(0).and_then(|id| id.parse().ok()).as_ref());
    Some(true.into())
}

/// Threads at a point of the window, and the top of the line there.
pub(super) fn at_point(page: &Page, given: &Given) -> Option<Value> {
    let hit = page.contract.marks.marks.borrow().as_ref()?.at_point(given.0[0].as_f64()?, given.0[1].as_f64()?)?;
    Some(json!({ "threads": hit.threads, "top": hit.top }))
}
