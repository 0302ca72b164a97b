//! The head of a table, by one rule in every format, and back.

use super::*;
use crate::import;

/// A meeting with tables whose first row is a head by what it holds, is none, and is what a writer has said.
fn tables() -> MeetingJson {
    let said = |rows: &[&[&str]], said| match table(rows) {
        BlockJson::Table { rows, cell_marks, .. } => BlockJson::Table { rows, cell_marks, head: said },
        other => other,
    };
    let blocks = vec![
        BlockJson::paragraph("Her er tallene for de kommende år, som de ser ud nu."),
        said(&[&["Post", "Beløb"], &["Leje", "12 mio. kr."]], None),
        BlockJson::paragraph("Uden overskrifter er de som følger, og det er det hele."),
        said(&[&["Løn", "4"], &["Rejser", "2"]], None),
        BlockJson::paragraph("Den første række er sagt at være overskrifter, tal eller ej."),
        said(&[&["Kvartal", "1"], &["Udgift", "7"]], Some(true)),
        BlockJson::paragraph("Den første række er sagt ikke at være overskrifter."),
        said(&[&["Formand", "Ida Holm"], &["Næstformand", "Bo Lund"]], Some(false)),
    ];
    let item = ItemJson {
        number: Some("1".into()),
        title: "Tal".into(),
        sections: vec![section(Some("Sagsfremstilling"), SectionKind::Case, blocks)],
        ..ItemJson::default()
    };
    MeetingJson { forum: "Kystkredsen".into(), title: "Møde i Kystkredsen".into(), items: vec![item], ..MeetingJson::default() }
}

#[test]
fn a_first_row_is_a_head_where_it_is_one_on_the_page() {
    let html = exported_text(Format::Html, &tables());
    for (cell, head) in [("Post", true), ("Løn", false), ("Kvartal", true), ("Formand", false)] {
        assert_eq!(html.contains(&format!("<th scope=\"col\">{cell}</th>")), head, "{cell}");
    }
    assert!(html.contains("<td class=\"r\">12 mio. kr.</td>"), "figures have units: {html}");
    let text = word_part(&export(Format::Docx, &tables()), "word/document.xml");
    let heads: Vec<bool> = text.split("<w:tbl>").skip(1).map(|table| table.contains("<w:tblHeader/>")).collect();
    assert_eq!(heads, [true, false, true, false]);
    assert_eq!(text.matches("w:firstRow=\"1\"").count(), 2);
    let markdown = exported_text(Format::Markdown, &tables());
    assert!(markdown.contains("\n| Post | Beløb |\n| --- | ---: |\n| Leje | 12 mio. kr. |\n"), "{markdown}");
    assert!(markdown.contains("\n|  |  |\n| --- | ---: |\n| Løn | 4 |\n| Rejser | 2 |\n"), "an empty head: {markdown}");
}

#[test]
fn what_a_writer_has_said_of_a_head_comes_back() {
    let heads = |meeting: &MeetingJson| -> Vec<Option<bool>> {
        let of = |block: &BlockJson| if let BlockJson::Table { head, .. } = block { Some(*head) } else { None };
        meeting.items[0].sections[0].blocks.iter().filter_map(of).collect()
    };
    for (format, expected) in [(Format::Json, [None, None, Some(true), Some(false)]), (Format::Docx, [None, None, Some(true), None])] {
        let file = export(format, &tables());
        let read = import::read(&file.bytes, Some(&file.name)).unwrap_or_else(|error| panic!("{format:?}: {error}")).meeting;
        assert_eq!(heads(&read), expected, "{format:?}");
    }
}
