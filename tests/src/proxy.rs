//! A proxy as some networks have it: it passes HTTP on and refuses to upgrade a connection.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const REFUSAL: &[u8] = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The proxy. Ends when dropped; what goes through it then goes on.
pub struct Proxy {
    address: SocketAddr,
    listener: JoinHandle<()>,
}

impl Proxy {
    /// A proxy in front of `server` on a free port.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no free port")?;
        let address = listener.local_addr()?;
        let listener = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server));
            }
        });
        Ok(Self { address, listener })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a page through this proxy.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn carry(client: TcpStream, server: SocketAddr) -> std::io::Result<()> {
    let server = TcpStream::connect(server).await?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let down = tokio::spawn(async move {
        // Whoever hangs up ends both ways.
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        to_client
    });
    let mut chunk = vec![0; 64 << 10];
    loop {
        let length = from_client.read(&mut chunk).await?;
        if length == 0 {
            return Ok(());
        }
        // A request comes in one piece here, and only its head names an upgrade.
        let head = String::from_utf8_lossy(&chunk[..length]).to_ascii_lowercase();
        if head.contains("\r\nupgrade: websocket") {
            drop(to_server);
            let mut to_client = down.await?;
            return to_client.write_all(REFUSAL).await;
        }
        to_server.write_all(&chunk[..length]).await?;
    }
}
