//! The account of words: each word of a file is in its meeting or in the list of what was left out.
//!
//! The other modules say why a line, or what is missing of it, is not in the meeting ([`Reasons`]); this one counts. Each part of the file is
//! held against its part of the meeting, and a word that the part has fewer times than the file is left out. So the law holds whatever the
//! rules about agendas do. A word is a run of letters and digits; the mark of a list line is none, since the list shows it.

use std::collections::HashMap;

use dagsorden_shared::api::{LeftOut, LeftOutWhy as Why};
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, MarkJson, MeetingJson};

use super::lines::Line;

/// Why lines are not in the meeting, by their place in the file.
#[derive(Debug, Default)]
pub(super) struct Reasons {
    by_line: HashMap<usize, Reason>,
}

#[derive(Debug, Clone, Copy)]
struct Reason {
    why: Why,
    /// Nothing of the line is in the meeting.
    whole: bool,
}

impl Reasons {
    /// What is missing of this line is missing for this reason.
    pub(super) fn part(&mut self, line: &Line<'_>, why: Why) {
        self.by_line.entry(line.at).or_insert(Reason { why, whole: false });
    }

    /// The whole line is left out.
    pub(super) fn whole(&mut self, line: &Line<'_>, why: Why) {
        self.by_line.insert(line.at, Reason { why, whole: true });
    }
}

/// What was left out so far.
#[derive(Debug, Default)]
pub(super) struct Account {
    left: Vec<(usize, LeftOut)>,
}

impl Account {
    /// Enters lines of which nothing is in the meeting.
    pub(super) fn leave<'a>(&mut self, lines: impl IntoIterator<Item = &'a Line<'a>>, why: Why) {
        for line in lines {
            self.enter(line.at, line.text.clone().into_owned(), why);
        }
    }

    /// Enters what is missing of the lines of a part of the file. `default` is the reason of a line without one of its own.
    pub(super) fn settle<'a>(
        &mut self,
        lines: impl IntoIterator<Item = &'a Line<'a>>,
        mut pool: Pool<'_>,
        reasons: &Reasons,
        default: Why,
    ) {
        let mut open = Vec::new();
        for line in lines {
            line.halves.iter().for_each(|halves| self.enter(line.at, halves.clone(), Why::Cut));
            let reason = reasons.by_line.get(&line.at).copied().unwrap_or(Reason { why: default, whole: false });
            if reason.whole {
                self.enter(line.at, line.text.clone().into_owned(), reason.why);
            } else if !pool.take_text(&line.text[mark(line)..]) && !pool.take_text(&line.text) {
                open.push((line, reason.why));
            }
        }
        let mut pool = pool.into_words();
        let mut open = open.into_iter().peekable();
        let mut is_rest_of_word = false;
        while let Some((line, why)) = open.next() {
            // The words after the mark of a list line; a first word that belongs to the line before is counted.
            let mut counted: Vec<(usize, &str)> = words_after_mark(line).skip(usize::from(std::mem::take(&mut is_rest_of_word))).collect();
            if line.text.ends_with('-')
                && let Some((_, half)) = counted.last()
                && let Some((_, rest)) = open.peek().and_then(|(next, _)| words_after_mark(next).next())
                && pool.take(&format!("{half}{rest}"))
            {
                self.enter(line.at, format!("{half}- {rest}"), Why::Cut);
                counted.pop();
                is_rest_of_word = true;
            }
            if let Some(missing) = missing(line, &counted, &mut pool) {
                let why = if why == Why::NoPlace && line.text.contains("](") { Why::Link } else { why };
                self.enter(line.at, missing, why);
            }
        }
    }

    /// All that was left out, in the order of the file.
    pub(super) fn close(mut self) -> Vec<LeftOut> {
        self.left.sort_by_key(|(at, _)| *at);
        self.left.into_iter().map(|(_, left)| left).filter(|left| words(&left.text).next().is_some()).collect()
    }

    fn enter(&mut self, at: usize, text: String, why: Why) {
        self.left.push((at, LeftOut { text, why }));
    }
}

/// The texts of a part of the meeting that no line was found for yet, with how many times they stand there. Most lines are a text as they are.
#[derive(Debug, Default)]
pub(super) struct Pool<'a> {
    texts: HashMap<&'a str, u32>,
}

/// The words of the texts that are left.
struct Words<'a> {
    words: HashMap<&'a str, u32>,
}

impl<'a> Pool<'a> {
    /// The words of the header. What it has as a date or a time is not counted: it is written otherwise in the file.
    pub(super) fn of_header(meeting: &'a MeetingJson) -> Self {
        let mut pool = Self::default();
        pool.add(&meeting.forum);
        pool.add(&meeting.title);
        [&meeting.place, &meeting.case_id, &meeting.document_id].into_iter().flatten().for_each(|text| pool.add(text));
        for person in &meeting.participants {
            pool.add(&person.name);
            [&person.organisation, &person.role].into_iter().flatten().for_each(|text| pool.add(text));
        }
        pool
    }

    /// The words of an item. Guests and the parties of a recommendation are copies of its text and do not count; nor do attachments if the
    /// text only mentions them.
    pub(super) fn of_item(item: &'a ItemJson, attachments_are_copies: bool) -> Self {
        let mut pool = Self::default();
        [&item.number, &item.alt_title].into_iter().flatten().for_each(|text| pool.add(text));
        pool.add(&item.title);
        for section in &item.sections {
            section.heading.iter().for_each(|text| pool.add(text));
            section.blocks.iter().for_each(|block| pool.add_block(block));
        }
        if !attachments_are_copies {
            for attachment in &item.attachments {
                attachment.number.iter().for_each(|text| pool.add(text));
                pool.add(&attachment.title);
            }
        }
        pool
    }

    fn add_block(&mut self, block: &'a BlockJson) {
        let mut add = |text: &'a str, marks: &'a [MarkJson]| {
            self.add(text);
            marks.iter().filter_map(|mark| mark.link.as_deref()).for_each(|link| self.add(link));
        };
        match block {
            BlockJson::Paragraph { text, marks, .. }
            | BlockJson::Heading { text, marks, .. }
            | BlockJson::ListItem { text, marks, .. }
            | BlockJson::Quote { text, marks } => add(text, marks),
            BlockJson::Table { rows, cell_marks, .. } => {
                rows.iter().flatten().for_each(|text| add(text, &[]));
                cell_marks.iter().flatten().for_each(|marks| add("", marks));
            }
        }
    }

    fn add(&mut self, text: &'a str) {
        if !text.is_empty() {
            *self.texts.entry(text).or_default() += 1;
        }
    }

    fn take_text(&mut self, text: &str) -> bool {
        take(&mut self.texts, text)
    }

    fn into_words(self) -> Words<'a> {
        let mut counted = HashMap::new();
        for (text, count) in self.texts.into_iter().filter(|(_, count)| *count > 0) {
            words(text).for_each(|(_, word)| *counted.entry(word).or_default() += count);
        }
        Words { words: counted }
    }
}

impl Words<'_> {
    /// Takes a word out, if it is there.
    fn take(&mut self, word: &str) -> bool {
        take(&mut self.words, word)
    }
}

fn take(counts: &mut HashMap<&str, u32>, text: &str) -> bool {
    match counts.get_mut(text) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}

/// What of a line is not in the pool: words one after another as written, with an ellipsis for what stands between.
fn missing(line: &Line<'_>, counted: &[(usize, &str)], pool: &mut Words<'_>) -> Option<String> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut goes_on = false;
    for (at, word) in counted {
        let end = at + word.len();
        if pool.take(word) {
            goes_on = false;
        } else if let Some((_, to)) = runs.last_mut().filter(|_| goes_on) {
            *to = end;
        } else {
            runs.push((*at, end));
            goes_on = true;
        }
    }
    let parts: Vec<&str> = runs.into_iter().map(|(from, to)| &line.text[from..to]).collect();
    (!parts.is_empty()).then(|| parts.join(" … "))
}

/// Bytes of the mark of a list line.
fn mark(line: &Line<'_>) -> usize {
    line.marker().map_or(0, |(_, rest)| line.text.len() - rest.len())
}

fn words_after_mark<'a>(line: &'a Line<'_>) -> impl Iterator<Item = (usize, &'a str)> {
    let mark = mark(line);
    words(&line.text[mark..]).map(move |(at, word)| (at + mark, word))
}

/// The words of a text, with where they begin.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let from = at + text[at..].find(char::is_alphanumeric)?;
        let to = text[from..].find(|c: char| !c.is_alphanumeric()).map_or(text.len(), |length| from + length);
        at = to;
        Some((from, &text[from..to]))
    })
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    /// `title` is all that the meeting has.
    fn check(text: &str, title: &str, expected: &[(&str, Why)]) {
        let lines = lines::split(text, 100).0;
        let item = ItemJson { title: title.to_owned(), ..ItemJson::default() };
        let mut account = Account::default();
        account.settle(&lines, Pool::of_item(&item, false), &Reasons::default(), Why::NoPlace);
        let seen: Vec<(String, Why)> = account.close().into_iter().map(|left| (left.text, left.why)).collect();
        let seen: Vec<(&str, Why)> = seen.iter().map(|(text, why)| (text.as_str(), *why)).collect();
        assert_eq!(seen, expected, "{text}");
    }

    #[test]
    fn a_word_counts_as_often_as_it_stands() {
        check("kajer og kajer, nye", "kajer og nye", &[("kajer", Why::NoPlace)]);
        check("nye tage og gamle kajer", "og", &[("nye tage … gamle kajer", Why::NoPlace)]);
        check("- kajer\n2. moler", "kajer moler", &[]);
    }

    #[test]
    fn a_word_cut_at_a_line_end_is_left_out_in_halves() {
        check("en fæl-\nles plan", "en fælles plan", &[("fæl- les", Why::Cut)]);
        check("nye KKR-\nmøder", "nye KKR-møder", &[]);
        check("nye fæl-\nles", "nye", &[("fæl", Why::NoPlace), ("les", Why::NoPlace)]);
    }

    #[test]
    fn lines_have_their_own_reasons() {
        let lines = lines::split("Sted: Havnen\nTag med", 100).0;
        let mut reasons = Reasons::default();
        reasons.part(&lines[0], Why::Label);
        reasons.whole(&lines[1], Why::Before);
        let meeting = MeetingJson { place: Some("Havnen".into()), ..MeetingJson::default() };
        let mut account = Account::default();
        account.settle(&lines, Pool::of_header(&meeting), &reasons, Why::NoPlace);
        let expected = [("Sted", Why::Label), ("Tag med", Why::Before)].map(|(text, why)| LeftOut { text: text.into(), why });
        assert_eq!(account.close(), expected);
    }
}
