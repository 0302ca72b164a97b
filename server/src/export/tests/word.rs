//! The Word file: parts that belong together, well-formed, with Word's own styles and lists.

use super::*;

/// Names of all parts.
fn parts(file: &File) -> Vec<String> {
    let zip = zip::ZipArchive::new(std::io::Cursor::new(&file.bytes)).expect("an archive");
    zip.file_names().map(|name| name.expect("a name").into_owned()).collect()
}

/// Every start tag has its end tag, values are quoted, and no character stands in it that XML may not hold.
fn check_well_formed(name: &str, xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    let body = xml.split_once("?>").expect("a declaration").1;
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("{name}: {part}"));
        assert!(!text.contains('>') && tag.matches('"').count() % 2 == 0, "{name}: {part}");
        assert!(
            text.split('&').skip(1).all(|rest| ["amp;", "lt;", "gt;", "quot;"].iter().any(|one| rest.starts_with(one))),
            "{name}: {text}"
        );
        match tag.strip_prefix('/') {
            Some(end) => assert_eq!(open.pop(), Some(end), "{name}"),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split(' ').next().unwrap_or_default()),
        }
    }
    assert!(open.is_empty(), "{name}: {open:?}");
    assert!(xml.chars().all(|c| c >= ' ' || c == '\n') && !xml.contains(['\u{fffe}', '\u{ffff}']), "{name}");
}

/// Values of an attribute, in order.
fn values<'a>(xml: &'a str, before: &str) -> Vec<&'a str> {
    xml.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn all_parts_are_there_well_formed_and_named_in_the_list_of_types() {
    let file = export(Format::Docx, &meeting());
    let names = parts(&file);
    assert_eq!(names[0], "[Content_Types].xml");
    for name in &names {
        check_well_formed(name, &word_part(&file, name));
    }
    let types = word_part(&file, "[Content_Types].xml");
    for part in values(&types, "PartName=\"/") {
        assert!(names.iter().any(|name| name == part), "{part}");
    }
    for (folder, relations) in [("word/", "word/_rels/document.xml.rels"), ("", "_rels/.rels")] {
        for target in values(&word_part(&file, relations), "Target=\"").into_iter().filter(|target| !target.contains(':')) {
            assert!(names.contains(&format!("{folder}{target}")), "{target}");
        }
    }
}

#[test]
fn every_style_list_link_and_bookmark_that_the_text_names_is_there() {
    let file = export(Format::Docx, &meeting());
    let (text, styles) = (word_part(&file, "word/document.xml"), word_part(&file, "word/styles.xml"));
    let known = values(&styles, "w:styleId=\"");
    for used in ["<w:pStyle w:val=\"", "<w:rStyle w:val=\"", "<w:tblStyle w:val=\""].iter().flat_map(|tag| values(&text, tag)) {
        assert!(known.contains(&used), "{used}");
    }
    let numbering = word_part(&file, "word/numbering.xml");
    let lists = values(&numbering, "<w:num w:numId=\"");
    assert!(values(&text, "<w:numId w:val=\"").iter().all(|list| lists.contains(list)));
    assert_eq!(numbering.matches("<w:lvl ").count(), 18, "two definitions of nine levels");
    let relations = word_part(&file, "word/_rels/document.xml.rels");
    let ids = values(&relations, "Id=\"");
    assert!(values(&text, "r:id=\"").iter().all(|id| ids.contains(id)));
    assert!(relations.contains("Target=\"https://x.test/a_(b)?c=1&amp;d\" TargetMode=\"External\""), "{relations}");
    assert!(!relations.contains("javascript"));
    let marks = values(&text, "w:name=\"");
    assert!(values(&text, "w:anchor=\"").iter().all(|anchor| marks.contains(anchor)));
    assert!(marks.contains(&"Punkt_1_afsnit_2") && marks.iter().all(|mark| mark.len() <= 40), "{marks:?}");
    assert_eq!(text.matches("<w:bookmarkStart ").count(), text.matches("<w:bookmarkEnd ").count());
}

#[test]
fn styles_have_words_own_names_so_that_a_danish_word_shows_its_own() {
    let styles = word_part(&export(Format::Docx, &meeting()), "word/styles.xml");
    let names = values(&styles, "<w:name w:val=\"");
    for name in ["Normal", "Title", "heading 1", "heading 2", "heading 3", "toc 1", "List Bullet", "List Number", "Table Grid", "header"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
    assert!(styles.contains("<w:lang w:val=\"da-DK\""));
    assert!(styles.contains("w:styleId=\"Heading1\"><w:name w:val=\"heading 1\"/>"));
}

#[test]
fn a_list_that_begins_anew_is_a_list_of_its_own() {
    let file = export(Format::Docx, &meeting());
    let text = word_part(&file, "word/document.xml");
    let list = |line: &str| {
        let paragraph = text.split("<w:p>").find(|part| part.contains(&format!(">{line}</w:t>"))).unwrap_or_else(|| panic!("{line}"));
        (values(paragraph, "<w:ilvl w:val=\"")[0].to_owned(), values(paragraph, "<w:numId w:val=\"")[0].to_owned())
    };
    assert_eq!(list("først"), list("dernæst"), "a deeper list does not end it");
    assert_eq!((list("først"), list("forfra")), (("0".into(), "2".into()), ("0".into(), "3".into())));
    assert_eq!((list("forfra under"), list("til sidst")), (("1".into(), "4".into()), ("0".into(), "3".into())));
    assert_eq!((list("under"), list("dybt under")), (("1".into(), "1".into()), ("8".into(), "1".into())));
    let numbering = word_part(&file, "word/numbering.xml");
    assert!(numbering.contains(
        "<w:num w:numId=\"3\"><w:abstractNumId w:val=\"1\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"1\"/></w:lvlOverride></w:num>"
    ));
}

#[test]
fn tables_have_widths_a_head_and_a_paragraph_behind() {
    let text = word_part(&export(Format::Docx, &meeting()), "word/document.xml");
    let tables: Vec<&str> = text.split("<w:tbl>").skip(1).map(|rest| rest.split_once("</w:tbl>").expect("its end").0).collect();
    let [first, second] = tables[..] else { panic!("two tables") };
    assert_eq!((first.matches("<w:tr>").count(), first.matches("<w:tc>").count(), first.matches("<w:gridCol ").count()), (4, 8, 2));
    assert_eq!(first.matches("<w:tblHeader/>").count(), 1);
    assert!(first.starts_with("<w:tblPr>") && first.split("<w:tr>").nth(1).is_some_and(|row| row.contains("<w:tblHeader/>")));
    assert_eq!(second.matches("<w:tblHeader/>").count(), 0, "one row is no head");
    let widths: u32 = values(first, "<w:tcW w:w=\"").iter().take(2).map(|width| width.parse::<u32>().expect("a number")).sum();
    assert!((4990..=5000).contains(&widths), "{widths}");
    assert!(first.split("<w:tc>").skip(1).all(|cell| cell.contains("</w:p></w:tc>")));
    assert_eq!(text.matches("</w:tbl><w:p>").count(), 2);
    assert!(!text.contains("</w:p><w:tbl>") || text.ends_with("</w:sectPr></w:body></w:document>"));
}

#[test]
fn the_contents_are_finished_links_without_page_numbers() {
    let text = word_part(&export(Format::Docx, &meeting()), "word/document.xml");
    assert!(text.contains("<w:instrText xml:space=\"preserve\"> TOC \\o \"1-1\" \\n \\h </w:instrText>"));
    assert_eq!(text.matches("<w:pStyle w:val=\"TOC1\"/>").count(), 3);
    let order: Vec<&str> = values(&text, "<w:fldChar w:fldCharType=\"");
    assert_eq!(order, ["begin", "separate", "end"]);
}

#[test]
fn the_head_of_a_draft_says_so_and_nobody_is_named_as_its_author() {
    let file = export(Format::Docx, &unpublished());
    assert!(word_part(&file, "word/header1.xml").contains(">UDKAST</w:t>"));
    let sent = write(Format::Docx, &meeting(), &facts(Phase::Approved), Catalogue::of(Language::Da)).expect("a file");
    assert!(!word_part(&sent, "word/header1.xml").contains("UDKAST"));
    let core = word_part(&file, "docProps/core.xml");
    assert!(core.contains("<dc:title>Møde i &lt;Kystkredsen&gt; &amp; venner</dc:title><dc:creator>Kystkredsen</dc:creator>"), "{core}");
    assert!(core.contains("<dc:language>da-DK</dc:language>") && !core.contains("lastModifiedBy"), "{core}");
    let all: String = parts(&file).iter().map(|name| word_part(&file, name)).collect();
    assert!(!all.contains("rsid"));
}

#[test]
fn the_same_meeting_gives_the_same_bytes() {
    let again = Facts { written: jiff::Timestamp::UNIX_EPOCH, ..facts(Phase::Draft) };
    let second = write(Format::Docx, &meeting(), &again, Catalogue::of(Language::Da)).expect("a file");
    assert_eq!(export(Format::Docx, &meeting()), second);
}
