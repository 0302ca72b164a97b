//! Rooms full of clients in one task: each counts what reaches it by the clocks in the frames; some of them write.
//!
//! What is delivered to a client is what others have typed. A writer is never further ahead of what has come back than its window.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use dagsorden_tests::load::raw_socket::{RawFrame, RawReceiver, RawSender, RawSocket};
use dagsorden_tests::load::typist::{Typist, clocks};
use dagsorden_tests::wait::until;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::subject::{Room, Subject};

/// How many rooms, and who is in each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Rooms.
    pub(crate) rooms: usize,
    /// Clients in each, writers included.
    pub(crate) clients: usize,
    /// Of these, how many write.
    pub(crate) writers: usize,
}

/// How writers write.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// As fast as this many letters on their way allow.
    Window(u32),
    /// One letter in this time.
    Every(Duration),
}

/// Everybody in all rooms. Hung up when dropped.
pub(crate) struct Crowd {
    counts: Rc<Counts>,
    sights: Vec<(Rc<Sight>, Rc<Writers>)>,
    room: Option<Room>,
    tasks: Vec<JoinHandle<Result<()>>>,
}

/// Sums over all clients.
#[derive(Default)]
struct Counts {
    delivered: Cell<u64>,
    frames: Cell<u64>,
    /// Milliseconds from typing to arrival, while a client asks for them.
    latencies: RefCell<Option<Vec<f64>>>,
    stopped: Cell<bool>,
}

/// The writers of one room.
struct Writers {
    clients: Vec<u64>,
    /// How far each has typed.
    typed: Vec<Cell<u32>>,
    /// How far each is seen by the client that looks.
    seen: Vec<Cell<u32>>,
    /// When each letter was sent.
    sent: Vec<RefCell<Vec<Instant>>>,
    moved: Vec<Notify>,
}

/// How far a client has seen each writer, and which of them it is itself.
struct Sight {
    own: Option<usize>,
    seen: RefCell<Vec<u32>>,
}

impl Sight {
    fn has_all(&self, writers: &Writers) -> bool {
        let seen = self.seen.borrow();
        (0..seen.len()).all(|place| self.own == Some(place) || seen[place] == writers.typed[place].get())
    }
}

/// What a while of writing came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Delivered {
    pub(crate) updates: u64,
    pub(crate) frames: u64,
    pub(crate) seconds: f64,
}

impl Crowd {
    /// Fills the rooms and begins to write.
    pub(crate) async fn gather(subject: &Subject, shape: Shape, pace: Pace) -> Result<Self> {
        let counts = Rc::<Counts>::default();
        let mut crowd = Self { counts: Rc::clone(&counts), sights: Vec::new(), room: None, tasks: Vec::new() };
        let mut senders = Vec::new();
        for _ in 0..shape.rooms {
            let room = subject.room(shape.writers).await?;
            crowd.room.get_or_insert_with(|| room.clone());
            let typists = room.first_letters.iter().map(|first| Typist::after(first)).collect::<Result<Vec<_>>>()?;
            let writers = Rc::new(Writers {
                clients: typists.iter().map(Typist::client).collect(),
                typed: typists.iter().map(|typist| Cell::new(typist.clock())).collect(),
                seen: typists.iter().map(|_| Cell::new(0)).collect(),
                sent: typists.iter().map(|_| RefCell::new(vec![Instant::now()])).collect(),
                moved: typists.iter().map(|_| Notify::new()).collect(),
            });
            for place in 0..shape.clients {
                let RawSocket { sender, receiver } = room.connect().await?;
                let sight = Rc::new(Sight { own: (place < shape.writers).then_some(place), seen: RefCell::new(vec![0; shape.writers]) });
                crowd.sights.push((Rc::clone(&sight), Rc::clone(&writers)));
                let client = Client {
                    room: room.clone(),
                    looks: place == shape.clients - 1,
                    sight,
                    writers: Rc::clone(&writers),
                    counts: Rc::clone(&counts),
                };
                crowd.tasks.push(tokio::task::spawn_local(client.listen(receiver)));
                senders.push((sender, room.clone(), place, Rc::clone(&writers), typists.get(place).cloned()));
            }
        }
        for (mut sender, room, place, writers, typist) in senders {
            let counts = Rc::clone(&counts);
            crowd.tasks.push(tokio::task::spawn_local(async move {
                let Some(typist) = typist else { return idle(sender).await };
                sender.send(&[&room.prefix, &update(&room.first_letters[place])]).await?;
                write(sender, &room, place, &writers, typist, pace, &counts).await
            }));
        }
        Ok(crowd)
    }

    /// Lets them write for a while.
    pub(crate) async fn measure(&self, time: Duration) -> Result<Delivered> {
        let read = || (self.counts.delivered.get(), self.counts.frames.get());
        let (start, before) = (Instant::now(), read());
        tokio::time::sleep(time).await;
        let (seconds, after) = (start.elapsed().as_secs_f64(), read());
        self.check()?;
        Ok(Delivered { updates: after.0 - before.0, frames: after.1 - before.1, seconds })
    }

    /// Lets them write for a while; milliseconds from each letter's sending to each arrival.
    pub(crate) async fn latencies(&self, time: Duration) -> Result<Vec<f64>> {
        self.counts.latencies.replace(Some(Vec::new()));
        tokio::time::sleep(time).await;
        self.check()?;
        Ok(self.counts.latencies.take().unwrap_or_default())
    }

    /// Stops writing and waits until everybody has everything.
    pub(crate) async fn settle(&self) -> Result<()> {
        self.counts.stopped.set(true);
        until("everything to arrive everywhere", async || {
            self.check()?;
            Ok(self.sights.iter().all(|(sight, writers)| sight.has_all(writers)).then_some(()))
        })
        .await
    }

    /// The first room, and how far each of its writers has been seen by the one that looks.
    pub(crate) fn seen(&self) -> Option<(&Room, Vec<(u64, u32)>)> {
        let (_, writers) = self.sights.first()?;
        let seen = writers.clients.iter().zip(&writers.seen).map(|(client, clock)| (*client, clock.get()));
        Some((self.room.as_ref()?, seen.collect()))
    }

    fn check(&self) -> Result<()> {
        if self.tasks.iter().any(JoinHandle::is_finished) {
            bail!("a client was hung up on");
        }
        Ok(())
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn idle(_sender: RawSender) -> Result<()> {
    std::future::pending().await
}

/// The message of an update.
fn update(update: &[u8]) -> Vec<u8> {
    dagsorden_shared::protocol::ClientMessage::Update(update).encode()
}

async fn write(
    mut sender: RawSender,
    room: &Room,
    place: usize,
    writers: &Writers,
    mut typist: Typist,
    pace: Pace,
    counts: &Counts,
) -> Result<()> {
    let first = typist.clock();
    // The letter that was typed before.
    let start = Instant::now();
    writers.sent[place].replace(vec![start]);
    if let Pace::Every(time) = pace {
        // The writers are not in step.
        tokio::time::sleep(time.mul_f64(place as f64 / writers.clients.len() as f64)).await;
    }
    let mut interval = match pace {
        Pace::Every(time) => Some(tokio::time::interval(time)),
        Pace::Window(_) => None,
    };
    loop {
        let letters = match pace {
            Pace::Every(_) => 1,
            Pace::Window(window) => window.saturating_sub(typist.clock() - writers.seen[place].get().max(first - 1)),
        };
        if counts.stopped.get() {
            return std::future::pending().await;
        }
        match &mut interval {
            Some(interval) => drop(interval.tick().await),
            None if letters == 0 => {
                writers.moved[place].notified().await;
                continue;
            }
            None => {}
        }
        for _ in 0..letters {
            // One at a time, as it is with people: each letter is a packet of its own.
            sender.send(&[&room.prefix, &update(&typist.letter())]).await?;
        }
        if interval.is_some() {
            writers.sent[place].borrow_mut().push(Instant::now());
        }
        writers.typed[place].set(typist.clock());
    }
}

struct Client {
    room: Room,
    sight: Rc<Sight>,
    /// Whether the writers go by what this client sees.
    looks: bool,
    writers: Rc<Writers>,
    counts: Rc<Counts>,
}

impl Client {
    async fn listen(self, mut receiver: RawReceiver) -> Result<()> {
        loop {
            match receiver.next().await? {
                RawFrame::Binary(frame) => {
                    if let Some(update) = self.room.update_in(frame) {
                        self.counts.frames.update(|frames| frames + 1);
                        self.take(&clocks(update)?);
                    }
                }
                RawFrame::Close(_) => return Ok(()),
                RawFrame::Ping | RawFrame::Other => {}
            }
        }
    }

    fn take(&self, clocks: &[(u64, u32)]) {
        for (client, clock) in clocks {
            let Some(place) = self.writers.clients.iter().position(|writer| writer == client) else { continue };
            let seen = std::mem::replace(&mut self.sight.seen.borrow_mut()[place], *clock);
            if *clock <= seen {
                self.sight.seen.borrow_mut()[place] = seen;
                continue;
            }
            if self.looks {
                self.writers.seen[place].set(*clock);
                self.writers.moved[place].notify_one();
            }
            if self.sight.own == Some(place) {
                continue;
            }
            self.counts.delivered.update(|delivered| delivered + u64::from(clock - seen));
            if let Some(latencies) = self.counts.latencies.borrow_mut().as_mut() {
                let sent = self.writers.sent[place].borrow();
                let arrived = (seen..*clock).filter_map(|letter| sent.get(letter as usize));
                latencies.extend(arrived.map(|sent| sent.elapsed().as_secs_f64() * 1_000.0));
            }
        }
    }
}
