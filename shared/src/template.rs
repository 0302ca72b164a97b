//! A forum's template: what a new meeting of it begins with, how its sections are called and ordered, and the phrases of its decisions.
//!
//! Owns the shape, the layouts to choose from, and how items are made of it. Knows no forum and no storage.

use serde::{Deserialize, Serialize};

use crate::meeting_json::{ItemJson, SectionJson, SectionKind};

/// What a forum has set for its meetings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Template {
    /// Where the forum usually meets.
    pub place: Option<String>,
    /// `HH:MM`.
    pub start: Option<String>,
    /// `HH:MM`.
    pub end: Option<String>,
    /// The sections of an item in their order. Empty: the usual ones.
    pub sections: Vec<TemplateSection>,
    /// What every meeting has.
    pub items: Vec<StandingItem>,
    /// What is often decided, word for word.
    pub phrases: Vec<String>,
}

/// A section as a forum has it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TemplateSection {
    /// What it is.
    pub kind: SectionKind,
    /// What the forum calls it. `None`: text without a heading.
    pub heading: Option<String>,
}

/// An item of every meeting.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct StandingItem {
    /// Its title.
    pub title: String,
    /// Which sections it begins with.
    pub sections: ItemSections,
    /// Planned length in whole minutes.
    pub minutes: Option<u32>,
    /// Whether it stands behind the meeting's own items.
    pub last: bool,
}

/// Which sections a standing item begins with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ItemSections {
    /// All of the forum's.
    #[default]
    All,
    /// Recommendation and decision.
    Recommendation,
    /// The decision alone.
    Decision,
    /// Text without a heading.
    Text,
}

impl ItemSections {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::All, Self::Recommendation, Self::Decision, Self::Text];

    /// As it stands in JSON and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Recommendation => "recommendation",
            Self::Decision => "decision",
            Self::Text => "text",
        }
    }

    /// `None` for any other word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

/// A layout of an item's sections that a forum can begin from. Each is one that forums are seen to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Background first, the decision last.
    DecisionLast,
    /// The decision before all that led to it.
    DecisionFirst,
    /// Text, recommendation, minutes.
    MinutesLast,
    /// Minutes and summary before the case.
    MinutesFirst,
    /// No headings at all.
    RunningText,
}

impl Preset {
    /// All layouts, in the order they are offered.
    pub const ALL: [Self; 5] = [Self::DecisionLast, Self::DecisionFirst, Self::MinutesLast, Self::MinutesFirst, Self::RunningText];

    /// As it stands in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DecisionLast => "decision_last",
            Self::DecisionFirst => "decision_first",
            Self::MinutesLast => "minutes_last",
            Self::MinutesFirst => "minutes_first",
            Self::RunningText => "running_text",
        }
    }

    /// `None` for any other word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }

    /// Its sections, with headings in the language of the papers.
    pub fn sections(self) -> Vec<TemplateSection> {
        use SectionKind::{Background, Case, Decision, MunicipalRemarks, Recommendation, Resume};
        let of = |sections: &[(SectionKind, &str)]| {
            let section = |(kind, heading): &(SectionKind, &str)| TemplateSection {
                kind: *kind,
                heading: Some((*heading).to_owned()).filter(|heading| !heading.is_empty()),
            };
            sections.iter().map(section).collect()
        };
        match self {
            Self::DecisionLast => {
                of(&[(Background, "Baggrund"), (Case, "Sagsfremstilling"), (Recommendation, "Indstilling"), (Decision, "Beslutning")])
            }
            Self::DecisionFirst => of(&[(Decision, "Beslutning"), (Background, "Baggrund"), (Recommendation, "Indstilling")]),
            Self::MinutesLast => of(&[(Case, ""), (Recommendation, "Indstilling"), (Decision, "Referat")]),
            Self::MinutesFirst => of(&[
                (Decision, "Referat"),
                (Resume, "Resumé"),
                (MunicipalRemarks, "Kommunale bemærkninger"),
                (Recommendation, "Indstilling"),
                (Case, "Sagsfremstilling"),
            ]),
            Self::RunningText => of(&[(Case, "")]),
        }
    }

    /// The layout that has exactly these sections.
    pub fn of(sections: &[TemplateSection]) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.sections() == sections)
    }
}

impl Template {
    /// The sections of an item: the forum's, or the usual ones.
    pub fn layout(&self) -> Vec<TemplateSection> {
        if self.sections.is_empty() { Preset::DecisionLast.sections() } else { self.sections.clone() }
    }

    /// The standing items in their order, each with its empty sections.
    pub fn standing_items(&self) -> Vec<ItemJson> {
        let layout = self.layout();
        let (last, first): (Vec<_>, Vec<_>) = self.items.iter().partition(|item| item.last);
        first.into_iter().chain(last).map(|item| standing_item(item, &layout)).collect()
    }
}

fn standing_item(item: &StandingItem, layout: &[TemplateSection]) -> ItemJson {
    let wanted = |kind| match item.sections {
        ItemSections::All => true,
        ItemSections::Recommendation => matches!(kind, SectionKind::Recommendation | SectionKind::Decision),
        ItemSections::Decision => kind == SectionKind::Decision,
        ItemSections::Text => false,
    };
    let section =
        |section: &TemplateSection| SectionJson { kind: section.kind, heading: section.heading.clone(), ..SectionJson::default() };
    let mut sections: Vec<SectionJson> = layout.iter().filter(|section| wanted(section.kind)).map(section).collect();
    // A forum that has no such sections writes running text.
    if sections.is_empty() {
        sections.push(SectionJson { kind: SectionKind::Case, ..SectionJson::default() });
    }
    ItemJson { title: item.title.clone(), minutes: item.minutes, sections, ..ItemJson::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_is_found_again_and_differs_from_the_others() {
        for preset in Preset::ALL {
            assert_eq!(Preset::of(&preset.sections()), Some(preset));
            assert_eq!(Preset::parse(preset.as_str()), Some(preset));
        }
        assert_eq!(Preset::of(&[]), None);
        for sections in ItemSections::ALL {
            assert_eq!(ItemSections::parse(sections.as_str()), Some(sections));
        }
    }

    #[test]
    fn standing_items_have_the_forums_sections_and_the_last_ones_stand_last() {
        let item = |title: &str, sections, last| StandingItem { title: title.into(), sections, last, minutes: Some(5) };
        let template = Template {
            sections: Preset::DecisionFirst.sections(),
            items: vec![
                item("Eventuelt", ItemSections::Text, true),
                item("Godkendelse", ItemSections::Recommendation, false),
                item("Nyt", ItemSections::All, false),
                item("Næste møde", ItemSections::Decision, true),
            ],
            ..Template::default()
        };
        let shown = |template: &Template| {
            let heads =
                |item: &ItemJson| item.sections.iter().map(|section| section.heading.clone().unwrap_or_default()).collect::<Vec<_>>();
            template.standing_items().iter().map(|item| format!("{}: {}", item.title, heads(item).join(" "))).collect::<Vec<_>>()
        };
        assert_eq!(
            shown(&template),
            ["Godkendelse: Beslutning Indstilling", "Nyt: Beslutning Baggrund Indstilling", "Eventuelt: ", "Næste møde: Beslutning"]
        );
        let plain = Template { sections: Preset::RunningText.sections(), ..template };
        assert_eq!(shown(&plain), ["Godkendelse: ", "Nyt: ", "Eventuelt: ", "Næste møde: "]);
        assert!(plain.standing_items().iter().all(|item| item.minutes == Some(5) && item.sections.len() == 1));
    }
}
