//! From untyped to typed: the only place that looks into yrs values.
//!
//! Reading is tolerant: an unknown or misshaped value is shown as absent and kept in the document.

use std::sync::Arc;

use yrs::types::Delta as YrsDelta;
use yrs::types::text::YChange;
use yrs::{Any, GetString, In, Map, MapRef, Out, ReadTxn, Text, TextRef};

use crate::richtext::attributes::{Attributes, Value};
use crate::richtext::body::Body;
use crate::richtext::delta::Delta;

/// Stands for one embedded object of a foreign client: it takes one unit of the text, and we show none.
const EMBED: &str = "\u{fffc}";

pub(super) fn map(parent: &MapRef, txn: &impl ReadTxn, key: &str) -> Option<MapRef> {
    match parent.get(txn, key) {
        Some(Out::YMap(map)) => Some(map),
        _ => None,
    }
}

pub(super) fn text(parent: &MapRef, txn: &impl ReadTxn, key: &str) -> Option<TextRef> {
    match parent.get(txn, key) {
        Some(Out::YText(text)) => Some(text),
        _ => None,
    }
}

pub(super) fn string(parent: &MapRef, txn: &impl ReadTxn, key: &str) -> Option<String> {
    match parent.get(txn, key) {
        Some(Out::Any(Any::String(text))) => Some(text.as_ref().to_owned()),
        _ => None,
    }
}

/// A string that is not empty.
pub(super) fn filled(parent: &MapRef, txn: &impl ReadTxn, key: &str) -> Option<String> {
    string(parent, txn, key).filter(|text| !text.is_empty())
}

pub(super) fn flag(parent: &MapRef, txn: &impl ReadTxn, key: &str) -> bool {
    matches!(parent.get(txn, key), Some(Out::Any(Any::Bool(true))))
}

pub(super) fn integer(parent: &MapRef, txn: &impl ReadTxn, key: &str) -> Option<i64> {
    match parent.get(txn, key) {
        Some(Out::Any(any)) => number(&any).and_then(whole),
        _ => None,
    }
}

pub(super) fn strings(parent: &MapRef, txn: &impl ReadTxn, key: &str) -> Vec<String> {
    match parent.get(txn, key) {
        Some(Out::Any(Any::Array(list))) => list
            .iter()
            .filter_map(|any| match any {
                Any::String(text) => Some(text.as_ref().to_owned()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// yrs hands integers out as floats at times, so both are read alike.
fn number(any: &Any) -> Option<f64> {
    match any {
        #[expect(clippy::cast_precision_loss, reason = "document numbers are small; JavaScript reads them as doubles too")]
        Any::Number(yrs::Number::Int(number)) => Some(*number as f64),
        Any::Number(yrs::Number::Float(number)) => Some(*number),
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and within what a double holds exactly")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

/// The text as lines.
pub(super) fn body(text: &TextRef, txn: &impl ReadTxn) -> Body {
    let pieces: Vec<(String, Attributes)> = text
        .diff(txn, YChange::identity)
        .into_iter()
        .map(|piece| (inserted(&piece.insert), piece.attributes.as_deref().map(attributes).unwrap_or_default()))
        .collect();
    Body::from_inserts(pieces.iter().map(|(text, attributes)| (text.as_str(), attributes.clone())))
}

/// The plain text.
pub(super) fn plain(text: &TextRef, txn: &impl ReadTxn) -> String {
    text.get_string(txn)
}

/// A delta as yrs reports it.
pub(super) fn delta(ops: &[YrsDelta]) -> Delta {
    ops.iter().fold(Delta::new(), |delta, op| match op {
        YrsDelta::Inserted(value, set) => delta.insert(inserted(value), set.as_deref().map(attributes).unwrap_or_default()),
        YrsDelta::Deleted(len) => delta.delete(*len),
        YrsDelta::Retain(len, set) => delta.format(*len, set.as_deref().map(attributes).unwrap_or_default()),
    })
}

fn inserted(value: &Out) -> String {
    match value {
        Out::Any(Any::String(text)) => text.as_ref().to_owned(),
        _ => EMBED.to_owned(),
    }
}

fn attributes(set: &yrs::types::Attrs) -> Attributes {
    let mut attributes = Attributes::new();
    for (key, any) in set {
        let value = match any {
            Any::Null => Some(Value::Null),
            Any::Bool(on) => Some(Value::Bool(*on)),
            Any::String(text) => Some(Value::Text(text.as_ref().to_owned())),
            other => number(other).map(Value::Number),
        };
        if let Some(value) = value {
            attributes.insert(key.as_ref().to_owned(), value);
        }
    }
    attributes
}

/// Attributes as yrs takes them.
pub(super) fn attrs(set: &Attributes) -> yrs::types::Attrs {
    set.iter().map(|(key, value)| (Arc::from(key.as_str()), any(value))).collect()
}

fn any(value: &Value) -> Any {
    match value {
        Value::Null => Any::Null,
        Value::Bool(on) => Any::Bool(*on),
        Value::Number(number) => Any::from(*number),
        Value::Text(text) => Any::from(text.as_str()),
    }
}

/// A list of strings as yrs takes it.
pub(super) fn list(strings: &[String]) -> In {
    In::Any(Any::from(strings.iter().map(|text| Any::from(text.as_str())).collect::<Vec<_>>()))
}
