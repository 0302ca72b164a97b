//! The points of a recommendation: its list lines, each with an id on its newline, so that positions and outcomes hang on it and not on its letters.
//!
//! Points are reordered by cut and paste, and keep their id then; a line that is parted leaves it on the lower half. Of two lines with one id the
//! first has it. A recommendation without a list is one point: its first line.

use super::edit::Edit;
use super::field::Field;
use super::snapshot::{ItemSnapshot, MeetingSnapshot};
use crate::id::{ItemId, PointId, SectionId};
use crate::meeting_json::SectionKind;
use crate::richtext::attributes::{Attributes, Value, name};
use crate::richtext::delta::Delta;
use crate::richtext::line::{Block, Line};
use crate::richtext::numbers::Numbers;

/// A point of a recommendation, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Its id; `None` until the server has given one.
    pub id: Option<PointId>,
    /// The recommendation it is of.
    pub section: SectionId,
    /// What it is called by: its number in the text, or its place where not every point has one of its own.
    pub number: u32,
    /// Its words.
    pub text: String,
    /// UTF-16 units before its newline.
    end: u32,
}

/// The points of an item, in their order.
pub fn points(item: &ItemSnapshot) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    let mut written: Vec<Option<u32>> = Vec::new();
    for section in item.sections.iter().filter(|section| section.kind == SectionKind::Recommendation) {
        let lines = section.body.lines();
        let is_listed = |line: &Line| matches!(line.format().block, Block::ListItem(_)) && !line.text().trim().is_empty();
        let listed = lines.iter().any(is_listed);
        let mut numbers = Numbers::default();
        for (index, line) in lines.iter().enumerate() {
            let format = line.format();
            let number = numbers.next(&format).filter(|_| format.indent == 0);
            let is_first = !listed && !line.text().trim().is_empty() && !points.iter().any(|point| point.section == section.id);
            if !(is_listed(line) || is_first) {
                continue;
            }
            let id = match line.attributes.get(name::POINT) {
                Some(Value::Text(id)) => id.parse::<PointId>().ok(),
                _ => None,
            };
            // A copy of a point is a point of its own.
            let id = id.filter(|id| points.iter().all(|point| point.id.as_ref() != Some(id)));
            let end = section.body.line_start(index) + line.len();
            written.push(number);
            points.push(Point {
                id,
                section: section.id.clone(),
                number: count(points.len() + 1),
                text: line.text().trim().to_owned(),
                end,
            });
        }
    }
    // In two lists, or in one of several levels, the same number may stand twice.
    if written.iter().all(Option::is_some) && written.is_sorted_by(|one, next| one < next) {
        points.iter_mut().zip(written).for_each(|(point, number)| point.number = number.unwrap_or(point.number));
    }
    points
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The edits that give an id to every point that has none. `random` gives 128 random bits a call.
pub fn missing_ids(meeting: &MeetingSnapshot, random: &mut dyn FnMut() -> u128) -> Vec<Edit> {
    let mut edits = Vec::new();
    for item in meeting.items.iter().filter(|item| !item.closed) {
        for point in points(item).into_iter().filter(|point| point.id.is_none()) {
            let id = Value::Text(PointId::from_random(random()).to_string());
            let delta = Delta::new().retain(point.end).format(1, Attributes::from([(name::POINT.to_owned(), id)]));
            edits.push(Edit::Text { field: field(&item.id, &point.section), delta });
        }
    }
    edits
}

fn field(item: &ItemId, section: &SectionId) -> Field {
    Field::Section(item.clone(), section.clone())
}

#[cfg(test)]
mod tests {
    use super::super::{Agenda, Origin};
    use super::*;
    use crate::id::ClientId;
    use crate::meeting_json::{BlockJson, ItemJson, MeetingJson, SectionJson};

    fn agenda(blocks: Vec<BlockJson>) -> Agenda {
        let section = SectionJson { kind: SectionKind::Recommendation, blocks, ..SectionJson::default() };
        let item = ItemJson { title: "Budget".into(), sections: vec![section], ..ItemJson::default() };
        let agenda = Agenda::new(ClientId::new(5).unwrap());
        let mut bits = 0;
        agenda.seed(&MeetingJson { items: vec![item], ..MeetingJson::default() }, &mut || {
            bits += 1;
            bits
        });
        agenda
    }

    fn listed(text: &str) -> BlockJson {
        serde_json::from_value(serde_json::json!({ "type": "list_item", "list": "bullet", "level": 0, "text": text })).unwrap()
    }

    #[test]
    fn a_point_is_called_by_its_number_where_it_has_one_of_its_own() {
        let numbers = |lines: &[(&str, u8, Option<u16>)]| -> Vec<u32> {
            let block = |(list, level, start): &(&str, u8, Option<u16>)| {
                serde_json::from_value(
                    serde_json::json!({ "type": "list_item", "list": list, "level": level, "start": start, "text": "x" }),
                )
                .unwrap()
            };
            points(&agenda(lines.iter().map(block).collect()).snapshot().items[0]).iter().map(|point| point.number).collect()
        };
        assert_eq!(numbers(&[("ordered", 0, Some(3)), ("ordered", 0, None), ("ordered", 0, Some(7))]), [3, 4, 7]);
        assert_eq!(numbers(&[("bullet", 0, None), ("bullet", 0, None)]), [1, 2]);
        assert_eq!(numbers(&[("ordered", 0, Some(3)), ("ordered", 1, None), ("ordered", 0, None)]), [1, 2, 3]);
        assert_eq!(numbers(&[("ordered", 0, Some(3)), ("ordered", 0, Some(1))]), [1, 2]);
    }

    fn name_all(agenda: &Agenda) -> usize {
        let mut bits = 100;
        let edits = missing_ids(&agenda.snapshot(), &mut || {
            bits += 1;
            bits
        });
        agenda.apply(&edits, Origin::Local).unwrap();
        edits.len()
    }

    #[test]
    fn every_list_line_of_a_recommendation_gets_an_id_once() {
        let agenda =
            agenda(vec![BlockJson::paragraph("Formandskabet indstiller, at"), listed("godkende planen"), listed("drøfte tallene")]);
        assert_eq!((name_all(&agenda), name_all(&agenda)), (2, 0));
        let points = points(&agenda.snapshot().items[0]);
        assert_eq!(points.iter().map(|point| point.text.as_str()).collect::<Vec<_>>(), ["godkende planen", "drøfte tallene"]);
        assert!(points[0].id.is_some() && points[0].id != points[1].id);
    }

    #[test]
    fn a_recommendation_without_a_list_is_one_point() {
        let agenda = agenda(vec![BlockJson::paragraph("Til drøftelse"), BlockJson::paragraph("Se bilaget.")]);
        assert_eq!(name_all(&agenda), 1);
        assert_eq!(points(&agenda.snapshot().items[0])[0].text, "Til drøftelse");
    }

    #[test]
    fn a_point_keeps_its_id_while_its_words_change_and_gives_it_to_the_lower_half() {
        let agenda = agenda(vec![listed("godkende"), listed("drøfte")]);
        name_all(&agenda);
        let item = &agenda.snapshot().items[0];
        let before = points(item);
        let field = field(&item.id, &item.sections[0].id);
        agenda.apply(&[Edit::Text { field, delta: Delta::new().insert("at ", Attributes::new()) }], Origin::Local).unwrap();
        let after = points(&agenda.snapshot().items[0]);
        assert_eq!((after[0].text.as_str(), &after[0].id), ("at godkende", &before[0].id));
    }
}
