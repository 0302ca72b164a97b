//! How soon one change is on disk and acknowledged, beside what the disk alone takes.
//!
//! An acknowledgement waits for the disk, so its floor is an append and its fdatasync in the same file system.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use dagsorden_shared::agenda::Field;
use dagsorden_shared::meeting_json::{ItemJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::SyncClient;

use crate::figures::{Table, median, percentile};

const RUNS: usize = 3;
const ACKNOWLEDGEMENTS: usize = 300;

/// Percentiles, medians over the runs.
pub(super) async fn measure() -> Result<Table> {
    let server = TestServer::start()?;
    let (mut floor, mut acknowledged) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let percentiles = |times: &[f64]| [percentile(times, 50.0), percentile(times, 99.0)];
        floor.push(percentiles(&sync_times(&server.data())?));
        acknowledged.push(percentiles(&acknowledgement_times(&server).await?));
    }
    let middle = |runs: &[[f64; 2]]| (0..2).map(|at| median(&runs.iter().map(|run| run[at]).collect::<Vec<_>>())).collect::<Vec<_>>();
    let mut table = Table::new(&["p50", "p99"], 0);
    table.row("append and fdatasync", middle(&floor));
    table.row("acknowledged", middle(&acknowledged));
    Ok(table)
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

/// What the disk takes for as many bytes as the write-ahead log of a small change.
fn sync_times(folder: &Path) -> Result<Vec<f64>> {
    const PAGES: [u8; 3 * 4_120] = [7; 3 * 4_120];
    let path = folder.join("bench.tmp");
    let mut file = File::create(&path).context("cannot make a file beside the database")?;
    let times = (0..ACKNOWLEDGEMENTS).map(|_| {
        let start = Instant::now();
        file.write_all(&PAGES)?;
        file.sync_data()?;
        Ok(milliseconds(start))
    });
    let times = times.collect::<Result<_>>();
    std::fs::remove_file(&path).context("cannot remove it again")?;
    times
}

async fn acknowledgement_times(server: &TestServer) -> Result<Vec<f64>> {
    let section = SectionJson { kind: SectionKind::Background, ..SectionJson::default() };
    let item = ItemJson { title: "Fælles skrivning".into(), sections: vec![section], ..ItemJson::default() };
    let meeting = server.import(&MeetingJson { forum: "Kystkredsen".into(), items: vec![item], ..MeetingJson::default() }).await?;
    let mut client = SyncClient::connect(server.address(), &meeting.document, fixture::client(1)).await?;
    let item = client.agenda().snapshot().items.into_iter().next().context("the meeting has no item")?;
    let section = item.sections.into_iter().next().context("the item has no section")?;
    let field = Field::Section(item.id, section.id);
    let mut times = Vec::with_capacity(ACKNOWLEDGEMENTS);
    for offset in 0..u32::try_from(ACKNOWLEDGEMENTS)? {
        let start = Instant::now();
        client.type_at(&field, offset, "a").await?;
        client.wait_saved().await?;
        times.push(milliseconds(start));
    }
    Ok(times)
}
