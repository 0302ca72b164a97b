//! Changing the language: a link to the same page, which the server paints in the other one and remembers.

use dagsorden_shared::catalogue::Language;
use leptos::prelude::*;

/// Links to this page in the other languages, each in its own words.
pub(crate) fn languages(current: Language) -> impl IntoView {
    Language::ALL
        .into_iter()
        .filter(|language| *language != current)
        .map(|language| {
            let address = format!("?lang={}", language.code());
            view! { <a class="entry" href=address lang=language.code() rel="external">{language.own_name()}</a> }
        })
        .collect_view()
}
