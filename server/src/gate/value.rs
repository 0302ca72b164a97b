//! JSON-like values as lib0 writes them (`Any`): checked without building them, copied in one way of writing only.
//!
//! Accepted are null, undefined, booleans, numbers, text, arrays and objects, nested a few levels. Refused are byte
//! arrays and big integers: the document has no use for them, and the latter cannot be turned into JSON in a browser.

use super::limits::{MAX_KEY_BYTES, MAX_VALUE_DEPTH};
use super::reader::Reader;
use super::refusal::{Budget, Malformed, Refusal};
use super::writer::Writer;

const OBJECT: u8 = 118;
const ARRAY: u8 = 117;
const TEXT: u8 = 119;
const DOUBLE: u8 = 123;
const FLOAT: u8 = 124;
const INTEGER: u8 = 125;

/// Some values in a row, checked: `count` of them in `bytes`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Values<'a> {
    pub(super) count: u32,
    bytes: &'a [u8],
}

/// One value, as far as it matters what it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Nothing,
    Flag,
    Number(f64),
    Text(&'a str),
    List(Values<'a>),
    Object,
}

impl<'a> Values<'a> {
    /// Reads `count` values.
    pub(super) fn read(reader: &mut Reader<'a>, count: u32) -> Result<Self, Refusal> {
        let start = reader.clone();
        for _ in 0..count {
            copy(reader, MAX_VALUE_DEPTH, None)?;
        }
        Ok(Self { count, bytes: reader.since(&start) })
    }

    /// Without the first `skipped`.
    pub(super) fn skip(self, skipped: u32) -> Result<Self, Refusal> {
        let mut reader = Reader::new(self.bytes);
        for _ in 0..skipped {
            copy(&mut reader, MAX_VALUE_DEPTH, None)?;
        }
        Ok(Self { count: self.count.saturating_sub(skipped), bytes: reader.rest() })
    }

    /// What they are.
    pub(super) fn iter(self) -> impl Iterator<Item = Value<'a>> {
        let mut reader = Reader::new(self.bytes);
        (0..self.count).map_while(move |_| look(&mut reader).ok())
    }

    /// How many bytes they take.
    pub(super) fn size(self) -> usize {
        self.bytes.len()
    }

    /// Writes them anew.
    pub(super) fn write(self, writer: &mut Writer) {
        let mut reader = Reader::new(self.bytes);
        for _ in 0..self.count {
            let copied = copy(&mut reader, MAX_VALUE_DEPTH, Some(writer));
            debug_assert!(copied.is_ok(), "values are read before they are written");
        }
    }
}

/// Reads one value that was checked before.
fn look<'a>(reader: &mut Reader<'a>) -> Result<Value<'a>, Refusal> {
    let mut ahead = reader.clone();
    copy(reader, MAX_VALUE_DEPTH, None)?;
    Ok(match ahead.byte()? {
        120 | 121 => Value::Flag,
        TEXT => Value::Text(ahead.text()?),
        #[expect(clippy::cast_precision_loss, reason = "within 2^53")]
        INTEGER => Value::Number(ahead.signed()? as f64),
        FLOAT => Value::Number(f32::from_be_bytes(ahead.array()?).into()),
        DOUBLE => Value::Number(f64::from_be_bytes(ahead.array()?)),
        ARRAY => {
            let count = u32::try_from(ahead.count(1)?).map_err(|_| Malformed::Number)?;
            Value::List(Values { count, bytes: reader.since(&ahead) })
        }
        OBJECT => Value::Object,
        _ => Value::Nothing,
    })
}

/// Reads one value and, if asked, writes it.
fn copy(reader: &mut Reader<'_>, depth: u32, mut writer: Option<&mut Writer>) -> Result<(), Refusal> {
    let tag = reader.byte()?;
    if let Some(writer) = writer.as_deref_mut() {
        writer.byte(tag);
    }
    match tag {
        120 | 121 | 126 | 127 => {}
        TEXT => {
            let text = reader.text()?;
            if let Some(writer) = writer {
                writer.text(text);
            }
        }
        INTEGER => {
            let value = reader.signed()?;
            if let Some(writer) = writer {
                writer.signed(value);
            }
        }
        FLOAT | DOUBLE => {
            let bytes = reader.bytes(if tag == FLOAT { 4 } else { 8 })?;
            if let Some(writer) = writer {
                writer.bytes(bytes);
            }
        }
        ARRAY | OBJECT => {
            let depth = depth.checked_sub(1).ok_or(Budget::ValueDepth)?;
            let count = reader.count(if tag == ARRAY { 1 } else { 2 })?;
            if let Some(writer) = writer.as_deref_mut() {
                writer.count(count);
            }
            for _ in 0..count {
                if tag == OBJECT {
                    let key = reader.text()?;
                    check_key(key)?;
                    if let Some(writer) = writer.as_deref_mut() {
                        writer.text(key);
                    }
                }
                copy(reader, depth, writer.as_deref_mut())?;
            }
        }
        tag => return Err(Malformed::Tag(tag).into()),
    }
    Ok(())
}

/// What a key of a map, an object or an attribute may be: short, and not the name that changes a JavaScript object's nature.
pub(super) fn check_key(key: &str) -> Result<(), Refusal> {
    if key.len() > MAX_KEY_BYTES || key == "__proto__" { Err(Budget::Key.into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
        let mut reader = Reader::new(bytes);
        let values = Values::read(&mut reader, 1)?;
        reader.finish()?;
        let mut writer = Writer::default();
        values.write(&mut writer);
        Ok(writer.into_bytes())
    }

    #[test]
    fn values_are_copied_in_one_way_of_writing() {
        assert_eq!(read(&[TEXT, 0x82, 0x00, b'a', b'b']), Ok(vec![TEXT, 2, b'a', b'b']));
        let nested = [OBJECT, 1, 1, b'k', ARRAY, 3, 126, 120, INTEGER, 0x6a];
        assert_eq!(read(&nested), Ok(nested.to_vec()));
    }

    #[test]
    fn values_say_what_they_are() {
        let mut bytes = vec![126, 120, TEXT, 1, b'a', INTEGER, 0x6a, FLOAT];
        bytes.extend(1.5f32.to_be_bytes());
        bytes.push(DOUBLE);
        bytes.extend(0.1f64.to_be_bytes());
        bytes.extend([ARRAY, 2, 127, TEXT, 1, b'b', OBJECT, 0]);
        let values = Values::read(&mut Reader::new(&bytes), 8).unwrap();
        let found: Vec<Value<'_>> = values.iter().collect();
        let numbers = [Value::Number(-42.0), Value::Number(1.5), Value::Number(0.1)];
        assert_eq!(found[..3], [Value::Nothing, Value::Flag, Value::Text("a")]);
        assert_eq!(found[3..6], numbers);
        let Value::List(list) = found[6] else { panic!("{:?}", found[6]) };
        assert_eq!(list.iter().collect::<Vec<_>>(), [Value::Nothing, Value::Text("b")]);
        assert_eq!(found[7], Value::Object);
    }

    #[test]
    fn deep_nesting_is_refused_before_the_stack_grows() {
        assert_eq!(read(&[ARRAY, 1, ARRAY, 1, ARRAY, 1, ARRAY, 1, ARRAY, 0]), Err(Budget::ValueDepth.into()));
        let bomb: Vec<u8> = [ARRAY, 1].repeat(1_000_000);
        assert_eq!(read(&bomb), Err(Budget::ValueDepth.into()));
    }

    #[test]
    fn what_a_browser_cannot_turn_into_json_is_refused() {
        assert_eq!(read(&[122, 0, 0, 0, 0, 0, 0, 0, 1]), Err(Malformed::Tag(122).into()));
        assert_eq!(read(&[116, 1, 0]), Err(Malformed::Tag(116).into()));
        let mut object = vec![OBJECT, 1, 9];
        object.extend_from_slice(b"__proto__\x78");
        assert_eq!(read(&object), Err(Budget::Key.into()));
    }

    #[test]
    fn huge_counts_are_refused() {
        for tag in [ARRAY, OBJECT, TEXT] {
            assert!(matches!(read(&[tag, 0xff, 0xff, 0xff, 0xff, 0x0f]), Err(Refusal::Malformed(Malformed::Count(_)))));
        }
    }
}
