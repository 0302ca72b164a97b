//! The one renderer: the agenda as a small tree of elements.
//!
//! Owns the DOM contract that the server's page and the app share. Pure: trees in memory, turned into text by [`html`] or into a
//! live page by the app. Knows no text of its own (see [`crate::catalogue`]) and no colours (see `style/`).

pub mod element;
pub mod home;
pub mod html;
pub mod icon;
pub mod item;
pub mod lines;
pub mod meeting;
pub mod outline;
pub mod page;
pub mod search;

pub use element::{Element, Node, element};
pub use home::home;
pub use html::{to_html, to_html_all};
pub use icon::{Icon, icon, small_icon};
pub use lines::{Form, lines};
pub use meeting::meeting;
pub use outline::outline;
