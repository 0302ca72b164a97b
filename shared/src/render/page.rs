//! The page around its main part: head, skip link, bar.
//!
//! No inline script and no inline style, so that a strict content security policy holds.

use super::element::{Element, element};
use super::html::to_html;
use super::icon::{Icon, icon, small_icon};
use super::meeting::CONTENT_ID;
use super::outline::OUTLINE_ID;
use crate::access::Phase;
use crate::agenda::Header;
use crate::api::MeetingDetail;
use crate::catalogue::{Catalogue, Language};

/// Id of the element that holds everything the app replaces.
pub const ROOT_ID: &str = "app";

/// What a whole page is made of.
#[derive(Debug)]
pub struct Page<'a> {
    /// Language of its text.
    pub language: Language,
    /// Title of the window, without the product's name.
    pub title: &'a str,
    /// Addresses of the style sheets.
    pub styles: &'a [String],
    /// Address of the text face, fetched early.
    pub font: Option<&'a str>,
    /// Address of the icon.
    pub icon: Option<&'a str>,
    /// Addresses of the scripts, loaded as modules.
    pub scripts: &'a [String],
    /// What the scripts need next, as `link` elements.
    pub preloads: Vec<Element>,
    /// Attributes of the body, such as `data-page`.
    pub attributes: Vec<(&'static str, String)>,
    /// Everything between skip link and scripts.
    pub content: Vec<Element>,
    /// JSON that the app starts from.
    pub boot: Option<&'a str>,
}

/// Id of the block of JSON that the app starts from.
pub const BOOT_ID: &str = "boot";

/// The page as HTML.
pub fn document(page: Page<'_>) -> String {
    let catalogue = Catalogue::of(page.language);
    let product = catalogue.common.product;
    let title = if page.title.is_empty() { product.to_owned() } else { format!("{} · {product}", page.title) };
    let meta = |name: &'static str, content: &'static str| element("meta").attribute("name", name).attribute("content", content);
    let font = page.font.map(|address| {
        link("preload", address).attribute("as", "font").attribute("type", "font/woff2").attribute("crossorigin", "anonymous")
    });
    let head = element("head")
        .child(element("meta").attribute("charset", "utf-8"))
        .child(meta("viewport", "width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"))
        .child(element("title").text(title))
        .child(meta("color-scheme", "light dark"))
        .children(page.icon.map(|address| link("icon", address)))
        .children(font)
        .children(page.styles.iter().map(|address| link("stylesheet", address)))
        .children(page.preloads)
        .children(page.scripts.iter().map(|address| element("script").attribute("type", "module").attribute("src", address.clone())));
    let body = page.attributes.into_iter().fold(element("body"), |body, (name, value)| body.attribute(name, value));
    let body = body
        .child(skip_link(catalogue))
        .child(element("div").attribute("id", ROOT_ID).children(page.content))
        // Where no app is, none is missed.
        .children(page.boot.map(|_| element("noscript").child(element("p").class("strip").text(catalogue.common.no_script))));
    let html = element("html").attribute("lang", page.language.code()).child(head).child(body);
    let html = to_html(&html);
    let (content, end) = html.split_at(html.len() - END.len());
    format!("<!doctype html>\n{content}{}{end}\n", page.boot.map(boot_block).unwrap_or_default())
}

const END: &str = "</body></html>";

/// A data block is raw text, which the element tree rightly does not offer: nothing in it may end it, or look like a comment.
fn boot_block(json: &str) -> String {
    format!("<script type=\"application/json\" id=\"{BOOT_ID}\">{}</script>", json.replace('<', "\\u003c"))
}

fn link(relation: &'static str, address: &str) -> Element {
    element("link").attribute("rel", relation).attribute("href", address.to_owned())
}

fn skip_link(catalogue: &Catalogue) -> Element {
    element("a").class("skip").attribute("href", format!("#{CONTENT_ID}")).text(catalogue.common.skip)
}

/// The bar of the front page.
pub fn home_bar(catalogue: &Catalogue) -> Element {
    let search = element("a")
        .class("btn plain")
        .attribute("href", "/soeg")
        .attribute("accesskey", "s")
        .child(icon(Icon::Search))
        .child(element("span").text(catalogue.search.title));
    home_bar_with(catalogue, vec![search])
}

/// The bar of a page that belongs to no meeting, with what stands at its end.
pub fn home_bar_with(catalogue: &Catalogue, end: Vec<Element>) -> Element {
    let end = element("div").class("bar-end").children(end);
    element("header").class("bar").child(element("div").class("id").child(word(catalogue))).child(end)
}

/// What a meeting can be exported as, in the order that is offered: names on the wire, which are also the endings of the files.
pub const EXPORTS: [&str; 7] = ["pdf", "docx", "html", "md", "txt", "ics", "json"];

/// Links that download a meeting, one for each format, and its attachments where there are files.
pub fn export_links(meeting: &MeetingDetail, catalogue: &Catalogue) -> Vec<Element> {
    let base = format!("/api/meetings/{}", meeting.id);
    let link = |address: String| element("a").class("entry").attribute("href", address).flag("download");
    let format = |(format, name): (&str, &'static str)| link(format!("{base}/export?format={format}")).text(name);
    let has_files = meeting.attachments.iter().any(|row| row.href.is_some());
    let files = has_files.then(|| link(format!("{base}/attachments.zip")).text(format!("{} (ZIP)", catalogue.meeting.attachments)));
    EXPORTS.into_iter().zip(catalogue.export.formats).map(format).chain(files).collect()
}

const EXPORT_ID: &str = "export";

/// The export menu before the app is there; the browser opens and closes it by itself.
fn export_menu(meeting: &MeetingDetail, catalogue: &Catalogue) -> Element {
    let button = element("button")
        .class("btn plain named")
        .attribute("type", "button")
        .attribute("popovertarget", EXPORT_ID)
        .attribute("aria-label", catalogue.meeting.export)
        .child(icon(Icon::Download))
        .child(element("span").text(catalogue.meeting.export));
    let list = element("div").class("menu-list at-end").attribute("id", EXPORT_ID).attribute("popover", "auto");
    element("span").child(button).child(list.children(export_links(meeting, catalogue)))
}

/// The bar of a meeting before the app is there: where one is, what can be taken along, and the outline's button on narrow screens.
pub fn meeting_bar(name: &str, header: &Header, detail: &MeetingDetail, catalogue: &Catalogue) -> Element {
    let outline = element("button")
        .class("btn only-sheet first")
        .attribute("type", "button")
        .attribute("popovertarget", OUTLINE_ID)
        .child(icon(Icon::Menu))
        .child(element("span").text(catalogue.meeting.outline));
    let state =
        element("span").class("saved").child(element("span").class("spin")).child(element("span").text(catalogue.states.connecting));
    element("header")
        .class("bar has-m")
        .child(element("div").class("id").child(word(catalogue)).child(element("span").class("where").text(name.to_owned())))
        .child(element("div").class("steps").children(phases(detail, header, catalogue)))
        .child(
            element("div")
                .class("bar-end")
                .child(outline)
                .child(state)
                .child(export_menu(detail, catalogue))
                .children(next_step(detail, catalogue)),
        )
}

/// Where a meeting stands in its life: all phases on a wide screen; on a narrow one the phase it is in, which leads to its steps. Nothing for
/// what was brought in as public: it went through its phases elsewhere.
pub fn phases(detail: &MeetingDetail, header: &Header, catalogue: &Catalogue) -> Vec<Element> {
    let now = detail.phase;
    if now == Phase::Draft && header.is_published() {
        return Vec::new();
    }
    let name = |phase| (catalogue.meeting.phase)(phase);
    let dot = || element("span").class("dot");
    let step = |phase: Phase| {
        let entry = element("li");
        if phase < now {
            entry.class("done").child(small_icon(Icon::Check)).child(element("span").text(name(phase)))
        } else if phase == now {
            entry.class("now").attribute("aria-current", "step").child(dot()).text(name(phase))
        } else {
            entry.text(name(phase))
        }
    };
    let all = element("ol").class("phase").attribute("aria-label", catalogue.meeting.phases).children(Phase::ALL.map(step));
    let short = element("a").class("phase-s").attribute("href", format!("/m/{}/fase", detail.id)).child(dot());
    vec![all, short.child(element("b").text(name(now)))]
}

/// The way to the next step of a meeting's life, if the reader may make it. It leads to a page that asks first.
pub fn next_step(detail: &MeetingDetail, catalogue: &Catalogue) -> Option<Element> {
    let to = match detail.phase {
        Phase::Draft => Phase::SentOut,
        Phase::SentOut => Phase::InSession,
        Phase::InSession => Phase::InReview,
        Phase::InReview => Phase::Approved,
        Phase::Approved => return None,
    };
    let verb = detail.phase.verb_to(to)?.as_str();
    detail.may.iter().any(|may| may == verb).then(|| {
        element("a").class("btn go").attribute("href", format!("/m/{}/fase?til={}", detail.id, to.as_str())).text((catalogue
            .meeting
            .next_step)(
            to
        ))
    })
}

/// The bar of a page about a meeting that the server alone makes: the way back to the meeting.
pub fn step_bar(name: &str, back: String, catalogue: &Catalogue) -> Element {
    let back = element("a").class("where").attribute("href", back).text(name.to_owned());
    element("header")
        .class("bar")
        .child(element("div").class("id").child(word(catalogue)).child(back))
        .child(element("div").class("bar-end"))
}

/// The desk: the outline beside the paper.
pub fn desk(outline: Element, paper: Element) -> Element {
    element("div").class("desk").child(outline).child(paper)
}

/// A page that only says something: what happened, why, what to do.
pub fn message(title: &'static str, help: &'static str, catalogue: &Catalogue) -> Element {
    let back = element("a").class("btn").attribute("href", "/").text(catalogue.common.to_home);
    element("main").attribute("id", CONTENT_ID).attribute("tabindex", "-1").child(
        element("div")
            .class("empty")
            .child(element("h1").text(title))
            .child(element("p").text(help))
            .child(element("div").class("acts-r").child(back)),
    )
}

fn word(catalogue: &Catalogue) -> Element {
    element("a").class("word").attribute("href", "/").text(catalogue.common.product)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(phase: Phase, may: &[&str]) -> MeetingDetail {
        MeetingDetail {
            id: "m1".parse().expect("an id"),
            forum: "f1".parse().expect("an id"),
            forum_name: "Kredsen".into(),
            phase,
            documents: Vec::new(),
            item_documents: Vec::new(),
            participants: Vec::new(),
            attachments: Vec::new(),
            may: may.iter().map(|verb| (*verb).to_owned()).collect(),
            layout: Vec::new(),
        }
    }

    #[test]
    fn the_bar_shows_the_phase_and_the_next_step_to_those_who_may_make_it() {
        let catalogue = Catalogue::of(Language::Da);
        let bar = |phase, may: &[&str]| to_html(&meeting_bar("Møde", &Header::default(), &detail(phase, may), catalogue));
        let html = bar(Phase::SentOut, &["see_meeting", "start_meeting"]);
        assert!(html.contains("<li class=\"now\" aria-current=\"step\"><span class=\"dot\"></span>Udsendt</li><li>I gang</li>"), "{html}");
        assert!(html.contains("href=\"/m/m1/fase?til=in_session\""), "{html}");
        assert!(!bar(Phase::SentOut, &["see_meeting"]).contains("/fase?"), "a reader is offered nothing");
        assert!(!bar(Phase::Approved, &["correct"]).contains("/fase?"), "what is approved is at its end");
        let published = Header { published: Some("2022-03-01".into()), ..Header::default() };
        let html = to_html(&meeting_bar("Møde", &published, &detail(Phase::Draft, &[]), catalogue));
        assert!(!html.contains("Udkast"), "what was brought in as public is no draft: {html}");
    }

    #[test]
    fn a_page_has_no_inline_script_and_no_inline_style() {
        let catalogue = Catalogue::of(Language::Da);
        let content = vec![
            meeting_bar("Møde <1>", &Header::default(), &detail(Phase::Draft, &["send_out"]), catalogue),
            message(catalogue.states.missing_title, catalogue.states.missing_help, catalogue),
        ];
        let html = document(Page {
            language: Language::Da,
            title: "Møde <1>",
            styles: &["/assets/style-1.css".to_owned()],
            font: Some("/assets/face-1.woff2"),
            icon: None,
            scripts: &["/assets/app-1.js".to_owned()],
            preloads: vec![link("modulepreload", "/assets/app-2.js")],
            attributes: vec![("data-page", "meeting".to_owned())],
            content,
            boot: Some(r#"{"name":"</script><!-- \"x\""}"#),
        });
        assert!(html.starts_with("<!doctype html>\n<html lang=\"da\"><head><meta charset=\"utf-8\">"), "{html}");
        assert!(html.contains("<title>Møde &lt;1&gt; · Dagsorden</title>"), "{html}");
        assert!(html.contains("<script type=\"module\" src=\"/assets/app-1.js\"></script>"), "{html}");
        assert!(!html.contains("style=") && !html.contains("onclick"), "{html}");
        assert!(html.contains("<body data-page=\"meeting\">"), "{html}");
        assert_eq!(html.matches("id=\"indhold\"").count(), 1);
        let boot = r#"<script type="application/json" id="boot">{"name":"\u003c/script>\u003c!-- \"x\""}</script></body></html>"#;
        assert!(html.ends_with(&format!("{boot}\n")), "{html}");
    }
}
