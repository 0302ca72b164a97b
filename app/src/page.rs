//! The pages: one module each, and what they share.
//!
//! The server paints every page first, readable; a page takes it over when it has something to show.

#![allow(unreachable_pub, reason = "the component macro makes the types of its properties public")]

mod frame;
pub(crate) mod home;
mod identity;
mod import;
mod language;
mod meeting;
mod problem;
mod shortcuts;
mod times;
pub(crate) mod tools;

use dagsorden_shared::api::{Boot, BootPage};
use dagsorden_shared::catalogue::Language;
use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

pub(crate) use frame::Frame;
pub(crate) use import::into::open as bring_into;
pub(crate) use meeting::{Meeting, Task};

use crate::{json, parts};

/// Starts the page that the server painted. Does nothing on a page that carries no start values, such as an error page.
pub(crate) async fn start() {
    let Some(boot) = boot() else { return };
    let language = document().document_element().and_then(|html| html.get_attribute("lang"));
    let language = language.and_then(|code| Language::parse(&code)).unwrap_or_default();
    // Without its words a page can only be read, as the server painted it.
    let Ok(text) = parts::catalogue(language).await else { return };
    let paper = match boot.page {
        BootPage::Meeting { .. } if language != Language::OF_PAPERS => parts::catalogue(Language::OF_PAPERS).await,
        _ => Ok(text),
    };
    let Ok(paper) = paper else { return };
    let owner = Owner::new();
    owner.set();
    // Signals of the page live as long as the page.
    std::mem::forget(owner);
    let frame = Frame::new((text, paper), boot.me, boot.open, boot.role);
    match boot.page {
        BootPage::Home {} => parts::start_home(frame),
        BootPage::Meeting { detail } => meeting::start(frame, boot.user, *detail).await,
    }
}

fn boot() -> Option<Boot> {
    let text = document().get_element_by_id("boot")?.text_content()?;
    json::read(&text)
}

/// Builds a view in a detached node and puts it in the place of the server's first paint, at once, with the scroll kept. `take_over` is called
/// between the two, with nothing painted in between.
async fn swap_in<V: IntoView + 'static>(view: impl FnOnce() -> V + 'static, take_over: impl FnOnce()) {
    let Some(painted) = document().get_element_by_id("app") else { return };
    let Some(fresh) = document().create_element("div").ok().and_then(|fresh| fresh.dyn_into::<web_sys::HtmlElement>().ok()) else { return };
    fresh.set_id("app");
    mount_to(fresh.clone(), view).forget();
    // What waits for the next turn, such as effects, is done before anybody sees it.
    leptos::task::tick().await;
    let (x, y) = (window().scroll_x().unwrap_or(0.0), window().scroll_y().unwrap_or(0.0));
    take_over();
    // Fails only if the page was taken away meanwhile.
    drop(painted.replace_with_with_node_1(&fresh));
    window().scroll_to_with_x_and_y(x, y);
}
