//! What people say beside the text: the part `talk` of the app, loaded once the page is in place.
//!
//! [`rows`] holds threads and comments as the server has them, [`outbox`] what it does not have yet, [`cards`] what they look like and [`place`] where they
//! stand. This module is the desk that brings them together: it follows the server's events, marks the words in the text, and does what is
//! pressed. Nothing of it stands in the document.

mod cards;
mod live;
mod outbox;
mod place;
mod points;
mod rows;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use dagsorden_shared::access::{Phase, Verb};
use dagsorden_shared::agenda::{Anchor, Field, points as all_points};
use dagsorden_shared::date;
use dagsorden_shared::id::{CommentId, ItemId, PointId, SectionId, ThreadId};
use dagsorden_shared::json::Json;
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::talk::{OutcomeKind, Stance, Talk};
use leptos::prelude::{GetUntracked, Set, document, set_timeout, window};
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::HtmlElement;

use crate::page::Meeting;
use crate::random;
use crate::sync::http;
use crate::ui::drawn::{fill, node};
use crate::ui::{announcer, toast};
use crate::view::{Mark, MarkEvent, Marks};
use cards::Shown;
use live::Live;
use outbox::{Outbox, Outcome, Said, outcome};
use rows::Rows;

/// Id of the panel's element.
pub(crate) const PANEL_ID: &str = "talk";

/// How wide a window must be for cards to stand beside their words.
const WIDE: f64 = 1360.0;

/// How long to wait before the outbox is tried again.
const RETRY: Duration = Duration::from_secs(4);

/// A comment that is being written about something new.
struct Draft {
    item: ItemId,
    field: Option<Field>,
    anchor: Option<Anchor>,
    top: f64,
}

/// The element of a thread, and what it shows.
struct Card {
    thread: ThreadId,
    host: web_sys::Element,
    said: web_sys::Element,
    shown: Vec<Element>,
}

/// The desk.
pub(crate) struct Desk {
    weak: Weak<Self>,
    meeting: Meeting,
    base: String,
    list: web_sys::Element,
    writing: web_sys::Element,
    empty: web_sys::Element,
    offer: HtmlElement,
    rows: RefCell<Rows>,
    outbox: RefCell<Outbox>,
    cards: RefCell<Vec<Card>>,
    marks: RefCell<Option<Rc<Marks>>>,
    draft: RefCell<Option<Draft>>,
    /// What is selected, to be commented on.
    selected: RefCell<Option<Draft>>,
    in_hand: RefCell<Option<ThreadId>>,
    /// The comment whose text is being changed, and its version.
    changing: RefCell<Option<(CommentId, u32)>>,
    /// The comment that is deleted with the next press.
    asked: RefCell<Option<CommentId>>,
    /// The point and the stance that a remark is being written to.
    remarking: RefCell<Option<(PointId, Stance)>>,
    /// What the list of points below each recommendation shows.
    listed: RefCell<Vec<(SectionId, Vec<Element>)>>,
    live: Rc<Live>,
    asking: Cell<bool>,
    again: Cell<bool>,
    sending: Cell<bool>,
    naming: Cell<bool>,
}

impl crate::parts::Talk for Rc<Desk> {
    fn refresh(&self) {
        self.ask();
        self.send();
    }

    fn items_came(&self) {
        self.draw_points();
    }

    fn comment(&self) {
        self.begin(self.selection());
    }

    fn comment_item(&self, item: &ItemId) {
        let top = top_of(&format!("#punkt-{item}"));
        self.begin(Some(Draft { item: item.clone(), field: None, anchor: None, top }));
    }

    fn step(&self, by: isize) {
        if self.live.is_on() { self.live.step(by) } else { self.go_on(by) }
    }

    fn live(&self) {
        self.live.toggle();
    }
}

/// Sets the desk up beside the paper. `None` if the page has no place for it.
pub(crate) fn start(meeting: Meeting) -> Option<Rc<Desk>> {
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
    fill(&host, &[head]);
    for part in [&empty, &writing, &list] {
        host.append_child(part).ok()?;
    }
    let offer = element("button").class("btn offer").attribute("type", "button").flag("hidden").text(text.talk.comment);
    let offer: HtmlElement = node(&offer)?.dyn_into().ok()?;
    document().body()?.append_child(&offer).ok()?;
    let id = meeting.id();
    let desk = Rc::new_cyclic(|weak| Desk {
        weak: Weak::clone(weak),
        meeting,
        base: format!("/api/meetings/{id}"),
        list,
        writing,
        empty,
        offer,
        rows: RefCell::default(),
        outbox: RefCell::new(Outbox::open(format!("dagsorden outbox {} {id}", meeting.user()))),
        cards: RefCell::default(),
        marks: RefCell::default(),
        draft: RefCell::default(),
        selected: RefCell::default(),
        in_hand: RefCell::default(),
        changing: RefCell::default(),
        asked: RefCell::default(),
        remarking: RefCell::default(),
        listed: RefCell::default(),
        live: Live::new(meeting),
        asking: Cell::new(false),
        again: Cell::new(false),
        sending: Cell::new(false),
        naming: Cell::new(false),
    });
    let weak = Rc::downgrade(&desk);
    let marks = meeting.editors().mark_threads(move |event| {
        let Some(desk) = weak.upgrade() else { return };
        match event {
            MarkEvent::Moved => desk.draw(),
            MarkEvent::Renewed(anchors) => desk.renew(anchors),
        }
    });
    desk.marks.replace(Some(marks));
    desk.listen(&host);
    desk.ask();
    desk.send();
    Some(desk)
}

/// Hears an event of an element for as long as the page is open.
fn hear(target: &web_sys::EventTarget, event: &str, act: impl Fn(web_sys::Event) + 'static) {
    let closure = Closure::<dyn Fn(web_sys::Event)>::new(act);
    // Adding a listener fails for no event name that a browser knows.
    drop(target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref()));
    closure.forget();
}

/// Pixels from the page's top to an element; 0 if it is not there.
fn top_of(selector: &str) -> f64 {
    let element = document().query_selector(selector).ok().flatten();
    element.map_or(0.0, |element| element.get_bounding_client_rect().top() + scrolled())
}

fn scrolled() -> f64 {
    window().scroll_y().unwrap_or_default()
}

fn is_wide() -> bool {
    window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width >= WIDE)
}

impl Desk {
    fn listen(self: &Rc<Self>, host: &web_sys::Element) {
        let with = |act: fn(&Rc<Self>, &web_sys::Event)| {
            let weak = Rc::downgrade(self);
            move |event: web_sys::Event| {
                if let Some(desk) = weak.upgrade() {
                    act(&desk, &event);
                }
            }
        };
        hear(host, "click", with(Self::pressed));
        hear(host, "keydown", with(Self::key));
        hear(&document(), "selectionchange", with(|desk, _| desk.look_at_selection()));
        hear(&self.offer, "click", with(|desk, _| desk.begin(desk.selected.take())));
        // The selection must outlive the press.
        hear(&self.offer, "pointerdown", |event| event.prevent_default());
        hear(&window(), "resize", with(|desk, _| desk.draw()));
        hear(&window(), "online", with(|desk, _| desk.send()));
        hear(&document(), "click", with(Self::pressed_in_text));
        hear(&document(), "click", with(Self::pressed_at_point));
    }

    fn may_comment(&self) -> bool {
        self.meeting.may(Verb::Comment)
    }

    // What the server has.

    /// Asks for what is new. Calls while an answer is on its way come to one more question.
    fn ask(&self) {
        if self.asking.replace(true) {
            return self.again.set(true);
        }
        let Some(desk) = self.weak.upgrade() else { return };
        spawn_local(async move {
            loop {
                desk.again.set(false);
                let since = desk.rows.borrow().cursor.as_ref().map(|cursor| format!("?since={cursor}")).unwrap_or_default();
                // Without an answer the rows stay as they are; the next event or connection asks again.
                if let Ok(talk) = http::get::<Talk>(&format!("{}/talk{since}", desk.base)).await {
                    desk.rows.borrow_mut().take(talk);
                    desk.changed();
                }
                if !desk.again.get() {
                    break;
                }
            }
            desk.asking.set(false);
        });
    }

    /// Sends what waits, one at a time and in order.
    fn send(&self) {
        let Some(desk) = self.weak.upgrade().filter(|_| !self.sending.replace(true)) else { return };
        spawn_local(async move {
            loop {
                let Some(entry) = desk.outbox.borrow().next().cloned() else { break };
                let path = format!("{}{}", desk.base, entry.said.path());
                let outcome = outcome(&http::put::<Nothing>(&path, &entry.said).await);
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

    /// Rows have changed: the words are marked anew, the counts follow, and the cards are drawn.
    fn changed(&self) {
        let me = self.meeting.me().get_untracked();
        self.rows.borrow_mut().show_waiting(&self.outbox.borrow().entries, &me);
        let rows = self.rows.borrow();
        let marks = rows.threads.iter().filter(|thread| !thread.resolved || self.is_in_hand(&thread.id)).filter_map(|thread| {
            let field: Field = thread.field.as_ref()?.parse().ok()?;
            Some(Mark { thread: thread.id.clone(), field, anchor: thread.anchor.clone()? })
        });
        let marks: Vec<Mark> = marks.collect();
        self.meeting.counts().set(rows.counts());
        drop(rows);
        if let Some(painted) = self.marks.borrow().as_ref() {
            painted.set(marks);
        }
        self.draw();
    }

    /// The words of these threads were brought back by an undo of this page: only it knows where they are.
    fn renew(&self, anchors: Vec<(ThreadId, Anchor)>) {
        for (id, anchor) in anchors {
            let rows = self.rows.borrow();
            let Some(thread) = rows.thread(&id).filter(|thread| thread.version > 0) else { continue };
            let Some(field) = thread.field.clone() else { continue };
            let body = Json::object([
                ("field", Json::text(&field)),
                ("anchor", crate::json::ToJson::to_json(&anchor)),
                ("version", Json::whole(thread.version.into())),
            ]);
            let path = format!("{}/threads/{id}/anchor", self.base);
            // Somebody else may have renewed it first: then it is in order.
            spawn_local(async move { drop(http::put::<Nothing>(&path, &body).await) });
        }
    }

    // What is shown.

    fn is_in_hand(&self, thread: &ThreadId) -> bool {
        self.in_hand.borrow().as_ref() == Some(thread)
    }

    /// Threads in the order they stand: by their words, then by time; resolved ones where their words are.
    fn order(&self) -> Vec<(ThreadId, f64)> {
        let places = self.marks.borrow().as_ref().map(|marks| marks.places()).unwrap_or_default();
        let rows = self.rows.borrow();
        let mut order: Vec<(ThreadId, f64, i64)> = Vec::new();
        for thread in &rows.threads {
            let marked = places.iter().find(|place| place.thread == thread.id).and_then(|place| place.top);
            let top = marked.unwrap_or_else(|| {
                let section =
                    thread.field.as_ref().and_then(|field| field.rsplit_once(':')).map(|(_, id)| format!("[data-section-id='{id}']"));
                section
                    .map(|selector| top_of(&selector))
                    .filter(|top| *top > 0.0)
                    .unwrap_or_else(|| top_of(&format!("#punkt-{}", thread.item)))
            });
            order.push((thread.id.clone(), top, thread.created));
        }
        order.sort_by(|one, other| one.1.total_cmp(&other.1).then(one.2.cmp(&other.2)));
        order.into_iter().map(|(thread, top, _)| (thread, top)).collect()
    }

    fn draw(&self) {
        let order = self.order();
        self.empty.toggle_attribute_with_force("hidden", !order.is_empty() || self.draft.borrow().is_some()).ok();
        let text = self.meeting.text();
        let states = self.marks.borrow().as_ref().map(|marks| marks.places()).unwrap_or_default();
        let time = |created: i64| time_of(created, text);
        let rows = self.rows.borrow();
        let outbox = self.outbox.borrow();
        let asked = self.asked.borrow();
        let mut cards = self.cards.borrow_mut();
        cards.retain(|card| {
            let stays = order.iter().any(|(thread, _)| *thread == card.thread);
            if !stays {
                card.host.remove();
            }
            stays
        });
        for (id, _) in &order {
            let Some(thread) = rows.thread(id) else { continue };
            let comments = rows.of(id);
            let in_hand = self.is_in_hand(id);
            let refused = outbox.entries.iter().filter_map(|entry| {
                let comment = comments.iter().find(|comment| comment.id == entry.said.comment)?;
                Some((*comment, entry.refused.as_deref()?))
            });
            let shown = Shown {
                thread,
                refused: refused.collect(),
                state: states.iter().find(|place| place.thread == *id).map(|place| place.state),
                in_hand,
                may_comment: self.may_comment(),
                may_resolve: self.may_comment() && (thread.mine || self.meeting.may(Verb::Resolve)),
                changes: in_hand && self.changing.borrow().is_some(),
                asked: asked.as_ref(),
                time: &time,
                comments,
            };
            let elements = cards::card(&shown, text);
            let at = match cards.iter().position(|card| card.thread == *id) {
                Some(at) => at,
                None => match Card::new(thread.id.clone()) {
                    Some(card) => {
                        cards.push(card);
                        cards.len() - 1
                    }
                    None => continue,
                },
            };
            let card = &mut cards[at];
            if card.shown != elements {
                fill(&card.said, &elements);
                card.shown = elements;
            }
            let quote = thread.anchor.as_ref().map(|anchor| anchor.quote.as_str()).unwrap_or_default();
            card.dress(in_hand, &(text.talk.thread_about)(quote));
            card.offer_reply(in_hand && self.may_comment() && self.changing.borrow().is_none(), text);
        }
        self.arrange(&order, &cards);
        drop((rows, cards));
        self.draw_points();
    }

    /// Shows, below each recommendation, what is thought of its points and what came of them. In a draft the paper stays as it is.
    fn draw_points(&self) {
        let rows = self.rows.borrow();
        let text = self.meeting.text();
        let opened = self.meeting.phase() != Phase::Draft;
        let me = self.meeting.me().get_untracked();
        let may_state = opened && self.meeting.may(Verb::Position) && !me.organisation.is_empty();
        let remarking = self.remarking.borrow();
        let mut nameless = false;
        for id in self.meeting.items() {
            let Some(item) = self.meeting.item_now(&id) else { continue };
            let all = all_points(&item);
            nameless |= all.iter().any(|point| point.id.is_none());
            for section in item.sections.iter().filter(|section| section.kind == SectionKind::Recommendation) {
                let shown = points::Shown {
                    item: &id,
                    points: all.iter().filter(|point| point.section == section.id).cloned().collect(),
                    positions: &rows.positions,
                    outcomes: &rows.outcomes,
                    organisation: may_state.then_some(me.organisation.as_str()),
                    may_decide: self.meeting.may(Verb::Outcome),
                    remarking: remarking.as_ref().map(|(point, stance)| (point.as_str(), *stance)),
                };
                self.list_points(&section.id, points::list(&shown, text));
            }
        }
        // Points that were written since are named by the server once they are needed.
        if nameless && (may_state || self.meeting.may(Verb::Outcome)) && !self.naming.replace(true) {
            let (path, weak) = (format!("{}/points", self.base), Weak::clone(&self.weak));
            spawn_local(async move {
                drop(http::post_empty(&path).await);
                if let Some(desk) = weak.upgrade() {
                    desk.naming.set(false);
                }
            });
        }
    }

    fn list_points(&self, section: &SectionId, elements: Vec<Element>) {
        let mut listed = self.listed.borrow_mut();
        let host = document().query_selector(&format!("[data-points='{section}']")).ok().flatten();
        let known = listed.iter().position(|(known, _)| known == section);
        if host.is_some() && known.is_some_and(|at| listed[at].1 == elements) || host.is_none() && elements.is_empty() {
            return;
        }
        let host = host.or_else(|| {
            let after = document().query_selector(&format!("[data-section-id='{section}']")).ok()??;
            let host = node(&element("div").class("points").attribute("data-points", section.to_string()))?;
            after.parent_element()?.append_child(&host).ok()?;
            Some(host)
        });
        if let Some(host) = host {
            fill(&host, &elements);
            match known {
                Some(at) => listed[at].1 = elements,
                None => listed.push((section.clone(), elements)),
            }
        }
    }

    fn pressed_at_point(self: &Rc<Self>, event: &web_sys::Event) {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else { return };
        let Some(button) = target.closest("[data-point-action]").ok().flatten() else { return };
        let value = button.get_attribute("data-value").unwrap_or_default();
        let item = target.closest("[data-item]").ok().flatten().and_then(|row| row.get_attribute("data-item")?.parse::<ItemId>().ok());
        let row = target.closest("[data-point]").ok().flatten();
        let point = row.as_ref().and_then(|row| row.get_attribute("data-point")?.parse::<PointId>().ok());
        match (button.get_attribute("data-point-action").as_deref(), item, point) {
            (Some("stance"), Some(item), Some(point)) => {
                let Some(stance) = points::stance(&value) else { return };
                let remarking = (stance != Stance::Agree).then(|| (point.clone(), stance));
                self.remarking.replace(remarking);
                self.take_position(&item, &point, stance, None);
            }
            (Some("remark"), Some(item), Some(point)) => {
                let Some(stance) = points::stance(&value) else { return };
                let remark = row.as_ref().and_then(text_area).map(|area| area.value()).unwrap_or_default();
                self.remarking.replace(None);
                self.take_position(&item, &point, stance, Some(remark));
            }
            (Some("no-remark"), ..) => {
                self.remarking.replace(None);
                self.draw_points();
            }
            (Some("outcome"), Some(item), Some(point)) => {
                // The same once more takes it back.
                let pressed = button.get_attribute("aria-pressed").as_deref() == Some("true");
                self.set_outcome(&item, &point, points::outcome(&value).filter(|_| !pressed));
            }
            (Some("decide"), Some(item), _) => self.write_decision(&item),
            _ => {}
        }
    }

    /// States one's organisation's position. It is shown at once, and as the server has it in a moment.
    fn take_position(&self, item: &ItemId, point: &PointId, stance: Stance, remark: Option<String>) {
        let me = self.meeting.me().get_untracked();
        let mut rows = self.rows.borrow_mut();
        let known = rows.positions.iter_mut().find(|row| row.point == *point && row.item == *item && row.organisation == me.organisation);
        let remark = remark.or_else(|| known.as_ref().map(|row| row.remark.clone())).unwrap_or_default();
        if let Some(known) = known {
            (known.stance, known.remark) = (stance, remark.clone());
        }
        drop(rows);
        self.draw_points();
        let organisation = String::from(js_sys::encode_uri_component(&me.organisation));
        let path = format!("{}/positions/{item}/{point}/{organisation}", self.base);
        let body = Json::object([("stance", Json::text(stance.as_str())), ("remark", Json::text(&remark))]);
        self.command(self.in_hand.borrow().clone(), async move { http::put::<Nothing>(&path, &body).await });
    }

    fn set_outcome(&self, item: &ItemId, point: &PointId, outcome: Option<OutcomeKind>) {
        let path = format!("{}/items/{item}/points/{point}/outcome", self.base);
        let body = Json::object([("outcome", Json::maybe(outcome.map(OutcomeKind::as_str)))]);
        self.command(self.in_hand.borrow().clone(), async move { http::put::<Nothing>(&path, &body).await });
    }

    /// Writes what came of the points into the item's decision, where nothing stands yet.
    fn write_decision(&self, id: &ItemId) {
        let Some(item) = self.meeting.item_now(id) else { return };
        let text = self.meeting.text();
        let rows = self.rows.borrow();
        let shown = points::Shown {
            item: id,
            points: all_points(&item),
            positions: &rows.positions,
            outcomes: &rows.outcomes,
            organisation: None,
            may_decide: true,
            remarking: None,
        };
        let Some(words) = points::decision(&shown, text) else { return };
        drop(rows);
        let section = item.sections.iter().find(|section| section.kind == SectionKind::Decision);
        match section {
            Some(section) if self.meeting.write_section(id, &section.id, &words) => announcer::say(text.points.written),
            Some(_) => toast::show(text.points.already, None),
            None => toast::show(text.points.no_decision, None),
        }
    }

    /// Brings the cards into their order and, on a wide screen, beside their words.
    fn arrange(&self, order: &[(ThreadId, f64)], cards: &[Card]) {
        let hosts: Vec<(&web_sys::Element, f64, bool)> = order
            .iter()
            .filter_map(|(thread, top)| {
                let card = cards.iter().find(|card| card.thread == *thread)?;
                Some((&card.host, *top, self.is_in_hand(thread)))
            })
            .collect();
        let focused = document().active_element();
        for (index, (host, ..)) in hosts.iter().enumerate() {
            let there = self.list.children().item(u32::try_from(index).unwrap_or(u32::MAX));
            let holds_focus = focused.as_ref().is_some_and(|focused| host.contains(Some(focused)));
            // An element that holds the focus is never taken out of the page; the next drawing puts the others around it.
            if there.as_ref() != Some(host) && !(holds_focus && host.is_connected()) {
                drop(self.list.insert_before(host, there.as_deref()));
            }
        }
        let wide = is_wide();
        let mut shown: Vec<(&web_sys::Element, f64, bool)> = hosts;
        if let Some(draft) = self.draft.borrow().as_ref() {
            let at = shown.partition_point(|(_, top, _)| *top <= draft.top);
            shown.insert(at, (&self.writing, draft.top, true));
        }
        if !wide {
            shown.iter().for_each(|(host, ..)| drop(host.remove_attribute("style")));
            return;
        }
        // One read, then all writes.
        let from = self.list.get_bounding_client_rect().top() + scrolled();
        let wishes: Vec<place::Wish> = shown
            .iter()
            .map(|(host, top, in_hand)| place::Wish {
                top: top - from,
                height: host.get_bounding_client_rect().height(),
                in_hand: *in_hand,
            })
            .collect();
        for ((host, ..), top) in shown.iter().zip(place::tops(&wishes, 0.0)) {
            if let Some(host) = host.dyn_ref::<HtmlElement>() {
                // The policy forbids style attributes in the page's text, not styles that a script sets.
                drop(host.style().set_property("top", &format!("{}px", top.round())));
            }
        }
    }

    // What people do.

    /// What is selected, with the place to comment on it. `None` if nothing is, or one may not comment.
    fn selection(&self) -> Option<Draft> {
        if !self.may_comment() {
            return None;
        }
        let (field, anchor) = self.meeting.editors().selected_anchor()?;
        let range = window().get_selection().ok()??.get_range_at(0).ok()?;
        let top = range.get_bounding_client_rect().top() + scrolled();
        Some(Draft { item: field.item().clone(), field: Some(field), anchor: Some(anchor), top })
    }

    /// Offers to comment on what is selected, beside it.
    fn look_at_selection(&self) {
        let collapsed = window().get_selection().ok().flatten().is_none_or(|selection| selection.is_collapsed());
        let selected = if collapsed { None } else { self.selection() };
        match &selected {
            Some(draft) => {
                drop(self.offer.style().set_property("top", &format!("{}px", draft.top.round())));
                drop(self.offer.remove_attribute("hidden"));
            }
            None => drop(self.offer.set_attribute("hidden", "")),
        }
        self.selected.replace(selected);
    }

    /// Opens the field for a new comment.
    fn begin(&self, draft: Option<Draft>) {
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
    fn show_sheet(&self) {
        if let Some(panel) = document().get_element_by_id(PANEL_ID).and_then(|panel| panel.dyn_into::<HtmlElement>().ok())
            && !is_wide()
        {
            // An open one stays open.
            drop(panel.show_popover());
        }
    }

    fn stop_writing(&self) {
        self.draft.replace(None);
        fill(&self.writing, &[]);
        drop(self.writing.set_attribute("hidden", ""));
        self.draw();
    }

    fn take_in_hand(&self, thread: Option<ThreadId>) {
        self.changing.replace(None);
        self.asked.replace(None);
        if let Some(marks) = self.marks.borrow().as_ref() {
            marks.take_in_hand(thread.as_ref());
        }
        let unread = thread.as_ref().is_some_and(|thread| self.rows.borrow().thread(thread).is_some_and(|thread| thread.unread > 0));
        if let Some(thread) = thread.as_ref().filter(|_| unread) {
            if let Some(row) = self.rows.borrow_mut().threads.iter_mut().find(|row| row.id == *thread) {
                row.unread = 0;
            }
            let body = Json::object([("threads", Json::List(vec![Json::text(thread.as_str())]))]);
            let path = format!("{}/read", self.base);
            // What one has read is a convenience: it is noted again the next time.
            spawn_local(async move { drop(http::post::<Nothing>(&path, &body).await) });
        }
        self.in_hand.replace(thread);
        self.changed();
    }

    /// Takes the next thread in hand, or the one before, and says which it is.
    fn go_on(&self, by: isize) {
        let order = self.order();
        let at = order.iter().position(|(thread, _)| self.is_in_hand(thread));
        let count = order.len();
        let next = match at {
            Some(at) => at.checked_add_signed(by).filter(|next| *next < count),
            None if by > 0 => (count > 0).then_some(0),
            None => count.checked_sub(1),
        };
        let Some((thread, _)) = next.and_then(|next| order.get(next)).cloned() else { return };
        self.take_in_hand(Some(thread.clone()));
        self.show_sheet();
        let cards = self.cards.borrow();
        if let Some(card) = cards.iter().find(|card| card.thread == thread) {
            card.host.scroll_into_view();
            focus_in(&card.host);
        }
        let first =
            self.rows.borrow().of(&thread).first().map(|comment| format!("{}: {}", comment.author.name, comment.body)).unwrap_or_default();
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        announcer::say(&(self.meeting.text().talk.number_of)(number(next.unwrap_or(0) + 1), number(count), &first));
    }

    fn pressed(self: &Rc<Self>, event: &web_sys::Event) {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else { return };
        let Some(button) = target.closest("[data-action]").ok().flatten() else { return };
        let thread =
            target.closest("[data-thread]").ok().flatten().and_then(|host| host.get_attribute("data-thread")?.parse::<ThreadId>().ok());
        let comment =
            target.closest("[data-comment]").ok().flatten().and_then(|host| host.get_attribute("data-comment")?.parse::<CommentId>().ok());
        match (button.get_attribute("data-action").as_deref(), thread, comment) {
            (Some("send"), None, _) => self.send_new(),
            (Some("cancel"), None, _) => self.stop_writing(),
            (Some("send"), Some(thread), _) => self.send_change(&thread),
            (Some("cancel"), Some(thread), _) => self.take_in_hand(Some(thread)),
            (Some("open"), Some(thread), _) => {
                self.take_in_hand(Some(thread.clone()));
                if let Some(card) = self.cards.borrow().iter().find(|card| card.thread == thread) {
                    focus_in(&card.host);
                }
            }
            (Some("fold"), ..) => self.take_in_hand(None),
            (Some("reply"), Some(thread), _) => self.send_reply(&thread),
            (Some("resolve"), Some(thread), _) => self.set_resolved(&thread, true),
            (Some("reopen"), Some(thread), _) => self.set_resolved(&thread, false),
            (Some("change"), Some(thread), Some(comment)) => self.change(&thread, &comment),
            (Some("delete"), _, Some(comment)) => self.delete(&comment),
            (Some("drop"), _, Some(comment)) => {
                self.outbox.borrow_mut().drop(&comment);
                self.changed();
            }
            (Some("copy"), _, Some(comment)) => self.copy(&comment),
            _ => {}
        }
    }

    /// A press on marked words takes their thread in hand.
    fn pressed_in_text(self: &Rc<Self>, event: &web_sys::Event) {
        let Some(mouse) = event.dyn_ref::<web_sys::MouseEvent>() else { return };
        let in_text = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest("[data-field]").ok()?).is_some();
        let marks = self.marks.borrow().clone();
        let Some(marks) = marks.filter(|_| in_text) else { return };
        let hit = marks.at_point(mouse.client_x().into(), mouse.client_y().into());
        if let Some(thread) = hit.and_then(|hit| hit.threads.into_iter().next()).filter(|thread| !self.is_in_hand(thread)) {
            self.take_in_hand(Some(thread));
        }
    }

    fn key(self: &Rc<Self>, event: &web_sys::Event) {
        let Some(key) = event.dyn_ref::<web_sys::KeyboardEvent>() else { return };
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let thread =
            target.and_then(|target| target.closest("[data-thread]").ok()??.get_attribute("data-thread")?.parse::<ThreadId>().ok());
        let changes = self.changing.borrow().is_some();
        match key.key().as_str() {
            "Enter" if key.ctrl_key() || key.meta_key() => match thread {
                Some(thread) if changes => self.send_change(&thread),
                Some(thread) => self.send_reply(&thread),
                None => self.send_new(),
            },
            "Escape" => match thread {
                Some(thread) if changes => self.take_in_hand(Some(thread)),
                Some(_) => self.take_in_hand(None),
                None => self.stop_writing(),
            },
            _ => return,
        }
        event.prevent_default();
    }

    fn say(&self, said: Said) {
        let thread = said.thread.clone();
        self.outbox.borrow_mut().add(said);
        self.take_in_hand(Some(thread));
        self.send();
    }

    fn send_new(&self) {
        let Some(body) = written(&self.writing) else { return };
        let Some(Draft { item, field, anchor, .. }) = self.draft.take() else { return };
        let begins = Some((item, field.map(|field| field.to_string()), anchor));
        fill(&self.writing, &[]);
        drop(self.writing.set_attribute("hidden", ""));
        self.say(Said { thread: ThreadId::from_random(random::bits()), comment: CommentId::from_random(random::bits()), begins, body });
    }

    fn send_reply(&self, thread: &ThreadId) {
        let area =
            self.cards.borrow().iter().find(|card| card.thread == *thread).and_then(|card| card.host.query_selector(".reply").ok()?);
        let Some(body) = area.as_ref().and_then(written) else { return };
        if let Some(area) = area.and_then(|area| text_area(&area)) {
            area.set_value("");
        }
        self.say(Said { thread: thread.clone(), comment: CommentId::from_random(random::bits()), begins: None, body });
    }

    /// Opens the text of a comment to be changed, in its card.
    fn change(&self, thread: &ThreadId, comment: &CommentId) {
        let rows = self.rows.borrow();
        let Some(row) = rows.comments.iter().find(|row| row.id == *comment) else { return };
        let (body, version) = (row.body.clone(), row.version);
        drop(rows);
        self.changing.replace(Some((comment.clone(), version)));
        self.draw();
        let text = self.meeting.text();
        if let Some(card) = self.cards.borrow_mut().iter_mut().find(|card| card.thread == *thread) {
            let field = cards::field("changed-comment", text.talk.change_label.to_owned(), text.common.save, &body, text);
            card.shown.push(field);
            fill(&card.said, &card.shown);
            focus_in(&card.said);
        }
    }

    fn send_change(&self, thread: &ThreadId) {
        let body = self.cards.borrow().iter().find(|card| card.thread == *thread).and_then(|card| written(&card.said));
        let (Some(body), Some((comment, version))) = (body, self.changing.borrow().clone()) else { return };
        let json = Json::object([("body", Json::text(&body)), ("version", Json::whole(version.into()))]);
        let path = format!("{}/comments/{comment}", self.base);
        self.command(Some(thread.clone()), async move { http::patch::<Nothing>(&path, &json).await });
    }

    fn delete(&self, comment: &CommentId) {
        // Deleting is for good, so it takes two presses.
        if self.asked.replace(Some(comment.clone())).as_ref() != Some(comment) {
            return self.draw();
        }
        let path = format!("{}/comments/{comment}", self.base);
        self.command(self.in_hand.borrow().clone(), async move { http::delete(&path).await.map(|()| Nothing) });
    }

    fn set_resolved(&self, thread: &ThreadId, resolved: bool) {
        let path = format!("{}/threads/{thread}/state", self.base);
        let json = Json::object([("resolved", Json::Bool(resolved))]);
        self.command(None, async move { http::put::<Nothing>(&path, &json).await });
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

    /// Asks the server for something and says if it will not. `then` is taken in hand afterwards.
    fn command(&self, then: Option<ThreadId>, work: impl Future<Output = Result<Nothing, http::HttpError>> + 'static) {
        let Some(desk) = self.weak.upgrade() else { return };
        spawn_local(async move {
            match work.await {
                Ok(_) | Err(http::HttpError::Unreadable { status: 200..=299 }) => {
                    desk.take_in_hand(then);
                    desk.ask();
                }
                Err(error) => toast::show(&desk.meeting.problem(&error), None),
            }
        });
    }
}

/// An answer whose body says nothing.
struct Nothing;

impl crate::json::FromJson for Nothing {
    fn from_json(_: &Json) -> Option<Self> {
        Some(Self)
    }
}

impl Card {
    fn new(thread: ThreadId) -> Option<Self> {
        let host = node(&element("section").class("thread").attribute("data-thread", thread.to_string()))?;
        let said = node(&element("div"))?;
        host.append_child(&said).ok()?;
        Some(Self { thread, host, said, shown: Vec::new() })
    }

    fn dress(&self, in_hand: bool, label: &str) {
        self.host.set_class_name(if in_hand { "thread on" } else { "thread" });
        // Setting an attribute of a valid name does not fail.
        drop(self.host.set_attribute("aria-label", label));
    }

    /// The field one answers in stays as it is while its thread is in hand: what was written in it must not be lost to a drawing.
    fn offer_reply(&self, offered: bool, text: &dagsorden_shared::catalogue::Catalogue) {
        let there = self.host.query_selector(".reply").ok().flatten();
        match (offered, there) {
            (true, None) => {
                if let Some(reply) = node(&cards::reply(text)) {
                    drop(self.host.append_child(&reply));
                }
            }
            (false, Some(there)) => there.remove(),
            _ => {}
        }
    }
}

fn text_area(host: &web_sys::Element) -> Option<web_sys::HtmlTextAreaElement> {
    host.query_selector("textarea").ok()??.dyn_into().ok()
}

/// What was written in the field of a card. `None` if that is nothing.
fn written(host: &web_sys::Element) -> Option<String> {
    text_area(host).map(|area| area.value().trim().to_owned()).filter(|body| !body.is_empty())
}

fn focus_in(host: &web_sys::Element) {
    let target = host.query_selector("textarea,button").ok().flatten().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    if let Some(target) = target {
        drop(target.focus());
    }
}

/// A time of today as hours, another as its day.
fn time_of(created: i64, text: &dagsorden_shared::catalogue::Catalogue) -> String {
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of the next thousands of years fit a double")]
    let when = js_sys::Date::new(&(created as f64).into());
    let now = js_sys::Date::new_0();
    if when.to_date_string() == now.to_date_string() {
        format!("{}.{:02}", when.get_hours(), when.get_minutes())
    } else {
        date::long(&format!("{:04}-{:02}-{:02}", when.get_full_year(), when.get_month() + 1, when.get_date()), text)
    }
}
