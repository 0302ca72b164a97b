//! What people do with a forum's template, and what a new meeting gets from it or from a former meeting.

use dagsorden_shared::api::TemplateRow;
use dagsorden_shared::id::{ForumId, MeetingId};
use dagsorden_shared::meeting_json::{ItemJson, MeetingJson, SectionKind};
use dagsorden_shared::template::{Template, TemplateSection};

use super::Commands;
use crate::error::ApiError;
use crate::rights::MeetingPlace;
use crate::store::{Act, StoreError};

const MAX_SECTIONS: usize = 20;
const MAX_ITEMS: usize = 40;
const MAX_PHRASES: usize = 30;
const MAX_HEADING: usize = 120;
const MAX_LINE: usize = 300;
const MAX_MINUTES: u32 = 1_440;

/// What of a template cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// The place.
    Place,
    /// Start or end: no time, or the end is not after the start.
    Times,
    /// A heading, or how many there are.
    Sections,
    /// A standing item, or how many there are.
    Items,
    /// A phrase, or how many there are.
    Phrases,
}

impl From<Unfit> for ApiError {
    fn from(unfit: Unfit) -> Self {
        ApiError::invalid("The template cannot be taken.").detail(match unfit {
            Unfit::Place => "The place has at most 300 characters on one line.",
            Unfit::Times => "Start and end are times such as 09:00, and the end is after the start.",
            Unfit::Sections => "At most 20 sections, with headings of at most 120 characters on one line.",
            Unfit::Items => "At most 40 items, each with a title of at most 300 characters and 1 to 1440 minutes.",
            Unfit::Phrases => "At most 30 phrases of at most 300 characters on one line.",
        })
    }
}

/// The template with its texts trimmed and what is empty left out.
///
/// # Errors
/// What cannot be taken.
pub fn check(template: Template) -> Result<Template, Unfit> {
    let Template { place, start, end, sections, items, phrases } = template;
    let place = optional(place, MAX_LINE).ok_or(Unfit::Place)?;
    let time = |text: Option<String>| {
        let text = optional(text, 5).ok_or(Unfit::Times)?;
        let fits = text.as_deref().is_none_or(|text| text.len() == 5 && text.parse::<jiff::civil::Time>().is_ok());
        if fits { Ok(text) } else { Err(Unfit::Times) }
    };
    let (start, end) = (time(start)?, time(end)?);
    if start.as_ref().zip(end.as_ref()).is_some_and(|(start, end)| end <= start) {
        return Err(Unfit::Times);
    }
    let section = |section: TemplateSection| Some(TemplateSection { kind: section.kind, heading: optional(section.heading, MAX_HEADING)? });
    let sections: Option<Vec<_>> = sections.into_iter().map(section).collect();
    let sections = sections.filter(|sections| sections.len() <= MAX_SECTIONS).ok_or(Unfit::Sections)?;
    let mut kept = Vec::new();
    for mut item in items {
        let Some(title) = optional(Some(item.title), MAX_LINE).ok_or(Unfit::Items)? else { continue };
        if item.minutes.is_some_and(|minutes| !(1..=MAX_MINUTES).contains(&minutes)) {
            return Err(Unfit::Items);
        }
        item.title = title;
        kept.push(item);
    }
    let phrases: Option<Vec<_>> = phrases.into_iter().map(|phrase| optional(Some(phrase), MAX_LINE)).collect();
    let phrases: Vec<String> = phrases.ok_or(Unfit::Phrases)?.into_iter().flatten().collect();
    if kept.len() > MAX_ITEMS {
        return Err(Unfit::Items);
    }
    if phrases.len() > MAX_PHRASES {
        return Err(Unfit::Phrases);
    }
    Ok(Template { place, start, end, sections, items: kept, phrases })
}

/// A trimmed line; `Some(None)` if it is empty, `None` if it cannot be taken.
fn optional(text: Option<String>, limit: usize) -> Option<Option<String>> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let fits = text.as_deref().is_none_or(|text| text.chars().count() <= limit && !text.chars().any(char::is_control));
    fits.then_some(text)
}

/// What a new meeting begins with.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// A former meeting of the forum instead of the standing items.
    pub copy_of: Option<(MeetingId, MeetingPlace)>,
    /// Whether the text of the copied sections comes along.
    pub with_text: bool,
    /// Whether the forum's template is left out.
    pub without_template: bool,
}

impl Commands {
    /// Sets a forum's template. Pages of its meetings that are open get its sections.
    ///
    /// # Errors
    /// Not allowed; what cannot be taken; 412 with what stands there now if it was changed meanwhile.
    pub async fn set_template(&self, act: Act, forum: &ForumId, seen: u32, new: Template) -> Result<TemplateRow, ApiError> {
        let new = check(new)?;
        match self.store.set_template(act.object("template"), forum.clone(), seen, new).await {
            Ok(row) => {
                let rights = self.store.rights_now();
                for (meeting, _) in rights.meetings.meetings.iter().filter(|(_, place)| place.forum == *forum) {
                    self.rows_changed(meeting);
                }
                Ok(row)
            }
            Err(StoreError::Stale { what }) => Err(ApiError::changed_meanwhile(what, &self.store.template(forum).await?)),
            Err(error) => Err(error.into()),
        }
    }

    /// Fills a new meeting of a forum with what the forum has set, or with the items of a former one. What stands in it already stays.
    ///
    /// # Errors
    /// The former meeting cannot be read.
    pub async fn begin_meeting(&self, meeting: &mut MeetingJson, forum: &ForumId, start: Start) -> Result<(), ApiError> {
        let template = if start.without_template { Template::default() } else { self.store.template(forum).await?.template };
        if meeting.place.is_none() {
            meeting.place.clone_from(&template.place);
        }
        // An end alone, or one before the start that was given, would be odd.
        if meeting.start.is_none() && meeting.end.is_none() {
            (meeting.start, meeting.end) = (template.start.clone(), template.end.clone());
        }
        // What was given as empty stays so.
        for value in [&mut meeting.place, &mut meeting.start, &mut meeting.end] {
            *value = value.take().filter(|value| !value.is_empty());
        }
        let items = match start.copy_of {
            Some((former, place)) => self.copied_items(&former, &place, start.with_text).await?,
            None => template.standing_items(),
        };
        // The item that leads to the last minutes stands first already: not a second time.
        let known = |item: &ItemJson| meeting.items.iter().any(|known| known.title.eq_ignore_ascii_case(item.title.trim()));
        let items: Vec<ItemJson> = items.into_iter().filter(|item| !known(item)).collect();
        meeting.items.extend(items);
        Ok(())
    }

    /// The items of a meeting as another can begin with them: no numbers, no decisions, no attachments, nothing closed.
    async fn copied_items(&self, meeting: &MeetingId, place: &MeetingPlace, with_text: bool) -> Result<Vec<ItemJson>, ApiError> {
        let stored = self.store.meeting_detail(meeting).await?.filter(|stored| !stored.deleted);
        let rows = stored.ok_or_else(|| ApiError::not_found("meeting"))?.detail;
        let snapshot = self.registry.meeting(&place.document).await?;
        let items = snapshot.to_json(&rows).items.into_iter().filter(|item| !item.closed);
        Ok(items
            .map(|mut item| {
                (item.number, item.attachments) = (None, Vec::new());
                for section in &mut item.sections {
                    if !with_text || section.kind == SectionKind::Decision {
                        section.blocks.clear();
                    }
                }
                item
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::template::{Preset, StandingItem};

    use super::*;

    #[test]
    fn what_is_empty_is_left_out_and_what_is_odd_refused() {
        let item = |title: &str, minutes| StandingItem { title: title.into(), minutes, ..StandingItem::default() };
        let template = Template {
            place: Some("  Rådhuset ".into()),
            start: Some("09:00".into()),
            end: Some("12:00".into()),
            sections: Preset::MinutesLast.sections(),
            items: vec![item(" Eventuelt ", Some(5)), item("  ", None)],
            phrases: vec!["Godkendt.".into(), " ".into()],
        };
        let checked = check(template.clone()).unwrap();
        assert_eq!((checked.place.as_deref(), checked.items.len(), checked.phrases.len()), (Some("Rådhuset"), 1, 1));
        assert_eq!(check(checked.clone()), Ok(checked));
        let with = |change: fn(&mut Template)| {
            let mut template = template.clone();
            change(&mut template);
            check(template)
        };
        assert_eq!(with(|template| template.end = Some("09:00".into())), Err(Unfit::Times));
        assert_eq!(with(|template| template.start = Some("9 uhr".into())), Err(Unfit::Times));
        assert_eq!(with(|template| template.items[0].minutes = Some(0)), Err(Unfit::Items));
        assert_eq!(with(|template| template.phrases = vec!["x".into(); 31]), Err(Unfit::Phrases));
        assert_eq!(with(|template| template.sections[1].heading = Some("a\nb".into())), Err(Unfit::Sections));
        assert_eq!(with(|template| template.place = Some("x".repeat(301))), Err(Unfit::Place));
    }
}
