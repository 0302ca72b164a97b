//! Real browser windows: headless Chromium, one profile a window, driven as a person would.

mod axe;
mod chromium;
mod stage;
mod window;

pub use axe::Violation;
pub use chromium::Look;
pub use stage::Stage;
pub use window::{Shown, Window};
