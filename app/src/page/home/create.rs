//! Making a forum.

use dagsorden_shared::api::{ForumRow, NewForum};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::page::{frame::Frame, problem};
use crate::sync::http;
use crate::ui::dialog::{self, Dialog, Event};

/// Asks for the name of a forum; afterwards its page is there.
pub(super) fn forum(frame: Frame) {
    let text = frame.text;
    let name = dialog::input("text", "name", "").attribute("maxlength", "200").flag("autofocus");
    let form = dialog::form(vec![dialog::field(text.dialogs.forum_name, name)], text.home.create_forum, text.common.cancel);
    Dialog::open("new-forum", text.dialogs.forum_title, &[form], move |dialog, event| {
        let Event::Submit(answers) = event else { return };
        let Some(name) = answers.text("name") else {
            dialog.set_error(text.dialogs.forum_missing);
            return;
        };
        let dialog = dialog.clone();
        dialog.set_busy(true);
        spawn_local(async move {
            match http::post::<ForumRow>("/api/forums", &NewForum { name }).await {
                // Fails only if the address is none, and an id always makes one.
                Ok(forum) => drop(window().location().assign(&format!("/forum/{}", forum.id))),
                Err(error) => {
                    dialog.set_error(&problem::sentence(text, &error));
                    dialog.set_busy(false);
                }
            }
        });
    });
}
