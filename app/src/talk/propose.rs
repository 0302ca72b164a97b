//! Proposals among the threads: their rows are handed to the part `proposals`, their cards get a place in the column.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use dagsorden_shared::access::Verb;
use dagsorden_shared::id::ThreadId;
use dagsorden_shared::json::Json;
use dagsorden_shared::talk::Talk;

use super::column::{Key, Wanted};
use super::desk::{Desk, time_of};
use super::focus_in;
use crate::json::FromJson;
use crate::parts::{Proposals, Told, start_proposals};
use crate::ui::heard::target_of;
use crate::view::Mark;

/// What the server has that is new: what was said, and proposals, which their own part reads.
pub(super) struct News {
    pub(super) talk: Talk,
    pub(super) proposals: Vec<Json>,
    /// Positions and outcomes, which their own part reads.
    pub(super) points: [Json; 2],
}

impl FromJson for News {
    fn from_json(value: &Json) -> Option<Self> {
        let proposals = value.get("proposals").map(|rows| rows.entries().to_vec()).unwrap_or_default();
        let points = ["positions", "outcomes"].map(|key| value.get(key).cloned().unwrap_or(Json::Null));
        Some(Self { talk: Talk::from_json(value)?, proposals, points })
    }
}

/// The part, once it is there, and what came before.
#[derive(Default)]
pub(super) struct Proposed {
    part: RefCell<Option<Rc<dyn Proposals>>>,
    waiting: RefCell<Vec<Json>>,
    fetching: Cell<bool>,
}

impl Proposed {
    pub(super) fn marks(&self) -> Vec<Mark> {
        self.part.borrow().as_ref().map(|part| part.marks()).unwrap_or_default()
    }

    pub(super) fn drawn(&self) {
        // What is drawn may ask for more.
        let part = self.part.borrow().clone();
        part.iter().for_each(|part| part.drawn());
    }

    pub(super) fn in_text(&self) -> Option<bool> {
        self.part.borrow().as_ref()?.in_text()
    }

    pub(super) fn toggle_in_text(&self) {
        // It asks for the cards to be drawn.
        let part = self.part.borrow().clone();
        part.iter().for_each(|part| part.toggle_in_text());
    }

    /// The card of a mark in the text, if it is one of a proposal.
    pub(super) fn card_of(&self, mark: &ThreadId) -> Option<String> {
        self.part.borrow().as_ref().and_then(|part| part.card_of(mark))
    }
}

impl Desk {
    pub(super) fn take_proposals(&self, rows: Vec<Json>, reset: bool) {
        if let Some(part) = &*self.proposals.part.borrow() {
            return part.take(&rows, reset);
        }
        let mut waiting = self.proposals.waiting.borrow_mut();
        if reset {
            waiting.clear();
        }
        waiting.extend(rows);
        let is_needed = !waiting.is_empty() || self.meeting.may(Verb::Propose);
        drop(waiting);
        if !is_needed || self.proposals.fetching.replace(true) {
            return;
        }
        let (weak, told) = (Weak::clone(&self.weak), Weak::clone(&self.weak));
        let tell = move |what| {
            if let Some(desk) = told.upgrade() {
                desk.told(what);
            }
        };
        start_proposals(self.meeting, Rc::new(tell), move |part| {
            let Some(desk) = weak.upgrade() else { return };
            part.take(&desk.proposals.waiting.take(), true);
            desk.proposals.part.replace(Some(part));
            desk.changed();
            desk.go_to_named();
        });
    }

    fn told(&self, what: Told) {
        match what {
            Told::Draw => self.draw(),
            Told::Ask => self.ask(),
            Told::InHand(card) => {
                let opens = card.is_some();
                if opens {
                    // First, since nothing in a closed sheet takes the focus.
                    self.show_sheet();
                }
                self.take_in_hand(card.map(Key::Proposal));
                if opens {
                    let host = self.in_hand.borrow().as_ref().and_then(|key| self.column.host(key));
                    host.iter().for_each(|host| host.scroll_into_view_with_bool(false));
                }
            }
        }
    }

    pub(super) fn proposal_cards(&self) -> Vec<Wanted> {
        let part = self.proposals.part.borrow().clone();
        let Some(part) = part else { return Vec::new() };
        let text = self.meeting.text();
        let places = self.marks.borrow().as_ref().map(|marks| marks.places()).unwrap_or_default();
        let in_hand = match &*self.in_hand.borrow() {
            Some(Key::Proposal(id)) => Some(id.clone()),
            _ => None,
        };
        let cards = part.cards(in_hand.as_deref(), &places, &|created| time_of(created, text));
        let wanted = cards.into_iter().map(|card| Wanted {
            in_hand: in_hand.as_ref() == Some(&card.id),
            key: Key::Proposal(card.id),
            top: card.top,
            created: card.created,
            label: card.label,
            said: card.said,
            field: card.field,
        });
        wanted.collect()
    }

    pub(super) fn pressed_in_proposal(&self, action: &str, id: &str, target: &web_sys::Element) {
        match action {
            "open" => {
                let key = Key::Proposal(id.to_owned());
                self.take_in_hand(Some(key.clone()));
                if let Some(host) = self.column.host(&key) {
                    focus_in(&host);
                }
            }
            "fold" => self.take_in_hand(None),
            _ => {
                let part = self.proposals.part.borrow().clone();
                part.iter().for_each(|part| part.pressed(id, action, target));
            }
        }
    }

    /// A press outside the column may be on an offer to propose.
    pub(super) fn pressed_offer(&self, event: &web_sys::Event) {
        let part = self.proposals.part.borrow().clone();
        if let (Some(part), Some(target)) = (part, target_of(event)) {
            part.offered(&target);
        }
    }
}
