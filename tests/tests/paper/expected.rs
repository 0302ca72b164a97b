//! The words that a paper must say, read from Meeting JSON without the code that sets it.

use dagsorden_shared::agenda::Header;
use dagsorden_shared::catalogue::{Catalogue, Language};
use dagsorden_shared::meeting_json::{AttachmentStatus, BlockJson, ItemJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_shared::render::meeting::{facts, heading, kind_or_publication};

/// All words in their order, without list marks and the list of contents.
pub(crate) fn words(meeting: &MeetingJson, language: Language) -> Vec<String> {
    let catalogue = Catalogue::of(language);
    let header = Header {
        title: meeting.title.clone(),
        forum: meeting.forum.clone(),
        kind: meeting.kind,
        date: meeting.date.clone(),
        start: meeting.start.clone(),
        end: meeting.end.clone(),
        place: meeting.place.clone(),
        case_id: meeting.case_id.clone(),
        document_id: meeting.document_id.clone(),
        document_date: meeting.document_date.clone(),
        published: meeting.published.clone(),
    };
    let mut texts = vec![meeting.forum.clone()];
    texts.extend(kind_or_publication(&header, catalogue));
    texts.push(heading(&header, catalogue));
    for (label, value) in facts(&header, &meeting.participants, catalogue) {
        texts.push(label.to_owned());
        texts.extend(value);
    }
    if meeting.items.len() > 6 {
        texts.push(catalogue.export.contents.to_owned());
    }
    if meeting.items.is_empty() {
        texts.push(catalogue.meeting.no_items.to_owned());
    }
    meeting.items.iter().for_each(|item| add_item(item, catalogue, &mut texts));
    texts.iter().flat_map(|text| text.replace('\u{2011}', "-").split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn add_item(item: &ItemJson, catalogue: &Catalogue, texts: &mut Vec<String>) {
    texts.extend(item.number.clone());
    texts.push(item.title.clone());
    texts.extend(item.alt_title.clone());
    texts.extend(item.kind.clone());
    texts.extend(item.minutes.map(catalogue.meeting.minutes));
    texts.extend(item.presenter.as_deref().map(catalogue.meeting.presenter));
    let guests = (catalogue.meeting.item_guests)(&item.guests.join("; "));
    // An import reads guests from a line that stays in the text, and it need not be said twice.
    let in_text = item.sections.iter().take(1).flat_map(|section| &section.blocks).any(|block| match block {
        BlockJson::Paragraph { text, .. } => text.trim_end_matches('.') == guests,
        _ => false,
    });
    if !item.guests.is_empty() && !in_text {
        texts.push(guests);
    }
    item.sections.iter().for_each(|section| add_section(section, catalogue, texts));
    if !item.attachments.is_empty() {
        texts.push(catalogue.meeting.attachments.to_owned());
    }
    for attachment in &item.attachments {
        texts.push(attachment.title.clone());
        match attachment.status {
            AttachmentStatus::Vedlagt => {}
            AttachmentStatus::Eftersendes => texts.push(catalogue.meeting.attachment_later.to_owned()),
            AttachmentStatus::Omtalt => texts.push(catalogue.meeting.attachment_named.to_owned()),
        }
    }
}

fn add_section(section: &SectionJson, catalogue: &Catalogue, texts: &mut Vec<String>) {
    let between = (catalogue.meeting.between)(section.from.as_deref(), section.to.as_deref());
    if section.blocks.is_empty() && between.is_empty() {
        return;
    }
    match &section.heading {
        Some(heading) => texts.push(heading.clone()),
        None if section.kind == SectionKind::Case => {}
        None => texts.push(catalogue.section_kind(section.kind).to_owned()),
    }
    texts.push(between);
    for block in &section.blocks {
        match block {
            BlockJson::Paragraph { text, .. }
            | BlockJson::Heading { text, .. }
            | BlockJson::ListItem { text, .. }
            | BlockJson::Quote { text, .. } => texts.push(text.replace('\u{200b}', "")),
            BlockJson::Table { rows, .. } => texts.extend(rows.iter().flatten().cloned()),
        }
    }
}
