//! The few shapes of WordprocessingML that all parts are made of: escaped text, runs, paragraphs.

/// Text for an element or a quoted value. The tree holds no control characters.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// A run of text; `properties` are the children of its `w:rPr`.
pub(super) fn text(text: &str, properties: &str) -> String {
    let properties = if properties.is_empty() { String::new() } else { format!("<w:rPr>{properties}</w:rPr>") };
    format!("<w:r>{properties}<w:t xml:space=\"preserve\">{}</w:t></w:r>", escaped(text))
}

/// A tab.
pub(super) const TAB: &str = "<w:r><w:tab/></w:r>";

/// A paragraph of a style; `properties` are more children of its `w:pPr`, in the order that the schema wants.
pub(super) fn paragraph(style: &str, properties: &str, content: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{properties}</w:pPr>{content}</w:p>")
}
