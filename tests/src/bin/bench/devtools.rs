//! Chromium by its own protocol: a page per person, keys and clicks as the browser itself delivers them.
//!
//! Not the harness of the tests: there a driver process stands between, here its work would be in the figures of a machine with few cores.
//! Frames may be drawn without a screen's beat, so that times are those of the work alone.

use std::collections::HashMap;
use std::process::Stdio;

use anyhow::{Context, Result, anyhow, bail};
use dagsorden_tests::wait::{in_time, until};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

const SWITCHES: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--remote-debugging-port=0",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--lang=da",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=OptimizationHints,MediaRouter",
];

/// When frames are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frames {
    /// In a screen's beat, as everybody sees them.
    Paced,
    /// As soon as there is anything to draw. A page in which something moves then draws without end, and its own work waits for it.
    Free,
}

impl Frames {
    fn switches(self) -> &'static [&'static str] {
        match self {
            Self::Paced => &[],
            Self::Free => &["--disable-frame-rate-limit", "--disable-gpu-vsync"],
        }
    }
}

/// The control key among the modifiers of a key.
const CONTROL: u32 = 2;

const ANNOUNCES: &str = "DevTools listening on ";

type Answer = Result<Value>;

struct Order {
    session: Option<String>,
    method: &'static str,
    parameters: Value,
    answer: oneshot::Sender<Answer>,
}

/// The wire to the browser. Cheap to copy.
#[derive(Clone)]
struct Wire(mpsc::UnboundedSender<Order>);

impl Wire {
    async fn send(&self, session: Option<&str>, method: &'static str, parameters: Value) -> Answer {
        let (answer, answered) = oneshot::channel();
        let order = Order { session: session.map(str::to_owned), method, parameters, answer };
        self.0.send(order).map_err(|_| anyhow!("the browser is gone"))?;
        let answer = in_time(method, answered).await?.map_err(|_| anyhow!("the browser is gone"))?;
        answer.with_context(|| format!("the browser refuses {method}"))
    }
}

/// A running browser. Killed when dropped.
pub(crate) struct Browser {
    wire: Wire,
    // Held for their life.
    _process: Child,
    _profile: TempDir,
}

impl Browser {
    pub(crate) async fn start(frames: Frames) -> Result<Self> {
        let profile = tempfile::tempdir().context("cannot make a profile")?;
        let mut process = Command::new("chromium")
            .args(SWITCHES)
            .args(frames.switches())
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start chromium")?;
        let mut lines = BufReader::new(process.stderr.take().context("chromium has no output")?).lines();
        let address = in_time("chromium", async {
            while let Some(line) = lines.next_line().await? {
                if let Some(address) = line.strip_prefix(ANNOUNCES) {
                    return Ok(address.trim().to_owned());
                }
            }
            bail!("chromium ended")
        })
        .await??;
        // Nothing may fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let (socket, _) = connect_async(address).await.context("the browser takes no connection")?;
        let (sender, commands) = mpsc::unbounded_channel();
        tokio::spawn(carry(socket, commands));
        Ok(Self { wire: Wire(sender), _process: process, _profile: profile })
    }

    /// What it calls itself.
    pub(crate) async fn version(&self) -> Result<String> {
        let answer = self.wire.send(None, "Browser.getVersion", json!({})).await?;
        Ok(answer["product"].as_str().unwrap_or_default().to_owned())
    }

    /// A new empty window with cookies and caches of its own.
    pub(crate) async fn page(&self) -> Result<Page> {
        let context =
            text(&self.wire.send(None, "Target.createBrowserContext", json!({ "disposeOnDetach": true })).await?, "browserContextId")?;
        let wanted = json!({ "url": "about:blank", "browserContextId": context, "width": 1440, "height": 900 });
        let target = text(&self.wire.send(None, "Target.createTarget", wanted).await?, "targetId")?;
        let attached = self.wire.send(None, "Target.attachToTarget", json!({ "targetId": target, "flatten": true })).await?;
        let page = Page { wire: self.wire.clone(), context, session: text(&attached, "sessionId")? };
        let metrics = json!({ "width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        page.command("Emulation.setDeviceMetricsOverride", metrics).await?;
        page.command("Page.enable", json!({})).await?;
        Ok(page)
    }
}

fn text(answer: &Value, name: &str) -> Result<String> {
    Ok(answer[name].as_str().with_context(|| format!("the browser answered without {name}: {answer}"))?.to_owned())
}

/// One window.
pub(crate) struct Page {
    wire: Wire,
    context: String,
    session: String,
}

impl Page {
    /// Any command of the protocol.
    pub(crate) async fn command(&self, method: &'static str, parameters: Value) -> Answer {
        self.wire.send(Some(&self.session), method, parameters).await
    }

    /// Opens an address.
    pub(crate) async fn go(&self, url: &str) -> Result<()> {
        let answer = self.command("Page.navigate", json!({ "url": url })).await?;
        match answer["errorText"].as_str() {
            Some(error) => bail!("{url} does not open: {error}"),
            None => Ok(()),
        }
    }

    /// The value of an expression; a promise is waited for.
    pub(crate) async fn ask(&self, expression: &str) -> Answer {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.command("Runtime.evaluate", asked).await?;
        match answer.get("exceptionDetails") {
            Some(thrown) => bail!("a script failed: {}", thrown["exception"]["description"].as_str().unwrap_or_default()),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// Asks until the answer is something true.
    pub(crate) async fn wait(&self, what: &str, expression: &str) -> Answer {
        until(what, async || {
            // While one page gives way to the next there may be nothing to ask.
            let answer = self.ask(expression).await.unwrap_or_default();
            Ok((!matches!(answer, Value::Null | Value::Bool(false))).then_some(answer))
        })
        .await
    }

    /// Presses and releases a key.
    pub(crate) async fn press(&self, key: &Key) -> Result<()> {
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { key.text.as_str() } else { "" };
            let mut event = json!({ "type": kind, "key": key.name, "code": key.code, "windowsVirtualKeyCode": key.number, "text": text });
            if let Some(command) = key.command {
                event["modifiers"] = CONTROL.into();
                event["commands"] = if kind == "keyDown" { json!([command]) } else { json!([]) };
            }
            self.command("Input.dispatchKeyEvent", event).await?;
        }
        Ok(())
    }

    /// Clicks at a point of the window.
    pub(crate) async fn click(&self, x: f64, y: f64) -> Result<()> {
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.command("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// Gives the window a cookie of an address.
    pub(crate) async fn set_cookie(&self, url: &str, cookie: &str) -> Result<()> {
        let (name, value) = cookie.split_once('=').with_context(|| format!("{cookie:?} is no cookie"))?;
        self.command("Network.setCookie", json!({ "url": url, "name": name, "value": value })).await.map(drop)
    }

    /// Closes the window and forgets what it kept.
    pub(crate) async fn close(self) -> Result<()> {
        let context = json!({ "browserContextId": self.context });
        self.wire.send(None, "Target.disposeBrowserContext", context).await.map(drop)
    }
}

/// A key of the keyboard.
pub(crate) struct Key {
    name: String,
    code: String,
    number: u32,
    text: String,
    /// What it asks the browser for, together with the control key.
    command: Option<&'static str>,
}

impl Key {
    /// The key that writes a small letter or a space.
    pub(crate) fn of(character: char) -> Self {
        let upper = character.to_ascii_uppercase();
        let code = if character == ' ' { "Space".to_owned() } else { format!("Key{upper}") };
        Self { name: character.to_string(), code, number: u32::from(upper), text: character.to_string(), command: None }
    }

    /// The key that leads to the end of the line.
    pub(crate) fn end() -> Self {
        Self { name: "End".to_owned(), code: "End".to_owned(), number: 35, text: String::new(), command: None }
    }

    /// Ctrl+C.
    pub(crate) fn copy() -> Self {
        Self { text: String::new(), command: Some("copy"), ..Self::of('c') }
    }

    /// Ctrl+V.
    pub(crate) fn paste() -> Self {
        Self { text: String::new(), command: Some("paste"), ..Self::of('v') }
    }
}

/// Carries commands to the browser and its answers back, until either side is gone.
async fn carry(mut socket: WebSocketStream<MaybeTlsStream<TcpStream>>, mut commands: mpsc::UnboundedReceiver<Order>) {
    let mut waiting: HashMap<u64, oneshot::Sender<Answer>> = HashMap::new();
    let mut last = 0;
    loop {
        tokio::select! {
            command = commands.recv() => {
                let Some(command) = command else { return };
                last += 1;
                let mut frame = json!({ "id": last, "method": command.method, "params": command.parameters });
                if let Some(session) = command.session {
                    frame["sessionId"] = session.into();
                }
                waiting.insert(last, command.answer);
                if socket.send(Message::text(frame.to_string())).await.is_err() {
                    return;
                }
            }
            frame = socket.next() => {
                let Some(Ok(frame)) = frame else { return };
                let Message::Text(frame) = frame else { continue };
                let Ok(mut frame) = serde_json::from_str::<Value>(&frame) else { continue };
                // What has no number is an event; nobody listens to those.
                let Some(answer) = frame["id"].as_u64().and_then(|id| waiting.remove(&id)) else { continue };
                // The caller may have given up.
                let _ = answer.send(match frame.get("error") {
                    Some(error) => Err(anyhow!("{error}")),
                    None => Ok(frame["result"].take()),
                });
            }
        }
    }
}
