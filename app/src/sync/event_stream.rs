//! The frames of one document without a websocket, for networks that refuse it: an event stream down, frames posted up, one post at a time
//! so that they stay in order. Dropping it silences it at once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use dagsorden_shared::protocol::close_code;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventSource, MessageEvent};

use super::http;
use super::socket::SocketEvent;

/// As a browser says of a websocket that broke.
const BROKEN: u16 = 1006;

type Listener = Box<dyn Fn(SocketEvent)>;

/// An open or opening stream.
pub(super) struct EventStream {
    source: EventSource,
    posts: Rc<Posts>,
    _on_tab: Closure<dyn FnMut(MessageEvent)>,
    _on_event: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

/// What goes up.
struct Posts {
    listener: Listener,
    document: String,
    /// The server's name for this stream; empty until it is open.
    tab: RefCell<String>,
    /// Frames that wait, each with its length in front.
    waiting: RefCell<Vec<u8>>,
    under_way: Cell<bool>,
    over: Cell<bool>,
}

impl EventStream {
    /// Begins to open. `None` if the browser refuses.
    pub(super) fn connect(document: &str, listener: Listener) -> Option<Self> {
        let source = EventSource::new(&format!("/sync/{document}/events?v=1")).ok()?;
        let posts = Rc::new(Posts {
            listener,
            document: document.to_owned(),
            tab: RefCell::default(),
            waiting: RefCell::default(),
            under_way: Cell::new(false),
            over: Cell::new(false),
        });
        let (opened, received, broken) = (posts.clone(), posts.clone(), posts.clone());
        let on_tab = Closure::new(move |event: MessageEvent| {
            *opened.tab.borrow_mut() = event.data().as_string().unwrap_or_default();
            opened.tell(SocketEvent::Opened);
        });
        let on_event = Closure::new(move |event: MessageEvent| received.receive(&event.data().as_string().unwrap_or_default()));
        // The browser would open it again by itself, as another tab of which the session knows nothing.
        let on_error = Closure::new(move |_: JsValue| broken.end(BROKEN, None));
        source.add_event_listener_with_callback("tab", on_tab.as_ref().unchecked_ref()).ok()?;
        source.add_event_listener_with_callback(document, on_event.as_ref().unchecked_ref()).ok()?;
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Some(Self { source, posts, _on_tab: on_tab, _on_event: on_event, _on_error: on_error })
    }

    /// Sends a frame. If it cannot be sent, the end of the stream tells.
    pub(super) fn send(&self, frame: &[u8]) {
        let mut waiting = self.posts.waiting.borrow_mut();
        let mut length = frame.len();
        while length >= 0x80 {
            waiting.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        waiting.push(length as u8);
        waiting.extend_from_slice(frame);
        if !self.posts.under_way.replace(true) {
            wasm_bindgen_futures::spawn_local(post(self.posts.clone()));
        }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.posts.over.set(true);
        self.source.close();
    }
}

impl Posts {
    fn tell(&self, event: SocketEvent) {
        if !self.over.get() {
            (self.listener)(event);
        }
    }

    fn end(&self, code: u16, after: Option<Duration>) {
        self.tell(SocketEvent::Closed(code, after));
        self.over.set(true);
    }

    /// An event: a frame in base64, or `!`, the code it was closed with and the reason.
    fn receive(&self, data: &str) {
        if let Some(end) = data.strip_prefix('!') {
            let code = end.split(' ').next().and_then(|code| code.parse().ok());
            return self.end(code.unwrap_or(BROKEN), close_code::return_after(end));
        }
        // The browser's decoder answers one character for each byte.
        let bytes = web_sys::window().and_then(|window| window.atob(data).ok());
        self.tell(match bytes {
            Some(bytes) => SocketEvent::Received(bytes.chars().map(|byte| byte as u8).collect()),
            None => SocketEvent::Unreadable,
        });
    }
}

/// Posts what waits until nothing does.
async fn post(posts: Rc<Posts>) {
    loop {
        let frames = posts.waiting.take();
        if frames.is_empty() || posts.over.get() {
            return posts.under_way.set(false);
        }
        let path = format!("/sync/{}/frames/{}", posts.document, posts.tab.borrow());
        if !http::post_frames(&path, &frames).await {
            return posts.end(BROKEN, None);
        }
    }
}
