//! The help of the keyboard.

use dagsorden_shared::catalogue::attendance::Attendance;
use dagsorden_shared::catalogue::live::Live;
use dagsorden_shared::render::element::{Element, element};

use super::frame::Frame;
use crate::parts;
use crate::ui::dialog::{self, Dialog};

/// Shows all shortcuts.
pub(super) fn show(frame: Frame) {
    parts::with_tools(frame.text, move |tools| tools.shortcuts(frame));
}

pub(super) fn open(frame: Frame) {
    let (text, editor) = (&frame.text.shortcuts, &frame.text.editor);
    let (control, alternate, shift) = (text.control, text.alternate, text.shift);
    let rows: [(&'static str, &[&'static str]); 31] = [
        (editor.bold, &[control, "B"]),
        (editor.italic, &[control, "I"]),
        (editor.underline, &[control, "U"]),
        (editor.strike, &[control, shift, "X"]),
        (editor.link, &[control, "K"]),
        (editor.heading, &[control, shift, "2"]),
        (editor.paragraph, &[control, shift, "0"]),
        (editor.quote, &[control, shift, "9"]),
        (editor.clear, &[control, text.space]),
        (editor.numbers, &[control, shift, "7"]),
        (editor.bullets, &[control, shift, "8"]),
        (editor.indent, &["Tab"]),
        (text.select_item, &[control, "A", "A"]),
        (frame.text.find.title, &[control, "H"]),
        (frame.text.meeting.new_item, &[alternate, shift, "P"]),
        (text.saved, &[control, "S"]),
        (text.undo, &[control, "Z"]),
        (text.redo, &[control, shift, "Z"]),
        (text.next_item, &[alternate, "↓"]),
        (text.previous_item, &[alternate, "↑"]),
        (text.item_down, &[alternate, shift, "↓"]),
        (text.item_up, &[alternate, shift, "↑"]),
        (frame.text.talk.comment, &[alternate, shift, "M"]),
        (frame.text.talk.next_unread, &[alternate, shift, "U"]),
        (frame.text.points.live, &[alternate, shift, "L"]),
        (Attendance::of(frame.text.language).present, &[alternate, shift, "T"]),
        (Live::of(frame.text.language).phrase, &[alternate, shift, "1"]),
        (text.to_outline, &["F6"]),
        (text.to_toolbar, &[alternate, "F10"]),
        (text.leave_text, &[text.escape, "Tab"]),
        (text.help, &["F1"]),
    ];
    let list = element("dl").class("keys").children(rows.map(|(name, keys)| row(name, keys)));
    let close = dialog::button("btn", dialog::CLOSE, frame.text.common.close).flag("autofocus");
    Dialog::open("keyboard", text.title, &[list, element("div").class("acts-r").child(close)], |_, _| ());
}

fn row(name: &'static str, keys: &[&'static str]) -> Element {
    let keys = keys.iter().fold(element("dd"), |row, key| row.child(element("kbd").text(*key)).text(" "));
    element("div").child(element("dt").text(name)).child(keys)
}
