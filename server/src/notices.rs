//! Makes mails of what concerns people: one for all that happened in a thread or to a proposal within some minutes, with who and where and a link, and
//! never what was written. What was read meanwhile, taken back, or may not be seen any more is not told. Knows no SQL and no mail server.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use dagsorden_shared::access::Verb;
use dagsorden_shared::catalogue::notices::{Fate, Notices};
use dagsorden_shared::catalogue::{Catalogue, Language};
use dagsorden_shared::date::Date;
use dagsorden_shared::id::{AccountId, ItemId, MeetingId};

use crate::command::Commands;
use crate::error::ApiError;
use crate::site::Site;
use crate::store::{About, NewMail, NoticeKind, OpenNotice, StoreError};

/// How often is looked at most, and at least.
const OFTEN: Duration = Duration::from_millis(200);
const SELDOM: Duration = Duration::from_secs(20);
/// Proposals are gathered so many times as long as comments.
const PROPOSALS: i64 = 3;

/// Where each person chooses which of these mails they get.
const CHOICE: &str = "/konto#mails";

/// What makes the mails.
#[derive(Debug)]
pub struct Notifier {
    commands: Commands,
    site: Arc<Site>,
    /// How long comments are gathered.
    wait: Duration,
}

/// What becomes one mail.
type Bundle = (AccountId, NoticeKind, String);

/// How a meeting and its items are called.
struct Names {
    forum: String,
    date: Option<String>,
    /// Number and title; the title of a closed item is empty.
    items: HashMap<ItemId, (String, String)>,
}

impl Notifier {
    /// What makes mails, of what was gathered for `wait`.
    pub fn new(commands: Commands, site: Arc<Site>, wait: Duration) -> Self {
        Self { commands, site, wait }
    }

    /// Makes mails for as long as the server lives.
    pub async fn run(self) {
        loop {
            tokio::time::sleep((self.wait / 10).clamp(OFTEN, SELDOM)).await;
            if let Err(error) = self.make(jiff::Timestamp::now().as_millisecond()).await {
                tracing::error!(%error, "what concerns people cannot be read or told");
            }
        }
    }

    /// Makes the mails that are due at `now`, in milliseconds since 1970.
    ///
    /// # Errors
    /// The database could not be used; what was not sent is sent the next time.
    pub async fn make(&self, now: i64) -> Result<(), StoreError> {
        for bundle in due(self.commands.store.open_notices().await?, now, i64::try_from(self.wait.as_millis()).unwrap_or(i64::MAX)) {
            let told: Vec<&OpenNotice> = bundle.iter().filter(|notice| notice.is_news && self.may_hear(notice)).collect();
            let mail = match told.first() {
                Some(first) => match self.mail(&told, first).await {
                    Ok(mail) => Some(mail),
                    // A meeting that cannot be read now is tried again.
                    Err(error) if error.status().is_server_error() => {
                        tracing::warn!(meeting = %first.meeting, ?error, "a mail about what happened cannot be written");
                        continue;
                    }
                    Err(_) => None,
                },
                None => None,
            };
            let ids = bundle.iter().map(|notice| notice.id.clone()).collect();
            self.commands.store.finish_notices(ids, mail).await?;
        }
        Ok(())
    }

    /// Whether the rights as they are now let the person hear of it.
    fn may_hear(&self, notice: &OpenNotice) -> bool {
        let verb = if notice.kind == NoticeKind::Proposal { Verb::Write } else { Verb::SeeMeeting };
        let rights = self.commands.store.rights_now();
        !notice.email.is_empty() && rights.judge_account(&notice.account, &notice.meeting, verb).is_yes()
    }

    async fn mail(&self, told: &[&OpenNotice], first: &OpenNotice) -> Result<NewMail, ApiError> {
        let names = self.names(&first.meeting).await?;
        let language = first.locale.as_deref().and_then(Language::parse).unwrap_or(Language::Da);
        let text = Notices::of(language);
        let day = names.date.as_deref().and_then(Date::parse).map(|day| day.long(Catalogue::of(language)));
        let meeting = (text.meeting)(&names.forum, day.as_deref());
        let about = |notice: &OpenNotice| {
            let (number, title) = names.items.get(&notice.item).cloned().unwrap_or_default();
            (text.item)(&number, &title)
        };
        let mut lines: Vec<String> = Vec::new();
        for notice in told {
            let who = if notice.actor.organisation.is_empty() {
                notice.actor.name.clone()
            } else {
                format!("{} ({})", notice.actor.name, notice.actor.organisation)
            };
            let line = match notice.kind {
                NoticeKind::Mention => (text.mention)(&who, &about(notice), &meeting),
                NoticeKind::Reply => (text.reply)(&who, &about(notice), &meeting),
                NoticeKind::Proposal => (text.proposal)(&who, &about(notice), &meeting),
                NoticeKind::Decision => (text.decision)(notice.own, fate(notice), &who, &about(notice), &meeting),
            };
            // Several comments of one person are one line.
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        let (subject, why) = match first.kind {
            NoticeKind::Mention | NoticeKind::Reply => ((text.talk_subject)(&about(first), &meeting), text.why_talk),
            NoticeKind::Proposal => ((text.proposal_subject)(&all_items(told, &names, text), &meeting), text.why_proposal),
            NoticeKind::Decision => ((text.decision_subject)(first.own, fate(first), &about(first), &meeting), text.why_decision),
        };
        let link = self.site.url(&path(first));
        let newest = told.last().map_or(first, |notice| *notice);
        let sender = [newest.actor.name.as_str(), newest.actor.organisation.as_str()].map(str::trim);
        let sender = sender.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ");
        Ok(NewMail {
            account: Some(first.account.clone()),
            kind: "notice",
            recipient: first.email.clone(),
            subject,
            body: format!(
                "{}\n\n{}\n\n{}\n{link}\n\n{why}\n{} {}\n",
                (text.greeting)(&first.name),
                lines.join("\n"),
                text.read,
                text.turn_off,
                self.site.url(CHOICE)
            ),
            about: Some(About {
                notice: first.id.clone(),
                thread: if first.kind == NoticeKind::Proposal { first.meeting.to_string() } else { first.place.clone() },
                sender: (text.via)(&sender),
            }),
        })
    }

    async fn names(&self, meeting: &MeetingId) -> Result<Names, ApiError> {
        let place = self.commands.store.rights_now().meetings.meetings.get(meeting).cloned();
        let place = place.ok_or_else(|| ApiError::not_found("meeting"))?;
        let forum = self.commands.forum_name(&place.forum).await?;
        let snapshot = self.commands.registry.meeting(&place.document).await?;
        let name = |closed: bool, title: String| if closed { String::new() } else { title };
        let items = snapshot.items.iter().map(|item| (item.id.clone(), (item.number.clone(), name(item.closed, item.title.text()))));
        let (date, items) = (snapshot.header.date.clone(), items.collect());
        Ok(Names { forum, date, items })
    }
}

/// Where the link leads: to the thread, or to the item's proposals.
fn path(notice: &OpenNotice) -> String {
    let OpenNotice { meeting, item, place, .. } = notice;
    match notice.kind {
        NoticeKind::Mention | NoticeKind::Reply => format!("/m/{meeting}?samtale={place}#punkt-{item}"),
        NoticeKind::Proposal | NoticeKind::Decision => format!("/m/{meeting}?forslag={place}#punkt-{item}"),
    }
}

fn fate(notice: &OpenNotice) -> Fate {
    match notice.tally {
        (1.., ..) => Fate::Begun,
        (0, _, 0) => Fate::Taken,
        (0, 0, _) => Fate::Refused,
        (0, ..) => Fate::Partly,
    }
}

fn all_items(told: &[&OpenNotice], names: &Names, text: &Notices) -> String {
    let mut numbers: Vec<&str> = Vec::new();
    let mut only: Option<&(String, String)> = None;
    for (number, title) in told.iter().filter_map(|notice| names.items.get(&notice.item).map(|item| (&item.0, item))) {
        if !numbers.contains(&number.as_str()) {
            numbers.push(number);
            only = Some(title);
        }
    }
    match (numbers.as_slice(), only) {
        ([_], Some((number, title))) => (text.item)(number, title),
        _ => (text.items)(&numbers),
    }
}

/// The notices that belong together, as far as the oldest of them was gathered long enough.
fn due(notices: Vec<OpenNotice>, now: i64, wait: i64) -> Vec<Vec<OpenNotice>> {
    let mut bundles: Vec<(Bundle, Vec<OpenNotice>)> = Vec::new();
    for notice in notices {
        let key = match notice.kind {
            NoticeKind::Mention | NoticeKind::Reply => (notice.account.clone(), NoticeKind::Reply, notice.place.clone()),
            NoticeKind::Proposal => (notice.account.clone(), NoticeKind::Proposal, notice.meeting.to_string()),
            NoticeKind::Decision => (notice.account.clone(), NoticeKind::Decision, notice.place.clone()),
        };
        match bundles.iter_mut().find(|(known, _)| *known == key) {
            Some((_, bundle)) => bundle.push(notice),
            None => bundles.push((key, vec![notice])),
        }
    }
    let waits = |kind| match kind {
        NoticeKind::Mention | NoticeKind::Reply => wait,
        NoticeKind::Proposal | NoticeKind::Decision => wait.saturating_mul(PROPOSALS),
    };
    let is_due =
        |(key, bundle): &(Bundle, Vec<OpenNotice>)| bundle.first().is_some_and(|oldest| oldest.created.saturating_add(waits(key.1)) <= now);
    bundles.into_iter().filter(is_due).map(|(_, bundle)| bundle).collect()
}
