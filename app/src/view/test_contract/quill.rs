//! Deltas as Quill writes them.

use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::{Delta, Op, Value as Attribute};
use serde_json::{Map, Value};

/// A delta as a list of operations.
pub(super) fn write(delta: &Delta) -> Value {
    let ops = delta.0.iter().map(|op| {
        let (key, value, attributes) = match op {
            Op::Insert { text, attributes } => ("insert", Value::from(text.clone()), Some(attributes)),
            Op::Retain { len, attributes } => ("retain", Value::from(*len), Some(attributes)),
            Op::Delete(len) => ("delete", Value::from(*len), None),
        };
        let mut written = Map::from_iter([(key.to_owned(), value)]);
        if let Some(attributes) = attributes.filter(|attributes| !attributes.is_empty()) {
            let values = attributes.iter().map(|(key, value)| (key.clone(), write_attribute(value)));
            written.insert("attributes".to_owned(), Value::Object(values.collect()));
        }
        Value::Object(written)
    });
    Value::Array(ops.collect())
}

fn write_attribute(value: &Attribute) -> Value {
    match value {
        Attribute::Null => Value::Null,
        Attribute::Bool(on) => Value::from(*on),
        #[expect(clippy::cast_possible_truncation, reason = "levels and indents are small and whole")]
        Attribute::Number(number) if number.fract() == 0.0 => Value::from(*number as i64),
        Attribute::Number(number) => Value::from(*number),
        Attribute::Text(text) => Value::from(text.clone()),
    }
}

/// A list of operations, or an object that holds one as `ops`. `None` if it is something else.
pub(super) fn read(value: &Value) -> Option<Delta> {
    let ops = value.get("ops").unwrap_or(value).as_array()?;
    ops.iter().try_fold(Delta::new(), |delta, op| {
        let len = |key: &str| op.get(key)?.as_u64().and_then(|len| u32::try_from(len).ok());
        let attributes = op.get("attributes").map(read_attributes).unwrap_or_default();
        if let Some(text) = op.get("insert") {
            Some(delta.insert(text.as_str()?, attributes))
        } else if let Some(len) = len("retain") {
            Some(delta.format(len, attributes))
        } else {
            Some(delta.delete(len("delete")?))
        }
    })
}

fn read_attributes(value: &Value) -> Attributes {
    let read = |value: &Value| match value {
        Value::Null => Some(Attribute::Null),
        Value::Bool(on) => Some(Attribute::Bool(*on)),
        Value::Number(number) => number.as_f64().map(Attribute::Number),
        Value::String(text) => Some(Attribute::Text(text.clone())),
        Value::Array(_) | Value::Object(_) => None,
    };
    let entries = value.as_object().into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.clone(), read(value)?))).collect()
}
