//! How a table finds room: widths of its columns, a turned page, parts.
//!
//! typst sets columns that do not fit over one another without a word, so the widths are worked out here from the fonts. Small tables
//! keep their natural width. A wider one takes the margin column too, a still wider one a turned page, and what fits on none is cut
//! into parts that each begin with the first column.

use dagsorden_shared::meeting_json::MarkJson;
use dagsorden_shared::richtext::cells;
use serde::Serialize;

use crate::fonts::{self, MILLIMETRES};
use crate::text::{self, Run};

/// Most columns of one part.
const MOST_COLUMNS: usize = 16;
/// What a column needs beside its text, in millimetres: the space between columns.
const SPACE: f32 = 4.0;
/// A column is never narrower.
const NARROWEST: f32 = 9.0;
/// A word wider than this is broken, so that one word does not take the whole page.
const WIDEST_WORD: f32 = 38.0;
/// A cell's text is not asked to stand on one line beyond this.
const WIDEST_CELL: f32 = 80.0;
/// A head row with more text than this is not repeated on each page.
const LONGEST_HEAD: usize = 160;

/// Where a table stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    /// In the text's column.
    Column,
    /// Over the width of the page.
    Page,
    /// On a page turned by 90 degrees.
    Turned,
}

impl Place {
    /// Millimetres there are, and the size of the letters in points.
    fn room(self) -> (f32, f32) {
        match self {
            Self::Column => (134.0, 9.5),
            Self::Page => (170.0, 9.0),
            Self::Turned => (257.0, 8.5),
        }
    }
}

/// A table, or a part of a wide one.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Table {
    pub(crate) place: Place,
    /// Letters in points.
    size: f32,
    /// Widths in millimetres; none where the text decides.
    widths: Vec<f32>,
    columns: usize,
    /// Whether the columns' cells stand to the right.
    figures: Vec<bool>,
    head: Option<Vec<Vec<Run>>>,
    repeat: bool,
    rows: Vec<Vec<Vec<Run>>>,
    /// Which part of how many, from 1.
    pub(crate) part: Option<(u32, u32)>,
}

/// The parts of a table; one for most. None for a table without cells.
pub(crate) fn planned(rows: &[Vec<String>], marks: &[Vec<Vec<MarkJson>>], head: Option<bool>) -> Vec<Table> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    if columns == 0 {
        return Vec::new();
    }
    let cells = Cells { rows, marks, columns, has_head: cells::has_head(head, &rows[0], rows.len()) };
    let all: Vec<usize> = (0..cells.columns).collect();
    let fits = |place: &Place| cells.columns <= MOST_COLUMNS && cells.least(&all, *place) <= place.room().0;
    if let Some(place) = [Place::Column, Place::Page, Place::Turned].into_iter().find(fits) {
        return vec![cells.table(&all, place, None)];
    }
    let parts = cells.parts();
    let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
    (1..).zip(&parts).map(|(number, columns)| cells.table(columns, Place::Turned, Some((number, count)))).collect()
}

struct Cells<'a> {
    rows: &'a [Vec<String>],
    marks: &'a [Vec<Vec<MarkJson>>],
    columns: usize,
    has_head: bool,
}

impl Cells<'_> {
    fn text(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|row| row.get(column)).map_or("", String::as_str)
    }

    /// The head and each cell below it, cleaned, with whether it is set in bold.
    fn column(&self, column: usize) -> impl Iterator<Item = (String, bool)> {
        (0..self.rows.len()).map(move |row| (text::clean(self.text(row, column)), row == 0 && self.has_head))
    }

    /// Millimetres that hold the column's longest word, and its longest cell, at this size.
    fn wants(&self, column: usize, size: f32) -> (f32, f32) {
        let wide = |text: &str, bold| fonts::width(text, bold) * size * MILLIMETRES;
        let (mut word, mut cell) = (0.0_f32, 0.0_f32);
        for (text, bold) in self.column(column) {
            word = text.split(' ').map(|part| wide(part, bold)).fold(word, f32::max);
            cell = cell.max(wide(&text, bold));
        }
        let least = (word.min(WIDEST_WORD) + SPACE).max(NARROWEST);
        (least, (cell.min(WIDEST_CELL) + SPACE).max(least))
    }

    fn least(&self, columns: &[usize], place: Place) -> f32 {
        columns.iter().map(|column| self.wants(*column, place.room().1).0).sum()
    }

    /// Columns of each part, the first one in all of them.
    fn parts(&self) -> Vec<Vec<usize>> {
        let mut parts = vec![vec![0]];
        for column in 1..self.columns {
            let Some(part) = parts.last_mut() else { break };
            part.push(column);
            let full = part.len() > MOST_COLUMNS || self.least(part, Place::Turned) > Place::Turned.room().0;
            if full && part.len() > 2 {
                part.pop();
                parts.push(vec![0, column]);
            }
        }
        parts
    }

    fn table(&self, columns: &[usize], place: Place, part: Option<(u32, u32)>) -> Table {
        let (room, size) = place.room();
        let wants: Vec<(f32, f32)> = columns.iter().map(|column| self.wants(*column, size)).collect();
        let (least, most) = wants.iter().fold((0.0, 0.0), |(least, most), want| (least + want.0, most + want.1));
        // Kerning and the spaces between letters are not counted, so a little is left over.
        let natural = most * 1.04 <= room;
        let widths: Vec<f32> = if most > least && least < room {
            wants.iter().map(|want| want.0 + (room - least).min(most - least) * (want.1 - want.0) / (most - least)).collect()
        } else {
            wants.iter().map(|want| want.0 * (room / least).min(1.0)).collect()
        };
        let cell = |row: usize, index: usize| {
            let column = columns[index];
            let none = Vec::new();
            let marks = self.marks.get(row).and_then(|row| row.get(column)).unwrap_or(&none);
            let letters = letters(if natural { room } else { widths[index] }, size);
            text::runs_broken(self.text(row, column), marks, letters, letters)
        };
        let row = |row: usize| (0..columns.len()).map(|index| cell(row, index)).collect::<Vec<_>>();
        let first = usize::from(self.has_head);
        Table {
            place,
            size,
            columns: columns.len(),
            figures: columns.iter().map(|column| cells::are_figures((1..self.rows.len()).map(|row| self.text(row, *column)))).collect(),
            head: (first == 1).then(|| row(0)),
            repeat: (0..self.columns).all(|column| self.text(0, column).len() <= LONGEST_HEAD),
            rows: (first..self.rows.len()).map(row).collect(),
            widths: if natural { Vec::new() } else { widths },
            part,
        }
    }
}

/// Letters of a word that surely find room in a column of this width: capitals are seldom wider than 0.75 em.
fn letters(width: f32, size: f32) -> usize {
    let em = size * MILLIMETRES;
    (((width - SPACE) / (em * 0.75)) as usize).max(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: usize, columns: usize, cell: impl Fn(usize, usize) -> String) -> Vec<Vec<String>> {
        (0..rows).map(|row| (0..columns).map(|column| cell(row, column)).collect()).collect()
    }

    #[test]
    fn a_small_table_stays_in_the_column_at_its_own_width() {
        let planned = planned(&rows(3, 4, |row, column| format!("{row}{column}")), &[], Some(true));
        assert_eq!(planned.len(), 1);
        assert_eq!((planned[0].place, planned[0].widths.len(), planned[0].part), (Place::Column, 0, None));
        assert_eq!((planned[0].rows.len(), planned[0].figures.as_slice()), (2, [true; 4].as_slice()));
        assert!(planned[0].repeat && planned[0].head.is_some());
    }

    #[test]
    fn a_wider_table_takes_the_page_then_a_turned_page_then_parts() {
        let place = |columns| planned(&rows(2, columns, |_, _| "Kommunernes".into()), &[], None);
        assert_eq!(place(6)[0].place, Place::Page);
        assert_eq!(place(9)[0].place, Place::Turned);
        let parts = place(60);
        assert!(parts.len() > 4 && parts.iter().all(|part| part.place == Place::Turned && part.columns <= MOST_COLUMNS));
        assert_eq!(parts.iter().map(|part| part.columns - 1).sum::<usize>() + 1, 60, "the first column is in each, the others in one");
        assert_eq!(parts[1].part, Some((2, u32::try_from(parts.len()).expect("few"))));
    }

    #[test]
    fn widths_fill_the_room_and_no_more() {
        for text in ["x".repeat(300), "Et længere stykke tekst om økonomien i de seks kommuner ".repeat(3)] {
            for part in planned(&rows(4, 7, |_, column| if column == 3 { text.clone() } else { "kort".into() }), &[], None) {
                let (room, _) = part.place.room();
                assert!(part.widths.iter().sum::<f32>() <= room + 0.1, "{:?}", part.widths);
            }
        }
    }

    #[test]
    fn tables_without_cells_or_with_one_row_are_taken() {
        assert!(planned(&[], &[], None).is_empty());
        assert!(planned(&[Vec::new()], &[], None).is_empty());
        let one = planned(&[vec!["alene".into()]][..], &[], None);
        assert_eq!((one[0].head.is_none(), one[0].rows.len()), (true, 1));
        let uneven = planned(&[vec!["a".into(), "b".into()], vec!["c".into()]], &[], None);
        assert_eq!(uneven[0].rows[0].len(), 2);
    }
}
