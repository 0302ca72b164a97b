//! Sending a file with its progress: the browser's older request, since `fetch` does not say how much has left.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget, File};

/// A request that is on its way.
pub(super) struct Sending {
    request: JsValue,
    // They live as long as the request.
    _heard: Vec<Closure<dyn Fn(Event)>>,
}

/// What became of a request: its status and body. `None`: there was no answer.
pub(super) type Answer = Option<(u16, String)>;

/// Puts `file` to `path`. `progress` hears how many bytes have left; `done` hears the answer, once. `None` if the browser has no such request.
pub(super) fn put(path: &str, file: &File, progress: impl Fn(u64) + 'static, done: impl Fn(Answer) + 'static) -> Option<Sending> {
    let class: Function = Reflect::get(&js_sys::global(), &"XMLHttpRequest".into()).ok()?.dyn_into().ok()?;
    let request = Reflect::construct(&class, &Array::new()).ok()?;
    call(&request, "open", &["PUT".into(), path.into()])?;
    call(&request, "setRequestHeader", &["Content-Type".into(), "application/octet-stream".into()])?;
    call(&request, "setRequestHeader", &["Accept".into(), "application/json".into()])?;
    let upload: EventTarget = Reflect::get(&request, &"upload".into()).ok()?.unchecked_into();
    let target: EventTarget = request.clone().unchecked_into();
    let on_progress = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        if let Some(loaded) = whole(&event, "loaded") {
            progress(loaded);
        }
    });
    let asked = request.clone();
    let on_end = Closure::<dyn Fn(Event)>::new(move |_| {
        let status = whole(&asked, "status").and_then(|status| u16::try_from(status).ok()).filter(|status| *status > 0);
        let text = Reflect::get(&asked, &"responseText".into()).ok().and_then(|text| text.as_string()).unwrap_or_default();
        done(status.map(|status| (status, text)));
    });
    upload.add_event_listener_with_callback("progress", on_progress.as_ref().unchecked_ref()).ok()?;
    // Said once, however the request ends; one that was cancelled is dropped before.
    target.add_event_listener_with_callback("loadend", on_end.as_ref().unchecked_ref()).ok()?;
    call(&request, "send", &[file.into()])?;
    Some(Sending { request, _heard: vec![on_progress, on_end] })
}

impl Sending {
    /// Ends the request. What is heard of it from now on is nobody's.
    pub(super) fn cancel(self) {
        drop(call(&self.request, "abort", &[]));
    }
}

fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let function: Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
    let arguments: Array = arguments.iter().collect();
    function.apply(object, &arguments).ok()
}

/// A whole number of an object.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes and statuses are whole, and a cast saturates")]
fn whole(object: &JsValue, key: &str) -> Option<u64> {
    Some(Reflect::get(object, &key.into()).ok()?.as_f64()? as u64)
}

/// The size of a file in bytes.
pub(super) fn size(file: &File) -> u64 {
    whole(file, "size").unwrap_or_default()
}

/// A text as it may stand in a query.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                out.extend(char::from_digit(u32::from(digit), 16));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_escaped_for_an_address() {
        assert_eq!(super::escaped("Æ&b c.pdf"), "%c3%86%26b%20c.pdf");
    }
}
