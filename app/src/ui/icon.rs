//! Draws an icon of the one set.

use dagsorden_shared::render::icon::Icon;
use leptos::prelude::*;

/// An icon of 20 px, or 16 px with `small`. Hidden from screen readers: the control beside it has a name.
pub fn icon(icon: Icon, small: bool) -> impl IntoView {
    let class = if small { "i s" } else { "i" };
    leptos::svg::svg()
        .attr("class", class)
        .attr("viewBox", "0 0 20 20")
        .attr("aria-hidden", "true")
        .child(leptos::svg::path().attr("d", icon.path()))
}
