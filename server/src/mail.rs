//! Sends what waits in the outbox by SMTP, one mail after the other, and tries again what could not leave. Knows no text and no person.

use std::time::Duration;

use lettre::message::header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, SinglePart};
use lettre::transport::smtp::Error;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::time::sleep;

use crate::config::Config;
use crate::store::{Mail, Store, StoreError};

/// How often the outbox is looked at without being told.
const LOOK: Duration = Duration::from_secs(30);
/// Between two mails that nobody waits for, so that mail servers do not take us for a flood.
const PACE: Duration = Duration::from_secs(1);
/// How long a mail server may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a mail is tried.
const TRIES: u32 = 10;
/// When a mail is tried again the first time; twice as long each time after, up to four hours.
const AGAIN: i64 = 60_000;
const LONGEST: i64 = 4 * 60 * 60 * 1000;
/// Links to sign in are good for a quarter of an hour: what is older need not leave.
const SIGN_IN_LIFE: i64 = 15 * 60_000;

/// Takes mails to a mail server.
#[derive(Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a mail did not leave.
struct Failure {
    cause: String,
    /// Trying again is of no use.
    permanent: bool,
}

/// Says to programs that answer mails that they need not answer this one.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// The same for those programs that know only this word.
#[derive(Clone)]
struct SuppressAnswers;

impl Header for SuppressAnswers {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Auto-Response-Suppress")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "OOF, AutoReply".to_owned())
    }
}

impl Mailer {
    /// The mail server of these settings. `None`: none is set.
    ///
    /// # Errors
    /// `smtp_url` or `mail_from` cannot be used, and why.
    pub fn new(config: &Config) -> Result<Option<Self>, String> {
        let Some(url) = &config.smtp_url else { return Ok(None) };
        let example = "smtps://USER:PASSWORD@mail.example.dk, or smtp://127.0.0.1:25";
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            // The address may hold a password: it is not repeated.
            .map_err(|error| format!("smtp_url: {error}; write it as {example}"))?
            .timeout(Some(PATIENCE))
            .build();
        let from =
            config.mail_from.as_deref().ok_or("smtp_url needs mail_from, the address that mails come from, as in dagsorden@example.dk")?;
        let from = from
            .parse()
            .map_err(|error| format!("mail_from {from:?}: {error}; write dagsorden@example.dk or Dagsorden <dagsorden@example.dk>"))?;
        Ok(Some(Self { transport, from }))
    }

    fn message(&self, mail: &Mail) -> Result<Message, String> {
        let recipient: Address = mail.recipient.parse().map_err(|error| format!("{error}"))?;
        // Encoded in any case: no line of a text can become a command of the protocol.
        let body = Body::new_with_encoding(mail.body.clone().replace('\r', ""), ContentTransferEncoding::Base64)
            .map_err(|_| "the text cannot be encoded".to_owned())?;
        // The person stands in the name; the address stays ours.
        let from = match &mail.sender {
            Some(sender) => Mailbox::new(Some(sender.clone()), self.from.email.clone()),
            None => self.from.clone(),
        };
        // Ids are of the sender's domain, for this machine has no name to tell.
        let id = |name: &str| format!("<{name}@{}>", self.from.email.domain());
        let mut message = Message::builder()
            .from(from)
            .to(Mailbox::new(None, recipient))
            .subject(mail.subject.clone())
            .header(AutoSubmitted)
            .header(SuppressAnswers)
            // The same when it is tried again.
            .message_id(Some(id(&mail.id)));
        if let Some(thread) = &mail.thread {
            // All mails of a thread answer one that never was: chains of answers would nest without end.
            let thread = id(&format!("t-{thread}"));
            message = message.in_reply_to(thread.clone()).references(thread);
        }
        message.singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body)).map_err(|error| error.to_string())
    }

    async fn send(&self, mail: &Mail) -> Result<(), Failure> {
        let message = self.message(mail).map_err(|cause| Failure { cause, permanent: true })?;
        let sent = self.transport.send(message).await;
        sent.map(drop).map_err(|error: Error| Failure { permanent: error.is_permanent(), cause: error.to_string() })
    }
}

/// Sends mail for as long as the server lives.
pub async fn run(store: Store, mailer: Mailer) {
    loop {
        let next = store.next_mail().await;
        let done = match next {
            Ok(Some(mail)) => {
                let waits = mail.kind != "sign_in";
                let done = take(&store, &mailer, mail).await;
                if waits {
                    sleep(PACE).await;
                }
                done
            }
            Ok(None) => {
                tokio::select! {
                    () = store.mail_queued() => {}
                    () = sleep(LOOK) => {}
                }
                Ok(())
            }
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            tracing::error!(%error, "the outbox cannot be worked on");
            sleep(LOOK).await;
        }
    }
}

/// Tries one mail and notes what came of it. The log names neither addresses nor texts.
async fn take(store: &Store, mailer: &Mailer, mail: Mail) -> Result<(), StoreError> {
    let now = jiff::Timestamp::now().as_millisecond();
    let failure = if !mail.wanted {
        Failure { cause: "the account is disabled".to_owned(), permanent: true }
    } else if mail.kind == "sign_in" && mail.created + SIGN_IN_LIFE < now {
        Failure { cause: "the link in it is too old".to_owned(), permanent: true }
    } else {
        match mailer.send(&mail).await {
            Ok(()) => return store.mail_sent(mail.id).await,
            Err(failure) => failure,
        }
    };
    let again = (!failure.permanent && mail.tries + 1 < TRIES).then(|| now + (AGAIN << mail.tries.min(8)).min(LONGEST));
    tracing::warn!(id = mail.id, tries = mail.tries + 1, given_up = again.is_none(), "a mail did not leave; the outbox says why");
    store.mail_not_sent(mail.id, failure.cause, again).await
}
