//! Where others write: their carets with a flag, and their selections.
//!
//! Carets float over the page, outside every editable; selections are highlights named `peer-1` to `peer-24`, which change no node. Both are drawn at
//! most once a frame, and after the frame of one's own key. Screen readers learn of others elsewhere.

mod flags;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use dagsorden_shared::id::ClientId;
use dagsorden_shared::richtext::delta::utf16_len;
use leptos::prelude::{GetUntracked, set_timeout};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use self::flags::Flag;
use super::context::EditorContext;
use super::decoration::{Decoration, Decorations, Spot, hue, move_to};
use super::field::EditorField;
use super::part::{Part, Update, When};
use super::{dom, position};
use crate::sync::Peer;

/// Its name as a part.
const NAME: &str = "carets";
/// The highlights of selections, and what stands for a selected empty line, where highlights show nothing.
const SELECTED: &str = "peer";
const STUB: &str = "peer-stub";
/// A flag shrinks away when its caret has rested so long.
const REST: Duration = Duration::from_secs(2);

/// A caret in the page.
struct Caret {
    client: ClientId,
    element: HtmlElement,
    flag: HtmlElement,
    /// Width and height as measured once; the height follows the reader's own size of letters.
    flag_size: [f64; 2],
    /// The flag has shrunk away.
    rests: bool,
    /// The flag stands beside the caret at a line's end, where it hides no text, and stays.
    beside: bool,
    /// By how many flags' heights the flag is raised.
    level: u32,
    /// By how many pixels the flag is moved to stay in the page.
    shift: f64,
    /// Where it was drawn, to see whether it moved.
    place: (String, u32),
    /// The same as measured: left, top and height. They change without it too, as when a line above grows.
    spot: Spot,
    /// Counts its moves, so that an old timer says nothing.
    moves: u32,
}

impl Caret {
    /// Where the flag stands if nothing is in its way, as the style sheet puts it.
    fn flag_low(&self) -> Flag {
        let [left, top, height] = self.spot;
        let bottom = if self.beside { top + height - 2.0 } else { top };
        let [width, height] = self.flag_size;
        Flag { left: left + self.shift, width, height, bottom }
    }
}

/// Others' carets and selections.
pub(super) struct Carets {
    peers: RefCell<Vec<Peer>>,
    shown: Rc<RefCell<Vec<Caret>>>,
    layer: RefCell<Option<Element>>,
    /// Selections and what stands for them on empty lines.
    selections: Decorations,
    /// Where the carets are to be drawn, as measured.
    found: RefCell<Vec<(ClientId, u8, Found)>>,
    page_width: Cell<f64>,
}

impl Carets {
    pub(super) fn new() -> Self {
        Self {
            peers: RefCell::default(),
            shown: Rc::default(),
            layer: RefCell::default(),
            selections: Decorations::default(),
            found: RefCell::default(),
            page_width: Cell::new(0.0),
        }
    }

    /// Nothing to draw costs nothing.
    fn is_idle(&self) -> bool {
        self.selections.is_empty() && self.shown.borrow().is_empty() && self.peers.borrow().iter().all(|peer| peer.selection.is_none())
    }
}

impl Part for Carets {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Adds the layer the carets float in.
    fn attach(&self, _: &EditorContext) {
        let layer = dom::create("div");
        dom::set(&layer, "class", "peer-carets");
        dom::set(&layer, "aria-hidden", "true");
        if let Some(body) = dom::document().body() {
            dom::append(&body, &layer);
        }
        *self.layer.borrow_mut() = Some(layer);
    }

    fn update(&self, context: &EditorContext, update: &Update<'_>) {
        let when = match update {
            Update::Peers => {
                *self.peers.borrow_mut() = context.port().peers().get_untracked();
                When::Frame
            }
            // Others' carets that one's own key pushes along do not keep it waiting.
            Update::Changed { own: true, .. } => When::FrameAfterPause,
            Update::Changed { .. } | Update::Viewport => When::Frame,
            _ => return,
        };
        if !self.is_idle() {
            context.schedule(NAME, when);
        }
    }

    fn measure(&self, context: &EditorContext) {
        let Some(layer) = self.layer.borrow().clone().filter(|_| !self.is_idle()) else { return };
        let height = leptos::prelude::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        self.page_width.set(f64::from(layer.client_width()));
        let peers = self.peers.borrow();
        *self.found.borrow_mut() = peers.iter().map(|peer| (peer.client, hue(peer.person.hue), find(context, peer, height))).collect();
        // What is new is put into the page here, to be measured too.
        let mut shown = self.shown.borrow_mut();
        for (peer, (.., found)) in peers.iter().zip(&*self.found.borrow()) {
            let here = !matches!(found, Found::Nowhere);
            if here && !shown.iter().any(|caret| caret.client == peer.client) {
                shown.push(new_caret(peer, &layer));
            }
        }
    }

    fn draw(&self, _: &EditorContext) {
        let found = self.found.take();
        let mut decorations: Vec<Decoration> = Vec::new();
        self.shown.borrow_mut().retain_mut(|caret| {
            let found = found.iter().find(|(client, ..)| *client == caret.client);
            let (hue, found) = found.map_or((0, &Found::Nowhere), |(_, hue, found)| (*hue, found));
            caret.element.set_hidden(matches!(found, Found::OutOfSight));
            match found {
                Found::Nowhere => dom::detach(&caret.element),
                Found::OutOfSight => {}
                Found::At(place) => {
                    self.put(caret, place);
                    decorations.extend(place.selected.iter().map(|range| Decoration::Range((SELECTED, hue), range.clone())));
                    decorations.extend(place.stubs.iter().map(|spot| Decoration::Mark((STUB, hue), *spot)));
                }
            }
            !matches!(found, Found::Nowhere)
        });
        raise_flags(&mut self.shown.borrow_mut());
        self.selections.show(&decorations, self.layer.borrow().as_ref());
    }

    fn destroy(&self) {
        if let Some(layer) = self.layer.borrow_mut().take() {
            dom::detach(&layer);
        }
    }
}

impl Carets {
    fn put(&self, caret: &mut Caret, place: &Place) {
        let spot = [place.left, place.top, place.height];
        if caret.spot != spot {
            caret.spot = spot;
            move_to(&caret.element, spot);
        }
        let shift = flags::shift(place.left, caret.flag_size[0], self.page_width.get());
        if caret.shift != shift {
            caret.shift = shift;
            drop(caret.flag.style().set_property("--shift", &dom::pixels(shift)));
        }
        // Without room beside the caret the flag would cover the words before it.
        let beside = place.at_line_end && shift == 0.0;
        if caret.beside != beside {
            caret.beside = beside;
            drop(caret.element.class_list().toggle_with_force("end", beside));
        }
        let here = (place.field.clone(), place.offset);
        if caret.place != here {
            caret.place = here;
            caret.moves = caret.moves.wrapping_add(1);
            caret.rests = false;
            drop(caret.element.class_list().remove_1("rest"));
            let (shown, client, moves) = (Rc::downgrade(&self.shown), caret.client, caret.moves);
            set_timeout(
                move || {
                    if let Some(shown) = shown.upgrade() {
                        rest(&mut shown.borrow_mut(), client, moves);
                    }
                },
                REST,
            );
        }
    }
}

fn rest(shown: &mut [Caret], client: ClientId, moves: u32) {
    if let Some(caret) = shown.iter_mut().find(|caret| caret.client == client && caret.moves == moves) {
        caret.rests = true;
        drop(caret.element.class_list().add_1("rest"));
    }
}

/// A peer's selection as measured.
struct Place {
    field: String,
    offset: u32,
    left: f64,
    top: f64,
    height: f64,
    at_line_end: bool,
    selected: Option<web_sys::Range>,
    /// The empty lines in it.
    stubs: Vec<Spot>,
}

/// Where a peer's caret is to be drawn.
enum Found {
    /// In no field of this page.
    Nowhere,
    /// In an item far from the window. To measure there would lay out what the browser leaves alone until it is scrolled to.
    OutOfSight,
    At(Place),
}

fn find(context: &EditorContext, peer: &Peer, window_height: f64) -> Found {
    let Some(selection) = &peer.selection else { return Found::Nowhere };
    let Some(field) = context.field(&selection.field).filter(|field| field.host.is_connected()) else { return Found::Nowhere };
    let item = field.host.closest("[data-item]").ok().flatten().map(|item| item.get_bounding_client_rect());
    if item.is_some_and(|item| item.bottom() < -window_height || item.top() > 2.0 * window_height) {
        return Found::OutOfSight;
    }
    let offset = |sticky: &str| context.port().offset(&field.field, sticky);
    let place = offset(&selection.head).zip(offset(&selection.anchor)).and_then(|(head, anchor)| measure(&field, anchor, head));
    place.map_or(Found::Nowhere, Found::At)
}

fn measure(field: &EditorField, anchor: u32, head: u32) -> Option<Place> {
    let (lines, state) = (field.lines.borrow(), field.state.borrow());
    let at_head = position::place_of(&lines, &state, head)?;
    let rect = position::caret_rect(&at_head.0, at_head.1)?;
    let window = leptos::prelude::window();
    let (scrolled_x, scrolled_y) = (window.page_x_offset().ok()?, window.page_y_offset().ok()?);
    let (line, inside) = state.locate(head);
    let (from, to) = (anchor.min(head), anchor.max(head));
    let selected = (anchor != head).then(|| position::range_of(&lines, &state, from, to));
    let empty = (state.locate(from).0..=state.locate(to).0).filter(|line| {
        let start = state.body().line_start(*line);
        state.line(*line).is_empty() && from <= start && start < to
    });
    let stubs = empty.filter_map(|line| {
        let rect = position::caret_rect(&lines.views.get(line)?.element, 0)?;
        Some([rect.left() + scrolled_x, rect.top() + scrolled_y, rect.height()])
    });
    Some(Place {
        stubs: stubs.collect(),
        field: field.field.to_string(),
        offset: head,
        left: rect.left() + scrolled_x,
        top: rect.top() + scrolled_y,
        height: rect.height(),
        at_line_end: inside == state.line(line).len() && utf16_len(&state.line(line).text()) == inside,
        selected: selected.flatten(),
    })
}

fn new_caret(peer: &Peer, layer: &Element) -> Caret {
    let element: HtmlElement = dom::create("span").unchecked_into();
    dom::set(&element, "class", &format!("peer-caret hue-{}", hue(peer.person.hue)));
    dom::set(&element, "data-peer-caret", &peer.client.get().to_string());
    let flag: HtmlElement = dom::create("span").unchecked_into();
    dom::set(&flag, "class", "peer-flag");
    flag.set_text_content(Some(&peer.person.name));
    if !peer.person.organisation.is_empty() {
        let organisation = dom::create("span");
        dom::set(&organisation, "class", "o");
        organisation.set_text_content(Some(&format!(", {}", peer.person.organisation)));
        dom::append(&flag, &organisation);
    }
    dom::append(&element, &flag);
    dom::append(layer, &element);
    Caret {
        client: peer.client,
        flag_size: [flag.offset_width(), flag.offset_height()].map(f64::from),
        element,
        flag,
        rests: false,
        beside: false,
        level: 0,
        shift: 0.0,
        place: (String::new(), u32::MAX),
        spot: [f64::NAN; 3],
        moves: 0,
    }
}

/// Raises flags out of each other's way.
fn raise_flags(shown: &mut [Caret]) {
    let mut standing: Vec<&mut Caret> =
        shown.iter_mut().filter(|caret| !caret.element.hidden() && (caret.beside || !caret.rests)).collect();
    let flags: Vec<Flag> = standing.iter().map(|caret| caret.flag_low()).collect();
    for (caret, level) in standing.iter_mut().zip(flags::levels(&flags)) {
        if caret.level != level {
            caret.level = level;
            drop(caret.flag.style().set_property("--level", &level.to_string()));
        }
    }
}
