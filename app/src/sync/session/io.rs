//! What goes into a session and what comes out of it.

use std::time::Duration;

use dagsorden_shared::id::ClientId;
use dagsorden_shared::protocol::awareness::AwarenessState;
use dagsorden_shared::protocol::close_code::CloseCode;

/// What the session asks of the document.
pub(in crate::sync) trait Document {
    /// What this replica holds.
    fn state_vector(&self) -> Vec<u8>;
    /// All that a client with `state_vector` lacks. `None` if those bytes are no state vector.
    fn diff(&self, state_vector: &[u8]) -> Option<Vec<u8>>;
}

/// What happened.
#[derive(Debug)]
pub(in crate::sync) enum Input<'a> {
    /// The document is loaded from this device; `unsaved` changes in it were not acknowledged when the page was left.
    Start { unsaved: u32 },
    /// The socket is open.
    Opened,
    /// A frame came.
    Received(&'a [u8]),
    /// A text frame came, or an update that cannot be read: the other end is not what it should be.
    Unreadable,
    /// The socket is closed, and the server may have said when to come back.
    Closed(CloseCode, Option<Duration>),
    /// The browser says that the network is gone.
    NetworkGone,
    /// The browser says that the network is back, the page is looked at again, or the person asked.
    TryNow,
    /// The connection is to be made anew, as after the person gave another name.
    Reconnect,
    /// This page changed the document; the update is in it already. `changes`: what the person would count.
    Changed { update: &'a [u8], changes: u32 },
    /// Where this person is now, as JSON.
    Presence(String),
    /// The time named by [`Session::next_tick`](super::Session::next_tick) has come.
    Tick,
}

/// One client's presence, as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sync) struct PresenceState {
    /// Whose.
    pub(in crate::sync) client: ClientId,
    /// Grows with each state of one client.
    pub(in crate::sync) clock: u32,
    /// `None`: gone.
    pub(in crate::sync) json: Option<String>,
}

impl From<&AwarenessState<'_>> for PresenceState {
    fn from(state: &AwarenessState<'_>) -> Self {
        Self { client: state.client, clock: state.clock, json: state.json.map(str::to_owned) }
    }
}

/// What to do now, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sync) enum Effect {
    /// Open a new socket.
    Connect,
    /// Close the socket and hear no more of it.
    HangUp,
    /// Send this frame.
    Send(Vec<u8>),
    /// Apply this update to the document; if it cannot be read, say so with [`Input::Unreadable`].
    Apply {
        /// As the server sent it.
        update: Vec<u8>,
        /// It is the answer to step 1: with it the document is complete.
        complete: bool,
    },
    /// These people are there, or gone.
    Presence(Vec<PresenceState>),
    /// Forget who is there: the connection that told it is gone.
    ForgetPresence,
    /// Something changed in the rows.
    Event(String),
}

/// What a person should know of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sync) enum Status {
    /// The first connection of this page is under way.
    Connecting,
    /// Everything made here is saved.
    Saved,
    /// Changes are on their way.
    Saving,
    /// No connection; tries go on.
    Offline,
    /// The server ended it for good.
    Ended(CloseCode),
}
