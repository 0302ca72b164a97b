//! `/api/openapi.json`: what each address takes and answers, for people and programs outside.
//!
//! The shapes come from the types in `shared` (feature `openapi`), the paths from the handlers; a test holds them against the routes.

use axum::Json;
use utoipa::OpenApi;

use super::{attachments, documents, forums, import, me, meetings, participants, people, phase, points, proposals, search, state, talk};

/// The description.
pub(crate) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Dagsorden",
        description = "Forums and meetings. The text of a meeting is written over the websocket at `/sync/{document}`, see PROTOCOL.md."
    ),
    paths(
        forums::list,
        forums::create,
        forums::rename,
        forums::delete,
        forums::template,
        forums::set_template,
        meetings::list,
        meetings::create,
        import::import,
        import::preview,
        import::into_meeting,
        import::preview_into_meeting,
        meetings::read,
        meetings::delete,
        meetings::restore,
        meetings::export_file,
        participants::list,
        participants::add_members,
        participants::read,
        participants::add,
        participants::change,
        participants::remove,
        points::name,
        points::take_position,
        points::drop_position,
        points::set_outcome,
        attachments::list,
        attachments::all,
        attachments::post,
        attachments::put,
        attachments::change,
        attachments::delete,
        attachments::restore,
        attachments::read,
        attachments::preview,
        search::find,
        talk::read,
        talk::begin,
        talk::reply,
        talk::resolve,
        talk::move_anchor,
        talk::change,
        talk::delete,
        talk::mark_read,
        proposals::propose,
        proposals::decide,
        proposals::revoke,
        proposals::withdraw,
        proposals::support,
        phase::change,
        phase::versions,
        phase::version,
        phase::changes,
        phase::checks,
        phase::publish,
        phase::withdraw,
        documents::authors,
        state::read,
        me::read,
        me::write,
        me::set_role,
        people::list,
        people::invite,
        people::preview,
        people::set_role,
        people::end,
        meetings::create_demo
    )
)]
struct Description;
