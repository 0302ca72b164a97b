//! Tables: rows of cells that stand in the text as lines with tabs, or between upright strokes.
//!
//! Owns what is a row and how it is cut. Empty cells stay, so that columns stay columns.

use super::lines::{Cell, Line, clean};

/// The rows of the table that a file with layout has at the first of these lines, and how many lines they are.
pub(super) fn hinted<'a>(lines: &[Line<'a>]) -> Option<(Vec<&'a [Cell]>, usize)> {
    let (table, _) = lines.first()?.row()?;
    let rows: Vec<&[Cell]> =
        lines.iter().map_while(|line| line.row().filter(|(known, _)| known == table)).map(|(_, cells)| cells.as_slice()).collect();
    let used = rows.len();
    Some((rows, used))
}

/// The rows of the table that begins at the first of these lines, and how many lines they are; `None` if none begins there.
pub(super) fn read(lines: &[Line<'_>]) -> Option<(Vec<Vec<String>>, usize)> {
    if lines.first()?.hint.is_some_and(|hint| hint.row.is_some() || hint.list.is_some() || hint.heading.is_some()) {
        return None;
    }
    let first = cells(lines.first()?)?;
    let mut rows = vec![first];
    let mut used = 1;
    for line in &lines[1..] {
        let Some(row) = cells(line) else { break };
        // Over a page break a table goes on only with the same columns.
        if line.gap && rows.last().is_none_or(|last| last.len() != row.len()) {
            break;
        }
        used += 1;
        rows.push(row);
    }
    rows.retain(|row| !is_rule(row));
    // One line with one tab is a line of text with a wide space in it.
    (rows.len() > 1 || rows.first().is_some_and(|row| row.len() > 2)).then_some((rows, used))
}

fn cells(line: &Line<'_>) -> Option<Vec<String>> {
    let raw = line.raw.trim_end_matches(['\r', ' ']);
    if let Some(inner) = line.text.strip_prefix('|').and_then(|text| text.strip_suffix('|')) {
        return inner.contains('|').then(|| inner.split('|').map(|cell| clean(cell).into_owned()).collect());
    }
    if !raw.contains('\t') || line.marker().is_some() || line.row().is_some() {
        return None;
    }
    let cells: Vec<String> = raw.split('\t').map(|cell| clean(cell).into_owned()).collect();
    // Tabs before the text only indent it, unless there are more cells.
    (cells.len() > 1 && (cells.iter().filter(|cell| !cell.is_empty()).count() > 1 || !line.raw.starts_with('\t'))).then_some(cells)
}

/// The line of dashes below the head of a table between strokes.
fn is_rule(row: &[String]) -> bool {
    row.len() > 1 && row.iter().all(|cell| cell.contains("--") && cell.chars().all(|c| matches!(c, '-' | ':')))
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn check(text: &str, expected: Option<(&[&[&str]], usize)>) {
        let found = read(&lines::split(text, 100).0);
        let expected = expected.map(|(rows, used)| {
            (rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>()).collect::<Vec<_>>(), used)
        });
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn tabs_make_rows_and_empty_cells_stay() {
        check(
            "\t2025\t2026\nKaj A\t4\t\nI alt\t4\t6\nSlut",
            Some((&[&["", "2025", "2026"], &["Kaj A", "4", ""], &["I alt", "4", "6"]], 3)),
        );
        check("OVERSIGT\t\t\nKaj\tMeter\tPris", Some((&[&["OVERSIGT", "", ""], &["Kaj", "Meter", "Pris"]], 2)));
    }

    #[test]
    fn a_page_break_inside_a_table_is_bridged() {
        check("A\t1\n\nB\t2\n\nC\t3\t4", Some((&[&["A", "1"], &["B", "2"]], 2)));
    }

    #[test]
    fn strokes_make_rows_too() {
        check("| Kaj | Meter |\n|---|---|\n| A | 4 |", Some((&[&["Kaj", "Meter"], &["A", "4"]], 3)));
    }

    #[test]
    fn one_tab_in_one_line_or_before_it_is_no_table() {
        check("Kl. 9\tVelkomst", None);
        check("\tIndrykket\n\tIndrykket", None);
        check("-\tPunkt\n-\tPunkt", None);
    }
}
