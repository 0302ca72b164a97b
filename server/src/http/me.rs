//! `/api/me`: who one is, what one may be seen as, and in open mode the role one looks with.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use dagsorden_shared::access::{Role, Roles, Verb};
use dagsorden_shared::api::{Me, MyForum, MyRole, Person, Problem};

use super::access::PersonAccess;
use super::{AppState, body};
use crate::demo;
use crate::error::ApiError;
use crate::identity::{self, Identity};
use crate::intake::random_bits;
use crate::rights::{Via, account_id};

/// Who one is; the name is empty until it was given.
#[utoipa::path(get, path = "/api/me", responses((status = 200, body = Me)))]
pub(crate) async fn read(State(state): State<AppState>, access: PersonAccess) -> Result<Json<Me>, ApiError> {
    let PersonAccess { identity, rights } = &access;
    let actor = identity.actor();
    let Person { name, organisation, hue } = identity.me();
    let account = account_id(&identity.user).filter(|_| matches!(identity.via, Via::Session(_) | Via::Token(_)));
    let rows = super::forums::rows(&state, &access).await?;
    let forums = rows.into_iter().map(|row| {
        let roles = rights.standing(&actor, &row.id).roles.iter().collect();
        MyForum { id: row.id, name: row.name, roles }
    });
    Ok(Json(Me {
        name,
        organisation,
        hue,
        email: account.as_ref().and_then(|account| rights.people.accounts.get(account)?.email.clone()),
        account,
        signed_in: match identity.via {
            Via::Session(_) => "session",
            Via::Token(_) => "token",
            Via::Open(_) => "open",
            Via::Nothing | Via::CommandLine => "no",
        }
        .to_owned(),
        open: rights.is_open(),
        administrator: rights.judge_installation(&actor, Verb::ManageAccounts).is_yes(),
        role: identity.role(),
        forums: forums.collect(),
    }))
}

/// Takes name and organisation, and signs them in a cookie. The user stays the same: client ids are bound to it.
#[utoipa::path(put, path = "/api/me", request_body = Person, responses((status = 200, body = Person), (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn write(
    State(state): State<AppState>,
    identity: Identity,
    body::Json(person): body::Json<Person>,
) -> Result<impl IntoResponse, ApiError> {
    let person = identity::check(&person)?;
    if !matches!(identity.via, Via::Open(_)) {
        return Err(ApiError::conflict("account", "An account has its name from the secretariat."));
    }
    let identity = named(&state, identity, person).await?;
    Ok(([(header::SET_COOKIE, state.identities.set_cookie(&identity))], Json(identity.person)))
}

/// The browser's identity with a name; one that has no user key yet gets it.
async fn named(state: &AppState, identity: Identity, mut person: Person) -> Result<Identity, ApiError> {
    let Identity { via, .. } = identity.clone();
    let user = if identity.is_guest() { Identity::newcomer(random_bits()).user } else { identity.user };
    person.hue = match person.organisation.as_str() {
        "" => identity::hue_of_user(&user),
        organisation => state.store.hue_of(organisation.to_owned()).await?,
    };
    state.store.set_person(user.as_str().to_owned(), person.clone()).await?;
    Ok(Identity { user, person, named: true, via })
}

/// Looks at everything with one role, or with all of them, in open mode. A person who has not said their name gets that of someone in the
/// example who has the role.
#[utoipa::path(post, path = "/api/me/role", request_body = MyRole, responses((status = 200, body = Person), (status = 409, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn set_role(
    State(state): State<AppState>,
    identity: Identity,
    body::Json(MyRole { role }): body::Json<MyRole>,
) -> Result<impl IntoResponse, ApiError> {
    if !matches!(identity.via, Via::Open(_)) {
        return Err(ApiError::conflict("account", "An account has its roles from the secretariat of each forum."));
    }
    let identity = Identity { via: Via::Open(role.map_or(Roles::ALL, Roles::from)), ..identity };
    let is_persona = !identity.named || Role::ALL.iter().any(|role| demo::persona(*role).name == identity.person.name);
    let identity = match role {
        Some(role) if is_persona => named(&state, identity, demo::persona(role)).await?,
        _ if identity.is_guest() => Identity { user: Identity::newcomer(random_bits()).user, ..identity },
        _ => identity,
    };
    Ok(([(header::SET_COOKIE, state.identities.set_cookie(&identity))], Json(identity.me())))
}
