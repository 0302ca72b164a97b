//! One meeting document, open in this page: the one truth that views render and edits change.
//!
//! Carries out what `Session` decides: socket, timer, the device's store, presence. Every transaction is made here, and what it changed
//! is told when it is over, so listeners may read the document and edit it.

mod device;
#[cfg(feature = "test-hooks")]
mod hooks;
mod link;

pub(super) use link::{milliseconds_since_1970, sleep_or};

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::time::Duration;

use dagsorden_shared::agenda::{Agenda, Change, Edit, EditError, Field, Origin};
use dagsorden_shared::id::{ClientId, DocumentId};
use dagsorden_shared::presence::{At, Presence, PresenceSelection};
use leptos::leptos_dom::helpers::{TimeoutHandle, WindowListenerHandle};
use leptos::prelude::*;

use super::document::{self, Heard};
use super::offline::{Author, OfflineStore};
use super::peers::{Peer, Peers};
use super::save_state::SaveState;
use super::session::{Input, Session};
use super::set_aside::SetAside;
use super::transport::Transport;
use super::undo::{History, UndoGroup, UndoMeta, UndoSelection};
use crate::pause::AfterPaint;
use crate::random;

/// Told what changed, and who changed it; may read the document and edit it.
type ChangeListener = Rc<dyn Fn(&[Change], Author)>;
/// Told of a change in the rows, as JSON.
type EventListener = Rc<dyn Fn(&str)>;

/// The page's replica of one document. Lives as long as somebody holds it; listeners that hold it keep it for ever, so let them hold a [`Weak`]
/// unless the page itself goes with it.
pub struct Replica {
    this: Weak<Self>,
    document: DocumentId,
    client: ClientId,
    agenda: Agenda,
    heard: Heard,
    history: RefCell<History>,
    session: RefCell<Session>,
    peers: RefCell<Peers>,
    connection: RefCell<Option<Transport>>,
    route: link::Route,
    store: RefCell<Option<Rc<OfflineStore>>>,
    /// Updates that came before the device answered; `None` once it has, or gave up.
    early: RefCell<Option<Vec<Vec<u8>>>>,
    /// Texts changed here and not acknowledged: what is set aside if the server refuses them.
    unsaved_fields: RefCell<Vec<Field>>,
    /// Other changes made here and not acknowledged.
    unsaved_others: Cell<u32>,
    /// When others' updates, and a count that fell to zero, are to be written to the device.
    flush_at: Cell<Option<Duration>>,
    timer: RefCell<Option<(Duration, TimeoutHandle)>>,
    window_listeners: RefCell<Vec<WindowListenerHandle>>,
    change_listeners: RefCell<Vec<ChangeListener>>,
    event_listeners: RefCell<Vec<EventListener>>,
    /// Own updates, with the number of changes each counts for, on their way to the device and the server in the pause after the next frame.
    undelivered: RefCell<Vec<(Vec<u8>, u32)>>,
    pause: AfterPaint,
    inbox: link::Inbox,
    untold: RefCell<VecDeque<(Vec<Change>, Author)>>,
    telling: Cell<bool>,
    saved_at: Cell<u64>,
    /// When this page last changed the document.
    edited_at: Cell<Duration>,
    state: ArcRwSignal<SaveState>,
    peer_list: ArcRwSignal<Vec<Peer>>,
    /// The server's state is in the document.
    has_content: Cell<bool>,
    /// What an earlier page load left on this device is in the document.
    has_kept: Cell<bool>,
    waiting_for_content: RefCell<Vec<link::Sender>>,
    aside: ArcRwSignal<Option<SetAside>>,
}

impl Replica {
    /// A replica of `document` with nothing in it. It can be edited, but keeps and sends nothing before [`Replica::begin`].
    pub fn new(document: DocumentId) -> Rc<Self> {
        #[expect(clippy::cast_possible_truncation, reason = "any 64 of the 128 random bits do")]
        let client = ClientId::from_random(random::bits() as u64);
        let replica = Self::empty(document, client);
        replica.listen_to_window();
        replica.drive(Input::Presence(Presence::default().to_json()));
        replica
    }

    /// Takes the server's state, which came beside the page. Call it before anybody listens. False if it cannot be read.
    pub fn take_state(&self, state: &[u8]) -> bool {
        let taken = document::apply(&self.agenda, state).is_ok();
        self.heard.take_changes();
        self.keep(self.heard.take_updates(), Author::Others);
        self.has_content.set(taken);
        taken
    }

    /// Loads what this device has for `user` (the name of the user in the device's store), then connects. Where the browser gives no
    /// storage, or does not answer, it goes on without.
    pub async fn begin(&self, user: &str) {
        let unsaved = self.load(user).await;
        self.drive(Input::Start { unsaved });
    }

    fn empty(document: DocumentId, client: ClientId) -> Rc<Self> {
        let agenda = Agenda::new(client);
        let heard = Heard::of(&agenda).expect("nobody else has begun to observe a new document");
        Rc::new_cyclic(|this| Self {
            this: this.clone(),
            document,
            client,
            history: RefCell::new(History::new(&agenda, link::milliseconds)),
            heard,
            agenda,
            session: RefCell::new(Session::new(client, js_sys::Math::random)),
            peers: RefCell::new(Peers::new(client)),
            connection: RefCell::default(),
            route: link::Route::default(),
            store: RefCell::default(),
            early: RefCell::new(Some(Vec::new())),
            unsaved_fields: RefCell::default(),
            unsaved_others: Cell::new(0),
            flush_at: Cell::new(None),
            timer: RefCell::default(),
            window_listeners: RefCell::default(),
            change_listeners: RefCell::default(),
            event_listeners: RefCell::default(),
            undelivered: RefCell::default(),
            pause: AfterPaint::new({
                let this = this.clone();
                move || this.upgrade().into_iter().for_each(|replica| replica.handle_pause())
            }),
            inbox: link::Inbox::default(),
            untold: RefCell::default(),
            telling: Cell::new(false),
            saved_at: Cell::new(0),
            edited_at: Cell::default(),
            state: ArcRwSignal::new(SaveState::Connecting),
            peer_list: ArcRwSignal::new(Vec::new()),
            has_content: Cell::new(false),
            has_kept: Cell::new(false),
            waiting_for_content: RefCell::default(),
            aside: ArcRwSignal::new(None),
        })
    }

    /// The document. Read it freely; change it through [`Replica::edit`] alone, or the change is neither sent nor kept.
    pub fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    /// This page load's client id.
    pub fn client(&self) -> ClientId {
        self.client
    }

    /// Waits until there is something to show: what the server has, or, without a connection, what this device has. With a connection the
    /// device alone will not do: it may be older than what the server has painted. Also returns when the server has ended it for good.
    pub async fn ready(&self) {
        let (sender, raised) = link::signal();
        self.waiting_for_content.borrow_mut().push(sender);
        self.wake_if_ready();
        raised.await;
    }

    /// Makes edits as one step of writing. They are checked first: on an error nothing was changed. Listeners are told before this returns.
    ///
    /// # Errors
    /// The first edit that cannot be made.
    pub fn edit(&self, edits: &[Edit], group: UndoGroup) -> Result<(), EditError> {
        self.history.borrow_mut().before_edit(edits, group);
        let result = self.agenda.apply(edits, Origin::Local);
        self.history.borrow_mut().after_edit(group);
        self.handle_own_changes();
        result
    }

    /// Undoes this person's latest step. `None` if there was none.
    pub fn undo(&self) -> Option<UndoMeta> {
        let undone = self.history.borrow_mut().undo();
        self.handle_own_changes();
        undone
    }

    /// Redoes what was undone last. `None` if there was nothing.
    pub fn redo(&self) -> Option<UndoMeta> {
        let redone = self.history.borrow_mut().redo();
        self.handle_own_changes();
        redone
    }

    /// Whether there is a step to undo.
    pub fn can_undo(&self) -> bool {
        self.history.borrow().can_undo()
    }

    /// Whether there is a step to redo.
    pub fn can_redo(&self) -> bool {
        self.history.borrow().can_redo()
    }

    /// The next edit begins a new step of undo: after the selection jumped, or the field was left.
    pub fn end_undo_group(&self) {
        self.history.borrow_mut().end_group();
    }

    /// Where the selection is. Name it whenever it changes, and after each edit: undo and redo give it back.
    pub fn set_selection_for_undo(&self, selection: Option<UndoSelection>) {
        self.history.borrow().set_selection(selection);
    }

    /// Calls `listener` after every transaction, local and remote, with what it changed. The transaction is over: the document may be read.
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

    /// The other pages in this document, this person's own other tabs among them.
    pub fn peers(&self) -> RwSignal<Vec<Peer>> {
        self.peer_list.clone().into()
    }

    /// Text that the server refused, in this page load or an earlier one, until [`Replica::dismiss_aside`].
    pub fn aside(&self) -> RwSignal<Option<SetAside>> {
        self.aside.clone().into()
    }

    /// Forgets the text that was set aside: its author has it.
    pub fn dismiss_aside(&self) {
        if let Some(store) = &*self.store.borrow() {
            store.dismiss_aside();
        }
        self.aside.set(None);
    }

    /// Tells the others where this person is. Call it as often as it changes; what is sent is gathered.
    pub fn set_presence(&self, at: At, selection: Option<PresenceSelection>) {
        let presence = Presence { at, selection, ..Presence::default() };
        self.drive(Input::Presence(presence.to_json()));
    }

    /// Tries to connect now, whatever wait was planned.
    pub fn try_now(&self) {
        self.drive(Input::TryNow);
    }

    /// Connects anew, so that the server learns who this is by now.
    pub fn reconnect(&self) {
        self.drive(Input::Reconnect);
    }

    fn wake_if_ready(&self) {
        let settled = self.state.with_untracked(|state| match state {
            SaveState::Refused(_) | SaveState::Gone => true,
            SaveState::Offline { .. } => self.has_kept.get(),
            SaveState::Connecting | SaveState::Saved { .. } | SaveState::Saving => false,
        });
        if self.has_content.get() || settled {
            self.waiting_for_content.take().iter().for_each(link::Sender::send);
        }
    }

    /// After a transaction of this page: tell, so that the page shows it; count, send and keep once it is painted.
    fn handle_own_changes(&self) {
        self.handle_changes(Author::This);
    }

    fn handle_changes(&self, by: Author) {
        let changes = self.heard.take_changes();
        for change in &changes {
            if let Change::Text { field, .. } = change {
                self.note_unsaved(field);
            }
        }
        if changes.iter().any(|change| !matches!(change, Change::Text { .. })) {
            self.unsaved_others.set(self.unsaved_others.get().saturating_add(1));
        }
        let updates = self.heard.take_updates();
        if !updates.is_empty() {
            self.edited_at.set(link::now());
            self.doubt_saved();
            // A creation is two updates but one change to its author; it counts with the last, which completes it.
            let last = updates.len() - 1;
            let counted = updates.into_iter().enumerate().map(|(index, update)| (update, u32::from(index == last)));
            self.undelivered.borrow_mut().extend(counted);
            self.pause.ask();
        }
        self.tell(changes, by);
    }

    fn note_unsaved(&self, field: &Field) {
        let mut fields = self.unsaved_fields.borrow_mut();
        if !fields.contains(field) {
            fields.push(field.clone());
        }
    }

    /// Sends and keeps what this page wrote since the last time.
    fn deliver(&self) {
        let updates = self.undelivered.take();
        for (update, changes) in &updates {
            self.drive(Input::Changed { update, changes: *changes });
        }
        if !updates.is_empty() {
            self.keep(updates.into_iter().map(|(update, _)| update).collect(), Author::This);
        }
    }

    /// Applies an update of the server. Whether it could be read.
    fn receive(&self, update: &[u8]) -> bool {
        let applied = document::apply(&self.agenda, update).is_ok();
        self.keep(self.heard.take_updates(), Author::Others);
        self.tell(self.heard.take_changes(), Author::Others);
        applied
    }

    /// Tells the listeners, one transaction after the other: an edit by a listener is told after the change it answers.
    fn tell(&self, changes: Vec<Change>, by: Author) {
        if !changes.is_empty() {
            self.untold.borrow_mut().push_back((changes, by));
        }
        if self.telling.replace(true) {
            return;
        }
        while let Some((changes, by)) = self.next_untold() {
            let listeners = self.change_listeners.borrow().clone();
            listeners.iter().for_each(|listener| listener(&changes, by));
        }
        self.telling.set(false);
    }

    fn next_untold(&self) -> Option<(Vec<Change>, Author)> {
        self.untold.borrow_mut().pop_front()
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        if let Some((_, timer)) = self.timer.take() {
            timer.clear();
        }
        self.window_listeners.take().into_iter().for_each(WindowListenerHandle::remove);
        self.deliver();
        self.flush(Author::Others);
    }
}
