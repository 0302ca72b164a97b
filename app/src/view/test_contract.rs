//! `window.__editorTest`: what tests need to read and drive the editor. Compiled into test builds only.
//!
//! Sections are named by their id, titles by `title:ITEM`. Values go in and out as JSON: deltas are Quill's, offsets UTF-16 units of the field's
//! text. What cannot be done is answered with `false` or `null`.

mod comments;
mod forks;
mod marks;
mod quill;

use std::ops::Deref;
use std::rc::Rc;

use comments::Comments;
use dagsorden_editor::{CommandName, Selection};
use dagsorden_shared::agenda::Field;
use forks::Forks;
use serde_json::{Value, json};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlDialogElement;

use super::context::EditorContext;
use super::dom;
use super::field::EditorField;
use super::part::{Part, Update};

/// What the contract remembers between calls.
#[derive(Default)]
struct Contract {
    forks: Forks,
    comments: Comments,
    marks: marks::Shown,
}

impl Part for Contract {
    fn name(&self) -> &'static str {
        "test-contract"
    }

    /// The page that undoes or redoes something makes the anchors anew.
    fn update(&self, context: &EditorContext, update: &Update<'_>) {
        if matches!(update, Update::Undone) {
            self.comments.renew(context.documents().main());
        }
    }

    fn draw(&self, _: &EditorContext) {}

    fn destroy(&self) {}
}

/// The page that a call is about.
struct Page {
    context: Rc<EditorContext>,
    contract: Rc<Contract>,
}

impl Deref for Page {
    type Target = EditorContext;

    fn deref(&self) -> &EditorContext {
        &self.context
    }
}

/// The arguments of a call.
struct Given([JsValue; 5]);

impl Given {
    fn text(&self, index: usize) -> Option<String> {
        self.0[index].as_string()
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "offsets and counts of tests; a cast saturates")]
    fn number(&self, index: usize) -> Option<u32> {
        self.0[index].as_f64().map(|number| number as u32)
    }

    /// Any argument as JSON; a text that is JSON counts as what it says.
    fn json(&self, index: usize) -> Option<Value> {
        let text = self.text(index).or_else(|| js_sys::JSON::stringify(&self.0[index]).ok()?.as_string())?;
        serde_json::from_str(&text).ok()
    }
}

type Act = fn(&Page, &Given) -> Option<Value>;

/// Every call of the contract.
const CALLS: [(&str, Act); 26] = [
    ("sections", |context, _| Some(sections(context).into())),
    ("delta", |context, given| Some(quill::write(&context.port().body(&field_named(context, given, 0)?)?.to_delta()))),
    ("setDelta", set_delta),
    ("select", select),
    ("selection", selection),
    ("cmd", |context, given| Some(context.run(&given.text(0)?.parse::<CommandName>().ok()?).into())),
    ("undo", |context, _| Some(context.undo().into())),
    ("redo", |context, _| Some(context.redo().into())),
    ("canUndo", |context, _| Some(context.port().can_undo().into())),
    ("endUndoGroup", |context, _| {
        context.port().end_undo_group();
        None
    }),
    ("addComment", add_comment),
    ("comments", |context, given| {
        let field = field_named(context, given, 0)?;
        Some(context.contract.comments.list(context.documents().main(), &field))
    }),
    ("fork", |context, given| context.contract.forks.fork(context.documents(), given.0[0].as_f64()?)),
    ("forkApply", |context, given| {
        let (field, delta) = (field_named(context, given, 1)?, quill::read(&given.json(2)?)?);
        Some(context.contract.forks.with(given.number(0)?, |fork| fork.apply(&field, &delta))?.into())
    }),
    ("forkDelete", |context, given| {
        let (field, deleted) = (field_named(context, given, 1)?, given.0[2].is_truthy());
        Some(context.contract.forks.with(given.number(0)?, |fork| fork.delete(&field, deleted))?.into())
    }),
    ("forkDelta", |context, given| {
        let field = field_named(context, given, 1)?;
        context.contract.forks.with(given.number(0)?, |fork| Some(quill::write(&fork.agenda.body(&field)?.to_delta())))?
    }),
    ("forkComments", |context, given| {
        let field = field_named(context, given, 1)?;
        context.contract.forks.with(given.number(0)?, |fork| context.contract.comments.list(&fork.agenda, &field))
    }),
    ("merge", |context, given| {
        let documents = context.documents();
        Some(context.contract.forks.with(given.number(0)?, |fork| documents.exchange(&fork.agenda))?.into())
    }),
    ("peerSelect", peer_select),
    ("anchor", marks::anchor),
    ("selectedAnchor", marks::selected),
    ("showMarks", marks::show),
    ("marks", marks::list),
    ("markInHand", marks::take),
    ("marksAt", marks::at_point),
    #[expect(clippy::cast_precision_loss, reason = "client ids are made to fit")]
    ("localClientId", |context, _| Some((context.documents().client().get() as f64).into())),
];

/// Puts the contract on the window.
pub(super) fn install(context: &Rc<EditorContext>) {
    let calls = js_sys::Object::new();
    let contract = Rc::new(Contract::default());
    context.add_part(Rc::clone(&contract) as Rc<dyn Part>);
    for (name, act) in CALLS {
        let (weak, contract) = (Rc::downgrade(context), Rc::clone(&contract));
        let call = move |a: JsValue, b: JsValue, c: JsValue, d: JsValue, e: JsValue| {
            let contract = Rc::clone(&contract);
            let answer = weak.upgrade().and_then(|context| {
                // It names fields wherever they are.
                context.complete();
                act(&Page { context, contract }, &Given([a, b, c, d, e]))
            });
            js_sys::JSON::parse(&answer.unwrap_or(Value::Null).to_string()).unwrap_or(JsValue::NULL)
        };
        let call = Closure::<dyn FnMut(JsValue, JsValue, JsValue, JsValue, JsValue) -> JsValue>::new(call);
        drop(js_sys::Reflect::set(&calls, &name.into(), &call.into_js_value()));
    }
    drop(js_sys::Reflect::set(&js_sys::global(), &"__editorTest".into(), &calls));
}

/// Ids of all sections, as they stand on the paper.
fn sections(context: &EditorContext) -> Vec<String> {
    let items = context.documents().snapshot().items;
    items.iter().flat_map(|item| item.sections.iter().map(|section| section.id.to_string())).collect()
}

/// The field that an argument names.
fn field_named(context: &EditorContext, given: &Given, index: usize) -> Option<Field> {
    field_of(context, &given.text(index)?)
}

/// The field of a name.
fn field_of(context: &EditorContext, id: &str) -> Option<Field> {
    if id.contains(':') {
        return id.parse().ok();
    }
    let items = context.documents().snapshot().items;
    let found = items.into_iter().find_map(|item| {
        let section = item.sections.into_iter().find(|section| section.id.as_str() == id)?;
        Some(Field::Section(item.id, section.id))
    });
    // The page shows words that are on their way.
    found.or_else(|| context.fields_in_order().into_iter().map(|field| field.field.clone()).find(|field| name_of(field) == id))
}

/// As the contract names it.
fn name_of(field: &Field) -> String {
    match field {
        Field::Title(_) => field.to_string(),
        Field::Section(_, section) => section.to_string(),
    }
}

fn mounted(context: &EditorContext, given: &Given, index: usize) -> Option<Rc<EditorField>> {
    context.field(&field_named(context, given, index)?.to_string())
}

/// Makes a text what the insertions say, as nobody's step of undo.
fn set_delta(context: &Page, given: &Given) -> Option<Value> {
    let field = field_named(context, given, 0)?;
    let old = context.port().body(&field)?.len();
    let delta = quill::read(&given.json(1)?)?.delete(old);
    context.port().end_undo_group();
    context.contract.forks.leave(context.documents(), &field);
    Some(context.documents().write_untracked(&field, &delta).is_ok().into())
}

fn select(context: &Page, given: &Given) -> Option<Value> {
    let field = mounted(context, given, 0)?;
    let anchor = given.number(1)?;
    // A dialog that asks something keeps the focus to itself.
    let dialogs = dom::document().query_selector_all("dialog[open]").ok()?;
    for dialog in (0..dialogs.length()).filter_map(|at| dialogs.item(at)?.dyn_into::<HtmlDialogElement>().ok()) {
        dialog.close();
    }
    // A jump of the caret ends a step.
    context.port().end_undo_group();
    field.focus_at(Selection::new(anchor, given.number(2).unwrap_or(anchor)));
    context.selection_moved();
    Some(true.into())
}

fn selection(context: &Page, _: &Given) -> Option<Value> {
    let field = context.active()?;
    field.read_selection();
    let selection = field.state.borrow().selection()?;
    Some(json!({ "id": name_of(&field.field), "anchor": selection.anchor, "head": selection.head }))
}

fn add_comment(context: &Page, given: &Given) -> Option<Value> {
    let (field, start, end) = (field_named(context, given, 0)?, given.number(1)?, given.number(2)?);
    context.contract.comments.add(context.documents().main(), field, start.min(end), start.max(end)).map(Value::from)
}

/// Shows another page's selection, as if the fork's client had sent it; without a field they are there and write nowhere.
fn peer_select(context: &Page, given: &Given) -> Option<Value> {
    let field = field_named(context, given, 1);
    let (anchor, head) = (given.number(2).unwrap_or_default(), given.number(3));
    let name = given.text(4).unwrap_or_default();
    let place = field.map(|field| (field, Selection::new(anchor, head.unwrap_or(anchor))));
    context.contract.forks.show(context.documents(), given.number(0)?, place, name)?;
    Some(true.into())
}
