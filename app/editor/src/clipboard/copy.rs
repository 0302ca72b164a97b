//! The selection as clipboard contents: HTML for other programs, with the exact text for our own editors in one marker attribute, and
//! plain text.

use dagsorden_shared::richtext::table;
use dagsorden_shared::richtext::{Block, Body, Delta, Line, ListKind, Op};

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
    let plain = plain::write_lines(&lines);
    if state.kind() == FieldKind::Line {
        return Some(Copied { html: escape(&plain), plain });
    }
    let delta = Body::from_lines(lines.clone()).to_delta();
    // A delta serialises without fail; if it ever does not, the copy is only poorer.
    let marker = escape(&serde_json::to_string(&delta).unwrap_or_default());
    let content = match lines.as_slice() {
        [line] if line.format().block == Block::Paragraph => inline_html(line),
        lines => lines_html(lines),
    };
    let element = if lines.len() == 1 && !content.starts_with("<p") && !content.starts_with("<h") { "span" } else { "div" };
    Some(Copied { html: format!("<{element} {MARKER}=\"{marker}\">{content}</{element}>"), plain })
}

/// The lines in the clipboard's HTML if one of our editors put them there.
pub fn own_lines(html: &str) -> Option<Vec<Line>> {
    let (_, rest) = html.split_once(MARKER)?;
    let (json, _) = rest.strip_prefix("=\"")?.split_once('"')?;
    let json = json.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
    let delta: Delta = serde_json::from_str(&json).ok()?;
    let inserts = delta.0.into_iter().filter_map(|op| match op {
        Op::Insert { text, attributes } => Some((text, attributes)),
        _ => None,
    });
    let inserts: Vec<_> = inserts.map(|(inserted, attributes)| (text::normalise(&inserted), attributes)).collect();
    let body = Body::from_inserts(inserts.iter().map(|(text, attributes)| (text.as_str(), attributes.clone())));
    (!inserts.is_empty()).then(|| body.lines().to_vec())
}

/// The selected parts of lines. A line selected in part is copied as plain text when it is the only one.
fn selected_lines(state: &EditorState, range: Selection) -> Vec<Line> {
    let ((first, start), (last, end)) = (state.locate(range.from()), state.locate(range.to()));
    (first..=last)
        .map(|index| {
            let line = state.line(index);
            let from = if index == first { start } else { 0 };
            let to = if index == last { end } else { line.len() };
            let whole = from == 0 && to == line.len();
            let attributes = if first == last && !whole { Default::default() } else { line.attributes.clone() };
            Line { runs: text::slice(line, from, to), attributes }
        })
        .collect()
}

fn lines_html(lines: &[Line]) -> String {
    let mut html = String::new();
    let mut open: Vec<ListKind> = Vec::new();
    let mut index = 0;
    while index < lines.len() {
        let format = lines[index].format();
        let depth = match format.block {
            Block::ListItem(_) => usize::from(format.indent) + 1,
            _ => 0,
        };
        close_lists(&mut html, &mut open, depth, &format.block);
        let mut opened = false;
        match &format.block {
            Block::ListItem(kind) => {
                while open.len() < depth {
                    html.push_str(list_tag(*kind, false));
                    html.push_str("<li>");
                    open.push(*kind);
                    opened = true;
                }
                if !opened {
                    html.push_str("<li>");
                }
                html.push_str(&inline_html(&lines[index]));
            }
            Block::Cell { .. } => {
                let end = (index..lines.len()).find(|at| !matches!(lines[*at].format().block, Block::Cell { .. })).unwrap_or(lines.len());
                html.push_str(&table_html(lines, index, end));
                index = end;
                continue;
            }
            block => {
                let tag = match block {
                    Block::Heading(1) => "h1",
                    Block::Heading(2) => "h2",
                    Block::Heading(_) => "h3",
                    Block::Quote => "blockquote",
                    _ => "p",
                };
                html.push_str(&format!("<{tag}>{}</{tag}>", inline_html(&lines[index])));
            }
        }
        index += 1;
    }
    close_lists(&mut html, &mut open, 0, &Block::Paragraph);
    html
}

/// Closes items and lists down to `depth`, and the list there too if it is of the other kind.
fn close_lists(html: &mut String, open: &mut Vec<ListKind>, depth: usize, block: &Block) {
    while open.len() > depth || open.len() == depth && depth > 0 && open.last().is_some_and(|kind| Block::ListItem(*kind) != *block) {
        if let Some(kind) = open.pop() {
            html.push_str("</li>");
            html.push_str(list_tag(kind, true));
        }
    }
    if open.len() == depth && depth > 0 {
        html.push_str("</li>");
    }
}

fn list_tag(kind: ListKind, close: bool) -> &'static str {
    match (kind, close) {
        (ListKind::Bullet, false) => "<ul>",
        (ListKind::Bullet, true) => "</ul>",
        (ListKind::Ordered, false) => "<ol>",
        (ListKind::Ordered, true) => "</ol>",
    }
}

fn table_html(lines: &[Line], first: usize, end: usize) -> String {
    let table = table::read(&lines[first..end], first);
    let cell = |stack: &Vec<usize>| {
        let texts: Vec<String> = stack.iter().map(|line| inline_html(&lines[*line])).collect();
        format!("<td>{}</td>", texts.join("<br>"))
    };
    let row = |cells: &Vec<Vec<usize>>| format!("<tr>{}</tr>", cells.iter().map(cell).collect::<String>());
    format!("<table><tbody>{}</tbody></table>", table.rows.iter().map(row).collect::<String>())
}

fn inline_html(line: &Line) -> String {
    let mut html = String::new();
    for run in &line.runs {
        let marks = run.marks();
        let mut piece = escape(&run.text);
        for (on, tag) in [(marks.strike, "s"), (marks.underline, "u"), (marks.italic, "em"), (marks.bold, "strong")] {
            if on {
                piece = format!("<{tag}>{piece}</{tag}>");
            }
        }
        if let Some(link) = marks.link {
            piece = format!("<a href=\"{}\">{piece}</a>", escape(&link));
        }
        html.push_str(&piece);
    }
    html
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
