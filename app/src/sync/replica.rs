//! One document, open in this page: the one truth that views render and edits change.
//!
//! Carries out what `Session` decides: socket, timer, the device's store, presence. Every transaction is made here, and its
//! listener hears what it changed when it is over. Knows no other document: `documents` puts those of a meeting together.

mod carried;
mod device;
#[cfg(feature = "test-hooks")]
mod hooks;
mod link;
mod lost;

pub(super) use link::{milliseconds_since_1970, sleep_or};

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use dagsorden_shared::agenda::{Agenda, Change, Edit, EditError, Field, MeetingSnapshot, Origin};
use dagsorden_shared::id::{ClientId, DocumentId};
use dagsorden_shared::presence::{At, Presence, PresenceSelection};
use leptos::leptos_dom::helpers::{TimeoutHandle, WindowListenerHandle};

use super::document::{self, Heard};
use super::offline::{Author, OfflineStore};
use super::peers::{Peer, Peers};
use super::save_state::SaveState;
use super::session::{Input, Session};
use super::set_aside::SetAside;
use super::transport::Transport;
use super::undo::{History, Turn, UndoGroup, UndoMeta};
use crate::pause::AfterPaint;
use crate::random;

/// What a replica tells, after each transaction and whatever else happens.
pub(super) enum News<'a> {
    /// What a transaction changed, and who made it.
    Changed(Vec<Change>, Author),
    /// There is something else to say about this person's work, or a text that was set aside.
    State,
    /// Others came, went or are elsewhere.
    Peers,
    /// The JSON of an event of the server; `{}` when a connection begins.
    Event(&'a str),
}

type Listener = Rc<dyn Fn(News<'_>)>;

/// The page's replica of one document. Lives as long as its owner holds it.
pub(super) struct Replica {
    this: Weak<Self>,
    /// The replica over whose connection this one travels; `None`: it has its own.
    carrier: Option<Weak<Self>>,
    /// Those that travel over the connection of this one.
    carried: RefCell<Vec<Rc<Self>>>,
    document: DocumentId,
    client: ClientId,
    agenda: Agenda,
    heard: Heard,
    pub(super) history: RefCell<History>,
    session: RefCell<Session>,
    peers: RefCell<Peers>,
    connection: RefCell<Option<Transport>>,
    route: link::Route,
    store: RefCell<Option<Rc<OfflineStore>>>,
    /// Updates that came before the device answered; `None` once it has, or gave up.
    early: RefCell<Option<Vec<Vec<u8>>>>,
    /// Texts changed here and not acknowledged: what is set aside if the server refuses them.
    unsaved_fields: RefCell<Vec<Field>>,
    /// The document before an item left it.
    left: RefCell<Option<MeetingSnapshot>>,
    /// Other changes made here and not acknowledged.
    unsaved_others: Cell<u32>,
    /// When others' updates, and a count that fell to zero, are to be written to the device.
    flush_at: Cell<Option<Duration>>,
    timer: RefCell<Option<(Duration, TimeoutHandle)>>,
    window_listeners: RefCell<Vec<WindowListenerHandle>>,
    listener: RefCell<Option<Listener>>,
    /// Own updates, with the number of changes each counts for, on their way to the device and the server in the pause after the next frame.
    undelivered: RefCell<Vec<(Vec<u8>, u32)>>,
    pause: AfterPaint,
    inbox: link::Inbox,
    saved_at: Cell<u64>,
    /// When this page last changed this document, or another on the same connection.
    edited_at: Rc<Cell<Duration>>,
    state: RefCell<SaveState>,
    /// The server's state is in the document.
    has_content: Cell<bool>,
    /// What an earlier page load left on this device is in the document.
    has_kept: Cell<bool>,
    waiting_for_content: RefCell<Vec<link::Sender>>,
    aside: RefCell<Option<SetAside>>,
    /// Documents of items that the device has beside this one, as they were noted.
    noted: RefCell<String>,
}

impl Replica {
    /// A replica of `document` with nothing in it. It can be edited, but keeps and sends nothing before [`Replica::begin`].
    pub(super) fn new(document: DocumentId, turn: Turn) -> Rc<Self> {
        #[expect(clippy::cast_possible_truncation, reason = "any 64 of the 128 random bits do")]
        let client = ClientId::from_random(random::bits() as u64);
        let replica = Self::empty(document, client, turn, None);
        replica.drive(Input::Presence(Presence::default().to_json()));
        replica
    }

    /// Takes the server's state, which came beside the page. Call it before the page reads the document. False if it cannot be read.
    pub(super) fn take_state(&self, state: &[u8]) -> bool {
        let taken = document::apply(&self.agenda, state).is_ok();
        self.heard.take_changes();
        self.keep(self.heard.take_updates(), Author::Others);
        self.has_content.set(taken);
        taken
    }

    /// What it was filled with is not to be sent, kept or told.
    pub(super) fn forget_heard(&self) {
        self.heard.take_changes();
        self.heard.take_updates();
    }

    /// Loads what this device has for `user` (the name of the user in the device's store), then connects. Where the browser gives no
    /// storage, or does not answer, it goes on without.
    pub(super) async fn begin(&self, user: &str) {
        let unsaved = self.load(user).await;
        self.drive(Input::Start { unsaved });
    }

    fn empty(document: DocumentId, client: ClientId, turn: Turn, carrier: Option<&Self>) -> Rc<Self> {
        let agenda = Agenda::new(client);
        let heard = Heard::of(&agenda).expect("nobody else has begun to observe a new document");
        let replica = Rc::new_cyclic(|this: &Weak<Self>| Self {
            this: this.clone(),
            carrier: carrier.map(|carrier| carrier.this.clone()),
            carried: RefCell::default(),
            document,
            client,
            history: RefCell::new(History::new(&agenda, turn, link::milliseconds)),
            heard,
            agenda,
            session: RefCell::new(Session::new(client, js_sys::Math::random)),
            peers: RefCell::new(Peers::new(client)),
            connection: RefCell::default(),
            route: link::Route::default(),
            store: RefCell::default(),
            early: RefCell::new(Some(Vec::new())),
            unsaved_fields: RefCell::default(),
            left: RefCell::default(),
            unsaved_others: Cell::new(0),
            flush_at: Cell::new(None),
            timer: RefCell::default(),
            window_listeners: RefCell::default(),
            listener: RefCell::default(),
            undelivered: RefCell::default(),
            pause: AfterPaint::new({
                let this = this.clone();
                move || this.upgrade().into_iter().for_each(|replica| replica.handle_pause())
            }),
            inbox: link::Inbox::default(),
            saved_at: Cell::new(0),
            edited_at: carrier.map(|carrier| Rc::clone(&carrier.edited_at)).unwrap_or_default(),
            state: RefCell::new(SaveState::Connecting),
            has_content: Cell::new(false),
            has_kept: Cell::new(false),
            waiting_for_content: RefCell::default(),
            aside: RefCell::default(),
            noted: RefCell::default(),
        });
        replica.listen_to_window();
        replica
    }

    /// The document. Read it freely; change it through [`Replica::edit`] alone, or the change is neither sent nor kept.
    pub(super) fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    /// Its id.
    pub(super) fn document(&self) -> &DocumentId {
        &self.document
    }

    /// This page load's client id.
    pub(super) fn client(&self) -> ClientId {
        self.client
    }

    /// Waits until there is something to show: what the server has, or, without a connection, what this device has. With a connection the
    /// device alone will not do: it may be older than what the server has painted. Also returns when the server has ended it for good.
    pub(super) async fn ready(&self) {
        let (sender, raised) = link::signal();
        self.waiting_for_content.borrow_mut().push(sender);
        self.wake_if_ready();
        raised.await;
    }

    /// Makes edits as one step of writing. They are checked first: on an error nothing was changed. The listener hears of them before this returns.
    ///
    /// # Errors
    /// The first edit that cannot be made.
    pub(super) fn edit(&self, edits: &[Edit], group: UndoGroup) -> Result<(), EditError> {
        self.history.borrow_mut().before_edit(edits, group);
        let result = self.agenda.apply(edits, Origin::Local);
        self.history.borrow_mut().after_edit(group);
        self.handle_own_changes();
        result
    }

    /// Undoes this person's latest step here. `None` if there was none.
    pub(super) fn undo(&self) -> Option<UndoMeta> {
        let undone = self.history.borrow_mut().undo();
        self.handle_own_changes();
        undone
    }

    /// Redoes what was undone last. `None` if there was nothing.
    pub(super) fn redo(&self) -> Option<UndoMeta> {
        let redone = self.history.borrow_mut().redo();
        self.handle_own_changes();
        redone
    }

    /// Calls `listener`, and no other, with what happens from now on. The transaction is over by then.
    pub(super) fn on_news(&self, listener: impl Fn(News<'_>) + 'static) {
        *self.listener.borrow_mut() = Some(Rc::new(listener));
    }

    fn tell(&self, news: News<'_>) {
        let listener = self.listener.borrow().clone();
        if let Some(listener) = listener {
            listener(news);
        }
    }

    /// What to say about this person's work.
    pub(super) fn state(&self) -> SaveState {
        self.state.borrow().clone()
    }

    /// The other pages in this document, this person's own other tabs among them.
    pub(super) fn peers(&self) -> Vec<Peer> {
        self.peers.borrow().list()
    }

    /// Text that the server refused, in this page load or an earlier one, until [`Replica::dismiss_aside`].
    pub(super) fn aside(&self) -> Option<SetAside> {
        self.aside.borrow().clone()
    }

    /// Forgets the text that was set aside: its author has it.
    pub(super) fn dismiss_aside(&self) {
        if let Some(store) = &*self.store.borrow() {
            store.dismiss_aside();
        }
        self.aside.take();
        self.tell(News::State);
    }

    /// Tells the others where this person is. Call it as often as it changes; what is sent is gathered.
    pub(super) fn set_presence(&self, at: At, selection: Option<PresenceSelection>) {
        let presence = Presence { at, selection, ..Presence::default() };
        self.drive(Input::Presence(presence.to_json()));
    }

    /// Tries to connect now, whatever wait was planned.
    pub(super) fn try_now(&self) {
        self.drive(Input::TryNow);
    }

    /// Connects anew, so that the server learns who this is by now.
    pub(super) fn reconnect(&self) {
        self.drive(Input::Reconnect);
    }

    fn wake_if_ready(&self) {
        let settled = match &*self.state.borrow() {
            SaveState::Refused(_) | SaveState::Gone => true,
            SaveState::Offline { .. } => self.has_kept.get(),
            SaveState::Connecting | SaveState::Saved { .. } | SaveState::Saving => false,
        };
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
        self.tell_changes(changes, by);
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
    fn receive(&self, update: &[u8], complete: bool) -> bool {
        let before = self.before(update, complete);
        let applied = document::apply(&self.agenda, update).is_ok();
        if let Some(before) = before {
            self.keep_lost(before);
        }
        self.keep(self.heard.take_updates(), Author::Others);
        self.tell_changes(self.heard.take_changes(), Author::Others);
        applied
    }

    fn tell_changes(&self, changes: Vec<Change>, by: Author) {
        if !changes.is_empty() {
            self.tell(News::Changed(changes, by));
        }
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
