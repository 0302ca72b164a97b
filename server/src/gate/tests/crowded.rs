//! What many page loads write at one and the same spot: a reader of the whole document compares all of it.

use yrs::{MapPrelim, TextPrelim, TextRef};

use super::*;
use crate::gate::Budget;
use crate::gate::limits::{MAX_CLIENTS, MAX_CONFLICTS};

fn body(doc: &Doc) -> TextRef {
    let items = doc.get_or_insert_map("items");
    let txn = doc.transact();
    let Some(Out::YMap(item)) = items.get(&txn, "a") else { panic!("the item is there") };
    let Some(Out::YText(title)) = item.get(&txn, "title") else { panic!("its title is there") };
    title
}

/// A page that was opened when the document was `stored`.
fn page(client: u64, stored: &[u8]) -> Doc {
    let doc = new_doc(client);
    apply(&doc, &[stored]);
    doc
}

/// Writes single letters, each before the one before it, and answers what is to be sent.
fn pieces(doc: &Doc, at: u32, count: u32) -> Vec<u8> {
    let before = doc.transact().state_vector();
    let text = body(doc);
    for _ in 0..count {
        text.insert(&mut doc.transact_mut(), at, "x");
    }
    doc.transact().encode_state_as_update_v1(&before)
}

fn with_a_title() -> (Server, Vec<u8>) {
    let mut server = Server::new();
    let first = new_doc(10);
    let items = first.get_or_insert_map("items");
    let item = items.insert(&mut first.transact_mut(), "a", MapPrelim::default());
    item.insert(&mut first.transact_mut(), "title", TextPrelim::new("Sagsfremstilling"));
    server.offer("ten", &state(&first)).unwrap();
    let stored = state(&server.doc);
    (server, stored)
}

/// Whatever the order in which they come: those with the higher ids are read first.
fn crowd(ids: impl Iterator<Item = u64>) {
    let (mut server, stored) = with_a_title();
    let mut refusal = None;
    for id in ids {
        refusal = server.offer("crowd", &pieces(&page(id, &stored), 4, 100)).err();
        if refusal.is_some() {
            break;
        }
    }
    assert_eq!(refusal, Some(Budget::Crowded.into()));
    let read = Gate::load(DocumentKind::Meeting, &state(&server.doc)).unwrap().index.conflicts();
    assert!(read <= 2 * MAX_CONFLICTS, "a client that opens it compares {read} times");

    let now = state(&server.doc);
    let (late, early) = (page(20, &now), page(21, &now));
    let end = body(&late).len(&late.transact());
    for (doc, user, at) in [(&late, "late", end), (&early, "early", 0), (&late, "late", 6)] {
        let written = pieces(doc, at, 100);
        assert!(matches!(server.offer(user, &written), Ok(Admission::Admitted(_))), "{user} at {at}");
    }
    // Nor does what two write at once at another spot end anybody.
    for (number, user) in [(30, "one"), (31, "two")] {
        assert!(matches!(server.offer(user, &pieces(&page(number, &now), 1, 10)), Ok(Admission::Admitted(_))), "{user}");
    }
}

#[test]
fn what_is_crowded_at_one_spot_is_bounded_and_people_write_on_everywhere_else() {
    crowd(1_000..1_000 + MAX_CLIENTS as u64 / 8);
}

#[test]
fn what_is_crowded_in_the_order_that_costs_least_is_bounded_too() {
    crowd((1_000..1_000 + MAX_CLIENTS as u64 / 8).rev());
}

/// Twenty people, each with a hundred pieces at one spot, who were all without a network: far more than a meeting brings about.
#[test]
fn twenty_people_who_come_back_from_one_spot_are_let_in() {
    let (mut server, stored) = with_a_title();
    for number in 0..20 {
        let written = pieces(&page(1_000 + number, &stored), 4, 100);
        assert!(matches!(server.offer(&format!("person {number}"), &written), Ok(Admission::Admitted(_))), "{number}");
    }
    server.check();
}

#[test]
fn what_builds_on_what_nobody_has_keeps_no_room_busy() {
    let (mut server, stored) = with_a_title();
    server.offer("crowd", &pieces(&page(1_000, &stored), 4, 500)).unwrap();
    let mut bytes = pieces(&page(1_001, &stored), 4, 50);
    // In place of no deletions one, of a unit of an unknown client.
    assert_eq!(bytes.pop(), Some(0));
    bytes.extend([1, 77, 1, 5, 1]);
    let worked = server.gate.worked();
    assert_eq!(server.offer("crowd", &bytes), Ok(Admission::Gap));
    assert_eq!(server.gate.worked(), worked);
}
