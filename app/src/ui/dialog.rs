//! A modal dialog over the page: the native element, which traps the focus and closes on Escape.

use leptos::html;
use leptos::prelude::*;

/// Shows `children` in a modal dialog while `open` is true. Closing it in any way sets `open` to false.
#[component]
pub fn Dialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// Id of the element; the heading inside has this id with `-heading`.
    id: &'static str,
    /// The dialog's heading.
    #[prop(into)]
    heading: Signal<String>,
    /// What stands in it.
    children: ChildrenFn,
) -> impl IntoView {
    let element = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = element.get() {
            match (open.get(), dialog.open()) {
                // Only fails if it is open already or not in the page; then there is nothing to show.
                (true, false) => drop(dialog.show_modal()),
                (false, true) => dialog.close(),
                _ => {}
            }
        }
    });
    let labelled = format!("{id}-heading");
    let heading_id = labelled.clone();
    view! {
        <dialog class="dialog" id=id aria-labelledby=labelled node_ref=element on:close=move |_| open.set(false)>
            <h2 id=heading_id>{move || heading.get()}</h2>
            <Show when=move || open.get() fallback=|| ()>
                {children()}
            </Show>
        </dialog>
    }
}
