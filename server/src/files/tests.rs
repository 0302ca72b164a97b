use std::io::Write;

use futures_util::stream;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn open(limit: u64) -> (tempfile::TempDir, Files) {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::open(folder.path(), limit).unwrap();
    (folder, files)
}

fn body(bytes: &[u8]) -> impl Stream<Item = Result<Bytes, FileError>> + Unpin + use<> {
    let portions: Vec<_> = bytes.chunks(1000).map(|portion| Ok(Bytes::copy_from_slice(portion))).collect();
    stream::iter(portions)
}

pub(crate) fn archive(names: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, text) in names {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored)).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The files below the folder, without what is on its way.
fn on_disk(folder: &FilePath) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { all.extend(on_disk(&entry.path())) } else { all.push(entry.path()) }
    }
    all
}

async fn read(files: &Files, hash: &str) -> Vec<u8> {
    let chunks: Vec<Bytes> = files.read(hash, None).await.unwrap().try_collect().await.unwrap();
    chunks.concat()
}

#[tokio::test]
async fn a_file_stands_under_its_hash_once_it_is_kept() {
    let (folder, files) = open(1 << 20);
    let bytes = [b"%PDF-1.7\n".as_slice(), &[7; 300_000]].concat();
    let received = files.receive("a/../Notat.PDF", Some(bytes.len() as u64), body(&bytes)).await.unwrap();
    let hash = hex(&Sha256::digest(&bytes));
    assert!(!files.has(&hash).await, "it has no name yet");
    let kept = files.keep(received).await.unwrap();
    assert_eq!(
        kept.file,
        FileJson { name: "Notat.pdf".into(), media_type: "application/pdf".into(), size: bytes.len() as u64, sha256: hash.clone() }
    );
    assert_eq!(read(&files, &hash).await, bytes);
    let part = files.read(&hash, Some(1..5)).await.unwrap().try_collect::<Vec<Bytes>>().await.unwrap().concat();
    assert_eq!(part, b"PDF-");
    // The same content again is the same file.
    let again = files.receive("andet navn.pdf", None, body(&bytes)).await.unwrap();
    let again = files.keep(again).await.unwrap();
    assert_eq!((again.file.sha256.as_str(), again.file.name.as_str()), (hash.as_str(), "andet navn.pdf"));
    assert_eq!(on_disk(folder.path()).len(), 1);
}

#[tokio::test]
async fn what_is_not_kept_leaves_nothing() {
    let (folder, files) = open(1000);
    let pdf = |length: usize| [b"%PDF-".as_slice(), &vec![b'x'; length]].concat();
    drop(files.receive("a.pdf", None, body(&pdf(10))).await.unwrap());
    for (announced, bytes) in [(None, pdf(2000)), (Some(2005), pdf(2000))] {
        let refused = files.receive("a.pdf", announced, body(&bytes)).await.unwrap_err();
        assert!(matches!(refused, FileError::TooLarge(1000)), "{refused:?}");
    }
    assert!(matches!(files.receive("a.pdf", Some(500), body(&pdf(10))).await.unwrap_err(), FileError::Cut), "shorter than was said");
    assert!(matches!(files.receive("a.pdf", None, body(b"")).await.unwrap_err(), FileError::Empty));
    let broken = stream::iter([Ok(Bytes::from(pdf(10))), Err(FileError::Cut)]);
    assert!(matches!(files.receive("a.pdf", None, broken).await.unwrap_err(), FileError::Cut), "the connection broke");
    assert!(files.receive("a.exe", None, body(b"MZ\x90\0\x03\0\0\0")).await.is_err());
    // What a dropped upload wrote is removed beside us.
    let deadline = Instant::now() + Duration::from_secs(10);
    while !on_disk(folder.path()).is_empty() {
        assert!(Instant::now() < deadline, "{:?}", on_disk(folder.path()));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_a_killed_server_left_is_gone_at_the_next_start() {
    let (folder, files) = open(1000);
    let received = files.receive("a.pdf", None, body(b"%PDF-1")).await.unwrap();
    std::mem::forget(received);
    assert_eq!(on_disk(folder.path()).len(), 1);
    Files::open(folder.path(), 1000).unwrap();
    assert!(on_disk(folder.path()).is_empty());
}

#[tokio::test]
async fn files_that_nothing_names_are_swept_away_and_not_while_their_row_is_stored() {
    let (folder, files) = open(1000);
    let store = Store::open(folder.path()).unwrap();
    let kept = files.keep(files.receive("a.pdf", None, body(b"%PDF-1")).await.unwrap()).await.unwrap();
    assert_eq!(files.sweep(&store).await.unwrap(), 0, "it is young");
    let sweeping = tokio::spawn({
        let (files, store) = (files.clone(), store.clone());
        async move { files.sweep_older(&store, Duration::ZERO).await.unwrap() }
    });
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(files.has(&kept.file.sha256).await && !sweeping.is_finished(), "its row may be stored any moment");
    let hash = kept.file.sha256.clone();
    drop(kept);
    assert_eq!(sweeping.await.unwrap(), 1);
    assert!(!files.has(&hash).await);
    let preview = folder.path().join(FOLDER).join(format!("{}.png", place(&hash).unwrap()));
    std::fs::write(&preview, "en side").unwrap();
    assert_eq!(files.sweep_older(&store, Duration::ZERO).await.unwrap(), 1, "what a file looked like goes with it");
    std::fs::write(folder.path().join(FOLDER).join("Læs mig.txt"), "ikke vores").unwrap();
    assert_eq!(files.sweep_older(&store, Duration::ZERO).await.unwrap(), 0, "what is not ours stays");
}

#[tokio::test]
async fn kinds_are_told_by_their_bytes() {
    use kind::Kind::{Csv, Docx, Jpeg, Ods, Odt, Pdf, Png, Pptx, Txt, Xlsx};
    let (_folder, files) = open(1 << 20);
    let office = |folder: &str| archive(&[("[Content_Types].xml", "<Types/>"), (&format!("{folder}document.xml"), "<x/>")]);
    let open = |kind: kind::Kind| archive(&[("mimetype", kind.media_type()), ("content.xml", "<x/>")]);
    for (name, bytes, expected) in [
        ("x.pdf", b"%PDF-1.4\n".to_vec(), Pdf),
        ("x.exe", b"%PDF-1.4\n".to_vec(), Pdf),
        ("x.docx", office("word/"), Docx),
        ("x.xlsx", office("xl/"), Xlsx),
        ("x.pptx", office("ppt/"), Pptx),
        ("x.odt", open(Odt), Odt),
        ("x.ods", open(Ods), Ods),
        ("x.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), Png),
        ("x.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), Jpeg),
        ("x.txt", "Kære alle\r\n\tæøå".into(), Txt),
        ("x.csv", b"navn;by\r\nBo;\xc5rhus\r\n".to_vec(), Csv),
    ] {
        let received = files.receive(name, None, body(&bytes)).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(received.file.media_type, expected.media_type(), "{name}");
        assert!(received.file.name.ends_with(expected.endings()[0]), "{name}: {}", received.file.name);
    }
}

#[tokio::test]
async fn what_runs_is_refused_whatever_it_is_called() {
    let (_folder, files) = open(1 << 20);
    let types = ("[Content_Types].xml", "<Types/>");
    let macros = archive(&[types, ("xl/workbook.xml", ""), ("xl/vbaProject.bin", "")]);
    let twice = [archive(&[types, ("word/document.xml", "")]), archive(&[types, ("word/document.xml", "")])].concat();
    for (name, bytes, expected) in [
        ("x.pdf", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec(), Refusal::Kind),
        ("x.pdf", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0>\0".to_vec(), Refusal::Kind),
        ("x.txt", b"<!doctype html><script>1</script>".to_vec(), Refusal::Kind),
        ("x.png", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), Refusal::Kind),
        ("x.csv", b"  <svg/>".to_vec(), Refusal::Kind),
        ("x.txt", b"#!/bin/sh\nrm".to_vec(), Refusal::Kind),
        ("x.js", b"alert(1)".to_vec(), Refusal::Kind),
        ("x", b"bare tekst".to_vec(), Refusal::Kind),
        ("x.txt", b"tekst\0og andet".to_vec(), Refusal::Kind),
        ("x.docx", archive(&[("a.txt", "a")]), Refusal::Kind),
        ("x.xlsx", macros, Refusal::Macros),
        ("x.ods", archive(&[("mimetype", kind::Kind::Ods.media_type()), ("Basic/Standard/script-lb.xml", "")]), Refusal::Macros),
        ("x.xlsb", archive(&[types, ("xl/workbook.bin", "")]), Refusal::Kind),
        ("x.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0".to_vec(), Refusal::Old),
        ("x.docx", archive(&[types, ("word/document.xml", "")])[..60].to_vec(), Refusal::Kind),
        ("x.docx", twice, Refusal::Kind),
    ] {
        match files.receive(name, None, body(&bytes)).await {
            Err(FileError::Refused(refusal)) => assert_eq!(refusal, expected, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}
