//! How a delta gets into a yrs text. Knows no fields and no edits: what is written was checked before.

use std::sync::Arc;

use yrs::types::Delta as YrsDelta;
use yrs::{Any, Text, TextRef, TransactionMut};

use super::read;
use crate::richtext::delta::{Delta, Op, utf16_len};

/// Takes out what must not be in a text: returns, line and paragraph separators become newlines, other control characters but tab vanish.
pub fn clean_text(text: &str) -> String {
    let mut before = '\n';
    let clean = |letter: char| {
        let after_return = std::mem::replace(&mut before, letter) == '\r';
        match letter {
            '\n' => (!after_return).then_some('\n'),
            '\r' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => Some('\n'),
            '\t' => Some('\t'),
            _ => (!letter.is_control()).then_some(letter),
        }
    };
    text.chars().filter_map(clean).collect()
}

/// So many pieces that follow each other are written together.
const MANY: usize = 32;

/// Writes a delta operation by operation; a `body` ends in a newline afterwards, if it is edited there.
///
/// Not by yrs' own `apply_delta`, which in 0.28.1 leaks or drops attributes after a delete; a large paste is the exception.
pub(super) fn write_delta(text: &TextRef, txn: &mut TransactionMut, delta: &Delta, body: bool) {
    // Where the last change ends.
    let (mut index, mut changed) = (0, None);
    for ops in delta.0.chunk_by(|one, next| is_insert(one) && is_insert(next)) {
        if ops.len() >= MANY {
            index += insert_together(text, txn, index, ops);
            changed = Some(index);
            continue;
        }
        for op in ops {
            match op {
                Op::Retain { len, attributes } => {
                    if !attributes.is_empty() {
                        text.format(txn, index, *len, read::attrs(attributes));
                        changed = Some(index + len);
                    }
                    index += len;
                }
                Op::Insert { text: inserted, attributes } => {
                    let inserted = clean_text(inserted);
                    if !inserted.is_empty() {
                        text.insert_with_attributes(txn, index, &inserted, read::attrs(attributes));
                        index += utf16_len(&inserted);
                        changed = Some(index);
                    }
                }
                Op::Delete(len) => {
                    text.remove_range(txn, index, *len);
                    changed = Some(index);
                }
            }
        }
    }
    // A text ends in a newline; a foreign client, or this delta, may have taken it. The writer who edits that line adds it: two who edit others would
    // add two.
    let Some(changed) = changed.filter(|_| body) else { return };
    let plain = read::plain(text, txn);
    let last = plain.rfind('\n').map_or(0, |newline| utf16_len(&plain[..=newline]));
    if changed >= last && !plain.ends_with('\n') {
        let len = text.len(txn);
        text.insert_with_attributes(txn, len, "\n", yrs::types::Attrs::new());
    }
}

fn is_insert(op: &Op) -> bool {
    matches!(op, Op::Insert { .. })
}

/// Inserts pieces one after the other and answers their length. Each single insertion looks for its place from the start of the text, so many
/// take a time that grows with their square: more than half of what 200 paragraphs out of Word took. Together they look once. Where nothing is
/// deleted the text is the same either way; only marks may be ended and begun again where a single insertion finds a place between them.
fn insert_together(text: &TextRef, txn: &mut TransactionMut, index: u32, pieces: &[Op]) -> u32 {
    let mut end = index;
    let inserted = pieces.iter().filter_map(|op| match op {
        Op::Insert { text, attributes } => Some((clean_text(text), read::attrs(attributes))),
        _ => None,
    });
    let inserted = inserted.filter(|(piece, _)| !piece.is_empty()).map(|(piece, attributes)| {
        end += utf16_len(&piece);
        YrsDelta::Inserted(Any::String(Arc::from(piece)), Some(Box::new(attributes)))
    });
    let before = (index > 0).then_some(YrsDelta::Retain(index, None));
    text.apply_delta(txn, before.into_iter().chain(inserted));
    end - index
}

#[cfg(test)]
mod tests {
    use yrs::{Doc, OffsetKind, Options, Transact};

    use super::*;
    use crate::richtext::attributes::{Attributes, Value};

    fn document() -> (Doc, TextRef) {
        let doc = Doc::with_options(Options { client_id: yrs::ClientID::new(1), offset_kind: OffsetKind::Utf16, ..Options::default() });
        let text = doc.get_or_insert_text("text");
        (doc, text)
    }

    /// The rule that lets pieces be written together, whatever stands, was formatted or deleted there.
    #[test]
    fn pieces_written_together_are_the_text_that_is_written_one_by_one() {
        let format = |key: &str, value| (key.to_owned(), value);
        let (bold, link) = (format("bold", Value::Bool(true)), format("link", Value::from("https://a.test")));
        let formats = [
            Attributes::new(),
            Attributes::from([bold.clone()]),
            Attributes::from([link.clone()]),
            Attributes::from([bold, link]),
            Attributes::from([format("bold", Value::Null)]),
            Attributes::from([format("header", Value::Number(2.0))]),
        ];
        arbtest::arbtest(|u| {
            let ((one, together), (other, singly)) = (document(), document());
            for _ in 0..u.int_in_range(1..=10)? {
                let len = together.len(&one.transact());
                let from = u.int_in_range(0..=len)?;
                let covered = u.int_in_range(0..=len - from)?;
                let mut delta = Delta::new().retain(from);
                match u.int_in_range(0..=4)? {
                    0 if covered > 0 => delta = delta.delete(covered),
                    1 if covered > 0 => delta = delta.format(covered, u.choose(&formats)?.clone()),
                    _ => {
                        let mut pieces = Vec::new();
                        for _ in 0..u.int_in_range(1..=6)? {
                            let text = (*u.choose(&["x", "\n", "ø\nb", "ord "])?).to_owned();
                            pieces.push(Op::Insert { text, attributes: u.choose(&formats)?.clone() });
                        }
                        insert_together(&together, &mut one.transact_mut(), from, &pieces);
                        delta.0.extend(pieces);
                        write_delta(&singly, &mut other.transact_mut(), &delta, false);
                        delta = Delta::new();
                    }
                }
                write_delta(&together, &mut one.transact_mut(), &delta, false);
                write_delta(&singly, &mut other.transact_mut(), &delta, false);
                assert_eq!(read::body(&together, &one.transact()), read::body(&singly, &other.transact()));
            }
            Ok(())
        });
    }

    #[test]
    fn every_kind_of_line_end_is_a_newline() {
        assert_eq!(clean_text("a\r\nb\rc\u{2028}d\u{b}e\0f\tg\r\r\n\nh\u{85}"), "a\nb\nc\nd\nef\tg\n\n\nh");
    }

    #[test]
    fn a_large_paste_is_cleaned_like_any_text() {
        let (doc, text) = document();
        let piece = |number: usize| {
            let attributes =
                if number.is_multiple_of(2) { Attributes::new() } else { Attributes::from([("bold".to_owned(), Value::Bool(true))]) };
            Op::Insert { text: if number == 0 { "\u{0}".into() } else { "a\r\n\u{0}".into() }, attributes }
        };
        write_delta(&text, &mut doc.transact_mut(), &Delta((0..=MANY).map(piece).collect()), true);
        assert_eq!(read::plain(&text, &doc.transact()), "a\n".repeat(MANY));
    }
}
