//! The selection as clipboard contents: HTML for other programs, with the exact text for our own editors in one marker attribute, and
//! plain text.

use dagsorden_shared::json::Json;
use dagsorden_shared::render::{self, Form, Node, element};
use dagsorden_shared::richtext::attributes::name;
use dagsorden_shared::richtext::{Block, Body, Line, Numbers, Op, Run, Value, quill};

use super::plain;
use crate::selection::Selection;
use crate::state::{EditorState, FieldKind};
use crate::text;

/// The attribute that carries the copied text as a delta.
const MARKER: &str = "data-dagsorden-delta";

/// What to put on the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// `text/html`: semantic tags, no classes, no styles.
    pub html: String,
    /// `text/plain`.
    pub plain: String,
}

/// The selected text; `None` if nothing is selected.
pub fn copy(state: &EditorState) -> Option<Copied> {
    let range = state.selection().filter(|selection| !selection.is_caret())?;
    let lines = selected_lines(state, range);
    let mut shown = lines.clone();
    number(state, state.locate(range.from()).0, &mut shown);
    let body = Body::from_lines(shown);
    let plain = plain::write_lines(body.lines());
    if state.kind() == FieldKind::Title {
        return Some(Copied { html: escape(&plain), plain });
    }
    let json = quill::to_json(&Body::from_lines(lines).to_delta()).write();
    let shown = match body.lines() {
        // A part of one line goes into the middle of other programs' lines.
        [line] if line.format().block == Block::Paragraph => element("span").children(render::lines::inline(line)),
        _ => element("div").children(render::lines(&body, Form::Document).into_iter().map(Node::from)),
    };
    Some(Copied { html: render::to_html(&shown.attribute(MARKER, json)), plain })
}

/// Gives selected lines the numbers that they are read by, for other programs: what is moved in a list of ours takes the number of its place.
fn number(state: &EditorState, first: usize, selected: &mut [Line]) {
    let (mut shown, mut copied) = (Numbers::default(), Numbers::default());
    for (index, line) in state.body().lines().iter().enumerate() {
        let has = shown.next(&line.format());
        let Some(copy) = index.checked_sub(first).and_then(|at| selected.get_mut(at)) else { continue };
        copy.attributes.remove(name::START);
        if let Some(start) = copied.said(&copy.format(), has.unwrap_or(1)) {
            copy.attributes.insert(name::START.to_owned(), Value::Number(start.into()));
        }
    }
}

/// The lines in the clipboard's HTML if one of our editors put them there.
pub fn own_lines(html: &str) -> Option<Vec<Line>> {
    let (_, rest) = html.split_once(MARKER)?;
    let (json, _) = rest.strip_prefix("=\"")?.split_once('"')?;
    // Browsers that write the HTML anew name the no-break spaces. The ampersands come last: they stand in the other names.
    let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", "\u{A0}"), ("&amp;", "&")];
    let json = names.iter().fold(json.to_owned(), |json, (name, character)| json.replace(name, character));
    let delta = quill::from_json(&Json::read(&json)?)?;
    let inserts = delta.0.into_iter().filter_map(|op| match op {
        Op::Insert { text, attributes } => Some((text, attributes)),
        _ => None,
    });
    let inserts: Vec<_> = inserts.map(|(inserted, attributes)| (text::normalise(&inserted), attributes)).collect();
    let body = Body::from_inserts(inserts.iter().map(|(text, attributes)| (text.as_str(), attributes.clone())));
    let lines = body.written_lines();
    (!lines.is_empty()).then(|| lines.iter().map(acceptable).collect())
}

/// A line with the formats we know alone: the marker may have been written by hand, and ids of points stay with their text.
pub fn acceptable(line: &Line) -> Line {
    let runs = line.runs.iter().map(|run| Run { text: run.text.clone(), attributes: run.marks().attributes() });
    Line { runs: runs.collect(), attributes: line.format().attributes() }
}

/// The selected parts of lines. A line selected in part is copied as a plain one when it is the only one.
pub fn selected_lines(state: &EditorState, range: Selection) -> Vec<Line> {
    let ((first, start), (last, end)) = (state.locate(range.from()), state.locate(range.to()));
    (first..=last)
        .map(|index| {
            let line = state.line(index);
            let from = if index == first { start } else { 0 };
            let to = if index == last { end } else { line.len() };
            let whole = from == 0 && to == line.len();
            // Of a line that is not reached into only the newline before it is selected.
            let only_reached = index > first && index == last && end == 0 && !state.is_cell(index);
            let plain = only_reached || first == last && !whole;
            let attributes = if plain { Default::default() } else { line.attributes.clone() };
            acceptable(&Line { runs: text::slice(line, from, to), attributes })
        })
        .collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
