//! Tables of Word: rows of cells, with merged cells as empty ones so that columns stay columns.
//!
//! A table that only lays out text (one column, or headings in it) is no table: what stands in its cells follows one another.

use dagsorden_shared::meeting_json::MarkJson;

use super::paragraph::Piece;
use super::story::{Paragraph, Reader, Story, chosen, content};
use super::xml::{Node, Space};
use crate::import::lines::{CELL_PARAGRAPH, Cell, Hint, units};

/// The most columns that a cell spans.
const WIDEST: usize = 63;

/// The cells of a row, before it is known whether they are cells.
struct Row {
    cells: Vec<Vec<Paragraph>>,
    is_alone: bool,
    is_head: bool,
}

impl<'a> Reader<'a> {
    /// Reads a table into the story that it stands in.
    pub(super) fn table(&mut self, node: &'a Node, story: &mut Story<'a>) {
        let mut found = Vec::new();
        gather(&node.children, "tr", &mut found);
        let rows: Vec<Row> = found.into_iter().filter_map(|row| self.row(row)).collect();
        let has_heading = rows.iter().flat_map(|row| &row.cells).flatten().any(|line| line.hint.heading.is_some());
        if has_heading || rows.iter().all(|row| row.is_alone && row.cells.len() == 1) {
            story.out.extend(rows.into_iter().flat_map(|row| row.cells).flatten());
            return;
        }
        self.tables += 1;
        let mut is_first = true;
        for row in rows {
            // The table of contents may stand in a table of its own.
            if row.cells.iter().flatten().any(|line| line.contents) {
                story.out.extend(row.cells.into_iter().flatten().map(|line| Paragraph { contents: true, ..line }));
                continue;
            }
            let cells: Vec<Piece> = row.cells.iter().map(|lines| together(lines)).collect();
            let mut whole = Piece { bold: true, ..Piece::default() };
            for cell in &cells {
                if !cell.text.is_empty() {
                    whole.text.push_str(if whole.text.is_empty() { "" } else { " " });
                    whole.text.push_str(&cell.text);
                }
            }
            whole.raw = cells.iter().map(|cell| cell.raw.as_str()).collect::<Vec<_>>().join("\t");
            // What is bold as a whole in the head of a table is so by being its head.
            let kept = |cell: &Piece, mark: &MarkJson| {
                let only_bold = MarkJson { start: 0, end: units(&cell.text), bold: true, ..MarkJson::default() };
                !row.is_head || *mark != only_bold
            };
            let cells = cells.into_iter().map(|mut cell| {
                let marks = std::mem::take(&mut cell.marks);
                Piece { marks: marks.into_iter().filter(|mark| kept(&cell, mark)).collect(), ..cell }
            });
            let cells = cells.map(|cell| Cell { text: cell.text, marks: cell.marks }).collect();
            let hint = Hint { row: Some((self.tables, cells)), head: row.is_head, ..Hint::default() };
            story.out.push(Paragraph { piece: whole, hint, gap: std::mem::take(&mut is_first), contents: false, cells: row.cells });
        }
    }

    /// The cells of a row; `None` if it was deleted.
    fn row(&mut self, node: &'a Node) -> Option<Row> {
        let properties = node.child("trPr");
        if properties.is_some_and(|properties| properties.child("del").is_some()) {
            self.changes += 1;
            return None;
        }
        self.changes += u32::from(properties.is_some_and(|properties| properties.child("ins").is_some()));
        let number = |node: Option<&Node>, name: &str| {
            node.and_then(|node| node.value(name)).and_then(|value| value.parse::<usize>().ok()).unwrap_or_default().min(WIDEST)
        };
        let mut cells = vec![Vec::new(); number(properties, "gridBefore")];
        let mut found = Vec::new();
        gather(&node.children, "tc", &mut found);
        for cell in found {
            let properties = cell.child("tcPr");
            if properties.is_some_and(|properties| properties.child("cellDel").is_some()) {
                self.changes += 1;
                continue;
            }
            cells.push(self.story(&cell.children, false));
            cells.extend(vec![Vec::new(); number(properties, "gridSpan").saturating_sub(1)]);
        }
        let is_alone = cells.len() <= 1;
        let is_head = properties.is_some_and(|properties| properties.switch("tblHeader") == Some(true));
        (!cells.is_empty()).then_some(Row { cells, is_alone, is_head })
    }
}

/// Rows or cells, also those inside content controls, insertions and alternatives.
fn gather<'a>(nodes: &'a [Node], name: &str, found: &mut Vec<&'a Node>) {
    for node in nodes {
        match (node.space, &*node.name) {
            (Space::Word, own) if own == name => found.push(node),
            (Space::Word, "sdt") => gather(content(node), name, found),
            (Space::Word, "del" | "moveFrom") => {}
            (Space::Word, own) if own.ends_with("Pr") => {}
            (Space::Alternatives, "AlternateContent") => gather(chosen(node), name, found),
            _ => gather(&node.children, name, found),
        }
    }
}

/// The lines of a cell as one.
fn together(lines: &[Paragraph]) -> Piece {
    lines.iter().fold(Piece::default(), |mut all, line| {
        all.append(&line.piece, CELL_PARAGRAPH);
        all
    })
}
