//! What people do with a meeting's life: phases, versions, publication.

use std::time::Duration;

use dagsorden_shared::access::{Phase, Verb};
use dagsorden_shared::api::{Person, PhaseChange, PhaseChanged, Publication};
use dagsorden_shared::catalogue::served::{Announcement, Served};
use dagsorden_shared::catalogue::{Catalogue, Language};
use dagsorden_shared::date;
use dagsorden_shared::id::{AccountId, DocumentId, ForumId, MeetingId};

use super::Commands;
use crate::error::ApiError;
use crate::identity::Identity;
use crate::rights::{MeetingPlace, Rights};
use crate::room::RoomError;
use crate::sign_in::language_of;
use crate::site::Site;
use crate::store::{Act, Move, Moved, NewMail, StoreError, VersionText};
use crate::version::Version;

/// A room that was ending is there again for the next try.
const TRIES: u32 = 3;
const TRY_AGAIN: Duration = Duration::from_millis(50);

/// A member who gets the letter when a meeting is sent out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Their account.
    pub account: AccountId,
    /// As others see them.
    pub person: Person,
    /// Where the letter goes.
    pub email: String,
}

/// The active members of a forum who have a mail address, by organisation and name.
pub fn recipients(rights: &Rights, forum: &ForumId) -> Vec<Recipient> {
    let members = rights.members(forum).filter(|(_, account, _)| account.active);
    let mut recipients: Vec<Recipient> = members
        .filter_map(|(id, account, _)| {
            let email = account.email.clone()?;
            Some(Recipient { account: id.clone(), person: account.person.clone(), email })
        })
        .collect();
    recipients.sort_by(|a, b| (&a.person.organisation, &a.person.name).cmp(&(&b.person.organisation, &b.person.name)));
    recipients
}

impl Commands {
    /// Changes the phase of a meeting: nothing else is written meanwhile, so version and hash are of exactly what is committed.
    ///
    /// # Errors
    /// Not allowed; something else stands there than what was looked at: then the answer carries its hash.
    pub async fn change_phase(
        &self,
        who: &Identity,
        site: &Site,
        meeting: &MeetingId,
        place: &MeetingPlace,
        change: PhaseChange,
    ) -> Result<PhaseChanged, ApiError> {
        let PhaseChange { to, seen_hash, words } = change;
        let asked = Move { actor: who.actor(), person: who.person.clone(), meeting: meeting.clone(), to, seen: seen_hash };
        match self.move_phase(&place.document, asked).await? {
            Moved::Done { again, version, hash } => {
                if !again {
                    self.rows_changed(meeting);
                    if to == Phase::SentOut && place.phase == Phase::Draft {
                        self.tell_members(who, site, meeting, place, words.as_deref()).await;
                    }
                }
                Ok(PhaseChanged { phase: to, version, hash })
            }
            Moved::Unseen => Err(ApiError::invalid("Approving needs the hash of what was looked at.")
                .detail("Send `seen_hash`: the `hash` that `GET /api/meetings/{meeting}` answers.")),
            Moved::Stale { hash } => Err(ApiError::stale(hash)),
        }
    }

    async fn move_phase(&self, document: &DocumentId, asked: Move) -> Result<Moved, ApiError> {
        let secret = self.store.version_secret().await?;
        let mut tries = 1;
        loop {
            let (store, asked, secret) = (self.store.clone(), asked.clone(), secret.clone());
            let moved = self.registry.operate_meeting(document, move |snapshot| {
                let meeting = asked.meeting.clone();
                async move { store.change_phase(asked, move |rows| Version::of(&snapshot, rows).to_text(&meeting, &secret)).await }
            });
            match moved.await {
                Err(RoomError::Closing) if tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(TRY_AGAIN).await;
                }
                moved => return Ok(moved?),
            }
        }
    }

    /// What a meeting says now, as committed, in the form that is stored.
    ///
    /// # Errors
    /// It is not there, or cannot be read.
    pub async fn version_now(&self, meeting: &MeetingId, document: &DocumentId) -> Result<(Version, VersionText), ApiError> {
        let stored = self.store.meeting_detail(meeting).await?.filter(|stored| !stored.deleted);
        let rows = stored.ok_or_else(|| ApiError::not_found("meeting"))?.detail;
        let snapshot = self.registry.meeting(document).await?;
        let secret = self.store.version_secret().await?;
        let version = Version::of(&snapshot, &rows);
        let text = version.to_text(meeting, &secret);
        Ok((version, text))
    }

    /// Makes the newest approved version public.
    ///
    /// # Errors
    /// Not allowed; no version is approved.
    pub async fn publish(&self, act: Act, meeting: &MeetingId, forum: &ForumId) -> Result<Publication, ApiError> {
        let version = self.store.publish(act, meeting).await.map_err(|error| match error {
            StoreError::Conflict { .. } => ApiError::not_approved(),
            error => error.into(),
        })?;
        self.rows_changed(meeting);
        let published = self.store.published(forum, Some(meeting)).await?.into_iter().next();
        let at = published.and_then(|published| jiff::Timestamp::from_millisecond(published.at).ok()).unwrap_or_default();
        Ok(Publication { meeting: meeting.clone(), version, at: at.to_string(), address: format!("/offentlig/{forum}/{meeting}") })
    }

    /// Takes what is public of a meeting back.
    ///
    /// # Errors
    /// Not allowed; nothing is public.
    pub async fn withdraw(&self, act: Act, meeting: &MeetingId) -> Result<(), ApiError> {
        self.store.withdraw(act, meeting).await?;
        self.rows_changed(meeting);
        Ok(())
    }

    /// Writes to all members that a meeting was sent out. What was sent out stands, whether or not the letters leave.
    async fn tell_members(&self, who: &Identity, site: &Site, meeting: &MeetingId, place: &MeetingPlace, words: Option<&str>) {
        match self.letters(who, site, meeting, place, words).await {
            Ok(letters) => {
                let count = letters.len();
                match self.store.queue_mail(letters).await {
                    Ok(()) => tracing::info!(%meeting, letters = count, "a meeting was sent out"),
                    Err(error) => tracing::error!(%meeting, %error, "the letters about a meeting that was sent out cannot be stored"),
                }
            }
            Err(error) => tracing::error!(%meeting, ?error, "the letters about a meeting that was sent out cannot be written"),
        }
    }

    /// One letter for each member, in the language they chose.
    async fn letters(
        &self,
        who: &Identity,
        site: &Site,
        meeting: &MeetingId,
        place: &MeetingPlace,
        words: Option<&str>,
    ) -> Result<Vec<NewMail>, ApiError> {
        let (version, _) = self.version_now(meeting, &place.document).await?;
        let forum = self.forum_name(&place.forum).await?;
        let link = site.url(&format!("/m/{meeting}"));
        let mut letters = Vec::new();
        for Recipient { account, person, email } in recipients(&self.store.rights_now(), &place.forum) {
            let known = self.store.known_account(email.clone()).await?;
            let language = known.map_or(Language::Da, |known| language_of(&known, Language::Da));
            let day = version.header.date.as_deref().map(|day| date::full(day, Catalogue::of(language)));
            let announcement = Announcement {
                name: &person.name,
                forum: &forum,
                from: &who.person.name,
                meeting: &version.header.title,
                day: day.as_deref(),
                words: words.map(str::trim).filter(|words| !words.is_empty()),
                link: &link,
            };
            let mail = &Served::of(language).mail;
            letters.push(NewMail {
                account: Some(account),
                kind: "sent_out",
                recipient: email,
                subject: (mail.sent_out_subject)(&forum),
                body: (mail.sent_out)(&announcement),
                about: None,
            });
        }
        Ok(letters)
    }
}

/// The verbs of a change of phase, for the page that offers them: what leads where from here.
pub fn ways(from: Phase) -> impl Iterator<Item = (Phase, Verb)> {
    Phase::ALL.into_iter().filter_map(move |to| Some((to, from.verb_to(to)?)))
}
