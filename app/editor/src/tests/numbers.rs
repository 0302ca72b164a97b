//! Numbers of lists: what stays and what moves on when lines come, go and change.

use super::notation::{check, named, print, section};
use super::person::{Person, saved};
use crate::autoformat::autoformat;
use crate::clipboard::{copy, paste};
use crate::command::delete::{delete_selection, join_backward, join_forward};
use crate::command::split::split_line;
use crate::{Cause, EditorState, Transaction};

fn delete(state: &EditorState) -> Option<Transaction> {
    delete_selection(state, Cause::DeleteBackward)
}

fn pasted(text: &str) -> impl Fn(&EditorState) -> Option<Transaction> {
    move |state| paste::paste_text(state, text)
}

#[test]
fn enter_gives_the_number_to_the_first_of_two_lines() {
    check(split_line, "ab|⏎o=3", "ab⏎o=3 |⏎o");
    check(split_line, "a|b⏎o=3 c⏎o", "a⏎o=3 |b⏎o c⏎o");
    check(split_line, "|ab⏎o=3", "⏎o=3 |ab⏎o");
    check(split_line, "|⏎o=3", "|⏎");
}

#[test]
fn a_list_that_is_parted_goes_on() {
    check(split_line, "a⏎o b⏎o |⏎o c⏎o d⏎o", "a⏎o b⏎o |⏎ c⏎o=3 d⏎o");
    check(named("plain"), "a⏎o |b⏎o c⏎o", "a⏎o |b⏎ c⏎o=2");
    check(named("header-2"), "a⏎o=4 |b⏎o c⏎o", "a⏎o=4 |b⏎h2 c⏎o=5");
    check(named("plain"), "a⏎o b⏎o1 |c⏎o1 d⏎o1 e⏎o f⏎o", "a⏎o b⏎o1 |c⏎ d⏎o1=2 e⏎o=2 f⏎o");
    check(join_backward, "a⏎o |b⏎o c⏎o", "a⏎o |b⏎ c⏎o=2");
    check(named("list-bullet"), "a⏎o |b⏎o c⏎o", "a⏎o |b⏎b c⏎o=2");
    check(named("table-insert:1x2"), "a⏎o |b⏎o c⏎o", "a⏎o |⏎R3C1 ⏎R3C2 b⏎o=2 c⏎o");
}

#[test]
fn a_list_begins_where_it_began_when_its_first_line_is_gone() {
    check(delete, "[a⏎o=3 ]b⏎o c⏎o", "|b⏎o=3 c⏎o");
    check(delete, "[a⏎o=3 b]c⏎o", "|c⏎o=3");
    check(delete, "x⏎ [a⏎o=3 b⏎o ]c⏎o", "x⏎ |c⏎o=3");
    check(named("plain"), "[a⏎o=3 b]⏎o c⏎o", "[a⏎ b]⏎ c⏎o=3");
    check(delete, "a⏎o b⏎o [c⏎o ]d⏎o", "a⏎o b⏎o |d⏎o");
}

#[test]
fn lists_that_meet_count_on() {
    check(delete, "a⏎o b[⏎o x⏎ ]c⏎o=3 d⏎o", "a⏎o b|c⏎o d⏎o");
    check(join_forward, "a⏎o b⏎o |⏎ c⏎o=3 d⏎o", "a⏎o b⏎o |c⏎o d⏎o");
    check(named("list-ordered"), "a⏎o |b⏎ c⏎o=3 d⏎o", "a⏎o |b⏎o c⏎o d⏎o");
    // Another number was meant.
    check(join_forward, "a⏎o b⏎o |⏎ c⏎o=7 d⏎o", "a⏎o b⏎o |c⏎o=7 d⏎o");
}

#[test]
fn on_another_level_a_line_counts_with_its_neighbours_there() {
    check(named("indent"), "a⏎o |b⏎o c⏎o", "a⏎o |b⏎o1 c⏎o");
    check(named("indent"), "x⏎ |a⏎o=3 b⏎o", "x⏎ |a⏎o1 b⏎o=3");
    check(named("outdent"), "x⏎ |a⏎o1 b⏎o=3", "x⏎ |a⏎o=3 b⏎o");
    check(named("outdent"), "a⏎o |b⏎o1=3 c⏎o", "a⏎o |b⏎o c⏎o");
}

#[test]
fn what_is_written_above_the_first_line_takes_its_number() {
    check(named("list-ordered"), "|x⏎ a⏎o=3 b⏎o", "|x⏎o=3 a⏎o b⏎o");
    // Typed, it is a number that was meant.
    check(autoformat, "1. |⏎ a⏎o=3 b⏎o", "|⏎o a⏎o=3 b⏎o");
    check(named("list-ordered"), "[a⏎o=3 b⏎ c]⏎o", "[a⏎o=3 b⏎o c]⏎o");
}

#[test]
fn what_is_pasted_keeps_its_numbers_but_in_a_list() {
    check(pasted("3. a\n4. b"), "|⏎", "a⏎o=3 b|⏎o");
    check(pasted("1. a\n\nMen\n\n2. b"), "|⏎", "a⏎o ⏎ Men⏎ ⏎ b|⏎o=2");
    check(pasted("7. x\n8. y"), "a⏎o b⏎o |⏎o c⏎o", "a⏎o b⏎o x⏎o y|⏎o c⏎o");
    check(pasted("x\ny"), "a|b⏎o=3 c⏎o", "ax⏎o=3 y|b⏎o c⏎o");
}

#[test]
fn what_is_copied_has_the_numbers_it_is_read_by_and_fits_any_place_of_a_list_of_ours() {
    let state = section("a⏎o b⏎o x⏎o1 [y⏎o1 c]⏎o d⏎o");
    let copied = copy::copy(&state).expect("selected");
    assert_eq!(copied.plain, "  2. y\n3. c");
    assert!(copied.html.contains("<ol start=\"2\"><li>y</li></ol><ol start=\"3\"><li>c</li></ol>"), "{}", copied.html);
    let own = copy::own_lines(&copied.html).expect("ours");
    assert!(own.iter().all(|line| line.format().start.is_none()), "{own:?}");
    let whole = copy::copy(&section("[a⏎o=3 b]⏎o")).expect("selected");
    assert_eq!((whole.plain.as_str(), whole.html.matches("start=").count()), ("3. a\n4. b", 1));
}

#[test]
fn an_undo_takes_numbers_back_with_what_moved_them() {
    let start = "a⏎o b⏎o |⏎o c⏎o";
    let mut person = Person::new(5, start, &saved(start));
    person.run(split_line);
    assert_eq!(print(&person.state), "a⏎o b⏎o |⏎ c⏎o=3");
    assert!(person.undo());
    assert_eq!(print(&person.state).replace('|', ""), "a⏎o b⏎o ⏎o c⏎o");
}
