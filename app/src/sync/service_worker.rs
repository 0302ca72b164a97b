//! Registers the service worker, which lets a page open without network or server, and tells it what to keep.
//!
//! Without one (an old browser, no secure context) everything else works; only a reload needs the server.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CacheStorage, PerformanceEntry, ServiceWorkerContainer, ServiceWorkerRegistration};

/// Registers the worker and has it keep this page with its assets: the page was loaded before the worker could see it.
pub fn register() {
    wasm_bindgen_futures::spawn_local(async {
        // Nothing depends on it, so nobody is told.
        drop(register_and_keep().await);
    });
}

/// Forgets the kept pages: call when the person changes, as the pages name who opened them.
pub async fn forget_pages() {
    let forget = async || -> Result<(), JsValue> {
        let window = window()?;
        // Missing in an insecure context, where calling it would throw where nothing catches.
        if !Reflect::has(&window, &JsValue::from_str("caches"))? {
            return Ok(());
        }
        let caches: CacheStorage = window.caches()?;
        for name in JsFuture::from(caches.keys()).await?.dyn_into::<Array>()?.iter().filter_map(|name| name.as_string()) {
            if name.starts_with("pages-") {
                JsFuture::from(caches.delete(&name)).await?;
            }
        }
        Ok(())
    };
    // No caches, nothing to forget.
    drop(forget().await);
}

/// Has the worker keep these addresses too, which nothing of the page has used yet.
pub async fn keep_assets(addresses: &[&str]) {
    let keep = async || -> Result<(), JsValue> {
        let Some(container) = container()? else { return Ok(()) };
        let assets: Array = addresses.iter().map(|address| JsValue::from_str(address)).collect();
        tell(&container, &object("assets", &assets)?).await
    };
    // As with the page: nothing depends on it.
    drop(keep().await);
}

async fn register_and_keep() -> Result<(), JsValue> {
    let Some(container) = container()? else { return Ok(()) };
    JsFuture::from(container.register("/sw.js")).await?;
    let window = window()?;
    let keep = object("page", &JsValue::from_str(&window.location().href()?))?;
    Reflect::set(&keep, &JsValue::from_str("assets"), &loaded_assets(&window))?;
    tell(&container, &keep).await
}

/// `None` in an insecure context, where calling it would throw where nothing catches.
fn container() -> Result<Option<ServiceWorkerContainer>, JsValue> {
    let navigator = window()?.navigator();
    let is_there = Reflect::has(&navigator, &JsValue::from_str("serviceWorker"))?;
    Ok(is_there.then(|| navigator.service_worker()))
}

async fn tell(container: &ServiceWorkerContainer, keep: &Object) -> Result<(), JsValue> {
    let registration: ServiceWorkerRegistration = JsFuture::from(container.ready()?).await?.dyn_into()?;
    match registration.active() {
        Some(worker) => worker.post_message(object("keep", keep)?.as_ref()),
        None => Ok(()),
    }
}

fn loaded_assets(window: &web_sys::Window) -> Array {
    let Some(performance) = window.performance() else { return Array::new() };
    let entries = performance.get_entries_by_type("resource");
    let names = entries.iter().filter_map(|entry| entry.dyn_into::<PerformanceEntry>().ok()).map(|entry| entry.name());
    names.filter(|name| name.contains("/assets/")).map(|name| JsValue::from_str(&name)).collect()
}

fn window() -> Result<web_sys::Window, JsValue> {
    web_sys::window().ok_or(JsValue::NULL)
}

fn object(key: &str, value: &JsValue) -> Result<Object, JsValue> {
    let object = Object::new();
    Reflect::set(&object, &JsValue::from_str(key), value)?;
    Ok(object)
}
