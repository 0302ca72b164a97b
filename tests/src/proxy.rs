//! A proxy as some networks have it: it passes HTTP on and refuses what it does not know.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

const REFUSAL: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// What a network lets nobody have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refuses {
    /// Everything passes.
    Nothing,
    /// Websockets.
    Upgrades,
    /// Event streams.
    Streams,
}

impl Refuses {
    fn applies_to(self, head: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Upgrades => head.contains("\r\nupgrade: websocket"),
            Self::Streams => head.lines().next().is_some_and(|request| request.contains("/events")),
        }
    }
}

/// The proxy. Ends when dropped; what goes through it then goes on.
pub struct Proxy {
    address: SocketAddr,
    refuses: Arc<watch::Sender<Refuses>>,
    listener: JoinHandle<()>,
}

impl Proxy {
    /// A proxy in front of `server` on a free port. It refuses websockets.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no free port")?;
        let address = listener.local_addr()?;
        let refuses = Arc::new(watch::Sender::new(Refuses::Upgrades));
        let rule = Arc::clone(&refuses);
        let listener = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server, rule.subscribe()));
            }
        });
        Ok(Self { address, refuses, listener })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a page through this proxy.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// From now on it refuses this and nothing else; what is open already stays open.
    pub fn refuse(&self, what: Refuses) {
        self.refuses.send_replace(what);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// Carries both ways. A side that hangs up ends both.
async fn carry(mut client: TcpStream, server: SocketAddr, refuses: watch::Receiver<Refuses>) -> std::io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    let refused = {
        let (mut from_client, mut to_client) = client.split();
        let (mut from_server, mut to_server) = server.split();
        let up = async {
            let mut chunk = vec![0; 64 << 10];
            loop {
                let length = from_client.read(&mut chunk).await?;
                if length == 0 {
                    return Ok(false);
                }
                // A request comes in one piece here, and its head says what is asked for.
                let head = String::from_utf8_lossy(&chunk[..length]).to_ascii_lowercase();
                if refuses.borrow().applies_to(&head) {
                    return std::io::Result::Ok(true);
                }
                to_server.write_all(&chunk[..length]).await?;
            }
        };
        tokio::select! {
            refused = up => refused?,
            _ = copy(&mut from_server, &mut to_client) => false,
        }
    };
    if refused { client.write_all(REFUSAL).await } else { Ok(()) }
}
