//! Honest documents: whatever replicas do to a meeting's document passes the gate and is the same on the server.

use arbtest::arbitrary::{Result, Unstructured};
use arbtest::arbtest;
use yrs::types::Attrs;
use yrs::undo::UndoManager;
use yrs::{Any, GetString, Map, MapPrelim, MapRef, Out, Text, TextPrelim, TextRef};

use super::*;
use crate::gate::update::Known;

/// A replica of the page, writing under its own client id.
struct Replica {
    user: String,
    doc: Doc,
    roots: [MapRef; 2],
    undo: UndoManager<()>,
}

impl Replica {
    fn new(id: u64) -> Self {
        let doc = new_doc(id);
        let roots = ["meeting", "items"].map(|name| doc.get_or_insert_map(name));
        let mut undo = UndoManager::with_options(yrs::undo::Options { capture_timeout_millis: 0, ..Default::default() });
        undo.include_origin("typing");
        roots.iter().for_each(|root| undo.expand_scope(&doc, root));
        Self { user: format!("user {id}"), doc, roots, undo }
    }

    fn send(&self, server: &mut Server) -> Admission {
        server.offer(&self.user, &difference(&self.doc, &server.doc)).unwrap()
    }

    fn receive(&self, server: &Server) {
        apply(&self.doc, &[&difference(&server.doc, &self.doc)]);
    }

    /// Texts of items and their sections; whether they are titles.
    fn texts(&self) -> Vec<(TextRef, bool)> {
        let txn = self.doc.transact();
        let mut texts = Vec::new();
        let mut maps: Vec<MapRef> = vec![self.roots[1].clone()];
        while let Some(map) = maps.pop() {
            let mut values: Vec<_> = map.iter(&txn).collect();
            values.sort_by_key(|(key, _)| key.to_owned());
            for (key, value) in values {
                match value {
                    Out::YText(text) => texts.push((text, key == "title")),
                    Out::YMap(map) => maps.push(map),
                    _ => {}
                }
            }
        }
        texts
    }

    fn edit(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let key = *u.choose(&["a", "b", "c"])?;
        match u.int_in_range(0..=11)? {
            10 => drop(self.undo.undo_blocking()),
            11 => drop(self.undo.redo_blocking()),
            0 => self.create_item(key),
            1 => {
                let title = Any::from(*u.choose(&["Budget for 2025 – høring 😀", ""])?);
                let guests = Any::from(vec![Any::from("Anne"), Any::from("Bo")]);
                let minutes = Any::from(f64::from(u.arbitrary::<u8>()?));
                let mut txn = self.doc.transact_mut_with("typing");
                self.roots[0].insert(&mut txn, *u.choose(&["title", "place"])?, title);
                if let Some(Out::YMap(item)) = self.roots[1].get(&txn, key) {
                    item.insert(&mut txn, "guests", guests);
                    item.insert(&mut txn, "minutes_planned", u.choose(&[minutes, Any::Null])?.clone());
                    item.insert(&mut txn, "deleted", u.arbitrary::<bool>()?);
                }
            }
            // No step of undo, as in the page: see `the_undo_of_a_removal_may_be_refused_and_that_of_a_mark_never_is`.
            2 => drop(self.roots[1].remove(&mut self.doc.transact_mut(), key)),
            _ => self.edit_text(u)?,
        }
        Ok(())
    }

    fn create_item(&self, key: &str) {
        let mut txn = self.doc.transact_mut();
        let item = self.roots[1].insert(&mut txn, key, MapPrelim::default());
        item.insert(&mut txn, "order", "a0");
        item.insert(&mut txn, "title", TextPrelim::new("Sag"));
        let sections = item.insert(&mut txn, "sections", MapPrelim::default());
        let section = sections.insert(&mut txn, "first", MapPrelim::default());
        section.insert(&mut txn, "body", TextPrelim::new("\n"));
    }

    fn edit_text(&self, u: &mut Unstructured<'_>) -> Result<()> {
        let texts = self.texts();
        if texts.is_empty() {
            return Ok(());
        }
        let (text, is_title) = u.choose(&texts)?;
        let mut txn = self.doc.transact_mut_with("typing");
        // Never inside a surrogate pair: yrs cuts pairs without telling others, and the editor works in whole characters.
        let whole = text.get_string(&txn);
        let units: Vec<u32> = std::iter::once(0)
            .chain(whole.chars().scan(0, |end, character| {
                *end += character.len_utf16() as u32;
                Some(*end)
            }))
            .collect();
        let first = u.choose_index(units.len())?;
        let (at, count) = (units[first], units[u.int_in_range(first..=units.len() - 1)?] - units[first]);
        match u.int_in_range(0..=3)? {
            0 if count > 0 => text.remove_range(&mut txn, at, count),
            1 if count > 0 => {
                let link = Any::from("https://example.dk/æ");
                let marks = [("bold", Any::Bool(true)), ("bold", Any::Null), ("link", link), ("color", Any::from("red"))];
                let (key, value) = u.choose(&marks)?.clone();
                text.format(&mut txn, at, count, Attrs::from([(key.into(), value)]));
            }
            2 if !is_title => text.insert_with_attributes(&mut txn, at, "x\n", Attrs::from([("list".into(), Any::from("bullet"))])),
            _ => text.insert(&mut txn, at, u.choose(&["a", "Beslutning", "æøå", "😀😀", if *is_title { " " } else { "\n" }])?),
        }
        Ok(())
    }
}

#[test]
fn what_replicas_write_passes_and_is_the_same_everywhere() {
    arbtest(|u| {
        let mut server = Server::new();
        let mut replicas: Vec<Replica> = (0..u.int_in_range(1..=3)?).map(|at| Replica::new(100 + at)).collect();
        replicas[0].create_item("a");
        for _ in 0..u.int_in_range(1..=40)? {
            let at = u.choose_index(replicas.len())?;
            let replica = &mut replicas[at];
            match u.int_in_range(0..=5)? {
                0 => drop(replica.send(&mut server)),
                1 => replica.receive(&server),
                _ => replica.edit(u)?,
            }
        }
        for replica in replicas.iter().chain(&replicas) {
            replica.send(&mut server);
            replica.receive(&server);
        }
        for replica in &replicas {
            assert_eq!(content(&replica.doc), content(&server.doc));
            assert_eq!(server.ask("somebody else", false, &state(&replica.doc)), Ok(Admission::Nothing));
        }
        server.check();
        Ok(())
    });
}

#[test]
fn frames_of_several_replicas_commit_as_one_transaction() {
    arbtest(|u| {
        let mut server = Server::new();
        let mut replicas = [Replica::new(100), Replica::new(101)];
        replicas[0].create_item("a");
        replicas[0].send(&mut server);
        for _ in 0..u.int_in_range(1..=4)? {
            let mut batch = Vec::new();
            for replica in &replicas {
                replica.receive(&server);
            }
            for at in [0, 1, 0, 1] {
                let replica = &mut replicas[at];
                replica.edit(u)?;
                let bytes = difference(&replica.doc, &server.doc);
                match server.ask(&replica.user, true, &bytes).unwrap() {
                    Admission::Admitted(admitted) => batch.push(admitted),
                    other => assert_eq!(other, Admission::Nothing),
                }
            }
            server.commit(&batch);
        }
        server.check();
        Ok(())
    });
}

#[test]
fn frames_in_any_order_are_gaps_until_they_fit() {
    arbtest(|u| {
        let mut server = Server::new();
        let mut replicas = [Replica::new(100), Replica::new(101)];
        replicas[0].create_item("a");
        let mut frames = vec![state(&replicas[0].doc)];
        apply(&replicas[1].doc, &[&frames[0]]);
        // The two share every change with each other, as two tabs do.
        for _ in 0..u.int_in_range(1..=20)? {
            let at = usize::from(u.arbitrary::<bool>()?);
            let before = replicas[at].doc.transact().state_vector();
            replicas[at].edit(u)?;
            frames.push(replicas[at].doc.transact().encode_state_as_update_v1(&before));
            apply(&replicas[1 - at].doc, &[frames.last().unwrap()]);
        }
        let mut left: Vec<usize> = (0..frames.len()).collect();
        while !left.is_empty() {
            let mut gaps = Vec::new();
            let before = left.len();
            while !left.is_empty() {
                let frame = left.swap_remove(u.int_in_range(0..=left.len() - 1)?);
                if server.offer("one user", &frames[frame]).unwrap() == Admission::Gap {
                    gaps.push(frame);
                }
            }
            assert!(gaps.len() < before, "no frame of {before} fits");
            left = gaps;
        }
        assert_eq!(content(&server.doc), content(&replicas[0].doc));
        assert_eq!(content(&server.doc), content(&replicas[1].doc));
        server.check();
        Ok(())
    });
}

#[test]
fn a_cut_inside_a_surrogate_pair_keeps_the_clocks() {
    let mut server = Server::new();
    let replica = Replica::new(100);
    replica.create_item("a");
    replica.send(&mut server);
    let bytes = structs::Bytes::new(1).section(1, 100, 0).text_in_root("😀😀").no_deletions();
    // The same client at another clock count: what the server has ends inside the second pair.
    let known = Gate::load(DocumentKind::Meeting, &structs::Bytes::new(1).section(1, 100, 0).collected(3).no_deletions()).unwrap();
    let mut gate = known;
    let mut ids = ClientIds::load([(client(100), UserKey::new("u"))]);
    let sender = Sender { clients: &mut ids, user: &UserKey::new("u"), may_write: true };
    let Ok(Admission::Admitted(admitted)) = gate.admit(&bytes, sender) else { panic!("the rest is new") };
    assert!(admitted.update().ends_with("\u{3}\u{fffd}\0".as_bytes()), "{:?}", admitted.update());
    assert_eq!(gate.state_vector(), [(client(100), 4)]);
}

#[test]
fn a_gate_that_is_told_of_the_servers_own_changes_follows_the_document() {
    let mut server = Server::new();
    let seed = Replica::new(7);
    seed.create_item("a");
    let own = apply(&server.doc, &[&state(&seed.doc)]);
    apply(&server.reader, &[&own]);
    server.gate.applied(&own).unwrap();
    assert_eq!(server.gate.applied(&[1, 1, 9, 5, 0, 1, 0]), Err(LoadError::Gap));
    let replica = Replica::new(100);
    replica.receive(&server);
    replica.texts()[0].0.insert(&mut replica.doc.transact_mut(), 0, "Ny ");
    assert!(matches!(replica.send(&mut server), Admission::Admitted(_)));
    // The seed's client id is nobody's.
    let forged = structs::Bytes::new(1).section(1, 7, server.gate.index.end(client(7))).collected(1).no_deletions();
    assert_eq!(server.offer("anne", &forged), Err(Refusal::NotYourClientId(client(7))));
    server.check();
}

/// What comes of an undo of `step`, made where the title is in three pieces that an undo and a redo had a part in.
fn offer_undo_of(step: impl Fn(&Replica)) -> std::result::Result<Admission, Refusal> {
    let mut server = Server::new();
    let mut replica = Replica::new(100);
    replica.create_item("a");
    let (title, _) = replica.texts().into_iter().find(|(_, is_title)| *is_title).unwrap();
    let write = |at, text| title.insert(&mut replica.doc.transact_mut_with("typing"), at, text);
    write(3, "BC");
    assert!(replica.undo.undo_blocking() && replica.undo.redo_blocking());
    write(4, "x");
    replica.send(&mut server);
    let before = content(&replica.doc);
    step(&replica);
    assert!(replica.undo.undo_blocking());
    assert_eq!(content(&replica.doc), before);
    let admission = server.offer(&replica.user, &difference(&replica.doc, &server.doc));
    server.check();
    admission
}

/// yrs brings a removed item back as a copy, its pieces in the order of a hash. Where some of the text was undone and redone before, the right
/// neighbour of a piece is then now and then one that stands left of it.
#[test]
fn the_undo_of_a_removal_may_be_refused_and_that_of_a_mark_never_is() {
    let remove = |replica: &Replica| drop(replica.roots[1].remove(&mut replica.doc.transact_mut_with("typing"), "a"));
    let mark = |replica: &Replica| {
        let mut txn = replica.doc.transact_mut_with("typing");
        let Some(Out::YMap(item)) = replica.roots[1].get(&txn, "a") else { panic!("the item is there") };
        item.insert(&mut txn, "deleted", true);
    };
    let mut refused = 0;
    // A removal is refused three times in five.
    for _ in 0..100 {
        assert!(matches!(offer_undo_of(mark), Ok(Admission::Admitted(_))));
        if let Err(refusal) = offer_undo_of(remove) {
            assert_eq!(refusal, crate::gate::Misplaced::Order.into());
            refused += 1;
        }
    }
    assert!(refused > 0, "should yrs copy in order, replicas may undo removals here too");
}
