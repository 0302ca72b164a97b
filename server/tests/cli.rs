//! The binary as a person or a script runs it: answers, messages and exit codes.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const TEXT: &str = "Dagsorden for Kredsen\n\nPunkt 1: Valg af vært\nBaggrund\nDer er to forslag.\n\nPunkt 2: Eventuelt\nIntet.\n";

fn dagsorden(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dagsorden"));
    command.current_dir(folder).env_remove("DAGSORDEN_DATA").env_remove("DAGSORDEN_LISTEN").env_remove("DAGSORDEN_LOG");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    dagsorden(folder).args(arguments).output().unwrap()
}

/// Bad input: exit code 2, nothing on stdout, one line on stderr that says all of `parts`.
#[track_caller]
fn refused(output: &Output, parts: &[&str]) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert_eq!(message.lines().count(), 1, "one line: {message}");
    for part in parts {
        assert!(message.contains(part), "{part:?} is missing in: {message}");
    }
    assert!(output.stdout.is_empty());
}

#[track_caller]
fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A server that ends with the test.
struct Serving {
    child: Child,
    address: SocketAddr,
}

impl Serving {
    fn start(folder: &Path) -> Self {
        let mut child = dagsorden(folder).args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on http://").unwrap_or_else(|| panic!("{line:?}")).parse().unwrap();
        Self { child, address }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap().success());
    }

    fn ended(&mut self, within: Duration) -> ExitStatus {
        let deadline = Instant::now() + within;
        loop {
            match self.child.try_wait().unwrap() {
                Some(status) => return status,
                None if Instant::now() > deadline => panic!("the server did not end within {within:?}"),
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It has mostly ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder_with_text() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("møde.txt"), TEXT).unwrap();
    folder
}

#[test]
fn a_second_server_on_one_data_folder_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let first = Serving::start(folder.path());
    refused(&run(folder.path(), &["serve", "--listen", "127.0.0.1:0"]), &["data folder ./data", "another `dagsorden serve`", "--data"]);
    assert!(first.get("/healthz").ends_with("ok\n"), "the first goes on");
}

#[test]
fn told_to_stop_it_ends_in_order_and_gives_the_folder_back() {
    let folder = tempfile::tempdir().unwrap();
    for signal in ["TERM", "INT"] {
        let mut server = Serving::start(folder.path());
        server.signal(signal);
        assert_eq!(server.ended(Duration::from_secs(9)).code(), Some(0), "SIG{signal}");
    }
}

#[test]
fn told_twice_it_ends_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Serving::start(folder.path());
    // A request that never ends would hold the first signal up for as long as draining may take.
    let mut stream = TcpStream::connect(server.address).unwrap();
    write!(stream, "POST /api/meetings/import HTTP/1.1\r\nHost: {}\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n", server.address)
        .unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100", "the request is being handled");
    server.signal("TERM");
    while TcpStream::connect(server.address).is_ok() {
        std::thread::sleep(Duration::from_millis(5));
    }
    server.signal("TERM");
    assert_eq!(server.ended(Duration::from_secs(5)).code(), Some(1));
}

#[test]
fn a_place_that_cannot_be_served_from_is_named() {
    let folder = folder_with_text();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let serve = |arguments: &[&str]| run(folder.path(), &[&["serve"], arguments].concat());
    refused(&serve(&["--listen", &address]), &[&address, "in use"]);
    refused(&serve(&["--listen", "0.0.0.0:0"]), &["0.0.0.0:0", "127.0.0.1"]);
    refused(&serve(&["--data", "møde.txt"]), &["møde.txt", "not a folder", "--data"]);
    refused(&serve(&["--data", "møde.txt/data"]), &["møde.txt/data", "not a folder"]);
    // Nobody can make files there, not even root.
    refused(&serve(&["--data", "/proc/self"]), &["data folder /proc/self", "writable"]);
    refused(&serve(&["--data", "/proc/nothing/data"]), &["data folder /proc/nothing/data", "--data"]);
    assert_eq!(serve(&["--listen", "8080"]).status.code(), Some(2));
}

#[test]
fn a_damaged_database_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let file = data.join("dagsorden.sqlite");
    fs::write(&file, "not a database at all, but long enough to be read as one".repeat(100)).unwrap();
    let before = fs::read(&file).unwrap();
    refused(&run(folder.path(), &["serve", "--listen", "127.0.0.1:0"]), &["dagsorden.sqlite", "backup"]);
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn what_is_imported_beside_a_running_server_is_there_at_once() {
    let folder = folder_with_text();
    let server = Serving::start(folder.path());
    let line = stdout(&run(folder.path(), &["import", "møde.txt", "--forum", "Kredsen"]));
    let words: Vec<&str> = line.split_whitespace().collect();
    assert!(matches!(words[..], ["meeting", _, "document", _]) && line.ends_with('\n'), "{line:?}");
    let list = server.get("/api/meetings");
    assert!(list.contains(words[1]) && list.contains(words[3]) && list.contains("Kredsen"), "{list}");
}

#[test]
fn a_meeting_goes_in_and_comes_out_as_the_same_json() {
    let folder = folder_with_text();
    let read = stdout(&run(folder.path(), &["import", "møde.txt", "--forum", "Kredsen", "--json"]));
    assert!(!folder.path().join("data").exists(), "--json stores nothing");
    let mut read: serde_json::Value = serde_json::from_str(&read).unwrap();
    assert_eq!(read["items"][0]["title"], "Valg af vært");
    let line = stdout(&run(folder.path(), &["import", "møde.txt", "--forum", "Kredsen"]));
    let id = line.split_whitespace().nth(1).unwrap();
    let exported = stdout(&run(folder.path(), &["export", id, "--format", "json"]));
    read["forum"] = "Kredsen".into();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&exported).unwrap(), read);
    assert_eq!(stdout(&run(folder.path(), &["export", id, "--format", "json", "-o", "ud.json"])), "");
    assert_eq!(fs::read_to_string(folder.path().join("ud.json")).unwrap(), exported);
    stdout(&run(folder.path(), &["import", "ud.json"]));
    for (format, start) in [("docx", "PK\u{3}\u{4}"), ("html", "<!doctype html>"), ("md", "**UDKAST**"), ("pdf", "%PDF-1.7")] {
        let file = format!("ud.{format}");
        assert_eq!(stdout(&run(folder.path(), &["export", id, "--format", format, "-o", &file])), "");
        assert!(fs::read(folder.path().join(file)).unwrap().starts_with(start.as_bytes()), "{format}");
    }
    assert!(stdout(&run(folder.path(), &["export", id, "--format", "txt"])).contains("\nPunkt 1: "));
    refused(&run(folder.path(), &["export", id, "--format", "ics"]), &["no date", "give it a date"]);
    refused(&run(folder.path(), &["export", "nobody", "--format", "json"]), &["nobody", "no such meeting"]);
    refused(&run(folder.path(), &["export", id, "--format", "json", "-o", "møde.txt/x"]), &["møde.txt/x"]);
    refused(&run(folder.path(), &["--data", "other", "export", id, "--format", "json"]), &["data folder other"]);
    assert_eq!(run(folder.path(), &["export", id, "--format", "clay"]).status.code(), Some(2));
}

#[test]
fn a_file_that_is_no_agenda_is_refused_with_its_name_and_a_remedy() {
    let folder = folder_with_text();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    write("empty.txt", b"");
    write("letter.txt", "Kære alle\n\nVi ses til sommerfesten.\n".as_bytes());
    write("latin.txt", b"Punkt 1: Valg\nDer er to forslag til en v\xe6rt.\n");
    write("cut.json", b"{\"title\": \"M\",\n \"items\": [{\"title\": \"Va");
    write("wrong.json", b"{\"title\": \"M\", \"items\": 7}");
    write("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    File::create(folder.path().join("huge.txt")).unwrap().set_len(50 << 20).unwrap();
    for (name, parts) in [
        ("missing.txt", &["missing.txt"] as &[&str]),
        (".", &["folder"]),
        ("empty.txt", &["empty.txt", "empty"]),
        ("letter.txt", &["letter.txt", "no agenda items"]),
        ("latin.txt", &["latin.txt", "line 2", "UTF-8"]),
        ("cut.json", &["cut.json", "line 2"]),
        ("wrong.json", &["wrong.json", "line 1"]),
        ("photo.png", &["photo.png", "plain text"]),
        ("huge.txt", &["huge.txt", "52428800 bytes"]),
    ] {
        refused(&run(folder.path(), &["import", name, "--forum", "Kredsen"]), parts);
        refused(&run(folder.path(), &["import", name, "--json"]), parts);
    }
    assert!(!folder.path().join("data").exists(), "nothing was stored");
    refused(&run(folder.path(), &["import", "møde.txt", "--forum", " "]), &["--forum"]);
}

#[test]
fn flags_beat_the_environment_which_beats_the_file() {
    let folder = folder_with_text();
    let import = |flags: &[&str], environment: &[(&str, &str)]| {
        let arguments = [&["import", "møde.txt", "--forum", "Kredsen"], flags].concat();
        stdout(&dagsorden(folder.path()).args(arguments).envs(environment.iter().copied()).output().unwrap());
    };
    let has = |name: &str| folder.path().join(name).join("dagsorden.sqlite").exists();
    fs::write(folder.path().join("dagsorden.toml"), "data = \"from-file\"\n").unwrap();
    import(&["--data", "from-flag"], &[("DAGSORDEN_DATA", "from-environment")]);
    assert_eq!((has("from-flag"), has("from-environment"), has("from-file")), (true, false, false));
    import(&[], &[("DAGSORDEN_DATA", "from-environment")]);
    assert_eq!((has("from-environment"), has("from-file")), (true, false));
    import(&[], &[]);
    assert!(has("from-file"));
}

#[test]
fn a_setting_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |environment: &[(&str, &str)]| dagsorden(folder.path()).arg("serve").envs(environment.iter().copied()).output().unwrap();
    refused(&serve(&[("DAGSORDEN_LISTEN", "everywhere")]), &["DAGSORDEN_LISTEN"]);
    for (text, part) in [("lisen = \"127.0.0.1:0\"", "lisen"), ("listen = 7", "listen"), ("listen =", "dagsorden.toml")] {
        fs::write(folder.path().join("dagsorden.toml"), text).unwrap();
        refused(&serve(&[]), &["dagsorden.toml", part]);
    }
}
