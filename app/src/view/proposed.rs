//! What is proposed, over the text: words that would go are struck by a highlight, and a mark floats where words would come. Nothing enters the
//! editable. What is proposed, and where that is now, the page says; here it is drawn.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::{Rc, Weak};

use dagsorden_shared::agenda::Field;
use web_sys::Element;

use super::context::EditorContext;
use super::decoration::{Decoration, Decorations};
use super::part::{Part, Update, When};
use super::{dom, position};

/// Its name as a part.
const NAME: &str = "proposed";
/// The highlight of words that would go, and the mark where words would come.
const GOES: &str = "proposed-del";
const COMES: &str = "proposed-ins";
/// Above the marks of threads.
const ABOVE: i32 = 3;

/// One change that is proposed for a text, as the text stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proposed {
    /// The text.
    pub(crate) field: Field,
    /// The words that would go; empty where none do.
    pub(crate) goes: Range<u32>,
    /// Whether words would come.
    pub(crate) comes: bool,
}

/// What is proposed, as drawn.
pub(crate) struct ProposedLayer {
    context: Weak<EditorContext>,
    all: RefCell<Vec<Proposed>>,
    drawn: Decorations,
    wanted: RefCell<Vec<Decoration>>,
    layer: Element,
}

impl EditorContext {
    /// A layer over the text for what is proposed; nothing is drawn yet.
    pub(crate) fn proposed_layer(&self) -> Rc<ProposedLayer> {
        let layer = dom::create("div");
        dom::set(&layer, "class", "proposed-marks");
        dom::set(&layer, "aria-hidden", "true");
        if let Some(body) = dom::document().body() {
            dom::append(&body, &layer);
        }
        let (drawn, wanted) = (Decorations::new(ABOVE), RefCell::default());
        let shown = Rc::new(ProposedLayer { context: self.weak(), all: RefCell::default(), drawn, wanted, layer });
        self.add_part(Rc::clone(&shown) as Rc<dyn Part>);
        shown
    }
}

impl ProposedLayer {
    /// Draws these changes and no others.
    pub(crate) fn show(&self, all: Vec<Proposed>) {
        if *self.all.borrow() == all {
            return;
        }
        self.all.replace(all);
        if let Some(context) = self.context.upgrade() {
            context.schedule(NAME, When::Pause);
        }
    }
}

impl Part for ProposedLayer {
    fn name(&self) -> &'static str {
        NAME
    }

    fn update(&self, context: &EditorContext, update: &Update<'_>) {
        let moves = matches!(update, Update::Changed { .. } | Update::Mounted(_) | Update::Viewport);
        if moves && !self.all.borrow().is_empty() {
            context.schedule(NAME, When::Pause);
        }
    }

    fn measure(&self, context: &EditorContext) {
        let scrolled = dom::scrolled().unwrap_or_default();
        let mut wanted = Vec::new();
        for Proposed { field, goes, comes } in &*self.all.borrow() {
            let Some(field) = context.field(&field.to_string()).filter(|field| field.host.is_connected()) else { continue };
            let (lines, state) = (field.lines.borrow(), field.state.borrow());
            // The page says the places anew when the text changes; until then they may lie outside.
            if goes.end > state.body().end() {
                continue;
            }
            if !goes.is_empty() {
                wanted.extend(position::range_of(&lines, &state, goes.start, goes.end).map(|range| Decoration::Range((GOES, 0), range)));
            }
            if *comes {
                let place = position::place_of(&lines, &state, goes.end);
                let rect = place.and_then(|(node, offset)| position::caret_rect(&node, offset));
                let spot = rect.map(|rect| [rect.left(), rect.top() + scrolled, rect.height()]);
                wanted.extend(spot.filter(|spot| spot[2] > 0.0).map(|spot| Decoration::Mark((COMES, 0), spot)));
            }
        }
        self.wanted.replace(wanted);
    }

    fn draw(&self, _: &EditorContext) {
        self.drawn.show(&self.wanted.take(), Some(&self.layer));
    }

    fn destroy(&self) {
        self.drawn.show(&[], None);
        dom::detach(&self.layer);
    }
}
