//! The outline: numbers, titles and minutes of the items, beside the paper or as a sheet over it.

use super::element::{Element, element};
use super::icon::{Icon, icon, small_icon};
use super::item::anchor;
use crate::agenda::{ItemSnapshot, MeetingSnapshot};
use crate::catalogue::Catalogue;
use crate::date::Time;

/// Id of the outline, for the buttons that open it as a sheet.
pub const OUTLINE_ID: &str = "outline";

/// The whole outline.
pub fn outline(snapshot: &MeetingSnapshot, catalogue: &Catalogue) -> Element {
    let texts = &catalogue.meeting;
    let count = u32::try_from(snapshot.items.len()).unwrap_or(u32::MAX);
    let planned = snapshot.items.iter().any(|item| item.minutes.is_some());
    let total = total(snapshot, catalogue);
    let close = element("button")
        .class("btn plain icon")
        .attribute("type", "button")
        .attribute("popovertarget", OUTLINE_ID)
        .attribute("popovertargetaction", "hide")
        .attribute("aria-label", catalogue.common.close)
        .child(icon(Icon::Cross));
    element("nav")
        .class("outline sheet")
        .attribute("id", OUTLINE_ID)
        .flag("popover")
        .attribute("aria-label", texts.outline_label)
        .child(element("div").class("sheet-head").child(element("span").text(texts.outline)).child(close))
        .child(
            element("div")
                .class("outline-top")
                .child(element("span").text((texts.items)(count)))
                .children(planned.then(|| element("span").text(texts.minutes_head))),
        )
        .child(element("ol").class("toc").children(snapshot.items.iter().map(|item| entry(item, catalogue))))
        .child(element("div").class("outline-end").children(total.map(|total| element("span").text(total))))
}

fn entry(item: &ItemSnapshot, catalogue: &Catalogue) -> Element {
    let hidden = item.closed && item.sections.is_empty();
    let title = if hidden { item.public_heading.clone().unwrap_or_default() } else { item.title.text().trim().to_owned() };
    let title = match (title.is_empty(), hidden) {
        (false, _) => title,
        (true, true) => catalogue.meeting.closed_item.to_owned(),
        (true, false) => catalogue.meeting.untitled_item.to_owned(),
    };
    let minutes = item.minutes.map(|minutes| {
        let word = element("span").class("vh").text(format!(" {}", catalogue.meeting.minutes_word));
        element("span").class("m").child(element("span").text(minutes.to_string()).child(word))
    });
    let lock = item.closed.then(|| small_icon(Icon::Lock));
    let link = element("a")
        .attribute("href", format!("#{}", anchor(&item.id)))
        .child(element("span").class("n").text(item.number.clone()))
        .child(element("span").class("t").children(lock).text(title))
        .children(minutes);
    let entry = element("li").attribute("data-item", item.id.to_string()).child(link);
    if item.closed { entry.class("closed") } else { entry }
}

/// Planned length of all items, and when they end if the start is known. `None` if nothing is planned.
pub fn total(snapshot: &MeetingSnapshot, catalogue: &Catalogue) -> Option<String> {
    let minutes = snapshot.items.iter().filter_map(|item| item.minutes).fold(0u32, u32::saturating_add);
    let start = snapshot.header.start.as_deref().and_then(Time::parse);
    let end = start.map(|start| start.plus(minutes).short(catalogue));
    (minutes > 0).then(|| (catalogue.meeting.total)(minutes / 60, minutes % 60, end.as_deref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agenda::Header;
    use crate::catalogue::Language;
    use crate::render::html::to_html;
    use crate::richtext::Body;

    fn item(id: &str, minutes: Option<u32>, closed: bool) -> ItemSnapshot {
        ItemSnapshot {
            id: id.parse().expect("an id"),
            number: id.trim_start_matches('i').to_owned(),
            title: Body::default(),
            alt_title: None,
            kind: None,
            presenter: None,
            guests: Vec::new(),
            minutes,
            closed,
            public_heading: None,
            own_document: false,
            sections: Vec::new(),
        }
    }

    #[test]
    fn entries_lead_to_their_items_and_minutes_add_up() {
        let header = Header { start: Some("09:00".into()), ..Header::default() };
        let snapshot = MeetingSnapshot { header, items: vec![item("i1", Some(95), false), item("i2", Some(60), true)] };
        let html = to_html(&outline(&snapshot, Catalogue::of(Language::Da)));
        assert!(html.contains("<li data-item=\"i1\"><a href=\"#punkt-i1\"><span class=\"n\">1</span>"), "{html}");
        assert!(html.contains("Punkt uden titel") && html.contains("Lukket punkt"), "{html}");
        assert!(html.contains("2&nbsp;t 35&nbsp;min i alt. Slut kl.&nbsp;11.35."), "{html}");
        assert!(html.contains("<span>2 punkter</span>"), "{html}");
    }

    #[test]
    fn without_plans_there_are_no_minutes() {
        let snapshot = MeetingSnapshot { header: Header::default(), items: vec![item("i1", None, false)] };
        assert_eq!(total(&snapshot, Catalogue::of(Language::En)), None);
        assert!(!to_html(&outline(&snapshot, Catalogue::of(Language::En))).contains("min"));
    }
}
