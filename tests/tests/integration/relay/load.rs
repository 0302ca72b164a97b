//! More than the everyday: many at once, many who do not read, many who stay and many who come and go. Sizes are modest; with
//! `DAGSORDEN_TEST_LOAD=full` they are those the relay is held against.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use dagsorden_shared::agenda::{Agenda, Edit, Field, Origin};
use dagsorden_shared::meeting_json::{ItemJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use dagsorden_tests::fixture;
use dagsorden_tests::load::process::{descriptors, memory};
use dagsorden_tests::load::raw_socket::RawSocket;
use dagsorden_tests::load::size;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::SyncClient;
use dagsorden_tests::wait::until;
use futures_util::future::try_join_all;
use yrs::updates::decoder::Decode;
use yrs::{ReadTxn, StateVector, Transact, Update};

use super::{field, fresh};

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
    eprintln!("{} writers came back after a restart: all in sync after {} ms", clients.len(), taken.as_millis());
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
    eprintln!("{} who never read: {} KiB each; slowest answer to the writer {} ms", deaf.len(), each >> 10, slowest.as_millis());
    assert!(each < 4 << 20, "{} KiB for each of {}", each >> 10, deaf.len());
    assert!(slowest < Duration::from_secs(10), "{slowest:?}");
    Ok(())
}

/// Somebody who stays, with a section of their own. What they type goes behind what they typed before, so a document holds each person's words
/// as one piece and what grows is the text alone.
struct Stayer {
    client: SyncClient,
    place: Field,
}

impl Stayer {
    async fn write(&mut self) -> Result<()> {
        self.client.append(&self.place, "ord ").await?;
        self.client.wait_saved().await
    }
}

#[tokio::test]
async fn those_who_stay_and_those_who_come_and_go_leave_nothing_behind() -> Result<()> {
    const IN_A_ROOM: usize = 10;
    const MOST: u64 = 16 << 20;
    let (stay, come, time, pause) =
        size((20, 20, Duration::from_secs(2), Duration::ZERO), (200, 50, Duration::from_secs(1_200), Duration::from_secs(1)));
    let server = TestServer::start()?;
    let section = || SectionJson { kind: SectionKind::Background, ..SectionJson::default() };
    let item = ItemJson { title: "Fælles skrivning".into(), sections: (0..IN_A_ROOM).map(|_| section()).collect(), ..ItemJson::default() };
    let meeting = MeetingJson { forum: "Kystkredsen".into(), items: vec![item], ..MeetingJson::default() };
    let (mut stayers, mut documents) = (Vec::new(), Vec::new());
    for _ in 0..stay / IN_A_ROOM {
        let document = server.import(&meeting).await?.document;
        for place in 0..IN_A_ROOM {
            let client = SyncClient::connect(server.address(), &document, fresh()).await?;
            let place = field(client.agenda(), 0, place)?;
            stayers.push(Stayer { client, place });
        }
        documents.push(document);
    }
    let (start, mut words, mut visits) = (Instant::now(), 0, 0);
    let mut rounds = tokio::time::interval(pause.max(Duration::from_millis(1)));
    let mut warm = None;
    let (descriptors_before, memory_before) = loop {
        rounds.tick().await;
        try_join_all(stayers.iter_mut().map(Stayer::write)).await?;
        words += stayers.len();
        let visitors = (0..come).map(|visitor| SyncClient::connect(server.address(), &documents[visitor % documents.len()], fresh()));
        for visitor in try_join_all(visitors).await? {
            visitor.close().await?;
        }
        visits += come;
        if start.elapsed() > time / 10 {
            let now = (descriptors(server.process())?, memory(server.process())?);
            let before = *warm.get_or_insert(now);
            if start.elapsed() > time {
                break before;
            }
        }
    };
    until("all descriptors to be given back", async || Ok((descriptors(server.process())? <= descriptors_before + 8).then_some(())))
        .await?;
    let (descriptors, memory) = (descriptors(server.process())?, memory(server.process())?);
    eprintln!(
        "{} s with {stay} who wrote {words} words and {visits} visits: descriptors {descriptors_before}, then {descriptors}; memory {} KiB, then \
         {} KiB",
        start.elapsed().as_secs(),
        memory_before >> 10,
        memory >> 10
    );
    ensure!(memory.saturating_sub(memory_before) < MOST, "{} KiB more", (memory - memory_before) >> 10);
    for room in stayers.chunks_mut(IN_A_ROOM) {
        let written = words / stay;
        for stayer in room {
            let all = |client: &SyncClient| {
                let bodies = client.agenda().snapshot().items.into_iter().flat_map(|item| item.sections).map(|section| section.body.text());
                bodies.map(|text| text.matches("ord ").count()).sum::<usize>() == written * IN_A_ROOM
            };
            stayer.client.wait_until("everybody's words", all).await?;
        }
    }
    server.http().get(server.url("/healthz")).send().await?.error_for_status().map(drop).context("it is not well")
}
