//! The stock y-websocket provider of npm co-edits with our own client.

use anyhow::Result;
use dagsorden_shared::agenda::Field;
use dagsorden_shared::protocol::close_code;
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::stock::StockClient;
use dagsorden_tests::sync_client::SyncClient;
use serde_json::json;

use super::{fresh, section};

#[tokio::test]
async fn a_stock_provider_connects_and_co_edits() -> Result<()> {
    let mut server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let mut ours = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let (item, place) = section(ours.agenda(), 1, 1)?;
    let field = Field::Section(item.clone(), place.clone());
    let mut stock = StockClient::connect(server.address(), &created.document).await?;
    stock.insert(&item, &place, 0, "fra Yjs: ").await?;
    ours.wait_until("what the stock client typed is here", |ours| super::text(ours.agenda(), &field).starts_with("fra Yjs: ")).await?;
    ours.type_at(&field, 9, "og fra os, ").await?;
    ours.wait_saved().await?;
    let theirs = stock.wait_for(&item, &place, "fra Yjs: og fra os, ").await?;
    assert_eq!(theirs, super::text(ours.agenda(), &field));
    // It comes back by itself, with what it wrote meanwhile.
    server.kill9()?;
    stock.insert(&item, &place, 0, "imens, ").await?;
    server.restart()?;
    let mut again = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    again
        .wait_until("what the stock client typed meanwhile is here", |ours| {
            super::text(ours.agenda(), &field).starts_with("imens, fra Yjs: ")
        })
        .await?;
    Ok(())
}

/// What Quill 2 with its toolbar reports for formats that we know, do not know, and take off again.
#[tokio::test]
async fn what_a_quill_editor_writes_is_taken() -> Result<()> {
    let server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let mut ours = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let (item, place) = section(ours.agenda(), 1, 1)?;
    let field = Field::Section(item.clone(), place.clone());
    let mut stock = StockClient::connect(server.address(), &created.document).await?;
    let runs = [
        json!({ "bold": true, "italic": true, "underline": true, "strike": true }),
        json!({ "link": "https://example.dk/æ" }),
        json!({ "link": "example.dk" }),
        json!({ "color": "#e60000", "background": "rgb(255, 255, 0)", "font": "serif", "size": "large", "script": "super", "code": true }),
        json!({ "bold": null, "color": null, "link": null }),
    ];
    let lines = [
        json!({ "header": 1 }),
        json!({ "header": 4 }),
        json!({ "list": "ordered", "indent": 2 }),
        json!({ "list": "unchecked" }),
        json!({ "blockquote": true }),
        json!({ "code-block": true }),
        json!({ "code-block": "plain" }),
        json!({ "align": "center", "direction": "rtl" }),
        json!({ "table": "row-x0eb" }),
        json!({ "list": null, "header": null, "indent": null, "table": null }),
    ];
    for (number, (words, line)) in runs.iter().cycle().zip(&lines).enumerate() {
        let word = format!("linje{number}");
        let delta =
            json!([{ "insert": word, "attributes": words }, { "insert": "\n", "attributes": line }, { "retain": 1, "attributes": words }]);
        stock.apply_delta(&item, &place, &delta).await?;
        ours.wait_until(&word, |ours| super::text(ours.agenda(), &field).contains(&word)).await?;
    }
    assert_eq!(stock.read(&item, &place).await?, super::text(ours.agenda(), &field));
    Ok(())
}

#[tokio::test]
async fn what_no_agenda_holds_ends_a_stock_replica_for_good() -> Result<()> {
    let server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let ours = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let (item, place) = section(ours.agenda(), 1, 1)?;
    let deltas = [
        json!([{ "insert": { "image": "data:image/png;base64,AAAA" } }]),
        json!([{ "insert": "klik", "attributes": { "link": "javascript:alert(1)" } }]),
        json!([{ "insert": "klik", "attributes": { "onclick": "alert(1)" } }]),
    ];
    for delta in deltas {
        let mut stock = StockClient::connect(server.address(), &created.document).await?;
        stock.apply_delta(&item, &place, &delta).await?;
        assert_eq!(stock.wait_closed().await?, u64::from(close_code::REFUSED), "{delta}");
    }
    let fresh_one = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    assert_eq!(fresh_one.agenda().snapshot(), ours.agenda().snapshot());
    Ok(())
}
