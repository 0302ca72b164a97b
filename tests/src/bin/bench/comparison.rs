//! One table: a row for each figure, a column for each of those compared, and how many times ours is as good.

use std::fmt::{self, Display, Formatter};

use crate::figures::median;

/// Which figures are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    More,
    Less,
    Neither,
}

/// A figure of one run.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    name: String,
    figure: f64,
    better: Better,
}

impl Row {
    pub(crate) fn new(name: impl Into<String>, figure: f64, better: Better) -> Self {
        Self { name: name.into(), figure, better }
    }
}

/// Figures of all runs.
pub(crate) struct Comparison {
    names: Vec<&'static str>,
    /// By name, in the order they came; for each of those compared the figures of its runs.
    rows: Vec<(String, Better, Vec<Vec<f64>>)>,
}

impl Comparison {
    /// A table without rows; the first name is ours.
    pub(crate) fn new(names: impl IntoIterator<Item = &'static str>) -> Self {
        Self { names: names.into_iter().collect(), rows: Vec::new() }
    }

    /// Adds the figures of one run.
    pub(crate) fn add(&mut self, name: &str, rows: Vec<Row>) {
        let Some(column) = self.names.iter().position(|other| *other == name) else { return };
        for Row { name, figure, better } in rows {
            if !self.rows.iter().any(|(known, ..)| *known == name) {
                self.rows.push((name.clone(), better, vec![Vec::new(); self.names.len()]));
            }
            for (known, _, figures) in &mut self.rows {
                if *known == name {
                    figures[column].push(figure);
                }
            }
        }
    }
}

impl Display for Comparison {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or_default();
        write!(formatter, "  {:width$}", "")?;
        for name in &self.names {
            write!(formatter, " {name:>22}")?;
        }
        for (name, better, figures) in &self.rows {
            let ours = figures.first().filter(|runs| !runs.is_empty()).map(|runs| median(runs));
            write!(formatter, "\n  {name:width$}")?;
            for (column, runs) in figures.iter().enumerate() {
                let cell = if runs.is_empty() { "-".to_owned() } else { cell(median(runs), ours.filter(|_| column > 0), *better) };
                write!(formatter, " {cell:>22}")?;
            }
        }
        Ok(())
    }
}

/// A figure, and in brackets how many times ours is as good.
fn cell(figure: f64, ours: Option<f64>, better: Better) -> String {
    let ratio = match (ours, better) {
        (Some(ours), Better::More) if figure > 0.0 => Some(ours / figure),
        (Some(ours), Better::Less) if ours > 0.0 => Some(figure / ours),
        _ => None,
    };
    let digits = if figure >= 1_000.0 { 0 } else { 2 };
    match ratio {
        Some(ratio) => format!("{figure:.digits$} ({ratio:.2} x)"),
        None => format!("{figure:.digits$}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_stands_first_and_the_others_say_how_many_times_it_is_as_good() {
        let mut comparison = Comparison::new(["ours", "theirs"]);
        comparison.add("ours", vec![Row::new("rate", 300.0, Better::More), Row::new("time", 2.0, Better::Less)]);
        comparison.add("theirs", vec![Row::new("rate", 100.0, Better::More), Row::new("time", 5.0, Better::Less)]);
        let text = comparison.to_string();
        assert!(text.contains("100.00 (3.00 x)") && text.contains("5.00 (2.50 x)"), "{text}");
    }

    #[test]
    fn one_that_broke_down_has_no_figure() {
        let mut comparison = Comparison::new(["ours", "theirs"]);
        comparison.add("ours", vec![Row::new("rate", 300.0, Better::More)]);
        assert!(comparison.to_string().ends_with(" -"), "{comparison}");
    }
}
