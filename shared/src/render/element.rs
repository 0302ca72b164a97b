//! The element tree: what the renderer makes and its sinks consume.
//!
//! Tags and attribute names are literals of this program, so only text and values ever need escaping. Knows no HTML syntax
//! (see [`super::html`]) and no browser.

use std::borrow::Cow;

/// An element with attributes and children, in document order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Tag, lower case.
    pub tag: &'static str,
    /// Attributes in the order they were set; a name stands at most once. An empty value is a bare attribute.
    pub attributes: Vec<(&'static str, Cow<'static, str>)>,
    /// Children.
    pub children: Vec<Node>,
}

/// A child of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// An element.
    Element(Element),
    /// Text, unescaped.
    Text(Cow<'static, str>),
}

/// An element without attributes and children.
pub fn element(tag: &'static str) -> Element {
    Element { tag, attributes: Vec::new(), children: Vec::new() }
}

impl Element {
    /// Sets an attribute, replacing an earlier value.
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        let value = value.into();
        match self.attributes.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.attributes.push((name, value)),
        }
        self
    }

    /// Sets an attribute without a value.
    #[must_use]
    pub fn flag(self, name: &'static str) -> Self {
        self.attribute(name, "")
    }

    /// Sets the classes, separated by spaces.
    #[must_use]
    pub fn class(self, classes: impl Into<Cow<'static, str>>) -> Self {
        self.attribute("class", classes)
    }

    /// Appends text; empty text adds no node.
    #[must_use]
    pub fn text(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.children.push(Node::Text(text));
        }
        self
    }

    /// Appends a child.
    #[must_use]
    pub fn child(mut self, child: impl Into<Node>) -> Self {
        self.children.push(child.into());
        self
    }

    /// Appends children; an `Option` appends at most one.
    #[must_use]
    pub fn children<C: Into<Node>>(mut self, children: impl IntoIterator<Item = C>) -> Self {
        self.children.extend(children.into_iter().map(Into::into));
        self
    }

    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }

    /// All text below this element, joined.
    pub fn text_content(&self) -> String {
        let mut text = String::new();
        self.collect_text(&mut text);
        text
    }

    fn collect_text(&self, into: &mut String) {
        for child in &self.children {
            match child {
                Node::Element(element) => element.collect_text(into),
                Node::Text(text) => into.push_str(text),
            }
        }
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<&'static str> for Node {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_an_attribute_twice_keeps_the_last_value() {
        let paragraph = element("p").class("a").flag("hidden").class("b");
        assert_eq!(paragraph.get("class"), Some("b"));
        assert_eq!(paragraph.attributes.len(), 2);
    }

    #[test]
    fn text_content_joins_all_text_below() {
        let paragraph = element("p").text("a").child(element("b").text("").text("b")).text("c");
        assert_eq!(paragraph.text_content(), "abc");
    }
}
