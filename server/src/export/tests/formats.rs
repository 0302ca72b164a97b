//! What holds of every format, and the structure of HTML and Markdown.

use dagsorden_shared::api::{MeetingDetail, Person, VersionRow};
use dagsorden_shared::meeting_json::{ListJson, MeetingJson, SectionKind};

use super::*;

#[test]
fn every_format_has_a_name_that_is_read_again_and_the_page_offers_them_all() {
    for format in Format::ALL {
        assert_eq!(Format::parse(format.as_str()), Some(format));
        assert!(dagsorden_shared::render::page::EXPORTS.contains(&format.as_str()));
    }
    assert_eq!(Format::parse("xlsx"), None);
}

#[test]
fn words_stand_in_order_in_every_format() {
    check_all_words("invented", &meeting());
    check_all_words("demo", &crate::demo::meeting());
}

#[test]
fn no_format_tells_the_title_of_an_item_that_is_closed() {
    for format in [Format::Docx, Format::Html, Format::Markdown, Format::Text, Format::Ics] {
        let file = export(format, &meeting());
        let text = match format {
            Format::Docx => word_part(&file, "word/document.xml"),
            _ => String::from_utf8(file.bytes).expect("UTF-8").replace("\r\n ", ""),
        };
        assert!(!text.contains("Hemmeligheden"), "{format:?}");
        assert!(text.contains("Lukket punkt") && text.contains("4a"), "{format:?}");
    }
}

#[test]
fn what_was_exported_as_json_is_the_meeting() {
    let text = exported_text(Format::Json, &meeting());
    assert_eq!(serde_json::from_str::<MeetingJson>(&text).expect("Meeting JSON"), meeting());
}

#[test]
fn files_are_named_after_forum_kind_and_day() {
    assert_eq!(export(Format::Docx, &meeting()).name, "Kystkredsen dagsorden og referat 2027-07-08.docx");
    let odd = MeetingJson { forum: "../a:b\\c\u{0}?".into(), ..MeetingJson::default() };
    assert_eq!(export(Format::Markdown, &odd).name, "a b c dagsorden.md");
}

#[test]
fn a_pdf_is_one_in_each_language_and_differs_where_it_is_a_draft_or_approved() {
    let pdf = |about: &Facts, language| write(Format::Pdf, &unpublished(), about, Catalogue::of(language)).expect("a file").bytes;
    let hash = Some("7c1e90ab44f2d310".to_owned());
    let all = [
        pdf(&facts(Phase::Draft), Language::Da),
        pdf(&facts(Phase::SentOut), Language::Da),
        pdf(&facts(Phase::SentOut), Language::En),
        pdf(&Facts { hash, ..facts(Phase::Approved) }, Language::Da),
    ];
    assert!(all.iter().all(|bytes| bytes.starts_with(b"%PDF-1.7")));
    assert!((1..all.len()).all(|index| !all[index..].contains(&all[index - 1])), "each says something else");
    assert!(pdf(&facts(Phase::Draft), Language::Da) == all[0], "the same facts give the same bytes");
}

#[test]
fn a_hash_stands_only_on_what_its_version_says() {
    let about = |phase, stored| {
        let rows = MeetingDetail {
            id: "m1".parse().expect("an id"),
            forum: "f1".parse().expect("an id"),
            forum_name: "Kystkredsen".into(),
            phase,
            documents: Vec::new(),
            item_documents: Vec::new(),
            participants: Vec::new(),
            attachments: Vec::new(),
            may: Vec::new(),
            layout: Vec::new(),
        };
        let by = Person { name: "Ane Holt".into(), organisation: String::new(), hue: 0 };
        let (at, hash) = ("2027-01-01T00:00:00Z".into(), "7c1e".into());
        let version = VersionRow { number: 4, phase: stored, hash, at, by, corrects: None, published: false };
        let about = Facts::new(&rows, Some(version), None, jiff::Timestamp::UNIX_EPOCH);
        (about.version, about.hash)
    };
    assert_eq!(about(Phase::Approved, Phase::Approved), (4, Some("7c1e".into())));
    assert_eq!(about(Phase::SentOut, Phase::SentOut), (4, None), "it may have been changed since");
    assert_eq!(about(Phase::Draft, Phase::Approved), (4, None));
}

#[test]
fn only_a_draft_says_so() {
    let sent = |format| write(format, &meeting(), &facts(Phase::SentOut), Catalogue::of(Language::Da)).expect("a file").bytes;
    for format in [Format::Html, Format::Markdown] {
        assert!(exported_text(format, &unpublished()).contains("UDKAST"), "{format:?}");
        assert!(!exported_text(format, &meeting()).contains("UDKAST"), "what was brought in as public is no draft: {format:?}");
        assert!(!String::from_utf8(sent(format)).expect("UTF-8").contains("UDKAST"), "{format:?}");
    }
}

#[test]
fn html_is_one_safe_file_with_headings_without_gaps() {
    let html = exported_text(Format::Html, &meeting());
    assert!(html.starts_with("<!doctype html>\n<html lang=\"da\">"), "{html}");
    for wanted in [
        "<h1>Møde i &lt;Kystkredsen&gt; &amp; venner</h1>",
        "<dt>Tid</dt><dd>Torsdag den&nbsp;8.&nbsp;juli&nbsp;2027, kl.&nbsp;9.00–12.15</dd>",
        "<p class=\"facts\">35&nbsp;min.</p>",
        "<th scope=\"col\">Kaj</th><th scope=\"col\" class=\"r\">Meter | fod</th></tr></thead>",
        "<tr><td>B</td><td class=\"r\"></td></tr>",
        "<ol><li>først<ul><li>under<ul><li>dybt under</li></ul></li></ul></li><li>dernæst</li></ol>",
        "<p class=\"i2\">Indrykket tekst.</p>",
        "<blockquote><p>Sagt af en anden.</p></blockquote>",
        "<strong>fed</strong>",
        "<u>understreget</u>",
        "<s>slettet</s>",
        "<a href=\"https://x.test/a_(b)?c=1&amp;d\">planen</a>",
        "<p>En fælde for dem.</p>",
    ] {
        assert!(html.contains(wanted), "{wanted} in {html}");
    }
    assert!(!html.contains("<script") && !html.contains("javascript:") && !html.contains('\u{7}'), "{html}");
    let style = html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).expect("a style").0;
    assert!(!style.contains('&'), "the sink escapes what a style sheet must not hold: {style}");
    let levels: Vec<u8> =
        html.match_indices("<h").filter_map(|(at, _)| html.as_bytes()[at + 2].checked_sub(b'0')).filter(|n| *n < 7).collect();
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
}

#[test]
fn markdown_keeps_text_text_and_marks_marks() {
    let markdown = exported_text(Format::Markdown, &meeting());
    for wanted in [
        "# Møde i \\<Kystkredsen\\> \\& venner\n",
        "\n## 1. Kajer \\& \\<broer\\> \\#1 \\| \\*to\\* \\_tre\\_ \\[fire\\](ftp://x.test) 😀\n",
        "\n1\\. januar begynder det, \\& \\<b\\>alt\\</b\\> er \"nyt\".\n",
        "\nOrdet **fed** står her.\n",
        "\nMidt i sammen*satte*ord her.\n",
        "\nHer er <strong>(tegn)</strong>efter.\n",
        "\nNoget <u>understreget</u> tekst.\n",
        "\nNoget <s>slettet</s> tekst.\n",
        "\n😀 se [planen](<https://x.test/a_(b)?c=1&d>) nu!\n",
        "\n1. først\n   - under\n     - dybt under\n2. dernæst\n\nEn liste mere:\n\n1. forfra\n   1. forfra under\n2. til sidst\n",
        "\n| Kaj | Meter \\| fod |\n| --- | ---: |\n| A | 1.204 |\n|  | 12 |\n| B |  |\n",
        "\n\\- ikke en liste\n",
        "\n\\+ heller ikke\n",
        "\n\\# ikke en overskrift\n",
        "\n> Sagt af en anden.\n",
        "\nLinje skift og tab slut.\n",
        "\n- Svar \\& \\<spørgsmål\\>.docx (eftersendes)\n",
    ] {
        assert!(markdown.contains(wanted), "{wanted:?} in {markdown}");
    }
}

#[test]
fn neighbouring_marks_do_not_run_into_one_another() {
    let mark = |start, end, bold, italic| MarkJson { start, end, bold, italic, ..MarkJson::default() };
    let blocks = vec![BlockJson::Paragraph {
        text: "ab cd  ef".into(),
        marks: vec![mark(0, 1, true, false), mark(1, 2, false, true), mark(3, 6, true, true)],
        level: 0,
    }];
    let item = ItemJson { title: "Sag".into(), sections: vec![section(None, SectionKind::Case, blocks)], ..ItemJson::default() };
    let one = MeetingJson { items: vec![item], ..MeetingJson::default() };
    let markdown = exported_text(Format::Markdown, &one);
    assert!(markdown.contains("\n**a**<em>b</em> ***cd***  ef\n"), "{markdown}");
    assert!(markdown.contains("\n## Sag\n"), "{markdown}");
}

#[test]
fn marks_that_lie_outside_of_their_text_or_inside_a_character_do_no_harm() {
    let marks = vec![
        MarkJson { start: 1, end: 90, bold: true, ..MarkJson::default() },
        MarkJson { start: 7, end: 2, italic: true, ..MarkJson::default() },
    ];
    let blocks = vec![
        BlockJson::Paragraph { text: "😀😀".into(), marks: marks.clone(), level: 200 },
        BlockJson::ListItem { list: ListJson::Ordered, level: 255, start: Some(0), text: "a".into(), marks },
        BlockJson::Table { rows: vec![Vec::new(), Vec::new()], cell_marks: Vec::new(), head: None },
    ];
    let item = ItemJson { sections: vec![section(None, SectionKind::Other, blocks)], ..ItemJson::default() };
    let odd = MeetingJson { items: vec![item], ..MeetingJson::default() };
    for format in Format::ALL.into_iter().filter(|format| !matches!(format, Format::Pdf | Format::Ics)) {
        assert!(!export(format, &odd).bytes.is_empty(), "{format:?}");
    }
}
