//! What the gate remembers of a document: its maps and texts, where content stands in them, and what of it is deleted.
//!
//! Text is not kept. An update that turns out not to fit is taken back.

use std::collections::HashMap;
use std::sync::Arc;

use dagsorden_shared::id::ClientId;

use super::Withdrawn;
use super::order::{Bounds, Order, PlaceId};
use super::ranges::Ranges;
use super::reader::Id;
use super::refusal::Refusal;
use super::schema::{DocumentKind, Node};
use super::update::{Deletion, Known};
use dagsorden_shared::agenda::schema::ITEMS;

/// A map or text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ContainerId(u32);

#[derive(Debug)]
struct Container {
    node: Node,
    /// The place of a text; a map has one per key.
    text: PlaceId,
    /// The item that holds it; none for a root.
    item: Option<Id>,
}

#[derive(Debug)]
struct Place {
    container: ContainerId,
    key: Option<Arc<str>>,
}

/// What of a client's content is gone.
#[derive(Debug, Default)]
struct Gone {
    deleted: Ranges,
    /// Clocks whose content is gone for good and may have been a type.
    emptied: Ranges,
    /// Clocks of what moved to another document.
    withdrawn: Ranges,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Index {
    kind: DocumentKind,
    order: Order,
    gone: HashMap<ClientId, Gone>,
    containers: Vec<Container>,
    /// `places[0]` is nowhere and stands for itself.
    places: Vec<Place>,
    keys: HashMap<(ContainerId, Arc<str>), PlaceId>,
    types: HashMap<Id, ContainerId>,
    /// Values of keys that the server alone writes. Nearly always few.
    guarded: Vec<Guarded>,
    /// Bytes of text and values that came in.
    bytes: u64,
}

/// A value that clients leave alone, in an item that they leave whole.
#[derive(Debug, Clone, Copy)]
struct Guarded {
    value: Id,
    item: Id,
    /// Whether it says that the item's words are in a document of their own.
    own_document: bool,
}

/// How much of everything a document has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) clients: usize,
    /// Nested types and map keys.
    pub(super) places: usize,
    pub(super) clocks: u64,
    /// Runs written in one go.
    pub(super) segments: usize,
    /// Bytes of text and values.
    pub(super) bytes: u64,
}

impl Size {
    /// The size of both documents as one.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            clients: self.clients + other.clients,
            places: self.places + other.places,
            clocks: self.clocks.saturating_add(other.clocks),
            segments: self.segments + other.segments,
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

/// How far an index had come, to go back to.
#[derive(Debug)]
pub(super) struct Mark {
    containers: usize,
    places: usize,
    guarded: usize,
    bytes: u64,
    ends: Vec<(ClientId, u32)>,
}

impl Known for Index {
    fn end(&self, client: ClientId) -> u32 {
        self.order.end(client)
    }

    fn not_deleted(&self, client: ClientId, start: u32, end: u32, new: &mut dyn FnMut(u32, u32)) {
        match self.gone.get(&client) {
            Some(gone) => gone.deleted.missing(start, end, new),
            None if start < end => new(start, end),
            None => {}
        }
    }
}

impl Index {
    /// The index of an empty document.
    pub(super) fn new(kind: DocumentKind) -> Self {
        let root = |(_, node): &(&str, Node)| Container { node: *node, text: PlaceId::NOWHERE, item: None };
        Self {
            kind,
            order: Order::default(),
            gone: HashMap::new(),
            containers: kind.roots().iter().map(root).collect(),
            places: vec![Place { container: ContainerId(0), key: None }],
            keys: HashMap::new(),
            types: HashMap::new(),
            guarded: Vec::new(),
            bytes: 0,
        }
    }

    /// Whether the document holds content under this id.
    pub(super) fn knows(&self, client: ClientId) -> bool {
        self.order.end(client) > 0
    }

    /// Whether the document holds this unit of content.
    pub(super) fn holds(&self, id: Id) -> bool {
        id.clock < self.order.end(id.client)
    }

    /// All clients and the first clocks not yet known.
    pub(super) fn ends(&self) -> impl Iterator<Item = (ClientId, u32)> {
        self.order.clients().map(|client| (client, self.order.end(client)))
    }

    /// How much of everything there is.
    pub(super) fn size(&self) -> Size {
        let (clocks, segments) = self.order.size();
        let places = self.places.len().max(self.containers.len());
        Size { clients: self.order.clients().len(), places, clocks, segments, bytes: self.bytes }
    }

    /// Counts bytes of text and values.
    pub(super) fn add_bytes(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes as u64);
    }

    /// Notes a value that the server alone writes, in the map of this place.
    pub(super) fn guard(&mut self, value: Id, place: PlaceId, own_document: bool) {
        let item = self.holder(place);
        self.guarded.extend(item.map(|item| Guarded { value, item, own_document }));
    }

    /// Notes a type that the server alone makes.
    pub(super) fn fix(&mut self, item: Id) {
        self.guarded.push(Guarded { value: item, item, own_document: false });
    }

    /// The item that holds the map or text of a place.
    fn holder(&self, place: PlaceId) -> Option<Id> {
        self.places.get(place.0 as usize).and_then(|place| self.containers.get(place.container.0 as usize)?.item)
    }

    /// Whether this place is in the map of an item whose words are in a document of their own.
    pub(super) fn is_in_place(&self, place: PlaceId) -> bool {
        let holder = self.holder(place);
        holder.is_some() && self.live_guarded().any(|guarded| guarded.own_document && Some(guarded.item) == holder)
    }

    /// Whether any value of this place is an item that holds what the server alone writes: a client may not put another in its place.
    pub(super) fn is_guarded(&self, place: PlaceId) -> bool {
        self.live_guarded().any(|guarded| self.place_of(guarded.item) == Some(place))
    }

    /// Whether `deleted` holds for any value that the server alone writes, or for its item.
    pub(super) fn any_guarded(&self, deleted: impl Fn(Id) -> bool) -> bool {
        self.live_guarded().any(|guarded| deleted(guarded.value) || deleted(guarded.item))
    }

    fn live_guarded(&self) -> impl Iterator<Item = &Guarded> {
        self.guarded.iter().filter(|guarded| {
            let is_gone = |id: Id| self.gone.get(&id.client).is_some_and(|gone| gone.deleted.contains(id.clock));
            !is_gone(guarded.value) && !is_gone(guarded.item)
        })
    }

    /// Where this unit of content stands, if it is held.
    pub(super) fn place_of(&self, id: Id) -> Option<PlaceId> {
        self.order.place_of(id)
    }

    /// The root of this name.
    pub(super) fn root(&self, name: &str) -> Option<ContainerId> {
        let at = self.kind.roots().iter().position(|(root, _)| *root == name)?;
        u32::try_from(at).ok().map(ContainerId)
    }

    /// The type that this item holds.
    pub(super) fn container_of(&self, id: Id) -> Option<ContainerId> {
        self.types.get(&id).copied()
    }

    /// Whether this unit's content is gone, so that it may have been a type.
    pub(super) fn is_emptied(&self, id: Id) -> bool {
        self.place_of(id) == Some(PlaceId::NOWHERE) || self.gone.get(&id.client).is_some_and(|gone| gone.emptied.contains(id.clock))
    }

    /// The place in a container: of a key in a map, else of the text.
    pub(super) fn place_in(&mut self, container: ContainerId, key: Option<&str>) -> PlaceId {
        let Some(key) = key else {
            return self.containers.get(container.0 as usize).map_or(PlaceId::NOWHERE, |container| container.text);
        };
        let key: Arc<str> = key.into();
        if let Some(place) = self.keys.get(&(container, key.clone())) {
            return *place;
        }
        let place = self.new_place(container, Some(key.clone()));
        self.keys.insert((container, key), place);
        place
    }

    /// What a container is for.
    pub(super) fn node(&self, container: ContainerId) -> Option<Node> {
        self.containers.get(container.0 as usize).map(|container| container.node)
    }

    /// What the container of a place is for, and the key of the place. `None` for nowhere.
    pub(super) fn describe(&self, place: PlaceId) -> Option<(Node, Option<&str>)> {
        if place == PlaceId::NOWHERE {
            return None;
        }
        let place = self.places.get(place.0 as usize)?;
        Some((self.node(place.container)?, place.key.as_deref()))
    }

    fn new_place(&mut self, container: ContainerId, key: Option<Arc<str>>) -> PlaceId {
        let place = PlaceId(u32::try_from(self.places.len()).unwrap_or(0));
        self.places.push(Place { container, key });
        place
    }

    /// Adds the type that an item holds.
    pub(super) fn add_type(&mut self, item: Id, node: Node) {
        let container = ContainerId(u32::try_from(self.containers.len()).unwrap_or(0));
        let text = if node.is_text() { self.new_place(container, None) } else { PlaceId::NOWHERE };
        self.containers.push(Container { node, text, item: Some(item) });
        self.types.insert(item, container);
    }

    /// Adds the next `length` clocks of a client, between neighbours that are in `place`.
    pub(super) fn append(&mut self, first: Id, length: u32, place: PlaceId, origins: [Option<Id>; 2]) -> Result<(), Refusal> {
        self.order.insert(first, length, place, origins)
    }

    /// Notes that held content is deleted.
    pub(super) fn delete(&mut self, Deletion { client, start, end }: Deletion) {
        self.gone.entry(client).or_default().deleted.insert(start, end);
    }

    /// Notes that held content is deleted and its nature not known.
    pub(super) fn empty(&mut self, deletion: Deletion) {
        self.delete(deletion);
        self.gone.entry(deletion.client).or_default().emptied.insert(deletion.start, deletion.end);
    }

    /// All that stands or ever stood in an item, as far as it is known where.
    pub(super) fn of_item(&self, item: &str) -> Vec<Withdrawn> {
        let Some(items) = self.root(ITEMS) else { return Vec::new() };
        // Whether a container is in the item; one is added after the one that holds it.
        let mut inside = vec![false; self.containers.len()];
        let is_inside = |inside: &[bool], place: PlaceId| {
            let Some(place) = self.places.get(place.0 as usize).filter(|_| place != PlaceId::NOWHERE) else { return false };
            if place.container == items {
                place.key.as_deref() == Some(item)
            } else {
                inside.get(place.container.0 as usize).copied().unwrap_or(false)
            }
        };
        for at in 0..self.containers.len() {
            let holder = self.containers.get(at).and_then(|container| self.place_of(container.item?));
            let found = holder.is_some_and(|place| is_inside(&inside, place));
            inside[at] = found;
        }
        let stretches = self.order.stretches().filter(|(_, _, place)| is_inside(&inside, *place));
        stretches.map(|(first, end, _)| Withdrawn { client: first.client, start: first.clock, end }).collect()
    }

    /// Notes what moved to another document.
    pub(super) fn withdraw(&mut self, Withdrawn { client, start, end }: Withdrawn) {
        self.gone.entry(client).or_default().withdrawn.insert(start, end);
    }

    /// Whether this unit moved to another document.
    pub(super) fn is_withdrawn(&self, id: Id) -> bool {
        self.gone.get(&id.client).is_some_and(|gone| gone.withdrawn.contains(id.clock))
    }

    /// Steps that all updates so far have cost.
    pub(super) fn worked(&self) -> u64 {
        self.order.worked()
    }

    /// Begins an update with content of these clients, which may cost so much.
    pub(super) fn begin(&mut self, clients: impl Iterator<Item = ClientId>, bounds: Bounds) -> Mark {
        self.order.begin(bounds);
        let ends = clients.map(|client| (client, self.order.end(client))).collect();
        Mark { containers: self.containers.len(), places: self.places.len(), guarded: self.guarded.len(), bytes: self.bytes, ends }
    }

    /// Takes back everything since `mark`: new clocks of its clients, with their types, places and deletions. Deletions of older
    /// content stay, so they are to be added last.
    pub(super) fn go_back(&mut self, mark: Mark) {
        self.order.go_back();
        self.guarded.truncate(mark.guarded);
        self.bytes = mark.bytes;
        for container in self.containers.drain(mark.containers..) {
            if let Some(item) = container.item {
                self.types.remove(&item);
            }
        }
        for place in self.places.drain(mark.places..) {
            if let Some(key) = place.key {
                self.keys.remove(&(place.container, key));
            }
        }
        for (client, end) in mark.ends {
            if let Some(gone) = self.gone.get_mut(&client) {
                gone.deleted.truncate(end);
                gone.emptied.truncate(end);
            }
            if end == 0 {
                self.gone.remove(&client);
            }
        }
    }
}

#[cfg(test)]
impl Index {
    /// Comparisons with concurrent content so far.
    pub(super) fn conflicts(&self) -> u64 {
        self.order.conflicts()
    }

    /// How a place is reached, in words that do not depend on the order in which the index learnt of it.
    fn path(&self, place: PlaceId) -> String {
        let Some(found) = self.places.get(place.0 as usize).filter(|_| place != PlaceId::NOWHERE) else { return "nowhere".to_owned() };
        let container = &self.containers[found.container.0 as usize];
        let inside = match container.item {
            Some(item) => format!("{}:{} in {}", item.client.get(), item.clock, self.path(self.place_of(item).unwrap())),
            None => self.kind.roots()[found.container.0 as usize].0.to_owned(),
        };
        format!("{:?} of {:?} {inside}", found.key, container.node)
    }

    /// The unit right after this one.
    pub(super) fn unit_after(&self, unit: Id) -> Option<Id> {
        self.order.unit_after(self.place_of(unit)?, Some(unit))
    }

    /// The first unit of the place where this one is.
    pub(super) fn first_beside(&self, unit: Id) -> Option<Id> {
        self.order.unit_after(self.place_of(unit)?, None)
    }

    /// Panics unless `loaded`, read from the state of the same document, knows the same. It may know less about what is deleted.
    pub(super) fn assert_same(&self, loaded: &Self) {
        let ends = |index: &Self| index.ends().collect::<std::collections::BTreeMap<_, _>>();
        assert_eq!(ends(self), ends(loaded));
        assert_eq!(self.order.size().0, loaded.order.size().0);
        let deleted = |index: &Self| -> std::collections::BTreeMap<ClientId, Ranges> {
            index.gone.iter().filter(|(_, gone)| !gone.deleted.is_empty()).map(|(client, gone)| (*client, gone.deleted.clone())).collect()
        };
        assert_eq!(deleted(self), deleted(loaded));
        let mut live: HashMap<PlaceId, Vec<Id>> = HashMap::new();
        for (client, end) in self.ends() {
            for clock in 0..end {
                let id = Id { client, clock };
                let place = self.place_of(id).unwrap();
                let (here, there) = (self.path(place), loaded.path(loaded.place_of(id).unwrap()));
                assert!(here == there || there == "nowhere" || here.contains("nowhere"), "{id:?}: {here} / {there}");
                if !self.gone.get(&client).is_some_and(|gone| gone.deleted.contains(clock)) {
                    assert_eq!(here, there, "{id:?}");
                    assert_eq!(self.container_of(id).is_some(), loaded.container_of(id).is_some(), "{id:?}");
                    live.entry(place).or_default().push(id);
                }
            }
        }
        for (place, mut ids) in live {
            let place_there = loaded.place_of(ids[0]).unwrap();
            let [here, there] = [self.order.units(place), loaded.order.units(place_there)];
            ids.sort_unstable();
            let live = |units: Vec<Id>| units.into_iter().filter(|id| ids.binary_search(id).is_ok()).collect::<Vec<_>>();
            assert_eq!(live(here), live(there));
        }
    }
}
