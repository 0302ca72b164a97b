//! Plain widgets that know no meeting: icons, dialogs, menus, messages, the live region.

#![allow(unreachable_pub, reason = "the component macro makes the types of its properties public")]

pub mod announcer;
pub mod dialog;
pub mod drawn;
pub mod icon;
pub mod list;
pub mod menu;
pub mod person;
pub mod toast;
