//! A snapshot and its rows as Meeting JSON.

use super::blocks;
use super::snapshot::{ItemSnapshot, MeetingSnapshot};
use crate::api::MeetingDetail;
use crate::meeting_json::{ItemJson, MeetingJson, SectionJson};

impl MeetingSnapshot {
    /// Meeting JSON of this snapshot with the participants and attachments of its rows.
    pub fn to_json(&self, rows: &MeetingDetail) -> MeetingJson {
        let header = self.header.clone();
        MeetingJson {
            forum: if header.forum.is_empty() { rows.forum_name.clone() } else { header.forum },
            title: header.title,
            kind: header.kind,
            date: header.date,
            start: header.start,
            end: header.end,
            place: header.place,
            case_id: header.case_id,
            document_id: header.document_id,
            document_date: header.document_date,
            published: header.published,
            participants: rows.participants.clone(),
            items: self.items.iter().map(|item| item_json(item, rows)).collect(),
        }
    }
}

fn item_json(item: &ItemSnapshot, rows: &MeetingDetail) -> ItemJson {
    ItemJson {
        number: Some(item.number.clone()),
        title: item.title.text(),
        alt_title: item.alt_title.clone(),
        kind: item.kind.clone(),
        presenter: item.presenter.clone(),
        minutes: item.minutes,
        closed: item.closed,
        guests: item.guests.clone(),
        sections: item
            .sections
            .iter()
            .map(|section| SectionJson {
                heading: section.heading.clone(),
                kind: section.kind,
                from: section.from.clone(),
                to: section.to.clone(),
                blocks: blocks::from_body(&section.body),
            })
            .collect(),
        attachments: rows.attachments.iter().filter(|row| row.item == item.id).map(|row| row.attachment.clone()).collect(),
    }
}
