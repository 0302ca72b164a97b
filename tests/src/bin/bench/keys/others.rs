//! The others in the document while a person types: text and carets, as their pages would send both.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use dagsorden_shared::agenda::Field;
use dagsorden_shared::api::Created;
use dagsorden_shared::presence::{At, Presence, PresenceSelection};
use dagsorden_shared::protocol::ClientMessage;
use dagsorden_shared::protocol::awareness::AwarenessState;
use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::{Heard, SyncClient};
use futures_util::future::try_join_all;
use tokio::time::{MissedTickBehavior, interval};

/// One of them.
struct Writer {
    client: SyncClient,
    number: u64,
    field: Field,
    offset: u32,
    clock: u32,
    pace: Duration,
}

/// Everybody else.
pub(super) struct Others(Vec<Writer>);

impl Others {
    /// Connects a writer for each place: a field, and the line of it to write at the start of (else its first one). `pace` is the time between
    /// two letters of one of them.
    pub(super) async fn connect(server: &TestServer, meeting: &Created, places: &[(Field, String)], pace: Duration) -> Result<Self> {
        let mut writers = Vec::new();
        for (number, (field, line)) in (2..).zip(places) {
            writers.push(Writer::connect(server, meeting, number, field.clone(), line, pace).await?);
        }
        Ok(Self(writers))
    }

    /// Everybody writes a letter, so that they are there, with their carets.
    pub(super) async fn arrive(&mut self) -> Result<()> {
        for writer in &mut self.0 {
            writer.write().await?;
        }
        Ok(())
    }

    /// Everybody writes on until one connection ends, and hears the others meanwhile.
    pub(super) async fn write_on(&mut self) -> Result<()> {
        // They do not write in step.
        let count = u32::try_from(self.0.len()).unwrap_or(1).max(1);
        try_join_all((0..).zip(&mut self.0).map(|(index, writer)| {
            let late = writer.pace * index / count;
            writer.write_on(late)
        }))
        .await
        .map(drop)
    }
}

impl Writer {
    async fn connect(server: &TestServer, meeting: &Created, number: u64, field: Field, line: &str, pace: Duration) -> Result<Self> {
        let client = SyncClient::connect(server.address(), &meeting.document, fixture::client(number)).await?;
        let body = client.agenda().body(&field).with_context(|| format!("there is no {field}"))?;
        let before: Vec<String> = body.text().split('\n').map(str::to_owned).take_while(|text| text != line).collect();
        let found = before.len() < body.lines().len();
        let offset = if found { before.iter().map(|text| utf16_len(text) + 1).sum() } else { 0 };
        Ok(Self { client, number, field, offset, clock: 0, pace })
    }

    async fn write(&mut self) -> Result<()> {
        self.client.type_at(&self.field, self.offset, "b").await?;
        self.offset += 1;
        self.clock += 1;
        let stick = self.client.agenda().sticky(&self.field, self.offset, true).context("the field is gone")?;
        let field = self.field.to_string();
        let presence = Presence {
            at: At { item: Some(self.field.item().clone()), field: Some(field.clone()) },
            selection: Some(PresenceSelection { field, anchor: stick.clone(), head: stick }),
            ..Presence::default()
        };
        let json = presence.to_json();
        let state = AwarenessState { client: fixture::client(self.number), clock: self.clock, json: Some(&json) };
        self.client.send(&ClientMessage::Awareness(vec![state])).await
    }

    async fn write_on(&mut self, late: Duration) -> Result<()> {
        tokio::time::sleep(late).await;
        let mut ticks = interval(self.pace);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => self.write().await?,
                heard = self.client.hear() => match heard? {
                    Heard::Closed(code) => bail!("a writer's connection ended with {code:?}"),
                    Heard::Refused(code, number) => bail!("message {number} was refused with {code:?}"),
                    _ => {}
                },
            }
        }
    }
}
