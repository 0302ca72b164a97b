//! One websocket to the relay, as callbacks. Closing it, or dropping it, silences it at once.

use std::time::Duration;

use dagsorden_shared::protocol::close_code::{self, CloseCode};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

/// What a socket says.
pub(super) enum SocketEvent {
    /// It is open.
    Opened,
    /// A binary frame.
    Received(Vec<u8>),
    /// A frame that is not binary: no frame of this protocol.
    Unreadable,
    /// It is closed, and the server may have said when to come back; nothing follows.
    Closed(CloseCode, Option<Duration>),
}

/// An open or opening websocket.
pub(super) struct Socket {
    socket: WebSocket,
    _on_open: Closure<dyn FnMut()>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    /// Begins to connect. `None` if the browser refuses the address or has no sockets.
    pub(super) fn connect(address: &str, listener: impl Fn(SocketEvent) + Clone + 'static) -> Option<Self> {
        let socket = WebSocket::new(address).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let (opened, received, closed) = (listener.clone(), listener.clone(), listener);
        let on_open = Closure::new(move || opened(SocketEvent::Opened));
        let on_message = Closure::new(move |event: MessageEvent| received(read(&event.data())));
        // An error event says nothing and is always followed by a close event.
        let on_close = Closure::new(move |event: CloseEvent| {
            closed(SocketEvent::Closed(event.code(), close_code::return_after(&event.reason())));
        });
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Self { socket, _on_open: on_open, _on_message: on_message, _on_close: on_close })
    }

    /// Sends a frame. On a socket that is closing nothing is sent; its close event tells.
    pub(super) fn send(&self, frame: &[u8]) {
        // An error here means "not open yet", which the session rules out.
        drop(self.socket.send_with_u8_array(frame));
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        drop(self.socket.close());
    }
}

fn read(data: &JsValue) -> SocketEvent {
    match data.dyn_ref::<js_sys::ArrayBuffer>() {
        Some(buffer) => SocketEvent::Received(js_sys::Uint8Array::new(buffer).to_vec()),
        None => SocketEvent::Unreadable,
    }
}
