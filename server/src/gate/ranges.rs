//! A set of clocks as ranges that do not touch.

use std::collections::BTreeMap;

/// Clocks of one client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ranges {
    /// Start to end (exclusive).
    ranges: BTreeMap<u32, u32>,
}

impl Ranges {
    /// Adds a range.
    pub(super) fn insert(&mut self, mut start: u32, mut end: u32) {
        if start >= end {
            return;
        }
        while let Some((&other_start, &other_end)) = self.ranges.range(..=end).next_back() {
            if other_end < start {
                break;
            }
            start = start.min(other_start);
            end = end.max(other_end);
            self.ranges.remove(&other_start);
        }
        self.ranges.insert(start, end);
    }

    /// Whether a clock is in the set.
    pub(super) fn contains(&self, clock: u32) -> bool {
        self.ranges.range(..=clock).next_back().is_some_and(|(_, &end)| clock < end)
    }

    /// Calls `missing` with each part of the range that is not in the set.
    pub(super) fn missing(&self, mut start: u32, end: u32, missing: &mut dyn FnMut(u32, u32)) {
        if let Some((_, &known)) = self.ranges.range(..=start).next_back() {
            start = start.max(known);
        }
        while start < end {
            let Some((&next, &next_end)) = self.ranges.range(start..end).next() else {
                missing(start, end);
                return;
            };
            if start < next {
                missing(start, next);
            }
            start = next_end;
        }
    }

    /// Whether there is none.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Forgets all clocks from `end` on.
    pub(super) fn truncate(&mut self, end: u32) {
        self.ranges.split_off(&end);
        if let Some(mut last) = self.ranges.last_entry()
            && *last.get() > end
        {
            last.insert(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_behave_as_a_set_of_clocks() {
        arbtest::arbtest(|u| {
            let mut ranges = Ranges::default();
            let mut model = [false; 64];
            for _ in 0..u.int_in_range(0..=20)? {
                let start: u32 = u.int_in_range(0..=63)?;
                let end: u32 = u.int_in_range(0..=63)?;
                if u.ratio(1, 8)? {
                    ranges.truncate(start);
                    model[start as usize..].fill(false);
                    continue;
                }
                let mut missing = Vec::new();
                ranges.missing(start, end, &mut |a, b| missing.extend(a..b));
                let expected: Vec<u32> = (start..end.max(start)).filter(|clock| !model[*clock as usize]).collect();
                assert_eq!(missing, expected);
                ranges.insert(start, end);
                (start..end).for_each(|clock| model[clock as usize] = true);
            }
            for (clock, expected) in (0..).zip(model) {
                assert_eq!(ranges.contains(clock), expected);
            }
            let touching = ranges.ranges.iter().zip(ranges.ranges.keys().skip(1)).any(|((_, end), next)| end >= next);
            assert!(!touching);
            Ok(())
        });
    }
}
