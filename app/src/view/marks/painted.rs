//! One mark as painted, the text it is in, and where it stands in the window.

use std::rc::Rc;

use dagsorden_shared::agenda::{Anchor, AnchorState, Anchored, Field};
use dagsorden_shared::id::ThreadId;
use web_sys::{Node, Range};

use crate::view::context::EditorContext;
use crate::view::decoration::Spot;
use crate::view::field::EditorField;
use crate::view::position;

/// What is nearer than this, in pixels, is at the same place.
pub(super) const NEAR: f64 = 1.0;

/// Words that a thread is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The thread's id.
    pub thread: ThreadId,
    /// The field they stand in.
    pub field: Field,
    /// The words.
    pub anchor: Anchor,
}

/// How much is known of where a mark is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// All.
    Place,
    /// Letters came or went between its edges.
    Edges,
    /// Nothing: it is to be resolved.
    Nothing,
}

pub(super) struct Painted {
    pub(super) mark: Mark,
    pub(super) at: Anchored,
    pub(super) known: Known,
    /// It is to be painted again.
    pub(super) fresh: bool,
    /// Painted so.
    pub(super) range: Option<Range>,
    pub(super) top: Option<f64>,
}

impl Painted {
    /// Before anything is known.
    pub(super) const WAITING: Anchored = Anchored { state: AnchorState::Waiting, start: 0, end: 0 };

    /// One of which nothing is known.
    pub(super) fn new(mark: Mark) -> Self {
        Self { mark, at: Self::WAITING, known: Known::Nothing, fresh: true, range: None, top: None }
    }

    pub(super) fn is_in(&self, field: &Field) -> bool {
        self.mark.field == *field
    }

    /// Whether its range still stands in text: one whose line was moved or drawn again does not.
    pub(super) fn is_intact(&self) -> bool {
        let in_text = |node: Result<Node, _>| node.is_ok_and(|node: Node| node.node_type() == Node::TEXT_NODE && node.is_connected());
        self.range.as_ref().is_some_and(|range| in_text(range.start_container()) && in_text(range.end_container()))
    }
}

/// A field's text, as far as marks ask for it.
pub(super) struct Text {
    pub(super) field: Field,
    pub(super) units: Vec<u16>,
}

impl Text {
    /// As the field shows it; of one that is not in the page as the document has it. `None` if there is none.
    pub(super) fn find(context: &EditorContext, field: &Field) -> Option<Self> {
        let text = match context.field(&field.to_string()) {
            Some(mounted) => mounted.state.borrow().body().text(),
            None => context.port().body(field)?.text(),
        };
        Some(Self { field: field.clone(), units: text.encode_utf16().collect() })
    }

    pub(super) fn between(&self, at: Anchored) -> Option<&[u16]> {
        self.units.get(at.start as usize..at.end as usize)
    }
}

/// A field in the page, to ask where its marks are.
pub(super) struct Ground {
    field: Rc<EditorField>,
    /// Far from the window its item's place, without a height: to measure there would lay out what the browser leaves alone until it is scrolled to.
    far: Option<Spot>,
}

impl Ground {
    /// `None` if the field is not in the page.
    pub(super) fn find(context: &EditorContext, field: &Field, window_height: f64) -> Option<Self> {
        let field = context.field(&field.to_string()).filter(|field| field.host.is_connected())?;
        let item = field.host.closest("[data-item]").ok().flatten().unwrap_or_else(|| field.host.clone().into());
        let item = item.get_bounding_client_rect();
        let is_far = item.bottom() < -window_height || item.top() > 2.0 * window_height;
        Some(Self { far: is_far.then(|| [item.left(), item.top(), 0.0]), field })
    }

    pub(super) fn field(&self) -> &Field {
        &self.field.field
    }

    /// Left, top and height of a mark's first letter in the window.
    pub(super) fn spot(&self, at: Anchored) -> Option<Spot> {
        if self.far.is_some() {
            return self.far;
        }
        let (lines, state) = (self.field.lines.borrow(), self.field.state.borrow());
        let (line, inside) = state.locate(at.start);
        // At the end of a line the words begin in the next one.
        let next = at.start < at.end && inside == state.line(line).len() && line + 1 < lines.views.len();
        let (line, inside) = if next { (line + 1, 0) } else { (line, inside) };
        let place = position::place_in_line(lines.views.get(line)?, inside)?;
        let rect = position::caret_rect(&place.0, place.1)?;
        Some([rect.left(), rect.top(), rect.height()])
    }
}

pub(super) fn covers(range: &Range, x: f64, y: f64) -> bool {
    let Some(rects) = range.get_client_rects() else { return false };
    (0..rects.length())
        .filter_map(|at| rects.item(at))
        .any(|rect| rect.left() - NEAR <= x && x <= rect.right() + NEAR && rect.top() - NEAR <= y && y <= rect.bottom() + NEAR)
}
