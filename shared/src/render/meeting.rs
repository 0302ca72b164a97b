//! The paper: letterhead, header and items of a meeting.
//!
//! Owns the order of the parts. What an item looks like is in [`super::item`].

use super::element::{Element, element};
use super::item;
use crate::access::Verb;
use crate::agenda::{Header, MeetingSnapshot};
use crate::api::MeetingDetail;
use crate::catalogue::Catalogue;
use crate::date;
use crate::meeting_json::{Kind, Participant, ParticipantStatus};

/// Id of the page's main part, where the skip link leads.
pub const CONTENT_ID: &str = "indhold";

/// The action that brings the items of a file into the meeting.
pub const BRING_IN: &str = "bring-in";

/// The whole paper, as first painted.
pub fn meeting(snapshot: &MeetingSnapshot, detail: &MeetingDetail, catalogue: &Catalogue) -> Element {
    let attachments = snapshot.numbered(&detail.attachments);
    let befores = std::iter::once("").chain(snapshot.items.iter().map(|shown| shown.number.as_str()));
    let items = snapshot.items.iter().zip(befores).map(|(shown, before)| {
        let mut article = item::item(shown, &attachments, catalogue);
        let is_shut = shown.closed && shown.sections.is_empty();
        let gap = item::gap(before, &shown.number, catalogue).filter(|_| !is_shut);
        article.children.splice(0..0, gap.map(Into::into));
        article
    });
    element("main")
        .class("paper")
        .attribute("id", CONTENT_ID)
        .attribute("tabindex", "-1")
        .attribute("lang", catalogue.language.code())
        .child(letter(&snapshot.header, &detail.forum_name, catalogue))
        .child(header(&snapshot.header, &detail.participants, catalogue))
        .child(element("div").class("items").children(items))
        .children(snapshot.items.is_empty().then(|| no_items(detail.may.iter().any(|may| may == Verb::Write.as_str()), catalogue)))
}

/// The letterhead: who meets, and what the paper is where its title does not say so.
pub fn letter(header: &Header, forum_name: &str, catalogue: &Catalogue) -> Element {
    let forum = if header.forum.is_empty() { forum_name } else { &header.forum };
    element("div")
        .class("letter")
        .child(element("p").class("forum").text(forum.to_owned()))
        .children(kind_or_publication(header, catalogue).map(|of| element("p").class("of").text(of)))
}

/// What the paper is: since when it is public, else its kind where the title does not say it.
pub fn kind_or_publication(header: &Header, catalogue: &Catalogue) -> Option<String> {
    if let Some(published) = filled(header.published.as_deref()) {
        return Some((catalogue.meeting.published)(&date::long(published, catalogue)));
    }
    let kind = (catalogue.meeting.kind)(header.kind);
    // The words for the kinds are plain ASCII in every language; full case folding would cost the download its tables.
    let title = header.title.to_ascii_lowercase();
    (says_more(header, catalogue) && !title.contains(&kind.to_ascii_lowercase())).then(|| kind.to_owned())
}

/// Title and facts of the meeting. What is not stated is left out.
pub fn header(header: &Header, participants: &[Participant], catalogue: &Catalogue) -> Element {
    let facts = facts(header, participants, catalogue);
    let list = (!facts.is_empty()).then(|| {
        let pairs = facts.into_iter().flat_map(|(label, value)| [element("dt").text(label), whole_pieces(value)]);
        element("dl").children(pairs)
    });
    element("div").class("meet").child(element("h1").text(heading(header, catalogue))).children(list)
}

/// Pieces longer than this may be broken over two lines, or a phone could not show them.
const SHORT: usize = 28;

/// A value whose short pieces, a name or a time, stay on one line.
fn whole_pieces(pieces: Vec<String>) -> Element {
    let mut value = element("dd");
    for (index, piece) in pieces.into_iter().enumerate() {
        value = value.text(if index > 0 { " " } else { "" });
        value = if piece.chars().count() > SHORT { value.text(piece) } else { value.child(element("span").class("nw").text(piece)) };
    }
    value
}

/// The title as written, or one made of kind and date.
pub fn heading(header: &Header, catalogue: &Catalogue) -> String {
    if says_more(header, catalogue) {
        return header.title.clone();
    }
    let date = filled(header.date.as_deref()).map(|date| date::full(date, catalogue));
    (catalogue.meeting.heading)(header.kind, date.as_deref())
}

/// Whether a title is written that says more than what kind of paper it is, as the one word „Dagsorden“ does.
fn says_more(header: &Header, catalogue: &Catalogue) -> bool {
    let title = header.title.trim();
    let kinds = [Kind::Agenda, Kind::Minutes, Kind::AgendaAndMinutes].map(catalogue.meeting.kind);
    !title.is_empty() && kinds.iter().all(|kind| !kind.eq_ignore_ascii_case(title))
}

/// The meeting's short name for the bar and the window's title.
pub fn short_name(header: &Header, catalogue: &Catalogue) -> String {
    let date = filled(header.date.as_deref()).map(|date| date::long(date, catalogue));
    (catalogue.meeting.short)(date.as_deref())
}

/// Label and value of everything stated about the meeting, in the order of the paper. A value is made of pieces, to be joined by spaces.
pub fn facts(header: &Header, participants: &[Participant], catalogue: &Catalogue) -> Vec<(&'static str, Vec<String>)> {
    let texts = &catalogue.meeting;
    let stated = |text: &Option<String>| filled(text.as_deref()).map(str::to_owned);
    // The day stands in a title we made, but rarely in one that was written.
    let written = says_more(header, catalogue);
    let day = filled(header.date.as_deref()).filter(|_| written).map(|day| date::full(day, catalogue));
    let hours = date::span(filled(header.start.as_deref()), filled(header.end.as_deref()), catalogue);
    let mut time: Vec<String> = day.into_iter().chain(hours).collect();
    if let Some(first) = time.first_mut() {
        *first = date::capitalised(first);
    }
    let issued = filled(header.document_date.as_deref()).map(|day| date::long(day, catalogue));
    let mut facts = vec![
        (texts.time, separated(time, ",")),
        (texts.place, stated(&header.place).into_iter().collect()),
        (texts.case_id, stated(&header.case_id).into_iter().collect()),
        (texts.document_id, separated(stated(&header.document_id).into_iter().chain(issued).collect(), ",")),
    ];
    for status in ParticipantStatus::ALL {
        facts.push((catalogue.participants(status), separated(names(participants, status, catalogue), ";")));
    }
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

/// The pieces, all but the last with a mark behind.
fn separated(mut pieces: Vec<String>, mark: &str) -> Vec<String> {
    let last = pieces.len().saturating_sub(1);
    pieces.iter_mut().take(last).for_each(|piece| piece.push_str(mark));
    pieces
}

fn names(participants: &[Participant], status: ParticipantStatus, catalogue: &Catalogue) -> Vec<String> {
    let named = participants.iter().filter(|person| person.status == status && !person.name.trim().is_empty());
    named
        .map(|person| {
            let rest = [person.organisation.as_deref(), person.role.as_deref()].into_iter().flatten().filter(|text| !text.is_empty());
            let stated = std::iter::once(person.name.as_str()).chain(rest).map(str::to_owned);
            stated.chain(times(person, catalogue)).collect::<Vec<_>>().join(", ")
        })
        .collect()
}

/// When a person came and left, where it is known: „kom kl. 9.40“.
pub fn times(person: &Participant, catalogue: &Catalogue) -> impl Iterator<Item = String> {
    let texts = &catalogue.meeting;
    let said = [(&person.arrived, texts.arrived), (&person.departed, texts.departed)];
    said.map(|(time, words)| date::span(time.as_deref(), None, catalogue).map(|time| words(&time))).into_iter().flatten()
}

/// What stands on the paper of a meeting without items; for a writer also how to begin.
pub fn no_items(writes: bool, catalogue: &Catalogue) -> Element {
    let texts = &catalogue.meeting;
    let begin = writes.then(|| {
        let bring_in = element("button").class("btn").attribute("type", "button").attribute("data-action", BRING_IN).text(texts.bring_in);
        [element("p").text(texts.no_items_help), element("div").class("acts-r").child(bring_in)]
    });
    element("div").class("no-items").child(element("p").class("t").text(texts.no_items)).children(begin.into_iter().flatten())
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Phase;
    use crate::catalogue::Language;
    use crate::render::html::to_html;

    fn detail(participants: Vec<Participant>) -> MeetingDetail {
        MeetingDetail {
            id: "m".parse().expect("an id"),
            forum: "f".parse().expect("an id"),
            forum_name: "Kystkredsen".into(),
            phase: Phase::Draft,
            documents: Vec::new(),
            item_documents: Vec::new(),
            may: Vec::new(),
            layout: Vec::new(),
            participants,
            attachments: Vec::new(),
        }
    }

    #[test]
    fn an_empty_meeting_has_a_title_and_says_what_to_do() {
        let header = Header { date: Some("2027-01-14".into()), start: Some("09:00".into()), ..Header::default() };
        let snapshot = MeetingSnapshot { header, items: Vec::new() };
        let catalogue = Catalogue::of(Language::Da);
        let html = to_html(&meeting(&snapshot, &detail(Vec::new()), catalogue));
        assert!(html.contains("<h1>Dagsorden til møde torsdag den&nbsp;14.&nbsp;januar&nbsp;2027</h1>"), "{html}");
        assert!(html.contains("<dt>Tid</dt><dd><span class=\"nw\">Kl.&nbsp;9.00</span></dd>"), "{html}");
        assert!(html.contains("<p class=\"forum\">Kystkredsen</p>"), "{html}");
        assert!(html.contains(catalogue.meeting.no_items), "{html}");
        assert!(!html.contains("<dt>Sted</dt>"), "what is not stated is left out: {html}");
        let named = MeetingSnapshot { header: Header { title: "DAGSORDEN ".into(), ..snapshot.header }, items: Vec::new() };
        assert_eq!(to_html(&meeting(&named, &detail(Vec::new()), catalogue)), html, "a title of that one word says nothing");
    }

    #[test]
    fn people_are_grouped_by_why_they_are_named() {
        let person = |name: &str, organisation: Option<&str>, status| Participant {
            name: name.into(),
            organisation: organisation.map(Into::into),
            status,
            ..Participant::default()
        };
        let people = [
            person("Ane Holt", Some("Birkeå"), ParticipantStatus::Deltager),
            person("Bo <Lund>", None, ParticipantStatus::Afbud),
            person("Kim Friis", Some(""), ParticipantStatus::Deltager),
            Participant {
                arrived: Some("09:40".into()),
                departed: Some("11:05".into()),
                ..person("Eva Kjær", Some("Sandby"), ParticipantStatus::Stedfortraeder)
            },
        ];
        let facts = facts(&Header::default(), &people, Catalogue::of(Language::Da));
        let shown = facts.iter().map(|(label, value)| (*label, value.join(" "))).collect::<Vec<_>>();
        let stand_in = "Eva Kjær, Sandby, kom kl.\u{a0}9.40, gik kl.\u{a0}11.05";
        let expected = [("Deltagere", "Ane Holt, Birkeå; Kim Friis"), ("Stedfortrædere", stand_in), ("Afbud", "Bo <Lund>")];
        assert_eq!(shown, expected.map(|(label, value)| (label, value.to_owned())));
        let html = to_html(&meeting(&MeetingSnapshot::default(), &detail(people.to_vec()), Catalogue::of(Language::En)));
        assert!(html.contains("Bo &lt;Lund&gt;"));
    }

    #[test]
    fn the_letterhead_names_the_kind_only_where_the_title_does_not() {
        let catalogue = Catalogue::of(Language::Da);
        let of = |title: &str, published: Option<&str>| {
            super::kind_or_publication(
                &Header { title: title.into(), kind: Kind::Minutes, published: published.map(Into::into), ..Header::default() },
                catalogue,
            )
        };
        assert_eq!(of("REFERAT af forårsmødet", None), None);
        assert_eq!(of("Forårsmødet", None).as_deref(), Some("Referat"));
        assert_eq!(of("", None), None);
        assert_eq!(of("referat", None), None);
        assert_eq!(of("x", Some("2027-02-01")).as_deref(), Some("Offentliggjort 1.\u{a0}februar\u{a0}2027"));
    }
}
