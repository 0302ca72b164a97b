//! A client of the relay over plain HTTP: an event stream down, frames posted up. It keeps no document.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::ClientMessage;
use dagsorden_shared::protocol::varint::Writer;
use reqwest::{Client, Response, StatusCode};

use crate::wait::in_time;

/// What came down the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A frame of a document.
    Frame(String, Vec<u8>),
    /// A document was closed with this code and reason.
    Closed(String, u16, String),
}

/// A tab with an open stream.
pub struct EventClient {
    server: SocketAddr,
    http: Client,
    name: String,
    stream: Response,
    read: Vec<u8>,
}

impl EventClient {
    /// Opens a stream and joins a document.
    ///
    /// # Errors
    /// If the server does not open it.
    pub async fn open(server: SocketAddr, document: &DocumentId) -> Result<Self> {
        let http = Client::new();
        let asked = http.get(format!("http://{server}/sync/{document}/events?v=1")).send();
        let stream = in_time("the event stream", asked).await??.error_for_status()?;
        let mut client = Self { server, http, name: String::new(), stream, read: Vec::new() };
        let (kind, data) = client.event().await?.context("the stream ended")?;
        ensure!(kind == "tab", "the first event is {kind:?}: {data}");
        client.name = data;
        Ok(client)
    }

    /// Posts messages of a document.
    ///
    /// # Errors
    /// If the server cannot be reached.
    pub async fn post(&self, document: &DocumentId, messages: &[ClientMessage<'_>]) -> Result<StatusCode> {
        let body = messages.iter().fold(Writer::new(), |body, message| body.bytes(&message.encode())).finish();
        let address = format!("http://{}/sync/{document}/frames/{}", self.server, self.name);
        Ok(in_time("the answer", self.http.post(address).body(body).send()).await??.status())
    }

    /// The next event; `None` at the end of the stream.
    ///
    /// # Errors
    /// If it is none of this protocol, or does not come in time.
    pub async fn next(&mut self) -> Result<Option<Event>> {
        let Some((document, data)) = self.event().await? else { return Ok(None) };
        Ok(Some(match data.strip_prefix('!') {
            Some(end) => {
                let (code, reason) = end.split_once(' ').context("a close without a reason")?;
                Event::Closed(document, code.parse()?, reason.to_owned())
            }
            None => Event::Frame(document, STANDARD.decode(data)?),
        }))
    }

    async fn event(&mut self) -> Result<Option<(String, String)>> {
        let end = loop {
            if let Some(at) = self.read.windows(2).position(|bytes| bytes == b"\n\n") {
                break at;
            }
            match in_time("an event", self.stream.chunk()).await?? {
                Some(chunk) => self.read.extend_from_slice(&chunk),
                None => return Ok(None),
            }
        };
        let event: Vec<u8> = self.read.drain(..end + 2).collect();
        let text = String::from_utf8(event)?;
        let mut lines = text.lines();
        match (lines.next().and_then(|line| line.strip_prefix("event: ")), lines.next().and_then(|line| line.strip_prefix("data: "))) {
            (Some(kind), Some(data)) => Ok(Some((kind.to_owned(), data.to_owned()))),
            _ => bail!("no event: {text:?}"),
        }
    }
}
