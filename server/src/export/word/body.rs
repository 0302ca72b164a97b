//! The text of the document: title, facts, contents and items, block by block.
//!
//! Owns which style each block has and the links and lists that other parts must know. One function per element.

use std::collections::HashMap;
use std::fmt::Write;

use dagsorden_shared::meeting_json::ListJson;
use dagsorden_shared::richtext::Marks;

use super::numbering::{BULLETS, FIRST_ORDERED};
use super::xml::{TAB, paragraph, text};
use crate::export::paper::{Attachment, Block, Item, List, Paper, Run, Section, Table, plain};

/// Number of the first link's id; those before it are parts of the document.
pub(super) const FIRST_LINK: usize = 10;

/// How far one level of indent is, in twentieths of a point.
const INDENT: u32 = 360;

/// Width of a line of text, in twentieths of a point.
const WIDTH: usize = 9070;

/// The text, and what other parts must know of it.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// Children of `w:body`.
    pub(super) xml: String,
    /// Addresses in the order of their ids.
    pub(super) links: Vec<String>,
    /// The level and the first number of each numbered list, in the order of their ids.
    pub(super) ordered: Vec<(u8, u16)>,
    /// The number of each address's id.
    known_links: HashMap<String, usize>,
    bookmarks: u32,
}

impl Body {
    /// The text of a paper.
    pub(super) fn of(paper: &Paper<'_>) -> Self {
        let mut body = Self::default();
        if !paper.forum.is_empty() {
            body.xml += &paragraph("Subtitle", "", &text(&paper.forum, ""));
        }
        body.xml += &paragraph("Title", "", &text(&paper.title, ""));
        if let Some(kind) = paper.kind {
            body.xml += &paragraph("MeetingFacts", "", &text(kind, "<w:b/>"));
        }
        for (label, value) in &paper.facts {
            let label = text(label, "<w:color w:val=\"595959\"/>");
            body.xml += &paragraph("MeetingFacts", "", &format!("{label}{TAB}{}", text(value, "")));
        }
        body.contents(paper);
        for (at, item) in (1..).zip(&paper.items) {
            body.item(at, item, paper.catalogue.meeting.attachments);
        }
        body
    }

    /// A finished table of contents without page numbers, which are not known here. Word makes it anew where one asks it to.
    fn contents(&mut self, paper: &Paper<'_>) {
        if paper.items.len() < 2 {
            return;
        }
        let field = |kind: &str| format!("<w:r><w:fldChar w:fldCharType=\"{kind}\"/></w:r>");
        let begin = format!(
            "{}<w:r><w:instrText xml:space=\"preserve\"> TOC \\o \"1-1\" \\n \\h </w:instrText></w:r>{}",
            field("begin"),
            field("separate")
        );
        self.xml += &paragraph("TOCHeading", "", &text(paper.catalogue.meeting.outline, ""));
        for (at, item) in (1..).zip(&paper.items) {
            let link = format!("<w:hyperlink w:anchor=\"{}\" w:history=\"1\">{}</w:hyperlink>", item_mark(at), numbered(item));
            let begin = if at == 1 { begin.as_str() } else { "" };
            let end = if at == paper.items.len() { field("end") } else { String::new() };
            self.xml += &paragraph("TOC1", "", &format!("{begin}{link}{end}"));
        }
    }

    fn item(&mut self, at: usize, item: &Item, attachments: &str) {
        let (start, end) = self.bookmark(&item_mark(at));
        self.xml += &paragraph("Heading1", "", &format!("{start}{}{end}", numbered(item)));
        for line in item.alt_title.iter().chain(&item.facts) {
            self.xml += &paragraph("ItemFacts", "", &text(line, ""));
        }
        for (number, section) in (1..).zip(&item.sections) {
            self.section(&format!("{}_afsnit_{number}", item_mark(at)), section);
        }
        if !item.files.is_empty() {
            self.xml += &paragraph("Heading2", "", &text(attachments, ""));
            item.files.iter().for_each(|file| self.xml += &attachment(file));
        }
    }

    /// The bookmark holds the whole section, heading and text.
    fn section(&mut self, name: &str, section: &Section) {
        let (start, end) = self.bookmark(name);
        self.xml += &start;
        if let Some(heading) = &section.heading {
            self.xml += &paragraph("Heading2", "", &text(heading, ""));
        }
        section.blocks.iter().for_each(|block| self.block(block));
        self.xml += &end;
    }

    /// Start and end of a bookmark.
    fn bookmark(&mut self, name: &str) -> (String, String) {
        let id = self.bookmarks;
        self.bookmarks += 1;
        (format!("<w:bookmarkStart w:id=\"{id}\" w:name=\"{name}\"/>"), format!("<w:bookmarkEnd w:id=\"{id}\"/>"))
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph { level, runs } => {
                let indent = match level {
                    0 => String::new(),
                    level => format!("<w:ind w:left=\"{}\"/>", INDENT * u32::from(*level)),
                };
                let runs = self.runs(runs, "");
                self.xml += &paragraph("Normal", &indent, &runs);
            }
            Block::Heading { depth, runs } => {
                let runs = self.runs(runs, "");
                self.xml += &paragraph(&format!("Heading{depth}"), "", &runs);
            }
            Block::List(list) => self.list(list),
            Block::Quote(runs) => {
                let runs = self.runs(runs, "");
                self.xml += &paragraph("Quote", "", &runs);
            }
            Block::Table(table) => self.table(table),
        }
    }

    fn list(&mut self, list: &List) {
        let (style, id) = match list.kind {
            ListJson::Bullet => ("ListBullet", BULLETS),
            ListJson::Ordered => {
                self.ordered.push((list.level, list.start));
                ("ListNumber", FIRST_ORDERED + self.ordered.len() - 1)
            }
        };
        let number = format!("<w:numPr><w:ilvl w:val=\"{}\"/><w:numId w:val=\"{id}\"/></w:numPr>", list.level);
        for item in &list.items {
            let runs = self.runs(&item.runs, "");
            self.xml += &paragraph(style, &number, &runs);
            item.lists.iter().for_each(|inner| self.list(inner));
        }
    }

    /// Widths by the longest words and texts of the columns; without any, columns collapse. A paragraph ends each table, since two in a row
    /// would be one.
    fn table(&mut self, table: &Table) {
        let widths = widths(table);
        let total: usize = widths.iter().sum::<usize>().max(1);
        let look = if table.head { "w:val=\"0420\" w:firstRow=\"1\"" } else { "w:val=\"0400\" w:firstRow=\"0\"" };
        let mut xml = format!(
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"TableGrid\"/><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblLook {look} \
             w:lastRow=\"0\" w:firstColumn=\"0\" w:lastColumn=\"0\" w:noHBand=\"0\" w:noVBand=\"1\"/></w:tblPr><w:tblGrid>",
        );
        for width in &widths {
            let _ = write!(xml, "<w:gridCol w:w=\"{}\"/>", WIDTH * width / total);
        }
        xml += "</w:tblGrid>";
        for (at, row) in table.rows.iter().enumerate() {
            let is_head = table.head && at == 0;
            let head = if is_head { "<w:tblHeader/>" } else { "" };
            let _ = write!(xml, "<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>");
            for ((cell, width), numeric) in row.iter().zip(&widths).zip(&table.numeric) {
                let side = if *numeric { "<w:jc w:val=\"right\"/>" } else { "" };
                let keep = if is_head { "<w:keepNext/>" } else { "" };
                let runs = self.runs(cell, if is_head { "<w:b/>" } else { "" });
                let content = paragraph("TableText", &format!("{keep}{side}"), &runs);
                let _ = write!(xml, "<w:tc><w:tcPr><w:tcW w:w=\"{}\" w:type=\"pct\"/></w:tcPr>{content}</w:tc>", 5000 * width / total);
            }
            xml += "</w:tr>";
        }
        xml += "</w:tbl>";
        self.xml += &xml;
        self.xml += &paragraph("TableText", "", "");
    }

    /// Runs of text, the linked ones in links. `more` are properties that all of them have.
    fn runs(&mut self, runs: &[Run], more: &str) -> String {
        runs.iter()
            .map(|run| {
                let Marks { bold, italic, underline, strike, link } = &run.marks;
                let style = if link.is_some() { "<w:rStyle w:val=\"Hyperlink\"/>" } else { "" };
                let bold = if *bold { "<w:b/>" } else { more };
                let italic = if *italic { "<w:i/>" } else { "" };
                let strike = if *strike { "<w:strike/>" } else { "" };
                let underline = if *underline { "<w:u w:val=\"single\"/>" } else { "" };
                let shown = text(&run.text, &format!("{style}{bold}{italic}{strike}{underline}"));
                match link {
                    Some(link) => format!("<w:hyperlink r:id=\"rId{}\" w:history=\"1\">{shown}</w:hyperlink>", self.link(link)),
                    None => shown,
                }
            })
            .collect()
    }

    /// The number of a link's id.
    fn link(&mut self, link: &str) -> usize {
        let next = FIRST_LINK + self.links.len();
        let id = *self.known_links.entry(link.to_owned()).or_insert(next);
        if id == next {
            self.links.push(link.to_owned());
        }
        id
    }
}

/// Name of the bookmark of an item; those of its sections begin with it.
fn item_mark(at: usize) -> String {
    format!("Punkt_{at}")
}

/// Number, tab and title.
fn numbered(item: &Item) -> String {
    format!("{}{TAB}{}", text(&item.number, ""), text(&item.title, ""))
}

fn attachment(file: &Attachment) -> String {
    let number = if file.number.is_empty() { text("–", "") } else { text(&file.number, "") };
    let note = file.note.map(|note| text(&format!(" ({})", note.to_lowercase()), "")).unwrap_or_default();
    paragraph("Attachment", "", &format!("{number}{TAB}{}{note}", text(&file.title, "")))
}

/// Shares of the columns: as long as their longest text, within bounds that leave room for the others.
fn widths(table: &Table) -> Vec<usize> {
    (0..table.numeric.len())
        .map(|column| {
            let texts = table.rows.iter().map(|row| plain(&row[column]));
            texts.map(|text| text.chars().count()).max().unwrap_or(0).clamp(5, 40)
        })
        .collect()
}
