//! The command line: `serve`, `import`, `export`, `backup`, `restore`, `verify`, `salvage`, `audit`, `user`, `token`, `access`.
//!
//! Answers go to stdout, one line each; everything else to stderr. Owns signals and exit codes. Knows no route and no SQL.

mod access;
mod audit;
mod salvage;

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Parser, Subcommand};
use dagsorden_shared::api::Person;
use dagsorden_shared::catalogue::{Catalogue, Language};
use dagsorden_shared::id::MeetingId;
use tokio::net::TcpListener;

use crate::Server;
use crate::backup::{self, Report, Restored};
use crate::config::{Config, Flags};
use crate::data_folder::DataFolder;
use crate::error::CliError;
use crate::export::{self, Facts, Format};
use crate::import::{self, Imported};
use crate::intake::{forum_named, prepare};
use crate::metrics;
use crate::rights::Actor;
use crate::store::{Store, StoreError};
use crate::worker;

pub(crate) use access::check_email;

/// How long a stopped server waits for what works on for nobody.
const LAST_WORK: Duration = Duration::from_secs(1);

/// Several people write one agenda together, live, in the browser.
///
/// What can be set: by flag, else by an environment variable `DAGSORDEN_…`, else in `dagsorden.toml` in the working folder.
#[derive(Debug, Parser)]
#[command(name = "dagsorden", version)]
struct Arguments {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the pages, the API and the relay until a signal stops it
    Serve {
        /// Address and port [default: 127.0.0.1:8080; DAGSORDEN_LISTEN; `listen` in dagsorden.toml]
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
        /// Address and port of `GET /metrics`, figures for Prometheus [default: none; DAGSORDEN_METRICS; `metrics` in dagsorden.toml]
        #[arg(long, value_name = "ADDRESS:PORT")]
        metrics: Option<SocketAddr>,
        /// MiB of the disk to keep free: with less, everybody reads and nobody writes [default: 200, on a small disk a twentieth of it;
        /// DAGSORDEN_MIN_FREE; `min_free` in dagsorden.toml]
        #[arg(long, value_name = "MIB")]
        min_free: Option<u32>,
        /// Changes a minute that one network address may ask for over HTTP, each 16 KiB of a body counting as one more; 0 for no limit
        /// [default: 6000; DAGSORDEN_RATE; `rate` in dagsorden.toml]
        #[arg(long, value_name = "CHANGES")]
        rate: Option<u32>,
        /// MiB of the largest file that is taken as an attachment [default: 100; DAGSORDEN_MAX_FILE; `max_file` in dagsorden.toml]
        #[arg(long, value_name = "MIB")]
        max_file: Option<u32>,
    },
    /// Stores the agenda in a file, and prints `meeting ID document ID`
    Import {
        /// A Word file (.docx), text of an agenda or minutes (UTF-8), or Meeting JSON
        file: PathBuf,
        /// The forum it goes to; made if there is none of that name [default: the one that the file names]
        #[arg(long, value_name = "NAME")]
        forum: Option<String>,
        /// Prints Meeting JSON and stores nothing
        #[arg(long)]
        json: bool,
    },
    /// Reads a file from stdin within limits, for the server
    #[command(hide = true)]
    Work {
        /// What to do with it
        #[arg(value_enum)]
        kind: worker::Kind,
    },
    /// Writes a meeting as a file: Meeting JSON, Word, HTML, Markdown, text, a calendar entry
    Export {
        /// Its id, as in the address of its page
        meeting: String,
        /// In which form
        #[arg(long, value_enum)]
        format: Format,
        /// The file to write [default: stdout]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Makes, lists and disables accounts; with the first one the open mode ends
    User {
        #[command(subcommand)]
        command: access::UserCommand,
    },
    /// Makes tokens for programs
    Token {
        #[command(subcommand)]
        command: access::TokenCommand,
    },
    /// Says who may do what
    Access {
        #[command(subcommand)]
        command: access::AccessCommand,
    },
    /// Writes everything into one new file, also while the server runs, and looks through it
    Backup {
        /// The file to write
        file: PathBuf,
    },
    /// Puts a backup in place of what is in the data folder, which is kept beside it; no server may run
    Restore {
        /// A file that `backup` wrote
        file: PathBuf,
        /// Restores nothing unless every document is whole and reads the same afterwards
        #[arg(long)]
        verify: bool,
    },
    /// Looks through everything: every row is held against its checksum, every document is opened, the audit trail is followed
    Verify {
        /// A file that `backup` wrote [default: the data folder]
        file: Option<PathBuf>,
    },
    /// Writes what can still be read of a damaged document, as Meeting JSON; the server may run
    Salvage {
        /// Its id, as `verify` and the server's log name it
        document: String,
        /// The file to write [default: stdout]
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Prints the audit trail, a line for each entry: what was refused, to whom, where and when
    Audit {
        /// A file that `backup` wrote [default: the data folder]
        file: Option<PathBuf>,
        /// Prints each entry as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command that the process was started with. What clap refuses ends the process with exit code 2.
///
/// # Errors
/// One line for stderr, and the exit code.
pub fn run() -> Result<(), CliError> {
    let Arguments { mut flags, command } = Arguments::parse();
    // A worker has no settings, and reads none.
    if let Command::Work { kind } = command {
        return worker::work(kind);
    }
    if let Command::Serve { listen, metrics, min_free, rate, max_file } = &command {
        flags.listen = *listen;
        flags.metrics = *metrics;
        flags.min_free = *min_free;
        flags.rate = *rate;
        flags.max_file = *max_file;
    }
    let config = Config::read(&flags).map_err(|error| CliError::Input(error.to_string()))?;
    match command {
        Command::Serve { .. } => serve(config),
        Command::Work { kind } => worker::work(kind),
        Command::Import { file, forum, json } => import_file(&config, &file, forum.as_deref(), json),
        Command::Export { meeting, format, output } => export_meeting(&config, &meeting, format, output.as_deref()),
        Command::User { command } => access::user(&config, command),
        Command::Token { command } => access::token(&config, command),
        Command::Access { command } => access::access(&command),
        Command::Backup { file } => write_backup(&config, &file),
        Command::Restore { file, verify } => restore(&config, &file, verify),
        Command::Verify { file } => verify(&config, file.as_deref()),
        Command::Salvage { document, output } => salvage::salvage(&config, &document, output.as_deref()),
        Command::Audit { file, json } => audit::print_trail(&config, file.as_deref(), json),
    }
}

fn serve(config: Config) -> Result<(), CliError> {
    start_log(&config)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| CliError::Failed(format!("cannot start: {error}")))?;
    let served = runtime.block_on(async move {
        // The folder first: of two servers with the same settings the second should hear about the folder, not about the port.
        let server = Server::open(&config).await?;
        if !config.is_loopback() && server.state().store.rights_now().is_open() {
            return Err(CliError::Input(format!(
                "--listen {}: there are no accounts, so everyone who reaches the server could change everything; make one with `dagsorden user add`, or \
                 listen on 127.0.0.1 or [::1]",
                config.listen
            )));
        }
        if !config.is_loopback() && config.public_url.is_none() {
            return Err(CliError::Input(format!(
                "--listen {}: say with --public-url https://… by which address people reach the server, or listen on 127.0.0.1 or [::1]",
                config.listen
            )));
        }
        if !config.is_loopback() && config.smtp_url.is_none() {
            tracing::warn!("no smtp_url is set: nobody gets links to sign in by mail; `dagsorden user link EMAIL` prints one");
        }
        let listener = TcpListener::bind(config.listen).await.map_err(|error| refused_port(config.listen, &error))?;
        let address = listener.local_addr().map_err(|error| CliError::Failed(format!("--listen {}: {error}", config.listen)))?;
        let stop = stop_signal()?;
        if let Some(address) = config.metrics {
            serve_metrics(address, &server).await?;
        }
        if server.state().store.rights_now().is_open() {
            tracing::info!("open mode: everyone on this machine can do everything; `dagsorden user add EMAIL --name NAME --admin` makes the first account");
        }
        print(&format!("listening on http://{address}\n"))?;
        server.serve(listener, stop).await.map_err(CliError::from)
    });
    // What is acknowledged is on disk; a document that is still being read is not waited for.
    runtime.shutdown_timeout(LAST_WORK);
    served
}

/// Answers with figures for as long as the process lives.
async fn serve_metrics(address: SocketAddr, server: &Server) -> Result<(), CliError> {
    let listener = TcpListener::bind(address).await.map_err(|error| CliError::Input(format!("--metrics {address}: {error}")))?;
    let address = listener.local_addr().map_err(|error| CliError::Failed(format!("--metrics {address}: {error}")))?;
    let handle = metrics::install().map_err(|error| CliError::Failed(format!("--metrics {address}: {error}")))?;
    let registry = server.state().registry.clone();
    tokio::spawn(async move {
        if let Err(error) = metrics::serve(listener, handle, registry).await {
            tracing::error!(%error, "the figures are no longer answered");
        }
    });
    tracing::info!("figures on http://{address}/metrics");
    Ok(())
}

fn start_log(config: &Config) -> Result<(), CliError> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log)
        .map_err(|error| CliError::Input(format!("--log {:?}: {error}; write `info` or `dagsorden=debug`", config.log)))?;
    // A second call, as in tests that share a process, keeps the first log.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).try_init();
    Ok(())
}

fn refused_port(address: SocketAddr, error: &io::Error) -> CliError {
    match error.kind() {
        io::ErrorKind::AddrInUse => CliError::Input(format!(
            "--listen {address}: the port is in use; stop the program that has it, or choose another, such as --listen {}:0",
            address.ip()
        )),
        io::ErrorKind::PermissionDenied => {
            CliError::Input(format!("--listen {address}: not allowed for this user; choose a port above 1023"))
        }
        _ => CliError::Input(format!("--listen {address}: {error}; choose another address")),
    }
}

/// Resolves at the first SIGTERM or SIGINT; the second ends the process at once.
fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, CliError> {
    let mut signals = Signals::new().map_err(|error| CliError::Failed(format!("cannot wait for signals: {error}")))?;
    Ok(async move {
        signals.next().await;
        tracing::info!("stopping: what was received is being stored; a second signal stops at once");
        tokio::spawn(async move {
            signals.next().await;
            std::process::exit(1);
        });
    })
}

#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

fn import_file(config: &Config, file: &Path, forum: Option<&str>, json: bool) -> Result<(), CliError> {
    let at = |problem: &dyn std::fmt::Display| CliError::Input(format!("{}: {problem}", file.display()));
    let name = file.file_name().map(|name| name.to_string_lossy());
    let bytes = read_bounded(file)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CliError::Failed(format!("cannot start: {error}")))?;
    let read = runtime.block_on(worker::import(bytes.into(), name.map(std::borrow::Cow::into_owned)));
    let Imported { meeting, .. } = read.map_err(|error| at(&error))?;
    if json {
        let text = serde_json::to_string_pretty(&meeting).map_err(|error| CliError::Failed(error.to_string()))?;
        return print(&format!("{text}\n"));
    }
    let forum = forum.map(forum_named).transpose().map_err(|error| CliError::Input(format!("--forum: {error}")))?;
    let meeting = prepare(meeting, forum).map_err(|error| at(&error))?;
    let line = format!("meeting {} document {}\n", meeting.meeting, meeting.document);
    DataFolder::create(&config.data).map_err(|error| CliError::Input(error.to_string()))?;
    with_store(config, async move |store| store.create_meeting(Actor::command_line(), Person::default(), meeting).await)?;
    print(&line)
}

/// Opens the database beside a server that may be running, does one thing, and closes it.
fn with_store<T>(config: &Config, work: impl AsyncFnOnce(&Store) -> Result<T, StoreError>) -> Result<T, CliError> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().build().map_err(|error| CliError::Failed(format!("cannot start: {error}")))?;
    let store = Store::open_keeping(&config.data, config.kept()).map_err(|error| CliError::Input(error.to_string()))?;
    let done = runtime.block_on(async {
        let done = work(&store).await;
        store.close().await;
        done
    });
    done.map_err(|error| CliError::Failed(error.to_string()))
}

/// The bytes of a file, if it is one and has a size an agenda can have.
fn read_bounded(file: &Path) -> Result<Vec<u8>, CliError> {
    let at = |problem: &dyn std::fmt::Display, remedy: &str| CliError::Input(format!("{}: {problem}; {remedy}", file.display()));
    let metadata =
        fs::metadata(file).map_err(|error| at(&error, "name a Word file, a file with the text of an agenda, or Meeting JSON"))?;
    if metadata.is_dir() {
        return Err(at(&"this is a folder", "name one file in it"));
    }
    let length = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    if length > import::MAX_BYTES {
        return Err(CliError::Input(format!("{}: {}", file.display(), import::ImportError::TooLarge { bytes: length })));
    }
    fs::read(file).map_err(|error| at(&error, "make it readable for this user"))
}

fn export_meeting(config: &Config, meeting: &str, format: Format, output: Option<&Path>) -> Result<(), CliError> {
    let data = config.data.display();
    if !config.data.is_dir() {
        return Err(CliError::Input(format!("data folder {data}: there is no such folder; name the one that `serve` uses with --data")));
    }
    if output.is_none() && !format.is_text() && io::stdout().is_terminal() {
        return Err(CliError::Input(format!("{}: a terminal cannot show it; name a file with -o", format.as_str())));
    }
    let unknown = || CliError::Input(format!("{meeting}: no such meeting in {data}; the id stands in the address of its page, /m/ID"));
    let id: MeetingId = meeting.parse().map_err(|_| unknown())?;
    let found = with_store(config, async |store| match store.meeting_detail(&id).await? {
        Some(stored) if !stored.deleted => {
            let newest = store.newest_version(&id).await?;
            let mut items = Vec::new();
            for item in &stored.detail.item_documents {
                items.extend(store.load(&item.document).await?);
            }
            Ok(store.load(&stored.document).await?.map(|document| (stored.detail, document, items, newest)))
        }
        _ => Ok(None),
    })?;
    let (rows, document, items, newest) = found.ok_or_else(unknown)?;
    let failed = |error: export::DocumentError| CliError::Failed(error.to_string());
    let items = items.iter().map(export::snapshot).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let snapshot = export::compose(export::snapshot(&document).map_err(failed)?, items);
    if snapshot.places().next().is_some() {
        return Err(CliError::Failed("an item was moved between documents meanwhile; export again".to_owned()));
    }
    let about = Facts::new(&rows, newest, None, jiff::Timestamp::now());
    let file = export::write(format, &snapshot.to_json(&rows), &about, Catalogue::of(Language::Da))?;
    match output {
        None => print_bytes(&file.bytes),
        Some(path) => fs::write(path, file.bytes)
            .map_err(|error| CliError::Input(format!("{}: {error}; name a file that can be written", path.display()))),
    }
}

fn write_backup(config: &Config, file: &Path) -> Result<(), CliError> {
    let report = backup::backup(&config.data, file)?;
    tell(&report, &format!("backup of {} in {}", count(report.meetings, "meeting"), file.display()))
}

fn restore(config: &Config, file: &Path, whole: bool) -> Result<(), CliError> {
    let Restored { report, before } = backup::restore(&config.data, file, whole)?;
    let kept = before.map(|before| format!("; what was there before is {}", before.display())).unwrap_or_default();
    tell(&report, &format!("restored {} from {}{kept}", count(report.meetings, "meeting"), file.display()))
}

fn verify(config: &Config, file: Option<&Path>) -> Result<(), CliError> {
    let report = backup::verify(&config.data, file)?;
    let all = format!("{}, {}", count(report.meetings, "meeting"), count(report.documents, "document"));
    tell(
        &report,
        &if report.damaged.is_empty() && report.versions.is_empty() && report.files.is_empty() && report.audit.is_none() {
            format!("{all}: whole")
        } else {
            all
        },
    )
}

fn count(number: u32, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// What was done, and what is damaged of it: a line each, and an exit code that a script notices.
fn tell(report: &Report, done: &str) -> Result<(), CliError> {
    let found =
        report.mended.iter().chain(&report.damaged).chain(&report.versions).chain(&report.files).chain(&report.audit).map(String::as_str);
    print(&std::iter::once(done).chain(found).map(|line| format!("{line}\n")).collect::<String>())?;
    match report.damaged.len() {
        0 if !report.versions.is_empty() => Err(CliError::Failed(
            "what was stored or approved was changed by other hands or is damaged; take what the line names from an older backup"
                .to_owned(),
        )),
        0 if !report.files.is_empty() => {
            Err(CliError::Failed("files of attachments are missing or damaged; take what the lines name from an older backup".to_owned()))
        }
        0 if report.audit.is_some() => Err(CliError::Failed(audit::CHANGED.to_owned())),
        0 => Ok(()),
        damaged => Err(CliError::Failed(format!(
            "{} of {} cannot be opened, all others can; restore an older backup into another data folder and take them from there, or `salvage` what can be read",
            damaged,
            count(report.documents, "document")
        ))),
    }
}

fn print(text: &str) -> Result<(), CliError> {
    print_bytes(text.as_bytes())
}

fn print_bytes(bytes: &[u8]) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
    match written {
        // The reader of the output has stopped reading, as `head` does.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| CliError::Failed(format!("stdout: {error}"))),
    }
}
