//! Updates that are known to break yrs, or would, each by name.

use super::structs::{BODY, BODY_STRUCTS, Bytes, Under};
use super::*;
use crate::gate::reader::Id;
use crate::gate::update::Known;
use crate::gate::{Budget, Malformed, Misplaced};

/// The refusal of `bytes` by the gate of an empty document.
fn refused(bytes: &[u8]) -> Refusal {
    let mut server = Server::new();
    let refusal = server.ask("anne", true, bytes).unwrap_err();
    assert!(server.gate.state_vector().is_empty() && server.ids.owner(client(5)).is_none());
    refusal
}

fn id(clock: u32) -> Id {
    Id { client: client(5), clock }
}

/// The first content of the text that `with_body` makes for client 5.
fn first() -> Under<'static> {
    Under::Type(id(BODY), None)
}

fn after(clock: u32) -> Under<'static> {
    Under::Neighbours { left: Some(id(clock)), right: None }
}

/// An item that stands under a key by itself.
const ALONE: Under<'_> = Under::Root("items", Some("a"));
/// A value that stands under a key by itself.
const VALUE: Under<'_> = Under::Root("meeting", Some("title"));
/// The first content of the text that `with_body` makes.

#[test]
fn content_the_document_never_holds_is_refused_by_kind() {
    // ContentJSON: yrs reads one string too many and swallows what follows.
    for tag in [2, 3, 5, 9, 11, 12, 13] {
        let bytes = Bytes::new(1).section(1, 5, 0).item(tag, ALONE).number(1).text("{}").text("{}").no_deletions();
        assert_eq!(refused(&bytes), Refusal::Content(tag));
    }
    for kind in [0, 3, 4, 5, 6, 7, 9, 15, 1 << 20] {
        assert_eq!(refused(&Bytes::new(1).section(1, 5, 0).type_in_root("a", kind).no_deletions()), Refusal::Content(7));
    }
}

#[test]
fn nothing_goes_pending() {
    let gaps = [
        // A jump over clocks, with and without saying so.
        Bytes::new(1).section(1, 5, 1_000_000).collected(1).no_deletions(),
        Bytes::new(1).section(2, 5, 0).skip(3).collected(1).no_deletions(),
        // Neighbours, parent and deletions of an unknown client.
        Bytes::new(1)
            .section(1, 5, 0)
            .item(1, Under::Neighbours { left: Some(Id { client: client(6), clock: 0 }), right: None })
            .number(1)
            .no_deletions(),
        Bytes::new(1).section(1, 5, 0).item(1, Under::Type(Id { client: client(6), clock: 9 }, None)).number(1).no_deletions(),
        Bytes::new(0).number(1).number(6).number(1).number(0).number(1).end(),
        // An item beside itself, and two that wait for each other.
        Bytes::new(1).section(1, 5, 0).item(1, Under::Neighbours { left: Some(id(0)), right: None }).number(1).no_deletions(),
        Bytes::new(2)
            .section(1, 5, 0)
            .item(1, Under::Neighbours { left: Some(Id { client: client(6), clock: 0 }), right: None })
            .number(1)
            .section(1, 6, 0)
            .item(1, Under::Neighbours { left: Some(id(0)), right: None })
            .number(1)
            .no_deletions(),
    ];
    for bytes in gaps {
        let mut server = Server::new();
        assert_eq!(server.ask("anne", true, &bytes), Ok(Admission::Gap), "{bytes:?}");
        assert_eq!(server.gate.state_vector(), []);
        assert_eq!(server.ids.owner(client(5)), None);
    }
}

#[test]
fn nobody_writes_under_anothers_id_not_even_emptiness() {
    let mut server = Server::new();
    let typed = Bytes::new(1).section(1, 5, 0).type_in_root("a", 1).no_deletions();
    let Ok(Admission::Admitted(admitted)) = server.offer("anne", &typed) else { panic!("anne's own text") };
    assert_eq!((admitted.update(), admitted.new_clients()), (&typed[..], &[client(5)][..]));
    let collected = Bytes::new(1).section(1, 5, 1).collected(1_000).no_deletions();
    assert_eq!(server.offer("bo", &collected), Err(Refusal::NotYourClientId(client(5))));
    assert_eq!(server.offer("bo", &typed), Ok(Admission::Nothing));
    assert_eq!(server.ask("anne", false, &collected), Err(Refusal::ReadOnly));
    assert!(matches!(server.offer("anne", &collected), Ok(Admission::Admitted(_))));
    server.check();
}

#[test]
fn nesting_is_refused_where_stacks_are_still_shallow() {
    let values = Bytes::new(1).section(1, 5, 0).item(8, VALUE).number(1).bytes(&[117, 1].repeat(10_000)).bytes(&[126]);
    assert_eq!(refused(&values.no_deletions()), Budget::ValueDepth.into());
    // Maps in maps under whatever keys: there is no such place, so no depth is ever reached.
    for keys in [["a", "a"], ["sections", "s"], ["body", "body"]] {
        let maps = (0..40).fold(Bytes::new(1).section(41, 5, 0).type_in_root("a", 1), |bytes, parent| {
            bytes.item(7, Under::Type(id(parent), Some(keys[parent as usize % 2]))).number(1)
        });
        assert_eq!(refused(&maps.no_deletions()), Misplaced::UnknownKey.into());
    }
    let empty = (0..30_000).fold(Bytes::new(30_000), |bytes, at| bytes.section(0, 5 + at, 0).number(0).number(0));
    assert_eq!(refused(&empty.no_deletions()), Malformed::Empty.into());
}

#[test]
fn a_declared_length_is_never_believed() {
    for huge in [1 << 20, u64::from(u32::MAX), u64::MAX] {
        let item = |tag| Bytes::new(1).section(1, 5, 0).item(tag, ALONE);
        let updates = [
            Bytes::new(huge),
            Bytes::new(1).number(huge).number(5).number(0),
            Bytes::new(1).section(1, huge, 0).collected(1),
            Bytes::new(1).number(1).number(5).number(huge).collected(1),
            Bytes::new(1).section(1, 5, 0).collected(huge),
            Bytes::new(1).section(1, 5, 0).skip(huge),
            Bytes::new(1).section(1, 5, 0).number(4).number(1).number(huge),
            Bytes::new(1).section(1, 5, 0).number(0x24).number(1).text("items").number(huge),
            item(1).number(huge),
            item(4).number(huge),
            item(6).number(huge),
            item(6).text("bold").number(huge),
            item(8).number(huge),
            Bytes::new(1).with_body(5, huge).item(4, first()).text("x"),
            item(8).number(1).bytes(&[119]).number(huge),
            item(8).number(1).bytes(&[118]).number(huge),
            Bytes::new(0).number(huge),
            Bytes::new(0).number(1).number(5).number(huge),
            Bytes::new(0).number(1).number(5).number(1).number(huge).number(1),
            Bytes::new(0).number(1).number(5).number(1).number(1).number(huge),
        ];
        for bytes in updates {
            let bytes = bytes.bytes(&[0, 0, 0, 0]).end();
            let result = Server::new().ask("anne", true, &bytes);
            assert!(!matches!(result, Ok(Admission::Admitted(_))), "{bytes:?} {result:?}");
        }
    }
    let run = Bytes::new(1).section(1, 5, 0).collected(2_000_000).no_deletions();
    assert_eq!(refused(&run), Budget::DeletedRun.into());
}

#[test]
fn sections_and_structs_that_overlap_are_refused() {
    let doubled = Bytes::new(2).section(1, 5, 0).collected(2).section(1, 5, 1).collected(2).no_deletions();
    assert_eq!(refused(&doubled), Malformed::Duplicate(5).into());
    let mut server = Server::new();
    server.offer("anne", &Bytes::new(1).section(1, 5, 0).collected(2).no_deletions()).unwrap();
    let overlapping = Bytes::new(1).section(2, 5, 1).collected(3).collected(2).no_deletions();
    let Ok(Admission::Admitted(admitted)) = server.offer("anne", &overlapping) else { panic!("two known, four new") };
    assert_eq!(admitted.update(), Bytes::new(1).section(2, 5, 2).collected(2).collected(2).no_deletions());
    server.check();
}

#[test]
fn everything_of_length_zero_is_refused() {
    for bytes in [
        Bytes::new(1).section(1, 5, 0).collected(0),
        Bytes::new(1).section(1, 5, 0).skip(0),
        Bytes::new(1).section(1, 5, 0).item(1, ALONE).number(0),
        Bytes::new(1).section(1, 5, 0).item(4, ALONE).text(""),
        Bytes::new(1).section(1, 5, 0).item(8, ALONE).number(0),
    ] {
        assert_eq!(refused(&bytes.no_deletions()), Malformed::Empty.into());
    }
}

#[test]
fn structure_that_no_document_has_is_refused() {
    let two = || Bytes::new(1).section(3, 5, 0).type_in_root("a", 1).type_in_root("b", 1);
    let text = |more| Bytes::new(1).with_body(5, more);
    let cases = [
        (Bytes::new(1).section(1, 5, 0).item(7, Under::Root("other", Some("a"))).number(1), Misplaced::Root),
        (Bytes::new(1).section(1, 5, 0).item(7, Under::Root("items", None)).number(1), Misplaced::Key),
        (Bytes::new(1).section(1, 5, 0).text_in_root("x"), Misplaced::Content),
        (text(1).item(4, Under::Type(id(BODY), Some("k"))).text("x"), Misplaced::Key),
        (text(1).item(7, first()).number(2), Misplaced::Content),
        (two().item(8, Under::Neighbours { left: Some(id(0)), right: Some(id(1)) }).number(1).bytes(&[126]), Misplaced::Neighbours),
        (two().item(4, after(0)).text("x"), Misplaced::Content),
        // A parent that is text: yrs stops half-way through the update.
        (text(2).item(4, first()).text("x").item(4, Under::Type(id(BODY + 1), None)).text("y"), Misplaced::Parent),
    ];
    for (bytes, misplaced) in cases {
        assert_eq!(refused(&bytes.no_deletions()), misplaced.into());
    }
}

#[test]
fn an_item_between_units_that_never_stood_side_by_side_is_refused() {
    let text = || Bytes::new(1).with_body(5, 2).item(4, first()).text("abcd");
    for (left, right) in [(Some(3), Some(2)), (Some(2), Some(2)), (Some(1), Some(4)), (None, Some(2)), (Some(1), None)] {
        let (left, right) = (left.map(|unit| id(BODY + unit)), right.map(|unit| id(BODY + unit)));
        let bytes = text().item(4, Under::Neighbours { left, right }).text("x").no_deletions();
        assert_eq!(refused(&bytes), Misplaced::Order.into(), "{left:?} {right:?}");
    }
    // Nor twice at one end by one author.
    assert_eq!(refused(&text().item(4, first()).text("x").no_deletions()), Misplaced::Order.into());
}

/// Why that is so. Such an item comes from undo too: see `documents`.
#[test]
fn replicas_disagree_about_an_item_whose_right_neighbour_stands_left_of_it() {
    let base = Bytes::new(1).with_body(5, 1).item(4, first()).text("abcd").no_deletions();
    let item = |client, left, right, text| {
        let under = Under::Neighbours { left: Some(id(BODY + left)), right: Some(id(BODY + right)) };
        Bytes::new(1).section(1, client, 0).item(4, under).text(text).no_deletions()
    };
    let (turned, honest) = (item(6, 3, 2, "x"), item(7, 2, 3, "y"));
    let [one, other] = [[&turned, &honest], [&honest, &turned]].map(|[earlier, later]| {
        let doc = new_doc(8);
        apply(&doc, &[&base, earlier, later]);
        content(&doc)
    });
    assert_ne!(one, other);
    let mut server = Server::new();
    for bytes in [&base, &honest] {
        assert!(matches!(server.offer("anne", bytes), Ok(Admission::Admitted(_))));
    }
    assert_eq!(server.offer("anne", &turned), Err(Misplaced::Order.into()));
}

#[test]
fn several_values_of_a_key_in_one_item_are_old_ones() {
    let values = || Bytes::new(1).section(1, 5, 0).item(8, VALUE).number(2).bytes(&[126, 119, 1, b'x']);
    assert_eq!(refused(&values().no_deletions()), Misplaced::Content.into());
    assert_eq!(refused(&values().number(1).number(5).number(1).number(0).number(1).end()), Misplaced::Content.into());
    let deleted = values().number(1).number(5).number(2).number(1).number(1).number(0).number(1).end();
    assert!(matches!(Server::new().offer("anne", &deleted), Ok(Admission::Admitted(_))));
}

#[test]
fn formatting_is_short_and_plain() {
    let mark = |key: &str, value: &str| Bytes::new(1).with_body(5, 1).item(6, first()).text(key).text(value).no_deletions();
    assert_eq!(refused(&mark("bold", "{")), Malformed::Json.into());
    assert_eq!(refused(&mark("bold", "\"\\ud800\"")), Malformed::Json.into());
    assert_eq!(refused(&mark("bold", "1e999")), Malformed::Json.into());
    assert_eq!(refused(&mark("bold", "18446744073709551615")), Malformed::Number.into());
    assert_eq!(refused(&mark("bold", "{\"a\":1}")), Budget::ValueDepth.into());
    assert_eq!(refused(&mark("bold", &"[".repeat(4_000))), Malformed::Json.into());
    assert_eq!(refused(&mark("bold", &format!("\"{}\"", "x".repeat(5_000)))), Budget::Format.into());
    assert_eq!(refused(&mark("__proto__", "true")), Budget::Key.into());
    assert_eq!(refused(&mark("link", "\"javascript:alert(1)\"")), Misplaced::Attribute.into());
    assert_eq!(refused(&mark("onclick", "true")), Misplaced::Attribute.into());
    let mut server = Server::new();
    let Ok(Admission::Admitted(admitted)) = server.offer("anne", &mark("header", " 2 ")) else { panic!("a heading") };
    assert_eq!(admitted.update(), mark("header", "2"));
    server.check();
}

#[test]
fn budgets_count_only_what_is_new() {
    let text = |structs: u64| {
        let more = structs - BODY_STRUCTS;
        let start = Bytes::new(1).with_body(5, more).item(4, first()).text("x");
        (1..more as u32).fold(start, |bytes, at| bytes.item(4, after(BODY + at)).text("x")).no_deletions()
    };
    assert_eq!(refused(&text(20_001)), Budget::Structs.into());
    let mut server = Server::new();
    assert!(matches!(server.ask("anne", true, &text(20_000)), Ok(Admission::Admitted(_))));
    assert!(matches!(server.ask("anne", true, &text(20_002)), Ok(Admission::Admitted(_))));
    assert_eq!(server.ask("bo", false, &text(20_002)), Ok(Admission::Nothing));
    let crowd = (0..65).fold(Bytes::new(65), |bytes, at| bytes.section(1, 50 + at, 0).collected(1));
    assert_eq!(refused(&crowd.no_deletions()), Budget::Clients.into());
}

#[test]
fn clocks_near_the_end_of_their_range_never_get_in() {
    let end = u64::from(crate::gate::reader::MAX_CLOCK);
    for start in [end - 1, end, u64::from(u32::MAX) - 1, u64::from(u32::MAX), u64::MAX] {
        let bytes = Bytes::new(1).number(1).number(5).number(start).collected(1).no_deletions();
        let result = Server::new().ask("anne", true, &bytes);
        assert!(matches!(result, Ok(Admission::Gap) | Err(Refusal::Malformed(Malformed::Number))), "{start}: {result:?}");
    }
    // Runs that together pass what a document may have, each within its budget.
    let mut server = Server::new();
    let mut refusal = None;
    for frame in 0..40u32 {
        let bytes = Bytes::new(1).section(1, 5, frame << 20).collected(1 << 20).no_deletions();
        refusal = refusal.or(server.offer("anne", &bytes).err());
    }
    assert_eq!(refusal, Some(Refusal::DocumentFull));
    assert!(server.gate.index.end(client(5)) <= 16 << 20);
    apply(&new_doc(3), &[&state(&server.doc)]);
}

#[test]
fn waiting_content_takes_no_memory() {
    // Each names a neighbour that never comes: yrs keeps such content for ever, and merges all of it anew with each that follows.
    let mut server = Server::new();
    for number in 0..2_000u32 {
        let missing = Under::Neighbours { left: Some(Id { client: client(6), clock: number }), right: None };
        let bytes = Bytes::new(1).section(1, 5, 1 + number).item(4, missing).text(&"x".repeat(1_000)).no_deletions();
        assert_eq!(server.ask("anne", true, &bytes), Ok(Admission::Gap));
    }
    assert_eq!((server.gate.state_vector(), server.gate.index.size().bytes), (Vec::new(), 0));
}

#[test]
fn a_document_takes_only_so_many_bytes() {
    let mut server = Server::new();
    let text = "x".repeat(1 << 20);
    assert!(server.offer("anne", &Bytes::new(1).with_body(5, 1).item(4, first()).text(&text).no_deletions()).is_ok());
    let mut frames = 1u32;
    let refusal = loop {
        let end = BODY + (frames << 20);
        let bytes = Bytes::new(1).section(1, 5, end + 1).item(4, after(end)).text(&"€".repeat(1 << 20)).no_deletions();
        match server.ask("anne", true, &bytes) {
            Ok(_) => frames += 1,
            Err(refusal) => break refusal,
        }
    };
    assert_eq!((refusal, frames), (Refusal::DocumentFull, 1 + 10), "one of 1 MiB, the others of 3");
}

#[test]
fn bytes_that_end_early_or_late_are_refused() {
    let mut bytes = Bytes::new(1).with_body(5, 1).item(6, first()).text("bold").text("true").no_deletions();
    for end in 0..bytes.len() {
        assert!(matches!(refused(&bytes[..end]), Refusal::Malformed(_)), "{end}");
    }
    bytes.push(0);
    assert_eq!(refused(&bytes), Malformed::Trailing(1).into());
    assert_eq!(Server::new().ask("anne", false, &[0, 0]), Ok(Admission::Nothing));
}
