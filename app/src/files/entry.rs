//! What an attachment looks like in its item's list: title, what is known of its file, and what can be done where there is none. Elements alone.

use dagsorden_shared::attachment::{AttachmentRow, address};
use dagsorden_shared::catalogue::files::Files as Texts;
use dagsorden_shared::meeting_json::{AttachmentStatus, FileJson};
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, small_icon};

use super::rows::{State, Upload};

/// What is shown of one entry.
pub(super) struct Shown<'a> {
    pub(super) row: Option<&'a AttachmentRow>,
    pub(super) upload: Option<&'a Upload>,
    pub(super) number: Option<&'a str>,
    pub(super) may: bool,
}

/// The elements of an entry: number, title and notes, what is done at once.
pub(super) fn elements(shown: &Shown<'_>, text: &Texts) -> Vec<Element> {
    let Shown { row, upload, number, may } = shown;
    let refused = upload.is_some_and(|upload| matches!(upload.state, State::Refused(_)));
    let sign = if refused { Icon::Alert } else { Icon::File };
    let first = element("span").class("n");
    let first = match number {
        Some(number) if !refused => first.text((*number).to_owned()),
        _ => first.child(small_icon(sign)),
    };
    let title = row.map(title).or_else(|| upload.map(|upload| element("span").text(upload.name.clone())));
    let main = element("span").class("what").children(title).children(row.and_then(|row| note(row, upload.is_some(), text)));
    let mut elements = vec![first, main];
    match (upload, row) {
        (Some(upload), _) => elements.extend(on_its_way(upload, text)),
        (None, Some(row)) if row.file.is_none() && *may => elements.push(empty(row, text)),
        (None, Some(row)) => elements.extend(row.file.iter().flat_map(|file| preview(row, file, text))),
        (None, None) => {}
    }
    elements
}

fn title(row: &AttachmentRow) -> Element {
    match row.file {
        Some(_) => element("a").attribute("href", address(&row.id)).flag("download").text(row.title.clone()),
        None => element("span").text(row.title.clone()),
    }
}

/// What is known of the file, or why there is none.
fn note(row: &AttachmentRow, on_its_way: bool, text: &Texts) -> Option<Element> {
    let note = element("small");
    match (&row.file, row.status) {
        (Some(file), _) => Some(note.text((text.facts)(&kind(file), &text.size(file.size), &row.by))),
        (None, _) if on_its_way => None,
        (None, AttachmentStatus::Eftersendes) => Some(note.class("warn").child(small_icon(Icon::Clock)).text(text.later)),
        (None, AttachmentStatus::Omtalt) => Some(note.text(text.named)),
        (None, AttachmentStatus::Vedlagt) => None,
    }
}

/// The kind of a file as people call it: the ending of its name.
fn kind(file: &FileJson) -> String {
    file.name.rsplit('.').next().unwrap_or_default().to_ascii_uppercase()
}

/// A place that can be filled. One that was promised shows it.
fn empty(row: &AttachmentRow, text: &Texts) -> Element {
    let choose = chooser("btn", text.choose, false);
    if row.status == AttachmentStatus::Eftersendes {
        element("span").class("slot").child(element("span").text(text.slot)).child(choose)
    } else {
        element("span").class("acts-in").child(chooser("link soft", text.choose, false))
    }
}

/// A button that is the label of the browser's own control to choose files.
pub(super) fn chooser(class: &'static str, label: &'static str, several: bool) -> Element {
    let input = element("input").class("vh").attribute("type", "file");
    let input = if several { input.flag("multiple") } else { input };
    element("label").class(format!("{class} chooser")).children(several.then(|| small_icon(Icon::Plus))).text(label).child(input)
}

/// What a file looks like, on demand: the picture, or the first page. Both open in a window of their own.
fn preview(row: &AttachmentRow, file: &FileJson, text: &Texts) -> Vec<Element> {
    let (label, alt) = match file.media_type.as_str() {
        "application/pdf" => (text.show_page, (text.page_of)(&row.title)),
        kind if kind.starts_with("image/") => (text.show_picture, row.title.clone()),
        _ => return Vec::new(),
    };
    let open = element("a")
        .class("link soft")
        .attribute("aria-label", format!("{}: {}", text.open, row.title))
        .attribute("href", format!("{}?show=1", address(&row.id)))
        .attribute("target", "_blank")
        .attribute("rel", "noopener")
        .text(text.open);
    let picture =
        element("img").attribute("src", format!("{}/preview", address(&row.id))).attribute("alt", alt).attribute("loading", "lazy");
    // Shown in place of a picture that does not come.
    let instead = element("p").class("quiet").attribute("role", "status").flag("hidden").text((text.no_preview)(&kind(file)));
    let details = element("details")
        .class("under shows")
        .child(element("summary").class("link soft").attribute("aria-label", format!("{label}: {}", row.title)).text(label))
        .child(picture)
        .child(instead);
    vec![element("span").class("acts-in").child(open), details]
}

/// A file that is on its way, or that was not taken.
fn on_its_way(upload: &Upload, text: &Texts) -> Vec<Element> {
    let act = |action: &'static str, label: &'static str| {
        let name = format!("{label}: {}", upload.name);
        element("button")
            .class("link soft")
            .attribute("type", "button")
            .attribute("data-files", action)
            .attribute("aria-label", name)
            .text(label)
    };
    let acts = |acts: Vec<Element>| element("span").class("acts-in").children(acts);
    let under = |children: Vec<Element>| element("span").class("under").children(children);
    match &upload.state {
        State::Waiting => vec![acts(vec![act("cancel", text.cancel)]), under(vec![element("small").text(text.waiting)])],
        State::Sending => {
            let bar = element("progress")
                .attribute("max", upload.size.to_string())
                .attribute("value", "0")
                .attribute("aria-label", (text.progress)(&upload.name));
            let words = element("small").text((text.sending)(&text.size(0), &text.size(upload.size)));
            vec![acts(vec![act("cancel", text.cancel)]), under(vec![bar, words])]
        }
        State::Offline => {
            let words = element("small").class("warn").child(small_icon(Icon::Offline)).text(text.no_connection);
            vec![acts(vec![act("retry", text.retry), act("cancel", text.cancel)]), under(vec![words])]
        }
        State::Refused(why) => {
            let words = element("small").class("bad").attribute("role", "alert").text(why.clone());
            let other = chooser("link soft", text.choose_other, false);
            vec![acts(vec![other, act("cancel", text.dismiss)]), under(vec![words])]
        }
    }
}
