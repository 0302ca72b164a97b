//! Lines being written from foreign text: white space is collapsed, characters that must not enter the document are left out.

use dagsorden_shared::richtext::{Block, Line, LineFormat, Marks, Run};

use crate::text;

/// Finished lines and the one being written.
#[derive(Debug, Default)]
pub(super) struct Lines {
    done: Vec<Line>,
    runs: Vec<(Marks, String)>,
    /// Whether the line ends in a space that goes if nothing follows.
    loose_end: bool,
    /// Whether the line stands even if it stays empty.
    open: bool,
}

impl Lines {
    /// Text with all its spaces.
    pub(super) fn push(&mut self, text: &str, marks: &Marks) {
        if text.is_empty() {
            return;
        }
        self.loose_end = false;
        let mut marks = marks.clone();
        // Links are shown underlined anyway.
        marks.underline &= marks.link.is_none();
        match self.runs.last_mut() {
            Some((known, written)) if *known == marks => written.push_str(text),
            _ => self.runs.push((marks, text.to_owned())),
        }
    }

    /// Text whose runs of white space mean one space, and none at a line's ends.
    pub(super) fn push_collapsed(&mut self, text: &str, marks: &Marks) {
        let mut clean = String::with_capacity(text.len());
        let mut spaced = self.loose_end || self.runs.is_empty();
        for character in text.chars() {
            let space = matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{0C}');
            if !space {
                clean.push(character);
            } else if !spaced {
                clean.push(' ');
            }
            spaced = space;
        }
        let loose_end = if clean.is_empty() { self.loose_end } else { spaced };
        self.push(&clean, marks);
        self.loose_end = loose_end;
    }

    /// The line is one, even if nothing is written in it.
    pub(super) fn keep_open(&mut self) {
        self.open = true;
    }

    /// Whether there is no line to end.
    pub(super) fn is_at_start(&self) -> bool {
        self.runs.is_empty() && !self.open
    }

    /// Whether the last finished line is a table's.
    pub(super) fn ends_in_cell(&self) -> bool {
        self.done.last().is_some_and(|line| matches!(line.format().block, Block::Cell { .. }))
    }

    /// Ends the line. An empty one is no heading and no quote. Word Online ends every paragraph with a no-break space.
    pub(super) fn end(&mut self, format: LineFormat) {
        let mut runs = std::mem::take(&mut self.runs);
        while let Some((_, text)) = runs.last_mut() {
            text.truncate(text.trim_end().len());
            if !text.is_empty() {
                break;
            }
            runs.pop();
        }
        self.close(&runs, format);
    }

    /// Ends what was copied from the middle of a line: a no-break space at its end is between words.
    pub(super) fn end_part(&mut self, format: LineFormat) {
        let mut runs = std::mem::take(&mut self.runs);
        if self.loose_end
            && let Some((_, text)) = runs.last_mut()
        {
            text.pop();
        }
        self.close(&runs, format);
    }

    fn close(&mut self, runs: &[(Marks, String)], format: LineFormat) {
        let runs = clean(runs);
        let empty_block = runs.is_empty() && matches!(format.block, Block::Heading(_) | Block::Quote);
        let format = if empty_block { LineFormat::PARAGRAPH } else { format };
        (self.loose_end, self.open) = (false, false);
        self.done.push(Line { runs, attributes: format.attributes() });
    }

    /// A line made elsewhere, in this format.
    pub(super) fn add(&mut self, line: Line, format: &LineFormat) {
        self.done.push(Line { attributes: format.attributes(), ..line });
    }

    pub(super) fn into_lines(self) -> Vec<Line> {
        self.done
    }

    /// All lines as one.
    pub(super) fn into_single(self) -> Line {
        let mut all = Line::default();
        for line in self.done.into_iter().filter(|line| !line.is_empty()) {
            if let Some(last) = all.runs.last_mut() {
                last.text.push(' ');
            }
            for run in line.runs {
                match all.runs.last_mut() {
                    Some(last) if last.attributes == run.attributes => last.text.push_str(&run.text),
                    _ => all.runs.push(run),
                }
            }
        }
        for run in &mut all.runs {
            run.text = run.text.replace('\t', " ");
        }
        all
    }
}

/// The runs as they may enter the document. A no-break space that stands alone is a space, also when marks change beside it.
fn clean(runs: &[(Marks, String)]) -> Vec<Run> {
    let mut cleaned: Vec<Run> = Vec::with_capacity(runs.len());
    let mut before = 'x';
    for (index, (marks, text)) in runs.iter().enumerate() {
        let after = runs.get(index + 1).and_then(|(_, text)| text.chars().next());
        let fit = text::clean(text, before, after).replace('\n', " ");
        before = text.chars().next_back().unwrap_or(before);
        if !fit.is_empty() {
            cleaned.push(Run { text: fit, attributes: marks.attributes() });
        }
    }
    cleaned
}
