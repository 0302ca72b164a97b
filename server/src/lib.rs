//! The server of Dagsorden: one process that serves the pages, the HTTP API and the relay, and keeps everything in one data folder.
//!
//! `main.rs` hands the command line to [`cli`]; [`run`] serves until a signal stops it, and returns when it has drained.

pub mod assets;
pub mod backup;
pub mod changes;
pub mod checks;
pub mod cli;
pub mod command;
pub mod config;
pub mod data_folder;
pub mod demo;
pub mod error;
pub mod export;
pub mod files;
pub mod findings;
pub mod gate;
pub mod http;
pub mod identity;
pub mod import;
pub mod intake;
pub mod mail;
pub mod metrics;
pub mod notices;
pub mod password;
pub mod positions;
pub mod rights;
pub mod room;
pub mod roster;
pub mod search;
pub mod sign_in;
pub mod site;
pub mod store;
pub mod version;
pub mod worker;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use command::Commands;
use config::Config;
use data_folder::{DataFolder, DataFolderError};
use files::Files;
use http::{AppState, BoundedListener, Limits, Peer, Tabs};
use identity::Identities;
use mail::Mailer;
use notices::Notifier;
use room::Registry;
use sign_in::Desk;
use site::Site;
use store::{Store, StoreError};

/// How long open requests and sockets may take to end once the server was told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Network connections at a time: some more than may be joined to documents, so that pages still open when those are all taken.
const PLACES: usize = 24_000;

/// How often sessions that have ended are looked for; links and mails of long ago only each [`RARELY`] times.
const SWEEP: Duration = Duration::from_secs(30);
const RARELY: u32 = 120;

/// Sign-ins and requests for a link that one network address may try in a minute.
const SIGN_INS: u32 = 20;

/// Name of the setting that holds the key of the cookies.
const COOKIE_KEY: &str = "cookie_key";

/// Why the server does not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] DataFolderError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A setting cannot be used.
    #[error("{0}")]
    Setting(String),
    /// The network failed.
    #[error("the network failed: {0}")]
    Network(#[from] io::Error),
}

/// A server that holds its data folder and is ready to be asked.
#[derive(Debug)]
pub struct Server {
    state: AppState,
    // What works in the background ends with the server.
    _tasks: JoinSet<()>,
    // The lock is given back when everything else has ended.
    _folder: DataFolder,
}

impl Server {
    /// Takes the data folder and opens what is in it.
    ///
    /// # Errors
    /// The folder or the database cannot be used; the message says which, and what to do.
    pub async fn open(config: &Config) -> Result<Self, ServerError> {
        let site = Arc::new(Site::new(config).map_err(|problem| ServerError::Setting(format!("public_url: {problem}")))?);
        let mailer = Mailer::new(config).map_err(ServerError::Setting)?;
        let folder = DataFolder::lock(&config.data)?;
        let store = Store::open_keeping(folder.path(), config.kept())?;
        let files = Files::open(folder.path(), config.largest_file())
            .map_err(|error| ServerError::Setting(format!("{}: {error}", folder.path().join(files::FOLDER).display())))?;
        let new_key: Vec<u8> = [intake::random_bits(), intake::random_bits()].iter().flat_map(|bits| bits.to_le_bytes()).collect();
        let key = store.setting(COOKIE_KEY, new_key).await?;
        let registry = Registry::new(store.clone());
        let (desk, behind) = Desk::open(store.clone(), Arc::clone(&site));
        let mut tasks = JoinSet::new();
        tasks.spawn(index_what_is_missing(store.clone()));
        tasks.spawn(behind);
        tasks.spawn(sweep(store.clone(), files.clone()));
        let commands = Commands { store: store.clone(), registry: registry.clone(), files: files.clone() };
        tasks.spawn(Notifier::new(commands, Arc::clone(&site), config.gathered()).run());
        if let Some(mailer) = mailer {
            tasks.spawn(mail::run(store.clone(), mailer));
        }
        let sign_in_limits = Limits::new(if config.rate == 0 { 0 } else { SIGN_INS });
        let identities = Identities::new(&key);
        let limits = Limits::new(config.rate);
        Ok(Self {
            state: AppState { store, registry, files, identities, tabs: Tabs::default(), limits, sign_in_limits, site, desk },
            _tasks: tasks,
            _folder: folder,
        })
    }

    /// What the routes share.
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Serves until `shutdown` ends, then lets go of everybody, stores what was received and closes the database.
    ///
    /// # Errors
    /// The network failed.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), ServerError> {
        self.state.site.listens(listener.local_addr()?);
        let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
        let router = http::router(self.state.clone()).into_make_service_with_connect_info::<Peer>();
        let listener = BoundedListener::new(listener, PLACES);
        let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
            shutdown.await;
            // The receiver waits as long as the server does.
            let _ = stopping.send(());
        });
        let mut serving = std::pin::pin!(serving.into_future());
        let registry = self.state.registry.clone();
        // With nothing but sockets open the serving is over in the same moment as the stop is heard of.
        let over = tokio::select! {
            result = &mut serving => Some(result),
            _ = stopped => None,
        };
        let drained = async {
            // Sockets are not requests: they are closed with a time to come back before the requests that are still open are waited for.
            registry.shutdown().await;
            match over {
                Some(result) => result,
                None => serving.await,
            }
        };
        let result = tokio::time::timeout(DRAIN, drained).await.unwrap_or_else(|_| {
            tracing::warn!("some connections did not end in time");
            Ok(())
        });
        self.state.store.close().await;
        result.map_err(ServerError::from)
    }
}

/// Takes in what cannot be found yet: meetings of an older version's database, or made by the command line. One at a time, beside everything else.
async fn index_what_is_missing(store: Store) {
    let documents = store.not_indexed().await.unwrap_or_default();
    for document in documents {
        let Ok(Some(loaded)) = store.load(&document).await else { continue };
        let rows = tokio::task::spawn_blocking(move || export::snapshot(&loaded).map(|meeting| search::rows_of(&meeting))).await;
        if let Ok(Ok(rows)) = rows
            && let Err(error) = store.index(document.clone(), rows).await
        {
            tracing::warn!(%document, %error, "a meeting cannot be found by its words yet");
        }
    }
}

/// Ends sessions whose time is over, and removes files that nothing names any more, for as long as the server lives.
async fn sweep(store: Store, files: Files) {
    let mut ticks = interval(SWEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for count in 0_u32.. {
        ticks.tick().await;
        if let Err(error) = store.sweep(count % RARELY == 0).await {
            tracing::error!(%error, "what has ended was not cleared away");
        }
        if count % RARELY == 0 {
            sweep_files(&store, &files).await;
        }
    }
}

async fn sweep_files(store: &Store, files: &Files) {
    if let Err(error) = store.forget_attachments().await {
        tracing::error!(%error, "attachments that were deleted long ago are still there");
    }
    match files.sweep(store).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "files that nothing names any more were removed"),
        Err(error) => tracing::error!(%error, "files that nothing names any more are still there"),
    }
}

/// Serves `config.data` on `listener` until `shutdown` ends.
///
/// # Errors
/// As [`Server::open`] and [`Server::serve`].
pub async fn run(config: Config, listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), ServerError> {
    Server::open(&config).await?.serve(listener, shutdown).await
}
