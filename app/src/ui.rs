//! Plain widgets that know no meeting: dialogs, menus, messages, the live region.

pub(crate) mod announcer;
pub(crate) mod dialog;
pub(crate) mod drawn;
pub(crate) mod heard;
pub(crate) mod kept;
pub(crate) mod later;
pub(crate) mod list;
pub(crate) mod menu;
pub(crate) mod person;
pub(crate) mod toast;
