//! What a client may put where: keys, values, characters, and what the server alone writes.

use super::structs::{BODY, Bytes, Under};
use super::*;
use crate::gate::Misplaced;
use crate::gate::reader::Id;
use yrs::{Any, MapPrelim, TextPrelim};

/// A document with one open and one closed item, as the server seeds it.
fn seeded() -> Server {
    let mut server = Server::new();
    let seed = new_doc(7);
    let items = seed.get_or_insert_map("items");
    for (key, closed) in [("open", false), ("closed", true)] {
        let mut txn = seed.transact_mut();
        let item = items.insert(&mut txn, key, MapPrelim::default());
        item.insert(&mut txn, "title", TextPrelim::new("Sag"));
        item.insert(&mut txn, "sections", MapPrelim::default());
        if closed {
            item.insert(&mut txn, "closed", true);
            item.insert(&mut txn, "public_heading", "Lukket punkt");
        }
    }
    server.take_over(&state(&seed));
    server
}

/// What the server makes of one change by a replica that knows the document.
fn offer(server: &mut Server, change: impl FnOnce(&mut yrs::TransactionMut<'_>, &MapRef, &MapRef)) -> Result<Admission, Refusal> {
    let replica = new_doc(100);
    let [meeting, items] = ["meeting", "items"].map(|name| replica.get_or_insert_map(name));
    apply(&replica, &[&state(&server.doc)]);
    change(&mut replica.transact_mut(), &meeting, &items);
    let before = content(&server.doc);
    let result = server.offer("anne", &difference(&replica, &server.doc));
    if result.is_err() {
        assert_eq!(content(&server.doc), before, "a refusal changes nothing");
        // Nor does it in the gate: the same client goes on where it was.
        let own = Bytes::new(1).section(1, 100, 0).item(8, Under::Root("meeting", Some("place"))).number(1).bytes(&[126]).no_deletions();
        assert!(matches!(server.offer("anne", &own), Ok(Admission::Admitted(_))));
    }
    server.check();
    result
}

fn map(txn: &yrs::TransactionMut<'_>, parent: &MapRef, key: &str) -> MapRef {
    let Some(Out::YMap(map)) = parent.get(txn, key) else { panic!("no map {key}") };
    map
}

#[test]
fn values_have_the_types_and_sizes_of_their_keys() {
    let long = "x".repeat(5_000);
    let good = [
        ("number", Any::from("7")),
        ("deleted", Any::from(true)),
        ("deleted", Any::Undefined),
        ("presenter", Any::from("Å. Ørn")),
        ("presenter", Any::Null),
        ("minutes_planned", Any::from(45.0)),
        ("minutes_planned", Any::from(45)),
        ("guests", Any::from(vec![Any::from("Bo"), Any::from("")])),
        ("order", Any::from("80")),
    ];
    let bad = [
        ("number", Any::from(7.0)),
        ("deleted", Any::from("true")),
        ("presenter", Any::from(true)),
        ("presenter", Any::from(long.as_str())),
        ("presenter", Any::from("a\0b")),
        ("presenter", Any::from(std::collections::HashMap::from([("a".to_owned(), Any::Null)]))),
        ("minutes_planned", Any::from(-1.0)),
        ("minutes_planned", Any::from(f64::NAN)),
        ("minutes_planned", Any::from("45")),
        ("guests", Any::from("Bo")),
        ("guests", Any::from(vec![Any::from(7.0)])),
        ("guests", Any::from(vec![Any::from("x"); 300])),
        ("order", Any::from("8".repeat(1_100))),
        ("title", Any::from("a value where a text belongs")),
    ];
    for (key, value) in good {
        let result = offer(&mut seeded(), |txn, _, items| {
            map(txn, items, "open").insert(txn, key, value.clone());
        });
        assert!(matches!(result, Ok(Admission::Admitted(_))), "{key} {value:?}: {result:?}");
    }
    for (key, value) in bad {
        let result = offer(&mut seeded(), |txn, _, items| {
            map(txn, items, "open").insert(txn, key, value.clone());
        });
        assert_eq!(result, Err(Misplaced::Value.into()), "{key} {value:?}");
    }
}

#[test]
fn keys_that_no_document_has_are_refused() {
    type Change = fn(&mut yrs::TransactionMut<'_>, &MapRef, &MapRef);
    let changes: [Change; 6] = [
        |txn, meeting, _| {
            meeting.insert(txn, "colour", "red");
        },
        |txn, _, items| {
            items.insert(txn, "no id", MapPrelim::default());
        },
        |txn, _, items| {
            map(txn, items, "open").insert(txn, "votes", MapPrelim::default());
        },
        |txn, _, items| {
            map(txn, items, "open").insert(txn, "order2", "80");
        },
        |txn, _, items| {
            let sections = map(txn, items, "open");
            map(txn, &sections, "sections").insert(txn, "../x", MapPrelim::default());
        },
        |txn, _, items| {
            let item = items.insert(txn, "new", MapPrelim::default());
            item.insert(txn, "body", TextPrelim::new("at the wrong depth"));
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        assert_eq!(offer(&mut seeded(), change), Err(Misplaced::UnknownKey.into()), "change {number}");
    }
    assert_eq!(
        offer(&mut seeded(), |txn, _, items| {
            items.insert(txn, "new", TextPrelim::new(""));
        }),
        Err(Misplaced::Value.into())
    );
}

#[test]
fn what_the_server_writes_no_client_writes_replaces_or_deletes() {
    type Change = fn(&mut yrs::TransactionMut<'_>, &MapRef, &MapRef);
    let changes: [Change; 7] = [
        |txn, _, items| {
            map(txn, items, "closed").insert(txn, "closed", false);
        },
        |txn, _, items| {
            map(txn, items, "open").insert(txn, "closed", true);
        },
        |txn, _, items| {
            map(txn, items, "open").insert(txn, "public_heading", "x");
        },
        |txn, _, items| {
            map(txn, items, "closed").remove(txn, "closed");
        },
        |txn, _, items| {
            map(txn, items, "closed").remove(txn, "public_heading");
        },
        // With the whole item, or by another in its place.
        |txn, _, items| {
            items.remove(txn, "closed");
        },
        |txn, _, items| {
            items.insert(txn, "closed", MapPrelim::default());
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        assert_eq!(offer(&mut seeded(), change), Err(Misplaced::ServerOnly.into()), "change {number}");
    }
    let open = offer(&mut seeded(), |txn, _, items| {
        items.remove(txn, "open");
    });
    assert!(matches!(open, Ok(Admission::Admitted(_))), "{open:?}");
    let marked = offer(&mut seeded(), |txn, _, items| {
        map(txn, items, "closed").insert(txn, "deleted", true);
    });
    assert!(matches!(marked, Ok(Admission::Admitted(_))), "{marked:?}");
}

#[test]
fn a_value_that_is_gone_already_does_not_unset_what_the_server_wrote() {
    // A deleted item behind the server's value would hide it: the last of a key's items counts.
    let mut server = seeded();
    let item = server.gate.index.ends().map(|(client, end)| (client.get(), end)).collect::<Vec<_>>();
    assert_eq!(item[0].0, 7);
    let closed = (0..item[0].1).map(|clock| Id { client: client(7), clock });
    for unit in closed {
        let under = Under::Neighbours { left: Some(unit), right: None };
        let bytes = Bytes::new(1).section(1, 100, 0).item(1, under).number(1).no_deletions();
        let before = content(&server.doc);
        if let Ok(Admission::Admitted(_)) = server.offer("anne", &bytes) {
            // Beside text, or in place of a value that clients may write.
            assert_eq!(content(&server.doc).matches("closed: true").count(), before.matches("closed: true").count());
            server = seeded();
        }
    }
    server.check();
}

#[test]
fn a_title_is_one_line_and_no_text_has_returns_or_nulls() {
    let insert = |text: &'static str| {
        offer(&mut seeded(), move |txn, _, items| {
            let Some(Out::YText(title)) = map(txn, items, "open").get(txn, "title") else { panic!("a title") };
            title.insert(txn, 0, text);
        })
    };
    assert_eq!(insert("to\nlinjer"), Err(Misplaced::Character.into()));
    assert!(matches!(insert("én linje \u{2028}😀"), Ok(Admission::Admitted(_))));
    let body = |text: &str| {
        let under = Under::Type(Id { client: client(5), clock: BODY }, None);
        Server::new().offer("anne", &Bytes::new(1).with_body(5, 1).item(4, under).text(text).no_deletions())
    };
    assert!(matches!(body("to\nlinjer\t"), Ok(Admission::Admitted(_))));
    assert_eq!(body("a\rb"), Err(Misplaced::Character.into()));
    assert_eq!(body("a\0b"), Err(Misplaced::Character.into()));
}

#[test]
fn a_stored_document_of_another_layout_opens_and_the_unknown_is_kept() {
    let mut server = Server::new();
    let old = new_doc(7);
    let items = old.get_or_insert_map("items");
    {
        let mut txn = old.transact_mut();
        let item = items.insert(&mut txn, "a", MapPrelim::default());
        let votes = item.insert(&mut txn, "votes", MapPrelim::default());
        votes.insert(&mut txn, "log", TextPrelim::new("for 3"));
        item.insert(&mut txn, "title", TextPrelim::new("Sag"));
    }
    server.take_over(&state(&old));
    server.check();
    let title = offer(&mut server, |txn, _, items| {
        let Some(Out::YText(title)) = map(txn, items, "a").get(txn, "title") else { panic!("a title") };
        title.insert(txn, 0, "Ny ");
    });
    assert!(matches!(title, Ok(Admission::Admitted(_))), "{title:?}");
    assert!(content(&server.doc).contains("for 3"));
}
