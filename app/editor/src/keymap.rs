//! Which key does what. Letters go by the character on the key, digits by the key's place.

use dagsorden_shared::richtext::ListKind;

use crate::command::CommandName;

/// Which modifier commands use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Command.
    Mac,
    /// Control.
    Other,
}

/// Modifiers that are down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// Control.
    pub control: bool,
    /// Command or Windows.
    pub meta: bool,
    /// Alt or Option.
    pub alt: bool,
    /// Shift.
    pub shift: bool,
    /// The key types with AltGr: no shortcut at all.
    pub alt_graph: bool,
}

/// A key press, as the browser names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key<'a> {
    /// `KeyboardEvent.key`.
    pub key: &'a str,
    /// `KeyboardEvent.code`.
    pub code: &'a str,
    /// Modifiers.
    pub modifiers: Modifiers,
}

/// What a key asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A named command.
    Command(CommandName),
    /// Undo the person's last step.
    Undo,
    /// Redo it.
    Redo,
    /// Select the whole field.
    SelectAll,
    /// Ask for a link's address.
    AskForLink,
    /// Focus the toolbar.
    FocusToolbar,
    /// Tab; `back` with Shift.
    Tab {
        /// Shift is down.
        back: bool,
    },
    /// Let the next Tab leave.
    Escape,
}

/// The action of a key; `None` leaves it to the browser.
pub fn action(key: &Key<'_>, platform: Platform) -> Option<Action> {
    let Modifiers { control, meta, alt, shift, alt_graph } = key.modifiers;
    if alt_graph {
        return None;
    }
    let command = match platform {
        Platform::Mac => meta && !control,
        Platform::Other => control && !meta,
    };
    let bare = !control && !meta;
    match key.key {
        "Tab" if bare && !alt => return Some(Action::Tab { back: shift }),
        "Escape" if bare && !alt && !shift => return Some(Action::Escape),
        "F10" if bare && alt => return Some(Action::FocusToolbar),
        _ => {}
    }
    if !command {
        return None;
    }
    use CommandName::{Blockquote, Bold, Clear, Header, Indent, Italic, List, Outdent, Plain, Strike, Underline};
    // On many keyboards Control and Alt together are AltGr, and the key then types a character.
    let types = alt && platform == Platform::Other && key.code.strip_prefix("Digit").is_some_and(|digit| digit != key.key);
    if types {
        return None;
    }
    let name = match (alt, shift, key.code) {
        (true, false, "Digit0") | (false, true, "Digit0") => Plain,
        (true, false, "Digit1") | (false, true, "Digit1") => Header(1),
        (true, false, "Digit2") | (false, true, "Digit2") => Header(2),
        (true, false, "Digit3") | (false, true, "Digit3") => Header(3),
        (false, false, "Space") if platform == Platform::Other => Clear,
        (false, true, "Digit7") => List(ListKind::Ordered),
        (false, true, "Digit8") => List(ListKind::Bullet),
        (false, true, "Digit9") => Blockquote,
        (false, false, "BracketRight") if key.key == "]" => Indent,
        (false, false, "BracketLeft") if key.key == "[" => Outdent,
        _ => {
            return match (alt, shift, letter(key)?) {
                (false, false, 'b') => Some(Action::Command(Bold)),
                (false, false, 'i') => Some(Action::Command(Italic)),
                (false, false, 'u') => Some(Action::Command(Underline)),
                (false, true, 'x') => Some(Action::Command(Strike)),
                (false, false, '\\') => Some(Action::Command(Clear)),
                (false, false, 'k') => Some(Action::AskForLink),
                (false, false, 'a') => Some(Action::SelectAll),
                (false, false, 'z') => Some(Action::Undo),
                (false, true, 'z') => Some(Action::Redo),
                (false, false, 'y') if platform == Platform::Other => Some(Action::Redo),
                _ => None,
            };
        }
    };
    Some(Action::Command(name))
}

/// The letter of a key in lower case; on a keyboard without Latin letters the one at its place.
fn letter(key: &Key<'_>) -> Option<char> {
    let mut characters = key.key.chars();
    let (only, None) = (characters.next()?, characters.next()) else { return None };
    if only.is_ascii() {
        return Some(only.to_ascii_lowercase());
    }
    key.code.strip_prefix("Key")?.chars().next().map(|letter| letter.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str, code: &str, modifiers: Modifiers, platform: Platform) -> Option<Action> {
        action(&Key { key, code, modifiers }, platform)
    }

    #[test]
    fn letters_go_by_character_and_digits_by_place() {
        let control = Modifiers { control: true, ..Modifiers::default() };
        let shift = Modifiers { shift: true, ..control };
        let bold = Some(Action::Command(CommandName::Bold));
        assert_eq!(press("b", "KeyB", control, Platform::Other), bold);
        assert_eq!(press("и", "KeyB", control, Platform::Other), bold);
        assert_eq!(press("b", "KeyB", control, Platform::Mac), None);
        assert_eq!(press("b", "KeyB", Modifiers { meta: true, ..Modifiers::default() }, Platform::Mac), bold);
        assert_eq!(press("/", "Digit7", shift, Platform::Other), Some(Action::Command(CommandName::List(ListKind::Ordered))));
        assert_eq!(press("Z", "KeyZ", shift, Platform::Other), Some(Action::Redo));
    }

    #[test]
    fn characters_typed_with_alt_graph_are_no_shortcuts() {
        let alt_graph = Modifiers { control: true, alt: true, alt_graph: true, ..Modifiers::default() };
        assert_eq!(press("@", "Digit2", alt_graph, Platform::Other), None);
        // As a Danish keyboard under Windows says it.
        let both = Modifiers { control: true, alt: true, ..Modifiers::default() };
        assert_eq!(press("@", "Digit2", both, Platform::Other), None);
        assert_eq!(press("2", "Digit2", both, Platform::Other), Some(Action::Command(CommandName::Header(2))));
    }

    #[test]
    fn formats_have_keys_that_type_nothing_on_any_keyboard() {
        let control = Modifiers { control: true, ..Modifiers::default() };
        let shift = Modifiers { shift: true, ..control };
        assert_eq!(press("\"", "Digit2", shift, Platform::Other), Some(Action::Command(CommandName::Header(2))));
        assert_eq!(press("=", "Digit0", shift, Platform::Other), Some(Action::Command(CommandName::Plain)));
        assert_eq!(press(" ", "Space", control, Platform::Other), Some(Action::Command(CommandName::Clear)));
    }
}
