//! The stock `y-websocket` provider of npm, in a Node.js process of its own, driven line by line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};
use dagsorden_shared::id::{DocumentId, ItemId, SectionId};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::wait::{in_time, until};

/// The folder of scripts and npm packages.
pub fn npm_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("npm")
}

/// A stock client with a document of its own. Ends when dropped.
pub struct StockClient {
    // Held for its life: the process is killed on drop.
    _process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl StockClient {
    /// Connects, and waits until the provider says that it is synced.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn connect(server: SocketAddr, document: &DocumentId) -> Result<Self> {
        ensure!(npm_folder().join("node_modules").is_dir(), "tests/npm/node_modules is missing; run the tests with `cargo xtask test`");
        let mut command = Command::new("node");
        command.arg("stock.mjs").arg(server.to_string()).arg(document.to_string()).current_dir(npm_folder());
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn().context("cannot start node")?;
        let input = process.stdin.take().context("node has no input")?;
        let output = BufReader::new(process.stdout.take().context("node has no output")?).lines();
        let mut client = Self { _process: process, input, output };
        client.ask(&json!({ "do": "sync" })).await?;
        Ok(client)
    }

    /// Inserts text in a section's body.
    ///
    /// # Errors
    /// If the section is not there.
    pub async fn insert(&mut self, item: &ItemId, section: &SectionId, at: u32, text: &str) -> Result<()> {
        self.ask(&json!({ "do": "insert", "item": item, "section": section, "at": at, "text": text })).await.map(drop)
    }

    /// Changes a section's body as y-quill does when Quill reports this delta.
    ///
    /// # Errors
    /// If the section is not there.
    pub async fn apply_delta(&mut self, item: &ItemId, section: &SectionId, delta: &Value) -> Result<()> {
        self.ask(&json!({ "do": "delta", "item": item, "section": section, "delta": delta })).await.map(drop)
    }

    /// Waits until the server has closed the connection, and answers the code.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn wait_closed(&mut self) -> Result<u64> {
        let this = tokio::sync::Mutex::new(self);
        until("a close in the stock client", async || Ok(this.lock().await.ask(&json!({ "do": "closed" })).await?.as_u64())).await
    }

    /// A section's text.
    ///
    /// # Errors
    /// If the section is not there.
    pub async fn read(&mut self, item: &ItemId, section: &SectionId) -> Result<String> {
        let answer = self.ask(&json!({ "do": "read", "item": item, "section": section })).await?;
        Ok(answer.as_str().context("text is a string")?.to_owned())
    }

    /// Waits until a section's text holds `text`.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn wait_for(&mut self, item: &ItemId, section: &SectionId, text: &str) -> Result<String> {
        let this = tokio::sync::Mutex::new(self);
        until(&format!("{text:?} in the stock client"), async || {
            let read = this.lock().await.read(item, section).await?;
            Ok(read.contains(text).then_some(read))
        })
        .await
    }

    /// Presence states of others as the provider holds them.
    ///
    /// # Errors
    /// If node is gone.
    pub async fn presence(&mut self) -> Result<Value> {
        self.ask(&json!({ "do": "presence" })).await
    }

    async fn ask(&mut self, question: &Value) -> Result<Value> {
        self.input.write_all(format!("{question}\n").as_bytes()).await.context("node is gone")?;
        let line = in_time(&format!("an answer of the stock client to {question}"), self.output.next_line()).await??;
        let answer: Value = serde_json::from_str(&line.context("node ended")?)?;
        match answer.get("error") {
            Some(error) => bail!("the stock client cannot do {question}: {error}"),
            None => Ok(answer["ok"].clone()),
        }
    }
}
