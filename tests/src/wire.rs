//! A wire between a client and the server that can be cut: a relay of bytes on a port of its own.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A relay of bytes. While it is cut, what goes through it is broken off and who connects is hung up on.
pub struct Wire {
    address: SocketAddr,
    whole: Arc<watch::Sender<bool>>,
    relay: JoinHandle<()>,
}

impl Wire {
    /// A wire to `server` on a free port.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no free port")?;
        let address = listener.local_addr()?;
        let whole = Arc::new(watch::Sender::new(true));
        let relay = tokio::spawn(relay(listener, server, Arc::clone(&whole)));
        Ok(Self { address, whole, relay })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a page through this wire.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Cuts it, in the middle of whatever goes through it.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Makes it whole again; who was cut off has to connect anew.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.relay.abort();
        self.cut();
    }
}

async fn relay(listener: TcpListener, server: SocketAddr, whole: Arc<watch::Sender<bool>>) {
    while let Ok((client, _)) = listener.accept().await {
        let mut cut = whole.subscribe();
        if *cut.borrow_and_update() {
            tokio::spawn(async move {
                tokio::select! {
                    _ = carry(client, server) => {}
                    _ = cut.wait_for(|whole| !whole) => {}
                }
            });
        }
    }
}

async fn carry(mut client: TcpStream, server: SocketAddr) -> std::io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
