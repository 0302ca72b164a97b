//! Deltas as JSON, in the form in which Quill writes them.

use super::attributes::{Attributes, Value};
use super::delta::{Delta, Op};
use crate::json::Json;

/// The list of operations.
pub fn to_json(delta: &Delta) -> Json {
    Json::List(delta.0.iter().map(operation).collect())
}

/// Reads such a list. `None` if it is none; attributes of odd shapes are left out.
pub fn from_json(json: &Json) -> Option<Delta> {
    let Json::List(operations) = json else { return None };
    let mut delta = Delta::new();
    for operation in operations {
        let attributes = operation.get("attributes").map(read_attributes).unwrap_or_default();
        let length = |name: &str| u32::try_from(operation.get(name)?.as_whole()?).ok();
        delta = if let Some(text) = operation.get("insert").and_then(Json::as_text) {
            delta.insert(text, attributes)
        } else if let Some(length) = length("retain") {
            delta.format(length, attributes)
        } else {
            delta.delete(length("delete")?)
        };
    }
    Some(delta)
}

fn operation(op: &Op) -> Json {
    let (name, value, attributes) = match op {
        Op::Insert { text, attributes } => ("insert", Json::text(text), Some(attributes)),
        Op::Retain { len, attributes } => ("retain", Json::whole((*len).into()), Some(attributes)),
        Op::Delete(len) => ("delete", Json::whole((*len).into()), None),
    };
    let mut fields = vec![(name.to_owned(), value)];
    if let Some(attributes) = attributes.filter(|attributes| !attributes.is_empty()) {
        let values = attributes.iter().map(|(key, value)| (key.clone(), write_value(value))).collect();
        fields.push(("attributes".to_owned(), Json::Object(values)));
    }
    Json::Object(fields)
}

fn write_value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "levels and indents are whole; a stranger's fraction is cut, as it is when shown"
        )]
        Value::Number(number) => Json::whole(*number as i64),
        Value::Text(text) => Json::text(text),
    }
}

fn read_attributes(json: &Json) -> Attributes {
    let Json::Object(fields) = json else { return Attributes::new() };
    let mut attributes = Attributes::new();
    for (name, value) in fields {
        let value = match value {
            Json::Null => Value::Null,
            Json::Bool(truth) => Value::Bool(*truth),
            Json::Text(text) => Value::Text(text.clone()),
            #[expect(clippy::cast_precision_loss, reason = "levels and indents are small")]
            number => match number.as_whole() {
                Some(number) => Value::Number(number as f64),
                None => continue,
            },
        };
        attributes.insert(name.clone(), value);
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delta_reads_back_as_it_was_written() {
        let written = r#"[{"retain":2},{"insert":"Æ\n","attributes":{"bold":true,"header":2,"link":"https://x.test"}},{"delete":3},{"retain":1,"attributes":{"bold":null}}]"#;
        let delta = from_json(&Json::read(written).unwrap()).unwrap();
        assert_eq!(to_json(&delta).write(), written);
    }

    #[test]
    fn what_is_no_delta_is_refused() {
        for odd in ["{}", "[7]", r#"[{"insert":{"image":"x"}}]"#, r#"[{"delete":-1}]"#] {
            assert_eq!(from_json(&Json::read(odd).unwrap()), None, "{odd}");
        }
    }
}
