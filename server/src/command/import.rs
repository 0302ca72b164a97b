//! What people bring into a meeting that is there: the items of a file, and what else of it the meeting lacks.
//!
//! An operation of the room: right, place and what is lacking are judged on the committed document, and the items go into one transaction with their
//! attachments. What a file says is known before (`import`).

use axum::http::StatusCode;
use dagsorden_shared::access::{Ruling, Verb};
use dagsorden_shared::agenda::{Agenda, HeaderKey};
use dagsorden_shared::api::{Added, ItemAttachment, LeftOut};
use dagsorden_shared::id::{DocumentId, MeetingId};
use dagsorden_shared::meeting_json::Participant;

use super::Commands;
use super::talk::Saying;
use crate::error::ApiError;
use crate::import::{Imported, MAX_ITEMS};
use crate::intake::{SeededItems, Standing, check, fit, header_of, prepare_items};
use crate::store::{NewItems, StoreError};

/// What is ready to go into a meeting that stands so.
struct Ready {
    standing: Standing,
    items: SeededItems,
    header: Vec<(HeaderKey, String)>,
    participants: Vec<Participant>,
    attachments: Vec<ItemAttachment>,
    left_out: Vec<LeftOut>,
}

impl Commands {
    /// What of a file would come into a meeting. Nothing is stored.
    ///
    /// # Errors
    /// What cannot be taken; the meeting is not there.
    pub async fn preview_items(&self, saying: &Saying, imported: Imported) -> Result<Imported, ApiError> {
        check(&imported.meeting)?;
        Ok(fit(imported, &self.standing(&saying.meeting, &saying.place.document).await?))
    }

    /// Puts the items of a file into a meeting, before what closes its agenda, with what else of the file the meeting lacks.
    ///
    /// # Errors
    /// Not allowed; nothing that can be taken, or too much; the meeting was changed meanwhile. Nothing was stored.
    pub async fn add_items(&self, saying: Saying, imported: Imported) -> Result<Added, ApiError> {
        check(&imported.meeting)?;
        if imported.meeting.items.is_empty() {
            return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "not_an_agenda", "There are no items in it."));
        }
        if *self.store.full().borrow() {
            return Err(StoreError::Full { path: self.store.path().to_owned() }.into());
        }
        let (meeting, document) = (saying.meeting.clone(), saying.place.document.clone());
        let rows = async {
            let standing = self.standing(&meeting, &document).await?;
            // Writing long items takes a while: not on the threads that carry everybody's keystrokes.
            let ready = tokio::task::spawn_blocking(move || Ready::of(imported, standing)).await;
            ready.map_err(|error| ApiError::internal(&error))?
        };
        let (store, act) = (self.store.clone(), saying.act.clone());
        let judged = (store.clone(), act.clone(), meeting.clone());
        let plan = move |agenda: &Agenda, ready: Ready| {
            let (store, act, meeting) = judged;
            let rights = store.rights_now();
            // The room's operations come one after the other, so a change of phase before this one counts.
            let demanded = std::iter::once(Verb::Write).chain((!ready.attachments.is_empty()).then_some(Verb::Attach));
            for verb in demanded {
                match rights.judge_meeting(&act.actor, &meeting, verb) {
                    Ruling::Yes => {}
                    Ruling::No(why) => return Err(ApiError::forbidden(why)),
                    Ruling::NotThere => return Err(ApiError::not_found("meeting")),
                }
            }
            let there = agenda.outline().len();
            if agenda.header() != ready.standing.header || (there > 0) != ready.standing.has_items {
                return Err(ApiError::conflict("conflict", "The meeting was changed meanwhile."));
            }
            if there + ready.items.items.len() > MAX_ITEMS {
                return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many", "These are more items than a meeting has."));
            }
            let Ready { items, header, participants, attachments, left_out, .. } = ready;
            let added = Added { items: items.items.clone(), left_out };
            Ok((items, header, (NewItems { meeting, participants, attachments }, added)))
        };
        let stored = move |(new, added): (NewItems, Added), batch| {
            let stored = store.add_items(act, batch, new);
            async move { stored.await.map(|()| added) }
        };
        let added = self.registry.append(&saying.place.document, rows, plan, stored).await??;
        self.rows_changed(&saying.meeting);
        Ok(added)
    }

    async fn standing(&self, meeting: &MeetingId, document: &DocumentId) -> Result<Standing, ApiError> {
        let missing = || ApiError::not_found("meeting");
        let rows = self.store.meeting_detail(meeting).await?.filter(|stored| !stored.deleted).ok_or_else(missing)?.detail;
        let read = |agenda: &Agenda| (agenda.header(), !agenda.outline().is_empty());
        let (header, has_items) = self.registry.read(document, read).await?;
        Ok(Standing { header, has_items, forum_name: rows.forum_name, participants: rows.participants })
    }
}

impl Ready {
    fn of(imported: Imported, standing: Standing) -> Result<Self, ApiError> {
        let Imported { meeting, left_out, .. } = fit(imported, &standing);
        let header = header_of(&meeting);
        let (items, attachments) = prepare_items(meeting.items)?;
        Ok(Self { standing, items, header, participants: meeting.participants, attachments, left_out })
    }
}
