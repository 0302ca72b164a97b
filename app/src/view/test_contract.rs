//! `window.__editorTest`: what the browser tests need to read and drive the editor. Compiled into test builds only.
//!
//! Sections are named by their id, titles by `title:ITEM`. Deltas are Quill's JSON, offsets UTF-16 units of the field's text.

use std::rc::Rc;

use dagsorden_editor::{CommandName, Selection};
use dagsorden_shared::richtext::{Delta, Op};
use serde_json::{Map, Value, json};
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::HtmlElement;

use super::context::EditorContext;
use super::dom;
use super::field::EditorField;

/// Puts the contract on the window.
pub(super) fn install(context: &Rc<EditorContext>) {
    let contract = js_sys::Object::new();
    let add = |name: &str, function: JsValue| {
        drop(js_sys::Reflect::set(&contract, &name.into(), &function));
    };
    let weak = Rc::downgrade(context);
    let with = move |act: fn(&Rc<EditorContext>, &[JsValue]) -> Value| {
        let weak = weak.clone();
        Closure::<dyn FnMut(JsValue, JsValue, JsValue) -> JsValue>::new(move |a: JsValue, b: JsValue, c: JsValue| {
            let answer = weak.upgrade().map_or(Value::Null, |context| act(&context, &[a, b, c]));
            js_sys::JSON::parse(&answer.to_string()).unwrap_or(JsValue::NULL)
        })
        .into_js_value()
    };
    add("sections", with(|_, _| Value::from(sections())));
    add("delta", with(|context, given| field(context, given).map_or(Value::Null, |field| quill(&field.state.borrow().body().to_delta()))));
    add("select", with(select));
    add("selection", with(selection));
    add("cmd", with(command));
    add("undo", with(|context, _| context.undo().into()));
    add("redo", with(|context, _| context.redo().into()));
    add("canUndo", with(|context, _| context.port().can_undo().into()));
    add(
        "endUndoGroup",
        with(|context, _| {
            context.port().end_undo_group();
            Value::Null
        }),
    );
    drop(js_sys::Reflect::set(&js_sys::global(), &"__editorTest".into(), &contract));
}

/// Ids of the sections in the page, in order.
fn sections() -> Vec<String> {
    let Ok(found) = dom::document().query_selector_all("[data-section-id][data-field]") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok()?.get_attribute("data-section-id")).collect()
}

fn field(context: &EditorContext, given: &[JsValue]) -> Option<Rc<EditorField>> {
    let id = given.first()?.as_string()?;
    if id.starts_with("title:") {
        return context.field(&id);
    }
    let hosts = dom::document().query_selector_all("[data-section-id][data-field]").ok()?;
    let host = (0..hosts.length())
        .filter_map(|at| hosts.item(at)?.dyn_into::<HtmlElement>().ok())
        .find(|host| host.get_attribute("data-section-id").is_some_and(|known| known == id))?;
    context.field(&host.get_attribute("data-field")?)
}

fn select(context: &Rc<EditorContext>, given: &[JsValue]) -> Value {
    let Some(field) = field(context, given) else { return false.into() };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "offsets of tests")]
    let offset = |index: usize| given[index].as_f64().map(|offset| offset as u32);
    let Some(anchor) = offset(1) else { return false.into() };
    field.focus_at(Selection::new(anchor, offset(2).unwrap_or(anchor)));
    context.selection_moved();
    true.into()
}

fn selection(context: &Rc<EditorContext>, _: &[JsValue]) -> Value {
    let Some(field) = context.active() else { return Value::Null };
    field.read_selection();
    let Some(selection) = field.state.borrow().selection() else { return Value::Null };
    let id = field.host.get_attribute("data-section-id").unwrap_or_else(|| field.field.to_string());
    json!({ "id": id, "anchor": selection.anchor, "head": selection.head })
}

fn command(context: &Rc<EditorContext>, given: &[JsValue]) -> Value {
    let name = given[0].as_string().unwrap_or_default();
    name.parse::<CommandName>().is_ok_and(|command| context.run(&command)).into()
}

/// A delta as Quill writes it.
fn quill(delta: &Delta) -> Value {
    let number = |value: &dagsorden_shared::richtext::Value| match value {
        #[expect(clippy::cast_possible_truncation, reason = "levels and indents are small and whole")]
        dagsorden_shared::richtext::Value::Number(number) if number.fract() == 0.0 => Value::from(*number as i64),
        other => serde_json::to_value(other).unwrap_or_default(),
    };
    let ops = delta.0.iter().map(|op| {
        let (mut written, attributes) = match op {
            Op::Insert { text, attributes } => (Map::from_iter([("insert".to_owned(), Value::from(text.clone()))]), Some(attributes)),
            Op::Retain { len, attributes } => (Map::from_iter([("retain".to_owned(), Value::from(*len))]), Some(attributes)),
            Op::Delete(len) => (Map::from_iter([("delete".to_owned(), Value::from(*len))]), None),
        };
        if let Some(attributes) = attributes.filter(|attributes| !attributes.is_empty()) {
            let values = attributes.iter().map(|(key, value)| (key.clone(), number(value)));
            written.insert("attributes".to_owned(), Value::Object(values.collect()));
        }
        Value::Object(written)
    });
    Value::Array(ops.collect())
}
