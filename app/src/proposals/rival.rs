//! Proposals beside one another: which open parts are about the same words, and which part stands in the text where another would.

use dagsorden_shared::proposal::{Part, PartState, Placed, Proposal, groups};

/// A proposal, and how its parts stand on the text.
pub(super) struct Stand<'a> {
    pub(super) proposal: &'a Proposal,
    /// `None`: the field is not there any more.
    pub(super) placed: Option<Vec<Placed>>,
}

/// What a part of a proposal meets.
#[derive(Default, Clone, Copy)]
pub(super) struct Meets<'a> {
    /// Another proposal for the same words that is open as well.
    pub(super) rival: Option<&'a Proposal>,
    /// A proposal that was taken at these words.
    pub(super) taken: Option<&'a Proposal>,
}

impl Stand<'_> {
    fn parts(&self, state: PartState) -> impl Iterator<Item = &Placed> {
        let has_state = move |(part, _): &(&Part, &Placed)| part.state == state;
        self.proposal.parts.iter().zip(self.placed.iter().flatten()).filter(has_state).map(|(_, placed)| placed)
    }
}

/// The proposals that belong into one card, by their places in `all`. What was refused or taken back is nobody's rival.
pub(super) fn together(all: &[Stand<'_>]) -> Vec<Vec<usize>> {
    groups(all.len(), |one, other| {
        let (one, other) = (&all[one], &all[other]);
        one.proposal.field == other.proposal.field
            && one.parts(PartState::Open).any(|part| other.parts(PartState::Open).any(|rival| part.touches(rival)))
    })
}

/// What each part of the proposal at `index` meets.
pub(super) fn meets<'a>(all: &[Stand<'a>], index: usize) -> Vec<Meets<'a>> {
    let Stand { proposal, placed: Some(placed) } = &all[index] else { return Vec::new() };
    let other = |part: &Placed, state: PartState| {
        let touches = |other: &&Stand<'a>| {
            other.proposal.id != proposal.id && other.proposal.field == proposal.field && other.parts(state).any(|met| met.touches(part))
        };
        all.iter().find(touches).map(|stand| stand.proposal)
    };
    let met = |(part, placed): (&Part, &Placed)| match part.state {
        PartState::Open => Meets { rival: other(placed, PartState::Open), taken: other(placed, PartState::Accepted) },
        _ => Meets::default(),
    };
    proposal.parts.iter().zip(placed).map(met).collect()
}
