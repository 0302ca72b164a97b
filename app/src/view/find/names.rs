//! The names in a section's margin, who speaks to whom: found and replaced like the text beside them. Where the text says them they are not shown, and
//! follow what is replaced in it.

use dagsorden_editor::Selection;
use dagsorden_editor::find::{Matching, find};
use dagsorden_shared::agenda::{Edit, Field, SectionKey};
use dagsorden_shared::render::item::says;
use dagsorden_shared::richtext::delta::{byte_at, utf16_len};
use dagsorden_shared::richtext::{Attributes, Body, Line, Run};
use wasm_bindgen::JsCast;
use web_sys::{Element, Range};

use super::super::context::EditorContext;
use super::super::dom;
use super::super::field::EditorField;

/// Which of the two names.
pub(super) type Key = SectionKey;

const KEYS: [Key; 2] = [SectionKey::From, SectionKey::To];

/// The names of a section.
pub(super) struct Names {
    field: Field,
    names: [Option<String>; 2],
    /// Whether the margin shows them.
    pub(super) shown: bool,
}

impl Names {
    /// Those of a field; none where it is no section.
    pub(super) fn of(context: &EditorContext, field: &EditorField) -> Self {
        let names = context.port().names(&field.field);
        let [from, to] = &names;
        let shown = names.iter().any(Option::is_some) && !says(field.state.borrow().body(), [from, to]);
        Self { field: field.field.clone(), names, shown }
    }

    fn each(&self) -> impl Iterator<Item = (Key, &str)> {
        KEYS.into_iter().zip(&self.names).filter_map(|(key, name)| Some((key, name.as_deref()?)))
    }

    /// Where a text stands in them.
    pub(super) fn find(&self, wanted: &str, matching: Matching) -> Vec<(Key, Selection)> {
        self.each().flat_map(|(key, name)| find(&body(name), wanted, matching).into_iter().map(move |range| (key, range))).collect()
    }

    /// What puts a text in these places.
    pub(super) fn replace(&self, places: &[(Key, Selection)], with: &str) -> Vec<Edit> {
        let Field::Section(item, section) = &self.field else { return Vec::new() };
        let changed = self.each().filter_map(|(key, name)| {
            let ranges: Vec<Selection> = places.iter().filter(|(of, _)| *of == key).map(|(_, range)| *range).collect();
            (!ranges.is_empty()).then(|| (key, replaced(name, &ranges, with)))
        });
        let set = |(key, name): (Key, String)| {
            let value = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
            Edit::SetSection { item: item.clone(), section: section.clone(), key, value }
        };
        changed.map(set).collect()
    }

    /// A place as the page shows it.
    pub(super) fn range(&self, host: &Element, key: Key, range: Selection) -> Option<Range> {
        let text = margin(host)?.first_child()?;
        let shown = text.text_content()?;
        let (_, name) = self.each().find(|(of, _)| *of == key)?;
        // The one who is spoken to stands last.
        let at = if key == SectionKey::From { shown.find(name) } else { shown.rfind(name) }?;
        let start = utf16_len(&shown[..at]);
        let found = dom::document().create_range().ok()?;
        found.set_start(&text, start + range.from()).ok()?;
        found.set_end(&text, start + range.to()).ok()?;
        Some(found)
    }
}

/// What shows the names beside a section's text.
pub(super) fn margin(host: &Element) -> Option<Element> {
    host.parent_element()?.query_selector(".side .between").ok().flatten()?.dyn_into().ok()
}

fn body(name: &str) -> Body {
    let run = Run { text: name.to_owned(), attributes: Attributes::new() };
    Body::from_lines(vec![Line { runs: vec![run], ..Line::default() }])
}

fn replaced(name: &str, ranges: &[Selection], with: &str) -> String {
    let mut text = String::new();
    let mut done = 0;
    for range in ranges {
        text.push_str(&name[done..byte_at(name, range.from())]);
        text.push_str(with.trim());
        done = byte_at(name, range.to());
    }
    text.push_str(&name[done..]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_where_they_match() {
        let names = Names {
            field: Field::Section("i".parse().unwrap(), "s".parse().unwrap()),
            names: [Some("Styregruppen".into()), Some("den store styregruppe 😀 og Styregruppens udvalg".into())],
            shown: true,
        };
        let value = |edits: Vec<Edit>| -> Vec<(Key, Option<String>)> {
            let value = |edit| if let Edit::SetSection { key, value, .. } = edit { (key, value) } else { unreachable!() };
            edits.into_iter().map(value).collect()
        };
        let found = names.find("styregruppe", Matching::default());
        assert_eq!(found.len(), 3);
        let expected =
            [(SectionKey::From, Some("Kredsenn".into())), (SectionKey::To, Some("den store Kredsen 😀 og Kredsenns udvalg".into()))];
        assert_eq!(value(names.replace(&found, "Kredsen")), expected);
        let whole = names.find("styregruppen", Matching { words: true, ..Matching::default() });
        assert_eq!(value(names.replace(&whole, " ")), [(SectionKey::From, None)]);
        assert!(names.replace(&[], "x").is_empty());
    }
}
