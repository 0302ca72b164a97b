//! The elements of the cards: made, drawn anew where they differ, and brought to their place. Knows no rows.

use std::cell::RefCell;

use dagsorden_shared::id::ThreadId;
use dagsorden_shared::render::element::{Element, element};
use leptos::prelude::document;
use web_sys::HtmlElement;

use super::{is_wide, pixels, place, scrolled};
use crate::ui::drawn::node;
use crate::ui::heard::around;
use crate::ui::kept;

/// What a card is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// A thread of comments.
    Thread(ThreadId),
    /// A proposal of changed wording, or one that is being written.
    Proposal(String),
}

impl Key {
    /// The attribute that names the card's element, and its value.
    fn attribute(&self) -> (&'static str, String) {
        match self {
            Self::Thread(thread) => ("data-thread", thread.to_string()),
            Self::Proposal(id) => ("data-proposal", id.clone()),
        }
    }

    /// The card that an element stands in.
    pub(super) fn around(target: &web_sys::Element) -> Option<Self> {
        let proposal = || around(target, "data-proposal").map(|(_, id)| Self::Proposal(id));
        around(target, "data-thread").and_then(|(_, id)| id.parse().ok().map(Self::Thread)).or_else(proposal)
    }
}

/// A card as it is to stand.
pub(super) struct Wanted {
    pub(super) key: Key,
    /// Pixels from the page's top to its words.
    pub(super) top: f64,
    /// When it was made, for those at the same words.
    pub(super) created: i64,
    /// How it is called for those who hear the page.
    pub(super) label: String,
    pub(super) in_hand: bool,
    pub(super) said: Vec<Element>,
    /// The field that one writes in, and its name: while the name is the same the field stays as it is, with what was written in it.
    pub(super) field: Option<(String, Element)>,
}

/// The element of a card, and what it shows.
struct Card {
    key: Key,
    host: web_sys::Element,
    said: web_sys::Element,
    shown: Vec<Element>,
    field: Option<(String, web_sys::Element)>,
    top: f64,
    created: i64,
    in_hand: bool,
}

/// The column beside the paper; on a narrow screen, the sheet's list.
pub(super) struct Column {
    list: web_sys::Element,
    cards: RefCell<Vec<Card>>,
}

impl Column {
    pub(super) fn new(list: web_sys::Element) -> Self {
        Self { list, cards: RefCell::default() }
    }

    /// The element of a card.
    pub(super) fn host(&self, key: &Key) -> Option<web_sys::Element> {
        self.cards.borrow().iter().find(|card| card.key == *key).map(|card| card.host.clone())
    }

    /// Shows these cards and no others. `draft` is what is being written about something new, and its place.
    pub(super) fn draw(&self, wanted: Vec<Wanted>, draft: Option<(&web_sys::Element, f64)>) {
        let mut cards = self.cards.borrow_mut();
        cards.retain(|card| {
            let stays = wanted.iter().any(|wanted| wanted.key == card.key);
            if !stays {
                card.host.remove();
            }
            stays
        });
        let mut places = Vec::with_capacity(wanted.len());
        for wanted in wanted {
            let at = match cards.iter().position(|card| card.key == wanted.key) {
                Some(at) => at,
                None => match Card::new(wanted.key.clone()) {
                    Some(card) => {
                        cards.push(card);
                        cards.len() - 1
                    }
                    None => continue,
                },
            };
            places.push((cards[at].host.clone(), wanted.top, wanted.in_hand));
            cards[at].show(wanted);
        }
        drop(cards);
        self.arrange(places, draft);
    }

    /// Brings the cards that stand to these tops; those that are not named stay where they are.
    pub(super) fn follow(&self, tops: impl Iterator<Item = (Key, f64)>, draft: Option<(&web_sys::Element, f64)>) {
        let mut cards = self.cards.borrow_mut();
        // Both come in the same order most of the time.
        for (index, (key, top)) in tops.enumerate() {
            let at = cards.get(index).filter(|card| card.key == key).map(|_| index);
            if let Some(at) = at.or_else(|| cards.iter().position(|card| card.key == key)) {
                cards[at].top = top;
            }
        }
        let mut places: Vec<(i64, (web_sys::Element, f64, bool))> = Vec::with_capacity(cards.len());
        for card in cards.iter() {
            let is_before = |(created, (_, top, _)): &(i64, (web_sys::Element, f64, bool))| {
                top.total_cmp(&card.top).then(created.cmp(&card.created)).is_le()
            };
            places.insert(places.partition_point(is_before), (card.created, (card.host.clone(), card.top, card.in_hand)));
        }
        drop(cards);
        self.arrange(places.into_iter().map(|(_, place)| place).collect(), draft);
    }

    /// Brings the cards into their order and, on a wide screen, beside their words.
    fn arrange(&self, mut places: Vec<(web_sys::Element, f64, bool)>, draft: Option<(&web_sys::Element, f64)>) {
        let focused = document().active_element();
        for (index, (host, ..)) in places.iter().enumerate() {
            let there = self.list.children().item(u32::try_from(index).unwrap_or(u32::MAX));
            let holds_focus = focused.as_ref().is_some_and(|focused| host.contains(Some(focused)));
            // An element that holds the focus is never taken out of the page; the next drawing puts the others around it.
            if there.as_ref() != Some(host) && !(holds_focus && host.is_connected()) {
                drop(self.list.insert_before(host, there.as_deref()));
            }
        }
        if let Some((writing, top)) = draft {
            let at = places.partition_point(|(_, other, _)| *other <= top);
            places.insert(at, (writing.clone(), top, true));
        }
        if !is_wide() {
            places.iter().for_each(|(host, ..)| drop(host.remove_attribute("style")));
            return;
        }
        // One read, then all writes.
        let from = self.list.get_bounding_client_rect().top() + scrolled();
        let wishes: Vec<place::Wish> = places
            .iter()
            .map(|(host, top, in_hand)| place::Wish {
                top: top - from,
                height: host.get_bounding_client_rect().height(),
                in_hand: *in_hand,
            })
            .collect();
        for ((host, ..), top) in places.iter().zip(place::tops(&wishes, 0.0)) {
            if let Some(host) = wasm_bindgen::JsCast::dyn_ref::<HtmlElement>(host) {
                // The policy forbids style attributes in the page's text, not styles that a script sets.
                drop(host.style().set_property("top", &pixels(top)));
            }
        }
    }
}

impl Card {
    fn new(key: Key) -> Option<Self> {
        let (attribute, id) = key.attribute();
        let host = node(&element("section").class("thread").attribute(attribute, id))?;
        let said = node(&element("div"))?;
        host.append_child(&said).ok()?;
        Some(Self { key, host, said, shown: Vec::new(), field: None, top: 0.0, created: 0, in_hand: false })
    }

    fn show(&mut self, wanted: Wanted) {
        (self.top, self.created, self.in_hand) = (wanted.top, wanted.created, wanted.in_hand);
        if self.shown != wanted.said {
            kept::fill(&self.said, &wanted.said, &["data-comment", "data-rival", "data-part", "data-action"]);
            self.shown = wanted.said;
        }
        self.host.set_class_name(if wanted.in_hand { "thread on" } else { "thread" });
        // Setting an attribute of a valid name does not fail.
        drop(self.host.set_attribute("aria-label", &wanted.label));
        if self.field.as_ref().map(|(name, _)| name) == wanted.field.as_ref().map(|(name, _)| name) {
            return;
        }
        if let Some((_, there)) = self.field.take() {
            there.remove();
        }
        if let Some((name, field)) = wanted.field
            && let Some(field) = node(&field)
        {
            drop(self.host.append_child(&field));
            self.field = Some((name, field));
        }
    }
}
