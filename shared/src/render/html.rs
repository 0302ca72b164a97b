//! The string sink: an element tree as HTML text.
//!
//! Owns the escaping: whatever stands in a text or a value, it stays text. Does not judge addresses; links are judged where they
//! are read (see [`crate::richtext::attributes::safe_link`]).

use super::element::{Element, Node};

/// Elements that have no end tag and no children.
const VOID: [&str; 7] = ["br", "col", "hr", "img", "input", "link", "meta"];

/// The element as HTML, without white space of its own.
pub fn to_html(element: &Element) -> String {
    let mut html = String::new();
    write_element(element, &mut html);
    html
}

/// Several elements one after the other.
pub fn to_html_all<'a>(elements: impl IntoIterator<Item = &'a Element>) -> String {
    let mut html = String::new();
    elements.into_iter().for_each(|element| write_element(element, &mut html));
    html
}

fn write_element(element: &Element, html: &mut String) {
    html.push('<');
    html.push_str(element.tag);
    for (name, value) in &element.attributes {
        html.push(' ');
        html.push_str(name);
        if !value.is_empty() {
            html.push_str("=\"");
            escape(value, html);
            html.push('"');
        }
    }
    html.push('>');
    if VOID.contains(&element.tag) {
        return;
    }
    for child in &element.children {
        match child {
            Node::Element(child) => write_element(child, html),
            Node::Text(text) => escape(text, html),
        }
    }
    html.push_str("</");
    html.push_str(element.tag);
    html.push('>');
}

/// One escaping for text and quoted values. A no-break space is written out, so that one can see it in the source.
fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\u{a0}' => html.push_str("&nbsp;"),
            // Parsers drop or replace it; nothing shown depends on it.
            '\0' => {}
            _ => html.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::element::element;

    fn unescape(html: &str) -> String {
        let html = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", "\u{a0}");
        html.replace("&amp;", "&")
    }

    #[test]
    fn void_elements_have_no_end_tag_and_empty_values_are_bare() {
        let line = element("p").flag("data-line").child(element("br"));
        assert_eq!(to_html(&line), "<p data-line><br></p>");
    }

    #[test]
    fn arbitrary_text_never_breaks_out() {
        arbtest::arbtest(|u| {
            let mut text = String::new();
            for _ in 0..u.int_in_range(0..=24)? {
                match u.int_in_range(0..=3)? {
                    0 => text.push_str(u.choose(&["<script>", "</p>", "\"", "'", "&amp;", "<!--", "]]>", "&", "\u{a0}", "`", "="])?),
                    1 => text.push(u.arbitrary()?),
                    _ => text.push(*u.choose(&['a', 'æ', ' ', '\n', '<', '"', '😀'])?),
                }
            }
            text.retain(|character| character != '\0');
            let html = to_html(&element("p").attribute("title", text.clone()).text(text.clone()));
            let (value, content) = if text.is_empty() {
                ("", "")
            } else {
                let inner = html.strip_prefix("<p title=\"").and_then(|rest| rest.strip_suffix("</p>")).expect("one paragraph");
                inner.split_once("\">").expect("a value ends at the first quote")
            };
            assert!(!value.contains(['"', '<', '>']), "{html}");
            assert!(!content.contains(['"', '<', '>']), "{html}");
            assert_eq!(unescape(value), text);
            assert_eq!(unescape(content), text);
            Ok(())
        });
    }
}
