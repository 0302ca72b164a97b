//! First pages of attachments against the real server and its worker: drawn once, kept beside the file, given to those who may have the file.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::{Created, MeetingState};
use dagsorden_shared::attachment::AttachmentRow;
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;
use reqwest::{Response, StatusCode};

use crate::people::account;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The paper of the meeting itself: a real PDF.
async fn pdf(server: &TestServer, meeting: &Created) -> Result<Vec<u8>> {
    let answer = server.http().get(server.url(&format!("/api/meetings/{}/export?format=pdf", meeting.meeting))).send().await?;
    Ok(answer.error_for_status()?.bytes().await?.to_vec())
}

async fn attach(server: &TestServer, meeting: &Created, name: &str, bytes: Vec<u8>) -> Result<AttachmentRow> {
    let base = format!("/api/meetings/{}", meeting.meeting);
    let state: MeetingState = server.http().get(server.url(&base)).send().await?.error_for_status()?.json().await?;
    let item = &state.items.first().context("an item")?.id;
    let post = server.http().post(server.url(&format!("{base}/items/{item}/attachments?name={name}"))).body(bytes);
    Ok(post.header("content-type", "application/octet-stream").send().await?.error_for_status()?.json().await?)
}

async fn preview(server: &TestServer, row: &AttachmentRow) -> Result<Response> {
    Ok(server.http().get(server.url(&format!("/api/attachments/{}/preview", row.id))).send().await?)
}

/// Where the picture is kept.
fn kept(server: &TestServer, row: &AttachmentRow) -> Result<PathBuf> {
    let hash = &row.file.as_ref().context("a file")?.sha256;
    Ok(server.data().join("files").join(&hash[..2]).join(format!("{}.png", &hash[2..])))
}

#[tokio::test]
async fn a_first_page_is_drawn_once_and_kept_beside_its_file() -> Result<()> {
    let server = TestServer::start()?;
    let meeting = server.import(&fixture::meeting()).await?;
    let row = attach(&server, &meeting, "notat.pdf", pdf(&server, &meeting).await?).await?;
    ensure!(!kept(&server, &row)?.exists(), "nothing is drawn before it is asked for");
    let answer = preview(&server, &row).await?;
    let header =
        |answer: &Response, name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    ensure!(answer.status() == StatusCode::OK && header(&answer, "content-type") == "image/png", "{answer:?}");
    ensure!(header(&answer, "content-security-policy").contains("sandbox"), "{answer:?}");
    ensure!(
        header(&answer, "x-content-type-options") == "nosniff" && header(&answer, "cache-control") == "private, no-cache",
        "{answer:?}"
    );
    let tag = header(&answer, "etag");
    let picture = answer.bytes().await?;
    ensure!(picture.starts_with(PNG) && picture.len() > 5_000, "{} bytes", picture.len());
    ensure!(std::fs::read(kept(&server, &row)?)? == picture, "it is kept beside the file");
    // What is kept is what is given: nothing is drawn a second time.
    let other = [PNG, b"other"].concat();
    std::fs::write(kept(&server, &row)?, &other)?;
    ensure!(preview(&server, &row).await?.bytes().await? == other, "what is kept is given");
    let known = server.http().get(server.url(&format!("/api/attachments/{}/preview", row.id))).header("if-none-match", tag).send().await?;
    ensure!(known.status() == StatusCode::NOT_MODIFIED, "{known:?}");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_drawn_has_no_preview_and_is_no_error() -> Result<()> {
    let server = TestServer::start()?;
    let meeting = server.import(&fixture::meeting()).await?;
    let whole = pdf(&server, &meeting).await?;
    // A page that contains itself, again and again.
    let deep =
        [b"%PDF-1.4\n1 0 obj ".to_vec(), b"<< /A ".repeat(200_000), b"1 ".to_vec(), b">> ".repeat(200_000), b"endobj".to_vec()].concat();
    let mut files = vec![("cut.pdf", whole[..whole.len() / 3].to_vec()), ("word.pdf", b"%PDF-1.7 notat".to_vec()), ("deep.pdf", deep)];
    files.push(("note.txt", b"Kun tekst".to_vec()));
    for (name, bytes) in files {
        let row = attach(&server, &meeting, name, bytes).await?;
        for _ in 0..2 {
            let answer = preview(&server, &row).await?;
            ensure!(answer.status() == StatusCode::NO_CONTENT, "{name}: {answer:?}");
        }
        ensure!(!kept(&server, &row)?.exists(), "{name}: nothing is kept");
    }
    let row = attach(&server, &meeting, "notat.pdf", whole).await?;
    ensure!(preview(&server, &row).await?.status() == StatusCode::OK, "others are drawn as before");
    let picture = preview(&server, &row).await?.bytes().await?.to_vec();
    let row = attach(&server, &meeting, "kort.png", picture.clone()).await?;
    ensure!(preview(&server, &row).await?.bytes().await? == picture, "a picture is its own preview");
    Ok(())
}

#[tokio::test]
async fn a_preview_asks_for_the_right_of_its_file() -> Result<()> {
    let server = TestServer::start()?;
    let meeting = server.import(&fixture::meeting()).await?;
    let row = attach(&server, &meeting, "notat.pdf", pdf(&server, &meeting).await?).await?;
    ensure!(preview(&server, &row).await?.status() == StatusCode::OK, "everybody may in open mode");
    let member = account(&server, "ida", "reader").await?;
    let get = async |token: Option<&str>| {
        let request = server.http().get(server.url(&format!("/api/attachments/{}/preview", row.id)));
        let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
        anyhow::Ok(request.send().await?.status())
    };
    ensure!(get(Some(&member)).await? == StatusCode::OK, "who may have the file may see it");
    ensure!(get(None).await? == StatusCode::UNAUTHORIZED, "nobody who is not signed in");
    let (email, other) = ("bo@sandby.example", "Et andet forum=chair");
    let run = |arguments: &[&str]| anyhow::Ok(dagsorden_tests::server::command(&server.data(), arguments)?);
    run(&["user", "add", email, "--name", "Bo", "--organisation", "Sandby", "--member", other])?;
    let stranger = String::from_utf8(run(&["token", "create", "--user", email])?.stdout)?;
    dagsorden_tests::wait::until("a stranger gets what is not there", async || {
        Ok((get(Some(stranger.trim())).await? == StatusCode::NOT_FOUND).then_some(()))
    })
    .await
}
