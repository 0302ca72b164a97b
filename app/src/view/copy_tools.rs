//! The buttons above a copy that one writes in: the commands that are used most, always in their place. One stop of the Tab key; arrows move inside,
//! Escape goes back to the caret.

use std::rc::Rc;

use dagsorden_editor::{CommandName, Selection};
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::render::{self, Icon, element};
use dagsorden_shared::richtext::ListKind;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusEvent, HtmlElement, KeyboardEvent, Node};

use super::context::EditorContext;
use super::dom;
use super::part::{Part, Update, When};

/// Its name as a part.
const NAME: &str = "copy-tools";
/// The names of the buttons that undo and redo.
const UNDO: &str = "undo";
const REDO: &str = "redo";

struct CopyTools {
    root: HtmlElement,
}

impl EditorContext {
    /// Puts the buttons into `host`, in place of those that stood elsewhere.
    pub(crate) fn place_copy_tools(&self, host: &Element) {
        self.remove_part(NAME);
        let tools = CopyTools { root: dom::build(&draw(self.text)).unchecked_into() };
        dom::append(host, &tools.root);
        let tools = Rc::new(tools);
        self.add_part(Rc::clone(&tools) as Rc<dyn Part>);
        for event in ["mousedown", "click", "keydown", "focusout"] {
            self.listen_for(NAME, &tools.root, event);
        }
    }
}

fn draw(text: &Catalogue) -> render::Element {
    let words = &text.editor;
    let commands = [
        (CommandName::Bold.to_string(), Icon::Bold, words.bold, "Control+B", true),
        (CommandName::Italic.to_string(), Icon::Italic, words.italic, "Control+I", true),
        (CommandName::Underline.to_string(), Icon::Underline, words.underline, "Control+U", true),
        (CommandName::List(ListKind::Bullet).to_string(), Icon::Bullets, words.bullets, "Control+Shift+8", true),
        (CommandName::List(ListKind::Ordered).to_string(), Icon::Numbers, words.numbers, "Control+Shift+7", true),
        (UNDO.to_owned(), Icon::Undo, text.common.undo, "Control+Z", false),
        (REDO.to_owned(), Icon::Redo, words.redo, "Control+Shift+Z", false),
    ];
    let buttons = commands.into_iter().enumerate().map(|(index, (command, icon, label, keys, presses))| {
        let button = element("button")
            .attribute("type", "button")
            .attribute("aria-label", label)
            .attribute("title", label)
            .attribute("aria-keyshortcuts", keys)
            .attribute("tabindex", if index == 0 { "0" } else { "-1" })
            .attribute("data-command", command)
            .child(render::small_icon(icon));
        if presses { button.attribute("aria-pressed", "false") } else { button }
    });
    element("div").class("copy-tools").flag("data-ui").attribute("role", "toolbar").attribute("aria-label", words.toolbar).children(buttons)
}

impl Part for CopyTools {
    fn name(&self) -> &'static str {
        NAME
    }

    fn update(&self, context: &EditorContext, update: &Update<'_>) {
        if matches!(update, Update::SelectionMoved | Update::Changed { .. }) {
            context.schedule(NAME, When::Pause);
        }
    }

    /// Pressed buttons follow the selection.
    fn draw(&self, context: &EditorContext) {
        let Some(field) = context.active() else { return };
        let state = field.state.borrow();
        for button in self.buttons().filter(|button| button.has_attribute("aria-pressed")) {
            let command = button.get_attribute("data-command").and_then(|command| command.parse::<CommandName>().ok());
            let is_on = command.is_some_and(|command| command.is_active(&state));
            dom::set(&button, "aria-pressed", if is_on { "true" } else { "false" });
        }
    }

    fn handle(&self, context: &EditorContext, event: &Event) {
        match event.type_().as_str() {
            // A click must not take the focus from the text.
            "mousedown" => event.prevent_default(),
            "click" => self.press(context, event),
            "keydown" => self.key(context, event),
            _ => self.left(context, event),
        }
    }

    fn holds(&self, node: &Node) -> bool {
        self.root.contains(Some(node))
    }

    fn destroy(&self) {
        dom::detach(&self.root);
    }
}

impl CopyTools {
    fn buttons(&self) -> impl Iterator<Item = HtmlElement> + use<> {
        let children = self.root.children();
        (0..children.length()).filter_map(move |index| children.item(index)?.dyn_into().ok())
    }

    fn press(&self, context: &EditorContext, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(button) = target.and_then(|target| target.closest("button").ok().flatten()) else { return };
        match button.get_attribute("data-command").as_deref() {
            Some(UNDO) => _ = context.undo(),
            Some(REDO) => _ = context.redo(),
            Some(command) => {
                if let Ok(command) = command.parse::<CommandName>() {
                    context.run(&command);
                }
            }
            None => {}
        }
        // Pressed by a key: the text is where one goes on.
        if dom::document().active_element().is_some_and(|active| self.holds(&active)) {
            back_to_text(context);
        }
    }

    fn key(&self, context: &EditorContext, event: &Event) {
        let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
        let buttons: Vec<HtmlElement> = self.buttons().collect();
        let here = buttons.iter().position(|button| button.tab_index() == 0).unwrap_or(0);
        let to = match key.key().as_str() {
            "Escape" => {
                event.stop_propagation();
                event.prevent_default();
                return back_to_text(context);
            }
            "ArrowRight" | "ArrowDown" => (here + 1) % buttons.len().max(1),
            "ArrowLeft" | "ArrowUp" => here.checked_sub(1).unwrap_or(buttons.len().saturating_sub(1)),
            "Home" => 0,
            "End" => buttons.len().saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        if let Some(stop) = buttons.get(to) {
            buttons.iter().for_each(|button| button.set_tab_index(-1));
            stop.set_tab_index(0);
            drop(stop.focus());
        }
    }

    /// Left for something that is not the text: one does not write any more.
    fn left(&self, context: &EditorContext, event: &Event) {
        let to = event.dyn_ref::<FocusEvent>().and_then(FocusEvent::related_target);
        let to = to.as_ref().and_then(|to| to.dyn_ref::<Node>());
        let Some(field) = context.active() else { return };
        if !to.is_some_and(|to| field.host.contains(Some(to)) || self.holds(to)) && dom::document().has_focus().unwrap_or(false) {
            context.leave(&field);
        }
    }
}

fn back_to_text(context: &EditorContext) {
    if let Some(field) = context.active() {
        let selection = field.state.borrow().selection();
        field.focus_at(selection.unwrap_or(Selection::caret(0)));
    }
}
