//! Commands: what a key, a button or the browser's input events ask for.
//!
//! A command that does not apply answers `None`, so a toolbar, a key binding and a test share one function. Commands that need
//! more than the state are functions with parameters; all of them are pure.

pub mod block;
pub mod delete;
pub mod insert;
pub mod mark;
pub mod split;
pub mod table;

use std::fmt;
use std::str::FromStr;

use dagsorden_shared::richtext::ListKind;

use crate::state::EditorState;
use crate::transaction::Transaction;

/// A command without parameters. `None`: does not apply here.
pub type Command = fn(&EditorState) -> Option<Transaction>;

/// Why a command was refused; shown to the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The address of a link has a scheme that is not allowed.
    #[error("links begin with http, https, mailto or tel")]
    Link,
}

/// The commands that have a name: for toolbar buttons (`data-command`), key bindings and tests.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CommandName {
    /// Strong, on or off.
    Bold,
    /// Emphasis, on or off.
    Italic,
    /// Underline, on or off.
    Underline,
    /// Strike through, on or off.
    Strike,
    /// Makes a link to this address.
    Link(String),
    /// Takes the link away.
    Unlink,
    /// Takes all formats away.
    Clear,
    /// Heading of level 1 to 3, on or off.
    Header(u8),
    /// Plain lines.
    Plain,
    /// List lines, on or off.
    List(ListKind),
    /// Quotation, on or off.
    Blockquote,
    /// One level in.
    Indent,
    /// One level out.
    Outdent,
}

impl CommandName {
    /// Runs the command on a state.
    ///
    /// # Errors
    /// [`Refusal`] says what to tell the person; nothing changes.
    pub fn run(&self, state: &EditorState) -> Result<Option<Transaction>, Refusal> {
        Ok(match self {
            Self::Bold => mark::toggle(mark::Mark::Bold)(state),
            Self::Italic => mark::toggle(mark::Mark::Italic)(state),
            Self::Underline => mark::toggle(mark::Mark::Underline)(state),
            Self::Strike => mark::toggle(mark::Mark::Strike)(state),
            Self::Link(address) => return mark::link(state, address),
            Self::Unlink => mark::unlink(state),
            Self::Clear => mark::clear(state),
            Self::Header(level) => block::toggle_heading(state, *level),
            Self::Plain => block::make_plain(state),
            Self::List(kind) => block::toggle_list(state, *kind),
            Self::Blockquote => block::toggle_quote(state),
            Self::Indent => block::indent(state),
            Self::Outdent => block::outdent(state),
        })
    }

    /// Whether what the command switches on is on where the selection is; for pressed buttons.
    pub fn is_active(&self, state: &EditorState) -> bool {
        match self {
            Self::Bold => mark::is_active(state, mark::Mark::Bold),
            Self::Italic => mark::is_active(state, mark::Mark::Italic),
            Self::Underline => mark::is_active(state, mark::Mark::Underline),
            Self::Strike => mark::is_active(state, mark::Mark::Strike),
            Self::Link(_) | Self::Unlink => mark::link_around(state).is_some(),
            Self::Header(level) => block::is_heading(state, *level),
            Self::List(kind) => block::is_list(state, *kind),
            Self::Blockquote => block::is_quote(state),
            Self::Clear | Self::Plain | Self::Indent | Self::Outdent => false,
        }
    }
}

impl fmt::Display for CommandName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bold => "bold",
            Self::Italic => "italic",
            Self::Underline => "underline",
            Self::Strike => "strike",
            Self::Link(address) => return write!(f, "link:{address}"),
            Self::Unlink => "unlink",
            Self::Clear => "clear",
            Self::Header(level) => return write!(f, "header-{level}"),
            Self::Plain => "plain",
            Self::List(ListKind::Bullet) => "list-bullet",
            Self::List(ListKind::Ordered) => "list-ordered",
            Self::Blockquote => "blockquote",
            Self::Indent => "indent",
            Self::Outdent => "outdent",
        })
    }
}

/// No command has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no command is called {0:?}")]
pub struct UnknownCommand(pub String);

impl FromStr for CommandName {
    type Err = UnknownCommand;

    fn from_str(name: &str) -> Result<Self, UnknownCommand> {
        Ok(match name {
            "bold" => Self::Bold,
            "italic" => Self::Italic,
            "underline" => Self::Underline,
            "strike" => Self::Strike,
            "unlink" => Self::Unlink,
            "clear" => Self::Clear,
            "header-1" => Self::Header(1),
            "header-2" => Self::Header(2),
            "header-3" => Self::Header(3),
            "plain" => Self::Plain,
            "list-bullet" => Self::List(ListKind::Bullet),
            "list-ordered" => Self::List(ListKind::Ordered),
            "blockquote" => Self::Blockquote,
            "indent" => Self::Indent,
            "outdent" => Self::Outdent,
            other => match other.strip_prefix("link:") {
                Some(address) => Self::Link(address.to_owned()),
                None => return Err(UnknownCommand(other.to_owned())),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_round_trip() {
        let names = "bold italic underline strike link:https://x.test unlink clear header-1 header-3 plain list-bullet list-ordered blockquote indent outdent";
        for name in names.split(' ') {
            assert_eq!(name.parse::<CommandName>().expect("known").to_string(), name);
        }
        assert_eq!("header-4".parse::<CommandName>(), Err(UnknownCommand("header-4".into())));
    }
}
