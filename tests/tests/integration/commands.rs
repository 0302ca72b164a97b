//! The command line with good and bad input: one clear line, the right exit code, nothing harmed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use anyhow::{Context, Result};
use dagsorden_tests::fixture;
use dagsorden_tests::server::{TestServer, command};

fn refusal(output: &Output, must_name: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "bad input is exit code 2; it said {error:?}");
    assert_eq!(error.trim().lines().count(), 1, "one line: {error:?}");
    assert!(error.contains(must_name), "{error:?} names {must_name:?}");
}

#[test]
fn a_meeting_comes_in_and_goes_out_as_it_was() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (data, file) = (folder.path().join("data"), folder.path().join("møde.json"));
    fs::write(&file, serde_json::to_vec(&fixture::meeting())?)?;
    let path = file.to_str().context("a path in UTF-8")?;
    let stored = command(&data, &["import", path])?;
    let printed = String::from_utf8(stored.stdout)?;
    assert!(stored.status.success(), "{}", String::from_utf8_lossy(&stored.stderr));
    let words: Vec<&str> = printed.split_whitespace().collect();
    assert!(matches!(words.as_slice(), ["meeting", _, "document", _]), "{printed:?}");
    let exported = command(&data, &["export", words[1], "--format", "json"])?;
    assert!(exported.status.success(), "{}", String::from_utf8_lossy(&exported.stderr));
    let read: serde_json::Value = serde_json::from_slice(&exported.stdout)?;
    assert_eq!(read, serde_json::to_value(fixture::meeting())?);
    Ok(())
}

#[test]
fn files_that_are_no_agenda_are_refused_by_name() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let cases: [(&str, Vec<u8>); 5] = [
        ("tom.txt", Vec::new()),
        ("brev.txt", "Kære alle.\n\nVi ses på tirsdag.\n\nVenlig hilsen\n".into()),
        ("latin1.txt", b"Dagsorden\n1. \xd8konomi\n".to_vec()),
        ("stor.txt", vec![b'x'; 50 << 20]),
        ("brudt.json", br#"{"forum":"Kystkredsen","title":"#.to_vec()),
    ];
    for (name, bytes) in cases {
        let file = folder.path().join(name);
        fs::write(&file, bytes)?;
        let data = folder.path().join("data");
        let refused = command(&data, &["import", file.to_str().context("a path in UTF-8")?])?;
        refusal(&refused, name);
    }
    refusal(&command(&folder.path().join("data"), &["import", "findes-ikke.txt"])?, "findes-ikke.txt");
    Ok(())
}

#[test]
fn a_second_server_on_the_same_data_folder_says_so() -> Result<()> {
    let server = TestServer::start()?;
    let data = server.data();
    let name = data.to_str().context("a path in UTF-8")?;
    refusal(&command(&data, &["serve", "--listen", "127.0.0.1:0"])?, name);
    Ok(())
}

#[test]
fn a_port_in_use_is_named() -> Result<()> {
    let server = TestServer::start()?;
    let folder = tempfile::tempdir()?;
    let address = server.address().to_string();
    refusal(&command(&folder.path().join("data"), &["serve", "--listen", &address])?, &address);
    Ok(())
}

#[test]
fn nobody_beyond_this_machine_is_listened_to_while_there_are_no_accounts() -> Result<()> {
    let folder = tempfile::tempdir()?;
    refusal(&command(&folder.path().join("data"), &["serve", "--listen", "0.0.0.0:0"])?, "0.0.0.0");
    Ok(())
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named() -> Result<()> {
    let folder = tempfile::tempdir()?;
    // A file where the folder should be: refused for everybody, also for root, whom permissions do not stop.
    let file = folder.path().join("optaget");
    fs::write(&file, "")?;
    refusal(&command(&file, &["serve", "--listen", "127.0.0.1:0"])?, "optaget");
    let locked = folder.path().join("låst");
    fs::create_dir(&locked)?;
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o500))?;
    if fs::write(locked.join("prøve"), "").is_err() {
        refusal(&command(&locked.join("data"), &["serve", "--listen", "127.0.0.1:0"])?, "låst");
    }
    Ok(())
}

#[tokio::test]
async fn a_command_adds_a_meeting_while_the_server_runs() -> Result<()> {
    let server = TestServer::start()?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("møde.json");
    fs::write(&file, serde_json::to_vec(&fixture::meeting())?)?;
    let stored = command(&server.data(), &["import", file.to_str().context("a path in UTF-8")?])?;
    assert!(stored.status.success(), "{}", String::from_utf8_lossy(&stored.stderr));
    assert_eq!(server.meetings().await?.len(), 1, "the server keeps no list of its own");
    Ok(())
}
