//! Backups: taken while people write, restored, and looked through. The drill of the README, step by step.

use std::fs;
use std::path::Path;
use std::process::Output;

use anyhow::{Context, Result};
use dagsorden_shared::protocol::close_code;
use dagsorden_tests::fixture;
use dagsorden_tests::server::{TestServer, command};
use dagsorden_tests::sync_client::SyncClient;

use super::relay::{field, fresh, text};

fn path(file: &Path) -> Result<&str> {
    file.to_str().context("a path in UTF-8")
}

/// What a command said on stdout, when it should have gone well.
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A command ends with this code and names these things in one line on stderr.
fn refused(output: &Output, code: i32, names: &[&str]) {
    let line = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), line.lines().count()), (Some(code), 1), "{line}");
    names.iter().for_each(|name| assert!(line.contains(name), "{name:?} is missing in {line}"));
}

#[tokio::test]
async fn a_backup_taken_while_people_write_is_restored_under_new_ids() -> Result<()> {
    let mut server = TestServer::start()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("nat.backup");
    let created = server.import(&fixture::meeting()).await?;
    let mut writer = SyncClient::connect(server.address(), &created.document, fresh()).await?;
    let place = field(writer.agenda(), 1, 0)?;
    writer.type_at(&place, 0, "før kopien; ").await?;
    writer.wait_saved().await?;
    let backup = command(&server.data(), &["backup", path(&file)?])?;
    assert!(said(&backup).starts_with("backup of 1 meeting in "), "{backup:?}");
    writer.type_at(&place, 0, "efter kopien; ").await?;
    writer.wait_saved().await?;
    assert_eq!(said(&command(&server.data(), &["verify"])?), "1 meeting, 1 document: whole\n");
    assert_eq!(said(&command(&server.data(), &["verify", path(&file)?])?), "1 meeting, 1 document: whole\n");
    refused(&command(&server.data(), &["backup", path(&file)?])?, 2, &["nat.backup", "already"]);
    refused(&command(&server.data(), &["restore", path(&file)?])?, 2, &[path(&server.data())?, "stop that one"]);

    let later = server.import(&fixture::meeting()).await?;
    server.terminate()?;
    let restored = said(&command(&server.data(), &["restore", path(&file)?, "--verify"])?);
    assert!(restored.starts_with("restored 1 meeting from ") && restored.contains(".before-"), "{restored}");
    server.restart()?;
    let rows = server.meetings().await?;
    assert_eq!(rows.iter().map(|row| &row.id).collect::<Vec<_>>(), [&created.meeting], "what came after the backup is not here");
    let answer = server.http().get(server.url(&format!("/api/meetings/{}", created.meeting))).send().await?.text().await?;
    let detail: serde_json::Value = serde_json::from_str(&answer)?;
    let document = detail["documents"][0].as_str().context("the meeting has a document")?.parse()?;
    assert_ne!(document, created.document, "one id, one history");
    let mut reader = SyncClient::connect(server.address(), &document, fresh()).await?;
    let stored = text(reader.agenda(), &place);
    assert!(stored.contains("før kopien") && !stored.contains("efter kopien"), "{stored}");
    reader.append(&place, " og videre").await?;
    reader.wait_saved().await?;
    // Pages that still have the old document, with more in it than the backup, are told that it is over; it is never merged in unseen.
    for gone in [&created.document, &later.document] {
        let refused = SyncClient::connect(server.address(), gone, fresh()).await.err().context("an old id was taken")?;
        assert!(format!("{refused:#}").contains(&close_code::GONE.to_string()), "{refused:#}");
    }
    server.terminate()?;

    // What was there before the restore is whole, and is a backup itself.
    let aside = fs::read_dir(server.data())?.filter_map(Result::ok).map(|entry| entry.path());
    let aside = aside.into_iter().find(|file| file.display().to_string().contains(".before-")).context("the database before")?;
    assert_eq!(said(&command(&server.data(), &["verify", path(&aside)?])?), "2 meetings, 2 documents: whole\n");
    said(&command(&folder.path().join("andet"), &["restore", path(&aside)?, "--verify"])?);
    assert_eq!(said(&command(&folder.path().join("andet"), &["verify"])?), "2 meetings, 2 documents: whole\n");
    Ok(())
}

#[tokio::test]
async fn a_damaged_backup_is_named_and_what_is_whole_can_be_restored() -> Result<()> {
    const MARK: &[u8] = b"her-bliver-beskadiget";
    let mut server = TestServer::start()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("nat.backup");
    let (broken, whole) = (server.import(&fixture::meeting()).await?, server.import(&fixture::meeting()).await?);
    let mut writer = SyncClient::connect(server.address(), &broken.document, fresh()).await?;
    writer.type_at(&field(writer.agenda(), 1, 0)?, 0, std::str::from_utf8(MARK)?).await?;
    writer.wait_saved().await?;
    said(&command(&server.data(), &["backup", path(&file)?])?);
    server.terminate()?;
    let mut bytes = fs::read(&file)?;
    let at = bytes.windows(MARK.len()).position(|window| window == MARK).context("the text stands in the backup")?;
    bytes[at] ^= 1;
    fs::write(&file, &bytes)?;
    let before = fs::read(server.data().join(dagsorden::store::FILE))?;

    let verified = command(&server.data(), &["verify", path(&file)?])?;
    refused(&verified, 1, &["1 of 2 documents"]);
    let found = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(found.contains(&format!("document {}: the update at revision 2 is damaged", broken.document)), "{found}");
    refused(&command(&server.data(), &["restore", path(&file)?, "--verify"])?, 1, &["nat.backup", "nothing was restored"]);
    assert_eq!(fs::read(server.data().join(dagsorden::store::FILE))?, before, "nothing was changed");

    refused(&command(&server.data(), &["restore", path(&file)?])?, 1, &["1 of 2 documents"]);
    server.restart()?;
    assert_eq!(server.meetings().await?.len(), 2);
    server.export(&whole.meeting).await?;
    assert!(server.export(&broken.meeting).await.is_err());
    Ok(())
}

#[test]
fn what_is_no_backup_is_refused_by_name_and_nothing_is_made() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    refused(&command(&data, &["backup", path(&folder.path().join("x"))?])?, 2, &["data folder", "no database"]);
    refused(&command(&data, &["verify"])?, 2, &["data folder", "no database"]);
    assert!(!data.exists() && !folder.path().join("x").exists());
    refused(&command(&data, &["restore", "findes-ikke"])?, 2, &["findes-ikke"]);
    let letter = folder.path().join("brev.txt");
    fs::write(&letter, "Kære alle. ".repeat(200))?;
    refused(&command(&data, &["verify", path(&letter)?])?, 2, &["brev.txt"]);
    refused(&command(&data, &["restore", path(&letter)?])?, 2, &["brev.txt"]);
    let left: Vec<_> = fs::read_dir(&data)?.filter_map(Result::ok).map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["lock"]);
    Ok(())
}
