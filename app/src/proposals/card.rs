//! What a proposal looks like: folded or in hand, part by part. Elements alone; what is pressed is the business of [`act`](super::act).

use dagsorden_shared::api::Person;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::catalogue::proposals::Texts;
use dagsorden_shared::proposal::{Condition, Edit, Insert, Part, PartKind, PartState, Placed, Proposal, Standing, Support, words};
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, small_icon};

use super::rival::Meets;
use crate::ui::person;

/// Letters shown of what stands before and after a change.
const NEAR: usize = 24;
/// Letters shown of a folded change.
const BRIEF: usize = 60;
/// Organisations named in the line that says who supports a proposal.
const NAMED: usize = 3;

/// What is shown of a proposal beside its rows.
pub(super) struct Shown<'a> {
    pub(super) proposal: &'a Proposal,
    /// How its parts stand on the text; `None`: the field is not there any more.
    pub(super) placed: Option<&'a [Placed]>,
    /// What each part meets; as long as `placed`.
    pub(super) meets: Vec<Meets<'a>>,
    pub(super) in_hand: bool,
    pub(super) may_decide: bool,
    pub(super) may_withdraw: bool,
    pub(super) may_support: bool,
    /// One's own organisation.
    pub(super) organisation: &'a str,
    /// The minutes are approved: nothing is decided any more.
    pub(super) closed: bool,
    /// The part whose words are being changed.
    pub(super) changing: Option<u32>,
    pub(super) time: &'a dyn Fn(i64) -> String,
}

pub(super) fn action(class: &'static str, name: &'static str, label: impl Into<std::borrow::Cow<'static, str>>) -> Element {
    element("button").class(class).attribute("type", "button").attribute("data-action", name).child(element("span").text(label))
}

/// Whose a proposal is, in a word.
fn whose(proposal: &Proposal) -> &str {
    let Person { name, organisation, .. } = &proposal.author;
    if organisation.is_empty() { name } else { organisation }
}

/// How a proposal is called.
fn label(proposal: &Proposal, text: &Texts) -> String {
    let count = u32::try_from(proposal.parts.len()).unwrap_or(u32::MAX);
    if proposal.mine { (text.own)(count) } else { (text.from)(whose(proposal), count) }
}

/// How the card of these is called.
pub(super) fn label_of(group: &[Shown<'_>], text: &Texts) -> String {
    match group {
        [one] => label(one.proposal, text),
        several => (text.rivals)(u32::try_from(several.len()).unwrap_or(u32::MAX)),
    }
}

/// The card of a proposal, or of several for the same words.
pub(super) fn card(group: &[Shown<'_>], text: &Texts) -> Vec<Element> {
    let fold = || element("div").class("acts").child(action("link soft", "fold", text.fold));
    match group {
        [one] if one.in_hand => full(one, text).into_iter().chain([fold()]).collect(),
        [first, ..] if !first.in_hand => vec![folded(group, text)],
        several => {
            let alternative = |shown: &Shown<'_>| {
                let id = shown.proposal.id.to_string();
                element("section")
                    .class("rival")
                    .attribute("data-rival", id)
                    .attribute("aria-label", label(shown.proposal, text))
                    .children(full(shown, text))
            };
            let head = kicker(label_of(several, text));
            std::iter::once(head).chain(several.iter().map(alternative)).chain([fold()]).collect()
        }
    }
}

fn kicker(words: String) -> Element {
    element("p").class("kicker").child(small_icon(Icon::Pencil)).child(element("span").class("for").text(words))
}

fn circle(person: &Person) -> Element {
    element("span").class(format!("who s hue-{}", person.hue)).attribute("aria-hidden", "true").text(person::initials(&person.name))
}

fn tally(proposal: &Proposal, text: &Texts) -> String {
    let count = |state| u32::try_from(proposal.parts.iter().filter(|part| part.state == state).count()).unwrap_or(u32::MAX);
    (text.tally)(count(PartState::Open), count(PartState::Accepted), count(PartState::Rejected))
}

/// What was decided, and how many support it.
fn brief(proposal: &Proposal, text: &Texts) -> String {
    let supporters = u32::try_from(proposal.supports.iter().filter(|support| support.is_for()).count()).unwrap_or(u32::MAX);
    let tally = tally(proposal, text);
    if supporters == 0 { tally } else { format!("{tally} · {}", (text.supporters)(supporters)) }
}

fn folded(group: &[Shown<'_>], text: &Texts) -> Element {
    // A kicker of spans, since it stands in a button.
    let kicker = element("span").class("kicker").child(small_icon(Icon::Pencil));
    let mut button = element("button")
        .class("fold")
        .attribute("type", "button")
        .attribute("data-action", "open")
        .attribute("aria-expanded", "false")
        .child(kicker.child(element("span").class("for").text(label_of(group, text))));
    for proposal in group.iter().map(|shown| shown.proposal) {
        let mut said = element("span").class("fold-t said");
        for (index, edit) in proposal.parts.iter().flat_map(|part| &part.edits).take(3).enumerate() {
            let apart = if index > 0 { " … " } else { "" };
            said = said.text(apart).children(change(edit, BRIEF, text));
        }
        let who = if group.len() > 1 { format!("{} · ", whose(proposal)) } else { String::new() };
        let brief = element("span").class("fold-n").text(format!("{who}{}", brief(proposal, text)));
        button = button.child(circle(&proposal.author)).child(said).child(brief);
    }
    button
}

/// The letters that go and those that come. For those who hear the page each is named.
fn change(edit: &Edit, most: usize, text: &Texts) -> Vec<Element> {
    let piece = |tag, name: &'static str, inserts: &[Insert]| {
        let whole = words(inserts);
        let shown = cut(&whole, most).replace('\n', "⏎");
        // A line break at the end of whole lines is no news.
        let shown = shown.strip_suffix('⏎').filter(|rest| !rest.is_empty()).unwrap_or(&shown).to_owned();
        (!whole.is_empty()).then(|| element(tag).child(element("span").class("vh").text(name)).text(shown))
    };
    let (old, new) = (piece("del", text.removed, &edit.old), piece("ins", text.added, &edit.new));
    old.into_iter().chain(new).collect()
}

fn cut(words: &str, most: usize) -> String {
    let mut shown: String = words.chars().take(most).collect();
    if shown.len() < words.len() {
        shown.push('…');
    }
    shown
}

/// The last letters of what stands before, on the same line, from a word's start.
fn before(edit: &Edit) -> String {
    let line = edit.before.rsplit('\n').next().unwrap_or_default();
    let count = line.chars().count();
    let near: String = line.chars().skip(count.saturating_sub(NEAR)).collect();
    if count > NEAR { near.split_once(' ').map_or(near.clone(), |(_, rest)| format!("… {rest}")) } else { near }
}

fn after(edit: &Edit) -> String {
    let line = edit.after.split('\n').next().unwrap_or_default();
    let near: String = line.chars().take(NEAR).collect();
    if line.chars().count() > NEAR { near.rsplit_once(' ').map_or(near.clone(), |(rest, _)| format!("{rest} …")) } else { near }
}

fn said(edit: &Edit, text: &Texts) -> Element {
    let whole_lines = words(&edit.old).ends_with('\n') || words(&edit.new).ends_with('\n');
    let around = |words: String| if whole_lines { String::new() } else { words };
    element("p").class("said").text(around(before(edit))).children(change(edit, usize::MAX, text)).text(around(after(edit)))
}

fn full(shown: &Shown<'_>, text: &Texts) -> Vec<Element> {
    let proposal = shown.proposal;
    let Person { name, organisation, .. } = &proposal.author;
    let head = element("header")
        .child(element("b").text(name.clone()))
        .child(element("span").text(organisation.clone()))
        .child(element("time").class("quiet nw").text((shown.time)(proposal.created)));
    let note = proposal.note.split('\n').filter(|line| !line.is_empty()).map(|line| element("p").text(line.to_owned()));
    let say = element("div").class("say").child(circle(&proposal.author)).child(element("div").child(head).children(note));
    let parts = proposal.parts.iter().enumerate().map(|(index, part)| {
        let placed = shown.placed.and_then(|placed| placed.get(index));
        part_of(shown, part, (placed, shown.meets.get(index).copied().unwrap_or_default()), text)
    });
    let open = proposal.parts.iter().filter(|part| part.state == PartState::Open).count();
    let clean =
        |index: usize| shown.placed.and_then(|placed| placed.get(index)).is_some_and(|placed| placed.condition != Condition::Conflict);
    let all_clean = proposal.parts.iter().enumerate().all(|(index, part)| part.state != PartState::Open || clean(index));
    let note = if shown.closed && open > 0 {
        Some(text.closed)
    } else if shown.placed.is_none() && open > 0 {
        Some(text.field_gone)
    } else {
        None
    };
    let mut acts = element("div").class("acts");
    if open > 1 && shown.may_decide && shown.placed.is_some() {
        acts = acts.children(all_clean.then(|| action("link", "accept-all", text.accept_all)));
        acts = acts.child(action("link soft", "reject-all", text.reject_all));
    }
    if shown.may_support && open > 0 && !proposal.mine && !shown.organisation.is_empty() {
        let supports = support_of(proposal, shown.organisation).is_some_and(Support::is_for);
        acts =
            acts.child(if supports { action("link soft", "unsupport", text.unsupport) } else { action("link", "support", text.support) });
    }
    if shown.may_withdraw && open > 0 {
        acts = acts.child(action("link soft", "withdraw", text.withdraw));
    }
    let note = note.map(|words| element("p").class("rest").child(small_icon(Icon::Alert)).child(element("span").text(words)));
    let list = element("ol").class("places").children(parts);
    let mut card = vec![kicker(label(proposal, text)), say, list];
    card.extend(supported(proposal, text));
    card.extend(note);
    card.push(acts);
    card
}

/// What an organisation thinks of a proposal.
pub(super) fn support_of<'a>(proposal: &'a Proposal, organisation: &str) -> Option<&'a Support> {
    proposal.supports.iter().find(|support| support.organisation == organisation)
}

/// Who supports it in one line, with the names of those who said so behind it.
fn supported(proposal: &Proposal, text: &Texts) -> Option<Element> {
    let line = |names: &[&Support], say: fn(u32, &str) -> String| {
        let organisations: Vec<&str> = names.iter().take(NAMED).map(|support| support.organisation.as_str()).collect();
        let more = if names.len() > NAMED { " …" } else { "" };
        let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
        (count > 0).then(|| say(count, &format!("{}{more}", organisations.join(", "))))
    };
    let given: Vec<&Support> = proposal.supports.iter().filter(|support| support.stance.is_some()).collect();
    let (yes, no): (Vec<&Support>, Vec<&Support>) = given.iter().partition(|support| support.is_for());
    let words: Vec<String> = line(&yes, text.supported_by).into_iter().chain(line(&no, text.not_supported_by)).collect();
    let row = |support: &&Support| {
        let who = element("span").text(format!("{}, {}", support.organisation, support.given_by));
        let remark = (!support.remark.is_empty()).then(|| element("q").text(support.remark.clone()));
        element("li").class(format!("hue-{}", support.hue)).child(element("i").class("dot")).child(who).children(remark)
    };
    let list = element("ul").children(yes.iter().chain(&no).map(row));
    (!words.is_empty()).then(|| element("details").class("supported").child(element("summary").text(words.join(". "))).child(list))
}

fn part_of(shown: &Shown<'_>, part: &Part, (placed, meets): (Option<&Placed>, Meets<'_>), text: &Texts) -> Element {
    let row = element("li").class("place").attribute("data-part", part.ordinal.to_string());
    let about = match part.kind {
        PartKind::Format => Some(text.formatted),
        PartKind::Table => Some(text.table),
        PartKind::Moved => Some(text.moved),
        PartKind::Words => None,
    };
    let row = row.children(about.map(|words| element("p").class("quiet").text(words)));
    let edits = match part.kind {
        // The letters are the same; what is told above is the change.
        PartKind::Format => part.edits.iter().take(1).map(|edit| element("p").class("said").text(cut(&words(&edit.old), BRIEF))).collect(),
        _ => part.edits.iter().map(|edit| said(edit, text)).collect::<Vec<_>>(),
    };
    let decides = shown.may_decide && shown.placed.is_some();
    match (part.state, placed.map(|placed| placed.condition)) {
        (PartState::Open, Some(Condition::Conflict)) => conflict(shown, row, part, (placed, meets), text),
        (PartState::Open, condition) => {
            let done = (condition == Some(Condition::Done)).then(|| state(Icon::Check, text.done.to_owned()));
            let buttons = decides.then(|| {
                element("div").class("acts").child(action("link", "accept", text.accept)).child(action("link soft", "reject", text.reject))
            });
            let rival = meets.rival.map(|other| state(Icon::Alert, (text.rival_of)(whose(other))));
            row.children(edits).children(done).children(rival).children(buttons)
        }
        (decided, _) => {
            let who = part.decided_by.as_ref().map(person::full_name).unwrap_or_default();
            let when = part.decided_at.map(shown.time).unwrap_or_default();
            let line = match decided {
                PartState::Accepted => state(Icon::Check, (text.accepted)(&who, &when)),
                _ => state(Icon::Cross, (text.rejected)(&who, &when)),
            };
            let reason = part.reason.clone().map(|reason| element("p").class("quiet").text(reason));
            let undo = (decides && part.decision.is_some())
                .then(|| element("div").class("acts").child(action("link soft", "revoke", text.revoke)));
            row.children(edits).child(line).children(reason).children(undo)
        }
    }
}

fn state(icon: Icon, words: String) -> Element {
    element("p").class("state").child(small_icon(icon)).child(element("span").text(words))
}

/// The three texts: as it was proposed, as it stands, and what is proposed.
fn conflict(shown: &Shown<'_>, row: Element, part: &Part, (placed, meets): (Option<&Placed>, Meets<'_>), text: &Texts) -> Element {
    let gone = placed.is_some_and(|placed| placed.edits.iter().any(|(_, standing)| *standing == Standing::Gone));
    let line = element("p").class("state w").child(small_icon(Icon::Alert)).child(element("span").text(if gone {
        text.gone
    } else {
        text.conflict
    }));
    let whole = |read: fn(&Edit) -> &[Insert]| part.edits.iter().map(|edit| words(read(edit))).collect::<Vec<_>>().join(" … ");
    let entry = |name: &'static str, tag: &'static str, words: String| {
        let words = if words.trim().is_empty() { element("i").text(text.nothing) } else { element(tag).text(words) };
        [element("dt").text(name), element("dd").class("said").child(words)]
    };
    let now = placed.map(|placed| placed.words.clone()).unwrap_or_default();
    let three = element("dl")
        .class("three")
        .children(entry(text.was, "span", whole(|edit| &edit.old)))
        .children(entry(text.now, "span", now))
        .children(entry(text.proposed, "ins", whole(|edit| &edit.new)));
    let one = part.edits.len() == 1 && part.kind == PartKind::Words;
    let buttons = (shown.may_decide && shown.changing != Some(part.ordinal)).then(|| {
        element("div")
            .class("acts")
            .child(action("link", "accept", text.use_proposal))
            .child(action("link soft", "reject", text.keep))
            .children(one.then(|| action("link soft", "change", text.change)))
    });
    let taken = meets.taken.map(|other| {
        let go = action("link soft", "go", (text.taken_instead)(whose(other))).attribute("data-go", other.id.to_string());
        element("p").child(go)
    });
    row.child(line).children(taken).child(three).children(buttons)
}

/// The field in which one writes other words than those proposed.
pub(super) fn own_words(part: &Part, text: &Texts, common: &Catalogue) -> Element {
    let proposed = part.edits.first().map(|edit| words(&edit.new)).unwrap_or_default();
    let area = element("textarea").attribute("rows", "3").attribute("aria-label", text.change_label).text(proposed.trim_end().to_owned());
    element("div").class("write").attribute("data-part", part.ordinal.to_string()).child(area).child(
        element("div").class("acts-r").child(action("btn main", "take", text.take)).child(action(
            "btn plain",
            "cancel",
            common.common.cancel,
        )),
    )
}
