//! Everything that is kept: documents as opaque bytes with revisions, and the rows beside them. All SQL is here.
//!
//! One thread writes (`writer`), a few connections read; both are SQLite in the data folder, so another process (an import on the command
//! line) may open the same database while the server runs. A write is over when it has reached the disk, never before.
//! Knows no agenda, no room and no socket.

mod account;
mod act;
mod apart;
mod attachment;
pub mod audit;
mod connection;
pub mod copy;
mod document;
mod error;
mod failpoint;
mod forum;
pub mod head;
mod items;
mod ledger;
mod link;
mod meeting;
mod member;
mod migrations;
mod notice;
mod outbox;
pub mod packed;
mod participant;
mod person;
mod points;
mod positions;
mod proposal;
mod rights;
pub mod salvage;
mod search;
mod session;
mod setting;
mod space;
mod support;
mod talk;
pub mod version;
mod writer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use dagsorden_shared::access::{Role, Verb};
use dagsorden_shared::agenda::Anchor;
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{CommentId, DocumentId, ForumId, MeetingId, SessionId, ThreadId};
use dagsorden_shared::talk::Talk;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep};

use audit::Entry;
use connection::{Database, Readers};
use ledger::Ledger;
use rights::RightsCache;
use space::Space;
use writer::{Disk, Writer};

use crate::rights::{Actor, Rights, Via};

pub use account::{AccountRow, NewAccount, NewToken, email_key};
pub use act::{Act, On};
pub use apart::{NewItemDocument, ReturnedItem};
pub use attachment::{AttachmentDraft, FoundAttachment};
pub use document::{Batch, DocumentState, Loaded};
pub use error::{DamagedRow, StoreError};
pub(crate) use failpoint::failpoint;
pub use items::NewItems;
pub use ledger::Refused;
pub use link::{LinkUse, NewLink, Purpose};
pub use meeting::{DeletedMeeting, ForumChoice, MeetingFilter, NewMeeting, StoredMeeting, Summary};
pub use member::{Invitation, KnownAccount, Member};
pub use notice::{NoticeKind, OpenNotice};
pub use outbox::{About, Mail, NewMail};
pub use person::Author;
pub use points::{PointPlace, PositionDraft};
pub use positions::Carry;
pub use proposal::{ProposalDraft, Settled, StoredDecision, StoredProposal, What};
pub use search::Match;
pub use session::{NewSession, SessionRow};
pub use setting::HUES;
pub use space::Kept;
pub use support::SupportDraft;
pub use talk::{CommentChange, CommentDraft, Mention, Speaker, Stored, ThreadDraft};
pub use version::{Move, Moved, PublishedVersion, StoredVersion, VersionItem, VersionText};

/// The database's file in the data folder.
pub const FILE: &str = "dagsorden.sqlite";

/// Name of the setting that holds what the salts of versions are made from.
const VERSION_SECRET: &str = "version_secret";

/// How often the audit trail is written while there is something to write.
const AUDIT_PAUSE: Duration = Duration::from_secs(1);

/// The open database. Cheap to clone; the last clone to go closes it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    writer: Writer,
    readers: Readers,
    full: watch::Receiver<bool>,
    cache: Arc<RightsCache>,
    rights: watch::Receiver<Arc<Rights>>,
    ledger: Mutex<Ledger>,
    version_secret: tokio::sync::OnceCell<Vec<u8>>,
    mail: Notify,
    touched: Mutex<HashMap<SessionId, i64>>,
}

impl Inner {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds to the audit trail. A row that cannot be written is lost but for the log, which has each refusal as well.
    fn write_audit(&self, entries: Vec<Entry>) -> impl Future<Output = ()> + Send + 'static + use<> {
        let written = (!entries.is_empty()).then(|| self.writer.write(move |database| audit::append(database, entries)));
        async move {
            if let Some(written) = written
                && let Err(error) = written.await
            {
                tracing::error!(%error, "the audit trail was not written");
            }
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Store").field(&self.inner.path).finish()
    }
}

impl Store {
    /// As [`Store::open_keeping`], where the disk may be filled.
    ///
    /// # Errors
    /// As there.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Self::open_keeping(folder, Kept::Bytes(0))
    }

    /// Opens the database in `folder`, making both if they are missing, and brings the tables up to date. With less room on the disk than is
    /// to be `kept` free the store says that the disk is full.
    ///
    /// # Errors
    /// No permission, a damaged or foreign file, one of a newer version, a full disk: say so and stop.
    pub fn open_keeping(folder: &Path, kept: Kept) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder)
            .map_err(|cause| StoreError::NotWritable { path: folder.to_owned(), cause: cause.to_string().into() })?;
        let path = folder.join(FILE);
        let mut connection = connection::open_writer(&path)?;
        migrations::migrate(&mut connection, &path)?;
        let mut space = Space::of(folder, kept);
        let (tell_full, full) = watch::channel(space.is_low());
        let (cache, rights) = RightsCache::load(&Database { connection: &connection, path: &path })?;
        let cache = Arc::new(cache);
        let writer = Writer::start(connection, path.clone(), Disk { space, full: tell_full }, Arc::clone(&cache))?;
        let readers = Readers::new(path.clone());
        let inner = Inner {
            writer,
            readers,
            path,
            full,
            cache,
            rights,
            ledger: Mutex::default(),
            version_secret: tokio::sync::OnceCell::new(),
            mail: Notify::new(),
            touched: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The database's file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Whether the disk is full or has less room than is kept free, now and whenever that changes. While it is so, nothing that grows should be
    /// stored: the store finds out by itself when that can be done again.
    pub fn full(&self) -> watch::Receiver<bool> {
        self.inner.full.clone()
    }

    /// The rights as last committed, and a way to hear of new ones.
    pub fn rights(&self) -> watch::Receiver<Arc<Rights>> {
        self.inner.rights.clone()
    }

    /// The rights as last committed.
    pub fn rights_now(&self) -> Arc<Rights> {
        Arc::clone(&self.inner.rights.borrow())
    }

    /// Judges `act` by the rights inside the transaction, does `work` and notes it in the audit trail, all or nothing.
    async fn act<T: Send + 'static>(
        &self,
        act: Act,
        work: impl FnOnce(&Database<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let cache = Arc::clone(&self.inner.cache);
        self.inner.writer.write(move |database| act.perform(database, &cache, work)).await
    }

    /// Finishes what is queued and closes the database. Later calls fail with [`StoreError::Closed`].
    pub async fn close(&self) {
        let entries = self.inner.ledger().take(Instant::now(), true);
        self.inner.write_audit(entries).await;
        self.inner.readers.close();
        // An error means that the thread has ended, which is what is asked for.
        let _ = self.inner.writer.stop().await;
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = Arc::clone(&self.inner);
        tokio::task::spawn_blocking(move || inner.readers.read(work)).await.map_err(|_| StoreError::Closed)?
    }

    /// Whether the database can be read.
    ///
    /// # Errors
    /// It cannot.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.read(|database| database.connection.query_row("SELECT 1", [], |_| Ok(())).map_err(database.error("checking the database")))
            .await
    }

    /// Queues one update of a document at once; the future ends when it is on disk. All that is queued meanwhile shares one commit.
    ///
    /// # Errors
    /// Nothing of the batch was stored. Drop what was made of it and load the document again.
    pub fn commit(&self, batch: Batch) -> impl Future<Output = Result<(), StoreError>> + Send + 'static + use<> {
        let cache = Arc::clone(&self.inner.cache);
        self.inner.writer.write(move |database| document::append_judged(database, &cache, &batch))
    }

    /// A document as it stands on disk. `None`: no document has this id. A damaged snapshot is made up for by the one before it and the
    /// updates since.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if a row that is needed does not match its checksum or is missing; other documents are not concerned.
    pub async fn load(&self, document: &DocumentId) -> Result<Option<Loaded>, StoreError> {
        let document = document.clone();
        self.read(move |database| document::load(database, &document)).await
    }

    /// Stores the state at `revision`, keeps the snapshot before it, and drops the updates up to that one, all in one transaction.
    ///
    /// # Errors
    /// Nothing was changed; the log still holds everything.
    pub async fn compact(&self, document: DocumentId, revision: u64, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.inner.writer.write(move |database| document::compact(database, &document, revision, &bytes)).await
    }

    /// Whether a document is there, and whose it is.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn document_state(&self, document: &DocumentId) -> Result<DocumentState, StoreError> {
        let document = document.clone();
        self.read(move |database| document::state(database, &document)).await
    }

    /// Begins a thread with its first comment; sent twice it happens once.
    ///
    /// # Errors
    /// Not allowed; another thread has this id. Nothing was stored.
    pub async fn begin_thread(&self, act: Act, speaker: Speaker, thread: ThreadDraft, comment: CommentDraft) -> Result<Stored, StoreError> {
        self.act(act, move |database| talk::create_thread(database, &speaker, &thread, &comment)).await
    }

    /// Adds a comment to a thread; sent twice it happens once.
    ///
    /// # Errors
    /// Not allowed; no such thread; another comment has this id. Nothing was stored.
    pub async fn reply(
        &self,
        act: Act,
        speaker: Speaker,
        thread: ThreadId,
        meeting: MeetingId,
        comment: CommentDraft,
    ) -> Result<Stored, StoreError> {
        self.act(act, move |database| talk::create_comment(database, &speaker, &thread, &meeting, &comment)).await
    }

    /// Gives a comment of the actor's own another text.
    ///
    /// # Errors
    /// Not allowed; not the actor's own; changed since `version`. Nothing was stored.
    pub async fn change_comment(
        &self,
        act: Act,
        speaker: Speaker,
        meeting: MeetingId,
        id: CommentId,
        change: CommentChange,
    ) -> Result<(), StoreError> {
        self.act(act, move |database| talk::change_comment(database, &speaker, &meeting, &id, &change)).await
    }

    /// Deletes a comment of the actor's own.
    ///
    /// # Errors
    /// Not allowed; not the actor's own. Nothing was changed.
    pub async fn delete_comment(&self, act: Act, meeting: MeetingId, id: CommentId) -> Result<(), StoreError> {
        let user = act.actor.user.as_str().to_owned();
        self.act(act, move |database| talk::delete_comment(database, &user, &meeting, &id)).await
    }

    /// The key of who began a thread.
    ///
    /// # Errors
    /// No such thread in this meeting.
    pub async fn thread_author(&self, meeting: MeetingId, thread: ThreadId) -> Result<String, StoreError> {
        self.read(move |database| talk::began(database, &meeting, &thread)).await
    }

    /// Resolves a thread, or opens it again.
    ///
    /// # Errors
    /// Not allowed. Nothing was changed.
    pub async fn set_resolved(&self, act: Act, meeting: MeetingId, thread: ThreadId, resolved: bool) -> Result<(), StoreError> {
        let person = act.person.clone();
        self.act(act, move |database| talk::set_resolved(database, &person, &meeting, &thread, resolved)).await
    }

    /// Stores where a thread's words are now.
    ///
    /// # Errors
    /// Not allowed; the thread has changed since `version`. Nothing was changed.
    pub async fn move_anchor(
        &self,
        act: Act,
        meeting: MeetingId,
        thread: ThreadId,
        (field, anchor): (String, Anchor),
        version: u32,
    ) -> Result<(), StoreError> {
        self.act(act, move |database| talk::move_anchor(database, &meeting, &thread, (&field, &anchor), version)).await
    }

    /// Notes that a person has read these threads, up to a count of changes if they did not see them all.
    ///
    /// # Errors
    /// Nothing was stored.
    pub async fn mark_read(&self, user: String, meeting: MeetingId, threads: Vec<ThreadId>, until: Option<i64>) -> Result<(), StoreError> {
        self.inner.writer.write(move |database| talk::mark_read(database, &user, &meeting, &threads, until)).await
    }

    /// What was said in a meeting after `since`, as a person sees it, and the count it has come to.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn talk(&self, meeting: MeetingId, user: String, since: i64) -> Result<(Talk, i64), StoreError> {
        self.read(move |database| talk::read(database, &meeting, &user, since)).await
    }

    /// Stores a meeting, its rows and its document as one; answers its forum.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if the forum does not exist; [`StoreError::Full`]. Nothing was stored.
    pub async fn create_meeting(&self, actor: Actor, person: Person, new: NewMeeting) -> Result<ForumId, StoreError> {
        if *self.inner.full.borrow() {
            return Err(StoreError::Full { path: self.inner.path.clone() });
        }
        let cache = Arc::clone(&self.inner.cache);
        self.inner
            .writer
            .write(move |database| {
                // A forum that is not there yet has to be made first, which takes a right of its own.
                let act =
                    |verb, on, object: &str| Act { actor: actor.clone(), person: person.clone(), verb, on, object: object.to_owned() };
                let forum = match meeting::find_forum(database, &new.forum)? {
                    Some(forum) => forum,
                    None => {
                        let maker = crate::rights::account_id(&actor.user).filter(|_| matches!(actor.via, Via::Session(_) | Via::Token(_)));
                        act(Verb::CreateForum, On::Installation, "").perform(database, &cache, |database| {
                            let forum = meeting::choose_forum(database, &new.forum)?;
                            if let Some(maker) = maker {
                                account::set_role(database, &forum, &maker, Some(Role::Secretariat))?;
                            }
                            Ok(forum)
                        })?
                    }
                };
                let act = act(Verb::CreateMeeting, On::Forum(forum.clone()), new.meeting.as_str());
                act.perform(database, &cache, |database| meeting::create(database, &forum, &new))?;
                Ok(forum)
            })
            .await
    }

    /// Hue of an organisation, 1 to [`HUES`], given in order of joining.
    ///
    /// # Errors
    /// The organisation is new and could not be stored.
    pub async fn hue_of(&self, organisation: String) -> Result<u8, StoreError> {
        let name = organisation.clone();
        match self.read(move |database| setting::find_hue(database, &name)).await? {
            Some(hue) => Ok(hue),
            None => self.inner.writer.write(move |database| setting::hue_of(database, &organisation)).await,
        }
    }

    /// Keeps who stands behind a user key, as they say it now.
    ///
    /// # Errors
    /// Nothing was stored.
    pub async fn set_person(&self, user: String, person: Person) -> Result<(), StoreError> {
        self.inner.writer.write(move |database| person::set(database, &user, &person)).await
    }

    /// The same, unless something is known of them: what a cookie says may be older.
    ///
    /// # Errors
    /// Nothing was stored.
    pub async fn keep_person(&self, user: String, person: Person) -> Result<(), StoreError> {
        let key = user.clone();
        if self.read(move |database| person::is_known(database, &key)).await? { Ok(()) } else { self.set_person(user, person).await }
    }

    /// Whose the client ids of a document are.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn authors(&self, document: &DocumentId) -> Result<Vec<Author>, StoreError> {
        let document = document.clone();
        self.read(move |database| person::authors(database, &document)).await
    }

    /// Notes a refusal for the audit trail, and never waits: it is written with the commits of the next seconds. On the tokio runtime.
    pub fn note_refused(&self, refused: Refused) {
        let time = jiff::Timestamp::now().as_millisecond();
        if self.inner.ledger().note(Instant::now(), time, refused) {
            tokio::spawn(look_after_ledger(Arc::downgrade(&self.inner)));
        }
    }

    /// The value of a setting; `value` is stored and answered if there is none yet.
    ///
    /// # Errors
    /// Nothing was stored.
    pub async fn setting(&self, key: &'static str, value: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        self.inner.writer.write(move |database| setting::get_or_insert(database, key, &value)).await
    }
}

/// Has the audit trail written until nothing is left to write.
async fn look_after_ledger(store: Weak<Inner>) {
    loop {
        sleep(AUDIT_PAUSE).await;
        let Some(store) = store.upgrade() else { return };
        // On a full disk it waits; it does not grow without bounds.
        if *store.full.borrow() {
            continue;
        }
        let entries = store.ledger().take(Instant::now(), false);
        let written = store.write_audit(entries);
        if store.ledger().is_settled() {
            return written.await;
        }
        drop(store);
        written.await;
    }
}

#[cfg(test)]
mod tests;
