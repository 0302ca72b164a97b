//! Text that the server refused: set aside so that its author can copy it, over the reload that follows.

use dagsorden_shared::agenda::{Field, ItemSnapshot, MeetingSnapshot};
use dagsorden_shared::json::Json;
use dagsorden_shared::protocol::refusal::RefusalCode;

use crate::json::{self, FromJson, ToJson};

/// Refused text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetAside {
    /// Why: a number of `protocol::refusal`, or a close code from 4400 on where the server gave no more.
    pub code: u64,
    /// The whole text of each field that was changed here and not saved, under its heading. Empty if no text was concerned.
    pub text: String,
}

impl FromJson for SetAside {
    fn from_json(value: &Json) -> Option<Self> {
        Some(Self { code: json::number(value, "code")?, text: json::text(value, "text")? })
    }
}

impl ToJson for SetAside {
    fn to_json(&self) -> Json {
        let code = i64::try_from(self.code).unwrap_or_default();
        Json::object([("code", Json::whole(code)), ("text", Json::text(&self.text))])
    }
}

impl SetAside {
    /// What was written in an item that is elsewhere by now.
    pub(super) fn moved(text: String) -> Self {
        Self { code: RefusalCode::Moved.number(), text }
    }

    /// Both texts, if something was set aside before and not copied yet.
    pub(super) fn join(self, earlier: Option<Self>) -> Self {
        match earlier {
            Some(earlier) if !earlier.text.is_empty() && earlier.text != self.text => {
                Self { code: self.code, text: [earlier.text, self.text].join("\n\n") }
            }
            _ => self,
        }
    }
}

/// The text of `fields`, in the order of the agenda. A field that is deleted by now is left out.
pub(super) fn text_of(meeting: &MeetingSnapshot, fields: &[Field]) -> String {
    meeting.items.iter().filter_map(|item| text_of_item(item, fields)).collect::<Vec<_>>().join("\n\n")
}

fn text_of_item(item: &ItemSnapshot, fields: &[Field]) -> Option<String> {
    let sections: Vec<String> = item
        .sections
        .iter()
        .filter(|section| fields.contains(&Field::Section(item.id.clone(), section.id.clone())))
        .map(|section| match &section.heading {
            Some(heading) => format!("{heading}\n{}", section.body.text().trim_end()),
            None => section.body.text().trim_end().to_owned(),
        })
        .collect();
    let changed = !sections.is_empty() || fields.contains(&Field::Title(item.id.clone()));
    let number = if item.number.is_empty() { String::new() } else { format!("{}. ", item.number) };
    let title = number + item.title.text().trim_end();
    changed.then(|| std::iter::once(title).chain(sections).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use dagsorden_shared::agenda::{Agenda, Edit, NewSection, Origin};
    use dagsorden_shared::id::{ClientId, ItemId, SectionId};
    use dagsorden_shared::meeting_json::SectionKind;
    use dagsorden_shared::richtext::attributes::Attributes;
    use dagsorden_shared::richtext::delta::Delta;

    fn agenda() -> (Agenda, ItemId, SectionId) {
        let agenda = Agenda::new(ClientId::new(3).unwrap());
        let (first, second): (ItemId, ItemId) = ("a".parse().unwrap(), "b".parse().unwrap());
        let section: SectionId = "s".parse().unwrap();
        let sections = vec![NewSection { id: section.clone(), kind: SectionKind::Case, heading: Some("Sagen".into()) }];
        let edits = [
            vec![Edit::CreateItem { item: first.clone(), after: None, sections }],
            vec![Edit::CreateItem { item: second.clone(), after: Some(first.clone()), sections: Vec::new() }],
            vec![
                text(Field::Title(first.clone()), "Nye pladser"),
                text(Field::Section(first.clone(), section.clone()), "Der mangler ti."),
                text(Field::Title(second.clone()), "Eventuelt"),
            ],
        ];
        for step in edits {
            agenda.apply(&step, Origin::Local).unwrap();
        }
        (agenda, first, section)
    }

    fn text(field: Field, text: &str) -> Edit {
        Edit::Text { field, delta: Delta::new().insert(text, Attributes::new()) }
    }

    #[test]
    fn only_the_changed_fields_are_set_aside_under_their_headings() {
        let (agenda, item, section) = agenda();
        let fields = [Field::Section(item.clone(), section)];
        assert_eq!(text_of(&agenda.snapshot(), &fields), "1. Nye pladser\nSagen\nDer mangler ti.");
        assert_eq!(text_of(&agenda.snapshot(), &[Field::Title(item)]), "1. Nye pladser");
        assert_eq!(text_of(&agenda.snapshot(), &[]), "");
    }

    #[test]
    fn text_set_aside_earlier_is_not_written_over() {
        let aside = |code, text: &str| SetAside { code, text: text.into() };
        assert_eq!(aside(5, "ny").join(Some(aside(2, "gammel"))), aside(5, "gammel\n\nny"));
        assert_eq!(aside(5, "ny").join(Some(aside(2, "ny"))), aside(5, "ny"));
        assert_eq!(aside(5, "ny").join(None), aside(5, "ny"));
    }
}
