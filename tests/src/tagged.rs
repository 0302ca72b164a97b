//! What a tagged PDF says to assistive technology: its structure, and the text of each element in reading order.
//!
//! Reads files of our own making, so it gives up with a message at whatever it does not expect.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result};
use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId};

/// An element of the structure.
#[derive(Debug, Clone, Default)]
pub struct Element {
    /// The kind, such as `P` or `H2`.
    pub kind: String,
    /// Its text and its elements, in order.
    pub parts: Vec<Part>,
}

/// What an element holds.
#[derive(Debug, Clone)]
pub enum Part {
    /// Text on the page.
    Text(String),
    /// An element.
    Element(Element),
}

/// A PDF as its readers' software sees it.
#[derive(Debug)]
pub struct Tagged {
    /// The root of the structure.
    pub root: Element,
    /// Language of the document.
    pub language: String,
    /// Title of the document.
    pub title: String,
    /// Titles of the outline's entries.
    pub outline: Vec<String>,
    /// Pages there are.
    pub pages: usize,
    /// All text drawn on the pages, page by page, artifacts too.
    pub drawn: Vec<String>,
}

impl Element {
    /// The elements inside, at any depth, in order, this one first.
    pub fn all(&self) -> Vec<&Element> {
        let mut all = vec![self];
        for part in &self.parts {
            if let Part::Element(inner) = part {
                all.extend(inner.all());
            }
        }
        all
    }

    /// Those of one kind.
    pub fn of(&self, kind: &str) -> Vec<&Element> {
        self.all().into_iter().filter(|element| element.kind == kind).collect()
    }

    /// The words inside in reading order, leaving out elements of these kinds. Inline elements divide no words, others do.
    pub fn words_without(&self, kinds: &[&str]) -> Vec<String> {
        let mut text = String::new();
        self.add_text(kinds, &mut text);
        // Places to break a word are no part of it, nor are the hyphens at the end of a line.
        let text = text.replace(['\u{200b}', '\u{ad}'], "");
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// The words inside in reading order.
    pub fn words(&self) -> Vec<String> {
        self.words_without(&[])
    }

    fn add_text(&self, kinds: &[&str], text: &mut String) {
        let inline = matches!(self.kind.as_str(), "Span" | "Strong" | "Em" | "Link" | "Reference");
        if !inline {
            text.push(' ');
        }
        for part in &self.parts {
            match part {
                Part::Text(own) => text.push_str(own),
                Part::Element(inner) if kinds.contains(&inner.kind.as_str()) => {}
                Part::Element(inner) => inner.add_text(kinds, text),
            }
        }
        if !inline {
            text.push(' ');
        }
    }
}

impl Tagged {
    /// Reads a file.
    ///
    /// # Errors
    /// A file that is no tagged PDF.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let document = Document::load_mem(bytes).context("not a PDF")?;
        let catalog = document.catalog()?;
        let pages: Vec<ObjectId> = document.page_iter().collect();
        let mut texts = HashMap::new();
        let mut drawn = Vec::new();
        for page in &pages {
            drawn.push(page_text(&document, *page, &mut texts)?);
        }
        let reader = Reader { document: &document, texts };
        let structure = catalog.get_deref(b"StructTreeRoot", &document)?.as_dict().context("no structure")?;
        let mut root = Element { kind: "Root".to_owned(), ..Element::default() };
        reader.children(structure.get(b"K")?, None, &mut root)?;
        let info = document.trailer.get_deref(b"Info", &document)?.as_dict()?;
        let mut outline = Vec::new();
        if let Ok(outlines) = catalog.get_deref(b"Outlines", &document).and_then(Object::as_dict) {
            entries(&document, outlines, &mut outline)?;
        }
        Ok(Self {
            root,
            language: string(catalog.get_deref(b"Lang", &document)?)?,
            title: string(info.get_deref(b"Title", &document)?)?,
            outline,
            pages: pages.len(),
            drawn,
        })
    }
}

fn entries(document: &Document, parent: &Dictionary, titles: &mut Vec<String>) -> Result<()> {
    let mut next = parent.get_deref(b"First", document).and_then(Object::as_dict).ok();
    while let Some(entry) = next {
        titles.push(string(entry.get_deref(b"Title", document)?)?);
        entries(document, entry, titles)?;
        next = entry.get_deref(b"Next", document).and_then(Object::as_dict).ok();
    }
    Ok(())
}

/// A text string: UTF-16 behind its mark, else bytes.
fn string(object: &Object) -> Result<String> {
    let bytes = object.as_str()?;
    Ok(match bytes.strip_prefix(&[0xfe, 0xff]) {
        Some(units) => {
            let units: Vec<u16> = units.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units)?
        }
        None => bytes.iter().map(|byte| char::from(*byte)).collect(),
    })
}

/// Text by the page that it stands on and its number there.
type Texts = HashMap<(ObjectId, i64), String>;

struct Reader<'a> {
    document: &'a Document,
    texts: Texts,
}

impl Reader<'_> {
    fn children(&self, object: &Object, page: Option<ObjectId>, into: &mut Element) -> Result<()> {
        let (_, object) = self.document.dereference(object)?;
        match object {
            Object::Array(all) => all.iter().try_for_each(|one| self.children(one, page, into)),
            Object::Integer(number) => self.leaf(page, *number, into),
            Object::Dictionary(dictionary) if dictionary.has(b"S") => {
                let kind = String::from_utf8_lossy(dictionary.get(b"S")?.as_name()?).into_owned();
                let page = dictionary.get(b"Pg").and_then(Object::as_reference).ok().or(page);
                let mut element = Element { kind, ..Element::default() };
                if let Ok(inner) = dictionary.get(b"K") {
                    self.children(inner, page, &mut element)?;
                }
                into.parts.push(Part::Element(element));
                Ok(())
            }
            Object::Dictionary(dictionary) if dictionary.has(b"MCID") => {
                let page = dictionary.get(b"Pg").and_then(Object::as_reference).ok().or(page);
                self.leaf(page, dictionary.get(b"MCID")?.as_i64()?, into)
            }
            // A link's annotation.
            _ => Ok(()),
        }
    }

    fn leaf(&self, page: Option<ObjectId>, number: i64, into: &mut Element) -> Result<()> {
        let page = page.context("marked content without a page")?;
        if let Some(text) = self.texts.get(&(page, number)) {
            into.parts.push(Part::Text(text.clone()));
        }
        Ok(())
    }
}

/// Puts the text of each marked content of a page in its place, and answers all text of the page.
fn page_text(document: &Document, page: ObjectId, texts: &mut Texts) -> Result<String> {
    let mut encodings = BTreeMap::new();
    for (name, font) in document.get_page_fonts(page)? {
        encodings.insert(name, font.get_font_encoding(document)?);
    }
    let content = Content::decode(&document.get_page_content(page))?;
    let mut all = String::new();
    let mut encoding = None;
    // Number of the marked content and the text that stands for it, from the outermost to the innermost.
    let mut open: Vec<(Option<i64>, bool)> = Vec::new();
    let mut add = |open: &[(Option<i64>, bool)], text: &str| {
        all.push_str(text);
        if let Some(number) = open.iter().rev().find_map(|(number, _)| *number) {
            texts.entry((page, number)).or_default().push_str(text);
        }
    };
    for operation in &content.operations {
        let operands = &operation.operands;
        match operation.operator.as_str() {
            "Tf" => encoding = encodings.get(operands.first().context("a font without a name")?.as_name()?),
            "BMC" => open.push((None, false)),
            "BDC" => {
                let properties = operands.get(1).and_then(|object| object.as_dict().ok());
                let number = properties.and_then(|set| set.get(b"MCID").ok()?.as_i64().ok());
                let actual = properties.and_then(|set| string(set.get(b"ActualText").ok()?).ok());
                open.push((number, actual.is_some()));
                if let Some(actual) = actual {
                    add(&open, &actual);
                }
            }
            "EMC" => {
                open.pop();
            }
            "Tj" | "TJ" if !open.iter().any(|(_, replaced)| *replaced) => {
                let encoding = encoding.context("text without a font")?;
                for operand in operands {
                    let pieces = operand.as_array().map_or(std::slice::from_ref(operand), Vec::as_slice);
                    for piece in pieces.iter().filter_map(|piece| piece.as_str().ok()) {
                        add(&open, &Document::decode_text(encoding, piece)?);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(all)
}
