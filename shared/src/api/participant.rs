//! Bodies about the people of a meeting: rows with ids, each changed on its own.

use serde::{Deserialize, Serialize};

use crate::id::ParticipantId;
use crate::meeting_json::{Participant, ParticipantStatus};

/// Someone who takes part in a meeting, or sent apologies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParticipantRow {
    /// Its id.
    pub id: ParticipantId,
    /// How often it was changed.
    pub version: u32,
    /// Rows are ordered by it, then by id.
    pub position: u32,
    /// Name, organisation, role, status, and when they came and left.
    #[serde(flatten)]
    pub person: Participant,
}

/// Body of `PUT /api/meetings/{meeting}/participants/{participant}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewParticipant {
    /// Where it stands; behind the others if absent.
    #[serde(default)]
    pub position: Option<u32>,
    /// Name, organisation, role, status, and when they came and left.
    #[serde(flatten)]
    pub person: Participant,
}

/// Body of `PATCH /api/meetings/{meeting}/participants/{participant}`. What is absent stays; an empty text takes it away.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ChangedParticipant {
    /// The version that was seen.
    pub version: u32,
    /// Another name.
    pub name: Option<String>,
    /// Another municipality or body.
    pub organisation: Option<String>,
    /// Another title or task.
    pub role: Option<String>,
    /// Another status.
    pub status: Option<ParticipantStatus>,
    /// When they came, `HH:MM`.
    pub arrived: Option<String>,
    /// When they left, `HH:MM`.
    pub departed: Option<String>,
    /// Another place among the others.
    pub position: Option<u32>,
}

/// Answer to `POST /api/meetings/{meeting}/participants`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MembersAdded {
    /// How many members of the forum were not there yet.
    pub added: u32,
}
