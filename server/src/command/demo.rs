//! Makes the example: the demo meeting and, in open mode, what its people have said of it and the approved minutes of the meeting before.
//!
//! Every row goes through the command that a person's own would go through; the texts are `demo.rs`'s. With accounts nobody speaks in the name of
//! another, so there the example is the meeting alone.

use dagsorden_shared::access::{Phase, Role, Roles, Verb};
use dagsorden_shared::agenda::{Agenda, Anchor, Field, points};
use dagsorden_shared::api::{Created, Person, PhaseChange};
use dagsorden_shared::id::{CommentId, ItemId, MeetingId, PointId, ProposalId, ThreadId};
use dagsorden_shared::meeting_json::Participant;
use dagsorden_shared::proposal::{Insert, NewProposal, inserts_of};
use dagsorden_shared::talk::{NewComment, NewPosition, NewThread};

use super::Commands;
use super::talk::Saying;
use crate::demo::{self, DemoPosition, DemoProposal, DemoThread};
use crate::error::ApiError;
use crate::identity::{Identity, UserKey};
use crate::intake::random_bits;
use crate::rights::{MeetingPlace, Via};
use crate::site::Site;
use crate::store::On;

/// A meeting's life up to its approval.
const TO_APPROVAL: [Phase; 4] = [Phase::SentOut, Phase::InSession, Phase::InReview, Phase::Approved];

impl Commands {
    /// Makes the example, and answers the meeting that is opened.
    ///
    /// # Errors
    /// Not allowed; it cannot be stored.
    pub async fn create_demo(&self, who: &Identity, site: &Site) -> Result<Created, ApiError> {
        let meeting = demo::meeting();
        let participants = meeting.participants.clone();
        let created = self.create_meeting(who, meeting, None).await?;
        if self.store.rights_now().is_open() {
            let people = self.people(participants).await?;
            self.add_talk(&created.meeting, &people).await?;
            if !self.has_other_meetings(&created.meeting) {
                self.add_former_meeting(site, &people).await?;
            }
        }
        Ok(created)
    }

    async fn people(&self, participants: Vec<Participant>) -> Result<People, ApiError> {
        let mut known = Vec::new();
        for Participant { name, organisation, .. } in participants {
            let organisation = organisation.unwrap_or_default();
            let hue = if organisation.is_empty() { 0 } else { self.store.hue_of(organisation.clone()).await? };
            known.push(Person { name, organisation, hue });
        }
        Ok(People { known })
    }

    fn has_other_meetings(&self, meeting: &MeetingId) -> bool {
        let meetings = &self.store.rights_now().meetings.meetings;
        let forum = meetings.get(meeting).map(|place| &place.forum);
        meetings.iter().any(|(other, place)| other != meeting && Some(&place.forum) == forum)
    }

    /// Makes the meeting before, and leads it through its phases to the public page.
    async fn add_former_meeting(&self, site: &Site, people: &People) -> Result<(), ApiError> {
        let chair = people.chair();
        let created = self.create_meeting(&chair, demo::former_meeting(), None).await?;
        for to in TO_APPROVAL {
            let place = self.place(&created.meeting)?;
            let (_, now) = self.version_now(&created.meeting, &place.document).await?;
            let change = PhaseChange { to, seen_hash: Some(now.hash), words: None };
            self.change_phase(&chair, site, &created.meeting, &place, change).await?;
        }
        let forum = self.place(&created.meeting)?.forum;
        let act = chair.act(Verb::Publish, On::Meeting(created.meeting.clone()), "");
        self.publish(act, &created.meeting, &forum).await?;
        Ok(())
    }

    async fn add_talk(&self, meeting: &MeetingId, people: &People) -> Result<(), ApiError> {
        let talk = demo::talk();
        for thread in talk.threads {
            self.add_thread(meeting, people, thread).await?;
        }
        for proposal in talk.proposals {
            self.add_proposal(meeting, people, proposal).await?;
        }
        for position in talk.positions {
            self.add_position(meeting, people, position).await?;
        }
        Ok(())
    }

    async fn add_thread(&self, meeting: &MeetingId, people: &People, thread: DemoThread) -> Result<(), ApiError> {
        let DemoThread { item, words, comments } = thread;
        let find = move |agenda: &Agenda| {
            let id = item_titled(agenda, &item)?;
            let quoted = words.as_deref().and_then(|words| quote(agenda, &id, words));
            Some((id, quoted))
        };
        let (item, quoted) = self.read_demo(meeting, find).await?;
        let (field, anchor) = quoted.map_or((None, None), |(field, anchor)| (Some(field.to_string()), Some(anchor)));
        let thread = ThreadId::from_random(random_bits());
        for (index, comment) in comments.into_iter().enumerate() {
            let saying = self.saying(meeting, people, &comment.by, Verb::Comment)?;
            let id = CommentId::from_random(random_bits());
            let said = NewComment { id: Some(id.clone()), body: comment.text, on_behalf: None, mentions: Vec::new() };
            if index == 0 {
                let new = NewThread { item: item.clone(), field: field.clone(), anchor: anchor.clone(), comment: said };
                self.begin_thread(saying, thread.clone(), new).await?;
            } else {
                self.reply(saying, thread.clone(), id, said).await?;
            }
        }
        Ok(())
    }

    async fn add_proposal(&self, meeting: &MeetingId, people: &People, proposal: DemoProposal) -> Result<(), ApiError> {
        let DemoProposal { item, by, old, new, note } = proposal;
        let find = move |agenda: &Agenda| {
            let id = item_titled(agenda, &item)?;
            let (field, _) = quote(agenda, &id, &old)?;
            let base = inserts_of(&agenda.body(&field)?.to_delta())?;
            let changed = |piece: &Insert| Insert { insert: piece.insert.replace(&old, &new), attributes: piece.attributes.clone() };
            let proposed = base.iter().map(changed).collect();
            Some(NewProposal { field: field.to_string(), base_hash: None, base, proposed, note: note.clone(), thread: None })
        };
        let new = self.read_demo(meeting, find).await?;
        let saying = self.saying(meeting, people, &by, Verb::Propose)?;
        self.propose(saying, ProposalId::from_random(random_bits()), new).await?;
        Ok(())
    }

    async fn add_position(&self, meeting: &MeetingId, people: &People, position: DemoPosition) -> Result<(), ApiError> {
        let DemoPosition { item, point, by, stance, remark } = position;
        let find = move |agenda: &Agenda| -> Option<(ItemId, PointId)> {
            let id = item_titled(agenda, &item)?;
            let point = points(&agenda.item(&id)?).into_iter().find(|known| known.text.starts_with(&point))?;
            Some((id, point.id?))
        };
        let place = self.read_demo(meeting, find).await?;
        let saying = self.saying(meeting, people, &by, Verb::Position)?;
        let organisation = saying.act.person.organisation.clone();
        self.take_position(saying, place, &organisation, NewPosition { stance, remark }).await
    }

    async fn read_demo<R: Send + 'static>(
        &self,
        meeting: &MeetingId,
        find: impl Fn(&Agenda) -> Option<R> + Clone + Send + 'static,
    ) -> Result<R, ApiError> {
        let found = self.registry.read(&self.place(meeting)?.document, find).await?;
        found.ok_or_else(|| ApiError::not_found("text of the example"))
    }

    fn saying(&self, meeting: &MeetingId, people: &People, name: &str, verb: Verb) -> Result<Saying, ApiError> {
        let act = people.named(name).act(verb, On::Meeting(meeting.clone()), "");
        Ok(Saying { act, meeting: meeting.clone(), place: self.place(meeting)? })
    }

    fn place(&self, meeting: &MeetingId) -> Result<MeetingPlace, ApiError> {
        self.store.rights_now().meetings.meetings.get(meeting).cloned().ok_or_else(|| ApiError::not_found("meeting"))
    }
}

/// The people of the example.
struct People {
    known: Vec<Person>,
}

impl People {
    /// Someone of the meeting, in open mode with all roles. Each has a user key of their own, which no browser has.
    fn named(&self, name: &str) -> Identity {
        let known = self.known.iter().find(|known| known.name == name).cloned();
        let person = known.unwrap_or_else(|| Person { name: name.to_owned(), ..Person::default() });
        let user = UserKey::new(format!("example-{}", name.to_lowercase().replace(' ', "-")));
        Identity { user, person, named: true, via: Via::Open(Roles::ALL) }
    }

    fn chair(&self) -> Identity {
        let persona = demo::persona(Role::Chair);
        self.named(&persona.name)
    }
}

fn item_titled(agenda: &Agenda, title: &str) -> Option<ItemId> {
    agenda.snapshot().items.into_iter().find(|item| item.title.text().trim() == title).map(|item| item.id)
}

/// The words in an item's sections, as a client would quote them.
fn quote(agenda: &Agenda, item: &ItemId, words: &str) -> Option<(Field, Anchor)> {
    let length = u32::try_from(words.encode_utf16().count()).ok()?;
    agenda.item(item)?.sections.iter().find_map(|section| {
        let text = section.body.text();
        let start = u32::try_from(text[..text.find(words)?].encode_utf16().count()).ok()?;
        let field = Field::Section(item.clone(), section.id.clone());
        let anchor = agenda.anchor(&field, start, start + length)?;
        Some((field, anchor))
    })
}
