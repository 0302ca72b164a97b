//! What a proposal writes (the law I8): the delta that takes any of its parts, and the one that takes them back, pass as any client's would.

use arbtest::arbitrary::{Result, Unstructured};
use arbtest::arbtest;
use dagsorden_shared::agenda::{Agenda, Edit, Field, NewSection, Origin};
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::proposal::{Action, Insert, Part, PartDecision, body, inserts_of, parts, plan, plan_back};
use dagsorden_shared::richtext::attributes::{Attributes, Value};
use dagsorden_shared::richtext::delta::Delta;

use super::*;

/// Lines of text with marks, lists and cells of a table; the last one is plain.
fn text(u: &mut Unstructured<'_>) -> Result<Vec<Insert>> {
    let formats = [
        Attributes::new(),
        Attributes::from([("bold".to_owned(), Value::Bool(true))]),
        Attributes::from([("link".to_owned(), Value::from("https://a.test"))]),
    ];
    let lines = [
        Attributes::new(),
        Attributes::from([("list".to_owned(), Value::from("ordered")), ("point".to_owned(), Value::from("p1"))]),
        Attributes::from([("header".to_owned(), Value::Number(2.0))]),
        Attributes::from([("table".to_owned(), Value::from("r1")), ("col".to_owned(), Value::from("c1"))]),
    ];
    let mut pieces = Vec::new();
    for _ in 0..u.int_in_range(0..=5)? {
        for _ in 0..u.int_in_range(0..=4)? {
            let words = (*u.choose(&["kredsen ", "godkender ", "😀 ", "model A", " i to år"])?).to_owned();
            pieces.push(Insert { insert: words, attributes: u.choose(&formats)?.clone() });
        }
        pieces.push(Insert { insert: "\n".to_owned(), attributes: u.choose(&lines)?.clone() });
    }
    pieces.push(Insert { insert: "Slut\n".to_owned(), attributes: Attributes::new() });
    Ok(inserts_of(&body(&pieces).to_delta()).unwrap_or_default())
}

struct Page {
    agenda: Agenda,
    field: Field,
}

impl Page {
    fn write(&self, server: &mut Server, delta: Delta) {
        if delta.is_empty() {
            return;
        }
        self.agenda.apply(&[Edit::Text { field: self.field.clone(), delta }], Origin::Local).unwrap();
        let update = difference(self.agenda.doc(), &server.doc);
        let admission = server.offer("user", &update);
        assert!(matches!(admission, Ok(Admission::Admitted(_))), "{admission:?}");
    }

    fn stick(&self, offset: u32, before: bool) -> Option<String> {
        self.agenda.sticky(&self.field, offset, before)
    }

    fn offset(&self, position: &str) -> Option<u32> {
        self.agenda.offset(&self.field, position)
    }

    fn body(&self) -> dagsorden_shared::richtext::Body {
        self.agenda.body(&self.field).unwrap()
    }
}

#[test]
fn what_takes_a_proposal_passes_as_any_writing_does() {
    arbtest(|u| {
        let mut server = Server::new();
        let (item, section) = ("a".parse().unwrap(), "s".parse().unwrap());
        let agenda = Agenda::new(client(7));
        let new = NewSection { id: "s".parse().unwrap(), kind: SectionKind::Case, heading: None };
        agenda.apply(&[Edit::CreateItem { item: "a".parse().unwrap(), after: None, sections: vec![new] }], Origin::Local).unwrap();
        let page = Page { agenda, field: Field::Section(item, section) };
        server.offer("user", &difference(page.agenda.doc(), &server.doc)).unwrap();
        let (base, proposed) = (text(u)?, text(u)?);
        page.write(&mut server, body(&base).to_delta().delete(1));
        let parts = parts(&base, &proposed, &page.body(), |offset, before| page.stick(offset, before));
        let mut taken = Vec::new();
        for part in &parts {
            if u.arbitrary()? {
                taken.push(part);
            }
        }
        let accept = |part: &&Part| PartDecision { ordinal: part.ordinal, action: Action::Accept, with: None, seen: None };
        let decisions: Vec<PartDecision> = taken.iter().map(accept).collect();
        let planned = plan(&parts, &decisions, &page.body(), |position| page.offset(position)).unwrap();
        page.write(&mut server, planned.delta.clone());
        let inverse = planned.inverses(&page.body(), |offset, before| page.stick(offset, before));
        let back = plan_back(&inverse, &page.body(), |position| page.offset(position)).unwrap();
        page.write(&mut server, back.delta);
        assert_eq!(page.body(), body(&base));
        Ok(())
    });
}
