//! A mail server that keeps what it is sent: just enough of SMTP for a client that does nothing unusual.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::wait::until;

/// A mail as it arrived.
#[derive(Debug, Clone, Default)]
pub struct Arrived {
    /// The address of the envelope.
    pub to: String,
    /// All lines, the header first.
    pub data: String,
}

impl Arrived {
    /// The text, decoded.
    ///
    /// # Errors
    /// It is not base64.
    pub fn text(&self) -> Result<String> {
        let (_, body) = self.data.split_once("\r\n\r\n").context("no body")?;
        Ok(String::from_utf8(STANDARD.decode(body.split_whitespace().collect::<String>())?)?)
    }
}

/// A running sink.
pub struct MailSink {
    address: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl MailSink {
    /// Listens on a free port.
    ///
    /// # Errors
    /// There is none.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, arrived) = (listener.local_addr()?, Arc::default());
        let kept = Arc::clone(&arrived);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(take(stream, Arc::clone(&kept)));
            }
        });
        Ok(Self { address, arrived })
    }

    /// The address as a setting.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The mail that arrived as number `index`, once it has.
    ///
    /// # Errors
    /// It does not in time.
    pub async fn mail(&self, index: usize) -> Result<Arrived> {
        until("a mail", async || Ok(self.arrived.lock().unwrap_or_else(PoisonError::into_inner).get(index).cloned())).await
    }
}

async fn take(stream: TcpStream, arrived: Arc<Mutex<Vec<Arrived>>>) -> Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    let mut mail = Arrived::default();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let upper = line.to_ascii_uppercase();
        let answer = if upper.starts_with("DATA") {
            stream.write_all(b"354 go on\r\n").await?;
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).await?;
                if line == ".\r\n" || line.is_empty() {
                    break;
                }
                mail.data += &line;
            }
            arrived.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut mail));
            "250 kept"
        } else if upper.starts_with("RCPT TO:") {
            mail.to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            "250 ok"
        } else if upper.starts_with("QUIT") {
            "221 bye"
        } else {
            "250 ok"
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}
