//! What is done with proposals: begun, sent, decided, taken back.

use dagsorden_shared::agenda::Field;
use dagsorden_shared::id::DecisionId;
use dagsorden_shared::json::Json;
use dagsorden_shared::proposal::{Condition, Part, PartState, hash};
use dagsorden_shared::talk::Stance;
use leptos::prelude::GetUntracked;
use leptos::task::spawn_local;

use super::{Board, card};
use crate::parts::{Begun, Told, start_draft};
use crate::random;
use crate::sync::http::{self, HttpError};
use crate::ui::heard::around;
use crate::ui::{announcer, toast};
use wasm_bindgen::JsCast;

/// What the server says where words have changed meanwhile.
const TEXT_CHANGED: &str = "text_changed";

impl Board {
    /// Opens the copy of a title or section, or goes to the one that is open.
    pub(super) fn begin(&self, field: &Field) {
        let stays = self.draft.borrow().as_ref().is_some_and(|draft| draft.field() == field || draft.is_begun());
        // What is written in another field is not lost by opening this one: it is sent or closed first.
        if stays {
            return self.show_draft();
        }
        let Some(base) = self.meeting.editors().text_of(field) else { return };
        let (weak, begun) = (self.weak.clone(), Begun::New(field.clone(), self.name_of(field), base));
        start_draft(self.meeting.text(), begun, move |draft| {
            let Some(board) = weak.upgrade() else { return };
            // What was kept may have been taken up meanwhile.
            if board.draft.borrow().as_ref().is_none_or(|known| !known.is_begun()) {
                board.take_up(draft);
            }
            board.show_draft();
        });
    }

    /// Opens the card of the draft, with the caret in the text.
    fn show_draft(&self) {
        let id = self.draft.borrow().as_ref().map(|draft| draft.id().to_string());
        (self.tell)(Told::InHand(id));
        if let Some(draft) = &*self.draft.borrow() {
            draft.focus();
        }
    }

    pub(super) fn press(&self, card: &str, action: &str, target: &web_sys::Element) {
        let is_draft = self.draft.borrow().as_ref().is_some_and(|draft| draft.id().as_str() == card);
        let ordinal = || target.closest("[data-part]").ok()??.get_attribute("data-part")?.parse::<u32>().ok();
        match (action, is_draft) {
            ("send", true) => self.send(),
            ("cancel", true) => self.put_away(),
            ("accept", false) => self.decide(card, "accept", |part| Some(part.ordinal) == ordinal()),
            ("reject", false) => self.decide(card, "reject", |part| Some(part.ordinal) == ordinal()),
            ("accept-all", false) => self.decide(card, "accept", |_| true),
            ("reject-all", false) => self.decide(card, "reject", |_| true),
            ("revoke", false) => {
                let decision = {
                    let rows = self.rows.borrow();
                    let parts = rows.find(card).map(|proposal| proposal.parts.as_slice()).unwrap_or_default();
                    parts.iter().find(|part| Some(part.ordinal) == ordinal()).and_then(|part| part.decision.clone())
                };
                if let Some(decision) = decision {
                    self.revoke(card, &decision);
                }
            }
            ("withdraw", false) => self.withdraw(card),
            ("support", false) => self.support(card, Some(Stance::Agree)),
            ("unsupport", false) => self.support(card, None),
            ("change", false) => {
                let changing = card.parse().ok().zip(ordinal());
                self.changing.replace(changing);
                self.draw();
            }
            ("take", false) => self.take_own_words(target),
            ("go", false) => (self.tell)(Told::InHand(around(target, "data-go").map(|(_, id)| id))),
            ("cancel", false) => {
                self.changing.replace(None);
                self.draw();
            }
            _ => {}
        }
    }

    fn send(&self) {
        let request = {
            let draft = self.draft.borrow();
            let Some(draft) = &*draft else { return };
            if !draft.is_changed() {
                return toast::show(self.text.same, None);
            }
            draft.body().map(|body| (format!("{}/proposals/{}", self.base, draft.id()), body))
        };
        let (Some((path, body)), Some(board)) = (request, self.weak.upgrade()) else { return };
        spawn_local(async move {
            match http::tell("PUT", path, Some(body)).await {
                Ok(()) => {
                    let sent = board.draft.take();
                    board.keep();
                    announcer::say(board.text.sent);
                    toast::show(board.text.sent, None);
                    (board.tell)(Told::Ask);
                    (board.tell)(Told::InHand(sent.map(|draft| draft.id().to_string())));
                }
                Err(error) => {
                    if let Some(draft) = &*board.draft.borrow() {
                        draft.refuse(board.meeting.problem(&error));
                    }
                    board.draw();
                }
            }
        });
    }

    /// Closes the draft; what was written can be taken up again.
    fn put_away(&self) {
        let Some(draft) = self.draft.take() else { return };
        draft.hold_note();
        self.keep();
        (self.tell)(Told::InHand(None));
        if draft.is_begun() {
            let (weak, kept) = (self.weak.clone(), std::cell::RefCell::new(Some(draft)));
            let reopen = move || {
                let (Some(board), Some(draft)) = (weak.upgrade(), kept.take()) else { return };
                draft.unmount();
                board.draft.replace(Some(draft));
                board.show_draft();
            };
            toast::show(self.text.put_away, Some((self.text.back, Box::new(reopen))));
        }
    }

    /// Decides the open parts that fit.
    fn decide(&self, card: &str, action: &'static str, fits: impl Fn(&Part) -> bool) {
        let parts: Vec<Json> = {
            let rows = self.rows.borrow();
            let Some(proposal) = rows.find(card) else { return };
            let placed = self.placed(proposal).unwrap_or_default();
            let entry = |(index, part): (usize, &Part)| {
                let seen = placed.get(index).filter(|placed| placed.condition == Condition::Conflict).map(|placed| hash(&placed.words));
                Json::object([
                    ("ordinal", Json::whole(part.ordinal.into())),
                    ("action", Json::text(action)),
                    ("seen", Json::maybe(seen.as_deref())),
                ])
            };
            let open = proposal.parts.iter().enumerate().filter(|(_, part)| part.state == PartState::Open && fits(part));
            open.map(entry).collect()
        };
        let said = if action == "accept" { self.text.said_accepted } else { self.text.said_rejected };
        self.post(card, Json::List(parts), said);
    }

    /// Takes a part with the words that stand in the field.
    fn take_own_words(&self, target: &web_sys::Element) {
        let Some(form) = target.closest(".write").ok().flatten() else { return };
        let area = form.query_selector("textarea").ok().flatten().and_then(|area| area.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
        let Some((id, ordinal)) = self.changing.borrow().clone() else { return };
        let card = id.as_str();
        let own = area.map(|area| area.value()).unwrap_or_default();
        let seen = {
            let rows = self.rows.borrow();
            let Some(proposal) = rows.find(card) else { return };
            let index = proposal.parts.iter().position(|part| part.ordinal == ordinal);
            let placed = self.placed(proposal).unwrap_or_default();
            index.and_then(|index| placed.get(index).map(|placed| hash(&placed.words)))
        };
        let with = if own.is_empty() { Vec::new() } else { vec![Json::object([("insert", Json::text(&own))])] };
        let part = Json::object([
            ("ordinal", Json::whole(ordinal.into())),
            ("action", Json::text("replace")),
            ("with", Json::List(with)),
            ("seen", Json::maybe(seen.as_deref())),
        ]);
        self.changing.replace(None);
        self.post(card, Json::List(vec![part]), self.text.said_accepted);
    }

    fn post(&self, card: &str, parts: Json, said: &'static str) {
        let id = DecisionId::from_random(random::bits());
        let path = format!("{}/proposals/{card}/decisions", self.base);
        let body = Json::object([("id", Json::text(id.as_str())), ("parts", parts)]);
        let (weak, card) = (self.weak.clone(), card.to_owned());
        let revoke = move || {
            if let Some(board) = weak.upgrade() {
                board.revoke(&card, &id);
            }
        };
        let undo: toast::Action = (self.text.revoke, Box::new(revoke));
        self.command("POST", path, Some(body), said, Some(undo));
    }

    fn revoke(&self, card: &str, decision: &DecisionId) {
        let path = format!("{}/proposals/{card}/decisions/{decision}/revoke", self.base);
        self.command("POST", path, None, self.text.said_revoked, None);
    }

    fn withdraw(&self, card: &str) {
        (self.tell)(Told::InHand(None));
        self.command("DELETE", format!("{}/proposals/{card}", self.base), None, self.text.said_withdrawn, None);
    }

    /// Says that one's organisation supports a proposal, or not any more.
    fn support(&self, card: &str, stance: Option<Stance>) {
        let organisation = self.meeting.me().get_untracked().organisation;
        let version =
            self.rows.borrow().find(card).and_then(|proposal| card::support_of(proposal, &organisation)).map_or(0, |row| row.version);
        let stance_word = stance.map(Stance::as_str);
        let body = Json::object([("stance", Json::maybe(stance_word)), ("version", Json::whole(version.into()))]);
        let said = if stance.is_some() { self.text.said_supported } else { self.text.said_unsupported };
        self.command("PUT", format!("{}/proposals/{card}/support", self.base), Some(body), said, None);
    }

    /// Asks the server for something, and says what came of it.
    fn command(&self, method: &'static str, path: String, body: Option<Json>, said: &'static str, undo: Option<toast::Action>) {
        let Some(board) = self.weak.upgrade() else { return };
        spawn_local(async move {
            match http::tell(method, path, body).await {
                Ok(()) => {
                    announcer::say(said);
                    toast::show(said, undo);
                }
                Err(HttpError::Problem(problem)) if problem.code == TEXT_CHANGED => toast::show(board.text.text_changed, None),
                Err(error) => toast::show(&board.meeting.problem(&error), None),
            }
            (board.tell)(Told::Ask);
        });
    }
}
