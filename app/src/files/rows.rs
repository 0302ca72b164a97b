//! Attachments as the server has them, read and written field by field, and the files that are on their way.

use dagsorden_shared::attachment::{AttachmentRow, Attachments};
use dagsorden_shared::id::{AttachmentId, ItemId};
use dagsorden_shared::json::Json;
use dagsorden_shared::meeting_json::{AttachmentStatus, FileJson};

use crate::json::{FromJson, list, number, text};

/// Names of the states, as they stand on the wire.
pub(super) const STATUSES: [(AttachmentStatus, &str); 3] =
    [(AttachmentStatus::Vedlagt, "vedlagt"), (AttachmentStatus::Eftersendes, "eftersendes"), (AttachmentStatus::Omtalt, "omtalt")];

impl FromJson for AttachmentRow {
    fn from_json(value: &Json) -> Option<Self> {
        let status = text(value, "status")?;
        let version = number(value, "version").and_then(|version| u32::try_from(version).ok())?;
        Some(Self {
            id: text(value, "id")?.parse().ok()?,
            item: text(value, "item")?.parse().ok()?,
            number: text(value, "number"),
            numbered: value.get("numbered") == Some(&Json::Bool(true)),
            title: text(value, "title")?,
            status: STATUSES.into_iter().find(|(_, name)| *name == status)?.0,
            file: value.get("file").and_then(file),
            by: text(value, "by").unwrap_or_default(),
            at: value.get("at").and_then(Json::as_whole).unwrap_or_default(),
            version,
        })
    }
}

fn file(value: &Json) -> Option<FileJson> {
    Some(FileJson {
        name: text(value, "name")?,
        media_type: text(value, "media_type")?,
        size: number(value, "size")?,
        sha256: text(value, "sha256").unwrap_or_default(),
    })
}

impl FromJson for Attachments {
    fn from_json(value: &Json) -> Option<Self> {
        Some(Self { limit: number(value, "limit")?, rows: list(value, "rows", AttachmentRow::from_json) })
    }
}

/// A file that is on its way, or that did not arrive.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Upload {
    /// The attachment it becomes the file of.
    pub(super) id: AttachmentId,
    pub(super) item: ItemId,
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) state: State,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum State {
    /// Others are sent first.
    Waiting,
    /// It is being sent.
    Sending,
    /// There is no connection: it is tried again.
    Offline,
    /// It is not taken, and why.
    Refused(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read;

    #[test]
    fn what_the_server_writes_is_what_the_page_reads() {
        let file = FileJson { name: "a.pdf".into(), media_type: "application/pdf".into(), size: 9_000_000_000, sha256: "00".into() };
        let rows = STATUSES.map(|(status, _)| AttachmentRow {
            id: "a1".parse().unwrap(),
            item: "i1".parse().unwrap(),
            number: (status == AttachmentStatus::Omtalt).then(|| "2".into()),
            numbered: status == AttachmentStatus::Vedlagt,
            title: "Notat".into(),
            status,
            file: (status == AttachmentStatus::Vedlagt).then(|| file.clone()),
            by: "Bo, Havnsted".into(),
            at: 1_900_000_000_000,
            version: 3,
        });
        let all = Attachments { limit: 100 << 20, rows: rows.to_vec() };
        assert_eq!(read::<Attachments>(&serde_json::to_string(&all).unwrap()), Some(all));
    }
}
