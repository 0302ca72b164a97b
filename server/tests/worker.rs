//! The binary as its own worker: `dagsorden work import` and what uses it.
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const BINARY: &str = env!("CARGO_BIN_EXE_dagsorden");

/// A Word file with this body.
fn word(body: &str) -> Vec<u8> {
    let links = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"a\" \
                 Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";
    let main = format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{body}</w:body></w:document>"
    );
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("_rels/.rels", links), ("word/document.xml", &main)] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn agenda() -> Vec<u8> {
    let paragraph = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
    word(&["Dagsorden for Kystforum", "1. Kajer", "Kajerne er gamle.", "2. Slut", "Tak."].map(paragraph).concat())
}

fn import(folder: &Path, name: &str, bytes: &[u8], more: &[&str]) -> Output {
    let file = folder.join(name);
    std::fs::write(&file, bytes).unwrap();
    let data = folder.join("data");
    Command::new(BINARY).arg("--data").arg(data).arg("import").arg(file).args(more).output().unwrap()
}

#[test]
fn a_word_file_is_imported_on_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let printed = import(folder.path(), "møde.docx", &agenda(), &["--json"]);
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let meeting: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!((meeting["forum"].as_str(), meeting["items"][1]["title"].as_str()), (Some("Kystforum"), Some("Slut")));
    assert!(!folder.path().join("data").exists(), "--json stores nothing");
    let stored = import(folder.path(), "møde.docx", &agenda(), &[]);
    assert!(String::from_utf8_lossy(&stored.stdout).starts_with("meeting "), "{}", String::from_utf8_lossy(&stored.stderr));
}

#[test]
fn files_that_mean_harm_are_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let deep = word(&format!("{}{}", "<w:p>".repeat(20_000), "</w:p>".repeat(20_000)));
    let large = word(&" ".repeat(60 << 20));
    for (name, bytes, must_say) in [
        ("dyb.docx", deep, "too many levels of elements"),
        ("stor.docx", large, "bytes when it is unpacked"),
        (
            "gammel.doc",
            [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], b"W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0"].concat(),
            "save it as Word document (.docx)",
        ),
        ("brudt.docx", agenda()[..200].to_vec(), "save it under a new name"),
    ] {
        let refused = import(folder.path(), name, &bytes, &[]);
        let error = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2), "{error}");
        assert!(error.lines().count() == 1 && error.contains(name) && error.contains(must_say), "{error}");
    }
}

/// A server, killed when it is dropped.
struct Server(Child, String);

impl Server {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(BINARY)
            .arg("--data")
            .arg(folder.join("data"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Self(child, address)
    }

    /// Status line, head and body of the answer to an upload.
    fn preview(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.1).unwrap();
        let head = format!(
            "POST /api/meetings/import/preview?name=x.docx HTTP/1.1\r\nHost: {0}\r\nOrigin: http://{0}\r\nConnection: close\r\nContent-Type: \
             application/octet-stream\r\nContent-Length: {1}\r\n\r\n",
            self.1,
            bytes.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_server_reads_word_files_and_outlives_bombs() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let bomb = server.preview(&word(&format!("{}{}", "<w:p>".repeat(20_000), "</w:p>".repeat(20_000))));
    assert!(bomb.starts_with("HTTP/1.1 422 ") && bomb.contains("unpacks_too_large") && bomb.contains("problem+json"), "{bomb}");
    let read = server.preview(&agenda());
    assert!(read.starts_with("HTTP/1.1 200 ") && read.contains("\"Kajer\"") && read.contains("\"left_out\""), "{read}");
}

/// The limits stand before the first byte is read, so that nothing a file does comes before them.
#[test]
#[cfg(target_os = "linux")]
fn a_worker_limits_itself_before_it_reads() {
    let mut worker =
        Command::new(BINARY).args(["work", "import"]).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let limits = Path::new("/proc").join(worker.id().to_string()).join("limits");
    let started = Instant::now();
    let has = |text: &str, name: &str, limit: &str| {
        text.lines().any(|line| line.starts_with(name) && line[name.len()..].split_whitespace().next() == Some(limit))
    };
    loop {
        let text = std::fs::read_to_string(&limits).unwrap();
        if has(&text, "Max address space", "536870912") && has(&text, "Max cpu time", "10") && has(&text, "Max core file size", "0") {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{text}");
        std::thread::yield_now();
    }
    worker.stdin.take().unwrap().write_all(&agenda()).unwrap();
    let answer = worker.wait_with_output().unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(answer["read"]["meeting"]["items"].as_array().map(Vec::len), Some(2));
}
