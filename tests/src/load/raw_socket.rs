//! A websocket of the client's side, as little as a load generator needs: binary frames out, whole frames in, pings answered.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;
/// A client must mask its frames; a mask of zeros leaves the bytes as they are.
const MASK: [u8; 4] = [0; 4];

/// A connection before its halves go their ways.
#[derive(Debug)]
pub struct RawSocket {
    /// The way out.
    pub sender: RawSender,
    /// The way in.
    pub receiver: RawReceiver,
}

/// Sends frames.
#[derive(Debug)]
pub struct RawSender {
    stream: OwnedWriteHalf,
    buffer: Vec<u8>,
}

/// Receives frames.
#[derive(Debug)]
pub struct RawReceiver {
    stream: OwnedReadHalf,
    buffer: Vec<u8>,
    read: usize,
}

/// What came in.
#[derive(Debug, PartialEq, Eq)]
pub enum RawFrame<'a> {
    /// A message.
    Binary(&'a [u8]),
    /// The other side asks whether this one is there.
    Ping,
    /// The connection is over, with this code.
    Close(Option<u16>),
    /// Something else.
    Other,
}

impl RawSocket {
    /// Connects and upgrades.
    ///
    /// # Errors
    /// If the server does not upgrade.
    pub async fn connect(server: SocketAddr, path: &str) -> Result<Self> {
        let stream = TcpStream::connect(server).await.context("no connection")?;
        Self::upgrade(stream, server, path).await
    }

    /// Upgrades a connection.
    ///
    /// # Errors
    /// If the server does not upgrade; its first line is in the message.
    pub async fn upgrade(stream: TcpStream, server: SocketAddr, path: &str) -> Result<Self> {
        stream.set_nodelay(true)?;
        let (mut read, mut write) = stream.into_split();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {server}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        write.write_all(request.as_bytes()).await?;
        let mut buffer = Vec::new();
        let end = loop {
            if let Some(at) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break at + 4;
            }
            ensure!(read.read_buf(&mut buffer).await? > 0, "hung up on before the upgrade");
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        if !head.starts_with("HTTP/1.1 101") {
            bail!("no upgrade: {}", head.lines().next().unwrap_or_default());
        }
        buffer.drain(..end);
        Ok(Self { sender: RawSender { stream: write, buffer: Vec::new() }, receiver: RawReceiver { stream: read, buffer, read: 0 } })
    }
}

impl RawSender {
    /// Puts a message into the buffer.
    pub fn queue(&mut self, parts: &[&[u8]]) {
        let length = parts.iter().map(|part| part.len()).sum();
        self.head(BINARY, length);
        for part in parts {
            self.buffer.extend_from_slice(part);
        }
    }

    /// Answers a ping.
    pub fn queue_pong(&mut self) {
        self.head(PONG, 0);
    }

    fn head(&mut self, kind: u8, length: usize) {
        self.buffer.push(kind);
        match (u8::try_from(length), u16::try_from(length)) {
            (Ok(short @ 0..126), _) => self.buffer.push(0x80 | short),
            (_, Ok(middle)) => {
                self.buffer.push(0x80 | 126);
                self.buffer.extend_from_slice(&middle.to_be_bytes());
            }
            _ => {
                self.buffer.push(0x80 | 127);
                self.buffer.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        self.buffer.extend_from_slice(&MASK);
    }

    /// Bytes in the buffer.
    pub fn queued(&self) -> usize {
        self.buffer.len()
    }

    /// Sends what is in the buffer.
    ///
    /// # Errors
    /// If the connection is over.
    pub async fn flush(&mut self) -> Result<()> {
        self.stream.write_all(&self.buffer).await.context("the connection is over")?;
        self.buffer.clear();
        Ok(())
    }

    /// Sends one message.
    ///
    /// # Errors
    /// If the connection is over.
    pub async fn send(&mut self, parts: &[&[u8]]) -> Result<()> {
        self.queue(parts);
        self.flush().await
    }
}

impl RawReceiver {
    /// The next frame. Cancel safe.
    ///
    /// # Errors
    /// If the connection breaks, or the frame is none that a server sends.
    pub async fn next(&mut self) -> Result<RawFrame<'_>> {
        const CHUNK: usize = 16 << 10;
        let (kind, start, end) = loop {
            if let Some(found) = parse(&self.buffer[self.read..]) {
                break (found.0, self.read + found.1, self.read + found.2);
            }
            self.buffer.drain(..self.read);
            self.read = 0;
            self.buffer.reserve(CHUNK);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Ok(RawFrame::Close(None));
            }
        };
        self.read = end;
        let payload = &self.buffer[start..end];
        Ok(match kind {
            BINARY => RawFrame::Binary(payload),
            PING => RawFrame::Ping,
            CLOSE => RawFrame::Close(payload.first_chunk().map(|code| u16::from_be_bytes(*code))),
            _ => RawFrame::Other,
        })
    }
}

/// Kind of the first frame, and where its payload starts and ends; `None` if it is not whole yet.
fn parse(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (kind, short) = (*bytes.first()?, *bytes.get(1)?);
    let (length, start): (usize, usize) = match short & 0x7f {
        126 => (usize::from(u16::from_be_bytes(*bytes.get(2..)?.first_chunk()?)), 4),
        127 => (usize::try_from(u64::from_be_bytes(*bytes.get(2..)?.first_chunk()?)).ok()?, 10),
        short => (usize::from(short), 2),
    };
    let end = start.checked_add(length)?;
    (bytes.len() >= end).then_some((kind, start, end))
}
