//! The product's sample documents, held against the facts that people wrote down about them.
//!
//! The samples are not part of this repository: where they are not beside it, the test says so and proves nothing.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use dagsorden_shared::meeting_json::{AttachmentStatus, BlockJson, ItemJson, ParticipantStatus};
use serde_json::Value;

use crate::import::read;

pub(super) fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples");
    let found = folder.is_dir();
    if !found {
        eprintln!("no sample documents at {}: nothing was checked", folder.display());
    }
    found.then_some(folder)
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(folded)
}

/// Number, title, headings, kinds, list lines, tables, parties and attachments of one item.
fn check_item(name: &str, item: &ItemJson, truth: &Value) {
    let at = format!("{name} item {}", truth["number"]);
    assert_eq!(item.number, text(&truth["number"]), "{at}");
    assert_eq!(Some(folded(&item.title)), text(&truth["title"]), "{at}");
    let sections = truth["sections"].as_array().expect("sections");
    let heading = |text: Option<String>| text.unwrap_or_default().trim_end_matches(':').to_lowercase();
    let wanted: Vec<String> = sections.iter().map(|section| heading(text(&section["heading"]))).collect();
    let found: Vec<String> = item.sections.iter().map(|section| heading(section.heading.clone())).collect();
    assert_eq!(found, wanted, "{at}");
    for (section, truth) in item.sections.iter().zip(sections) {
        let kinds: Vec<&str> = truth["kind"]
            .as_str()
            .into_iter()
            .chain(truth["alt_kinds"].as_array().into_iter().flatten().filter_map(Value::as_str))
            .collect();
        assert!(kinds.contains(&section.kind.as_str()), "{at}: {:?} is none of {kinds:?}", section.kind);
        let list_lines = section.blocks.iter().filter(|block| matches!(block, BlockJson::ListItem { .. })).count() as u64;
        assert_eq!(Some(list_lines), truth["bullets"].as_u64(), "{at}: list lines of {:?}", section.heading);
        let tables: Vec<(u64, u64)> = section
            .blocks
            .iter()
            .filter_map(|block| match block {
                BlockJson::Table { rows, .. } => Some((rows.len() as u64, rows.iter().map(Vec::len).max().unwrap_or_default() as u64)),
                _ => None,
            })
            .collect();
        let wanted = truth["tables"].as_array().into_iter().flatten();
        let wanted: Vec<(u64, u64)> = wanted.filter_map(|table| Some((table["rows"].as_u64()?, table["cols"].as_u64()?))).collect();
        assert_eq!(tables, wanted, "{at}: tables of {:?}", section.heading);
        for (key, party) in [("recommended_by", &section.from), ("recommended_to", &section.to)] {
            if let Some(wanted) = truth.get(key) {
                assert_eq!(party.as_deref().map(folded), text(wanted), "{at}: {key}");
            }
        }
    }
    let wanted: Vec<(Option<String>, String, String)> = truth["attachments"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|file| (text(&file["number"]), text(&file["title"]).unwrap_or_default(), text(&file["status"]).unwrap_or_default()))
        .collect();
    let status = |status| match status {
        AttachmentStatus::Vedlagt => "vedlagt",
        AttachmentStatus::Eftersendes => "eftersendes",
        AttachmentStatus::Omtalt => "omtalt",
    };
    let found: Vec<_> =
        item.attachments.iter().map(|file| (file.number.clone(), folded(&file.title), status(file.status).to_owned())).collect();
    assert_eq!(found, wanted, "{at}");
}

#[test]
fn the_facts_of_the_sample_documents_are_found() {
    let Some(folder) = folder() else { return };
    let mut checked = 0;
    for entry in std::fs::read_dir(folder.join("expected")).expect("expected facts") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        let truth: Value = serde_json::from_slice(&std::fs::read(&path).expect("facts")).expect("JSON");
        let bytes = std::fs::read(folder.join(format!("{name}.txt"))).expect("the document");
        let meeting = read(&bytes, None).unwrap_or_else(|error| panic!("{name}: {error}")).meeting;
        assert_eq!(Some(folded(&meeting.forum)), text(&truth["forum"]), "{name}");
        assert_eq!(Some(meeting.kind.as_str()), truth["kind"].as_str(), "{name}");
        for (key, value) in [
            ("date", &meeting.date),
            ("start", &meeting.start),
            ("end", &meeting.end),
            ("place", &meeting.place),
            ("case_id", &meeting.case_id),
            ("document_id", &meeting.document_id),
        ] {
            assert_eq!(value.as_deref().map(folded), text(&truth[key]), "{name}: {key}");
        }
        let wanted: Vec<&str> =
            truth["participants"].as_array().into_iter().flatten().filter_map(|person| person["name"].as_str()).collect();
        let found: Vec<&str> = meeting
            .participants
            .iter()
            .filter(|person| person.status == ParticipantStatus::Deltager)
            .map(|person| person.name.as_str())
            .collect();
        assert_eq!(found, wanted, "{name}");
        let items = truth["items"].as_array().expect("items");
        assert_eq!(meeting.items.len(), items.len(), "{name}");
        meeting.items.iter().zip(items).for_each(|(item, truth)| check_item(&name, item, truth));
        checked += 1;
    }
    assert!(checked > 0, "no facts in {}", folder.display());
}

#[test]
fn no_word_of_a_sample_document_is_lost() {
    let Some(folder) = folder() else { return };
    for name in ["000", "001", "002", "003", "004"] {
        let source = std::fs::read_to_string(folder.join(format!("{name}.txt"))).expect("the document");
        let meeting = read(source.as_bytes(), None).unwrap_or_else(|error| panic!("{name}: {error}")).meeting;
        let known: HashSet<String> = words(&serde_json::to_string(&meeting).expect("JSON")).collect();
        let lost: BTreeSet<String> = words(&source).filter(|word| !known.contains(word)).collect();
        // Labels and dates of the header, addresses in the foot, marks of lists, halves of cut words, other names of attachments.
        assert!(lost.len() <= 16, "{name}: {lost:?}");
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 2).map(str::to_lowercase)
}
