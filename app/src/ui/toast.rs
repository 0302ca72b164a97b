//! A message at the foot of the page with one thing to do about it, mostly undo. One at a time; it goes by itself.

use std::time::Duration;

use leptos::prelude::*;

/// How long a message stays, unless the pointer or the focus is on it.
const STAYS: Duration = Duration::from_secs(20);

/// A message and its action.
#[derive(Clone)]
struct Message {
    number: u64,
    text: String,
    action: Option<(String, Callback<()>)>,
}

/// Shows messages. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Toaster {
    message: RwSignal<Option<Message>>,
    held: RwSignal<bool>,
    shown: StoredValue<u64>,
}

impl Toaster {
    /// Nothing to say yet.
    pub fn new() -> Self {
        Self { message: RwSignal::new(None), held: RwSignal::new(false), shown: StoredValue::new(0) }
    }

    /// Shows `text`, with a button named `action` that runs `run`.
    pub fn show(self, text: String, action: Option<(String, Callback<()>)>) {
        self.shown.update_value(|shown| *shown += 1);
        let number = self.shown.get_value();
        self.message.set(Some(Message { number, text, action }));
        self.expire(number);
    }

    fn expire(self, number: u64) {
        set_timeout(
            move || {
                let current = self.message.with_untracked(|message| message.as_ref().is_some_and(|message| message.number == number));
                match (current, self.held.get_untracked()) {
                    (true, true) => self.expire(number),
                    (true, false) => self.message.set(None),
                    (false, _) => {}
                }
            },
            STAYS,
        );
    }

    /// The place where messages stand.
    pub fn view(self) -> impl IntoView {
        let hold = move |held| move |_| self.held.set(held);
        view! {
            <div class="toasts" role="status" on:pointerenter=hold(true) on:pointerleave=hold(false)>
                {move || {
                    self.message
                        .get()
                        .map(|message| {
                            let action = message
                                .action
                                .map(|(label, run)| {
                                    view! {
                                        <button
                                            type="button"
                                            on:click=move |_| {
                                                run.run(());
                                                self.message.set(None);
                                            }
                                        >
                                            {label}
                                        </button>
                                    }
                                });
                            view! { <div class="toast"><span>{message.text}</span>{action}</div> }
                        })
                }}
            </div>
        }
    }
}

impl Default for Toaster {
    fn default() -> Self {
        Self::new()
    }
}
