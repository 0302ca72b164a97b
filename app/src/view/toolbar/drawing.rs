//! What the toolbar looks like: groups of buttons, each named by its command, and the form for a link's address.

use dagsorden_editor::CommandName;
use dagsorden_editor::command::TableCommand;
use dagsorden_shared::catalogue::text::Editor;
use dagsorden_shared::render::{self, Element, Icon, element};
use dagsorden_shared::richtext::ListKind;

/// The name of the button that opens the form.
pub(super) const LINK: &str = "link";
/// The names of the buttons that undo and redo.
pub(super) const UNDO: &str = "undo";
pub(super) const REDO: &str = "redo";
/// Marks the button that shows all commands.
pub(super) const UNFOLDS: &str = "data-unfolds";

/// A command, how it looks, its name and its keys, if it has any.
type Button = (CommandName, Icon, &'static str, &'static str);

/// The toolbar, folded.
pub(super) fn draw(text: &Editor, undo: &'static str) -> Element {
    use CommandName::{Blockquote, Bold, Clear, Header, Indent, InsertTable, Italic, List, Outdent, Plain, Strike, Table, Underline};
    let short: [Button; 8] = [
        (Bold, Icon::Bold, text.bold, "Control+B"),
        (Italic, Icon::Italic, text.italic, "Control+I"),
        (Underline, Icon::Underline, text.underline, "Control+U"),
        (Header(2), Icon::Heading, text.heading, "Control+Alt+2"),
        (List(ListKind::Bullet), Icon::Bullets, text.bullets, "Control+Shift+8"),
        (List(ListKind::Ordered), Icon::Numbers, text.numbers, "Control+Shift+7"),
        (Outdent, Icon::Outdent, text.outdent, "Control+["),
        (Indent, Icon::Indent, text.indent, "Control+]"),
    ];
    let rest: [Button; 7] = [
        (Strike, Icon::Strike, text.strike, "Control+Shift+X"),
        (Header(1), Icon::HeadingOne, text.heading_large, "Control+Alt+1"),
        (Header(3), Icon::HeadingThree, text.heading_small, "Control+Alt+3"),
        (Blockquote, Icon::Quote, text.quote, "Control+Shift+9"),
        (Plain, Icon::Paragraph, text.paragraph, "Control+Alt+0"),
        (Clear, Icon::Clear, text.clear, "Control+\\"),
        (InsertTable(3, 3), Icon::Table, text.table, ""),
    ];
    let table: [Button; 8] = [
        (Table(TableCommand::Head), Icon::Heading, text.table_head, ""),
        (Table(TableCommand::RowAbove), Icon::RowAbove, text.row_above, ""),
        (Table(TableCommand::RowBelow), Icon::RowBelow, text.row_below, ""),
        (Table(TableCommand::DeleteRow), Icon::RowDelete, text.row_delete, ""),
        (Table(TableCommand::ColumnLeft), Icon::ColumnLeft, text.column_left, ""),
        (Table(TableCommand::ColumnRight), Icon::ColumnRight, text.column_right, ""),
        (Table(TableCommand::DeleteColumn), Icon::ColumnDelete, text.column_delete, ""),
        (Table(TableCommand::Delete), Icon::Trash, text.table_delete, ""),
    ];
    let link = button(Icon::Link, text.link)
        .attribute("tabindex", "-1")
        .attribute("data-command", LINK)
        .attribute("aria-keyshortcuts", "Control+K");
    let step = |icon, label, name, keys| {
        button(icon, label).attribute("tabindex", "-1").attribute("data-command", name).attribute("aria-keyshortcuts", keys)
    };
    let history = element("span").class("group history").child(step(Icon::Undo, undo, UNDO, "Control+Z")).child(step(
        Icon::Redo,
        text.redo,
        REDO,
        "Control+Shift+Z",
    ));
    let more = button(Icon::More, text.more_formats).attribute("tabindex", "-1").flag(UNFOLDS);
    let commands = element("span")
        .class("commands")
        .child(group("group", &short).child(link.attribute("aria-pressed", "false")))
        .child(history)
        .child(group("group rest", &rest))
        .child(group("group cells", &table))
        .child(element("span").class("group more").child(more));
    element("div")
        .class("tools editor-tools")
        .flag("data-ui")
        .attribute("role", "toolbar")
        .attribute("aria-label", text.toolbar)
        .child(commands)
        .child(form(text))
}

fn group(class: &'static str, buttons: &[Button]) -> Element {
    element("span").class(class).children(buttons.iter().map(|(command, icon, label, keys)| {
        let mut made = button(*icon, label).attribute("data-command", command.to_string());
        let presses = !matches!(
            command,
            CommandName::Indent
                | CommandName::Outdent
                | CommandName::Clear
                | CommandName::Plain
                | CommandName::InsertTable(..)
                | CommandName::Table(_)
        ) || *command == CommandName::Table(TableCommand::Head);
        if presses {
            made = made.attribute("aria-pressed", "false");
        }
        if !keys.is_empty() {
            made = made.attribute("aria-keyshortcuts", *keys);
        }
        // The first button is the toolbar's stop of the Tab key.
        made.attribute("tabindex", if *command == CommandName::Bold { "0" } else { "-1" })
    }))
}

fn button(icon: Icon, label: &'static str) -> Element {
    element("button").attribute("type", "button").attribute("aria-label", label).attribute("title", label).child(render::small_icon(icon))
}

fn form(text: &Editor) -> Element {
    let address = element("input")
        .class("input")
        .attribute("type", "text")
        .attribute("inputmode", "url")
        .attribute("aria-label", text.link_address)
        .attribute("placeholder", "https://")
        .attribute("autocomplete", "off");
    element("form")
        .class("link-prompt")
        .flag("hidden")
        .flag("novalidate")
        .child(address)
        .child(element("button").attribute("type", "submit").class("wide").text(text.link_set))
        .child(element("button").attribute("type", "button").class("wide").attribute("data-command", "unlink").text(text.link_remove))
        .child(element("span").class("wrong").attribute("role", "alert"))
}
