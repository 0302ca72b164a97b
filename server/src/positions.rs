//! What the organisations of a forum think of a meeting's points, item by item: what needs time first. Knows no SQL and no HTTP.

use dagsorden_shared::agenda::{MeetingSnapshot, points};
use dagsorden_shared::id::{ItemId, PointId};
use dagsorden_shared::talk::{Position, Stance};

/// An organisation that is asked, or that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// Its colour, 0 if it has none.
    pub hue: u8,
}

/// A point, and what each organisation thinks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointPositions {
    /// Its words as they stand; those it had, if it was deleted.
    pub text: String,
    /// What it is called by.
    pub number: u32,
    /// Whether it stands in the text no more.
    pub gone: bool,
    /// In the order of [`Overview::organisations`]; `None`: no answer.
    pub answers: Vec<Option<Position>>,
}

impl PointPositions {
    /// Whether a position was given to other words than those that stand.
    pub fn is_outdated(&self, position: &Position) -> bool {
        !self.gone && position.wording != self.text
    }

    fn given(&self) -> impl Iterator<Item = &Position> {
        self.answers.iter().flatten()
    }
}

/// An item, and what is thought of its points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemPositions {
    /// Its id.
    pub id: ItemId,
    /// Its number as shown.
    pub number: String,
    /// Its title; empty for a closed item.
    pub title: String,
    /// Whether it is closed: then nothing else of it is shown.
    pub closed: bool,
    /// Planned length in minutes.
    pub minutes: Option<u32>,
    /// Its points in order.
    pub points: Vec<PointPositions>,
}

impl ItemPositions {
    /// How much is to be talked about: those who disagree or want to discuss, then remarks.
    fn need(&self) -> (usize, usize) {
        let given = || self.points.iter().flat_map(PointPositions::given);
        let apart = given().filter(|position| matches!(position.stance, Stance::Discuss | Stance::Disagree)).count();
        let remarks = given().filter(|position| position.stance == Stance::Remark || !position.remark.is_empty()).count();
        (apart, remarks)
    }

    /// Whether anybody does more than agree.
    pub fn needs_time(&self) -> bool {
        self.need() != (0, 0)
    }
}

/// All positions of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Who is asked or answered, by name.
    pub organisations: Vec<Organisation>,
    /// Those who answered nothing yet.
    pub silent: Vec<Organisation>,
    /// Items that need time, most first.
    pub apart: Vec<ItemPositions>,
    /// All others, in their order.
    pub together: Vec<ItemPositions>,
}

impl Overview {
    /// `asked` are the organisations whose members may state a position.
    pub fn of(meeting: &MeetingSnapshot, positions: &[Position], asked: impl IntoIterator<Item = Organisation>) -> Self {
        let answered = positions.iter().map(|position| Organisation { name: position.organisation.clone(), hue: position.hue });
        let mut organisations: Vec<Organisation> = answered.chain(asked).filter(|organisation| !organisation.name.is_empty()).collect();
        organisations.sort_by_cached_key(|organisation| (alphabetic(&organisation.name), organisation.hue == 0));
        organisations.dedup_by(|one, other| one.name == other.name);
        let silent = organisations.iter().filter(|organisation| positions.iter().all(|given| given.organisation != organisation.name));
        let silent = silent.cloned().collect();
        let items = meeting.items.iter().map(|item| {
            let answers = |point: &PointId| -> Vec<Option<Position>> {
                let of = |organisation: &Organisation| {
                    let given = positions
                        .iter()
                        .find(|given| given.item == item.id && given.point == *point && given.organisation == organisation.name);
                    given.cloned()
                };
                organisations.iter().map(of).collect()
            };
            let standing = if item.closed { Vec::new() } else { points(item) };
            let mut rows: Vec<PointPositions> = standing
                .iter()
                .map(|point| PointPositions {
                    text: point.text.clone(),
                    number: point.number,
                    gone: false,
                    answers: point.id.as_ref().map_or_else(|| vec![None; organisations.len()], answers),
                })
                .collect();
            let mut gone: Vec<&Position> = Vec::new();
            for given in positions.iter().filter(|given| given.item == item.id && !item.closed) {
                let is_there = standing.iter().any(|point| point.id.as_ref() == Some(&given.point));
                if !is_there && gone.iter().all(|known| known.point != given.point) {
                    gone.push(given);
                }
            }
            rows.extend(gone.into_iter().map(|given| PointPositions {
                text: given.wording.clone(),
                number: 0,
                gone: true,
                answers: answers(&given.point),
            }));
            ItemPositions {
                id: item.id.clone(),
                number: item.number.clone(),
                title: if item.closed { String::new() } else { item.title.text().trim().to_owned() },
                closed: item.closed,
                minutes: item.minutes,
                points: rows,
            }
        });
        let (mut apart, together): (Vec<_>, Vec<_>) = items.partition(ItemPositions::needs_time);
        apart.sort_by_key(|item| std::cmp::Reverse(item.need()));
        Self { organisations, silent, apart, together }
    }
}

/// In the order of the Danish alphabet: æ, ø, å last.
fn alphabetic(name: &str) -> Vec<char> {
    let place = |character: char| match character {
        'æ' => '\u{e000}',
        'ø' => '\u{e001}',
        'å' => '\u{e002}',
        other => other,
    };
    name.to_lowercase().chars().map(place).collect()
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::agenda::{ItemSnapshot, SectionSnapshot};
    use dagsorden_shared::meeting_json::SectionKind;
    use dagsorden_shared::richtext::attributes::{Attributes, Value, name};
    use dagsorden_shared::richtext::body::Body;

    use super::*;

    fn item(id: &str, points: &[&str]) -> ItemSnapshot {
        let lines = points.iter().enumerate().flat_map(|(index, point)| {
            let line = [("list", "bullet".to_owned()), (name::POINT, format!("{id}-{index}"))];
            let line = Attributes::from(line.map(|(key, value)| (key.to_owned(), Value::Text(value))));
            [(*point, Attributes::new()), ("\n", line)]
        });
        let section = SectionSnapshot {
            id: "s".parse().unwrap(),
            kind: SectionKind::Recommendation,
            heading: None,
            from: None,
            to: None,
            body: Body::from_inserts(lines),
        };
        ItemSnapshot {
            id: id.parse().unwrap(),
            number: id.to_owned(),
            title: Body::from_inserts([("Sag\n", Attributes::new())]),
            alt_title: None,
            kind: None,
            presenter: None,
            guests: Vec::new(),
            minutes: None,
            closed: false,
            public_heading: None,
            own_document: false,
            sections: vec![section],
        }
    }

    fn position(point: &str, organisation: &str, stance: Stance, wording: &str) -> Position {
        Position {
            item: point.split('-').next().unwrap_or_default().parse().unwrap(),
            point: point.parse().unwrap(),
            organisation: organisation.to_owned(),
            hue: 2,
            stance,
            remark: String::new(),
            given_by: "Eva".to_owned(),
            wording: wording.to_owned(),
            version: 1,
        }
    }

    fn overview(items: Vec<ItemSnapshot>, positions: &[Position]) -> Overview {
        let asked = ["Ørby", "Aaløse", "Æbelø", "Havnsted"].map(|name| Organisation { name: name.to_owned(), hue: 7 });
        Overview::of(&MeetingSnapshot { items, ..MeetingSnapshot::default() }, positions, asked)
    }

    #[test]
    fn what_divides_most_comes_first_and_who_is_silent_is_named() {
        let items = vec![item("i1", &["a"]), item("i2", &["b"]), item("i3", &["c", "d"]), item("i4", &[])];
        let positions = [
            position("i1-0", "Havnsted", Stance::Agree, "a"),
            position("i2-0", "Havnsted", Stance::Remark, "b"),
            position("i3-1", "Havnsted", Stance::Disagree, "d"),
            position("i3-0", "Strand", Stance::Discuss, "c"),
        ];
        let shown = overview(items, &positions);
        let names = |list: &[Organisation]| list.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&shown.organisations), ["Aaløse", "Havnsted", "Strand", "Æbelø", "Ørby"]);
        assert_eq!(names(&shown.silent), ["Aaløse", "Æbelø", "Ørby"]);
        let ids = |items: &[ItemPositions]| items.iter().map(|item| item.number.clone()).collect::<Vec<_>>();
        assert_eq!(
            (ids(&shown.apart), ids(&shown.together)),
            (vec!["i3".to_owned(), "i2".to_owned()], vec!["i1".to_owned(), "i4".to_owned()])
        );
        let answers = &shown.apart[0].points[1].answers;
        assert_eq!(answers.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, false, false, false]);
    }

    #[test]
    fn an_answer_is_of_the_words_it_was_given_to_and_outlives_its_point() {
        let positions = [position("i1-0", "Havnsted", Stance::Agree, "a"), position("i1-9", "Havnsted", Stance::Discuss, "slettet")];
        let shown = overview(vec![item("i1", &["a, men straks"])], &positions);
        let points = &shown.apart[0].points;
        assert!(points[0].is_outdated(points[0].answers[1].as_ref().unwrap()));
        assert_eq!((points.len(), points[1].gone, points[1].text.as_str()), (2, true, "slettet"));
        assert!(!points[1].is_outdated(points[1].answers[1].as_ref().unwrap()), "there are no other words");
    }

    #[test]
    fn a_closed_item_tells_nothing_but_that_it_is_there() {
        let closed = ItemSnapshot { closed: true, ..item("i1", &["hemmeligt"]) };
        let shown = overview(vec![closed], &[position("i1-0", "Havnsted", Stance::Disagree, "hemmeligt")]);
        assert!(shown.apart.is_empty() && shown.together[0].points.is_empty() && shown.together[0].title.is_empty());
    }
}
