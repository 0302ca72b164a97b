//! An item on the paper: number, title, facts, sections, attachments.
//!
//! Owns the names that the app and the tests find parts by: `data-item`, `data-section`, and on the host of every text `data-field`
//! (see [`crate::agenda::Field`]); a section's text also has `data-section-id`.

use super::element::{Element, Node, element};
use super::icon::{Icon, icon, small_icon};
use super::lines::{self, Form};
use crate::agenda::{Field, ItemSnapshot, SectionSnapshot};
use crate::api::ItemAttachment;
use crate::catalogue::Catalogue;
use crate::id::ItemId;
use crate::meeting_json::{AttachmentStatus, SectionKind};
use crate::richtext::Body;

/// Id of an item's element, where the outline leads.
pub fn anchor(item: &ItemId) -> String {
    format!("punkt-{item}")
}

/// One item. A closed item that holds nothing for the reader keeps its number and place.
pub fn item(item: &ItemSnapshot, attachments: &[ItemAttachment], catalogue: &Catalogue) -> Element {
    if item.closed && item.sections.is_empty() {
        return shut(item, catalogue);
    }
    let own: Vec<&ItemAttachment> = attachments.iter().filter(|attachment| attachment.item == item.id).collect();
    element("article")
        .class("item")
        .attribute("id", anchor(&item.id))
        .attribute("data-item", item.id.to_string())
        .child(head(item, catalogue))
        .children(item.sections.iter().map(|shown| section(&item.id, shown, catalogue)))
        .children((!own.is_empty()).then(|| files(&own, catalogue)))
}

/// What is said between two items whose numbers do not follow each other, as in an extract. `None` if they do.
pub fn gap(before: &str, number: &str, catalogue: &Catalogue) -> Option<Element> {
    let (before, number) = (before.parse::<u32>().ok()?, number.parse::<u32>().ok()?);
    let (first, last) = (before.checked_add(1)?, number.checked_sub(1)?);
    (first <= last).then(|| element("p").class("gap").text((catalogue.meeting.gap)(first, last)))
}

fn shut(item: &ItemSnapshot, catalogue: &Catalogue) -> Element {
    let heading = item.public_heading.clone().unwrap_or_else(|| catalogue.meeting.closed_item.to_owned());
    element("article")
        .class("shut")
        .attribute("id", anchor(&item.id))
        .attribute("data-item", item.id.to_string())
        .child(element("span").class("num").text(item.number.clone()))
        .child(
            element("div")
                .child(element("h2").child(icon(Icon::Lock)).text(" ").text(heading))
                .child(element("p").text(catalogue.meeting.closed_note)),
        )
}

fn head(item: &ItemSnapshot, catalogue: &Catalogue) -> Element {
    let alternative = item.alt_title.as_deref().filter(|text| !text.is_empty());
    let facts = facts(item, catalogue);
    element("header")
        .class("item-head")
        .child(element("span").class("num").attribute("aria-hidden", "true").text(item.number.clone()))
        .child(title(item, catalogue))
        .children(alternative.map(|text| element("p").class("alt").text(text.to_owned())))
        .children((!facts.is_empty()).then(|| element("p").class("item-meta").children(facts)))
}

/// The title: an `h2` around the host of the text.
fn title(item: &ItemSnapshot, catalogue: &Catalogue) -> Element {
    let blank = item.title.is_blank();
    let host = element("span")
        .class(if blank { "title blank" } else { "title" })
        .attribute("data-field", Field::Title(item.id.clone()).to_string())
        .attribute("data-placeholder", catalogue.editor.placeholder_title)
        .children(title_lines(&item.title));
    element("h2").child(heard(&item.number, blank, catalogue)).child(host)
}

/// What a heading says before its title to those who do not see the number beside it, or the placeholder of an empty one.
pub fn heard(number: &str, blank: bool, catalogue: &Catalogue) -> Element {
    let number = if number.is_empty() { String::new() } else { format!("{number}. ") };
    element("span").class("vh").text(number).text(if blank { catalogue.meeting.untitled_item } else { "" })
}

/// The lines of a title: one, as the model holds no newline there. A stranger's second line is shown all the same.
pub fn title_lines(title: &Body) -> Vec<Element> {
    title.lines().iter().map(|line| element("span").class("line").flag("data-line").children(lines::inline(line))).collect()
}

/// What is said about an item below its title.
fn facts(item: &ItemSnapshot, catalogue: &Catalogue) -> Vec<Element> {
    let texts = &catalogue.meeting;
    let plain = |text: String| element("span").text(text);
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let mut facts = Vec::new();
    if item.closed {
        facts.push(element("span").class("mark").child(small_icon(Icon::Lock)).text(texts.closed_mark));
    }
    facts.extend(filled(&item.kind).map(plain));
    facts.extend(item.minutes.map(texts.minutes).map(plain));
    facts.extend(filled(&item.presenter).map(|name| plain((texts.presenter)(&name))));
    if !item.guests.is_empty() {
        facts.push(plain((texts.item_guests)(&item.guests.join("; "))));
    }
    facts
}

/// One section: its heading hangs left of its text.
pub fn section(item: &ItemId, section: &SectionSnapshot, catalogue: &Catalogue) -> Element {
    let key = matches!(section.kind, SectionKind::Recommendation | SectionKind::Decision);
    element("section")
        .class(if key { "sec key" } else { "sec" })
        .attribute("data-section", section.id.to_string())
        .attribute("data-kind", section.kind.as_str())
        .child(side(section, catalogue))
        .child(text(item, section, catalogue))
}

/// The heading of a section, and who speaks to whom. Text before the first heading has a name for screen readers only.
pub fn side(section: &SectionSnapshot, catalogue: &Catalogue) -> Element {
    let between = (catalogue.meeting.between)(section.from.as_deref(), section.to.as_deref());
    let between = if says(&section.body, [&section.from, &section.to]) { String::new() } else { between };
    let heading = element("h3").text(section_heading(section, catalogue));
    let heading = if has_heading(section) { heading } else { heading.class("vh") };
    element("div").class("side").child(heading).children((!between.is_empty()).then(|| element("p").class("between").text(between)))
}

/// Whether a text begins by naming all of these: the margin need not say again who speaks to whom.
pub fn says(body: &Body, names: [&Option<String>; 2]) -> bool {
    let first = body.lines().iter().find(|line| !line.is_empty()).map(|line| line.text()).unwrap_or_default();
    names.into_iter().flatten().all(|name| first.contains(name.trim()))
}

/// Whether the section's heading is shown.
pub fn has_heading(section: &SectionSnapshot) -> bool {
    section.kind != SectionKind::Case || section.heading.as_deref().is_some_and(|heading| !heading.is_empty())
}

/// The heading as written, or the usual one of its kind.
pub fn section_heading(section: &SectionSnapshot, catalogue: &Catalogue) -> String {
    match section.heading.as_deref() {
        Some(heading) if !heading.is_empty() => heading.to_owned(),
        _ => catalogue.section_kind(section.kind).to_owned(),
    }
}

/// The host of a section's text with its lines.
pub fn text(item: &ItemId, section: &SectionSnapshot, catalogue: &Catalogue) -> Element {
    element("div")
        .class(if section.body.is_blank() { "text blank" } else { "text" })
        .attribute("data-section-id", section.id.to_string())
        .attribute("data-field", Field::Section(item.clone(), section.id.clone()).to_string())
        .attribute("data-placeholder", catalogue.placeholder(section.kind))
        .children(lines::lines(&section.body, Form::Page))
}

/// The attachments of an item.
pub fn files(attachments: &[&ItemAttachment], catalogue: &Catalogue) -> Element {
    let entries = attachments.iter().map(|ItemAttachment { attachment, href, .. }| {
        let note = match attachment.status {
            AttachmentStatus::Vedlagt => None,
            AttachmentStatus::Eftersendes => Some(catalogue.meeting.attachment_later),
            AttachmentStatus::Omtalt => Some(catalogue.meeting.attachment_named),
        };
        let number = attachment.number.clone().unwrap_or_default();
        let first: Node = if number.is_empty() {
            element("span").class("n").child(small_icon(Icon::File)).into()
        } else {
            element("span").class("n").text(number).into()
        };
        let title: Node = match href {
            Some(href) => element("a").attribute("href", href.clone()).text(attachment.title.clone()).into(),
            None => attachment.title.clone().into(),
        };
        let name = element("span").child(title).children(note.map(|note| element("small").text(note)));
        let entry = element("li").child(first).child(name);
        if note.is_some() { entry.class("later") } else { entry }
    });
    element("section")
        .class("sec attachments")
        .child(element("div").class("side").child(element("h3").text(catalogue.meeting.attachments)))
        .child(element("ol").class("files").children(entries))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Language;
    use crate::meeting_json::AttachmentJson;
    use crate::render::html::to_html;
    use crate::richtext::{Attributes, Line, Run};

    fn body(text: &str) -> Body {
        let runs = if text.is_empty() { Vec::new() } else { vec![Run { text: text.into(), attributes: Attributes::new() }] };
        Body::from_lines(vec![Line { runs, ..Line::default() }])
    }

    fn sample(title: &str, closed: bool, sections: Vec<SectionSnapshot>) -> ItemSnapshot {
        ItemSnapshot {
            id: "i1".parse().expect("an id"),
            number: "4".into(),
            title: body(title),
            alt_title: None,
            kind: None,
            presenter: None,
            guests: Vec::new(),
            minutes: Some(35),
            closed,
            public_heading: None,
            own_document: false,
            sections,
        }
    }

    fn section_of(kind: SectionKind, heading: Option<&str>, text: &str) -> SectionSnapshot {
        let id = "s1".parse().expect("an id");
        SectionSnapshot { id, kind, heading: heading.map(Into::into), from: None, to: None, body: body(text) }
    }

    fn shown(item_shown: &ItemSnapshot, attachments: &[ItemAttachment]) -> String {
        to_html(&item(item_shown, attachments, Catalogue::of(Language::Da)))
    }

    #[test]
    fn the_hosts_of_texts_name_their_field() {
        let html = shown(&sample("Budget & plan", false, vec![section_of(SectionKind::Decision, None, "Godkendt")]), &[]);
        assert!(html.starts_with("<article class=\"item\" id=\"punkt-i1\" data-item=\"i1\">"), "{html}");
        assert!(html.contains("<h2><span class=\"vh\">4. </span><span class=\"title\" data-field=\"title:i1\""), "{html}");
        assert!(html.contains("<span class=\"line\" data-line>Budget &amp; plan</span>"), "{html}");
        assert!(html.contains("<section class=\"sec key\" data-section=\"s1\" data-kind=\"decision\">"), "{html}");
        assert!(html.contains("<h3>Beslutning</h3>"), "{html}");
        assert!(html.contains("<div class=\"text\" data-section-id=\"s1\" data-field=\"section:i1:s1\""), "{html}");
        assert!(html.contains("35&nbsp;min."), "{html}");
    }

    #[test]
    fn text_before_the_first_heading_has_a_hidden_name() {
        let html = shown(&sample("x", false, vec![section_of(SectionKind::Case, None, "y")]), &[]);
        assert!(html.contains("<h3 class=\"vh\">Sagsfremstilling</h3>"), "{html}");
        let html = shown(&sample("x", false, vec![section_of(SectionKind::Case, Some("Sagen"), "y")]), &[]);
        assert!(html.contains("<h3>Sagen</h3>"), "{html}");
    }

    #[test]
    fn the_margin_does_not_repeat_who_speaks_to_whom() {
        let between = |text: &str| {
            let mut section = section_of(SectionKind::Recommendation, None, text);
            (section.from, section.to) = (Some("Formandskabet".into()), Some("Kystkredsen".into()));
            shown(&sample("x", false, vec![section]), &[])
        };
        assert!(between("at sagen drøftes").contains("class=\"between\""));
        assert!(between("Formandskabet indstiller, at sagen drøftes").contains("class=\"between\""));
        assert!(!between("Formandskabet indstiller til Kystkredsen, at sagen drøftes").contains("class=\"between\""));
    }

    #[test]
    fn empty_texts_are_marked_and_an_empty_title_has_a_name() {
        let html = shown(&sample("", false, vec![section_of(SectionKind::Background, None, "")]), &[]);
        assert!(html.contains("<h2><span class=\"vh\">4. Punkt uden titel</span><span class=\"title blank\""), "{html}");
        assert!(html.contains("class=\"text blank\""), "{html}");
        assert!(html.contains("<p data-line><br></p>"), "{html}");
    }

    #[test]
    fn a_closed_item_keeps_its_number_and_tells_nothing_else() {
        let html = shown(&sample("The secret", true, Vec::new()), &[]);
        assert!(html.contains("<span class=\"num\">4</span>") && html.contains("Lukket punkt"), "{html}");
        assert!(!html.contains("secret") && !html.contains("35"), "{html}");
    }

    #[test]
    fn numbers_that_are_left_out_are_told() {
        let said = |before, number| gap(before, number, Catalogue::of(Language::Da)).map(|gap| gap.text_content());
        assert_eq!(said("2", "4").as_deref(), Some("Punkt 3 er ikke med."));
        assert_eq!(said("2", "7").as_deref(), Some("Punkt 3–6 er ikke med."));
        for (before, number) in [("2", "3"), ("", "4"), ("3", "3"), ("5", "2"), ("2", "4a"), ("4294967295", "1")] {
            assert_eq!(said(before, number), None, "{before}, {number}");
        }
    }

    #[test]
    fn attachments_of_other_items_stay_away() {
        let attachment = |item: &str, title: &str, status| ItemAttachment {
            href: (status == AttachmentStatus::Vedlagt).then(|| "/api/attachments/a1".to_owned()),
            ..ItemAttachment::new(
                item.parse().expect("an id"),
                AttachmentJson { number: Some("4.1".into()), title: title.into(), status, file: None },
            )
        };
        let all = [attachment("i1", "own.pdf", AttachmentStatus::Eftersendes), attachment("i2", "other.pdf", AttachmentStatus::Vedlagt)];
        let html = shown(&sample("x", false, Vec::new()), &all);
        assert!(
            html.contains("<li class=\"later\"><span class=\"n\">4.1</span><span>own.pdf<small>Eftersendes</small></span></li>"),
            "{html}"
        );
        assert!(!html.contains("other.pdf"), "{html}");
        let html = shown(&sample("x", false, Vec::new()), &[attachment("i1", "own.pdf", AttachmentStatus::Vedlagt)]);
        assert!(html.contains("<span><a href=\"/api/attachments/a1\">own.pdf</a></span>"), "{html}");
    }
}
