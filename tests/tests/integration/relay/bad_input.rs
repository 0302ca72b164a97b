//! What the relay does with what it should not get: one close with a code, and everybody else goes on.

use anyhow::Result;
use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::{ClientMessage, MAX_MESSAGE, close_code};
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::{Heard, SyncClient};
use dagsorden_tests::wait::in_time;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::{field, fresh};

/// Sends a frame, and answers the close code, while another person goes on writing.
async fn answer_to(frame: Message) -> Result<Option<u16>> {
    let server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let mut other = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let before = other.agenda().snapshot();
    let mut bad = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    bad.send_raw(frame).await?;
    let code = bad.wait_closed().await?;
    let fresh_one = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    assert_eq!(fresh_one.agenda().snapshot(), before, "the document is as it was");
    let place = field(other.agenda(), 1, 1)?;
    other.append(&place, " videre").await?;
    other.wait_saved().await?;
    Ok(code)
}

#[tokio::test]
async fn a_text_frame_ends_its_connection_alone() -> Result<()> {
    assert_eq!(answer_to(Message::text("hej")).await?, Some(close_code::BAD_FRAME));
    Ok(())
}

#[tokio::test]
async fn an_unknown_message_ends_its_connection_alone() -> Result<()> {
    assert_eq!(answer_to(Message::binary(vec![77, 1, 2])).await?, Some(close_code::BAD_FRAME));
    Ok(())
}

#[tokio::test]
async fn an_update_cut_in_the_middle_of_its_frame_ends_its_connection_alone() -> Result<()> {
    assert_eq!(answer_to(Message::binary(vec![0, 2, 40, 1, 1])).await?, Some(close_code::BAD_FRAME));
    Ok(())
}

#[tokio::test]
async fn a_message_above_the_limit_ends_its_connection_alone() -> Result<()> {
    for length in [MAX_MESSAGE + 1, 3 * MAX_MESSAGE] {
        assert_eq!(answer_to(Message::binary(vec![0; length])).await?, Some(close_code::BAD_FRAME), "{length} bytes");
    }
    Ok(())
}

/// Single bytes and nothing at all, again and again: what is sent in pieces is one message, and costs the others nothing.
#[tokio::test]
async fn a_message_in_fifty_thousand_fragments_is_one_message_and_holds_nobody_up() -> Result<()> {
    let server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let mut other = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let place = field(other.agenda(), 1, 1)?;
    let mut bad = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let whole = ClientMessage::SyncStep1(&[0]).encode();
    let fragment = |bytes: &[u8], code, last| Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(code), last));
    bad.send_raw(fragment(&[], Data::Binary, false)).await?;
    for number in 0..50_000 {
        bad.send_raw(fragment(&[], Data::Continue, false)).await?;
        if number % 10_000 == 0 {
            other.append(&place, " videre").await?;
            other.wait_saved().await?;
        }
    }
    for byte in &whole {
        bad.send_raw(fragment(&[*byte], Data::Continue, false)).await?;
    }
    bad.send_raw(fragment(&[], Data::Continue, true)).await?;
    // The answer to what it asked in pieces.
    in_time("an answer", async {
        while bad.hear().await? != Heard::Document {}
        anyhow::Ok(())
    })
    .await??;
    Ok(())
}

#[tokio::test]
async fn an_update_that_is_none_is_refused_alone() -> Result<()> {
    assert_eq!(answer_to(Message::binary(vec![0, 2, 4, 1, 1, 9, 9])).await?, Some(close_code::REFUSED));
    Ok(())
}

/// 14 bytes that yrs accepts and that make a document unopenable for everybody; found by fuzzing, here as nesting of a legacy content.
#[tokio::test]
async fn a_legacy_content_that_poisons_documents_is_refused_alone() -> Result<()> {
    // One client, one struct: ContentJSON at a root named "a", with one string too few.
    let update = [1, 1, 5, 0, 2, 1, 1, b'a', 2, 1, b'1', 0];
    let mut frame = vec![0, 2, u8::try_from(update.len())?];
    frame.extend(update);
    assert_eq!(answer_to(Message::binary(frame)).await?, Some(close_code::REFUSED));
    Ok(())
}

/// Connects to a document and answers how that ends.
async fn end_of(server: &TestServer, document: &DocumentId) -> Result<String> {
    match SyncClient::connect(server.address(), document, fresh()).await {
        Ok(_) => anyhow::bail!("it was taken"),
        Err(error) => Ok(format!("{error:#}")),
    }
}

#[tokio::test]
async fn an_unknown_document_is_answered_with_its_own_code() -> Result<()> {
    let server = TestServer::start()?;
    let end = end_of(&server, &"findes-ikke".parse()?).await?;
    assert!(end.contains(&close_code::UNKNOWN_DOCUMENT.to_string()), "{end}");
    Ok(())
}

#[tokio::test]
async fn a_meeting_that_is_deleted_while_open_says_so_and_can_be_restored() -> Result<()> {
    let server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let mut open = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let before = open.agenda().snapshot();
    let path = format!("/api/meetings/{}", created.meeting);
    assert!(server.http().delete(server.url(&path)).send().await?.status().is_success());
    let code = in_time("the close", async {
        loop {
            if let Heard::Closed(code) = open.hear().await? {
                return anyhow::Ok(code);
            }
        }
    })
    .await??;
    assert_eq!(code, Some(close_code::GONE));
    assert_eq!(server.http().get(server.url(&path)).send().await?.status(), 404);
    let end = end_of(&server, &created.document).await?;
    assert!(end.contains("4410") || end.contains("4404"), "{end}");
    assert!(server.http().post(server.url(&format!("{path}/restore"))).send().await?.status().is_success());
    let again = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    assert_eq!(again.agenda().snapshot(), before);
    Ok(())
}
