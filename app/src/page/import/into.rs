//! Bringing items into the meeting that is open: asked for in a dialog, looked through like any import, and shown once they are here.

use dagsorden_shared::id::ItemId;
use dagsorden_shared::render::element::element;
use dagsorden_shared::render::home::drop_zone;
use leptos::prelude::*;

use super::Intake;
use crate::page::meeting::Meeting;
use crate::ui::dialog::{CLOSE, Dialog, Event, button};
use crate::ui::toast;

/// Asks what is to come in: a file, chosen or dropped, or text.
pub(crate) fn open(meeting: Meeting) {
    let text = meeting.text();
    let intake = Intake::new(text, Some(meeting));
    let words = intake.0.words;
    let close = element("div").class("acts-r").child(button("btn", CLOSE, text.common.cancel));
    let content = [element("p").text(words.into_help), drop_zone(text), close];
    let asked = intake.clone();
    let dialog = Dialog::open("bring-in", words.into_title, &content, move |dialog, event| {
        let Event::Action(action) = event else { return };
        match action.as_str() {
            "choose-file" => asked.choose(),
            "paste-text" => {
                dialog.close();
                asked.ask_for_text();
            }
            _ => {}
        }
    });
    if let Some(dialog) = dialog {
        // The attachments leave to it what is dropped on it.
        drop(dialog.element().class_list().add_1("takes-files"));
        intake.listen(dialog.element());
        intake.0.asking.replace(Some(dialog));
    }
}

/// Leads to the new items once they have come by the connection, and offers to take them out again.
pub(super) fn came(meeting: Meeting, items: Vec<ItemId>) {
    let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
    Effect::new(move |done: Option<bool>| {
        if done == Some(true) {
            return true;
        }
        let there = meeting.numbered_items();
        let is_here = |item: &ItemId| there.iter().any(|(known, _)| known == item);
        if !items.iter().all(is_here) {
            return false;
        }
        let text = meeting.text();
        let (first, all) = (items.first().cloned(), items.clone());
        request_animation_frame(move || {
            first.iter().for_each(|first| meeting.go_to(first));
            let undo = move || meeting.delete_items(&all);
            toast::show(&(super::Import::of(text.language).added)(count), Some((text.common.undo, Box::new(undo))));
        });
        true
    });
}
