//! The one polite live region: it is there from the start, and says what happened elsewhere on the page.

use leptos::prelude::*;

/// Says things to screen readers. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Announcer {
    text: RwSignal<String>,
}

impl Announcer {
    /// A region that says nothing yet.
    pub fn new() -> Self {
        Self { text: RwSignal::new(String::new()) }
    }

    /// Says `text`. The same text twice is said twice: a trailing no-break space makes it a change.
    pub fn say(self, text: impl Into<String>) {
        let mut text = text.into();
        if self.text.with_untracked(|old| *old == text) {
            text.push('\u{a0}');
        }
        self.text.set(text);
    }

    /// The region's element.
    pub fn view(self) -> impl IntoView {
        view! { <div class="vh" role="status" aria-live="polite" id="announcer">{move || self.text.get()}</div> }
    }
}

impl Default for Announcer {
    fn default() -> Self {
        Self::new()
    }
}
