//! What people do with forums.

use dagsorden_shared::access::Verb;
use dagsorden_shared::id::ForumId;

use super::Commands;
use crate::error::ApiError;
use crate::identity::Identity;
use crate::intake::{check_forum_name, random_bits};
use crate::store::{Act, On};

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
}
