//! Another relay, as a process of its own: Hocuspocus with SQLite, the y-websocket server with LevelDB, and a bare broadcast server as the limit.

use std::net::SocketAddr;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use dagsorden_tests::stock::npm_folder;
use dagsorden_tests::wait::in_time;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Which relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PeerKind {
    Hocuspocus,
    YWebsocket,
    Broadcast,
}

impl PeerKind {
    /// Its name for the script that starts it, and for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hocuspocus => "hocuspocus",
            Self::YWebsocket => "y-websocket",
            Self::Broadcast => "broadcast",
        }
    }
}

/// A running peer. Killed when dropped.
pub(crate) struct Peer {
    kind: PeerKind,
    folder: TempDir,
    process: Child,
    address: SocketAddr,
}

impl Peer {
    /// Whether the peers are installed.
    pub(crate) fn are_installed() -> bool {
        npm_folder().join("peers/node_modules/ws").is_dir()
    }

    /// Starts it with nothing in it.
    pub(crate) async fn start(kind: PeerKind) -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a folder")?;
        let (process, address) = spawn(kind, &folder).await?;
        Ok(Self { kind, folder, process, address })
    }

    pub(crate) fn kind(&self) -> PeerKind {
        self.kind
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn process(&self) -> Result<u32> {
        self.process.id().context("the peer has ended")
    }

    /// Ends it as a power cut would, and starts it again on what it had stored.
    pub(crate) async fn kill_and_restart(&mut self) -> Result<()> {
        self.process.kill().await.context("cannot kill the peer")?;
        (self.process, self.address) = spawn(self.kind, &self.folder).await?;
        Ok(())
    }
}

async fn spawn(kind: PeerKind, folder: &TempDir) -> Result<(Child, SocketAddr)> {
    let mut command = Command::new("taskset");
    command.args(["-c", "0", "node", "peer.mjs", kind.name()]).arg(folder.path()).current_dir(npm_folder().join("peers"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut process = command.spawn().context("cannot start node")?;
    let mut lines = BufReader::new(process.stdout.take().context("node has no output")?).lines();
    let address = in_time("the peer to listen", async {
        while let Some(line) = lines.next_line().await? {
            if let Some(address) = line.strip_prefix("listening on http://") {
                return Ok(address.parse()?);
            }
        }
        bail!("{} does not start", kind.name())
    })
    .await??;
    // What it prints later is read by nobody, and must not stop it.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((process, address))
}
