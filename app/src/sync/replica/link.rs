//! The replica and the network: drives the session with what the socket, the clock and the window say, and does what it answers.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use dagsorden_shared::protocol::close_code;
use leptos::leptos_dom::helpers::{set_timeout_with_handle, window_event_listener_untyped};
use leptos::prelude::*;

use super::{Author, News, Replica};
use crate::sync::event_stream::EventStream;
use crate::sync::http;
use crate::sync::save_state::{Facts, SaveState};
use crate::sync::session::{Effect, Input, Status};
use crate::sync::socket::{Socket, SocketEvent};
use crate::sync::transport::Transport;

/// A close code for a socket that the browser would not even open.
pub(super) const NO_SOCKET: u16 = 1006;
/// A person who wrote so recently is likely to press the next key soon.
const TYPING: Duration = Duration::from_millis(300);
/// What others do waits this long at most for a pause in one's own typing.
const PATIENCE: Duration = Duration::from_millis(100);
/// The pause in writing after which the page says again that all is saved.
const SETTLING: Duration = Duration::from_millis(600);

/// Frames that came while this person types. A frame drawn for others just before a key makes its own frame wait, so what others do is
/// gathered and drawn at once in the pause after one's own key.
#[derive(Default)]
pub(super) struct Inbox {
    frames: RefCell<Vec<Vec<u8>>>,
    due: Cell<Option<Duration>>,
}

/// Which way frames travel. A websocket that does not open while the server answers over HTTP is refused by the network: then over HTTP.
#[derive(Default)]
pub(super) struct Route {
    over_http: Cell<bool>,
    /// The connection is open, or the document has joined that of its carrier.
    pub(super) opened: Cell<bool>,
}

impl Replica {
    /// Gives the session an input and carries out what follows.
    pub(super) fn drive(&self, input: Input<'_>) {
        let (effects, all_saved) = {
            let mut session = self.session.borrow_mut();
            let before = session.status();
            let effects = session.handle(now(), input, &self.agenda);
            (effects, before != Status::Saved && session.status() == Status::Saved)
        };
        for effect in effects {
            self.carry_out(effect);
        }
        if all_saved {
            self.saved_at.set(milliseconds_since_1970());
            self.handle_all_saved();
        }
        self.publish();
        self.wake_if_ready();
        self.reschedule();
    }

    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Connect => self.connect(),
            Effect::HangUp => self.hang_up(),
            Effect::Send(frame) => self.send(&self.document, &frame),
            Effect::Apply { update, complete } => {
                if !self.receive(&update, complete) {
                    self.drive(Input::Unreadable);
                } else if complete {
                    self.has_content.set(true);
                }
            }
            Effect::Presence(states) => {
                self.peers.borrow_mut().receive(states);
                self.tell(News::Peers);
            }
            Effect::ForgetPresence => {
                self.peers.borrow_mut().clear();
                self.tell(News::Peers);
            }
            Effect::Event(json) => self.tell(News::Event(&json)),
        }
    }

    fn connect(&self) {
        if self.join_carrier() {
            return;
        }
        let this = self.this.clone();
        let listener = move |event| {
            if let Some(replica) = this.upgrade() {
                replica.handle_socket(event);
            }
        };
        self.route.opened.set(false);
        let connection = if self.route.over_http.get() {
            EventStream::connect(self.document.clone(), Rc::new(listener)).map(Transport::Events)
        } else {
            self.address()
                .and_then(|address| Socket::connect(&address, listener))
                .map(|socket| Transport::Socket(self.document.clone(), socket))
        };
        let none = connection.is_none();
        *self.connection.borrow_mut() = connection;
        if none {
            self.reconsider_route();
            self.drive(Input::Closed(NO_SOCKET, None));
        }
    }

    fn hang_up(&self) {
        if self.connection.take().is_some() {
            self.reconsider_route();
            self.lose_carried();
        }
        self.leave_carrier();
    }

    /// A connection has ended: if it never opened, the next may go another way. Once for each connection, or a stream that does not open is
    /// taken for a socket the second time.
    fn reconsider_route(&self) {
        if self.route.opened.get() || self.route.over_http.take() {
            return;
        }
        let this = self.this.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if http::is_reachable().await
                && let Some(replica) = this.upgrade()
                // By now a later try may have opened after all.
                && !replica.route.opened.get()
            {
                replica.route.over_http.set(true);
            }
        });
    }

    fn address(&self) -> Option<String> {
        let location = web_sys::window()?.location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        Some(format!("{scheme}://{}/sync/{}?v=1", location.host().ok()?, self.document))
    }

    pub(super) fn handle_socket(&self, event: SocketEvent) {
        if let SocketEvent::Received(frame) = event {
            if self.pass_on(&frame) {
                return;
            }
            self.inbox.frames.borrow_mut().push(frame);
            if now().saturating_sub(self.edited_at.get()) > TYPING || self.edited_at.get().is_zero() {
                self.empty_inbox();
            } else if self.inbox.due.get().is_none() {
                self.inbox.due.set(Some(now() + PATIENCE));
                self.reschedule();
            }
            return;
        }
        self.empty_inbox();
        match event {
            SocketEvent::Opened => {
                // What was told of the server on an earlier connection no longer counts.
                self.tell(News::Event("{}"));
                self.route.opened.set(true);
                self.drive(Input::Opened);
                self.carry_again();
            }
            SocketEvent::Received(_) => {}
            SocketEvent::Unreadable => self.drive(Input::Unreadable),
            SocketEvent::Closed(code, after) => self.drive(Input::Closed(code, after)),
        }
    }

    /// Takes what came, in order.
    fn empty_inbox(&self) {
        self.inbox.due.set(None);
        for frame in self.inbox.frames.take() {
            self.drive(Input::Received(&frame));
        }
    }

    /// One's own key is painted: others' turn.
    pub(super) fn handle_pause(&self) {
        self.deliver();
        self.empty_inbox();
    }

    /// The window's word: network, a page looked at again, a page about to close.
    pub(super) fn listen_to_window(&self) {
        let listen = |name: &str, act: fn(&Self, &web_sys::Event)| {
            let this = self.this.clone();
            let handle = window_event_listener_untyped(name, move |event| {
                if let Some(replica) = this.upgrade() {
                    act(&replica, &event);
                }
            });
            self.window_listeners.borrow_mut().push(handle);
        };
        listen("online", |replica, _| replica.drive(Input::TryNow));
        listen("offline", |replica, _| replica.drive(Input::NetworkGone));
        listen("visibilitychange", |replica, _| {
            if document().visibility_state() == web_sys::VisibilityState::Visible {
                replica.drive(Input::TryNow);
            } else {
                // A hidden page may be closed without another word.
                replica.pause.settle();
                replica.flush(Author::Others);
            }
        });
        listen("beforeunload", |replica, event| {
            replica.pause.settle();
            if replica.would_lose() {
                event.prevent_default();
            }
        });
    }

    /// One timer for everything that is due; it is moved only to an earlier time, since an early tick does no harm.
    pub(super) fn reschedule(&self) {
        let due = [self.session.borrow().next_tick(), self.flush_at.get(), self.settles_at(), self.inbox.due.get()];
        let Some(due) = due.into_iter().flatten().min().filter(|due| *due < Duration::MAX) else { return };
        if self.timer.borrow().as_ref().is_some_and(|(set, _)| *set <= due) {
            return;
        }
        let this = self.this.clone();
        let tick = move || {
            if let Some(replica) = this.upgrade() {
                replica.tick();
            }
        };
        // A millisecond more: timers may run a little early, and would then run twice.
        let wait = due.saturating_sub(now()) + Duration::from_millis(1);
        let timer = set_timeout_with_handle(tick, wait).ok().map(|handle| (due, handle));
        if let Some((_, old)) = self.timer.replace(timer) {
            old.clear();
        }
    }

    fn tick(&self) {
        self.timer.take();
        let now = now();
        if self.inbox.due.get().is_some_and(|due| due <= now) {
            self.empty_inbox();
        }
        if self.flush_at.get().is_some_and(|due| due <= now) {
            self.flush(Author::Others);
        }
        self.drive(Input::Tick);
    }

    fn publish(&self) {
        let session = self.session.borrow();
        let facts = Facts {
            saved_at: self.saved_at.get(),
            kept: self.kept(),
            changes: self.unsaved_changes(),
            unsaved_text: &|| self.unsaved_text(),
        };
        let state = SaveState::of(&session, &facts);
        let ended_by_refusal = session.status() == Status::Ended(close_code::REFUSED);
        drop(session);
        if *self.state.borrow() == state || self.settles_at().is_some_and(|due| now() < due) {
            return;
        }
        if let (SaveState::Refused(refused), true) = (&state, ended_by_refusal) {
            self.set_aside(refused);
        }
        *self.state.borrow_mut() = state;
        self.tell(News::State);
    }

    /// When *saving* may give way to *saved*: a word that came and went with every key would be read by nobody, read aloud to some, and
    /// drawn twice for each. It never says *saved* too early.
    fn settles_at(&self) -> Option<Duration> {
        let saving = *self.state.borrow() == SaveState::Saving;
        (saving && self.session.borrow().status() == Status::Saved).then(|| self.edited_at.get() + SETTLING)
    }

    /// A change that is not even sent yet is not saved, whatever the session, which does not know of it, would say.
    pub(super) fn doubt_saved(&self) {
        self.state.replace_with(|shown| if matches!(shown, SaveState::Saved { .. }) { SaveState::Saving } else { shown.clone() });
        self.tell(News::State);
    }
}

thread_local! {
    /// Asked for with every key: the way to it through the window costs more than the question.
    static CLOCK: Option<web_sys::Performance> = web_sys::window().and_then(|window| window.performance());
}

/// Time since the page began: it never goes back, unlike the time of day.
pub(super) fn now() -> Duration {
    let millis = CLOCK.with(|clock| clock.as_ref().map_or(0.0, web_sys::Performance::now));
    Duration::try_from_secs_f64(millis / 1_000.0).unwrap_or_default()
}

/// The same in whole milliseconds.
pub(super) fn milliseconds() -> u64 {
    u64::try_from(now().as_millis()).unwrap_or_default()
}

/// The time of day.
pub(in crate::sync) fn milliseconds_since_1970() -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole milliseconds, after 1970")]
    let millis = js_sys::Date::now() as u64;
    millis
}

/// What `future` gives, or `None` once `patience` is over. The future then goes on unheard: its callbacks must outlive its answer.
pub(in crate::sync) async fn sleep_or<T: 'static>(patience: Duration, future: impl Future<Output = T> + 'static) -> Option<T> {
    let answer = Rc::new(Cell::new(None));
    let (done, over) = signal();
    let late = done.clone();
    let given = answer.clone();
    wasm_bindgen_futures::spawn_local(async move {
        given.set(Some(future.await));
        done.send();
    });
    drop(set_timeout_with_handle(move || late.send(), patience));
    over.await;
    answer.take()
}

/// Says once that something has happened.
#[derive(Clone)]
pub(super) struct Sender(Rc<Flag>);

#[derive(Default)]
struct Flag {
    up: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Sender {
    /// Says it. Saying it again changes nothing.
    pub(super) fn send(&self) {
        self.0.up.set(true);
        if let Some(waker) = self.0.waker.take() {
            waker.wake();
        }
    }
}

/// A sender, and the future that waits for it.
pub(super) fn signal() -> (Sender, impl Future<Output = ()>) {
    let flag = Rc::new(Flag::default());
    let waiting = flag.clone();
    let future = async move {
        let raised = poll_fn(move |context| {
            if waiting.up.get() {
                return Poll::Ready(());
            }
            *waiting.waker.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        });
        pin!(raised).await;
    };
    (Sender(flag), future)
}
