//! When a client may connect, or connect again: after a restart one after the other, after too many refusals with a delay.
//!
//! So a few are back almost at once and thousands do not all come in the same moment; and a program that is refused, comes back and is refused
//! again does not keep everybody else's rooms busy. Knows no connection and no clock.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::gate::UserKey;

/// A server is hardly back any sooner.
const FIRST: Duration = Duration::from_millis(300);
/// From one to the next: 500 connections a second.
const STEP: Duration = Duration::from_millis(2);
/// All come within this time, however many they are.
const WIDEST: Duration = Duration::from_secs(20);

/// Refusals within [`MINUTE`] after which a user waits for its end.
const REFUSALS: u32 = 30;
const MINUTE: Duration = Duration::from_mins(1);
/// Users who are kept in mind before those are forgotten whose minute is over, and how often that is looked for.
const USERS: usize = 1_024;
const TIDIED: Duration = Duration::from_secs(1);
/// Users who are kept in mind at all: a new key costs nothing, so a flood of them is no reason to forget the others.
const MOST_USERS: usize = 64 * USERS;

/// Says who is to wait, and how long.
#[derive(Debug, Default)]
pub(super) struct Door {
    connections: AtomicUsize,
    sent_away: AtomicUsize,
    refused: Mutex<RefusedUsers>,
}

#[derive(Debug, Default)]
struct RefusedUsers {
    users: HashMap<UserKey, Refused>,
    tidied: Option<Instant>,
}

#[derive(Debug)]
struct Refused {
    since: Instant,
    times: u32,
}

impl Door {
    /// So many connections are about to be sent away.
    pub(super) fn begin_restart(&self, connections: usize) {
        self.connections.store(connections, Ordering::Relaxed);
    }

    /// How long the next one that is sent away is to wait.
    pub(super) fn next_return(&self) -> Duration {
        let place = self.sent_away.fetch_add(1, Ordering::Relaxed);
        // Who came while the others were being told is one more.
        let all = u32::try_from(self.connections.load(Ordering::Relaxed).max(place + 1)).unwrap_or(u32::MAX);
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let window = STEP.saturating_mul(all).min(WIDEST);
        FIRST + window.mul_f64(f64::from(place) / f64::from(all))
    }

    /// Notes that something of this user was refused. All who have no key of their own share one, so that says nothing of any of them.
    pub(super) fn note_refused(&self, now: Instant, user: &UserKey) {
        if user.is_shared() {
            return;
        }
        let mut refused = self.refused();
        let RefusedUsers { users, tidied } = &mut *refused;
        if users.len() >= USERS && tidied.is_none_or(|tidied| now >= tidied + TIDIED) {
            users.retain(|_, refused| now < refused.since + MINUTE);
            *tidied = Some(now);
        }
        if users.len() >= MOST_USERS && !users.contains_key(user) {
            return;
        }
        let refused = users.entry(user.clone()).or_insert(Refused { since: now, times: 0 });
        if now >= refused.since + MINUTE {
            *refused = Refused { since: now, times: 0 };
        }
        refused.times = refused.times.saturating_add(1);
    }

    /// How long this user is to wait before they are let in; `None`: not at all.
    pub(super) fn wait(&self, now: Instant, user: &UserKey) -> Option<Duration> {
        let kept = self.refused();
        let refused = kept.users.get(user).filter(|refused| refused.times > REFUSALS)?;
        (refused.since + MINUTE).checked_duration_since(now).filter(|wait| !wait.is_zero())
    }

    /// Plain data that no panic can leave half done.
    fn refused(&self) -> MutexGuard<'_, RefusedUsers> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn returns(connections: u32) -> Vec<Duration> {
        let door = Door::default();
        door.begin_restart(connections as usize);
        (0..connections).map(|_| door.next_return()).collect()
    }

    #[test]
    fn a_few_come_back_almost_at_once_and_thousands_one_after_the_other() {
        assert_eq!(returns(1), [FIRST]);
        assert!(returns(20).iter().all(|wait| *wait < FIRST + Duration::from_millis(50)));
        for many in [2_000, 100_000] {
            let waits = returns(many);
            assert!(waits.is_sorted() && waits[waits.len() - 1] < FIRST + WIDEST);
            let halfway = (waits[0] + waits[waits.len() - 1]) / 2;
            let early = waits.iter().filter(|wait| **wait < halfway).count();
            assert!(early.abs_diff(waits.len() / 2) <= 1, "{early} of {many} come in the first half");
        }
        assert_eq!(returns(2_000)[1_000], FIRST + Duration::from_secs(2));
    }

    #[test]
    fn who_comes_in_between_waits_as_long_as_the_last() {
        let door = Door::default();
        door.begin_restart(1);
        assert_eq!(door.next_return(), FIRST);
        assert!(door.next_return() <= FIRST + STEP);
    }

    #[test]
    fn who_is_refused_again_and_again_waits_for_the_end_of_the_minute_and_nobody_else_does() {
        let (door, start) = (Door::default(), Instant::now());
        let (user, other) = (UserKey::new("u"), UserKey::new("other"));
        for refusal in 0..=REFUSALS {
            assert_eq!(door.wait(start, &user), None, "after {refusal}");
            door.note_refused(start, &user);
            door.note_refused(start, &UserKey::shared());
        }
        assert_eq!(door.wait(start + Duration::from_secs(20), &user), Some(Duration::from_secs(40)));
        assert_eq!((door.wait(start, &other), door.wait(start, &UserKey::shared())), (None, None));
        assert_eq!(door.wait(start + MINUTE, &user), None);
        door.note_refused(start + MINUTE, &user);
        assert_eq!(door.wait(start + MINUTE, &user), None, "a new minute, a new count");
    }

    #[test]
    fn those_whose_minute_is_over_are_forgotten() {
        let (door, start) = (Door::default(), Instant::now());
        for number in 0..USERS {
            door.note_refused(start, &UserKey::new(number.to_string()));
        }
        door.note_refused(start + MINUTE, &UserKey::new("next"));
        assert_eq!(door.refused().users.len(), 1);
    }

    #[test]
    fn a_flood_of_users_does_not_grow_without_end() {
        let (door, start) = (Door::default(), Instant::now());
        for number in 0..2 * MOST_USERS {
            door.note_refused(start, &UserKey::new(number.to_string()));
        }
        assert_eq!(door.refused().users.len(), MOST_USERS);
    }
}
