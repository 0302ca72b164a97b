//! What people do with forums.

use dagsorden_shared::access::Verb;
use dagsorden_shared::id::ForumId;

use super::Commands;
use crate::error::ApiError;
use crate::identity::Identity;
use crate::intake::{check_forum_name, random_bits};
use crate::store::{Act, On, StoreError};

impl Commands {
    /// Makes a forum, or answers the one that has this name already.
    ///
    /// # Errors
    /// Not allowed; the name cannot be taken.
    pub async fn create_forum(&self, who: &Identity, name: &str) -> Result<ForumId, ApiError> {
        let name = check_forum_name(name)?;
        let id = ForumId::from_random(random_bits());
        let act = who.act(Verb::CreateForum, On::Installation, id.as_str());
        Ok(self.store.create_forum(act, id, name).await?)
    }

    /// Gives a forum another name. Pages of its meetings show it at once.
    ///
    /// # Errors
    /// Not allowed; the name cannot be taken, or is another forum's.
    pub async fn rename_forum(&self, act: Act, forum: &ForumId, name: &str) -> Result<(), ApiError> {
        self.store.rename_forum(act, forum.clone(), check_forum_name(name)?).await?;
        let rights = self.store.rights_now();
        for (meeting, _) in rights.meetings.meetings.iter().filter(|(_, place)| place.forum == *forum) {
            self.rows_changed(meeting);
        }
        Ok(())
    }

    /// Deletes a forum that never had a meeting, with its memberships and what it had set.
    ///
    /// # Errors
    /// Not allowed; 409 `has_meetings` if it has meetings, deleted ones too.
    pub async fn delete_forum(&self, act: Act, forum: &ForumId) -> Result<(), ApiError> {
        self.store.delete_forum(act, forum.clone()).await.map_err(|error| match error {
            StoreError::Conflict { .. } => ApiError::conflict("has_meetings", "A forum with meetings cannot be deleted.")
                .detail("Nothing was deleted. Meetings that were deleted can be restored, so they count too."),
            error => error.into(),
        })
    }
}
