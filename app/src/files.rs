//! The attachments of the items: the part `files` of the app, loaded once the page is in place.
//!
//! [`rows`] is what the server has and what is on its way to it, [`entry`] what one looks like, [`send`] how a file leaves. This module is the desk: it
//! follows the server's events, draws a list in each item, and does what is pressed, chosen or dropped. Two windows show the same within a moment,
//! since the rows alone say what there is.

mod entry;
mod rows;
mod send;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use dagsorden_shared::access::Verb;
use dagsorden_shared::attachment::{self, AttachmentRow, Attachments, address};
use dagsorden_shared::catalogue::files::Files as Texts;
use dagsorden_shared::id::{AttachmentId, ItemId};
use dagsorden_shared::json::Json;
use dagsorden_shared::meeting_json::AttachmentStatus;
use dagsorden_shared::render::element::element;
use dagsorden_shared::render::icon::Icon;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{DragEvent, File, FileList, HtmlElement, HtmlInputElement};

use crate::json;
use crate::page::Meeting;
use crate::random;
use crate::sync::http::{self, HttpError};
use crate::ui::dialog::{self, Dialog, Event, field, input};
use crate::ui::drawn::{drawn, fill, parts};
use crate::ui::list::{List, stable_list};
use crate::ui::menu::{Entry, Menu, menu};
use crate::ui::{announcer, toast};
use rows::{STATUSES, State, Upload};

/// Files that are sent at a time.
const AT_ONCE: usize = 2;

/// How long to wait before a file is tried again that a busy server sent away.
const RETRY: Duration = Duration::from_secs(3);

/// The attribute that names an attachment in the list.
const KEY: &str = "data-attachment";

/// The desk.
pub(crate) struct Desk {
    weak: Weak<Self>,
    meeting: Meeting,
    text: &'static Texts,
    base: String,
    limit: Cell<u64>,
    rows: RwSignal<Vec<AttachmentRow>>,
    uploads: RwSignal<Vec<Upload>>,
    /// The number of each attachment that has one.
    numbers: Memo<Vec<(AttachmentId, String)>>,
    /// What the uploads send.
    sources: RefCell<Vec<(AttachmentId, File)>>,
    sending: RefCell<Vec<(AttachmentId, send::Sending)>>,
    asking: Cell<bool>,
    again: Cell<bool>,
}

impl crate::parts::Files for Rc<Desk> {
    fn refresh(&self) {
        self.ask();
        self.try_again();
    }

    fn place(&self, item: &ItemId, host: &web_sys::Element) {
        self.draw(item, host);
    }
}

/// Asks what there is, and sets the desk up once it is known. `None` if there is no answer: then the page shows what it had.
pub(crate) async fn start(meeting: Meeting) -> Option<Rc<Desk>> {
    let base = format!("/api/meetings/{}", meeting.id());
    let Attachments { limit, rows } = http::get(&format!("{base}/attachments")).await.ok()?;
    let rows = RwSignal::new(rows);
    let numbers = Memo::new(move |_| {
        let mut shown: Vec<_> = rows.get().into_iter().map(AttachmentRow::shown).collect();
        let items = meeting.numbered_items();
        attachment::number(&mut shown, items.iter().map(|(item, number)| (item, number.as_str())));
        shown.into_iter().filter_map(|row| Some((row.id?, row.attachment.number?))).collect()
    });
    let desk = Rc::new_cyclic(|weak| Desk {
        weak: Weak::clone(weak),
        meeting,
        text: Texts::of(meeting.text().language),
        base,
        limit: Cell::new(limit),
        rows,
        uploads: RwSignal::new(Vec::new()),
        numbers,
        sources: RefCell::default(),
        sending: RefCell::default(),
        asking: Cell::new(false),
        again: Cell::new(false),
    });
    desk.listen();
    Some(desk)
}

/// Hears an event of an element for as long as that is there.
fn hear(target: &web_sys::EventTarget, event: &str, capture: bool, act: impl Fn(web_sys::Event) + 'static) {
    let closure = Closure::<dyn Fn(web_sys::Event)>::new(act).into_js_value();
    // Adding a listener fails for no event name that a browser knows.
    drop(target.add_event_listener_with_callback_and_bool(event, closure.unchecked_ref(), capture));
}

fn closest(event: &web_sys::Event, selector: &str) -> Option<web_sys::Element> {
    event.target()?.dyn_into::<web_sys::Element>().ok()?.closest(selector).ok()?
}

/// The attachment whose entry an event is in.
fn key_of(event: &web_sys::Event) -> Option<AttachmentId> {
    closest(event, &format!("[{KEY}]"))?.get_attribute(KEY)?.parse().ok()
}

impl Desk {
    fn may(&self) -> bool {
        self.meeting.may_now(Verb::Attach)
    }

    // What is shown.

    /// Draws the list of an item into its place, for as long as the current owner lives.
    fn draw(&self, item: &ItemId, host: &web_sys::Element) {
        let (Some(desk), text) = (self.weak.upgrade(), self.text) else { return };
        let side = element("div").class("side").child(element("h3").text(text.heading));
        let list = element("ol").class("files bil").attribute("aria-label", text.heading);
        let foot = element("p")
            .class("more-f")
            .child(entry::chooser("link", text.add, true))
            .child(element("span").class("hide-p").text(text.or_drop))
            .child(element("button").class("link soft").attribute("type", "button").attribute("data-files", "hold").text(text.hold));
        let note = element("p").class("drop-on");
        let frame = element("section")
            .class("sec attachments")
            .child(side)
            .child(element("div").class("bil-box").child(list).child(note).child(foot));
        fill(host, std::slice::from_ref(&frame));
        let find = |selector: &str| host.query_selector(selector).ok().flatten();
        let (Some(frame), Some(list), Some(note)) = (find("section"), find("ol"), find(".drop-on")) else { return };
        let (desk_, own) = (Rc::clone(&desk), item.clone());
        let shown = RenderEffect::new(move |_| {
            // The classes and names are valid ones.
            drop(frame.class_list().toggle_with_force("none", desk_.keys(&own).is_empty()));
            drop(frame.toggle_attribute_with_force("data-mine", desk_.may()));
        });
        StoredValue::new_local(shown);
        let (desk_, own) = (Rc::clone(&desk), item.clone());
        let label = RenderEffect::new(move |_| note.set_text_content(Some(&(desk_.text.drop_here)(&desk_.meeting.number_of(&own)))));
        StoredValue::new_local(label);
        let (desk_, own) = (Rc::clone(&desk), item.clone());
        let entries = List {
            tag: "li",
            keys: Box::new(move || desk_.keys(&own).iter().map(ToString::to_string).collect()),
            // Setting an attribute of a valid name does not fail.
            dress: Box::new(|key, entry| drop(entry.set_attribute(KEY, key))),
            view: Rc::new(move |key| match key.parse::<AttachmentId>() {
                Ok(id) => desk.entry(id),
                Err(_) => ().into_any(),
            }),
            later: None,
        };
        stable_list(list, entries);
    }

    /// The attachments of an item in their order, and then what is on its way. Followed where it is read.
    fn keys(&self, item: &ItemId) -> Vec<AttachmentId> {
        let rows = self.rows.read();
        let mut keys: Vec<AttachmentId> = rows.iter().filter(|row| row.item == *item).map(|row| row.id.clone()).collect();
        let uploads = self.uploads.read();
        let new: Vec<_> = uploads.iter().filter(|upload| upload.item == *item && !keys.contains(&upload.id)).collect();
        keys.extend(new.into_iter().map(|upload| upload.id.clone()));
        keys
    }

    fn row(&self, id: &AttachmentId) -> Option<AttachmentRow> {
        self.rows.with_untracked(|rows| rows.iter().find(|row| row.id == *id).cloned())
    }

    /// What stands in an entry.
    fn entry(self: &Rc<Self>, id: AttachmentId) -> AnyView {
        let (desk, own) = (Rc::clone(self), id.clone());
        let shown = parts(move || {
            let (rows, uploads, numbers) = (desk.rows.read(), desk.uploads.read(), desk.numbers.read());
            let shown = entry::Shown {
                row: rows.iter().find(|row| row.id == own),
                upload: uploads.iter().find(|upload| upload.id == own),
                number: numbers.iter().find(|(id, _)| *id == own).map(|(_, number)| number.as_str()),
                may: desk.may(),
            };
            entry::elements(&shown, desk.text)
        });
        let (rows, text, own) = (self.rows, self.text, id.clone());
        let label = Signal::derive(move || {
            let rows = rows.read();
            (text.more)(rows.iter().find(|row| row.id == own).map(|row| row.title.as_str()).unwrap_or_default())
        });
        let (desk, own) = (Rc::clone(self), id);
        let more = Menu { label, symbol: Icon::More, named: false, entries: Rc::new(move || desk.menu_of(&own)) };
        view! {
            <div class="bil-entry" use:drawn=shown></div>
            <div class="bil-more" use:menu=more></div>
        }
        .into_any()
    }

    /// What can be done to an attachment.
    fn menu_of(self: &Rc<Self>, id: &AttachmentId) -> Vec<Entry> {
        let Some(row) = self.row(id) else { return Vec::new() };
        let text = self.text;
        let run = |label: &'static str, act: fn(&Rc<Self>, &AttachmentId)| {
            let (desk, id) = (Rc::clone(self), id.clone());
            Entry::run(label, move || act(&desk, &id))
        };
        let mut entries = Vec::new();
        if row.file.is_some() {
            entries.push(Entry::Link(Entry::link(address(id), text.fetch).flag("download")));
        }
        if untrack(|| self.may()) {
            entries.push(run(text.change, Self::change));
            entries.push(run(text.up, |desk, id| desk.step(id, -1)));
            entries.push(run(text.down, |desk, id| desk.step(id, 1)));
            entries.extend([Entry::Line, run(text.remove, Self::remove)]);
        }
        entries
    }

    // What the server has.

    /// Asks what there is. Calls while an answer is on its way come to one more question.
    fn ask(&self) {
        if self.asking.replace(true) {
            return self.again.set(true);
        }
        let Some(desk) = self.weak.upgrade() else { return };
        spawn_local(async move {
            loop {
                desk.again.set(false);
                // Without an answer the rows stay as they are; the next event or connection asks again.
                if let Ok(Attachments { limit, rows }) = http::get::<Attachments>(&format!("{}/attachments", desk.base)).await {
                    desk.limit.set(limit);
                    if desk.rows.with_untracked(|old| *old != rows) {
                        desk.meeting.editors().hold_reading_place();
                        desk.rows.set(rows);
                    }
                }
                if !desk.again.get() {
                    break;
                }
            }
            desk.asking.set(false);
        });
    }

    fn path(&self, item: &ItemId, id: &AttachmentId) -> String {
        format!("{}/items/{item}/attachments/{id}", self.base)
    }

    /// Why the server did not do it, in words.
    fn words(&self, error: &HttpError) -> String {
        let known = match error {
            HttpError::Problem(problem) if problem.code == "stale" => Some(self.text.stale),
            HttpError::Problem(problem) => (self.text.refused)(&problem.code),
            _ => None,
        };
        known.map_or_else(|| self.meeting.problem(error), str::to_owned)
    }

    /// Sends a change of a row and shows what came of it.
    fn patch(&self, row: &AttachmentRow, body: Json) {
        let Some(desk) = self.weak.upgrade() else { return };
        let path = self.path(&row.item, &row.id);
        spawn_local(async move {
            if let Err(error) = http::patch::<AttachmentRow>(&path, &body).await {
                toast::show(&desk.words(&error), None);
            }
            desk.ask();
        });
    }

    // What is pressed.

    fn listen(self: &Rc<Self>) {
        let with = |act: fn(&Rc<Self>, &web_sys::Event)| {
            let weak = Rc::downgrade(self);
            move |event: web_sys::Event| {
                if let Some(desk) = weak.upgrade() {
                    act(&desk, &event);
                }
            }
        };
        let page = document();
        hear(&page, "click", false, with(Self::pressed));
        hear(&page, "change", false, with(Self::chosen));
        // Before the fields of the text: a browser would open the file in place of the page.
        hear(&page, "dragover", true, with(Self::dragged));
        hear(&page, "dragleave", true, with(Self::left));
        hear(&page, "drop", true, with(Self::dropped));
        hear(&window(), "online", false, with(|desk, _| desk.try_again()));
        // A file that is on its way would be lost.
        let on_its_way = |upload: &Upload| !matches!(upload.state, State::Refused(_));
        let leaving = move |desk: &Rc<Self>| desk.uploads.with_untracked(|uploads| uploads.iter().any(on_its_way));
        let weak = Rc::downgrade(self);
        hear(&window(), "beforeunload", false, move |event| {
            if weak.upgrade().is_some_and(|desk| leaving(&desk)) {
                event.prevent_default();
            }
        });
    }

    fn pressed(self: &Rc<Self>, event: &web_sys::Event) {
        let Some(button) = closest(event, "[data-files]") else { return };
        let action = button.get_attribute("data-files");
        match (action.as_deref(), key_of(event)) {
            (Some("hold"), _) => {
                if let Some(item) = item_of(event) {
                    self.hold(&item);
                }
            }
            (Some("cancel"), Some(id)) => self.cancel(&id),
            (Some("retry"), Some(_)) => self.try_again(),
            _ => {}
        }
    }

    fn chosen(self: &Rc<Self>, event: &web_sys::Event) {
        let Some(input) = closest(event, ".chooser input").and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else { return };
        let (Some(files), Some(item)) = (input.files(), item_of(event)) else { return };
        self.take(&files, &item, key_of(event));
        // The same file may be chosen again.
        input.set_value("");
    }

    /// The item that files are dragged over. `None` if it is something else that is dragged.
    fn drop_target(event: &web_sys::Event) -> Option<Option<web_sys::Element>> {
        let data = event.dyn_ref::<DragEvent>()?.data_transfer()?;
        data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files")).then(|| closest(event, "article[data-item]"))
    }

    fn dragged(self: &Rc<Self>, event: &web_sys::Event) {
        let Some(article) = Self::drop_target(event) else { return };
        event.prevent_default();
        event.stop_propagation();
        self.mark(article.as_ref().filter(|_| untrack(|| self.may())));
    }

    fn left(self: &Rc<Self>, event: &web_sys::Event) {
        // From one element of the page into another it is still over the page.
        let into = event.dyn_ref::<DragEvent>().and_then(|drag| drag.related_target());
        if Self::drop_target(event).is_some() && into.is_none() {
            self.mark(None);
        }
    }

    fn dropped(self: &Rc<Self>, event: &web_sys::Event) {
        let Some(article) = Self::drop_target(event) else { return };
        event.prevent_default();
        event.stop_propagation();
        self.mark(None);
        let files = event.dyn_ref::<DragEvent>().and_then(|drag| drag.data_transfer()?.files());
        let item = article.and_then(|article| article.get_attribute("data-item")?.parse().ok());
        if let (Some(files), Some(item), true) = (files, item, untrack(|| self.may())) {
            let row = key_of(event).filter(|id| self.row(id).is_some_and(|row| row.file.is_none()));
            self.take(&files, &item, row);
        }
    }

    /// Shows over which item the files are.
    fn mark(&self, article: Option<&web_sys::Element>) {
        if let Ok(Some(before)) = document().query_selector("article.takes-files")
            && !article.is_some_and(|article| before.is_same_node(Some(article)))
        {
            drop(before.class_list().remove_1("takes-files"));
        }
        if let Some(article) = article {
            drop(article.class_list().add_1("takes-files"));
        }
    }

    // Files on their way.

    /// Takes files in hand for an item: the first for `row`, if a place waits for it.
    fn take(self: &Rc<Self>, files: &FileList, item: &ItemId, row: Option<AttachmentId>) {
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
    fn send(self: &Rc<Self>) {
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
    fn show_progress(&self, id: &AttachmentId, done: u64, size: u64) {
        let Ok(Some(under)) = document().query_selector(&format!("[{KEY}='{id}'] .under")) else { return };
        if let Some(bar) = under.first_element_child() {
            drop(bar.set_attribute("value", &done.min(size).to_string()));
        }
        if let Some(words) = under.last_element_child() {
            words.set_text_content(Some(&(self.text.sending)(&self.text.size(done.min(size)), &self.text.size(size))));
        }
    }

    fn answered(self: &Rc<Self>, id: &AttachmentId, answer: send::Answer) {
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

    fn set_state(&self, id: &AttachmentId, state: State) {
        self.uploads.update(|uploads| {
            if let Some(upload) = uploads.iter_mut().find(|upload| upload.id == *id) {
                upload.state = state;
            }
        });
    }

    /// Tries what did not get through.
    fn try_again(&self) {
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

    fn forget(&self, id: &AttachmentId) {
        self.sources.borrow_mut().retain(|(known, _)| known != id);
        if self.uploads.with_untracked(|uploads| uploads.iter().any(|upload| upload.id == *id)) {
            self.uploads.update(|uploads| uploads.retain(|upload| upload.id != *id));
        }
    }

    fn cancel(self: &Rc<Self>, id: &AttachmentId) {
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

    // What is said of attachments.

    /// Moves an attachment among those of its item.
    fn step(&self, id: &AttachmentId, by: isize) {
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
    fn remove(self: &Rc<Self>, id: &AttachmentId) {
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

    fn bring_back(self: &Rc<Self>, path: &str) {
        let (desk, path) = (Rc::clone(self), format!("{path}/restore"));
        spawn_local(async move {
            if let Err(error) = http::post_empty(&path).await {
                toast::show(&desk.words(&error), None);
            }
            desk.ask();
        });
    }

    /// Whoever stood in an entry that goes away stands in the next one, or where one is added.
    fn keep_focus(&self, id: &AttachmentId) {
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
    fn change(self: &Rc<Self>, id: &AttachmentId) {
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
    fn hold(self: &Rc<Self>, item: &ItemId) {
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

/// The item an event is in.
fn item_of(event: &web_sys::Event) -> Option<ItemId> {
    closest(event, "article[data-item]")?.get_attribute("data-item")?.parse().ok()
}
