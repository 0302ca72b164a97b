//! Items: which lines are their headings, and which only look like it.
//!
//! A heading is `Punkt 1: Title` or `1. Title`, at the margin and after a gap, or what a file with layout says is one. Tables of contents
//! have the same form, as have numbered lists, dates and sentences that begin with a number: what stands around them distinguishes them,
//! since no line can be judged by itself.

use std::collections::HashSet;

use super::lines::Line;
use super::words;
use super::{header, headings};

/// The heading of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Start {
    /// Index of its line.
    pub(super) line: usize,
    /// As written, without `Punkt` and without the full stop; empty if it has none.
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

/// The difference of the keys of two numbers that follow one another.
const STEP: usize = 27;

/// Finds the items of a document.
pub(super) fn find(lines: &[Line<'_>]) -> Found {
    let named: Vec<Candidate<'_>> = candidates(lines, named_heading);
    let numbered: Vec<Candidate<'_>> = of_one_source(lines, at_margin(lines, candidates(lines, numbered_heading)));
    // One line "Punkt 3: …" may be a reference in the text of a document whose items are only numbered. Before all numbers it is the only
    // item, and they are a list in its text.
    let mut written = named.iter().filter(|one| !one.page);
    let leads = written.next().zip(numbered.first()).is_some_and(|(named, numbered)| named.line < numbered.line);
    if leads || written.next().is_some() || numbered.len() < 2 && !named.is_empty() {
        return among(lines, named, every);
    }
    let styled = headed(lines);
    if styled.is_empty() {
        return among(lines, numbered, rising);
    }
    among(lines, styled, every)
}

/// Of numbered lines, those of one source: typed by hand, or of one list of the program that wrote the file. A list inside the first item
/// is another source than the items; they come first, unless more of the others have text below them.
fn of_one_source<'a>(lines: &[Line<'_>], all: Vec<Candidate<'a>>) -> Vec<Candidate<'a>> {
    let source = |candidate: &Candidate<'_>| lines[candidate.line].list().map(|list| list.id);
    let mut sources: Vec<(Option<u32>, usize)> = Vec::new();
    for (at, candidate) in all.iter().enumerate() {
        let own = source(candidate);
        let next = all.get(at + 1).map_or(lines.len(), |next| next.line);
        let has_text = usize::from(next > candidate.line + 1 && lines[candidate.line + 1].list().is_none());
        match sources.iter_mut().find(|(known, _)| *known == own) {
            Some((_, count)) => *count += has_text,
            None => sources.push((own, has_text)),
        }
    }
    let Some((first, with_text)) = sources.first().copied() else { return all };
    let chosen =
        sources.iter().filter(|(_, count)| *count > with_text.max(1)).max_by_key(|(_, count)| *count).map_or(first, |(own, _)| *own);
    all.into_iter().filter(|candidate| source(candidate) == chosen).collect()
}

/// Of all candidates, those that are no table of contents, are chosen by `choose` and do not repeat the one before them.
fn among<'a>(
    lines: &[Line<'_>],
    all: Vec<Candidate<'a>>,
    choose: impl for<'b> Fn(&[Line<'_>], &'b [Candidate<'a>], &HashSet<String>) -> Vec<&'b Candidate<'a>>,
) -> Found {
    let (listed, written): (Vec<_>, Vec<_>) = all.into_iter().partition(|candidate| candidate.page);
    // Without any other heading the table of contents is all there is: the file was cut.
    let body = if written.is_empty() { &listed } else { &written };
    let mut found = Found::default();
    let body = without_repeated(lines, body, &mut found.repeated);
    let first = contents_length(lines, &body);
    if let (Some(from), Some(to)) = (body.first(), body.get(first))
        && first > 0
    {
        found.contents = (from.line, to.line);
    }
    let titles: HashSet<String> = body[..first].iter().chain(&listed).map(|candidate| words::fold(candidate.title)).collect();
    for candidate in choose(lines, &body[first..], &titles) {
        let again = found.starts.last().is_some_and(|last| {
            last.number == candidate.number && !last.number.is_empty() && words::same_title(&last.title, candidate.title)
        });
        if again {
            found.repeated.push(candidate.line);
        } else {
            found.starts.push(Start { line: candidate.line, number: candidate.number.to_owned(), title: candidate.title.to_owned() });
        }
    }
    found.repeated.sort_unstable();
    found
}

fn every<'a, 'b>(_: &[Line<'_>], body: &'b [Candidate<'a>], _: &HashSet<String>) -> Vec<&'b Candidate<'a>> {
    body.iter().collect()
}

/// Leaves out headings that stand right below themselves.
fn without_repeated<'a>(lines: &[Line<'_>], all: &[Candidate<'a>], repeated: &mut Vec<usize>) -> Vec<Candidate<'a>> {
    let mut kept: Vec<Candidate<'a>> = Vec::with_capacity(all.len());
    let mut last_line = usize::MAX;
    for candidate in all {
        let is_below = last_line.checked_add(1) == Some(candidate.line);
        let again = kept.last().is_some_and(|last| last.number == candidate.number && words::same_title(last.title, candidate.title));
        last_line = candidate.line;
        if is_below && again && !announced(lines, &kept[kept.len() - 1]) {
            repeated.push(candidate.line);
        } else {
            kept.push(candidate.clone());
        }
    }
    kept
}

/// Numbered lines at the margin; where none is, those that are indented least, as in a list that is the whole agenda.
fn at_margin<'a>(lines: &[Line<'_>], all: Vec<Candidate<'a>>) -> Vec<Candidate<'a>> {
    let margin = all.iter().map(|candidate| lines[candidate.line].indent).min().unwrap_or_default();
    let all: Vec<Candidate<'a>> = all.into_iter().filter(|candidate| lines[candidate.line].indent == margin).collect();
    let is_agenda = margin == 0 || margin <= 8 && all.len() > 1 && all[0].key == STEP;
    if is_agenda { all } else { Vec::new() }
}

/// Lines that the file itself says are headings, of the level that items have: right above that of known section headings, else the first
/// that is numbered, else the first with two of them. Empty where that says nothing.
fn headed<'a>(lines: &'a [Line<'_>]) -> Vec<Candidate<'a>> {
    let heads: Vec<(usize, u8)> = lines.iter().enumerate().filter_map(|(at, line)| Some((at, line.heading()?))).collect();
    let is_section = |at: usize| headings::parse(&lines[at].text).is_some();
    let sections = heads.iter().filter(|(at, _)| is_section(*at)).map(|(_, level)| *level).min();
    let is_header = |at: usize| header::is_header_line(&lines[at]);
    let own: Vec<(usize, u8)> = heads.iter().copied().filter(|(at, _)| !is_section(*at)).skip_while(|(at, _)| is_header(*at)).collect();
    let read = |at: usize| numbered_heading(&lines[at]).or_else(|| lines[at].tab_number());
    let is_numbered = |at: usize| read(at).is_some();
    let count = |level: u8| own.iter().filter(|(_, known)| *known == level).count();
    let above = sections.and_then(|section| own.iter().map(|(_, level)| *level).filter(|level| *level < section).max());
    let numbered = || own.iter().filter(|(at, _)| is_numbered(*at)).map(|(_, level)| *level).min();
    let first = || own.iter().map(|(_, level)| *level).filter(|level| count(*level) > 1).min();
    let Some(level) = above.or_else(numbered).or_else(first).or_else(|| own.iter().map(|(_, level)| *level).min()) else {
        return Vec::new();
    };
    let mut chosen: Vec<Candidate<'a>> = Vec::new();
    for (at, _) in own.iter().filter(|(_, known)| *known == level) {
        let (number, title) = read(*at).unwrap_or(("", lines[*at].text.as_ref()));
        chosen.push(Candidate { line: *at, number, key: key(number).unwrap_or_default(), title, page: false });
    }
    // What stands above the first number is the document's own title or part of its header.
    if let Some(first) = chosen.iter().position(|candidate| !candidate.number.is_empty()) {
        chosen.drain(..first);
    }
    chosen
}

/// The number, then its letter.
fn key(number: &str) -> Option<usize> {
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let letter = number.as_bytes().get(digits).map_or(0, |letter| usize::from(letter.to_ascii_lowercase() - b'a') + 1);
    Some(number[..digits].parse::<usize>().ok()? * STEP + letter)
}

fn candidates<'a>(lines: &'a [Line<'_>], heading: impl Fn(&'a Line<'_>) -> Option<(&'a str, &'a str)>) -> Vec<Candidate<'a>> {
    let candidate = |(line, at): (&'a Line<'_>, usize)| {
        let (number, title) = heading(line)?;
        let key = key(number)?;
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
    // "Punkt 3 blev drøftet" is a sentence: without a separator the title must begin with a capital. "Sag 900-2026-117" is a case number.
    let title = rest.trim_start_matches([':', '.', '-', '–', '—', ')', ' ']);
    let is_case_number = !rest.starts_with([':', ' ']) && title.starts_with(|c: char| c.is_ascii_digit());
    if is_case_number {
        return None;
    }
    let separated = rest.trim_start().starts_with([':', '.', '-', '–', '—', ')']) && rest.len() > title.len();
    (separated || title.starts_with(char::is_uppercase) && !word.eq_ignore_ascii_case("Sag")).then(|| (number, title.trim_end_matches('*')))
}

/// `4. Title`.
fn numbered_heading<'a>(line: &'a Line<'_>) -> Option<(&'a str, &'a str)> {
    if line.row().is_some() {
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
    let announced = announced(lines, first);
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

/// Whether a table of contents is announced right above.
fn announced(lines: &[Line<'_>], first: &Candidate<'_>) -> bool {
    first.line.checked_sub(1).is_some_and(|before| header::announces_contents(&lines[before]))
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
fn rising<'a, 'b>(lines: &[Line<'_>], all: &'b [Candidate<'a>], titles: &HashSet<String>) -> Vec<&'b Candidate<'a>> {
    let gap_after = |at: usize| lines.get(at + 1).is_none_or(|next| next.gap || headings::parse(&next.text).is_some());
    let alone = |candidate: &&Candidate<'_>| lines[candidate.line].gap && gap_after(candidate.line);
    // The first item may stand right below the header.
    let leads = |at: usize, candidate: &Candidate<'_>| at == 0 && candidate.key == STEP && gap_after(candidate.line);
    let all: Vec<&Candidate<'_>> = if all.iter().any(|candidate| alone(&candidate)) {
        all.iter().enumerate().filter(|(at, candidate)| lines[candidate.line].gap || leads(*at, candidate)).map(|(_, one)| one).collect()
    } else {
        // A bare agenda, pasted without blank lines, or text right below each heading.
        all.iter().collect()
    };
    let sections = sections_before(lines);
    let listed_inside = lists_inside(lines, &all);
    let weights: Vec<u64> = all
        .iter()
        .enumerate()
        .map(|(at, candidate)| {
            if listed_inside[at] {
                return 1;
            }
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

/// Which candidates are lines of a list inside an item: one right below the other from 1 on, below a line that announces them, or with the
/// number of the next item after them.
fn lists_inside(lines: &[Line<'_>], all: &[&Candidate<'_>]) -> Vec<bool> {
    let mut inside = vec![false; all.len()];
    let mut at = 1;
    while at < all.len() {
        let goes_on = |pair: &[&Candidate<'_>]| pair[1].line == pair[0].line + 1 && pair[1].key == pair[0].key + STEP;
        let length = 1 + all[at..].windows(2).take_while(|pair| goes_on(pair)).count();
        let is_announced = lines[all[at].line - 1].text.ends_with(':');
        let next_follows = all.get(at + length).is_some_and(|next| next.key == all[at - 1].key + STEP);
        if all[at].key == STEP && length > 1 && (is_announced || next_follows) {
            inside[at..at + length].fill(true);
        }
        at += length;
    }
    inside
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
    fn case_numbers_are_no_items() {
        check("1.  Kajer\n\nSag 12-2026-44\n\n2.  Moler\n\nSag 12-2026-45", &[("1", "Kajer"), ("2", "Moler")]);
        check("Sag 1: Kajer\n\nTekst\n\nSag nr. 2 - Moler", &[("1", "Kajer"), ("2", "Moler")]);
    }

    #[test]
    fn the_first_item_may_stand_right_below_the_header() {
        check("Referat\n1. Kajer\n\nJa.\n\n2. Moler\n\nNej.", &[("1", "Kajer"), ("2", "Moler")]);
    }

    #[test]
    fn a_numbered_list_of_people_is_no_row_of_items() {
        check("1. Kajer\n\nAfbud:\n\n1. Bo Lund\n\n2. Eva Kjær\n\n3. Per Dam\n\n2. Moler\n\nUdsat.", &[("1", "Kajer"), ("2", "Moler")]);
        check("1. Kajer\n\nTil stede\n\n1. Bo Lund\n\n2. Eva Kjær\n\n2. Moler\n\nUdsat.", &[("1", "Kajer"), ("2", "Moler")]);
    }

    #[test]
    fn an_agenda_that_is_indented_as_a_whole_is_read() {
        check("Dagsorden\n\n   1. Kajer\n\n   2. Moler", &[("1", "Kajer"), ("2", "Moler")]);
        check("Brev\n\n   3. Kajer\n\n   4. Moler", &[]);
    }

    #[test]
    fn a_heading_that_is_printed_again_is_one_item() {
        check("1. Kajer\n\n1. Kajer\n\nBeslutning\nJa.\n\n2. Moler\n\n2. Moler\n\nBeslutning\nNej.", &[("1", "Kajer"), ("2", "Moler")]);
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
