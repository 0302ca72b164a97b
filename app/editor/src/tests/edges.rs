//! The corners of the editing rules: what stands at borders, over borders, or twice.

use dagsorden_shared::richtext::{Attributes, Block, Body, ListKind, Value};

use super::notation::{check, named, print, run, section};
use crate::autoformat::autoformat;
use crate::clipboard::{copy, paste};
use crate::command::block::{indent_list, outdent_list};
use crate::command::delete::{delete_range, delete_selection, join_backward, join_forward};
use crate::command::insert::{insert_text, replace_range, replace_typed};
use crate::command::split::split_line;
use crate::{Cause, EditorState, FieldKind, Selection, Transaction};

fn typed(text: &str) -> impl Fn(&EditorState) -> Option<Transaction> {
    move |state| insert_text(state, text)
}

fn delete(state: &EditorState) -> Option<Transaction> {
    delete_selection(state, Cause::DeleteBackward)
}

#[test]
fn tab_is_for_lists_and_tables_only() {
    for plain in ["a|⏎", "a|⏎h2", "a|⏎q", "a|⏎p2", "[a⏎b b]⏎"] {
        assert_eq!(indent_list(&section(plain)), None, "{plain}: the focus leaves");
        assert_eq!(outdent_list(&section(plain)), None, "{plain}");
    }
    check(indent_list, "a⏎b |b⏎o", "a⏎b |b⏎o1");
    check(indent_list, "x⏎ |a⏎b", "x⏎ |a⏎b1");
    check(indent_list, "a⏎b1 b⏎b2 [c⏎b d]⏎b5", "a⏎b1 b⏎b2 [c⏎b1 d]⏎b5");
    check(outdent_list, "a⏎b [b⏎b2 c]⏎b", "a⏎b [b⏎b1 c]⏎b");
    // At the outermost level the key is dealt with, and nothing changes.
    assert!(outdent_list(&section("|a⏎b")).is_some_and(|nothing| nothing.delta.is_empty()));
    check(named("indent"), "a|⏎", "a|⏎p1");
    check(named("indent"), "a|⏎p8", "a|⏎p8");
    check(named("indent"), "a|⏎h2", "a|⏎h2");
    check(named("outdent"), "a|⏎p1", "a|⏎");
}

#[test]
fn a_range_that_ends_at_a_lines_start_leaves_that_line_its_format() {
    check(named("header-2"), "[a⏎ ]b⏎", "[a⏎h2 ]b⏎");
    check(named("list-bullet"), "[a⏎ b⏎ ]c⏎", "[a⏎b b⏎b ]c⏎");
    check(indent_list, "x⏎b [a⏎b ]b⏎b", "x⏎b [a⏎b1 ]b⏎b");
}

#[test]
fn enter_keeps_what_belongs_to_each_half() {
    check(split_line, "a|b⏎q", "a⏎q |b⏎q");
    check(split_line, "a|b⏎b3", "a⏎b3 |b⏎b3");
    check(split_line, "|ab⏎q", "⏎q |ab⏎q");
    check(split_line, "|ab⏎h1", "⏎ |ab⏎h1");
    check(split_line, "ab|⏎p2", "ab⏎p2 |⏎p2");
    check(split_line, "a⏎o |⏎o2", "a⏎o |⏎o1");
    check(split_line, "*a|b*⏎", "*a*⏎ *|b*⏎");
    check(split_line, "😀|😀⏎", "😀⏎ |😀⏎");
    check(split_line, "[ab]⏎h2 c⏎", "|⏎ c⏎");
}

#[test]
fn a_new_line_begins_without_marks() {
    let pending = |start: &str| run(&section(start), named("bold"));
    let go_on = |state: &EditorState| print(&run(&run(state, split_line), typed("x")));
    assert_eq!(go_on(&pending("|⏎")), "⏎ x|⏎", "the caret has moved");
    assert_eq!(go_on(&pending("a|b⏎")), "a⏎ x|b⏎");
    assert_eq!(go_on(&section("*a|*⏎")), "*a*⏎ x|⏎");
    assert_eq!(go_on(&section("a|*b*⏎")), "a⏎ *x|b*⏎", "at a line's start the marks are those of the right");
}

#[test]
fn backspace_takes_the_first_thing_that_applies() {
    let steps = |start: &str, count: usize| (0..count).fold(section(start), |state, _| run(&state, join_backward));
    assert_eq!(print(&steps("a⏎ |b⏎b2", 1)), "a⏎ |b⏎b1");
    assert_eq!(print(&steps("a⏎ |b⏎b2", 3)), "a⏎ |b⏎");
    assert_eq!(print(&steps("a⏎ |b⏎b2", 4)), "a|b⏎");
    assert_eq!(print(&steps("|a⏎p1", 5)), "|a⏎");
    check(join_backward, "⏎h2 |⏎q", "⏎h2 |⏎");
    check(join_backward, "⏎h2 |a⏎", "|a⏎");
    check(join_backward, "a⏎q |⏎", "a|⏎q");
    check(join_backward, "a⏎b1 |b⏎", "a|b⏎b1");
    check(join_backward, "A⏎r1c1 |⏎", "A|⏎r1c1 ⏎");
    check(join_backward, "A⏎r1c1 |x⏎b", "A⏎r1c1 |x⏎");
    check(join_backward, "A⏎r1c1 ⏎ |⏎ B⏎r2c1 ⏎", "A⏎r1c1 |⏎ B⏎r2c1 ⏎");
    assert_eq!(join_backward(&section("a|b⏎")), None, "the browser knows what a character is");
}

#[test]
fn delete_mirrors_it() {
    check(join_forward, "a|⏎b b⏎o3", "a|b⏎b");
    check(join_forward, "|⏎h2 b⏎o3", "|b⏎o3");
    check(join_forward, "|⏎b ⏎q", "|⏎q");
    check(join_forward, "|⏎ A⏎r1c1 ⏎", "|⏎ A⏎r1c1 ⏎");
    check(join_forward, "A|⏎r1c1 x⏎", "A|⏎r1c1 x⏎");
    assert_eq!(join_forward(&section("|a⏎ b⏎")), None);
}

#[test]
fn ranges_and_tables() {
    const TABLE: &str = "A1⏎r1c1 B1⏎r1c2 ";
    // Wholly inside: gone, from either side.
    check(delete, &format!("a[b⏎ {TABLE}]⏎q"), "a|⏎");
    check(delete, &format!("a[⏎ {TABLE}x⏎ C⏎r3c3 y]z⏎"), "a|z⏎");
    // One end in it: the cells stay, emptied.
    check(delete, "x⏎ [A1⏎r1c1 B1⏎r1c2 y]z⏎", "x⏎ |⏎r1c1 ⏎r1c2 z⏎");
    check(delete, "a[b⏎ c⏎ A1]⏎r1c1 ⏎", "a|⏎ ⏎r1c1 ⏎");
    check(delete, "[b⏎ A1]⏎r1c1 ⏎", "|⏎ ⏎r1c1 ⏎");
    // Only cells.
    check(delete, "x⏎ [A1⏎r1c1 B1]⏎r1c2 y⏎", "x⏎ |⏎r1c1 ⏎r1c2 y⏎");
    check(delete, "x⏎ [A1]⏎r1c1 B1⏎r1c2 y⏎", "x⏎ |⏎r1c1 B1⏎r1c2 y⏎");
    check(split_line, "x⏎ [A1⏎r1c1 B]1⏎r1c2 y⏎", "x⏎ ⏎r1c1 1⏎r1c2 |y⏎");
    check(|state| paste::paste_text(state, "p\nq"), "x⏎ [A1⏎r1c1 B]1⏎r1c2 y⏎", "x⏎ p q|⏎r1c1 1⏎r1c2 y⏎");
    // From one table into another: the line between them stays.
    check(delete, "A[1⏎r1c1 x⏎h2 B]1⏎r2c1 ⏎", "A|⏎r1c1 ⏎ 1⏎r2c1 ⏎");
    check(typed("Z"), "A[1⏎r1c1 x⏎h2 B]1⏎r2c1 ⏎", "AZ|⏎r1c1 ⏎ 1⏎r2c1 ⏎");
}

#[test]
fn everything_selected_leaves_one_plain_line() {
    for all in ["[a]⏎h2", "[a⏎b b]⏎b2", "[A⏎r1c1 B⏎r1c2 ]⏎", "[a⏎ A⏎r1c1 b]⏎q"] {
        check(delete, all, "|⏎");
        check(typed("X"), all, "X|⏎");
        check(|state| paste::paste_text(state, "x\ny"), all, "x⏎ y|⏎");
        check(split_line, all, "⏎ |⏎");
    }
    let state = run(&section("[*a*⏎q *b*]⏎b"), typed("X"));
    assert!(state.line(0).attributes.is_empty());
}

#[test]
fn a_text_that_is_not_selected_keeps_its_format_when_all_of_it_goes() {
    check(|state| delete_range(state, 0, 1, Cause::DeleteBackward), "a|⏎b1", "|⏎b1");
    check(|state| delete_range(state, 0, 3, Cause::DeleteForward), "|ord⏎h2", "|⏎h2");
    check(|state| replace_range(state, 0, 3, "ord"), "odr|⏎h2", "ord|⏎h2");
}

#[test]
fn marks_at_the_caret_come_from_the_left_and_at_a_lines_start_from_the_right() {
    check(typed("X"), "*a*|b⏎", "*aX*|b⏎");
    check(typed("X"), "a⏎ |_b_⏎", "a⏎ _X|b_⏎");
    check(typed("X"), "*{ab}(https://x.test)*|⏎", "{*ab*}(https://x.test)*X*|⏎");
    check(typed("X"), "{ab}(https://x.test)|c⏎", "{ab}(https://x.test)X|c⏎");
    check(typed("X"), "a|{b}(https://x.test)⏎", "aX{|b}(https://x.test)⏎");
    check(typed("X"), "{a[b}(https://x.test)c]⏎", "{a}(https://x.test)X|⏎");
    check(typed("X"), "a[*b*]⏎", "a*X*|⏎");
}

#[test]
fn clearing_takes_marks_links_and_line_formats() {
    check(named("clear"), "[*a*{b}(https://x.test)_c_⏎b2 d]⏎h1", "[abc⏎ d]⏎");
    check(named("clear"), "x[*a*]⏎b", "x[a]⏎");
    check(named("clear"), "[*A*⏎r1c1 _B_]⏎r1c2 ⏎", "[A⏎r1c1 B]⏎r1c2 ⏎");
    let state = run(&run(&section("*a*|⏎"), named("clear")), typed("b"));
    assert_eq!(print(&state), "*a*b|⏎");
}

#[test]
fn line_commands_null_what_excludes_them() {
    let line = |name: &str, before: &str| run(&section(before), named(name)).line(0).attributes.clone();
    let only = |key: &str, value: Value| Attributes::from([(key.to_owned(), value)]);
    assert_eq!(line("blockquote", "a|⏎b3"), only("blockquote", Value::Bool(true)));
    assert_eq!(line("header-3", "a|⏎q"), only("header", Value::Number(3.0)));
    assert_eq!(line("list-ordered", "a|⏎h1"), only("list", "ordered".into()));
    assert_eq!(line("list-ordered", "a|⏎q"), only("list", "ordered".into()));
    assert_eq!(line("plain", "a|⏎o4"), Attributes::new());
    assert_eq!(line("header-1", "a|⏎p4"), only("header", Value::Number(1.0)));
    assert_eq!(line("list-bullet", "a|⏎o4").get("indent"), Some(&Value::Number(4.0)), "lists keep their level");
}

#[test]
fn what_foreign_clients_leave_on_newlines_is_cleaned_by_the_next_command() {
    let both = Attributes::from([
        ("header".to_owned(), Value::Number(9.0)),
        ("list".to_owned(), Value::from("bullet")),
        ("x".to_owned(), "y".into()),
    ]);
    let mut state = EditorState::new(Body::from_inserts([("a", Attributes::new()), ("\n", both)]), FieldKind::Section);
    state.select(Some(Selection::caret(1)));
    assert_eq!(state.line(0).format().block, Block::ListItem(ListKind::Bullet));
    let state = run(&state, named("blockquote"));
    let left: Vec<&str> = state.line(0).attributes.keys().map(String::as_str).collect();
    assert_eq!(left, ["blockquote", "x"], "what we do not know is kept");
}

#[test]
fn a_lines_format_on_letters_is_not_copied() {
    let format = Attributes::from([("header".to_owned(), Value::Number(1.0)), ("list".to_owned(), Value::from("bullet"))]);
    let mut state = EditorState::new(Body::from_inserts([("ab", format), ("\n", Attributes::new())]), FieldKind::Section);
    state.select(Some(Selection::new(0, 2)));
    let copied = copy::copy(&state).expect("selected").html;
    assert!(!copied.contains("header") && !copied.contains("list"), "{copied}");
}

#[test]
fn autoformat_only_at_the_start_of_a_plain_line() {
    check(autoformat, "> |⏎", "|⏎q");
    check(autoformat, "# |⏎", "|⏎h1");
    check(autoformat, "- |x⏎", "|x⏎b");
    for same in ["1. |⏎o", "- |⏎q", "# |⏎h2", "a- |⏎", "- |⏎r1c1 ⏎", "-|⏎", "- x|⏎", "2. |x⏎", "02. |⏎", "123. |⏎", "0. |⏎", "- |⏎p1"]
    {
        check(autoformat, same, same);
    }
}

#[test]
fn offsets_inside_a_pair_or_past_the_end_are_moved_to_a_border() {
    check(|state| delete_range(state, 2, 3, Cause::DeleteForward), "a😀b|⏎", "a|b⏎");
    check(|state| replace_range(state, 2, 99, "X"), "a😀b|⏎", "aX|⏎");
    let mut state = section("😀⏎");
    state.select(Some(Selection::new(1, 9)));
    assert_eq!(state.selection(), Some(Selection::new(0, 2)));
    assert_eq!(delete_range(&state, 5, 5, Cause::DeleteForward), None);
}

#[test]
fn what_must_never_enter_the_text_does_not() {
    check(typed("a\0b\u{2028}\r"), "|⏎", "ab⏎ |⏎");
    check(typed("a\u{2029}b"), "A|⏎r1c1 ⏎", "Aa b|⏎r1c1 ⏎");
    check(|state| paste::paste_text(state, "a\u{0C}b\u{7}"), "|⏎", "a⏎ b|⏎");
}

#[test]
fn copies_for_other_programs_are_semantic_and_bare() {
    let copied = copy::copy(&section("[a⏎h1 b⏎h3 c⏎q d⏎b e⏎o1 *f*⏎p1 A⏎r1c1 B⏎r1c2 ]⏎")).expect("selected");
    let (_, html) = copied.html.split_once('>').expect("the marker's element");
    assert_eq!(
        html,
        "<h1>a</h1><h3>b</h3><blockquote>c</blockquote><ul><li>d<ol><li>e</li></ol></li></ul><p><strong>f</strong></p>\
         <table><tbody><tr><td>A</td><td>B</td></tr></tbody></table><p><br></p></div>"
    );
    assert_eq!(copied.plain, "a\nb\nc\n- d\n  1. e\n  f\nA\tB\n");
    assert!(!html.contains("class") && !html.contains("style") && !html.contains("data-"));
}

#[test]
fn own_tables_are_pasted_as_new_ones() {
    let lines = copy::own_lines(&copy::copy(&section("[A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2]⏎r2c2 ⏎")).expect("selected").html).expect("ours");
    let pasted = |state: &EditorState| paste::paste_lines(state, &lines, &mut super::notation::counting());
    check(pasted, "A1⏎r1c1 B1⏎r1c2 x|⏎", "A1⏎r1c1 B1⏎r1c2 x⏎ A1⏎R3C1 B1⏎R3C2 A2⏎R4C1 B2⏎R4C2 |⏎");
    // Part of a table becomes a whole one.
    let lines = copy::own_lines(&copy::copy(&section("A1⏎r1c1 [B1⏎r1c2 A2]⏎r2c1 B2⏎r2c2 ⏎")).expect("selected").html).expect("ours");
    let state = run(&section("|⏎"), |state| paste::paste_lines(state, &lines, &mut super::notation::counting()));
    assert_eq!(print(&state), "B1⏎R3C1 ⏎R3C2 ⏎R4C1 A2⏎R4C2 |⏎");
    let lines = copy::own_lines(&copy::copy(&section("[A1]⏎r1c1 B1⏎r1c2 ⏎")).expect("selected").html).expect("ours");
    check(|state| paste::paste_lines(state, &lines, &mut super::notation::counting()), "x|⏎", "xA1|⏎");
}

#[test]
fn line_ends_that_the_browser_wrote_are_enters() {
    let wrote = |from, to, text: &'static str| move |state: &EditorState| replace_typed(state, from, to, text);
    check(wrote(2, 2, "\n"), "ab|cd⏎b1", "ab⏎b1 |cd⏎b1");
    check(wrote(2, 2, "\n"), "a|b⏎h2", "ab⏎h2 |⏎");
    check(wrote(1, 3, "x\ny"), "abc|d⏎q", "ax⏎q y|d⏎q");
    check(wrote(2, 2, "\n"), "A|1⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ⏎", "A1⏎r1c1 B1⏎r1c2 |A2⏎r2c1 B2⏎r2c2 ⏎");
    check(wrote(1, 2, "xy"), "a|bc⏎", "axy|c⏎");
    check(wrote(2, 3, ""), "ab⏎h2 |cd⏎", "ab|cd⏎h2");
}
