//! The stock Quill with y-quill that our page stands beside: its script, and the one section that it can hold.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::Created;
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_tests::server::TestServer;
use dagsorden_tests::stock::npm_folder;
use dagsorden_tests::sync_client::SyncClient;
use serde_json::json;
use tokio::process::Command;

/// A meeting whose one section holds all these lines: what one Quill can hold.
pub(crate) struct OneSection {
    pub(crate) meeting: Created,
    pub(crate) item: ItemId,
    pub(crate) section: SectionId,
}

impl OneSection {
    /// Stores it.
    pub(crate) async fn store(server: &TestServer, lines: &[String]) -> Result<Self> {
        let blocks = lines.iter().filter(|line| !line.is_empty()).map(|line| BlockJson::paragraph(line.clone())).collect();
        let section = SectionJson { heading: Some("Sagen".into()), kind: SectionKind::Case, blocks, ..SectionJson::default() };
        let item = ItemJson { number: Some("1".into()), title: "Sagen".into(), sections: vec![section], ..ItemJson::default() };
        let json = MeetingJson { forum: "Kystkredsen".into(), title: "Møde".into(), items: vec![item], ..MeetingJson::default() };
        let meeting = server.import(&json).await?;
        let reader = SyncClient::connect(server.address(), &meeting.document, dagsorden_tests::fixture::client(99)).await?;
        let snapshot = reader.agenda().snapshot();
        let item = snapshot.items.first().context("the meeting has no item")?;
        let section = item.sections.first().context("the item has no section")?;
        Ok(Self { meeting, item: item.id.clone(), section: section.id.clone() })
    }

    /// The call that opens it, in the script of [`bundle`].
    pub(crate) fn start(&self) -> String {
        let Self { meeting, item, section } = self;
        format!("startQuill({}, {}, {})", json!(meeting.document), json!(item), json!(section))
    }
}

/// The stock page's script, with all that it imports.
pub(crate) async fn bundle() -> Result<String> {
    let arguments = ["quill.js", "--bundle", "--minify", "--format=iife", "--log-level=error"];
    let esbuild = npm_folder().join("node_modules/.bin/esbuild");
    let done = Command::new(esbuild).args(arguments).current_dir(npm_folder()).stderr(Stdio::inherit()).output().await;
    let done = done.context("cannot start esbuild: npm ci in tests/npm")?;
    ensure!(done.status.success(), "esbuild ended with {}", done.status);
    String::from_utf8(done.stdout).context("esbuild writes text")
}
