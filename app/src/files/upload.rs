//! Files on their way to the server: what waits, what is sent, and what came of it. [`send`] does the sending.

use std::rc::Rc;
use std::time::Duration;

use dagsorden_shared::attachment::AttachmentRow;
use dagsorden_shared::id::{AttachmentId, ItemId};
use leptos::prelude::*;
use web_sys::FileList;

use super::rows::{State, Upload};
use super::{Desk, KEY, send};
use crate::sync::http::HttpError;
use crate::ui::announcer;
use crate::{json, random};

/// Files that are sent at a time.
const AT_ONCE: usize = 2;

/// How long to wait before a file is tried again that a busy server sent away.
const RETRY: Duration = Duration::from_secs(3);

impl Desk {
    /// Takes files in hand for an item: the first for `row`, if a place waits for it.
    pub(super) fn take(self: &Rc<Self>, files: &FileList, item: &ItemId, row: Option<AttachmentId>) {
        let mut place = row;
        let mut new = Vec::new();
        for file in (0..files.length()).filter_map(|index| files.get(index)) {
            // What was refused gives its place to the one that is chosen instead.
            let id = place.take().unwrap_or_else(|| AttachmentId::from_random(random::bits()));
            let size = send::size(&file);
            let too_large = size > self.limit.get();
            let state = if too_large { State::Refused((self.text.too_large)(&self.text.size(self.limit.get()))) } else { State::Waiting };
            self.forget(&id);
            new.push(Upload { id: id.clone(), item: item.clone(), name: file.name(), size, state });
            self.sources.borrow_mut().push((id, file));
        }
        self.uploads.update(|uploads| uploads.extend(new));
        self.send();
    }

    /// Sends what waits, a few at a time.
    pub(super) fn send(self: &Rc<Self>) {
        while self.sending.borrow().len() < AT_ONCE {
            let waiting = |upload: &&Upload| upload.state == State::Waiting;
            let Some(upload) = self.uploads.with_untracked(|uploads| uploads.iter().find(waiting).cloned()) else { return };
            self.set_state(&upload.id, State::Sending);
            let file = self.sources.borrow().iter().find(|(id, _)| *id == upload.id).map(|(_, file)| file.clone());
            let path = format!("{}?name={}", self.path(&upload.item, &upload.id), send::escaped(&upload.name));
            let (weak, id, size) = (Rc::downgrade(self), upload.id.clone(), upload.size);
            let progress = move |done| {
                if let Some(desk) = weak.upgrade() {
                    desk.show_progress(&id, done, size);
                }
            };
            let (weak, id) = (Rc::downgrade(self), upload.id.clone());
            let done = move |answer| {
                if let Some(desk) = weak.upgrade() {
                    desk.answered(&id, answer);
                }
            };
            match file.and_then(|file| send::put(&path, &file, progress, done)) {
                Some(sending) => self.sending.borrow_mut().push((upload.id, sending)),
                None => self.set_state(&upload.id, State::Offline),
            }
        }
    }

    /// Moves the bar of an upload. Not by its state: the entry with its button stays as it is.
    pub(super) fn show_progress(&self, id: &AttachmentId, done: u64, size: u64) {
        let Ok(Some(under)) = document().query_selector(&format!("[{KEY}='{id}'] .under")) else { return };
        if let Some(bar) = under.first_element_child() {
            drop(bar.set_attribute("value", &done.min(size).to_string()));
        }
        if let Some(words) = under.last_element_child() {
            words.set_text_content(Some(&(self.text.sending)(&self.text.size(done.min(size)), &self.text.size(size))));
        }
    }

    pub(super) fn answered(self: &Rc<Self>, id: &AttachmentId, answer: send::Answer) {
        let is_ours = |(sent, _): &(AttachmentId, send::Sending)| sent == id;
        // One that was cancelled is nobody's any more.
        let Some(at) = self.sending.borrow().iter().position(is_ours) else { return };
        let sent = self.sending.borrow_mut().swap_remove(at);
        // It is being heard right now.
        set_timeout(move || drop(sent), Duration::ZERO);
        let Some(upload) = self.uploads.with_untracked(|uploads| uploads.iter().find(|upload| upload.id == *id).cloned()) else { return };
        match answer {
            Some((200 | 201, body)) => {
                let row = json::read::<AttachmentRow>(&body);
                let title = row.as_ref().map_or_else(|| upload.name.clone(), |row| row.title.clone());
                if let Some(row) = row {
                    self.rows.update(|rows| match rows.iter_mut().find(|known| known.id == row.id) {
                        Some(known) => *known = row,
                        None => rows.push(row),
                    });
                }
                self.forget(id);
                announcer::say(&(self.text.arrived)(&title));
                self.ask();
            }
            Some((503 | 429, _)) => {
                self.set_state(id, State::Offline);
                let weak = Rc::downgrade(self);
                set_timeout(
                    move || {
                        if let Some(desk) = weak.upgrade() {
                            desk.try_again();
                        }
                    },
                    RETRY,
                );
            }
            Some((status, body)) => {
                let error = json::read(&body).map_or(HttpError::Unreadable { status }, HttpError::Problem);
                self.set_state(id, State::Refused(self.words(&error)));
                announcer::say(&(self.text.not_arrived)(&upload.name));
            }
            None => {
                self.set_state(id, State::Offline);
                announcer::say(&(self.text.not_arrived)(&upload.name));
            }
        }
        self.send();
    }

    pub(super) fn set_state(&self, id: &AttachmentId, state: State) {
        self.uploads.update(|uploads| {
            if let Some(upload) = uploads.iter_mut().find(|upload| upload.id == *id) {
                upload.state = state;
            }
        });
    }

    /// Tries what did not get through.
    pub(super) fn try_again(&self) {
        let Some(desk) = self.weak.upgrade() else { return };
        if self.uploads.with_untracked(|uploads| uploads.iter().any(|upload| upload.state == State::Offline)) {
            self.uploads.update(|uploads| {
                for upload in uploads.iter_mut().filter(|upload| upload.state == State::Offline) {
                    upload.state = State::Waiting;
                }
            });
            desk.send();
        }
    }

    pub(super) fn forget(&self, id: &AttachmentId) {
        self.sources.borrow_mut().retain(|(known, _)| known != id);
        if self.uploads.with_untracked(|uploads| uploads.iter().any(|upload| upload.id == *id)) {
            self.uploads.update(|uploads| uploads.retain(|upload| upload.id != *id));
        }
    }

    pub(super) fn cancel(self: &Rc<Self>, id: &AttachmentId) {
        let at = self.sending.borrow().iter().position(|(sent, _)| sent == id);
        let sending = at.map(|at| self.sending.borrow_mut().swap_remove(at).1);
        self.keep_focus(id);
        self.forget(id);
        if let Some(sending) = sending {
            sending.cancel();
        }
        self.send();
        // It may have arrived all the same.
        self.ask();
    }
}
