//! Meeting JSON as a file.

use dagsorden_shared::agenda::MeetingSnapshot;
use dagsorden_shared::api::MeetingDetail;
use dagsorden_shared::meeting_json::MeetingJson;

/// Meeting JSON of a snapshot and its rows, as text.
pub fn json(snapshot: &MeetingSnapshot, rows: &MeetingDetail) -> String {
    write(&snapshot.to_json(rows))
}

/// Text that a person can read, with a newline at the end.
pub(super) fn write(meeting: &MeetingJson) -> String {
    let mut text = serde_json::to_string_pretty(meeting).expect("Meeting JSON has string keys only");
    text.push('\n');
    text
}
