//! What a printer adds to every page: page numbers, and the lines that stand above or below them each time.
//!
//! Takes them out and leaves a gap and a page break in their place. Lines that stand only once are never taken. What was taken is handed
//! back: once for the header, since a foot may hold the case number, and all of it for the account of words.

use super::lines::Line;
use super::{headings, lists};

/// The most lines that are taken at one page's foot or head.
const MOST: usize = 24;

/// What was taken out of a text.
#[derive(Debug, Default)]
pub(super) struct Furniture<'a> {
    /// Once what was repeated.
    pub(super) foot: Vec<Line<'a>>,
    /// Every line.
    pub(super) all: Vec<Line<'a>>,
    /// Lines of a table of contents that the file itself says is one.
    pub(super) contents: Vec<Line<'a>>,
}

/// The lines without page numbers and what is repeated around them, and what was taken out.
pub(super) fn without(lines: Vec<Line<'_>>) -> (Vec<Line<'_>>, Furniture<'_>) {
    let mut taken = Furniture::default();
    let numbers: Vec<usize> = (0..lines.len()).filter(|at| is_page_number(&lines[*at].text)).collect();
    let lines = if numbers.is_empty() { lines } else { take_out(lines, &numbers, true, &mut taken) };
    // A form feed is a page break too: what stands on both sides of each of them is a foot or a head.
    let breaks: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].page).collect();
    let lines = if breaks.len() < 3 { lines } else { take_out(lines, &breaks, false, &mut taken) };
    (lines, taken)
}

/// `anchors` are page numbers, which go as well, or (`numbers` is false) the first lines of pages, which are heads at most.
fn take_out<'a>(mut lines: Vec<Line<'a>>, anchors: &[usize], numbers: bool, taken: &mut Furniture<'a>) -> Vec<Line<'a>> {
    let text = |at: Option<usize>| at.and_then(|at| lines.get(at)).map(|line| line.text.as_ref());
    let first = usize::from(numbers);
    // Two pages that merely begin with the same words are likelier than a head on two pages; a foot stands by its number.
    let above = repeated(anchors, if numbers { 2 } else { 3 }, |anchor, step| text(anchor.checked_sub(step)));
    let below = repeated(anchors, 3, |anchor, step| text(Some(anchor + first + step - 1)));
    if let Some(first) = anchors.iter().find(|anchor| **anchor >= above) {
        taken.foot.extend(lines[first - above..*first].iter().cloned());
    }
    let mut gone = vec![false; lines.len()];
    for anchor in anchors {
        let from = anchor.saturating_sub(above);
        let to = (anchor + first + below).min(lines.len());
        gone[from..to].fill(true);
    }
    let mut break_before = false;
    let mut kept = Vec::with_capacity(lines.len());
    for (mut line, gone) in lines.drain(..).zip(gone) {
        if gone {
            break_before = true;
            taken.all.push(line);
            continue;
        }
        if std::mem::take(&mut break_before) {
            line.gap = true;
            line.page = true;
        }
        kept.push(line);
    }
    kept
}

/// How many steps away from every anchor the same lines stand, seen `least` times or more.
fn repeated<'a>(anchors: &[usize], least: usize, line: impl Fn(usize, usize) -> Option<&'a str>) -> usize {
    (1..=MOST)
        .take_while(|step| {
            // The last page has nothing below its number, the first page may have nothing above it.
            let mut seen = anchors.iter().filter_map(|anchor| line(*anchor, *step));
            let Some(first) = seen.next() else { return false };
            let mut count = 1;
            seen.all(|text| {
                count += 1;
                text == first
            }) && count >= least
                && count + 1 >= anchors.len()
                && !is_text(first)
        })
        .count()
}

/// Lines of minutes that may well stand above two page breaks: sentences, headings of sections, lists.
fn is_text(line: &str) -> bool {
    line.ends_with(['.', ':']) || is_page_number(line) || headings::parse(line).is_some() || lists::marker(line).is_some()
}

/// `Side 1 af 3`, `Side 1/3`, `Side 1`, `Page 1 of 3`, `- 1 -`.
fn is_page_number(text: &str) -> bool {
    if text.len() > 24 {
        return false;
    }
    let text = text.to_lowercase();
    let rest = match text.strip_prefix("side").or_else(|| text.strip_prefix("page")) {
        Some(rest) => rest.trim_start_matches([' ', ':']),
        None => match text.strip_prefix("- ").and_then(|rest| rest.strip_suffix(" -")) {
            Some(inner) => return !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit()),
            None => return false,
        },
    };
    let number = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    if number.len() == rest.len() {
        return false;
    }
    let total = number.trim_start().trim_start_matches("af").trim_start_matches("of").trim_start_matches(['/', '|']).trim();
    number.is_empty() || (total.len() < number.trim().len() && !total.is_empty() && total.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn check(text: &str, left: &[&str]) {
        let (kept, _) = without(lines::split(text, 100).0);
        assert_eq!(kept.iter().map(|line| line.text.as_ref()).collect::<Vec<_>>(), left);
    }

    #[test]
    fn page_numbers_go_in_every_form() {
        for number in ["Side 1 af 3", "side 2/3", "Side 4", "Page 1 of 2", "- 7 -", "Side 1 | 4"] {
            assert!(is_page_number(number), "{number}");
        }
        for text in ["Side om side", "Side 4 i notatet", "Sidevej 3", "- 7", "Side"] {
            assert!(!is_page_number(text), "{text}");
        }
    }

    #[test]
    fn a_foot_that_is_repeated_goes_with_its_number_and_leaves_a_break() {
        check("A\n\nHavnegade 1\nSide 1 af 2\n\nB\n\nHavnegade 1\nSide 2 af 2\n", &["A", "B"]);
        let (kept, taken) = without(lines::split("A\nSag 7\nSide 1 af 2\nB\nSag 7\nSide 2 af 2", 100).0);
        assert_eq!(taken.foot.iter().map(|line| line.text.as_ref()).collect::<Vec<_>>(), ["Sag 7"]);
        assert_eq!(taken.all.len(), 4);
        assert!(kept[1].gap && kept[1].page);
    }

    #[test]
    fn lines_that_stand_only_once_stay() {
        check("A\nHavnegade 1\nSide 1 af 1\n", &["A", "Havnegade 1"]);
        check("A\nB\u{c}C\nD\u{c}E\nF", &["A", "B", "C", "D", "E", "F"]);
    }

    #[test]
    fn a_head_after_each_form_feed_goes() {
        check("A\u{c}Kystforum\nB\u{c}Kystforum\nC\u{c}Kystforum\nD", &["A", "B", "C", "D"]);
    }

    #[test]
    fn text_above_two_page_numbers_is_no_foot() {
        check(
            "Beslutning\nTaget til efterretning.\nSide 1\nBeslutning\nTaget til efterretning.\nSide 2",
            &["Beslutning", "Taget til efterretning.", "Beslutning", "Taget til efterretning."],
        );
    }
}
