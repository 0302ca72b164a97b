//! `/konto`: one's sessions, password, mails and language.

use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use dagsorden_shared::access::Verb;
use dagsorden_shared::catalogue::Language;
use dagsorden_shared::id::{AccountId, SessionId};
use dagsorden_shared::render::{Element, element};
use serde::Deserialize;

use super::AppState;
use super::access::PersonAccess;
use super::form::Form;
use super::page::{Reader, language_cookie};
use super::served::{self, View, error, field, form, hidden, input, moment, notice, paper, part, submit};
use super::sign_in::session_cookie;
use crate::error::ApiError;
use crate::identity::{Identity, new_secret, secret_hash};
use crate::password::{self, Weak};
use crate::rights::{Via, account_id};
use crate::store::{NoticeKind, SessionRow};

/// What was just done, as the address says it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Done {
    pub(super) gjort: Option<String>,
}

/// Account and session of the person who is signed in by a browser. Tokens of programs change nothing here.
fn own(identity: &Identity) -> Result<(AccountId, SessionId), ApiError> {
    match (&identity.via, account_id(&identity.user)) {
        (Via::Session(session), Some(account)) => Ok((account, session.clone())),
        _ => Err(ApiError::new(StatusCode::FORBIDDEN, "forbidden", "Only a person who is signed in in a browser can do this.")),
    }
}

/// `/konto`
pub(crate) async fn page(
    State(state): State<AppState>,
    access: PersonAccess,
    Query(done): Query<Done>,
    reader: Reader,
) -> Result<Response, ApiError> {
    if matches!(access.identity.via, Via::Open(_)) {
        return Ok(Redirect::to("/").into_response());
    }
    show(&state, &access, &reader, done.gjort.as_deref(), None).await
}

async fn show(
    state: &AppState,
    access: &PersonAccess,
    reader: &Reader,
    done: Option<&str>,
    problem: Option<String>,
) -> Result<Response, ApiError> {
    let (account, session) = own(&access.identity)?;
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let sessions = state.store.sessions(account.clone()).await?;
    let has_password = state.store.password(account.clone()).await?.is_some();
    let forums = super::forums::rows(state, access).await?;
    let unwanted = state.store.unwanted_mail(account.clone()).await?;
    let email = state.store.account(account).await?.map(|account| account.email).unwrap_or_default();
    let t = &served::texts(reader).account;
    let person = &access.identity.person;
    let forums = if forums.is_empty() {
        element("p").class("soft").text(t.no_forums)
    } else {
        let rows = forums
            .iter()
            .map(|forum| element("li").child(element("a").attribute("href", format!("/forum/{}", forum.id)).text(forum.name.clone())));
        element("ul").class("plain-list").children(rows)
    };
    let administers = access.rights.judge_installation(&access.identity.actor(), Verb::ManageAccounts).is_yes();
    let administration = administers.then(|| element("p").child(element("a").attribute("href", "/konti").text(t.administration)));
    let main = paper(person.name.clone(), t.title, person.name.clone(), Some((t.lede)(&person.organisation, &email)))
        .children(notice(match done {
            Some("gemt") => Some(t.saved),
            Some("slut") => Some(t.ended),
            _ => None,
        }))
        .child(part(element("section").class("part open"), t.forums, std::iter::once(forums).chain(administration).collect()))
        .child(part(element("section").class("part"), t.sessions, sessions_list(reader, &sessions, &session)))
        .child(password_part(reader, has_password, problem))
        .child(mail_part(reader, &unwanted))
        .child(language_part(reader))
        .child(part(
            form("/ud").class("part"),
            t.sign_out,
            vec![element("p").class("soft").text(t.sign_out_help), element("div").class("acts-r").child(submit("btn", t.sign_out))],
        ));
    Ok(served::answer(reader, View { status, title: t.title.to_owned(), kind: "account", path: "/konto".to_owned(), main }))
}

fn sessions_list(reader: &Reader, sessions: &[SessionRow], own: &SessionId) -> Vec<Element> {
    let t = &served::texts(reader).account;
    let rows = sessions.iter().map(|row| {
        let is_own = row.id == *own;
        let name = element("span")
            .class("t")
            .child(element("b").text(row.agent.clone()))
            .text(format!(", {}", if is_own { t.this_one } else { (t.by)(&row.made_by) }));
        let end = (!is_own).then(|| {
            form("/konto/slut")
                .child(hidden("session", row.id.to_string()))
                .child(submit("link soft", t.end).attribute("aria-label", (t.end_of)(&row.agent)))
        });
        element("li")
            .child(name)
            .children(end)
            .child(element("small").text((t.session_times)(&moment(reader, row.created), &moment(reader, row.used))))
    });
    let others = (sessions.len() > 1).then(|| form("/konto/slut-andre").class("acts-r").child(submit("btn", t.end_others)));
    vec![element("p").class("soft").text(t.sessions_help), element("ul").class("lines").children(rows)].into_iter().chain(others).collect()
}

fn password_part(reader: &Reader, has_password: bool, problem: Option<String>) -> Element {
    let t = &served::texts(reader).account;
    let length = password::LENGTH;
    let new = input("password", "ny", "new-password")
        .attribute("minlength", length.start().to_string())
        .attribute("maxlength", length.end().to_string())
        .attribute("aria-describedby", "password-help");
    let remove = has_password.then(|| form("/konto/adgangskode/fjern").class("acts-r").child(submit("link soft", t.password_remove)));
    let set = form("/konto/adgangskode")
        .child(field(t.password_new, new))
        .child(element("p").class("quiet").attribute("id", "password-help").text(t.password_help))
        .children(error(problem))
        .child(
            element("div")
                .class("acts-r")
                .child(submit("btn", t.password_save))
                .child(element("span").class("quiet").text(t.password_ends)),
        );
    let state = element("p").class("soft").text(if has_password { t.password_set } else { t.password_none });
    part(element("section").class("part"), t.password, [state, set].into_iter().chain(remove).collect())
}

fn language_part(reader: &Reader) -> Element {
    let t = &served::texts(reader).account;
    let choices = Language::ALL.into_iter().map(|language| {
        let class = if language == reader.language { "btn go" } else { "btn" };
        let button = submit(class, language.own_name())
            .attribute("name", "sprog")
            .attribute("value", language.code())
            .attribute("lang", language.code());
        if language == reader.language { button.attribute("aria-current", "true") } else { button }
    });
    let content = vec![element("p").class("soft").text(t.language_help), element("div").class("acts-r").children(choices)];
    part(form("/konto/sprog").class("part"), t.language, content)
}

/// Which mails one gets of one's own accord. What a forum sends to all its members is not asked.
fn mail_part(reader: &Reader, unwanted: &[NoticeKind]) -> Element {
    let t = &served::texts(reader).account;
    let choices = NoticeKind::ALL.map(|kind| {
        let check = element("input").attribute("type", "checkbox").attribute("name", kind.as_str()).attribute("value", "1");
        let check = if unwanted.contains(&kind) { check } else { check.flag("checked") };
        let words = match kind {
            NoticeKind::Mention => t.mail_mention,
            NoticeKind::Reply => t.mail_reply,
            NoticeKind::Proposal => t.mail_proposal,
            NoticeKind::Decision => t.mail_decision,
        };
        element("label").class("check").child(check).child(element("span").text(words))
    });
    let save = element("div").class("acts-r").child(submit("btn", t.mail_save));
    let help = element("p").class("soft").text(t.mail_help);
    let content = std::iter::once(help).chain(choices).chain([save]).collect();
    part(form("/konto/mails").class("part").attribute("id", "mails"), t.mail, content)
}

fn back(done: &'static str) -> Response {
    Redirect::to(&format!("/konto?gjort={done}")).into_response()
}

/// Ends one of one's sessions.
pub(crate) async fn end_session(State(state): State<AppState>, identity: Identity, form: Form) -> Result<Response, ApiError> {
    let (account, _) = own(&identity)?;
    let session: SessionId = form.line("session")?.parse().map_err(|_| ApiError::not_found("session"))?;
    if !state.store.end_session(account, session).await? {
        return Err(ApiError::not_found("session"));
    }
    Ok(back("slut"))
}

/// Ends all of one's other sessions.
pub(crate) async fn end_others(State(state): State<AppState>, identity: Identity) -> Result<Response, ApiError> {
    let (account, session) = own(&identity)?;
    state.store.end_other_sessions(account, Some(session)).await?;
    Ok(back("slut"))
}

/// Sets a password. A person who is signed in may: a link by mail lets in as well, so there is no other way to set a forgotten one anew.
pub(crate) async fn set_password(
    State(state): State<AppState>,
    access: PersonAccess,
    reader: Reader,
    form: Form,
) -> Result<Response, ApiError> {
    let (account, session) = own(&access.identity)?;
    let new = form.text("ny")?.to_owned();
    let mut names: Vec<String> = super::forums::rows(&state, &access).await?.into_iter().map(|row| row.name).collect();
    names.extend([access.identity.person.organisation.clone(), access.identity.person.name.clone()]);
    if let Err(weak) = password::check(&new, &names) {
        let t = &served::texts(&reader).account;
        let problem = match weak {
            Weak::Short => t.too_short,
            Weak::Long => t.too_long,
            Weak::Common => t.too_common,
        };
        return show(&state, &access, &reader, None, Some(problem.to_owned())).await;
    }
    let hash = state.desk.passwords().hash(new).await.map_err(|error| ApiError::internal(&error))?;
    renew(&state, account, session, Some(hash)).await
}

/// Removes the password.
pub(crate) async fn remove_password(State(state): State<AppState>, identity: Identity) -> Result<Response, ApiError> {
    let (account, session) = own(&identity)?;
    renew(&state, account, session, None).await
}

async fn renew(state: &AppState, account: AccountId, session: SessionId, hash: Option<String>) -> Result<Response, ApiError> {
    let secret = new_secret();
    state.store.set_password(account, session, secret_hash(&secret), hash).await?;
    let mut response = back("gemt");
    response.headers_mut().append(header::SET_COOKIE, session_cookie(state, &secret));
    Ok(response)
}

/// Keeps which mails are wanted: the ticked ones.
pub(crate) async fn set_mail(State(state): State<AppState>, identity: Identity, form: Form) -> Result<Response, ApiError> {
    let (account, _) = own(&identity)?;
    let mut unwanted = Vec::new();
    for kind in NoticeKind::ALL {
        if form.line(kind.as_str())?.is_empty() {
            unwanted.push(kind);
        }
    }
    state.store.set_unwanted_mail(account, unwanted).await?;
    Ok(back("gemt"))
}

/// Keeps the language for pages and mails.
pub(crate) async fn set_language(State(state): State<AppState>, identity: Identity, form: Form) -> Result<Response, ApiError> {
    let (account, _) = own(&identity)?;
    let language = Language::parse(&form.line("sprog")?).ok_or_else(|| ApiError::invalid("There is no such language."))?;
    state.store.set_locale(account, language.code()).await?;
    let mut response = back("gemt");
    let cookie: Option<HeaderValue> = language_cookie(language).ok();
    response.headers_mut().extend(cookie.map(|cookie| (header::SET_COOKIE, cookie)));
    Ok(response)
}
