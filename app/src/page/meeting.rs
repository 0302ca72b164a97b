//! The meeting page: bar, outline and paper over the documents of one meeting.
//!
//! Renders signals and sends edits; decides nothing about the text. The paper is built in a detached node and swapped in at once for the
//! server's first paint, so nothing jumps.

mod asked;
mod bar;
mod deleted;
mod details;
mod drag;
mod item;
mod outline;
mod paper;
mod participants;
mod presence;
mod rows;
mod section;
mod state;
mod strip;
mod writing;

use std::cell::RefCell;
use std::rc::Rc;

use dagsorden_shared::agenda::{Change, Edit, NewSection, Part};
use dagsorden_shared::api::{Author, MeetingDetail};
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::template::TemplateSection;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use super::frame::Frame;
use super::{identity, problem, shortcuts};
use crate::parts::{Files, Talk, start_files, start_talk, with_tools, with_writing};
use crate::pause::after_paint;
use crate::random;
use crate::sync::peers::Peer;
use crate::sync::{self, Documents, SaveState, UndoGroup};
use crate::talk::PANEL_ID;
use crate::ui::later::Later;
use crate::ui::{announcer, toast};
use crate::view::{EditorContext, authors};
use rows::Rows;
use state::{ItemSignals, MeetingSignals};
pub(crate) use writing::{Task, run as run_task};

/// The sections a new item begins with where the forum has set none; others are added by hand.
const NEW_ITEM: [SectionKind; 3] = [SectionKind::Background, SectionKind::Recommendation, SectionKind::Decision];

/// Where one reads first: a touch would else bring the keyboard up.
const HAND_HELD: &str = "(max-width: 1199px) and (pointer: coarse)";

/// What all parts of the page share.
struct Parts {
    documents: Rc<Documents>,
    editors: Rc<EditorContext>,
    signals: Rc<MeetingSignals>,
    /// Names the person in the device's own store.
    user: String,
    /// What people say, once its part is loaded.
    talk: RefCell<Option<Rc<dyn Talk>>>,
    /// The attachments, once their part is loaded, and until then the places where they belong.
    files: RefCell<Option<Rc<dyn Files>>>,
    places: RefCell<Vec<(ItemId, web_sys::Element, Option<Owner>)>>,
    later: Rc<Later>,
}

/// Handle to the page's parts. Cheap to copy, so that views can hold it.
#[derive(Clone, Copy)]
pub(crate) struct Meeting {
    frame: Frame,
    /// The item one is in: where one writes, else the one gone to, else the one in view.
    here: RwSignal<Option<ItemId>>,
    /// One went to an item and has not scrolled since.
    gone_to: StoredValue<bool>,
    /// Whether a touch only reads.
    reading: RwSignal<bool>,
    state: RwSignal<SaveState>,
    peers: RwSignal<Vec<Peer>>,
    rows: Rows,
    /// Whether the part of the attachments shows them.
    has_files: RwSignal<bool>,
    /// Open threads and unread comments of each item that has any.
    counts: RwSignal<Vec<(ItemId, u32, u32)>>,
    parts: StoredValue<Rc<Parts>, LocalStorage>,
}

/// A list's length, as the catalogue counts.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Meeting {
    fn with<T>(self, read: impl FnOnce(&Parts) -> T) -> T {
        let parts = self.parts.with_value(Rc::clone);
        read(&parts)
    }

    fn item(self, id: &ItemId) -> ItemSignals {
        self.with(|parts| parts.signals.item(id))
    }

    /// Makes edits as one step of undo, where one may write. What cannot be made is said; the text stays as it is.
    fn edit(self, edits: &[Edit]) {
        if !self.rows.write.get_untracked() {
            return;
        }
        if let Err(error) = self.with(|parts| parts.documents.edit(edits, UndoGroup::Step)) {
            leptos::logging::warn!("edit refused: {error}");
            toast::show(self.frame.text.problems.unknown.0, None);
        }
    }

    /// The sections of a new item: the forum's, or the usual ones.
    fn layout(self) -> Vec<TemplateSection> {
        let own = self.rows.detail.with_untracked(|detail| detail.layout.clone());
        let usual = |kind| TemplateSection { kind, heading: Some(self.frame.paper.section_kind(kind).to_owned()) };
        if own.is_empty() { NEW_ITEM.into_iter().map(usual).collect() } else { own }
    }

    /// Does a task of writing, once its part is loaded.
    fn task(self, task: Task) {
        with_writing(self.frame.text, move |writing| writing.writing(self, task));
    }

    /// From now on a touch writes.
    fn write_now(self) {
        if self.reading.get_untracked() && self.rows.write.get_untracked() {
            self.reading.set(false);
            self.with(|parts| parts.editors.set_read_only(false));
        }
    }

    /// From now on a touch reads, and the keyboard goes.
    fn read_now(self) {
        self.reading.set(true);
        let active = document().active_element().and_then(|active| active.dyn_into::<web_sys::HtmlElement>().ok());
        active.into_iter().for_each(|active| drop(active.blur()));
    }

    /// Adds an item at the end, before what closes the agenda.
    fn add_item(self) {
        self.add_item_after(self.with(|parts| parts.documents.last_before_closing()));
    }

    /// Adds an item and puts the caret in its title.
    fn add_item_after(self, after: Option<ItemId>) {
        self.write_now();
        let item = ItemId::from_random(random::bits());
        let section = |TemplateSection { kind, heading }| NewSection { id: SectionId::from_random(random::bits()), kind, heading };
        let sections = self.layout().into_iter().map(section).collect();
        self.edit(&[Edit::CreateItem { item: item.clone(), after, sections }]);
        announcer::say(self.frame.text.live.item_added);
        self.go_to(&item);
        request_animation_frame(move || focus(&format!("#punkt-{item} h2 [contenteditable]")));
    }

    /// Marks an item deleted. Asks nothing: it can be undone.
    fn delete_item(self, id: &ItemId) {
        let number = self.item(id).number.get_untracked();
        self.delete(Part { item: id.clone(), section: None }, &(self.frame.text.states.item_deleted)(&number));
    }

    /// Goes to an item: the caret stands in its title. A person who comes from a sheet came to read: no keyboard comes up.
    pub(super) fn go_to(self, id: &ItemId) {
        let reads = element("#outline:popover-open").is_some();
        self.scroll_to(id);
        if !reads {
            focus(&format!("#punkt-{id} h2 [data-field]"));
        }
    }

    /// Scrolls an item into view and closes the sheet one may have come from.
    fn scroll_to(self, id: &ItemId) {
        self.with(|parts| parts.later.draw(id.as_str()));
        if let Some(sheet) = element("#outline:popover-open") {
            drop(sheet.hide_popover());
        }
        if let Some(article) = element(&format!("#punkt-{id}")) {
            article.scroll_into_view();
            self.here.set(Some(id.clone()));
            self.gone_to.set_value(true);
            // The address can be copied; it adds no step to the browser's history.
            if let Ok(history) = window().history() {
                drop(history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&format!("#punkt-{id}"))));
            }
        }
    }

    /// Gives the focus back to an entry of the outline, once it stands where it was moved to.
    fn keep_focus(self, id: &ItemId) {
        let id = id.clone();
        request_animation_frame(move || self.focus_entry(&id));
    }

    /// Gives the focus to an entry of the outline.
    fn focus_entry(self, id: &ItemId) {
        focus(&format!(".toc li[data-item='{id}'] a"));
    }

    /// Asks who one is. The name others see is the session's, so a new one is known after the next connection.
    fn ask_name(self) {
        identity::ask(self.frame, move || self.with(|parts| parts.documents.reconnect()));
    }

    /// Shows who wrote what, or no longer.
    fn toggle_authors(self) {
        if self.with(|parts| parts.editors.shows_authors()) {
            self.with(|parts| parts.editors.hide_authors());
        } else {
            with_tools(self.frame.text, move |tools| tools.authors(self));
        }
    }

    /// Asks the server whose each client id is, and shows who wrote what. Called in the part `tools` alone.
    pub(crate) fn show_authors(self) {
        spawn_local(async move {
            match self.ask_authors().await {
                Ok(mut authors) => {
                    let me = self.frame.me.get_untracked();
                    if !me.name.is_empty() {
                        authors.insert(0, Author { client: self.with(|parts| parts.documents.client()), person: me });
                    }
                    authors::show(&self.editors(), authors);
                }
                Err(error) => toast::show(&problem::sentence(self.frame.text, &error), None),
            }
        });
    }

    fn count_words(self) {
        let words = self.with(|parts| parts.editors.count_words());
        toast::show(&(self.frame.text.find.words)(count(words)), None);
    }

    fn undo(self) {
        let undone = self.with(|parts| parts.editors.undo());
        if undone {
            // What the message offers to undo may just have been undone.
            toast::clear();
        }
    }

    fn redo(self) {
        self.with(|parts| parts.editors.redo());
    }
}

fn element(selector: &str) -> Option<web_sys::HtmlElement> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

fn focus(selector: &str) {
    if let Some(element) = element(selector) {
        drop(element.focus());
    }
}

/// Opens the documents and, once there is something to show, takes the page over from the server's first paint.
pub(super) async fn start(frame: Frame, user: String, detail: MeetingDetail) {
    let Some(document_id) = detail.own_document().cloned() else { return };
    let documents = Documents::new(document_id, &detail.item_documents);
    let is_there = documents.fetch().await;
    if !is_there {
        documents.begin(&user).await;
        documents.ready().await;
    }
    let signals = MeetingSignals::of(&documents);
    let editors = EditorContext::new(Rc::clone(&documents), frame.text);
    let (state, peers) = (documents.state(), documents.peers());
    let later = paper::far_items();
    {
        let (signals, editors, documents_, later) = (Rc::clone(&signals), Rc::clone(&editors), Rc::clone(&documents), Rc::clone(&later));
        documents.on_change(Rc::new(move |changes, by| {
            // The editors first: a key's paint must not wait for the chrome.
            editors.changed(changes, by);
            let held = Some(by).filter(|by| *by == sync::Author::Others).and_then(|_| editors.held());
            signals.follow(&documents_, changes, held.as_ref());
            draw_changed(&later, changes);
        }));
    }
    {
        let all = Rc::downgrade(&later);
        let complete: Rc<dyn Fn()> = Rc::new(move || all.upgrade().into_iter().for_each(|later| later.complete()));
        editors.set_completion(Rc::clone(&complete));
        window_event_listener_untyped("beforeprint", move |_| complete());
    }
    let parts = Rc::new(Parts {
        documents,
        editors,
        signals,
        later,
        user: user.clone(),
        talk: RefCell::default(),
        files: RefCell::default(),
        places: RefCell::default(),
    });
    let rows = Rows::of(detail);
    let meeting = Meeting {
        frame,
        here: RwSignal::new(None),
        gone_to: StoredValue::new(false),
        reading: RwSignal::new(window().match_media(HAND_HELD).ok().flatten().is_some_and(|media| media.matches())),
        state,
        peers,
        rows,
        has_files: RwSignal::new(false),
        counts: RwSignal::new(Vec::new()),
        parts: StoredValue::new_local(parts),
    };
    rows::follow(meeting);
    deleted::follow(meeting);
    let later = meeting.with(|parts| Rc::clone(&parts.later));
    later.around(
        move || meeting.with(|parts| parts.editors.hold_reading_place()),
        move || {
            meeting.with(|parts| parts.editors.fields_came());
            meeting.with(|parts| parts.talk.borrow().clone()).into_iter().for_each(|talk| talk.items_came());
        },
    );
    // The test contract closes the dialog that asks for a name, so it is open by the time the contract is there.
    #[cfg(feature = "test-hooks")]
    if frame.me.with_untracked(|me| me.name.is_empty()) {
        crate::parts::await_tools().await;
    }
    super::swap_in(move || view! { <Page meeting/> }, || later.adopt()).await;
    meeting.with(|parts| parts.editors.attach());
    presence::follow(meeting);
    // What helps to write is needed from the first touch on.
    let begun = StoredValue::new(false);
    for touch in ["focusin", "pointerdown"] {
        window_event_listener_untyped(touch, move |_| {
            if !begun.get_value() {
                begun.set_value(true);
                meeting.task(Task::Start);
            }
        });
    }
    after_paint(move || start_talk(meeting, move |talk| meeting.with(|parts| drop(parts.talk.replace(Some(talk))))));
    after_paint(move || start_files(meeting, move |files| meeting.show_files(files)));
    if is_there {
        // Device and relay have their turn once the paper is painted; what they know more is merged.
        let documents = meeting.with(|parts| Rc::clone(&parts.documents));
        after_paint(move || spawn_local(async move { documents.begin(&user).await }));
    }
    after_paint(move || later.run());
    // A dialog can be opened only once it stands in the page.
    if frame.me.with_untracked(|me| me.name.is_empty()) {
        meeting.ask_name();
    }
}

/// What others change far from the window is shown as well, once all have heard of it: what is drawn reads the document as it is.
fn draw_changed(later: &Rc<Later>, changes: &[Change]) {
    for change in changes {
        let item = match change {
            Change::Text { field, .. } => field.item(),
            Change::Item(item) | Change::Sections(item) | Change::Section(item, _) => item,
            Change::Header | Change::Items => continue,
        };
        if later.waits(item.as_str()) {
            let (later, item) = (Rc::clone(later), item.clone());
            spawn_local(async move { later.draw(item.as_str()) });
        }
    }
}

#[component]
fn Page(meeting: Meeting) -> impl IntoView {
    window_event_listener(leptos::ev::keydown, move |event| shortcut(meeting, &event));
    window_event_listener(leptos::ev::dblclick, move |event| {
        if meeting.reading.get_untracked() {
            meeting.task(Task::Write(Some((event.client_x(), event.client_y()))));
        }
    });
    view! {
        <bar::Bar meeting/>
        <strip::Strip meeting/>
        <div class="desk">
            <outline::Outline meeting/>
            <paper::Paper meeting/>
            <aside class="talk sheet" id=PANEL_ID popover="auto" aria-label=meeting.frame.text.talk.title></aside>
        </div>
        <bar::Dock meeting/>
    }
}

/// Keys of the whole page; the editor's own are handled where one writes.
fn shortcut(meeting: Meeting, event: &web_sys::KeyboardEvent) {
    // An entry of the outline, or the editor, has taken it.
    if event.default_prevented() {
        return;
    }
    // What is typed with AltGr is a character; some systems say Control and Alt of it.
    if event.get_modifier_state("AltGraph") {
        return;
    }
    let control = event.ctrl_key() || event.meta_key();
    let in_text = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest("[contenteditable],input,textarea").ok()?)
        .is_some();
    match event.key().as_str() {
        "/" if control => shortcuts::show(meeting.frame),
        "?" if !in_text && !control => shortcuts::show(meeting.frame),
        "F1" => shortcuts::show(meeting.frame),
        "F6" => focus(if element(".toc .here a").is_some() { ".toc .here a" } else { ".toc a" }),
        "s" | "S" if control && !event.alt_key() && !event.shift_key() => toast::show(&bar::saved_words(meeting), None),
        "p" | "P" if event.alt_key() && event.shift_key() && !control => meeting.add_item(),
        "m" | "M" if event.alt_key() && event.shift_key() && !control => meeting.with_talk(|talk| talk.comment()),
        "n" | "N" if event.alt_key() && event.shift_key() && !control => meeting.with_talk(|talk| talk.step(1)),
        "b" | "B" if event.alt_key() && event.shift_key() && !control => meeting.with_talk(|talk| talk.step(-1)),
        "u" | "U" if event.alt_key() && event.shift_key() && !control => meeting.with_talk(|talk| talk.unread()),
        "l" | "L" if event.alt_key() && event.shift_key() && !control => meeting.with_talk(|talk| talk.live()),
        "k" | "K" if control && !event.alt_key() && !in_text => drop(window().location().set_href("/soeg")),
        "h" | "H" if control && !event.alt_key() => meeting.with(|parts| parts.editors.open_find()),
        "ArrowDown" | "ArrowUp" if event.alt_key() && event.shift_key() && !control => {
            let Some(item) = meeting.here.get_untracked() else { return };
            meeting.move_item(&item, if event.key() == "ArrowDown" { 1 } else { -1 });
        }
        "z" | "Z" if control && !in_text => {
            if event.shift_key() {
                meeting.redo()
            } else {
                meeting.undo()
            }
        }
        "y" if control && !in_text => meeting.redo(),
        "ArrowDown" | "ArrowUp" if event.alt_key() && !event.shift_key() && !control => {
            let items = meeting.with(|parts| parts.signals.items.get_untracked());
            let at = meeting.here.get_untracked().and_then(|here| items.iter().position(|item| *item == here));
            let step = if event.key() == "ArrowDown" { 1 } else { -1 };
            let next = at.map_or(Some(0), |at| at.checked_add_signed(step));
            if let Some(item) = next.and_then(|next| items.get(next)) {
                meeting.go_to(item);
            }
        }
        _ => return,
    }
    event.prevent_default();
}
