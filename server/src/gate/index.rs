//! What the gate remembers of a document: for every clock of every client, where its content stands and whether it is deleted.
//!
//! A client's clocks have no gaps and are only ever added at the end, so its places are a sorted list of run starts, and typing
//! in one place only moves the end of the last run. Text is not kept. An update that turns out not to fit is taken back by length.

use std::collections::HashMap;
use std::sync::Arc;

use dagsorden_shared::id::ClientId;

use super::ranges::Ranges;
use super::reader::Id;
use super::schema::{Kind, Node, ROOTS};
use super::update::{Deletion, Known};

/// A list of neighbours: a text, or the values that one key of a map has had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PlaceId(u32);

impl PlaceId {
    /// Where content stands whose parent is gone. yrs collects what is put beside it.
    pub(super) const NOWHERE: Self = Self(0);
}

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

/// Clocks from `start` to the next run, all in one place.
#[derive(Debug, Clone, Copy)]
struct Run {
    start: u32,
    place: PlaceId,
}

/// One client's clocks.
#[derive(Debug, Default)]
struct Author {
    runs: Vec<Run>,
    end: u32,
    deleted: Ranges,
    /// Clocks whose content is gone for good and may have been a type.
    emptied: Ranges,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Index {
    authors: HashMap<ClientId, Author>,
    containers: Vec<Container>,
    /// `places[0]` is nowhere and stands for itself.
    places: Vec<Place>,
    keys: HashMap<(ContainerId, Arc<str>), PlaceId>,
    types: HashMap<Id, ContainerId>,
    clocks: u64,
    runs: usize,
}

/// How far an index had come, to go back to.
#[derive(Debug)]
pub(super) struct Mark {
    containers: usize,
    places: usize,
    authors: Vec<(ClientId, usize, u32)>,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            authors: HashMap::new(),
            containers: ROOTS.iter().map(|_| Container { node: Node::ROOT, text: PlaceId::NOWHERE, item: None }).collect(),
            places: vec![Place { container: ContainerId(0), key: None }],
            keys: HashMap::new(),
            types: HashMap::new(),
            clocks: 0,
            runs: 0,
        }
    }
}

impl Known for Index {
    fn end(&self, client: ClientId) -> u32 {
        self.authors.get(&client).map_or(0, |author| author.end)
    }

    fn not_deleted(&self, client: ClientId, start: u32, end: u32, new: &mut dyn FnMut(u32, u32)) {
        match self.authors.get(&client) {
            Some(author) => author.deleted.missing(start, end, new),
            None if start < end => new(start, end),
            None => {}
        }
    }
}

impl Index {
    /// Whether the document holds content under this id.
    pub(super) fn knows(&self, client: ClientId) -> bool {
        self.authors.contains_key(&client)
    }

    /// Whether the document holds this unit of content.
    pub(super) fn holds(&self, id: Id) -> bool {
        id.clock < self.end(id.client)
    }

    /// All clients and the first clocks not yet known.
    pub(super) fn ends(&self) -> impl Iterator<Item = (ClientId, u32)> {
        self.authors.iter().map(|(client, author)| (*client, author.end))
    }

    /// How many client ids, clocks, runs and places there are.
    pub(super) fn size(&self) -> (usize, u64, usize, usize) {
        (self.authors.len(), self.clocks, self.runs, self.places.len().max(self.containers.len()))
    }

    /// Where this unit of content stands, if it is held.
    pub(super) fn place_of(&self, id: Id) -> Option<PlaceId> {
        let author = self.authors.get(&id.client)?;
        if id.clock >= author.end {
            return None;
        }
        let after = author.runs.partition_point(|run| run.start <= id.clock);
        author.runs.get(after.checked_sub(1)?).map(|run| run.place)
    }

    /// The root of this name.
    pub(super) fn root(name: &str) -> Option<ContainerId> {
        let at = ROOTS.iter().position(|root| *root == name)?;
        u32::try_from(at).ok().map(ContainerId)
    }

    /// The type that this item holds.
    pub(super) fn container_of(&self, id: Id) -> Option<ContainerId> {
        self.types.get(&id).copied()
    }

    /// Whether this unit's content is gone, so that it may have been a type.
    pub(super) fn is_emptied(&self, id: Id) -> bool {
        self.place_of(id) == Some(PlaceId::NOWHERE) || self.authors.get(&id.client).is_some_and(|author| author.emptied.contains(id.clock))
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
        let text = if node.kind == Kind::Text { self.new_place(container, None) } else { PlaceId::NOWHERE };
        self.containers.push(Container { node, text, item: Some(item) });
        self.types.insert(item, container);
    }

    /// Adds the next `length` clocks of a client.
    pub(super) fn append(&mut self, client: ClientId, length: u32, place: PlaceId) {
        let author = self.authors.entry(client).or_default();
        if author.runs.last().is_none_or(|last| last.place != place) {
            author.runs.push(Run { start: author.end, place });
            self.runs += 1;
        }
        author.end = author.end.saturating_add(length);
        self.clocks += u64::from(length);
    }

    /// Notes that held content is deleted.
    pub(super) fn delete(&mut self, Deletion { client, start, end }: Deletion) {
        if let Some(author) = self.authors.get_mut(&client) {
            author.deleted.insert(start, end.min(author.end));
        }
    }

    /// Notes that held content is deleted and its nature not known.
    pub(super) fn empty(&mut self, deletion: Deletion) {
        self.delete(deletion);
        if let Some(author) = self.authors.get_mut(&deletion.client) {
            author.emptied.insert(deletion.start, deletion.end.min(author.end));
        }
    }

    /// Remembers how far the index has come, as far as these clients are concerned.
    pub(super) fn mark(&self, clients: impl Iterator<Item = ClientId>) -> Mark {
        let author = |client| self.authors.get(&client).map_or((client, 0, 0), |author| (client, author.runs.len(), author.end));
        Mark { containers: self.containers.len(), places: self.places.len(), authors: clients.map(author).collect() }
    }

    /// Takes back everything since `mark`: new clocks of its clients, with their types, places and deletions. Deletions of older
    /// content stay, so they are to be added last.
    pub(super) fn go_back(&mut self, mark: Mark) {
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
        for (client, runs, end) in mark.authors {
            let Some(author) = self.authors.get_mut(&client) else { continue };
            self.clocks -= u64::from(author.end - end);
            self.runs -= author.runs.len() - runs;
            if end == 0 {
                self.authors.remove(&client);
                continue;
            }
            author.runs.truncate(runs);
            author.end = end;
            author.deleted.truncate(end);
            author.emptied.truncate(end);
        }
    }
}

#[cfg(test)]
impl Index {
    /// How a place is reached, in words that do not depend on the order in which the index learnt of it.
    fn path(&self, place: PlaceId) -> String {
        let Some(found) = self.places.get(place.0 as usize).filter(|_| place != PlaceId::NOWHERE) else { return "nowhere".to_owned() };
        let container = &self.containers[found.container.0 as usize];
        let inside = match container.item {
            Some(item) => format!("{}:{} in {}", item.client.get(), item.clock, self.path(self.place_of(item).unwrap())),
            None => ROOTS[found.container.0 as usize].to_owned(),
        };
        format!("{:?} of {:?} {inside}", found.key, container.node)
    }

    /// Panics unless `loaded`, read from the state of the same document, knows the same. It may know less about what is deleted.
    pub(super) fn assert_same(&self, loaded: &Self) {
        let ends = |index: &Self| index.ends().collect::<std::collections::BTreeMap<_, _>>();
        assert_eq!(ends(self), ends(loaded));
        assert_eq!((self.clocks, self.authors.len()), (loaded.clocks, loaded.authors.len()));
        for (client, author) in &self.authors {
            let other = &loaded.authors[client];
            assert_eq!(author.deleted, other.deleted, "deletions of {}", client.get());
            for clock in 0..author.end {
                let id = Id { client: *client, clock };
                let (here, there) = (self.path(self.place_of(id).unwrap()), loaded.path(loaded.place_of(id).unwrap()));
                assert!(here == there || there == "nowhere" || here.contains("nowhere"), "{id:?}: {here} / {there}");
                if !author.deleted.contains(clock) {
                    assert_eq!(here, there, "{id:?}");
                    assert_eq!(self.container_of(id).is_some(), loaded.container_of(id).is_some(), "{id:?}");
                }
            }
        }
        let runs = |index: &Self| index.authors.values().map(|author| author.runs.len()).sum::<usize>();
        assert_eq!((self.runs, loaded.runs), (runs(self), runs(loaded)));
    }
}
