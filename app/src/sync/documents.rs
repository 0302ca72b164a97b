//! The documents of one meeting, as the page sees them: one agenda, one history of steps, one word about what is saved.
//!
//! An item lives in the meeting's document or in one of its own; the meeting's says which, the rows say in what document. What is asked of a text goes
//! to where its words are now. While they are on their way, the page keeps showing what it has. Knows no socket and no rule of a connection.

#[cfg(feature = "test-hooks")]
mod hooks;
mod listing;
mod news;
mod shelter;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use dagsorden_shared::agenda::{Agenda, Change, Edit, EditError};
use dagsorden_shared::api::ItemDocument;
use dagsorden_shared::id::{ClientId, DocumentId, ItemId};
use dagsorden_shared::presence::{At, PresenceSelection};
use leptos::prelude::*;

use super::http;
use super::offline::Author;
use super::peers::Peer;
use super::replica::Replica;
use super::save_state::SaveState;
use super::set_aside::SetAside;
use super::undo::{Turn, UndoGroup, UndoMeta, UndoSelection};
use shelter::Shelter;

/// Told what changed, and who changed it; may read the documents and edit them.
type ChangeListener = Rc<dyn Fn(&[Change], Author)>;
/// Told of a change in the rows, as JSON.
type EventListener = Rc<dyn Fn(&str)>;

/// All documents of the page's meeting. Listeners that hold it keep it for ever, so let them hold a [`Weak`] unless the page itself goes with it.
pub struct Documents {
    this: Weak<Self>,
    main: Rc<Replica>,
    /// Documents of items, in the order in which they came. One that was left stays until it is known what became of its last words.
    items: RefCell<Vec<(ItemId, Rc<Replica>)>>,
    /// Words that have left one document and not come to the other.
    shelters: RefCell<Vec<Shelter>>,
    /// What was typed in a shelter is being written elsewhere.
    adopting: Cell<bool>,
    /// Those that the rows name.
    listed: RefCell<Vec<ItemDocument>>,
    /// The items whose words are not in the meeting's document, as the page was told last.
    apart: RefCell<Vec<ItemId>>,
    /// Names the person in the device's store, once it is asked.
    user: RefCell<Option<String>>,
    turn: Turn,
    /// The document of an item in which the others see this person's caret.
    placed: RefCell<Option<Rc<Replica>>>,
    change_listeners: RefCell<Vec<ChangeListener>>,
    event_listeners: RefCell<Vec<EventListener>>,
    untold: RefCell<VecDeque<(Vec<Change>, Author)>>,
    telling: Cell<bool>,
    state: ArcRwSignal<SaveState>,
    peers: ArcRwSignal<Vec<Peer>>,
    aside: ArcRwSignal<Option<SetAside>>,
}

impl Documents {
    /// The meeting of this document, with nothing in it. It can be edited, but keeps and sends nothing before [`Documents::begin`].
    pub fn new(document: DocumentId, listed: &[ItemDocument]) -> Rc<Self> {
        let turn = Turn::default();
        let main = Replica::new(document, turn.clone());
        let documents = Rc::new_cyclic(|this: &Weak<Self>| Self {
            this: this.clone(),
            items: RefCell::default(),
            shelters: RefCell::default(),
            adopting: Cell::new(false),
            listed: RefCell::default(),
            apart: RefCell::default(),
            user: RefCell::default(),
            turn,
            placed: RefCell::default(),
            change_listeners: RefCell::default(),
            event_listeners: RefCell::default(),
            untold: RefCell::default(),
            telling: Cell::new(false),
            state: ArcRwSignal::new(main.state()),
            peers: ArcRwSignal::new(Vec::new()),
            aside: ArcRwSignal::new(None),
            main,
        });
        documents.hear(&documents.main, None);
        documents.follow(listed);
        documents
    }

    /// Fetches the server's states. False if that of the meeting's document is not to be had, or cannot be read.
    pub async fn fetch(&self) -> bool {
        let Some(state) = http::state(self.main.document()).await else { return false };
        if !self.main.take_state(&state) {
            return false;
        }
        let items = self.items.borrow().clone();
        for (_, replica) in items {
            // One that is not to be had now comes over the connection.
            if let Some(state) = http::state(replica.document()).await {
                replica.take_state(&state);
            }
        }
        *self.apart.borrow_mut() = self.main.agenda().apart();
        true
    }

    /// Loads what this device has for `user` (the name of the user in the device's store), then connects.
    pub async fn begin(&self, user: &str) {
        let items = self.items.borrow().clone();
        self.main.begin(user).await;
        *self.user.borrow_mut() = Some(user.to_owned());
        // What was written in a document that the rows do not name any more is on the device alone.
        let mut listed = self.listed.borrow().clone();
        let noted = self.main.noted_items();
        let read = |line: &str| line.split_once(' ').and_then(|(item, document)| Some((item.parse().ok()?, document.parse().ok()?)));
        for (item, document) in noted.lines().filter_map(read) {
            if listed.iter().all(|known| known.document != document) {
                listed.push(ItemDocument { item, document });
            }
        }
        self.follow(&listed);
        for (_, replica) in items {
            replica.begin(user).await;
        }
    }

    /// Waits until there is something to show: what the server has, or, without a connection, what this device has. With a connection the
    /// device alone will not do: it may be older than what the server has painted. Also returns when the server has ended it for good.
    pub async fn ready(&self) {
        self.main.ready().await;
    }

    /// Opens the documents of items that the rows name, and leaves those that they name no more.
    pub fn follow(&self, listed: &[ItemDocument]) {
        for new in listed.iter().filter(|new| self.items.borrow().iter().all(|(_, known)| *known.document() != new.document)) {
            let replica = self.main.carry(new.document.clone(), self.turn.clone());
            self.hear(&replica, Some(new.item.clone()));
            self.items.borrow_mut().push((new.item.clone(), Rc::clone(&replica)));
            if let Some(user) = self.user.borrow().clone() {
                leptos::task::spawn_local(async move { replica.begin(&user).await });
            }
        }
        *self.listed.borrow_mut() = listed.to_vec();
        self.main.note_items(listed.iter().map(|listed| format!("{} {}\n", listed.item, listed.document)).collect());
        self.leave_unlisted();
    }

    /// Leaves documents that are no more, once it is known what the server has of the words written there.
    fn leave_unlisted(&self) {
        let is_over = |replica: &Rc<Replica>| {
            let is_listed = self.listed.borrow().iter().any(|listed| listed.document == *replica.document());
            !is_listed && (replica.is_clean() || !replica.is_answering())
        };
        let over: Vec<Rc<Replica>> =
            self.items.borrow().iter().map(|(_, replica)| replica).filter(|replica| is_over(replica)).cloned().collect();
        for replica in over {
            self.items.borrow_mut().retain(|(_, known)| !Rc::ptr_eq(known, &replica));
            self.main.drop_carried(&replica);
        }
    }

    /// The replica that holds the words of an item. `None` while they are on their way.
    fn home_of(&self, item: &ItemId) -> Option<Rc<Replica>> {
        if !self.main.agenda().is_apart(item) {
            return Some(Rc::clone(&self.main));
        }
        let items = self.items.borrow();
        let mut own = items.iter().rev().filter(|(known, replica)| known == item && replica.agenda().holds(item));
        own.next().map(|(_, replica)| Rc::clone(replica))
    }

    /// The replica in which the texts of an item are written now, also on their way.
    fn text_home_of(&self, item: &ItemId) -> Option<Rc<Replica>> {
        let shelters = self.shelters.borrow();
        let shelter = || shelters.iter().find(|shelter| shelter.item == *item).map(|shelter| Rc::clone(&shelter.replica));
        self.home_of(item).or_else(shelter)
    }

    /// The document that holds the words of an item. Read it freely; change it through [`Documents::edit`] alone. `None` while they are on their
    /// way.
    fn agenda_of(&self, item: &ItemId) -> Option<Agenda> {
        self.home_of(item).map(|home| home.agenda().clone())
    }

    /// This page load's client id.
    pub fn client(&self) -> ClientId {
        self.main.client()
    }

    /// Makes edits as one step of writing. They are checked first: on an error nothing was changed. Listeners hear of them before this returns.
    ///
    /// # Errors
    /// The first edit that cannot be made.
    pub fn edit(&self, edits: &[Edit], group: UndoGroup) -> Result<(), EditError> {
        let home = |edit: &Edit| match edit.of_words() {
            Some(item) => {
                let text = matches!(edit, Edit::Text { .. });
                let home = if text { self.text_home_of(item) } else { self.home_of(item) };
                home.ok_or_else(|| EditError::NoItem(item.clone()))
            }
            None => Ok(Rc::clone(&self.main)),
        };
        let homes = edits.iter().map(home).collect::<Result<Vec<_>, _>>()?;
        self.turn.next();
        let mut writers: Vec<&Rc<Replica>> = Vec::new();
        homes.iter().for_each(|home| {
            if !writers.iter().any(|known| Rc::ptr_eq(known, home)) {
                writers.push(home);
            }
        });
        self.main_and_items().iter().filter(|replica| !writers.iter().any(|writer| Rc::ptr_eq(writer, replica))).for_each(|other| {
            other.history.borrow_mut().give_way();
        });
        if let [only] = writers[..] {
            return only.edit(edits, group);
        }
        let share = |writer: &Rc<Replica>| -> Vec<Edit> {
            homes.iter().zip(edits).filter(|(home, _)| Rc::ptr_eq(home, writer)).map(|(_, edit)| edit.clone()).collect()
        };
        let shares: Vec<_> = writers.iter().map(|writer| share(writer)).collect();
        writers.iter().zip(&shares).try_for_each(|(writer, share)| writer.agenda().check(share))?;
        writers.iter().zip(&shares).try_for_each(|(writer, share)| writer.edit(share, group))
    }

    /// Undoes this person's latest step. `None` if there was none.
    pub fn undo(&self) -> Option<UndoMeta> {
        self.take_step(|replica| replica.history.borrow().last_done(), Replica::undo)
    }

    /// Redoes what was undone last. `None` if there was nothing.
    pub fn redo(&self) -> Option<UndoMeta> {
        self.take_step(|replica| replica.history.borrow().last_undone(), Replica::redo)
    }

    /// Takes the newest step of all documents. A step is in all of them in which it was made.
    fn take_step(&self, newest: fn(&Replica) -> Option<u32>, take: fn(&Replica) -> Option<UndoMeta>) -> Option<UndoMeta> {
        let all = self.main_and_items();
        self.turn.next();
        loop {
            let latest = all.iter().filter_map(|replica| newest(replica)).max()?;
            let of_it: Vec<_> = all.iter().filter(|replica| newest(replica) == Some(latest)).collect();
            // What others have deleted since takes nothing back: then the step before it.
            if let Some(taken) = of_it.into_iter().filter_map(|replica| take(replica)).reduce(|first, _| first) {
                return Some(taken);
            }
        }
    }

    /// Whether there is a step to undo.
    pub fn can_undo(&self) -> bool {
        self.main_and_items().iter().any(|replica| replica.history.borrow().last_done().is_some())
    }

    /// The next edit begins a new step of undo: after the selection jumped, or the field was left.
    pub fn end_undo_group(&self) {
        self.main_and_items().iter().for_each(|replica| replica.history.borrow_mut().end_group());
    }

    /// Where the person is: for undo and redo, which give the selection back, and for the others. Name it whenever it changes, and after each edit;
    /// what is sent is gathered.
    pub fn set_place(&self, item: Option<ItemId>, selection: Option<&UndoSelection>) {
        let home = selection.and_then(|selection| self.home_of(selection.field.item()));
        let field = selection.map(|selection| selection.field.to_string());
        let shown = selection.zip(field.clone()).map(|(selection, field)| PresenceSelection {
            field,
            anchor: selection.anchor.clone(),
            head: selection.head.clone(),
        });
        self.main_and_items().iter().for_each(|replica| replica.history.borrow().set_selection(selection.cloned()));
        let at = At { item, field };
        // The meeting's document says where everybody is; a caret is shown in the document in which it stands.
        let of_item = home.filter(|home| !Rc::ptr_eq(home, &self.main));
        if let Some(left) = self.placed.replace(of_item.clone()).filter(|left| of_item.as_ref().is_none_or(|now| !Rc::ptr_eq(left, now))) {
            left.set_presence(At::default(), None);
        }
        if let Some(of_item) = of_item {
            of_item.set_presence(at.clone(), shown);
            self.main.set_presence(at, None);
        } else {
            self.main.set_presence(at, shown);
        }
    }

    /// Calls `listener` after every transaction, local and remote, with what it changed. The transaction is over: the documents may be read.
    pub fn on_change(&self, listener: ChangeListener) {
        self.change_listeners.borrow_mut().push(listener);
    }

    /// Calls `listener` with the JSON of every event the server sends, and with `{}` when a connection begins.
    pub fn on_event(&self, listener: EventListener) {
        self.event_listeners.borrow_mut().push(listener);
    }

    /// What to say about this person's work.
    pub fn state(&self) -> RwSignal<SaveState> {
        self.state.clone().into()
    }

    /// The other pages in this meeting, this person's own other tabs among them.
    pub fn peers(&self) -> RwSignal<Vec<Peer>> {
        self.peers.clone().into()
    }

    /// Text that the server refused, in this page load or an earlier one, until [`Documents::dismiss_aside`].
    pub fn aside(&self) -> RwSignal<Option<SetAside>> {
        self.aside.clone().into()
    }

    /// Forgets the text that was set aside: its author has it.
    pub fn dismiss_aside(&self) {
        self.main_and_items().iter().for_each(|replica| replica.dismiss_aside());
    }

    /// Tries to connect now, whatever wait was planned.
    pub fn try_now(&self) {
        self.main.try_now();
    }

    /// Connects anew, so that the server learns who this is by now.
    pub fn reconnect(&self) {
        self.main.reconnect();
    }

    fn main_and_items(&self) -> Vec<Rc<Replica>> {
        let items = self.items.borrow();
        std::iter::once(&self.main).chain(items.iter().map(|(_, replica)| replica)).cloned().collect()
    }
}
