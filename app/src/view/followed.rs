//! Tells a part of the page that the text it reads has changed: once, in a pause, however much was written.

use dagsorden_shared::agenda::Change;

use super::context::EditorContext;
use super::part::{Part, Update, When};

struct Followed {
    name: &'static str,
    concerns: Box<dyn Fn(&Change) -> bool>,
    tell: Box<dyn Fn()>,
}

impl EditorContext {
    /// Calls `tell` after changes of the document that concern it.
    pub(crate) fn follow_changes(&self, name: &'static str, concerns: Box<dyn Fn(&Change) -> bool>, tell: Box<dyn Fn()>) {
        self.add_part(std::rc::Rc::new(Followed { name, concerns, tell }));
    }
}

impl Part for Followed {
    fn name(&self) -> &'static str {
        self.name
    }

    fn update(&self, context: &EditorContext, update: &Update<'_>) {
        if let Update::Changed { changes, .. } = update
            && changes.iter().any(|change| (self.concerns)(change))
        {
            context.schedule(self.name, When::Pause);
        }
    }

    fn draw(&self, _: &EditorContext) {
        (self.tell)();
    }

    fn destroy(&self) {}
}
