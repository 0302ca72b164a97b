//! Proposals of changed wording: the part `proposals` of the app, loaded once there are some, or one may make them.
//!
//! [`rows`] holds them as the server has them, [`card`] says what they look like, [`draft`] is the copy that one writes in, [`act`] what is done with
//! them. The desk of the part `talk` gives the cards their place among the threads. Whether a part still fits is seen on the page's own text, by the same
//! rules as on the server; the server decides.

mod act;
mod card;
pub(crate) mod draft;
mod offer;
mod rival;
mod rows;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use dagsorden_shared::access::{Phase, Verb};
use dagsorden_shared::agenda::{Anchor, Change, Field};
use dagsorden_shared::catalogue::proposals::Texts;
use dagsorden_shared::id::{ProposalId, ThreadId};
use dagsorden_shared::json::Json;
use dagsorden_shared::proposal::{Condition, Letters, PartState, Placed, Proposal, words};

use leptos::prelude::{GetUntracked, document, window};

use crate::page::Meeting;
use crate::parts::{Begun, ProposalCard, ProposalDraft, Proposals, TellDesk, Told, start_draft};
use crate::ui::heard::{around, hear};
use crate::view::{Mark, MarkPlace, Proposed, ProposedLayer};
use card::Shown;
use rival::Stand;
use rows::Rows;

/// Its name among those that follow the text.
const NAME: &str = "proposals";

/// Stands in the browser's store where one does not want to see proposals in the text.
const HIDDEN: &str = "dagsorden proposals hidden";

/// What the part holds.
pub(crate) struct Board {
    weak: Weak<Self>,
    meeting: Meeting,
    text: &'static Texts,
    base: String,
    rows: RefCell<Rows>,
    /// What one is writing.
    draft: RefCell<Option<Rc<dyn ProposalDraft>>>,
    /// What was kept is being taken up: until then it stays kept.
    restoring: Cell<bool>,
    /// The part whose words one is changing: its proposal and its place.
    changing: RefCell<Option<(ProposalId, u32)>>,
    /// Names the draft in the browser's store.
    key: String,
    /// What is proposed, over the text; drawn if one wants it there.
    layer: Rc<ProposedLayer>,
    in_text: Cell<bool>,
    tell: TellDesk,
}

/// Sets the part up.
pub(crate) fn start(meeting: Meeting, tell: TellDesk) -> Rc<Board> {
    let text = Texts::of(meeting.text().language);
    let base = format!("/api/meetings/{}", meeting.id());
    let board = Rc::new_cyclic(|weak| Board {
        weak: Weak::clone(weak),
        meeting,
        text,
        base,
        rows: RefCell::default(),
        draft: RefCell::default(),
        restoring: Cell::new(false),
        changing: RefCell::default(),
        key: format!("dagsorden proposal {} {}", meeting.user(), meeting.id()),
        layer: meeting.editors().proposed_layer(),
        in_text: Cell::new(store().and_then(|store| store.get_item(HIDDEN).ok()?).is_none()),
        tell,
    });
    board.restore();
    // A phone ends pages that are hidden without another word.
    let (leaving, hiding) = (Rc::downgrade(&board), Rc::downgrade(&board));
    hear(&window(), "pagehide", move |_| leaving.upgrade().iter().for_each(|board| board.keep()));
    hear(&document(), "visibilitychange", move |_| hiding.upgrade().iter().for_each(|board| board.keep()));
    // Whether a part still fits goes by the text.
    let (concerned, told) = (Rc::downgrade(&board), Rc::downgrade(&board));
    meeting.editors().follow_changes(
        NAME,
        Box::new(move |change| concerned.upgrade().is_some_and(|board| board.is_about(change))),
        Box::new(move || told.upgrade().iter().for_each(|board| board.draw())),
    );
    board
}

impl Proposals for Board {
    fn take(&self, rows: &[Json], reset: bool) {
        self.rows.borrow_mut().take(rows, reset);
    }

    fn marks(&self) -> Vec<Mark> {
        let rows = self.rows.borrow();
        rows.shown().filter(is_open).flat_map(marks_of).collect()
    }

    fn cards(&self, in_hand: Option<&str>, places: &[MarkPlace], time: &dyn Fn(i64) -> String) -> Vec<ProposalCard> {
        let rows = self.rows.borrow();
        let stand = |proposal| Stand { proposal, placed: self.placed(proposal) };
        let all: Vec<Stand<'_>> = rows.shown().map(stand).collect();
        self.layer.show(if self.in_text.get() { proposed(&all) } else { Vec::new() });
        let group = |group: Vec<usize>| self.card(&all, &group, in_hand, places, time);
        let mut cards: Vec<ProposalCard> = rival::together(&all).into_iter().map(group).collect();
        cards.extend(self.draft.borrow().as_ref().map(|draft| draft.card()));
        cards
    }

    fn drawn(&self) {
        let grew = self.draft.borrow().as_ref().is_some_and(|draft| draft.mount());
        if grew {
            // The card is higher now than when the others were put around it.
            self.draw();
        }
        offer::offer(self.meeting.may(Verb::Propose), self.text);
    }

    fn card_of(&self, mark: &ThreadId) -> Option<String> {
        card_of(mark).filter(|card| self.rows.borrow().find(card).is_some()).map(str::to_owned)
    }

    fn pressed(&self, card: &str, action: &str, target: &web_sys::Element) {
        // In a card of several each has a place of its own.
        let own = around(target, "data-rival").map(|(_, id)| id);
        self.press(own.as_deref().unwrap_or(card), action, target);
    }

    fn in_text(&self) -> Option<bool> {
        self.rows.borrow().shown().any(|proposal| is_open(&proposal)).then(|| self.in_text.get())
    }

    fn toggle_in_text(&self) {
        let shown = !self.in_text.get();
        self.in_text.set(shown);
        // What the browser cannot keep holds as long as the page.
        if let Some(store) = store() {
            drop(if shown { store.remove_item(HIDDEN) } else { store.set_item(HIDDEN, "1") });
        }
        self.draw();
    }

    fn offered(&self, target: &web_sys::Element) {
        if let Some(field) = offer::pressed(target) {
            self.begin(&field);
        }
    }
}

fn store() -> Option<web_sys::Storage> {
    window().local_storage().ok()?
}

/// The card that the name of a mark begins with; see [`marks_of`].
fn card_of(mark: &ThreadId) -> Option<&str> {
    mark.as_str().split_once("-p").map(|(card, _)| card)
}

fn is_open(proposal: &&Proposal) -> bool {
    proposal.parts.iter().any(|part| part.state == PartState::Open)
}

/// What open proposals would change of the text as it stands. Parts in conflict, or whose words stand already, have nothing to show there.
fn proposed(all: &[Stand<'_>]) -> Vec<Proposed> {
    let mut changes = Vec::new();
    for Stand { proposal, placed } in all {
        let Ok(field) = proposal.field.parse::<Field>() else { continue };
        let parts = proposal.parts.iter().zip(placed.iter().flatten());
        for (part, placed) in parts.filter(|(part, placed)| part.state == PartState::Open && placed.condition == Condition::Clean) {
            for (edit, (at, _)) in part.edits.iter().zip(&placed.edits) {
                // Letters that only get another format stay.
                let formats = words(&edit.old) == words(&edit.new);
                let change = Proposed { field: field.clone(), goes: at.clone(), comes: !edit.new.is_empty() };
                changes.extend((!formats).then_some(change));
            }
        }
    }
    changes
}

fn marks_of(proposal: &Proposal) -> Vec<Mark> {
    let Ok(field) = proposal.field.parse::<Field>() else { return Vec::new() };
    let mut marks = Vec::new();
    for part in proposal.parts.iter().filter(|part| part.state == PartState::Open) {
        for (index, edit) in part.edits.iter().enumerate() {
            // The text's own bounds stick to nothing; such an edit is found by its section.
            let (Some(start), Some(end)) = (edit.start.clone(), edit.end.clone()) else { continue };
            let Ok(thread) = format!("{}-p{}-{index}", proposal.id, part.ordinal).parse() else { continue };
            let quote = words(&edit.old);
            let quote_len = u32::try_from(quote.encode_utf16().count()).unwrap_or(u32::MAX);
            let anchor = Anchor { start, end, quote, quote_len, quote_hash: None, before: edit.before.clone(), after: edit.after.clone() };
            marks.push(Mark { thread, field: field.clone(), anchor });
        }
    }
    marks
}

impl Board {
    /// How the parts of a proposal stand on the text as this page has it. `None`: the field is not there.
    fn placed(&self, proposal: &Proposal) -> Option<Vec<Placed>> {
        let field: Field = proposal.field.parse().ok()?;
        let item = self.meeting.item_now(field.item())?;
        if matches!(&field, Field::Section(_, section) if !item.sections.iter().any(|known| known.id == *section)) {
            return None;
        }
        let editors = self.meeting.editors();
        let live = Letters::of(&editors.text_of(&field)?);
        Some(proposal.parts.iter().map(|part| part.place(&live, |position| editors.offset_of(&field, position))).collect())
    }

    /// The card of a proposal, or of several for the same words.
    fn card(
        &self,
        all: &[Stand<'_>],
        group: &[usize],
        in_hand: Option<&str>,
        places: &[MarkPlace],
        time: &dyn Fn(i64) -> String,
    ) -> ProposalCard {
        let changing = self.changing.borrow();
        let organisation = self.meeting.me().get_untracked().organisation;
        let members = || group.iter().map(|index| all[*index].proposal);
        let held = members().find(|proposal| in_hand == Some(proposal.id.as_str()));
        // The card is that of the one in hand, else of the first.
        let Some(named) = held.or_else(|| members().next()) else { return ProposalCard::default() };
        let shown: Vec<Shown<'_>> = group
            .iter()
            .map(|index| {
                let Stand { proposal, placed } = &all[*index];
                Shown {
                    proposal,
                    placed: placed.as_deref(),
                    meets: rival::meets(all, *index),
                    in_hand: held.is_some(),
                    may_decide: self.meeting.may(Verb::Write),
                    may_withdraw: proposal.mine && self.meeting.may(Verb::Propose),
                    may_support: self.meeting.may(Verb::Comment),
                    organisation: &organisation,
                    closed: self.meeting.phase() == Phase::Approved,
                    changing: changing.as_ref().filter(|(id, _)| *id == proposal.id).map(|(_, ordinal)| *ordinal),
                    time,
                }
            })
            .collect();
        let is_member = |id: Option<&str>| members().any(|proposal| id == Some(proposal.id.as_str()));
        let mark = places.iter().find(|place| is_member(card_of(&place.thread)));
        let field = changing.as_ref().filter(|_| held.is_some()).and_then(|(id, ordinal)| {
            let proposal = members().find(|proposal| proposal.id == *id)?;
            let part = proposal.parts.iter().find(|part| part.ordinal == *ordinal)?;
            Some((format!("{id}-{ordinal}"), card::own_words(part, self.text, self.meeting.text())))
        });
        ProposalCard {
            id: named.id.to_string(),
            top: mark.and_then(|mark| mark.top).unwrap_or_else(|| offer::top_of(&named.field)),
            created: members().map(|proposal| proposal.created).min().unwrap_or_default(),
            label: card::label_of(&shown, self.text),
            said: card::card(&shown, self.text),
            field,
        }
    }

    /// Takes up what was being written when the page was left.
    fn restore(&self) {
        let kept = store().and_then(|store| store.get_item(&self.key).ok()?).and_then(|kept| Json::read(&kept));
        let Some(kept) = kept else { return };
        self.restoring.set(true);
        let weak = Weak::clone(&self.weak);
        start_draft(self.meeting.text(), Begun::Kept(kept), move |draft| {
            let Some(board) = weak.upgrade() else { return };
            board.restoring.set(false);
            board.take_up(draft);
            board.draw();
        });
    }

    /// Writes in this copy from now on.
    fn take_up(&self, draft: Option<Rc<dyn ProposalDraft>>) {
        if let Some(draft) = &draft {
            // The cards below give way to a text that grows.
            let weak = Weak::clone(&self.weak);
            draft.follow(Box::new(move || weak.upgrade().iter().for_each(|board| board.draw())));
        }
        self.draft.replace(draft);
    }

    /// Keeps what is being written while the page is away. What cannot be kept is lost with the page, as it was before.
    fn keep(&self) {
        let Some(store) = store().filter(|_| !self.restoring.get()) else { return };
        let draft = self.draft.borrow();
        let kept = draft.as_ref().filter(|draft| draft.is_begun()).and_then(|draft| draft.kept());
        drop(match kept {
            Some(kept) => store.set_item(&self.key, &kept.write()),
            None => store.remove_item(&self.key),
        });
    }

    /// Whether a change of the document may decide whether an open part fits.
    fn is_about(&self, change: &Change) -> bool {
        let rows = self.rows.borrow();
        let mut open = rows.shown().filter(is_open);
        match change {
            Change::Text { field, .. } => open.any(|proposal| proposal.field.parse::<Field>().as_ref() == Ok(field)),
            Change::Sections(item) => open.any(|proposal| proposal.item == *item),
            _ => false,
        }
    }

    fn draw(&self) {
        (self.tell)(Told::Draw);
    }

    fn name_of(&self, field: &Field) -> String {
        offer::name_of(&field.to_string()).unwrap_or_default()
    }
}
