//! The attachments of the items: the part `files` of the app, loaded once the page is in place.
//!
//! [`rows`] is what the server has and what is on its way to it, [`entry`] what one looks like, [`send`] and [`upload`] how a file leaves, [`act`] what is done with one that is there. This module is the desk: it
//! follows the server's events, draws a list in each item, and does what is pressed, chosen or dropped. Two windows show the same within a moment,
//! since the rows alone say what there is.

mod act;
mod entry;
mod rows;
mod send;
mod upload;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use dagsorden_shared::access::Verb;
use dagsorden_shared::attachment::{self, AttachmentRow, Attachments, address};
use dagsorden_shared::catalogue::files::Files as Texts;
use dagsorden_shared::id::{AttachmentId, ItemId};
use dagsorden_shared::json::Json;
use dagsorden_shared::render::element::element;
use dagsorden_shared::render::icon::Icon;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, File, HtmlInputElement};

use crate::page::Meeting;
use crate::sync::http::{self, HttpError};
use crate::ui::drawn::{drawn, fill, parts};
use crate::ui::heard::{hear, hear_first, target_of};
use crate::ui::list::{List, stable_list};
use crate::ui::menu::{Entry, Menu, menu};
use crate::ui::toast;
use rows::{State, Upload};

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

fn closest(event: &web_sys::Event, selector: &str) -> Option<web_sys::Element> {
    target_of(event)?.closest(selector).ok()?
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
        let heading = self.meeting.paper().meeting.attachments;
        let side = element("div").class("side").child(element("h3").text(heading));
        let list = element("ol").class("files bil").attribute("aria-label", heading);
        let foot = element("p")
            .class("more-f")
            .attribute("lang", self.meeting.text().language.code())
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
        hear(&page, "click", with(Self::pressed));
        hear(&page, "change", with(Self::chosen));
        // Before the fields of the text: a browser would open the file in place of the page.
        hear_first(&page, "dragover", with(Self::dragged));
        hear_first(&page, "dragleave", with(Self::left));
        hear_first(&page, "drop", with(Self::dropped));
        // The events of a picture reach the picture alone.
        hear_first(&page, "error", |event| act::say_instead(&event));
        hear(&window(), "online", with(|desk, _| desk.try_again()));
        // A file that is on its way would be lost.
        let on_its_way = |upload: &Upload| !matches!(upload.state, State::Refused(_));
        let leaving = move |desk: &Rc<Self>| desk.uploads.with_untracked(|uploads| uploads.iter().any(on_its_way));
        let weak = Rc::downgrade(self);
        hear(&window(), "beforeunload", move |event| {
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

    /// The item that files are dragged over. `None` if it is something else that is dragged, or over a dialog, which takes files itself.
    fn drop_target(event: &web_sys::Event) -> Option<Option<web_sys::Element>> {
        if closest(event, "dialog.takes-files").is_some() {
            return None;
        }
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
}

/// The item an event is in.
fn item_of(event: &web_sys::Event) -> Option<ItemId> {
    closest(event, "article[data-item]")?.get_attribute("data-item")?.parse().ok()
}
