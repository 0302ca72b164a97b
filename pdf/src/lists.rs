//! Flat list items with a level, as Meeting JSON has them, as lists inside list items.

use serde::Serialize;

use crate::text::Run;

/// A list, or one inside an item of another.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct List {
    pub(crate) ordered: bool,
    /// 0 for the outermost.
    pub(crate) depth: usize,
    /// Its first number.
    pub(crate) start: u16,
    pub(crate) items: Vec<ListItem>,
}

/// An item: its line, and the lists below it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ListItem {
    pub(crate) runs: Vec<Run>,
    pub(crate) lists: Vec<List>,
}

/// One list item as it stands in the text.
pub(crate) struct Flat {
    pub(crate) ordered: bool,
    pub(crate) level: u8,
    /// Its number, where that does not follow.
    pub(crate) start: Option<u16>,
    pub(crate) runs: Vec<Run>,
}

/// The lists that these neighbouring items make. A level that is skipped is closed up; another kind, or a number that does not follow, is
/// another list.
pub(crate) fn nested(items: Vec<Flat>) -> Vec<List> {
    let mut items = items.into_iter().peekable();
    lists(&mut items, 0, 0)
}

fn lists(items: &mut std::iter::Peekable<std::vec::IntoIter<Flat>>, level: u8, depth: usize) -> Vec<List> {
    let mut found: Vec<List> = Vec::new();
    while let Some(next) = items.next_if(|next| next.level >= level) {
        let below = items.peek().filter(|below| below.level > next.level).map(|_| next.level + 1);
        let item = ListItem { runs: next.runs, lists: below.map_or_else(Vec::new, |level| lists(items, level, depth + 1)) };
        match found.last_mut() {
            Some(list) if list.ordered == next.ordered && next.start.is_none() => list.items.push(item),
            _ => found.push(List { ordered: next.ordered, depth, start: next.start.unwrap_or(1), items: vec![item] }),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `*` is a bullet, `1` a number, any other digit one that does not follow; spaces before it are levels.
    fn read(text: &str) -> Vec<List> {
        let flat = text.lines().map(|line| {
            let words = line.trim_start();
            let run = Run { text: words[1..].to_owned(), ..Run::default() };
            let start = words[..1].parse().ok().filter(|number| *number != 1);
            Flat { ordered: !words.starts_with('*'), start, level: u8::try_from(line.len() - words.len()).expect("few"), runs: vec![run] }
        });
        nested(flat.collect())
    }

    fn shown(lists: &[List]) -> String {
        let item = |item: &ListItem| format!("{}{}", item.runs[0].text, shown(&item.lists));
        lists
            .iter()
            .map(|list| {
                let items = list.items.iter().map(item).collect::<Vec<_>>().join(" ");
                if list.ordered && list.start > 1 {
                    format!("<{}: {items}>", list.start)
                } else if list.ordered {
                    format!("<{items}>")
                } else {
                    format!("({items})")
                }
            })
            .collect()
    }

    #[test]
    fn lists_nest_by_level() {
        assert_eq!(shown(&read("*a\n *b\n *c\n*d")), "(a(b c) d)");
        assert_eq!(shown(&read("*a\n  *b\n *c")), "(a(b c))");
        assert_eq!(shown(&read("   *a\n*b\n *c")), "(a b(c))");
    }

    #[test]
    fn another_kind_is_another_list() {
        assert_eq!(shown(&read("1a\n *b\n1c\n*d")), "<a(b) c>(d)");
        assert_eq!(shown(&read("*a\n *b\n 1c\n*d")), "(a(b)<c> d)");
    }

    #[test]
    fn a_number_that_does_not_follow_begins_another_list() {
        assert_eq!(shown(&read("3a\n1b\n1c\n7d")), "<3: a b c><7: d>");
        assert_eq!(shown(&read("1a\n 4b\n 1c\n1d")), "<a<4: b c> d>");
    }

    #[test]
    fn depth_counts_lists_not_levels() {
        let lists = read("*a\n     *b\n        *c");
        assert_eq!(lists[0].items[0].lists[0].items[0].lists[0].depth, 2);
    }
}
