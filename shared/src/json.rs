//! JSON as the page reads and writes it: small texts of known shape, field by field.
//!
//! The server writes and reads with serde. The page does not: serde's reader and the printing of floats that it brings would be a
//! sixteenth of what the browser downloads. Both are held against each other in tests. Numbers keep the letters they were written with, so
//! what is only passed on is not changed. Knows no type of the product.

use std::fmt::Write;

/// Deepest nesting that is read; deeper text is no JSON to us.
const MAX_DEPTH: usize = 64;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object: names and values in their order. Of equal names the first counts.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a text that is one value. `None` if it is not, or is nested too deep.
    pub fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(0)?;
        reader.skip_space();
        (reader.at == text.len()).then_some(value)
    }

    /// An object.
    pub fn object<const N: usize>(fields: [(&str, Self); N]) -> Self {
        Self::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// A text.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// A text, or `null`.
    pub fn maybe(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    /// A whole number.
    pub fn whole(number: i64) -> Self {
        Self::Number(number.to_string())
    }

    /// A field of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields.iter().find(|(known, _)| known == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is a whole one written without fraction and exponent.
    pub fn as_whole(&self) -> Option<i64> {
        match self {
            Self::Number(number) => number.parse().ok(),
            _ => None,
        }
    }

    /// The entries, if it is a list; else none.
    pub fn entries(&self) -> &[Self] {
        match self {
            Self::List(entries) => entries,
            _ => &[],
        }
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// As text.
    pub fn write(&self) -> String {
        let mut text = String::new();
        self.write_to(&mut text);
        text
    }

    fn write_to(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(number) => out.push_str(number),
            Self::Text(text) => write_text(text, out),
            Self::List(entries) => {
                out.push('[');
                for (index, entry) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    entry.write_to(out);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                for (index, (name, value)) in fields.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_text(name, out);
                    out.push(':');
                    value.write_to(out);
                }
                out.push('}');
            }
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            // Writing into a string does not fail.
            character if character < ' ' => drop(write!(out, "\\u{:04x}", u32::from(character))),
            character => out.push(character),
        }
    }
    out.push('"');
}

struct Reader<'a> {
    text: &'a str,
    /// Bytes read; always at the border of a character.
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Takes this text if it comes next.
    fn take(&mut self, wanted: &str) -> Option<()> {
        self.text[self.at..].starts_with(wanted).then(|| self.at += wanted.len())
    }

    /// Takes this sign, which may have space before it.
    fn sign(&mut self, wanted: &str) -> Option<()> {
        self.skip_space();
        self.take(wanted)
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        self.skip_space();
        match self.peek()? {
            b'n' => self.take("null").map(|()| Json::Null),
            b't' => self.take("true").map(|()| Json::Bool(true)),
            b'f' => self.take("false").map(|()| Json::Bool(false)),
            b'"' => self.string().map(Json::Text),
            b'[' if depth < MAX_DEPTH => self.list(depth),
            b'{' if depth < MAX_DEPTH => self.object(depth),
            b'-' | b'0'..=b'9' => self.number(),
            _ => None,
        }
    }

    fn list(&mut self, depth: usize) -> Option<Json> {
        self.take("[")?;
        let mut entries = Vec::new();
        if self.sign("]").is_some() {
            return Some(Json::List(entries));
        }
        loop {
            entries.push(self.value(depth + 1)?);
            if self.sign("]").is_some() {
                return Some(Json::List(entries));
            }
            self.sign(",")?;
        }
    }

    fn object(&mut self, depth: usize) -> Option<Json> {
        self.take("{")?;
        let mut fields = Vec::new();
        if self.sign("}").is_some() {
            return Some(Json::Object(fields));
        }
        loop {
            self.skip_space();
            let name = self.string()?;
            self.sign(":")?;
            fields.push((name, self.value(depth + 1)?));
            if self.sign("}").is_some() {
                return Some(Json::Object(fields));
            }
            self.sign(",")?;
        }
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<Json> {
        let start = self.at;
        // Nothing of this is there in most numbers.
        let _ = self.take("-");
        if self.take("0").is_none() {
            self.digits()?;
        }
        if self.take(".").is_some() {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(Json::Number(self.text[start..self.at].to_owned()))
    }

    fn string(&mut self) -> Option<String> {
        self.take("\"")?;
        let mut text = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek()?, b'"' | b'\\' | 0..0x20) {
                self.at += 1;
            }
            text.push_str(&self.text[start..self.at]);
            let end = self.peek()?;
            self.at += 1;
            match end {
                b'"' => return Some(text),
                b'\\' => text.push(self.escape()?),
                _ => return None,
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let letter = self.peek()?;
        if !letter.is_ascii() {
            return None;
        }
        self.at += 1;
        Some(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let unit = self.unit()?;
                if (0xD800..0xDC00).contains(&unit) {
                    self.take("\\u")?;
                    let low = self.unit()?.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
                    char::from_u32(0x10000 + ((unit - 0xD800) << 10) + low)?
                } else {
                    char::from_u32(unit)?
                }
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arbtest::arbtest;
    use serde_json::Value;

    fn same(json: &Json, value: &Value) -> bool {
        match (json, value) {
            (Json::Null, Value::Null) => true,
            (Json::Bool(one), Value::Bool(other)) => one == other,
            (Json::Number(one), Value::Number(other)) => one.parse::<f64>().ok() == other.as_f64(),
            (Json::Text(one), Value::String(other)) => one == other,
            (Json::List(one), Value::Array(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
            }
            (Json::Object(one), Value::Object(other)) => other.iter().all(|(name, value)| {
                // Of equal names serde keeps the last.
                one.iter().rfind(|(known, _)| known == name).is_some_and(|(_, one)| same(one, value))
            }),
            _ => false,
        }
    }

    #[test]
    fn it_reads_what_serde_reads_and_refuses_what_serde_refuses() {
        // Letters that JSON is made of, so that most texts are nearly some.
        const ALPHABET: [&str; 24] = [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\"a\"",
            "\"b\":",
            "1",
            "-",
            "0",
            ".5",
            "e3",
            "true",
            "null",
            " ",
            "\\u00e6",
            "\\ud83d\\ude00",
            "\\ud800",
            "æ",
            "\n",
            "false",
        ];
        arbtest(|bits| {
            let count = bits.int_in_range(1..=12)?;
            let text: String = (0..count).map(|_| bits.choose(&ALPHABET).copied()).collect::<Result<_, _>>()?;
            match (Json::read(&text), serde_json::from_str::<Value>(&text)) {
                (Some(json), Ok(value)) => assert!(same(&json, &value), "{text:?}: {json:?}"),
                (None, Err(_)) => {}
                // A float beyond what a double holds is no number to serde.
                (Some(_), Err(error)) if error.to_string().contains("out of range") => {}
                (json, value) => panic!("{text:?}: {json:?} against {value:?}"),
            }
            Ok(())
        });
    }

    #[test]
    fn what_is_written_reads_back_here_and_with_serde() {
        let json = Json::object([
            ("tekst", Json::text("\"Æ\\ø\"\n\u{1}😀/")),
            ("tal", Json::whole(-7)),
            ("liste", Json::List(vec![Json::Null, Json::Bool(true), Json::maybe(None), Json::Number("1.50".into())])),
            ("tom", Json::Object(Vec::new())),
        ]);
        assert_eq!(Json::read(&json.write()), Some(json.clone()));
        assert!(same(&json, &serde_json::from_str(&json.write()).unwrap()));
        assert!(json.write().contains("1.50"), "a number that is passed on keeps its letters");
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        assert_eq!(Json::read(&"[".repeat(100_000)), None);
        assert_eq!(Json::read(&format!("{}{}", "[".repeat(65), "]".repeat(65))), None);
        assert!(Json::read(&format!("{}{}", "[".repeat(64), "]".repeat(64))).is_some());
    }

    #[test]
    fn only_whole_numbers_are_whole() {
        let whole = |text: &str| Json::read(text).and_then(|json| json.as_whole());
        assert_eq!((whole("9007199254740991"), whole("-3")), (Some(9_007_199_254_740_991), Some(-3)));
        assert_eq!((whole("1.0"), whole("1e3"), whole("99999999999999999999")), (None, None, None));
    }
}
