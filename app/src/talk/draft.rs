//! A comment about something new: what is selected, the button that offers it, and the field it is written in.

use dagsorden_shared::agenda::{Anchor, Field};
use dagsorden_shared::id::{CommentId, ItemId, ThreadId};
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::desk::Desk;
use super::outbox::Said;
use super::{PANEL_ID, cards, focus_in, is_wide, pixels, scrolled, top_of, written};
use crate::random;
use crate::ui::drawn::fill;

/// A comment that is being written about something new.
pub(super) struct Draft {
    item: ItemId,
    field: Option<Field>,
    anchor: Option<Anchor>,
    pub(super) top: f64,
}

impl Draft {
    /// About an item as a whole.
    pub(super) fn of_item(item: ItemId) -> Self {
        let top = top_of(&format!("#punkt-{item}"));
        Self { item, field: None, anchor: None, top }
    }
}

impl Desk {
    /// What is selected, with the place to comment on it. `None` if nothing is, or one may not comment.
    pub(super) fn selection(&self) -> Option<Draft> {
        if !self.may_comment() {
            return None;
        }
        let (field, anchor) = self.meeting.editors().selected_anchor()?;
        let range = window().get_selection().ok()??.get_range_at(0).ok()?;
        let top = range.get_bounding_client_rect().top() + scrolled();
        Some(Draft { item: field.item().clone(), field: Some(field), anchor: Some(anchor), top })
    }

    /// Offers to comment on what is selected, beside it.
    pub(super) fn look_at_selection(&self) {
        let collapsed = window().get_selection().ok().flatten().is_none_or(|selection| selection.is_collapsed());
        let selected = if collapsed { None } else { self.selection() };
        match &selected {
            Some(draft) => {
                drop(self.offer.style().set_property("top", &pixels(draft.top)));
                drop(self.offer.remove_attribute("hidden"));
            }
            None => drop(self.offer.set_attribute("hidden", "")),
        }
        self.selected.replace(selected);
    }

    /// Opens the field for a new comment.
    pub(super) fn begin(&self, draft: Option<Draft>) {
        let Some(draft) = draft else { return };
        let text = self.meeting.text();
        let label = match (&draft.anchor, &draft.field) {
            (Some(anchor), _) => (text.talk.new_about)(&anchor.quote),
            (None, Some(_)) => text.talk.new_section.to_owned(),
            (None, None) => text.talk.new_item.to_owned(),
        };
        fill(&self.writing, &[cards::field("new-comment", label, text.talk.comment, "", text)]);
        drop(self.writing.remove_attribute("hidden"));
        drop(self.offer.set_attribute("hidden", ""));
        self.draft.replace(Some(draft));
        self.take_in_hand(None);
        self.show_sheet();
        focus_in(&self.writing);
    }

    /// On a narrow screen the panel is a sheet that has to be opened.
    pub(super) fn show_sheet(&self) {
        if let Some(panel) = document().get_element_by_id(PANEL_ID).and_then(|panel| panel.dyn_into::<HtmlElement>().ok())
            && !is_wide()
        {
            // An open one stays open.
            drop(panel.show_popover());
        }
    }

    pub(super) fn stop_writing(&self) {
        self.draft.replace(None);
        self.clear_field();
        self.draw();
    }

    fn clear_field(&self) {
        fill(&self.writing, &[]);
        drop(self.writing.set_attribute("hidden", ""));
    }

    pub(super) fn send_new(&self) {
        let Some(body) = written(&self.writing) else { return };
        let Some(Draft { item, field, anchor, .. }) = self.draft.take() else { return };
        let begins = Some((item, field.map(|field| field.to_string()), anchor));
        self.clear_field();
        let (thread, comment) = (ThreadId::from_random(random::bits()), CommentId::from_random(random::bits()));
        let mentions = self.mentioned_in(&body);
        self.say(Said { thread, comment, begins, body, mentions });
    }
}
