//! A client of the relay: a replica and a socket, with nothing stored and nothing tried again.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use anyhow::{Context, Result, bail, ensure};
use dagsorden_shared::agenda::{Agenda, Edit, Field, Origin};
use dagsorden_shared::id::{ClientId, DocumentId};
use dagsorden_shared::protocol::refusal::RefusalCode;
use dagsorden_shared::protocol::{ClientMessage, ServerMessage};
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ReadTxn, StateVector, Transact, Update};

use crate::wait::in_time;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What arrived, as far as tests ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The document may have changed.
    Document,
    /// So many of the messages sent are stored.
    Saved(u64),
    /// A message was refused.
    Refused(RefusalCode, u64),
    /// Who is where; the states as JSON.
    Presence(Vec<(ClientId, Option<String>)>),
    /// Something changed in the rows.
    Event(String),
    /// The connection is over.
    Closed(Option<u16>),
}

/// A connected replica.
pub struct SyncClient {
    agenda: Agenda,
    socket: Socket,
    made: Rc<RefCell<Vec<Vec<u8>>>>,
    synced: bool,
    answered: bool,
    sent: u64,
    saved: u64,
    events: Vec<String>,
    reason: String,
}

impl SyncClient {
    /// Connects an empty replica and waits until both sides have what the other has.
    ///
    /// # Errors
    /// If the server does not take the connection, or the two do not agree in time.
    pub async fn connect(server: SocketAddr, document: &DocumentId, client: ClientId) -> Result<Self> {
        Self::connect_with(server, document, Agenda::new(client)).await
    }

    /// Connects a replica that exists.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub async fn connect_with(server: SocketAddr, document: &DocumentId, agenda: Agenda) -> Result<Self> {
        Self::open(format!("ws://{server}/sync/{document}?v=1").into_client_request()?, agenda).await
    }

    /// Connects an empty replica as the owner of a token.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub async fn connect_as(server: SocketAddr, document: &DocumentId, client: ClientId, token: &str) -> Result<Self> {
        let address = format!("ws://{server}/sync/{document}?v=1&token={token}");
        Self::open(address.into_client_request()?, Agenda::new(client)).await
    }

    /// Connects an empty replica as a page of a browser with this cookie does.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub async fn connect_by_cookie(server: SocketAddr, document: &DocumentId, client: ClientId, cookie: &str) -> Result<Self> {
        let mut request = format!("ws://{server}/sync/{document}?v=1").into_client_request()?;
        request.headers_mut().insert("cookie", cookie.parse()?);
        request.headers_mut().insert("origin", format!("http://{server}").parse()?);
        Self::open(request, Agenda::new(client)).await
    }

    async fn open(request: Request, agenda: Agenda) -> Result<Self> {
        let (socket, _) = in_time("the socket", connect_async(request)).await?.context("no socket")?;
        let made: Rc<RefCell<Vec<Vec<u8>>>> = Rc::default();
        let outbox = Rc::clone(&made);
        let remote: yrs::Origin = Origin::Remote.as_str().into();
        agenda
            .doc()
            .observe_update_v1("sync", move |txn, event| {
                if txn.origin() != Some(&remote) {
                    outbox.borrow_mut().push(event.update.clone());
                }
            })
            .context("a transaction is open")?;
        let mut client =
            Self { agenda, socket, made, synced: false, answered: false, sent: 0, saved: 0, events: Vec::new(), reason: String::new() };
        let have = client.agenda.doc().transact().state_vector().encode_v1();
        client.send(&ClientMessage::SyncStep1(&have)).await?;
        in_time("the first sync", async {
            while !(client.synced && client.answered) {
                if let Heard::Closed(code) = client.hear().await? {
                    bail!("closed with {code:?} before the first sync");
                }
            }
            Ok(())
        })
        .await??;
        Ok(client)
    }

    /// The replica.
    pub fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    /// Step-2 and update messages sent on this connection.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// How many of them the server has said to be stored.
    pub fn saved(&self) -> u64 {
        self.saved
    }

    /// All events so far, as JSON.
    pub fn events(&self) -> &[String] {
        &self.events
    }

    /// Why the server closed the connection, in its words, or how it broke.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Makes edits and sends them.
    ///
    /// # Errors
    /// If an edit cannot be made, or the connection is over.
    pub async fn edit(&mut self, edits: &[Edit]) -> Result<()> {
        self.agenda.apply(edits, Origin::Local)?;
        let made = self.made.take();
        for update in made {
            self.send_update(&update).await?;
        }
        Ok(())
    }

    /// Types at an offset of a field.
    ///
    /// # Errors
    /// As [`Self::edit`].
    pub async fn type_at(&mut self, field: &Field, offset: u32, text: &str) -> Result<()> {
        let delta = Delta::new().retain(offset).insert(text, Attributes::new());
        self.edit(&[Edit::Text { field: field.clone(), delta }]).await
    }

    /// Types at the end of a field, before its last newline.
    ///
    /// # Errors
    /// As [`Self::edit`].
    pub async fn append(&mut self, field: &Field, text: &str) -> Result<()> {
        let end = self.agenda.body(field).with_context(|| format!("there is no {field}"))?.end();
        self.type_at(field, end, text).await
    }

    /// Sends an update as it is.
    ///
    /// # Errors
    /// If the connection is over.
    pub async fn send_update(&mut self, update: &[u8]) -> Result<()> {
        self.send(&ClientMessage::Update(update)).await?;
        self.sent += 1;
        Ok(())
    }

    /// Sends any message; it is not counted.
    ///
    /// # Errors
    /// If the connection is over.
    pub async fn send(&mut self, message: &ClientMessage<'_>) -> Result<()> {
        self.send_raw(Message::binary(message.encode())).await
    }

    /// Sends any frame.
    ///
    /// # Errors
    /// If the connection is over.
    pub async fn send_raw(&mut self, frame: Message) -> Result<()> {
        self.socket.send(frame).await.context("the connection is over")
    }

    /// Takes the next message, whenever it comes. Cancel safe.
    ///
    /// # Errors
    /// If it breaks the protocol.
    pub async fn hear(&mut self) -> Result<Heard> {
        loop {
            let frame = match self.socket.next().await {
                Some(Ok(Message::Binary(frame))) => frame,
                Some(Ok(Message::Close(frame))) => {
                    self.reason = frame.as_ref().map(|frame| frame.reason.to_string()).unwrap_or_default();
                    return Ok(Heard::Closed(frame.map(|frame| frame.code.into())));
                }
                Some(Ok(Message::Text(text))) => bail!("the server sent a text frame: {text}"),
                Some(Ok(_)) => continue,
                Some(Err(error)) => {
                    self.reason = error.to_string();
                    return Ok(Heard::Closed(None));
                }
                None => return Ok(Heard::Closed(None)),
            };
            return match ServerMessage::decode(&frame)? {
                ServerMessage::SyncStep1(have) => {
                    let lacking = self.agenda.doc().transact().encode_state_as_update_v1(&StateVector::decode_v1(have)?);
                    // A connection that ended meanwhile is seen at the next read.
                    let _ = self.send(&ClientMessage::SyncStep2(&lacking)).await;
                    self.sent += 1;
                    self.answered = true;
                    Ok(Heard::Document)
                }
                ServerMessage::SyncStep2(update) => {
                    self.synced = true;
                    self.apply(update)
                }
                ServerMessage::Update(update) => self.apply(update),
                ServerMessage::Saved(count) => {
                    ensure!(
                        count >= self.saved && count <= self.sent,
                        "saved {count}, but {} were before and {} sent",
                        self.saved,
                        self.sent
                    );
                    self.saved = count;
                    Ok(Heard::Saved(count))
                }
                ServerMessage::Refused { code, number } => Ok(Heard::Refused(code, number)),
                ServerMessage::Awareness(states) => {
                    Ok(Heard::Presence(states.iter().map(|state| (state.client, state.json.map(str::to_owned))).collect()))
                }
                ServerMessage::Event(json) => {
                    self.events.push(json.to_owned());
                    Ok(Heard::Event(json.to_owned()))
                }
                ServerMessage::PermissionDenied(reason) => bail!("permission denied: {reason}"),
            };
        }
    }

    fn apply(&self, update: &[u8]) -> Result<Heard> {
        self.agenda.doc().transact_mut_with(Origin::Remote.as_str()).apply_update(Update::decode_v1(update)?)?;
        Ok(Heard::Document)
    }

    /// Waits until all that was sent is said to be stored.
    ///
    /// # Errors
    /// If it is not in time, or the connection ends.
    pub async fn wait_saved(&mut self) -> Result<()> {
        self.wait_until("all is saved", |client| client.saved == client.sent).await
    }

    /// Waits until a field's text is `text`, its last newline left out.
    ///
    /// # Errors
    /// As [`Self::wait_until`].
    pub async fn wait_text(&mut self, field: &Field, text: &str) -> Result<()> {
        let reads = |client: &Self| client.agenda.body(field).is_some_and(|body| body.text().strip_suffix('\n') == Some(text));
        self.wait_until(&format!("{field} reads {text:?}"), reads).await
    }

    /// Waits until something holds of this client.
    ///
    /// # Errors
    /// If it does not in time, or the connection ends.
    pub async fn wait_until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) -> Result<()> {
        in_time(what, async {
            while !holds(self) {
                match self.hear().await? {
                    Heard::Closed(code) => bail!("closed with {code:?} before {what}"),
                    Heard::Refused(code, number) => bail!("message {number} was refused with {code:?} before {what}"),
                    _ => {}
                }
            }
            Ok(())
        })
        .await?
    }

    /// Waits for a close, and answers its code.
    ///
    /// # Errors
    /// If none comes in time.
    pub async fn wait_closed(&mut self) -> Result<Option<u16>> {
        in_time("a close", async {
            loop {
                if let Heard::Closed(code) = self.hear().await? {
                    return Ok(code);
                }
            }
        })
        .await?
    }

    /// Says goodbye.
    ///
    /// # Errors
    /// If the connection is over already.
    pub async fn close(mut self) -> Result<()> {
        self.socket.close(None).await.context("the connection is over")
    }
}
