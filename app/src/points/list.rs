//! What organisations think of the points of a recommendation, and what came of each: a list below the recommendation. Elements alone.

use dagsorden_shared::agenda::Point;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::id::ItemId;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::talk::{Outcome, OutcomeKind, Position, Stance};

/// The attribute of a button that names what it does.
pub(super) const ACTION: &str = "data-point-action";
/// The attribute of a button that says with what.
pub(super) const VALUE: &str = "data-value";
/// The attribute of a row that names its point.
pub(super) const POINT: &str = "data-point";

/// What is shown of a recommendation's points.
pub(super) struct Shown<'a> {
    pub(super) item: &'a ItemId,
    pub(super) points: Vec<Point>,
    pub(super) positions: &'a [Position],
    pub(super) outcomes: &'a [Outcome],
    /// Whose position one may state; `None`: nobody's.
    pub(super) organisation: Option<&'a str>,
    pub(super) may_decide: bool,
    /// The point and the stance that a remark is being written to.
    pub(super) remarking: Option<(&'a str, Stance)>,
}

/// The list of points. Nothing where there is nothing to say or to do.
pub(super) fn list(shown: &Shown<'_>, text: &Catalogue) -> Vec<Element> {
    let said = shown.points.iter().any(|point| {
        let is_of = |id: &dagsorden_shared::id::PointId| point.id.as_ref() == Some(id);
        shown.positions.iter().any(|position| is_of(&position.point)) || shown.outcomes.iter().any(|outcome| is_of(&outcome.point))
    });
    if shown.points.is_empty() || !(said || shown.organisation.is_some() || shown.may_decide) {
        return Vec::new();
    }
    let rows = shown.points.iter().filter_map(|point| row(shown, point, text));
    let list = element("ol").class("pts").attribute("aria-label", text.points.label).children(rows);
    let decided = shown.may_decide && shown.points.iter().any(|point| outcome_of(shown.outcomes, shown.item, point).is_some());
    let decide = decided.then(|| {
        element("p")
            .class("pts-end")
            .child(button("btn", "decide", "", text.points.write_decision, None).attribute("data-item", shown.item.to_string()))
    });
    std::iter::once(list).chain(decide).collect()
}

fn outcome_of(outcomes: &[Outcome], item: &ItemId, point: &Point) -> Option<OutcomeKind> {
    outcomes.iter().find(|outcome| Some(&outcome.point) == point.id.as_ref() && outcome.item == *item).map(|outcome| outcome.outcome)
}

fn button(class: &'static str, action: &'static str, value: &'static str, label: &'static str, pressed: Option<bool>) -> Element {
    let button = element("button").class(class).attribute("type", "button").attribute(ACTION, action).attribute(VALUE, value);
    let button = match pressed {
        Some(pressed) => button.attribute("aria-pressed", if pressed { "true" } else { "false" }),
        None => button,
    };
    button.text(label)
}

fn row(shown: &Shown<'_>, point: &Point, text: &Catalogue) -> Option<Element> {
    let id = point.id.as_ref()?;
    let given: Vec<&Position> = shown.positions.iter().filter(|position| position.point == *id && position.item == *shown.item).collect();
    let own = given.iter().find(|position| Some(position.organisation.as_str()) == shown.organisation);
    let stances = shown.organisation.map(|organisation| {
        let buttons = Stance::ALL.map(|stance| {
            button("st", "stance", stance.as_str(), (text.points.stance)(stance), Some(own.is_some_and(|own| own.stance == stance)))
        });
        element("div")
            .class("stances")
            .attribute("role", "group")
            .attribute("aria-label", (text.points.own)(organisation))
            .children(buttons)
    });
    let outdated =
        own.filter(|own| own.wording != point.text).map(|own| element("p").class("rest").text((text.points.outdated)(&own.wording)));
    let remark = shown.remarking.filter(|(point, _)| *point == id.as_str()).map(|(_, stance)| {
        let area = element("textarea").attribute("rows", "2").attribute("maxlength", "2000").attribute("aria-label", text.points.remark);
        let area = area.attribute("placeholder", text.points.remark).text(own.map(|own| own.remark.clone()).unwrap_or_default());
        element("div")
            .class("remarking")
            .child(area)
            .child(button("btn main", "remark", stance.as_str(), text.common.save, None))
            .child(button("btn plain", "no-remark", "", text.common.cancel, None))
    });
    let by_stance = Stance::ALL.into_iter().rev().filter_map(|stance| {
        let of: Vec<&&Position> = given.iter().filter(|position| position.stance == stance).collect();
        if of.is_empty() {
            return None;
        }
        let names = of.iter().map(|position| {
            let name = element("span")
                .class("by-o")
                .child(element("i").class(format!("dot hue-{}", position.hue)))
                .text(position.organisation.clone());
            let remark = (!position.remark.is_empty()).then(|| element("q").text(position.remark.clone()));
            element("li").attribute("title", position.given_by.clone()).child(name).children(remark)
        });
        let head = element("b").text((text.points.stance)(stance));
        Some(element("div").class(format!("given {}", stance.as_str())).child(head).child(element("ul").children(names)))
    });
    let verdict = outcome_of(shown.outcomes, shown.item, point);
    let outcome = if shown.may_decide {
        let buttons =
            OutcomeKind::ALL.map(|kind| button("st", "outcome", kind.as_str(), (text.points.outcome)(kind), Some(verdict == Some(kind))));
        Some(
            element("div")
                .class("outcomes")
                .attribute("role", "group")
                .attribute("aria-label", text.points.outcome_label)
                .children(buttons),
        )
    } else {
        verdict.map(|kind| element("p").class("verd").child(element("b").text((text.points.outcome)(kind))))
    };
    let row = element("li").attribute(POINT, id.to_string()).attribute("data-item", shown.item.to_string());
    Some(
        row.child(element("p").class("pt-t").attribute("data-n", point.number.to_string()).text(point.text.clone()))
            .children(stances)
            .children(outdated)
            .children(remark)
            .children(by_stance)
            .children(outcome),
    )
}

/// The worded draft of an item's decision: what came of each point.
pub(super) fn decision(points: &[Point], outcomes: &[Outcome], item: &ItemId, text: &Catalogue) -> Option<String> {
    let verdicts: Vec<(u32, Option<OutcomeKind>)> = points.iter().map(|point| (point.number, outcome_of(outcomes, item, point))).collect();
    let first = verdicts.iter().find_map(|(_, verdict)| *verdict)?;
    let sentence = |kind| format!("{}.", (text.points.outcome)(kind));
    if verdicts.iter().all(|(_, verdict)| *verdict == Some(first)) {
        return Some(sentence(first));
    }
    let each = verdicts.iter().filter_map(|(number, verdict)| Some((text.points.at)(*number, &sentence((*verdict)?))));
    Some(each.collect::<Vec<_>>().join("\n"))
}

/// A stance by its word on the wire.
pub(super) fn stance(word: &str) -> Option<Stance> {
    Stance::ALL.into_iter().find(|stance| stance.as_str() == word)
}

/// An outcome by its word on the wire.
pub(super) fn outcome(word: &str) -> Option<OutcomeKind> {
    OutcomeKind::ALL.into_iter().find(|kind| kind.as_str() == word)
}
