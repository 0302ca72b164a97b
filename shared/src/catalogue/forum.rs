//! Texts of a forum's own pages: its meetings, its settings, a new meeting. The server alone makes these pages, so the texts are no part of the
//! catalogue that the page downloads.

#![allow(missing_docs, reason = "each field is named after what it says; the Danish text is the description")]

mod da;
mod en;

use super::Language;
use super::text::{Count, With};
use crate::template::{ItemSections, Preset};

/// All texts of these pages in one language.
#[derive(Debug)]
pub struct ForumPages {
    pub meetings: &'static str,
    pub people: &'static str,
    pub settings: &'static str,
    pub new_meeting: &'static str,
    pub coming: &'static str,
    pub none_coming: &'static str,
    pub no_meetings: &'static str,
    pub published: &'static str,
    pub about: &'static str,
    pub name: &'static str,
    pub rename: &'static str,
    pub renamed: &'static str,
    pub name_taken: &'static str,
    pub name_unfit: &'static str,
    pub public_page: &'static str,
    pub delete: &'static str,
    pub delete_title: With,
    pub delete_lede: Count,
    pub delete_now: &'static str,
    pub keep: &'static str,
    pub has_meetings: &'static str,
    pub set: Settings,
    pub begin: NewMeeting,
}

/// What a forum sets for its meetings.
#[derive(Debug)]
pub struct Settings {
    pub title: &'static str,
    pub lede: &'static str,
    pub proposed: &'static str,
    pub saved: &'static str,
    pub save: &'static str,
    /// Who changed it.
    pub changed_by: With,
    pub stale: &'static str,
    /// Who changed it meanwhile.
    pub stale_by: With,
    pub stale_now: &'static str,
    pub use_stored: &'static str,
    pub save_mine: &'static str,
    pub usual: &'static str,
    pub place: &'static str,
    pub start: &'static str,
    pub end: &'static str,
    pub items: &'static str,
    pub items_help: &'static str,
    pub item: Count,
    pub item_title: &'static str,
    pub item_sections: &'static str,
    pub item_sections_of: fn(ItemSections) -> &'static str,
    pub item_minutes: &'static str,
    pub item_order: &'static str,
    pub item_last: &'static str,
    pub sections: &'static str,
    pub sections_help: &'static str,
    pub layout: &'static str,
    pub own_layout: &'static str,
    pub own_layout_help: &'static str,
    pub preset: fn(Preset) -> &'static str,
    pub text_without_heading: &'static str,
    pub order_of: With,
    pub heading_of: With,
    pub use_of: With,
    pub phrases: &'static str,
    pub phrases_help: &'static str,
    pub phrases_label: &'static str,
    pub unfit_place: &'static str,
    pub unfit_times: &'static str,
    pub unfit_sections: &'static str,
    pub unfit_items: &'static str,
    pub unfit_phrases: &'static str,
    /// What a forum can begin from before it has set anything.
    pub proposed_items: [&'static str; 3],
    pub proposed_phrases: [&'static str; 4],
}

/// The form of a new meeting.
#[derive(Debug)]
pub struct NewMeeting {
    pub lede: &'static str,
    pub when: &'static str,
    pub date: &'static str,
    /// Why this date stands there.
    pub date_help: &'static str,
    pub content: &'static str,
    pub from: &'static str,
    pub standing: &'static str,
    pub empty: &'static str,
    pub copy: With,
    pub with_text: &'static str,
    pub copy_help: &'static str,
    pub items: &'static str,
    pub no_items: &'static str,
    pub create: &'static str,
    pub cancel: &'static str,
    pub other_forums: &'static str,
    pub unfit_date: &'static str,
    pub unfit_times: &'static str,
}

impl ForumPages {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Da => &da::PAGES,
            Language::En => &en::PAGES,
        }
    }
}
