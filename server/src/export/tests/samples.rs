//! The product's sample documents: every word in its place in every format, and the text layout read again.
//!
//! The samples are not part of this repository: where they are not beside it, the tests say so and prove nothing.

use std::path::Path;

use super::*;
use crate::import;

fn samples() -> Vec<(&'static str, MeetingJson)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples");
    if !folder.is_dir() {
        eprintln!("no sample documents at {}: nothing was checked", folder.display());
        return Vec::new();
    }
    let read = |name| {
        let bytes = std::fs::read(folder.join(format!("{name}.txt"))).expect("the document");
        (name, import::read(&bytes, None).unwrap_or_else(|error| panic!("{name}: {error}")).meeting)
    };
    ["000", "001", "002", "003", "004"].map(read).into()
}

#[test]
fn words_of_the_sample_documents_stand_in_order_in_every_format() {
    for (name, meeting) in samples() {
        check_all_words(name, &meeting);
    }
}

#[test]
fn the_sample_documents_written_as_text_are_the_same_meetings() {
    for (name, meeting) in samples() {
        text::check_same(name, &text::again(&meeting), &meeting);
    }
}

#[test]
fn the_sample_documents_written_as_word_files_have_the_same_words_when_they_are_read_again() {
    for (name, meeting) in samples() {
        let file = export(Format::Docx, &meeting);
        let again = import::read(&file.bytes, Some(&file.name)).unwrap_or_else(|error| panic!("{name}: {error}")).meeting;
        assert_eq!(again.items.len(), meeting.items.len(), "{name}");
        assert_eq!(expected_words(&again), expected_words(&meeting), "{name}");
    }
}
