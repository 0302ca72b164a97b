//! A story of a Word file (its body, a cell, a text box, a note) as paragraphs: what is shown when all changes are accepted.
//!
//! Owns which elements are words and which are not: tracked changes, fields, content controls, notes, hidden text, alternatives. Tables are in
//! [`super::table`], what a paragraph's runs come to in [`super::paragraph`].

use std::collections::HashMap;
use std::rc::Rc;

use dagsorden_shared::api::Finding;

use super::numbering::Numbering;
use super::package::Links;
use super::paragraph::{Marks, Piece, Run, pieces};
use super::styles::Styles;
use super::xml::{Node, Space};
use crate::import::lines::{Hint, ListHint};
use crate::import::words::shortened;
use dagsorden_shared::meeting_json::ListJson;

/// The longest field code that is kept, in bytes.
const LONGEST_CODE: usize = 4_096;

/// The most words that a finding shows, in characters.
const LONGEST_QUOTE: usize = 80;

/// A line of the file with what Word says of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Paragraph {
    /// Its words.
    pub(super) piece: Piece,
    /// What it is.
    pub(super) hint: Hint,
    /// It does not belong to the line above.
    pub(super) gap: bool,
    /// It is in the table of contents.
    pub(super) contents: bool,
    /// Of a row of a table: the paragraphs of its cells.
    pub(super) cells: Vec<Vec<Paragraph>>,
}

/// What all stories of a file share.
pub(super) struct Reader<'a> {
    pub(super) styles: Styles<'a>,
    pub(super) numbering: Numbering<'a>,
    pub(super) links: &'a Links,
    /// Footnotes (`true`) and endnotes by their ids.
    pub(super) notes: HashMap<(bool, &'a str), &'a Node>,
    pub(super) comments: HashMap<&'a str, &'a Node>,
    /// Show field codes' results only; `false` where a field has no end and would hide all that follows.
    pub(super) fields: bool,
    /// A field without an end was met.
    pub(super) is_unbalanced: bool,
    /// In the order of the text.
    pub(super) findings: Vec<Finding>,
    /// Tracked changes, pictures, inner files, tables.
    pub(super) changes: u32,
    pub(super) pictures: u32,
    pub(super) inner_files: u32,
    pub(super) tables: usize,
    open_comments: Vec<(&'a str, String)>,
}

/// A story being read.
#[derive(Default)]
pub(super) struct Story<'a> {
    /// Its lines so far.
    pub(super) out: Vec<Paragraph>,
    runs: Vec<Run>,
    /// Properties of a paragraph whose mark was deleted, so that it goes on.
    goes_on: Option<Option<&'a Node>>,
    properties: Option<&'a Node>,
    fields: Vec<Field>,
    boxes: Vec<&'a Node>,
    contents: u32,
    is_contents: bool,
    is_note: bool,
}

#[derive(Default)]
struct Field {
    code: String,
    in_result: bool,
    link: Option<Rc<str>>,
    is_contents: bool,
}

impl Field {
    /// Reads the code once it is whole.
    fn separate(&mut self) {
        self.in_result = true;
        self.link = link_of(&self.code);
        self.is_contents = self.code.trim_start().to_uppercase().starts_with("TOC");
    }
}

/// The address of a field `HYPERLINK "address" \l "place"`; one inside the file is none.
fn link_of(code: &str) -> Option<Rc<str>> {
    let rest = code.trim_start();
    let is_link = rest.get(..9).is_some_and(|word| word.eq_ignore_ascii_case("HYPERLINK"));
    let mut words = rest.get(9..).filter(|_| is_link)?.trim_start();
    let mut address = None;
    let mut place = None;
    while !words.is_empty() {
        let (word, after) = match words.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => words.split_once(' ').unwrap_or((words, "")),
        };
        words = after.trim_start();
        match word {
            "\\l" => {
                let quoted = words.strip_prefix('"').and_then(|rest| rest.split_once('"'));
                (place, words) = quoted.map_or((None, words), |(place, rest)| (Some(place), rest.trim_start()));
            }
            // A tip or a window: its value is no address.
            "\\o" | "\\t" => {
                words = words.strip_prefix('"').and_then(|rest| rest.split_once('"')).map_or(words, |(_, rest)| rest.trim_start())
            }
            word if word.starts_with('\\') => {}
            word => address = address.or(Some(word)),
        }
    }
    let address = address.filter(|address| !address.is_empty())?;
    Some(match place {
        Some(place) if !address.contains('#') => format!("{address}#{place}").into(),
        _ => address.into(),
    })
}

impl<'a> Reader<'a> {
    /// Nothing read yet.
    pub(super) fn new(styles: Styles<'a>, numbering: Numbering<'a>, links: &'a Links) -> Self {
        Self {
            styles,
            numbering,
            links,
            notes: HashMap::new(),
            comments: HashMap::new(),
            fields: true,
            is_unbalanced: false,
            findings: Vec::new(),
            changes: 0,
            pictures: 0,
            inner_files: 0,
            tables: 0,
            open_comments: Vec::new(),
        }
    }

    /// The lines of a story by itself.
    pub(super) fn story(&mut self, nodes: &'a [Node], is_note: bool) -> Vec<Paragraph> {
        let mut story = Story { is_note, ..Story::default() };
        self.blocks(nodes, &mut story);
        if story.goes_on.take().is_some() {
            self.flush(story.properties, &mut story);
        }
        self.is_unbalanced |= !story.fields.is_empty();
        story.out
    }

    /// Paragraphs and tables, one after another.
    pub(super) fn blocks(&mut self, nodes: &'a [Node], story: &mut Story<'a>) {
        for node in nodes {
            match (node.space, &*node.name) {
                (Space::Word, "p") => self.paragraph(node, story),
                (Space::Word, "tbl") => self.table(node, story),
                (Space::Word, "sdt") => {
                    let is_contents = is_contents_control(node);
                    story.contents += u32::from(is_contents);
                    self.blocks(content(node), story);
                    story.contents -= u32::from(is_contents);
                }
                (Space::Word, "del" | "moveFrom") => self.changes += 1,
                (Space::Word, "altChunk" | "subDoc") => self.inner_files += 1,
                (Space::Alternatives, "AlternateContent") => self.blocks(chosen(node), story),
                (Space::Word, name) if name.ends_with("Pr") => {}
                _ => self.blocks(&node.children, story),
            }
        }
    }

    fn paragraph(&mut self, node: &'a Node, story: &mut Story<'a>) {
        let properties = node.child("pPr");
        story.properties = properties;
        self.inline(&node.children, None, story);
        let mark = properties.and_then(|properties| properties.child("rPr"));
        if mark.is_some_and(|mark| mark.child("del").is_some() || mark.child("moveFrom").is_some()) {
            self.changes += 1;
            story.goes_on.get_or_insert(properties);
            return;
        }
        self.changes += u32::from(mark.is_some_and(|mark| mark.child("ins").is_some()));
        let properties = match story.goes_on.take() {
            // What is left of the first paragraph decides, unless nothing is.
            Some(first) if story.runs.iter().any(|run| !run.text.trim().is_empty()) => first.or(properties),
            _ => properties,
        };
        self.flush(properties, story);
    }

    /// Ends a paragraph: its lines, then the text boxes that stand in it.
    fn flush(&mut self, properties: Option<&'a Node>, story: &mut Story<'a>) {
        let runs = std::mem::take(&mut story.runs);
        let contents = std::mem::take(&mut story.is_contents) || story.contents > 0 || self.styles.is_contents(properties);
        let heading = self.styles.heading(properties).filter(|_| !contents);
        let style = self.styles.of_paragraph(properties);
        let mut label = self.styles.list(properties).and_then(|place| self.numbering.next(place, style));
        if let Some(label) = label.as_mut().filter(|label| label.level == 0) {
            label.level = self.styles.named_level(properties).unwrap_or_default();
        }
        let title = self.styles.is_named(properties, "title");
        let quote = self.styles.is_named(properties, "quote") || self.styles.is_named(properties, "intense quote");
        let left = |indent: &'a Node| indent.attribute("left").or(indent.attribute("start")).and_then(|left| left.parse::<u32>().ok());
        let indented = properties.and_then(|own| own.child("ind")).and_then(left).is_some_and(|left| left > 0);
        let mut gap = true;
        for mut piece in pieces(&runs, heading.is_some()) {
            let mut hint = Hint { heading, bold: piece.bold, title, quote, indented, ..Hint::default() };
            if let Some(label) = label.as_ref().filter(|_| gap) {
                hint.list = labelled(&mut piece, label, heading.is_some());
            }
            let follows_list = hint.list.is_some() && story.out.last().is_some_and(|last| last.hint.list.is_some());
            hint.marks.clone_from(&piece.marks);
            story.out.push(Paragraph { piece, hint, gap: gap && !follows_list, contents, cells: Vec::new() });
            gap = false;
        }
        for inner in std::mem::take(&mut story.boxes) {
            let lines = self.story(&inner.children, story.is_note);
            story.out.extend(lines);
        }
    }

    /// What stands inside a paragraph. `link` is the address of what is around it.
    fn inline(&mut self, nodes: &'a [Node], link: Option<&Rc<str>>, story: &mut Story<'a>) {
        for node in nodes {
            match (node.space, &*node.name) {
                (Space::Word, "r") => self.run(node, link, story),
                (Space::Word, "hyperlink") => {
                    let own = self.linked(node, story);
                    self.inline(&node.children, own.as_ref().or(link), story);
                }
                (Space::Word, "ins" | "moveTo") => {
                    self.changes += 1;
                    self.inline(&node.children, link, story);
                }
                (Space::Word, "del" | "moveFrom") => self.changes += 1,
                (Space::Word, "sdt") => {
                    let properties = node.child("sdtPr");
                    if properties.is_none_or(|properties| properties.switch("showingPlcHdr") != Some(true)) {
                        self.inline(content(node), link, story);
                    }
                }
                (Space::Word, "fldSimple") => {
                    let mut field = Field { code: node.attribute("instr").unwrap_or_default().to_owned(), ..Field::default() };
                    field.separate();
                    story.fields.push(field);
                    self.inline(&node.children, link, story);
                    story.fields.pop();
                }
                (Space::Word, "commentRangeStart") => {
                    if let Some(id) = node.attribute("id") {
                        self.open_comments.push((id, String::new()));
                    }
                }
                (Space::Word, name) if name.ends_with("Pr") => {}
                (Space::Alternatives, "AlternateContent") => self.inline(chosen(node), link, story),
                (Space::Formula, "t") => self.emit(&node.text, Marks::default(), story),
                _ => self.inline(&node.children, link, story),
            }
        }
    }

    /// The address that a hyperlink has, if it leads out of the file.
    fn linked(&self, node: &Node, story: &Story<'_>) -> Option<Rc<str>> {
        // A note has links of its own, which are not read.
        let link = self.links.get(node.relation()?).filter(|link| link.external && !story.is_note)?;
        Some(match node.attribute("anchor") {
            Some(place) if !link.target.contains('#') => format!("{}#{place}", link.target).into(),
            _ => link.target.as_str().into(),
        })
    }

    fn run(&mut self, node: &'a Node, link: Option<&Rc<str>>, story: &mut Story<'a>) {
        let own = node.child("rPr");
        let paragraph = story.properties;
        let switch = |name: &str| self.styles.switch(own, paragraph, name);
        let is_underlined = |properties: &'a Node| properties.child("u").map(|u| u.attribute("val") != Some("none"));
        let is_hidden = switch("vanish");
        let marks = Marks {
            bold: switch("b"),
            italic: switch("i"),
            underline: self.styles.look(own, paragraph, is_underlined).unwrap_or(false),
            strike: switch("strike") || switch("dstrike"),
            link: link.cloned(),
        };
        self.run_content(&node.children, &marks, is_hidden, story);
    }

    fn run_content(&mut self, nodes: &'a [Node], marks: &Marks, is_hidden: bool, story: &mut Story<'a>) {
        for node in nodes {
            if node.space == Space::Alternatives && &*node.name == "AlternateContent" {
                self.run_content(chosen(node), marks, is_hidden, story);
                continue;
            }
            if node.space != Space::Word {
                continue;
            }
            let words = match &*node.name {
                "fldChar" => {
                    self.field(node, story);
                    continue;
                }
                "instrText" => {
                    if let Some(field) = story.fields.last_mut().filter(|field| !field.in_result && field.code.len() < LONGEST_CODE) {
                        field.code.push_str(&node.text);
                    }
                    continue;
                }
                "commentReference" => {
                    self.comment(node.attribute("id"));
                    continue;
                }
                _ if is_hidden => continue,
                "t" => node.text.as_str().into(),
                "tab" | "ptab" => "\t".into(),
                "br" | "cr" => "\n".into(),
                "noBreakHyphen" => "-".into(),
                "sym" => symbol(node),
                "footnoteReference" | "endnoteReference" if !story.is_note => self.note(node),
                "drawing" | "pict" | "object" => {
                    self.graphic(node, story);
                    continue;
                }
                "ruby" => {
                    if let Some(base) = node.child("rubyBase") {
                        self.inline(&base.children, marks.link.as_ref(), story);
                    }
                    continue;
                }
                _ => continue,
            };
            self.emit(&words, marks.clone(), story);
        }
    }

    fn field(&mut self, node: &Node, story: &mut Story<'a>) {
        match node.attribute("fldCharType") {
            Some("begin") if self.fields => story.fields.push(Field::default()),
            Some("separate") => {
                if let Some(field) = story.fields.last_mut() {
                    field.separate();
                }
            }
            Some("end") => drop(story.fields.pop()),
            _ => {}
        }
    }

    /// Words that are shown, unless they are the code of a field.
    fn emit(&mut self, words: &str, marks: Marks, story: &mut Story<'a>) {
        if words.is_empty() || story.fields.iter().any(|field| !field.in_result) {
            return;
        }
        story.is_contents |= story.fields.iter().any(|field| field.is_contents);
        let link = story.fields.iter().rev().find_map(|field| field.link.clone()).filter(|_| !story.is_note);
        let marks = Marks { link: link.or(marks.link), ..marks };
        for (_, about) in &mut self.open_comments {
            if about.len() < LONGEST_QUOTE * 4 {
                about.push_str(words);
            }
        }
        match story.runs.last_mut() {
            Some(last) if last.marks == marks => last.text.push_str(words),
            _ => story.runs.push(Run { text: words.to_owned(), marks }),
        }
    }

    /// A note as text in brackets.
    fn note(&mut self, node: &'a Node) -> std::borrow::Cow<'a, str> {
        let id = node.attribute("id").unwrap_or_default();
        let Some(note) = self.notes.get(&(&*node.name == "footnoteReference", id)).copied() else { return "".into() };
        let open = std::mem::take(&mut self.open_comments);
        let text = joined(&self.story(&note.children, true));
        self.open_comments = open;
        if text.is_empty() { "".into() } else { format!(" [{text}]").into() }
    }

    /// A comment, where it is referred to.
    fn comment(&mut self, id: Option<&'a str>) {
        let Some(id) = id else { return };
        let about = self.open_comments.iter().position(|(known, _)| *known == id).map(|at| self.open_comments.remove(at).1);
        if let Some(node) = self.comments.remove(id) {
            self.add_comment(node, about.unwrap_or_default().trim());
        }
    }

    /// Enters a comment into the findings.
    pub(super) fn add_comment(&mut self, node: &'a Node, about: &str) {
        let open = std::mem::take(&mut self.open_comments);
        let text = joined(&self.story(&node.children, true));
        self.open_comments = open;
        let author = node.attribute("author").unwrap_or_default().trim().to_owned();
        let about: String = about.split_whitespace().collect::<Vec<_>>().join(" ");
        self.findings.push(Finding::Comment { author, words: shortened(&about, LONGEST_QUOTE).into_owned(), text });
    }

    /// The text boxes of a drawing, and whether it is a picture.
    fn graphic(&mut self, node: &'a Node, story: &mut Story<'a>) {
        let boxes = story.boxes.len();
        let is_picture = look_into(node, &mut story.boxes);
        self.pictures += u32::from(is_picture && story.boxes.len() == boxes);
    }
}

/// Collects the text boxes below a node; whether there is a picture.
fn look_into<'a>(node: &'a Node, boxes: &mut Vec<&'a Node>) -> bool {
    if node.is("txbxContent") {
        boxes.push(node);
        return false;
    }
    let children = if node.space == Space::Alternatives && &*node.name == "AlternateContent" { chosen(node) } else { &node.children };
    let is_picture = matches!(&*node.name, "pic" | "imagedata" | "chart" | "OLEObject");
    children.iter().fold(is_picture, |found, child| look_into(child, boxes) || found)
}

/// Puts the label of a list's line in front of its text. In a heading it is text, as one typed there would be.
fn labelled(piece: &mut Piece, label: &super::numbering::Label, is_heading: bool) -> Option<ListHint> {
    let before = match label.number {
        None if is_heading => return None,
        None => "• ".to_owned(),
        Some(_) if label.text.is_empty() => return None,
        // "1" and "1." are the same number.
        Some(_) if label.text.ends_with(|c: char| c.is_ascii_digit()) && !label.text.contains('.') => format!("{}. ", label.text),
        Some(_) => format!("{} ", label.text),
    };
    piece.prefix(&before);
    let list = if label.number.is_some() { ListJson::Ordered } else { ListJson::Bullet };
    (!is_heading).then_some(ListHint { id: label.list, list, level: label.level, number: label.number, label: before.len() })
}

/// The elements of a content control.
pub(super) fn content(node: &Node) -> &[Node] {
    node.child("sdtContent").map_or(&[], |content| &content.children)
}

/// The first choice of alternatives, or what stands for programs that know none; never both.
pub(super) fn chosen(node: &Node) -> &[Node] {
    let named = |name: &str| node.children.iter().find(|child| child.space == Space::Alternatives && *child.name == *name);
    named("Choice").or_else(|| named("Fallback")).map_or(&[], |chosen| &chosen.children)
}

fn is_contents_control(node: &Node) -> bool {
    let gallery = node.child("sdtPr").and_then(|properties| properties.child("docPartObj")).and_then(|part| part.value("docPartGallery"));
    gallery == Some("Table of Contents")
}

/// A sign of a font of signs: the few that stand in agendas, else a bullet.
fn symbol(node: &Node) -> std::borrow::Cow<'static, str> {
    let code = node.attribute("char").and_then(|code| u32::from_str_radix(code, 16).ok()).unwrap_or_default();
    let sign = match code {
        0xf0fc | 0xf0fe => '✓',
        0xf0e0 | 0xf0e8 => '→',
        0xf06f | 0xf0a8 => '☐',
        0xe000..=0xf8ff => '•',
        code => char::from_u32(code).filter(|c| !c.is_control()).unwrap_or('•'),
    };
    sign.to_string().into()
}

/// The words of lines in one.
pub(super) fn joined(lines: &[Paragraph]) -> String {
    lines.iter().map(|line| line.piece.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_fields_have_an_address_a_place_or_both() {
        for (code, link) in [
            (r#" HYPERLINK "https://x.test/a" "#, Some("https://x.test/a")),
            (r#"HYPERLINK https://x.test"#, Some("https://x.test")),
            (r#"HYPERLINK "https://x.test" \l "afsnit" \o "et tip""#, Some("https://x.test#afsnit")),
            (r#"HYPERLINK \l "afsnit""#, None),
            ("PAGE", None),
            ("HYPERLINK", None),
        ] {
            assert_eq!(link_of(code).as_deref(), link, "{code}");
        }
    }
}
