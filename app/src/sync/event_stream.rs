//! The frames of a document without a websocket, for networks that refuse it: an event stream down, frames posted up, one post of a document at
//! a time so that they stay in order. Frames of other documents, which share the stream under their own names, come as they do over a websocket.
//! Dropping it silences it at once.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::varint::Writer;
use dagsorden_shared::protocol::{Ended, OtherFrame, close_code};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventSource, MessageEvent};

use super::http;
use super::socket::SocketEvent;

/// As a browser says of a websocket that broke.
const BROKEN: u16 = 1006;

type Listener = Rc<dyn Fn(SocketEvent)>;

/// An open or opening stream.
pub(super) struct EventStream {
    source: EventSource,
    shared: Rc<Shared>,
    /// The ways of the documents, the stream's own first.
    ways: RefCell<Vec<Way>>,
    _on_tab: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(JsValue)>,
}

/// What the documents of a stream share.
struct Shared {
    listener: Listener,
    /// The server's name for this stream; empty until it is open.
    tab: RefCell<String>,
    over: Cell<bool>,
}

/// One document on the stream.
struct Way {
    posts: Rc<Posts>,
    _on_event: Closure<dyn FnMut(MessageEvent)>,
}

/// What goes up of one document.
struct Posts {
    shared: Rc<Shared>,
    document: DocumentId,
    is_own: bool,
    /// Frames that wait, each with its length in front.
    waiting: RefCell<Vec<u8>>,
    under_way: Cell<bool>,
}

impl EventStream {
    /// Begins to open. `None` if the browser refuses.
    pub(super) fn connect(document: DocumentId, listener: Listener) -> Option<Self> {
        let source = EventSource::new(&format!("/sync/{document}/events?v=1")).ok()?;
        let shared = Rc::new(Shared { listener, tab: RefCell::default(), over: Cell::new(false) });
        let own = Way::new(&source, &shared, document, true)?;
        let (opened, broken) = (Rc::clone(&shared), Rc::clone(&own.posts));
        let on_tab = Closure::new(move |event: MessageEvent| {
            *opened.tab.borrow_mut() = event.data().as_string().unwrap_or_default();
            opened.tell(SocketEvent::Opened);
        });
        // The browser would open it again by itself, as another tab of which the session knows nothing.
        let on_error = Closure::new(move |_: JsValue| broken.end(BROKEN, ""));
        source.add_event_listener_with_callback("tab", on_tab.as_ref().unchecked_ref()).ok()?;
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        Some(Self { source, shared, ways: RefCell::new(vec![own]), _on_tab: on_tab, _on_error: on_error })
    }

    /// Sends a frame of a document. If it cannot be sent, the end of the stream, or of the document, tells.
    pub(super) fn send(&self, document: &DocumentId, frame: &[u8]) {
        let mut ways = self.ways.borrow_mut();
        let known = ways.iter().position(|way| way.posts.document == *document);
        let at = known.unwrap_or_else(|| {
            ways.extend(Way::new(&self.source, &self.shared, document.clone(), false));
            ways.len() - 1
        });
        let posts = Rc::clone(&ways[at].posts);
        drop(ways);
        posts.waiting.borrow_mut().extend(Writer::new().bytes(frame).finish());
        if !posts.under_way.replace(true) {
            wasm_bindgen_futures::spawn_local(post(posts));
        }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.shared.over.set(true);
        self.source.close();
    }
}

impl Shared {
    fn tell(&self, event: SocketEvent) {
        if !self.over.get() {
            (self.listener)(event);
        }
    }
}

impl Way {
    fn new(source: &EventSource, shared: &Rc<Shared>, document: DocumentId, is_own: bool) -> Option<Self> {
        let (waiting, under_way) = (RefCell::default(), Cell::new(false));
        let posts = Rc::new(Posts { shared: Rc::clone(shared), document, is_own, waiting, under_way });
        let received = Rc::clone(&posts);
        let on_event = Closure::new(move |event: MessageEvent| received.receive(&event.data().as_string().unwrap_or_default()));
        source.add_event_listener_with_callback(posts.document.as_str(), on_event.as_ref().unchecked_ref()).ok()?;
        Some(Self { posts, _on_event: on_event })
    }
}

impl Posts {
    /// The document has ended, and with the stream's own the stream.
    fn end(&self, code: u16, reason: &str) {
        self.waiting.take();
        if self.is_own {
            self.shared.tell(SocketEvent::Closed(code, close_code::return_after(reason)));
            self.shared.over.set(true);
        } else {
            self.shared.tell(SocketEvent::Received(Ended { document: self.document.as_str(), code, reason }.encode()));
        }
    }

    /// An event: a frame in base64, or `!`, the code it was closed with and the reason.
    fn receive(&self, data: &str) {
        if let Some(end) = data.strip_prefix('!') {
            let code = end.split(' ').next().and_then(|code| code.parse().ok());
            return self.end(code.unwrap_or(BROKEN), end);
        }
        // The browser's decoder answers one character for each byte.
        let bytes = web_sys::window().and_then(|window| window.atob(data).ok());
        let frame: Option<Vec<u8>> = bytes.map(|bytes| bytes.chars().map(|byte| byte as u8).collect());
        self.shared.tell(match frame {
            Some(frame) if self.is_own => SocketEvent::Received(frame),
            Some(frame) => SocketEvent::Received(OtherFrame { document: self.document.as_str(), frame: &frame }.encode()),
            None => SocketEvent::Unreadable,
        });
    }
}

/// Posts what waits until nothing does.
async fn post(posts: Rc<Posts>) {
    loop {
        let frames = posts.waiting.take();
        if frames.is_empty() || posts.shared.over.get() {
            return posts.under_way.set(false);
        }
        let path = format!("/sync/{}/frames/{}", posts.document, posts.shared.tab.borrow());
        if !http::post_frames(&path, &frames).await {
            posts.under_way.set(false);
            return posts.end(BROKEN, "");
        }
    }
}
