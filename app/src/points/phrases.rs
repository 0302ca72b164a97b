//! The forum's phrases as buttons below a decision: each writes its words in a line of their own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dagsorden_shared::agenda::ItemSnapshot;
use dagsorden_shared::json::Json;
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::render::element::{Element, element};
use leptos::prelude::document;
use leptos::task::spawn_local;

use super::list::{ACTION, VALUE};
use crate::json::FromJson;
use crate::page::Meeting;
use crate::sync::http;
use crate::ui::drawn::node;
use crate::ui::heard::hear;

/// The attribute of the group that names its section.
pub(super) const SECTION: &str = "data-phrases";

/// The phrases of the meeting's forum, asked for once they are needed.
#[derive(Default)]
pub(super) struct Phrases {
    known: RefCell<Vec<String>>,
    asked: Cell<bool>,
}

/// What is read of a forum's template.
struct Known(Vec<String>);

impl FromJson for Known {
    fn from_json(value: &Json) -> Option<Self> {
        Some(Self(crate::json::list(value.get("template")?, "phrases", |phrase| Some(phrase.as_text()?.to_owned()))))
    }
}

impl Phrases {
    /// Asks for the phrases, and runs `then` if there are any. Without an answer it is tried again the next time.
    pub(super) fn ask(self: &Rc<Self>, meeting: Meeting, then: Box<dyn FnOnce()>) {
        if self.asked.replace(true) {
            return;
        }
        let phrases = Rc::clone(self);
        spawn_local(async move {
            match http::get::<Known>(&format!("/api/forums/{}/template", meeting.forum())).await {
                Ok(Known(known)) if !known.is_empty() => {
                    phrases.known.replace(known);
                    then();
                }
                Ok(_) => {}
                Err(_) => phrases.asked.set(false),
            }
        });
    }

    /// The phrase at a place of the list.
    pub(super) fn at(&self, place: &str) -> Option<String> {
        self.known.borrow().get(place.parse::<usize>().ok()?).cloned()
    }

    /// Shows the phrases below the decisions of an item, or takes them away where one may not decide.
    pub(super) fn show(&self, item: &ItemSnapshot, may_decide: bool, label: &'static str) {
        let known = self.known.borrow();
        for section in item.sections.iter().filter(|section| section.kind == SectionKind::Decision) {
            let there = document().query_selector(&format!("[{SECTION}='{}']", section.id)).ok().flatten();
            match there {
                Some(there) if !may_decide => there.remove(),
                None if may_decide && !known.is_empty() => {
                    let group = group(&known, label).attribute(SECTION, section.id.to_string()).attribute("data-item", item.id.to_string());
                    let after = document().query_selector(&format!("[data-section-id='{}']", section.id)).ok().flatten();
                    if let Some((after, group)) = after.and_then(|after| after.parent_element()).zip(node(&group)) {
                        // The caret stays where it is; and a group that is shown while one writes is still there when the button is let go.
                        hear(&group, "mousedown", |event| event.prevent_default());
                        drop(after.append_child(&group));
                    }
                }
                _ => {}
            }
        }
    }
}

fn group(known: &[String], label: &'static str) -> Element {
    let buttons = known.iter().enumerate().map(|(place, phrase)| {
        element("button")
            .class("btn")
            .attribute("type", "button")
            .attribute(ACTION, "phrase")
            .attribute(VALUE, place.to_string())
            .text(phrase.clone())
    });
    element("div").class("phrases").attribute("role", "group").attribute("aria-label", label).children(buttons)
}
