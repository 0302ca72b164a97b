//! What people may do in a meeting, as small data that a random source makes and a failure prints.
//!
//! Numbers are picks: each is taken modulo what there is to pick from, so every action makes sense in every state.

use arbitrary::Arbitrary;
use dagsorden_shared::agenda::{Agenda, Edit, Field, FieldValue, HeaderKey, ItemKey, NewSection, SectionKey};
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::richtext::attributes::{Attributes, Value, name};
use dagsorden_shared::richtext::delta::{Delta, utf16_len};

/// One change of one person.
#[derive(Debug, Clone, Copy, Arbitrary)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Action {
    Type { field: u8, at: u8, text: u8, mark: u8 },
    Delete { field: u8, at: u8, len: u8 },
    Format { field: u8, at: u8, len: u8, mark: u8, on: bool },
    Split { field: u8, at: u8 },
    FormatLine { field: u8, line: u8, kind: u8 },
    AddItem { after: u8, sections: u8 },
    RemoveItem { item: u8 },
    MoveItem { item: u8, after: u8 },
    SetItem { item: u8, key: u8, value: u8 },
    AddSection { item: u8, kind: u8, after: u8 },
    MoveSection { item: u8, section: u8, after: u8 },
    RemoveSection { item: u8, section: u8 },
    SetSection { item: u8, section: u8, key: u8, value: u8 },
    SetHeader { key: u8, value: u8 },
}

const TEXTS: [&str; 6] = ["a", "æ", "😀", "to ord ", " ", "én\nto"];

fn pick<T>(from: &[T], number: u8) -> Option<&T> {
    from.get(usize::from(number) % from.len().max(1))
}

/// A place to stand after: also none, which means first.
fn after<T: Clone>(from: &[T], number: u8) -> Option<T> {
    let number = usize::from(number) % (from.len() + 1);
    from.get(number.checked_sub(1)?).cloned()
}

fn marks(number: u8, on: bool) -> Attributes {
    let key = name::INLINE[usize::from(number) % name::INLINE.len()];
    let value = match (on, key) {
        (false, _) => Value::Null,
        (true, name::LINK) => Value::Text("https://x.test".into()),
        (true, _) => Value::Bool(true),
    };
    Attributes::from([(key.to_owned(), value)])
}

fn line_attributes(kind: u8) -> Attributes {
    let set = |key: &str, value: Value| (key.to_owned(), value);
    let mut attributes: Attributes = name::LINE.iter().map(|key| set(key, Value::Null)).collect();
    attributes.extend(match kind % 7 {
        0 => vec![],
        1 => vec![set(name::HEADER, Value::Number(2.0))],
        2 => vec![set(name::LIST, "bullet".into())],
        3 => vec![set(name::LIST, "ordered".into()), set(name::INDENT, Value::Number(1.0))],
        5 => vec![set(name::LIST, "ordered".into()), set(name::START, Value::Number(f64::from(kind)))],
        4 => vec![set(name::BLOCKQUOTE, Value::Bool(true))],
        _ => vec![set(name::TABLE, "row-aaaa".into()), set(name::COLUMN, "c-aaaa".into())],
    });
    attributes
}

/// UTF-16 offsets of `text` that lie between characters, the end included.
fn boundaries(text: &str) -> Vec<u32> {
    let mut all = vec![0];
    for character in text.chars() {
        all.push(all[all.len() - 1] + u32::try_from(character.len_utf16()).unwrap_or(1));
    }
    all
}

/// What an action is made from: the document as its author sees it, and fresh ids.
pub struct Author<'a> {
    /// The author's replica.
    pub agenda: &'a Agenda,
    /// Random bits for ids.
    pub bits: &'a mut dyn FnMut() -> u128,
    /// What the author types; `None`: one of the common texts.
    pub alphabet: Option<&'static str>,
}

impl Author<'_> {
    /// The edit of an action; `None` where there is nothing to do it to.
    pub fn edit(&mut self, action: Action) -> Option<Edit> {
        let items: Vec<ItemId> = self.agenda.outline().into_iter().map(|(id, _)| id).collect();
        match action {
            Action::Type { field, at, text, mark } => {
                let field = self.field(&items, field)?;
                let (boundaries, end) = self.measure(&field)?;
                let offset = (*pick(&boundaries, at)?).min(end);
                let mut text = self.alphabet.unwrap_or(TEXTS[usize::from(text) % TEXTS.len()]).to_owned();
                if matches!(field, Field::Title(_)) {
                    text = text.replace('\n', " ");
                }
                // Every second time plain. A newline never carries inline marks.
                let attributes = if mark % 2 == 0 || text.contains('\n') { Attributes::new() } else { marks(mark / 2, true) };
                Some(Edit::Text { field, delta: Delta::new().retain(offset).insert(text, attributes) })
            }
            Action::Delete { field, at, len } => {
                let (field, start, len) = self.range(&items, field, at, len)?;
                Some(Edit::Text { field, delta: Delta::new().retain(start).delete(len) })
            }
            Action::Format { field, at, len, mark, on } => {
                let (field, start, len) = self.range(&items, field, at, len)?;
                matches!(field, Field::Section(..))
                    .then(|| Edit::Text { field, delta: Delta::new().retain(start).format(len, marks(mark, on)) })
            }
            Action::Split { field, at } => {
                let field = self.field(&items, field)?;
                let (boundaries, end) = self.measure(&field)?;
                let offset = (*pick(&boundaries, at)?).min(end);
                let split = Delta::new().retain(offset).insert("\n", Attributes::new());
                matches!(field, Field::Section(..)).then_some(Edit::Text { field, delta: split })
            }
            Action::FormatLine { field, line, kind } => {
                let field = self.field(&items, field)?;
                let body = self.agenda.body(&field)?;
                let line = usize::from(line) % body.lines().len();
                let newline = body.line_start(line) + body.lines()[line].len();
                let delta = Delta::new().retain(newline).format(1, line_attributes(kind));
                (newline < body.len()).then_some(Edit::Text { field, delta })
            }
            Action::AddItem { after: place, sections } => {
                let sections = (0..sections % 3).map(|kind| self.new_section(kind)).collect();
                Some(Edit::CreateItem { item: ItemId::from_random((self.bits)()), after: after(&items, place), sections })
            }
            Action::RemoveItem { item } => Some(Edit::DeleteItem { item: pick(&items, item)?.clone(), deleted: true }),
            Action::MoveItem { item, after: place } => {
                let item = pick(&items, item)?.clone();
                Some(Edit::MoveItem { after: after(&items, place).filter(|other| *other != item), item })
            }
            Action::SetItem { item, key, value } => {
                let key = *pick(ItemKey::ALL, key)?;
                let value = (value % 3 > 0).then(|| match key {
                    ItemKey::Minutes => FieldValue::Number(u32::from(value)),
                    ItemKey::Guests => FieldValue::List(vec![format!("gæst {value}")]),
                    _ => FieldValue::Text(format!("værdi {value}")),
                });
                Some(Edit::SetItem { item: pick(&items, item)?.clone(), key, value })
            }
            Action::AddSection { item, kind, after: place } => {
                let item = pick(&items, item)?.clone();
                let after = after(&self.sections(&item), place);
                Some(Edit::CreateSection { section: self.new_section(kind), item, after })
            }
            Action::MoveSection { item, section, after: place } => {
                let item = pick(&items, item)?.clone();
                let sections = self.sections(&item);
                let section = pick(&sections, section)?.clone();
                Some(Edit::MoveSection { after: after(&sections, place).filter(|other| *other != section), item, section })
            }
            Action::RemoveSection { item, section } => {
                let item = pick(&items, item)?.clone();
                let section = pick(&self.sections(&item), section)?.clone();
                Some(Edit::DeleteSection { item, section, deleted: true })
            }
            Action::SetSection { item, section, key, value } => {
                let item = pick(&items, item)?.clone();
                let section = pick(&self.sections(&item), section)?.clone();
                let key = *pick(SectionKey::ALL, key)?;
                let value = match key {
                    SectionKey::Kind => Some(pick(&SectionKind::ALL, value)?.as_str().to_owned()),
                    _ => (value % 3 > 0).then(|| format!("overskrift {value}")),
                };
                Some(Edit::SetSection { item, section, key, value })
            }
            Action::SetHeader { key, value } => {
                Some(Edit::SetHeader { key: *pick(HeaderKey::ALL, key)?, value: (value % 3 > 0).then(|| format!("felt {value}")) })
            }
        }
    }

    fn sections(&self, item: &ItemId) -> Vec<SectionId> {
        self.agenda.item(item).map(|item| item.sections.into_iter().map(|section| section.id).collect()).unwrap_or_default()
    }

    fn new_section(&mut self, kind: u8) -> NewSection {
        let kind = SectionKind::ALL[usize::from(kind) % SectionKind::ALL.len()];
        NewSection { id: SectionId::from_random((self.bits)()), kind, heading: Some(kind.as_str().to_owned()) }
    }

    fn field(&self, items: &[ItemId], number: u8) -> Option<Field> {
        let fields: Vec<Field> = items
            .iter()
            .flat_map(|item| {
                let sections = self.sections(item).into_iter().map(|section| Field::Section(item.clone(), section));
                std::iter::once(Field::Title(item.clone())).chain(sections).collect::<Vec<_>>()
            })
            .collect();
        pick(&fields, number).cloned()
    }

    /// Offsets between characters, and the last one where a caret may stand.
    fn measure(&self, field: &Field) -> Option<(Vec<u32>, u32)> {
        let body = self.agenda.body(field)?;
        Some((boundaries(&body.text()), body.end()))
    }

    /// A range that leaves the last newline alone.
    fn range(&self, items: &[ItemId], field: u8, at: u8, len: u8) -> Option<(Field, u32, u32)> {
        let field = self.field(items, field)?;
        let (boundaries, end) = self.measure(&field)?;
        let inner: Vec<u32> = boundaries.into_iter().filter(|offset| *offset <= end).collect();
        let from = usize::from(at) % inner.len();
        let to = (from + usize::from(len % 12)).min(inner.len() - 1);
        (to > from).then(|| (field, inner[from], inner[to] - inner[from]))
    }
}

/// Units of `text`, for asserts about what was typed.
pub fn units(text: &str) -> u32 {
    utf16_len(text)
}
