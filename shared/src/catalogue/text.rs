//! The groups of texts: which texts there are, without any language.

#![allow(missing_docs, reason = "each field is named after what it says; the Danish text beside it in da.rs is the description")]

use crate::access::{Phase, Role};
use crate::meeting_json::Kind;
use crate::talk::{OutcomeKind, Stance};

/// A text with a number in it.
pub type Count = fn(u32) -> String;

/// A text with another text in it.
pub type With = fn(&str) -> String;

/// Words used everywhere.
#[derive(Debug)]
pub struct Common {
    pub product: &'static str,
    pub skip: &'static str,
    pub to_home: &'static str,
    pub close: &'static str,
    pub cancel: &'static str,
    pub save: &'static str,
    pub copy: &'static str,
    pub messages: &'static str,
    pub copied: &'static str,
    pub undo: &'static str,
    pub retry: &'static str,
    pub more: &'static str,
    pub language: &'static str,
    pub no_script: &'static str,
    pub optional: &'static str,
}

/// Weekdays, months and the ways to put them together.
#[derive(Debug)]
pub struct Dates {
    /// Monday first.
    pub weekdays: [&'static str; 7],
    pub months: [&'static str; 12],
    /// Weekday, day, month, year.
    pub full: fn(&str, u8, &str, i16) -> String,
    /// Day, month, year.
    pub date: fn(u8, &str, i16) -> String,
    /// Hour, minute.
    pub time: fn(u8, u8) -> String,
    /// A time of the day, or a span, in a sentence.
    pub at: With,
}

/// The list of fora and meetings.
#[derive(Debug)]
pub struct Home {
    pub upcoming: &'static str,
    pub earlier: &'static str,
    pub undated: &'static str,
    pub none_upcoming: &'static str,
    pub untitled: &'static str,
    pub forums: &'static str,
    pub no_forums: &'static str,
    pub meetings: Count,
    pub present: Count,
    pub new_meeting: &'static str,
    pub new_forum: &'static str,
    pub import: &'static str,
    pub drop: &'static str,
    pub drop_now: &'static str,
    pub drop_help: &'static str,
    pub choose_file: &'static str,
    pub paste_text: &'static str,
    pub rail: &'static str,
    pub empty_title: &'static str,
    pub empty_lede: &'static str,
    pub empty_forum: &'static str,
    pub empty_forum_help: &'static str,
    pub empty_import: &'static str,
    pub empty_import_help: &'static str,
    pub empty_demo: &'static str,
    pub empty_demo_help: &'static str,
    pub create_forum: &'static str,
    pub open_demo: &'static str,
}

/// What people say beside the text.
#[derive(Debug)]
pub struct Talk {
    pub title: &'static str,
    pub none: &'static str,
    pub comment: &'static str,
    pub comment_item: &'static str,
    pub new_about: With,
    pub new_section: &'static str,
    pub new_item: &'static str,
    pub thread_about: With,
    pub about_section: &'static str,
    pub about_item: &'static str,
    pub words_gone: With,
    pub words_were: With,
    pub solved_by: With,
    pub show: &'static str,
    pub resolve: &'static str,
    pub reopen: &'static str,
    pub fold: &'static str,
    pub replies: Count,
    pub reply: &'static str,
    pub reply_label: &'static str,
    pub mention: &'static str,
    pub show_proposed: &'static str,
    pub hide_proposed: &'static str,
    pub change: &'static str,
    pub change_label: &'static str,
    pub delete: &'static str,
    pub delete_sure: &'static str,
    pub edited: &'static str,
    pub unread: &'static str,
    pub next_unread: &'static str,
    pub all_read: &'static str,
    pub now: &'static str,
    pub waiting: &'static str,
    pub refused: With,
    /// Place, how many, who said what first.
    pub number_of: fn(u32, u32, &str) -> String,
    /// Open threads, unread comments.
    pub counts: fn(u32, u32) -> String,
}

/// The points of recommendations, and meeting mode.
#[derive(Debug)]
pub struct Points {
    pub label: &'static str,
    /// Whose position it is.
    pub own: With,
    pub stance: fn(Stance) -> &'static str,
    pub remark: &'static str,
    pub outdated: With,
    pub outcome: fn(OutcomeKind) -> &'static str,
    pub outcome_label: &'static str,
    pub write_decision: &'static str,
    pub phrases: &'static str,
    pub written: &'static str,
    pub already: &'static str,
    pub no_decision: &'static str,
    /// Number of the point, what came of it.
    pub at: fn(u32, &str) -> String,
    pub live: &'static str,
}

/// The page of a search.
#[derive(Debug)]
pub struct Search {
    pub title: &'static str,
    pub title_of: With,
    pub label: &'static str,
    pub find: &'static str,
    pub help: &'static str,
    pub nothing: &'static str,
    /// How many there are, how many are shown.
    pub tally: fn(u32, u32) -> String,
    pub in_title: &'static str,
    pub in_text: &'static str,
    pub in_comment: &'static str,
    /// Number of the item, what of it.
    pub place: fn(&str, &str) -> String,
}

/// Default headings of sections.
#[derive(Debug)]
pub struct SectionKinds {
    pub background: &'static str,
    pub resume: &'static str,
    pub case: &'static str,
    pub municipal_remarks: &'static str,
    pub recommendation: &'static str,
    pub decision: &'static str,
    pub other: &'static str,
}

/// The meeting: outline, paper, bar.
#[derive(Debug)]
pub struct Meeting {
    /// Title of a meeting that has none: kind, date with weekday if known.
    pub heading: fn(Kind, Option<&str>) -> String,
    /// Short name in the bar: date if known.
    pub short: fn(Option<&str>) -> String,
    pub kind: fn(Kind) -> &'static str,
    pub phase: fn(Phase) -> &'static str,
    pub phases: &'static str,
    /// The next step, by where it leads.
    pub next_step: fn(Phase) -> &'static str,
    pub section_kinds: SectionKinds,
    pub time: &'static str,
    pub date: &'static str,
    pub start: &'static str,
    pub end: &'static str,
    pub place: &'static str,
    pub forum: &'static str,
    pub title: &'static str,
    pub case_id: &'static str,
    pub document_id: &'static str,
    pub document_date: &'static str,
    pub published: With,
    pub participants: &'static str,
    pub stand_ins: &'static str,
    pub guests: &'static str,
    pub apologies: &'static str,
    pub secretariat: &'static str,
    /// When a person came who was late.
    pub arrived: With,
    /// When a person left before the end.
    pub departed: With,
    pub items: Count,
    pub outline: &'static str,
    pub outline_label: &'static str,
    pub minutes_head: &'static str,
    pub minutes: Count,
    pub minutes_word: &'static str,
    /// Whole hours, minutes, and when it ends if the start is known.
    pub total: fn(u32, u32, Option<&str>) -> String,
    pub presenter: With,
    pub item_guests: With,
    pub untitled_item: &'static str,
    pub closed_item: &'static str,
    pub closed_note: &'static str,
    pub closed_mark: &'static str,
    /// First and last of the numbers that the paper leaves out.
    pub gap: fn(u32, u32) -> String,
    pub attachments: &'static str,
    pub attachment_later: &'static str,
    pub attachment_named: &'static str,
    pub between: fn(Option<&str>, Option<&str>) -> String,
    pub no_items: &'static str,
    pub no_items_help: &'static str,
    pub bring_in: &'static str,
    pub new_item: &'static str,
    pub new_item_below: &'static str,
    pub duplicate_item: &'static str,
    pub move_to: &'static str,
    pub move_first: &'static str,
    pub move_after: With,
    pub copy_item: &'static str,
    pub copy_all: &'static str,
    pub new_section: &'static str,
    pub new_section_of_kind: &'static str,
    pub delete_item: &'static str,
    pub delete_section: &'static str,
    pub move_up: &'static str,
    pub move_down: &'static str,
    pub item_menu: With,
    pub drag: With,
    pub section_menu: With,
    pub change_heading: &'static str,
    pub item_kind: &'static str,
    pub item_presenter: &'static str,
    pub item_minutes: &'static str,
    pub item_details: &'static str,
    pub meeting_details: &'static str,
    pub writing: Count,
    pub people_here: &'static str,
    pub guest: &'static str,
    pub you: With,
    pub share: &'static str,
    pub export: &'static str,
    pub print: &'static str,
    pub delete_meeting: &'static str,
    pub shortcuts: &'static str,
    pub write: &'static str,
    pub read: &'static str,
    pub from: &'static str,
    pub to: &'static str,
}

/// A number with a mark between each three figures.
pub(super) fn grouped(number: u32, mark: char) -> String {
    let figures = number.to_string();
    let mut text = String::new();
    for (index, figure) in figures.chars().enumerate() {
        if index > 0 && (figures.len() - index).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(figure);
    }
    text
}

/// Words of the files that a meeting is written in, and the names of the formats.
#[derive(Debug)]
pub struct Export {
    /// Names of [`crate::render::page::EXPORTS`], in that order.
    pub formats: [&'static str; 7],
    /// Stands on each page of a draft.
    pub draft: &'static str,
    pub page: &'static str,
    /// Between the page's number and the number of pages.
    pub page_of: &'static str,
    pub contents: &'static str,
    pub version_label: &'static str,
    /// Number, and whether it was approved.
    pub version: fn(u32, bool) -> String,
    pub fingerprint: &'static str,
    /// Which part of a table that is wider than the page, of how many.
    pub table_part: fn(u32, u32) -> String,
    pub published: &'static str,
    // Labels of the text format, as its import reads them.
    pub case_id: &'static str,
    pub document_id: &'static str,
    pub end: &'static str,
    pub item: &'static str,
}

/// The editor and its toolbar.
#[derive(Debug)]
pub struct Editor {
    pub toolbar: &'static str,
    pub title_label: With,
    /// Heading of the section, number of its item.
    pub section_label: fn(&str, &str) -> String,
    pub help: &'static str,
    pub placeholder: &'static str,
    pub placeholder_title: &'static str,
    pub placeholder_recommendation: &'static str,
    pub placeholder_decision: &'static str,
    pub bold: &'static str,
    pub italic: &'static str,
    pub underline: &'static str,
    pub strike: &'static str,
    pub link: &'static str,
    pub heading: &'static str,
    pub heading_large: &'static str,
    pub heading_small: &'static str,
    pub paragraph: &'static str,
    pub bullets: &'static str,
    pub numbers: &'static str,
    pub quote: &'static str,
    pub indent: &'static str,
    pub outdent: &'static str,
    pub clear: &'static str,
    pub table: &'static str,
    pub row_above: &'static str,
    pub row_below: &'static str,
    pub row_delete: &'static str,
    pub column_left: &'static str,
    pub column_right: &'static str,
    pub column_delete: &'static str,
    pub table_delete: &'static str,
    pub table_head: &'static str,
    pub more_formats: &'static str,
    pub redo: &'static str,
    pub insert: With,
    pub insert_here: &'static str,
    pub link_address: &'static str,
    pub link_set: &'static str,
    pub link_remove: &'static str,
    pub link_open: &'static str,
    pub link_refused: &'static str,
    pub broken_lines: &'static str,
    pub join_lines: &'static str,
}

/// Finding, replacing and counting.
#[derive(Debug)]
pub struct Find {
    pub title: &'static str,
    pub wanted: &'static str,
    pub with: &'static str,
    pub case: &'static str,
    pub words_only: &'static str,
    pub next: &'static str,
    pub previous: &'static str,
    pub replace: &'static str,
    pub replace_all: &'static str,
    /// Which place, of how many.
    pub place: fn(u32, u32) -> String,
    pub nothing: &'static str,
    pub replaced: Count,
    pub count: &'static str,
    pub words: Count,
}

/// Who wrote what.
#[derive(Debug)]
pub struct Authors {
    /// The question, in the menu and over the legend.
    pub title: &'static str,
    pub hide: &'static str,
    pub nobody: &'static str,
    /// Of the text without a tint.
    pub rest: &'static str,
}

/// The saved place, strips and notes.
#[derive(Debug)]
pub struct States {
    pub saved: &'static str,
    pub saved_at: With,
    pub saving: &'static str,
    pub connecting: &'static str,
    pub offline: Count,
    pub offline_short: &'static str,
    pub read_only: &'static str,
    pub offline_lead: &'static str,
    pub offline_rest: Count,
    pub offline_nothing: &'static str,
    pub try_now: &'static str,
    pub not_kept_lead: &'static str,
    pub not_kept_rest: &'static str,
    pub refused_title: &'static str,
    pub refused_why: &'static str,
    pub signed_out_title: &'static str,
    pub signed_out_why: &'static str,
    pub signed_out_action: &'static str,
    pub refused_old: &'static str,
    pub copy_text: &'static str,
    pub reload: &'static str,
    pub gone_title: &'static str,
    pub gone_help: &'static str,
    pub restore: &'static str,
    pub missing_title: &'static str,
    pub missing_help: &'static str,
    pub loading: &'static str,
    pub broken_lead: &'static str,
    pub broken_rest: &'static str,
    pub newer: &'static str,
    pub part_missing: &'static str,
    pub item_deleted: With,
    pub section_deleted: With,
    pub meeting_deleted: &'static str,
    pub working: &'static str,
    pub stop: &'static str,
}

/// What was deleted, and the way back.
#[derive(Debug)]
pub struct Deleted {
    pub title: &'static str,
    pub none: &'static str,
    pub bring_back: &'static str,
    pub back: &'static str,
    /// Title of the item.
    pub item: With,
    /// Heading of the section, title of its item.
    pub section: fn(&str, &str) -> String,
    /// By whom, and when.
    pub note: fn(Option<&str>, Option<&str>) -> String,
    /// Number of the item, by whom.
    pub item_meanwhile: fn(&str, Option<&str>) -> String,
    /// Heading of the section, by whom.
    pub section_meanwhile: fn(&str, Option<&str>) -> String,
}

/// Who one is.
#[derive(Debug)]
pub struct Identity {
    pub title: &'static str,
    pub lede: &'static str,
    pub name: &'static str,
    pub organisation: &'static str,
    pub organisation_help: &'static str,
    pub submit: &'static str,
    pub later: &'static str,
    pub change: &'static str,
    pub name_missing: &'static str,
    pub account: &'static str,
    /// The role one looks with; all of them if there is none.
    pub sees_as: fn(Option<Role>) -> &'static str,
}

/// Dialogs of the home page and of the meeting.
#[derive(Debug)]
pub struct Dialogs {
    pub forum_title: &'static str,
    pub forum_name: &'static str,
    pub forum_missing: &'static str,
    pub end_before_start: &'static str,
    pub share_title: &'static str,
    pub share_help: &'static str,
    pub share_address: &'static str,
    pub section_title: &'static str,
}

/// The help of the keyboard.
#[derive(Debug)]
pub struct Shortcuts {
    pub title: &'static str,
    pub undo: &'static str,
    pub redo: &'static str,
    pub next_item: &'static str,
    pub previous_item: &'static str,
    pub item_down: &'static str,
    pub item_up: &'static str,
    pub to_outline: &'static str,
    pub to_toolbar: &'static str,
    pub leave_text: &'static str,
    pub select_item: &'static str,
    pub help: &'static str,
    pub saved: &'static str,
    /// Names of the keys themselves.
    pub space: &'static str,
    pub control: &'static str,
    pub alternate: &'static str,
    pub shift: &'static str,
    pub escape: &'static str,
}

/// What a screen reader is told.
#[derive(Debug)]
pub struct Live {
    pub joined: With,
    pub left: With,
    pub joined_many: Count,
    pub undone: &'static str,
    pub redone: &'static str,
    pub connection_lost: &'static str,
    pub connection_back: &'static str,
    /// Position, of how many.
    pub moved: fn(u32, u32) -> String,
    /// Position, of how many.
    pub section_moved: fn(u32, u32) -> String,
    pub item_added: &'static str,
    pub section_added: With,
    pub lines_pasted: Count,
    pub leave_armed: &'static str,
    pub row_added: &'static str,
    pub row_deleted: &'static str,
    pub column_added: &'static str,
    pub column_deleted: &'static str,
    pub table_deleted: &'static str,
}

/// What went wrong, by the code of the answer.
#[derive(Debug)]
pub struct Problems {
    /// What happened, and what to do.
    pub by_code: fn(&str) -> Option<(&'static str, &'static str)>,
    pub unknown: (&'static str, &'static str),
    pub no_connection: (&'static str, &'static str),
}
