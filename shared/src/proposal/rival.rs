//! Proposals that touch the same words: of such only one can be taken as it is.

use std::ops::Range;

use super::{Placed, Standing};

/// Whether two places share a letter, or are the same place between two letters. What only lies side by side can both be taken.
fn share(one: &Range<u32>, other: &Range<u32>) -> bool {
    match (one.is_empty(), other.is_empty()) {
        (true, true) => one.start == other.start,
        (true, false) => other.start < one.start && one.start < other.end,
        (false, true) => one.start < other.start && other.start < one.end,
        (false, false) => one.start < other.end && other.start < one.end,
    }
}

impl Placed {
    /// Whether it touches words that another part touches, as both stand on the same text. A place whose letters are not here touches nothing.
    pub fn touches(&self, other: &Self) -> bool {
        let here = |at: &Range<u32>, standing: Standing| standing != Standing::Gone || at.start > 0;
        let touched = |one: &Range<u32>| other.edits.iter().any(|(two, standing)| here(two, *standing) && share(one, two));
        self.edits.iter().any(|(one, standing)| here(one, *standing) && touched(one))
    }
}

/// Those that belong together, each once and in their order: `touch` says whether two of them touch.
pub fn groups(count: usize, touch: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    // For each the first of its group.
    let mut first: Vec<usize> = (0..count).collect();
    for one in 0..count {
        for other in 0..one {
            let (from, to) = (first[one].max(first[other]), first[one].min(first[other]));
            if from != to && touch(other, one) {
                first.iter_mut().filter(|known| **known == from).for_each(|known| *known = to);
            }
        }
    }
    let members = |group: usize| (0..count).filter(|index| first[*index] == group).collect();
    (0..count).filter(|index| first[*index] == *index).map(members).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Condition;
    use super::*;

    #[test]
    fn words_are_shared_or_lie_side_by_side() {
        for (one, other, expected) in [
            (0..4, 3..6, true),
            (0..4, 4..6, false),
            (2..2, 2..2, true),
            (2..2, 2..5, false),
            (3..3, 2..5, true),
            (5..5, 2..5, false),
            (1..9, 3..4, true),
        ] {
            assert_eq!(share(&one, &other), expected, "{one:?} {other:?}");
            assert_eq!(share(&other, &one), expected, "{other:?} {one:?}");
        }
    }

    #[test]
    fn what_touches_through_a_third_is_one_group() {
        let pairs = [(0, 3), (3, 1)];
        let touch = |one, other| pairs.contains(&(one, other)) || pairs.contains(&(other, one));
        assert_eq!(groups(5, touch), [vec![0, 1, 3], vec![2], vec![4]]);
    }

    #[test]
    fn a_place_that_is_not_here_touches_nothing() {
        let placed = |at: Range<u32>, standing| Placed { condition: Condition::Clean, edits: vec![(at, standing)], words: String::new() };
        let here = placed(0..3, Standing::Clean);
        assert!(here.touches(&placed(2..4, Standing::Changed)) && !here.touches(&placed(0..0, Standing::Gone)));
    }
}
