//! Steps and their undoing: what a person did is one step where they would say so, and undoing gives back exactly what was.

use super::notation::{counting, named, print, to_line};
use super::person::{Person, saved};
use super::properties::{random_command, random_start};
use crate::Cause;
use crate::autoformat::autoformat;
use crate::clipboard::paste::paste_text;
use crate::command::delete::delete_selection;
use crate::command::insert::insert_text;
use crate::command::split::split_line;
use crate::command::table;
use crate::{EditorState, Selection, Transaction};

fn alone(notation: &str) -> Person {
    Person::new(7, notation, &saved(notation))
}

/// One command is one step, and undoing it gives back text and formats.
#[track_caller]
fn one_step(notation: &str, command: impl Fn(&EditorState) -> Option<Transaction>, after: &str) {
    let mut person = alone(notation);
    let before = person.state.body().clone();
    assert!(person.run(command));
    let printed = print(&person.state);
    assert_eq!(printed, after);
    let done = person.state.body().clone();
    assert!(person.undo(), "{after}");
    assert_eq!(*person.state.body(), before);
    assert!(!person.undo(), "it was one step");
    assert!(person.redo());
    assert_eq!(*person.state.body(), done);
}

#[test]
fn every_command_over_a_selection_is_one_step() {
    one_step("a[b⏎ c⏎b d]e⏎q", |state| insert_text(state, "X"), "aX|e⏎");
    one_step("a[b⏎h2 c]d⏎q", split_line, "a⏎h2 |d⏎h2");
    one_step("a[b⏎h2 c]d⏎q", |state| paste_text(state, "x\ny"), "ax⏎h2 y|d⏎h2");
    one_step("[ab⏎h1 c⏎b A1⏎r1c1 B1⏎r1c2 d]⏎q", |state| delete_selection(state, Cause::DeleteBackward), "|⏎");
    one_step("x[y⏎ A1⏎r1c1 B1⏎r1c2 d]e⏎q", |state| insert_text(state, "X"), "xX|e⏎");
    one_step("|⏎", named("table-insert:2x2"), "|⏎R3C1 ⏎R3C2 ⏎R4C1 ⏎R4C2 ⏎");
    one_step("A1⏎r1c1 B1|⏎r1c2 ⏎", |state| to_line(table::tab(state, None, false, &mut counting())), "A1⏎r1c1 B1⏎r1c2 |⏎R1c1 ⏎R1c2 ⏎");
    one_step("A|1⏎r1c1 *B*1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎", named("table-row-delete"), "|A2⏎r2c1 B2⏎r2c2 ⏎");
    one_step("[a⏎h2 *b*]⏎q", named("clear"), "[a⏎ b]⏎");
}

#[test]
fn undoing_an_autoformat_gives_the_typed_characters_back() {
    let mut person = alone("|⏎");
    for character in ["1", ".", " "] {
        person.run(|state| insert_text(state, character));
    }
    person.run(autoformat);
    person.run(|state| insert_text(state, "x"));
    assert_eq!(print(&person.state), "x|⏎o");
    person.undo();
    assert_eq!(print(&person.state), "|⏎o");
    person.undo();
    assert_eq!(person.state.body().text(), "1. \n");
    assert!(person.state.line(0).attributes.is_empty());
    person.undo();
    assert_eq!(person.state.body().text(), "\n");
}

#[test]
fn undoing_everything_gives_back_exactly_what_was() {
    arbtest::arbtest(|u| {
        let mut person = alone(&random_start(u)?);
        let before = person.state.body().clone();
        let mut done = Vec::new();
        for _ in 0..u.int_in_range(1..=8)? {
            let end = person.state.body().end();
            let (anchor, head) = (u.int_in_range(0..=end)?, u.int_in_range(0..=end)?);
            person.state.select(Some(if u.arbitrary()? { Selection::caret(head) } else { Selection { anchor, head } }));
            let command = random_command(&person.state, u)?;
            let was = person.state.body().clone();
            person.end_step();
            person.run(|_| command);
            if *person.state.body() != was {
                done.push(was);
            }
        }
        let after = person.state.body().clone();
        while person.undo() {
            if let Some(last) = done.last()
                && *person.state.body() == *last
            {
                done.pop();
            }
        }
        assert!(done.is_empty(), "every state was passed on the way back");
        assert_eq!(*person.state.body(), before);
        while person.redo() {}
        assert_eq!(*person.state.body(), after);
        Ok(())
    })
    .budget_ms(1_000);
}
