//! Numbers of lists in every format, and back.

use dagsorden_shared::meeting_json::{ListJson, SectionKind};

use super::*;
use crate::import;

/// A meeting with a list that begins elsewhere, goes on below a paragraph and begins again.
fn numbered() -> MeetingJson {
    let line =
        |level, start, text: &str| BlockJson::ListItem { list: ListJson::Ordered, level, start, text: text.into(), marks: Vec::new() };
    let blocks = vec![
        BlockJson::paragraph("Arbejdet går videre, hvor det slap sidste gang."),
        line(0, Some(3), "tredje skridt"),
        line(1, Some(2), "under b"),
        line(1, None, "under c"),
        line(0, None, "fjerde skridt"),
        BlockJson::paragraph("Så er der en pause, som alle har godt af."),
        line(0, Some(5), "femte skridt"),
        line(0, None, "sjette skridt"),
        line(0, Some(1), "forfra"),
        line(0, None, "og videre"),
    ];
    let item = ItemJson {
        number: Some("1".into()),
        title: "Kajer".into(),
        sections: vec![section(Some("Sagsfremstilling"), SectionKind::Case, blocks)],
        ..ItemJson::default()
    };
    MeetingJson { forum: "Kystkredsen".into(), title: "Møde i Kystkredsen".into(), items: vec![item], ..MeetingJson::default() }
}

fn blocks(meeting: &MeetingJson) -> &[BlockJson] {
    &meeting.items[0].sections[0].blocks
}

#[test]
fn numbers_stand_in_every_format() {
    let html = exported_text(Format::Html, &numbered());
    assert!(html.contains("<ol start=\"5\"><li>femte skridt</li><li>sjette skridt</li></ol><ol><li>forfra</li>"), "{html}");
    assert!(html.contains("<ol start=\"3\"><li>tredje skridt<ol start=\"2\"><li>under b</li>"), "{html}");
    let markdown = exported_text(Format::Markdown, &numbered());
    assert!(markdown.contains("\n3. tredje skridt\n   2. under b\n   3. under c\n4. fjerde skridt\n"), "{markdown}");
    assert!(
        markdown.contains("\n5. femte skridt\n6. sjette skridt\n\n1) forfra\n2) og videre\n"),
        "another sign begins another list: {markdown}"
    );
    let text = exported_text(Format::Text, &numbered());
    assert!(text.contains("\n 3. tredje skridt\n   2. under b\n   3. under c\n 4. fjerde skridt\n"), "{text}");
    let word = word_part(&export(Format::Docx, &numbered()), "word/numbering.xml");
    for (level, start) in [(0, 3), (1, 2), (0, 5), (0, 1)] {
        let list = format!("<w:lvlOverride w:ilvl=\"{level}\"><w:startOverride w:val=\"{start}\"/>");
        assert_eq!(word.matches(&list).count(), 1, "{list}");
    }
}

#[test]
fn numbers_come_back() {
    for format in [Format::Text, Format::Docx, Format::Json] {
        let file = export(format, &numbered());
        let read = import::read(&file.bytes, Some(&file.name)).unwrap_or_else(|error| panic!("{format:?}: {error}")).meeting;
        assert_eq!(blocks(&read), blocks(&numbered()), "{format:?}");
    }
}

#[test]
fn a_number_that_no_list_can_have_is_none() {
    let mut odd = numbered();
    for (block, number) in
        odd.items[0].sections[0].blocks.iter_mut().filter(|block| matches!(block, BlockJson::ListItem { .. })).zip([0, 10_000])
    {
        if let BlockJson::ListItem { start, .. } = block {
            *start = Some(number);
        }
    }
    let read = import::read(exported_text(Format::Json, &odd).as_bytes(), Some("a.json")).expect("read").meeting;
    assert!(matches!(blocks(&read)[1..3], [BlockJson::ListItem { start: None, .. }, BlockJson::ListItem { start: None, .. }]));
    assert!(exported_text(Format::Html, &odd).contains("<ol><li>tredje skridt"));
}
