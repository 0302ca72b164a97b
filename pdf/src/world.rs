//! What typst may see: one template, one file of data, one drawing and our fonts. No disk, no network, no clock, no packages.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::fonts;

/// What does not differ from one export to the next. Ids of files are interned for ever, so each is made once.
static FIXED: LazyLock<Fixed> = LazyLock::new(Fixed::new);

struct Fixed {
    standard: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
    data: Option<FileId>,
    watermark: Option<FileId>,
}

impl Fixed {
    fn new() -> Self {
        let fonts: Vec<Font> = fonts::FILES.into_iter().filter_map(|file| Font::new(Bytes::new(file), 0)).collect();
        let template = include_str!("template.typ").to_owned();
        Self {
            standard: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            template: match file("/template.typ") {
                Some(id) => Source::new(id, template),
                None => Source::detached(template),
            },
            data: file("/data.json"),
            watermark: file("/watermark.svg"),
        }
    }
}

fn file(path: &str) -> Option<FileId> {
    Some(FileId::new(RootedPath::new(VirtualRoot::Project, VirtualPath::new(path).ok()?)))
}

/// The template with the data of one export.
pub(crate) struct Paper {
    data: Bytes,
    watermark: Option<Bytes>,
}

impl Paper {
    pub(crate) fn new(data: Vec<u8>, watermark: Option<String>) -> Self {
        Self { data: Bytes::new(data), watermark: watermark.map(Bytes::from_string) }
    }
}

impl World for Paper {
    fn library(&self) -> &LazyHash<Library> {
        &FIXED.standard
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FIXED.book
    }

    fn main(&self) -> FileId {
        FIXED.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == FIXED.template.id() { Ok(FIXED.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match &self.watermark {
            _ if Some(id) == FIXED.data => Ok(self.data.clone()),
            Some(watermark) if Some(id) == FIXED.watermark => Ok(watermark.clone()),
            _ => Err(FileError::AccessDenied),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FIXED.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
