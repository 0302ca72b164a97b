//! The server's JSON in the page, field by field.
//!
//! The shapes are those of `dagsorden_shared::api`, which the server reads and writes with serde; a test here holds the two against each
//! other. See `dagsorden_shared::json` for why. Reading is tolerant: what is odd is absent.

use dagsorden_shared::access::{Phase, Role};
use dagsorden_shared::agenda::Anchor;
use dagsorden_shared::api::{
    Added, Author, Boot, BootPage, ChangedParticipant, Created, Finding, ForumRow, ItemAttachment, ItemDocument, MeetingDetail,
    MembersAdded, NewForum, NewParticipant, ParticipantRow, Person, Problem,
};
use dagsorden_shared::event::Event;
use dagsorden_shared::id::ClientId;
use dagsorden_shared::json::Json;
use dagsorden_shared::meeting_json::{AttachmentJson, AttachmentStatus, Participant, ParticipantStatus, SectionKind};
use dagsorden_shared::template::TemplateSection;

/// What can be read from JSON.
pub trait FromJson: Sized {
    /// `None` if it is not of this shape.
    fn from_json(value: &Json) -> Option<Self>;
}

/// What can be sent as JSON.
pub trait ToJson {
    /// In the shape that the server reads.
    fn to_json(&self) -> Json;
}

/// The value that stands in `text`; `None` if that is no JSON, or not of this shape.
pub fn read<T: FromJson>(text: &str) -> Option<T> {
    T::from_json(&Json::read(text)?)
}

/// A text of an object.
pub fn text(value: &Json, key: &str) -> Option<String> {
    value.get(key)?.as_text().map(str::to_owned)
}

/// A whole number of an object.
pub fn number(value: &Json, key: &str) -> Option<u64> {
    u64::try_from(value.get(key)?.as_whole()?).ok()
}

/// A list of an object; entries that are not of the shape are left out.
pub fn list<T>(value: &Json, key: &str, read: impl Fn(&Json) -> Option<T>) -> Vec<T> {
    value.get(key).map(|list| list.entries().iter().filter_map(read).collect()).unwrap_or_default()
}

fn id<T: std::str::FromStr>(value: &Json, key: &str) -> Option<T> {
    value.get(key)?.as_text()?.parse().ok()
}

impl FromJson for Boot {
    fn from_json(value: &Json) -> Option<Self> {
        let page = value.get("page")?;
        let page = match (page.get("home"), page.get("meeting")) {
            (Some(_), _) => BootPage::Home {},
            (None, Some(meeting)) => BootPage::Meeting { detail: Box::new(MeetingDetail::from_json(meeting.get("detail")?)?) },
            (None, None) => return None,
        };
        let role = value.get("role").and_then(Json::as_text).and_then(Role::parse);
        let open = value.get("open") == Some(&Json::Bool(true));
        Some(Self { me: Person::from_json(value.get("me")?)?, user: text(value, "user")?, open, role, page })
    }
}

impl FromJson for Person {
    fn from_json(value: &Json) -> Option<Self> {
        let hue = number(value, "hue").and_then(|hue| u8::try_from(hue).ok()).unwrap_or_default();
        Some(Self { name: text(value, "name")?, organisation: text(value, "organisation").unwrap_or_default(), hue })
    }
}

impl FromJson for Vec<Author> {
    fn from_json(value: &Json) -> Option<Self> {
        let author =
            |row: &Json| Some(Author { client: ClientId::new(number(row, "client")?)?, person: Person::from_json(row.get("person")?)? });
        Some(value.entries().iter().filter_map(author).collect())
    }
}

impl FromJson for ForumRow {
    fn from_json(value: &Json) -> Option<Self> {
        let meetings = number(value, "meetings").and_then(|meetings| u32::try_from(meetings).ok())?;
        Some(Self { id: id(value, "id")?, name: text(value, "name")?, meetings })
    }
}

impl FromJson for Created {
    fn from_json(value: &Json) -> Option<Self> {
        Some(Self { meeting: id(value, "meeting")?, document: id(value, "document")? })
    }
}

impl FromJson for Added {
    fn from_json(value: &Json) -> Option<Self> {
        let items = value.get("items")?.entries().iter().map(|item| item.as_text()?.parse().ok()).collect::<Option<_>>()?;
        // What was left out was shown before.
        Some(Self { items, left_out: Vec::new() })
    }
}

impl FromJson for Problem {
    fn from_json(value: &Json) -> Option<Self> {
        let status = number(value, "status").and_then(|status| u16::try_from(status).ok())?;
        Some(Self { code: text(value, "type")?, title: text(value, "title")?, status, detail: text(value, "detail") })
    }
}

impl FromJson for ItemDocument {
    fn from_json(value: &Json) -> Option<Self> {
        Some(Self { item: id(value, "item")?, document: id(value, "document")? })
    }
}

impl FromJson for MeetingDetail {
    fn from_json(value: &Json) -> Option<Self> {
        Some(Self {
            id: id(value, "id")?,
            forum: id(value, "forum")?,
            forum_name: text(value, "forum_name")?,
            phase: phase(value.get("phase")?.as_text()?)?,
            documents: list(value, "documents", |document| document.as_text()?.parse().ok()),
            item_documents: list(value, "item_documents", ItemDocument::from_json),
            may: list(value, "may", |verb| Some(verb.as_text()?.to_owned())),
            participants: list(value, "participants", participant),
            layout: list(value, "layout", |section| {
                Some(TemplateSection { kind: SectionKind::parse(section.get("kind")?.as_text()?)?, heading: text(section, "heading") })
            }),
            attachments: list(value, "attachments", |row| {
                // What the row has beside this the part `files` asks for itself.
                let shown = ItemAttachment::new(id(row, "item")?, attachment(row.get("attachment")?)?);
                Some(ItemAttachment { href: text(row, "href"), ..shown })
            }),
        })
    }
}

impl FromJson for Event {
    fn from_json(value: &Json) -> Option<Self> {
        let flag = |key: &str| value.get(key).map(|value| *value == Json::Bool(true));
        Some(match value.get("type")?.as_text()? {
            "storage" => Self::Storage { full: flag("full")? },
            "rights" => Self::Rights { write: flag("write")? },
            "again" => Self::Again,
            "meeting" => Self::Meeting { phase: phase(value.get("phase")?.as_text()?)? },
            "talk" => Self::Talk,
            _ => return None,
        })
    }
}

impl FromJson for Finding {
    fn from_json(value: &Json) -> Option<Self> {
        if value.as_text() == Some("no_date") {
            return Some(Self::NoDate);
        }
        let Json::Object(fields) = value else { return None };
        let (kind, inner) = fields.first()?;
        let number = || text(inner, "number");
        let words = || text(inner, "words");
        let count = || number_of(inner, "count");
        Some(match kind.as_str() {
            "number_gap" => Self::NumberGap { missing: list(inner, "missing", |number| number.as_text().map(str::to_owned)) },
            "empty_item" => Self::EmptyItem { number: number()? },
            "joined_paragraph" => Self::JoinedParagraph { number: number()?, words: words()? },
            "dead_link" => Self::DeadLink { number: number()?, words: words()? },
            "comment" => Self::Comment { author: text(inner, "author")?, words: words()?, text: text(inner, "text")? },
            "tracked_changes" => Self::TrackedChanges { count: count()? },
            "pictures" => Self::Pictures { count: count()? },
            "inner_files" => Self::InnerFiles { count: count()? },
            _ => return None,
        })
    }
}

fn number_of(value: &Json, key: &str) -> Option<u32> {
    u32::try_from(number(value, key)?).ok()
}

fn phase(name: &str) -> Option<Phase> {
    Phase::ALL.into_iter().find(|phase| phase.as_str() == name)
}

fn participant(value: &Json) -> Option<Participant> {
    let status = status(value.get("status").and_then(Json::as_text).unwrap_or_default());
    let word = |key: &str| text(value, key);
    let (arrived, departed) = (word("arrived"), word("departed"));
    Some(Participant { name: word("name")?, organisation: word("organisation"), role: word("role"), status, arrived, departed })
}

fn attachment(value: &Json) -> Option<AttachmentJson> {
    let status = match text(value, "status").as_deref() {
        Some("eftersendes") => AttachmentStatus::Eftersendes,
        Some("omtalt") => AttachmentStatus::Omtalt,
        _ => AttachmentStatus::Vedlagt,
    };
    Some(AttachmentJson { number: text(value, "number"), title: text(value, "title")?, status, file: None })
}

impl FromJson for Anchor {
    fn from_json(value: &Json) -> Option<Self> {
        Some(Self {
            start: text(value, "start")?,
            end: text(value, "end")?,
            quote: text(value, "quote")?,
            quote_len: u32::try_from(number(value, "quote_len")?).ok()?,
            quote_hash: text(value, "quote_hash"),
            before: text(value, "before")?,
            after: text(value, "after")?,
        })
    }
}

impl ToJson for Anchor {
    fn to_json(&self) -> Json {
        Json::object([
            ("start", Json::text(&self.start)),
            ("end", Json::text(&self.end)),
            ("quote", Json::text(&self.quote)),
            ("quote_len", Json::whole(self.quote_len.into())),
            ("quote_hash", Json::maybe(self.quote_hash.as_deref())),
            ("before", Json::text(&self.before)),
            ("after", Json::text(&self.after)),
        ])
    }
}

impl ToJson for Json {
    fn to_json(&self) -> Json {
        self.clone()
    }
}

impl ToJson for Person {
    fn to_json(&self) -> Json {
        let Self { name, organisation, hue } = self;
        Json::object([("name", Json::text(name)), ("organisation", Json::text(organisation)), ("hue", Json::whole((*hue).into()))])
    }
}

impl ToJson for NewForum {
    fn to_json(&self) -> Json {
        Json::object([("name", Json::text(&self.name))])
    }
}

/// The word of a status on the wire.
pub fn status_word(status: ParticipantStatus) -> &'static str {
    match status {
        ParticipantStatus::Deltager => "deltager",
        ParticipantStatus::Stedfortraeder => "stedfortræder",
        ParticipantStatus::Gaest => "gæst",
        ParticipantStatus::Afbud => "afbud",
        ParticipantStatus::Sekretariat => "sekretariat",
    }
}

/// A status by its word on the wire; anything else takes part.
pub fn status(word: &str) -> ParticipantStatus {
    ParticipantStatus::ALL.into_iter().find(|status| status_word(*status) == word).unwrap_or_default()
}

impl FromJson for ParticipantRow {
    fn from_json(value: &Json) -> Option<Self> {
        let person = participant(value)?;
        Some(Self { id: id(value, "id")?, version: number_of(value, "version")?, position: number_of(value, "position")?, person })
    }
}

impl FromJson for Vec<ParticipantRow> {
    fn from_json(value: &Json) -> Option<Self> {
        Some(value.entries().iter().filter_map(ParticipantRow::from_json).collect())
    }
}

impl FromJson for MembersAdded {
    fn from_json(value: &Json) -> Option<Self> {
        Some(Self { added: number_of(value, "added")? })
    }
}

impl ToJson for NewParticipant {
    fn to_json(&self) -> Json {
        let Participant { name, organisation, role, status, arrived, departed } = &self.person;
        Json::object([
            ("position", self.position.map_or(Json::Null, |position| Json::whole(position.into()))),
            ("name", Json::text(name)),
            ("organisation", Json::maybe(organisation.as_deref())),
            ("role", Json::maybe(role.as_deref())),
            ("status", Json::text(status_word(*status))),
            ("arrived", Json::maybe(arrived.as_deref())),
            ("departed", Json::maybe(departed.as_deref())),
        ])
    }
}

impl ToJson for ChangedParticipant {
    fn to_json(&self) -> Json {
        Json::object([
            ("version", Json::whole(self.version.into())),
            ("name", Json::maybe(self.name.as_deref())),
            ("organisation", Json::maybe(self.organisation.as_deref())),
            ("role", Json::maybe(self.role.as_deref())),
            ("status", Json::maybe(self.status.map(status_word))),
            ("arrived", Json::maybe(self.arrived.as_deref())),
            ("departed", Json::maybe(self.departed.as_deref())),
        ])
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;

    fn check<T: FromJson + serde::Serialize + PartialEq + Debug>(value: T) {
        assert_eq!(read::<T>(&serde_json::to_string(&value).unwrap()), Some(value));
    }

    #[test]
    fn what_the_server_writes_is_what_the_page_reads() {
        let me = Person { name: "Eva".into(), organisation: "Aaby".into(), hue: 3 };
        let person = |status| Participant {
            name: "Bo".into(),
            role: Some("formand".into()),
            status,
            arrived: Some("09:40".into()),
            ..Participant::default()
        };
        let file = |status| ItemAttachment {
            href: Some("/api/attachments/a1".into()),
            ..ItemAttachment::new(
                "i1".parse().unwrap(),
                AttachmentJson { number: Some("1".into()), title: "Notat.pdf".into(), status, file: None },
            )
        };
        for phase in Phase::ALL {
            let detail = MeetingDetail {
                id: "m1".parse().unwrap(),
                forum: "f1".parse().unwrap(),
                forum_name: "Kredsen".into(),
                phase,
                documents: vec!["d1".parse().unwrap(), "d2".parse().unwrap()],
                item_documents: vec![ItemDocument { item: "i1".parse().unwrap(), document: "d2".parse().unwrap() }],
                may: vec!["write".into()],
                layout: vec![
                    TemplateSection { kind: SectionKind::MunicipalRemarks, heading: Some("Bemærkninger".into()) },
                    TemplateSection { kind: SectionKind::Case, heading: None },
                ],
                participants: ParticipantStatus::ALL.map(person).to_vec(),
                attachments: [AttachmentStatus::Vedlagt, AttachmentStatus::Eftersendes, AttachmentStatus::Omtalt].map(file).to_vec(),
            };
            check(Boot {
                me: me.clone(),
                user: "u".into(),
                open: true,
                role: Some(Role::Chair),
                page: BootPage::Meeting { detail: Box::new(detail) },
            });
        }
        check(vec![Author { client: ClientId::new(ClientId::MAX).unwrap(), person: me.clone() }]);
        check(ForumRow { id: "f1".parse().unwrap(), name: "Kredsen".into(), meetings: 2 });
        check(Boot { me, user: "u".into(), open: false, role: None, page: BootPage::Home {} });
        let row = |status| ParticipantRow { id: "p1".parse().unwrap(), version: 2, position: 7, person: person(status) };
        check(ParticipantStatus::ALL.map(row).to_vec());
        check(MembersAdded { added: 3 });
        check(Added { items: vec!["i1".parse().unwrap(), "i2".parse().unwrap()], left_out: Vec::new() });
        check(Created { meeting: "m1".parse().unwrap(), document: "d1".parse().unwrap() });
        check(Problem { code: "invalid".into(), title: "No.".into(), status: 422, detail: Some("why".into()) });
        check(Problem { code: "invalid".into(), title: "No.".into(), status: 422, detail: None });
        let (number, words) = (String::from("3"), String::from("om det"));
        check(Finding::NumberGap { missing: vec!["4".into()] });
        check(Finding::EmptyItem { number: number.clone() });
        check(Finding::JoinedParagraph { number: number.clone(), words: words.clone() });
        check(Finding::DeadLink { number, words: words.clone() });
        check(Finding::Comment { author: "Bo".into(), words, text: "Nej".into() });
        check(Finding::TrackedChanges { count: 6 });
        check(Finding::Pictures { count: 1 });
        check(Finding::InnerFiles { count: 2 });
        check(Finding::NoDate);
        check(anchor(None));
        check(anchor(Some("00ff".into())));
        let phases = Phase::ALL.map(|phase| Event::Meeting { phase });
        let others = [Event::Storage { full: true }, Event::Rights { write: false }, Event::Again, Event::Talk];
        for event in phases.into_iter().chain(others) {
            assert_eq!(read::<Event>(&event.to_json()), Some(event.clone()));
            check(event);
        }
        assert_eq!(read::<Event>(r#"{"type":"a newer one"}"#), None);
    }

    fn anchor(quote_hash: Option<String>) -> Anchor {
        let position = r#"{"item":{"client":5,"clock":7},"assoc":0}"#;
        let (before, after) = ("på ".into(), String::new());
        Anchor { start: position.into(), end: position.into(), quote: "ordet".into(), quote_len: 5, quote_hash, before, after }
    }

    #[test]
    fn what_the_page_sends_is_what_the_server_reads() {
        fn check<T: ToJson + serde::de::DeserializeOwned + PartialEq + Debug>(value: &T) {
            assert_eq!(serde_json::from_str::<T>(&value.to_json().write()).unwrap(), *value);
        }
        check(&Person { name: "Eva \"Æ\"".into(), organisation: String::new(), hue: 3 });
        check(&NewForum { name: "Kredsen".into() });
        let (organisation, departed) = (Some("Aaby".into()), Some("11:05".into()));
        let person = Participant { name: "Bo".into(), organisation, status: ParticipantStatus::Gaest, departed, ..Participant::default() };
        check(&NewParticipant { position: None, person: person.clone() });
        check(&NewParticipant { position: Some(4), person });
        let changed = ChangedParticipant { version: 2, name: Some("Bo".into()), ..ChangedParticipant::default() };
        check(&changed);
        check(&ChangedParticipant { status: Some(ParticipantStatus::Afbud), role: Some(String::new()), ..changed });
        check(&anchor(None));
        check(&anchor(Some("00ff".into())));
    }

    #[test]
    fn what_is_something_else_is_nothing() {
        for odd in ["", "{", "[]", "7", "{\"page\":{}}"] {
            assert_eq!(read::<Boot>(odd), None, "{odd}");
        }
    }
}
