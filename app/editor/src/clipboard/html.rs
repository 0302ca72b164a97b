//! Foreign HTML read as lines: from Word, Outlook, Google Docs, Excel and the web.
//!
//! The page parses the inert HTML in a document of its own that runs and loads nothing, and hands its elements over as a small tree; what
//! is made of them is an allow list. No foreign node, class, id or style ever goes further than this module.

mod inert;
mod lines;
mod style;
mod table;
mod word;

use dagsorden_shared::richtext::attributes::safe_link;
use dagsorden_shared::richtext::line::{MAX_INDENT, number};
use dagsorden_shared::richtext::numbers::unsay;
use dagsorden_shared::richtext::{Block, Line, LineFormat, ListKind, Marks};

pub use inert::inert;
use lines::Lines;
use style::Style;

/// Longest HTML that is looked at, in bytes; what is longer is pasted as plain text.
pub const MAX_LENGTH: usize = 8_000_000;

/// Elements below this depth are read as the text they hold.
pub const MAX_DEPTH: u32 = 100;

/// Attributes that are looked at, and the elements on which; without any named, on all.
const ATTRIBUTES: [(&str, &str); 10] = [
    (inert::STYLE_NAME, ""),
    ("href", "a"),
    ("data-aria-level", "li"),
    ("hidden", ""),
    ("role", "table"),
    ("colspan", "td th"),
    ("rowspan", "td th"),
    ("start", "ol"),
    ("datetime", "del ins"),
    ("value", "li"),
];

/// What is wanted of an element's attributes. `value` is asked for no others: each question to a page takes its time.
pub fn attributes(name: &str, value: &dyn Fn(&str) -> Option<String>) -> Attributes {
    Box::new(ATTRIBUTES.map(|(attribute, elements)| if elements.is_empty() || is_one_of(name, elements) { value(attribute) } else { None }))
}

/// Values of attributes, see [`attributes`]. In a box, so that a text costs no more than its letters.
pub type Attributes = Box<[Option<String>; ATTRIBUTES.len()]>;

/// A node of a foreign page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foreign {
    /// Text, as it stands in the source.
    Text(String),
    /// An element.
    Element(Element),
}

/// An element of a foreign page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Local name, lower case.
    pub name: String,
    /// From [`attributes`].
    pub attributes: Attributes,
    /// Children in order.
    pub children: Vec<Foreign>,
}

/// Places in [`ATTRIBUTES`].
const STYLE: usize = 0;
const HREF: usize = 1;
const LEVEL: usize = 2;
const HIDDEN: usize = 3;
const ROLE: usize = 4;
const COLUMN_SPAN: usize = 5;
const ROW_SPAN: usize = 6;
const START: usize = 7;
const CHANGED: usize = 8;
const NUMBER: usize = 9;

/// Where the marks of comments lead, in Word and in Google Docs.
const COMMENTS: [&str; 3] = ["#_msocom", "#_msoanchor", "#cmnt"];

/// Depths at which the numbers of lists are counted.
const COUNTED: usize = 10;

impl Element {
    fn attribute(&self, place: usize) -> &str {
        self.attributes[place].as_deref().unwrap_or_default()
    }
}

/// Elements that are dropped with all they hold.
const DROPPED: &str = "script meta title link object iframe svg math template noscript xml select button input textarea audio video canvas \
    embed map applet";

/// Elements that begin and end a line.
const BLOCKS: &str = "p div section article header footer main aside nav address figure figcaption fieldset form dl dt dd details summary \
    center hr h1 h2 h3 h4 h5 h6 blockquote pre ul ol menu li table tbody thead tfoot tr td th caption";

fn is_one_of(name: &str, names: &str) -> bool {
    names.split(' ').any(|known| known == name)
}

/// The lines of a foreign page; none if it holds nothing to paste. Cells carry ids that are unique in their table only.
/// `source` is the HTML that `root` was parsed from: Word's list styles are read from it.
pub fn read(root: &Element, source: &str) -> Vec<Line> {
    let mut reader = Reader { word: word::ListStyles::read(source), ..Reader::default() };
    reader.element(root, &Around::default());
    if !reader.lines.is_at_start() {
        reader.lines.end_part(LineFormat::PARAGRAPH);
    }
    let mut lines = reader.lines.into_lines();
    // Browsers and Google Docs end what they copy with a break that means nothing.
    while lines.last().is_some_and(|line| *line == Line::default()) {
        lines.pop();
    }
    unsay(&mut lines);
    lines
}

/// What the elements around a text make of it.
#[derive(Debug, Clone, Default)]
struct Around {
    marks: Marks,
    heading: u8,
    quote: bool,
    list: Option<ListKind>,
    /// Lists around.
    depth: u8,
    /// Whether spaces and line breaks of the source count.
    preserve: bool,
}

#[derive(Default)]
struct Reader {
    lines: Lines,
    /// Word's list styles.
    word: word::ListStyles,
    /// The item whose first line is still to come.
    item: Option<LineFormat>,
    /// The last number of the lists that the lines above are in, by depth.
    numbers: [i64; COUNTED],
}

impl Reader {
    fn children(&mut self, element: &Element, around: &Around) {
        for child in &element.children {
            match child {
                Foreign::Text(text) => self.text(text, around),
                Foreign::Element(element) => self.element(element, around),
            }
        }
    }

    fn element(&mut self, element: &Element, outer: &Around) {
        let name = element.name.as_str();
        let style = Style::read(element.attribute(STYLE));
        if style.hidden || style.is_list_marker() || element.attributes[HIDDEN].is_some() || is_one_of(name, DROPPED) {
            return;
        }
        // With a date it is a change that was tracked: what was taken out is gone, what came is text like any other.
        let tracked = element.attributes[CHANGED].is_some();
        let marks_comment = name == "a" && COMMENTS.iter().any(|known| element.attribute(HREF).contains(known));
        if marks_comment || tracked && name == "del" {
            return;
        }
        match name {
            "br" => return self.break_line(outer),
            // Word ends paragraphs with it; in an empty one it holds a no-break space.
            "o:p" if element.children.is_empty() => return,
            "o:p" => return self.lines.keep_open(),
            "table" if table::is_data(element) => {
                self.end_line(outer);
                return self.table(element, outer);
            }
            _ => {}
        }
        let mut around = outer.clone();
        style.mark(&mut around.marks, if tracked { "" } else { name });
        around.preserve = style.preserve.unwrap_or(around.preserve || name == "pre");
        if name == "a"
            && let Some(link) = safe_link(element.attribute(HREF))
        {
            around.marks.link = Some(link.to_owned());
        }
        if !is_one_of(name, BLOCKS) {
            return self.children(element, &around);
        }
        self.end_line(outer);
        let mut item = None;
        match name {
            "ul" | "menu" | "ol" => {
                around.list = Some(if name == "ol" { ListKind::Ordered } else { ListKind::Bullet });
                around.depth = outer.depth.saturating_add(1);
                let start = element.attribute(START).parse::<i64>().ok();
                // Word Online writes every item as a list of its own, which goes on with the one before.
                let level = element.children.iter().find_map(|child| match child {
                    Foreign::Element(item) => item.attribute(LEVEL).parse::<u8>().ok(),
                    Foreign::Text(_) => None,
                });
                if start.is_some() || level.is_none() {
                    self.numbers[counted(level.unwrap_or(around.depth))] = start.unwrap_or(1).saturating_sub(1);
                }
            }
            "li" => {
                // Of Word Online.
                if let Ok(level) = element.attribute(LEVEL).parse() {
                    around.depth = level;
                }
                item = around.list.or(Some(ListKind::Bullet));
                if let Ok(number) = element.attribute(NUMBER).parse::<i64>() {
                    self.numbers[counted(around.depth)] = number.saturating_sub(1);
                }
            }
            "blockquote" => around.quote = true,
            _ => {
                around.heading = heading(name).unwrap_or(around.heading);
                if around.heading == 0
                    && let Some((kind, level)) = self.word.item(element, style.list)
                {
                    around.depth = level;
                    item = Some(kind);
                    if let Some(number) = word::number(element) {
                        self.numbers[counted(level)] = i64::from(number) - 1;
                    }
                }
            }
        }
        if let Some(kind) = item {
            let indent = around.depth.saturating_sub(1).min(MAX_INDENT);
            let depth = counted(around.depth);
            self.numbers[depth] = if kind == ListKind::Ordered { self.numbers[depth].saturating_add(1) } else { 0 };
            self.numbers[depth + 1..].fill(0);
            self.item = Some(LineFormat { block: Block::ListItem(kind), indent, start: number(self.numbers[depth]) });
        }
        self.children(element, &around);
        self.end_line(&around);
        if item.is_some() {
            self.item = None;
        }
    }

    fn text(&mut self, text: &str, around: &Around) {
        if !around.preserve {
            return self.lines.push_collapsed(text, &around.marks);
        }
        // White space between the blocks of a page that keeps it is still only the source's.
        if text.contains('\n') && text.trim().is_empty() && self.lines.is_at_start() {
            return;
        }
        for (number, piece) in text.split('\n').enumerate() {
            if number > 0 {
                self.break_line(around);
            }
            self.lines.push(piece.trim_end_matches('\r'), &around.marks);
        }
    }

    /// Ends the line, or adds an empty one.
    fn break_line(&mut self, around: &Around) {
        self.lines.keep_open();
        self.end_line(around);
    }

    /// Ends the line if anything is in it.
    fn end_line(&mut self, around: &Around) {
        if self.lines.is_at_start() {
            return;
        }
        let block = match (around.heading, around.quote) {
            (0, false) => Block::Paragraph,
            (0, true) => Block::Quote,
            (level, _) => Block::Heading(level),
        };
        // What follows in an item stands under its text.
        let indent = if block == Block::Paragraph { around.depth.min(MAX_INDENT) } else { 0 };
        let format = self.item.take().unwrap_or(LineFormat { indent, ..LineFormat::of(block) });
        if around.depth == 0 {
            self.numbers = Default::default();
        }
        self.lines.end(format);
    }

    /// The lines that `read` makes of an element, as one.
    fn single_line(&mut self, element: &Element, around: &Around) -> Line {
        let outer = std::mem::take(&mut self.lines);
        let item = self.item.take();
        self.element_as_line(element, around);
        self.item = item;
        std::mem::replace(&mut self.lines, outer).into_single()
    }

    fn element_as_line(&mut self, element: &Element, around: &Around) {
        let mut around = around.clone();
        Style::read(element.attribute(STYLE)).mark(&mut around.marks, &element.name);
        self.children(element, &around);
        self.end_line(&around);
    }
}

/// The place of a depth among those that are counted.
fn counted(depth: u8) -> usize {
    usize::from(depth).min(COUNTED - 1)
}

/// The level of a heading: those we have not become the deepest we have.
fn heading(name: &str) -> Option<u8> {
    let level = name.strip_prefix('h')?.parse::<u8>().ok()?;
    Some(level.clamp(1, 3))
}
