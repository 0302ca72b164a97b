//! What people do in a card: answer, change, delete, resolve. By mouse and by keyboard.

use std::rc::Rc;

use dagsorden_shared::id::{CommentId, ThreadId};
use dagsorden_shared::json::Json;
use leptos::prelude::{document, window};
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use super::column::Key;
use super::desk::Desk;
use super::outbox::Said;
use super::{PANEL_ID, focus_in, outbox, written};
use crate::random;
use crate::ui::announcer;
use crate::ui::heard::{around, hear, target_of, text_area};

impl Desk {
    /// Hears what is pressed, for as long as the page is open.
    pub(super) fn listen(self: &Rc<Self>) {
        let with = |act: fn(&Self, &web_sys::Event)| {
            let weak = Rc::downgrade(self);
            move |event: web_sys::Event| {
                if let Some(desk) = weak.upgrade() {
                    act(&desk, &event);
                }
            }
        };
        if let Some(host) = document().get_element_by_id(PANEL_ID) {
            hear(&host, "click", with(Self::pressed));
            hear(&host, "keydown", with(Self::key));
            hear(&host, "input", with(Self::typed));
            hear(&host, "focusout", with(Self::left));
        }
        hear(&document(), "selectionchange", with(|desk, _| desk.look_at_selection()));
        hear(&self.offer, "click", with(|desk, _| desk.begin(desk.selected.take())));
        // The selection must outlive the press.
        hear(&self.offer, "pointerdown", |event| event.prevent_default());
        hear(&window(), "resize", with(|desk, _| desk.draw()));
        hear(&window(), "online", with(|desk, _| desk.send()));
        hear(&document(), "click", with(Self::pressed_in_text));
        // A card that stood open unseen is read once one comes back to it.
        hear(&document(), "visibilitychange", with(|desk, _| desk.read_soon()));
        hear(&document(), "scrollend", with(|desk, _| desk.read_soon()));
        hear(&document(), "click", with(Self::pressed_offer));
    }

    fn pressed(&self, event: &web_sys::Event) {
        let Some(target) = target_of(event) else { return };
        let Some((_, action)) = around(&target, "data-action") else { return };
        match Key::around(&target) {
            None => match action.as_str() {
                "send" => self.send_new(),
                "cancel" => self.stop_writing(),
                "unread" => self.go_to_unread(),
                _ => {}
            },
            Some(Key::Thread(thread)) => {
                let comment = around(&target, "data-comment").and_then(|(_, id)| id.parse().ok());
                self.pressed_in_thread(&action, &thread, comment.as_ref());
            }
            Some(Key::Proposal(id)) => self.pressed_in_proposal(&action, &id, &target),
        }
    }

    fn pressed_in_thread(&self, action: &str, thread: &ThreadId, comment: Option<&CommentId>) {
        let key = || Key::Thread(thread.clone());
        match (action, comment) {
            ("send", _) => self.send_change(thread),
            ("cancel", _) => self.take_in_hand(Some(key())),
            ("open", _) => {
                self.take_in_hand(Some(key()));
                if let Some(host) = self.column.host(&key()) {
                    focus_in(&host);
                }
            }
            ("fold", _) => self.take_in_hand(None),
            ("reply", _) => self.send_reply(thread),
            ("resolve", _) => self.set_resolved(thread, true),
            ("reopen", _) => self.set_resolved(thread, false),
            ("change", Some(comment)) => self.change(thread, comment),
            ("delete", Some(comment)) => self.delete(comment),
            ("drop", Some(comment)) => {
                self.outbox.borrow_mut().drop(comment);
                self.changed();
            }
            ("copy", Some(comment)) => self.copy(comment),
            _ => {}
        }
    }

    fn key(&self, event: &web_sys::Event) {
        let Some(key) = event.dyn_ref::<web_sys::KeyboardEvent>() else { return };
        if self.names_take(key) {
            // A sheet would close by the same Escape.
            event.prevent_default();
            return self.draw();
        }
        let card = target_of(event).and_then(|target| Key::around(&target));
        let changes = self.changing.borrow().is_some();
        match key.key().as_str() {
            "Enter" if key.ctrl_key() || key.meta_key() => match card {
                Some(Key::Thread(thread)) if changes => self.send_change(&thread),
                Some(Key::Thread(thread)) => self.send_reply(&thread),
                Some(Key::Proposal(_)) => return,
                None => self.send_new(),
            },
            "Escape" => match card {
                // Escape in a text that one writes must not lose it.
                Some(Key::Proposal(_)) => return,
                Some(card) if changes => self.take_in_hand(Some(card)),
                Some(_) => self.take_in_hand(None),
                None => self.stop_writing(),
            },
            _ => return,
        }
        event.prevent_default();
    }

    /// Puts what was said into the outbox, shows it, and sends it.
    pub(super) fn say(&self, said: Said) {
        let thread = said.thread.clone();
        self.outbox.borrow_mut().add(said);
        self.take_in_hand(Some(Key::Thread(thread)));
        self.send();
    }

    fn send_reply(&self, thread: &ThreadId) {
        let area = self.column.host(&Key::Thread(thread.clone()));
        let Some(body) = area.as_ref().and_then(written) else { return };
        if let Some(area) = area.and_then(|area| text_area(&area)) {
            area.set_value("");
        }
        let mentions = self.mentioned_in(&body);
        self.say(Said { thread: thread.clone(), comment: CommentId::from_random(random::bits()), begins: None, body, mentions });
    }

    /// Opens the text of a comment to be changed, in its card.
    fn change(&self, thread: &ThreadId, comment: &CommentId) {
        let rows = self.rows.borrow();
        let Some(version) = rows.comments.iter().find(|row| row.id == *comment).map(|row| row.version) else { return };
        drop(rows);
        self.changing.replace(Some((comment.clone(), version)));
        self.draw();
        if let Some(area) = self.column.host(&Key::Thread(thread.clone())).and_then(|host| text_area(&host)) {
            drop(area.focus());
            // One goes on where one ended.
            let end = area.text_length();
            drop(area.set_selection_range(end, end));
        }
    }

    fn send_change(&self, thread: &ThreadId) {
        let body = self.column.host(&Key::Thread(thread.clone())).and_then(|host| written(&host));
        let (Some(body), Some((comment, version))) = (body, self.changing.borrow().clone()) else { return };
        let mentions = outbox::accounts(&self.mentioned_in(&body));
        let body = [("body", Json::text(&body)), ("mentions", mentions), ("version", Json::whole(version.into()))];
        let json = Json::object(body);
        self.command(Some(Key::Thread(thread.clone())), ("PATCH", format!("/comments/{comment}")), Some(json));
    }

    fn delete(&self, comment: &CommentId) {
        // Deleting is for good, so it takes two presses.
        if self.asked.replace(Some(comment.clone())).as_ref() != Some(comment) {
            return self.draw();
        }
        self.command(self.in_hand.borrow().clone(), ("DELETE", format!("/comments/{comment}")), None);
    }

    fn set_resolved(&self, thread: &ThreadId, resolved: bool) {
        let json = Json::object([("resolved", Json::Bool(resolved))]);
        self.command(None, ("PUT", format!("/threads/{thread}/state")), Some(json));
    }

    fn copy(&self, comment: &CommentId) {
        let body = self.rows.borrow().comments.iter().find(|row| row.id == *comment).map(|row| row.body.clone()).unwrap_or_default();
        let text = self.meeting.text();
        spawn_local(async move {
            if wasm_bindgen_futures::JsFuture::from(window().navigator().clipboard().write_text(&body)).await.is_ok() {
                announcer::say(text.common.copied);
            }
        });
    }
}
