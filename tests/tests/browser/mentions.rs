//! People are named in comments: a list of those who may read opens at the `@`, by keys at a desk and by touch on a phone; a mail leads to the thread.

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::Created;
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::fixture;
use dagsorden_tests::mail_sink::MailSink;
use dagsorden_tests::server::{Setup, command};
use serde_json::json;

use super::accessibility::check;
use super::section;

const LIST: &str = "[...document.querySelectorAll('.mentions [role=option] b')].map((name) => name.textContent)";

/// Runs a command on the server's data folder.
fn run(stage: &Stage, arguments: &[&str]) -> Result<String> {
    let output = command(&stage.server.data(), arguments)?;
    ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn mail_of(name: &str) -> String {
    format!("{}@havnsted.example", name.split(' ').next().unwrap_or(name).to_lowercase())
}

fn add(stage: &Stage, name: &str, role: &str) -> Result<()> {
    let member = format!("{}={role}", fixture::meeting().forum);
    run(stage, &["user", "add", &mail_of(name), "--name", name, "--organisation", "Havnsted", "--member", &member]).map(drop)
}

/// A window of a person who is signed in, on the front page.
async fn sign_in(stage: &Stage, name: &str, look: Look) -> Result<Window> {
    let link = run(stage, &["user", "link", &mail_of(name)])?;
    let (_, secret) = link.split_once("/ind#").context("a link")?;
    let window = Window::open(name, look).await?;
    window.go(&stage.server.url(&format!("/ind#{secret}"))).await?;
    window.find("#link input[type=email]").await?.send_keys(mail_of(name)).await?;
    window.click("#link button[type=submit]").await?;
    window.wait("the front page", "return location.pathname === '/' && document.readyState === 'complete'").await?;
    Ok(window)
}

/// Begins a comment on words of the first section of item 2.
async fn begin(window: &Window, from: u32, to: u32) -> Result<()> {
    let place = section(&window.shown().await?, 1, 0)?;
    window.editor("select", vec![json!(place), json!(from), json!(to)]).await?;
    window.wait("that one may comment", "return document.querySelector('.offer')?.checkVisibility()").await?;
    window.strike("Alt+Shift+M").await?;
    window.wait("the field", "return document.activeElement.id === 'new-comment'").await.map(drop)
}

async fn wait_list(window: &Window, names: &[&str]) -> Result<()> {
    let listed = format!("return {LIST}.join() === {:?}", names.join(","));
    window.wait(&format!("{names:?} offered"), &listed).await.map(drop)
}

async fn set() -> Result<(Stage, MailSink, Created)> {
    let sink = MailSink::start().await?;
    let environment = [("SMTP_URL", sink.url()), ("MAIL_FROM", "Dagsorden <dagsorden@havnsted.example>".into()), ("MAIL_WAIT", "1".into())];
    let environment = environment.map(|(name, value)| (format!("DAGSORDEN_{name}"), value)).into();
    let stage = Stage::set_with(Setup { environment, ..Setup::default() }).await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    for (name, role) in [("Signe Ravnholt", "secretariat"), ("Bo Lind", "commenter"), ("Carla Bro", "reader")] {
        add(&stage, name, role)?;
    }
    Ok((stage, sink, meeting))
}

#[tokio::test]
async fn a_name_is_chosen_by_keys_and_by_touch_and_a_mail_leads_to_the_thread() -> Result<()> {
    let (stage, sink, meeting) = set().await?;
    let page = stage.server.url(&format!("/m/{}", meeting.meeting));
    let signe = sign_in(&stage, "Signe Ravnholt", Look::DESKTOP).await?;
    signe.go(&page).await?;
    signe.wait_ready().await?;

    begin(&signe, 0, 7).await?;
    signe.write("Kanariefugl: hvad mener @").await?;
    wait_list(&signe, &["Bo Lind", "Carla Bro"]).await?;
    let on = "const field = document.activeElement;
        return document.getElementById(field.getAttribute('aria-activedescendant'))?.querySelector('b').textContent + field.getAttribute('aria-controls')";
    ensure!(signe.run(on, Vec::new()).await? == json!("Bo Lindmention-list"), "the first is marked");
    signe.strike("ArrowDown").await?;
    ensure!(signe.run(on, Vec::new()).await? == json!("Carla Bromention-list"), "the next is marked");
    check(&signe, "mention-list").await?;
    // It was looked at in other widths, where the field is in a sheet that is closed.
    signe.click("#new-comment").await?;
    signe.strike("Backspace").await?;
    signe.write("@").await?;
    wait_list(&signe, &["Bo Lind", "Carla Bro"]).await?;
    signe.strike("Escape").await?;
    signe
        .wait(
            "the list closed and the field open",
            "return !document.querySelector('.mentions') && document.activeElement.id === 'new-comment'",
        )
        .await?;
    signe.write("l").await?;
    wait_list(&signe, &["Bo Lind"]).await?;
    signe.strike("Enter").await?;
    let field = "return document.getElementById('new-comment').value";
    ensure!(signe.run(field, Vec::new()).await? == json!("Kanariefugl: hvad mener @Bo Lind "), "the name is written");
    signe.write("om det?").await?;
    signe.strike("Control+Enter").await?;
    signe.wait("the mark on the name", "return document.querySelector('.thread.on .say .at')?.textContent === '@Bo Lind'").await?;

    let mail = sink.mail(0).await?;
    let text = mail.text()?;
    ensure!(mail.to == "bo@havnsted.example", "{mail:?}");
    ensure!(
        mail.data.contains("Auto-Submitted: auto-generated") && mail.data.contains("X-Auto-Response-Suppress: OOF, AutoReply"),
        "{}",
        mail.data
    );
    let header = |name: &str| mail.data.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    ensure!(header("Message-ID:").starts_with("<n-") && header("In-Reply-To:").starts_with("<t-"), "{}", mail.data);
    ensure!(header("In-Reply-To:") == header("References:"), "{}", mail.data);
    ensure!(text.contains("Signe Ravnholt (Havnsted) har nævnt dig") && !text.contains("Kanariefugl"), "{text}");
    let (_, path) = text.split_once(&page).context("a link")?;
    let path = path.lines().next().unwrap_or_default().to_owned();

    // From the mail to the answer: the thread stands open, on a phone in its sheet.
    let bo = sign_in(&stage, "Bo Lind", Look::PHONE).await?;
    bo.go(&format!("{page}{path}")).await?;
    bo.wait("the thread open", "return document.querySelector('#talk:popover-open .thread.on .reply textarea')?.checkVisibility()").await?;
    bo.wait("the focus in it", "return document.activeElement.closest('.thread.on') !== null").await?;
    bo.click(".thread.on .reply textarea").await?;
    bo.write("Spørg @ra").await?;
    wait_list(&bo, &["Signe Ravnholt"]).await?;
    let height = bo.run("return document.querySelector('.mentions [role=option]').getBoundingClientRect().height", Vec::new()).await?;
    ensure!(height.as_f64().is_some_and(|height| height >= 44.0), "a finger finds it: {height}");
    check(&bo, "mention-phone").await?;
    bo.click(".mentions [role=option]").await?;
    let field = "return [document.activeElement.value, document.querySelector('.mentions')]";
    ensure!(bo.run(field, Vec::new()).await? == json!(["Spørg @Signe Ravnholt ", null]), "by touch as well");
    bo.strike("Control+Enter").await?;
    signe.wait("the answer", "return document.querySelector('.thread.on')?.textContent.includes('Spørg @Signe Ravnholt')").await?;
    for window in [&signe, &bo] {
        ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    }
    Ok(())
}

#[tokio::test]
async fn whoever_may_not_read_any_more_cannot_be_mentioned() -> Result<()> {
    let (stage, _sink, meeting) = set().await?;
    let signe = sign_in(&stage, "Signe Ravnholt", Look::DESKTOP).await?;
    signe.go(&stage.server.url(&format!("/m/{}", meeting.meeting))).await?;
    signe.wait_ready().await?;
    begin(&signe, 0, 7).await?;
    signe.write("Se her, @car").await?;
    wait_list(&signe, &["Carla Bro"]).await?;
    signe.strike("Enter").await?;
    let end = "const done = arguments[arguments.length - 1];
        fetch('/api/forums').then((answer) => answer.json()).then(([forum]) => fetch(`/api/forums/${forum.id}/members`)
            .then((answer) => answer.json()).then((rows) => rows.find((row) => row.name === 'Carla Bro').account)
            .then((account) => fetch(`/api/forums/${forum.id}/members/${account}`, { method: 'DELETE' }))).then((answer) => done(answer.status));";
    ensure!(signe.run_async(end).await? == json!(204), "she is no member any more");
    signe.strike("Control+Enter").await?;
    signe
        .wait("the sentence", "return document.querySelector('.thread.on .rest.bad')?.textContent.startsWith('Ikke modtaget: En, du nævner, må ikke læse mødet.')")
        .await?;
    check(&signe, "mention-refused").await
}
