//! The document of one item: the item's words and nothing else; and the place that it leaves in the meeting's document.

use arbtest::arbtest;
use dagsorden_shared::agenda::{Agenda, Edit, Field, FieldValue, HeaderKey, ItemKey, NewSection, Origin, Part, SectionKey};
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::richtext::attributes::{Attributes, Value};
use dagsorden_shared::richtext::delta::Delta;
use yrs::{MapPrelim, TextPrelim};

use super::*;
use crate::gate::Misplaced;

fn item() -> ItemId {
    "b".parse().unwrap()
}

fn section(name: &str) -> SectionId {
    name.parse().unwrap()
}

fn replica(id: u64, state: &[u8]) -> Agenda {
    let agenda = Agenda::new(client(id));
    apply(agenda.doc(), &[state]);
    agenda
}

/// The server of a meeting with two items, and that of the second's own document once it moved there.
fn moved_out() -> (Server, Server) {
    let meeting = Agenda::new(client(7));
    let new = |name: &str| NewSection { id: section(name), kind: SectionKind::Case, heading: None };
    for (name, after) in [("a", None), ("b", Some("a".parse().unwrap()))] {
        let create = Edit::CreateItem { item: name.parse().unwrap(), after, sections: vec![new("s"), new("t")] };
        meeting.apply(&[create], Origin::Local).unwrap();
    }
    let text = Edit::Text { field: Field::Section(item(), section("s")), delta: Delta::new().insert("Sagen", Attributes::new()) };
    meeting.apply(&[text], Origin::Local).unwrap();
    let mut left = Server::new();
    left.take_over(&state(meeting.doc()));
    let own = Agenda::new(client(8));
    own.hold(&item(), meeting.words(&item()).unwrap());
    let before = meeting.doc().transact().state_vector();
    meeting.leave_place(&item()).unwrap();
    left.take_over(&meeting.doc().transact().encode_diff_v1(&before));
    let mut moved = Server::of(DocumentKind::Item);
    moved.take_over(&state(own.doc()));
    (left, moved)
}

/// What the server makes of edits by a page that knows its document.
fn offer_edits(server: &mut Server, edits: &[Edit]) -> Result<Admission, Refusal> {
    let page = replica(100, &state(&server.doc));
    page.apply(edits, Origin::Local).unwrap();
    let result = server.offer("anne", &difference(page.doc(), &server.doc));
    server.check();
    result
}

fn offer_change(server: &mut Server, change: impl FnOnce(&mut yrs::TransactionMut<'_>, &MapRef, &MapRef)) -> Result<Admission, Refusal> {
    let page = new_doc(100);
    let [meeting, items] = ["meeting", "items"].map(|name| page.get_or_insert_map(name));
    apply(&page, &[&state(&server.doc)]);
    change(&mut page.transact_mut(), &meeting, &items);
    let result = server.offer("anne", &difference(&page, &server.doc));
    server.check();
    result
}

fn is_admitted(result: &Result<Admission, Refusal>) -> bool {
    matches!(result, Ok(Admission::Admitted(_)))
}

#[test]
fn an_items_document_takes_its_words_and_nothing_else() {
    let text = |field| Edit::Text { field, delta: Delta::new().insert("Ny ", Attributes::new()) };
    let words = [
        vec![text(Field::Title(item()))],
        vec![text(Field::Section(item(), section("s")))],
        vec![Edit::SetItem { item: item(), key: ItemKey::Presenter, value: Some(FieldValue::Text("Bo".into())) }],
        vec![Edit::SetItem { item: item(), key: ItemKey::Minutes, value: Some(FieldValue::Number(10)) }],
        vec![Edit::SetSection { item: item(), section: section("s"), key: SectionKey::From, value: Some("x".into()) }],
        vec![Edit::CreateSection {
            item: item(),
            section: NewSection { id: section("n"), kind: SectionKind::Decision, heading: None },
            after: Some(section("t")),
        }],
        vec![Edit::MoveSection { item: item(), section: section("t"), after: None }],
        Part { item: item(), section: Some(section("s")) }.deletion(Some((client(100), "1".into()))),
    ];
    for (number, edits) in words.iter().enumerate() {
        let result = offer_edits(&mut moved_out().1, edits);
        assert!(is_admitted(&result), "words {number}: {result:?}");
    }
    let others = [
        vec![Edit::SetHeader { key: HeaderKey::Title, value: Some("Møde".into()) }],
        vec![Edit::DeleteItem { item: item(), deleted: true }],
        Part { item: item(), section: None }.deletion(Some((client(100), "1".into()))),
        vec![Edit::CreateItem { item: "c".parse().unwrap(), after: Some(item()), sections: Vec::new() }],
        vec![Edit::MoveItem { item: item(), after: None }],
    ];
    for (number, edits) in others.iter().enumerate() {
        let result = offer_edits(&mut moved_out().1, edits);
        assert!(matches!(result, Err(Refusal::Misplaced(Misplaced::UnknownKey | Misplaced::ServerOnly))), "other {number}: {result:?}");
    }
}

#[test]
fn no_client_removes_replaces_or_doubles_the_item_of_a_document() {
    type Change = fn(&mut yrs::TransactionMut<'_>, &MapRef, &MapRef);
    let changes: [Change; 5] = [
        |txn, _, items| {
            items.remove(txn, "b");
        },
        |txn, _, items| {
            items.insert(txn, "b", MapPrelim::default());
        },
        |txn, _, items| {
            items.insert(txn, "c", MapPrelim::default());
        },
        |txn, _, items| {
            items.insert(txn, "x", TextPrelim::new("y"));
        },
        |txn, meeting, _| {
            meeting.insert(txn, "nested", MapPrelim::default());
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let result = offer_change(&mut moved_out().1, change);
        assert!(matches!(result, Err(Refusal::Misplaced(_))), "change {number}: {result:?}");
    }
    for key in ["closed", "public_heading", "own_document", "order", "number", "deleted"] {
        let result = offer_change(&mut moved_out().1, |txn, _, items| {
            let Some(Out::YMap(item)) = items.get(txn, "b") else { panic!("the item") };
            item.insert(txn, key, "x");
        });
        assert!(matches!(result, Err(Refusal::Misplaced(Misplaced::UnknownKey))), "{key}: {result:?}");
    }
}

#[test]
fn of_the_place_clients_write_where_it_stands_and_whether_it_is_there() {
    let edits = [
        vec![Edit::MoveItem { item: item(), after: None }],
        vec![Edit::DeleteItem { item: item(), deleted: true }],
        Part { item: item(), section: None }.deletion(Some((client(100), "1".into()))),
        vec![Edit::MoveItem { item: "a".parse().unwrap(), after: Some(item()) }],
    ];
    for (number, edits) in edits.iter().enumerate() {
        let result = offer_edits(&mut moved_out().0, edits);
        assert!(is_admitted(&result), "edit {number}: {result:?}");
    }
    type Change = fn(&mut yrs::TransactionMut<'_>, &MapRef, &MapRef);
    let changes: [Change; 5] = [
        |txn, place, _| {
            place.insert(txn, "title", TextPrelim::new("igen"));
        },
        |txn, place, _| {
            place.insert(txn, "sections", MapPrelim::default());
        },
        |txn, place, _| {
            place.insert(txn, "presenter", "Bo");
        },
        |txn, place, _| {
            place.remove(txn, "own_document");
        },
        |txn, _, items| {
            items.remove(txn, "b");
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let result = offer_change(&mut moved_out().0, |txn, _, items| {
            let Some(Out::YMap(place)) = items.get(txn, "b") else { panic!("the place") };
            change(txn, &place, items);
        });
        assert_eq!(result, Err(Misplaced::ServerOnly.into()), "change {number}");
    }
}

#[test]
fn whatever_two_pages_write_in_an_item_is_the_same_on_the_server() {
    arbtest(|u| {
        let (_, mut server) = moved_out();
        let pages = [replica(100, &state(&server.doc)), replica(101, &state(&server.doc))];
        for step in 0..u.int_in_range(1..=12)? {
            let page = &pages[usize::from(u.ratio(1, 2)?)];
            let known = page.only_item().unwrap();
            let sections: Vec<SectionId> = known.sections.iter().map(|section| section.id.clone()).collect();
            let field = match u.choose_index(sections.len() + 1)? {
                0 => Field::Title(item()),
                at => Field::Section(item(), sections[at - 1].clone()),
            };
            let len = page.body(&field).unwrap().len();
            let at = u.int_in_range(0..=len)?;
            let bold = Attributes::from([("bold".to_owned(), Value::Bool(true))]);
            let edit = match u.int_in_range(0..=5)? {
                0 if at < len => Edit::Text { field, delta: Delta::new().retain(at).delete(1) },
                1 if at < len => Edit::Text { field, delta: Delta::new().retain(at).format(1, bold) },
                2 => Edit::CreateSection {
                    item: item(),
                    section: NewSection { id: format!("n{step}").parse().unwrap(), kind: SectionKind::Other, heading: None },
                    after: sections.last().cloned(),
                },
                3 if !sections.is_empty() => {
                    Edit::DeleteSection { item: item(), section: u.choose(&sections)?.clone(), deleted: u.ratio(1, 2)? }
                }
                _ => Edit::Text { field, delta: Delta::new().retain(at).insert("xy", Attributes::new()) },
            };
            page.apply(&[edit], Origin::Local).unwrap();
            if u.ratio(1, 2)? {
                server.offer("anne", &difference(page.doc(), &server.doc)).unwrap();
                apply(page.doc(), &[&difference(&server.doc, page.doc())]);
            }
        }
        for page in &pages {
            server.offer("anne", &difference(page.doc(), &server.doc)).unwrap();
        }
        pages.iter().for_each(|page| drop(apply(page.doc(), &[&difference(&server.doc, page.doc())])));
        server.check();
        let stored = replica(9, &state(&server.doc));
        assert!(pages.iter().all(|page| page.only_item() == stored.only_item()));
        assert_eq!(stored.outline().len(), 1);
        Ok(())
    });
}
