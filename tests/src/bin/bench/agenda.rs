//! The agendas that are measured: all invented, of the sizes that agendas have.

use anyhow::Result;
use dagsorden_shared::api::Created;
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, ListJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;

/// Length of a long paragraph, and of one in a list.
const PARAGRAPH: usize = 380;
const POINT: usize = 60;
/// What an item has beside the paragraphs of its background, roughly.
const BESIDE: usize = PARAGRAPH / 2 + PARAGRAPH + 3 * (POINT + 12);

/// Which agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// A short one.
    Small,
    /// Of the size of most.
    Everyday,
    /// Of the size of the longest we know.
    Long,
    /// Sixty items with five sections each.
    Sixty,
}

impl Size {
    /// Items, and bytes of text.
    fn facts(self) -> (usize, usize) {
        match self {
            Self::Small => (5, 6_000),
            Self::Everyday => (11, 27_500),
            Self::Long => (14, 51_000),
            Self::Sixty => (60, 180_000),
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
        let (items, bytes) = size.facts();
        let meeting = invented(items, bytes);
        let bytes: usize = meeting.items.iter().flat_map(|item| &item.sections).flat_map(|section| &section.blocks).map(text_bytes).sum();
        Self { name: format!("{items} items, {bytes} bytes of text"), meeting }
    }

    /// Stores it as one more meeting, so that every run begins with the same text.
    pub(crate) async fn import(&self, server: &TestServer) -> Result<Created> {
        server.import(&self.meeting).await
    }
}

fn invented(count: usize, size: usize) -> MeetingJson {
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
    // One item is long, as it is in agendas: it has three times as many as the others, and the rest.
    let all = size.saturating_sub(count * BESIDE) / PARAGRAPH;
    let each = (all / (count + 2)).max(1);
    let long = all.saturating_sub(each * (count - 1)).max(each);
    let items = (1..=count).map(|number| {
        let paragraphs = if number == 3 { long } else { each };
        let background = (0..paragraphs).map(|_| BlockJson::paragraph(sentence(PARAGRAPH))).collect();
        let recommendations = ["at", "og at", "samt at"];
        let list = |text: &str| BlockJson::ListItem { list: ListJson::Bullet, level: 0, text: text.into(), marks: Vec::new() };
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
        for size in [Size::Small, Size::Everyday, Size::Long, Size::Sixty] {
            let (items, wanted) = size.facts();
            let agenda = SentAgenda::invent(size);
            let sections = agenda.meeting.items.iter().flat_map(|item| &item.sections);
            let bytes: usize = sections.flat_map(|section| &section.blocks).map(text_bytes).sum();
            assert_eq!(agenda.meeting.items.len(), items);
            assert!(bytes.abs_diff(wanted) < wanted / 10, "{size:?} has {bytes} bytes, not {wanted}");
        }
    }
}
