//! What the meeting page shows, as signals: one per thing that changes on its own.
//!
//! Filled once from the documents, then changed only by what the document reports; nothing here is a second copy of the text.
//! Titles are kept as plain lines for the outline. Knows no element.

use std::cell::RefCell;
use std::rc::Rc;

use dagsorden_shared::agenda::{Change, Field, Header, ItemSnapshot, Part, SectionSnapshot};
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::render::item::says;
use leptos::prelude::*;

use super::deleted::Kept;
use crate::sync::{Documents, Peer};

/// Values of an item beside its title.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ItemValues {
    pub(super) alt_title: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) presenter: Option<String>,
    pub(super) guests: Vec<String>,
    pub(super) minutes: Option<u32>,
    pub(super) closed: bool,
    pub(super) public_heading: Option<String>,
}

/// Values of a section beside its body.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct SectionValues {
    pub(super) kind: SectionKind,
    pub(super) heading: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    /// Whether the text says who speaks to whom.
    pub(super) told: bool,
}

/// Who else is in an item now.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ItemPresence {
    /// How many write in it.
    pub(super) writers: u32,
    /// Everybody, writing or looking, once each.
    pub(super) people: Vec<Person>,
}

/// An item's signals. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(super) struct ItemSignals {
    pub(super) number: RwSignal<String>,
    pub(super) title: RwSignal<String>,
    pub(super) values: RwSignal<ItemValues>,
    pub(super) sections: RwSignal<Vec<SectionId>>,
    pub(super) presence: RwSignal<ItemPresence>,
}

/// All signals of a meeting.
pub(super) struct MeetingSignals {
    pub(super) header: RwSignal<Header>,
    pub(super) items: RwSignal<Vec<ItemId>>,
    /// What others deleted while this person writes in it.
    pub(super) kept: RwSignal<Vec<Kept>>,
    item_signals: RefCell<Vec<(ItemId, ItemSignals)>>,
    section_signals: RefCell<Vec<(SectionId, RwSignal<SectionValues>)>>,
    /// Signals live as long as the page, whichever row asked for them first.
    owner: Owner,
}

impl MeetingSignals {
    /// Signals of the documents as they are.
    pub(super) fn of(documents: &Documents) -> Rc<Self> {
        let snapshot = documents.snapshot();
        let signals = Self {
            header: RwSignal::new(snapshot.header),
            items: RwSignal::new(snapshot.items.iter().map(|item| item.id.clone()).collect()),
            kept: RwSignal::new(Vec::new()),
            item_signals: RefCell::default(),
            section_signals: RefCell::default(),
            owner: Owner::current().unwrap_or_default(),
        };
        for item in &snapshot.items {
            signals.fill_item(item);
            signals.item(&item.id).number.set(item.number.clone());
        }
        Rc::new(signals)
    }

    /// Signals of an item; made empty if it is not known yet.
    pub(super) fn item(&self, id: &ItemId) -> ItemSignals {
        find_or_add(&self.item_signals, id, || {
            self.owner.with(|| ItemSignals {
                number: RwSignal::new(String::new()),
                title: RwSignal::new(String::new()),
                values: RwSignal::new(ItemValues::default()),
                sections: RwSignal::new(Vec::new()),
                presence: RwSignal::new(ItemPresence::default()),
            })
        })
    }

    /// Signal of a section; made empty if it is not known yet.
    pub(super) fn section(&self, id: &SectionId) -> RwSignal<SectionValues> {
        find_or_add(&self.section_signals, id, || self.owner.with(|| RwSignal::new(SectionValues::default())))
    }

    /// Tells each item who is in it.
    pub(super) fn follow_peers(&self, peers: &[Peer]) {
        let field = |peer: &Peer| peer.at.field.as_ref().and_then(|field| field.parse::<Field>().ok());
        let places: Vec<(&Peer, Option<Field>)> = peers.iter().map(|peer| (peer, field(peer))).collect();
        for (id, signals) in self.item_signals.borrow().iter() {
            let mut presence = ItemPresence::default();
            for (peer, field) in &places {
                let writes = field.as_ref().is_some_and(|field| field.item() == id);
                presence.writers += u32::from(writes);
                let here = writes || (field.is_none() && peer.at.item.as_ref() == Some(id));
                if here && !presence.people.contains(&peer.person) {
                    presence.people.push(peer.person.clone());
                }
            }
            set(signals.presence, presence);
        }
    }

    /// Lets the signals of what changed fire, and no others. `held` is what this person writes in, if others made the change.
    pub(super) fn follow(&self, documents: &Documents, changes: &[Change], held: Option<&Field>) {
        if changes.iter().any(|change| matches!(change, Change::Items | Change::Sections(_))) {
            self.keep(documents, held);
        }
        for change in changes {
            match change {
                Change::Text { field: Field::Title(item), .. } => {
                    if let Some(body) = documents.body(&Field::Title(item.clone())) {
                        set(self.item(item).title, body.text());
                    }
                }
                Change::Text { field, .. } => self.follow_names(documents, field),
                Change::Header => set(self.header, documents.header()),
                Change::Items => self.follow_items(documents),
                Change::Item(item) | Change::Sections(item) | Change::Section(item, _) => {
                    if let Some(snapshot) = documents.item(item) {
                        self.fill_item(&snapshot);
                    }
                }
            }
        }
    }

    /// A section's text may say now who speaks to whom, or not any more.
    fn follow_names(&self, documents: &Documents, field: &Field) {
        let Field::Section(_, section) = field else { return };
        let signal = self.section(section);
        let names = signal.with_untracked(|values| [values.from.clone(), values.to.clone()]);
        if names.iter().any(Option::is_some)
            && let Some(body) = documents.body(field)
        {
            let [from, to] = &names;
            set(signal, SectionValues { told: says(&body, [from, to]), ..signal.get_untracked() });
        }
    }

    /// Keeps what this person writes in if it has just been deleted, and lets go of what is back.
    fn keep(&self, documents: &Documents, held: Option<&Field>) {
        let back = |kept: &Kept| documents.is_shown(&kept.part);
        if self.kept.with_untracked(|all| all.iter().any(back)) {
            self.kept.update(|all| all.retain(|kept| !back(kept)));
        }
        let Some(field) = held else { return };
        let whole = Part { item: field.item().clone(), section: None };
        let gone = [whole, Part::of(field)].into_iter().find(|part| !documents.is_shown(part));
        let Some(part) = gone.filter(|part| self.kept.with_untracked(|all| all.iter().all(|kept| kept.part != *part))) else { return };
        let after = match &part.section {
            None => self.items.with_untracked(|items| before(items, &part.item)),
            Some(section) => self.item(&part.item).sections.with_untracked(|sections| before(sections, section)),
        };
        self.kept.update(|all| all.push(Kept { part, after, said: None }));
    }

    fn follow_items(&self, documents: &Documents) {
        let outline = documents.outline();
        for (id, number) in &outline {
            if let Some(snapshot) = documents.item(id) {
                self.fill_item(&snapshot);
            }
            set(self.item(id).number, number.clone());
        }
        set(self.items, outline.into_iter().map(|(id, _)| id).collect());
    }

    fn fill_item(&self, item: &ItemSnapshot) {
        let signals = self.item(&item.id);
        if item.own_document {
            // Its words are on their way: until then those that are shown stay.
            let values = signals.values.get_untracked();
            return set(signals.values, ItemValues { closed: item.closed, public_heading: item.public_heading.clone(), ..values });
        }
        for section in &item.sections {
            set(self.section(&section.id), section_values(section));
        }
        set(signals.title, item.title.text());
        set(signals.sections, item.sections.iter().map(|section| section.id.clone()).collect());
        set(
            signals.values,
            ItemValues {
                alt_title: item.alt_title.clone(),
                kind: item.kind.clone(),
                presenter: item.presenter.clone(),
                guests: item.guests.clone(),
                minutes: item.minutes,
                closed: item.closed,
                public_heading: item.public_heading.clone(),
            },
        );
    }
}

/// What stands before an entry.
fn before<K: ToString + PartialEq>(entries: &[K], entry: &K) -> Option<String> {
    let at = entries.iter().position(|known| known == entry)?;
    entries.get(at.checked_sub(1)?).map(K::to_string)
}

/// A meeting has some hundred entries at most, and each is looked for once when it is drawn.
fn find_or_add<K: Clone + PartialEq, V: Copy>(entries: &RefCell<Vec<(K, V)>>, key: &K, make: impl FnOnce() -> V) -> V {
    let known = entries.borrow().iter().find(|entry| entry.0 == *key).map(|entry| entry.1);
    known.unwrap_or_else(|| {
        let made = make();
        entries.borrow_mut().push((key.clone(), made));
        made
    })
}

fn section_values(section: &SectionSnapshot) -> SectionValues {
    let SectionSnapshot { kind, heading, from, to, body, .. } = section;
    SectionValues { told: says(body, [from, to]), kind: *kind, heading: heading.clone(), from: from.clone(), to: to.clone() }
}

/// Sets a signal only if its value differs, so that nothing is drawn again for nothing.
fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|old| *old != value) {
        signal.set(value);
    }
}
