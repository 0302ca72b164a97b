//! Documents that travel over the connection of another: those of the items of a meeting, over the meeting's.
//!
//! Each has a session of its own, which begins when the connection opens and loses it with the connection. The server starts its count again only
//! when a document is joined again, so one that loses its way by itself has the whole connection made anew.

use std::rc::Rc;

use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::{Ended, OtherFrame, close_code};

use super::link::NO_SOCKET;
use super::{News, Replica};
use crate::sync::save_state::SaveState;
use crate::sync::session::{Input, Status};
use crate::sync::set_aside::SetAside;
use crate::sync::socket::SocketEvent;
use crate::sync::undo::Turn;

impl Replica {
    /// A replica of `document` that travels over the connection of this one. As [`Replica::new`], it sends nothing before [`Replica::begin`].
    pub(in crate::sync) fn carry(&self, document: DocumentId, turn: Turn) -> Rc<Self> {
        // A page is one client in all its documents: by this the others know that it is one page.
        let replica = Self::empty(document, self.client, turn, Some(self));
        self.carried.borrow_mut().push(Rc::clone(&replica));
        replica
    }

    /// Ends a replica that this one carries: its document is no more. What the server does not have of it is set aside here.
    pub(in crate::sync) fn drop_carried(&self, replica: &Rc<Self>) {
        self.forget_carried(replica);
        let lost = match replica.state() {
            SaveState::Refused(refused) => Some(refused),
            _ if replica.is_clean() => None,
            _ => Some(SetAside::moved(replica.unsaved_text())),
        };
        replica.end_store(None);
        for aside in [replica.aside(), lost].into_iter().flatten() {
            self.keep_aside(&aside);
        }
        self.tell(News::State);
    }

    /// Carries a replica no more.
    pub(in crate::sync) fn forget_carried(&self, replica: &Rc<Self>) {
        self.carried.borrow_mut().retain(|known| !Rc::ptr_eq(known, replica));
    }

    /// Whether nothing is here that the server does not have.
    pub(in crate::sync) fn is_clean(&self) -> bool {
        self.session.borrow().unsaved() == 0 && self.undelivered.borrow().is_empty()
    }

    /// Whether the server is about to say more of what was sent.
    pub(in crate::sync) fn is_answering(&self) -> bool {
        self.session.borrow().status() == Status::Saving
    }

    /// What is to be said of this document beside others that are in order: nothing while it is still coming and holds nothing of one's own.
    pub(in crate::sync) fn state_beside(&self) -> Option<SaveState> {
        match self.state() {
            SaveState::Gone | SaveState::Connecting | SaveState::Offline { .. } if self.is_clean() => None,
            // What was written in a document that is gone is about to be set aside.
            SaveState::Gone | SaveState::Connecting => Some(SaveState::Saving),
            state => Some(state),
        }
    }

    /// Joins its document, if it travels over another's connection. False if it has its own.
    pub(super) fn join_carrier(&self) -> bool {
        let Some(carrier) = &self.carrier else { return false };
        // Else it is joined when the connection opens.
        if carrier.upgrade().is_some_and(|carrier| carrier.connection.borrow().is_some() && carrier.route.opened.get()) {
            self.handle_socket(SocketEvent::Opened);
        }
        true
    }

    /// It has lost its way, if it still thought it had one: then by itself.
    pub(super) fn leave_carrier(&self) {
        if let Some(carrier) = self.carrier.as_ref().and_then(std::rc::Weak::upgrade)
            && self.route.opened.take()
        {
            carrier.drive(Input::Unreadable);
        }
    }

    /// The connection is open: what it carries begins on it.
    pub(super) fn carry_again(&self) {
        let carried = self.carried.borrow().clone();
        carried.iter().for_each(|replica| replica.drive(Input::Reconnect));
    }

    /// The connection is gone.
    pub(super) fn lose_carried(&self) {
        let carried = self.carried.borrow().clone();
        carried.iter().for_each(|replica| replica.end_ride(NO_SOCKET, None));
    }

    fn end_ride(&self, code: close_code::CloseCode, after: Option<std::time::Duration>) {
        self.route.opened.set(false);
        self.handle_socket(SocketEvent::Closed(code, after));
    }

    /// Passes a frame of another document on. False if it is one of this document.
    pub(super) fn pass_on(&self, frame: &[u8]) -> bool {
        let find = |document: &str| self.carried.borrow().iter().find(|replica| replica.document.as_str() == document).cloned();
        if let Some(ended) = Ended::decode(frame) {
            if let Some(replica) = find(ended.document) {
                replica.end_ride(ended.code, close_code::return_after(ended.reason));
            }
        } else if let Some(other) = OtherFrame::decode(frame) {
            // One that cannot be read is a newer server's.
            if let Some((replica, other)) = other.ok().and_then(|other| Some((find(other.document)?, other))) {
                replica.handle_socket(SocketEvent::Received(other.frame.to_vec()));
            }
        } else {
            return false;
        }
        true
    }

    /// Sends a frame of a document over this connection.
    pub(super) fn send(&self, document: &DocumentId, frame: &[u8]) {
        if let Some(carrier) = &self.carrier {
            carrier.upgrade().into_iter().for_each(|carrier| carrier.send(document, frame));
        } else if let Some(connection) = &*self.connection.borrow() {
            connection.send(document, frame);
        }
    }
}
