//! What is done with the list of points below each recommendation: it is drawn, positions are taken, outcomes set, the decision drafted.

use std::rc::Weak;

use dagsorden_shared::access::{Phase, Verb};
use dagsorden_shared::agenda::points as all_points;
use dagsorden_shared::id::{ItemId, PointId, SectionId};
use dagsorden_shared::json::Json;
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::talk::{OutcomeKind, Stance};
use leptos::prelude::{GetUntracked, document};
use leptos::task::spawn_local;

use super::desk::Desk;
use super::{Nothing, around, points, target_of, text_area};
use crate::sync::http;
use crate::ui::drawn::{fill, node};
use crate::ui::{announcer, toast};

impl Desk {
    /// Shows, below each recommendation, what is thought of its points and what came of them. In a draft the paper stays as it is.
    pub(super) fn draw_points(&self) {
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

    pub(super) fn pressed_at_point(&self, event: &web_sys::Event) {
        let Some(target) = target_of(event) else { return };
        let Some((button, action)) = around(&target, "data-point-action") else { return };
        let value = button.get_attribute("data-value").unwrap_or_default();
        let item = around(&target, "data-item").and_then(|(_, id)| id.parse::<ItemId>().ok());
        let row = around(&target, "data-point");
        let point = row.as_ref().and_then(|(_, id)| id.parse::<PointId>().ok());
        match (action.as_str(), item, point) {
            ("stance", Some(item), Some(point)) => {
                let Some(stance) = points::stance(&value) else { return };
                let remarking = (stance != Stance::Agree).then(|| (point.clone(), stance));
                self.remarking.replace(remarking);
                self.take_position(&item, &point, stance, None);
            }
            ("remark", Some(item), Some(point)) => {
                let Some(stance) = points::stance(&value) else { return };
                let remark = row.as_ref().and_then(|(row, _)| text_area(row)).map(|area| area.value()).unwrap_or_default();
                self.remarking.replace(None);
                self.take_position(&item, &point, stance, Some(remark));
            }
            ("no-remark", ..) => {
                self.remarking.replace(None);
                self.draw_points();
            }
            ("outcome", Some(item), Some(point)) => {
                // The same once more takes it back.
                let pressed = button.get_attribute("aria-pressed").as_deref() == Some("true");
                self.set_outcome(&item, &point, points::outcome(&value).filter(|_| !pressed));
            }
            ("decide", Some(item), _) => self.write_decision(&item),
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
}
