//! The agendas that are measured: the samples where they lie beside the workspace, else invented ones of their size.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::Created;
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, ListJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;

/// Length of the samples' paragraphs, roughly.
const PARAGRAPH: usize = 380;

/// Which agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// Of the size of most.
    Everyday,
    /// The longest sample.
    Long,
    /// Sixty items with five sections each, always invented.
    Sixty,
}

impl Size {
    /// The sample, and how many items and bytes of text an invented agenda of its size has.
    fn facts(self) -> (Option<&'static str>, usize, usize) {
        match self {
            Self::Everyday => (Some("001"), 11, 27_500),
            Self::Long => (Some("004"), 14, 51_000),
            Self::Sixty => (None, 60, 180_000),
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
    content: Content,
}

enum Content {
    File(Vec<u8>),
    Invented(Box<MeetingJson>),
}

/// An agenda of this size.
pub(crate) fn read(size: Size) -> Result<SentAgenda> {
    let (sample, items, bytes) = size.facts();
    let path = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../shared/samples/{name}.txt"));
    let Some((name, sample)) = sample.map(|name| (name, path(name))).filter(|(_, path)| path.is_file()) else {
        let invented = invented(items, bytes);
        let bytes: usize = invented.items.iter().flat_map(|item| &item.sections).flat_map(|section| &section.blocks).map(text_bytes).sum();
        let name = format!("invented, {} items, {bytes} bytes of text", invented.items.len());
        return Ok(SentAgenda { name, content: Content::Invented(Box::new(invented)) });
    };
    let file = std::fs::read(&sample).with_context(|| format!("cannot read {}", sample.display()))?;
    Ok(SentAgenda { name: format!("sample {name}, {} bytes of text", file.len()), content: Content::File(file) })
}

impl SentAgenda {
    /// Stores it as one more meeting, so that every run begins with the same text.
    pub(crate) async fn import(&self, server: &TestServer) -> Result<Created> {
        match &self.content {
            Content::Invented(meeting) => server.import(meeting).await,
            Content::File(file) => {
                let request = server.http().post(server.url("/api/meetings/import?name=bench.txt")).body(file.clone());
                let answer = request.header("content-type", "text/plain").send().await?;
                let (status, body) = (answer.status(), answer.text().await?);
                ensure!(status.is_success(), "import answered {status}: {body}");
                serde_json::from_str(&body).with_context(|| format!("import answered {body}"))
            }
        }
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
    let paragraphs_per_item = (size / count / PARAGRAPH).max(2);
    let items = (1..=count).map(|number| {
        // One item is long, as it is in agendas.
        let paragraphs = if number == 3 { 3 * paragraphs_per_item } else { paragraphs_per_item - 1 };
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
                    recommendations.map(|start| list(&format!("{start} {}", sentence(60)))).into(),
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
