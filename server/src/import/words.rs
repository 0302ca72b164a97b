//! What Danish words and lines look like: the end of a sentence, a title, a month, the name of a body that meets.
//!
//! Owns word lists and shapes, nothing about places in a file.

use std::borrow::Cow;

/// Months, full names first; the position is the month from 0, taken modulo 12.
pub(super) const MONTHS: [&str; 24] = [
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "maj",
    "jun",
    "jul",
    "aug",
    "sep",
    "okt",
    "nov",
    "dec",
];

/// Words of a clause; a long line with one of them is a sentence, not a heading.
const VERBS: [&str; 22] = [
    "er",
    "var",
    "blev",
    "bliver",
    "blive",
    "har",
    "havde",
    "kan",
    "kunne",
    "skal",
    "skulle",
    "vil",
    "ville",
    "bør",
    "fik",
    "får",
    "deltager",
    "ønskes",
    "gives",
    "orienterer",
    "orienterede",
    "sættes",
];

/// Words that no heading ends with.
const OPEN_ENDS: [&str; 22] = [
    "at", "og", "eller", "til", "som", "der", "af", "i", "på", "om", "med", "for", "fra", "en", "et", "den", "det", "de", "samt",
    "herunder", "efter", "ved",
];

/// Abbreviations whose full stop does not end a sentence.
const ABBREVIATIONS: [&str; 26] = [
    "jf", "bl.a", "f.eks", "fx", "ca", "pr", "vedr", "nr", "inkl", "evt", "ift", "ifm", "iht", "pga", "mht", "kl", "d", "dvs", "hhv",
    "kap", "stk", "ekskl", "max", "min", "dr", "st",
];

/// How the names of bodies end.
const BODIES: [&str; 36] = [
    "forum",
    "forummet",
    "udvalg",
    "udvalget",
    "kreds",
    "kredsen",
    "gruppe",
    "gruppen",
    "styregruppe",
    "styregruppen",
    "råd",
    "rådet",
    "bestyrelse",
    "bestyrelsen",
    "formandskab",
    "formandskabet",
    "sekretariat",
    "sekretariatet",
    "ledelse",
    "ledelsen",
    "komité",
    "komiteen",
    "kommunerne",
    "direktørerne",
    "medlemmerne",
    "direktion",
    "direktionen",
    "klyngen",
    "klynge",
    "nævn",
    "nævnet",
    "kommission",
    "kommissionen",
    "forvaltningen",
    "netværk",
    "netværket",
];

/// Lower case, single spaces, no accents on e: for comparing, never for showing.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase).map(|c| if matches!(c, 'é' | 'è') { 'e' } else { c }));
    }
    folded
}

/// The month from 1 that a word names, full stop or not.
pub(super) fn month(word: &str) -> Option<u32> {
    let word = fold(word.trim_end_matches(['.', ',']));
    MONTHS.iter().position(|month| *month == word).map(|at| at as u32 % 12 + 1)
}

/// Whether a line ends where a sentence may end. An abbreviation or an open bracket before the end says that it goes on.
pub(super) fn ends_sentence(text: &str) -> bool {
    let bare = text.trim_end_matches(['"', '”', '»', '\'', '’', '*', ')']);
    let Some(last) = bare.chars().next_back() else { return true };
    match last {
        '!' | '?' | ':' | ';' => true,
        '.' => {
            let word = bare.rsplit([' ', '(']).next().unwrap_or_default().trim_end_matches('.');
            !(ABBREVIATIONS.contains(&fold(word).as_str()) || has_open_bracket(text))
        }
        _ => false,
    }
}

fn has_open_bracket(text: &str) -> bool {
    // Only the end of the line matters, and a look at all of a growing paragraph would be quadratic.
    let tail = tail(text, 200);
    tail.rfind('(') > tail.rfind(')')
}

/// The last `bytes` of a text at most, from a character boundary.
pub(super) fn tail(text: &str, bytes: usize) -> &str {
    let mut from = text.len().saturating_sub(bytes);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}

/// The first `bytes` of a text at most, to a character boundary.
pub(super) fn head(text: &str, bytes: usize) -> &str {
    let mut to = text.len().min(bytes);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    &text[..to]
}

/// Whether a line begins as the middle of a sentence does.
pub(super) fn starts_lowercase(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_lowercase)
}

/// Whether a line may be a heading: short, begun like one, and not a sentence.
pub(super) fn looks_like_title(text: &str) -> bool {
    if text.len() > 260 || text.chars().count() > 120 {
        return false;
    }
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else { return false };
    if first.is_lowercase() || !(first.is_alphanumeric() || matches!(first, '"' | '”' | '»' | '*' | '(')) {
        return false;
    }
    if !(last.is_alphanumeric() || matches!(last, ')' | '"' | '”' | '«' | '*')) || text.contains("](") || text.contains("://") {
        return false;
    }
    let words: Vec<String> = text.split_whitespace().map(fold).collect();
    let is_sentence = words.len() > 8 && words.iter().any(|word| VERBS.contains(&word.as_str()));
    !is_sentence && words.len() <= 18 && words.last().is_none_or(|word| !OPEN_ENDS.contains(&word.as_str())) && !text.starts_with("Bilag")
}

/// Whether a phrase names a body that meets, such as a forum or a committee.
pub(super) fn names_body(phrase: &str) -> bool {
    phrase.split_whitespace().take(12).any(|word| {
        let word = fold(word.trim_matches(|c: char| !c.is_alphanumeric()));
        let genitive = word.strip_suffix('s').unwrap_or(&word);
        is_short_name(&word) || BODIES.iter().any(|body| word.ends_with(body) || genitive.ends_with(body))
    })
}

/// Bodies that go by letters and a number only.
fn is_short_name(word: &str) -> bool {
    matches!(word, "kkr" | "kl" | "k22" | "sdf" | "sss" | "fu")
}

/// Whether two titles say the same, whatever their case and spacing.
pub(super) fn same_title(one: &str, other: &str) -> bool {
    let first = |text: &str| text.chars().next().map(|c| c.to_lowercase().next());
    one == other || (one.len().abs_diff(other.len()) < 40 && first(one) == first(other) && trimmed(one) == trimmed(other))
}

fn trimmed(text: &str) -> String {
    fold(text.trim_end_matches(['.', ':', ' ']))
}

/// The share of the shorter title's words that the other has too, in per cent; one- and two-letter words do not count.
pub(super) fn likeness(one: &str, other: &str) -> usize {
    let words = |text: &str| -> Vec<String> {
        text.split_whitespace()
            .take(40)
            .map(|word| fold(word.trim_matches(|c: char| !c.is_alphanumeric())))
            .filter(|word| word.chars().count() > 2)
            .collect()
    };
    let (one, other) = (words(one), words(other));
    let (fewer, more) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if fewer.is_empty() {
        return 0;
    }
    let alike =
        |word: &&String| more.iter().any(|known| known == *word || (word.len() > 5 && known.starts_with(head(word, word.len() - 1))));
    100 * fewer.iter().filter(alike).count() / fewer.len()
}

/// At most `limit` characters, with an ellipsis if any are left out.
pub(super) fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some((at, _)) => Cow::Owned(format!("{}…", &text[..at])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_ends_at_a_full_stop_but_not_at_an_abbreviation_or_in_a_bracket() {
        for ended in ["Det blev godkendt.", "Er det nok?", "Følgende:", "Han sagde \"ja.\"", "(Se bilag.)"] {
            assert!(ends_sentence(ended), "{ended}");
        }
        for open in ["og derved kunne", "efter aftalen (jf.", "som f.eks.", "Kredsen (K22)", "tre ting,"] {
            assert!(!ends_sentence(open), "{open}");
        }
    }

    #[test]
    fn titles_are_short_and_no_sentences() {
        for title in ["Proces", "Ny model for samarbejdet", "Her er det videre forløb", "Vedr. takster 2026", "\"Trivsel\" i praksis"] {
            assert!(looks_like_title(title), "{title}");
        }
        for sentence in ["Udvalget indstiller, at", "Det blev drøftet.", "den nye model", "Følgende emner:", "Se [aftalen](#)", ""] {
            assert!(!looks_like_title(sentence), "{sentence}");
        }
        assert!(!looks_like_title("Vedlagt dette punkt er referatet fra det møde der blev holdt i maj"));
    }

    #[test]
    fn bodies_and_months_are_known_in_all_their_forms() {
        assert!(names_body("Strategisk Havnestyregruppe") && names_body("kystdirektørforum") && names_body("KKR Nord"));
        assert!(!names_body("Fortsat") && !names_body("godkende forslaget"));
        assert_eq!((month("Maj"), month("okt."), month("maj-møde")), (Some(5), Some(10), None));
    }

    #[test]
    fn likeness_counts_shared_words() {
        assert_eq!(likeness("Eventuell", "Eventuelt"), 100);
        assert!(likeness("Godkendelse af takster for 2026", "Drøftelse af takster for 2026") >= 60);
        assert!(likeness("Velkomst", "Næste møde") < 50);
    }
}
