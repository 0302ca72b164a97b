//! Finding words again by what they were and what stood around them. Knows no document.

use super::{Anchor, AnchorState, Anchored, same};

/// Shorter words prove nothing by being the only ones of their kind.
const TELLING: usize = 16;

/// Where the quote stands, if one place is its own beyond doubt: half of what stood around it stands there too, or it ends exactly where the words
/// stood (an undo puts text back there), or nowhere else in the text are such words and they are long. Of places that are equal in that the one
/// that ends nearest to the old place; of two that are equal in all, none.
pub(super) fn find(text: &[u16], anchor: &Anchor, place: Option<u32>) -> Option<Anchored> {
    let len = anchor.quote_len as usize;
    let (head, _) = anchor.ends();
    let &first = head.first()?;
    let (before, after): (Vec<u16>, Vec<u16>) = (anchor.before.encode_utf16().collect(), anchor.after.encode_utf16().collect());
    let known = before.len() + after.len();
    let place = place.map(|place| place as usize);
    // Context in common, and how far the end is from the old place.
    let rank = |at: usize| {
        let around = same(text[..at].iter().rev(), before.iter().rev()) + same(text[at + len..].iter(), after.iter());
        (around, std::cmp::Reverse(place.map_or(0, |place| place.abs_diff(at + len))))
    };
    let last = text.len().checked_sub(len)?;
    let is_quote = |at: &usize| text[*at] == first && text[*at..].starts_with(&head) && anchor.is_about(&text[*at..*at + len]);
    let found: Vec<_> = (0..=last).filter(is_quote).map(|at| (rank(at), at)).collect();
    let &(best, at) = found.iter().max_by_key(|(rank, _)| *rank)?;
    let alone = found.len() == 1;
    let rivals = found.iter().filter(|(rank, _)| *rank == best).count() > 1;
    let proved = known > 0 && best.0 * 2 >= known || place == Some(at + len) || alone && len >= TELLING;
    if rivals || !proved {
        return None;
    }
    let (start, end) = (u32::try_from(at).ok()?, u32::try_from(at + len).ok()?);
    Some(Anchored { state: AnchorState::Here, start, end })
}
