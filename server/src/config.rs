//! What can be set: by flag, else by environment, else in `dagsorden.toml`, else the default.
//!
//! | flag       | environment        | `dagsorden.toml` | default          | meaning                                        |
//! |------------|--------------------|------------------|------------------|------------------------------------------------|
//! | `--listen` | `DAGSORDEN_LISTEN` | `listen`         | `127.0.0.1:8080` | address and port; port 0 takes a free one      |
//! | `--data`   | `DAGSORDEN_DATA`   | `data`           | `./data`         | folder that holds everything; made if missing  |
//! | `--metrics` | `DAGSORDEN_METRICS` | `metrics`      | none             | address and port of the figures for Prometheus |
//! | `--min-free` | `DAGSORDEN_MIN_FREE` | `min_free`    | see meaning      | MiB of the disk to keep free; 200, on a small disk a twentieth of it |
//! | `--rate`   | `DAGSORDEN_RATE`   | `rate`           | `6000`           | changes a minute that one network address may ask for over HTTP; 0: no limit |
//! | `--max-file` | `DAGSORDEN_MAX_FILE` | `max_file`    | `100`            | MiB of the largest file that is taken as an attachment |
//! | `--public-url` | `DAGSORDEN_PUBLIC_URL` | `public_url` | none     | the address people reach the server by, as in `https://dagsorden.example.dk`; links in mails begin with it |
//! |            | `DAGSORDEN_SMTP_URL` | `smtp_url`     | none             | the mail server, as in `smtps://USER:PASSWORD@mail.example.dk`; without one mail stays in the outbox |
//! |            | `DAGSORDEN_MAIL_FROM` | `mail_from`   | none             | the address that mails come from; needed with `smtp_url` |
//! |            | `DAGSORDEN_MAIL_WAIT` | `mail_wait`   | `300`            | seconds for which comments are gathered before a mail tells of them; proposals three times as long |
//! | `--log`    | `DAGSORDEN_LOG`    | `log`            | `info`           | what is logged on stderr, as in `dagsorden=debug` |
//!
//! `dagsorden.toml` is read from the working folder. Knows no command and no socket.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

use crate::store::Kept;

/// The file that is read from the working folder.
pub const FILE: &str = "dagsorden.toml";

const PREFIX: &str = "DAGSORDEN_";
const KEYS: [&str; 11] =
    ["listen", "data", "log", "metrics", "min_free", "rate", "max_file", "public_url", "smtp_url", "mail_from", "mail_wait"];

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The data folder.
    pub data: PathBuf,
    /// Filter of the log.
    pub log: String,
    /// Where `GET /metrics` is answered; nowhere if it is not set.
    #[serde(default)]
    pub metrics: Option<SocketAddr>,
    /// MiB of the disk to keep free: with less, everybody reads and nobody writes. 0: the disk may be filled.
    #[serde(default)]
    pub min_free: Option<u32>,
    /// Changes a minute that one network address may ask for over HTTP; a large body counts as several. 0: no limit.
    pub rate: u32,
    /// MiB of the largest file that is taken as an attachment.
    pub max_file: u32,
    /// The address people reach the server by: scheme and host.
    #[serde(default)]
    pub public_url: Option<String>,
    /// The mail server. Not a flag: it may hold a password, and flags are seen by all on the machine.
    #[serde(default)]
    pub smtp_url: Option<String>,
    /// The address that mails come from.
    #[serde(default)]
    pub mail_from: Option<String>,
    /// Seconds for which comments are gathered before a mail tells of them; proposals three times as long.
    pub mail_wait: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("./data"),
            log: "info".to_owned(),
            metrics: None,
            min_free: None,
            rate: 6_000,
            max_file: 100,
            public_url: None,
            smtp_url: None,
            mail_from: None,
            mail_wait: 300,
        }
    }
}

/// What the command line set; the rest is read elsewhere.
#[derive(Debug, Clone, Default, Serialize, clap::Args)]
pub struct Flags {
    /// Folder that holds everything; made if missing [default: ./data; DAGSORDEN_DATA; `data` in dagsorden.toml]
    #[arg(long, value_name = "FOLDER", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// What is logged on stderr, such as `info` or `dagsorden=debug` [default: info; DAGSORDEN_LOG; `log` in dagsorden.toml]
    #[arg(long, value_name = "FILTER", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// Set by `serve` alone.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Set by `serve` alone.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<SocketAddr>,
    /// Set by `serve` alone.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_free: Option<u32>,
    /// Set by `serve` alone.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<u32>,
    /// Set by `serve` alone.
    #[arg(skip)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_file: Option<u32>,
    /// The address people reach the server by, as in `https://dagsorden.example.dk`: links begin with it [DAGSORDEN_PUBLIC_URL; `public_url` in dagsorden.toml]
    #[arg(long, value_name = "URL", global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {key}{reason}")]
pub struct ConfigError {
    place: String,
    key: String,
    reason: String,
}

impl From<figment::Error> for ConfigError {
    fn from(error: figment::Error) -> Self {
        let key = error.path.join(".");
        let place = match &error.metadata {
            Some(metadata) if metadata.name.contains("environment") => format!("environment variable {PREFIX}{}", key.to_uppercase()),
            _ => FILE.to_owned(),
        };
        let key = if key.is_empty() || place != FILE { String::new() } else { format!("`{key}`: ") };
        Self { place, key, reason: in_one_line(&error.kind.to_string()) }
    }
}

/// Text of `dagsorden.toml` in the working folder itself, not in one above it; empty if there is none.
fn read_file() -> Result<String, ConfigError> {
    match std::fs::read_to_string(FILE) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(ConfigError {
            place: FILE.to_owned(),
            key: String::new(),
            reason: format!("{error}; make it a readable text file, or remove it"),
        }),
        text => Ok(text.unwrap_or_default()),
    }
}

/// First and last line of a message: TOML errors draw the place in between.
fn in_one_line(message: &str) -> String {
    let mut lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    match (lines.next(), lines.next_back()) {
        (Some(first), Some(last)) => format!("{first}: {last}"),
        (first, _) => first.unwrap_or_default().to_owned(),
    }
}

impl Config {
    /// Reads flags, environment and `dagsorden.toml`.
    ///
    /// # Errors
    /// A setting that is unknown or has the wrong form, with the place it was read from.
    pub fn read(flags: &Flags) -> Result<Self, ConfigError> {
        let environment = Env::prefixed(PREFIX).only(&KEYS);
        Ok(Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::string(&read_file()?))
            .merge(environment)
            .merge(Serialized::defaults(flags))
            .extract()?)
    }

    /// How much of the disk to keep free.
    pub fn kept(&self) -> Kept {
        self.min_free.map_or(Kept::Usual, |mebibytes| Kept::Bytes(u64::from(mebibytes) << 20))
    }

    /// The largest file that is taken as an attachment, in bytes.
    pub fn largest_file(&self) -> u64 {
        u64::from(self.max_file) << 20
    }

    /// How long comments are gathered before a mail tells of them.
    pub fn gathered(&self) -> Duration {
        Duration::from_secs(self.mail_wait.into())
    }

    /// Whether only this machine can reach the address.
    pub fn is_loopback(&self) -> bool {
        self.listen.ip().is_loopback()
    }
}
