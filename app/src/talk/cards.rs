//! What a thread looks like: folded, in hand, or resolved. Elements alone; what is pressed is the desk's business.

use dagsorden_shared::agenda::AnchorState;
use dagsorden_shared::api::Person;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::id::CommentId;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, small_icon};
use dagsorden_shared::talk::{Comment, Thread};

use crate::ui::person;

/// What is shown of a thread beside its rows.
pub(super) struct Shown<'a> {
    pub(super) thread: &'a Thread,
    pub(super) comments: Vec<&'a Comment>,
    /// Comments that the server will not take, and why.
    pub(super) refused: Vec<(&'a Comment, &'a str)>,
    /// What became of its words.
    pub(super) state: Option<AnchorState>,
    pub(super) in_hand: bool,
    pub(super) may_comment: bool,
    pub(super) may_resolve: bool,
    /// Whether a comment of it is being changed.
    pub(super) changes: bool,
    /// The comment that is deleted with the next press.
    pub(super) asked: Option<&'a CommentId>,
    /// A time as people read it.
    pub(super) time: &'a dyn Fn(i64) -> String,
}

fn action(class: &'static str, name: &'static str, label: impl Into<std::borrow::Cow<'static, str>>) -> Element {
    element("button").class(class).attribute("type", "button").attribute("data-action", name).child(element("span").text(label))
}

/// The card of a thread, without the field one answers in.
pub(super) fn card(shown: &Shown<'_>, text: &Catalogue) -> Vec<Element> {
    if shown.thread.resolved && !shown.in_hand {
        return vec![solved(shown.thread, text)];
    }
    if shown.in_hand { full(shown, text) } else { vec![folded(shown, text)] }
}

/// The way to what one has not read.
pub(super) fn next_unread(text: &Catalogue) -> Element {
    let button = element("button").class("link").attribute("type", "button").attribute("data-action", "unread");
    button.child(element("span").class("unread")).child(element("span").text(text.talk.next_unread))
}

fn solved(thread: &Thread, text: &Catalogue) -> Element {
    let by = thread.resolved_by.as_ref().map(|person| person.name.clone()).unwrap_or_default();
    let words = element("span").text((text.talk.solved_by)(&by));
    element("p").class("solved").child(small_icon(Icon::Check)).child(words).child(action("link soft", "open", text.talk.show))
}

/// What stands above a card: the words it is about where they are not in the text any more, or that it is about no words.
fn about(shown: &Shown<'_>, text: &Catalogue) -> Option<Element> {
    let line = |symbol: Option<Icon>, words: String| {
        element("p").class("kicker").children(symbol.map(small_icon)).child(element("span").class("for").text(words))
    };
    let quote = || shown.thread.anchor.as_ref().map(|anchor| anchor.quote.clone()).unwrap_or_default();
    match (shown.thread.anchor.is_some(), shown.state) {
        (true, Some(AnchorState::Gone)) => Some(line(Some(Icon::Alert), (text.talk.words_gone)(&quote()))),
        (true, Some(AnchorState::Edited)) if shown.in_hand => Some(line(None, (text.talk.words_were)(&quote()))),
        (true, _) => None,
        (false, _) if shown.thread.field.is_some() => Some(line(None, text.talk.about_section.to_owned())),
        (false, _) => Some(line(None, text.talk.about_item.to_owned())),
    }
}

/// The mark of what one has not read, with its word.
fn dot(unread: bool, text: &Catalogue) -> Vec<Element> {
    if !unread {
        return Vec::new();
    }
    vec![element("span").class("unread"), element("span").class("vh").text(text.talk.unread)]
}

fn folded(shown: &Shown<'_>, text: &Catalogue) -> Element {
    let Some(first) = shown.comments.first() else { return element("span") };
    let replies = u32::try_from(shown.comments.len() - 1).unwrap_or(u32::MAX);
    let unread = shown.thread.unread > 0;
    let when = element("time").children(dot(unread, text)).text(time_of(shown, first.created, text));
    let head = element("span")
        .class("fold-h")
        .child(element("b").text(first.author.name.clone()))
        .child(element("span").text(first.author.organisation.clone()))
        .child(when);
    let button = element("button")
        .class("fold")
        .attribute("type", "button")
        .attribute("data-action", "open")
        .attribute("aria-expanded", "false")
        .children(about(shown, text))
        .child(circle(&first.author))
        .child(head)
        .child(element("span").class("fold-t").text(first.body.clone()));
    if replies > 0 { button.child(element("span").class("fold-n").text((text.talk.replies)(replies))) } else { button }
}

fn full(shown: &Shown<'_>, text: &Catalogue) -> Vec<Element> {
    let mut parts: Vec<Element> = about(shown, text).into_iter().collect();
    let unread = usize::try_from(shown.thread.unread).unwrap_or(usize::MAX);
    // What is unread are the last that others wrote.
    let fresh = shown.comments.iter().filter(|comment| !comment.mine).count().saturating_sub(unread);
    let mut others = 0;
    for comment in &shown.comments {
        others += usize::from(!comment.mine);
        parts.push(said(shown, comment, !comment.mine && others > fresh, text));
    }
    if shown.changes {
        return parts;
    }
    let resolve = (shown.may_resolve && shown.thread.version > 0).then(|| {
        if shown.thread.resolved {
            action("link soft", "reopen", text.talk.reopen)
        } else {
            action("link soft", "resolve", text.talk.resolve)
        }
    });
    parts.push(element("div").class("acts").children(resolve).child(action("link soft", "fold", text.talk.fold)));
    parts
}

fn circle(person: &Person) -> Element {
    element("span").class(format!("who s hue-{}", person.hue)).attribute("aria-hidden", "true").text(person::initials(&person.name))
}

fn time_of(shown: &Shown<'_>, created: i64, text: &Catalogue) -> String {
    if created == i64::MAX { text.talk.now.to_owned() } else { (shown.time)(created) }
}

/// A line with a mark on each name that is mentioned in it.
fn with_names(paragraph: Element, line: &str, names: &[String]) -> Element {
    for name in names {
        let mention = format!("@{name}");
        if let Some((before, after)) = line.split_once(&mention) {
            let marked = with_names(paragraph, before, names).child(element("span").class("at").text(mention));
            return with_names(marked, after, names);
        }
    }
    paragraph.text(line.to_owned())
}

/// One comment. The words come first for those who hear the page: who and when follow.
fn said(shown: &Shown<'_>, comment: &Comment, unread: bool, text: &Catalogue) -> Element {
    let edited = comment.edited.map(|_| element("span").class("quiet").text(text.talk.edited));
    let head = element("header")
        .child(element("b").text(comment.author.name.clone()))
        .child(element("span").text(comment.author.organisation.clone()))
        .child(element("time").class("quiet nw").children(dot(unread, text)).text(time_of(shown, comment.created, text)));
    let lines = comment.body.split('\n').filter(|line| !line.is_empty());
    let paragraphs = lines.map(|line| with_names(element("p"), line, &comment.mentioned));
    let refused = shown.refused.iter().find(|(known, _)| known.id == comment.id).map(|(_, why)| *why);
    let rest = match refused {
        Some(why) => Some(
            element("p")
                .class("rest bad")
                .attribute("role", "alert")
                .child(small_icon(Icon::Alert))
                .child(element("span").text((text.talk.refused)(why)))
                .child(action("link soft", "copy", text.common.copy))
                .child(action("link soft", "drop", text.talk.delete)),
        ),
        None if comment.version == 0 => {
            Some(element("p").class("rest").child(small_icon(Icon::Offline)).child(element("span").text(text.talk.waiting)))
        }
        None => None,
    };
    let own = (comment.mine && comment.version > 0 && shown.may_comment && !shown.changes).then(|| {
        element("p").class("own").child(action("link soft", "change", text.talk.change)).child(if shown.asked == Some(&comment.id) {
            action("link bad", "delete", text.talk.delete_sure)
        } else {
            action("link soft", "delete", text.talk.delete)
        })
    });
    element("div")
        .class("say")
        .attribute("data-comment", comment.id.to_string())
        .child(circle(&comment.author))
        .child(element("div").child(head).children(paragraphs).children(edited).children(rest).children(own))
}

/// The field in which something new is written: `id` is the field's.
pub(super) fn field(id: &'static str, label: String, confirm: &'static str, value: &str, text: &Catalogue) -> Element {
    let area = element("textarea").attribute("id", id).attribute("rows", "3").attribute("maxlength", "8000").text(value.to_owned());
    element("div")
        .class("write")
        .child(element("label").class("kicker").attribute("for", id).child(element("span").class("for").text(label)))
        .child(area)
        .child(element("div").class("acts-r").child(action("btn main", "send", confirm)).child(action(
            "btn plain",
            "cancel",
            text.common.cancel,
        )))
}

/// The field in which a comment gets another text.
pub(super) fn change(shown: &Shown<'_>, comment: &CommentId, text: &Catalogue) -> Element {
    let body = shown.comments.iter().find(|known| known.id == *comment).map(|known| known.body.as_str()).unwrap_or_default();
    field("changed-comment", text.talk.change_label.to_owned(), text.common.save, body, text)
}

/// The field in which one answers.
pub(super) fn reply(text: &Catalogue) -> Element {
    let area = element("textarea")
        .attribute("rows", "1")
        .attribute("maxlength", "8000")
        .attribute("aria-label", text.talk.reply_label)
        .attribute("placeholder", text.talk.reply);
    element("div").class("reply").child(area).child(action("btn", "reply", text.talk.reply))
}
