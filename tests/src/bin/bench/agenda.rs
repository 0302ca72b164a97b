//! The agendas that are measured: all invented, of the sizes that agendas have.

use anyhow::Result;
use dagsorden_shared::api::Created;
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, ListJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;

/// Length of a long paragraph, and of one in a list.
const PARAGRAPH: usize = 380;
const POINT: usize = 60;
/// Paragraphs of the longest section of a long agenda. It is the one that is written in, so it is the same where numbers of items are compared.
const LONGEST: usize = 27;

/// Which agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// A short one.
    Small,
    /// Of the size of most.
    Everyday,
    /// Of the size of the longest we know.
    Long,
    /// Six items with five sections each, to be held against sixty.
    Six,
    /// Sixty items with five sections each.
    Sixty,
}

impl Size {
    /// Items, and paragraphs in the background of most of them and of the longest.
    fn facts(self) -> (usize, usize, usize) {
        match self {
            Self::Small => (5, 1, 1),
            Self::Everyday => (11, 3, 19),
            Self::Long => (14, 6, LONGEST),
            Self::Six => (6, 5, LONGEST),
            Self::Sixty => (60, 5, LONGEST),
        }
    }
}

const WORDS: [&str; 24] = [
    "kredsen",
    "drøftede",
    "ordningen",
    "og",
    "at",
    "en",
    "fælles",
    "vagt",
    "i",
    "havnene",
    "for",
    "kommunerne",
    "med",
    "henblik",
    "på",
    "budgettet",
    "som",
    "evalueres",
    "til",
    "efteråret",
    "samt",
    "de",
    "øvrige",
    "forslag",
];

/// An agenda as it is sent to the server.
pub(crate) struct SentAgenda {
    /// What it is, for the reader of the figures.
    pub(crate) name: String,
    meeting: MeetingJson,
}

impl SentAgenda {
    /// An agenda of this size.
    pub(crate) fn invent(size: Size) -> Self {
        let (items, most, longest) = size.facts();
        let meeting = invented(items, most, longest);
        let bytes: usize = meeting.items.iter().flat_map(|item| &item.sections).flat_map(|section| &section.blocks).map(text_bytes).sum();
        Self { name: format!("{items} items, {bytes} bytes of text"), meeting }
    }

    /// Stores it as one more meeting, so that every run begins with the same text.
    pub(crate) async fn import(&self, server: &TestServer) -> Result<Created> {
        server.import(&self.meeting).await
    }
}

fn invented(count: usize, most: usize, longest: usize) -> MeetingJson {
    let mut bits = fixture::bits(1);
    let mut sentence = |len: usize| {
        let mut text = String::new();
        while text.len() < len {
            let word = WORDS[usize::try_from(bits() >> 80).unwrap_or_default() % WORDS.len()];
            text.push_str(if text.is_empty() { "" } else { " " });
            text.push_str(word);
        }
        text + "."
    };
    let section = |kind, heading: &str, blocks| SectionJson { heading: Some(heading.into()), kind, blocks, ..SectionJson::default() };
    // One item is long, as it is in agendas.
    let items = (1..=count).map(|number| {
        let paragraphs = if number == 3 { longest } else { most };
        let background = (0..paragraphs).map(|_| BlockJson::paragraph(sentence(PARAGRAPH))).collect();
        let recommendations = ["at", "og at", "samt at"];
        let list = |text: &str| BlockJson::ListItem { list: ListJson::Bullet, level: 0, start: None, text: text.into(), marks: Vec::new() };
        ItemJson {
            number: Some(number.to_string()),
            title: sentence(30),
            sections: vec![
                section(SectionKind::Background, "Baggrund", background),
                section(SectionKind::Resume, "Resumé", vec![BlockJson::paragraph(sentence(PARAGRAPH / 2))]),
                section(SectionKind::Case, "Sagsfremstilling", vec![BlockJson::paragraph(sentence(PARAGRAPH))]),
                section(
                    SectionKind::Recommendation,
                    "Indstilling",
                    recommendations.map(|start| list(&format!("{start} {}", sentence(POINT)))).into(),
                ),
                section(SectionKind::Decision, "Beslutning", Vec::new()),
            ],
            ..ItemJson::default()
        }
    });
    MeetingJson { forum: "Kystkredsen".into(), title: "Møde i Kystkredsen".into(), items: items.collect(), ..MeetingJson::default() }
}

fn text_bytes(block: &BlockJson) -> usize {
    match block {
        BlockJson::Paragraph { text, .. } | BlockJson::ListItem { text, .. } => text.len() + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_agenda_has_about_the_size_it_is_to_have() {
        let sizes = [(Size::Small, 6_000), (Size::Everyday, 27_500), (Size::Long, 51_000), (Size::Six, 25_000), (Size::Sixty, 174_000)];
        for (size, wanted) in sizes {
            let agenda = SentAgenda::invent(size);
            let sections = agenda.meeting.items.iter().flat_map(|item| &item.sections);
            let bytes: usize = sections.flat_map(|section| &section.blocks).map(text_bytes).sum();
            assert_eq!(agenda.meeting.items.len(), size.facts().0);
            assert!(bytes.abs_diff(wanted) < wanted / 10, "{size:?} has {bytes} bytes, not {wanted}");
        }
    }
}
