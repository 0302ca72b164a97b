//! The one polite live region: it is there from the start, and says what happened elsewhere on the page.

use leptos::prelude::document;

/// Id of the region.
pub(crate) const REGION: &str = "announcer";

/// Says `text` to screen readers. The same text twice is said twice: a trailing no-break space makes it a change.
pub(crate) fn say(text: &str) {
    if let Some(region) = document().get_element_by_id(REGION) {
        let repeated = region.text_content().as_deref() == Some(text);
        region.set_text_content(Some(&if repeated { format!("{text}\u{a0}") } else { text.to_owned() }));
    }
}
