//! Items that move to a document of their own and back while people write in them: nothing that was typed is lost, and nothing is there twice.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use dagsorden_shared::agenda::Field;
use dagsorden_shared::id::ItemId;
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, SectionJson};
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;

use super::*;
use crate::rights::Scope;
use crate::search::Query;

/// A meeting with three items, each with a section of text.
async fn meeting() -> (tempfile::TempDir, Registry, Vec<ItemId>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let section = SectionJson { heading: Some("Sagen".into()), blocks: vec![BlockJson::paragraph("Vintervej")], ..SectionJson::default() };
    let item = |title: &str| ItemJson { title: title.into(), sections: vec![section.clone()], ..ItemJson::default() };
    let items = vec![item("Budget"), item("Vagtplan"), item("Eventuelt")];
    let mut new = crate::intake::prepare(MeetingJson { forum: "Forum".into(), items, ..MeetingJson::default() }, None).unwrap();
    (new.document, new.meeting) = (document(), "m1".parse().unwrap());
    store.create_meeting(Actor::command_line(), Person::default(), new).await.unwrap();
    let registry = Registry::new(store);
    let items = registry.meeting(&document()).await.unwrap().items.into_iter().map(|item| item.id).collect();
    (folder, registry, items)
}

/// A generator of its own for each writer.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(end.max(1))).unwrap_or(0)
    }
}

/// A page that has an item open, in whichever document it is.
struct Page {
    agenda: Agenda,
    field: Field,
    sender: RoomSender,
    receiver: RoomReceiver,
    sent: u64,
    saved: u64,
    over: bool,
}

impl Page {
    async fn open(registry: &Registry, user: &str, item: &ItemId, random: &mut Random) -> Self {
        loop {
            let Ok((sender, receiver)) = registry.join(&registry.document_of(&document(), item), member(user)).await else {
                tokio::task::yield_now().await;
                continue;
            };
            let agenda = Agenda::new(ClientId::from_random(u64::from(random.below(u32::MAX)) << 20 | u64::from(random.below(1 << 20))));
            sender.send(ClientMessage::SyncStep1(&[0]).encode().into()).await;
            let field = Field::Title(item.clone());
            let mut page = Self { agenda, field, sender, receiver, sent: 0, saved: 0, over: false };
            let mut is_there = false;
            while !page.over && !is_there {
                is_there = page.take().await;
            }
            let words = page.agenda.item(item).filter(|words| !words.own_document);
            if let Some(words) = words.filter(|_| !page.over) {
                page.field = Field::Section(item.clone(), words.sections[0].id.clone());
                return page;
            }
        }
    }

    /// Takes what comes next. Whether it was the whole document.
    async fn take(&mut self) -> bool {
        match self.receiver.next().await {
            Some(Outgoing::Frame(frame)) => {
                self.receiver.written(1, frame.len());
                self.handle(&frame)
            }
            Some(Outgoing::Close(..)) | None => {
                self.over = true;
                false
            }
        }
    }

    fn handle(&mut self, frame: &Bytes) -> bool {
        match ServerMessage::decode(frame) {
            Ok(ServerMessage::SyncStep2(update)) => {
                self.apply(update);
                true
            }
            Ok(ServerMessage::Update(update)) => {
                self.apply(update);
                false
            }
            Ok(ServerMessage::Saved(count)) => {
                self.saved = count;
                false
            }
            Ok(ServerMessage::Refused { code, .. }) => {
                assert!(matches!(code.name(), "moved" | "not_allowed"), "{code:?}");
                false
            }
            _ => false,
        }
    }

    fn apply(&self, update: &[u8]) {
        self.agenda.doc().transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
    }

    fn text(&self) -> Option<String> {
        self.agenda.body(&self.field).map(|body| body.text())
    }

    /// Types a word. False: the item is not here any more.
    async fn types(&mut self, word: &str, random: &mut Random) -> bool {
        let Some(body) = self.agenda.body(&self.field) else { return false };
        let delta = Delta::new().retain(random.below(body.len())).insert(word, Attributes::new());
        let before = self.agenda.doc().transact().state_vector();
        self.agenda.apply(&[Edit::Text { field: self.field.clone(), delta }], Origin::Local).unwrap();
        let update = self.agenda.doc().transact().encode_diff_v1(&before);
        self.sent += 1;
        self.sender.send(ClientMessage::Update(&update).encode().into()).await;
        true
    }
}

/// So many letters of a writer are on their way: what has moved meanwhile is heard of only after they were sent.
const ON_THE_WAY: usize = 8;

type Acknowledged = Arc<Mutex<BTreeSet<char>>>;

/// Types `letters`, one after the other. What is not acknowledged when the item moves is typed again where it is now, unless it arrived.
async fn write(registry: Registry, user: &'static str, item: ItemId, letters: Vec<char>, seed: u64, acknowledged: Acknowledged) {
    let mut random = Random(seed);
    let mut page = Page::open(&registry, user, &item, &mut random).await;
    let mut open: VecDeque<(u64, char)> = VecDeque::new();
    let mut left: VecDeque<char> = letters.into();
    while !left.is_empty() || !open.is_empty() {
        if left.is_empty() || open.len() >= ON_THE_WAY {
            page.take().await;
        }
        // What became of the letters that came too late is heard before the item is looked for elsewhere.
        while page.text().is_none() && !page.over && page.saved < page.sent {
            page.take().await;
        }
        while open.front().is_some_and(|(number, _)| *number <= page.saved) {
            lock(&acknowledged).extend(open.pop_front().map(|(_, letter)| letter));
        }
        if page.over || page.text().is_none() {
            page = Page::open(&registry, user, &item, &mut random).await;
            let text = page.text().unwrap();
            // What arrived stands there; the rest is typed first of all.
            let again: Vec<char> = open.drain(..).map(|(_, letter)| letter).filter(|letter| !text.contains(*letter)).collect();
            again.into_iter().rev().for_each(|letter| left.push_front(letter));
            continue;
        }
        if let Some(letter) = left.pop_front() {
            if page.types(&letter.to_string(), &mut random).await {
                open.push_back((page.sent, letter));
            } else {
                left.push_front(letter);
            }
            if random.below(3) == 0 {
                tokio::task::yield_now().await;
            }
        }
    }
}

async fn text_of(registry: &Registry, at: usize) -> String {
    registry.meeting(&document()).await.unwrap().items[at].sections[0].body.text()
}

#[tokio::test]
async fn out_and_back_while_two_others_write_no_letter_is_lost() {
    for seed in 0..6 {
        let (_folder, registry, items) = meeting().await;
        let acknowledged = Acknowledged::default();
        let letters = |first: u32| (0..120).filter_map(|at| char::from_u32(first + at)).collect::<Vec<char>>();
        let (anne, bo) = (letters(0x4e00), letters(0x5e00));
        let writers = [("anne", anne.clone(), seed * 2 + 1), ("bo", bo.clone(), seed * 2 + 2)].map(|(user, letters, seed)| {
            tokio::spawn(write(registry.clone(), user, items[1].clone(), letters, seed, Arc::clone(&acknowledged)))
        });
        let mut random = Random(seed + 100);
        for round in 0..8_u32 {
            for _ in 0..random.below(40) {
                tokio::task::yield_now().await;
            }
            if round % 2 == 0 {
                registry
                    .move_out(&document(), &items[1], DocumentId::from_random(u128::from(seed) << 32 | u128::from(round)))
                    .await
                    .unwrap();
            } else {
                registry.move_back(&document(), &items[1]).await.unwrap();
            }
            let known = lock(&acknowledged).clone();
            let text = text_of(&registry, 1).await;
            assert!(known.iter().all(|letter| text.contains(*letter)), "what was acknowledged is there, wherever the item is");
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let text = text_of(&registry, 1).await;
        for letter in anne.iter().chain(&bo) {
            assert_eq!(text.matches(*letter).count(), 1, "{letter} in {text}");
        }
        assert_eq!(text.chars().count(), "Vintervej\n".len() + anne.len() + bo.len());
        // The same from disk, where one copy is left.
        let again = Registry::new(registry.inner.store.clone());
        assert_eq!(again.meeting(&document()).await.unwrap(), registry.meeting(&document()).await.unwrap());
        assert_eq!(registry.inner.store.rights_now().meetings.documents.len(), 1);
    }
}

/// A page that was away while the item moved, and what it typed there meanwhile.
async fn late(registry: &Registry, item: &ItemId) -> Vec<u8> {
    let mut random = Random(77);
    let page = Page::open(registry, "late", item, &mut random).await;
    let before = page.agenda.doc().transact().state_vector();
    let delta = Delta::new().retain(3).insert("sent", Attributes::new());
    page.agenda.apply(&[Edit::Text { field: page.field.clone(), delta }], Origin::Local).unwrap();
    page.agenda.doc().transact().encode_diff_v1(&before)
}

async fn answer_to(registry: &Registry, update: &[u8]) -> Option<Outgoing> {
    let (sender, mut receiver) = registry.join(&document(), member("late")).await.unwrap();
    assert!(sender.send(ClientMessage::Update(update).encode().into()).await);
    loop {
        let outgoing = next(&mut receiver).await;
        let is_event = |frame: &Bytes| matches!(ServerMessage::decode(frame), Ok(ServerMessage::Event(_)));
        if !matches!(&outgoing, Some(Outgoing::Frame(frame)) if is_event(frame)) {
            return outgoing;
        }
    }
}

#[tokio::test]
async fn what_comes_too_late_for_an_item_is_refused_also_after_a_restart_and_after_the_way_back() {
    let (_folder, registry, items) = meeting().await;
    let update = late(&registry, &items[1]).await;
    registry.move_out(&document(), &items[1], "own1".parse().unwrap()).await.unwrap();
    let moved = |outgoing: Option<Outgoing>| match outgoing {
        Some(Outgoing::Frame(frame)) => {
            matches!(ServerMessage::decode(&frame), Ok(ServerMessage::Refused { code, number: 1 }) if code.name() == "moved")
        }
        _ => false,
    };
    assert!(moved(answer_to(&registry, &update).await));
    registry.shutdown().await;
    let registry = Registry::new(registry.inner.store.clone());
    assert!(moved(answer_to(&registry, &update).await), "also where the document was read anew");
    registry.move_back(&document(), &items[1]).await.unwrap();
    assert!(moved(answer_to(&registry, &update).await), "what it was written in is not here again");
    registry.shutdown().await;
    let registry = Registry::new(registry.inner.store.clone());
    assert!(moved(answer_to(&registry, &update).await));
    // Nor did it reach the text, and what others write in other items is taken.
    assert_eq!(text_of(&registry, 1).await, "Vintervej\n");
    let other = late(&registry, &items[0]).await;
    let saved = ServerMessage::Saved(1).encode();
    assert_eq!(answer_to(&registry, &other).await, Some(Outgoing::Frame(saved.into())));
}

#[tokio::test]
async fn the_history_of_the_document_that_an_item_left_holds_none_of_its_words() {
    let (folder, registry, items) = meeting().await;
    let write = |item: &ItemId, word: &str| {
        let delta = Delta::new().insert(word, Attributes::new());
        vec![Edit::Text { field: Field::Title(item.clone()), delta }]
    };
    for (item, word) in [(&items[1], "Hemmeligt "), (&items[0], "Kendt ")] {
        let (store, edits) = (registry.inner.store.clone(), write(item, word));
        assert!(registry.write(&document(), move |_| edits, move |batch| store.commit(batch)).await.unwrap());
    }
    let holding = |word: &str| -> u32 {
        let database = rusqlite::Connection::open(folder.path().join(crate::store::FILE)).unwrap();
        let count = "SELECT (SELECT count(*) FROM log WHERE document = ?1 AND instr(bytes, CAST(?2 AS BLOB)) > 0)
            + (SELECT count(*) FROM snapshot WHERE document = ?1 AND instr(bytes, CAST(?2 AS BLOB)) > 0)";
        database.query_row(count, [DOCUMENT, word], |row| row.get(0)).unwrap()
    };
    assert!(holding("Hemmeligt") > 0 && holding("Kendt") > 0);
    registry.move_out(&document(), &items[1], "own1".parse().unwrap()).await.unwrap();
    assert!(holding("Hemmeligt") == 0 && holding("Kendt") == 1, "one state, without the item");
    let again = Registry::new(registry.inner.store.clone());
    assert_eq!(again.meeting(&document()).await.unwrap(), registry.meeting(&document()).await.unwrap());
    assert_eq!(again.meeting(&document()).await.unwrap().items[1].title.text(), "Hemmeligt Vagtplan");
}

#[tokio::test]
async fn a_meeting_reads_the_same_wherever_its_items_are() {
    let (_folder, registry, items) = meeting().await;
    let before = registry.meeting(&document()).await.unwrap();
    registry.move_out(&document(), &items[1], "own1".parse().unwrap()).await.unwrap();
    registry.move_out(&document(), &items[0], "own0".parse().unwrap()).await.unwrap();
    assert_eq!(registry.meeting(&document()).await.unwrap(), before);
    let held = registry.operate_meeting(&document(), |meeting| async { Ok(meeting) }).await.unwrap();
    assert_eq!(held, before);
    let rows = registry.inner.store.meeting_detail(&"m1".parse().unwrap()).await.unwrap().unwrap().detail;
    let of_items: Vec<&str> = rows.item_documents.iter().map(|item| item.document.as_str()).collect();
    assert_eq!((rows.own_document(), of_items), (Some(&document()), vec!["own0", "own1"]));
    // The place is the meeting's: the item moves, goes and comes back there.
    for edits in [
        vec![Edit::MoveItem { item: items[1].clone(), after: None }],
        vec![Edit::DeleteItem { item: items[0].clone(), deleted: true }],
        vec![Edit::DeleteItem { item: items[0].clone(), deleted: false }],
    ] {
        let store = registry.inner.store.clone();
        let plan = move |_: &Agenda| edits;
        assert!(registry.write(&document(), plan, move |batch| store.commit(batch)).await.unwrap());
    }
    let moved = registry.meeting(&document()).await.unwrap();
    let numbers: Vec<(&str, String)> = moved.items.iter().map(|item| (item.number.as_str(), item.title.text())).collect();
    assert_eq!(numbers, [("1", "Vagtplan".to_owned()), ("2", "Budget".to_owned()), ("3", "Eventuelt".to_owned())]);
    assert!(matches!(registry.move_out(&document(), &items[0], "own2".parse().unwrap()).await, Err(RoomError::NoItem(_))));
    assert!(matches!(registry.move_back(&document(), &items[2]).await, Err(RoomError::NoItem(_))));
    for item in &items[..2] {
        registry.move_back(&document(), item).await.unwrap();
    }
    assert_eq!(registry.meeting(&document()).await.unwrap(), moved);
    assert!(matches!(registry.join(&"own1".parse().unwrap(), member("u")).await, Err(RoomError::Deleted(_))));
}

#[tokio::test]
async fn the_words_of_an_item_are_found_once_with_its_number_and_not_while_it_is_deleted() {
    let (_folder, registry, items) = meeting().await;
    let store = registry.inner.store.clone();
    let numbers = async || {
        let fts = Query::parse("vagtplan").to_fts().unwrap();
        let found = store.search(Scope::All, fts).await.unwrap();
        found.into_iter().map(|found| (found.row.number, found.row.heading)).collect::<Vec<_>>()
    };
    let here = vec![("2".to_owned(), "Vagtplan".to_owned())];
    assert_eq!(numbers().await, here);
    registry.move_out(&document(), &items[1], "own1".parse().unwrap()).await.unwrap();
    assert_eq!(numbers().await, here);
    registry.shutdown().await;
    let registry = Registry::new(store.clone());
    assert_eq!(numbers().await, here, "also when its rows were brought up to date");
    let deletion = vec![Edit::DeleteItem { item: items[1].clone(), deleted: true }];
    let committed = store.clone();
    registry.write(&document(), move |_| deletion, move |batch| committed.commit(batch)).await.unwrap();
    registry.shutdown().await;
    assert_eq!(numbers().await, vec![]);
}
