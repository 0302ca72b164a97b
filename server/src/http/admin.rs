//! `/konti` and `/udbakke`: the accounts of the installation, and mail that nothing sends.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use dagsorden_shared::access::Verb;
use dagsorden_shared::id::AccountId;
use dagsorden_shared::render::meeting::CONTENT_ID;
use dagsorden_shared::render::{Element, element};

use super::AppState;
use super::form::Form;
use super::page::Reader;
use super::served::{self, View, form, hidden, moment, submit};
use crate::error::ApiError;
use crate::identity::Identity;
use crate::rights::account_id;
use crate::store::{AccountRow, On};

fn main(title: String, lede: &'static str, content: Option<Element>) -> Element {
    let list = element("div").child(element("h1").text(title)).child(element("p").class("lede").text(lede)).children(content);
    element("main").class("page wide").attribute("id", CONTENT_ID).attribute("tabindex", "-1").child(list)
}

/// `/konti`
pub(crate) async fn accounts(State(state): State<AppState>, reader: Reader) -> Result<Response, ApiError> {
    let t = &served::texts(&reader).accounts;
    let rows = state.store.accounts().await?;
    let own = account_id(&reader.identity.user);
    let list = element("ul").class("lines").children(rows.iter().map(|row| account(&reader, row, own.as_ref() == Some(&row.id))));
    let outbox = state.site.shows_outbox().then(|| element("p").child(element("a").attribute("href", "/udbakke").text(t.outbox)));
    let title = if rows.is_empty() { t.none.to_owned() } else { (t.title)(u32::try_from(rows.len()).unwrap_or(u32::MAX)) };
    let main = main(title, t.lede, Some(element("div").children(outbox).child(list)));
    let view = View {
        status: StatusCode::OK,
        title: served::texts(&reader).account.administration.to_owned(),
        kind: "accounts",
        path: "/konti".to_owned(),
        main,
    };
    Ok(served::answer(&reader, view))
}

fn account(reader: &Reader, row: &AccountRow, is_own: bool) -> Element {
    let t = &served::texts(reader).accounts;
    let people = &served::texts(reader).people;
    let rest = [row.organisation.clone(), row.email.clone(), (t.state)(&row.state).to_owned()];
    let rest = rest.into_iter().chain(row.administrator.then(|| t.administrator.to_owned())).filter(|text| !text.is_empty());
    let name = element("span")
        .class("t")
        .child(element("b").text(row.name.clone()))
        .text(rest.map(|text| format!(", {text}")).collect::<String>());
    let is_disabled = row.state == "disabled";
    let (text, label) = if is_disabled { (t.enable, t.enable_of) } else { (t.disable, t.disable_of) };
    let change = (!is_own).then(|| {
        form("/konti/spaer")
            .child(hidden("account", row.id.to_string()))
            .child(hidden("til", if is_disabled { "aktiv" } else { "spaerret" }))
            .child(submit("link soft", text).attribute("aria-label", label(&row.name)))
    });
    let roles = row.memberships.iter().map(|(forum, role)| format!("{forum}: {}", (people.role)(*role)));
    let seen = row.seen.map(|seen| (t.seen)(&moment(reader, seen)));
    let facts = roles.chain(seen).collect::<Vec<_>>().join(". ");
    element("li").child(name).children(change).child(element("small").text(facts))
}

/// Disables an account, or gives it its rights back.
pub(crate) async fn disable(State(state): State<AppState>, identity: Identity, form: Form) -> Result<Response, ApiError> {
    let account: AccountId = form.line("account")?.parse().map_err(|_| ApiError::not_found("account"))?;
    let disabled = form.line("til")? == "spaerret";
    if disabled && account_id(&identity.user) == Some(account.clone()) {
        return Err(ApiError::conflict("not_oneself", "Nobody can disable their own account."));
    }
    let word = if disabled { "disable" } else { "enable" };
    let act = identity.act(Verb::ManageAccounts, On::Installation, format!("{word} {account}"));
    state.store.set_disabled(act, account, disabled).await?;
    Ok(Redirect::to("/konti").into_response())
}

/// `/udbakke`: on this machine only, and only where nothing sends mail.
pub(crate) async fn outbox(State(state): State<AppState>, reader: Reader) -> Result<Response, ApiError> {
    if !state.site.shows_outbox() {
        return Err(ApiError::not_found("address"));
    }
    let t = &served::texts(&reader).outbox;
    let mails = state.store.mails().await?;
    let list = mails.iter().map(|mail| {
        let facts = element("dl").child(element("dt").text(t.to)).child(element("dd").text(mail.recipient.clone()));
        let body = if mail.body.is_empty() {
            element("p").class("quiet").text(t.emptied)
        } else {
            element("p").class("letter-text").children(lines(&mail.body))
        };
        let header = element("header").child(element("h2").text(mail.subject.clone())).child(element("p").text(format!(
            "{}, {}",
            moment(&reader, mail.created),
            (t.state)(&mail.state)
        )));
        element("article").class("part mail").child(header).child(element("div").child(facts).child(body))
    });
    let content = if mails.is_empty() { element("p").class("lede").text(t.none) } else { element("div").class("mails").children(list) };
    let view = View {
        status: StatusCode::OK,
        title: t.title.to_owned(),
        kind: "outbox",
        path: "/udbakke".to_owned(),
        main: main(t.title.to_owned(), t.lede, Some(content)),
    };
    Ok(served::answer(&reader, view))
}

/// The text of a mail, its links as links.
fn lines(body: &str) -> Vec<Element> {
    let line = |line: &str| {
        let is_link = line.starts_with("http://") || line.starts_with("https://");
        let text = if is_link {
            element("a").attribute("href", line.to_owned()).text(line.to_owned())
        } else {
            element("span").text(line.to_owned())
        };
        element("span").class("line").child(text)
    };
    body.lines().map(line).collect()
}
