//! What the pages of signing in look like.

use axum::http::StatusCode;
use dagsorden_shared::render::{Element, element};

use super::super::page::Reader;
use super::super::served::{View, clock, error, field, form, hidden, input, paper, part, submit, texts};
use crate::rights::Via;

/// What the page shows beside its forms.
#[derive(Debug, Default)]
pub(super) struct Shown<'a> {
    /// Where to go afterwards.
    pub(super) next: &'a str,
    /// An address that was typed.
    pub(super) mail: &'a str,
    /// What is wrong with it, or with the address of a link.
    pub(super) problem: Option<String>,
    /// What is wrong with the password.
    pub(super) password_problem: Option<String>,
    /// The secret of a link that needs an address.
    pub(super) link: Option<&'a str>,
    /// Whether this browser asked for a link: then it need not say whose it is.
    pub(super) known: bool,
}

fn view(kind: &'static str, title: &str, main: Element) -> View {
    View { status: StatusCode::OK, title: title.to_owned(), kind, path: "/ind".to_owned(), main }
}

fn letterhead(reader: &Reader, title: &str, lede: &str) -> Element {
    paper(reader.catalogue().common.product.to_owned(), texts(reader).sign_in.of, title.to_owned(), Some(lede.to_owned()))
}

/// `/ind`. The part for a link is hidden until the script finds one in the address.
pub(super) fn sign_in(reader: &Reader, shown: &Shown<'_>) -> View {
    let t = &texts(reader).sign_in;
    let status =
        if shown.problem.is_some() || shown.password_problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let has_link = shown.link.is_some();
    let when = |part: Element, yes: bool| {
        let part = part.attribute("data-link", if yes { "yes" } else { "no" });
        if yes == has_link { part } else { part.flag("hidden") }
    };
    let mail = |id: &'static str| {
        input("email", "mail", "email").attribute("value", shown.mail.to_owned()).attribute("maxlength", "254").attribute("id", id)
    };
    let by_mail = part(
        form("/ind").class("part open"),
        t.by_mail,
        vec![
            hidden("next", shown.next.to_owned()),
            element("div").class("join").child(field(t.mail, mail("mail"))).child(submit("btn main", t.send)),
            element("div").children(error(shown.problem.clone().filter(|_| !has_link))),
        ],
    );
    let by_password = part(
        form("/ind/adgangskode").class("part"),
        t.by_password,
        vec![
            hidden("next", shown.next.to_owned()),
            element("p").class("soft").text(t.password_help),
            element("div")
                .class("fields")
                .child(field(t.mail, mail("mail-2")))
                .child(field(t.password, input("password", "adgangskode", "current-password").attribute("maxlength", "128"))),
            element("div").children(error(shown.password_problem.clone())),
            element("div").class("acts-r").child(submit("btn", t.submit)),
        ],
    );
    let foot = element("footer").class("foot").child(element("span").text(t.no_access));
    let signed_in = matches!(reader.identity.via, Via::Session(_)).then(|| {
        element("p")
            .class("big")
            .text((t.signed_in_as)(&reader.identity.person.name))
            .child(element("a").class("btn").attribute("href", shown.next.to_owned()).text(t.go_on))
    });
    let ways = element("div").children(signed_in).child(by_mail).child(by_password).child(foot);
    let main = letterhead(reader, t.title, t.lede).child(when(ways, false)).child(when(link(reader, shown), true));
    View { status, ..view("sign-in", t.title, main) }
}

fn link(reader: &Reader, shown: &Shown<'_>) -> Element {
    let t = &texts(reader).sign_in;
    let address = (!shown.known).then(|| {
        field(t.link_address, input("email", "mail", "email").attribute("maxlength", "254"))
            .child(element("small").text(t.link_address_help))
    });
    let buttons = element("div")
        .class("acts-r")
        .child(submit("btn main", t.submit))
        .child(element("a").class("btn plain").attribute("href", "/ind").text(t.not_me));
    form("/ind/link").class("part open").attribute("id", "link").child(element("header").child(element("h2").text(t.title))).child(
        element("div")
            .child(hidden("t", shown.link.unwrap_or_default().to_owned()))
            .child(element("p").text(t.link_lede))
            .children(address)
            .children(error(shown.problem.clone().filter(|_| shown.link.is_some())))
            .child(buttons),
    )
}

/// After a link was asked for: the same for every address.
pub(super) fn sent(reader: &Reader, mail: &str, until: i64, problem: Option<String>) -> View {
    let t = &texts(reader).sign_in;
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let facts = element("dl")
        .child(element("dt").text(t.to))
        .child(element("dd").text(mail.to_owned()))
        .child(element("dt").text(t.subject))
        .child(element("dd").text(texts(reader).mail.sign_in_subject));
    let code = input("text", "kode", "one-time-code")
        .attribute("inputmode", "numeric")
        .attribute("maxlength", "12")
        .attribute("pattern", "[0-9 ]{8,10}");
    let by_code = part(
        form("/ind/kode").class("part open"),
        t.by_code,
        vec![
            hidden("mail", mail.to_owned()),
            element("p").class("soft").text(t.code_help),
            element("div").class("join").child(field(t.code, code)).child(submit("btn", t.submit)),
            element("div").children(error(problem)),
        ],
    );
    let not_come = part(
        element("section").class("part"),
        t.not_come,
        vec![
            element("p").text(t.not_come_help),
            element("p").class("soft").text(t.not_come_unknown),
            element("div").class("acts-r").child(element("a").class("btn").attribute("href", "/ind").text(t.other_address)),
        ],
    );
    let main = letterhead(reader, t.sent_title, &(t.sent_lede)(&clock(reader, until)))
        .child(element("div").class("meet facts").child(facts))
        .child(by_code)
        .child(not_come);
    View { status, ..view("sign-in", t.sent_title, main) }
}

fn message(reader: &Reader, title: &'static str, lede: &'static str, action: &'static str) -> View {
    let button = element("a").class("btn main").attribute("href", "/ind").text(action);
    let main = letterhead(reader, title, lede).child(element("div").class("big").child(button));
    view("sign-in", title, main)
}

/// A link that was used before.
pub(super) fn used(reader: &Reader) -> View {
    let t = &texts(reader).sign_in;
    View { status: StatusCode::GONE, ..message(reader, t.used_title, t.used_lede, t.again) }
}

/// A link that is too old, or never was.
pub(super) fn expired(reader: &Reader) -> View {
    let t = &texts(reader).sign_in;
    View { status: StatusCode::GONE, ..message(reader, t.expired_title, t.expired_lede, t.again) }
}

/// After signing out.
pub(super) fn signed_out(reader: &Reader) -> View {
    let t = &texts(reader).sign_in;
    message(reader, t.signed_out_title, t.signed_out_lede, t.title)
}
