//! What a person does in one field, and what must come of it.

use super::notation::{check, counting, named, print, run, section, title, to_line};
use super::person::{Person, saved};
use crate::autoformat::autoformat;
use crate::autolink::{autolink, link_addresses};
use crate::clipboard::{copy, paste};
use crate::command::delete::{delete_range, delete_selection, join_backward, join_forward};
use crate::command::insert::{insert_text, replace_range};
use crate::command::split::split_line;
use crate::command::table::{self, Arrow, Step};
use crate::command::{CommandName, Refusal};
use crate::{Cause, EditorState, Selection, Transaction};

fn typed(text: &str) -> impl Fn(&EditorState) -> Option<Transaction> {
    move |state| insert_text(state, text)
}

fn pasted(text: &str) -> impl Fn(&EditorState) -> Option<Transaction> {
    move |state| paste::paste_text(state, text)
}

fn delete(state: &EditorState) -> Option<Transaction> {
    delete_selection(state, Cause::DeleteBackward)
}

fn arrow(arrow: Arrow) -> impl Fn(&EditorState) -> Option<Transaction> {
    move |state| to_line(table::go(state, None, Step::Arrow(arrow)))
}

const TABLE: &str = "A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 ";

#[test]
fn enter_splits_lines_and_continues_lists() {
    check(typed("Hi"), "|⏎", "Hi|⏎");
    check(split_line, "ab|cd⏎", "ab⏎ |cd⏎");
    check(split_line, "ab|cd⏎h2", "ab⏎h2 |cd⏎h2");
    check(split_line, "ab|⏎h2", "ab⏎h2 |⏎");
    check(split_line, "|ab⏎h2", "⏎ |ab⏎h2");
    check(split_line, "|ab⏎b1", "⏎b1 |ab⏎b1");
    check(split_line, "ab|⏎q x⏎", "ab⏎q |⏎q x⏎");
    check(split_line, "a⏎b |⏎b1", "a⏎b |⏎b");
    check(split_line, "a⏎b |⏎b", "a⏎b |⏎");
    check(split_line, "|⏎q", "|⏎");
    check(split_line, "|⏎h1", "|⏎");
    check(split_line, "|⏎", "⏎ |⏎");
    check(split_line, "|⏎p1 x⏎", "⏎p1 |⏎p1 x⏎");
}

#[test]
fn enter_three_times_ends_a_list() {
    let state = run(&section("one|⏎b"), split_line);
    let state = run(&state, typed("two"));
    let state = run(&run(&state, split_line), split_line);
    assert_eq!(print(&state), "one⏎b two⏎b |⏎");
}

#[test]
fn enter_at_a_lines_end_leaves_its_newline_with_its_text() {
    let transaction = split_line(&section("ab|⏎h2 cd⏎")).expect("applies");
    assert_eq!(transaction.delta.base_len(), 3, "inserted after the line's own newline");
}

#[test]
fn backspace_at_a_lines_start_takes_one_thing_at_a_time() {
    check(join_backward, "ab⏎h2 |cd⏎", "ab|cd⏎h2");
    check(join_backward, "⏎ |cd⏎b", "⏎ |cd⏎");
    check(join_backward, "⏎ |cd⏎", "|cd⏎");
    check(join_backward, "a⏎b |b⏎b2", "a⏎b |b⏎b1");
    check(join_backward, "|ab⏎q", "|ab⏎");
    check(join_backward, "|ab⏎", "|ab⏎");
    check(join_backward, "⏎b |cd⏎", "|cd⏎");
    check(join_backward, &format!("{TABLE}|x⏎"), &format!("{}x⏎", TABLE.replace("B2", "B2|")));
}

#[test]
fn delete_at_a_lines_end_mirrors_it() {
    check(join_forward, "ab|⏎ ⏎ cd⏎q", "ab|⏎ cd⏎q");
    check(join_forward, "ab|⏎h2 cd⏎q", "ab|cd⏎h2");
    check(join_forward, "|⏎ cd⏎q", "|cd⏎q");
    check(join_forward, "ab|⏎", "ab|⏎");
    check(join_forward, &format!("ab|⏎ {TABLE}⏎"), &format!("ab|⏎ {TABLE}⏎"));
    check(join_forward, "A1|⏎r1c1 B1⏎r1c2 ⏎", "A1|⏎r1c1 B1⏎r1c2 ⏎");
    check(join_backward, "A1⏎r1c1 |B1⏎r1c2 ⏎", "A1⏎r1c1 |B1⏎r1c2 ⏎");
}

#[test]
fn a_range_over_lines_keeps_the_first_lines_type_unless_it_began_at_its_start() {
    check(typed("X"), "a[b⏎ c⏎b d]e⏎q", "aX|e⏎");
    check(delete, "a[b⏎h2 c]d⏎q", "a|d⏎h2");
    check(delete, "[ab⏎h2 c]d⏎q x⏎", "|d⏎q x⏎");
    check(split_line, "a[b⏎h2 c]d⏎q", "a⏎h2 |d⏎h2");
    check(delete, "[one]⏎b two⏎", "|⏎b two⏎");
    check(|state| delete_range(state, 0, 2, Cause::DeleteBackward), "😀|⏎ x⏎", "|⏎ x⏎");
    check(|state| delete_range(state, 4, 7, Cause::DeleteBackward), "one two|⏎", "one |⏎");
}

#[test]
fn the_whole_section_becomes_one_plain_line() {
    check(delete, &format!("[ab⏎h1 one⏎b {TABLE}end]⏎q"), "|⏎");
    check(typed("X"), "[ab⏎h1 cd]⏎q", "X|⏎");
    check(typed("X"), "[ab]⏎h1", "X|⏎");
}

#[test]
fn cells_are_emptied_and_never_removed_one_by_one() {
    check(delete, "A[1⏎r1c1 B1⏎r1c2 A]2⏎r2c1 B2⏎r2c2 ⏎", "A|⏎r1c1 ⏎r1c2 2⏎r2c1 B2⏎r2c2 ⏎");
    check(delete, &format!("a[b⏎h2 {TABLE}c]d⏎"), "a|d⏎h2");
    check(delete, "a[b⏎h2 c⏎ A1⏎r1c1 B]1⏎r1c2 ⏎", "a|⏎h2 ⏎r1c1 1⏎r1c2 ⏎");
    check(delete, "x⏎ A1⏎r1c1 B[1⏎r1c2 c⏎ d]e⏎q", "x⏎ A1⏎r1c1 B|⏎r1c2 e⏎q");
    check(delete, "x⏎ A[1⏎r1c1 c⏎h1 d⏎q B]1⏎r2c1 ⏎", "x⏎ A|⏎r1c1 ⏎ 1⏎r2c1 ⏎");
    check(typed("X"), "A[1⏎r1c1 B]1⏎r1c2 ⏎", "AX|⏎r1c1 1⏎r1c2 ⏎");
}

#[test]
fn marks_are_switched_on_and_off() {
    check(named("bold"), "[ab]c⏎", "*[ab*]c⏎");
    check(named("bold"), "*[ab]*c⏎", "[ab]c⏎");
    check(named("bold"), "[a*b*]⏎ x⏎", "*[ab*]⏎ x⏎");
    check(named("bold"), "[a⏎b *b*]⏎ x⏎", "*[a*⏎b *b*]⏎ x⏎");
    check(typed("X"), "a*b*|⏎", "a*bX*|⏎");
    check(typed("X"), "|*b*⏎", "*X|b*⏎");
    check(typed("X"), "{ab}(https://x.test)|⏎", "{ab}(https://x.test)X|⏎");
    check(typed("X"), "{a|b}(https://x.test)⏎", "{aX|b}(https://x.test)⏎");
    let state = run(&run(&section("|⏎"), named("bold")), typed("x"));
    let state = run(&run(&state, named("bold")), typed("y"));
    assert_eq!(print(&state), "*x*y|⏎");
}

#[test]
fn formatting_never_touches_newlines() {
    let transaction = named("bold")(&section("[a⏎ b]⏎")).expect("applies");
    let mut state = section("[a⏎ b]⏎");
    state.apply(&transaction.delta, Some(&transaction));
    assert!(state.body().lines().iter().all(|line| line.attributes.is_empty()));
}

#[test]
fn a_pending_format_is_forgotten_when_the_caret_moves() {
    let mut state = run(&section("ab|⏎"), named("bold"));
    assert!(state.pending().is_some());
    state.select(Some(Selection::caret(1)));
    assert_eq!(state.pending(), None);
}

#[test]
fn links_of_bad_schemes_are_refused_and_links_change_as_a_whole() {
    let bad: CommandName = "link:javascript:1".parse().expect("known");
    assert_eq!(bad.run(&section("[ab]⏎"), &mut counting()), Err(Refusal::Link));
    check(named("link:https://x.test"), "[ab]c⏎", "{[ab}(https://x.test)]c⏎");
    check(named("link:https://y.test"), "{a|b}(https://x.test)c⏎", "{a|b}(https://y.test)c⏎");
    check(named("unlink"), "{a|b}(https://x.test)c⏎", "a|bc⏎");
}

#[test]
fn line_formats_replace_each_other() {
    check(named("list-bullet"), "[a⏎h2 b]⏎", "[a⏎b b]⏎b");
    check(named("list-bullet"), "[a⏎b b]⏎b1", "[a⏎ b]⏎");
    check(named("list-ordered"), "[a⏎b b]⏎b1", "[a⏎o b]⏎o1");
    check(named("header-2"), "a|⏎b1", "a|⏎h2");
    check(named("header-2"), "a|⏎h2", "a|⏎");
    check(named("blockquote"), "a|⏎", "a|⏎q");
    check(named("plain"), "a|⏎b1", "a|⏎");
    check(named("clear"), "[*a*b⏎h1 c]⏎q", "[ab⏎ c]⏎");
    let state = run(&section("[a⏎h2 b]⏎"), named("list-bullet"));
    assert!(!state.line(0).attributes.contains_key("header"));
    check(named("header-1"), "A|1⏎r1c1 ⏎", "A|1⏎r1c1 ⏎");
}

#[test]
fn lists_indent_at_most_one_deeper_than_the_line_above() {
    check(named("indent"), "a⏎b |b⏎b", "a⏎b |b⏎b1");
    check(named("indent"), "a⏎b |b⏎b1", "a⏎b |b⏎b1");
    check(named("indent"), "|a⏎b", "|a⏎b");
    check(named("outdent"), "a⏎b |b⏎b1", "a⏎b |b⏎b");
    check(named("indent"), "a⏎b [b⏎b c]⏎b", "a⏎b [b⏎b1 c]⏎b1");
}

#[test]
fn typed_markers_become_formats_as_a_step_of_their_own() {
    let mut state = section("|⏎");
    for character in ["1", ".", " "] {
        state = run(&state, typed(character));
    }
    assert_eq!(print(&state), "1. |⏎");
    let step = autoformat(&state).expect("triggered");
    assert_eq!(step.group, crate::Group::Step);
    state = run(&run(&state, autoformat), typed("x"));
    assert_eq!(print(&state), "x|⏎o");
    check(autoformat, "## |ab⏎", "|ab⏎h2");
    for (typed, block) in [("– ", "b"), ("• ", "b"), ("1) ", "o"), ("a) ", "o1")] {
        check(autoformat, &format!("{typed}|⏎"), &format!("|⏎{block}"));
    }
    check(autoformat, "3) |⏎", "|⏎o=3");
    check(autoformat, "12. |⏎", "|⏎o=12");
    check(autoformat, "a⏎o b⏎o 3. |⏎", "a⏎o b⏎o |⏎o");
    check(autoformat, "a⏎o b⏎o 1. |⏎", "a⏎o b⏎o |⏎o=1");
    check(autoformat, "a⏎o b⏎ 2. |⏎", "a⏎o b⏎ |⏎o=2");
    check(autoformat, "- |⏎b", "- |⏎b");
    check(autoformat, "a - |⏎", "a - |⏎");
}

#[test]
fn the_day_of_a_date_begins_no_list() {
    check(autoformat, "juni |⏎o=12", "12. juni |⏎");
    check(autoformat, "a⏎ maj |x⏎o", "a⏎ 1. maj |x⏎");
    for same in ["junior |⏎o=12", "a⏎o juni |⏎o", "juni |⏎b", "juni |⏎", "juni |⏎o1=3"] {
        check(autoformat, same, same);
    }
}

#[test]
fn arrows_tab_and_enter_walk_the_cells() {
    let table = |cell: &str| format!("x⏎ {}y⏎", TABLE.replace(&cell.replace('|', ""), cell));
    check(arrow(Arrow::Right), &format!("x|⏎ {TABLE}y⏎"), &table("|A1"));
    check(arrow(Arrow::Down), &table("B|1"), &table("B|2"));
    check(arrow(Arrow::Up), &table("B|2"), &table("B|1"));
    check(arrow(Arrow::Right), &table("B1|"), &table("|A2"));
    check(arrow(Arrow::Left), &table("|A2"), &table("B1|"));
    check(arrow(Arrow::Left), &table("|A1"), &format!("x|⏎ {TABLE}y⏎"));
    check(arrow(Arrow::Down), &table("|B2"), &format!("x⏎ {TABLE}|y⏎"));
    check(arrow(Arrow::Left), &table("A|1"), &table("A|1"));
    check(split_line, &table("A1|"), &table("|A2"));
    check(split_line, &table("A2|"), &format!("x⏎ {TABLE}|y⏎"));
    check(|state| to_line(table::tab(state, None, false, &mut counting())), &table("A|1"), &table("|B1"));
    check(|state| to_line(table::tab(state, None, true, &mut counting())), &table("|A2"), &table("B1|"));
}

#[test]
fn pasted_lines_are_placed_by_the_line_they_meet() {
    check(pasted("a\r\nb\r\n\r\nc"), "|⏎", "a⏎ b⏎ ⏎ c|⏎");
    check(pasted("x\ny"), "ab|cd⏎h2 e⏎", "abx⏎h2 y|cd⏎h2 e⏎");
    check(pasted("- x\n- y"), "|⏎", "x⏎b y|⏎b");
    check(pasted("- x"), "|⏎", "x|⏎b");
    check(pasted("1. juli"), "den |⏎", "den 1. juli|⏎");
    // What looks like the mark of a list stays where no list comes of it.
    check(pasted("- 500"), "|⏎r1c1 B⏎r1c2 ⏎", "- 500|⏎r1c1 B⏎r1c2 ⏎");
    check(pasted("1. juni"), "|⏎r1c1 B⏎r1c2 ⏎", "1. juni|⏎r1c1 B⏎r1c2 ⏎");
    check(pasted("x\n- y"), "A|⏎r1c1 ⏎", "Ax - y|⏎r1c1 ⏎");
    check(pasted("1. Indledning"), "|⏎h2", "1. Indledning|⏎h2");
    check(pasted("- x"), "|⏎q", "- x|⏎q");
    check(pasted("1. juni"), "|⏎b", "1. juni|⏎b");
    check(pasted("- x"), "|⏎b1", "x|⏎b1");
    check(pasted("- x\n- y"), "|⏎h2", "x⏎b y|⏎b");
    check(pasted("x"), "*a|b*⏎", "*ax|b*⏎");
    check(pasted("x\ny\tz"), "A|1⏎r1c1 ⏎", "Ax y z|1⏎r1c1 ⏎");
    check(pasted("so\u{AD}ci\u{A0}al"), "[ab]⏎ x⏎", "soci al|⏎ x⏎");
    check(pasted("x\ny"), "a[b⏎ c]d⏎q", "ax⏎ y|d⏎");
}

#[test]
fn a_replaced_word_keeps_its_marks() {
    check(|state| replace_range(state, 2, 6, "godt"), "a *gdot*| b⏎", "a *godt*| b⏎");
}

#[test]
fn own_copies_are_pasted_with_their_formats() {
    let copied = copy::copy(&section("a[*b*⏎h2 {c}(https://x.test)⏎b d⏎b1 e]f⏎")).expect("selected");
    assert_eq!(copied.plain, "b\n- c\n  - d\ne");
    assert!(
        copied
            .html
            .ends_with("><h2><strong>b</strong></h2><ul><li><a href=\"https://x.test\" rel=\"noopener noreferrer\">c</a><ul><li>d</li></ul></li></ul><p>e</p></div>"),
        "{}",
        copied.html
    );
    let lines = copy::own_lines(&copied.html).expect("ours");
    check(|state| paste::paste_lines(state, &lines, &mut counting()), "|⏎", "*b*⏎h2 {c}(https://x.test)⏎b d⏎b1 e|⏎");
    assert_eq!(copy::own_lines(&copied.html.replace('<', "<!---->\n<")), Some(lines), "wherever it stands");
    assert_eq!(copy::own_lines("<p>foreign</p>"), None);
    let reached = copy::copy(&section("[a⏎b ]b⏎b")).expect("selected");
    assert_eq!(reached.plain, "- a\n");
    check(|state| paste::paste_lines(state, &copy::own_lines(&reached.html).expect("ours"), &mut counting()), "|c⏎h2", "a⏎b |c⏎h2");
    assert_eq!(copy::copy(&section("a|b⏎")), None);
    let part = copy::copy(&section("a[b]c⏎b")).expect("selected");
    check(|state| paste::paste_lines(state, &copy::own_lines(&part.html).expect("ours"), &mut counting()), "|⏎", "b|⏎");
}

#[test]
fn a_table_is_copied_as_rows() {
    let copied = copy::copy(&section(&format!("[{TABLE}x]⏎"))).expect("selected");
    assert_eq!(copied.plain, "A1\tB1\nA2\tB2\nx");
    assert!(copied.html.contains("<tr><th scope=\"col\">A1</th><th scope=\"col\">B1</th></tr><tr><td>A2</td>"));
}

#[test]
fn a_title_is_one_line_without_formats() {
    let check = |command: &dyn Fn(&EditorState) -> Option<Transaction>, before: &str, after: &str| {
        assert_eq!(print(&run(&title(before), command)), after);
    };
    check(&split_line, "ab|", "ab|");
    check(&typed("x"), "ab|", "abx|");
    check(&typed("x"), "[ab]", "x|");
    check(&pasted("x\ny\n"), "a|b", "ax y|b");
    check(&pasted("1. Velkomst\n"), "|", "1. Velkomst|");
    check(&named("bold"), "[ab]", "[ab]");
    check(&named("list-bullet"), "[ab]", "[ab]");
    check(&delete, "[ab]", "|");
}

#[test]
fn a_missing_final_newline_is_added_with_the_next_local_edit_of_that_line() {
    use dagsorden_shared::richtext::Body;
    let open = |at: u32| {
        let mut state = EditorState::new(Body::from_inserts([("x\nab", Default::default())]), crate::FieldKind::Section);
        state.select(Some(Selection::caret(at)));
        state
    };
    assert_eq!(print(&run(&open(4), typed("c"))), "x⏎ abc|⏎");
    assert_eq!(print(&run(&open(4), split_line)), "x⏎ ab⏎ |⏎");
    assert_eq!(print(&run(&open(3), named("header-2"))), "x⏎ a|b⏎h2");
    assert_eq!(print(&run(&open(0), typed("c"))), "c|x⏎ ab");
}

#[test]
fn a_table_that_is_last_gets_its_line_with_the_next_edit_unless_it_goes() {
    check(typed("x"), "A|⏎r1c1", "Ax|⏎r1c1 ⏎");
    check(delete, "[A⏎r1c1 B]⏎r1c2", "|⏎");
    check(typed("x"), "a⏎h1 [A⏎r1c1 B]⏎r1c2", "a⏎h1 x|⏎r1c1 ⏎r1c2 ⏎");
    check(typed("x"), "[a⏎h1 A⏎r1c1 B]⏎r1c2", "x|⏎");
}

#[test]
fn the_line_below_a_table_that_is_last_can_be_written_in() {
    use dagsorden_shared::richtext::{Body, Value};
    let cell = || [("table", "r1"), ("col", "c1")].map(|(key, value)| (key.to_owned(), Value::from(value))).into();
    let after = |from: u32, to: u32, command: &dyn Fn(&EditorState) -> Option<Transaction>| {
        let mut state = EditorState::new(Body::from_inserts([("A", Default::default()), ("\n", cell())]), crate::FieldKind::Section);
        state.select(Some(Selection::new(from, to)));
        print(&run(&state, command))
    };
    assert_eq!(after(2, 2, &typed("x")), "A⏎r1c1 x|⏎");
    assert_eq!(after(2, 2, &split_line), "A⏎r1c1 ⏎ |⏎");
    assert_eq!(after(2, 2, &named("header-2")), "A⏎r1c1 |⏎h2");
    assert_eq!(after(2, 2, &named("list-bullet")), "A⏎r1c1 |⏎b");
    assert_eq!(after(2, 2, &pasted("b\nc")), "A⏎r1c1 b⏎ c|⏎");
    assert_eq!(after(1, 1, &typed("x")), "Ax|⏎r1c1 ⏎");
    assert_eq!(after(0, 2, &delete), "|⏎");
    assert_eq!(after(0, 1, &delete), "|⏎r1c1 ⏎");
    assert_eq!(after(1, 1, &named("table-delete")), "|⏎");
}

#[test]
fn typed_addresses_become_links_and_one_undo_takes_that_back() {
    check(autolink, "Skriv til ida@x.test |⏎", "Skriv til {ida@x.test}(mailto:ida@x.test) |⏎");
    check(autolink, "(https://x.test). |⏎", "({https://x.test}(https://x.test)). |⏎");
    check(autolink, "se www.x.test/a|⏎b", "se {www.x.test/a}(https://www.x.test/a)|⏎b");
    // What stands further back was typed before, and is left as it is.
    check(autolink, "ida@x.test og |⏎", "ida@x.test og |⏎");
    check(autolink, "ida@x.test  |⏎", "ida@x.test  |⏎");
    check(autolink, "{ida@x.test}(https://y.test) |⏎", "{ida@x.test}(https://y.test) |⏎");
    assert_eq!(autolink(&title("ida@x.test |")), None);
    let saved = saved("ida@x.test |⏎");
    let mut person = Person::new(2, "ida@x.test |⏎", &saved);
    assert!(person.run(autolink) && person.undo());
    assert_eq!(print(&person.state).replace('|', ""), "ida@x.test ⏎");
}

#[test]
fn pasted_addresses_become_links() {
    let state = run(&section("til |, tak⏎"), pasted("ida@x.test\nhttps://x.test"));
    let linked = run(&state, |state| link_addresses(state, 4, state.selection()?.head));
    assert_eq!(print(&linked), "til {ida@x.test}(mailto:ida@x.test)⏎ {https://x.test}(https://x.test)|, tak⏎");
}

#[test]
fn a_link_leads_where_its_writer_means() {
    check(named("link:ida@x.test"), "[ab]c⏎", "{[ab}(mailto:ida@x.test)]c⏎");
    check(named("link:x.test"), "a|⏎", "a{x.test}(https://x.test)|⏎");
}
