//! A meeting as a tagged PDF, set by `dagsorden_pdf`.

use dagsorden_pdf::{Options, VersionMark};
use dagsorden_shared::access::Phase;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::meeting_json::MeetingJson;

use super::{ExportError, Facts};

/// The file.
pub(super) fn write(meeting: &MeetingJson, about: &Facts, catalogue: &Catalogue) -> Result<Vec<u8>, ExportError> {
    let approved = about.phase == Phase::Approved;
    let options = Options {
        language: catalogue.language,
        draft: about.phase == Phase::Draft && meeting.published.as_deref().is_none_or(|date| date.trim().is_empty()),
        version: about.hash.clone().map(|hash| VersionMark { number: about.version, hash, approved }),
        timestamp: about.written,
        ident: about.meeting.to_string(),
    };
    dagsorden_pdf::render(meeting, &options).map_err(|error| ExportError::Pdf(error.to_string()))
}
