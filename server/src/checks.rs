//! What a person should look at before a meeting goes a step further or is made public. Finds and never corrects.

use std::collections::HashMap;

use dagsorden_shared::access::Phase;
use dagsorden_shared::agenda::{MeetingSnapshot, points};
use dagsorden_shared::api::{Check, CheckKind};
use dagsorden_shared::id::ItemId;
use dagsorden_shared::meeting_json::{AttachmentStatus, BlockJson, SectionJson, SectionKind};
use dagsorden_shared::talk::Outcome;

use crate::findings::{self, Personal};
use crate::version::{ItemText, Version};

/// The step before which is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Into this phase.
    To(Phase),
    /// Before the public.
    Publication,
}

impl Step {
    /// A phase, or `published`.
    pub fn parse(word: &str) -> Option<Self> {
        let phase = Phase::ALL.into_iter().find(|phase| phase.as_str() == word).map(Self::To);
        phase.or_else(|| (word == "published").then_some(Self::Publication))
    }

    fn looks_for(self, kind: CheckKind) -> bool {
        use CheckKind::{Cpr, Email, EmptySection, NoDate, NoItems, NoOutcome, NoPlace, NoTitle, Phone, PromisedAttachment};
        match self {
            Self::To(Phase::Draft) => false,
            Self::To(Phase::SentOut) => kind != NoOutcome,
            Self::To(Phase::InSession) => matches!(kind, NoDate | NoItems | PromisedAttachment),
            Self::To(Phase::InReview | Phase::Approved) => !matches!(kind, NoPlace),
            Self::Publication => matches!(kind, Cpr | Email | Phone | NoOutcome | NoTitle | EmptySection),
        }
    }
}

/// Of each item with points: how many of them have an outcome, and how many there are.
pub type Decided = HashMap<ItemId, (usize, usize)>;

/// What has been decided of a meeting's points.
pub fn decided(meeting: &MeetingSnapshot, outcomes: &[Outcome]) -> Decided {
    let of = |item: &dagsorden_shared::agenda::ItemSnapshot| {
        let points = points(item);
        let has_outcome = |id: &_| outcomes.iter().any(|outcome| outcome.item == item.id && outcome.point == *id);
        let with = points.iter().filter(|point| point.id.as_ref().is_some_and(has_outcome)).count();
        (!points.is_empty()).then(|| (item.id.clone(), (with, points.len())))
    };
    meeting.items.iter().filter_map(of).collect()
}

/// Everything there is to look at, the worst first. What is not in `decided` is judged by its text.
pub fn checks(version: &Version, step: Step, decided: &Decided) -> Vec<Check> {
    let mut found = Vec::new();
    let header = &version.header;
    let missing = |value: &Option<String>| value.as_deref().is_none_or(|value| value.trim().is_empty());
    let whole = |kind| Check { kind, item: None, number: None, about: None };
    found.extend(missing(&header.date).then(|| whole(CheckKind::NoDate)));
    found.extend(missing(&header.place).then(|| whole(CheckKind::NoPlace)));
    found.extend(version.items.is_empty().then(|| whole(CheckKind::NoItems)));
    for item in &version.items {
        look_at(item, decided.get(&item.id).copied(), &mut found);
    }
    found.retain(|check| step.looks_for(check.kind));
    found.sort_by_key(|check| check.kind);
    found.dedup();
    found
}

fn look_at(item: &ItemText, decided: Option<(usize, usize)>, found: &mut Vec<Check>) {
    let text = &item.item;
    // A closed item that holds nothing here is looked at where it is.
    if text.closed && text.sections.is_empty() {
        return;
    }
    let mut add = |kind, about: Option<&str>| {
        found.push(Check { kind, item: Some(item.id.clone()), number: text.number.clone(), about: about.map(str::to_owned) });
    };
    if text.title.trim().is_empty() {
        add(CheckKind::NoTitle, None);
    }
    let written = |kind| text.sections.iter().any(|section| section.kind == kind && !is_blank(section));
    // Who sets outcomes sets them all; who sets none has to write what was decided.
    let open = match decided {
        Some((with, of)) if with > 0 => with < of,
        _ => written(SectionKind::Recommendation) && !written(SectionKind::Decision),
    };
    if open {
        add(CheckKind::NoOutcome, None);
    }
    for section in &text.sections {
        let later = matches!(section.kind, SectionKind::Decision | SectionKind::MunicipalRemarks);
        if is_blank(section) && !later {
            add(CheckKind::EmptySection, section.heading.as_deref());
        }
        for line in section.blocks.iter().flat_map(lines) {
            for (_, kind) in findings::find(line) {
                add(personal(kind), section.heading.as_deref());
            }
        }
    }
    for (_, kind) in findings::find(&text.title) {
        add(personal(kind), None);
    }
    for attachment in &text.attachments {
        if attachment.status == AttachmentStatus::Eftersendes && attachment.file.is_none() {
            add(CheckKind::PromisedAttachment, Some(&attachment.title));
        }
        for (_, kind) in findings::find(&attachment.title) {
            add(personal(kind), None);
        }
    }
}

fn personal(kind: Personal) -> CheckKind {
    match kind {
        Personal::Cpr => CheckKind::Cpr,
        Personal::Email => CheckKind::Email,
        Personal::Phone => CheckKind::Phone,
    }
}

fn is_blank(section: &SectionJson) -> bool {
    section.blocks.iter().flat_map(lines).all(|line| line.trim().is_empty())
}

/// The lines of a block: its text, or each cell of a table.
pub fn lines(block: &BlockJson) -> Vec<&str> {
    match block {
        BlockJson::Paragraph { text, .. }
        | BlockJson::Heading { text, .. }
        | BlockJson::ListItem { text, .. }
        | BlockJson::Quote { text, .. } => vec![text],
        BlockJson::Table { rows, .. } => rows.iter().flatten().map(String::as_str).collect(),
    }
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::meeting_json::{AttachmentJson, ItemJson, MeetingJson};

    use super::*;

    fn section(kind: SectionKind, text: &str) -> SectionJson {
        let blocks = if text.is_empty() { Vec::new() } else { vec![BlockJson::paragraph(text)] };
        SectionJson { kind, heading: Some(kind.as_str().to_owned()), blocks, ..SectionJson::default() }
    }

    fn sample() -> Version {
        let sections = vec![
            section(SectionKind::Background, ""),
            section(SectionKind::Case, "Borgeren 010190-1234 ringede fra 12 34 56 78."),
            section(SectionKind::Recommendation, "at det godkendes"),
            section(SectionKind::Decision, ""),
        ];
        let attachments =
            vec![AttachmentJson { title: "Svar.pdf".into(), status: AttachmentStatus::Eftersendes, ..AttachmentJson::default() }];
        let item = ItemJson { number: Some("1".into()), title: "Sag".into(), sections, attachments, ..ItemJson::default() };
        let item = ItemText { id: "i1".parse().unwrap(), public_heading: None, sections: Vec::new(), item };
        Version { header: MeetingJson { date: Some("2031-05-06".into()), ..MeetingJson::default() }, items: vec![item] }
    }

    #[test]
    fn each_step_looks_for_what_it_is_about_and_says_no_number() {
        use CheckKind::{Cpr, EmptySection, NoItems, NoOutcome, NoPlace, Phone, PromisedAttachment};
        let kinds =
            |version: &Version, step| checks(version, step, &Decided::new()).into_iter().map(|check| check.kind).collect::<Vec<_>>();
        assert_eq!(kinds(&sample(), Step::To(Phase::SentOut)), [Cpr, NoPlace, PromisedAttachment, EmptySection, Phone]);
        assert_eq!(kinds(&sample(), Step::To(Phase::InReview)), [Cpr, NoOutcome, PromisedAttachment, EmptySection, Phone]);
        assert_eq!(kinds(&sample(), Step::Publication), [Cpr, NoOutcome, EmptySection, Phone]);
        assert_eq!(kinds(&sample(), Step::To(Phase::Draft)), []);
        let empty = Version { items: Vec::new(), ..sample() };
        assert_eq!(kinds(&empty, Step::To(Phase::InSession)), [NoItems]);
        let said = serde_json::to_string(&checks(&sample(), Step::Publication, &Decided::new())).unwrap();
        assert!(!said.contains("0101") && said.contains("\"number\":\"1\""), "{said}");
    }

    #[test]
    fn points_without_an_outcome_are_found_and_a_decision_written_by_hand_is_one() {
        let no_outcome = |version: &Version, with: usize| {
            let decided = Decided::from([("i1".parse().unwrap(), (with, 2))]);
            checks(version, Step::To(Phase::InReview), &decided).iter().any(|check| check.kind == CheckKind::NoOutcome)
        };
        let mut version = sample();
        assert_eq!([0, 1, 2].map(|with| no_outcome(&version, with)), [true, true, false]);
        version.items[0].item.sections[3] = section(SectionKind::Decision, "Godkendt.");
        assert_eq!([0, 1, 2].map(|with| no_outcome(&version, with)), [false, true, false]);
    }
}
