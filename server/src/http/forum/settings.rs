//! `/forum/{forum}/indstillinger`: what a forum sets for its meetings, as one form. A person who saves over something newer sees both first.

mod read;
mod view;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use dagsorden_shared::access::Verb;
use dagsorden_shared::api::TemplateRow;
use dagsorden_shared::template::{Preset, StandingItem, Template};

use super::{Asking, Shown, address, texts};
use crate::command::template::{Unfit, check};
use crate::error::ApiError;
use crate::http::access::ForumAccess;
use crate::http::form::Form;
use crate::http::page::Reader;
use crate::http::{AppState, served};

/// Why the page is shown.
enum Why {
    /// It was asked for.
    Asked { saved: bool },
    /// What was sent cannot be taken.
    Unfit(Unfit),
    /// Something newer was saved meanwhile.
    Stale,
}

/// `/forum/{forum}/indstillinger`
pub(crate) async fn page(
    State(state): State<AppState>,
    access: ForumAccess,
    Query(asking): Query<Asking>,
    reader: Reader,
) -> Result<Response, ApiError> {
    let stored = state.store.template(&access.forum).await?;
    let draft = if stored.version == 0 { proposal(&reader) } else { stored.template.clone() };
    show(&state, &access, &reader, draft, stored, Why::Asked { saved: asking.gjort.is_some() }).await
}

/// What a forum that has set nothing may begin from.
fn proposal(reader: &Reader) -> Template {
    use dagsorden_shared::template::ItemSections::{Recommendation, Text};
    let t = &texts(reader).set;
    let [minutes, next, other] = t.proposed_items;
    let item = |title: &str, sections, last| StandingItem { title: title.to_owned(), sections, minutes: Some(5), last };
    Template {
        sections: Preset::DecisionLast.sections(),
        items: vec![item(minutes, Recommendation, false), item(next, Text, true), item(other, Text, true)],
        phrases: t.proposed_phrases.map(str::to_owned).to_vec(),
        ..Template::default()
    }
}

async fn show(
    state: &AppState,
    access: &ForumAccess,
    reader: &Reader,
    draft: Template,
    stored: TemplateRow,
    why: Why,
) -> Result<Response, ApiError> {
    let shown = Shown::of(state, access).await?;
    Ok(served::answer(reader, view::settings(reader, &shown, &draft, &stored, &why)))
}

/// Saves what the form says.
pub(crate) async fn save(State(state): State<AppState>, access: ForumAccess, reader: Reader, form: Form) -> Result<Response, ApiError> {
    let (seen, draft) = read::template(&form)?;
    let checked = match check(draft.clone()) {
        Ok(checked) => checked,
        Err(unfit) => {
            let stored = state.store.template(&access.forum).await?;
            return show(&state, &access, &reader, draft, TemplateRow { version: seen, ..stored }, Why::Unfit(unfit)).await;
        }
    };
    match state.commands().set_template(access.act(Verb::ManageForum, ""), &access.forum, seen, checked).await {
        Ok(_) => Ok(Redirect::to(&address(&access.forum, "/indstillinger?gjort=gemt")).into_response()),
        Err(error) if error.code() == "stale" => {
            let stored = state.store.template(&access.forum).await?;
            show(&state, &access, &reader, draft, stored, Why::Stale).await
        }
        Err(error) => Err(error),
    }
}
