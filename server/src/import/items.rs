//! Items: which lines are their headings, and which only look like it.
//!
//! A heading is `Punkt 1: Title` or `1. Title`, at the margin and after a gap. Tables of contents have the same form, as have numbered lists,
//! dates and sentences that begin with a number: they are told apart by what stands around them, since no line can be judged by itself.

use std::collections::HashSet;

use super::lines::Line;
use super::words;
use super::{header, headings};

/// The heading of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Start {
    /// Index of its line.
    pub(super) line: usize,
    /// As written, without `Punkt` and without the full stop.
    pub(super) number: String,
    /// As written, without dots and page.
    pub(super) title: String,
}

/// Where the items are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Headings in the order of the file.
    pub(super) starts: Vec<Start>,
    /// Lines of a table of contents, from and to.
    pub(super) contents: (usize, usize),
    /// Repeated headings inside items, which are no text.
    pub(super) repeated: Vec<usize>,
}

/// The longest title, in characters.
const LONGEST_TITLE: usize = 300;

#[derive(Debug, Clone)]
struct Candidate<'a> {
    line: usize,
    number: &'a str,
    /// The number, then its letter: 4 < 4a < 5.
    key: usize,
    title: &'a str,
    /// It ends in dots or a tab and a page.
    page: bool,
}

/// Finds the items of a document.
pub(super) fn find(lines: &[Line<'_>]) -> Found {
    let named: Vec<Candidate<'_>> = candidates(lines, named_heading);
    let numbered: Vec<Candidate<'_>> = candidates(lines, numbered_heading);
    // One line "Punkt 3: …" may be a reference in the text of a document whose items are only numbered.
    let (all, by_name) = if named.iter().filter(|one| !one.page).count() > 1 || numbered.len() < 2 && !named.is_empty() {
        (named, true)
    } else {
        (numbered, false)
    };
    let (listed, written): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|candidate| candidate.page);
    // Without any other heading the table of contents is all there is: the file was cut.
    let body = if written.is_empty() { &listed } else { &written };
    let first = contents_length(lines, body);
    let contents = match (body.first(), body.get(first)) {
        (Some(from), Some(to)) if first > 0 => (from.line, to.line),
        _ => (0, 0),
    };
    let titles: HashSet<String> = body[..first].iter().chain(&listed).map(|candidate| words::fold(candidate.title)).collect();
    let body = &body[first..];
    let mut found = Found { contents, ..Found::default() };
    let chosen: Vec<&Candidate<'_>> = if by_name { body.iter().collect() } else { rising(lines, body, &titles) };
    for candidate in chosen {
        let again =
            found.starts.last().is_some_and(|last| last.number == candidate.number && words::same_title(&last.title, candidate.title));
        if again {
            found.repeated.push(candidate.line);
        } else {
            found.starts.push(Start { line: candidate.line, number: candidate.number.to_owned(), title: candidate.title.to_owned() });
        }
    }
    found
}

fn candidates<'a>(lines: &'a [Line<'_>], heading: impl Fn(&'a Line<'_>) -> Option<(&'a str, &'a str)>) -> Vec<Candidate<'a>> {
    let candidate = |(line, at): (&'a Line<'_>, usize)| {
        let (number, title) = heading(line)?;
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        let letter = number.as_bytes().get(digits).map_or(0, |letter| usize::from(letter.to_ascii_lowercase() - b'a') + 1);
        let key = number[..digits].parse::<usize>().ok()? * 27 + letter;
        let (title, page) = without_page(line, title);
        (!title.is_empty() && title.chars().nth(LONGEST_TITLE).is_none()).then_some(Candidate { line: at, number, key, title, page })
    };
    lines.iter().zip(0..).filter_map(candidate).collect()
}

/// What stands before the number of an item that is named.
const NAMES: [&str; 8] = ["Punkt", "PUNKT", "Pkt", "PKT", "Dagsordenspunkt", "DAGSORDENSPUNKT", "Sag", "SAG"];

/// `Punkt 4a: Title`, also `Pkt. 4 - Title` and `Sag nr. 4 Title`.
fn named_heading<'a>(line: &'a Line<'_>) -> Option<(&'a str, &'a str)> {
    let text = line.text.trim_start_matches(['#', '*', ' ']);
    let word = NAMES.into_iter().find(|name| text.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '.'])))?;
    if !line.gap || line.indent > 3 {
        return None;
    }
    let rest = text[word.len()..].trim_start_matches(['.', ' ']);
    let rest = rest.strip_prefix("nr").map_or(rest, |rest| rest.trim_start_matches(['.', ' ']));
    let (number, rest) = number(rest)?;
    // "Punkt 3 blev drøftet" is a sentence: without a separator the title must begin with a capital.
    let title = rest.trim_start_matches([':', '.', '-', '–', '—', ')', ' ']);
    let separated = rest.trim_start().starts_with([':', '.', '-', '–', '—', ')']) && rest.len() > title.len();
    (separated || title.starts_with(char::is_uppercase) && !word.eq_ignore_ascii_case("Sag")).then(|| (number, title.trim_end_matches('*')))
}

/// `4. Title` at the margin.
fn numbered_heading<'a>(line: &'a Line<'_>) -> Option<(&'a str, &'a str)> {
    if !line.at_margin() {
        return None;
    }
    let text = line.text.trim_start_matches(['#', '*', ' ']);
    let (number, rest) = number(text)?;
    let title = rest.strip_prefix('.')?.strip_prefix(' ')?.trim_start().trim_end_matches('*');
    let first = title.chars().next()?;
    let is_date = title.split(' ').next().is_some_and(|word| words::month(word).is_some());
    let is_sentence = title.len() > 80 && title.ends_with(['.', ':', ';', ',']);
    ((first.is_alphanumeric() || matches!(first, '"' | '”' | '»' | '(')) && !is_date && !is_sentence).then_some((number, title))
}

/// One to three digits and perhaps a letter, and the rest.
fn number(text: &str) -> Option<(&str, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    let letter = text.as_bytes().get(digits).is_some_and(u8::is_ascii_alphabetic);
    let end = digits + usize::from(letter);
    let ended = text.as_bytes().get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    ended.then(|| text.split_at(end))
}

/// The title of a line of contents without its dots and page, and whether it had them.
fn without_page<'a>(line: &Line<'_>, title: &'a str) -> (&'a str, bool) {
    let bare = title.trim_end_matches(|c: char| c.is_ascii_digit());
    if bare.len() == title.len() {
        // "Title.....", cut before its page.
        let bare = title.trim_end_matches(['.', '…', ' ']);
        let dots = &title[bare.len()..];
        return if dots.contains("....") || dots.contains('…') { (bare, true) } else { (title, false) };
    }
    let cut = bare.trim_end_matches(['.', '…', ' ', '_']);
    let between = &bare[cut.len()..];
    let tabbed = line.raw.trim_end().trim_end_matches(|c: char| c.is_ascii_digit()).ends_with('\t');
    if tabbed || between.contains("...") || between.contains('…') || between.contains("___") || between.contains("   ") {
        (cut, true)
    } else {
        (title, false)
    }
}

/// How many of the first candidates are a table of contents: those before the first comes again.
fn contents_length(lines: &[Line<'_>], all: &[Candidate<'_>]) -> usize {
    let Some(first) = all.first() else { return 0 };
    let dense = all.windows(2).take_while(|pair| pair[1].line == pair[0].line + 1 && pair[1].key > pair[0].key).count() + 1;
    let announced = first.line.checked_sub(1).is_some_and(|before| header::announces_contents(&lines[before]));
    let folded = words::fold(first.title);
    for (at, again) in all.iter().enumerate().skip(1).filter(|(_, again)| again.key == first.key) {
        let same = begins_alike(&folded, again.title);
        // A title that comes again at once is only repeated above its text.
        if same && (at >= 2 || announced || (dense >= at && at + 1 == all.len())) {
            return at;
        }
        // The list may word the titles in another way, but then nothing stands between its lines.
        if dense >= at && at >= 3 && (announced || likely(all, at)) {
            return at;
        }
    }
    0
}

/// Most of the lines before `at` come again after it.
fn likely(all: &[Candidate<'_>], at: usize) -> bool {
    let after: HashSet<usize> = all[at..].iter().map(|candidate| candidate.key).collect();
    2 * all[..at].iter().filter(|candidate| after.contains(&candidate.key)).count() > at && 2 * (all.len() - at) > at
}

/// Whether a folded title and another are the same, or one is the other cut off.
fn begins_alike(folded: &str, other: &str) -> bool {
    let other = words::fold(other);
    folded == other || (folded.len().min(other.len()) >= 20 && (folded.starts_with(&other) || other.starts_with(folded)))
}

/// Of numbered lines, those that make the best rising row: gaps may be in it, but a number never comes again.
fn rising<'a>(lines: &[Line<'_>], all: &'a [Candidate<'a>], titles: &HashSet<String>) -> Vec<&'a Candidate<'a>> {
    let gap_after = |at: usize| lines.get(at + 1).is_none_or(|next| next.gap || headings::parse(&next.text).is_some());
    let alone = |candidate: &&Candidate<'_>| lines[candidate.line].gap && gap_after(candidate.line);
    let all: Vec<&Candidate<'_>> = if all.iter().any(|candidate| alone(&candidate)) {
        all.iter().filter(|candidate| lines[candidate.line].gap).collect()
    } else {
        // A bare agenda, pasted without blank lines, or text right below each heading.
        all.iter().collect()
    };
    let sections = sections_before(lines);
    let weights: Vec<u64> = all
        .iter()
        .enumerate()
        .map(|(at, candidate)| {
            let end = all.get(at + 1).map_or(lines.len(), |next| next.line);
            let has_sections = sections[end] > sections[candidate.line];
            let listed = !titles.is_empty() && titles.contains(&words::fold(candidate.title));
            20 + 40 * u64::from(lines[candidate.line].gap)
                + 40 * u64::from(alone(candidate))
                + 50 * u64::from(has_sections)
                + 80 * u64::from(listed)
        })
        .collect();
    best_row(&all.iter().map(|candidate| candidate.key).collect::<Vec<_>>(), &weights).into_iter().map(|at| all[at]).collect()
}

/// How many headings of sections stand before each line, and in all.
fn sections_before(lines: &[Line<'_>]) -> Vec<u32> {
    let mut count = 0;
    let mut before: Vec<u32> = lines
        .iter()
        .map(|line| {
            let now = count;
            count += u32::from(headings::parse(&line.text).is_some());
            now
        })
        .collect();
    before.push(count);
    before
}

/// Indices of the strictly rising row of keys with the greatest weight; of equal ones that which ends first.
fn best_row(keys: &[usize], weights: &[u64]) -> Vec<usize> {
    // A tree of prefix maxima over the keys: the best row that ends below a key, and where.
    let size = keys.iter().max().map_or(0, |most| most + 2);
    let mut tree: Vec<(u64, usize)> = vec![(0, usize::MAX); size];
    let mut previous = vec![usize::MAX; keys.len()];
    let mut best = (0, usize::MAX);
    for (at, (key, weight)) in keys.iter().zip(weights).enumerate() {
        let mut below = (0, usize::MAX);
        let mut node = *key;
        while node > 0 {
            if tree[node].0 > below.0 {
                below = tree[node];
            }
            node &= node - 1;
        }
        previous[at] = below.1;
        let sum = below.0 + weight;
        let mut node = key + 1;
        while node < size {
            if sum > tree[node].0 {
                tree[node] = (sum, at);
            }
            node += node & node.wrapping_neg();
        }
        if sum > best.0 {
            best = (sum, at);
        }
    }
    let mut row = Vec::new();
    let mut at = best.1;
    while at != usize::MAX {
        row.push(at);
        at = previous[at];
    }
    row.reverse();
    row
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let found = find(&lines::split(text, 100).0);
        let seen: Vec<_> = found.starts.iter().map(|start| (start.number.as_str(), start.title.as_str())).collect();
        assert_eq!(seen, expected, "{text}");
    }

    #[test]
    fn headings_by_name_and_by_number_are_found() {
        check("Punkt 1: Velkomst\n\nTekst\n\nPunkt 4a: Kajer", &[("1", "Velkomst"), ("4a", "Kajer")]);
        check("PKT. 1 - Velkomst\n\nPkt. 2 - Kajer", &[("1", "Velkomst"), ("2", "Kajer")]);
        check("1. Velkomst\n\nTekst\n\n4. Kajer\n\nTekst", &[("1", "Velkomst"), ("4", "Kajer")]);
        check("Dagsorden\n\n1. Velkomst\n2. Kajer\n3. Eventuelt", &[("1", "Velkomst"), ("2", "Kajer"), ("3", "Eventuelt")]);
    }

    #[test]
    fn text_may_stand_right_below_a_heading() {
        let text = "1. Velkomst\nBo bød velkommen.\n\n2. Kajer\nTre ting:\n1. ro\n2. orden\n3. fred\n\n3. Slut\nTak.";
        check(text, &[("1", "Velkomst"), ("2", "Kajer"), ("3", "Slut")]);
    }

    #[test]
    fn tables_of_contents_are_no_items() {
        check("Indhold\n\nVelkomst.....\t3\n\nPunkt 1: Velkomst\n\nTekst", &[("1", "Velkomst")]);
        check(
            "Punkt 1: Velkomst.....\t3\nPunkt 2: Kajer.....\t4\n\nPunkt 1: Velkomst\n\nPunkt 2: Kajer",
            &[("1", "Velkomst"), ("2", "Kajer")],
        );
        let body = "1. Velkomst\n\nTekst\n\n2. Kajer\n\nTekst\n\n4. Slut\n\nTekst";
        check(&format!("PUNKTER\n\n1. Velkomst\n\n2. Kajer\n\n4. Slut\n\n{body}"), &[("1", "Velkomst"), ("2", "Kajer"), ("4", "Slut")]);
        check(&format!("Indhold\n1. Velkomst ..... 2\n2. Kajer ..... 3\n\n{body}"), &[("1", "Velkomst"), ("2", "Kajer"), ("4", "Slut")]);
    }

    #[test]
    fn a_file_cut_in_its_middle_keeps_the_items_that_are_there() {
        check("PUNKTER\n\n1. Velkomst\n\n2. Kajer\n\n4. Slut\n\n1. Velkomst\n\nTekst", &[("1", "Velkomst")]);
    }

    #[test]
    fn lists_dates_and_sentences_inside_items_are_no_items() {
        let list = "1. Velkomst\n\nBeslutning\n\nFølgende:\n\n1. ro\n\n2. orden\n\n2. Kajer\n\nBeslutning\n\n3. august holdes åbent.\n\n3. Slut\n\nBeslutning\n\nNej.";
        check(list, &[("1", "Velkomst"), ("2", "Kajer"), ("3", "Slut")]);
        check("1. Velkomst\n\n23. August mødes udvalget\n\n2. Kajer\n\nTekst", &[("1", "Velkomst"), ("2", "Kajer")]);
        check(
            "1. Velkomst\n\nSom nævnt under\n\nPunkt 2: Kajer\n\n2. Kajer\n\n3. Slut",
            &[("1", "Velkomst"), ("2", "Kajer"), ("3", "Slut")],
        );
    }

    #[test]
    fn a_heading_that_is_printed_again_is_one_item() {
        check("Punkt 1: Velkomst\n\nTekst\n\nPunkt 1: Velkomst\n\nMere\n\nPunkt 2: Kajer", &[("1", "Velkomst"), ("2", "Kajer")]);
    }

    #[test]
    fn the_best_rising_row_may_skip_but_never_falls() {
        assert_eq!(best_row(&[1, 5, 2, 3], &[1, 1, 1, 1]), [0, 2, 3]);
        assert_eq!(best_row(&[1, 1, 2], &[1, 1, 1]), [0, 2]);
        assert_eq!(best_row(&[1, 5, 2, 3], &[1, 9, 1, 1]), [0, 1]);
        assert!(best_row(&[], &[]).is_empty());
    }
}
