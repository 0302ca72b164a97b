//! `GET` and `PUT /api/me`: who one is.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use dagsorden_shared::api::{Person, Problem};

use super::{AppState, body};
use crate::error::ApiError;
use crate::identity::{self, Identity};
use crate::intake::random_bits;
use crate::rights::Via;

/// Who one is; the name is empty until it was given.
#[utoipa::path(get, path = "/api/me", responses((status = 200, body = Person)))]
pub(crate) async fn read(identity: Identity) -> Json<Person> {
    Json(identity.me())
}

/// Takes name and organisation, and signs them in a cookie. The user stays the same: client ids are bound to it.
#[utoipa::path(put, path = "/api/me", request_body = Person, responses((status = 200, body = Person), (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn write(
    State(state): State<AppState>,
    identity: Identity,
    body::Json(person): body::Json<Person>,
) -> Result<impl IntoResponse, ApiError> {
    let mut person = identity::check(&person)?;
    if !matches!(identity.via, Via::Open(_)) {
        return Err(ApiError::new(StatusCode::CONFLICT, "account", "An account has its name from the secretariat.")
            .detail("Nothing was changed. Ask the secretariat to change it."));
    }
    let Identity { via, .. } = identity.clone();
    let user = if identity.is_guest() { Identity::newcomer(random_bits()).user } else { identity.user };
    person.hue = match person.organisation.as_str() {
        "" => identity::hue_of_user(&user),
        organisation => state.store.hue_of(organisation.to_owned()).await?,
    };
    state.store.set_person(user.as_str().to_owned(), person.clone()).await?;
    let identity = Identity { user, person, named: true, via };
    Ok(([(header::SET_COOKIE, state.identities.set_cookie(&identity))], Json(identity.person)))
}
