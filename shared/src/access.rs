//! Who may do what: roles, phases, and the one function every outlet asks.
//!
//! The table is DESIGN's section "Who may do what". Until accounts exist everyone acts with all rights; the types are here so that
//! phases and roles have one home. Knows no session and no socket.

use serde::{Deserialize, Serialize};

/// A person's role in a forum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Læser: reads.
    Reader,
    /// Kommentator: reads, comments, states positions.
    Commenter,
    /// Redaktør: edits.
    Editor,
    /// Sekretariat: edits, phases, members, sends out, publishes.
    Secretariat,
    /// Formand: approves.
    Chair,
}

/// Where a meeting stands in its life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Udkast.
    #[default]
    Draft,
    /// Udsendt.
    SentOut,
    /// I gang.
    InSession,
    /// Til godkendelse.
    InReview,
    /// Godkendt.
    Approved,
}

impl Phase {
    /// All phases in the order of a meeting's life.
    pub const ALL: [Self; 5] = [Self::Draft, Self::SentOut, Self::InSession, Self::InReview, Self::Approved];
}

/// What somebody wants to do with a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// See it.
    Read,
    /// Change the meeting document.
    Write,
    /// Comment, or state a position.
    Comment,
    /// Move it to another phase.
    ChangePhase,
}

/// Whether `role` may do `verb` while the meeting is in `phase`.
pub fn can(role: Role, verb: Verb, phase: Phase) -> bool {
    match verb {
        Verb::Read => true,
        Verb::Comment => role != Role::Reader && phase != Phase::Approved,
        Verb::ChangePhase => matches!(role, Role::Secretariat | Role::Chair) && phase != Phase::Approved,
        Verb::Write => match phase {
            Phase::Draft | Phase::InSession => matches!(role, Role::Editor | Role::Secretariat | Role::Chair),
            Phase::SentOut | Phase::InReview => role == Role::Secretariat,
            Phase::Approved => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_writes_in_approved_minutes() {
        for role in [Role::Reader, Role::Commenter, Role::Editor, Role::Secretariat, Role::Chair] {
            assert!(!can(role, Verb::Write, Phase::Approved));
            assert!(!can(role, Verb::Comment, Phase::Approved));
        }
    }

    #[test]
    fn only_the_secretariat_writes_once_sent_out() {
        assert!(can(Role::Secretariat, Verb::Write, Phase::SentOut));
        assert!(!can(Role::Editor, Verb::Write, Phase::SentOut));
        assert!(!can(Role::Chair, Verb::Write, Phase::InReview));
        assert!(can(Role::Chair, Verb::Write, Phase::InSession));
    }
}
