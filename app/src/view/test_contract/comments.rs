//! Comments of the contract: anchors in memory, as the server's rows will hold them.

use std::cell::RefCell;

use dagsorden_shared::agenda::{Agenda, Anchor, AnchorState, Field};
use dagsorden_shared::richtext::delta::byte_at;
use serde_json::{Value, json};

struct Comment {
    field: Field,
    anchor: Anchor,
}

/// All comments; a comment's id is its number, from 1.
#[derive(Default)]
pub(super) struct Comments(RefCell<Vec<Comment>>);

impl Comments {
    /// Adds a comment on a range, and answers its id. `None` if there is no such range.
    pub(super) fn add(&self, agenda: &Agenda, field: Field, start: u32, end: u32) -> Option<String> {
        let anchor = agenda.anchor(&field, start, end)?;
        let mut comments = self.0.borrow_mut();
        comments.push(Comment { field, anchor });
        Some(format!("c{}", comments.len()))
    }

    /// The comments of a field as one replica sees them.
    pub(super) fn list(&self, agenda: &Agenda, field: &Field) -> Value {
        let text = agenda.body(field).map(|body| body.text()).unwrap_or_default();
        let comments = self.0.borrow();
        let here = comments.iter().enumerate().filter(|(_, comment)| comment.field == *field);
        let shown = here.filter_map(|(index, comment)| {
            let at = agenda.find_anchor(field, &comment.anchor)?;
            let covered = &text[byte_at(&text, at.start)..byte_at(&text, at.end)];
            let cid = format!("c{}", index + 1);
            let detached = matches!(at.state, AnchorState::Gone | AnchorState::Waiting);
            Some(json!({ "cid": cid, "start": at.start, "end": at.end, "text": covered, "detached": detached }))
        });
        Value::Array(shown.collect())
    }

    /// Renews the anchors that this replica finds: after its undo it alone resolves the old positions.
    pub(super) fn renew(&self, agenda: &Agenda) {
        for Comment { field, anchor } in &mut *self.0.borrow_mut() {
            let found = agenda.find_anchor(field, anchor);
            if let Some(new) = found.and_then(|found| agenda.renew_anchor(field, anchor, found)) {
                *anchor = new;
            }
        }
    }
}
