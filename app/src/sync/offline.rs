//! The replica on this device: IndexedDB, one database per user and document, so that nobody loads or sends another's.
//!
//! Store `updates` holds updates in the order they were made or came, under growing keys; loading merges them into one. Store `notes` holds
//! the count of unacknowledged changes of each page load (`unsaved/CLIENT`), text the server refused (`aside`), and for a meeting which of its items
//! have databases of their own here (`items`). Several tabs append
//! to the same store: every one of them holds what it read, and deletes no more than that. Bytes are opaque here.

use std::cell::{Cell, RefCell};
use std::future::IntoFuture;
use std::rc::Rc;

use dagsorden_shared::agenda::Field;
use dagsorden_shared::id::{ClientId, DocumentId};
use dagsorden_shared::json::Json;
use idb::{DatabaseEvent, Factory, KeyRange, ObjectStoreParams, Transaction};
use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbTransaction};

use super::set_aside::SetAside;
use crate::json::{self, FromJson, ToJson};

const UPDATES: &str = "updates";
const NOTES: &str = "notes";
const READ: &str = "readonly";
const WRITE: &str = "readwrite";
const ASIDE: &str = "aside";
const ITEMS: &str = "items";
const UNSAVED: &str = "unsaved/";

/// Why the device keeps nothing. The page goes on without and says so.
#[derive(Debug, thiserror::Error)]
pub(super) enum OfflineError {
    /// No IndexedDB, a private window, no space, or a closed database.
    #[error("the browser gives no storage: {0}")]
    Storage(#[from] idb::Error),
    /// The same, said when a transaction is begun.
    #[error("the browser gives no transaction")]
    Transaction(JsValue),
    /// The transaction was aborted, as when the disk is full.
    #[error("the browser did not keep the change")]
    Aborted,
}

/// Who made an update, or what changed by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// This page: nobody else has it yet, so it goes to the device's disk at once and durably.
    This,
    /// Others, by way of the server, which has it.
    Others,
}

/// Changes that the server has not acknowledged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Unsaved {
    /// How many.
    pub(super) changes: u32,
    /// The texts they are in, as [`Field`] writes itself.
    pub(super) fields: Vec<String>,
}

impl FromJson for Unsaved {
    fn from_json(value: &Json) -> Option<Self> {
        let changes = json::number(value, "changes").and_then(|changes| u32::try_from(changes).ok())?;
        let fields = json::list(value, "fields", |field| field.as_text().map(str::to_owned));
        Some(Self { changes, fields: fields.into_iter().collect() })
    }
}

impl ToJson for Unsaved {
    fn to_json(&self) -> Json {
        let fields = self.fields.iter().map(|field| Json::text(field)).collect();
        Json::object([("changes", Json::whole(self.changes.into())), ("fields", Json::List(fields))])
    }
}

impl Unsaved {
    /// The texts that can be read as such.
    pub(super) fn fields(&self) -> impl Iterator<Item = Field> + '_ {
        self.fields.iter().filter_map(|field| field.parse().ok())
    }
}

/// What the device held when the page was opened.
#[derive(Default)]
pub(super) struct Loaded {
    /// Updates, oldest first.
    pub(super) updates: Vec<Vec<u8>>,
    /// What earlier page loads had not got acknowledged.
    pub(super) unsaved: Unsaved,
    /// Text refused earlier and not dismissed yet.
    pub(super) aside: Option<SetAside>,
    /// Documents of items that were open here, as they were noted.
    pub(super) items: String,
    last: Option<JsValue>,
}

/// The open database.
pub(super) struct OfflineStore {
    database: IdbDatabase,
    /// This page load's own note.
    own: String,
    /// Notes of earlier page loads, whose changes this one sends.
    inherited: RefCell<Vec<String>>,
    /// Updates that no transaction has been asked to keep, or that one failed to keep.
    waiting: RefCell<Vec<Vec<u8>>>,
    kept: Cell<bool>,
    ended: Cell<bool>,
}

impl OfflineStore {
    /// Opens the database of `user` and `document`, for the page load `client`.
    ///
    /// # Errors
    /// Go on without.
    pub(super) async fn open(user: &str, document: &DocumentId, client: ClientId) -> Result<Self, OfflineError> {
        let factory = Factory::new()?;
        let mut request = factory.open(&format!("dagsorden/{user}/{document}"), Some(1))?;
        request.on_upgrade_needed(|event| {
            // Should this fail, the first transaction fails as well and says so.
            if let Ok(database) = event.database() {
                let mut growing = ObjectStoreParams::new();
                growing.auto_increment(true);
                drop(database.create_object_store(UPDATES, growing));
                drop(database.create_object_store(NOTES, ObjectStoreParams::new()));
            }
        });
        Ok(Self {
            database: request.await?.into(),
            own: format!("{UNSAVED}{}", client.get()),
            inherited: RefCell::default(),
            waiting: RefCell::default(),
            kept: Cell::new(true),
            ended: Cell::new(false),
        })
    }

    /// Whether what was appended is kept, as far as is known.
    pub(super) fn kept(&self) -> bool {
        self.kept.get()
    }

    /// Reads everything.
    ///
    /// # Errors
    /// Go on without.
    pub(super) async fn load(&self) -> Result<Loaded, OfflineError> {
        let transaction = self.transaction(READ, Author::Others)?;
        let (updates, notes) = (transaction.object_store(UPDATES)?, transaction.object_store(NOTES)?);
        // All are asked before the first is awaited: a transaction ends when nothing is asked of it.
        let values = updates.get_all(None, None)?.into_future();
        let keys = updates.get_all_keys(None, None)?.into_future();
        let note_values = notes.get_all(None, None)?.into_future();
        let note_keys = notes.get_all_keys(None, None)?.into_future();
        let mut loaded = Loaded { updates: values.await?.iter().map(bytes).collect(), ..Loaded::default() };
        loaded.last = keys.await?.pop();
        for (value, key) in note_values.await?.iter().zip(note_keys.await?) {
            let (Some(json), Some(key)) = (value.as_string(), key.as_string()) else { continue };
            if key == ASIDE {
                loaded.aside = json::read(&json);
            } else if key == ITEMS {
                loaded.items = json;
            } else if key.starts_with(UNSAVED) {
                let unsaved: Unsaved = json::read(&json).unwrap_or_default();
                loaded.unsaved.changes = loaded.unsaved.changes.saturating_add(unsaved.changes);
                loaded.unsaved.fields.extend(unsaved.fields);
                self.inherited.borrow_mut().push(key);
            }
        }
        Ok(loaded)
    }

    /// Replaces what was loaded by one update that holds it all. What other tabs appended since stays.
    pub(super) async fn compact(&self, loaded: &Loaded, state: &[u8]) -> Result<(), OfflineError> {
        let Some(last) = loaded.last.as_ref().filter(|_| loaded.updates.len() > 1) else { return Ok(()) };
        let transaction = self.transaction(WRITE, Author::This)?;
        let updates = transaction.object_store(UPDATES)?;
        updates.delete(KeyRange::upper_bound(last, None)?)?;
        // Under the last key, so that it comes before what other tabs append meanwhile.
        updates.put(&Uint8Array::from(state), Some(last))?;
        settle(transaction).await
    }

    /// Appends an update; [`OfflineStore::flush`] writes it.
    pub(super) fn append(&self, update: Vec<u8>) {
        self.waiting.borrow_mut().push(update);
    }

    /// Begins to write all that waits. The transaction is asked for before this returns, so a page that closes next still gets it.
    pub(super) fn flush(self: &Rc<Self>, author: Author, unsaved: Option<&Unsaved>) {
        let rows = std::mem::take(&mut *self.waiting.borrow_mut());
        if self.ended.get() || (rows.is_empty() && unsaved.is_none()) {
            return;
        }
        match self.write(&rows, author, unsaved) {
            Ok(transaction) => {
                let store = self.clone();
                wasm_bindgen_futures::spawn_local(async move { store.finish(settle(transaction).await.is_ok(), rows) });
            }
            Err(_) => self.finish(false, rows),
        }
    }

    fn write(&self, rows: &[Vec<u8>], author: Author, unsaved: Option<&Unsaved>) -> Result<Transaction, OfflineError> {
        let transaction = self.transaction(WRITE, author)?;
        let updates = transaction.object_store(UPDATES)?;
        for row in rows {
            updates.add(&Uint8Array::from(row.as_slice()), None)?;
        }
        if let Some(unsaved) = unsaved {
            let notes = transaction.object_store(NOTES)?;
            if unsaved.changes > 0 {
                notes.put(&json(unsaved), Some(&JsValue::from_str(&self.own)))?;
            } else {
                notes.delete(JsValue::from_str(&self.own))?;
                for key in self.inherited.borrow_mut().drain(..) {
                    notes.delete(JsValue::from_str(&key))?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    /// Rows that were not kept go back to the front: the next flush tries them again.
    fn finish(&self, kept: bool, mut rows: Vec<Vec<u8>>) {
        self.kept.set(kept);
        if !kept {
            let mut waiting = self.waiting.borrow_mut();
            rows.append(&mut waiting);
            *waiting = rows;
        }
    }

    /// Ends this replica: its updates are forgotten, `aside`, if any, is kept for the next page load.
    ///
    /// # Errors
    /// Nothing was forgotten; keep the text on the page.
    pub(super) async fn end(&self, aside: Option<&SetAside>) -> Result<(), OfflineError> {
        self.ended.set(true);
        let transaction = self.transaction(WRITE, Author::This)?;
        transaction.object_store(UPDATES)?.clear()?;
        let notes = transaction.object_store(NOTES)?;
        notes.clear()?;
        if let Some(aside) = aside {
            notes.put(&json(aside), Some(&JsValue::from_str(ASIDE)))?;
        }
        settle(transaction.commit()?).await
    }

    /// Keeps a text to be copied, for the next page load too.
    pub(super) fn keep_aside(&self, aside: &SetAside) {
        self.note(ASIDE, Some(&json(aside)));
    }

    /// Forgets the text that was set aside.
    pub(super) fn dismiss_aside(&self) {
        self.note(ASIDE, None);
    }

    /// Notes which items have documents of their own, for the next page load.
    pub(super) fn note_items(&self, items: &str) {
        self.note(ITEMS, Some(&JsValue::from_str(items)));
    }

    fn note(&self, key: &str, value: Option<&JsValue>) {
        let note = || -> Result<(), OfflineError> {
            let transaction = self.transaction(WRITE, Author::This)?;
            let (notes, key) = (transaction.object_store(NOTES)?, JsValue::from_str(key));
            match value {
                Some(value) => drop(notes.put(value, Some(&key))?),
                None => drop(notes.delete(key)?),
            }
            transaction.commit()?;
            Ok(())
        };
        // What is not kept is on the page, or with the server; what stays is offered once more: harmless.
        drop(note());
    }

    /// Neither `idb` nor the stable part of `web-sys` knows durability: strict waits for the disk, relaxed (the browsers' default) for the
    /// operating system.
    fn transaction(&self, mode: &str, author: Author) -> Result<Transaction, OfflineError> {
        let begin = || -> Result<IdbTransaction, JsValue> {
            let stores: Array = [UPDATES, NOTES].into_iter().map(JsValue::from_str).collect();
            let durability = if author == Author::This { "strict" } else { "default" };
            let options = Object::new();
            Reflect::set(&options, &JsValue::from_str("durability"), &JsValue::from_str(durability))?;
            let transaction: Function = Reflect::get(&self.database, &JsValue::from_str("transaction"))?.dyn_into()?;
            transaction.call3(&self.database, &stores, &JsValue::from_str(mode), &options)?.dyn_into()
        };
        begin().map(Transaction::from).map_err(OfflineError::Transaction)
    }
}

impl Drop for OfflineStore {
    fn drop(&mut self) {
        // Waits for transactions under way by itself.
        self.database.close();
    }
}

async fn settle(transaction: Transaction) -> Result<(), OfflineError> {
    if transaction.await?.is_committed() { Ok(()) } else { Err(OfflineError::Aborted) }
}

fn json(value: &impl ToJson) -> JsValue {
    JsValue::from_str(&value.to_json().write())
}

fn bytes(value: &JsValue) -> Vec<u8> {
    Uint8Array::new(value).to_vec()
}
