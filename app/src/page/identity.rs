//! Who one is: asks once for name and organisation, lets one change them, and in open mode look with one role after the other.

use std::rc::Rc;

use dagsorden_shared::access::Role;
use dagsorden_shared::api::Person;
use dagsorden_shared::json::Json;
use dagsorden_shared::render::element::element;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::frame::Frame;
use super::problem;
use crate::parts;
use crate::sync::{http, service_worker};
use crate::ui::dialog::{self, Dialog, Event};
use crate::ui::menu::Entry;
use crate::ui::toast;

/// What a menu offers about oneself: `ask_name` without accounts, and the roles to look with; else one's account.
pub(crate) fn entries(frame: Frame, ask_name: impl Fn() + 'static) -> Vec<Entry> {
    let text = &frame.text.identity;
    if !frame.open {
        return vec![Entry::Link(Entry::link("/konto", text.account))];
    }
    let roles = std::iter::once(None).chain(Role::ALL.map(Some)).filter(|role| *role != frame.role);
    let roles = roles.map(|role| Entry::run((text.sees_as)(role), move || see_as(frame, role)));
    [Entry::run(text.change, ask_name), Entry::Line].into_iter().chain(roles).chain([Entry::Line]).collect()
}

/// Looks at everything with this role from now on.
fn see_as(frame: Frame, role: Option<Role>) {
    spawn_local(async move {
        let role = Json::object([("role", Json::maybe(role.map(Role::as_str)))]);
        match http::post::<Person>("/api/me/role", &role).await {
            Ok(_) => {
                service_worker::forget_pages().await;
                drop(window().location().reload());
            }
            Err(error) => toast::show(&problem::sentence(frame.text, &error), None),
        }
    });
}

/// Opens the dialog; `done` runs once the server knows the name. Closed without a name one reads on, and writes as a guest.
pub(super) fn ask(frame: Frame, done: impl Fn() + 'static) {
    let done: Rc<dyn Fn()> = Rc::new(done);
    parts::with_tools(frame.text, move |tools| tools.identity(frame, done));
}

pub(super) fn open(frame: Frame, done: &Rc<dyn Fn()>) {
    let text = &frame.text.identity;
    let me = frame.me.get_untracked();
    let name = dialog::input("text", "name", &me.name).attribute("autocomplete", "name").attribute("maxlength", "80").flag("autofocus");
    let organisation = dialog::input("text", "organisation", &me.organisation)
        .attribute("autocomplete", "organization")
        .attribute("maxlength", "80")
        .attribute("aria-describedby", "identity-help");
    let rows = vec![
        dialog::field(text.name, name),
        dialog::field(text.organisation, organisation)
            .child(element("small").attribute("id", "identity-help").text(text.organisation_help)),
    ];
    let done = Rc::clone(done);
    let content = vec![element("p").text(text.lede), dialog::form(rows, text.submit, text.later)];
    Dialog::open("identity", text.title, &content, move |dialog, event| {
        let Event::Submit(answers) = event else { return };
        let Some(name) = answers.text("name") else {
            dialog.set_error(text.name_missing);
            return;
        };
        let person = Person { name, organisation: answers.text("organisation").unwrap_or_default(), hue: 0 };
        let (dialog, done) = (dialog.clone(), Rc::clone(&done));
        dialog.set_busy(true);
        spawn_local(async move {
            match http::put::<Person>("/api/me", &person).await {
                Ok(person) => {
                    frame.me.set(person);
                    dialog.close();
                    // Kept pages carry the old name; this one is kept anew, so that it opens without a connection from now on.
                    service_worker::forget_pages().await;
                    service_worker::register();
                    done();
                }
                Err(error) => {
                    dialog.set_error(&problem::sentence(frame.text, &error));
                    dialog.set_busy(false);
                }
            }
        });
    });
}
