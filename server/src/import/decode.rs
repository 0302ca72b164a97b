//! Bytes to text: which files are text at all, and in which encoding.
//!
//! Takes UTF-8 (with or without byte order mark) and UTF-16 with one. Knows nothing of agendas.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::ImportError;

/// First bytes of the files that people try instead of text.
const FORMATS: [(&[u8], &str); 8] = [
    (b"%PDF", "a PDF file"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"{\\rtf", "a rich text (RTF) file"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file"),
];

/// The text of a file. Stray control characters are left out; a character cut off at the very end is dropped.
pub(super) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, ImportError> {
    if bytes.is_empty() {
        return Err(ImportError::Empty);
    }
    if let Some((_, what)) = FORMATS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(ImportError::Format { what: (*what).into() });
    }
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(utf8(rest, 3)?),
        _ => Cow::Borrowed(utf8(bytes, 0)?),
    };
    let text = without_controls(text)?;
    if text.chars().all(|c| c.is_whitespace() || c == '\u{feff}') {
        return Err(ImportError::Empty);
    }
    Ok(composed(text))
}

/// `é` as one character, as headings and searches expect it, also where the file has the letter and its accent apart.
pub(super) fn composed(text: Cow<'_, str>) -> Cow<'_, str> {
    // The bytes that combining marks begin with; Danish letters and signs have others.
    if !text.as_bytes().iter().any(|byte| matches!(byte, 0xcc | 0xcd)) {
        return text;
    }
    Cow::Owned(ComposingNormalizerBorrowed::new_nfc().normalize(&text).into_owned())
}

fn utf8(bytes: &[u8], offset: usize) -> Result<&str, ImportError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => {
            let (valid, bad) = bytes.split_at(error.valid_up_to());
            // No length means that the file ends inside a character: it was cut, and what is there is fine.
            if error.error_len().is_none()
                && !valid.is_empty()
                && let Ok(text) = std::str::from_utf8(valid)
            {
                return Ok(text);
            }
            if valid.contains(&0) || bad.contains(&0) {
                return Err(ImportError::Binary { line: line_at(bytes.split(|byte| *byte == 0).next().unwrap_or_default()) });
            }
            Err(ImportError::NotUtf8 { position: offset + valid.len(), line: line_at(valid) })
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ImportError> {
    // A last odd byte is half a unit of a file that was cut.
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    let mut text = String::with_capacity(bytes.len());
    let mut position = 2;
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(c) => {
                position += 2 * c.len_utf16();
                text.push(c);
            }
            // A high surrogate at the end is the same cut.
            Err(_) if position + 2 >= bytes.len() => break,
            Err(_) => return Err(ImportError::NotUtf8 { position, line: line_at(text.as_bytes()) }),
        }
    }
    Ok(text)
}

fn line_at(before: &[u8]) -> usize {
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}')
}

/// A NUL makes it binary, and so do many control characters; a few are what word processors leave behind.
fn without_controls(text: Cow<'_, str>) -> Result<Cow<'_, str>, ImportError> {
    // Most files have none: bytes are looked at before characters. U+0080 to U+009F begin with 0xC2.
    let is_suspect = |byte: &u8| (*byte < b' ' && !(b'\t'..=b'\r').contains(byte)) || *byte == 0x7f || *byte == 0xc2;
    let Some(first) = text.as_bytes().iter().position(is_suspect) else { return Ok(text) };
    let mut count = 0;
    let mut found = None;
    for (at, c) in text[first..].char_indices().filter(|(_, c)| is_control(*c)) {
        count += 1;
        found.get_or_insert(first + at);
        if c == '\0' {
            return Err(ImportError::Binary { line: line_at(&text.as_bytes()[..first + at]) });
        }
    }
    match found {
        None => Ok(text),
        Some(found) if count > 8 && count * 200 > text.len() => Err(ImportError::Binary { line: line_at(&text.as_bytes()[..found]) }),
        Some(_) => Ok(Cow::Owned(text.chars().filter(|c| !is_control(*c)).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_other_kinds_are_named() {
        for (bytes, word) in [(&b"%PDF-1.7\n"[..], "PDF"), (b"PK\x05\x06", "zip"), (b"{\\rtf1\\ansi", "RTF")] {
            let message = text(bytes).expect_err("refused").to_string();
            assert!(message.contains(word) && message.contains("Meeting JSON"), "{message}");
        }
    }

    #[test]
    fn byte_order_marks_choose_the_encoding() {
        assert_eq!(text("\u{feff}Møde".as_bytes()).expect("UTF-8"), "Møde");
        let units: Vec<u16> = "\u{feff}Møde 😀".encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        assert_eq!(text(&little).expect("little"), "Møde 😀");
        assert_eq!(text(&big).expect("big"), "Møde 😀");
        assert_eq!(text(&little[..little.len() - 1]).expect("cut inside the last character"), "Møde ");
    }

    #[test]
    fn letters_and_accents_apart_become_one() {
        assert_eq!(text("Resume\u{301} A\u{30a}ben".as_bytes()).expect("UTF-8"), "Resumé Åben");
    }

    #[test]
    fn another_encoding_is_refused_with_its_place_and_the_remedy() {
        let error = text(b"Punkt 1\nM\xf8de").expect_err("Windows-1252");
        assert_eq!(error, ImportError::NotUtf8 { position: 9, line: 2 });
        assert!(error.to_string().contains("save the file as UTF-8"), "{error}");
    }

    #[test]
    fn a_character_cut_at_the_end_is_dropped() {
        let bytes = "Møde nr. ø".as_bytes();
        assert_eq!(text(&bytes[..bytes.len() - 1]).expect("cut"), "Møde nr. ");
        assert!(text(b"\xc3").is_err());
    }

    #[test]
    fn control_characters_make_it_binary_but_a_stray_one_does_not() {
        assert_eq!(text(b"a\nb\0c"), Err(ImportError::Binary { line: 2 }));
        assert_eq!(text(b"\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f"), Err(ImportError::Binary { line: 1 }));
        assert_eq!(text(b"Punkt\x07 1").expect("stray"), "Punkt 1");
        assert_eq!(text(b" \n\t\n"), Err(ImportError::Empty));
        assert_eq!(text(b""), Err(ImportError::Empty));
    }
}
