//! The front end of Dagsorden, compiled to WebAssembly.
//!
//! [`view`] is where people write, [`sync`] keeps the page's replica, `page` holds one module per page, `ui` plain widgets.
//! All editing logic is in the crate `dagsorden-editor`, the document in `dagsorden-shared`.

mod files;
pub mod json;
mod live;
mod mention;
mod page;
mod parts;
mod pause;
mod points;
mod proposals;
mod random;
pub mod sync;
mod talk;
mod ui;
pub mod view;

use wasm_bindgen::prelude::wasm_bindgen;

/// Runs when the browser has loaded the module.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
    // Leptos sets its executor up when it mounts, but the replica's work begins before.
    drop(any_spawner::Executor::init_wasm_bindgen());
    sync::service_worker::register();
    leptos::task::spawn_local(async {
        page::start().await;
        parts::fetch_all();
    });
}
