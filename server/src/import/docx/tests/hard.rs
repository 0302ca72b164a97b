//! One file with everything in it, in six packagings; then files that are damaged or mean harm.

use std::collections::BTreeSet;

use super::make::{PACKAGINGS, Packaging, Parts, archive, p, pp, r, rp};
use crate::import::tests::law::{SHAPES, dropped};
use crate::import::{ImportError, read};

/// Words that must come, made up so that none is part of another.
const COMES: [&str; 26] = [
    "alfatekst",
    "bravofed",
    "charlieskrå",
    "deltaindsat",
    "ekkoflyttet",
    "foxlink",
    "golffelt",
    "hotelindre",
    "indiafodnote",
    "juliettcelle",
    "kilonested",
    "limaboks",
    "mikekontrol",
    "novemberord",
    "oscarcelle",
    "papalav",
    "quebecliste",
    "romeoprik",
    "sierratab",
    "tangoform",
    "uniformslutnote",
    "victorspredt",
    "whiskeyvalg",
    "xraybog",
    "yankeesmart",
    "zuluslut",
];

/// Words that must not.
const STAYS_AWAY: [&str; 7] = ["slettetord", "flyttetfra", "skjultord", "feltkode", "sidehoved", "fravalgt", "rækkeslettet"];

fn hard() -> Parts {
    let control = |inner: &str| format!("<w:sdt><w:sdtContent>{inner}</w:sdtContent></w:sdt>");
    let field = |code: &str, inner: &str| {
        format!(
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>{code} feltkode</w:instrText></w:r>\
             <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>{inner}<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
        )
    };
    let cell = |inner: &str| format!("<w:tc>{inner}</w:tc>");
    let nested = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl><w:p/>", cell(&p("kilonested")), cell(&p("i tabel")));
    let table = format!(
        "<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr><w:tr><w:trPr><w:del w:id=\"9\"/></w:trPr>{}{}</w:tr></w:tbl>",
        cell(&p("juliettcelle")),
        cell(&nested),
        control(&cell(&p("oscarcelle"))),
        cell(&control(&p("papalav"))),
        cell(&p("rækkeslettet")),
        cell(&p("her")),
    );
    let text_box = "<mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing><wps:txbx><w:txbxContent><w:p><w:r><w:t>limaboks</w:t></w:r></w:p>\
                    </w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>fravalgt</w:t></w:r></w:p>\
                    </w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent>";
    let body = [
        p("Referat fra Kystforum den 8. maj 2026"),
        pp("<w:pStyle w:val=\"O1\"/>", "1. Kajer"),
        format!("<w:p>{}{}{}</w:p>", r("alfatekst "), rp("<w:b/>", "bravofed "), rp("<w:i/>", "charlieskrå")),
        format!(
            "<w:p><w:ins w:id=\"1\">{}</w:ins><w:moveTo w:id=\"2\">{}</w:moveTo><w:del w:id=\"3\"><w:r><w:delText>slettetord</w:delText></w:r></w:del>\
             <w:moveFrom w:id=\"4\">{}</w:moveFrom>{}</w:p>",
            r("deltaindsat "),
            r("ekkoflyttet "),
            r("flyttetfra"),
            rp("<w:vanish/>", "skjultord")
        ),
        format!(
            "<w:p><w:hyperlink r:id=\"l\">{}</w:hyperlink>{}</w:p>",
            r("foxlink "),
            field("REF", &format!("{}{}", r("golffelt "), field("PAGE", &r("hotelindre"))))
        ),
        format!("<w:p>{}<w:r><w:footnoteReference w:id=\"1\"/></w:r><w:r>{text_box}</w:r></w:p>", r("Note")),
        table,
        control(&p("mikekontrol")),
        format!("<w:p>{}</w:p>", control(&r("novemberord"))),
        pp("<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>", "quebecliste"),
        pp("<w:pStyle w:val=\"Prik\"/>", "romeoprik"),
        "<w:p><w:r><w:t>sierra</w:t></w:r><w:r><w:t>tab</w:t><w:tab/><w:t>ny</w:t></w:r></w:p>".to_owned(),
        "<w:p><m:oMath><m:r><m:t>tangoform</m:t></m:r></m:oMath></w:p>".to_owned(),
        p("uniformslutnote &amp; mere"),
        "<w:p><w:pPr><w:rPr><w:del w:id=\"7\"/></w:rPr></w:pPr><w:r><w:t>victor</w:t></w:r></w:p><w:p><w:r><w:t>spredt</w:t></w:r></w:p>".to_owned(),
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires=\"x\"><w:t>whiskeyvalg</w:t></mc:Choice><mc:Fallback><w:t>fravalgt</w:t></mc:Fallback>\
         </mc:AlternateContent></w:r></w:p>"
            .to_owned(),
        "<w:p><w:bookmarkStart w:id=\"1\" w:name=\"b\"/><w:r><w:t>xraybog</w:t></w:r><w:bookmarkEnd w:id=\"1\"/></w:p>".to_owned(),
        "<w:p><w:smartTag><w:r><w:t>yankeesmart</w:t></w:r></w:smartTag></w:p>".to_owned(),
        pp("<w:pStyle w:val=\"O1\"/>", "2. Slut"),
        p("zuluslut"),
        "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"h\"/></w:sectPr>".to_owned(),
    ];
    let level = "<w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"bullet\"/><w:lvlText w:val=\"-\"/></w:lvl>";
    Parts {
        body: body.concat(),
        styles: "<w:style w:type=\"paragraph\" w:styleId=\"O1\"><w:name w:val=\"heading 1\"/></w:style><w:style w:type=\"paragraph\" w:styleId=\"Prik\">\
                 <w:name w:val=\"List Bullet\"/><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style>"
            .to_owned(),
        numbering: format!("<w:abstractNum w:abstractNumId=\"0\">{level}</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>"),
        footnotes: format!("<w:footnote w:id=\"1\">{}</w:footnote>", p("indiafodnote")),
        header: p("sidehoved"),
        links: "<Relationship Id=\"l\" Type=\"x/hyperlink\" Target=\"https://x.test\" TargetMode=\"External\"/>".to_owned(),
        ..Parts::default()
    }
}

#[test]
fn the_hard_file_is_read_the_same_in_six_packagings() {
    let parts = hard();
    let first = read(&parts.file(Packaging::Word), None).expect("read");
    let json = serde_json::to_string(&first.meeting).expect("JSON");
    let words: BTreeSet<&str> = json.split(|c: char| !c.is_alphanumeric()).collect();
    let missing: Vec<_> = COMES.iter().filter(|word| !words.contains(*word)).collect();
    assert!(missing.is_empty(), "{missing:?}: {json}");
    let found: Vec<_> = STAYS_AWAY.iter().filter(|word| json.contains(*word)).collect();
    assert!(found.is_empty(), "{found:?}: {json}");
    assert_eq!(first.meeting.items.len(), 2);
    for packaging in PACKAGINGS {
        let again = read(&parts.file(packaging), None).unwrap_or_else(|error| panic!("{packaging:?}: {error}"));
        assert_eq!(again, first, "{packaging:?}");
    }
}

/// The law of the import holds for Word files as for text; of what a file hides nothing is asked.
#[test]
fn no_word_of_a_word_file_is_dropped() {
    let styles = "<w:style w:type=\"paragraph\" w:styleId=\"O1\"><w:name w:val=\"heading 1\"/></w:style>\
                  <w:style w:type=\"paragraph\" w:styleId=\"O2\"><w:name w:val=\"heading 2\"/></w:style>\
                  <w:style w:type=\"paragraph\" w:styleId=\"I1\"><w:name w:val=\"toc 1\"/></w:style>";
    let level = "<w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"decimal\"/><w:lvlText w:val=\"%1.\"/></w:lvl>";
    let numbering =
        format!("<w:abstractNum w:abstractNumId=\"0\">{level}</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>");
    arbtest::arbtest(|u| {
        let (mut body, mut source) = (String::new(), String::new());
        for _ in 0..u.int_in_range(1..=30)? {
            let number = u.int_in_range(1..=9)?.to_string();
            let line = u.choose(&SHAPES)?.replace("{n}", &number);
            source.push_str(&line);
            source.push('\n');
            let line = line.replace('&', "&amp;").replace('<', "&lt;");
            let properties = *u.choose(&[
                "",
                "",
                "",
                "<w:pStyle w:val=\"O1\"/>",
                "<w:pStyle w:val=\"O2\"/>",
                "<w:pStyle w:val=\"I1\"/>",
                "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"1\"/></w:numPr>",
            ])?;
            let paragraph = pp(properties, &line);
            let row = || format!("<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{paragraph}</w:tc></w:tr></w:tbl>", p("celle"));
            body.push_str(&if u.ratio(1, 8)? { row() } else { paragraph });
        }
        let parts = Parts { body, styles: styles.to_owned(), numbering: numbering.clone(), ..Parts::default() };
        if let Ok(imported) = read(&parts.file(Packaging::Word), None) {
            let dropped = dropped(&source, &imported);
            assert!(dropped.is_empty(), "{dropped:?}\n{source}\n{imported:#?}");
        }
        Ok(())
    })
    .budget_ms(3_000);
}

fn word(error: &ImportError) -> (&'static str, String) {
    (error.code(), error.to_string())
}

#[test]
fn bombs_are_refused_with_a_reason() {
    let deep = Parts::body(format!("{}{}", "<w:p>".repeat(20_000), "</w:p>".repeat(20_000))).refused();
    assert_eq!(word(&deep).0, "unpacks_too_large", "{deep}");
    let wide = Parts::body("<w:p/>".repeat(1_000_001)).refused();
    assert_eq!(word(&wide).0, "unpacks_too_large", "{wide}");
    let large = Parts::body(" ".repeat(25 << 20)).refused();
    assert!(large.to_string().contains("bytes when it is unpacked"), "{large}");
    let links = "<Relationships xmlns=\"x\"><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"a.xml\"/></Relationships>";
    let entities = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]><document>&b;</document>";
    let bomb = archive(&[("_rels/.rels", links.as_bytes()), ("a.xml", entities.as_bytes())]);
    let error = read(&bomb, None).expect_err("refused");
    assert!(error.to_string().contains("document type"), "{error}");
    let names: Vec<String> = (0..4_100).map(|at| format!("{at}.xml")).collect();
    let many = archive(&names.iter().map(|name| (name.as_str(), &b""[..])).collect::<Vec<_>>());
    assert_eq!(read(&many, None).expect_err("refused").code(), "unpacks_too_large");
}

#[test]
fn other_files_are_named_with_what_to_do() {
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let compound = |name: &str| [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 500], &utf16(name), &[0; 50]].concat();
    let links = "<Relationships xmlns=\"x\"><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"a.xml\"/></Relationships>";
    let office = |root: &str| archive(&[("_rels/.rels", links.as_bytes()), ("a.xml", format!("<{root}/>").as_bytes())]);
    for (bytes, code, words) in [
        (compound("EncryptedPackage"), "password", "without the password"),
        (compound("WordDocument"), "old_word", "(.docx)"),
        (compound("Workbook"), "format_not_read", "old Office"),
        (office("workbook"), "format_not_read", "spreadsheet"),
        (office("presentation"), "format_not_read", "presentation"),
        (archive(&[("mimetype", b"x"), ("content.xml", b"<x/>")]), "format_not_read", "OpenDocument"),
        (archive(&[("a.txt", b"x")]), "format_not_read", "no Word file"),
        (b"PK\x03\x04 cut".to_vec(), "broken_word", "save it under a new name"),
    ] {
        let error = read(&bytes, Some("x.docx")).expect_err("refused");
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let empty = Parts::body(p("Kære alle, vi ses.")).refused();
    assert_eq!(empty, ImportError::NoItems { lines: 1 });
}

/// The inside of a file changed, then packed again; and bytes of the archive changed.
#[test]
fn changed_files_are_read_or_refused_and_never_worse() {
    let whole = hard();
    let bytes = whole.file(Packaging::Word);
    arbtest::arbtest(|u| {
        let mut changed = bytes.clone();
        for _ in 0..u.int_in_range(1..=8)? {
            let at = u.choose_index(changed.len())?;
            changed[at] = u.arbitrary()?;
        }
        let _ = read(&changed, None);
        Ok(())
    })
    .budget_ms(1_500);
    arbtest::arbtest(|u| {
        let mut parts = whole.clone();
        for _ in 0..u.int_in_range(1..=6)? {
            let part = match u.int_in_range(0..=3)? {
                0 => &mut parts.styles,
                1 => &mut parts.numbering,
                _ => &mut parts.body,
            };
            let places: Vec<usize> = part.match_indices('<').map(|(at, _)| at).collect();
            let (from, to) = (*u.choose(&places)?, *u.choose(&places)?);
            let piece = part[from.min(to)..from.max(to)].to_owned();
            if u.arbitrary()? {
                part.insert_str(*u.choose(&places)?, &piece);
            } else {
                part.replace_range(from.min(to)..from.max(to), "");
            }
        }
        let _ = read(&parts.file(*u.choose(&PACKAGINGS)?), None);
        Ok(())
    })
    .budget_ms(2_500);
}
