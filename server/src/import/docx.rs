//! Word files (.docx) to the lines that the rules of agendas read: the same rules as for text, with what Word says of each line as a hint.
//!
//! Owns the order in which the parts of the file are read, and what of them is no text: heads, feet, the table of contents. Knows nothing of
//! agendas. Reads files from outside within budgets; still, call it in a process of its own.

mod numbering;
mod package;
mod paragraph;
mod story;
mod styles;
mod table;
#[cfg(test)]
mod tests;
mod xml;

use std::borrow::Cow;
use std::collections::HashSet;

use dagsorden_shared::api::Finding;
use thiserror::Error;

use self::numbering::Numbering;
use self::package::{Links, Package};
use self::story::{Paragraph, Reader};
use self::styles::Styles;
use self::xml::Node;
use super::furniture::Furniture;
use super::lines::Line;
use super::{ImportError, Imported, MAX_LINES, plain};

/// First bytes of a zip archive.
const ZIP: &[u8] = b"PK\x03\x04";

/// First bytes of the old files of Office, and of new ones with a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// What is wrong with a Word file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
enum WordProblem {
    /// No whole zip archive.
    #[error("it cannot be unpacked ({0})")]
    Zip(String),
    /// A part that is no XML.
    #[error("a part of it is not XML ({0})")]
    Xml(String),
    /// A document type, which Word never writes.
    #[error("a part of it has a document type, which Word never writes")]
    DocumentType,
    /// More than the budgets.
    #[error("it has too many {0}")]
    TooMuch(&'static str),
    /// No main part.
    #[error("it has no text")]
    NoText,
}

/// Whether these are the first bytes of a Word file, or of one that is refused by name.
pub fn is_office(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP) || bytes.starts_with(COMPOUND)
}

/// Reads a Word file.
///
/// # Errors
/// Another kind of file, one with a password, a damaged one, or more than the budgets; then as a text.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    if bytes.starts_with(COMPOUND) {
        return Err(compound(bytes));
    }
    let document = open(bytes)?;
    let first = to_meeting(&document, &document.lines);
    match first {
        // The whole agenda may be a table, one item a row.
        Err(ImportError::NoItems { .. }) if document.lines.iter().any(|line| !line.cells.is_empty()) => {
            to_meeting(&document, &unfolded(&document.lines)).or(first)
        }
        read => read,
    }
}

/// What a file held.
struct Document {
    lines: Vec<Paragraph>,
    /// Heads and feet.
    furniture: Vec<Paragraph>,
    findings: Vec<Finding>,
}

fn to_meeting(document: &Document, paragraphs: &[Paragraph]) -> Result<Imported, ImportError> {
    if paragraphs.len() > MAX_LINES {
        return Err(plain::too_many_lines(paragraphs.len()));
    }
    let all: Vec<(bool, Line<'_>)> =
        paragraphs.iter().enumerate().map(|(at, paragraph)| (paragraph.contents, to_line(at, paragraph))).collect();
    let (contents, lines): (Vec<_>, Vec<_>) = all.into_iter().partition(|(contents, _)| *contents);
    let lines: Vec<Line<'_>> = lines.into_iter().map(|(_, line)| line).collect();
    let foot: Vec<Line<'_>> = document.furniture.iter().map(|paragraph| to_line(paragraphs.len(), paragraph)).collect();
    let taken = Furniture { all: foot.clone(), foot, contents: contents.into_iter().map(|(_, line)| line).collect() };
    let mut imported = plain::read_lines(&lines, &taken, paragraphs.len())?;
    imported.findings.extend(document.findings.iter().cloned());
    Ok(imported)
}

fn to_line(at: usize, paragraph: &Paragraph) -> Line<'_> {
    let Paragraph { piece, hint, gap, .. } = paragraph;
    let indent = hint.list.as_ref().map_or(0, |list| 2 * usize::from(list.level));
    let mut line = Line::hinted(at, &piece.text, &piece.raw, *gap, hint);
    line.indent = indent;
    line
}

/// Tables as lines: a row that begins with a number is that number and its next cell, the others follow.
fn unfolded(paragraphs: &[Paragraph]) -> Vec<Paragraph> {
    let mut lines = Vec::with_capacity(paragraphs.len());
    for paragraph in paragraphs {
        if paragraph.cells.is_empty() {
            lines.push(paragraph.clone());
            continue;
        }
        let mut cells = paragraph.cells.iter().flatten().cloned().map(|line| Paragraph { gap: true, ..line });
        let number = paragraph.cells.first().filter(|cell| cell.len() == 1).and_then(|cell| number(&cell[0].piece.text));
        if let Some(number) = number {
            cells.next();
            if let Some(mut title) = cells.next() {
                title.piece.prefix(&format!("{number}. "));
                title.hint.list = None;
                title.hint.marks.clone_from(&title.piece.marks);
                lines.push(title);
            }
        }
        lines.extend(cells);
    }
    lines
}

/// `4`, `4.`, `Punkt 4`.
fn number(text: &str) -> Option<&str> {
    let text = text.trim_start_matches("Punkt ").trim_start_matches("Pkt. ").trim_end_matches(['.', ':', ')']);
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    (!digits.is_empty() && text.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// Says which of the old files, or the new one with a password, this is.
fn compound(bytes: &[u8]) -> ImportError {
    let names = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(name.len()).any(|window| window == name)
    };
    if names("EncryptedPackage") {
        ImportError::Password
    } else if names("WordDocument") {
        ImportError::OldWord
    } else {
        ImportError::Format { what: "an old Office file".into() }
    }
}

fn open(bytes: &[u8]) -> Result<Document, ImportError> {
    let mut package = Package::open(bytes)?;
    if package.has("mimetype") && package.has("content.xml") {
        return Err(ImportError::Format { what: "an OpenDocument file".into() });
    }
    let name = package.main().map_err(|problem| match problem {
        WordProblem::NoText => ImportError::Format { what: "a zip archive and no Word file".into() },
        problem => problem.into(),
    })?;
    let main = package.part(&name)?.ok_or(WordProblem::NoText)?;
    if !main.is("document") {
        let what = match &*main.name {
            "workbook" => "a spreadsheet",
            "presentation" => "a presentation",
            _ => "an Office file that is no Word file",
        };
        return Err(ImportError::Format { what: what.into() });
    }
    let links = package.links(&name)?;
    let mut part = |kind: &str| -> Result<Option<Node>, WordProblem> {
        let link = links.values().find(|link| link.kind == kind && !link.external);
        link.map_or(Ok(None), |link| package.part(&link.target))
    };
    let styles = part("styles")?;
    let numbering = part("numbering")?;
    let notes = [part("footnotes")?, part("endnotes")?];
    let comments = part("comments")?;
    let outer = outer(&main, &links, &mut package)?;
    let body = main.child("body").ok_or(WordProblem::NoText)?;
    let read = |fields: bool| {
        let styles = styles.as_ref().map(Styles::read).unwrap_or_default();
        let numbering = numbering.as_ref().map(Numbering::read).unwrap_or_default();
        let mut reader = Reader::new(styles, numbering, &links);
        reader.fields = fields;
        for (part, is_foot) in notes.iter().zip([true, false]) {
            let all = part.iter().flat_map(|part| &part.children).filter(|note| note.attribute("type").is_none_or(|kind| kind == "normal"));
            reader.notes.extend(all.filter_map(|note| Some(((is_foot, note.attribute("id")?), note))));
        }
        let all = comments.iter().flat_map(|part| &part.children);
        reader.comments = all.filter_map(|comment| Some((comment.attribute("id")?, comment))).collect();
        let lines = reader.story(&body.children, false);
        let unbalanced = reader.is_unbalanced;
        // Comments that nothing refers to.
        let mut rest: Vec<(&str, &Node)> = reader.comments.drain().collect();
        rest.sort_unstable_by_key(|(id, _)| *id);
        rest.into_iter().for_each(|(_, comment)| reader.add_comment(comment, ""));
        let mut findings = std::mem::take(&mut reader.findings);
        for (count, finding) in [
            (reader.changes, Finding::TrackedChanges { count: reader.changes }),
            (reader.pictures, Finding::Pictures { count: reader.pictures }),
            (reader.inner_files, Finding::InnerFiles { count: reader.inner_files }),
        ] {
            findings.extend(Some(finding).filter(|_| count > 0));
        }
        let furniture = outer.iter().flat_map(|part| reader.story(&part.children, true)).collect();
        (Document { lines, furniture, findings }, unbalanced)
    };
    let (document, unbalanced) = read(true);
    // A field without an end would hide all that follows: then codes are shown rather than words lost.
    Ok(if unbalanced { read(false).0 } else { document })
}

/// The heads and feet that the sections of the text have, each once.
fn outer(main: &Node, links: &Links, package: &mut Package<'_>) -> Result<Vec<Node>, WordProblem> {
    let mut ids = Vec::new();
    collect(main, &mut ids);
    let mut seen = HashSet::new();
    let mut parts = Vec::new();
    for link in ids.into_iter().filter_map(|id| links.get(id)).filter(|link| !link.external) {
        if seen.insert(link.target.as_str())
            && let Some(part) = package.part(&link.target)?
        {
            parts.push(part);
        }
    }
    Ok(parts)
}

fn collect<'a>(node: &'a Node, ids: &mut Vec<&'a str>) {
    for child in &node.children {
        if child.is("headerReference") || child.is("footerReference") {
            ids.extend(child.relation());
        } else if child.is("body") || child.is("p") || child.is("pPr") || child.is("sectPr") || child.is("sdt") || child.is("sdtContent") {
            collect(child, ids);
        }
    }
}

impl From<WordProblem> for ImportError {
    fn from(problem: WordProblem) -> Self {
        Self::Word { problem: Cow::Owned(problem.to_string()), too_much: matches!(problem, WordProblem::TooMuch(_)) }
    }
}
