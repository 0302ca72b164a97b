//! People against the real server: signing in by a mail that really leaves, sessions that end with their sockets, roles that are taken away
//! while someone writes, and accounts of the command line.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::{Created, Me};
use dagsorden_shared::protocol::close_code;
use dagsorden_tests::fixture;
use dagsorden_tests::mail_sink::MailSink;
use dagsorden_tests::server::{Setup, TestServer, command};
use dagsorden_tests::sync_client::{Heard, SyncClient};
use dagsorden_tests::wait::{in_time, until};

use crate::relay::field;

const SECOND: Duration = Duration::from_secs(1);

/// Runs a command on the server's data folder, and answers what it printed.
fn run(server: &TestServer, arguments: &[&str]) -> Result<String> {
    let output = command(&server.data(), arguments)?;
    let printed = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(printed.trim().to_owned())
}

/// Makes an account in the fixture's forum, and waits until the running server knows it.
pub(crate) async fn account(server: &TestServer, name: &str, role: &str) -> Result<String> {
    let email = format!("{name}@havnsted.example");
    let member = format!("{}={role}", fixture::meeting().forum);
    run(server, &["user", "add", &email, "--name", name, "--organisation", "Havnsted", "--member", &member])?;
    let token = run(server, &["token", "create", "--user", &email])?;
    until(&format!("{name} known to the server"), async || {
        let answer = server.http().get(server.url("/api/me")).bearer_auth(&token).send().await?;
        let me: Option<Me> = if answer.status().is_success() { Some(answer.json().await?) } else { None };
        Ok(me.filter(|me| me.name == name))
    })
    .await?;
    Ok(token)
}

/// Posts a form as a page of the server does; answers status, cookies and text.
async fn post(server: &TestServer, path: &str, cookie: &str, form: &[(&str, &str)]) -> Result<(u16, String, String)> {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let request = client.post(server.url(path)).header("content-type", "application/x-www-form-urlencoded");
    let request = request.header("origin", format!("http://{}", server.address())).header("cookie", cookie).body(body);
    let answer = request.send().await?;
    let cookies: Vec<String> = answer
        .headers()
        .get_all("set-cookie")
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next().map(str::to_owned))
        .collect();
    Ok((answer.status().as_u16(), cookies.join("; "), answer.text().await?))
}

fn secret_in(text: &str) -> Result<String> {
    let at = text.find("/ind#t=").context("no link")? + "/ind#t=".len();
    Ok(text[at..at + 43].to_owned())
}

#[tokio::test]
async fn a_mail_that_really_leaves_lets_in_and_signing_out_closes_the_socket_within_a_second() -> Result<()> {
    let sink = MailSink::start().await?;
    let environment = vec![
        ("DAGSORDEN_SMTP_URL".to_owned(), sink.url()),
        ("DAGSORDEN_MAIL_FROM".to_owned(), "Dagsorden <dagsorden@havnsted.example>".to_owned()),
    ];
    let server = TestServer::start_with(Setup { environment, ..Setup::default() })?;
    let created: Created = server.import(&fixture::meeting()).await?;
    account(&server, "Bo", "editor").await?;

    let (status, request, _) = post(&server, "/ind", "", &[("mail", "bo@havnsted.example")]).await?;
    ensure!(status == 200, "{status}");
    let mail = sink.mail(0).await?;
    ensure!(mail.to == "Bo@havnsted.example" || mail.to == "bo@havnsted.example", "{mail:?}");
    ensure!(mail.data.contains("Auto-Submitted: auto-generated") && !mail.data.contains("localhost"), "{}", mail.data);
    ensure!(
        mail.data.lines().any(|line| line.starts_with("Message-ID: <") && line.trim_end().ends_with("@havnsted.example>")),
        "{}",
        mail.data
    );
    let secret = secret_in(&mail.text()?)?;
    for path in ["/ind", &format!("/ind%23t={secret}"), &format!("/ind/{secret}")] {
        server.http().get(server.url(path)).send().await?.error_for_status()?;
    }
    let (status, cookies, _) = post(&server, "/ind/link", &request, &[("t", &secret)]).await?;
    ensure!(status == 303, "looking at the link has used nothing up: {status}");
    let (status, ..) = post(&server, "/ind/link", &request, &[("t", &secret)]).await?;
    ensure!(status == 410, "a second use: {status}");

    let mut page = SyncClient::connect_by_cookie(server.address(), &created.document, fixture::client(71), &cookies).await?;
    let text = field(page.agenda(), 1, 0)?;
    page.append(&text, "Skrevet af Bo.").await?;
    page.wait_saved().await?;
    let started = Instant::now();
    let (status, ..) = post(&server, "/ud", &cookies, &[]).await?;
    ensure!(status == 303, "{status}");
    let code = page.wait_closed().await?;
    ensure!(code == Some(close_code::NOT_SIGNED_IN) && started.elapsed() < SECOND, "{code:?} after {:?}", started.elapsed());
    ensure!(SyncClient::connect_by_cookie(server.address(), &created.document, fixture::client(72), &cookies).await.is_err());
    ensure!(!server.whole_log()?.contains(&secret), "no secret in the log");
    Ok(())
}

#[tokio::test]
async fn a_role_that_is_taken_away_while_one_types_ends_writing_and_then_reading() -> Result<()> {
    let server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    let (bo, maren) = (account(&server, "Bo", "editor").await?, account(&server, "Maren", "secretariat").await?);
    let me: Me = server.http().get(server.url("/api/me")).bearer_auth(&bo).send().await?.json().await?;
    let member = format!("/api/forums/{}/members/{}", me.forums[0].id, me.account.context("an account")?);
    let mut page = SyncClient::connect_as(server.address(), &created.document, fixture::client(81), &bo).await?;
    let place = field(page.agenda(), 1, 0)?;
    page.append(&place, " Før.").await?;
    page.wait_saved().await?;

    let lower = server.http().put(server.url(&member)).bearer_auth(&maren).json(&serde_json::json!({"role": "reader"}));
    lower.send().await?.error_for_status()?;
    let started = Instant::now();
    in_time("the page is told", async {
        loop {
            match page.hear().await? {
                Heard::Event(event) if event.contains("\"rights\"") && event.contains("false") => return anyhow::Ok(()),
                Heard::Closed(code) => anyhow::bail!("closed with {code:?}"),
                _ => {}
            }
        }
    })
    .await??;
    ensure!(started.elapsed() < SECOND, "told after {:?}", started.elapsed());
    // A client that writes on all the same: nothing of it is committed.
    page.append(&place, " Efter.").await?;
    let export = async || -> Result<String> {
        let answer = server.http().get(server.url(&format!("/api/meetings/{}/export?format=json", created.meeting))).bearer_auth(&maren);
        Ok(answer.send().await?.error_for_status()?.text().await?)
    };
    page.wait_closed().await?;
    let text = export().await?;
    ensure!(text.contains("Før.") && !text.contains("Efter."), "{text}");

    let mut reader = SyncClient::connect_as(server.address(), &created.document, fixture::client(82), &bo).await?;
    let started = Instant::now();
    server.http().delete(server.url(&member)).bearer_auth(&maren).send().await?.error_for_status()?;
    let code = reader.wait_closed().await?;
    ensure!(code == Some(close_code::UNKNOWN_DOCUMENT) && started.elapsed() < SECOND, "{code:?} after {:?}", started.elapsed());
    let answer = server.http().get(server.url(&format!("/api/meetings/{}", created.meeting))).bearer_auth(&bo).send().await?;
    ensure!(answer.status() == 404, "{}", answer.status());
    Ok(())
}

#[tokio::test]
async fn a_link_of_the_command_line_lets_in_whoever_knows_the_address_and_a_disabled_account_is_out_at_once() -> Result<()> {
    let server = TestServer::start()?;
    let created = server.import(&fixture::meeting()).await?;
    account(&server, "Bo", "reader").await?;
    let link = run(&server, &["user", "link", "bo@havnsted.example"])?;
    let secret = secret_in(&link)?;
    let (status, _, page) = post(&server, "/ind/link", "", &[("t", &secret)]).await?;
    ensure!(status == 200 && page.contains("name=\"mail\""), "the address is asked for: {status}");
    let (status, cookies, _) = post(&server, "/ind/link", "", &[("t", &secret), ("mail", "bo@havnsted.example")]).await?;
    ensure!(status == 303, "{status}");
    let mut page = SyncClient::connect_by_cookie(server.address(), &created.document, fixture::client(91), &cookies).await?;
    let started = Instant::now();
    run(&server, &["user", "disable", "bo@havnsted.example"])?;
    let code = page.wait_closed().await?;
    ensure!(code == Some(close_code::NOT_SIGNED_IN), "{code:?}");
    ensure!(started.elapsed() < 3 * SECOND, "with the start of a process in it: {:?}", started.elapsed());
    run(&server, &["user", "invite", "eva@havnsted.example", "--name", "Eva", "--member", &format!("{}=chair", fixture::meeting().forum)])?;
    ensure!(run(&server, &["user", "list"])?.contains("eva@havnsted.example invited"));
    Ok(())
}
