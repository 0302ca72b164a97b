//! The frame of the pages that the server alone paints: bar, language, policy, and the parts their forms are made of. Knows no route.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dagsorden_shared::api::Person;
use dagsorden_shared::catalogue::Language;
use dagsorden_shared::catalogue::served::Served;
use dagsorden_shared::render::meeting::CONTENT_ID;
use dagsorden_shared::render::page::{self, Page};
use dagsorden_shared::render::{Element, element};

use super::page::Reader;
use crate::assets::{Built, PAGE_SCRIPT};
use crate::rights::Via;

/// Nothing but the server's own files, and no text that becomes script.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
);

/// A page before it is a document.
pub(crate) struct View {
    /// Status of the answer.
    pub(crate) status: StatusCode,
    /// Title of the window.
    pub(crate) title: String,
    /// What the script knows the page by.
    pub(crate) kind: &'static str,
    /// Where the page can be asked for again, for the links to other languages.
    pub(crate) path: String,
    /// Everything below the bar.
    pub(crate) main: Element,
}

/// The page as an answer.
pub(crate) fn answer(reader: &Reader, view: View) -> Response {
    let built = Built::get();
    let text = page::document(Page {
        language: reader.language,
        title: &view.title,
        styles: built.map(|built| std::slice::from_ref(&built.style)).unwrap_or_default(),
        font: built.and_then(|built| built.font.as_deref()),
        icon: Some("data:,"),
        scripts: std::slice::from_ref(&PAGE_SCRIPT.address),
        preloads: Vec::new(),
        attributes: vec![("data-page", view.kind.to_owned())],
        content: vec![bar(reader, &view.path), view.main],
        boot: None,
    });
    let mut response = (view.status, text).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    reader.keep_language(headers);
    response
}

fn bar(reader: &Reader, path: &str) -> Element {
    let others = Language::ALL.into_iter().filter(|language| *language != reader.language).map(|language| {
        let joint = if path.contains('?') { '&' } else { '?' };
        element("a")
            .class("btn plain")
            .attribute("href", format!("{path}{joint}lang={}", language.code()))
            .attribute("lang", language.code())
            .attribute("hreflang", language.code())
            .text(language.own_name())
    });
    let me = matches!(reader.identity.via, Via::Session(_)).then(|| {
        element("a")
            .class("btn plain")
            .attribute("href", "/konto")
            .child(circle(&reader.identity.person))
            .child(element("span").class("vh-p").text(reader.identity.person.name.clone()))
    });
    page::home_bar_with(reader.catalogue(), others.chain(me).collect())
}

/// Someone's initials in the colour of their organisation. Their name stands beside it.
pub(crate) fn circle(person: &Person) -> Element {
    let words: Vec<&str> = person.name.split_whitespace().collect();
    let letters = [words.first(), words.get(1..).and_then(<[&str]>::last)].into_iter().flatten();
    let initials: String = letters.filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect();
    element("span").class(format!("who hue-{}", person.hue)).attribute("aria-hidden", "true").text(initials)
}

/// The square of an organisation, with its first two letters. Its name stands beside it.
pub(crate) fn square(organisation: &str, hue: u8) -> Element {
    let letters: String = organisation.chars().filter(|character| character.is_alphabetic()).take(2).flat_map(char::to_uppercase).collect();
    element("span").class(format!("org hue-{hue}")).attribute("aria-hidden", "true").text(letters)
}

/// The texts of these pages.
pub(crate) fn texts(reader: &Reader) -> &'static Served {
    Served::of(reader.language)
}

/// A main part of paper that stands alone, under a letterhead.
pub(crate) fn paper(forum: String, of: &'static str, title: String, lede: Option<String>) -> Element {
    let letter = element("div").class("letter").child(element("p").class("forum").text(forum)).child(element("p").class("of").text(of));
    let meet =
        element("div").class("meet").child(element("h1").text(title)).children(lede.map(|lede| element("p").class("lede").text(lede)));
    element("main").class("paper alone").attribute("id", CONTENT_ID).attribute("tabindex", "-1").child(letter).child(meet)
}

/// A part of a page: what it is hangs left, what it holds stands right.
pub(crate) fn part(tag: Element, title: &'static str, content: Vec<Element>) -> Element {
    tag.child(element("header").child(element("h2").text(title))).child(element("div").children(content))
}

/// A form that posts to `action`.
pub(crate) fn form(action: impl Into<std::borrow::Cow<'static, str>>) -> Element {
    element("form").attribute("method", "post").attribute("action", action)
}

/// A value that is sent with a form and not seen.
pub(crate) fn hidden(name: &'static str, value: impl Into<std::borrow::Cow<'static, str>>) -> Element {
    element("input").attribute("type", "hidden").attribute("name", name).attribute("value", value)
}

/// A field of one line with its label.
pub(crate) fn field(label: &'static str, input: Element) -> Element {
    element("label").class("field").child(element("span").text(label)).child(input)
}

/// What is typed into a field.
pub(crate) fn input(kind: &'static str, name: &'static str, complete: &'static str) -> Element {
    element("input").attribute("type", kind).attribute("name", name).attribute("autocomplete", complete).flag("required")
}

/// The button that sends a form.
pub(crate) fn submit(class: &'static str, text: impl Into<std::borrow::Cow<'static, str>>) -> Element {
    element("button").class(class).attribute("type", "submit").text(text)
}

/// What is wrong with what was sent, told to those who hear it too. Nothing if nothing is.
pub(crate) fn error(problem: Option<String>) -> Option<Element> {
    problem.map(|problem| element("p").class("error").attribute("role", "alert").text(problem))
}

/// What was just done.
pub(crate) fn notice(done: Option<&'static str>) -> Option<Element> {
    done.map(|done| element("p").class("done").attribute("role", "status").text(done))
}

/// A day and time as the page's language writes them: „5. januar kl. 9.20“.
pub(crate) fn moment(reader: &Reader, milliseconds: i64) -> String {
    let Ok(time) = jiff::Timestamp::from_millisecond(milliseconds) else { return String::new() };
    let time = time.to_zoned(local_zone());
    let catalogue = reader.catalogue();
    let day = u8::try_from(time.day()).unwrap_or(1);
    let month = catalogue.dates.months[usize::try_from(time.month() - 1).unwrap_or(0).min(11)];
    let clock = (catalogue.dates.time)(u8::try_from(time.hour()).unwrap_or(0), u8::try_from(time.minute()).unwrap_or(0));
    format!("{} {}", (catalogue.dates.date)(day, month, time.year()), (catalogue.dates.at)(&clock))
}

/// A time of the day: „9.20“.
pub(crate) fn clock(reader: &Reader, milliseconds: i64) -> String {
    let Ok(time) = jiff::Timestamp::from_millisecond(milliseconds) else { return String::new() };
    let time = time.to_zoned(local_zone());
    (reader.catalogue().dates.time)(u8::try_from(time.hour()).unwrap_or(0), u8::try_from(time.minute()).unwrap_or(0))
}

/// The forums meet in Denmark, wherever the server stands.
fn local_zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get("Europe/Copenhagen").unwrap_or(jiff::tz::TimeZone::UTC)
}

/// Whether a path is one of ours to lead to after signing in: nothing typed by others leads away from here.
pub(crate) fn safe_path(path: &str) -> Option<&str> {
    let known = ["/m/", "/forum/", "/nyt", "/konto", "/konti", "/udbakke", "/offentlig/", "/soeg"];
    let fits =
        path.len() <= 300 && path.chars().all(|character| character.is_ascii_graphic() && !matches!(character, '\\' | '<' | '>' | '"'));
    (fits && (path == "/" || path.starts_with("/?") || known.iter().any(|known| path.starts_with(known)))).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_led_to() {
        for path in ["/", "/m/abc", "/forum/f/medlemmer?person=x", "/konto"] {
            assert_eq!(safe_path(path), Some(path));
        }
        for path in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/ind",
            "/m/\r\nSet-Cookie: a",
            "javascript:alert(1)",
            "/api/me",
        ] {
            assert_eq!(safe_path(path), None, "{path}");
        }
    }
}
