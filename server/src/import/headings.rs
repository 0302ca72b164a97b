//! Headings of sections: which words they are, how they may be written, and what kind of section each begins.
//!
//! Owns the words. Knows a line by itself only; where a heading may stand is for [`super::sections`].

use dagsorden_shared::meeting_json::SectionKind;

use super::words::fold;

/// A line that begins a section or the list of attachments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Heading<'a> {
    /// As written, without what follows on the same line.
    pub(super) text: &'a str,
    /// What it begins.
    pub(super) begins: Begins,
    /// Text on the same line after a colon; mostly empty.
    pub(super) rest: &'a str,
}

/// What a heading begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    /// A section of this kind.
    Section(SectionKind),
    /// A list of attachments.
    Attachments,
}

/// Words folded, without colon. Each is a whole heading.
const WORDS: [(&str, Begins); 48] = [
    ("baggrund", Begins::Section(SectionKind::Background)),
    ("baggrund for sagen", Begins::Section(SectionKind::Background)),
    ("baggrunden for sagen", Begins::Section(SectionKind::Background)),
    ("sagens baggrund", Begins::Section(SectionKind::Background)),
    ("resume", Begins::Section(SectionKind::Resume)),
    ("kort resume", Begins::Section(SectionKind::Resume)),
    ("resume af sagen", Begins::Section(SectionKind::Resume)),
    ("sammendrag", Begins::Section(SectionKind::Resume)),
    ("sagsfremstilling", Begins::Section(SectionKind::Case)),
    ("sagsbeskrivelse", Begins::Section(SectionKind::Case)),
    ("sagens indhold", Begins::Section(SectionKind::Case)),
    ("fremstilling af sagen", Begins::Section(SectionKind::Case)),
    ("beskrivelse af sagen", Begins::Section(SectionKind::Case)),
    ("kommunale bemærkninger", Begins::Section(SectionKind::MunicipalRemarks)),
    ("kommunale kommentarer", Begins::Section(SectionKind::MunicipalRemarks)),
    ("kommunernes bemærkninger", Begins::Section(SectionKind::MunicipalRemarks)),
    ("kommunernes kommentarer", Begins::Section(SectionKind::MunicipalRemarks)),
    ("bemærkninger fra kommunerne", Begins::Section(SectionKind::MunicipalRemarks)),
    ("bemærkninger fra kommuner", Begins::Section(SectionKind::MunicipalRemarks)),
    ("indstilling", Begins::Section(SectionKind::Recommendation)),
    ("indstillinger", Begins::Section(SectionKind::Recommendation)),
    ("det indstilles", Begins::Section(SectionKind::Recommendation)),
    ("forslag til beslutning", Begins::Section(SectionKind::Recommendation)),
    ("beslutningsforslag", Begins::Section(SectionKind::Recommendation)),
    ("anbefaling", Begins::Section(SectionKind::Recommendation)),
    ("beslutning", Begins::Section(SectionKind::Decision)),
    ("beslutninger", Begins::Section(SectionKind::Decision)),
    ("beslutningsreferat", Begins::Section(SectionKind::Decision)),
    ("referat", Begins::Section(SectionKind::Decision)),
    ("referat af drøftelsen", Begins::Section(SectionKind::Decision)),
    ("referat fra mødet", Begins::Section(SectionKind::Decision)),
    ("mødereferat", Begins::Section(SectionKind::Decision)),
    ("konklusion", Begins::Section(SectionKind::Decision)),
    ("konklusion og beslutning", Begins::Section(SectionKind::Decision)),
    ("drøftelse og beslutning", Begins::Section(SectionKind::Decision)),
    ("referat og beslutning", Begins::Section(SectionKind::Decision)),
    ("beslutning fra mødet", Begins::Section(SectionKind::Decision)),
    ("bilag", Begins::Attachments),
    ("bilagsliste", Begins::Attachments),
    ("bilagsoversigt", Begins::Attachments),
    ("bilag til punktet", Begins::Attachments),
    ("bilag til sagen", Begins::Attachments),
    ("vedhæftede bilag", Begins::Attachments),
    ("vedlagte bilag", Begins::Attachments),
    ("vedhæftede filer", Begins::Attachments),
    ("vedhæftninger", Begins::Attachments),
    ("vedhæftet", Begins::Attachments),
    ("bilag vedlagt", Begins::Attachments),
];

/// Words that may be followed by a colon and text on the same line.
const BEFORE_TEXT: [&str; 9] = [
    "baggrund",
    "resume",
    "sagsfremstilling",
    "kommunale bemærkninger",
    "indstilling",
    "indstillinger",
    "beslutning",
    "beslutninger",
    "referat",
];

/// The longest heading, in bytes.
const LONGEST: usize = 48;

/// The heading that a line is, in any case, with or without a colon, bold or marked with `#`.
pub(super) fn parse(line: &str) -> Option<Heading<'_>> {
    let bare = line.trim_start_matches(['#', ' ']).trim_start_matches('*');
    // Longer than any heading with its markup, as most lines are, except one that says where a decision was taken.
    if bare.len() <= LONGEST || (bare.len() <= 2 * LONGEST && bare.starts_with(['B', 'b'])) {
        let text = bare.trim_end_matches(['*', ' ']);
        let word = fold(text.trim_end_matches([':', ' ', '*']));
        if let Some((_, begins)) = WORDS.iter().find(|(known, _)| *known == word) {
            return Some(Heading { text, begins: *begins, rest: "" });
        }
        if is_recommendation_of(&word) {
            return Some(Heading { text, begins: Begins::Section(SectionKind::Recommendation), rest: "" });
        }
        if is_decision_of(&word) && !text.ends_with('.') && !super::attachments::is_file_name(text) {
            return Some(Heading { text, begins: Begins::Section(SectionKind::Decision), rest: "" });
        }
    }
    let colon = super::words::head(bare, 40).find(':')?;
    let (text, rest) = bare.split_at(colon + 1);
    let word = fold(text.trim_end_matches(':').trim_end_matches('*'));
    let rest = rest.trim_start_matches(['*', ' ']);
    if rest.is_empty() || !BEFORE_TEXT.contains(&word.as_str()) {
        return None;
    }
    let (_, begins) = WORDS.iter().find(|(known, _)| *known == word)?;
    Some(Heading { text: text.trim_end_matches('*'), begins: *begins, rest })
}

/// `Formandskabets indstilling`.
fn is_recommendation_of(word: &str) -> bool {
    word.strip_suffix(" indstilling").is_some_and(|whose| whose.split(' ').count() <= 3 && whose.ends_with('s'))
}

/// `Beslutning i Kystforum den 3. maj 2026`.
fn is_decision_of(word: &str) -> bool {
    let Some(rest) = word.strip_prefix("beslutning ") else { return false };
    ["i ", "fra ", "den ", "på mødet"].iter().any(|start| rest.starts_with(start)) && rest.split(' ').count() <= 9
}

/// Whether a heading is written in capitals. In a document that does so, other spellings are sub-headings.
pub(super) fn is_capitals(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() > 1 && !text.chars().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_any_case_with_or_without_a_colon() {
        for (line, kind) in [
            ("Baggrund", SectionKind::Background),
            ("RESUMÉ", SectionKind::Resume),
            ("resume:", SectionKind::Resume),
            ("Sagsfremstilling :", SectionKind::Case),
            ("KOMMUNALE BEMÆRKNINGER", SectionKind::MunicipalRemarks),
            ("**Indstilling:**", SectionKind::Recommendation),
            ("## Beslutning", SectionKind::Decision),
            ("Formandskabets indstilling", SectionKind::Recommendation),
            ("Beslutning i Kystforum den 3. maj 2026", SectionKind::Decision),
        ] {
            let heading = parse(line).unwrap_or_else(|| panic!("{line} is a heading"));
            assert_eq!((heading.begins, heading.rest), (Begins::Section(kind), ""), "{line}");
        }
        assert_eq!(parse("Indstilling:").map(|heading| heading.text), Some("Indstilling:"));
        assert_eq!(parse("BILAG").map(|heading| heading.begins), Some(Begins::Attachments));
    }

    #[test]
    fn text_may_follow_a_heading_on_its_line() {
        let heading = parse("Beslutning: Godkendt.").expect("heading");
        assert_eq!((heading.text, heading.rest), ("Beslutning:", "Godkendt."));
        assert_eq!(parse("Bilag: Notat om kajer"), None);
    }

    #[test]
    fn other_lines_are_no_headings() {
        for line in [
            "Baggrunden er kendt",
            "Referat fra sidste møde.pdf",
            "Godkendelse af referat",
            "Indstilling om takster",
            "Beslutning om nyt tag",
            "",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
