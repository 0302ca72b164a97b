//! Who may do what: one function, [`can`], over one table that is data. Every outlet asks it: websocket, HTTP, export, search, mail, events.
//!
//! The table is the design's section "Who may do what"; `docs/ACCESS.md` is printed from it ([`document`]). Knows no session, no clock and no row.

mod table;

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use table::Row;
pub use table::Verb;

/// A person's role in a forum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// Formand: edits, approves.
    Chair,
}

impl Role {
    /// All roles, the least first.
    pub const ALL: [Self; 5] = [Self::Reader, Self::Commenter, Self::Editor, Self::Secretariat, Self::Chair];

    /// As it stands in rows, on the wire and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Commenter => "commenter",
            Self::Editor => "editor",
            Self::Secretariat => "secretariat",
            Self::Chair => "chair",
        }
    }

    /// `None` for any other word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// A set of roles. Copies are cheap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Roles(u8);

impl Roles {
    /// No role.
    pub const NONE: Self = Self(0);
    /// Every role.
    pub const ALL: Self = Self(0b1_1111);

    /// The set of these roles.
    pub const fn of(roles: &[Role]) -> Self {
        let (mut bits, mut index) = (0, 0);
        while index < roles.len() {
            bits |= 1 << roles[index] as u8;
            index += 1;
        }
        Self(bits)
    }

    /// Whether `role` is in the set.
    pub fn contains(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// Whether the set holds no role.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a role is in both sets.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The roles of both sets.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The roles of the set, the least first.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.contains(*role))
    }

    /// The role that allows the most, for display.
    pub fn highest(self) -> Option<Role> {
        self.iter().last()
    }
}

impl From<Role> for Roles {
    fn from(role: Role) -> Self {
        Self::of(&[role])
    }
}

/// Where a meeting stands in its life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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

    /// As it stands in rows and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::SentOut => "sent_out",
            Self::InSession => "in_session",
            Self::InReview => "in_review",
            Self::Approved => "approved",
        }
    }

    /// The verb that leads from this phase to `to`. `None`: there is no way.
    pub fn verb_to(self, to: Self) -> Option<Verb> {
        Some(match (self, to) {
            (Self::Draft, Self::SentOut) => Verb::SendOut,
            (Self::Draft | Self::SentOut, Self::InSession) => Verb::StartMeeting,
            (Self::InSession, Self::InReview) => Verb::SendMinutes,
            (Self::InReview, Self::Approved) => Verb::Approve,
            (Self::Approved, Self::InReview) => Verb::Correct,
            (Self::SentOut, Self::Draft) | (Self::InSession, Self::SentOut) | (Self::InReview, Self::InSession) => Verb::StepBack,
            _ => return None,
        })
    }
}

/// An account in a forum, now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether the account is active.
    pub active: bool,
    /// Its roles in the forum.
    pub roles: Roles,
    /// Whether it administers the installation. Gives no right in any forum.
    pub administrator: bool,
}

impl Standing {
    /// All rights: the open mode, in which there are no accounts.
    pub const OPEN: Self = Self { active: true, roles: Roles::ALL, administrator: true };
    /// No right at all.
    pub const STRANGER: Self = Self { active: false, roles: Roles::NONE, administrator: false };

    /// One role and nothing else.
    pub fn of(role: Role) -> Self {
        Self { active: true, roles: role.into(), administrator: false }
    }
}

/// How much a grant to one item allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Reads it.
    Read,
    /// Reads and comments.
    Comment,
    /// Whatever the role allows; without a role, edits.
    Write,
}

/// What is special about the place where something is to be done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// A closed item: only for those with a grant, whatever their role.
    pub closed: bool,
    /// What was granted for this item alone.
    pub grant: Option<Level>,
    /// Shut out of this item: stronger than grant and role.
    pub denied: bool,
}

impl Place {
    /// A meeting, or an item of it that everybody in the forum may see.
    pub const OPEN: Self = Self { closed: false, grant: None, denied: false };
}

/// The answer to "may they?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// They may.
    Yes,
    /// They see it, and may not do this.
    No(Why),
    /// For them it does not exist.
    NotThere,
}

impl Ruling {
    /// Whether it is a yes.
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Their role never allows it.
    Role,
    /// Their role allows it in another phase.
    Phase,
}

/// Whether `who` may do `verb` at `at` while the meeting is in `phase`. Verbs of a forum or of the installation are the same in every phase.
pub fn can(who: &Standing, at: &Place, verb: Verb, phase: Phase) -> Ruling {
    if !who.active || at.denied {
        return Ruling::NotThere;
    }
    let row = verb.row();
    if let Row::Administrator = row {
        return if who.administrator { Ruling::Yes } else { Ruling::No(Why::Role) };
    }
    let roles = effective(who, at);
    if roles.is_empty() {
        return Ruling::NotThere;
    }
    match row {
        Row::Always(allowed) if allowed.meets(roles) => Ruling::Yes,
        Row::Phases(allowed) if allowed[phase as usize].meets(roles) => Ruling::Yes,
        Row::Phases(allowed) if allowed.into_iter().any(|allowed| allowed.meets(roles)) => Ruling::No(Why::Phase),
        _ => Ruling::No(Why::Role),
    }
}

/// The roles that count at a place.
fn effective(who: &Standing, at: &Place) -> Roles {
    let at_level = |level| match level {
        Level::Read => Role::Reader.into(),
        Level::Comment => Role::Commenter.into(),
        Level::Write => Role::Editor.into(),
    };
    match (at.closed, at.grant) {
        (true, None) => Roles::NONE,
        (false, _) if !who.roles.is_empty() => who.roles,
        (_, Some(level)) if who.roles.is_empty() => at_level(level),
        // The lower of role and grant.
        (true, Some(Level::Write)) => who.roles,
        (true, Some(level)) => {
            let cap = match level {
                Level::Read => Role::Reader,
                Level::Comment | Level::Write => Role::Commenter,
            };
            who.roles.iter().map(|role| role.min(cap)).fold(Roles::NONE, |roles, role| roles.with(role.into()))
        }
        (false, _) => Roles::NONE,
    }
}

/// `docs/ACCESS.md`: the table as people read it.
pub fn document() -> String {
    let mut text = String::from(
        "# Who may do what\n\nPrinted by `dagsorden access print` from the table in `shared/src/access.rs`; a test holds this file against it.\n\n\
         R reader (læser), C commenter (kommentator), E editor (redaktør), S secretariat (sekretariat), F chair (formand), A administrator of the\n\
         installation. Rights are per forum: a role in one forum is nothing in another, and an administrator has no right in any forum.\n\
         Where a person may not even see a place, every outlet answers as if it did not exist (404, close code 4404).\n\n\
         | Verb | draft | sent out | in session | in review | approved |\n|---|---|---|---|---|---|\n",
    );
    for verb in Verb::ALL {
        let cells = Phase::ALL.map(|phase| match verb.row() {
            Row::Administrator => "A".to_owned(),
            Row::Always(roles) => letters(roles),
            Row::Phases(roles) => letters(roles[phase as usize]),
        });
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| `{}` | {} |", verb.as_str(), cells.join(" | "));
    }
    text
}

fn letters(roles: Roles) -> String {
    let letters: Vec<&str> = roles
        .iter()
        .map(|role| match role {
            Role::Reader => "R",
            Role::Commenter => "C",
            Role::Editor => "E",
            Role::Secretariat => "S",
            Role::Chair => "F",
        })
        .collect();
    if letters.is_empty() { "–".to_owned() } else { letters.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(role: Role, verb: Verb, phase: Phase) -> bool {
        can(&Standing::of(role), &Place::OPEN, verb, phase).is_yes()
    }

    fn cells() -> impl Iterator<Item = (Verb, Phase)> {
        Verb::ALL.into_iter().flat_map(|verb| Phase::ALL.map(|phase| (verb, phase)))
    }

    #[test]
    fn approved_minutes_are_changed_by_nobody() {
        for role in Role::ALL {
            for verb in [Verb::Write, Verb::Attach, Verb::Comment, Verb::Position, Verb::Propose, Verb::Outcome, Verb::DeleteMeeting] {
                assert!(!allowed(role, verb, Phase::Approved), "{role:?} {verb:?}");
            }
        }
    }

    #[test]
    fn the_secretariat_alone_writes_once_sent_out_and_the_chair_alone_approves() {
        for role in Role::ALL {
            assert_eq!(allowed(role, Verb::Write, Phase::SentOut), role == Role::Secretariat, "{role:?}");
            assert_eq!(allowed(role, Verb::Approve, Phase::InReview), role == Role::Chair, "{role:?}");
            assert_eq!(allowed(role, Verb::Comment, Phase::SentOut), role != Role::Reader, "{role:?}");
        }
        assert!(allowed(Role::Chair, Verb::Write, Phase::InSession));
    }

    #[test]
    fn a_higher_editing_role_loses_no_verb_of_writing() {
        for (verb, phase) in cells().filter(|(verb, _)| matches!(verb, Verb::Comment | Verb::Position | Verb::Propose)) {
            let roles = Role::ALL.map(|role| allowed(role, verb, phase));
            assert!(roles.is_sorted(), "{verb:?} {phase:?} {roles:?}");
        }
    }

    #[test]
    fn what_one_may_not_see_is_not_there_for_any_verb_of_a_forum() {
        let closed = Place { closed: true, ..Place::OPEN };
        let denied = Place { denied: true, grant: Some(Level::Write), closed: true };
        for (verb, phase) in cells() {
            assert_eq!(can(&Standing::STRANGER, &Place::OPEN, verb, phase), Ruling::NotThere);
            for role in Role::ALL {
                assert_eq!(can(&Standing::of(role), &denied, verb, phase), Ruling::NotThere, "{verb:?}");
                if !matches!(verb, Verb::CreateForum | Verb::ManageAccounts) {
                    assert_eq!(can(&Standing::of(role), &closed, verb, phase), Ruling::NotThere, "{verb:?}");
                    let administrator = Standing { active: true, roles: Roles::NONE, administrator: true };
                    assert_eq!(can(&administrator, &Place::OPEN, verb, phase), Ruling::NotThere, "{verb:?}");
                }
            }
        }
    }

    #[test]
    fn a_grant_gives_no_more_than_the_role_and_a_guest_no_more_than_the_grant() {
        let place = |level| Place { closed: true, grant: Some(level), denied: false };
        let secretariat = Standing::of(Role::Secretariat);
        assert!(can(&secretariat, &place(Level::Write), Verb::Write, Phase::SentOut).is_yes());
        assert!(!can(&secretariat, &place(Level::Comment), Verb::Write, Phase::Draft).is_yes());
        assert!(!can(&Standing::of(Role::Reader), &place(Level::Write), Verb::Comment, Phase::Draft).is_yes());
        let guest = Standing { active: true, ..Standing::default() };
        assert!(can(&guest, &place(Level::Comment), Verb::Comment, Phase::SentOut).is_yes());
        assert!(!can(&guest, &place(Level::Read), Verb::Comment, Phase::SentOut).is_yes());
    }

    #[test]
    fn every_way_between_phases_has_a_verb_that_is_allowed_where_it_begins() {
        for from in Phase::ALL {
            for to in Phase::ALL {
                if let Some(verb) = from.verb_to(to) {
                    assert!(Role::ALL.into_iter().any(|role| allowed(role, verb, from)), "{from:?} {to:?}");
                }
            }
        }
    }

    #[test]
    fn words_are_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("boss"), None);
        let mut names: Vec<&str> = Verb::ALL.map(Verb::as_str).into();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Verb::ALL.len());
    }

    #[test]
    fn the_printed_table_is_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/ACCESS.md");
        let printed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(printed, document(), "print it anew: cargo run -p dagsorden -- access print > docs/ACCESS.md");
    }
}
