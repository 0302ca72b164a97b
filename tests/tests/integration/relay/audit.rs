//! What was refused can be asked for afterwards: who, where and when, but never what.

use std::fs;

use anyhow::{Context, Result, ensure};
use dagsorden_shared::protocol::close_code;
use dagsorden_tests::fixture;
use dagsorden_tests::server::{TestServer, command};
use dagsorden_tests::sync_client::SyncClient;
use dagsorden_tests::wait::until;
use serde_json::Value;

use super::fresh;

const CANARY: &str = "kanariefugl";

/// The trail, while the server runs or not.
fn trail(server: &TestServer, arguments: &[&str]) -> Result<String> {
    let output = command(&server.data(), &[&["audit"], arguments].concat())?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

#[tokio::test]
async fn each_refusal_is_counted_in_the_audit_trail_with_who_and_where_and_never_with_its_text() -> Result<()> {
    const REFUSALS: u64 = 20;
    let mut server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    // What people do stands in the trail as well: here the import.
    let acts = trail(&server, &[])?.lines().count();
    for _ in 0..REFUSALS {
        let mut client = SyncClient::connect(server.address(), &created.document, fresh()).await?;
        client.send_update(CANARY.as_bytes()).await?;
        assert_eq!(client.wait_closed().await?, Some(close_code::REFUSED));
    }
    until("the first entry", async || Ok((trail(&server, &[])?.lines().count() > acts).then_some(()))).await?;
    assert!(server.terminate()?.success());
    let printed = trail(&server, &["--json"])?;
    let rows: Vec<Value> = printed.lines().skip(acts).map(serde_json::from_str).collect::<Result<_, _>>()?;
    assert!(rows.len() <= 2, "one row for the first and one for the rest: {printed}");
    assert_eq!(rows.iter().filter_map(|row| row["times"].as_u64()).sum::<u64>(), REFUSALS);
    for row in &rows {
        assert_eq!((&row["document"], &row["meeting"]), (&created.document.as_str().into(), &created.meeting.as_str().into()));
        assert_eq!((&row["verb"], &row["result"]), (&"write".into(), &"refused:malformed".into()));
        assert_eq!((&row["user"], &row["name"]), (&"guest".into(), &"Gæst".into()));
        assert!(row["first"].as_str().context("it says when")?.ends_with('Z'), "in UTC: {row}");
    }
    let lines = trail(&server, &[])?;
    assert!(
        lines.lines().skip(acts).all(|line| line.contains(" write refused:malformed") && line.contains(created.document.as_str())),
        "{lines}"
    );
    for entry in fs::read_dir(server.data())? {
        let path = entry?.path();
        // The folder of the attachments: nobody brought one.
        if path.is_dir() {
            ensure!(fs::read_dir(&path)?.all(|inner| inner.is_ok_and(|inner| inner.path().is_dir())), "{}", path.display());
            continue;
        }
        let bytes = fs::read(path)?;
        assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()), "what was refused is nowhere on the disk");
    }
    let verified = command(&server.data(), &["verify"])?;
    assert_eq!(String::from_utf8(verified.stdout)?, "1 meeting, 1 document: whole\n");
    Ok(())
}
