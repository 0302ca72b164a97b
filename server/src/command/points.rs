//! What people do with the points of recommendations: positions before the meeting, outcomes in it.

use dagsorden_shared::access::Verb;
use dagsorden_shared::agenda::{Agenda, missing_ids, points};
use dagsorden_shared::id::{DocumentId, ItemId, MeetingId, PointId};
use dagsorden_shared::talk::{NewPosition, OutcomeKind};

use super::Commands;
use super::talk::Saying;
use crate::checks::{Decided, decided};
use crate::error::ApiError;
use crate::intake::random_bits;
use crate::store::{Act, PointPlace, PositionDraft, Speaker};

const MAX_REMARK: usize = 2_000;
const MAX_ORGANISATION: usize = 80;

impl Commands {
    /// Gives every point of a meeting's recommendations an id. The server writes them: they are no words of anyone.
    ///
    /// # Errors
    /// The meeting cannot be read or stored.
    pub async fn name_points(&self, saying: &Saying) -> Result<(), ApiError> {
        for document in saying.place.documents() {
            let store = self.store.clone();
            let plan = |agenda: &Agenda| missing_ids(&agenda.snapshot(), &mut random_bits);
            self.registry.write(document, plan, move |batch| store.commit(batch)).await?;
        }
        Ok(())
    }

    /// States what an organisation thinks of a point. One's own organisation's; the secretariat states those of others.
    ///
    /// # Errors
    /// Not allowed; no such point.
    pub async fn take_position(
        &self,
        saying: Saying,
        (item, point): (ItemId, PointId),
        organisation: &str,
        new: NewPosition,
    ) -> Result<(), ApiError> {
        let organisation = self.speaks_for(&saying, organisation)?;
        if new.remark.chars().count() > MAX_REMARK || new.remark.chars().any(|character| character.is_control() && character != '\n') {
            return Err(ApiError::invalid(format!("A remark has at most {MAX_REMARK} characters.")));
        }
        let place = PointPlace { meeting: saying.meeting.clone(), item, point };
        let wording = self.wording(&saying, &place).await?;
        let draft = PositionDraft { organisation, stance: new.stance, remark: new.remark.trim().to_owned(), wording };
        self.store.set_position(saying.act.clone(), speaker(&saying.act), place, draft).await?;
        self.talk_changed(&saying.meeting);
        Ok(())
    }

    /// Takes a position back.
    ///
    /// # Errors
    /// Not allowed.
    pub async fn drop_position(&self, saying: Saying, (item, point): (ItemId, PointId), organisation: &str) -> Result<(), ApiError> {
        let organisation = self.speaks_for(&saying, organisation)?;
        let place = PointPlace { meeting: saying.meeting.clone(), item, point };
        self.store.remove_position(saying.act.clone(), place, organisation).await?;
        self.talk_changed(&saying.meeting);
        Ok(())
    }

    /// Sets what came of a point; `None` takes it back.
    ///
    /// # Errors
    /// Not allowed; no such point.
    pub async fn set_outcome(
        &self,
        saying: Saying,
        (item, point): (ItemId, PointId),
        outcome: Option<OutcomeKind>,
    ) -> Result<(), ApiError> {
        let place = PointPlace { meeting: saying.meeting.clone(), item, point };
        self.wording(&saying, &place).await?;
        self.store.set_outcome(saying.act.clone(), speaker(&saying.act), place, outcome).await?;
        self.talk_changed(&saying.meeting);
        Ok(())
    }

    /// What has been decided of a meeting's points.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn decided(&self, meeting: &MeetingId, document: &DocumentId) -> Result<Decided, ApiError> {
        let (_, outcomes) = self.store.points(meeting.clone()).await?;
        Ok(decided(&self.registry.meeting(document).await?, &outcomes))
    }

    /// The organisation, if the actor may speak for it.
    fn speaks_for(&self, saying: &Saying, organisation: &str) -> Result<String, ApiError> {
        let organisation = organisation.trim();
        if organisation.is_empty() || organisation.chars().count() > MAX_ORGANISATION || organisation.chars().any(char::is_control) {
            return Err(ApiError::invalid("The organisation has 1 to 80 characters on one line."));
        }
        let rights = self.store.rights_now();
        let own = saying.act.person.organisation == organisation;
        let for_others = rights.judge_forum(&saying.act.actor, &saying.place.forum, Verb::ManageMembers).is_yes();
        if own || for_others { Ok(organisation.to_owned()) } else { Err(ApiError::forbidden(dagsorden_shared::access::Why::Role)) }
    }

    /// The words of a point as committed.
    async fn wording(&self, saying: &Saying, place: &PointPlace) -> Result<String, ApiError> {
        let (item, point) = (place.item.clone(), place.point.clone());
        let read = move |agenda: &Agenda| {
            let points = points(&agenda.item(&item)?);
            points.into_iter().find(|known| known.id.as_ref() == Some(&point)).map(|known| known.text)
        };
        self.registry.read(saying.place.document_of(&place.item), read).await?.ok_or_else(|| ApiError::not_found("point"))
    }
}

fn speaker(act: &Act) -> Speaker {
    Speaker { user: act.actor.user.as_str().to_owned(), person: act.person.clone() }
}
