//! A disk that fills up while somebody writes: nothing acknowledged is lost, the server stays up and goes on once there is room again.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use dagsorden_shared::protocol::close_code;
use dagsorden_shared::protocol::refusal::RefusalCode;
use dagsorden_tests::fixture;
use dagsorden_tests::server::{Setup, TestServer};
use dagsorden_tests::sync_client::{Heard, SyncClient};
use dagsorden_tests::wait::in_time;

use super::{field, fresh, text};

/// Starts the server with a data folder on a small disk of its own, partly taken up by a file that can be removed. Where a test may not mount
/// one (in most containers), SQLite is told to take the disk for full instead, for as long as that file is there when the server starts.
fn small_disk() -> Setup {
    let script = r#"
        mkdir -p data
        if unshare --map-root-user --mount mount -t tmpfs tmpfs data 2>&1; then
            disk='mount -t tmpfs -o size=4m tmpfs data && dd if=/dev/zero of=data/ballast bs=1024 count=2048 status=none && exec "$@"'
            exec unshare --map-root-user --mount sh -c "$disk" sh "$@"
        fi
        test -e data/dagsorden.sqlite || touch data/ballast
        if test -e data/ballast; then export DAGSORDEN_TEST_PAGES=150; fi
        exec "$@"
    "#;
    let wrapper = ["sh", "-c", script, "sh"].map(str::to_owned).to_vec();
    // The disk itself is to say that it is full, not the server before.
    Setup { wrapper, environment: vec![("DAGSORDEN_MIN_FREE".to_owned(), "0".to_owned())] }
}

/// Removes the file that takes up space. Answers whether the server had to start anew to see it.
fn make_room(server: &mut TestServer) -> Result<bool> {
    let file = server.data().join("ballast");
    if file.exists() {
        fs::remove_file(&file).context("cannot make room")?;
        server.kill9()?;
        server.restart()?;
        return Ok(true);
    }
    fs::remove_file(seen_by(server, &file)?).context("cannot make room")?;
    Ok(false)
}

/// A file on the server's own disk: other processes see it by way of the server's view only.
fn seen_by(server: &TestServer, file: &Path) -> Result<PathBuf> {
    let file = file.strip_prefix("/").context("the data folder has a full path")?;
    Ok(PathBuf::from(format!("/proc/{}/root", server.process())).join(file))
}

/// Waits until the server says whether its disk is full.
async fn hear_storage(client: &mut SyncClient, full: bool) -> Result<()> {
    let expected = format!(r#"{{"type":"storage","full":{full}}}"#);
    in_time("the state of the disk", async {
        loop {
            match client.hear().await? {
                Heard::Event(json) if json == expected => return anyhow::Ok(()),
                Heard::Closed(code) => anyhow::bail!("closed with {code:?} before the state of the disk was told"),
                _ => {}
            }
        }
    })
    .await?
}

#[tokio::test]
async fn a_full_disk_refuses_with_its_own_code_and_work_goes_on_when_there_is_room() -> Result<()> {
    let mut server = TestServer::start_with(small_disk())?;
    let created = server.import(&fixture::meeting()).await?;
    let mut writer = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    writer.wait_saved().await?;
    let place = field(writer.agenda(), 1, 0)?;
    let mut acknowledged = 0;
    let (refusal, code) = in_time("a full disk", async {
        let mut refusal = None;
        loop {
            if refusal.is_none() && writer.saved() == writer.sent() {
                // Each word is told from the next by its number.
                writer.type_at(&place, 0, &format!("ord{acknowledged};{}", "x".repeat(20_000))).await?;
            }
            match writer.hear().await? {
                Heard::Saved(count) if count == writer.sent() => acknowledged += 1,
                Heard::Refused(code, _) => refusal = Some(code),
                Heard::Closed(code) => return anyhow::Ok((refusal, code)),
                _ => {}
            }
        }
    })
    .await??;
    assert_eq!((refusal, code), (Some(RefusalCode::NoSpace), Some(close_code::TRY_LATER)));
    assert!(acknowledged > 3, "{acknowledged} words fitted");

    let mut reader = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let stored = text(reader.agenda(), &place);
    let lost: Vec<_> = (0..acknowledged).filter(|number| !stored.contains(&format!("ord{number};"))).collect();
    assert!(lost.is_empty(), "acknowledged, but not stored: {lost:?}");

    assert_eq!(reader.events(), [r#"{"type":"storage","full":true}"#], "whoever comes is told");
    // Another who writes is sent away with the same words; who only reads stays.
    let mut second = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    second.type_at(&place, 0, "også her").await?;
    let told = in_time("a second refusal", async {
        let mut told = Vec::new();
        loop {
            match second.hear().await? {
                Heard::Refused(code, _) => told.push(code),
                Heard::Closed(code) => return anyhow::Ok((told, code)),
                _ => {}
            }
        }
    })
    .await??;
    assert_eq!(told, (vec![RefusalCode::NoSpace], Some(close_code::TRY_LATER)));
    if !make_room(&mut server)? {
        hear_storage(&mut reader, false).await?;
    }
    let replica = writer.agenda().clone();
    let mut back = SyncClient::connect_with(server.address(), &created.document, replica).await?;
    back.wait_saved().await?;
    let fresh_one = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    assert_eq!(fresh_one.agenda().snapshot(), back.agenda().snapshot());
    Ok(())
}

/// As [`small_disk`], with 8 MiB, of which 4 are to be kept free. Where a test may not mount one, the server is told to keep more free than any
/// disk has, for as long as the file that takes up space is there when it starts.
fn guarded_disk() -> Setup {
    let script = r#"
        mkdir -p data
        if unshare --map-root-user --mount mount -t tmpfs tmpfs data 2>&1; then
            exec unshare --map-root-user --mount sh -c 'mount -t tmpfs -o size=8m tmpfs data && exec "$@"' sh "$@"
        fi
        if test -e data/ballast; then export DAGSORDEN_MIN_FREE=4294967295; fi
        exec "$@"
    "#;
    let wrapper = ["sh", "-c", script, "sh"].map(str::to_owned).to_vec();
    Setup { wrapper, environment: vec![("DAGSORDEN_MIN_FREE".to_owned(), "4".to_owned())] }
}

/// Takes up space, so that less is free than the server keeps. Answers whether the server had to start anew to see it.
fn take_room(server: &mut TestServer) -> Result<bool> {
    let file = server.data().join("ballast");
    if server.data().join("dagsorden.sqlite").exists() {
        fs::write(&file, "")?;
        server.kill9()?;
        server.restart()?;
        return Ok(true);
    }
    fs::write(seen_by(server, &file)?, vec![0; 4 << 20]).context("cannot take room")?;
    Ok(false)
}

#[tokio::test]
async fn before_the_disk_is_full_everybody_reads_on_and_nobody_writes_until_there_is_room_again() -> Result<()> {
    let mut server = TestServer::start_with(guarded_disk())?;
    let created = server.import(&fixture::meeting()).await?;
    let mut here = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    if !take_room(&mut server)? {
        hear_storage(&mut here, true).await?;
    }
    let reader = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    assert_eq!(reader.events(), [r#"{"type":"storage","full":true}"#], "whoever comes is told");
    assert_eq!(reader.agenda().snapshot(), here.agenda().snapshot(), "and reads");
    let mut writer = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let place = field(writer.agenda(), 1, 0)?;
    writer.type_at(&place, 0, "for meget").await?;
    assert_eq!(writer.wait_closed().await?, Some(close_code::TRY_LATER));
    let import = server.http().post(server.url("/api/meetings/import")).json(&fixture::meeting()).send().await?;
    assert_eq!(import.status(), 507);

    let freed = Instant::now();
    if !make_room(&mut server)? {
        hear_storage(&mut here, false).await?;
        assert!(freed.elapsed() < Duration::from_secs(5), "{:?}", freed.elapsed());
    }
    let mut back = SyncClient::connect_with(server.address(), &created.document, writer.agenda().clone()).await?;
    back.wait_saved().await?;
    assert!(text(back.agenda(), &place).starts_with("for meget"));
    server.import(&fixture::meeting()).await?;
    Ok(())
}
