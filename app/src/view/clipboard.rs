//! Copy, cut, paste and drag: always ours, never the browser's.

use std::rc::Rc;

use dagsorden_editor::autolink::link_addresses;
use dagsorden_editor::clipboard::copy::{self, Copied};
use dagsorden_editor::clipboard::paste;
use dagsorden_editor::command::delete::{delete_range, delete_selection};
use dagsorden_editor::{Cause, EditorState, Selection, Transaction};
use dagsorden_shared::agenda::Edit;
use dagsorden_shared::richtext::Line;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, Event};

use super::context::EditorContext;
use super::field::EditorField;
use super::{dom, position};
use crate::parts;
use crate::ui::{announcer, toast};

/// Marks what is dragged as text of ours, with the field it comes from.
const SOURCE: &str = "application/x-dagsorden-field";

pub(super) fn handle_paste(context: &Rc<EditorContext>, event: &Event) {
    let Some((field, transfer)) = clipboard_of(context, event) else { return };
    event.prevent_default();
    if context.is_read_only() {
        return;
    }
    insert_carried(context, &field, carried(&transfer));
}

pub(super) fn handle_copy(context: &Rc<EditorContext>, event: &Event) {
    if let Some((field, transfer)) = clipboard_of(context, event)
        && write_transfer(&field, &transfer)
    {
        event.prevent_default();
    }
}

pub(super) fn handle_cut(context: &Rc<EditorContext>, event: &Event) {
    let Some((field, transfer)) = clipboard_of(context, event) else { return };
    event.prevent_default();
    if write_transfer(&field, &transfer) && !context.is_read_only() {
        context.run_in(&field, |state| delete_selection(state, Cause::Cut));
    }
}

pub(super) fn handle_drag_start(context: &Rc<EditorContext>, event: &Event) {
    let Some(field) = context.field_at(event.target()) else { return };
    let Some(transfer) = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer) else { return };
    field.read_selection();
    // What the mouse does now places no caret, and no mouseup will tell its end.
    field.pointing.set(false);
    if write_transfer(&field, &transfer) {
        drop(transfer.set_data(SOURCE, &field.field.to_string()));
    }
}

/// Dropped text is inserted, and taken from where it was if it is ours, as one step.
pub(super) fn handle_drop(context: &Rc<EditorContext>, event: &Event) {
    let Some(field) = context.field_at(event.target()) else { return };
    let Some(drag) = event.dyn_ref::<DragEvent>() else { return };
    let Some(transfer) = drag.data_transfer() else { return };
    event.prevent_default();
    // A file is not for the text, and the browser would open it in place of the page.
    if context.is_read_only() || transfer.files().is_some_and(|files| files.length() > 0) {
        return;
    }
    let place = dom::place_at_point(f64::from(drag.client_x()), f64::from(drag.client_y()));
    let offset =
        place.and_then(|(node, offset)| position::offset_of(&field.host, &field.lines.borrow(), &field.state.borrow(), &node, offset));
    let Some(offset) = offset else { return };
    let copies = if context.mac { drag.alt_key() } else { drag.ctrl_key() };
    let source = transfer.get_data(SOURCE).ok().and_then(|key| context.field(&key));
    // What others wrote in it since it was picked up goes with it.
    let dragged = source.as_ref().and_then(|source| copy::copy(&source.state.borrow())).unwrap_or_else(|| carried(&transfer));
    let source = source.filter(|_| !copies);
    let taken = source.as_ref().and_then(|source| source.state.borrow().selection()).filter(|taken| !taken.is_caret());
    match (source, taken) {
        (Some(source), Some(taken)) if Rc::ptr_eq(&source, &field) => {
            if offset < taken.from() || offset > taken.to() {
                context.run_in(&field, |state| move_text(state, taken, offset, &dragged));
            }
        }
        (Some(source), Some(taken)) => move_to_field(context, (&source, taken), (&field, offset), &dragged),
        _ => {
            field.focus_at(Selection::caret(offset));
            insert_carried(context, &field, dragged.clone());
        }
    }
    let selection = field.state.borrow().selection();
    field.focus_at(selection.unwrap_or(Selection::caret(offset)));
    context.selection_moved();
}

pub(super) fn paste_text(context: &EditorContext, field: &Rc<EditorField>, text: &str) {
    context.run_in(field, |state| paste::paste_text(state, text));
}

fn move_to_field(context: &EditorContext, from: (&EditorField, Selection), to: (&EditorField, u32), dragged: &Copied) {
    let ((source, taken), (field, offset)) = (from, to);
    let deleted = delete_range(&source.state.borrow(), taken.from(), taken.to(), Cause::Drop);
    let inserted = {
        let mut state = field.state.borrow().clone();
        state.select(Some(Selection::caret(offset)));
        pasted(&state, &Content::own(dragged))
    };
    let Some((deleted, inserted)) = deleted.zip(inserted) else { return };
    let edit = |field: &EditorField, delta| Edit::Text { field: field.field.clone(), delta };
    if context.edit_fields(&[edit(source, deleted.delta), edit(field, inserted.delta)]) {
        field.focus_at(inserted.selection.unwrap_or(Selection::caret(offset)));
    }
}

fn move_text(state: &EditorState, taken: Selection, to: u32, dragged: &Copied) -> Option<Transaction> {
    let deleted = delete_range(state, taken.from(), taken.to(), Cause::Drop)?;
    let to = deleted.delta.map_offset(to, true);
    Some(deleted.then(state, &|between| {
        let mut between = between.clone();
        between.select(Some(Selection::caret(to)));
        pasted(&between, &Content::own(dragged))
    }))
}

fn clipboard_of(context: &Rc<EditorContext>, event: &Event) -> Option<(Rc<EditorField>, DataTransfer)> {
    let field = context.field_at(event.target())?;
    // A script that pastes sends any event with this property, since Firefox lets nobody fill a clipboard event: it may hold anything.
    let transfer = event.unchecked_ref::<ClipboardEvent>().clipboard_data()?.dyn_into::<DataTransfer>().ok()?;
    context.settle_composition(&field);
    field.read_selection();
    Some((field, transfer))
}

fn write_transfer(field: &EditorField, transfer: &DataTransfer) -> bool {
    let Some(copied) = copy::copy(&field.state.borrow()) else { return false };
    transfer.set_data("text/html", &copied.html).is_ok() && transfer.set_data("text/plain", &copied.plain).is_ok()
}

/// What is inserted: lines with their formats if they could be read, else plain text.
struct Content {
    lines: Option<Vec<Line>>,
    plain: String,
    /// It came as plain text alone, so its lines may be broken where a page was too narrow.
    is_plain: bool,
}

impl Content {
    /// Of what was copied here.
    fn own(copied: &Copied) -> Self {
        Self { lines: copy::own_lines(&copied.html), plain: copied.plain.clone(), is_plain: copied.html.is_empty() }
    }
}

/// Inserts where the caret is: our own text, foreign text with the formats we know, else plain text.
fn insert_carried(context: &Rc<EditorContext>, field: &Rc<EditorField>, copied: Copied) {
    let mut content = Content::own(&copied);
    if content.lines.is_some() || content.is_plain {
        return insert(context, field, &content);
    }
    match parts::loaded_paste() {
        Some(read) => {
            content.lines = read(&copied.html);
            insert(context, field, &content);
        }
        None => insert_when_loaded(context, field, copied.html, content),
    }
}

/// Foreign HTML needs a part of the app. Others may write, and the person too, until it is there: the place sticks to its letters.
fn insert_when_loaded(context: &Rc<EditorContext>, field: &Rc<EditorField>, html: String, mut content: Content) {
    let Some(selection) = field.state.borrow().selection() else { return };
    let stick = |offset: u32, before: bool| context.port().sticky(&field.field, offset, before);
    let from = stick(selection.from(), selection.is_caret());
    let Some((from, to)) = from.zip(stick(selection.to(), true)) else { return };
    let (page, field) = (Rc::downgrade(context), Rc::downgrade(field));
    spawn_local(async move {
        let read = parts::paste().await;
        let (Some(context), Some(field)) = (page.upgrade(), field.upgrade()) else { return };
        match read {
            Ok(read) => content.lines = read(&html),
            Err(error) => parts::say_missing(context.text, &error),
        }
        let offset = |sticky: &str| context.port().offset(&field.field, sticky);
        let Some((from, to)) = offset(&from).zip(offset(&to)) else { return };
        context.settle_composition(&field);
        let now = field.state.borrow().selection();
        if now.is_none_or(|now| (now.from(), now.to()) != (from, to)) {
            field.focus_at(Selection::new(from, to));
        }
        insert(&context, &field, &content);
    });
}

fn insert(context: &Rc<EditorContext>, field: &Rc<EditorField>, content: &Content) {
    let start = field.state.borrow().selection().map(Selection::from);
    let written = field.write_missing_cell("");
    let made = context.run_in(field, |state| match written {
        Some(written) => Some(written.then(state, &|cell| pasted(cell, content))),
        None => pasted(state, content),
    });
    if !made {
        return;
    }
    let end = field.state.borrow().selection().map(Selection::to);
    let Some((start, end)) = start.zip(end).filter(|(start, end)| start < end) else { return };
    let count = {
        let state = field.state.borrow();
        state.locate(end).0 - state.locate(start).0 + 1
    };
    context.run_in(field, |state| link_addresses(state, start, end));
    if count > 1 {
        announcer::say(&(context.text.live.lines_pasted)(u32::try_from(count).unwrap_or(u32::MAX)));
    }
    if content.is_plain && count > 1 {
        offer_to_join(context, field, start, end);
    }
}

/// Text from a PDF has a break after every printed line. What is a paragraph only its reader can say, so it is offered.
fn offer_to_join(context: &Rc<EditorContext>, field: &Rc<EditorField>, start: u32, end: u32) {
    let stick = |offset: u32, before: bool| context.port().sticky(&field.field, offset, before);
    let Some((start, end)) = stick(start, false).zip(stick(end, true)) else { return };
    let (page, pasted_in) = (Rc::downgrade(context), Rc::downgrade(field));
    spawn_local(async move {
        let Ok(join_lines) = parts::joiner().await else { return };
        let joined = move || {
            let (context, field) = (page.upgrade()?, pasted_in.upgrade()?);
            let offset = |sticky: &str| context.port().offset(&field.field, sticky);
            let made = join_lines(&field.state.borrow(), offset(&start)?, offset(&end)?)?;
            Some((context, field, made))
        };
        let Some((context, ..)) = joined() else { return };
        let join = move || {
            if let Some((context, field, made)) = joined() {
                context.dispatch(&field, made);
            }
        };
        let text = &context.text.editor;
        toast::show(text.broken_lines, Some((text.join_lines, Box::new(join))));
    });
}

/// What a transfer brings. Files beside its text are pictures of the same.
fn carried(transfer: &DataTransfer) -> Copied {
    let data = |kind: &str| transfer.get_data(kind).unwrap_or_default();
    let plain = Some(data("text/plain")).filter(|plain| !plain.is_empty());
    Copied { html: data("text/html"), plain: plain.unwrap_or_else(|| data("text/uri-list")) }
}

fn pasted(state: &EditorState, content: &Content) -> Option<Transaction> {
    match &content.lines {
        Some(lines) => paste::paste_lines(state, lines, &mut crate::random::bits),
        None => paste::paste_text(state, &content.plain),
    }
}
