//! Looking an import through: what is certain in one line, every doubt unfolded, what was not used folded away with its reasons.

use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::json::Json;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, icon};

use super::{Preview, acts};
use crate::ui::dialog::{CLOSE, button};

/// The action that stores the meeting.
pub(super) const STORE: &str = "store";
/// The action that shows or hides the titles.
pub(super) const UNFOLD: &str = "unfold";

/// The list of what was read, and the two ways on.
pub(super) fn review(text: &'static Catalogue, name: &str, preview: &Preview) -> Vec<Element> {
    let items = list(&preview.meeting, "items");
    let sections: Vec<&Json> = items.iter().flat_map(|item| list(item, "sections")).collect();
    let is_table = |block: &&Json| block.get("type").and_then(Json::as_text) == Some("table");
    let tables = sections.iter().flat_map(|section| list(section, "blocks")).filter(is_table).count();
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let certain = (text.import.certain)(count(items.len()), count(sections.len()), count(tables));
    let word = |item: &Json, key: &str| item.get(key).and_then(Json::as_text).unwrap_or_default().to_owned();
    let titles = items
        .iter()
        .map(|item| element("li").child(element("span").class("n").text(word(item, "number"))).text(" ").text(word(item, "title")));
    let sure = element("li")
        .child(element("span").class("ok").child(icon(Icon::Check)))
        .child(element("span").class("t").text(certain))
        .child(button("link", UNFOLD, text.import.show).attribute("aria-expanded", "false"))
        .child(element("ul").class("rev-items").flag("hidden").children(titles));
    let doubts = preview.findings.iter().map(|finding| {
        let (what, then) = (text.import.finding)(finding);
        element("li")
            .child(element("span").class("w").child(icon(Icon::Alert)))
            .child(element("span").class("t").text(what))
            .child(element("small").text(then))
    });
    let mut content = vec![
        element("p").class("quiet").text((text.import.source)(name, count(items.len()))),
        element("ol").class("rev").child(sure).children(doubts),
    ];
    content.extend(left_out(text, &preview.left_out));
    content.extend([
        acts([button("btn main", STORE, text.import.create).flag("autofocus"), button("btn", CLOSE, text.import.discard)]),
        element("p").class("quiet").text(text.import.nothing_stored),
    ]);
    content
}

/// What of the file is in no part of the meeting: a folded list, each reason once, with how often the same words stand there.
fn left_out(text: &'static Catalogue, left: &Json) -> Option<Element> {
    let mut reasons: Vec<(&str, Vec<(&str, usize)>)> = Vec::new();
    for entry in left.entries() {
        let word = |key: &str| entry.get(key).and_then(Json::as_text).unwrap_or_default();
        let (why, words) = (word("why"), word("text"));
        let at = reasons.iter().position(|(known, _)| *known == why).unwrap_or_else(|| {
            reasons.push((why, Vec::new()));
            reasons.len() - 1
        });
        let entries = &mut reasons[at].1;
        match entries.iter_mut().find(|(known, _)| *known == words) {
            Some((_, count)) => *count += 1,
            None => entries.push((words, 1)),
        }
    }
    let reason = |(why, entries): (&str, Vec<(&str, usize)>)| {
        let entry =
            |(words, count): (&str, usize)| element("li").text(if count > 1 { format!("{words} ({count}×)") } else { words.to_owned() });
        [element("b").text((text.import.left_out_why)(why)), element("ul").children(entries.into_iter().map(entry))]
    };
    let count = left.entries().len();
    (count > 0).then(|| {
        element("details")
            .class("unused")
            .child(element("summary").text(format!("{} ({count})", text.import.left_out)))
            .children(reasons.into_iter().flat_map(reason))
    })
}

/// Shows the titles, or hides them again.
pub(super) fn unfold(text: &'static Catalogue, dialog: &web_sys::Element) {
    let found = |selector: &str| dialog.query_selector(selector).ok().flatten();
    let (Some(titles), Some(button)) = (found(".rev-items"), found("[data-action=unfold]")) else { return };
    let hidden = titles.toggle_attribute("hidden").unwrap_or(false);
    button.set_text_content(Some(if hidden { text.import.show } else { text.import.hide }));
    // Setting an attribute of a valid name does not fail.
    drop(button.set_attribute("aria-expanded", if hidden { "false" } else { "true" }));
}

fn list<'a>(value: &'a Json, key: &str) -> &'a [Json] {
    value.get(key).map_or(&[], Json::entries)
}
