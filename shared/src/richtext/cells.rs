//! What the cells of a table are: its head, figures.
//!
//! The one rule for the page and for every format that a table is written in. Knows texts alone.

/// Whether the first row of a table is its head: as a writer has `said`, else if others stand below it and it holds words, or years, but no figures.
pub fn has_head(said: Option<bool>, first: &[impl AsRef<str>], rows: usize) -> bool {
    let is_year = |text: &str| text.len() == 4 && matches!(text.get(..2), Some("19" | "20"));
    let mut texts = first.iter().map(|text| text.as_ref().trim());
    said.unwrap_or_else(|| rows > 1 && texts.clone().any(|text| !text.is_empty()) && texts.all(|text| !is_figure(text) || is_year(text)))
}

/// Whether the cells of a column below its first row are all figures, which are set flush right. A dash is none.
pub fn are_figures(below: impl Iterator<Item = impl AsRef<str>>) -> bool {
    let mut filled = below.filter(|text| !is_nothing(text.as_ref())).peekable();
    filled.peek().is_some() && filled.all(|text| is_figure(text.as_ref()))
}

/// Whether a cell holds nothing, or the dash that says so.
fn is_nothing(text: &str) -> bool {
    matches!(text.trim(), "" | "-" | "−" | "–" | "—")
}

/// What figures may be figures of.
const UNITS: [&str; 8] = ["kr", "kr.", "t.kr.", "mio.", "mia.", "pct.", "pct", "stk."];

/// Whether a cell holds a number, a share, an amount or a span of them.
fn is_figure(text: &str) -> bool {
    let of_figures = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '−' | '–' | '+' | '%' | '(' | ')');
    text.contains(|c: char| c.is_ascii_digit())
        && text.split([' ', '\u{a0}']).all(|word| word.chars().all(of_figures) || UNITS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_holds_words_or_years_and_has_rows_below_it() {
        for (said, first, rows, head) in [
            (None, &["Post", "Beløb"][..], 2, true),
            (None, &["", "2026"][..], 2, true),
            (None, &["Post", "Beløb"][..], 1, false),
            (None, &["Leje", "12 mio. kr."][..], 2, false),
            (None, &["", " "][..], 2, false),
            (Some(true), &["Leje", "4"][..], 1, true),
            (Some(false), &["Post", "Beløb"][..], 2, false),
        ] {
            assert_eq!(has_head(said, first, rows), head, "{said:?} {first:?}");
        }
    }

    #[test]
    fn figures_have_signs_and_units_and_a_dash_alone_is_none() {
        assert!(are_figures(["1.204", "", "–", "12 mio. kr.", "4\u{a0}%"].iter()));
        assert!(!are_figures(["1.204", "ukendt"].iter()) && !are_figures(["–", ""].iter()) && !are_figures(std::iter::empty::<&str>()));
    }
}
