//! A Word document: the parts of the archive and how they refer to one another.
//!
//! Written with our own strings: what a secretary gets is a clean document with Word's own styles, real lists and tables, and nothing
//! else (no editors' names, no times, no revision ids). The archive has one fixed time, so that the same meeting gives the same bytes.
//! Knows the tree only as far as its header; the text is in [`body`].

mod body;
mod numbering;
mod styles;
mod xml;

use std::io::{Cursor, Write};

use dagsorden_shared::catalogue::Language;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::ExportError;
use super::paper::Paper;
use body::Body;
use xml::escaped;

const MAIN: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// The document as an archive.
///
/// # Errors
/// The archive cannot be written.
pub(super) fn write(paper: &Paper<'_>) -> Result<Vec<u8>, ExportError> {
    let language = match paper.catalogue.language {
        Language::Da => "da-DK",
        Language::En => "en-GB",
    };
    let body = Body::of(paper);
    let parts = [
        ("[Content_Types].xml", content_types()),
        ("_rels/.rels", package_relationships()),
        ("docProps/core.xml", core(paper, language)),
        ("docProps/app.xml", app()),
        ("word/document.xml", document(&body.xml)),
        ("word/_rels/document.xml.rels", document_relationships(&body.links)),
        ("word/styles.xml", styles::part(language)),
        ("word/numbering.xml", numbering::part(&body.ordered)),
        ("word/settings.xml", settings(language)),
        ("word/header1.xml", header(paper)),
        ("word/footer1.xml", footer(paper)),
    ];
    archive(&parts).map_err(|error| ExportError::Archive(error.to_string()))
}

fn archive(parts: &[(&str, String)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(DateTime::default());
    for (name, content) in parts {
        zip.start_file(*name, options)?;
        zip.write_all(content.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

fn content_types() -> String {
    let kind = |part: &str, kind: &str| {
        format!(
            "<Override PartName=\"/word/{part}.xml\" \
             ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml\"/>"
        )
    };
    let parts = [
        kind("document", "document.main"),
        kind("styles", "styles"),
        kind("numbering", "numbering"),
        kind("settings", "settings"),
        kind("header1", "header"),
        kind("footer1", "footer"),
    ];
    format!(
        "{DECLARATION}<Types xmlns=\"{PACKAGE}/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>{}\
         <Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>\
         <Override PartName=\"/docProps/app.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.extended-properties+xml\"/>\
         </Types>",
        parts.concat()
    )
}

fn package_relationships() -> String {
    format!(
        "{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">\
         <Relationship Id=\"rId1\" Type=\"{RELATIONSHIPS}/officeDocument\" Target=\"word/document.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"{PACKAGE}/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>\
         <Relationship Id=\"rId3\" Type=\"{RELATIONSHIPS}/extended-properties\" Target=\"docProps/app.xml\"/>\
         </Relationships>"
    )
}

/// Title, forum and language: what programs show of a file without opening it. The forum is the author, never a person.
fn core(paper: &Paper<'_>, language: &str) -> String {
    format!(
        "{DECLARATION}<cp:coreProperties xmlns:cp=\"{PACKAGE}/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <dc:title>{}</dc:title><dc:creator>{}</dc:creator><dc:language>{language}</dc:language></cp:coreProperties>",
        escaped(&paper.title),
        escaped(&paper.forum)
    )
}

fn app() -> String {
    format!("{DECLARATION}<Properties xmlns=\"{RELATIONSHIPS_APP}\"><Application>Dagsorden</Application></Properties>")
}

const RELATIONSHIPS_APP: &str = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties";

/// One section of A4 pages.
fn document(text: &str) -> String {
    format!(
        "{DECLARATION}<w:document xmlns:w=\"{MAIN}\" xmlns:r=\"{RELATIONSHIPS}\"><w:body>{text}<w:sectPr>\
         <w:headerReference w:type=\"default\" r:id=\"rId4\"/><w:footerReference w:type=\"default\" r:id=\"rId5\"/>\
         <w:pgSz w:w=\"11906\" w:h=\"16838\"/>\
         <w:pgMar w:top=\"1418\" w:right=\"1418\" w:bottom=\"1418\" w:left=\"1418\" w:header=\"709\" w:footer=\"709\" w:gutter=\"0\"/>\
         </w:sectPr></w:body></w:document>"
    )
}

/// Links get the ids from [`body::FIRST_LINK`] on.
fn document_relationships(links: &[String]) -> String {
    let parts = ["styles", "numbering", "settings", "header", "footer"];
    let own = parts.iter().zip(1..).map(|(part, id)| {
        let file = if id > 3 { format!("{part}1") } else { (*part).to_owned() };
        format!("<Relationship Id=\"rId{id}\" Type=\"{RELATIONSHIPS}/{part}\" Target=\"{file}.xml\"/>")
    });
    let links = links.iter().zip(body::FIRST_LINK..).map(|(link, id)| {
        let target = escaped(link);
        format!("<Relationship Id=\"rId{id}\" Type=\"{RELATIONSHIPS}/hyperlink\" Target=\"{target}\" TargetMode=\"External\"/>")
    });
    format!("{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">{}</Relationships>", own.chain(links).collect::<String>())
}

/// Without the mode, Word opens the document as one of 2007.
fn settings(language: &str) -> String {
    format!(
        "{DECLARATION}<w:settings xmlns:w=\"{MAIN}\"><w:defaultTabStop w:val=\"567\"/><w:compat>\
         <w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>\
         <w:themeFontLang w:val=\"{language}\"/></w:settings>"
    )
}

/// A draft says so on each page.
fn header(paper: &Paper<'_>) -> String {
    let words = if paper.draft { paper.catalogue.export.draft } else { "" };
    let run = if words.is_empty() { String::new() } else { xml::text(words, "<w:b/>") };
    format!("{DECLARATION}<w:hdr xmlns:w=\"{MAIN}\">{}</w:hdr>", xml::paragraph("Header", "", &run))
}

/// `Side 1 af 3`.
fn footer(paper: &Paper<'_>) -> String {
    let field = |name: &str| format!("<w:fldSimple w:instr=\" {name} \"><w:r><w:t>1</w:t></w:r></w:fldSimple>");
    let texts = &paper.catalogue.export;
    let run =
        [xml::text(&format!("{} ", texts.page), ""), field("PAGE"), xml::text(&format!(" {} ", texts.page_of), ""), field("NUMPAGES")];
    format!("{DECLARATION}<w:ftr xmlns:w=\"{MAIN}\">{}</w:ftr>", xml::paragraph("Footer", "", &run.concat()))
}
