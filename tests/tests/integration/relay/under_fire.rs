//! Fuzzed frames from many connections at one document while somebody types in another: the process stays, the typing is acknowledged, all
//! replicas are equal. What passes may well delete, as any writer may; so nobody types in the document under fire.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use dagsorden_shared::agenda::Origin;
use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::ClientMessage;
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::SyncClient;
use futures_util::{SinkExt, StreamExt};
use tokio::task::LocalSet;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use yrs::{ReadTxn, StateVector, Transact};

use super::{field, fresh, text};

const ATTACKERS: u64 = 8;
/// Frames that an attacker sends on one connection; most end at the first that is refused.
const BURST: u64 = 50;
const DURATION: Duration = Duration::from_secs(4);
/// What nineteen of twenty acknowledgements stay under, on a machine that does other things as well and with a server that is not optimised.
const SOON: Duration = Duration::from_secs(1);

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

/// An honest frame with some of its bytes changed.
fn fuzzed(dice: &mut Dice, honest: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = honest[dice.below(honest.len())].clone();
    for _ in 0..=dice.below(4) {
        // The first two bytes say which message it is: mostly they stay, so that what is inside is looked at.
        let at = if dice.below(8) == 0 { 0 } else { 2.min(bytes.len() - 1) + dice.below(bytes.len().saturating_sub(2)) };
        let Some(byte) = bytes.get_mut(at) else { continue };
        *byte = match dice.below(3) {
            0 => *byte ^ (1 << dice.below(8)),
            1 => 0xff,
            _ => u8::try_from(dice.below(256)).unwrap_or(0),
        };
    }
    bytes
}

async fn attack(server: SocketAddr, document: DocumentId, number: u64, honest: Rc<Vec<Vec<u8>>>, sent: Rc<Cell<u64>>, end: Instant) {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ (number + 1));
    while Instant::now() < end {
        let Ok((mut socket, _)) = connect_async(format!("ws://{server}/sync/{document}?v=1")).await else { continue };
        for _ in 0..BURST {
            if socket.send(Message::binary(fuzzed(&mut dice, &honest))).await.is_err() {
                break;
            }
            sent.set(sent.get() + 1);
        }
        // The answer, or the close that most get.
        let _ = tokio::time::timeout(Duration::from_millis(50), socket.next()).await;
    }
}

#[tokio::test]
async fn fuzzed_frames_from_many_connections_harm_nobody_who_types() -> Result<()> {
    let everything = async {
        let server = TestServer::start()?;
        let (attacked, created) = (server.import(&fixture::meeting()).await?, server.import(&fixture::meeting()).await?);
        let mut witness = SyncClient::connect(server.address(), &attacked.document, fresh()).await?;
        let mut writer = SyncClient::connect(server.address(), &created.document, fresh()).await?;
        let place = field(writer.agenda(), 1, 1)?;
        // What an honest page would send, whole and in part.
        let copy = dagsorden_shared::agenda::Agenda::new(fresh());
        let state = witness.agenda().doc().transact().encode_state_as_update_v1(&StateVector::default());
        let update = yrs::updates::decoder::Decode::decode_v1(&state)?;
        copy.doc().transact_mut_with(Origin::Remote.as_str()).apply_update(update)?;
        let before = copy.doc().transact().state_vector();
        let delta = dagsorden_shared::richtext::delta::Delta::new().insert("fjendtlig", Default::default());
        copy.apply(&[dagsorden_shared::agenda::Edit::Text { field: field(witness.agenda(), 1, 1)?, delta }], Origin::Local)?;
        let typed = copy.doc().transact().encode_diff_v1(&before);
        let vector = yrs::updates::encoder::Encode::encode_v1(&before);
        let honest = Rc::new(vec![
            ClientMessage::Update(&typed).encode(),
            ClientMessage::SyncStep2(&typed).encode(),
            ClientMessage::SyncStep2(&state).encode(),
            ClientMessage::SyncStep1(&vector).encode(),
            ClientMessage::Awareness(Vec::new()).encode(),
            vec![1, 8, 1, 9, 1, 4, b'{', b'"', b'"', b'}'],
        ]);

        let process = server.process();
        let (sent, end) = (Rc::new(Cell::new(0)), Instant::now() + DURATION);
        let attackers: Vec<_> = (0..ATTACKERS)
            .map(|number| {
                let (honest, sent) = (Rc::clone(&honest), Rc::clone(&sent));
                tokio::task::spawn_local(attack(server.address(), attacked.document.clone(), number, honest, sent, end))
            })
            .collect();
        let mut waits = Vec::new();
        while Instant::now() < end {
            let start = Instant::now();
            writer.append(&place, &format!("ord{};", waits.len())).await?;
            writer.wait_saved().await?;
            waits.push(start.elapsed());
        }
        for attacker in attackers {
            attacker.await?;
        }
        waits.sort_unstable();
        let late = waits.get(waits.len() * 19 / 20).copied().context("somebody typed")?;
        ensure!(late < SOON, "{} frames beside {} words: 19 of 20 acknowledged within {late:?}", sent.get(), waits.len());
        ensure!(sent.get() > 500, "{} fuzzed frames are no attack", sent.get());
        ensure!(server.process() == process && server.meetings().await?.len() == 2, "the server stays up");
        let stored = SyncClient::connect(server.address(), &created.document, fresh()).await?;
        let stored = text(stored.agenda(), &place);
        ensure!((0..waits.len()).all(|number| stored.contains(&format!("ord{number};"))), "no word is lost");
        let newcomer = SyncClient::connect(server.address(), &attacked.document, fresh()).await?;
        let equal = |witness: &SyncClient| witness.agenda().snapshot() == newcomer.agenda().snapshot();
        witness.wait_until("who followed reads what the newcomer reads", equal).await?;
        Ok(())
    };
    LocalSet::new().run_until(everything).await
}
