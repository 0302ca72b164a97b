//! Very long words on the pages that the server alone paints: places where they may be divided.
//!
//! Chromium on Linux knows no Danish division of words. The syllables are those of the PDF's hyphenation, which is sometimes wrong between the parts
//! of a compound, as browsers are. A place is an empty element that the style sheet fills with a soft hyphen, so that nothing
//! of it stands in the text: what is copied, searched and read aloud is the word. Text that people write in has none, since there each letter of
//! the page is one of the document. Knows which words, not where they stand on a line.

use dagsorden_shared::catalogue::Language;
use dagsorden_shared::render::element::{Element, Node, element};
use hypher::{Lang, hyphenate_bounded};

/// Shorter words find room on a phone.
const LONG: usize = 16;
/// Letters that stay together at either end, as the style sheet says for browsers that divide by themselves.
const LEAST: usize = 4;
/// Longer runs of letters are no words.
const LONGEST: usize = 120;

/// The lines of text in these elements, with places to divide their long words. Titles, headings and tables stay as they are: a title is divided by nobody,
/// and a table keeps its words whole while there is room.
pub(super) fn divided(mut elements: Vec<Element>, language: Language) -> Vec<Element> {
    let language = match language {
        Language::Da => Lang::Danish,
        Language::En => Lang::English,
    };
    elements.iter_mut().for_each(|element| walk(element, language, Place::Outside));
    elements
}

/// How far in a text an element is.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Outside,
    Text,
    Line,
}

fn walk(element: &mut Element, language: Lang, around: Place) {
    let is_text = || element.get("class").is_some_and(|classes| classes.split(' ').any(|class| class == "text"));
    let place = match (around, element.tag) {
        (_, "table") => return,
        (Place::Text, "p" | "li" | "blockquote") => Place::Line,
        (Place::Outside, _) if is_text() => Place::Text,
        _ => around,
    };
    let mut children = Vec::with_capacity(element.children.len());
    for child in element.children.drain(..) {
        match child {
            Node::Element(mut inner) => {
                walk(&mut inner, language, place);
                children.push(Node::Element(inner));
            }
            Node::Text(text) if place == Place::Line => divide(&text, language, &mut children),
            text @ Node::Text(_) => children.push(text),
        }
    }
    element.children = children;
}

/// The text in pieces, with an element at each place.
fn divide(text: &str, language: Lang, into: &mut Vec<Node>) {
    let mut piece = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(char::is_alphabetic) {
        let end = rest[start..].find(|c: char| !c.is_alphabetic()).map_or(rest.len(), |end| start + end);
        let word = &rest[start..end];
        piece.push_str(&rest[..start]);
        if (LONG..=LONGEST).contains(&word.chars().count()) {
            for (at, syllable) in hyphenate_bounded(word, language, LEAST, LEAST).enumerate() {
                if at > 0 {
                    into.push(std::mem::take(&mut piece).into());
                    into.push(element("span").class("hy").into());
                }
                piece.push_str(syllable);
            }
        } else {
            piece.push_str(word);
        }
        rest = &rest[end..];
    }
    piece.push_str(rest);
    if !piece.is_empty() {
        into.push(piece.into());
    }
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::render::to_html;

    use super::*;

    fn shown(element_in: Element) -> String {
        divided(vec![element("div").class("text").child(element_in)], Language::Da)
            .iter()
            .map(to_html)
            .collect::<String>()
            .replace("<span class=\"hy\"></span>", "|")
            .replace("<div class=\"text\">", "")
            .replace("</div>", "")
    }

    fn line(tag: &'static str, text: &'static str) -> Element {
        element(tag).text(text)
    }

    #[test]
    fn long_words_of_lines_are_divided_between_syllables() {
        let word = shown(line("p", "Om (arbejdsmiljørepræsentantuddannelsen), kort."));
        assert!(word.starts_with("<p>Om (arbejds|") && word.ends_with("), kort.</p>"), "{word}");
        assert!(word.contains("|præ|") && word.contains("|dan|nelsen)"), "between syllables: {word}");
        assert_eq!(word.replace('|', ""), "<p>Om (arbejdsmiljørepræsentantuddannelsen), kort.</p>");
        let parts: Vec<&str> = word.split(['(', ')', '|']).collect();
        assert!(parts[1].chars().count() >= LEAST && parts[parts.len() - 2].chars().count() >= LEAST, "{parts:?}");
    }

    #[test]
    fn short_words_titles_and_tables_are_left_alone() {
        for whole in [
            line("p", "Kommunalbestyre er kort, og 1234567890123456789 er ingen"),
            line("h4", "arbejdsmiljørepræsentantuddannelsen"),
            element("h2").text("arbejdsmiljørepræsentantuddannelsen"),
            element("table").child(line("td", "arbejdsmiljørepræsentantuddannelsen")),
        ] {
            assert!(!shown(whole.clone()).contains('|'), "{whole:?}");
        }
        let outside = divided(vec![line("p", "arbejdsmiljørepræsentantuddannelsen")], Language::Da);
        assert_eq!(outside, [line("p", "arbejdsmiljørepræsentantuddannelsen")]);
        let endless: String = "x".repeat(LONGEST + 1);
        assert!(!shown(element("p").text(endless)).contains('|'));
    }

    #[test]
    fn marks_in_a_line_keep_what_they_hold() {
        let marked = line("li", "Se ").child(element("strong").text("kommunalbestyrelsesmedlemmer"));
        let shown = shown(marked);
        assert!(shown.starts_with("<li>Se <strong>kommu|nal|") && shown.ends_with("</strong></li>"), "{shown}");
    }
}
