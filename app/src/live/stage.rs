//! Where meeting mode stands in the page: the ruler over the paper, the clock and who is there beside it, what comes next below it, and the one item that is
//! large. All of it goes when this is dropped.

use dagsorden_shared::catalogue::live::Live as Texts;
use dagsorden_shared::id::ItemId;
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::render::element::{Element, element};
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::attendance::Attendance;
use super::count;
use super::drawn::{ACTION, FROM, ITEM, LONG};
use crate::page::Meeting;
use crate::ui::drawn::{fill, node};
use crate::ui::heard::hear;
use crate::ui::kept;

/// The class of the page's body while it is on.
const CLASS: &str = "live";

/// What stands in each of its places.
#[derive(Default, PartialEq)]
pub(super) struct Shown {
    pub(super) ruler: Vec<Element>,
    pub(super) watch: Vec<Element>,
    pub(super) next: Vec<Element>,
}

/// Meeting mode in the page.
pub(super) struct Stage {
    ruler: web_sys::Element,
    title: web_sys::Element,
    track: web_sys::Element,
    watch: web_sys::Element,
    clock: web_sys::Element,
    next: web_sys::Element,
    attendance: Option<Attendance>,
    shown: Shown,
    /// The item in hand, and the button that shows all of it.
    taken: Option<(web_sys::Element, Option<web_sys::Element>)>,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.leave();
        for host in [&self.ruler, &self.watch, &self.next] {
            host.remove();
        }
        if let Some(body) = document().body() {
            drop(body.class_list().remove_1(CLASS));
        }
    }
}

impl Stage {
    /// Sets it up, without an item yet. `None` if the page has no place for it.
    pub(super) fn set(meeting: Meeting) -> Option<Self> {
        let texts = Texts::of(meeting.text().language);
        let (body, desk) = (document().body()?, document().query_selector(".desk").ok()??);
        let ruler = node(&element("nav").class("ruler").attribute("aria-label", texts.ruler))?;
        let title = node(&element("h1").class("vh"))?;
        let track = node(&element("div").class("track"))?;
        let watch = node(&element("div").class("watch"))?;
        let clock = node(&element("section").class("time").attribute("aria-label", texts.time))?;
        let next = node(&element("nav").class("livebar").attribute("aria-label", texts.next))?;
        ruler.append_with_node_2(&title, &track).ok()?;
        watch.append_with_node_1(&clock).ok()?;
        desk.prepend_with_node_1(&ruler).ok()?;
        desk.append_with_node_1(&watch).ok()?;
        body.append_with_node_1(&next).ok()?;
        drop(body.class_list().add_1(CLASS));
        let attendance = Attendance::show(meeting, &watch);
        Some(Self { ruler, title, track, watch, clock, next, attendance, shown: Shown::default(), taken: None })
    }

    /// What is pressed in.
    pub(super) fn hosts(&self) -> [&web_sys::Element; 2] {
        [&self.ruler, &self.next]
    }

    /// Brings the focus to who is there.
    pub(super) fn to_people(&self) {
        if let Some(attendance) = &self.attendance {
            attendance.focus();
        }
    }

    /// Makes this item the large one. Where something is to be decided, the rest of it waits behind a button, which `turn` hears and says whether all is
    /// shown then.
    pub(super) fn take(&mut self, meeting: Meeting, item: &ItemId, turn: impl Fn() -> Option<bool> + 'static) {
        self.leave();
        let Ok(Some(article)) = document().query_selector(&format!(".items > [data-item='{item}']")) else { return };
        drop(article.class_list().add_1("now"));
        let decides = meeting.item_now(item).is_some_and(|item| {
            item.sections.iter().any(|section| section.kind == SectionKind::Recommendation && !section.body.is_blank())
        });
        let button = decides.then(|| brief(meeting, item, &article, turn)).flatten();
        self.title.set_text_content(Some(&meeting.title_of(item)));
        self.taken = Some((article, button));
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    fn leave(&mut self) {
        if let Some((article, button)) = self.taken.take() {
            drop(article.class_list().remove_2("now", "brief"));
            if let Some(button) = button {
                button.remove();
            }
        }
    }

    /// Shows these, where they differ from what stands there.
    pub(super) fn draw(&mut self, new: Shown) {
        if self.shown.ruler != new.ruler {
            kept::fill(&self.track, &new.ruler, &[ITEM]);
            place(&self.track);
        }
        if self.shown.watch != new.watch {
            fill(&self.clock, &new.watch);
        }
        if self.shown.next != new.next {
            kept::fill(&self.next, &new.next, &[ACTION]);
        }
        self.shown = new;
        // The article may have been drawn anew since.
        if let Some((article, Some(button))) =
            self.taken.as_ref().filter(|(_, button)| button.as_ref().is_some_and(|one| !one.is_connected()))
        {
            behind_head(article, button);
        }
    }
}

/// Folds what is not decided of the item, and puts the button there that unfolds it.
fn brief(
    meeting: Meeting,
    item: &ItemId,
    article: &web_sys::Element,
    turn: impl Fn() -> Option<bool> + 'static,
) -> Option<web_sys::Element> {
    let texts = Texts::of(meeting.text().language);
    let whole = (texts.whole)(count(meeting.attachments_of(item)));
    let link = element("button").class("link").attribute("type", "button").attribute("aria-expanded", "false").text(whole.clone());
    let host = node(&element("p").class("unfold").child(link))?;
    drop(article.class_list().add_1("brief"));
    behind_head(article, &host);
    let (article, button) = (article.clone(), host.first_element_child()?);
    let pressed = button.clone();
    hear(&button, "click", move |_| {
        if let Some(all) = turn() {
            drop(article.class_list().toggle_with_force("brief", !all));
            drop(pressed.set_attribute("aria-expanded", if all { "true" } else { "false" }));
            pressed.set_text_content(Some(if all { texts.less } else { &whole }));
        }
    });
    Some(host)
}

fn behind_head(article: &web_sys::Element, host: &web_sys::Element) {
    if let Ok(Some(head)) = article.query_selector(".item-head") {
        drop(head.after_with_node_1(host));
    }
}

/// Gives what stands on the ruler its place. The page's policy takes no styles from attributes.
fn place(track: &web_sys::Element) {
    let Ok(placed) = track.query_selector_all(&format!("[{FROM}]")) else { return };
    for index in 0..placed.length() {
        let Some(one) = placed.get(index).and_then(|one| one.dyn_into::<HtmlElement>().ok()) else { continue };
        for (name, attribute) in [("left", FROM), ("width", LONG)] {
            // Whole numbers: reading and writing others is more code than all of this part.
            let share = one.get_attribute(attribute).and_then(|share| share.parse::<u32>().ok()).unwrap_or_default();
            if share > 0 || name == "left" {
                drop(one.style().set_property(name, &format!("{}.{:02}%", share / 100, share % 100)));
            }
        }
    }
}

/// Presses the phrase at this place, from 1, of the item in hand.
pub(super) fn press_phrase(place: usize) {
    let phrase = document().query_selector(&format!(".items > .now .phrases button:nth-of-type({place})")).ok().flatten();
    if let Some(phrase) = phrase.and_then(|phrase| phrase.dyn_into::<HtmlElement>().ok()) {
        phrase.click();
    }
}
