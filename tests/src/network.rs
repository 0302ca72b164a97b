//! Replicas in memory, and a network between them that reorders, doubles, delays and cuts off.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use arbitrary::Arbitrary;
use dagsorden_shared::agenda::{Agenda, Change, Field, MeetingSnapshot, Origin};
use dagsorden_shared::richtext::body::Body;
use yrs::undo::UndoManager;
use yrs::updates::decoder::Decode;
use yrs::{ReadTxn, StateVector, Transact, Update};

use crate::action::{Action, Author};
use crate::fixture;

/// One step of a random run.
#[derive(Debug, Clone, Copy, Arbitrary)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Step {
    Edit {
        replica: u8,
        action: Action,
    },
    Undo {
        replica: u8,
    },
    Redo {
        replica: u8,
    },
    /// Delivers one message under way, whichever.
    Deliver {
        message: u16,
    },
    /// Delivers one and keeps it under way, so it comes again.
    DeliverTwice {
        message: u16,
    },
    /// From now on nothing reaches this replica and nothing leaves it.
    Cut {
        replica: u8,
    },
    /// Both sides say what they have and send what the other lacks.
    Reconnect {
        replica: u8,
    },
    /// Loads the replica anew from its own bytes, under a new client id: a reload of the page.
    Reload {
        replica: u8,
    },
}

/// An update under way.
#[derive(Clone)]
struct Message {
    to: usize,
    update: Rc<[u8]>,
}

/// A replica with its author's undo history and a second view of the document that follows changes alone.
pub struct Replica {
    agenda: Agenda,
    undo: UndoManager<()>,
    made: Rc<RefCell<Vec<Vec<u8>>>>,
    heard: Rc<RefCell<Vec<Change>>>,
    followed: BTreeMap<Field, Body>,
    cut: bool,
}

/// Several replicas.
pub struct Network {
    replicas: Vec<Replica>,
    under_way: Vec<Message>,
    bits: Box<dyn FnMut() -> u128>,
    next_client: u64,
}

impl Replica {
    /// A replica of `state`.
    pub fn load(client: u64, state: &[u8]) -> Self {
        let agenda = Agenda::new(fixture::client(client));
        apply(&agenda, state);
        let mut undo = UndoManager::new();
        for root in agenda.roots() {
            undo.expand_scope(agenda.doc(), root);
        }
        undo.include_origin(Origin::Local.as_str());
        let made: Rc<RefCell<Vec<Vec<u8>>>> = Rc::default();
        let outbox = Rc::clone(&made);
        let remote: yrs::Origin = Origin::Remote.as_str().into();
        agenda
            .doc()
            .observe_update_v1("network", move |txn, event| {
                if txn.origin() != Some(&remote) {
                    outbox.borrow_mut().push(event.update.clone());
                }
            })
            .expect("no transaction is open");
        let heard: Rc<RefCell<Vec<Change>>> = Rc::default();
        let queue = Rc::clone(&heard);
        agenda.observe("network", move |_, changes| queue.borrow_mut().extend(changes));
        let followed = fields(&agenda.snapshot());
        Self { agenda, undo, made, heard, followed, cut: false }
    }

    /// The replica's document.
    pub fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    /// Undoes the last step of this author; `false` if there is none.
    pub fn undo(&mut self) -> bool {
        self.undo.undo_blocking()
    }

    /// Redoes; `false` if there is nothing.
    pub fn redo(&mut self) -> bool {
        self.undo.redo_blocking()
    }

    /// Ends an undo step, so that what follows is one of its own.
    pub fn end_undo_step(&mut self) {
        self.undo.reset();
    }

    /// Everything, as bytes.
    pub fn state(&self) -> Vec<u8> {
        self.agenda.doc().transact().encode_state_as_update_v1(&StateVector::default())
    }

    /// What a replica with `have` lacks.
    fn diff(&self, have: &StateVector) -> Vec<u8> {
        self.agenda.doc().transact().encode_state_as_update_v1(have)
    }

    fn state_vector(&self) -> StateVector {
        self.agenda.doc().transact().state_vector()
    }

    /// Lets the second view follow what was heard since the last time.
    fn follow(&mut self) {
        let heard = std::mem::take(&mut *self.heard.borrow_mut());
        let mut lists = false;
        for change in heard {
            match change {
                Change::Text { field, delta } => {
                    if let Some(body) = self.followed.get_mut(&field) {
                        body.apply(&delta);
                    }
                }
                Change::Items | Change::Sections(_) => lists = true,
                Change::Header | Change::Item(_) | Change::Section(..) => {}
            }
        }
        if lists {
            // A page drops fields that left and reads those that came; it keeps the ones it has.
            let mut now = fields(&self.agenda.snapshot());
            for (field, body) in std::mem::take(&mut self.followed) {
                now.entry(field).and_modify(|read| *read = body);
            }
            self.followed = now;
        }
    }
}

fn fields(snapshot: &MeetingSnapshot) -> BTreeMap<Field, Body> {
    let mut all = BTreeMap::new();
    for item in &snapshot.items {
        all.insert(Field::Title(item.id.clone()), item.title.clone());
        for section in &item.sections {
            all.insert(Field::Section(item.id.clone(), section.id.clone()), section.body.clone());
        }
    }
    all
}

fn apply(agenda: &Agenda, update: &[u8]) {
    let update = Update::decode_v1(update).expect("an update that yrs made");
    agenda.doc().transact_mut_with(Origin::Remote.as_str()).apply_update(update).expect("yrs takes what it made");
}

impl Network {
    /// `count` replicas of the fixture meeting, seeded once.
    pub fn with_replicas(count: usize) -> Self {
        let seed = Agenda::new(fixture::client(1_000));
        seed.seed(&fixture::meeting(), &mut fixture::bits(1));
        let state = seed.doc().transact().encode_state_as_update_v1(&StateVector::default());
        let replicas = (1..).take(count).map(|client| Replica::load(client, &state)).collect();
        Self { replicas, under_way: Vec::new(), bits: Box::new(fixture::bits(2)), next_client: 100 }
    }

    /// One replica.
    pub fn replica(&mut self, index: usize) -> &mut Replica {
        &mut self.replicas[index]
    }

    /// Makes one step.
    pub fn step(&mut self, step: Step) {
        let count = self.replicas.len();
        let index = |replica: u8| usize::from(replica) % count;
        match step {
            Step::Edit { replica, action } => self.edit(index(replica), action, None),
            Step::Undo { replica } => {
                self.replicas[index(replica)].undo();
                self.send(index(replica));
            }
            Step::Redo { replica } => {
                self.replicas[index(replica)].redo();
                self.send(index(replica));
            }
            Step::Deliver { message } => {
                if !self.under_way.is_empty() {
                    let message = self.under_way.swap_remove(usize::from(message) % self.under_way.len());
                    self.deliver(&message);
                }
            }
            Step::DeliverTwice { message } => {
                if !self.under_way.is_empty() {
                    let message = self.under_way[usize::from(message) % self.under_way.len()].clone();
                    self.deliver(&message);
                }
            }
            Step::Cut { replica } => {
                self.replicas[index(replica)].cut = true;
                self.under_way.retain(|message| message.to != index(replica));
            }
            Step::Reconnect { replica } => self.reconnect(index(replica)),
            Step::Reload { replica } => {
                let old = &self.replicas[index(replica)];
                let (state, cut) = (old.state(), old.cut);
                self.next_client += 1;
                let mut new = Replica::load(self.next_client, &state);
                new.cut = cut;
                self.replicas[index(replica)] = new;
            }
        }
        self.replicas.iter_mut().for_each(Replica::follow);
    }

    /// Lets one author make one edit; `alphabet` is what they type.
    ///
    /// # Panics
    /// If the document refuses an edit made from what it shows.
    pub fn edit(&mut self, index: usize, action: Action, alphabet: Option<&'static str>) {
        let replica = &self.replicas[index];
        let edit = Author { agenda: &replica.agenda, bits: &mut self.bits, alphabet }.edit(action);
        if let Some(edit) = edit {
            let made = replica.agenda.apply(std::slice::from_ref(&edit), Origin::Local);
            made.unwrap_or_else(|error| panic!("{edit:?} was refused: {error}"));
        }
        self.send(index);
    }

    /// Puts what a replica made under way to all others that can be reached.
    fn send(&mut self, from: usize) {
        let made = std::mem::take(&mut *self.replicas[from].made.borrow_mut());
        if self.replicas[from].cut {
            return;
        }
        for update in made {
            let update: Rc<[u8]> = update.into();
            let reached = (0..self.replicas.len()).filter(|to| *to != from && !self.replicas[*to].cut);
            self.under_way.extend(reached.map(|to| Message { to, update: Rc::clone(&update) }));
        }
    }

    fn deliver(&mut self, message: &Message) {
        apply(&self.replicas[message.to].agenda, &message.update);
    }

    fn reconnect(&mut self, index: usize) {
        self.replicas[index].cut = false;
        for other in 0..self.replicas.len() {
            if other != index && !self.replicas[other].cut {
                for (from, to) in [(other, index), (index, other)] {
                    let lacking = self.replicas[from].diff(&self.replicas[to].state_vector());
                    apply(&self.replicas[to].agenda, &lacking);
                }
            }
        }
    }

    /// Everybody gets everything.
    pub fn deliver_everything(&mut self) {
        while let Some(message) = self.under_way.pop() {
            self.deliver(&message);
        }
        // Twice: what one got in the first round, a neighbour that came before it gets in the second.
        for _ in 0..2 {
            (0..self.replicas.len()).for_each(|index| self.reconnect(index));
        }
        self.replicas.iter_mut().for_each(Replica::follow);
    }

    /// What must hold after every step.
    ///
    /// # Panics
    /// If it does not.
    pub fn check_invariants(&self) {
        for replica in &self.replicas {
            let snapshot = replica.agenda.snapshot();
            let outline: Vec<_> = replica.agenda.outline().into_iter().map(|(id, _)| id).collect();
            let items: Vec<_> = snapshot.items.iter().map(|item| item.id.clone()).collect();
            assert_eq!(items, outline, "outline and paper show the same items in the same order");
            for item in &snapshot.items {
                assert!(!item.number.is_empty(), "every item has a number");
                assert_eq!(item.title.lines().len(), 1, "a title is one line");
            }
            let read = fields(&snapshot);
            assert_eq!(
                replica.followed.keys().collect::<Vec<_>>(),
                read.keys().collect::<Vec<_>>(),
                "a listener that follows changes knows the same fields"
            );
            for (field, body) in &read {
                assert_eq!(replica.followed[field].text(), body.text(), "a listener that follows changes reads the same in {field}");
                assert_eq!(
                    replica.followed[field].to_delta(),
                    body.to_delta(),
                    "a listener that follows changes sees the same marks in {field}"
                );
            }
        }
    }

    /// All replicas show the same, and so does one that is loaded from their bytes.
    ///
    /// # Panics
    /// If they do not.
    pub fn assert_snapshots_equal(&self) {
        let first = self.replicas[0].agenda.snapshot();
        for (index, replica) in self.replicas.iter().enumerate() {
            assert_eq!(replica.agenda.snapshot(), first, "replica {index} shows the same as replica 0");
            let reloaded = Replica::load(9_999, &replica.state());
            assert_eq!(reloaded.agenda.snapshot(), first, "replica {index} shows the same after a reload");
        }
    }
}
