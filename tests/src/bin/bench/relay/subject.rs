//! A relay under measure: ours, or a peer. Owns how its rooms are made and called, and what stands in front of its messages.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use dagsorden_shared::agenda::{Agenda, Edit, Field, Origin};
use dagsorden_shared::id::ClientId;
use dagsorden_shared::meeting_json::{ItemJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_shared::protocol::ServerMessage;
use dagsorden_shared::protocol::varint::Writer;
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use dagsorden_tests::load::raw_socket::{RawFrame, RawSocket};
use dagsorden_tests::load::typist::clocks;
use dagsorden_tests::server::{Setup, TestServer};
use dagsorden_tests::wait::in_time;
use tokio::time::timeout;
use yrs::updates::decoder::Decode;
use yrs::{Doc, ReadTxn, StateVector, Text, Transact, Update};

use super::peer::{Peer, PeerKind};

/// Which relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Ours,
    Peer(PeerKind),
}

impl Kind {
    /// All that can be measured here, ours first.
    pub(crate) fn all() -> Vec<Self> {
        let peers = [PeerKind::Hocuspocus, PeerKind::YWebsocket, PeerKind::Broadcast].map(Self::Peer);
        let peers = peers.into_iter().filter(|_| Peer::are_installed());
        std::iter::once(Self::Ours).chain(peers).collect()
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Peer(kind) => kind.name(),
        }
    }

    /// Whether it keeps documents; the bare broadcast server does not.
    pub(crate) fn keeps_documents(self) -> bool {
        self != Self::Peer(PeerKind::Broadcast)
    }
}

/// A running relay, on the first processor; the others are its clients'. It begins with nothing in it.
pub(crate) enum Subject {
    Ours(Box<TestServer>),
    Peer(Box<Peer>),
}

/// A document of a relay.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    /// Where clients connect.
    pub(crate) address: SocketAddr,
    /// The path they ask for.
    pub(crate) path: String,
    /// What stands in front of every message, both ways.
    pub(crate) prefix: Vec<u8>,
    /// What is sent before anything else, if anything.
    hello: Vec<u8>,
    /// Its first content as updates, one letter for each writer.
    pub(crate) first_letters: Vec<Vec<u8>>,
}

impl Subject {
    pub(crate) async fn start(kind: Kind) -> Result<Self> {
        match kind {
            Kind::Ours => {
                let wrapper = ["taskset", "-c", "0"].map(str::to_owned).to_vec();
                Ok(Self::Ours(Box::new(TestServer::start_with(Setup { wrapper, ..Setup::default() })?)))
            }
            Kind::Peer(kind) => Ok(Self::Peer(Box::new(Peer::start(kind).await?))),
        }
    }

    pub(crate) fn process(&self) -> Result<u32> {
        match self {
            Self::Ours(server) => Ok(server.process()),
            Self::Peer(peer) => peer.process(),
        }
    }

    /// Says so much about each of its meetings. A peer has none.
    pub(crate) async fn say(&self, threads: usize) -> Result<()> {
        let Self::Ours(server) = self else { return Ok(()) };
        for meeting in server.meetings().await? {
            crate::threads::say(server, &meeting.id, threads).await?;
        }
        Ok(())
    }

    fn address(&self) -> SocketAddr {
        match self {
            Self::Ours(server) => server.address(),
            Self::Peer(peer) => peer.address(),
        }
    }

    /// Ends it as a power cut would, and starts it again on what it had stored. Answers the room as it is called now.
    pub(crate) async fn kill_and_restart(&mut self, room: &Room) -> Result<Room> {
        match self {
            Self::Ours(server) => {
                server.kill9()?;
                server.restart()?;
            }
            Self::Peer(peer) => peer.kill_and_restart().await?,
        }
        Ok(Room { address: self.address(), ..room.clone() })
    }

    /// A new document in which each of `writers` has a text of their own; without writers it is empty.
    pub(crate) async fn room(&self, writers: usize) -> Result<Room> {
        let address = self.address();
        match self {
            Self::Ours(server) => {
                let section = || SectionJson { kind: SectionKind::Background, ..SectionJson::default() };
                let sections = (0..writers).map(|_| section()).collect();
                let item = ItemJson { title: "Fælles".into(), sections, ..ItemJson::default() };
                let items = if writers == 0 { Vec::new() } else { vec![item] };
                let created = server.import(&MeetingJson { forum: "Kystkredsen".into(), items, ..MeetingJson::default() }).await?;
                let path = format!("/sync/{}?v=1", created.document);
                let mut room = Room { address, path, prefix: Vec::new(), hello: Vec::new(), first_letters: Vec::new() };
                if writers > 0 {
                    let state = room.state().await?;
                    room.first_letters = (0..writers).map(|place| first_letter(&state, place)).collect::<Result<_>>()?;
                }
                Ok(room)
            }
            Self::Peer(peer) => {
                static NEXT: AtomicU64 = AtomicU64::new(1);
                let name = format!("room{}", NEXT.fetch_add(1, Ordering::Relaxed));
                let prefix = if peer.kind() == PeerKind::Hocuspocus { Writer::new().text(&name).finish() } else { Vec::new() };
                // Its first message must be a token, even if it asks for none.
                let hello = if prefix.is_empty() { Vec::new() } else { [&prefix[..], &[2, 0, 0]].concat() };
                let first_letters = (0..writers).map(first_letter_of_a_plain_document).collect();
                Ok(Room { address, path: format!("/{name}"), prefix, hello, first_letters })
            }
        }
    }
}

impl Room {
    /// Connects and asks for the document.
    pub(crate) async fn connect(&self) -> Result<RawSocket> {
        let mut socket = RawSocket::connect(self.address, &self.path).await?;
        if !self.hello.is_empty() {
            socket.sender.queue(&[&self.hello]);
        }
        socket.sender.send(&[&self.prefix, &[0, 0, 1, 0]]).await?;
        Ok(socket)
    }

    /// The update in a frame, if that is what it holds.
    pub(crate) fn update_in<'a>(&self, frame: &'a [u8]) -> Option<&'a [u8]> {
        let message = frame.get(self.prefix.len()..)?;
        match (message, ServerMessage::decode(message)) {
            ([0, ..], Ok(ServerMessage::Update(update) | ServerMessage::SyncStep2(update))) => Some(update),
            _ => None,
        }
    }

    /// All of the document, as a new client gets it.
    pub(crate) async fn state(&self) -> Result<Vec<u8>> {
        let mut socket = self.connect().await?;
        in_time("the document", async {
            loop {
                match socket.receiver.next().await? {
                    RawFrame::Binary(frame) => {
                        if let Some(update) = self.update_in(frame) {
                            return Ok(update.to_vec());
                        }
                    }
                    RawFrame::Close(code) => bail!("closed with {code:?}"),
                    _ => {}
                }
            }
        })
        .await?
    }
}

impl Room {
    /// How far each client's content goes, after some time: a relay may answer before it has read what it stored.
    pub(crate) async fn stored_clocks(&self, time: Duration) -> Result<Vec<(u64, u32)>> {
        let mut socket = self.connect().await?;
        let mut stored = Vec::new();
        let read = async {
            loop {
                match socket.receiver.next().await? {
                    RawFrame::Binary(frame) => stored.extend(self.update_in(frame).map(clocks).transpose()?.into_iter().flatten()),
                    RawFrame::Close(code) => bail!("closed with {code:?}"),
                    _ => {}
                }
            }
        };
        match timeout(time, read).await {
            Ok(ended) => ended,
            Err(_) => Ok(stored),
        }
    }
}

fn writer(place: usize) -> u64 {
    1_000_000 + place as u64
}

/// The update of a letter in the section at this place.
fn first_letter(state: &[u8], place: usize) -> Result<Vec<u8>> {
    let agenda = Agenda::new(ClientId::new(writer(place)).context("a client id is not 0")?);
    agenda.doc().transact_mut().apply_update(Update::decode_v1(state)?)?;
    let before = agenda.doc().transact().state_vector();
    let item = agenda.snapshot().items.into_iter().next().context("the meeting has no item")?;
    let section = item.sections.into_iter().nth(place).context("the item has too few sections")?;
    let delta = Delta::new().insert("a", Attributes::new());
    agenda.apply(&[Edit::Text { field: Field::Section(item.id, section.id), delta }], Origin::Local)?;
    Ok(agenda.doc().transact().encode_state_as_update_v1(&before))
}

fn first_letter_of_a_plain_document(place: usize) -> Vec<u8> {
    let doc = Doc::with_client_id(writer(place));
    let text = doc.get_or_insert_text(format!("text{place}"));
    text.insert(&mut doc.transact_mut(), 0, "a");
    doc.transact().encode_state_as_update_v1(&StateVector::default())
}
