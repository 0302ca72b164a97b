//! Input events: what the browser may do by itself and is read back, and what becomes a command.
//!
//! Plain typing and deleting inside one text node is the browser's, so that spelling marks, press-and-hold accents and dictation go on
//! working; everything else is ours. `beforeinput` types are those of Input Events Level 2.

use std::rc::Rc;
use std::time::Duration;

use dagsorden_editor::autolink::autolink;
use dagsorden_editor::command::delete::{delete_range, delete_selection, join_backward, join_forward};
use dagsorden_editor::command::insert::{insert_text, replace_range};
use dagsorden_editor::command::split::split_line;
use dagsorden_editor::command::table::{self, Goal, Step};
use dagsorden_editor::{Cause, CommandName, FieldKind, Selection};
use dagsorden_shared::richtext::ListKind;
use dagsorden_shared::richtext::delta::utf16_len;
use leptos::prelude::set_timeout;
use wasm_bindgen::JsCast;
use web_sys::{Event, InputEvent, MutationRecord, Node, StaticRange};

use super::context::EditorContext;
use super::field::{EditorField, ReadBack, Repair};
use super::{clipboard, dom, neighbours, position};

pub(super) fn handle_before_input(context: &Rc<EditorContext>, event: &Event) {
    let Some(field) = context.field_at(event.target()) else { return };
    let Some(input) = event.dyn_ref::<InputEvent>() else { return };
    let kind = input.input_type();
    if context.is_read_only() {
        event.prevent_default();
        return;
    }
    if field.is_composing() {
        if !input.cancelable() || !matches!(kind.as_str(), "insertParagraph" | "insertLineBreak") {
            // Not cancelable, and the line is not ours to touch now.
            return;
        }
        // Keyboards of touch screens compose every word until the next key.
        context.settle_composition(&field);
    }
    field.read_selection();
    let taken = match kind.as_str() {
        "insertCompositionText" | "deleteCompositionText" | "insertFromComposition" => false,
        "insertText" | "insertReplacementText" => !passes_insertion(&field, input) && take_insertion(context, &field, input),
        "insertParagraph" | "insertLineBreak" => take_enter(context, &field),
        kind if kind.starts_with("delete") => take_deletion(context, &field, input, kind),
        "insertFromPaste" | "insertFromDrop" | "insertFromPasteAsQuotation" => true,
        "insertFromYank" => {
            let pasted = input.data_transfer().and_then(|transfer| transfer.get_data("text/plain").ok()).or_else(|| input.data());
            clipboard::paste_text(context, &field, &pasted.unwrap_or_default());
            true
        }
        "historyUndo" => {
            context.undo();
            true
        }
        "historyRedo" => {
            context.redo();
            true
        }
        kind => {
            if let Some(command) = command_of(kind) {
                context.run_on_text(&command);
            }
            true
        }
    };
    if taken {
        event.prevent_default();
    }
}

pub(super) fn handle_input(context: &Rc<EditorContext>, event: &Event) {
    let Some(field) = context.field_at(event.target()) else { return };
    if field.is_composing() {
        return;
    }
    let caret_line = dom::selection().and_then(|selection| selection.focus_node()).and_then(|node| field.lines.borrow().line_of(&node));
    match caret_line {
        Some(line) => {
            let read = field.read_back(line);
            if read.is_none() {
                // Whatever the browser did, the caret is where it left it.
                field.read_selection();
            }
            take_over(context, &field, line, read);
        }
        None => field.restore_all(),
    }
}

/// Changes of the page that no event told of.
pub(super) fn handle_mutations(context: &Rc<EditorContext>, field: &Rc<EditorField>, records: &[MutationRecord]) {
    match field.repair() {
        Repair::Now => {}
        Repair::Later => return repair_later(context, field),
        Repair::Waits => return,
    }
    let mut lines: Vec<usize> = Vec::new();
    let mut astray = false;
    for record in records {
        let known = field.lines.borrow();
        let line = record.target().and_then(|target| known.line_of(&target));
        astray |= line.is_none();
        // A line that the browser split off is part of the one before it.
        let added = record.added_nodes();
        let line = line.or_else(|| (0..added.length()).filter_map(|at| added.item(at)).find_map(|node| known.line_of(&node)));
        lines.extend(line.filter(|line| !lines.contains(line)));
    }
    lines.sort_unstable();
    take_over_lines(context, field, lines, astray);
}

/// Takes over whatever stands in the field once the second is over.
fn repair_later(context: &Rc<EditorContext>, field: &Rc<EditorField>) {
    let (context, field) = (Rc::downgrade(context), Rc::downgrade(field));
    let repair = move || {
        let (Some(context), Some(field)) = (context.upgrade(), field.upgrade()) else { return };
        let lines = field.state.borrow().body().lines().len();
        take_over_lines(&context, &field, 0..lines, true);
    };
    set_timeout(repair, Duration::from_secs(1));
}

/// Takes over what stands in these lines, which ascend, and puts all others right where something went `astray`. The line of a composition is its own.
fn take_over_lines<L>(context: &Rc<EditorContext>, field: &Rc<EditorField>, lines: L, astray: bool)
where
    L: IntoIterator<Item = usize, IntoIter: DoubleEndedIterator>,
{
    let composing = field.is_composing();
    // Read backwards, so that a line that is split does not shift those still to be read.
    for line in lines.into_iter().rev() {
        let frozen = field.lines.borrow().is_frozen_line(line);
        if !frozen {
            take_over(context, field, line, field.read_back(line));
        }
    }
    if astray && !composing {
        field.restore_all();
    }
}

/// Takes over what the browser wrote into a line.
fn take_over(context: &Rc<EditorContext>, field: &Rc<EditorField>, line: usize, read: Option<ReadBack>) {
    let typed_space = read.as_ref().is_some_and(|read| {
        let ops = &read.transaction.delta.0;
        ops.iter().any(|op| matches!(op, dagsorden_shared::richtext::Op::Insert { text, .. } if text.ends_with(' ')))
    });
    let torn = read.as_ref().is_some_and(|read| read.torn);
    if let Some(read) = read {
        context.dispatch(field, read.transaction);
    }
    if torn {
        field.restore_all();
    } else {
        field.restore(line);
    }
    if typed_space {
        context.autoformat(field);
    }
}

/// The range an input is about, as the browser names it; else the selection. Extensions send events without ranges.
fn target_range(field: &EditorField, input: &InputEvent) -> Option<Selection> {
    let (lines, state) = (field.lines.borrow(), field.state.borrow());
    let range = static_range(input);
    let named = range.and_then(|range| {
        let offset = |node: &Node, offset: u32| position::offset_of(&field.host, &lines, &state, node, offset);
        Some(Selection::new(offset(&range.start_container(), range.start_offset())?, offset(&range.end_container(), range.end_offset())?))
    });
    named.or_else(|| state.selection())
}

fn static_range(input: &InputEvent) -> Option<StaticRange> {
    // A static range is an instance of an interface that only some browsers expose as a constructor.
    let range = input.get_target_ranges().get(0);
    range.is_object().then(|| range.unchecked_into())
}

fn inserted_text(input: &InputEvent) -> Option<String> {
    input.data().or_else(|| input.data_transfer()?.get_data("text/plain").ok()).filter(|text| !text.is_empty())
}

/// Whether the browser may insert this itself: inside one text node, with the marks that node has.
fn passes_insertion(field: &EditorField, input: &InputEvent) -> bool {
    let (Some(range), Some(text)) = (target_range(field, input), inserted_text(input)) else { return false };
    let state = field.state.borrow();
    if text.contains(['\n', '\r']) || state.pending().is_some() || !stays_in_node(field, input, range) {
        return false;
    }
    // A space may complete a marker, which must become a step of its own.
    if text == " " && range.is_caret() && state.locate(range.head).1 <= 3 {
        return false;
    }
    let lines = field.lines.borrow();
    let node = static_range(input).map(|range| range.start_container()).or_else(|| dom::selection()?.focus_node());
    let Some(node) = node else { return false };
    let view = lines.views.get(state.locate(range.from()).0);
    let run = view.and_then(|view| {
        let mut child = view.element.first_child();
        view.runs.iter().find(|_| {
            let here = child.as_ref().and_then(dom::first_text).is_some_and(|text| dom::same(&text, &node));
            child = child.as_ref().and_then(Node::next_sibling);
            here
        })
    });
    run.is_some_and(|run| run.marks == state.marks_for(range.from(), range.to()))
}

/// Whether a range lies in one text node and leaves some of its text. What another program asks for no browser does by itself.
fn stays_in_node(field: &EditorField, input: &InputEvent, range: Selection) -> bool {
    let state = field.state.borrow();
    if !input.is_trusted() || state.locate(range.from()).0 != state.locate(range.to()).0 {
        return false;
    }
    let (start, end) = match static_range(input) {
        Some(range) => (range.start_container(), range.end_container()),
        None => match dom::selection().and_then(|selection| selection.anchor_node().zip(selection.focus_node())) {
            Some(nodes) => nodes,
            None => return false,
        },
    };
    let text = start.node_value().unwrap_or_default();
    start.node_type() == Node::TEXT_NODE && dom::same(&start, &end) && utf16_len(&text) > range.to() - range.from()
}

fn take_insertion(context: &Rc<EditorContext>, field: &Rc<EditorField>, input: &InputEvent) -> bool {
    let (Some(range), Some(text)) = (target_range(field, input), inserted_text(input)) else { return true };
    if matches!(text.as_str(), "\n" | "\r" | "\r\n") {
        // Some keyboards and dictation type a line break.
        return take_enter(context, field);
    }
    if let Some(written) = field.write_missing_cell(&text) {
        context.dispatch(field, written);
        return true;
    }
    let at_selection = field.state.borrow().selection() == Some(range);
    context.run_in(
        field,
        |state| {
            if at_selection { insert_text(state, &text) } else { replace_range(state, range.from(), range.to(), &text) }
        },
    );
    if text.ends_with(' ') {
        context.autoformat(field);
    }
    true
}

fn take_enter(context: &Rc<EditorContext>, field: &Rc<EditorField>) -> bool {
    if field.kind() == FieldKind::Title {
        neighbours::go_to_next(context, field);
    } else if !enter_below(context, field) {
        context.run_in(field, autolink);
        context.run_in(field, split_line);
    }
    true
}

/// Enter from or into a cell that its row lacks.
fn enter_below(context: &Rc<EditorContext>, field: &Rc<EditorField>) -> bool {
    let from = field.missing_cell();
    if field.state.borrow().selection().is_none_or(|selection| !selection.is_caret()) {
        return false;
    }
    let goal = table::go(&field.state.borrow(), from, Step::Enter);
    match goal {
        Some(Goal::Line(transaction)) if from.is_some() => context.dispatch(field, transaction),
        Some(Goal::Missing(spot)) => field.enter_missing_cell(spot).is_some(),
        _ => false,
    }
}

fn take_deletion(context: &Rc<EditorContext>, field: &Rc<EditorField>, input: &InputEvent, kind: &str) -> bool {
    if kind == "deleteByCut" || kind == "deleteByDrag" {
        // Done with the cut and drop events.
        return true;
    }
    if field.missing_cell().is_some() {
        return true;
    }
    let backward = kind.ends_with("Backward");
    let cause = if backward { Cause::DeleteBackward } else { Cause::DeleteForward };
    let Some(selection) = field.state.borrow().selection() else { return true };
    if !selection.is_caret() && !stays_in_node(field, input, selection) {
        context.run_in(field, |state| delete_selection(state, cause));
        return true;
    }
    if selection.is_caret() {
        let (at_start, at_end) = {
            let state = field.state.borrow();
            let (line, inside) = state.locate(selection.head);
            (inside == 0, inside == state.line(line).len())
        };
        if at_start && backward {
            context.run_in(field, join_backward);
            return true;
        }
        if at_end && !backward {
            context.run_in(field, join_forward);
            return true;
        }
    }
    let Some(range) = target_range(field, input) else { return true };
    if stays_in_node(field, input, range) {
        return false;
    }
    context.run_in(field, |state| {
        // A word or line may reach over the line's border; it is deleted to the border.
        let (line, _) = state.locate(selection.head);
        let start = state.body().line_start(line);
        let end = start + state.line(line).len();
        let (from, to) = if selection.is_caret() { (range.from().max(start), range.to().min(end)) } else { (range.from(), range.to()) };
        delete_range(state, from, to, cause)
    });
    true
}

fn command_of(kind: &str) -> Option<CommandName> {
    Some(match kind {
        "formatBold" => CommandName::Bold,
        "formatItalic" => CommandName::Italic,
        "formatUnderline" => CommandName::Underline,
        "formatStrikeThrough" => CommandName::Strike,
        "formatRemove" => CommandName::Clear,
        "formatIndent" => CommandName::Indent,
        "formatOutdent" => CommandName::Outdent,
        "insertOrderedList" => CommandName::List(ListKind::Ordered),
        "insertUnorderedList" => CommandName::List(ListKind::Bullet),
        _ => return None,
    })
}
