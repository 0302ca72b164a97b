//! The one icon set: strokes on a grid of 20 by 20.
//!
//! An icon never stands for a word alone: where there is no word beside it, the control has a name of its own. Drawn by one path
//! each, so that the page can write `<path d=icon.path()>`.

use super::element::{Element, element};

/// What an icon means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each name says what the icon means")]
pub enum Icon {
    Check,
    Cross,
    Plus,
    Menu,
    More,
    Grip,
    Up,
    Down,
    Right,
    Lock,
    Pencil,
    Comment,
    Person,
    People,
    Share,
    Download,
    Upload,
    File,
    Trash,
    Undo,
    Redo,
    Search,
    Alert,
    Clock,
    Offline,
    Keyboard,
    Bold,
    Italic,
    Underline,
    Strike,
    Bullets,
    Numbers,
    Heading,
    Quote,
    Indent,
    Outdent,
    Link,
    Table,
    Clear,
    HeadingOne,
    HeadingThree,
    Paragraph,
    RowAbove,
    RowBelow,
    RowDelete,
    ColumnLeft,
    ColumnRight,
    ColumnDelete,
}

impl Icon {
    /// All icons, for tests and the page of states.
    pub const ALL: [Self; 48] = [
        Self::Check,
        Self::Cross,
        Self::Plus,
        Self::Menu,
        Self::More,
        Self::Grip,
        Self::Up,
        Self::Down,
        Self::Right,
        Self::Lock,
        Self::Pencil,
        Self::Comment,
        Self::Person,
        Self::People,
        Self::Share,
        Self::Download,
        Self::Upload,
        Self::File,
        Self::Trash,
        Self::Undo,
        Self::Redo,
        Self::Search,
        Self::Alert,
        Self::Clock,
        Self::Offline,
        Self::Keyboard,
        Self::Bold,
        Self::Italic,
        Self::Underline,
        Self::Strike,
        Self::Bullets,
        Self::Numbers,
        Self::Heading,
        Self::Quote,
        Self::Indent,
        Self::Outdent,
        Self::Link,
        Self::Table,
        Self::Clear,
        Self::HeadingOne,
        Self::HeadingThree,
        Self::Paragraph,
        Self::RowAbove,
        Self::RowBelow,
        Self::RowDelete,
        Self::ColumnLeft,
        Self::ColumnRight,
        Self::ColumnDelete,
    ];

    /// The `d` of the icon's one path.
    pub fn path(self) -> &'static str {
        match self {
            Self::Check => "m4.5 10.5 3.5 3.5 7.5-8",
            Self::Cross => "m5 5 10 10M15 5 5 15",
            Self::Plus => "M10 4v12M4 10h12",
            Self::Menu => "M3.5 5h13M3.5 10h13M3.5 15h8",
            Self::More => "M5 10v.01M10 10v.01M15 10v.01",
            Self::Grip => "M7.5 5v.01M12.5 5v.01M7.5 10v.01M12.5 10v.01M7.5 15v.01M12.5 15v.01",
            Self::Up => "M10 16V4M5 9l5-5 5 5",
            Self::Down => "M10 4v12M5 11l5 5 5-5",
            Self::Right => "M4 10h12M11 5l5 5-5 5",
            Self::Lock => {
                "M6 9h8a1.5 1.5 0 0 1 1.5 1.5V15a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 15v-4.5A1.5 1.5 0 0 1 6 9zM7 9V6.5a3 3 0 0 1 6 0V9"
            }
            Self::Pencil => "m4 16 .8-3.5 8.7-8.7 2.7 2.7-8.7 8.7zM11.5 5.8l2.7 2.7",
            Self::Comment => "M3.5 4.5h13v9h-7l-3.5 3v-3H3.5z",
            Self::Person => "M7.25 7a2.75 2.75 0 1 0 5.5 0 2.75 2.75 0 1 0-5.5 0M4.5 16c.5-2.8 2.6-4.2 5.5-4.2s5 1.4 5.5 4.2",
            Self::People => {
                "M4.75 7a2.75 2.75 0 1 0 5.5 0 2.75 2.75 0 1 0-5.5 0M2.5 16c.4-2.8 2.4-4.2 5-4.2s4.6 1.4 5 4.2M13 4.6a2.7 2.7 0 0 1 0 4.8M14.5 12c1.7.5 2.8 1.9 3 4"
            }
            Self::Share => {
                "M4.75 7a2.75 2.75 0 1 0 5.5 0 2.75 2.75 0 1 0-5.5 0M2.5 16c.4-2.8 2.4-4.2 5-4.2s4.6 1.4 5 4.2M14.5 6.5v5M12 9h5"
            }
            Self::Download => "M10 3v9M6.5 8.8l3.5 3.5 3.5-3.5M3.5 13.5v3h13v-3",
            Self::Upload => "M10 12.5v-9M6.5 7 10 3.5 13.5 7M3.5 13.5v3h13v-3",
            Self::File => "M5.5 3h6L15 6.5V17H5.5zM11.5 3v3.5H15",
            Self::Trash => "M4 6h12M8 6V3.8h4V6M5.5 6l.7 10.5h7.6L14.5 6M8.5 9v4.5M11.5 9v4.5",
            Self::Undo => "M7 4 3.5 7.5 7 11M3.5 7.5h8.2a4.3 4.3 0 0 1 0 8.6H7",
            Self::Redo => "m13 4 3.5 3.5L13 11M16.5 7.5H8.3a4.3 4.3 0 0 0 0 8.6H13",
            Self::Search => "M4 9a5 5 0 1 0 10 0A5 5 0 1 0 4 9M13 13l3.5 3.5",
            Self::Alert => "M3.5 10a6.5 6.5 0 1 0 13 0 6.5 6.5 0 1 0-13 0M10 6.5v4.2M10 13.3v.01",
            Self::Clock => "M3.5 10a6.5 6.5 0 1 0 13 0 6.5 6.5 0 1 0-13 0M10 6v4.3l2.8 1.7",
            Self::Offline => "M5.8 15.5h8a3.2 3.2 0 0 0 1.5-6 5 5 0 0 0-6.5-3.9M6.3 7.7a4 4 0 0 0-.5 7.8M3.5 3.5l13 13",
            Self::Keyboard => "M2.5 5.5h15v9h-15zM5.5 8.5v.01M8.5 8.5v.01M11.5 8.5v.01M14.5 8.5v.01M6.5 11.8h7",
            Self::Bold => "M6 4h4.5a2.9 2.9 0 0 1 0 5.8H6zM6 9.8h5.2a3.1 3.1 0 0 1 0 6.2H6z",
            Self::Italic => "M8 4h6M6 16h6M11.5 4l-3 12",
            Self::Underline => "M6 4v5.5a4 4 0 0 0 8 0V4M5 16.5h10",
            Self::Strike => {
                "M13.5 6.2C13 4.8 11.7 4 10 4 8 4 6.5 5 6.5 6.7c0 2 2 2.7 3.5 3.3M4 10h12M13.2 12c.2.4.3.8.3 1.3 0 1.7-1.5 2.7-3.5 2.7-1.8 0-3.2-.8-3.7-2.3"
            }
            Self::Bullets => "M8 5h8.5M8 10h8.5M8 15h8.5M3.5 5h1M3.5 10h1M3.5 15h1",
            Self::Numbers => "M8.5 5h8M8.5 10h8M8.5 15h8M3.5 4l1-.5v4M3.3 12.7c.4-.8 2-.7 2 .4 0 .9-2 1.7-2 2.9h2.2",
            Self::Heading => "M5 4v12M14 4v12M5 10h9",
            Self::Quote => "M5 4.5v11M8.5 6h8M8.5 10h8M8.5 14h5",
            Self::Indent => "M3.5 4.5h13M9 8.2h7.5M9 11.8h7.5M3.5 15.5h13M3.5 7.8 6 10l-2.5 2.2",
            Self::Outdent => "M3.5 4.5h13M9 8.2h7.5M9 11.8h7.5M3.5 15.5h13M6 7.8 3.5 10 6 12.2",
            Self::Link => "M8.5 11.5a3 3 0 0 0 4.2 0l3-3a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-3 3a3 3 0 0 0 4.2 4.2l1-1",
            Self::Table => "M3.5 4.5h13v11h-13zM3.5 8.2h13M3.5 11.8h13M10 4.5v11",
            Self::Clear => "M5.5 4h10M10.5 4l-2 8M4 16l4.5-4M12 12.5l4 4M16 12.5l-4 4",
            Self::HeadingOne => "M4 4v12M11 4v12M4 10h7M14 7l2.5-1.5V14",
            Self::HeadingThree => "M4 4v12M11 4v12M4 10h7M13.8 6h3.2l-2 3c1.3 0 2.2.8 2.2 2s-.9 2-2 2-1.5-.4-1.8-1",
            Self::Paragraph => "M3.5 5h13M3.5 8.5h13M3.5 12h13M3.5 15.5h7",
            Self::RowAbove => "M3.5 11h13v5h-13zM10 2.5v5.5M7.2 5.2h5.6",
            Self::RowBelow => "M3.5 4h13v5h-13zM10 12v5.5M7.2 14.7h5.6",
            Self::RowDelete => "M3.5 7.5h13v5h-13zM8.5 2.5l3 3M11.5 2.5l-3 3",
            Self::ColumnLeft => "M11 3.5h5v13h-5zM5.2 7.2v5.6M2.5 10h5.5",
            Self::ColumnRight => "M4 3.5h5v13H4zM14.7 7.2v5.6M12 10h5.5",
            Self::ColumnDelete => "M7.5 3.5h5v13h-5zM2.5 8.5l3 3M2.5 11.5l3-3",
        }
    }

    /// Classes of its `svg`: dots need a thicker stroke.
    pub fn class(self) -> &'static str {
        match self {
            Self::More | Self::Grip => "i dots",
            _ => "i",
        }
    }
}

/// The icon at 20 px, hidden from screen readers.
pub fn icon(icon: Icon) -> Element {
    draw(icon, icon.class())
}

/// The icon at 16 px, as it stands beside words of the chrome.
pub fn small_icon(icon: Icon) -> Element {
    draw(icon, if icon.class() == "i" { "i s" } else { "i s dots" })
}

fn draw(icon: Icon, class: &'static str) -> Element {
    element("svg")
        .class(class)
        .attribute("viewBox", "0 0 20 20")
        .attribute("aria-hidden", "true")
        .child(element("path").attribute("d", icon.path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_has_a_path_of_its_own() {
        let mut paths: Vec<&str> = Icon::ALL.iter().map(|icon| icon.path()).collect();
        assert!(paths.iter().all(|path| path.starts_with(['m', 'M'])));
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), Icon::ALL.len());
    }
}
