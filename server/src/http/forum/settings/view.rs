//! What the page of the settings looks like.

use std::borrow::Cow;

use axum::http::StatusCode;
use dagsorden_shared::api::TemplateRow;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::catalogue::forum::Settings;
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::render::{Element, element};
use dagsorden_shared::template::{ItemSections, Preset, StandingItem, Template, TemplateSection};

use super::super::view::Place;
use super::super::{Shown, framed, texts};
use super::Why;
use crate::command::template::Unfit;
use crate::http::page::Reader;
use crate::http::served::{View, error, field, form, hidden, notice, submit};

/// Rows for standing items that are still to be written.
const FREE_ROWS: usize = 3;

/// The page with `draft` in its form. `stored` is what is saved.
pub(super) fn settings(reader: &Reader, shown: &Shown, draft: &Template, stored: &TemplateRow, why: &Why) -> View {
    let t = &texts(reader).set;
    let stale = matches!(why, Why::Stale);
    let unfit = match why {
        Why::Unfit(unfit) => Some(*unfit),
        _ => None,
    };
    let status = match why {
        Why::Asked { .. } => StatusCode::OK,
        Why::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Why::Stale => StatusCode::PRECONDITION_FAILED,
    };
    let lede = |text: String| element("p").class("lede").text(text);
    let proposed = (stored.version == 0).then(|| element("p").class("told").text(t.proposed));
    let save = if stale { t.save_mine } else { t.save };
    let by = (!stored.changed_by.is_empty() && !stale).then(|| element("span").class("quiet").text((t.changed_by)(&stored.changed_by)));
    let form = form(shown.at("/indstillinger"))
        .class("settings")
        .child(hidden("version", stored.version.to_string()))
        .child(part(t.usual, "", usual(t, draft, unfit)))
        .child(part(t.items, t.items_help, items(t, draft, unfit)))
        .child(part(t.sections, t.sections_help, sections(t, draft, unfit, reader.catalogue())))
        .child(part(t.phrases, t.phrases_help, phrases(t, draft, unfit)))
        .child(element("div").class("acts-r save").child(submit("btn main", save)).children(by));
    let title = if stale { t.stale } else { t.title };
    let content = element("div")
        .children(notice(matches!(why, Why::Asked { saved: true }).then_some(t.saved)))
        .child(element("h1").text(title))
        .child(lede(if stale { (t.stale_by)(&stored.changed_by) } else { t.lede.to_owned() }))
        .children(if stale { Some(newer(reader, shown, stored)) } else { proposed })
        .child(form);
    let main = framed(reader, shown, Place::Settings, "page wide", vec![content]);
    let title = format!("{}, {}", texts(reader).settings, shown.forum.name);
    View { status, title, kind: "forum-settings", path: shown.at("/indstillinger"), main }
}

fn part(title: &'static str, help: &'static str, content: Vec<Element>) -> Element {
    let help = (!help.is_empty()).then(|| element("p").text(help));
    element("section")
        .class("part")
        .child(element("header").child(element("h2").text(title)).children(help))
        .child(element("div").children(content))
}

fn problem(unfit: Option<Unfit>, these: &[Unfit], t: &Settings) -> Option<Element> {
    let unfit = unfit.filter(|unfit| these.contains(unfit))?;
    error(Some(
        match unfit {
            Unfit::Place => t.unfit_place,
            Unfit::Times => t.unfit_times,
            Unfit::Sections => t.unfit_sections,
            Unfit::Items => t.unfit_items,
            Unfit::Phrases => t.unfit_phrases,
        }
        .to_owned(),
    ))
}

fn line(kind: &'static str, name: impl Into<Cow<'static, str>>, value: &str) -> Element {
    element("input").attribute("type", kind).attribute("name", name).attribute("value", value.to_owned()).attribute("autocomplete", "off")
}

fn usual(t: &Settings, draft: &Template, unfit: Option<Unfit>) -> Vec<Element> {
    let value = |text: &Option<String>| text.clone().unwrap_or_default();
    let times = element("div")
        .class("fields")
        .child(field(t.start, line("time", "start", &value(&draft.start))))
        .child(field(t.end, line("time", "end", &value(&draft.end))));
    let place = field(t.place, line("text", "place", &value(&draft.place)).attribute("maxlength", "300"));
    let wrong = problem(unfit, &[Unfit::Place, Unfit::Times], t);
    vec![place, times].into_iter().chain(wrong).collect()
}

fn items(t: &Settings, draft: &Template, unfit: Option<Unfit>) -> Vec<Element> {
    let free = std::iter::repeat_with(|| None).take(FREE_ROWS);
    let rows = draft.items.iter().map(Some).chain(free).enumerate().map(|(row, item)| item_row(t, row, item));
    let head = element("li")
        .class("cols")
        .attribute("aria-hidden", "true")
        .children([t.item_order, t.item_title, t.item_sections, t.item_minutes, t.item_last].map(|name| element("span").text(name)));
    let list = element("ol").class("standing").child(head).children(rows);
    std::iter::once(list).chain(problem(unfit, &[Unfit::Items], t)).collect()
}

fn item_row(t: &Settings, row: usize, item: Option<&StandingItem>) -> Element {
    let name = |field: &str| format!("i{row}_{field}");
    let label = |what: &str| format!("{}: {what}", (t.item)(number(row + 1)));
    let chosen = item.map_or(ItemSections::default(), |item| item.sections);
    let sections = ItemSections::ALL.into_iter().map(|sections| {
        let option = element("option").attribute("value", sections.as_str()).text((t.item_sections_of)(sections));
        if sections == chosen { option.flag("selected") } else { option }
    });
    let minutes = item.and_then(|item| item.minutes).map(|minutes| minutes.to_string()).unwrap_or_default();
    let last = element("input").attribute("type", "checkbox").attribute("name", name("last")).attribute("value", "1");
    let last = if item.is_some_and(|item| item.last) { last.flag("checked") } else { last };
    element("li")
        .child(order(name("order"), row + 1, label(t.item_order)))
        .child(
            line("text", name("title"), item.map(|item| item.title.as_str()).unwrap_or_default())
                .class("input title")
                .attribute("maxlength", "300")
                .attribute("placeholder", t.item_title)
                .attribute("aria-label", label(t.item_title)),
        )
        .child(
            element("select")
                .class("input")
                .attribute("name", name("sections"))
                .attribute("aria-label", label(t.item_sections))
                .children(sections),
        )
        .child(
            line("number", name("minutes"), &minutes)
                .class("input")
                .attribute("min", "1")
                .attribute("max", "1440")
                .attribute("placeholder", t.item_minutes)
                .attribute("aria-label", label(t.item_minutes)),
        )
        .child(
            element("label")
                .class("check")
                .child(last.attribute("aria-label", label(t.item_last)))
                .child(element("span").class("only-narrow").text(t.item_last)),
        )
}

fn order(name: String, value: usize, label: String) -> Element {
    line("number", name, &value.to_string())
        .class("input order")
        .attribute("min", "1")
        .attribute("max", "99")
        .attribute("aria-label", label)
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// The layouts to choose from, then the sections as they are, then the kinds that are not used.
fn sections(t: &Settings, draft: &Template, unfit: Option<Unfit>, catalogue: &Catalogue) -> Vec<Element> {
    let used = draft.layout();
    let preset = Preset::of(&used);
    let before = preset.map(Preset::as_str).unwrap_or_default();
    let radio = |value: &'static str, name: &'static str, help: String| {
        let input = element("input").attribute("type", "radio").attribute("name", "layout").attribute("value", value);
        let input = if value == before { input.flag("checked") } else { input };
        element("label").child(input).child(element("span").child(element("b").text(name)).text(" ").child(element("small").text(help)))
    };
    let own = preset.is_none().then(|| radio("", t.own_layout, t.own_layout_help.to_owned()));
    let layouts = Preset::ALL.map(|preset| radio(preset.as_str(), (t.preset)(preset), shown_sections(t, &preset.sections(), catalogue)));
    let picks = element("fieldset").class("layouts").child(element("legend").class("vh").text(t.layout)).children(own).children(layouts);
    let unused = SectionKind::ALL.into_iter().filter(|kind| used.iter().all(|section| section.kind != *kind));
    let unused = unused.map(|kind| (TemplateSection { kind, heading: Some(catalogue.section_kind(kind).to_owned()) }, false));
    let rows = used.iter().map(|section| (section.clone(), true)).chain(unused).enumerate();
    let rows = rows.map(|(row, (section, used))| section_row(t, row, &section, used, catalogue));
    let list = element("ol").class("heads").children(rows);
    [hidden("layout_before", before), picks, list].into_iter().chain(problem(unfit, &[Unfit::Sections], t)).collect()
}

/// „Baggrund, Indstilling, Beslutning“
fn shown_sections(t: &Settings, sections: &[TemplateSection], catalogue: &Catalogue) -> String {
    let name = |section: &TemplateSection| match (&section.heading, section.kind) {
        (Some(heading), _) => heading.clone(),
        (None, SectionKind::Case) => t.text_without_heading.to_owned(),
        (None, kind) => catalogue.section_kind(kind).to_owned(),
    };
    sections.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn section_row(t: &Settings, row: usize, section: &TemplateSection, used: bool, catalogue: &Catalogue) -> Element {
    let name = |field: &str| format!("s{row}_{field}");
    let kind = catalogue.section_kind(section.kind);
    let check = element("input").attribute("type", "checkbox").attribute("name", name("use")).attribute("value", "1");
    let check = if used { check.flag("checked") } else { check };
    let placeholder = if section.kind == SectionKind::Case { t.text_without_heading } else { kind };
    element("li")
        .child(hidden_named(name("kind"), section.kind.as_str()))
        .child(
            element("label")
                .class("check")
                .child(check.attribute("aria-label", (t.use_of)(kind)))
                .child(element("span").class(if used { "k" } else { "k off" }).text(kind)),
        )
        .child(
            line("text", name("heading"), section.heading.as_deref().unwrap_or_default())
                .class("input")
                .attribute("maxlength", "120")
                .attribute("placeholder", placeholder)
                .attribute("aria-label", (t.heading_of)(kind)),
        )
        .child(order(name("order"), row + 1, (t.order_of)(kind)))
}

fn hidden_named(name: String, value: &'static str) -> Element {
    element("input").attribute("type", "hidden").attribute("name", name).attribute("value", value)
}

fn phrases(t: &Settings, draft: &Template, unfit: Option<Unfit>) -> Vec<Element> {
    let area = element("textarea").attribute("name", "phrases").attribute("rows", "6").text(draft.phrases.join("\n"));
    std::iter::once(field(t.phrases_label, area)).chain(problem(unfit, &[Unfit::Phrases], t)).collect()
}

/// What is saved now, beside what is in the form.
fn newer(reader: &Reader, shown: &Shown, stored: &TemplateRow) -> Element {
    let t = &texts(reader).set;
    let now = &stored.template;
    let times = [&now.start, &now.end, &now.place].into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    let items = now.items.iter().map(|item| item.title.clone()).collect::<Vec<_>>().join("; ");
    let facts = [
        (t.usual, times),
        (t.items, items),
        (t.sections, shown_sections(t, &now.layout(), reader.catalogue())),
        (t.phrases, now.phrases.join(" ")),
    ];
    let facts = facts.into_iter().filter(|(_, value)| !value.is_empty());
    let list =
        element("dl").children(facts.map(|(name, value)| element("div").child(element("dt").text(name)).child(element("dd").text(value))));
    let back = element("a").class("btn").attribute("href", shown.at("/indstillinger")).text(t.use_stored);
    element("section")
        .class("told newer")
        .attribute("role", "alert")
        .child(element("h2").text(t.stale_now))
        .child(list)
        .child(element("div").class("acts-r").child(back))
}
