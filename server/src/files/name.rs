//! Names of files as they are kept and given to others: one line, no path, no tricks, with the ending that fits the content.

use std::collections::HashSet;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::kind::Kind;

/// Letters of a name at most, without its ending.
const MAX_STEM: usize = 120;
/// Bytes of a name at most, without its ending: file systems count those.
const MAX_BYTES: usize = 200;
/// What stands where nothing is left of a name.
const NAMELESS: &str = "Bilag";

/// Names that mean a device to Windows, whatever their ending.
const RESERVED: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// The name of a file of this kind, as it may stand in any folder.
pub fn clean(name: &str, kind: Kind) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let (stem, ending) = match last.rsplit_once('.') {
        Some((stem, ending)) if kind.endings().iter().any(|known| known.eq_ignore_ascii_case(ending)) => {
            (stem, ending.to_ascii_lowercase())
        }
        _ => (last, kind.endings().first().copied().unwrap_or_default().to_owned()),
    };
    format!("{}.{ending}", part(stem, NAMELESS))
}

/// One part of a path, without an ending; `otherwise` if nothing is left of it.
pub fn part(text: &str, otherwise: &str) -> String {
    let seen: String = text.chars().filter(|letter| !letter.is_control() && !is_hidden(*letter)).collect();
    let shown: String = ComposingNormalizerBorrowed::new_nfc()
        .normalize(&seen)
        .chars()
        .map(|letter| if matches!(letter, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { letter })
        .collect();
    let mut cut = String::new();
    for letter in shown.trim_matches(is_edge).chars().take(MAX_STEM) {
        if cut.len() + letter.len_utf8() > MAX_BYTES {
            break;
        }
        cut.push(letter);
    }
    let cut = cut.trim_matches(is_edge);
    let cut = if cut.is_empty() { otherwise } else { cut };
    if is_reserved(cut) { format!("_{cut}") } else { cut.to_owned() }
}

/// What a name neither begins nor ends with: Windows drops it, and a file that begins so is hidden elsewhere.
fn is_edge(letter: char) -> bool {
    letter == '.' || letter.is_whitespace()
}

/// Letters that are not seen and turn others around or hide them.
fn is_hidden(letter: char) -> bool {
    matches!(letter, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(letter, '\u{e0000}'..='\u{e007f}')
}

fn is_reserved(stem: &str) -> bool {
    let first = stem.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |device: &str| first.strip_prefix(device).is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']));
    RESERVED.contains(&first.as_str()) || numbered("COM") || numbered("LPT")
}

/// Names in one folder: the second of the same name gets a number. Upper and lower case are one, as they are to Windows.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// `stem` with `ending`, or with a number between them.
    pub fn free(&mut self, stem: &str, ending: &str) -> String {
        let name = |count: u32| if count < 2 { format!("{stem}{ending}") } else { format!("{stem} ({count}){ending}") };
        // No set holds all of them.
        let free = (1..=u32::MAX).map(name).find(|name| self.taken.insert(name.to_lowercase()));
        free.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_part_of_a_path_and_tell_what_is_in_the_file() {
        for (given, expected) in [
            ("Notat.pdf", "Notat.pdf"),
            ("Notat.PDF", "Notat.pdf"),
            ("Referat uden endelse", "Referat uden endelse.pdf"),
            ("faktura.exe", "faktura.exe.pdf"),
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\Brugere\\Bo\\Æøå.pdf", "Æøå.pdf"),
            ("a\u{0}b\nc\u{7f}.pdf", "abc.pdf"),
            ("faktura\u{202e}fdp.exe", "fakturafdp.exe.pdf"),
            ("con.pdf", "_con.pdf"),
            ("LPT1 .pdf", "_LPT1.pdf"),
            ("  .. .pdf", "Bilag.pdf"),
            ("", "Bilag.pdf"),
            ("hvad? \"nu\" <a>|b*.pdf", "hvad_ _nu_ _a__b_.pdf"),
            ("a\u{30a}rsplan.pdf", "årsplan.pdf"),
        ] {
            assert_eq!(clean(given, Kind::Pdf), expected, "{given:?}");
        }
        assert_eq!(clean("foto.JPEG", Kind::Jpeg), "foto.jpeg");
    }

    #[test]
    fn long_names_keep_their_ending_and_whole_letters() {
        assert_eq!(clean(&format!("{}.pdf", "æ".repeat(4000)), Kind::Pdf), format!("{}.pdf", "æ".repeat(100)));
        assert_eq!(clean(&"x".repeat(4000), Kind::Pdf).len(), 124);
    }

    #[test]
    fn whatever_the_name_is_it_can_stand_in_a_folder() {
        arbtest::arbtest(|u| {
            let given: String = u.arbitrary()?;
            let name = clean(&given, Kind::Docx);
            assert!(name.ends_with(".docx") && name.len() <= MAX_BYTES + 6, "{given:?} {name:?}");
            assert!(!name.contains(['/', '\\', '\0', '\n', '\u{202e}']) && !name.starts_with(['.', ' ']), "{given:?} {name:?}");
            assert_eq!(clean(&name, Kind::Docx), name, "{given:?}");
            Ok(())
        });
    }

    #[test]
    fn equal_names_get_a_number() {
        let mut names = Names::default();
        assert_eq!([names.free("a", ".pdf"), names.free("A", ".pdf"), names.free("a", ".pdf")], ["a.pdf", "A (2).pdf", "a (3).pdf"]);
    }
}
