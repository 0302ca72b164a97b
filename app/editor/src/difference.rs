//! What native input did to a line: the text as last rendered against the text found in the page.

use dagsorden_shared::richtext::delta::{byte_at, utf16_len};

/// One replaced stretch. Offsets are UTF-16 units of the old text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where it begins.
    pub from: u32,
    /// Where the replaced text ends.
    pub to: u32,
    /// What stands there now.
    pub inserted: String,
}

/// The stretch that differs; `None` if nothing does. Several places are possible when letters repeat: `caret`, where the caret stands in the
/// new text, decides, as typing ends at the caret. Never cuts a character in two.
pub fn difference(old: &str, new: &str, caret: Option<u32>) -> Option<Difference> {
    if old == new {
        return None;
    }
    let shared_end = |old: &str, new: &str| {
        old.chars().rev().zip(new.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum::<usize>()
    };
    let shared_start =
        |old: &str, new: &str| old.chars().zip(new.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum::<usize>();
    // What follows the caret was there before, if it is the old text's end.
    let tail = match caret.map(|caret| byte_at(new, caret)) {
        Some(at) if old.ends_with(&new[at..]) => new.len() - at,
        _ => shared_end(old, new),
    };
    let head = shared_start(&old[..old.len() - tail], &new[..new.len() - tail]);
    // The end may reach further left once the start is known: `caret` only forbids to begin behind it.
    let (old_rest, new_rest) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let more = if caret.is_some() && (old_rest.is_empty() || new_rest.is_empty()) { 0 } else { shared_end(old_rest, new_rest) };
    let replaced = &old_rest[..old_rest.len() - more];
    let from = utf16_len(&old[..head]);
    Some(Difference { from, to: from + utf16_len(replaced), inserted: new_rest[..new_rest.len() - more].to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &str, new: &str, caret: Option<u32>, from: u32, to: u32, inserted: &str) {
        assert_eq!(difference(old, new, caret), Some(Difference { from, to, inserted: inserted.into() }), "{old} {new} {caret:?}");
    }

    #[test]
    fn the_caret_says_which_of_equal_letters_was_typed() {
        check("aa", "aaa", Some(1), 0, 0, "a");
        check("aa", "aaa", Some(2), 1, 1, "a");
        check("aa", "aaa", Some(3), 2, 2, "a");
        check("aaa", "aa", Some(1), 1, 2, "");
        check("aaa", "aa", Some(0), 0, 1, "");
        check("aaa", "aa", None, 0, 1, "");
    }

    #[test]
    fn pairs_are_never_cut() {
        check("x😀y", "x😁y", Some(3), 1, 3, "😁");
        check("x😀y", "x😁y", None, 1, 3, "😁");
        check("", "😀", Some(2), 0, 0, "😀");
    }

    #[test]
    fn the_difference_turns_the_old_text_into_the_new_one() {
        assert_eq!(difference("ab", "ab", Some(1)), None);
        arbtest::arbtest(|u| {
            let text = |u: &mut arbtest::arbitrary::Unstructured<'_>| -> arbtest::arbitrary::Result<String> {
                (0..u.int_in_range(0..=6)?).map(|_| Ok(*u.choose(&['a', 'b', '😀', '😁'])?)).collect()
            };
            let (old, new) = (text(u)?, text(u)?);
            let caret = if u.arbitrary()? { Some(u.int_in_range(0..=utf16_len(&new))?) } else { None };
            let mut result = old.clone();
            if let Some(difference) = difference(&old, &new, caret) {
                result.replace_range(byte_at(&old, difference.from)..byte_at(&old, difference.to), &difference.inserted);
            }
            assert_eq!(result, new);
            Ok(())
        });
    }
}
