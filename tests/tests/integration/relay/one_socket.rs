//! Several documents on one websocket: as if each had its own.

use anyhow::{Context, Result, bail};
use dagsorden_shared::agenda::{Agenda, Edit, Field, Origin};
use dagsorden_shared::id::{DocumentId, MeetingId};
use dagsorden_shared::protocol::close_code::{self, CloseCode};
use dagsorden_shared::protocol::{ClientMessage, Ended, OtherFrame, ServerMessage};
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::SyncClient;
use dagsorden_tests::wait::in_time;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use yrs::updates::decoder::Decode;
use yrs::{ReadTxn, Transact, Update};

use super::fresh;

/// What came, and of which document: `None` is the connection's own.
#[derive(Debug, PartialEq)]
enum Came {
    State(Option<String>, Vec<u8>),
    Saved(Option<String>, u64),
    Ended(String, CloseCode),
    Closed(u16),
}

struct Tab(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Tab {
    async fn open(server: &TestServer, document: &DocumentId, query: &str) -> Result<Self> {
        let address = format!("ws://{}/sync/{document}{query}", server.address());
        Ok(Self(in_time("the socket", connect_async(address)).await??.0))
    }

    async fn send(&mut self, document: Option<&DocumentId>, message: &ClientMessage<'_>) -> Result<()> {
        let frame = message.encode();
        let frame = match document {
            Some(document) => OtherFrame { document: document.as_str(), frame: &frame }.encode(),
            None => frame,
        };
        Ok(self.0.send(Message::Binary(frame.into())).await?)
    }

    /// What comes next and matters here.
    async fn next(&mut self) -> Result<Came> {
        in_time("a frame", async {
            loop {
                let frame = match self.0.next().await.context("no end")?? {
                    Message::Binary(frame) => frame,
                    Message::Close(end) => return Ok(Came::Closed(end.context("a code")?.code.into())),
                    _ => continue,
                };
                let (document, inner) = match OtherFrame::decode(&frame) {
                    Some(other) => other.map(|other| (Some(other.document.to_owned()), other.frame))?,
                    None => (None, &frame[..]),
                };
                if let Some(Ended { document, code, .. }) = Ended::decode(inner) {
                    return Ok(Came::Ended(document.to_owned(), code));
                }
                match ServerMessage::decode(inner)? {
                    ServerMessage::SyncStep2(update) => return Ok(Came::State(document, update.to_vec())),
                    ServerMessage::Saved(count) => return Ok(Came::Saved(document, count)),
                    ServerMessage::Refused { code, .. } => bail!("refused: {code:?}"),
                    _ => {}
                }
            }
        })
        .await?
    }

    /// A replica of a document of this connection.
    async fn replica(&mut self, document: Option<&DocumentId>) -> Result<Agenda> {
        self.send(document, &ClientMessage::SyncStep1(&[0])).await?;
        let Came::State(of, update) = self.next().await? else { bail!("another answer") };
        assert_eq!(of.as_deref(), document.map(DocumentId::as_str));
        let agenda = Agenda::new(fresh());
        agenda.doc().transact_mut().apply_update(Update::decode_v1(&update)?)?;
        Ok(agenda)
    }
}

async fn delete(server: &TestServer, meeting: &MeetingId) -> Result<()> {
    server.http().delete(server.url(&format!("/api/meetings/{meeting}"))).send().await?.error_for_status()?;
    Ok(())
}

/// How many people have a meeting open.
async fn present(server: &TestServer, meeting: &MeetingId) -> Result<u32> {
    let rows = server.meetings().await?;
    Ok(rows.iter().find(|row| row.id == *meeting).context("the meeting")?.present)
}

/// Writes at the start of the first title and answers the update.
fn write(agenda: &Agenda, word: &str) -> Result<Vec<u8>> {
    let before = agenda.doc().transact().state_vector();
    let field = Field::Title(agenda.outline()[0].0.clone());
    agenda.apply(&[Edit::Text { field, delta: Delta::new().insert(word, Attributes::new()) }], Origin::Local)?;
    Ok(agenda.doc().transact().encode_diff_v1(&before))
}

#[tokio::test]
async fn each_document_of_a_connection_is_synced_and_saved_by_itself() -> Result<()> {
    let server = TestServer::start()?;
    let (one, two) = (server.import(&fixture::meeting()).await?, server.import(&fixture::meeting()).await?);
    let mut tab = Tab::open(&server, &one.document, "?v=1").await?;
    let own = tab.replica(None).await?;
    let other = tab.replica(Some(&two.document)).await?;
    let name = Some(two.document.to_string());
    for count in 1..=3 {
        tab.send(Some(&two.document), &ClientMessage::Update(&write(&other, "anden ")?)).await?;
        assert_eq!(tab.next().await?, Came::Saved(name.clone(), count));
    }
    tab.send(None, &ClientMessage::Update(&write(&own, "første ")?)).await?;
    assert_eq!(tab.next().await?, Came::Saved(None, 1), "each counts for itself");
    assert!(server.export(&one.meeting).await?.items[0].title.starts_with("første Godkendelse"));
    assert!(server.export(&two.meeting).await?.items[0].title.starts_with("anden anden anden Godkendelse"));
    // Others in that document see what this connection writes there, and who is gone with it.
    let mut here = SyncClient::connect(server.address(), &two.document, fresh()).await?;
    tab.send(Some(&two.document), &ClientMessage::Update(&write(&other, "ny ")?)).await?;
    here.wait_until("the new word", |client| {
        client.agenda().item(&client.agenda().outline()[0].0).is_some_and(|item| item.title.text().starts_with("ny "))
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn a_document_that_ends_leaves_the_connection_and_the_others_alone() -> Result<()> {
    let server = TestServer::start()?;
    let (one, two) = (server.import(&fixture::meeting()).await?, server.import(&fixture::meeting()).await?);
    let mut tab = Tab::open(&server, &one.document, "?v=1").await?;
    let own = tab.replica(None).await?;
    let nowhere: DocumentId = "nowhere".parse()?;
    tab.send(Some(&nowhere), &ClientMessage::SyncStep1(&[0])).await?;
    assert_eq!(tab.next().await?, Came::Ended("nowhere".to_owned(), close_code::UNKNOWN_DOCUMENT));
    let other = tab.replica(Some(&two.document)).await?;
    delete(&server, &two.meeting).await?;
    assert_eq!(tab.next().await?, Came::Ended(two.document.to_string(), close_code::GONE));
    tab.send(Some(&two.document), &ClientMessage::Update(&write(&other, "sent ")?)).await?;
    assert_eq!(tab.next().await?, Came::Ended(two.document.to_string(), close_code::GONE));
    tab.send(None, &ClientMessage::Update(&write(&own, "videre ")?)).await?;
    assert_eq!(tab.next().await?, Came::Saved(None, 1));
    Ok(())
}

#[tokio::test]
async fn what_begins_as_a_frame_of_another_document_and_is_none_ends_the_connection() -> Result<()> {
    let server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    for (query, frame) in [("?v=1", vec![103, 1, b'a']), ("", OtherFrame { document: created.document.as_str(), frame: &[3] }.encode())] {
        let mut tab = Tab::open(&server, &created.document, query).await?;
        tab.0.send(Message::Binary(frame.into())).await?;
        assert_eq!(tab.next().await?, Came::Closed(close_code::BAD_FRAME), "{query}");
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_that_ends_leaves_all_its_documents() -> Result<()> {
    let server = TestServer::start()?;
    let (one, two) = (server.import(&fixture::meeting()).await?, server.import(&fixture::meeting()).await?);
    let mut tab = Tab::open(&server, &one.document, "?v=1").await?;
    tab.replica(Some(&two.document)).await?;
    assert_eq!(present(&server, &two.meeting).await?, 1);
    drop(tab);
    in_time("the other room is left", async {
        while present(&server, &two.meeting).await? > 0 {
            tokio::task::yield_now().await;
        }
        Ok::<_, anyhow::Error>(())
    })
    .await?
}

#[test]
fn the_id_of_a_document_fits_in_front_of_a_frame() {
    let longest = "x".repeat(64);
    let frame = vec![0; dagsorden_shared::protocol::MAX_MESSAGE];
    let wrapped = OtherFrame { document: &longest, frame: &frame }.encode();
    assert!(wrapped.len() <= frame.len() + OtherFrame::OVERHEAD);
}
