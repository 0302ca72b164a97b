//! A body's lines as elements.
//!
//! Owns how lines group into lists and tables, and what each line looks like, for the server's page and the editor alike. In the
//! page every line of the model is exactly one element with `data-line`, so that a place in the document can be found in the
//! page and back; lists are flat there, their depth is in `data-indent`. For the clipboard and for files lists are truly nested.

use std::ops::Range;

use super::element::{Element, Node, element};
use crate::richtext::cells;
use crate::richtext::line::{Block, Line, ListKind, Run};
use crate::richtext::table::{self, Table};
use crate::richtext::{Body, Marks};

/// What the elements are for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// The page: one element with `data-line` per line, flat lists, an empty line holds a `br`.
    #[default]
    Page,
    /// The clipboard and files: nested lists, nothing of ours in it.
    Document,
}

/// Neighbouring lines that share a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// A line by itself, by its index.
    Single(usize),
    /// List items of one kind, at any depth.
    List(ListKind, Range<usize>),
    /// A run of table cells.
    Table(Range<usize>),
}

/// Divides lines into groups, in order and without gaps.
pub fn groups(lines: &[Line]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let next = match line.format().block {
            Block::ListItem(kind) => match groups.last_mut() {
                Some(Group::List(known, range)) if *known == kind => {
                    range.end = index + 1;
                    continue;
                }
                _ => Group::List(kind, index..index + 1),
            },
            Block::Cell { .. } => match groups.last_mut() {
                Some(Group::Table(range)) => {
                    range.end = index + 1;
                    continue;
                }
                _ => Group::Table(index..index + 1),
            },
            _ => Group::Single(index),
        };
        groups.push(next);
    }
    groups
}

/// All lines of a body.
pub fn lines(body: &Body, form: Form) -> Vec<Element> {
    let lines = body.lines();
    let mut shown = Vec::new();
    // List items not yet shown; in a file, lists of both kinds nest in one another.
    let mut items = 0..0;
    for group in groups(lines) {
        if let (Group::List(_, range), Form::Document) = (&group, form) {
            items = if items.is_empty() { range.clone() } else { items.start..range.end };
            continue;
        }
        shown.extend(nested_lists(&lines[std::mem::take(&mut items)]));
        shown.push(match group {
            Group::Single(index) => line(&lines[index], form),
            Group::List(kind, range) => element(list_tag(kind)).children(lines[range].iter().map(|item| line(item, form))),
            Group::Table(range) => table_element(lines, range, form),
        });
    }
    shown.extend(nested_lists(&lines[items]));
    shown
}

/// One line in the element its block asks for; a list item is an `li`, a cell a `td`.
pub fn line(line: &Line, form: Form) -> Element {
    let format = line.format();
    let mut host = match &format.block {
        Block::Paragraph => element("p"),
        Block::Heading(level) => heading(*level, form),
        Block::ListItem(_) => element("li"),
        Block::Quote => element("blockquote"),
        Block::Cell { .. } => element("td"),
    };
    if form == Form::Page {
        host = host.flag("data-line");
        if format.indent > 0 {
            host = host.attribute("data-indent", format.indent.to_string());
        }
        if let Some(start) = format.start {
            // For who copies it with the browser's own means, and for the style sheet, which counts.
            host = host.attribute("value", start.to_string()).attribute("data-start", summands(start));
        }
    }
    host.children(inline(line))
}

/// A number as its thousands, hundreds, tens and ones, `1000 20 4`: a style sheet can add, but not read a number.
fn summands(number: u16) -> String {
    let digits = number.to_string();
    let mut summands = String::new();
    for (at, digit) in digits.char_indices().filter(|(_, digit)| *digit != '0') {
        if at > 0 {
            summands.push(' ');
        }
        summands.push(digit);
        (at + 1..digits.len()).for_each(|_| summands.push('0'));
    }
    summands
}

/// The runs of a line, or the `br` that keeps an empty one open.
pub fn inline(line: &Line) -> Vec<Node> {
    if line.is_empty() {
        return vec![element("br").into()];
    }
    line.runs.iter().map(run).collect()
}

/// One run, its marks always nested in the same order: `a`, `strong`, `em`, `u`, `s`.
pub fn run(run: &Run) -> Node {
    let Marks { bold, italic, underline, strike, link } = run.marks();
    let mut node = Node::from(run.text.clone());
    for (on, tag) in [(strike, "s"), (underline, "u"), (italic, "em"), (bold, "strong")] {
        if on {
            node = element(tag).child(node).into();
        }
    }
    match link {
        Some(link) => element("a").attribute("href", link).attribute("rel", "noopener noreferrer").child(node).into(),
        None => node,
    }
}

/// Tag of a list.
pub fn list_tag(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Bullet => "ul",
        ListKind::Ordered => "ol",
    }
}

/// A heading. In the page sections are h3: levels 1 and 2 are both the first level below, so that no level is skipped; CSS tells them apart.
/// Elsewhere the text stands for itself.
fn heading(level: u8, form: Form) -> Element {
    match (form, level) {
        (Form::Page, _) => element(if level < 3 { "h4" } else { "h5" }).attribute("data-level", level.to_string()),
        (Form::Document, 1) => element("h1"),
        (Form::Document, 2) => element("h2"),
        (Form::Document, _) => element("h3"),
    }
}

/// A list that is still being filled.
struct OpenList {
    depth: u8,
    tag: &'static str,
    element: Element,
}

/// Lists inside list items. A depth that skips levels is closed up: it hangs under the item above it.
fn nested_lists(lines: &[Line]) -> Vec<Element> {
    let mut done = Vec::new();
    // Outermost first.
    let mut open: Vec<OpenList> = Vec::new();
    for item in lines {
        let format = item.format();
        let tag = if format.block == Block::ListItem(ListKind::Ordered) { "ol" } else { "ul" };
        while open.len() > 1 && open[open.len() - 2].depth >= format.indent {
            close(&mut open, &mut done);
        }
        if open.last().is_some_and(|list| list.depth >= format.indent && (list.tag != tag || format.start.is_some())) {
            close(&mut open, &mut done);
        }
        let shown = line(item, Form::Document);
        match open.last_mut() {
            Some(list) if list.depth >= format.indent => {
                list.depth = format.indent;
                list.element.children.push(shown.into());
            }
            _ => {
                let list = match format.start {
                    Some(start) => element(tag).attribute("start", start.to_string()),
                    None => element(tag),
                };
                open.push(OpenList { depth: format.indent, tag, element: list.child(shown) });
            }
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut done);
    }
    done
}

/// Puts the innermost open list into the last item of the list around it, or among the finished ones.
fn close(open: &mut Vec<OpenList>, done: &mut Vec<Element>) {
    let Some(inner) = open.pop() else { return };
    match open.last_mut().and_then(|outer| outer.element.children.last_mut()) {
        Some(Node::Element(item)) => item.children.push(inner.element.into()),
        _ => done.push(inner.element),
    }
}

fn table_element(lines: &[Line], range: Range<usize>, form: Form) -> Element {
    let table = table::read(&lines[range.clone()], range.start);
    let numeric = numeric_columns(lines, &table);
    let head = has_head(lines, &table);
    let rows = table.rows.iter().enumerate().map(|(at, row)| {
        element("tr").children(row.iter().zip(&numeric).map(|(cell, numeric)| {
            let is_head = head && at == 0;
            let tag = if is_head { "th" } else { "td" };
            let host = match cell.as_slice() {
                [] => element(tag).child(element("br")),
                [index] => Element { tag, ..line(&lines[*index], form) },
                // Two people added a cell in the same place at once: both texts are shown.
                several => element(tag).children(several.iter().map(|index| {
                    let host = if form == Form::Page { element("div").flag("data-line") } else { element("div") };
                    host.children(inline(&lines[*index]))
                })),
            };
            let host = if is_head { host.attribute("scope", "col") } else { host };
            if *numeric && form == Form::Page { host.class("n") } else { host }
        }))
    });
    let body = element("tbody").children(rows);
    match form {
        Form::Page => element("table").class("tab").child(body),
        Form::Document => element("table").child(body),
    }
}

/// Whether the first row of a table read from these lines is its head: as a writer has set it, else by what it holds.
pub fn has_head(lines: &[Line], table: &Table) -> bool {
    let text = |row: &Vec<Vec<usize>>| row.iter().map(|cell| cell.iter().map(|index| lines[*index].text()).collect()).collect();
    let first: Vec<String> = table.rows.first().map(text).unwrap_or_default();
    cells::has_head(table::said_of_head(lines, table), &first, table.rows.len())
}

/// By column of a table read from these lines: whether its cells are set as figures.
pub fn numeric_columns(lines: &[Line], table: &Table) -> Vec<bool> {
    let below = |column: usize| table.rows.iter().skip(1).flat_map(move |row| &row[column]).map(|index| lines[*index].text());
    (0..table.column_ids.len()).map(|column| cells::are_figures(below(column))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::html::to_html_all;
    use crate::richtext::line::LineFormat;
    use crate::richtext::{Attributes, Value};

    fn styled(text: &str, block: Block, indent: u8) -> Line {
        let runs = if text.is_empty() { Vec::new() } else { vec![Run { text: text.into(), attributes: Attributes::new() }] };
        Line { runs, attributes: LineFormat { block, indent, ..LineFormat::PARAGRAPH }.attributes() }
    }

    fn cell(text: &str, row: &str, column: &str) -> Line {
        styled(text, Block::Cell { row: row.into(), column: Some(column.into()) }, 0)
    }

    fn html(lines_in: Vec<Line>, form: Form) -> String {
        to_html_all(&lines(&Body::from_lines(lines_in), form))
    }

    #[test]
    fn every_line_is_one_element_with_data_line() {
        let bullet = Block::ListItem(ListKind::Bullet);
        let shown = html(
            vec![
                styled("Two <models>", Block::Heading(2), 0),
                styled("", Block::Paragraph, 0),
                styled("a", bullet.clone(), 0),
                styled("b", bullet, 2),
                styled("c", Block::ListItem(ListKind::Ordered), 0),
                styled("said", Block::Quote, 0),
            ],
            Form::Page,
        );
        assert_eq!(
            shown,
            "<h4 data-level=\"2\" data-line>Two &lt;models&gt;</h4><p data-line><br></p>\
             <ul><li data-line>a</li><li data-line data-indent=\"2\">b</li></ul><ol><li data-line>c</li></ol>\
             <blockquote data-line>said</blockquote>"
        );
    }

    #[test]
    fn marks_nest_in_one_order_and_links_say_nothing_of_where_they_are() {
        let marks = Marks { bold: true, italic: true, underline: true, strike: true, link: Some("https://x.test/?a=1&b".into()) };
        let shown =
            html(vec![Line { runs: vec![Run { text: "x".into(), attributes: marks.attributes() }], ..Line::default() }], Form::Page);
        assert_eq!(
            shown,
            "<p data-line><a href=\"https://x.test/?a=1&amp;b\" rel=\"noopener noreferrer\"><strong><em><u><s>x</s></u></em></strong></a></p>"
        );
    }

    #[test]
    fn a_link_of_another_scheme_is_plain_text() {
        let attributes = Attributes::from([("link".to_owned(), Value::Text("javascript:alert(1)".into()))]);
        let shown = html(vec![Line { runs: vec![Run { text: "x".into(), attributes }], ..Line::default() }], Form::Page);
        assert_eq!(shown, "<p data-line>x</p>");
    }

    #[test]
    fn tables_show_missing_and_doubled_cells_and_set_figures_flush_right() {
        let shown = html(
            vec![
                cell("Area", "r1", "c1"),
                cell("2025", "r1", "c2"),
                cell("Coast", "r2", "c1"),
                cell("1.204", "r2", "c2"),
                cell("", "r3", "c1"),
                cell("Hills", "r3", "c1"),
            ],
            Form::Page,
        );
        assert_eq!(
            shown,
            "<table class=\"tab\"><tbody><tr><th data-line scope=\"col\">Area</th><th data-line scope=\"col\" class=\"n\">2025</th></tr>\
             <tr><td data-line>Coast</td><td data-line class=\"n\">1.204</td></tr>\
             <tr><td><div data-line><br></div><div data-line>Hills</div></td><td class=\"n\"><br></td></tr></tbody></table>"
        );
    }

    #[test]
    fn the_first_row_is_a_head_where_it_holds_no_figures() {
        let shown = |cells: &[&str], form| {
            let cells = cells.iter().enumerate().map(|(at, text)| cell(text, if at < 2 { "r1" } else { "r2" }, ["c1", "c2"][at % 2]));
            html(cells.collect(), form)
        };
        assert!(
            shown(&["Post", "Beløb", "Leje", "12 mio. kr."], Form::Document)
                .starts_with("<table><tbody><tr><th scope=\"col\">Post</th><th scope=\"col\">Beløb</th></tr><tr><td>Leje</td>")
        );
        for no_head in [&["Leje", "12 mio. kr.", "Løn", "4"][..], &["Post", "Beløb"], &["", "", "Leje", "4"]] {
            assert!(!shown(no_head, Form::Page).contains("<th"), "{no_head:?}");
        }
        let mut said = cell("Leje", "r1", "c1");
        said.attributes.insert("head".into(), Value::Text("on".into()));
        assert!(html(vec![said, cell("4", "r1", "c2")], Form::Page).contains("<th"), "where a writer has set it");
        assert!(shown(&["", "2026", "Leje", "4"], Form::Page).contains("<th"));
        assert!(shown(&["Post", "Beløb", "Leje", "–"], Form::Page).contains("<td data-line>–</td>"), "a dash alone is no figure");
    }

    #[test]
    fn lists_for_the_clipboard_are_nested() {
        let bullet = |text, depth| styled(text, Block::ListItem(ListKind::Bullet), depth);
        let shown = html(vec![bullet("a", 0), bullet("b", 2), bullet("c", 1), bullet("d", 0)], Form::Document);
        assert_eq!(shown, "<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>");
        let late = html(vec![bullet("a", 3), bullet("b", 0), bullet("c", 1)], Form::Document);
        assert_eq!(late, "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>");
        let ordered = |text, depth| styled(text, Block::ListItem(ListKind::Ordered), depth);
        let mixed = html(vec![ordered("a", 0), bullet("b", 1), ordered("c", 0), bullet("d", 0)], Form::Document);
        assert_eq!(mixed, "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol><ul><li>d</li></ul>");
    }

    #[test]
    fn a_list_that_begins_elsewhere_says_so() {
        let third = |text, indent, start| Line {
            attributes: LineFormat { block: Block::ListItem(ListKind::Ordered), indent, start: Some(start) }.attributes(),
            ..styled(text, Block::Paragraph, 0)
        };
        let ordered = |text, depth| styled(text, Block::ListItem(ListKind::Ordered), depth);
        let all = vec![third("a", 0, 3), third("b", 1, 2), ordered("c", 0), third("d", 0, 1_024)];
        assert_eq!(
            html(all.clone(), Form::Page),
            "<ol><li data-line value=\"3\" data-start=\"3\">a</li><li data-line data-indent=\"1\" value=\"2\" data-start=\"2\">b</li>\
             <li data-line>c</li><li data-line value=\"1024\" data-start=\"1000 20 4\">d</li></ol>"
        );
        assert_eq!(
            html(all, Form::Document),
            "<ol start=\"3\"><li>a<ol start=\"2\"><li>b</li></ol></li><li>c</li></ol><ol start=\"1024\"><li>d</li></ol>"
        );
    }

    #[test]
    fn the_number_of_data_lines_is_the_number_of_lines() {
        arbtest::arbtest(|u| {
            let mut all = Vec::new();
            for _ in 0..u.int_in_range(1..=20)? {
                let block = match u.int_in_range(0..=5)? {
                    0 => Block::Paragraph,
                    1 => Block::Heading(u.int_in_range(1..=3)?),
                    2 => Block::ListItem(ListKind::Bullet),
                    3 => Block::ListItem(ListKind::Ordered),
                    4 => Block::Quote,
                    _ => Block::Cell {
                        row: (*u.choose(&["r1", "r2"])?).into(),
                        column: u.choose(&[Some("c1"), Some("c2"), None])?.map(Into::into),
                    },
                };
                all.push(styled(u.choose(&["", "x"])?, block, u.int_in_range(0..=8)?));
            }
            let count = all.len();
            assert_eq!(html(all.clone(), Form::Page).matches("data-line").count(), count);
            // Every text survives in the other form too.
            let texts = all.iter().filter(|line| !line.is_empty()).count();
            assert_eq!(html(all, Form::Document).matches('x').count(), texts);
            Ok(())
        });
    }
}
