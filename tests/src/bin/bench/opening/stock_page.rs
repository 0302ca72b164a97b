//! Quill's page as a site of its own would serve it: one HTML file, and one script that may be kept for ever.
//!
//! The page's websocket goes on to the server, which takes none from another origin.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::quill::OneSection;

/// The site. Ends when dropped.
pub(super) struct StockPage {
    address: SocketAddr,
    listener: JoinHandle<()>,
}

struct Files {
    page: String,
    script: String,
}

impl StockPage {
    /// A site with Quill over a section of a meeting.
    pub(super) async fn serve(server: SocketAddr, script: &str, one: &OneSection) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no free port")?;
        let address = listener.local_addr()?;
        let page = format!(
            "<!doctype html><html lang=\"da\"><meta charset=\"utf-8\"><title>Quill</title><body>\
             <script src=\"/quill.js\"></script><script>{}</script></body></html>",
            one.start()
        );
        let files = Arc::new(Files { page, script: script.to_owned() });
        let listener = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(answer(client, server, Arc::clone(&files)));
            }
        });
        Ok(Self { address, listener })
    }

    /// The address of the page.
    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for StockPage {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn answer(mut client: TcpStream, server: SocketAddr, files: Arc<Files>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if client.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let path = head.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    if path.starts_with(b"/sync/") {
        let mut server = TcpStream::connect(server).await?;
        server.write_all(&head).await?;
        return copy_bidirectional(&mut client, &mut server).await.map(drop);
    }
    let (status, kind, keep, body) = match path {
        b"/" => ("200 OK", "text/html; charset=utf-8", "no-cache", files.page.as_str()),
        b"/quill.js" => ("200 OK", "text/javascript", "max-age=31536000, immutable", files.script.as_str()),
        _ => ("404 Not Found", "text/plain", "no-cache", ""),
    };
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nCache-Control: {keep}\r\nConnection: close\r\n\r\n{body}"
    );
    client.write_all(answer.as_bytes()).await
}
