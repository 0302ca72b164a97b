//! What people do with proposals of changed wording: made, decided part by part, taken back.
//!
//! A decision is an operation of the room: right, phase and words are judged on the committed text while nothing else is written, and the text goes into
//! one transaction with the rows that say why.

use dagsorden_shared::access::{Role, Roles, Ruling, Verb};
use dagsorden_shared::agenda::{Agenda, Edit, Field, clean_text};
use dagsorden_shared::id::{AccountId, DecisionId, ProposalId};
use dagsorden_shared::proposal::{
    Action, Insert, MAX_NOTE, MAX_PARTS, MAX_TEXT, NewDecision, NewProposal, NewSupport, Part, PartState, Plan, Refused, hash, parts, plan,
    plan_back, words,
};
use dagsorden_shared::richtext::{Body, Delta};

use super::Commands;
use super::talk::{Saying, parse_field};
use crate::error::ApiError;
use crate::gate::may_stand;
use crate::store::{ProposalDraft, Settled, Stored, StoredProposal, SupportDraft, What};

impl Commands {
    /// Stores a proposal. Sent twice it happens once. The text may have changed since it was begun: its parts are found in the text as it is now.
    ///
    /// # Errors
    /// Not allowed; no such field; nothing that can be proposed.
    pub async fn propose(&self, saying: Saying, id: ProposalId, new: NewProposal) -> Result<Stored, ApiError> {
        let field = parse_field(&new.field)?;
        check_text(&field, &new.base, false)?;
        check_text(&field, &new.proposed, true)?;
        if new.base_hash.as_ref().is_some_and(|known| *known != hash(&words(&new.base))) {
            return Err(ApiError::invalid("The base is not the one of the hash."));
        }
        let note = check_note(&new.note)?;
        let (base, proposed, looked_up) = (new.base.clone(), new.proposed.clone(), field.clone());
        let cut = move |agenda: &Agenda| {
            let live = shown(agenda, &looked_up)?;
            Some(parts(&base, &proposed, &live, |offset, before| agenda.sticky(&looked_up, offset, before)))
        };
        let parts = self.registry.read(saying.place.document_of(field.item()), cut).await?.ok_or_else(|| ApiError::not_found("section"))?;
        if parts.is_empty() {
            return Err(ApiError::invalid("The proposal changes nothing."));
        }
        if parts.len() > MAX_PARTS {
            return Err(ApiError::invalid(format!("A proposal has at most {MAX_PARTS} parts.")));
        }
        let draft = ProposalDraft {
            id,
            meeting: saying.meeting.clone(),
            document: saying.place.document_of(field.item()).clone(),
            item: field.item().clone(),
            field: field.to_string(),
            thread: new.thread,
            note,
            base: new.base,
            proposed: new.proposed,
            parts,
            deciders: self.deciders(&saying),
        };
        let stored = self.store.add_proposal(saying.act.clone(), saying.speaker(), draft).await?;
        self.talk_changed(&saying.meeting);
        Ok(stored)
    }

    /// Members of secretariat and chair who may decide on proposals in the present phase.
    fn deciders(&self, saying: &Saying) -> Vec<AccountId> {
        let rights = self.store.rights_now();
        let decide = Roles::of(&[Role::Secretariat, Role::Chair]);
        let members = rights.members(&saying.place.forum).filter(|(_, _, roles)| roles.meets(decide));
        let may = members.filter(|(account, ..)| rights.judge_account(account, &saying.meeting, Verb::Write).is_yes());
        may.map(|(account, ..)| account.clone()).collect()
    }

    /// Takes and refuses parts, all that are named or none. Sent twice it happens once.
    ///
    /// # Errors
    /// Not allowed; 409 with the words that stand there where a part is in conflict.
    pub async fn decide(&self, saying: Saying, proposal: ProposalId, mut decision: NewDecision) -> Result<Stored, ApiError> {
        if decision.parts.is_empty() || decision.parts.len() > MAX_PARTS {
            return Err(ApiError::invalid("A decision names the parts that it is about."));
        }
        let mut ordinals: Vec<u32> = decision.parts.iter().map(|part| part.ordinal).collect();
        ordinals.sort_unstable();
        if ordinals.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(ApiError::invalid("A decision names each part once."));
        }
        let reason = decision.reason.as_deref().map(check_note).transpose()?;
        decision.reason = reason.filter(|reason| !reason.is_empty());
        let deed = Deed { saying: saying.clone(), proposal: proposal.clone(), commands: self.clone() };
        let (id, user) = (decision.id.clone(), saying.act.actor.user.as_str().to_owned());
        if let Some(known) = self.store.decision(id.clone()).await? {
            let same = known.asked == decision && known.user == user && known.proposal == proposal;
            return if same { Ok(Stored::Before) } else { Err(ApiError::conflict("conflict", "Another decision has this id.")) };
        }
        let made = move |agenda: &Agenda, field: &Field, stored: &StoredProposal| {
            for part in decision.parts.iter().filter_map(|part| part.with.as_deref()) {
                check_text(field, part, false)?;
            }
            let live = shown(agenda, field).ok_or_else(|| ApiError::not_found("section"))?;
            let planned = plan(&stored.parts, &decision.parts, &live, |position| agenda.offset(field, position)).map_err(refused)?;
            Ok((planned, decision))
        };
        let settled = move |agenda: &Agenda, field: &Field, stored: StoredProposal, planned: &Plan, decision: NewDecision| {
            let after = agenda.body(field).unwrap_or_default();
            let inverse = planned.inverses(&after, |offset, before| agenda.sticky(field, offset, before));
            let decided = |part: Part| {
                let action = decision.parts.iter().find(|decided| decided.ordinal == part.ordinal)?.action;
                let state = if action == Action::Reject { PartState::Rejected } else { PartState::Accepted };
                Some(Part { state, ..part })
            };
            (stored.parts.into_iter().filter_map(decided).collect(), What::Decided(decision.clone(), inverse))
        };
        deed.carry_out(id.as_str(), made, settled).await?;
        Ok(Stored::New)
    }

    /// Takes a decision back: what it wrote becomes what stood there, and its parts can be decided again. Done once, however often it is sent.
    ///
    /// # Errors
    /// Not allowed; no such decision; 409 where its words have changed since.
    pub async fn revoke(&self, saying: Saying, proposal: ProposalId, id: DecisionId) -> Result<(), ApiError> {
        let known = self.store.decision(id.clone()).await?.filter(|known| known.proposal == proposal);
        let known = known.ok_or_else(|| ApiError::not_found("decision"))?;
        // The proposal must be one of this meeting, whatever else is known.
        self.store.proposal(saying.meeting.clone(), proposal.clone()).await?;
        if known.revoked {
            return Ok(());
        }
        let deed = Deed { saying, proposal, commands: self.clone() };
        let inverse = known.inverse;
        let made = move |agenda: &Agenda, field: &Field, _: &StoredProposal| {
            let live = shown(agenda, field).ok_or_else(|| ApiError::not_found("section"))?;
            Ok((plan_back(&inverse, &live, |position| agenda.offset(field, position)).map_err(refused)?, ()))
        };
        let revoked = id.clone();
        let settled = move |agenda: &Agenda, field: &Field, stored: StoredProposal, planned: &Plan, (): ()| {
            let of_decision = |part: &Part| part.decision.as_ref() == Some(&revoked);
            let mut parts: Vec<Part> = stored.parts.into_iter().filter(of_decision).collect();
            parts.iter_mut().for_each(|part| part.state = PartState::Open);
            let after = agenda.body(field).unwrap_or_default();
            planned.hold_again(&mut parts, &after, |offset, before| agenda.sticky(field, offset, before));
            (parts, What::Revoked(revoked))
        };
        deed.carry_out(id.as_str(), made, settled).await
    }

    /// Takes a proposal of one's own back. Parts that were taken stay in the text.
    ///
    /// # Errors
    /// Not one's own; no such proposal.
    pub async fn withdraw_proposal(&self, saying: Saying, proposal: ProposalId) -> Result<(), ApiError> {
        self.store.withdraw_proposal(saying.act, saying.meeting.clone(), proposal).await?;
        self.talk_changed(&saying.meeting);
        Ok(())
    }

    /// Says what the actor's own organisation thinks of a proposal.
    ///
    /// # Errors
    /// Not allowed; no such proposal; 412 where the organisation has said something else meanwhile.
    pub async fn support_proposal(&self, saying: Saying, proposal: ProposalId, new: NewSupport) -> Result<(), ApiError> {
        let organisation = saying.act.person.organisation.clone();
        if organisation.is_empty() {
            return Err(ApiError::invalid("Proposals are supported by organisations, and you belong to none."));
        }
        let draft = SupportDraft { organisation, stance: new.stance, remark: check_note(&new.remark)?, version: new.version };
        self.store.set_support(saying.act.clone(), saying.speaker(), saying.meeting.clone(), proposal, draft).await?;
        self.talk_changed(&saying.meeting);
        Ok(())
    }
}

/// Something that is done with a proposal and its text.
struct Deed {
    saying: Saying,
    proposal: ProposalId,
    commands: Commands,
}

impl Deed {
    /// Plans with `made` on the committed text, writes what is planned, and stores what `settled` makes of it, as one.
    async fn carry_out<T: Send + 'static>(
        self,
        object: &str,
        made: impl FnOnce(&Agenda, &Field, &StoredProposal) -> Result<(Plan, T), ApiError> + Send + 'static,
        settled: impl FnOnce(&Agenda, &Field, StoredProposal, &Plan, T) -> (Vec<Part>, What) + Send + 'static,
    ) -> Result<(), ApiError> {
        let Self { saying, proposal, commands } = self;
        let (store, meeting) = (commands.store.clone(), saying.meeting.clone());
        let act = saying.act.clone().object(object);
        let field = parse_field(&store.proposal(meeting.clone(), proposal.clone()).await?.field)?;
        let document = saying.place.document_of(field.item()).clone();
        let rows = {
            let (store, meeting, proposal) = (store.clone(), meeting.clone(), proposal.clone());
            async move { store.proposal(meeting, proposal).await.map_err(ApiError::from) }
        };
        let judged = (store.clone(), act.clone(), meeting.clone());
        let plan = move |agenda: &Agenda, stored: StoredProposal| {
            let (store, act, meeting) = judged;
            // The room's operations come one after the other, so a change of phase before this one counts.
            may_write(store.rights_now().judge_meeting(&act.actor, &meeting, Verb::Write))?;
            if stored.withdrawn {
                return Err(ApiError::conflict("withdrawn", "The proposal was taken back by its author."));
            }
            let field: Field = parse_field(&stored.field)?;
            let (planned, rest) = made(agenda, &field, &stored)?;
            let edits = text_edit(&field, &planned.delta);
            Ok((edits, (field, stored, planned, rest)))
        };
        let settle = move |agenda: &Agenda, planned: (Field, StoredProposal, Plan, T), batch| {
            let (field, stored, plan, rest) = planned;
            let version = stored.version;
            let (parts, what) = settled(agenda, &field, stored, &plan, rest);
            store.settle_proposal(act, batch, Settled { meeting, proposal, version, parts, what })
        };
        commands.registry.edit(&document, rows, plan, settle).await??;
        commands.talk_changed(&saying.meeting);
        Ok(())
    }
}

fn may_write(ruling: Ruling) -> Result<(), ApiError> {
    match ruling {
        Ruling::Yes => Ok(()),
        Ruling::No(why) => Err(ApiError::forbidden(why)),
        Ruling::NotThere => Err(ApiError::not_found("meeting")),
    }
}

/// A text that is in the meeting: nobody writes into what was deleted.
fn shown(agenda: &Agenda, field: &Field) -> Option<Body> {
    let item = agenda.item(field.item())?;
    match field {
        Field::Section(_, section) if !item.sections.iter().any(|known| known.id == *section) => None,
        _ => agenda.body(field),
    }
}

fn text_edit(field: &Field, delta: &Delta) -> Vec<Edit> {
    if delta.is_empty() { Vec::new() } else { vec![Edit::Text { field: field.clone(), delta: delta.clone() }] }
}

fn refused(refused: Refused) -> ApiError {
    match refused {
        Refused::Conflict(met) => ApiError::text_changed(met),
        Refused::NoPart(ordinal) => ApiError::invalid(format!("The proposal has no part {ordinal}.")),
        Refused::Decided(_) => ApiError::conflict("decided", "A part was decided before."),
        Refused::NoWords(ordinal) => ApiError::invalid(format!("Part {ordinal} cannot be taken with those words.")),
    }
}

/// A text as a client may write it: letters without control characters, attributes that the gate would let pass. A whole body ends in a newline;
/// a title is one line.
fn check_text(field: &Field, pieces: &[Insert], whole: bool) -> Result<(), ApiError> {
    let lines = matches!(field, Field::Section(..));
    if pieces.iter().map(|piece| piece.insert.len()).sum::<usize>() > MAX_TEXT {
        return Err(ApiError::invalid(format!("A text has at most {MAX_TEXT} bytes.")));
    }
    for piece in pieces {
        if piece.insert.is_empty() || clean_text(&piece.insert) != piece.insert {
            return Err(ApiError::invalid("The text holds a control character, or an empty piece."));
        }
        if let Some((key, _)) = piece.attributes.iter().find(|(key, value)| !may_stand(key, value, lines)) {
            return Err(ApiError::invalid(format!("Letters cannot have the attribute {key:?} with that value.")));
        }
    }
    let text = words(pieces);
    if !lines && text.contains('\n') {
        return Err(ApiError::invalid("A title is one line."));
    }
    // One that ends in a table gets its line below when it is taken.
    if whole && lines && !text.ends_with('\n') {
        return Err(ApiError::invalid("A section ends in a newline."));
    }
    Ok(())
}

/// Plain text with line breaks, of bounded length; may be empty.
fn check_note(note: &str) -> Result<String, ApiError> {
    let note = note.replace("\r\n", "\n").trim().to_owned();
    if note.chars().count() > MAX_NOTE || note.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t') {
        return Err(ApiError::invalid(format!("A note has at most {MAX_NOTE} characters, and no control characters.")));
    }
    Ok(note)
}
