//! The few declarations of a `style` attribute that mean something to us.

use dagsorden_shared::richtext::Marks;

/// What an element's style says.
#[derive(Debug, Default)]
pub(super) struct Style<'a> {
    bold: Option<bool>,
    italic: Option<bool>,
    underline: bool,
    strike: bool,
    /// Whether white space counts.
    pub(super) preserve: Option<bool>,
    /// Not to be seen.
    pub(super) hidden: bool,
    /// Word's `mso-list`: a list, a level, a format; or `Ignore` on the marker.
    pub(super) list: &'a str,
}

impl<'a> Style<'a> {
    pub(super) fn read(style: &'a str) -> Self {
        let mut read = Self::default();
        for declaration in style.split(';') {
            let Some((name, value)) = declaration.split_once(':') else { continue };
            let written = value.trim();
            // Outlook writes names in capitals.
            let (name, value) = (name.trim().to_ascii_lowercase(), written.to_ascii_lowercase());
            let value = value.trim_end_matches("!important").trim_end();
            match name.as_str() {
                "font-weight" => {
                    read.bold = match value {
                        "bold" | "bolder" => Some(true),
                        "normal" | "lighter" => Some(false),
                        number => number.parse::<u16>().ok().map(|weight| weight >= 600),
                    }
                }
                "font-style" => read.italic = Some(value.starts_with("italic") || value.starts_with("oblique")),
                "text-decoration" | "text-decoration-line" => {
                    read.underline |= value.contains("underline");
                    read.strike |= value.contains("line-through");
                }
                "white-space" => read.preserve = Some(matches!(value, "pre" | "pre-wrap" | "break-spaces")),
                "display" => read.hidden |= value == "none",
                "mso-hide" => read.hidden |= value == "all",
                // Comments stand beside the text, not in it.
                "mso-element" => read.hidden |= value.starts_with("comment"),
                "mso-special-character" => read.hidden |= value == "comment",
                "mso-list" => read.list = written,
                _ => {}
            }
        }
        read
    }

    /// Whether the element holds the marker that Word writes before a list item's text.
    pub(super) fn is_list_marker(&self) -> bool {
        self.list.eq_ignore_ascii_case("ignore")
    }

    /// The marks inside an element of this style: by its name, then by what its style says. Headings are bold by themselves.
    pub(super) fn mark(&self, marks: &mut Marks, name: &str) {
        match name {
            "b" | "strong" => marks.bold = true,
            "i" | "em" => marks.italic = true,
            "u" | "ins" => marks.underline = true,
            "s" | "del" | "strike" => marks.strike = true,
            _ => {}
        }
        if super::heading(name).is_none() && name != "th" {
            marks.bold = self.bold.unwrap_or(marks.bold);
        }
        marks.italic = self.italic.unwrap_or(marks.italic);
        marks.underline |= self.underline;
        marks.strike |= self.strike;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_come_from_the_tag_and_then_from_the_style() {
        let marks = |name: &str, style: &str| {
            let mut marks = Marks::default();
            Style::read(style).mark(&mut marks, name);
            (marks.bold, marks.italic, marks.underline, marks.strike)
        };
        assert_eq!(marks("b", ""), (true, false, false, false));
        assert_eq!(marks("b", "font-weight:normal;"), (false, false, false, false));
        assert_eq!(marks("span", "FONT-WEIGHT: 600 !important; font-style:italic"), (true, true, false, false));
        assert_eq!(marks("span", "font-weight:500;text-decoration:underline line-through;"), (false, false, true, true));
        assert_eq!(marks("h2", "font-weight:700"), (false, false, false, false));
        assert!(Style::read("color:red;mso-hide:all").hidden && Style::read("display : none").hidden);
        assert!(Style::read("mso-list:Ignore").is_list_marker());
    }
}
