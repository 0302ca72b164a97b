//! Positions and outcomes as the server writes them.

use dagsorden_shared::json::Json;
use dagsorden_shared::talk::{Outcome, OutcomeKind, Position, Stance};

use crate::json::{number, text};

fn small(value: &Json, key: &str) -> Option<u32> {
    u32::try_from(number(value, key)?).ok()
}

pub(super) fn position(value: &Json) -> Option<Position> {
    let stance = value.get("stance")?.as_text()?;
    Some(Position {
        item: value.get("item")?.as_text()?.parse().ok()?,
        point: value.get("point")?.as_text()?.parse().ok()?,
        organisation: text(value, "organisation")?,
        hue: small(value, "hue").and_then(|hue| u8::try_from(hue).ok()).unwrap_or_default(),
        stance: Stance::ALL.into_iter().find(|known| known.as_str() == stance)?,
        remark: text(value, "remark").unwrap_or_default(),
        given_by: text(value, "given_by").unwrap_or_default(),
        wording: text(value, "wording").unwrap_or_default(),
        version: small(value, "version")?,
    })
}

pub(super) fn outcome(value: &Json) -> Option<Outcome> {
    let kind = value.get("outcome")?.as_text()?;
    Some(Outcome {
        item: value.get("item")?.as_text()?.parse().ok()?,
        point: value.get("point")?.as_text()?.parse().ok()?,
        outcome: OutcomeKind::ALL.into_iter().find(|known| known.as_str() == kind)?,
        set_by: text(value, "set_by").unwrap_or_default(),
        version: small(value, "version")?,
    })
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::id::{ItemId, PointId};

    use super::*;

    #[test]
    fn what_the_server_writes_is_what_the_page_reads() {
        let (item, point): (ItemId, PointId) = ("i".parse().unwrap(), "p".parse().unwrap());
        let position_row = Position {
            item: item.clone(),
            point: point.clone(),
            organisation: "Havn".into(),
            hue: 3,
            stance: Stance::Discuss,
            remark: "\"Æ\"".into(),
            given_by: "Ida".into(),
            wording: "at".into(),
            version: 4,
        };
        let outcome_row = Outcome { item, point, outcome: OutcomeKind::Noted, set_by: "Bo".into(), version: 1 };
        assert_eq!(position(&Json::read(&serde_json::to_string(&position_row).unwrap()).unwrap()), Some(position_row));
        assert_eq!(outcome(&Json::read(&serde_json::to_string(&outcome_row).unwrap()).unwrap()), Some(outcome_row));
    }
}
