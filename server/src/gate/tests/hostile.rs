//! Hostile replicas: bytes flipped, and items whose neighbours, parents and keys are drawn by lot. Whatever passes the gate is
//! applied by yrs, stored, and opened again by others with the same content.

use arbtest::arbitrary::{Result, Unstructured};
use arbtest::arbtest;
use yrs::{MapPrelim, TextPrelim};

use super::structs::{Bytes, Under};
use super::*;
use crate::gate::reader::Id;
use crate::gate::update::Known;

/// A small document by two clients, and what one of them would send next.
fn start(server: &mut Server) -> Vec<u8> {
    let (first, second) = (new_doc(10), new_doc(11));
    let items = first.get_or_insert_map("items");
    {
        let mut txn = first.transact_mut();
        let item = items.insert(&mut txn, "a", MapPrelim::default());
        let title = item.insert(&mut txn, "title", TextPrelim::new("Sagsfremstilling 😀 æ"));
        item.insert(&mut txn, "order", "a0");
        title.format(&mut txn, 0, 4, yrs::types::Attrs::from([("bold".into(), true.into())]));
        title.remove_range(&mut txn, 2, 3);
    }
    server.offer("ten", &state(&first)).unwrap();
    apply(&second, &[&state(&server.doc)]);
    let items = second.get_or_insert_map("items");
    let mut txn = second.transact_mut();
    let Some(Out::YMap(item)) = items.get(&txn, "a") else { panic!("just made") };
    let Some(Out::YText(title)) = item.get(&txn, "title") else { panic!("just made") };
    title.insert(&mut txn, 3, "Ny tekst");
    item.insert(&mut txn, "order", "a1");
    let sections = item.insert(&mut txn, "sections", MapPrelim::default());
    let section = sections.insert(&mut txn, "s", MapPrelim::default());
    let body = section.insert(&mut txn, "body", TextPrelim::new("\n"));
    body.insert(&mut txn, 0, "Æ 😀");
    drop(txn);
    difference(&second, &server.doc)
}

#[test]
fn flipped_bytes_never_harm_the_document() {
    arbtest(|u| {
        let mut server = Server::new();
        let honest = start(&mut server);
        for _ in 0..u.int_in_range(1..=20)? {
            let mut bytes = honest.clone();
            for _ in 0..u.int_in_range(1..=4)? {
                let at = u.choose_index(bytes.len())?;
                match u.int_in_range(0..=3)? {
                    0 => bytes[at] ^= 1 << u.int_in_range(0..=7)?,
                    1 => bytes[at] = u.arbitrary()?,
                    2 => bytes.insert(at, u.arbitrary()?),
                    _ => drop(bytes.remove(at)),
                }
            }
            let _ = server.offer("eleven", &bytes);
        }
        server.check();
        Ok(())
    });
}

fn any_id(u: &mut Unstructured<'_>, gate: &Gate, own: u64, clock: u32) -> Result<Id> {
    let author = *u.choose(&[10, 11, 12, 13, own, own])?;
    let end = if author == own { clock } else { gate.index.end(client(author)) };
    Ok(Id { client: client(author), clock: u.int_in_range(0..=end)? })
}

/// Anything at all for the neighbours, often two that stand side by side.
fn any_neighbours(u: &mut Unstructured<'_>, gate: &Gate, own: u64, clock: u32) -> Result<Under<'static>> {
    let key = *u.choose(&[None, Some("a"), Some("title"), Some("order"), Some("sections"), Some("body"), Some("closed")])?;
    let (left, other) = (any_id(u, gate, own, clock)?, any_id(u, gate, own, clock)?);
    Ok(match u.int_in_range(0..=11)? {
        0 => Under::Root(u.choose(&["items", "meeting"])?, key),
        1 => Under::Type(left, key),
        2 => Under::Neighbours { left: None, right: Some(other) },
        3 => Under::Neighbours { left: Some(left), right: None },
        4 => Under::Neighbours { left: Some(left), right: Some(other) },
        5 => Under::Neighbours { left: Some(left), right: Some(Id { clock: left.clock + 1, ..left }) },
        6 => Under::Neighbours { left: None, right: gate.index.first_beside(left) },
        _ => Under::Neighbours { left: Some(left), right: gate.index.unit_after(left) },
    })
}

/// Items by `own`, as many as said.
fn any_items(u: &mut Unstructured<'_>, gate: &Gate, mut bytes: Bytes, own: u64, structs: u64) -> Result<Bytes> {
    let mut clock = gate.index.end(client(own));
    bytes = bytes.section(structs, own, clock);
    for _ in 0..structs {
        let under = any_neighbours(u, gate, own, clock)?;
        let length = u.int_in_range(1..=3)?;
        (bytes, clock) = match u.int_in_range(0..=15)? {
            0 => (bytes.collected(length), clock + length as u32),
            1 => (bytes.item(1, under).number(length), clock + length as u32),
            2 => (bytes.item(8, under).number(2).bytes(&[126, 119, 1, b'x']), clock + 2),
            3 => (bytes.item(8, under).number(1).bytes(&[126]), clock + 1),
            4 => (bytes.item(7, under).number(1), clock + 1),
            5 => (bytes.item(7, under).number(2), clock + 1),
            6 => (bytes.item(6, under).text("bold").text(u.choose(&["true", "null"])?), clock + 1),
            7 => (bytes.item(4, under).text("h😀"), clock + 3),
            _ => (bytes.item(4, under).text(u.choose(&["a", "b", "æ"])?), clock + 1),
        };
    }
    Ok(bytes)
}

#[test]
fn items_with_any_neighbours_never_harm_the_document() {
    arbtest(|u| {
        let mut server = Server::new();
        let honest = start(&mut server);
        server.offer("eleven", &honest).unwrap();
        for _ in 0..u.int_in_range(1..=20)? {
            // What they send now was written at the same time.
            let mut frames = Vec::new();
            for own in [12, 13, 14] {
                let structs = u.int_in_range(1..=2)?;
                let mut bytes = any_items(u, &server.gate, Bytes::new(1), own, structs)?;
                let deletions = u.int_in_range(0..=1)?;
                bytes = bytes.number(deletions);
                for _ in 0..deletions {
                    let id = any_id(u, &server.gate, 12, 5)?;
                    bytes = bytes.number(id.client.get()).number(1).number(u64::from(id.clock)).number(u.int_in_range(0..=4)?);
                }
                frames.push(bytes.end());
            }
            for frame in frames {
                let _ = server.offer("the same user", &frame);
            }
        }
        server.check();
        Ok(())
    });
}

#[test]
fn any_bytes_are_read_without_harm() {
    arbtest(|u| {
        let bytes: Vec<u8> = u.arbitrary()?;
        let mut server = Server::new();
        let _ = server.offer("anne", &bytes);
        server.check();
        Ok(())
    });
}
