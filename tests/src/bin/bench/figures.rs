//! Figures: percentiles of one run, medians over runs, and rows of a table.

use std::fmt::{self, Display, Formatter};

/// One percentile of samples, by nearest rank. 0 if there are none.
pub(crate) fn percentile(samples: &[f64], percent: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank within the samples")]
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// The middle of the runs: one run that was disturbed does not show.
pub(crate) fn median(runs: &[f64]) -> f64 {
    percentile(runs, 50.0)
}

/// A table of figures with its first row as the floor of the others.
pub(crate) struct Table {
    columns: Vec<&'static str>,
    rows: Vec<(String, Vec<f64>)>,
    /// The column whose ratio to the first row is printed.
    ratio: usize,
}

impl Table {
    /// A table without rows; `ratio` names the column that is compared.
    pub(crate) fn new(columns: &[&'static str], ratio: usize) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new(), ratio }
    }

    /// Adds a row: a figure for each column.
    pub(crate) fn row(&mut self, name: impl Into<String>, figures: Vec<f64>) {
        self.rows.push((name.into(), figures));
    }
}

impl Display for Table {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        write!(formatter, "  {:width$}", "")?;
        for column in &self.columns {
            write!(formatter, " {column:>14}")?;
        }
        let compared = self.columns.get(self.ratio).copied().unwrap_or_default();
        write!(formatter, "   {compared} against the first row")?;
        let floor = self.rows.first().and_then(|(_, figures)| figures.get(self.ratio)).copied();
        for (name, figures) in &self.rows {
            write!(formatter, "\n  {name:width$}")?;
            for figure in figures {
                write!(formatter, " {figure:>14.2}")?;
            }
            if let (Some(floor), Some(own)) = (floor.filter(|floor| *floor > 0.0), figures.get(self.ratio)) {
                write!(formatter, "   {:.1} x", own / floor)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_sample_of_its_rank() {
        let samples: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!([50.0, 95.0, 100.0].map(|percent| percentile(&samples, percent)), [100.0, 190.0, 200.0]);
        assert_eq!(percentile(&[], 95.0), 0.0);
    }

    #[test]
    fn rows_are_compared_with_the_first() {
        let mut table = Table::new(&["p50", "p95"], 1);
        table.row("floor", vec![1.0, 2.0]);
        table.row("ours", vec![2.0, 5.0]);
        assert!(table.to_string().ends_with("2.5 x"), "{table}");
    }
}
