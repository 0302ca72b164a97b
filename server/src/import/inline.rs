//! Marks inside a line: links, addresses between angle brackets, `*italic*` and `**bold**`.
//!
//! Owns how they are written in a text and turns them into ranges of UTF-16 units. One pass; anything that is not closed stays as written.

use dagsorden_shared::meeting_json::MarkJson;
use dagsorden_shared::richtext::attributes::safe_link;

/// The longest address of a link, in bytes; also keeps a hostile line from being looked through again and again.
const LONGEST_TARGET: usize = 2_000;

/// A line without its markup.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Inline {
    /// The words.
    pub(super) text: String,
    /// What is marked of them.
    pub(super) marks: Vec<MarkJson>,
    /// The words of links that lead nowhere.
    pub(super) dead: Vec<String>,
}

/// Finds of one character or pair, each looked for once: the next one from a growing place.
struct Next<'a> {
    text: &'a str,
    pattern: &'static str,
    found: Option<usize>,
    from: usize,
}

impl<'a> Next<'a> {
    fn new(text: &'a str, pattern: &'static str) -> Self {
        Self { text, pattern, found: text.find(pattern), from: 0 }
    }

    /// The first find at `from` or later. `from` must not shrink between calls.
    fn at(&mut self, from: usize) -> Option<usize> {
        self.from = self.from.max(from);
        if self.found.is_some_and(|found| found < self.from) {
            self.found = self.text[self.from..].find(self.pattern).map(|at| at + self.from);
        }
        self.found
    }
}

/// Reads the markup of one line.
pub(super) fn parse(line: &str) -> Inline {
    if !(line.contains('[') || line.contains('<') || line.contains('*')) {
        return Inline { text: line.to_owned(), ..Inline::default() };
    }
    let mut out = Inline { text: String::with_capacity(line.len()), ..Inline::default() };
    let (mut middle, mut open, mut close, mut angle) =
        (Next::new(line, "]("), Next::new(line, "["), Next::new(line, ")"), Next::new(line, ">"));
    let mut units = 0;
    let mut stars = Stars::default();
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        match c {
            '[' => {
                let link = middle.at(at + 1).filter(|middle| open.at(at + 1).is_none_or(|open| open > *middle)).and_then(|middle| {
                    let end = close.at(middle + 2).filter(|end| end - middle <= LONGEST_TARGET)?;
                    Some((&line[at + 1..middle], line[middle + 2..end].trim(), end + 1))
                });
                if let Some((words, target, end)) = link.filter(|(_, target, _)| target.is_empty() || !target.contains(' ')) {
                    let words = words.trim_matches('*');
                    let start = units;
                    push(&mut out.text, words, &mut units);
                    match safe_link(target) {
                        Some(link) if start < units => {
                            out.marks.push(MarkJson { start, end: units, link: Some(link.to_owned()), ..MarkJson::default() });
                        }
                        _ => out.dead.push(words.to_owned()),
                    }
                    at = end;
                    continue;
                }
            }
            '<' => {
                let address = angle.at(at + 1).map(|end| (&line[at + 1..end], end + 1));
                if let Some((address, end)) = address.filter(|(address, _)| !address.contains([' ', '<'])) {
                    let is_mail = address.contains('@') && !address.contains(':');
                    let link = if is_mail { format!("mailto:{address}") } else { address.to_owned() };
                    if let Some(link) = safe_link(&link) {
                        let start = units;
                        push(&mut out.text, address, &mut units);
                        out.marks.push(MarkJson { start, end: units, link: Some(link.to_owned()), ..MarkJson::default() });
                        at = end;
                        continue;
                    }
                }
            }
            '*' => {
                let run = line[at..].bytes().take_while(|byte| *byte == b'*').count();
                let before = line[..at].chars().next_back();
                let after = line[at + run..].chars().next();
                stars.meet(run, before, after, out.text.len(), units);
                push(&mut out.text, &line[at..at + run], &mut units);
                at += run;
                continue;
            }
            _ => {}
        }
        let end = line[at + c.len_utf8()..].find(['[', '<', '*']).map_or(line.len(), |next| at + c.len_utf8() + next);
        push(&mut out.text, &line[at..end], &mut units);
        at = end;
    }
    stars.take_out(&mut out);
    out
}

fn push(text: &mut String, words: &str, units: &mut u32) {
    text.push_str(words);
    *units += words.encode_utf16().count() as u32;
}

/// Stars met so far: those that found their partner are taken out at the end.
#[derive(Default)]
struct Stars {
    open: [Option<(usize, u32)>; 2],
    pairs: Vec<Pair>,
}

/// Places in the text that still has its stars.
struct Pair {
    run: usize,
    from: (usize, u32),
    to: (usize, u32),
}

impl Stars {
    fn meet(&mut self, run: usize, before: Option<char>, after: Option<char>, byte: usize, unit: u32) {
        if run > 2 {
            return;
        }
        let open = &mut self.open[run - 1];
        let closes = before.is_some_and(|c| !c.is_whitespace()) && after.is_none_or(|c| !c.is_alphanumeric());
        let opens = after.is_some_and(|c| !c.is_whitespace()) && before.is_none_or(|c| !c.is_alphanumeric());
        match open.take() {
            Some(from) if closes => self.pairs.push(Pair { run, from, to: (byte, unit) }),
            other => *open = if opens { Some((byte, unit)) } else { other },
        }
    }

    /// Takes the paired stars out of the text and moves all marks by what went before them.
    fn take_out(self, out: &mut Inline) {
        let mut cuts: Vec<(usize, u32, usize)> =
            self.pairs.iter().flat_map(|pair| [pair.from, pair.to].map(|(byte, unit)| (byte, unit, pair.run))).collect();
        if cuts.is_empty() {
            return;
        }
        cuts.sort_unstable();
        let mut text = String::with_capacity(out.text.len());
        let mut gone = Vec::with_capacity(cuts.len());
        let (mut from, mut sum) = (0, 0);
        for (byte, unit, run) in cuts {
            text.push_str(&out.text[from..byte]);
            from = byte + run;
            sum += run as u32;
            gone.push((unit, sum));
        }
        text.push_str(&out.text[from..]);
        // Stars cut at a place before `unit`; a place is never inside a run of stars.
        let moved = |unit: u32| unit - gone.partition_point(|(cut, _)| *cut < unit).checked_sub(1).map_or(0, |last| gone[last].1);
        for mark in &mut out.marks {
            (mark.start, mark.end) = (moved(mark.start), moved(mark.end));
        }
        for pair in &self.pairs {
            let (start, end) = (moved(pair.from.1 + pair.run as u32), moved(pair.to.1));
            if start < end {
                out.marks.push(MarkJson { start, end, bold: pair.run == 2, italic: pair.run == 1, ..MarkJson::default() });
            }
        }
        out.marks.sort_by_key(|mark| (mark.start, mark.end));
        out.text = text;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, text: &str, marks: &[(&str, &str)], dead: &[&str]) {
        let inline = parse(line);
        assert_eq!(inline.text, text);
        let units: Vec<u16> = text.encode_utf16().collect();
        let seen: Vec<(String, String)> = inline
            .marks
            .iter()
            .map(|mark| {
                let words = String::from_utf16(&units[mark.start as usize..mark.end as usize]).expect("whole characters");
                let kind = match mark {
                    MarkJson { bold: true, .. } => "bold".to_owned(),
                    MarkJson { italic: true, .. } => "italic".to_owned(),
                    MarkJson { link, .. } => link.clone().expect("a link"),
                };
                (words, kind)
            })
            .collect();
        let seen: Vec<(&str, &str)> = seen.iter().map(|(words, kind)| (words.as_str(), kind.as_str())).collect();
        assert_eq!(seen, marks, "{line}");
        assert_eq!(inline.dead, dead);
    }

    #[test]
    fn links_keep_their_words_and_dead_ones_are_told() {
        check("Se [planen](https://x.test/a) nu", "Se planen nu", &[("planen", "https://x.test/a")], &[]);
        check("Se [planen](#) og [bilag]()", "Se planen og bilag", &[], &["planen", "bilag"]);
        check("[x](javascript:alert)", "x", &[], &["x"]);
        check(
            "😀 <https://x.test> <a@x.test>",
            "😀 https://x.test a@x.test",
            &[("https://x.test", "https://x.test"), ("a@x.test", "mailto:a@x.test")],
            &[],
        );
    }

    #[test]
    fn stars_mark_words_and_lone_ones_stay() {
        check("*Først – så* og **fed** nu", "Først – så og fed nu", &[("Først – så", "italic"), ("fed", "bold")], &[]);
        check("😀 **a** *b* [c](https://x.test)", "😀 a b c", &[("a", "bold"), ("b", "italic"), ("c", "https://x.test")], &[]);
        check("2 * 3 * 4 og fodnote*", "2 * 3 * 4 og fodnote*", &[], &[]);
        check("*åben", "*åben", &[], &[]);
    }

    #[test]
    fn what_is_not_closed_stays_as_written() {
        check("[a [b](c d) < 3 og <b>", "[a [b](c d) < 3 og <b>", &[], &[]);
        check("](", "](", &[], &[]);
    }

    #[test]
    fn hostile_lines_are_read_in_one_pass() {
        for part in ["[", "](", "[](", "<", "*a ", "**", "[a](b"] {
            let line = part.repeat(400_000 / part.len());
            let started = std::time::Instant::now();
            parse(&line);
            assert!(started.elapsed().as_secs() < 2, "{part}");
        }
    }
}
