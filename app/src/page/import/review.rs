//! Looking an import through: what is certain in one line, every doubt unfolded.

use dagsorden_shared::api::ImportPreview;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::meeting_json::BlockJson;
use dagsorden_shared::render::icon::Icon;
use leptos::prelude::*;

use crate::ui::icon::icon;

/// The list of what was read, and the two ways on.
#[component]
pub(super) fn Review(
    text: &'static Catalogue,
    name: String,
    preview: ImportPreview,
    store: Callback<()>,
    discard: Callback<()>,
) -> impl IntoView {
    let items = &preview.meeting.items;
    let sections = items.iter().map(|item| item.sections.len()).sum::<usize>();
    let tables = items.iter().flat_map(|item| &item.sections).flat_map(|section| &section.blocks);
    let tables = tables.filter(|block| matches!(block, BlockJson::Table { .. })).count();
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let certain = (text.import.certain)(count(items.len()), count(sections), count(tables));
    let source = (text.import.source)(&name, count(items.len()));
    let titles: Vec<(Option<String>, String)> = items.iter().map(|item| (item.number.clone(), item.title.clone())).collect();
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
