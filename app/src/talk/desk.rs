//! The desk: what the page knows of what was said, how it keeps up with the server, and which cards are to stand.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use dagsorden_shared::access::{Phase, Verb};
use dagsorden_shared::agenda::{Anchor, Field};
use dagsorden_shared::date;
use dagsorden_shared::id::{CommentId, ThreadId};
use dagsorden_shared::json::Json;
use dagsorden_shared::render::element::element;
use dagsorden_shared::talk::Thread;
use leptos::prelude::{GetUntracked, Set, document, set_timeout, window};
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::cards::{self, Shown};
use super::column::{Column, Key, Wanted};
use super::draft::Draft;
use super::naming::Naming;
use super::outbox::{Outbox, Outcome, outcome};
use super::propose::{News, Proposed};
use super::rows::Rows;
use super::{PANEL_ID, top_of};
use crate::json::ToJson;
use crate::page::Meeting;
use crate::parts::{Live, Points, start_points};
use crate::sync::http;
use crate::ui::drawn::{fill, node};
use crate::ui::toast;
use crate::view::{Mark, MarkEvent, MarkPlace, Marks};

/// How long to wait before the outbox is tried again.
const RETRY: Duration = Duration::from_secs(4);

/// The desk.
pub(crate) struct Desk {
    pub(super) weak: Weak<Self>,
    pub(super) meeting: Meeting,
    pub(super) base: String,
    pub(super) column: Column,
    pub(super) writing: web_sys::Element,
    empty: web_sys::Element,
    unread: web_sys::Element,
    pub(super) offer: HtmlElement,
    pub(super) rows: RefCell<Rows>,
    pub(super) outbox: RefCell<Outbox>,
    pub(super) marks: RefCell<Option<Rc<Marks>>>,
    pub(super) draft: RefCell<Option<Draft>>,
    /// What is selected, to be commented on.
    pub(super) selected: RefCell<Option<Draft>>,
    /// The card in hand.
    pub(super) in_hand: RefCell<Option<Key>>,
    /// The comment whose text is being changed, and its version.
    pub(super) changing: RefCell<Option<(CommentId, u32)>>,
    /// The comment that is deleted with the next press.
    pub(super) asked: RefCell<Option<CommentId>>,
    /// Meeting mode, once it was asked for.
    pub(super) live: RefCell<Option<Rc<dyn Live>>>,
    /// The points of the recommendations, once there is something to say of them.
    points: RefCell<Option<Rc<dyn Points>>>,
    /// Positions and outcomes, as the server has them.
    said_of_points: RefCell<[Json; 2]>,
    fetching_points: Cell<bool>,
    /// A moment is waited before what is in hand counts as read.
    pub(super) reading: Cell<bool>,
    asking: Cell<bool>,
    again: Cell<bool>,
    sending: Cell<bool>,
    pub(super) proposals: Proposed,
    pub(super) naming: Naming,
    /// The card that the page's address names, until it was there.
    pub(super) named: RefCell<Option<Key>>,
}

impl Desk {
    /// Puts the panel's parts into the page. `None` if the page has no place for them.
    pub(super) fn new(meeting: Meeting) -> Option<Rc<Self>> {
        let text = meeting.text();
        let host = document().get_element_by_id(PANEL_ID)?;
        let head = element("div").class("sheet-head").child(element("span").text(text.talk.title)).child(
            element("button")
                .class("btn plain")
                .attribute("type", "button")
                .attribute("popovertarget", PANEL_ID)
                .attribute("popovertargetaction", "hide")
                .text(text.common.close),
        );
        let list = node(&element("div").class("threads"))?;
        let writing = node(&element("div").class("thread writing").flag("hidden"))?;
        let empty = node(&element("p").class("quiet talk-none").text(text.talk.none))?;
        let unread = node(&element("p").class("talk-new").flag("hidden").child(cards::next_unread(text)))?;
        fill(&host, &[head]);
        for part in [&unread, &empty, &writing, &list] {
            host.append_child(part).ok()?;
        }
        let offer = element("button").class("btn offer").attribute("type", "button").flag("hidden").text(text.talk.comment);
        let offer: HtmlElement = node(&offer)?.dyn_into().ok()?;
        document().body()?.append_child(&offer).ok()?;
        let id = meeting.id();
        Some(Rc::new_cyclic(|weak| Self {
            weak: Weak::clone(weak),
            meeting,
            base: format!("/api/meetings/{id}"),
            column: Column::new(list),
            writing,
            empty,
            unread,
            offer,
            rows: RefCell::default(),
            outbox: RefCell::new(Outbox::open(format!("dagsorden outbox {} {id}", meeting.user()))),
            marks: RefCell::default(),
            draft: RefCell::default(),
            selected: RefCell::default(),
            in_hand: RefCell::default(),
            changing: RefCell::default(),
            asked: RefCell::default(),
            live: RefCell::default(),
            points: RefCell::default(),
            said_of_points: RefCell::new([Json::Null, Json::Null]),
            fetching_points: Cell::new(false),
            reading: Cell::new(false),
            asking: Cell::new(false),
            again: Cell::new(false),
            sending: Cell::new(false),
            proposals: Proposed::default(),
            naming: Naming::default(),
            named: RefCell::new(named_by_address()),
        }))
    }

    pub(super) fn may_comment(&self) -> bool {
        self.meeting.may(Verb::Comment)
    }

    /// Draws again whenever words that threads are about move.
    pub(super) fn follow_marks(&self) {
        let weak = Weak::clone(&self.weak);
        let marks = self.meeting.editors().mark_threads(move |event| {
            let Some(desk) = weak.upgrade() else { return };
            match event {
                MarkEvent::Moved { states: true } => desk.draw(),
                MarkEvent::Moved { states: false } => desk.follow(),
                MarkEvent::Renewed(anchors) => desk.renew(anchors),
            }
        });
        self.marks.replace(Some(marks));
    }

    /// Asks for what is new. Calls while an answer is on its way come to one more question.
    pub(super) fn ask(&self) {
        if self.asking.replace(true) {
            return self.again.set(true);
        }
        let Some(desk) = self.weak.upgrade() else { return };
        spawn_local(async move {
            loop {
                desk.again.set(false);
                let since = desk.rows.borrow().cursor.as_ref().map(|cursor| format!("?since={cursor}")).unwrap_or_default();
                // Without an answer the rows stay as they are; the next event or connection asks again.
                if let Ok(News { talk, proposals, points }) = http::get::<News>(&format!("{}/talk{since}", desk.base)).await {
                    desk.take_proposals(proposals, talk.reset);
                    desk.rows.borrow_mut().take(talk);
                    desk.said_of_points.replace(points);
                    desk.changed();
                    desk.hand_points();
                    desk.go_to_named();
                }
                if !desk.again.get() {
                    break;
                }
            }
            desk.asking.set(false);
        });
    }

    /// Sends what waits, one at a time and in order.
    pub(super) fn send(&self) {
        let Some(desk) = self.weak.upgrade().filter(|_| !self.sending.replace(true)) else { return };
        spawn_local(async move {
            loop {
                let Some(entry) = desk.outbox.borrow().next().cloned() else { break };
                let path = format!("{}{}", desk.base, entry.said.path());
                let outcome = outcome(&http::tell("PUT", path, Some(entry.said.to_json())).await, |error| desk.meeting.problem(error));
                let later = outcome == Outcome::Later;
                desk.outbox.borrow_mut().settle(&entry.said.comment, outcome);
                if later {
                    let weak = Rc::downgrade(&desk);
                    set_timeout(
                        move || {
                            if let Some(desk) = weak.upgrade() {
                                desk.send();
                            }
                        },
                        RETRY,
                    );
                    break;
                }
                desk.ask();
            }
            desk.sending.set(false);
            desk.changed();
        });
    }

    /// Asks the server for something and says if it will not. `then` is taken in hand afterwards.
    pub(super) fn command(&self, then: Option<Key>, (method, path): (&'static str, String), body: Option<Json>) {
        let Some(desk) = self.weak.upgrade() else { return };
        spawn_local(async move {
            match http::tell(method, format!("{}{path}", desk.base), body).await {
                Ok(()) => {
                    desk.take_in_hand(then);
                    desk.ask();
                }
                Err(error) => toast::show(&desk.meeting.problem(&error), None),
            }
        });
    }

    /// The words of these threads were brought back by an undo of this page: only it knows where they are.
    fn renew(&self, anchors: Vec<(ThreadId, Anchor)>) {
        for (id, anchor) in anchors {
            let rows = self.rows.borrow();
            let Some(thread) = rows.thread(&id).filter(|thread| thread.version > 0) else { continue };
            let Some(field) = thread.field.clone() else { continue };
            let body = Json::object([
                ("field", Json::text(&field)),
                ("anchor", anchor.to_json()),
                ("version", Json::whole(thread.version.into())),
            ]);
            let path = format!("{}/threads/{id}/anchor", self.base);
            // Another page may have renewed it first: then it is in order.
            spawn_local(async move { drop(http::tell("PUT", path, Some(body)).await) });
        }
    }

    /// Rows have changed: the words are marked anew, the counts follow, and the cards are drawn.
    pub(super) fn changed(&self) {
        let me = self.meeting.me().get_untracked();
        self.rows.borrow_mut().show_waiting(&self.outbox.borrow().entries, &me);
        let rows = self.rows.borrow();
        let marks = rows.threads.iter().filter(|thread| !thread.resolved || self.is_in_hand(&thread.id)).filter_map(|thread| {
            let field: Field = thread.field.as_ref()?.parse().ok()?;
            Some(Mark { thread: thread.id.clone(), field, anchor: thread.anchor.clone()? })
        });
        let marks: Vec<Mark> = marks.chain(self.proposals.marks()).collect();
        self.meeting.counts().set(rows.counts());
        drop(rows);
        if let Some(painted) = self.marks.borrow().as_ref() {
            painted.set(marks);
        }
        self.draw();
    }

    /// Hands what is thought of the points to their part, which is fetched once there is something to say: in a draft the paper stays as it is.
    fn hand_points(&self) {
        let said = self.said_of_points.borrow();
        if let Some(points) = &*self.points.borrow() {
            return points.take(&said);
        }
        let is_needed = self.meeting.phase() != Phase::Draft || said.iter().any(|rows| !rows.entries().is_empty());
        if is_needed && !self.fetching_points.replace(true) {
            let weak = Weak::clone(&self.weak);
            start_points(self.meeting, move |points| {
                let Some(desk) = weak.upgrade() else { return };
                desk.points.replace(Some(points));
                desk.hand_points();
            });
        }
    }

    /// Draws the lists of points again: items came, or one may do something else.
    pub(super) fn draw_points(&self) {
        if let Some(points) = &*self.points.borrow() {
            points.draw();
        }
    }

    /// Draws the cards.
    pub(super) fn draw(&self) {
        let wanted = self.wanted();
        self.empty.toggle_attribute_with_force("hidden", !wanted.is_empty() || self.draft.borrow().is_some()).ok();
        let draft = self.draft.borrow();
        let nothing_new = self.rows.borrow().threads.iter().all(|thread| thread.unread == 0);
        self.unread.toggle_attribute_with_force("hidden", nothing_new).ok();
        self.column.draw(wanted, draft.as_ref().map(|draft| (&self.writing, draft.top)));
        drop(draft);
        self.proposals.drawn();
        self.read_soon();
    }

    /// The cards that are to stand now, in the order they stand: by their words, then by time.
    pub(super) fn wanted(&self) -> Vec<Wanted> {
        let mut wanted: Vec<Wanted> = Vec::new();
        for card in self.threads().into_iter().chain(self.proposal_cards()) {
            // Put in one by one: sorting is more code than all that is sorted.
            let is_before = |other: &Wanted| other.top.total_cmp(&card.top).then(other.created.cmp(&card.created)).is_le();
            wanted.insert(wanted.partition_point(is_before), card);
        }
        wanted
    }

    fn threads(&self) -> Vec<Wanted> {
        let text = self.meeting.text();
        let places = self.marks.borrow().as_ref().map(|marks| marks.places()).unwrap_or_default();
        let time = |created: i64| time_of(created, text);
        let (rows, outbox, asked) = (self.rows.borrow(), self.outbox.borrow(), self.asked.borrow());
        let changing = self.changing.borrow();
        let cards = rows.threads.iter().map(|thread| {
            let place = places.iter().find(|place| place.thread == thread.id);
            let comments = rows.of(&thread.id);
            let in_hand = self.is_in_hand(&thread.id);
            let refused = outbox.entries.iter().filter_map(|entry| {
                let comment = comments.iter().find(|comment| comment.id == entry.said.comment)?;
                Some((*comment, entry.refused.as_deref()?))
            });
            let changes = changing.as_ref().filter(|_| in_hand);
            let shown = Shown {
                thread,
                refused: refused.collect(),
                state: place.map(|place| place.state),
                in_hand,
                may_comment: self.may_comment(),
                may_resolve: self.may_comment() && (thread.mine || self.meeting.may(Verb::Resolve)),
                changes: changes.is_some(),
                asked: asked.as_ref(),
                time: &time,
                comments,
            };
            let quote = thread.anchor.as_ref().map(|anchor| anchor.quote.as_str()).unwrap_or_default();
            let field = match changes {
                Some((comment, _)) => Some((comment.to_string(), cards::change(&shown, comment, text))),
                None => (in_hand && self.may_comment()).then(|| (String::new(), cards::reply(text))),
            };
            Wanted {
                key: Key::Thread(thread.id.clone()),
                top: top_of_thread(thread, place),
                created: thread.created,
                label: (text.talk.thread_about)(quote),
                in_hand,
                said: cards::card(&shown, text),
                field,
            }
        });
        cards.collect()
    }
}

/// The card that the page's address names.
fn named_by_address() -> Option<Key> {
    let address = window().location().href().ok()?;
    let (kind, id) = address.split('#').next()?.split_once('?')?.1.split_once('=')?;
    match kind {
        "samtale" => id.parse().ok().map(Key::Thread),
        "forslag" => Some(Key::Proposal(id.to_owned())),
        _ => None,
    }
}

/// Where a thread's words are, or what it is about: resolved ones have no mark.
pub(super) fn top_of_thread(thread: &Thread, place: Option<&MarkPlace>) -> f64 {
    place.and_then(|place| place.top).unwrap_or_else(|| {
        let section = thread.field.as_ref().and_then(|field| field.rsplit_once(':')).map(|(_, id)| format!("[data-section-id='{id}']"));
        section.map(|selector| top_of(&selector)).filter(|top| *top > 0.0).unwrap_or_else(|| top_of(&format!("#punkt-{}", thread.item)))
    })
}

/// A time of today as hours, another as its day.
pub(super) fn time_of(created: i64, text: &dagsorden_shared::catalogue::Catalogue) -> String {
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of the next thousands of years fit a double")]
    let when = js_sys::Date::new(&(created as f64).into());
    let now = js_sys::Date::new_0();
    if when.to_date_string() == now.to_date_string() {
        format!("{}.{:02}", when.get_hours(), when.get_minutes())
    } else {
        date::long(&format!("{:04}-{:02}-{:02}", when.get_full_year(), when.get_month() + 1, when.get_date()), text)
    }
}
