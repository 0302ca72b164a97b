//! The product's sample documents as PDF: read by the import, set, and held word for word against what was read.
//!
//! The samples are not part of this repository: where they are not beside it, the test says so and proves nothing.

use std::path::Path;

use dagsorden_shared::catalogue::Language;

use crate::{checked, expected, options, said};

#[test]
fn the_samples_become_accessible_pdfs_word_for_word() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples");
    if !folder.is_dir() {
        eprintln!("no sample documents at {}: nothing was checked", folder.display());
        return;
    }
    for name in ["000.txt", "001.txt", "002.txt", "003.txt", "004.txt"] {
        let bytes = std::fs::read(folder.join(name)).expect(name);
        let meeting = dagsorden::import::read(&bytes, Some(name)).expect(name).meeting;
        let pdf = checked(name, &meeting, &options());
        assert_eq!(said(&pdf), expected::words(&meeting, Language::Da), "{name}");
    }
}
