//! The help of the keyboard.

use leptos::prelude::*;

use super::frame::Frame;
use crate::ui::dialog::Dialog;

/// All shortcuts, in a dialog.
#[component]
pub(crate) fn Shortcuts(frame: Frame, open: RwSignal<bool>) -> impl IntoView {
    let (text, editor) = (&frame.text.shortcuts, &frame.text.editor);
    let (control, alternate, shift) = (text.control, text.alternate, text.shift);
    let rows: Vec<(&'static str, Vec<&'static str>)> = vec![
        (editor.bold, vec![control, "B"]),
        (editor.italic, vec![control, "I"]),
        (editor.underline, vec![control, "U"]),
        (editor.link, vec![control, "K"]),
        (editor.numbers, vec![control, shift, "7"]),
        (editor.bullets, vec![control, shift, "8"]),
        (text.undo, vec![control, "Z"]),
        (text.redo, vec![control, shift, "Z"]),
        (text.next_item, vec![alternate, "↓"]),
        (text.previous_item, vec![alternate, "↑"]),
        (text.item_down, vec![alternate, shift, "↓"]),
        (text.item_up, vec![alternate, shift, "↑"]),
        (text.to_outline, vec!["F6"]),
        (text.to_toolbar, vec![alternate, "F10"]),
        (text.leave_text, vec![text.escape, "Tab"]),
        (text.help, vec![control, "/"]),
    ];
    let list = move || {
        let row = |(name, keys): &(&'static str, Vec<&'static str>)| {
            let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> " " }).collect_view();
            view! { <div><dt>{*name}</dt><dd>{keys}</dd></div> }
        };
        rows.iter().map(row).collect_view()
    };
    view! {
        <Dialog open id="keyboard" heading=text.title>
            <dl class="keys">{list()}</dl>
            <form class="acts-r" method="dialog">
                <button class="btn" autofocus>{frame.text.common.close}</button>
            </form>
        </Dialog>
    }
}
