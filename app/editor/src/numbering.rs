//! What a change of lines does to the numbers of lists.
//!
//! Owns one step after every command: a list goes on below what was put into it, begins where it began when its first line is gone or another
//! one stands before it, and says nothing of a number that follows by itself. Writes only for one's own change, never for what comes from others.

use dagsorden_shared::richtext::attributes::name;
use dagsorden_shared::richtext::line::MAX_INDENT;
use dagsorden_shared::richtext::numbers::{Item, Numbers};
use dagsorden_shared::richtext::{Body, Delta, Op, Value, line};

use crate::state::{EditorState, FieldKind};
use crate::transaction::{Cause, Transaction, compose};

/// The transaction with what the numbers of lists need after it.
pub fn settled(state: &EditorState, mut transaction: Transaction) -> Transaction {
    if state.kind() == FieldKind::Title || !touches_lines(state, &transaction.delta) {
        return transaction;
    }
    let mut body = state.body().clone();
    let Some(change) = body.apply(&transaction.delta) else { return transaction };
    let (old, new) = (items(state.body()), items(&body));
    let mut said = new.clone();
    let end = change.first + change.added;
    // What the lines that were changed began and went on with, and their numbers.
    let (mut stood, mut counted) = (Passed::default(), Numbers::default());
    let numbers: Vec<Option<u32>> = old.iter().map(|item| counted.next(*item)).collect();
    let removed = change.first..change.first + change.removed;
    removed.for_each(|index| stood.line(index, old[index]));
    let mut passed = Passed::default();
    (0..change.first).for_each(|index| passed.line(index, said[index]));
    // Below the change: how deep the lines are whose number may be another one now.
    let mut depth = u8::MAX;
    for index in change.first..said.len() {
        let item = said[index];
        let below = index >= end;
        if below && (item.kind.is_none() || depth == 0) {
            break;
        }
        if item.is_numbered() && !(below && item.level >= depth) {
            let level = usize::from(item.level);
            let (head, was_head) = (passed.heads[level], stood.heads[level]);
            let is_pasted = !below && matches!(transaction.cause, Cause::Paste | Cause::Drop);
            said[index].start = match (item.start, head) {
                (Some(start), _) if u32::from(start) == passed.numbers.following(item.level) => None,
                // What is pasted into a list goes on with it.
                (Some(_), Some(head)) if is_pasted && head < change.first => None,
                // The list has another first line.
                (start, Some(head))
                    if below && start.is_some() && was_head.is_none() && head >= change.first && new[head].start.is_none() =>
                {
                    said[head].start = start;
                    None
                }
                (None, None) => {
                    let stood_here = below.then(|| index - change.added + change.removed);
                    let was = was_head.or(stood_here).and_then(|was| *numbers.get(was)?);
                    was.filter(|was| *was > 1).and_then(|was| line::number(was.into()))
                }
                (start, _) => start,
            };
        }
        if below {
            depth = depth.min(item.level);
        }
        passed.line(index, said[index]);
    }
    let mut settling = Delta::new();
    let mut at = 0;
    for index in (change.first..said.len()).filter(|index| said[*index] != new[*index]) {
        let newline = body.line_start(index) + body.lines()[index].len();
        if newline >= body.len() {
            break;
        }
        let start = said[index].start.map_or(Value::Null, |start| Value::Number(start.into()));
        settling = settling.retain(newline - at).format(1, [(name::START.to_owned(), start)].into());
        at = newline + 1;
    }
    if at > 0 {
        transaction.delta = compose(&transaction.delta, &settling);
    }
    transaction
}

/// Whether lines begin, end or are of another kind after a change.
fn touches_lines(state: &EditorState, delta: &Delta) -> bool {
    let mut at = 0;
    delta.0.iter().any(|op| match op {
        Op::Insert { text, .. } => text.contains('\n'),
        Op::Retain { len, attributes } => {
            at += len;
            attributes.keys().any(|key| name::LINE.contains(&key.as_str()))
        }
        Op::Delete(len) => {
            let first = state.locate(at).0;
            at += len;
            state.locate(at).0 != first
        }
    })
}

fn items(body: &Body) -> Vec<Item> {
    body.lines().iter().map(|line| Item::from(&line.format())).collect()
}

/// Lines that were passed: how they count, and by level the line that the list begins with which the next line would go on with.
#[derive(Default)]
struct Passed {
    numbers: Numbers,
    heads: [Option<usize>; MAX_INDENT as usize + 1],
}

impl Passed {
    fn line(&mut self, index: usize, item: Item) {
        self.numbers.next(item);
        let level = usize::from(item.level);
        self.heads[if item.kind.is_some() { level + 1 } else { 0 }..].fill(None);
        if !item.is_numbered() {
            self.heads[level] = None;
        } else if item.start.is_some() || self.heads[level].is_none() {
            self.heads[level] = Some(index);
        }
    }
}
