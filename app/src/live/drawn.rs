//! What meeting mode looks like, as elements: the ruler of the meeting's time, the clock of the item in hand, and what comes next. Knows no page.

use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::catalogue::live::Live as Texts;
use dagsorden_shared::date::Time;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, icon, small_icon};

use super::plan::{Entry, Plan, Stretch};

/// The attribute of a button that names what it does.
pub(super) const ACTION: &str = "data-live";
/// The attribute of a button that names the item it leads to.
pub(super) const ITEM: &str = "data-live-item";
/// Where something stands on the ruler, in hundredths of a percent of its length.
pub(super) const FROM: &str = "data-from";
/// How long it is there.
pub(super) const LONG: &str = "data-long";

/// Space, in hundredths of a percent, that the words of the time need on the ruler.
const WORDS: u32 = 700;
/// How many items are named as the next.
const NEXT: usize = 3;

/// A button of meeting mode.
pub(super) fn button(class: &'static str, action: &'static str, label: impl Into<std::borrow::Cow<'static, str>>) -> Element {
    element("button").class(class).attribute("type", "button").attribute(ACTION, action).text(label)
}

fn over(element: Element, stretch: Stretch) -> Element {
    element.attribute(FROM, stretch.from.to_string()).attribute(LONG, stretch.to.saturating_sub(stretch.from).to_string())
}

/// The items along the time of the meeting. `now` is the time of the day on the day of the meeting.
pub(super) fn ruler(plan: &Plan, in_hand: usize, now: Option<Time>, text: &Catalogue) -> Vec<Element> {
    let texts = Texts::of(text.language);
    let stretches = plan.stretches();
    let segments = plan.entries.iter().zip(&stretches).enumerate().map(|(index, (entry, stretch))| {
        let number = element("b").text(entry.number.clone());
        let go = element("button").attribute("type", "button").attribute(ITEM, entry.item.to_string()).child(number);
        let go = go.text(format!(" {}", entry.title)).attribute("title", entry.title.clone());
        let go = if index == in_hand { go.attribute("aria-current", "step") } else { go };
        over(element("li").class("seg"), *stretch).child(go)
    });
    let track = element("ol").class("segs").children(segments);
    let line = |class: &'static str, from: u32, to: u32| (from < to).then(|| over(element("i").class(class), Stretch { from, to }));
    let current = stretches.get(in_hand).copied().unwrap_or(Stretch { from: 0, to: 0 });
    let at = now.and_then(|now| plan.at(now).map(|at| (at, now)));
    let lines = [
        line("stroke", 0, current.from),
        line("stroke cur", current.from, current.to),
        at.and_then(|(at, _)| line("stroke late", current.to, at)),
        at.map(|(at, _)| over(element("i").class("nu"), Stretch { from: at, to: at })),
    ];
    let lines = element("div").class("strokes").attribute("aria-hidden", "true").children(lines.into_iter().flatten());
    let word = |class: &'static str, at: u32, words: String| over(element("span").class(class), Stretch { from: at, to: at }).text(words);
    let hours = plan.hours().map(|[start, end]| {
        let near = |edge: u32| at.is_some_and(|(at, _)| at.abs_diff(edge) < WORDS);
        let words = [
            (!near(0)).then(|| word("h l", 0, start.short(text))),
            at.map(|(at, now)| {
                let class = if at < WORDS {
                    "h t l"
                } else if at > 10_000 - WORDS {
                    "h t r"
                } else {
                    "h t"
                };
                word(class, at, now.short(text))
            }),
            (!near(10_000)).then(|| word("h r", 10_000, end.short(text))),
        ];
        element("div").class("hours").attribute("aria-hidden", "true").children(words.into_iter().flatten())
    });
    let reserve = plan.reserve().map(|stretch| over(element("span").class("seg spare"), stretch).text(texts.reserve));
    [Some(track), reserve, Some(lines), hours].into_iter().flatten().collect()
}

/// The clock of the item in hand after so many seconds on it, against its plan and that of the meeting.
pub(super) fn watch(plan: &Plan, in_hand: usize, seconds: u32, now: Time, text: &Catalogue) -> Vec<Element> {
    let texts = Texts::of(text.language);
    let minutes = text.meeting.minutes;
    let planned = plan.entries.get(in_hand).and_then(|entry| entry.minutes);
    let spent = seconds / 60;
    let late = planned.and_then(|planned| spent.checked_sub(planned));
    let clock = element("p").class("clock").attribute("role", "timer").text((texts.clock)(spent, seconds % 60));
    let late = late.map(|late| element("p").class("late").child(small_icon(Icon::Clock)).text((texts.over)(late)));
    let row =
        |name: &'static str, value: String| element("p").class("row").child(element("span").text(name)).child(element("span").text(value));
    let rows = [
        planned.map(|planned| row(texts.planned, minutes(planned))),
        plan.expected_end(now, in_hand, spent).map(|end| row(texts.expected_end, end.short(text))),
    ];
    let head = element("h2").text(texts.time);
    [Some(head), Some(clock), late].into_iter().flatten().chain(rows.into_iter().flatten()).collect()
}

/// What comes next, and the way there.
pub(super) fn next(plan: &Plan, in_hand: usize, text: &Catalogue) -> Vec<Element> {
    let texts = Texts::of(text.language);
    let minutes = text.meeting.minutes;
    let coming = plan.entries.get(in_hand + 1..).unwrap_or_default();
    let entry = |entry: &Entry| {
        let title = if entry.number.is_empty() { entry.title.clone() } else { format!("{}. {}", entry.number, entry.title) };
        let facts: Vec<String> = entry.minutes.map(minutes).into_iter().chain(entry.presenter.clone()).collect();
        let facts = (!facts.is_empty()).then(|| element("small").text(facts.join(" ")));
        element("li").child(element("p").class("t").text(title)).children(facts)
    };
    let list = if coming.is_empty() {
        element("p").class("none").text(texts.last)
    } else {
        element("ol").children(coming.iter().take(NEXT).map(entry))
    };
    let back = button("btn plain", "back", texts.back);
    let back = if in_hand == 0 { back.flag("disabled") } else { back };
    let on = coming.first().map(|entry| button("btn main", "next", (texts.to_item)(&entry.number)).child(icon(Icon::Right)));
    let ways = element("div").class("ways").child(button("btn plain", "end", texts.end)).child(back).children(on);
    vec![element("h2").text(texts.next), list, ways]
}
