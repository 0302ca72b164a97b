//! The stock y-websocket provider of npm co-edits with our own client.

use anyhow::Result;
use dagsorden_shared::agenda::Field;
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::stock::StockClient;
use dagsorden_tests::sync_client::SyncClient;

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
