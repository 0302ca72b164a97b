//! Changing the language: a link to the same page, which the server paints in the other one and remembers.

use dagsorden_shared::catalogue::Language;

use crate::ui::menu::Entry;

/// Entries that lead to this page in the other languages, each in its own words.
pub(crate) fn entries(current: Language) -> impl Iterator<Item = Entry> {
    let others = Language::ALL.into_iter().filter(move |language| *language != current);
    others.map(|language| {
        let code = language.code();
        Entry::Link(Entry::link(format!("?lang={code}"), language.own_name()).attribute("lang", code).attribute("hreflang", code))
    })
}
