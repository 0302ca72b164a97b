//! Where cards stand beside their words: as near as they can without one over another, in the order of the words.
//!
//! Least squares with the order kept, by pooling neighbours (Barlow and others, 1972): the card in hand weighs so much that it stands exactly at its
//! words, and the others give way up and down. Knows no element.

/// Pixels between two cards.
const GAP: f64 = 16.0;

/// How much the card in hand weighs beside the others.
const IN_HAND: f64 = 1e6;

/// A card: where its words are, how tall it is, and whether it is in hand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Wish {
    pub(super) top: f64,
    pub(super) height: f64,
    pub(super) in_hand: bool,
}

/// The tops of cards, in the order of their words. None is above `highest`.
pub(super) fn tops(cards: &[Wish], highest: f64) -> Vec<f64> {
    // What stands above each card if all are close together.
    let mut above = Vec::with_capacity(cards.len());
    let mut sum = 0.0;
    for card in cards {
        above.push(sum);
        sum += card.height + GAP;
    }
    // Pools of neighbours that touch: weight, mean, number of cards.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (card, above) in cards.iter().zip(&above) {
        let weight = if card.in_hand { IN_HAND } else { 1.0 };
        pools.push((weight, card.top - above, 1));
        while let [.., (left, mean, count), (weight, next, more)] = pools[..] {
            if mean <= next {
                break;
            }
            let both = left + weight;
            pools.truncate(pools.len() - 2);
            pools.push((both, (mean * left + next * weight) / both, count + more));
        }
    }
    let means = pools.into_iter().flat_map(|(_, mean, count)| std::iter::repeat_n(mean.max(highest), count));
    means.zip(above).map(|(mean, above)| mean + above).collect()
}

#[cfg(test)]
mod tests {
    use arbtest::arbtest;

    use super::*;

    fn wish(top: f64, height: f64, in_hand: bool) -> Wish {
        Wish { top, height, in_hand }
    }

    #[test]
    fn cards_with_room_stand_at_their_words() {
        assert_eq!(tops(&[wish(10.0, 50.0, false), wish(200.0, 50.0, false)], 0.0), [10.0, 200.0]);
        assert_eq!(tops(&[], 0.0), Vec::<f64>::new());
    }

    #[test]
    fn the_card_in_hand_stays_and_others_give_way_on_both_sides() {
        let cards = [wish(300.0, 100.0, false), wish(310.0, 100.0, true), wish(320.0, 100.0, false)];
        let tops = tops(&cards, 0.0);
        assert!((tops[1] - 310.0).abs() < 0.01, "{tops:?}");
        assert!(tops[0] <= 310.0 - 116.0 + 0.01 && tops[2] >= 310.0 + 116.0 - 0.01, "{tops:?}");
    }

    #[test]
    fn no_card_ever_stands_on_another_or_above_the_top() {
        arbtest(|u| {
            let mut words: Vec<f64> =
                (0..u.int_in_range(0..=40)?).map(|_| Ok(f64::from(u.int_in_range(0..=3_000)?))).collect::<Result<_, _>>()?;
            words.sort_by(f64::total_cmp);
            let hand = u.int_in_range(0..=40)?;
            let cards: Vec<Wish> = words
                .into_iter()
                .enumerate()
                .map(|(index, top)| Ok(wish(top, f64::from(u.int_in_range(20..=400)?), index == hand)))
                .collect::<Result<_, arbtest::arbitrary::Error>>()?;
            let tops = tops(&cards, 40.0);
            for (index, pair) in tops.windows(2).enumerate() {
                assert!(pair[1] - pair[0] >= cards[index].height + GAP - 0.001, "{cards:?} {tops:?}");
            }
            assert!(tops.iter().all(|top| *top >= 39.999), "{tops:?}");
            Ok(())
        });
    }
}
