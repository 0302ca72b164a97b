//! Phase changes while everybody writes: what is approved is what its hash says, and nothing that was acknowledged is lost.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::{MeetingState, PhaseChanged, VersionDetail};
use dagsorden_shared::id::{DocumentId, MeetingId};
use dagsorden_shared::meeting_json::MeetingJson;
use dagsorden_tests::fixture;
use dagsorden_tests::server::{TestServer, command};
use dagsorden_tests::sync_client::{Heard, SyncClient};
use dagsorden_tests::wait::until;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::task::LocalSet;
use tokio::time::{sleep, timeout};

use super::{field, fresh};

/// Writers of the role that loses and gains its right with each phase, and of the one that writes until the approval.
const EDITORS: usize = 18;
const SECRETARIES: usize = 2;
/// Rounds of [`ROUND`]: more than 50 changes.
const ROUNDS: usize = 4;
const ROUND: [&str; 13] = [
    "sent_out",
    "draft",
    "in_session",
    "sent_out",
    "in_session",
    "in_review",
    "in_session",
    "in_review",
    "approved",
    "in_review",
    "in_session",
    "sent_out",
    "draft",
];
/// A secretary types a word now and then, so that the chair sees the same text for as long as a request takes.
const PAUSE: Duration = Duration::from_millis(80);

/// What all who take part share.
struct World {
    server: SocketAddr,
    document: DocumentId,
    over: Cell<bool>,
    /// The words that the server has said to be stored.
    acknowledged: RefCell<Vec<String>>,
}

/// Writes word after word while it may, and comes back whatever happens.
async fn write(world: &World, token: &str, writer: usize, pause: Duration) -> Result<()> {
    let mut words = 0;
    while !world.over.get() {
        let Ok(mut client) = SyncClient::connect_as(world.server, &world.document, fresh(), token).await else {
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        let place = [(0, 0), (1, 0), (1, 1), (2, 0)][writer % 4];
        let field = field(client.agenda(), place.0, place.1)?;
        while !world.over.get() {
            let rights = client.events().iter().rfind(|event| event.contains("\"rights\""));
            if rights.is_some_and(|event| event.contains("false")) {
                match timeout(Duration::from_millis(50), client.hear()).await {
                    Ok(Ok(Heard::Closed(_)) | Err(_)) => break,
                    _ => continue,
                }
            }
            words += 1;
            let word = format!("ord{writer}x{words}x");
            // What is refused, as the right went in that moment, is not acknowledged and need not be there.
            if client.append(&field, &format!("{word} ")).await.is_err() || client.wait_saved().await.is_err() {
                break;
            }
            world.acknowledged.borrow_mut().push(word);
            sleep(pause).await;
        }
    }
    Ok(())
}

/// The desk of the secretariat and the chair.
struct Desk<'a> {
    server: &'a TestServer,
    meeting: MeetingId,
    secretariat: String,
    chair: String,
}

impl Desk<'_> {
    async fn get(&self, path: &str) -> Result<Value> {
        let address = self.server.url(&format!("/api/meetings/{}{path}", self.meeting));
        Ok(self.server.http().get(address).bearer_auth(&self.secretariat).send().await?.error_for_status()?.json().await?)
    }

    async fn state(&self) -> Result<MeetingState> {
        Ok(serde_json::from_value(self.get("").await?)?)
    }

    /// Leads the meeting on; the chair looks again as often as somebody has written meanwhile. Answers also what was acknowledged before.
    async fn lead_to(&self, to: &str, world: &World) -> Result<(PhaseChanged, Vec<String>)> {
        let approves = to == "approved";
        let mut seen = if approves { Some(self.state().await?.hash) } else { None };
        loop {
            let before = world.acknowledged.borrow().clone();
            let address = self.server.url(&format!("/api/meetings/{}/phase", self.meeting));
            let token = if approves { &self.chair } else { &self.secretariat };
            let answer = self.server.http().post(address).bearer_auth(token).json(&json!({ "to": to, "seen_hash": seen })).send().await?;
            let status = answer.status();
            let body: Value = answer.json().await?;
            if status.as_u16() == 409 {
                seen = body["hash"].as_str().map(str::to_owned);
                ensure!(seen.is_some(), "a conflict names the hash: {body}");
                continue;
            }
            ensure!(status.is_success(), "{to}: {status} {body}");
            return Ok((serde_json::from_value(body)?, before));
        }
    }
}

fn account(server: &TestServer, name: &str, role: &str) -> Result<String> {
    let email = format!("{name}@havnsted.dk");
    let member = format!("Kystkredsen={role}");
    let added = command(&server.data(), &["user", "add", &email, "--name", name, "--organisation", "Havnsted", "--member", &member])?;
    ensure!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    let token = command(&server.data(), &["token", "create", "--user", &email])?;
    ensure!(token.status.success(), "{}", String::from_utf8_lossy(&token.stderr));
    Ok(String::from_utf8(token.stdout)?.trim().to_owned())
}

/// Every word that stands in a meeting's text.
fn missing<'a>(meeting: &MeetingJson, words: &'a [String]) -> Result<Vec<&'a String>> {
    let text = serde_json::to_string(meeting)?;
    Ok(words.iter().filter(|word| !text.contains(word.as_str())).collect())
}

#[tokio::test]
async fn what_is_approved_is_what_its_hash_says_though_twenty_write() -> Result<()> {
    let mut server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let editors = (0..EDITORS).map(|writer| account(&server, &format!("editor{writer}"), "editor"));
    let mut tokens = editors.collect::<Result<Vec<_>>>()?;
    for writer in 0..SECRETARIES {
        tokens.push(account(&server, &format!("secretary{writer}"), "secretariat")?);
    }
    let (secretariat, chair) = (account(&server, "desk", "secretariat")?, account(&server, "chair", "chair")?);
    let desk = Desk { server: &server, meeting: created.meeting, secretariat, chair };
    until("the server to know the accounts", async || Ok(desk.state().await.ok())).await?;

    let world =
        Rc::new(World { server: server.address(), document: created.document, over: Cell::new(false), acknowledged: RefCell::default() });
    let local = LocalSet::new();
    let writers: Vec<_> = tokens
        .into_iter()
        .enumerate()
        .map(|(writer, token)| {
            let world = Rc::clone(&world);
            let pause = if writer < EDITORS { Duration::from_millis(2) } else { PAUSE };
            local.spawn_local(async move { write(&world, &token, writer, pause).await })
        })
        .collect();
    let mut approved = 0;
    local
        .run_until(async {
            for to in ROUND.iter().cycle().take(ROUND.len() * ROUNDS) {
                let (changed, before) = desk.lead_to(to, &world).await.with_context(|| format!("to {to}"))?;
                if matches!(*to, "sent_out" | "in_review" | "approved") && desk_keeps(&desk, to, &changed).await? {
                    let number = changed.version.context("a version is stored")?;
                    let version: VersionDetail = serde_json::from_value(desk.get(&format!("/versions/{number}")).await?)?;
                    ensure!(version.row.hash == changed.hash, "the hash is of exactly what is stored");
                    let lost = missing(&version.meeting, &before)?;
                    ensure!(lost.is_empty(), "acknowledged before {to} and not in version {number}: {lost:?}");
                    if *to == "approved" {
                        approved += 1;
                        let now: MeetingJson = serde_json::from_value(desk.get("/export?format=json").await?)?;
                        ensure!(now == version.meeting, "what was approved stands");
                        ensure!(desk.state().await?.hash == changed.hash);
                    }
                }
                if matches!(*to, "draft" | "in_session") {
                    let here = world.acknowledged.borrow().len();
                    until("everybody to write again", async || Ok((world.acknowledged.borrow().len() >= here + EDITORS).then_some(())))
                        .await?;
                }
            }
            world.over.set(true);
            for written in join_all(writers).await {
                written??;
            }
            Ok::<_, anyhow::Error>(())
        })
        .await?;
    ensure!(approved == ROUNDS);
    let last: MeetingJson = serde_json::from_value(desk.get("/export?format=json").await?)?;
    let words = world.acknowledged.borrow().clone();
    ensure!(words.len() > ROUNDS * EDITORS, "{} words", words.len());
    let lost = missing(&last, &words)?;
    ensure!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    ensure!(server.terminate()?.success());
    let verified = command(&server.data(), &["verify"])?;
    ensure!(verified.status.success(), "{}{}", String::from_utf8_lossy(&verified.stdout), String::from_utf8_lossy(&verified.stderr));
    Ok(())
}

/// Whether the change has left a version behind: a step back and a correction leave none.
async fn desk_keeps(desk: &Desk<'_>, to: &str, changed: &PhaseChanged) -> Result<bool> {
    let Some(number) = changed.version else { return Ok(false) };
    let version: VersionDetail = serde_json::from_value(desk.get(&format!("/versions/{number}")).await?)?;
    Ok(version.row.phase.as_str() == to && version.row.hash == changed.hash)
}
