//! Making a forum, and a meeting of one.

use dagsorden_shared::api::{Created, ForumRow, NewForum, NewMeeting};
use dagsorden_shared::render::element::element;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::page::{frame::Frame, problem, times};
use crate::sync::http;
use crate::ui::dialog::{self, Answers, Dialog, Event};

/// Asks for the name of a forum; afterwards the list shows it.
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
                Ok(_) => drop(window().location().reload()),
                Err(error) => {
                    dialog.set_error(&problem::sentence(text, &error));
                    dialog.set_busy(false);
                }
            }
        });
    });
}

/// Asks for forum, date, time and place of a meeting, makes it and opens it. Only the forum is needed: one of the list, or a new name.
pub(super) fn meeting(frame: Frame, forums: &[ForumRow]) {
    let text = frame.text;
    let options = forums.iter().map(|forum| element("option").attribute("value", forum.id.to_string()).text(forum.name.clone()));
    let choice = element("select")
        .attribute("name", "forum")
        .flag("autofocus")
        .children(options)
        .child(element("option").attribute("value", "").text(text.dialogs.other_forum));
    let other = dialog::input("text", "forum_name", "").attribute("maxlength", "200");
    let times = element("div")
        .class("fields")
        .child(dialog::field(text.meeting.date, dialog::input("date", "date", "")))
        .child(dialog::field(text.meeting.start, dialog::input("time", "start", "")))
        .child(dialog::field(text.meeting.end, dialog::input("time", "end", "")));
    let rows = vec![
        dialog::field(text.dialogs.meeting_forum, choice),
        dialog::field(text.dialogs.forum_name, other).class("field other-forum"),
        times,
        dialog::field(text.meeting.place, dialog::input("text", "place", "")),
    ];
    let form = dialog::form(rows, text.dialogs.create_meeting, text.common.cancel);
    Dialog::open("new-meeting", text.dialogs.meeting_title, &[form], move |dialog, event| {
        let Event::Submit(answers) = event else { return };
        let meeting = asked(&answers);
        if meeting.forum.is_none() && meeting.forum_name.is_none() {
            dialog.set_error(text.dialogs.forum_missing);
            return;
        }
        if times::end_early(&answers) {
            dialog.set_error(text.dialogs.end_before_start);
            return;
        }
        let dialog = dialog.clone();
        dialog.set_busy(true);
        spawn_local(async move {
            match http::post::<Created>("/api/meetings", &meeting).await {
                Ok(created) => super::open(&created),
                Err(error) => {
                    dialog.set_error(&problem::sentence(text, &error));
                    dialog.set_busy(false);
                }
            }
        });
    });
}

fn asked(answers: &Answers) -> NewMeeting {
    let forum = answers.text("forum").and_then(|id| id.parse().ok());
    NewMeeting {
        forum_name: if forum.is_some() { None } else { answers.text("forum_name") },
        forum,
        title: String::new(),
        date: answers.text("date"),
        start: answers.text("start"),
        end: answers.text("end"),
        place: answers.text("place"),
    }
}
