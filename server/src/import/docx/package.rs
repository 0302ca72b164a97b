//! The package of an Office file: a zip archive whose parts link to one another.
//!
//! Finds parts by their links, never by their names. Counts bytes while it unpacks, whatever sizes the archive states. Fetches nothing.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::WordProblem;
use super::xml::{Node, Parser};

/// The most files of the archive.
const MOST_FILES: usize = 4_096;

/// The largest part, unpacked.
const LARGEST_PART: u64 = 24 << 20;

/// All parts together, unpacked.
const LARGEST: u64 = 64 << 20;

/// An open package.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Index by name in small letters, since names of parts differ in nothing but case at times.
    names: HashMap<String, usize>,
    parser: Parser,
    unpacked: u64,
}

/// A link from a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// The last word of its type, such as `styles`.
    pub(super) kind: String,
    /// The name of a part, or an address outside.
    pub(super) target: String,
    /// It leads out of the file.
    pub(super) external: bool,
}

/// Links of a part by their ids.
pub(super) type Links = HashMap<String, Link>;

impl<'a> Package<'a> {
    /// Opens an archive.
    ///
    /// # Errors
    /// No zip archive, or one with too many files.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, WordProblem> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| WordProblem::Zip(error.to_string()))?;
        if archive.len() > MOST_FILES {
            return Err(WordProblem::TooMuch("files"));
        }
        let name = |at: usize| archive.name_for_index(at)?.ok().map(|name| (key(&name), at));
        let names = (0..archive.len()).filter_map(name).collect();
        Ok(Self { archive, names, parser: Parser::default(), unpacked: 0 })
    }

    /// Whether it has a file of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains_key(&key(name))
    }

    /// The name of the main part, which the package links.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn main(&mut self) -> Result<String, WordProblem> {
        let links = self.links("")?;
        let main = links.into_values().find(|link| link.kind == "officeDocument" && !link.external);
        main.map(|link| link.target).ok_or(WordProblem::NoText)
    }

    /// A part as a tree; `None` if there is none of this name.
    ///
    /// # Errors
    /// It cannot be unpacked or read.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Node>, WordProblem> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        self.parser.parse(&bytes).map(Some)
    }

    /// The links of a part; those of the package for an empty name.
    ///
    /// # Errors
    /// They cannot be unpacked or read.
    pub(super) fn links(&mut self, part: &str) -> Result<Links, WordProblem> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let Some(root) = self.part(&format!("{folder}/_rels/{file}.rels"))? else { return Ok(Links::new()) };
        let links = root.children.iter().filter_map(|node| {
            let external = node.attribute("TargetMode") == Some("External");
            let target = node.attribute("Target")?;
            let kind = node.attribute("Type")?.rsplit('/').next()?.to_owned();
            let target = if external { target.to_owned() } else { resolved(folder, target) };
            Some((node.attribute("Id")?.to_owned(), Link { kind, target, external }))
        });
        Ok(links.collect())
    }

    fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, WordProblem> {
        let Some(at) = self.names.get(&key(name)) else { return Ok(None) };
        let file = self.archive.by_index(*at).map_err(|error| WordProblem::Zip(error.to_string()))?;
        let limit = LARGEST_PART.min(LARGEST - self.unpacked);
        let mut bytes = Vec::new();
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|error| WordProblem::Zip(error.to_string()))?;
        let length = bytes.len() as u64;
        if length > limit {
            return Err(WordProblem::TooMuch("bytes when it is unpacked"));
        }
        self.unpacked += length;
        Ok(Some(bytes))
    }
}

fn key(name: &str) -> String {
    name.trim_start_matches('/').replace('\\', "/").to_lowercase()
}

/// A target as seen from a folder.
fn resolved(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> =
        if target.starts_with('/') { Vec::new() } else { folder.split('/').filter(|step| !step.is_empty()).collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_seen_from_their_folder_or_from_the_top() {
        assert_eq!(resolved("word", "styles.xml"), "word/styles.xml");
        assert_eq!(resolved("word", "/word/styles.xml"), "word/styles.xml");
        assert_eq!(resolved("word/a", "../b/./c.xml"), "word/b/c.xml");
        assert_eq!(resolved("", "../../etc/passwd"), "etc/passwd");
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        assert!(matches!(Package::open(b"PK\x03\x04rubbish").err(), Some(WordProblem::Zip(_))));
    }
}
