//! The rows of proposals as the server has them. Knows no element.

use dagsorden_shared::api::Person;
use dagsorden_shared::json::Json;
use dagsorden_shared::proposal::{Edit, Insert, Part, PartKind, PartState, Proposal, Support, inserts_of};
use dagsorden_shared::richtext::quill;
use dagsorden_shared::talk::Stance;

use crate::json::{FromJson, list, number, text};

/// All proposals of the meeting.
#[derive(Debug, Default)]
pub(super) struct Rows {
    proposals: Vec<Proposal>,
}

impl Rows {
    /// Takes in what the server says. A row is taken only if its version is higher.
    pub(super) fn take(&mut self, rows: &[Json], reset: bool) {
        if reset {
            self.proposals.clear();
        }
        for row in rows.iter().filter_map(proposal) {
            match self.proposals.iter_mut().find(|known| known.id == row.id) {
                Some(known) if known.version > row.version => {}
                Some(known) => *known = row,
                None => self.proposals.push(row),
            }
        }
    }

    /// Those that were not taken back.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.iter().filter(|proposal| !proposal.withdrawn)
    }

    pub(super) fn find(&self, id: &str) -> Option<&Proposal> {
        self.proposals.iter().find(|proposal| proposal.id.as_str() == id)
    }
}

fn flag(value: &Json, key: &str) -> bool {
    matches!(value.get(key), Some(Json::Bool(true)))
}

fn small(value: &Json, key: &str) -> Option<u32> {
    u32::try_from(number(value, key)?).ok()
}

fn id<T: std::str::FromStr>(value: &Json, key: &str) -> Option<T> {
    value.get(key)?.as_text()?.parse().ok()
}

fn proposal(value: &Json) -> Option<Proposal> {
    Some(Proposal {
        id: id(value, "id")?,
        item: id(value, "item")?,
        field: text(value, "field")?,
        thread: id(value, "thread"),
        author: Person::from_json(value.get("author")?)?,
        mine: flag(value, "mine"),
        note: text(value, "note").unwrap_or_default(),
        created: value.get("created")?.as_whole()?,
        withdrawn: flag(value, "withdrawn"),
        parts: list(value, "parts", part),
        supports: list(value, "supports", support),
        version: small(value, "version")?,
    })
}

fn support(value: &Json) -> Option<Support> {
    let stance = text(value, "stance");
    Some(Support {
        organisation: text(value, "organisation")?,
        hue: small(value, "hue").and_then(|hue| u8::try_from(hue).ok()).unwrap_or_default(),
        stance: Stance::ALL.into_iter().find(|known| stance.as_deref() == Some(known.as_str())),
        remark: text(value, "remark").unwrap_or_default(),
        given_by: text(value, "given_by").unwrap_or_default(),
        version: small(value, "version")?,
    })
}

fn part(value: &Json) -> Option<Part> {
    let kind = value.get("kind")?.as_text()?;
    let state = value.get("state")?.as_text()?;
    Some(Part {
        ordinal: small(value, "ordinal")?,
        kind: [PartKind::Words, PartKind::Table, PartKind::Format, PartKind::Moved].into_iter().find(|known| known.as_str() == kind)?,
        edits: list(value, "edits", edit),
        state: [PartState::Open, PartState::Accepted, PartState::Rejected].into_iter().find(|known| known.as_str() == state)?,
        decided_by: value.get("decided_by").and_then(Person::from_json),
        decided_at: value.get("decided_at").and_then(Json::as_whole),
        reason: text(value, "reason"),
        decision: id(value, "decision"),
    })
}

fn edit(value: &Json) -> Option<Edit> {
    Some(Edit {
        start: text(value, "start"),
        end: text(value, "end"),
        after_start: text(value, "after_start"),
        before_end: text(value, "before_end"),
        old: inserts(value.get("old")?)?,
        new: inserts(value.get("new")?)?,
        before: text(value, "before")?,
        after: text(value, "after")?,
    })
}

fn inserts(value: &Json) -> Option<Vec<Insert>> {
    inserts_of(&quill::from_json(value)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dagsorden_shared::richtext::attributes::{Attributes, Value};

    fn support_of(stance: Option<Stance>) -> Support {
        Support { organisation: "Kystby".into(), hue: 4, stance, remark: "\"Ja\"".into(), given_by: "Bo".into(), version: 3 }
    }

    #[test]
    fn what_the_server_writes_is_what_the_page_reads() {
        let me = Person { name: "Ida \"Æ\"".into(), organisation: "Havn".into(), hue: 3 };
        let listed = Attributes::from([("list".to_owned(), Value::from("bullet")), ("indent".to_owned(), Value::Number(2.0))]);
        let edit = Edit {
            start: Some("{}".into()),
            end: None,
            after_start: Some("[]".into()),
            before_end: None,
            old: vec![Insert { insert: "fire".into(), attributes: Attributes::new() }],
            new: vec![Insert { insert: "to\n".into(), attributes: listed }],
            before: "inden for ".into(),
            after: " timer".into(),
        };
        let part = Part {
            ordinal: 1,
            kind: PartKind::Moved,
            edits: vec![edit],
            state: PartState::Accepted,
            decided_by: Some(me.clone()),
            decided_at: Some(7),
            reason: Some("Drøftet".into()),
            decision: "d".parse().ok(),
        };
        let proposal = Proposal {
            id: "p".parse().unwrap(),
            item: "i".parse().unwrap(),
            field: "title:i".into(),
            thread: None,
            author: me,
            mine: true,
            note: "Fordi".into(),
            created: 5,
            withdrawn: false,
            parts: vec![part],
            supports: [Some(Stance::Agree), None].map(support_of).into(),
            version: 2,
        };
        let json = serde_json::to_string(&proposal).unwrap();
        assert_eq!(super::proposal(&Json::read(&json).unwrap()), Some(proposal));
    }
}
