//! Looking an import through: what is certain in one line, every doubt unfolded, what was not used folded away with its reasons.

use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::catalogue::import::Import;
use dagsorden_shared::date;
use dagsorden_shared::json::Json;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, icon};

use super::{Preview, State, acts};
use crate::ui::dialog::{CLOSE, button};

/// The action that stores the meeting.
pub(super) const STORE: &str = "store";
/// The action that shows or hides the titles.
pub(super) const UNFOLD: &str = "unfold";

/// The list of what was read, and the two ways on.
pub(super) fn review(state: &State, name: &str, preview: &Preview) -> Vec<Element> {
    let words = state.words;
    let items = list(&preview.meeting, "items");
    let sections: Vec<&Json> = items.iter().flat_map(|item| list(item, "sections")).collect();
    let is_table = |block: &&Json| block.get("type").and_then(Json::as_text) == Some("table");
    let tables = sections.iter().flat_map(|section| list(section, "blocks")).filter(is_table).count();
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let certain = (words.certain)(count(items.len()), count(sections.len()), count(tables));
    let word = |item: &Json, key: &str| item.get(key).and_then(Json::as_text).unwrap_or_default().to_owned();
    let titles = items
        .iter()
        .map(|item| element("li").child(element("span").class("n").text(word(item, "number"))).text(" ").text(word(item, "title")));
    let sure = element("li")
        .child(element("span").class("ok").child(icon(Icon::Check)))
        .child(element("span").class("t").text(certain))
        .child(button("link", UNFOLD, words.show).attribute("aria-expanded", "false"))
        .child(element("ul").class("rev-items").flag("hidden").children(titles));
    let doubts = preview.findings.iter().map(|finding| {
        let (what, then) = (words.finding)(finding);
        element("li")
            .child(element("span").class("w").child(icon(Icon::Alert)))
            .child(element("span").class("t").text(what))
            .child(element("small").text(then))
    });
    let mut content = vec![
        element("p").class("quiet").text((words.source)(name, count(items.len()))),
        element("ol").class("rev").child(sure).children(doubts),
    ];
    let store = if state.goal.is_some() {
        content.extend(also(state.text, words, &preview.meeting));
        words.into_store
    } else {
        words.create
    };
    content.extend(left_out(words, &preview.left_out));
    content.extend([
        acts([button("btn main", STORE, store).flag("autofocus"), button("btn", CLOSE, words.discard)]),
        element("p").class("quiet").text(words.nothing_stored),
    ]);
    content
}

/// What the file says beside its items, which the server leaves in it where the meeting lacks it.
const BESIDE: [&str; 6] = ["title", "date", "start", "end", "place", "participants"];

/// Offers to take that along.
fn also(text: &'static Catalogue, words: &'static Import, meeting: &Json) -> Option<Element> {
    let value = |key: &str| meeting.get(key).and_then(Json::as_text).filter(|value| !value.is_empty());
    let people = u32::try_from(list(meeting, "participants").len()).unwrap_or(u32::MAX);
    let said: Vec<String> = [
        value("title").map(words.title_of),
        value("date").map(|day| date::long(day, text)),
        date::span(value("start"), value("end"), text),
        value("place").map(str::to_owned),
        (people > 0).then(|| (words.people)(people)),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!said.is_empty()).then(|| {
        let tick = element("input").attribute("type", "checkbox").attribute("name", "also").flag("checked");
        element("label").class("check").child(tick).child(element("span").text(format!("{}: {}", words.also, said.join(", "))))
    })
}

/// Takes out of the meeting what was not wanted.
pub(super) fn drop_unwanted(dialog: &web_sys::Element, meeting: &mut Json) {
    let unwanted = dialog.query_selector("input[name=also]:not(:checked)").ok().flatten().is_some();
    if let Json::Object(fields) = meeting
        && unwanted
    {
        fields.retain(|(key, _)| !BESIDE.contains(&key.as_str()));
    }
}

/// What of the file is in no part of the meeting: a folded list, each reason once, with how often the same words stand there.
fn left_out(words: &'static Import, left: &Json) -> Option<Element> {
    let mut reasons: Vec<(&str, Vec<(&str, usize)>)> = Vec::new();
    for entry in left.entries() {
        let word = |key: &str| entry.get(key).and_then(Json::as_text).unwrap_or_default();
        let (why, said) = (word("why"), word("text"));
        let at = reasons.iter().position(|(known, _)| *known == why).unwrap_or_else(|| {
            reasons.push((why, Vec::new()));
            reasons.len() - 1
        });
        let entries = &mut reasons[at].1;
        match entries.iter_mut().find(|(known, _)| *known == said) {
            Some((_, count)) => *count += 1,
            None => entries.push((said, 1)),
        }
    }
    let reason = |(why, entries): (&str, Vec<(&str, usize)>)| {
        let entry =
            |(said, count): (&str, usize)| element("li").text(if count > 1 { format!("{said} ({count}×)") } else { said.to_owned() });
        [element("b").text((words.left_out_why)(why)), element("ul").children(entries.into_iter().map(entry))]
    };
    let count = left.entries().len();
    (count > 0).then(|| {
        element("details")
            .class("unused")
            .child(element("summary").text(format!("{} ({count})", words.left_out)))
            .children(reasons.into_iter().flat_map(reason))
    })
}

/// Shows the titles, or hides them again.
pub(super) fn unfold(words: &'static Import, dialog: &web_sys::Element) {
    let found = |selector: &str| dialog.query_selector(selector).ok().flatten();
    let (Some(titles), Some(button)) = (found(".rev-items"), found("[data-action=unfold]")) else { return };
    let hidden = titles.toggle_attribute("hidden").unwrap_or(false);
    button.set_text_content(Some(if hidden { words.show } else { words.hide }));
    // Setting an attribute of a valid name does not fail.
    drop(button.set_attribute("aria-expanded", if hidden { "false" } else { "true" }));
}

fn list<'a>(value: &'a Json, key: &str) -> &'a [Json] {
    value.get(key).map_or(&[], Json::entries)
}
