//! One section in one browser, and what scenarios do to it.

use anyhow::{Context, Result, ensure};
use dagsorden_notation::Written;
use dagsorden_shared::api::Created;
use dagsorden_tests::browser::{Kind, Stage, Window};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

/// A page that does not show what it should by then will not do so later: the longest wait is for the browser's other process.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(15);

/// Sets the text and the selection, as a page that has rested.
const GIVEN: &str = r#"
    const [id, ops, selection] = arguments;
    const contract = window.__editorTest;
    document.activeElement?.blur();
    contract.setDelta(id, ops);
    if (selection) { contract.select(id, ...selection); }
    contract.endUndoGroup();
"#;

/// The document, the selection, and the lines as they stand in the page.
const SHOWN: &str = r#"
    const id = arguments[0];
    const contract = window.__editorTest;
    const host = document.querySelector(`[data-section-id="${id}"]`);
    const text = (node) => node.nodeType === 3 ? node.data
        : node.nodeType === 1 && !node.hasAttribute("data-ui") ? [...node.childNodes].map(text).join("") : "";
    return [contract.delta(id), contract.selection(), [...host.querySelectorAll("[data-line]")].map(text)];
"#;

/// What the page says after a scenario's steps.
pub(super) struct Page {
    pub(super) written: Written,
    /// Lines of the page.
    pub(super) lines: Vec<String>,
    /// The delta as the contract gives it.
    pub(super) ops: Value,
}

/// A section to write in.
pub(super) struct Sheet {
    window: Window,
    pub(super) section: String,
}

impl Sheet {
    pub(super) async fn open(stage: &Stage, kind: Kind, meeting: &Created) -> Result<Self> {
        let window = stage.window_in(kind, "Anna", meeting).await?;
        let sections = window.editor("sections", Vec::new()).await?;
        let section = sections[1].as_str().context("the fixture has sections")?.to_owned();
        Ok(Self { window, section })
    }

    pub(super) fn window(&self) -> &Window {
        &self.window
    }

    pub(super) fn kind(&self) -> Kind {
        self.window.kind()
    }

    /// A call of the contract about this section.
    pub(super) async fn call(&self, name: &str, rest: &[Value]) -> Result<Value> {
        let arguments = std::iter::once(json!(self.section)).chain(rest.iter().cloned()).collect();
        self.window.editor(name, arguments).await
    }

    /// A call of the contract that names no section.
    pub(super) async fn tell(&self, name: &str, arguments: &[Value]) -> Result<Value> {
        self.window.editor(name, arguments.to_vec()).await
    }

    /// The title of the item that the section is in, by the name the test contract has for it.
    pub(super) async fn title(&self) -> Result<Value> {
        const ITEM: &str = "return document.querySelector(`[data-section-id='${arguments[0]}']`).closest('[data-item]').dataset.item";
        let item = self.window().run(ITEM, vec![json!(self.section)]).await?;
        Ok(json!(format!("title:{}", item.as_str().context("an item")?)))
    }

    /// Brings the section into this state.
    pub(super) async fn given(&self, notation: &str) -> Result<()> {
        let written = Written::read(notation);
        let selection = written.selection.map_or(Value::Null, |(anchor, head)| json!([anchor, head]));
        self.window.run(GIVEN, vec![json!(self.section), written.ops(), selection]).await?;
        Ok(())
    }

    pub(super) async fn page(&self) -> Result<Page> {
        let said = self.window.run(SHOWN, vec![json!(self.section)]).await?;
        let selection = if said[1]["id"] == json!(self.section) { &said[1] } else { &Value::Null };
        let written = Written::from_contract(&said[0], selection).with_context(|| format!("no text: {said}"))?;
        Ok(Page { written, lines: serde_json::from_value(said[2].clone())?, ops: said[0].clone() })
    }

    /// The section comes to be this, in the document and in the page. Where no caret is written, it may be anywhere.
    pub(super) async fn expect(&self, notation: &str) -> Result<()> {
        let caret = notation.contains(['|', '[']);
        let start = Instant::now();
        loop {
            let page = self.page().await?;
            let shown = page.written.print(caret);
            let wrong = if shown == notation { wrong_lines(&page) } else { Some(format!("is  {shown}")) };
            let Some(wrong) = wrong else { return Ok(()) };
            ensure!(start.elapsed() < PATIENCE, "{wrong}\n        not {notation}");
            sleep(PAUSE).await;
        }
    }

    /// Waits until a script about the page returns true.
    pub(super) async fn hold(&self, what: &str, script: &str) -> Result<()> {
        let start = Instant::now();
        loop {
            let answer = self.window.run(script, vec![json!(self.section)]).await?;
            if answer == json!(true) {
                return Ok(());
            }
            ensure!(start.elapsed() < PATIENCE, "not so: {what} ({answer})");
            sleep(PAUSE).await;
        }
    }

    /// Scenario 30: on a page where the browser itself has nothing to undo.
    pub(super) async fn after_reload(&mut self) -> Vec<String> {
        let done = async {
            self.window.reload().await?;
            self.window.wait_ready().await?;
            self.given("[ab]c⏎").await?;
            self.tell("cmd", &[json!("bold")]).await?;
            self.expect("*[ab*]c⏎").await?;
            self.window.strike("Control+z").await?;
            self.expect("[ab]c⏎").await
        };
        done.await.err().map(|error: anyhow::Error| format!("  30 first edit of a page undone: {error:#}")).into_iter().collect()
    }
}

/// What the page shows that the document does not hold. Cells stand in the page by row and column, so their order says nothing.
fn wrong_lines(page: &Page) -> Option<String> {
    let (mut held, mut shown) = (page.written.lines(), page.lines.clone());
    if page.written.has_table() {
        held.sort();
        shown.sort();
    }
    (held != shown).then(|| format!("the page shows {shown:?} for {held:?}"))
}
