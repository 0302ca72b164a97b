//! What anchors promise, through the document's public interface.

use arbtest::arbitrary::{Result, Unstructured};
use yrs::undo::{Options, UndoManager};
use yrs::updates::decoder::Decode;
use yrs::{ReadTxn, Transact, Update};

use super::*;
use crate::agenda::{Change, Edit, NewSection, Origin};
use crate::id::ClientId;
use crate::meeting_json::SectionKind;
use crate::richtext::attributes::Attributes;

fn field() -> Field {
    "section:a:s".parse().unwrap()
}

fn write(agenda: &Agenda, delta: Delta) {
    agenda.apply(&[Edit::Text { field: field(), delta }], Origin::Local).unwrap();
}

fn plain() -> Attributes {
    Attributes::new()
}

fn agenda(text: &str) -> Agenda {
    let agenda = Agenda::new(ClientId::new(5).unwrap());
    let section = NewSection { id: "s".parse().unwrap(), kind: SectionKind::Case, heading: None };
    agenda.apply(&[Edit::CreateItem { item: "a".parse().unwrap(), after: None, sections: vec![section] }], Origin::Local).unwrap();
    write(&agenda, Delta::new().insert(text, plain()));
    agenda
}

fn fork(of: &Agenda, client: u64) -> Agenda {
    let fork = Agenda::new(ClientId::new(client).unwrap());
    send(of, &fork);
    fork
}

fn send(from: &Agenda, to: &Agenda) {
    let update = from.doc().transact().encode_diff_v1(&to.doc().transact().state_vector());
    to.doc().transact_mut_with(Origin::Remote.as_str()).apply_update(Update::decode_v1(&update).unwrap()).unwrap();
}

fn undo_of(agenda: &Agenda) -> UndoManager<()> {
    let mut undo = UndoManager::with_options(Options {
        capture_timeout_millis: 0,
        tracked_origins: [Origin::Local.as_str().into()].into(),
        capture_transaction: None,
        timestamp: std::sync::Arc::new(|| 0),
        init_undo_stack: Vec::new(),
        init_redo_stack: Vec::new(),
    });
    agenda.roots().into_iter().for_each(|root| undo.expand_scope(agenda.doc(), root));
    undo
}

fn resolved(agenda: &Agenda, anchor: &Anchor) -> Anchored {
    agenda.resolve_anchors(&field(), [anchor])[0]
}

fn words(agenda: &Agenda, at: Anchored) -> String {
    String::from_utf16(&agenda.units(&field()).unwrap()[at.start as usize..at.end as usize]).unwrap()
}

fn found(agenda: &Agenda, anchor: &Anchor) -> (AnchorState, String) {
    let at = agenda.find_anchor(&field(), anchor).unwrap();
    (at.state, words(agenda, at))
}

#[test]
fn an_anchor_stays_tight_around_its_words_wherever_others_write() {
    let one = agenda("the quick fox");
    let other = fork(&one, 9);
    let anchor = one.anchor(&field(), 4, 9).unwrap();
    assert_eq!((anchor.quote.as_str(), anchor.before.as_str(), anchor.after.as_str()), ("quick", "the ", " fox\n"));
    assert!(anchor.is_sound());
    for at in [9, 4, 0] {
        write(&other, Delta::new().retain(at).insert("XX", plain()));
    }
    send(&other, &one);
    for agenda in [&one, &other] {
        assert_eq!(found(agenda, &anchor), (AnchorState::Here, "quick".to_owned()));
    }
    write(&one, Delta::new().retain(10).insert("\n", plain()));
    assert_eq!(found(&one, &anchor), (AnchorState::Edited, "qu\nick".to_owned()), "it follows a split line");
}

#[test]
fn an_anchor_reaches_from_the_first_to_the_last_letter_of_a_text() {
    let one = agenda("å😀");
    let whole = one.anchor(&field(), 0, 3).unwrap();
    assert_eq!(found(&one, &whole), (AnchorState::Here, "å😀".to_owned()));
    let title: Field = "title:a".parse().unwrap();
    assert_eq!(one.find_anchor(&title, &one.anchor(&title, 0, 0).unwrap()).map(|at| at.state), Some(AnchorState::Here));
    assert_eq!(one.anchor(&field(), 0, 9), None, "past the end");
    assert_eq!(one.anchor(&field(), 2, 1), None);
}

#[test]
fn words_that_are_deleted_leave_the_anchor_in_their_place() {
    let one = agenda("foo bar foo");
    let anchor = one.anchor(&field(), 0, 3).unwrap();
    write(&one, Delta::new().delete(3));
    let gone = Anchored { state: AnchorState::Gone, start: 0, end: 0 };
    assert_eq!(one.find_anchor(&field(), &anchor), Some(gone), "the other foo is another");
    write(&one, Delta::new().insert("foo", plain()));
    assert_eq!(resolved(&one, &anchor).state, AnchorState::Gone, "the letters are others");
    assert_eq!(found(&one, &anchor), (AnchorState::Here, "foo".to_owned()), "but typed again in its place");
}

#[test]
fn letters_that_have_not_arrived_are_waited_for() {
    let one = agenda("the fox");
    let other = fork(&one, 9);
    write(&one, Delta::new().retain(4).insert("quick ", plain()));
    let anchor = one.anchor(&field(), 4, 9).unwrap();
    assert_eq!(resolved(&other, &anchor).state, AnchorState::Waiting);
    send(&one, &other);
    assert_eq!(resolved(&other, &anchor), Anchored { state: AnchorState::Here, start: 4, end: 9 });
    let elsewhere: Field = "section:a:none".parse().unwrap();
    assert_eq!(other.resolve_anchors(&elsewhere, [&anchor])[0].state, AnchorState::Waiting);
}

#[test]
fn long_words_are_kept_by_their_ends_and_told_apart_by_their_middle() {
    let text = "åæø ".repeat(300);
    let one = agenda(&text);
    let anchor = one.anchor(&field(), 1, 1_001).unwrap();
    assert_eq!((anchor.quote.chars().count(), anchor.quote_len), (QUOTE, 1_000));
    assert!(anchor.is_sound() && anchor.quote_hash.is_some());
    assert_eq!(resolved(&one, &anchor).state, AnchorState::Here);
    write(&one, Delta::new().retain(500).insert("X", plain()).delete(1));
    assert_eq!(resolved(&one, &anchor), Anchored { state: AnchorState::Edited, start: 1, end: 1_001 });
    for odd in [
        Anchor { quote: "å".repeat(QUOTE + 1), ..anchor.clone() },
        Anchor { quote_len: 7, ..anchor.clone() },
        Anchor { quote_hash: None, ..anchor.clone() },
        Anchor { start: "here".into(), ..anchor.clone() },
        Anchor { after: "å".repeat(CONTEXT + 1), ..anchor.clone() },
    ] {
        assert!(!odd.is_sound(), "{odd:?}");
    }
}

#[test]
fn words_are_found_where_they_are_beyond_doubt_and_nowhere_else() {
    let find = |text: &str, (start, end): (u32, u32), now: &str, place: Option<u32>| {
        let anchor = agenda(text).anchor(&field(), start, end).unwrap();
        let now = agenda(now);
        now.find_words(&field(), &anchor, place).map(|at| (at.start, at.end))
    };
    // Half of the surroundings.
    assert_eq!(find("a long way home", (7, 10), "not a long way home", None), Some((11, 14)));
    // Short words alone in the text, among strangers.
    assert_eq!(find("a long way home", (7, 10), "which way then", None), None);
    assert_eq!(find("a long way home", (7, 10), "which way then", Some(9)), Some((6, 9)), "they end where they stood");
    // Long words alone in the text.
    assert_eq!(find("x Kredsen drøftede sagen y", (2, 24), "Ganske andet. Kredsen drøftede sagen. Slut", None), Some((14, 36)));
    // Twice with the same surroundings.
    assert_eq!(find("x way y", (2, 5), "x way y. x way y.", None), None);
    assert_eq!(find("x way y", (2, 5), "x way y. x way y.", Some(12)), Some((11, 14)), "the one nearer to the old place");
    assert_eq!(find("x way y", (2, 5), "", None), None);
}

#[test]
fn renewed_words_must_be_the_quote_or_as_like_it() {
    let anchor = agenda("the quick fox").anchor(&field(), 4, 9).unwrap();
    let accepts = |new: &str, old: &str| anchor.accepts(&units(new), &units(old));
    assert!(accepts("quick", "quick") && accepts("quick", "") && accepts("quck", "") && accepts("quiXck", "qk"));
    assert!(!accepts("fox", "quick") && !accepts("quck", "quick") && !accepts("fox", "quck") && !accepts("", ""));
}

#[test]
fn after_an_undo_the_one_who_undid_makes_the_anchor_that_all_resolve() {
    let one = agenda("the quick fox");
    let mut undo = undo_of(&one);
    let other = fork(&one, 9);
    let old = one.anchor(&field(), 4, 9).unwrap();
    assert_eq!(one.renew_anchor(&field(), &old, resolved(&one, &old)), None, "nothing to renew");
    write(&one, Delta::new().retain(4).delete(6));
    send(&one, &other);
    for agenda in [&one, &other] {
        assert_eq!(found(agenda, &old), (AnchorState::Gone, String::new()));
    }
    assert!(undo.undo_blocking());
    // Meanwhile the surroundings change, so that the words alone do not tell.
    write(&one, Delta::new().delete(4).retain(6).delete(3));
    send(&one, &other);
    let at = resolved(&one, &old);
    assert_eq!(at, Anchored { state: AnchorState::Here, start: 0, end: 5 });
    assert_ne!(found(&other, &old).1, "quick", "should yrs tell others, this rule could go");
    let new = one.renew_anchor(&field(), &old, at).unwrap();
    assert_eq!((&new.quote, &new.before, &new.after), (&old.quote, &String::new(), &" \n".to_owned()));
    assert_eq!(found(&other, &new), (AnchorState::Here, "quick".to_owned()));
}

#[test]
fn an_anchor_and_its_state_are_json_that_names_what_is_there() {
    let anchor = agenda("the quick fox").anchor(&field(), 4, 9).unwrap();
    let written = serde_json::to_value(&anchor).unwrap();
    assert_eq!(written["quote_len"], 5);
    assert!(written.get("quote_hash").is_none());
    assert_eq!(serde_json::from_value::<Anchor>(written).unwrap(), anchor);
    assert_eq!(serde_json::to_value(AnchorState::Waiting).unwrap(), "waiting");
}

/// A replica with anchors that follow what it hears.
struct Follower {
    agenda: Agenda,
    heard: std::rc::Rc<std::cell::RefCell<Vec<Delta>>>,
    followed: Vec<Anchored>,
}

impl Follower {
    fn new(of: &Agenda, client: u64) -> Self {
        let agenda = fork(of, client);
        let heard = std::rc::Rc::<std::cell::RefCell<Vec<Delta>>>::default();
        let hears = std::rc::Rc::clone(&heard);
        agenda.observe("anchors", move |_, changes| {
            hears.borrow_mut().extend(changes.into_iter().filter_map(|change| match change {
                Change::Text { delta, .. } => Some(delta),
                _ => None,
            }));
        });
        Self { agenda, heard, followed: Vec::new() }
    }

    fn len(&self) -> u32 {
        u32::try_from(self.agenda.units(&field()).unwrap().len()).unwrap()
    }

    /// Follows what was heard; each transaction's delta by itself, as a page does. The document is as after the last of them.
    fn follow(&mut self, anchors: &[Anchor]) {
        // Letters may arrive that another client has deleted already, and change nothing.
        let mut touched: Vec<bool> = self.followed.iter().map(|at| at.state == AnchorState::Waiting).collect();
        for delta in self.heard.take() {
            for (at, touched) in self.followed.iter_mut().zip(&mut touched) {
                *touched |= at.follow(&delta) == Followed::Touched;
            }
        }
        let text = self.agenda.units(&field()).unwrap();
        for ((at, anchor), touched) in self.followed.iter_mut().zip(anchors).zip(touched) {
            if touched {
                *at = self.agenda.resolve_anchors(&field(), [anchor])[0];
            } else {
                at.state = anchor.state_of(&text[at.start as usize..at.end as usize]);
            }
        }
    }
}

fn some_edit(u: &mut Unstructured<'_>, text: &[u16]) -> Result<Delta> {
    // Between letters, and not behind the last newline.
    let letter = |at: u32| at - u32::from(text.get(at as usize).is_some_and(|unit| (0xDC00..0xE000).contains(unit)));
    let end = u32::try_from(text.len()).unwrap() - 1;
    let at = letter(u.int_in_range(0..=end)?);
    let gone = if u.ratio(1, 2)? { letter(u.int_in_range(at..=(at + 12).min(end))?) - at } else { 0 };
    let typed = *u.choose(&["", "x", "ny ", "\n", "å😀", "ord om sagen "])?;
    let delta = Delta::new().retain(at);
    // Editors differ in what they do first.
    Ok(if u.arbitrary()? { delta.insert(typed, plain()).delete(gone) } else { delta.delete(gone).insert(typed, plain()) })
}

/// Whatever five people write, a page that follows deltas shows what the sticky positions say, and so does one that is opened now.
#[test]
fn followed_sticky_and_fresh_positions_are_the_same() {
    // Some 10,000 of them within the budget.
    let mut edits = 0;
    let property = |u: &mut Unstructured<'_>| {
        let start = agenda("Kredsen drøftede en fælles vagtordning.\nIndstilling\nat sagen drøftes\nat sagen tages til efterretning\n");
        let mut all: Vec<Follower> = (0..5).map(|client| Follower::new(&start, 10 + client)).collect();
        let mut anchors: Vec<Anchor> = Vec::new();
        for _ in 0..u.int_in_range(20..=200)? {
            let who = u.int_in_range(0..=4)?;
            match u.int_in_range(0..=9)? {
                // A comment, heard of by all at once, often before its letters.
                0 if anchors.len() < 12 => {
                    let len = all[who].len();
                    let from = u.int_in_range(0..=len - 1)?;
                    let to = u.int_in_range(from..=(from + 20).min(len))?;
                    let anchor = all[who].agenda.anchor(&field(), from, to).unwrap();
                    for one in &mut all {
                        one.followed.extend(one.agenda.resolve_anchors(&field(), [&anchor]));
                    }
                    anchors.push(anchor);
                }
                0..=3 => {
                    let from = u.int_in_range(0..=4)?;
                    if from != who {
                        send(&all[from].agenda, &all[who].agenda);
                    }
                }
                _ => {
                    let delta = some_edit(u, &all[who].agenda.units(&field()).unwrap())?;
                    write(&all[who].agenda, delta);
                    edits += 1;
                }
            }
            all[who].follow(&anchors);
            let sticky = all[who].agenda.resolve_anchors(&field(), &anchors);
            assert_eq!(all[who].followed, sticky, "followed and sticky");
            if u.ratio(1, 8)? {
                assert_eq!(fork(&all[who].agenda, 99).resolve_anchors(&field(), &anchors), sticky, "sticky and a fresh load");
            }
        }
        let whole = fork(&start, 98);
        all.iter().for_each(|one| send(&one.agenda, &whole));
        for one in &mut all {
            send(&whole, &one.agenda);
            one.follow(&anchors);
            assert_eq!(one.followed, whole.resolve_anchors(&field(), &anchors), "everywhere");
        }
        Ok(())
    };
    arbtest::arbtest(property).size_min(4_096).budget_ms(6_000).run();
    assert!(edits > 0, "something was written");
}
