//! Replicas of a meeting end equal whatever people do and however their edits travel.

use arbtest::arbtest;
use dagsorden_tests::action::Action;
use dagsorden_tests::network::{Network, Step};
use yrs::Transact;
use yrs::types::ToJson;

/// How long each property looks for a counterexample.
const BUDGET_MS: u64 = 3_000;

#[test]
fn replicas_agree_whatever_the_order_of_delivery() {
    arbtest(|u| {
        let mut network = Network::with_replicas(3);
        while !u.is_empty() {
            network.step(u.arbitrary::<Step>()?);
            network.check_invariants();
        }
        network.deliver_everything();
        network.check_invariants();
        network.assert_snapshots_equal();
        Ok(())
    })
    .size_max(1_500)
    .budget_ms(BUDGET_MS);
}

#[test]
fn replicas_that_work_apart_for_long_agree_when_they_meet() {
    arbtest(|u| {
        let mut network = Network::with_replicas(4);
        for replica in 0..4 {
            network.step(Step::Cut { replica });
        }
        while !u.is_empty() {
            let (replica, action) = u.arbitrary::<(u8, Action)>()?;
            network.step(Step::Edit { replica, action });
        }
        network.deliver_everything();
        network.check_invariants();
        network.assert_snapshots_equal();
        Ok(())
    })
    .size_max(1_500)
    .budget_ms(BUDGET_MS);
}

/// How often a letter stands in the document, also in what is marked deleted.
fn count(network: &mut Network, letter: char) -> usize {
    let agenda = network.replica(0).agenda();
    let [_, items] = agenda.roots();
    items.to_json(&agenda.doc().transact()).to_string().matches(letter).count()
}

#[test]
fn undo_of_all_of_ones_own_edits_leaves_what_the_other_wrote() {
    arbtest(|u| {
        let mut network = Network::with_replicas(2);
        let mut typed = 0;
        while !u.is_empty() {
            let (mine, delay, action) = u.arbitrary::<(bool, u8, Action)>()?;
            if mine {
                network.edit(0, action, Some("Ŋ"));
                network.replica(0).end_undo_step();
            } else if let Action::Type { field, at, text, .. } = action {
                let before = network.replica(1).state();
                network.edit(1, Action::Type { field, at, text, mark: 0 }, Some("Ð"));
                typed += usize::from(network.replica(1).state() != before);
            }
            if delay % 3 == 0 {
                network.deliver_everything();
            }
        }
        network.deliver_everything();
        while network.replica(0).undo() {}
        network.deliver_everything();
        network.check_invariants();
        network.assert_snapshots_equal();
        assert_eq!(count(&mut network, 'Ŋ'), 0, "nothing of one's own is left");
        assert_eq!(count(&mut network, 'Ð'), typed, "all that the other typed is there, once");
        Ok(())
    })
    .size_max(1_000)
    .budget_ms(BUDGET_MS);
}
