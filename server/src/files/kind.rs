//! What a file is, by its bytes: the kinds that are taken, and why others are not. The name only tells text from a program's text.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use zip::ZipArchive;

/// Bytes that a file is recognised by.
const HEAD: usize = 8 << 10;
/// The end of an archive that says how much is in it stands in the last bytes.
const TAIL: u64 = (64 << 10) + 22;
/// Entries of an office file at most, and bytes of their list: more is no document.
const ENTRIES: u16 = 20_000;
const LIST: u32 = 4 << 20;

/// A kind of file that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Portable document.
    Pdf,
    /// Word.
    Docx,
    /// Excel.
    Xlsx,
    /// PowerPoint.
    Pptx,
    /// Text of LibreOffice.
    Odt,
    /// Table of LibreOffice.
    Ods,
    /// Picture.
    Png,
    /// Picture.
    Jpeg,
    /// Plain text.
    Txt,
    /// Table as text.
    Csv,
}

impl Kind {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Txt => "text/plain; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// The endings that its name may have; the first is the usual one.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Odt => &["odt"],
            Self::Ods => &["ods"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Txt => &["txt"],
            Self::Csv => &["csv"],
        }
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is of another kind: a program, a web page, a drawing with script in it, an archive.
    #[error("files of this kind are not taken; send PDF, Word, Excel, PowerPoint, OpenDocument, PNG, JPEG, text or CSV")]
    Kind,
    /// It carries macros.
    #[error("files with macros are not taken; save it without macros, as .docx, .xlsx or .pptx")]
    Macros,
    /// It is of an old version of Office.
    #[error("files of old versions of Office are not taken; save it as .docx, .xlsx or .pptx")]
    Old,
    /// It cannot be read.
    #[error("the file is damaged; open it in the program that it is for, and save it anew")]
    Broken,
}

/// The kind of the file at `path`, which is called `name`.
///
/// # Errors
/// Not one of those that are taken.
pub fn of(path: &Path, name: &str) -> Result<Kind, Refusal> {
    let broken = |_: io::Error| Refusal::Broken;
    let mut file = File::open(path).map_err(broken)?;
    let mut head = Vec::with_capacity(HEAD);
    Read::by_ref(&mut file).take(HEAD as u64).read_to_end(&mut head).map_err(broken)?;
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if head.starts_with(b"%PDF-") {
        return Ok(Kind::Pdf);
    }
    if head.starts_with(b"PK\x03\x04") {
        return office(file);
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Err(Refusal::Old);
    }
    match infer::get(&head).map(|kind| kind.mime_type()) {
        Some("image/png") => Ok(Kind::Png),
        Some("image/jpeg") => Ok(Kind::Jpeg),
        Some(_) => Err(Refusal::Kind),
        None => text(file, &head, &ending),
    }
}

/// Plain text, if its name says so and nothing in it says otherwise.
fn text(mut file: File, head: &[u8], ending: &str) -> Result<Kind, Refusal> {
    let kind = match ending {
        "txt" => Kind::Txt,
        "csv" => Kind::Csv,
        _ => return Err(Refusal::Kind),
    };
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    // A web page or a drawing stays one under another name.
    if start.starts_with(b"<") || start.starts_with(b"#!") || start.starts_with(b"MZ") {
        return Err(Refusal::Kind);
    }
    file.seek(SeekFrom::Start(0)).map_err(|_| Refusal::Broken)?;
    let mut portion = vec![0; 64 << 10];
    loop {
        let read = file.read(&mut portion).map_err(|_| Refusal::Broken)?;
        let Some(bytes) = portion.get(..read).filter(|bytes| !bytes.is_empty()) else { return Ok(kind) };
        // In UTF-8 and in Windows-1252 alike these are no letters.
        if bytes.iter().any(|byte| matches!(byte, 0..=8 | 11 | 14..=31 | 127)) {
            return Err(Refusal::Kind);
        }
    }
}

/// An office file: an archive with a known shape and without macros.
fn office(mut file: File) -> Result<Kind, Refusal> {
    if !is_small(&mut file).map_err(|_| Refusal::Broken)? {
        return Err(Refusal::Kind);
    }
    let mut archive = ZipArchive::new(file).map_err(|_| Refusal::Broken)?;
    let names = archive.file_names().map(|name| name.map(|name| name.to_ascii_lowercase())).collect::<Result<Vec<String>, _>>();
    let names = names.map_err(|_| Refusal::Broken)?;
    let is_macro = |name: &String| {
        name.ends_with("vbaproject.bin") || name.contains("/macrosheets/") || name.starts_with("basic/") || name.starts_with("scripts/")
    };
    if names.iter().any(is_macro) {
        return Err(Refusal::Macros);
    }
    let has = |folder: &str| names.iter().any(|name| name.starts_with(folder));
    if has("[content_types].xml") {
        // A table in Microsoft's own binary form is none of them.
        let is_binary = names.iter().any(|name| name == "xl/workbook.bin");
        let folders = [("word/", Kind::Docx), ("xl/", Kind::Xlsx), ("ppt/", Kind::Pptx)];
        return folders.into_iter().find(|(folder, _)| !is_binary && has(folder)).map(|(_, kind)| kind).ok_or(Refusal::Kind);
    }
    let mut stated = String::new();
    if let Ok(entry) = archive.by_name("mimetype") {
        // What is not text is no media type.
        let _ = entry.take(100).read_to_string(&mut stated);
    }
    [Kind::Odt, Kind::Ods].into_iter().find(|kind| kind.media_type() == stated.trim()).ok_or(Refusal::Kind)
}

/// Whether the list of an archive's entries has a size that a document's has: it is held in memory. There must be one list, at the end.
fn is_small(file: &mut File) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    Read::by_ref(file).take(TAIL).read_to_end(&mut tail)?;
    let ends: Vec<usize> = tail.windows(4).enumerate().filter(|(_, bytes)| bytes == b"PK\x05\x06").map(|(at, _)| at).collect();
    let &[end] = ends.as_slice() else { return Ok(false) };
    let two = |at: usize| tail.get(end + at..end + at + 2).and_then(|bytes| bytes.try_into().ok()).map(u16::from_le_bytes);
    let four = |at: usize| tail.get(end + at..end + at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    let is_last = two(20).is_some_and(|comment| end + 22 + usize::from(comment) == tail.len());
    Ok(is_last && two(10).is_some_and(|entries| entries <= ENTRIES) && four(12).is_some_and(|list| list <= LIST))
}
