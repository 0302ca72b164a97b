//! Keys that `beforeinput` does not tell of, and the mouse where it selects.

use std::rc::Rc;

use dagsorden_editor::Selection;
use dagsorden_editor::command::block::{indent_list, outdent_list};
use dagsorden_editor::command::table::{self, Arrow, Goal, Step};
use dagsorden_editor::keymap::{self, Action, Key, Modifiers, Platform};
use wasm_bindgen::JsCast;
use web_sys::{Event, KeyboardEvent, MouseEvent, Node};

use super::context::EditorContext;
use super::field::{EditorField, KeyBefore};
use super::part::Request;
use super::{dom, neighbours};
use crate::ui::announcer;

/// The code of keys that belong to an input method.
const COMPOSING_KEY: u32 = 229;

pub(super) fn handle_key_down(context: &Rc<EditorContext>, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
    let Some(field) = context.field_at(event.target()) else { return };
    if event.is_composing() || event.key_code() == COMPOSING_KEY {
        return;
    }
    let name = event.key();
    if matches!(name.as_str(), "Shift" | "Control" | "Alt" | "AltGraph" | "Meta") {
        // It means something only with the key that follows, such as Shift+Tab after Escape.
        return;
    }
    // Safari sometimes forgets to end a composition by dead keys.
    context.settle_composition(&field);
    let before = field.key_before.replace(KeyBefore::Other);
    let types = !event.ctrl_key() && !event.meta_key() && !event.alt_key() && name.chars().nth(1).is_none();
    if types {
        // A letter, which is no shortcut: `beforeinput` tells all there is to know.
        return;
    }
    field.read_selection();
    let key = Key {
        key: &name,
        code: &event.code(),
        modifiers: Modifiers {
            control: event.ctrl_key(),
            meta: event.meta_key(),
            alt: event.alt_key(),
            shift: event.shift_key(),
            alt_graph: event.get_modifier_state("AltGraph"),
        },
    };
    let platform = if context.mac { Platform::Mac } else { Platform::Other };
    let handled = match keymap::action(&key, platform) {
        Some(action) => run_action(context, &field, &action, before),
        None => arrow_of(event, &name).is_some_and(|arrow| move_caret(context, &field, arrow)),
    };
    if handled {
        event.prevent_default();
        // The page has keys of its own for the same things.
        event.stop_propagation();
    }
}

fn run_action(context: &Rc<EditorContext>, field: &Rc<EditorField>, action: &Action, before: KeyBefore) -> bool {
    match action {
        Action::Command(name) => {
            if !context.is_read_only() {
                context.run_on_text(name);
            }
            true
        }
        Action::Undo => {
            context.undo();
            true
        }
        Action::Redo => {
            context.redo();
            true
        }
        Action::SelectAll => {
            let all = Selection::new(0, field.state.borrow().body().end());
            // Not where all is selected for another reason, as after an undo: what is typed next is meant to replace it.
            let again = before == KeyBefore::SelectAll;
            field.key_before.set(KeyBefore::SelectAll);
            if field.state.borrow().selection() != Some(all) || !again {
                field.focus_at(all);
                context.selection_moved();
            } else if let Some(item) = field.host.closest("[data-item]").ok().flatten() {
                // The whole item, to be copied. It reaches over several fields, so it is nobody's to write in.
                drop(field.host.blur());
                drop(dom::selection().map(|selection| selection.select_all_children(&item)));
            }
            true
        }
        Action::AskForLink => {
            context.request(Request::LinkPrompt);
            true
        }
        Action::FocusToolbar => context.request(Request::ToolbarFocus),
        Action::Tab { .. } if before == KeyBefore::Escape || context.is_read_only() => false,
        Action::Tab { back } => {
            let rows = field.lines.borrow().views.len();
            let goal = table::tab(&field.state.borrow(), field.missing_cell(), *back, &mut crate::random::bits);
            if goal.is_none() {
                return context.run_in(field, |state| if *back { outdent_list(state) } else { indent_list(state) });
            }
            let gone = follow(context, field, goal);
            if rows < field.lines.borrow().views.len() {
                announcer::say(context.text.live.row_added);
            }
            gone
        }
        Action::Escape => {
            field.key_before.set(KeyBefore::Escape);
            announcer::say(context.text.live.leave_armed);
            let selection = field.state.borrow().selection();
            context.request(Request::ToolbarAway(selection))
        }
    }
}

fn arrow_of(event: &KeyboardEvent, name: &str) -> Option<Arrow> {
    if event.shift_key() || event.alt_key() || event.ctrl_key() || event.meta_key() {
        return None;
    }
    Some(match name {
        "ArrowLeft" => Arrow::Left,
        "ArrowRight" => Arrow::Right,
        "ArrowUp" => Arrow::Up,
        "ArrowDown" => Arrow::Down,
        _ => return None,
    })
}

/// Arrow keys at the borders of cells, tables and fields; inside lines the browser knows best.
fn move_caret(context: &Rc<EditorContext>, field: &Rc<EditorField>, arrow: Arrow) -> bool {
    let vertical = matches!(arrow, Arrow::Up | Arrow::Down);
    let from = field.missing_cell();
    if vertical && from.is_none() && !neighbours::at_visual_border(field, arrow) {
        return false;
    }
    let goal = table::go(&field.state.borrow(), from, Step::Arrow(arrow));
    follow(context, field, goal) || vertical && neighbours::leave(context, field, arrow)
}

/// Puts the caret where a key leads.
fn follow(context: &Rc<EditorContext>, field: &Rc<EditorField>, goal: Option<Goal>) -> bool {
    match goal {
        Some(Goal::Line(transaction)) => context.dispatch(field, transaction),
        Some(Goal::Missing(spot)) => field.enter_missing_cell(spot).is_some(),
        None => false,
    }
}

/// A third click selects the line without its newline; browsers select into the next one. A click on a link with Control opens it.
pub(super) fn handle_mouse_down(context: &Rc<EditorContext>, event: &Event) {
    let Some(event) = event.dyn_ref::<MouseEvent>() else { return };
    let Some(field) = context.field_at(event.target()) else { return };
    context.settle_composition(&field);
    field.key_before.set(KeyBefore::Other);
    let node = event.target().and_then(|target| target.dyn_into::<Node>().ok());
    let line = node.and_then(|node| field.lines.borrow().line_of(&node));
    if event.button() == 0
        && event.detail() >= 3
        && let Some(line) = line
    {
        event.prevent_default();
        let (start, len) = {
            let state = field.state.borrow();
            (state.body().line_start(line), state.line(line).len())
        };
        field.focus_at(Selection::new(start, start + len));
        context.selection_moved();
        return;
    }
    field.pointing.set(event.button() == 0);
    let opens = if context.mac { event.meta_key() } else { event.ctrl_key() };
    let link = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest("a[href]").ok()?);
    if opens && let Some(address) = link.and_then(|link| link.get_attribute("href")) {
        event.prevent_default();
        drop(leptos::prelude::window().open_with_url_and_target_and_features(&address, "_blank", "noopener,noreferrer"));
    }
}
