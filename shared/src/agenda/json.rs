//! A snapshot and its rows as Meeting JSON.

use super::blocks;
use super::snapshot::{ItemSnapshot, MeetingSnapshot};
use crate::api::{ItemAttachment, MeetingDetail};
use crate::attachment;
use crate::meeting_json::{ItemJson, MeetingJson, SectionJson};

impl MeetingSnapshot {
    /// Meeting JSON of this snapshot with the participants and attachments of its rows.
    pub fn to_json(&self, rows: &MeetingDetail) -> MeetingJson {
        let header = self.header.clone();
        let attachments = self.numbered(&rows.attachments);
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
            items: self.items.iter().map(|item| item_json(item, &attachments)).collect(),
        }
    }

    /// Attachments, each with the number that it has or that follows from its place.
    pub fn numbered(&self, attachments: &[ItemAttachment]) -> Vec<ItemAttachment> {
        let mut attachments = attachments.to_vec();
        attachment::number(&mut attachments, self.items.iter().map(|item| (&item.id, item.number.as_str())));
        attachments
    }
}

fn item_json(item: &ItemSnapshot, attachments: &[ItemAttachment]) -> ItemJson {
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
        attachments: attachments.iter().filter(|row| row.item == item.id).map(|row| row.attachment.clone()).collect(),
    }
}
