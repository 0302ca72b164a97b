//! Real browser windows: headless Chromium and Firefox, one profile a window, driven as a person would.

mod axe;
mod chromium;
mod firefox;
mod hands;
mod program;
mod raw;
mod stage;
mod window;

pub use axe::Violation;
pub use chromium::Look;
pub use hands::{Mouse, Point};
pub use program::Kind;
pub use stage::Stage;
pub use window::{Shown, Window};
