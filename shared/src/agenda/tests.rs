//! What the meeting document promises, through its public interface.

use std::cell::RefCell;
use std::rc::Rc;

use yrs::undo::UndoManager;
use yrs::updates::decoder::Decode;
use yrs::{ReadTxn, SharedRef, StateVector, Transact, Update};

use super::*;
use crate::api::MeetingDetail;
use crate::id::{ForumId, MeetingId};
use crate::meeting_json::{BlockJson, ItemJson, ListJson, MarkJson, MeetingJson, SectionJson};
use crate::richtext::attributes::Attributes;
use crate::richtext::delta::Delta;

fn random() -> impl FnMut() -> u128 {
    let mut state = 7u128;
    move || {
        state = state.wrapping_mul(0xda94_2042_e4dd_58b5).wrapping_add(0x1405_7b7e_f767_814f);
        state
    }
}

fn agenda(client: u64) -> Agenda {
    Agenda::new(ClientId::new(client).expect("a client id"))
}

fn rows() -> MeetingDetail {
    MeetingDetail {
        id: MeetingId::from_random(1),
        forum: ForumId::from_random(1),
        forum_name: "Kredsen".into(),
        phase: Default::default(),
        documents: Vec::new(),
        item_documents: Vec::new(),
        may: Vec::new(),
        layout: Vec::new(),
        participants: Vec::new(),
        attachments: Vec::new(),
    }
}

fn meeting() -> MeetingJson {
    let bold = MarkJson { start: 0, end: 2, bold: true, ..MarkJson::default() };
    MeetingJson {
        forum: "Kredsen".into(),
        title: "Møde i kredsen".into(),
        date: Some("2027-01-14".into()),
        items: vec![
            ItemJson {
                number: Some("1".into()),
                title: "Godkendelse".into(),
                sections: vec![
                    SectionJson {
                        heading: Some("Baggrund".into()),
                        kind: SectionKind::Background,
                        blocks: vec![
                            BlockJson::Paragraph { text: "Øl 😀 og brød".into(), marks: vec![bold], level: 0 },
                            BlockJson::Heading { text: "Under".into(), marks: Vec::new(), level: 2 },
                            BlockJson::ListItem { list: ListJson::Ordered, level: 1, start: Some(3), text: "et".into(), marks: Vec::new() },
                            BlockJson::Table {
                                rows: vec![vec!["".into(), "2024".into()], vec!["I alt".into(), "5".into()]],
                                cell_marks: Vec::new(),
                                head: Some(false),
                            },
                        ],
                        ..SectionJson::default()
                    },
                    SectionJson { heading: None, kind: SectionKind::Case, ..SectionJson::default() },
                ],
                ..ItemJson::default()
            },
            ItemJson { number: Some("4".into()), title: "Efter hullet".into(), ..ItemJson::default() },
            ItemJson { number: Some("5".into()), title: "Eventuelt".into(), ..ItemJson::default() },
        ],
        ..MeetingJson::default()
    }
}

fn copy_of(source: &Agenda, client: u64) -> Agenda {
    let copy = agenda(client);
    exchange(source, &copy);
    copy
}

fn exchange(from: &Agenda, to: &Agenda) {
    let known = to.doc().transact().state_vector();
    let bytes = from.doc().transact().encode_state_as_update_v1(&known);
    let update = Update::decode_v1(&bytes).expect("an update of our own");
    to.doc().transact_mut_with(Origin::Remote.as_str()).apply_update(update).expect("it applies");
}

fn type_at(field: &Field, at: u32, text: &str) -> Edit {
    Edit::Text { field: field.clone(), delta: Delta::new().retain(at).insert(text, Attributes::new()) }
}

#[test]
fn meeting_json_survives_the_document() {
    let agenda = agenda(1);
    agenda.seed(&meeting(), &mut random());
    assert_eq!(agenda.snapshot().to_json(&rows()), meeting());
}

#[test]
fn numbers_follow_the_order_unless_an_import_fixed_them() {
    let agenda = agenda(1);
    let ids = agenda.seed(&meeting(), &mut random());
    agenda.apply(&[Edit::MoveItem { item: ids[2].clone(), after: None }], Origin::Local).expect("it moves");
    let outline: Vec<_> = agenda.outline();
    assert_eq!(outline, [(ids[2].clone(), "1".into()), (ids[0].clone(), "2".into()), (ids[1].clone(), "4".into())]);
}

#[test]
fn an_edit_that_cannot_be_made_writes_nothing() {
    let agenda = agenda(1);
    let ids = agenda.seed(&meeting(), &mut random());
    let before = agenda.snapshot();
    let title = Field::Title(ids[0].clone());
    let good = type_at(&title, 0, "x");
    let section = Field::Section(ids[0].clone(), before.items[0].sections[0].id.clone());
    for (bad, error) in [
        (type_at(&title, 99, "x"), EditError::PastEnd { field: title.clone(), wanted: 99, len: 11 }),
        (type_at(&title, 0, "a\nb"), EditError::NewlineInTitle),
        (type_at(&section, 4, "x"), EditError::InsideCharacter { field: section.clone(), at: 4 }),
        (Edit::DeleteItem { item: ItemId::from_random(9), deleted: true }, EditError::NoItem(ItemId::from_random(9))),
    ] {
        assert_eq!(agenda.apply(&[good.clone(), bad], Origin::Local), Err(error));
    }
    assert_eq!(agenda.snapshot(), before);
}

#[test]
fn a_body_keeps_its_final_newline_and_no_control_characters() {
    let agenda = agenda(1);
    let ids = agenda.seed(&meeting(), &mut random());
    let section = agenda.snapshot().items[0].sections[1].id.clone();
    let field = Field::Section(ids[0].clone(), section);
    let all = Edit::Text { field: field.clone(), delta: Delta::new().delete(1).insert("a\r\nb\0c\u{2028}d", Attributes::new()) };
    agenda.apply(&[all], Origin::Local).expect("it is written");
    assert_eq!(agenda.body(&field).map(|body| body.text()).as_deref(), Some("a\nbc\nd\n"));
}

#[test]
fn a_final_newline_that_is_missing_comes_with_an_edit_of_its_line() {
    let agenda = agenda(1);
    let ids = agenda.seed(&meeting(), &mut random());
    let section = agenda.snapshot().items[0].sections[1].id.clone();
    let field = Field::Section(ids[0].clone(), section);
    let stranger = Delta::new().insert("ab\ncd", Attributes::new()).delete(1);
    agenda.write_as_stranger(&field, &stranger, Origin::Remote).expect("it is written");
    let text = || agenda.body(&field).map(|body| body.text()).expect("the section");
    for (at, after) in [(1, "axb\ncd"), (3, "axbx\ncd"), (6, "axbx\ncxd\n")] {
        agenda.apply(&[type_at(&field, at, "x")], Origin::Local).expect("typed");
        assert_eq!(text(), after);
    }
    // The client that takes it puts it back.
    agenda.apply(&[Edit::Text { field: field.clone(), delta: Delta::new().retain(4).delete(5) }], Origin::Local).expect("deleted");
    assert_eq!(text(), "axbx\n");
}

#[test]
fn undo_of_a_creation_leaves_what_others_typed_in_it() {
    let mine = agenda(1);
    mine.seed(&meeting(), &mut random());
    let mut undo: UndoManager<()> = UndoManager::new();
    for root in mine.roots() {
        undo.expand_scope(mine.doc(), root);
    }
    undo.include_origin(Origin::Local.as_str());
    let (item, section) = (ItemId::from_random(77), SectionId::from_random(78));
    let new = NewSection { id: section.clone(), kind: SectionKind::Background, heading: Some("Baggrund".into()) };
    mine.apply(&[Edit::CreateItem { item: item.clone(), after: None, sections: vec![new] }], Origin::Local).expect("created");
    let theirs = copy_of(&mine, 2);
    let field = Field::Section(item.clone(), section);
    theirs.apply(&[type_at(&field, 0, "skrevet imens")], Origin::Local).expect("typed");
    exchange(&theirs, &mine);
    assert!(undo.undo_blocking());
    assert_eq!(mine.item(&item), None);
    assert!(undo.redo_blocking());
    assert_eq!(mine.body(&field).map(|body| body.text()).as_deref(), Some("skrevet imens\n"));
}

/// A copy of a text that an undo makes may be refused by the gate.
#[test]
fn undo_and_redo_make_no_text_anew() {
    let mine = agenda(1);
    let ids = mine.seed(&meeting(), &mut random());
    let mut undo: UndoManager<()> = UndoManager::new();
    mine.roots().into_iter().for_each(|root| undo.expand_scope(mine.doc(), root));
    undo.include_origin(Origin::Local.as_str());
    let old = mine.snapshot().items[0].sections[0].id.clone();
    let section = |number| NewSection { id: SectionId::from_random(number), kind: SectionKind::Background, heading: None };
    let (item, first, second) = (ItemId::from_random(77), section(78), section(79));
    let fields = [
        Field::Section(ids[0].clone(), old.clone()),
        Field::Title(item.clone()),
        Field::Section(item.clone(), first.id.clone()),
        Field::Section(item.clone(), second.id.clone()),
    ];
    let texts = || fields.each_ref().map(|field| Some(mine.text_ref(&mine.doc.transact(), field)?.hook().id().clone()));
    for edit in [
        Edit::CreateItem { item: item.clone(), after: None, sections: vec![first] },
        Edit::CreateSection { item: item.clone(), section: second.clone(), after: None },
        Edit::DeleteSection { item: ids[0].clone(), section: old, deleted: true },
        Edit::DeleteSection { item: item.clone(), section: second.id, deleted: true },
        Edit::DeleteItem { item, deleted: true },
    ] {
        mine.apply(std::slice::from_ref(&edit), Origin::Local).expect("it is made");
        undo.reset();
        let made = texts();
        assert!(undo.undo_blocking());
        assert_eq!(texts(), made, "undo of {edit:?}");
        assert!(undo.redo_blocking());
        assert_eq!(texts(), made, "redo of {edit:?}");
    }
}

/// A reader that follows the changes ends with the same meeting as one that reads the whole document.
#[test]
fn changes_tell_everything_that_happened() {
    let source = agenda(1);
    let ids = source.seed(&meeting(), &mut random());
    let reader = copy_of(&source, 2);
    let heard: Rc<RefCell<Vec<Change>>> = Rc::default();
    let queue = Rc::clone(&heard);
    reader.observe("test", move |_, changes| queue.borrow_mut().extend(changes));
    let section = source.snapshot().items[0].sections[0].id.clone();
    let field = Field::Section(ids[0].clone(), section.clone());
    let mut followed = reader.body(&field).expect("a body");

    let last_section = source.snapshot().items[0].sections.last().map(|last| last.id.clone());
    let heading =
        Edit::SetSection { item: ids[0].clone(), section: section.clone(), key: SectionKey::Heading, value: Some("Sagen".into()) };
    let place = Edit::SetHeader { key: HeaderKey::Place, value: Some("Havnsted".into()) };
    let minutes = Edit::SetItem { item: ids[1].clone(), key: ItemKey::Minutes, value: Some(FieldValue::Number(20)) };
    let gone = Edit::DeleteSection { item: ids[0].clone(), section: source.snapshot().items[0].sections[1].id.clone(), deleted: true };
    for (edit, change) in [
        (type_at(&field, 2, "\n"), None),
        (heading, Some(Change::Section(ids[0].clone(), section.clone()))),
        (place, Some(Change::Header)),
        (minutes, Some(Change::Item(ids[1].clone()))),
        (gone, Some(Change::Sections(ids[0].clone()))),
        (Edit::MoveSection { item: ids[0].clone(), section: section.clone(), after: last_section }, Some(Change::Sections(ids[0].clone()))),
        (Edit::MoveItem { item: ids[0].clone(), after: Some(ids[2].clone()) }, Some(Change::Items)),
    ] {
        source.apply(&[edit], Origin::Local).expect("it is made");
        exchange(&source, &reader);
        let changes = heard.borrow_mut().split_off(0);
        if let Some(expected) = change {
            assert_eq!(changes, [expected]);
        }
        for change in changes {
            if let Change::Text { field: changed, delta } = change {
                assert_eq!(changed, field);
                followed.apply(&delta);
            }
        }
    }
    assert_eq!(Some(&followed), reader.body(&field).as_ref());
    assert_eq!(reader.snapshot(), source.snapshot());
    assert_eq!(reader.item(&ids[1]).and_then(|item| item.minutes), Some(20));
}

#[test]
fn sticky_positions_follow_their_letter() {
    let agenda = agenda(1);
    let ids = agenda.seed(&meeting(), &mut random());
    let field = Field::Title(ids[0].clone());
    let sticky = agenda.sticky(&field, 5, false).expect("a position");
    agenda.apply(&[type_at(&field, 0, "Ny ")], Origin::Local).expect("typed");
    assert_eq!(agenda.offset(&field, &sticky), Some(8));
    assert_eq!(agenda.offset(&Field::Title(ids[1].clone()), &sticky), None, "another text");
    assert_eq!(agenda.offset(&field, "no json"), None);
    let end = agenda.sticky(&field, 14, false).expect("the end");
    assert_eq!(agenda.offset(&field, &end), Some(14));
}

#[test]
fn misshaped_values_are_shown_as_absent_and_kept() {
    use yrs::{Any, Map};
    let agenda = agenda(1);
    let ids = agenda.seed(&meeting(), &mut random());
    {
        let mut txn = agenda.doc().transact_mut();
        let map = agenda.item_map(&txn, &ids[0]).expect("the item");
        map.insert(&mut txn, ItemKey::Minutes.as_str(), "ten");
        map.insert(&mut txn, ItemKey::Guests.as_str(), Any::from(vec![Any::from("Ida"), Any::from(4.0)]));
        agenda.items.insert(&mut txn, "not a map", 1);
        agenda.items.insert(&mut txn, "stray", 1);
    }
    let item = agenda.item(&ids[0]).expect("the item");
    assert_eq!((item.minutes, item.guests), (None, vec!["Ida".to_owned()]));
    assert_eq!(agenda.snapshot().items.len(), 3);
    let all = agenda.doc().transact().encode_state_as_update_v1(&StateVector::default());
    assert!(Update::decode_v1(&all).is_ok());
}

#[test]
fn every_letter_says_who_wrote_it() {
    let one = agenda(1);
    let ids = one.seed(&meeting(), &mut random());
    let section = one.snapshot().items[0].sections[1].id.clone();
    let (field, title) = (Field::Section(ids[0].clone(), section), Field::Title(ids[0].clone()));
    let other = copy_of(&one, 2);
    let client = |number| ClientId::new(number).expect("a client id");
    one.apply(&[type_at(&field, 0, "Øl 😀 og brød")], Origin::Local).expect("it is written");
    exchange(&one, &other);
    other.apply(&[type_at(&field, 6, "eller vand ")], Origin::Local).expect("it is written");
    let bold = Attributes::from([("bold".to_owned(), crate::richtext::attributes::Value::Bool(true))]);
    other.apply(&[Edit::Text { field: field.clone(), delta: Delta::new().format(2, bold) }], Origin::Local).expect("it is written");
    exchange(&other, &one);
    // Written and deleted again: it is nobody's.
    one.apply(&[type_at(&field, 17, "ikke ")], Origin::Local).expect("it is written");
    one.apply(&[Edit::Text { field: field.clone(), delta: Delta::new().retain(17).delete(5) }], Origin::Local).expect("it is written");
    exchange(&one, &other);
    let nowhere = Field::Title(ItemId::from_random(99));
    let before = one.doc().transact().state_vector();
    for replica in [&one, &other] {
        let text = replica.body(&field).expect("it is there").text();
        assert_eq!(text, "Øl 😀 eller vand og brød\n");
        let len = crate::richtext::delta::utf16_len(&text);
        let runs = replica.authors(&[field.clone(), nowhere.clone(), title.clone()]);
        assert_eq!(runs[0], [(0, 6, client(1)), (6, 17, client(2)), (17, len, client(1))]);
        assert_eq!(runs[1], []);
        assert_eq!(runs[2].first(), Some(&(0, 11, client(1))));
    }
    assert_eq!(one.doc().transact().state_vector(), before, "to ask changes nothing");
}
