//! Where the flags of others' carets stand, so that none covers another where several write close together, and none lies beyond the page's edge.
//! Knows no element.

/// Above that flags cover each other again: nobody follows a higher stack.
const HIGHEST: u32 = 7;

/// A flag where it stands when nothing is in its way, in pixels of the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flag {
    pub(super) left: f64,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) bottom: f64,
}

impl Flag {
    fn raised(self, level: u32) -> Self {
        Self { bottom: self.bottom - f64::from(level) * self.height, ..self }
    }

    fn covers(&self, other: &Self) -> bool {
        self.left < other.left + other.width && other.left < self.left + self.width && (self.bottom - other.bottom).abs() < self.height
    }
}

/// By how much a flag of this width that begins at `left` moves so that it ends within the page: nothing, or to the left.
pub(super) fn shift(left: f64, width: f64, page: f64) -> f64 {
    (page - left - width).max(-left).min(0.0)
}

/// For each flag by how many flags' heights it is raised. The first ones stay where they are.
pub(super) fn levels(flags: &[Flag]) -> Vec<u32> {
    let mut standing: Vec<Flag> = Vec::with_capacity(flags.len());
    flags
        .iter()
        .map(|flag| {
            let free = |level: &u32| !standing.iter().any(|other| other.covers(&flag.raised(*level)));
            let level = (0..HIGHEST).find(free).unwrap_or(HIGHEST);
            standing.push(flag.raised(level));
            level
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag(left: f64, bottom: f64) -> Flag {
        Flag { left, width: 100.0, height: 16.0, bottom }
    }

    #[test]
    fn a_flag_at_the_edge_moves_into_the_page_and_no_further_than_its_start() {
        assert_eq!([shift(200.0, 100.0, 390.0), shift(300.0, 100.0, 390.0), shift(300.0, 500.0, 390.0)], [0.0, -10.0, -300.0]);
    }

    #[test]
    fn flags_in_larger_letters_are_higher() {
        let large = |bottom| Flag { height: 24.0, ..flag(0.0, bottom) };
        assert_eq!(levels(&[large(50.0), large(70.0), large(94.0)]), [0, 2, 0]);
    }

    #[test]
    fn flags_side_by_side_stay_low_and_flags_at_one_spot_are_stacked() {
        assert_eq!(levels(&[flag(0.0, 50.0), flag(100.0, 50.0), flag(0.0, 90.0)]), [0, 0, 0]);
        assert_eq!(levels(&[flag(0.0, 50.0), flag(40.0, 50.0), flag(80.0, 50.0), flag(139.0, 50.0)]), [0, 1, 2, 0]);
    }

    #[test]
    fn a_raised_flag_keeps_clear_of_the_line_above() {
        assert_eq!(levels(&[flag(0.0, 50.0), flag(0.0, 78.0), flag(0.0, 78.0)]), [0, 0, 3]);
    }

    #[test]
    fn a_crowd_is_not_stacked_to_the_sky() {
        assert_eq!(levels(&[flag(0.0, 50.0); 30]).into_iter().max(), Some(HIGHEST));
    }
}
