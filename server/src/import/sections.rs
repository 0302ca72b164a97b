//! Sections: the lines of an item, cut at its headings, with its attachments and its second title taken out.
//!
//! Owns where a heading may stand. In a document that writes its headings in capitals, `Baggrund` in small letters is a sub-heading; a title
//! that is printed a second time is not text; a heading that comes again begins a sub-case.

use std::ops::Range;

use dagsorden_shared::api::LeftOutWhy as Why;
use dagsorden_shared::meeting_json::{AttachmentJson, SectionKind};

use super::account::Reasons;
use super::headings::{self, Begins};
use super::lines::Line;
use super::{attachments, lists, words};

/// Habits of a whole document, read before any item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Habits {
    /// Headings of sections are in capitals.
    pub(super) capitals: bool,
    /// Titles of items are printed a second time.
    pub(super) second_titles: bool,
    /// Level of the headings of sections, if the file says that they are headings.
    pub(super) level: Option<u8>,
}

/// A section before its lines are read.
#[derive(Debug, Clone, Default)]
pub(super) struct Section<'a> {
    /// As written; `None` for text before the first heading or below a second title.
    pub(super) heading: Option<String>,
    /// What it is.
    pub(super) kind: SectionKind,
    /// Its text.
    pub(super) lines: Vec<Line<'a>>,
}

/// An item cut into its parts.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts<'a> {
    /// A second title that differs from the first.
    pub(super) alt_title: Option<String>,
    /// In their order.
    pub(super) sections: Vec<Section<'a>>,
    /// In their order.
    pub(super) attachments: Vec<AttachmentJson>,
    /// The attachments are only mentioned in the text, where their words stand.
    pub(super) only_mentioned: bool,
}

/// Reads the habits of a document from the titles and lines of its items.
pub(super) fn habits<'a>(items: impl Iterator<Item = (&'a str, &'a [Line<'a>])>) -> Habits {
    let (mut capitals, mut small, mut repeated) = (0, 0, 0);
    let mut level: Option<u8> = None;
    for (title, lines) in items {
        repeated += usize::from(again(lines, title).is_some());
        let known = lines.iter().filter(|line| headings::parse(&line.text).is_some()).filter_map(Line::heading).min();
        level = level.into_iter().chain(known).min();
        for heading in lines.iter().filter_map(|line| headings::parse(&line.text)) {
            // Only words that are no sub-headings tell.
            if matches!(heading.begins, Begins::Section(SectionKind::Decision | SectionKind::Recommendation)) {
                *(if headings::is_capitals(heading.text) { &mut capitals } else { &mut small }) += 1;
            }
        }
    }
    Habits { capitals: capitals > small, second_titles: repeated >= 2, level }
}

fn is_again(line: &Line<'_>, title: &str) -> bool {
    words::same_title(&line.text, title)
}

/// The lines, mostly one, that print the title again.
fn again(lines: &[Line<'_>], title: &str) -> Option<Range<usize>> {
    let is_cut = |pair: &[Line<'_>]| {
        let rest = title.strip_prefix(pair[0].text.as_ref()).filter(|rest| rest.starts_with(' '));
        !pair[1].gap && rest.is_some_and(|rest| rest.trim_start() == pair[1].text)
    };
    let whole = lines.iter().position(|line| is_again(line, title)).map(|at| at..at + 1);
    whole.or_else(|| lines.windows(2).position(is_cut).map(|at| at..at + 2))
}

/// The lines that print the title again, in the same words or in others.
fn second_title(lines: &[Line<'_>], title: &str, habits: Habits) -> Option<Range<usize>> {
    if let Some(again) = again(lines, title).filter(|again| habits.second_titles || again.start == 0 || again.end == lines.len()) {
        return Some(again);
    }
    let section =
        lines.iter().position(|line| matches!(headings::parse(&line.text), Some(heading) if heading.begins != Begins::Attachments))?;
    let before_first = section.checked_sub(1).filter(|at| may_be_title(&lines[*at]));
    if let Some(at) = before_first {
        let likeness = words::likeness(title, &lines[at].text);
        let after_files = at > 1
            && headings::parse(&lines[0].text).is_some_and(|heading| heading.begins == Begins::Attachments)
            && lines[1..at].iter().all(|line| attachments::is_file_name(&line.text));
        if likeness >= 60 && (at == 0 || after_files || habits.second_titles) || habits.second_titles && (at == 0 || after_files) {
            return Some(at..section);
        }
    }
    // Below a decision that stands first.
    let next = lines[section + 1..].iter().position(|line| headings::parse(&line.text).is_some())? + section;
    let is_alike = may_be_title(&lines[next]) && words::likeness(title, &lines[next].text) >= 60;
    (habits.second_titles && next > section && is_alike).then_some(next..next + 1)
}

fn may_be_title(line: &Line<'_>) -> bool {
    line.gap
        && line.text.chars().nth(300).is_none()
        && !line.text.ends_with(['.', ':', ';', ','])
        && line.marker().is_none()
        && line.row().is_none()
        && !lists::is_placeholder(&line.text)
        && !attachments::is_file_name(&line.text)
        && headings::parse(&line.text).is_none()
}

/// Cuts the lines of an item. `reasons` learns why lines are in none of its parts.
pub(super) fn cut<'a>(title: &str, lines: &'a [Line<'a>], habits: Habits, reasons: &mut Reasons) -> Parts<'a> {
    let second = second_title(lines, title, habits).unwrap_or_default();
    let differs = second.len() == 1 && !is_again(&lines[second.start], title);
    let mut parts = Parts::default();
    let mut section = Section { kind: SectionKind::Case, ..Section::default() };
    let mut files: Option<Vec<&'a Line<'a>>> = None;
    for (at, line) in lines.iter().enumerate() {
        if second.contains(&at) {
            if differs {
                parts.alt_title = Some(line.text.clone().into_owned());
            } else {
                reasons.whole(line, Why::Repeated);
            }
            end_files(&mut files, &mut parts, reasons);
            begin(&mut parts, &mut section, None, SectionKind::Case);
            continue;
        }
        match heading(line, habits, section.heading.is_some(), at, lines) {
            Some((text, Begins::Section(kind), rest)) => {
                end_files(&mut files, &mut parts, reasons);
                let sub_case = sub_case_title(&parts, &mut section, kind);
                begin(&mut parts, &mut section, Some(text), kind);
                section.lines.extend(sub_case);
                if !rest.is_empty() {
                    section.lines.push(line.tail(rest));
                }
            }
            Some((_, Begins::Attachments, _)) => {
                end_files(&mut files, &mut parts, reasons);
                files = Some(Vec::new());
                reasons.part(line, Why::Label);
            }
            None => match &mut files {
                // A long sentence below the files is text again.
                Some(_) if line.gap && line.text.len() > 160 && line.text.ends_with('.') => {
                    end_files(&mut files, &mut parts, reasons);
                    begin(&mut parts, &mut section, None, SectionKind::Case);
                    section.lines.push(line.clone());
                }
                Some(files) => {
                    files.push(line);
                    reasons.part(line, Why::Label);
                }
                None => match attachments::numbered(&line.text).filter(|_| line.row().is_none()) {
                    Some(attachment) => {
                        parts.attachments.push(attachment);
                        reasons.part(line, Why::Label);
                    }
                    None => section.lines.push(line.clone()),
                },
            },
        }
    }
    end_files(&mut files, &mut parts, reasons);
    begin(&mut parts, &mut section, None, SectionKind::Case);
    if parts.attachments.is_empty() {
        let lines = parts.sections.iter().flat_map(|section| &section.lines);
        parts.attachments = lines.filter_map(|line| attachments::mentioned(&line.text)).collect();
        parts.only_mentioned = true;
    }
    parts
}

/// Puts the section that is being read away, unless it is nameless and without text, and begins the next.
fn begin<'a>(parts: &mut Parts<'a>, section: &mut Section<'a>, heading: Option<String>, kind: SectionKind) {
    let done = std::mem::replace(section, Section { heading, kind, lines: Vec::new() });
    if done.heading.is_some() || done.lines.iter().any(|line| !lists::is_placeholder(&line.text)) {
        parts.sections.push(done);
    }
}

fn end_files<'a>(files: &mut Option<Vec<&'a Line<'a>>>, parts: &mut Parts<'_>, reasons: &mut Reasons) {
    if let Some(files) = files.take() {
        attachments::merge(&mut parts.attachments, attachments::list(&files), reasons);
    }
}

/// The heading that a line is in this document: its text, what it begins, and text on the same line.
fn heading<'a>(line: &'a Line<'a>, habits: Habits, in_named: bool, at: usize, lines: &[Line<'_>]) -> Option<(String, Begins, &'a str)> {
    if line.row().is_some() || line.list().is_some() && line.heading().is_none() {
        return None;
    }
    let Some(heading) = headings::parse(&line.text) else {
        return own_heading(line, habits, in_named, at, lines)
            .then(|| (line.text.clone().into_owned(), Begins::Section(SectionKind::Other), ""));
    };
    let is_sub_heading = habits.capitals
        && !headings::is_capitals(heading.text)
        && matches!(heading.begins, Begins::Section(SectionKind::Background | SectionKind::Resume | SectionKind::Case));
    // In a file that says what is a heading, a deeper one is a sub-heading.
    let is_sub_heading = is_sub_heading || line.heading().is_some_and(|own| habits.level.is_some_and(|level| own > level));
    // Text after a colon makes a heading only where a sentence may begin.
    let is_inside = !heading.rest.is_empty() && !line.gap && at > 0 && !words::ends_sentence(&lines[at - 1].text);
    (!is_sub_heading && !is_inside).then(|| (heading.text.to_owned(), heading.begins, heading.rest))
}

/// In a document with headings in capitals, any short line in capitals is one; where the file says what is a heading, any of the level that
/// those of sections have, below one of them: above the first it heads a part of the text that has no heading of its own.
fn own_heading(line: &Line<'_>, habits: Habits, in_named: bool, at: usize, lines: &[Line<'_>]) -> bool {
    if line.hint.is_some() {
        return in_named && line.heading().is_some_and(|level| habits.level.is_some_and(|sections| level <= sections));
    }
    habits.capitals
        && line.gap
        && line.text.len() <= 60
        && !line.raw.contains('\t')
        && headings::is_capitals(&line.text)
        && line.text.chars().filter(|c| c.is_alphabetic()).count() >= 5
        && words::looks_like_title(line.text.trim_end_matches(':'))
        && at + 1 < lines.len()
}

/// The title of a sub-case: it stands right above a heading that the item already had, and belongs to what follows.
fn sub_case_title<'a>(parts: &Parts<'a>, section: &mut Section<'a>, kind: SectionKind) -> Option<Line<'a>> {
    let again = section.kind == kind && section.heading.is_some()
        || parts.sections.iter().any(|known| known.kind == kind && known.heading.is_some());
    let opens = matches!(kind, SectionKind::Background | SectionKind::Resume | SectionKind::Case);
    let last = section.lines.last()?;
    let is_title =
        last.gap && last.marker().is_none() && last.row().is_none() && words::looks_like_title(&last.text) && !last.raw.contains('\t');
    if again && opens && is_title && section.lines.len() > 1 { section.lines.pop() } else { None }
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn check(title: &str, text: &str, habits: Habits, expected: &[(&str, SectionKind, usize)]) -> (Option<String>, Vec<String>) {
        let lines = lines::split(text, 100).0;
        let parts = cut(title, &lines, habits, &mut Reasons::default());
        let seen: Vec<_> =
            parts.sections.iter().map(|section| (section.heading.as_deref().unwrap_or(""), section.kind, section.lines.len())).collect();
        assert_eq!(seen, expected, "{text}");
        (parts.alt_title, parts.attachments.into_iter().map(|attachment| attachment.title).collect())
    }

    #[test]
    fn lines_belong_to_the_heading_above_them() {
        use SectionKind::{Background, Case, Decision, Recommendation};
        let text = "Gæst kl. 9.\n\nBaggrund\nTekst.\n\nIndstilling:\n\n- at\n\nBilag 1: Kort\n\nReferat: Godkendt.\n\nBilag\n\nPlan.pdf";
        let expected = [("", Case, 1), ("Baggrund", Background, 1), ("Indstilling:", Recommendation, 1), ("Referat:", Decision, 1)];
        let (_, files) = check("Kajer", text, Habits::default(), &expected);
        assert_eq!(files, ["Kort", "Plan.pdf"]);
    }

    #[test]
    fn a_second_title_is_no_text_and_ends_what_stands_before_it() {
        use SectionKind::{Background, Case, Decision};
        let habits = Habits { second_titles: true, ..Habits::default() };
        let text = "Beslutning\n\nJa.\n\nKajer\n\nGæst kl. 9.\n\nBaggrund\nTekst.";
        check("Kajer", text, habits, &[("Beslutning", Decision, 1), ("", Case, 1), ("Baggrund", Background, 1)]);
        let text = "Bilag\n\nPlan.pdf\n\nDrøftelse af nye kajer\n\nBaggrund\n\nTekst.";
        let (alt, files) = check("Godkendelse af nye kajer", text, habits, &[("Baggrund", Background, 1)]);
        assert_eq!((alt.as_deref(), files.as_slice()), (Some("Drøftelse af nye kajer"), &["Plan.pdf".to_owned()][..]));
        check("Kajer", "Beslutning\n\nJa.\n\nKajer", Habits::default(), &[("Beslutning", Decision, 1)]);
    }

    #[test]
    fn capitals_make_other_spellings_sub_headings() {
        use SectionKind::{Case, Other};
        let habits = Habits { capitals: true, ..Habits::default() };
        check(
            "Kajer",
            "SAGSFREMSTILLING\n\nBaggrund\n\nTekst.\n\nØKONOMI\n\nTekst.",
            habits,
            &[("SAGSFREMSTILLING", Case, 2), ("ØKONOMI", Other, 1)],
        );
    }

    #[test]
    fn the_title_of_a_sub_case_goes_with_what_it_heads() {
        use SectionKind::{Background, Recommendation};
        let text = "Baggrund\nTo emner:\n\nKaj A\nBaggrund\nTekst.\n\nIndstilling\nTil drøftelse\n\nKaj B\nBaggrund\nTekst.";
        let expected =
            [("Baggrund", Background, 1), ("Baggrund", Background, 2), ("Indstilling", Recommendation, 1), ("Baggrund", Background, 2)];
        check("Kajer", text, Habits::default(), &expected);
    }

    #[test]
    fn what_the_text_mentions_is_an_attachment_only_where_there_is_no_other() {
        let (_, files) = check("Kajer", "Tekst.\nBilag: Kort", Habits::default(), &[("", SectionKind::Case, 2)]);
        assert_eq!(files, ["Kort"]);
        let (_, files) = check("Kajer", "Bilag: Kort\n\nBilag\n\nKort.pdf", Habits::default(), &[("", SectionKind::Case, 1)]);
        assert_eq!(files, ["Kort.pdf"]);
        check("Kajer", "-\n\nBeslutning\n\n-", Habits::default(), &[("Beslutning", SectionKind::Decision, 1)]);
    }
}
