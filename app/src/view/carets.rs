//! Where others write: their carets with a flag, and their selections.
//!
//! Carets float over the page, outside every editable; selections are CSS highlights named `peer-1` to `peer-24`, which change no node. Both are drawn at
//! most once a frame, and after the frame of one's own key. Screen readers learn of others elsewhere.

mod flags;

use std::cell::{Cell, RefCell};
use std::rc::Weak;
use std::time::Duration;

use dagsorden_shared::id::ClientId;
use dagsorden_shared::richtext::delta::utf16_len;
use leptos::prelude::{request_animation_frame, set_timeout};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement, Range};

use self::flags::Flag;
use super::context::EditorContext;
use super::field::EditorField;
use super::{dom, highlight, neighbours, position};
use crate::pause::AfterPaint;
use crate::sync::Peer;

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
    spot: [f64; 3],
    /// Counts its moves, so that an old timer says nothing.
    moves: u32,
    /// What stands for its selection on empty lines, where highlights show nothing.
    stubs: Vec<Element>,
}

impl Caret {
    /// Where the flag stands if nothing is in its way, as the style sheet puts it.
    fn flag_low(&self) -> Flag {
        let [left, top, height] = self.spot;
        let bottom = if self.beside { top + height - 2.0 } else { top };
        let [width, height] = self.flag_size;
        Flag { left: left + self.shift, width, height, bottom }
    }

    fn detach(&self) {
        dom::detach(&self.element);
        self.stubs.iter().for_each(|stub| dom::detach(stub));
    }
}

/// Others' carets and selections.
pub(super) struct Carets {
    context: Weak<EditorContext>,
    peers: RefCell<Vec<Peer>>,
    shown: RefCell<Vec<Caret>>,
    layer: RefCell<Option<Element>>,
    scheduled: Cell<bool>,
    /// Others' carets that one's own key pushes along do not keep it waiting.
    after_own_key: AfterPaint,
    /// Hues that have a highlight now, as bits.
    highlighted: Cell<u32>,
    scroll: RefCell<Option<Closure<dyn FnMut()>>>,
}

impl Carets {
    pub(super) fn new(context: Weak<EditorContext>) -> Self {
        let after_own_key = AfterPaint::new({
            let context = context.clone();
            move || context.upgrade().into_iter().for_each(|context| context.carets.schedule())
        });
        Self {
            context,
            after_own_key,
            peers: RefCell::default(),
            shown: RefCell::default(),
            layer: RefCell::default(),
            scheduled: Cell::new(false),
            highlighted: Cell::new(0),
            scroll: RefCell::default(),
        }
    }

    /// Adds the layer the carets float in.
    pub(super) fn attach(&self) {
        let layer = dom::create("div");
        dom::set(&layer, "class", "peer-carets");
        dom::set(&layer, "aria-hidden", "true");
        if let Some(body) = dom::document().body() {
            dom::append(&body, &layer);
        }
        *self.layer.borrow_mut() = Some(layer);
        let context = self.context.clone();
        let scrolled = Closure::<dyn FnMut()>::new(move || {
            if let Some(context) = context.upgrade() {
                context.carets.schedule();
                context.selection_moved();
            }
        });
        let window = leptos::prelude::window();
        let function = scrolled.as_ref().unchecked_ref();
        // Capturing hears of scrolling inside the page too.
        drop(window.add_event_listener_with_callback_and_bool("scroll", function, true));
        *self.scroll.borrow_mut() = Some(scrolled);
    }

    pub(super) fn set_peers(&self, peers: Vec<Peer>) {
        *self.peers.borrow_mut() = peers;
        self.schedule();
    }

    /// Draws once one's own key is painted.
    pub(super) fn schedule_after_own_key(&self) {
        if !self.is_idle() {
            self.after_own_key.ask();
        }
    }

    fn is_idle(&self) -> bool {
        self.highlighted.get() == 0 && self.shown.borrow().is_empty() && self.peers.borrow().iter().all(|peer| peer.selection.is_none())
    }

    /// Draws in the next frame; nothing to draw costs nothing.
    pub(super) fn schedule(&self) {
        if self.is_idle() || self.scheduled.replace(true) {
            return;
        }
        let context = self.context.clone();
        request_animation_frame(move || {
            if let Some(context) = context.upgrade() {
                context.carets.draw(&context);
            }
        });
    }

    fn draw(&self, context: &EditorContext) {
        self.scheduled.set(false);
        let Some(layer) = self.layer.borrow().clone() else { return };
        let peers = self.peers.borrow();
        let mut shown = self.shown.borrow_mut();
        shown.retain(|caret| {
            let stays = peers.iter().any(|peer| peer.client == caret.client && peer.selection.is_some());
            if !stays {
                caret.detach();
            }
            stays
        });
        // All measuring first, then all writing.
        let height = leptos::prelude::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        let page_width = f64::from(layer.client_width());
        let found: Vec<(&Peer, Found)> = peers.iter().map(|peer| (peer, find(context, peer, height))).collect();
        let mut ranges: Vec<(u8, Range)> = Vec::new();
        for (peer, found) in found {
            let known = shown.iter().position(|caret| caret.client == peer.client);
            if let Found::Nowhere = found {
                if let Some(index) = known {
                    shown.remove(index).detach();
                }
                continue;
            }
            let index = known.unwrap_or_else(|| {
                shown.push(new_caret(peer, &layer));
                shown.len() - 1
            });
            let caret = &mut shown[index];
            caret.element.set_hidden(matches!(found, Found::OutOfSight));
            caret.stubs.drain(..).for_each(|stub| dom::detach(&stub));
            if let Found::At(place) = found {
                caret.stubs = place.stubs.iter().map(|spot| new_stub(peer, *spot, &layer)).collect();
                self.put(caret, &place, page_width);
                ranges.extend(place.selected.map(|range| (highlight::hue(peer.person.hue), range)));
            }
        }
        raise_flags(&mut shown);
        // One highlight for each hue that selects something.
        highlight::show_hues("peer", 0, &ranges, &self.highlighted);
    }

    fn put(&self, caret: &mut Caret, place: &Place, page_width: f64) {
        let spot = [place.left, place.top, place.height];
        if caret.spot != spot {
            caret.spot = spot;
            move_to(&caret.element, spot);
        }
        let shift = flags::shift(place.left, caret.flag_size[0], page_width);
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
            let (context, client, moves) = (self.context.clone(), caret.client, caret.moves);
            set_timeout(
                move || {
                    if let Some(context) = context.upgrade() {
                        context.carets.rest(client, moves);
                    }
                },
                REST,
            );
        }
    }

    fn rest(&self, client: ClientId, moves: u32) {
        if let Some(caret) = self.shown.borrow_mut().iter_mut().find(|caret| caret.client == client && caret.moves == moves) {
            caret.rests = true;
            drop(caret.element.class_list().add_1("rest"));
        }
    }
}

impl Drop for Carets {
    fn drop(&mut self) {
        if let Some(scrolled) = self.scroll.borrow_mut().take() {
            let function = scrolled.as_ref().unchecked_ref();
            drop(leptos::prelude::window().remove_event_listener_with_callback_and_bool("scroll", function, true));
        }
        if let Some(layer) = self.layer.borrow_mut().take() {
            dom::detach(&layer);
        }
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
    selected: Option<Range>,
    /// Left, top and height of the empty lines in it.
    stubs: Vec<[f64; 3]>,
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
    let rect = neighbours::caret_rect(&at_head.0, at_head.1)?;
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
        let rect = neighbours::caret_rect(&lines.views.get(line)?.element, 0)?;
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
    dom::set(&element, "class", &format!("peer-caret hue-{}", highlight::hue(peer.person.hue)));
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
        stubs: Vec::new(),
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

fn new_stub(peer: &Peer, spot: [f64; 3], layer: &Element) -> Element {
    let stub: HtmlElement = dom::create("span").unchecked_into();
    dom::set(&stub, "class", &format!("peer-stub hue-{}", highlight::hue(peer.person.hue)));
    move_to(&stub, spot);
    dom::append(layer, &stub);
    stub.into()
}

fn move_to(element: &HtmlElement, spot: [f64; 3]) {
    let style = element.style();
    for (name, value) in ["left", "top", "height"].into_iter().zip(spot) {
        drop(style.set_property(name, &dom::pixels(value)));
    }
}
