//! One window of one person: what they see and do.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use dagsorden_shared::id::{ItemId, SectionId};
use serde::Deserialize;
use serde_json::{Value, json};
use thirtyfour::{By, Key, WebElement};

use super::axe::{self, Violation};
use super::chromium::Look;
use super::program::{Kind, Program};
use crate::wait::until;

/// The paper as shown: items in order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Shown {
    /// Items in order.
    pub items: Vec<ShownItem>,
}

/// An item as shown.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ShownItem {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Sections in order: id, and lines of text.
    pub sections: Vec<(String, Vec<String>)>,
}

impl Shown {
    /// All text, for asserts about what must be there.
    pub fn text(&self) -> String {
        let lines =
            self.items.iter().flat_map(|item| std::iter::once(&item.title).chain(item.sections.iter().flat_map(|(_, lines)| lines)));
        lines.map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    /// Ids of the items in order.
    pub fn order(&self) -> Vec<&str> {
        self.items.iter().map(|item| item.id.as_str()).collect()
    }
}

/// Reads the paper as a person does: what stands in the elements, not what the document holds.
const READ_PAPER: &str = r#"
    const plain = (node) => node.textContent.replaceAll("\u00a0", " ");
    return { items: [...document.querySelectorAll("main.paper article.item[data-item]")].map((item) => ({
        id: item.dataset.item,
        title: plain(item.querySelector("h2 [data-line]") || item.querySelector("h2")),
        sections: [...item.querySelectorAll(".sec[data-section]")].map((section) => [
            section.dataset.section, [...section.querySelectorAll("[data-line]")].map(plain)]),
    })) };
"#;

/// Keeps what a page complains about, from before its first script.
const LISTEN: &str = r#"
    window.__complaints = [];
    const keep = (text) => window.__complaints.push(String(text));
    const error = console.error;
    console.error = (...all) => { keep(all.join(" ")); error(...all); };
    window.addEventListener("error", (event) => keep(event.message));
    window.addEventListener("securitypolicyviolation", (event) => keep(`policy: ${event.violatedDirective} ${event.blockedURI}`));
"#;

/// A window.
pub struct Window {
    name: String,
    program: Program,
}

impl Window {
    /// An empty window with a profile of its own. `name` stands in what a failing test says.
    ///
    /// # Errors
    /// If the browser does not start.
    pub async fn open(name: &str, look: Look) -> Result<Self> {
        Self::open_in(Kind::Chromium, name, look).await
    }

    /// The same in a browser of choice.
    ///
    /// # Errors
    /// If the browser does not start.
    pub async fn open_in(kind: Kind, name: &str, look: Look) -> Result<Self> {
        let program = Program::start(kind).await?;
        program.look(look).await?;
        program.run_before_pages(LISTEN).await?;
        Ok(Self { name: name.to_owned(), program })
    }

    /// Which browser it is.
    pub fn kind(&self) -> Kind {
        self.program.kind()
    }

    pub(super) fn program(&self) -> &Program {
        &self.program
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A command of Chromium's own protocol.
    ///
    /// # Errors
    /// If it refuses, or the browser is another.
    pub async fn command(&self, method: &str, parameters: Value) -> Result<Value> {
        self.program.command(method, parameters).await
    }

    /// Another size or colour scheme.
    ///
    /// # Errors
    /// If the browser refuses.
    pub async fn look(&self, look: Look) -> Result<()> {
        self.program.look(look).await
    }

    /// Shows the page in the few colours that the person's system allows.
    ///
    /// # Errors
    /// If the browser refuses.
    pub async fn force_colours(&self) -> Result<()> {
        let features = json!([{ "name": "forced-colors", "value": "active" }, { "name": "prefers-reduced-motion", "value": "reduce" }]);
        self.command("Emulation.setEmulatedMedia", json!({ "features": features })).await.map(drop)
    }

    /// Opens an address.
    ///
    /// # Errors
    /// If it does not load.
    pub async fn go(&self, url: &str) -> Result<()> {
        self.program.driver().goto(url).await.with_context(|| format!("{}: {url} does not open", self.name))
    }

    /// Loads the page anew.
    ///
    /// # Errors
    /// If it does not load.
    pub async fn reload(&self) -> Result<()> {
        self.program.driver().refresh().await.with_context(|| format!("{}: the page does not load again", self.name))
    }

    /// Runs a script; its `return` is the answer.
    ///
    /// # Errors
    /// If it throws.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        let answer = self.program.driver().execute(script, arguments).await;
        Ok(answer.with_context(|| format!("{}: a script failed", self.name))?.json().clone())
    }

    /// Runs a script that calls its last argument with the answer.
    ///
    /// # Errors
    /// If it throws.
    pub async fn run_async(&self, script: &str) -> Result<Value> {
        let answer = self.program.driver().execute_async(script, Vec::new()).await;
        Ok(answer.with_context(|| format!("{}: a script failed", self.name))?.json().clone())
    }

    /// A command of the editor's test contract.
    ///
    /// # Errors
    /// If it throws.
    pub async fn editor(&self, call: &str, arguments: Vec<Value>) -> Result<Value> {
        self.run(&format!("return window.__editorTest.{call}(...arguments);"), arguments).await
    }

    /// Waits until `script` returns something true.
    ///
    /// # Errors
    /// If it does not in time; a screenshot is left.
    pub async fn wait(&self, what: &str, script: &str) -> Result<Value> {
        let found = until(&format!("{} to see {what}", self.name), async || {
            let answer = self.run(script, Vec::new()).await?;
            Ok((!matches!(answer, Value::Null | Value::Bool(false))).then_some(answer))
        })
        .await;
        self.or_screenshot(found).await
    }

    /// The element, as soon as it is there.
    ///
    /// # Errors
    /// If it does not come in time; a screenshot is left.
    pub async fn find(&self, css: &str) -> Result<WebElement> {
        let found = until(&format!("{} to find {css}", self.name), async || {
            Ok(self.program.driver().find_all(By::Css(css)).await?.into_iter().next())
        })
        .await;
        self.or_screenshot(found).await
    }

    /// Clicks on it.
    ///
    /// # Errors
    /// If it is not there or something lies over it.
    pub async fn click(&self, css: &str) -> Result<()> {
        let element = self.find(css).await?;
        self.or_screenshot(element.click().await.with_context(|| format!("{}: cannot click {css}", self.name))).await
    }

    /// Presses keys where the focus is.
    ///
    /// # Errors
    /// If nothing has the focus.
    pub async fn press(&self, keys: impl Into<thirtyfour::TypingData>) -> Result<()> {
        let focused = self.program.driver().active_element().await?;
        focused.send_keys(keys).await.with_context(|| format!("{}: cannot type", self.name))
    }

    /// Says who one is, in the dialog that asks for it once.
    ///
    /// # Errors
    /// If the dialog does not come, or does not close.
    pub async fn introduce(&self, name: &str, organisation: &str) -> Result<()> {
        self.wait("the dialog that asks who one is", "return document.querySelector('dialog#identity[open]') !== null").await?;
        self.find("dialog#identity input[name=name]").await?.send_keys(name).await?;
        self.find("dialog#identity input[name=organisation]").await?.send_keys(organisation).await?;
        self.press(Key::Enter + "").await?;
        self.wait("the dialog closed", "return document.querySelector('dialog#identity[open]') === null").await.map(drop)
    }

    /// Keeps from now on what the page complains about, where that could not begin with the page.
    pub async fn listen(&self) -> Result<()> {
        match self.kind() {
            Kind::Chromium => Ok(()),
            Kind::Firefox => self.run(LISTEN, Vec::new()).await.map(drop),
        }
    }

    /// Waits until all of the paper can be written in and all is saved.
    ///
    /// # Errors
    /// If it does not get there in time.
    pub async fn wait_ready(&self) -> Result<()> {
        self.wait_editable().await?;
        let drawn =
            "return [...document.querySelectorAll('main.paper article.item')].every((item) => item.querySelector('[contenteditable]'))";
        self.wait("all items drawn", drawn).await?;
        self.wait_saved().await
    }

    /// Waits until what is in view can be written in.
    ///
    /// # Errors
    /// If it does not get there in time.
    pub async fn wait_editable(&self) -> Result<()> {
        let editable = "return document.querySelector('main.paper [data-section-id][contenteditable]') !== null";
        self.wait("the paper editable", editable).await.map(drop)
    }

    /// Waits for *Gemt*.
    ///
    /// # Errors
    /// If it does not come in time.
    pub async fn wait_saved(&self) -> Result<()> {
        self.wait("all saved", "return document.querySelector('.saved')?.dataset.state === 'saved'").await.map(drop)
    }

    /// Waits until the page says that it has no connection.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn wait_offline(&self) -> Result<()> {
        self.wait("that it is offline", "return document.querySelector('.saved')?.dataset.state === 'offline'").await.map(drop)
    }

    /// Whether *Gemt* stands there, and the paper at the same moment.
    ///
    /// # Errors
    /// If there is no paper.
    pub async fn saved_and_shown(&self) -> Result<(bool, Shown)> {
        let script = format!(
            "const paper = (() => {{ {READ_PAPER} }})(); return [document.querySelector('.saved')?.dataset.state === 'saved', paper];"
        );
        Ok(serde_json::from_value(self.run(&script, Vec::new()).await?)?)
    }

    /// The paper as shown.
    ///
    /// # Errors
    /// If there is none.
    pub async fn shown(&self) -> Result<Shown> {
        Ok(serde_json::from_value(self.run(READ_PAPER, Vec::new()).await?)?)
    }

    /// Waits until the paper holds `text`.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn wait_text(&self, text: &str) -> Result<()> {
        self.wait_shown(&format!("{text:?}"), |shown| shown.text().contains(text)).await.map(drop)
    }

    /// Waits until something holds of the paper.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn wait_shown(&self, what: &str, holds: impl Fn(&Shown) -> bool) -> Result<Shown> {
        let found = until(&format!("{} to see {what}", self.name), async || {
            let shown = self.shown().await?;
            Ok(holds(&shown).then_some(shown))
        })
        .await;
        self.or_screenshot(found).await
    }

    /// Puts the caret at an offset of a section, by the test contract.
    ///
    /// # Errors
    /// If there is no such section.
    pub async fn put_caret(&self, section: &SectionId, offset: u32) -> Result<()> {
        self.editor("select", vec![json!(section), json!(offset), json!(offset)]).await.map(drop)
    }

    /// Types into a section at an offset, key by key.
    ///
    /// # Errors
    /// If there is no such section.
    pub async fn type_at(&self, section: &SectionId, offset: u32, text: &str) -> Result<()> {
        self.put_caret(section, offset).await?;
        self.press(text).await
    }

    /// Moves an item up or down in the outline, as the keyboard does.
    ///
    /// # Errors
    /// If it is not in the outline.
    pub async fn move_item(&self, item: &ItemId, down: bool) -> Result<()> {
        let focus = format!(
            "const entry = document.querySelector('nav.outline .toc li[data-item=\"{item}\"]'); \
             const target = entry?.querySelector('a, button, [tabindex]') ?? entry; target?.focus(); return document.activeElement === target;"
        );
        let focused = self.run(&focus, Vec::new()).await?;
        ensure!(focused == Value::Bool(true), "{}: item {item} of the outline takes no focus", self.name);
        let arrow = if down { Key::Down } else { Key::Up };
        self.press(Key::Alt + Key::Shift + arrow).await
    }

    /// What axe-core finds on the page.
    ///
    /// # Errors
    /// If it does not run.
    pub async fn accessibility_violations(&self) -> Result<Vec<Violation>> {
        axe::violations(self).await
    }

    /// What the page complained about since it was loaded: errors, and what its policy refused.
    ///
    /// # Errors
    /// If the page is gone.
    pub async fn complaints(&self) -> Result<Vec<String>> {
        Ok(serde_json::from_value(self.run("return window.__complaints ?? [];", Vec::new()).await?)?)
    }

    /// Leaves a picture in `target/screens`, and answers where.
    ///
    /// # Errors
    /// If it cannot be written.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/screens");
        std::fs::create_dir_all(&folder).context("cannot make target/screens")?;
        let path = folder.join(format!("{name}.png"));
        self.program.driver().screenshot(&path).await?;
        Ok(path)
    }

    async fn or_screenshot<T>(&self, result: Result<T>) -> Result<T> {
        let Err(error) = result else { return result };
        let name = format!("failed-{}-{}", std::process::id(), self.name);
        let picture = self.screenshot(&name).await.map_or_else(|_| "no picture".to_owned(), |path| path.display().to_string());
        let state = self.run("return document.querySelector('.saved')?.outerHTML ?? null", Vec::new()).await.unwrap_or_default();
        let complaints = self.complaints().await.unwrap_or_default();
        bail!("{error:#}\n  picture: {picture}\n  save state: {state}\n  complaints: {complaints:?}")
    }
}
