//! Styles: what a paragraph or a run is by the style it names, and by the styles that one is based on.

use std::collections::HashMap;

use super::xml::Node;

/// The most steps from a style to those it is based on; circles exist.
const LONGEST_CHAIN: usize = 20;

/// All styles of a file.
#[derive(Debug, Default)]
pub(super) struct Styles<'a> {
    by_id: HashMap<&'a str, Style<'a>>,
    /// The style of paragraphs that name none.
    default: Option<&'a str>,
}

#[derive(Debug)]
struct Style<'a> {
    name: String,
    based_on: Option<&'a str>,
    node: &'a Node,
}

/// A reference to a list: which, and its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InList<'a> {
    /// Its id; `0` for none.
    pub(super) id: &'a str,
    /// From 0; `None` if it is the level that the style has in the list.
    pub(super) level: Option<u8>,
}

impl<'a> Styles<'a> {
    /// Reads the part with the styles.
    pub(super) fn read(root: &'a Node) -> Self {
        let mut styles = Self::default();
        for node in root.children.iter().filter(|node| node.is("style")) {
            let Some(id) = node.attribute("styleId") else { continue };
            let name = node.value("name").unwrap_or(id).to_lowercase();
            if node.attribute("type") == Some("paragraph") && matches!(node.attribute("default"), Some("1" | "true" | "on")) {
                styles.default = Some(id);
            }
            styles.by_id.insert(id, Style { name, based_on: node.value("basedOn"), node });
        }
        styles
    }

    /// The style of a paragraph: what its properties name, else the default.
    pub(super) fn of_paragraph(&self, properties: Option<&'a Node>) -> Option<&'a str> {
        properties.and_then(|properties| properties.value("pStyle")).or(self.default)
    }

    /// A style and those it is based on.
    fn chain(&self, id: Option<&'a str>) -> impl Iterator<Item = &Style<'a>> {
        let first = id.and_then(|id| self.by_id.get(id));
        std::iter::successors(first, |style| style.based_on.and_then(|id| self.by_id.get(id))).take(LONGEST_CHAIN)
    }

    /// Level of the heading that a paragraph is, from 1.
    pub(super) fn heading(&self, properties: Option<&'a Node>) -> Option<u8> {
        let level = |properties: &Node| properties.value("outlineLvl").and_then(|level| level.parse::<u8>().ok());
        let id = self.of_paragraph(properties);
        let own = properties.and_then(level).or_else(|| self.chain(id).find_map(|style| style.node.child("pPr").and_then(level)));
        match own {
            Some(level) => (level < 9).then_some(level + 1),
            None => self
                .chain(id)
                .find_map(|style| by_name(&style.name))
                .or_else(|| id.filter(|id| !self.by_id.contains_key(id)).and_then(by_name)),
        }
    }

    /// Whether a paragraph has this style of Word's own, by its name in English, or one based on it.
    pub(super) fn is_named(&self, properties: Option<&'a Node>, name: &str) -> bool {
        self.chain(self.of_paragraph(properties)).any(|style| style.name == name)
    }

    /// Whether a paragraph belongs to the table of contents.
    pub(super) fn is_contents(&self, properties: Option<&'a Node>) -> bool {
        let id = self.of_paragraph(properties);
        let is_listed = |name: &str| name == "toc heading" || name.strip_prefix("toc ").is_some_and(|level| level.parse::<u8>().is_ok());
        self.chain(id).any(|style| is_listed(&style.name))
    }

    /// The list that a paragraph is in.
    pub(super) fn list(&self, properties: Option<&'a Node>) -> Option<InList<'a>> {
        let read = |properties: &'a Node| {
            let node = properties.child("numPr")?;
            Some((node.value("numId"), node.value("ilvl").and_then(|level| level.parse().ok())))
        };
        let own = properties.and_then(read);
        let styled = self.chain(self.of_paragraph(properties)).find_map(|style| style.node.child("pPr").and_then(read));
        // A level of its own may stand beside the list of the style.
        let id = own.and_then(|(id, _)| id).or_else(|| styled.and_then(|(id, _)| id))?;
        let level = own.and_then(|(_, level)| level).or_else(|| styled.and_then(|(_, level)| level));
        (id != "0").then_some(InList { id, level })
    }

    /// The level that a style's name says: `List Bullet 2` is a list of its own, one level down.
    pub(super) fn named_level(&self, properties: Option<&'a Node>) -> Option<u8> {
        let level = |name: &str| {
            let rest = ["list bullet ", "list number "].iter().find_map(|word| name.strip_prefix(word))?;
            rest.parse::<u8>().ok().filter(|level| (2..=9).contains(level)).map(|level| level - 1)
        };
        self.chain(self.of_paragraph(properties)).find_map(|style| level(&style.name))
    }

    /// A switch of a run, such as `b`: its own, that of its style, or that of its paragraph's style.
    pub(super) fn switch(&self, run: Option<&'a Node>, paragraph: Option<&'a Node>, name: &str) -> bool {
        self.look(run, paragraph, |properties| properties.switch(name)).unwrap_or(false)
    }

    /// The same for what is no switch, as `look` reads it from properties of runs.
    pub(super) fn look<T>(&self, run: Option<&'a Node>, paragraph: Option<&'a Node>, look: impl Fn(&'a Node) -> Option<T>) -> Option<T> {
        let in_style = |style: &Style<'a>| style.node.child("rPr").and_then(&look);
        run.and_then(&look)
            .or_else(|| self.chain(run.and_then(|run| run.value("rStyle"))).find_map(in_style))
            .or_else(|| self.chain(self.of_paragraph(paragraph)).find_map(in_style))
    }
}

/// `heading 2`, as all languages of Word name it, and ids such as `Overskrift2` where the styles are missing.
fn by_name(name: &str) -> Option<u8> {
    let name = name.to_lowercase();
    let rest = ["heading", "overskrift", "berschrift", "rubrik"].iter().find_map(|word| name.strip_prefix(word))?;
    rest.trim().parse().ok().filter(|level| (1..=9).contains(level))
}
