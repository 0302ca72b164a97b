//! What people say beside the text: threads and comments.
//!
//! An anchor is held against the committed text, and the words that are quoted are taken from it: nobody quotes what never stood there.

use dagsorden_shared::access::Verb;
use dagsorden_shared::agenda::{Agenda, Anchor, AnchorState, Field};
use dagsorden_shared::id::{AccountId, CommentId, MeetingId, ThreadId};
use dagsorden_shared::talk::{ChangedComment, MAX_COMMENT, MAX_MENTIONS, MovedAnchor, NewComment, NewThread};

use super::Commands;
use crate::error::ApiError;
use crate::rights::MeetingPlace;
use crate::store::{Act, CommentChange, CommentDraft, Mention, Speaker, Stored, ThreadDraft};

const MAX_ORGANISATION: usize = 80;

/// A meeting, and who says something in it.
#[derive(Debug, Clone)]
pub struct Saying {
    /// Who, and by which verb.
    pub act: Act,
    /// The meeting.
    pub meeting: MeetingId,
    /// Where it belongs and stands.
    pub place: MeetingPlace,
}

impl Saying {
    pub(super) fn speaker(&self) -> Speaker {
        Speaker { user: self.act.actor.user.as_str().to_owned(), person: self.act.person.clone() }
    }
}

impl Commands {
    /// Begins a thread with its first comment. Sent twice it happens once.
    ///
    /// # Errors
    /// Not allowed; no such item or field; 409 `text_not_here` while the words have not arrived: send it again later.
    pub async fn begin_thread(&self, saying: Saying, id: ThreadId, new: NewThread) -> Result<Stored, ApiError> {
        let comment = self.draft(&saying, new.comment.id.clone(), &new.comment)?;
        let field = new.field.as_deref().map(parse_field).transpose()?;
        if field.as_ref().is_some_and(|field| *field.item() != new.item) {
            return Err(ApiError::invalid("The field is not of that item."));
        }
        let item = new.item.clone();
        let given = new.anchor;
        let looked_up = field.clone();
        let document = saying.place.document_of(&new.item).clone();
        let anchor = self
            .registry
            .read(&document, move |agenda| {
                if agenda.item(&item).is_none() {
                    return Err(ApiError::not_found("item"));
                }
                match (&looked_up, &given) {
                    (Some(field), Some(anchor)) => quoted(agenda, field, anchor).map(Some),
                    (Some(field), None) if agenda.body(field).is_none() => Err(ApiError::not_found("section")),
                    (None, Some(_)) => Err(ApiError::invalid("Words are those of a field: name it.")),
                    _ => Ok(None),
                }
            })
            .await??;
        let thread = ThreadDraft {
            id,
            meeting: saying.meeting.clone(),
            document,
            item: new.item,
            field: field.map(|field| field.to_string()),
            anchor,
        };
        let stored = self.store.begin_thread(saying.act.clone(), saying.speaker(), thread, comment).await?;
        self.talk_changed(&saying.meeting);
        Ok(stored)
    }

    /// Adds a comment to a thread. A reply to a resolved thread opens it again.
    ///
    /// # Errors
    /// Not allowed; no such thread.
    pub async fn reply(&self, saying: Saying, thread: ThreadId, id: CommentId, comment: NewComment) -> Result<Stored, ApiError> {
        let comment = self.draft(&saying, Some(id), &comment)?;
        let stored = self.store.reply(saying.act.clone(), saying.speaker(), thread, saying.meeting.clone(), comment).await?;
        self.talk_changed(&saying.meeting);
        Ok(stored)
    }

    /// Gives a comment of one's own another text.
    ///
    /// # Errors
    /// Not one's own; 412 where it has changed meanwhile.
    pub async fn change_comment(&self, saying: Saying, id: CommentId, changed: ChangedComment) -> Result<(), ApiError> {
        let mentions = self.mentions(&saying.meeting, &changed.mentions)?;
        let change = CommentChange { body: check_body(&changed.body)?, mentions, version: changed.version };
        self.store.change_comment(saying.act.clone(), saying.speaker(), saying.meeting.clone(), id, change).await?;
        self.talk_changed(&saying.meeting);
        Ok(())
    }

    /// Deletes a comment of one's own, and with its last comment the thread.
    ///
    /// # Errors
    /// Not one's own; no such comment.
    pub async fn delete_comment(&self, saying: Saying, id: CommentId) -> Result<(), ApiError> {
        self.store.delete_comment(saying.act, saying.meeting.clone(), id).await?;
        self.talk_changed(&saying.meeting);
        Ok(())
    }

    /// Resolves a thread or opens it again: for who began it, and for those who may resolve those of others.
    ///
    /// # Errors
    /// Not allowed; no such thread.
    pub async fn resolve(&self, saying: Saying, thread: ThreadId, resolved: bool) -> Result<(), ApiError> {
        let began = self.store.thread_author(saying.meeting.clone(), thread.clone()).await?;
        let verb = if began == saying.act.actor.user.as_str() { Verb::Comment } else { Verb::Resolve };
        let act = Act { verb, ..saying.act };
        self.store.set_resolved(act, saying.meeting.clone(), thread, resolved).await?;
        self.talk_changed(&saying.meeting);
        Ok(())
    }

    /// Stores where a thread's words are now, as the page saw that undid or pasted them. The words must be the quote, or at least as like it as those
    /// at the old place.
    ///
    /// # Errors
    /// Not allowed; other words; 412 where the thread has changed meanwhile.
    pub async fn move_anchor(&self, saying: Saying, thread: ThreadId, moved: MovedAnchor) -> Result<(), ApiError> {
        let field = parse_field(&moved.field)?;
        let (looked_up, given) = (field.clone(), moved.anchor);
        let anchor = self.registry.read(saying.place.document_of(field.item()), move |agenda| quoted(agenda, &looked_up, &given)).await??;
        self.store.move_anchor(saying.act, saying.meeting.clone(), thread, (field.to_string(), anchor), moved.version).await?;
        self.talk_changed(&saying.meeting);
        Ok(())
    }

    fn draft(&self, saying: &Saying, id: Option<CommentId>, comment: &NewComment) -> Result<CommentDraft, ApiError> {
        let id = id.ok_or_else(|| ApiError::invalid("The comment has no id.").detail("The client makes it: `comment.id`."))?;
        let on_behalf = comment.on_behalf.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned);
        if on_behalf.as_ref().is_some_and(|name| name.chars().count() > MAX_ORGANISATION || name.chars().any(char::is_control)) {
            return Err(ApiError::invalid("The organisation has at most 80 characters on one line."));
        }
        let mentions = self.mentions(&saying.meeting, &comment.mentions)?;
        Ok(CommentDraft { id, body: check_body(&comment.body)?, mentions, on_behalf })
    }

    /// The people that a comment mentions, each once. All of them may read the meeting; that is judged again when a mail leaves.
    fn mentions(&self, meeting: &MeetingId, accounts: &[AccountId]) -> Result<Vec<Mention>, ApiError> {
        if accounts.len() > MAX_MENTIONS {
            return Err(ApiError::invalid(format!("A comment mentions at most {MAX_MENTIONS} people.")));
        }
        let rights = self.store.rights_now();
        let mut mentions: Vec<Mention> = Vec::new();
        for account in accounts {
            if mentions.iter().any(|known| known.account == *account) {
                continue;
            }
            let known = rights.people.accounts.get(account).filter(|_| rights.judge_account(account, meeting, Verb::SeeMeeting).is_yes());
            let known = known.ok_or_else(|| {
                ApiError::new(
                    axum::http::StatusCode::UNPROCESSABLE_ENTITY,
                    "may_not_read",
                    "A person it mentions may not read this meeting.",
                )
                .detail("Nothing was stored. Take the name out, or make the person a member of the forum.")
            })?;
            mentions.push(Mention { account: account.clone(), name: known.person.name.clone() });
        }
        Ok(mentions)
    }
}

pub(super) fn parse_field(field: &str) -> Result<Field, ApiError> {
    field.parse().map_err(|_| ApiError::invalid("This is no field.").detail("Fields are `title:ITEM` and `section:ITEM:SECTION`."))
}

/// The anchor with the words as they stand in the committed text. Where they are gone by now the author's own quote is kept.
fn quoted(agenda: &Agenda, field: &Field, anchor: &Anchor) -> Result<Anchor, ApiError> {
    if !anchor.is_sound() {
        return Err(ApiError::invalid("This is no anchor of that text."));
    }
    let found = agenda.find_anchor(field, anchor).ok_or_else(|| ApiError::not_found("section"))?;
    match found.state {
        AnchorState::Waiting => {
            Err(ApiError::new(axum::http::StatusCode::CONFLICT, "text_not_here", "The words this is about have not reached the server.")
                .detail("Nothing was stored. Send it again once the text is saved."))
        }
        AnchorState::Gone => Ok(anchor.clone()),
        AnchorState::Here | AnchorState::Edited => Ok(agenda.anchor(field, found.start, found.end).unwrap_or_else(|| anchor.clone())),
    }
}

/// Plain text with line breaks, of bounded length.
fn check_body(body: &str) -> Result<String, ApiError> {
    let body = body.replace("\r\n", "\n").trim().to_owned();
    if body.is_empty() {
        return Err(ApiError::invalid("The comment is empty."));
    }
    if body.chars().count() > MAX_COMMENT {
        return Err(ApiError::invalid(format!("The comment is longer than {MAX_COMMENT} characters.")));
    }
    if body.chars().any(|character| character.is_control() && character != '\n' && character != '\t') {
        return Err(ApiError::invalid("The comment holds a control character."));
    }
    Ok(body)
}
