//! Addresses in the text: what a person means by one, and typed and pasted ones that become links.
//!
//! Runs after the text is there, as a step of its own: one undo gives the plain text back.

use dagsorden_shared::richtext::attributes::{name, safe_link};
use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_shared::richtext::{Attributes, Value};

use crate::command::mark::{format_range, is_linked};
use crate::selection::Selection;
use crate::state::{EditorState, FieldKind};
use crate::text;
use crate::transaction::{Cause, Transaction};

/// Signs that may stand before an address and are no part of it.
const OPENING: &str = "([{<\"'„“”‘’«»";
/// Signs that may follow an address and are no part of it.
const CLOSING: &str = ".,;:!?)]}>\"'„“”‘’«»";

/// The address that this text means when it is written as one: of an allowed scheme as it is, a mail address or the name of a host made whole.
/// `None` if it is none.
pub fn meant(written: &str) -> Option<String> {
    let written = written.trim();
    if let Some(link) = safe_link(written) {
        return Some(link.to_owned());
    }
    if is_mail(written) {
        return Some(format!("mailto:{written}"));
    }
    let bare = written.contains('.') && !written.contains(|sign: char| sign == ':' || sign == '@' || sign.is_whitespace());
    bare.then(|| format!("https://{written}"))
}

/// Makes the address that has just been typed a link. Call it after a space, or before a line is parted.
pub fn autolink(state: &EditorState) -> Option<Transaction> {
    let caret = state.selection().filter(|selection| selection.is_caret())?.head;
    let (index, inside) = state.locate(caret);
    let before: String = text::slice(state.line(index), 0, inside).iter().map(|run| run.text.as_str()).collect();
    let word_end = before.strip_suffix(' ').unwrap_or(&before);
    let word = &word_end[word_end.rfind(char::is_whitespace).map_or(0, |at| at + 1)..];
    let start = state.body().line_start(index) + utf16_len(&word_end[..word_end.len() - word.len()]);
    let links = addresses(word).into_iter().map(|(from, to, link)| (start + from, start + to, link));
    link_all(state, links.collect())
}

/// Makes all addresses in a part of the text links, such as in what was pasted.
pub fn link_addresses(state: &EditorState, from: u32, to: u32) -> Option<Transaction> {
    let mut found = Vec::new();
    for index in state.locate(from).0..=state.locate(to).0 {
        let start = state.body().line_start(index);
        let links = addresses(&state.line(index).text()).into_iter().map(|(from, to, link)| (start + from, start + to, link));
        // Part of a word that was there before is none of ours.
        found.extend(links.filter(|link| from <= link.0 && link.1 <= to));
    }
    link_all(state, found)
}

fn link_all(state: &EditorState, found: Vec<(u32, u32, String)>) -> Option<Transaction> {
    if state.kind() == FieldKind::Title {
        return None;
    }
    let selection = state.selection();
    let mut all: Option<Transaction> = None;
    for (from, to, link) in found {
        let range = Selection::new(from, to);
        if is_linked(state, range) {
            continue;
        }
        let set = Attributes::from([(name::LINK.to_owned(), Value::from(link.as_str()))]);
        let linked = format_range(state, range, &set);
        all = match (all, linked) {
            // None of them moves the text of another.
            (Some(all), Some(linked)) => Some(Transaction { delta: crate::transaction::compose(&all.delta, &linked.delta), ..all }),
            (all, linked) => all.or(linked),
        };
    }
    all.map(|all| Transaction { selection, pending: state.pending().cloned(), cause: Cause::Autoformat, ..all })
}

/// The addresses in a line: from, to (UTF-16 units), and where each leads.
fn addresses(line: &str) -> Vec<(u32, u32, String)> {
    let mut found = Vec::new();
    let mut at = 0;
    for piece in line.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let inner = word.trim_start_matches(|sign| OPENING.contains(sign));
        let from = at + utf16_len(&word[..word.len() - inner.len()]);
        let inner = without_end(inner);
        found.extend(address(inner).map(|link| (from, from + utf16_len(inner), link)));
        at += utf16_len(piece);
    }
    found
}

/// A word without what follows an address in a sentence. A bracket that was opened in the address belongs to it.
fn without_end(mut word: &str) -> &str {
    while let Some(last) = word.chars().next_back().filter(|sign| CLOSING.contains(*sign)) {
        let count = |sign| word.matches(sign).count();
        let opened = match last {
            ')' => count('(') >= count(')'),
            ']' => count('[') >= count(']'),
            _ => false,
        };
        if opened {
            break;
        }
        word = &word[..word.len() - last.len_utf8()];
    }
    word
}

/// Where a word leads that can be nothing but an address.
fn address(word: &str) -> Option<String> {
    let starts = |with: &str| word.get(..with.len()).filter(|start| start.eq_ignore_ascii_case(with)).map(|start| &word[start.len()..]);
    if let Some(rest) = starts("https://").or_else(|| starts("http://")) {
        return rest.starts_with(char::is_alphanumeric).then(|| word.to_owned());
    }
    if let Some(rest) = starts("mailto:") {
        return is_mail(rest).then(|| word.to_owned());
    }
    if starts("www.").is_some() {
        let host = word.split(['/', '?', '#']).next().unwrap_or_default();
        return is_host(host).then(|| format!("https://{word}"));
    }
    is_mail(word).then(|| format!("mailto:{word}"))
}

fn is_mail(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| {
        let fits = |sign: char| sign.is_alphanumeric() || "._%+-'".contains(sign);
        !name.is_empty() && name.chars().all(fits) && is_host(host)
    })
}

fn is_host(name: &str) -> bool {
    let is_label = |label: &str| !label.is_empty() && label.chars().all(|sign| sign.is_alphanumeric() || sign == '-');
    let last = name.rsplit('.').next().unwrap_or_default();
    name.contains('.') && name.split('.').all(is_label) && last.chars().count() > 1 && last.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_writes_as_an_address_is_made_whole() {
        for (written, link) in [
            ("ida@havnby.test", Some("mailto:ida@havnby.test")),
            (" havnby.test/plan ", Some("https://havnby.test/plan")),
            ("tel:+4512345678", Some("tel:+4512345678")),
            ("HTTPS://x.test", Some("HTTPS://x.test")),
            ("javascript:1", None),
            ("ida@", None),
            ("to ord.", None),
            ("", None),
        ] {
            assert_eq!(meant(written).as_deref(), link, "{written}");
        }
    }

    #[test]
    fn only_what_can_be_nothing_else_becomes_a_link() {
        let found = |line| addresses(line).into_iter().map(|(_, _, link)| link).collect::<Vec<_>>().join(" ");
        for (line, links) in [
            ("Skriv til ida@havnby.test, tak.", "mailto:ida@havnby.test"),
            ("(se https://x.test/a_(b)?c=1#d).", "https://x.test/a_(b)?c=1#d"),
            ("„www.havnby.test/plan“ og http://y.test!", "https://www.havnby.test/plan http://y.test"),
            ("bilag.pdf, side 2.3, kl. 9.00 og/eller @ida", ""),
            ("www. eller www.x eller https:// eller ida@bo", ""),
        ] {
            assert_eq!(found(line), links, "{line}");
        }
        assert_eq!(addresses("😀 a@b.test")[0], (3, 11, "mailto:a@b.test".into()));
    }
}
