//! Whoever asks for too much is told when to come back, and everybody else goes on.

use anyhow::{Context, Result};
use dagsorden_shared::api::Problem;
use dagsorden_shared::protocol::close_code;
use dagsorden_tests::fixture;
use dagsorden_tests::server::{Setup, TestServer};
use dagsorden_tests::sync_client::SyncClient;
use dagsorden_tests::wait::until;
use futures_util::{SinkExt, StreamExt};
use reqwest::StatusCode;
use reqwest::header::{COOKIE, RETRY_AFTER, SET_COOKIE};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::relay::fresh;

#[tokio::test]
async fn an_address_that_asks_for_too_much_is_told_when_to_come_back_and_may_read_on() -> Result<()> {
    let environment = vec![("DAGSORDEN_RATE".to_owned(), "60".to_owned())];
    let server = TestServer::start_with(Setup { environment, ..Setup::default() })?;
    let import = || server.http().post(server.url("/api/meetings/import")).json(&fixture::meeting()).send();
    let mut taken = 0;
    let refused = loop {
        let answer = import().await?;
        if !answer.status().is_success() {
            break answer;
        }
        taken += 1;
        assert!(taken < 1_000, "nobody is refused");
    };
    assert!((60..=180).contains(&taken), "two minutes' worth, and what came in while that was used: {taken}");
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let after: u64 = refused.headers().get(RETRY_AFTER).context("it does not say when")?.to_str()?.parse()?;
    assert!((1..=5).contains(&after), "{after} s");
    assert_eq!(refused.json::<Problem>().await?.code, "busy");
    assert_eq!(server.meetings().await?.len(), taken, "who only reads is not counted");
    until("the next meeting to be taken", async || Ok(import().await?.status().is_success().then_some(()))).await
}

#[tokio::test]
async fn a_flood_of_what_any_office_asks_for_at_once_passes() -> Result<()> {
    let server = TestServer::start()?;
    for _ in 0..300 {
        server.import(&fixture::meeting()).await?;
    }
    Ok(())
}

/// Connects with a cookie, sends what is no update, and answers how that ended.
async fn refusal(server: &TestServer, path: &str, cookie: &str) -> Result<CloseFrame> {
    let mut request = format!("ws://{}{path}", server.address()).into_client_request()?;
    request.headers_mut().insert(COOKIE, cookie.parse()?);
    request.headers_mut().insert("sec-fetch-site", "same-origin".parse()?);
    let (mut socket, _) = connect_async(request).await?;
    // It may be closed already.
    let _ = socket.send(Message::binary(vec![0, 2, 1, 9])).await;
    loop {
        if let Message::Close(frame) = socket.next().await.context("the connection broke")?? {
            return frame.context("it does not say why");
        }
    }
}

#[tokio::test]
async fn who_is_refused_again_and_again_is_kept_out_for_a_while_and_nobody_else_is() -> Result<()> {
    let server = TestServer::start()?;
    let document = server.import(&fixture::meeting()).await?.document;
    let cookie = async |name: &str| {
        let person = serde_json::json!({ "name": name, "organisation": "", "hue": 0 });
        let answer = server.http().put(server.url("/api/me")).json(&person).send().await?;
        let cookie = answer.headers().get(SET_COOKIE).context("no cookie")?.to_str()?.to_owned();
        anyhow::Ok(cookie.split(';').next().unwrap_or_default().to_owned())
    };
    let path = format!("/sync/{document}?v=1");
    let (clumsy, careful) = (cookie("Klods").await?, cookie("Flink").await?);
    let mut refused = 0;
    let kept_out = loop {
        let end = refusal(&server, &path, &clumsy).await?;
        if u16::from(end.code) != close_code::REFUSED {
            break end;
        }
        refused += 1;
        assert!(refused < 100, "nobody is kept out");
    };
    assert!((31..=62).contains(&refused), "{refused} times");
    assert_eq!(u16::from(kept_out.code), close_code::TRY_LATER, "{kept_out:?}");
    assert!(close_code::return_after(&kept_out.reason).is_some(), "{kept_out:?}");
    assert_eq!(u16::from(refusal(&server, &path, &careful).await?.code), close_code::REFUSED, "another is let in");
    SyncClient::connect(server.address(), &document, fresh()).await.map(drop)
}
