//! The styles: Word's own by their own names, so that each Word shows them in its language, and a few of ours based on them.

use super::{DECLARATION, MAIN};

/// A paragraph style. Distances are in twentieths of a point.
struct Style {
    /// What paragraphs name it by.
    id: &'static str,
    /// As Word shows it, in English: Word translates its own names.
    name: &'static str,
    /// Whether it is Word's own.
    built_in: bool,
    /// Stays with the paragraph below.
    keep: bool,
    /// Space above and below.
    around: (u16, u16),
    /// More of the paragraph's properties, in the order of the schema: before the spacing, and after it.
    paragraph: (&'static str, &'static str),
    /// Size in half points.
    size: u16,
    /// Other properties of the text, which stand before its size.
    text: &'static str,
}

const BOLD: &str = "<w:b/><w:bCs/>";
const ITALIC: &str = "<w:i/><w:iCs/>";
const GREY: &str = "<w:color w:val=\"595959\"/>";
const RIGHT: &str = "<w:jc w:val=\"right\"/>";
const TAB: &str = "<w:tabs><w:tab w:val=\"left\" w:pos=\"567\"/></w:tabs>";
const HANGING: &str = "<w:ind w:left=\"567\" w:hanging=\"567\"/>";
const WIDE_TAB: &str = "<w:tabs><w:tab w:val=\"left\" w:pos=\"1701\"/></w:tabs>";
const WIDE_HANGING: &str = "<w:ind w:left=\"1701\" w:hanging=\"1701\"/>";
const LIST: &str = "<w:contextualSpacing/>";
const ITEM: (&str, &str) = (
    "<w:pBdr><w:top w:val=\"single\" w:sz=\"4\" w:space=\"8\" w:color=\"auto\"/></w:pBdr>\
     <w:tabs><w:tab w:val=\"left\" w:pos=\"567\"/></w:tabs>",
    "<w:ind w:left=\"567\" w:hanging=\"567\"/><w:outlineLvl w:val=\"0\"/>",
);

const fn built_in(id: &'static str, name: &'static str) -> Style {
    Style { id, name, built_in: true, keep: false, around: (0, 120), paragraph: ("", ""), size: 22, text: "" }
}

const fn heading(id: &'static str, name: &'static str, above: u16, size: u16, paragraph: (&'static str, &'static str)) -> Style {
    Style { keep: true, around: (above, 60), paragraph, size, text: BOLD, ..built_in(id, name) }
}

const fn own(id: &'static str, name: &'static str) -> Style {
    Style { built_in: false, around: (0, 40), ..built_in(id, name) }
}

const STYLES: [Style; 17] = [
    Style { keep: true, around: (120, 240), size: 44, ..built_in("Title", "Title") },
    Style { keep: true, around: (0, 0), size: 26, text: BOLD, ..built_in("Subtitle", "Subtitle") },
    heading("Heading1", "heading 1", 480, 30, ITEM),
    heading("Heading2", "heading 2", 280, 24, ("", "<w:outlineLvl w:val=\"1\"/>")),
    heading("Heading3", "heading 3", 200, 22, ("", "<w:outlineLvl w:val=\"2\"/>")),
    Style { text: ITALIC, ..heading("Heading4", "heading 4", 160, 22, ("", "<w:outlineLvl w:val=\"3\"/>")) },
    heading("TOCHeading", "TOC Heading", 360, 24, ("", "")),
    Style { around: (0, 40), paragraph: (TAB, HANGING), ..built_in("TOC1", "toc 1") },
    Style { around: (0, 80), paragraph: ("", LIST), ..built_in("ListBullet", "List Bullet") },
    Style { around: (0, 80), paragraph: ("", LIST), ..built_in("ListNumber", "List Number") },
    Style { paragraph: ("", "<w:ind w:left=\"567\" w:right=\"567\"/>"), text: ITALIC, ..built_in("Quote", "Quote") },
    Style { around: (0, 0), paragraph: ("", RIGHT), size: 18, ..built_in("Header", "header") },
    Style { around: (0, 0), paragraph: ("", RIGHT), size: 18, ..built_in("Footer", "footer") },
    Style { paragraph: (WIDE_TAB, WIDE_HANGING), ..own("MeetingFacts", "Meeting Facts") },
    Style { keep: true, size: 20, text: GREY, ..own("ItemFacts", "Item Facts") },
    Style { paragraph: (TAB, HANGING), ..own("Attachment", "Attachment") },
    Style { around: (40, 40), size: 20, ..own("TableText", "Table Text") },
];

impl Style {
    fn xml(&self) -> String {
        let Self { id, name, built_in, keep, around: (above, below), paragraph: (first, last), size, text } = self;
        let custom = if *built_in { "" } else { " w:customStyle=\"1\"" };
        let keep = if *keep { "<w:keepNext/><w:keepLines/>" } else { "" };
        format!(
            "<w:style w:type=\"paragraph\"{custom} w:styleId=\"{id}\"><w:name w:val=\"{name}\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/>\
             <w:pPr>{keep}{first}<w:spacing w:before=\"{above}\" w:after=\"{below}\"/>{last}</w:pPr>\
             <w:rPr>{text}<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr></w:style>"
        )
    }
}

/// The part, for text in a language such as `da-DK`.
pub(super) fn part(language: &str) -> String {
    format!(
        "{DECLARATION}<w:styles xmlns:w=\"{MAIN}\"><w:docDefaults><w:rPrDefault><w:rPr>\
         <w:rFonts w:ascii=\"Calibri\" w:hAnsi=\"Calibri\" w:eastAsia=\"Calibri\" w:cs=\"Calibri\"/>\
         <w:sz w:val=\"22\"/><w:szCs w:val=\"22\"/><w:lang w:val=\"{language}\" w:eastAsia=\"{language}\" w:bidi=\"ar-SA\"/>\
         </w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after=\"120\" w:line=\"276\" w:lineRule=\"auto\"/></w:pPr></w:pPrDefault>\
         </w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/></w:style>\
         <w:style w:type=\"character\" w:default=\"1\" w:styleId=\"DefaultParagraphFont\"><w:name w:val=\"Default Paragraph Font\"/>\
         <w:uiPriority w:val=\"1\"/><w:semiHidden/></w:style>\
         <w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name w:val=\"Normal Table\"/><w:uiPriority w:val=\"99\"/>\
         <w:semiHidden/><w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/><w:tblCellMar><w:top w:w=\"0\" w:type=\"dxa\"/>\
         <w:left w:w=\"108\" w:type=\"dxa\"/><w:bottom w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"108\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style>\
         <w:style w:type=\"numbering\" w:default=\"1\" w:styleId=\"NoList\"><w:name w:val=\"No List\"/><w:semiHidden/></w:style>\
         {}\
         <w:style w:type=\"character\" w:styleId=\"Hyperlink\"><w:name w:val=\"Hyperlink\"/><w:basedOn w:val=\"DefaultParagraphFont\"/>\
         <w:rPr><w:color w:val=\"0563C1\"/><w:u w:val=\"single\"/></w:rPr></w:style>\
         <w:style w:type=\"table\" w:styleId=\"TableGrid\"><w:name w:val=\"Table Grid\"/><w:basedOn w:val=\"TableNormal\"/>\
         <w:tblPr><w:tblBorders>{}</w:tblBorders></w:tblPr></w:style></w:styles>",
        STYLES.iter().map(Style::xml).collect::<String>(),
        ["top", "left", "bottom", "right", "insideH", "insideV"]
            .map(|side| format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"A6A6A6\"/>"))
            .concat()
    )
}
