//! The parts of the app: code that the page loads from a file of its own when it is first needed.
//!
//! The one place with `wasm_split`. The functions marked with it, and all that only they reach, leave the module that a page starts with;
//! callers get them back as `async`. Everything else follows by itself: `cargo xtask` writes `part-NAME-HASH.wasm`, the server says in the
//! page which files there are, and the page fetches them all when it is at rest.
//!
//! # Adding a part
//! 1. A trait here says what the rest of the app asks of it ([`Tools`]). It is implemented where its code lives.
//! 2. A function here, marked `#[wasm_split(NAME, wasm_split_path = ::leptos::wasm_split, fallible)]`, answers the part behind that trait.
//!    Several functions may name one part.
//! 3. A part without state is `&'static dyn X` and is asked for each time. A part with state is `Rc<dyn X>`: its user keeps it in
//!    `RefCell<Option<Rc<dyn X>>>`, and calls that come before it is loaded do nothing. What draws over the text needs no place of its own: once
//!    loaded it adds itself to the parts of the editor's view ([`find`](crate::view::find)).
//! 4. Whatever fails to load is said by [`run`]; nothing else on the page may depend on it.
//!
//! Signals, `Rc`, closures and trait objects cross the border freely. The texts of the catalogue are in the part of their language, which is
//! there before anything else. Parts are few and coarse: what is used together is one part, since what several parts share becomes a file of its own for each set of them.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use dagsorden_editor::clipboard::join::join_lines;
use dagsorden_editor::{EditorState, Transaction};
use dagsorden_shared::agenda::Field;
use dagsorden_shared::catalogue::{Catalogue, Language};
use dagsorden_shared::id::{AccountId, ItemId, ProposalId, SectionId, ThreadId};
use dagsorden_shared::json::Json;
use dagsorden_shared::meeting_json::Participant;
use dagsorden_shared::render::element::Element;
use dagsorden_shared::richtext::{Body, Line};
use leptos::prelude::{document, set_timeout, window};
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

use crate::page::{Frame, Meeting, Task};
use crate::sync::{http, service_worker};
use crate::ui::toast;
use crate::view::{Asked, EditorContext, Mark, MarkPlace};

/// How long after a page has started its other parts are fetched.
const REST: Duration = Duration::from_secs(2);

/// A part could not be loaded: there is no connection, or the server has another build by now.
#[derive(Debug)]
pub(crate) struct PartError;

impl From<SplitLoaderError> for PartError {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

#[wasm_split(da, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_danish() -> Result<&'static Catalogue, PartError> {
    Ok(Catalogue::danish())
}

#[wasm_split(en, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_english() -> Result<&'static Catalogue, PartError> {
    Ok(Catalogue::english())
}

/// The words of the page: a part for each language, of which a page loads one before it starts.
///
/// # Errors
/// If it cannot be loaded.
pub(crate) async fn catalogue(language: Language) -> Result<&'static Catalogue, PartError> {
    match language {
        Language::Da => load_danish().await,
        Language::En => load_english().await,
    }
}

/// The part `tools`: dialogs, finding, and who wrote what.
pub(crate) trait Tools {
    /// Shows the help of the keyboard.
    fn shortcuts(&self, frame: Frame);
    /// Asks for name and organisation; `done` runs once the server knows them.
    fn identity(&self, frame: Frame, done: Rc<dyn Fn()>);
    /// Asks for title, date, time and place of the meeting.
    fn meeting_details(&self, meeting: Meeting);
    /// Asks for kind, presenter and minutes of an item.
    fn item_details(&self, meeting: Meeting, item: &ItemId);
    /// Asks for another heading of a section.
    fn heading(&self, meeting: Meeting, item: &ItemId, section: &SectionId);
    /// Opens the bar for finding and replacing.
    fn find(&self, context: &EditorContext);
    /// Tints the text by who wrote it.
    fn authors(&self, meeting: Meeting);
    /// Shows who takes part in the meeting, to be changed. What is known of a new person stands in the fields.
    fn participants(&self, meeting: Meeting, new: Option<Participant>);
}

#[wasm_split(tools, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_tools() -> Result<&'static dyn Tools, PartError> {
    Ok(&crate::page::tools::All)
}

type WithTools = Box<dyn FnOnce(&dyn Tools)>;

/// Does something with the part `tools`.
pub(crate) fn with_tools(text: &'static Catalogue, work: impl FnOnce(&dyn Tools) + 'static) {
    // Boxed, so that waiting is compiled once and not for each caller.
    let work: WithTools = Box::new(work);
    run(text, Box::pin(async move { load_tools().await.map(work) }));
}

/// The part `writing`: what helps those who write the agenda.
pub(crate) trait Writing {
    /// Lists what was deleted, to bring it back.
    fn deleted(&self, meeting: Meeting);
    /// Finds out who deleted what this person writes in, so that it can be said.
    fn meanwhile(&self, meeting: Meeting);
    /// Does a task of writing.
    fn writing(&self, meeting: Meeting, task: Task);
}

#[wasm_split(writing, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_writing() -> Result<&'static dyn Writing, PartError> {
    Ok(&crate::page::tools::All)
}

type WithWriting = Box<dyn FnOnce(&dyn Writing)>;

/// Does something with the part `writing`.
pub(crate) fn with_writing(text: &'static Catalogue, work: impl FnOnce(&dyn Writing) + 'static) {
    let work: WithWriting = Box::new(work);
    run(text, Box::pin(async move { load_writing().await.map(work) }));
}

/// Waits until the part `tools` is there, or cannot be had.
#[cfg(feature = "test-hooks")]
pub(crate) async fn await_tools() {
    drop(load_tools().await);
}

/// The part `talk`: what people say beside the text.
pub(crate) trait Talk {
    /// The server has something new, or is there again.
    fn refresh(&self);
    /// Items that were not drawn yet are there now.
    fn items_came(&self);
    /// Opens the field for a comment on what is selected.
    fn comment(&self);
    /// Opens the field for a comment on an item as a whole.
    fn comment_item(&self, item: &ItemId);
    /// Takes the next thread in hand (1), or the one before (-1).
    fn step(&self, by: isize);
    /// Takes the next thread in hand that holds something one has not read.
    fn unread(&self);
    /// Begins meeting mode, or ends it.
    fn live(&self);
    /// Whether open proposals are shown in the text; `None` while there are none.
    fn proposals_in_text(&self) -> Option<bool>;
    /// Shows them in the text, or not any more.
    fn toggle_proposals(&self);
}

/// People who are named in comments, in the part `points`: a part of its own would take more than its own code, as all others share code with it.
pub(crate) trait Mentions {
    /// Something was typed in a field: opens the list of names where one is begun, and closes it where none is.
    fn look(&self, area: &HtmlTextAreaElement);
    /// A key was struck in the field. Whether it was meant for the list.
    fn key(&self, event: &KeyboardEvent) -> bool;
    /// Closes the list.
    fn leave(&self);
    /// The accounts of those whose names stand in a text behind an `@`.
    fn of(&self, body: &str) -> Vec<AccountId>;
}

#[wasm_split(points, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_mentions(meeting: Meeting, area: HtmlTextAreaElement) -> Result<Rc<dyn Mentions>, PartError> {
    Ok(crate::mention::start(meeting, area))
}

/// Sets the list of names up for the field in which the first `@` was typed; `keep` gets it once it is there.
pub(crate) fn start_mentions(meeting: Meeting, area: HtmlTextAreaElement, keep: impl FnOnce(Rc<dyn Mentions>) + 'static) {
    run(
        meeting.text(),
        Box::pin(async move {
            keep(load_mentions(meeting, area).await?);
            Ok(())
        }),
    );
}

/// The part `points`: what is thought of the points of the recommendations, and what came of them.
pub(crate) trait Points {
    /// Shows the positions and outcomes that the server has.
    fn take(&self, said: &[Json; 2]);
    /// Draws again: items came, or one may do something else.
    fn draw(&self);
}

/// The part `live`: meeting mode.
pub(crate) trait Live {
    /// Begins with the item in view, or ends.
    fn toggle(&self);
    /// Whether it is on.
    fn is_on(&self) -> bool;
    /// Takes the next item (1), or the one before (-1).
    fn step(&self, by: isize);
}

#[wasm_split(talk, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_talk(meeting: Meeting) -> Result<Option<Rc<dyn Talk>>, PartError> {
    Ok(crate::talk::start(meeting).map(|desk| Rc::new(desk) as Rc<dyn Talk>))
}

/// Sets the part `talk` up beside the paper; `keep` gets it once it is there.
pub(crate) fn start_talk(meeting: Meeting, keep: impl FnOnce(Rc<dyn Talk>) + 'static) {
    let keep: Box<dyn FnOnce(Rc<dyn Talk>)> = Box::new(keep);
    let text = meeting.text();
    run(
        text,
        Box::pin(async move {
            if let Some(talk) = load_talk(meeting).await? {
                keep(talk);
            }
            Ok(())
        }),
    );
}

#[wasm_split(points, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_points(meeting: Meeting) -> Result<Rc<dyn Points>, PartError> {
    Ok(crate::points::start(meeting))
}

/// Sets the part `points` up; `keep` gets it once it is there.
pub(crate) fn start_points(meeting: Meeting, keep: impl FnOnce(Rc<dyn Points>) + 'static) {
    run(
        meeting.text(),
        Box::pin(async move {
            keep(load_points(meeting).await?);
            Ok(())
        }),
    );
}

#[wasm_split(live, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_live(meeting: Meeting) -> Result<Rc<dyn Live>, PartError> {
    Ok(crate::live::Live::new(meeting))
}

/// Sets meeting mode up; `keep` gets it once it is there.
pub(crate) fn start_live(meeting: Meeting, keep: impl FnOnce(Rc<dyn Live>) + 'static) {
    run(
        meeting.text(),
        Box::pin(async move {
            keep(load_live(meeting).await?);
            Ok(())
        }),
    );
}

/// The part `files`: the attachments of the items.
pub(crate) trait Files {
    /// The server has something new, or is there again.
    fn refresh(&self);
    /// Shows the attachments of an item in `host`, for as long as the current owner lives.
    fn place(&self, item: &ItemId, host: &web_sys::Element);
}

/// The part, once it knows what there is. `None`: the server does not say.
type Starting = Pin<Box<dyn Future<Output = Option<Rc<dyn Files>>>>>;

#[wasm_split(files, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_files(meeting: Meeting) -> Result<Starting, PartError> {
    Ok(Box::pin(async move { crate::files::start(meeting).await.map(|desk| Rc::new(desk) as Rc<dyn Files>) }))
}

/// Sets the part `files` up; `keep` gets it once it is there.
pub(crate) fn start_files(meeting: Meeting, keep: impl FnOnce(Rc<dyn Files>) + 'static) {
    let keep: Box<dyn FnOnce(Rc<dyn Files>)> = Box::new(keep);
    run(
        meeting.text(),
        Box::pin(async move {
            if let Some(files) = load_files(meeting).await?.await {
                keep(files);
            }
            Ok(())
        }),
    );
}

/// The part `proposals`: changed wording, proposed and decided. The desk gives its cards their place.
pub(crate) trait Proposals {
    /// Takes rows of the server; with `reset` they are all there are.
    fn take(&self, rows: &[Json], reset: bool);
    /// The words that open proposals are about.
    fn marks(&self) -> Vec<Mark>;
    /// The cards that are to stand. `places` are those of the marks, `time` says a time as people read it.
    fn cards(&self, in_hand: Option<&str>, places: &[MarkPlace], time: &dyn Fn(i64) -> String) -> Vec<ProposalCard>;
    /// The cards stand in the page now.
    fn drawn(&self);
    /// The card of a mark in the text, if it is one of a proposal.
    fn card_of(&self, mark: &ThreadId) -> Option<String>;
    /// A button in a card was pressed.
    fn pressed(&self, card: &str, action: &str, target: &web_sys::Element);
    /// Whether open proposals are shown in the text; `None` while there are none.
    fn in_text(&self) -> Option<bool>;
    /// Shows them in the text, or not any more.
    fn toggle_in_text(&self);
    /// Something was pressed that may be an offer to propose.
    fn offered(&self, target: &web_sys::Element);
}

/// A card of the part `proposals`.
#[derive(Default)]
pub(crate) struct ProposalCard {
    /// Its proposal.
    pub(crate) id: String,
    /// Pixels from the page's top to its words.
    pub(crate) top: f64,
    /// When it was made.
    pub(crate) created: i64,
    /// How it is called.
    pub(crate) label: String,
    /// What it shows.
    pub(crate) said: Vec<Element>,
    /// The field that one writes in, and its name.
    pub(crate) field: Option<(String, Element)>,
}

/// The copy that a proposal is written in, in the part `points`, which has room for it.
pub(crate) trait ProposalDraft {
    /// The proposal's id, the same however often it is sent.
    fn id(&self) -> &ProposalId;
    /// The title or section it is about.
    fn field(&self) -> &Field;
    /// Its card. The field in it stays as it is until the draft is gone.
    fn card(&self) -> ProposalCard;
    /// Puts the editor into the card once that is in the page. Whether it was put there now.
    fn mount(&self) -> bool;
    /// The card was taken out of the page: it will be put there again.
    fn unmount(&self);
    /// Puts the caret into the text.
    fn focus(&self);
    /// Whether the text was changed.
    fn is_changed(&self) -> bool;
    /// Whether something would be lost with it.
    fn is_begun(&self) -> bool;
    /// What is sent.
    fn body(&self) -> Option<Json>;
    /// What is kept when the page is left.
    fn kept(&self) -> Option<Json>;
    /// Holds on to the reason, before its field leaves the page.
    fn hold_note(&self);
    /// Says why it was not sent.
    fn refuse(&self, why: String);
    /// Calls `tell` after something was written, in a pause.
    fn follow(&self, tell: Box<dyn Fn()>);
}

/// What a copy begins with.
pub(crate) enum Begun {
    /// The title or section as it is, with its name.
    New(Field, String, Body),
    /// What was kept when the page was left.
    Kept(Json),
}

#[wasm_split(points, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_draft(text: &'static Catalogue, begun: Begun) -> Result<Option<Rc<dyn ProposalDraft>>, PartError> {
    Ok(crate::proposals::draft::open(text, begun))
}

/// Opens a copy to write a proposal in; `keep` gets it, unless it cannot be one.
pub(crate) fn start_draft(text: &'static Catalogue, begun: Begun, keep: impl FnOnce(Option<Rc<dyn ProposalDraft>>) + 'static) {
    run(
        text,
        Box::pin(async move {
            keep(load_draft(text, begun).await?);
            Ok(())
        }),
    );
}

/// What the part `proposals` asks of the desk.
pub(crate) enum Told {
    /// Draw the cards again.
    Draw,
    /// Take this card in hand, or none.
    InHand(Option<String>),
    /// Ask the server for what is new.
    Ask,
}

/// Tells the desk.
pub(crate) type TellDesk = Rc<dyn Fn(Told)>;

#[wasm_split(proposals, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_proposals(meeting: Meeting, tell: TellDesk) -> Result<Rc<dyn Proposals>, PartError> {
    Ok(crate::proposals::start(meeting, tell))
}

/// Sets the part `proposals` up; `keep` gets it once it is there.
pub(crate) fn start_proposals(meeting: Meeting, tell: TellDesk, keep: impl FnOnce(Rc<dyn Proposals>) + 'static) {
    run(
        meeting.text(),
        Box::pin(async move {
            keep(load_proposals(meeting, tell).await?);
            Ok(())
        }),
    );
}

#[wasm_split(home, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_bringing_in(meeting: Meeting) -> Result<(), PartError> {
    crate::page::bring_into(meeting);
    Ok(())
}

/// Asks what is to come into a meeting; in the part `home`, which takes files in.
pub(crate) fn start_bringing_in(meeting: Meeting) {
    run(meeting.text(), Box::pin(load_bringing_in(meeting)));
}

#[wasm_split(home, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_home(frame: Frame) -> Result<(), PartError> {
    crate::page::home::start(frame);
    Ok(())
}

/// Starts the front page.
pub(crate) fn start_home(frame: Frame) {
    run(frame.text, Box::pin(load_home(frame)));
}

/// The part `toolbar`: puts it in the place of its stand-in, which was asked for something meanwhile.
pub(crate) type StartToolbar = fn(&EditorContext, Asked);

#[wasm_split(toolbar, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_toolbar() -> Result<StartToolbar, PartError> {
    Ok(crate::view::start_toolbar)
}

/// The part `toolbar`.
///
/// # Errors
/// If it cannot be loaded; say so by [`say_missing`].
pub(crate) async fn toolbar() -> Result<StartToolbar, PartError> {
    load_toolbar().await
}

/// The part `paste`: the lines in the HTML of another program. `None` if there are none, or far too many.
pub(crate) type ForeignReader = fn(&str) -> Option<Vec<Line>>;

thread_local! {
    /// Once it was loaded, pasting waits for nothing.
    static FOREIGN: Cell<Option<ForeignReader>> = const { Cell::new(None) };
}

#[wasm_split(paste, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_paste() -> Result<ForeignReader, PartError> {
    Ok(crate::view::foreign_lines)
}

/// The part `paste`, if it is loaded.
pub(crate) fn loaded_paste() -> Option<ForeignReader> {
    FOREIGN.get()
}

/// The part `paste`.
///
/// # Errors
/// If it cannot be loaded; say so by [`say_missing`].
pub(crate) async fn paste() -> Result<ForeignReader, PartError> {
    let reader = load_paste().await?;
    FOREIGN.set(Some(reader));
    Ok(reader)
}

/// The part `paste`: joins the lines between two places of a text that came with a break after every printed line. `None` if there are none to join.
pub(crate) type Joiner = fn(&EditorState, u32, u32) -> Option<Transaction>;

#[wasm_split(paste, wasm_split_path = ::leptos::wasm_split, fallible)]
fn load_joiner() -> Result<Joiner, PartError> {
    Ok(join_lines)
}

/// What joins lines, of the part `paste`.
///
/// # Errors
/// If it cannot be loaded. Nothing is offered then.
pub(crate) async fn joiner() -> Result<Joiner, PartError> {
    load_joiner().await
}

/// Waits for what a part does, and says if it cannot be loaded.
fn run(text: &'static Catalogue, work: Pin<Box<dyn Future<Output = Result<(), PartError>>>>) {
    spawn_local(async move {
        if let Err(error) = work.await {
            say_missing(text, &error);
        }
    });
}

/// Says that a part cannot be loaded, and offers to load the page again.
pub(crate) fn say_missing(text: &'static Catalogue, _: &PartError) {
    let reload = || drop(window().location().reload());
    toast::show(text.states.part_missing, Some((text.states.reload, Box::new(reload))));
}

/// Fetches all parts once the page is at rest, so that they are there when they are needed: without a connection, and after the server got
/// another build.
pub(crate) fn fetch_all() {
    set_timeout(
        || {
            let addresses = document().body().and_then(|body| body.get_attribute("data-parts")).unwrap_or_default();
            spawn_local(async move {
                let addresses: Vec<&str> = addresses.split_whitespace().collect();
                for address in &addresses {
                    // What cannot be fetched now is asked for again when it is needed.
                    drop(http::bytes(address).await);
                }
                service_worker::keep_assets(&addresses).await;
            });
        },
        REST,
    );
}
