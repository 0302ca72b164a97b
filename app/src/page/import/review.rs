//! Looking an import through: what is certain in one line, every doubt unfolded.

use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::render::icon::Icon;
use leptos::prelude::*;

use serde_json::Value;

use super::Preview;
use crate::ui::icon::icon;

/// The list of what was read, and the two ways on.
#[component]
pub(super) fn Review(
    text: &'static Catalogue,
    name: String,
    preview: Preview,
    store: Callback<()>,
    discard: Callback<()>,
) -> impl IntoView {
    let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let items = list(&preview.meeting, "items");
    let sections: Vec<Value> = items.iter().flat_map(|item| list(item, "sections")).collect();
    let is_table = |block: &Value| block.get("type").and_then(Value::as_str) == Some("table");
    let tables = sections.iter().flat_map(|section| list(section, "blocks")).filter(is_table).count();
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let certain = (text.import.certain)(count(items.len()), count(sections.len()), count(tables));
    let source = (text.import.source)(&name, count(items.len()));
    let word = |item: &Value, key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let titles: Vec<(String, String)> = items.iter().map(|item| (word(item, "number"), word(item, "title"))).collect();
    let findings = preview
        .findings
        .iter()
        .map(|finding| {
            let (what, then) = (text.import.finding)(finding);
            view! { <li><span class="w">{icon(Icon::Alert, false)}</span><span class="t">{what}</span><small>{then}</small></li> }
        })
        .collect_view();
    let shown = RwSignal::new(false);
    view! {
        <p class="quiet">{source}</p>
        <ol class="rev">
            <li>
                <span class="ok">{icon(Icon::Check, false)}</span>
                <span class="t">{certain}</span>
                <button class="link" type="button" aria-expanded=move || shown.get().to_string() on:click=move |_| shown.update(|shown| *shown = !*shown)>
                    {move || if shown.get() { text.import.hide } else { text.import.show }}
                </button>
                {move || {
                    shown
                        .get()
                        .then(|| {
                            let rows = titles.iter().map(|(number, title)| view! { <li><span class="n">{number.clone()}</span>{title.clone()}</li> });
                            view! { <ul class="rev-items">{rows.collect_view()}</ul> }
                        })
                }}
            </li>
            {findings}
        </ol>
        <div class="acts-r">
            <button class="btn main" type="button" autofocus on:click=move |_| store.run(())>{text.import.create}</button>
            <button class="btn" type="button" on:click=move |_| discard.run(())>{text.import.discard}</button>
        </div>
        <p class="quiet">{text.import.nothing_stored}</p>
    }
}
