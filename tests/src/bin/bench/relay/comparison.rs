//! One table: a row for each figure, a column for each relay, and how many times ours is as good.

use std::fmt::{self, Display, Formatter};

use super::subject::Kind;
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
    kinds: Vec<Kind>,
    /// By name, in the order they came; per relay the figures of its runs.
    rows: Vec<(String, Better, Vec<Vec<f64>>)>,
}

impl Comparison {
    /// A table without rows; the first is ours.
    pub(crate) fn new(kinds: &[Kind]) -> Self {
        Self { kinds: kinds.to_vec(), rows: Vec::new() }
    }

    /// Adds the figures of one run of a relay.
    pub(crate) fn add(&mut self, kind: Kind, rows: Vec<Row>) {
        let Some(column) = self.kinds.iter().position(|other| *other == kind) else { return };
        for Row { name, figure, better } in rows {
            if !self.rows.iter().any(|(known, ..)| *known == name) {
                self.rows.push((name.clone(), better, vec![Vec::new(); self.kinds.len()]));
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
        for kind in &self.kinds {
            write!(formatter, " {:>22}", kind.name())?;
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
    use crate::relay::peer::PeerKind;

    #[test]
    fn ours_stands_first_and_the_others_say_how_many_times_it_is_as_good() {
        let peer = Kind::Peer(PeerKind::Hocuspocus);
        let mut comparison = Comparison::new(&[Kind::Ours, peer]);
        comparison.add(Kind::Ours, vec![Row::new("rate", 300.0, Better::More), Row::new("time", 2.0, Better::Less)]);
        comparison.add(peer, vec![Row::new("rate", 100.0, Better::More), Row::new("time", 5.0, Better::Less)]);
        let text = comparison.to_string();
        assert!(text.contains("100.00 (3.00 x)") && text.contains("5.00 (2.50 x)"), "{text}");
    }
}
