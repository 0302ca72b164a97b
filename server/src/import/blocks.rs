//! Blocks: the lines of a section as paragraphs, sub-headings, lists and tables, with what a page break or a line end cut put together.
//!
//! Owns how neighbouring lines belong together. A line is joined to the one before only where that one plainly goes on.

use dagsorden_shared::api::Finding;
use dagsorden_shared::meeting_json::{BlockJson, ListJson, MarkJson, SectionKind};
use dagsorden_shared::richtext::{Block, LineFormat, ListKind, Numbers, cells};

use super::lines::{Cell, Line};
use super::lists::{Levels, Marker};
use super::{inline, lists, tables, words};

/// A block before its marks are read. `last` is the length of the last line that went into it, in characters.
#[derive(Debug, Clone)]
enum Draft {
    Paragraph { words: Words, level: u8, gap: bool, last: usize, bold: bool },
    Heading { words: Words, level: u8 },
    Quote { words: Words },
    Item { marker: Marker, mark: String, words: Words, level: u8, last: usize },
    Table { rows: Vec<Vec<Words>>, head: bool },
}

/// A text with the marks that the file has for it; without any, they stand in the text as signs.
#[derive(Debug, Clone, Default)]
struct Words {
    text: String,
    marks: Option<Vec<MarkJson>>,
}

/// How lines of text follow one another in a whole document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wrapping {
    /// Paragraphs are cut into lines about this long, in characters.
    pub(super) width: Option<usize>,
}

/// Whether the lines of a document are paragraphs or only parts of them: then many lines go on in small letters on the next.
pub(super) fn wrapping(lines: &[Line<'_>]) -> Wrapping {
    let length = |line: &Line<'_>| line.text.chars().count();
    let pairs = || lines.windows(2).filter(|pair| !pair[1].gap && pair[1].marker().is_none() && pair[1].hint.is_none());
    let going_on = || pairs().filter(|pair| words::starts_lowercase(&pair[1].text) && length(&pair[0]) > 30).map(|pair| length(&pair[0]));
    // The longest line that goes on is full; a list of names on one line may be longer.
    let width = going_on().max().unwrap_or_default();
    let full = going_on().filter(|length| length * 10 > width * 6).count();
    let is_cut = width <= 130 && full >= 5 && full * 3 >= pairs().count();
    Wrapping { width: is_cut.then_some(width) }
}

/// Reads the lines of a section. `number` is its item's, for the findings.
pub(super) fn read(lines: &[Line<'_>], kind: SectionKind, wrapping: Wrapping, number: &str, findings: &mut Vec<Finding>) -> Vec<BlockJson> {
    let mut drafts = drafts(lines, wrapping, number, findings);
    undo_lone_numbers(&mut drafts);
    if kind != SectionKind::Recommendation {
        find_headings(&mut drafts);
    }
    let mut numbers = Numbers::default();
    let mut blocks: Vec<BlockJson> = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let start = said(&mut numbers, &draft);
        blocks.push(finish(draft, start, number, findings));
    }
    blocks
}

fn drafts(lines: &[Line<'_>], wrapping: Wrapping, number: &str, findings: &mut Vec<Finding>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut levels = Levels::default();
    let first_heading = lines.iter().filter_map(Line::heading).min().unwrap_or_default();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if lists::is_placeholder(&line.text) {
            at += 1;
            continue;
        }
        if let Some((rows, used)) = tables::hinted(&lines[at..]) {
            let words = |cell: &Cell| Words { text: cell.text.clone(), marks: Some(cell.marks.clone()) };
            levels.close();
            let rows = rows.into_iter().map(|row| row.iter().map(words).collect()).collect();
            drafts.push(Draft::Table { rows, head: line.hint.is_some_and(|hint| hint.head) });
            at += used;
            continue;
        }
        if let Some((rows, used)) = tables::read(&lines[at..]) {
            let marks = line.hint.map(|_| Vec::new());
            let words = |text| Words { text, marks: marks.clone() };
            levels.close();
            let rows = rows.into_iter().map(|row| row.into_iter().map(words).collect()).collect();
            drafts.push(Draft::Table { rows, head: false });
            at += used;
            continue;
        }
        at += 1;
        let length = line.text.chars().count();
        let words = |text: &str| Words { text: text.to_owned(), marks: line.marks(text) };
        if let Some(level) = line.heading() {
            levels.close();
            drafts.push(Draft::Heading { words: words(&line.text), level: if level == first_heading { 2 } else { 3 } });
            continue;
        }
        if line.hint.is_some_and(|hint| hint.quote) {
            levels.close();
            drafts.push(Draft::Quote { words: words(&line.text) });
            continue;
        }
        if let Some((marker, text)) = line.marker()
            && let indent = line.list().map_or(line.indent, |list| list.level.into())
            && let Some(level) = levels.level(indent, marker, begins(line, marker, &lines[at..]))
        {
            let mark = line.text[..line.text.len() - text.len()].to_owned();
            let level = line.list().map_or(level, |list| list.level.min(8));
            drafts.push(Draft::Item { marker, mark, words: words(text), level, last: length });
            continue;
        }
        if let Some(words) = join(drafts.last_mut(), line, wrapping) {
            if line.gap {
                findings.push(Finding::JoinedParagraph { number: number.to_owned(), words });
            }
            continue;
        }
        // A paragraph between two lines of a list, without a gap, belongs to the first of them.
        let goes_on = lines.get(at).is_some_and(|next| !next.gap && next.marker().is_some());
        let level = match drafts.last() {
            Some(Draft::Item { level, .. }) if !line.gap && goes_on || line.hint.is_some_and(|hint| hint.indented) => (level + 1).min(8),
            Some(Draft::Paragraph { level, .. }) if *level > 0 && line.hint.is_some_and(|hint| hint.indented) => *level,
            _ => {
                levels.close();
                line.list().map_or(0, |list| list.level.min(8))
            }
        };
        let bold = line.hint.is_some_and(|hint| hint.bold);
        drafts.push(Draft::Paragraph { words: words(&line.text), level, gap: line.gap, last: length, bold });
    }
    drafts
}

/// Whether a list begins at this line with a number that follows from nothing: a file with layout says that it does, where it is a plain number;
/// in a plain text the next line of the list has the next number.
fn begins(line: &Line<'_>, marker: Marker, below: &[Line<'_>]) -> bool {
    let Marker::Ordered(number) = marker else { return true };
    if let Some(list) = line.list() {
        let label = line.text[..list.label].trim().trim_start_matches('(').trim_end_matches(['.', ')']);
        return label.len() == 1 && label.starts_with(|c: char| c.is_ascii_lowercase()) || label.bytes().all(|byte| byte.is_ascii_digit());
    }
    let next = below.iter().find(|next| next.indent <= line.indent && (next.gap || next.marker().is_some()));
    next.is_some_and(|next| next.indent == line.indent && matches!(next.marker(), Some((Marker::Ordered(other), _)) if other == number + 1))
}

/// Puts a line at the end of the block before it, if that plainly goes on; the words around the joint.
fn join(last: Option<&mut Draft>, line: &Line<'_>, wrapping: Wrapping) -> Option<String> {
    let (words, last, is_item) = match last? {
        Draft::Paragraph { words, last, .. } => (words, last, false),
        Draft::Item { words, last, .. } => (words, last, true),
        Draft::Heading { .. } | Draft::Quote { .. } | Draft::Table { .. } => return None,
    };
    // A file with layout says itself where a paragraph ends.
    if words.marks.is_some() {
        return None;
    }
    let text = &mut words.text;
    let next = line.text.as_ref();
    let joint = text.len();
    let lowercase = words::starts_lowercase(next);
    if lowercase && text.len() >= 20 && is_hyphenated(text) {
        let cut = words::tail(text, 60);
        let word = cut.trim_end_matches('-').rsplit(' ').next().unwrap_or_default();
        let first = next.split(' ').next().unwrap_or_default();
        if matches!(first, "og" | "eller" | "samt" | "&") {
            text.push(' ');
        } else if word.chars().any(char::is_lowercase) {
            // The hyphen came with the page break; in "KKR-" it belongs to the word.
            text.pop();
        }
        text.push_str(next);
    } else {
        // Short lines are not cut by a page: they are entries of a list without marks, or headings.
        let long = text.len() >= if is_item && line.gap { 60 } else { 40 };
        let goes_on = lowercase && long && !next.starts_with("kl.") && !words::ends_sentence(text) && !(line.gap && opens_list(text));
        let full = !line.gap && is_full(text, *last, wrapping);
        if !goes_on && !full {
            return None;
        }
        text.push(' ');
        text.push_str(next);
    }
    *last = next.chars().count();
    let joint = joint.min(text.len());
    let mut from = joint;
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    let before = words::tail(&text[..from], 30);
    let after = words::head(&text[from..], 30);
    Some(format!("{before}{after}"))
}

fn is_hyphenated(text: &str) -> bool {
    text.strip_suffix('-').is_some_and(|text| text.ends_with(char::is_alphanumeric))
}

/// `…, at` above lines that each say one thing.
fn opens_list(text: &str) -> bool {
    [", at", "indstiller at", "indstilles at", "anbefales at"].iter().any(|end| text.ends_with(end))
}

/// In a document of cut lines: whether the last line is so full that the next one belongs to it.
fn is_full(text: &str, last: usize, wrapping: Wrapping) -> bool {
    let Some(width) = wrapping.width else { return false };
    last * 10 > width * if words::ends_sentence(text) { 8 } else { 7 }
}

/// A number that no second one follows is no list: `1. halvår 2026 …`.
fn undo_lone_numbers(drafts: &mut [Draft]) {
    // From the end: whether a 2 has been seen at each level since the last 1.
    let mut seconds = [false; 16];
    for at in (0..drafts.len()).rev() {
        if let Draft::Item { marker: Marker::Ordered(number), level, mark, words: Words { text, marks: None }, last } = &drafts[at] {
            let (number, level, last) = (*number, *level, *last);
            match number {
                1 if !std::mem::take(&mut seconds[usize::from(level)]) => {
                    let words = Words { text: format!("{mark}{text}"), marks: None };
                    drafts[at] = Draft::Paragraph { words, level: 0, gap: true, last, bold: false };
                }
                2 => seconds[usize::from(level)] = true,
                _ => {}
            }
        }
    }
}

/// Short paragraphs above text are sub-headings; where the file has marks of its own, only bold ones.
fn find_headings(drafts: &mut [Draft]) {
    for at in 0..drafts.len() {
        let Draft::Paragraph { words: Words { text, marks }, level: 0, gap, bold, .. } = &drafts[at] else { continue };
        if !(*gap || at == 0) || !words::looks_like_title(text) || marks.is_some() && !bold {
            continue;
        }
        let heads = match drafts.get(at + 1) {
            Some(Draft::Paragraph { words: Words { text: next, .. }, .. }) => {
                *bold
                    || next.ends_with(['.', '?', '!', ':'])
                    || next.chars().count() > 80
                    || (words::looks_like_title(next) && at + 2 < drafts.len())
            }
            Some(Draft::Item { .. } | Draft::Table { .. }) => text.chars().count() <= 60,
            Some(Draft::Heading { .. } | Draft::Quote { .. }) | None => false,
        };
        if heads {
            drafts[at] = Draft::Heading { words: Words { text: text.clone(), marks: marks.clone() }, level: 2 };
        }
    }
}

/// What a line must say of its number; counts all of them.
fn said(numbers: &mut Numbers, draft: &Draft) -> Option<u16> {
    let Draft::Item { marker, level, .. } = draft else {
        numbers.next(&LineFormat::PARAGRAPH);
        return None;
    };
    let kind = if marker.list() == ListJson::Ordered { ListKind::Ordered } else { ListKind::Bullet };
    let format = LineFormat { indent: *level, ..LineFormat::of(Block::ListItem(kind)) };
    match marker {
        Marker::Ordered(number) => numbers.said(&format, *number),
        Marker::Bullet => numbers.next(&format).and(None),
    }
}

fn finish(draft: Draft, start: Option<u16>, number: &str, findings: &mut Vec<Finding>) -> BlockJson {
    let mut marked = |words: Words| -> (String, Vec<MarkJson>) {
        if let Some(marks) = words.marks {
            return (words.text, marks);
        }
        let inline = inline::parse(&words.text);
        findings.extend(inline.dead.into_iter().map(|words| Finding::DeadLink { number: number.to_owned(), words }));
        (inline.text, inline.marks)
    };
    match draft {
        Draft::Paragraph { words, level, .. } => {
            let (text, marks) = marked(words);
            BlockJson::Paragraph { text, marks, level }
        }
        Draft::Heading { words, level } => {
            let (text, marks) = marked(words);
            // A heading that is bold or in italics as a whole is so by being a heading.
            let units = text.encode_utf16().count() as u32;
            let marks = marks.into_iter().filter(|mark| (mark.start, mark.end) != (0, units) || mark.link.is_some()).collect();
            BlockJson::Heading { text, marks, level }
        }
        Draft::Quote { words } => {
            let (text, marks) = marked(words);
            BlockJson::Quote { text, marks }
        }
        Draft::Item { marker, words, level, .. } => {
            let (text, marks) = marked(words);
            BlockJson::ListItem { list: marker.list(), level, start, text, marks }
        }
        Draft::Table { rows, head } => {
            let read: Vec<Vec<(String, Vec<MarkJson>)>> = rows.into_iter().map(|row| row.into_iter().map(&mut marked).collect()).collect();
            let is_marked = read.iter().flatten().any(|(_, marks)| !marks.is_empty());
            let (rows, cell_marks): (Vec<Vec<String>>, Vec<Vec<Vec<MarkJson>>>) =
                read.into_iter().map(|row| row.into_iter().unzip()).unzip();
            // What the file marks as a head is one; that it marks none says nothing.
            let says = head && !cells::has_head(None, rows.first().map_or(&[][..], Vec::as_slice), rows.len());
            BlockJson::Table { rows, cell_marks: if is_marked { cell_marks } else { Vec::new() }, head: says.then_some(true) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    /// Blocks as short text: `# heading`, `2- item`, `1. item`, `> indented`, rows between strokes.
    fn shown(text: &str, kind: SectionKind) -> (Vec<String>, Vec<Finding>) {
        let lines = lines::split(text, 100).0;
        let mut findings = Vec::new();
        let blocks = read(&lines, kind, wrapping(&lines), "7", &mut findings);
        let show = |block: BlockJson| match block {
            BlockJson::Paragraph { text, level, .. } => format!("{}{text}", "> ".repeat(level.into())),
            BlockJson::Heading { text, .. } => format!("# {text}"),
            BlockJson::ListItem { list, level, start, text, .. } => {
                let start = start.map(|start| format!("={start}")).unwrap_or_default();
                format!("{level}{start}{} {text}", if list == ListJson::Bullet { '-' } else { '.' })
            }
            BlockJson::Quote { text, .. } => format!("\" {text}"),
            BlockJson::Table { rows, .. } => rows.iter().map(|row| row.join("|")).collect::<Vec<_>>().join(" / "),
        };
        (blocks.into_iter().map(show).collect(), findings)
    }

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(shown(text, SectionKind::Case).0, expected, "{text}");
    }

    #[test]
    fn paragraphs_headings_lists_and_tables_are_told_apart() {
        check(
            "Kajerne\n\nKajerne er gamle.\n\nTre ting:\n\n- et\n - under\n- to\n\nTal\n\nÅr\tMeter\n2025\t4\n\nSlut.",
            &["# Kajerne", "Kajerne er gamle.", "Tre ting:", "0- et", "1- under", "0- to", "# Tal", "År|Meter / 2025|4", "Slut."],
        );
        check("Referatet blev godkendt", &["Referatet blev godkendt"]);
        assert_eq!(shown("Til drøftelse\n\nTekst er her.", SectionKind::Recommendation).0, ["Til drøftelse", "Tekst er her."]);
    }

    #[test]
    fn a_paragraph_cut_by_a_page_is_joined_and_told() {
        let (blocks, findings) = shown("Kajerne bliver bygget over en kort årrække, og derved kunne\n\nhavnen vokse.", SectionKind::Case);
        assert_eq!(blocks, ["Kajerne bliver bygget over en kort årrække, og derved kunne havnen vokse."]);
        assert_eq!(findings, [Finding::JoinedParagraph { number: "7".into(), words: "ort årrække, og derved kunne havnen vokse.".into() }]);
        check(
            "Aftalen forlænges, så der er tid til at tage bestik af krav (jf.\n\nloven).",
            &["Aftalen forlænges, så der er tid til at tage bestik af krav (jf. loven)."],
        );
        check(
            "Formandskabet indstiller til det store Kystforum, at\n\ngodkende",
            &["Formandskabet indstiller til det store Kystforum, at", "godkende"],
        );
    }

    #[test]
    fn hyphens_of_a_page_break_go_and_others_stay() {
        check("Kredsen ønsker en fæl-\n\nles plan.", &["Kredsen ønsker en fælles plan."]);
        check("Kredsen ønsker børne-\nog ungeplaner.", &["Kredsen ønsker børne- og ungeplaner."]);
        check("Kredsen ønsker nye KKR-\nmøder.", &["Kredsen ønsker nye KKR-møder."]);
    }

    #[test]
    fn paragraphs_inside_a_list_belong_to_its_line() {
        check("- et\n - *under*\nHer forklares det.\n - to\n\nSlut.", &["0- et", "1- under", "> > Her forklares det.", "1- to", "Slut."]);
    }

    #[test]
    fn numbers_make_a_list_only_if_they_follow_one_another() {
        check(" 1. Plan\n 2. Kort", &["0. Plan", "0. Kort"]);
        check("3. Tredje\n4. Fjerde", &["0=3. Tredje", "0. Fjerde"]);
        check("3. Tredje er nævnt.\n\nFærdig.\n\n4. Fjerde er nævnt.", &["3. Tredje er nævnt.", "Færdig.", "4. Fjerde er nævnt."]);
        check("1. Første\n2. Anden\n\nDet går videre.\n\n3. Tredje", &["0. Første", "0. Anden", "Det går videre.", "0=3. Tredje"]);
        check("1. Første\n2. Anden\n\n1. Forfra\n2. Igen", &["0. Første", "0. Anden", "0=1. Forfra", "0. Igen"]);
        check("1. halvår 2026 bliver travlt.", &["1. halvår 2026 bliver travlt."]);
        check("23. August mødes udvalget.", &["23. August mødes udvalget."]);
    }

    #[test]
    fn lines_cut_at_a_width_become_paragraphs_again() {
        let text = "Havnen ligger ved kysten, hvor der er godt\nlæ for den hårde vind, og den er fra 1910,\nmen havnen er slidt og skal bygges om i løbet\naf de næste år, så der bliver plads til de\nnye både. Bygningen begynder i maj, når\nByrådet har sagt ja, og slutter senest to\når efter, hvis vejret er godt nok til det\nog pengene rækker til det.\nNæste afsnit begynder her.\n\nNy linje.";
        let blocks = shown(text, SectionKind::Case).0;
        assert_eq!(blocks.len(), 3, "{blocks:?}");
        assert!(blocks[0].contains("når Byrådet har sagt ja"), "{blocks:?}");
    }
}
