//! A written text as deltas in JSON, as the browser's test contract takes and answers them.

use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::{Body, Op, Value as Attribute};
use serde_json::{Map, Value, json};

use super::Written;

impl Written {
    /// From what the test contract answers for `delta` and `selection`. `None` if it is something else.
    pub fn from_contract(ops: &Value, selection: &Value) -> Option<Self> {
        let inserts: Option<Vec<(String, Attributes)>> =
            ops.as_array()?.iter().map(|op| Some((op["insert"].as_str()?.to_owned(), attributes(&op["attributes"])))).collect();
        let body = Body::from_inserts(inserts?.iter().map(|(text, attributes)| (text.as_str(), attributes.clone())));
        let offset = |key: &str| selection[key].as_u64().and_then(|offset| u32::try_from(offset).ok());
        Some(Self { body, selection: offset("anchor").zip(offset("head")) })
    }

    /// The insertions that make this text, for the contract's `setDelta`.
    pub fn ops(&self) -> Value {
        let ops = self.body.to_delta().0.into_iter().filter_map(|op| match op {
            Op::Insert { text, attributes } => {
                let attributes: Map<String, Value> = attributes.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
                Some(if attributes.is_empty() { json!({ "insert": text }) } else { json!({ "insert": text, "attributes": attributes }) })
            }
            _ => None,
        });
        Value::Array(ops.collect())
    }
}

fn attributes(value: &Value) -> Attributes {
    let entries = value.as_object().into_iter().flatten();
    let read = |value: &Value| match value {
        Value::Bool(on) => Attribute::Bool(*on),
        Value::Number(number) => Attribute::Number(number.as_f64().unwrap_or_default()),
        Value::String(text) => Attribute::Text(text.clone()),
        _ => Attribute::Null,
    };
    entries.map(|(key, value)| (key.clone(), read(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_says_the_same() {
        let written = Written::read("a[b⏎h2 c⏎b d]e⏎q");
        let selection = json!({ "id": "x", "anchor": 1, "head": 6 });
        assert_eq!(Written::from_contract(&written.ops(), &selection), Some(written));
        assert_eq!(Written::from_contract(&json!([{ "retain": 2 }]), &Value::Null), None);
    }
}
