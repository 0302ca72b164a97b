//! More than the everyday: many at once, many who do not read, many who come and go. Sizes are modest; with `DAGSORDEN_TEST_LOAD=full` they
//! are those the relay is held against.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use dagsorden_shared::agenda::{Agenda, Edit, Field, Origin};
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use dagsorden_tests::fixture;
use dagsorden_tests::load::process::{descriptors, memory};
use dagsorden_tests::load::raw_socket::RawSocket;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::SyncClient;
use dagsorden_tests::wait::until;
use futures_util::future::try_join_all;
use yrs::updates::decoder::Decode;
use yrs::{ReadTxn, StateVector, Transact, Update};

use super::{field, fresh};

fn size(modest: usize, full: usize) -> usize {
    if std::env::var("DAGSORDEN_TEST_LOAD").is_ok_and(|size| size == "full") { full } else { modest }
}

fn type_in(agenda: &Agenda, field: &Field, text: &str) -> Result<()> {
    let delta = Delta::new().insert(text, Attributes::new());
    agenda.apply(&[Edit::Text { field: field.clone(), delta }], Origin::Local)?;
    Ok(())
}

#[tokio::test]
async fn writers_who_all_come_back_after_a_restart_are_in_sync_soon() -> Result<()> {
    const IN_A_ROOM: usize = 20;
    let mut server = TestServer::start()?;
    let mut rooms = Vec::new();
    for _ in 0..size(200, 2_000) / IN_A_ROOM {
        let document = server.import(&fixture::meeting()).await?.document;
        let client = SyncClient::connect(server.address(), &document, fresh()).await?;
        let state = client.agenda().doc().transact().encode_state_as_update_v1(&StateVector::default());
        let place = field(client.agenda(), 1, 0)?;
        rooms.push((document, place, state));
    }
    server.kill9()?;
    // While the server is away each writes a word.
    let mut agendas = Vec::new();
    for (document, place, state) in &rooms {
        for _ in 0..IN_A_ROOM {
            let agenda = Agenda::new(fresh());
            agenda.doc().transact_mut().apply_update(Update::decode_v1(state)?)?;
            type_in(&agenda, place, "ord ")?;
            agendas.push((document.clone(), agenda));
        }
    }
    server.restart()?;
    let start = Instant::now();
    let address = server.address();
    let back = agendas.into_iter().map(async |(document, agenda)| {
        let mut client = SyncClient::connect_with(address, &document, agenda).await?;
        client.wait_saved().await?;
        anyhow::Ok(client)
    });
    let mut clients = try_join_all(back).await?;
    let wait = clients.iter_mut().enumerate().map(async |(at, client)| {
        let (_, place, _) = &rooms[at / IN_A_ROOM];
        let words = |client: &SyncClient| client.agenda().body(place).map_or(0, |body| body.text().matches("ord ").count());
        // The text itself may hold the word too.
        client.wait_until("everybody's word", |client| words(client) >= IN_A_ROOM).await
    });
    try_join_all(wait).await?;
    let taken = start.elapsed();
    for room in clients.chunks(IN_A_ROOM) {
        let first = room[0].agenda().snapshot();
        ensure!(room.iter().all(|client| client.agenda().snapshot() == first), "not all show the same");
    }
    assert!(taken < Duration::from_secs(30), "{taken:?}");
    Ok(())
}

#[tokio::test]
async fn those_who_never_read_cost_little_and_hold_nobody_up() -> Result<()> {
    let server = TestServer::start()?;
    let document = server.import(&fixture::meeting()).await?.document;
    let mut writer = SyncClient::connect(server.address(), &document, fresh()).await?;
    let place = field(writer.agenda(), 1, 0)?;
    let before = memory(server.process())?;
    let path = format!("/sync/{document}?v=1");
    let mut deaf = Vec::new();
    for _ in 0..size(40, 1_000) {
        let mut socket = RawSocket::connect(server.address(), &path).await?;
        socket.sender.send(&[&[0, 0, 1, 0]]).await?;
        deaf.push(socket);
    }
    let (mut most, mut slowest) = (before, Duration::ZERO);
    for _ in 0..40 {
        let typed = Instant::now();
        writer.type_at(&place, 0, &"ord ".repeat(50_000)).await?;
        writer.wait_saved().await?;
        writer.edit(&[Edit::Text { field: place.clone(), delta: Delta::new().delete(200_000) }]).await?;
        writer.wait_saved().await?;
        slowest = slowest.max(typed.elapsed());
        most = most.max(memory(server.process())?);
    }
    let each = (most - before) / deaf.len() as u64;
    assert!(each < 4 << 20, "{} KiB for each of {}", each >> 10, deaf.len());
    assert!(slowest < Duration::from_secs(10), "{slowest:?}");
    Ok(())
}

#[tokio::test]
async fn who_comes_and_goes_leaves_nothing_behind() -> Result<()> {
    let server = TestServer::start()?;
    let document = server.import(&fixture::meeting()).await?.document;
    let start = Instant::now();
    let mut first = None;
    let time = Duration::from_secs(size(2, 1_200) as u64);
    loop {
        let come = (0..size(20, 200)).map(|_| SyncClient::connect(server.address(), &document, fresh()));
        for client in try_join_all(come).await? {
            client.close().await?;
        }
        let before = *first.get_or_insert((descriptors(server.process())?, memory(server.process())?));
        if start.elapsed() > time {
            until("all descriptors to be given back", async || Ok((descriptors(server.process())? <= before.0 + 8).then_some(()))).await?;
            let grown = memory(server.process())?.saturating_sub(before.1);
            assert!(grown < 16 << 20, "{} KiB more", grown >> 10);
            return server.http().get(server.url("/healthz")).send().await?.error_for_status().map(drop).context("it is not well");
        }
    }
}
