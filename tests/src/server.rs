//! The real server as a process of its own, with a data folder of its own, on a free port; or in the test's own process, where the test must have
//! it do what no route does.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use dagsorden::Server;
use dagsorden::config::Config;
use dagsorden::http::AppState;
use dagsorden::room::Registry;
use dagsorden_shared::api::{Created, MeetingRow};
use dagsorden_shared::meeting_json::MeetingJson;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use crate::wait::{PATIENCE, until};

/// The server's binary: what `cargo xtask test` names, else the one beside the running test.
///
/// # Errors
/// If there is none.
pub fn binary() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("DAGSORDEN_BIN") {
        return Ok(named.into());
    }
    let test = std::env::current_exe().context("where is this test?")?;
    let beside = test.ancestors().nth(2).unwrap_or(&test).join(format!("dagsorden{}", std::env::consts::EXE_SUFFIX));
    ensure!(beside.is_file(), "there is no server at {}; run the tests with `cargo xtask test`", beside.display());
    Ok(beside)
}

/// Runs a command of the server's binary to its end.
///
/// # Errors
/// If it cannot be started.
pub fn command(data: &Path, arguments: &[&str]) -> Result<Output> {
    Command::new(binary()?).arg("--data").arg(data).args(arguments).output().context("cannot start the server's binary")
}

/// How a server is started.
#[derive(Default, Clone)]
pub struct Setup {
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// A program that starts the server, with its arguments, such as a tracer.
    pub wrapper: Vec<String>,
}

/// What runs it.
enum Running {
    Process(Child),
    Here(AppState, AbortHandle),
}

/// A running server. Killed when dropped; if the test failed, the end of its log is printed.
pub struct TestServer {
    running: Running,
    address: SocketAddr,
    folder: TempDir,
    setup: Setup,
    http: reqwest::Client,
}

impl TestServer {
    /// A server with an empty data folder.
    ///
    /// # Errors
    /// If it does not listen in time; the end of its log is in the message.
    pub fn start() -> Result<Self> {
        Self::start_with(Setup::default())
    }

    /// A server with an empty data folder, started as `setup` says.
    ///
    /// # Errors
    /// If it does not listen in time.
    pub fn start_with(setup: Setup) -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a folder")?;
        let (child, address) = spawn(folder.path(), SocketAddr::from(([127, 0, 0, 1], 0)), &setup)?;
        Ok(Self { running: Running::Process(child), address, folder, setup, http: reqwest::Client::new() })
    }

    /// A server with an empty data folder, in this process. It cannot be killed or started again.
    ///
    /// # Errors
    /// If it does not start.
    pub async fn start_here() -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a folder")?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.context("no free port")?;
        let address = listener.local_addr()?;
        let config = Config { listen: address, data: data(folder.path()), rate: 0, ..Config::default() };
        let server = Server::open(&config).await?;
        let state = server.state().clone();
        let serving = tokio::spawn(async move { drop(server.serve(listener, std::future::pending()).await) });
        let running = Running::Here(state, serving.abort_handle());
        Ok(Self { running, address, folder, setup: Setup::default(), http: reqwest::Client::new() })
    }

    /// The rooms of a server in this process.
    ///
    /// # Errors
    /// If it is a process of its own.
    pub fn registry(&self) -> Result<&Registry> {
        match &self.running {
            Running::Here(state, _) => Ok(&state.registry),
            Running::Process(_) => bail!("this server is a process of its own"),
        }
    }

    fn child(&mut self) -> Result<&mut Child> {
        match &mut self.running {
            Running::Process(child) => Ok(child),
            Running::Here(..) => bail!("this server ends with the test"),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a page or of the API.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        data(self.folder.path())
    }

    /// A client of its HTTP side.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The process, or its tracer.
    pub fn process(&self) -> u32 {
        match &self.running {
            Running::Process(child) => child.id(),
            Running::Here(..) => std::process::id(),
        }
    }

    /// Ends the process as a power cut would, and waits until it is gone.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn kill9(&mut self) -> Result<()> {
        let child = self.child()?;
        child.kill().context("cannot kill the server")?;
        child.wait().context("the server was lost")?;
        Ok(())
    }

    /// Starts again on the same port and data folder, after [`Self::kill9`] or [`Self::terminate`].
    ///
    /// # Errors
    /// If it does not listen in time.
    pub fn restart(&mut self) -> Result<()> {
        let (child, _) = spawn(self.folder.path(), self.address, &self.setup)?;
        self.running = Running::Process(child);
        // Its kept connections went with the server.
        self.http = reqwest::Client::new();
        Ok(())
    }

    /// Starts again as `setup` says, from here on.
    ///
    /// # Errors
    /// If it does not listen in time.
    pub fn restart_with(&mut self, setup: Setup) -> Result<()> {
        self.setup = setup;
        self.restart()
    }

    /// Asks it to end (SIGTERM) and waits.
    ///
    /// # Errors
    /// If it does not end in time.
    pub fn terminate(&mut self) -> Result<ExitStatus> {
        let process = rustix::process::Pid::from_raw(i32::try_from(self.child()?.id())?).context("a process id is not 0")?;
        rustix::process::kill_process(process, rustix::process::Signal::TERM).context("cannot send SIGTERM")?;
        self.ended()
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// If it does not end in time.
    pub fn ended(&mut self) -> Result<ExitStatus> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.child()?.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        bail!("the server did not end within {} s\n{}", PATIENCE.as_secs(), self.log())
    }

    /// The end of its log.
    pub fn log(&self) -> String {
        log_tail(self.folder.path())
    }

    /// All of its log.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn whole_log(&self) -> Result<String> {
        fs::read_to_string(log_path(self.folder.path())).context("the server has no log")
    }

    /// Stores a meeting.
    ///
    /// # Errors
    /// If the server does not take it.
    pub async fn import(&self, meeting: &MeetingJson) -> Result<Created> {
        let answer = self.http.post(self.url("/api/meetings/import")).json(meeting).send().await?;
        let (status, body) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "import answered {status}: {body}");
        serde_json::from_str(&body).with_context(|| format!("import answered {body}"))
    }

    /// What the server exports of a meeting.
    ///
    /// # Errors
    /// If it does not.
    pub async fn export(&self, meeting: impl std::fmt::Display) -> Result<MeetingJson> {
        let answer = self.http.get(self.url(&format!("/api/meetings/{meeting}/export?format=json"))).send().await?;
        let (status, body) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "export answered {status}: {body}");
        serde_json::from_str(&body).with_context(|| format!("export answered {body}"))
    }

    /// All meetings.
    ///
    /// # Errors
    /// If the server does not answer.
    pub async fn meetings(&self) -> Result<Vec<MeetingRow>> {
        Ok(self.http.get(self.url("/api/meetings")).send().await?.error_for_status()?.json().await?)
    }

    /// Waits until a page's HTML holds `text`.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn wait_for_page(&self, path: &str, text: &str) -> Result<String> {
        until(&format!("{text:?} in {path}"), async || {
            let page = self.http.get(self.url(path)).send().await?.text().await?;
            Ok(page.contains(text).then_some(page))
        })
        .await
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        match &mut self.running {
            Running::Process(child) => {
                let _ = child.kill();
                let _ = child.wait();
            }
            Running::Here(_, serving) => serving.abort(),
        }
        if std::thread::panicking() {
            eprintln!("--- log of the server\n{}", self.log());
        }
    }
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

fn log_path(folder: &Path) -> PathBuf {
    folder.join("server.log")
}

fn log_tail(folder: &Path) -> String {
    let log = fs::read_to_string(log_path(folder)).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

fn spawn(folder: &Path, listen: SocketAddr, setup: &Setup) -> Result<(Child, SocketAddr)> {
    let log = File::options().create(true).append(true).open(log_path(folder)).context("cannot open the log of the server")?;
    let mut program = setup.wrapper.iter().map(Into::into).chain([binary()?.into_os_string()]);
    let mut command = Command::new(program.next().context("there is always the binary")?);
    command.args(program).args(["serve", "--listen", &listen.to_string(), "--data"]).arg(data(folder));
    command.envs(setup.environment.iter().map(|(name, value)| (name, value)));
    // The working folder too, as a settings file there would be read.
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    let mut child = command.spawn().context("cannot start the server")?;
    let printed = child.stdout.take().context("the server has no output")?;
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(printed).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let deadline = Instant::now() + PATIENCE;
    while let Ok(line) = lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        if let Some(address) = line.strip_prefix("listening on http://") {
            let address = address.trim().parse().with_context(|| format!("the server printed {line:?}"))?;
            return Ok((child, address));
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    bail!("the server does not listen\n{}", log_tail(folder))
}
