//! Two people in one field: commands made on the same state, run on two yrs documents and merged, in both orders of client ids.

use super::notation::{counting, named, print};
use super::person::{Person, saved};
use super::properties::{random_command, random_start};
use crate::autoformat::autoformat;
use crate::clipboard::paste::paste_text;
use crate::command::delete::{delete_range, join_backward};
use crate::command::insert::{insert_text, replace_range};
use crate::command::split::split_line;
use crate::command::table::edit::{self, TableCommand};
use crate::{Cause, EditorState, Selection, Transaction};

fn pair(a: &str, b: &str, a_first: bool) -> (Person, Person) {
    let saved = saved(a);
    let (first, second) = if a_first { (10, 20) } else { (20, 10) };
    (Person::new(first, a, &saved), Person::new(second, b, &saved))
}

fn merge(a: &mut Person, b: &mut Person) {
    let (from_a, from_b) = (a.saved(), b.saved());
    a.receive(&from_b);
    b.receive(&from_a);
    a.state.select(None);
    b.state.select(None);
    assert_eq!(print(&a.state), print(&b.state), "both copies are equal");
}

/// A start with a writer's caret, and what they do there.
type Doing<'a> = (&'a str, &'a dyn Fn(&EditorState) -> Option<Transaction>);

/// Both persons edit the same text at once; the merged text, in both orders of ids.
#[track_caller]
fn check_merge(a: Doing<'_>, b: Doing<'_>, merged: &str) {
    for a_first in [true, false] {
        let (mut one, mut two) = pair(a.0, b.0, a_first);
        one.run(a.1);
        two.run(b.1);
        merge(&mut one, &mut two);
        assert_eq!(print(&one.state), merged, "lower id first: {a_first}");
        super::properties::check_text(&one.state);
    }
}

fn typed(text: &str) -> impl Fn(&EditorState) -> Option<Transaction> {
    move |state| insert_text(state, text)
}

#[test]
fn a_split_keeps_what_others_write_and_format_below_it() {
    check_merge(("hello|world⏎", &split_line), ("helloworld|⏎", &typed("!!!")), "hello⏎ world!!!⏎");
    check_merge(("hello| world⏎", &split_line), ("hello [world]⏎", &named("bold")), "hello⏎  *world*⏎");
    check_merge(("hello|world⏎", &split_line), ("hello|world⏎", &split_line), "hello⏎ ⏎ world⏎");
}

#[test]
fn a_number_and_another_format_meet_on_the_line() {
    check_merge(("3. |⏎ b⏎o", &autoformat), ("3. |⏎ b⏎o", &typed("x")), "x⏎o=3 b⏎o");
    check_merge(("a|b⏎o=3 c⏎o", &split_line), ("|ab⏎o=3 c⏎o", &named("list-bullet")), "a⏎o=3 b⏎b c⏎o=3");
    check_merge(("|a⏎o=3 b⏎o", &named("plain")), ("a⏎o=3 b|⏎o", &typed("x")), "a⏎ bx⏎o=3");
    check_merge(("a⏎o b⏎o |⏎o c⏎o", &split_line), ("a⏎o b⏎o ⏎o |c⏎o", &named("indent")), "a⏎o b⏎o ⏎ c⏎o1=3");
}

#[test]
fn enter_at_a_lines_end_and_a_format_of_that_line_meet_on_the_text() {
    for a_first in [true, false] {
        let (mut a, mut b) = pair("ab|⏎ x⏎", "|ab⏎ x⏎", a_first);
        a.run(split_line);
        b.run(named("header-2"));
        merge(&mut a, &mut b);
        assert!(print(&a.state).starts_with("ab⏎h2 ⏎"), "{}", print(&a.state));
    }
}

#[test]
fn joining_lines_keeps_what_others_write_in_them() {
    check_merge(("ab⏎ |cd⏎", &join_backward), ("ab⏎ cd|⏎", &typed("X")), "abcdX⏎");
    let delete_first_line = |state: &EditorState| delete_range(state, 0, 3, Cause::DeleteBackward);
    check_merge(("|ab⏎ cd⏎", &delete_first_line), ("a|b⏎ cd⏎", &typed("X")), "Xcd⏎");
}

#[test]
fn indenting_two_items_at_once_indents_both() {
    check_merge(("a⏎b |b⏎b c⏎b", &named("indent")), ("a⏎b b⏎b |c⏎b", &named("indent")), "a⏎b b⏎b1 c⏎b1");
}

#[test]
fn the_caret_keeps_its_neighbours_when_others_write_above_and_left_of_it() {
    let (mut a, mut b) = pair("x⏎ ab|cd⏎", "|x⏎ abcd⏎", true);
    b.run(|state| paste_text(state, "one\ntwo "));
    b.state.select(Some(Selection::caret(10)));
    b.run(typed("Y"));
    let update = b.saved();
    a.receive(&update);
    assert_eq!(print(&a.state), "one⏎ two x⏎ Yab|cd⏎");
}

#[test]
fn what_others_do_to_a_line_does_not_cost_what_is_typed_in_it() {
    check_merge(("a|b⏎", &named("header-2")), ("ab|⏎", &typed("X")), "abX⏎h2");
    check_merge(("[a⏎ b]⏎ c⏎", &named("list-bullet")), ("a⏎ b|⏎ c⏎", &typed("X")), "a⏎b bX⏎b c⏎");
    check_merge(("a⏎ |⏎b", &split_line), ("a⏎ |⏎b", &typed("X")), "a⏎ X⏎");
}

#[test]
fn a_list_and_a_heading_set_at_once_show_the_same_to_both() {
    for a_first in [true, false] {
        let (mut a, mut b) = pair("a|⏎", "a|⏎", a_first);
        a.run(named("header-2"));
        b.run(named("list-bullet"));
        merge(&mut a, &mut b);
        assert_eq!(print(&a.state), "a⏎b");
        // The next change of the line leaves one type.
        a.state.select(Some(Selection::caret(1)));
        a.run(named("blockquote"));
        assert_eq!(a.state.line(0).attributes.len(), 1);
    }
}

const TABLE: &str = "A1⏎r1c1 B1⏎r1c2 A2⏎r2c1 B2⏎r2c2 |⏎";

fn at(line: usize, command: TableCommand) -> impl Fn(&EditorState) -> Option<Transaction> {
    move |state| {
        let mut state = state.clone();
        state.select(Some(Selection::caret(state.body().line_start(line))));
        // Other ids than the other person's.
        let mut bits = counting();
        (0..line + 1).for_each(|_| _ = bits());
        edit::run(&state, command, &mut bits)
    }
}

/// The texts of a table as shown, by row and column.
fn shown(state: &EditorState) -> Vec<Vec<String>> {
    let (first, end) = state.table_around(0);
    let read = dagsorden_shared::richtext::table::read(&state.body().lines()[first..end], first);
    let text = |stack: &Vec<usize>| stack.iter().map(|line| state.line(*line).text()).collect::<Vec<_>>().join("+");
    read.rows.iter().map(|row| row.iter().map(text).collect()).collect()
}

#[test]
fn a_new_column_and_a_new_row_keep_every_text_in_its_place() {
    for a_first in [true, false] {
        let (mut a, mut b) = pair(TABLE, TABLE, a_first);
        a.run(at(0, TableCommand::ColumnRight));
        b.run(at(1, TableCommand::RowBelow));
        b.state.select(Some(Selection::caret(b.state.body().line_start(2))));
        b.run(typed("N1"));
        b.state.select(Some(Selection::caret(b.state.body().line_start(3))));
        b.run(typed("N2"));
        merge(&mut a, &mut b);
        assert_eq!(shown(&a.state), [["A1", "", "B1"], ["N1", "", "N2"], ["A2", "", "B2"]], "{a_first}");
    }
}

#[test]
fn deleting_two_columns_at_once_deletes_both() {
    check_merge((TABLE, &at(0, TableCommand::DeleteColumn)), (TABLE, &at(1, TableCommand::DeleteColumn)), "⏎");
    check_merge((TABLE, &at(0, TableCommand::DeleteColumn)), (TABLE, &at(2, TableCommand::DeleteRow)), "B1⏎r1c2 ⏎");
    check_merge((TABLE, &at(0, TableCommand::Delete)), (TABLE, &at(2, TableCommand::DeleteRow)), "⏎");
}

#[test]
fn two_new_rows_and_two_new_columns_both_stay() {
    for a_first in [true, false] {
        let (mut a, mut b) = pair(TABLE, TABLE, a_first);
        a.run(at(0, TableCommand::RowBelow));
        b.run(at(1, TableCommand::RowBelow));
        a.run(at(0, TableCommand::ColumnRight));
        b.run(at(1, TableCommand::ColumnLeft));
        merge(&mut a, &mut b);
        let shown = shown(&a.state);
        assert_eq!((shown.len(), shown[0].len()), (4, 4), "{shown:?}");
        assert_eq!((shown[0][0].as_str(), shown[0][3].as_str()), ("A1", "B1"));
    }
}

#[test]
fn a_deleted_row_gives_what_others_typed_in_it_to_the_next_cell() {
    let type_in_first = |state: &EditorState| {
        let mut state = state.clone();
        state.select(Some(Selection::caret(1)));
        insert_text(&state, "X")
    };
    check_merge((TABLE, &at(0, TableCommand::DeleteRow)), (TABLE, &type_in_first), "XA2⏎r2c1 B2⏎r2c2 ⏎");
}

/// With a stretch, yrs deletes the formats in it that nothing after it needs, though a row written in it at the same time counted on them: that
/// row's format then reaches the newline behind it.
#[test]
fn a_table_that_a_merge_leaves_last_has_a_line_below_it() {
    for a_first in [true, false] {
        let start = "|_xy_⏎ A⏎r1c1 B⏎r2c1 ⏎";
        let (mut a, mut b) = pair(start, start, a_first);
        a.run(at(2, TableCommand::RowAbove));
        b.run(|state| replace_range(state, 1, 7, "q"));
        merge(&mut a, &mut b);
        assert_eq!((a.state.body().text().as_str(), print(&a.state).as_str()), ("xq\n\n", "_xq_⏎R4 ⏎r1 "), "{a_first}");
        a.state.select(Some(Selection::caret(4)));
        a.run(typed("z"));
        assert_eq!(print(&a.state), "_xq_⏎R4 ⏎r1 z|⏎", "{a_first}");
        super::properties::check_invariants(&a.state);
    }
}

/// Scenario: what one undoes is one's own, also when another writer wrote in the middle of it.
#[test]
fn undo_leaves_what_others_wrote_in_between() {
    for a_first in [true, false] {
        let (mut a, mut b) = pair("|⏎", "|⏎", a_first);
        a.run(typed("o"));
        a.run(typed("n"));
        a.run(typed("e"));
        b.receive(&a.saved());
        b.state.select(Some(Selection::caret(1)));
        b.run(typed("X"));
        a.receive(&b.saved());
        assert_eq!(a.state.body().text(), "oXne\n");
        assert!(a.undo());
        assert_eq!(a.state.body().text(), "X\n");
        assert!(!a.undo(), "the other's letter is not one's own step");
        assert!(a.redo());
        assert_eq!(a.state.body().text(), "oXne\n");
        merge(&mut a, &mut b);
    }
}

/// The editor's own law of convergence: whatever five people do, and in whatever order they hear of each other, all end with the same text. Each
/// follows by deltas alone and is compared with the whole document at every step.
#[test]
fn five_persons_always_end_with_the_same_text() {
    arbtest::arbtest(|u| {
        let start = random_start(u)?;
        let seed = saved(&start);
        let mut persons: Vec<Person> = [30, 10, 50, 20, 40].iter().map(|client| Person::new(*client, &start, &seed)).collect();
        for _ in 0..u.int_in_range(1..=12)? {
            let one = u.int_in_range(0..=4)?;
            if u.ratio(1, 3)? {
                let news = persons[u.int_in_range(0..=4)?].saved();
                persons[one].receive(&news);
                continue;
            }
            let person = &mut persons[one];
            if u.ratio(1, 8)? {
                person.undo();
                continue;
            }
            let end = person.state.body().end();
            let (anchor, head) = (u.int_in_range(0..=end)?, u.int_in_range(0..=end)?);
            person.state.select(Some(if u.arbitrary()? { Selection::caret(head) } else { Selection { anchor, head } }));
            let command = random_command(&person.state, u)?;
            person.run(|_| command);
        }
        let news: Vec<Vec<u8>> = persons.iter().map(Person::saved).collect();
        for person in &mut persons {
            news.iter().for_each(|news| person.receive(news));
            person.state.select(None);
            super::properties::check_text(&person.state);
        }
        let first = persons[0].state.body();
        assert!(
            persons.iter().all(|person| person.state.body() == first),
            "{:?}",
            persons.iter().map(|person| print(&person.state)).collect::<Vec<_>>()
        );
        Ok(())
    })
    .budget_ms(2_000);
}
