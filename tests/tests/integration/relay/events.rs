//! Networks that refuse websockets: the same frames over plain HTTP.

use anyhow::{Context, Result, bail};
use dagsorden_shared::agenda::{Agenda, Edit, Field, Origin};
use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::close_code::return_after;
use dagsorden_shared::protocol::{ClientMessage, ServerMessage};
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use dagsorden_tests::event_client::{Event, EventClient};
use dagsorden_tests::fixture;
use dagsorden_tests::proxy::Proxy;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::SyncClient;
use reqwest::StatusCode;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ReadTxn, Transact, Update};

use super::{field, fresh, text};

/// A replica and its tab.
struct Page {
    agenda: Agenda,
    tab: EventClient,
    document: DocumentId,
    saved: u64,
}

impl Page {
    async fn open(proxy: &Proxy, document: &DocumentId) -> Result<Self> {
        let tab = EventClient::open(proxy.address(), document).await?;
        let mut page = Self { agenda: Agenda::new(fresh()), tab, document: document.clone(), saved: 0 };
        let nothing = page.agenda.doc().transact().state_vector().encode_v1();
        assert_eq!(page.tab.post(document, &[ClientMessage::SyncStep1(&nothing)]).await?, StatusCode::NO_CONTENT);
        page.hear_until("the document", |page| !page.agenda.outline().is_empty()).await?;
        Ok(page)
    }

    async fn hear_until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) -> Result<()> {
        while !holds(self) {
            match self.tab.next().await?.with_context(|| format!("the stream ended before {what}"))? {
                Event::Frame(_, frame) => self.take(&frame)?,
                Event::Closed(_, code, _) => bail!("closed with {code} before {what}"),
            }
        }
        Ok(())
    }

    fn take(&mut self, frame: &[u8]) -> Result<()> {
        match ServerMessage::decode(frame)? {
            ServerMessage::SyncStep2(update) | ServerMessage::Update(update) => {
                self.agenda.doc().transact_mut().apply_update(Update::decode_v1(update)?)?;
            }
            ServerMessage::Saved(count) => self.saved = count,
            _ => {}
        }
        Ok(())
    }

    /// Types letters at the start of a field and posts them together.
    async fn types(&mut self, field: &Field, letters: &str) -> Result<()> {
        let mut updates = Vec::new();
        for (offset, letter) in (0..).zip(letters.chars()) {
            let before = self.agenda.doc().transact().state_vector();
            let delta = Delta::new().retain(offset).insert(letter.to_string(), Attributes::new());
            self.agenda.apply(&[Edit::Text { field: field.clone(), delta }], Origin::Local)?;
            updates.push(self.agenda.doc().transact().encode_state_as_update_v1(&before));
        }
        let messages: Vec<_> = updates.iter().map(|update| ClientMessage::Update(update)).collect();
        assert_eq!(self.tab.post(&self.document, &messages).await?, StatusCode::NO_CONTENT);
        Ok(())
    }
}

#[tokio::test]
async fn two_write_together_where_one_network_refuses_websockets() -> Result<()> {
    let server = TestServer::start()?;
    let document = server.import(&fixture::meeting()).await?.document;
    let proxy = Proxy::to(server.address()).await?;
    assert!(SyncClient::connect(proxy.address(), &document, fresh()).await.is_err(), "the proxy let a websocket through");
    let mut page = Page::open(&proxy, &document).await?;
    let mut other = SyncClient::connect(server.address(), &document, fresh()).await?;
    let place = field(other.agenda(), 1, 0)?;
    page.types(&place, "Over HTTP. ").await?;
    page.hear_until("all is saved", |page| page.saved == 11).await?;
    other.wait_until("the other reads it", |other| text(other.agenda(), &place).starts_with("Over HTTP. ")).await?;
    other.type_at(&place, 0, "Over en sokkel. ").await?;
    page.hear_until("the page reads it", |page| text(&page.agenda, &place).starts_with("Over en sokkel. Over HTTP. ")).await?;
    assert_eq!(page.agenda.snapshot(), other.agenda().snapshot());
    Ok(())
}

#[tokio::test]
async fn a_tab_has_one_stream_for_all_its_documents_and_a_restart_ends_it() -> Result<()> {
    let mut server = TestServer::start()?;
    let first = server.import(&fixture::meeting()).await?.document;
    let second = server.import(&fixture::meeting()).await?.document;
    let mut tab = EventClient::open(server.address(), &first).await?;
    assert_eq!(tab.post(&second, &[ClientMessage::SyncStep1(&[0])]).await?, StatusCode::NO_CONTENT);
    loop {
        match tab.next().await?.context("the stream ended")? {
            Event::Frame(document, frame) if matches!(ServerMessage::decode(&frame)?, ServerMessage::SyncStep2(_)) => {
                assert_eq!(document, second.to_string());
                break;
            }
            Event::Frame(..) => {}
            Event::Closed(document, code, _) => bail!("{document} was closed with {code}"),
        }
    }
    let unknown = "nosuchdocument".parse()?;
    assert_eq!(tab.post(&unknown, &[]).await?, StatusCode::CONFLICT);
    assert!(server.terminate()?.success());
    let mut closed = Vec::new();
    while let Some(event) = tab.next().await? {
        if let Event::Closed(document, code, reason) = event {
            assert!(return_after(&reason).is_some(), "it says when to come back: {reason}");
            closed.push((document, code));
        }
    }
    closed.sort();
    let mut expected = vec![(first.to_string(), 1012), (second.to_string(), 1012)];
    expected.sort();
    assert_eq!(closed, expected);
    Ok(())
}

#[tokio::test]
async fn a_stream_of_a_document_that_is_not_there_says_so_and_ends() -> Result<()> {
    let server = TestServer::start()?;
    let stream = server.http().get(server.url("/sync/nosuchdocument/events")).send().await?.text().await?;
    assert!(stream.contains("data: !4404 "), "{stream}");
    let foreign = server.http().get(server.url("/sync/nosuchdocument/events")).header("sec-fetch-site", "cross-site").send().await?;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let nobody = server.http().post(server.url("/sync/nosuchdocument/frames/0")).send().await?;
    assert_eq!(nobody.status(), StatusCode::GONE);
    Ok(())
}
