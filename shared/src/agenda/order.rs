//! Places in a list: fractional indexes as text, never an array move.
//!
//! Entries are sorted by key and then by id. Two people can give two entries the same key; a move between two equals gives
//! the entries after the gap new keys, so that there is room again. Keys of foreign clients that are no fractional indexes still sort.

use fractional_index::FractionalIndex;

/// An entry's place: its key (empty if the document holds none) and its id, in sorting order.
pub(super) type Place<I> = (String, I);

/// Puts a place among others that are in order.
pub(super) fn insert<I: Ord>(places: &mut Vec<Place<I>>, place: Place<I>) {
    let at = places.partition_point(|other| *other < place);
    places.insert(at, place);
}

/// New keys that put `moved` right after the entry at `after` (`None`: first) of `places`, which are sorted and do not hold `moved`.
/// Further pairs are followers that had to make room or, behind a foreign key that nothing can be placed after, all entries.
pub(super) fn keys_after<I: Clone>(places: &[Place<I>], after: Option<usize>, moved: I) -> Vec<(I, String)> {
    let next = after.map_or(0, |index| index + 1).min(places.len());
    let left = next.checked_sub(1).and_then(|index| FractionalIndex::from_string(&places[index].0).ok());
    if next > 0 && left.is_none() {
        let ids = places.iter().map(|(_, id)| id.clone());
        let order = ids.clone().take(next).chain([moved]).chain(ids.skip(next));
        return order.zip(sequence(places.len() + 1)).collect();
    }
    // Followers whose key leaves no room after `left` need new keys too.
    let room = |key: &str| match (FractionalIndex::from_string(key), &left) {
        (Ok(right), Some(left)) => *left < right,
        (Ok(_), None) => true,
        (Err(_), _) => false,
    };
    let crowded = places[next..].iter().take_while(|(key, _)| !room(key)).count();
    let right = places.get(next + crowded).and_then(|(key, _)| FractionalIndex::from_string(key).ok());
    let mut last = left;
    std::iter::once(moved)
        .chain(places[next..next + crowded].iter().map(|(_, id)| id.clone()))
        .map(|id| {
            let key = FractionalIndex::new(last.as_ref(), right.as_ref()).unwrap_or_default();
            let text = key.to_string();
            last = Some(key);
            (id, text)
        })
        .collect()
}

/// Keys for `count` entries in a row, for a new document.
pub(super) fn sequence(count: usize) -> Vec<String> {
    let mut last: Option<FractionalIndex> = None;
    (0..count)
        .map(|_| {
            let key = FractionalIndex::new(last.as_ref(), None).unwrap_or_default();
            let text = key.to_string();
            last = Some(key);
            text
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(unsorted: Vec<Place<u8>>) -> Vec<Place<u8>> {
        let mut places = Vec::new();
        unsorted.into_iter().for_each(|place| insert(&mut places, place));
        assert!(places.is_sorted());
        places
    }

    fn apply(places: &[Place<u8>], keys: &[(u8, String)]) -> Vec<Place<u8>> {
        let kept = places.iter().filter(|(_, id)| keys.iter().all(|(moved, _)| moved != id)).cloned();
        sorted(kept.chain(keys.iter().map(|(id, key)| (key.clone(), *id))).collect())
    }

    #[test]
    fn a_moved_entry_stands_where_it_was_put() {
        arbtest::arbtest(|u| {
            let mut places: Vec<Place<u8>> = Vec::new();
            for id in 0..u.int_in_range(2..=12u8)? {
                // Equal, missing and foreign keys on purpose.
                let key = match u.int_in_range(0..=5)? {
                    0 => String::new(),
                    1 => "foreign".to_owned(),
                    2 => "80".to_owned(),
                    _ => sequence(usize::from(id) + 1).pop().unwrap_or_default(),
                };
                places.push((key, id));
            }
            places = sorted(places);
            for _ in 0..20 {
                let moved = places.remove(u.choose_index(places.len())?).1;
                let after = if u.ratio(1, 4)? { None } else { Some(u.choose_index(places.len())?) };
                let before: Vec<u8> = places.iter().map(|place| place.1).collect();
                places = apply(&places, &keys_after(&places, after, moved));
                let mut expected = before;
                expected.insert(after.map_or(0, |index| index + 1), moved);
                assert_eq!(places.iter().map(|place| place.1).collect::<Vec<_>>(), expected, "{places:?}");
            }
            Ok(())
        });
    }
}
