//! What people do with whole meetings.

use dagsorden_shared::api::Created;
use dagsorden_shared::id::{DocumentId, MeetingId};
use dagsorden_shared::meeting_json::MeetingJson;
use dagsorden_shared::protocol::close_code;

use super::Commands;
use crate::error::ApiError;
use crate::identity::Identity;
use crate::intake::prepare;
use crate::store::{Act, ForumChoice};

impl Commands {
    /// Checks, seeds and stores a meeting, and answers what was made.
    ///
    /// # Errors
    /// Not allowed; the meeting cannot be taken, and where.
    pub async fn create_meeting(&self, who: &Identity, meeting: MeetingJson, forum: Option<ForumChoice>) -> Result<Created, ApiError> {
        // Seeding a long meeting takes a while: not on the threads that carry everybody's keystrokes.
        let prepared = tokio::task::spawn_blocking(move || prepare(meeting, forum)).await.map_err(|error| ApiError::internal(&error))?;
        let meeting = prepared?;
        let created = Created { meeting: meeting.meeting.clone(), document: meeting.document.clone() };
        self.store.create_meeting(who.actor(), who.person.clone(), meeting).await?;
        Ok(created)
    }

    /// Deletes a meeting for everyone; open pages get an event. It can be restored.
    ///
    /// # Errors
    /// Not allowed; it is not there.
    pub async fn delete_meeting(&self, act: Act, meeting: &MeetingId) -> Result<(), ApiError> {
        let document: DocumentId = self.store.delete_meeting(act, meeting).await?;
        let rights = self.store.rights_now();
        let items = rights.meetings.meetings.get(meeting).into_iter().flat_map(|place| &place.items);
        for document in std::iter::once(&document).chain(items.map(|(_, document)| document)) {
            self.registry.close_document(document, close_code::GONE).await;
        }
        Ok(())
    }

    /// Takes a deletion back.
    ///
    /// # Errors
    /// Not allowed; it is not there or not deleted.
    pub async fn restore_meeting(&self, act: Act, meeting: &MeetingId) -> Result<(), ApiError> {
        Ok(self.store.restore_meeting(act, meeting).await.map(drop)?)
    }
}
