//! Dialogs for what is set whole: the meeting's header, an item's values, a section's heading.

use dagsorden_shared::agenda::{Edit, FieldValue, HeaderKey, ItemKey, SectionKey};
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::Participant;
use dagsorden_shared::render::element::element;
use leptos::prelude::*;

use super::Meeting;
use crate::page::times;
use crate::parts;
use crate::ui::dialog::{self, Dialog, Event, field, input};

impl Meeting {
    /// Asks for title, date, time and place of the meeting.
    pub(super) fn ask_details(self) {
        parts::with_tools(self.frame.text, move |tools| tools.meeting_details(self));
    }

    /// Shows who takes part in the meeting, to be changed. What is known of a new person stands in the fields.
    pub(crate) fn ask_participants(self, new: Option<Participant>) {
        parts::with_tools(self.frame.text, move |tools| tools.participants(self, new));
    }

    /// Asks for kind, presenter and minutes of an item.
    pub(super) fn ask_item_details(self, item: &ItemId) {
        let item = item.clone();
        parts::with_tools(self.frame.text, move |tools| tools.item_details(self, &item));
    }

    /// Asks for another heading of a section; an empty one gives it the usual one of its kind.
    pub(super) fn ask_heading(self, item: &ItemId, section: &SectionId) {
        let (item, section) = (item.clone(), section.clone());
        parts::with_tools(self.frame.text, move |tools| tools.heading(self, &item, &section));
    }

    /// Only what was changed is set, so what others set meanwhile stays.
    pub(in crate::page) fn open_details(self) {
        let (text, common) = (&self.frame.text.meeting, &self.frame.text.common);
        let before = self.with(|parts| parts.signals.header).get_untracked();
        let old = |value: &Option<String>| value.clone().unwrap_or_default();
        let keys = [
            (HeaderKey::Title, "title", "text", text.title, before.title.clone()),
            (HeaderKey::Date, "date", "date", text.date, old(&before.date)),
            (HeaderKey::Start, "start", "time", text.start, old(&before.start)),
            (HeaderKey::End, "end", "time", text.end, old(&before.end)),
            (HeaderKey::Place, "place", "text", text.place, old(&before.place)),
            (HeaderKey::CaseId, "case_id", "text", text.case_id, old(&before.case_id)),
        ];
        let mut rows: Vec<_> = keys.iter().map(|(_, name, kind, label, value)| field(label, input(kind, name, value))).collect();
        let times = element("div").class("fields").children(rows.drain(1..4).collect::<Vec<_>>());
        rows.insert(1, times);
        let content = vec![dialog::form(rows, common.save, common.cancel)];
        Dialog::open("meeting-details", text.meeting_details, &content, move |dialog, event| {
            let Event::Submit(answers) = event else { return };
            if times::end_early(&answers) {
                dialog.set_error(self.frame.text.dialogs.end_before_start);
                return;
            }
            let changed = keys.iter().filter_map(|(key, name, _, _, old)| {
                let value = answers.text(name);
                (value.as_deref().unwrap_or_default() != old).then_some(Edit::SetHeader { key: *key, value })
            });
            self.edit(&changed.collect::<Vec<_>>());
            dialog.close();
        });
    }

    pub(in crate::page) fn open_item_details(self, item: &ItemId) {
        let (text, common) = (&self.frame.text.meeting, &self.frame.text.common);
        let before = self.item(item).values.get_untracked();
        let value = |value: Option<&String>| value.cloned().unwrap_or_default();
        let minutes = before.minutes.map(|minutes| minutes.to_string()).unwrap_or_default();
        let rows = vec![
            field(text.item_kind, input("text", "kind", &value(before.kind.as_ref()))),
            field(text.item_presenter, input("text", "presenter", &value(before.presenter.as_ref()))),
            field(text.item_minutes, input("number", "minutes", &minutes).attribute("min", "1").attribute("max", "1440")),
        ];
        let content = vec![dialog::form(rows, common.save, common.cancel)];
        let item = item.clone();
        Dialog::open("item-details", text.item_details, &content, move |dialog, event| {
            let Event::Submit(answers) = event else { return };
            let minutes =
                answers.text("minutes").and_then(|minutes| minutes.parse::<u32>().ok()).filter(|minutes| (1..=1440).contains(minutes));
            let (kind, presenter) = (answers.text("kind"), answers.text("presenter"));
            let values = [
                (kind != before.kind, ItemKey::Kind, kind.map(FieldValue::Text)),
                (presenter != before.presenter, ItemKey::Presenter, presenter.map(FieldValue::Text)),
                (minutes != before.minutes, ItemKey::Minutes, minutes.map(FieldValue::Number)),
            ];
            let changed = values.into_iter().filter(|(changed, ..)| *changed);
            self.edit(&changed.map(|(_, key, value)| Edit::SetItem { item: item.clone(), key, value }).collect::<Vec<_>>());
            dialog.close();
        });
    }

    pub(in crate::page) fn open_heading(self, item: &ItemId, section: &SectionId) {
        let (text, common) = (&self.frame.text.meeting, &self.frame.text.common);
        let before = self.with(|parts| parts.signals.section(section)).get_untracked();
        let old = before.heading.clone().unwrap_or_default();
        let value = |value: &Option<String>| value.clone().unwrap_or_default();
        let rows = vec![
            field(text.change_heading, input("text", "heading", &old).attribute("maxlength", "120").flag("autofocus")),
            field(text.from, input("text", "from", &value(&before.from))),
            field(text.to, input("text", "to", &value(&before.to))),
        ];
        let content = vec![dialog::form(rows, common.save, common.cancel)];
        let (item, section) = (item.clone(), section.clone());
        Dialog::open("heading", self.frame.text.section_kind(before.kind), &content, move |dialog, event| {
            let Event::Submit(answers) = event else { return };
            let values = [
                (SectionKey::Heading, answers.text("heading"), &before.heading),
                (SectionKey::From, answers.text("from"), &before.from),
                (SectionKey::To, answers.text("to"), &before.to),
            ];
            let changed = values.into_iter().filter(|(_, value, before)| value != *before);
            let edit = |(key, value, _)| Edit::SetSection { item: item.clone(), section: section.clone(), key, value };
            self.edit(&changed.map(edit).collect::<Vec<_>>());
            dialog.close();
        });
    }
}
