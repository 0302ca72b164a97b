//! The table: what can be done, on what, and by which roles in which phase. How a request is judged by it is not known here.

use super::{Role, Roles};

/// What a person wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// See a meeting: its items, rows and who is in it.
    SeeMeeting,
    /// Change the meeting document: texts, order, header; accept proposals; edit participants and apologies.
    Write,
    /// Comment, reply, react.
    Comment,
    /// State the position of an organisation.
    Position,
    /// See all positions side by side, and who has not answered.
    ReadPositions,
    /// Propose changed wording.
    Propose,
    /// Resolve and reopen threads of others.
    Resolve,
    /// Upload, rename and remove attachments.
    Attach,
    /// Set the outcome of a recommendation's point.
    Outcome,
    /// See versions and what changed between them.
    ReadHistory,
    /// Take the meeting along as a file.
    Export,
    /// From draft to sent out.
    SendOut,
    /// Begin the meeting.
    StartMeeting,
    /// Send the minutes out for review.
    SendMinutes,
    /// Approve the minutes.
    Approve,
    /// Begin a correction of approved minutes.
    Correct,
    /// One phase back.
    StepBack,
    /// Publish a version, or take a publication back.
    Publish,
    /// Delete a meeting and restore it.
    DeleteMeeting,
    /// See a forum: its name, members, template and plan.
    SeeForum,
    /// Begin a meeting in a forum, from its template or by an import.
    CreateMeeting,
    /// Invite members, change their roles, end their membership.
    ManageMembers,
    /// Change a forum's name, template, phrases and settings.
    ManageForum,
    /// Read the audit trail of a forum.
    ReadAudit,
    /// Make a forum.
    CreateForum,
    /// Make, disable and link accounts; see the outbox.
    ManageAccounts,
}

impl Verb {
    /// All verbs.
    pub const ALL: [Self; 26] = [
        Self::SeeMeeting,
        Self::Write,
        Self::Comment,
        Self::Position,
        Self::ReadPositions,
        Self::Propose,
        Self::Resolve,
        Self::Attach,
        Self::Outcome,
        Self::ReadHistory,
        Self::Export,
        Self::SendOut,
        Self::StartMeeting,
        Self::SendMinutes,
        Self::Approve,
        Self::Correct,
        Self::StepBack,
        Self::Publish,
        Self::DeleteMeeting,
        Self::SeeForum,
        Self::CreateMeeting,
        Self::ManageMembers,
        Self::ManageForum,
        Self::ReadAudit,
        Self::CreateForum,
        Self::ManageAccounts,
    ];

    /// As it stands in the audit trail and in `docs/ACCESS.md`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SeeMeeting => "see_meeting",
            Self::Write => "write",
            Self::Comment => "comment",
            Self::Position => "position",
            Self::ReadPositions => "read_positions",
            Self::Propose => "propose",
            Self::Resolve => "resolve",
            Self::Attach => "attach",
            Self::Outcome => "outcome",
            Self::ReadHistory => "read_history",
            Self::Export => "export",
            Self::SendOut => "send_out",
            Self::StartMeeting => "start_meeting",
            Self::SendMinutes => "send_minutes",
            Self::Approve => "approve",
            Self::Correct => "correct",
            Self::StepBack => "step_back",
            Self::Publish => "publish",
            Self::DeleteMeeting => "delete_meeting",
            Self::SeeForum => "see_forum",
            Self::CreateMeeting => "create_meeting",
            Self::ManageMembers => "manage_members",
            Self::ManageForum => "manage_forum",
            Self::ReadAudit => "read_audit",
            Self::CreateForum => "create_forum",
            Self::ManageAccounts => "manage_accounts",
        }
    }

    /// Which roles may do it, in each phase. Installation verbs are an administrator's, whatever the role.
    pub(super) fn row(self) -> Row {
        match self {
            Self::SeeMeeting | Self::ReadHistory | Self::Export | Self::SeeForum => Row::Always(Roles::ALL),
            Self::Write | Self::Attach => Row::Phases([WRITERS, SECRETARIAT, WRITERS, SECRETARIAT, Roles::NONE]),
            Self::Comment | Self::Position | Self::Propose => Row::Phases([COMMENTERS, COMMENTERS, COMMENTERS, COMMENTERS, Roles::NONE]),
            Self::Resolve => Row::Phases([WRITERS, WRITERS, WRITERS, WRITERS, Roles::NONE]),
            Self::Outcome => Row::Phases([Roles::NONE, Roles::NONE, WRITERS, SECRETARIAT, Roles::NONE]),
            Self::SendOut => Row::Phases([SECRETARIAT, Roles::NONE, Roles::NONE, Roles::NONE, Roles::NONE]),
            Self::StartMeeting => Row::Phases([SECRETARIAT, SECRETARIAT, Roles::NONE, Roles::NONE, Roles::NONE]),
            Self::SendMinutes => Row::Phases([Roles::NONE, Roles::NONE, SECRETARIAT, Roles::NONE, Roles::NONE]),
            Self::Approve => Row::Phases([Roles::NONE, Roles::NONE, Roles::NONE, CHAIR, Roles::NONE]),
            Self::Correct => Row::Phases([Roles::NONE, Roles::NONE, Roles::NONE, Roles::NONE, SECRETARIAT]),
            Self::StepBack => Row::Phases([Roles::NONE, SECRETARIAT, SECRETARIAT, SECRETARIAT, Roles::NONE]),
            Self::Publish => Row::Always(SECRETARIAT),
            Self::ReadPositions => Row::Always(Roles::of(&[Role::Secretariat, Role::Chair])),
            // What was approved stays.
            Self::DeleteMeeting => Row::Phases([WRITERS, SECRETARIAT, SECRETARIAT, SECRETARIAT, Roles::NONE]),
            Self::CreateMeeting => Row::Always(Roles::of(&[Role::Secretariat, Role::Chair])),
            Self::ManageMembers | Self::ManageForum => Row::Always(SECRETARIAT),
            Self::ReadAudit => Row::Always(Roles::of(&[Role::Secretariat, Role::Chair])),
            Self::CreateForum | Self::ManageAccounts => Row::Administrator,
        }
    }
}

const COMMENTERS: Roles = Roles::of(&[Role::Commenter, Role::Editor, Role::Secretariat, Role::Chair]);
const WRITERS: Roles = Roles::of(&[Role::Editor, Role::Secretariat, Role::Chair]);
const SECRETARIAT: Roles = Roles::of(&[Role::Secretariat]);
const CHAIR: Roles = Roles::of(&[Role::Chair]);

/// Who may do something.
pub(super) enum Row {
    /// The same roles in every phase.
    Always(Roles),
    /// In the order of [`Phase::ALL`](super::Phase::ALL).
    Phases([Roles; 5]),
    /// No role: an administrator of the installation.
    Administrator,
}
