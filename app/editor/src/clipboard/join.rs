//! Joining the lines of a text that came with a break after every printed line, as PDF readers give it. Offered after a paste, never done silently.

use dagsorden_shared::richtext::{Attributes, Block, Line, LineFormat};

use crate::command::block::set_format;
use crate::selection::Selection;
use crate::state::{EditorState, FieldKind};
use crate::transaction::{Cause, Edits, Group, Transaction};

/// Joins the lines between two offsets into paragraphs: an empty line, a list item and a short line that ends a sentence are borders.
/// `None` if there is nothing to join.
pub fn join_lines(state: &EditorState, from: u32, to: u32) -> Option<Transaction> {
    if state.kind() == FieldKind::Title {
        return None;
    }
    let (first, last) = (state.locate(from).0, state.locate(to).0);
    let longest = (first..=last).map(|index| state.line(index).len()).max()?;
    let mut edits = Edits::default();
    let mut head = first;
    for index in first + 1..=last {
        let (line, next) = (state.line(index - 1), state.line(index));
        if !continues(line, next, longest) {
            head = index;
            continue;
        }
        let newline = state.body().line_start(index) - 1;
        match seam(&line.text(), &next.text()) {
            Seam::Space => edits.insert(newline, " ", Attributes::new()),
            Seam::Hyphen => edits.delete(newline - 1, newline),
            Seam::None => {}
        }
        edits.delete(newline, newline + 1);
        let ends = index == last || !continues(next, state.line(index + 1), longest);
        if ends {
            set_format(&mut edits, state, index, &state.line(head).format());
        }
    }
    let delta = edits.into_delta(state);
    if delta.is_empty() {
        return None;
    }
    let selection = state.selection().map(|selection| {
        let map = |offset| delta.map_offset(offset, true);
        Selection::new(map(selection.anchor), map(selection.head))
    });
    Some(Transaction { delta, selection, pending: None, cause: Cause::Paste, group: Group::Step })
}

/// Whether a line goes on in the next one.
fn continues(line: &Line, next: &Line, longest: u32) -> bool {
    let format = line.format();
    let flows = format == LineFormat::PARAGRAPH || matches!(format.block, Block::ListItem(_));
    // A sentence that ends well before the margin ends its paragraph.
    let ended = line.text().trim_end().ends_with(['.', ':', '!', '?']) && line.len() * 5 < longest * 4;
    flows && !ended && !line.is_empty() && !next.is_empty() && next.format() == LineFormat::PARAGRAPH
}

/// What comes between two joined lines.
enum Seam {
    Space,
    /// The hyphen that parted a word goes.
    Hyphen,
    None,
}

fn seam(line: &str, next: &str) -> Seam {
    if line.ends_with(char::is_whitespace) || next.starts_with(char::is_whitespace) {
        return Seam::None;
    }
    let mut end = line.chars().rev();
    let parted = end.next() == Some('-') && end.next().is_some_and(is_small) && next.starts_with(is_small);
    // „børne- og ungeområdet“ keeps its hyphen.
    let word = next.split(' ').next().unwrap_or_default();
    if parted && !["og", "eller", "samt", "and", "or"].contains(&word) { Seam::Hyphen } else { Seam::Space }
}

/// Small letters, the Danish ones with them.
fn is_small(character: char) -> bool {
    character.is_ascii_lowercase() || ('ß'..='ÿ').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::notation::check;

    fn join(state: &EditorState) -> Option<Transaction> {
        join_lines(state, 0, state.body().end())
    }

    #[test]
    fn broken_lines_become_paragraphs() {
        check(
            join,
            "Udvalget drøftede sagen og den⏎ videre proces.⏎ ⏎ Punkt to⏎ følger|⏎",
            "Udvalget drøftede sagen og den videre proces.⏎ ⏎ Punkt to følger|⏎",
        );
        check(
            join,
            "Første sag er lang nok til at gå ud til⏎ kanten.⏎ Anden sag|⏎",
            "Første sag er lang nok til at gå ud til kanten.⏎ Anden sag|⏎",
        );
        check(join, "a⏎b b⏎ c⏎b d⏎h2 e|⏎", "a b⏎b c⏎b d⏎h2 e|⏎");
        check(join, "A⏎r1c1 B⏎r1c2 c⏎ d|⏎", "A⏎r1c1 B⏎r1c2 c d|⏎");
        check(|state| join_lines(state, 3, 8), "a⏎ b⏎ c⏎ d⏎ e|⏎", "a⏎ b c d e|⏎");
        assert_eq!(join(&crate::tests::notation::section("a⏎ ⏎ b|⏎")), None);
    }

    #[test]
    fn words_that_a_hyphen_parted_are_whole_again() {
        check(join, "social-⏎ udvalget|⏎", "socialudvalget|⏎");
        check(join, "børne-⏎ og ungeudvalget|⏎", "børne- og ungeudvalget|⏎");
        check(join, "Region-⏎ Syd|⏎", "Region- Syd|⏎");
        check(join, "a ⏎ b|⏎", "a b|⏎");
    }
}
