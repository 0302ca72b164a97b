//! What must hold of the times in a form.

use crate::ui::dialog::Answers;

/// Whether a meeting's times are the wrong way round. Times of day compare as text.
pub(crate) fn end_early(answers: &Answers) -> bool {
    matches!((answers.text("start"), answers.text("end")), (Some(start), Some(end)) if end < start)
}
