//! What the lazy parts of the app ask of the meeting: its rows and items as they are now, and where they draw. Calls to a part that is not loaded do nothing.

use std::rc::Rc;

use dagsorden_shared::access::{Phase, Verb};
use dagsorden_shared::agenda::{Edit, Field, Header, ItemSnapshot};
use dagsorden_shared::api::Person;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::id::{ForumId, ItemId, MeetingId, SectionId};
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use leptos::prelude::*;

use super::Meeting;
use crate::page::problem;
use crate::parts::{Files, Talk};
use crate::sync::http;
use crate::view::EditorContext;

impl Meeting {
    /// Does something with what people say, if its part is loaded.
    pub(super) fn with_talk(self, act: impl FnOnce(&dyn Talk)) {
        let talk = self.with(|parts| parts.talk.borrow().clone());
        if let Some(talk) = talk {
            act(&*talk);
        }
    }

    /// Gives the attachments of an item their place.
    pub(super) fn place_files(self, item: &ItemId, host: web_sys::Element) {
        self.with(|parts| match parts.files.borrow().clone() {
            Some(files) => files.place(item, &host),
            None => parts.places.borrow_mut().push((item.clone(), host, Owner::current())),
        });
    }

    /// The part of the attachments is there: it takes their places over.
    pub(super) fn show_files(self, files: Rc<dyn Files>) {
        self.with(|parts| {
            // Lists grow above what the person reads.
            parts.editors.hold_reading_place();
            for (item, host, owner) in parts.places.take() {
                owner.unwrap_or_default().with(|| files.place(&item, &host));
            }
            parts.files.replace(Some(files));
        });
        self.has_files.set(true);
    }

    pub(super) fn refresh_files(self) {
        let files = self.with(|parts| parts.files.borrow().clone());
        files.into_iter().for_each(|files| files.refresh());
    }

    /// Asks the server for what was said since.
    pub(crate) fn refresh_talk(self) {
        self.with_talk(|talk| talk.refresh());
    }

    /// The words that stand on the paper.
    pub(crate) fn paper(self) -> &'static Catalogue {
        self.frame.paper
    }

    /// All words of the page.
    pub(crate) fn text(self) -> &'static Catalogue {
        self.frame.text
    }

    /// Who one is.
    pub(crate) fn me(self) -> RwSignal<Person> {
        self.frame.me
    }

    /// Names the person in the device's own store.
    pub(crate) fn user(self) -> String {
        self.with(|parts| parts.user.clone())
    }

    /// The forum that meets.
    pub(crate) fn forum(self) -> ForumId {
        self.rows.detail.with_untracked(|detail| detail.forum.clone())
    }

    /// The meeting.
    pub(crate) fn id(self) -> MeetingId {
        self.rows.id()
    }

    /// Whether one may do this now.
    pub(crate) fn may(self, verb: Verb) -> bool {
        untrack(|| self.rows.may(verb))
    }

    /// The same, followed where it is read.
    pub(crate) fn may_now(self, verb: Verb) -> bool {
        self.rows.may(verb)
    }

    /// Follows the meeting's rows where it is read.
    pub(crate) fn follow_rows(self) {
        self.rows.detail.with(|_| ());
    }

    /// The number of an item, followed where it is read.
    pub(crate) fn number_of(self, id: &ItemId) -> String {
        self.item(id).number.get()
    }

    /// The items in their order with their numbers, followed where they are read.
    pub(crate) fn numbered_items(self) -> Vec<(ItemId, String)> {
        let items = self.with(|parts| parts.signals.items).get();
        items.into_iter().map(|id| (id.clone(), self.number_of(&id))).collect()
    }

    /// Where people write.
    pub(crate) fn editors(self) -> Rc<EditorContext> {
        self.with(|parts| Rc::clone(&parts.editors))
    }

    /// Open threads and unread comments of each item that has any.
    pub(crate) fn counts(self) -> RwSignal<Vec<(ItemId, u32, u32)>> {
        self.counts
    }

    /// The items in their order.
    pub(crate) fn items(self) -> Vec<ItemId> {
        self.with(|parts| parts.signals.items.get_untracked())
    }

    /// An item as the document has it.
    pub(crate) fn item_now(self, id: &ItemId) -> Option<ItemSnapshot> {
        self.with(|parts| parts.documents.item(id))
    }

    /// The item in view.
    pub(crate) fn here_now(self) -> Option<ItemId> {
        self.here.get_untracked()
    }

    /// The title of an item.
    pub(crate) fn title_of(self, id: &ItemId) -> String {
        self.item(id).title.get_untracked()
    }

    /// The planned minutes of an item, and who presents it.
    pub(crate) fn plan_of(self, id: &ItemId) -> (Option<u32>, Option<String>) {
        self.item(id).values.with_untracked(|values| (values.minutes, values.presenter.clone()))
    }

    /// The number of an item.
    pub(crate) fn number_now(self, id: &ItemId) -> String {
        self.item(id).number.get_untracked()
    }

    /// How many attachments an item has.
    pub(crate) fn attachments_of(self, id: &ItemId) -> usize {
        self.rows.detail.with_untracked(|detail| detail.attachments.iter().filter(|row| row.item == *id).count())
    }

    /// What stands at the top of the paper.
    pub(crate) fn header_now(self) -> Header {
        self.with(|parts| parts.signals.header.get_untracked())
    }

    /// Scrolls an item into view.
    pub(crate) fn show_item(self, id: &ItemId) {
        self.scroll_to(id);
    }

    /// The phase the meeting is in.
    pub(crate) fn phase(self) -> Phase {
        self.rows.detail.with_untracked(|detail| detail.phase)
    }

    /// Writes a text into an empty section. False if something stands there already.
    pub(crate) fn write_section(self, item: &ItemId, section: &SectionId, words: &str) -> bool {
        let field = Field::Section(item.clone(), section.clone());
        let blank = self.with(|parts| parts.documents.body(&field)).is_some_and(|body| body.is_blank());
        if blank {
            self.edit(&[Edit::Text { field, delta: Delta::new().insert(words, Attributes::new()) }]);
        }
        blank
    }

    /// Writes words into a section, in a line of their own behind what stands there.
    pub(crate) fn append_words(self, item: &ItemId, section: &SectionId, words: &str) {
        let field = Field::Section(item.clone(), section.clone());
        let Some(body) = self.with(|parts| parts.documents.body(&field)) else { return };
        let at_end = Delta::new().retain(body.end());
        let delta = match body.lines().last() {
            // As Enter there does: in a list the words are an entry of their own.
            Some(line) if !line.is_empty() => at_end.insert("\n", line.attributes.clone()),
            _ => at_end,
        };
        self.edit(&[Edit::Text { field, delta: delta.insert(words, Attributes::new()) }]);
    }

    /// What to tell of an answer that was no success.
    pub(crate) fn problem(self, error: &http::HttpError) -> String {
        problem::sentence(self.frame.text, error)
    }
}
