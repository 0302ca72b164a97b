//! What the gate costs: `cargo test --release -p dagsorden --lib gate::tests::costs -- --ignored --nocapture`.

use std::time::Instant;

use yrs::{MapPrelim, TextPrelim};

use super::*;

/// A body of `paragraphs` paragraphs in which two have worked in turn, all over.
fn worked_over(paragraphs: u32) -> [Doc; 2] {
    let docs = [new_doc(10), new_doc(11)];
    let items = docs[0].get_or_insert_map("items");
    let mut txn = docs[0].transact_mut();
    let item = items.insert(&mut txn, "a", MapPrelim::default());
    let body = item.insert(&mut txn, "body", TextPrelim::new("\n"));
    for _ in 0..paragraphs {
        body.insert(&mut txn, 0, "Direktionen indstiller, at budgettet godkendes med de ændringer, som udvalget har peget på. ");
    }
    drop(txn);
    for turn in 0..paragraphs {
        let [from, to] = if turn % 2 == 0 { [&docs[0], &docs[1]] } else { [&docs[1], &docs[0]] };
        apply(to, &[&difference(from, to)]);
        type_at(to, (turn * 7919) % (paragraphs * 80), "x");
    }
    apply(&docs[0], &[&difference(&docs[1], &docs[0])]);
    docs
}

fn type_at(doc: &Doc, at: u32, text: &str) {
    let items = doc.get_or_insert_map("items");
    let mut txn = doc.transact_mut();
    let Some(Out::YMap(item)) = items.get(&txn, "a") else { panic!("the item is there") };
    let Some(Out::YText(body)) = item.get(&txn, "body") else { panic!("the body is there") };
    body.insert(&mut txn, at, text);
}

#[test]
#[ignore = "measures; run it in release"]
fn keystrokes_and_bulk() {
    let docs = worked_over(2_000);
    let stored = state(&docs[0]);
    let started = Instant::now();
    let mut gate = Gate::load(&stored).unwrap();
    let load = started.elapsed();
    eprintln!("load {} bytes: {load:?}, {:.0} MB/s", stored.len(), stored.len() as f64 / load.as_secs_f64() / 1e6);

    let user = UserKey::new("u");
    let mut ids = ClientIds::load([(client(12), user.clone())]);
    let writer = new_doc(12);
    apply(&writer, &[&stored]);
    for (name, spread) in [("typing on", 0), ("typing all over", 7919)] {
        let frames: Vec<Vec<u8>> = (0..2_000u32)
            .map(|at| {
                let before = writer.transact().state_vector();
                type_at(&writer, 100 + if spread == 0 { at } else { at * spread % 150_000 }, "x");
                writer.transact().encode_state_as_update_v1(&before)
            })
            .collect();
        let started = Instant::now();
        for frame in &frames {
            let admission = gate.admit(frame, Sender { clients: &mut ids, user: &user, may_write: true });
            assert!(matches!(admission, Ok(Admission::Admitted(_))));
        }
        eprintln!("{name}: {:?} a keystroke", started.elapsed() / 2_000);
    }

    let whole = state(&writer);
    let started = Instant::now();
    for _ in 0..10 {
        assert_eq!(gate.admit(&whole, Sender { clients: &mut ids, user: &user, may_write: false }), Ok(Admission::Nothing));
    }
    eprintln!("known state of {} bytes: {:.0} MB/s", whole.len(), whole.len() as f64 * 10.0 / started.elapsed().as_secs_f64() / 1e6);

    let paste = new_doc(13);
    apply(&paste, &[&whole]);
    type_at(&paste, 500, &"Sagen forelægges på ny. ".repeat(100_000));
    let paste = difference(&paste, &writer);
    let started = Instant::now();
    assert!(matches!(gate.admit(&paste, Sender { clients: &mut ids, user: &user, may_write: true }), Ok(Admission::Admitted(_))));
    eprintln!("pasted {} bytes: {:.0} MB/s", paste.len(), paste.len() as f64 / started.elapsed().as_secs_f64() / 1e6);
}
