//! What organisations think of the points of a recommendation and what came of each, below the recommendation: the part `points` of the app.
//!
//! The rows are the talk's, which hands them over as the server wrote them; [`list`] is what they look like. Here they are brought into the page, positions are taken,
//! outcomes set, and the decision drafted.

mod list;
mod phrases;
mod rows;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use dagsorden_shared::access::{Phase, Verb};
use dagsorden_shared::agenda::{Change, Field, points as all_points};
use dagsorden_shared::id::{ItemId, PointId, SectionId};
use dagsorden_shared::json::Json;
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::talk::{Outcome, OutcomeKind, Position, Stance};
use leptos::prelude::{GetUntracked, document};
use leptos::task::spawn_local;

use crate::page::Meeting;
use crate::sync::http;
use crate::ui::drawn::node;
use crate::ui::heard::{around, hear, target_of, text_area};
use crate::ui::{announcer, kept, toast};

/// The part of the view that follows the text of the recommendations.
const NAME: &str = "points";

/// The lists of points of a page.
pub(crate) struct Points {
    weak: Weak<Self>,
    meeting: Meeting,
    positions: RefCell<Vec<Position>>,
    outcomes: RefCell<Vec<Outcome>>,
    /// The point and the stance that a remark is being written to.
    remarking: RefCell<Option<(PointId, Stance)>>,
    /// What the list below each recommendation shows.
    listed: RefCell<Vec<(SectionId, Vec<Element>)>>,
    naming: Cell<bool>,
    phrases: Rc<phrases::Phrases>,
}

impl crate::parts::Points for Points {
    fn take(&self, [positions, outcomes]: &[Json; 2]) {
        self.positions.replace(positions.entries().iter().filter_map(rows::position).collect());
        self.outcomes.replace(outcomes.entries().iter().filter_map(rows::outcome).collect());
        self.show();
    }

    fn draw(&self) {
        self.show();
    }
}

/// Shows lists of points from now on, and follows the text they are of.
pub(crate) fn start(meeting: Meeting) -> Rc<Points> {
    let points = Rc::new_cyclic(|weak| Points {
        weak: Weak::clone(weak),
        meeting,
        positions: RefCell::default(),
        outcomes: RefCell::default(),
        remarking: RefCell::default(),
        listed: RefCell::default(),
        naming: Cell::new(false),
        phrases: Rc::default(),
    });
    let weak = Rc::downgrade(&points);
    hear(&document(), "click", move |event| {
        if let Some(points) = weak.upgrade() {
            points.pressed(&event);
        }
    });
    let (concerned, told) = (Rc::downgrade(&points), Rc::downgrade(&points));
    meeting.editors().follow_changes(
        NAME,
        Box::new(move |change| concerned.upgrade().is_some_and(|points| points.reads(change))),
        Box::new(move || told.upgrade().into_iter().for_each(|points| points.show())),
    );
    points
}

impl Points {
    /// Whether a change is of something that the lists show.
    fn reads(&self, change: &Change) -> bool {
        match change {
            Change::Text { field: Field::Section(_, section), .. } => self.listed.borrow().iter().any(|(known, _)| known == section),
            Change::Items | Change::Sections(_) | Change::Section(..) => true,
            Change::Text { .. } | Change::Header | Change::Item(_) => false,
        }
    }

    /// Shows, below each recommendation, what is thought of its points and what came of them. In a draft the paper stays as it is.
    fn show(&self) {
        let (positions, outcomes) = (self.positions.borrow(), self.outcomes.borrow());
        let text = self.meeting.text();
        let opened = self.meeting.phase() != Phase::Draft;
        let me = self.meeting.me().get_untracked();
        let may_state = opened && self.meeting.may(Verb::Position) && !me.organisation.is_empty();
        let may_decide = self.meeting.may(Verb::Outcome);
        let remarking = self.remarking.borrow();
        if may_decide {
            let weak = Weak::clone(&self.weak);
            self.phrases.ask(self.meeting, Box::new(move || weak.upgrade().into_iter().for_each(|points| points.show())));
        }
        let mut nameless = false;
        for id in self.meeting.items() {
            let Some(item) = self.meeting.item_now(&id) else { continue };
            self.phrases.show(&item, may_decide, text.points.phrases);
            let all = all_points(&item);
            nameless |= all.iter().any(|point| point.id.is_none());
            for section in item.sections.iter().filter(|section| section.kind == SectionKind::Recommendation) {
                let shown = list::Shown {
                    item: &id,
                    points: all.iter().filter(|point| point.section == section.id).cloned().collect(),
                    positions: &positions,
                    outcomes: &outcomes,
                    organisation: may_state.then_some(me.organisation.as_str()),
                    may_decide,
                    remarking: remarking.as_ref().map(|(point, stance)| (point.as_str(), *stance)),
                };
                self.put(&section.id, list::list(&shown, text));
            }
        }
        // Points that were written since are named by the server once they are needed.
        if nameless && (may_state || may_decide) && !self.naming.replace(true) {
            let (path, weak) = (format!("{}/points", self.base()), Weak::clone(&self.weak));
            spawn_local(async move {
                drop(http::tell("POST", path, None).await);
                if let Some(points) = weak.upgrade() {
                    points.naming.set(false);
                }
            });
        }
    }

    fn base(&self) -> String {
        format!("/api/meetings/{}", self.meeting.id())
    }

    /// Shows the list of a recommendation, where it differs from what stands there.
    fn put(&self, section: &SectionId, elements: Vec<Element>) {
        let mut listed = self.listed.borrow_mut();
        let known = listed.iter().position(|(known, _)| known == section);
        let at = known.unwrap_or_else(|| {
            // Known from now on: a change of its text may give it points.
            listed.push((section.clone(), Vec::new()));
            listed.len() - 1
        });
        let host = document().query_selector(&format!("[data-points='{section}']")).ok().flatten();
        if host.is_some() && listed[at].1 == elements || host.is_none() && elements.is_empty() {
            return;
        }
        let host = host.or_else(|| {
            let after = document().query_selector(&format!("[data-section-id='{section}']")).ok()??;
            let host = node(&element("div").class("points").attribute("data-points", section.to_string()))?;
            after.parent_element()?.append_child(&host).ok()?;
            Some(host)
        });
        if let Some(host) = host {
            kept::fill(&host, &elements, &[list::POINT, list::ACTION, list::VALUE]);
            listed[at].1 = elements;
        }
    }

    fn pressed(&self, event: &web_sys::Event) {
        let Some(target) = target_of(event) else { return };
        let Some((button, action)) = around(&target, list::ACTION) else { return };
        let value = button.get_attribute(list::VALUE).unwrap_or_default();
        let item = around(&target, "data-item").and_then(|(_, id)| id.parse::<ItemId>().ok());
        let row = around(&target, list::POINT);
        let point = row.as_ref().and_then(|(_, id)| id.parse::<PointId>().ok());
        match (action.as_str(), item, point) {
            ("stance", Some(item), Some(point)) => {
                let Some(stance) = list::stance(&value) else { return };
                let remarking = (stance != Stance::Agree).then(|| (point.clone(), stance));
                self.remarking.replace(remarking);
                self.take_position(&item, &point, stance, None);
            }
            ("remark", Some(item), Some(point)) => {
                let Some(stance) = list::stance(&value) else { return };
                let remark = row.as_ref().and_then(|(row, _)| text_area(row)).map(|area| area.value()).unwrap_or_default();
                self.remarking.replace(None);
                self.take_position(&item, &point, stance, Some(remark));
            }
            ("no-remark", ..) => {
                self.remarking.replace(None);
                self.show();
            }
            ("outcome", Some(item), Some(point)) => {
                // The same once more takes it back.
                let pressed = button.get_attribute("aria-pressed").as_deref() == Some("true");
                let outcome = list::outcome(&value).filter(|_| !pressed);
                let body = Json::object([("outcome", Json::maybe(outcome.map(OutcomeKind::as_str)))]);
                self.command(&format!("/items/{item}/points/{point}/outcome"), body);
            }
            ("decide", Some(item), _) => self.write_decision(&item),
            ("phrase", Some(item), _) => {
                let section = around(&target, phrases::SECTION).and_then(|(_, id)| id.parse::<SectionId>().ok());
                if let Some((section, phrase)) = section.zip(self.phrases.at(&value)) {
                    self.meeting.append_words(&item, &section, &phrase);
                    announcer::say(&phrase);
                }
            }
            _ => {}
        }
    }

    /// States one's organisation's position. It is shown at once, and as the server has it in a moment.
    fn take_position(&self, item: &ItemId, point: &PointId, stance: Stance, remark: Option<String>) {
        let me = self.meeting.me().get_untracked();
        let mut positions = self.positions.borrow_mut();
        let known = positions.iter_mut().find(|row| row.point == *point && row.item == *item && row.organisation == me.organisation);
        let remark = remark.or_else(|| known.as_ref().map(|row| row.remark.clone())).unwrap_or_default();
        match known {
            Some(known) => (known.stance, known.remark) = (stance, remark.clone()),
            None => positions.push(Position {
                item: item.clone(),
                point: point.clone(),
                organisation: me.organisation.clone(),
                hue: me.hue,
                stance,
                remark: remark.clone(),
                given_by: me.name,
                wording: self.wording(item, point),
                version: 0,
            }),
        }
        drop(positions);
        self.show();
        let organisation = String::from(js_sys::encode_uri_component(&me.organisation));
        let body = Json::object([("stance", Json::text(stance.as_str())), ("remark", Json::text(&remark))]);
        self.command(&format!("/positions/{item}/{point}/{organisation}"), body);
    }

    /// The words of a point as they stand here.
    fn wording(&self, item: &ItemId, point: &PointId) -> String {
        let points = self.meeting.item_now(item).map(|item| all_points(&item)).unwrap_or_default();
        points.into_iter().find(|known| known.id.as_ref() == Some(point)).map(|point| point.text).unwrap_or_default()
    }

    /// Asks the server for something, says if it will not, and shows what it has then.
    fn command(&self, path: &str, body: Json) {
        let (meeting, path) = (self.meeting, format!("{}{path}", self.base()));
        spawn_local(async move {
            if let Err(error) = http::tell("PUT", path, Some(body)).await {
                toast::show(&meeting.problem(&error), None);
            }
            meeting.refresh_talk();
        });
    }

    /// Writes what came of the points into the item's decision, where nothing stands yet.
    fn write_decision(&self, id: &ItemId) {
        let Some(item) = self.meeting.item_now(id) else { return };
        let text = self.meeting.text();
        let Some(words) = list::decision(&all_points(&item), &self.outcomes.borrow(), id, text) else { return };
        let section = item.sections.iter().find(|section| section.kind == SectionKind::Decision);
        match section {
            Some(section) if self.meeting.write_section(id, &section.id, &words) => announcer::say(text.points.written),
            Some(_) => toast::show(text.points.already, None),
            None => toast::show(text.points.no_decision, None),
        }
    }
}
