//! One HTML file that needs nothing beside it: no script, no picture, no font, its few styles inside.
//!
//! Built with the renderer's elements and its escaping, so that text stays text.

use dagsorden_shared::meeting_json::ListJson;
use dagsorden_shared::render::{Element, Node, element, to_html};
use dagsorden_shared::richtext::Marks;

use super::paper::{Attachment, Block, Item, List, Paper, Run, Section, Table};

/// The sheet goes through the sink's escaping, so it holds neither quotes nor child combinators.
const STYLE: &str = "\
:root { color-scheme: light dark; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 Georgia, serif; }
h1, h2, h3, h4, h5 { line-height: 1.25; break-after: avoid; }
h1 { font-weight: normal; font-size: 2rem; }
h2 { margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid; font-size: 1.35rem; }
h3 { margin-bottom: .25rem; font-size: 1.05rem; }
h4, h5 { margin-bottom: .25rem; font-size: 1rem; }
.draft, .forum, .kind { margin: 0; font-weight: bold; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; }
dd { margin: 0; }
.facts { margin-top: 0; opacity: .8; }
.n { margin-right: .75rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { padding: .3rem .6rem; border: 1px solid; text-align: left; vertical-align: top; }
tr { break-inside: avoid; }
.r { text-align: right; }
ul, ol { padding-left: 1.5rem; }
.i1 { margin-left: 1.5rem; } .i2 { margin-left: 3rem; } .i3 { margin-left: 4.5rem; } .i4 { margin-left: 6rem; }
.i5 { margin-left: 7.5rem; } .i6 { margin-left: 9rem; } .i7 { margin-left: 10.5rem; } .i8 { margin-left: 12rem; }
@page { size: A4; margin: 22mm 20mm; }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 10.5pt; } }
";

/// The file.
pub(super) fn write(paper: &Paper<'_>) -> String {
    let head = element("head")
        .child(element("meta").attribute("charset", "utf-8"))
        .child(element("meta").attribute("name", "viewport").attribute("content", "width=device-width, initial-scale=1"))
        .child(element("title").text(title(paper)))
        .child(element("style").text(STYLE));
    let html = element("html").attribute("lang", paper.catalogue.language.code()).child(head).child(body(paper));
    format!("<!doctype html>\n{}\n", to_html(&html))
}

fn title(paper: &Paper<'_>) -> String {
    if paper.forum.is_empty() || paper.title.contains(&paper.forum) {
        paper.title.clone()
    } else {
        format!("{}, {}", paper.title, paper.forum)
    }
}

fn body(paper: &Paper<'_>) -> Element {
    let line = |class: &'static str, text: String| element("p").class(class).text(text);
    let facts = paper.facts.iter().flat_map(|(label, value)| [element("dt").text(*label), element("dd").text(value.clone())]);
    let header = element("header")
        .children(paper.draft.then(|| line("draft", paper.catalogue.export.draft.to_owned())))
        .children((!paper.forum.is_empty()).then(|| line("forum", paper.forum.clone())))
        .children(paper.kind.map(|kind| line("kind", kind.to_owned())))
        .child(element("h1").text(paper.title.clone()))
        .children((!paper.facts.is_empty()).then(|| element("dl").children(facts)));
    let items = (1..).zip(&paper.items).map(|(at, one)| item(at, one, paper.catalogue.meeting.attachments));
    element("body").child(header).children(contents(paper)).child(element("main").children(items))
}

fn anchor(at: usize) -> String {
    format!("punkt-{at}")
}

fn contents(paper: &Paper<'_>) -> Option<Element> {
    let entry = |(at, item): (usize, &Item)| {
        element("li").child(element("a").attribute("href", format!("#{}", anchor(at))).children(heading(item)))
    };
    let list = element("ul").children((1..).zip(&paper.items).map(entry));
    (paper.items.len() > 1).then(|| element("nav").attribute("aria-label", paper.catalogue.meeting.outline_label).child(list))
}

/// Number and title.
fn heading(item: &Item) -> Vec<Node> {
    let number = (!item.number.is_empty()).then(|| element("span").class("n").text(item.number.clone()).into());
    // The blank is for those who copy the line; it takes no room beside the margin.
    number.into_iter().chain([format!(" {}", item.title).into()]).collect()
}

fn item(at: usize, item: &Item, attachments: &'static str) -> Element {
    let facts = item.alt_title.iter().chain(&item.facts).map(|text| element("p").class("facts").text(text.clone()));
    let files = (!item.files.is_empty())
        .then(|| element("section").child(element("h3").text(attachments)).child(element("ul").children(item.files.iter().map(file))));
    element("article")
        .child(element("h2").attribute("id", anchor(at)).children(heading(item)))
        .children(facts)
        .children(item.sections.iter().map(section))
        .children(files)
}

fn file(file: &Attachment) -> Element {
    let number = if file.number.is_empty() { String::new() } else { format!("{} ", file.number) };
    let note = file.note.map(|note| format!(" ({})", note.to_lowercase())).unwrap_or_default();
    element("li").text(format!("{number}{}{note}", file.title))
}

fn section(section: &Section) -> Element {
    element("section")
        .children(section.heading.as_ref().map(|heading| element("h3").text(heading.clone())))
        .children(section.blocks.iter().map(block))
}

fn block(block: &Block) -> Element {
    match block {
        Block::Paragraph { level, runs } => indented(element("p"), *level).children(inline(runs)),
        // The title of the meeting is the first level, an item's the second.
        Block::Heading { depth, runs } => element(if *depth < 3 {
            "h3"
        } else if *depth == 3 {
            "h4"
        } else {
            "h5"
        })
        .children(inline(runs)),
        Block::List(list) => indented(lines(list), list.level),
        Block::Quote(runs) => element("blockquote").child(element("p").children(inline(runs))),
        Block::Table(table) => grid(table),
    }
}

const INDENTS: [&str; 9] = ["", "i1", "i2", "i3", "i4", "i5", "i6", "i7", "i8"];

fn indented(element: Element, level: u8) -> Element {
    match INDENTS.get(usize::from(level)) {
        Some(class) if level > 0 => element.class(*class),
        _ => element,
    }
}

fn lines(list: &List) -> Element {
    let tag = match list.kind {
        ListJson::Bullet => "ul",
        ListJson::Ordered => "ol",
    };
    let host = if list.start > 1 { element(tag).attribute("start", list.start.to_string()) } else { element(tag) };
    host.children(list.items.iter().map(|item| element("li").children(inline(&item.runs)).children(item.lists.iter().map(lines))))
}

fn grid(table: &Table) -> Element {
    let row = |cells: &Vec<Vec<Run>>, is_head: bool| {
        element("tr").children(cells.iter().zip(&table.numeric).map(|(cell, numeric)| {
            let host = if is_head { element("th").attribute("scope", "col") } else { element("td") };
            let host = if *numeric { host.class("r") } else { host };
            host.children(inline(cell))
        }))
    };
    let (head, rest) = table.rows.split_at(usize::from(table.head));
    let head = head.first().map(|cells| element("thead").child(row(cells, true)));
    element("table").children(head).child(element("tbody").children(rest.iter().map(|cells| row(cells, false))))
}

/// Marks nest in the order of the page.
fn inline(runs: &[Run]) -> Vec<Node> {
    let node = |run: &Run| {
        let Marks { bold, italic, underline, strike, link } = &run.marks;
        let mut node = Node::from(run.text.clone());
        for (on, tag) in [(strike, "s"), (underline, "u"), (italic, "em"), (bold, "strong")] {
            if *on {
                node = element(tag).child(node).into();
            }
        }
        match link {
            Some(link) => element("a").attribute("href", link.clone()).child(node).into(),
            None => node,
        }
    };
    runs.iter().map(node).collect()
}
