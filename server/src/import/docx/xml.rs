//! The parts of an Office file as trees: XML without document types, within budgets, names told apart by their namespace.
//!
//! Both families of namespaces (transitional and strict) and any prefix come to the same names. Knows nothing of what elements mean.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::WordProblem;
use crate::import::decode::composed;

/// The deepest element.
const DEEPEST: usize = 200;

/// The most elements of a file.
const MOST_ELEMENTS: usize = 1_000_000;

/// The most attributes that are read of an element.
const MOST_ATTRIBUTES: usize = 64;

/// The namespaces that are distinguished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// The text of a Word file.
    Word,
    /// Links between parts.
    Relations,
    /// Formulas.
    Formula,
    /// Alternatives for programs of different age.
    Alternatives,
    /// Any other.
    Other,
}

impl Space {
    fn of(resolved: &ResolveResult<'_>) -> Self {
        let ResolveResult::Bound(namespace) = resolved else { return Self::Other };
        match namespace.as_ref() {
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main" | "http://purl.oclc.org/ooxml/wordprocessingml/main" => {
                Self::Word
            }
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
            | "http://purl.oclc.org/ooxml/officeDocument/relationships" => Self::Relations,
            "http://schemas.openxmlformats.org/officeDocument/2006/math" | "http://purl.oclc.org/ooxml/officeDocument/math" => {
                Self::Formula
            }
            "http://schemas.openxmlformats.org/markup-compatibility/2006" => Self::Alternatives,
            _ => Self::Other,
        }
    }
}

/// An element.
#[derive(Debug)]
pub(super) struct Node {
    /// Its namespace.
    pub(super) space: Space,
    /// Its local name.
    pub(super) name: Box<str>,
    attributes: Vec<(Space, Box<str>, Box<str>)>,
    /// Elements in it.
    pub(super) children: Vec<Node>,
    /// Text right in it.
    pub(super) text: String,
}

impl Node {
    /// Whether it is this element of Word.
    pub(super) fn is(&self, name: &str) -> bool {
        self.space == Space::Word && *self.name == *name
    }

    /// The first child of Word with this name.
    pub(super) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.is(name))
    }

    /// The value of an attribute with this local name that links no part.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(space, known, _)| *space != Space::Relations && **known == *name).map(|(_, _, value)| &**value)
    }

    /// The id of the part that it links.
    pub(super) fn relation(&self) -> Option<&str> {
        self.attributes.iter().find(|(space, known, _)| *space == Space::Relations && **known == *"id").map(|(_, _, value)| &**value)
    }

    /// The attribute `val` of a child.
    pub(super) fn value(&self, child: &str) -> Option<&str> {
        self.child(child)?.attribute("val")
    }

    /// A switch: the child is there and does not say that it is off. `None` if it is not there.
    pub(super) fn switch(&self, child: &str) -> Option<bool> {
        self.child(child).map(|child| !matches!(child.attribute("val"), Some("0" | "false" | "off" | "none")))
    }
}

/// Reads parts, and counts their elements.
#[derive(Debug, Default)]
pub(super) struct Parser {
    elements: usize,
}

impl Parser {
    /// The outermost element of a part.
    ///
    /// # Errors
    /// Not XML, a document type, or more than the budgets.
    pub(super) fn parse(&mut self, bytes: &[u8]) -> Result<Node, WordProblem> {
        let text = decode(bytes)?;
        let mut reader = NsReader::from_str(&text);
        let mut open: Vec<Node> = Vec::new();
        let mut root: Option<Node> = None;
        loop {
            let (resolved, event) = reader.read_resolved_event().map_err(|error| WordProblem::Xml(error.to_string()))?;
            let space = Space::of(&resolved);
            match event {
                Event::Start(start) => {
                    open.push(self.node(&reader, space, &start, open.len())?);
                }
                Event::Empty(start) => {
                    let node = self.node(&reader, space, &start, open.len())?;
                    close(node, &mut open, &mut root)?;
                }
                Event::End(_) => {
                    let node = open.pop().ok_or_else(|| WordProblem::Xml("an end without a start".into()))?;
                    close(node, &mut open, &mut root)?;
                }
                Event::Text(words) => add(&mut open, &words.xml10_content()),
                Event::CData(words) => add(&mut open, &words.xml10_content()),
                Event::GeneralRef(reference) => {
                    let character = reference.resolve_char_ref().map_err(|error| WordProblem::Xml(error.to_string()))?;
                    match character {
                        Some(character) => add(&mut open, character.encode_utf8(&mut [0; 4])),
                        None => {
                            let name = reference.xml10_content();
                            let known = quick_xml::escape::resolve_predefined_entity(&name);
                            add(&mut open, known.ok_or_else(|| WordProblem::Xml(format!("an unknown entity {name}")))?);
                        }
                    }
                }
                Event::DocType(_) => return Err(WordProblem::DocumentType),
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
        match root {
            Some(root) if open.is_empty() => Ok(root),
            _ => Err(WordProblem::Xml("it ends in the middle".into())),
        }
    }

    fn node(&mut self, reader: &NsReader<&[u8]>, space: Space, start: &BytesStart<'_>, depth: usize) -> Result<Node, WordProblem> {
        self.elements += 1;
        if self.elements > MOST_ELEMENTS {
            return Err(WordProblem::TooMuch("elements"));
        }
        if depth >= DEEPEST {
            return Err(WordProblem::TooMuch("levels of elements"));
        }
        let mut attributes = Vec::new();
        for attribute in start.attributes().with_checks(false).take(MOST_ATTRIBUTES) {
            let attribute = attribute.map_err(|error| WordProblem::Xml(error.to_string()))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let (resolved, local) = reader.resolver().resolve_attribute(attribute.key);
            let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|error| WordProblem::Xml(error.to_string()))?;
            attributes.push((Space::of(&resolved), local.as_ref().into(), value.into()));
        }
        Ok(Node { space, name: start.local_name().as_ref().into(), attributes, children: Vec::new(), text: String::new() })
    }
}

fn close(node: Node, open: &mut [Node], root: &mut Option<Node>) -> Result<(), WordProblem> {
    match open.last_mut() {
        Some(parent) => parent.children.push(node),
        None if root.is_none() => *root = Some(node),
        None => return Err(WordProblem::Xml("two outermost elements".into())),
    }
    Ok(())
}

fn add(open: &mut [Node], words: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(words);
    }
}

/// UTF-8 or UTF-16, with or without a byte order mark.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, WordProblem> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        char::decode_utf16(bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)))
            .collect::<Result<String, _>>()
            .map(Cow::Owned)
            .map_err(|_| WordProblem::Xml("not UTF-16".into()))
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [b'<', 0, ..] => utf16(bytes, u16::from_le_bytes)?,
        [0, b'<', ..] => utf16(bytes, u16::from_be_bytes)?,
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| WordProblem::Xml("not UTF-8".into()))?
        }
    };
    Ok(composed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    const STRICT: &str = "http://purl.oclc.org/ooxml/wordprocessingml/main";

    fn parse(xml: &str) -> Result<Node, WordProblem> {
        Parser::default().parse(xml.as_bytes())
    }

    #[test]
    fn any_prefix_and_both_families_are_the_same() {
        for xml in [
            format!("<w:p xmlns:w='{W}'><w:t w:val='a'>x</w:t></w:p>"),
            format!("<p xmlns='{STRICT}' xmlns:q='{STRICT}'><t q:val='a'>x</t></p>"),
        ] {
            let node = parse(&xml).expect("a paragraph");
            assert!(node.is("p"));
            let text = node.child("t").expect("text");
            assert_eq!((text.text.as_str(), text.attribute("val")), ("x", Some("a")));
        }
        assert!(!parse("<w:p xmlns:w='urn:x'/>").expect("another").is("p"));
    }

    #[test]
    fn references_are_characters() {
        assert_eq!(parse("<t>A &amp; B &#248; &#xe5; &lt;<![CDATA[&]]></t>").expect("text").text, "A & B ø å <&");
        assert!(parse("<t>&nbsp;</t>").is_err());
    }

    #[test]
    fn utf16_and_byte_order_marks_are_read() {
        let xml = "<t>ø</t>";
        let little: Vec<u8> = xml.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}<t>ø</t>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big, "\u{feff}<t>ø</t>".as_bytes().to_vec()] {
            assert_eq!(Parser::default().parse(&bytes).expect("text").text, "ø");
        }
    }

    #[test]
    fn what_is_too_much_or_no_xml_is_refused() {
        assert_eq!(parse("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>").err(), Some(WordProblem::DocumentType));
        let deep = format!("{}{}", "<a>".repeat(20_000), "</a>".repeat(20_000));
        assert_eq!(parse(&deep).err(), Some(WordProblem::TooMuch("levels of elements")));
        assert_eq!(parse(&format!("<a>{}</a>", "<b/>".repeat(MOST_ELEMENTS))).err(), Some(WordProblem::TooMuch("elements")));
        for xml in ["", "<a>", "<a></b>", "<a/><b/>", "</a>"] {
            assert!(matches!(parse(xml), Err(WordProblem::Xml(_))), "{xml}");
        }
    }
}
