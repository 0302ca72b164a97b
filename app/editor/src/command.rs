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

use crate::ids::RandomBits;
use crate::state::EditorState;
use crate::transaction::Transaction;

pub use table::TableCommand;

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
    /// A new table of so many rows and columns.
    InsertTable(u8, u8),
    /// Something about the table the caret is in.
    Table(TableCommand),
}

impl CommandName {
    /// Runs the command on a state; new rows and columns take their ids from `bits`.
    ///
    /// # Errors
    /// [`Refusal`] says what to tell the person; nothing changes.
    pub fn run(&self, state: &EditorState, bits: RandomBits<'_>) -> Result<Option<Transaction>, Refusal> {
        match self {
            Self::InsertTable(rows, columns) => Ok(table::edit::insert(state, *rows, *columns, bits)),
            Self::Table(command) => Ok(table::edit::run(state, *command, bits)),
            _ => self.run_on_text(state),
        }
    }

    /// Runs a command that has keys, on a state. Those that make or change tables have none, and do nothing here: a page need not have loaded them.
    ///
    /// # Errors
    /// As [`CommandName::run`].
    pub fn run_on_text(&self, state: &EditorState) -> Result<Option<Transaction>, Refusal> {
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
            Self::InsertTable(..) | Self::Table(_) => None,
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
            Self::Table(TableCommand::Head) => table::edit::has_head(state),
            Self::Clear | Self::Plain | Self::Indent | Self::Outdent | Self::InsertTable(..) | Self::Table(_) => false,
        }
    }
}

/// Names of the commands about the table around the caret.
const TABLE_COMMANDS: [(&str, TableCommand); 8] = [
    ("table-row-above", TableCommand::RowAbove),
    ("table-row-below", TableCommand::RowBelow),
    ("table-col-left", TableCommand::ColumnLeft),
    ("table-col-right", TableCommand::ColumnRight),
    ("table-row-delete", TableCommand::DeleteRow),
    ("table-col-delete", TableCommand::DeleteColumn),
    ("table-delete", TableCommand::Delete),
    ("table-head", TableCommand::Head),
];

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
            Self::InsertTable(rows, columns) => return write!(f, "table-insert:{rows}x{columns}"),
            Self::Table(command) => TABLE_COMMANDS.iter().find(|known| known.1 == *command).map_or("", |known| known.0),
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
            other => {
                let table = TABLE_COMMANDS.iter().find(|known| known.0 == other).map(|known| Self::Table(known.1));
                let link = || other.strip_prefix("link:").map(|address| Self::Link(address.to_owned()));
                let sized = || insert_table(other.strip_prefix("table-insert:")?);
                return table.or_else(link).or_else(sized).ok_or_else(|| UnknownCommand(other.to_owned()));
            }
        })
    }
}

/// A table's size, as in `2x3`.
fn insert_table(size: &str) -> Option<CommandName> {
    let (rows, columns) = size.split_once('x')?;
    let number = |text: &str, most: u8| text.parse::<u8>().ok().filter(|number| (1..=most).contains(number));
    Some(CommandName::InsertTable(number(rows, table::edit::MAX_INSERTED.0)?, number(columns, table::edit::MAX_INSERTED.1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_round_trip() {
        let names = "bold italic underline strike link:https://x.test unlink clear header-1 header-3 plain list-bullet list-ordered blockquote indent outdent \
            table-insert:2x3 table-row-above table-row-below table-col-left table-col-right table-row-delete table-col-delete table-delete table-head";
        for name in names.split(' ') {
            assert_eq!(name.parse::<CommandName>().expect("known").to_string(), name);
        }
        for unknown in ["header-4", "table-insert:0x2", "table-insert:2", "table-insert:2x21", "table-insert:100x2", "table-", ""] {
            assert_eq!(unknown.parse::<CommandName>(), Err(UnknownCommand(unknown.into())));
        }
    }
}
