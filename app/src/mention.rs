//! Mentions, in the part `points` of the app, asked for when the first `@` of a comment is typed. A list of those who may read the meeting opens below
//! the field; the name that is chosen stands in the text, and a comment mentions those whose names stand in it. Knows no thread.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use dagsorden_shared::id::AccountId;
use dagsorden_shared::json::Json;
use dagsorden_shared::render::element::element;
use leptos::prelude::GetUntracked;
use leptos::task::spawn_local;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

use crate::json::{FromJson, text};
use crate::page::Meeting;
use crate::parts::Mentions;
use crate::sync::http;
use crate::ui::drawn::{fill, node};
use crate::ui::heard::{around, hear, target_of};

/// Id of the list's element.
const LIST: &str = "mention-list";
/// Names that are offered at most.
const MOST: usize = 6;
/// Letters that are taken for the beginning of a name at most.
const LONGEST: usize = 40;

/// A person who may read the meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    account: AccountId,
    name: String,
    organisation: String,
}

/// Those who can be mentioned.
struct Members(Vec<Known>);

impl FromJson for Members {
    fn from_json(value: &Json) -> Option<Self> {
        let active = value.entries().iter().filter(|row| text(row, "state").as_deref() == Some("active"));
        let known = |row: &Json| {
            let account = row.get("account")?.as_text()?.parse().ok()?;
            Some(Known { account, name: text(row, "name")?, organisation: text(row, "organisation").unwrap_or_default() })
        };
        Some(Self(active.filter_map(known).collect()))
    }
}

/// The list as it is open.
struct Open {
    area: HtmlTextAreaElement,
    list: web_sys::Element,
    /// Where the `@` stands, and where the name that was begun ends, in UTF-16 units.
    at: u32,
    end: u32,
    found: Vec<Known>,
    /// Which one is taken by Enter.
    on: usize,
}

/// What the part holds.
pub(crate) struct Names {
    weak: Weak<Self>,
    label: &'static str,
    people: RefCell<Vec<Known>>,
    /// Who was chosen: two people may have one name.
    chosen: RefCell<Vec<Known>>,
    open: RefCell<Option<Open>>,
}

/// Sets the part up, and asks who may read the meeting; `area` is where the first `@` stands.
pub(crate) fn start(meeting: Meeting, area: HtmlTextAreaElement) -> Rc<dyn Mentions> {
    let names = Rc::new_cyclic(|weak| Names {
        weak: Weak::clone(weak),
        label: meeting.text().talk.mention,
        people: RefCell::default(),
        chosen: RefCell::default(),
        open: RefCell::default(),
    });
    let asking = Rc::clone(&names);
    spawn_local(async move {
        // Without an answer one writes names by hand, and they mention nobody.
        if let Ok(Members(people)) = http::get::<Members>(&format!("/api/forums/{}/members", meeting.forum())).await {
            let me = meeting.me().get_untracked();
            let others = people.into_iter().filter(|person| person.name != me.name || person.organisation != me.organisation);
            asking.people.replace(others.collect());
            asking.look(&area);
        }
    });
    names
}

impl Mentions for Names {
    fn look(&self, area: &HtmlTextAreaElement) {
        let caret = area.selection_end().ok().flatten().unwrap_or(0);
        let written: Vec<u16> = area.value().encode_utf16().take(caret as usize).collect();
        let found =
            begun(&String::from_utf16_lossy(&written)).map(|name| (name.encode_utf16().count(), matching(&self.people.borrow(), name)));
        match found {
            Some((length, found)) if !found.is_empty() => {
                let at = caret.saturating_sub(u32::try_from(length).unwrap_or(0) + 1);
                self.show(area, (at, caret), found);
            }
            _ => self.leave(),
        }
    }

    fn leave(&self) {
        drop(self.close());
    }

    fn key(&self, event: &KeyboardEvent) -> bool {
        let (on, count) = match &*self.open.borrow() {
            Some(open) => (open.on, open.found.len()),
            None => return false,
        };
        match event.key().as_str() {
            "ArrowDown" => self.mark((on + 1) % count),
            "ArrowUp" => self.mark((on + count - 1) % count),
            "Enter" | "Tab" if !event.ctrl_key() && !event.meta_key() && !event.shift_key() => self.choose(on),
            "Escape" => self.leave(),
            _ => return false,
        }
        true
    }

    fn of(&self, body: &str) -> Vec<AccountId> {
        let (chosen, people) = (self.chosen.borrow(), self.people.borrow());
        // A name that two people have mentions the one who was chosen.
        let is_alone = |person: &&Known| people.iter().filter(|other| other.name == person.name).count() == 1;
        mentioned(body, &people.iter().filter(is_alone).chain(chosen.iter()).collect::<Vec<_>>())
    }
}

/// What was begun behind the last `@` on the caret's line. `None`: there is none, or it is no beginning of a name, as in an address.
fn begun(before: &str) -> Option<&str> {
    let (text, name) = before.rsplit_once('@')?;
    let begins = text.chars().next_back().is_none_or(|letter| matches!(letter, ' ' | '\n' | '\t' | '\u{a0}' | '('));
    (begins && !name.contains('\n') && name.chars().count() <= LONGEST).then_some(name)
}

/// Those whose name, one of its words or organisation begins with this.
fn matching(people: &[Known], begun: &str) -> Vec<Known> {
    let begun = small(begun);
    let begins = |words: &str| {
        let words = small(words);
        words.starts_with(&begun) || words.split([' ', '-']).any(|word| word.starts_with(&begun))
    };
    people.iter().filter(|person| begins(&person.name) || begins(&person.organisation)).take(MOST).cloned().collect()
}

/// In small letters, as far as names of western Europe have large ones: the tables for all others are larger than this module.
fn small(words: &str) -> String {
    let small = |letter: char| match letter {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' => char::from_u32(u32::from(letter) + 32).unwrap_or(letter),
        letter => letter,
    };
    words.chars().map(small).collect()
}

/// Whether a letter goes on with a word, for the same letters.
fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter >= 'À'
}

/// Those whose names stand behind an `@`; where one name begins with another, the longer one counts.
fn mentioned(body: &str, known: &[&Known]) -> Vec<AccountId> {
    let mut accounts: Vec<AccountId> = Vec::new();
    for (at, _) in body.match_indices('@') {
        let rest = &body[at + 1..];
        let ends = |name: &str| rest.strip_prefix(name).is_some_and(|after| !after.starts_with(is_letter));
        let longest = known.iter().filter(|person| ends(&person.name)).max_by_key(|person| person.name.len());
        accounts.extend(longest.map(|person| person.account.clone()).filter(|account| !accounts.contains(account)));
    }
    accounts
}

impl Names {
    fn show(&self, area: &HtmlTextAreaElement, (at, end): (u32, u32), found: Vec<Known>) {
        let same = self.open.borrow().as_ref().is_some_and(|open| open.area == *area && open.list.is_connected());
        if !same {
            self.leave();
            let Some(list) = self.list() else { return };
            let Some(parent) = area.parent_element() else { return };
            if parent.insert_before(&list, area.next_sibling().as_ref()).is_err() {
                return;
            }
            let set = |name: &str, value: &str| drop(area.set_attribute(name, value));
            set("aria-autocomplete", "list");
            set("aria-haspopup", "listbox");
            set("aria-controls", LIST);
            self.open.replace(Some(Open { area: area.clone(), list, at, end, found: Vec::new(), on: 0 }));
        }
        if let Some(open) = &mut *self.open.borrow_mut() {
            let options: Vec<_> = found
                .iter()
                .enumerate()
                .map(|(index, person)| {
                    element("li")
                        .attribute("role", "option")
                        .attribute("id", format!("mention-{index}"))
                        .attribute("data-mention", index.to_string())
                        .child(element("b").text(person.name.clone()))
                        .child(element("span").text(person.organisation.clone()))
                })
                .collect();
            fill(&open.list, &options);
            (open.at, open.end, open.found) = (at, end, found);
        }
        self.mark(0);
        if let Some(open) = &*self.open.borrow() {
            // In a sheet the field may be the last thing in view.
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            open.list.scroll_into_view_with_scroll_into_view_options(&options);
        }
    }

    fn list(&self) -> Option<web_sys::Element> {
        let list = element("ul").class("mentions").attribute("role", "listbox").attribute("id", LIST).attribute("aria-label", self.label);
        let list = node(&list)?;
        // The field keeps the focus.
        hear(&list, "pointerdown", |event| event.prevent_default());
        let weak = Weak::clone(&self.weak);
        hear(&list, "click", move |event| {
            let index = target_of(&event).and_then(|target| around(&target, "data-mention")?.1.parse().ok());
            if let (Some(names), Some(index)) = (weak.upgrade(), index) {
                names.choose(index);
            }
        });
        Some(list)
    }

    /// Marks the one that Enter takes.
    fn mark(&self, on: usize) {
        let mut open = self.open.borrow_mut();
        let Some(open) = &mut *open else { return };
        open.on = on;
        drop(open.area.set_attribute("aria-activedescendant", &format!("mention-{on}")));
        let options = open.list.children();
        for (index, option) in (0..options.length()).filter_map(|index| Some((index, options.item(index)?))) {
            let is_on = usize::try_from(index) == Ok(on);
            drop(option.set_attribute("aria-selected", if is_on { "true" } else { "false" }));
        }
    }

    /// Writes the name into the text, with a space behind it.
    fn choose(&self, index: usize) {
        let Some(open) = self.close() else { return };
        let Some(person) = open.found.get(index) else { return };
        let written: Vec<u16> = open.area.value().encode_utf16().collect();
        let (Some(before), Some(after)) = (written.get(..open.at as usize), written.get(open.end as usize..)) else { return };
        let before = format!("{}@{} ", String::from_utf16_lossy(before), person.name);
        let after = String::from_utf16_lossy(after);
        let caret = u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX);
        open.area.set_value(&format!("{before}{}", after.strip_prefix(' ').unwrap_or(&after)));
        drop(open.area.set_selection_range(caret, caret));
        drop(open.area.focus());
        self.chosen.borrow_mut().push(person.clone());
    }

    fn close(&self) -> Option<Open> {
        let open = self.open.take()?;
        open.list.remove();
        for name in ["aria-autocomplete", "aria-haspopup", "aria-controls", "aria-activedescendant"] {
            drop(open.area.remove_attribute(name));
        }
        Some(open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people() -> Vec<Known> {
        let known = |id: &str, name: &str, organisation: &str| Known {
            account: id.parse().unwrap(),
            name: name.into(),
            organisation: organisation.into(),
        };
        vec![known("a", "Signe Ravnholt", "Lindhøj"), known("b", "Åse Bo-Lind", "Havnsted"), known("c", "Bo Lind", "Kystby")]
    }

    #[test]
    fn an_address_is_no_mention_and_a_line_break_ends_one() {
        for (written, expected) in [
            ("@", Some("")),
            ("Spørg @Sig", Some("Sig")),
            ("(@Signe Rav", Some("Signe Rav")),
            ("bo@havnsted", None),
            ("@Signe\nog", None),
            ("intet", None),
        ] {
            assert_eq!(begun(written), expected, "{written:?}");
        }
    }

    #[test]
    fn people_are_found_by_name_word_and_organisation() {
        let found = |begun: &str| matching(&people(), begun).into_iter().map(|person| person.account.to_string()).collect::<String>();
        for (begun, expected) in
            [("", "abc"), ("sig", "a"), ("LIND", "abc"), ("åse", "b"), ("bo l", "c"), ("ravn", "a"), ("Signe Ravnholt ", "")]
        {
            assert_eq!(found(begun), expected, "{begun:?}");
        }
    }

    #[test]
    fn a_name_counts_where_it_ends_as_a_word_and_the_longer_one_before_the_shorter() {
        let mut people = people();
        people.push(Known { account: "d".parse().unwrap(), name: "Bo".into(), organisation: String::new() });
        let known: Vec<&Known> = people.iter().collect();
        let found = |body: &str| mentioned(body, &known).into_iter().map(|account| account.to_string()).collect::<String>();
        for (body, expected) in [
            ("Hej @Bo Lind, er det så?", "c"),
            ("@Bo Lind @Bo, @Bo Lind", "cd"),
            ("@Bo Lindberg", "d"),
            ("@Bodil Bo Lind", ""),
            ("@Signe Ravnholt", "a"),
        ] {
            assert_eq!(found(body), expected, "{body:?}");
        }
    }
}
