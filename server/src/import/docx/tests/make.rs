//! Makes Word files: the parts that a test names, the rest as Word has it.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::import::{ImportError, Imported, read};
use dagsorden_shared::meeting_json::{BlockJson, ListJson, MarkJson};

pub(super) const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const R: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Parts of a file; the namespaces are put around them.
#[derive(Debug, Default, Clone)]
pub(super) struct Parts {
    pub(super) body: String,
    pub(super) styles: String,
    pub(super) numbering: String,
    pub(super) footnotes: String,
    pub(super) comments: String,
    pub(super) header: String,
    /// `Relationship` elements beside those of the parts above.
    pub(super) links: String,
}

/// How the parts are put into the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packaging {
    Word,
    Strict,
    OtherPrefix,
    NoPrefix,
    OtherName,
    Utf16,
}

pub(super) const PACKAGINGS: [Packaging; 6] =
    [Packaging::Word, Packaging::Strict, Packaging::OtherPrefix, Packaging::NoPrefix, Packaging::OtherName, Packaging::Utf16];

pub(super) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).expect("a file");
        writer.write_all(bytes).expect("its bytes");
    }
    writer.finish().expect("an archive").into_inner()
}

fn root(name: &str, inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:{name} xmlns:w=\"{W}\" xmlns:r=\"{R}\" \
         xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" xmlns:wps=\"urn:wps\" xmlns:a=\"urn:a\" \
         xmlns:m=\"http://schemas.openxmlformats.org/officeDocument/2006/math\">{inner}</w:{name}>"
    )
}

fn packed(xml: &str, packaging: Packaging) -> Vec<u8> {
    match packaging {
        Packaging::Word | Packaging::OtherName => xml.as_bytes().to_vec(),
        Packaging::Strict => xml
            .replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main")
            .replace(R, "http://purl.oclc.org/ooxml/officeDocument/relationships")
            .into_bytes(),
        Packaging::OtherPrefix => xml.replace("xmlns:w=", "xmlns:ns0=").replace("w:", "ns0:").into_bytes(),
        Packaging::NoPrefix => {
            let xml = xml.replace("<w:", "<").replace("</w:", "</").replace("xmlns:w=", "xmlns=").replace(" w:", " q:");
            xml.replacen("xmlns=", &format!("xmlns:q=\"{W}\" xmlns="), 1).into_bytes()
        }
        Packaging::Utf16 => format!("\u{feff}{}", xml.replace("UTF-8", "UTF-16")).encode_utf16().flat_map(u16::to_le_bytes).collect(),
    }
}

impl Parts {
    pub(super) fn body(body: impl Into<String>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }

    pub(super) fn file(&self, packaging: Packaging) -> Vec<u8> {
        let main = if packaging == Packaging::OtherName { "inner/tekst7.xml" } else { "word/document.xml" };
        let (folder, name) = main.split_once('/').expect("a folder");
        let relations = |links: &str| {
            format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{links}</Relationships>")
                .into_bytes()
        };
        let link = |id: &str, kind: &str, target: &str| format!("<Relationship Id=\"{id}\" Type=\"{R}/{kind}\" Target=\"{target}\"/>");
        let mut links = self.links.clone();
        let mut files = vec![
            ("_rels/.rels".to_owned(), relations(&link("rId1", "officeDocument", &format!("/{main}")))),
            (main.to_owned(), packed(&root("document", &format!("<w:body>{}</w:body>", self.body)), packaging)),
        ];
        for (part, id, outer, inner) in [
            ("styles", "s", "styles", &self.styles),
            ("numbering", "n", "numbering", &self.numbering),
            ("footnotes", "f", "footnotes", &self.footnotes),
            ("comments", "c", "comments", &self.comments),
            ("header", "h", "hdr", &self.header),
        ] {
            if !inner.is_empty() {
                links.push_str(&link(id, part, &format!("{part}9.xml")));
                files.push((format!("{folder}/{part}9.xml"), packed(&root(outer, inner), packaging)));
            }
        }
        files.push((format!("{folder}/_rels/{name}.rels"), relations(&links)));
        archive(&files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
    }

    pub(super) fn read(&self) -> Imported {
        read(&self.file(Packaging::Word), Some("møde.docx")).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(super) fn refused(&self) -> ImportError {
        read(&self.file(Packaging::Word), None).expect_err("refused")
    }
}

/// A paragraph with one run.
pub(super) fn p(text: &str) -> String {
    format!("<w:p>{}</w:p>", r(text))
}

/// A paragraph with properties.
pub(super) fn pp(properties: &str, text: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr>{}</w:p>", r(text))
}

/// A run.
pub(super) fn r(text: &str) -> String {
    format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
}

/// A run with properties.
pub(super) fn rp(properties: &str, text: &str) -> String {
    format!("<w:r><w:rPr>{properties}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
}

/// Blocks of all sections as short text: `# heading`, `2- bullet`, `1. number`, rows between strokes; marks as letters behind.
pub(super) fn shown(imported: &Imported) -> Vec<String> {
    let marks = |text: &str, marks: &[MarkJson]| {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut shown = text.to_owned();
        for mark in marks {
            let words = String::from_utf16_lossy(&units[mark.start as usize..mark.end as usize]);
            let letters = [(mark.bold, "b"), (mark.italic, "i"), (mark.underline, "u"), (mark.strike, "s")];
            let letters: String = letters.iter().filter(|(on, _)| *on).map(|(_, letter)| *letter).collect();
            shown.push_str(&format!(" {{{words}:{letters}{}}}", mark.link.as_deref().unwrap_or_default()));
        }
        shown
    };
    let block = |block: &BlockJson| match block {
        BlockJson::Paragraph { text, marks: own, level } => format!("{}{}", "> ".repeat((*level).into()), marks(text, own)),
        BlockJson::Heading { text, marks: own, level } => format!("{} {}", "#".repeat((*level).into()), marks(text, own)),
        BlockJson::ListItem { list: ListJson::Bullet, level, text, marks: own, .. } => format!("{level}- {}", marks(text, own)),
        BlockJson::ListItem { list: ListJson::Ordered, level, start, text, marks: own } => {
            let start = start.map(|start| format!("={start}")).unwrap_or_default();
            format!("{level}{start}. {}", marks(text, own))
        }
        BlockJson::Quote { text, .. } => format!("\" {text}"),
        BlockJson::Table { rows, .. } => rows.iter().map(|row| row.join("|")).collect::<Vec<_>>().join(" / "),
    };
    let sections = imported.meeting.items.iter().flat_map(|item| &item.sections);
    sections.flat_map(|section| section.heading.iter().map(|text| format!("== {text}")).chain(section.blocks.iter().map(block))).collect()
}
