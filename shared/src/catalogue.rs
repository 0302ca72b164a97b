//! All visible text, one catalogue per language.
//!
//! Components, the renderer and the server hold no text of their own: they take a [`Catalogue`]. A group of texts is a struct in
//! [`text`]; adding a text means one field there and one line in each language's file, and the compiler names the languages that miss it.
//! Numbers and names are set in by small functions, since plurals differ.

pub mod attendance;
pub mod files;
pub mod forum;
pub mod import;
pub mod live;
pub mod notices;
pub mod positions;
pub mod proposals;
pub mod served;
pub mod steps;
pub mod text;

mod da;
mod en;

use crate::meeting_json::{ParticipantStatus, SectionKind};
use text::{
    Authors, Common, Dates, Deleted, Dialogs, Editor, Export, Find, Home, Identity, Live, Meeting, Points, Problems, Search, Shortcuts,
    States, Talk,
};

/// A language of the page. Danish first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Dansk.
    #[default]
    Da,
    /// English.
    En,
}

impl Language {
    /// The language of the forums' papers, whatever their reader's page is in.
    pub const OF_PAPERS: Self = Self::Da;

    /// All languages, in the order they are offered.
    pub const ALL: [Self; 2] = [Self::Da, Self::En];

    /// The code as it stands in `lang` and in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Self::Da => "da",
            Self::En => "en",
        }
    }

    /// The language's name for itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Da => "Dansk",
            Self::En => "English",
        }
    }

    /// `da`, `en`, and what begins with them, such as `en-GB`. `None` for anything else.
    pub fn parse(code: &str) -> Option<Self> {
        let primary = code.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    /// The first known language of an `Accept-Language` value; Danish if there is none. Weights are not read: browsers send the best first.
    pub fn preferred(accept_language: &str) -> Self {
        accept_language.split(',').find_map(|part| Self::parse(part.split(';').next().unwrap_or_default())).unwrap_or_default()
    }
}

/// All texts of one language.
#[derive(Debug)]
#[allow(missing_docs, reason = "each group is documented at its type")]
pub struct Catalogue {
    pub language: Language,
    pub common: Common,
    pub dates: Dates,
    pub home: Home,
    pub meeting: Meeting,
    pub export: Export,
    pub editor: Editor,
    pub find: Find,
    pub authors: Authors,
    pub states: States,
    pub deleted: Deleted,
    pub identity: Identity,
    pub dialogs: Dialogs,
    pub points: Points,
    pub search: Search,
    pub shortcuts: Shortcuts,
    pub talk: Talk,
    pub live: Live,
    pub problems: Problems,
}

impl Catalogue {
    /// The catalogue of a language. The app asks for the one it shows by its name, so that it need not load both.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Da => Self::danish(),
            Language::En => Self::english(),
        }
    }

    /// In Danish.
    pub fn danish() -> &'static Self {
        &da::CATALOGUE
    }

    /// In English.
    pub fn english() -> &'static Self {
        &en::CATALOGUE
    }

    /// Heading of a section that has none of its own.
    pub fn section_kind(&self, kind: SectionKind) -> &'static str {
        let kinds = &self.meeting.section_kinds;
        match kind {
            SectionKind::Background => kinds.background,
            SectionKind::Resume => kinds.resume,
            SectionKind::Case => kinds.case,
            SectionKind::MunicipalRemarks => kinds.municipal_remarks,
            SectionKind::Recommendation => kinds.recommendation,
            SectionKind::Decision => kinds.decision,
            SectionKind::Other => kinds.other,
        }
    }

    /// What stands in an empty section.
    pub fn placeholder(&self, kind: SectionKind) -> &'static str {
        match kind {
            SectionKind::Recommendation => self.editor.placeholder_recommendation,
            SectionKind::Decision => self.editor.placeholder_decision,
            _ => self.editor.placeholder,
        }
    }

    /// Label of the people with this status.
    pub fn participants(&self, status: ParticipantStatus) -> &'static str {
        match status {
            ParticipantStatus::Deltager => self.meeting.participants,
            ParticipantStatus::Stedfortraeder => self.meeting.stand_ins,
            ParticipantStatus::Gaest => self.meeting.guests,
            ParticipantStatus::Afbud => self.meeting.apologies,
            ParticipantStatus::Sekretariat => self.meeting.secretariat,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Phase;

    #[test]
    fn languages_are_read_from_codes_and_headers() {
        assert_eq!(Language::parse("da"), Some(Language::Da));
        assert_eq!(Language::parse("EN-gb"), Some(Language::En));
        assert_eq!(Language::parse("de"), None);
        assert_eq!(Language::preferred("de, en;q=0.8, da;q=0.5"), Language::En);
        assert_eq!(Language::preferred("sv"), Language::Da);
        assert_eq!(Language::preferred(""), Language::Da);
    }

    #[test]
    fn the_usual_sections_have_their_danish_names() {
        let names = SectionKind::ALL.map(|kind| Catalogue::of(Language::Da).section_kind(kind));
        let expected = ["Baggrund", "Resumé", "Sagsfremstilling", "Kommunale bemærkninger", "Indstilling", "Beslutning", "Tekst"];
        assert_eq!(names, expected);
    }

    #[test]
    fn one_and_many_differ() {
        for language in Language::ALL {
            let catalogue = Catalogue::of(language);
            assert_ne!((catalogue.meeting.items)(1).replace('1', "2"), (catalogue.meeting.items)(2));
            assert!((catalogue.states.offline)(3).contains('3'));
            for phase in Phase::ALL {
                assert!(!(catalogue.meeting.phase)(phase).is_empty());
            }
        }
        assert_eq!((Catalogue::of(Language::Da).meeting.items)(9), "9 punkter");
    }

    #[test]
    fn every_refusal_says_that_the_text_is_kept() {
        let da = Catalogue::of(Language::Da);
        assert!(da.states.refused_title.contains("ikke tabt"));
        assert_eq!((da.problems.by_code)("an unknown code"), None);
        assert!((da.problems.by_code)("not_an_agenda").is_some());
    }
}
