//! The plan of a meeting: which item stands where in its time, and when it is likely to end. Knows no page.

use dagsorden_shared::date::Time;
use dagsorden_shared::id::ItemId;

/// Minutes that an item takes for whom none were planned, where others have a plan.
const UNPLANNED: u32 = 5;

/// An item of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) item: ItemId,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) presenter: Option<String>,
    /// Planned length in minutes.
    pub(super) minutes: Option<u32>,
}

/// What a meeting means to do when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) entries: Vec<Entry>,
    start: Option<Time>,
    end: Option<Time>,
    /// Whether any item has a planned length: only then does the plan speak of time.
    has_times: bool,
}

/// Where something stands along the whole of the meeting, in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: u32,
    pub(super) to: u32,
}

impl Plan {
    /// Of these items, between these times of the day where they are known.
    pub(super) fn new(entries: Vec<Entry>, start: Option<Time>, end: Option<Time>) -> Self {
        let has_times = entries.iter().any(|entry| entry.minutes.is_some());
        Self { entries, start, end, has_times }
    }

    fn minutes(&self, entry: &Entry) -> u32 {
        if self.has_times { entry.minutes.unwrap_or(UNPLANNED) } else { 1 }
    }

    fn planned(&self, entries: &[Entry]) -> u32 {
        entries.iter().map(|entry| self.minutes(entry)).fold(0, u32::saturating_add)
    }

    /// How long the whole is: from start to end, or what the items take if that is more.
    fn length(&self) -> u32 {
        let between = match (self.start, self.end) {
            (Some(start), Some(end)) if self.has_times => end.minutes().saturating_sub(start.minutes()),
            _ => 0,
        };
        self.planned(&self.entries).max(between).max(1)
    }

    fn place(&self, minutes: u32) -> u32 {
        place(minutes, self.length())
    }

    /// Where each item stands.
    pub(super) fn stretches(&self) -> Vec<Stretch> {
        let length = self.length();
        let mut passed = 0_u32;
        let stretch = |entry: &Entry| {
            let from = place(passed, length);
            passed = passed.saturating_add(self.minutes(entry));
            Stretch { from, to: place(passed, length) }
        };
        self.entries.iter().map(stretch).collect()
    }

    /// What is left behind the last item, if the meeting is planned to last longer.
    pub(super) fn reserve(&self) -> Option<Stretch> {
        let from = self.place(self.planned(&self.entries));
        (from < 10_000).then_some(Stretch { from, to: 10_000 })
    }

    /// Where this time of the day stands, if the meeting has times and has begun.
    pub(super) fn at(&self, now: Time) -> Option<u32> {
        let start = self.start.filter(|_| self.has_times)?;
        Some(self.place(now.minutes().checked_sub(start.minutes())?))
    }

    /// When the meeting begins and ends by its plan, where it has times.
    pub(super) fn hours(&self) -> Option<[Time; 2]> {
        let start = self.start.filter(|_| self.has_times)?;
        Some([start, start.plus(self.length())])
    }

    /// When the meeting is likely to end: now, what is left of the item in hand after so many minutes on it, and all that follow.
    pub(super) fn expected_end(&self, now: Time, in_hand: usize, spent: u32) -> Option<Time> {
        let entry = self.entries.get(in_hand).filter(|_| self.has_times)?;
        let left = self.minutes(entry).saturating_sub(spent);
        Some(now.plus(left.saturating_add(self.planned(&self.entries[in_hand + 1..]))))
    }
}

/// Where a minute stands in so many of them, in hundredths of a percent.
fn place(minutes: u32, length: u32) -> u32 {
    u32::try_from((u64::from(minutes) * 10_000 / u64::from(length)).min(10_000)).unwrap_or(10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(minutes: &[Option<u32>], start: &str, end: &str) -> Plan {
        let entry = |(place, minutes): (usize, &Option<u32>)| Entry {
            item: format!("i{place}").parse().unwrap(),
            number: (place + 1).to_string(),
            title: "Punkt".into(),
            presenter: None,
            minutes: *minutes,
        };
        Plan::new(minutes.iter().enumerate().map(entry).collect(), Time::parse(start), Time::parse(end))
    }

    fn time(text: &str) -> Time {
        Time::parse(text).unwrap()
    }

    #[test]
    fn items_stand_side_by_side_and_what_is_left_is_reserve() {
        let plan = plan(&[Some(30), Some(60), None], "09:00", "11:00");
        let stretches = plan.stretches();
        assert_eq!(stretches[0], Stretch { from: 0, to: 2500 });
        assert_eq!(stretches[1], Stretch { from: 2500, to: 7500 });
        assert_eq!(stretches[2].to, 7916, "nothing was planned: five minutes");
        assert_eq!(plan.reserve(), Some(Stretch { from: 7916, to: 10_000 }));
        assert_eq!(plan.at(time("10:00")), Some(5000));
        assert_eq!(plan.at(time("08:59")), None, "it has not begun");
        assert_eq!(plan.at(time("23:00")), Some(10_000), "the ruler ends there");
        assert_eq!(plan.hours(), Some([time("09:00"), time("11:00")]));
    }

    #[test]
    fn a_plan_that_is_longer_than_the_meeting_is_drawn_whole() {
        let plan = plan(&[Some(60), Some(120)], "09:00", "10:00");
        assert_eq!(plan.stretches()[1].to, 10_000);
        assert_eq!((plan.reserve(), plan.hours()), (None, Some([time("09:00"), time("12:00")])));
    }

    #[test]
    fn without_planned_minutes_the_items_are_steps_without_time() {
        let plan = plan(&[None, None], "09:00", "11:00");
        assert_eq!(plan.stretches(), [Stretch { from: 0, to: 5000 }, Stretch { from: 5000, to: 10_000 }]);
        assert_eq!((plan.at(time("10:00")), plan.hours(), plan.reserve()), (None, None, None));
        assert_eq!(plan.expected_end(time("10:00"), 0, 0), None);
        assert!(super::Plan::new(Vec::new(), None, None).stretches().is_empty());
    }

    #[test]
    fn the_end_moves_only_once_an_item_takes_longer_than_planned() {
        let plan = plan(&[Some(20), Some(30), Some(10)], "09:00", "10:00");
        assert_eq!(plan.expected_end(time("09:00"), 0, 0), Some(time("10:00")));
        assert_eq!(plan.expected_end(time("09:10"), 0, 10), Some(time("10:00")));
        assert_eq!(plan.expected_end(time("09:26"), 0, 26), Some(time("10:06")));
        assert_eq!(plan.expected_end(time("09:50"), 2, 0), Some(time("10:00")));
    }
}
