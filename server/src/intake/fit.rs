//! What of a file goes into a meeting that is there: its items, and of the rest what the meeting does not state yet. No word is dropped: what is not
//! taken because the meeting has its own is listed beside what was left out.

use dagsorden_shared::agenda::{Header, HeaderKey, fixed_numbers};
use dagsorden_shared::api::{Finding, LeftOut, LeftOutWhy};
use dagsorden_shared::catalogue::{Catalogue, Language};
use dagsorden_shared::date;
use dagsorden_shared::meeting_json::{MeetingJson, Participant};

use crate::import::Imported;

/// What a meeting states already.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Its header.
    pub header: Header,
    /// Whether it has items.
    pub has_items: bool,
    /// The name of its forum.
    pub forum_name: String,
    /// Who takes part.
    pub participants: Vec<Participant>,
}

/// Leaves in a file what goes into the meeting.
pub fn fit(imported: Imported, standing: &Standing) -> Imported {
    let Imported { meeting, mut findings, mut left_out } = imported;
    let Standing { header, has_items, forum_name, participants } = standing;
    let MeetingJson { forum, title, date, start, end, place, case_id, document_id, document_date, published, .. } = meeting;
    let mut others = Vec::new();
    // What the meeting says itself, in the same words or others, is not taken.
    let mut lacking = |own: Option<&str>, value: Option<String>| {
        let value = value.filter(|value| !value.trim().is_empty())?;
        match own.map(str::trim).filter(|own| !own.is_empty()) {
            None => return Some(value),
            Some(own) if own == value.trim() => {}
            Some(_) => others.push(value),
        }
        None
    };
    let paper = Catalogue::of(Language::OF_PAPERS);
    let day = |day: Option<String>| day.map(|day| date::long(&day, paper));
    let has_own = Some(if header.forum.is_empty() { forum_name.as_str() } else { &header.forum });
    // What only the file's own paper is about has no place here, whatever the meeting states.
    let foreign = [lacking(has_own, Some(forum)), case_id, document_id, day(document_date), day(published)];
    let title = lacking(Some(&header.title), Some(title)).unwrap_or_default();
    // The times of another day are not this one's.
    let other_day = header.date.is_some() && date.is_some() && header.date != date;
    let date = match &header.date {
        Some(own) if Some(own) != date.as_ref() => lacking(Some(own), day(date)),
        own => lacking(own.as_deref(), date),
    };
    let has_times = other_day || header.start.is_some() || header.end.is_some();
    let times = date::span(start.as_deref(), end.as_deref(), paper);
    let own_times = date::span(header.start.as_deref(), header.end.as_deref(), paper).or_else(|| has_times.then(|| "–".to_owned()));
    let takes_times = lacking(own_times.as_deref(), times).is_some();
    let (start, end) = if takes_times { (start, end) } else { (None, None) };
    let place = lacking(header.place.as_deref(), place);
    others.extend(foreign.into_iter().flatten());
    let people = if participants.is_empty() {
        meeting.participants
    } else {
        let known = |person: &&Participant| participants.iter().any(|known| known.name.trim() == person.name.trim());
        let unknown = meeting.participants.iter().filter(|person| !known(person));
        others.extend(unknown.map(|person| {
            let stated = [Some(&person.name), person.organisation.as_ref(), person.role.as_ref()].into_iter().flatten();
            stated.map(String::as_str).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
        }));
        Vec::new()
    };
    left_out.extend(others.into_iter().map(|text| LeftOut { text, why: LeftOutWhy::Meeting }));
    let mut items = meeting.items;
    if *has_items {
        let numbers = fixed_numbers(&items).into_iter().flatten().filter(|number| !number.trim().is_empty());
        left_out.extend(numbers.map(|number| LeftOut { text: number.to_owned(), why: LeftOutWhy::Number }));
        items.iter_mut().for_each(|item| item.number = None);
    }
    findings.retain(|finding| match finding {
        Finding::NumberGap { .. } => !has_items,
        Finding::NoDate => header.date.is_none(),
        _ => true,
    });
    let meeting = MeetingJson { title, date, start, end, place, participants: people, items, ..MeetingJson::default() };
    Imported { meeting, findings, left_out }
}

/// The values of the header that a fitted file brings.
pub fn header_of(meeting: &MeetingJson) -> Vec<(HeaderKey, String)> {
    let title = Some(&meeting.title).filter(|title| !title.is_empty());
    let values = [
        (HeaderKey::Title, title),
        (HeaderKey::Date, meeting.date.as_ref()),
        (HeaderKey::Start, meeting.start.as_ref()),
        (HeaderKey::End, meeting.end.as_ref()),
        (HeaderKey::Place, meeting.place.as_ref()),
    ];
    values.into_iter().filter_map(|(key, value)| Some((key, value?.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::meeting_json::ItemJson;

    use super::*;

    fn file() -> Imported {
        let person = |name: &str| Participant { name: name.into(), organisation: Some("Birkeå".into()), ..Participant::default() };
        let item = |number: &str| ItemJson { number: Some(number.into()), title: "Kajer".into(), ..ItemJson::default() };
        let meeting = MeetingJson {
            forum: "Kystkredsen".into(),
            title: "Martsmødet".into(),
            date: Some("2031-03-04".into()),
            start: Some("09:00".into()),
            end: Some("11:00".into()),
            place: Some("Rådhuset".into()),
            case_id: Some("31/7".into()),
            participants: vec![person("Ane Holt"), person("Bo Lund")],
            items: vec![item("1"), item("4")],
            ..MeetingJson::default()
        };
        let findings = vec![Finding::NumberGap { missing: vec!["2".into()] }, Finding::NoDate];
        Imported { meeting, findings, left_out: Vec::new() }
    }

    fn empty() -> Standing {
        Standing { header: Header::default(), has_items: false, forum_name: "Kystkredsen".into(), participants: Vec::new() }
    }

    fn listed(imported: &Imported) -> Vec<&str> {
        imported.left_out.iter().map(|left| left.text.as_str()).collect()
    }

    #[test]
    fn a_meeting_that_states_nothing_takes_all_but_what_is_the_files_own() {
        let fitted = fit(file(), &empty());
        assert_eq!(listed(&fitted), ["31/7"]);
        assert_eq!(fitted.meeting.items, file().meeting.items);
        assert_eq!(fitted.meeting.participants.len(), 2);
        assert_eq!(fitted.findings.len(), 2);
        let values = header_of(&fitted.meeting).into_iter().map(|(_, value)| value).collect::<Vec<_>>();
        assert_eq!(values, ["Martsmødet", "2031-03-04", "09:00", "11:00", "Rådhuset"]);
    }

    #[test]
    fn what_the_meeting_has_is_listed_where_the_words_differ() {
        let header =
            Header { title: "Aprilmødet".into(), date: Some("2031-04-01".into()), place: Some(" Rådhuset ".into()), ..Header::default() };
        let participants = vec![Participant { name: "Bo Lund".into(), ..Participant::default() }];
        let fitted = fit(file(), &Standing { header, has_items: true, forum_name: "Havnekredsen".into(), participants });
        let expected = ["Kystkredsen", "Martsmødet", "4.\u{a0}marts\u{a0}2031", "kl.\u{a0}9.00–11.00", "31/7", "Ane Holt, Birkeå", "4"];
        let mut found = listed(&fitted);
        found.sort_unstable();
        let mut sorted = expected;
        sorted.sort_unstable();
        assert_eq!(found, sorted);
        assert!(header_of(&fitted.meeting).is_empty() && fitted.meeting.participants.is_empty() && fitted.findings.is_empty());
        assert!(fitted.meeting.items.iter().all(|item| item.number.is_none()));
    }

    #[test]
    fn the_times_of_the_same_day_are_taken() {
        let header = Header { date: Some("2031-03-04".into()), ..Header::default() };
        let fitted = fit(file(), &Standing { header, ..empty() });
        assert_eq!((fitted.meeting.date, fitted.meeting.start.as_deref()), (None, Some("09:00")));
        assert_eq!(listed(&Imported { meeting: MeetingJson::default(), ..fitted }), ["31/7"]);
    }
}
