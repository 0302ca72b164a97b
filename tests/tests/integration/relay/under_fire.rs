//! Fuzzed frames from many connections at one document while somebody types in another: the process stays, the typing is acknowledged, all
//! replicas are equal. What passes may well delete, as any writer may; so nobody types in the document under fire.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use dagsorden_shared::agenda::{Agenda, Edit, Origin};
use dagsorden_shared::protocol::ClientMessage;
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use dagsorden_tests::fixture;
use dagsorden_tests::load::raw_socket::{RawFrame, RawSocket};
use dagsorden_tests::load::size;
use dagsorden_tests::server::{Setup, TestServer};
use dagsorden_tests::sync_client::{Heard, SyncClient};
use futures_util::future::join_all;
use tokio::task::LocalSet;
use tokio::time::{interval, timeout, timeout_at};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ReadTxn, StateVector, Transact, Update};

use super::{field, fresh, text};

const ATTACKERS: u32 = 16;
/// Frames that an attacker sends on one connection, all at once; it ends with the first that is refused.
const BURST: u32 = 20;
/// How fast somebody types: twenty words a second.
const PACE: Duration = Duration::from_millis(50);

/// How hard the attack is, and what the typing may suffer.
#[derive(Clone, Copy)]
struct Extent {
    time: Duration,
    /// Fuzzed frames a second, of all attackers.
    rate: u32,
    /// So many of a hundred acknowledgements come so soon.
    percent: usize,
    soon: Duration,
}

/// Numbers by a rule, so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or(0) % end.max(1)
    }
}

/// What an honest page would send.
struct Honest {
    /// A letter, and the whole document.
    updates: Vec<Vec<u8>>,
    /// Whole frames.
    frames: Vec<Vec<u8>>,
}

impl Honest {
    fn beside(witness: &SyncClient) -> Result<Self> {
        let copy = Agenda::new(fresh());
        let state = witness.agenda().doc().transact().encode_state_as_update_v1(&StateVector::default());
        copy.doc().transact_mut_with(Origin::Remote.as_str()).apply_update(Update::decode_v1(&state)?)?;
        let before = copy.doc().transact().state_vector();
        let delta = Delta::new().insert("fjendtlig", Attributes::new());
        copy.apply(&[Edit::Text { field: field(witness.agenda(), 1, 1)?, delta }], Origin::Local)?;
        let typed = copy.doc().transact().encode_diff_v1(&before);
        let frames = vec![
            ClientMessage::SyncStep2(&typed).encode(),
            ClientMessage::SyncStep1(&before.encode_v1()).encode(),
            ClientMessage::Awareness(Vec::new()).encode(),
            vec![1, 8, 1, 9, 1, 4, b'{', b'"', b'"', b'}'],
        ];
        Ok(Self { updates: vec![typed, state], frames })
    }

    /// A frame with some of its bytes changed: anywhere in `whole` ones, else within the update alone, so that the gate has to judge it.
    fn fuzzed(&self, dice: &mut Dice, whole: bool) -> Vec<u8> {
        let of = if whole { &self.frames } else { &self.updates };
        let mut bytes = of[dice.below(of.len())].clone();
        for _ in 0..=dice.below(4) {
            let at = dice.below(bytes.len());
            bytes[at] = match dice.below(3) {
                0 => bytes[at] ^ (1 << dice.below(8)),
                1 => 0xff,
                _ => u8::try_from(dice.below(256)).unwrap_or(0),
            };
        }
        match (whole, dice.below(2)) {
            (true, _) => bytes,
            (false, 0) => ClientMessage::SyncStep2(&bytes).encode(),
            (false, _) => ClientMessage::Update(&bytes).encode(),
        }
    }
}

/// Where the attackers fire, with what, and how much of it.
struct Target {
    server: SocketAddr,
    path: String,
    honest: Honest,
    end: Instant,
    rate: u32,
    sent: AtomicU64,
    /// Connections that the server ended with a code.
    closed: AtomicU64,
}

impl Target {
    async fn attack(&self, number: u32) {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ u64::from(number + 1));
        let mut bursts = interval(Duration::from_secs(1) * BURST * ATTACKERS / self.rate);
        while Instant::now() < self.end {
            bursts.tick().await;
            let Ok(RawSocket { mut sender, mut receiver }) = RawSocket::connect(self.server, &self.path).await else { continue };
            // A frame that is no message ends a connection before the gate has looked at what came with it.
            let whole = dice.below(4) == 0;
            for _ in 0..BURST {
                sender.queue(&[&self.honest.fuzzed(&mut dice, whole)]);
            }
            if sender.flush().await.is_ok() {
                self.sent.fetch_add(BURST.into(), Ordering::Relaxed);
            }
            // The answers, and the close that most get.
            let _ = timeout(Duration::from_millis(50), async {
                while let Ok(frame) = receiver.next().await {
                    if let RawFrame::Close(code) = frame {
                        self.closed.fetch_add(code.is_some().into(), Ordering::Relaxed);
                        return;
                    }
                }
            })
            .await;
        }
    }
}

/// Reads what reaches somebody until it is over.
async fn follow(mut witness: SyncClient, end: Instant) -> Result<SyncClient> {
    while let Ok(heard) = timeout_at(end.into(), witness.hear()).await {
        if let Heard::Closed(code) = heard? {
            bail!("the witness was closed with {code:?}");
        }
    }
    Ok(witness)
}

/// So many updates the server says it has refused.
async fn refused(server: &TestServer, figures: &str) -> Result<u64> {
    let figures = server.http().get(figures).send().await?.text().await?;
    let lines = figures.lines().filter(|line| line.starts_with("dagsorden_updates_refused_total"));
    Ok(lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum())
}

#[tokio::test]
async fn fuzzed_frames_from_many_connections_harm_nobody_who_types() -> Result<()> {
    let extent = size(
        // A server that is not optimised, on a machine that does other things as well.
        Extent { time: Duration::from_secs(4), rate: 1_000, percent: 95, soon: Duration::from_secs(1) },
        Extent { time: Duration::from_secs(60), rate: 10_000, percent: 99, soon: Duration::from_millis(250) },
    );
    let everything = async {
        let environment = vec![("DAGSORDEN_METRICS".to_owned(), "127.0.0.1:0".to_owned())];
        let server = TestServer::start_with(Setup { environment, ..Setup::default() })?;
        let log = server.whole_log()?;
        let figures = log.lines().find_map(|line| line.split_once("figures on ")).context("it did not say where its figures are")?.1;
        let (attacked, created) = (server.import(&fixture::meeting()).await?, server.import(&fixture::meeting()).await?);
        let witness = SyncClient::connect(server.address(), &attacked.document, fresh()).await?;
        let mut writer = SyncClient::connect(server.address(), &created.document, fresh()).await?;
        let place = field(writer.agenda(), 1, 1)?;
        let target = Arc::new(Target {
            server: server.address(),
            path: format!("/sync/{}?v=1", attacked.document),
            honest: Honest::beside(&witness)?,
            end: Instant::now() + extent.time,
            rate: extent.rate,
            sent: AtomicU64::new(0),
            closed: AtomicU64::new(0),
        });
        let (fired, end) = (Arc::clone(&target), target.end);
        // A thread of their own: the time they take is not the typist's.
        let attackers = std::thread::spawn(move || -> Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(join_all((0..ATTACKERS).map(|number| fired.attack(number))));
            Ok(())
        });
        let witness = tokio::task::spawn_local(follow(witness, end));
        let mut waits = Vec::new();
        let mut words = interval(PACE);
        while Instant::now() < end {
            words.tick().await;
            let start = Instant::now();
            writer.append(&place, &format!("ord{};", waits.len())).await?;
            writer.wait_saved().await?;
            waits.push(start.elapsed());
        }
        ensure!(tokio::task::spawn_blocking(|| attackers.join()).await?.is_ok_and(|ended| ended.is_ok()), "the attackers fell");
        let mut witness = witness.await??;

        waits.sort_unstable();
        let late = *waits.get(waits.len() * extent.percent / 100).context("somebody typed")?;
        let (sent, closed) = (target.sent.load(Ordering::Relaxed), target.closed.load(Ordering::Relaxed));
        let refused = refused(&server, figures).await?;
        let rate = sent / extent.time.as_secs();
        eprintln!(
            "{sent} fuzzed frames, {rate} a second: {refused} updates refused, {closed} connections ended; beside them {} words typed, {} of 100 \
             acknowledged within {} ms; process {} as at the start",
            waits.len(),
            extent.percent,
            late.as_millis(),
            server.process()
        );
        ensure!(late < extent.soon, "{} of 100 words acknowledged within {late:?}", extent.percent);
        ensure!(rate >= u64::from(extent.rate) * 9 / 10 && refused > sent / 1_000, "{rate} fuzzed frames a second are no attack");
        ensure!(server.meetings().await?.len() == 2, "the server stays up");
        let stored = SyncClient::connect(server.address(), &created.document, fresh()).await?;
        let stored = text(stored.agenda(), &place);
        ensure!((0..waits.len()).all(|number| stored.contains(&format!("ord{number};"))), "no word is lost");
        let newcomer = SyncClient::connect(server.address(), &attacked.document, fresh()).await?;
        let equal = |witness: &SyncClient| witness.agenda().snapshot() == newcomer.agenda().snapshot();
        witness.wait_until("who followed reads what the newcomer reads", equal).await
    };
    LocalSet::new().run_until(everything).await
}
