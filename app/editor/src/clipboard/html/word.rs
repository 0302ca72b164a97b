//! Lists of Word and Outlook for the desktop: paragraphs that name a list style and carry their marker as text.

use dagsorden_shared::richtext::ListKind;

use super::style::Style;
use super::{Element, Foreign, STYLE};

/// Kinds of list levels, from the rules `@list l0:level2 {…}` of the page's style sheet.
#[derive(Debug, Default)]
pub(super) struct ListStyles(Vec<(String, Option<ListKind>)>);

impl ListStyles {
    /// Finds the rules in the source of a page.
    pub(super) fn read(source: &str) -> Self {
        let mut rules = Vec::new();
        for rule in source.split("@list ").skip(1) {
            let Some((name, rest)) = rule.split_once('{') else { continue };
            let declarations = rest.split('}').next().unwrap_or_default();
            // A level without a format has plain numbers, or the marker says what it is.
            let kind = declarations.split_once("mso-level-number-format:").map(|(_, value)| {
                let bullet = ["bullet", "image"].iter().any(|format| value.trim_start().starts_with(format));
                if bullet { ListKind::Bullet } else { ListKind::Ordered }
            });
            rules.push((name.trim().to_owned(), kind));
        }
        Self(rules)
    }

    /// The kind and the level, from 1, of a paragraph whose `mso-list` is this; `None` if it is no item.
    pub(super) fn item(&self, paragraph: &Element, list: &str) -> Option<(ListKind, u8)> {
        let mut words = list.split_ascii_whitespace();
        let (list, level) = (words.next()?, words.next()?);
        let number = level.strip_prefix("level")?.parse::<u8>().ok()?;
        let name = [list, ":", level].concat();
        let rule = self.0.iter().find(|rule| rule.0 == name).map(|rule| rule.1);
        let kind = rule.flatten().or_else(|| marker(paragraph).map(|text| kind_of_marker(&text)));
        Some((kind.unwrap_or(if rule.is_some() { ListKind::Ordered } else { ListKind::Bullet }), number))
    }
}

/// The number that the marker of a paragraph says: `3.`, `(3)`, `c)`.
pub(super) fn number(paragraph: &Element) -> Option<u32> {
    let text = marker(paragraph)?;
    let inner = text.trim().strip_suffix(['.', ')'])?.trim_start_matches('(');
    let mut letters = inner.chars();
    match (letters.next()?, letters.next()) {
        (letter @ 'a'..='z', None) => Some(u32::from(letter) - u32::from('a') + 1),
        _ => inner.parse().ok(),
    }
}

/// The text of the marker in a paragraph.
fn marker(element: &Element) -> Option<String> {
    element.children.iter().find_map(|child| match child {
        Foreign::Element(element) if Style::read(element.attribute(STYLE)).is_list_marker() => {
            let mut text = String::new();
            collect_text(element, &mut text);
            Some(text)
        }
        Foreign::Element(element) => marker(element),
        Foreign::Text(_) => None,
    })
}

fn collect_text(element: &Element, into: &mut String) {
    for child in &element.children {
        match child {
            Foreign::Text(text) => into.push_str(text),
            Foreign::Element(element) => collect_text(element, into),
        }
    }
}

/// `1.`, `a)`, `(iv)` and `2.1` are numbers; `·`, `o`, `§`, `•` and dashes are bullets.
fn kind_of_marker(marker: &str) -> ListKind {
    let marker = marker.trim();
    let numbered = marker.starts_with(|first: char| first.is_ascii_digit()) || (marker.len() > 1 && marker.ends_with(['.', ')']));
    if numbered { ListKind::Ordered } else { ListKind::Bullet }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_tell_the_kind_of_list() {
        for marker in ["1.", "a)", "iv.", "(2)", "2.1", "10.\u{A0}\u{A0}"] {
            assert_eq!(kind_of_marker(marker), ListKind::Ordered, "{marker}");
        }
        for marker in ["·", "o", "§", "•", "–", "-\u{A0} ", ""] {
            assert_eq!(kind_of_marker(marker), ListKind::Bullet, "{marker}");
        }
    }
}
