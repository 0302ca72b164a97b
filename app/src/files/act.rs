//! What a person does with an attachment that is there: moves, removes and restores it, changes its title, number and status, holds a place.

use std::rc::Rc;

use dagsorden_shared::attachment::AttachmentRow;
use dagsorden_shared::id::{AttachmentId, ItemId};
use dagsorden_shared::json::Json;
use dagsorden_shared::meeting_json::AttachmentStatus;
use dagsorden_shared::render::element::element;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::rows::STATUSES;
use super::{Desk, KEY, closest};
use crate::random;
use crate::sync::http;
use crate::ui::dialog::{self, Dialog, Event, field, input};
use crate::ui::toast;

/// Says in words what a picture does not show that did not come.
pub(super) fn say_instead(event: &web_sys::Event) {
    let Some(picture) = closest(event, ".bil .shows > img") else { return };
    if let Some(words) = picture.next_element_sibling() {
        drop(picture.toggle_attribute_with_force("hidden", true));
        drop(words.toggle_attribute_with_force("hidden", false));
    }
}

impl Desk {
    /// Moves an attachment among those of its item.
    pub(super) fn step(&self, id: &AttachmentId, by: isize) {
        let Some(row) = self.row(id) else { return };
        let of_item = self
            .rows
            .with_untracked(|rows| rows.iter().filter(|known| known.item == row.item).map(|row| row.id.clone()).collect::<Vec<_>>());
        let Some(at) = of_item.iter().position(|known| known == id) else { return };
        let Some(to) = at.checked_add_signed(by).filter(|to| *to < of_item.len()) else { return };
        let Some(other) = of_item.get(to) else { return };
        // Shown at once; the answer says how it is.
        self.rows.update(|rows| {
            let place = |id: &AttachmentId| rows.iter().position(|row| row.id == *id);
            if let (Some(one), Some(two)) = (place(id), place(other)) {
                rows.swap(one, two);
            }
        });
        let place = i64::try_from(to).unwrap_or_default();
        self.patch(&row, Json::object([("place", Json::whole(place))]));
    }

    /// Removes an attachment. Asks nothing: it can be undone.
    pub(super) fn remove(self: &Rc<Self>, id: &AttachmentId) {
        let Some(row) = self.row(id) else { return };
        self.keep_focus(id);
        self.rows.update(|rows| rows.retain(|known| known.id != row.id));
        let (desk, path) = (Rc::clone(self), self.path(&row.item, id));
        spawn_local(async move {
            match http::delete(&path).await {
                Ok(()) => {
                    let back = Rc::clone(&desk);
                    let undo = move || back.bring_back(&path);
                    let label = desk.meeting.text().common.undo;
                    toast::show(&(desk.text.removed)(&row.title), Some((label, Box::new(undo))));
                }
                Err(error) => toast::show(&desk.words(&error), None),
            }
            desk.ask();
        });
    }

    pub(super) fn bring_back(self: &Rc<Self>, path: &str) {
        let (desk, path) = (Rc::clone(self), format!("{path}/restore"));
        spawn_local(async move {
            if let Err(error) = http::post_empty(&path).await {
                toast::show(&desk.words(&error), None);
            }
            desk.ask();
        });
    }

    /// The focus of an entry that goes away moves to the next one, or to where one is added.
    pub(super) fn keep_focus(&self, id: &AttachmentId) {
        let Ok(Some(entry)) = document().query_selector(&format!("[{KEY}='{id}']")) else { return };
        let list = entry.parent_element();
        let next = entry.next_element_sibling().or_else(|| entry.previous_element_sibling());
        let next = next.and_then(|next| next.query_selector("button, a").ok().flatten());
        let next = next.or_else(|| list?.parent_element()?.query_selector(".more-f input").ok().flatten());
        if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
            request_animation_frame(move || drop(next.focus()));
        }
    }

    /// Asks for title, number and status of an attachment.
    pub(super) fn change(self: &Rc<Self>, id: &AttachmentId) {
        let Some(row) = self.row(id) else { return };
        let (text, common) = (self.text, &self.meeting.text().common);
        let old = row.number.clone().unwrap_or_default();
        let number = input("text", "number", &old).attribute("maxlength", "20").attribute("placeholder", text.number_help);
        let mut fields =
            vec![field(text.title, input("text", "title", &row.title).attribute("maxlength", "200")), field(text.number, number)];
        if row.file.is_none() {
            let names = [text.enclosed, text.later, text.named];
            let options = STATUSES.into_iter().zip(names).map(|((status, value), name)| {
                let option = element("option").attribute("value", value).text(name);
                if status == row.status { option.flag("selected") } else { option }
            });
            fields.push(field(text.status, element("select").attribute("name", "status").children(options)));
        }
        let content = vec![dialog::form(fields, common.save, common.cancel)];
        let desk = Rc::clone(self);
        Dialog::open("attachment", text.change_title, &content, move |dialog, event| {
            let Event::Submit(answers) = event else { return };
            let mut body = vec![("version".to_owned(), Json::whole(row.version.into()))];
            let title = answers.text("title").filter(|title| *title != row.title);
            let number = answers.text("number").unwrap_or_default();
            let status = answers.text("status");
            body.extend(title.map(|title| ("title".to_owned(), Json::text(&title))));
            body.extend((number != old).then(|| ("number".to_owned(), Json::text(&number))));
            body.extend(status.map(|status| ("status".to_owned(), Json::text(&status))));
            if body.len() > 1 {
                desk.patch(&row, Json::Object(body));
            }
            dialog.close();
        });
    }

    /// Asks for the title of something that is to follow, and holds a place for it.
    pub(super) fn hold(self: &Rc<Self>, item: &ItemId) {
        let (text, common) = (self.text, &self.meeting.text().common);
        let title = input("text", "title", "").attribute("maxlength", "200").flag("autofocus");
        let content = vec![dialog::form(vec![field(text.title, title)], common.save, common.cancel)];
        let (desk, item) = (Rc::clone(self), item.clone());
        Dialog::open("hold-place", text.hold_title, &content, move |dialog, event| {
            let Event::Submit(answers) = event else { return };
            let Some(title) = answers.text("title") else { return };
            let status = STATUSES.into_iter().find(|(status, _)| *status == AttachmentStatus::Eftersendes).map_or("", |(_, name)| name);
            let body = Json::object([("title", Json::text(&title)), ("status", Json::text(status))]);
            let path = desk.path(&item, &AttachmentId::from_random(random::bits()));
            let desk = Rc::clone(&desk);
            spawn_local(async move {
                if let Err(error) = http::put::<AttachmentRow>(&path, &body).await {
                    toast::show(&desk.words(&error), None);
                }
                desk.ask();
            });
            dialog.close();
        });
    }
}
